"""Which pictures a run learns from, and which of those that it is measured on were learnt before it began."""

from lib.models.seen import Marks, marks_of, read_seen, seen_counts, together
from lib.training.job import Job
from lib.training.pictures import Pictures


def seen_before(job: Job) -> dict[str, int]:
    """Return how many of the pictures that a run is measured on were known to the models it starts or learns from.

    Parameters
    ----------
    job : Job

    Returns
    -------
    dict of str to int
        Split -> pictures; splits of which none was learnt are left out, and so are models that do not say what they
        learnt from.

    Raises
    ------
    WeightsError
        If what a model learnt from is damaged.
    """
    frame, learnt_now = job.catalog.frame, job.request.settings.splits.split("+")
    counts = seen_counts(together(_marks_before(job)), job.catalog.digests, frame["split"].tolist())
    return {split: n for split, n in counts.items() if split not in learnt_now}


def seen_after(job: Job, trained_on: Pictures) -> Marks:
    """Return the marks of all pictures that a run's model has learnt from, before and now.

    Parameters
    ----------
    job : Job
    trained_on : Pictures

    Returns
    -------
    ndarray of shape (n,), uint64
    """
    digests, row_of = job.catalog.digests, job.catalog.row_of
    return together([marks_of(digests[row_of[product_id]] for product_id in trained_on.ids), *_marks_before(job)])


def _marks_before(job: Job) -> list[Marks]:
    found = [read_seen(model.folder) for model in (*job.start.models, *job.start.teachers)]
    return [marks for marks in found if marks is not None]
