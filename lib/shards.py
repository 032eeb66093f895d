"""Finished pieces of a long job, kept on disk until the job is whole, so that a killed one goes on where it stopped."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from lib.publish import disk_errors, write_atomically


@dataclass(frozen=True)
class Shards:
    """Numbered files in one folder, each written whole or not at all.

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
            write_atomically(self.path(number), data)

    def remove(self) -> None:
        """Delete every piece: the job is whole and published."""
        shutil.rmtree(self.folder, ignore_errors=True)
