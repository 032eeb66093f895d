"""Which engine computes: the one asked for, or the one that a short measurement finds faster."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lib.embedding.engines import Engine, Pixels, open_engine
from lib.embedding.ir import EngineUnavailable, read_speeds, write_speeds
from lib.errors import ArtifactError
from lib.models.network import Network

logger = logging.getLogger(__name__)

_ROUNDS, _SECONDS = 2, 0.5


def choose_engine(folder: Path, network: Network, *, engine: str, precision: str) -> tuple[Engine, dict[str, float]]:
    """Open the engine that embeds a catalogue.

    Parameters
    ----------
    folder : Path
        Where converted networks and earlier measurements are kept.
    network : Network
    engine : {"auto", "keras", "openvino"}
    precision : {"f32", "bf16"}

    Returns
    -------
    Engine
    dict of str to float
        Images a second of each engine that was measured, decoding excluded; empty where there was no choice.

    Raises
    ------
    ModelError
        If the engine or precision asked for cannot be had here.
    """
    if engine != "auto" or precision != "f32":
        name = "openvino" if engine == "auto" else engine
        return open_engine(folder, network, engine=name, precision=precision, purpose="catalog"), {}
    speeds = read_speeds(folder, network)
    if speeds:
        fastest = max(speeds, key=lambda name: speeds[name])
        return open_engine(folder, network, engine=fastest, precision=precision, purpose="catalog"), speeds
    keras = None
    try:
        openvino = open_engine(folder, network, engine="openvino", precision=precision, purpose="catalog")
        keras = open_engine(folder, network, engine="keras", precision=precision, purpose="catalog")
        speeds = measure([openvino, keras], size=network.size)
        write_speeds(folder, network, speeds)
        return (openvino if speeds["openvino"] >= speeds["keras"] else keras), speeds
    except EngineUnavailable as error:
        logger.warning("%s Keras computes instead.", error.message)
        return keras or open_engine(folder, network, engine="keras", precision=precision, purpose="catalog"), {}


def open_for_query(folder: Path, network: Network, *, precision: str) -> Engine:
    """Open the engine that embeds single pictures: OpenVINO where it can, else Keras, which agrees with it.

    Parameters
    ----------
    folder : Path
    network : Network
    precision : {"f32", "bf16"}

    Returns
    -------
    Engine

    Raises
    ------
    ModelError
        If the precision cannot be had here: another one would not be comparable.
    ArtifactError
        If only OpenVINO computes in that precision, and there is no room to keep the converted network.
    """
    try:
        return open_engine(folder, network, engine="openvino", precision=precision, purpose="query")
    except (EngineUnavailable, ArtifactError) as error:
        if precision != "f32":
            raise
        logger.warning("%s Keras computes instead.", error.message)
        return open_engine(folder, network, engine="keras", precision=precision, purpose="query")


def measure(engines: list[Engine], *, size: int) -> dict[str, float]:
    """Return the images a second of each engine on made-up pictures: warm, in turns, the best of its rounds.

    Parameters
    ----------
    engines : list of Engine
    size : int
        Side of the pictures.

    Returns
    -------
    dict of str to float
    """
    speeds: dict[str, float] = {engine.name: 0.0 for engine in engines}
    for number in range(_ROUNDS + 1):
        for engine in engines:
            speed = _speed(engine, size=size, seconds=_SECONDS if number else 0.0)
            if number:
                speeds[engine.name] = max(speeds[engine.name], round(speed, 1))
    return speeds


def _speed(engine: Engine, *, size: int, seconds: float) -> float:
    """Return the images a second of one engine; without seconds, two batches to warm it."""
    pixels = np.random.default_rng(0).integers(0, 256, (engine.batch, size, size, 3), dtype=np.uint8)
    started = time.perf_counter()
    n = sum(len(vectors) for vectors in engine.stream(_repeated(pixels, seconds)))
    return n / (time.perf_counter() - started)


def _repeated(pixels: Pixels, seconds: float) -> Iterator[Pixels]:
    """Yield the same batch at least twice, and until the time is over."""
    ends = time.perf_counter() + seconds
    yield pixels
    yield pixels
    while time.perf_counter() < ends:
        yield pixels
