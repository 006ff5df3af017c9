"""The ladder of hints: where and what first, the cause on asking, the hint on asking again.

What stopped with an exception is told at once with its remedy. How often somebody asked is kept
with the file, on the student's machine. An instructor may open all rungs: ``hints = "open"`` in
``course.toml``, which a release carries as ``desk.toml`` beside its topics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from autograder.desk.kept import Kept
from autograder.report.model import CheckResult, ExerciseResult, Report

__all__ = [
    *("DESK", "EXAM", "LADDER", "NO_CHECKS", "OPEN"),
    *("ask", "desk_of", "is_open", "next_rung", "sober", "veiled"),
]

DESK = "desk.toml"
"""The file of a release that says how its desk is set up."""
LADDER, OPEN = "ladder", "open"
EXAM, NO_CHECKS = "public", "none"
"""What an exam lets students see: the public checks without any hint, or none."""
TOP = 2  # rungs: the cause, the hint


def is_open(record: Path) -> bool:
    """Tell whether the instructor of a release shows causes and hints at once."""
    return desk_of(record).get("hints") == OPEN


def desk_of(record: Path) -> Mapping[str, object]:
    """Return how the desk of a release is set up; nothing where it says nothing."""
    path = record.parent.parent / DESK
    if not path.is_file():
        return {}
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def ask(exercise: ExerciseResult, kept: Kept) -> None:
    """Go one rung up."""
    if rung(exercise, kept) < _rungs(exercise):
        kept.ask(exercise.name, _about(exercise))


def rung(exercise: ExerciseResult, kept: Kept) -> int:
    """Return how often was asked about what is wrong with an exercise now."""
    return kept.asked(exercise.name, _about(exercise))


def next_rung(exercise: ExerciseResult, kept: Kept) -> str:
    """Return the option that tells more: ``--hint`` while a rung is left, then ``--explain``."""
    return "--hint" if rung(exercise, kept) < _rungs(exercise) else "--explain"


def veiled(report: Report, kept: Kept) -> Report:
    """Return the report with what was not asked for taken out."""
    return replace(report, exercises=[_veiled(each, kept) for each in report])


def sober(report: Report) -> Report:
    """Return the report as an exam tells it: what passed, what stopped where, and no hint."""
    return replace(
        report,
        exercises=[replace(each, checks=[_dry(check) for check in each.checks]) for each in report],
    )


def _dry(check: CheckResult) -> CheckResult:
    told = check.message if check.status == "error" else ""
    bare = replace(check, message=told, misconception=None, explained_by=None, picture=None, svg="")
    return replace(bare, hint="", cause="", values="", excerpt="")


def _veiled(exercise: ExerciseResult, kept: Kept) -> ExerciseResult:
    at = rung(exercise, kept)
    at += TOP - _rungs(exercise) if at else 0  # without a cause, the hint is the first
    checks = [_below(check, at) for check in exercise.checks]
    return replace(exercise, checks=checks)


def _below(check: CheckResult, at: int) -> CheckResult:
    if check.status != "failed" or at >= TOP:
        return check
    return replace(check, hint="", cause=check.cause if at else "")


def _wrong(exercise: ExerciseResult) -> list[CheckResult]:
    return [check for check in exercise.checks if check.status == "failed"]


def _rungs(exercise: ExerciseResult) -> int:
    """Count what there is to ask for."""
    wrong = _wrong(exercise)
    return any(check.cause for check in wrong) + any(check.hint for check in wrong)


def _about(exercise: ExerciseResult) -> str:
    """Return what is wrong, in a word: another mistake starts at the lowest rung again."""
    wrong = _wrong(exercise)
    return next((check.misconception or check.name for check in wrong), "")
