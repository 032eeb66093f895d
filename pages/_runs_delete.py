"""Deleting runs on the Runs page, where training is allowed: what goes and what stays is said before anything does."""

import streamlit as st

from lib import jobs, settings
from lib.catalog import Catalog
from lib.charts.theme import count
from lib.training.live import RUNNING
from lib.training.removal import Removal, removal_of, remove_run
from lib.training.runs import DONE, Run
from pages import _loaders as loaders
from pages import _shared as shared
from pages._text import escape

_SEVERAL = "delete_runs"
#: What of the address, and of what was chosen, names runs.
_NAMED = ("run", "runs")


def delete_run(catalog: Catalog, run: Run, names: dict[str, str]) -> None:
    """Draw the way to delete the run that is looked at."""
    if settings.training_allowed():
        with st.popover("Delete", icon=":material/delete:", key=f"delete-{run.id}"):
            _confirm(catalog, [run], names, key=f"delete-one-{run.id}")


def delete_several(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw the choice of runs to delete, all but those that run."""
    known = {run.id: run for run in found if run.state != RUNNING}
    if not settings.training_allowed() or not known:
        return
    with st.popover("Delete runs", icon=":material/delete:"):
        chosen = st.multiselect("Runs to delete", list(known), key=_SEVERAL, format_func=names.__getitem__)
        if chosen:
            _confirm(catalog, [known[each] for each in chosen], names, key="delete-several")


def _confirm(catalog: Catalog, chosen: list[Run], names: dict[str, str], *, key: str) -> None:
    """Say what goes and what stays, and draw the button that does it."""
    with shared.guard():
        found = [removal_of(loaders.store(), catalog.name, run.id, finished=run.state == DONE) for run in chosen]
        st.markdown(_said(found, chosen))
        busy = [job for run in chosen for job in jobs.jobs_asking_for(loaders.store(), run.id)]
        if busy:
            st.caption(f":material/lock: Not now: **{escape(busy[0].title)}** asks for it. Cancel that first, or wait.")
            return
        words = "Delete it" if len(chosen) == 1 else f"Delete all {len(chosen):,}"
        asked = [(run.id, run.state == DONE, names[run.id]) for run in chosen]
        st.button(
            words, type="primary", icon=":material/delete:", key=key, on_click=_delete, args=(catalog.name, asked)
        )


def _said(found: list[Removal], chosen: list[Run]) -> str:
    """Return what goes and what stays, in Markdown."""
    size = f"{sum(each.n_bytes for each in found) / 1e6:,.1f} MB"
    done = sum(run.state == DONE for run in chosen)
    what = [
        f"{count(done, 'model')} with weights, history and card" * bool(done),
        f"what {count(len(chosen) - done, 'stopped run')} would go on from" * (done < len(chosen)),
    ]
    lines = [f"**Gone for good:** {' and '.join(each for each in what if each)}, {size}."]
    n = len({embedding for each in found for embedding in each.embeddings})
    if n:
        lines.append(
            f"**Stays:** {count(n, 'embedding')} made with {'it' if len(chosen) == 1 else 'them'}, with all that "
            "was measured. The catalogue's own pictures still find what looks like them. Uploaded pictures cannot "
            "search there any more, and no such embedding can be made again."
        )
    halted = len({run_id for each in found for run_id in each.unfinished} - {run.id for run in chosen})
    if halted:
        lines.append(f"**Cannot be resumed any more:** {count(halted, 'stopped run')} that began from it.")
    return "\n\n".join(lines)


def _delete(name: str, asked: list[tuple[str, bool, str]]) -> None:
    """Delete runs, before the page is drawn anew without them."""
    st.session_state.pop(_SEVERAL, None)
    with shared.guard():
        for run_id, finished, title in asked:
            gone = remove_run(loaders.store(), name, run_id, finished=finished)
            _forget(run_id)
            st.toast(f"Deleted: {escape(title)}, {gone.n_bytes / 1e6:,.1f} MB", icon=":material/delete:")


def _forget(run_id: str) -> None:
    """Take a run out of the address and of what was chosen, and close its network."""
    for key in _NAMED:
        asked = st.query_params.get_all(key)
        if run_id in asked:
            st.query_params[key] = [each for each in asked if each != run_id]
        kept = st.session_state.get(key)
        if kept == run_id or (isinstance(kept, list) and run_id in kept):
            st.session_state.pop(key)
    loaders.forget_embedders()
