"""What each variant gains or costs on the Benchmark page, against the plain row of its model."""

import pandas as pd
import streamlit as st

from lib.charts.differences import difference_forest
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.contrasts import contrasts
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.variants import Variant, parse_variant, variant_title
from pages import _shared as shared
from pages._benchmark_contrasts import draw_differences
from pages._benchmark_rows import Board, find_differences
from pages._linked import linked_segments
from pages._mend import commands

#: Heading of a kind of variant -> fields of the variant that make it one, and what its rows show.
KINDS = {
    "Smaller vectors": (("l2", "pca", "whiten"), "Fewer dimensions, or other scales."),
    "Storage": (("storage",), "The same vectors in fewer bytes."),
    "Expansion": (("augment", "expand"), "A vector becomes a mean with its neighbours."),
    "Index": (("index",), "Approximate search; its recall is of the exact ranking's ten nearest."),
    "Robustness": (("queries",), "What happens to the queries' pictures before they are embedded."),
    "Asked by another model": (("asked_by",), "The queries' vectors are another model's."),
}
#: Of variants that are of several kinds at once.
SEVERAL = "Combined"
_SAVES_NOTHING = ("Robustness", "Asked by another model")
_SAVED = {"bytes_per_item": "bytes an item", "ms_per_query": "ms a query", "index_recall": "recall of the index"}


def variants(board: Board) -> None:
    """Draw what each variant gains or costs against the plain row of its model, one kind of variant at a time."""
    pairs = against_plain(board)
    if pairs.empty:
        st.info("No variant stands beside the plain row of its model. Measure one:")
        model = board.rows["model"].iloc[0]
        commands(f'python -m lib evaluate {board.catalog.name} --model {model} --variant "pca=128"')
        return
    there = [kind for kind in [*KINDS, SEVERAL] if kind in set(pairs["kind"])]
    kind = linked_segments("Kind", there, key="kind")
    explanation = KINDS[kind][1] if kind in KINDS else "More than one thing at once."
    st.markdown(f"{explanation} Each is set against the same model and distance as embedded, over the same queries.")
    draw_kind(board, pairs[pairs["kind"] == kind], kind)


def against_plain(board: Board) -> pd.DataFrame:
    """Return the rows with a variant, each with the plain row of its model and distance, and its kind."""
    rows = board.rows[board.rows[board.score].notna()].iloc[::-1]
    order = ["", *sorted(set(rows["variant"]) - {""})]
    pairs = contrasts(rows, column="variant", order=order, same=["model", "title", "metric"])
    pairs = pairs[pairs["value_b"] == ""]
    return pairs.assign(kind=[kind_of(parse_variant(text)) for text in pairs["value_a"]])


def kind_of(variant: Variant) -> str:
    """Return the heading that a variant belongs under."""
    plain = Variant()
    changed = {
        kind
        for kind, (fields, _) in KINDS.items()
        if any(getattr(variant, name) != getattr(plain, name) for name in fields)
    }
    return changed.pop() if len(changed) == 1 else SEVERAL


def draw_kind(board: Board, pairs: pd.DataFrame, kind: str) -> None:
    """Draw the paired differences of one kind of variant, and what else changes."""
    found = find_differences(board, zip(pairs["a"], pairs["b"], strict=True))
    several = pairs[["model", "metric"]].drop_duplicates().shape[0] > 1
    found["said"] = [
        " · ".join(
            [variant_title(pair.value_a), *([pair.title, DISTANCE_METRICS[pair.metric].label] if several else [])]
        )
        for pair in pairs.itertuples()
    ]
    found = found[found["n_queries"] > 0].sort_values("difference", ascending=False)
    name = metric_title(board.score)
    drawn = found.rename(columns={"difference": "value", "said": "title"})
    figure = difference_forest(
        drawn,
        title=f"{kind}: difference in {name}",
        subtitle=f"{count(len(drawn), 'variant')} minus as embedded; 95 % intervals, query by query",
        x=f"difference in {name}",
    )
    shared.chart(figure, key="variants", alt=f"What each variant gains or costs in {name}")
    draw_differences(found, first="Variant", score=board.score, key=f"{board.catalog.name}-variants")
    saved = pairs.iloc[:0] if kind in _SAVES_NOTHING else savings(board.rows.set_index("evaluation"), pairs)
    if not saved.empty:
        number = st.column_config.NumberColumn
        st.header("What it costs to keep and to search", anchor=False, help=help_text("cost"))
        st.dataframe(
            saved,
            hide_index=True,
            placeholder="–",
            column_config={
                name: number(format="localized" if "bytes" in name else "%.3f") for name in saved.columns[2:]
            },
            alt="What each variant costs to keep and to search",
        )


def savings(of_row: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what each variant costs to keep and to search, before and after."""
    table = pd.DataFrame({"Variant": [variant_title(text) for text in pairs["value_a"]], "Model": pairs["title"]})
    for column, said in _SAVED.items():
        after = of_row.loc[pairs["a"], column].to_numpy()
        if column != "index_recall":
            table[f"{said}, as embedded"] = of_row.loc[pairs["b"], column].to_numpy()
        table[said] = after
    return table.dropna(axis=1, how="all") if table[list(_SAVED.values())].notna().any(axis=None) else table.iloc[:0]
