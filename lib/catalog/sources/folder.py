"""Pictures in one subfolder a label, in a folder or a zip."""

import posixpath
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from lib.catalog.archive import open_tree
from lib.catalog.sources.joining import Skips, is_litter, is_picture, settle_rows, skip_left_out, unique_stems
from lib.catalog.sources.listing import Listing, Request, Source, identify_path


def read(request: Request, workspace: Path) -> Listing:
    """List the pictures below a folder; the uppermost subfolder is the label.

    Folders that only wrap everything else (as zips often have) are passed over. A picture that lies in no subfolder
    has no label. Files whose names are no pictures' are left out and counted, and so is what is not followed or read.

    Parameters
    ----------
    request : Request
    workspace : Path
        Not used: the pictures are read in place.

    Returns
    -------
    Listing
    """
    tree = open_tree(request.root)
    names = [name for name in tree.names() if not is_litter(name)]
    skips = Skips()
    skip_left_out(tree.left_out(), skips, only_pictures=False)
    rows = _rows(names, skips)
    return Listing(
        rows=rows,
        skipped=skips.frame(),
        pictures=tree,
        label="label",
        title=request.root.stem,
        credits="",
    )


def _rows(names: Sequence[str], skips: Skips) -> pd.DataFrame:
    """Make one row a picture, with the label from its path."""
    wrapped = _wrapper([name for name in names if is_picture(name)])
    frame = pd.DataFrame({"image": list(names)}, dtype="str")
    inner = frame["image"].str[wrapped:]
    stems = unique_stems(inner)
    title = inner.map(lambda name: posixpath.splitext(posixpath.basename(name))[0]).astype("str")
    label = inner.map(lambda name: name.split("/", 1)[0] if "/" in name else None).astype("str")
    rows = frame.assign(product_id=stems, group_id=stems, title=title.str.replace("_", " "), label=label)
    rows = rows.assign(wanted=frame["image"])
    rows = skips.take(rows, ~rows["image"].map(is_picture).astype(bool), reason="not a picture by its name")
    return settle_rows(rows, skips)[["product_id", "group_id", "image", "title", "label"]]


def _wrapper(names: Sequence[str]) -> int:
    """Return the length of the path that all pictures share and that still leaves each a subfolder."""
    folders = [name.split("/")[:-1] for name in names]
    depth = 0
    while (
        folders and all(len(parts) > depth + 1 for parts in folders) and len({parts[depth] for parts in folders}) == 1
    ):
        depth += 1
    return sum(len(part) + 1 for part in folders[0][:depth]) if folders else 0


SOURCE = Source(read=read, identify=identify_path)
