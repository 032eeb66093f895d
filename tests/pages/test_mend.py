"""The button beside a command that mends something: what it starts, how that is shown, and where there is none."""

import dataclasses
import time

import pytest
from streamlit.testing.v1 import AppTest

from lib import jobs
from lib.artifacts import Store
from lib.jobs import Job, folder, queue, worker
from lib.jobs.folder import jobs_folder, write_values
from pages._jobs import _how_far
from tests.factories import make_catalog
from tests.pages.conftest import Open, texts

EMBED = "embed tiny --backbone color_hog"


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    """Jobs are allowed here; who would have started a worker is noted."""
    stores: list[Store] = []
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "1")
    monkeypatch.setattr(queue, "start_worker", stores.append)
    return stores


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    return button.click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def say(store: Store, job: Job, **status: object) -> None:
    write_values(jobs_folder(store) / job.id / folder.STATUS, status)


def progress(app: AppTest) -> list[str]:
    return [element.proto.text for element in app.get("progress")]


def test_a_button_submits_the_command_and_its_job_stands_in_its_place(
    store: Store, open_page: Open, started: list[Store]
) -> None:
    make_catalog(store)
    app = press(open_page("search"), "Run it now")
    assert not app.exception
    (job,) = jobs.jobs(store)
    assert (job.words, job.title, job.catalog) == (tuple(EMBED.split()), "Embed tiny: color_hog", "tiny")
    assert started
    assert "Run it now" not in labels(app)
    assert progress(app) == ["Embed tiny\\: color\\_hog · waits for what runs"] * 2  # in the sidebar, and in place
    assert f"python -m lib {EMBED}" in texts(app)


def test_a_running_job_is_counted_in_place(store: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    make_catalog(store)
    app = press(open_page("overview"), "Run it now")
    (job,) = jobs.jobs(store)
    monkeypatch.setattr(folder, "is_alive", lambda _folder: True)
    say(store, job, state="running", pid=5)
    counts = {"label": "embedding tiny", "done": 6, "total": 24, "n_reused": 0, "seconds_left": 75.0}
    write_values(jobs_folder(store) / job.id / folder.PROGRESS, counts)
    (jobs_folder(store) / job.id / folder.LOG).write_text("embedding tiny: 6 of 24\n")
    app.run()
    assert progress(app) == ["embedding tiny: 6 of 24, 1 min 15 s left"] * 2
    assert [element.proto.value for element in app.get("progress")] == [25, 25]
    press(app, "Cancel")
    assert (jobs_folder(store) / job.id / folder.CANCEL).exists()


@pytest.mark.parametrize("counts", [{}, {"done": 0, "total": 24}, {"done": 8, "total": 24, "n_reused": 8}])
def test_a_job_that_has_counted_nothing_says_what_it_is_at_and_for_how_long(counts: dict[str, int]) -> None:
    job = jobs.Job("1", jobs.RUNNING, ("embed", "tiny"), "Embed tiny", started_at=time.time() - 75, **counts)
    said = _how_far(job)
    assert said == "Embed tiny · building the network, which can take a minute, 1 min 15 s so far"
    assert "so far" not in _how_far(dataclasses.replace(job, done=9, total=24, label="embedding"))


def test_cancelling_takes_a_waiting_job_out_and_it_can_be_asked_again(store: Store, open_page: Open) -> None:
    make_catalog(store)
    app = press(press(open_page("compare"), "Run it now"), "Cancel")
    assert [job.state for job in jobs.jobs(store)] == ["cancelled"]
    assert "was taken out of the queue" in texts(app)
    press(app, "Go on with it")
    assert [job.state for job in jobs.jobs(store)] == ["queued", "cancelled"]


def test_what_was_stopped_says_that_nothing_is_lost(store: Store, open_page: Open) -> None:
    make_catalog(store)
    app = press(open_page("compare"), "Run it now")
    (job,) = jobs.jobs(store)
    (jobs_folder(store) / job.id / folder.LOG).write_text("stopped: finished parts are kept\n")
    say(store, job, state="cancelled", started_at=time.time() - 9, ended_at=time.time())
    app.run()
    assert "was cancelled; what it finished is kept" in texts(app)
    assert "stopped: finished" not in texts(app)  # the log is read once it is open


def test_why_it_failed_is_said_as_it_is(store: Store, open_page: Open) -> None:
    make_catalog(store)
    app = press(open_page("threshold"), "Run it now")
    (job,) = jobs.jobs(store)
    say(store, job, state="failed", message="No **weights** at <b>x</b>", ended_at=time.time() - 75)
    app.run()
    assert not app.exception
    assert "No \\*\\*weights\\*\\* at \\<b\\>x\\</b\\>" in texts(app)
    assert "Go on with it" in labels(app)


def test_the_page_is_drawn_anew_when_the_job_is_done(
    store: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_catalog(store)
    app = press(open_page("search"), "Run it now")
    worker.work(store)  # the command itself
    assert [job.state for job in jobs.jobs(store)] == ["done"]
    app.run()
    assert not app.exception
    assert "No model has embedded" not in texts(app)
    assert progress(app) == []


def test_a_job_that_is_done_and_mended_nothing_says_so(store: Store, open_page: Open) -> None:
    make_catalog(store)
    app = press(open_page("search"), "Run it now")
    (job,) = jobs.jobs(store)
    say(store, job, state="done", ended_at=time.time() - 75)
    app.run()
    assert "ran 1 min 15 s ago and ended well" in texts(app)
    assert "Run it now" in labels(app)


def test_a_first_catalogue_and_its_model_are_made_with_one_click(store: Store, open_page: Open) -> None:
    app = press(open_page("overview"), "Run them now")
    assert not app.exception
    assert [job.command for job in jobs.jobs(store)[::-1]] == [
        "python -m lib import sample --name sample",
        "python -m lib embed sample --backbone color_hog",
    ]
    assert "1 more in the queue" in texts(app)
    press(app, "Cancel")
    assert {job.state for job in jobs.jobs(store)} == {"cancelled"}


def test_nothing_can_be_started_where_that_is_not_allowed(
    store: Store, open_page: Open, started: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_catalog(store)
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "0")
    app = open_page("search")
    assert "Run it now" not in labels(app)
    assert "open the dashboard with `make run`" in texts(app)
    assert started == []


def test_who_may_not_start_anything_sees_what_runs_and_cannot_stop_it(
    store: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_catalog(store)
    jobs.submit(store, EMBED.split(), title="Embed tiny", catalog="tiny")
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "0")
    app = open_page("search")
    assert not app.exception
    assert len(progress(app)) == 2
    assert "Cancel" not in labels(app)


def test_a_command_that_a_person_has_to_complete_has_no_button(tiny: Store, open_page: Open) -> None:
    (tiny.catalog_folder("tiny") / "catalog.parquet").write_bytes(b"no table")
    app = open_page("search")
    assert app.code[0].value == "python -m lib import folder --name tiny --path images"
    assert "Run it now" not in labels(app)  # there is no such folder


def twice() -> None:
    from pages._mend import commands, forget_offers

    forget_offers()
    for _ in range(2):
        commands("python -m lib embed tiny --backbone color_hog")


def test_the_same_command_twice_on_a_page_has_two_buttons_and_is_one_job(store: Store) -> None:
    app = AppTest.from_function(twice).run()
    assert labels(app) == ["Run it now"] * 2
    app.button[1].click().run()
    assert not app.exception
    assert len(jobs.jobs(store)) == 1
    assert labels(app) == ["Cancel"] * 2
    app.button[1].click().run()
    assert [job.state for job in jobs.jobs(store)] == ["cancelled"]
    assert labels(app) == ["Go on with it"] * 2


def something_else_first() -> None:
    from lib.errors import AppError
    from pages._mend import forget_offers, guard

    forget_offers()
    with guard():
        raise AppError("It is damaged.", hint="Delete x and run: python -m lib embed tiny --backbone color_hog")


def test_what_a_person_has_to_do_first_has_no_button(store: Store) -> None:
    app = AppTest.from_function(something_else_first).run()
    assert app.code[0].value == "python -m lib embed tiny --backbone color_hog"
    assert labels(app) == []


def test_damaged_jobs_break_no_page(tiny: Store, open_page: Open) -> None:
    (jobs_folder(tiny) / "20260101-000000-000000-abcdef").mkdir(parents=True)
    app = open_page("overview")
    assert not app.exception
    assert not app.error


def test_a_queue_that_cannot_be_written_is_an_error_on_the_page(store: Store, open_page: Open) -> None:
    make_catalog(store)
    jobs_folder(store).write_text("in the way")
    app = press(open_page("search"), "Run it now")
    assert not app.exception
    assert "cannot be made" in app.error[0].value
