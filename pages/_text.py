"""Text on pages: what comes from data shown as it is, and the command in a hint."""

import re

#: Characters of a name that a message repeats, at most.
_LONGEST = 80
#: Characters of an error or of what mends it, at most: our own are far shorter, what they repeat need not be.
_LONGEST_TEXT = 600
_COMMAND = re.compile(r"python -m lib .*|make \w+")


def command_in(hint: str) -> str:
    """Return the command that a hint ends with, or an empty string: half a command is none."""
    found = _COMMAND.search(hint)
    command = found.group().rstrip(". ") if found else ""
    return command if len(command) <= _LONGEST_TEXT else ""


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: no mark-up, and no address becomes a link."""
    apart = re.sub(r"(//|www(?=\.)|@)", "\\1\u2060", text)
    return re.sub(r"([\\`*_{}\[\]<>()#+|~$:!&-])", r"\\\1", apart)


def named(name: str) -> str:
    """Return a name that an address gave, as a message repeats it: as it is, and cut where it is long."""
    return escape(name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…")


def code(text: str) -> str:
    """Return a name that can be copied, as Markdown shows code: what would end it is taken out."""
    return f"`{' '.join(text.replace('`', ' ').split())}`"


def shortened(text: str) -> str:
    """Return a text with its middle cut out where it is long: what is wrong stands at either end."""
    half = _LONGEST_TEXT // 2
    return text if len(text) <= _LONGEST_TEXT else f"{text[:half]} … {text[-half:]}"
