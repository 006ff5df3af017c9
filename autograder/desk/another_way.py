"""``--another``: a right function beside another way to write it, with the times of both.

A release carries other ways locked; what opens them are the results of a right function. Nothing
is shown before an exercise has passed, and an instructor may leave them out: ``another_way =
false`` in ``course.toml``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from autograder import observe
from autograder.desk.ladder import desk_of
from autograder.desk.selfcheck import Checked
from autograder.desk.speed import functions_of, slow_lines, times_of
from autograder.report.terminal import Look
from autograder.spec import Exercise
from autograder.submission.locate import definition
from autograder.topic.locked import WAYS, key_of, nudged, opened

__all__ = ["another_way", "other_ways", "ways_of"]

_LOOPS = "loops"


def ways_of(checked: Checked) -> Mapping[str, Any]:
    """Return what a release has locked for each exercise; nothing where it has none."""
    path = checked.target.record.with_name(WAYS)
    if not desk_of(checked.target.record).get("another_way", True):
        return {}
    if getattr(checked.source, "exam", ""):
        return {}
    try:
        found: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def other_ways(
    checked: Checked, exercise: Exercise, function: Callable[..., object]
) -> dict[str, str]:
    """Open the other ways to write an exercise with a student's own right function."""
    made = ways_of(checked).get(exercise.name)
    if made is None:
        return {}
    check = next(check for check in exercise if check.name == made["check"])
    trials = checked.source.trials(exercise, check)[: made["cases"]]
    run = observe.DRIVERS["call"]
    try:
        results = [
            run(function, *case.args, **case.kwargs)
            for case in (nudged(trial.case) for trial in trials)
        ]
        key = key_of(results, made)
        return {style: opened(text, key) for style, text in made["ways"].items()}
    except Exception:  # whatever a student's function does with numbers it never met
        return {}


def another_way(checked: Checked, look: Look) -> str:
    """Write each right exercise in another way, with its time and the student's."""
    space = functions_of(checked)
    parts = []
    for exercise in checked.source.exercises:
        passed = any(each.passed for each in checked.report if each.name == exercise.name)
        function = space.get(exercise.name)
        if passed and callable(function):
            parts.append(_told(checked, exercise, function, space, look))
    if not parts:
        return "\nNo exercise is right yet; another way to write it comes after that.\n"
    return "".join(parts)


def _told(
    checked: Checked,
    exercise: Exercise,
    function: Callable[..., Any],
    space: Mapping[str, Any],
    look: Look,
) -> str:
    ways = other_ways(checked, exercise, function)
    if not ways:
        return f"\n{exercise.name}: there is no other way here to show.\n"
    style = _other_style(checked, exercise, ways)
    own = dict(space)
    exec(compile(ways[style], f"another way: {style}", "exec"), own)
    times = times_of(checked, exercise, function, own[exercise.name])
    lines = ["", look.paint(f"{exercise.name}, another way ({style}):", "bold"), ""]
    lines += [f"    {line}".rstrip() for line in ways[style].strip("\n").split("\n")]
    if times:
        yours, other, size = times
        lines += ["", f"  Time: yours {yours}, this one {other} ({size} numbers in)."]
    return "\n".join(lines) + "\n"


def _other_style(checked: Checked, exercise: Exercise, ways: Mapping[str, str]) -> str:
    """Choose the style that differs: without Python's loops for who wrote loops, else with them."""
    found = definition(checked.submission, exercise.name)
    loops = found is not None and any(True for _ in slow_lines(found.node))
    return min(ways, key=lambda style: ((style == _LOOPS) == loops, style))
