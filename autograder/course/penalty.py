"""What handing in late costs each submission, of the score as it stands now.

``course.toml`` says it (`late`), else the plugin that nbgrader's configuration names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.late import Charge, Handed, charges
from autograder.course.times import TIMESTAMP, handed_in_at
from autograder.report.model import rounded

if TYPE_CHECKING:
    from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook

__all__ = ["Late", "Penalties", "late_list", "score_of"]


class Penalties:
    """Sets the penalties of a course's submissions."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._given = {name: course.assignment(name) for name in course.names()}
        self._charged: dict[str, Mapping[str, Charge]] = {}

    @cached_property
    def _plugin(self) -> Any:
        """Nbgrader's preprocessor with the plugin that the course's configuration names."""
        from nbgrader.preprocessors import AssignLatePenalties
        from traitlets import TraitError

        sys.path.insert(0, str(self._course.folder))  # where nbgrader's own command finds it
        try:
            found = AssignLatePenalties(config=self._course.config)
            found.init_plugin()
        except (ImportError, TraitError) as error:
            raise CourseError(
                f"the plugin for late submissions cannot be imported: {error}"
            ) from None
        finally:
            sys.path.remove(str(self._course.folder))
        return found

    def set(self, submission: SubmittedAssignment, assignment: str) -> bool:
        """Set what each notebook of a submission loses; return whether anything changed."""
        before = submission.extension
        given = self._given.get(assignment)
        if given and given.extensions is not None:
            submission.extension = self._course.extension(given, submission.student_id)
        changed = bool(before != submission.extension)
        for notebook in submission.notebooks:
            lost = notebook.late_submission_penalty
            score = rounded(sum(score_of(grade) for grade in notebook.grades))
            notebook.late_submission_penalty = self._lost(submission, assignment, notebook, score)
            changed = changed or bool(lost != notebook.late_submission_penalty)
        return changed

    def _lost(
        self,
        submission: SubmittedAssignment,
        assignment: str,
        notebook: SubmittedNotebook,
        score: float,
    ) -> float | None:
        given = self._given.get(assignment)
        if given and given.late is not None:
            charge = self.charge(assignment, submission.student_id)
            points = sum(float(grade.cell.max_score or 0.0) for grade in notebook.grades)
            return rounded(charge.taken(score, points)) or None
        late = submission.total_seconds_late if submission.assignment.duedate else 0
        if late <= 0:
            return None
        student = submission.student_id
        told = self._plugin.plugin_inst.late_submission_penalty(student, score, late)
        if told is None:
            return None
        checked: float = self._plugin._check_late_penalty(SimpleNamespace(score=score), told)
        return checked

    def check(self) -> None:
        """Raise CourseError if the plugin is needed and cannot be imported."""
        if any(given.late is None for given in self._given.values()):
            _ = self._plugin

    def charge(self, assignment: str, student: str) -> Charge:
        """Return what a student is charged in an assignment."""
        if student not in self._charged:
            self._charged[student] = charges(self._handed(student), self._course.free_days)
        return self._charged[student].get(assignment, Charge())

    def _handed(self, student: str) -> Iterator[Handed]:
        for name, given in self._given.items():
            due = self.due(name, student)
            when = handed_in_at(self._course, name, student, given.zone).when if due else None
            if given.late and due and when:
                yield name, due, when, given.late

    def due(self, assignment: str, student: str) -> datetime | None:
        """Return until when a student may hand in."""
        given = self._given[assignment]
        if given.due is None:
            return None
        return given.due + (self._course.extension(given, student) or timedelta())


def score_of(grade: Grade) -> float:
    """Return a grade's score as the gradebook computes it."""
    base = grade.manual_score if grade.manual_score is not None else grade.auto_score
    return 0.0 if base is None else float(base) + float(grade.extra_credit or 0.0)


# --- who is late ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """Who handed in after the due date, and by how much."""

    student: str
    when: datetime
    by: timedelta
    cost: str = ""

    def __str__(self) -> str:
        minutes = int(self.by.total_seconds() // 60)
        days, hours = divmod(minutes // 60, 24)
        told = (f"{days} d " if days else "") + f"{hours} h {minutes % 60} min"
        cost = f"; {self.cost}" if self.cost else ""
        return f"late: {self.student}: {told} ({self.when:%Y-%m-%d %H:%M} UTC){cost}"


def late_list(course: Course, assignment: str) -> tuple[list[Late], list[str]]:
    """Return who was late, and the times that had to be interpreted, one line each."""
    penalties = Penalties(course)
    late, doubts = [], []
    pattern = course.place("submitted", "*", assignment).relative_to(course.folder)
    depth = pattern.parts.index("*")
    for place in sorted(course.folder.glob(pattern.as_posix())):
        student = place.relative_to(course.folder).parts[depth]
        if student.startswith("."):
            continue
        stamp = handed_in_at(course, assignment, student)
        if stamp.doubt:
            doubts.append(f"{student}: {TIMESTAMP}: {stamp.doubt}")
        due = penalties.due(assignment, student)
        if due and stamp.when and stamp.when > due:
            cost = str(penalties.charge(assignment, student))
            late.append(Late(student, stamp.when, stamp.when - due, cost))
    return late, doubts
