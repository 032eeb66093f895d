"""The made-up catalogue: the same bytes each time, every type, and defects that are what they say."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lib.catalog.sample import draw_sample, plan_sample
from lib.catalog.sample.colours import SHADES
from lib.catalog.sample.drawing import cut_out, picture_bytes
from lib.catalog.sample.plan import DEFECTS, plan_products
from lib.catalog.sample.scene import VIEWS
from lib.catalog.sample.types import ARTICLE_TYPES

N = 45
COLUMNS = [
    "product_id", "group_id", "image", "title", "gender", "masterCategory", "subCategory", "articleType", "baseColour",
    "season", "year", "usage", "pattern", "price", "view", "defect", "defect_of",
]  # fmt: skip
OF_THE_PRODUCT = ["title", "gender", "articleType", "baseColour", "season", "year", "usage", "pattern", "price"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """A small sample, drawn once, and what was reported."""
    folder = tmp_path_factory.mktemp("sample")
    told: list[tuple[int, int, int]] = []
    frame = draw_sample(folder, n_products=N, n_workers=1, report=lambda *counts: told.append(counts))
    frame.attrs["told"] = told
    return folder, frame


def pixels(data: bytes) -> np.ndarray:
    """The grey levels of a picture."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), np.float64)


def laplacian_variance(image: np.ndarray) -> float:
    """How sharp a picture is."""
    inner = image[1:-1, 1:-1]
    edges = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:] - 4 * inner
    return float(edges.var())


def test_table_has_its_columns_and_types(drawn: tuple[Path, pd.DataFrame]) -> None:
    folder, frame = drawn
    assert list(frame.columns) == COLUMNS
    assert frame["product_id"].is_unique
    assert frame["group_id"].nunique() == N
    assert str(frame["year"].dtype) == "Int64"
    assert frame["year"].between(2015, 2020).all()
    assert (frame["price"] > 0).all()
    assert (frame["price"].round(2) == frame["price"]).all()
    assert sorted(frame["image"]) == sorted(path.name for path in folder.iterdir())
    assert set(frame["baseColour"]) <= set(SHADES)
    assert set(frame["view"]) <= set(VIEWS)


def test_every_type_is_drawn(drawn: tuple[Path, pd.DataFrame]) -> None:
    products = plan_products(n_products=N)
    assert {product.article_type for product in products} == set(ARTICLE_TYPES)
    assert (drawn[1]["masterCategory"] == drawn[1]["articleType"].map(lambda name: ARTICLE_TYPES[name].master)).all()


def test_pictures_of_a_product_share_its_attributes(drawn: tuple[Path, pd.DataFrame]) -> None:
    frame = drawn[1]
    sizes = frame.groupby("group_id").size()
    assert sizes.min() == 1
    assert sizes.max() > 1
    assert len(frame[["group_id", *OF_THE_PRODUCT]].drop_duplicates()) == N
    assert not frame.duplicated(["group_id", "view"]).any()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_workers(
    drawn: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    folder, frame = drawn
    again = draw_sample(tmp_path / "again", n_products=N, n_workers=2)
    pd.testing.assert_frame_equal(frame, again)
    for name in frame["image"]:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_a_product_does_not_depend_on_how_many_there_are() -> None:
    few, many = plan_products(n_products=N), plan_products(n_products=400)
    plain = [number for number in range(30) if not few[number].defect and not many[number].defect]
    assert plain
    assert all(few[number] == many[number] for number in plain)


def test_another_seed_gives_other_products() -> None:
    assert not plan_sample(n_products=N)["title"].equals(plan_sample(seed=1, n_products=N)["title"])


def test_pictures_show_something_and_differ_between_types(drawn: tuple[Path, pd.DataFrame]) -> None:
    folder, frame = drawn
    fronts = frame[(frame["view"] == "front") & (frame["defect"] == "")].drop_duplicates("articleType")
    small = []
    for name in fronts["image"]:
        with Image.open(folder / name) as image:
            assert image.mode == "RGB"
            assert min(image.size) >= 240
            small.append(np.asarray(image.convert("L").resize((24, 32)), np.float64))
    assert all(image.std() > 3 for image in small)
    distances = [np.abs(a - b).mean() for i, a in enumerate(small) for b in small[:i]]
    assert min(distances) > 1


def test_every_defect_is_planted_and_recorded(drawn: tuple[Path, pd.DataFrame]) -> None:
    frame = drawn[1]
    assert set(frame["defect"]) == {"", *DEFECTS}
    needs_original = frame["defect"].isin(["exact duplicate", "re-encoded copy", "wrong label"])
    assert ((frame["defect_of"] != "") == needs_original).all()


def test_an_exact_duplicate_has_the_original_s_bytes(drawn: tuple[Path, pd.DataFrame]) -> None:
    folder, frame = drawn
    by_id = frame.set_index("product_id")
    for _, row in frame[frame["defect"] == "exact duplicate"].iterrows():
        original = by_id.loc[row["defect_of"]]
        assert (folder / row["image"]).read_bytes() == (folder / original["image"]).read_bytes()
        assert row["group_id"] != original["group_id"]


def test_a_re_encoded_copy_is_close_but_not_equal(drawn: tuple[Path, pd.DataFrame]) -> None:
    folder, frame = drawn
    by_id = frame.set_index("product_id")
    for _, row in frame[frame["defect"] == "re-encoded copy"].iterrows():
        one = pixels((folder / row["image"]).read_bytes())
        other = pixels((folder / by_id.loc[row["defect_of"], "image"]).read_bytes())
        assert 0 < np.abs(one - other).mean() < 4


def test_a_wrong_label_names_the_true_one(drawn: tuple[Path, pd.DataFrame]) -> None:
    frame = drawn[1]
    drawn_as = {product.group_id: product.article_type for product in plan_products(n_products=N)}
    wrong = frame[frame["defect"] == "wrong label"]
    assert len(wrong)
    for _, row in wrong.iterrows():
        assert row["articleType"] != row["defect_of"] == drawn_as[row["group_id"]]


def test_a_blurred_picture_is_less_sharp_than_it_would_be(drawn: tuple[Path, pd.DataFrame]) -> None:
    blurred = [product for product in plan_products(n_products=N) if product.defect == "blurred"]
    for product in blurred:
        cutout, colour = cut_out(product)
        sharp = dataclasses.replace(product, defect="")
        view = product.defect_view
        levels = [pixels(picture_bytes(p, view, cutout=cutout, colour=colour)) for p in (product, sharp)]
        assert laplacian_variance(levels[0]) < laplacian_variance(levels[1]) / 2


def test_a_broken_file_cannot_be_decoded(drawn: tuple[Path, pd.DataFrame]) -> None:
    folder, frame = drawn
    for name in frame[frame["defect"] == "broken file"]["image"]:
        with Image.open(folder / name) as image, pytest.raises(OSError, match="truncated"):
            image.load()


def test_progress_ends_with_every_picture(drawn: tuple[Path, pd.DataFrame]) -> None:
    told = drawn[1].attrs["told"]
    assert told[-1] == (len(drawn[1]), len(drawn[1]), 0)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


@pytest.mark.parametrize(("wrong", "named"), [({"n_products": 5}, "n_products"), ({"seed": -1}, "seed")])
def test_bad_arguments_are_named(wrong: dict[str, int], named: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"Received: {named}="):
        draw_sample(tmp_path / "none", **wrong)
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_the_full_sample_has_a_long_tail() -> None:
    frame = plan_sample()
    assert frame["group_id"].nunique() == 1250
    assert len(frame) > 2200
    types = frame.drop_duplicates("group_id")["articleType"].value_counts()
    assert len(types) == len(ARTICLE_TYPES) >= 16
    assert types.iloc[0] > 10 * types.iloc[-1]
    assert 0 < frame["season"].isna().mean() < 0.1
    planted = frame["defect"].value_counts()
    assert all(planted[name] >= 6 for name in DEFECTS if name != "broken file")
    assert planted["broken file"] == 2
