"""``train --resume`` and ``share`` of a run that is not there, or not in the state that they need."""

from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.errors import ModelError
from lib.training.live import CANCELLED
from lib.training.request import TrainingRequest
from tests.commands.conftest import Run
from tests.factories import make_catalog
from tests.training_factories import make_run, make_unfinished

BEGIN = "python -m lib train tiny --recipe RECIPE"


def test_what_can_be_gone_on_with_is_named(run: Run, store: Store) -> None:
    shop = make_catalog(store)
    words = ["train", "tiny", "--resume", "nope"]
    none = f"error: 'tiny' has no stopped run 'nope'. Nothing waits to be gone on with. Start a run: {BEGIN}"
    assert run(*words).error == none
    done, live = make_run(store, shop), make_unfinished(store, shop, state=CANCELLED)
    assert run(*words).error == f"error: 'tiny' has no stopped run 'nope'. There are: {live.id}."
    assert "is finished" in run("train", "tiny", "--resume", done.id).error
    assert "wardrobe" in run("train", "wardrobe", "--resume", "nope").error


def test_what_can_be_shared_is_named(run: Run, store: Store, tmp_path: Path) -> None:
    shop = make_catalog(store)
    words = ["share", "tiny", "--as", "mine", "--out", tmp_path / "mine", "--run"]
    assert run(*words, "nope").error == f"error: 'tiny' has no finished run 'nope'. Train one: {BEGIN}"
    done, live = make_run(store, shop), make_unfinished(store, shop, state=CANCELLED)
    assert run(*words, "nope").error == f"error: 'tiny' has no finished run 'nope'. There are: {done.id}."
    unfinished = (
        f"error: The run '{live.id}' is not finished. Go on with it: python -m lib train tiny --resume {live.id}"
    )
    assert run(*words, live.id).error == unfinished
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("start", ["a,a", "b, a ,b"])
def test_a_model_is_not_averaged_with_itself(start: str) -> None:
    with pytest.raises(ModelError, match=r"The mean of '[ab]' and itself is '[ab]'"):
        TrainingRequest("supcon", given={"start": start})
