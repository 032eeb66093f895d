"""Variants as they are written: one text for each, and one clear line for what is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import SearchError
from lib.images.disturb import DISTURBANCES
from lib.retrieval.variants import DEFAULT_EFFORT, STEPS, Variant, parse_variant, usage, variant_title

WORDS = ["l2", "pca=64", "whiten", "int8", "augment=5", "expand=3", "rotated", "asked-by=toy-8-pad-none-000000"]


@pytest.mark.parametrize("text", ["", *WORDS[:2], "pca=8+whiten", "float16", "pq=64", "hnsw", "hnsw=200", "ivf=8"])
def test_a_text_is_read_and_written_the_same(text: str) -> None:
    assert parse_variant(text).text == text


@given(st.permutations(WORDS))
def test_the_order_does_not_matter(words: list[str]) -> None:
    variant = parse_variant(" + ".join(words))
    assert variant.text == "+".join(WORDS)
    assert variant == Variant(
        l2=True,
        pca=64,
        whiten=True,
        storage="int8",
        augment=5,
        expand=3,
        queries="rotated",
        asked_by="toy-8-pad-none-000000",
    )


def test_the_usual_number_need_not_be_written() -> None:
    for kind, effort in DEFAULT_EFFORT.items():
        assert parse_variant(f"{kind}={effort}") == parse_variant(kind)
        assert parse_variant(kind).text == kind
        assert parse_variant(kind).effort == effort


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "as embedded"),
        ("pca=128+whiten", "PCA 128, whitened"),
        ("l2+int8", "length 1 first, int8"),
        ("pq=64", "PQ 64 bytes"),
        ("hnsw", "HNSW"),
        ("ivf=8", "IVF 8"),
        ("rotated", "queries rotated"),
        ("asked-by=vgg16", "asked by vgg16"),
    ],
)
def test_titles_are_for_people(text: str, title: str) -> None:
    assert variant_title(text) == variant_title(parse_variant(text)) == title


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pca", "'pca' is no step of a variant: it is written pca=N, N from 1"),
        ("pca=0", "it is written pca=N"),
        ("augment=101", "'augment=101' is no step of a variant: it is written augment=N, N from 1 to 100[.]"),
        ("expand=101", "written expand=N, N from 1 to 100[.]"),
        ("hnsw=1000000000000", "written hnsw.=N., N from 1 to 1,000,000[.]"),
        ("pca=1.5", "it is written pca=N"),
        ("pca=99999999", "it is written pca=N"),
        ("pca=", "it is written pca=N"),
        ("hnsw=", "it is written hnsw"),
        ("l2=3", "it is written l2[.]"),
        ("l2+l2", "'l2' and 'l2' cannot both be in the variant 'l2[+]l2'"),
        ("float16+int8", "cannot both"),
        ("hnsw+ivf", "cannot both"),
        ("rotated+mirrored", "cannot both"),
        ("asked-by=a+asked-by=b", "cannot both"),
        ("whiten", "whiten needs principal components. Write pca=N[+]whiten"),
        ("hnsw+pq=8", "hnsw and pq cannot be combined"),
        ("ivf+augment=3", "ivf and augment cannot be combined"),
        ("rotatd", "no step 'rotatd'. Is it 'rotated'. There are: l2, pca=N"),
        ("umap", "no step 'umap'. There are: l2, pca=N, whiten"),
        ("l2++pca=3", "no step ''"),
        ("+", "no step ''"),
        ("L2", "no step 'L2'"),
        ("asked-by", "names no embedding"),
        ("asked-by=../x", "names no embedding"),
    ],
)
def test_what_is_none_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(SearchError, match=message) as caught:
        parse_variant(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30))
def test_no_text_is_anything_but_a_variant_or_that_error(text: str) -> None:
    try:
        variant = parse_variant(text)
    except SearchError:
        return
    assert parse_variant(variant.text) == variant


def test_as_many_as_may_be_averaged() -> None:
    assert parse_variant("augment=100+expand=100").words == ("augment=100", "expand=100")


def test_every_disturbance_is_a_step_and_every_step_is_in_the_usage() -> None:
    assert {name for name, step in STEPS.items() if step.group == "queries"} == set(DISTURBANCES)
    assert all(step.usage in usage() for step in STEPS.values())
    assert np.all([step.explanation.endswith(".") for step in STEPS.values()])
