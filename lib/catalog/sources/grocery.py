"""GroceryStoreDataset: photographs taken in shops, and one clean ("iconic") picture and a description a class."""

import posixpath
from pathlib import Path

import pandas as pd

from lib.catalog.archive import open_tree
from lib.catalog.delimited import missing_column, read_table
from lib.catalog.pictures import PictureStore
from lib.catalog.sources.joining import Skips, is_picture, settle_rows, shallowest, skip_left_out, skip_unlisted
from lib.catalog.sources.listing import Listing, Request, Source, identify_path
from lib.errors import CatalogError
from lib.schema import SPLITS

_TABLE = "classes.csv"
_NAME, _NUMBER, _COARSE = "Class Name (str)", "Class ID (int)", "Coarse Class Name (str)"
_ICONIC, _DESCRIPTION = "Iconic Image Path (str)", "Product Description Path (str)"
_COLUMNS = (_NAME, _NUMBER, _COARSE, _ICONIC, _DESCRIPTION)
_PHOTO = ("product_id", "wanted", "split", "number", "view")


def read(request: Request, workspace: Path) -> Listing:
    """List the photographs with the split that the source gives, then the iconic pictures.

    The iconic pictures have no split in the source; they are what a shop shows, and count as training pictures.

    Parameters
    ----------
    request : Request
    workspace : Path
        Not used: the pictures are read in place.

    Returns
    -------
    Listing

    Raises
    ------
    CatalogError
        If it is not this data set.
    """
    tree = open_tree(request.root)
    names = tree.names()
    folder = shallowest(names, _TABLE, source="grocery")
    skips = Skips()
    classes = _classes(tree, names, folder)
    photos, n_lines = _photos(tree, names, folder, skips)
    rows = _rows(classes, pd.concat([photos, _iconic(classes, first=n_lines)]), folder, skips)
    pictures = [name for name in names if name.startswith(f"{folder}/" if folder else "") and is_picture(name)]
    skip_unlisted(pictures, rows["image"].dropna(), skips)
    skip_left_out(tree.left_out(), skips)
    return Listing(
        rows=settle_rows(rows.assign(image=rows["image"].where(rows["image"].isin(set(names)))), skips),
        skipped=skips.frame(),
        pictures=tree,
        label="fine_class",
        hierarchy=("category", "coarse_class", "fine_class"),
        title="Grocery store",
        credits="GroceryStoreDataset (Marcus Klasson), MIT licence",
    )


def _classes(tree: PictureStore, names: list[str], folder: str) -> pd.DataFrame:
    """Read the classes by their number, with the text that describes each."""
    path = posixpath.join(folder, _TABLE)
    frame = read_table(tree.read(path), name=path).frame
    for column in _COLUMNS:
        if column not in frame:
            raise missing_column(path, column, frame.columns)
    known = set(names)
    texts = []
    for where in frame[_DESCRIPTION].fillna(""):
        locator = posixpath.join(folder, where.lstrip("/"))
        text = tree.read(locator).decode("utf-8", "replace") if locator in known else ""
        texts.append(" ".join(text.split()) or None)
    return frame.assign(description=pd.Series(texts, index=frame.index, dtype="str")).set_index(_NUMBER)


def _photos(tree: PictureStore, names: list[str], folder: str, skips: Skips) -> tuple[pd.DataFrame, int]:
    """Read the lists of photographs, a path and a class a line, one file a split; return the number of lines too."""
    records, number = [], 0
    for split in SPLITS:
        path = posixpath.join(folder, f"{split}.txt")
        lines = tree.read(path).decode("utf-8", "replace").splitlines() if path in names else []
        for line in filter(str.strip, lines):
            fields = [field.strip() for field in line.split(",")]
            if len(fields) == 3:
                stem = posixpath.splitext(posixpath.basename(fields[0]))[0]
                records.append((number, f"{split}-{stem}", fields[0], split, fields[1], "photo"))
            else:
                skips.add(number, reason="row malformed", detail=f"{len(fields)} fields, not 3")
            number += 1
    if not number:
        raise CatalogError("There are no photographs in it: no train.txt, val.txt or test.txt lists any.")
    return pd.DataFrame(records, columns=["row", *_PHOTO]).set_index("row"), number


def _iconic(classes: pd.DataFrame, *, first: int) -> pd.DataFrame:
    """Return the clean pictures as rows, numbered behind the photographs."""
    ids = "iconic-" + classes[_NAME]
    paths = classes[_ICONIC].str.lstrip("/")
    values = {"product_id": ids, "wanted": paths, "split": "train", "number": classes.index, "view": "iconic"}
    frame = pd.DataFrame(values)
    return frame.set_axis(pd.RangeIndex(first, first + len(frame)))


def _rows(classes: pd.DataFrame, rows: pd.DataFrame, folder: str, skips: Skips) -> pd.DataFrame:
    """Add what the class says to each picture."""
    rows = skips.take(rows, ~rows["number"].isin(classes.index), reason="row malformed", detail="Its class is unknown.")
    said = classes.loc[rows["number"]].set_axis(rows.index)
    return pd.DataFrame(
        {
            "product_id": rows["product_id"],
            "group_id": rows["product_id"],
            "image": rows["wanted"].map(lambda path: posixpath.join(folder, path), na_action="ignore"),
            "title": said[_NAME].str.replace("-", " "),
            "split": rows["split"],
            "category": _category(said[_ICONIC]),
            "coarse_class": said[_COARSE],
            "fine_class": said[_NAME],
            "view": rows["view"],
            "description": said["description"],
            "wanted": rows["wanted"],
        }
    ).astype("str")


def _category(iconic: pd.Series) -> pd.Series:
    """Return the uppermost folder of a class below the one of all iconic pictures: Fruit, Packages, Vegetables."""
    return iconic.str.lstrip("/").str.split("/").str[1]


SOURCE = Source(read=read, identify=identify_path)
