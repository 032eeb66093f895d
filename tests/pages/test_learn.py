"""The Learn page: every topic opens, and its example computes what one gets by hand."""

import ast
from math import log2

import pytest
from streamlit.testing.v1 import AppTest

from app import PAGES
from lib.artifacts import Store
from lib.definitions import DEFINITIONS, GROUPS
from pages._learn_topics import EXAMPLES, on_own_data
from tests.pages.conftest import APP, Open, texts


@pytest.fixture
def learn(open_page: Open):
    """Open a topic, with what else the address says."""

    def opened(topic: str, **address: str) -> AppTest:
        app = open_page("learn", topic=topic, **address)
        assert not app.exception
        assert not app.error
        return app

    return opened


def numbers(app: AppTest) -> dict[str, str]:
    return {metric.label.removesuffix(" ←"): metric.value for metric in app.metric}


def sums(app: AppTest) -> list[str]:
    return [element.value.strip("$\n ") for element in app.latex]


def pills(app: AppTest, key: str, values: list[object]) -> AppTest:
    return app.button_group(key=key).set_value(values).run()


def slide(app: AppTest, **values: float) -> AppTest:
    """Move sliders; two underscores stand for the dot of a key."""
    for name, value in values.items():
        app.slider(key=name.replace("__", ".")).set_value(value)
    app.run()
    assert not app.exception
    return app


def test_every_topic_opens_with_its_equation_and_an_example(open_page: Open) -> None:
    app = open_page("learn")
    for key, found in DEFINITIONS.items():
        app.query_params["topic"] = key
        app.run()
        assert not app.exception, key
        assert not app.error, key
        assert [header.value for header in app.header] == [found.name]
        assert found.meaning in texts(app)
        assert len(app.latex) >= len(found.equation.split(r"\qquad")) - (not found.equation)
        assert [button.label for button in app.button] == ["Reset"]
        assert app.button[0].disabled
        assert app.selectbox(key="topic").value == key


def test_every_topic_has_an_example() -> None:
    assert set(EXAMPLES) == set(DEFINITIONS)


def test_without_a_topic_all_are_listed_by_group(open_page: Open) -> None:
    app = open_page("learn")
    assert {header.value for header in app.subheader} == set(GROUPS)
    assert len(app.get("page_link")) == len(DEFINITIONS)


def test_an_unknown_topic_is_said_and_all_are_listed(open_page: Open) -> None:
    app = open_page("learn", topic="[luck](http://x)")
    assert not app.exception
    assert "There is no topic" in app.warning[0].value
    assert "](" not in app.warning[0].value
    assert len(app.get("page_link")) == len(DEFINITIONS)


def test_a_metric_with_its_k_leads_to_its_topic(learn) -> None:
    assert learn("recall@5").header[0].value == "Recall@K"
    assert learn("same_gender@10").header[0].value == "Same gender, same colour@10"


def test_the_link_to_ones_own_numbers_leads_to_a_page_and_a_section_that_exist(tiny: Store, learn) -> None:
    known = {path for group in PAGES.values() for path, _, _ in group}
    for found in DEFINITIONS.values():
        page, label, query = on_own_data(found)
        assert page in known
        assert label
        constants = {
            node.value
            for node in ast.walk(ast.parse((APP.parent / page).read_text()))
            if isinstance(node, ast.Constant)
        }
        assert {query[name] for name in ("view", "section") if name in query} <= constants
    assert "catalog" in learn("map").query_params


def test_a_ranking_by_hand(learn) -> None:
    app = learn("map")
    # ranks 1, 3, 4, 8 and the last two of 1,000
    assert numbers(app)["Average precision"] == f"{(1 / 1 + 2 / 3 + 3 / 4 + 4 / 8 + 5 / 999 + 6 / 1000) / 6:.4g}"
    app.number_input(key="ranks.more").set_value(0)
    pills(app, "ranks.at", [2, 4])
    assert numbers(app)["Average precision"] == "0.5"
    assert r"\frac{1}{2} \left( \tfrac{1}{2} + \tfrac{2}{4} \right)" in sums(app)
    others = app.caption[-1].value
    for said in ("Recall@5 **1.000**", "Precision@5 **0.400**", "MAP@R **0.250**", "R-precision **0.500**"):
        assert said in others
    assert "Reciprocal rank **0.500**" in others
    assert "Right before the first wrong **0.000**" in others


def test_k_is_changed_and_reset(learn) -> None:
    app = learn("precision")
    assert numbers(app) == {"Precision@5": "0.6"}
    app.select_slider(key="ranks.k").set_value(1).run()
    assert numbers(app) == {"Precision@1": "1"}
    app.button[0].click().run()
    assert numbers(app) == {"Precision@5": "0.6"}
    assert app.button[0].disabled


def test_a_query_without_anything_relevant_is_left_out(learn) -> None:
    app = learn("mrr")
    app.number_input(key="ranks.more").set_value(0)
    pills(app, "ranks.at", [])
    assert "left out" in app.info[0].value
    assert not app.metric


def test_graded_results_by_hand(learn) -> None:
    app = learn("ndcg")
    for key, value in (("s3", 0), ("s2", 0)):
        app.number_input(key=f"graded.{key}").set_value(value)
    for key, value in (("g3", [2]), ("g2", []), ("g1", [1])):
        app.button_group(key=f"graded.{key}").set_value(value)
    app.run()
    assert numbers(app)["nDCG@10"] == f"{(1 / 1 + 3 / log2(3)) / (3 / 1 + 1 / log2(3)):.4g}"


def test_shared_values_by_hand(learn) -> None:
    app = learn("same_attribute")
    pills(app, "same_value.same", [1, 2, 3])
    assert numbers(app) == {"Same colour@10": "0.3"}
    pills(app, "same_value.none", [3, 10])  # an item without a colour does not have the query's
    assert numbers(app) == {"Same colour@10": "0.2"}


def test_two_vectors_by_hand(learn) -> None:
    app = slide(learn("cosine"), two_vectors__x1=3, two_vectors__x2=0, two_vectors__y1=0, two_vectors__y2=4)
    assert numbers(app) == {"Cosine": "1", "Euclidean": "5", "Manhattan": "7"}
    app = slide(learn("score"), two_vectors__x1=3, two_vectors__x2=0, two_vectors__y1=0, two_vectors__y2=4)
    assert numbers(app) == {"Cosine score": "0", "Euclidean score": "-5", "Manhattan score": "-7"}
    app = slide(learn("l2"), two_vectors__x1=3, two_vectors__x2=0, two_vectors__y1=0, two_vectors__y2=4)
    assert numbers(app)["Euclidean"] == f"{2**0.5:.4g}"


def test_an_address_holds_what_was_changed(learn) -> None:
    app = learn("manhattan", **{"two_vectors.x1": "-5.0", "two_vectors.y1": "5.0"})
    assert numbers(app)["Manhattan"] == "12"
    assert not app.button[0].disabled


def test_codes_by_hand(learn) -> None:
    app = learn("hamming")
    app.button_group(key="codes.a").set_value([1, 2])
    pills(app, "codes.b", [2, 3, 4])
    assert numbers(app)["Hamming distance"] == "3 bits"
    assert numbers(app)["Euclidean"] == f"{3**0.5:.4g}"


def test_a_gallery_that_is_emptied_says_so(learn) -> None:
    app = learn("gallery")
    assert len(app.dataframe[0].value) == 10
    pills(app, "things.in", ["bag"])
    assert app.dataframe[0].value["name"].tolist() == ["bag 3", "bag 1", "bag 2"]
    assert "nothing to compare" in pills(app, "things.in", []).info[0].value


def test_r_counts_what_has_the_querys_label(learn) -> None:
    app = learn("relevant")
    assert "R = **4**" in texts(app)
    app.button_group(key="things.by").set_value("colour").run()
    app.button_group(key="things.is-colour").set_value("white").run()
    assert "R = **3**" in texts(app)
    assert int(app.dataframe[0].value["relevant"].sum()) == 3


def test_labels_that_part_have_better_numbers(learn) -> None:
    near, far = (numbers(slide(learn("silhouette"), clouds__angle=angle)) for angle in (20, 120))
    assert float(far["Silhouette"]) > float(near["Silhouette"])
    assert far["Within"] == near["Within"], "turning a cloud leaves its inner distances"
    assert float(far["Ratio"]) == pytest.approx(float(far["Between"]) / float(far["Within"]), rel=0.01)


def test_hubs_come_with_dimensions(learn) -> None:
    app = learn("hubness_skewness")
    app.select_slider(key="hubs.dim").set_value(2).run()
    few = numbers(app)
    app.select_slider(key="hubs.dim").set_value(200).run()
    many = numbers(app)
    assert float(few["Skewness"]) < 0.6 < 2 < float(many["Skewness"])
    assert int(few["Never found"].split()[0]) < int(many["Never found"].split()[0])


def test_an_interval_without_doubt_has_no_width(learn) -> None:
    app = pills(learn("interval"), "interval.right", list(range(1, 13)))
    assert numbers(app) == {"Recall@1": "1.000", "95 % interval": "1.000 to 1.000", "Width": "0.000", "Queries": "12"}
    app = pills(learn("interval"), "interval.right", [1, 2, 3])
    first = float(numbers(app)["Width"])
    app.select_slider(key="interval.times").set_value(50).run()
    assert numbers(app)["Queries"] == "600"
    assert float(numbers(app)["Width"]) == pytest.approx(first / 50**0.5, rel=0.2)


def test_two_models_that_answer_alike_show_no_difference(learn) -> None:
    assert numbers(learn("difference"))["Difference"] == f"{2 / 12:+.3f}"
    app = pills(learn("difference"), "difference.b", list(range(1, 10)))
    assert numbers(app)["Query by query"] == "No difference shown"
    assert numbers(app)["Difference"] == "+0.000"


def test_micro_and_macro_by_hand(learn) -> None:
    app = slide(learn("macro"), macro__n0=40, macro__p0=100, macro__n1=10, macro__p1=50, macro__n2=10, macro__p2=0)
    assert numbers(app) == {"Micro": "0.7500", "Macro": "0.5000"}
    assert r"\mathrm{micro} = \frac{40 + 5 + 0}{40 + 10 + 10}" in sums(app)


def test_two_labels_have_no_interval_of_a_whole_gallery(learn) -> None:
    app = learn("jackknife")
    assert " to " in numbers(app)["95 % interval"]
    assert numbers(slide(app, left_out__labels=2))["95 % interval"] == "none"


def protocol_table(app: AppTest) -> dict[str, dict[str, float]]:
    table = app.dataframe[0].value
    return {row["Protocol"].removesuffix(" ←"): row for row in table.to_dict("records")}


def test_what_counts_itself_finds_itself_first(learn) -> None:
    app = learn("as-s2")
    table = protocol_table(app)
    assert table["as-s2"]["Recall@1"] == 1.0
    assert table["all"]["Recall@1"] < 1.0
    assert [table[name]["Queries"] for name in ("all", "test-vs-all", "test-vs-test", "unseen-labels")] == [16, 8, 8, 8]
    assert [table[name]["Gallery"] for name in ("all", "test-vs-all", "test-vs-test", "unseen-labels")] == [
        16,
        16,
        8,
        8,
    ]
    assert "D4 finds: **D4** (itself)" in texts(app)
    assert "itself" not in texts(learn("all")).split("D4 finds")[1].splitlines()[0]


def test_a_protocol_that_does_not_apply_says_why(learn) -> None:
    app = pills(learn("unseen-labels"), "protocols.seen", [])
    assert "was not trained on kind" in app.info[0].value.replace("\\", "")
    assert not app.exception


def test_copies_flatter(learn) -> None:
    plain = numbers(slide(learn("near_duplicates"), copies__copies=0))
    assert plain["Recall@1, as it is"] == plain["Recall@1, copies taken out"]
    copied = numbers(slide(learn("near_duplicates"), copies__copies=16))
    assert copied["Recall@1, as it is"] == "1.000"
    assert copied["Recall@1, copies taken out"] == plain["Recall@1, as it is"]


def test_a_model_is_foreign_once_its_axes_turn(learn) -> None:
    app = slide(learn("asked-by"), foreign__turn=0)
    assert numbers(app)["Recall@1, the other model's"] == numbers(app)["Recall@1, own queries"]
    app = slide(app, foreign__turn=90)
    assert float(numbers(app)["Recall@1, the other model's"]) < float(numbers(app)["Recall@1, own queries"])


def test_the_longer_a_cloud_the_more_its_first_axis_keeps(learn) -> None:
    shares = []
    for ratio in (2, 10):
        app = slide(learn("whiten"), components__long=ratio)
        shares.append(float(numbers(app)["Variance on the first axis"].rstrip("%")))
        assert numbers(app)["Standard deviations, whitened"] == "1 and 1"
    assert shares[0] < shares[1]


def test_fewer_bytes_lose_more(learn) -> None:
    app, errors = learn("pq"), []
    for storage, n_bytes in (("float16", "32"), ("int8", "16"), ("pq=4", "4"), ("pq=1", "1")):
        app.select_slider(key="stored.pq").set_value(storage).run()
        assert numbers(app)["Bytes an item"] == n_bytes
        errors.append(float(numbers(app)["Error"]))
    assert errors == sorted(errors)


def test_an_index_that_looks_everywhere_misses_nothing(learn) -> None:
    app = learn("ivf")
    assert float(numbers(app)["Recall@10 of the index"]) < 0.9
    app.select_slider(key="approximate.ivf").set_value(51).run()
    assert numbers(app)["Recall@10 of the index"] == "1.000"
    assert numbers(app)["Of the gallery compared, about"] == "100%"


def test_what_an_index_misses_by_hand(learn) -> None:
    app = learn("index_recall")
    assert numbers(app) == {"Recall of the index": "0.700"}
    assert numbers(pills(app, "two_lists.missed", [])) == {"Recall of the index": "1.000"}
    app = pills(learn("overlap"), "two_lists.missed", [1])
    app.select_slider(key="two_lists.k").set_value(1).run()
    assert numbers(app) == {"Overlap": "0.000"}


def test_a_threshold_that_takes_all_finds_all(learn) -> None:
    app = slide(learn("threshold"), threshold__at=6.0, threshold__width=0.2)
    assert numbers(app)["Recall"] == "1.000"
    # all 79 others are shown, 19 of them right
    assert numbers(app)["Precision"] == f"{19 / 79:.3f}"
    assert numbers(app)["Results a query"] == "79.0"


def test_the_front_by_hand(learn) -> None:
    app = slide(learn("pareto"), pareto__cost=1.0, pareto__score=0.9)
    assert "Yours is on the front." in texts(app)
    assert "On the front: yours." in texts(app)
    app = slide(app, pareto__cost=8.0, pareto__score=0.7)
    assert "As cheap and as good, or better: medium, wide." in texts(app)


def test_bytes_by_hand(learn) -> None:
    app = learn("cost")
    for storage, n_bytes in (("float32", "5,120"), ("float16", "2,560"), ("int8", "1,280"), ("pq", "80")):
        app.button_group(key="cost.stored").set_value(storage).run()
        assert numbers(app)["A vector takes"] == f"{n_bytes} bytes"
    assert numbers(app)["100,000 of them"] == "0.008 GB"


def test_even_labels_are_worth_as_many_as_there_are(learn) -> None:
    app = slide(learn("effective_labels"), **{f"labels__n{i}": 10 for i in range(6)})
    assert numbers(app)["Worth"] == "6.00 equal labels"
    assert numbers(app)["Hold half of all"] == "3"
    assert numbers(app)["Below 10 pictures"] == "0"


def test_products_that_share_a_picture_share_a_split(learn) -> None:
    app = learn("split")
    app.toggle(key="split.same").set_value(True).run()
    assert app.dataframe[0].value["Split"].iloc[:2].nunique() == 1


def test_fits_by_hand(learn) -> None:
    app = slide(learn("pad"), fits__w=200, fits__h=100)
    assert numbers(app) == {"Filled up, with pad": "50%", "Stretched, with resize": "0.5 times"}
    assert "224 × 112" in texts(app)


def test_a_darker_or_blurred_picture_measures_less(learn) -> None:
    first = numbers(learn("sharpness"))
    app = slide(learn("sharpness"), measured__grey=0, measured__blur=3.0)
    assert float(numbers(app)["Brightness"]) < float(first["Brightness"])
    assert float(numbers(app)["Sharpness"]) < float(first["Sharpness"].replace(",", "")) / 10


def test_a_mirrored_picture_is_no_near_duplicate_and_a_darkened_one_is(learn) -> None:
    app = learn("disturbed")
    for name, verdict in (("mirrored", "no"), ("darkened", "yes")):
        app.button_group(key="disturbed.as").set_value(name).run()
        assert numbers(app)["Still a near-duplicate"] == verdict
