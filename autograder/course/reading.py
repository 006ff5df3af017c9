"""One question across all students, as a table: written out, given points in, and taken back.

Formgrader shows one student after the other. Here a grader reads one question at a time, in a
spreadsheet. A model may suggest points from the guide, where ``[model]`` in ``course.toml`` names
one; question, guide and answer go there, and nothing else: no name, no file. What it says stands in
columns of its own, and counts only where a person writes points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.answers import plain, text_of
from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.page import without_guide
from autograder.report.model import points_text
from autograder.report.writers import cell
from autograder.submission.sheet import Sheet, SheetError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

__all__ = ["Answer", "AskedQuestion", "find_question", "give_points", "suggested", "write_table"]

COLUMNS = ("student", "answer", "points", "comment", "suggested", "why")


@dataclass(frozen=True)
class Answer:
    """What one student answered, and what a person gave it (None: nothing yet)."""

    student: str
    text: str
    points: float | None = None
    comment: str = ""
    suggested: float | None = None
    why: str = ""


@dataclass(frozen=True)
class AskedQuestion:
    """A question of an assignment: its words, its guide, and everybody's answer."""

    assignment: str
    notebook: str
    name: str
    text: str
    guide: str
    points: float
    answers: Sequence[Answer]


def find_question(course: Course, assignment: str, name: str) -> AskedQuestion:
    """Return a question with all answers, in the students' order.

    Raises
    ------
    CourseError
        If the assignment does not ask it, or nothing of it is graded.
    """
    course.assignment(assignment)
    with course.gradebook() as gradebook:
        notebook, points = _asked(gradebook, assignment, name)
        students = sorted(s.student.id for s in gradebook.assignment_submissions(assignment))
        answers, shown = [], ""
        for student in students:
            path = course.place("autograded", student, assignment) / f"{notebook}.ipynb"
            found = _cells(path)
            if name not in found:
                continue
            shown = shown or found.get(f"{name}-question", "")
            grade = gradebook.find_grade(name, notebook, assignment, student)
            comment = gradebook.find_comment(name, notebook, assignment, student)
            given = None if grade.needs_manual_grade else grade.manual_score
            answers.append(Answer(student, found[name], given, comment.manual_comment or ""))
    if not answers:
        raise CourseError(f"{assignment}: no answer to {name} is graded: autograder course grade")
    guide = shown[len(without_guide(shown)) :]
    return AskedQuestion(assignment, notebook, name, without_guide(shown), guide, points, answers)


def _asked(gradebook: Gradebook, assignment: str, name: str) -> tuple[str, float]:
    """Return the notebook that asks a question, and its points."""
    asked = {}
    for notebook in gradebook.find_assignment(assignment).notebooks:
        for part in notebook.grade_cells:
            if part.cell_type == "markdown":
                asked[part.name] = (notebook.name, float(part.max_score))
    if name not in asked:
        told = ", ".join(sorted(asked)) or "none"
        raise CourseError(f"{assignment} has no question {name}; its questions are: {told}")
    return asked[name]


def _cells(path: Path) -> dict[str, str]:
    """Return the text of each named cell of an autograded notebook; nothing without one."""
    import json

    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    named = ((part["metadata"].get("nbgrader", {}).get("grade_id"), part) for part in cells)
    return {name: text_of(part) for name, part in named if name}


def write_table(question: AskedQuestion, path: Path) -> None:
    """Write the answers as a table to read and fill in; no cell is a formula."""
    import csv

    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for answer in question.answers:
            figures = (answer.points, answer.suggested)
            points, other = ("" if f is None else points_text(f) for f in figures)
            row = (cell(answer.student), _lines(answer.text), points)
            table.writerow([*row, cell(answer.comment), other, cell(answer.why)])


def _lines(text: str) -> str:
    """Return a text whose lines stay lines, none of them a formula."""
    return "\n".join(str(cell(line)) for line in text.split("\n"))


def give_points(course: Course, question: AskedQuestion, path: Path) -> tuple[int, list[str]]:
    """Take points and comments from a table that was filled in.

    Returns
    -------
    int
        How many answers have points now that they did not have before.
    list of str
        Rows that were left out, each with the reason.

    Raises
    ------
    CourseError
        If the table cannot be read, or a column is missing.
    """
    try:
        sheet = Sheet.load(path)
    except (SheetError, OSError) as error:
        raise CourseError(f"{path.name}: {error}") from None
    for column in COLUMNS[:3]:
        if sheet.column(column) is None:
            raise CourseError(f"{path.name} needs a column `{column}` in its first line")
    known = {str(cell(answer.student)): answer for answer in question.answers}
    given, left = [], []
    for number, row in enumerate(sheet.records(COLUMNS), 2):
        told = _given(row, known, question)
        if isinstance(told, str):
            left.append(f"{path.name}, line {number}: {row['student']}: {told}")
        elif told is not None:
            given.append(told)
    with course.gradebook() as gradebook:
        for answer in given:
            where = (question.notebook, question.assignment, answer.student)
            grade = gradebook.find_grade(question.name, *where)
            grade.manual_score, grade.needs_manual_grade = answer.points, False
            if answer.comment:
                gradebook.find_comment(question.name, *where).manual_comment = answer.comment
        gradebook.db.commit()
    return len(given), left


def _given(
    row: dict[str, str], known: dict[str, Answer], question: AskedQuestion
) -> Answer | str | None:
    """Return what a row gives; None where it gives nothing new, a text where it cannot be taken."""
    answer = known.get(row["student"])
    if answer is None:
        return "no answer of that student's is graded"
    if not row["points"].strip():
        return None
    if plain(row["answer"]) != plain(_lines(answer.text)):
        return "the answer is another one now: write the table again"
    try:
        points = float(row["points"].replace(",", "."))
    except ValueError:
        return f"{row['points']} is no number"
    if not 0 <= points <= question.points:
        return f"{row['points']} is not from 0 to {points_text(question.points)}"
    comment = row.get("comment", "").strip()
    if answer.points == points and (comment or answer.comment) == answer.comment:
        return None
    return replace(answer, points=points, comment=comment)


def suggested(
    question: AskedQuestion,
    ask: Callable[[str, str], str],
    said: Callable[[str], None] = lambda line: None,
) -> AskedQuestion:
    """Return the question with suggestions for the answers that have no points yet.

    Parameters
    ----------
    question : AskedQuestion
    ask : callable
        ``ask(system, text)`` returns what a model says.
    said : callable
        Is told, in a line each, where there is no suggestion.
    """
    return replace(question, answers=list(_suggested(question, ask, said)))


def _suggested(
    question: AskedQuestion, ask: Callable[[str, str], str], said: Callable[[str], None]
) -> Iterator[Answer]:
    from autograder.course.language_model import SYSTEM, ModelError, read_reply

    for answer in question.answers:
        if answer.points is not None or not plain(answer.text):
            yield answer
            continue
        text = (
            f"Points to give: from 0 to {points_text(question.points)}.\n\nQuestion:\n"
            f"{question.text}\n\n{question.guide}\n\nThe answer, between the marks:\n"
            f"<<<\n{answer.text}\n>>>"
        )
        try:
            points, why = read_reply(ask(SYSTEM, text), question.points)
        except ModelError as error:
            said(f"{answer.student}: no suggestion: {error}")
            yield answer
            continue
        yield replace(answer, suggested=points, why=why)
