"""What the numbers of a table mean: the tooltip of a column's head is gone before a link in it can be clicked."""

import streamlit as st

from lib.definitions import topic_link, topic_of


def explained(*names: str) -> None:
    """Draw links to the definitions of what stands in a table, each once; what has none is left out."""
    topics = dict.fromkeys(topic for topic in map(topic_of, names) if topic)
    catalog = st.query_params.get("catalog", "")
    links = [topic_link(topic, catalog=catalog) for topic in topics]
    st.caption(f":material/help: What is this? {' · '.join(links)}")
