"""What the worked examples draw holds the numbers that it was given."""

import numpy as np
import pandas as pd

from lib.charts.lesson import count_bars, curves, ranking_strip, resampled_bars
from lib.charts.lesson_plane import arrows, plane
from lib.retrieval.bootstrap import Estimate


def test_a_ranking_says_without_colour_what_is_relevant() -> None:
    figure = ranking_strip([1, 0, 1], title="t", subtitle="s", cut=2)
    assert list(figure.data[0].text[0]) == ["✓", "×", "✓"]
    assert figure.layout.shapes[0].x0 == 2.5
    graded = ranking_strip([3, 0, 1], title="t", subtitle="s")
    assert list(graded.data[0].text[0]) == ["3", "×", "1"]
    assert not graded.layout.shapes


def test_resampled_means_are_all_drawn_and_the_interval_is_marked() -> None:
    means = np.array([0.0, 0.5, 0.5, 0.5, 1.0, np.nan])
    figure = resampled_bars(means, Estimate(0.5, 0.5, 0.5), title="t", x="x")
    assert list(figure.data[0].y) == [1, 3, 1]
    assert len(set(figure.data[0].marker.color)) == 2
    many = resampled_bars(np.linspace(0, 1, 1000), Estimate(0.5, 0.1, 0.9), title="t", x="x")
    assert sum(many.data[0].y) == 1000
    assert len(many.data[0].y) == 40


def test_curves_and_counts_hold_their_numbers() -> None:
    figure = curves([1, 2], {"a": [0.1, 0.2], "b": [0.3, 0.4]}, title="", subtitle="", x_title="x", y_title="y", at=2)
    assert [list(trace.y) for trace in figure.data] == [[0.1, 0.2], [0.3, 0.4]]
    assert figure.data[0].line.dash != figure.data[1].line.dash
    assert figure.layout.showlegend
    assert list(count_bars([0, 1], [5, 7], title="", subtitle="", x="x", y="y").data[0].y) == [5, 7]


def test_arrows_go_from_the_origin_to_both_tips() -> None:
    figure = arrows(np.array([3.0, 0.0]), np.array([0.0, 4.0]), title="", subtitle="")
    tips = {(note.x, note.y) for note in figure.layout.annotations if note.showarrow}
    assert tips == {(3.0, 0.0), (0.0, 4.0)}
    assert figure.layout.yaxis.scaleanchor == "x"


def test_points_are_told_apart_by_symbol_and_by_whether_they_take_part() -> None:
    points = pd.DataFrame(
        {"name": ["<a>", "b", "c"], "x": [0, 1, 2], "y": [0, 1, 2], "group": ["one", "two", "two"],
         "hollow": [False, False, True], "faded": [False, True, False]}
    )  # fmt: skip
    figure = plane(points, title="", subtitle="", links=[(0, 2)], axis=(np.zeros(2), np.ones(2)))
    link, axis, one, two = figure.data
    assert (list(link.x), list(axis.x)) == ([0, 2], [0, 1])
    assert list(one.text) == ["&lt;a&gt;"]
    assert list(two.marker.symbol) == ["square", "square-open"]
    assert two.marker.opacity[0] < two.marker.opacity[1]
    many = plane(pd.concat([points] * 10), title="", subtitle="")
    assert {trace.mode for trace in many.data} == {"markers"}, "too many names would cover each other"
