"""A GitHub Actions workflow for the repositories students work in."""

from __future__ import annotations

from pathlib import Path

from autograder.report.templating import fill_text

__all__ = ["workflow"]


def workflow(topic: str) -> str:
    """Return the workflow that checks one topic at every push."""
    return fill_text(Path(__file__).parent / "templates" / "workflow.yml.txt", topic=topic)
