"""The Runs page: every number is a run's own, and what is missing is said with what makes it."""

import json

import numpy as np
import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.jobs import jobs, queue, submit
from lib.retrieval.evaluate import evaluate
from lib.training.live import CANCELLED
from lib.training.request import TrainingRequest
from lib.training.runs import finished_runs
from pages._runs_one import body_of, harmless
from tests.factories import make_catalog
from tests.pages.conftest import Open, grids, texts
from tests.training_factories import embed_with, make_run, make_unfinished

SECOND = TrainingRequest("classify", given={"epochs": "4", "size": "96"}, seed=3)
SECTIONS = ("Curves", "Parameters", "Scores", "Against ImageNet", "One run")


@pytest.fixture
def shop(store: Store) -> Catalog:
    return make_catalog(store, n=30)


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training is allowed, and no worker is started."""
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "1")
    monkeypatch.setattr(queue, "start_worker", lambda _store: None)


def frame(app, place: int = 0):
    return app.dataframe[place].value


def figure(app, place: int = 0) -> dict:
    return json.loads(app.get("plotly_chart")[place].proto.spec)


def test_without_a_run_it_says_how_to_make_one(shop: Catalog, open_page: Open) -> None:
    app = open_page("runs")
    assert not app.exception
    assert "Nothing has been trained" in app.info[0].value
    assert app.code[0].value == "python -m lib train tiny --recipe supcon --set epochs=3"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_with_finished_and_unfinished_runs(
    store: Store, shop: Catalog, open_page: Open, section: str
) -> None:
    make_run(store, shop)
    make_unfinished(store, shop, state=CANCELLED)
    app = open_page("runs", view=section)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_with_an_unfinished_run_alone(
    store: Store, shop: Catalog, open_page: Open, section: str
) -> None:
    make_unfinished(store, shop, epochs=0)
    app = open_page("runs", view=section)
    assert not app.exception
    assert not app.error


def test_the_table_holds_what_the_runs_say(store: Store, shop: Catalog, open_page: Open) -> None:
    run = make_run(store, shop, best=0.6)
    make_unfinished(store, shop, state=CANCELLED)
    table = frame(open_page("runs"))
    assert table["State"].tolist() == ["cancelled", "finished"]
    assert table["Epochs"].tolist() == ["2 of 5", "3 of 3"]
    done = table.iloc[1]
    assert (done["Id"], done["Took"], done["Best"]) == (run.id, "24 s", 3)
    assert done["Test MAP@R"] == pytest.approx(0.6)
    assert done["Val. MAP@R"] == pytest.approx(0.6)
    assert done["Accuracy"] == 0.75
    assert list(done["Loss"]) == [4.0, 2.0, pytest.approx(4 / 3)]
    assert list(done["MAP@R"]) == [pytest.approx(0.2), pytest.approx(0.4), pytest.approx(0.6)]


def test_curves_of_two_runs_lie_over_each_other(store: Store, shop: Catalog, open_page: Open) -> None:
    make_run(store, shop), make_run(store, shop, SECOND)
    app = open_page("runs", measure="loss")
    drawn = figure(app)["data"]
    assert sorted(len(trace["x"]) for trace in drawn) == [3, 3, 4, 4]
    assert len({trace["line"]["color"] for trace in drawn}) == 2
    assert [trace["line"]["dash"] for trace in drawn] == ["solid", "dot"] * 2
    app.toggle(key="both").set_value(False).run()
    assert len(figure(app)["data"]) == 2


def test_the_runs_of_a_link_are_drawn_and_a_missing_one_is_named(store: Store, shop: Catalog, open_page: Open) -> None:
    first = make_run(store, shop)
    make_run(store, shop, SECOND)
    app = open_page("runs", runs=[first.id, "gone"])
    assert app.multiselect(key="runs").value == [first.id]
    assert "There is no run gone" in texts(app)


def test_what_runs_were_told_differently_stands_apart_from_what_is_the_same(
    store: Store, shop: Catalog, open_page: Open
) -> None:
    first, second = make_run(store, shop), make_run(store, shop, SECOND)
    names = dict(frame(open_page("runs")).set_index("Id")["Run"])
    app = open_page("runs", view="Parameters", runs=[second.id, first.id])
    differ, about, same = (table.value.rename(columns=lambda name: name.replace("\\", "")) for table in app.table)
    assert differ.columns.tolist() == ["Parameter", names[second.id], names[first.id]]
    assert differ.to_numpy().tolist() == [["**Seed**", "3", "0"], ["**Epochs**", "4", "3"]]
    assert about["What it is"].tolist() == [":gray[]", ":gray[passes over the training pictures]"]
    assert "2 parameters of" in texts(app)
    told = dict(zip(same["Parameter"], same["Value"], strict=True))
    assert len(told) == len(same) > 40
    assert told["**Pictures, at most**"] == told["**Trained layers**"] == "all"
    assert told["**Patience**"] == "never stops early"
    assert told["**Crop**"] == told["**Averaging of weights**"] == "none"
    assert told["**Start from**"] == "ImageNet's weights"


def test_what_one_run_was_told_is_said_with_what_it_is(store: Store, shop: Catalog, open_page: Open) -> None:
    run = make_run(store, shop)
    begun = make_unfinished(store, shop, TrainingRequest("classify", given={"start": run.id}), state=CANCELLED)
    app = open_page("runs", view="Parameters", runs=begun.id)
    (table,) = app.table
    told = dict(zip(table.value["Parameter"], table.value.iloc[:, 1], strict=True))
    assert told["**Start from**"].replace("\\", "") == "Classify, all layers · MobileNetV2 · 96 px"


def test_scores_stand_with_intervals_and_the_way_to_a_reference(store: Store, shop: Catalog, open_page: Open) -> None:
    make_run(store, shop, best=0.5), make_run(store, shop, SECOND, best=0.7)
    app = open_page("runs", view="Scores")
    table = frame(app, 1)
    assert table["MAP@R"].tolist() == [pytest.approx(0.7), pytest.approx(0.5)]
    assert table["95 % interval"].tolist() == ["[0.600, 0.800]", "[0.400, 0.600]"]
    assert figure(app)["data"][0]["x"] == [pytest.approx(0.7), pytest.approx(0.5)]
    assert app.code[0].value.splitlines() == [
        "python -m lib embed tiny --backbone mobilenet_v2",
        "python -m lib evaluate tiny --model mobilenet_v2 --protocol test-vs-test",
    ]


@pytest.mark.parametrize(("trained_is_right", "said"), [(True, "finds better"), (False, "finds worse")])
def test_what_training_changed_is_said_with_its_interval_its_shape_and_its_labels(
    store: Store, open_page: Open, trained_is_right: bool, said: str
) -> None:
    shop = make_catalog(store, n=90)
    right = np.eye(512, dtype=np.float32)[pd.factorize(shop.frame["articleType"])[0]]
    right += np.random.default_rng(1).normal(0, 0.01, right.shape).astype(np.float32)
    chance = np.random.default_rng(0).normal(size=right.shape).astype(np.float32)
    run = make_run(store, shop)
    app = open_page("runs", view="Against ImageNet")
    assert f"python -m lib embed tiny --weights {run.id}" in app.code[-1].value
    trained = embed_with(store, shop, run.id, right if trained_is_right else chance)
    plain = embed_with(store, shop, "imagenet", chance if trained_is_right else right)
    app = open_page("runs", view="Against ImageNet")
    assert app.code[-1].value == f"python -m lib evaluate tiny --model {trained} --protocol test-vs-test"
    evaluate(store, "tiny", trained, protocol="test-vs-test", command="x")
    app = open_page("runs", view="Against ImageNet")
    assert app.code[-1].value == f"python -m lib evaluate tiny --model {plain} --protocol test-vs-test"
    evaluate(store, "tiny", plain, protocol="test-vs-test", command="x")
    app = open_page("runs", view="Against ImageNet")
    assert not app.exception
    assert f"Trained, it **{said}** than" in texts(app)
    shape = {metric.label: float(metric.delta) for metric in app.metric}
    assert (shape["Separation ratio"] > 0) == (shape["Silhouette"] > 0) == trained_is_right
    assert ("closer together, for how far" in texts(app).replace("no closer", "")) == trained_is_right
    n = shop.frame.loc[shop.frame["split"] == "test", "articleType"].nunique()
    assert f"**{n if trained_is_right else 0}** of {n} labels are found better" in texts(app)
    drawn = [json.loads(chart.proto.spec)["layout"]["title"]["text"] for chart in app.get("plotly_chart")]
    assert len(drawn) == 1
    assert ("gains most" if trained_is_right else "loses most") in drawn[0]


def test_one_run_is_described_and_can_be_taken_away(store: Store, shop: Catalog, open_page: Open) -> None:
    run = make_run(store, shop)
    app = open_page("runs", view="One run")
    numbers = {metric.label: metric.value for metric in app.metric}
    assert numbers["Epochs"] == "3 of 3"
    assert numbers["Trained on"] == "14"
    assert numbers["Dimensions"] == "512"
    assert run.command in [code.value for code in app.code]
    assert f"python -m lib embed tiny --weights {run.id}" in [code.value for code in app.code]
    assert [button.label for button in app.get("download_button")][1:] == [
        *("Model (.keras)", "Model card (.md)", "History (CSV)")
    ]
    assert "### " in texts(app)  # the card


def test_named_pictures_are_those_of_the_test_split_with_their_probability(
    store: Store, shop: Catalog, open_page: Open
) -> None:
    run = make_run(store, shop)
    embed_with(store, shop, run.id)
    app = open_page("runs", view="One run")
    assert not app.exception
    assert not app.error
    test_ids = set(shop.frame.loc[shop.frame["split"] == "test", "product_id"])
    (cards,) = grids(app)
    assert {card["id"] for card in cards} == test_ids
    first = sorted(shop.frame["articleType"].unique())[0]
    labels = shop.frame.set_index("product_id")["articleType"]
    for card in cards:
        assert card["title"] == labels[card["id"]]
        assert card["mark"] == ("✓" if labels[card["id"]] == first else "✗")
        said = [] if labels[card["id"]] == first else [f"called {first}"]
        assert card["chips"] == [*said, ">99%"]  # e^10 against e^0
    share = (labels[list(test_ids)] == first).mean()
    assert f"{share:.1%} of 6 test pictures" in texts(app).replace("\\", "")
    app.segmented_control(key="pictures").set_value("Surest mistakes").run()
    (wrong,) = grids(app)
    assert {card["mark"] for card in wrong} == {"✗"}


def test_a_damaged_model_is_named_with_its_mend(store: Store, shop: Catalog, open_page: Open) -> None:
    folder = store.result_folder("tiny", "run", make_run(store, shop).id)
    (folder / "model.json").write_text("{}")
    app = open_page("runs", view="One run")
    assert not app.exception
    assert "model.json" in app.error[0].value.replace("\\", "")


def test_an_edited_manifest_takes_nothing_else_down(store: Store, shop: Catalog, open_page: Open) -> None:
    make_run(store, shop)
    path = store.result_folder("tiny", "run", make_run(store, shop, SECOND).id) / "manifest.json"
    path.write_text(path.read_text().replace('"best_epoch": 4', '"best_epoch": "x"'))
    app = open_page("runs")
    assert not app.exception
    assert len(frame(app)) == 1
    assert "best_epoch" in app.error[0].value.replace("\\", "")


def test_a_card_shows_no_link_and_no_picture_of_its_own() -> None:
    named = "![x](http://evil.example/a.png) [y](//evil.example) <b> $a$ :red[b]"
    text = f"---\nlibrary_name: keras\n---\n# A model\n\n{named}"
    shown = harmless(body_of(text))
    assert shown.startswith("### A model")
    assert "library_name" not in shown
    assert "](" not in shown
    assert "//evil" not in shown
    assert "\\<b>" in shown


def test_the_leaderboard_says_which_models_have_learnt_the_pictures_that_ask(store: Store, open_page: Open) -> None:
    shop = make_catalog(store, n=90)
    vectors = np.random.default_rng(0).normal(size=(90, 512)).astype(np.float32)
    learnt = {"train": 14, "test": 2}
    models = [
        embed_with(store, shop, make_run(store, shop).id, vectors, seen=learnt),
        embed_with(store, shop, "imagenet", vectors),
    ]
    for model in models:
        for protocol in ("all", "test-vs-test"):
            evaluate(store, "tiny", model, protocol=protocol, command="x")
    said = "Trained on pictures that ask here"
    app = open_page("benchmark", protocol="all")
    assert not app.exception
    assert said in texts(app)
    assert "16 pictures" in texts(app)
    assert "asks only the test split" in texts(app)
    app = open_page("benchmark", protocol="test-vs-test")
    assert "2 pictures" in texts(app)  # of another catalogue's split, say
    assert "asks only the test split" not in texts(app)


@pytest.mark.parametrize("address", [{"view": ""}, {"view": "Scores", "split": ""}, {"view": "nothing"}])
def test_an_empty_address_chooses_what_comes_first(
    store: Store, shop: Catalog, open_page: Open, address: dict[str, str]
) -> None:
    make_run(store, shop)
    app = open_page("runs", **address)
    assert not app.exception
    assert not app.error
    assert "no pictures in that split" not in texts(app)


def test_a_run_is_deleted_after_saying_what_goes_and_what_stays(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    first, second = make_run(store, shop), make_run(store, shop, SECOND)
    embed_with(store, shop, first.id)
    app = open_page("runs", view="One run", run=first.id)
    said = texts(app)
    assert "**Gone for good:** 1 model with weights, history and card, 0." in said
    assert "**Stays:** 1 embedding made with it" in said
    assert "Uploaded pictures cannot search there any more" in said
    app.button(key=f"delete-one-{first.id}").click().run()
    assert not app.exception
    assert not app.warning
    assert [run.id for run in finished_runs(store, "tiny")] == [second.id]
    assert app.selectbox(key="run").value == second.id
    assert "Deleted: " in app.toast[0].value
    assert frame(app)["Id"].tolist() == [second.id]


def test_several_runs_are_deleted_at_once_and_one_that_runs_is_not_offered(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    first, second = make_run(store, shop), make_run(store, shop, SECOND)
    running = make_unfinished(store, shop)
    stopped = make_unfinished(store, shop, TrainingRequest("triplet"), state=CANCELLED)
    app = open_page("runs", runs=[first.id, second.id])
    assert "delete-several" not in {button.key for button in app.button}
    choice = app.multiselect(key="delete_runs")
    assert len(choice.options) == 3
    choice.set_value([first.id, stopped.id]).run()
    assert "1 model with weights, history and card and what 1 stopped run would go on from" in texts(app)
    app.button(key="delete-several").click().run()
    assert not app.exception
    assert not app.warning
    assert frame(app)["Id"].tolist() == [running.id, second.id]
    assert app.multiselect(key="runs").value == [second.id]
    assert app.multiselect(key="delete_runs").value == []


def test_a_run_that_a_job_asks_for_is_not_deleted(store: Store, shop: Catalog, open_page: Open, allowed: None) -> None:
    run = make_run(store, shop)
    submit(store, ["embed", "tiny", "--weights", run.id], title="Embed tiny", catalog="tiny")
    app = open_page("runs", view="One run")
    assert "**Embed tiny** asks for it" in texts(app)
    assert f"delete-one-{run.id}" not in {button.key for button in app.button}


def test_nothing_is_deleted_where_the_dashboard_only_shows(
    store: Store, shop: Catalog, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_ALLOW_TRAINING", "0")
    run = make_run(store, shop)
    app = open_page("runs", view="One run")
    assert f"delete-one-{run.id}" not in {button.key for button in app.button}
    assert "delete_runs" not in {choice.key for choice in app.multiselect}


def test_a_job_that_a_notice_offers_names_the_run_and_the_model(
    store: Store, shop: Catalog, open_page: Open, allowed: None
) -> None:
    run = make_run(store, shop)
    app = open_page("runs", view="One run")
    next(button for button in app.button if button.label == "Run it now").click().run()
    assert jobs(store)[0].title == "Embed tiny: Classify, all layers · MobileNetV2 · 96 px"
    model = embed_with(store, shop, run.id)
    app = open_page("benchmark")
    words = ("evaluate", "tiny", "--model", model)
    title = "Evaluate tiny: Classify, all layers · MobileNetV2 · 96 px"
    app = open_page("runs", view="Against ImageNet")
    next(button for button in app.button if button.label == "Run it now").click().run()
    (job,) = [job for job in jobs(store) if job.words[:4] == words]
    assert job.title == title


def test_a_run_has_one_name_on_every_page(store: Store, open_page: Open) -> None:
    shop = make_catalog(store, n=90)
    first, second = make_run(store, shop), make_run(store, shop, SECOND)
    make_unfinished(store, shop, TrainingRequest("classify", given={"epochs": "9", "size": "96"}), state=CANCELLED)
    app = open_page("runs")
    table = frame(app).set_index("Id")["Run"]
    name = table[first.id]
    assert name == "Classify, all layers · MobileNetV2 · 96 px · seed 0, epochs 3"
    vectors = np.random.default_rng(0).normal(size=(90, 512)).astype(np.float32)
    model = embed_with(store, shop, first.id, vectors)
    evaluate(store, "tiny", model, protocol="test-vs-test", command="x")
    for page, key in (("search", "model"), ("threshold", "model")):
        choice = open_page(page).selectbox(key=key)
        assert choice.options == [name], page
        assert f"`{first.id}`" in choice.help, page
    compare = open_page("compare", product=shop.ids[0]).multiselect(key="models")
    assert compare.options == [name]
    assert f"`{first.id}`" in compare.help
    rows = frame(open_page("benchmark", protocol="test-vs-test"))
    assert (rows["Row"][0], rows["model"][0]) == (f"{name} · Cosine", model)
    assert frame(open_page("overview"))["model"].tolist() == [name]
    start = open_page("training", recipe="classify").selectbox(key="set-start")
    assert start.options[-2:] == [table[second.id], name]


def test_a_run_that_does_not_say_what_it_was_asked_for_is_not_compared(
    store: Store, shop: Catalog, open_page: Open
) -> None:
    run = make_run(store, shop)
    live = make_unfinished(store, shop, state=CANCELLED)
    (live.folder / "request.json").write_text("{")
    app = open_page("runs", view="Parameters")
    assert not app.exception
    assert app.multiselect(key="runs").value == [run.id]
    row = frame(app).set_index("Id").loc[live.id]
    assert row["State"] == "damaged"
    assert " of " not in row["Epochs"]
