"""Records of experiments: what was asked for, and what became of each stage."""

import contextlib
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lib.artifacts import Store, read_result, verify
from lib.errors import ArtifactError, InvalidArtifact
from lib.schema import Manifest

KIND = "experiment"
STAGES = "stages.json"
#: What a record says of each stage.
STAGE_FIELDS = ("name", "kind", "asked", "id", "status", "reason", "passed_on")
UNAVAILABLE_COLUMNS = ("experiment", "kind", "asked", "status", "reason")


@dataclass(frozen=True)
class Record:
    """An experiment as it was last built.

    Parameters
    ----------
    manifest : Manifest
        ``details`` holds ``title``, ``file`` and how many stages there are of each status.
    stages : tuple of dict
        ``STAGE_FIELDS`` of each stage, in the order in which they were made; ``status`` is ``waiting`` for one whose
        turn has not come, and ``passed_on`` is true for one that only lacks what another stage did not make.
    """

    manifest: Manifest
    stages: tuple[dict[str, Any], ...]

    @property
    def title(self) -> str:
        """What the experiment is called."""
        return str(self.manifest.details.get("title") or self.manifest.id)


def read_records(store: Store, name: str) -> list[Record]:
    """Return the records of a catalogue's experiments, oldest first; damaged ones are left out.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.

    Returns
    -------
    list of Record
    """
    found = []
    for manifest in store.manifests(name, KIND):
        with contextlib.suppress(ArtifactError):
            found.append(load_record(store, name, manifest.id))
    return found


def load_record(store: Store, name: str, experiment_id: str) -> Record:
    """Read an experiment's record back, checking it against its manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    experiment_id : str

    Returns
    -------
    Record

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If it is damaged.
    """
    folder = store.result_folder(name, KIND, experiment_id)
    manifest = read_result(folder, KIND)
    verify(folder, manifest, only=STAGES)
    stages = json.loads((folder / STAGES).read_text(encoding="utf-8"))
    if not isinstance(stages, list) or not all(isinstance(s, dict) and s.keys() >= set(STAGE_FIELDS) for s in stages):
        raise InvalidArtifact(f"{folder / STAGES} is not a list of stages.", hint=f"Run: {manifest.command}")
    return Record(manifest, tuple(stages))


def unavailable(store: Store, name: str) -> pd.DataFrame:
    """Return what a catalogue's experiments asked for and did not get, with the reason.

    A stage that only lacks what another one did not make is left out: the reason stands with that one.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.

    Returns
    -------
    DataFrame
        ``UNAVAILABLE_COLUMNS``: the experiment's title, the stage's kind, what it asked for, ``unavailable`` or
        ``failed``, and why.
    """
    rows = [
        {"experiment": record.title, **{field: stage[field] for field in UNAVAILABLE_COLUMNS[1:]}}
        for record in read_records(store, name)
        for stage in record.stages
        if stage["status"] in ("unavailable", "failed") and not stage["passed_on"]
    ]
    return pd.DataFrame(rows, columns=list(UNAVAILABLE_COLUMNS), dtype=object)
