"""Batch norm folded into convolutions: the same vectors, fewer weights."""

import numpy as np
import pytest

from lib.models import BACKBONES
from lib.models.folding import fold_norms

pytestmark = pytest.mark.slow


def lived_in(network):
    """Give every batch norm numbers as training would leave them."""
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    return network


@pytest.mark.parametrize(("name", "n_left"), [("mobilenet_v2", 0), ("mobilenet", 0), ("resnet50_v2", 17), ("vgg16", 0)])
def test_a_folded_network_gives_the_same_vectors(name: str, n_left: int) -> None:
    network = lived_in(BACKBONES[name].build(32))
    folded = fold_norms(network)
    pictures = np.random.default_rng(1).uniform(-1, 1, (3, 32, 32, 3)).astype(np.float32)
    expected, found = (np.asarray(model(pictures, training=False)) for model in (network, folded))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())
    assert sum(type(layer).__name__ == "BatchNormalization" for layer in folded.layers) == n_left
    assert {layer.name for layer in folded.layers[1:]} <= {layer.name for layer in network.layers}
    assert folded.count_params() <= network.count_params()
