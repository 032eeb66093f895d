"""Watching what runs and what waits on the Training page: progress, time left, live curves, the machine, the log."""

from typing import NamedTuple

import streamlit as st

from lib import jobs, settings
from lib.catalog import Catalog
from lib.charts.curves import curves
from lib.jobs import QUEUED, RUNNING, Job
from lib.progress import spoken_time
from lib.training.comparison import MEASURES, epochs_of
from lib.training.runs import Run, epoch_seconds
from pages import _loaders as loaders
from pages import _run_list as runs
from pages import _shared as shared
from pages._jobs import getting_ready, said_log
from pages._mend import cancel_button
from pages._text import escape
from pages._training_machine import machine

EVERY = 2.0
LIVE = ("loss", "map_at_r", "accuracy")


class Activity(NamedTuple):
    """Something that runs: a job, a run that somebody started in a terminal, or a job that is such a run."""

    job: Job | None
    run: Run | None


def watch(catalog: Catalog) -> None:
    """Draw what runs and what waits, renewed by itself; nothing where nothing does."""
    known = busy(catalog)
    if known:
        st.fragment(_watched, run_every=EVERY)(catalog, known)


def busy(catalog: Catalog) -> tuple[str, ...]:
    """Return what tells one state of the queue from another: the page is drawn anew when it changes."""
    waiting = [f"{job.id} {job.state}" for job in jobs.jobs(loaders.store()) if job.state in (QUEUED, RUNNING)]
    alone = [each.run.id for each in activities(catalog) if each.job is None and each.run is not None]
    return (*waiting, *alone)


def activities(catalog: Catalog) -> list[Activity]:
    """Return what runs: jobs with the run they are at, and runs of this catalogue that are no job's."""
    going = [job for job in jobs.jobs(loaders.store()) if job.state == RUNNING]
    training = [run for run in runs.unfinished(catalog) if run.state == RUNNING]
    of_job = {job.id: _run_of(job, training) for job in going if job.catalog == catalog.name}
    taken = {run.id for run in of_job.values() if run is not None}
    alone = [Activity(None, run) for run in training if run.id not in taken]
    return [Activity(job, of_job.get(job.id)) for job in going] + alone


def _run_of(job: Job, training: list[Run]) -> Run | None:
    return next((run for run in training if job.pid and run.status is not None and run.status.pid == job.pid), None)


def _watched(catalog: Catalog, known: tuple[str, ...]) -> None:
    if busy(catalog) != known:
        st.rerun()
    st.header("Now", anchor=False)
    for activity in activities(catalog):
        with st.container(border=True):
            _draw(catalog, activity)
    waiting = [job for job in jobs.jobs(loaders.store())[::-1] if job.state == QUEUED]
    for place, job in enumerate(waiting, start=1):
        row = st.container(border=True, horizontal=True, vertical_alignment="center")
        row.markdown(f":material/hourglass_empty: **{_title(job)}**, number {place} in the queue")
        _stop(row, job, "Take it out", ":material/close:")


def _draw(catalog: Catalog, activity: Activity) -> None:
    job, run = activity
    title = _title(job) if run is None else escape(runs.names(catalog).get(run.id, run.id))
    head = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    head.subheader(title, anchor=False)
    if job is not None:
        _stop(head, job, "Cancel", ":material/stop:")
    st.progress(*_progress(activity))
    if run is not None:
        _curves(run)
    machine(job.pid if job is not None else run.status.pid)
    if job is not None:
        said_log(job, key="watch")
    else:
        st.caption("Started in a terminal: Ctrl+C there stops it, and it can be resumed here.")


def _title(job: Job) -> str:
    return escape(f"{job.title} · {job.catalog}" if job.words[:1] == ("train",) else job.title)


def _stop(row: st.delta_generator.DeltaGenerator, job: Job, words: str, icon: str) -> None:
    """Draw the button that stops a job or takes it out of the queue."""
    if settings.training_allowed():
        cancel_button(row, [job], key=f"stop-{job.id}", label=words, icon=icon)


def _progress(activity: Activity) -> tuple[float, str]:
    """Return how far something is, as a share and in words."""
    job, run = activity
    at = run.status if run is not None else None
    if run is not None and at is not None and run.epochs and (at.steps or at.epoch):
        share = min(1.0, (at.epoch + (at.step / at.steps if at.steps else 0.0)) / run.epochs)
        words = [f"Epoch {min(at.epoch + 1, run.epochs)} of {run.epochs}"]
        words += [f"step {at.step:,} of {at.steps:,}" if at.step < at.steps else "measuring"] if at.step else []
        words = words if at.epoch < run.epochs else ["Measuring the finished model"]
        left = _left(run, share, job)
        return share, " · ".join([*words, *left])
    if job is None:
        return 0.0, "Reading pictures and building the network, which can take a minute"
    if not job.total or job.done <= job.n_reused < job.total:
        said = getting_ready(job)
        return 0.0, said[0].upper() + said[1:]
    left = [f"{spoken_time(job.seconds_left)} left"] if job.seconds_left else []
    return min(1.0, job.done / job.total), " · ".join([f"{escape(job.label)}: {job.done:,} of {job.total:,}", *left])


def _left(run: Run, share: float, job: Job | None) -> list[str]:
    """Return the time left: as the epochs so far took, before there is one as the steps did."""
    seconds = epoch_seconds(run.history) * run.epochs * (1 - share) if len(run.history) else 0.0
    seconds = seconds or (job.seconds_left if job is not None and job.seconds_left else 0.0)
    return [f"{spoken_time(seconds)} left"] if seconds and share < 1 else []


def _curves(run: Run) -> None:
    """Draw the curves of a run that goes on."""
    tables = {name: epochs_of([run], name, names={}) for name in LIVE}
    drawn = {name: table for name, table in tables.items() if not table.empty}
    if not drawn:
        st.caption("Curves begin when the first epoch is over.")
        return
    for column, (name, table) in zip(st.columns(len(drawn)), drawn.items(), strict=True):
        measure = MEASURES[name]
        parts = set(table["part"])
        figure = curves(
            table, title=measure.title, y=measure.title, share=measure.share, height=260, legend=False,
            subtitle=_parts_said(name) if len(parts) > 1 else f"{parts.pop()} pictures",
        )  # fmt: skip
        with column:
            shared.chart(figure, key=f"live-{run.id}-{name}", alt=f"{measure.title} of each epoch so far")


def _parts_said(measure: str) -> str:
    """Return which curve is which; the two losses are different sums."""
    held_back = "validation, the label's only" if measure == "loss" else "validation"
    return f"solid: {held_back}; dotted: training"
