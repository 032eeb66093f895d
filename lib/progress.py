"""Progress of long work: finished items, and the time left as measured, told to whoever listens."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: The environment's name for a file that the counts are written to, for whoever watches from another process.
PROGRESS_FILE = "VITRINE_PROGRESS"
#: Called with the number of finished items, the number in all, and how many of the finished ones were reused.
Report = Callable[[int, int, int], None]


def silent(done: int, total: int, n_reused: int = 0) -> None:
    """Report nothing: the default listener of library functions.

    Parameters
    ----------
    done, total, n_reused : int
        As of ``Report``.
    """


def time_left(done: int, total: int, n_reused: int, elapsed: float) -> float | None:
    """Return the seconds left at the speed measured so far; reused items took no time and do not count.

    Parameters
    ----------
    done, total, n_reused : int
        Finished items (reused ones among them), items in all, items reused from an earlier run.
    elapsed : float
        Seconds since the first item that was not reused began.

    Returns
    -------
    float or None
        None until a step has been measured.

    Examples
    --------
    >>> time_left(60, 100, 50, 5.0)
    20.0
    """
    measured = done - n_reused
    return elapsed / measured * (total - done) if measured > 0 else None


def spoken_time(seconds: float) -> str:
    """Return a duration as people say it.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    str

    Examples
    --------
    >>> spoken_time(8.2), spoken_time(75), spoken_time(7300)
    ('8 s', '1 min 15 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def rough_time(seconds: float) -> str:
    """Return a duration that is an estimate, no finer than anybody can know it.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    str

    Examples
    --------
    >>> rough_time(3), rough_time(47), rough_time(1805), rough_time(7300)
    ('10 s', '50 s', '30 min', '2 h 00 min')
    """
    step = next((step for most, step in ((95, 10), (5400, 60)) if seconds < most), 300)
    whole = max(step, round(seconds / step) * step)
    return f"{whole // 60} min" if 60 < whole < 3600 and not whole % 60 else spoken_time(whole)


@dataclass
class TerminalProgress:
    """Draws progress on standard error: a line that renews itself on a terminal, a line every few seconds elsewhere.

    Where the environment names a file in ``VITRINE_PROGRESS``, the counts are written there too.

    Parameters
    ----------
    label : str
        What is being done, such as ``"embedding"``. Counts that begin anew are its next step, timed by itself.
    """

    label: str
    _started: float = field(default=0.0, init=False)
    _drawn: float = field(default=0.0, init=False)
    _noted: float = field(default=0.0, init=False)
    _untimed: int = field(default=0, init=False)
    _last: int = field(default=0, init=False)
    _step: int = field(default=1, init=False)

    def __call__(self, done: int, total: int, n_reused: int = 0) -> None:
        """Take the counts and draw them, at most ten times a second (every five seconds in a log)."""
        now = time.monotonic()
        if done < self._last:
            self._step, self._started, self._drawn, self._noted = self._step + 1, 0.0, 0.0, 0.0
        self._last = done
        if not self._started:
            self._started, self._untimed = now, done - n_reused
        live = sys.stderr.isatty()
        finished = done >= total
        if finished or now - self._noted >= 0.5:
            self._noted = now
            self._note(done, total, n_reused, now - self._started)
        if not finished and now - self._drawn < (0.1 if live else 5.0):
            return
        self._drawn = now
        line = self._line(done, total, n_reused, now - self._started)
        sys.stderr.write(f"\r\033[K{line}" if live else f"{line}\n")
        if finished and live:
            sys.stderr.write("\n")
        sys.stderr.flush()

    def _note(self, done: int, total: int, n_reused: int, elapsed: float) -> None:
        """Write the counts for whoever watches; a disk that refuses them never stops the work."""
        if not os.environ.get(PROGRESS_FILE):
            return
        path = Path(os.environ[PROGRESS_FILE])
        counts = {
            "label": self._name(),
            "done": done,
            "total": total,
            "n_reused": n_reused,
            "seconds_left": self._left(done, total, n_reused, elapsed),
            "updated_at": time.time(),
        }
        draft = path.with_name(f".{path.name}.tmp")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps(counts), encoding="utf-8")
            draft.replace(path)

    def _left(self, done: int, total: int, n_reused: int, elapsed: float) -> float | None:
        """Return the seconds left, once a thousandth is measured: the first items wait for what gets ready."""
        untimed = n_reused + self._untimed
        return time_left(done, total, untimed, elapsed) if (done - untimed) * 1000 > total else None

    def _name(self) -> str:
        return f"{self.label}, step {self._step}" if self._step > 1 else self.label

    def _line(self, done: int, total: int, n_reused: int, elapsed: float) -> str:
        left = self._left(done, total, n_reused, elapsed)
        parts = [f"{self._name()}: {done:,} of {total:,}"]
        if n_reused:
            parts.append(f"{n_reused:,} kept from before")
        if done >= total:
            parts.append(f"done in {spoken_time(elapsed)}")
        elif left is not None:
            parts.append(f"{spoken_time(left)} left")
        return ", ".join(parts)
