"""Models: the backbone table, where weights come from, and the classical descriptors that need none."""

from lib.models.backbones import BACKBONES, Backbone, Model
from lib.models.color_hog import COLOR_HOG, Descriptor

#: Everything that can embed a picture: name -> what it says about itself.
MODELS: dict[str, Model] = {**BACKBONES, COLOR_HOG.name: COLOR_HOG}

__all__ = ["BACKBONES", "COLOR_HOG", "MODELS", "Backbone", "Descriptor", "Model"]
