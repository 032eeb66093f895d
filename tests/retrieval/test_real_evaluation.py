"""MobileNetV2 on the fashion photographs: the numbers that an independent implementation has measured."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.catalog.importing import import_catalog
from lib.embedding.extract import embed_catalog
from lib.embedding.request import EmbeddingRequest
from lib.retrieval.evaluate import evaluate

pytestmark = [pytest.mark.real, pytest.mark.slow]

#: (fit, size, precision, distance) -> what was measured independently, in bfloat16. At 128 pixels single precision
#: agrees with that too, and its mAP was measured (.4279); at 224 it has .007 more of mAP: there, bfloat16 is compared.
EXPECTED = {
    ("resize", 128, "f32", "cosine"): {
        "recall@1": 0.8172,
        "recall@5": 0.9419,
        "recall@10": 0.9653,
        "map": 0.4279,
        "map_at_r": 0.3072,
    },
    ("resize", 128, "f32", "euclidean"): {
        "recall@1": 0.8094,
        "recall@5": 0.9393,
        "recall@10": 0.9634,
        "map": 0.3715,
        "map_at_r": 0.2631,
    },
    ("pad", 224, "bf16", "cosine"): {
        "recall@1": 0.8300,
        "recall@5": 0.9470,
        "recall@10": 0.9697,
        "map": 0.4580,
        "map_at_r": 0.3337,
    },
    ("pad", 224, "bf16", "euclidean"): {
        "recall@1": 0.8303,
        "recall@5": 0.9467,
        "recall@10": 0.9692,
        "map": 0.4477,
        "map_at_r": 0.3264,
    },
}
TOLERANCE = 0.004


@pytest.fixture(scope="module")
def fashion(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The whole catalogue; kept between runs where VITRINE_REAL_ARTIFACTS names a folder: embedding takes minutes."""
    kept = os.environ.get("VITRINE_REAL_ARTIFACTS")
    store = Store(Path(kept) if kept else tmp_path_factory.mktemp("real"))
    before = os.environ.get("KERAS_HOME")
    os.environ["KERAS_HOME"] = str(real_data / "weights")
    if "fashion" not in store.catalog_names():
        path = real_data / "data" / "fashion-product-images-small.zip"
        import_catalog(store, "fashion-small", name="fashion", path=path, command="test")
    yield store
    os.environ.pop("KERAS_HOME")
    if before is not None:
        os.environ["KERAS_HOME"] = before


@pytest.mark.parametrize(("fit", "size", "precision", "metric"), sorted(EXPECTED))
def test_the_numbers_agree_with_those_measured_independently(
    fashion: Store, fit: str, size: int, precision: str, metric: str
) -> None:
    request = EmbeddingRequest(backbone="mobilenet_v2", size=size, fit=fit, precision=precision)
    model = embed_catalog(fashion, "fashion", request, command="test").embedding
    found = evaluate(fashion, "fashion", model.id, metric=metric, command="test").evaluation

    details = found.details
    assert (details["n_queries"], details["n_gallery"], details["n_left_out"]) == (39_863, 39_869, 6)
    values = {name: details["metrics"][name]["value"] for name in EXPECTED[fit, size, precision, metric]}
    assert values == pytest.approx(EXPECTED[fit, size, precision, metric], abs=TOLERANCE)


def test_near_duplicates_flatter_recall(fashion: Store) -> None:
    model = next(m for m in fashion.manifests("fashion", "embedding") if m.details["backbone"] == "mobilenet_v2")
    details = evaluate(fashion, "fashion", model.id, command="test").evaluation.details
    without = details["near_duplicates"]["without"]["metrics"]["recall@1"]["value"]
    assert 1000 < details["near_duplicates"]["n_queries_with"] < 3315
    assert 0.001 < details["metrics"]["recall@1"]["value"] - without < 0.03
