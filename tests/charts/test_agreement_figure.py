"""The square of shares: its diagonal is blank, its names are literal."""

import numpy as np

from lib.charts.agreement import agreement_map


def test_a_model_with_itself_is_blank_and_what_is_unknown_too() -> None:
    shares = np.array([[1.0, 0.25, np.nan], [0.25, 1.0, 0.5], [np.nan, 0.5, 1.0]])
    figure = agreement_map(shares, ["a", "<b>", "c"], title="t", subtitle="s", notes=[["n"] * 3] * 3)
    cells = figure.data[0]
    assert [list(row) for row in cells.z] == [[None, 0.25, None], [0.25, None, 0.5], [None, 0.5, None]]
    assert (cells.zmin, cells.zmax) == (0, 1)
    assert figure.layout.xaxis.ticktext == ("a", "&lt;b&gt;", "c")
    assert cells.customdata[1][0][0] == "&lt;b&gt;"


def test_little_stays_near_the_background_in_the_dark_too() -> None:
    scales = [
        agreement_map(np.eye(2), ["a", "b"], title="t", subtitle="s", dark=dark).data[0].colorscale
        for dark in (False, True)
    ]
    assert scales[0][0][1] == scales[1][-1][1]
