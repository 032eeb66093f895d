"""From which pictures of a catalogue a descriptor learns its words: known before anything is read or computed."""

import hashlib

import numpy as np

from lib.catalog import Catalog
from lib.errors import CatalogError
from lib.models import MODELS, LearntDescriptor
from lib.schema import Manifest

SPLIT = "train"
#: The input of an embedding that names the pictures its words were learnt from.
INPUT = "lesson_sha256"


def lesson(catalog: Catalog, *, n_pictures: int, seed: int) -> list[str]:
    """Choose pictures of the training split to learn from.

    Parameters
    ----------
    catalog : Catalog
    n_pictures : int
        At most so many; all of the split where it has no more.
    seed : int

    Returns
    -------
    list of str
        Product ids, ascending: the same for the same products, whatever their order in the catalogue.

    Raises
    ------
    CatalogError
        If the training split is empty.
    """
    ids = np.sort(catalog.ids[(catalog.frame["split"] == SPLIT).to_numpy()])
    if len(ids) == 0:
        raise CatalogError(
            f"{catalog.name!r} has no picture in its {SPLIT} split, from which words are learnt.",
            hint="Use another backbone, such as color_hog.",
        )
    chosen = np.random.default_rng(seed).permutation(len(ids))[:n_pictures]
    return [str(product_id) for product_id in ids[np.sort(chosen)]]


def lesson_sha256(product_ids: list[str]) -> str:
    """Return a digest of the pictures that are learnt from, for the inputs of what is made by what was learnt.

    Parameters
    ----------
    product_ids : list of str

    Returns
    -------
    str
    """
    return hashlib.sha256("\n".join(product_ids).encode()).hexdigest()


def is_lesson_stale(manifest: Manifest, catalog: Catalog) -> bool:
    """Return whether an embedding's words would be learnt from other pictures now, because the splits have changed.

    Parameters
    ----------
    manifest : Manifest
        An embedding's.
    catalog : Catalog

    Returns
    -------
    bool
        False for a model that learns nothing from the catalogue.
    """
    learnt_from = manifest.inputs.get(INPUT)
    model = MODELS.get(str(manifest.parameters.get("backbone")))
    if learnt_from is None or not isinstance(model, LearntDescriptor):
        return False
    try:
        now = lesson(catalog, n_pictures=model.n_pictures, seed=manifest.seed)
    except CatalogError:
        return True
    return bool(learnt_from != lesson_sha256(now))
