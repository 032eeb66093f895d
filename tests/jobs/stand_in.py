"""Stands in for a command, and for a worker that runs such commands: ``stand_in.py embed --json ACTION``."""

import json
import os
import runpy
import signal
import sys
import time
from pathlib import Path

from lib.artifacts import Store
from lib.jobs import command, worker
from lib.progress import TerminalProgress

COMMAND = (sys.executable, "-m", "tests.jobs.stand_in")


def done() -> None:
    TerminalProgress("embedding shop")(3, 3, 1)
    print(json.dumps({"id": "made"}))


def fail() -> None:
    sys.stderr.write("a line\n\x1b[31mwarning\x1b[0m\nerror: There is no such thing. Run: something\nafterwards\n")
    sys.exit(1)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait() -> None:
    TerminalProgress("embedding shop")(20, 100)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        sys.stderr.write("stopped: finished parts are kept\n")
        sys.exit(130)


def stubborn() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    TerminalProgress("embedding shop")(20, 100)
    time.sleep(60)


def chatter() -> None:
    sys.stderr.write("x" * 99 + "\n")
    sys.stderr.flush()
    wait()


ACTIONS = {action.__name__: action for action in (done, fail, killed, wait, stubborn, chatter)}

if __name__ == "__main__":
    if sys.argv[1] == "work":
        worker._COMMAND = COMMAND
        worker.work(Store(Path(sys.argv[2])))
    else:
        runpy.run_module = lambda *_args, **_options: ACTIONS[sys.argv[3]]() or {}
        command.main()
