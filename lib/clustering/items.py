"""Which pictures are clustered, which of them choose the threshold, and which say how good the groups are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import TRAINED_ON, gallery_order, label_codes
from lib.retrieval.ranks import Integers

#: Share of the labelled pictures whose labels choose the threshold; S0 took 103 of 535.
CALIBRATION_SHARE = 0.2
#: Fewer labels than this on either side say nothing.
_FEWEST_LABELS = 2


@dataclass(frozen=True, eq=False)
class Items:
    """The pictures of one clustering, in the order of their product ids.

    Parameters
    ----------
    ids : ndarray of shape (n,), str
    vectors : ndarray of shape (n, dim), float32
    codes : ndarray of shape (n,), int64
        Of the labels; -1 for a picture without one.
    labels : tuple of str
        What the codes stand for.
    learnt : ndarray of shape (n,), bool
        Whether the model learnt pictures of a picture's split: it is grouped, and says nothing of how good groups are.
    n_offered : int
        Pictures with a vector: those that were not drawn among them.
    """

    ids: npt.NDArray[np.str_]
    vectors: npt.NDArray[np.float32]
    codes: Integers
    labels: tuple[str, ...]
    learnt: npt.NDArray[np.bool_]
    n_offered: int

    @property
    def n(self) -> int:
        """Number of pictures."""
        return len(self.ids)

    @property
    def telling(self) -> Integers:
        """The codes of pictures that can say how good groups are; -1 for all others."""
        return np.where(self.learnt, -1, self.codes)


def items_of(gallery: Gallery, *, label: str, sample: int, seed: int) -> Items:
    """Return the pictures to cluster: all, or a sample with each label's share of it, what is new to the model first.

    Parameters
    ----------
    gallery : Gallery
    label : str
        A column of the catalogue.
    sample : int
        At most so many.
    seed : int
        Of the sample.

    Returns
    -------
    Items

    Raises
    ------
    CatalogError
        If there is no such column.
    """
    gallery.catalog.column(label)
    rows = gallery_order(gallery)
    frame = gallery.catalog.frame.iloc[gallery.catalog_rows[rows]]
    codes, labels = label_codes(frame[label])
    vectors = gallery.index("cosine").vectors.embeddings  # refuses NaN
    learnt = frame["split"].isin(list(learnt_splits(gallery.embedding.manifest.details))).to_numpy()
    chosen = _drawn(codes, learnt, sample, seed)
    drawn = rows[chosen]
    ids = gallery.embedding.ids[drawn]
    return Items(ids, np.asarray(vectors[drawn]), codes[chosen], labels, learnt[chosen], len(rows))


def _drawn(codes: Integers, learnt: npt.NDArray[np.bool_], size: int, seed: int) -> Integers:
    """Return the rows of a sample: those that the model has not learnt from go first, for only they can be scored."""
    new, known = np.flatnonzero(~learnt), np.flatnonzero(learnt)
    first = new[sampled(codes[new], size, seed=seed)]
    if len(first) == size or not len(known):
        return np.sort(first)
    return np.sort(np.concatenate([first, known[sampled(codes[known], size - len(first), seed=seed)]]))


def learnt_splits(details: Mapping[str, Any]) -> frozenset[str]:
    """Return the splits of which a model has learnt pictures.

    Parameters
    ----------
    details : dict
        Of the embedding's manifest: ``seen`` counts them by split; an older one says only that the model was trained.

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> sorted(learnt_splits({"seen": {"train": 20, "val": 0}, "trained_on": {}})), sorted(learnt_splits({}))
    (['train'], [])
    """
    if isinstance(seen := details.get("seen"), dict):
        return frozenset(split for split, n in seen.items() if n)
    return frozenset({"train", "val"} if TRAINED_ON in details else ())


def sampled(codes: npt.NDArray[np.integer], size: int, *, seed: int) -> Integers:
    """Return the rows of a sample in which each label has the share that it has of all.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Of the labels; those below 0 are one more.
    size : int
        At least 1; all rows where there are not more.
    seed : int

    Returns
    -------
    ndarray of int64
        Rising.

    Examples
    --------
    >>> np.bincount(np.repeat([0, 1], [60, 40])[sampled(np.repeat([0, 1], [60, 40]), 10, seed=0)]).tolist()
    [6, 4]
    """
    if len(codes) <= size:
        return np.arange(len(codes))
    order = np.random.default_rng(seed).permutation(len(codes))
    of_label = order[np.argsort(codes[order], kind="stable")]
    _, first, counts = np.unique(codes[of_label], return_index=True, return_counts=True)
    places = (np.arange(len(codes)) - np.repeat(first, counts) + 0.5) / np.repeat(counts, counts)
    return np.sort(of_label[np.argsort(places, kind="stable")[:size]])


def calibrating(codes: npt.NDArray[np.integer], *, seed: int) -> npt.NDArray[np.bool_]:
    """Return which pictures choose the threshold: those of labels that are drawn until they have their share.

    Whole labels, so that what is measured on the others is measured on kinds that the threshold was not chosen by.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Of the labels; pictures below 0 neither choose nor say anything.
    seed : int

    Returns
    -------
    ndarray of shape (n,), bool
        None of them where there are too few labels for two parts.

    Examples
    --------
    >>> codes = np.repeat(np.arange(10), 3)
    >>> int(calibrating(codes, seed=0).sum()), len(np.unique(codes[calibrating(codes, seed=0)]))
    (6, 2)
    """
    known = codes[codes >= 0]
    labels, counts = np.unique(known, return_counts=True)
    if len(labels) < 2 * _FEWEST_LABELS:
        return np.zeros(len(codes), bool)
    order = np.random.default_rng(seed).permutation(len(labels))
    enough = int(np.searchsorted(np.cumsum(counts[order]), CALIBRATION_SHARE * len(known))) + 1
    drawn = labels[order[: min(max(enough, _FEWEST_LABELS), len(labels) - _FEWEST_LABELS)]]
    return np.isin(codes, drawn)
