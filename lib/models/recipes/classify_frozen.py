"""Classifying with all but the last layers frozen (S0, tables 1 and 2)."""

from lib.models.recipes.recipe import CROSS_ENTROPY, Layer, Recipe

CLASSIFY_FROZEN = Recipe(
    name="classify_frozen",
    title="Classify, all but the last layers frozen",
    about=(
        "Only the backbone's last 14 layers are trained, with a batch-normalised layer, dropout and a softmax on top. "
        "S0 trained so before it grouped products: EfficientNetV2M at 384 pixels, 20 epochs."
    ),
    terms=(CROSS_ENTROPY,),
    unit=False,
    layers=(Layer(256, "relu", batch_norm=True),),
    defaults={"trained_layers": 14, "dropout": 0.3, "epochs": 20, "batch": 64, "flip": False},
    presets={"s0": {"size": 384, "batch": 200, "fit": "resize"}},
    preset_backbones={"s0": "efficientnet_v2_m"},
)
