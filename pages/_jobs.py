"""Jobs as pages draw them: how far one is, how it ended, what it said, and a line in the sidebar while any goes on."""

import time

import streamlit as st

from lib import jobs
from lib.jobs import Job
from lib.progress import spoken_time
from pages import _loaders as loaders
from pages._text import escape

#: Seconds between two looks at what runs.
EVERY = 2.0
#: What a command does before it has anything to count; from seconds to a minute.
_FIRST = {
    "embed": "building the network, which can take a minute",
    "train": "reading pictures and building the network, which can take a minute",
}
#: How a job ended that has not done what was asked.
_ENDS = {
    jobs.FAILED: (":material/error:", "failed"),
    jobs.DIED: (":material/error:", "died"),
    jobs.CANCELLED: (":material/stop_circle:", "was cancelled; what it finished is kept"),
}


def how_far(job: Job) -> None:
    """Draw how far a job is."""
    st.progress(job.share, text=_how_far(job))


def _how_far(job: Job) -> str:
    if job.state == jobs.QUEUED:
        return f"{escape(job.title)} · waits for what runs"
    if job.is_stopping:
        return f"{escape(job.title)} · cancelling: what is finished is kept"
    if not job.total or job.done <= job.n_reused < job.total:
        return f"{escape(job.title)} · {getting_ready(job)}"
    counts = f"{escape(job.label)}: {job.done:,} of {job.total:,}"
    left = f", {spoken_time(job.seconds_left)} left" if job.seconds_left else ""
    return counts + (left if job.done < job.total else ", finishing")


def getting_ready(job: Job) -> str:
    """Return what a job is at that has finished nothing yet, and for how long."""
    what = _FIRST.get(job.words[0] if job.words else "", "getting ready")
    return f"{what}, {spoken_time(time.time() - job.started_at)} so far" if job.started_at else what


def how_ended(job: Job, *, key: str) -> None:
    """Draw how a job ended, with its log where it did not do what was asked."""
    ago = spoken_time(max(time.time() - (job.ended_at or job.updated_at or job.created_at), 0.0))
    if job.state == jobs.CANCELLED and not job.started_at:
        st.caption(f":material/stop_circle: {escape(job.title)} was taken out of the queue {ago} ago.")
        return
    if job.state not in _ENDS:
        st.caption(f":material/check: {escape(job.title)} ran {ago} ago and ended well.")
        return
    icon, said = _ENDS[job.state]
    why = f": {escape(job.message)}" if job.message else "."
    st.markdown(f"{icon} **{escape(job.title)}** {said}{why}")
    said_log(job, key=key)


def said_log(job: Job, *, key: str) -> None:
    """Draw what a job said, read only while that is open."""
    with st.expander("Log", icon=":material/terminal:", key=f"log-{key}-{job.id}", on_change="rerun") as log:
        if log.open:
            st.code(jobs.job_log(loaders.store(), job.id, last=60) or "Nothing was said yet.", language=None)


def status() -> None:
    """Draw what runs and how much waits, renewed by itself; nothing where nothing does."""
    if any(job.is_active for job in jobs.tend(loaders.store())):
        _status()


@st.fragment(run_every=EVERY)
def _status() -> None:
    going = [job for job in jobs.tend(loaders.store())[::-1] if job.is_active]
    if not going:
        st.rerun()
    now = next((job for job in going if job.state == jobs.RUNNING), going[0])
    with st.container(border=True, gap="small"):
        how_far(now)
        if len(going) > 1:
            st.caption(f"{len(going) - 1:,} more in the queue")
        st.page_link("pages/training.py", label="See what runs", icon=":material/arrow_forward:")
