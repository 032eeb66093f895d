"""A network with its weights at one input size: the function from uint8 pictures to vectors, built when needed."""

import hashlib
import threading
from typing import Any

from lib.errors import ModelError
from lib.models.backbones import Backbone, load_keras
from lib.models.trained import TrainedModel
from lib.models.weights import IMAGENET, Weights, load_into


class Network:
    """A backbone or a trained model, a size and weights. Nothing is loaded until ``model`` is asked for.

    Parameters
    ----------
    backbone : Backbone or TrainedModel
    size : int
        Side of the square input.
    weights : Weights
    """

    def __init__(self, backbone: Backbone | TrainedModel, size: int, weights: Weights) -> None:
        self.backbone = backbone
        self.size = size
        self.weights = weights
        self._lock = threading.Lock()
        self._model: Any = None

    @property
    def key(self) -> str:
        """What tells this function from every other: readable, and safe as a folder's name."""
        text = f"{self.backbone.name}\0{self.size}\0{self.weights.sha256}"
        return f"{self.backbone.name}-{self.size}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    @property
    def model(self) -> Any:
        """The Keras model, (n, size, size, 3) uint8 -> (n, dim) float32; loads TensorFlow, JAX or PyTorch."""
        with self._lock:
            if self._model is None:
                self._model = build_model(self.backbone, self.size, self.weights)
        return self._model


def build_model(backbone: Backbone | TrainedModel, size: int, weights: Weights) -> Any:
    """Return the Keras model: uint8 pictures in, the backbone's own preprocessing, its network, averaged vectors out.

    Parameters
    ----------
    backbone : Backbone or TrainedModel
    size : int
        Side of the square input.
    weights : Weights

    Returns
    -------
    keras.Model
        (n, size, size, 3) uint8 -> (n, dim) float32, in inference mode.

    Raises
    ------
    ModelError
        If the size does not suit the backbone; its ``WeightsError`` if the weights do not.
    """
    keras = load_keras()
    if keras.config.image_data_format() != "channels_last":
        raise ModelError(
            "Keras is set to channels_first pictures.", hint='Set "image_data_format": "channels_last" in keras.json.'
        )
    if isinstance(backbone, TrainedModel):
        return backbone.build()
    if backbone.keras_loads and weights.label == IMAGENET:
        network = backbone.build(size, weights=IMAGENET)
    else:
        network = backbone.build(size)
        load_into(network, backbone, weights)
    network.trainable = False
    pixels = keras.Input((size, size, 3), dtype="uint8", name="pixels")
    vectors = network(backbone.preprocess(keras.ops.cast(pixels, "float32")), training=False)
    return keras.Model(pixels, vectors, name=backbone.name)
