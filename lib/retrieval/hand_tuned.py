"""The thresholds that S2 tuned by hand: the distances it tried on one picture, and the one it kept."""

from dataclasses import dataclass

from lib.retrieval.reference import S2_SOURCE
from lib.schema import Manifest

#: Where S2 tells of them, and how it judged them.
SOURCE = f"{S2_SOURCE}, section 4.3"
JUDGED = "by eye, on the results for one picture"


@dataclass(frozen=True)
class HandTuned:
    """One model's threshold, as it was found by trying.

    Parameters
    ----------
    title : str
        The model, for people.
    metric : str
        A key of ``DISTANCE_METRICS``.
    tried : tuple of float
        Distances in the order in which they were tried; a cosine similarity is given as 1 minus it.
    kept : float
        The one that was decided on.
    model : tuple of (str, int, str)
        Backbone, size, fit; an embedding's of the same weights can be asked the same.
    pretrained : bool
        Whether the weights are ImageNet's.
    """

    title: str
    metric: str
    tried: tuple[float, ...]
    kept: float
    model: tuple[str, int, str]
    pretrained: bool = True

    def is_of(self, manifest: Manifest, *, metric: str) -> bool:
        """Return whether an embedding is by the same model, so that its distances mean the same.

        Parameters
        ----------
        manifest : Manifest
            The embedding's.
        metric : str

        Returns
        -------
        bool
        """
        asked = manifest.parameters
        same = tuple(asked.get(name) for name in ("backbone", "size", "fit")) == self.model
        return same and metric == self.metric and self.pretrained and asked.get("weights") == "imagenet"


_MOBILENET = ("mobilenet_v2", 128, "resize")
_RESNET = ("resnet50", 224, "resize")

HAND_TUNED: tuple[HandTuned, ...] = (
    HandTuned("MobileNetV2, 128 px, resize", "euclidean", (18, 22, 20, 19), 19, _MOBILENET),
    HandTuned("MobileNetV2, 128 px, resize", "cosine", (0.15, 0.25, 0.20, 0.22), 0.22, _MOBILENET),
    HandTuned("MobileNetV2, 128 px, resize", "manhattan", (300, 350, 360), 350, _MOBILENET),
    HandTuned("ResNet50, 224 px, resize", "manhattan", (650, 625), 625, _RESNET),
    HandTuned("ResNet50, 224 px, pad", "manhattan", (325, 425, 450, 430, 432, 434), 434, ("resnet50", 224, "pad")),
    HandTuned("ResNet50 fine-tuned on articleType", "cosine", (0.05,), 0.05, _RESNET, pretrained=False),
    HandTuned("ResNet50 fine-tuned by contrast", "cosine", (0.05, 0.06), 0.06, _RESNET, pretrained=False),
    HandTuned("ResNet50 trained by contrast alone", "cosine", (0.003, 0.002), 0.002, _RESNET, pretrained=False),
)
