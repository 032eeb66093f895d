"""Results that are kept with the code, on the Benchmark page: real ones, told from those of the catalogue chosen."""

from pathlib import Path

import pandas as pd
import streamlit as st

from lib import settings
from lib.artifacts import MANIFEST
from lib.catalog import Catalog
from lib.charts.intervals import score_bars
from lib.charts.theme import count
from lib.published import Published, read_published
from lib.report.wording import metric_title
from lib.retrieval.protocols import PROTOCOLS
from pages import _loaders as loaders
from pages import _shared as shared
from pages._benchmark_draw import draw_forest, draw_rows
from pages._benchmark_rows import row_names

_LEAST, _TOP = 10, 15
PUBLISH = "python -m lib publish NAME"


def read() -> list[Published]:
    """Return what is published, read once for everybody and again when it was published anew."""
    folder = settings.published_dir()
    times = " ".join(f"{path.parent.name} {loaders.stamp(path)}" for path in sorted(folder.glob(f"*/{MANIFEST}")))
    return _read(str(folder), times)


@st.cache_resource(max_entries=2, show_spinner="Reading the published results …")
def _read(folder: str, when: str) -> list[Published]:
    return read_published(Path(folder))


def published(catalog: Catalog) -> None:
    """Draw the published results of every catalogue."""
    if not read():
        st.info("Nothing is published with this copy of Vitrine. What was measured on a catalogue is published by:")
        st.code(PUBLISH, language="bash")
    published_below(catalog)


def published_below(catalog: Catalog) -> None:
    """Draw the published results under a heading of their own, if there are any."""
    found = read()
    if not found:
        return
    st.header("Published results", anchor=False, divider="gray")
    of_this = catalog.name in {one.catalog for one in found}
    st.markdown(
        f"{'**Kept with the code**' if of_this else f'**Not measured on {shared.escape(catalog.name)}**'}: these were "
        "measured elsewhere and stay as they are, with what they were made from, whatever is measured here."
    )
    for one in found:
        draw(one)


def draw(one: Published) -> None:
    """Draw what is published of one catalogue."""
    st.subheader(shared.escape(one.title), anchor=False)
    n = count(int(one.manifest.details.get("n_pictures") or 0), "picture")
    if one.manifest.synthetic:
        st.badge(f"Made-up data: {n}", icon=":material/draw:", color="orange")
    else:
        st.badge(f"Measured on real products: {n}", icon=":material/verified:", color="green")
    rows = choose(one)
    score = str(one.manifest.details.get("standing_metric", "map_at_r"))
    rows = rows.sort_values(score, ascending=False, kind="stable", ignore_index=True)
    rows = rows.assign(name=row_names(rows))
    label, protocol = rows.loc[0, ["label", "protocol"]]
    known = PROTOCOLS.get(protocol)
    st.caption(f"Right is what has the query's {shared.escape(label)}. {known.explanation if known else ''}")
    plain = rows[rows["variant"] == ""]
    draw_forest(plain if len(plain) else rows, score, label=label, key=f"published-{one.catalog}")
    draw_rows(rows, score, alt=f"Published results of {one.catalog}")
    shared.csv(rows.drop(columns="name"), name=f"published-{one.catalog}", label="These results as CSV")
    draw_labels(one, rows)
    provenance(one)


def choose(one: Published) -> pd.DataFrame:
    """Draw the choice of label and protocol where there are several; return its rows."""
    of = one.leaderboard[["label", "protocol"]].drop_duplicates()
    order = {name: place for place, name in enumerate(PROTOCOLS)}
    own = one.manifest.details.get("label")
    ways = sorted(of.itertuples(index=False, name=None), key=lambda way: (way[0] != own, order.get(way[1], 99), way))
    names = {f"{label} · {PROTOCOLS[name].label if name in PROTOCOLS else name}": (label, name) for label, name in ways}
    chosen = ways[0]
    if len(ways) > 1:
        chosen = names[st.selectbox("Label and protocol", list(names), key=f"published.{one.catalog}")]
    return one.leaderboard[(one.leaderboard[["label", "protocol"]] == list(chosen)).all(axis=1)]


def draw_labels(one: Published, rows: pd.DataFrame) -> None:
    """Draw the worst labels of the best of the rows whose labels are published."""
    best = next((name for name in rows["evaluation"] if name in set(one.labels["evaluation"])), None)
    table = one.labels[(one.labels["evaluation"] == best) & (one.labels["n_queries"] >= _LEAST)]
    if table.empty:
        return
    drawn = table.sort_values("map_at_r").head(_TOP)
    figure = score_bars(
        drawn.rename(columns={"label": "value", "map_at_r": "mean", "map_at_r_low": "low", "map_at_r_high": "high"}),
        title=f"{metric_title('map_at_r')} by label, worst first",
        subtitle=f"{len(drawn)} of {count(len(table), 'label')} with at least {_LEAST} queries",
        x=metric_title("map_at_r"),
    )
    with st.expander("By label", icon=":material/label:"):
        st.caption(f"Of {shared.escape(rows.set_index('evaluation').loc[best, 'name'])}.")
        shared.chart(figure, key=f"published-labels-{one.catalog}", alt="Published scores by label, worst first")


def provenance(one: Published) -> None:
    """Draw what the published results were made from, and how."""
    manifest = one.manifest
    with st.expander("What they were made from", icon=":material/history_edu:"):
        made = ", ".join(f"{name} {version}" for name, version in manifest.details.get("made_with", {}).items())
        st.markdown(
            f"Published on {manifest.created_at[:10]} from {count(manifest.n, 'evaluation')}, each recorded with its "
            f"digest, seed and command. Made with {shared.escape(made) or 'libraries that were not recorded'}."
        )
        if manifest.details.get("credits"):
            st.caption(shared.escape(str(manifest.details["credits"])))
        st.caption(f"SHA-256 of the pictures: {manifest.inputs.get('pictures_sha256')}")
        st.code(f"{manifest.details.get('catalog_command', '')}\n{manifest.command}".strip(), language="bash")
        lacking = one.unavailable
        if len(lacking):
            st.markdown("Asked for and not measured:")
            st.dataframe(lacking, hide_index=True, placeholder="–", alt="What was asked for and not measured")
