"""The commands as a user types them: what ``--json`` prints, and what a mistake is answered with."""

import os
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog import load_catalog
from tests.commands.conftest import Run
from tests.factories import encoded, picture


def test_import_prints_the_fixed_fields_and_reuses_a_current_catalogue(run: Run, shop: Path) -> None:
    (shop / "Red" / "broken.png").write_bytes(b"\x89PNG not really")
    first = run("import", "folder", "--path", shop, "--name", "shop", "--json")
    again = run("import", "folder", "--path", shop, "--name", "shop", "--json")

    assert first.status == again.status == 0
    assert first.json["name"] == "shop"
    assert first.json["n"] == 24
    assert first.json["n_skipped"] == sum(first.json["skipped"].values()) == 1
    assert first.json["n_reused"] == 0
    assert again.json == first.json | {"n_reused": 24}


def test_embed_prints_the_fixed_fields_and_returns_at_once_the_second_time(run: Run, imported: Path) -> None:
    first = run("embed", "shop", "--backbone", "color_hog", "--json").json
    again = run("embed", "shop", "--backbone", "color_hog", "--json").json

    assert {"id", "n", "dim", "n_skipped", "n_reused", "precision", "images_per_second"} <= first.keys()
    assert (first["n"], first["n_skipped"], first["n_reused"], first["precision"]) == (24, 0, 0, "f32")
    assert first["images_per_second"] > 0
    assert (again["id"], again["n_reused"]) == (first["id"], 24)


def test_search_by_a_catalogue_picture_finds_that_picture_first(run: Run, imported: Path, model: str) -> None:
    path = imported / "Blue" / "blue3.png"
    values = run("search", "shop", path, "--model", model, "--k", 5, "--json").json

    assert {"model", "metric", "took_ms", "results"} <= values.keys()
    assert (values["model"], values["metric"]) == (model, "cosine")
    assert [row["rank"] for row in values["results"]] == [1, 2, 3, 4, 5]
    assert values["results"][0]["score"] >= 0.999
    assert "blue3" in values["results"][0]["product_id"]
    assert {"rank", "product_id", "score", "distance", "label"} <= values["results"][0].keys()


def test_search_by_product_leaves_the_product_out_and_filters_before_ranking(
    run: Run, store: Store, model: str
) -> None:
    product = load_catalog(store, "shop").ids[0]
    words = ["search", "shop", "--product", product, "--model", model, "--k", 24, "--json"]
    everything = run(*words).json
    red = run(*words, "--where", "label=Red").json

    assert len(everything["results"]) == 23
    assert product not in [row["product_id"] for row in everything["results"]]
    assert {row["label"] for row in red["results"]} == {"Red"}
    assert red["n_allowed"] == len(red["results"]) <= 6


def test_export_and_import_embedding_carry_the_vectors_over(run: Run, tmp_path: Path, model: str) -> None:
    for kind in ("npz", "sqlite", "csv"):
        out = tmp_path / f"vectors.{kind}"
        assert run("export", "shop", "--model", model, "--format", kind, "--out", out, "--json").json["n"] == 24
        back = run("import-embedding", "shop", "--path", out, "--json").json
        assert (back["n"], back["n_skipped"]) == (24, 0)
    with np.load(tmp_path / "vectors.npz", allow_pickle=False) as arrays:
        assert arrays["embeddings"].shape == (24, len(arrays["embeddings"][0]))
        assert len(arrays["ids"]) == 24
    with sqlite3.connect(tmp_path / "vectors.sqlite") as database:
        assert database.execute("select count(image_name), count(features) from image_features").fetchone() == (24, 24)


def test_list_names_what_there_is_and_what_is_damaged(run: Run, store: Store, model: str) -> None:
    assert run("list", "--json").json["catalogs"] == ["shop"]
    values = run("list", "shop", "--json").json
    assert [(row["kind"], row["id"], row["stale"]) for row in values["results"]] == [("embedding", model, False)]

    (store.result_folder("shop", "embedding", model) / "manifest.json").write_text("{}")
    assert "manifest.json" in run("list", "shop", "--json").json["damaged"][0]


def test_list_counts_what_each_catalogue_has(run: Run, store: Store, model: str) -> None:
    values = run("list", "--json").json
    assert values["counts"] == {"shop": {"n": 24, "results": {"embedding": 1}}}
    run("evaluate", "shop", "--model", model)
    assert run("list").out == "shop: 24 pictures, 1 embedding, 1 evaluation, 1 near-duplicates\n"
    (store.root / "shop" / "manifest.json").write_text("{}")
    assert run("list").out.startswith("shop: damaged, 1 embedding")


def test_list_shows_experiments_and_thresholds_and_when_they_are_stale(
    run: Run, imported: Path, tmp_path: Path
) -> None:
    path = tmp_path / "some.toml"
    path.write_text(
        '[catalog]\nname = "shop"\n[[embed]]\nname = "hog"\nbackbone = "color_hog"\n'
        '[[embed]]\nbackbone = "vgg16"\nweights = "gone.h5"\n[[threshold]]\nmodel = "hog"\nprecision = 0.3\n'
    )
    assert run("build", path).status == 0
    rows = {row["kind"]: row for row in run("list", "shop", "--json").json["results"]}
    assert {kind: row["stale"] for kind, row in rows.items()} == {
        "embedding": False,
        "threshold": False,
        "experiment": False,
    }
    assert (rows["experiment"]["n"], rows["experiment"]["n_in"]) == (3, 4)
    assert "3 of 4" in run("list", "shop").out
    picture(78).save(imported / "Red" / "new.png")
    run("import", "folder", "--path", imported, "--name", "shop")
    rows = {row["kind"]: row for row in run("list", "shop", "--json").json["results"]}
    assert all(row["stale"] for row in rows.values())
    assert rows["experiment"]["refresh"] == f"python -m lib build {path}"


def test_a_changed_catalogue_makes_its_embedding_stale(run: Run, imported: Path, model: str) -> None:
    picture(77).save(imported / "Red" / "new.png")
    run("import", "folder", "--path", imported, "--name", "shop")
    row = run("list", "shop", "--json").json["results"][0]
    assert row["stale"]
    assert row["refresh"] == "python -m lib embed shop --backbone color_hog"


def test_people_get_text_instead_of_json(run: Run, imported: Path, model: str) -> None:
    assert "model id: color_hog" in run("embed", "shop", "--backbone", "color_hog").out
    assert "shop: 24 pictures" in run("list", "shop").out
    assert "of 24 pictures searched" in run("search", "shop", imported / "Red" / "red1.png", "--model", model).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--k", "0"], "not 0"),
        (["--where", "label=Purple"], "Purple"),
        (["--where", "size=3"], "size"),
        (["--where", "nonsense"], "nonsense"),
        (["--same", "label"], "label"),
    ],
)
def test_a_search_that_cannot_be_answered_says_why(
    run: Run, imported: Path, model: str, words: list[str], said: str
) -> None:
    assert said in run("search", "shop", imported / "Red" / "red1.png", "--model", model, "--json", *words).error


def test_k_beyond_the_gallery_returns_all_there_is(run: Run, imported: Path, model: str) -> None:
    path = imported / "Red" / "red1.png"
    assert len(run("search", "shop", path, "--model", model, "--k", 999, "--json").json["results"]) == 24


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", "published"])
def test_a_catalogue_name_cannot_lead_elsewhere(run: Run, shop: Path, store: Store, name: str) -> None:
    assert "cannot be a catalogue's name" in run("import", "folder", "--path", shop, "--name", name).error
    assert not store.root.exists() or not any(store.root.iterdir())


def test_what_is_not_there_is_named_with_what_is(run: Run, imported: Path, model: str) -> None:
    assert "shop" in run("embed", "nowhere", "--backbone", "color_hog").error
    assert model in run("search", "shop", imported / "Red" / "red1.png", "--model", "vgg").error
    assert "gone.jpg" in run("search", "shop", imported / "gone.jpg", "--model", model).error


@pytest.mark.parametrize("data", [b"just text", b"", encoded(picture(1), "JPEG")[:200]])
def test_a_query_that_is_no_picture_is_refused(run: Run, tmp_path: Path, model: str, data: bytes) -> None:
    path = tmp_path / "query.jpg"
    path.write_bytes(data)
    run("search", "shop", path, "--model", model).error  # noqa: B018  (the property asserts)


@pytest.mark.parametrize("name", ["pipe", "folder", "x" * 300, "/dev/zero"])
def test_a_query_that_is_no_plain_file_is_refused(run: Run, tmp_path: Path, model: str, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    assert "cannot be read" in run("search", "shop", tmp_path / name, "--model", model).error


@pytest.mark.parametrize("words", [["list"], ["list", "shop"], ["embed", "shop", "--backbone", "color_hog"]])
@pytest.mark.parametrize("below", ["", "/deep/er"])
def test_an_artifacts_folder_that_is_a_file_is_refused(run: Run, tmp_path: Path, words: list[str], below: str) -> None:
    (tmp_path / "file").touch()
    error = run(*words, "--artifacts", f"{tmp_path / 'file'}{below}").error
    assert "cannot be the artifacts folder" in error
    assert "Not a directory" in error


def test_an_artifacts_folder_that_cannot_be_made_is_one_line(run: Run, shop: Path, tmp_path: Path) -> None:
    words = ["import", "folder", "--path", shop, "--name", "shop", "--artifacts"]
    if Path("/proc/self").exists():
        assert "/proc/nothing" in run(*words, "/proc/nothing").error
    assert "name too long" in run(*words, tmp_path / ("x" * 300)).error
    assert run("list", "--artifacts", tmp_path / "not" / "yet").out.startswith("no catalogue yet")


def test_a_build_with_failed_stages_says_so_beside_the_json(run: Run, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(f'[catalog]\nname="shop"\nsource="folder"\npath="{shop}"\n[[embed]]\nbackbone="fly"\n')
    outcome = run("build", path, "--json")
    assert outcome.status == 1
    assert [stage["status"] for stage in outcome.json["stages"]] == ["made", "failed"]
    assert outcome.err.splitlines()[-1] == "error: 1 of 2 stages failed"


def test_a_damaged_array_is_named_with_the_command_that_mends_it(
    run: Run, store: Store, imported: Path, model: str
) -> None:
    path = store.result_folder("shop", "embedding", model) / "embeddings.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    error = run("search", "shop", imported / "Red" / "red1.png", "--model", model).error
    assert "embeddings.npy" in error
    assert "python -m lib embed shop --backbone color_hog" in error


def test_wrong_usage_exits_with_two(run: Run) -> None:
    for words in (
        [],
        ["fly"],
        ["search", "shop", "--model", "x"],
        ["search", "shop", "a.jpg", "--product", "b", "--model", "x"],
    ):
        with pytest.raises(SystemExit) as exit_info:
            run(*words)
        assert exit_info.value.code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["search", "shop", "a.jpg", "--model", ""],
        ["search", "shop", "--product", "", "--model", "m"],
        ["search", "shop", "", "--model", "m"],
        ["search", "shop", "--product", "p", "--model", "m", "--where", ""],
        ["search", "shop", "--product", "p", "--model", "m", "--same", " "],
        ["export", "shop", "--model", "", "--format", "csv", "--out", "x"],
        ["export", "shop", "--model", "m", "--format", "csv", "--out", ""],
        ["import-embedding", "shop", "--path", ""],
        ["build", ""],
        ["list", "--artifacts", ""],
        *(["list", "--seed", word] for word in ("-1", "1.5", "x", "", "4294967296", "9" * 5000)),
    ],
)
def test_empty_words_and_seeds_below_zero_are_wrong_usage(
    run: Run, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        run(*words)
    assert exit_info.value.code == 2
    assert "expected " in capsys.readouterr().err


def test_every_seed_that_can_be_is_taken(run: Run) -> None:
    assert run("list", "--seed", "0").status == run("list", "--seed", 2**32 - 1).status == 0


@pytest.mark.slow
def test_doctor_says_what_this_machine_can_do(run: Run) -> None:
    values = run("doctor", "--json").json
    assert {"python", "machine", "weights", "openvino", "accelerators", "training"} <= values.keys()
    assert re.fullmatch(r"\w+ on .+, (f32|bf16|f16)", values["training"])
