"""The definition behind every number, choice and word of the dashboard: one table, which the page Learn shows.

The equations are those of the functions in ``lib.retrieval`` and ``lib.catalog``; the texts of distances, protocols and
steps of a variant are taken from their own tables.
"""

from urllib.parse import urlencode

from lib.definitions import catalogue, certainty, choosing, distances, labels, protocols, ranking, vectors, words
from lib.definitions.definition import GROUPS, Definition

__all__ = ["ALSO", "DEFINITIONS", "GROUPS", "Definition", "definition", "help_text", "topic_link", "topic_of"]

_PARTS = (words, distances, ranking, labels, certainty, protocols, vectors, choosing, catalogue)

#: Every definition, in the order of the page Learn.
DEFINITIONS: dict[str, Definition] = {found.key: found for part in _PARTS for found in part.FOUND}

#: Names under which tables hold a number -> the definition that explains it.
ALSO: dict[str, str] = {
    "same_gender": "same_attribute",
    "same_colour": "same_attribute",
    "bytes_per_item": "cost",
    "dim": "cost",
    "images_per_second": "cost",
    "ms_per_query": "cost",
    "ms_per_query_p95": "cost",
    "n_left_out": "relevant",
    "micro": "macro",
    "precision_at": "precision",
    "self_counted": "as-s2",
    "asked_by": "asked-by",
    "standing": "difference",
    "mirrored": "disturbed",
    "rotated": "disturbed",
    "cropped": "disturbed",
    "darkened": "disturbed",
    "blurred": "disturbed",
    "recompressed": "disturbed",
}


def topic_of(name: str) -> str | None:
    """Return the key of the definition that explains a name.

    Parameters
    ----------
    name : str
        A key, a metric with its K such as ``"recall@5"``, or another name of ``ALSO``.

    Returns
    -------
    str or None
        None where nothing explains it.

    Examples
    --------
    >>> topic_of("recall@5"), topic_of("same_gender@10"), topic_of("luck")
    ('recall', 'same_attribute', None)
    """
    for found in (name, name.split("@")[0]):
        found = ALSO.get(found, found)
        if found in DEFINITIONS:
            return found
    return None


def definition(name: str) -> Definition:
    """Return what explains a name.

    Parameters
    ----------
    name : str
        As for ``topic_of``.

    Returns
    -------
    Definition

    Raises
    ------
    ValueError
        If nothing explains it.
    """
    key = topic_of(name)
    if key is None:
        raise ValueError(f"Expected the name of a definition, such as {list(DEFINITIONS)[:3]}. Received: {name!r}")
    return DEFINITIONS[key]


def help_text(name: str, *, said: str = "", catalog: str = "") -> str:
    """Return what a tooltip says of a number: a sentence, and the link to its topic on the page Learn.

    Parameters
    ----------
    name : str
        As for ``topic_of``.
    said : str, default=""
        Markdown to say in place of the definition's own sentence.
    catalog : str, default=""
        The catalogue that the page Learn keeps for the way back; by default, the first there is.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    ValueError
        If nothing explains the name.

    Examples
    --------
    >>> help_text("mrr")
    '1 over the rank of the nearest relevant item. [What is this?](/learn?topic=mrr)'
    """
    return f"{said or definition(name).short} {topic_link(name, text='What is this?', catalog=catalog)}"


def topic_link(name: str, *, text: str = "", catalog: str = "") -> str:
    """Return the link to a topic of the page Learn.

    Parameters
    ----------
    name : str
        As for ``topic_of``.
    text : str, default=""
        What the link says, by default the definition's name.
    catalog : str, default=""
        The catalogue that the page Learn keeps for the way back; by default, the first there is.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    ValueError
        If nothing explains the name.

    Examples
    --------
    >>> topic_link("recall@5")
    '[Recall@K](/learn?topic=recall)'
    """
    found = definition(name)
    address = urlencode({"topic": found.key} | ({"catalog": catalog} if catalog else {}))
    return f"[{text or found.name}](/learn?{address})"
