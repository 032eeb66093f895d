"""What a model calls the pictures of a split, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lib.models.trained import Head
from lib.training.classes import as_learnt
from lib.training.naming import named_pictures

GIVEN = ["Shirts", "Belts", None, "Shirts", "Hats", "Hats"]
SPLIT = ["test", "test", "test", "train", "test", "test"]


def catalog_like() -> SimpleNamespace:
    ids = [f"p{i}" for i in range(len(GIVEN))]
    return SimpleNamespace(frame=pd.DataFrame({"product_id": ids, "split": SPLIT, "articleType": GIVEN}))


def model_like(*labels: str) -> SimpleNamespace:
    """A model whose probabilities are its embeddings."""
    heads = (Head("gender", ("Men",)), Head("articleType", labels))
    return SimpleNamespace(heads=heads, probabilities=lambda vectors: {"articleType": vectors})


def embedding_like(shares: list[list[float]]) -> SimpleNamespace:
    """Of every picture but p5, in another order."""
    return SimpleNamespace(row_of={f"p{4 - i}": i for i in range(5)}, embeddings=np.array(shares[::-1], np.float32))


SHARES = [[0.7, 0.3], [0.2, 0.8], [1.0, 0.0], [0.5, 0.5], [0.4, 0.6]]


@pytest.mark.parametrize(
    ("labels", "joined", "given", "named"),
    [
        (("Belts", "Shirts"), False, ["Shirts", "Belts", None], ["Belts", "Shirts", "Shirts"]),
        (("Shirts", "OTHER"), True, ["Shirts", "OTHER", "OTHER"], ["Shirts", "OTHER", "OTHER"]),
        (("Shirts", "OTHER"), False, ["Shirts", None, None], ["Shirts", "OTHER", "OTHER"]),
    ],
)
def test_labels_are_as_the_head_calls_them(labels: tuple, joined: bool, given: list, named: list) -> None:
    table = named_pictures(
        catalog_like(),
        embedding_like(SHARES),
        model_like(*labels),
        "articleType",
        joined=joined,  # type: ignore[arg-type]
    )
    assert table["product_id"].tolist() == ["p0", "p1", "p4"]
    assert [None if pd.isna(label) else label for label in table["given"]] == given
    assert table["named"].tolist() == named
    assert table["probability"].tolist() == pytest.approx([0.7, 0.8, 0.6])


def test_a_split_without_pictures_gives_no_rows() -> None:
    empty = named_pictures(
        catalog_like(),
        embedding_like(SHARES),
        model_like("Belts", "Shirts"),
        "articleType",
        split="val",
        joined=False,  # type: ignore[arg-type]
    )
    assert list(empty) == ["product_id", "given", "named", "probability"]
    assert empty.empty


def test_a_label_that_was_never_learnt_is_missing() -> None:
    values = pd.Series(["a", "c", "b"], index=[5, 6, 7])
    assert as_learnt(values, ("a", "b"), joined=False).tolist() == ["a", None, "b"]
    assert as_learnt(values, ("a", "OTHER"), joined=True).tolist() == ["a", "OTHER", "OTHER"]
    assert as_learnt(values, ("a", "b"), joined=False).index.tolist() == [5, 6, 7]
