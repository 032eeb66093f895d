"""Groups against labels: labels that groups put together, labels that fall apart, and pictures that lie wrong."""

import numpy as np
import pandas as pd

#: A label's share of a group, or a group's of a label, from which on it counts as a part of it.
PART = 0.2
#: Fewer pictures of both are chance.
_FEWEST = 2


def group_table(groups: pd.DataFrame) -> pd.DataFrame:
    """Return each group with what it holds, the largest first.

    Parameters
    ----------
    groups : DataFrame
        As of ``Clustering.groups``.

    Returns
    -------
    DataFrame
        ``group``, ``n`` (pictures), ``label`` (the commonest; missing where none has one), ``n_label`` (pictures that
        have it), ``n_labels`` (labels in it) and ``purity``.
    """
    sizes = groups.groupby("group").size().rename("n").reset_index()
    known = groups[groups["label"].notna()]
    counts = known.groupby(["group", "label"]).size().rename("n_label").reset_index()
    counts = counts.sort_values(["group", "n_label", "label"], ascending=[True, False, True])
    first = counts.drop_duplicates("group").set_index("group")
    n_labels, n_known = counts.groupby("group").size(), known.groupby("group").size()
    table = sizes.assign(
        label=sizes["group"].map(first["label"]),
        n_label=sizes["group"].map(first["n_label"]).fillna(0).astype(np.int64),
        n_labels=sizes["group"].map(n_labels).fillna(0).astype(np.int64),
    )
    table["purity"] = table["n_label"] / table["group"].map(n_known)
    return table.sort_values(["n", "group"], ascending=[False, True]).reset_index(drop=True)


def merged_labels(groups: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of labels that groups put together: "these two look the same".

    Parameters
    ----------
    groups : DataFrame
        As of ``Clustering.groups``.

    Returns
    -------
    DataFrame
        ``label``, ``other``, ``n_together`` (pictures of both in groups of which each has at least a fifth), ``share``
        (of the pictures of the rarer label) and ``group``, the one with most of them; most together first.
    """
    counts = _counts(groups)
    of_group = counts.groupby("group")["n"].transform("sum")
    parts = counts[(counts["n"] >= _FEWEST) & (counts["n"] >= PART * of_group)]
    pairs = parts.merge(parts, on="group", suffixes=("", "_other"))
    pairs = pairs[pairs["label"] < pairs["label_other"]]
    pairs = pairs.assign(n_together=pairs[["n", "n_other"]].sum(axis=1), rarer=pairs[["n", "n_other"]].min(axis=1))
    pairs = pairs.sort_values("n_together", ascending=False)
    table = pairs.groupby(["label", "label_other"], as_index=False).agg(
        n_together=("n_together", "sum"), rarer=("rarer", "sum"), group=("group", "first")
    )
    totals = groups["label"].value_counts()
    rarer = np.minimum(table["label"].map(totals), table["label_other"].map(totals))
    table = table.assign(share=table["rarer"] / rarer).rename(columns={"label_other": "other"})
    table = table.sort_values(["n_together", "label"], ascending=[False, True])
    return table[["label", "other", "n_together", "share", "group"]].reset_index(drop=True)


def split_labels(groups: pd.DataFrame) -> pd.DataFrame:
    """Return labels whose pictures lie in several groups: "this label holds two kinds".

    Parameters
    ----------
    groups : DataFrame
        As of ``Clustering.groups``.

    Returns
    -------
    DataFrame
        ``label``, ``n`` (pictures), ``n_parts`` (groups that hold at least a fifth of them) and ``groups`` (tuple of
        those, the largest first); most parts first.
    """
    counts = _counts(groups)
    of_label = counts.groupby("label")["n"].transform("sum")
    parts = counts[(counts["n"] >= _FEWEST) & (counts["n"] >= PART * of_label)]
    parts = parts.sort_values(["label", "n", "group"], ascending=[True, False, True])
    table = parts.groupby("label").agg(n_parts=("group", "size"), groups=("group", tuple)).reset_index()
    table.insert(1, "n", table["label"].map(groups["label"].value_counts()))
    table = table[table["n_parts"] > 1]
    return table.sort_values(["n_parts", "n", "label"], ascending=[False, False, True]).reset_index(drop=True)


def misplaced(groups: pd.DataFrame) -> pd.DataFrame:
    """Return pictures that lie in a group of another label, the most surprising first.

    Parameters
    ----------
    groups : DataFrame
        As of ``Clustering.groups``.

    Returns
    -------
    DataFrame
        ``product_id``, ``label``, ``group``, ``group_label`` (the group's commonest), ``n_group``, ``purity`` (of the
        group) and ``home``, the group with most pictures of the label; purest and largest groups first.
    """
    about = group_table(groups).set_index("group")
    home = _counts(groups).sort_values(["label", "n", "group"], ascending=[True, False, True])
    home_of = home.drop_duplicates("label").set_index("label")["group"]
    known = groups[groups["label"].notna()]
    of_group = known["group"].map(about["label"])
    wrong = known[known["label"] != of_group]
    table = pd.DataFrame(
        {
            "product_id": wrong["product_id"],
            "label": wrong["label"],
            "group": wrong["group"],
            "group_label": wrong["group"].map(about["label"]),
            "n_group": wrong["group"].map(about["n"]),
            "purity": wrong["group"].map(about["purity"]),
            "home": wrong["label"].map(home_of),
        }
    )
    order = ["purity", "n_group", "product_id"]
    return table.sort_values(order, ascending=[False, False, True]).reset_index(drop=True)


def _counts(groups: pd.DataFrame) -> pd.DataFrame:
    """Return how many pictures of each label each group has."""
    known = groups[groups["label"].notna()]
    return known.groupby(["group", "label"]).size().rename("n").reset_index()
