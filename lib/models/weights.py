"""Where a backbone's weights come from, what identifies them, and how they get into the network."""

import contextlib
import hashlib
import logging
import os
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lib.artifacts import sha256_of
from lib.errors import WeightsError
from lib.models.backbones import BACKBONES, Backbone

logger = logging.getLogger(__name__)

IMAGENET = "imagenet"
NONE = "none"
SUFFIXES = (".h5", ".keras")
ACCEPTED = "imagenet, none, a .h5 or .keras file, the name of a training run, or the folder of a shared model"


@dataclass(frozen=True)
class Weights:
    """Weights that were found: what they are called, what identifies them, where they lie.

    Parameters
    ----------
    label : str
        ``imagenet``, ``none`` or the file's name without its ending; stands in ids.
    sha256 : str
        Digest of the file, or of what determines random weights.
    path : Path, optional
        The file; None for random weights and for models that have none.
    seed : int, default=0
        What random weights are drawn from.
    """

    label: str
    sha256: str
    path: Path | None = None
    seed: int = 0


def find_weights(spec: str, backbone: Backbone, *, seed: int = 0) -> Weights:
    """Find the weights that a person asked for, downloading ImageNet's where Keras' cache lacks them.

    TensorFlow is loaded only for a download.

    Parameters
    ----------
    spec : str
        ``imagenet``, ``none``, or the path of a ``.h5``, ``.weights.h5`` or ``.keras`` file.
    backbone : Backbone
    seed : int, default=0
        For ``none``.

    Returns
    -------
    Weights

    Raises
    ------
    WeightsError
        If they cannot be had, saying what is accepted or which file to put where.
    """
    if spec == NONE:
        digest = hashlib.sha256(f"random, {backbone.name}, seed {seed}".encode()).hexdigest()
        return Weights(label=NONE, sha256=digest, seed=seed)
    if spec == IMAGENET:
        path = imagenet_file(backbone)
        if not path.is_file():
            _download(backbone)
        return Weights(label=IMAGENET, sha256=_digest(path), path=path)
    return _from_file(spec)


def imagenet_file(backbone: Backbone) -> Path:
    """Return where Keras keeps a backbone's ImageNet weights, whether or not they are there.

    Parameters
    ----------
    backbone : Backbone

    Returns
    -------
    Path
        Below ``KERAS_HOME``, or ``~/.keras``.
    """
    return weights_folder() / backbone.weights_file


def weights_folder() -> Path:
    """Return the folder in which Keras keeps downloaded weights.

    Returns
    -------
    Path
    """
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "models"


def available_weights() -> list[str]:
    """Return the names of the backbones whose ImageNet weights are in Keras' cache.

    Returns
    -------
    list of str
    """
    return [name for name, backbone in BACKBONES.items() if imagenet_file(backbone).is_file()]


def load_into(network: Any, backbone: Backbone, weights: Weights) -> None:
    """Put weights into a network that ``Backbone.build`` made.

    Parameters
    ----------
    network : keras.Model
    backbone : Backbone
        For the error.
    weights : Weights

    Raises
    ------
    WeightsError
        If the file is damaged, or belongs to another network.
    """
    if weights.path is None:
        _randomise(network, seed=weights.seed)
        return
    try:
        network.load_weights(str(weights.path))
    except (ValueError, OSError, KeyError, TypeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(
            f"The weights in {weights.path} do not fit {backbone.title} ({reason[:160]}).",
            hint="They must be of this network without its classifier (include_top=False).",
        ) from error


def file_called(spec: str, *below: str) -> Path | None:
    """Return the file that a person may have meant, if it is there.

    Parameters
    ----------
    spec : str
        Any text; ``~`` is the home folder. What can be no path at all is not there.
    *below : str
        Parts of a path in the folder that was meant.

    Returns
    -------
    Path or None
    """
    path = os.path.join(os.path.expanduser(spec), *below)  # noqa: PTH111, PTH118  (those of Path fail for some texts)
    return Path(path) if os.path.isfile(path) else None  # noqa: PTH113


def no_weights(spec: str) -> WeightsError:
    """Return the error for weights that are not there.

    Parameters
    ----------
    spec : str

    Returns
    -------
    WeightsError
    """
    return WeightsError(f"There are no weights {spec!r:.200}.", hint=f"Accepted: {ACCEPTED}.")


def _from_file(spec: str) -> Weights:
    """Return the weights of a file."""
    path = file_called(spec)
    if path is None:
        raise no_weights(spec)
    if path.suffix not in SUFFIXES:
        raise WeightsError(f"{path} is not a file of Keras weights.", hint=f"Accepted: {ACCEPTED}.")
    stem = path.name.removesuffix(".keras").removesuffix(".h5").removesuffix(".weights")
    label = re.sub(r"[^A-Za-z0-9_]+", "_", stem).strip("_")[:40] or "file"
    if label in (IMAGENET, NONE):
        label = f"{label}_file"
    return Weights(label=label, sha256=_digest(path), path=path.resolve())


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, remembered for as long as its size and time stay the same."""
    stat = path.stat()
    return _remembered_digest(str(path.resolve()), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _remembered_digest(path: str, _mtime_ns: int, _size: int) -> str:
    return sha256_of(Path(path))


def _download(backbone: Backbone) -> None:
    """Let Keras fetch ImageNet's weights into its cache."""
    path = imagenet_file(backbone)
    logger.info("Fetching the ImageNet weights of %s into %s.", backbone.title, path.parent)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            backbone.build(backbone.size, weights=IMAGENET)
    except Exception as error:
        if not _is_failed_download(error):
            raise
        raise _not_to_be_had(backbone, "and they could not be downloaded") from error
    if not path.is_file():
        raise _not_to_be_had(backbone, f"and {path.parent} may not be written")


def _is_failed_download(error: BaseException) -> bool:
    """Return whether an error of Keras' loader means the network, for which it raises a bare ``Exception``."""
    return isinstance(error, OSError) or "URL fetch failure" in str(error) or "corrupted file detected" in str(error)


def _not_to_be_had(backbone: Backbone, why: str) -> WeightsError:
    path = imagenet_file(backbone)
    return WeightsError(
        f"The ImageNet weights of {backbone.title} are not in Keras' cache, {why}.",
        hint=f"Put {path.name} into {path.parent} (or set KERAS_HOME), or take what needs none: embed --backbone "
        "vitrine_mini, train --set start=none.",
    )


def _randomise(network: Any, *, seed: int) -> None:
    """Draw every kernel from NumPy with He's scale: the same for a seed on every Keras backend."""
    rng = np.random.default_rng(seed)
    for variable in network.weights:
        shape = tuple(int(length) for length in variable.shape)
        if len(shape) < 2:
            continue
        depthwise = len(shape) == 4 and shape[-1] == 1
        fan_in = np.prod(shape[:-2]) if depthwise else np.prod(shape[:-1])
        variable.assign((rng.standard_normal(shape) * np.sqrt(2.0 / fan_in)).astype(np.float32))
