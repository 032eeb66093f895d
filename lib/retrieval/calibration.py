"""What a largest distance keeps: precision, recall and how much is shown, and which one keeps a precision asked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.retrieval.bootstrap import Estimate, estimate_ratios
from lib.retrieval.distances import Floats
from lib.retrieval.ranks import Integers
from lib.retrieval.shown import Counts, Shown

#: Shown pairs below which a share says nothing, among the queries that a threshold is chosen with.
LEAST_PAIRS = 20


@dataclass(frozen=True)
class Cut:
    """What one threshold keeps, measured on queries that had no part in choosing it.

    Parameters
    ----------
    threshold : float
        The largest distance of a result.
    precision : Estimate
        Share of what is within it that has the query's label, pooled over queries.
    nearest : Estimate
        The same share of each query's ``shown.N_NEAREST`` nearest alone.
    recall : float
        Share of the items with the query's label that are within it, pooled over queries.
    n_results : float
        Items within it, the mean over queries.
    share_without : float
        Share of queries that show nothing.
    """

    threshold: float
    precision: Estimate
    nearest: Estimate
    recall: float
    n_results: float
    share_without: float


def threshold_curve(distances: Floats, *, choosing: Shown, held_back: Shown, seed: int) -> pd.DataFrame:
    """Return what each distance keeps.

    Parameters
    ----------
    distances : ndarray of shape (n_tried,), float64
    choosing : Shown
        Of the queries that a threshold is chosen with.
    held_back : Shown
        Of the queries that everything else is measured on.
    seed : int
        Of the bootstrap over queries.

    Returns
    -------
    DataFrame
        One row a distance: ``threshold, precision, low, high, recall, n_results, share_without, nearest, nearest_low,
        nearest_high`` on the queries held back; ``chosen_by`` and ``chosen_by_pairs``, precision and number of shown
        pairs of the others. NaN where nothing is shown.
    """
    every = _precision(held_back.n_right, held_back.n_shown, seed)
    nearest = _precision(held_back.n_nearest_right, held_back.n_nearest, seed)
    pairs = choosing.n_shown.sum(axis=0, dtype=np.int64)
    return pd.DataFrame(
        {
            "threshold": distances,
            **{name: every[:, i] for i, name in enumerate(("precision", "low", "high"))},
            "recall": _share(held_back.n_right.sum(axis=0, dtype=np.int64), held_back.n_relevant.sum()),
            "n_results": held_back.n_shown.mean(axis=0),
            "share_without": (held_back.n_shown == 0).mean(axis=0),
            **{name: nearest[:, i] for i, name in enumerate(("nearest", "nearest_low", "nearest_high"))},
            "chosen_by": _share(choosing.n_right.sum(axis=0, dtype=np.int64), pairs),
            "chosen_by_pairs": pairs,
        }
    )


def _precision(right: Counts, shown: Counts, seed: int) -> Floats:
    """Return value, low and high of a share pooled over queries, one row a distance."""
    found = estimate_ratios(right.astype(np.float64), shown.astype(np.float64), seed=seed)
    return np.array([(each.value, each.low, each.high) for each in found])


def _share(parts: Integers, totals: Integers) -> Floats:
    parts, totals = np.broadcast_arrays(parts.astype(np.float64), np.asarray(totals, np.float64))
    return np.asarray(np.divide(parts, totals, out=np.full(parts.shape, np.nan), where=totals > 0))


def cut_keeping(curve: pd.DataFrame, precision: float) -> Cut | None:
    """Return the largest distance that keeps a precision, and what it keeps of the queries held back.

    It is the largest of all that keep it on the queries that choose, also where a smaller one misses it: between two
    distances that show few pairs, a share goes up and down by chance.

    Parameters
    ----------
    curve : DataFrame
        What ``threshold_curve`` returns.
    precision : float
        From 0 to 1.

    Returns
    -------
    Cut or None
        None where no distance keeps it.
    """
    keeping = np.flatnonzero(_telling(curve) & (curve["chosen_by"].to_numpy() >= precision))
    return cut_at(curve, int(keeping[-1])) if len(keeping) else None


def cut_at(curve: pd.DataFrame, row: int) -> Cut:
    """Return one row of a curve.

    Parameters
    ----------
    curve : DataFrame
    row : int

    Returns
    -------
    Cut
    """
    values = {str(name): float(value) for name, value in curve.iloc[row].items()}
    return Cut(
        threshold=values["threshold"],
        precision=Estimate(values["precision"], values["low"], values["high"]),
        nearest=Estimate(values["nearest"], values["nearest_low"], values["nearest_high"]),
        recall=values["recall"],
        n_results=values["n_results"],
        share_without=values["share_without"],
    )


def best_precision(curve: pd.DataFrame) -> float:
    """Return the largest precision that some distance keeps on the queries that choose.

    Parameters
    ----------
    curve : DataFrame

    Returns
    -------
    float
        0 where too few pairs are shown to tell.
    """
    telling = _telling(curve)
    return float(curve["chosen_by"].to_numpy()[telling].max()) if telling.any() else 0.0


def _telling(curve: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which distances show enough pairs for a share to mean something."""
    return np.asarray(curve["chosen_by_pairs"].to_numpy() >= LEAST_PAIRS)
