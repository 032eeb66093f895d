"""What the machine is busy with."""

import os
import shutil
from pathlib import Path

import pytest

from lib.training import machine


def test_this_machine_works_and_this_process_holds_memory() -> None:
    before = machine.processor_times()
    sum(range(3_000_000))
    after = machine.processor_times()
    assert 0 < before[0] < before[1] < after[1]
    used, total = machine.memory()
    held = machine.process_memory(os.getpid())
    assert held is not None
    assert 10 * 2**20 < held < used < total


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_a_process_that_is_not_there_holds_nothing(pid: int) -> None:
    assert not machine.process_memory(pid)


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
