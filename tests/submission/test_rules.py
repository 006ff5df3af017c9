"""A name an exercise is to do without is found however it is reached, and nothing else is."""

from __future__ import annotations

import pytest

from autograder.spec import Exercise
from autograder.submission.cells import Submission, SubmissionCell
from autograder.submission.rules import forbidden

CONVOLVE = ("np.convolve",)
FOUND = [
    (CONVOLVE, "def f(x):\n    return np.convolve(x, x)"),
    (CONVOLVE, "import numpy as n\ndef f(x):\n    return n.convolve(x, x)"),
    (CONVOLVE, "import numpy\ndef f(x):\n    return numpy.convolve(x, x)"),
    (CONVOLVE, "from numpy import convolve\ndef f(x):\n    return convolve(x, x)"),
    (CONVOLVE, "from numpy import convolve as c\ndef f(x):\n    return c(x, x)"),
    (CONVOLVE, "def f(x):\n    import numpy as n\n    return n.convolve(x, x)"),
    (CONVOLVE, "def f(x):\n    g = np.convolve\n    return g(x, x)"),
    (CONVOLVE, "def f(x, g=np.convolve):\n    return g(x, x)"),
    (CONVOLVE, "def helper(x):\n    return np.convolve(x, x)\ndef f(x):\n    return helper(x)"),
    (("np.linalg.inv",), "import numpy.linalg as la\ndef f(x):\n    return la.inv(x)"),
    (("np.linalg.inv",), "from numpy.linalg import inv\ndef f(x):\n    return inv(x)"),
    (("np.linalg.inv",), "from numpy import linalg\ndef f(x):\n    return linalg.inv(x)"),
    (("np.linalg.inv",), "import numpy.linalg\ndef f(x):\n    return numpy.linalg.inv(x)"),
    (("scipy.signal.convolve2d",), "import scipy.signal as s\ndef f(x):\n    s.convolve2d(x, x)"),
    (
        ("scipy.signal.convolve2d",),
        "import scipy.signal\ndef f(x):\n    scipy.signal.convolve2d(x)",
    ),
    (("eval",), "def f(x):\n    return eval('x')"),
    (("eval",), "def f(x):\n    return list(map(eval, x))"),
]
FREE = [
    ((), "def f(x):\n    return np.convolve(x, x)"),
    (CONVOLVE, "def f(x):\n    return x  # no np.convolve here"),
    (CONVOLVE, 'def f(x):\n    """Do without np.convolve."""\n    return x'),
    (CONVOLVE, "def f(x):\n    return np.correlate(x, x)"),
    (CONVOLVE, "def f(x):\n    return x.convolve(x)"),
    (CONVOLVE, "def f(x):\n    return np.fft.convolve(x)"),
    (CONVOLVE, "def f(x):\n    convolve = 3\n    return convolve"),
    (CONVOLVE, "import other as np2\ndef f(x):\n    return np2.convolve(x)"),
    (CONVOLVE, "from mine import convolve\ndef f(x):\n    return convolve(x)"),
    (CONVOLVE, "def f(x):\n    return (np.convolve(x, x)"),
    (("np.linalg.inv",), "def f(x):\n    return np.linalg.solve(x, x)"),
    (("eval",), "def f(model):\n    return model.eval()"),
    (("eval",), "def f(x):\n    return 'eval'"),
]


def used(forbid, *sources):
    cells = tuple(SubmissionCell(text, f"cell {k}") for k, text in enumerate(sources, 1))
    found = forbidden(Submission("ada", cells), Exercise("f", 1, forbid=list(forbid)))
    return [use.name for use in found]


@pytest.mark.parametrize(("forbid", "source"), FOUND)
def test_a_forbidden_name_is_found(forbid, source):
    assert used(forbid, source) == list(forbid)


@pytest.mark.parametrize(("forbid", "source"), FREE)
def test_what_only_looks_like_it_is_free(forbid, source):
    assert used(forbid, source) == []


CALLS = "def f(x):\n    return g(x)"
CELLS = [
    ("def g(x):\n    return np.convolve(x, x)", CALLS, ["np.convolve"], "a helper it calls"),
    ("g = np.convolve", CALLS, ["np.convolve"], "another name it calls"),
    (
        "import numpy as n",
        "def f(x):\n    return n.convolve(x)",
        ["np.convolve"],
        "an import above",
    ),
    ("from numpy import *", "def f(x):\n    return convolve(x)", ["np.convolve"], "a star"),
    ("def h(x):\n    return np.convolve(x, x)", CALLS, [], "a function it does not call"),
    ("kernel = np.convolve([1], [1])", CALLS, [], "a comparison beside it"),
    ("class Helper:\n    run = np.convolve", CALLS, [], "a class it does not use"),
    ("this is no Python np.convolve", CALLS, [], "a cell that does not run"),
    ("from numpy import convolve", CALLS, [], "an import that is not used"),
]


@pytest.mark.parametrize(("other", "own", "names", "why"), CELLS, ids=[row[3] for row in CELLS])
def test_other_cells_count_as_far_as_the_function_reaches(other, own, names, why):
    assert used(CONVOLVE, other, own) == names


def test_the_line_where_it_stands_is_told():
    source = "def f(x):\n    y = x\n    return np.convolve(x, y)"
    cells = (SubmissionCell(source, "lstm.py", 11),)
    exercise = Exercise("f", 1, forbid=list(CONVOLVE))
    told = list(map(str, forbidden(Submission("ada", cells), exercise)))
    assert told == ["np.convolve (line 13 of lstm.py)"]


def test_names_come_in_the_order_of_the_rule_and_once():
    source = "def f(x):\n    return np.dot(np.convolve(x, x), np.convolve(x, x))"
    assert used(("np.convolve", "np.dot", "np.einsum"), source) == ["np.convolve", "np.dot"]
