"""Networks in the making, in ``keras`` and ``keras.ops`` alone: losses, augmentation, the training step.

Modules here import Keras as they are imported, so they are imported inside the functions that need them.
"""

from lib.models.backbones import load_keras

load_keras()  # first, and without the backend's chatter
