"""What is measured on held-back pictures, against scikit-learn and by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.training.measure import classification, intervals, means, retrieval


@given(seed=st.integers(0, 30), n=st.integers(2, 40), n_classes=st.integers(2, 6))
def test_classification_is_scikit_learn_s(seed: int, n: int, n_classes: int) -> None:
    from sklearn.metrics import accuracy_score, log_loss, precision_recall_fscore_support

    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((n, n_classes)).astype(np.float32)
    codes = rng.integers(0, n_classes, n).astype(np.int32)
    found = classification(logits, codes)
    shares = np.exp(logits.astype(np.float64)) / np.exp(logits.astype(np.float64)).sum(axis=1, keepdims=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = precision_recall_fscore_support(codes, logits.argmax(axis=1), average="macro", zero_division=0)
    assert found["accuracy"] == pytest.approx(accuracy_score(codes, logits.argmax(axis=1)))
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx(expected[:3])
    assert found["loss"] == pytest.approx(log_loss(codes, shares, labels=list(range(n_classes))))


def test_pictures_of_unknown_label_are_left_out() -> None:
    logits = np.array([[3.0, 0.0], [0.0, 3.0], [3.0, 0.0]], np.float32)
    found = classification(logits, np.array([0, -1, 1], np.int32))
    assert (found["accuracy"], found["n"]) == (0.5, 2)
    assert classification(logits, np.full(3, -1, np.int32)) == {}


def test_retrieval_by_hand() -> None:
    vectors = np.array([[1.0, 0.0], [0.99, 0.1], [0.0, 1.0], [0.1, 0.99]], np.float32)
    labels = pd.Series(["a", "a", "b", "a"], index=["p", "q", "r", "s"])
    found = retrieval(vectors, labels)
    assert found is not None
    assert found.index.tolist() == ["p", "q", "s"]  # r has no fellow
    assert found["recall@1"].tolist() == [1.0, 1.0, 0.0]
    assert means(found)["recall@1"] == pytest.approx(2 / 3)
    ends = intervals(found)["recall@1"]
    assert ends["low"] <= ends["value"] <= ends["high"]


def test_there_is_nothing_to_measure_without_two_of_a_label() -> None:
    vectors = np.eye(3, dtype=np.float32)
    assert retrieval(vectors, pd.Series(["a", "b", "c"], index=list("pqr"))) is None
    assert retrieval(vectors, pd.Series([None, None, None], index=list("pqr"), dtype=object)) is None
    assert means(None) == {}
    assert intervals(None) == {}
