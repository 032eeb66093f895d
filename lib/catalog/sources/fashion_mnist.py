"""Zalando's Fashion-MNIST: four IDX files, packed or not, from a folder or downloaded as Keras does."""

import gzip
import hashlib
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import sha256_of
from lib.catalog.pictures import ArrayPictures
from lib.catalog.sources.joining import Skips
from lib.catalog.sources.listing import Listing, Request, Source
from lib.errors import CatalogError
from lib.publish import disk_errors, write_atomically

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
#: Split -> the beginning of its files' names.
_PARTS = {"train": "train", "test": "t10k"}
_MAGIC = {"images": (b"\0\0\x08\x03", 3), "labels": (b"\0\0\x08\x01", 1)}
_MAX_BYTES = 1_000_000_000
_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_SHA256 = {
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
}


def read(request: Request, workspace: Path) -> Listing:
    """Read the IDX files and store the pictures as one array in the catalogue.

    Parameters
    ----------
    request : Request
        Its path is the folder of the four files.
    workspace : Path
        Gets ``images.npy``.

    Returns
    -------
    Listing

    Raises
    ------
    CatalogError
        If a file is missing, or not what its header says.
    """
    pictures, rows = [], []
    for split, part in _PARTS.items():
        images = read_idx(_find(request.root, part, "images"), kind="images")
        labels = read_idx(_find(request.root, part, "labels"), kind="labels")
        if len(images) != len(labels) or labels.max(initial=0) >= len(CLASSES):
            raise CatalogError(f"{request.root}: the {part} pictures and labels do not belong together.")
        pictures.append(images)
        rows.append(_rows(labels, split))
    np.save(workspace / "images.npy", np.concatenate(pictures))
    frame = pd.concat(rows, ignore_index=True)
    return Listing(
        rows=frame.assign(image=frame.index.astype("str")).astype("str"),
        skipped=Skips().frame(),
        pictures=ArrayPictures(workspace / "images.npy"),
        label="label",
        title="Fashion-MNIST",
        credits="Zalando Research, MIT licence",
    )


def _rows(labels: npt.NDArray[np.uint8], split: str) -> pd.DataFrame:
    """Make one row a picture of a part."""
    ids = [f"{split}-{number:05d}" for number in range(len(labels))]
    names = np.array(CLASSES)[labels]
    return pd.DataFrame({"product_id": ids, "group_id": ids, "title": names, "split": split, "label": names})


def _find(root: Path, part: str, kind: str) -> Path:
    """Return where one of the four files lies, packed or not."""
    stem = f"{part}-{kind}-idx{_MAGIC[kind][1]}-ubyte"
    for name in (f"{stem}.gz", stem):
        if (root / name).is_file():
            return root / name
    raise CatalogError(
        f"There is no {stem}.gz in {root}.", hint="Give the folder of the four IDX files with --path, or --download."
    )


def read_idx(path: Path, *, kind: str) -> npt.NDArray[np.uint8]:
    """Read an IDX file of bytes; never more than its header announces, and that is bounded.

    Parameters
    ----------
    path : Path
        Ending in ``.gz`` where it is packed.
    kind : str
        ``"images"`` (three dimensions) or ``"labels"`` (one).

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    CatalogError
        If the header is another's, or the data are fewer or more than it says.
    """
    magic, n_dimensions = _MAGIC[kind]
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            head = file.read(4 + 4 * n_dimensions)
            if head[:4] != magic or len(head) < 4 + 4 * n_dimensions:
                raise CatalogError(f"{path} is not an IDX file of {kind}.")
            shape = struct.unpack(f">{n_dimensions}I", head[4:])
            size = int(np.prod(shape, dtype=object))
            if size > _MAX_BYTES:
                raise CatalogError(f"{path} announces {size:,} bytes; at most {_MAX_BYTES:,} are read.")
            data = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise CatalogError(f"{path} is damaged or cut short ({error}).", hint="Download it again.") from error
    if len(data) != size:
        raise CatalogError(f"{path} does not hold the {size:,} bytes that it announces.", hint="Download it again.")
    return np.frombuffer(data, np.uint8).reshape(shape)


def identify(request: Request) -> dict[str, Any]:
    """Return what determines the listing: the digests of the four files.

    Parameters
    ----------
    request : Request

    Returns
    -------
    dict
    """
    files = [_find(request.root, part, kind) for part in _PARTS.values() for kind in _MAGIC]
    return {"path": str(request.root), "sha256": {file.name: sha256_of(file) for file in files}}


def fetch() -> Path:
    """Download the four files to where Keras keeps them, unless they are there.

    Returns
    -------
    Path

    Raises
    ------
    CatalogError
        If they cannot be reached, or are not the files that Zalando published.
    """
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    folder = home / "datasets" / "fashion-mnist"
    for name, expected in _SHA256.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != expected:
            data = _download(name)
            if hashlib.sha256(data).hexdigest() != expected:
                raise CatalogError(f"{_ADDRESS}{name} is not the file that was published.", hint="Try again later.")
            with disk_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)
                write_atomically(folder / name, data)
    return folder


def _download(name: str) -> bytes:
    """Fetch one file."""
    import requests

    try:
        answer = requests.get(_ADDRESS + name, timeout=30)
        answer.raise_for_status()
        return bytes(answer.content)
    except requests.RequestException as error:
        raise CatalogError(
            f"{_ADDRESS}{name} could not be downloaded ({type(error).__name__}).",
            hint="Without a network, put the four IDX files into a folder and give it with --path.",
        ) from error


SOURCE = Source(read=read, identify=identify, takes=frozenset({"path", "download"}), fetch=fetch)
