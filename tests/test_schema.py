import contextlib
import dataclasses
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import InvalidArtifact
from lib.schema import SCHEMA_VERSION, Manifest, artifact_id, canonical_json

names = st.text(string.ascii_lowercase, min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
requests = st.dictionaries(names, values, max_size=4)


def manifest(**changes: object) -> Manifest:
    given_values = {
        "kind": "embedding",
        "id": "m-1",
        "command": "python -m lib embed shop --backbone m",
        "inputs": {"catalog": "shop"},
        "parameters": {"size": 224},
        "n_in": 10,
        "n": 7,
        "skipped": {"unreadable": 2, "too large": 1},
        "synthetic": False,
    }
    return Manifest(**(given_values | changes))


#: Fields that ``Manifest`` is made of, beside the version.
FIELDS = sorted(json.loads(manifest().to_json()).keys() - {"n_skipped", "schema_version"})


@given(requests, requests)
def test_equal_requests_have_equal_ids_whatever_their_order(inputs: dict, parameters: dict) -> None:
    backwards = dict(reversed(inputs.items())), dict(reversed(parameters.items()))
    assert artifact_id("m", inputs, parameters) == artifact_id("m", *backwards)


@given(requests, names, st.integers())
def test_a_changed_request_has_another_text_to_hash(parameters: dict, key: str, value: int) -> None:
    changed = parameters | {key: [value, "changed"]}
    assert (canonical_json(parameters) == canonical_json(changed)) == (parameters == changed)


def test_an_input_is_not_a_parameter() -> None:
    assert artifact_id("m", {"a": 1}, {}) != artifact_id("m", {}, {"a": 1})


def test_an_id_is_the_prefix_and_the_hash_of_the_canonical_request() -> None:
    # sha256 of {"inputs":{"a":1},"parameters":{"b":"é"}} with é escaped, first six digits.
    assert canonical_json({"parameters": {"b": "é"}, "inputs": {"a": 1}}) == (
        '{"inputs":{"a":1},"parameters":{"b":"\\u00e9"}}'
    )
    assert artifact_id("mobilenet_v2-224-pad", {"a": 1}, {"b": "é"}) == "mobilenet_v2-224-pad-4e3a09"


@given(requests, requests, st.integers(0, 99), st.dictionaries(names, st.integers(0, 99), max_size=3))
def test_a_manifest_survives_its_json(inputs: dict, parameters: dict, n: int, skipped: dict[str, int]) -> None:
    written = manifest(
        inputs=inputs, parameters=parameters, n=n, n_in=n + sum(skipped.values()), skipped=skipped, details=parameters
    )
    assert Manifest.from_json(written.to_json()) == written
    assert json.loads(written.to_json())["n_skipped"] == written.n_skipped == sum(skipped.values())


def test_counts_must_agree() -> None:
    with pytest.raises(ValueError, match=r"Expected n_in - n .* Received: n_in=10, n=8"):
        manifest(n=8)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"Expected kind to be one of \['catalog', .* Received: kind='soup'"):
        manifest(kind="soup")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": SCHEMA_VERSION + 1}, f"schema version {SCHEMA_VERSION + 1} is not {SCHEMA_VERSION}"),
        ({"colour": "red"}, "colour"),
        ({"n": 9}, "n_in - n"),
        ({"kind": "soup"}, "soup"),
        ({"skipped": None}, "not a manifest"),
        ({"skipped": {"unreadable": "three"}}, "not a manifest"),
        ({"n": "7"}, "not a manifest"),
        *(({name: wrong}, "not a manifest") for name in FIELDS for wrong in (None, [], 1.5)),
        ({"schema_version": None}, "schema version None"),
        ({"schema_version": True}, "not a manifest"),
        ({"n": True, "n_in": 4}, "not a manifest"),
        ({"n": -1, "n_in": 2}, "below zero"),
        ({"n": 10**30, "n_in": 10**30 + 3}, "beyond all"),
        ({"skipped": {"unreadable": 4, "too large": -1}}, "below zero"),
        ({"synthetic": 1}, "not a manifest"),
        ({"files": {"a.npy": None}}, "not a manifest"),
        ({"files": {"../a.npy": "00"}}, "elsewhere"),
        ({"files": {"/etc/passwd": "00"}}, "elsewhere"),
        ({"timings": {"wall": "long"}}, "not a manifest"),
        ({"created_at": "yesterday"}, "not a manifest"),
        ({"created_at": "2024-01-01T00:00:00"}, "created_at"),
    ],
)
def test_a_foreign_manifest_is_refused(change: dict, said: str) -> None:
    text = json.dumps(json.loads(manifest().to_json()) | change)
    with pytest.raises(InvalidArtifact, match=said):
        Manifest.from_json(text)


@given(st.sampled_from(FIELDS), values)
def test_no_value_of_a_field_does_worse_than_be_refused(name: str, value: object) -> None:
    text = json.dumps(json.loads(manifest().to_json()) | {name: value})
    with contextlib.suppress(InvalidArtifact):
        assert Manifest.from_json(Manifest.from_json(text).to_json())


def test_an_edited_request_no_longer_has_its_id() -> None:
    made = manifest(id=artifact_id("m-224-pad", {"catalog": "shop"}, {"size": 224}))
    assert made.has_own_id
    assert not dataclasses.replace(made, parameters={"size": 225}).has_own_id
    assert not dataclasses.replace(made, inputs={}).has_own_id
    assert not dataclasses.replace(made, id="m").has_own_id


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"text"', '{"schema_version": 1}', "[" * 100_000])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(InvalidArtifact):
        Manifest.from_json(text)


@given(st.text(max_size=30))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    with pytest.raises(InvalidArtifact):
        Manifest.from_json(text)
