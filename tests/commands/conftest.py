"""A little shop as a folder of pictures, and a way to run a command as a user would."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.cli import main
from tests.factories import COLOURS, picture


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line of an error; fails where there is more, or something on standard output."""
        lines = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert self.status == 1, (self.status, self.err)
        assert self.out == ""
        assert len(lines) == 1, self.err
        return lines[0]


Run = Callable[..., Outcome]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Four labels, six pictures each."""
    for label, colour in COLOURS.items():
        folder = tmp_path / "shop" / label
        folder.mkdir(parents=True)
        for i in range(6):
            picture(i, colour=colour).save(folder / f"{label.lower()}{i}.png")
    return tmp_path / "shop"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``python -m lib`` with these words in this process."""

    def call(*words: object) -> Outcome:
        capsys.readouterr()
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call


@pytest.fixture
def imported(run: Run, shop: Path) -> Path:
    """The shop, imported as ``shop``; returns its folder."""
    assert run("import", "folder", "--path", shop, "--name", "shop").status == 0
    return shop


@pytest.fixture
def model(run: Run, imported: Path) -> str:
    """The id of the shop's embedding by the classical descriptor."""
    return str(run("embed", "shop", "--backbone", "color_hog", "--json").json["id"])
