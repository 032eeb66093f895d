"""Loading a backend says nothing: a command's error is the only line on standard error."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_loading_keras_leaves_standard_error_alone_and_open() -> None:
    code = (
        "import sys\nfrom lib.models.backbones import load_keras\nload_keras()\nprint('still open', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == "still open\n"
