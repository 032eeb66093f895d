"""The page registry of the dashboard; every page is a file of its own."""

import streamlit as st

PAGES = {
    "Browse": [
        st.Page("pages/overview.py", title="Overview", icon=":material/storefront:", default=True),
        st.Page("pages/dataset.py", title="Dataset", icon=":material/bar_chart:"),
        st.Page("pages/search.py", title="Search", icon=":material/image_search:"),
    ],
}

st.set_page_config(page_title="Vitrine", page_icon="pages/assets/icon.svg", layout="wide")
st.logo("pages/assets/logo.svg", icon_image="pages/assets/icon.svg", size="large")
st.navigation(PAGES).run()
