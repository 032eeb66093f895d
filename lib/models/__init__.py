"""Models: the backbone table, where weights come from, and the classical descriptors that need none."""

from lib.models.backbones import BACKBONES, Backbone, Model
from lib.models.color_hog import COLOR_HOG
from lib.models.descriptor import Descriptor, LearntDescriptor
from lib.models.lbp import LBP
from lib.models.orb import ORB
from lib.models.phash import PHASH
from lib.models.trained import TrainedModel, shipped_models

#: Name -> classical descriptor, in the order in which a person is offered them.
DESCRIPTORS: dict[str, Descriptor] = {row.name: row for row in (COLOR_HOG, PHASH, LBP, ORB)}
#: Everything that can embed a picture: name -> what it says about itself.
MODELS: dict[str, Model] = {**shipped_models(), **BACKBONES, **DESCRIPTORS}

__all__ = [
    "BACKBONES",
    "COLOR_HOG",
    "DESCRIPTORS",
    "MODELS",
    "Backbone",
    "Descriptor",
    "LearntDescriptor",
    "Model",
    "TrainedModel",
]
