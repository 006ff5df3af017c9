"""How derived files differ from those that are kept: readable diffs, records within tolerance."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

from autograder.sandbox import wire
from autograder.topic.record import RecordedSource, RecordError
from autograder.values.compare import Noise, equal
from autograder.values.nested import alike
from autograder.values.tolerance import Tolerance, tolerance

__all__ = ["difference"]


def difference(made: Path, kept: Path) -> list[str]:
    """Say how a file that is kept differs from the one derived: nothing, or one text."""
    name = f"assignments/{kept.parent.name}/{kept.name}"
    if not kept.exists():
        return [f"{name}: missing"]
    if made.suffix == ".npz":
        try:
            return _record_difference(made, kept, name)
        except (RecordError, wire.WireError, KeyError, TypeError):
            return [f"{name}: written in another format"]
    old, new = (_compared(path).splitlines(True) for path in (kept, made))
    diff = "".join(difflib.unified_diff(old, new, name, f"{name} (derived)", n=2))
    return [diff] if diff else []


def _compared(path: Path) -> str:
    """Return the text that is compared: pictures differ with the version that drew them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    try:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            cell.pop("attachments", None)
    except (ValueError, KeyError, AttributeError):
        return text
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _record_difference(made: Path, kept: Path, name: str) -> list[str]:
    """Compare two records: texts exactly, values within the tolerance of their checks."""
    new, old = RecordedSource(made), RecordedSource(kept)
    if new.texts != old.texts:
        before, after = (
            json.dumps(source.texts, indent=1, sort_keys=True, ensure_ascii=False).splitlines(True)
            for source in (old, new)
        )
        return ["".join(difflib.unified_diff(before, after, name, f"{name} (derived)", n=2))]
    for exercise in new.exercises:
        for check in exercise:
            pairs = [source.trials(exercise, check) for source in (new, old)]
            if len(pairs[0]) != len(pairs[1]):
                return [f"{name}: {exercise.name}: {check.name}: another number of cases"]
            for left, right in zip(*pairs, strict=True):
                same = equal(left.expected, right.expected, left.tol)
                inputs = (left.case.args, left.case.kwargs), (right.case.args, right.case.kwargs)
                same = same and alike(*inputs, _equal_input)
                ours, theirs = left.variants(), right.variants()
                scale = left.tol.at_scale_of(left.expected)
                same = same and all(
                    _same_wrong(ours.get(k, _RIGHT), theirs.get(k, _RIGHT), scale)
                    for k in ours.keys() | theirs.keys()
                )
                if not same:
                    return [f"{name}: {exercise.name}: {check.name}: recorded values differ"]
    return []


_RIGHT = object()
"""Stands for the value of a wrong variant that gives what is right."""


def _same_wrong(one: object, other: object, tol: Tolerance) -> bool:
    """Whether two wrong values are the same; rounding, blown up or around a zero, has no digits.

    By chance it may also give what is right.
    """
    if isinstance(one, Noise) or isinstance(other, Noise):
        return True
    if one is _RIGHT or other is _RIGHT:
        return one is other
    return equal(one, other, tol)


def _equal_input(left: object, right: object) -> bool:
    if callable(left) or hasattr(left, "make"):
        inner = tuple(vars(left).values()), tuple(vars(right).values())
        return type(left) is type(right) and alike(*inner, _equal_input)
    if left is None or right is None:
        return left is right
    return equal(left, right, tolerance(left, right))
