import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.report.wording import metric_title
from lib.retrieval.leaderboard import metric_names
from lib.retrieval.protocols import PROTOCOLS
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_contrasts import fit_and_metric
from pages._benchmark_cost import cost
from pages._benchmark_difference import difference
from pages._benchmark_labels import labels
from pages._benchmark_published import published, published_below
from pages._benchmark_rows import AS_S2, Board, load_table
from pages._benchmark_shape import near_duplicates, shape
from pages._benchmark_table import table
from pages._benchmark_variants import variants
from pages._benchmark_which import no_value
from pages._linked import linked_segments
from pages._mend import commands

PURPOSE = (
    "Which model finds the right products, what that costs, and how sure the numbers are: each score is a mean over "
    "queries with its 95 % interval, and models are compared query by query."
)
#: The one section that is not about the catalogue.
PUBLISHED = "Published"
FIRST_SCORE = "map_at_r"
SECTIONS = {
    "Leaderboard": table,
    "Cost": cost,
    "Fit and metric": fit_and_metric,
    "Variants": variants,
    "Labels": labels,
    "Difference": difference,
    "Shape": shape,
    "Near-duplicates": near_duplicates,
}


def body(catalog: Catalog) -> None:
    """Draw what was chosen of one section, and no other."""
    found = load_table(catalog)
    if found.empty:
        nothing_yet(catalog)
        published_below(catalog)
        damaged(catalog)
        return
    section = linked_segments("Section", [*SECTIONS, PUBLISHED], key="view", label_visibility="collapsed")
    if section == PUBLISHED:
        published(catalog)
        return
    board = choose(catalog, found)
    if catalog.synthetic:
        st.caption(
            ":material/draw: These are scores on made-up pictures: they show how it works, not how a model does."
        )
    SECTIONS[section](board)
    damaged(catalog)


def damaged(catalog: Catalog) -> None:
    """Name the evaluations that cannot be read, with the command that makes each again."""
    for error in loaders.store().damaged(catalog.name, "evaluation"):
        with shared.guard():
            raise error


def choose(catalog: Catalog, found: pd.DataFrame) -> Board:
    """Draw the choice of what is compared, and return it."""
    left, middle, right = st.columns(3)
    labels = sorted(found["label"].unique())
    with left:
        label = shared.linked_choice(
            "Label",
            labels,
            key="by",
            first=catalog.label,
            help=shared.what_is("relevant", "A result is right if it has the query's label."),
        )
    of_label = found[found["label"] == label]
    protocols = [name for name in PROTOCOLS if name in set(of_label["protocol"])]
    with middle:
        protocol = shared.linked_choice(
            "Protocol",
            protocols,
            key="protocol",
            shown=lambda name: PROTOCOLS[name].label,
            help="  \n".join(
                shared.what_is(n, f"**{PROTOCOLS[n].label}**: {PROTOCOLS[n].explanation}") for n in protocols
            ),
        )
    scores = [name for name in metric_names(of_label) if of_label[f"{name}_low"].notna().any()]
    with right:
        score = shared.linked_choice(
            "Score",
            scores,
            key="score",
            first=FIRST_SCORE,
            shown=metric_title,
            help="The score that leads: rows are sorted, drawn and compared by it.",
        )
    if protocol == AS_S2:
        st.warning(f"{PROTOCOLS[AS_S2].explanation} No other row belongs beside these.", icon=":material/warning:")
    board = Board(catalog, found, label, protocol, score)
    no_value(board.rows, score)
    return board


def nothing_yet(catalog: Catalog) -> None:
    """Say which commands fill this page."""
    name = catalog.name
    embeddings = loaders.embeddings(catalog)
    model = embeddings[0].id if embeddings else "MODEL"
    st.info(f"Nothing has been measured on {shared.escape(name)} yet. One model, or a whole experiment:")
    if not embeddings:
        commands(f"python -m lib embed {name} --backbone color_hog")
    commands(f"python -m lib evaluate {name} --model {model}")
    commands(f"python -m lib build experiments/s2_thesis.toml --set catalog={name}")


shared.show("Benchmark", PURPOSE, body)
