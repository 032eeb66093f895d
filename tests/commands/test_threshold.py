"""``threshold`` as a user types it."""

import json

import numpy as np
import pytest

from lib.artifacts import Store
from tests.commands.conftest import Run
from tests.factories import make_catalog, make_embedding

#: What ``--json`` prints at least.
FIXED = {"id", "model", "metric", "label", "threshold", "precision", "recall", "n_results", "n_queries"}


@pytest.fixture
def tiny(store: Store) -> str:
    """A catalogue whose article types lie apart."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(3, 8))[np.arange(48) % 3] + rng.normal(scale=0.6, size=(48, 8))
    make_embedding(store, make_catalog(store, n=48), embeddings=vectors)
    return "tiny"


def test_it_prints_the_fixed_fields_and_the_same_the_second_time(run: Run, tiny: str) -> None:
    first = run("threshold", tiny, "--model", "toy", "--precision", "0.8", "--json").json
    assert first.keys() >= FIXED
    assert (first["metric"], first["label"], first["asked"]) == ("cosine", "articleType", 0.8)
    assert first["precision"]["low"] <= first["precision"]["value"] <= first["precision"]["high"]
    assert 0 < first["threshold"] < 2
    assert first["n_queries"] == 24
    assert run("threshold", tiny, "--model", "toy", "--precision", "0.8", "--json").json == first


def test_every_option_is_heard_and_the_recorded_command_makes_the_same(run: Run, store: Store, tiny: str) -> None:
    words = ("--label", "gender", "--metric", "euclidean", "--precision", "0.4", "--sample", "30", "--seed", "5")
    made = run("threshold", tiny, "--model", "toy", *words, "--json").json
    assert (made["label"], made["metric"], made["n_queries"], made["n_choosing"]) == ("gender", "euclidean", 15, 15)
    (manifest,) = store.manifests(tiny, "threshold")
    assert run(*manifest.command.split()[3:], "--json").json == made


def test_a_person_reads_what_is_kept(run: Run, tiny: str) -> None:
    said = run("threshold", tiny, "--model", "toy", "--precision", "0.8").out
    assert "articleType, cosine: a largest distance of 0." in said
    assert "of 100 [" in said
    assert "chosen with 24 queries, measured on 24 others against 48 pictures" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--label", "price"), "no column 'price'"),
        (("--label", "usage"), "nothing to tell apart"),
        (("--label", "gender", "--precision", "0.999"), "No distance keeps 0.999"),
        (("--model", "nothing"), "no embedding 'nothing'"),
    ],
)
def test_a_mistake_is_answered_in_one_line(run: Run, tiny: str, words: tuple[str, ...], said: str) -> None:
    assert said in run("threshold", tiny, "--model", "toy", *words).error


@pytest.mark.parametrize(
    "words",
    [
        *[("--precision", word) for word in ("0", "1.5", "nan", "x", "")],
        *[("--sample", word) for word in ("1", "x", "2.5")],
        ("--metric", "hamming"),
    ],
)
def test_a_choice_that_there_is_not_is_wrong_usage(run: Run, tiny: str, words: tuple[str, ...], capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        run("threshold", tiny, "--model", "toy", *words)
    assert caught.value.code == 2
    assert "invalid _" not in capsys.readouterr().err


@pytest.mark.parametrize("value", [None, "x", 0.5])
@pytest.mark.parametrize("name", ["precision", "nearest_precision", "threshold", "n_results", "n_queries", "recall"])
def test_an_edited_threshold_is_calibrated_again_with_a_warning(
    run: Run, store: Store, tiny: str, caplog: pytest.LogCaptureFixture, name: str, value: object
) -> None:
    words = ("threshold", tiny, "--model", "toy", "--precision", "0.8", "--json")
    made = run(*words).json
    path = store.result_folder(tiny, "threshold", made["id"]) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["details"][name] = value
    path.write_text(json.dumps(manifest))
    again = run(*words)
    assert again.json == made
    assert "It is made again." in again.err + caplog.text
    assert len(store.manifests(tiny, "threshold")) == 1
