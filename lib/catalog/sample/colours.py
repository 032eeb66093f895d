"""Named base colours with several shades each, and a little colour arithmetic."""

import colorsys
from collections.abc import Mapping, Sequence

import numpy as np

RGB = tuple[int, int, int]

#: Base colour -> shades a product of that colour may have.
SHADES: Mapping[str, Sequence[str]] = {
    "Black": ("26262b", "2e2d30", "202227"),
    "White": ("f7f6f3", "fbfaf8", "f2f3f5"),
    "Navy Blue": ("1f2d50", "27365e", "1b2847"),
    "Blue": ("2f62b5", "4a7fc9", "3a6ea8", "5b93d6", "2455a0"),
    "Grey": ("8f9297", "a9abae", "77797f", "bcbec1"),
    "Red": ("c4262e", "b51f33", "d6413b", "cf2f45"),
    "Green": ("2f7d4f", "4d9a63", "3c8a72", "6aa84f"),
    "Brown": ("6d452b", "7f5535", "8d6142", "573724"),
    "Pink": ("e889a8", "f2a9bd", "dc6b94", "f4bfca"),
    "Purple": ("6b4796", "835ca8", "59397f"),
    "Beige": ("d9c6a5", "e2d3b8", "cfba97"),
    "Yellow": ("f0c33c", "f5d465", "e8b62a"),
    "Orange": ("e8792f", "ee9350", "d9652b"),
    "Maroon": ("6f1f2f", "7c2836", "611a2b"),
    "Olive": ("6b6c3b", "7b7a4a", "5c5f36"),
    "Teal": ("1f7577", "2b8a8a", "176466"),
    "Cream": ("f3ead6", "f0e4cb", "f6efe0"),
    "Tan": ("b98a5a", "c59a6c", "a87a4c"),
    "Silver": ("c6c9ce", "b7bbc2", "d2d4d8"),
    "Gold": ("cfa64c", "d9b562", "c0963c"),
    "Khaki": ("a9976a", "b5a67c", "9a885c"),
    "Lavender": ("b9a7d6", "c9bbe2", "a994cb"),
    "Peach": ("f4b899", "f7c7ae", "efa785"),
    "Charcoal": ("45484d", "505358", "3b3e44"),
    "Turquoise Blue": ("35b3b8", "55c3c6", "249ea6"),
    "Mustard": ("cc9a2b", "d6a63e", "bd8a1f"),
    "Rust": ("a8492a", "b65a38", "983f24"),
    "Burgundy": ("5d1a33", "6b223d", "511530"),
}

WHITE: RGB = (250, 249, 247)
INK: RGB = (38, 38, 43)
STEEL: RGB = (190, 194, 200)
BRASS: RGB = (201, 164, 86)
LEATHER: RGB = (120, 78, 48)


def parse(text: str) -> RGB:
    """Return a colour from its six hexadecimal digits.

    Parameters
    ----------
    text : str

    Returns
    -------
    (red, green, blue)

    Examples
    --------
    >>> parse("ff8000")
    (255, 128, 0)
    """
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def shade_of(name: str, rng: np.random.Generator) -> RGB:
    """Draw one of a base colour's shades, slightly varied.

    Parameters
    ----------
    name : str
        A key of ``SHADES``.
    rng : Generator

    Returns
    -------
    (red, green, blue)
    """
    shades = SHADES[name]
    jitter = rng.normal(0, 3, 3)
    red, green, blue = np.clip(np.asarray(parse(shades[int(rng.integers(len(shades)))])) + jitter, 8, 252).astype(int)
    return int(red), int(green), int(blue)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """Return a colour between two.

    Parameters
    ----------
    one, other : (red, green, blue)
    share : float
        0 is `one`, 1 is `other`.

    Returns
    -------
    (red, green, blue)
    """
    r, g, b = (round(a + (c - a) * share) for a, c in zip(one, other, strict=True))
    return r, g, b


def darker(colour: RGB, share: float = 0.3) -> RGB:
    """Return a colour closer to black, by `share`.

    Parameters
    ----------
    colour : (red, green, blue)
    share : float, default=0.3

    Returns
    -------
    (red, green, blue)
    """
    return mix(colour, (12, 12, 20), share)


def lighter(colour: RGB, share: float = 0.3) -> RGB:
    """Return a colour closer to white, by `share`.

    Parameters
    ----------
    colour : (red, green, blue)
    share : float, default=0.3

    Returns
    -------
    (red, green, blue)
    """
    return mix(colour, (255, 255, 255), share)


def luminance(colour: RGB) -> float:
    """Return how bright a colour looks, 0 to 1.

    Parameters
    ----------
    colour : (red, green, blue)

    Returns
    -------
    float
    """
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def seam(colour: RGB) -> RGB:
    """Return a colour in which a seam shows on `colour`: darker, or lighter where that is dark already.

    Parameters
    ----------
    colour : (red, green, blue)

    Returns
    -------
    (red, green, blue)
    """
    return lighter(colour, 0.28) if luminance(colour) < 0.25 else darker(colour, 0.35)


def partner(colour: RGB, rng: np.random.Generator) -> RGB:
    """Draw a colour that goes with another: white, cream, ink, a tone of it, or one from across the wheel.

    Parameters
    ----------
    colour : (red, green, blue)
    rng : Generator

    Returns
    -------
    (red, green, blue)
    """
    light = luminance(colour) > 0.6
    tone = darker(colour, 0.55) if light else lighter(colour, 0.6)
    hue, _, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    across = colorsys.hls_to_rgb(
        (hue + rng.uniform(0.35, 0.65)) % 1, 0.4 if light else 0.72, max(saturation, 0.35) * 0.8
    )
    r, g, b = (round(channel * 255) for channel in across)
    choices: list[RGB] = [tone, (r, g, b), parse("23304f") if light else WHITE, INK if light else parse("f1e6cf")]
    return choices[int(rng.choice(4, p=[0.3, 0.2, 0.3, 0.2]))]
