"""What the machine is busy with, read from files that say so, say something else, or are not there."""

import os
import shutil
from pathlib import Path

import pytest

from lib.training import machine

STAT = "cpu  100 5 45 800 50 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n"
INFO = "MemTotal:       24000 kB\nMemFree:         1000 kB\nMemAvailable:   18000 kB\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "stat").write_text(STAT)
    (tmp_path / "meminfo").write_text(INFO)
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("Name:\tpython\nVmRSS:\t    2048 kB\n")
    return tmp_path


def test_it_reads_what_linux_says(proc: Path) -> None:
    assert machine.processor_times(proc) == (150.0, 1000.0)  # all but idle and waiting
    assert machine.memory(proc) == (6000 * 1024, 24000 * 1024)
    assert machine.process_memory(7, proc) == 2048 * 1024
    assert machine.process_memory(8, proc) is None
    assert machine.process_memory(0, proc) is None


@pytest.mark.parametrize("text", ["", "cpu", "cpu a b c d e f g h", "intr 1 2 3 4 5 6 7 8", "\x00\xff"])
def test_where_a_system_says_something_else_nothing_is_said(tmp_path: Path, text: str) -> None:
    for name in ("stat", "meminfo"):
        (tmp_path / name).write_text(text)
    assert machine.processor_times(tmp_path) is None
    assert machine.memory(tmp_path) is None
    assert machine.processor_times(tmp_path / "nowhere") is None


def test_a_share_needs_two_readings() -> None:
    assert machine.processor_share(None, (1.0, 2.0)) is None
    assert machine.processor_share((1.0, 2.0), (1.0, 2.0)) is None
    assert machine.processor_share((1.0, 2.0), (1.5, 4.0)) == 0.25


def test_cards_are_read_and_other_lines_passed_over() -> None:
    text = "NVIDIA H100, 80GB, 83, 1024, 81559\nA card, [N/A], 1, 2\n\nNo devices were found\n"
    (card,) = machine.cards_of(text)
    assert (card.name, card.share, card.used, card.total) == ("NVIDIA H100, 80GB", 0.83, 1024 * 2**20, 81559 * 2**20)


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 9\n", "not a program", "#!/bin/sh\necho nothing\n"])
def test_a_program_that_fails_is_no_card(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{Path(shutil.which('sh') or '/bin/sh').parent}")
    assert machine.cards() == []


def test_this_machine_has_a_processor() -> None:
    assert machine.n_processors() >= 1
