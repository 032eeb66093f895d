"""How good a model is on pictures that it has not trained on: finding by its embedding, naming by its heads."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.retrieval.bootstrap import estimate_means
from lib.retrieval.miniature import ask_all, miniature

#: What is measured of the answers to each picture's query.
RETRIEVAL = ("map_at_r", "map", "recall@1")


def retrieval(embeddings: npt.NDArray[np.float32], labels: pd.Series, *, label: str = "label") -> pd.DataFrame | None:
    """Return how well each picture finds those of its label among the others.

    Parameters
    ----------
    embeddings : ndarray of shape (n, dim), float32
    labels : Series of str or missing
        Of the same pictures, indexed by product id.
    label : str, default="label"
        What the column is called.

    Returns
    -------
    DataFrame or None
        A row a query, a column a metric of ``RETRIEVAL``; None where no label has two pictures.
    """
    frame = pd.DataFrame({label: labels.where(labels.notna(), None).astype(object)})
    if frame[label].value_counts().max() < 2 or frame[label].nunique() < 2:
        return None
    answers = ask_all(miniature(embeddings, frame, label=label), label=label, metric="cosine")
    return answers.scores[list(RETRIEVAL)]


def means(scores: pd.DataFrame | None) -> dict[str, float]:
    """Return the mean of each metric over the queries.

    Parameters
    ----------
    scores : DataFrame or None
        As of `retrieval`.

    Returns
    -------
    dict of str to float
        Empty where there was nothing to measure.
    """
    return {} if scores is None else {str(name): float(value) for name, value in scores.mean().items()}


def intervals(scores: pd.DataFrame | None) -> dict[str, dict[str, float | None]]:
    """Return the mean of each metric with its 95 % bootstrap interval.

    Parameters
    ----------
    scores : DataFrame or None

    Returns
    -------
    dict of str to dict
    """
    if scores is None:
        return {}
    found = estimate_means(scores.to_numpy(np.float64), seed=0)
    return {str(name): estimate.to_json() for name, estimate in zip(scores, found, strict=True)}


def classification(logits: npt.NDArray[np.float32], codes: npt.NDArray[np.int32]) -> dict[str, float]:
    """Return how rightly a head names pictures: accuracy, and precision, recall and F1 averaged over labels.

    Labels count the same however frequent; those that are neither there nor named are left out.

    Parameters
    ----------
    logits : ndarray of shape (n, n_classes), float32
    codes : ndarray of shape (n,), int32
        Negative where the label is unknown: such pictures are left out.

    Returns
    -------
    dict of str to float
        ``accuracy``, ``precision``, ``recall``, ``f1``, ``loss`` (the cross-entropy) and ``n``; empty without pictures.

    Examples
    --------
    >>> classification(np.array([[2.0, 0.0], [2.0, 0.0]]), np.array([0, 1]))["accuracy"]
    0.5
    """
    known = codes >= 0
    if not known.any():
        return {}
    logits, codes = logits[known].astype(np.float64), codes[known]
    named, n_classes = logits.argmax(axis=1), logits.shape[1]
    right = np.bincount(codes[named == codes], minlength=n_classes).astype(np.float64)
    there = np.bincount(codes, minlength=n_classes).astype(np.float64)
    said = np.bincount(named, minlength=n_classes).astype(np.float64)
    precision, recall = (np.divide(right, n, out=np.zeros(n_classes), where=n > 0) for n in (said, there))
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros(n_classes), where=both > 0)
    seen = (there > 0) | (said > 0)
    top = logits.max(axis=1, keepdims=True)
    shares = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    return {
        "accuracy": float((named == codes).mean()),
        "precision": float(precision[seen].mean()),
        "recall": float(recall[seen].mean()),
        "f1": float(f1[seen].mean()),
        "loss": float(-shares[np.arange(len(codes)), codes].mean()),
        "n": float(len(codes)),
    }


def prefixed(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the same values, each name beginning with a prefix.

    Parameters
    ----------
    values : dict
    prefix : str

    Returns
    -------
    dict
    """
    return {f"{prefix}{name}": value for name, value in values.items()}
