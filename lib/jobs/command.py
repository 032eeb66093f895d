"""The command of a job, in a process of its own, which stops when the worker that started it is gone."""

import os
import runpy
import signal
import threading
import time

from lib.jobs.worker import GRACE


def main() -> None:
    """Run ``python -m lib`` with the words of this process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background job would ignore
    threading.Thread(target=_stop_when_alone, daemon=True).start()
    runpy.run_module("lib", run_name="__main__", alter_sys=True)


def _stop_when_alone() -> None:
    """Interrupt this process when its standard input ends, which the worker holds open while it lives."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
