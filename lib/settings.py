"""Where things are and what is allowed, read from the environment when asked, never at import."""

import os
from pathlib import Path

DEFAULT_SEED = 0
_ROOT = Path(__file__).resolve().parent.parent


def artifacts_dir() -> Path:
    """Return the folder that holds every artifact: ``VITRINE_ARTIFACTS``, or ``artifacts/`` beside the library.

    Returns
    -------
    Path
    """
    given = os.environ.get("VITRINE_ARTIFACTS")
    return Path(given) if given else _ROOT / "artifacts"


def published_dir() -> Path:
    """Return the folder of the results that are kept with the code, wherever the other artifacts are.

    Returns
    -------
    Path
        ``artifacts/published`` beside the library.
    """
    return _ROOT / "artifacts" / "published"


def training_allowed() -> bool:
    """Return whether pages may start training: only where ``VITRINE_ALLOW_TRAINING=1``.

    Returns
    -------
    bool
    """
    return os.environ.get("VITRINE_ALLOW_TRAINING") == "1"
