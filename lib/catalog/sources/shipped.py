"""Data sets that are shipped as one table with a folder ``images`` beside it, in a zip or unpacked."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from lib.catalog.archive import open_tree
from lib.catalog.delimited import Table, missing_column, read_table
from lib.catalog.pictures import PictureStore
from lib.catalog.sources.joining import Skips, is_picture, shallowest, skip_left_out
from lib.catalog.sources.listing import Request


@dataclass(frozen=True, eq=False)
class Shipped:
    """A table and the pictures beside it.

    Parameters
    ----------
    tree : PictureStore
        All files.
    folder : str
        Where the table lies in it; empty for the top.
    table : Table
    pictures : list of str
        Locators of the files in ``images`` that are pictures by their name.
    """

    tree: PictureStore
    folder: str
    table: Table
    pictures: list[str]

    def skips(self) -> Skips:
        """Return what is left out so far: lines of the table that are no rows, and files that are not read.

        Returns
        -------
        Skips
        """
        skips = Skips()
        for number, detail in self.table.malformed:
            skips.add(number, reason="row malformed", detail=detail)
        skip_left_out(self.tree.left_out(), skips)
        return skips


def open_shipped(request: Request, file: str, *, columns: Iterable[str], unquoted: str = "") -> Shipped:
    """Open a data set by the name of its table.

    Parameters
    ----------
    request : Request
    file : str
        The table's name; the shallowest of that name counts.
    columns : iterable of str
        What it must have.
    unquoted : str, default=""
        The last column, where its commas are not quoted.

    Returns
    -------
    Shipped

    Raises
    ------
    CatalogError
        If there is no such table, or it lacks a column.
    """
    tree = open_tree(request.root)
    names = tree.names()
    folder = shallowest(names, file, source=request.source)
    name = posixpath.join(folder, file)
    table = read_table(tree.read(name), name=name, unquoted=unquoted)
    for column in columns:
        if column not in table.frame:
            raise missing_column(name, column, table.frame.columns)
    images = posixpath.join(folder, "images")
    pictures = [found for found in names if posixpath.dirname(found) == images and is_picture(found)]
    return Shipped(tree, folder, table, pictures)
