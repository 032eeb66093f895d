"""Experiment files: what they may say, in which order things are made, and what a mistake is answered with."""

import os
import re
from pathlib import Path

import pytest

from lib.errors import AppError
from lib.experiment import Experiment, read_experiment
from lib.stages import STAGE_KINDS
from tests.conftest import ROOT

CATALOG = '[catalog]\nname = "a"\nsource = "folder"\n'
MODELS = '[[embed]]\nname = "one"\nbackbone = "vgg16"\n[[embed]]\nname = "two"\nbackbone = "vgg19"\n'


def read(folder: Path, text: str, **settings: str) -> Experiment:
    path = folder / "some.toml"
    path.write_text(text)
    return read_experiment(path, settings=settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml [", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
        ("", "no .catalog. table"),
        ("[catalog]\nsource='folder'", "no .catalog. table with a name"),
        ("[catalog]\nname='a'\nsource='folder'\n[[fly]]\nhigh=1", "Unknown stages: fly.*catalog, train, embed"),
        ("embed=5\n[catalog]\nname='a'\nsource='folder'", "table"),
        ("embed='x'\n[catalog]\nname='a'\nsource='folder'", "table"),
        ("catalog=5", "no .catalog. table"),
        ("[[catalog]]\nname='a'\nsource='folder'", "no .catalog. table"),
        ("embed=[3]\n[catalog]\nname='a'\nsource='folder'", "table"),
        (CATALOG + "[[embed]]\nname = 5", "name to be text"),
        (CATALOG + "[[embed]]\nname = ''", "name to be text"),
        (CATALOG + MODELS + "[[evaluate]]\nname = 'one'", "name to be text that no other table has.*one"),
        (CATALOG + "[[evaluate]]", "there is no ..embed.. table"),
        (CATALOG + MODELS + "[[evaluate]]\nmodel = []", "model needs at least one value"),
        (CATALOG + "limit = " + "9" * 5000, "not TOML"),
        (CATALOG + "limit = 0x" + "f" * 5000, "number is too large"),
        (CATALOG + "limit = -9223372036854775809", "number is too large"),
        (CATALOG + ".".join("a" * 5000) + " = 1", "too deep"),
        (CATALOG + MODELS + "[[evaluate]]\nmetric = []", "metric needs at least one value"),
        (CATALOG + MODELS + "[[evaluate]]\nmodel = 'three'", "model names no ..embed.. table: 'three'.*one, two"),
        (CATALOG + MODELS + "[[evaluate]]\nmodel = ['one', 'three']", "'three'"),
        (CATALOG + MODELS + "[[evaluate]]\nmodel = 3", "model names no"),
        (CATALOG + MODELS + "[[evaluate]]\nmodel = {}", "model names no"),
        (CATALOG + MODELS + "[[evaluate]]\nqueries-from = 'three'", "queries-from names no"),
        (CATALOG + MODELS + "[[evaluate]]\nqueries-from = ['one']", "queries-from names no"),
        (CATALOG + MODELS + "[[evaluate]]\nname='s'\n[[threshold]]\nmodel = 's'", "model names no"),
        (CATALOG + MODELS + "[[evaluate]]\nafter = 'three'", "after names no table.*one, two"),
        (CATALOG + MODELS + "[[evaluate]]\nafter = 3", "after names no table"),
        (CATALOG + MODELS + "[[evaluate]]\nafter = [['one']]", "after names no table"),
        (CATALOG + "[[train]]\nname='r'\nstart='r'", "Tables need each other: r"),
        (CATALOG + "[[train]]\nname='r'\nstart='s'\n[[train]]\nname='s'\nteachers=['r']", "need each other: r -> s"),
        (CATALOG + "[[train]]\nname='r'\n[[train]]\nstart=['r', 'r']", "start names 'r' twice"),
        (CATALOG + "[[train]]\nteachers=[]", "teachers names no table"),
        (CATALOG + MODELS + "[[train]]\nstart='one'", "start names no ..train.. table"),
        (CATALOG + "[[train]]\nset = {epochs = []}", "epochs needs at least one value"),
        (
            CATALOG + f"[[train]]\nset = {{epochs = {[1] * 40}, limit = {[2] * 40}}}",
            "asks for 1,600 stages; at most 1,000",
        ),
        (CATALOG + f"[[train]]\nseed = {[1] * 1001}", "asks for 1,001 stages; at most 1,000"),
    ],
)
def test_a_file_that_asks_for_nonsense_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AppError, match=said) as caught:
        read(tmp_path, text)
    assert "some.toml" in str(caught.value)
    assert len(str(caught.value)) < 600 or "[[[" in text


@pytest.mark.parametrize(
    "value", ["9" * 5000, "[" * 20_000, "[" * 20_000 + "]" * 20_000, "0x" + "f" * 5000, "{a=" * 20_000, str(2**63)]
)
@pytest.mark.parametrize("key", ["catalog.limit", "title"])
def test_a_value_without_end_is_one_short_line(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(AppError) as caught:
        read(tmp_path, CATALOG, **{key: value})
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_key_without_end_is_one_short_line(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="too deep"):
        read(tmp_path, CATALOG, **{"catalog." + ".".join("a" * 20_000): "1"})


def test_an_experiment_that_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / "absent", tmp_path / ("x" * 300)):
        with pytest.raises(AppError, match="cannot be read"):
            read_experiment(path)
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(AppError, match="not TOML"):
        read_experiment(tmp_path / "latin.toml")


def test_a_cycle_is_named(tmp_path: Path) -> None:
    text = CATALOG + MODELS.replace('"one"', '"one"\nafter = ["scores"]') + '[[evaluate]]\nname = "scores"\n'
    with pytest.raises(AppError, match=r"wait for each other: (one -> scores -> one|scores -> one -> scores)"):
        read(tmp_path, text)
    with pytest.raises(AppError, match="wait for each other: one -> one"):
        read(tmp_path, CATALOG + MODELS.replace('"one"', '"one"\nafter = "one"'))


def test_stages_come_after_what_they_need_and_otherwise_as_they_stand(tmp_path: Path) -> None:
    text = (
        CATALOG
        + MODELS.replace('"one"', '"one"\nafter = ["later"]')
        + '[[evaluate]]\nname = "later"\nmodel = "two"\n[[threshold]]\nmodel = "one"\n[[evaluate]]\nmodel = "one"\n'
    )
    keys = [stage.key for stage in read(tmp_path, text).stages]
    assert keys == ["catalog", "embed 2", "evaluate 1", "embed 1", "evaluate 2", "threshold 1"]


def test_lists_multiply_and_all_models_are_asked_unless_one_is_named(tmp_path: Path) -> None:
    text = CATALOG + MODELS + '[[evaluate]]\nname = "e"\nmetric = ["cosine", "euclidean"]\nvariant = ["", "l2"]\n'
    stages = [stage for stage in read(tmp_path, text).stages if stage.kind == "evaluate"]
    asked = [(stage.model, stage.options["metric"], stage.options["variant"]) for stage in stages]
    assert sorted(asked) == [(m, d, v) for m in ("one", "two") for d in ("cosine", "euclidean") for v in ("", "l2")]
    assert {stage.name for stage in stages} == {"e"}
    assert len({stage.key for stage in stages}) == 8
    assert stages[0].needs == {"catalog": "catalog", "model": "embed 1"}
    single = [stage for stage in read(tmp_path, CATALOG + MODELS + '[[evaluate]]\nmodel = "two"').stages][-1]
    assert (single.key, single.needs["model"]) == ("evaluate 1", "embed 2")


def test_a_search_is_a_run_for_each_combination_and_what_needs_it_follows_each(tmp_path: Path) -> None:
    text = (
        '[[train]]\nname = "search"\nrecipe = "supcon"\nseed = [1, 2]\nset = {temperature = [0.05, 0.1], epochs = 2}\n'
        '[[embed]]\nname = "found"\nrun = "search"\n[[evaluate]]\n'
    )
    train, embed, evaluate = (
        [stage for stage in read(tmp_path, CATALOG + text).stages if stage.kind == kind]
        for kind in ("train", "embed", "evaluate")
    )
    asked = {(stage.options["seed"], stage.options["set"]["temperature"]) for stage in train}
    assert asked == {(seed, temperature) for seed in (1, 2) for temperature in (0.05, 0.1)}
    assert {stage.options["set"]["epochs"] for stage in train} == {2}
    assert [stage.needs["run"] for stage in embed] == [stage.key for stage in train]
    assert [stage.needs["model"] for stage in evaluate] == [stage.key for stage in embed]
    assert [stage.model for stage in evaluate] == ["found 1", "found 2", "found 3", "found 4"]


def test_a_run_comes_after_those_it_goes_on_from(tmp_path: Path) -> None:
    text = (
        CATALOG + '[[train]]\nname="mean"\nstart="one"\nteachers=["two"]\n[[train]]\nname="one"\nstart="first"\n'
        '[[train]]\nname="two"\nstart="first"\nset={}\n[[train]]\nname="first"\nrecipe="supcon"\n'
    )
    stages = read(tmp_path, text).stages
    assert [stage.name for stage in stages[1:]] == ["first", "one", "two", "mean"]
    assert stages[-1].needs == {"catalog": "catalog", "start": "train 2", "teachers 1": "train 3"}


def test_a_list_of_tables_is_needed_together_every_stage_of_them(tmp_path: Path) -> None:
    text = (
        CATALOG + '[[train]]\nname="one"\nseed=[1, 2]\n[[train]]\nname="two"\n'
        '[[train]]\nname="all"\nstart=["one", "two"]\n[[train]]\nname="each"\nteachers="one"\n'
    )
    stages = read(tmp_path, text).stages
    (together,) = [stage for stage in stages if stage.name == "all"]
    assert {role: key for role, key in together.needs.items() if role != "catalog"} == {
        "start 1": "train 1.1", "start 2": "train 1.2", "start 3": "train 2",
    }  # fmt: skip
    assert [stage.needs["teachers"] for stage in stages if stage.name == "each"] == ["train 1.1", "train 1.2"]


def test_models_without_a_name_are_asked_too(tmp_path: Path) -> None:
    text = CATALOG + '[[embed]]\nbackbone = "vgg16"\nsize = 96\n[[embed]]\nrecipe = "simclr"\n[[evaluate]]\n'
    assert [stage.model for stage in read(tmp_path, text).stages[3:]] == ["vgg16-96", "simclr"]


def test_a_stage_waits_for_every_stage_of_a_name(tmp_path: Path) -> None:
    text = CATALOG + MODELS + '[[evaluate]]\nname = "e"\n[[threshold]]\nmodel = "one"\nafter = "e"\n'
    assert read(tmp_path, text).stages[-1].after == ("evaluate 1.1", "evaluate 1.2")


@pytest.mark.parametrize(("value", "name"), [("fashion", "fashion"), ("2024", "2024"), ('"shop"', "shop")])
def test_a_catalogue_can_be_named_in_place_of_the_table(tmp_path: Path, value: str, name: str) -> None:
    experiment = read(tmp_path, CATALOG + MODELS, catalog=value)
    assert experiment.catalog == name
    assert experiment.stages[0].options == {"name": name}
    assert {stage.catalog for stage in experiment.stages} == {name}


def test_set_still_reaches_into_a_table(tmp_path: Path) -> None:
    stages = read(tmp_path, CATALOG, **{"catalog.path": "some/where", "catalog.limit": "4"}).stages
    assert stages[0].options == {"name": "a", "source": "folder", "path": "some/where", "limit": 4}
    with pytest.raises(AppError, match="not a single table"):
        read(tmp_path, CATALOG + MODELS, **{"embed.size": "3"})
    whole = read(tmp_path, CATALOG, catalog='{name = "b", source = "luma"}')
    assert whole.stages[0].options == {"name": "b", "source": "luma"}


def test_what_was_asked_is_said_in_the_words_of_the_file(tmp_path: Path) -> None:
    text = CATALOG + MODELS + '[[evaluate]]\nmodel = "two"\nmetric = "cosine"'
    assert [stage.asked for stage in read(tmp_path, text).stages] == [
        "a source=folder",
        "a backbone=vgg16",
        "a backbone=vgg19",
        "a model=two metric=cosine",
    ]


def test_an_experiment_is_called_by_its_title_or_its_file(tmp_path: Path) -> None:
    assert read(tmp_path, CATALOG).title == "some"
    assert read(tmp_path, 'title = "Some"\n' + CATALOG).title == "Some"
    assert read(tmp_path, CATALOG).sha256 != read(tmp_path, CATALOG, catalog="b").sha256


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda path: path.name)
def test_the_experiments_that_ship_are_sound(path: Path) -> None:
    experiment = read_experiment(path)
    assert experiment.stages[0].kind == "catalog"
    assert experiment.title != experiment.name
    for stage in experiment.stages:
        if stage.kind != "catalog" or stage.options.keys() != {"name"}:
            referred = {role: "x" for role in stage.needs if role in STAGE_KINDS[stage.kind].options}
            STAGE_KINDS[stage.kind].check(stage.kind, {**stage.options, **referred})
    assert read_experiment(path, settings={"catalog": "fashion"}).stages[0].options == {"name": "fashion"}


def test_the_documentation_says_what_a_table_may_hold_and_its_example_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    kinds = {stage.kind for stage in read(tmp_path, example).stages}
    assert kinds == STAGE_KINDS.keys()
    for name in ("evaluate", "threshold", "cluster", "project"):
        (row,) = re.findall(rf"^\| `\[\[{name}\]\]` \| (.*?) \|", text, re.MULTILINE)
        assert set(re.findall("`([^`]+)`", row)) == {*STAGE_KINDS[name].refers, *STAGE_KINDS[name].options}
    listed = re.findall(r"^\| `([\w.]+\.toml)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in (ROOT / "experiments").glob("*.toml"))
