"""What is said where there is no catalogue yet, or no model of one, with the commands that make a first one."""

import streamlit as st

from lib import settings
from pages._mend import commands
from pages._text import escape

#: Makes a catalogue to begin with, and a model for it.
FIRST_COMMANDS = (
    "python -m lib import sample --name sample",
    "python -m lib embed sample --backbone color_hog",
)


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
