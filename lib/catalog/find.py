"""Finding pictures of a catalogue by the words of their titles and by their ids."""

import pandas as pd

#: Columns that words are looked for in.
SEARCHED = ("title", "product_id", "group_id")


def find_products(frame: pd.DataFrame, words: str) -> pd.Series:
    """Say which rows contain every word, in any order and any case, in a title or an id.

    Parameters
    ----------
    frame : DataFrame
        A catalogue's.
    words : str
        Separated by spaces; taken literally. Nothing is found by no words, and nothing is excluded.

    Returns
    -------
    Series of bool
        One value a row of `frame`.
    """
    columns = [frame[name].astype("string").fillna("") for name in SEARCHED if name in frame]
    found = pd.Series(True, index=frame.index)
    for word in words.split():
        hits = [column.str.contains(word, case=False, regex=False) for column in columns]
        found &= pd.concat(hits, axis=1).any(axis=1).astype(bool)
    return found
