"""The model that comes with the project: small, whole, and what its card says."""

import re

import numpy as np
import pytest

from lib.models import MODELS, TrainedModel
from lib.models.arrays import read_arrays
from lib.models.trained import ARRAYS, shipped_models
from tests.factories import encoded, picture


@pytest.fixture(scope="module")
def mini() -> TrainedModel:
    return shipped_models()["vitrine_mini"]


def test_it_is_small_and_its_description_fits_it(mini: TrainedModel) -> None:
    assert MODELS["vitrine_mini"] is mini
    arrays = read_arrays(mini.folder / ARRAYS)
    assert {str(array.dtype) for array in arrays.values()} == {"float16"}
    assert sum(array.size for name, array in arrays.items()) <= 3_000_000
    assert sum(path.stat().st_size for path in mini.folder.iterdir()) <= 8_000_000
    assert (mini.size, mini.dim, mini.unit) == (96, 128, True)
    assert [head.column for head in mini.heads] == [
        *("articleType", "subCategory", "masterCategory", "gender", "baseColour", "season", "usage")
    ]
    assert all(0 < head.accuracy < 1 and head.n > 1000 for head in mini.heads)


def test_probabilities_sum_to_one(mini: TrainedModel) -> None:
    vectors = np.random.default_rng(0).standard_normal((3, 128)).astype(np.float32)
    for head, shares in zip(mini.heads, mini.probabilities(vectors).values(), strict=True):
        assert shares.shape == (3, len(head.classes))
        np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)


def test_its_card_says_where_it_comes_from_and_how_to_make_it_again(mini: TrainedModel) -> None:
    card = (mini.folder / "README.md").read_text()
    assert "Apache License 2.0" in card
    assert "python -m lib train fashion --recipe hybrid --preset vitrine_mini" in card
    accuracy = next(head.accuracy for head in mini.heads if head.column == "gender")
    (row,) = re.findall(r"^\| gender accuracy \| [\d.]+ \| ([\d.]+) \|$", card, re.MULTILINE)
    assert float(row) == pytest.approx(accuracy, abs=5e-4)


@pytest.mark.slow
def test_it_embeds_a_picture(mini: TrainedModel) -> None:
    from lib.embedding.view import Fitted

    view = Fitted(mini.size, mini.fit).view(encoded(picture(3)))
    (vector,) = np.asarray(mini.build().predict_on_batch(view[None]))
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-3)
