"""What a job is: the command, and where it stands."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

QUEUED, RUNNING = "queued", "running"
DONE, FAILED, CANCELLED, DIED, DAMAGED = "done", "failed", "cancelled", "died", "damaged"
ACTIVE = (QUEUED, RUNNING)
#: What may stand in a job's file; that one died or is damaged is seen by its reader.
WRITTEN = (QUEUED, RUNNING, DONE, FAILED, CANCELLED, DIED)


@dataclass(frozen=True)
class Job:
    """A command that runs in the background, and where it stands. Times are seconds since 1970.

    Parameters
    ----------
    id : str
        Later jobs have greater ones.
    state : str
        ``queued``, ``running``, ``done``, ``failed``, ``cancelled``; ``died`` where it was killed or its machine
        stopped; ``damaged`` where its folder cannot be read.
    words : tuple of str
        What stands after ``python -m lib``; none where it is damaged.
    title : str
        What it does, in a few words.
    catalog : str
        The catalogue that it is about; empty where it is about none.
    created_at : float
    pid : int
        The command's process, 0 before there is one.
    started_at, ended_at : float, optional
    message : str
        Why it failed or died, in one line.
    done, total, n_reused : int
        Finished items, items in all, and how many were there from before; zeros where nothing was counted yet.
    label : str
        What is being counted.
    updated_at : float, optional
        When it was last counted.
    seconds_left : float, optional
        At the speed measured so far.
    result : dict, optional
        The JSON object that the command printed.
    is_stopping : bool
        Whether it runs and was asked to stop.
    """

    id: str
    state: str
    words: tuple[str, ...] = ()
    title: str = ""
    catalog: str = ""
    created_at: float = 0.0
    pid: int = 0
    started_at: float | None = None
    ended_at: float | None = None
    message: str = ""
    done: int = 0
    total: int = 0
    n_reused: int = 0
    label: str = ""
    updated_at: float | None = None
    seconds_left: float | None = None
    result: Mapping[str, Any] | None = None
    is_stopping: bool = False

    @property
    def command(self) -> str:
        """The command line, as a terminal takes it."""
        return shlex.join(["python", "-m", "lib", *self.words])

    @property
    def is_active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ACTIVE

    @property
    def can_resume(self) -> bool:
        """Whether it ended without having done what was asked."""
        return bool(self.words) and self.state in (FAILED, CANCELLED, DIED)

    @property
    def share(self) -> float:
        """How much of what is being counted is finished, from 0 to 1."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total > 0 else 0.0
