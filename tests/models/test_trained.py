"""The model that comes with the project: small, whole, and what its card says."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lib.errors import WeightsError
from lib.models import MODELS, TrainedModel
from lib.models.arrays import read_arrays
from lib.models.seen import read_seen
from lib.models.trained import ARRAYS, SPEC, read_trained, shipped_models
from tests.factories import encoded, picture


@pytest.fixture(scope="module")
def mini() -> TrainedModel:
    return shipped_models()["vitrine_mini"]


def test_it_is_small_and_its_description_fits_it(mini: TrainedModel) -> None:
    assert MODELS["vitrine_mini"] is mini
    arrays = read_arrays(mini.folder / ARRAYS)
    assert {str(array.dtype) for array in arrays.values()} == {"float16"}
    assert sum(array.size for name, array in arrays.items()) <= 3_000_000
    assert sum(path.stat().st_size for path in mini.folder.iterdir()) <= 8_000_000
    assert (mini.size, mini.dim, mini.unit) == (96, 128, True)
    assert [head.column for head in mini.heads] == [
        *("articleType", "subCategory", "masterCategory", "gender", "baseColour", "season", "usage")
    ]
    assert all(0 < head.accuracy < 1 and head.n > 1000 for head in mini.heads)


def test_probabilities_sum_to_one(mini: TrainedModel) -> None:
    vectors = np.random.default_rng(0).standard_normal((3, 128)).astype(np.float32)
    for head, shares in zip(mini.heads, mini.probabilities(vectors).values(), strict=True):
        assert shares.shape == (3, len(head.classes))
        np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)


def test_its_card_says_where_it_comes_from_and_how_to_make_it_again(mini: TrainedModel) -> None:
    card = (mini.folder / "README.md").read_text()
    assert "Apache License 2.0" in card
    (n,) = re.findall(r"^- Pictures: ([\d,]+) \(train\+val\)$", card, re.MULTILINE)
    assert 0.95 <= len(read_seen(mini.folder)) / int(n.replace(",", "")) <= 1  # some pictures are there twice
    assert "python -m lib train fashion --recipe hybrid --preset vitrine_mini" in card
    accuracy = next(head.accuracy for head in mini.heads if head.column == "gender")
    (row,) = re.findall(r"^\| gender accuracy \| ([\d.]+) \|$", card, re.MULTILINE)  # of test: val was learnt from
    assert float(row) == pytest.approx(accuracy, abs=5e-4)


@pytest.mark.slow
def test_it_embeds_a_picture(mini: TrainedModel) -> None:
    from lib.embedding.view import Fitted

    view = Fitted(mini.size, mini.fit).view(encoded(picture(3)))
    (vector,) = np.asarray(mini.build().predict_on_batch(view[None]))
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-3)


@pytest.fixture
def copy(mini: TrainedModel, tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(mini.folder, folder)
    return folder


def changed(values: dict, place: tuple, value: object) -> dict:
    for step in place[:-1]:
        values = values[step]
    values[place[-1]] = value
    return values


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *((("name",), name) for name in ("../elsewhere", "", 3, "a b", "x" * 300)),
        *((("title",), title) for title in (None, "x" * 5000)),
        *((("size",), size) for size in (0, True, "96", 10**9, 96.0)),
        *((("unit",), unit) for unit in ("yes", 1)),
        *((("layers",), layers) for layers in ([], [{"units": 10**9}], "none", [{"units": 128, "batch_norm": "x"}])),
        *(((("layers", 0, "activation")), activation) for activation in ("os.system", None)),
        *((("heads", 0, "classes"), classes) for classes in ([], [3], 7)),
        *((("heads", 0, "accuracy"), accuracy) for accuracy in (2, "good", float("nan"))),
        *((("heads", 0, "n"), n) for n in (-1, "many")),
        (("heads", 1, "column"), "articleType"),
        (("blend",), [{"column": "articleType", "n_labels": 3, "weight": "heavy"}]),
        *((("trained_on",), seen) for seen in ({"label": 3, "values": []}, {"values": []}, [1])),
        (("dim",), 64),
        (("folder",), "/"),
    ],
)
def test_a_hostile_description_is_one_clear_line(copy: Path, place: tuple, value: object) -> None:
    values = json.loads((copy / SPEC).read_text())
    changed(values, place, value)
    (copy / SPEC).write_text(json.dumps(values))
    with pytest.raises(WeightsError, match="is no description of a model"):
        read_trained(copy)


def _other_bytes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in range(4_000, len(data) - 20_000, 5_000):
        data[place] ^= 0xFF
    path.write_bytes(bytes(data))


def _method_unknown(path: Path) -> None:
    _member(_array(np.zeros(3)))(path)
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[8:10] = data[central + 10 : central + 12] = b"\x63\x00"
    path.write_bytes(bytes(data))


def _member(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("0000/kernel.npy", content)

    return write


def _array(array: np.ndarray) -> bytes:
    data = io.BytesIO()
    np.save(data, array, allow_pickle=array.dtype == object)
    return data.getvalue()


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


HEADER = (
    b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999,), }".ljust(127) + b"\n"
)


@pytest.mark.parametrize(
    "damage",
    [
        *(Path.unlink, _a_folder, _other_bytes, _method_unknown, _member(HEADER), _member(b"nothing")),
        *(_member(_array(np.array(values))) for values in (["a"], [np.nan], [np.inf], [{"a": 1}])),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:90_000]),
    ],
)
def test_damaged_weights_are_one_clear_line(copy: Path, damage: Callable[[Path], None]) -> None:
    damage(copy / ARRAYS)
    with pytest.raises(WeightsError) as caught:
        read_arrays(copy / ARRAYS)
    assert "damaged" in caught.value.message
    assert "\n" not in caught.value.message


def test_weights_that_would_fill_the_memory_are_not_unpacked(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.models.arrays._MOST_BYTES", 1_000_000)
    with pytest.raises(WeightsError, match="would unpack to more than any model here has"):
        read_arrays(copy / ARRAYS)


def test_a_head_that_is_not_in_the_weights_is_one_clear_line(copy: Path) -> None:
    arrays = read_arrays(copy / ARRAYS)
    arrays["head/gender/kernel"] = arrays["head/gender/kernel"][:, :-1]
    np.savez(copy / ARRAYS, **arrays)
    with pytest.raises(WeightsError, match="the head for 'gender' is not in it"):
        read_trained(copy).probabilities(np.zeros((1, 128), np.float32))
