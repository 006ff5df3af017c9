"""Requests to look at a grade again: a table in the course, and the list of those still open.

``regrades.csv`` has the columns student, assignment, exercise, request, answer; a form or a
spreadsheet may write it. A request is open while its answer is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.ledger import Change, logged
from autograder.course.scores import MarkedCell, Marks, course_scores
from autograder.report.model import points_text
from autograder.submission.sheet import Sheet, SheetError

__all__ = ["REGRADES", "Request", "regrades"]

REGRADES = "regrades.csv"
_COLUMNS = ("student", "assignment", "exercise", "request", "answer")


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes
    ----------
    line : int
        Of the table, the heads being the first.
    student, assignment, exercise, request, answer : str
    cell : MarkedCell or None
        What the exercise has now.
    changes : sequence of Change
        What was logged of it.
    problem : str
        Why it is about nothing there is; "" otherwise.
    """

    line: int
    student: str
    assignment: str
    exercise: str
    request: str
    answer: str = ""
    cell: MarkedCell | None = None
    changes: Sequence[Change] = field(default_factory=tuple)
    problem: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.answer

    def __str__(self) -> str:
        about = f"{self.student}: {self.assignment}: {self.exercise}"
        if self.problem:
            return f"{REGRADES}, line {self.line}: {about}: {self.problem}"
        cell = self.cell
        has = f"{points_text(cell.score)} of {points_text(cell.points)}" if cell else "no grade"
        was = "".join(f"; {c}".replace(f"{c.student}: {c.exercise}: ", "") for c in self.changes)
        return f"{about}: {has}{was}: {self.request}"


def regrades(course: Course) -> list[Request]:
    """Return all requests, in the table's order.

    Raises
    ------
    CourseError
        If there is no table, or a column is missing.
    """
    path = course.folder / REGRADES
    if not path.exists():
        raise CourseError(f"there is no {REGRADES}: make a table with {', '.join(_COLUMNS)}")
    try:
        sheet = Sheet.load(path)
    except SheetError as error:
        raise CourseError(str(error)) from None
    for column in _COLUMNS[:4]:
        if sheet.column(column) is None:
            raise CourseError(f"{REGRADES} needs a column `{column}` in its first line")
    marks = {(one.student, one.assignment): one for one in course_scores(course)}
    changes = logged(course)
    return [
        _request(course, number, row, marks, changes)
        for number, row in enumerate(sheet.records(_COLUMNS), 2)
    ]


def _request(
    course: Course,
    line: int,
    row: dict[str, str],
    marks: dict[tuple[str, str], Marks],
    changes: Sequence[Change],
) -> Request:
    key = (row["student"], row["assignment"])
    sheets = marks[key].notebooks.values() if key in marks else ()
    cells = {cell.name: cell for sheet in sheets for cell in sheet.parts}
    problem = ""
    if row["assignment"] not in course.names():
        problem = "there is no such assignment"
    elif key not in marks:
        problem = "nothing of this student's is graded"
    elif row["exercise"] not in cells:
        problem = f"there is no such exercise; there are: {', '.join(sorted(cells))}"
    about = (row["student"], row["assignment"], row["exercise"])
    return Request(
        line,
        *about,
        row["request"],
        row.get("answer", ""),
        cells.get(row["exercise"]),
        [c for c in changes if (c.student, c.assignment, c.exercise) == about],
        problem,
    )
