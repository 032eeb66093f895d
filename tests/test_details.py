"""One edited manifest is left out and named; it never takes anything else down."""

import copy
import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.artifacts import MANIFEST, Store
from lib.catalog.near_duplicates import find_near_duplicates
from lib.details import details_problem
from lib.errors import AppError
from lib.published import publish_results, read_published
from lib.report import catalog_report
from lib.retrieval.experiments import read_records, write_record
from lib.retrieval.leaderboard import leaderboard
from lib.retrieval.threshold_store import stored_threshold
from lib.retrieval.thresholds import calibrate
from lib.schema import Manifest
from tests.factories import make_catalog, make_embedding, make_evaluation

WRONG: list[Any] = [None, "x", [], {}, -1, math.nan, math.inf, 10**30, 1e300, True]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """An evaluation that is edited, one that is not, and one result of each other kind."""
    store = Store(tmp_path_factory.mktemp("details") / "artifacts")
    catalog = make_catalog(store)
    embedding = make_embedding(store, catalog)
    make_evaluation(store, embedding), make_evaluation(store, embedding, label="gender", variant="hnsw")
    calibrate(store, "tiny", embedding.id, precision=0.1, command="python -m lib threshold tiny --model toy")
    find_near_duplicates(store, "tiny")
    write_record(store, "tiny", "s2", [], details={"title": "S2"}, command="python -m lib build s2.toml")
    return store


def results(store: Store, kind: str) -> list[Path]:
    """The manifests of a kind, those of plain evaluations before those with an index."""
    paths = [store.result_folder("tiny", kind, manifest.id) / MANIFEST for manifest in store.manifests("tiny", kind)]
    return sorted(paths, key=lambda path: "hnsw" in path.read_text())


def places(details: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Each place in details: of an object, itself and what is in it."""
    for name, value in details.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *rest) for rest in places(value))


def edited(manifest: dict[str, Any], place: tuple[str, ...], value: Any) -> str:
    """A manifest with another value at a place of its details."""
    changed = copy.deepcopy(manifest)
    inner = changed["details"]
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return json.dumps(changed)


KINDS = ("embedding", "evaluation", "threshold", "experiment", "near-duplicates")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_is_as_it_must_be(made: Store, kind: str) -> None:
    assert made.manifests("tiny", kind)
    assert made.damaged("tiny", kind) == []


@pytest.mark.parametrize("which", [0, 1], ids=["plain", "index"])
def test_no_edited_evaluation_takes_the_leaderboard_down(made: Store, which: int) -> None:
    path, other = results(made, "evaluation")[which], results(made, "evaluation")[1 - which]
    whole = path.read_text()
    manifest = json.loads(whole)
    try:
        for place in places(manifest["details"]):
            if len(place) > 1 and place[0] in ("metrics", "macro", "near_duplicates") and "map_at_r" not in place:
                continue
            for value in WRONG[:8] if len(place) == 1 else WRONG[:2]:
                path.write_text(edited(manifest, place, value))
                rows = leaderboard(made, "tiny")["evaluation"].tolist()
                named = [str(path) in error.message for error in made.damaged("tiny", "evaluation")]
                assert other.parent.name in rows
                assert (path.parent.name in rows) != bool(named), (place, value)
    finally:
        path.write_text(whole)


@settings(max_examples=20)
@given(data=st.data())
def test_reports_and_published_tables_keep_the_others(made: Store, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["evaluation", "evaluation", "embedding", "experiment"]))
    path, *_ = results(made, kind)
    whole = path.read_text()
    manifest = json.loads(whole)
    place = data.draw(st.sampled_from(list(places(manifest["details"]))))
    other = results(made, "evaluation")[1].parent.name
    try:
        path.write_text(edited(manifest, place, data.draw(st.sampled_from(WRONG))))
        assert other in leaderboard(made, "tiny")["evaluation"].tolist()
        assert catalog_report(made, "tiny", label="gender", metric="recall@1", command="c")[1] == 1
        assert len(read_records(made, "tiny")) <= 1
        try:
            (published,) = publish_results(made, ["tiny"], made.root.parent / "out", command="c")
        except AppError:
            assert kind == "embedding"
        else:
            assert other in published.leaderboard["evaluation"].tolist()
    finally:
        path.write_text(whole)


def test_edited_published_results_are_left_out(made: Store, tmp_path: Path) -> None:
    publish_results(made, ["tiny"], tmp_path, command="c")
    path = tmp_path / "tiny" / MANIFEST
    manifest = json.loads(path.read_text())
    for name in manifest["details"].keys() - {"title", "label", "source", "credits"}:
        path.write_text(edited(manifest, (name,), None))
        assert read_published(tmp_path) == []


@pytest.mark.parametrize("value", WRONG[:7], ids=repr)
@pytest.mark.parametrize(
    "name", ["precision", "nearest_precision", "threshold", "n_results", "share_without", "n_queries", "skipped"]
)
def test_an_edited_threshold_is_none_and_is_named(made: Store, tmp_path: Path, name: str, value: Any) -> None:
    store = Store(tmp_path / "copy")
    shutil.copytree(made.root, store.root)
    (path,) = results(store, "threshold")
    model = store.manifests("tiny", "embedding")[0].id
    path.write_text(edited(json.loads(path.read_text()), (name,), value))
    if (name, value) == ("skipped", {}):
        assert store.damaged("tiny", "threshold") == []
        return
    assert stored_threshold(store, "tiny", model, metric="cosine") is None
    (error,) = store.damaged("tiny", "threshold")
    assert f"{path}: its details are not those of such a result: {name}" in error.message
    assert error.hint.endswith("run: python -m lib threshold tiny --model toy")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_gallery": None}, "n_gallery is None"),
        ({"metrics": {"recall@1": "x", "map_at_r": None}}, "metrics.recall@1 is 'x'"),
        ({"metrics": {}}, "metrics.recall@1 is missing"),
        ({"macro": []}, "macro is a list"),
        ({"macro": {"map": math.nan}}, "macro.map is nan"),
        ({"dim": True}, "dim is True"),
        ({"ndcg_levels": [3]}, "ndcg_levels is 3"),
        ({"cost": {}}, "cost.dim is missing"),
        ({}, ""),
    ],
)
def test_it_says_where_and_what(made: Store, change: dict[str, Any], said: str) -> None:
    manifest = json.loads(results(made, "evaluation")[0].read_text())
    manifest["details"] |= change
    assert details_problem(Manifest.from_json(json.dumps(manifest))) == said


def test_an_interval_has_two_ends_or_none(made: Store) -> None:
    manifest = json.loads(results(made, "evaluation")[0].read_text())
    text = edited(manifest, ("metrics", "recall@1", "low"), None)
    assert details_problem(Manifest.from_json(text)) == "metrics.recall@1 has one end only"


def test_an_evaluation_made_before_variants_needs_no_cost(made: Store) -> None:
    manifest = json.loads(results(made, "evaluation")[0].read_text())
    del manifest["details"]["cost"]
    assert details_problem(Manifest.from_json(json.dumps(manifest))) == "cost is missing"
    del manifest["parameters"]["variant"]
    assert details_problem(Manifest.from_json(json.dumps(manifest))) == ""
