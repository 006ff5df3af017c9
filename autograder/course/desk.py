"""What students of this course find at their desks: its points, its part of a topic, its exams.

A topic that a course changes is released with records and stubs of its own; the rest of the package
is as it was built.
"""

from __future__ import annotations

from pathlib import Path

from autograder.course.assignment import SETTINGS, Assignment, CourseError
from autograder.course.course import Course
from autograder.course.source import to_release
from autograder.desk.ladder import DESK, LADDER, OPEN
from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.live import LiveSource
from autograder.topic.record import edit_record, record_topic, write_record
from autograder.topic.roots import RECORD
from autograder.topic.seeds import seeder
from autograder.values.table import Table

__all__ = ["desk_files"]

INSIDE = "autograder/_assignments"


def desk_files(course: Course) -> dict[str, Path]:
    """Return what sets up the students' desks, by its place in the package."""
    found = dict(_hints(course))
    for name in to_release(course):
        if name not in course.catalogue.names():
            continue
        assignment, topic = course.assignment(name), course.catalogue.topic(name)
        if _changed(assignment):
            found |= _topic(course, assignment, topic)
    return found


def _hints(course: Course) -> dict[str, Path]:
    hints = course.settings.get("hints", LADDER)
    if hints not in (LADDER, OPEN):
        raise CourseError(f'{SETTINGS}: hints = "{hints}": choose "{LADDER}" or "{OPEN}"')
    lines = [f'hints = "{OPEN}"\n'] if hints == OPEN else []
    if not course.settings.get("another_way", True):
        lines.append("another_way = false\n")
    if not lines:
        return {}
    path = course.private / DESK
    path.write_text("".join(lines), encoding="utf-8")
    return {f"{INSIDE}/{DESK}": path}


def _changed(assignment: Assignment) -> bool:
    """Whether students of this course have another topic than all others."""
    own = assignment.points, assignment.questions, assignment.exam, assignment.exercises
    return any(own) or assignment.topic_questions is not None


def _topic(course: Course, assignment: Assignment, topic: AuthoredTopic) -> dict[str, Path]:
    folder = course.private / "desk" / topic.name
    folder.mkdir(parents=True, exist_ok=True)
    record = course.catalogue.record(topic.name)
    made: dict[str, Path] = {}
    if assignment.exercises:
        record = folder / "part.npz"
        source = LiveSource(topic, seeder(b"public", topic.name), hidden=False)
        write_record(record, record_topic(source))
        stub = folder / f"{topic.name}.py"
        stub.write_text(topic.chapter.without_solutions(), encoding="utf-8", newline="\n")
        made[stub.name] = stub
    points, asked = assignment.all_points(topic), assignment.asked(topic)

    def change(texts: Table) -> None:
        for entry in texts["exercises"]:
            entry["points"] = points[entry["name"]]
        texts["questions"] = [{"name": q.name, "points": points[q.name]} for q in asked]

    edit_record(record, folder / RECORD, change, exam=assignment.exam)
    made[RECORD] = folder / RECORD
    notebook = course.place("release", ".", assignment.name) / f"{topic.name}.ipynb"
    if notebook.is_file():
        made[notebook.name] = notebook
    return {f"{INSIDE}/{topic.name}/{name}": path for name, path in made.items()}
