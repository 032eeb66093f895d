"""What can go wrong, as one small tree.

    AppError                    anything a user can cause or mend; pages and the command line catch only this
    ├── CatalogError            a source, a catalogue name, a table or a column is not what it should be
    ├── ImageError              a picture that cannot or must not be decoded
    ├── ModelError              a model that cannot be built or run as it was asked for
    │   └── WeightsError        its weights cannot be had, or do not fit it
    ├── SearchError             a query that cannot be answered as it was asked
    ├── ClusteringError         groups that cannot be made as they were asked for
    ├── ProjectionError         a map that cannot be made as it was asked for
    └── ArtifactError           something under artifacts/ cannot be used or written
        ├── MissingArtifact     it was never made
        ├── InvalidArtifact     it is damaged, foreign, or of another schema version
        └── StaleArtifact       what it was made from has changed since

Every error is one line that says what is wrong; its ``hint`` says how to mend it. Those caused by a bad value are
``ValueError`` too, so that library callers can catch what they expect.
"""


class AppError(Exception):
    """A failure that a person can understand and mend.

    Parameters
    ----------
    message : str
        One line: what is wrong, naming the file, column or value.
    hint : str, default=""
        One line: what to do about it, a command where there is one.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class CatalogError(AppError, ValueError):
    """A source, a catalogue name, a table or a column is not what it should be."""


class ImageError(AppError, ValueError):
    """A picture that cannot or must not be decoded."""


class ModelError(AppError, ValueError):
    """A model that cannot be built or run as it was asked for."""


class WeightsError(ModelError):
    """A model's weights cannot be had, or do not fit it."""


class SearchError(AppError, ValueError):
    """A query that cannot be answered as it was asked."""


class ClusteringError(AppError, ValueError):
    """Groups that cannot be made as they were asked for."""


class ProjectionError(AppError, ValueError):
    """A map that cannot be made as it was asked for."""


class ArtifactError(AppError):
    """Something under the artifacts folder cannot be used or written."""


class MissingArtifact(ArtifactError):
    """It was never made."""


class InvalidArtifact(ArtifactError):
    """It is damaged, foreign, or of another schema version."""


class StaleArtifact(ArtifactError):
    """What it was made from has changed since."""
