"""Many paired differences at once: the same numbers as one by one."""

import numpy as np
import pandas as pd
import pytest

from lib.retrieval.bootstrap import paired_difference
from lib.retrieval.contrasts import contrasts
from lib.retrieval.differences import label_differences, largest_differences, paired_differences

IDS = [f"p{i:02d}" for i in range(40)]


def column(seed: int, *, shift: float = 0.0, ids: list[str] = IDS) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).normal(shift, 1, len(ids)), index=ids)


def one_by_one(a: pd.Series, b: pd.Series) -> dict[str, object]:
    ids = [found.index.to_numpy(object).astype(str) for found in (a, b)]
    found = paired_difference(a.to_numpy(), b.to_numpy(), ids_a=ids[0], ids_b=ids[1], seed=0)
    return {
        "difference": found.estimate.value,
        "low": found.estimate.low,
        "high": found.estimate.high,
        "verdict": found.verdict,
        "n_queries": found.n_queries,
        "n_only_a": found.n_only_a,
        "n_only_b": found.n_only_b,
    }


def test_each_pair_is_what_comparing_the_two_says() -> None:
    values = {
        "one": column(1),
        "two": column(2, shift=1.0),
        "gaps": column(3).where(np.arange(40) % 3 > 0),
        "sample": column(4, ids=IDS[5:25]),
        "shuffled": column(5).sample(frac=1, random_state=0),
    }
    pairs = [(a, b) for a in values for b in values if a != b]
    table = paired_differences(pairs, values.__getitem__)
    assert list(zip(table["a"], table["b"], strict=True)) == pairs
    for row in table.to_dict("records"):
        expected = one_by_one(values[row["a"]], values[row["b"]])
        assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_each_evaluation_is_read_once() -> None:
    read: list[str] = []

    def scores(name: str) -> pd.Series:
        read.append(name)
        return column(len(name))

    paired_differences([("a", "bb"), ("a", "ccc"), ("bb", "ccc")], scores)
    assert read == ["a", "bb", "ccc"]


def test_nothing_in_common_is_no_number() -> None:
    values = {"a": column(0, ids=IDS[:3]), "b": column(1, ids=IDS[5:9])}
    row = paired_differences([("a", "b")], values.__getitem__).iloc[0]
    assert np.isnan(row["difference"])
    assert (row["verdict"], row["n_queries"], row["n_only_a"], row["n_only_b"]) == ("no difference shown", 0, 3, 4)
    assert paired_differences([], values.__getitem__).empty


def test_queries_that_differ_most_in_either_direction() -> None:
    a = pd.Series([1.0, 0.2, 0.5, 0.0, np.nan, 0.9], index=list("abcdef"))
    b = pd.Series([0.0, 0.9, 0.5, 1.0, 1.0, 0.4], index=list("abcdef"))
    table = largest_differences(a, b, n=1)
    assert table["product_id"].tolist() == ["a", "d"]
    assert largest_differences(a, b, n=9)["difference"].tolist() == pytest.approx([1.0, 0.5, -1.0, -0.7])
    assert largest_differences(a, a, n=9).empty


class TestContrasts:
    ROWS = pd.DataFrame(
        {
            "evaluation": ["e1", "e2", "e3", "e4", "e5"],
            "model": ["m", "m", "m", "n", "m"],
            "variant": ["", "", "", "", "pca=2"],
            "metric": ["euclidean", "cosine", "manhattan", "euclidean", "cosine"],
        }
    )
    ORDER = ("cosine", "euclidean", "manhattan")

    def test_pairs_differ_in_one_thing_only(self) -> None:
        found = contrasts(self.ROWS, column="metric", order=self.ORDER, same=["model", "variant"])
        assert found[["a", "b", "value_a"]].to_numpy().tolist() == [
            ["e1", "e2", "euclidean"],
            ["e3", "e2", "manhattan"],
        ]

    def test_values_outside_the_order_take_no_part(self) -> None:
        assert contrasts(self.ROWS, column="metric", order=("cosine", "l7"), same=["model"]).empty

    def test_of_equals_the_last_counts(self) -> None:
        rows = pd.concat([self.ROWS, self.ROWS.iloc[[1]].assign(evaluation="e9")])
        found = contrasts(rows, column="metric", order=self.ORDER, same=["model", "variant"])
        assert set(found["b"]) == {"e9"}

    def test_no_rows_no_pairs(self) -> None:
        found = contrasts(self.ROWS.iloc[:0], column="metric", order=self.ORDER, same=["model"])
        assert found.empty
        assert list(found) == ["model", "a", "b", "value_a", "value_b"]


def test_labels_stand_by_what_they_lose() -> None:
    a = pd.DataFrame({"label": ["x", "y", "z", "w"], "n_queries": [3, 4, 5, 6], "map": [0.5, 0.2, np.nan, 0.9]})
    b = pd.DataFrame({"label": ["y", "x", "z", "v"], "n_queries": [4, 3, 5, 1], "map": [0.6, 0.1, 0.3, 0.4]})
    table = label_differences(a, b, metric="map")
    assert table["label"].tolist() == ["y", "x"]
    assert table["difference"].tolist() == pytest.approx([-0.4, 0.4])
    assert table["n_queries"].tolist() == [4, 3]
    assert table["silhouette"].isna().all()
    found = label_differences(a.assign(silhouette=0.5), b.assign(silhouette=0.2), metric="map")
    assert found["silhouette"].tolist() == pytest.approx([0.3, 0.3])
