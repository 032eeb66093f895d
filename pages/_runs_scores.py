"""What finished runs measure, beside ImageNet's own features, on the Runs page."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.charts.curves import mark_reference
from lib.charts.forest import forest
from lib.charts.theme import count
from lib.training.comparison import measured_names, measured_table, measured_title
from lib.training.runs import DONE, Run
from pages import _shared as shared
from pages._benchmark_draw import SEVERAL_LINES
from pages._benchmark_rows import interval
from pages._explain import explained
from pages._linked import linked_segments
from pages._runs_reference import Reference, no_reference, reference
from pages._text import escape

SPLITS = {"test": "Test", "val": "Validation"}


def scores(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw a score of every finished run with its interval, and ImageNet's features as a line."""
    done = [run for run in found if run.state == DONE]
    if not done:
        st.info("No run is finished yet: scores are measured at its end, with the weights of its best epoch.")
        return
    label, split, score = choose(catalog, done)
    if score is None:
        st.info("These runs were not measured: the catalogue has no pictures in that split.")
        return
    asked = [run for run in done if run.label == label]
    table = measured_table(asked, split, score, names=names)
    found_reference = reference(catalog, label, score) if split == "test" else None
    draw(table, score, label=label, split=split, line=found_reference)
    listed(catalog, table, score, found_reference)
    if split == "test" and found_reference is None and score in ("map_at_r", "map", "recall@1"):
        no_reference(catalog, label)


def choose(catalog: Catalog, done: list[Run]) -> tuple[str, str, str | None]:
    """Draw the choice of label, split and score."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        labels = sorted({run.label for run in done})
        label = shared.linked_choice(
            "Label", labels, key="by", first=catalog.label, help="Runs that learnt this column; others answer another "
            "question.",
        )  # fmt: skip
    with middle:
        split = linked_segments(
            "Pictures",
            list(SPLITS),
            key="split",
            shown=SPLITS.__getitem__,
            help="Validation pictures chose the epoch, so their scores flatter; test pictures chose nothing.",
        )
    names = measured_names([run for run in done if run.label == label], split)
    if not names:
        return label, split, None
    with right:
        score = shared.linked_choice(
            "Score", names, key="score", shown=measured_title, help="Each picture of the split asks the others."
        )
    return label, split, score


def draw(table: pd.DataFrame, score: str, *, label: str, split: str, line: Reference | None) -> None:
    """Draw the scores with their intervals."""
    title = measured_title(score)
    figure = forest(
        table.assign(standing="", note=[count(int(n), "picture") for n in table["n"]]),
        title=f"{title}, {label}",
        subtitle=f"{count(len(table), 'run')}, {SPLITS[split].lower()} split; 95 % intervals; axis not from 0",
        x=title,
    )
    if line is not None:
        mark_reference(figure, line.value, low=line.low, high=line.high, words=f"ImageNet: {line.value:.3f}")
    shared.chart(figure, key="run-scores", alt=f"{title} of each finished run with its interval")


def listed(catalog: Catalog, table: pd.DataFrame, score: str, line: Reference | None) -> None:
    """Draw the scores as a table, with what each gains over ImageNet's features."""
    title = measured_title(score)
    shown = pd.DataFrame(
        {
            "Run": table["title"],
            title: table["value"],
            "95 % interval": [interval(low, high) for low, high in zip(table["low"], table["high"], strict=True)],
            "Pictures": table["n"],
            "Id": table["run"],
        }
    )
    columns = {title: st.column_config.NumberColumn(format="%.3f"), "Run": st.column_config.TextColumn(width=180)}
    columns["Pictures"] = st.column_config.NumberColumn(format="localized")
    if line is not None:
        shown.insert(2, "Over ImageNet", table["value"] - line.value)
        columns["Over ImageNet"] = st.column_config.NumberColumn(format="%+.3f")
        st.caption(
            f"The dashed line is {escape(line.title)} with ImageNet's own weights, {title} {line.value:.3f} "
            f"[{line.low:.3f}, {line.high:.3f}], measured by the same question (each test picture asks the others)."
        )
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        column_config=columns,
        row_height=SEVERAL_LINES,
        alt=f"{title} of each finished run",
    )
    explained(score, "interval", "split")
    shared.csv(shown, name=f"{catalog.name}-runs-{score.replace('@', '-')}")
