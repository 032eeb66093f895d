"""What ``embed`` makes of options that say nothing."""

from pathlib import Path

import pytest

from lib.artifacts import Store
from tests.commands.conftest import Run


def test_a_size_of_zero_is_refused_rather_than_taken_for_the_default(run: Run, imported: Path, store: Store) -> None:
    error = run("embed", "shop", "--backbone", "color_hog", "--size", "0").error
    assert "0 x 0 pixels" in error
    assert store.manifests("shop", "embedding") == []


@pytest.mark.parametrize("option", ["--weights", "--fit", "--size", "--backbone", "--engine", "--precision"])
def test_an_empty_option_is_wrong_usage(run: Run, option: str) -> None:
    with pytest.raises(SystemExit) as exit_info:
        run("embed", "shop", "--backbone", "mobilenet", option, "")
    assert exit_info.value.code == 2


def test_what_is_learnt_from_the_catalogue_is_counted_and_the_seed_is_kept_in_the_command(
    run: Run, imported: Path, store: Store
) -> None:
    made = run("embed", "shop", "--backbone", "orb", "--fit", "pad-white", "--seed", "5", "--json").json
    assert (made["n"], made["dim"]) == (24, 512)
    (manifest,) = store.manifests("shop", "embedding")
    assert manifest.command == "python -m lib embed shop --backbone orb --fit pad-white --seed 5"
    assert run(*manifest.command.split()[3:], "--json").json["id"] == made["id"]
    results = run("search", "shop", imported / "Red" / "red0.png", "--model", made["id"], "--json").json["results"]
    assert results[0]["score"] >= 0.999
