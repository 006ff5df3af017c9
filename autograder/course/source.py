"""From the topics to the instructor's notebooks, and from these to what students get."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.assignment import Assignment, due_text
from autograder.course.course import Course
from autograder.topic.catalogue import AuthoredTopic

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.api import Gradebook

__all__ = ["derived", "enrol", "refresh_source", "release", "source_notebook", "to_release"]


def refresh_source(course: Course, name: str) -> bool:
    """Write an assignment's instructor notebook, unless it was edited by hand.

    Returns
    -------
    bool
        Whether the notebook is the derived one.
    """
    target = _source(course, name)
    if (target.exists() and not derived(course, name)) or name not in course.catalogue.names():
        return False
    import nbformat

    target.parent.mkdir(parents=True, exist_ok=True)
    notebook = source_notebook(course.catalogue.topic(name), course.assignment(name))
    target.write_text(nbformat.writes(notebook), encoding="utf-8", newline="\n")
    written = {**_written(course), name: _digest(target)}
    log = course.private / "sources.json"
    log.write_text(json.dumps(written, indent=1, sort_keys=True))
    return True


def derived(course: Course, name: str) -> bool:
    """Whether an assignment's instructor notebook is as it was written here."""
    target = _source(course, name)
    return target.exists() and _written(course).get(name) == _digest(target)


def to_release(course: Course) -> list[str]:
    """Return the assignments without those whose section left ``course.toml``."""
    listed = course.sections
    return [name for name in course.names() if name in listed or not derived(course, name)]


def _source(course: Course, name: str) -> Path:
    return course.folder / "source" / name / f"{name}.ipynb"


def _written(course: Course) -> dict[str, str]:
    log = course.private / "sources.json"
    written: dict[str, str] = json.loads(log.read_text()) if log.exists() else {}
    return written


def source_notebook(topic: AuthoredTopic, assignment: Assignment) -> NotebookNode:
    """Return the instructor's notebook with this course's points and questions."""
    from autograder.build.notebooks import instructor_notebook, text_cell

    asked = assignment.asked(topic)
    notebook = instructor_notebook(topic, points=assignment.points, questions=asked)
    if assignment.due is not None:
        notebook.cells.insert(2, text_cell("due-date", due_text(assignment)))
    return notebook


def release(course: Course, name: str) -> list[str]:
    """Make the student version of an assignment with nbgrader; return remarks."""
    assignment, remarks = course.assignment(name), []
    if not refresh_source(course, name):
        remarks.append(f"source/{name} was edited by hand: it is released as it is")
    course.convert("GenerateAssignment", name)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(name, duedate=assignment.due)
        enrol(course, gradebook)
    return remarks


def enrol(course: Course, gradebook: Gradebook) -> None:
    """Bring the students' table into the gradebook."""
    for row in course.students():
        details = {k: v for k, v in row.items() if k != "id"}
        gradebook.update_or_create_student(row["id"], **details)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
