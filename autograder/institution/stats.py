"""The class report: which exercises are hard, which tell students apart, what the class believes.

Submissions that could not be read say nothing about an exercise: they are listed, and count with
zero points in the mean alone. Where there is no verdict nothing counts.
"""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from autograder.grading.files import write_whole
from autograder.institution.held import waits
from autograder.institution.results import Results
from autograder.institution.similar import Pair, similar, solution_cells
from autograder.report.charts import bars, histogram
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.report.templating import page_environment
from autograder.report.writers import cell
from autograder.submission.item import LeftOut

__all__ = [
    "Believed",
    "Lecture",
    "Measured",
    "TopicStats",
    "class_page",
    "lecture",
    "topic_stats",
    "write_stats",
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


# --- writing -------------------------------------------------------------------------------------


def write_stats(
    stats: Sequence[TopicStats],
    folder: Path,
    left_out: Sequence[LeftOut] = (),
    units: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write ``stats.html``, and ``stats``, ``misconceptions``, ``similar``, ``not_graded.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "stats.html": class_page(stats, left_out, units),
        "stats.csv": _items_csv(stats),
        "misconceptions.csv": _beliefs_csv(stats),
        "similar.csv": _pairs_csv(stats),
        "not_graded.csv": _left_csv(left_out),
    }
    for name, text in texts.items():
        write_whole(folder / name, text)
    return [folder / name for name in texts]


def class_page(
    stats: Sequence[TopicStats],
    left_out: Sequence[LeftOut] = (),
    units: Mapping[str, str] | None = None,
) -> str:
    """Return the class report as a page that stands alone; `units` tells each topic's unit."""
    environment = page_environment().overlay()
    more = {"correlation": _correlation, "interval": _interval}
    environment.filters = {**environment.filters, **more}
    topics = [(entry, _plots(entry)) for entry in stats]
    return str(
        environment.get_template("stats.html").render(
            topics=topics, left_out=left_out, lecture=lecture(stats), units=units or {}
        )
    )


def _correlation(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _interval(found: tuple[float, float] | None) -> str:
    return "" if found is None else f" ({found[0]:.2f} to {found[1]:.2f})"


def _plots(stats: TopicStats) -> dict[str, str]:
    names = [item.name for item in stats.items]
    return {
        "scores": histogram(stats.scores, stats.points, f"Scores in {stats.topic}"),
        "shares": bars(
            names,
            [item.share for item in stats.items],
            f"Share of the points earned in {stats.topic}, by exercise",
        ),
    }


def _items_csv(stats: Sequence[TopicStats]) -> str:
    heads = "topic exercise check sentence hidden points share discrimination"
    rows = []
    for entry in stats:
        for item in entry.items:
            timing = [f"{seconds:.4f}" for seconds in item.seconds]
            rows.append([entry.topic, item.name, "", "", "", *_figures(item), *timing])
            for check in item.checks:
                shown = (check.name, check.sentence, "yes" if check.hidden else "no")
                rows.append([entry.topic, item.name, *shown, *_figures(check), "", ""])
    return _csv([*heads.split(), "seconds_median", "seconds_longest"], rows)


def _figures(item: Measured) -> list[str]:
    told = "" if item.discrimination is None else f"{item.discrimination:.3f}"
    return [f"{item.points:g}", f"{item.share:.3f}", told]


def _beliefs_csv(stats: Sequence[TopicStats]) -> str:
    rows = [
        [entry.topic, b.exercise, b.name, len(b.students), b.hint, " ".join(b.students)]
        for entry in stats
        for b in entry.beliefs
    ]
    return _csv(["topic", "exercise", "misconception", "count", "hint", "students"], rows)


def _pairs_csv(stats: Sequence[TopicStats]) -> str:
    rows = [
        [entry.topic, pair.first, pair.second, f"{pair.share:.3f}", " ".join(pair.exercises)]
        for entry in stats
        for pair in entry.pairs
    ]
    return _csv(["topic", "first", "second", "share", "exercises"], rows)


def _left_csv(left_out: Sequence[LeftOut]) -> str:
    rows = [[one.place, one.student, one.reason, "yes" if one.fault else "no"] for one in left_out]
    return _csv(["what", "student", "why", "grader's fault"], rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(heads)
    for row in rows:
        table.writerow([cell(value) for value in row])
    return stream.getvalue()
