"""Every score that changed with its reason, before it is written and afterwards; regrades."""

from __future__ import annotations

import json
import shutil

import pytest

from autograder.course.course import Course
from autograder.course.grade import grade_assignments
from autograder.course.ledger import Change, logged
from autograder.course.regrades import REGRADES, regrades
from autograder.course.scores import course_scores
from autograder.grading import pool
from autograder.report.model import points_text
from tests.conftest import CATALOGUE
from tests.kit.courses import NARROW, TOPIC, command, fresh, judge_here, quietly, submit

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
WHOLE = CATALOGUE.topic(TOPIC)
NAMES = list(WHOLE.chapter.parts)
POINTS = {exercise.name: exercise.points for exercise in WHOLE.exercises}
QUESTION = WHOLE.questions[0].name


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A course that was graded once."""
    made = fresh(tmp_path_factory.mktemp("first"))
    (made.folder / "course.toml").write_text(f"[assignments.{TOPIC}]\n")
    for student, kind in (("ada", "right"), ("bo", "half"), ("cy", "half")):
        submit(made, student, kind)
    with pytest.MonkeyPatch.context() as patched:
        judge_here(patched)
        assert grade(made).changes == []
    return made.folder


@pytest.fixture
def course(first, tmp_path, monkeypatch):
    judge_here(monkeypatch)
    shutil.copytree(first, tmp_path / "course", symlinks=True)
    return Course.open(tmp_path / "course")


def grade(course, **options):
    opened = Course.open(course.folder)
    return quietly(lambda: grade_assignments(opened, [TOPIC], jobs=1, **options))[TOPIC]


def give(course, student, name, score):
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade(name, TOPIC, TOPIC, student)
        mark.manual_score, mark.needs_manual_grade = score, False
        gradebook.db.commit()


def settings(course, *lines):
    text = "\n".join([f"[assignments.{TOPIC}]", *lines]) + "\n"
    (course.folder / "course.toml").write_text(text)


def told(changes):
    return {(c.student, c.exercise, c.reason) for c in changes}


def test_each_reason_is_told(course, monkeypatch):
    submit(course, "bo", "right")
    outcome = grade(course)
    assert {change.student for change in outcome.changes} == {"bo"}
    assert {change.reason for change in outcome.changes} == {"code"}

    settings(course, f"points = {{ {NAMES[0]} = 7 }}")
    outcome = grade(course)
    assert told(outcome.changes) == {(who, NAMES[0], "points") for who in ("ada", "bo", "cy")}
    assert {(c.old, c.new) for c in outcome.changes} == {(POINTS[NAMES[0]], 7)}

    settings(course, f"points = {{ {NAMES[0]} = 7 }}", "due = 2026-01-01", "late.per_day = 10")
    stamp = course.place("submitted", "ada", TOPIC) / "timestamp.txt"
    stamp.write_text("2026-01-02 10:00 UTC")
    outcome = grade(course)
    assert told(outcome.changes + outcome.by_hand) == {("ada", "handed in late", "late")}

    settings(course, f"points = {{ {NAMES[0]} = 17 }}", "due = 2026-01-01", "late.per_day = 20")
    outcome = grade(course, dry=True)
    (first,), second = outcome.by_hand, [c for c in outcome.changes if c.exercise != NAMES[0]]
    assert (first.exercise, first.reason) == ("handed in late", "late")
    assert [(c.exercise, c.old, c.reason) for c in second] == [
        ("handed in late", first.new, "points")
    ]
    assert second[0].new == pytest.approx(first.new - 2)
    settings(course, f"points = {{ {NAMES[0]} = 7 }}", "due = 2026-01-01", "late.per_day = 10")

    give(course, "ada", QUESTION, 2.0)
    give(course, "bo", NAMES[1], 0.5)
    shown = command("course", "log", course.folder).stdout.splitlines()
    assert f"ada: {QUESTION}: 0 -> 2 (hand)" in shown[-2] + shown[-1]
    outcome = grade(course)
    assert outcome.changes == []
    assert told(outcome.by_hand) == {("ada", QUESTION, "hand"), ("bo", NAMES[1], "hand")}

    for student in ("ada", "cy"):
        kept = course.private / "results" / TOPIC / f"{student}.json"
        content = json.loads(kept.read_text())
        content["prints"][NAMES[0]] = "of older checks"
        kept.write_text(json.dumps(content))
    ledger = course.private / "ledger" / f"{TOPIC}.json"
    content = json.loads(ledger.read_text())
    content["prints"][TOPIC][NAMES[0]] = "of older checks"
    ledger.write_text(json.dumps(content))
    with course.gradebook() as gradebook:
        gradebook.find_grade(NAMES[0], TOPIC, TOPIC, "cy").auto_score = 1.0
        gradebook.db.commit()
    outcome = grade(course)
    assert told(outcome.changes) == {("cy", NAMES[0], "checks")}
    reasons = [change.reason for change in logged(course)]
    assert set(reasons) == {"code", "points", "late", "hand", "checks"}
    with (course.private / "scores.jsonl").open("a") as stream:
        stream.write('{"student": "cut o')
    assert len(logged(course)) == len(reasons)


def test_a_dry_run_tells_what_is_then_written_and_writes_nothing(course, monkeypatch):
    submit(course, "bo", "right")
    settings(course, f'drop = ["{NAMES[-1]}"]')
    before = state(course)
    outcome = grade(course, dry=True)
    assert state(course) == before
    expected = told(outcome.changes)
    assert ("ada", NAMES[-1], "points") in expected
    assert {reason for who, _, reason in expected if who == "bo"} >= {"code"}
    asked = []
    judged = pool._grade
    monkeypatch.setattr(pool, "_grade", lambda item: asked.append(item.student) or judged(item))
    again = grade(course)
    assert asked == []  # the rehearsal's verdicts are taken over
    assert told(again.changes) == expected
    assert {m.student: m.score for m in again.marks} == {m.student: m.score for m in outcome.marks}
    assert not (course.private / "trial").exists()
    assert grade(course).changes == []


def state(course):
    """Return all that a grading writes: rows, notebooks, verdicts, the log."""
    kept = {}
    for place in ("autograded", "submitted", ".gradus/results", ".gradus/ledger"):
        for path in sorted((course.folder / place).rglob("*")):
            if path.is_file():
                kept[str(path.relative_to(course.folder))] = path.read_bytes()
    kept["marks"] = [(m.student, m.score, m.points) for m in course_scores(course)]
    kept["log"] = logged(course)
    return kept


def test_the_dry_run_of_the_command_says_so(course):
    submit(course, "bo", "right")
    done = command("course", "grade", course.folder, "--dry-run", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "; nothing was written" in done.stdout and "(code)" in done.stdout
    assert not list(course.private.glob("rehearsal.db*"))
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + 'c.CourseDirectory.db_url = "postgresql://x/y"\n')
    done = command("course", "grade", course.folder, "--dry-run")
    assert done.returncode == 2 and "needs a gradebook in a file" in done.stderr


def test_a_student_without_a_verdict_keeps_the_old_score_in_the_ledger(course, monkeypatch):
    judged = pool._grade
    submit(course, "bo", "right")

    def failing(item):
        if item.student == "bo":
            content = judged(item)
            for exercise in content["exercises"]:
                exercise |= {"status": "broken", "message": "the disk is full"}
            return content
        return judged(item)

    with monkeypatch.context() as patched:
        patched.setattr(pool, "_grade", failing)
        outcome = grade(course)
    assert outcome.changes == [] and outcome.broken
    assert set(rows_of(course, "bo").values()) == {(None, True)}  # formgrader shows no older score
    page = (course.place("autograded", "bo", TOPIC) / f"{TOPIC}.ipynb").read_text()
    assert "There is no verdict" in page and "gradus-verdict" not in page
    assert all(score is not None for score, _ in rows_of(course, "ada").values())
    outcome = grade(course)
    assert all(not waits for _, waits in rows_of(course, "bo").values())
    assert {c.student for c in outcome.changes} == {"bo"}
    assert all(c.reason == "code" and c.old < c.new for c in outcome.changes)


def rows_of(course, student):
    """Return score and whether a person is waited for, of each exercise in the gradebook."""
    with course.gradebook() as gradebook:
        (notebook,) = gradebook.find_submission(TOPIC, student).notebooks
        rows = {grade.name: grade for grade in notebook.grades}
        return {name: (rows[name].auto_score, rows[name].needs_manual_grade) for name in NAMES}


def test_requests_to_grade_again_are_a_list(course):
    done = command("course", "regrades", course.folder)
    assert done.returncode == 2 and f"there is no {REGRADES}" in done.stderr
    rows = [
        f'ada,{TOPIC},{NAMES[0]},"My loop is right, is it not?",',
        f"bo,{TOPIC},{NAMES[1]},Why?,It is a copy.",
        f"bo,{TOPIC},nothing,Why?,",
        "zoe,nowhere,x,Why?,",
        f"zoe,{TOPIC},{NAMES[0]},Why?,",
    ]
    text = "student,assignment,exercise,request,answer\n" + "\n".join(rows) + "\n"
    (course.folder / REGRADES).write_text("\ufeff" + text, encoding="utf-8")
    give(course, "ada", NAMES[0], 0.5)
    grade(course)
    first, second, *wrong = regrades(course)
    full = points_text(POINTS[NAMES[0]])
    has = f"0.5 of {full}; {full} -> 0.5 (hand)"
    assert str(first) == f"ada: {TOPIC}: {NAMES[0]}: {has}: My loop is right, is it not?"
    assert first.open and not second.open
    assert [one.problem.split(";")[0] for one in wrong] == [
        "there is no such exercise",
        "there is no such assignment",
        "nothing of this student's is graded",
    ]
    done = command("course", "regrades", course.folder)
    assert done.returncode == 1
    assert done.stderr.count(f"{REGRADES}, line") == 3
    assert done.stdout.splitlines()[-1] == "4 open of 5"
    (course.folder / REGRADES).write_text("who,what\n")
    done = command("course", "regrades", course.folder)
    assert done.returncode == 2 and "needs a column `student`" in done.stderr


def test_a_change_reads_as_a_sentence():
    change = Change("ada", "step", 1.0, 2.5, "code, points")
    assert str(change) == "ada: step: 1 -> 2.5 (code, points)"
