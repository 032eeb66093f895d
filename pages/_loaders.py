"""Cached loaders: what pages read is opened once for everybody, and again when its manifest was written anew.

Caches are keyed by paths, names and the manifest's time, never by arrays or tables, and each is bounded.
"""

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from lib import settings
from lib.artifacts import MANIFEST, Store, read_manifest
from lib.catalog import Catalog, load_catalog
from lib.catalog.statistics import spread
from lib.embedding import load_embedding
from lib.embedding.embedder import Embedder, open_embedder
from lib.embedding.naming import model_title, model_titles
from lib.embedding.run_names import run_names as find_run_names
from lib.retrieval.gallery import Gallery
from lib.retrieval.leaderboard import leaderboard, models_by_score
from lib.retrieval.threshold_store import Threshold, stored_threshold
from lib.schema import RESULT_FOLDERS, Manifest


def store() -> Store:
    """Return the artifacts that this dashboard shows."""
    return Store(settings.artifacts_dir())


def stamp(path: Path) -> str:
    """Return what changes when a file does; an empty string where there is none."""
    with contextlib.suppress(OSError):
        status = path.stat()
        return f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}"
    return ""


def catalog(name: str) -> Catalog:
    """Return a catalogue, read once for everybody and again when it was imported anew."""
    here = store()
    return _catalog(str(here.root), name, stamp(here.catalog_folder(name) / MANIFEST))


@st.cache_resource(max_entries=4, show_spinner="Reading the catalogue …")
def _catalog(root: str, name: str, when: str) -> Catalog:
    return load_catalog(Store(Path(root)), name)


def spread_ids(chosen: Catalog, label: str, n: int) -> list[str]:
    """Return pictures that show the range of a catalogue's labels, chosen once for everybody."""
    return _spread_ids(str(store().root), chosen.name, stamp(chosen.folder / MANIFEST), label, n)


@st.cache_data(max_entries=32, show_spinner=False)
def _spread_ids(root: str, name: str, when: str, label: str, n: int) -> list[str]:
    return spread(catalog(name).frame, label, n)


def embeddings(chosen: Catalog) -> list[Manifest]:
    """Return the manifests of a catalogue's embeddings: the best measured first, then the others, newest first."""
    found = store().manifests(chosen.name, "embedding")[::-1]
    best = _best_models(str(store().root), chosen.name, chosen.label, evaluations_stamp(chosen))
    return sorted(found, key=lambda manifest: best.get(manifest.id, len(best)))


@st.cache_data(max_entries=16, show_spinner=False)
def _best_models(root: str, name: str, label: str, when: str) -> dict[str, int]:
    rows = leaderboard(Store(Path(root)), name)
    return {model: place for place, model in enumerate(models_by_score(rows, label=label))}


def run_names() -> dict[str, str]:
    """Return what the finished runs of all catalogues are called, read once for everybody."""
    root = store().root
    found = [f"{path} {stamp(path)}" for path in sorted(root.glob(f"*/{RESULT_FOLDERS['run']}/*/{MANIFEST}"))]
    return _run_names(str(root), hashlib.sha256("\n".join(found).encode()).hexdigest())


@st.cache_data(max_entries=4, show_spinner=False)
def _run_names(root: str, when: str) -> dict[str, str]:
    return find_run_names(Store(Path(root)))


def titles(found: Sequence[Manifest]) -> dict[str, str]:
    """Return what the models of several embeddings are called, by the embedding's id."""
    return model_titles(found, runs=run_names())


def title(manifest: Manifest) -> str:
    """Return what the model of an embedding is called."""
    return model_title(manifest, runs=run_names())


def names_in(name: str) -> dict[str, str]:
    """Return what runs, and the models of a catalogue, are called, by id; the catalogue need not be there."""
    found = store().manifests(name, "embedding") if name in store().catalog_names() else []
    return run_names() | titles(found)


def evaluations_stamp(chosen: Catalog) -> str:
    """Return what changes when any evaluation of a catalogue does, or the catalogue."""
    folder = chosen.folder / RESULT_FOLDERS["evaluation"]
    found = [f"{path.parent.name} {stamp(path)}" for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    return hashlib.sha256("\n".join([stamp(chosen.folder / MANIFEST), *found]).encode()).hexdigest()


def gallery(chosen: Catalog, model: str) -> Gallery:
    """Return what a query is compared with: one embedding of a catalogue, opened once for everybody."""
    folder = store().result_folder(chosen.name, "embedding", model)
    times = stamp(chosen.folder / MANIFEST), stamp(folder / MANIFEST)
    return _gallery(str(store().root), chosen.name, model, times)


# Vectors are mapped from disk: an open gallery holds a few bytes a picture of its own.
@st.cache_resource(max_entries=12, show_spinner="Opening the model's vectors …")
def _gallery(root: str, name: str, model: str, times: tuple[str, str]) -> Gallery:
    return Gallery(catalog=catalog(name), embedding=load_embedding(Store(Path(root)), name, model))


def threshold(chosen: Catalog, model: str, *, metric: str, label: str) -> Threshold | None:
    """Return the threshold that is stored for a model, read once for everybody."""
    folders = chosen.folder / RESULT_FOLDERS["threshold"], store().result_folder(chosen.name, "embedding", model)
    times = "|".join(map(stamp, (chosen.folder / MANIFEST, folders[0], folders[1] / MANIFEST)))
    return _threshold(str(store().root), chosen.name, model, metric, label, times)


@st.cache_resource(max_entries=32, show_spinner=False)
def _threshold(root: str, name: str, model: str, metric: str, label: str, times: str) -> Threshold | None:
    return stored_threshold(Store(Path(root)), name, model, metric=metric, label=label)


def embedder(name: str, manifest: Manifest) -> Embedder:
    """Return the model that made an embedding, opened once for everybody."""
    folder = store().result_folder(name, "embedding", manifest.id)
    return _embedder(str(store().root), name, manifest.id, stamp(folder / MANIFEST))


def forget_embedders() -> None:
    """Close every model: what one was opened from is gone."""
    _embedder.clear()


@st.cache_resource(max_entries=6, show_spinner=False)
def _embedder(root: str, name: str, model: str, when: str) -> Embedder:
    found = Store(Path(root))
    return open_embedder(found, read_manifest(found.result_folder(name, "embedding", model)))
