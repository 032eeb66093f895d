"""What a variant costs: that the search which is timed is the one that is ranked, and what its bytes add up to."""

import numpy as np
import pytest

from lib.retrieval.approximate import build_index
from lib.retrieval.cost import N_TIMED, measure_cost, whole_search
from lib.retrieval.ranking import Ranker, rank_all
from tests.retrieval.made_up import clusters, prepared

METRICS = ("cosine", "euclidean", "manhattan")
CASES = [(variant, metric) for variant in ("", "l2+pca=3", "augment=2") for metric in METRICS]
#: Under cosine, codes are scanned by inner products: as long, but not the same.
CASES += [(variant, metric) for variant in ("int8", "float16", "pq=3") for metric in METRICS[1:]]


@pytest.mark.parametrize(("variant", "metric"), CASES)
def test_the_search_that_is_timed_finds_what_is_ranked(variant: str, metric: str) -> None:
    vectors = clusters(0, 300)
    ready = prepared(vectors, variant, metric, self_counted=True)
    some = np.arange(0, 300, 6)
    ranked = rank_all(Ranker(ready.space(some), ready.task.codes, self_counted=True), some)
    search = whole_search(ready)
    same = [
        search(vectors[row]).tolist() == near[:10].tolist() for row, near in zip(some, ranked.neighbors, strict=True)
    ]
    assert np.mean(same) > 0.97


@pytest.mark.parametrize("kind", ["hnsw", "ivf"])
@pytest.mark.parametrize("variant", ["", "pca=4+whiten", "expand=2"])
def test_so_does_that_of_an_index(variant: str, kind: str) -> None:
    vectors = clusters(0, 300)
    ready = prepared(vectors, variant)
    index = build_index(ready.space(np.arange(0)), kind=kind, effort=10_000, metric="cosine")
    by_index, by_all = whole_search(ready, index), whole_search(ready)
    assert np.mean([by_index(vector).tolist() == by_all(vector).tolist() for vector in vectors[:40]]) > 0.97


def test_an_expanded_query_is_the_mean_with_its_nearest() -> None:
    vectors = clusters(0, 60)
    ready, plain = prepared(vectors, "expand=3", "euclidean"), prepared(vectors, "", "euclidean")
    nearest = whole_search(plain)(vectors[7])[:3]
    mean = np.concatenate([vectors[[7]], vectors[nearest]]).mean(axis=0)
    assert whole_search(ready)(vectors[7]).tolist() == whole_search(plain)(mean).tolist()


def test_a_gallery_of_some_rows_in_another_order_is_searched_by_its_own_rows() -> None:
    vectors, rows = clusters(0, 60), np.random.default_rng(0).permutation(60)
    for chosen in (rows, rows[:30]):
        ready = prepared(vectors, "", rows=chosen)
        found = [whole_search(ready)(vectors[row])[0] for row in chosen]
        assert found == list(range(len(chosen)))


@pytest.mark.parametrize(
    ("variant", "dim", "n_bytes", "shared"),
    [
        ("", 8, 32, 0),
        ("l2", 8, 32, 0),
        ("pca=4", 4, 16, 4 * (8 + 8 * 4)),
        ("float16", 8, 16, 0),
        ("int8", 8, 8, 2 * 8 * 4),
        ("pca=4+int8", 4, 4, 4 * (8 + 8 * 4) + 2 * 4 * 4),
        ("pq=2", 8, 2, 256 * 8 * 4),
        ("expand=2", 8, 32, 0),
    ],
)
def test_bytes_and_dimensions(variant: str, dim: int, n_bytes: int, shared: int) -> None:
    vectors = clusters(0, 300, dim=8)
    cost = measure_cost(prepared(vectors, variant), vectors, images_per_second=12.5)
    assert (cost["dim"], cost["bytes_per_item"], cost["bytes_shared"]) == (dim, n_bytes, shared)
    assert 0 < cost["ms_per_query"] <= cost["ms_per_query_p95"]
    assert (cost["n_timed"], cost["images_per_second"]) == (N_TIMED, 12.5)
    assert N_TIMED >= 50


def test_few_queries_are_asked_again_and_an_index_adds_its_links() -> None:
    vectors = clusters(0, 300, dim=8)
    ready = prepared(vectors, "")
    index = build_index(ready.space(np.arange(0)), kind="ivf", effort=2, metric="cosine")
    cost = measure_cost(ready, vectors[:3], index=index, images_per_second=None)
    assert (cost["bytes_per_item"], cost["bytes_shared"]) == (40, index.n_bytes_shared)
    assert cost["n_timed"] == N_TIMED
