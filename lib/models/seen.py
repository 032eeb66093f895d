"""Which pictures a trained model learnt from: marks of their pixels beside its weights, known again in any catalogue.

A mark is the first 64 bits of the SHA-256 of a picture's pixels, so that no other picture is taken for it and none can
be made from it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lib.errors import WeightsError

SEEN = "seen.npy"
#: No catalogue is larger than so many pictures.
_MOST = 10_000_000

Marks = npt.NDArray[np.uint64]


def marks_of(digests: Iterable[str]) -> Marks:
    """Return the marks of pictures.

    Parameters
    ----------
    digests : iterable of str
        Of their pixels, SHA-256 as hexadecimal digits; empty ones are passed over.

    Returns
    -------
    ndarray of shape (n,), uint64
        Sorted, each once.

    Examples
    --------
    >>> marks_of(["00000000000000ff" + "0" * 48, ""]).tolist()
    [255]
    """
    return np.unique(np.array([int(digest[:16], 16) for digest in digests if digest], np.uint64))


def together(parts: Sequence[Marks]) -> Marks:
    """Return the marks of all the pictures of several sets.

    Parameters
    ----------
    parts : sequence of ndarray of uint64

    Returns
    -------
    ndarray of shape (n,), uint64
    """
    return np.unique(np.concatenate(parts)) if parts else marks_of(())


def write_seen(folder: Path, marks: Marks) -> None:
    """Write marks into a model's folder.

    Parameters
    ----------
    folder : Path
    marks : ndarray of uint64
    """
    np.save(folder / SEEN, marks)


def read_seen(folder: Path) -> Marks | None:
    """Read the marks of the pictures that a model learnt from.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    ndarray of shape (n,), uint64, or None
        None where the model's folder does not say.

    Raises
    ------
    WeightsError
        If the file is damaged.
    """
    path = folder / SEEN
    if not path.is_file():
        return None
    try:
        return _read(path)
    except (OSError, ValueError, EOFError, MemoryError, OverflowError, SyntaxError, TypeError) as error:
        raise WeightsError(f"{path} is damaged ({str(error)[:120]}).", hint="Train it again.") from error


def _read(path: Path) -> Marks:
    if path.stat().st_size > 8 * _MOST:
        raise ValueError("it is larger than any catalogue")
    with path.open("rb") as file:
        marks = np.lib.format.read_array(file, allow_pickle=False)
    if marks.dtype != np.uint64 or marks.ndim != 1:
        raise ValueError("it holds no marks")
    return np.asarray(marks, np.uint64)


def seen_counts(marks: Marks, digests: Sequence[str], splits: Sequence[str]) -> dict[str, int]:
    """Return how many pictures of each split have been seen.

    Parameters
    ----------
    marks : ndarray of uint64
    digests : sequence of str
        Of the pictures' pixels; an empty one has not been seen.
    splits : sequence of str
        Of the same pictures.

    Returns
    -------
    dict of str to int
        Splits of which none was seen are left out.

    Examples
    --------
    >>> seen_counts(marks_of(["a" * 64]), ["a" * 64, "b" * 64, ""], ["test", "test", "val"])
    {'test': 1}
    """
    found: dict[str, int] = {}
    known = set(marks.tolist())
    for digest, split in zip(digests, splits, strict=True):
        if digest and int(digest[:16], 16) in known:
            found[split] = found.get(split, 0) + 1
    return found
