"""A course from an empty folder to exported grades, and everything that may go wrong on the way."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from autograder.cli import course as cli
from autograder.course import gradebook
from autograder.course.assignment import CourseError
from autograder.course.course import Course, tools_on_path
from autograder.course.export import write_csv
from autograder.course.feedback import write_feedback
from autograder.course.grade import grade_assignments
from autograder.course.lock import alone
from autograder.course.release import check_release, check_source, write_wheel
from autograder.course.source import release, to_release
from autograder.course.start import init
from autograder.demo.sample_class import mixture
from autograder.desk.ladder import desk_of, is_open
from autograder.grading import pool
from autograder.grading.run import GradeError
from autograder.institution.class_report import write_stats
from autograder.institution.results import load
from autograder.judging.official import Judge
from autograder.report.model import points_text
from autograder.spec import Exercise
from autograder.topic.catalogue import Catalogue
from autograder.topic.fingerprint import exercise_prints, fingerprints
from tests.conftest import CATALOGUE, ROOT
from tests.kit.courses import (
    NARROW,
    OTHER,
    TOPIC,
    fresh,
    judge_here,
    nbgrader,
    quietly,
    released,
    scores,
    submit,
)
from tests.kit.forked import autograder

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
TOTAL = sum(exercise.points for exercise in CATALOGUE.topic(TOPIC).exercises)
NAMES = list(CATALOGUE.topic(TOPIC).chapter.parts)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    judge_here(monkeypatch)


def grade(course, jobs=1):
    return quietly(lambda: grade_assignments(course, [TOPIC], jobs=jobs))[TOPIC]


def totals(course):
    return {student: sum(found.values()) for student, found in scores(course).items()}


def run(*args, **options):
    return autograder("course", *args, **options)


# --- making one ---------------------------------------------------------------------------------


def test_init_makes_a_course_and_keeps_what_is_there(tmp_path):
    course, written = init(tmp_path / "c", CATALOGUE, [TOPIC], "Deep Learning!")
    assert (tmp_path / "c/source" / TOPIC / f"{TOPIC}.ipynb") in written
    assert oct(course.private.stat().st_mode)[-3:] == "700"
    assert oct((course.private / "secret").stat().st_mode)[-3:] == "600"
    assert course.config.CourseDirectory.course_id == "deep-learning"
    secret = course.secret
    (course.folder / "course.toml").write_text('name = "mine"\n')
    again, written = init(tmp_path / "c", CATALOGUE, [TOPIC])
    assert written == []
    assert again.secret == secret
    assert again.settings == {"name": "mine"}


def test_what_is_no_course_is_refused(tmp_path):
    with pytest.raises(CourseError, match="is not a course: run autograder course init"):
        Course.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="is a file"):
        init(tmp_path / "file", CATALOGUE, [TOPIC])
    with pytest.raises(CourseError, match="not inside a course"):
        Course.around(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "cannot be read"),
        (f"[assignments.{TOPIC}]\ndue = 5", "not a date"),
        (f"[assignments.{TOPIC}]\npoints = {{ a = 'x' }}", "points: a: write a number"),
        (f"[assignments.{TOPIC}]\npoints = {{ a = nan }}", "points: a: write a number"),
        (f"[assignments.{TOPIC}]\npoints = {{ a = inf }}", "points: a: write a number"),
        (f"[assignments.{TOPIC}]\npoints = {{ a = -5 }}", "a number of points from 0: -5"),
        (f"[assignments.{TOPIC}]\npoints = -5", "points is a table"),
        (f"[assignments.{TOPIC}]\ndues = 2026-01-01", "no 'dues' in .*; did you mean 'due'"),
        (f"[assignments.{TOPIC}]\nlat = {{ per_day = 5 }}", "no 'lat' .* mean 'late'"),
        (f"[assignments.{TOPIC}]\ndropped = ['a']", "no 'dropped' .* mean 'drop'"),
        ("[latee]\nper_day = 5", "no 'latee' at the top; did you mean 'late'"),
        ("[extension]\nada = 2", "no 'extension' at the top; did you mean 'extensions'"),
        (f"[[assignment]]\nname = '{TOPIC}'", "no 'assignment' at the top; did you mean 'assignm"),
        ("[model]\nurls = 'x'", r"no 'urls' in \[model\]; did you mean 'url'"),
        ("zzz = 1", "no 'zzz' at the top; there are: name, students"),
        (
            f"[assignments.{TOPIC}]\n[[assignments.{TOPIC}.questions]]\n"
            "name = 'why'\npoints = -1\ntext = '?'",
            "why: points: write a number",
        ),
        (
            f"[assignments.{TOPIC}]\n[[assignments.{TOPIC}.questions]]\nnames = 'why'",
            "no 'names' in .*questions]]; did you mean 'name'",
        ),
        (f"[assignments.{TOPIC}]\n[[assignments.{TOPIC}.questions]]\nname = 'why'", "points"),
    ],
)
def test_a_wrong_course_file_is_named(tmp_path, text, said):
    course, _ = init(tmp_path / "c", CATALOGUE, [TOPIC])
    (course.folder / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=said):
        Course.open(course.folder).assignment(TOPIC)


def test_students_points_and_dates_come_from_the_course_file(tmp_path):
    course = fresh(tmp_path)
    (course.folder / "students.csv").write_text("id,first_name\nada,Ada\n\nbo,\n")
    (course.folder / "course.toml").write_text(
        f"[assignments.{TOPIC}]\ndue = 2026-10-30T23:59:00+01:00\npoints = {{ {NAMES[0]} = 7 }}\n"
    )
    course = Course.open(course.folder)
    quietly(release, course, TOPIC)
    with course.gradebook() as gradebook:
        assert sorted(student.id for student in gradebook.students) == ["ada", "bo"]
        assignment = gradebook.find_assignment(TOPIC)
        assert assignment.duedate.isoformat() == "2026-10-30T22:59:00"
        points = {c.name: c.max_score for c in assignment.notebooks[0].grade_cells}
    assert points[NAMES[0]] == 7
    submit(course, "ada", "right")
    grade(course)
    assert scores(course)["ada"][NAMES[0]] == 7


def test_the_course_file_holds_at_the_next_grading(tmp_path):
    """Points, due date and students that change after the release, and points taken back."""
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    (course.place("submitted", "ada", TOPIC) / "timestamp.txt").write_text("2026-01-02 00:00 UTC")
    grade(Course.open(course.folder))
    first = scores(course)["ada"][NAMES[0]]
    line = f"[assignments.{TOPIC}]\n"
    text = f"{line}due = 2026-01-01T00:00:00+00:00\npoints = {{ {NAMES[0]} = 7 }}\n"
    (course.folder / "course.toml").write_text(text)
    (course.folder / "students.csv").write_text("id,first_name\nada,Ada\n")
    grade(Course.open(course.folder))
    assert scores(course)["ada"][NAMES[0]] == 7
    with course.gradebook() as gradebook:
        (found,) = gradebook.assignment_submissions(TOPIC)
        assert found.total_seconds_late == 24 * 3600
        assert gradebook.find_student("ada").first_name == "Ada"
    (course.folder / "course.toml").write_text(line)
    grade(Course.open(course.folder))
    assert scores(course)["ada"][NAMES[0]] == first != 7


def test_a_section_that_is_gone_is_not_released(tmp_path):
    course = fresh(tmp_path)
    (course.folder / "course.toml").write_text(f"[assignments.{OTHER}]\n")
    assert to_release(Course.open(course.folder)) == [OTHER]
    own = course.place("source", ".", "own")
    own.mkdir()
    assert to_release(Course.open(course.folder)) == [OTHER, "own"]


# --- what students receive ----------------------------------------------------------------------


def test_nothing_hidden_is_in_a_release(tmp_path):
    course = fresh(tmp_path)
    check_release(course, TOPIC)
    text = released(course)
    for exercise in CATALOGUE.topic(TOPIC).exercises:
        for check in exercise:
            if check.hidden:
                assert check.sentence not in text
                assert f"def {check.name}" not in text
    assert not list((course.folder / "release").rglob(".gradus"))
    assert course.secret.decode() not in text


def test_a_release_that_would_give_something_away_is_removed(tmp_path):
    course = fresh(tmp_path)
    place = course.place("release", ".", TOPIC)
    (place / "notes.txt").write_bytes(b"x" + course.secret)
    with pytest.raises(CourseError, match="would give away the secret"):
        check_release(course, TOPIC)
    assert not place.exists()


def own_test(path, name="own_test"):
    """Put a graded cell of the instructor's own into a notebook."""
    notebook = nbformat.read(path, 4)
    about = {"grade": True, "grade_id": name, "locked": True, "points": 3, "schema_version": 3}
    about |= {"solution": False, "task": False, "cell_type": "code"}
    cell = nbformat.v4.new_code_cell(f"assert {NAMES[0]}([0.5, 0.5])[0] < 1")
    cell.metadata["nbgrader"] = about
    notebook.cells.append(cell)
    nbformat.write(notebook, path)


def test_graded_cells_of_ones_own_are_refused_and_never_a_zero(tmp_path):
    """Nobody would run them: at release in one line, and where one was released by hand."""
    course = fresh(tmp_path)
    source = course.place("source", ".", TOPIC) / f"{TOPIC}.ipynb"
    own_test(source)
    with pytest.raises(CourseError, match=rf"{TOPIC}\.ipynb: own_test: nobody would run"):
        check_source(course, TOPIC)
    quietly(course.convert, "GenerateAssignment", TOPIC)  # as nbgrader's own command does
    submit(course, "ada", "right")
    with pytest.raises(CourseError, match="own_test: nobody would run graded cells of your own"):
        grade(course)


# --- grading ------------------------------------------------------------------------------------

KINDS = ("right", "mistakes", "empty", "syntax error", "hostile", "grade cells deleted")


def test_grading_leaves_what_nbgrader_leaves(tmp_path):
    """The same autograded notebooks and gradebook, and the scores official grading gives."""
    ours, theirs = fresh(tmp_path / "ours"), fresh(tmp_path / "theirs")
    (theirs.private / "secret").write_bytes(ours.secret)
    for kind in (*KINDS, "another assignment"):
        for course in (ours, theirs):
            path = submit(course, kind.replace(" ", "-"), kind)
            (path.parent / "timestamp.txt").write_text("2026-01-05 12:00:00 UTC")
    outcome = grade(ours)
    done = nbgrader(theirs, "autograde", TOPIC)
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(ours) == scores(theirs)
    for path in sorted((theirs.folder / "autograded").rglob("*")):
        if path.is_file():
            twin = ours.folder / path.relative_to(theirs.folder)
            assert twin.read_bytes() == path.read_bytes(), path
            assert twin.stat().st_mode == path.stat().st_mode
    rows = [dump(course) for course in (ours, theirs)]
    assert rows[0] == rows[1]
    with Judge(ours.catalogue, ours.secret) as judge:
        for report in outcome.reports:
            if report.student not in ("mistakes", "right", "hostile"):
                continue
            path = ours.place("submitted", report.student, TOPIC) / f"{TOPIC}.ipynb"
            again = judge.grade_file(path, TOPIC, report.student)
            assert [e.earned for e in again] == [e.earned for e in report]
    assert totals(ours)["right"] == pytest.approx(TOTAL)


def dump(course):
    """Return the gradebook's content without its random keys."""
    query = """
        select s.student_id, s.timestamp, n.late_submission_penalty, c.name, g.auto_score,
               g.manual_score, g.needs_manual_grade
        from grade g join submitted_notebook n on g.notebook_id = n.id
        join submitted_assignment s on n.assignment_id = s.id join base_cell c on g.cell_id = c.id
        order by 1, 4"""
    comments = """
        select s.student_id, c.name, k.auto_comment, k.manual_comment
        from comment k join submitted_notebook n on k.notebook_id = n.id
        join submitted_assignment s on n.assignment_id = s.id join base_cell c on k.cell_id = c.id
        order by 1, 2"""
    with contextlib.closing(sqlite3.connect(course.folder / "gradebook.db")) as connection:
        return [connection.execute(text).fetchall() for text in (query, comments)]


def test_an_unreadable_submission_gets_zero_and_a_name(tmp_path):
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    submit(course, "cut", "truncated")
    submit(course, "latin", "é".encode("latin-1"))
    submit(course, "nothing", "right").unlink()
    submit(course, "other", "right").rename(course.place("submitted", "other", TOPIC) / "x.ipynb")
    submit(course, "empty", b"")
    outcome = grade(course)
    said = "\n".join(outcome.remarks)
    assert totals(course) == {
        **dict.fromkeys(("cut", "latin", "nothing", "empty"), 0),
        **dict.fromkeys(("ada", "other"), pytest.approx(TOTAL)),
    }
    assert re.search(r"cut: .* is not valid JSON", said)
    assert re.search(r"latin: .* is not UTF-8", said)
    assert re.search(r"nothing: .* was not handed in$", said, re.MULTILINE)
    assert f"other: x.ipynb is graded: {TOPIC}.ipynb was asked for" in said
    assert len(outcome.remarks) == 5
    assert quietly(write_feedback, course, TOPIC) == 6
    page = (course.place("feedback", "cut", TOPIC) / f"{TOPIC}.html").read_text()
    assert "is not valid JSON" in page


def test_old_and_edited_notebooks_are_graded(tmp_path):
    course = fresh(tmp_path)
    content = json.loads(submit(course, "edited", "right").read_bytes())
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = "print('mine now')"
    submit(course, "edited", json.dumps(content).encode())
    twice = json.loads(submit(course, "twice", "right").read_bytes())
    twice["cells"] += [c for c in twice["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    submit(course, "twice", json.dumps(twice).encode())
    submit(course, "three", json.dumps(as_version_3(twice)).encode())
    assert grade(course).remarks == []
    assert totals(course) == dict.fromkeys(("edited", "twice", "three"), pytest.approx(TOTAL))


def as_version_3(notebook):
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": cell["source"], "language": "python", "collapsed": False}
            old |= {"outputs": [], "prompt_number": None}
        else:
            old["source"] = cell["source"]
        cells.append(old)
    sheets = [{"cells": cells, "metadata": {}}]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}


def test_links_cost_the_submission_and_nothing_is_copied(tmp_path):
    course = fresh(tmp_path)
    submit(course, "ada", "half")
    place = submit(course, "linked", "half").parent
    (place / f"{TOPIC}.ipynb").unlink()
    (place / f"{TOPIC}.ipynb").symlink_to(course.folder / "source" / TOPIC / f"{TOPIC}.ipynb")
    beside = submit(course, "beside", "half").parent
    (beside / "notes.txt").symlink_to(course.private / "secret")
    (beside / "own.txt").write_text("mine")
    (course.folder / "submitted/folder").symlink_to(course.folder / "submitted/ada")
    outcome = grade(course)
    found = totals(course)
    assert found["ada"] == found["beside"] > 0
    assert found["linked"] == found["folder"] == 0
    assert "beside: notes.txt is a link: not copied" in outcome.remarks
    copied = course.place("autograded", "beside", TOPIC)
    assert {p.name for p in copied.iterdir()} == {f"{TOPIC}.ipynb", "own.txt"}
    text = (course.place("autograded", "linked", TOPIC) / f"{TOPIC}.ipynb").read_text()
    assert "BEGIN SOLUTION" not in text


def test_a_folder_that_cannot_be_read_costs_nobody_else(tmp_path, monkeypatch):
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    closed = submit(course, "closed", "right").parent
    listdir = os.listdir

    def refuse(path):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)
    outcome = grade(course)
    assert outcome.broken == ["closed: no verdict: the folder cannot be read: Permission denied"]
    assert totals(course) == {"ada": pytest.approx(TOTAL)}
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("closed")
    told = write_csv(course, tmp_path / "grades.csv")
    assert len(told) == 1 and told[0].startswith(f"closed: {TOPIC}: the folder")
    rows = list(csv.DictReader((tmp_path / "grades.csv").read_text().splitlines()))
    scores = {row["student_id"]: row["score"] for row in rows if row["assignment"] == TOPIC}
    assert scores["closed"] == "" and float(scores["ada"]) > 0
    monkeypatch.undo()
    assert grade(course).broken == []
    assert totals(course)["closed"] == pytest.approx(TOTAL)
    assert write_csv(course, tmp_path / "grades.csv") == []


def test_what_a_course_does_not_grade_stands_in_the_class_report(tmp_path):
    course = fresh(tmp_path)
    path = submit(course, "ada", "right")
    (path.parent / "plots<b>.py").write_text("def plot(x):\n    return x\n")
    (path.parent / "essay.pdf").write_bytes(b"%PDF")
    grade(course)
    found = load(course.folder)
    told = {left.place: left.reason for left in found.not_graded}
    assert told.keys() == {"ada/plots<b>.py", "ada/essay.pdf"}
    assert "helper file" in told["ada/plots<b>.py"]
    assert found.paths[TOPIC, "ada"] == path
    write_stats([], tmp_path / "report", found.not_graded)
    page = (tmp_path / "report" / "stats.html").read_text(encoding="utf-8")
    assert "Not graded, and why" in page and "plots&lt;b&gt;.py" in page
    table = (tmp_path / "report" / "not_graded.csv").read_text(encoding="utf-8")
    assert [row["what"] for row in csv.DictReader(table.splitlines())] == list(told)
    (path.parent / "essay.pdf").unlink()
    grade(course)
    assert [left.place for left in load(course.folder).not_graded] == ["ada/plots<b>.py"]


def test_nothing_handed_in_and_nothing_released_are_named(tmp_path):
    course = fresh(tmp_path)
    with pytest.raises(CourseError, match="nothing was handed in"):
        grade(course)
    with pytest.raises(CourseError, match="there is no assignment 'x'"):
        grade_assignments(course, ["x"])
    course, _ = init(tmp_path / "new", CATALOGUE, [TOPIC])
    with pytest.raises(CourseError, match="was not released"):
        grade(course)


# --- again, later, interrupted ------------------------------------------------------------------


def test_nothing_is_judged_twice(tmp_path, monkeypatch):
    course = fresh(tmp_path)
    for student in ("ada", "bo"):
        submit(course, student, "half")
    first = grade(course)
    monkeypatch.setattr("autograder.grading.pool.run_here", lambda work, *rest: iter(_none(work)))
    before = dump(course)
    stamp = (course.place("autograded", "ada", TOPIC) / f"{TOPIC}.ipynb").stat().st_mtime_ns
    again = grade(course)
    assert [r.earned for r in again.reports] == [r.earned for r in first.reports]
    assert dump(course) == before
    now = (course.place("autograded", "ada", TOPIC) / f"{TOPIC}.ipynb").stat().st_mtime_ns
    assert now == stamp


def _none(todo):
    assert not list(todo)
    return []


def test_a_new_submission_alone_is_judged_and_old_and_new_scores_are_told(tmp_path):
    course = fresh(tmp_path)
    for student in ("ada", "bo"):
        submit(course, student, "half")
    assert grade(course).changes == []
    content = submit(course, "other", "right").read_bytes()
    shutil.rmtree(course.folder / "submitted/other")
    submit(course, "bo", content)
    changes = grade(course).changes
    assert {change.student for change in changes} == {"bo"}
    assert {change.exercise for change in changes} == set(NAMES[max(1, len(NAMES) // 2) :])
    assert all(change.old == 0 < change.new for change in changes)


def test_a_hand_given_score_survives_a_regrade(tmp_path):
    course = fresh(tmp_path)
    (course.folder / "course.toml").write_text(
        f"[assignments.{TOPIC}]\n[[assignments.{TOPIC}.questions]]\n"
        "name = 'why'\npoints = 4\ntext = 'Why does momentum help?'\n"
    )
    course = Course.open(course.folder)
    (course.folder / "source" / TOPIC / f"{TOPIC}.ipynb").unlink()
    quietly(release, course, TOPIC)
    assert "Why does momentum help?" in released(course)
    content = json.loads(submit(course, "ada", "half").read_bytes())
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "why":
            cell["source"] = "Because <b>valleys</b> are long."
    submit(course, "ada", json.dumps(content).encode())
    submit(course, "silent", "half")
    grade(course)
    assert scores(course)["ada"]["why"] is None
    assert scores(course)["silent"]["why"] == 0
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("why", TOPIC, TOPIC, "ada")
        assert mark.needs_manual_grade
        mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 3.0, 0.5, False
        told = gradebook.find_comment("why", TOPIC, TOPIC, "ada")
        told.manual_comment = "Nearly: <i>which</i> valleys?"
        gradebook.db.commit()
    grade(course)
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("why", TOPIC, TOPIC, "ada")
        assert (mark.manual_score, mark.score, mark.needs_manual_grade) == (3.0, 3.5, False)
    content["cells"].append({"cell_type": "code", "metadata": {}, "source": "1", "outputs": []})
    submit(course, "ada", json.dumps(content).encode())
    grade(course)
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("why", TOPIC, TOPIC, "ada")
        assert (mark.manual_score, mark.score) == (3.0, 3.5)
        assert not mark.needs_manual_grade  # the edit is elsewhere: the answer was read
    quietly(write_feedback, course, TOPIC)
    page = (course.place("feedback", "ada", TOPIC) / f"{TOPIC}.html").read_text()
    assert "Because &lt; b&gt;valleys&lt; /b&gt; are long." in page  # parted, and escaped
    assert "Nearly: &lt;i&gt;which&lt;/i&gt; valleys?" in page
    assert "3.5 of 4 points" in page


def test_late_submissions_are_punished_as_nbgrader_does(tmp_path):
    course = fresh(tmp_path)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(TOPIC, duedate="2026-01-01 12:00:00")
    config = course.folder / "nbgrader_config.py"
    line = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
    config.write_text(config.read_text() + line)
    times = {"early": "2026-01-01 11:00:00 UTC", "late": "2026-01-01 13:00:00 UTC", "odd": "soon"}
    for student, stamp in times.items():
        path = submit(course, student, "half")
        (path.parent / "timestamp.txt").write_text(stamp)
    course = Course.open(course.folder)
    grade(course)
    with course.gradebook() as gradebook:
        found = {s.student.id: s for s in gradebook.assignment_submissions(TOPIC)}
        penalty = {name: s.late_submission_penalty for name, s in found.items()}
        late = found["late"].score
    assert penalty == {"early": 0, "late": late, "odd": 0}
    quietly(write_feedback, course, TOPIC)
    page = (course.place("feedback", "late", TOPIC) / f"{TOPIC}.html").read_text()
    assert "taken off for handing in late" in page


PLUGIN = """
from nbgrader.plugins import BasePlugin

class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
"""


def test_a_plugin_for_late_submissions_lies_in_the_course_folder(tmp_path):
    """Where nbgrader's own command, run there, finds it."""
    course = fresh(tmp_path)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(TOPIC, duedate="2026-01-01 12:00:00")
    config = course.folder / "nbgrader_config.py"
    line = 'c.AssignLatePenalties.plugin_class = "halving_late_work.Half"\n'
    config.write_text(config.read_text() + line)
    path = submit(course, "late", "half")
    (path.parent / "timestamp.txt").write_text("2026-01-01 13:00:00 UTC")
    with pytest.raises(CourseError, match="the plugin for late submissions cannot be imported"):
        grade(Course.open(course.folder))
    (course.folder / "halving_late_work.py").write_text(PLUGIN)
    grade(Course.open(course.folder))
    with course.gradebook() as gradebook:
        (found,) = gradebook.assignment_submissions(TOPIC)
        assert found.late_submission_penalty == pytest.approx(found.score / 2)
        assert found.score > 0


def test_one_command_at_a_time_works_on_a_course(tmp_path):
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    with alone(course, "grade"):
        for command in (["release", "--no-wheel"], ["grade"], ["feedback", "--no-figures"]):
            done = run(command[0], course.folder, *command[1:])
            assert done.returncode == 2
            told = done.stderr.replace("\n", " ")
            assert told.startswith("autograder: autograder course grade (")
            assert f"process {os.getpid()} on " in told
            assert "works on this course: run the same command again when it has ended" in told
    assert not list(course.folder.rglob("*.old"))
    raised = pytest.raises(CourseError, match="works on this course")
    with alone(course, "grade"), raised, alone(course, "release"):
        raise AssertionError("two at once")
    with alone(course, "release"):  # let go
        pass


def test_a_course_that_cannot_be_written_is_told_in_one_line(tmp_path, monkeypatch):
    course = fresh(tmp_path)

    def refused(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("autograder.course.lock.os.open", refused)
    told = r"course cannot be written \(Read-only file system\)"
    with pytest.raises(CourseError, match=told), alone(course, "grade"):
        raise AssertionError("written all the same")


def test_status_shows_whole_dates_in_eighty_columns(tmp_path):
    course = fresh(tmp_path)
    text = f"[assignments.{TOPIC}]\ndue = 2026-10-31T23:59:00+01:00\n"
    (course.folder / "course.toml").write_text(text)
    done = run("status", course.folder, env={**os.environ, "COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    assert "2026-10-31 22:59" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_status_shows_the_longest_of_all_in_eighty_columns(tmp_path, monkeypatch, capsys):
    row = (
        "spatial_transformer",
        "2026-10-31 22:59",
        "yes",
        "1234",
        "1234",
        "1234",
        "33.75 of 43.5",
    )
    monkeypatch.setattr(cli, "_status", lambda *_: row)
    monkeypatch.setattr(cli.out, "_width", 80)
    cli.status(fresh(tmp_path).folder)
    told = capsys.readouterr().out
    assert all(text in told for text in row) and "…" not in told
    assert {"released", "handed", "graded", "hand"} <= set(told.split())


def test_a_locked_gradebook_is_waited_for_and_named(tmp_path, monkeypatch):
    course = fresh(tmp_path)
    submit(course, "ada", "half")
    monkeypatch.setattr(gradebook, "GRADEBOOK_PATIENCE", 0.0)
    with contextlib.closing(sqlite3.connect(course.folder / "gradebook.db")) as held:
        held.execute("begin immediate")
        with pytest.raises(CourseError, match=r"gradebook cannot be written .*formgrader.*kept"):
            grade(course)
        held.rollback()
    grade(course)
    assert totals(course)["ada"] > 0


@pytest.mark.parametrize("writes", [1, 1000], ids=["for a moment", "for good"])
def test_a_full_disk_is_named_and_nothing_is_lost(tmp_path, monkeypatch, writes):
    course = fresh(tmp_path)
    submit(course, "ada", "half")
    submit(course, "bo", "half")
    write_bytes, count = Path.write_bytes, []

    def full(path, content):
        count.append(path)
        if 2 <= len(count) < 2 + writes:
            raise OSError(28, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    if writes > 1:
        with pytest.raises((CourseError, GradeError), match="No space left on device"):
            grade(course)
        monkeypatch.undo()
    grade(course)
    assert totals(course)["ada"] == totals(course)["bo"] > 0
    left = [path.name for path in (course.folder / "autograded").rglob(".*")]
    assert left == []


def test_a_notebook_that_the_gradebook_does_not_know_is_judged_and_left_there(tmp_path):
    course = fresh(tmp_path)
    released = course.place("release", ".", TOPIC) / f"{TOPIC}.ipynb"
    released.rename(released.with_name(f"{OTHER}.ipynb"))
    submit(course, "ada", "half", OTHER)
    place = course.place("submitted", "ada", OTHER)
    place.rename(place.with_name(TOPIC))
    assert grade(course).reports[0].earned > 0
    assert not list((course.folder / "autograded").rglob("*.ipynb"))


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(tmp_path):
    course, whole = fresh(tmp_path / "killed"), fresh(tmp_path / "whole")
    (whole.private / "secret").write_bytes(course.secret)
    for number in range(12):
        for where in (course, whole):
            submit(where, f"s{number:02}", ("right", "mistakes", "half")[number % 3])
    start = time.monotonic()
    grade(whole, jobs=2)
    usual = time.monotonic() - start
    command = [sys.executable, "-m", "autograder", "course", "grade", str(course.folder), TOPIC]
    for number in range(20):
        process = subprocess.Popen(
            [*command, "--resume", "--jobs", "2"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(usual * (number * 7 % 20 + 1) / 16)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = run("grade", course.folder, TOPIC, "--resume")
    assert done.returncode == 0, done.stderr
    assert dump(course) == dump(whole)
    for path in (whole.folder / "autograded").rglob("*.ipynb"):
        twin = course.folder / path.relative_to(whole.folder)
        assert twin.read_bytes() == path.read_bytes()


# --- feedback -----------------------------------------------------------------------------------


class Page(HTMLParser):
    """Reads a page and notes what a careful reader would."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.pictures, self.language, self.viewport, self.scripts = [], [], "", "", 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        source = given.get("src") or (given.get("href") if tag == "link" else None)
        if source and not source.startswith("data:"):
            self.loads.append(source)
        if tag == "img":
            self.pictures.append(given.get("alt"))
        if tag == "svg":
            self.pictures.append(given.get("aria-label"))
        if tag == "html":
            self.language = given.get("lang")
        if tag == "meta" and given.get("name") == "viewport":
            self.viewport = given.get("content")
        self.scripts += tag == "script"


def test_feedback_stands_alone_and_tells_no_secrets(tmp_path):
    course = fresh(tmp_path)
    for kind in ("mistakes", "hostile", "syntax error"):
        submit(course, f"student-{kind[:2]}", kind)
    outcome = grade(course)
    assert quietly(write_feedback, course, TOPIC) == 3
    for report in outcome.reports:
        text = (course.place("feedback", report.student, TOPIC) / f"{TOPIC}.html").read_text()
        page = Page(text)
        assert page.loads == []
        assert page.scripts == 0
        assert all(page.pictures)
        assert page.language == "en"
        assert "width=device-width" in page.viewport
        assert "@media print" in text
        assert str(course.folder) not in text
        assert str(ROOT) not in text
        assert course.secret.decode() not in text
        others = {other.student for other in outcome.reports} - {report.student}
        assert not any(other in text for other in others)
        for exercise in report:
            assert exercise.name in text
            for check in exercise.checks:
                if check.hidden:
                    assert check.values == check.stdout == check.svg == check.asked == ""


def contrast(one, other):
    def light(colour):
        colour = colour.lstrip("#")
        colour = "".join(c * 2 for c in colour) if len(colour) == 3 else colour
        parts = [int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_text_is_readable_on_every_ground():
    style = (ROOT / "autograder/report/templates/style.css").read_text()
    inks = re.findall(r"(?<!-)color:\s*(#[0-9a-f]{3,6})", style)
    grounds = [*re.findall(r"background:\s*(#[0-9a-f]{3,6})", style), "#fff"]
    assert inks
    for ink in inks:
        for ground in grounds:
            assert contrast(ink, ground) >= 4.5, (ink, ground)


# --- the command line ---------------------------------------------------------------------------


def test_the_command_line_goes_the_whole_way(tmp_path):
    folder = tmp_path / "c"
    done = run("init", folder, "--topic", TOPIC)
    assert done.returncode == 0, done.stderr
    done = run("release", folder, "--no-wheel", env={**os.environ, "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    course = Course.open(folder)
    submit(course, "ada", "right")
    submit(course, "cut", "truncated")
    done = run("grade", folder)
    assert done.returncode == 0, done.stderr
    assert "cut: " in done.stdout
    assert f"{TOPIC}: 2 graded" in done.stdout
    assert run("feedback", folder).returncode == 0
    done = run("status", folder)
    assert TOPIC in done.stdout
    done = run("export", folder)
    assert done.returncode == 0, done.stderr
    with (folder / "grades.csv").open() as stream:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(stream)}
    assert rows == {"ada": pytest.approx(TOTAL), "cut": 0}
    done = run("grade", tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a course" in done.stderr


def test_a_course_finds_its_topics_again(tmp_path):
    course, _ = init(tmp_path / "c", CATALOGUE, [TOPIC])
    assert Course.open(course.folder).catalogue == Catalogue(ROOT)
    with tools_on_path():
        assert str(Path(sys.executable).parent) in os.environ["PATH"]


# --- changed checks ------------------------------------------------------------------------------


def test_changing_one_check_grades_that_exercise_again(tmp_path, monkeypatch):
    course = fresh(tmp_path)
    for student in ("ada", "bo"):
        submit(course, student, "right")
    grade(course)
    with course.gradebook() as gradebook:
        gradebook.find_grade(NAMES[1], TOPIC, TOPIC, "ada").auto_score = 0.25
        gradebook.db.commit()
    kept = course.private / "results" / TOPIC / "ada.json"
    content = json.loads(kept.read_text())
    content["prints"][NAMES[1]] = "of older checks"
    content["report"]["exercises"][1]["checks"][0]["earned"] = 0.0
    kept.write_text(json.dumps(content))
    asked = []
    judged = pool._grade
    monkeypatch.setattr(pool, "_grade", lambda item: asked.append(item.only) or judged(item))
    outcome = grade(course)
    assert asked == [(NAMES[1],)]
    assert [(c.student, c.exercise, c.old) for c in outcome.changes] == [("ada", NAMES[1], 0.25)]
    assert totals(course) == dict.fromkeys(("ada", "bo"), pytest.approx(TOTAL))


CHECKS = '''"""How it is judged."""
from autograder.spec import Exercise

def shared(rng):
    return rng.random(3)

one = Exercise("first", points=1)
two = Exercise("second", points=1, needs=("first",))
three = Exercise("third", points=1)

@one.check()
def plain(rng):
    """Adds."""
    yield shared(rng)

@three.check()
def also_plain(rng):
    """Adds."""
    yield shared(rng)

def turned(x):
    return -x

def made(name):
    exercise = Exercise(name, points=1)

    @exercise.check()
    def plain(rng):
        """Multiplies."""
        yield rng.random(9)

    return exercise

LIMIT = 5
four = made("fourth")
five = made("fifth")

@five.check()
def small(rng):
    """Stays small."""
    yield LIMIT

if True:
    pass
'''
BELIEFS = """# Numbers

## third

- **half** `a` → `b`
  or `a` → `1`
  Half?
- **turned** as `turned`
  Which sign?

## fourth

- **ten** `a` → `c`
  Ten?
"""


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("yield shared(rng)\n\n@three", "yield shared(rng) + 1\n\n@three", {"first", "second"}),
        ("  Half?", "  A half?", {"third"}),
        ("- **half** `a` → `b`\n", "- **half**\n  `a` → `b`\n", set()),
        ("return -x", "return 1 - x", {"third"}),
        ("rng.random(3)", "rng.random(4)", {"first", "second", "third"}),
        ('"third", points=1', '"third", points=2', {"third"}),
        ("@three.check()", "\n# said better\n@three.check()", set()),
        ("two = Exercise", "(two) = Exercise", set()),
        ("rng.random(9)", "rng.random(8)", {"fourth", "fifth"}),
        ("Ten?", "Eleven?", {"fourth"}),
        ("or `a` → `1`", "or `a` → `1`\n  or `a` → `2`", {"third"}),
        ("LIMIT = 5", "LIMIT = 6", {"fifth"}),
        ("pass", "print(one)", {"first", "second", "third", "fourth", "fifth"}),
    ],
)
def test_a_print_tells_which_exercise_a_change_concerns(tmp_path, old, new, changed):
    names = ("first", "second", "third", "fourth", "fifth")
    chapter = SimpleNamespace(parts=names)
    topic = SimpleNamespace(folder=tmp_path, chapter=chapter, whole=chapter)
    texts = {"checks.py": CHECKS, "misconceptions.md": BELIEFS}
    for file, text in texts.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    before = exercise_prints(topic, "engine")
    assert any(old in text for text in texts.values())
    for file, text in texts.items():
        (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    after = exercise_prints(topic, "engine")
    assert {name for name in before if before[name] != after[name]} == changed
    assert not before.items() & exercise_prints(topic, "another engine").items()


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_changed_check_or_belief_concerns_its_exercise_in_every_topic(name, tmp_path):
    topic = CATALOGUE.topic(name)
    names = [exercise.name for exercise in topic.exercises]
    assert list(fingerprints(topic)) == names
    text, held = (
        (topic.folder / file).read_text(encoding="utf-8")
        for file in ("checks.py", "misconceptions.md")
    )
    variables = {
        value.name: variable
        for variable, value in vars(sys.modules[f"solutions.{name}.checks"]).items()
        if isinstance(value, Exercise)
    }

    def prints(checks, beliefs=held):
        (tmp_path / "checks.py").write_text(checks, encoding="utf-8")
        (tmp_path / "misconceptions.md").write_text(beliefs, encoding="utf-8")
        moved = SimpleNamespace(folder=tmp_path, chapter=topic.chapter, whole=topic.whole)
        return exercise_prints(moved, "engine")

    before = prints(text)
    assert len(set(before.values())) == len(names)
    for exercise in (topic.exercises[0], topic.exercises[len(names) // 2], topic.exercises[-1]):
        variable = variables[exercise.name]
        found = re.search(rf'^@{variable}\.check\(.*?\ndef \w+\(rng\):\n    """', text, re.M | re.S)
        heading = f"## {exercise.name}\n"
        edits = [(text, held.replace(heading, f"{heading}\n- **new** `a` → `b`\n  Why?\n"))]
        if found:
            edits.append((f"{text[: found.end()]}New: {text[found.end() :]}", held))
        for edited in edits:
            after = prints(*edited)
            changed = {name for name in names if before[name] != after[name]}
            assert changed == {exercise.name} | _dependents(topic, exercise.name)


def _dependents(topic, name):
    """Return the exercises that need `name`, directly or through others."""
    found, new = set(), {name}
    while new:
        new = {e.name for e in topic.exercises if new & set(e.needs)} - found
        found |= new
    return found


def test_the_package_for_students_holds_no_answer(tmp_path):
    course = fresh(tmp_path)
    name = write_wheel(course).removeprefix("release/")
    with zipfile.ZipFile(course.folder / "release" / name) as archive:
        names = archive.namelist()
        assert any(path.startswith("autograder/_assignments/") for path in names)
        assert {path.split("/")[0].split("-")[0] for path in names} == {"autograder", "gradus_dl"}
        released = [path for path in names if "_assignments" in path and path.endswith(".py")]
        text = b"".join(archive.read(path) for path in released)
        assert "autograder/_assignments/desk.toml" not in names
    assert released
    assert b"SOLUTION" not in text
    settings = course.folder / "course.toml"
    settings.write_text(
        'hints = "open"\nanother_way = false\n' + settings.read_text(encoding="utf-8"), "utf-8"
    )
    course = Course.open(course.folder)
    name = write_wheel(course, with_reference=True).removeprefix("release/")
    folder = tmp_path / "installed"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target"]
        + [str(folder), str(course.folder / "release" / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    record = folder / "autograder" / "_assignments" / TOPIC / "public_checks.npz"
    assert is_open(record)
    assert desk_of(record)["another_way"] is False
    handed = {path.relative_to(folder) for path in (folder / "reference").rglob("*.py")}
    assert handed == {path.relative_to(ROOT) for path in (ROOT / "reference").rglob("*.py")}
    assert all((folder / package / "py.typed").is_file() for package in ("autograder", "reference"))


def test_a_gradebook_that_cannot_be_written_is_one_line_before_anything_is_judged(tmp_path):
    course = fresh(tmp_path)
    submit(course, "ada", "half")
    (course.folder / "gradebook.db").unlink()
    (course.folder / "gradebook.db").mkdir()
    with pytest.raises(CourseError, match=r"gradebook cannot be written .*what was graded is kept"):
        grade(course)
    assert not (course.private / "results" / TOPIC / "ada.json").exists()


# --- a whole class -------------------------------------------------------------------------------

UNREADABLE = ("truncated",)
LEAST = {"right": 1.0, "mistakes": 0.3, "half": 0.2, "syntax error": 0.7, "endless loop": 0.5}
MOST = {"half": 0.8, "empty": 0.0, "truncated": 0.0, "another assignment": 0.0, "hostile": 0.5}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_large_class_from_the_release_to_the_grades(tmp_path):
    topics, folder = ("lstm", "optimizers", "spatial_transformer"), tmp_path / "course"
    done = [run("init", folder, *(word for topic in topics for word in ("--topic", topic)))]
    course = Course.open(folder)
    students = [f"s{number:03}" for number in range(67)]
    with (folder / "students.csv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{student},First,Last,\n" for student in students)
    done.append(run("release", folder, "--no-wheel"))
    kinds = {}
    for shift, name in enumerate(topics):
        for number, student in enumerate(students):
            kinds[name, student] = mixture(number + 5 * shift)
            submit(course, student, kinds[name, student], name)
    done += [run(step, folder) for step in ("grade", "feedback", "export", "status")]
    assert [step.stderr for step in done if step.returncode] == []
    remarks, again = done[2].stdout.splitlines()[:-3], run("grade", folder).stdout.splitlines()
    assert len(remarks) == sum(kind in UNREADABLE for kind in kinds.values())
    assert " -> " not in "".join(again)
    table = [line for line in done[-1].stdout.splitlines() if any(name in line for name in topics)]
    assert [line.split("│")[5].strip() for line in table] == [str(len(students))] * len(topics)
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as stream:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(stream)}
    assert rows.keys() == kinds.keys()
    for (name, student), kind in kinds.items():
        row = rows[name, student]
        share = float(row["score"]) / sum(e.points for e in CATALOGUE.topic(name).exercises)
        assert LEAST.get(kind, 0.0) <= share <= MOST.get(kind, 1.0), (name, student, kind)
        page = (folder / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
        assert f"{points_text(float(row['score']))} of" in page
