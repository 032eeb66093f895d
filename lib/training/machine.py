"""What the machine is busy with while it trains: processors, memory and graphics cards, as far as it says."""

import os
import shutil
import subprocess
from dataclasses import dataclass

import psutil

_QUERY = "name,utilization.gpu,memory.used,memory.total"
_PATIENCE = 3.0
_MIB = 2**20


@dataclass(frozen=True)
class Card:
    """A graphics card, as ``nvidia-smi`` tells it.

    Parameters
    ----------
    name : str
    share : float
        Of the time in which it computed, 0 to 1.
    used, total : int
        Bytes of its memory.
    """

    name: str
    share: float
    used: int
    total: int


def processor_times() -> tuple[float, float]:
    """Return how long all processors together have worked, and how long they have been on.

    Returns
    -------
    (float, float)
        Seconds.
    """
    times = psutil.cpu_times()
    # A virtual machine's time is counted as a user's too.
    on = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return on - times.idle - getattr(times, "iowait", 0.0), on


def processor_share(before: tuple[float, float] | None, after: tuple[float, float] | None) -> float | None:
    """Return the share of the processors' time that went into work between two readings.

    Parameters
    ----------
    before, after : (float, float) or None
        As of ``processor_times``; None where there was no reading.

    Returns
    -------
    float or None
        0 to 1; None where no time has passed.

    Examples
    --------
    >>> processor_share((10.0, 100.0), (25.0, 120.0))
    0.75
    """
    if before is None or after is None or after[1] <= before[1]:
        return None
    return min(1.0, max(0.0, (after[0] - before[0]) / (after[1] - before[1])))


def memory() -> tuple[int, int]:
    """Return the machine's memory in use, and in all.

    Returns
    -------
    (int, int)
        Bytes.
    """
    found = psutil.virtual_memory()
    return found.total - found.available, found.total


def process_memory(pid: int) -> int | None:
    """Return the memory that a process holds.

    Parameters
    ----------
    pid : int

    Returns
    -------
    int or None
        Bytes; None where there is no such process, or it may not be looked at.
    """
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except (psutil.Error, ValueError):
        return None


def cards() -> list[Card]:
    """Return the graphics cards and how busy they are; empty where ``nvidia-smi`` is not there or says nothing.

    Returns
    -------
    list of Card
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return []
    return cards_of(done.stdout)


def cards_of(text: str) -> list[Card]:
    """Read what ``nvidia-smi`` printed; lines that say something else are passed over.

    Parameters
    ----------
    text : str
        A line a card: name, percent, MiB used, MiB in all.

    Returns
    -------
    list of Card

    Examples
    --------
    >>> cards_of("H100, 83, 1024, 81559")[0].share
    0.83
    """
    found = []
    for line in text.splitlines():
        name, *numbers = (word.strip() for word in line.rsplit(",", 3))
        if len(numbers) == 3 and all(number.isdigit() for number in numbers):
            share, used, total = map(int, numbers)
            found.append(Card(name, min(share, 100) / 100, used * _MIB, total * _MIB))
    return found


def n_processors() -> int:
    """Return how many processors there are.

    Returns
    -------
    int
    """
    return os.cpu_count() or 1
