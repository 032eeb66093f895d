"""Any table: columns by name, pictures by relative path only, and clear words for what is wrong."""

from pathlib import Path

import pytest

from lib.catalog.sources import SOURCES, Listing, Request
from lib.catalog.sources.csv_table import clean_locator
from lib.errors import CatalogError
from tests.catalog.sources.data import jpeg, write_folder, write_zip

TABLE = b"sku,file,kind,name,price,year,split\n1,a.jpg,bag,A bag,9.50,2020,train\n2,sub/b.jpg,shoe,,7,2021,test\n"
FILES = {"shop.csv": TABLE, "a.jpg": jpeg(1), "sub/b.jpg": jpeg(2)}


def listing(path: Path, **columns: str) -> Listing:
    columns = {"id": "sku", "image": "file"} | columns
    return SOURCES["csv"].read(Request("csv", path, columns=columns), path)


@pytest.mark.parametrize("how", ["file", "folder", "zip", "wrapped zip"])
def test_file_folder_and_zip(tmp_path: Path, how: str) -> None:
    wrapped = {f"shop/{name}": data for name, data in FILES.items()}
    folder = write_folder(tmp_path / "shop", FILES)
    paths = {"file": folder / "shop.csv", "folder": folder}
    paths["zip"] = write_zip(tmp_path / "a.zip", FILES)
    paths["wrapped zip"] = write_zip(tmp_path / "b.zip", wrapped)
    found = listing(paths[how], label="kind")
    assert found.rows["product_id"].tolist() == ["1", "2"]
    assert [found.pictures.read(locator) for locator in found.rows["image"]] == [jpeg(1), jpeg(2)]
    assert found.rows["title"].tolist() == ["A bag", "2"]
    assert found.rows["split"].tolist() == ["train", "test"]
    assert (found.rows["price"].dtype, found.rows["year"].dtype) == ("float64", "Int64")
    assert found.label == "kind"
    assert found.skipped.empty


def test_pictures_in_images_or_by_a_name_that_is_unique(tmp_path: Path) -> None:
    table = b"sku,file\n1,a.jpg\n2,elsewhere/b.jpg\n3,c.jpg\n"
    files = {"t.csv": table, "images/a.jpg": jpeg(1), "images/b.jpg": jpeg(2)}
    files |= {"x/c.jpg": jpeg(3), "y/c.jpg": jpeg(4)}
    found = listing(write_folder(tmp_path / "f", files))
    assert found.rows["image"].tolist() == ["images/a.jpg", "images/b.jpg"]
    assert found.skipped["reason"].tolist() == ["picture missing", *["no row for this picture"] * 2]


def test_hostile_paths_are_left_out_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(jpeg(9))
    rows = "1,a.jpg\n2,../secret.jpg\n3,/etc/passwd\n4,C:\\secret.jpg\n5,x/../../secret.jpg\n"
    root = write_folder(tmp_path / "f", {"t.csv": b"sku,file\n" + rows.encode(), "a.jpg": jpeg(1)})
    for path in (root, root / "t.csv"):
        found = listing(path)
        assert found.rows["product_id"].tolist() == ["1"]
        assert found.skipped["reason"].tolist() == ["picture outside the folder"] * 4


def test_a_windows_path_is_understood() -> None:
    assert clean_locator(r"images\1.jpg") == "images/1.jpg"
    assert clean_locator("./a//b.jpg") == "a/b.jpg"
    assert clean_locator("..") is None
    assert clean_locator("..hidden/a.jpg") == "..hidden/a.jpg"


def test_several_pictures_of_a_product(tmp_path: Path) -> None:
    table = b"pic,file,sku\np1,a.jpg,S\np2,b.jpg,S\n"
    root = write_folder(tmp_path / "f", {"t.csv": table, "a.jpg": jpeg(1), "b.jpg": jpeg(2)})
    found = listing(root, id="pic", group="sku")
    assert found.rows["group_id"].tolist() == ["S", "S"]
    assert found.label == "sku"


def test_names_that_the_catalogue_needs_are_renamed(tmp_path: Path) -> None:
    table = b"product_id,image,group_id,split\n1,a.jpg,7,left\n"
    found = listing(write_folder(tmp_path / "f", {"t.csv": table, "a.jpg": jpeg(1)}), id="product_id", image="image")
    assert found.rows["source_group_id"].tolist() == [7]
    assert found.rows["source_split"].tolist() == ["left"]
    assert found.label == "group_id"


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    header = "sku,file,wanted,image,source_image,row,reason,problem,thumbnail,width,id"
    table = f"{header}\n1,a.jpg,w,i,s,r,e,p,t,5,z\n2,,w,i,s,r,e,p,t,6,z\n"
    found = listing(write_folder(tmp_path / "f", {"t.csv": table.encode(), "a.jpg": jpeg(1)}))
    assert found.rows["wanted"].tolist() == ["w"]
    assert found.rows["source_image"].tolist() == ["s"]
    assert found.rows["source_source_image"].tolist() == ["i"]
    assert found.rows[["row", "reason", "problem", "thumbnail", "width", "id"]].to_numpy().tolist() == [
        ["r", "e", "p", "t", 5, "z"]
    ]
    assert found.skipped[["row", "image", "reason"]].to_numpy().tolist() == [[1, "", "picture missing"]]


BARE = {"t.csv": b"sku,file\n1,a.jpg\n2,b.jpg\n3,gone.jpg\n", "photos/a.jpg": jpeg(1), "photos/deep/b.jpg": jpeg(2)}


@pytest.mark.parametrize("how", ["file", "folder"])
def test_bare_names_in_any_subfolder(tmp_path: Path, how: str) -> None:
    root = write_folder(tmp_path / "f", BARE)
    found = listing(root / "t.csv" if how == "file" else root)
    assert found.rows["image"].tolist() == ["photos/a.jpg", "photos/deep/b.jpg"]
    assert found.skipped[["row", "reason"]].to_numpy().tolist() == [[2, "picture missing"]]
    assert found.skipped["detail"].tolist() == ["No picture below the folder of t.csv has this name."]


def test_a_table_in_a_busy_place_takes_no_other_pictures(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "f", BARE | {"holiday/c.jpg": jpeg(3), "holiday/d.jpg": jpeg(4)})
    found = listing(root / "t.csv")
    assert found.skipped["reason"].tolist() == ["picture missing"]


def test_a_name_that_two_pictures_have_is_not_guessed(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "f", BARE | {"x/b.jpg": jpeg(3)})
    found = listing(root / "t.csv")
    assert found.rows["product_id"].tolist() == ["1"]
    missing = found.skipped[found.skipped["reason"] == "picture missing"]
    assert missing["detail"].iloc[0] == "2 pictures have this name; the table must say in which folder."
    assert found.skipped["image"].iloc[2:].tolist() == ["photos/deep/b.jpg", "x/b.jpg"]


def test_a_picture_that_comes_later_is_another_state(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "f", BARE)
    request = Request("csv", root / "t.csv", columns={"id": "sku", "image": "file"})
    before = SOURCES["csv"].identify(request)
    write_folder(root, {"new/gone.jpg": jpeg(5)})
    assert SOURCES["csv"].identify(request) != before


@pytest.mark.parametrize(
    ("table", "said", "hinted"),
    [
        (b"", "is empty", ""),
        (b"sku,file\n", "has no rows", ""),
        (b"number,file\n1,a.jpg\n", "no column 'sku'", "It has: number, file."),
        (b"sku,picture\n1,a.jpg\n", "no column 'file'", "It has: sku, picture."),
        (b"sku,file\n1,a.jpg\n2,a.jpg\n1,b.jpg\n", "1 ids more than once, such as 1", "--group-column"),
    ],
)
def test_bad_tables(tmp_path: Path, table: bytes, said: str, hinted: str) -> None:
    with pytest.raises(CatalogError, match=said) as caught:
        listing(write_folder(tmp_path / "f", {"t.csv": table, "a.jpg": jpeg(1)}))
    assert hinted in caught.value.hint


def test_which_table_is_meant_must_be_clear(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no CSV file"):
        listing(write_folder(tmp_path / "none", {"a.jpg": jpeg(1)}))
    with pytest.raises(CatalogError, match=r"2 tables \(a\.csv, b\.csv\)"):
        listing(write_folder(tmp_path / "two", {"a.csv": TABLE, "b.csv": TABLE}))


def test_columns_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="needs --image-column"):
        SOURCES["csv"].read(Request("csv", tmp_path, columns={"id": "sku"}), tmp_path)
