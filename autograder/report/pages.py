"""Self-contained pages of results: one per submission, and an index of the class.

A page holds no hidden value, no path and nothing of another student. It reads well on a phone, in
print and without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from autograder.report.model import Report
from autograder.report.summary import main_causes
from autograder.report.templating import page_environment

if TYPE_CHECKING:
    from autograder.report.figure import Drawn
    from autograder.submission.item import LeftOut

__all__ = ["exercise_fragment", "index_page", "report_page"]


def report_page(report: Report, figure: Drawn | None = None) -> str:
    """Return the page of one submission, with the chapter's figure if it was drawn."""
    template = page_environment().get_template("report.html")
    return str(template.render(report=report, figure=figure, causes=main_causes(report)))


def exercise_fragment(report: Report, name: str) -> str:
    """Return the part of the page about one exercise, for a notebook's output."""
    exercise = next(exercise for exercise in report if exercise.name == name)
    return str(page_environment().get_template("exercise.html").render(exercise=exercise))


def index_page(
    reports: Iterable[Report], links: Sequence[str], left_out: Sequence[LeftOut] = ()
) -> Iterator[str]:
    """Yield, in pieces, the instructor's page that lists the class, and what is not graded."""
    rows = zip(reports, links, strict=True)
    yield from page_environment().get_template("index.html").generate(rows=rows, left_out=left_out)
