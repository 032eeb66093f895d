"""A run that is not finished: its folder below the catalogue's ``.training``, checkpoints, status, and history.

Nothing here is an artifact yet. A finished run moves its results to ``runs/`` as a whole; this folder is then removed.
"""

import dataclasses
import hashlib
import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

from lib.artifacts import Store
from lib.errors import InvalidArtifact, MissingArtifact
from lib.publish import disk_errors, make_folder, write_atomically
from lib.training.history import best_epoch
from lib.training.request import TrainingRequest

RUNNING, CANCELLED, FAILED, DIED = "running", "cancelled", "failed", "died"
_REQUEST, _STATUS, _HISTORY = "request.json", "status.json", "history.json"
_KEPT = 2
#: No number of a run is greater.
_FARTHEST = 1e15
#: Within so many seconds two readings of when a process began are of the same one.
_SAME_BIRTH = 5.0

Arrays = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Parameters
    ----------
    state : str
        ``running``, ``cancelled``, ``failed``, or ``died`` where the process is gone without a word.
    pid : int
        The process.
    born : float
        When that process began, in seconds since 1970: another may have its number by now.
    epoch, epochs : int
        Finished, and in all.
    step, steps : int
        Finished in this epoch, and in each.
    message : str
        Why it failed.
    updated : float
        Seconds since 1970.
    """

    state: str
    pid: int = 0
    born: float = 0.0
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    message: str = ""
    updated: float = 0.0


@dataclass(frozen=True)
class LiveRun:
    """The folder of a run that is not finished.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    @property
    def id(self) -> str:
        """The run's id."""
        return self.folder.name

    @property
    def tensorboard(self) -> Path:
        """Where TensorBoard's log goes."""
        return self.folder / "tensorboard"

    def exists(self) -> bool:
        """Return whether the run was begun.

        Returns
        -------
        bool
        """
        return (self.folder / _REQUEST).is_file()

    def begin(self, request: str) -> None:
        """Make the folder, and keep what was asked for.

        Parameters
        ----------
        request : str
            As ``TrainingRequest.to_json`` gives it.
        """
        make_folder(self.folder)
        self._write(_REQUEST, request.encode())

    def request(self) -> TrainingRequest:
        """Return what was asked for.

        Returns
        -------
        TrainingRequest

        Raises
        ------
        MissingArtifact
            If the run was never begun.
        InvalidArtifact
            If what was asked for cannot be read, or cannot be asked for any more.
        """
        if not self.exists():
            raise MissingArtifact(f"There is no run {self.id!r} to go on with.", hint="Start it anew.")
        try:
            return TrainingRequest(**json.loads((self.folder / _REQUEST).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            what = f"What the run {self.id!r} was asked for cannot be read ({str(error)[:120]})."
            raise InvalidArtifact(what, hint="Start it anew.") from error

    def say(self, status: Status) -> None:
        """Write the status, stamped with the time and this process.

        Parameters
        ----------
        status : Status
        """
        pid = os.getpid()
        stamped = dataclasses.replace(status, updated=time.time(), pid=pid, born=_born(pid))
        self._write(_STATUS, json.dumps(dataclasses.asdict(stamped)).encode())

    def status(self) -> Status:
        """Return the status; a run whose process is gone has died.

        Returns
        -------
        Status
        """
        try:
            found = Status(**json.loads((self.folder / _STATUS).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return Status(DIED)
        if not _is_possible(found):
            return Status(DIED)
        return found if found.state != RUNNING or _is_alive(found) else dataclasses.replace(found, state=DIED)

    def history(self) -> list[dict[str, float]]:
        """Return a row an epoch, those that the newest whole checkpoint has behind it and those since.

        Returns
        -------
        list of dict
        """
        try:
            rows = json.loads((self.folder / _HISTORY).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return []
        return _rows(rows)

    def save(self, epoch: int, arrays: Arrays, history: Sequence[Mapping[str, float]]) -> None:
        """Keep a checkpoint after an epoch, and its history; the two newest are kept.

        Parameters
        ----------
        epoch : int
            Finished epochs.
        arrays : dict of str to ndarray
            Everything that goes on from there.
        history : sequence of dict
            A row for each of the finished epochs.
        """
        data, best = _packed(arrays), self.best(best_epoch(history))
        note = {"sha256": hashlib.sha256(data).hexdigest(), "history": list(history), "best_sha256": _sha256(best)}
        self._write(f"checkpoint-{epoch:05d}.npz", data)
        self._write(f"checkpoint-{epoch:05d}.json", json.dumps(note).encode())
        self._write(_HISTORY, json.dumps(list(history)).encode())
        for old in self._epochs("checkpoint-*.json")[:-_KEPT]:
            for path in self.folder.glob(f"checkpoint-{old:05d}.*"):
                path.unlink(missing_ok=True)
        wanted = {best_epoch(history[: len(history) - older]) for older in range(_KEPT)}
        for old in set(self._epochs("best-*.npz")) - wanted:
            self.best(old).unlink(missing_ok=True)

    def newest(self) -> tuple[int, Arrays, list[dict[str, float]]] | None:
        """Return the newest checkpoint that is whole, and whose best epoch's weights are.

        Returns
        -------
        (int, dict of str to ndarray, list of dict) or None
            Finished epochs, everything that goes on from there, and the history so far; None where there is none.
        """
        for epoch in reversed(self._epochs("checkpoint-*.json")):
            stem = self.folder / f"checkpoint-{epoch:05d}"
            try:
                note = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
                data, history = stem.with_suffix(".npz").read_bytes(), _rows(note["history"])
                is_whole = hashlib.sha256(data).hexdigest() == note["sha256"]
                if is_whole and note["best_sha256"] == _sha256(self.best(best_epoch(history))):
                    with np.load(io.BytesIO(data), allow_pickle=False) as file:
                        return epoch, {name: file[name] for name in file.files}, history
            except (OSError, ValueError, KeyError, TypeError, RecursionError, zipfile.BadZipFile):
                continue
        return None

    def save_best(self, epoch: int, arrays: Arrays) -> None:
        """Keep the weights of an epoch that is the best so far; those of both checkpoints' best ones are kept.

        Parameters
        ----------
        epoch : int
            Its number, from 1.
        arrays : dict of str to ndarray
        """
        self._write(self.best(epoch).name, _packed(arrays))

    def best(self, epoch: int) -> Path:
        """Return the file of the weights of an epoch that was the best.

        Parameters
        ----------
        epoch : int

        Returns
        -------
        Path
        """
        return self.folder / f"best-{epoch:05d}.npz"

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _epochs(self, pattern: str) -> list[int]:
        found = (path.stem.rpartition("-")[2] for path in self.folder.glob(pattern))
        return sorted(int(text) for text in found if text.isdigit())

    def _write(self, name: str, data: bytes) -> None:
        try:
            with disk_errors(self.folder):
                write_atomically(self.folder / name, data)
        except FileNotFoundError as error:
            what = f"The folder of the run {self.id!r} was removed while it was training."
            raise InvalidArtifact(what, hint="Start it anew.") from error


def live_run(store: Store, catalog: str, run_id: str) -> LiveRun:
    """Return the folder of an unfinished run, whether or not it exists.

    Parameters
    ----------
    store : Store
    catalog : str
    run_id : str

    Returns
    -------
    LiveRun

    Raises
    ------
    ArtifactError
        If the id could lead anywhere else.
    """
    name = store.result_folder(catalog, "run", run_id).name
    return LiveRun(store.catalog_folder(catalog) / ".training" / name)


def live_runs(store: Store, catalog: str) -> list[LiveRun]:
    """Return the runs of a catalogue that are not finished, the newest last.

    Parameters
    ----------
    store : Store
    catalog : str

    Returns
    -------
    list of LiveRun
    """
    folder = store.catalog_folder(catalog) / ".training"
    found = [LiveRun(path) for path in folder.iterdir()] if folder.is_dir() else []
    return sorted((run for run in found if run.exists()), key=lambda run: run.folder.stat().st_mtime)


def _packed(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def _sha256(path: Path) -> str:
    """Return the digest of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _rows(values: Any) -> list[dict[str, float]]:
    """Return the rows of a history, of each only what is a number."""
    rows = [row for row in values if isinstance(row, dict)] if isinstance(values, list) else []
    found = [{name: float(value) for name, value in row.items() if _is_number(value)} for row in rows]
    return [row for row in found if "epoch" in row]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FARTHEST


def _is_possible(status: Status) -> bool:
    """Return whether every part of a status is of its kind."""
    counts = (status.pid, status.epoch, status.epochs, status.step, status.steps)
    words = isinstance(status.message, str) and status.state in (RUNNING, CANCELLED, FAILED, DIED)
    return (
        words
        and all(type(count) is int and 0 <= count < _FARTHEST for count in counts)
        and all(_is_number(seconds) for seconds in (status.born, status.updated))
    )


def _born(pid: int) -> float:
    """Return when a process began, in seconds since 1970; 0 where there is none."""
    try:
        return float(psutil.Process(pid).create_time())
    except (psutil.Error, ValueError, OverflowError):
        return 0.0


def _is_alive(status: Status) -> bool:
    """Return whether the process that wrote a status is still there: not merely another with its number."""
    return 0 < status.pid < 2**31 and abs(_born(status.pid) - status.born) < _SAME_BIRTH
