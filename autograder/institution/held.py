"""A verdict as the gradebook holds it: the course's points, and what a person gave."""

from __future__ import annotations

from dataclasses import replace

from autograder.course.notebooks import scaled
from autograder.course.scores import MarkedCell, MarkedNotebook
from autograder.report.model import CheckResult, ExerciseResult, Report

__all__ = ["BY_HAND", "in_the_gradebook", "judged_alone", "waits"]

BY_HAND = "by_hand"  # the name of what a person gave, among the checks
GIVEN = "Points that a person gave or took."
READ = "Read and graded by a person."


def in_the_gradebook(report: Report, held: MarkedNotebook) -> Report:
    """Return the report with the exercises, questions and points that the gradebook has.

    The exercises come first, in the chapter's order.
    """
    parts = {part.name: part for part in held.parts}
    judged = [each for each in report if each.name in parts]
    names = {each.name for each in judged}
    shown = [_exercise(each, parts[each.name]) for each in judged]
    shown += [_question(parts[name]) for name in sorted(parts) if name not in names]
    return replace(report, exercises=shown)


def judged_alone(report: Report) -> Report:
    """Return the report without what a person gave."""
    shown = [
        replace(each, checks=[check for check in each.checks if check.name != BY_HAND])
        for each in report
    ]
    return replace(report, exercises=[each for each in shown if each.checks])


def waits(exercise: ExerciseResult) -> bool:
    """Whether a person has yet to grade it."""
    return any(c.name == BY_HAND and c.status == "waiting" for c in exercise.checks)


def _exercise(result: ExerciseResult, part: MarkedCell) -> ExerciseResult:
    shown = scaled(result, part.points)
    given = part.score - shown.earned
    if abs(given) > 0.005:
        changed = CheckResult(BY_HAND, GIVEN, False, 0.0, given, "passed")
        shown = replace(shown, checks=[*shown.checks, changed])
    return shown


def _question(part: MarkedCell) -> ExerciseResult:
    full = part.score >= part.points
    status = "waiting" if part.waiting else "passed" if full else "failed"
    said = "A person has yet to read it." if part.waiting else ""
    check = CheckResult(BY_HAND, READ, False, part.points, part.score, status, message=said)
    return ExerciseResult(part.name, part.points, [check], status, said)
