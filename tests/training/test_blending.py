"""Runs with probabilities in their embedding, and runs that learn from the validation pictures too."""

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.embedding.extract import embed_catalog
from lib.embedding.request import request_for
from lib.errors import ModelError
from lib.models.arrays import read_arrays
from lib.models.trained import read_trained
from lib.training.train import train
from tests.training.conftest import small_request

pytestmark = pytest.mark.slow


def test_a_blended_run_embeds_as_it_was_measured_and_can_be_gone_on_from(store: Store, shop: Catalog) -> None:
    plain = train(store, "tiny", small_request("hybrid", attributes="baseColour"), command="x").manifest
    request = small_request("hybrid", attributes="baseColour", blend="articleType:1, baseColour:0.5")
    run = train(store, "tiny", request, command="x").manifest
    assert run.id != plain.id
    folder = store.result_folder("tiny", "run", run.id)
    model = read_trained(folder)
    assert [(part.column, part.weight) for part in model.blend] == [("articleType", 1.0), ("baseColour", 0.5)]
    embedding = embed_catalog(store, "tiny", request_for(store, weights=run.id), command="x").embedding
    vectors = np.asarray(embedding.embeddings)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    named = np.array(model.heads[0].classes)[model.probabilities(vectors)["articleType"].argmax(axis=1)]
    test = shop.frame["split"].to_numpy() == "test"
    accuracy = (named == shop.frame["articleType"].to_numpy())[test].mean()
    assert accuracy == pytest.approx(run.details["metrics"]["test"]["articleType_accuracy"])
    before = read_arrays(store.result_folder("tiny", "run", plain.id) / "weights.npz")
    still = {"learning_rate": "1e-7", "average": "0", "epochs": "1"}
    again = train(store, "tiny", small_request("hybrid", attributes="baseColour", start=run.id, **still), command="x")
    kept = read_arrays(store.result_folder("tiny", "run", again.manifest.id) / "weights.npz")
    for column in ("articleType", "baseColour"):
        np.testing.assert_allclose(kept[f"head/{column}/kernel"], before[f"head/{column}/kernel"], atol=2e-2)


@pytest.mark.parametrize(
    ("recipe", "blend", "says"),
    [
        ("hybrid", "articleType", "heads with weights"),
        ("hybrid", "size:1", "Heads: articleType"),
        ("hybrid", "articleType:0", "above 0"),
        ("hybrid", "articleType:nan", "above 0"),
        ("supcon", "articleType:1", "Heads: none"),
        ("classify", "articleType:1", "any length"),
    ],
)
def test_what_cannot_be_blended_is_refused(store: Store, shop: Catalog, recipe: str, blend: str, says: str) -> None:
    with pytest.raises(ModelError) as caught:
        train(store, "tiny", small_request(recipe, blend=blend), command="x")
    assert says in str(caught.value)


def test_a_last_run_learns_from_the_validation_pictures_and_is_measured_on_the_others(
    store: Store, shop: Catalog
) -> None:
    run = train(store, "tiny", small_request("hybrid", splits="train+val"), command="x").manifest
    counts = shop.frame["split"].value_counts()
    assert run.n == counts["train"] + counts["val"]
    assert run.details["best_by"] == "loss"
    assert "val" not in {split for split, found in run.details["metrics"].items() if found}
    assert run.details["metrics"]["test"]["n"] == counts["test"]
    history = pd.read_csv(store.result_folder("tiny", "run", run.id) / "history.csv")
    assert not [name for name in history if name.startswith("val_")]
