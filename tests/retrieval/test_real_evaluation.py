"""MobileNetV2 on the fashion photographs: the numbers that an independent implementation has measured."""

import pytest

from lib.artifacts import Store
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
