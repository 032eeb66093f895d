"""What models are called on screen."""

from collections import Counter
from collections.abc import Mapping, Sequence

from lib.models import BACKBONES, MODELS
from lib.models.weights import IMAGENET, NONE
from lib.schema import Manifest


def model_title(manifest: Manifest, *, runs: Mapping[str, str]) -> str:
    """Return what an embedding's model is called on screen.

    Parameters
    ----------
    manifest : Manifest
        The embedding's.
    runs : dict of str to str
        What training runs are called, see ``lib.embedding.run_names``: an embedding made with one is called like it.

    Returns
    -------
    str
        Such as ``MobileNetV2 · 224 px · pad``, with the precision where it is reduced and the weights where they are
        not ImageNet's; the id of an embedding whose model is not known here, such as an imported one.
    """
    asked = manifest.parameters
    backbone, weights = asked.get("backbone"), str(asked.get("weights", IMAGENET))
    if backbone not in MODELS:
        return manifest.id
    parts = [MODELS[backbone].title, f"{asked.get('size')} px", str(asked.get("fit"))]
    if weights in runs:
        parts = [runs[weights]]
    elif weights == NONE:
        parts += ["random weights"] * (backbone in BACKBONES)
    elif weights not in (IMAGENET, backbone):
        parts.append(weights)
    if asked.get("precision", "f32") != "f32":
        parts.append(str(asked["precision"]))
    return " · ".join(parts)


def model_titles(manifests: Sequence[Manifest], *, runs: Mapping[str, str]) -> dict[str, str]:
    """Return what each of several embeddings is called, by id; two of one name are told apart by the end of their ids.

    Parameters
    ----------
    manifests : sequence of Manifest
    runs : dict of str to str
        As of ``model_title``.

    Returns
    -------
    dict of str to str
        In the given order.
    """
    names = {manifest.id: model_title(manifest, runs=runs) for manifest in manifests}
    twice = {name for name, n in Counter(names.values()).items() if n > 1}
    return {key: f"{name} · {key[-6:]}" if name in twice and name != key else name for key, name in names.items()}
