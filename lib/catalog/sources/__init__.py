"""One module a source: each turns a data set as it comes into one listing."""

from lib.catalog.sources import fashion_small
from lib.catalog.sources.listing import Listing, Request, Source

SOURCES: dict[str, Source] = {
    "fashion-small": fashion_small.SOURCE,
}

__all__ = ["SOURCES", "Listing", "Request", "Source"]
