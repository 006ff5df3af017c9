"""Finding one's way in a submission: which definition counts, whose line it is, what is shown."""

from __future__ import annotations

import pytest

from autograder.submission.cells import Submission, SubmissionCell
from autograder.submission.locate import WIDTH, cell_at, defined, definition, excerpt

FIRST = "import numpy as np\n\ndef f(x):\n    return g(x)\n\ndef g(x):\n    return h(x) + f(x)"
SECOND = "def h(x):\n    y = x\n\n    return y"
THIRD = "def h(x):\n    return 2 * x\n\nclass Net:\n    def g(self):\n        return 1"


def handed_in(*sources: str, names: tuple[str, ...] = ()) -> Submission:
    lines = [1 + sum(s.count("\n") + 2 for s in sources[:k]) for k in range(len(sources))]
    names = names or ("lstm.py",) * len(sources)
    cells = zip(sources, names, lines, strict=True)
    return Submission("ada", tuple(SubmissionCell(s, n, line) for s, n, line in cells))


SUBMISSION = handed_in(FIRST, SECOND, THIRD)

DEFINITIONS = [
    ("f", 3, 4, "lstm.py, line 3"),
    ("g", 6, 7, "lstm.py, line 6"),  # not the method of the class
    ("h", 14, 15, "lstm.py, line 14"),  # the last of two, as Python sees it
]


@pytest.mark.parametrize(("name", "line", "end", "place"), DEFINITIONS)
def test_the_definition_that_counts_is_the_last(name, line, end, place):
    found = definition(SUBMISSION, name)
    assert found is not None
    assert (found.line, found.end, found.place) == (line, end, place)


NO_DEFINITIONS = [
    ("Net", THIRD, "a class"),
    ("missing", FIRST, "a name that is not there"),
    ("f", "def g():\n    def f(x):\n        return x", "within a function"),
    ("f", "f = lambda x: x", "a lambda"),
    ("f", "def f(x:\n    return x", "a cell that is no Python"),
    ("f", "'''\ndef f(x):\n'''", "a line of a text"),
]


@pytest.mark.parametrize(
    ("name", "source", "why"), NO_DEFINITIONS, ids=[row[2] for row in NO_DEFINITIONS]
)
def test_what_is_no_function_of_the_module_is_none(name, source, why):
    assert definition(handed_in(source), name) is None


def test_two_of_one_name_in_a_cell_are_the_second():
    found = definition(handed_in("def f(x):\n    return 1\n\nasync def f(x):\n    return 2"), "f")
    assert found is not None
    assert found.line == 4


def test_a_function_within_a_condition_is_the_modules_own():
    found = definition(handed_in("if True:\n    def f(x):\n        return x"), "f")
    assert found is not None
    assert found.line == 2


def test_names_that_get_a_value_are_defined():
    assert defined(SUBMISSION) == {"np", "f", "g", "h", "Net"}


LINES = [
    ("lstm.py", 1, 0),
    ("lstm.py", 7, 0),
    ("lstm.py", 8, None),  # between two cells
    ("lstm.py", 9, 1),
    ("lstm.py", 12, 1),
    ("lstm.py", 14, 2),
    ("lstm.py", 99, None),
    ("lstm.py", 0, None),
    ("lstm.py", None, None),
    ("other.py", 1, None),
    (None, 1, None),
]


@pytest.mark.parametrize(("cell", "line", "number"), LINES)
def test_a_line_belongs_to_one_cell_or_none(cell, line, number):
    wanted = None if number is None else SUBMISSION.cells[number]
    assert cell_at(SUBMISSION, cell, line) is wanted


def test_cells_of_a_notebook_count_their_own_lines():
    notebook = Submission(
        "ada", (SubmissionCell(SECOND, "cell 1"), SubmissionCell(THIRD, "cell 2"))
    )
    assert cell_at(notebook, "cell 2", 2) is notebook.cells[1]
    assert excerpt(notebook, "cell 2", 2).splitlines()[1] == "> 2 |     return 2 * x"


LONG = "x = 1" + " + 1" * 60
EXCERPTS = [
    (SECOND, 2, 1, "  1 | def h(x):\n> 2 |     y = x"),  # the empty line below is left out
    (SECOND, 1, 1, "> 1 | def h(x):\n  2 |     y = x"),
    (SECOND, 4, 1, "> 4 |     return y"),
    (SECOND, 4, 3, "  1 | def h(x):\n  2 |     y = x\n> 4 |     return y"),
    (SECOND, 3, 0, "> 3 |"),
    (SECOND, 5, 1, ""),
    (SECOND, None, 1, ""),
    ("\n".join("abcdefghij"), 9, 1, "   8 | h\n>  9 | i\n  10 | j"),
    ("if a:\n\treturn", 2, 0, "> 2 |     return"),
    (LONG, 1, 0, f"> 1 | {LONG[: WIDTH - 1]}…"),
    ("y" * WIDTH, 1, 0, f"> 1 | {'y' * WIDTH}"),
]


@pytest.mark.parametrize(("source", "line", "around", "text"), EXCERPTS)
def test_the_lines_around_a_place_are_shown(source, line, around, text):
    assert excerpt(handed_in(source), "lstm.py", line, around) == text
