"""Safe decoding: the one way from the bytes of a picture file to pixels, for catalogues and uploads alike."""

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import BmpImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from lib.errors import ImageError
from lib.images.headers import READERS, Header, read_header

_PLUGINS = (BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
#: What Pillow and its plugins raise on damaged data.
_FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_WHITE = (255, 255, 255)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Limits:
    """What is read at all.

    Parameters
    ----------
    max_bytes : int
        Size of the file.
    max_pixels : int
        Width times height; checked in the file's header, before anything is allocated. Below Pillow's own limit of
        89 million, from where on it warns.
    formats : tuple of str
        Keys of ``headers.READERS``; what a file is, its content decides.
    """

    max_bytes: int
    max_pixels: int
    formats: tuple[str, ...] = tuple(READERS)


CATALOG_LIMITS = Limits(max_bytes=64_000_000, max_pixels=64_000_000)
UPLOAD_LIMITS = Limits(max_bytes=10_000_000, max_pixels=25_000_000)


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, and what its file was.

    Parameters
    ----------
    image : Image
        Mode ``RGB``, upright.
    format : str
        A key of ``headers.READERS``.
    mode : str
        The pixels' kind as stored: ``RGB``, ``L``, ``CMYK``, ``P`` ...
    """

    image: Image.Image
    format: str
    mode: str


def decode(data: bytes, *, limits: Limits = CATALOG_LIMITS, target: int | None = None) -> Image.Image:
    """Decode a picture file to upright RGB.

    Parameters
    ----------
    data : bytes
        The whole file.
    limits : Limits, default=CATALOG_LIMITS
    target : int, optional
        The size it will be fitted to. Large JPEGs then skip detail, never below twice that size. It changes pixels
        slightly, so a catalogue and its queries must be decoded with the same target.

    Returns
    -------
    Image
        Always mode ``RGB``: turned as EXIF says, transparency on white, the first frame of an animation, 16 bits
        scaled down to 8. Colour profiles are not applied.

    Raises
    ------
    ImageError
        Saying why: too large, of another kind, damaged, cut short.
    """
    return decode_picture(data, limits=limits, target=target).image


def decode_picture(data: bytes, *, limits: Limits = CATALOG_LIMITS, target: int | None = None) -> Picture:
    """Decode a picture file to upright RGB, and say what it was; see ``decode``.

    Parameters
    ----------
    data : bytes
    limits : Limits, default=CATALOG_LIMITS
    target : int, optional

    Returns
    -------
    Picture

    Raises
    ------
    ImageError
    """
    header = _admit(data, limits)
    try:
        with Image.open(io.BytesIO(header.data), formats=(header.format,)) as opened:
            _check_pixels(opened.width, opened.height, limits)
            mode = opened.mode
            if target is not None and header.format == "JPEG":
                opened.draft(None, (2 * target, 2 * target))
            image = _to_rgb(opened)
            turn = _TURNS.get(header.orientation)
            return Picture(image.transpose(turn) if turn is not None else image, header.format, mode)
    except ImageError:
        raise
    except _FAILURES as error:
        raise ImageError(f"The {header.format} picture is damaged or cut short ({_reason(error)}).") from error


def _admit(data: bytes, limits: Limits) -> Header:
    """Refuse what is too large or of the wrong kind, from the header alone."""
    if len(data) > limits.max_bytes:
        raise ImageError(
            f"The file has {len(data) / 1e6:,.1f} MB; at most {limits.max_bytes / 1e6:,.0f} MB are read.",
            hint="Save it smaller and try again.",
        )
    header = read_header(data)
    if header.format not in limits.formats:
        raise ImageError(f"{header.format} pictures are not read here.", hint=f"Use {', '.join(limits.formats)}.")
    _check_pixels(header.width, header.height, limits)
    return header


def _check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse more pixels than allowed."""
    if width * height > limits.max_pixels:
        raise ImageError(
            f"The picture has {width:,} x {height:,} pixels; at most {limits.max_pixels / 1e6:,.0f} million are read.",
            hint="Save it smaller and try again.",
        )


def _reason(error: BaseException) -> str:
    """Return a decoder's message as one short line."""
    return " ".join(str(error).split())[:120] or type(error).__name__


def _to_rgb(image: Image.Image) -> Image.Image:
    """Decode the pixels and bring whatever they are to RGB, transparency on white."""
    image.load()
    if image.mode.startswith("I"):
        return _scaled(image).convert("RGB")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        alpha = image.convert("RGBA")
        white = Image.new("RGB", image.size, _WHITE)
        white.paste(alpha, mask=alpha.getchannel("A"))
        return white
    return image.copy() if image.mode == "RGB" else image.convert("RGB")


def _scaled(image: Image.Image) -> Image.Image:
    """Bring 16-bit grey to 8 bits by its high byte, as the decoder does for 16-bit colour."""
    wide = np.asarray(image).astype(np.uint32)
    return Image.fromarray((wide >> 8).clip(0, 255).astype(np.uint8))
