"""Several accelerators: the batch is shared out among them, with each backend's own means."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import keras


def accelerators() -> list[str]:
    """Return the accelerators that Keras' backend sees.

    Returns
    -------
    list of str
        Such as ``gpu:0``; empty on a machine that has none.
    """
    if keras.backend.backend() == "torch":  # for which Keras lists no devices
        import torch

        return [f"gpu:{number}" for number in range(torch.cuda.device_count())]
    return [name for name in keras.distribution.list_devices() if "cpu" not in name.lower()]


def best_precision() -> str:
    """Return the number format that this machine trains fastest in without losing the model.

    Returns
    -------
    str
        ``bf16`` where the accelerator, or the processor's AMX, computes it; ``f16``, with loss scaling, on older
        accelerators; ``f32`` on other processors, which were measured to be slower in bf16.
    """
    if not accelerators():
        return "bf16" if _processor_has("amx_bf16") else "f32"
    return "bf16" if _accelerator_has_bf16() else "f16"


def _processor_has(flag: str) -> bool:
    """Return whether the processor says that it has a feature; where nobody says, it has not."""
    try:
        return flag in Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False


def _accelerator_has_bf16() -> bool:
    """Return whether the first accelerator computes in bf16: NVIDIA's do from compute capability 8.0 on."""
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return bool(torch.cuda.is_available() and torch.cuda.is_bf16_supported())
    if backend == "jax":
        import jax

        return float(getattr(jax.devices()[0], "compute_capability", 8.0)) >= 8.0
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(tf.config.list_physical_devices("GPU")[0])
    return tuple(details.get("compute_capability", (0, 0))) >= (8, 0)


@contextlib.contextmanager
def spread() -> Iterator[int]:
    """Build and fit models on all accelerators at once while the block runs.

    JAX takes ``keras.distribution.DataParallel``; TensorFlow takes ``MirroredStrategy``, since Keras' own is not meant
    for it; PyTorch takes one.

    Yields
    ------
    int
        How many share the batch.
    """
    found = accelerators()
    backend = keras.backend.backend()
    if len(found) < 2 or backend not in _WAYS:
        yield 1
        return
    with _WAYS[backend](found):
        yield len(found)


@contextlib.contextmanager
def _data_parallel(devices: list[str]) -> Iterator[None]:
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


@contextlib.contextmanager
def _mirrored(_devices: list[str]) -> Iterator[None]:
    import tensorflow as tf

    with tf.distribute.MirroredStrategy().scope():
        yield


_WAYS = {"jax": _data_parallel, "tensorflow": _mirrored}
