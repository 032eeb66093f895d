"""A miniature answers as an evaluation does, on numbers that are counted by hand."""

import numpy as np
import pandas as pd
import pytest

from lib.errors import SearchError
from lib.retrieval.miniature import ask_all, miniature, why_not

NAMES = ["a1", "a2", "a3", "b1", "b2"]
#: Five items on a line: a1 and a2 are neighbours, a3 stands among the b.
LINE = np.array([[0.0], [1.0], [5.0], [4.5], [6.0]])
FRAME = pd.DataFrame(
    {"kind": ["a", "a", "a", "b", "b"], "split": ["train", "test", "test", "test", "test"]}, index=NAMES
)


def test_every_item_asks_all_others() -> None:
    answers = ask_all(miniature(LINE, FRAME, label="kind"), label="kind")
    assert answers.scores.index.tolist() == NAMES
    assert answers.scores["recall@1"].tolist() == [1, 1, 0, 0, 0]
    # a3 finds b1, b2, a2, a1: average precision (1/3 + 2/4) / 2
    assert answers.scores.loc["a3", "map"] == pytest.approx((1 / 3 + 2 / 4) / 2)
    assert [NAMES[row] for row in answers.ranked.neighbors[2, :4]] == ["b1", "b2", "a2", "a1"]


def test_a_protocol_chooses_queries_and_gallery() -> None:
    answers = ask_all(miniature(LINE, FRAME, label="kind"), label="kind", protocol="test-vs-test")
    assert answers.task.ids.tolist() == NAMES[1:]
    assert answers.scores["recall@1"].tolist() == [0, 0, 0, 0]


def test_what_counts_itself_always_finds_itself() -> None:
    answers = ask_all(miniature(LINE, FRAME, label="kind"), label="kind", protocol="as-s2")
    assert answers.scores["recall@1"].tolist() == [1] * 5


def test_unseen_labels_need_a_model_that_says_what_it_saw() -> None:
    with pytest.raises(SearchError, match="was not trained on kind"):
        ask_all(miniature(LINE, FRAME, label="kind"), label="kind", protocol="unseen-labels")
    names = ["a1", "a2", "b1", "b2", "c1", "c2"]
    frame = pd.DataFrame({"kind": list("aabbcc")}, index=names)
    gallery = miniature(np.arange(6.0)[:, None], frame, label="kind", trained_on=["a"])
    assert ask_all(gallery, label="kind", protocol="unseen-labels").task.ids.tolist() == ["b1", "b2", "c1", "c2"]


def test_what_is_taken_out_is_not_found() -> None:
    answers = ask_all(miniature(LINE, FRAME, label="kind"), label="kind", without={"a1": ["a2", "gone"]})
    # without a2, a1 finds b1, a3, b2
    assert answers.scores.loc["a1", "mrr"] == pytest.approx(1 / 2)


def test_why_a_protocol_does_not_apply() -> None:
    gallery = miniature(LINE, FRAME, label="kind")
    assert why_not(gallery, label="kind", protocol="all") == ""
    assert "was not trained on kind" in why_not(gallery, label="kind", protocol="unseen-labels")


def test_a_variant_changes_the_vectors_first() -> None:
    # a3 and b1 are nearest to each other: (4.5 + 5) / 2; b2 is nearest to a3: (6 + 5) / 2
    answers = ask_all(miniature(LINE, FRAME, label="kind"), label="kind", variant="augment=1")
    np.testing.assert_allclose(answers.prepared.embeddings[:, 0], [0.5, 0.5, 4.75, 4.75, 5.5])


def test_other_vectors_may_ask() -> None:
    # every item asks from where b2 stands: all find b2 and a3 first, but for themselves
    answers = ask_all(miniature(LINE, FRAME, label="kind"), label="kind", asked=np.full((5, 1), 6.0))
    assert answers.scores["recall@1"].tolist() == [0, 0, 0, 1, 0]
