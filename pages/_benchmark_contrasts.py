"""What one choice does, on the Benchmark page: resize against pad, and metric against metric."""

import pandas as pd
import streamlit as st

from lib.charts.differences import dumbbell
from lib.charts.theme import count
from lib.definitions import help_text
from lib.images.fit import FITS
from lib.report.wording import metric_title
from lib.retrieval.contrasts import contrasts
from lib.retrieval.distances import DISTANCE_METRICS
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_draw import height_of, row_height
from pages._benchmark_rows import Board, find_differences, interval
from pages._explain import explained

#: Pixels of what is compared, and characters on one line of it: on a phone, the verdict, the difference and its
#: interval stand beside it.
_WIDTH, _LINE = 120, 15
_OF_MODEL = ("backbone", "size", "weights", "precision")
#: In the order in which a value is what others are set against.
FIT_ORDER = ("resize", *(name for name in FITS if name != "resize"))


def fit_and_metric(board: Board) -> None:
    """Draw rows that differ only in how pictures are fitted, then rows that differ only in the distance."""
    rows = board.rows[board.rows[board.score].notna()].iloc[::-1]
    st.header("Resize against pad", anchor=False, help=help_text("pad"))
    st.markdown(
        "The same model saw the same pictures stretched to a square (resize), or whole with a border (pad: black, "
        "pad-white)."
    )
    of_model = with_fits(board, rows)
    draw_pairs(
        board,
        of_model,
        contrasts(of_model, column="fit", order=FIT_ORDER, same=[*_OF_MODEL, "metric", "variant"]),
        names={name: name for name in FIT_ORDER},
        column="fit",
        nothing="No two rows differ only in the fit. Embed and evaluate one model with --fit resize and --fit pad.",
    )
    st.header("Metric against metric", anchor=False, help=help_text("cosine"))
    st.markdown("The same vectors, compared by another distance.")
    metrics = list(DISTANCE_METRICS)
    draw_pairs(
        board,
        rows,
        contrasts(rows, column="metric", order=metrics, same=["model", "variant"]),
        names={name: DISTANCE_METRICS[name].label for name in metrics},
        column="metric",
        nothing="No two rows differ only in the distance. Evaluate one model with --metric cosine and euclidean.",
    )


def with_fits(board: Board, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose model says how it was fed, with that in columns of their own."""
    known = {found.id: found.parameters for found in loaders.embeddings(board.catalog)}
    asked = [known.get(model, {}) for model in rows["model"]]
    columns = {name: [str(found.get(name)) for found in asked] for name in (*_OF_MODEL, "fit")}
    told = pd.concat([rows, pd.DataFrame(columns, index=rows.index)], axis=1)
    return told[told["fit"].isin(list(FITS))]


def draw_pairs(
    board: Board, rows: pd.DataFrame, pairs: pd.DataFrame, *, names: dict[str, str], column: str, nothing: str
) -> None:
    """Draw pairs as dumbbells, and their paired differences as a table."""
    if pairs.empty:
        st.info(nothing)
        return
    of_row = rows.set_index("evaluation")
    long = []
    for pair in pairs.itertuples():
        said = without(of_row.loc[pair.b, "name"], names[pair.value_b])
        for evaluation, value in ((pair.b, pair.value_b), (pair.a, pair.value_a)):
            long.append({"row": said, "name": names[value], "value": float(of_row.loc[evaluation, board.score])})
    drawn = pd.DataFrame(long).drop_duplicates(["row", "name"])
    used = [name for name in names.values() if name in set(drawn["name"])]
    label = metric_title(board.score)
    subtitle = count(drawn["row"].nunique(), "row")
    figure = dumbbell(drawn, names=used, title=f"{label} by {column}", subtitle=subtitle, x=label)
    shared.chart(figure, key=f"dumbbell-{column}", alt=f"{label} of rows that differ only in the {column}")
    found = find_differences(board, zip(pairs["a"], pairs["b"], strict=True))
    common = [without(of_row.loc[pair.b, "name"], names[pair.value_b]) for pair in pairs.itertuples()]
    said = [
        f"{row}: {names[pair.value_a]} against {names[pair.value_b]}"
        for row, pair in zip(common, pairs.itertuples(), strict=True)
    ]
    draw_differences(found.assign(said=said), first="Change", score=board.score, key=f"differences-{column}")


def without(name: str, part: str) -> str:
    """Return a row's name without one of its parts: what a pair has in common."""
    return " · ".join(piece for piece in name.split(" · ") if piece != part)


def draw_differences(found: pd.DataFrame, *, first: str, score: str, key: str) -> None:
    """Draw paired differences as a table; ``said`` names each."""
    words = {"a is better": "better", "b is better": "worse"}
    shown = pd.DataFrame(
        {
            first: found["said"],
            "Verdict": [words.get(verdict, verdict) for verdict in found["verdict"]],
            "Difference": found["difference"],
            "95 % interval": [interval(a, b, digits=4) for a, b in zip(found["low"], found["high"], strict=True)],
            "Queries in common": found["n_queries"],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        row_height=row_height(found["said"], line=_LINE),
        height=height_of(len(shown)),
        column_config={
            first: st.column_config.TextColumn(width=_WIDTH, pinned=True),
            "Verdict": st.column_config.TextColumn(width=82),
            "Difference": st.column_config.NumberColumn(
                f"Δ {metric_title(score)}", format="%+.4f", width=76, help=help_text("difference")
            ),
            "95 % interval": st.column_config.TextColumn("95 %", width=76, help=help_text("interval")),
            "Queries in common": st.column_config.NumberColumn(format="localized"),
        },
        alt="Paired differences with their intervals",
    )
    explained(score, "difference", "interval")
    shared.csv(shown, name=key)
