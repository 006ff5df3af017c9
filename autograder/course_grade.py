"""Grading an assignment of a course: judged in parallel, written into nbgrader's places in batches.

It leaves what ``nbgrader autograde`` leaves: the same autograded notebooks, the same rows in the
gradebook. Verdicts are kept as soon as they are there, keyed by all they depend on, so nothing is
judged twice; the notebook and the gradebook follow from the verdicts and are written again where
they differ.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

from autograder.carrier import Truth, fill, link_in, links_below, repair
from autograder.cells import MAX_NOTEBOOK, SubmissionError, read_text
from autograder.course import Course, CourseError
from autograder.grading import Item, grade_all
from autograder.report import Report, rounded

__all__ = ["Change", "Outcome", "grade_assignments", "submissions"]

BATCH = 100
PATIENCE = 30.0  # seconds to wait for a gradebook that another program holds
Progress = Callable[[int, int, Report], None]
Batch = dict[str, list[tuple[Item, Report]]]


@dataclass(frozen=True)
class Change:
    """A score that a new grading changed."""

    student: str
    exercise: str
    old: float
    new: float


@dataclass
class Outcome:
    """What grading an assignment gave.

    Attributes
    ----------
    reports : sequence of Report
        Each is read when asked for: a large class is not held in memory.
    mean, points : float
        Points earned, and those there were to earn.
    changes : list of Change
        Scores that were there before and are now different.
    remarks : list of str
        What an instructor should know, one line each.
    broken : list of str
        Where the grader itself failed, one line each.
    """

    reports: Sequence[Report]
    mean: float = 0.0
    points: float = 0.0
    changes: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def note(self, report: Report) -> None:
        """Take a report into account."""
        self.mean += report.earned / len(self.reports)
        self.points = report.points
        if report.error:
            self.remarks.append(f"{report.student}: {report.error}")
        self.broken += [
            f"{report.student}: {exercise.name}: {exercise.message}"
            for exercise in report
            if exercise.status == "broken"
        ]


def grade_assignments(
    course: Course,
    assignments: Sequence[str],
    *,
    jobs: int | None = None,
    resume: bool = True,
    executor: str = "local",
    progress: Progress = lambda done, total, report: None,
) -> dict[str, Outcome]:
    """Grade every submission of some assignments with one set of judges.

    Parameters
    ----------
    course : Course
    assignments : sequence of str
    jobs : int, optional
        Judge processes; one per processor by default.
    resume : bool
        Keep the verdicts that still hold.
    executor : str
        ``"local"`` or ``"dask:ADDRESS"``.
    progress : callable
        Told of each verdict.

    Returns
    -------
    dict
        The outcome of each assignment.

    Raises
    ------
    CourseError, GradeError
        If grading cannot start or cannot go on; what was graded is kept.
    """
    work = {name: _work(course, name) for name in assignments}
    items = [item for found, _ in work.values() for item in found]
    # nbgrader takes longer to import than many a class to judge: both at once
    Thread(target=import_module, args=("nbgrader.api",), daemon=True).start()
    reports = grade_all(
        items,
        course.catalogue,
        course.secret,
        course.private / "results",
        sandbox=course.sandbox,
        jobs=jobs,
        resume=resume,
        executor=executor,
        progress=progress,
    )
    outcomes, start = {}, 0
    for name, (found, remarks) in work.items():
        end = start + len(found)
        outcomes[name] = Outcome(reports[start:end], remarks=remarks)
        _carry(course, name, found, outcomes[name])
        start = end
    return outcomes


def _carry(course: Course, assignment: str, items: Sequence[Item], outcome: Outcome) -> None:
    """Bring the verdicts on an assignment into nbgrader's places, batch by batch."""
    truths = _truths(course, assignment)
    numbers: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        numbers.setdefault(item.student, []).append(number)
    for students in _batches(sorted(numbers)):
        batch = {s: [(items[n], outcome.reports[n]) for n in numbers[s]] for s in students}
        for report in (report for graded in batch.values() for _, report in graded):
            outcome.note(report)
        outcome.changes += _store(course, assignment, truths, batch)


def submissions(course: Course, assignment: str) -> list[Item]:
    """List what was handed in."""
    return _work(course, assignment)[0]


def _work(course: Course, assignment: str) -> tuple[list[Item], list[str]]:
    """List what is to be judged, and what an instructor should know."""
    course.assignment(assignment)
    released = course.place("release", ".", assignment).glob("*.ipynb")
    notebooks = sorted(path.stem for path in released)
    if not notebooks:
        raise CourseError(f"{assignment} was not released: run autograder course release first")
    foreign = [name for name in notebooks if name not in course.catalogue.names()]
    if foreign:
        raise CourseError(
            f"{assignment}: {', '.join(foreign)} is no topic: grade it with nbgrader autograde"
        )
    return _items(course, assignment, notebooks)


def _batches(students: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(students), BATCH):
        yield students[start : start + BATCH]


def _truths(course: Course, assignment: str) -> dict[str, Truth]:
    """Return the assignment's notebooks as the gradebook knows them."""
    from nbgrader.api import MissingEntry
    from sqlalchemy.exc import OperationalError

    try:
        with course.gradebook() as gradebook:
            try:
                notebooks = gradebook.find_assignment(assignment).notebooks
            except MissingEntry:
                notebooks = []
            truths = {notebook.name: Truth.read(notebook) for notebook in notebooks}
    except OperationalError as error:
        raise CourseError(
            f"the gradebook cannot be read ({error.orig}): what was graded is kept; run the same "
            "command again when it can"
        ) from None
    if not truths:
        raise CourseError(f"{assignment} is not in the gradebook: run autograder course release")
    return truths


def _items(
    course: Course, assignment: str, notebooks: Sequence[str]
) -> tuple[list[Item], list[str]]:
    """List what was handed in; what cannot be followed or found is named."""
    step = course.step("submitted")
    given = course.place("submitted", "*", assignment)
    depth = given.relative_to(course.folder).parts.index("*")
    base = course.folder.joinpath(*given.relative_to(course.folder).parts[:depth])
    items, remarks = [], []
    entries = sorted(base.iterdir()) if base.is_dir() else []
    for entry in entries:
        student = entry.name
        place = course.place("submitted", student, assignment)
        if student.startswith("."):
            continue
        try:
            if not os.path.lexists(place):
                continue
            problem = link_in(place, course.folder)
            os.listdir(place)
        except OSError as error:
            problem = f"the folder cannot be read: {error.strerror}"
        for notebook in notebooks:
            path = place / f"{notebook}.ipynb"
            items.append(Item(student, notebook, path, problem or _problem(path, place, course)))
        if not problem:
            remarks += [f"{student}: {path} is a link: not copied" for path in links_below(place)]
    if not items:
        raise CourseError(f"nothing was handed in: {step}/STUDENT/{assignment} holds no submission")
    return items, remarks


def _problem(path: Path, place: Path, course: Course) -> str:
    if not os.path.lexists(path):
        found = sorted(other.name for other in place.glob("*.ipynb"))
        there = f"; there is {', '.join(found)}" if found else ""
        return f"{path.name} was not handed in{there}"
    return link_in(path, course.folder)


# --- into nbgrader's places ----------------------------------------------------------------------


def _store(course: Course, assignment: str, truths: dict[str, Truth], batch: Batch) -> list[Change]:
    """Write the autograded notebooks of a batch, then its rows in one transaction."""
    from sqlalchemy.exc import OperationalError

    notebooks = {}
    for student, graded in batch.items():
        made = {
            item.topic: _carried(item, report, truths)
            for item, report in graded
            if item.topic in truths
        }
        if _write(course, assignment, student, made):
            notebooks[student] = made
        else:
            notebooks[student] = {name: {**nb, "kept": True} for name, nb in made.items()}
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with course.gradebook() as gradebook:
                return _record(course, gradebook, assignment, notebooks)
        except OperationalError as error:
            reason = str(error.orig)
            if "locked" not in reason or time.monotonic() > deadline:
                raise CourseError(
                    f"the gradebook cannot be written ({reason}): close what uses it (formgrader?) "
                    "and run the same command again; what was graded is kept"
                ) from None
            time.sleep(0.5)


def _carried(item: Item, report: Report, truths: dict[str, Truth]) -> dict[str, Any]:
    """Return the autograded notebook of one submission."""
    content: Any = {}
    if not report.error:
        content = _read(item.path)
    notebook = repair(content, truths[item.topic], report.error)
    fill(notebook, report)
    return notebook


def _read(path: Path) -> Any:
    """Read a notebook that was judged, of any version."""
    try:
        content = json.loads(read_text(path, MAX_NOTEBOOK))
        if content.get("nbformat") == 4:
            return content
        import nbformat

        return nbformat.convert(nbformat.reader.reads(json.dumps(content)), 4)
    except (SubmissionError, ValueError, AttributeError, KeyError, RecursionError):
        return {}  # it was replaced since it was judged: the verdict stands alone


def _write(course: Course, assignment: str, student: str, made: dict[str, Any]) -> bool:
    """Write a submission's autograded folder; return whether anything is new."""
    from nbformat.v4 import writes

    target = course.place("autograded", student, assignment)
    given = course.place("submitted", student, assignment)
    texts = {
        f"{name}.ipynb": (writes(_node(notebook)).rstrip("\n") + "\n").encode()
        for name, notebook in made.items()
    }
    if all(_same(target / name, text) for name, text in texts.items()):
        return False
    part = target.with_name(f".{target.name}.part")
    old = target.with_name(f".{target.name}.old")
    try:
        for left in (part, old):
            shutil.rmtree(left, ignore_errors=True)
        part.mkdir(parents=True)
        for name, text in texts.items():
            (part / name).write_bytes(text)
        for file in _other_files(course, given, assignment):
            (part / file[1]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file[0], part / file[1])
        for path in part.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o444)
        if target.exists():
            target.rename(old)
        part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise CourseError(
            f"{target.relative_to(course.folder)} cannot be written: {error.strerror}; what was "
            "graded is kept: run the same command again"
        ) from None
    return True


def _node(notebook: dict[str, Any]) -> Any:
    from nbformat import from_dict

    return from_dict(notebook)


def _same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _other_files(course: Course, given: Path, assignment: str) -> Iterator[tuple[Path, Path]]:
    """Yield the files that go with the notebook: the student's, then the instructor's own."""
    from nbgrader.utils import find_all_files

    ignored = [*course.directory.ignore, "*.ipynb"]
    source = course.place("source", ".", assignment)
    if not link_in(given, course.folder):
        links = set(links_below(given))
        for name in find_all_files(str(given), ignored):
            file = Path(name).relative_to(given)
            if file not in links and Path(name).stat().st_size <= MAX_NOTEBOOK:
                yield given / file, file
    for name in find_all_files(str(source), ignored):
        yield Path(name), Path(name).relative_to(source)


# --- into the gradebook --------------------------------------------------------------------------


def _record(
    course: Course, gradebook: Any, assignment: str, batch: dict[str, dict[str, Any]]
) -> list[Change]:
    """Write scores, comments and penalties, as nbgrader's own preprocessors do."""
    from nbgrader.api import Student

    found = gradebook.find_assignment(assignment)
    known = {student.id for student in gradebook.db.query(Student.id)}
    submissions = _submissions(gradebook, found, list(batch))
    penalties = _penalties(course)
    changes: list[Change] = []
    for student, made in batch.items():
        if student not in known:
            gradebook.db.add(Student(id=student))
        submission = submissions.get(student) or _new_submission(gradebook, found, student)
        timestamp = _timestamp(course, assignment, student)
        if timestamp:
            submission.timestamp = timestamp
        for notebook in submission.notebooks:
            if notebook.name in made:
                changes += _save(student, notebook, made[notebook.name])
                _penalise(student, submission, notebook, penalties)
    gradebook.db.commit()
    return changes


def _submissions(gradebook: Any, assignment: Any, students: Sequence[str]) -> dict[str, Any]:
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


def _new_submission(gradebook: Any, assignment: Any, student: str) -> Any:
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


def _save(student: str, notebook: Any, made: dict[str, Any]) -> list[Change]:
    """Set the scores and comments of one notebook; return the scores that changed."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    grades = {grade.cell.name: grade for grade in notebook.grades}
    comments = {comment.cell.name: comment for comment in notebook.comments}
    changes = []
    for cell in _node(made).cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if is_grade(cell) and name in grades:
            grade, score = grades[name], determine_grade(cell)[0]
            if grade.auto_score is not None and score is not None and grade.auto_score != score:
                changes.append(Change(student, name, grade.auto_score, score))
            if made.get("kept") and grade.auto_score == score:
                continue  # nothing is new: a grader's work stays as it is
            grade.auto_score = score
            grade.needs_manual_grade = grade.manual_score is not None or score is None
        if (is_solution(cell) or is_task(cell)) and name in comments:
            same = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comments[name].auto_comment = "No response." if same and not is_task(cell) else None
    return changes


def _penalties(course: Course) -> Any:
    from nbgrader.preprocessors import AssignLatePenalties

    penalties = AssignLatePenalties(config=course.config)
    penalties.init_plugin()
    return penalties


def _penalise(student: str, submission: Any, notebook: Any, penalties: Any) -> None:
    notebook.late_submission_penalty = None
    late = submission.total_seconds_late
    if late > 0:
        score = rounded(sum(_score(grade) for grade in notebook.grades))
        penalty = penalties.plugin_inst.late_submission_penalty(student, score, late)
        if penalty is not None:
            seen = SimpleNamespace(score=score)
            notebook.late_submission_penalty = penalties._check_late_penalty(seen, penalty)


def _score(grade: Any) -> float:
    """Return a grade's score as the gradebook computes it."""
    base = grade.manual_score if grade.manual_score is not None else grade.auto_score
    return 0.0 if base is None else float(base) + float(grade.extra_credit or 0.0)


def _timestamp(course: Course, assignment: str, student: str) -> Any:
    """Return when the submission was handed in, or None if its timestamp cannot be read."""
    place = course.place("submitted", student, assignment)
    if link_in(place / "timestamp.txt", course.folder):
        return None
    try:
        return course.directory.get_existing_timestamp(str(place))
    except (OSError, ValueError, AttributeError, OverflowError):
        return None
