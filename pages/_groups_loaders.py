"""What the Groups page reads: the table of clusterings, and one of them, each once for everybody."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import streamlit as st

from lib.artifacts import MANIFEST, Store
from lib.catalog import Catalog
from lib.clustering.board import clustering_board, how_it_is_cut, how_it_was_made
from lib.clustering.clustering import KIND, Clustering, load_clustering
from lib.schema import RESULT_FOLDERS
from pages import _loaders as loaders
from pages import _shared as shared


class Question(NamedTuple):
    """Clusterings that can be compared: of one model, label and number of pictures."""

    model: str
    title: str
    label: str
    sample: int
    rows: pd.DataFrame


def board(catalog: Catalog) -> pd.DataFrame:
    """Return the table of a catalogue's clusterings, read again when there is another one."""
    folder = catalog.folder / RESULT_FOLDERS[KIND]
    found = [f"{path.parent.name} {loaders.stamp(path)}" for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    found += [loaders.stamp(catalog.folder / MANIFEST), *(each.id for each in loaders.embeddings(catalog))]
    return _board(str(loaders.store().root), catalog.name, hashlib.sha256("\n".join(found).encode()).hexdigest())


@st.cache_data(max_entries=8, show_spinner=False)
def _board(root: str, name: str, when: str) -> pd.DataFrame:
    return clustering_board(Store(Path(root)), name)


def titles(catalog: Catalog) -> dict[str, str]:
    """Return what the catalogue's models are called, the best measured first."""
    return loaders.titles(loaders.embeddings(catalog))


def chosen(catalog: Catalog, asked: Question) -> Clustering | None:
    """Draw the choice of one clustering, and return it; None where it cannot be read, which is said."""
    rows = asked.rows.sort_values("ami", ascending=False, na_position="last").set_index("clustering")
    names = {
        each: f"{how_it_was_made(row['metric'], row['how'])} · {how_it_is_cut(row['cut'])}"
        for each, row in rows.iterrows()
    }
    one = shared.linked_choice(
        "Made by", list(names), key="groups", shown=lambda each: names[each],
        help="The distance and linkage, or the method, and how it was cut. The best AMI comes first.",
    )  # fmt: skip
    with shared.guard():
        folder = loaders.store().result_folder(catalog.name, KIND, one)
        return _clustering(str(loaders.store().root), catalog.name, one, loaders.stamp(folder / MANIFEST))
    return None


@st.cache_resource(max_entries=8, show_spinner="Reading the groups …")
def _clustering(root: str, name: str, clustering: str, when: str) -> Clustering:
    return load_clustering(Store(Path(root)), name, clustering)
