"""Finished pieces of a long job, kept on disk until the job is whole, so that a killed one goes on where it stopped."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from lib.publish import disk_errors, write_atomically

_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Shards:
    """Numbered files in one folder, each written whole or not at all; each begins with the SHA-256 of the rest.

    Parameters
    ----------
    folder : Path
        Named after everything that determines the job, so that another job never finds these pieces.
    """

    folder: Path

    def path(self, number: int) -> Path:
        """Return where a piece is or will be.

        Parameters
        ----------
        number : int

        Returns
        -------
        Path
        """
        return self.folder / f"{number:06d}.shard"

    def finished(self) -> list[int]:
        """Return the numbers of the pieces that are there, ascending.

        Returns
        -------
        list of int
        """
        matches = (re.fullmatch(r"(\d{6})\.shard", path.name) for path in self.folder.glob("*.shard"))
        return sorted(int(match.group(1)) for match in matches if match)

    def save(self, number: int, data: bytes) -> None:
        """Keep a piece.

        Parameters
        ----------
        number : int
        data : bytes

        Raises
        ------
        ArtifactError
            If the disk is full; the pieces saved before stay.
        """
        with disk_errors(self.path(number)):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path(number), hashlib.sha256(data).digest() + data)

    def read(self, number: int) -> bytes | None:
        """Return a piece as it was saved; None if it is absent or damaged, so that it is made again.

        Parameters
        ----------
        number : int

        Returns
        -------
        bytes or None
        """
        try:
            content = self.path(number).read_bytes()
        except OSError:
            return None
        digest, data = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        return data if hashlib.sha256(data).digest() == digest else None

    def remove(self) -> None:
        """Delete every piece: the job is whole and published."""
        shutil.rmtree(self.folder, ignore_errors=True)
