"""Text cells that a spreadsheet must not run: a leading sign that would make a formula is put behind an apostrophe."""

import re

import pandas as pd

#: A cell that begins so is a formula to some spreadsheet; with apostrophes before it, it was made safe already.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The text itself, or the text behind an apostrophe; ``original_cell`` undoes it.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("Nike"), safe_cell("'=1")
    ("'=1+1", 'Nike', "''=1")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def original_cell(text: str) -> str:
    """Return the text that ``safe_cell`` was given.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> original_cell("'=1+1"), original_cell("'80s jacket")
    ('=1+1', "'80s jacket")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV in which no text is a formula.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    bytes

    Examples
    --------
    >>> to_csv(pd.DataFrame({"title": ["=1+1"], "n": [-2]})).decode().splitlines()
    ['title,n', "'=1+1,-2"]
    """
    texts = [str(name) for name in table if not pd.api.types.is_numeric_dtype(table[name].dtype)]
    safe = {name: table[name].map(lambda cell: safe_cell(cell) if isinstance(cell, str) else cell) for name in texts}
    return bytes(table.assign(**safe).to_csv(index=False, lineterminator="\n").encode())
