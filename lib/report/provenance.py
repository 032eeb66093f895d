"""Where a report's numbers come from."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.anonymous import without_paths
from lib.published import Published, library_versions_of
from lib.report.wording import moment
from lib.schema import Manifest


@dataclass(frozen=True)
class Provenance:
    """What a report says of its catalogue and of how its numbers were made.

    Parameters
    ----------
    name : str
        The catalogue's.
    title : str
        The catalogue's title.
    synthetic : bool
        Whether its pictures are made up.
    facts : tuple of (str, str)
        Whatever else is known: what it is, and its value.
    """

    name: str
    title: str
    synthetic: bool
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_catalog(cls, catalog: Manifest, evaluations: Sequence[Manifest]) -> "Provenance":
        """Return the provenance of evaluations that were made on this machine.

        Parameters
        ----------
        catalog : Manifest
            The catalogue's.
        evaluations : sequence of Manifest

        Returns
        -------
        Provenance
        """
        details = catalog.details
        facts = _facts(
            catalog.n, details.get("credits"), details.get("pictures_sha256"), without_paths(catalog.command)
        )
        versions = library_versions_of(evaluations)
        made = sorted(manifest.created_at for manifest in evaluations)
        return cls(
            catalog.id,
            str(details.get("title") or catalog.id),
            catalog.synthetic,
            (*facts, *_made(made[:1] + made[-1:], versions)),
        )

    @classmethod
    def of_published(cls, published: Published) -> "Provenance":
        """Return the provenance of published results.

        Parameters
        ----------
        published : Published

        Returns
        -------
        Provenance
        """
        manifest, details = published.manifest, published.manifest.details
        facts = _facts(
            details.get("n_pictures"),
            details.get("credits"),
            manifest.inputs.get("pictures_sha256"),
            details.get("catalog_command"),
        )
        made = sorted(published.leaderboard["created_at"])
        return cls(
            published.catalog,
            published.title,
            manifest.synthetic,
            (
                *facts,
                *_made(made[:1] + made[-1:], details.get("made_with") or {}),
                ("Published", moment(manifest.created_at)),
            ),
        )


def _facts(n_pictures: object, credits: object, digest: object, command: object) -> list[tuple[str, str]]:
    """Return what is known of a catalogue."""
    n = f"{n_pictures:,}" if isinstance(n_pictures, int) else None
    known = {"Pictures": n, "Source": credits, "SHA-256 of the pictures": digest, "Imported with": command}
    return [(name, str(value)) for name, value in known.items() if value]


def _made(dates: list[str], versions: object) -> list[tuple[str, str]]:
    """Return when the numbers were made, and with which libraries."""
    said = [("Measured", " to ".join(dict.fromkeys(map(moment, dates))))] if dates else []
    if isinstance(versions, dict) and versions:
        said.append(("Libraries", ", ".join(f"{name} {version}" for name, version in versions.items())))
    return said
