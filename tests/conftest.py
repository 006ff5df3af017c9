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


BY_TOPIC = {
    *("test_battery", "test_alike", "test_luck", "test_by_hand", "test_docstrings", "test_words"),
    *("test_mutation", "test_reference", "test_release"),
}
"""Files whose tests are about one topic each: a topic's share a worker, and the cases drawn."""
SPREAD = {"test_rewards"}
"""Files whose tests run on any worker; those of every other file share one, and its fixtures."""
LONGEST = (
    *("test_course", "test_attacks", "test_models", "test_nbgrader", "test_judge_attacks"),
    *("test_contracts", "test_architectures", "test_diagnoses", "test_gemm", "test_topic"),
    *("test_files", "test_build", "test_cache", "test_ledger", "test_demo"),
    *("test_questions", "test_formgrader"),
)
"""What takes longest begins first, then the topics: at the end no worker waits for another."""


def pytest_configure(config):
    if config.getoption("numprocesses", None):  # threads that wait give way to the other workers'
        os.environ.update(OMP_WAIT_POLICY="passive", OPENBLAS_NUM_THREADS="1")


def group_of(nodeid: str) -> str:
    """Return the name of those tests that share a worker with this one; alone, its own id."""
    path, _, test = nodeid.partition("::")
    stem = Path(path).stem
    if stem in BY_TOPIC:
        names = test.partition("[")[2].rstrip("]").split("-")
        about = next((name for name in names if name in CATALOGUE.names()), None)
        if about:
            return f"about {about}"
    return nodeid if stem in SPREAD else stem


def _rank(group: str) -> int:
    if group in LONGEST:
        return LONGEST.index(group)
    return len(LONGEST) + (0 if group.startswith("about ") else 1 if "::" in group else 2)


def pytest_collection_modifyitems(config, items):
    slow = [item for item in items if "slow" in item.keywords and not config.option.markexpr]
    if slow:
        config.hook.pytest_deselected(items=slow)
    left = set(slow)
    items[:] = [item for item in items if item not in left]
    groups = {item: group_of(item.nodeid) for item in items}
    items.sort(key=lambda item: (_rank(groups[item]), groups[item]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand out the tests of a group to one worker, in the order of collection.

    xdist's own groups are marks that it adds to the ids of tests: pytest 9.2 no longer takes them.
    """
    from xdist.scheduler import LoadScopeScheduling

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of
    return scheduler


@pytest.fixture(scope="session")
def topic_of():
    loaded: dict[str, AuthoredTopic] = {}

    def load(name: str) -> AuthoredTopic:
        if name not in loaded:
            loaded[name] = CATALOGUE.topic(name)
        return loaded[name]

    return load
