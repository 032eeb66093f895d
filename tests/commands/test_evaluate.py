"""``evaluate`` as a user types it."""

from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from tests.commands.conftest import Run
from tests.factories import make_catalog, make_embedding, tiny_model

#: What ``--json`` prints at least.
FIXED = {"protocol", "metric", "label", "n_queries", "n_gallery", "n_left_out", "metrics"}


@pytest.fixture
def tiny(store: Store) -> str:
    make_embedding(store, make_catalog(store))
    return "tiny"


def test_it_prints_the_fixed_fields_and_returns_at_once_the_second_time(run: Run, tiny: str) -> None:
    first = run("evaluate", tiny, "--model", "toy", "--json").json
    again = run("evaluate", tiny, "--model", "toy", "--json").json

    assert first.keys() >= FIXED
    assert (first["protocol"], first["metric"], first["label"]) == ("all", "cosine", "articleType")
    assert (first["n_queries"], first["n_gallery"], first["n_left_out"]) == (24, 24, 0)
    for name in ("recall@1", "recall@5", "recall@10", "recall@20", "map", "map_at_r", "r_precision", "mrr", "ndcg@10"):
        found = first["metrics"][name]
        assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1
    assert (first["n_reused"], again["n_reused"]) == (0, 24)
    assert again == first | {"n_reused": 24}


def test_every_option_is_heard(run: Run, tiny: str) -> None:
    words = ("--label", "gender", "--metric", "euclidean", "--protocol", "test-vs-all", "--sample", "3")
    values = run("evaluate", tiny, "--model", "toy", *words, "--json").json
    assert (values["label"], values["metric"], values["protocol"]) == ("gender", "euclidean", "test-vs-all")
    assert (values["n_queries"], values["n_sampled_from"], values["n_gallery"]) == (3, 4, 24)


def test_the_recorded_command_makes_the_same_again(run: Run, store: Store, tiny: str) -> None:
    words = ("--label", "gender", "--variant", "l2+pca=3", "--seed", "3")
    made = run("evaluate", tiny, "--model", "toy", *words, "--json").json
    (manifest,) = store.manifests(tiny, "evaluation")
    again = run(*manifest.command.split()[3:], "--json").json
    assert (again["id"], again["n_reused"]) == (made["id"], 24)


def test_a_person_reads_a_line_a_metric(run: Run, tiny: str) -> None:
    said = run("evaluate", tiny, "--model", "toy").out
    assert "24 queries against 24 pictures" in said
    assert "recall@1 " in said
    assert f"evaluation id: {tiny_model()}-articleType-cosine-all-" in said


def test_a_variant_says_what_it_costs_and_an_index_how_right_it_is(run: Run, tiny: str) -> None:
    values = run("evaluate", tiny, "--model", "toy", "--variant", "hnsw", "--json").json
    assert (values["variant"], values["metrics"]["map"]["value"]) == ("hnsw", None)
    assert values["index"]["recall@10"] == 1
    assert values["cost"].keys() >= {"dim", "bytes_per_item", "ms_per_query", "ms_per_query_p95", "n_timed"}
    said = run("evaluate", tiny, "--model", "toy", "--variant", "hnsw").out
    assert "articleType, cosine, all, HNSW" in said
    assert "the index finds 1.0000 of the ten nearest (24 queries)" in said
    assert "bytes an item" in said
    plain = run("evaluate", tiny, "--model", "toy", "--json").json
    assert (plain["variant"], plain["index"], plain["asked_by"]) == ("", None, None)


def test_zeros_and_queries_of_another_model_are_said(run: Run, store: Store) -> None:
    catalog = make_catalog(store)
    zeroed = np.random.default_rng(0).normal(size=(24, 8))
    zeroed[3] = 0
    make_embedding(store, catalog, embeddings=zeroed)
    make_embedding(store, catalog, embeddings=zeroed[:20], embedding_id="part-8-pad-none-000000")
    said = run("evaluate", "tiny", "--model", "toy", "--variant", "asked-by=part").out
    assert "all-zero vectors: 1, which have no direction" in said
    assert "asks for the 20 pictures that both have (4 of the gallery alone, 0 of the other)" in said


def test_list_names_evaluations_and_says_when_they_are_stale(run: Run, store: Store, tiny: str) -> None:
    made = run("evaluate", tiny, "--model", "toy", "--json").json
    rows = {row["kind"]: row for row in run("list", tiny, "--json").json["results"]}
    assert (rows["evaluation"]["id"], rows["evaluation"]["stale"]) == (made["id"], False)
    folder: Path = store.result_folder(tiny, "embedding", tiny_model())
    folder.rename(store.root / "elsewhere")
    rows = {row["kind"]: row for row in run("list", tiny, "--json").json["results"]}
    assert rows["evaluation"]["stale"]
    assert rows["evaluation"]["refresh"].startswith("python -m lib evaluate tiny")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--label", "price"), "no column 'price'"),
        (("--label", "usage"), "nothing to tell apart"),
        (("--label", "title"), "no title has two pictures"),
        (("--protocol", "unseen-labels"), "not applicable"),
        (("--variant", "umap"), "no step 'umap'"),
        (("--variant", "pca=500"), "pca=500 is too many"),
        (("--variant", "hnsw", "--metric", "manhattan"), "not by manhattan"),
    ],
)
def test_a_mistake_is_answered_in_one_line(run: Run, tiny: str, words: tuple[str, ...], said: str) -> None:
    result = run("evaluate", tiny, "--model", "toy", *words)
    assert result.status == 1
    assert said in result.err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        *[("--sample", word) for word in ("0", "-1", "x", "1e3", "", "9" * 5000)],
        ("--metric", "hamming"),
        ("--protocol", "some"),
        ("--label", ""),
        ("--model", ""),
    ],
)
def test_a_choice_that_there_is_not_is_wrong_usage(run: Run, tiny: str, words: tuple[str, ...], capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        run("evaluate", tiny, "--model", "toy", *words)
    assert caught.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "invalid _" not in said
    assert len(said) < 300
