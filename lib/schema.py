"""What an artifact is: its manifest, the kinds there are, and how its id follows from what determines it."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.errors import InvalidArtifact

SCHEMA_VERSION = 1
CATALOG_KIND = "catalog"
PUBLISHED_KIND = "published"

#: The folder, below the catalogue's own, that holds the results of a kind.
RESULT_FOLDERS = {
    "embedding": "embeddings",
    "run": "runs",
    "evaluation": "evaluations",
    "clustering": "clusterings",
    "projection": "projections",
    "neighbor-graph": "neighbor-graphs",
    "text": "text",
    "near-duplicates": "near-duplicates",
    "threshold": "thresholds",
    "experiment": "experiments",
}

#: What a result of a kind always has beside its manifest; ``lib.details`` says what its details look like.
REQUIRED_FILES = {"embedding": ("embeddings.npy", "ids.parquet", "skipped.parquet")}

#: Whole numbers up to here are exact in whatever reads JSON, and fit a table's column.
LARGEST_COUNT = 2**53

SPLITS = ("train", "val", "test")

#: What the fields of a manifest are in JSON, and what the values of its objects are where they are all of one kind.
_FIELD_TYPES: dict[str, type] = {
    **dict.fromkeys(("kind", "id", "command", "created_at"), str),
    **dict.fromkeys(("n_in", "n", "seed", "schema_version"), int),
    **dict.fromkeys(("inputs", "parameters", "skipped", "details", "timings", "files", "versions"), dict),
    "synthetic": bool,
}
_VALUE_TYPES: dict[str, tuple[type, ...]] = {
    "skipped": (int,),
    "timings": (int, float),
    "files": (str,),
    "versions": (str,),
}


@dataclass(frozen=True)
class Manifest:
    """The record that makes a folder of files an artifact; written last, as ``manifest.json``.

    Parameters
    ----------
    kind : str
        ``"catalog"``, ``"published"`` or a key of ``RESULT_FOLDERS``.
    id : str
        Readable prefix and a hash of `inputs` and `parameters`; for a catalogue, or what is published of it, its name.
    command : str
        The command that makes this artifact again.
    inputs : dict
        What it was made from: names and SHA-256 digests.
    parameters : dict
        What was asked for.
    n_in, n : int
        Items offered, and items that have a row.
    skipped : dict of str to int
        Reason -> number of items left out for it; ``n_in - n`` in total.
    details : dict
        What was found or measured while making it (dimension, agreement, label column ...).
    timings : dict of str to float
        Seconds a stage took.
    files : dict of str to str
        Relative path -> SHA-256 of each file beside the manifest.
    versions : dict of str to str
        Library -> version, of those that decide numbers.
    created_at : str
        UTC, ISO 8601.
    seed : int
    schema_version : int
    synthetic : bool
        True where the pictures are made up.
    """

    kind: str
    id: str
    command: str
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    n_in: int
    n: int
    synthetic: bool
    skipped: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    created_at: str = ""
    seed: int = 0
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        expected = sorted([CATALOG_KIND, PUBLISHED_KIND, *RESULT_FOLDERS])
        if self.kind not in expected:
            raise ValueError(f"Expected kind to be one of {expected}. Received: kind={self.kind!r}")
        if self.n_in - self.n != sum(self.skipped.values()):
            raise ValueError(
                f"Expected n_in - n to equal the number of skipped items. Received: n_in={self.n_in}, "
                f"n={self.n}, skipped={dict(self.skipped)}"
            )

    @property
    def has_own_id(self) -> bool:
        """Whether the id of a result follows from its inputs and parameters; it does not once they were edited."""
        return self.id == artifact_id(self.id.rpartition("-")[0], self.inputs, self.parameters)

    @property
    def n_skipped(self) -> int:
        """Number of items left out, for whatever reason."""
        return sum(self.skipped.values())

    def to_json(self) -> str:
        """Return the manifest as indented JSON with sorted keys.

        Returns
        -------
        str
        """
        return json.dumps(dataclasses.asdict(self) | {"n_skipped": self.n_skipped}, indent=2, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read a manifest; unknown fields are refused rather than dropped.

        Parameters
        ----------
        text : str
            What ``to_json`` wrote.

        Returns
        -------
        Manifest

        Raises
        ------
        InvalidArtifact
            If the text is no JSON object, or of another schema version, or its fields are not of their types or do not
            agree.
        """
        try:
            values = json.loads(text)
            version = values.get("schema_version")
            if version != SCHEMA_VERSION:
                raise InvalidArtifact(f"schema version {version!r} is not {SCHEMA_VERSION}.")
            values.pop("n_skipped", None)
            _check_types(values)
            return cls(**values)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidArtifact(f"not a manifest ({error}).") from error


def _check_types(values: Mapping[str, Any]) -> None:
    """Raise TypeError or ValueError for a field that is not what a manifest has there."""
    for name, value in values.items():
        expected = _FIELD_TYPES.get(name)
        if expected is not None and type(value) is not expected:
            raise TypeError(f"{name} is {value!r:.40}")
        if name in _VALUE_TYPES and not all(type(inner) in _VALUE_TYPES[name] for inner in value.values()):
            raise TypeError(f"{name} is {value!r:.40}")
    counts = (values.get("n", 0), values.get("n_in", 0), *values.get("skipped", {}).values())
    if min(counts) < 0 or max(counts) > LARGEST_COUNT:
        raise ValueError("a count is below zero, or beyond all")
    if any(".." in file.split("/") or file.startswith("/") for file in values.get("files", {})):
        raise ValueError("a file lies elsewhere")
    made = values.get("created_at")
    if made and datetime.datetime.fromisoformat(made).tzinfo is None:
        raise ValueError(f"created_at is {made!r:.40}")


def canonical_json(value: Any) -> str:
    """Return JSON that is the same for equal values: sorted keys, no spaces.

    Parameters
    ----------
    value : JSON-serialisable object

    Returns
    -------
    str
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def artifact_id(prefix: str, inputs: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Return the id that follows from what determines a result: equal requests have equal ids.

    Parameters
    ----------
    prefix : str
        Readable part, such as ``mobilenet_v2-224-pad-imagenet``.
    inputs, parameters : dict
        As they stand in the manifest.

    Returns
    -------
    str
        ``prefix`` and six hexadecimal digits.

    Examples
    --------
    >>> artifact_id("m", {"a": 1}, {}) == artifact_id("m", {"a": 1}, {})
    True
    """
    text = canonical_json({"inputs": dict(inputs), "parameters": dict(parameters)})
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
