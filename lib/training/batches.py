"""Which pictures come together in a step: as they come, or several of each of a few labels."""

import numpy as np
import numpy.typing as npt

from lib.errors import ModelError

Rows = npt.NDArray[np.int64]


def epoch_batches(codes: npt.NDArray[np.int32], *, batch: int, per_label: int, seed: tuple[int, ...]) -> Rows:
    """Return the batches of one epoch.

    Parameters
    ----------
    codes : ndarray of shape (n,), int32
        Label of each picture, negative where it is unknown.
    batch : int
        Pictures a step.
    per_label : int
        0 draws pictures as they come, each once. Otherwise so many pictures of a label come together; labels are drawn
        by the square root of their size, so that rare ones are seen too, and a label that has fewer pictures gives some
        twice.
    seed : tuple of int
        The run's and the epoch's: the same batches whenever the epoch is run.

    Returns
    -------
    ndarray of shape (n // batch, batch), int64
        Rows of `codes`.

    Raises
    ------
    ModelError
        If a batch is larger than the data.

    Examples
    --------
    >>> epoch_batches(np.zeros(5, np.int32), batch=2, per_label=0, seed=(0, 0)).shape
    (2, 2)
    """
    n_batches = len(codes) // batch
    if n_batches == 0:
        raise ModelError(
            f"A batch of {batch:,} is larger than the {len(codes):,} training pictures.",
            hint=f"Choose a smaller one: --set batch={max(2, len(codes) // 4)}",
        )
    rng = np.random.default_rng(seed)
    if per_label == 0:
        return rng.permutation(len(codes))[: n_batches * batch].reshape(n_batches, batch)
    return _balanced(codes, n_batches, batch, per_label, rng)


def _balanced(
    codes: npt.NDArray[np.int32], n_batches: int, batch: int, per_label: int, rng: np.random.Generator
) -> Rows:
    """Return batches of as many labels as there are, each drawn again only once all have been."""
    rows_of = [np.flatnonzero(codes == code) for code in range(int(codes.max(initial=-1)) + 1)]
    rows_of = [rows for rows in rows_of if len(rows) > 1]
    if not rows_of:
        raise ModelError(
            "No label has two training pictures, so none comes together in a batch.", hint="Use --set per_label=0"
        )
    weights = np.sqrt([len(rows) for rows in rows_of])
    n_groups = -(-batch // per_label)
    found = np.empty((n_batches, n_groups * per_label), np.int64)
    for number in range(n_batches):
        turns = [min(len(rows_of), n_groups - before) for before in range(0, n_groups, len(rows_of))]
        chosen = np.concatenate([rng.choice(len(rows_of), n, replace=False, p=weights / weights.sum()) for n in turns])
        drawn = [rng.choice(rows_of[label], per_label, replace=len(rows_of[label]) < per_label) for label in chosen]
        found[number] = np.concatenate(drawn)
    return found[:, :batch]
