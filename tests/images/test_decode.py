"""Every kind of picture comes out as upright RGB; everything hostile is one clear ImageError."""

import io
import struct
import threading
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lib.errors import ImageError
from lib.images.decode import CATALOG_LIMITS, UPLOAD_LIMITS, Limits, decode, decode_picture
from lib.images.headers import exif_orientation, read_header
from tests.factories import encoded, picture

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that promises far more pixels than its few bytes hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def arrow() -> Image.Image:
    """Wider than high, red at the left, green at the top right: every turn of it differs."""
    pixels = np.full((24, 40, 3), 255, np.uint8)
    pixels[:, :16] = (255, 0, 0)
    pixels[:8, 24:] = (0, 255, 0)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_rgb_of_its_size(kind: str) -> None:
    image = decode(encoded(picture(1), kind))
    assert (image.mode, image.size) == ("RGB", (60, 80))
    assert np.abs(np.asarray(image, int) - np.asarray(picture(1), int)).mean() < 6


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_rotation_is_undone(kind: str, orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = arrow() if orientation == 1 else arrow().transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode(encoded(stored, kind, exif=exif.tobytes(), quality=95))
    assert decoded.size == (40, 24)
    assert np.abs(np.asarray(decoded, int) - np.asarray(arrow(), int)).mean() < 8


def test_damaged_exif_counts_as_upright_and_does_not_warn() -> None:
    for exif in (b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0garbage", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"):
        assert decode(encoded(arrow(), "JPEG", exif=exif)).size == (40, 24)
    assert exif_orientation(b"MM\0*" + struct.pack(">IHHHIHH", 8, 1, 0x0112, 3, 1, 9, 0)) == 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(mode: str) -> None:
    image = Image.new(mode, (4, 2), (0, 0, 0, 0) if mode == "RGBA" else (0, 0))
    image.putpixel((0, 0), (10, 20, 30, 255) if mode == "RGBA" else (10, 255))
    pixels = np.asarray(decode(encoded(image)))
    assert pixels[0, 1].tolist() == [255, 255, 255]
    assert pixels[0, 0, 0] == 10


def test_half_transparent_black_is_mid_grey() -> None:
    pixels = np.asarray(decode(encoded(Image.new("RGBA", (2, 2), (0, 0, 0, 128)))))
    assert abs(int(pixels[0, 0, 0]) - 127) <= 1


@pytest.mark.parametrize("transparency", [0, b"\x00\xff"])
def test_palette_with_transparency(transparency: object) -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 200, 30, 40])
    image.putpixel((0, 0), 0)
    pixels = np.asarray(decode(encoded(image, transparency=transparency)))
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[1, 1].tolist() == [200, 30, 40]


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_few_colours_are_rgb(mode: str) -> None:
    found = decode_picture(encoded(Image.new("L", (5, 5), 255).convert(mode)))
    assert found.mode == mode
    assert (np.asarray(found.image) == 255).all()


def test_cmyk_is_not_inverted() -> None:
    found = decode_picture(encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"))
    assert found.mode == "CMYK"
    red, green, blue = np.asarray(found.image)[8, 8].tolist()
    assert red > 200
    assert green < 60
    assert blue < 60


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    levels = np.array([[0, 256, 0x8000, 0xFFFF]], np.uint16)
    assert np.asarray(decode(encoded(Image.fromarray(levels))))[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    pixels = np.asarray(decode(encoded(frames[0], kind, save_all=True, append_images=frames[1:])), int)
    assert np.abs(pixels - (255, 0, 0)).max() < 12


def test_metadata_is_dropped() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    data = encoded(arrow(), "JPEG", exif=exif.tobytes(), comment=b"a secret word")
    assert b"secret" not in read_header(data).data
    assert "exif" not in decode(data).info


def test_a_bomb_is_refused_from_its_header() -> None:
    data = png_bomb(50_000, 50_000)
    tracemalloc.start()
    with pytest.raises(ImageError, match=r"50,000 x 50,000 pixels; at most 25 million"):
        decode(data, limits=UPLOAD_LIMITS)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_sizes_between_pillows_two_limits_do_not_warn() -> None:
    with pytest.raises(ImageError, match="10,000 x 12,000"):
        decode(png_bomb(10_000, 12_000))


@pytest.mark.parametrize("kind", KINDS)
def test_the_pixel_cap_holds_for_every_kind(kind: str) -> None:
    with pytest.raises(ImageError, match="60 x 80 pixels"):
        decode(encoded(picture(1), kind), limits=Limits(max_bytes=10**6, max_pixels=60 * 80 - 1))
    assert decode(encoded(picture(1), kind), limits=Limits(max_bytes=10**6, max_pixels=60 * 80))


def test_a_gif_frame_beyond_its_screen_counts() -> None:
    data = bytearray(encoded(picture(1), "GIF"))
    data[6:10] = struct.pack("<HH", 1, 1)
    assert (read_header(bytes(data)).width, read_header(bytes(data)).height) == (60, 80)


def test_the_byte_cap_holds() -> None:
    with pytest.raises(ImageError, match=r"10\.0 MB; at most 10 MB"):
        decode(b"\xff\xd8\xff" + bytes(10_000_000), limits=UPLOAD_LIMITS)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"id,title\n1,shirt\n", "text"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04....", "a zip"),
        (b"II*\0" + bytes(20), "a TIFF"),
        (b"<svg xmlns='x'/>", "an SVG"),
        (bytes(range(256)), "unknown kind"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        decode(data)


def test_a_format_that_is_not_allowed() -> None:
    with pytest.raises(ImageError, match="GIF pictures are not read here"):
        decode(encoded(picture(1), "GIF"), limits=Limits(10**6, 10**6, ("JPEG", "PNG")))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_truncated_files_are_refused(kind: str, share: float) -> None:
    rng = np.random.default_rng(3)
    data = encoded(Image.fromarray(rng.integers(0, 256, (40, 40, 3), np.uint8)), kind)
    with pytest.raises(ImageError) as caught:
        decode(data[: max(4, int(len(data) * share))])
    assert "\n" not in caught.value.message


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(KINDS), edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8))
def test_damage_is_an_image_error_or_a_picture(kind: str, edits: list[tuple[int, int]]) -> None:
    data = bytearray(encoded(picture(2, size=(12, 16)), kind))
    for place, value in edits:
        data[place % len(data)] = value
    try:
        image = decode(bytes(data), limits=Limits(10**6, 10**6))
    except ImageError:
        return
    assert image.mode == "RGB"
    assert image.width * image.height <= 10**6


@settings(max_examples=200, deadline=None)
@given(prefix=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF89a", b"BM"]), rest=st.binary())
def test_noise_behind_a_signature_is_an_image_error(prefix: bytes, rest: bytes) -> None:
    with pytest.raises(ImageError):
        decode(prefix + rest, limits=Limits(10**6, 10**6))


def test_the_target_skips_detail_but_never_below_twice_it() -> None:
    data = encoded(Image.new("RGB", (1600, 1200), "red"), "JPEG")
    assert decode(data).size == (1600, 1200)
    assert decode(data, target=100).size == (400, 300)
    assert decode(data, target=160).size == (800, 600)
    assert decode(encoded(picture(1), "JPEG"), target=224).size == (60, 80)


def test_threads_do_not_disturb_each_other() -> None:
    data = [encoded(picture(seed), kind) for seed in range(8) for kind in KINDS]
    expected = [decode(one).tobytes() for one in data]
    found: list[list[bytes]] = [[] for _ in range(4)]

    def work(slot: int) -> None:
        found[slot] = [decode(one).tobytes() for one in data]

    threads = [threading.Thread(target=work, args=(slot,)) for slot in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one == expected for one in found)


def test_pillows_own_settings_are_left_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS
    decode(encoded(picture(1), "JPEG"))
    assert before == Image.MAX_IMAGE_PIXELS
    assert CATALOG_LIMITS.max_pixels < 89_000_000
    assert decode(io.BytesIO(encoded(picture(1))).getvalue())
