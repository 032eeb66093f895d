"""Texts that tell nobody's folders."""

import re
import shlex
from pathlib import PurePosixPath

_PART = r"[^\s'\",;()/\\]+"
_ABSOLUTE = re.compile(rf"(?<![\w.:/~\\])(?:~|[A-Za-z]:)?[/\\](?:{_PART}[/\\])*({_PART})")


def without_paths(text: str) -> str:
    """Return a text in which every absolute path is only its last part: nobody's folders are told.

    Parameters
    ----------
    text : str
        A command line, or a message.

    Returns
    -------
    str

    Examples
    --------
    >>> without_paths("python -m lib import folder --path '/data/a b/shop' --name shop")
    'python -m lib import folder --path shop --name shop'
    >>> without_paths("build x.toml --set catalog.path=/data/zips/fashion.zip")
    'build x.toml --set catalog.path=fashion.zip'
    """
    try:
        words = shlex.split(text) if text.startswith("python ") else []
    except ValueError:
        words = []
    return shlex.join(map(_word_without_path, words)) if words else _ABSOLUTE.sub(r"\1", text)


def _word_without_path(word: str) -> str:
    """Return a word of a command, or what is behind its ``=``, without the folders before a file's name."""
    key, equals, value = ("", "", word) if word.startswith(("/", "~", "..")) else word.rpartition("=")
    path = value.replace("\\", "/")
    if path.startswith(("/", "~", "../")) or re.match("[A-Za-z]:/", path):
        return f"{key}{equals}{PurePosixPath(path).name}"
    return word
