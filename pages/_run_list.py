"""Runs of a catalogue as pages need them: finished ones read once for all, unfinished ones looked at every time."""

import datetime
import hashlib
from pathlib import Path
from typing import Any

import streamlit as st

from lib.artifacts import MANIFEST, Store
from lib.catalog import Catalog
from lib.embedding.run_names import names_of
from lib.schema import RESULT_FOLDERS
from lib.training.live import CANCELLED, DIED, FAILED, RUNNING
from lib.training.runs import DAMAGED, DONE, KIND, Run, finished_runs, run_title, run_titles, unfinished_runs
from pages import _loaders as loaders

#: State -> the icon and the words that a person sees.
STATES = {
    DONE: (":material/check_circle:", "finished", "green"),
    RUNNING: (":material/play_circle:", "running", "blue"),
    CANCELLED: (":material/pause_circle:", "cancelled", "gray"),
    FAILED: (":material/error:", "failed", "red"),
    DIED: (":material/heart_broken:", "died", "red"),
    DAMAGED: (":material/broken_image:", "damaged", "red"),
}


#: Stands for the id of a run that is only asked for; as long as what names end with.
_NEW = "??????"


def finished(chosen: Catalog) -> list[Run]:
    """Return the finished runs of a catalogue, newest first."""
    return _finished(str(loaders.store().root), chosen.name, _stamp(chosen.folder / RESULT_FOLDERS[KIND]))


@st.cache_resource(max_entries=16, show_spinner=False)
def _finished(root: str, name: str, when: str) -> list[Run]:
    return finished_runs(Store(Path(root)), name)


def _stamp(folder: Path) -> str:
    """Return what changes when any run in a folder does."""
    found = [f"{path.parent.name} {loaders.stamp(path)}" for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def unfinished(chosen: Catalog) -> list[Run]:
    """Return the runs of a catalogue that are not finished, newest first."""
    return unfinished_runs(loaders.store(), chosen.name, label=chosen.label)


def names(chosen: Catalog) -> dict[str, str]:
    """Return what each run of a catalogue is called, finished or not, by id."""
    return run_titles(unfinished(chosen) + finished(chosen))


def name_of_new(chosen: Catalog, asked: dict[str, Any]) -> str:
    """Return what a run that is asked for will be called; without the end of its id, which it does not have yet."""
    known = {run.id: run.parameters for run in finished(chosen)}
    name = names_of(known | {_NEW: asked})[_NEW]
    return run_title(asked) if name.endswith(_NEW) else name


def earlier(chosen: Catalog) -> list[Run]:
    """Return runs to tell a speed from: those of this catalogue first, then those of others."""
    others = [name for name in loaders.store().catalog_names() if name != chosen.name]
    found = finished(chosen) + unfinished(chosen)
    for name in others:
        folder = loaders.store().catalog_folder(name) / RESULT_FOLDERS[KIND]
        if folder.is_dir():
            found += _finished(str(loaders.store().root), name, _stamp(folder))
    return found


def ago(when: float) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    minutes = int((datetime.datetime.now(datetime.UTC).timestamp() - when) // 60)
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= length:
            n = minutes // length
            return f"{n:,} {unit}{'s' if n > 1 else ''} ago"
    return "just now"


def changed_at(run: Run) -> float:
    """Return when a run was finished, or last heard of; 0 where that is not known."""
    if run.manifest is not None:
        return datetime.datetime.fromisoformat(run.manifest.created_at).timestamp()
    return run.status.updated if run.status is not None else 0.0
