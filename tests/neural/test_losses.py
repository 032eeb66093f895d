"""The losses against naive versions that follow their papers term by term, and where there is nothing to learn."""

import math

import numpy as np
import pytest

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def losses():
    from lib.neural import losses

    return losses


def unit(n: int, dim: int = 5, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def naive_neighbours(z: np.ndarray, teacher: np.ndarray, t: float) -> float:
    def shares(rows: np.ndarray, i: int) -> dict[int, float]:
        found = {j: math.exp(float(rows[i] @ rows[j]) / t) for j in range(len(rows)) if j != i}
        return {j: value / sum(found.values()) for j, value in found.items()}

    found = []
    for i in range(len(z)):
        wanted, got = shares(teacher, i), shares(z, i)
        found.append(sum(p * math.log(p / got[j]) for j, p in wanted.items()))
    return float(np.mean(found))


CODES = np.array([0, 0, 1, 1, 1, 2, -1, -1], np.int32)


def naive_contrastive(z: np.ndarray, codes: np.ndarray, t: float) -> float:
    found = []
    for i in range(len(z)):
        positives = [p for p in range(len(z)) if p != i and codes[p] == codes[i] >= 0]
        below = sum(math.exp(float(z[i] @ z[a]) / t) for a in range(len(z)) if a != i)
        if positives:
            found.append(-np.mean([math.log(math.exp(float(z[i] @ z[p]) / t) / below) for p in positives]))
    return float(np.mean(found)) if found else 0.0


def naive_nt_xent(z: np.ndarray, t: float) -> float:
    n = len(z) // 2
    found = []
    for i in range(2 * n):
        other = (i + n) % (2 * n)
        below = sum(math.exp(float(z[i] @ z[k]) / t) for k in range(2 * n) if k != i)
        found.append(-math.log(math.exp(float(z[i] @ z[other]) / t) / below))
    return float(np.mean(found))


def naive_triplet(z: np.ndarray, codes: np.ndarray, margin: float) -> float:
    d = np.linalg.norm(z[:, None].astype(np.float64) - z[None], axis=2)
    found = []
    for a in range(len(z)):
        negatives = [n for n in range(len(z)) if codes[n] >= 0 and codes[n] != codes[a] and codes[a] >= 0]
        for p in range(len(z)):
            if p == a or codes[p] != codes[a] or codes[a] < 0 or not negatives:
                continue
            farther = [d[a, n] for n in negatives if d[a, n] > d[a, p]]
            chosen = min(farther) if farther else max(d[a, n] for n in negatives)
            found.append(max(d[a, p] - chosen + margin, 0.0))
    return float(np.mean(found)) if found else 0.0


def naive_proxy_anchor(s: np.ndarray, codes: np.ndarray, scale: float, margin: float) -> float:
    labels = range(s.shape[1])
    there = [c for c in labels if (codes == c).any()]
    pull = [math.log(1 + sum(math.exp(-scale * (s[i, c] - margin)) for i in np.flatnonzero(codes == c))) for c in there]
    push = [
        math.log(
            1 + sum(math.exp(scale * (s[i, c] + margin)) for i in range(len(s)) if codes[i] >= 0 and codes[i] != c)
        )
        for c in labels
    ]
    return (float(np.mean(pull)) if pull else 0.0) + float(np.mean(push))


def naive_arc_face(s: np.ndarray, codes: np.ndarray, scale: float, margin: float) -> float:
    found = []
    for i in np.flatnonzero(codes >= 0):
        logits = scale * s[i].astype(np.float64)
        angle = math.acos(s[i, codes[i]])
        past = angle > math.pi - margin
        logits[codes[i]] = scale * (s[i, codes[i]] - margin * math.sin(margin) if past else math.cos(angle + margin))
        found.append(-logits[codes[i]] + math.log(np.exp(logits - logits.max()).sum()) + logits.max())
    return float(np.mean(found))


@pytest.mark.parametrize("temperature", [0.05, 0.5])
def test_supervised_contrastive_is_khosla_s_equation(losses, temperature: float) -> None:
    z = unit(8)
    found = losses.supervised_contrastive(z, CODES, temperature=temperature)
    assert float(found) == pytest.approx(naive_contrastive(z, CODES, temperature), rel=1e-4)


def test_nt_xent_is_simclr_s_equation(losses) -> None:
    z = unit(10)
    assert float(losses.nt_xent(z, temperature=0.2)) == pytest.approx(naive_nt_xent(z, 0.2), rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_triplet_mines_semi_hard_negatives(losses, seed: int) -> None:
    z = unit(8, dim=2, seed=seed)
    assert float(losses.triplet(z, CODES, margin=0.3)) == pytest.approx(
        naive_triplet(z, CODES, 0.3), rel=1e-3, abs=1e-5
    )


def test_proxy_anchor_and_arc_face_follow_their_papers(losses) -> None:
    cosines = np.clip(unit(8, dim=4) @ unit(4, dim=4, seed=1).T, -0.999, 0.999).astype(np.float32)
    found = losses.proxy_anchor(cosines, CODES, scale=8.0, margin=0.1)
    assert float(found) == pytest.approx(naive_proxy_anchor(cosines, CODES, 8.0, 0.1), rel=1e-4)
    found = losses.arc_face(cosines, CODES, scale=8.0, margin=0.5)
    assert float(found) == pytest.approx(naive_arc_face(cosines, CODES, 8.0, 0.5), rel=1e-4)


def test_cross_entropy_by_hand(losses) -> None:
    logits = np.log(np.array([[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]], np.float32))
    codes = np.array([0, 1, -1], np.int32)
    expected = -(math.log(0.5) + math.log(0.8)) / 2
    assert float(losses.cross_entropy(logits, codes, smoothing=0.0)) == pytest.approx(expected, rel=1e-5)
    smoothed = -(math.log(0.5) + 0.9 * math.log(0.8) + 0.1 * math.log(0.2)) / 2
    assert float(losses.cross_entropy(logits, codes, smoothing=0.2)) == pytest.approx(smoothed, rel=1e-5)


NOTHING = {"no label known": np.full(4, -1, np.int32), "no positive": np.arange(4, dtype=np.int32)}


@pytest.mark.parametrize("codes", NOTHING.values(), ids=NOTHING)
def test_a_batch_without_positives_costs_nothing(losses, codes: np.ndarray) -> None:
    z = unit(4)
    assert float(losses.supervised_contrastive(z, codes, temperature=0.1)) == 0.0
    assert float(losses.triplet(z, codes, margin=0.2)) == 0.0


def test_a_batch_of_one_label_has_no_negatives(losses) -> None:
    z, codes = unit(4), np.zeros(4, np.int32)
    assert float(losses.triplet(z, codes, margin=0.2)) == 0.0
    assert np.isfinite(float(losses.supervised_contrastive(z, codes, temperature=0.1)))
    assert float(losses.cross_entropy(np.zeros((4, 3), np.float32), np.full(4, -1, np.int32), smoothing=0.1)) == 0.0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(losses, dtype: str) -> None:
    z = keras.ops.cast(unit(8), dtype)
    exact = keras.ops.cast(z, "float32")
    for loss, options in (
        (losses.supervised_contrastive, {"temperature": 0.05}),
        (losses.triplet, {"margin": 0.2}),
        (losses.proxy_anchor, {"scale": 32.0, "margin": 0.1}),
        (losses.arc_face, {"scale": 64.0, "margin": 0.3}),
    ):
        found = loss(z, CODES, **options)
        assert keras.backend.standardize_dtype(found.dtype) == "float32"
        assert float(found) == pytest.approx(float(loss(exact, CODES, **options)), rel=1e-6)


def test_a_step_down_the_gradient_brings_positives_together_and_negatives_apart(losses) -> None:
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the gradient is taken with TensorFlow")
    codes = np.array([0, 0, 1, 1], np.int32)
    raw = tf.Variable(np.array([[1.0, 0.2], [0.6, 0.8], [0.8, 0.6], [-0.2, 1.0]], np.float32))

    def spread() -> tuple[float, float]:
        z = tf.math.l2_normalize(raw, axis=1).numpy()
        s = z @ z.T
        same = codes[:, None] == codes[None]
        return float(s[same].mean()), float(s[~same].mean())

    start = raw.numpy()
    for loss, options in (
        (losses.supervised_contrastive, {"temperature": 0.3}),
        (losses.triplet, {"margin": 0.5}),
    ):
        raw.assign(start)
        before = spread()
        with tf.GradientTape() as tape:
            value = loss(tf.math.l2_normalize(raw, axis=1), codes, **options)
        raw.assign_sub(0.05 * tape.gradient(value, raw))
        after = spread()
        assert after[0] - after[1] > before[0] - before[1]


def test_neighbours_are_the_naive_divergence_and_nothing_where_they_agree(losses) -> None:
    z, teacher = unit(8), unit(8, dim=11, seed=4)
    assert float(losses.neighbours(z, teacher, temperature=0.1)) == pytest.approx(
        naive_neighbours(z, teacher, 0.1), rel=1e-4
    )
    assert float(losses.neighbours(z, z, temperature=0.1)) == pytest.approx(0.0, abs=1e-5)
    assert float(losses.neighbours(z[:1], teacher[:1], temperature=0.1)) == 0.0
    half = float(losses.neighbours(z.astype(np.float16), teacher.astype(np.float16), temperature=0.1))
    assert half == pytest.approx(naive_neighbours(z, teacher, 0.1), rel=0.05)


def test_answers_are_the_cross_entropy_with_a_teacher_and_leave_out_where_it_says_nothing(losses) -> None:
    logits = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 0.0], [3.0, 1.0, 1.0]], np.float32)
    shares = np.array([[0.2, 0.7, 0.1], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], np.float32)
    log_shares = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    wanted = -np.mean([(shares[i] * log_shares[i]).sum() for i in (0, 2)])
    assert float(losses.answers(logits, shares)) == pytest.approx(float(wanted), rel=1e-5)
    assert float(losses.answers(logits, 0 * shares)) == 0.0
