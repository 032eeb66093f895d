"""A gallery: what a query is compared with, one embedding joined by product id to its catalogue."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lib.catalog import Catalog
from lib.embedding import Embedding
from lib.errors import InvalidArtifact, SearchError
from lib.retrieval.distances import distance_metric
from lib.retrieval.index import ExactIndex, Mask, Rows, Vectors, prepare_vectors

#: Columns that a search adds to what is known of a product.
OWN_COLUMNS = ("rank", "score", "distance", "n_pictures")


@dataclass(frozen=True, eq=False)
class Gallery:
    """The pictures of a catalogue that have a vector. Made once, shared by threads.

    Parameters
    ----------
    catalog : Catalog
    embedding : Embedding
        Of that catalogue. Rows whose product has left the catalogue, and products without a vector, take no part.

    Raises
    ------
    SearchError
        If the embedding is of another catalogue, or shares no product with this one.
    """

    catalog: Catalog
    embedding: Embedding
    #: Row of ``catalog.frame`` for each vector; -1 for a vector whose product has left the catalogue.
    catalog_rows: Rows = field(init=False, repr=False)
    #: Whether each vector has a product; None where all have.
    present: Mask | None = field(init=False, repr=False)
    #: Code of the ``group_id`` of each vector; None where every product has one picture.
    groups: Rows | None = field(init=False, repr=False)
    _indexes: dict[str, ExactIndex] = field(init=False, repr=False, default_factory=dict)
    _vectors: list[Vectors] = field(init=False, repr=False, default_factory=list)
    _listing: list[pd.DataFrame] = field(init=False, repr=False, default_factory=list)
    _lock: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        of = self.embedding.manifest.inputs.get("catalog")
        if of != self.catalog.name:
            raise SearchError(f"{self.embedding.id} is an embedding of {of!r}, not of {self.catalog.name!r}.")
        rows = pd.Index(self.catalog.ids).get_indexer(pd.Index(self.embedding.ids)).astype(np.intp)
        present = rows >= 0
        if not present.any():
            raise SearchError(
                f"{self.embedding.id} and the catalogue {self.catalog.name!r} have no product in common.",
                hint=f"Run: {self.embedding.manifest.command}",
            )
        codes = pd.factorize(self.catalog.frame["group_id"], use_na_sentinel=False)[0][rows]
        object.__setattr__(self, "catalog_rows", rows)
        object.__setattr__(self, "present", None if present.all() else present)
        object.__setattr__(self, "groups", codes if len(np.unique(codes[present])) < present.sum() else None)

    @property
    def n(self) -> int:
        """Number of pictures that can be found."""
        return len(self.catalog_rows) if self.present is None else int(self.present.sum())

    def index(self, metric: str) -> ExactIndex:
        """Return the index of a metric, made when first asked for.

        Parameters
        ----------
        metric : str
            A key of ``DISTANCE_METRICS``.

        Returns
        -------
        ExactIndex

        Raises
        ------
        InvalidArtifact
            If the vectors are damaged.
        """
        chosen = distance_metric(metric)
        with self._lock:
            if not self._vectors:
                self._vectors.append(self._prepare())
            return self._indexes.setdefault(metric, ExactIndex(vectors=self._vectors[0], metric=chosen))

    def _prepare(self) -> Vectors:
        try:
            return prepare_vectors(self.embedding.embeddings, self.embedding.ids)
        except ValueError as error:
            raise InvalidArtifact(
                f"{self.embedding.id}: {error}.", hint=f"Run: {self.embedding.manifest.command}"
            ) from error

    def listing(self, rows: Rows) -> pd.DataFrame:
        """Return what is known of the products of some vectors.

        Parameters
        ----------
        rows : ndarray of shape (m,), int
            Of vectors that have a product.

        Returns
        -------
        DataFrame
            ``product_id``, ``group_id``, ``title`` and the attributes; one named like a column that a result has of
            its own is called ``catalog_<name>``.
        """
        with self._lock:
            if not self._listing:
                frame = self.catalog.frame[["product_id", "group_id", "title", *self.catalog.attributes]]
                self._listing.append(frame.rename(columns={name: f"catalog_{name}" for name in OWN_COLUMNS}))
        found = self._listing[0].take(self.catalog_rows[rows])
        found.index = pd.RangeIndex(len(found))
        return found

    def row(self, product_id: str) -> int:
        """Return the row of a product's vector.

        Parameters
        ----------
        product_id : str

        Returns
        -------
        int

        Raises
        ------
        CatalogError
            If the catalogue has no such product.
        SearchError
            If its picture has no vector.
        """
        self.catalog.row(product_id)
        row = self.embedding.row_of.get(product_id)
        if row is None:
            raise SearchError(
                f"{product_id!r} has no vector in {self.embedding.id}.",
                hint="Its picture was left out or came later; embed the catalogue again, or choose another product.",
            )
        return row

    def family(self, product_id: str) -> Mask:
        """Return which vectors are of pictures of the same product.

        Parameters
        ----------
        product_id : str

        Returns
        -------
        ndarray of shape (n_vectors,), bool
        """
        row = self.row(product_id)
        if self.groups is None:
            return np.asarray(np.arange(len(self.catalog_rows)) == row)
        return np.asarray((self.groups == self.groups[row]) & (self.catalog_rows >= 0))
