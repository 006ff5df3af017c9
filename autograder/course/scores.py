"""Who has how much in a course: the one place that tells, for every command, page and export.

A score is what the gradebook holds, points given by hand included, less what handing in late costs.
Who has no verdict has no score; an answer that waits for a person counts nothing yet. A submission
that could not be read has zero points, and counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.kept import without_verdict
from autograder.course.penalty import Penalties, score_of
from autograder.report.model import rounded

if TYPE_CHECKING:
    from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook

__all__ = ["MarkedCell", "MarkedNotebook", "Marks", "course_scores", "mean", "scores_in"]


@dataclass(frozen=True)
class MarkedCell:
    """One graded cell: its points, what it has, and what the verdict alone gave."""

    name: str
    score: float
    points: float
    judged: float | None = None
    waiting: bool = False


@dataclass(frozen=True)
class MarkedNotebook:
    """One notebook of a submission: its graded cells, and what it loses for being late."""

    parts: tuple[MarkedCell, ...]
    penalty: float = 0.0

    @property
    def score(self) -> float:
        """What it has."""
        return rounded(max(0.0, sum(part.score for part in self.parts) - self.penalty))

    @property
    def points(self) -> float:
        """What there is to have."""
        return rounded(sum(part.points for part in self.parts))


@dataclass(frozen=True)
class Marks:
    """What one student has in one assignment.

    Attributes
    ----------
    student, assignment : str
    score : float
        With what was given by hand and less what being late costs.
    points : float
        Those there are.
    penalty : float
        For being late.
    waiting : int
        Answers that a person has yet to grade.
    name : tuple of str
        First and last.
    email : str
    notebooks : dict of MarkedNotebook
        By name, which is the topic's.
    """

    student: str
    assignment: str
    score: float
    points: float
    penalty: float = 0.0
    waiting: int = 0
    name: tuple[str, str] = ("", "")
    email: str = ""
    notebooks: dict[str, MarkedNotebook] = field(default_factory=dict)


def course_scores(course: Course, assignments: Sequence[str] | None = None) -> list[Marks]:
    """Return what every student with a verdict has; penalties follow what is given by hand.

    Raises
    ------
    CourseError
        If the gradebook cannot be read.
    """
    from sqlalchemy.exc import OperationalError

    try:
        with course.gradebook() as gradebook:
            return scores_in(gradebook, course, assignments)
    except OperationalError as error:
        raise CourseError(f"the gradebook cannot be read ({error.orig})") from None


def scores_in(
    gradebook: Gradebook,
    course: Course,
    assignments: Sequence[str] | None = None,
    without: Mapping[str, Collection[str]] | None = None,
) -> list[Marks]:
    """Return the same from a gradebook that is open; write penalties that changed, if it can be.

    `without` are those who have no verdict, by assignment, where the course does not know it yet.
    """
    from sqlalchemy.exc import OperationalError

    penalties = Penalties(course)
    failed = without_verdict(course) if without is None else without
    found, changed = [], False
    every = assignments is None
    wanted = [one for one in gradebook.assignments if every or one.name in (assignments or ())]
    with gradebook.db.no_autoflush:  # what cannot be written is still told
        for assignment in wanted:
            nothing = failed.get(assignment.name, ())
            points = float(assignment.max_score or 0.0)
            for submission in _submissions(gradebook, assignment):
                changed = penalties.set(submission, assignment.name) or changed
                if submission.student_id not in nothing and _graded(submission):
                    found.append(_marks(submission, assignment.name, points))
    if changed:
        with suppress(OperationalError):  # a course that may only be read: told all the same
            gradebook.db.commit()
    gradebook.db.rollback()
    return found


def mean(marks: Iterable[Marks]) -> float:
    """Return the mean score; 0 of none."""
    scores = [one.score for one in marks]
    return sum(scores) / len(scores) if scores else 0.0


def _submissions(gradebook: Gradebook, assignment: Assignment) -> Iterator[SubmittedAssignment]:
    """Yield an assignment's submissions, loaded with all that hangs on them, by student."""
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook
    from sqlalchemy.orm import selectinload

    notebooks = selectinload(SubmittedAssignment.notebooks)
    yield from (
        gradebook.db.query(SubmittedAssignment)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .options(
            notebooks.selectinload(SubmittedNotebook.grades),
            selectinload(SubmittedAssignment.student),
        )
        .order_by(SubmittedAssignment.student_id)
    )


def _graded(submission: SubmittedAssignment) -> bool:
    """Whether anything of a submission has a score, by a verdict or by hand."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return any(g.auto_score is not None or g.manual_score is not None for g in grades)


def _marks(submission: SubmittedAssignment, assignment: str, points: float) -> Marks:
    notebooks = {
        n.name: MarkedNotebook(tuple(_parts(n)), float(n.late_submission_penalty or 0.0))
        for n in submission.notebooks
    }
    parts = [part for notebook in notebooks.values() for part in notebook.parts]
    penalty = sum(notebook.penalty for notebook in notebooks.values())
    student = submission.student
    return Marks(
        submission.student_id,
        assignment,
        rounded(max(0.0, sum(part.score for part in parts) - penalty)),
        rounded(points),
        rounded(penalty),
        sum(part.waiting for part in parts),
        (student.first_name or "", student.last_name or ""),
        student.email or "",
        notebooks,
    )


def _parts(notebook: SubmittedNotebook) -> Iterator[MarkedCell]:
    for grade in notebook.grades:
        judged = None if grade.auto_score is None else float(grade.auto_score)
        points = float(grade.cell.max_score or 0.0)  # the grade's own is a query for each
        waiting = bool(grade.needs_manual_grade and points)  # what counts for nothing does not
        yield MarkedCell(grade.name, score_of(grade), points, judged, waiting)
