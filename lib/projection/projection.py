"""A stored map: where each picture lies, how far that can be trusted, and where an uploaded one would lie."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.artifacts import Store, read_result, verify
from lib.errors import InvalidArtifact
from lib.schema import Manifest

KIND = "projection"
POINTS = "points.parquet"
AXES = ("x", "y", "z")
#: Nearest pictures that say where an uploaded one lies.
_PLACED_BY = 10


@dataclass(frozen=True, eq=False)
class Projection:
    """A map of an embedding.

    Parameters
    ----------
    points : DataFrame
        A row a picture: ``product_id``, ``x``, ``y``, in space ``z``, and ``distortion``, the share of its 15 nearest
        neighbours that are not among its 15 nearest on the map.
    manifest : Manifest
        ``parameters`` holds what was asked; ``details`` the ``trustworthiness``, ``continuity`` and so on.
    was_current : bool, default=True
        Whether it was there; not where it was just made.

    Raises
    ------
    InvalidArtifact
        If a column is missing.
    """

    points: pd.DataFrame
    manifest: Manifest
    was_current: bool = True

    def __post_init__(self) -> None:
        missing = [name for name in ("product_id", *self.axes, "distortion") if name not in self.points]
        if missing:
            raise InvalidArtifact(
                f"{self.id}: this map has no {', '.join(missing)}.", hint=f"Run: {self.manifest.command}"
            )

    @property
    def id(self) -> str:
        """The map's id."""
        return self.manifest.id

    @property
    def model(self) -> str:
        """Id of the embedding."""
        return str(self.manifest.inputs["embedding"])

    @property
    def axes(self) -> tuple[str, ...]:
        """The columns of the coordinates."""
        return AXES[: int(self.manifest.parameters["dimensions"])]

    @property
    def details(self) -> dict[str, Any]:
        """What the manifest says was found."""
        return dict(self.manifest.details)

    def place(self, ids: npt.NDArray[np.str_], scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64] | None:
        """Return about where a picture lies whose nearest are known: their mean place, the nearer counting more.

        Parameters
        ----------
        ids : ndarray of str
            Product ids of its nearest pictures, nearest first.
        scores : ndarray of float
            How near they are: higher is nearer.

        Returns
        -------
        ndarray of shape (dimensions,) or None
            None where none of them is on the map.
        """
        rows = pd.Index(self.points["product_id"]).get_indexer(pd.Index(ids))
        there = np.flatnonzero(rows >= 0)[:_PLACED_BY]
        if not len(there):
            return None
        found = np.asarray(scores, dtype=np.float64)[there]
        spread = float(found.max() - found.min())
        weights = np.exp((found - found.max()) / spread) if spread > 0 else np.ones(len(there))
        places = self.points[list(self.axes)].to_numpy(np.float64)[rows[there]]
        return np.asarray((places * weights[:, None]).sum(axis=0) / weights.sum())


def load_projection(store: Store, name: str, projection_id: str, *, was_current: bool = True) -> Projection:
    """Read a map back, checking every file against the manifest.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.
    projection_id : str
    was_current : bool, default=True
        Whether it was there before.

    Returns
    -------
    Projection

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If a file is damaged.
    """
    folder = store.result_folder(name, KIND, projection_id)
    manifest = read_result(folder, KIND, mend=f"python -m lib project {name} --model ID")
    verify(folder, manifest)
    try:
        points = pd.read_parquet(folder / POINTS)
    except (ValueError, OSError) as error:
        raise InvalidArtifact(f"{folder} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    return Projection(points=points, manifest=manifest, was_current=was_current)
