"""Text on pages: what is repeated is short, and half a command is none."""

from pages._text import command_in, named, shortened

COMMAND = "python -m lib evaluate shop --model m"


def test_what_is_long_loses_its_middle() -> None:
    assert shortened("a" * 600) == "a" * 600
    cut = shortened("what " + "x" * 10_000 + " is wrong")
    assert cut.startswith("what x")
    assert cut.endswith("x is wrong")
    assert len(cut) < 610
    assert len(named("n" * 10_000)) < 100


def test_a_command_is_whole_or_absent() -> None:
    assert command_in(f"Run: {COMMAND}.") == COMMAND
    listed = "There are: " + ", ".join(f"model-{i}" for i in range(200))
    assert command_in(f"{listed}. Make one with: {COMMAND}") == COMMAND
    assert command_in(f"Run: {COMMAND} --label {'x' * 10_000}") == ""
    assert command_in("Leave it out.") == ""
