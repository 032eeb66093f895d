"""The page registry of the dashboard, and what all pages share: the catalogue chosen in the sidebar."""

import streamlit as st

from pages._jobs import status
from pages._shared import choose_catalog, guard, registered
from pages._warm import warm_charts

PAGES = {
    "Browse": [
        ("pages/overview.py", "Overview", ":material/storefront:"),
        ("pages/dataset.py", "Dataset", ":material/bar_chart:"),
        ("pages/search.py", "Search", ":material/image_search:"),
    ],
    "Measure": [
        ("pages/benchmark.py", "Benchmark", ":material/leaderboard:"),
        ("pages/compare.py", "Compare", ":material/compare:"),
        ("pages/threshold.py", "Threshold", ":material/straighten:"),
    ],
    "Explore": [
        ("pages/groups.py", "Groups", ":material/workspaces:"),
    ],
    "Train": [
        ("pages/training.py", "Training", ":material/model_training:"),
        ("pages/runs.py", "Runs", ":material/monitoring:"),
    ],
    "Learn": [
        ("pages/learn.py", "Learn", ":material/school:"),
    ],
}
FIRST = "pages/overview.py"


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(page_icon="pages/assets/icon.svg", layout="wide")  # before a page's icon is fetched from afar
    st.logo("pages/assets/logo.svg", icon_image="pages/assets/icon.svg", size="large")
    groups = {
        group: [st.Page(path, title=title, icon=icon, default=path == FIRST) for path, title, icon in pages]
        for group, pages in PAGES.items()
    }
    page = st.navigation(groups)
    st.set_page_config(page_title=f"{page.title} · Vitrine")
    choose_catalog()
    with st.sidebar:
        warm_charts()
        with guard():
            status()
    with registered():
        page.run()


if __name__ == "__main__":
    main()
