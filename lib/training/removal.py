"""Deleting a run: what goes, what was made with it and stays, and how it vanishes as a whole."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.artifacts import Store
from lib.embedding.artifact import KIND as EMBEDDING
from lib.embedding.ir import engines_folder
from lib.errors import AppError, ArtifactError
from lib.models.start import AND
from lib.publish import discard, exclusive
from lib.training.job import KIND
from lib.training.known import known_runs, no_run, runs_folder
from lib.training.live import live_run, live_runs


@dataclass(frozen=True)
class Removal:
    """What deleting a run takes, and what it leaves without it.

    Parameters
    ----------
    run_id : str
    n_bytes : int
        That are free afterwards.
    embeddings : tuple of str
        Made with it, in any catalogue. They stay, with all that was measured of them, and find what is like a picture
        of the catalogue; no other picture can be embedded like them any more, and they cannot be made again.
    unfinished : tuple of str
        Runs of this catalogue that began from it: they cannot be gone on with any more. Finished ones need it no more.
    """

    run_id: str
    n_bytes: int
    embeddings: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()


def removal_of(store: Store, catalog: str, run_id: str, *, finished: bool = True) -> Removal:
    """Return what deleting a run would take and leave.

    Parameters
    ----------
    store : Store
    catalog, run_id : str
    finished : bool, default=True
        Whether what it came to goes too; otherwise only what it would be gone on from.

    Returns
    -------
    Removal

    Raises
    ------
    MissingArtifact
        If there is no such run.
    """
    there = [folder for folder in _folders(store, catalog, run_id, finished=finished) if folder.exists()]
    if not there:
        raise no_run(catalog, run_id, known_runs(store, catalog))
    if not finished or not _folders(store, catalog, run_id)[-1].exists():
        return Removal(run_id, _size(there))
    return Removal(
        run_id,
        _size([*there, *_converted(store, run_id)]),
        tuple(
            manifest.id
            for name in store.catalog_names()
            for manifest in store.manifests(name, EMBEDDING)
            if manifest.parameters.get("weights") == run_id
        ),
        tuple(_begun_from(store, catalog, run_id)),
    )


def remove_run(store: Store, catalog: str, run_id: str, *, finished: bool = True) -> Removal:
    """Delete a run, whether or not it is finished: readers see all of it, or nothing.

    Parameters
    ----------
    store : Store
    catalog, run_id : str
    finished : bool, default=True
        Whether what it came to goes too; otherwise only what it would be gone on from.

    Returns
    -------
    Removal
        What went, and what is left without it.

    Raises
    ------
    MissingArtifact
        If there is no such run.
    ArtifactError
        If it is being trained, or the disk does not let it go.
    """
    found = removal_of(store, catalog, run_id, finished=finished)
    folder = store.catalog_folder(catalog)
    with exclusive(folder, f"train-{run_id}", on_wait=lambda: _refuse(run_id)):
        discard(_folders(store, catalog, run_id, finished=finished), place=runs_folder(store, catalog))
    for path in _converted(store, run_id) if finished else ():
        with exclusive(path.parent, path.name):
            shutil.rmtree(path, ignore_errors=True)  # whoever finds half of it converts anew
    return found


def _refuse(run_id: str) -> None:
    raise ArtifactError(f"The run {run_id!r} is being trained.", hint="Cancel it first, or wait until it is finished.")


def _folders(store: Store, catalog: str, run_id: str, *, finished: bool = True) -> list[Path]:
    """Return what a run consists of: what it is gone on from goes first, so that none of it is left to resume."""
    live = live_run(store, catalog, run_id).folder
    return [live, store.result_folder(catalog, KIND, run_id)] if finished else [live]


def _converted(store: Store, run_id: str) -> list[Path]:
    """Return the copies of a run's network that searching and embedding made: they are of no use without the run."""
    folder = engines_folder(store.root)
    named = re.compile(rf"{re.escape(run_id)}-\d+-[0-9a-f]{{16}}")
    return [path for path in sorted(folder.glob("[!.]*")) if named.fullmatch(path.name)]


def _begun_from(store: Store, catalog: str, run_id: str) -> Iterator[str]:
    """Yield the unfinished runs that began from a run."""
    for live in live_runs(store, catalog):
        try:
            start = live.request().settings.start
        except AppError:
            continue
        if live.id != run_id and run_id in (name.strip() for name in start.split(AND)):
            yield live.id


def _size(folders: list[Path]) -> int:
    """Return the bytes of all files in some folders."""
    n_bytes = 0
    for path in (path for folder in folders for path in folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            n_bytes += path.lstat().st_size if path.is_file() else 0
    return n_bytes
