"""What a course takes for a submission, and answers that stand elsewhere than in their cells."""

from __future__ import annotations

import json

import pytest

from autograder.course.answers import LOST, answers_below
from autograder.course.course import Course
from autograder.course.intake import content, handed_in
from autograder.course.notebooks import TrueCell, Truth, repair
from tests.conftest import CATALOGUE
from tests.submission.table import MORE, STUB, WORK, notebook, zipped
from tests.submission.test_intake import lay_out

NAMES = ["optimizers"]


def course(tmp_path) -> Course:
    (tmp_path / ".gradus").mkdir(parents=True, exist_ok=True)
    (tmp_path / ".gradus" / "root").write_text(str(CATALOGUE.root))
    return Course(tmp_path)


def found(tmp_path, **files):
    place = lay_out(tmp_path / "submitted" / "ada" / "optimizers", files)
    return handed_in(course(tmp_path), "ada", place, NAMES)


@pytest.mark.parametrize(
    ("files", "graded", "told"),
    [
        ({"optimizers.ipynb": notebook(WORK), "timestamp.txt": "x"}, "optimizers.ipynb", ""),
        ({"My work.ipynb": notebook(WORK)}, "My work.ipynb", "My work.ipynb is graded"),
        ({"optimizers.py": WORK}, "optimizers.py", "optimizers.ipynb was asked for"),
        (
            {"optimizers.py": WORK, "optimizers.ipynb": notebook(STUB)},
            "optimizers.py",
            "untouched stub",
        ),
        (
            {"optimizers.ipynb": notebook(STUB), "optimizers-Copy1.ipynb": notebook(MORE)},
            "optimizers-Copy1.ipynb",
            "2 files were handed in",
        ),
        ({"a/b/optimizers.ipynb": notebook(WORK)}, "optimizers.ipynb", "was asked for"),
        ({"all.zip": zipped(**{"optimizers.ipynb": notebook(WORK)})}, "optimizers.ipynb", "asked"),
        ({"OPTIMIZERS.IPYNB": notebook(WORK)}, "OPTIMIZERS.IPYNB", "was asked for"),
        (
            {"optimizers.ipynb": notebook(WORK), "plots.py": "def plot(): pass"},
            "optimizers.ipynb",
            "helper file",
        ),
    ],
)
def test_a_course_takes_what_a_folder_takes(tmp_path, files, graded, told):
    one = found(tmp_path, **files)
    items, remarks = one.items, one.remarks
    assert [(item.path.name, item.problem) for item in items] == [(graded, "")]
    assert told in "\n".join(remarks)
    assert all(str(left).startswith("ada/") for left in one.left_out)
    assert {str(left)[4:] for left in one.left_out} <= set(remarks)
    assert bool(remarks) == bool(told)


def test_nothing_to_grade_says_what_is_there(tmp_path):
    one = found(tmp_path, **{"optimizers.pdf": b"%PDF"})
    items, remarks = one.items, one.remarks
    assert items[0].problem == "optimizers.ipynb was not handed in; there is optimizers.pdf"
    assert not items[0].fault
    assert "document" in remarks[0]


def test_a_module_is_shown_with_the_answers_of_the_notebook(tmp_path):
    lay_out(tmp_path, {"o.py": WORK, "o.ipynb": notebook("### my answer", "markdown")})
    shown = content(tmp_path / "o.py", tmp_path / "o.ipynb")["cells"]
    assert shown[0]["source"] == "### my answer"
    assert any("return param - lr * grad" in cell["source"] for cell in shown)


# --- answers -------------------------------------------------------------------------------------

QUESTION = "### Question `why`\n\nWhy is that?"
TRUTH = Truth(
    {"name": "python3"},
    {
        name: TrueCell(name, "markdown", text, "0" * 32, locked, graded, graded, False, 2.0)
        for name, text, locked, graded in (
            ("why-question", QUESTION, True, False),
            ("why", "YOUR ANSWER HERE", False, True),
        )
    },
    frozenset({"### Question `why` Why is that?", "YOUR ANSWER HERE", "## Next"}),
)


def cell(text, name="", kind="markdown"):
    about = {"nbgrader": {"grade_id": name}} if name else {}
    return {"cell_type": kind, "metadata": about, "source": text}


ROOM = cell("YOUR ANSWER HERE", "why")
ASKED = cell(QUESTION, "why-question")


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ([ASKED, cell("Because.", "why")], "Because."),
        ([ASKED, ROOM], "YOUR ANSWER HERE"),
        ([cell(QUESTION), cell("YOUR ANSWER HERE"), cell("## Next"), cell("notes")], None),
        ([cell(QUESTION), cell("Because."), cell("## Next")], "Because."),
        ([cell(QUESTION), cell("YOUR ANSWER HERE"), cell("Because.")], "Because."),
        (
            [ASKED, ROOM, cell("Because."), cell("Of that."), cell("## Next")],
            "Because.\n\nOf that.",
        ),
        ([ASKED, cell("", "why"), cell("x = 1  # because", kind="code")], "x = 1  # because"),
        ([ASKED, cell("Because.")], "Because."),
        ([ASKED, ROOM, cell("## Next\n\nin other words"), cell("no answer")], "YOUR ANSWER HERE"),
        ([ASKED, ROOM, cell("## Mine\n\nBecause.")], "## \u2060Mine\n\nBecause."),  # harmless
        ([ASKED, ROOM, cell("def f(): pass", kind="code")], "YOUR ANSWER HERE"),
        ([cell("some text"), cell("of mine")], LOST),
        ([ASKED, ROOM, cell("## Next"), cell("a note of mine")], "YOUR ANSWER HERE"),
    ],
)
def test_an_answer_is_found_wherever_it_stands(cells, answer):
    made = repair({"cells": cells}, TRUTH)["cells"]
    (room,) = (c for c in made if c["metadata"].get("nbgrader", {}).get("grade_id") == "why")
    assert room["source"] == (TRUTH.cells["why"].source if answer is None else answer)


def test_nothing_handed_in_has_no_answer():
    (room,) = repair({}, TRUTH)["cells"]
    assert room["source"] == "YOUR ANSWER HERE"


def test_answers_below_end_with_the_next_cell_of_the_chapter():
    cells = [ASKED, ROOM, cell("mine"), cell("x", "other"), cell("not mine")]
    names = ["why-question", "why", "", "other", ""]
    assert answers_below(cells, names, ["why"], frozenset()) == {"why": "mine"}


def test_the_cases_of_editors_keep_their_answers(tmp_path):
    lost = json.loads(notebook(f"{QUESTION}# %%\nBecause.", "markdown"))
    made = repair(lost, TRUTH)["cells"]
    assert [c["source"] for c in made if c["metadata"]] == ["Because."]
