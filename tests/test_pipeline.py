"""Experiments: stages in order, what is current kept, what fails shown and passed over."""

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.embedding.request import EmbeddingRequest
from lib.errors import AppError
from lib.pipeline import EMBED_OPTIONS, build, read_experiment
from tests.factories import COLOURS, picture


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """A shop of twelve pictures, a model that works, one whose weights are not there, and one that is nonsense."""
    for label, colour in list(COLOURS.items())[:2]:
        (tmp_path / "shop" / label).mkdir(parents=True)
        for i in range(6):
            picture(i, colour=colour).save(tmp_path / "shop" / label / f"{i}.png")
    path = tmp_path / "shop.toml"
    path.write_text(
        f'title = "A shop"\n[catalog]\nname = "shop"\nsource = "folder"\npath = "{tmp_path / "shop"}"\n'
        '[[embed]]\nbackbone = "mobilenet"\nweights = "no/such/file.h5"\n'
        '[[embed]]\nbackbone = "color_hog"\nfit = "sideways"\n'
        '[[embed]]\nbackbone = "color_hog"\n'
    )
    return path


def test_stages_are_made_then_kept_and_failures_do_not_stop_the_rest(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment)
    first = list(build(store, stages))
    again = list(build(store, stages))

    assert [result.status for result in first] == ["made", "unavailable", "failed", "made"]
    assert [result.status for result in again] == ["kept", "unavailable", "failed", "kept"]
    assert "no/such/file.h5" in first[1].reason
    assert "sideways" in first[2].reason
    assert first[3].id.startswith("color_hog")


def test_set_reaches_a_key_of_the_file(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment, settings={"catalog.limit": "4", "catalog.name": "small"})
    result = next(build(store, stages))
    assert (result.id, result.status) == ("small", "made")
    assert read_experiment(experiment, settings={"catalog.limit": "4"})[0].options["limit"] == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml [", "not TOML"),
        ("[catalog]\nname='a'", "source"),
        ("[catalog]\nname='a'\nsource='folder'\n[[fly]]\nhigh=1", "fly"),
        ("embed=5\n[catalog]\nname='a'\nsource='folder'", "table"),
        ("embed='x'\n[catalog]\nname='a'\nsource='folder'", "table"),
        ("catalog=5", "no .catalog. table"),
        ("[[catalog]]\nname='a'\nsource='folder'", "no .catalog. table"),
        ("embed=[3]\n[catalog]\nname='a'\nsource='folder'", "table"),
    ],
)
def test_a_file_that_asks_for_nonsense_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(AppError, match=said):
        read_experiment(path)


def test_a_key_that_a_stage_does_not_have_fails_that_stage(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment, settings={"catalog.colour": "red"})
    result = next(build(store, stages))
    assert result.status == "failed"
    assert "colour" in result.reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 5),
        ("name", ""),
        ("source", ["folder"]),
        ("source", {}),
        ("path", ["x"]),
        ("path", ""),
        ("path", 3),
        ("path", "a\0b"),
        ("limit", "x"),
        ("limit", 0),
        ("limit", True),
        ("limit", 2.5),
        ("download", "yes"),
        ("id_column", 1),
    ],
)
def test_a_value_of_another_kind_fails_the_catalogue_and_all_that_needs_it(
    store: Store, experiment: Path, key: str, value: object
) -> None:
    catalog, *others = read_experiment(experiment)
    stages = [replace(catalog, options={**catalog.options, key: value}), *others]
    results = list(build(store, stages))
    assert [result.status for result in results] == ["failed"] * 4
    assert f"Expected [catalog] {key} to be" in results[0].reason
    assert {result.reason for result in results[1:]} == {"Its catalogue was not made."}
    assert store.catalog_names() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "has no backbone"),
        ({"backbone": 3}, "backbone to be text"),
        ({"backbone": ["color_hog"]}, "backbone to be text"),
        ({"backbone": "color_hog", "size": "64"}, "size to be a whole number"),
        ({"backbone": "color_hog", "size": 0}, "size to be a whole number from 1 on"),
        ({"backbone": "color_hog", "weights": ""}, "weights to be text that is not empty"),
        ({"backbone": "color_hog", "fit": {}}, "fit to be text"),
        ({"backbone": "color_hog", "colour": 1}, "unknown keys: colour"),
    ],
)
def test_a_value_of_another_kind_fails_its_model_alone(
    store: Store, experiment: Path, options: dict[str, object], said: str
) -> None:
    catalog, model, *_ = read_experiment(experiment)
    results = list(build(store, [catalog, replace(model, options=options)]))
    assert [result.status for result in results] == ["made", "failed"]
    assert said in results[1].reason


def test_an_older_catalogue_is_not_embedded_when_the_new_one_fails(store: Store, experiment: Path) -> None:
    stages = read_experiment(experiment)
    list(build(store, stages[:1]))
    failing = read_experiment(experiment, settings={"catalog.path": "not/there"})
    assert [result.status for result in build(store, failing)] == ["failed"] * 4
    assert store.manifests("shop", "embedding") == []


def test_the_keys_of_an_embed_table_are_what_can_be_asked_for() -> None:
    assert list(EMBED_OPTIONS) == [field.name for field in fields(EmbeddingRequest)]


def test_an_experiment_that_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / "absent", tmp_path / ("x" * 300)):
        with pytest.raises(AppError, match="cannot be read"):
            read_experiment(path)


def test_the_experiments_that_ship_can_be_read() -> None:
    for path in sorted(Path("experiments").glob("*.toml")):
        assert read_experiment(path)[0].kind == "catalog"
