"""A gallery of a few items in memory: the same code as an evaluation's, on numbers that one can check by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.catalog import Catalog
from lib.catalog.table import PICTURE_COLUMNS, SKIPPED_COLUMNS
from lib.embedding import Embedding
from lib.errors import AppError
from lib.retrieval.gallery import Gallery
from lib.retrieval.metric_spaces import Space
from lib.retrieval.prepared import Prepared, prepare
from lib.retrieval.protocols import TRAINED_ON, Task, make_task
from lib.retrieval.ranking import Ranked, Ranker, rank_all
from lib.retrieval.ranks import Integers
from lib.retrieval.scoring import Scorer
from lib.retrieval.variants import parse_variant
from lib.schema import CATALOG_KIND, Manifest

_NAME = "miniature"


@dataclass(frozen=True, eq=False)
class Answers:
    """What a miniature's queries were answered.

    Parameters
    ----------
    task : Task
        Its ``ids`` are the items' names.
    scores : DataFrame
        Every metric of every query, indexed by the query's name.
    ranked : Ranked
        ``neighbors`` are rows of ``task.ids``, nearest first.
    prepared : Prepared
        Gallery and queries as the variant made them.
    space : Space
        What ranked.
    """

    task: Task
    scores: pd.DataFrame
    ranked: Ranked
    prepared: Prepared
    space: Space


def miniature(
    vectors: npt.ArrayLike, frame: pd.DataFrame, *, label: str, trained_on: Sequence[str] | None = None
) -> Gallery:
    """Return a gallery of a few items that lies nowhere on disk.

    Parameters
    ----------
    vectors : array_like of shape (n, dim)
    frame : DataFrame
        One row an item, indexed by its name: label columns, and ``split`` where a protocol asks for it.
    label : str
        The default label column.
    trained_on : sequence of str, optional
        Labels that the model says it was trained on.

    Returns
    -------
    Gallery
    """
    ids = frame.index.to_numpy(dtype=object).astype(str)
    core = pd.DataFrame({"product_id": ids, "group_id": ids, "image": ids, "title": ids, "split": "test"})
    columns = {str(name): values.tolist() for name, values in frame.items()}
    catalog = Catalog(
        folder=Path(),
        frame=core.assign(**columns),
        pictures=pd.DataFrame(columns=PICTURE_COLUMNS),
        skipped=pd.DataFrame(columns=SKIPPED_COLUMNS),
        manifest=Manifest(
            kind=CATALOG_KIND,
            id=_NAME,
            command="",
            inputs={},
            parameters={"pictures": {}},
            n_in=len(ids),
            n=len(ids),
            synthetic=True,
            details={"label": label, "pictures_sha256": ""},
        ),
    )
    embeddings = np.asarray(vectors, np.float32)
    details = {} if trained_on is None else {TRAINED_ON: {"label": label, "values": list(trained_on)}}
    manifest = Manifest(
        kind="embedding",
        id=_NAME,
        command="",
        inputs={"catalog": _NAME},
        parameters={},
        n_in=len(ids),
        n=len(ids),
        synthetic=True,
        details={"dim": embeddings.shape[1], **details},
    )
    return Gallery(catalog=catalog, embedding=Embedding(ids=ids, embeddings=embeddings, manifest=manifest))


def ask_all(
    gallery: Gallery,
    *,
    label: str,
    protocol: str = "all",
    metric: str = "euclidean",
    variant: str = "",
    asked: npt.ArrayLike | None = None,
    without: Mapping[str, Sequence[str]] | None = None,
) -> Answers:
    """Ask a miniature by a protocol, and score every answer.

    Parameters
    ----------
    gallery : Gallery
        What ``miniature`` returns; any small one will do.
    label : str
    protocol : str, default="all"
        A key of ``PROTOCOLS``.
    metric : str, default="euclidean"
        A key of ``DISTANCE_METRICS``.
    variant : str, default=""
        What is done to the vectors first, as for ``parse_variant``; reductions are learnt from all items.
    asked : array_like of shape (n, dim), optional
        What the items ask with, if not with their own vectors.
    without : dict of str to sequence of str, optional
        For some queries, the names of items that are taken out of their rankings; each must keep a relevant one.

    Returns
    -------
    Answers

    Raises
    ------
    AppError
        If the protocol or the variant does not apply, or there is nothing to tell apart.
    """
    task = make_task(gallery, label=label, protocol=protocol, seed=0)
    vectors, hidden = gallery.index("cosine").vectors, _rows_without(task, without or {})
    others = None if asked is None else np.asarray(asked, np.float32)[task.rows[task.queries]]
    train = np.arange(len(vectors.embeddings))
    made = prepare(vectors, task, parse_variant(variant), metric=metric, train=train, asked=others)
    space = made.space(task.queries, without=hidden)
    ranked = rank_all(Ranker(space, task.codes, self_counted=task.self_counted, without=hidden), task.queries)
    scores = Scorer.of(task, gallery.catalog, label).per_query(ranked, task.queries)
    return Answers(task, scores.set_index(task.ids[task.queries]), ranked, made, space)


def _rows_without(task: Task, without: Mapping[str, Sequence[str]]) -> dict[int, Integers]:
    """Return what is taken out, by rows; items that are not in the gallery are passed over."""
    row_of = {name: row for row, name in enumerate(task.ids.tolist())}
    return {
        row_of[query]: np.array(sorted(row_of[name] for name in names if name in row_of), np.int64)
        for query, names in without.items()
        if query in row_of
    }


def why_not(gallery: Gallery, *, label: str, protocol: str) -> str:
    """Return why a protocol does not apply.

    Parameters
    ----------
    gallery : Gallery
    label : str
    protocol : str
        A key of ``PROTOCOLS``.

    Returns
    -------
    str
        For a person; empty where it applies.
    """
    try:
        make_task(gallery, label=label, protocol=protocol, seed=0)
    except AppError as error:
        return error.message
    return ""
