"""The examples in docstrings are run: they are the definitions that a reader can check by hand."""

import doctest
import importlib

import pytest

MODULES = (
    "bootstrap",
    "distances",
    "geometry",
    "grades",
    "metrics",
    "protocols",
    "ranking",
    "ranks",
    "spaces",
)


@pytest.mark.parametrize(
    "name",
    [f"lib.retrieval.{name}" for name in MODULES]
    + ["lib.catalog.near_duplicates", "lib.published", "lib.report.wording"],
)
def test_examples_in_docstrings_hold(name: str) -> None:
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted > 0
    assert failed == 0
