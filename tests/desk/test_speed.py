"""`autograder check --speed`: a larger case, both timed, and the loop that is why."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from autograder.desk import selfcheck
from autograder.desk.speed import compare_speed, grow, slow_lines
from autograder.desk.target import find_target
from autograder.report.terminal import Look
from autograder.spec import Case
from tests.conftest import CATALOGUE
from tests.kit.release import make_release, written

DOC = """Do.

Parameters
----------
x : ndarray of shape (N, D)
w : ndarray of shape (D,)
y : ndarray of shape (N,)
lr : float
"""
LOOPS = """
def f(x):
    total = 0
    for i in range(3):
        while total < 3:
            total += 1
    for j in x:
        pass
    return total
"""


def test_the_batch_grows_and_nothing_else():
    case = Case(np.ones((2, 3)), np.ones(3), y=np.ones(2), lr=0.1)
    larger = grow(case, DOC, ["x", "w", "y", "lr"], 8)
    assert larger is not None
    assert larger.args[0].shape == (16, 3)
    assert larger.args[1].shape == (3,)
    assert larger.kwargs["y"].shape == (16,)
    assert larger.kwargs["lr"] == 0.1


def test_a_case_without_a_batch_stays_as_it_is():
    assert grow(Case(np.ones(3)), "Parameters\n---\nx : ndarray of shape (D,)\n", ["x"], 8) is None


def test_the_deepest_loop_is_named():
    (told,) = slow_lines(ast.parse(LOOPS).body[0], first=10)
    assert "line 14" in told
    assert "2 deep" in told


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return make_release(tmp_path_factory.mktemp("release"), ["neurons"])


def test_a_slow_right_function_is_compared_with_the_core(release, tmp_path):
    pytest.importorskip("numba")
    body = (
        "out = np.zeros(len(x))\nfor n in range(len(x)):\n    total = 0.0\n"
        "    for i in range(len(w)):\n        total = total + x[n, i] * w[i]\n"
        "    out[n] = 1 / (1 + np.exp(-np.clip(total + b, -700, 700)))\nreturn out.astype(x.dtype)"
    )
    path = tmp_path / "neurons.py"
    path.write_text(written("neurons", sigmoid_neuron=body), encoding="utf-8")
    checked = selfcheck.run(find_target(str(path), root=CATALOGUE.root), ["sigmoid_neuron"])
    assert checked.passed
    text = " ".join(compare_speed(checked, Look()).split())
    assert "× slower" in text
    assert "2 deep, is why" in text
    assert "lif_step" not in text


def test_without_the_core_it_says_so(release, tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.desk.speed._core", lambda topic: None)
    path = tmp_path / "neurons.py"
    path.write_text(written("neurons"), encoding="utf-8")
    checked = selfcheck.run(find_target(str(path), root=release), ["sigmoid_neuron"])
    assert "does not hold" in compare_speed(checked, Look())
