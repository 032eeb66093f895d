"""Made-up titles: an invented collection, whom it is for, colour, pattern and kind."""

import numpy as np

#: Invented collections.
COLLECTIONS = (
    "Velmora", "Tarnwick", "Solvanne", "Brindlefen", "Nordhavel", "Kestrine", "Marrowby", "Ellundra", "Pinemoth",
    "Fablethorn", "Aurivane", "Loomkin", "Drevanta", "Osterlyn", "Wrenfold", "Caldimere", "Juniqua", "Harrowmint",
)  # fmt: skip
_PATTERN_WORDS = {
    "plain": ("", "", "", "Solid", "Classic"),
    "striped": ("Striped",),
    "checked": ("Checked",),
    "polka dots": ("Dotted",),
    "floral": ("Floral", "Printed"),
    "colour block": ("Colour-Block",),
    "graphic": ("Printed", "Graphic"),
    "camouflage": ("Camo",),
    "chevron": ("Zigzag",),
}
_MODELS = (
    "Ada",
    "Bay",
    "Cove",
    "Dune",
    "Elm",
    "Fjord",
    "Glen",
    "Heath",
    "Isle",
    "Juno",
    "Kite",
    "Lark",
    "Moss",
    "Nova",
    "Oak",
    "Pine",
)


def title_of(noun: str, gender: str, colour: str, pattern: str, *, rng: np.random.Generator) -> str:
    """Make up a product's title.

    Parameters
    ----------
    noun : str
        What the product is called.
    gender, colour, pattern : str
        Its attributes.
    rng : Generator

    Returns
    -------
    str
        Such as ``"Velmora Women Teal Floral Dress Moss"``.
    """
    words = _PATTERN_WORDS[pattern]
    parts = [
        COLLECTIONS[int(rng.integers(len(COLLECTIONS)))],
        gender,
        colour,
        words[int(rng.integers(len(words)))],
        noun,
        _MODELS[int(rng.integers(len(_MODELS)))] if rng.random() < 0.5 else "",
    ]
    return " ".join(part for part in parts if part)
