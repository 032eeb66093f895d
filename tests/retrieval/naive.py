"""The same answers by the plainest Python: what the fast search is compared with."""

import math
from fractions import Fraction


def distance(metric: str, a: list[float], b: list[float]) -> float:
    """Distance by loops over exact fractions; only the roots and the cosine's division are rounded."""
    x, y = [Fraction(v) for v in a], [Fraction(v) for v in b]
    if metric == "manhattan":
        return float(sum(abs(p - q) for p, q in zip(x, y, strict=True)))
    if metric == "euclidean":
        return math.sqrt(sum((p - q) ** 2 for p, q in zip(x, y, strict=True)))
    xx, yy = sum(p * p for p in x), sum(q * q for q in y)
    if not xx or not yy:
        return 1.0
    dot = sum(p * q for p, q in zip(x, y, strict=True))
    return round(1.0 - math.copysign(math.sqrt(dot * dot / (xx * yy)), dot), 12)


def nearest(metric: str, vectors, ids, query, k, allowed=None) -> list[str]:
    """Ids of the k nearest allowed rows, ties by id."""
    rows = [i for i in range(len(ids)) if allowed is None or allowed[i]]
    ranked = sorted((distance(metric, vectors[i].tolist(), query.tolist()), str(ids[i])) for i in rows)
    return [name for _, name in ranked[:k]]
