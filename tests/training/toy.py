"""A network of two convolutions that stands in for a backbone: a whole run of it takes a second."""

from typing import Any

from lib.models import BACKBONES, MODELS
from lib.models.backbones import Backbone, load_keras


class Toy(Backbone):
    """Two convolutions with batch norm, averaged."""

    def build(self, size: int, *, weights: str | None = None) -> Any:
        self.check_size(size)
        keras = load_keras()
        given = found = keras.Input((size, size, 3))
        for number, units in enumerate((8, self.dim)):
            found = keras.layers.Conv2D(units, 3, strides=2, padding="same", name=f"conv_{number}")(found)
            found = keras.layers.BatchNormalization(name=f"norm_{number}")(found)
            found = keras.layers.ReLU(name=f"relu_{number}")(found)
        return keras.Model(given, keras.layers.GlobalAveragePooling2D(name="mean")(found), name="toy")

    def preprocess(self, pixels: Any) -> Any:
        return pixels / 127.5 - 1.0


TOY = Toy("toy", "Toy", 32, 12, minimum_size=16)


def add_toy() -> None:
    """Offer the toy in a process of its own; tests in this one use the fixture."""
    BACKBONES["toy"] = MODELS["toy"] = TOY
