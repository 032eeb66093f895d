"""Classifying, fine-tuned whole (S2, experiment g)."""

from lib.models.recipes.recipe import ATTRIBUTES, CROSS_ENTROPY, Recipe

CLASSIFY = Recipe(
    name="classify",
    title="Classify, all layers",
    about=(
        "A layer of 512 units, dropout and a softmax over the label on top of the backbone, all of it trained; the 512 "
        "are the embedding. S2's experiment g: its search got worse than with plain ImageNet features."
    ),
    terms=(CROSS_ENTROPY, ATTRIBUTES),
    unit=False,
    defaults={"size": 96, "dim": 512, "dropout": 0.3, "epochs": 5, "batch": 32, "learning_rate": 1e-4, "flip": False},
    presets={
        "s2_g": {"learning_rate": 1e-3, "size": 224},
        "s2_as_published": {"learning_rate": 1e-3, "size": 224, "pixels": "unit"},
    },
    preset_backbones={"s2_g": "resnet50", "s2_as_published": "resnet50"},
)
