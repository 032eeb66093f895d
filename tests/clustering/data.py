"""Items in blobs, for clusterings to find."""

import numpy as np


def blobs(n: int = 120, *, n_labels: int = 8, dim: int = 6, spread: float = 0.5, seed: int = 0) -> tuple:
    """Vectors around as many middles as there are labels, and the labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_labels, n)
    vectors = rng.normal(size=(n_labels, dim))[labels] * 2 + rng.normal(size=(n, dim)) * spread
    return vectors.astype(np.float32), labels
