"""Networks in OpenVINO's own format, kept on disk so that a query needs neither TensorFlow nor a conversion."""

import json
import logging
import os
import platform
import warnings
from pathlib import Path
from typing import Any

from lib.artifacts import MANIFEST, sha256_of
from lib.errors import ArtifactError, ModelError
from lib.models.backbones import load_keras
from lib.models.network import Network
from lib.publish import disk_errors, exclusive, library_versions, publish, write_atomically

logger = logging.getLogger(__name__)

FORMAT = 1
_XML, _BIN, _SPEED = "model.xml", "model.bin", "speed.json"


class EngineUnavailable(ModelError):
    """An engine that cannot run this model on this machine; another one may."""


def engines_folder(root: Path) -> Path:
    """Return where converted networks are kept below an artifacts folder.

    Parameters
    ----------
    root : Path

    Returns
    -------
    Path
    """
    return root / ".engines"


def converted(folder: Path, network: Network) -> Path:
    """Return the network in OpenVINO's format, converting it where that was not done before.

    Parameters
    ----------
    folder : Path
        As ``engines_folder`` says.
    network : Network

    Returns
    -------
    Path
        Of ``model.xml``, its weights beside it.

    Raises
    ------
    EngineUnavailable
        If OpenVINO is not installed or cannot convert it.
    ArtifactError
        If the disk is full or may not be written.
    """
    target = folder / network.key
    if is_converted(folder, network):
        return target / _XML
    with exclusive(folder, network.key):
        if not is_converted(folder, network):
            _write(target, _convert(network))
    return target / _XML


def is_converted(folder: Path, network: Network) -> bool:
    """Return whether the network lies there whole, every byte as it was written.

    Parameters
    ----------
    folder : Path
    network : Network

    Returns
    -------
    bool
    """
    target = folder / network.key
    try:
        record = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            return False
        return all(sha256_of(target / name) == record["files"][name] for name in (_XML, _BIN))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_speeds(folder: Path, network: Network) -> dict[str, float]:
    """Return the images a second measured for each engine on this very machine, empty where that was not done.

    Parameters
    ----------
    folder : Path
    network : Network

    Returns
    -------
    dict of str to float
    """
    try:
        record = json.loads((folder / network.key / _SPEED).read_text(encoding="utf-8"))
        if record["machine"] != _machine():
            return {}
        return {str(name): float(speed) for name, speed in record["speeds"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_speeds(folder: Path, network: Network, speeds: dict[str, float]) -> None:
    """Remember the images a second measured for each engine.

    Parameters
    ----------
    folder : Path
    network : Network
    speeds : dict of str to float

    Raises
    ------
    ArtifactError
        If the disk is full or may not be written.
    """
    record, path = {"machine": _machine(), "speeds": speeds}, folder / network.key / _SPEED
    with disk_errors(path):
        write_atomically(path, json.dumps(record, indent=2, sort_keys=True).encode())


def _machine() -> list[str]:
    """Return what tells this machine from another that the artifacts may be carried to."""
    return [platform.node(), platform.machine(), str(os.cpu_count()), os.environ.get("KERAS_BACKEND", "")]


def _write(target: Path, model: Any) -> None:
    """Save a converted network with the digests of its files."""
    import openvino as ov

    with publish(target) as draft:
        try:
            ov.save_model(model, draft / _XML, compress_to_fp16=False)
        except RuntimeError as error:  # OpenVINO's only word for a disk that is full, and it says no more than that
            raise ArtifactError(
                f"The converted network could not be written to {target}.",
                hint="Is the disk full? Free some space and run the same command again.",
            ) from error
        files = {name: sha256_of(draft / name) for name in (_XML, _BIN)}
        record = {"format": FORMAT, "files": files, "versions": library_versions()}
        write_atomically(draft / MANIFEST, json.dumps(record, indent=2, sort_keys=True).encode())


def _convert(network: Network) -> Any:
    """Return the network as an OpenVINO model."""
    try:
        import openvino as ov
        from openvino.tools.ovc.error import BasicError
    except ImportError as error:
        raise EngineUnavailable("OpenVINO is not installed.", hint="pip install openvino") from error
    keras = load_keras()
    if keras.config.backend() != "tensorflow":
        raise EngineUnavailable(f"OpenVINO converts TensorFlow's networks, not {keras.config.backend()}'s.")
    logger.info("Converting %s for OpenVINO, once.", network.backbone.title)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The structure of `inputs` doesn't match", UserWarning)
            return ov.convert_model(network.model)
    except (BasicError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
        raise EngineUnavailable(f"OpenVINO cannot convert {network.backbone.title} ({reason}).") from error
