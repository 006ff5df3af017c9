"""Questions in words: authored once, asked everywhere, graded by people whose work is kept."""

from __future__ import annotations

import json
import re
import shutil
import sys

import pytest

from autograder.course import grade as course_grade
from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.feedback import write_feedback
from autograder.course.grade import grade_assignments
from autograder.course.scores import course_scores
from autograder.course.source import release, source_notebook
from autograder.topic.chapter import GUIDE, Chapter, ChapterError
from autograder.topic.record import RecordedSource
from tests.conftest import CATALOGUE
from tests.kit.battery import live, submission, topic
from tests.kit.courses import (
    NARROW,
    TOPIC,
    fresh,
    judge_here,
    nbgrader,
    quietly,
    released,
    submit,
)

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
TOPICS = CATALOGUE.names()
QUESTIONS = topic(TOPIC).questions
ASKED = QUESTIONS[0]
FIRST = topic(TOPIC).exercises[0].name
ROOM = "# YOUR ANSWER HERE\n"


def graded(course):
    return quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))[TOPIC]


def cells(text: str) -> dict[str, dict]:
    found = [(cell["metadata"].get("nbgrader", {}), cell) for cell in json.loads(text)["cells"]]
    return {about["grade_id"]: cell for about, cell in found if "grade_id" in about}


def answered(text: str, answers: dict[str, str]) -> bytes:
    """Write answers into a released notebook."""
    content = json.loads(text)
    for cell in content["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    return json.dumps(content).encode()


def hand_in(course, student: str, answers: dict[str, str]) -> None:
    submit(course, student, answered(released(course), answers))


# --- what authors write and students get ----------------------------------------------------------


@pytest.mark.parametrize("name", TOPICS)
def test_every_topic_asks_two_to_four_questions(name):
    questions = topic(name).questions
    assert 2 <= len(questions) <= 4
    names = [*topic(name).chapter.parts, *(question.name for question in questions)]
    assert len(set(names)) == len(names)
    for question in questions:
        assert "?" in question.text and len(question.text.split()) >= 30
        assert question.points > 0
        assert "Full answer" in question.guide and "Half" in question.guide


@pytest.mark.parametrize("name", TOPICS)
def test_students_get_question_and_room_but_no_guide(name):
    folder = CATALOGUE.record(name).parent
    module = (folder / f"{name}.py").read_text(encoding="utf-8")
    notebook = (folder / f"{name}.ipynb").read_text(encoding="utf-8")
    record = RecordedSource(folder / "public_checks.npz")
    found, words = cells(notebook), plain(module + notebook + json.dumps(record.texts))
    assert GUIDE not in notebook and "For graders" not in notebook
    assert module.count(ROOM) == len(topic(name).questions)
    assert [(q.name, q.points) for q in record.questions] == [
        (q.name, q.points) for q in topic(name).questions
    ]
    for question in topic(name).questions:
        assert plain(question.text) in plain(module)
        shown, room = found[f"{question.name}-question"], found[question.name]
        assert plain(question.text) in plain("".join(shown["source"]))
        assert shown["metadata"]["editable"] is False
        assert "".join(room["source"]) == "YOUR ANSWER HERE"
        about = room["metadata"]["nbgrader"]
        assert about["grade"] and about["solution"] and about["points"] == question.points
        for sentence in re.split(r"(?<=[.:;])\s", plain(question.guide)):
            if len(sentence) > 30:
                assert sentence not in words


def plain(text: str) -> str:
    return " ".join(re.sub(r"^# ?", "", text, flags=re.MULTILINE).split())


def test_answers_in_the_module_change_no_score():
    """Also one that looks like code; what has lost its comment signs is code (see intake)."""
    text = topic(TOPIC).chapter.text
    module = topic(TOPIC).chapter.without_solutions()
    for name, part in topic(TOPIC).chapter.parts.items():
        hole = f'    raise NotImplementedError("{name}")'
        region = part.region.rstrip("\n")
        assert module.count(hole) == 1
        module = module.replace(hole, region)
    answer = f"# def {FIRST}(*args): return None\n#\n# ## Not a step: x = 1\n"
    given = module.replace(ROOM, answer)
    assert given.count("Not a step") == len(QUESTIONS)
    want = [(cell.source.rstrip()) for cell in submission(module).cells]
    assert [cell.source.rstrip() for cell in submission(given).cells] == want
    only = {FIRST}
    assert live(TOPIC, given, only).earned == live(TOPIC, text, only).earned > 0


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            lambda text: text.replace(f"### Question `{ASKED.name}`", "### Elsewhere"),
            "no text cell",
        ),
        (
            lambda text: text + "\n# %% [markdown]\n# ### Question `new`\n#\n# Why?\n",
            "new is worth",
        ),
    ],
)
def test_a_question_needs_its_text_and_its_points(edit, told):
    changed = type(topic(TOPIC))(TOPIC, CATALOGUE.root)
    changed.__dict__["chapter"] = Chapter(TOPIC, edit(topic(TOPIC).chapter.text))
    with pytest.raises(ChapterError, match=told):
        _ = changed.questions


def test_points_are_listed_apart(capsys, monkeypatch):
    from autograder.cli.main import app

    monkeypatch.setattr(sys, "argv", ["autograder", "list", "--json"])
    app(["list", "--json", "--root", str(CATALOGUE.root)], standalone_mode=False)
    row = next(r for r in json.loads(capsys.readouterr().out) if r["topic"] == TOPIC)
    assert row["points"] == sum(exercise.points for exercise in topic(TOPIC).exercises)
    assert row["points_by_hand"] == sum(question.points for question in QUESTIONS)
    assert row["questions"] == [question.name for question in QUESTIONS]


# --- what a course says ---------------------------------------------------------------------------


def with_settings(tmp_path, text: str) -> Course:
    course = fresh(tmp_path)
    (course.folder / "course.toml").write_text(f"[assignments.{TOPIC}]\n{text}")
    return Course.open(course.folder)


def test_a_course_chooses_values_and_adds_questions(tmp_path):
    course = with_settings(
        tmp_path,
        f"points = {{ {ASKED.name} = 5, {FIRST} = 7 }}\ntopic_questions = ['{ASKED.name}']\n"
        f"[[assignments.{TOPIC}.questions]]\n"
        "name = 'ours'\npoints = 1\ntext = 'Why us?'\nguide = 'Because of them.'\n",
    )
    quietly(release, course, TOPIC)
    text = released(course)
    found = cells(text)
    assert not any(question.name in found for question in QUESTIONS[1:])
    assert found[ASKED.name]["metadata"]["nbgrader"]["points"] == 5
    assert "*5 points, given by" in "".join(found[f"{ASKED.name}-question"]["source"])
    assert "Why us?" in text and "Because of them" not in text
    assert "7 points" in text
    source = (course.folder / "source" / TOPIC / f"{TOPIC}.ipynb").read_text(encoding="utf-8")
    assert "Because of them." in source


def test_a_course_may_ask_nothing(tmp_path):
    course = with_settings(tmp_path, "topic_questions = []\n")
    notebook = source_notebook(topic(TOPIC), course.assignment(TOPIC))
    assert not [c for c in notebook.cells if "Question" in c.source]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"topic_questions = ['{FIRST}']\n", f"there is no '{FIRST}'; there are: "),
        (f"points = {{ {FIRST}x = 3 }}\n", f"there is no '{FIRST}x'"),
        (
            f"[[assignments.{TOPIC}.questions]]\nname = '{FIRST}'\npoints = 1\ntext = '?'\n",
            f"'{FIRST}' is taken",
        ),
    ],
)
def test_slips_in_the_settings_are_named(tmp_path, text, told):
    course = with_settings(tmp_path, text)
    with pytest.raises(CourseError, match=told):
        quietly(release, course, TOPIC)


# --- graded by a person ---------------------------------------------------------------------------


def mark_of(course, student: str, name: str = ASKED.name):
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade(name, TOPIC, TOPIC, student)
        told = gradebook.find_comment(name, TOPIC, TOPIC, student)
        return mark.manual_score, mark.score, mark.needs_manual_grade, told.comment


def give(course, student: str, score: float, comment: str) -> None:
    """Do what formgrader does when a grader types a score and a comment."""
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade(ASKED.name, TOPIC, TOPIC, student)
        mark.manual_score, mark.needs_manual_grade = score, False
        gradebook.find_comment(ASKED.name, TOPIC, TOPIC, student).manual_comment = comment
        gradebook.db.commit()


def test_a_graders_work_survives_regrades(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    hand_in(course, "ada", {ASKED.name: "The <b>floor</b> is flat."})
    hand_in(course, "silent", {})
    graded(course)
    assert mark_of(course, "ada") == (None, 0.0, True, None)
    assert mark_of(course, "silent") == (None, 0.0, False, "No response.")  # as nbgrader has it
    give(course, "ada", 1.5, "And across?")
    kept = (1.5, 1.5, False, "And across?")
    graded(course)
    assert mark_of(course, "ada") == kept
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(TOPIC, "ada").score == 1.5
    hand_in(course, "ada", {ASKED.name: "The floor is flat, the walls are steep."})
    graded(course)
    assert mark_of(course, "ada") == (1.5, 1.5, True, "And across?")  # the answer is another
    give(course, "ada", 2.5, "Yes.")
    done = nbgrader(course, "autograde", TOPIC, "--force")
    assert done.returncode == 0, done.stderr
    assert mark_of(course, "ada") == (2.5, 2.5, True, "Yes.")


def test_an_answer_is_read_again_only_when_it_or_its_points_change(tmp_path, monkeypatch):
    """Points of an exercise, or of another question, put no answer back on the list."""
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    other = next(question.name for question in QUESTIONS if question.name != ASKED.name)
    exercise = CATALOGUE.topic(TOPIC).exercises[0].name
    hand_in(course, "ada", {ASKED.name: "The floor is flat."})
    graded(course)
    give(course, "ada", 1.5, "And across?")
    for points in (f"{exercise} = 9", f"{exercise} = 9, {other} = 1"):
        text = f"[assignments.{TOPIC}]\npoints = {{ {points} }}\n"
        (course.folder / "course.toml").write_text(text)
        graded(Course.open(course.folder))
        assert mark_of(course, "ada") == (1.5, 1.5, False, "And across?")
    text = f"[assignments.{TOPIC}]\npoints = {{ {ASKED.name} = 1 }}\n"
    (course.folder / "course.toml").write_text(text)
    graded(Course.open(course.folder))
    assert mark_of(course, "ada")[2]  # 1.5 of 1: to be looked at


def test_points_that_change_leave_nbgrader_and_empty_answers_as_they_were(tmp_path, monkeypatch):
    """Points are part of nbgrader's checksums: a locked cell, and an answer nobody gave."""
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    hand_in(course, "ada", {})
    graded(course)
    before = mark_of(course, "ada")
    assert before[2] is False
    exercise, dropped = (one.name for one in CATALOGUE.topic(TOPIC).exercises[:2])
    points = f"points = {{ {exercise} = 9, {ASKED.name} = 5 }}\ndrop = ['{dropped}']\n"
    (course.folder / "course.toml").write_text(f"[assignments.{TOPIC}]\n{points}")
    graded(Course.open(course.folder))
    assert mark_of(course, "ada") == before
    done = nbgrader(course, "autograde", TOPIC, "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert mark_of(course, "ada") == before
    path = course.place("autograded", "ada", TOPIC) / f"{TOPIC}.ipynb"
    about = cells(path.read_text())[exercise]["metadata"]["nbgrader"]
    with course.gradebook() as gradebook:
        cell = gradebook.find_source_cell(exercise, TOPIC, TOPIC)
        assert (about["points"], about["checksum"]) == (9, cell.checksum)


def test_a_dropped_question_waits_for_nobody_until_it_counts_again(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    settings = course.folder / "course.toml"
    before = settings.read_text(encoding="utf-8")
    hand_in(course, "ada", {ASKED.name: "The floor is flat."})
    graded(course)
    give(course, "ada", 1.5, "And across?")
    hand_in(course, "bo", {ASKED.name: "The walls are steep."})
    settings.write_text(f"[assignments.{TOPIC}]\ndrop = ['{ASKED.name}']\n", encoding="utf-8")
    course = Course.open(course.folder)
    for _ in range(2):
        graded(course)
        assert [mark_of(course, who)[2] for who in ("ada", "bo")] == [False, False]
        assert not any(one.waiting for one in course_scores(course))
    settings.write_text(before, encoding="utf-8")
    course = Course.open(course.folder)
    graded(course)
    assert mark_of(course, "ada") == (1.5, 1.5, True, "And across?")  # to be looked at
    assert mark_of(course, "bo")[2] is True


def test_graders_see_the_guide_and_students_do_not(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    tampered = {f"{ASKED.name}-question": "### Give me all points", ASKED.name: "<i>Because.</i>"}
    hand_in(course, "ada", tampered)
    graded(course)
    path = course.place("autograded", "ada", TOPIC) / f"{TOPIC}.ipynb"
    ours = "".join(cells(path.read_text(encoding="utf-8"))[f"{ASKED.name}-question"]["source"])
    assert plain(ASKED.guide) in plain(ours) and plain(ASKED.text) in plain(ours)
    assert nbgrader(course, "autograde", TOPIC, "--force").returncode == 0
    theirs = cells(path.read_text(encoding="utf-8"))[f"{ASKED.name}-question"]["source"]
    assert "".join(theirs) == ours
    place = course.place("feedback", "ada", TOPIC) / f"{TOPIC}.html"
    quietly(write_feedback, course, TOPIC)
    page = place.read_text(encoding="utf-8")
    assert "not yet graded, of 3 points" in page and "still to be graded" in page
    give(course, "ada", 2.0, "Fair.")
    quietly(write_feedback, course, TOPIC)
    page = place.read_text(encoding="utf-8")
    assert "not yet graded, of 3 points" not in page
    assert "&lt; i&gt;Because.&lt; /i&gt;" in page and "Fair." in page
    assert "2 of 3 points" in page
    assert plain(ASKED.text)[:60] in plain(page)
    for question in QUESTIONS:
        assert plain(question.guide)[:40] not in plain(page)
    assert GUIDE not in page and "For graders" not in page and "given by a person" not in page


def test_a_new_gradebook_asks_for_the_answers_to_be_read_again(tmp_path, monkeypatch):
    """The autograded notebooks are as they were, but nobody has graded them here."""
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    released_only = tmp_path / "gradebook.db"
    shutil.copy(course.folder / "gradebook.db", released_only)
    hand_in(course, "ada", {ASKED.name: "Because."})
    graded(course)
    shutil.copy(released_only, course.folder / "gradebook.db")
    graded(course)
    assert mark_of(course, "ada") == (None, 0.0, True, None)


@pytest.mark.parametrize("moment", ["record_rows", "put_in_place"])
def test_a_new_answer_is_still_to_be_read_after_an_interruption(tmp_path, monkeypatch, moment):
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    hand_in(course, "ada", {ASKED.name: "Because."})
    graded(course)
    give(course, "ada", 1.5, "And why?")
    hand_in(course, "ada", {ASKED.name: "Because the floor is flat."})

    def interrupted(*args):
        raise KeyboardInterrupt

    whole = getattr(course_grade, moment)
    monkeypatch.setattr(course_grade, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        graded(course)
    monkeypatch.setattr(course_grade, moment, whole)
    graded(course)
    assert mark_of(course, "ada") == (1.5, 1.5, True, "And why?")
