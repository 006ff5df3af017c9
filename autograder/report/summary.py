"""What a page begins with: the few causes behind the points that a submission lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.report.model import CheckResult, ExerciseResult, rounded

__all__ = ["Lost", "lost", "main_causes"]

CAUSES = 3
"""Causes that a page begins with."""


@dataclass(frozen=True)
class Lost:
    """Points of an exercise that one cause explains.

    Attributes
    ----------
    exercise : str
    points : float
    why : str
        The cause, or what came where none is known.
    hint : str
    """

    exercise: str
    points: float
    why: str
    hint: str


def main_causes(exercises: Iterable[ExerciseResult]) -> list[Lost]:
    """Return what cost most points, the largest first: at most three, of each exercise one."""
    found = [each for exercise in exercises for each in [lost(exercise)] if each]
    return sorted(found, key=lambda each: -each.points)[:CAUSES]


def lost(exercise: ExerciseResult) -> Lost | None:
    """Return what an exercise lost most points to; None where it lost none, or waits for a person.

    What was left unwritten is no mistake: it is told by the list of exercises.
    """
    if exercise.passed or exercise.status in ("todo", "broken", "missing"):
        return None
    missed = [check for check in exercise.checks if not check.passed]
    points = rounded(sum(check.points - check.earned for check in missed))
    if not points:
        return None
    told = next(iter(sorted(missed, key=_telling)), None)
    if told is None or exercise.status in ("refused", "waiting"):
        return Lost(exercise.name, points, exercise.message, "")
    return Lost(exercise.name, points, told.cause or told.message or exercise.message, told.hint)


def _telling(check: CheckResult) -> tuple[bool, bool, bool]:
    """Order checks: those whose cause is known first, what follows from another last."""
    return (check.explained_by is not None, not check.misconception, not check.hint)
