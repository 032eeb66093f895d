"""The real data sets: every count that was measured independently, and the time and memory of the largest."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from lib.artifacts import Store, verify
from lib.catalog import Catalog, load_catalog
from lib.catalog.importing import import_catalog
from lib.catalog.splits import connected
from tests.conftest import ROOT

pytestmark = [pytest.mark.real, pytest.mark.slow]


def imported(store: Store, source: str, path: Path) -> Catalog:
    catalog = import_catalog(store, source, name=source, path=path, command="c").catalog
    verify(catalog.folder, catalog.manifest)
    assert len(catalog.frame) == len(catalog.pictures) == catalog.manifest.n
    return catalog


_TIMED = """
import resource, sys, time
from pathlib import Path
from lib.artifacts import Store
from lib.catalog.importing import import_catalog
started = time.monotonic()
import_catalog(Store(Path(sys.argv[1])), "fashion-small", name="fashion", path=Path(sys.argv[2]), command="c")
print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_the_fashion_catalogue(store: Store, real_data: Path) -> None:
    path = real_data / "data" / "fashion-product-images-small.zip"
    start = [sys.executable, "-c", _TIMED, str(store.root), str(path)]
    printed = subprocess.run(start, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()
    seconds, peak_kib = float(printed[0]), int(printed[1])
    assert seconds < 180
    assert peak_kib < 1_500_000
    catalog = load_catalog(store, "fashion")
    verify(catalog.folder, catalog.manifest)
    assert (catalog.manifest.n_in, catalog.manifest.n) == (44_446, 39_869)
    assert catalog.manifest.skipped == {"picture missing": 4577}
    assert catalog.pictures["mode"].value_counts().to_dict() == {"RGB": 39_478, "L": 391}
    frame = catalog.frame
    assert frame["year"].dtype == "Int64"
    assert not (frame == "NA").any(axis=None)
    _check_splits(catalog)


def _check_splits(catalog: Catalog) -> None:
    """Byte-identical pictures stand in one split; the shares are near 80/10/10."""
    files, split = catalog.pictures["file_sha256"], catalog.frame["split"]
    twins = files.duplicated(keep=False)
    assert int(twins.sum()) == 1208
    assert split[twins].groupby(files[twins]).nunique().max() == 1
    components = connected(catalog.frame["group_id"], catalog.pictures["pixels_sha256"])
    assert split.groupby(components).nunique().max() == 1
    shares = split.value_counts(normalize=True)
    for name, expected in {"train": 0.8, "val": 0.1, "test": 0.1}.items():
        assert shares[name] == pytest.approx(expected, abs=0.01)


def test_amazon_apparel(store: Store, real_data: Path) -> None:
    catalog = imported(store, "amazon-apparel", real_data / "data" / "amazon-women-apparel.zip")
    # Nine of the 14,982 pictures are second copies, such as "B06ZZLWV6V(1).jpeg", of which the table knows nothing.
    assert catalog.manifest.n == 14_982 - 9
    assert catalog.manifest.skipped == {"picture missing": 17_593 - 14_973, "no row for this picture": 9}
    assert catalog.frame["price"].gt(0).sum() >= 14_970
    assert catalog.frame[catalog.label].value_counts().index[0] == "SHIRT"


def test_grocery(store: Store, real_data: Path) -> None:
    catalog = imported(store, "grocery", real_data / "data" / "grocery-store.zip")
    assert catalog.frame["view"].value_counts().to_dict() == {"photo": 2936, "iconic": 81}
    assert catalog.frame["split"].value_counts().to_dict() == {"train": 2640 + 81, "val": 296}
    assert [catalog.frame[level].nunique() for level in catalog.hierarchy] == [3, 43, 81]
    assert catalog.frame["description"].notna().all()
    assert catalog.manifest.skipped == {}


def test_luma(store: Store, real_data: Path) -> None:
    catalog = imported(store, "luma", real_data / "data" / "luma-products.zip")
    assert (catalog.manifest.n, catalog.frame["group_id"].nunique()) == (486, 121)
    assert catalog.frame["split"].groupby(catalog.frame["group_id"]).nunique().max() == 1
    assert catalog.manifest.skipped == {}


def test_fashion_mnist(store: Store, real_data: Path) -> None:
    catalog = imported(store, "fashion-mnist", real_data / "data" / "fashion-mnist")
    counts = pd.crosstab(catalog.frame["split"], catalog.frame["label"])
    assert counts.loc["train"].tolist() == [6000] * 10
    assert counts.loc["test"].tolist() == [1000] * 10
