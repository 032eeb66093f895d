"""The Luma web shop: ``products.csv`` with several views and colours of each product, and its pictures."""

import posixpath
from pathlib import Path

import pandas as pd

from lib.catalog.sources.joining import Skips, settle_rows, skip_unlisted, unique_stems
from lib.catalog.sources.listing import Listing, Request, Source, identify_path
from lib.catalog.sources.shipped import Shipped, open_shipped

ATTRIBUTES = ("label", "view", "colour")


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
    shipped = open_shipped(request, "products.csv", columns=("image", "title", *ATTRIBUTES))
    skips = shipped.skips()
    rows = _rows(shipped, skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=shipped.tree,
        label="label",
        title="Luma web shop",
        credits="Magento 2 sample data (Adobe), OSL-3.0 / AFL-3.0",
    )


def _rows(shipped: Shipped, skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures; the file's name is the picture's id, the SKU its product's."""
    frame = shipped.table.frame
    known = set(shipped.pictures)
    located = frame["image"].map(lambda name: posixpath.join(shipped.folder, name), na_action="ignore")
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
    skip_unlisted(shipped.pictures, core["image"].dropna(), skips)
    return settle_rows(pd.concat([core, frame[list(ATTRIBUTES)]], axis=1), skips)


SOURCE = Source(read=read, identify=identify_path)
