import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import progress
from lib.progress import TerminalProgress, spoken_time, time_left


@pytest.mark.parametrize(
    ("done", "total", "n_reused", "elapsed", "left"),
    [
        (1, 4, 0, 2.0, 6.0),  # one item took 2 s, three are left
        (60, 100, 50, 5.0, 20.0),  # ten measured at .5 s each, forty left
        (100, 100, 0, 7.0, 0.0),
        (0, 100, 0, 3.0, None),  # nothing measured yet
        (50, 100, 50, 9.0, None),  # all reused: still nothing measured
    ],
)
def test_time_left_is_the_measured_pace_of_new_items(
    done: int, total: int, n_reused: int, elapsed: float, left: float | None
) -> None:
    assert time_left(done, total, n_reused, elapsed) == left


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 1000), st.floats(0.001, 1e6))
def test_reused_items_do_not_change_the_pace(measured: int, remaining: int, n_reused: int, elapsed: float) -> None:
    done = measured + n_reused
    assert time_left(done, done + remaining, n_reused, elapsed) == pytest.approx(elapsed * remaining / measured)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (8.2, "8 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (75, "1 min 15 s"),
        (3599.7, "1 h 00 min"),
        (7300, "2 h 01 min"),
    ],
)
def test_durations_are_spoken(seconds: float, said: str) -> None:
    assert spoken_time(seconds) == said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until its only element is changed."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_every_few_seconds_and_the_last(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    report = TerminalProgress("embedding")
    for done in range(0, 101, 10):
        report(done, 100, 0)
        clock[0] += 1.0
    assert log.getvalue().splitlines() == [
        "embedding: 0 of 100",
        "embedding: 50 of 100, 5 s left",
        "embedding: 100 of 100, done in 10 s",
    ]


def test_a_resumed_job_says_what_it_kept_and_times_only_the_rest(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    report = TerminalProgress("embedding")
    report(1000, 2000, 1000)
    clock[0] += 10.0
    report(1100, 2000, 1000)
    assert log.getvalue().splitlines() == [
        "embedding: 1,000 of 2,000, 1,000 kept from before",
        "embedding: 1,100 of 2,000, 1,000 kept from before, 1 min 30 s left",
    ]


def test_what_was_done_before_the_first_report_is_not_timed(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    report = TerminalProgress("embedding")
    report(32, 128, 0)  # the clock starts here: nothing is measured yet
    clock[0] += 6.0
    report(64, 128, 0)
    assert log.getvalue().splitlines() == ["embedding: 32 of 128", "embedding: 64 of 128, 12 s left"]


def test_a_terminal_gets_one_line_that_renews_itself(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    report = TerminalProgress("importing")
    for done in (1, 2, 3):
        report(done, 3, 0)
        clock[0] += 0.2
    text = screen.getvalue()
    assert text.count("\r\033[K") == 3
    assert text.count("\n") == 1
    assert text.endswith("importing: 3 of 3, done in 0 s\n")


def test_nothing_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalProgress("x")(1, 1, 0)
    assert capsys.readouterr().out == ""


def test_counts_that_begin_anew_are_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TerminalProgress("importing shop")
    for done in (0, 5, 10, 0, 10):
        progress(done, 10, 0)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines if "10 of 10" in line] == ["importing shop", "importing shop, step 2"]


def test_whoever_watches_reads_the_counts_at_most_twice_a_second_and_the_last(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "progress.json"
    monkeypatch.setenv("VITRINE_PROGRESS", str(path))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    report, read = TerminalProgress("embedding"), list[int]()
    for done in range(41, 62):
        report(done, 61, 40)
        clock[0] += 0.2
        read.append(json.loads(path.read_text())["done"])
    assert read == [*(41 + 3 * (n // 3) for n in range(20)), 61]
    counts = json.loads(path.read_text())
    assert counts.pop("updated_at") > 1.7e9
    assert counts == {"label": "embedding", "done": 61, "total": 61, "n_reused": 40, "seconds_left": 0.0}
    report(0, 10)
    assert json.loads(path.read_text())["label"] == "embedding, step 2"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["progress.json"]


def test_a_file_that_cannot_be_written_never_stops_the_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VITRINE_PROGRESS", str(tmp_path / "absent" / "progress.json"))
    TerminalProgress("embedding")(1, 1)


def test_the_first_items_wait_for_what_gets_ready_and_say_nothing_of_the_rest(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    report = TerminalProgress("embedding")
    for done in (0, 4, 3_000):
        report(done, 40_000, 0)
        clock[0] += 10.0
    assert log.getvalue().splitlines() == [
        "embedding: 0 of 40,000",
        "embedding: 4 of 40,000",
        "embedding: 3,000 of 40,000, 4 min 07 s left",
    ]
