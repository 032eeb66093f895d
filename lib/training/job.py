"""Everything that one run needs, beside its pictures."""

from dataclasses import dataclass
from pathlib import Path

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.models.start import Start
from lib.training.request import TrainingRequest

KIND = "run"
#: Files of a finished run, for people.
HISTORY, CARD, KERAS = "history.csv", "README.md", "model.keras"


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that one run needs.

    Parameters
    ----------
    store : Store
    catalog : Catalog
    request : TrainingRequest
    start : Start
        What it starts from.
    command : str
    """

    store: Store
    catalog: Catalog
    request: TrainingRequest
    start: Start
    command: str

    @property
    def id(self) -> str:
        """The run's id."""
        return self.request.id_with(self.catalog, self.start)

    @property
    def label(self) -> str:
        """The column whose labels make pictures relevant to each other."""
        return self.request.label or self.catalog.label

    @property
    def folder(self) -> Path:
        """Where the finished run lies."""
        return self.store.result_folder(self.catalog.name, KIND, self.id)
