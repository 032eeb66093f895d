"""A run small enough to train in a second: a tiny catalogue, a toy network from random weights."""

import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.models import BACKBONES, MODELS
from lib.training.request import TrainingRequest
from tests.factories import make_catalog
from tests.training.toy import TOY

SMALL = {
    **{"start": "none", "size": "32", "batch": "8", "epochs": "3", "dim": "16", "fit": "pad"},
    **{"per_label": "2", "warmup": "0", "learning_rate": "0.001", "average": "0.9"},
}


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer the toy network as a backbone."""
    monkeypatch.setitem(BACKBONES, "toy", TOY)
    monkeypatch.setitem(MODELS, "toy", TOY)


def small_request(recipe: str = "supcon", *, preset: str = "", seed: int = 0, **given: str) -> TrainingRequest:
    """A request for the tiny catalogue, whose label column is articleType."""
    return TrainingRequest(recipe, preset=preset, backbone="toy", given={**SMALL, **given}, seed=seed)


@pytest.fixture
def shop(store: Store) -> Catalog:
    """Forty pictures of three articles."""
    return make_catalog(store, n=40)
