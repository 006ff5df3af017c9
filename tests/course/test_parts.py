"""Some exercises of a topic, one dropped after a complaint, and an exam: what follows from each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile

import pytest

from autograder.course.assignment import Assignment, CourseError
from autograder.course.course import Course
from autograder.course.desk import desk_files
from autograder.course.feedback import write_feedback
from autograder.course.grade import grade_assignments
from autograder.course.release import _add, check_release, check_source
from autograder.course.scores import course_scores
from autograder.course.source import release
from autograder.grading.figures import draw
from autograder.institution.results import load
from autograder.institution.stats import topic_stats
from autograder.report.figure import NO_FIGURE
from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.fingerprint import fingerprints
from autograder.topic.record import RecordedSource
from tests.conftest import CATALOGUE, ROOT
from tests.kit.courses import NARROW, TOPIC, fresh, judge_here, quietly, released, submit
from tests.kit.release import make_release, written

pytestmark = [pytest.mark.filterwarnings(text) for text in NARROW]
WHOLE = CATALOGUE.topic(TOPIC)
NAMES = list(WHOLE.chapter.parts)
POINTS = {exercise.name: exercise.points for exercise in WHOLE.exercises}


def closed(*names):
    """Return the exercises with all that they build on, in the chapter's order."""
    found, left = set(), list(names)
    while left:
        found.add(name := left.pop())
        left += WHOLE.exercise(name).needs
    return [name for name in NAMES if name in found]


PART = closed(NAMES[1], NAMES[-1])
ASKED = sum(question.points for question in WHOLE.questions)


def setting(course, *lines):
    text = "\n".join([f"[assignments.{TOPIC}]", *lines]) + "\n"
    (course.folder / "course.toml").write_text(text)
    return Course.open(course.folder)


def solved(course, wrong=()):
    """Return the released notebook with the worked solutions, but for some."""
    content = json.loads(released(course))
    for cell in content["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("-solution")
        if name in set(NAMES) - set(wrong) and cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = WHOLE.chapter.parts[name].cell.source
    return json.dumps(content).encode()


def grade(course):
    return quietly(lambda: grade_assignments(course, [TOPIC], jobs=1))[TOPIC]


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_chapter_in_part_is_a_chapter(name):
    """The first exercise alone: its cell is there, no other's, and what is left runs."""
    whole = CATALOGUE.topic(name)
    first = next(iter(whole.chapter.parts))
    assert whole.chapter.only(list(whole.chapter.parts)).text == whole.chapter.text
    part = AuthoredTopic(name, whole.root, (first,))
    assert [exercise.name for exercise in part.exercises] == [first]
    assert list(part.chapter.questions) == list(whole.chapter.questions)
    text = part.chapter.text
    assert text.count("### BEGIN SOLUTION") == 1
    assert f"def {first}(" in text and "def figure" not in text and not part.draws
    exec(compile(text, name, "exec"), {"__name__": "part"})
    assert set(part.truth(first)) == set(whole.chapter.parts)


def test_some_exercises_of_a_topic_are_set(tmp_path, monkeypatch):
    """Notebook, maximum, record, stub, verdict and figure follow."""
    judge_here(monkeypatch)
    course = setting(fresh(tmp_path), f"exercises = {json.dumps(PART)}")
    assert len(PART) < len(NAMES)
    check_source(course, TOPIC)  # what init wrote is written anew
    quietly(release, course, TOPIC)
    check_release(course, TOPIC)
    text = released(course)
    for name in NAMES:
        assert (f'check(\\"{name}\\")' in text) == (name in PART), name
    submit(course, "ada", solved(course))
    submit(course, "bo", solved(course, wrong=PART[-1:]))
    outcome = grade(course)
    total = sum(POINTS[name] for name in PART)
    marks = {one.student: one for one in outcome.marks}
    assert marks["ada"].points == total + ASKED
    assert marks["ada"].score == total and marks["bo"].score == total - POINTS[PART[-1]]
    assert [each.name for each in outcome.reports[0]] == PART
    assert fingerprints(course.catalogue.topic(TOPIC)).keys() == set(PART)
    stats = topic_stats(load(course.folder).of(TOPIC), load(course.folder).total)
    assert [item.name for item in stats.items][: len(PART)] == PART
    files = desk_files(course)
    place = f"autograder/_assignments/{TOPIC}"
    source = RecordedSource(files[f"{place}/public_checks.npz"])
    assert [each.name for each in source.exercises] == PART
    assert source.trials(source.exercises[0], source.exercises[0].checks[0])
    stub = files[f"{place}/{TOPIC}.py"].read_text()
    assert stub.count("raise NotImplementedError") == len(PART)
    assert files[f"{place}/{TOPIC}.ipynb"].read_text() == text
    part = course.catalogue.topic(TOPIC)
    assert part.draws == ("def figure" in stub)
    if not part.draws:
        assert draw(None, part, submit(course, "cy", solved(course))) == NO_FIGURE


def test_slips_in_a_part_are_named(tmp_path):
    course = fresh(tmp_path)
    lstm = CATALOGUE.topic("lstm")
    lean = next(e for e in lstm.exercises if e.needs)
    part = AuthoredTopic("lstm", lstm.root, (lean.name,))
    with pytest.raises(CourseError, match=f"{lean.name} builds on .*: add it"):
        Assignment("lstm", exercises=(lean.name,)).asked(part)
    for text, told in (
        ('exercises = ["nothing"]', "there is no 'nothing'"),
        ('exercises = "all"', "write a list of names"),
        ('drop = ["nothing"]', "there is no 'nothing'"),
        ('exam = "yes"', "exam: choose"),
    ):
        with pytest.raises(CourseError, match=told):
            quietly(release, setting(course, text), TOPIC)


def test_a_part_chosen_after_the_release_is_one_line_and_no_zero(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    with pytest.raises(CourseError, match="release again, or, once it was handed in, take it out"):
        grade(setting(course, f"exercises = {json.dumps(PART)}"))


def test_a_dropped_exercise_counts_for_nobody(tmp_path, monkeypatch):
    judge_here(monkeypatch)
    course = fresh(tmp_path)
    submit(course, "ada", "right")
    submit(course, "bo", solved(course, wrong=NAMES[1:2]))
    before = {one.student: one.score for one in grade(course).marks}
    full = sum(POINTS.values())
    assert before == {"ada": full, "bo": full - POINTS[NAMES[1]]}
    outcome = grade(setting(course, f'drop = ["{NAMES[1]}"]'))
    assert {one.score for one in outcome.marks} == {full - POINTS[NAMES[1]]}
    assert outcome.marks[0].points == full - POINTS[NAMES[1]] + ASKED
    quietly(write_feedback, course, TOPIC)
    page = (course.place("feedback", "bo", TOPIC) / f"{TOPIC}.html").read_text()
    assert "does not count" in page
    back = grade(setting(course))  # and it may be taken back
    assert {one.student: one.score for one in back.marks} == before
    assert {one.student: one.score for one in course_scores(course)} == before


# --- at the desk ----------------------------------------------------------------------------------


def at_the_desk(course, folder, *args):
    """Run a command in a student's release that has the course's files."""
    release = make_release(folder, [TOPIC])
    for place, path in desk_files(course).items():
        inner = place.removeprefix("autograder/_assignments/")
        shutil.copyfile(path, release / "assignments" / inner)
    first, *rest = NAMES
    body = textwrap.dedent(WHOLE.chapter.parts[rest[0]].region)
    text = written(TOPIC, **{first: "return 0.0", rest[0]: body})
    (folder / f"{TOPIC}.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "autograder", *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(release), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_students_see_the_courses_points(tmp_path):
    course = setting(fresh(tmp_path), f"points = {{ {NAMES[0]} = 7 }}")
    done = at_the_desk(course, tmp_path / "desk", "check", f"{TOPIC}.py", "--json")
    found = {each["name"]: each["points"] for each in json.loads(done.stdout)["exercises"]}
    assert found == POINTS | {NAMES[0]: 7}


def test_an_exam_tells_what_passes_and_nothing_more(tmp_path):
    course = setting(fresh(tmp_path), 'exam = "public"')
    place = f"autograder/_assignments/{TOPIC}/public_checks.npz"
    source = RecordedSource(desk_files(course)[place])
    for exercise in source.exercises:
        assert exercise.misconceptions == []
        assert all(not t.variants() for c in exercise for t in source.trials(exercise, c))
    done = at_the_desk(course, tmp_path / "desk", "check", f"{TOPIC}.py", "--json", "--explain")
    first = json.loads(done.stdout)["exercises"][0]
    wrong = [check for check in first["checks"] if check["status"] == "failed"]
    assert wrong and all(check["sentence"] for check in wrong)
    for check in wrong:
        assert not any(check[key] for key in ("hint", "cause", "values", "message", "svg"))
    for option in ("--hint", "--explain"):
        shutil.rmtree(tmp_path / "desk")
        told = at_the_desk(course, tmp_path / "desk", "check", f"{TOPIC}.py", option).stdout
        assert "--explain" not in told and "--hint" not in told
        assert "hint" not in told.lower() and "expected" not in told


def test_an_exam_may_check_nothing_and_take_the_file_all_the_same(tmp_path):
    course = setting(fresh(tmp_path), 'exam = "none"')
    done = at_the_desk(course, tmp_path / "desk", "check", f"{TOPIC}.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"autograder: {TOPIC} is an exam: nothing is checked")
    assert done.stderr.count("\n") == 1
    shutil.rmtree(tmp_path / "desk")
    done = at_the_desk(course, tmp_path / "desk", "submit", f"{TOPIC}.py")
    assert done.returncode == 0, done.stderr
    assert "checks    none before grading" in done.stdout
    assert (tmp_path / "desk" / "handin" / f"{TOPIC}.py").exists() or "hand in" in done.stdout


@pytest.mark.parametrize("exam", ["public", "none"])
def test_an_exam_is_graded_by_all_checks(tmp_path, monkeypatch, exam):
    """What students see before they hand in says nothing about what counts."""
    judge_here(monkeypatch)
    course = setting(fresh(tmp_path), f'exam = "{exam}"')
    submit(course, "ada", "right")
    submit(course, "bo", solved(course, wrong=NAMES[1:2]))
    full = sum(POINTS.values())
    found = {one.student: one.score for one in grade(course).marks}
    assert found == {"ada": full, "bo": full - POINTS[NAMES[1]]}
    (report,) = [r for r in load(course.folder).of(TOPIC) if r.student == "bo"]
    assert any(check.hidden for exercise in report for check in exercise.checks)


def test_a_file_of_the_course_stands_once_in_the_wheel(tmp_path):
    wheel, own = tmp_path / "a.whl", tmp_path / "own"
    own.write_text("new")
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("autograder/x.py", "old")
        archive.writestr("autograder/y.py", "kept")
        archive.writestr("a.dist-info/RECORD", "autograder/x.py,sha256=1,3\nautograder/y.py,,\n")
    _add(wheel, {"autograder/x.py": own})
    with zipfile.ZipFile(wheel) as archive:
        assert sorted(archive.namelist()) == sorted(set(archive.namelist()))
        assert archive.read("autograder/x.py") == b"new"
        lines = archive.read("a.dist-info/RECORD").decode().splitlines()
    assert [line.split(",")[0] for line in lines] == ["autograder/x.py", "autograder/y.py"]
    assert ROOT.is_dir()
