"""``remove`` as a user types it."""

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.jobs import queue, submit
from lib.training.live import CANCELLED
from lib.training.runs import finished_runs
from tests.commands.conftest import Run
from tests.factories import make_catalog
from tests.training_factories import embed_with, make_run, make_unfinished


def test_remove_says_what_goes_and_what_stays_and_does_it(run: Run, store: Store) -> None:
    shop = make_catalog(store)
    trained = make_run(store, shop)
    made, live = embed_with(store, shop, trained.id), make_unfinished(store, shop, state=CANCELLED)
    words = ["remove", "tiny", "--run", trained.id, "--run", live.id]
    said = run(*words, "--dry-run", "--json").json
    assert said["dry_run"]
    assert finished_runs(store, "tiny")
    done = run(*words, "--json").json
    assert done == said | {"dry_run": False}
    assert [(each["run"], each["embeddings"]) for each in done["removed"]] == [(trained.id, [made]), (live.id, [])]
    assert done["removed"][0]["bytes"] > 0
    assert finished_runs(store, "tiny") == []
    assert not live.exists()


def test_people_are_told_what_is_left_without_the_run(run: Run, store: Store) -> None:
    shop = make_catalog(store)
    trained = make_run(store, shop)
    made = embed_with(store, shop, trained.id)
    said = run("remove", "tiny", "--run", trained.id).out
    assert said.startswith(f"{trained.id}: gone, ")
    assert f"stays: {made}; it cannot be made again" in said


def test_nothing_goes_where_one_of_them_is_not_there(run: Run, store: Store) -> None:
    trained = make_run(store, make_catalog(store))
    error = run("remove", "tiny", "--run", trained.id, "--run", "nope").error
    assert error == f"error: 'tiny' has no run 'nope'. There are: {trained.id}."
    assert finished_runs(store, "tiny")
    assert "wardrobe" in run("remove", "wardrobe", "--run", "nope").error


def test_a_run_that_a_job_asks_for_stays(run: Run, store: Store, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "1")
    monkeypatch.setattr(queue, "start_worker", lambda _store: None)
    trained = make_run(store, make_catalog(store))
    job = submit(store, ["embed", "tiny", "--weights", trained.id], title="Embed tiny", catalog="tiny")
    assert "A job asks for" in run("remove", "tiny", "--run", trained.id).error
    assert load_catalog(store, "tiny")
    queue.cancel(store, job.id)
    assert run("remove", "tiny", "--run", trained.id).status == 0
