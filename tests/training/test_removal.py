"""Deleting runs: all of one goes at once, nothing else does, and what needs it is named before."""

import shutil
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding import load_embedding
from lib.embedding.attributes import name_attributes
from lib.embedding.embedder import open_embedder
from lib.errors import ArtifactError, MissingArtifact, WeightsError
from lib.publish import discard, exclusive
from lib.retrieval.search import Gallery, Query, search
from lib.training.known import known_runs
from lib.training.live import CANCELLED, live_runs
from lib.training.removal import removal_of, remove_run
from lib.training.request import TrainingRequest
from lib.training.runs import finished_runs
from tests.factories import make_catalog, make_embedding
from tests.training_factories import embed_with, make_run, make_unfinished

OTHER = TrainingRequest("classify", given={"epochs": "3", "size": "96"}, seed=7)


@pytest.fixture
def shop(store: Store) -> Catalog:
    return make_catalog(store)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if ".locks" not in path.parts)


def test_a_deleted_run_is_gone_with_its_converted_network_and_nothing_else_is(store: Store, shop: Catalog) -> None:
    embedding = make_embedding(store, shop)
    kept = make_run(store, shop, OTHER)
    before = everything(store.root)
    run = make_run(store, shop)
    engines = [store.root / ".engines" / f"{each.id}-96-{'0' * 16}" for each in (run, kept)]
    for folder in engines:
        folder.mkdir(parents=True)
        (folder / "model.bin").write_bytes(b"12345")
    n_bytes = sum(path.stat().st_size for path in store.result_folder("tiny", "run", run.id).iterdir())
    removed = remove_run(store, "tiny", run.id)
    assert removed.n_bytes == 5 + n_bytes
    assert [run.id for run in finished_runs(store, "tiny")] == [kept.id]
    assert engines[1].is_dir()
    shutil.rmtree(store.root / ".engines")
    assert everything(store.root) == before
    assert store.result_folder("tiny", "embedding", embedding.id).is_dir()


def test_what_was_made_with_a_run_and_what_goes_on_from_it_is_named(store: Store, shop: Catalog) -> None:
    run = make_run(store, shop)
    made = embed_with(store, shop, run.id)
    make_embedding(store, shop)
    begun = make_unfinished(store, shop, TrainingRequest("classify", given={"start": f"x, {run.id}"}), state=CANCELLED)
    make_unfinished(store, shop, state=CANCELLED)
    found = removal_of(store, "tiny", run.id)
    assert (found.embeddings, found.unfinished) == ((made,), (begun.id,))
    assert finished_runs(store, "tiny")


def test_an_embedding_without_its_run_finds_what_is_like_its_own_pictures_and_takes_no_others(
    store: Store, shop: Catalog
) -> None:
    run = make_run(store, shop)
    made = load_embedding(store, "tiny", embed_with(store, shop, run.id))
    remove_run(store, "tiny", run.id)
    assert len(search(Gallery(shop, made), Query(product_id=shop.ids[0]), k=3).table) == 3
    with pytest.raises(WeightsError, match=f"The trained model {run.id} that made these vectors is gone"):
        open_embedder(store, made.manifest)
    assert name_attributes(store, made.manifest, made.embeddings[:1]) == []


def test_a_run_that_was_killed_after_it_was_finished_leaves_nothing_to_resume(store: Store, shop: Catalog) -> None:
    live = make_unfinished(store, shop, OTHER, state=CANCELLED)
    live.folder.rename(live.folder.with_name(make_run(store, shop).id))
    (left,) = live_runs(store, "tiny")
    remove_run(store, "tiny", left.id)
    assert live_runs(store, "tiny") == []
    assert finished_runs(store, "tiny") == []


def test_what_a_stopped_run_would_go_on_from_goes_without_what_it_came_to(store: Store, shop: Catalog) -> None:
    run = make_run(store, shop)
    live = make_unfinished(store, shop, OTHER, state=CANCELLED)
    live.folder.rename(live.folder.with_name(run.id))
    remove_run(store, "tiny", run.id, finished=False)
    assert live_runs(store, "tiny") == []
    assert [each.id for each in finished_runs(store, "tiny")] == [run.id]
    with pytest.raises(MissingArtifact):
        remove_run(store, "tiny", run.id, finished=False)


def test_a_run_that_is_being_trained_stays(store: Store, shop: Catalog) -> None:
    live = make_unfinished(store, shop)
    with exclusive(shop.folder, f"train-{live.id}"), pytest.raises(ArtifactError, match="is being trained"):
        remove_run(store, "tiny", live.id)
    assert [each.id for each in live_runs(store, "tiny")] == [live.id]


def test_a_run_that_is_not_there_is_answered_with_those_that_are(store: Store, shop: Catalog) -> None:
    with pytest.raises(MissingArtifact) as error:
        remove_run(store, "tiny", "nope")
    assert error.value.hint == "None was trained on it yet."
    run, live = make_run(store, shop), make_unfinished(store, shop, state=CANCELLED)
    (store.result_folder("tiny", "run", "damaged-1") / "x").mkdir(parents=True)
    assert known_runs(store, "tiny") == [run.id, live.id, "damaged-1"]
    with pytest.raises(MissingArtifact) as error:
        remove_run(store, "tiny", "nope")
    assert error.value.hint == f"There are: {run.id}, {live.id}, damaged-1."
    remove_run(store, "tiny", "damaged-1")
    assert known_runs(store, "tiny") == [run.id, live.id]


@pytest.mark.parametrize("run_id", ["..", "../tiny", "", "/etc", ".deleted"])
def test_a_name_leads_nowhere_else(store: Store, shop: Catalog, run_id: str) -> None:
    before = everything(store.root)
    with pytest.raises(ArtifactError):
        remove_run(store, "tiny", run_id)
    assert everything(store.root) == before


def test_a_reader_sees_all_or_nothing_however_the_removal_ends(
    store: Store, shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(store, shop)

    def killed(path: Path, **_: object) -> None:
        next(Path(path).rglob("weights.npz")).unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr("lib.publish.shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        remove_run(store, "tiny", run.id)
    monkeypatch.undo()
    assert finished_runs(store, "tiny") == []
    assert store.damaged("tiny", "run") == []
    assert known_runs(store, "tiny") == []


def test_of_a_link_only_the_link_goes(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    discard([tmp_path / "link", tmp_path / "absent"], place=tmp_path / "place")
    assert (tmp_path / "real" / "file").read_text() == "x"
    assert not (tmp_path / "link").is_symlink()
    assert list((tmp_path / "place").iterdir()) == []
