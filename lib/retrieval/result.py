"""What a search answers: a ranked table with scores, distances and attributes, and what took how long."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lib.spreadsheet import safe_cell, to_csv

#: First columns of a result's table, in this order; ``title`` and the catalogue's attributes follow.
RESULT_COLUMNS = ("rank", "product_id", "score", "distance", "group_id", "n_pictures")


@dataclass(frozen=True, eq=False)
class SearchResult:
    """The nearest pictures or products, nearest first.

    Parameters
    ----------
    model : str
        Id of the embedding.
    metric : str
        A key of ``DISTANCE_METRICS``.
    per : str
        ``"product"`` or ``"picture"``: what one row is.
    table : DataFrame
        ``RESULT_COLUMNS``, ``title`` and the attributes. ``score`` is the cosine similarity, or minus the distance.
        ``n_pictures`` counts the pictures of that product that are no farther than the last row of the table. An
        attribute named like one of the first columns is called ``catalog_<name>``.
    took_ms : dict of str to float
        Milliseconds of ``filter``, ``search``, ``table`` and ``total``; ``embed`` where the caller adds it.
    n_gallery, n_allowed : int
        Pictures there are, and those that the filters let through (the query itself not counted).
    threshold : float or None
        The largest distance that was asked for.
    nearest_distance : float
        Distance of the nearest allowed picture, whether or not it is within the threshold.
    notes : tuple of str
        What a person should know: fewer results than asked for, a filter that was not applied.

    Raises
    ------
    ValueError
        If ranks, distances or ids do not keep to that.
    """

    model: str
    metric: str
    per: str
    table: pd.DataFrame
    took_ms: Mapping[str, float]
    n_gallery: int
    n_allowed: int
    threshold: float | None
    nearest_distance: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = [name for name in RESULT_COLUMNS if name not in self.table]
        if missing:
            raise ValueError(f"Expected the columns {RESULT_COLUMNS}. Received: a table without {missing}")
        distances = self.table["distance"].to_numpy()
        if not np.isfinite(distances).all() or (np.diff(distances) < 0).any():
            raise ValueError(f"Expected finite, ascending distances. Received: {distances}")
        if self.table["rank"].tolist() != list(range(1, len(self.table) + 1)):
            raise ValueError(f"Expected ranks 1..{len(self.table)}. Received: {self.table['rank'].tolist()}")
        if not self.table["product_id"].is_unique:
            raise ValueError("Expected each product id once. Received: a table with repeated ids")

    @property
    def nothing_similar(self) -> bool:
        """Whether no picture is within the threshold."""
        return not len(self.table)

    @property
    def ids(self) -> list[str]:
        """Product ids of the results, nearest first."""
        return [str(product_id) for product_id in self.table["product_id"]]

    def with_embed_time(self, milliseconds: float) -> "SearchResult":
        """Return the same result with the time it took to embed the query, added to the total.

        Parameters
        ----------
        milliseconds : float

        Returns
        -------
        SearchResult
        """
        total = self.took_ms["total"] + milliseconds
        return dataclasses.replace(self, took_ms={"embed": milliseconds, **self.took_ms, "total": total})

    def to_json_rows(self) -> list[dict[str, Any]]:
        """Return the table as plain Python values, a missing one as None.

        Returns
        -------
        list of dict
        """
        records = self.table.astype(object).to_dict("records")
        return [{str(name): _plain(value) for name, value in record.items()} for record in records]

    def to_csv(self) -> bytes:
        """Return the table as a CSV file in UTF-8 in which no text cell can act as a formula.

        Returns
        -------
        bytes
        """
        return to_csv(self.table.rename(columns=lambda name: safe_cell(str(name))))


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if pd.isna(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, (bool, int, float, str)) else str(value)
