"""Which belief explains a mistake: the wrong variants that give exactly what the student gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.judging.observation import Observation
from autograder.spec import Exercise, Misconception
from autograder.values.compare import Raised, equal

__all__ = ["diagnose"]


def diagnose(exercise: Exercise, observations: Sequence[Observation]) -> dict[str, Misconception]:
    """Name the misconception behind each failed check, where one explains it.

    A variant explains a failed check if it gives what the student gave in every trial of it. It is
    ruled out by a passed check that it would have failed. Of several, the one that explains most
    failed checks is named; ties go to the first declared. Somewhere it must give the same wrong
    *value*, not only an exception of the same name. Where a variant would give another wrong
    value in another failed check, agreement in whole numbers alone may be chance, and two beliefs
    that contradict each other are both dropped. A wrong diagnosis is worse than none.

    Returns
    -------
    dict
        Misconception by name of the check.
    """
    failed = [seen for seen in observations if not seen.passed and _complete(seen)]
    returned = any(not isinstance(value, Raised) for seen in failed for value in seen.outputs)
    if not returned or not exercise.misconceptions:
        return {}
    values = {seen.check.name: [trial.variants() for trial in seen.trials] for seen in observations}
    explained: dict[str, list[str]] = {}
    denied: dict[str, set[str]] = {}
    passed = [seen.check.name for seen in observations if seen.passed]
    for wrong in exercise.variants:  # the cheapest way to rule one out comes first
        alike = [seen for seen in failed if _matches(seen, values[seen.check.name], wrong)]
        if not any(_shares_a_value(seen, values[seen.check.name], wrong) for seen in alike):
            continue
        if any(_fails(values[name], wrong) for name in passed):
            continue
        others = [seen.check.name for seen in failed if seen not in alike]
        against = {name for name in others if _fails(values[name], wrong)}
        if not against or any(_telling(seen, values[seen.check.name], wrong) for seen in alike):
            explained[wrong.key] = [seen.check.name for seen in alike]
            denied[wrong.key] = against
    explained = _undisputed(exercise, explained, denied)
    ranked = sorted(exercise.variants, key=lambda w: -len(explained.get(w.key, ())))
    return {
        seen.check.name: wrong
        for seen in failed
        for wrong in reversed(ranked)
        if seen.check.name in explained.get(wrong.key, ())
    }


def _shares_a_value(seen: Observation, values: Sequence[Any], wrong: Misconception) -> bool:
    """Whether a wrong value agrees somewhere: that both end in a ValueError says too little."""
    return any(
        wrong.key in value and not isinstance(output, Raised)
        for value, output in zip(values, seen.outputs, strict=True)
    )


def _undisputed(
    exercise: Exercise, explained: dict[str, list[str]], denied: dict[str, set[str]]
) -> dict[str, list[str]]:
    """Drop two beliefs each of which is contradicted by a check that the other one explains."""
    beliefs = {wrong.key: wrong.name for wrong in exercise.variants}
    return {
        key: checks
        for key, checks in explained.items()
        if not any(
            denied[key] & set(theirs) and denied[rival] & set(checks)
            for rival, theirs in explained.items()
            if beliefs[rival] != beliefs[key]
        )
    }


def _telling(seen: Observation, values: Sequence[Any], wrong: Misconception) -> bool:
    """Whether a wrong value that agrees is no whole number: zeros and counts agree by chance."""
    return any(
        wrong.key in value and any(np.any(leaf != np.round(leaf)) for leaf in _floats(output))
        for value, output in zip(values, seen.outputs, strict=True)
    )


def _floats(value: Any) -> Iterator[NDArray[np.floating[Any]]]:
    if isinstance(value, tuple | list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _floats(item)
    elif isinstance(value, float | np.floating | np.ndarray):
        leaf = np.asarray(value)
        if leaf.dtype.kind == "f":
            yield leaf[np.isfinite(leaf)]


def _complete(seen: Observation) -> bool:
    return len(seen.outputs) == len(seen.trials)


def _fails(values: Sequence[Any], wrong: Misconception) -> bool:
    """Whether the variant differs from the truth somewhere (only such values are listed)."""
    return any(wrong.key in value for value in values)


def _matches(seen: Observation, values: Sequence[Any], wrong: Misconception) -> bool:
    """Whether the variant gives the student's outputs in every trial, and a wrong one in some."""
    if not _fails(values, wrong):
        return False
    return all(
        equal(value.get(wrong.key, trial.expected), output, trial.tol)
        for trial, value, output in zip(seen.trials, values, seen.outputs, strict=True)
    )
