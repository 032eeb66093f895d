"""Training curves: one colour a run, dotted for training pictures, a star where the weights are kept."""

import pandas as pd
import pytest

from lib.charts.curves import curves, mark_reference
from lib.charts.forest import forest

HOSTILE = "<b>x</b> & <a href='http://evil.example'>y</a>"


def table(*runs: str, n: int = 3) -> pd.DataFrame:
    rows = [
        (run, part, float(epoch), 0.1 * epoch, epoch == n)
        for run in runs
        for part in ("validation", "training")
        for epoch in range(1, n + 1)
    ]
    return pd.DataFrame(rows, columns=["run", "part", "epoch", "value", "best"])


def drawn(data: pd.DataFrame, **options: object):
    return curves(data, title="Accuracy", subtitle="two runs", y="Accuracy", **{"share": True, **options})


def test_each_run_has_a_colour_and_each_part_a_line() -> None:
    figure = drawn(table("a", "b"))
    assert [trace.name for trace in figure.data] == ["a, validation", "a, training", "b, validation", "b, training"]
    assert figure.data[0].line.color == figure.data[1].line.color != figure.data[2].line.color
    assert [trace.line.dash for trace in figure.data] == ["solid", "dot"] * 2
    assert figure.layout.xaxis.title.text == "epoch"
    assert figure.layout.yaxis.title.text == "Accuracy"


def test_a_star_marks_the_kept_epoch_of_held_back_pictures_only() -> None:
    validation, training = drawn(table("a")).data
    assert validation.marker.symbol == ("circle", "circle", "star")
    assert set(training.marker.symbol) == {"circle"}


def test_one_epoch_is_a_dot_that_can_be_seen() -> None:
    assert all(size > 0 for trace in drawn(table("a", n=1)).data for size in trace.marker.size)


def test_the_axis_holds_every_value_and_shares_stay_within_0_and_1() -> None:
    low, high = drawn(table("a", n=10)).layout.yaxis.range
    assert low == pytest.approx(0.1 - 0.08 * 0.9)
    assert high == 1.0
    assert drawn(table("a", n=10), share=False).layout.yaxis.range[1] > 1.0


def test_nothing_is_drawn_of_nothing() -> None:
    assert len(drawn(table()).data) == 0


def test_names_are_shown_literally() -> None:
    assert "<b>" not in drawn(table(HOSTILE, "b")).data[0].name


def test_a_reference_is_a_line_that_the_axis_holds() -> None:
    rows = {"title": ["a"], "value": [0.6], "low": [0.5], "high": [0.7], "standing": [""], "note": [""]}
    figure = forest(pd.DataFrame(rows), title="t", subtitle="s", x="MAP@R")
    mark_reference(figure, 0.2, low=0.15, high=0.25, words=HOSTILE)
    first, last = figure.layout.xaxis.range
    assert first < 0.15
    assert last > 0.7
    assert {shape.type for shape in figure.layout.shapes} == {"rect", "line"}
    assert "<a" not in figure.layout.annotations[-1].text
