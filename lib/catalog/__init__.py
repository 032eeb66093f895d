"""Catalogues: reading a shop's table and pictures into one internal table."""

from lib.catalog.table import Catalog, load_catalog

__all__ = ["Catalog", "load_catalog"]
