"""Amazon women's apparel: ``apparel.csv`` and ``images/<asin>.jpeg``."""

from pathlib import Path

import pandas as pd

from lib.catalog.delimited import money
from lib.catalog.sources.joining import Skips, common_stems, settle_rows, skip_unlisted
from lib.catalog.sources.listing import Listing, Request, Source, identify_path
from lib.catalog.sources.shipped import open_shipped

ATTRIBUTES = ("asin", "brand", "color", "product_type_name", "formatted_price")


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
    shipped = open_shipped(request, "apparel.csv", columns=(*ATTRIBUTES, "title"))
    skips = shipped.skips()
    rows = _rows(shipped.table.frame, common_stems(shipped.pictures), skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=shipped.tree,
        label="product_type_name",
        title="Amazon women's apparel",
        credits="Pictures and texts from Amazon's Product Advertising API; for testing only",
    )


def _rows(frame: pd.DataFrame, located: dict[str, str], skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures; the price becomes a number."""
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
