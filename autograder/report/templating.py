"""Filling templates: pages, where all is escaped, and files of text, where nothing is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.report.model import points_text
from autograder.report.pictures import difference_svg
from autograder.report.prose import inline, paragraphs
from autograder.report.telling import STATUSES

if TYPE_CHECKING:
    from jinja2 import Environment

    from autograder.report.model import CheckResult

__all__ = ["fill_text", "page_environment"]


@cache
def page_environment() -> Environment:
    """Return what fills the templates of pages: what a student wrote is escaped everywhere."""
    import jinja2
    import markupsafe

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["points"] = points_text
    environment.filters["word"] = _word
    environment.filters["visible"] = _visible
    environment.filters["inline"] = lambda text: markupsafe.Markup(inline(str(text)))
    environment.filters["paragraphs"] = lambda text: markupsafe.Markup(paragraphs(str(text)))
    environment.globals["picture"] = _picture
    return environment


def _word(status: str) -> str:
    """Say what a status is."""
    return STATUSES[status].word


def _visible(text: object) -> str:
    """Drop control characters and direction marks from a student's text."""
    return "".join(c if c.isprintable() or c in "\n\t" else "·" for c in str(text))


def _picture(check: CheckResult) -> str:
    """Return a picture of the difference as inline SVG, or ""."""
    if check.svg or not check.picture:
        return str(check.svg)
    return difference_svg(**check.picture)


def fill_text(template: Path, **content: object) -> str:
    """Fill a template of plain text, such as a file of settings."""
    import jinja2

    loader = jinja2.FileSystemLoader(template.parent)
    environment = jinja2.Environment(loader=loader, keep_trailing_newline=True, autoescape=False)
    return environment.get_template(template.name).render(**content)
