"""Published results: read back as they were, small, checked, and without any machine's paths."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.cli import main
from lib.errors import AppError, MissingArtifact
from lib.publish import write_manifest
from lib.published import LABEL_COLUMNS, publish_results, read_published
from lib.retrieval.evaluate import evaluate
from lib.retrieval.evaluation import load_evaluation
from lib.retrieval.experiments import write_record
from lib.retrieval.leaderboard import leaderboard, metric_names, standing
from lib.settings import published_dir
from tests.conftest import ROOT
from tests.factories import encoded, make_catalog, make_embedding, picture, replace_pictures

COMMAND = "python -m lib publish tiny"


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Artifacts with four evaluations, made once."""
    made = Store(tmp_path_factory.mktemp("published") / "artifacts")
    make_embedding(made, make_catalog(made))
    for options in ({}, {"metric": "euclidean"}, {"label": "gender"}, {"protocol": "as-s2"}):
        command = "python -m lib evaluate tiny --model /home/someone/models/toy.h5"
        evaluate(made, "tiny", "toy", command=command, **options)
    return made.root


@pytest.fixture
def tiny(store: Store, evaluated: Path) -> str:
    shutil.copytree(evaluated, store.root)
    return "tiny"


def test_what_is_published_is_read_back(store: Store, tiny: str, tmp_path: Path) -> None:
    (made,) = publish_results(store, [tiny], tmp_path / "out", command=COMMAND)
    (read,) = read_published(tmp_path / "out")
    assert (read.catalog, read.title, read.manifest.synthetic) == ("tiny", "A tiny catalogue", True)
    assert_frame_equal(read.leaderboard, made.leaderboard)
    assert_frame_equal(read.labels, made.labels)

    table = leaderboard(store, tiny)
    assert list(read.leaderboard.columns) == [*table.columns, "standing"]
    plain = [name for name in table.columns if name != "command"]
    assert_frame_equal(read.leaderboard[plain], table[plain], rtol=1e-5, check_dtype=True)
    assert metric_names(read.leaderboard) == metric_names(table)
    assert read.leaderboard["command"].unique().tolist() == ["python -m lib evaluate tiny --model toy.h5"]


def test_the_standing_is_of_each_label_and_protocol(store: Store, tiny: str, tmp_path: Path) -> None:
    (found,) = publish_results(store, [tiny], tmp_path, command=COMMAND)
    for _, rows in found.leaderboard.groupby(["label", "protocol"]):
        expected = standing(rows, lambda name: load_evaluation(store, tiny, name), metric="map_at_r")
        assert rows["standing"].tolist() == expected.tolist()
        assert "best" in set(rows["standing"])


def test_labels_are_those_of_the_catalogues_own_label_by_cosine(store: Store, tiny: str, tmp_path: Path) -> None:
    (found,) = publish_results(store, [tiny], tmp_path, command=COMMAND)
    assert list(found.labels.columns) == list(LABEL_COLUMNS)
    (evaluation,) = found.labels["evaluation"].unique()
    manifest = load_evaluation(store, tiny, evaluation).manifest
    assert (manifest.parameters["metric"], manifest.parameters["protocol"]) == ("cosine", "all")
    assert found.labels["label"].tolist() == ["Heels", "Jeans", "Shirts"]
    assert found.labels["n_queries"].tolist() == [8, 8, 8]


def test_provenance_is_whole_and_tells_nobodys_folders(store: Store, tiny: str, tmp_path: Path) -> None:
    stage = {"name": "", "kind": "embedding", "asked": "vgg16", "id": "", "status": "unavailable", "passed_on": False}
    stages = [stage | {"reason": "Put vgg16.h5 into /home/someone/.keras/models (or set KERAS_HOME)."}]
    write_record(store, tiny, "s2", stages, details={"title": "S2"}, command="python -m lib build s2.toml")
    (found,) = publish_results(store, [tiny], tmp_path, command="python -m lib publish tiny --to /home/someone/x")
    manifest = found.manifest
    assert manifest.kind == "published"
    assert manifest.created_at
    assert set(manifest.inputs["evaluations"]) == set(found.leaderboard["evaluation"])
    assert manifest.details["made_with"]["numpy"] == np.__version__
    assert (manifest.details["label"], manifest.details["n_pictures"]) == ("articleType", 24)
    assert found.unavailable["reason"].tolist() == ["Put vgg16.h5 into models (or set KERAS_HOME)."]
    written = "".join(path.read_text() for path in (tmp_path / tiny).iterdir())
    assert "someone" not in written
    assert str(tmp_path) not in written


def test_stale_evaluations_are_counted_and_left_out(store: Store, tiny: str, tmp_path: Path) -> None:
    publish_results(store, [tiny], tmp_path, command=COMMAND)
    catalog = replace_pictures(store, load_catalog(store, tiny), {0: encoded(picture(99))})
    with pytest.raises(MissingArtifact, match="no evaluation that is current"):
        publish_results(store, [tiny], tmp_path, command=COMMAND)
    assert len(read_published(tmp_path)) == 1
    embedding = make_embedding(store, catalog)
    evaluate(store, tiny, embedding.id, command="python -m lib evaluate tiny --model toy")
    (found,) = publish_results(store, [tiny], tmp_path, command=COMMAND)
    assert (len(found.leaderboard), found.manifest.skipped) == (1, {"stale": 4})


def test_nothing_is_published_of_a_catalogue_that_is_not_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(MissingArtifact):
        publish_results(store, ["nowhere"], tmp_path, command=COMMAND)
    assert read_published(tmp_path / "absent") == []


def test_nothing_is_published_where_one_of_the_names_cannot_be(store: Store, tiny: str, tmp_path: Path) -> None:
    for wrong in ("nowhere", "../x"):
        with pytest.raises(AppError):
            publish_results(store, [tiny, wrong], tmp_path / "out", command=COMMAND)
    make_catalog(store, "empty")
    with pytest.raises(MissingArtifact, match="'empty' has no evaluation that is current"):
        publish_results(store, [tiny, "empty"], tmp_path / "out", command=COMMAND)
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder_to_publish_to(store: Store, tiny: str, tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path / "file", tmp_path / "file" / "below"):
        assert main(["publish", tiny, "--to", str(wrong)]) == 1
        said = capsys.readouterr().err
        assert "--to DIR" in said
        assert "VITRINE_ARTIFACTS" not in said


@pytest.mark.parametrize("file", ["leaderboard.csv", "labels.csv", "manifest.json"])
def test_a_damaged_file_is_left_out_and_hides_no_other(store: Store, tiny: str, tmp_path: Path, file: str) -> None:
    publish_results(store, [tiny], tmp_path, command=COMMAND)
    shutil.copytree(tmp_path / tiny, tmp_path / "other")
    path = tmp_path / "other" / "manifest.json"
    path.write_text(path.read_text().replace('"id": "tiny"', '"id": "other"'))
    assert [found.catalog for found in read_published(tmp_path)] == ["other", "tiny"]
    path = tmp_path / tiny / file
    path.write_bytes(path.read_bytes()[:-3])
    assert [found.catalog for found in read_published(tmp_path)] == ["other"]


def test_a_table_of_nonsense_with_a_right_digest_is_left_out(store: Store, tiny: str, tmp_path: Path) -> None:
    (found,) = publish_results(store, [tiny], tmp_path, command=COMMAND)
    for text in ("n_queries\nmany\n", "standing\nking\n", "stale\nperhaps\n", "map\nhigh\n", ""):
        (tmp_path / tiny / "leaderboard.csv").write_text(text)
        write_manifest(tmp_path / tiny, found.manifest)
        assert read_published(tmp_path) == []


def test_texts_come_back_as_they_were_and_run_in_no_spreadsheet(store: Store, tmp_path: Path) -> None:
    catalog = make_catalog(store)
    frame = catalog.frame.assign(usage=["=1+1", "NA", '-x, "y"\n<b>'] * 8)
    frame.to_parquet(catalog.folder / "catalog.parquet", index=False)
    details = {**catalog.manifest.details, "label": "usage", "hierarchy": []}
    write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, details=details))
    make_embedding(store, catalog)
    evaluate(store, "tiny", "toy", command="python -m lib evaluate tiny --model toy")
    (found,) = publish_results(store, ["tiny"], tmp_path, command=COMMAND)
    assert sorted(found.labels["label"]) == ['-x, "y"\n<b>', "=1+1", "NA"]
    assert "'=1+1" in (tmp_path / "tiny" / "labels.csv").read_text()


def test_the_command_publishes_and_counts(store: Store, tiny: str, tmp_path: Path, capsys) -> None:
    capsys.readouterr()
    assert main(["publish", tiny, "--to", str(tmp_path / "out"), "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    (row,) = values["published"]
    assert (row["name"], row["n"], row["n_stale"], row["n_labels"]) == ("tiny", 4, 0, 3)
    assert main(["publish", tiny, "--to", str(tmp_path / "out")]) == 0
    assert "tiny: 4 evaluations" in capsys.readouterr().out
    assert main(["publish", tiny, tiny, "--to", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.count("tiny: 4 evaluations") == 1
    assert main(["publish", "nowhere", "--to", str(tmp_path / "out")]) == 1


def test_it_lies_with_the_code_wherever_the_other_artifacts_are(store: Store) -> None:
    assert published_dir() == ROOT / "artifacts" / "published"


def test_what_this_project_publishes_is_sound_and_small() -> None:
    folder = published_dir()
    found = read_published(folder)
    assert [item.catalog for item in found] == sorted(path.parent.name for path in folder.glob("*/manifest.json"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300_000
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert re.findall(r"(?<![\w.])/(?:work|root|home|tmp|Users)/", text) == []
    for item in found:
        assert not item.leaderboard["stale"].any()
        assert (item.leaderboard["evaluation"] != "").all()
        assert isinstance(item.labels, pd.DataFrame)
