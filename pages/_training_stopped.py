"""Runs that stopped before their end, and jobs that failed, on the Training page: resume them, or put them away."""

import streamlit as st

from lib import jobs, settings
from lib.catalog import Catalog
from lib.charts.theme import count
from lib.jobs import Job
from lib.training.live import RUNNING
from lib.training.removal import remove_run
from lib.training.runs import DAMAGED, Run, began
from pages import _loaders as loaders
from pages import _run_list as runs
from pages import _shared as shared
from pages._mend import start_job
from pages._text import code, escape

TRAIN = "train"


def ended(catalog: Catalog) -> None:
    """Draw how the last run ended that was started here, and jobs that failed before their run began."""
    found = [job for job in jobs.jobs(loaders.store()) if job.words[:1] == (TRAIN,) and job.catalog == catalog.name]
    if found and found[0].state == jobs.DONE and found[0].result:
        _done(catalog, found[0])
    unfinished = runs.unfinished(catalog)
    for job in found:
        if job.state in (jobs.FAILED, jobs.DIED) and not any(began(run, job.words, catalog.name) for run in unfinished):
            _failed(job)


def _done(catalog: Catalog, job: Job) -> None:
    """Say that the newest run is finished, and lead to it."""
    run = next((run for run in runs.finished(catalog) if run.id == (job.result or {}).get("run")), None)
    if run is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        best = "" if not run.best_epoch else f" after {count(len(run.history), 'epoch')}, the best was {run.best_epoch}"
        st.markdown(f":material/check_circle: **{escape(runs.names(catalog)[run.id])}** is finished{best}.")
        st.page_link(
            "pages/runs.py", label="See what it learnt", icon=":material/arrow_forward:",
            query_params={"catalog": catalog.name, "view": "One run", "run": run.id},
        )  # fmt: skip


def _failed(job: Job) -> None:
    """Draw a job that failed before its run began, with the reason."""
    with st.container(border=True):
        st.markdown(f":material/error: **{escape(job.title)}** did not begin: {escape(job.message)}")
        if settings.training_allowed() and st.button("Put it away", icon=":material/close:", key=f"forget-{job.id}"):
            with shared.guard():
                jobs.forget(loaders.store(), job.id)
                st.rerun()


def stopped(catalog: Catalog) -> None:
    """Draw the runs that can be gone on with."""
    found = [run for run in runs.unfinished(catalog) if run.state != RUNNING]
    if not found:
        return
    st.header("Stopped runs", anchor=False, help="A resumed run goes on after its last finished epoch.")
    active, names = [job for job in jobs.jobs(loaders.store()) if job.is_active], runs.names(catalog)
    for run in found:
        with st.container(border=True):
            _stopped(catalog, run, active, title=names[run.id])


def _stopped(catalog: Catalog, run: Run, active: list[Job], *, title: str) -> None:
    icon, words, _ = runs.STATES[run.state]
    n = len(run.history)
    far = f" after {count(n, 'epoch')} of {run.epochs}" if n else " in its first epoch"
    st.markdown(f"{icon} **{escape(title)}** {words}{far if run.epochs else ''}, {runs.ago(runs.changed_at(run))}")
    st.caption(code(run.id) + (f" · {escape(run.status.message)}" if run.status and run.status.message else ""))
    resume = [TRAIN, catalog.name, "--resume", run.id]
    if not settings.training_allowed():
        st.code(f"python -m lib {' '.join(resume)}", language="bash", wrap_lines=True)
        return
    row = st.container(horizontal=True)
    can_go_on = run.state != DAMAGED and not any(run.id in job.words for job in active)
    if can_go_on:
        row.button(
            "Resume", icon=":material/play_arrow:", key=f"resume-{run.id}",
            on_click=start_job, args=(resume, f"Resume {title}", catalog.name),
        )  # fmt: skip
    with row.popover("Delete", icon=":material/delete:"):
        st.markdown(f"Its {count(n, 'finished epoch')} will be gone.")
        if st.button("Delete it", type="primary", key=f"delete-{run.id}"):
            with shared.guard():
                remove_run(loaders.store(), catalog.name, run.id, finished=False)
                st.rerun()
