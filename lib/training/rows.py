"""Which rows of a catalogue a run trains on, and which it is measured on."""

import numpy as np
import pandas as pd

from lib.catalog import Catalog
from lib.errors import CatalogError
from lib.models.recipes import Settings
from lib.training.classes import OTHER, values_of


def training_rows(catalog: Catalog, settings: Settings, *, label: str, seed: int) -> pd.DataFrame:
    """Return the rows that are trained on: of the splits and as few as asked, labels evened out where asked.

    Parameters
    ----------
    catalog : Catalog
    settings : Settings
        ``splits``, ``limit``, ``largest`` and ``even``.
    label : str
    seed : int

    Returns
    -------
    DataFrame

    Raises
    ------
    CatalogError
        If there are fewer than two.
    """
    rows = catalog.frame[catalog.frame["split"].isin(settings.splits.split("+"))]
    if settings.even:
        rows = _evened(rows, label, settings.largest, seed)
    if settings.limit and len(rows) > settings.limit:
        rows = rows.sample(settings.limit, random_state=seed).sort_index()
    if len(rows) < 2:
        raise CatalogError(
            f"{catalog.name!r} has {len(rows)} training picture{'s' * (len(rows) != 1)}: too few to train on.",
            hint="Import more pictures.",
        )
    return rows


def measured_rows(catalog: Catalog, settings: Settings, split: str, *, at_most: int | None = None) -> pd.DataFrame:
    """Return the rows of a split that a run is measured on: all, or the same sample in every run; none that it learns.

    Parameters
    ----------
    catalog : Catalog
    settings : Settings
        ``splits``.
    split : {"val", "test"}
    at_most : int, optional

    Returns
    -------
    DataFrame
    """
    rows = catalog.frame[(catalog.frame["split"] == split) & (split not in settings.splits.split("+"))]
    return rows if at_most is None or len(rows) <= at_most else rows.sample(at_most, random_state=0).sort_index()


def _evened(rows: pd.DataFrame, label: str, largest: int, seed: int) -> pd.DataFrame:
    """Return as many rows of each label as the smallest has, the smaller labels counted as one where asked."""
    values = values_of(rows, label)
    if largest:
        kept = values.value_counts().index[:largest]
        values = values.where(values.isna() | values.isin(kept), OTHER)
    n = int(values.value_counts().min()) if values.notna().any() else 0
    rng = np.random.default_rng(seed)
    chosen = [rng.choice(places, n, replace=False) for places in values.groupby(values).groups.values()]
    return rows.loc[np.sort(np.concatenate(chosen))] if chosen else rows.iloc[:0]
