"""Classifying with two hidden layers on a frozen backbone (S3)."""

from lib.models.recipes.recipe import CROSS_ENTROPY, Layer, Recipe

CLASSIFY_DENSE = Recipe(
    name="classify_dense",
    title="Classify, new dense layers only",
    about=(
        "Two batch-normalised hidden layers and a softmax on a frozen backbone, for the three largest labels and "
        "OTHER, with as many pictures of each as the smallest has. S3 recommended apparel so."
    ),
    terms=(CROSS_ENTROPY,),
    unit=False,
    layers=(Layer(512, "relu", batch_norm=True), Layer(128, "relu", batch_norm=True)),
    defaults={
        **{"trained_layers": 0, "dropout": 0.3, "epochs": 5, "batch": 32, "size": 128},
        **{"largest": 3, "even": True, "flip": False},
    },
    presets={"s3": {"batch": 4, "size": 128, "largest": 3, "even": True}},
    preset_backbones={"s3": "vgg16"},
)
