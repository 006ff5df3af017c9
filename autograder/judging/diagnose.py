"""Which belief explains a mistake: the wrong variants that give exactly what the student gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.judging.observation import Observation
from autograder.spec import Exercise, Misconception
from autograder.topic.doubles import doubles
from autograder.topic.trials import Trial, Variants
from autograder.values.compare import Noise, Raised, equal

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """The belief behind a failed check, and whether it explains all that failed."""

    belief: Misconception
    whole: bool = True


@dataclass
class _Account:
    """How far a belief explains what was seen of an exercise."""

    belief: Misconception
    explained: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    shared: int = 0
    telling: bool = False


def diagnose(exercise: Exercise, observations: Sequence[Observation]) -> dict[str, Diagnosis]:
    """Name the misconception behind each failed check, where one explains it.

    A belief speaks for the exercise: wherever its variant differs from the truth, in failed and in
    passed checks alike, it must give what the student gave; a single value that differs drops it. A
    call that raised tells nothing for or against it, unless the truth or the variant raises too; no
    more does a value that the variant itself does not give again (draws without a seed), or that
    diverges a step earlier or later.
    Somewhere it must give the same wrong *value*. What explains every failed check is named for
    the exercise; else two beliefs at once that explain every failed check, where their variants can
    be computed; else beliefs that explain some of them are told as a part each, where agreement
    cannot be chance: by values that are no whole numbers, or by several.

    Returns
    -------
    dict
        Diagnosis by name of the check.
    """
    failed = [seen.check.name for seen in observations if not seen.passed and seen.outputs]
    returned = any(
        not isinstance(value, Raised) for o in observations if not o.passed for value in o.outputs
    )
    if not returned or not exercise.misconceptions:
        return {}
    asked = [list(map(_Answer, o.trials, o.outputs)) for o in observations]
    accounts = [
        account
        for belief in exercise.variants
        if (account := _account(belief, observations, asked)) and account.shared
    ]
    whole = [account for account in accounts if not account.unexplained]
    if whole:
        best = max(whole, key=lambda account: len(account.explained))  # ties: the first declared
        return dict.fromkeys(best.explained, Diagnosis(best.belief))
    if both := _double(exercise, observations, asked):
        return dict.fromkeys(both.explained, Diagnosis(both.belief))
    found: dict[str, Diagnosis] = {}
    parts = [account for account in accounts if account.telling or account.shared > 2]
    for account in sorted(parts, key=lambda account: -len(account.explained)):
        if not any(name in found for name in account.explained):
            found |= dict.fromkeys(account.explained, Diagnosis(account.belief, whole=False))
    if len(found) == len(failed) and len({d.belief.key for d in found.values()}) == 1:
        return {name: replace(diagnosis, whole=True) for name, diagnosis in found.items()}
    return found


def _double(
    exercise: Exercise,
    observations: Sequence[Observation],
    asked: Sequence[Sequence[_Answer]],
) -> _Account | None:
    """Return two beliefs that together explain all, by values that agree several times."""
    values = [one.values for answers in asked for one in answers]
    live = [value for value in values if isinstance(value, Variants)]
    if not live or len(live) < len(values):
        return None
    for belief in doubles(exercise):
        for value in live:
            value.double(belief)
        account = _account(belief, observations, asked)
        if account and account.shared > 1 and account.telling and not account.unexplained:
            return account
    return None


def _account(
    belief: Misconception,
    observations: Sequence[Observation],
    asked: Sequence[Sequence[_Answer]],
) -> _Account | None:
    """Return how far a belief explains what was seen, or None if something contradicts it."""
    account = _Account(belief)
    order = sorted(range(len(observations)), key=lambda k: observations[k].passed)
    for k in order:  # what failed rules out most beliefs at once
        seen, explains, fits, silent = observations[k], False, True, False
        for one in asked[k]:
            differs = belief.key in one.values
            given = one.values[belief.key] if differs else one.trial.expected
            if isinstance(one.output, Raised) and not isinstance(given, Raised):
                fits = False
            elif not (one.agrees(given) if differs else one.right):
                if differs and not (account.shared and _excused(belief, one, given)):
                    return None
                fits, silent = fits and differs, silent or differs
            elif differs:
                explains = True
                if not isinstance(one.output, Raised):
                    account.shared += 1
                    account.telling = account.telling or _telling(one.output)
        if not seen.passed and seen.outputs and (explains or not fits or not silent):
            (account.explained if explains and fits else account.unexplained).append(
                seen.check.name
            )
    return account


class _Answer:
    """What a student gave to one trial, held against many values."""

    def __init__(self, trial: Trial, output: object) -> None:
        self.trial = trial
        self.values = trial.variants()
        self.output = _in_order(output, trial.expected)
        self._as_it_came = output
        self._loose = replace(trial.tol, dtype=False)

    @cached_property
    def right(self) -> bool:
        """Whether it agrees with the truth, as most beliefs do on most trials."""
        return self.agrees(self.trial.expected)

    def agrees(self, given: object) -> bool:
        """Whether it agrees with what a variant gives, its keys in either order."""
        return self._agree(given, self._as_it_came) or (
            self.output is not self._as_it_came and self._agree(given, self.output)
        )

    def _agree(self, given: object, output: object) -> bool:
        """Whether a variant gives an output; the dtype counts where it alone is wrong.

        Two that raise agree, whatever the type: a callback's exception has another one on its way.
        """
        if isinstance(given, Raised) and isinstance(output, Raised):
            return True
        if not equal(given, output, self._loose):
            return False
        strict = self.trial.tol.dtype and equal(self.trial.expected, given, self._loose)
        return not strict or equal(given, output, self.trial.tol)


def _in_order(output: Any, asked: object) -> Any:
    """Return a dict with its keys in the order of the one asked: a sketch goes by their order.

    What holds no such dict is returned itself. (A variant may have been sketched with its own
    order, so the output as it came counts too.)
    """
    if isinstance(output, dict) and isinstance(asked, dict) and output.keys() == asked.keys():
        return {key: _in_order(output[key], item) for key, item in asked.items()}
    if isinstance(output, list | tuple) and isinstance(asked, list | tuple):
        if len(output) != len(asked):
            return output
        items = list(map(_in_order, output, asked))
        same = all(item is before for item, before in zip(items, output, strict=True))
        return output if same else type(output)(items)
    return output


def _excused(belief: Misconception, one: _Answer, given: object) -> bool:
    """Whether a value that differs from a variant's says nothing against it."""
    if isinstance(given, Noise) or _diverged(one.trial, given, one.output):
        return True
    return not one.trial.settled(belief.key) or one.trial.noisy(belief.key)


def _diverged(trial: Trial, given: object, output: object) -> bool:
    """Whether both leave the finite numbers, and agree as long as both are in them."""
    if not (isinstance(given, np.ndarray) and isinstance(output, np.ndarray)):
        return False
    if given.shape != output.shape or given.dtype.kind != "f" or output.dtype.kind != "f":
        return False
    here, there = np.isfinite(given), np.isfinite(output)
    both = here & there
    wild = not here.all() and not there.all()
    return bool(wild and both.any() and equal(given[both], output[both], trial.tol))


def _telling(output: object) -> bool:
    """Whether a value that agrees is no whole number: zeros and counts agree by chance."""
    return any(np.any(leaf != np.round(leaf)) for leaf in _floats(output))


def _floats(value: object) -> Iterator[NDArray[np.floating[Any]]]:
    if isinstance(value, tuple | list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _floats(item)
    elif isinstance(value, float | np.floating | np.ndarray):
        leaf = np.asarray(value)
        if leaf.dtype.kind == "f":
            yield leaf[np.isfinite(leaf)]
