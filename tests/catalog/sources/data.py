"""Tiny data sets in the layouts of the real ones."""

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np

from tests.factories import encoded, picture

STYLES_HEADER = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"


def style(product_id: str, name: str = "A shirt", *, colour: str = "Blue", year: str = "2012") -> str:
    """One row of ``styles.csv``."""
    return f"{product_id},Men,Apparel,Topwear,Shirts,{colour},Summer,{year},Casual,{name}\n"


def jpeg(seed: int, **options: object) -> bytes:
    """A small JPEG that differs from seed to seed."""
    return encoded(picture(seed), "JPEG", **options)


def fashion_files(n: int = 12) -> dict[str, bytes]:
    """A small fashion catalogue without a fault."""
    rows = "".join(style(str(100 + i), f"Shirt {i}") for i in range(n))
    return {"styles.csv": (STYLES_HEADER + rows).encode()} | {f"images/{100 + i}.jpg": jpeg(i) for i in range(n)}


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    """Write files into a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_folder(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def idx(array: np.ndarray, *, packed: bool = True) -> bytes:
    """An IDX file of bytes."""
    head = b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(head + array.tobytes()) if packed else head + array.tobytes()
