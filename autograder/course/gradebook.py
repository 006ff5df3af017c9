"""Into the gradebook: a batch's scores, comments and penalties in one transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.notebooks import Truth
from autograder.course.penalty import Penalties
from autograder.course.release import refuse_own
from autograder.course.scores import Marks, scores_in
from autograder.course.source import derived, enrol
from autograder.course.times import handed_in_at
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.api import Assignment, Gradebook, Notebook, SubmittedAssignment, SubmittedNotebook

__all__ = [
    *("AS_BEFORE", "KEPT", "follow_settings", "forget_verdict", "read_scores", "read_truths"),
    *("record_rows", "take_back"),
]

KEPT = "kept"  # marks a notebook that stands in its place already
AS_BEFORE = "as before"  # the answers in a notebook that stood in its place word for word
GRADEBOOK_PATIENCE = 30.0  # seconds to wait for a gradebook that another program holds


Written = TypeVar("Written")


def follow_settings(course: Course, assignment: str) -> None:
    """Bring what ``course.toml`` says today into the gradebook: due date, points, students.

    Points that it does not name follow the topic, unless the source was edited by hand. A due date
    that stands in the gradebook alone stays.

    Raises
    ------
    CourseError
        If a notebook holds tests of the instructor's own, or the gradebook cannot be read.
    """
    _patiently(course, lambda gradebook: _follow(course, gradebook, assignment))


def _follow(course: Course, gradebook: Gradebook, assignment: str) -> None:
    from nbgrader.api import MissingEntry

    given = course.assignment(assignment)
    try:
        found = gradebook.find_assignment(assignment)
    except MissingEntry:
        return  # was not released, and is refused
    if given.due is not None:
        found.duedate = given.due
    for notebook in found.notebooks:
        _refuse_own_tests(course, assignment, notebook)
        points = {**_in_source(course, notebook.name), **given.points}
        if notebook.name in course.catalogue.names() and derived(course, notebook.name):
            points = given.all_points(course.catalogue.topic(notebook.name))
        for cell in notebook.grade_cells:
            counted = bool(cell.max_score)
            cell.max_score = points.get(cell.name, cell.max_score)
            if bool(cell.max_score) != counted:  # dropped, or counted again
                for grade in cell.grades:
                    grade.needs_manual_grade = not counted and grade.auto_score is None
        _sum_anew(notebook)
    gradebook.db.commit()
    enrol(course, gradebook)


def _sum_anew(notebook: Notebook) -> None:
    """Have the checksums of graded cells follow their points, which are part of them.

    nbgrader refuses a locked cell whose checksum is another, and takes an answer for given.
    """
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    truth = Truth.read(notebook)
    for cell in notebook.source_cells:
        true = truth.cells[cell.name]
        if true.grade and cell.checksum:
            about = {"nbgrader": true.metadata}
            made = {"cell_type": cell.cell_type, "source": cell.source, "metadata": about}
            cell.checksum = compute_checksum(from_dict(made))


def _in_source(course: Course, name: str) -> dict[str, float]:
    """Return the points that stand in an instructor's notebook, by cell."""
    try:
        path = course.place("source", ".", name) / f"{name}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        abouts = [cell["metadata"].get("nbgrader", {}) for cell in cells]
        return {a["grade_id"]: float(a["points"]) for a in abouts if a.get("grade")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _refuse_own_tests(course: Course, assignment: str, notebook: Notebook) -> None:
    answers = {cell.name for cell in notebook.solution_cells}
    tests = [cell.name for cell in notebook.grade_cells if cell.cell_type == "code"]
    own = [name for name in tests if name not in answers]
    refuse_own(course, notebook.name, own, f"{assignment}/{notebook.name}.ipynb")


@contextmanager
def _told(course: Course) -> Iterator[Any]:
    """Open the gradebook; say in one line why it cannot be used."""
    from sqlalchemy.exc import OperationalError

    try:
        with course.gradebook() as gradebook:
            yield gradebook
    except OperationalError as error:
        raise CourseError(
            f"the gradebook cannot be read ({error.orig}): what was graded is kept; run the same "
            "command again when it can"
        ) from None


def read_truths(course: Course, assignment: str) -> dict[str, Truth]:
    """Return the assignment's notebooks as the gradebook knows them."""
    from nbgrader.api import MissingEntry

    with _told(course) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            notebooks = []
        place = course.place("release", ".", assignment)
        truths = {n.name: Truth.read(n, place / f"{n.name}.ipynb") for n in notebooks}
    if not truths:
        raise CourseError(f"{assignment} is not in the gradebook: run autograder course release")
    return truths


def read_scores(
    course: Course, assignment: str, failed: Mapping[str, str] | None = None
) -> list[Marks]:
    """Return what everybody has, see `scores_in`; wait for a gradebook that is held."""
    without = None if failed is None else {assignment: failed}
    return _patiently(course, lambda gradebook: scores_in(gradebook, course, [assignment], without))


def record_rows(course: Course, assignment: str, batch: Mapping[str, Table]) -> None:
    """Write a batch's rows in one transaction; wait for a gradebook that another program holds."""
    _patiently(course, lambda gradebook: _record(course, gradebook, assignment, batch))


def take_back(course: Course, assignment: str, students: Collection[str]) -> None:
    """Take back the scores of earlier verdicts on students who have none now.

    Formgrader would show them as if they were of what is handed in.
    """
    if students:
        _patiently(course, lambda gradebook: _take_back(gradebook, assignment, students))


def _take_back(gradebook: Gradebook, assignment: str, students: Collection[str]) -> None:
    found = gradebook.find_assignment(assignment)
    for submission in _submissions(gradebook, found, sorted(students)).values():
        for notebook in submission.notebooks:
            forget_verdict(notebook)
    gradebook.db.commit()


def forget_verdict(notebook: SubmittedNotebook) -> None:
    """Take a verdict's scores out of a notebook's rows: they wait. A person's points stay."""
    by_person = {cell.name for cell in notebook.notebook.solution_cells}
    for grade in notebook.grades:
        if grade.cell.name not in by_person or grade.auto_score is not None:
            grade.auto_score, grade.needs_manual_grade = None, True


def _patiently(course: Course, write: Callable[[object], Written]) -> Written:
    """Write into the gradebook; wait while another program holds it."""
    from sqlalchemy.exc import OperationalError

    deadline = time.monotonic() + GRADEBOOK_PATIENCE
    while True:
        try:
            with course.gradebook() as gradebook:
                return write(gradebook)
        except OperationalError as error:
            reason = str(error.orig)
            if "locked" not in reason or time.monotonic() > deadline:
                raise CourseError(
                    f"the gradebook cannot be written ({reason}): close what uses it (formgrader?) "
                    "and run the same command again; what was graded is kept"
                ) from None
            time.sleep(0.5)


def _record(
    course: Course, gradebook: Gradebook, assignment: str, batch: Mapping[str, Table]
) -> None:
    """Write scores, comments and penalties, as nbgrader's own preprocessors do."""
    from nbgrader.api import Student

    found = gradebook.find_assignment(assignment)
    asked = gradebook.db.query(Student.id).filter(Student.id.in_(list(batch)))
    known = {student.id for student in asked}
    submissions = _submissions(gradebook, found, list(batch))
    penalties = Penalties(course)
    penalties.check()
    for student, made in batch.items():
        if student not in known:
            gradebook.db.add(Student(id=student))
        before = submissions.get(student)
        submission = before or _new_submission(gradebook, found, student)
        timestamp = handed_in_at(course, assignment, student).when
        if timestamp:
            submission.timestamp = timestamp
        for notebook in submission.notebooks:
            if notebook.name in made:
                as_before = _as_before(made[notebook.name]) if before else ()
                _save(notebook, made[notebook.name], as_before)
        penalties.set(submission, assignment)
    gradebook.db.commit()


def _submissions(gradebook: Gradebook, assignment: Assignment, students: Sequence[str]) -> Table:
    """Load a batch's submissions with all that hangs on them, in a few queries."""
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook
    from sqlalchemy.orm import selectinload

    notebooks = selectinload(SubmittedAssignment.notebooks)
    query = (
        gradebook.db.query(SubmittedAssignment)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .filter(SubmittedAssignment.student_id.in_(students))
        .options(
            notebooks.selectinload(SubmittedNotebook.grades),
            notebooks.selectinload(SubmittedNotebook.comments),
        )
    )
    return {submission.student_id: submission for submission in query}


def _new_submission(
    gradebook: Gradebook, assignment: Assignment, student: str
) -> SubmittedAssignment:
    """Make the rows of a submission, as `Gradebook.add_submission` does, without a commit."""
    from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

    with gradebook.db.no_autoflush:
        submission = SubmittedAssignment(assignment=assignment, student_id=student)
        gradebook.db.add(submission)
        for notebook in assignment.notebooks:
            made = SubmittedNotebook(notebook=notebook, assignment=submission)
            gradebook.db.add(made)
            for cell in (*notebook.grade_cells, *notebook.task_cells):
                gradebook.db.add(Grade(cell_id=cell.id, cell=cell, notebook=made))
            for cell in (*notebook.solution_cells, *notebook.task_cells):
                gradebook.db.add(Comment(cell_id=cell.id, cell=cell, notebook=made))
    return submission


def _as_before(made: NotebookNode) -> Container[str]:
    """Return the graded cells of which nothing is new: a grader's work on them stays."""
    if KEPT in made:
        return {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in made.cells}
    return set(made.get(AS_BEFORE, ()))


def _save(notebook: SubmittedNotebook, made: NotebookNode, as_before: Container[str]) -> None:
    """Set the scores and comments of one notebook."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    grades = {grade.cell.name: grade for grade in notebook.grades}
    comments = {comment.cell.name: comment for comment in notebook.comments}
    for cell in made.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if is_grade(cell) and name in grades:
            grade, score = grades[name], determine_grade(cell)[0]
            if name in as_before and grade.auto_score == score:
                continue
            grade.auto_score = score
            asked = grade.manual_score is not None or score is None
            grade.needs_manual_grade = asked and bool(grade.cell.max_score)
        if (is_solution(cell) or is_task(cell)) and name in comments:
            same = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comments[name].auto_comment = "No response." if same and not is_task(cell) else None
