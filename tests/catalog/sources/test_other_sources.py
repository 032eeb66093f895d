"""Amazon apparel, groceries, Luma, and a folder of labels, each in a tiny copy of its layout."""

from pathlib import Path

import pytest

from lib.catalog.sources import SOURCES, Listing, Request
from lib.errors import CatalogError
from tests.catalog.sources.data import jpeg, write_folder, write_zip


def listing(source: str, path: Path) -> Listing:
    return SOURCES[source].read(Request(source, path), path)


def test_amazon_apparel(tmp_path: Path) -> None:
    table = (
        "asin,brand,color,medium_image_url,product_type_name,title,formatted_price\n"
        'B1,Fern,,http://x/1.jpg,SHIRT,"A shirt, blue","$1,026.50"\n'
        "B2,Fern,Red,http://x/2.jpg,DRESS,A dress,Too low to display\n"
        "B3,Fern,Red,http://x/3.jpg,DRESS,Another,$5\n"
    )
    files = {"apparel.csv": table.encode(), "images/B1.jpeg": jpeg(1), "images/B2.jpeg": jpeg(2)}
    found = listing("amazon-apparel", write_zip(tmp_path / "a.zip", files | {"images/B1(1).jpeg": jpeg(1)}))
    assert found.rows["price"].fillna(-1).tolist() == [1026.5, -1]
    assert found.rows["title"].tolist() == ["A shirt, blue", "A dress"]
    assert found.rows["color"].isna().tolist() == [True, False]
    assert found.label == "product_type_name"
    assert found.skipped["reason"].tolist() == ["picture missing", "no row for this picture"]


def grocery_files() -> dict[str, bytes]:
    header = (
        "Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),"
        "Iconic Image Path (str),Product Description Path (str)\n"
    )
    rows = "".join(
        f"{name},{number},{coarse},{number},/iconic/{top}/{name}_Iconic.jpg,/iconic/{top}/{name}.txt\n"
        for number, (name, coarse, top) in enumerate(
            [("Red-Apple", "Apple", "Fruit"), ("Oat-Milk", "Milk", "Packages")]
        )
    )
    return {
        "classes.csv": (header + rows).encode(),
        "train.txt": b"train/Fruit/Apple/Red-Apple/Red-Apple_001.jpg, 0, 0\nbroken line\n",
        "val.txt": b"val/Fruit/Apple/Red-Apple/Red-Apple_001.jpg, 0, 0\nval/Milk/gone.jpg, 1, 1\nval/x.jpg, 9, 9\n",
        "train/Fruit/Apple/Red-Apple/Red-Apple_001.jpg": jpeg(1),
        "val/Fruit/Apple/Red-Apple/Red-Apple_001.jpg": jpeg(2),
        "iconic/Fruit/Red-Apple_Iconic.jpg": jpeg(3),
        "iconic/Packages/Oat-Milk_Iconic.jpg": jpeg(4),
        "iconic/Fruit/Red-Apple.txt": b"A red apple.\nGood as a snack.\n",
    }


@pytest.mark.parametrize("prefix", ["", "dataset/"])
def test_grocery(tmp_path: Path, prefix: str) -> None:
    files = {prefix + name: data for name, data in grocery_files().items()}
    found = listing("grocery", write_zip(tmp_path / "g.zip", files))
    rows = found.rows.set_index("product_id")
    assert rows["split"].to_dict() == {
        "train-Red-Apple_001": "train",
        "val-Red-Apple_001": "val",
        "iconic-Red-Apple": "train",
        "iconic-Oat-Milk": "train",
    }
    assert rows.loc["val-Red-Apple_001", ["category", "coarse_class", "fine_class", "view"]].tolist() == [
        "Fruit",
        "Apple",
        "Red-Apple",
        "photo",
    ]
    assert rows.loc["iconic-Red-Apple", "description"] == "A red apple. Good as a snack."
    assert rows["description"].isna().tolist() == [False, False, False, True]
    assert rows.loc["iconic-Oat-Milk", "category"] == "Packages"
    assert (found.label, found.hierarchy[0]) == ("fine_class", "category")
    assert found.skipped[["row", "reason"]].to_numpy().tolist() == [
        [1, "row malformed"],
        [3, "picture missing"],
        [4, "row malformed"],
    ]


def test_luma_groups_by_sku(tmp_path: Path) -> None:
    table = b"image,label,title,view,colour\nimages/a_main.jpg,S1,Bag,main,red\nimages/a_back.jpg,S1,Bag,back,\n"
    files = {"products.csv": table, "images/a_main.jpg": jpeg(1), "images/a_back.jpg": jpeg(2)}
    found = listing("luma", write_folder(tmp_path / "l", files))
    assert found.rows["product_id"].tolist() == ["a_main", "a_back"]
    assert found.rows["group_id"].tolist() == ["S1", "S1"]
    assert found.rows["colour"].isna().tolist() == [False, True]
    assert found.skipped.empty


def test_a_folder_of_labels(tmp_path: Path) -> None:
    files = {"bags/1.jpg": jpeg(1), "bags/deep/2.png": jpeg(2), "shoes/1.jpg": jpeg(3), "loose.jpg": jpeg(4)}
    files |= {"bags/notes.txt": b"x", "bags/.hidden.jpg": b"x", "__MACOSX/bags/._1.jpg": b"x"}
    found = listing("folder", write_folder(tmp_path / "f", files))
    assert found.rows.set_index("product_id")["label"].fillna("-").to_dict() == {
        "bags/1": "bags",
        "bags/deep/2": "bags",
        "loose": "-",
        "shoes/1": "shoes",
    }
    assert found.skipped[["image", "reason"]].to_numpy().tolist() == [["bags/notes.txt", "not a picture by its name"]]


def test_a_folder_that_wraps_the_labels_is_passed_over(tmp_path: Path) -> None:
    files = {"shop/pictures/bags/1.jpg": jpeg(1), "shop/pictures/shoes/1.jpg": jpeg(2)}
    assert listing("folder", write_zip(tmp_path / "f.zip", files)).rows["label"].tolist() == ["bags", "shoes"]
    one = {"bags/1.jpg": jpeg(1), "bags/2.jpg": jpeg(2)}
    assert listing("folder", write_zip(tmp_path / "g.zip", one)).rows["label"].tolist() == ["bags", "bags"]


def test_two_endings_of_one_name_stay_apart(tmp_path: Path) -> None:
    files = {"bags/1.jpg": jpeg(1), "bags/1.png": jpeg(2)}
    found = listing("folder", write_folder(tmp_path / "f", files))
    assert found.rows["product_id"].tolist() == ["bags/1.jpg", "bags/1.png"]


@pytest.mark.parametrize("source", ["amazon-apparel", "grocery", "luma"])
def test_another_data_set_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(CatalogError, match=r"There is no .* in it"):
        listing(source, write_zip(tmp_path / "x.zip", {"a.txt": b"x"}))
