"""What is asked for decides the id; nothing else does."""

import dataclasses
import subprocess
import sys

import pytest

from lib.artifacts import Store
from lib.embedding.request import EmbeddingRequest, request_for, request_of
from lib.errors import AppError, ModelError, WeightsError
from tests.factories import make_catalog


def test_what_is_left_out_is_the_models_own():
    assert EmbeddingRequest("mobilenet_v2") == EmbeddingRequest("mobilenet_v2", 224, "pad", "imagenet", "f32", "auto")
    assert EmbeddingRequest("xception").size == 299
    assert EmbeddingRequest("color_hog") == EmbeddingRequest("color_hog", 96, "pad", "none")


@pytest.mark.parametrize(
    "wrong",
    [{"backbone": "alexnet"}, {"fit": "crop"}, {"precision": "f16"}, {"engine": "tpu"}, {"fit": ""}, {"backbone": []}],
)
def test_unknown_choices_are_refused_with_the_known_ones(wrong: dict[str, object]):
    with pytest.raises(ValueError, match=r"Expected .* to be one of .*Received: "):
        EmbeddingRequest(**{"backbone": "mobilenet_v2", **wrong})


def test_none_is_the_models_own_and_nothing_else_is():
    assert EmbeddingRequest("mobilenet_v2", size=None, weights=None) == EmbeddingRequest("mobilenet_v2")
    for wrong in ({"weights": ""}, {"weights": 5}, {"size": ""}, {"size": True}, {"size": 96.0}, {"size": "96"}):
        for backbone in ("mobilenet_v2", "color_hog"):
            with pytest.raises(ModelError, match=r"Expected (size|weights) to be .*Received: (size|weights)="):
                EmbeddingRequest(backbone, **wrong)


@pytest.mark.parametrize("size", [-1, 0, 31, 5000])
def test_a_size_that_does_not_suit_is_the_users_error(size: int):
    with pytest.raises(ModelError, match=f"{size} x {size}"):
        EmbeddingRequest("mobilenet_v2", size=size)


def test_a_descriptor_has_no_weights_and_no_precision():
    for wrong in ({"weights": "imagenet"}, {"precision": "bf16"}):
        with pytest.raises(WeightsError):
            EmbeddingRequest("color_hog", **wrong)


def test_the_id_is_readable_and_follows_from_everything_that_decides_the_vectors(store: Store):
    catalog, other = make_catalog(store, "one", 6), make_catalog(store, "two", 7)
    request = EmbeddingRequest("mobilenet_v2", weights="none")
    changed = [
        {"backbone": "mobilenet"},
        {"size": 96},
        {"fit": "resize"},
        {"precision": "bf16"},
    ]
    ids = {request.id(catalog), request.id(other), request.id(catalog, seed=1)}
    ids |= {dataclasses.replace(request, **change).id(catalog) for change in changed}
    assert len(ids) == 3 + len(changed)
    assert request.id(catalog).startswith("mobilenet_v2-224-pad-none-")
    assert dataclasses.replace(request, precision="bf16").id(catalog).startswith("mobilenet_v2-224-pad-none-bf16-")


def test_who_computes_is_no_part_of_the_id(store: Store):
    catalog = make_catalog(store)
    ids = {EmbeddingRequest("vgg16", weights="none", engine=engine).id(catalog) for engine in ("auto", "keras")}
    assert len(ids) == 1


def test_the_place_of_a_weights_file_is_no_part_of_the_id_but_its_content_is(store: Store, tmp_path):
    catalog = make_catalog(store)
    (tmp_path / "elsewhere").mkdir()
    paths = [tmp_path / "mine.h5", tmp_path / "elsewhere" / "mine.h5"]
    for path in paths:
        path.write_bytes(b"weights")
    first, second = (EmbeddingRequest("vgg16", weights=str(path)).id(catalog) for path in paths)
    assert first == second
    assert first.startswith("vgg16-224-pad-mine-")
    paths[0].write_bytes(b"other weights")
    assert EmbeddingRequest("vgg16", weights=str(paths[0])).id(catalog) != first


@pytest.mark.parametrize("weights", ["a" * 5000, "~nobody-is-called-so/x.h5", "a\0b", ".", "..", "/"])
def test_weights_that_can_be_no_file_are_refused_like_those_that_are_not_there(store: Store, weights: str):
    for options in ({}, {"backbone": "vgg16"}):
        with pytest.raises(WeightsError, match="There are no weights"):
            request_for(store, weights=weights, **options).find_weights()


def test_a_manifest_gives_its_request_back(store: Store):
    request = EmbeddingRequest("mobilenet", size=96, fit="resize", weights="none", precision="bf16")
    assert request_of(store, request.parameters(request.find_weights()), weights="none") == request


def test_asking_for_an_id_loads_no_framework():
    code = (
        "import sys; from lib.embedding.request import EmbeddingRequest; "
        "from lib.embedding.extract import embed_catalog; from lib.embedding.embedder import open_embedder; "
        "EmbeddingRequest('mobilenet_v2', weights='none').find_weights(); "
        "print({'tensorflow', 'keras', 'openvino', 'streamlit'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


def test_errors_are_ones_that_pages_catch():
    assert issubclass(ModelError, AppError)
    assert issubclass(ModelError, ValueError)
