"""Which command lines may run as jobs, and what they are called. No shell ever reads them."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from lib.errors import AppError


@dataclass(frozen=True)
class JobKind:
    """A subcommand that may run as a job.

    Parameters
    ----------
    title : str
        What it does, before the catalogue's name.
    by : tuple of str, default=()
        The options of which one's value tells two such jobs apart.
    """

    title: str
    by: tuple[str, ...] = ()


#: Everything else is refused: these only ever write below the artifacts folder.
JOB_KINDS = {
    "import": JobKind("Import"),
    "embed": JobKind("Embed", ("--backbone", "--weights")),
    "evaluate": JobKind("Evaluate", ("--model",)),
    "threshold": JobKind("Threshold of", ("--model",)),
    "train": JobKind("Train on", ("--recipe",)),
    "build": JobKind("Build"),
    "cluster": JobKind("Group", ("--model",)),
    "project": JobKind("Map", ("--model",)),
}
#: What hints write where a person has to put something of their own.
METAVARIABLES = frozenset(
    ("COLUMN", "DIR", "DISTANCE", "FILE", "ID", "IMAGE", "KEY=VALUE", "LABEL")
    + ("METRIC", "MODEL", "NAME", "PATH", "PICTURES", "RECIPE", "RUN", "SOURCE")
)
#: Where jobs run: relative paths in their words start here.
ROOT = Path(__file__).resolve().parents[2]
MAX_WORDS, MAX_LENGTH = 64, 1000
#: A job writes where its dashboard reads, and always does something.
_REFUSED = ("--artifacts", "--help", "-h")


def checked_words(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words after ``python -m lib``, if they may run as a job.

    Parameters
    ----------
    words : sequence of str

    Returns
    -------
    tuple of str
        Without ``--json``, which every job adds.

    Raises
    ------
    AppError
        If the subcommand is not one of ``JOB_KINDS``, or a word is not one that a job takes.

    Examples
    --------
    >>> checked_words(["embed", "shop", "--backbone", "vgg16", "--json"])
    ('embed', 'shop', '--backbone', 'vgg16')
    """
    kept = tuple(word for word in words if word != "--json")
    if not kept or kept[0] not in JOB_KINDS:
        received = repr(kept[0][:80]) if kept else "nothing"
        raise AppError(f"Expected a job to be one of {', '.join(JOB_KINDS)}. Received: {received}.")
    if len(kept) > MAX_WORDS or any(len(word) > MAX_LENGTH or "\0" in word for word in kept):
        raise AppError(f"A job is at most {MAX_WORDS} words of at most {MAX_LENGTH} characters each.")
    for word in kept[1:]:
        if _is_refused(word):
            raise AppError(f"A job cannot take {word[:80]!r}.", hint="It writes where this dashboard reads.")
    return kept


def _is_refused(word: str) -> bool:
    """Return whether a word is an option that no job takes, or the beginning of one, which the parser completes."""
    option = word.split("=")[0]
    return option == "-h" or (len(option) > 2 and any(name.startswith(option) for name in _REFUSED))


def runnable(command: str) -> tuple[str, ...] | None:
    """Return the words of a command that a notice names, if it can run as it stands.

    Parameters
    ----------
    command : str
        One line, such as ``"python -m lib embed shop --backbone vgg16"``.

    Returns
    -------
    tuple of str or None
        None where a person has to fill something in (``NAME``, ``ID`` ...), what it reads is not there, or it is not
        for a job.

    Examples
    --------
    >>> runnable("python -m lib embed shop --backbone vgg16")
    ('embed', 'shop', '--backbone', 'vgg16')
    >>> runnable("python -m lib evaluate shop --model ID") is None
    True
    """
    try:
        words = shlex.split(command)
        if words[:3] != ["python", "-m", "lib"] or not METAVARIABLES.isdisjoint(words) or "\n" in command:
            return None
        checked = checked_words(words[3:])
        path = _value(checked, "--path")
        return checked if not path or (ROOT / path).exists() else None
    except (ValueError, AppError, OSError):
        return None


def catalog_of(words: Sequence[str]) -> str:
    """Return the catalogue that a job is about; an empty string where its words do not say.

    Parameters
    ----------
    words : sequence of str

    Returns
    -------
    str

    Examples
    --------
    >>> catalog_of(["import", "sample", "--name", "shop"]), catalog_of(["embed", "shop"])
    ('shop', 'shop')
    """
    if words[0] == "import":
        return _value(words, "--name")
    if words[0] == "build":
        named = (word.removeprefix("catalog=") for word in words if word.startswith("catalog="))
        return next(named, "")
    return words[1] if len(words) > 1 and not words[1].startswith("-") else ""


def title_of(words: Sequence[str], *, names: Mapping[str, str] | None = None) -> str:
    """Return what a job does, in a few words.

    Parameters
    ----------
    words : sequence of str
        As ``checked_words`` returns them.
    names : dict of str to str, optional
        Run's or embedding's id -> what people know it by.

    Returns
    -------
    str

    Examples
    --------
    >>> title_of(["embed", "shop", "--backbone", "vgg16"]), title_of(["build", "experiments/s4.toml"])
    ('Embed shop: vgg16', 'Build s4')
    """
    kind = JOB_KINDS[words[0]]
    about = PurePath(words[1]).stem if words[0] == "build" and len(words) > 1 else catalog_of(words)
    by = next((value for option in kind.by if (value := _value(words, option))), "")
    by = (names or {}).get(by, by)
    return f"{kind.title} {about}: {by}" if by else f"{kind.title} {about}".strip()


def _value(words: Sequence[str], option: str) -> str:
    """Return the value of an option; an empty string where it is not given."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if option and word == option:
            return following
        if option and word.startswith(f"{option}="):
            return word.removeprefix(f"{option}=")
    return ""
