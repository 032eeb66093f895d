"""Classifying several attributes and contrasting at once: one embedding that knows the label and still looks alike."""

from lib.models.recipes.metric import METRIC_LEARNING
from lib.models.recipes.recipe import ATTRIBUTES, CONTRAST, CROSS_ENTROPY, FINER, Recipe

#: The attributes of the fashion catalogue, the pairs by which its results should look alike, and how long it learns.
FASHION = {
    "attributes": "subCategory,masterCategory,gender,baseColour,season,usage",
    "finer": "articleType+baseColour,articleType+gender",
    **{"size": 96, "epochs": 20, "average": 0.999, "attribute_weight": 0.3},
}
#: Going on from such a run, with changes to pictures that keep it from learning them by heart.
STRONGER = {
    **{"epochs": 16, "learning_rate": 5e-4, "weight_decay": 0.02},
    **{"crop": 0.1, "rotation": 0.03, "zoom": 0.15, "squeeze": 0.08, "contrast": 0.15, "erase": 0.4},
}

HYBRID = Recipe(
    name="hybrid",
    title="Hybrid",
    about=(
        "Cross-entropy on the label and on more attributes, and the supervised contrastive loss, on one embedding: so "
        "that results share the label and look alike too."
    ),
    terms=(CROSS_ENTROPY, ATTRIBUTES, CONTRAST, FINER),
    defaults={**METRIC_LEARNING, "smoothing": 0.05, "per_label": 0},
    presets={
        "vitrine_mini": FASHION,
        "vitrine_mini_branch": {**FASHION, **STRONGER},
        "vitrine_mini_mean": {**FASHION, **STRONGER, "epochs": 2, "learning_rate": 5e-5},
    },
)
