"""The Benchmark page's figures: the numbers they were given, in words as well as in colours, whatever names contain."""

import json
import math

import pandas as pd
import pytest

from lib.charts.differences import VERDICTS, difference_forest, dumbbell
from lib.charts.forest import STANDINGS, forest
from lib.charts.intervals import score_bars
from lib.charts.pareto import cost_scatter
from lib.charts.theme import wrapped

HOSTILE = '<img src=x onerror="alert(1)"> & <b>bold</b>'


def rows(**columns: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "title": ["MobileNetV2 · 224 px · pad", "MobileNetV2 · 128 px · resize", HOSTILE],
            "value": [0.33, 0.32, 0.1],
            "low": [0.32, 0.31, None],
            "high": [0.34, 0.33, None],
            "standing": ["best", "tied", None],
            "note": ["cosine", "euclidean", "<i>n</i> 5"],
        }
    )
    return table.assign(**columns)


def drawn(figure) -> str:
    return json.dumps(json.loads(figure.to_json()))


class TestForest:
    def test_standings_are_said_in_words_and_symbols(self) -> None:
        points = forest(rows(), title="t", subtitle="s", x="MAP@R").data[0]
        assert list(points.text) == ["0.330 best", "0.320 tied with best", "0.100 not comparable"]
        assert list(points.marker.symbol) == ["star", "diamond", "circle-open"]
        assert len({(look[0], look[3]) for look in STANDINGS.values()}) == len(STANDINGS)

    def test_intervals_reach_to_their_ends(self) -> None:
        bars = forest(rows(), title="t", subtitle="s", x="MAP@R").data[0].error_x
        assert list(bars.array) == pytest.approx([0.01, 0.01, 0.0])
        assert list(bars.arrayminus) == pytest.approx([0.01, 0.01, 0.0])

    def test_the_first_row_is_on_top_and_equal_names_stay_apart(self) -> None:
        figure = forest(rows(title=["same"] * 3), title="t", subtitle="s", x="MAP@R")
        assert list(figure.data[0].y) == [0, 1, 2]
        assert list(figure.layout.yaxis.ticktext) == ["same"] * 3
        assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]

    def test_the_axis_holds_every_interval(self) -> None:
        low, high = forest(rows(), title="t", subtitle="s", x="MAP@R").layout.xaxis.range
        assert low < 0.1
        assert high > 0.34

    def test_without_rows_it_is_an_empty_chart(self) -> None:
        assert not forest(rows().iloc[:0], title="t", subtitle="s", x="MAP@R").data


class TestPareto:
    TABLE = rows(cost=[2.0, 40.0, 3.0], front=[True, True, False], number=["1", "2", ""])

    def test_the_front_is_numbered_and_has_its_own_symbol(self) -> None:
        line, others, front = cost_scatter(self.TABLE, title="t", subtitle="s", x="ms a query", y="MAP@R").data
        assert list(line.x) == [2.0, 40.0]
        assert list(front.text) == ["<b>1</b>", "<b>2</b>"]
        assert front.marker.symbol != others.marker.symbol
        assert list(others.x) == [3.0]

    def test_costs_stand_on_a_logarithmic_axis_with_plain_numbers(self) -> None:
        axis = cost_scatter(self.TABLE, title="t", subtitle="s", x="ms a query", y="MAP@R").layout.xaxis
        assert axis.type == "log"
        assert axis.title.text == "ms a query, log scale"
        assert axis.range[0] < math.log10(2) < math.log10(40) < axis.range[1]
        assert list(axis.ticktext) == ["2", "5", "10", "20", "50"]

    def test_without_a_front_nothing_is_numbered(self) -> None:
        none = self.TABLE.iloc[:0]
        assert [len(trace.x) for trace in cost_scatter(none, title="t", subtitle="s", x="x", y="y").data] == [0, 0, 0]


class TestDifferences:
    TABLE = pd.DataFrame(
        {
            "title": ["PCA 64", "int8", HOSTILE],
            "value": [-0.02, 0.01, 0.0],
            "low": [-0.03, 0.005, -0.01],
            "high": [-0.01, 0.015, 0.01],
            "verdict": ["b is better", "a is better", "no difference shown"],
        }
    )

    def test_every_verdict_has_its_word_and_symbol(self) -> None:
        points = difference_forest(self.TABLE, title="t", subtitle="s", x="difference").data[0]
        assert list(points.text) == ["-0.0200 worse", "+0.0100 better", "+0.0000 no difference shown"]
        assert len({look[0] for look in VERDICTS.values()}) == len(VERDICTS) == len(set(points.marker.symbol))

    def test_zero_is_in_sight(self) -> None:
        for table in (self.TABLE, self.TABLE.iloc[:1], self.TABLE.iloc[1:2]):
            low, high = difference_forest(table, title="t", subtitle="s", x="difference").layout.xaxis.range
            assert low < 0 < high
            assert low < table["low"].min()
            assert high > table["high"].max()

    def test_dumbbells_join_what_differs_in_one_thing(self) -> None:
        table = pd.DataFrame(
            {"row": ["m", "m", "n", HOSTILE], "name": ["resize", "pad", "pad", "pad"], "value": [0.3, 0.33, 0.1, 0.2]}
        )
        figure = dumbbell(table, names=["resize", "pad"], title="t", subtitle="s", x="MAP@R")
        lines = [trace for trace in figure.data if trace.mode == "lines"]
        assert [list(line.x) for line in lines] == [[0.3, 0.33], [0.1, 0.1], [0.2, 0.2]]
        points = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
        assert list(points["pad"].y) == [0, 1, 2]
        assert list(points["resize"].x) == [0.3]
        assert "◆</span> pad" in figure.layout.title.subtitle.text
        assert points["pad"].marker.symbol != points["resize"].marker.symbol


class TestScoreBars:
    TABLE = pd.DataFrame(
        {
            "value": ["Shirts", HOSTILE, None],
            "n_queries": [1234, 2, 1],
            "mean": [0.2, 0.5, None],
            "low": [0.1, 0.4, None],
            "high": [0.3, 0.7, None],
        }
    )

    def test_each_bar_says_how_many_queries_it_is_over(self) -> None:
        figure = score_bars(self.TABLE, title="t", subtitle="s", x="MAP@R")
        assert list(figure.data[0].x) == [0.2, 0.5, 0.0]
        assert figure.layout.yaxis.ticktext[0] == "Shirts <i>n 1,234</i>"
        assert figure.layout.yaxis.ticktext[2].startswith("(no value)")


def test_mark_up_in_names_is_shown_as_text() -> None:
    pareto = rows(cost=[1.0, 2.0, 3.0], front=[True, True, False], number=["1", "2", ""])
    labelled = pd.DataFrame({"row": [HOSTILE], "name": [HOSTILE], "value": [0.1]})
    figures = [
        forest(rows(), title=HOSTILE, subtitle="s", x="x"),
        cost_scatter(pareto, title=HOSTILE, subtitle="s", x="x", y="y"),
        difference_forest(TestDifferences.TABLE, title=HOSTILE, subtitle="s", x="x"),
        dumbbell(labelled, names=[HOSTILE], title="t", subtitle="s", x="x"),
        score_bars(TestScoreBars.TABLE, title=HOSTILE, subtitle="s", x="x"),
    ]
    for figure in figures:
        assert "<img" not in drawn(figure)
        assert "<i>n</i> 5" not in drawn(figure)


def test_long_names_are_wrapped_not_cut() -> None:
    name = "MobileNetV2 · 224 px · pad-white · PCA 128, whitened · euclidean"
    assert wrapped(name).replace("<br>", " ") == name
    assert all(len(line) <= 26 for line in wrapped(name).split("<br>"))
    assert wrapped("x" * 200).endswith("…")
    assert wrapped("") == ""
