"""Which group is which after everything was clustered anew: ids pass on by largest overlap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.retrieval.ranks import Integers

MERGED, SPLIT, FOUNDED, GONE = "merged", "split", "founded", "gone"


@dataclass(frozen=True, eq=False)
class PassedOn:
    """The ids of new groups, and what became of the old ones.

    Parameters
    ----------
    groups : ndarray of shape (n,), int64
        Each item's group.
    events : DataFrame
        ``event`` (``merged``, ``split``, ``founded``, ``gone``), ``group`` (the id that it is about), ``others`` (tuple
        of ids: the old groups that a merged one has items of, the groups that a split one's items are in now) and
        ``n_items``.
    next_group : int
        Above all ids that were ever given.
    """

    groups: Integers
    events: pd.DataFrame
    next_group: int


def pass_on(
    before: npt.NDArray[np.integer], after: npt.NDArray[np.integer], *, next_group: int | None = None
) -> PassedOn:
    """Give new groups the ids of the old ones that they share most items with.

    The largest overlap goes first, and of equal ones that of the older group; an id goes to one group, and a group that
    is left without one has a new id.

    Parameters
    ----------
    before : ndarray of shape (n,), int
        Each item's group before; -1 for one that was in none.
    after : ndarray of shape (n,), int
        Each item's group now, by whatever numbers.
    next_group : int, optional
        The first id that was never given; by default one above the largest of `before`.

    Returns
    -------
    PassedOn

    Examples
    --------
    >>> found = pass_on(np.array([5, 5, 5, 8]), np.array([0, 0, 1, 1]))
    >>> found.groups.tolist(), found.next_group
    ([5, 5, 8, 8], 9)
    """
    overlaps = _overlaps(before, after)
    first = max(int(before.max(initial=-1)) + 1, next_group or 0)
    given: dict[int, int] = {}
    taken: set[int] = set()
    for old, new, _ in sorted(overlaps.itertuples(index=False), key=lambda row: (-row[2], row[0], row[1])):
        if new not in given and old not in taken:
            given[new] = old
            taken.add(old)
    _, where = np.unique(after, return_index=True)
    for new in after[np.sort(where)].tolist():
        if new not in given:
            given[new] = first
            first += 1
    groups = np.array([given[new] for new in after.tolist()], np.int64)
    return PassedOn(groups, _events(before, groups), first)


def _overlaps(before: npt.NDArray[np.integer], after: npt.NDArray[np.integer]) -> pd.DataFrame:
    """Return how many items an old and a new group share."""
    table = pd.DataFrame({"old": before, "new": after})
    return table[table["old"] >= 0].groupby(["old", "new"]).size().rename("n").reset_index()


def _events(before: npt.NDArray[np.integer], groups: Integers) -> pd.DataFrame:
    """Return what became of groups whose items are not what they were."""
    shared = _overlaps(before, groups)
    rows: list[tuple[str, int, tuple[int, ...], int]] = []
    for event, of, others in ((MERGED, "new", "old"), (SPLIT, "old", "new")):
        several = shared[shared.duplicated(of, keep=False)]
        for group in np.unique(several[of]).tolist():
            part = several[several[of] == group]
            rows.append((event, group, tuple(part[others].tolist()), int(part["n"].sum())))
    now, were = set(groups.tolist()), set(before[before >= 0].tolist())
    rows += [(FOUNDED, group, (), int((groups == group).sum())) for group in sorted(now - were)]
    rows += [(GONE, group, (), int((before == group).sum())) for group in sorted(were - now)]
    return pd.DataFrame(rows, columns=["event", "group", "others", "n_items"])
