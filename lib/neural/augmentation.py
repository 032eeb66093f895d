"""Random changes to a batch of pictures, computed where the network is: one resampling for all that moves pixels."""

import math
from typing import Any

import keras
from keras import ops

from lib.models.recipes.settings import Settings


class Augmentation(keras.layers.Layer):
    """Mirror, rotate, zoom, squeeze, shift, change brightness and contrast, and blank a part: each picture on its own.

    Everything that moves pixels is one affine map, so that a picture is resampled once. What comes from beyond the edge
    repeats the edge.

    Parameters
    ----------
    settings : Settings
        ``flip``, ``rotation`` (turns), ``zoom``, ``crop`` (share of a side), ``squeeze``, ``brightness``, ``contrast``,
        ``erase``.
    seed : int
    """

    def __init__(self, settings: Settings, *, seed: int) -> None:
        super().__init__(name="augmentation", dtype="float32", trainable=False)
        self._settings = settings
        self._seeds = keras.random.SeedGenerator(seed)

    def call(self, pixels: Any) -> Any:
        """Change a batch of pictures.

        Parameters
        ----------
        pixels : tensor of shape (n, height, width, 3)
            From 0 to 255.

        Returns
        -------
        tensor of the same shape, float32
            From 0 to 255.
        """
        pixels = ops.cast(pixels, "float32")
        if self._moves:
            maps = self._maps(pixels)
            pixels = ops.image.affine_transform(pixels, maps, interpolation="bilinear", fill_mode="nearest")
        return self._blanked(ops.clip(self._lit(pixels), 0.0, 255.0))

    @property
    def _moves(self) -> bool:
        asked = self._settings
        return bool(asked.flip or asked.rotation or asked.zoom or asked.crop or asked.squeeze)

    def _draw(self, n: Any, low: float, high: float) -> Any:
        return keras.random.uniform((n,), low, high, seed=self._seeds)

    def _maps(self, pixels: Any) -> Any:
        """Return for each picture the map from its new pixels to its old ones, as eight numbers."""
        asked, n = self._settings, ops.shape(pixels)[0]
        height, width = float(pixels.shape[1]), float(pixels.shape[2])
        angle = self._draw(n, -1.0, 1.0) * (2.0 * math.pi * asked.rotation)
        zoom, squeeze = 1.0 + self._draw(n, -asked.zoom, asked.zoom), self._draw(n, -asked.squeeze, asked.squeeze)
        mirrored = ops.where(self._draw(n, 0.0, 1.0) < 0.5 * float(asked.flip), -1.0, 1.0)
        across, down = zoom * ops.exp(squeeze) * mirrored, zoom * ops.exp(-squeeze)
        cosine, sine = ops.cos(angle), ops.sin(angle)
        a, b, c, d = cosine * across, -sine * down, sine * across, cosine * down
        right = self._draw(n, -asked.crop, asked.crop) * width + (width - 1.0) / 2.0
        below = self._draw(n, -asked.crop, asked.crop) * height + (height - 1.0) / 2.0
        x0 = right - a * (width - 1.0) / 2.0 - b * (height - 1.0) / 2.0
        y0 = below - c * (width - 1.0) / 2.0 - d * (height - 1.0) / 2.0
        zero = ops.zeros_like(a)
        return ops.stack([a, b, x0, c, d, y0, zero, zero], axis=1)

    def _blanked(self, pixels: Any) -> Any:
        """Return the pictures with a rectangle of each in its own mean colour (random erasing, Zhong et al. 2020)."""
        asked, n = self._settings, ops.shape(pixels)[0]
        if not asked.erase:
            return pixels
        rows = self._within(n, pixels.shape[1])[:, :, None, None]
        columns = self._within(n, pixels.shape[2])[:, None, :, None]
        return ops.where(ops.logical_and(rows, columns), ops.mean(pixels, axis=(1, 2), keepdims=True), pixels)

    def _within(self, n: Any, length: int) -> Any:
        """Return (n, length) whether a place along a side lies in a stretch of random length about a random middle."""
        half = self._draw(n, 0.0, self._settings.erase / 2.0)[:, None]
        middle = self._draw(n, 0.0, 1.0)[:, None]
        places = (ops.arange(length, dtype="float32") + 0.5)[None, :] / length
        return ops.abs(places - middle) < half

    def _lit(self, pixels: Any) -> Any:
        """Return the pictures darker or brighter, and with less or more contrast about their own mean."""
        asked, n = self._settings, ops.shape(pixels)[0]
        if asked.contrast:
            factor = 1.0 + self._draw(n, -asked.contrast, asked.contrast)[:, None, None, None]
            mean = ops.mean(pixels, axis=(1, 2, 3), keepdims=True)
            pixels = mean + (pixels - mean) * factor
        if asked.brightness:
            pixels = pixels * (1.0 + self._draw(n, -asked.brightness, asked.brightness)[:, None, None, None])
        return pixels
