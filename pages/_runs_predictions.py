"""What a trained model calls test pictures, with how sure it is, on the Runs page."""

from pathlib import Path

import pandas as pd
import streamlit as st

from lib.artifacts import MANIFEST
from lib.catalog import Catalog
from lib.charts.theme import count
from lib.embedding import is_stale
from lib.models.trained import TrainedModel, read_trained
from lib.schema import Manifest
from lib.training.naming import named_pictures
from lib.training.runs import Run
from pages import _loaders as loaders
from pages import _shared as shared
from pages._grid import card, judged, product_grid
from pages._linked import linked_segments
from pages._mend import commands
from pages._text import escape

N_SHOWN = 24
#: From here on a probability would be rounded to certainty.
_ALMOST = 0.995
SPREAD, WRONG, UNSURE = "Of every label", "Surest mistakes", "Least sure"
WAYS = {
    SPREAD: "A picture of each of the commonest labels, drawn once.",
    WRONG: "Wrong, and most certain of it: what it mixes up, or where the given label is wrong.",
    UNSURE: "The likeliest label has the least probability.",
}


def predictions(catalog: Catalog, run: Run) -> None:
    """Draw test pictures with their label and what the model calls them."""
    with shared.guard():
        model = read_trained(run.folder)
        embedding = embedding_of(catalog, run)
        if not model.heads:
            st.info("This recipe learns distances and no names; what it finds shows what it learnt.")
        elif embedding is not None:
            draw(catalog, run, model, embedding)
        if embedding is None:
            not_embedded(catalog, run)
        elif not model.heads:
            st.page_link("pages/search.py", label="Search with it", icon=":material/search:",
                         query_params={"catalog": catalog.name, "model": embedding.id})  # fmt: skip


def embedding_of(catalog: Catalog, run: Run) -> Manifest | None:
    """Return the newest current embedding of a catalogue that was made with a run's weights."""
    found = [each for each in loaders.embeddings(catalog) if each.parameters.get("weights") == run.id]
    current = [each for each in found if not is_stale(each, catalog)]
    return max(current, key=lambda each: each.created_at, default=None)


def not_embedded(catalog: Catalog, run: Run) -> None:
    """Say how the catalogue gets embedded with the run."""
    st.info("The catalogue has not been embedded with this model yet. Then it can also search, and be compared.")
    commands(f"python -m lib embed {catalog.name} --weights {run.id}", wrap=True)


def draw(catalog: Catalog, run: Run, model: TrainedModel, embedding: Manifest) -> None:
    """Draw the choice of pictures, and the pictures."""
    columns = [head.column for head in model.heads if head.column in catalog.frame]
    if not columns:
        st.info("The catalogue has none of the columns any more that this model names.")
        return
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        column = shared.linked_choice(
            "Attribute", columns, key="head", first=run.label, help="What the model was taught to name."
        )
    with right:
        way = linked_segments(
            "Pictures",
            list(WAYS),
            key="pictures",
            help="  \n".join(f"**{name}**: {text}" for name, text in WAYS.items()),
        )
    table = named(catalog, run, embedding, column)
    unlearnt, table = int(table["given"].isna().sum()), table.dropna(subset="given")
    if table.empty:
        st.info(f"No test picture has a {escape(column)} that it learnt.")
        return
    right_ones = table["named"] == table["given"]
    chance = float(table["given"].value_counts(normalize=True).iloc[0])
    st.caption(
        f"{right_ones.mean():.1%} of {count(len(table), 'test picture')} are named rightly; always saying the "
        f"commonest {escape(column)} would be right for {chance:.1%}. {_left_out(unlearnt, column)}"
        "Click a picture to search with it."
    )
    shown = chosen(table, way)
    if shown.empty:
        st.success("There is no mistake among them.", icon=":material/check_circle:")
    cards = [_card(catalog, row, column) for row in shown.itertuples()]
    product_grid(
        cards, key="named", label="Test pictures and what they are called", on_pick=_search(embedding), size=150
    )


def _left_out(n: int, column: str) -> str:
    """Return how many pictures are of labels that it cannot name: neither right nor wrong."""
    return (
        f"{count(n, 'picture')} of a {escape(column)} that it never learnt {'is' if n == 1 else 'are'} left out. "
        * bool(n)
    )


def _search(embedding: Manifest):
    return lambda product_id: shared.search_for(product_id, model=embedding.id)


def _card(catalog: Catalog, row, column: str) -> dict[str, object]:
    is_right = row.named == row.given
    drawn = judged(card(catalog, row.product_id), right=is_right, label=column)
    sure = ">99%" if row.probability >= _ALMOST else f"{row.probability:.0%}"
    chips = [sure] if is_right else [f"called {row.named}", sure]
    drawn |= {"title": str(row.given), "chips": chips}
    return drawn | {"label": f"{drawn['label']}: {row.given}, {' '.join(chips)}"}


def chosen(table: pd.DataFrame, way: str) -> pd.DataFrame:
    """Return the rows that are shown."""
    if way == WRONG:
        return table[table["named"] != table["given"]].nlargest(N_SHOWN, "probability")
    if way == UNSURE:
        return table.nsmallest(N_SHOWN, "probability")
    commonest = table["given"].value_counts().index
    order = {label: place for place, label in enumerate(commonest)}
    turn = table.groupby("given").cumcount()
    ranked = table.assign(turn=turn, place=table["given"].map(order)).sort_values(["turn", "place"], kind="stable")
    return ranked.head(N_SHOWN)


def named(catalog: Catalog, run: Run, embedding: Manifest, column: str) -> pd.DataFrame:
    """Return every test picture with its label, what the model calls it and how sure it is, found once for all."""
    folder = loaders.store().result_folder(catalog.name, "embedding", embedding.id)
    times = "|".join(map(loaders.stamp, (catalog.folder / MANIFEST, folder / MANIFEST, run.folder / MANIFEST)))
    joined = column == run.label and bool(run.parameters.get("largest"))
    return _named(catalog.name, str(run.folder), embedding.id, column, times, joined=joined)


@st.cache_data(max_entries=32, show_spinner="Naming the test pictures …")
def _named(name: str, run_folder: str, embedding_id: str, column: str, times: str, *, joined: bool) -> pd.DataFrame:
    catalog = loaders.catalog(name)
    embedding = loaders.gallery(catalog, embedding_id).embedding
    return named_pictures(catalog, embedding, read_trained(Path(run_folder)), column, joined=joined)
