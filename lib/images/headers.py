"""What a picture file says about itself, read from its first bytes before any decoder sees it.

The kind of file is decided by its content. Its size in pixels is known before a single pixel is allocated, and
everything that is not needed to draw the first frame (camera data, colour profiles, comments, further frames) is left
out of what is handed to the decoder: that is where decoders warn, and where most of their past faults were.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lib.errors import ImageError

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = {0x01, *range(0xD0, 0xD9)}
_JPEG_DROPPED = {0xE1, *range(0xE2, 0xEE), 0xEF, 0xFE}
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Header:
    """What is known of a picture before it is decoded.

    Parameters
    ----------
    format : str
        A key of ``READERS``.
    width, height : int
        Pixels, as stored: before any rotation.
    orientation : int
        1 to 8 as EXIF has it; 1 is upright.
    data : bytes
        The file without what the first frame does not need.
    """

    format: str
    width: int
    height: int
    orientation: int
    data: bytes


def read_header(data: bytes) -> Header:
    """Read what a picture file says about itself.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    Header

    Raises
    ------
    ImageError
        If the bytes are no picture of a known kind, or end within their header.
    """
    kind = _kind(data)
    try:
        width, height, orientation, kept = READERS[kind](data)
    except (struct.error, IndexError) as error:
        raise ImageError(f"The {kind} picture is cut short within its header.") from error
    if width <= 0 or height <= 0:
        raise ImageError(f"The {kind} picture says that it has {width} x {height} pixels.")
    return Header(kind, width, height, orientation, kept)


def _kind(data: bytes) -> str:
    """Return the kind of file by its first bytes."""
    if not data:
        raise ImageError("The file is empty.")
    for prefix, kind in _SIGNATURES.items():
        if data.startswith(prefix) and (kind != "WEBP" or data[8:12] == b"WEBP"):
            return kind
    raise ImageError(f"The file is {_looks_like(data)}, not a picture.", hint=f"Pictures are {', '.join(READERS)}.")


def _looks_like(data: bytes) -> str:
    """Say in a word or two what a file that is no picture seems to be."""
    for prefix, name in _STRANGERS.items():
        if data.startswith(prefix):
            return name
    head = data[:512]
    return "text" if all(byte >= 32 or byte in b"\t\r\n" for byte in head) else "of an unknown kind"


def _read_jpeg(data: bytes) -> tuple[int, int, int, bytes]:
    """Walk the segments up to the first scan; camera data, profiles and further pictures are left out."""
    width = height = 0
    orientation, kept, done = 1, [], 0
    for marker, start, end in _jpeg_segments(data):
        if marker in _JPEG_FRAMES:
            found_height, found_width = struct.unpack_from(">HH", data, start + 5)
            width, height = max(width, found_width), max(height, found_height)
        elif marker in _JPEG_DROPPED:
            if data[start + 4 : start + 10] == b"Exif\0\0" and orientation == 1:
                orientation = exif_orientation(data[start + 10 : end])
            kept.append(data[done:start])
            done = end
    if not width:
        raise ImageError("The JPEG picture is cut short before its size.")
    return width, height, orientation, b"".join([*kept, data[done:]]) if kept else data


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, first byte, byte after the last) of each segment before the first scan."""
    position = 2
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 4 > len(data):
            return
        marker = data[position + 1]
        if marker in (0xDA, 0xD9):
            return
        if marker in (0x00, 0xFF) or marker in _JPEG_BARE:
            position += 1 if marker == 0xFF else 2
            continue
        end = position + 2 + int(struct.unpack_from(">H", data, position + 2)[0])
        yield marker, position, end
        position = end


def _read_png(data: bytes) -> tuple[int, int, int, bytes]:
    """Read IHDR; keep the chunks that draw the picture and no other."""
    if data[12:16] != b"IHDR":
        raise ImageError("The PNG picture does not begin with its header.")
    width, height = struct.unpack_from(">II", data, 16)
    orientation, kept, position = 1, [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind in _PNG_KEPT:
            kept.append(data[position : position + 12 + length])
        elif kind == b"eXIf":
            orientation = exif_orientation(data[position + 8 : position + 8 + length])
        position += 12 + length
    return width, height, orientation, b"".join(kept)


def _read_webp(data: bytes) -> tuple[int, int, int, bytes]:
    """Read the first chunk, which holds the size in one of three ways, and the EXIF chunk where there is one."""
    if struct.unpack_from("<I", data, 4)[0] + 8 > len(data):
        raise ImageError("The WEBP picture is cut short.")
    kind = data[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
        return width, height, _webp_orientation(data), data
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), 1, data
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF, 1, data


def _webp_orientation(data: bytes) -> int:
    """Find the EXIF chunk of an extended WebP file."""
    position = 12
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        if kind == b"EXIF":
            return exif_orientation(data[position + 8 : position + 8 + length].removeprefix(b"Exif\0\0"))
        position += 8 + length + length % 2
    return 1


def _read_gif(data: bytes) -> tuple[int, int, int, bytes]:
    """Read the screen's size, and the first frame's, which may reach beyond it."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    while data[position] == 0x21:
        position += 2
        while data[position]:
            position += 1 + data[position]
        position += 1
    if data[position] != 0x2C:
        raise ImageError("The GIF picture holds no frame.")
    left, top, frame_width, frame_height = struct.unpack_from("<HHHH", data, position + 1)
    return max(width, left + frame_width), max(height, top + frame_height), 1, data


def _read_bmp(data: bytes) -> tuple[int, int, int, bytes]:
    """Read the size from the old or the newer header; a negative height means rows from the top."""
    if struct.unpack_from("<I", data, 14)[0] == 12:
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height), 1, data


def exif_orientation(exif: bytes) -> int:
    """Return how a camera was held, from its EXIF data; damaged data counts as upright.

    Parameters
    ----------
    exif : bytes
        Beginning with the byte order, ``II`` or ``MM``.

    Returns
    -------
    int
        1 to 8.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        start = struct.unpack_from(order + "I", exif, 4)[0]
        for entry in range(struct.unpack_from(order + "H", exif, start)[0]):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * entry)
            if tag == _ORIENTATION and kind == 3:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


READERS: dict[str, Callable[[bytes], tuple[int, int, int, bytes]]] = {
    "JPEG": _read_jpeg,
    "PNG": _read_png,
    "WEBP": _read_webp,
    "GIF": _read_gif,
    "BMP": _read_bmp,
}
_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG",
    _PNG_SIGNATURE: "PNG",
    b"RIFF": "WEBP",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
}
_STRANGERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip",
    b"\x1f\x8b": "a gzip",
    b"II*\0": "a TIFF",
    b"MM\0*": "a TIFF",
    b"<svg": "an SVG",
    b"<?xml": "XML",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}
