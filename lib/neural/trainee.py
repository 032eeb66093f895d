"""The model in training: encoder, classifying heads, and the losses of its recipe added up."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from lib.models.recipes import Recipe, Settings
from lib.models.recipes.recipe import (
    ATTRIBUTES,
    CONTRAST,
    CROSS_ENTROPY,
    EMBEDDING,
    FINER,
    LABEL,
    NT_XENT,
    PROXY,
    TEACHERS,
    TRIPLET,
    taught,
)
from lib.neural import losses
from lib.neural.augmentation import Augmentation


class _CosineHead(keras.layers.Layer):
    """Cosines with one learnt direction a label.

    Parameters
    ----------
    n_labels : int
    scale : float
        What the cosines are multiplied by.
    exported_scale : float
        What they are multiplied by where probabilities are wanted: losses of proxies scale them themselves.
    """

    def __init__(self, n_labels: int, *, scale: float, exported_scale: float, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.n_labels = n_labels
        self.scale, self.exported_scale = scale, exported_scale

    def build(self, shape: Any) -> None:
        """Make the directions."""
        self.kernel = self.add_weight(shape=(shape[-1], self.n_labels), initializer="glorot_uniform", name="kernel")

    def call(self, embedding: Any) -> Any:
        """Return (n, n_labels) scaled cosines of rows of unit length."""
        directions = ops.normalize(self.kernel, axis=0)
        return self.scale * ops.matmul(ops.cast(embedding, "float32"), directions)

    def exported(self) -> tuple[Any, Any]:
        """Return the kernel (dim, n_labels) and bias (n_labels,) of the logits."""
        directions = ops.convert_to_numpy(ops.normalize(self.kernel, axis=0))
        return self.exported_scale * directions, 0.0 * directions[0]

    def take(self, kernel: Any, _bias: Any) -> None:
        """Begin with an exported kernel (dim, n_labels), whatever it was multiplied by."""
        self.kernel.assign(ops.normalize(kernel, axis=0))


class _LinearHead(keras.layers.Dense):
    """Logits that are linear in the embedding."""

    def exported(self) -> tuple[Any, Any]:
        """Return the kernel (dim, n_labels) and bias (n_labels,)."""
        return ops.convert_to_numpy(self.kernel), ops.convert_to_numpy(self.bias)

    def take(self, kernel: Any, bias: Any) -> None:
        """Begin with an exported kernel (dim, n_labels) and bias (n_labels,)."""
        self.kernel.assign(kernel)
        self.bias.assign(bias)


class Trainee(keras.Model):
    """Pictures in, a recipe's loss out.

    Parameters
    ----------
    encoder : keras.Model
        float32 pictures -> embedding.
    recipe : Recipe
    settings : Settings
    classes : dict of str to int
        Head (``LABEL`` or an attribute) -> number of its labels; none where nothing is classified.
    seed : int
        Of augmentation and dropout.
    """

    def __init__(
        self, encoder: Any, recipe: Recipe, settings: Settings, *, classes: Mapping[str, int], seed: int
    ) -> None:
        super().__init__(name="trainee")
        self.encoder = encoder
        self.augmentation = Augmentation(settings, seed=seed)
        self.drop = keras.layers.Dropout(settings.dropout, seed=(seed + 1) % 2**32, dtype="float32")
        self.heads = {name: _head(i, name, n, recipe, settings) for i, (name, n) in enumerate(classes.items())}
        if LABEL in self.heads:
            self.accuracy = keras.metrics.Mean(name="accuracy")
        self._recipe, self._settings = recipe, settings

    def call(self, pixels: Any, training: bool = False) -> dict[str, Any]:
        """Return the embedding and the logits.

        Parameters
        ----------
        pixels : tensor of shape (n, size, size, 3), uint8
        training : bool, default=False
            Whether pictures are changed first; where the recipe compares two views of a picture, the second ones come
            after the first ones.

        Returns
        -------
        dict of str to tensor
            ``EMBEDDING``, and each head's logits by its name.
        """
        pixels = ops.cast(pixels, "float32")
        if training:
            n_views = 2 if NT_XENT in self._recipe.terms else 1
            views = [self.augmentation(pixels) for _ in range(n_views)]
            pixels = views[0] if n_views == 1 else ops.concatenate(views)
        embedding = self.encoder(pixels, training=training)
        kept = self.drop(embedding, training=training)
        return {EMBEDDING: embedding, **{name: head(kept) for name, head in self.heads.items()}}

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the sum of the recipe's terms for a batch.

        Parameters
        ----------
        x, sample_weight : any
            As Keras passes them; not looked at.
        y : dict of str to tensor of shape (n,), int
            Codes of labels, by head and by finer label.
        y_pred : dict of str to tensor
            As of `call`.
        training : bool, default=True
            Not looked at.

        Returns
        -------
        tensor of shape (), float32
        """
        terms = [_TERMS[term](y, y_pred, self._settings) for term in self._recipe.terms]
        terms += [_lessons(y, y_pred, self._settings)] if TEACHERS in y else []
        return ops.sum(ops.stack(terms)) if len(terms) > 1 else terms[0]

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Return the running means of the loss and, where the label is classified, of the accuracy on it.

        Parameters
        ----------
        x, sample_weight : any
            As Keras passes them; not looked at.
        y, y_pred : dict of str to tensor
            As of `compute_loss`.

        Returns
        -------
        dict of str to float
        """
        if LABEL in self.heads:
            right = ops.equal(ops.argmax(y_pred[LABEL], axis=-1), ops.cast(y[LABEL], "int32"))
            self.accuracy.update_state(ops.cast(right, "float32"), sample_weight=ops.cast(y[LABEL] >= 0, "float32"))
        return dict(self.get_metrics_result())


def _head(number: int, name: str, n_labels: int, recipe: Recipe, settings: Settings) -> Any:
    """Return a head: cosines for an embedding of unit length, linear otherwise."""
    if not recipe.unit:
        return _LinearHead(n_labels, name=f"head_{number}", dtype="float32")
    scale = 1.0 if name == LABEL and PROXY in recipe.terms else settings.scale
    return _CosineHead(n_labels, scale=scale, exported_scale=settings.scale, name=f"head_{number}")


def _cross_entropy(y: Any, outputs: Any, settings: Settings) -> Any:
    return losses.cross_entropy(outputs[LABEL], y[LABEL], smoothing=settings.smoothing)


def _attributes(y: Any, outputs: Any, settings: Settings) -> Any:
    found = [
        losses.cross_entropy(outputs[name], y[name], smoothing=settings.smoothing)
        for name in outputs
        if name not in (EMBEDDING, LABEL)
    ]
    return settings.attribute_weight * ops.sum(ops.stack(found)) if found else ops.zeros(())


def _nt_xent(_y: Any, outputs: Any, settings: Settings) -> Any:
    return losses.nt_xent(outputs[EMBEDDING], temperature=settings.temperature)


def _triplet(y: Any, outputs: Any, settings: Settings) -> Any:
    return losses.triplet(outputs[EMBEDDING], y[LABEL], margin=settings.margin)


def _contrast(y: Any, outputs: Any, settings: Settings) -> Any:
    found = losses.supervised_contrastive(outputs[EMBEDDING], y[LABEL], temperature=settings.temperature)
    return settings.contrast_weight * found


def _finer(y: Any, outputs: Any, settings: Settings) -> Any:
    found = [
        losses.supervised_contrastive(outputs[EMBEDDING], y[name], temperature=settings.temperature)
        for name in settings.columns("finer")
    ]
    return settings.finer_weight * ops.sum(ops.stack(found)) if found else ops.zeros(())


def _proxy(y: Any, outputs: Any, settings: Settings) -> Any:
    loss = {"proxy_anchor": losses.proxy_anchor, "arc_face": losses.arc_face}[settings.loss]
    return loss(outputs[LABEL], y[LABEL], scale=settings.scale, margin=settings.margin)


def _lessons(y: Any, outputs: Any, settings: Settings) -> Any:
    """Return the losses against what teachers say: of the label, of attributes, and of who is like whom."""
    n_views = ops.shape(outputs[EMBEDDING])[0] // ops.shape(y[TEACHERS])[0]
    wanted = ops.tile(y[TEACHERS], (n_views, 1))
    found = [losses.neighbours(outputs[EMBEDDING], wanted, temperature=settings.temperature)]
    for name in outputs:
        if name != EMBEDDING:
            weight = 1.0 if name == LABEL else settings.attribute_weight
            found.append(weight * losses.answers(outputs[name], y[taught(name)]))
    return settings.teachers_weight * ops.sum(ops.stack(found))


_TERMS = {
    CROSS_ENTROPY: _cross_entropy,
    ATTRIBUTES: _attributes,
    NT_XENT: _nt_xent,
    TRIPLET: _triplet,
    CONTRAST: _contrast,
    FINER: _finer,
    PROXY: _proxy,
}
