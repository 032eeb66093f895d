"""Which rows of a leaderboard the Benchmark page shows, and which of them have no value of the chosen score."""

import pandas as pd
import streamlit as st

from lib.charts.theme import count
from lib.report.wording import metric_title, variant_words
from lib.retrieval.contrasts import models_alone
from pages._benchmark_rows import row_names
from pages._linked import linked_segments
from pages._text import escape

WHICH = {
    "Models": "Vectors as they were embedded, asked with as many queries as there are",
    "Everything": "Every variant too, such as smaller or faster vectors, and every sample of queries",
}
#: Variants that a sentence names.
N_NAMED = 3


def chosen_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Draw the choice between models and everything, where there are both; return the rows."""
    models = models_alone(rows)
    if models.empty or len(models) == len(rows):
        return rows
    which = linked_segments(
        "Rows", list(WHICH), key="rows", help="  \n".join(f"**{name}**: {text}." for name, text in WHICH.items())
    )
    return rows if which == "Everything" else models.assign(name=row_names(models))


def no_value(rows: pd.DataFrame, score: str) -> None:
    """Say which rows have no value of a score, and why."""
    lacking = rows[rows[score].isna()]
    if len(lacking):
        variants = list(dict.fromkeys(variant_words(text) or "as embedded" for text in lacking["variant"]))
        more = ", …" if len(variants) > N_NAMED else ""
        st.caption(
            f":material/info: {count(len(lacking), 'row')} without {metric_title(score)} "
            f"({escape(', '.join(variants[:N_NAMED]))}{more}): an approximate index ranks only the nearest, and this "
            "score needs the whole ranking. Recall@1 and others of the nearest have a value for every row."
        )
