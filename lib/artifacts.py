"""Where artifacts lie, and how they are read back and checked. ``lib.publish`` writes them."""

import contextlib
import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lib.details import details_problem
from lib.errors import ArtifactError, CatalogError, InvalidArtifact, MissingArtifact
from lib.schema import REQUIRED_FILES, RESULT_FOLDERS, Manifest

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = {"published"}
Result = TypeVar("Result")


@dataclass(frozen=True)
class Store:
    """The artifacts folder, and where each thing lies in it.

    Parameters
    ----------
    root : Path
        Usually ``settings.artifacts_dir()``.
    """

    root: Path

    def catalog_names(self) -> list[str]:
        """Return the names of the catalogues that are there, sorted.

        Returns
        -------
        list of str
        """
        if not self.root.is_dir():
            return []
        folders = (path for path in self.root.iterdir() if (path / MANIFEST).is_file())
        return sorted(path.name for path in folders if _NAME.fullmatch(path.name))

    def catalog_folder(self, name: str) -> Path:
        """Return the folder of a catalogue, whether or not it exists.

        Parameters
        ----------
        name : str

        Returns
        -------
        Path

        Raises
        ------
        CatalogError
            If the name could lead anywhere else, or is reserved.
        """
        if not _NAME.fullmatch(name) or ".." in name or name in _RESERVED:
            raise CatalogError(
                f"{name!r} cannot be a catalogue's name.",
                hint="Use letters, digits, '.', '_' and '-', at most 64, starting with a letter or a digit.",
            )
        return self.root / name

    def result_folder(self, name: str, kind: str, result_id: str) -> Path:
        """Return the folder of one result, whether or not it exists.

        Parameters
        ----------
        name : str
            The catalogue's name.
        kind : str
            A key of ``schema.RESULT_FOLDERS``.
        result_id : str

        Returns
        -------
        Path

        Raises
        ------
        MissingArtifact
            If the id cannot be one that was ever made.
        """
        folder = self.catalog_folder(name) / RESULT_FOLDERS[kind]
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", result_id) or ".." in result_id:
            raise MissingArtifact(f"{name!r} has no {kind} {result_id!r}.", hint=f"See: python -m lib list {name}")
        return folder / result_id

    def manifests(self, name: str, kind: str) -> list[Manifest]:
        """Return the manifests of the results of one kind, oldest first; damaged ones are left to ``read_manifest``.

        Parameters
        ----------
        name : str
        kind : str

        Returns
        -------
        list of Manifest
        """
        folder = self.catalog_folder(name) / RESULT_FOLDERS[kind]
        found = []
        for path in sorted(folder.glob(f"*/{MANIFEST}")):
            if not path.parent.name.startswith("."):
                with contextlib.suppress(ArtifactError):
                    found.append(read_result(path.parent, kind))
        return sorted(found, key=lambda manifest: (manifest.created_at, manifest.id))

    def damaged(self, name: str, kind: str) -> list[ArtifactError]:
        """Return, for each result of a kind whose manifest cannot be read, the error that says why.

        Parameters
        ----------
        name : str
        kind : str

        Returns
        -------
        list of ArtifactError
        """
        errors = []
        for path in sorted((self.catalog_folder(name) / RESULT_FOLDERS[kind]).glob("[!.]*")):
            try:
                read_result(path, kind)
            except ArtifactError as error:
                errors.append(error)
        return errors


def read_manifest(folder: Path, *, mend: str = "") -> Manifest:
    """Read the manifest of an artifact.

    Parameters
    ----------
    folder : Path
    mend : str, default=""
        The command that makes the artifact, for the error's hint.

    Returns
    -------
    Manifest

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If it is damaged, unreadable or of another schema version.
    """
    path = folder / MANIFEST
    hint = f"Run: {mend}" if mend else f"Delete {folder} and make it again."
    try:
        return Manifest.from_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingArtifact(f"There is nothing at {path}.", hint=hint) from error
    except OSError as error:
        raise InvalidArtifact(f"{path} cannot be read ({error.strerror}).", hint=hint) from error
    except UnicodeDecodeError as error:
        raise InvalidArtifact(f"{path}: not a manifest (not text).", hint=hint) from error
    except InvalidArtifact as error:
        raise InvalidArtifact(f"{path}: {error.message}", hint=hint) from error


def read_result(folder: Path, kind: str, *, mend: str = "") -> Manifest:
    """Read the manifest of a result, if it is what its folder says it is.

    Parameters
    ----------
    folder : Path
        Named after the result's id.
    kind : str
        A key of ``schema.RESULT_FOLDERS``.
    mend : str, default=""
        The command that makes such a result, for the error's hint.

    Returns
    -------
    Manifest

    Raises
    ------
    MissingArtifact
        If there is none.
    InvalidArtifact
        If it is damaged, was edited or belongs elsewhere, or has not the files or the details of its kind.
    """
    manifest = read_manifest(folder, mend=mend)
    missing = sorted(set(REQUIRED_FILES.get(kind, ())) - manifest.files.keys())
    unlike = details_problem(manifest)
    problems = {
        f"it is of a result of another kind: {manifest.kind}": manifest.kind != kind,
        f"it belongs to {manifest.id!r}": manifest.id != folder.name,
        "its id does not follow from its inputs and parameters: it was edited": not manifest.has_own_id,
        "it does not say when it was made": not manifest.created_at,
        f"it does not list {', '.join(missing) or 'a file'}": missing or not manifest.files,
        f"its details are not those of such a result: {unlike}": unlike,
    }
    for problem, found in problems.items():
        if found:
            raise InvalidArtifact(
                f"{folder / MANIFEST}: {problem}.", hint=f"Delete {folder} and run: {manifest.command}"
            )
    return manifest


def there_and_whole(folder: Path, read: Callable[[], Result]) -> Result | None:
    """Return a result that was made before; None where there is none, or it is damaged and is to be made again.

    Parameters
    ----------
    folder : Path
        The result's.
    read : callable
        Reads it, checking every file.

    Returns
    -------
    object or None
    """
    if not folder.is_dir():
        return None
    try:
        return read()
    except ArtifactError as error:
        logger.warning("%s It is made again.", error.message)
        return None


def verify(folder: Path, manifest: Manifest, *, only: str | None = None) -> None:
    """Check that the files of an artifact are the ones its manifest was written for.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
    only : str, optional
        One file's relative path; by default every file is checked.

    Raises
    ------
    InvalidArtifact
        Naming the file that is missing or differs, and the command that makes it again.
    """
    if only is not None and only not in manifest.files:
        raise InvalidArtifact(f"{folder / MANIFEST} does not list {only}.", hint=f"Run: {manifest.command}")
    for name, expected in manifest.files.items():
        if only is not None and name != only:
            continue
        path = folder / name
        if not path.is_file():
            raise InvalidArtifact(f"{path} is missing.", hint=f"Run: {manifest.command}")
        if sha256_of(path) != expected:
            raise InvalidArtifact(
                f"{path} is damaged: its SHA-256 is not the manifest's.",
                hint=f"Delete {folder} and run: {manifest.command}",
            )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
