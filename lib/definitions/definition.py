"""What a definition holds, and the groups that definitions come in."""

from dataclasses import dataclass

WORDS = "Words"
DISTANCES = "Distances"
RANKING = "Ranking"
LABELS = "Labels in space"
CERTAINTY = "How sure"
PROTOCOL = "Who asks whom"
VECTORS = "Smaller, faster, other vectors"
CHOOSING = "Choosing"
CATALOGUE = "The catalogue"

#: Every group, in the order in which a person meets them, with what it is about.
GROUPS: dict[str, str] = {
    WORDS: "What the other pages speak of.",
    DISTANCES: "How far two vectors are apart.",
    RANKING: "How good one ranking is, query by query.",
    LABELS: "How labels lie among the vectors, whoever asks.",
    CERTAINTY: "How far a number may be off, as it was measured on a sample.",
    PROTOCOL: "Which pictures are queries, and what they are compared with.",
    VECTORS: "What can be done to vectors before they are compared, and what it costs.",
    CHOOSING: "Where to cut, and which model to take.",
    CATALOGUE: "What is counted and measured before any model has looked.",
}


@dataclass(frozen=True)
class Definition:
    """What a number, a choice or a word means.

    Parameters
    ----------
    key : str
        As in tables, on the command line and in the link to its topic.
    name : str
        As on screen.
    group : str
        A key of ``GROUPS``.
    short : str
        One sentence.
    equation : str
        LaTeX; empty for a word that no equation defines.
    meaning : str
        In plain words, as Markdown.
    pitfall : str
        How it misleads, as Markdown.
    source : str
        Who defined or examined it, where and when.
    higher_is_better : bool or None
        None where neither is.
    unit : str
        What it is counted in, such as ``"share"``; empty for a word.
    """

    key: str
    name: str
    group: str
    short: str
    equation: str
    meaning: str
    pitfall: str
    source: str
    higher_is_better: bool | None = None
    unit: str = ""
