"""One mean everywhere: late, graded by hand, unreadable, broken and missing work in one course."""

from __future__ import annotations

import csv
import json
import re
from xml.etree import ElementTree

import pytest

from autograder.course.course import Course
from autograder.course.feedback import write_feedback
from autograder.course.grade import grade_assignments
from autograder.course.scores import course_scores, mean
from autograder.grading import pool
from autograder.institution.class_report import write_stats
from autograder.institution.exports import export
from autograder.institution.results import load
from autograder.institution.stats import topic_stats
from autograder.judging import official
from autograder.report.model import points_text, rounded
from tests.conftest import CATALOGUE
from tests.kit.courses import NARROW, TOPIC, command, fresh, judge_here, nbgrader, quietly, submit

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
NAMES = list(CATALOGUE.topic(TOPIC).chapter.parts)
QUESTION = CATALOGUE.topic(TOPIC).questions[0].name
KINDS = {
    "ada": "right",
    "bo": "right",  # late
    "cy": "half",  # late, and points by hand afterwards
    "dee": "mistakes",  # fewer points by hand
    "eve": "right",  # the grader fails
    "fay": "truncated",
}
PLUGIN = """
from nbgrader.plugins import BasePlugin

class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
"""
SETTINGS = f"""
[assignments.{TOPIC}]
due = 2026-01-01T12:00:00+00:00
points = {{ {NAMES[0]} = 7 }}
"""


def grade(course):
    return quietly(lambda: grade_assignments(Course.open(course.folder), [TOPIC], jobs=1))[TOPIC]


def by_hand(course, student, name, score):
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade(name, TOPIC, TOPIC, student)
        mark.manual_score, mark.needs_manual_grade = score, False
        gradebook.db.commit()


@pytest.fixture
def course(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    made = fresh(tmp_path)
    (made.folder / "course.toml").write_text(SETTINGS)
    (made.folder / "students.csv").write_text("id,first_name\nada,Ada\ngus,Gus\n")
    config = made.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + 'c.AssignLatePenalties.plugin_class = "late.Half"\n')
    (made.folder / "late.py").write_text(PLUGIN)
    for student, kind in KINDS.items():
        path = submit(made, student, kind)
        when = "2026-01-02 12:00:00 UTC" if student in ("bo", "cy") else "2026-01-01 11:00:00 UTC"
        (path.parent / "timestamp.txt").write_text(when)
    grade(made)
    submit(made, "eve", "mistakes")  # the grader fails on the new file: the old score is none
    judged = pool._grade

    def failing(item):
        if item.student != "eve":
            return judged(item)
        return official.broken(CATALOGUE.topic(TOPIC), "eve", "the disk is full").to_dict()

    monkeypatch.setattr(pool, "_grade", failing)
    made = Course.open(made.folder)
    grade(made)
    by_hand(made, "cy", QUESTION, 2.0)
    by_hand(made, "dee", NAMES[0], 1.0)
    return made


def test_every_command_page_and_export_says_the_same(course, tmp_path):
    found = load(course.folder)  # before anything is graded again: penalties follow by themselves
    expected = {score.student: score.score for score in found.scores()}
    assert expected.keys() == {"ada", "bo", "cy", "dee", "fay"}
    points = sum(e.points for e in CATALOGUE.topic(TOPIC).exercises) + 7
    points -= CATALOGUE.topic(TOPIC).exercise(NAMES[0]).points
    points += sum(question.points for question in CATALOGUE.topic(TOPIC).questions)
    full = points - sum(question.points for question in CATALOGUE.topic(TOPIC).questions)
    assert (expected["ada"], expected["bo"], expected["fay"]) == (full, full / 2, 0)
    with course.gradebook() as gradebook:
        raw = gradebook.find_submission(TOPIC, "cy").score
    assert expected["cy"] == rounded(raw / 2)  # of what a person gave, too
    average = sum(expected.values()) / 5
    told = f"mean {points_text(average)} of {points_text(points)}"

    (entry,) = [topic_stats(found.of(TOPIC), found.total)]
    assert (rounded(entry.mean), entry.points) == (rounded(average), points)
    assert [who for who, _ in entry.unread] == ["eve", "fay"]
    write_stats([entry], tmp_path)
    page = (tmp_path / "stats.html").read_text()
    assert f"of {points_text(points)} points: mean {points_text(average)}," in page
    assert next(item.points for item in entry.items if item.name == NAMES[0]) == 7
    assert next(item.points for item in entry.items if item.name == QUESTION) == 3

    for kind in ("canvas", "moodle"):
        (path,), _ = quietly(lambda kind=kind: export(found, kind, tmp_path / f"{kind}.csv"))
        rows = list(csv.reader(path.read_text().splitlines()))
        column = rows[0].index("SIS Login ID" if kind == "canvas" else "ID number")
        given = {row[column]: float(row[-1]) for row in rows[1:] if row[column]}
        assert given == expected
    export(found, "gradescope", tmp_path / "gradescope")
    files = (tmp_path / "gradescope" / TOPIC).glob("*.json")
    contents = {path.stem: json.loads(path.read_text()) for path in files}
    assert {who: content["score"] for who, content in contents.items()} == expected
    assert "taken off for handing in late" in contents["bo"]["output"]
    for content in (contents["ada"], contents["dee"]):
        assert sum(test["score"] for test in content["tests"]) == pytest.approx(
            content["score"], abs=0.01
        )
        assert sum(test["max_score"] for test in content["tests"]) == pytest.approx(
            points, abs=0.01
        )
    export(found, "junit", tmp_path / "junit")
    suites = (tmp_path / "junit" / TOPIC).glob("*.xml")
    roots = {path.stem: ElementTree.parse(path).getroot() for path in suites}
    values = {who: root.find(".//property[@name='score']") for who, root in roots.items()}
    assert {who: float(v.get("value")) for who, v in values.items() if v is not None} == expected

    (path,), _ = quietly(lambda: export(found, "nbgrader", tmp_path / "nbgrader.csv"))
    with path.open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["assignment"] == TOPIC]
    handed_in = {row["student_id"]: row["score"] for row in rows if row["timestamp"]}
    assert handed_in.pop("eve") == ""
    assert {who: rounded(float(score)) for who, score in handed_in.items()} == expected

    assert quietly(write_feedback, course, TOPIC) == 6
    for student, score in expected.items():
        page = (course.place("feedback", student, TOPIC) / f"{TOPIC}.html").read_text()
        if student == "fay":  # nobody could read it: no points above the reason
            assert "<strong>Not graded</strong>" in page and "0 of" not in page.split("<nav")[0]
            continue
        assert re.search(r"<strong>([\d.]+) of", page)[1] == points_text(score), student
    page = (course.place("feedback", "eve", TOPIC) / f"{TOPIC}.html").read_text()
    assert "<strong>no grade yet</strong>" in page and "the disk is full" not in page
    status = command("course", "status", course.folder, COLUMNS="120")
    assert f"{points_text(average)} of {points_text(points)}" in status.stdout

    outcome = grade(course)
    assert rounded(mean(outcome.marks)) == rounded(average)
    assert outcome.told.startswith(f"6 graded, {told} points")
    assert {m.student: m.score for m in course_scores(course)} == expected
    done = nbgrader(course, "export", "--to", str(tmp_path / "theirs.csv"))
    assert done.returncode == 0, done.stderr[-500:]
    assert (tmp_path / "theirs.csv").read_text() == (tmp_path / "nbgrader.csv").read_text()
