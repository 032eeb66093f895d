"""Published figures of others, to stand beside ours: each with its source, and with what its protocol has different."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd


@dataclass(frozen=True)
class Reference:
    """One row of a published table.

    Parameters
    ----------
    model : str
        As the source calls it.
    figures : dict of str to float
        Our metric's name -> the figure, as printed.
    """

    model: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class ReferenceTable:
    """A published table.

    Parameters
    ----------
    source : str
        Author, title and year.
    number : str
        The table's.
    rows : tuple of Reference
    differs : tuple of str
        What its protocol has different from ours, one sentence each.
    """

    source: str
    number: str
    rows: tuple[Reference, ...]
    differs: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return the table as ``model`` and a column a metric.

        Returns
        -------
        DataFrame
        """
        return pd.DataFrame([{"model": row.model, **row.figures} for row in self.rows])


def _rows(columns: tuple[str, ...], figures: Mapping[str, tuple[float, ...]]) -> tuple[Reference, ...]:
    """Return the rows of a table whose figures stand in the order of its columns."""
    return tuple(
        Reference(model, MappingProxyType(dict(zip(columns, values, strict=True)))) for model, values in figures.items()
    )


S2_SOURCE = (
    "H. K. Khurana: Matching products recommendations on uploading an image on an e-commerce platform using neural "
    "network models, thesis, 2025"
)
_SAME_PICTURES = (
    "It measured the small fashion set of 44,400 pictures in 143 article types; a catalogue here may hold another set, "
    "or a part of it."
)
_NOT_SAID = (
    "How many queries were asked and how they were drawn is not said, there is no interval, and neither is it said "
    "what the ranking was cut at."
)

#: Recall and mAP.
S2_RETRIEVAL = ReferenceTable(
    source=S2_SOURCE,
    number="5.2.1",
    rows=_rows(
        ("recall@1", "recall@5", "recall@10", "map"),
        {
            "ResNet50 (Scratch)": (1.0, 1.0, 1.0, 0.378605),
            "SimCLR ResNet50": (1.0, 1.0, 1.0, 0.459474),
            "ResNet50 Fine-tuned": (1.0, 1.0, 1.0, 0.541431),
            "ResNet50 (Pretrained + Padding)": (1.0, 1.0, 1.0, 0.708221),
        },
    ),
    differs=(
        "R@1, R@5 and R@10 are exactly 1 for all four models, which a query that may find itself always gives; here "
        "the query is never in its own ranking.",
        _NOT_SAID,
        _SAME_PICTURES,
        "Table 6.1.1 repeats the padded model's mAP as .707221.",
    ),
)
#: Silhouette and distances. Its table 6.1.1 repeats two rows of it with their distances swapped.
S2_SEPARATION = ReferenceTable(
    source=S2_SOURCE,
    number="5.2.2",
    rows=_rows(
        ("silhouette", "intra_distance", "inter_distance", "separation_ratio"),
        {
            "ResNet50 (Scratch)": (-0.453485, 0.767261, 0.990459, 1.290903),
            "SimCLR ResNet50": (-0.270317, 0.709757, 0.996486, 1.403981),
            "ResNet50 Fine-tuned": (-0.515556, 0.054785, 0.203822, 3.720384),
            "ResNet50 (Pretrained + Padding)": (-0.078462, 0.168644, 0.359602, 2.132321),
        },
    ),
    differs=(
        "Table 6.1.1 repeats two of these rows with their distances swapped: it gives the padded model the fine-tuned "
        "one's .054785, .203822 and 3.720384, and the other way round. The figures here are those of table 5.2.2, "
        "which the text agrees with.",
        "How many pictures were measured is not said; here all of the gallery are.",
        _SAME_PICTURES,
    ),
)
