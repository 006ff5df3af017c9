"""Figures of a class: which exercises are hard, which tell students apart, what the class believes.

Submissions that could not be read say nothing about an exercise: they are listed, and count with
zero points in the mean alone. Where there is no verdict nothing counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from autograder.institution.held import waits
from autograder.institution.results import Results
from autograder.institution.similar import Pair, similar, solution_cells
from autograder.report.model import CheckResult, ExerciseResult, Report

__all__ = [
    "Believed",
    "Lecture",
    "Measured",
    "TopicStats",
    "all_stats",
    "lecture",
    "topic_stats",
]

_Result = TypeVar("_Result", ExerciseResult, CheckResult)
FEW_STUDENTS = 3  # with fewer submissions a correlation says nothing


@dataclass(frozen=True)
class Measured:
    """An exercise or one of its checks, over the class.

    Attributes
    ----------
    name, sentence : str
    points : float
    share : float
        The mean share of its points that was earned; for a check, the share that passed.
    discrimination : float or None
        The correlation of its points with the points of the rest of the assignment; None where
        there are too few submissions or everybody has the same.
    seconds : tuple of float
        Grading it took so long: median and longest.
    """

    name: str
    sentence: str
    points: float
    share: float
    discrimination: float | None
    hidden: bool = False
    seconds: tuple[float, float] = (0.0, 0.0)
    checks: tuple[Measured, ...] = ()
    students: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the discrimination (Fisher's z); None with too few students."""
        if self.discrimination is None or self.students <= FEW_STUDENTS:
            return None
        z = np.arctanh(np.clip(self.discrimination, -1 + 1e-12, 1 - 1e-12))
        away = 1.96 / np.sqrt(self.students - 3)
        return float(np.tanh(z - away)), float(np.tanh(z + away))

    @property
    def negative(self) -> bool:
        """Whether those who know more do worse in it."""
        return self.discrimination is not None and self.discrimination < 0


@dataclass(frozen=True)
class Believed:
    """A misconception of the class and who holds it."""

    exercise: str
    name: str
    hint: str
    cause: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Lecture:
    """What several students believe, in one exercise or more, and what to ask them."""

    topic: str
    exercises: tuple[str, ...]
    name: str
    hint: str
    cause: str
    students: tuple[str, ...]
    of: int


@dataclass
class TopicStats:
    """One topic, over the class."""

    topic: str
    points: float
    scores: list[float]
    items: list[Measured]
    beliefs: list[Believed]
    unread: list[tuple[str, str]]
    pairs: list[Pair] = field(default_factory=list)
    compared: int = 0
    matrix: list[tuple[str, list[float | None]]] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """The mean score."""
        return statistics.fmean(self.scores) if self.scores else 0.0

    @property
    def median(self) -> float:
        """The median score."""
        return statistics.median(self.scores) if self.scores else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation of the scores."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else 0.0


def topic_stats(
    reports: Sequence[Report], total: Callable[[Report], tuple[float, float]] | None = None
) -> TopicStats:
    """Return the figures of one topic.

    Parameters
    ----------
    reports : sequence of Report
        Of one topic, at least one.
    total : callable, optional
        What a submission has, and of how many points (default: what the report says).
    """
    total = total or (lambda report: (report.earned, report.points))
    totals = [total(report) for report in reports if not report.broken]
    read = [report for report in reports if not (report.error or report.broken)]
    columns = _by_name(
        (exercise, report.earned)
        for report in read
        for exercise in report
        if not waits(exercise)  # for a person: it says nothing yet
    )
    return TopicStats(
        topic=reports[0].topic,
        points=max((points for _, points in totals), default=0.0),
        scores=[score for score, _ in totals],
        items=[_item(column) for column in columns],
        beliefs=_beliefs(read),
        matrix=_matrix(read, [column[0][0].name for column in columns]),
        unread=[(r.student, r.broken or r.error) for r in reports if r.broken or r.error],
    )


def _matrix(
    reports: Iterable[Report], names: Sequence[str]
) -> list[tuple[str, list[float | None]]]:
    """Return the share of each exercise's points that each student has; None: not known yet."""
    rows = []
    for report in sorted(reports, key=lambda report: report.student):
        known = {e.name: e.earned / e.points for e in report if e.points and not waits(e)}
        rows.append((report.student, [known.get(name) for name in names]))
    return rows


def _by_name(results: Iterable[tuple[_Result, float]]) -> list[list[tuple[_Result, float]]]:
    """Put what belongs together into a list each, in order; with the total it comes from."""
    found: dict[str, list[tuple[_Result, float]]] = {}
    for result, total in results:
        found.setdefault(result.name, []).append((result, total))
    return list(found.values())


def _item(column: Sequence[tuple[ExerciseResult, float]]) -> Measured:
    exercises, totals = [e for e, _ in column], [total for _, total in column]
    earned = [exercise.earned for exercise in exercises]
    points = exercises[0].points
    times = [exercise.seconds for exercise in exercises]
    checks = _by_name((check, total) for exercise, total in column for check in exercise.checks)
    return Measured(
        exercises[0].name,
        "",
        points,
        statistics.fmean(earned) / points if points else 0.0,
        _item_rest(earned, totals),
        seconds=(statistics.median(times), max(times)),
        students=len(column),
        checks=tuple(_check_item(results) for results in checks),
    )


def _check_item(column: Sequence[tuple[CheckResult, float]]) -> Measured:
    checks, totals = [check for check, _ in column], [total for _, total in column]
    return Measured(
        checks[0].name,
        checks[0].sentence,
        checks[0].points,
        statistics.fmean(check.passed for check in checks),
        _item_rest([check.earned for check in checks], totals),
        checks[0].hidden,
        students=len(column),
    )


def _item_rest(earned: Sequence[float], totals: Sequence[float]) -> float | None:
    """Return the correlation of an item's points with those of all other items."""
    item = np.array(earned)
    rest = np.array(totals) - item
    if len(item) < FEW_STUDENTS or np.ptp(item) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    return float(np.corrcoef(item, rest)[0, 1])


def _beliefs(reports: Iterable[Report]) -> list[Believed]:
    """Return the misconceptions found, the most frequent first; a student counts once."""
    found: dict[tuple[str, str], tuple[CheckResult, list[str]]] = {}
    for report in reports:
        for exercise in report:
            for name in {check.misconception for check in exercise.checks} - {None}:
                check = next(c for c in exercise.checks if c.misconception == name)
                _, students = found.setdefault((exercise.name, name or ""), (check, []))
                students.append(report.student)
    beliefs = [
        Believed(exercise, name, check.hint, check.cause, tuple(sorted(students)))
        for (exercise, name), (check, students) in found.items()
    ]
    return sorted(beliefs, key=lambda b: (-len(b.students), b.exercise, b.name))


def lecture(stats: Iterable[TopicStats]) -> list[Lecture]:
    """Return the beliefs that at least two students hold, grouped by what to ask; at most five."""
    found: dict[tuple[str, str], list[Believed]] = {}
    readers = {}
    for entry in stats:
        readers[entry.topic] = len(entry.matrix)
        for belief in entry.beliefs:
            found.setdefault((entry.topic, belief.hint), []).append(belief)
    grouped = [
        Lecture(
            topic,
            tuple(dict.fromkeys(belief.exercise for belief in beliefs)),
            beliefs[0].name,
            hint,
            beliefs[0].cause,
            tuple(sorted({student for belief in beliefs for student in belief.students})),
            readers[topic],
        )
        for (topic, hint), beliefs in found.items()
    ]
    several = [each for each in grouped if len(each.students) > 1]
    return sorted(several, key=lambda each: (-len(each.students), each.topic, each.name))[:5]


def all_stats(
    results: Results, stub: Callable[[str], dict[str, str]], threshold: float = 0.8
) -> list[TopicStats]:
    """Return the figures of every topic; `stub(topic)` gives the cells students began with."""
    found = []
    for topic in results.topics():
        stats = topic_stats(results.of(topic), results.total)
        given = stub(topic)
        cells = {
            student: solution_cells(submission, list(given))
            for student, submission in results.submissions(topic)
        }
        stats.compared = len(cells)
        if given and len(cells) > 1:
            stats.pairs = [
                pair
                for pair in similar(cells, given, threshold)
                if not any({pair.first, pair.second} <= set(who) for who in results.groups)
            ]
        found.append(stats)
    return found
