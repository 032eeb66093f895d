"""What was measured on each picture at import, in the units that people read."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Measure:
    """One thing measured on every picture.

    Parameters
    ----------
    title : str
    unit : str
        Axis title.
    explanation : str
        One sentence for a person.
    digits : str
        Number format, as in d3.
    """

    title: str
    unit: str
    explanation: str
    digits: str


#: Column of ``measured`` -> what it is.
MEASURES: dict[str, Measure] = {
    "brightness": Measure(
        "Brightness",
        "mean brightness (0 black, 1 white)",
        "Product shots on white lie near 1; a picture near 0 is dark or empty.",
        ",.2f",
    ),
    "sharpness": Measure(
        "Sharpness",
        "variance of the Laplacian",
        "How much fine detail there is, on grey levels from 0 to 255: 0 for one flat colour, little for a blur. "
        "It depends on the picture's size, so compare like with like.",
        ",.0f",
    ),
    "aspect": Measure(
        "Shape",
        "width / height",
        "1 is square, below 1 is upright. A model pads or stretches what is not square.",
        ",.2f",
    ),
    "kilobytes": Measure("File size", "kB", "Size of the picture's file as the source has it.", ",.1f"),
}


def measured(pictures: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of ``MEASURES``, one row a picture.

    Parameters
    ----------
    pictures : DataFrame
        A catalogue's ``pictures``.

    Returns
    -------
    DataFrame
    """
    return pd.DataFrame(
        {
            "product_id": pictures["product_id"],
            "brightness": pictures["brightness"],
            "sharpness": pictures["sharpness"],
            "aspect": pictures["width"] / pictures["height"],
            "kilobytes": pictures["file_bytes"] / 1000,
        }
    )


def picture_sizes(pictures: pd.DataFrame) -> pd.DataFrame:
    """Count the sizes there are.

    Parameters
    ----------
    pictures : DataFrame
        A catalogue's ``pictures``.

    Returns
    -------
    DataFrame
        ``width``, ``height``, ``n``, commonest first.
    """
    counted = pictures.groupby(["width", "height"]).size().rename("n").reset_index()
    return counted.sort_values(["n", "width", "height"], ascending=[False, True, True], ignore_index=True)


def extremes(pictures: pd.DataFrame, measure: str, *, n: int = 8) -> tuple[list[str], list[str]]:
    """Return the pictures with the lowest and with the highest values of a measure.

    Parameters
    ----------
    pictures : DataFrame
        A catalogue's ``pictures``.
    measure : str
        A key of ``MEASURES``.
    n : int, default=8

    Returns
    -------
    lowest, highest : list of str
        Product ids, the most extreme first; ties by id.

    Raises
    ------
    ValueError
        If there is no such measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"Expected measure to be one of {sorted(MEASURES)}. Received: measure={measure!r}")
    table = measured(pictures).dropna(subset=[measure])
    low = table.sort_values([measure, "product_id"])["product_id"].head(n).tolist()
    high = table.sort_values([measure, "product_id"], ascending=[False, True])["product_id"].head(n).tolist()
    return low, high
