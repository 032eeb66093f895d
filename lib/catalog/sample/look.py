"""How one product looks: what every drawing function is given."""

from dataclasses import dataclass

import numpy as np

from lib.catalog.sample.canvas import Fold
from lib.catalog.sample.colours import RGB, darker, lighter, luminance, seam
from lib.catalog.sample.outline import Point
from lib.catalog.sample.paint import Paint

#: Gender -> how wide the shoulders and how marked the waist, and how large the product is drawn.
BUILD = {"Men": (1.06, 0.0), "Women": (0.92, 1.0), "Unisex": (1.0, 0.35), "Boys": (0.94, 0.0), "Girls": (0.88, 0.55)}


@dataclass(frozen=True)
class Look:
    """One product's cloth, colours and cut.

    Parameters
    ----------
    rng : Generator
        For the choices that a drawing function makes itself.
    gender : str
        A key of ``BUILD``.
    pattern : str
    colour, accent, third : (red, green, blue)
    main : Paint
        The pattern, or the plain colour.
    """

    rng: np.random.Generator
    gender: str
    pattern: str
    colour: RGB
    accent: RGB
    third: RGB
    main: Paint

    @property
    def plain(self) -> Paint:
        """The main cloth without its pattern."""
        return Paint(self.colour, grain=self.main.grain)

    @property
    def seam(self) -> RGB:
        """A colour in which seams show."""
        return seam(self.colour)

    @property
    def inside(self) -> Paint:
        """The shaded inner side of the cloth."""
        colour = self.colour
        return Paint(lighter(colour, 0.12) if luminance(colour) < 0.2 else darker(colour, 0.32))

    @property
    def trim(self) -> Paint:
        """Cloth for collars, cuffs and ribs: the plain colour, a little darker or lighter."""
        colour = self.colour
        return Paint(lighter(colour, 0.10) if luminance(colour) < 0.25 else darker(colour, 0.10), grain=self.main.grain)

    @property
    def wide(self) -> float:
        """Factor for widths."""
        return BUILD[self.gender][0]

    @property
    def waisted(self) -> float:
        """How marked the waist is, 0 to 1."""
        return BUILD[self.gender][1]

    @property
    def child(self) -> bool:
        """Whether it is cut for children: shorter and rounder."""
        return self.gender in ("Boys", "Girls")

    def chance(self, share: float) -> bool:
        """Return True with a probability.

        Parameters
        ----------
        share : float

        Returns
        -------
        bool
        """
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        """Draw a number.

        Parameters
        ----------
        low, high : float

        Returns
        -------
        float
        """
        return float(self.rng.uniform(low, high))

    def pick(self, *choices: str) -> str:
        """Draw one of some words.

        Parameters
        ----------
        *choices : str

        Returns
        -------
        str
        """
        return choices[int(self.rng.integers(len(choices)))]

    def fold(self, start: Point, end: Point, *, width: float = 3.0, depth: float = 0.3) -> Fold:
        """Return a crease near a place, a little different each time.

        Parameters
        ----------
        start, end : (x, y)
        width : float, default=3.0
        depth : float, default=0.3

        Returns
        -------
        Fold
        """
        a, b = self.rng.normal(0, 2.5, 2), self.rng.normal(0, 4.0, 2)
        ends = (start[0] + a[0], start[1] + a[1]), (end[0] + b[0], end[1] + b[1])
        return Fold(*ends, width=width * self.between(0.7, 1.2), depth=depth * self.between(0.6, 1.1))
