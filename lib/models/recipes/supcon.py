"""Supervised contrastive learning (S2, section 6.2)."""

from lib.models.recipes.metric import METRIC_LEARNING
from lib.models.recipes.recipe import CONTRAST, FINER, Recipe

SUPCON = Recipe(
    name="supcon",
    title="Supervised contrastive",
    about=(
        "All pictures of a label are each other's positives, in large batches with every change of S2's list. It is "
        "what S2 recommends after its own contrastive training, which took other shirts for negatives of a shirt."
    ),
    terms=(CONTRAST, FINER),
    defaults=METRIC_LEARNING,
)
