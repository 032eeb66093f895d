"""The network that a run trains: a backbone, and dense layers that end in the embedding."""

from collections.abc import Sequence
from typing import Any

from lib.models.backbones import Backbone, load_keras
from lib.models.blend import Part
from lib.models.folding import fold_norms
from lib.models.recipes.recipe import Layer
from lib.models.weights import Weights, load_into


def build_encoder(
    backbone: Backbone,
    *,
    size: int,
    layers: Sequence[Layer],
    unit: bool,
    pixels: str = "backbone",
    weights: Weights | None = None,
    fixed_norm: bool = True,
    trained_layers: int = -1,
    blend: Sequence[Part] = (),
) -> Any:
    """Return an encoder whose backbone has the weights to start from.

    Parameters
    ----------
    backbone : Backbone
    size : int
        Side of the square input.
    layers : sequence of Layer
        Between the averaged features and the embedding.
    unit : bool
        Whether the embedding is brought to unit length.
    pixels : {"backbone", "unit"}, default="backbone"
        What the network is fed: the backbone's own preprocessing, or pixels from 0 to 1.
    weights : Weights, optional
        The backbone's; none where all weights are put in later.
    fixed_norm : bool, default=True
        Whether the backbone's batch norm always works as in inference, and so is folded into its convolutions: a must
        for weights into which it was folded before.
    trained_layers : int, default=-1
        How many of the backbone's last layers are trained; -1 is all.
    blend : sequence of Part, optional
        Heads whose probabilities join the embedding, see ``lib.models.blend``.

    Returns
    -------
    keras.Model
        (n, size, size, 3) float32 from 0 to 255 -> (n, dim) float32.

    Raises
    ------
    ModelError
        If the size does not suit the backbone; its ``WeightsError`` if the weights do not.
    """
    keras = load_keras()
    network = backbone.build(size)
    names = [layer.name for layer in network.layers]
    frozen = set(names[: len(names) - trained_layers] if trained_layers >= 0 else ())
    if weights is not None:
        load_into(network, backbone, weights)
    if fixed_norm:
        network = fold_norms(network)
    for layer in network.layers:
        layer.trainable = layer.name not in frozen
    given = keras.Input((size, size, 3), dtype="float32", name="picture")
    fed = given / 255.0 if pixels == "unit" else backbone.preprocess(given)
    found = network(fed, training=False) if fixed_norm else network(fed)
    for number, layer in enumerate(layers):
        found = keras.layers.Dense(layer.units, name=f"dense_{number}")(found)
        if layer.batch_norm:
            found = keras.layers.BatchNormalization(name=f"norm_{number}")(found)
        found = keras.layers.Activation(layer.activation, name=f"activation_{number}", dtype="float32")(found)
    if unit:
        found = keras.layers.UnitNormalization(name="unit", dtype="float32")(found)
    if blend:
        found = _blended(found, blend)
    return keras.Model(given, found, name="encoder")


def _blended(embedding: Any, blend: Sequence[Part]) -> Any:
    """Return the embedding with the probabilities of heads in it, of the length that it had."""
    keras = load_keras()
    parts = [embedding]
    for number, part in enumerate(blend):
        shares = keras.layers.Dense(part.n_labels, activation="softmax", name=f"blend_{number}", dtype="float32")(
            embedding
        )
        at_length_1 = keras.layers.UnitNormalization(name=f"blend_unit_{number}", dtype="float32")(shares)
        parts.append(part.weight * at_length_1)
    beside = keras.layers.Concatenate(name="beside", dtype="float32")(parts)
    found = keras.layers.Dense(embedding.shape[-1], use_bias=False, name="blended", dtype="float32")(beside)
    return keras.layers.UnitNormalization(name="blended_unit", dtype="float32")(found)
