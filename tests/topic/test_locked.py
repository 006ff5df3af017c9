"""Locked texts: a right function opens them, nothing else does."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograder.build.alternatives import alternatives, extract
from autograder.spec import Case
from autograder.topic.locked import WAYS, LockError, key_of, locked, marks, nudged, opened
from tests.conftest import CATALOGUE, ROOT

TOPICS = [name for name in CATALOGUE.names() if alternatives(CATALOGUE.topic(name))]


def right(x, w):
    return np.tanh(x @ w)


@pytest.fixture
def case():
    rng = np.random.default_rng(3)
    return Case(rng.normal(size=(5, 3)), rng.normal(size=(3, 4)))


def test_only_right_results_open_it_in_any_order_of_summing(case):
    moved = nudged(case)
    made = marks(right(*moved.args), right(*case.args))
    text = locked("the other way", key_of(right(*moved.args), made))
    x, w = moved.args
    slow = np.array([[np.tanh(sum(a * b for a, b in zip(row, col))) for col in w.T] for row in x])
    single = right(x.astype(np.float32), w.astype(np.float32))
    for same in (slow, single, list(slow), tuple(single)):
        assert opened(text, key_of(same, made)) == "the other way"
    for wrong in (x @ w, np.tanh(x @ -w), right(*case.args), np.zeros((5, 4)), slow * 1.001):
        with pytest.raises(LockError):
            opened(text, key_of(wrong, made))
    for other in (slow[:-1], np.full((5, 4), np.nan), ["a"], None, object()):
        with pytest.raises(LockError):
            key_of(other, made)


def test_what_stands_in_the_record_locks_nothing(case):
    assert marks(right(*case.args), right(*case.args)) is None
    assert marks(np.array([1.0, 2.0]), np.array([3.0, 4.0])) is None  # could be guessed
    assert marks(np.arange(20.0) * np.nan, np.arange(20.0)) is None
    assert marks(np.zeros(20), np.ones(20)) is None


def test_nudged_moves_floating_numbers_alone(case):
    labels, table = np.arange(4), {"w": (np.ones(3), 2.5)}
    moved = nudged(Case(labels, table, "mean", x=np.zeros(2)))
    assert moved.args[0] is labels
    assert not np.array_equal(moved.args[1]["w"][0], np.ones(3))
    assert np.allclose(moved.args[1]["w"][0], np.ones(3), rtol=0.04)
    assert (moved.args[1]["w"][1], moved.args[2]) == (2.5, "mean")
    assert np.array_equal(moved.kwargs["x"], np.zeros(2))


def test_a_function_comes_with_its_helpers_and_without_the_other_exercises():
    text = (
        "import numpy as np\n\nHALF = 0.5\n\n\ndef scaled(x):\n    return HALF * x\n\n\n"
        "def other(x):\n    return x\n\n\ndef wanted(x):\n    return scaled(other(np.exp(x)))\n"
    )
    found = extract(text, "wanted", {"wanted", "other"})
    assert "def wanted" in found
    assert "HALF = 0.5" in found
    assert "import numpy" in found
    assert "def scaled" in found
    assert "def other" not in found
    assert extract(text, "missing", set()) == ""


@pytest.mark.parametrize("name", TOPICS)
def test_no_line_of_another_way_can_be_read_in_a_release(name):
    path = ROOT / "assignments" / name / WAYS
    held = path.read_text(encoding="utf-8")
    stub = (ROOT / "assignments" / name / f"{name}.py").read_text(encoding="utf-8")
    assert json.loads(held)
    for source in alternatives(CATALOGUE.topic(name)).values():
        for line in map(str.strip, source.read_text(encoding="utf-8").split("\n")):
            if len(line) > 20 and line not in stub:
                assert line not in held
