"""The demo: a class graded end to end, and the sample class it is made of."""

from __future__ import annotations

import ast
import random
import re

import pytest

from autograder.course.course import Course
from autograder.demo import demo, sample_class
from autograder.demo.sample_class import KINDS, SAMPLE_CLASS, STYLES
from autograder.judging.official import Judge
from autograder.submission.cells import Submission, code_cells
from autograder.submission.script import split_script
from tests.conftest import CATALOGUE
from tests.kit.courses import NARROW, TOPIC, judge_here, scores

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
SMALL = [name for name in demo.FAVOURITES if name in CATALOGUE.names()]
QUICK = ["tuning", "activations"]  # which are judged in a tenth of the time


def submission(answers):
    text = "import numpy as np\n# %%\n" + "\n# %%\n".join(answers.values())
    return Submission("ada", code_cells(split_script(text, "ada.py")), "ada.py")


@pytest.mark.parametrize(
    "name", [SMALL[0], *(pytest.param(name, marks=pytest.mark.slow) for name in SMALL[1:])]
)
def test_every_style_is_right(name):
    topic = CATALOGUE.topic(name)
    with Judge(CATALOGUE, b"s" * 32) as judge:
        for number, style in enumerate(STYLES):
            answers = sample_class.right(topic, random.Random(0), number)
            head = next(c.source for c in topic.chapter.cells if c.kind == "code")
            extra = {f"given-{k}": cell.source for k, cell in enumerate(given(topic))}
            report = judge.grade(submission({"head": head, **extra, **answers}), name, "ada")
            wrong = [e.name for e in report if not e.passed]
            assert wrong == [], style.__name__


def given(topic):
    """Return the cells of the chapter that students receive complete."""
    names = set(topic.chapter.parts)
    return [
        cell
        for cell in code_cells(topic.chapter.cells)[1:]
        if not set(cell.defines()) & (names | {"figure", "capstone"})
        and "__main__" not in cell.source
    ]


def test_styles_differ_and_keep_no_marker():
    topic = CATALOGUE.topic(TOPIC)
    written = [str(sample_class.right(topic, random.Random(0), k)) for k in range(len(STYLES))]
    assert len(set(written)) == len(STYLES)
    assert not any("SOLUTION" in text for text in written)


def test_the_same_class_comes_out_each_time():
    topic = CATALOGUE.topic(TOPIC)
    for kind, make in KINDS.items():
        first, again = (make(topic, random.Random("ada")) for _ in range(2))
        assert first == again, kind
        for name, source in first.items():
            if kind != "syntax error":
                assert ast.parse(source).body[0].name == name


def test_the_class_holds_every_kind():
    handed_in = [kind for kinds in SAMPLE_CLASS.values() for kind in kinds]
    assert len(handed_in) >= 16
    assert set(handed_in) == set(KINDS)
    assert {sample_class.mixture(number) for number in range(200)} == set(KINDS)


@pytest.mark.parametrize("topics", [QUICK, pytest.param(SMALL, marks=pytest.mark.slow)])
def test_the_demo_grades_its_class_through_nbgrader(tmp_path, capsys, topics, monkeypatch):
    folder, handed_in = tmp_path / "demo", SAMPLE_CLASS
    if topics == QUICK:  # the last two columns, of five students: no loop that is waited for
        names = ("ada", "chiara", "emeka", "goro", "hana")
        handed_in = {name: SAMPLE_CLASS[name][1:] for name in names}
        monkeypatch.setattr(demo, "SAMPLE_CLASS", handed_in)
        judge_here(monkeypatch)
    assert demo.run_demo(folder, topics) == 0
    told = capsys.readouterr().out
    course = Course.open(folder)
    for position, name in enumerate(topics):
        total = sum(exercise.points for exercise in CATALOGUE.topic(name).exercises)
        found = {student: sum(given.values()) for student, given in scores(course, name).items()}
        assert found.keys() == handed_in.keys()
        for student, kinds in handed_in.items():
            kind, score = kinds[position], found[student]
            if kind == "right":
                assert score == pytest.approx(total)
            elif kind in ("empty", "truncated", "another assignment"):
                assert score == 0
            else:
                assert 0 < score < total, (student, kind)
            page = course.place("feedback", student, name) / f"{name}.html"
            assert f'<p class="who">{student.capitalize()}' in page.read_text(encoding="utf-8")
    assert re.search(r"Graded \d+ notebooks and wrote \d+ pages", told)
    assert all(student in told for student in handed_in)
    assert f"goro: {topics[-1]}.ipynb is not valid JSON" in told


def test_the_demo_touches_no_other_folder(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert demo.run_demo(tmp_path, SMALL) == 2
    assert "is not empty: give another folder with --out" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
