"""A catalogue: one row a picture, typed attributes, and where the pictures themselves are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from lib.artifacts import MANIFEST, Store, read_manifest, verify
from lib.catalog.pictures import PictureStore, open_pictures
from lib.catalog.swap import settle
from lib.catalog.thumbnails import Thumbnails
from lib.errors import CatalogError, InvalidArtifact, MissingArtifact
from lib.schema import CATALOG_KIND, SPLITS, Manifest

#: Columns every catalogue has, in this order; whatever follows is an attribute.
CORE_COLUMNS = ("product_id", "group_id", "image", "title", "split")
#: Columns of ``pictures.parquet``: what was measured on each picture at import.
PICTURE_COLUMNS = (
    "product_id",
    "width",
    "height",
    "mode",
    "file_bytes",
    "file_sha256",
    "pixels_sha256",
    "brightness",
    "sharpness",
)
#: Columns of ``skipped.parquet``: every row or picture that was left out, with its reason.
SKIPPED_COLUMNS = ("row", "product_id", "image", "reason", "detail")
_TABLES = ("catalog.parquet", "pictures.parquet", "skipped.parquet")


@dataclass(frozen=True, eq=False)
class Catalog:
    """An imported catalogue, as pages and the other layers read it.

    Parameters
    ----------
    folder : Path
        ``artifacts/<name>``.
    frame : DataFrame
        ``CORE_COLUMNS`` and typed attributes, one row a picture, ``product_id`` unique strings.
    pictures : DataFrame
        ``PICTURE_COLUMNS``, one row a picture, the same product ids.
    skipped : DataFrame
        ``SKIPPED_COLUMNS``.
    manifest : Manifest
        ``details`` holds ``label`` (default label column), ``hierarchy`` (columns, coarse to fine), ``title``,
        ``source``, ``credits`` and ``pictures_sha256``.

    Raises
    ------
    InvalidArtifact
        If the tables do not keep to that.
    """

    folder: Path
    frame: pd.DataFrame
    pictures: pd.DataFrame
    skipped: pd.DataFrame
    manifest: Manifest

    def __post_init__(self) -> None:
        missing = [name for name in CORE_COLUMNS if name not in self.frame]
        missing += [name for name in PICTURE_COLUMNS if name not in self.pictures]
        missing += [name for name in SKIPPED_COLUMNS if name not in self.skipped]
        if missing:
            raise InvalidArtifact(f"{self.folder} lacks the columns {missing}.", hint=f"Run: {self.manifest.command}")
        unsaid = [name for name in ("label", "pictures_sha256") if name not in self.manifest.details]
        unsaid += [name for name in ("pictures",) if name not in self.manifest.parameters]
        if unsaid:
            raise InvalidArtifact(
                f"{self.folder / MANIFEST} does not say {unsaid}.", hint=f"Run: {self.manifest.command}"
            )
        if not self.frame["product_id"].is_unique or not set(self.frame["split"].unique()) <= set(SPLITS):
            raise InvalidArtifact(
                f"{self.folder}: product ids are not unique, or a split is unknown.",
                hint=f"Run: {self.manifest.command}",
            )

    @property
    def name(self) -> str:
        """The catalogue's name."""
        return self.manifest.id

    @property
    def label(self) -> str:
        """The default label column."""
        return str(self.manifest.details["label"])

    @property
    def hierarchy(self) -> tuple[str, ...]:
        """Label columns from coarse to fine, empty where the catalogue has none."""
        return tuple(self.manifest.details.get("hierarchy", ()))

    @property
    def synthetic(self) -> bool:
        """Whether the pictures are made up."""
        return self.manifest.synthetic

    @property
    def pictures_sha256(self) -> str:
        """Digest of every product id and the bytes of its picture: what an embedding depends on."""
        return str(self.manifest.details["pictures_sha256"])

    @property
    def attributes(self) -> list[str]:
        """Names of the attribute columns, in the source's order."""
        return [str(name) for name in self.frame.columns if name not in CORE_COLUMNS]

    @cached_property
    def ids(self) -> np.ndarray:
        """Product ids in row order, ndarray of str."""
        return self.frame["product_id"].to_numpy(dtype=object).astype(str)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Product id -> row number of ``frame``."""
        return {product_id: row for row, product_id in enumerate(self.ids)}

    @cached_property
    def digests(self) -> list[str]:
        """SHA-256 of each picture's pixels, in the order of ``frame``; empty where there was none to measure."""
        digests = self.pictures.set_index("product_id")["pixels_sha256"].reindex(self.ids)
        return [digest if isinstance(digest, str) else "" for digest in digests]

    @cached_property
    def thumbnails(self) -> Thumbnails:
        """Thumbnails by product id."""
        return Thumbnails(self.folder / "thumbnails")

    @cached_property
    def originals(self) -> PictureStore:
        """The pictures as the source has them; opened when first asked for.

        Raises
        ------
        CatalogError
            If the source is no longer where it was at import.
        """
        return open_pictures(self.manifest.parameters["pictures"], folder=self.folder, command=self.manifest.command)

    def column(self, name: str) -> pd.Series:
        """Return one column of ``frame``.

        Parameters
        ----------
        name : str

        Returns
        -------
        Series

        Raises
        ------
        CatalogError
            Naming the columns there are.
        """
        if name not in self.frame:
            raise CatalogError(
                f"{self.name!r} has no column {name!r}.", hint=f"It has: {', '.join(map(str, self.frame))}."
            )
        return self.frame[name]

    def row(self, product_id: str) -> pd.Series:
        """Return the row of a product.

        Parameters
        ----------
        product_id : str

        Returns
        -------
        Series

        Raises
        ------
        CatalogError
            If there is no such product.
        """
        row = self.row_of.get(product_id)
        if row is None:
            raise CatalogError(
                f"{self.name!r} has no product {product_id!r}.",
                hint="It may have been left out at import; the Dataset page lists those with their reasons.",
            )
        return self.frame.iloc[row]

    def read_picture(self, product_id: str) -> bytes:
        """Return the bytes of a product's picture file, as the source has it.

        Parameters
        ----------
        product_id : str

        Returns
        -------
        bytes
        """
        return self.originals.read(str(self.row(product_id)["image"]))


def load_catalog(store: Store, name: str) -> Catalog:
    """Read a catalogue back and check it against its manifest.

    Parameters
    ----------
    store : Store
    name : str

    Returns
    -------
    Catalog

    Raises
    ------
    MissingArtifact
        If it was never imported.
    InvalidArtifact
        If a file is damaged.
    """
    folder = store.catalog_folder(name)
    mend = f"python -m lib import SOURCE --name {name}"
    if not folder.is_dir():
        known = ", ".join(store.catalog_names()) or "none yet"
        raise MissingArtifact(f"There is no catalogue {name!r}.", hint=f"There are: {known}. Make it with: {mend}")
    settle(folder)
    manifest = read_manifest(folder, mend=mend)
    if manifest.kind != CATALOG_KIND:
        raise InvalidArtifact(f"{folder} holds a {manifest.kind}, not a catalogue.", hint=f"Run: {mend}")
    frame, pictures, skipped = (_read(folder, manifest, file) for file in _TABLES)
    return Catalog(folder=folder, frame=frame, pictures=pictures, skipped=skipped, manifest=manifest)


def _read(folder: Path, manifest: Manifest, file: str) -> pd.DataFrame:
    """Read one table, if it is the one that the manifest was written for."""
    verify(folder, manifest, only=file)
    try:
        return pd.read_parquet(folder / file)
    except (OSError, ValueError) as error:
        raise InvalidArtifact(f"{folder / file} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
