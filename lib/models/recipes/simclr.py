"""Two views of a picture, no labels (S2, experiments h and i)."""

from lib.models.recipes.recipe import NT_XENT, Recipe

SIMCLR = Recipe(
    name="simclr",
    title="SimCLR, without labels",
    about=(
        "Two changed views of a picture are to be near each other and far from all other pictures; labels are not "
        "looked at. S2's experiments h (from ImageNet's weights) and i (from scratch)."
    ),
    terms=(NT_XENT,),
    needs_label=False,
    defaults={
        **{"size": 96, "hidden": 512, "dim": 128, "epochs": 5, "batch": 64, "learning_rate": 1e-4, "temperature": 0.1},
        **{"flip": True, "rotation": 0.2, "zoom": 0.2},
    },
    presets={
        "s2_h": {"batch": 16, "learning_rate": 1e-3, "size": 224},
        "s2_i": {"batch": 16, "learning_rate": 1e-3, "size": 224, "start": "none"},
        "s2_as_published": {"batch": 16, "learning_rate": 1e-3, "size": 224, "pixels": "unit"},
    },
    preset_backbones={"s2_h": "resnet50", "s2_i": "resnet50", "s2_as_published": "resnet50"},
)
