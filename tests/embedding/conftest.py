"""One small converted network for all tests here: conversion takes seconds."""

import shutil
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.embedding.embedder import open_catalog_embedder
from lib.embedding.request import EmbeddingRequest

SMALL = EmbeddingRequest("mobilenet", size=32, weights="none", engine="openvino")


@pytest.fixture(scope="session")
def _converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("converted")
    open_catalog_embedder(root, SMALL, SMALL.find_weights())
    return root


@pytest.fixture
def warm_store(store: Store, _converted: Path) -> Store:
    """A store in which the network of ``SMALL`` is converted already."""
    shutil.copytree(_converted / ".engines", store.root / ".engines", ignore=shutil.ignore_patterns(".locks"))
    return store
