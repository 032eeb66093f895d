"""Settings that the recipes which learn distances have in common."""

from typing import Any

#: What S2 recommends trying next (its section 6.2), as far as it keeps a picture's meaning: colours stay as they are.
METRIC_LEARNING: dict[str, Any] = {
    **{"size": 96, "batch": 128, "per_label": 4, "optimizer": "adamw", "learning_rate": 7e-4, "weight_decay": 1e-4},
    **{"schedule": "cosine", "warmup": 1.0, "epochs": 10, "average": 0.99},
    **{"crop": 0.06, "rotation": 0.02, "zoom": 0.1, "squeeze": 0.06, "brightness": 0.1, "contrast": 0.1},
}
