"""One finished run on the Runs page: what it is, what it says about pictures, its card, and the model to take away."""

import re
from functools import partial
from pathlib import Path

import streamlit as st

from lib.catalog import Catalog
from lib.progress import spoken_time
from lib.training.job import CARD, HISTORY, KERAS
from lib.training.runs import DONE, Run
from pages import _shared as shared
from pages._runs_delete import delete_run
from pages._runs_predictions import predictions

#: What of a run can be taken away: file -> what a person reads, its type, and how it is called outside.
FILES = {
    KERAS: ("Model (.keras)", "application/octet-stream", "keras", ":material/deployed_code:"),
    CARD: ("Model card (.md)", "text/markdown", "md", ":material/description:"),
    HISTORY: ("History (CSV)", "text/csv", "csv", ":material/download:"),
}


def one_run(catalog: Catalog, found: list[Run], names: dict[str, str]) -> None:
    """Draw one finished run."""
    done = {run.id: run for run in found if run.state == DONE}
    if not done:
        st.info("No run is finished yet. The page Training shows how far the running one is.")
        st.page_link("pages/training.py", label="Go to Training", icon=":material/model_training:")
        return
    chosen = shared.linked_choice(
        "Run", list(done), key="run", shown=names.__getitem__, help="Finished ones, the newest first."
    )
    run = done[chosen]
    numbers(run)
    with st.container(horizontal=True):
        take_away(run)
        delete_run(catalog, run, names)
    st.header(
        "What it says about test pictures", anchor=False,
        help="Pictures of the test split, which the run never saw and by which nothing was chosen.",
    )  # fmt: skip
    predictions(catalog, run)
    card(run)


def numbers(run: Run) -> None:
    """Draw what the run is, in numbers."""
    manifest = run.manifest
    if manifest is None:
        return
    details = manifest.details
    by = "validation MAP@R" if details.get("best_by") == "val_map_at_r" else "loss"
    speed = run.history["images_per_second"].median() if "images_per_second" in run.history else None
    with st.container(horizontal=True, gap="medium"):
        st.metric("Epochs", f"{len(run.history):,} of {run.epochs:,}", help="Finished, and run in all.")
        st.metric("Best epoch", f"{run.best_epoch:,}", help=f"The model has its weights; the best by {by}.")
        st.metric(
            "Trained on",
            f"{manifest.n:,}",
            help=f"Pictures of {run.parameters['splits']}; {manifest.n_skipped:,} left out.",
        )
        st.metric("Dimensions", f"{details.get('dim', 0):,}", help=shared.what_is("embedding", "Length of a vector."))
        st.metric("Took", spoken_time(run.seconds) if run.seconds else "–", help="All epochs, with measuring.")
        if speed:
            st.metric("Pictures/s", f"{speed:,.0f}", help="While training, the median of its epochs.")
    st.caption("The command that makes it again:")
    st.code(manifest.command, language="bash", wrap_lines=True)


def take_away(run: Run) -> None:
    """Offer the files of a run; each is read when it is asked for."""
    for name, (words, kind, ending, icon) in FILES.items():
        path = run.folder / name
        if path.is_file():
            st.download_button(
                words, partial(_bytes, str(path)), file_name=f"{run.id}.{ending}", mime=kind, icon=icon,
                on_click="ignore", key=f"take-{name}",
                help=f"{path.stat().st_size / 1e6:,.1f} MB" if path.stat().st_size > 1e5 else None,
            )  # fmt: skip


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes()


def card(run: Run) -> None:
    """Draw the model card, without its machine-readable head."""
    path = run.folder / CARD
    if not path.is_file():
        return
    with st.expander("Model card", icon=":material/description:"):
        st.markdown(harmless(body_of(path.read_text(encoding="utf-8", errors="replace"))))


def body_of(text: str) -> str:
    """Return a card without the head between its first two lines of dashes; titles one step smaller."""
    if text.startswith("---\n"):
        text = text[4:].partition("\n---\n")[2]
    return re.sub(r"^(#+) ", r"##\1 ", text, flags=re.MULTILINE)


def harmless(markdown: str) -> str:
    """Return Markdown in which nothing is a link, a picture, a formula or an icon, whatever names the data has."""
    apart = re.sub(r"(\]|//|www(?=\.)|@)", "\\1\u2060", markdown)
    return re.sub(r"([<$]|:(?=\w))", r"\\\1", apart)
