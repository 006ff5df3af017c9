"""Graded steps in deep learning: the engine that checks, diagnoses and grades.

It knows no topic: what is judged stands in `solutions/`, what is right in `reference/`, and what a
student receives in `assignments/`. In a notebook, ``%load_ext autograder`` brings `check` and
`show`.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """Put `check` and `show` into the notebook's namespace (``%load_ext autograder``)."""
    from autograder.notebook import attach

    attach(shell)
