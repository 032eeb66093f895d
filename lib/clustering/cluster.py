"""Making a clustering: group, choose where to cut, score on pictures that had no part in that, publish."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store, there_and_whole
from lib.catalog import load_catalog
from lib.clustering import clustering as artifact
from lib.clustering.calibration import CRITERIA, Calibration, calibrate
from lib.clustering.clustering import Clustering, load_clustering
from lib.clustering.contingency import Contingency
from lib.clustering.cuts import CUT_SCORES, cuts_of, score_cuts
from lib.clustering.flat import METHODS, flat_clusters
from lib.clustering.items import Items, calibrating, items_of
from lib.clustering.pairs import pair_distances
from lib.clustering.request import AGGLOMERATIVE, GroupingRequest
from lib.clustering.scores import estimate_scores, score_clusters
from lib.clustering.shape import shape_of
from lib.clustering.tree import Tree, build_tree
from lib.embedding import load_current_embedding
from lib.errors import ClusteringError
from lib.progress import Report, silent
from lib.publish import exclusive, publish, write_manifest
from lib.retrieval.asked import readable_part
from lib.retrieval.evaluation import evaluation_inputs
from lib.retrieval.gallery import Gallery
from lib.retrieval.ranks import Floats, Integers
from lib.schema import Manifest, artifact_id

logger = logging.getLogger(__name__)

#: Raised when the same inputs would give other numbers.
VERSION = 1
#: Of more items the silhouette is tried only where it was asked for: it holds two distances a pair.
_SILHOUETTE_ITEMS = 2_500


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that determines one clustering."""

    store: Store
    gallery: Gallery
    request: GroupingRequest
    command: str
    seed: int

    @property
    def name(self) -> str:
        return self.gallery.catalog.name

    @property
    def label(self) -> str:
        return self.request.label or self.gallery.catalog.label

    @cached_property
    def inputs(self) -> dict[str, str]:
        return evaluation_inputs(self.gallery.catalog, self.gallery.embedding.manifest)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        return self.request.parameters(self.label, self.seed, VERSION)

    @cached_property
    def id(self) -> str:
        asked = self.parameters
        how = asked["linkage"] or asked["method"]
        words = readable_part(self.label, asked["metric"], how, asked["calibrate"])
        return artifact_id(f"{self.gallery.embedding.id[:100]}-{words}", self.inputs, asked)


@dataclass(frozen=True, eq=False)
class _Found:
    """The groups that were made, and what they were made by."""

    groups: Integers
    threshold: float | None = None
    tree: Tree | None = None
    cuts: pd.DataFrame | None = None
    criteria: Mapping[str, Any] | None = None


def cluster(
    store: Store,
    name: str,
    model_id: str,
    request: GroupingRequest | None = None,
    *,
    command: str,
    seed: int = 0,
    report: Report = silent,
) -> Clustering:
    """Group the pictures of a catalogue, or find that it was done.

    Where the labels choose the threshold, a fifth of the pictures do, all of some labels; the scores are of the others.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    model_id : str
        An embedding's id, or its beginning.
    request : GroupingRequest, optional
        By default its own defaults.
    command : str
        The command that makes it again, for the manifest.
    seed : int, default=0
        Of the sample, the labels that choose, and what a method draws.
    report : callable, optional
        Told the number of pictures whose distances are there, and of all.

    Returns
    -------
    Clustering

    Raises
    ------
    ClusteringError
        If the pictures cannot be grouped as it was asked.
    CatalogError
        If the label is no column.
    StaleArtifact
        If the pictures have changed since they were embedded.
    ArtifactError
        If something is missing or damaged, or the disk is full.
    """
    catalog = load_catalog(store, name)
    gallery = Gallery(catalog=catalog, embedding=load_current_embedding(store, catalog, model_id))
    job = _Job(store, gallery, request or GroupingRequest(), command, seed)
    with exclusive(catalog.folder, f"cluster-{job.id}"):
        found = _kept(job)
        if found is None:
            _make(job, report)
            return load_clustering(store, name, job.id, was_current=False)
    report(len(found.groups), len(found.groups), len(found.groups))
    return found


def _kept(job: _Job) -> Clustering | None:
    """Return the clustering if it is there and whole."""
    folder = job.store.result_folder(job.name, artifact.KIND, job.id)
    return there_and_whole(folder, lambda: load_clustering(job.store, job.name, job.id))


def _make(job: _Job, report: Report) -> None:
    """Group, score and publish."""
    started = time.monotonic()
    request = job.request
    items = items_of(job.gallery, label=job.label, sample=request.sample, seed=job.seed)
    chooses = _choosing(job, items)
    if request.method == AGGLOMERATIVE:
        found = _cut_tree(job, items, chooses, report)
    else:
        n_clusters = request.n_clusters or _n_labels(items.telling)
        found = _Found(
            flat_clusters(items.vectors, request.method, metric=request.metric, n_clusters=n_clusters, seed=job.seed)
        )
    scored = (items.telling >= 0) & ~chooses
    in_sample = _in_sample(job, chooses)
    details = _details(items, found, scored, in_sample=in_sample) | shape_of(items.vectors, found.groups)
    timings = {"wall": round(time.monotonic() - started, 3)}
    _publish(job, items, found, _parts(items, chooses, scored), details, timings)


def _choosing(job: _Job, items: Items) -> npt.NDArray[np.bool_]:
    """Return which pictures choose the threshold and are not scored: none where no label has a say in it."""
    criterion = job.request.criterion
    if criterion and CRITERIA[criterion].needs_labels:
        return calibrating(items.telling, seed=job.seed)
    return np.zeros(items.n, bool)


def _in_sample(job: _Job, chooses: npt.NDArray[np.bool_]) -> bool:
    """Return whether the labels that say how good the groups are had a say in how they were made."""
    criterion = job.request.criterion
    if criterion:
        return CRITERIA[criterion].needs_labels and not chooses.any()
    flat = METHODS.get(job.request.method)
    return flat is not None and flat.needs_number and job.request.n_clusters is None


def _cut_tree(job: _Job, items: Items, chooses: npt.NDArray[np.bool_], report: Report) -> _Found:
    """Build the tree of the pictures and cut it."""
    request = job.request
    distances = pair_distances(items.vectors, request.metric, report=report)
    tree = build_tree(distances, request.linkage, metric=request.metric)
    telling = items.telling
    scores = score_cuts(tree, np.where(chooses, -1, telling))
    by = np.where(chooses, telling, -1) if chooses.any() else telling
    if request.n_clusters is not None:
        return _Found(tree.cut_into(request.n_clusters), None, tree, scores)
    known = _some(by)
    choosing = _Choosing(tree, distances, known, cuts_of(tree) if known is None else score_cuts(tree, known))
    threshold = request.threshold
    if threshold is None:
        threshold = choosing.by(request.criterion).threshold
    criteria = _criteria(choosing, request.criterion, scores)
    return _Found(tree.cut(threshold), threshold, tree, scores, criteria)


@dataclass(frozen=True, eq=False)
class _Choosing:
    """A tree, and what criteria choose a cut of it by."""

    tree: Tree
    distances: Floats
    labels: Integers | None
    cuts: pd.DataFrame

    def by(self, criterion: str) -> Calibration:
        return calibrate(self.tree, criterion, labels=self.labels, distances=self.distances, cuts=self.cuts)


def _some(codes: Integers) -> Integers | None:
    """Return the labels there are, or None."""
    return codes if (codes >= 0).any() else None


def _criteria(choosing: _Choosing, asked: str, scores: pd.DataFrame) -> dict[str, Any]:
    """Return what each criterion would choose, and the scores that this has."""
    many = choosing.tree.n > _SILHOUETTE_ITEMS
    found: dict[str, Any] = {}
    for name, criterion in CRITERIA.items():
        unknown = criterion.needs_labels and choosing.labels is None
        if unknown or (name == "silhouette" and many and name != asked):
            continue
        try:
            found[name] = _said(choosing.by(name), scores)
        except ClusteringError as error:
            found[name] = {"unavailable": error.message}
    return found


def _said(chosen: Calibration, scores: pd.DataFrame) -> dict[str, Any]:
    """Return a choice with the scores at its cut."""
    cut = scores.iloc[int((scores["threshold"] - chosen.threshold).abs().to_numpy().argmin())]
    values = {name: float(cut[name]) for name in CUT_SCORES}
    known = {name: None if np.isnan(value) else value for name, value in values.items()}
    return {"threshold": chosen.threshold, "n_clusters": chosen.n_clusters, **known}


def _n_labels(codes: Integers) -> int:
    """Return the number of labels, at least one."""
    return max(1, len(np.unique(codes[codes >= 0])))


def _parts(items: Items, chooses: npt.NDArray[np.bool_], scored: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """Return what each picture is for."""
    conditions = [scored, items.codes < 0, items.learnt, chooses]
    names = [artifact.SCORED, artifact.UNLABELLED, artifact.LEARNT, artifact.CALIBRATION]
    return np.select(conditions, names, default=artifact.SCORED)


def _details(items: Items, found: _Found, scored: npt.NDArray[np.bool_], *, in_sample: bool) -> dict[str, Any]:
    """Return what the manifest says was found."""
    labels, groups = items.codes[scored], found.groups[scored]
    details: dict[str, Any] = {
        "threshold": found.threshold,
        "n_clusters": _n_labels(found.groups),
        "n_labels": _n_labels(items.codes) if (items.codes >= 0).any() else 0,
        "n_scored": int(scored.sum()),
        "n_scored_labels": len(np.unique(labels)),
        "n_scored_clusters": len(np.unique(groups)),
        "in_sample": in_sample,
        "test_split_only": bool(items.learnt.any()),
        "criteria": dict(found.criteria or {}),
        "scores": {},
        "baselines": {},
    }
    if len(labels):
        estimates = estimate_scores(Contingency.of(labels, groups))
        details["scores"] = {name: estimate.to_json() for name, estimate in estimates.items()}
        alone, together = np.arange(len(labels)), np.zeros(len(labels), np.int64)
        details["baselines"] = {
            "each its own": score_clusters(Contingency.of(labels, alone)),
            "all in one": score_clusters(Contingency.of(labels, together)),
        }
    return details


def _publish(
    job: _Job,
    items: Items,
    found: _Found,
    parts: npt.NDArray[np.str_],
    details: dict[str, Any],
    timings: dict[str, float],
) -> None:
    """Write the tables, and the manifest last."""
    labels = np.array([*items.labels, None], dtype=object)[items.codes]
    groups = pd.DataFrame({"product_id": items.ids, "label": labels, "group": found.groups, "part": parts})
    left_out = items.n_offered - items.n
    manifest = Manifest(
        kind=artifact.KIND,
        id=job.id,
        command=job.command,
        inputs=job.inputs,
        parameters=job.parameters,
        n_in=items.n_offered,
        n=items.n,
        skipped={"not in the sample": left_out} if left_out else {},
        synthetic=job.gallery.catalog.synthetic,
        details=details,
        timings=timings,
        seed=job.seed,
    )
    with publish(job.store.result_folder(job.name, artifact.KIND, job.id)) as draft:
        groups.to_parquet(draft / artifact.GROUPS, index=False)
        cuts = pd.DataFrame() if found.cuts is None else found.cuts.drop(columns="n_merges")
        cuts.to_parquet(draft / artifact.CUTS, index=False)
        if found.tree is not None:
            np.save(draft / artifact.MERGES, found.tree.merges, allow_pickle=False)
            np.save(draft / artifact.HEIGHTS, found.tree.heights, allow_pickle=False)
        write_manifest(draft, manifest)
