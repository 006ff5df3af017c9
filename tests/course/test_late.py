"""Late work by `course.toml`: what a day costs, free days, grace, zones, extensions."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.grade import grade_assignments
from autograder.course.late import Policy, PolicyError, charges, duration
from autograder.course.penalty import late_list
from autograder.course.scores import course_scores
from autograder.course.start import init
from autograder.report.model import rounded
from tests.conftest import CATALOGUE
from tests.kit.courses import (
    NARROW,
    OTHER,
    TOPIC,
    command,
    fresh,
    judge_here,
    nbgrader,
    quietly,
    submit,
)

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
H, D = timedelta(hours=1), timedelta(days=1)
FULL = sum(exercise.points for exercise in CATALOGUE.topic(TOPIC).exercises)
POINTS = FULL + sum(question.points for question in CATALOGUE.topic(TOPIC).questions)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2 days", 2 * D),
        ("1 day 12 h", 1.5 * D),
        ("1 week and 15 min", 7 * D + H / 4),
        (3, 3 * D),
        (0.5, D / 2),
        ("36h", 1.5 * D),
    ],
)
def test_a_duration_is_read(text, meant):
    assert duration(text, "grace") == meant


@pytest.mark.parametrize("text", ["soon", "2", "two days", "", True, None, -1, "3 fortnights", []])
def test_what_is_no_duration_is_named(text):
    with pytest.raises(PolicyError, match="grace is no duration such as"):
        duration(text, "grace")


TEN = {"per_day": 10}


@pytest.mark.parametrize(
    ("policy", "late", "free", "off"),
    [
        (TEN, 0 * H, 0, 0),
        (TEN, H / 60, 0, 0.1),
        (TEN, D, 0, 0.1),
        (TEN, D + H, 0, 0.2),
        (TEN, 30 * D, 0, 1.0),
        (TEN, 3 * D, 2, 0.1),
        ({**TEN, "grace": "15 min"}, H / 4, 0, 0),
        ({**TEN, "grace": "15 min"}, H / 4 + H / 3600, 0, 0.1),
        ({**TEN, "closes": 2}, 2 * D, 0, 0.2),
        ({**TEN, "closes": 2}, 2 * D + H, 5, 1.0),
        ({"per_day": [5, 25, 50]}, D, 0, 0.05),
        ({"per_day": [5, 25, 50]}, 9 * D, 0, 0.5),
    ],
)
def test_what_late_work_costs(policy, late, free, off):
    assert Policy.read(policy, "late").off(late, free) == pytest.approx(off)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (5, "late is a table"),
        ({"perday": 5}, "there is no 'perday'; there are: per_day, of"),
        ({"per_day": 120}, "percent from 0 to 100"),
        ({"per_day": "10%"}, "percent from 0 to 100"),
        ({"per_day": [20, 10]}, "does not grow"),
        ({"of": "marks"}, 'choose "points" or "score"'),
        ({"days": -1}, "whole days"),
        ({"grace": "a bit"}, "late.grace is no duration"),
    ],
)
def test_a_policy_that_cannot_be_understood_is_named(given, told):
    with pytest.raises(PolicyError, match=told):
        Policy.read(given, "late")


def test_free_days_are_used_in_the_order_of_the_due_dates():
    ten, start = Policy.read(TEN, "late"), datetime(2026, 1, 1)
    handed = [
        ("third", start + 20 * D, start + 22 * D, ten),
        ("first", start, start + H, ten),
        ("second", start + 10 * D, start + 10 * D, ten),
    ]
    found = charges(handed, 2)
    assert {name: (one.days, one.free) for name, one in found.items()} == {
        "first": (1, 1),
        "second": (0, 0),
        "third": (2, 1),
    }
    assert [found[name].off for name in ("first", "second", "third")] == [0, 0, 0.1]
    assert str(found["third"]) == "1 of 2 days free; 10 % of the points off"


def test_a_penalty_is_of_the_points_or_of_the_score_and_never_more_than_there_is():
    start = datetime(2026, 1, 1)

    def taken(policy, days, score, points=50):
        handed = [("a", start, start + days * D, Policy.read(policy, "late"))]
        return charges(handed, 0)["a"].taken(score, points)

    assert taken(TEN, 2, 30) == 10
    assert taken({**TEN, "of": "score"}, 2, 30) == 6
    assert taken(TEN, 2, 3) == 3
    assert taken({**TEN, "closes": 1}, 2, 30) == 30


# --- in a course ----------------------------------------------------------------------------------

SETTINGS = f"""
zone = "Europe/Berlin"
groups = {{ reds = ["bo", "cy"] }}
[late]
per_day = 10
days = 1
grace = "10 min"
[extensions]
dee = "2 days"
[assignments.{OTHER}]
due = 2026-01-01T12:00:00
[assignments.{TOPIC}]
due = 2026-01-10
[assignments.{TOPIC}.extensions]
reds = 2026-01-12T12:00:00
"""
STUDENTS = "id\nada\nbo\ncy\ndee\neve\nfay\n"
HANDED = {  # local time; the day of 10 January is the last
    "ada": "2026-01-10 23:59:59",
    "bo": "2026-01-12 12:05:00",  # within the group's grace
    "dee": "2026-01-12 23:30:00",
    "eve": "2026-01-12 01:00:00",  # two days begun, one of them free
    "fay": "2026-01-11 00:30:00",  # one day begun, the free one was used before
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    made = fresh(tmp_path)
    (made.folder / "course.toml").write_text(SETTINGS)
    (made.folder / "students.csv").write_text(STUDENTS)
    for student, when in HANDED.items():
        path = submit(made, student, "right")
        (path.parent / "timestamp.txt").write_text(when)
    other = made.place("submitted", "fay", OTHER)
    other.mkdir(parents=True)
    (other / "timestamp.txt").write_text("2026-01-01 12:30:00")
    return Course.open(made.folder)


def test_the_terms_habits_hold_in_every_command(course):
    assert course.assignment(TOPIC).due == datetime(2026, 1, 10, 22, 59, 59)
    assert course.assignment(TOPIC).zone == ZoneInfo("Europe/Berlin")
    outcome = quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))[TOPIC]
    lost = {one.student: one.penalty for one in outcome.marks}
    tenth = rounded(POINTS / 10)
    assert lost == {**dict.fromkeys(("ada", "bo", "cy", "dee"), 0), "eve": tenth, "fay": tenth}
    assert [str(one).split(")")[-1] for one in outcome.late if one.student in ("eve", "fay")] == [
        "; 1 of 2 days free; 10 % of the points off",
        "; 10 % of the points off",
    ]
    with course.gradebook() as gradebook:
        found = {s.student_id: s for s in gradebook.assignment_submissions(TOPIC)}
        assert found["dee"].duedate == datetime(2026, 1, 12, 22, 59, 59)
        assert found["dee"].total_seconds_late == 0  # nbgrader sees the extension
        assert found["bo"].duedate == datetime(2026, 1, 12, 11)
        assert found["bo"].total_seconds_late == 300
    done = nbgrader(course, "autograde", TOPIC, "--force", "--student", "eve")
    assert done.returncode == 0, done.stderr[-800:]
    assert {one.student: one.penalty for one in course_scores(course)} == lost
    told = command("course", "status", course.folder, COLUMNS="120").stdout
    assert "eve: 1 d 1 h 0 min" in told and "ada: " not in told.split("graded")[0]
    text = SETTINGS.replace('dee = "2 days"', "eve = 2")
    (course.folder / "course.toml").write_text(text)
    changed = {one.student: one.penalty for one in course_scores(Course.open(course.folder))}
    assert (changed["dee"], changed["eve"]) == (tenth, 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("zone = 'Berlin'", "zone: there is no 'Berlin'"),
        ("late = 5", "late is a table"),
        ("[late]\nper_day = -1", "percent from 0 to 100"),
        (f"[assignments.{TOPIC}.late]\ndays = 2", "days are of the whole term"),
        ("[extensions]\nzoe = '1 day'", "'zoe' is no student and no group"),
        ("[extensions]\nada = 'longer'", "extensions: ada is no duration"),
        ("groups = ['ada']", "write a list for each"),
        ("[groups]\nreds = ['ada']\nblues = ['ada']", "'ada' is in 2 of them"),
        ("assignments = 5", "write \\[assignments"),
    ],
)
def test_a_habit_that_cannot_be_read_is_one_line(tmp_path, text, told):
    course, _ = init(tmp_path / "c", CATALOGUE, [TOPIC])
    (course.folder / "students.csv").write_text("id\nada\n")
    (course.folder / "course.toml").write_text(text)
    course = Course.open(course.folder)
    with pytest.raises(CourseError, match=told):
        _ = course.assignment(TOPIC), course.groups, course.zone


def test_a_wrong_habit_ends_a_command_in_one_line(tmp_path):
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    (course.folder / "course.toml").write_text("[late]\nperday = 10\n")
    for name in ("grade", "status", "export", "feedback"):
        done = command("course", name, course.folder)
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        assert (done.returncode, len(lines)) == (2, 1), done.stderr
        assert "there is no 'perday'" in done.stderr


def test_the_course_zone_is_of_times_that_name_none(course):
    late, doubts = late_list(course, TOPIC)
    assert {one.student for one in late} == {"bo", "eve", "fay"}
    assert doubts == []  # the course names its zone: nothing is guessed


def test_a_gradebook_that_may_only_be_read_is_told_all_the_same(course):
    """Penalties that changed cannot be written there; they are told, and no command ends."""
    quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))
    (course.folder / "course.toml").write_text(SETTINGS.replace("per_day = 10", "per_day = 20"))
    config = course.folder / "nbgrader_config.py"
    address = f"sqlite:///file:{course.folder}/gradebook.db?mode=ro&uri=true"
    config.write_text(config.read_text() + f"c.CourseDirectory.db_url = {address!r}\n")
    again = Course.open(course.folder)
    lost = {one.student: one.penalty for one in quietly(course_scores, again)}
    assert lost["fay"] == rounded(POINTS / 5)
    with again.gradebook() as gradebook:
        found = gradebook.find_submission(TOPIC, "fay")
        assert found.late_submission_penalty == rounded(POINTS / 10)
