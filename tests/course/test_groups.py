"""Groups that hand in together: one hands in, all have it, and nobody's work is lost."""

from __future__ import annotations

import os

import pytest

from autograder.course.course import Course
from autograder.course.grade import grade_assignments
from autograder.course.groups import share
from autograder.course.scores import course_scores
from autograder.institution.results import load
from autograder.institution.stats import all_stats
from tests.kit.courses import NARROW, TOPIC, fresh, judge_here, quietly, submit

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]


@pytest.fixture
def course(tmp_path):
    made = fresh(tmp_path)
    (made.folder / "course.toml").write_text(
        f'groups = {{ reds = ["ada", "bo", "cy"] }}\n[assignments.{TOPIC}]\n'
    )
    return Course.open(made.folder)


def hand_in(course, who, content, when):
    path = submit(course, who, content)
    (path.parent / "timestamp.txt").write_text(when)
    return path


def content(course, who):
    path = course.place("submitted", who, TOPIC) / f"{TOPIC}.ipynb"
    return path.read_bytes() if path.exists() else None


def test_what_one_hands_in_is_everybodys_with_its_time(course):
    hand_in(course, "bo", b"one", "2026-01-01 10:00 UTC")
    (course.place("submitted", "bo", TOPIC) / "link").symlink_to("/etc/hostname")
    assert share(course, TOPIC, pretend=True) == [
        "ada: gets what bo handed in for the group reds",
        "cy: gets what bo handed in for the group reds",
    ]
    assert content(course, "ada") is None
    share(course, TOPIC)
    assert {content(course, who) for who in ("ada", "bo", "cy")} == {b"one"}
    place = course.place("submitted", "ada", TOPIC)
    assert (place / "timestamp.txt").read_text() == "2026-01-01 10:00 UTC"
    assert not os.path.lexists(place / "link")
    assert share(course, TOPIC) == []


def test_the_latest_counts_and_what_was_before_is_set_aside(course):
    hand_in(course, "ada", b"old", "2026-01-01 10:00 UTC")
    hand_in(course, "bo", b"new", "2026-01-01 11:00 UTC")
    assert share(course, TOPIC) == [
        "ada: handed in before bo, for the group reds: set aside",
        "ada: gets what bo handed in for the group reds",
        "cy: gets what bo handed in for the group reds",
    ]
    kept = course.private / "set_aside" / TOPIC / "ada-1" / f"{TOPIC}.ipynb"
    assert kept.read_bytes() == b"old"
    hand_in(course, "cy", b"newer", "2026-01-01 12:00 UTC")
    share(course, TOPIC)
    assert {content(course, who) for who in ("ada", "bo", "cy")} == {b"newer"}
    assert share(course, TOPIC) == []


def test_a_folder_of_the_groups_own_goes_to_its_students(course):
    hand_in(course, "reds", b"ours", "2026-01-01 10:00 UTC")
    share(course, TOPIC)
    assert {content(course, who) for who in ("ada", "bo", "cy")} == {b"ours"}
    assert content(course, "reds") is None
    assert not (course.folder / "submitted" / "reds").exists()
    assert share(course, TOPIC) == []


def test_a_link_is_followed_for_no_group(course):
    place = course.place("submitted", "ada", TOPIC)
    place.parent.mkdir(parents=True)
    place.symlink_to("/etc")
    assert share(course, TOPIC) == []


def test_a_group_has_one_score_and_is_not_told_as_alike(course, monkeypatch):
    judge_here(monkeypatch)
    hand_in(course, "ada", "mistakes", "2026-01-01 10:00 UTC")
    hand_in(course, "zoe", "half", "2026-01-01 10:00 UTC")
    outcome = quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))[TOPIC]
    assert "bo: gets what ada handed in for the group reds" in outcome.remarks
    marks = {one.student: one.score for one in course_scores(course)}
    assert marks.keys() == {"ada", "bo", "cy", "zoe"}
    assert marks["ada"] == marks["bo"] == marks["cy"] > 0
    names = list(load(course.folder).of(TOPIC)[0].exercises)
    (entry,) = all_stats(load(course.folder), lambda topic: {each.name: "" for each in names})
    assert entry.compared == 4
    assert entry.pairs == []
