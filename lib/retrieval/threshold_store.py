"""Stored thresholds: the largest distance that keeps a precision asked, for one embedding, metric and label."""

import contextlib
import math
import shlex
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lib.artifacts import MANIFEST, Store, read_result, verify
from lib.errors import InvalidArtifact
from lib.retrieval.bootstrap import Estimate
from lib.retrieval.calibration import Cut, cut_keeping
from lib.retrieval.freshness import read_present
from lib.schema import Manifest

KIND = "threshold"
CURVE = "curve.parquet"
PRECISION = 0.95
SAMPLE = 2000


@dataclass(frozen=True, eq=False)
class Threshold:
    """A threshold, and how precision, recall and the number of results go with the distance.

    Parameters
    ----------
    curve : DataFrame
        What ``calibration.threshold_curve`` returns.
    manifest : Manifest
        ``parameters`` holds ``label``, ``metric``, the ``precision`` asked and the ``sample``; ``details`` what the
        threshold keeps of the queries held back, and who was asked.
    was_current : bool, default=True
        Whether it was there; not where it was just made.

    Raises
    ------
    InvalidArtifact
        If no distance of the curve keeps the precision.
    """

    curve: pd.DataFrame
    manifest: Manifest
    was_current: bool = True
    #: The threshold and what it keeps of the queries held back.
    cut: Cut = field(init=False)

    def __post_init__(self) -> None:
        cut = cut_keeping(self.curve, self.asked)
        if cut is None:
            raise InvalidArtifact(
                f"{self.id}: no distance of its curve keeps what was asked.", hint=f"Run: {self.manifest.command}"
            )
        object.__setattr__(self, "cut", cut)

    @property
    def id(self) -> str:
        """The threshold's id."""
        return self.manifest.id

    @property
    def model(self) -> str:
        """Id of the embedding."""
        return str(self.manifest.inputs["embedding"])

    @property
    def metric(self) -> str:
        """The distance metric."""
        return str(self.manifest.parameters["metric"])

    @property
    def label(self) -> str:
        """The column whose value makes a result right."""
        return str(self.manifest.parameters["label"])

    @property
    def asked(self) -> float:
        """The precision that was to be kept."""
        return float(self.manifest.parameters["precision"])

    @property
    def n_queries(self) -> int:
        """Queries held back, on which everything but the choice was measured."""
        return int(self.manifest.details["n_queries"])


def load_threshold(store: Store, name: str, threshold_id: str) -> Threshold:
    """Read a threshold back, checking every file against the manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    threshold_id : str

    Returns
    -------
    Threshold

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If a file is damaged.
    """
    folder = store.result_folder(name, KIND, threshold_id)
    manifest = read_result(folder, KIND, mend=f"python -m lib threshold {name} --model ID")
    verify(folder, manifest)
    try:
        found = Threshold(curve=pd.read_parquet(folder / CURVE), manifest=manifest)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise InvalidArtifact(f"{folder / CURVE} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    if unlike := [name for name, number in cut_numbers(found.cut).items() if manifest.details[name] != number]:
        raise InvalidArtifact(
            f"{folder / MANIFEST}: {', '.join(unlike)} is not what its curve says.",
            hint=f"Delete {folder} and run: {manifest.command}",
        )
    return found


def cut_numbers(cut: Cut) -> dict[str, Any]:
    """Return what a threshold keeps, as its manifest's details say it.

    Parameters
    ----------
    cut : Cut

    Returns
    -------
    dict
        Null for what is not known.
    """
    numbers = {name: getattr(cut, name) for name in ("threshold", "recall", "n_results", "share_without")}
    plain = {name: number if math.isfinite(number) else None for name, number in numbers.items()}
    return {"precision": cut.precision.to_json(), "nearest_precision": cut.nearest.to_json(), **plain}


def find_thresholds(store: Store, name: str, model_id: str, *, metric: str, label: str) -> list[Manifest]:
    """Return the manifests of the thresholds of a model, stale ones included, newest first.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    model_id : str
        An embedding's whole id.
    metric, label : str

    Returns
    -------
    list of Manifest
    """
    wanted = (model_id, metric, label)
    found = [
        manifest
        for manifest in store.manifests(name, KIND)
        if (manifest.inputs.get("embedding"), *map(manifest.parameters.get, ("metric", "label"))) == wanted
    ]
    return sorted(found, key=lambda manifest: (manifest.created_at, _written(store, name, manifest)), reverse=True)


def _written(store: Store, name: str, manifest: Manifest) -> int:
    """Return when a manifest was written, for two of one second."""
    with contextlib.suppress(FileNotFoundError):
        return (store.result_folder(name, KIND, manifest.id) / MANIFEST).stat().st_mtime_ns
    return 0


def stored_threshold(
    store: Store, name: str, model_id: str, *, metric: str, label: str | None = None
) -> Threshold | None:
    """Return the newest threshold that is current, of whatever precision.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    model_id : str
        An embedding's whole id.
    metric : str
        A key of ``DISTANCE_METRICS``.
    label : str, optional
        A column of the catalogue; its own label by default.

    Returns
    -------
    Threshold or None
        None where none was made, or the table, the pictures or the vectors have changed since.

    Raises
    ------
    InvalidArtifact
        If it is damaged.
    """
    present = read_present(store, name)
    column = label or str(present.catalog.details.get("label"))
    for manifest in find_thresholds(store, name, model_id, metric=metric, label=column):
        if not present.is_stale(manifest):
            return load_threshold(store, name, manifest.id)
    return None


def threshold_command(
    name: str,
    model_id: str,
    *,
    metric: str,
    label: str,
    precision: float = PRECISION,
    sample: int = SAMPLE,
    seed: int = 0,
) -> str:
    """Return the command that makes a threshold.

    Parameters
    ----------
    name : str
        The catalogue's.
    model_id : str
    metric, label : str
    precision : float, default=0.95
    sample : int, default=2000
    seed : int, default=0

    Returns
    -------
    str

    Examples
    --------
    >>> threshold_command("shop", "toy", metric="cosine", label="article type", precision=0.9)
    "python -m lib threshold shop --model toy --metric cosine --label 'article type' --precision 0.9"
    """
    words = ["threshold", name, "--model", model_id, "--metric", metric, "--label", label]
    words += ["--precision", f"{precision:.10g}"]
    words += ["--sample", str(sample)] if sample != SAMPLE else []
    words += ["--seed", str(seed)] if seed else []
    return shlex.join(["python", "-m", "lib", *words])


def out_of_100(share: Estimate) -> str:
    """Return a share as a person would say it, rounded to whole hundredths; its interval is rounded outwards.

    Parameters
    ----------
    share : Estimate
        From 0 to 1.

    Returns
    -------
    str
        A share that is neither none nor all is never said to be.

    Examples
    --------
    >>> out_of_100(Estimate(0.9513, 0.9391, 0.9629)), out_of_100(Estimate(0.9996, 0.998, 1.0))
    ('95 of 100 [93, 97]', 'more than 99 of 100 [99, 100]')
    """
    if not math.isfinite(share.value):
        return "unknown"
    hundredths = round(share.value * 100)
    words = f"{hundredths} of 100"
    if hundredths == 100 and share.value < 1:
        words = "more than 99 of 100"
    elif hundredths == 0 and share.value > 0:
        words = "fewer than 1 of 100"
    if not (math.isfinite(share.low) and math.isfinite(share.high)):
        return words
    return f"{words} [{math.floor(share.low * 100 + 1e-9)}, {math.ceil(share.high * 100 - 1e-9)}]"
