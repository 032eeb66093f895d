"""What training changed of ImageNet's own features, and where: a run that finds worse is explained by this."""

import pandas as pd
import streamlit as st

from lib.catalog import Catalog
from lib.charts.differences import dumbbell
from lib.charts.theme import count
from lib.definitions import help_text
from lib.report.wording import metric_title
from lib.retrieval.differences import label_differences
from lib.retrieval.reading import read_labels
from lib.training.runs import DONE, Run
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_rows import Board, find_differences, interval, load_table
from pages._explain import explained
from pages._linked import linked_segments
from pages._mend import commands
from pages._runs_predictions import embedding_of
from pages._runs_reference import PROTOCOL, Reference, by_the_same_question, no_reference, reference
from pages._text import escape

SCORES = ("map_at_r", "map", "recall@1")
SHAPE = ("separation_ratio", "silhouette", "intra_distance", "inter_distance", "hubness_skewness")
N_LABELS = 8
_BEFORE, _AFTER = "ImageNet", "trained"


def against(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw a run's embedding beside ImageNet's features: the score, the shape of the labels, and label by label."""
    done = [run for run in found if run.state == DONE]
    if not done:
        st.info("No run is finished yet.")
        return
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        ids = [run.id for run in done]
        chosen = shared.linked_choice(
            "Run", ids, key="run", shown=lambda key: names[key], help="What it learnt, set against what it began from."
        )
    with right:
        score = linked_segments("Score", list(SCORES), key="score", shown=metric_title)
    run = next(each for each in done if each.id == chosen)
    before = reference(catalog, run.label, score)
    after = evaluation_of(catalog, run, score)
    if after is None:
        not_measured(catalog, run)
    elif before is None:
        no_reference(catalog, run.label)
    else:
        verdict(catalog, run, score, before, after)
        shape(catalog, before, after)
        by_label(catalog, score, before, after)


def evaluation_of(catalog: Catalog, run: Run, score: str) -> str | None:
    """Return the evaluation of a run's embedding by the question that it was measured by itself."""
    embedding = embedding_of(catalog, run)
    if embedding is None:
        return None
    rows = by_the_same_question(catalog, run.label, score)
    ids = rows.loc[rows["model"] == embedding.id, "evaluation"].tolist()
    return str(ids[0]) if ids else None


def not_measured(catalog: Catalog, run: Run) -> None:
    """Say how a run's embedding is measured."""
    st.info("The catalogue has to be embedded with this model, and measured by the question that ImageNet's was.")
    embedding = embedding_of(catalog, run)
    lines = [] if embedding else [f"python -m lib embed {catalog.name} --weights {run.id}"]
    words = f" --label {run.label}" if run.label != catalog.label else ""
    model = embedding.id if embedding else run.id
    commands(*lines, f"python -m lib evaluate {catalog.name} --model {model} --protocol {PROTOCOL}{words}", wrap=True)


def verdict(catalog: Catalog, run: Run, score: str, before: Reference, after: str) -> None:
    """Draw by how much it finds better or worse, picture by picture."""
    board = Board(catalog, load_table(catalog), label=run.label, protocol=PROTOCOL, score=score)
    found = find_differences(board, [(after, before.evaluation)]).iloc[0]
    said = {"a is better": "finds better", "b is better": "finds worse", "no difference shown": "finds no differently"}
    st.markdown(
        f"Trained, it **{said[found['verdict']]}** than {escape(before.title)} with ImageNet's weights: "
        f"{metric_title(score)} {found['difference']:+.3f} {interval(found['low'], found['high'])} over "
        f"{count(int(found['n_queries']), 'test picture')}, each asking the others for its {escape(run.label)}."
    )


def shape(catalog: Catalog, before: Reference, after: str) -> None:
    """Draw how the labels lie among the vectors, before and after."""
    board = load_table(catalog).set_index("evaluation")
    rows = board.loc[[before.evaluation, after]]
    known = [name for name in SHAPE if name in rows and rows[name].notna().all()]
    if not known:
        return
    st.subheader("How the labels lie", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        for name in known:
            old, new = (float(value) for value in rows[name])
            st.metric(
                metric_title(name), f"{new:.3f}", f"{new - old:+.3f}", delta_color="off", help=help_text(name),
                delta_description=f"from {old:.3f}",
            )  # fmt: skip
    if "separation_ratio" in known:
        old, new = (float(value) for value in rows["separation_ratio"])
        st.caption(
            "Pictures of one label lie closer together, for how far the labels lie apart, than before."
            if new > old
            else "Pictures of one label lie no closer together, for how far the labels lie apart, than before."
        )
    explained(*known)


def by_label(catalog: Catalog, score: str, before: Reference, after: str) -> None:
    """Draw the labels that lose most and gain most."""
    store = loaders.store()
    tables = [read_labels(store, catalog.name, evaluation) for evaluation in (after, before.evaluation)]
    table = label_differences(*tables, metric=score)
    lost, won = table[table["difference"] < 0], table[table["difference"] > 0][::-1]
    st.subheader("Label by label", anchor=False)
    st.markdown(
        f"**{len(won):,}** of {count(len(table), 'label')} are found better than before, **{len(lost):,}** worse. "
        "A label of few pictures moves far by chance."
    )
    for title, rows in (("What loses most", lost.head(N_LABELS)), ("What gains most", won.head(N_LABELS))):
        if len(rows):
            draw(rows, score, title=title)
    shown = table.rename(columns={"a": _AFTER, "b": _BEFORE, "silhouette": "silhouette gained"})
    shared.csv(shown, name=f"{catalog.name}-labels-against-imagenet")


def draw(rows: pd.DataFrame, score: str, *, title: str) -> None:
    """Draw labels before and after."""
    drawn = pd.concat(
        [
            pd.DataFrame(
                {
                    "row": [f"{label} · n {n:,}" for label, n in zip(rows["label"], rows["n_queries"], strict=True)],
                    "name": name,
                    "value": rows[column],
                }
            )
            for column, name in (("b", _BEFORE), ("a", _AFTER))
        ],
        ignore_index=True,
    )
    x = metric_title(score)
    figure = dumbbell(drawn, names=[_BEFORE, _AFTER], title=title, subtitle="test pictures of the label", x=x)
    shared.chart(figure, key=f"against-{title}", alt=f"{title}: {x} of labels before and after training")
