"""What a model sees of a picture, without the model: for showing a query beside its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.errors import ImageError
from lib.images.decode import CATALOG_LIMITS, Limits, decode
from lib.images.fit import fit
from lib.schema import Manifest


@dataclass(frozen=True)
class Fitted:
    """Pictures brought to the size of a model's input.

    Parameters
    ----------
    size : int
        Side, in pixels.
    fit : str
        A key of ``lib.images.fit.FITS``.
    batch : int, default=128
        Number of pictures that are read together.
    """

    size: int
    fit: str
    batch: int = 128

    def view(self, data: bytes, *, out: npt.NDArray[np.uint8] | None = None) -> npt.NDArray[np.uint8]:
        """Return a picture as the model sees it.

        Parameters
        ----------
        data : bytes
            A picture file.
        out : ndarray of shape (size, size, 3), uint8, optional
            Where to write.

        Returns
        -------
        ndarray of shape (size, size, 3), uint8

        Raises
        ------
        ImageError
            If it cannot or must not be decoded.
        """
        return fit(decode(data, limits=CATALOG_LIMITS, target=self.size), size=self.size, fit=self.fit, out=out)


def model_view(manifest: Manifest, data: bytes, *, limits: Limits = CATALOG_LIMITS) -> npt.NDArray[np.uint8] | None:
    """Return a picture as the model of an embedding sees it, decoded and fitted like the catalogue's.

    Parameters
    ----------
    manifest : Manifest
        The embedding's.
    data : bytes
        A picture file.
    limits : Limits, default=CATALOG_LIMITS

    Returns
    -------
    ndarray of shape (size, size, 3), uint8, or None
        None for an imported embedding, whose model is unknown.

    Raises
    ------
    ImageError
        If it cannot or must not be decoded.
    """
    size, name = manifest.parameters.get("size"), manifest.parameters.get("fit")
    if not isinstance(size, int) or not isinstance(name, str):
        return None
    return fit(decode(data, limits=limits, target=size), size=size, fit=name)


def model_views(
    manifest: Manifest, pictures: Sequence[bytes], *, limits: Limits = CATALOG_LIMITS
) -> list[npt.NDArray[np.uint8] | None]:
    """Return several pictures of one query as the model of an embedding sees them.

    Parameters
    ----------
    manifest : Manifest
    pictures : sequence of bytes
    limits : Limits, default=CATALOG_LIMITS

    Returns
    -------
    list of ndarray, or of None
        See ``model_view``.

    Raises
    ------
    ImageError
        If one cannot or must not be decoded, saying which.
    """
    views = []
    for number, data in enumerate(pictures, start=1):
        try:
            views.append(model_view(manifest, data, limits=limits))
        except ImageError as error:
            which = f"Picture {number} of {len(pictures)}: " if len(pictures) > 1 else ""
            raise ImageError(f"{which}{error.message}", hint=error.hint or "Leave it out, or save it again.") from error
    return views
