"""What is wrong or missing, the command that mends it, and the button that runs that command here and now."""

import contextlib
import hashlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st

from lib import jobs, settings
from lib.errors import AppError
from pages import _loaders as loaders
from pages._jobs import how_ended, how_far, said_log
from pages._text import command_in, escape, shortened

EVERY = 1.0
#: Seconds within which the same is not started twice.
_TWICE = 3.0
_OFFERED = "offered_commands"


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """Show an error that a person can mend, with the command that mends it; let bugs through."""
    try:
        yield
    except AppError as error:
        with guard():
            _explain(error)


def _explain(error: AppError) -> None:
    st.error(escape(shortened(error.message)), icon=":material/error:")
    command = command_in(error.hint)
    if error.hint:
        st.markdown(f"**What to do.** {escape(shortened(error.hint))}")
    if command:
        st.code(command, language="bash")
    if not error.hint.startswith("Delete"):  # which comes first, and is for a person to do
        offer(command)


def commands(*lines: str, wrap: bool = False) -> None:
    """Draw the commands that mend something, and offer to run them."""
    st.code("\n".join(lines), language="bash", wrap_lines=wrap)
    offer(*lines)


def offer(*lines: str) -> None:
    """Offer to run commands in the background, those that run as they stand, and show how that goes in their place."""
    asked = [words for line in lines if (words := jobs.runnable(line))]
    if not asked:
        return
    known = jobs.jobs(loaders.store())
    last = [job for words in asked if (job := next((job for job in known if job.words == words), None))]
    going = tuple(job.id for job in last if job.is_active)
    key = _key(asked)
    if going:
        _going(going, key)
    elif settings.training_allowed():
        _button(asked, last, key)
    else:
        st.caption("To run it from here, open the dashboard with `make run`.")


def _button(asked: list[tuple[str, ...]], last: list[jobs.Job], key: str) -> None:
    """Draw how it went before, and the button that runs it."""
    for job in [job for job in last if job.can_resume] or last[-1:]:
        how_ended(job, key=key)
    again = any(job.can_resume for job in last)
    label = "Go on with it" if again else "Run it now" if len(asked) == 1 else "Run them now"
    if st.button(label, icon=":material/play_arrow:", key=key, help="In the background; it can be stopped."):
        for words in asked:
            catalog = jobs.catalog_of(words)
            title = jobs.title_of(words, names=loaders.names_in(catalog))
            jobs.submit(loaders.store(), words, title=title, catalog=catalog)
        st.rerun()


def _key(asked: list[tuple[str, ...]]) -> str:
    """Return a key that no other button of this run of the page has, though it may run the same."""
    name = hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
    offered = st.session_state.setdefault(_OFFERED, {})
    offered[name] = offered.get(name, 0) + 1
    return f"run-{name}-{offered[name]}"


def forget_offers() -> None:
    """Count the buttons of a page from the beginning."""
    st.session_state[_OFFERED] = {}


@st.fragment(run_every=EVERY)
def _going(known: tuple[str, ...], key: str) -> None:
    """Draw how far some jobs are; the page is drawn anew when one has ended."""
    found = [job for job_id in known if (job := jobs.find_job(loaders.store(), job_id))]
    going = [job for job in found if job.is_active]
    if len(going) < len(known):
        st.rerun()
    for job in going:
        how_far(job)
    if settings.training_allowed():
        cancel_button(st, going, key=f"cancel-{key}")
    said_log(next((job for job in going if job.state == jobs.RUNNING), going[0]), key=key)


def cancel_button(
    row: Any, found: Sequence[jobs.Job], *, key: str, label: str = "Cancel", icon: str = ":material/stop:"
) -> None:
    """Draw the button that stops jobs; once it was pressed it says so, until they have stopped."""
    stopping = all(job.is_stopping for job in found)
    row.button(
        "Cancelling …" if stopping else label, icon=icon, key=key, disabled=stopping,
        on_click=_cancel, args=(tuple(job.id for job in found),),
        help="It stops after what it is at; what is finished is kept." if stopping else None,
    )  # fmt: skip


def _cancel(job_ids: tuple[str, ...]) -> None:
    """Have jobs stopped; the button says so, for nothing may be drawn here: it stands in what renews itself."""
    with guard():
        for job_id in job_ids:
            jobs.cancel(loaders.store(), job_id)


def start_job(words: Sequence[str], title: str, catalog: str) -> None:
    """Queue a job and say so; of two clicks on one button, the second starts nothing."""
    with guard():
        known = jobs.jobs(loaders.store())
        if any(job.words == tuple(words) and time.time() - job.created_at < _TWICE for job in known):
            return
        waits = any(job.is_active for job in known)
        jobs.submit(loaders.store(), words, title=title, catalog=catalog)
        st.toast(f"{'Waits in the queue' if waits else 'Starting'}: {escape(title)}", icon=":material/play_arrow:")
