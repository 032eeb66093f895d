"""The colours that catalogues name, as they look: a bar that counts red products is red."""

from collections.abc import Sequence

#: Named colours of clothes, lower case -> hexadecimal. "Multi" and the like have no colour of their own.
NAMED: dict[str, str] = {
    "beige": "#e3d6b8", "black": "#16181a", "blue": "#2457b3", "bronze": "#8c6239", "brown": "#6b4226",
    "burgundy": "#6d1a36", "camel": "#c19a6b", "champagne": "#f1ddc0", "charcoal": "#3f464d", "coffee brown": "#4b3221",
    "copper": "#b3683a", "coral": "#ff7f61", "cream": "#f6efd9", "fluorescent green": "#5dff1f", "gold": "#cfa630",
    "golden": "#cfa630", "gray": "#8a8f94", "green": "#2c8a3d", "grey": "#8a8f94", "grey melange": "#a9adb1",
    "indigo": "#34307f", "ivory": "#f8f4e3", "khaki": "#a79a6d", "lavender": "#b9a5dd", "lime": "#b5d92c",
    "lime green": "#7fd13b", "magenta": "#c92a8c", "maroon": "#731826", "mauve": "#b284ab", "mint": "#a8e0c2",
    "mushroom brown": "#8f7b69", "mustard": "#d3a21c", "natural": "#e6d9c0", "navy": "#1b2a4e", "navy blue": "#1b2a4e",
    "nude": "#e2bfa3", "off white": "#f3f0e6", "olive": "#6a6b2b", "orange": "#ee7b1d", "peach": "#f9b995",
    "pink": "#ef84ab", "plum": "#6b2a5b", "purple": "#6f3a9c", "red": "#cc2936", "rose": "#e05c82", "rust": "#a5431f",
    "sand": "#d8c4a0", "sea green": "#2f8f74", "silver": "#c3c8cc", "skin": "#e8bf9f", "steel": "#7f8b95",
    "tan": "#c69c6d", "taupe": "#8a7968", "teal": "#0d7377", "turquoise": "#35c3bd", "turquoise blue": "#26b0c4",
    "violet": "#7c4fc4", "white": "#ffffff", "wine": "#5f1a2b", "yellow": "#f2cf2e",
}  # fmt: skip


def colour_of(name: str) -> str | None:
    """Return what a named colour looks like.

    Parameters
    ----------
    name : str
        As a catalogue writes it; case and hyphens do not matter.

    Returns
    -------
    str or None
        Hexadecimal; None for a name that is no one colour.
    """
    return NAMED.get(" ".join(name.lower().replace("-", " ").split()))


def are_colours(names: Sequence[str]) -> bool:
    """Return whether values are colour names: most of those given are known.

    Parameters
    ----------
    names : sequence of str
        The commonest values of a column.

    Returns
    -------
    bool
    """
    known = sum(colour_of(name) is not None for name in names)
    return bool(names) and known * 2 > len(names)
