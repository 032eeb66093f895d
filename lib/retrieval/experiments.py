"""Records of experiments: what was asked for, and what became of each stage."""

import contextlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lib.artifacts import Store, read_manifest, read_result, verify
from lib.errors import ArtifactError, InvalidArtifact
from lib.publish import publish, write_manifest
from lib.retrieval.freshness import MADE_FROM
from lib.schema import Manifest, artifact_id

KIND = "experiment"
STAGES = "stages.json"
#: What a record says of each stage.
STAGE_FIELDS = ("name", "kind", "asked", "id", "status", "reason", "passed_on")
#: Statuses of stages whose artifact is there.
DONE = ("made", "kept")
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


def asked_as(store: Store, name: str) -> pd.DataFrame:
    """Return what experiments call the results that they made or found.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.

    Returns
    -------
    DataFrame
        ``experiment`` (its title), ``name`` (what its file calls the stage), ``kind`` and ``id`` of the result; a row
        a stage that has a name and whose result is there.
    """
    rows = [
        {"experiment": record.title, **{field: stage[field] for field in ("name", "kind", "id")}}
        for record in read_records(store, name)
        for stage in record.stages
        if stage["status"] in DONE and stage["name"]
    ]
    return pd.DataFrame(rows, columns=["experiment", "name", "kind", "id"], dtype=object)


def write_record(
    store: Store,
    name: str,
    experiment: str,
    stages: Sequence[Mapping[str, Any]],
    *,
    details: Mapping[str, Any],
    command: str,
    seed: int = 0,
) -> Manifest:
    """Write what became of an experiment's stages, in the place of its older record.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's, which has to be there.
    experiment : str
        Its name; a catalogue has one record of each.
    stages : sequence of dict
        ``STAGE_FIELDS`` of each.
    details : dict
        ``title`` and whatever else is worth knowing.
    command : str
        The command that builds it again.
    seed : int, default=0

    Returns
    -------
    Manifest

    Raises
    ------
    ArtifactError
        If the disk is full or may not be written.
    """
    catalog = read_manifest(store.catalog_folder(name))
    inputs, parameters = {"catalog": name}, {"experiment": experiment}
    counts = Counter(str(stage["status"]) for stage in stages)
    prefix = re.sub(r"[^A-Za-z0-9]+", "_", experiment).strip("_")[:80] or KIND
    record_id = artifact_id(prefix, inputs, parameters)
    made_from = {"pictures_sha256": catalog.details.get("pictures_sha256")}
    manifest = Manifest(
        kind=KIND,
        id=record_id,
        command=command,
        inputs=inputs,
        parameters=parameters,
        n_in=len(stages),
        n=sum(count for status, count in counts.items() if status in DONE),
        skipped={status: count for status, count in counts.items() if status not in DONE},
        synthetic=catalog.synthetic,
        details={**details, "statuses": dict(counts), MADE_FROM: made_from},
        seed=seed,
    )
    with publish(store.result_folder(name, KIND, record_id)) as draft:
        (draft / STAGES).write_text(json.dumps([dict(stage) for stage in stages], indent=1), encoding="utf-8")
        return write_manifest(draft, manifest)
