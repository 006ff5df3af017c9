"""What the tests share: the catalogue, and helpers that grade text as a student's file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.topic.catalogue import AuthoredTopic, Catalogue

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Catalogue(ROOT)


def printed(code: str, **environment: str) -> str:
    """Return what a Python of its own prints: for what is decided when the core is imported."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return CATALOGUE


SPREAD = {"test_battery", "test_docstrings", "test_reference", "test_release", "test_rewards"}
"""Files whose tests run on any worker; those of every other file share one, and its fixtures."""


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "slow" in item.keywords and not config.option.markexpr:
            item.add_marker(pytest.mark.skip(reason="slow: run with -m slow"))
        if item.path.stem not in SPREAD:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def topic_of():
    loaded: dict[str, AuthoredTopic] = {}

    def load(name: str) -> AuthoredTopic:
        if name not in loaded:
            loaded[name] = CATALOGUE.topic(name)
        return loaded[name]

    return load
