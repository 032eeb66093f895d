import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.clustering.clustering import KIND
from pages import _groups_loaders as groups
from pages import _loaders as loaders
from pages import _shared as shared
from pages._groups_cut import where_to_cut
from pages._groups_labels import against_labels
from pages._groups_sheets import contact_sheets
from pages._groups_table import linkage_table
from pages._linked import linked_segments
from pages._mend import commands
from pages._nothing import no_model
from pages._text import escape

PURPOSE = (
    "Products that look alike, put together without being told what there is: which distance and linkage do it best, "
    "where to cut, what the groups are, and where they and the labels disagree."
)
SECTIONS = {
    "Distances and linkages": linkage_table,
    "Where to cut": where_to_cut,
    "Groups": contact_sheets,
    "Against the labels": against_labels,
}


def body(catalog: Catalog) -> None:
    """Draw what was chosen of one section, and no other."""
    if not loaders.embeddings(catalog):
        no_model(catalog.name)
        return
    found = groups.board(catalog)
    if found.empty:
        nothing_yet(catalog)
    else:
        section = linked_segments("Section", list(SECTIONS), key="view", label_visibility="collapsed")
        SECTIONS[section](catalog, choose(catalog, found))
    for error in loaders.store().damaged(catalog.name, KIND):
        with shared.guard():
            raise error


def choose(catalog: Catalog, found: pd.DataFrame) -> groups.Question:
    """Draw the choice of what is grouped and how it is cut; return the clusterings that answer it."""
    left, middle, right = st.columns([2, 1, 1])
    titles = {each: name for each, name in groups.titles(catalog).items() if each in set(found["model"])}
    titles |= {each: each for each in found["model"].unique() if each not in titles}
    with left:
        model = shared.linked_choice(
            "Model", list(titles), key="model", shown=lambda name: titles[name],
            first=max(titles, key=list(found["model"]).count),
            help="The embedding whose distances group the pictures.",
        )  # fmt: skip
    rows = found[found["model"] == model]
    with middle:
        label = shared.linked_choice(
            "Label", sorted(rows["label"].unique()), key="by", first=catalog.label,
            help="What the groups are compared with. They are made without it; it may choose where to cut.",
        )  # fmt: skip
    rows = rows[rows["label"] == label]
    with right:
        counts = rows.groupby("sample")["how"].count().sort_values(ascending=False)
        sample = shared.linked_choice(
            "Pictures", [str(each) for each in counts.index], key="sample",
            shown=lambda size: f"{rows.loc[rows['sample'] == int(size), 'n'].max():,}",
            help="How many were grouped: the distances of all pairs are held at once, so large catalogues are sampled.",
        )  # fmt: skip
    rows = rows[rows["sample"] == int(sample)]
    stale(rows)
    return groups.Question(model, titles[model], label, int(sample), rows)


def stale(rows: pd.DataFrame) -> None:
    """Name clusterings that were made of what is no longer there."""
    for row in rows[rows["stale"]].to_dict("records"):
        st.warning(
            f"{escape(row['clustering'])} was made of an older catalogue or embedding.", icon=":material/history:"
        )
        commands(row["command"])


def nothing_yet(catalog: Catalog) -> None:
    """Say which commands fill this page."""
    name, model = catalog.name, loaders.embeddings(catalog)[0].id
    st.info(f"Nothing has been grouped on {escape(name)} yet. One distance and linkage, or all of them:")
    commands(f"python -m lib cluster {name} --model {model} --metric cosine --linkage average --calibrate ami")
    commands(f"python -m lib build experiments/groups.toml --set catalog={name}")


shared.show("Groups", PURPOSE, body)
