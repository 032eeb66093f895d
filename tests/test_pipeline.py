"""Experiments: stages in order, what is current kept, what fails shown and passed over."""

from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.errors import AppError
from lib.pipeline import build, read_experiment
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


def test_the_experiments_that_ship_can_be_read() -> None:
    for path in sorted(Path("experiments").glob("*.toml")):
        assert read_experiment(path)[0].kind == "catalog"
