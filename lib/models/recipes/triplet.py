"""The triplet margin loss (S2, section 3.4)."""

from lib.models.recipes.metric import METRIC_LEARNING
from lib.models.recipes.recipe import TRIPLET, Recipe

TRIPLET_LOSS = Recipe(
    name="triplet",
    title="Triplet",
    about=(
        "A picture is to be nearer to one of its label than to one of another, by a margin; the negatives are "
        "semi-hard ones of the same batch. S2 gives the formula (section 3.4) and did not run it."
    ),
    terms=(TRIPLET,),
    defaults=METRIC_LEARNING,
)
