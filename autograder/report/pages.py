"""Self-contained pages of results: one per submission, and an index of the class.

A page holds no hidden value, no path and nothing of another student. It reads well on a phone, in
print and without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.report.model import Report, points_text
from autograder.report.pictures import difference_svg

if TYPE_CHECKING:
    from autograder.report.figure import Drawn
    from autograder.submission.item import LeftOut

__all__ = ["exercise_fragment", "index_page", "report_page"]

STATUS_WORDS = {
    "passed": "right",
    "failed": "not right yet",
    "error": "stopped",
    "waiting": "not run",
    "broken": "grader failed",
    "todo": "still to write",
    "missing": "missing",
    "refused": "not allowed",
}


@cache
def _environment() -> Any:
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["points"] = points_text
    environment.filters["word"] = STATUS_WORDS.__getitem__
    environment.filters["visible"] = _visible
    environment.globals["picture"] = _picture
    return environment


def _visible(text: object) -> str:
    """Drop control characters and direction marks from a student's text."""
    return "".join(c if c.isprintable() or c in "\n\t" else "·" for c in str(text))


def _picture(check: Any) -> str:
    """Return a picture of the difference as inline SVG, or ""."""
    if check.svg or not check.picture:
        return str(check.svg)
    return difference_svg(**check.picture)


def report_page(report: Report, figure: Drawn | None = None) -> str:
    """Return the page of one submission, with the chapter's figure if it was drawn."""
    return str(_environment().get_template("report.html").render(report=report, figure=figure))


def exercise_fragment(report: Report, name: str) -> str:
    """Return the part of the page about one exercise, for a notebook's output."""
    exercise = next(exercise for exercise in report if exercise.name == name)
    return str(_environment().get_template("exercise.html").render(exercise=exercise))


def index_page(
    reports: Sequence[Report], links: Sequence[str], left_out: Sequence[LeftOut] = ()
) -> str:
    """Return the instructor's page that lists the class, and what is not graded."""
    rows = list(zip(reports, links, strict=True))
    return str(_environment().get_template("index.html").render(rows=rows, left_out=left_out))
