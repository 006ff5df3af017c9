"""What is told of a verdict, whatever it is dressed in: words of each status, and of a failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autograder.report.model import CheckResult

__all__ = ["STATUSES", "Status", "fields", "repetition"]


class Status(NamedTuple):
    """How a status is told: a sign, a colour of the terminal, what it is, what is left to do."""

    sign: str
    colour: str
    word: str
    task: str


STATUSES: Final = {
    "passed": Status("✓", "green", "right", "done"),
    "failed": Status("✗", "red", "not right yet", "to fix"),
    "error": Status("✗", "red", "stopped", "to fix"),
    "missing": Status("✗", "red", "missing", "missing"),
    "refused": Status("✗", "red", "not allowed", "refused"),
    "todo": Status("·", "dim", "still to write", "to write"),
    "waiting": Status("·", "dim", "waiting", "waiting"),
    "broken": Status("!", "yellow", "not judged", "not judged"),
}


def repetition(check: CheckResult, before: Sequence[CheckResult]) -> str:
    """Say what a failed check shares with the failed ones before it.

    Returns
    -------
    str
        ``"same"`` (the very message), ``"follows"`` (an earlier one explains it), ``"cause"`` or
        nothing.
    """
    same = any(other.message == check.message and other.hint == check.hint for other in before)
    if same and not check.values:
        return "same"
    if check.explained_by:
        return "follows"
    cause = check.misconception or check.hint
    shared = any((other.misconception or other.hint) == cause for other in before)
    return "cause" if cause and shared else ""


def fields(check: CheckResult, *, brief: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the labels and texts that tell a failed check; `brief` where a cause is told above.

    The text below the label ``excerpt`` is lines of the student's own code.
    """
    rows = [
        ("asked", "" if brief else check.asked),
        ("came", check.message),
        ("", check.values),
        ("where", "" if check.values else check.where),
    ]
    if not brief:
        rows += [("cause", check.cause), ("excerpt", check.excerpt), ("hint", check.hint)]
        rows += [("allowed", check.tolerance if check.status == "failed" else "")]
    yield from ((label, text) for label, text in rows if text)
