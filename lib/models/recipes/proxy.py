"""A proxy a label: proxy anchor or ArcFace, in balanced batches."""

from lib.models.recipes.metric import METRIC_LEARNING
from lib.models.recipes.recipe import PROXY, Recipe

PROXY_LOSS = Recipe(
    name="proxy",
    title="Proxies",
    about=(
        "Each label has a proxy among the embeddings that pulls its pictures and pushes the others: proxy anchor, or "
        "ArcFace, with which the best of the Shopee matching contest trained."
    ),
    terms=(PROXY,),
    defaults={**METRIC_LEARNING, "margin": 0.1, "scale": 32.0},
    presets={"arc_face": {"loss": "arc_face", "margin": 0.3, "scale": 30.0}},
)
