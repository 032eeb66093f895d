"""Which runs there are, for who names one that is not there."""

from collections.abc import Sequence
from pathlib import Path

from lib.artifacts import Store
from lib.errors import ArtifactError, MissingArtifact
from lib.training.job import KIND
from lib.training.live import live_run, live_runs

#: Runs that an error names, at most.
_MOST = 10


def known_runs(store: Store, catalog: str) -> list[str]:
    """Return the ids of a catalogue's runs, the finished ones first, the newest of each first; damaged ones too.

    Parameters
    ----------
    store : Store
    catalog : str

    Returns
    -------
    list of str
    """
    finished = [manifest.id for manifest in store.manifests(catalog, KIND)[::-1]]
    folders = sorted(path.name for path in runs_folder(store, catalog).glob("[!.]*"))
    return list(dict.fromkeys([*finished, *(live.id for live in live_runs(store, catalog)[::-1]), *folders]))


def runs_folder(store: Store, catalog: str) -> Path:
    """Return the folder that a catalogue's finished runs are in, whether or not it exists.

    Parameters
    ----------
    store : Store
    catalog : str

    Returns
    -------
    Path
    """
    return store.result_folder(catalog, KIND, "any").parent


def no_run(
    catalog: str, run_id: str, there: Sequence[str], *, what: str = "run", otherwise: str = ""
) -> MissingArtifact:
    """Return the error for a run that is not there, which names those that are.

    Parameters
    ----------
    catalog, run_id : str
    there : sequence of str
        The ids of those that are.
    what : str, default="run"
        What was looked for.
    otherwise : str, default=""
        What to do where there is none.

    Returns
    -------
    MissingArtifact
    """
    more = f" and {len(there) - _MOST:,} more" if len(there) > _MOST else ""
    hint = f"There are: {', '.join(there[:_MOST])}{more}." if there else otherwise or "None was trained on it yet."
    return MissingArtifact(f"{catalog!r} has no {what} {run_id!r:.200}.", hint=hint)


def check_stopped(store: Store, catalog: str, run_id: str) -> None:
    """Refuse a run that cannot be gone on with, naming those that can.

    Parameters
    ----------
    store : Store
    catalog, run_id : str

    Raises
    ------
    MissingArtifact
        If there is no such run.
    ArtifactError
        If it is finished.
    """
    if live_run(store, catalog, run_id).exists():
        return
    if store.result_folder(catalog, KIND, run_id).is_dir():
        raise ArtifactError(f"The run {run_id!r} is finished.", hint="Start another with train.")
    there = [live.id for live in live_runs(store, catalog)[::-1]]
    begin = f"Nothing waits to be gone on with. Start a run: python -m lib train {catalog} --recipe RECIPE"
    raise no_run(catalog, run_id, there, what="stopped run", otherwise=begin)


def check_finished(store: Store, catalog: str, run_id: str) -> None:
    """Refuse a run that is not finished, naming those that are.

    Parameters
    ----------
    store : Store
    catalog, run_id : str

    Raises
    ------
    MissingArtifact
        If there is no such run.
    ArtifactError
        If it is not finished.
    """
    if store.result_folder(catalog, KIND, run_id).is_dir():
        return
    if live_run(store, catalog, run_id).exists():
        resume = f"Go on with it: python -m lib train {catalog} --resume {run_id}"
        raise ArtifactError(f"The run {run_id!r} is not finished.", hint=resume)
    there = [manifest.id for manifest in store.manifests(catalog, KIND)[::-1]]
    begin = f"Train one: python -m lib train {catalog} --recipe RECIPE"
    raise no_run(catalog, run_id, there, what="finished run", otherwise=begin)
