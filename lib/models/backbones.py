"""The backbone table: which convolutional networks can embed a picture, and how each is built."""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.errors import ModelError

#: Sides of a model's input, in pixels, that the largest networks still fit into memory with.
MAX_SIZE = 1024


@dataclass(frozen=True)
class Model:
    """What every model that turns pictures into vectors says about itself.

    Parameters
    ----------
    name : str
        As given to ``--backbone`` and found in ids.
    title : str
        As shown to people.
    size : int
        Side of the square input it was made for, in pixels.
    dim : int
        Length of its vectors.
    minimum_size : int, default=32
        The smallest input it can take.
    """

    name: str
    title: str
    size: int
    dim: int
    minimum_size: int = 32

    def check_size(self, size: int) -> None:
        """Refuse an input size that the model cannot take.

        Parameters
        ----------
        size : int

        Raises
        ------
        ModelError
        """
        if not self.minimum_size <= size <= MAX_SIZE:
            raise ModelError(
                f"{self.title} cannot take pictures of {size} x {size} pixels.",
                hint=f"Choose a size from {self.minimum_size} to {MAX_SIZE}; it was made for {self.size}.",
            )


@dataclass(frozen=True)
class Backbone(Model):
    """A convolutional network of ``keras.applications``, without its classifier, averaged over positions.

    Parameters
    ----------
    name, title, size, dim, minimum_size
        As of `Model`.
    factory : str
        Its function's name in ``keras.applications``.
    module : str
        Module below ``keras.applications`` that holds its own ``preprocess_input``.
    weights_file : str
        The file name of its ImageNet weights in Keras' cache.
    keras_loads : bool, default=False
        True where the network differs by whether Keras loads the ImageNet weights itself (EfficientNetB0 gets one
        more layer then), so that it has to.
    """

    factory: str = ""
    module: str = ""
    weights_file: str = ""
    keras_loads: bool = False

    def build(self, size: int, *, weights: str | None = None) -> Any:
        """Return the Keras network for float32 pictures that ``preprocess`` has prepared.

        Parameters
        ----------
        size : int
            Side of the square input.
        weights : {None, "imagenet"}, default=None
            None leaves Keras' own random start. ``"imagenet"`` lets Keras find or download the file.

        Returns
        -------
        keras.Model
            (n, size, size, 3) -> (n, dim).

        Raises
        ------
        ModelError
            If the size is too small or too large for it.
        """
        self.check_size(size)
        factory = getattr(load_keras().applications, self.factory)
        return factory(include_top=False, weights=weights, pooling="avg", input_shape=(size, size, 3))

    def preprocess(self, pixels: Any) -> Any:
        """Return float32 pixels (0 to 255, RGB) as the network was trained to see them.

        Parameters
        ----------
        pixels : tensor of shape (n, size, size, 3)

        Returns
        -------
        tensor of the same shape
        """
        return importlib.import_module(f"keras.applications.{self.module}").preprocess_input(pixels)


def load_keras() -> Any:
    """Import Keras and its backend (seconds), without the backend's chatter.

    Returns
    -------
    module
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _standard_error_closed() if "keras" not in sys.modules else contextlib.nullcontext():
        return importlib.import_module("keras")


@contextlib.contextmanager
def _standard_error_closed() -> Iterator[None]:
    """Send what native code writes to standard error nowhere: TensorFlow's greeting heeds no log level."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _table(*rows: Backbone) -> dict[str, Backbone]:
    return {row.name: row for row in rows}


_TF = "tf_dim_ordering_tf_kernels"

#: Name -> backbone, in the order in which a person is offered them.
BACKBONES: dict[str, Backbone] = _table(
    Backbone(
        "mobilenet_v2",
        "MobileNetV2",
        224,
        1280,
        factory="MobileNetV2",
        module="mobilenet_v2",
        weights_file=f"mobilenet_v2_weights_{_TF}_1.0_224_no_top.h5",
    ),
    Backbone(
        "mobilenet",
        "MobileNet",
        224,
        1024,
        factory="MobileNet",
        module="mobilenet",
        weights_file="mobilenet_1_0_224_tf_no_top.h5",
    ),
    Backbone(
        "mobilenet_v3_small",
        "MobileNetV3 Small",
        224,
        576,
        factory="MobileNetV3Small",
        module="mobilenet_v3",
        weights_file="weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
    ),
    Backbone(
        "mobilenet_v3_large",
        "MobileNetV3 Large",
        224,
        960,
        factory="MobileNetV3Large",
        module="mobilenet_v3",
        weights_file="weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
    ),
    Backbone("vgg16", "VGG16", 224, 512, factory="VGG16", module="vgg16", weights_file=f"vgg16_weights_{_TF}_notop.h5"),
    Backbone("vgg19", "VGG19", 224, 512, factory="VGG19", module="vgg19", weights_file=f"vgg19_weights_{_TF}_notop.h5"),
    Backbone(
        "resnet50",
        "ResNet50",
        224,
        2048,
        factory="ResNet50",
        module="resnet",
        weights_file=f"resnet50_weights_{_TF}_notop.h5",
    ),
    Backbone(
        "resnet50_v2",
        "ResNet50V2",
        224,
        2048,
        factory="ResNet50V2",
        module="resnet_v2",
        weights_file=f"resnet50v2_weights_{_TF}_notop.h5",
    ),
    Backbone(
        "inception_v3",
        "InceptionV3",
        299,
        2048,
        75,
        factory="InceptionV3",
        module="inception_v3",
        weights_file=f"inception_v3_weights_{_TF}_notop.h5",
    ),
    Backbone(
        "xception",
        "Xception",
        299,
        2048,
        71,
        factory="Xception",
        module="xception",
        weights_file=f"xception_weights_{_TF}_notop.h5",
    ),
    Backbone(
        "nasnet_mobile",
        "NASNet Mobile",
        224,
        1056,
        factory="NASNetMobile",
        module="nasnet",
        weights_file="nasnet_mobile_no_top.h5",
    ),
    Backbone(
        "densenet121",
        "DenseNet121",
        224,
        1024,
        factory="DenseNet121",
        module="densenet",
        weights_file=f"densenet121_weights_{_TF}_notop.h5",
    ),
    Backbone(
        "efficientnet_b0",
        "EfficientNetB0",
        224,
        1280,
        factory="EfficientNetB0",
        module="efficientnet",
        weights_file="efficientnetb0_notop.h5",
        keras_loads=True,
    ),
    Backbone(
        "efficientnet_v2_b0",
        "EfficientNetV2 B0",
        224,
        1280,
        factory="EfficientNetV2B0",
        module="efficientnet_v2",
        weights_file="efficientnetv2-b0_notop.h5",
    ),
    Backbone(
        "efficientnet_v2_s",
        "EfficientNetV2 S",
        384,
        1280,
        factory="EfficientNetV2S",
        module="efficientnet_v2",
        weights_file="efficientnetv2-s_notop.h5",
    ),
    Backbone(
        "efficientnet_v2_m",
        "EfficientNetV2 M",
        480,
        1280,
        factory="EfficientNetV2M",
        module="efficientnet_v2",
        weights_file="efficientnetv2-m_notop.h5",
    ),
    Backbone(
        "convnext_tiny",
        "ConvNeXt Tiny",
        224,
        768,
        factory="ConvNeXtTiny",
        module="convnext",
        weights_file="convnext_tiny_notop.h5",
    ),
)
