"""Where things are and what is allowed, read from the environment when asked, never at import."""

import os
from pathlib import Path

DEFAULT_SEED = 0


def artifacts_dir() -> Path:
    """Return the folder that holds every artifact: ``VITRINE_ARTIFACTS``, or ``artifacts/`` beside the library.

    Returns
    -------
    Path
    """
    given = os.environ.get("VITRINE_ARTIFACTS")
    return Path(given) if given else Path(__file__).resolve().parent.parent / "artifacts"


def training_allowed() -> bool:
    """Return whether pages may start training: only where ``VITRINE_ALLOW_TRAINING=1``.

    Returns
    -------
    bool
    """
    return os.environ.get("VITRINE_ALLOW_TRAINING") == "1"
