"""The Luma web shop: ``products.csv`` with several views and colours of each product, and its pictures."""

import posixpath
from pathlib import Path

import pandas as pd

from lib.catalog.archive import open_tree
from lib.catalog.delimited import Table, missing_column, read_table
from lib.catalog.sources.joining import Skips, is_picture, settle_rows, shallowest, skip_unlisted, unique_stems
from lib.catalog.sources.listing import Listing, Request, Source, identify_path

ATTRIBUTES = ("label", "view", "colour")
_TABLE = "products.csv"


def read(request: Request, workspace: Path) -> Listing:
    """List the catalogue; a product is an SKU, whatever the view and the colour.

    Parameters
    ----------
    request : Request
    workspace : Path
        Not used: the pictures are read in place.

    Returns
    -------
    Listing

    Raises
    ------
    CatalogError
        If it is not this data set.
    """
    tree = open_tree(request.root)
    names = tree.names()
    folder = shallowest(names, _TABLE, source="luma")
    table_name = posixpath.join(folder, _TABLE)
    table = read_table(tree.read(table_name), name=table_name)
    for column in ("image", "title", *ATTRIBUTES):
        if column not in table.frame:
            raise missing_column(table_name, column, table.frame.columns)
    images = posixpath.join(folder, "images")
    pictures = [name for name in names if posixpath.dirname(name) == images and is_picture(name)]
    skips = Skips()
    rows = _rows(table, folder, pictures, skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=tree,
        label="label",
        title="Luma web shop",
        credits="Magento 2 sample data (Adobe), OSL-3.0 / AFL-3.0",
    )


def _rows(table: Table, folder: str, pictures: list[str], skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures; the file's name is the picture's id, the SKU its product's."""
    frame = table.frame
    for number, detail in table.malformed:
        skips.add(number, reason="row malformed", detail=detail)
    known = set(pictures)
    located = frame["image"].map(lambda name: posixpath.join(folder, name), na_action="ignore")
    stems = unique_stems(frame["image"].dropna().str.removeprefix("images/")).reindex(frame.index)
    core = pd.DataFrame(
        {
            "product_id": stems,
            "group_id": frame["label"].fillna(stems),
            "image": located.where(located.isin(known)).astype("str"),
            "title": frame["title"].fillna("Product " + stems),
            "wanted": frame["image"],
        }
    )
    skip_unlisted(pictures, core["image"].dropna(), skips)
    return settle_rows(pd.concat([core, frame[list(ATTRIBUTES)]], axis=1), skips)


SOURCE = Source(read=read, identify=identify_path)
