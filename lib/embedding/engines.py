"""Who computes: Keras on whatever it runs on, OpenVINO on a CPU, or NumPy for the descriptors.

An engine takes batches of uint8 pictures and gives vectors, in order. Batches have a fixed length, so that a picture's
vector never depends on how many others there were.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lib.embedding.ir import EngineUnavailable, converted
from lib.errors import ModelError
from lib.models import Descriptor
from lib.models.network import Network

Pixels = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]

#: What an engine is opened for: a whole catalogue, or one query.
PURPOSES = ("catalog", "query")
_OPENVINO_BATCH, _KERAS_BATCH, _NUMPY_BATCH = 4, 32, 16


class Engine(Protocol):
    """Computes vectors of batches of pictures; one stream at a time."""

    name: str
    batch: int

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        """Yield the vectors of each batch of ``batch`` pictures, in order, the next ones being fetched meanwhile."""


class KerasEngine:
    """Keras on any of its backends; float32.

    Parameters
    ----------
    network : Network
    batch : int
    """

    name = "keras"

    def __init__(self, network: Network, *, batch: int) -> None:
        self.batch = batch
        self._model = network.model

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        """Yield the vectors of each batch, in order."""
        for batch in batches:
            yield np.asarray(self._model.predict_on_batch(batch), dtype=np.float32)


class OpenVinoEngine:
    """OpenVINO on the CPU, several batches in flight.

    Parameters
    ----------
    path : Path
        Of ``model.xml``.
    size, batch : int
        Side of the input, and pictures a batch.
    precision : {"f32", "bf16"}
    hint : {"THROUGHPUT", "LATENCY"}
    """

    name = "openvino"

    def __init__(self, path: Path, *, size: int, batch: int, precision: str, hint: str) -> None:
        import openvino as ov

        core = ov.Core()
        _check_precision(core, precision)
        model = core.read_model(path)
        model.reshape([batch, size, size, 3])
        options = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": precision}
        self.batch = batch
        self._compiled = core.compile_model(model, "CPU", options)
        n_requests = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._requests = [self._compiled.create_infer_request() for _ in range(n_requests)]
        self._tensor = ov.Tensor

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        """Yield the vectors of each batch, in order, the next ones being fetched and computed meanwhile."""
        idle, running = list(self._requests), deque[Any]()
        try:
            for batch in batches:
                if not idle:
                    idle.append(running.popleft())
                    yield _result(idle[-1])
                running.append(idle.pop())
                running[-1].set_input_tensor(self._tensor(np.ascontiguousarray(batch)))
                running[-1].start_async()
            while running:
                yield _result(running.popleft())
        finally:
            for request in running:
                request.wait()


class NumpyEngine:
    """A descriptor, in as many threads as there are cores.

    Parameters
    ----------
    descriptor : Descriptor
    batch : int
    """

    name = "numpy"

    def __init__(self, descriptor: Descriptor, *, batch: int) -> None:
        self.batch = batch
        self._describe = descriptor.describe

    def stream(self, batches: Iterable[Pixels]) -> Iterator[Vectors]:
        """Yield the vectors of each batch, in order."""
        n_threads = os.cpu_count() or 1
        running: deque[Future[Vectors]] = deque()
        with ThreadPoolExecutor(n_threads) as pool:
            for batch in batches:
                if len(running) == n_threads:
                    yield running.popleft().result()
                running.append(pool.submit(self._describe, batch))
            while running:
                yield running.popleft().result()


def _result(request: Any) -> Vectors:
    """Wait for a request and return a copy of what it computed."""
    request.wait()
    return np.array(request.get_output_tensor().data, dtype=np.float32)


def _check_precision(core: Any, precision: str) -> None:
    if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise ModelError("This CPU does not compute in bf16.", hint="Use --precision f32.")


def _open_keras(folder: Path, network: Network, precision: str, purpose: str) -> Engine:
    if precision != "f32":
        raise EngineUnavailable(f"Keras computes in f32 here, not in {precision}.", hint="Use --engine openvino.")
    return KerasEngine(network, batch=1 if purpose == "query" else _KERAS_BATCH)


def _open_openvino(folder: Path, network: Network, precision: str, purpose: str) -> Engine:
    path = converted(folder, network)
    hint, batch = ("LATENCY", 1) if purpose == "query" else ("THROUGHPUT", _OPENVINO_BATCH)
    try:
        return OpenVinoEngine(path, size=network.size, batch=batch, precision=precision, hint=hint)
    except ImportError as error:
        raise EngineUnavailable("OpenVINO is not installed.", hint="pip install openvino") from error
    except RuntimeError as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise EngineUnavailable(f"OpenVINO cannot run {network.backbone.title} ({reason}).") from error


#: Name -> how it is opened, from (folder of converted networks, network, precision, purpose).
ENGINES: dict[str, Callable[[Path, Network, str, str], Engine]] = {
    "openvino": _open_openvino,
    "keras": _open_keras,
}


def open_engine(folder: Path, network: Network, *, engine: str, precision: str, purpose: str) -> Engine:
    """Open one engine for a network.

    Parameters
    ----------
    folder : Path
        Where converted networks are kept.
    network : Network
    engine : str
        A key of ``ENGINES``.
    precision : {"f32", "bf16"}
    purpose : {"catalog", "query"}
        Large batches, or one picture at a time.

    Returns
    -------
    Engine

    Raises
    ------
    EngineUnavailable
        If it cannot run this network here.
    ModelError
        If the CPU lacks the precision.
    ValueError
        If there is no such engine or purpose.
    """
    if engine not in ENGINES or purpose not in PURPOSES:
        raise ValueError(
            f"Expected engine to be one of {tuple(ENGINES)} and purpose one of {PURPOSES}. "
            f"Received: engine={engine!r}, purpose={purpose!r}"
        )
    return ENGINES[engine](folder, network, precision, purpose)


def open_descriptor(descriptor: Descriptor, *, purpose: str) -> Engine:
    """Open the engine of a model that has no weights.

    Parameters
    ----------
    descriptor : Descriptor
    purpose : {"catalog", "query"}

    Returns
    -------
    Engine
    """
    return NumpyEngine(descriptor, batch=1 if purpose == "query" else _NUMPY_BATCH)
