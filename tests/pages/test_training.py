"""The Training page: what is asked for is what is started, what runs is shown as it is, and nobody starts unallowed."""

import json
import shlex

import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.jobs import QUEUED, jobs, queue, submit
from lib.jobs.folder import ASKED, STATUS, job_folder, living, write_values
from lib.models.recipes import RECIPES, SETTINGS
from lib.models.weights import IMAGENET, NONE
from lib.training.live import CANCELLED, FAILED, RUNNING, Status
from lib.training.offer import FIRST, GROUPS, as_text, defaults_of, matters
from lib.training.request import TrainingRequest
from pages import _mend
from tests.factories import make_catalog
from tests.pages.conftest import Open, texts
from tests.training_factories import NOBODY, make_run, make_unfinished

HOSTILE = "[x](http://evil.example) <b>*kind*</b>"


@pytest.fixture
def shop(store: Store) -> Catalog:
    return make_catalog(store)


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training is allowed, and no worker is started."""
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "1")
    monkeypatch.setattr(queue, "start_worker", lambda _store: None)


@pytest.fixture(autouse=True)
def not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "0")


def buttons(app) -> dict[str, object]:
    return {button.label: button for button in app.button}


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def command(app) -> list[str]:
    (found,) = [code.value for code in app.code if " train " in code.value and "--recipe" in code.value]
    return shlex.split(found)[3:]


def test_every_setting_has_its_place() -> None:
    assert sorted([*FIRST, *(name for names in GROUPS.values() for name in names)]) == sorted(SETTINGS)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_the_own_settings_of_every_recipe_and_preset_are_ones_that_widgets_take(recipe) -> None:
    for preset in ("", *recipe.presets):
        defaults = defaults_of(recipe, preset=preset)
        assert defaults["start"] in (IMAGENET, NONE)
        assert TrainingRequest(recipe.name, preset=preset, given={n: as_text(v) for n, v in defaults.items()}).settings
        assert {"epochs", "batch"} <= {name for name in SETTINGS if matters(name, recipe)}


def test_a_batch_larger_than_the_pictures_is_said_and_not_started(
    shop: Catalog, open_page: Open, allowed: None
) -> None:
    app = open_page("training", recipe="supcon")
    assert "A batch of 128 is larger than the 15 training pictures" in app.warning[0].value
    assert app.button(key="start").disabled
    assert metrics(app)["Training pictures"] == "15"


def test_where_training_is_not_allowed_it_says_how_and_offers_no_button(
    store: Store, shop: Catalog, open_page: Open
) -> None:
    make_unfinished(store, shop, state=CANCELLED)
    app = open_page("training")
    assert not app.exception
    assert not {"Start", "Resume", "Delete it", "Cancel"} & set(buttons(app))
    assert "make run" in [code.value for code in app.code]
    assert "VITRINE_ALLOW_TRAINING=1" in app.info[0].value
    assert any("--resume" in code.value for code in app.code)


def test_start_submits_the_very_command_that_is_shown(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    app = open_page("training", **{"recipe": "triplet", "set-batch": "8"})
    app.number_input(key="set-epochs").set_value(3).run()
    app.number_input(key="set-learning_rate").set_value(0.002).run()
    app.number_input(key="set-seed").set_value(5).run()
    words = ["train", "tiny", "--recipe", "triplet", "--set", "epochs=3", "--set", "batch=8"]
    words += ["--set", "learning_rate=0.002", "--seed", "5"]
    assert command(app) == words
    app.button(key="start").click().run()
    assert not app.exception
    (job,) = jobs(store)
    assert (list(job.words), job.state, job.catalog) == (words, QUEUED, "tiny")
    assert "number 1 in the queue" in texts(app)
    assert app.button(key="start").disabled
    assert "Starting: Train Triplet" in app.toast[0].value
    app.button(key=f"stop-{job.id}").click().run()
    assert not app.exception
    assert not [each for each in jobs(store) if each.is_active]


def test_a_second_click_on_start_starts_nothing_though_the_first_has_failed_already(
    store: Store, shop: Catalog, open_page: Open, allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_mend, "_TWICE", 50.0)
    app = open_page("training", **{"recipe": "triplet", "set-batch": "8"})
    app.button(key="start").click().run()
    (job,) = jobs(store)
    folder = job_folder(store, job.id)
    assert folder is not None
    write_values(folder / STATUS, {"state": "failed", "pid": 1, "message": "No weights."})
    app.run().button(key="start").click().run()
    assert [each.id for each in jobs(store)] == [job.id]
    write_values(folder / ASKED, {**json.loads((folder / ASKED).read_text()), "created_at": job.created_at - 60})
    app.button(key="start").click().run()
    assert len(jobs(store)) == 2


def test_another_recipe_brings_its_own_settings(shop: Catalog, open_page: Open) -> None:
    app = open_page("training", recipe="supcon")
    app.number_input(key="set-batch").set_value(16).run()
    app.selectbox(key="recipe").select("classify").run()
    assert command(app) == ["train", "tiny", "--recipe", "classify"]
    assert app.number_input(key="set-batch").value == 32
    app.selectbox(key="preset").select("s2_g").run()
    assert command(app)[-2:] == ["--preset", "s2_g"]
    assert app.selectbox(key="backbone").value == "resnet50"


def test_a_link_brings_its_settings(shop: Catalog, open_page: Open) -> None:
    address = {"set-epochs": "7", "set-size": "128", "recipe": "proxy", "by": "baseColour"}
    app = open_page("training", **address)
    request = TrainingRequest("proxy", label="baseColour", given={"epochs": "7", "size": "128"})
    assert command(app) == request.words("tiny")
    assert metrics(app)["Labels"] == "4"


def test_a_run_may_go_on_from_a_trained_model_and_one_of_another_shape_is_refused(
    store: Store, shop: Catalog, open_page: Open
) -> None:
    run_id = make_run(store, shop).id
    app = open_page("training", recipe="hybrid")
    named = "Classify, all layers · MobileNetV2 · 96 px"
    assert app.selectbox(key="set-start").options == ["ImageNet's weights", "Random weights", "vitrine_mini", named]
    assert f"{named}: `{run_id}`" in app.selectbox(key="set-start").help.replace("\\", "")
    app.selectbox(key="set-start").select("vitrine_mini").run()
    assert not app.exception
    assert command(app) == ["train", "tiny", "--recipe", "hybrid", "--set", "start=vitrine_mini"]
    assert app.query_params["set-start"] == "vitrine_mini"
    app.number_input(key="set-dim").set_value(64).run()
    said = app.error[0].value.replace("\\", "")
    assert "vitrine_mini cannot be started from: it has the dense layers 128 linear, asked for is 64 linear." in said


def test_what_a_run_starts_from_stands_in_the_address_and_goes_with_another_recipe(
    store: Store, shop: Catalog, open_page: Open
) -> None:
    run_id = make_run(store, shop).id
    app = open_page("training", **{"recipe": "classify", "set-start": run_id})
    assert app.selectbox(key="set-start").value == run_id
    assert command(app)[-1] == f"start={run_id}"
    app.selectbox(key="recipe").select("proxy").run()
    assert app.selectbox(key="set-start").value == IMAGENET
    assert "set-start" not in app.query_params
    assert not app.warning[1:]
    app = open_page("training", **{"recipe": "classify", "set-start": "nope"})
    assert "nope is none of them" in app.warning[0].value


def test_a_job_is_called_as_the_run_that_it_will_be(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    make_run(store, shop)
    app = open_page("training", **{"recipe": "classify", "set-size": "96", "set-epochs": "3", "set-batch": "8"})
    app.number_input(key="set-seed").set_value(5).run()
    app.button(key="start").click().run()
    (job,) = jobs(store)
    assert job.title == "Train Classify, all layers · MobileNetV2 · 96 px · seed 5, batch 8"


def test_the_estimate_is_that_of_earlier_runs(store: Store, shop: Catalog, open_page: Open) -> None:
    app = open_page("training", recipe="classify")
    assert metrics(app)["Time, estimated"] == "not known yet"
    make_run(store, shop)
    app = open_page("training", **{"recipe": "classify", "set-size": "96", "set-epochs": "30"})
    assert metrics(app)["Training pictures"] == "15"
    assert metrics(app)["Time, estimated"] == "≈ 30 s"  # 30 epochs of 15 pictures, 8 s for 120


def test_settings_that_a_finished_run_has_lead_to_it(store: Store, shop: Catalog, open_page: Open) -> None:
    run_id = make_run(store, shop).id
    address = {"recipe": "classify", "set-size": "96"}
    app = open_page("training", **address, **{"set-epochs": "3"})
    assert [link.proto.query_string for link in app.get("page_link") if run_id in link.proto.query_string]
    app = open_page("training", **address, **{"set-epochs": "4"})
    assert not [link for link in app.get("page_link") if "is finished" in link.proto.label]


def test_what_cannot_be_trained_is_said_before_it_is_started(store: Store, open_page: Open, allowed: None) -> None:
    make_catalog(store, n=2)
    app = open_page("training", recipe="simclr")
    assert not app.exception
    make_catalog(store, "few", n=1)
    app = open_page("training", catalog="few")
    assert "too few to train on" in app.error[0].value
    assert "Start" not in buttons(app)


def test_a_run_from_a_terminal_is_watched_with_its_curves(store: Store, shop: Catalog, open_page: Open) -> None:
    make_unfinished(store, shop, epochs=2, step=2)
    app = open_page("training")
    assert not app.exception
    said = texts(app)
    assert "Supervised contrastive · MobileNetV2 · 96 px" in said
    assert "Started in a terminal" in said
    progress = app.get("progress")[0]  # below it are those of the machine
    assert progress.proto.text == "Epoch 3 of 5 · step 2 of 4 · 20 s left"
    assert progress.proto.value == 50
    assert len(app.get("plotly_chart")) == 3


def test_a_run_that_gets_ready_says_what_it_is_at(store: Store, shop: Catalog, open_page: Open) -> None:
    live = make_unfinished(store, shop, epochs=0)
    live.say(Status(RUNNING, epochs=5))
    app = open_page("training")
    said = "Reading pictures and building the network, which can take a minute"
    assert app.get("progress")[0].proto.text == said


def test_a_running_job_can_be_cancelled_and_shows_its_log(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    live = make_unfinished(store, shop)
    job = submit(store, ["train", "tiny", "--recipe", "supcon"], title="Train it", catalog="tiny")
    folder = job_folder(store, job.id)
    assert folder is not None
    write_values(folder / STATUS, {"state": "running", "pid": live.status().pid, "started_at": 1.0})
    (folder / "log.txt").write_text("training tiny: 3 of 9\n")
    with living(folder):
        app = open_page("training")
        assert not app.exception
        assert {"Cancel", "Start"} <= set(buttons(app))
        assert "Started in a terminal" not in texts(app)
        assert len([h for h in app.header if h.value == "Now"]) == 1
        app.button(key=f"stop-{job.id}").click().run()
        assert (folder / "cancel").exists()
        assert app.button(key=f"stop-{job.id}").label == "Cancelling …"
        assert app.button(key=f"stop-{job.id}").disabled


@pytest.mark.parametrize(("state", "pid", "word"), [(CANCELLED, None, "cancelled"), ("running", NOBODY, "died")])
def test_a_stopped_run_is_resumed_or_deleted(
    store: Store, shop: Catalog, open_page: Open, allowed: None, state: str, pid: int | None, word: str
) -> None:
    live = make_unfinished(store, shop, state=state, pid=pid)
    app = open_page("training")
    assert f"{word} after 2 epochs of 5" in texts(app)
    app.button(key=f"resume-{live.id}").click().run()
    (job,) = jobs(store)
    assert list(job.words) == ["train", "tiny", "--resume", live.id]
    assert "Resume" not in buttons(app)
    app.button(key=f"delete-{live.id}").click().run()
    assert not live.exists()
    assert "Stopped runs" not in texts(app)


def test_why_a_run_failed_is_said_as_it_is(store: Store, shop: Catalog, open_page: Open) -> None:
    make_unfinished(store, shop, state=FAILED, message=f"The disk is full: {HOSTILE}")
    said = texts(open_page("training"))
    assert "The disk is full" in said
    assert HOSTILE not in said


def test_a_damaged_run_is_listed_and_can_only_be_deleted(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    live = make_unfinished(store, shop, state=CANCELLED)
    (live.folder / "request.json").write_text("[]")
    app = open_page("training")
    assert not app.exception
    assert "damaged" in texts(app)
    assert "Resume" not in buttons(app)
    assert f"delete-{live.id}" in {button.key for button in app.button}


def test_a_finished_job_leads_to_its_run(store: Store, shop: Catalog, open_page: Open, allowed: None) -> None:
    run_id = make_run(store, shop).id
    job = submit(store, ["train", "tiny", "--recipe", "classify"], title="Train it", catalog="tiny")
    folder = job_folder(store, job.id)
    assert folder is not None
    write_values(folder / STATUS, {"state": "done", "pid": 1, "result": {"run": run_id}})
    app = open_page("training")
    assert "**Classify, all layers · MobileNetV2 · 96 px** is finished" in texts(app)
    assert [link.proto.query_string for link in app.get("page_link") if run_id in link.proto.query_string]


def test_a_job_that_failed_before_its_run_began_is_shown_and_put_away(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    job = submit(store, ["train", "tiny", "--recipe", "classify"], title="Train it", catalog="tiny")
    folder = job_folder(store, job.id)
    assert folder is not None
    write_values(folder / STATUS, {"state": "failed", "pid": 1, "message": "No weights."})
    make_unfinished(store, shop, state=CANCELLED)  # another run, which says nothing of this one
    app = open_page("training")
    assert "did not begin: No weights" in texts(app)
    app.button(key=f"forget-{job.id}").click().run()
    assert jobs(store) == []


@pytest.mark.parametrize(
    "address",
    [{"set-epochs": "1e400"}, {"set-batch": "9" * 400}, {"set-seed": "-1"}, {"set-seed": "1e400"}, {"set-size": "x"}],
)
def test_a_number_of_the_address_that_is_none_is_passed_over(shop: Catalog, open_page: Open, address: dict) -> None:
    app = open_page("training", recipe="classify", **address)
    assert not app.exception
    assert "this is another one" in app.warning[0].value
    assert command(app) == ["train", "tiny", "--recipe", "classify"]
