"""What a classical descriptor is: a function of the pixels, some of which learn words from the catalogue first."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from lib.errors import ModelError
from lib.models.backbones import Model
from lib.models.weights import NONE, Weights

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
#: What a descriptor has learnt: words of as many bits as the array has columns, packed.
Words = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Descriptor(Model):
    """A model that is a function of the pixels and has no weights.

    Parameters
    ----------
    name, title, size, dim, minimum_size
        As of `Model`.
    describe : callable
        (n, size, size, 3) uint8 -> (n, dim) float32.
    version : int, default=1
        Raised whenever its vectors change.
    """

    describe: Callable[[Pixels], Floats] = lambda pixels: np.zeros((len(pixels), 0), np.float32)
    version: int = 1

    def fingerprint(self, *, seed: int = 0) -> Weights:
        """Return what stands in the place of weights: its name and version.

        Parameters
        ----------
        seed : int, default=0
            Nothing here is random.

        Returns
        -------
        Weights
        """
        digest = hashlib.sha256(f"{self.name}, version {self.version}".encode()).hexdigest()
        return Weights(label=NONE, sha256=digest)


def _untaught(pixels: Pixels) -> Floats:
    raise ModelError("A descriptor that learns words was asked before it had learnt any.")


@dataclass(frozen=True)
class LearntDescriptor(Descriptor):
    """A descriptor that counts words, which it learns from some of the catalogue's pictures before it describes any.

    Until it is ``taught`` it cannot describe anything.

    Parameters
    ----------
    name, title, size, dim, minimum_size, version
        As of `Descriptor`.
    describe : callable
        Refuses, until it is taught.
    learn : callable
        (views (size, size, 3) uint8, seed) -> words (n_words, n_bytes) uint8; the same for the same views and seed.
    describe_by : callable
        (pixels, words=words) -> (n, dim) float32.
    n_pictures : int
        It learns from so many pictures at most.
    """

    describe: Callable[[Pixels], Floats] = _untaught
    learn: Callable[[Iterable[Pixels], int], Words] = lambda views, seed: np.zeros((0, 0), np.uint8)
    describe_by: Callable[..., Floats] = lambda pixels, words: np.zeros((len(pixels), 0), np.float32)
    n_pictures: int = 2000

    def fingerprint(self, *, seed: int = 0) -> Weights:
        """Return what stands in the place of weights: its name, its version, and the seed that it learns by.

        Parameters
        ----------
        seed : int, default=0

        Returns
        -------
        Weights
        """
        digest = hashlib.sha256(f"{self.name}, version {self.version}, seed {seed}".encode()).hexdigest()
        return Weights(label=NONE, sha256=digest, seed=seed)

    def taught(self, words: Words) -> Descriptor:
        """Return the descriptor that knows some words.

        Parameters
        ----------
        words : ndarray of shape (n_words, n_bytes), uint8
            As ``learn`` returned them.

        Returns
        -------
        Descriptor
        """
        return dataclasses.replace(self, describe=partial(self.describe_by, words=words))
