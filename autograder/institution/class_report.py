"""The class report: its page, which leads with what to teach next week, and its tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.files import write_whole
from autograder.institution.stats import Measured, TopicStats, lecture
from autograder.report.charts import bars, histogram
from autograder.report.templating import page_environment
from autograder.report.writers import cell
from autograder.submission.item import LeftOut

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["class_page", "write_stats"]


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
    topics = [(entry, _plots(entry)) for entry in stats]
    return str(
        _environment()
        .get_template("stats.html")
        .render(topics=topics, left_out=left_out, lecture=lecture(stats), units=units or {})
    )


@cache
def _environment() -> Environment:
    """Return the pages' environment with the filters of this page."""
    environment = page_environment().overlay()
    more = {"correlation": _correlation, "interval": _interval}
    environment.filters = {**environment.filters, **more}
    return environment


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
