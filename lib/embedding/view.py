"""What a model sees of a picture, without the model: for showing a query beside its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from lib.errors import ImageError
from lib.images.decode import CATALOG_LIMITS, Limits, decode
from lib.images.fit import fit
from lib.schema import Manifest


@dataclass(frozen=True)
class Fitted:
    """Pictures as a network sees them: decoded, perhaps disturbed, and brought to the size of its input.

    Parameters
    ----------
    size : int
        Side, in pixels.
    fit : str
        A key of ``lib.images.fit.FITS``.
    limits : Limits, default=CATALOG_LIMITS
        What pictures are read at all.
    disturb : callable, optional
        RGB picture -> RGB picture: what happens to each picture after it was decoded and before it is fitted.
    batch : int, default=128
        Number of pictures that are read together.
    """

    size: int
    fit: str
    limits: Limits = CATALOG_LIMITS
    disturb: Callable[[Image.Image], Image.Image] | None = None
    batch: int = 128

    def view(self, data: bytes, *, out: npt.NDArray[np.uint8] | None = None) -> npt.NDArray[np.uint8]:
        """Return a picture as the network sees it.

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
        image = decode(data, limits=self.limits, target=self.size)
        if self.disturb is not None:
            image = self.disturb(image)
        return fit(image, size=self.size, fit=self.fit, out=out)


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
    return Fitted(size, name, limits).view(data)


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
