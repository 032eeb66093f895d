"""The page registry of the dashboard, and what all pages share: the catalogue chosen in the sidebar."""

import streamlit as st

from pages._shared import choose_catalog

PAGES = {
    "Browse": [
        st.Page("pages/overview.py", title="Overview", icon=":material/storefront:", default=True),
        st.Page("pages/dataset.py", title="Dataset", icon=":material/bar_chart:"),
        st.Page("pages/search.py", title="Search", icon=":material/image_search:"),
    ],
}

st.set_page_config(page_title="Vitrine", page_icon="pages/assets/icon.svg", layout="wide")
st.logo("pages/assets/logo.svg", icon_image="pages/assets/icon.svg", size="large")
page = st.navigation(PAGES)
choose_catalog()
page.run()
