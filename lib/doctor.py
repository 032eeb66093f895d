"""What this machine can do: processors, memory, disk, engines, accelerators, and the weights that are at hand."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from collections.abc import Sequence
from typing import Any

from lib.artifacts import Store
from lib.models.backbones import load_keras
from lib.models.weights import available_weights, weights_folder
from lib.publish import library_versions


def examine(store: Store) -> dict[str, Any]:
    """Examine the machine; takes a few seconds, because accelerators are asked for.

    Parameters
    ----------
    store : Store

    Returns
    -------
    dict
        Plain values by name, for a person and for JSON.
    """
    root = store.root if store.root.exists() else store.root.parent
    there = _accelerators()
    disk = shutil.disk_usage(root if root.exists() else ".")
    return {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "artifacts": f"{store.root} ({disk.free / 1e9:.0f} GB free)",
        "catalogs": store.catalog_names(),
        "openvino": _openvino(),
        "accelerators": there,
        "training": _training(there),
        "weights": available_weights(),
        "weights_folder": str(weights_folder()),
        "libraries": [f"{name} {version}" for name, version in library_versions().items()],
    }


def _openvino() -> list[str]:
    """Return OpenVINO's version and the precisions of this processor, empty where it is not installed."""
    if importlib.util.find_spec("openvino") is None:
        return []
    import openvino

    capabilities = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    precisions = sorted({"FP32": "f32", "BF16": "bf16"}[name] for name in capabilities if name in ("FP32", "BF16"))
    return [importlib.metadata.version("openvino"), *precisions]


def _training(there: Sequence[str]) -> str:
    """Return where models are trained here, by what, and in which number format."""
    backend = load_keras().backend.backend()
    from lib.neural.devices import best_precision

    where = f"{len(there)} accelerators at once" if len(there) > 1 and backend != "torch" else "".join(there[:1])
    return f"{backend} on {where or 'the processor'}, {best_precision()}"


def _accelerators() -> list[str]:
    """Return the accelerators that Keras' backend sees."""
    load_keras()
    from lib.neural.devices import accelerators

    return accelerators()
