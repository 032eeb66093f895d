"""Retrieval metrics as their definitions read, one query and one item at a time; slow, and easy to believe."""

import math

import numpy as np

from lib.retrieval.distances import DISTANCE_METRICS


def ranking(vectors, ids, query, metric="cosine"):
    """Rows of the others, nearest first, ties by product id; all-zero rows last under cosine."""
    distances = DISTANCE_METRICS[metric].exact(vectors, vectors[query])
    if metric == "cosine":
        distances = np.where((vectors == 0).all(axis=1), 3.0, distances)
    return [row for row in sorted(range(len(vectors)), key=lambda r: (distances[r], ids[r])) if row != query]


def hits(order, labels, query):
    """Whether each item of a ranking has the query's label."""
    return [labels[row] == labels[query] for row in order]


def recall(hit, k):
    return float(any(hit[:k]))


def precision(hit, k):
    return sum(hit[:k]) / k


def average_precision(hit):
    found, total = 0, 0.0
    for rank, right in enumerate(hit, start=1):
        if right:
            found += 1
            total += found / rank
    return total / sum(hit)


def map_at_r(hit):
    r = sum(hit)
    return sum(sum(hit[:rank]) / rank for rank in range(1, r + 1) if hit[rank - 1]) / r


def r_precision(hit):
    return sum(hit[: sum(hit)]) / sum(hit)


def reciprocal_rank(hit):
    return 1 / (hit.index(True) + 1)


def hits_before_miss(hit):
    return float(next((rank for rank, right in enumerate(hit) if not right), len(hit)))


def all_of(hit):
    """Every metric of ranks, by its name."""
    values = {f"recall@{k}": recall(hit, k) for k in (1, 5, 10, 20)}
    values |= {f"precision@{k}": precision(hit, k) for k in (5, 10)}
    return values | {
        "map": average_precision(hit),
        "map_at_r": map_at_r(hit),
        "r_precision": r_precision(hit),
        "mrr": reciprocal_rank(hit),
        "hits_before_miss": hits_before_miss(hit),
    }


def gain(levels, a, b):
    """Gain of the finest level that two items share; `levels` are lists of values, coarse to fine."""
    shared = [i + 1 for i, values in enumerate(levels) if values[a] is not None and values[a] == values[b]]
    return max(shared, default=0)


def ndcg(levels, order, query, k=10):
    def discounted(gains):
        return sum(value / math.log2(place + 2) for place, value in enumerate(gains[:k]))

    gains = [gain(levels, query, row) for row in order]
    best = discounted(sorted(gains, reverse=True))
    return discounted(gains) / best if best else math.nan


def cosine_matrix(unit):
    distances = 1 - unit @ unit.T
    np.fill_diagonal(distances, 0)
    return distances


def intra_inter(unit, labels):
    distances = cosine_matrix(unit)
    same = labels[:, None] == labels
    other = ~np.eye(len(labels), dtype=bool)
    return distances[same & other].mean(), distances[~same].mean()
