"""Shared fixtures: no test can touch the real artifacts, and real data is used where it is at hand."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from lib.artifacts import Store

ROOT = Path(__file__).resolve().parent.parent

# The same examples in every run, and no failure because the machine is busy.
hypothesis.settings.register_profile(
    "vitrine", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("vitrine")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store in a temporary folder, which the environment points at too."""
    root = tmp_path / "artifacts"
    monkeypatch.setenv("VITRINE_ARTIFACTS", str(root))
    return Store(root)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds ``data/`` and ``weights/``; the test is skipped where it is absent."""
    folder = Path(os.environ.get("VITRINE_REAL_DATA") or ROOT.parent / "shared")
    folder = folder if folder.is_absolute() else ROOT / folder
    if not (folder / "data").is_dir():
        pytest.skip(f"no real data at {folder}: name its folder with VITRINE_REAL_DATA")
    return folder.resolve()


@pytest.fixture(scope="module")
def fashion(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of the whole fashion catalogue, kept where VITRINE_REAL_ARTIFACTS says: embedding takes minutes."""
    kept = os.environ.get("VITRINE_REAL_ARTIFACTS")
    from lib.catalog.importing import import_catalog

    store = Store(Path(kept) if kept else tmp_path_factory.mktemp("real"))
    before = os.environ.get("KERAS_HOME")
    os.environ["KERAS_HOME"] = str(real_data / "weights")
    if "fashion" not in store.catalog_names():
        path = real_data / "data" / "fashion-product-images-small.zip"
        import_catalog(store, "fashion-small", name="fashion", path=path, command="test")
    yield store
    os.environ.pop("KERAS_HOME")
    if before is not None:
        os.environ["KERAS_HOME"] = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let ``make test-real`` fail where a test on real data would be skipped."""
    report = yield
    if report.skipped and os.environ.get("VITRINE_REQUIRE_REAL") == "1" and item.get_closest_marker("real"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"skipped, but VITRINE_REQUIRE_REAL=1: {reason}"
    return report
