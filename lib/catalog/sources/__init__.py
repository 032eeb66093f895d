"""One module a source: each turns a data set as it comes into one listing."""

from lib.catalog.sources import (
    amazon_apparel,
    csv_table,
    fashion_mnist,
    fashion_small,
    folder,
    grocery,
    luma,
    sample,
)
from lib.catalog.sources.listing import Listing, Request, Source

SOURCES: dict[str, Source] = {
    "sample": sample.SOURCE,
    "fashion-small": fashion_small.SOURCE,
    "fashion-mnist": fashion_mnist.SOURCE,
    "amazon-apparel": amazon_apparel.SOURCE,
    "grocery": grocery.SOURCE,
    "luma": luma.SOURCE,
    "folder": folder.SOURCE,
    "csv": csv_table.SOURCE,
}

__all__ = ["SOURCES", "Listing", "Request", "Source"]
