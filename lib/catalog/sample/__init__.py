"""The made-up sample catalogue: products drawn with Pillow, so that a newcomer needs no data."""

from lib.catalog.sample.drawing import draw_sample
from lib.catalog.sample.plan import plan_sample

__all__ = ["draw_sample", "plan_sample"]
