"""The running dashboard, driven in Chromium as a person would: only where a browser is installed."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.artifacts import Store
from lib.embedding import load_embedding
from lib.embedding.extract import embed_catalog
from lib.embedding.request import EmbeddingRequest
from tests.factories import make_catalog, make_evaluation

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--use-gl=swiftshader"]
#: True once Streamlit has stopped running and drawn everything.
STILL = """() => !!document.querySelector('h1') && !document.querySelector('[data-testid="stStatusWidget"]')
 && !document.querySelector('[data-testid="stSkeleton"]') && !document.querySelector('[data-stale="true"]')"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program; every test here is skipped where there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("no chromium on this machine: install it (apt-get install chromium) or name it with CHROMIUM")
    return found


@pytest.fixture(scope="session")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of its own on a free port, with two tiny catalogues, one of them embedded and evaluated."""
    root = tmp_path_factory.mktemp("browser") / "artifacts"
    store = Store(root)
    make_catalog(store, "plain", 12, synthetic=False)
    make_catalog(store, "tiny", 24)
    embed_catalog(store, "tiny", EmbeddingRequest("color_hog", size=48), command="python -m lib embed tiny")
    for metric in ("cosine", "euclidean"):
        make_evaluation(store, load_embedding(store, "tiny", "color_hog"), metric=metric)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none"]
    environment = os.environ | {"VITRINE_ARTIFACTS": str(root)}
    with (root.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_until_healthy(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail("the dashboard did not start")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, started once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


class Visitor:
    """One person with one window: opens addresses, waits until the page is still, and hears every complaint."""

    def __init__(self, browser: Any, address: str, *, width: int = 1440, dark: bool = False) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        self.address = address
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)

    def _listen(self, message: Any) -> None:
        # A deep link makes Streamlit probe <page>/_stcore/..., which answers 404 by design.
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            self.complaints.append(f"{message.text} {message.location}")

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", self.address.replace("http", "ws"))):
            self.strangers.append(request.url)

    def open(self, path: str) -> Any:
        """Open an address and wait until the page is still."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing has moved for a while."""
        self.page.wait_for_function(STILL, timeout=30_000)
        quiet = 0
        while quiet < 4:
            self.page.wait_for_timeout(100)
            quiet = quiet + 1 if self.page.evaluate(STILL) else 0


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Make visitors; afterwards, none may have heard a complaint or been sent to another host."""
    visitors: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, address, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.page.context.close()
        assert visitor.complaints == []
        assert visitor.strangers == []
