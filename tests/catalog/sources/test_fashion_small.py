"""``styles.csv`` as Kaggle ships it, in every packing; nothing is dropped in silence."""

from pathlib import Path

import pytest

from lib.catalog.sources import SOURCES, Listing, Request
from lib.catalog.sources.fashion_small import fetch
from lib.errors import CatalogError
from tests.catalog.sources.data import STYLES_HEADER, fashion_files, jpeg, style, write_folder, write_zip


def listing(path: Path, workspace: Path) -> Listing:
    return SOURCES["fashion-small"].read(Request("fashion-small", path), workspace)


@pytest.mark.parametrize("prefix", ["", "fashion/", "a/b/"])
@pytest.mark.parametrize("packed", [True, False])
def test_zip_and_folder_at_any_depth(tmp_path: Path, prefix: str, packed: bool) -> None:
    files = {prefix + name: data for name, data in fashion_files(3).items()}
    root = write_zip(tmp_path / "f.zip", files) if packed else write_folder(tmp_path / "f", files)
    found = listing(root, tmp_path)
    assert found.rows["product_id"].tolist() == ["100", "101", "102"]
    assert found.rows["title"].tolist() == ["Shirt 0", "Shirt 1", "Shirt 2"]
    assert found.skipped.empty
    assert found.pictures.read(found.rows["image"].iloc[1]) == jpeg(1)


def test_the_nested_copy_that_kaggle_ships_is_passed_over(tmp_path: Path) -> None:
    files = fashion_files(3)
    nested = {f"myntradataset/{name}": data for name, data in files.items()}
    found = listing(write_zip(tmp_path / "f.zip", nested | files), tmp_path)
    assert found.rows["image"].str.startswith("images/").all()
    assert found.skipped.empty


def test_types_and_missing_values(tmp_path: Path) -> None:
    rows = style("1", colour="NA") + style("2", year="") + "3,Men,,,,,,,NA,\n"
    files = {"styles.csv": (STYLES_HEADER + rows).encode()} | {f"images/{i}.jpg": jpeg(i) for i in (1, 2, 3)}
    frame = listing(write_zip(tmp_path / "f.zip", files), tmp_path).rows
    assert frame["year"].dtype == "Int64"
    assert frame["year"].isna().tolist() == [False, True, True]
    assert frame["baseColour"].isna().tolist() == [True, False, True]
    assert frame["usage"].isna().tolist() == [False, False, True]
    assert frame["title"].tolist() == ["A shirt", "A shirt", "Product 3"]


def test_every_fault_is_counted_with_its_reason(tmp_path: Path) -> None:
    rows = style("1", "Shirt, blue, long") + "2,too,few\n" + style("") + style("1") + style("5") + style("6")
    files = {"styles.csv": (STYLES_HEADER + rows).encode(), "images/1.jpg": jpeg(1), "images/6.JPG": jpeg(6)}
    files |= {"images/77.jpg": jpeg(7), "images/.DS_Store": b"x", "images/readme.txt": b"x"}
    found = listing(write_zip(tmp_path / "f.zip", files), tmp_path)
    assert found.rows["title"].tolist() == ["Shirt, blue, long", "A shirt"]
    assert found.n_mended == 1
    skipped = found.skipped.fillna({"row": -1})[["row", "product_id", "reason"]].to_numpy().tolist()
    assert skipped == [
        [1, "", "row malformed"],
        [2, "", "id missing"],
        [3, "1", "duplicate id"],
        [4, "5", "picture missing"],
        [-1, "77", "no row for this picture"],
    ]


def test_the_limit_counts_rows_of_the_source(tmp_path: Path) -> None:
    files = fashion_files(6)
    del files["images/101.jpg"]
    first = listing(write_zip(tmp_path / "f.zip", files | {"images/9.jpg": jpeg(9)}), tmp_path).first(3)
    assert first.rows["product_id"].tolist() == ["100", "102"]
    assert first.skipped["product_id"].tolist() == ["101"]


def test_another_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"no styles\.csv in it"):
        listing(write_zip(tmp_path / "f.zip", {"a.txt": b"x"}), tmp_path)
    with pytest.raises(CatalogError, match="no column 'id'") as caught:
        listing(write_zip(tmp_path / "f.zip", {"styles.csv": b"a,productDisplayName\n1,2\n"}), tmp_path)
    assert "a, productDisplayName" in caught.value.hint


def test_no_path_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="needs its data") as caught:
        SOURCES["fashion-small"].read(Request("fashion-small"), tmp_path)
    assert "--path" in caught.value.hint


def test_a_download_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    kagglehub = pytest.importorskip("kagglehub")

    def refuse(handle: str) -> str:
        raise ConnectionError("no\nnetwork")

    monkeypatch.setattr(kagglehub, "dataset_download", refuse)
    with pytest.raises(CatalogError, match=r"could not be downloaded from Kaggle \(no network\)") as caught:
        fetch()
    assert "--path" in caught.value.hint
