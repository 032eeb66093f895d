"""Shared fixtures: no test can touch the real artifacts."""

from pathlib import Path

import pytest

from lib.artifacts import Store


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store in a temporary folder, which the environment points at too."""
    root = tmp_path / "artifacts"
    monkeypatch.setenv("VITRINE_ARTIFACTS", str(root))
    return Store(root)
