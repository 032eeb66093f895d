"""What a recipe is: the losses it adds up, the shape of its embedding, and its own defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.models.recipes.settings import Settings

#: What the label's own head and the embedding are called among a model's outputs: no column can be called so.
LABEL, EMBEDDING = "\0label", "\0embedding"
#: What the teachers' embeddings are called among the targets.
TEACHERS = "\0teachers"

CROSS_ENTROPY, ATTRIBUTES, NT_XENT, TRIPLET, CONTRAST, FINER, PROXY = (
    "cross_entropy",
    "attributes",
    "nt_xent",
    "triplet",
    "contrast",
    "finer",
    "proxy",
)
TERMS = (CROSS_ENTROPY, ATTRIBUTES, NT_XENT, TRIPLET, CONTRAST, FINER, PROXY)


def taught(head: str) -> str:
    """Return what the teachers' probabilities for a head are called among the targets.

    Parameters
    ----------
    head : str

    Returns
    -------
    str
    """
    return f"{TEACHERS}/{head}"


@dataclass(frozen=True)
class Layer:
    """A dense layer between the backbone's averaged features and the embedding, which the last one gives.

    Parameters
    ----------
    units : int
    activation : {"linear", "relu"}
    batch_norm : bool
        Between the product and the activation.
    """

    units: int
    activation: str = "linear"
    batch_norm: bool = False


@dataclass(frozen=True)
class Recipe:
    """A way to train a model.

    Parameters
    ----------
    name : str
        As given to ``--recipe``.
    title : str
        As shown to people.
    about : str
        A sentence or two: what it does, and where it comes from.
    terms : tuple of str
        Of ``TERMS``: the losses that are added up.
    unit : bool
        Whether the embedding has unit length; where it has, classifying heads compare directions.
    needs_label : bool
        Whether it learns from the label at all.
    layers : tuple of Layer, optional
        As of `Layer`, where the settings ``hidden`` and ``dim`` do not say it all.
    defaults : dict
        Settings that differ from ``Settings``' own.
    presets : dict of str to dict
        Named settings of a published system -> what differs from `defaults`.
    backbone : str, default="mobilenet_v2"
        Key of ``lib.models.BACKBONES`` where a person names none.
    preset_backbones : dict of str to str
        Preset -> the backbone that it was published with.
    """

    name: str
    title: str
    about: str
    terms: tuple[str, ...]
    unit: bool = True
    needs_label: bool = True
    layers: tuple[Layer, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    backbone: str = "mobilenet_v2"
    preset_backbones: Mapping[str, str] = field(default_factory=dict)

    def embedder(self, settings: Settings) -> tuple[Layer, ...]:
        """Return the dense layers that end in the embedding.

        Parameters
        ----------
        settings : Settings

        Returns
        -------
        tuple of Layer
        """
        if self.layers:
            return self.layers
        before = (Layer(settings.hidden, "relu"),) if settings.hidden else ()
        return (*before, Layer(settings.dim, "linear" if self.unit else "relu"))
