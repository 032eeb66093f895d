"""Folding batch norm into the convolution before it: the same function in inference, with half the work in training.

Batch norm that works as in inference multiplies and shifts each channel by numbers that stay as they are, which the
convolution before it can do just as well (Jacob et al. 2018, section 3.2).
"""

from typing import Any

import numpy as np

from lib.models.backbones import load_keras


def fold_norms(network: Any) -> Any:
    """Return a network that computes what another one does in inference, without its batch norms that can be folded.

    Those are the ones whose input is a convolution that nothing else takes from. The other layers keep their names.

    Parameters
    ----------
    network : keras.Model
        Of the functional kind, with its weights.

    Returns
    -------
    keras.Model
    """
    keras = load_keras()
    norm_of = _foldable(network)
    norms = set(norm_of.values())

    def changed(layer: Any) -> Any:
        more = {"use_bias": True} if layer.name in norm_of else {}
        return type(layer).from_config({**layer.get_config(), **more})

    def called(layer: Any, *args: Any, **options: Any) -> Any:
        return args[0] if layer.name in norms else layer(*args, **options)

    folded = keras.models.clone_model(network, clone_function=changed, call_function=called)
    for layer in network.layers:
        if layer.name in norm_of:
            folded.get_layer(layer.name).set_weights(_merged(layer, network.get_layer(norm_of[layer.name])))
        elif layer.weights and layer.name not in norms:
            folded.get_layer(layer.name).set_weights(layer.get_weights())
    return folded


def _foldable(network: Any) -> dict[str, str]:
    """Return the names of the convolutions, and of the batch norm that alone follows each."""
    keras = load_keras()
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    found = {}
    for layer in network.layers:
        takers = [node.operation for node in layer._outbound_nodes]  # there is no public way to ask
        if type(layer) in kinds and len(takers) == 1 and type(takers[0]) is keras.layers.BatchNormalization:
            plain = layer.get_config()["activation"] in (None, "linear")
            if plain:
                found[layer.name] = takers[0].name
    return found


def _merged(convolution: Any, norm: Any) -> list[Any]:
    """Return the kernel and bias of a convolution and the batch norm after it as one."""
    values = dict(zip((weight.path.rsplit("/", 1)[-1] for weight in norm.weights), norm.get_weights(), strict=True))
    scale = values.get("gamma", 1.0) / np.sqrt(values["moving_variance"] + norm.epsilon)
    kernel, *bias = convolution.get_weights()
    depthwise = isinstance(convolution, load_keras().layers.DepthwiseConv2D)
    per_channel = scale.reshape(kernel.shape[2:]) if depthwise else scale
    shift = values.get("beta", 0.0) + scale * ((bias[0] if bias else 0.0) - values["moving_mean"])
    return [(kernel * per_channel).astype(kernel.dtype), shift.astype(kernel.dtype)]
