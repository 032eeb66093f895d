"""``python -m lib.jobs ARTIFACTS``: a worker, started by whoever submits a job."""

import os
import sys
from pathlib import Path

from lib.artifacts import Store
from lib.jobs.worker import work

if __name__ == "__main__":
    os.nice(5)
    work(Store(Path(sys.argv[1])))
