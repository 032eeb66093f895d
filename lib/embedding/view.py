"""What a model sees of a picture, without the model: for showing a query beside its answer."""

import numpy as np
import numpy.typing as npt

from lib.images.decode import CATALOG_LIMITS, Limits, decode
from lib.images.fit import fit
from lib.schema import Manifest


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
