"""Importing: a source's rows and pictures become a catalogue, whole or not at all."""

import hashlib
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lib.artifacts import Store, read_manifest, verify
from lib.catalog.asking import checked
from lib.catalog.measuring import PROBLEM, Measured, measure_pictures
from lib.catalog.sources import SOURCES, Listing, Request, Source
from lib.catalog.sources.joining import skipped_frame
from lib.catalog.splits import assign_splits
from lib.catalog.swap import clear_drafts, replacement, settle
from lib.catalog.table import CORE_COLUMNS, PICTURE_COLUMNS, Catalog, load_catalog
from lib.catalog.thumbnails import write_thumbnails
from lib.errors import ArtifactError, CatalogError
from lib.progress import Report, silent
from lib.publish import disk_errors, exclusive, write_manifest
from lib.schema import CATALOG_KIND, SPLITS, Manifest, canonical_json
from lib.shards import Shards

#: Raised when an import of the same source would give other files than before.
_VERSION = 1
_PARTIAL = "import-"
#: What a source makes itself and leaves in its folder, such as the sample's pictures.
_MADE = "made"


@dataclass(frozen=True, eq=False)
class ImportResult:
    """An imported catalogue.

    Parameters
    ----------
    catalog : Catalog
    n_reused : int
        Pictures that were measured before: all of them where nothing had to be done.
    """

    catalog: Catalog
    n_reused: int


@dataclass(frozen=True)
class _Job:
    """One import: what is asked, what determines it, and where its pieces are kept."""

    store: Store
    name: str
    source: Source
    request: Request
    limit: int | None
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    command: str

    @property
    def folder(self) -> Path:
        """The catalogue's folder."""
        return self.store.catalog_folder(self.name)

    @property
    def partial(self) -> Path:
        """The folder of finished pieces, named after everything that determines them."""
        text = canonical_json([dict(self.inputs), dict(self.parameters)])
        return self.folder / ".partial" / f"{_PARTIAL}{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def import_catalog(
    store: Store,
    source: str,
    *,
    name: str,
    path: Path | None = None,
    download: bool = False,
    limit: int | None = None,
    id_column: str | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    group_column: str | None = None,
    command: str,
    seed: int = 0,
    report: Report = silent,
) -> ImportResult:
    """Import a source as a catalogue, going on where a killed import stopped; an unchanged one is kept as it is.

    Parameters
    ----------
    store : Store
    source : str
        A key of ``SOURCES``.
    name : str
        The catalogue's name. An older catalogue of that name is replaced; its results stay, and are stale.
    path : Path, optional
        The source's zip, folder or file.
    download : bool, default=False
        Fetch the data set instead.
    limit : int, optional
        Only the first rows, in the source's order.
    id_column, image_column, label_column, group_column : str, optional
        For ``csv``.
    command : str
        What the manifest records as the way to make it again.
    seed : int, default=0
        For the sample.
    report : Report, default=silent

    Returns
    -------
    ImportResult

    Raises
    ------
    CatalogError
        If an option is wrong, the source cannot be read as what it should be, or no picture is left.
    ArtifactError
        If the disk is full; finished pieces are kept.
    """
    named = {"id": id_column, "image": image_column, "label": label_column, "group": group_column}
    columns = {role: column for role, column in named.items() if column is not None}
    folder = store.catalog_folder(name)
    request = checked(Request(source, path, download, columns, seed, report, limit))
    job = _Job(
        store=store,
        name=name,
        source=SOURCES[source],
        request=request,
        limit=limit,
        inputs={"source": source, **SOURCES[source].identify(request)},
        parameters={"limit": limit, "columns": columns, "version": _VERSION},
        command=command,
    )
    with exclusive(folder, "import"):
        settle(folder)
        clear_drafts(folder)
        return _current(job) or _make(job)


def _current(job: _Job) -> ImportResult | None:
    """Return the catalogue that is there, if it is whole and was made from the same."""
    try:
        manifest = read_manifest(job.folder)
        asked = dict(manifest.parameters)
        asked.pop("pictures", None)
        if dict(manifest.inputs) != dict(job.inputs) or asked != dict(job.parameters):
            return None
        verify(job.folder, manifest)
        catalog = load_catalog(job.store, job.name)
    except ArtifactError:
        return None
    job.request.report(manifest.n, manifest.n, manifest.n)
    return ImportResult(catalog, n_reused=manifest.n)


def _make(job: _Job) -> ImportResult:
    """List, measure, publish."""
    started = time.monotonic()
    with disk_errors(job.folder):
        (job.partial / _MADE).mkdir(parents=True, exist_ok=True)
        listing = job.source.read(job.request, job.partial / _MADE).first(job.limit)
    listed = time.monotonic()
    if listing.rows.empty:
        raise _nothing(job, listing.skipped)
    shards = Shards(job.partial)
    measured = measure_pictures(listing.rows, listing.pictures, shards, report=job.request.report)
    _check_unchanged(job)
    timings = {"list": round(listed - started, 3), "pictures": round(time.monotonic() - listed, 3)}
    _publish(job, listing, measured, timings)
    for partial in job.partial.parent.glob(f"{_PARTIAL}*"):
        shutil.rmtree(partial, ignore_errors=True)
    return ImportResult(load_catalog(job.store, job.name), measured.n_reused)


def _check_unchanged(job: _Job) -> None:
    """Refuse a source that was taken away or rewritten while it was read."""
    if job.request.path is None:
        return
    if {"source": job.request.source, **job.source.identify(job.request)} != dict(job.inputs):
        raise CatalogError(
            f"The data of {job.name!r} changed while it was imported.", hint="Run the same command again."
        )


def _publish(job: _Job, listing: Listing, measured: Measured, timings: Mapping[str, float]) -> None:
    """Write the catalogue's files beside the old ones, then let them take their place."""
    good = (measured.pictures[PROBLEM] == "").to_numpy()
    skipped = skipped_frame([listing.skipped, _unreadable(listing.rows, measured.pictures)])
    if not good.any():
        raise _nothing(job, skipped)
    pictures = measured.pictures.loc[good, list(PICTURE_COLUMNS)].reset_index(drop=True)
    frame = _frame(listing.rows[good].reset_index(drop=True), pictures)
    with replacement(job.folder) as draft:
        for made in (job.partial / _MADE).glob("[!.]*"):
            made.rename(draft / made.name)
        frame.to_parquet(draft / "catalog.parquet", index=False)
        pictures.to_parquet(draft / "pictures.parquet", index=False)
        skipped.to_parquet(draft / "skipped.parquet", index=False)
        write_thumbnails(draft / "thumbnails", measured.thumbnails())
        write_manifest(draft, _manifest(job, listing, frame, pictures, skipped, timings))


def _unreadable(rows: pd.DataFrame, pictures: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose picture could not be decoded, as they stand in ``skipped.parquet``."""
    bad = (pictures[PROBLEM] != "").to_numpy()
    gone = pd.DataFrame({"row": rows.index[bad], "product_id": rows["product_id"].to_numpy()[bad]})
    details = pictures.loc[bad, PROBLEM].to_numpy()
    return gone.assign(image=rows["image"].to_numpy()[bad], reason="picture unreadable", detail=details)


def _frame(rows: pd.DataFrame, pictures: pd.DataFrame) -> pd.DataFrame:
    """Add the splits, and put the core columns first."""
    given = rows.get("split")
    split = assign_splits(rows["group_id"], pictures["pixels_sha256"], given=given)
    attributes = [column for column in rows if column not in CORE_COLUMNS]
    return rows.assign(split=split)[[*CORE_COLUMNS, *attributes]]


def _manifest(
    job: _Job,
    listing: Listing,
    frame: pd.DataFrame,
    pictures: pd.DataFrame,
    skipped: pd.DataFrame,
    timings: Mapping[str, float],
) -> Manifest:
    """Describe the catalogue."""
    n_split = frame["split"].value_counts()
    return Manifest(
        kind=CATALOG_KIND,
        id=job.name,
        command=job.command,
        inputs=job.inputs,
        parameters={**job.parameters, "pictures": listing.pictures.describe()},
        n_in=len(frame) + len(skipped),
        n=len(frame),
        synthetic=listing.synthetic,
        skipped={str(reason): int(count) for reason, count in skipped["reason"].value_counts().items()},
        details={
            "label": listing.label,
            "hierarchy": list(listing.hierarchy),
            "title": listing.title,
            "source": job.request.source,
            "credits": listing.credits,
            "pictures_sha256": pictures_digest(pictures),
            "n_split": {split: int(n_split.get(split, 0)) for split in SPLITS},
            "n_mended": listing.n_mended,
        },
        timings=timings,
        seed=job.request.seed,
    )


def pictures_digest(pictures: pd.DataFrame) -> str:
    """Return what changes whenever any product's picture does, whatever the order of the rows.

    Parameters
    ----------
    pictures : DataFrame
        ``product_id`` and ``file_sha256``.

    Returns
    -------
    str
        SHA-256 over the lines ``product_id NUL file_sha256``, sorted by product id.
    """
    digest = hashlib.sha256()
    for product_id, file_sha256 in sorted(zip(pictures["product_id"], pictures["file_sha256"], strict=True)):
        digest.update(f"{product_id}\0{file_sha256}\n".encode())
    return digest.hexdigest()


def _nothing(job: _Job, skipped: pd.DataFrame) -> CatalogError:
    """Return the error for an import that leaves no picture, saying what happened to the rows."""
    counts = skipped["reason"].value_counts()
    why = ", ".join(f"{count:,} x {reason}" for reason, count in counts.items()) or "the source is empty"
    shutil.rmtree(job.partial, ignore_errors=True)
    details = skipped.loc[skipped["detail"] != "", "detail"]
    hint = f"For example: {details.iloc[0]}" if len(details) else ""
    return CatalogError(
        f"No picture is left to import from {job.request.path or job.request.source}: {why}.", hint=hint
    )
