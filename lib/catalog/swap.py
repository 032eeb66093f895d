"""Replacing a catalogue's files by new ones, so that a kill at any moment loses neither the old nor the new.

The new files are made complete, manifest included, under a temporary name in the catalogue's folder; renaming that to
``.incoming`` is the moment from which the new catalogue counts. Its files then move to their places one by one, the
manifest last. If that is cut off, whoever comes next, reader or writer, finishes it: the results beside the files
(embeddings, runs ...) are never touched.
"""

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from lib.artifacts import MANIFEST, read_manifest
from lib.publish import disk_errors, exclusive

#: What belongs to the catalogue itself, in its folder.
ENTRIES = ("catalog.parquet", "pictures.parquet", "skipped.parquet", "thumbnails", "images", "images.npy")
_INCOMING = ".incoming"
_OUTGOING = ".outgoing"


@contextlib.contextmanager
def replacement(folder: Path) -> Iterator[Path]:
    """Give an empty folder for the new files; on leaving without an error they take the old ones' place.

    Parameters
    ----------
    folder : Path
        The catalogue's folder.

    Yields
    ------
    Path
        The folder to fill, a manifest last.

    Raises
    ------
    ArtifactError
        If the disk is full or may not be written; the old catalogue then stays as it was.
    """
    draft = folder / f"{_INCOMING}.{uuid.uuid4().hex[:8]}.tmp"
    with disk_errors(folder):
        draft.mkdir(parents=True)
        try:
            yield draft
            if not (draft / MANIFEST).is_file():
                raise RuntimeError(f"{draft} was left without a manifest.")
            shutil.rmtree(folder / _INCOMING, ignore_errors=True)
            draft.rename(folder / _INCOMING)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        settle(folder)


def settle(folder: Path) -> None:
    """Finish a replacement that was cut off; nothing is done, and nothing written, where there is none.

    Parameters
    ----------
    folder : Path
        The catalogue's folder.
    """
    incoming = folder / _INCOMING
    if (incoming / MANIFEST).is_file():
        with exclusive(folder, "replace"), disk_errors(folder):
            if (incoming / MANIFEST).is_file():
                _roll_forward(folder, incoming)


def clear_drafts(folder: Path) -> None:
    """Remove what killed replacements left before they counted. Only for who holds the import's lock.

    Parameters
    ----------
    folder : Path
        The catalogue's folder.
    """
    for draft in folder.glob(f"{_INCOMING}.*.tmp"):
        shutil.rmtree(draft, ignore_errors=True)


def _roll_forward(folder: Path, incoming: Path) -> None:
    """Move each new entry to its place and remove the old ones that have no successor."""
    expected = {Path(name).parts[0] for name in read_manifest(incoming).files}
    for entry in ENTRIES:
        if (incoming / entry).exists():
            _set_aside(folder, entry)
            (incoming / entry).rename(folder / entry)
        elif entry not in expected:
            _set_aside(folder, entry)
    (incoming / MANIFEST).replace(folder / MANIFEST)
    shutil.rmtree(incoming, ignore_errors=True)
    shutil.rmtree(folder / _OUTGOING, ignore_errors=True)


def _set_aside(folder: Path, entry: str) -> None:
    """Move an old entry out of the way."""
    if (folder / entry).exists():
        aside = folder / _OUTGOING / uuid.uuid4().hex[:8]
        aside.mkdir(parents=True)
        (folder / entry).rename(aside / entry)
