"""The chart library is read early: its 5 MB are compiled while a person looks at a page without charts.

Streamlit reads it only when the first chart arrives, which was measured to cost that page a second. Where its file is
not found, nothing is lost but that second.
"""

from functools import cache
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "vitrine.warm_charts",
    html="<div hidden></div>",
    js="""export default function ({ data }) {
  const read = () => import(new URL(data.path, window.location.origin).href).catch(() => {});
  (window.requestIdleCallback || window.setTimeout)(read);
}""",
)


@cache
def chart_library() -> str:
    """Return the name of the file that Streamlit's charts are in; an empty string where it has another name."""
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    return next((path.name for path in sorted(folder.glob("PlotlyChart.*.js"))), "")


def warm_charts() -> None:
    """Have the browser read the chart library when it is idle. The address is the one that Streamlit reads it at."""
    if chart_library():
        base = "/".join(part for part in str(st.get_option("server.baseUrlPath")).split("/") if part)
        path = f"{f'/{base}' if base else ''}/static/js/{chart_library()}"
        _component(key="warm_charts", data={"path": path}, height=1)
