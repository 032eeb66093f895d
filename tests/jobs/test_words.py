import argparse
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cli import build_parser
from lib.errors import AppError
from lib.jobs.words import JOB_KINDS, MAX_LENGTH, MAX_WORDS, catalog_of, checked_words, runnable, title_of


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing"),
        (["search", "shop"], "'search'"),
        (["publish", "shop"], "'publish'"),
        (["-c", "import os"], "'-c'"),
        (["embed; rm -rf /", "shop"], "Expected a job to be one of"),
        (["embed", "shop", "--artifacts", "/etc"], "cannot take"),
        (["embed", "shop", "--art=/etc"], "cannot take"),
        (["embed", "--help"], "cannot take"),
        (["embed", "-h"], "cannot take"),
        (["embed", "shop\0"], "at most"),
        (["embed", "x" * (MAX_LENGTH + 1)], "at most"),
        (["embed"] * (MAX_WORDS + 1), "at most"),
    ],
)
def test_what_is_no_job_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(AppError, match=said):
        checked_words(words)


@given(st.lists(st.text(max_size=20), max_size=6))
def test_only_stages_are_ever_accepted(words: list[str]) -> None:
    try:
        kept = checked_words(words)
    except AppError:
        return
    assert kept[0] in JOB_KINDS


def test_a_job_says_json_by_itself() -> None:
    assert checked_words(["embed", "--json", "shop"]) == ("embed", "shop")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("python -m lib embed shop --backbone vgg16", ("embed", "shop", "--backbone", "vgg16")),
        ("python -m lib evaluate shop --model a --label 'article type'", None),
        ("python -m lib evaluate shop --model ID", None),
        ("python -m lib import SOURCE --name shop", None),
        ("python -m lib import folder --name mine --path PICTURES", None),
        ("python -m lib import --help", None),
        ("python -m lib list shop", None),
        ("python -m lib embed shop\npython -m lib embed other", None),
        ("python -m lib embed 'shop", None),
        ("python -c 'import os'", None),
        ("make run", None),
        ("", None),
    ],
)
def test_a_command_of_a_notice_runs_as_it_stands_or_not_at_all(command: str, words: tuple[str, ...] | None) -> None:
    if words is None and "'article type'" in command:
        words = ("evaluate", "shop", "--model", "a", "--label", "article type")
    assert runnable(command) == words


def test_what_a_shell_would_read_otherwise_is_just_a_word() -> None:
    assert runnable("python -m lib embed $(id) --backbone `id` ; id") == (
        *("embed", "$(id)", "--backbone", "`id`", ";", "id"),
    )


@pytest.mark.parametrize(
    ("line", "catalog", "title"),
    [
        ("import sample --name shop", "shop", "Import shop"),
        ("import sample --name=shop", "shop", "Import shop"),
        ("embed shop --backbone vgg16", "shop", "Embed shop: vgg16"),
        ("evaluate shop --model vgg16-224", "shop", "Evaluate shop: vgg16-224"),
        ("train shop --recipe supcon --set epochs=3", "shop", "Train on shop: supcon"),
        ("train --resume x", "", "Train on"),
        ("build experiments/s2_thesis.toml --set catalog=shop", "shop", "Build s2_thesis"),
        ("build experiments/s2_thesis.toml", "", "Build s2_thesis"),
        ("embed", "", "Embed"),
    ],
)
def test_a_job_is_called_by_what_it_does(line: str, catalog: str, title: str) -> None:
    words = checked_words(shlex.split(line))
    assert (catalog_of(words), title_of(words)) == (catalog, title)


def test_every_command_has_the_options_by_which_its_jobs_are_told_apart() -> None:
    (action,) = [each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction)]
    parsers = action.choices
    for name, kind in JOB_KINDS.items():
        if name in parsers:
            assert set(kind.by) <= parsers[name]._option_string_actions.keys()


def test_a_job_is_called_by_the_name_that_people_know() -> None:
    words = checked_words(["embed", "shop", "--weights", "classify-1"])
    assert title_of(words, names={"classify-1": "Classify"}) == "Embed shop: Classify"
    assert title_of(words, names={}) == "Embed shop: classify-1"
