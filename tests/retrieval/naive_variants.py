"""Averages with the nearest as their definitions read: for each query, a gallery without it, made from scratch."""

import numpy as np

from lib.retrieval.distances import DISTANCE_METRICS


def nearest(vectors, query_vector, rows, metric, k):
    """The k nearest of some rows, ties by row."""
    distances = DISTANCE_METRICS[metric].exact(vectors[rows], query_vector)
    if metric == "cosine":
        distances = np.where((vectors[rows] == 0).all(axis=1), 3.0, distances)
    return [rows[place] for place in np.argsort(distances, kind="stable")[:k]]


def as_averaged(vectors, metric):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1) if metric == "cosine" else vectors


def augmented(vectors, metric, rows, n):
    """Each of some rows becomes the mean of itself and its n nearest among them."""
    plain = as_averaged(vectors, metric)
    out = plain.copy()
    for row in rows:
        others = [other for other in rows if other != row]
        if plain[row].any() or metric != "cosine":
            out[row] = plain[[row, *nearest(plain, plain[row], others, metric, n)]].mean(axis=0)
    return out


def distances(vectors, query, metric, *, asked=None, augment=0, expand=0, hidden=(), self_counted=False):
    """To a gallery from which the query and what it must not see were taken before anything was averaged."""
    rows = [row for row in range(len(vectors)) if row not in hidden and (self_counted or row != query)]
    gallery = augmented(vectors, metric, rows, augment) if augment else vectors
    vector = vectors[query] if asked is None else asked
    if expand:
        mine = as_averaged(vector[None], metric)
        others = [row for row in rows if row != query]
        chosen = nearest(gallery, vector, others, metric, expand)
        vector = np.concatenate([mine, as_averaged(gallery[chosen], metric)]).mean(axis=0)
    found = DISTANCE_METRICS[metric].exact(gallery, vector)
    if metric == "cosine":
        found = np.where((gallery == 0).all(axis=1), 3.0, found)
    found[[row for row in range(len(vectors)) if row not in rows]] = np.inf
    return found
