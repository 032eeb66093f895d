"""What is asked for when a catalogue is grouped, checked before anything is read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.clustering.calibration import CRITERIA
from lib.clustering.flat import METHODS
from lib.clustering.tree import LINKAGES, check_linkage
from lib.errors import ClusteringError
from lib.retrieval.distances import DISTANCE_METRICS

AGGLOMERATIVE = "agglomerative"
#: Pictures that are clustered, at most, unless asked otherwise: the distances of all pairs take n * n * 4 bytes.
SAMPLE = 10_000
#: More are refused: 20,000 pictures' distances are 1.6 GB.
MOST = 20_000
DEFAULT_CRITERION = "ami"


@dataclass(frozen=True)
class GroupingRequest:
    """How a catalogue is to be grouped.

    Parameters
    ----------
    metric : str, default="cosine"
        A key of ``DISTANCE_METRICS``.
    linkage : str, default="average"
        A key of ``LINKAGES``; for ``agglomerative`` only.
    method : str, default="agglomerative"
        That, or a key of ``flat.METHODS``.
    label : str, default=""
        A column of the catalogue; by default its own label.
    calibrate : str, default=""
        A key of ``CRITERIA``: how the threshold is chosen.
    threshold : float, optional
        A distance, in its place.
    n_clusters : int, optional
        How many groups there are to be, in its place.
    sample : int, default=10000
        At most so many pictures.

    Raises
    ------
    ClusteringError
        If one of them does not exist, or they do not fit together.
    """

    metric: str = "cosine"
    linkage: str = "average"
    method: str = AGGLOMERATIVE
    label: str = ""
    calibrate: str = ""
    threshold: float | None = None
    n_clusters: int | None = None
    sample: int = SAMPLE

    def __post_init__(self) -> None:
        if self.metric not in DISTANCE_METRICS:
            raise ClusteringError(
                f"Expected metric to be one of {tuple(DISTANCE_METRICS)}. Received: {self.metric!r:.60}"
            )
        if self.method not in (AGGLOMERATIVE, *METHODS):
            every = (AGGLOMERATIVE, *METHODS)
            raise ClusteringError(f"Expected method to be one of {every}. Received: {self.method!r:.60}")
        if self.method == AGGLOMERATIVE:
            check_linkage(self.linkage, self.metric)
        elif self.metric not in METHODS[self.method].metrics:
            how = METHODS[self.method]
            raise ClusteringError(
                f"{how.label} is not defined for {self.metric} distances.", hint=f"Choose {' or '.join(how.metrics)}."
            )
        self._check_cut()
        self._check_numbers()

    @property
    def criterion(self) -> str:
        """How the threshold is chosen where nothing else says; empty where something does."""
        given = self.threshold is not None or self.n_clusters is not None or self.method != AGGLOMERATIVE
        return "" if given else self.calibrate or DEFAULT_CRITERION

    def parameters(self, label: str, seed: int, version: int) -> dict[str, Any]:
        """Return what was asked for, as it stands in the manifest.

        Parameters
        ----------
        label : str
            The column.
        seed, version : int

        Returns
        -------
        dict
        """
        return {
            "method": self.method,
            "metric": self.metric,
            "linkage": self.linkage if self.method == AGGLOMERATIVE else "",
            "label": label,
            "calibrate": self.criterion,
            "threshold": None if self.threshold is None else float(self.threshold),
            "n_clusters": self.n_clusters,
            "sample": self.sample,
            "seed": seed,
            "version": version,
        }

    def _check_cut(self) -> None:
        """Refuse two ways to say how many groups there are, and those that a method does not have."""
        ways = {"--calibrate": self.calibrate, "--threshold": self.threshold, "--n-clusters": self.n_clusters}
        given = [name for name, value in ways.items() if value not in (None, "")]
        if len(given) > 1:
            raise ClusteringError(f"{' and '.join(given)} both say where to cut.", hint="Give one of them.")
        if self.calibrate and self.calibrate not in CRITERIA:
            raise ClusteringError(
                f"Expected the criterion to be one of {tuple(CRITERIA)}. Received: {self.calibrate!r:.60}"
            )
        flat = METHODS.get(self.method)
        if flat is not None and (self.calibrate or self.threshold is not None):
            raise ClusteringError(
                f"{flat.label} has no threshold.",
                hint="Give --n-clusters, or nothing." if flat.needs_number else "It finds the number of groups.",
            )
        if flat is not None and not flat.needs_number and self.n_clusters is not None:
            raise ClusteringError(f"{flat.label} finds the number of groups.", hint="Leave --n-clusters out.")

    def _check_numbers(self) -> None:
        """Refuse what is no distance and no number of things."""
        threshold = self.threshold
        if threshold is not None and not (isinstance(threshold, (int, float)) and 0 <= threshold < math.inf):
            raise ClusteringError(f"A threshold is a distance from 0 on. Received: {threshold!r:.60}")
        if self.n_clusters is not None and (type(self.n_clusters) is not int or self.n_clusters < 1):
            raise ClusteringError(f"Expected a number of groups from 1 on. Received: {self.n_clusters!r:.60}")
        if type(self.sample) is not int or not 1 <= self.sample <= MOST:
            raise ClusteringError(
                f"Expected a sample of 1 to {MOST:,} pictures. Received: {self.sample!r:.60}",
                hint="The distances of all pairs are held at once.",
            )


def is_defined(options: Mapping[str, Any]) -> bool:
    """Return whether a method or a linkage is defined for a metric; what is no method or metric is for others to say.

    Parameters
    ----------
    options : dict
        Some of a request's.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_defined({"metric": "cosine", "linkage": "ward"}), is_defined({"metric": "euclidean", "linkage": "ward"})
    (False, True)
    """
    metric, method = options.get("metric", "cosine"), options.get("method", AGGLOMERATIVE)
    how = METHODS.get(method) if method != AGGLOMERATIVE else LINKAGES.get(options.get("linkage", "average"))
    return how is None or metric not in DISTANCE_METRICS or metric in how.metrics
