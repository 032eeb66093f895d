"""The report: one file that needs nothing else, whatever a catalogue's texts try, and where its numbers are from."""

import json
import math
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.cli import main
from lib.errors import MissingArtifact, SearchError
from lib.published import publish_results, read_published
from lib.report import Provenance, catalog_report, leaderboard_report
from lib.report.intervals import Scale, axis_svg, interval_svg
from lib.report.wording import metric_title
from lib.retrieval.evaluate import evaluate
from lib.retrieval.experiments import write_record
from lib.retrieval.leaderboard import leaderboard
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures

NASTY = '</td><script>alert(1)</script><img src="https://evil.example/x" onerror=alert(1)>\'"&'
#: Elements that a report may hold; none of them loads or runs anything.
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "strong", "div", "span", "code"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"),
    *("svg", "line", "path", "circle", "text"),
}


class Page(HTMLParser):
    """Elements, attributes and text of a page; fails where elements are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def rows(**changes: object) -> pd.DataFrame:
    """Two made-up rows of a leaderboard."""
    table = pd.DataFrame(
        {
            "evaluation": ["e1", "e2"],
            "model": ["m1", "m2"],
            "title": ["First", "Second"],
            "variant": ["", "l2+pca=64"],
            "metric": ["cosine", "euclidean"],
            "label": "type",
            "protocol": "all",
            "n_queries": [100, 40],
            "n_sampled_from": 100,
            "n_gallery": 101,
            "n_left_out": 1,
            "self_counted": False,
            "stale": False,
            "command": "python -m lib evaluate shop --model /home/someone/m.h5",
            "created_at": "2026-11-21T12:09:24+00:00",
            "seed": 0,
            "map_at_r": [0.25, 0.5],
            "map_at_r_low": [0.2, 0.45],
            "map_at_r_high": [0.3, 0.55],
            "macro_map_at_r": [0.2, 0.4],
            "dim": [1280.0, 64.0],
            "bytes_per_item": [math.nan, 256.0],
            "ms_per_query": math.nan,
            "images_per_second": math.nan,
            "index_recall": [math.nan, 0.98],
            "standing": ["", "best"],
        }
    )
    return table.assign(**changes)


SHOP = Provenance("shop", "A shop", synthetic=False, facts=(("Pictures", "101"),))


def test_rows_are_sorted_drawn_and_marked() -> None:
    page = Page(leaderboard_report(rows(), metric="map_at_r", provenance=SHOP))
    assert page.text.index("Second") < page.text.index("First")
    for said in ("MAP@R", "0.500", "0.450 to 0.550", "length 1 first, PCA 64", "finds 0.980 of the ten", "1,280"):
        assert said in page.text
    assert "40 to 100 queries against 101 pictures. 1 query is left out: no other picture has its type." in page.text
    assert "Best: Second, Euclidean, length 1 first, PCA 64, with MAP@R 0.500" in page.text
    labels = [attributes.get("aria-label") for tag, attributes in page.elements if tag == "svg"]
    assert labels == [
        "Scale",
        "0.5000, 95 % interval from 0.4500 to 0.5500",
        "0.2500, 95 % interval from 0.2000 to 0.3000",
    ]
    assert "python -m lib evaluate shop --model m.h5" in page.text
    assert "someone" not in page.text
    assert "ms a query" not in page.text


def test_the_file_needs_nothing_else() -> None:
    html = leaderboard_report(rows(), metric="map_at_r", provenance=SHOP)
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    names = {name for _, attributes in page.elements for name in attributes}
    assert names.isdisjoint({"src", "href", "style", "srcset", "action"})
    assert not any(name.startswith("on") for name in names)
    assert "url(" not in html
    assert "@import" not in html
    assert re.findall(r"https?:", html) == []
    assert "default-src 'none'" in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_no_text_of_a_catalogue_can_do_anything() -> None:
    texts = ("title", "label", "evaluation", "command", "created_at", "metric", "variant", "protocol")
    hostile = rows(**dict.fromkeys(texts, NASTY))
    lacking = pd.DataFrame([dict.fromkeys(("experiment", "kind", "asked", "status", "reason"), NASTY)])
    nasty = Provenance(NASTY, NASTY, synthetic=True, facts=((NASTY, NASTY),))
    page = Page(
        leaderboard_report(hostile, metric="map_at_r", provenance=nasty, unavailable=lacking, command=f"python {NASTY}")
    )
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert page.text.count("<script>alert(1)") > 10


def test_made_up_data_is_said_first() -> None:
    made_up = Provenance("sample", "The sample", synthetic=True)
    text = Page(leaderboard_report(rows(), metric="map_at_r", provenance=made_up)).text
    assert text.index("Made-up sample data") < text.index("How to read it")
    assert "Made-up sample data" not in Page(leaderboard_report(rows(), metric="map_at_r", provenance=SHOP)).text


def test_questions_are_never_mixed_in_one_table() -> None:
    page = Page(leaderboard_report(rows(protocol=["as-s2", "all"]), metric="map_at_r", provenance=SHOP))
    assert page.text.index("All against all, by type") < page.text.index("As S2 measured")
    assert [tag for tag, _ in page.elements].count("svg") == 4


def test_what_is_not_defined_or_stale_is_said_so() -> None:
    blank = rows(map_at_r=[math.nan, 0.5], map_at_r_low=math.nan, map_at_r_high=math.nan, stale=[False, True])
    page = Page(leaderboard_report(blank.drop(columns="standing"), metric="map_at_r", provenance=SHOP))
    assert "stale: its inputs have changed" in page.text
    assert "–" in page.text
    assert "Best:" not in page.text
    labels = [attributes.get("aria-label") for tag, attributes in page.elements if tag == "svg"]
    assert labels[1:] == ["0.5000", "not defined"]


def test_nothing_to_report_is_one_line() -> None:
    with pytest.raises(SearchError, match=r"nothing to report by 'map'.*There are: map_at_r"):
        leaderboard_report(rows(), metric="map", provenance=SHOP)
    with pytest.raises(SearchError, match="nothing to report"):
        leaderboard_report(rows().iloc[:0], metric="map_at_r", provenance=SHOP)


@pytest.mark.parametrize(
    "values", [[0.3, 0.31], [0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [5.0], [], [math.nan], [1e-9, 2e-9], [-3.0, 4e6]]
)
def test_a_scale_holds_every_value_and_has_round_ticks(values: list[float]) -> None:
    scale = Scale.of(values)
    assert 2 <= len(scale.ticks) <= 8
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)
    for value in values:
        if math.isfinite(value):
            assert 8 <= scale.x(value) <= 232
            assert "<circle" in interval_svg(scale, value, math.nan, math.nan)
    assert axis_svg(scale).count("<text") == len(scale.ticks)
    assert "<path" not in interval_svg(scale, 1.0, math.nan, math.nan)


def test_metrics_have_the_names_of_the_screen() -> None:
    names = [metric_title(name) for name in ("ndcg@10", "same_colour@10", "hubness_skewness", "precision@5")]
    assert "same_colour@10" not in names
    assert names[0] == "nDCG@10"


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Artifacts with four evaluations and an experiment, made once."""
    made = Store(tmp_path_factory.mktemp("report") / "artifacts")
    make_embedding(made, make_catalog(made))
    for options in ({}, {"metric": "euclidean"}, {"protocol": "as-s2"}, {"label": "gender"}):
        evaluate(made, "tiny", "toy", command="python -m lib evaluate tiny --model toy", **options)
    stage = {"name": "", "kind": "embedding", "asked": "vgg16", "id": "", "status": "unavailable", "passed_on": False}
    stages = [stage | {"reason": "Put vgg16.h5 into /home/someone/.keras/models."}]
    write_record(made, "tiny", "s2", stages, details={"title": "S2's"}, command="python -m lib build s2.toml")
    return made.root


@pytest.fixture
def tiny(store: Store, evaluated: Path) -> str:
    shutil.copytree(evaluated, store.root)
    return "tiny"


def test_a_catalogue_is_reported_with_its_provenance(store: Store, tiny: str) -> None:
    html, n = catalog_report(store, tiny)
    page = Page(html)
    assert n == 3
    assert "All against all, by articleType" in page.text
    assert "As S2 measured" in page.text
    assert "by gender" not in page.text
    assert "Put vgg16.h5 into models." in page.text
    assert "SHA-256 of the pictures" in page.text
    assert "numpy " in page.text
    for evaluation in leaderboard(store, tiny).query("label == 'articleType'")["evaluation"]:
        assert evaluation in page.text
    assert catalog_report(store, tiny, label="gender")[1] == 1
    assert catalog_report(store, tiny, protocol="all", metric="recall@1")[1] == 2


def test_published_results_can_be_reported(store: Store, tiny: str, tmp_path: Path) -> None:
    publish_results(store, [tiny], tmp_path, command="python -m lib publish tiny")
    (found,) = read_published(tmp_path)
    provenance = Provenance.of_published(found)
    page = Page(
        leaderboard_report(found.leaderboard, metric="map_at_r", provenance=provenance, unavailable=found.unavailable)
    )
    assert "A tiny catalogue" in page.text
    assert "by gender" in page.text
    assert "Put vgg16.h5 into models." in page.text


def test_stale_rows_are_shown_without_a_standing(store: Store, tiny: str) -> None:
    replace_pictures(store, load_catalog(store, tiny), {0: encoded(picture(99))})
    page = Page(catalog_report(store, tiny)[0])
    assert page.text.count("stale: its inputs have changed") == 3
    assert "Best:" not in page.text


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"label": "price"}, MissingArtifact, "no evaluation by 'price'"),
        ({"protocol": "test-vs-test"}, MissingArtifact, "protocol test-vs-test"),
        ({"metric": "luck"}, SearchError, "luck"),
    ],
)
def test_what_is_not_there_is_one_line(store: Store, tiny: str, options: dict, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        catalog_report(store, tiny, **options)


def test_models_alone_leave_variants_out_and_say_how_many(store: Store, tiny: str, tmp_path: Path) -> None:
    model = store.manifests(tiny, "embedding")[0].id
    evaluate(store, tiny, model, variant="pca=2", command="x")
    html, n = catalog_report(store, tiny, protocol="all", which="models")
    every, n_every = catalog_report(store, tiny, protocol="all")
    assert n == n_every - 1
    assert f"Variants and samples are left out: 1 of {n_every} evaluations" in Page(html).text
    assert "PCA 2" not in html
    assert "PCA 2" in every
    assert "left out: 1" not in every
    with pytest.raises(ValueError, match=r"Expected which to be one of .* Received: which='some'"):
        catalog_report(store, tiny, which="some")
    out = tmp_path / "models.html"
    assert main(["report", tiny, "--rows", "models", "--out", str(out)]) == 0
    assert "python -m lib report tiny --out models.html --rows models" in Page(out.read_text()).text


def test_the_command_writes_one_file(store: Store, tiny: str, tmp_path: Path, capsys) -> None:
    out = tmp_path / "report.html"
    capsys.readouterr()
    assert main(["report", tiny, "--out", str(out), "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert (values["n"], values["bytes"]) == (3, out.stat().st_size)
    text = Page(out.read_text()).text
    assert "python -m lib report tiny --out report.html" in text
    assert str(tmp_path) not in text
    assert main(["report", tiny, "--out", str(out)]) == 0
    assert "3 evaluations" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["folder", "pipe", "absent/deep/x.html"])
def test_a_place_that_takes_no_file_is_one_line(store: Store, tiny: str, tmp_path: Path, capsys, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert main(["report", tiny, "--out", str(tmp_path / name)]) == 1
    assert capsys.readouterr().err.count("error: ") == 1
