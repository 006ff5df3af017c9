"""What was asked of a function: its arguments by name, and the call that went wrong, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.judging.observation import Observation
from autograder.spec import Check, Exercise
from autograder.submission.signature import call_text, parameters, way_text
from autograder.topic.trials import Source, Trial

__all__ = ["CallMade", "asked_text", "given", "lengths"]

CallMade = tuple[str, tuple[object, ...], dict[str, object]]
"""A function's name, and what it was called with."""


def asked_text(
    source: Source, calls: Sequence[CallMade], observation: Observation, expected: object
) -> str:
    """Put into words what was asked: the call that went wrong, or the first of several."""
    if not calls:
        return ""
    wrong = _wrong_call(calls, observation, expected)
    name, args, kwargs = calls[wrong or 0]
    known = {exercise.name: exercise for exercise in source.exercises}
    signature = source.signature(known[name]) if name in known else f"{name}()"
    text = call_text(signature, args, kwargs)
    if wrong is not None and len(calls) > 1:
        return f"call {wrong + 1} of {len(calls)}: {text}"
    return way_text(observation.check.observe, len(calls), text)


def _wrong_call(
    calls: Sequence[CallMade], observation: Observation, expected: object
) -> int | None:
    """Return the number of the call that went wrong, where that is known."""
    if observation.failure:
        return len(calls) - 1
    item = observation.difference.item if observation.difference else None
    if item is None or not isinstance(expected, list):
        return None
    first = len(expected) - len(calls)  # 1: the path begins with what was given
    return item - first if first in (0, 1) and item >= first else None


def given(source: Source, exercise: Exercise, check: Check, trial: Trial) -> dict[str, Any]:
    """Return the arguments of a case by name, where the case is one call."""
    if check.observe != "call":
        return {}
    asked = [p.name for p in parameters(source.signature(exercise))]
    return {**dict(zip(asked, trial.case.args, strict=False)), **trial.case.kwargs}


def lengths(named: Mapping[str, Any]) -> dict[int, str]:
    """Return the lengths at hand in a call, each with a name."""
    found: dict[int, str] = {}
    for name, value in named.items():
        for axis, size in enumerate(getattr(value, "shape", ())):
            place = f"axis {axis} of {name}" if value.ndim > 1 else name
            found.setdefault(size, f"the length of {place}")
    return found
