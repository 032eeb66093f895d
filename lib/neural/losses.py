"""The losses that recipes are made of: float32 inside, zero where a batch has nothing to learn from.

Embeddings are rows of unit length unless said otherwise; codes are whole numbers, negative where a label is unknown.
Distances between rows of unit length are euclidean.
"""

from typing import Any

from keras import ops

#: Stands for "never" among logits; float32 holds it, and its exponential is zero.
_NEVER = -1e9
#: Squared distances are kept above this, so that the root has a gradient.
_TINY = 1e-12


def supervised_contrastive(embedding: Any, codes: Any, *, temperature: float) -> Any:
    """Return the supervised contrastive loss, positives outside the logarithm (Khosla et al. 2020, equation 2).

    ``L_i = -1/|P(i)| sum over p in P(i) of log(exp(z_i z_p / t) / sum over a != i of exp(z_i z_a / t))``, averaged over
    the pictures i that have a positive: another picture of the same code.

    Parameters
    ----------
    embedding : tensor of shape (n, dim)
    codes : tensor of shape (n,), int
    temperature : float
        Above 0.

    Returns
    -------
    tensor of shape (), float32
        0 where no picture has a positive.
    """
    logits = _similarities(embedding) / temperature
    others = 1.0 - ops.eye(ops.shape(logits)[0], dtype="float32")
    logits = ops.where(others > 0, logits, _NEVER)
    positives = _same(codes) * others
    log_shares = logits - ops.logsumexp(logits, axis=1, keepdims=True)
    n_positives = ops.sum(positives, axis=1)
    losses = -ops.sum(positives * ops.where(others > 0, log_shares, 0.0), axis=1) / ops.maximum(n_positives, 1.0)
    return _mean_where(losses, n_positives > 0)


def nt_xent(embedding: Any, *, temperature: float) -> Any:
    """Return the normalised temperature-scaled cross-entropy of two views of each picture (Chen et al. 2020, SimCLR).

    It is the supervised contrastive loss in which each picture is a label of its own: the one positive of a view is the
    other view.

    Parameters
    ----------
    embedding : tensor of shape (2 n, dim)
        The first views, then the second views in the same order.
    temperature : float

    Returns
    -------
    tensor of shape (), float32
    """
    pictures = ops.arange(ops.shape(embedding)[0] // 2)
    return supervised_contrastive(embedding, ops.concatenate([pictures, pictures]), temperature=temperature)


def triplet(embedding: Any, codes: Any, *, margin: float) -> Any:
    """Return the triplet margin loss ``max(d(a, p) - d(a, n) + margin, 0)``, semi-hard negatives mined in the batch.

    For each pair of an anchor and a positive the negative is the nearest of those farther away than the positive, or,
    where none is, the farthest of all (Schroff et al. 2015).

    Parameters
    ----------
    embedding : tensor of shape (n, dim)
    codes : tensor of shape (n,), int
    margin : float

    Returns
    -------
    tensor of shape (), float32
        The mean over pairs that have a negative; 0 where there is no such pair.
    """
    distances = ops.sqrt(ops.maximum(2.0 - 2.0 * _similarities(embedding), _TINY))
    known = _known(codes)
    negatives = (1.0 - _equal(codes)) * known[:, None] * known[None, :]
    pairs = _same(codes) * (1.0 - ops.eye(ops.shape(distances)[0], dtype="float32"))
    to_positive, to_negative = distances[:, :, None], distances[:, None, :]
    allowed = negatives[:, None, :] > 0
    farther = ops.logical_and(allowed, to_negative > to_positive)
    nearest_farther = ops.min(ops.where(farther, to_negative, -_NEVER), axis=2)
    farthest = ops.max(ops.where(allowed, to_negative, 0.0), axis=2)
    chosen = ops.where(ops.any(farther, axis=2), nearest_farther, farthest)
    usable = ops.logical_and(pairs > 0, ops.any(negatives > 0, axis=1)[:, None])
    return _mean_where(ops.maximum(distances - chosen + margin, 0.0), usable)


def proxy_anchor(cosines: Any, codes: Any, *, scale: float, margin: float) -> Any:
    """Return the proxy anchor loss (Kim et al. 2020, equation 4).

    Each label's proxy pulls its pictures and pushes the others: ``log(1 + sum exp(-scale (s - margin)))`` over its
    pictures, averaged over the proxies with a picture in the batch, plus ``log(1 + sum exp(scale (s + margin)))`` over
    the others, averaged over all proxies.

    Parameters
    ----------
    cosines : tensor of shape (n, n_labels)
        Of each picture with each label's proxy.
    codes : tensor of shape (n,), int
    scale, margin : float

    Returns
    -------
    tensor of shape (), float32
    """
    cosines = ops.cast(cosines, "float32")
    mine = ops.one_hot(ops.maximum(codes, 0), ops.shape(cosines)[1], dtype="float32") * _known(codes)[:, None]
    theirs = (1.0 - mine) * _known(codes)[:, None]
    pull = _log1p_sum_exp(-scale * (cosines - margin), mine)
    push = _log1p_sum_exp(scale * (cosines + margin), theirs)
    return _mean_where(pull, ops.sum(mine, axis=0) > 0) + ops.mean(push)


def arc_face(cosines: Any, codes: Any, *, scale: float, margin: float) -> Any:
    """Return the additive angular margin loss (Deng et al. 2019): cross-entropy of ``scale cos(angle + margin)``.

    Past ``pi - margin``, where the cosine would rise again, ``cos(angle) - margin sin(margin)`` takes its place.

    Parameters
    ----------
    cosines : tensor of shape (n, n_labels)
    codes : tensor of shape (n,), int
    scale, margin : float

    Returns
    -------
    tensor of shape (), float32
    """
    cosines = ops.clip(ops.cast(cosines, "float32"), -1.0 + 1e-6, 1.0 - 1e-6)
    margin_cos, margin_sin = ops.cos(margin), ops.sin(margin)
    harder = cosines * margin_cos - ops.sqrt(1.0 - ops.square(cosines)) * margin_sin
    harder = ops.where(cosines > -margin_cos, harder, cosines - margin * margin_sin)
    mine = ops.one_hot(ops.maximum(codes, 0), ops.shape(cosines)[1], dtype="float32")
    return cross_entropy(scale * (mine * harder + (1.0 - mine) * cosines), codes, smoothing=0.0)


def cross_entropy(logits: Any, codes: Any, *, smoothing: float) -> Any:
    """Return the mean cross-entropy over the pictures whose label is known, label smoothing as of Szegedy et al. 2016.

    Parameters
    ----------
    logits : tensor of shape (n, n_labels)
    codes : tensor of shape (n,), int
    smoothing : float
        Share of the target that is spread over all labels, 0 to 1.

    Returns
    -------
    tensor of shape (), float32
        0 where no label is known.
    """
    log_shares = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    n_labels = ops.shape(log_shares)[1]
    wanted = ops.one_hot(ops.maximum(codes, 0), n_labels, dtype="float32")
    wanted = wanted * (1.0 - smoothing) + smoothing / ops.cast(n_labels, "float32")
    return _mean_where(-ops.sum(wanted * log_shares, axis=1), _known(codes) > 0)


def answers(logits: Any, shares: Any) -> Any:
    """Return the mean cross-entropy with the probabilities that a teacher gives (Hinton et al. 2015, temperature 1).

    Parameters
    ----------
    logits : tensor of shape (n, n_labels)
    shares : tensor of shape (n, n_labels)
        Rows sum to 1, or to 0 where the teacher says nothing.

    Returns
    -------
    tensor of shape (), float32
        0 where the teacher says nothing of any picture.
    """
    shares = ops.cast(shares, "float32")
    log_shares = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    return _mean_where(-ops.sum(shares * log_shares, axis=1), ops.sum(shares, axis=1) > 0)


def neighbours(embedding: Any, teacher: Any, *, temperature: float) -> Any:
    """Return how far the similarities of a batch's pictures are from a teacher's (Fang et al. 2021, SEED, equation 4).

    For each picture the other ones have probabilities, ``exp(cosine / temperature)`` over their sum; the loss is the
    Kullback-Leibler divergence of the learner's from the teacher's, averaged over the pictures.

    Parameters
    ----------
    embedding : tensor of shape (n, dim)
    teacher : tensor of shape (n, any)
        Rows of unit length.
    temperature : float
        Above 0.

    Returns
    -------
    tensor of shape (), float32
        0 for fewer than two pictures.
    """
    others = 1.0 - ops.eye(ops.shape(embedding)[0], dtype="float32")

    def log_shares(rows: Any) -> Any:
        logits = ops.where(others > 0, _similarities(rows) / temperature, _NEVER)
        return logits - ops.logsumexp(logits, axis=1, keepdims=True)

    wanted = log_shares(ops.normalize(ops.cast(teacher, "float32"), axis=1))
    found = log_shares(ops.normalize(ops.cast(embedding, "float32"), axis=1))
    return ops.mean(ops.sum(ops.where(others > 0, ops.exp(wanted) * (wanted - found), 0.0), axis=1))


def _similarities(embedding: Any) -> Any:
    embedding = ops.cast(embedding, "float32")
    return ops.matmul(embedding, ops.transpose(embedding))


def _known(codes: Any) -> Any:
    return ops.cast(ops.cast(codes, "int32") >= 0, "float32")


def _equal(codes: Any) -> Any:
    codes = ops.cast(codes, "int32")
    return ops.cast(ops.equal(codes[:, None], codes[None, :]), "float32")


def _same(codes: Any) -> Any:
    """Return 1 where two pictures have the same label and it is known, a picture and itself among them."""
    return _equal(codes) * _known(codes)[:, None]


def _mean_where(values: Any, condition: Any) -> Any:
    chosen = ops.cast(condition, "float32")
    return ops.sum(ops.where(condition, values, 0.0)) / ops.maximum(ops.sum(chosen), 1.0)


def _log1p_sum_exp(values: Any, chosen: Any) -> Any:
    """Return ``log(1 + sum of exp(values))`` of each column over the chosen rows, without overflow."""
    values = ops.where(chosen > 0, values, _NEVER)
    with_one = ops.concatenate([values, ops.zeros((1, ops.shape(values)[1]), dtype="float32")], axis=0)
    return ops.logsumexp(with_one, axis=0)
