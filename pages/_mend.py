"""What is wrong or missing, the command that mends it, and the button that runs that command here and now."""

import contextlib
import hashlib
from collections.abc import Iterator

import streamlit as st

from lib import jobs, settings
from lib.errors import AppError
from pages import _loaders as loaders
from pages._jobs import how_ended, how_far, said_log
from pages._text import command_in, escape, shortened

#: Makes a catalogue to begin with, and a model for it.
FIRST_COMMANDS = (
    "python -m lib import sample --name sample",
    "python -m lib embed sample --backbone color_hog",
)
EVERY = 1.0
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
    if settings.training_allowed() and st.button("Cancel", icon=":material/stop:", key=f"cancel-{key}"):
        with guard():
            for job_id in known:
                jobs.cancel(loaders.store(), job_id)
            st.rerun()
    said_log(next((job for job in going if job.state == jobs.RUNNING), going[0]), key=key)


def no_model(name: str) -> None:
    """Say how to get a first model of a catalogue."""
    st.info(f"No model has embedded {escape(name)} yet. This one needs no weights and no network:")
    commands(f"python -m lib embed {name} --backbone color_hog")


def nothing_yet() -> None:
    """Say how to get a catalogue where there is none."""
    st.info("There is no catalogue yet. Make a drawn one to try everything with, or import your own.")
    commands(*FIRST_COMMANDS)
    st.markdown("A folder with one subfolder a label, or a table and a folder of pictures, becomes a catalogue too:")
    st.code("python -m lib import folder --name mine --path PICTURES\npython -m lib import --help", language="bash")
    st.caption(f"Looked in {escape(str(settings.artifacts_dir()))}")
