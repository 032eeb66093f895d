"""Amazon women's apparel: ``apparel.csv`` and ``images/<asin>.jpeg``."""

import posixpath
from pathlib import Path

import pandas as pd

from lib.catalog.archive import open_tree
from lib.catalog.delimited import Table, missing_column, money, read_table
from lib.catalog.sources.joining import Skips, common_stems, is_picture, settle_rows, shallowest, skip_unlisted
from lib.catalog.sources.listing import Listing, Request, Source, identify_path

ATTRIBUTES = ("asin", "brand", "color", "product_type_name", "formatted_price")
_TABLE = "apparel.csv"


def read(request: Request, workspace: Path) -> Listing:
    """List the catalogue.

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
    folder = shallowest(names, _TABLE, source="amazon-apparel")
    table_name = posixpath.join(folder, _TABLE)
    table = read_table(tree.read(table_name), name=table_name)
    for column in (*ATTRIBUTES, "title"):
        if column not in table.frame:
            raise missing_column(table_name, column, table.frame.columns)
    images = posixpath.join(folder, "images")
    located = common_stems(name for name in names if posixpath.dirname(name) == images and is_picture(name))
    skips = Skips()
    rows = _rows(table, located, skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=tree,
        label="product_type_name",
        title="Amazon women's apparel",
        credits="Pictures and texts from Amazon's Product Advertising API; for testing only",
    )


def _rows(table: Table, located: dict[str, str], skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures; the price becomes a number."""
    frame = table.frame
    for number, detail in table.malformed:
        skips.add(number, reason="row malformed", detail=detail)
    core = pd.DataFrame(
        {
            "product_id": frame["asin"],
            "group_id": frame["asin"],
            "image": frame["asin"].map(located).astype("str"),
            "title": frame["title"].fillna("Product " + frame["asin"]),
            "wanted": "images/" + frame["asin"] + ".jpeg",
        }
    )
    attributes = frame[list(ATTRIBUTES)].assign(price=money(frame["formatted_price"]))
    skip_unlisted(located.values(), core["image"].dropna(), skips)
    return settle_rows(pd.concat([core, attributes], axis=1), skips)


SOURCE = Source(read=read, identify=identify_path)
