"""The weights of trained models as arrays in a file: what each is called, and how they get out of a network and in."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.errors import WeightsError
from lib.models.backbones import load_keras

HEAD = "head"
#: Stands before the names of heads of the embedding before probabilities came into it.
_BEFORE = "before/"
#: A file of weights never unpacks to more bytes: the largest backbone here has a quarter of it.
_MOST_BYTES = 2**30
#: What a damaged or hostile file makes NumPy and zipfile raise.
_DAMAGES = (
    *(OSError, ValueError, EOFError, KeyError, TypeError, AttributeError, MemoryError, OverflowError, SyntaxError),
    *(NotImplementedError, RuntimeError, UnicodeError, zipfile.BadZipFile, zlib.error),
)


def arrays_of(model: Any) -> dict[str, npt.NDArray[np.generic]]:
    """Return the weights of a Keras model by their place and path.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    dict of str to ndarray
    """
    keras = load_keras()
    return {_key(place, weight): keras.ops.convert_to_numpy(weight) for place, weight in enumerate(model.weights)}


def head_arrays(heads: Mapping[str, Sequence[Any]]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the kernels and biases of heads, as they lie in ``weights.npz``.

    Parameters
    ----------
    heads : dict of str to (ndarray of shape (dim, n_classes), ndarray of shape (n_classes,))
        By column.

    Returns
    -------
    dict of str to ndarray
    """
    parts = ("kernel", "bias")
    return {f"{HEAD}/{column}/{parts[i]}": np.asarray(pair[i]) for column, pair in heads.items() for i in (0, 1)}


def unblended(heads: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays of heads as they were before probabilities came into the embedding, under names of their own.

    Parameters
    ----------
    heads : dict of str to ndarray
        As of ``head_arrays``.

    Returns
    -------
    dict of str to ndarray
    """
    return {f"{_BEFORE}{name}": array for name, array in heads.items()}


def arrays_to_start_from(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Read a file of weights as a run begins with them: with the heads of the embedding before anything was blended in.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    WeightsError
        If it is missing or damaged.
    """
    arrays = read_arrays(path)
    return arrays | {name.removeprefix(_BEFORE): array for name, array in arrays.items() if name.startswith(_BEFORE)}


def read_arrays(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Read a file of weights.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    WeightsError
        If it is missing or damaged, or holds what are no numbers.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = _unpacked(file)
    except _DAMAGES as error:
        raise WeightsError(f"{path} is missing or damaged ({str(error)[:120]}).", hint="Train it again.") from error
    wrong = next((name for name, array in arrays.items() if not _is_finite(array)), None)
    if wrong is not None:
        raise WeightsError(f"{path} is damaged: not everything in {wrong:.60} is a number.", hint="Train it again.")
    return arrays


def head_in(
    arrays: Mapping[str, npt.NDArray[np.generic]], column: str, *, dim: int, n_classes: int, source: Path
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return a head's kernel and bias.

    Parameters
    ----------
    arrays : dict of str to ndarray
    column : str
    dim, n_classes : int
        What its shape has to be.
    source : Path
        For the error.

    Returns
    -------
    ndarray of shape (dim, n_classes), ndarray of shape (n_classes,), float32

    Raises
    ------
    WeightsError
        If it is missing or of another shape.
    """
    kernel, bias = (arrays.get(name) for name in head_arrays({column: ((), ())}))
    if kernel is None or bias is None or kernel.shape != (dim, n_classes) or bias.shape != (n_classes,):
        raise WeightsError(
            f"{source} does not fit its description: the head for {column!r:.60} is not in it.", hint="Train it again."
        )
    return kernel.astype(np.float32), bias.astype(np.float32)


def put_arrays(model: Any, arrays: Mapping[str, npt.NDArray[np.generic]], *, source: Path) -> None:
    """Fill a Keras model with weights.

    Parameters
    ----------
    model : keras.Model
    arrays : dict of str to ndarray
        As of ``arrays_of``; more than the model has is passed over.
    source : Path
        For the error.

    Raises
    ------
    WeightsError
        If one is missing or of another shape.
    """
    for place, weight in enumerate(model.weights):
        found = arrays.get(_key(place, weight))
        if found is None or found.shape != tuple(weight.shape):
            raise WeightsError(
                f"{source} does not fit the network: {weight.path} is not in it.", hint="Train it again."
            )
        weight.assign(found.astype(str(weight.dtype)))


def _key(place: int, weight: Any) -> str:
    """Return what a weight is called: its place makes it unique, its kind and shape make a mix-up show."""
    return f"{place:04d}/{weight.path.rsplit('/', 1)[-1]}"


def _unpacked(file: Any) -> dict[str, npt.NDArray[np.generic]]:
    """Return the members of an open NPZ file."""
    if sum(part.file_size for part in file.zip.infolist()) > _MOST_BYTES:
        raise ValueError("it would unpack to more than any model here has")
    return {name: file[name] for name in file.files}


def _is_finite(array: npt.NDArray[np.generic] | bytes) -> bool:
    """Return whether a member of the file is an array of numbers; NumPy gives others as their bytes."""
    return isinstance(array, np.ndarray) and bool(np.issubdtype(array.dtype, np.number) and np.isfinite(array).all())
