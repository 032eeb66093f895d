"""The fashion catalogue from Kaggle: ``styles.csv`` and ``images/<id>.jpg``, in its zip or unpacked."""

import posixpath
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from lib.catalog.archive import open_tree
from lib.catalog.delimited import Table, missing_column, read_table, whole_numbers
from lib.catalog.sources.joining import Skips, common_stems, is_picture, settle_rows, shallowest, skip_unlisted
from lib.catalog.sources.listing import Listing, Request, Source, identify_path
from lib.errors import CatalogError

HANDLE = "paramaggarwal/fashion-product-images-small"
ATTRIBUTES = ("gender", "masterCategory", "subCategory", "articleType", "baseColour", "season", "year", "usage")
_TABLE = "styles.csv"
_TITLE = "productDisplayName"


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
    folder = shallowest(names, _TABLE, source="fashion-small")
    table_name = posixpath.join(folder, _TABLE)
    table = read_table(tree.read(table_name), name=table_name, unquoted=_TITLE)
    for column in ("id", *ATTRIBUTES):
        if column not in table.frame:
            raise missing_column(table_name, column, table.frame.columns)
    images = posixpath.join(folder, "images")
    pictures = [name for name in names if posixpath.dirname(name) == images and is_picture(name)]
    skips = Skips()
    rows = _rows(table, pictures, skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=tree,
        label="articleType",
        hierarchy=("masterCategory", "subCategory", "articleType"),
        title="Fashion product images",
        credits=f"Kaggle {HANDLE} (Param Aggarwal), MIT licence",
        n_mended=table.n_mended,
    )


def _rows(table: Table, pictures: Iterable[str], skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures."""
    frame = table.frame
    for number, detail in table.malformed:
        skips.add(number, reason="row malformed", detail=detail)
    located = common_stems(pictures)
    core = pd.DataFrame(
        {
            "product_id": frame["id"],
            "group_id": frame["id"],
            "image": frame["id"].map(located).astype("str"),
            "title": frame[_TITLE].fillna("Product " + frame["id"]),
            "wanted": "images/" + frame["id"] + ".jpg",
        }
    )
    attributes = frame[list(ATTRIBUTES)].assign(year=whole_numbers(frame["year"]))
    skip_unlisted(located.values(), core["image"].dropna(), skips)
    return settle_rows(pd.concat([core, attributes], axis=1), skips)


def fetch() -> Path:
    """Download the data set through kagglehub, which keeps it for the next time.

    Returns
    -------
    Path

    Raises
    ------
    CatalogError
        If Kaggle cannot be reached or refuses.
    """
    import kagglehub
    from kagglehub import exceptions

    refused = (exceptions.BackendError, exceptions.CredentialError, exceptions.DataCorruptionError)
    unknown = (exceptions.KaggleEnvironmentError, exceptions.NotFoundError, exceptions.UnauthenticatedError)
    try:
        return Path(kagglehub.dataset_download(HANDLE))
    except (OSError, ValueError, RuntimeError, *refused, *unknown) as error:
        reason = " ".join(str(error).split())[:120]
        raise CatalogError(
            f"{HANDLE} could not be downloaded from Kaggle ({reason}).",
            hint="Without a network, put its zip somewhere and give it with --path.",
        ) from error


SOURCE = Source(read=read, identify=identify_path, takes=frozenset({"path", "download"}), fetch=fetch)
