"""What models are called on screen."""

from lib.models import BACKBONES, MODELS
from lib.models.weights import IMAGENET, NONE
from lib.schema import Manifest


def model_title(manifest: Manifest) -> str:
    """Return what an embedding's model is called on screen.

    Parameters
    ----------
    manifest : Manifest
        The embedding's.

    Returns
    -------
    str
        Such as ``MobileNetV2 · 224 px · pad``, with the precision where it is reduced and the weights where they are
        not ImageNet's; the id of an embedding whose model is not known here, such as an imported one.
    """
    asked = manifest.parameters
    backbone = asked.get("backbone")
    if backbone not in MODELS:
        return manifest.id
    parts = [MODELS[backbone].title, f"{asked.get('size')} px", str(asked.get("fit"))]
    weights = str(asked.get("weights", IMAGENET))
    if weights == NONE:
        parts += ["random weights"] * (backbone in BACKBONES)
    elif weights != IMAGENET:
        parts.append(weights)
    if asked.get("precision", "f32") != "f32":
        parts.append(str(asked["precision"]))
    return " · ".join(parts)
