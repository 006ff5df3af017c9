"""A GitHub Actions workflow for the repositories students work in (GitHub Classroom or not)."""

from __future__ import annotations

from pathlib import Path

import jinja2

__all__ = ["workflow"]


def workflow(topic: str) -> str:
    """Return the workflow that checks one topic at every push."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(loader=loader, keep_trailing_newline=True, autoescape=False)
    return environment.get_template("workflow.yml.txt").render(topic=topic)
