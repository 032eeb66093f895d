"""Which worked example a topic has, and where its number stands for one's own catalogue."""

from collections.abc import Callable

from lib.definitions import Definition
from lib.definitions.definition import (
    CATALOGUE,
    CERTAINTY,
    CHOOSING,
    DISTANCES,
    LABELS,
    PROTOCOL,
    RANKING,
    VECTORS,
    WORDS,
)
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.protocols import PROTOCOLS
from pages._learn_cards import copies, foreign
from pages._learn_certainty import difference, interval, macro
from pages._learn_choosing import cost, pareto, threshold
from pages._learn_indexes import approximate, two_lists
from pages._learn_knobs import Knobs
from pages._learn_pictures import disturbed, fits, labels, measured
from pages._learn_protocols import protocols, split
from pages._learn_ranks import graded, ranks, same_value
from pages._learn_reductions import averaged, components, stored
from pages._learn_space import clouds, hubs, left_out
from pages._learn_vectors import codes, things, two_vectors

Example = Callable[[Knobs, str], None]

#: Worked example -> the topics that have it.
_SHARED: dict[Example, tuple[str, ...]] = {
    things: ("embedding", "gallery", "query", "relevant", "label"),
    cost: ("backbone", "cost"),
    fits: ("pad", "resize"),
    two_vectors: ("cosine", "euclidean", "manhattan", "score", "l2"),
    codes: ("hamming",),
    ranks: ("recall", "precision", "map", "map_at_r", "r_precision", "mrr", "hits_before_miss"),
    graded: ("ndcg",),
    same_value: ("same_attribute",),
    clouds: ("intra_distance", "inter_distance", "separation_ratio", "silhouette", "calinski_harabasz"),
    hubs: ("hubness_skewness", "hubness_top1_share"),
    interval: ("interval",),
    left_out: ("jackknife",),
    difference: ("difference",),
    macro: ("macro",),
    copies: ("near_duplicates",),
    protocols: tuple(PROTOCOLS),
    components: ("pca", "whiten"),
    stored: ("float16", "int8", "pq"),
    averaged: ("augment", "expand"),
    approximate: ("hnsw", "ivf"),
    two_lists: ("index_recall", "overlap"),
    foreign: ("asked-by",),
    disturbed: ("disturbed",),
    threshold: ("threshold",),
    pareto: ("pareto",),
    labels: ("effective_labels", "long_tail"),
    split: ("split",),
    measured: ("brightness", "sharpness"),
}
#: Topic -> its worked example.
EXAMPLES = {topic: example for example, topics in _SHARED.items() for topic in topics}

_SEARCH, _BENCHMARK = "pages/search.py", "pages/benchmark.py"
_DATASET, _THRESHOLD = "pages/dataset.py", "pages/threshold.py"
#: Group -> the page that shows its numbers, what the link to it says, and what its address holds.
_OF_GROUP: dict[str, tuple[str, str, dict[str, str]]] = {
    WORDS: (_SEARCH, "See it in a search", {}),
    DISTANCES: (_SEARCH, "Search by it", {}),
    RANKING: (_BENCHMARK, "See it for your models", {}),
    LABELS: (_BENCHMARK, "See it for your models", {"view": "Shape"}),
    CERTAINTY: (_BENCHMARK, "See it for your models", {}),
    PROTOCOL: (_BENCHMARK, "See your models by it", {}),
    VECTORS: (_BENCHMARK, "See what it does to your models", {"view": "Variants"}),
    CHOOSING: (_BENCHMARK, "See it for your models", {"view": "Cost"}),
    CATALOGUE: (_DATASET, "See it for your catalogue", {"section": "Balance"}),
}
_FIT = (_BENCHMARK, "See what it does to your models", {"view": "Fit and metric"})
_PICTURES = (_DATASET, "See it for your pictures", {"section": "Pictures"})
#: Topics whose number stands elsewhere than the rest of their group.
_OF_TOPIC: dict[str, tuple[str, str, dict[str, str]]] = {
    **{name: (_SEARCH, "Search by it", {"metric": name}) for name in DISTANCE_METRICS},
    **{
        name: (_BENCHMARK, "See it for your models", {"score": score})
        for name, score in (("recall", "recall@1"), ("precision", "precision@10"), ("ndcg", "ndcg@10"))
    },
    **{
        name: (_BENCHMARK, "See it for your models", {"score": name})
        for name in ("map", "map_at_r", "r_precision", "mrr", "hits_before_miss")
    },
    "pad": _FIT,
    "resize": _FIT,
    "relevant": (_BENCHMARK, "See it for your models", {}),
    "label": (_BENCHMARK, "See it for your models", {"view": "Labels"}),
    "difference": (_BENCHMARK, "See it for your models", {"view": "Difference"}),
    "jackknife": (_BENCHMARK, "See it for your models", {"view": "Shape"}),
    "macro": (_BENCHMARK, "See it for your models", {"view": "Labels"}),
    "near_duplicates": (_BENCHMARK, "See it for your models", {"view": "Near-duplicates"}),
    "overlap": ("pages/compare.py", "See it for your models", {}),
    "threshold": (_THRESHOLD, "See it for your models", {}),
    "split": (_DATASET, "See it for your catalogue", {"section": "Columns"}),
    "brightness": _PICTURES,
    "sharpness": _PICTURES,
}


def on_own_data(found: Definition) -> tuple[str, str, dict[str, str]]:
    """Return the page that shows a number for the catalogue, what the link says, and what its address holds."""
    return _OF_TOPIC.get(found.key, _OF_GROUP[found.group])
