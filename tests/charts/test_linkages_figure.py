"""The grid of metric and linkage, and the curves of every cut: every number of the table is in the figure."""

import numpy as np
import pandas as pd

from lib.charts.linkages import cut_curves, linkage_grid

ROWS = pd.DataFrame(
    {
        "metric": ["cosine", "euclidean", "euclidean"],
        "linkage": ["average", "average", "ward"],
        "ami": [0.5, 0.25, np.nan],
        "ami_low": [0.4, np.nan, np.nan],
        "ami_high": [0.6, np.nan, np.nan],
        "n_clusters": [1200, 3, 4],
        "threshold": [0.125, np.nan, 2.0],
    }
)
OPTIONS = {
    "title": "AMI",
    "subtitle": "a model",
    "metrics": {"cosine": "Cosine", "euclidean": "Euclidean"},
    "linkages": {"ward": "Ward", "average": "Average"},
    "undefined": {("cosine", "ward")},
}


def test_a_cell_says_its_value_its_interval_and_why_it_is_empty() -> None:
    figure = linkage_grid(ROWS, score="ami", **OPTIONS)
    (cells,) = figure.data
    assert list(cells.z[1]) == [0.5, 0.25]
    assert list(cells.text[1]) == ["0.500", "0.250"]
    assert cells.customdata[1][0] == "0.500 [0.400, 0.600]<br>cut at 0.125, 1,200 groups"
    assert cells.customdata[1][1] == "0.250<br>3 groups"
    assert cells.customdata[0][0] == "Ward needs Euclidean distances"
    assert {note.text for note in figure.layout.annotations} == {"not defined", "–"}


def test_a_grid_of_nothing_can_be_drawn() -> None:
    figure = linkage_grid(ROWS.iloc[:0], score="ami", dark=True, **OPTIONS)
    assert [note.text for note in figure.layout.annotations] == ["not defined", "–", "–", "–"]


def test_every_cut_is_a_point_and_lines_are_marked() -> None:
    cuts = pd.DataFrame({"threshold": [0.3, 0.1], "n_clusters": [1, 4], "ami": [0.0, 0.9], "nmi": [0.0, 0.95]})
    names = {"ami": "AMI", "nmi": "NMI"}
    figure = cut_curves(cuts, scores=names, lines={"Best <AMI>": 0.1}, title="t", subtitle="s", x="distance")
    assert [list(trace.y) for trace in figure.data] == [[0.9, 0.0], [0.95, 0.0]]
    assert list(figure.data[0].x) == [0.1, 0.3]
    assert figure.layout.shapes[0].x0 == 0.1
    assert figure.layout.annotations[0].text == "Best &lt;AMI&gt;"
