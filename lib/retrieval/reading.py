"""Reading parts of an evaluation: a page needs one column of it or one table, and opens in a blink."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store, read_result, verify
from lib.errors import InvalidArtifact
from lib.retrieval.evaluation import (
    GALLERY,
    KIND,
    LABELS,
    NEIGHBORS,
    QUERIES,
    QUERY_COLUMNS,
    Evaluation,
    evaluation_folder,
)
from lib.schema import Manifest


def read_scores(store: Store, name: str, evaluation_id: str, *, metric: str) -> Evaluation:
    """Read an evaluation's queries with one metric only; its gallery and labels stay empty.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    evaluation_id : str
    metric : str
        Left out where the evaluation has no value of it for each query.

    Returns
    -------
    Evaluation

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If what is read is damaged.
    """
    folder, manifest = _open(store, name, evaluation_id)
    return Evaluation(
        queries=_read_table(folder, manifest, QUERIES, [*QUERY_COLUMNS, metric]),
        gallery=pd.DataFrame(),
        labels=pd.DataFrame(),
        neighbors=_read_array(folder, manifest),
        manifest=manifest,
    )


def read_labels(store: Store, name: str, evaluation_id: str) -> pd.DataFrame:
    """Read an evaluation's table of labels.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    evaluation_id : str

    Returns
    -------
    DataFrame
        As ``Evaluation.labels``.

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If it is damaged.
    """
    folder, manifest = _open(store, name, evaluation_id)
    return _read_table(folder, manifest, LABELS)


def read_found(store: Store, name: str, evaluation_id: str) -> tuple[pd.DataFrame, npt.NDArray[np.int32]]:
    """Read what stood nearest to each query.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    evaluation_id : str

    Returns
    -------
    gallery : DataFrame
        ``product_id`` and ``label`` of each item.
    neighbors : ndarray of shape (n_queries, 20), int32
        Rows of it, nearest first; -1 where there are no more.

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If what is read is damaged.
    """
    folder, manifest = _open(store, name, evaluation_id)
    return _read_table(folder, manifest, GALLERY, ["product_id", "label"]), _read_array(folder, manifest)


def _open(store: Store, name: str, evaluation_id: str) -> tuple[Path, Manifest]:
    """Return the folder of an evaluation, and its manifest."""
    folder = evaluation_folder(store, name, evaluation_id)
    return folder, read_result(folder, KIND, mend=f"python -m lib evaluate {name} --model ID")


def _read_table(folder: Path, manifest: Manifest, file: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Return a table that is as it was written, or those of some columns that it has."""
    import pyarrow.parquet as pq

    verify(folder, manifest, only=file)
    try:
        known = pq.read_schema(folder / file).names if columns else []
        return pd.read_parquet(folder / file, columns=[name for name in columns or () if name in known] or None)
    except (ValueError, OSError) as error:
        raise _damaged(folder / file, manifest, error) from error


def _read_array(folder: Path, manifest: Manifest) -> npt.NDArray[np.int32]:
    """Return the neighbours that are as they were written, mapped from disk."""
    verify(folder, manifest, only=NEIGHBORS)
    try:
        return np.asarray(np.load(folder / NEIGHBORS, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError) as error:
        raise _damaged(folder / NEIGHBORS, manifest, error) from error


def _damaged(path: Path, manifest: Manifest, error: Exception) -> InvalidArtifact:
    return InvalidArtifact(f"{path} cannot be read ({error}).", hint=f"Run: {manifest.command}")
