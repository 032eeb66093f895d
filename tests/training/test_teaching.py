"""Runs that learn what trained models say: their answers by hand, whole runs, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.errors import WeightsError
from lib.models import BACKBONES
from lib.models.recipes.recipe import LABEL, TEACHERS, taught
from lib.models.start import find_start
from lib.models.trained import read_trained
from lib.training.job import Job
from lib.training.pictures import read_pictures
from lib.training.plan import plan_of
from lib.training.teaching import _in_order, lessons_of
from lib.training.train import train
from tests.training.conftest import small_request

pytestmark = pytest.mark.slow


def trained(store: Store, recipe: str = "hybrid", *, seed: int = 0, **given: str) -> str:
    return train(store, "tiny", small_request(recipe, seed=seed, **given), command="x").manifest.id


def likeness(store: Store, shop: Catalog, run: str) -> np.ndarray:
    """The cosines of a catalogue's pictures with each other by a run's model."""
    model = read_trained(store.result_folder("tiny", "run", run))
    ids = pd.DataFrame(index=shop.frame["product_id"].astype(str).to_numpy())
    rows = np.asarray(model.build().predict_on_batch(read_pictures(shop, ids, size=32, fit="pad").pixels))
    return rows @ rows.T


def test_lessons_are_the_teachers_answers_as_they_are_and_mirrored(store: Store, shop: Catalog) -> None:
    teachers = [
        trained(store, seed=0, attributes="gender", epochs="1"),
        trained(store, "supcon", epochs="1", size="48"),
    ]
    request = small_request("hybrid", teachers=", ".join(teachers), attributes="gender,baseColour")
    job = Job(store, shop, request, request.start(store), "x")
    plan = plan_of(shop, request)
    pictures = read_pictures(shop, plan.classes.codes(plan.rows), size=32, fit="pad")
    lessons = lessons_of(job, plan.classes, pictures)
    assert lessons[TEACHERS].shape == (len(pictures), 4 * 16)
    np.testing.assert_allclose(np.linalg.norm(lessons[TEACHERS].astype(np.float32), axis=1), 1.0, atol=2e-3)
    first = read_trained(store.result_folder("tiny", "run", teachers[0]))
    network = first.build()
    views = [np.asarray(network.predict_on_batch(pixels)) for pixels in (pictures.pixels, pictures.pixels[:, :, ::-1])]
    np.testing.assert_allclose(lessons[TEACHERS][:, :16], views[0] / 2, atol=2e-3)
    shares = np.mean([first.probabilities(view)["gender"] for view in views], axis=0)
    assert first.heads[1].classes == plan.classes.names["gender"]
    np.testing.assert_allclose(lessons[taught("gender")], shares, atol=2e-3)  # the second teacher has no heads
    np.testing.assert_allclose(lessons[taught(LABEL)].astype(np.float32).sum(axis=1), 1.0, atol=5e-3)
    assert not lessons[taught("baseColour")].any()  # nobody knows it


def test_labels_that_a_teacher_does_not_know_have_no_probability() -> None:
    said = pd.DataFrame([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]], columns=["a", "x", "c"])
    np.testing.assert_allclose(_in_order(said, ("a", "b", "c")), [[2 / 3, 0, 1 / 3], [0, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize("recipe", ["hybrid", "simclr", "supcon"])
def test_a_run_learns_to_answer_as_its_teacher(store: Store, shop: Catalog, recipe: str) -> None:
    far = {"learning_rate": "0.01", "epochs": "12", "average": "0"}  # from where they begin
    teacher = trained(store, seed=7, **far)
    given = {"teachers": teacher, "teachers_weight": "50", **far}
    run = trained(store, recipe, **given)
    untaught = trained(store, recipe, **{**given, "teachers": ""})
    assert run != untaught
    wanted, learnt, alone = (likeness(store, shop, each) for each in (teacher, run, untaught))
    assert ((learnt - wanted) ** 2).mean() < ((alone - wanted) ** 2).mean()
    history = pd.read_csv(store.result_folder("tiny", "run", run) / "history.csv")
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]
    assert trained(store, recipe, **given) == run


def test_pictures_that_a_teacher_had_learnt_are_counted(store: Store, shop: Catalog) -> None:
    teacher = trained(store, epochs="1", splits="train+val")
    run = trained(store, "supcon", epochs="1", teachers=teacher)
    (manifest,) = [each for each in store.manifests("tiny", "run") if each.id == run]
    assert manifest.details["seen_before"] == {"val": (shop.frame["split"] == "val").sum()}


def test_a_teacher_is_a_trained_model_and_another_one_is_another_run(store: Store, shop: Catalog) -> None:
    with pytest.raises(WeightsError, match="There is no trained model 'nobody'"):
        train(store, "tiny", small_request("hybrid", teachers="nobody"), command="x")
    plain = find_start(store, "none", BACKBONES["toy"])
    pair = [trained(store, seed=seed, epochs="1") for seed in (0, 1)]
    found = [find_start(store, "none", BACKBONES["toy"], teachers=spec) for spec in (*pair, ",".join(pair))]
    assert len({start.sha256 for start in (plain, *found)}) == 4
    assert [len(start.teachers) for start in found] == [1, 1, 2]
