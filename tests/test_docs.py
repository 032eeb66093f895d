"""The documentation says what is so: its commands exist, its links lead somewhere, its examples run."""

import argparse
import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.catalog.sources import SOURCES
from lib.cli import build_parser
from lib.images.disturb import DISTURBANCES
from lib.models import MODELS
from lib.models.recipes import RECIPES, SETTINGS
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.protocols import PROTOCOLS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "artifacts").glob("*.md")]
    + list((ROOT / "artifacts" / "published").glob("*.md"))
)
RUN = "<!-- run -->"
BLOCK = re.compile(rf"^( *)({RUN}\n)?\1```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
VARIABLES = re.compile(r"^(?:[A-Z_]+=\S+ +)+")


def blocks(path: Path) -> Iterator[tuple[bool, list[str]]]:
    """The shell blocks of a page: whether they are to be run, and their commands."""
    for match in BLOCK.finditer(path.read_text(encoding="utf-8")):
        lines = match.group(3).replace("\\\n", " ").splitlines()
        yield match.group(2) is not None, [line.strip() for line in lines if line.strip()]


def commands() -> list[tuple[str, str]]:
    """Every command that a page shows in a block, and those between backquotes in its text, with the page's name."""
    found = []
    for path in PAGES:
        found += [(path.name, VARIABLES.sub("", line)) for _, lines in blocks(path) for line in lines]
        inline = re.findall(r"`((?:make|python) [^`]+)`", path.read_text(encoding="utf-8"))
        found += [(path.name, " ".join(line.split())) for line in inline]
    return found


def test_there_are_commands_to_check() -> None:
    said = [command for _, command in commands()]
    assert {"make run", "make test", "make test-real"} <= set(said)
    assert sum(command.startswith("python -m lib ") for command in said) > 15


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {(page, word) for page, line in commands() if line.startswith("make ") for word in line.split()[1:2]}
    assert {(page, word) for page, word in named if word not in targets and "=" not in word} == set()


def test_every_script_that_is_named_exists() -> None:
    scripts = {line.split()[1] for _, line in commands() if re.match(r"python \S+\.py", line)}
    assert scripts
    assert {name for name in scripts if not (ROOT / name).is_file()} == set()


SHOWN = sorted({line for _, line in commands() if re.match(r"(\.venv/bin/)?python -m lib ", line)})


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_line_is_one_that_the_parser_takes(line: str) -> None:
    words = shlex.split(line, comments=True)[3:]
    if words == ["--help"] or words in (["COMMAND"], ["build"]):
        return
    assert build_parser().parse_args(words).handler is not None


def subcommands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(action.choices)


def test_every_command_and_option_is_described() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for name, parser in subcommands().items():
        assert re.search(rf"^## .*\b{name}\b", text, re.MULTILINE), name
        options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
        assert {option for option in options if f"`{option}" not in text} == set()


def test_every_variable_that_is_read_is_described() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "lib").rglob("*.py"))
    assert {name for name in re.findall(r"VITRINE_[A-Z_]+", sources) if f"`{name}`" not in text} == set()


def test_commands_in_messages_exist() -> None:
    known = {*subcommands(), "COMMAND"}
    wrong = []
    for path in [*(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = re.findall(r"python -m lib ([a-z-]+)", node.value)
                wrong += [f"{path.name}:{node.lineno}: {word}" for word in words if word not in known]
    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    local = [link.split("#")[0] for link in links if not link.startswith(("http://", "https://", "#"))]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_documents_that_the_code_names_exist() -> None:
    sources = [*(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"docs/[\w/-]+", path.read_text(encoding="utf-8"))}
    assert {name for name in named if not list(ROOT.glob(f"{name}*"))} == set()


def test_every_page_of_the_documentation_is_linked_from_its_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    names = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {name for name in names if f"({name})" not in index} == set()


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("catalogue.md", SOURCES),
        ("backbones.md", MODELS),
        ("search.md", DISTANCE_METRICS),
        ("metrics.md", PROTOCOLS),
        ("training.md", RECIPES | SETTINGS),
        ("embedding.md", DISTURBANCES),
    ],
)
def test_every_choice_is_in_its_table(page: str, names: dict[str, object]) -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(names) <= set(rows)


def test_the_backbone_table_says_what_the_code_does() -> None:
    text = (ROOT / "docs" / "backbones.md").read_text(encoding="utf-8")
    for model in MODELS.values():
        assert re.search(rf"^\| `{model.name}` \| .+ \| {model.size} \| {model.dim} \|$", text, re.MULTILINE), (
            model.name
        )


RUNNABLE = [(path.name, lines) for path in PAGES for run, lines in blocks(path) if run]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "lines"), RUNNABLE, ids=[page for page, _ in RUNNABLE])
def test_marked_examples_run(page: str, lines: list[str], tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "VITRINE_ARTIFACTS": str(tmp_path / "artifacts")}
    for line in lines:
        words = [sys.executable, *shlex.split(line, comments=True)[1:]]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{page}: {line}\n{done.stderr}"
        assert done.stdout.strip(), f"{page}: {line} said nothing"


def test_something_is_run() -> None:
    assert "README.md" in {page for page, _ in RUNNABLE}
