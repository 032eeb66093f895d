"""Classifying several attributes and contrasting at once: one embedding that knows the label and still looks alike."""

from lib.models.recipes.metric import METRIC_LEARNING
from lib.models.recipes.recipe import ATTRIBUTES, CONTRAST, CROSS_ENTROPY, FINER, Recipe

#: The attributes of the fashion catalogue, the pairs by which its results should look alike, and how long it learns.
FASHION = {
    "attributes": "subCategory,masterCategory,gender,baseColour,season,usage",
    "finer": "articleType+baseColour,articleType+gender",
    **{"size": 96, "epochs": 20, "average": 0.999, "attribute_weight": 0.3},
    "blend": "articleType:1.5,baseColour:0.3,gender:0.3",
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
    },
)
