"""Which results are stale: what they were made from is no longer what it was. Told from manifests alone, at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.artifacts import Store, read_manifest
from lib.catalog.swap import settle
from lib.embedding.artifact import KIND as EMBEDDING
from lib.embedding.artifact import VECTORS
from lib.schema import Manifest

#: Ends the name of an input that is a digest; what it is the digest of stands under the name before it.
_DIGEST = "_sha256"
#: The manifest detail that holds what a result was made from where that does not decide its id.
MADE_FROM = "made_from"


@dataclass(frozen=True, eq=False)
class Present:
    """A catalogue and its embeddings as they are now.

    Parameters
    ----------
    catalog : Manifest
    embeddings : dict of str to Manifest
        By id, oldest first.
    """

    catalog: Manifest
    embeddings: Mapping[str, Manifest]

    def is_stale(self, manifest: Manifest) -> bool:
        """Return whether a result's pictures, table or embeddings have changed, or are gone.

        Parameters
        ----------
        manifest : Manifest

        Returns
        -------
        bool
        """
        inputs, catalog = manifest.inputs, self.catalog
        if isinstance(noted := manifest.details.get(MADE_FROM), dict):
            inputs = {**noted, **inputs}
        digests = {
            "pictures_sha256": catalog.details.get("pictures_sha256"),
            "catalog_sha256": catalog.files.get("catalog.parquet"),
        }
        if any(name in inputs and inputs[name] != digest for name, digest in digests.items()):
            return True
        named = [name.removesuffix(_DIGEST) for name in inputs if name.endswith(_DIGEST) and name not in digests]
        return any(self._digest(str(inputs[name])) != inputs[name + _DIGEST] for name in named if name in inputs)

    def _digest(self, embedding_id: str) -> str | None:
        """Return the digest of an embedding's vectors, None where it is not there."""
        found = self.embeddings.get(embedding_id)
        return None if found is None else found.files[VECTORS]


def read_present(store: Store, name: str) -> Present:
    """Read what a catalogue and its embeddings are now.

    Parameters
    ----------
    store : Store
    name : str
        The catalogue's.

    Returns
    -------
    Present

    Raises
    ------
    MissingArtifact
        If there is no such catalogue.
    InvalidArtifact
        If its manifest is damaged.
    """
    folder = store.catalog_folder(name)
    settle(folder)
    catalog = read_manifest(folder, mend=f"python -m lib import SOURCE --name {name}")
    return Present(catalog, {manifest.id: manifest for manifest in store.manifests(name, EMBEDDING)})
