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
from lib.retrieval.protocols import PROTOCOLS
from pages._learn_certainty import difference, interval, macro
from pages._learn_choosing import cost, pareto, threshold
from pages._learn_indexes import approximate, two_lists
from pages._learn_knobs import Knobs
from pages._learn_pictures import disturbed, fits, labels, measured
from pages._learn_protocols import copies, protocols, split
from pages._learn_ranks import graded, ranks, same_value
from pages._learn_reductions import averaged, components, stored
from pages._learn_space import clouds, hubs
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
    difference: ("difference",),
    macro: ("macro",),
    copies: ("near_duplicates",),
    protocols: tuple(PROTOCOLS),
    components: ("pca", "whiten"),
    stored: ("float16", "int8", "pq"),
    averaged: ("augment", "expand"),
    approximate: ("hnsw", "ivf"),
    two_lists: ("index_recall", "overlap"),
    disturbed: ("disturbed",),
    threshold: ("threshold",),
    pareto: ("pareto",),
    labels: ("effective_labels", "long_tail"),
    split: ("split",),
    measured: ("brightness", "sharpness"),
}
#: Topic -> its worked example.
EXAMPLES = {topic: example for example, topics in _SHARED.items() for topic in topics}

#: Group -> the page that shows its numbers, and what a link to it says.
PAGES = {
    WORDS: ("pages/search.py", "See it in a search"),
    DISTANCES: ("pages/search.py", "Search by it"),
    RANKING: ("pages/benchmark.py", "See it for your models"),
    LABELS: ("pages/benchmark.py", "See it for your models"),
    CERTAINTY: ("pages/benchmark.py", "See it for your models"),
    PROTOCOL: ("pages/benchmark.py", "See your models by it"),
    VECTORS: ("pages/benchmark.py", "See what it does to your models"),
    CHOOSING: ("pages/benchmark.py", "See it for your models"),
    CATALOGUE: ("pages/dataset.py", "See it for your catalogue"),
}


def on_own_data(found: Definition) -> tuple[str, str, dict[str, str]]:
    """Return the page that shows a number for the catalogue, what the link says, and what its address holds."""
    page, label = PAGES[found.group]
    return page, label, {}
