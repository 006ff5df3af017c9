"""What Python and NumPy complain of is answered by one hint; what is the student's own is not."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judging.remedies import LONGEST, MOST, nearest, remedy

RAISED = [
    ("np.ones((2, 3)) + np.ones((3, 2))", "Print the shapes of both sides"),
    ("x = np.ones((3, 2))\nx[4:] += x[: 3 - 4]", "a negative one counts from the end"),
    ("x = np.ones((3, 2))\nx[4:] = x[: 3 - 4]", "a negative one counts from the end"),
    ("np.ones((2, 3)) @ np.ones((2, 3))", "the last axis of A must be as long"),
    ("np.dot(np.ones((2, 3)), np.ones((2, 3)))", "compare them with the docstring"),
    ("bool(np.ones(3) > 0)", "A whole array stands where one yes or no is asked"),
    ("1 if np.ones(3) > 0 else 0", "A whole array stands where one yes or no is asked"),
    ("np.ones(3)[5]", "How long is that axis"),
    ("[1, 2][5]", "How long is the list"),
    ("frozen = np.ones(3)\nfrozen.flags.writeable = False\nfrozen[0] = 1", "work on a copy"),
    ("whole = np.array([1, 2])\nwhole /= 2", "build a new array instead of using += or *="),
    ("a, b = 1, 2, 3", "Count the names on the left of ="),
    ("a, b = (1,)", "Count the names on the left of ="),
    ("1 + 'same'", "Which words does the docstring allow"),
    ("(3)(2)", "is a variable called like a function?"),
    ("np.ones(3)(0)", "is a variable called like a function?"),
    ("None[0]", "does it end in a `return`?"),
    ("None + 1", "does it end in a `return`?"),
    ("a, b = None", "does it end in a `return`?"),
    ("len(None)", "does it end in a `return`?"),
    ("None.shape", "does the function that made it end in a `return`?"),
    ("[1, 2][0.5]", "use // instead of /"),
    ("np.ones(3)[0.5]", "use // instead of /"),
    ("range(2.5)", "use // instead of /"),
    ("np.zeros(2.5)", "use // instead of /"),
    ("def f(): return f()\nf()", "Which case stops it?"),
    ("1 / 0", "What is the divisor in that line"),
    ("np.linalg.cholesky(np.zeros((2, 2)))", "Cholesky's factor needs eigenvalues"),
    ("np.linalg.inv(np.zeros((2, 2)))", "That matrix has no inverse"),
    ("import no_such_package", "`no_such_package` is not there: a submission is one file"),
    ("from math import no_such_name", "Is the name spelt right?"),
    ("{}['w']", "Which keys does the docstring name?"),
    ("assert 1 == 2", "An assert of your own does not hold"),
    ("open('no_such_file.txt')", "no file is needed"),
    ("raise EOFError", "nobody answers input()"),
    ("raise SystemExit", "it ends the whole program"),
    ("compile('x = (1', '', 'exec')", "Look for a missing bracket"),
    ("compile('if x:\\ny = 1', '', 'exec')", "Four spaces for each level"),
    ("np.summ([1])", "NumPy has no `summ`: did you mean `np.sum`?"),
    ("np.norm([1])", "NumPy has no `norm`: did you mean `np.linalg.norm`?"),
    ("np.qqqzzz([1])", "NumPy has no `qqqzzz`."),
    ("(1.0).shape", "It is a float there, not an array"),
    ("np.float64(1.0).append", "It is a float64 there, not an array"),
    ("[1].shape", "It is a list there, not an array"),
    ("def f(x): return x\nf()", "Compare the call with the `def` line"),
    ("def f(x): return x\nf(1, 2)", "Compare the call with the `def` line"),
    ("def f(x): return x\nf(y=1)", "Compare the call with the `def` line"),
    ("def f(x): return x\nf(1, x=1)", "Compare the call with the `def` line"),
]
OWN = [
    "raise ValueError('stride must be positive')",
    "raise TypeError('expected a grid')",
    "raise RuntimeError('broadcast')",
    "raise Exception",
    "raise NotImplementedError",
    "{1}.shape",
    "''.shape",
    "object()[0]",
]
"""Nothing is known of these: no hint is better than a wrong one."""


def raised(source):
    try:
        exec(source, {"np": np})
    except BaseException as error:
        return type(error).__name__, str(error)
    raise AssertionError(f"nothing is raised by: {source}")


@pytest.mark.parametrize(("source", "hint"), RAISED, ids=[row[0][:40] for row in RAISED])
def test_what_really_is_raised_has_its_remedy(source, hint):
    given = raised(source)
    assert hint in remedy(*given), given


@pytest.mark.parametrize("source", OWN)
def test_what_is_not_known_has_none(source):
    given = raised(source)
    assert remedy(*given) == "", given


NAMES = [
    ("sigmoid = 1\nsigmiod", "Did you mean `sigmoid`?"),
    ("pritn(1)", "Did you mean `print`?"),
    ("def f(hidden, cell):\n    return hiden\nf(1, 2)", "Did you mean `hidden`?"),
    (
        "def f(hidden, *, rate):\n    return qqq\nf(1, rate=2)",
        "Where does `qqq` get its value? The arguments are hidden, rate: is one of them meant?",
    ),
    ("qqq", "Where does `qqq` get its value?"),
    (
        "del np\nnp.ones(3)",
        "Keep the cell with `import numpy as np` at the top, and free of errors.",
    ),
    (
        "def f(x):\n    if x:\n        total = 1\n    return total\nf(0)",
        "`total` is read before it has a value. The arguments are x: is one of them meant? "
        "Set it before the loop, or in every branch.",
    ),
]


@pytest.mark.parametrize(("source", "hint"), NAMES, ids=[row[1][:40] for row in NAMES])
def test_a_name_without_a_value_is_looked_for_in_the_cell(source, hint):
    assert remedy(*raised(source), source, 2) == hint


NEAREST = [
    ("sgd_stp", ["sgd_step", "adam_step"], "sgd_step"),
    ("SGD_step", ["sgd_step"], ""),  # 0.625 alike
    ("step", ["sgd_step"], ""),  # too different in length
    ("lstm", ["lstm"], "lstm"),
    ("abcdefg", ["abcxyzg"], ""),
    ("abcdefghij", ["abcdefgxyz"], "abcdefgxyz"),  # 0.7 alike, the least that counts
    ("abcdefghij", ["abcdefwxyz"], ""),
    ("x", [], ""),
    ("a" * LONGEST, ["a" * (LONGEST - 1)], "a" * (LONGEST - 1)),
    ("a" * (LONGEST + 1), ["a" * LONGEST], ""),
]


@pytest.mark.parametrize(("name", "known", "like"), NEAREST)
def test_the_nearest_name_is_near(name, known, like):
    assert nearest(name, known) == like


def test_among_too_many_names_none_is_looked_for():
    assert nearest("abcd", [f"{k:06d}" for k in range(MOST + 1)] + ["abce"]) == ""
    assert nearest("abcd", [f"{k:06d}" for k in range(MOST - 1)] + ["abce"]) == "abce"
