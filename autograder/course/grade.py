"""Grading an assignment of a course: judged in parallel, written into nbgrader's places in batches.

It leaves what ``nbgrader autograde`` leaves: the same autograded notebooks, the same rows in the
gradebook. Verdicts are kept as soon as they are there, keyed by all they depend on, so nothing is
judged twice; the notebook and the gradebook follow from the verdicts and are written again where
they differ.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder.course.course import Course, CourseError
from autograder.course.intake import HandedIn, content, handed_in
from autograder.course.notebooks import Truth, fill, link_in, links_below, repair
from autograder.course.release import refuse_own
from autograder.course.times import Late, handed_in_at, late_list
from autograder.grading.pool import DOUBTFUL
from autograder.grading.run import Grading
from autograder.report.model import Report, rounded
from autograder.submission.cells import MAX_NOTEBOOK
from autograder.submission.item import Item

__all__ = ["Change", "GradedAssignment", "grade_assignments", "submissions"]

BATCH = 100
KEPT = "kept"  # marks a notebook that stands in its place already
GRADEBOOK_PATIENCE = 30.0  # seconds to wait for a gradebook that another program holds
Progress = Callable[[int, int, Report], None]


@dataclass(frozen=True)
class Change:
    """A score that a new grading changed."""

    student: str
    exercise: str
    old: float
    new: float


@dataclass
class GradedAssignment:
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
    late : list of Late
        Who handed in after the due date.
    broken : list of str
        Where the grader itself failed, one line each.
    """

    reports: Sequence[Report]
    mean: float = 0.0
    points: float = 0.0
    changes: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def note(self, report: Report) -> None:
        """Take a report into account."""
        self.mean += report.earned / len(self.reports)
        self.points = report.points
        if report.error and not report.broken:
            self.remarks.append(f"{report.student}: {report.error}")
        if report.doubtful:
            self.remarks.append(f"{report.student}: {report.topic}: {DOUBTFUL}")


def grade_assignments(
    course: Course,
    assignments: Sequence[str],
    *,
    jobs: int | None = None,
    resume: bool = True,
    executor: str = "local",
    progress: Progress = lambda done, total, report: None,
) -> dict[str, GradedAssignment]:
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
    items = [item for found in work.values() for item in found.items]
    grading = Grading(
        items,
        course.catalogue,
        course.secret,
        course.private / "results",
        sandbox=course.sandbox,
        jobs=jobs,
        resume=resume,
        executor=executor,
    )
    with ThreadPoolExecutor(1) as beside:
        carriers = [_Carrier(course, name, found.items, beside) for name, found in work.items()]
        homes = [(carrier, n) for carrier in carriers for n in range(len(carrier.items))]
        for done, (number, report) in enumerate(grading, 1):
            progress(done, len(items), report)
            carrier, own = homes[number]
            carrier.take(own, report)
    outcomes, start = {}, 0
    for carrier, (name, found) in zip(carriers, work.items(), strict=True):
        end = start + len(found.items)
        outcome = outcomes[name] = GradedAssignment(
            grading.reports[start:end], remarks=found.remarks
        )
        outcome.changes = carrier.finish(outcome.reports)
        outcome.late, doubts = late_list(course, name)
        outcome.remarks += doubts
        for report in outcome.reports:
            outcome.note(report)
        outcome.broken += [
            f"{student}: no verdict: {why}" for student, why in carrier.failed.items()
        ]
        course.keep_failed(name, carrier.failed)
        course.keep_handed_in(name, found.items, found.left_out)
        start = end
    return outcomes


class _Carrier:
    """Brings verdicts on an assignment into nbgrader's places while others are still awaited.

    What cannot be written at once (a full disk, a gradebook that is held) is put off to the end:
    judging goes on.
    """

    def __init__(
        self, course: Course, assignment: str, items: Sequence[Item], beside: ThreadPoolExecutor
    ) -> None:
        self.course, self.assignment, self.items = course, assignment, items
        # nbgrader takes longer to import than many a class to judge: both at once
        self._reading = beside.submit(_truths, course, assignment)
        self._truths: dict[str, Truth] = {}
        self._numbers: dict[str, list[int]] = {}
        for number, item in enumerate(items):
            self._numbers.setdefault(item.student, []).append(number)
        self._there: dict[str, dict[int, Report]] = {}
        self._batch: dict[str, dict[str, Any]] = {}
        self._put_off = False
        self._left = set(self._numbers)
        self._changes: list[Change] = []
        self.failed: dict[str, str] = {}

    def take(self, number: int, report: Report) -> None:
        """Carry a student's verdicts as soon as all of them are there."""
        if self._put_off:
            return
        student = self.items[number].student
        there = self._there.setdefault(student, {})
        there[number] = report
        if len(there) == len(self._numbers[student]):
            try:
                self._truths = self._truths or self._reading.result()
                self._carry(student, self._there.pop(student))
            except CourseError:
                self._put_off = True
                self._there, self._batch = {}, {}

    def finish(self, reports: Sequence[Report]) -> list[Change]:
        """Carry what is left; return the scores that changed.

        Raises
        ------
        CourseError
            Something cannot be written.
        """
        self._truths = self._truths or _truths(self.course, self.assignment)
        for student in sorted(self._left - set(self._batch)):
            self._carry(student, {n: reports[n] for n in self._numbers[student]})
        self._record()
        return sorted(self._changes, key=lambda change: change.student)

    def _carry(self, student: str, reports: Mapping[int, Report]) -> None:
        """Make a student's notebooks; whatever fails on one student is told of that one."""
        broken = next((report.broken for report in reports.values() if report.broken), "")
        try:
            if not broken:
                self._make(student, reports)
        except CourseError:
            raise
        except Exception as error:
            broken = f"the notebook cannot be written ({type(error).__name__}: {error})"
        if broken:  # no row is written: what the gradebook has would pass for a grade
            self.failed[student] = broken
            self._left.discard(student)
        elif len(self._batch) == BATCH:
            self._record()

    def _make(self, student: str, reports: Mapping[int, Report]) -> None:
        graded = [(self.items[n], report) for n, report in sorted(reports.items())]
        place = self.course.place("submitted", student, self.assignment)
        made = {
            item.topic: _carried(item, report, self._truths, place / f"{item.topic}.ipynb")
            for item, report in graded
            if item.topic in self._truths
        }
        if not _prepared(self.course, self.assignment, student, made):
            for notebook in made.values():
                notebook[KEPT] = True
        self._batch[student] = made

    def _record(self) -> None:
        """Write the rows of a batch in one transaction, then put its notebooks in their places.

        In this order nothing passes for graded whose rows are missing, whenever it is interrupted.
        """
        try:
            self._changes += _recorded(self.course, self.assignment, self._batch)
        except CourseError:
            raise
        except Exception:
            self._record_each()
        for student, made in self._batch.items():
            if any(KEPT not in notebook for notebook in made.values()):
                _put(self.course, self.course.place("autograded", student, self.assignment))
        self._left -= set(self._batch)
        self._batch = {}

    def _record_each(self) -> None:
        """Write the rows one student after the other, for the one that cannot be written."""
        for student in list(self._batch):
            try:
                one = {student: self._batch[student]}
                self._changes += _recorded(self.course, self.assignment, one)
            except CourseError:
                raise
            except Exception as error:
                text = f"its rows cannot be written ({type(error).__name__}: {error})"
                self.failed[student] = text
                self._left.discard(student)
                del self._batch[student]


def submissions(course: Course, assignment: str) -> list[Item]:
    """List what was handed in."""
    return _work(course, assignment).items


def _work(course: Course, assignment: str) -> HandedIn:
    """Find what is to be judged."""
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
            place = course.place("release", ".", assignment)
            truths = {n.name: Truth.read(n, place / f"{n.name}.ipynb") for n in notebooks}
    except OperationalError as error:
        raise CourseError(
            f"the gradebook cannot be read ({error.orig}): what was graded is kept; run the same "
            "command again when it can"
        ) from None
    if not truths:
        raise CourseError(f"{assignment} is not in the gradebook: run autograder course release")
    for name, truth in truths.items():
        refuse_own(course, name, truth.tests, f"{assignment}/{name}.ipynb")
    return truths


def _items(course: Course, assignment: str, notebooks: Sequence[str]) -> HandedIn:
    """Find what was handed in; what cannot be followed or found is named."""
    step = course.step("submitted")
    given = course.place("submitted", "*", assignment)
    depth = given.relative_to(course.folder).parts.index("*")
    base = course.folder.joinpath(*given.relative_to(course.folder).parts[:depth])
    found = HandedIn()
    for entry in sorted(base.iterdir()) if base.is_dir() else []:
        student = entry.name
        place = course.place("submitted", student, assignment)
        if student.startswith("."):
            continue
        problem, fault = "", False
        try:
            if not os.path.lexists(place):
                continue
            problem = link_in(place, course.folder)
            os.listdir(place)
        except OSError as error:
            problem, fault = f"the folder cannot be read: {error.strerror}", True
        if problem:
            paths = {name: place / f"{name}.ipynb" for name in notebooks}
            found.items += [Item(student, n, p, problem, fault=fault) for n, p in paths.items()]
            continue
        one = handed_in(course, student, place, notebooks)
        found.items += one.items
        found.remarks += [f"{student}: {line}" for line in one.remarks]
        found.left_out += one.left_out
    if not found.items:
        raise CourseError(f"nothing was handed in: {step}/STUDENT/{assignment} holds no submission")
    return found


# --- into nbgrader's places ----------------------------------------------------------------------


def _carried(item: Item, report: Report, truths: dict[str, Truth], asked: Path) -> Any:
    """Return the autograded notebook of one submission; `asked` is where it is looked for."""
    from nbformat import from_dict

    given: Any = {}
    if not report.error:
        given = content(item.path, asked)
    notebook = repair(given, truths[item.topic], report.error)
    fill(notebook, report)
    return from_dict(notebook)


def _prepared(course: Course, assignment: str, student: str, made: dict[str, Any]) -> bool:
    """Write a submission's autograded folder beside its place; return whether anything is new."""
    from nbformat.v4 import writes

    target = course.place("autograded", student, assignment)
    given = course.place("submitted", student, assignment)
    texts = {
        f"{name}.ipynb": (writes(notebook).rstrip("\n") + "\n").encode()
        for name, notebook in made.items()
    }
    if all(_same(target / name, text) for name, text in texts.items()):
        return False
    part = _part(target)
    with _writing(target, course):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, text in texts.items():
            (part / name).write_bytes(text)
        for file in _other_files(course, given, assignment):
            (part / file[1]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file[0], part / file[1])
        for path in part.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o444)
    return True


def _put(course: Course, target: Path) -> None:
    """Put a folder that was prepared in its place."""
    old = target.with_name(f".{target.name}.old")
    with _writing(target, course):
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        _part(target).rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


@contextmanager
def _writing(target: Path, course: Course) -> Iterator[None]:
    """Tell of a folder that cannot be written, and leave nothing half done."""
    try:
        yield
    except OSError as error:
        shutil.rmtree(_part(target), ignore_errors=True)
        raise CourseError(
            f"{target.relative_to(course.folder)} cannot be written: {error.strerror}; what was "
            "graded is kept: run the same command again"
        ) from None


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


def _recorded(course: Course, assignment: str, batch: Mapping[str, dict[str, Any]]) -> list[Change]:
    """Write a batch's rows in one transaction; wait for a gradebook that another program holds."""
    from sqlalchemy.exc import OperationalError

    deadline = time.monotonic() + GRADEBOOK_PATIENCE
    while True:
        try:
            with course.gradebook() as gradebook:
                return _record(course, gradebook, assignment, batch)
        except OperationalError as error:
            reason = str(error.orig)
            if "locked" not in reason or time.monotonic() > deadline:
                raise CourseError(
                    f"the gradebook cannot be written ({reason}): close what uses it (formgrader?) "
                    "and run the same command again; what was graded is kept"
                ) from None
            time.sleep(0.5)


def _record(
    course: Course, gradebook: Any, assignment: str, batch: Mapping[str, dict[str, Any]]
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
        before = submissions.get(student)
        submission = before or _new_submission(gradebook, found, student)
        timestamp = handed_in_at(course, assignment, student).when
        if timestamp:
            submission.timestamp = timestamp
        for notebook in submission.notebooks:
            if notebook.name in made:
                same = before is not None and KEPT in made[notebook.name]
                changes += _save(student, notebook, made[notebook.name], same)
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


def _save(student: str, notebook: Any, made: Any, kept: bool) -> list[Change]:
    """Set the scores and comments of one notebook; return the scores that changed."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    grades = {grade.cell.name: grade for grade in notebook.grades}
    comments = {comment.cell.name: comment for comment in notebook.comments}
    changes = []
    for cell in made.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if is_grade(cell) and name in grades:
            grade, score = grades[name], determine_grade(cell)[0]
            if grade.auto_score is not None and score is not None and grade.auto_score != score:
                changes.append(Change(student, name, grade.auto_score, score))
            if kept and grade.auto_score == score:
                continue  # nothing is new: a grader's work stays as it is
            grade.auto_score = score
            grade.needs_manual_grade = grade.manual_score is not None or score is None
        if (is_solution(cell) or is_task(cell)) and name in comments:
            same = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comments[name].auto_comment = "No response." if same and not is_task(cell) else None
    return changes


def _penalties(course: Course) -> Any:
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets import TraitError

    sys.path.insert(0, str(course.folder))  # where nbgrader's own command finds a plugin
    try:
        penalties = AssignLatePenalties(config=course.config)
        penalties.init_plugin()
    except (ImportError, TraitError) as error:
        raise CourseError(f"the plugin for late submissions cannot be imported: {error}") from None
    finally:
        sys.path.remove(str(course.folder))
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
