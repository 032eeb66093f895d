"""Who asks whom: the protocols of an evaluation, and what a catalogue's labels make of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lib.catalog import Catalog
from lib.errors import CatalogError, SearchError
from lib.retrieval.gallery import Gallery
from lib.retrieval.index import Mask
from lib.retrieval.ranks import Integers

#: Queries of the protocol that counts the query itself, and of a metric that no matrix product helps.
SAMPLE_QUERIES = 1000
#: The manifest detail in which a trained model says what it has seen: ``{"label": column, "values": [...]}``.
TRAINED_ON = "trained_on"


@dataclass(frozen=True, eq=False)
class Task:
    """The queries, their gallery and its labels.

    Parameters
    ----------
    rows : ndarray of shape (n_gallery,), int
        Rows of the embedding, in the order of their product ids.
    ids : ndarray of shape (n_gallery,), str
    codes : ndarray of shape (n_gallery,), int
        Label of each item; -1 where it has none.
    labels : tuple of str
        What each code stands for.
    queries : ndarray of shape (n_queries,), int
        Rows of the gallery.
    n_left_out : int
        Queries left out because no other item has their label.
    n_without_label : int
        Queries left out because they have none; they stay in the gallery.
    self_counted : bool
        Whether a query finds itself.
    n_sampled_from : int
        Queries there were before a sample was drawn; as many as there are where none was.
    n_unasked : int
        Queries left out because the model that asks has no vector of them.
    """

    rows: Integers
    ids: np.ndarray
    codes: Integers
    labels: tuple[str, ...]
    queries: Integers
    n_left_out: int
    n_without_label: int
    self_counted: bool = False
    n_sampled_from: int = 0
    n_unasked: int = 0


@dataclass(frozen=True)
class Protocol:
    """One way to choose queries and gallery.

    Parameters
    ----------
    name : str
        As on the command line.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    choose : callable
        (frame in gallery order, label column, manifest details) -> masks (gallery, queries).
    self_counted : bool
    sample : int, optional
        How many of the queries are drawn.
    """

    name: str
    label: str
    explanation: str
    choose: Callable[[pd.DataFrame, str, Mapping[str, Any]], tuple[Mask, Mask]]
    self_counted: bool = False
    sample: int | None = None


def _everything(frame: pd.DataFrame, _label: str, _details: Mapping[str, Any]) -> tuple[Mask, Mask]:
    return np.ones(len(frame), bool), np.ones(len(frame), bool)


def _test_asks_all(frame: pd.DataFrame, _label: str, _details: Mapping[str, Any]) -> tuple[Mask, Mask]:
    return np.ones(len(frame), bool), (frame["split"] == "test").to_numpy()


def _test_asks_itself(frame: pd.DataFrame, _label: str, _details: Mapping[str, Any]) -> tuple[Mask, Mask]:
    test = (frame["split"] == "test").to_numpy()
    return test, test


def _unseen(frame: pd.DataFrame, label: str, details: Mapping[str, Any]) -> tuple[Mask, Mask]:
    seen = details.get(TRAINED_ON) or {}
    if seen.get("label") != label:
        raise SearchError(
            f"unseen-labels is not applicable: this model was not trained on {label}.",
            hint="Use --protocol all, or a model that was trained on a part of the labels.",
        )
    unseen = (frame[label].notna() & ~frame[label].astype(str).isin(list(seen["values"]))).to_numpy()
    if not unseen.any():
        raise SearchError(
            f"unseen-labels is not applicable: this model saw every {label}.", hint="Use --protocol test-vs-test."
        )
    return unseen, unseen


#: The choices of ``--protocol``, of every protocol widget and of the tests.
PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol("all", "All against all", "Every picture asks all others.", _everything),
        Protocol("test-vs-all", "Test against all", "The test split asks the whole gallery.", _test_asks_all),
        Protocol("test-vs-test", "Test against test", "The test split asks itself.", _test_asks_itself),
        Protocol(
            "unseen-labels",
            "Unseen labels",
            "Pictures of labels that the model never trained on ask each other.",
            _unseen,
        ),
        Protocol(
            "as-s2",
            "As S2 measured (the query counts itself)",
            "A sample of queries, each of which may find itself: an error of method, shown for what it does to R@1.",
            _everything,
            self_counted=True,
            sample=SAMPLE_QUERIES,
        ),
    )
}


def protocol_named(name: str) -> Protocol:
    """Return a protocol by its name.

    Parameters
    ----------
    name : str

    Returns
    -------
    Protocol

    Raises
    ------
    ValueError
        Naming the protocols there are.
    """
    if name not in PROTOCOLS:
        raise ValueError(f"Expected protocol to be one of {list(PROTOCOLS)}. Received: protocol={name!r}")
    return PROTOCOLS[name]


def gallery_order(gallery: Gallery) -> Integers:
    """Return the rows of a gallery's vectors that have a product, in the order of their product ids.

    Parameters
    ----------
    gallery : Gallery

    Returns
    -------
    ndarray of shape (n,), int
    """
    order = np.argsort(gallery.embedding.ids, kind="stable")
    return np.asarray(order if gallery.present is None else order[gallery.present[order]])


def make_task(
    gallery: Gallery,
    *,
    label: str,
    protocol: str,
    seed: int,
    sample: int | None = None,
    asking: np.ndarray | None = None,
) -> Task:
    """Choose the queries and the gallery of an evaluation.

    Parameters
    ----------
    gallery : Gallery
    label : str
        A column of the catalogue.
    protocol : str
        A key of ``PROTOCOLS``.
    seed : int
        Of the sample.
    sample : int, optional
        Draw so many of the queries, if there are more.
    asking : ndarray of str, optional
        Product ids that can be asked with; by default all.

    Returns
    -------
    Task

    Raises
    ------
    CatalogError
        If there is no such column, or it holds fewer than two different values.
    SearchError
        If no query has another item with its label, or the protocol does not apply.
    """
    chosen, rows = protocol_named(protocol), gallery_order(gallery)
    gallery.catalog.column(label)
    frame = gallery.catalog.frame.iloc[gallery.catalog_rows[rows]]
    in_gallery, asks = chosen.choose(frame, label, gallery.embedding.manifest.details)
    frame, rows, asks = frame[in_gallery], rows[in_gallery], asks[in_gallery]
    codes, labels = label_codes(frame[label])
    _check_labels(gallery.catalog, label, codes, len(labels))
    alone = (np.bincount(codes[codes >= 0], minlength=len(labels)) == 1)[codes] & (codes >= 0)
    possible = asks & ~alone & (codes >= 0)
    ids = gallery.embedding.ids[rows]
    queries = np.flatnonzero(possible if asking is None else possible & np.isin(ids, asking))
    if not len(queries):
        raise SearchError(
            f"No query is left by {protocol}: "
            + ("the model that asks has a vector of none." if possible.any() else f"no {label} has two pictures."),
            hint="Choose another --label or --protocol.",
        )
    task = Task(
        rows=rows,
        ids=ids,
        codes=codes,
        labels=labels,
        queries=queries,
        n_left_out=int((asks & alone).sum()),
        n_without_label=int((asks & (codes < 0)).sum()),
        self_counted=chosen.self_counted,
        n_sampled_from=len(queries),
        n_unasked=int(possible.sum()) - len(queries),
    )
    return _sampled(task, seed, min(size for size in (chosen.sample, sample, len(queries)) if size is not None))


def _sampled(task: Task, seed: int, size: int) -> Task:
    """Return the task with `size` of its queries, drawn without replacement."""
    if size < 1:
        raise ValueError(f"Expected sample to be at least 1. Received: sample={size}")
    if size == len(task.queries):
        return task
    drawn = np.random.default_rng(seed).choice(task.queries, size, replace=False)
    return replace(task, queries=np.sort(drawn))


def _check_labels(catalog: Catalog, label: str, codes: Integers, n_labels: int) -> None:
    """Refuse labels by which nothing could be told from anything."""
    if n_labels < 2:
        others = (name for name in catalog.attributes if name != label and len(label_codes(catalog.frame[name])[1]) > 1)
        values = "only one value" if n_labels else "no value"
        raise CatalogError(
            f"{label!r} has {values} among {len(codes):,} pictures of {catalog.name!r}: there is nothing to tell "
            "apart.",
            hint=f"Choose another --label: {', '.join(others) or 'no column has two values'}.",
        )


def label_codes(column: pd.Series) -> tuple[Integers, tuple[str, ...]]:
    """Return the code of each value of a column, and what the codes stand for.

    Parameters
    ----------
    column : Series

    Returns
    -------
    codes : ndarray of shape (n,), int
        -1 for a missing value.
    values : tuple of str
        Sorted, as text.

    Examples
    --------
    >>> label_codes(pd.Series(["b", None, "a"]))
    (array([ 1, -1,  0]), ('a', 'b'))
    """
    text = column.astype("string")
    codes, values = pd.factorize(text, sort=True, use_na_sentinel=True)
    return np.asarray(codes, np.int64), tuple(str(value) for value in values)
