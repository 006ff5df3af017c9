"""What the tests share: the catalogue, and helpers that grade text as a student's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.catalogue import AuthoredTopic, Catalogue

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Catalogue(ROOT)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return CATALOGUE


def pytest_collection_modifyitems(config, items):
    if not config.option.markexpr:
        skip = pytest.mark.skip(reason="slow: run with -m slow")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def topic_of():
    loaded: dict[str, AuthoredTopic] = {}

    def load(name: str) -> AuthoredTopic:
        if name not in loaded:
            loaded[name] = CATALOGUE.topic(name)
        return loaded[name]

    return load
