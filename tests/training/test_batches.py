"""Which pictures come together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import ModelError
from lib.training.batches import epoch_batches


@given(n=st.integers(2, 60), batch=st.integers(2, 20), seed=st.integers(0, 9))
def test_every_picture_comes_once_an_epoch_but_for_what_fills_no_batch(n: int, batch: int, seed: int) -> None:
    if batch > n:
        return
    rows = epoch_batches(np.zeros(n, np.int32), batch=batch, per_label=0, seed=(seed, 0))
    assert rows.shape == (n // batch, batch)
    assert len(np.unique(rows)) == rows.size


def test_an_epoch_is_the_same_whenever_it_is_run_and_no_other() -> None:
    codes = np.arange(100, dtype=np.int32) % 7
    for per_label in (0, 4):
        first, again, next_ = (epoch_batches(codes, batch=10, per_label=per_label, seed=(3, e)) for e in (0, 0, 1))
        assert (first == again).all()
        assert not (first == next_).all()


@given(per_label=st.integers(2, 5), n_labels=st.integers(1, 8), batch=st.integers(4, 24))
def test_balanced_batches_hold_several_of_a_label(per_label: int, n_labels: int, batch: int) -> None:
    codes = np.repeat(np.arange(n_labels, dtype=np.int32), 6)
    codes = np.concatenate([codes, np.full(4, -1, np.int32)])
    if batch > len(codes):
        return
    rows = epoch_batches(codes, batch=batch, per_label=per_label, seed=(0, 0))
    assert rows.shape == (len(codes) // batch, batch)
    for row in rows:
        assert (codes[row] >= 0).all()
        counts = np.bincount(codes[row])
        n_full = batch // per_label
        assert (counts[counts > 0] >= per_label).sum() >= min(n_full, n_labels) - 1
        if -(-batch // per_label) <= n_labels:
            assert len(np.unique(row)) == len(row)


def test_rare_labels_are_seen_more_often_than_they_come() -> None:
    codes = np.array([0] * 900 + [1] * 50 + [2] * 50, np.int32)
    rows = epoch_batches(codes, batch=20, per_label=10, seed=(0, 0))
    share = (codes[rows] > 0).mean()
    assert share > 0.3  # a tenth of the pictures


def test_a_batch_larger_than_the_data_and_labels_of_one_picture_are_refused() -> None:
    with pytest.raises(ModelError, match="larger than the 3 training pictures"):
        epoch_batches(np.zeros(3, np.int32), batch=4, per_label=0, seed=(0, 0))
    with pytest.raises(ModelError, match="No label has two"):
        epoch_batches(np.arange(8, dtype=np.int32), batch=4, per_label=2, seed=(0, 0))
