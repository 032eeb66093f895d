"""What was asked for, as it stands in the ids and the parameters of results."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from lib.retrieval.gallery import Gallery
from lib.retrieval.protocols import make_task

#: Metrics that no matrix product helps ask a sample, unless a size is given.
DEFAULT_SAMPLES = {"manhattan": 2000}


def readable_part(*words: str) -> str:
    """Return the part of a result's id that says what was asked: safe as the name of a folder, and not too long.

    Parameters
    ----------
    *words : str
        Empty ones are left out.

    Returns
    -------
    str

    Examples
    --------
    >>> readable_part("article type", "cosine", ""), readable_part("a/../b")
    ('article_type-cosine', 'a___b')
    """
    asked = re.sub(r"\.{2,}", "_", "-".join(word for word in words if word))
    return re.sub(r"[^A-Za-z0-9._-]+", "_", asked)[:80]


def sample_asked(
    gallery: Gallery, parameters: Mapping[str, Any], sample: int | None, *, asking: np.ndarray | None = None
) -> int | None:
    """Return the sample that stands in an evaluation's parameters: equal ones are the same evaluation.

    Parameters
    ----------
    gallery : Gallery
    parameters : dict
        ``label``, ``metric``, ``protocol`` and ``seed`` of the evaluation.
    sample : int or None
        As it was asked for.
    asking : ndarray of str, optional
        Product ids that can be asked with; by default all.

    Returns
    -------
    int or None
        What stands for no sample, where it asks with the same queries; at most the number of queries otherwise.

    Raises
    ------
    CatalogError
        If there is no such label, or it holds fewer than two different values.
    SearchError
        If no query is left, or the protocol does not apply.
    """
    default = DEFAULT_SAMPLES.get(parameters["metric"])
    if sample is None or sample == default:
        return default
    task = make_task(gallery, **{name: parameters[name] for name in ("label", "protocol", "seed")}, asking=asking)
    n = len(task.queries)
    return default if min(sample, n) == min(default or n, n) else min(sample, n)
