"""The fashion catalogue from Kaggle: ``styles.csv`` and ``images/<id>.jpg``, in its zip or unpacked."""

from pathlib import Path

import pandas as pd

from lib.catalog.delimited import whole_numbers
from lib.catalog.sources.joining import Skips, common_stems, settle_rows, skip_unlisted
from lib.catalog.sources.listing import Listing, Request, Source, identify_path
from lib.catalog.sources.shipped import open_shipped
from lib.errors import CatalogError

HANDLE = "paramaggarwal/fashion-product-images-small"
ATTRIBUTES = ("gender", "masterCategory", "subCategory", "articleType", "baseColour", "season", "year", "usage")
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
    shipped = open_shipped(request, "styles.csv", columns=("id", *ATTRIBUTES, _TITLE), unquoted=_TITLE)
    skips = shipped.skips()
    rows = _rows(shipped.table.frame, common_stems(shipped.pictures), skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=shipped.tree,
        label="articleType",
        hierarchy=("masterCategory", "subCategory", "articleType"),
        title="Fashion product images",
        credits=f"Kaggle {HANDLE} (Param Aggarwal), MIT licence",
        n_mended=shipped.table.n_mended,
    )


def _rows(frame: pd.DataFrame, located: dict[str, str], skips: Skips) -> pd.DataFrame:
    """Join the table to the pictures."""
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
