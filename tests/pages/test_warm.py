"""The chart library is read before the first chart asks for it."""

from pathlib import Path

import streamlit as st

from pages import _warm


def test_the_library_is_found_where_this_streamlit_keeps_it():
    found = Path(st.__file__).parent / "static" / "static" / "js" / _warm.chart_library()
    assert found.stat().st_size > 1_000_000


def test_without_the_file_nothing_is_drawn(monkeypatch):
    drawn = []
    monkeypatch.setattr(_warm, "_component", lambda **options: drawn.append(options))
    monkeypatch.setattr(_warm, "chart_library", lambda: "")
    _warm.warm_charts()
    assert not drawn


def test_the_address_knows_the_folder_that_the_dashboard_is_served_below(monkeypatch):
    drawn = []
    monkeypatch.setattr(_warm, "_component", lambda **options: drawn.append(options["data"]["path"]))
    monkeypatch.setattr(_warm, "chart_library", lambda: "PlotlyChart.x.js")
    monkeypatch.setattr(_warm.st, "get_option", lambda name: "/shop/")
    _warm.warm_charts()
    assert drawn == ["/shop/static/js/PlotlyChart.x.js"]
