"""From what was observed to what is told: points, words, causes and pictures."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

import numpy as np

from autograder.judging.diagnose import Diagnosis
from autograder.judging.observation import Observation
from autograder.report.model import WAITED, CheckResult, ExerciseResult
from autograder.sandbox.types import BUSY, IDLE, Failure
from autograder.spec import Check, Exercise
from autograder.values.difference import Difference

__all__ = [
    "check_result",
    "describe",
    "mark_explained",
    "run_picture",
    "say_once",
    "shares",
    "untouched",
    "unusable",
]

DTYPES = {
    (
        "float32",
        "float64",
    ): "float64 comes in by np.zeros, np.ones and np.empty without a dtype, by "
    "np.array of Python numbers, and by NumPy's own numbers, such as np.sqrt(t): one of them makes "
    "all that follows float64. Where does your result first lose the dtype of what it was given?",
    (
        "float",
        "integer",
    ): "Whole numbers come from np.zeros_like of whole numbers, from // and from "
    "int(...): which of them rounds your values?",
    (
        "integer",
        "float",
    ): "Counts and indices are whole numbers: / gives floats, and so do np.zeros "
    "and np.floor. Which of them is it here?",
    ("bool", "float"): "A comparison gives True and False. What makes numbers of them?",
    ("bool", "integer"): "A comparison gives True and False. What makes numbers of them?",
}
"""What to look for where the dtype alone is wrong: (asked, came)."""
NUMBERS = {
    ": there are NaNs": "NaN comes from 0/0, inf - inf, inf/inf and 0 * inf: what do you divide "
    "by, and which exp or power can grow beyond the largest number?",
    ": there are infinities": "inf comes from a division by 0, from log(0), which is -inf, and "
    "from exp of a large number (above 709, in float32 above 88): which of them can it be here?",
}
"""What to look for where a value is no finite number."""
_DTYPE = re.compile(r"expected (?:dtype )?(\w+)(?: values)?, got (\w+)")
SHARED = (
    "what comes back shares its memory with an array that was given: who writes into one of the "
    "two changes the other",
    "x[...] with a slice, x.T, reshape, np.asarray and a second name for x make no new array. "
    "Which of them hands on what you were given?",
)
"""What is told, and asked, where new arrays are promised and others come back."""
PART = "This explains a part: something else is wrong as well."
_MATMUL = re.compile(r"matmul: Input operand .*\(size (\d+) is different from (\d+)\)")


def shares(exercise: Exercise) -> list[float]:
    """Return the points of each check present: its weight's share of the exercise's points."""
    total = sum(check.weight for check in exercise)
    return [exercise.points * check.weight / total for check in exercise]


def unusable(error: Exception) -> Difference:
    """Say that a driver cannot go on with what the student returned."""
    text = "what came back cannot be used as the docstring says"
    if isinstance(error, ValueError | TypeError) and "unpack" in str(error):
        text = "expected several values to be returned, as the docstring lists them"
    return Difference("structure", text)


def describe(failure: Failure, *, public: bool) -> str:
    """Say why there is no value. Of a hidden check only the exception's type and line are told."""
    place = f" in line {failure.line}" if failure.line else ""
    place += f" of {failure.cell}" if failure.line and failure.cell else ""
    if failure.kind in ("exception", "left-out"):
        message = re.sub(r" \([^()]*, line \d+\)$", "", failure.message)
        message = _MATMUL.sub(r"the axes that @ joins have lengths \2 and \1", message)
        text = f": {message}" if public and message else ""
        return f"{failure.type_name}{place}{text}"
    told = {
        "timeout": _stopped(failure.message),
        "crash": "the process ended in the middle of the call",
        "memory": "it needs more memory than a submission may use",
        "wrong-type": "the result is not plain data",
        "missing": "the function is not there",
        "not-implemented": f"still to write{place}",
        "protocol": "the process broke off the conversation with the grader",
        "output-too-big": "the result is far too large",
        "refused": "this is not allowed in a submission",
    }[failure.kind]
    if failure.kind == "wrong-type" and failure.message:
        told = (
            f"{told}: {textwrap.shorten(failure.message, 80, placeholder=' ...')}"
            if public
            else told
        )
    return told


def _stopped(message: str) -> str:
    """Say what ended something that took too long; a loop is suspected of what computed."""
    if message == IDLE:
        return WAITED
    if message in ("", BUSY):
        return "it takes too long: is there a loop that does not end?"
    return f"it is stopped: {message}"


def check_result(seen: Observation, points: float, named: Diagnosis | None) -> CheckResult:
    """Tell how one check ended; `named` is the belief that explains it, if one does."""
    check, public = seen.check, not seen.check.hidden
    result = CheckResult(check.name, check.sentence, check.hidden, points)
    result.stdout = seen.stdout if public else ""
    if seen.trials and not seen.mild and (seen.difference is None or _measured(seen.difference)):
        result.tolerance = str(seen.trials[seen.failed_at or 0].tol)
    if public and not seen.passed:
        cases = len(seen.trials)
        many = f" (case {(seen.failed_at or 0) + 1} of {cases})" if cases > 1 else ""
        result.asked = seen.asked and seen.asked + many
    if seen.passed:
        result.status, result.earned = "passed", points
        return result
    if seen.skipped:
        result.status, result.message = "waiting", seen.skipped
    elif seen.failure:
        result.status, result.message = "error", describe(seen.failure, public=public)
    elif seen.difference:
        _explain(result, seen.difference, public)
        if result.picture and seen.picture:
            result.picture = seen.picture
    if named is not None:
        _name(result, named)
    if seen.modified and not seen.failure:
        _tell_modified(result, seen.modified)
    elif seen.shared and not (seen.failure or seen.difference):
        result.message, result.hint = SHARED
    return result


def _name(result: CheckResult, named: Diagnosis) -> None:
    """Tell the belief; a regularity of the error stands below it, never beside it."""
    belief = named.belief
    result.misconception, result.hint, result.cause = belief.name, belief.hint, ""
    if belief.convention:
        sentence = belief.convention.endswith(".")
        result.cause = belief.convention if sentence else f"This is {belief.convention}."
    if not named.whole:
        result.cause = f"{result.cause} {PART}".strip()


def _tell_modified(result: CheckResult, names: str) -> None:
    """Tell first that arguments are changed: wrong values often follow from it."""
    told = f"the function changes an array it was given: {names}"
    result.message = f"{told}; {result.message}" if result.message else told
    if not result.hint:
        result.hint = (
            "-=, +=, *= and x[...] = ... write into the caller's array. Build a new one, or work "
            "on a copy: the caller still needs the old one."
        )


def say_once(checks: Iterable[CheckResult]) -> None:
    """Let a hint stand where it comes first, and not again below later checks."""
    said: set[str] = set()
    for check in checks:
        if check.hint in said:
            check.hint = ""
        said.add(check.hint)


def run_picture(check: Check, expected: object, actual: object) -> dict[str, object] | None:
    """Stack what a chain of calls gave, for a picture of the whole run, if it is one."""
    path = "path" if check.observe.startswith("descend") else ""
    if not isinstance(expected, list | tuple) or not isinstance(actual, list | tuple):
        return None
    if len(expected) < 3 or len(expected) != len(actual):
        return None
    items = [
        np.asarray(item) for item in (*expected, *actual) if not isinstance(item, tuple | list)
    ]
    if len(items) < 2 * len(expected) or len({item.shape for item in items}) != 1:
        return None
    if items[0].ndim > 1 or any(item.dtype.kind not in "fiub" for item in items):
        return None
    half = len(expected)
    return {"expected": np.stack(items[:half]), "actual": np.stack(items[half:]), "kind": path}


def _measured(difference: Difference) -> bool:
    """Whether a tolerance has a say in the difference."""
    expected = difference.expected
    return difference.kind == "value" and expected is not None and expected.dtype.kind in "fc"


def _explain(result: CheckResult, difference: Difference, public: bool) -> None:
    result.message, result.where = difference.text, difference.where
    if public:
        result.values = difference.values
        if difference.expected is not None and difference.kind == "value":
            result.picture = {"expected": difference.expected, "actual": difference.actual}
    result.hint = next((hint for text, hint in NUMBERS.items() if text in difference.text), "")
    if difference.kind == "dtype" and (found := _DTYPE.search(difference.text)):
        result.hint = DTYPES.get((found[1], found[2]), "")
    if difference.pattern:
        result.cause = f"It looks as if {difference.pattern.text}."


def mark_explained(exercise: Exercise, result: ExerciseResult, mild: set[str]) -> None:
    """Let a failure that an earlier one explains say so, instead of repeating it.

    A check in `mild` had the right values, and changed an argument or shares its memory: that
    explains no wrong value.
    """
    failed = {check.name for check in result.checks if not check.passed}
    for check, spec in zip(result.checks, exercise, strict=True):
        if not check.passed:
            reasons = failed if check.name in mild else failed - mild
            check.explained_by = next((name for name in spec.needs if name in reasons), None)


def untouched(observations: Iterable[Observation]) -> bool:
    """Whether every check met the stub's own NotImplementedError."""
    kinds = {seen.failure.kind if seen.failure else "" for seen in observations}
    return kinds == {"not-implemented"}
