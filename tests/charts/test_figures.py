"""Figures hold the numbers they were given, say how many they count, and never run what a catalogue wrote."""

import json

import pandas as pd
import pytest

from lib.catalog.balance import long_tail
from lib.catalog.statistics import cross_table, frequencies, hierarchy_counts, histogram
from lib.charts.bars import column_bars, frequency_bars, tail_chart
from lib.charts.colours import NAMED, are_colours, colour_of
from lib.charts.distribution import histogram_bars, size_map
from lib.charts.heatmap import heatmap
from lib.charts.hierarchy import SHAPES, drill_down
from lib.charts.theme import PALETTE, SEQUENCE, count, plain

COLOURS = pd.Series(["Black", "White", "White", "Multi"], name="baseColour")


def subtitle(figure) -> str:
    return figure.layout.title.subtitle.text


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


class TestBars:
    def test_a_bar_a_value_with_its_count(self):
        figure = frequency_bars(frequencies(COLOURS), title="baseColour", n_distinct=3)
        assert list(figure.data[0].y) == ["White", "Black", "Multi"]
        assert list(figure.data[0].x) == [2, 1, 1]
        assert subtitle(figure) == "4 pictures, 3 values"
        assert figure.layout.xaxis.title.text == "pictures"

    def test_says_what_it_does_not_show(self):
        figure = frequency_bars(frequencies(COLOURS, top=1), title="baseColour", n_distinct=3)
        assert subtitle(figure) == "2 pictures, the 1 commonest of 3 values"

    def test_bars_in_the_colour_they_name_hatched_where_it_is_none(self):
        figure = frequency_bars(frequencies(COLOURS), title="baseColour", n_distinct=3, in_colour=True)
        marker = figure.data[0].marker
        assert list(marker.color[:2]) == [NAMED["white"], NAMED["black"]]
        assert list(marker.pattern.shape) == ["", "", "/"]
        assert marker.line.width

    def test_thousands_are_separated(self):
        table = pd.DataFrame({"value": ["a"], "n": [39869], "share": [1.0]})
        figure = frequency_bars(table, title="t", n_distinct=1)
        assert figure.data[0].text == ("39,869",)
        assert "39,869 pictures" in subtitle(figure)

    def test_years_keep_their_order(self):
        figure = column_bars(frequencies(pd.Series([2012, 2011, 2012])), title="year")
        assert list(figure.data[0].x) == ["2011", "2012"]
        assert figure.layout.xaxis.type == "category"

    def test_the_tail_is_logarithmic_and_its_note_stands_on_the_line(self):
        figure = tail_chart(long_tail(pd.Series(list("aaab"))), title="t", rare=10)
        assert list(figure.data[0].y) == [3, 1]
        assert figure.layout.yaxis.type == "log"
        assert figure.layout.shapes[0].y0 == 10
        assert figure.layout.annotations[0].y == 1.0


class TestHeatmap:
    TABLE = cross_table(pd.DataFrame({"a": list("xxy"), "b": list("ppq")}), "a", "b")

    def test_pairs_that_never_occur_stay_empty(self):
        figure = heatmap(self.TABLE, rows="a", columns="b", n_both=3)
        assert [list(row) for row in figure.data[0].z] == [
            [2.0, pytest.approx(float("nan"), nan_ok=True)],
            [pytest.approx(float("nan"), nan_ok=True), 1.0],
        ]
        assert subtitle(figure) == "3 pictures that have both"
        assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("b", "a")

    def test_shares_add_up_to_one_a_row(self):
        table = pd.DataFrame([[3, 1]], index=["x"], columns=["p", "q"])
        assert list(heatmap(table, rows="a", columns="b", n_both=4, shares=True).data[0].z[0]) == [0.75, 0.25]

    def test_few_is_near_the_background_on_light_and_on_dark_pages(self) -> None:
        light, dark = (heatmap(self.TABLE, rows="a", columns="b", n_both=3, dark=dark) for dark in (False, True))
        assert [colour for _, colour in dark.data[0].colorscale] == [
            colour for _, colour in reversed(light.data[0].colorscale)
        ]

    def test_says_how_much_the_commonest_values_leave_out(self):
        figure = heatmap(self.TABLE, rows="a", columns="b", n_both=1000)
        assert subtitle(figure) == "3 of 1,000 pictures that have both: the commonest 2 × 2 values"

    def test_a_large_table_shows_colours_only(self):
        table = pd.DataFrame([[1] * 20], index=["x"])
        assert heatmap(table, rows="a", columns="b", n_both=20).data[0].texttemplate is None


def test_histograms_keep_their_bins():
    figure = histogram_bars(histogram([0.0, 1.0, 1.0], bins=2), title="Price", x="price (Rs)")
    assert list(figure.data[0].x) == [0.25, 0.75]
    assert list(figure.data[0].y) == [1, 2]
    assert figure.layout.xaxis.title.text == "price (Rs)"


def test_an_empty_histogram_is_drawn_empty():
    assert subtitle(histogram_bars(histogram([]), title="t", x="x")) == "0 pictures"


def test_sizes_are_discs_whose_area_counts():
    figure = size_map(pd.DataFrame({"width": [60], "height": [80], "n": [7]}))
    assert figure.data[0].marker.sizemode == "area"
    assert subtitle(figure) == "7 pictures, 1 size; area: how many"


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_drill_down_holds_every_branch(shape):
    nodes = hierarchy_counts(pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "q", "p"]}), ["a", "b"])
    trace = drill_down(nodes, levels="a › b", shape=shape).data[0]
    assert list(trace.ids) == ["x", "y", "x/p", "x/q", "y/p"]
    assert list(trace.values) == [2, 1, 1, 1, 1]
    assert trace.branchvalues == "total"


def test_an_unknown_shape_is_refused():
    nodes = hierarchy_counts(pd.DataFrame({"a": ["x"]}), ["a"])
    with pytest.raises(ValueError, match="Expected shape to be one of"):
        drill_down(nodes, levels="a", shape="cake")


def test_mark_up_in_a_catalogue_is_shown_as_text():
    series = pd.Series(['<a href="https://x.example">free</a>', "b & c"], name="t")
    figure = frequency_bars(frequencies(series), title="<b>t</b>", n_distinct=2)
    drawn = json.dumps([figure.data[0].y, figure.data[0].customdata, figure.layout.title.text], default=list)
    assert "<" not in drawn
    assert plain("b & c") == "b &amp; c"


def test_long_names_are_cut():
    assert plain("x" * 50) == "x" * 29 + "…"


def test_counts_agree_with_their_noun():
    assert [count(n, "picture") for n in (0, 1, 2000)] == ["0 pictures", "1 picture", "2,000 pictures"]


class TestColours:
    def test_names_however_they_are_written(self):
        assert colour_of("Navy Blue") == colour_of("navy-blue") == NAMED["navy blue"]
        assert colour_of("Multi") is None

    def test_columns_of_colours_are_recognised(self):
        assert are_colours(["Red", "Blue", "Multi"])
        assert not are_colours(["Shirts", "Jeans", "Tan"])
        assert not are_colours([])

    @pytest.mark.parametrize("colour", PALETTE)
    @pytest.mark.parametrize("background", ["#ffffff", "#0f171b"])
    def test_every_series_stands_out_on_light_and_dark(self, colour, background):
        assert contrast(colour, background) > 2

    def test_few_to_many_is_lightness_alone(self):
        levels = [luminance(colour) for colour in SEQUENCE]
        assert levels == sorted(levels, reverse=True)
