"""ORB keypoints as a bag of visual words: which kinds of corners a picture has, wherever they are.

Each keypoint is described by 256 bits. The words are the centres that mini-batch k-means finds among the keypoints of
the catalogue's training pictures, rounded to bits again, so that a keypoint's word is the one at the smallest Hamming
distance: whole numbers, the same on every machine and in every batch.

References
----------
Rublee et al., "ORB: an efficient alternative to SIFT or SURF", ICCV 2011; Sivic and Zisserman, "Video Google", ICCV
2003 (visual words); Sculley, "Web-scale k-means clustering", WWW 2010; Arandjelović and Zisserman, "Three things
everyone should know to improve object retrieval", CVPR 2012 (the square root).
"""

import functools
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.errors import ModelError
from lib.models.descriptor import Floats, LearntDescriptor, Pixels, Words
from lib.models.lbp import light

N_WORDS = 512
N_BYTES = 32
#: Keypoints described in a picture, and how many of them the words are learnt from.
_N_KEYPOINTS, _N_LEARNT = 300, 50
#: Small pictures are enlarged and smooth: their corners are faint, and near their edge.
_FAST_THRESHOLD, _EDGE = 5, 16
_BATCH, _EPOCHS = 4096, 10


def describe(pixels: Pixels, *, words: Words) -> Floats:
    """Return how often each word occurs among the keypoints of each picture, square-rooted, of length 1.

    Parameters
    ----------
    pixels : ndarray of shape (n, size, size, 3), uint8
    words : ndarray of shape (n_words, 32), uint8
        At most ``N_WORDS``.

    Returns
    -------
    ndarray of shape (n, 512), float32
        None negative; all zero for a picture without keypoints.
    """
    counts = np.zeros((len(pixels), N_WORDS))
    for row, picture in enumerate(light(pixels)):
        counts[row] = np.bincount(nearest_words(keypoints(picture), words), minlength=N_WORDS)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    vectors: Floats = np.sqrt(shares).astype(np.float32)
    return vectors


def keypoints(grey: Pixels) -> Words:
    """Return the descriptors of a picture's keypoints, the strongest first.

    Parameters
    ----------
    grey : ndarray of shape (size, size), uint8

    Returns
    -------
    ndarray of shape (n, 32), uint8
        At most 300, and none for a picture without corners.
    """
    cv2 = _cv2()
    orb = cv2.ORB_create(nfeatures=_N_KEYPOINTS, fastThreshold=_FAST_THRESHOLD, edgeThreshold=_EDGE)
    found, described = orb.detectAndCompute(np.ascontiguousarray(grey), None)
    if described is None:
        return np.zeros((0, N_BYTES), np.uint8)
    strongest = np.argsort([-point.response for point in found], kind="stable")
    return np.asarray(described, np.uint8)[strongest]


def nearest_words(described: Words, words: Words) -> npt.NDArray[np.int64]:
    """Return the word of each keypoint: the one that differs in the fewest bits, the first of several.

    Parameters
    ----------
    described : ndarray of shape (n, 32), uint8
    words : ndarray of shape (n_words, 32), uint8

    Returns
    -------
    ndarray of shape (n,), int64
    """
    if len(described) == 0:
        return np.zeros(0, np.int64)
    cv2 = _cv2()
    _, nearest = cv2.batchDistance(described, words, cv2.CV_32S, normType=cv2.NORM_HAMMING, K=1)
    return np.asarray(nearest, np.int64).ravel()


def learn(views: Iterable[Pixels], seed: int) -> Words:
    """Learn words from pictures.

    Parameters
    ----------
    views : iterable of ndarray of shape (size, size, 3), uint8
    seed : int

    Returns
    -------
    ndarray of shape (n_words, 32), uint8
        ``N_WORDS``, or fewer where there are no more different keypoints.

    Raises
    ------
    ModelError
        If not one picture has a keypoint.
    """
    samples = [keypoints(light(view[None])[0])[:_N_LEARNT] for view in views]
    described = np.concatenate([np.zeros((0, N_BYTES), np.uint8), *samples])
    if len(described) == 0:
        raise ModelError(
            f"There is not one keypoint in the {len(samples)} training pictures that visual words are learnt from.",
            hint="Use another backbone, such as color_hog.",
        )
    different = np.unique(described, axis=0)
    return different if len(different) <= N_WORDS else _centres(described, seed)


def _centres(described: Words, seed: int) -> Words:
    """Return the centres of mini-batch k-means, rounded to bits; equal ones once."""
    from sklearn.cluster import MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    bits = np.unpackbits(described, axis=1).astype(np.float32)
    with threadpool_limits(limits=1):  # sums of several threads would depend on how many there are
        kmeans = MiniBatchKMeans(N_WORDS, random_state=seed, batch_size=_BATCH, max_iter=_EPOCHS, n_init=1).fit(bits)
    return np.unique(np.packbits(kmeans.cluster_centers_ > 0.5, axis=1), axis=0)


@functools.cache
def _cv2() -> Any:
    """Import OpenCV; whoever calls it has threads already."""
    import cv2

    cv2.setNumThreads(1)
    return cv2


ORB = LearntDescriptor("orb", "ORB visual words", 128, N_WORDS, 64, describe_by=describe, learn=learn)
