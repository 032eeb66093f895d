"""Variants: what is done to an embedding before it is asked, as one line of steps such as ``l2+pca=128+whiten``."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.errors import SearchError
from lib.images.disturb import DISTURBANCES

#: How hard an index looks unless its step says so: HNSW's ``efSearch``, IVF's ``nprobe``.
DEFAULT_EFFORT = {"hnsw": 64, "ivf": 16}
#: Numbers beyond this are a slip of the finger.
_LARGEST = 1_000_000
#: Means of more are of no use, and what they take grows with the square of it.
MOST_AVERAGED = 100
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True)
class Variant:
    """What is done to vectors and queries before the gallery is ranked; by default nothing.

    Parameters
    ----------
    l2 : bool
        Vectors are brought to length 1 before anything else.
    pca : int or None
        Dimensions that a principal component analysis of the train split leaves.
    whiten : bool
        Each of those is scaled to variance 1.
    storage : str
        ``""`` (float32), ``"float16"``, ``"int8"`` or ``"pq"``.
    pq : int or None
        Bytes an item, for the storage ``"pq"``.
    augment : int
        Nearest items of the gallery whose mean with an item takes its place; 0 for none.
    expand : int
        Nearest items whose mean with a query takes its place; 0 for none.
    index : str
        ``""`` (exact), ``"hnsw"`` or ``"ivf"``.
    effort : int or None
        ``efSearch`` or ``nprobe`` of the index.
    queries : str
        What is done to the queries' pictures, such as ``"rotated"``; ``""`` for nothing.
    asked_by : str
        Embedding whose vectors are the queries; ``""`` for the gallery's own.
    """

    l2: bool = False
    pca: int | None = None
    whiten: bool = False
    storage: str = ""
    pq: int | None = None
    augment: int = 0
    expand: int = 0
    index: str = ""
    effort: int | None = None
    queries: str = ""
    asked_by: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The steps in their order, each as it is written."""
        usual = self.index and self.effort == DEFAULT_EFFORT[self.index]
        written = {
            "l2": self.l2,
            f"pca={self.pca}": self.pca,
            "whiten": self.whiten,
            f"pq={self.pq}" if self.storage == "pq" else self.storage: self.storage,
            f"augment={self.augment}": self.augment,
            f"expand={self.expand}": self.expand,
            self.index if usual else f"{self.index}={self.effort}": self.index,
            self.queries: self.queries,
            f"asked-by={self.asked_by}": self.asked_by,
        }
        return tuple(word for word, is_there in written.items() if is_there)

    @property
    def text(self) -> str:
        """The one way to write it; ``""`` for vectors as they were embedded."""
        return "+".join(self.words)

    @property
    def changes_queries(self) -> bool:
        """Whether a query's vector is another than that of its item in the gallery."""
        return bool(self.storage or self.augment or self.expand or self.queries or self.asked_by)


@dataclass(frozen=True)
class Step:
    """One word of a variant.

    Parameters
    ----------
    name : str
        As in the text.
    group : str
        The field of ``Variant`` that it sets; at most one step of a group takes part.
    number : str
        What stands behind its ``=``: ``""`` nothing, ``"N"`` a number, ``"[N]"`` a number or nothing.
    title : str
        As on screen; ``{n}`` is the number.
    explanation : str
        One sentence for a person.
    most : int
        The largest number.
    """

    name: str
    group: str
    number: str
    title: str
    explanation: str
    most: int = _LARGEST

    @property
    def usage(self) -> str:
        """How it is written."""
        return {"": self.name, "N": f"{self.name}=N", "[N]": f"{self.name}[=N]"}[self.number]

    def taken(self, variant: Variant, number: int | None) -> Variant:
        """Return a variant with this step added.

        Parameters
        ----------
        variant : Variant
        number : int or None

        Returns
        -------
        Variant
        """
        changes: dict[str, Any] = {self.group: number if self.number else True}
        if self.group in _NUMBERS:
            changes = {self.group: self.name}
            if self.number:
                changes[_NUMBERS[self.group]] = number or DEFAULT_EFFORT[self.name]
        return replace(variant, **changes)


#: Groups whose field holds a step's name, and the field that holds its number.
_NUMBERS = {"storage": "pq", "index": "effort", "queries": ""}
#: Every step but ``asked-by``, in the order of a variant's text.
STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step("l2", "l2", "", "length 1 first", "Vectors are brought to length 1 before anything else."),
        Step("pca", "pca", "N", "PCA {n}", "The first N principal components of the train split's vectors."),
        Step("whiten", "whiten", "", "whitened", "Each component is scaled to variance 1."),
        Step("float16", "storage", "", "float16", "Stored in 2 bytes a number."),
        Step("int8", "storage", "", "int8", "Stored in 1 byte a number, with a scale for each dimension."),
        Step("pq", "storage", "N", "PQ {n} bytes", "Stored by product quantisation in N bytes an item."),
        Step(
            "augment",
            "augment",
            "N",
            "gallery + {n} nearest",
            "Items become the mean of themselves and N nearest.",
            MOST_AVERAGED,
        ),
        Step(
            "expand",
            "expand",
            "N",
            "queries + {n} nearest",
            "A query becomes the mean of itself and its N nearest.",
            MOST_AVERAGED,
        ),
        Step("hnsw", "index", "[N]", "HNSW {n}", "Searched along a graph, with N candidates at hand."),
        Step("ivf", "index", "[N]", "IVF {n}", "Clustered, and searched in the N nearest clusters only."),
        *(Step(name, "queries", "", f"queries {name}", kind.explanation) for name, kind in DISTURBANCES.items()),
    )
}
_ASKED_BY = "asked-by"


def parse_variant(text: str) -> Variant:
    """Read a variant; its steps may stand in any order.

    Parameters
    ----------
    text : str
        Steps joined by ``+``; ``""`` for vectors as they were embedded.

    Returns
    -------
    Variant

    Raises
    ------
    SearchError
        If there is no such step, a number is missing or is none, or steps do not go together.

    Examples
    --------
    >>> parse_variant("pca=128 + l2").text
    'l2+pca=128'
    """
    variant, taken = Variant(), dict[str, str]()
    for word in (word.strip() for word in text.split("+") if text.strip()):
        name, equals, value = word.partition("=")
        if name == _ASKED_BY:
            group, chosen = _ASKED_BY, replace(variant, asked_by=_embedding(word, value))
        else:
            step = _step(word, name)
            group, chosen = step.group, step.taken(variant, _read_number(step, word, value if equals else None))
        if group in taken:
            raise SearchError(f"{taken[group]!r} and {word!r} cannot both be in the variant {text!r}.")
        taken[group], variant = word, chosen
    _check(variant)
    return variant


def _step(word: str, name: str) -> Step:
    """Return the step of a word, or say which there are."""
    if name in STEPS:
        return STEPS[name]
    close = difflib.get_close_matches(name, [*STEPS, _ASKED_BY], n=1)
    raise SearchError(
        f"A variant has no step {word!r}." + (f" Is it {close[0]!r}?" if close else ""), hint=f"There are: {usage()}."
    )


def usage() -> str:
    """Return every step as it is written, for help and for messages.

    Returns
    -------
    str
    """
    return ", ".join([*(step.usage for step in STEPS.values()), f"{_ASKED_BY}=EMBEDDING"])


def _read_number(step: Step, word: str, value: str | None) -> int | None:
    """Return the number behind a step's ``=``."""
    if value is None and step.number != "N":
        return None
    if value is None or not step.number or not re.fullmatch("[0-9]{1,7}", value) or not 0 < int(value) <= step.most:
        numbers = f", N from 1 to {step.most:,}" if step.number else ""
        raise SearchError(f"{word[:80]!r} is no step of a variant: it is written {step.usage}{numbers}.")
    return int(value)


def _embedding(word: str, value: str) -> str:
    """Return the id behind ``asked-by=``."""
    if not _ID.fullmatch(value):
        raise SearchError(f"{word!r} names no embedding.", hint=f"Write {_ASKED_BY}=ID, the id of an embedding.")
    return value


def _check(variant: Variant) -> None:
    """Refuse steps that do not go together."""
    if variant.whiten and not variant.pca:
        raise SearchError("whiten needs principal components.", hint="Write pca=N+whiten.")
    if variant.index and variant.storage:
        raise SearchError(
            f"{variant.index} and {variant.storage} cannot be combined: an index is built over float32 vectors here.",
            hint="Measure them one by one.",
        )
    if variant.index and variant.augment:
        raise SearchError(
            f"{variant.index} and augment cannot be combined: every query asks an augmented gallery without itself, "
            "which no index can be.",
            hint="Measure them one by one.",
        )


def variant_title(variant: str | Variant) -> str:
    """Return what a person reads for a variant.

    Parameters
    ----------
    variant : str or Variant

    Returns
    -------
    str

    Raises
    ------
    SearchError
        If the text is no variant.

    Examples
    --------
    >>> variant_title("pca=128+whiten"), variant_title("")
    ('PCA 128, whitened', 'as embedded')
    """
    parsed = parse_variant(variant) if isinstance(variant, str) else variant
    return ", ".join(map(_word_title, parsed.words)) or "as embedded"


def _word_title(word: str) -> str:
    name, _, value = word.partition("=")
    if name == _ASKED_BY:
        return f"asked by {value}"
    return STEPS[name].title.format(n=value).rstrip()
