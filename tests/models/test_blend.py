"""Probabilities in an embedding: lengths, products, and heads that say what they said."""

import numpy as np
import pytest

from lib.models.blend import beside, heads_after, projection


@pytest.fixture
def parts() -> tuple[np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, [vectors @ rng.normal(size=(6, n)).astype(np.float32) * 4 for n in (3, 2)]


def test_rows_have_one_length_and_their_products_are_cosines(parts) -> None:
    vectors, logits = parts
    rows = beside(vectors, logits, [1.0, 0.5])
    assert rows.shape == (60, 11)
    np.testing.assert_allclose((rows**2).sum(axis=1), 1 + 1 + 0.25, rtol=1e-5)
    shares = [np.exp(found) / np.exp(found).sum(axis=1, keepdims=True) for found in logits]
    cosine = [float(share[3] @ share[7] / np.linalg.norm(share[3]) / np.linalg.norm(share[7])) for share in shares]
    assert rows[3] @ rows[7] == pytest.approx(float(vectors[3] @ vectors[7]) + cosine[0] + 0.25 * cosine[1], abs=1e-5)


def test_logits_of_any_size_give_numbers(parts) -> None:
    vectors, _ = parts
    rows = beside(vectors, [np.full((60, 3), 1e4, np.float32), np.full((60, 2), -1e4, np.float32)], [2.0, 1.0])
    assert np.isfinite(rows).all()


def test_the_projection_keeps_as_many_products_as_it_can(parts) -> None:
    vectors, logits = parts
    rows = beside(vectors, logits, [1.0, 0.5])
    whole = projection(rows, 11)
    np.testing.assert_allclose((rows @ whole) @ (rows @ whole).T, rows @ rows.T, atol=1e-5)
    fewer = projection(rows, 6)
    np.testing.assert_allclose(fewer.T @ fewer, np.eye(6), atol=1e-5)
    lost = np.abs((rows @ fewer) @ (rows @ fewer).T - rows @ rows.T)
    other = np.linalg.qr(np.random.default_rng(1).normal(size=(11, 6)))[0].astype(np.float32)
    assert (lost**2).sum() < (np.abs((rows @ other) @ (rows @ other).T - rows @ rows.T) ** 2).sum()


def test_heads_say_of_blended_embeddings_what_they_said_before(parts) -> None:
    vectors, logits = parts
    rng = np.random.default_rng(2)
    kernel, bias = rng.normal(size=(6, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32)
    rows = beside(vectors, logits, [1.0, 0.5])
    found = projection(rows, 11)
    blended = rows @ found
    blended /= np.linalg.norm(blended, axis=1, keepdims=True)
    after, same_bias = heads_after({"colour": (kernel, bias)}, found, [1.0, 0.5])["colour"]
    np.testing.assert_allclose(blended @ after + same_bias, vectors @ kernel + bias, atol=1e-4)
