"""What is asked for when a map is made, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.errors import ProjectionError
from lib.retrieval.distances import DISTANCE_METRICS

PCA, TSNE, UMAP = "pca", "tsne", "umap"


@dataclass(frozen=True)
class MapMethod:
    """A way to make a map.

    Parameters
    ----------
    name : str
        As on the command line.
    label : str
        As on screen.
    explanation : str
        One sentence for a person.
    """

    name: str
    label: str
    explanation: str


#: The choices of ``--method`` of a map.
MAP_METHODS: dict[str, MapMethod] = {
    method.name: method
    for method in (
        MapMethod(UMAP, "UMAP", "Keeps near neighbours near; distances between groups mean little."),
        MapMethod(TSNE, "t-SNE", "Keeps near neighbours near; sizes of groups and distances between them mean little."),
        MapMethod(PCA, "PCA", "The directions of most spread: far is far, but much lies over much else."),
    )
}
#: Neighbours that a t-SNE looks at for each unit of perplexity.
_A_PERPLEXITY = 3
#: Pictures in a t-SNE in space, at most: there is no quick way to make one.
MOST_IN_SPACE = 10_000


@dataclass(frozen=True)
class MapRequest:
    """How an embedding is to be laid out.

    Parameters
    ----------
    method : str, default="umap"
        A key of ``MAP_METHODS``.
    metric : str, default="cosine"
        A key of ``DISTANCE_METRICS``: what near means. PCA knows cosine and euclidean.
    dimensions : {2, 3}, default=2
    n_neighbors : int, default=15
        Of UMAP: 2 to 200.
    min_dist : float, default=0.1
        Of UMAP: how near points may come, 0 to 1.
    perplexity : float, default=30
        Of t-SNE: about how many neighbours count, 2 to 200.

    Raises
    ------
    ProjectionError
        If one of them does not exist or is out of its range.
    """

    method: str = UMAP
    metric: str = "cosine"
    dimensions: int = 2
    n_neighbors: int = 15
    min_dist: float = 0.1
    perplexity: float = 30.0

    def __post_init__(self) -> None:
        _check_choice("method", self.method, MAP_METHODS)
        _check_choice("metric", self.metric, DISTANCE_METRICS)
        if self.method == PCA and self.metric == "manhattan":
            raise ProjectionError("PCA is not defined for manhattan distances.", hint="Choose cosine or euclidean.")
        if self.dimensions not in (2, 3):
            raise ProjectionError(f"A map has 2 or 3 dimensions. Received: {self.dimensions!r:.60}")
        _check_range("n_neighbors", self.n_neighbors, 2, 200)
        _check_range("min_dist", self.min_dist, 0.0, 1.0)
        _check_range("perplexity", self.perplexity, 2, 200)

    def parameters(self) -> dict[str, Any]:
        """Return what was asked for, as it stands in the manifest: only what the method looks at.

        Returns
        -------
        dict
        """
        of_method: Mapping[str, dict[str, Any]] = {
            UMAP: {"n_neighbors": self.n_neighbors, "min_dist": float(self.min_dist)},
            TSNE: {"perplexity": float(self.perplexity)},
            PCA: {},
        }
        asked = {"method": self.method, "metric": self.metric, "dimensions": self.dimensions}
        return asked | of_method[self.method]

    def n_graph(self, n: int) -> int:
        """Return how many neighbours of each picture the method looks at.

        Parameters
        ----------
        n : int
            Pictures.

        Returns
        -------
        int
            0 for PCA.
        """
        wanted = {UMAP: self.n_neighbors - 1, TSNE: int(_A_PERPLEXITY * self.perplexity), PCA: 0}[self.method]
        return max(0, min(wanted, n - 1))

    def check_number(self, n: int) -> None:
        """Refuse what cannot be laid out with so few pictures.

        Parameters
        ----------
        n : int

        Raises
        ------
        ProjectionError
        """
        if n < 2:
            raise ProjectionError(f"A map needs at least 2 pictures; there {'is 1' if n else 'are none'}.")
        if self.method == TSNE and self.perplexity >= n / _A_PERPLEXITY:
            most = (n - 1) / _A_PERPLEXITY
            hint = f"Ask for at most {most:.4g}." if most >= 2 else "Choose another method."
            raise ProjectionError(f"A perplexity of {self.perplexity:g} is too much for {n:,} pictures.", hint=hint)
        if self.method == UMAP and self.n_neighbors > n:
            raise ProjectionError(f"{n:,} pictures have no {self.n_neighbors:,} neighbours.", hint=f"Ask for {n:,}.")


def _check_choice(name: str, value: str, known: Mapping[str, Any]) -> None:
    if value not in known:
        raise ProjectionError(f"Expected {name} to be one of {tuple(known)}. Received: {name}={value!r:.60}")


def _check_range(name: str, value: float, low: float, high: float) -> None:
    whole = isinstance(low, int) and name == "n_neighbors"
    fits = type(value) is int if whole else type(value) in (int, float)
    if not (fits and low <= value <= high):
        kind = "a whole number" if whole else "a number"
        raise ProjectionError(f"Expected {name} to be {kind} from {low} to {high}. Received: {name}={value!r:.60}")
