"""Which labels a run learns, and the codes of every picture's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.catalog import Catalog
from lib.errors import CatalogError
from lib.models.recipes import Recipe, Settings
from lib.models.recipes.recipe import ATTRIBUTES, CROSS_ENTROPY, FINER, LABEL, PROXY
from lib.training.pictures import UNKNOWN

OTHER = "OTHER"
#: What joins the columns of a finer label.
JOIN = "+"


@dataclass(frozen=True)
class Classes:
    """The labels of each head and of each finer contrast, in the order of their codes.

    Parameters
    ----------
    label : str
        The catalogue's column behind the head ``LABEL``; attributes' heads are called as their columns.
    names : dict of str to tuple of str
        Head -> its labels; a code is a place among them.
    heads : tuple of str
        Those that are classified; the others only say which pictures belong together.
    joined : bool, default=False
        Whether the label's last one, ``OTHER``, stands for all that are not among the largest.
    """

    label: str
    names: Mapping[str, tuple[str, ...]]
    heads: tuple[str, ...]
    joined: bool = False

    def codes(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the codes of some rows of a catalogue.

        Parameters
        ----------
        frame : DataFrame
            With ``product_id``.

        Returns
        -------
        DataFrame of int32
            Indexed by product id, a column a head; -1 where the label is not known or not learnt.
        """
        found = {
            name: _coded(
                values_of(frame, self.label if name == LABEL else name), labels, joined=self.joined and name == LABEL
            )
            for name, labels in self.names.items()
        }
        return pd.DataFrame(found, index=frame["product_id"].astype(str).to_numpy())


def find_classes(catalog: Catalog, train: pd.DataFrame, recipe: Recipe, settings: Settings, *, label: str) -> Classes:
    """Return the classes that the training pictures have.

    Parameters
    ----------
    catalog : Catalog
    train : DataFrame
        The rows that are trained on.
    recipe : Recipe
    settings : Settings
    label : str
        The column whose labels make pictures relevant to each other.

    Returns
    -------
    Classes

    Raises
    ------
    CatalogError
        If a column is missing, or a recipe that needs labels finds less than two.
    """
    attributes = settings.columns("attributes") if ATTRIBUTES in recipe.terms else ()
    for column in (label, *attributes):
        if JOIN in column:
            raise CatalogError(
                f"Expected a label or attribute to be one column. Received: {column!r:.60}",
                hint="Columns are joined in finer alone: --set finer=articleType+baseColour",
            )
    asked = {LABEL: label}
    asked |= {column: column for column in attributes if column != label}
    if FINER in recipe.terms:
        asked |= {columns: columns for columns in settings.columns("finer")}
    for columns in asked.values():
        for column in columns.split(JOIN):
            catalog.column(column)
    names = {name: tuple(sorted(values_of(train, column).dropna().unique())) for name, column in asked.items()}
    joined = 0 < settings.largest < len(names[LABEL])
    if joined:
        largest = values_of(train, label).value_counts().index[: settings.largest]
        names[LABEL] = (*sorted(set(map(str, largest)) - {OTHER}), OTHER)
    if recipe.needs_label and len(names[LABEL]) < 2:
        there_is = f"only one, {names[LABEL][0]!r}" if names[LABEL] else "none"
        raise CatalogError(
            f"{recipe.title} needs at least two labels in {label!r}; the training pictures have {there_is}.",
            hint="Choose another column with --label, or a recipe without labels: --recipe simclr.",
        )
    classified = (LABEL,) if {CROSS_ENTROPY, PROXY} & set(recipe.terms) else ()
    attributes = tuple(column for column in attributes if column != label and names[column])
    return Classes(label=label, names=names, heads=(*classified, *attributes), joined=joined)


def values_of(frame: pd.DataFrame, columns: str) -> pd.Series:
    """Return the labels of a column, or of several joined by ``+``; missing where one of them is.

    Parameters
    ----------
    frame : DataFrame
    columns : str

    Returns
    -------
    Series of str or missing
    """
    parts = [frame[column].astype(object) for column in columns.split(JOIN)]
    known = pd.concat(parts, axis=1).notna().all(axis=1)
    joined = parts[0].astype(str)
    for part in parts[1:]:
        joined = joined + JOIN + part.astype(str)
    return joined.where(known, None)


def as_learnt(values: pd.Series, labels: Sequence[str], *, joined: bool) -> pd.Series:
    """Return labels as a head calls them.

    Parameters
    ----------
    values : Series of str
    labels : sequence of str
        The head's.
    joined : bool
        Whether ``OTHER`` stands for all that are not among them.

    Returns
    -------
    Series of str or missing
        Missing where the head cannot name it.
    """
    codes = _coded(values, labels, joined=joined)
    return pd.Series([labels[code] if code != UNKNOWN else None for code in codes], index=values.index, dtype=object)


def _coded(values: pd.Series, labels: Sequence[str], *, joined: bool) -> npt.NDArray[np.int32]:
    """Return the place of each value among the labels."""
    codes = pd.Index(list(labels), dtype=object).get_indexer(pd.Index(values, dtype=object)).astype(np.int32)
    if joined:
        codes[(codes == UNKNOWN) & values.notna().to_numpy()] = labels.index(OTHER)
    return codes
