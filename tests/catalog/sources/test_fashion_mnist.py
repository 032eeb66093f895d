"""IDX files: packed or not, checked against their headers, stored as one array."""

from pathlib import Path

import numpy as np
import pytest

from lib.artifacts import Store
from lib.catalog.importing import import_catalog
from lib.catalog.sources import fashion_mnist
from lib.errors import CatalogError
from lib.images.decode import decode
from tests.catalog.sources.data import idx, write_folder

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 28, 28), np.uint8)
LABELS = np.array([0, 9, 1, 0, 2, 3], np.uint8)


def files(packed: bool = True) -> dict[str, bytes]:
    end = ".gz" if packed else ""
    return {
        f"train-images-idx3-ubyte{end}": idx(IMAGES[:4], packed=packed),
        f"train-labels-idx1-ubyte{end}": idx(LABELS[:4], packed=packed),
        f"t10k-images-idx3-ubyte{end}": idx(IMAGES[4:], packed=packed),
        f"t10k-labels-idx1-ubyte{end}": idx(LABELS[4:], packed=packed),
    }


@pytest.mark.parametrize("packed", [True, False])
def test_pictures_labels_and_the_given_split(store: Store, tmp_path: Path, packed: bool) -> None:
    root = write_folder(tmp_path / "mnist", files(packed))
    catalog = import_catalog(store, "fashion-mnist", name="m", path=root, command="c").catalog
    assert catalog.ids.tolist() == [
        "train-00000",
        "train-00001",
        "train-00002",
        "train-00003",
        "test-00000",
        "test-00001",
    ]
    assert catalog.frame["split"].tolist() == ["train"] * 4 + ["test"] * 2
    assert catalog.frame["label"].tolist()[:2] == ["T-shirt/top", "Ankle boot"]
    assert (catalog.folder / "images.npy").is_file()
    found = np.asarray(decode(catalog.read_picture("test-00001")))
    assert (found == IMAGES[5][..., None]).all()
    again = import_catalog(store, "fashion-mnist", name="m", path=root, command="c")
    assert again.n_reused == 6


def test_files_that_lie_about_their_size(tmp_path: Path) -> None:
    good = files(packed=False)["train-images-idx3-ubyte"]
    cases = {
        "short": (good[:-1], "does not hold"),
        "long": (good + b"x", "does not hold"),
        "bomb": (b"\0\0\x08\x03" + b"\xff" * 12, "at most 1,000,000,000"),
        "labels": (idx(LABELS, packed=False), "not an IDX file of images"),
        "torn.gz": (idx(IMAGES)[:200], "damaged or cut short"),
        "text.gz": (b"hello", "damaged or cut short"),
    }
    for name, (data, said) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CatalogError, match=said):
            fashion_mnist.read_idx(tmp_path / name, kind="images")


def test_a_missing_file_is_named(tmp_path: Path, store: Store) -> None:
    some = files()
    del some["t10k-labels-idx1-ubyte.gz"]
    with pytest.raises(CatalogError, match="t10k-labels-idx1-ubyte"):
        import_catalog(store, "fashion-mnist", name="m", path=write_folder(tmp_path / "m", some), command="c")


def test_pictures_and_labels_that_do_not_belong_together(tmp_path: Path, store: Store) -> None:
    wrong = files() | {"train-labels-idx1-ubyte.gz": idx(LABELS)}
    with pytest.raises(CatalogError, match="do not belong together"):
        import_catalog(store, "fashion-mnist", name="m", path=write_folder(tmp_path / "m", wrong), command="c")


def test_a_download_is_checked_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(fashion_mnist, "_download", lambda name: b"something else")
    with pytest.raises(CatalogError, match="not the file that was published"):
        fashion_mnist.fetch()
    assert not list(tmp_path.rglob("*.gz"))


def test_no_network_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = pytest.importorskip("requests")

    def refuse(*args: object, **options: object) -> None:
        raise requests.ConnectionError("a long\nstory")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(requests, "get", refuse)
    with pytest.raises(CatalogError, match="could not be downloaded"):
        fashion_mnist.fetch()
