"""Graded steps in deep learning: the engine that checks, diagnoses and grades.

It knows no topic: what is judged stands in `solutions/`, what is right in `reference/`, and what a
student receives in `assignments/`. In a notebook, ``%load_ext autograder`` brings `check` and
`show`.
"""

from __future__ import annotations

from pathlib import Path

from autograder.version import __version__

__all__ = ["__version__", "load_ipython_extension"]


def load_ipython_extension(shell: object) -> None:
    """Put `check` and `show` into the notebook's namespace (``%load_ext autograder``)."""
    from autograder.desk.notebook import attach

    attach(shell, _official)


def _official(name: str) -> float | None:
    """Return the official verdict where nbgrader runs a notebook of a course, else None."""
    if not any((place / ".gradus" / "secret").exists() for place in Path.cwd().parents):
        return None
    from autograder.course.plugin import grade

    return grade(name)
