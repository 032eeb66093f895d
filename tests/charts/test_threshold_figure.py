"""The figure of a threshold holds the curve, marks what is asked, and never runs what it is told to write."""

import numpy as np
import pandas as pd

from lib.charts.threshold import threshold_chart


def curve(n: int = 5) -> pd.DataFrame:
    """A curve that shows nothing at first."""
    steps = np.linspace(0, 1, n)
    falling = {name: 1 - steps for name in ("precision", "low", "high", "nearest")}
    return pd.DataFrame(
        {"threshold": steps, **falling, "recall": steps, "n_results": 100 * steps, "share_without": 1 - steps}
    )


def drawn(lines: dict[str, float]) -> object:
    return threshold_chart(curve(), lines=lines, title="A model", subtitle="9 queries", x="distance", n_nearest=12)


def test_where_nothing_is_shown_nothing_is_drawn() -> None:
    figure = drawn({"stored": 0.5})
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert list(named["right of what is within"].x) == [0.25, 0.5, 0.75, 1.0]
    assert list(named["results a query"].y) == [25, 50, 75, 100]
    assert "right of the 12 nearest within" in named


def test_lines_are_marked_and_the_axis_reaches_beyond_them() -> None:
    figure = drawn({"the model's": 0.9, "<b>asked</b>": 0.1})
    assert [shape.x0 for shape in figure.layout.shapes] == [0.9, 0.1]
    assert not figure.layout.annotations
    named = [trace for trace in figure.data if trace.x == (None,)]
    assert [trace.name for trace in named] == ["the model's", "&lt;b&gt;asked&lt;/b&gt;"]
    assert [trace.line.dash for trace in named] == [shape.line.dash for shape in figure.layout.shapes]
    assert figure.layout.xaxis.range[1] == 0.9 * 1.25
    assert figure.layout.xaxis2.range == figure.layout.xaxis.range


def test_without_lines_the_axis_ends_where_half_is_found() -> None:
    assert drawn({}).layout.xaxis.range == (0, 0.5)


def test_a_curve_of_nothing_is_empty() -> None:
    empty = curve().assign(n_results=0)
    figure = threshold_chart(empty, lines={}, title="t", subtitle="s", x="d", n_nearest=12)
    assert all(not len(trace.x) for trace in figure.data)
