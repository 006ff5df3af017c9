"""Grading an assignment of a course: judged in parallel, written into nbgrader's places in batches.

It leaves what ``nbgrader autograde`` leaves: the same autograded notebooks, the same rows in the
gradebook. Verdicts are kept as soon as they are there, keyed by all they depend on, so nothing is
judged twice; the notebook and the gradebook follow from the verdicts and are written again where
they differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.dry_run import adopt, rehearsing, trial_store
from autograder.course.gradebook import (
    AS_BEFORE,
    KEPT,
    follow_settings,
    read_scores,
    read_truths,
    record_rows,
    take_back,
)
from autograder.course.groups import share
from autograder.course.intake import HandedIn, handed_in
from autograder.course.kept import keep_what_came, keep_without_verdict
from autograder.course.ledger import Change, Ledger
from autograder.course.notebooks import Truth, link_in
from autograder.course.penalty import Late, late_list
from autograder.course.places import (
    answers_as_before,
    carried,
    clear_verdict,
    prepare,
    put_in_place,
)
from autograder.course.scores import Marks, mean
from autograder.grading.pool import DOUBTFUL
from autograder.grading.run import Grading
from autograder.report.model import Report, points_text
from autograder.submission.item import Item
from autograder.values.table import Table

__all__ = ["GradedAssignment", "grade_assignments", "submissions"]

BATCH = 100
Progress = Callable[[int, int, Report], None]


@dataclass
class GradedAssignment:
    """What grading an assignment gave.

    Attributes
    ----------
    reports : sequence of Report
        Each is read when asked for: a large class is not held in memory.
    marks : list of Marks
        What everybody with a verdict has, as all pages and exports say it.
    changes : list of Change
        Scores that were there before and are now different.
    by_hand : list of Change
        Those that a person changed since the last grading.
    remarks : list of str
        What an instructor should know, one line each.
    late : list of Late
        Who handed in after the due date.
    broken : list of str
        Where the grader itself failed, one line each.
    """

    reports: Sequence[Report]
    marks: list[Marks] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    by_hand: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """How many were graded, their mean, and what waits for a person."""
        points = self.marks[0].points if self.marks else 0.0
        average = f"mean {points_text(mean(self.marks))} of {points_text(points)} points"
        waiting = sum(one.waiting for one in self.marks)
        told = f", {waiting} answers wait for a person" if waiting else ""
        return f"{len(self.reports)} graded, {average}{told}"

    def note(self, report: Report) -> None:
        """Take a report into account."""
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
    dry: bool = False,
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
    dry : bool
        Tell what would change, and write nothing but verdicts, apart.
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
    with rehearsing(course) if dry else nullcontext(course) as on:
        return _grade(on, assignments, jobs, resume, executor, dry, progress)


def _grade(
    course: Course,
    assignments: Sequence[str],
    jobs: int | None,
    resume: bool,
    executor: str,
    dry: bool,
    progress: Progress,
) -> dict[str, GradedAssignment]:
    shared = {name: share(course, name, pretend=dry) for name in assignments}
    work = {name: _work(course, name) for name in assignments}
    ledgers = {name: Ledger(course, name) for name in assignments}
    before = {name: read_scores(course, name) for name in assignments}
    for name in assignments:
        follow_settings(course, name)
    if not dry:
        adopt(course)
    store = trial_store(course) if dry else course.private / "results"
    items = [item for found in work.values() for item in found.items]
    grading = Grading(
        items,
        course.catalogue,
        course.secret,
        store,
        sandbox=course.sandbox,
        jobs=jobs,
        resume=resume,
        executor=executor,
    )
    with ThreadPoolExecutor(1) as beside:
        carriers = [
            _Carrier(course, name, found.items, beside, dry) for name, found in work.items()
        ]
        homes = [(carrier, n) for carrier in carriers for n in range(len(carrier.items))]
        for done, (number, report) in enumerate(grading, 1):
            progress(done, len(items), report)
            carrier, own = homes[number]
            carrier.take(own, report)
    outcomes, start = {}, 0
    for carrier, (name, found) in zip(carriers, work.items(), strict=True):
        end = start + len(found.items)
        outcome = outcomes[name] = GradedAssignment(
            grading.reports[start:end], remarks=[*shared[name], *found.remarks]
        )
        _finish(outcome, carrier, found, before[name], ledgers[name], dry)
        start = end
    return outcomes


def _finish(
    outcome: GradedAssignment,
    carrier: _Carrier,
    found: HandedIn,
    before: list[Marks],
    ledger: Ledger,
    dry: bool,
) -> None:
    """Bring the rest of an assignment into its places; say what there is to say of it."""
    course, name = carrier.course, carrier.assignment
    carrier.finish(outcome.reports)
    outcome.late, doubts = late_list(course, name)
    outcome.remarks += doubts
    for report in outcome.reports:
        outcome.note(report)
    outcome.broken += [f"{student}: no verdict: {why}" for student, why in carrier.failed.items()]
    outcome.marks = read_scores(course, name, carrier.failed)
    outcome.by_hand = ledger.by_hand(before)
    outcome.changes = ledger.judged(before, outcome.marks, found.items)
    if not dry:
        keep_without_verdict(course, name, carrier.failed)
        ledger.write(outcome.marks, [*outcome.by_hand, *outcome.changes], found.items)
        keep_what_came(course, name, found.items, found.left_out)


class _Carrier:
    """Brings verdicts on an assignment into nbgrader's places while others are still awaited.

    What cannot be written at once (a full disk, a gradebook that is held) is put off to the end:
    judging goes on.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        items: Sequence[Item],
        beside: ThreadPoolExecutor,
        dry: bool = False,
    ) -> None:
        self._dry = dry
        self.course, self.assignment, self.items = course, assignment, items
        # nbgrader takes longer to import than many a class to judge: both at once
        self._reading = beside.submit(read_truths, course, assignment)
        self._truths: dict[str, Truth] = {}
        self._numbers: dict[str, list[int]] = {}
        for number, item in enumerate(items):
            self._numbers.setdefault(item.student, []).append(number)
        self._there: dict[str, dict[int, Report]] = {}
        self._batch: dict[str, Table] = {}
        self._put_off = False
        self._left = set(self._numbers)
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

    def finish(self, reports: Sequence[Report]) -> None:
        """Carry what is left.

        Raises
        ------
        CourseError
            Something cannot be written.
        """
        self._truths = self._truths or read_truths(self.course, self.assignment)
        for student in sorted(self._left - set(self._batch)):
            self._carry(student, {n: reports[n] for n in self._numbers[student]})
        self._record()
        take_back(self.course, self.assignment, self.failed)
        for student, why in self.failed.items() if not self._dry else ():
            clear_verdict(self.course, self.assignment, student, why)

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
            item.topic: carried(item, report, self._truths, place / f"{item.topic}.ipynb")
            for item, report in graded
            if item.topic in self._truths
        }
        if not prepare(self.course, self.assignment, student, made, pretend=self._dry):
            for notebook in made.values():
                notebook[KEPT] = True
        read = answers_as_before(self.course, self.assignment, student, made)
        for name, answers in read.items():
            made[name][AS_BEFORE] = answers
        self._batch[student] = made

    def _record(self) -> None:
        """Write the rows of a batch in one transaction, then put its notebooks in their places.

        In this order nothing passes for graded whose rows are missing, whenever it is interrupted.
        """
        try:
            record_rows(self.course, self.assignment, self._batch)
        except CourseError:
            raise
        except Exception:
            self._record_each()
        for student, made in self._batch.items() if not self._dry else ():
            if any(KEPT not in notebook for notebook in made.values()):
                put_in_place(self.course, self.course.place("autograded", student, self.assignment))
        self._left -= set(self._batch)
        self._batch = {}

    def _record_each(self) -> None:
        """Write the rows one student after the other, for the one that cannot be written."""
        for student in list(self._batch):
            try:
                one = {student: self._batch[student]}
                record_rows(self.course, self.assignment, one)
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


# --- into the gradebook --------------------------------------------------------------------------
