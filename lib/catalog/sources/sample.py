"""The made-up sample catalogue: drawn into the catalogue's own folder."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from lib.catalog.pictures import FolderPictures
from lib.catalog.sources.joining import Skips
from lib.catalog.sources.listing import REQUIRED, Listing, Request, Source

_IMAGES = "images"
#: Written when every picture is drawn; hidden, so that it does not become part of the catalogue.
_DRAWN = ".drawn"
_NUMBERS = {"year": "Int64", "price": "float64"}


def read(request: Request, workspace: Path) -> Listing:
    """Draw the pictures, unless a killed import has drawn them all, and list them.

    Parameters
    ----------
    request : Request
        Its seed decides everything.
    workspace : Path
        Gets a folder ``images``.

    Returns
    -------
    Listing
    """
    from lib.catalog.sample import draw_sample, plan_sample

    if (workspace / _DRAWN).is_file():
        rows = plan_sample(seed=request.seed)
    else:
        shutil.rmtree(workspace / _IMAGES, ignore_errors=True)
        rows = draw_sample(workspace / _IMAGES, seed=request.seed, limit=request.limit, report=request.report)
        (workspace / _DRAWN).touch()
    return Listing(
        rows=_typed(rows),
        skipped=Skips().frame(),
        pictures=FolderPictures(workspace / _IMAGES, inside=True),
        label="articleType",
        hierarchy=("masterCategory", "subCategory", "articleType"),
        title="Sample catalogue (made up)",
        credits="Made up: drawn by this program. No product, brand or price in it exists.",
        synthetic=True,
    )


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Give every column its type; empty text is missing."""
    typed = rows.reset_index(drop=True).astype({str(column): _NUMBERS.get(str(column), "str") for column in rows})
    texts = [str(column) for column in rows if column not in _NUMBERS and column not in REQUIRED]
    return typed.assign(**{column: typed[column].mask(typed[column] == "") for column in texts})


def identify(request: Request) -> dict[str, Any]:
    """Return what determines the pictures: the seed, and the program that draws them.

    Parameters
    ----------
    request : Request

    Returns
    -------
    dict
    """
    digest = hashlib.sha256()
    for module in sorted((Path(__file__).parent.parent / "sample").glob("*.py")):
        digest.update(module.read_bytes())
    return {"seed": request.seed, "drawing_sha256": digest.hexdigest()}


SOURCE = Source(read=read, identify=identify, takes=frozenset())
