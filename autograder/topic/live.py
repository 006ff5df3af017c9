"""Fresh trials of a check: cases drawn with the reference, again while they do not serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.spec import Case, Check, Exercise, Misconception
from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.chapter import ChapterError, returned, shapes
from autograder.topic.draws import Draws, Key, frozen, keepable, thawed
from autograder.topic.trials import Trial, Variants
from autograder.topic.trusted import size_of, trusted_value
from autograder.topic.widened import Functions, widened
from autograder.values.compare import Raised, equal
from autograder.values.nested import changed, leaves
from autograder.values.tolerance import Tolerance, tolerance

__all__ = ["LiveSource"]

REDRAWS = 100
_MOVES = 4  # that tell a wrong value from rounding, blown up
_TRIAL = 2560  # bytes, about, of a trial without its values


@dataclass
class LiveSource:
    """Fresh cases, expected values computed with the reference.

    Parameters
    ----------
    authored : AuthoredTopic
    seed : callable
        ``seed(exercise, check) -> int``.
    hidden : bool
        Whether hidden checks are drawn too.
    draws : Draws
        What is kept of the draws, by their seeds; those who draw the same may share it. Nothing by
        default: what is kept is read-only.
    """

    authored: AuthoredTopic
    seed: Callable[[str, str], int]
    hidden: bool = True
    draws: Draws = field(default_factory=lambda: Draws(0), repr=False)

    @property
    def topic(self) -> str:
        """The topic's name."""
        return self.authored.name

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises in the chapter's order."""
        return self.authored.exercises

    def symbols(self, exercise: Exercise) -> list[str]:
        """Return the shapes its docstring promises for what it returns."""
        return shapes(self.authored.chapter.parts[exercise.name].docstring)

    def returns(self, exercise: Exercise) -> list[str]:
        """Return the names its docstring gives to the values returned."""
        return returned(self.authored.chapter.parts[exercise.name].docstring)

    def signature(self, exercise: Exercise) -> str:
        """Return its signature."""
        return self.authored.chapter.parts[exercise.name].signature

    def trials(self, exercise: Exercise, check: Check) -> list[Trial]:
        """Draw the trials of one check, again while they do not serve.

        None stands on an edge, and together they give away each belief the check is to notice.

        Raises
        ------
        RuntimeError
            If no draw serves: the check is at fault.
        """
        seed = self.seed(exercise.name, check.name)
        key = (self.topic, exercise.name, check.name, seed)
        trials = self.draws.get(key)
        if trials is None:
            trials = self._fresh(exercise, check, seed)
            self._keep(key, trials)
        return list(trials)

    def _keep(self, key: Key, trials: list[Trial]) -> None:
        """Keep a draw for the next one who meets it, where it gives the same again."""
        if not self.draws.room:
            return
        held = [(trial.case.args, trial.case.kwargs, trial.expected) for trial in trials]
        if all(keepable((args, kwargs)) for args, kwargs, _ in held):
            self.draws.keep(key, trials, size_of(frozen(held)) + _TRIAL * len(trials))

    def _fresh(self, exercise: Exercise, check: Check, seed: int) -> list[Trial]:
        truth = widened(self.authored.truth(exercise.name), vars(self.authored.solution))
        for attempt in range(REDRAWS):
            rng = np.random.Generator(np.random.PCG64([seed & (2**64 - 1), seed >> 64, attempt]))
            trials = [self._trial(exercise, check, case, truth, seed) for case in check.cases(rng)]
            firm = check.exact or all(
                self._firm(exercise, check, trial, truth, rng) for trial in trials
            )
            missed = [key for key in check.notices if not _noticed(key, trials)]
            if firm and not missed:
                return trials
        fault = f"none notices {', '.join(missed)}" if missed else "every one stands on an edge"
        raise RuntimeError(f"{exercise.name}: {check.name}: of {REDRAWS} draws {fault}")

    def _trial(
        self,
        exercise: Exercise,
        check: Check,
        case: Case,
        truth: Functions,
        seed: int,
    ) -> Trial:
        # of the truth a ValueError can be asked for; anything else is the grader's own failure
        sizes = [0]
        expected = trusted_value(
            truth, exercise.name, check, case, ValueError, lambda v: sizes.append(size_of(v))
        )
        tol = tolerance(
            expected,
            (case.args, case.kwargs),
            rtol=check.rtol,
            atol=check.atol,
            dtype=check.dtype,
        )

        known: dict[str, tuple[bool, object]] = {}

        def wrong_value(belief: Misconception) -> object:
            functions = self._wrong_functions(exercise, belief)
            return trusted_value(functions, exercise.name, check, _of_its_own(case))

        def looked_up(belief: Misconception) -> object:
            value = wrong_value(belief)
            key = (self.topic, exercise.name, check.name, seed)
            self.draws.grow(key, size_of(value) + size_of(belief.key))
            return value

        def variants() -> Variants:
            return Variants(exercise.variants, looked_up, expected, tol, known)

        def settled(name: str) -> bool:
            belief = next((b for b in exercise.variants if b.key == name), None)
            return belief is None or equal(wrong_value(belief), wrong_value(belief), tol)

        def noisy(name: str) -> bool:
            belief = next((b for b in exercise.variants if b.key == name), None)
            if belief is None or check.exact:
                return False
            return self._noisy(exercise, belief, check, case, expected, tol)

        return Trial(case, expected, tol, variants, max(sizes), settled, noisy)

    def _wrong_functions(self, exercise: Exercise, belief: Misconception) -> Functions:
        """Return a wrong variant among right functions, compiled once."""
        key = (self.topic, exercise.name, belief.key)
        return self.draws.variant(key, lambda: self._variant(exercise, belief))

    def _variant(self, exercise: Exercise, belief: Misconception) -> Functions:
        """Return a wrong variant; two beliefs that do not go together give the truth."""
        if " + " not in belief.key:
            return self.authored.variant(exercise.name, belief)
        turned = replace(belief, replace=belief.replace[::-1], by=belief.by[::-1])
        for both in (belief, turned):
            try:
                return self.authored.variant(exercise.name, both)
            except (ChapterError, SyntaxError):
                continue
        return self.authored.truth(exercise.name)

    def _noisy(
        self,
        exercise: Exercise,
        belief: Misconception,
        check: Check,
        case: Case,
        expected: object,
        tol: Tolerance,
    ) -> bool:
        """Whether inputs moved by a few ulp give a wrong variant other values, again and again.

        Where a tie falls one way or the other there are two. Rounding around a zero is none at the
        scale of the truth, and whole numbers are decisions.
        """
        scale = tol.at_scale_of(expected)
        functions = self._wrong_functions(exercise, belief)
        rng = np.random.Generator(np.random.PCG64(1))
        found = [trusted_value(functions, exercise.name, check, _of_its_own(case))]
        for _ in range(_MOVES):
            own = _of_its_own(case)
            moved = Case(*_moved(own.args, rng, True), **_moved(own.kwargs, rng, True))
            value = trusted_value(functions, exercise.name, check, moved)
            if not any(equal(_floats(one), _floats(value), scale) for one in found):
                found.append(value)
            elif len(found) == 1:
                return False
        return len(found) > 2

    def _firm(
        self,
        exercise: Exercise,
        check: Check,
        trial: Trial,
        truth: Functions,
        rng: np.random.Generator,
    ) -> bool:
        """Whether moving the inputs by a few ulp leaves the expected value within the tolerance."""
        moved = Case(*_moved(trial.case.args, rng), **_moved(trial.case.kwargs, rng))
        value = trusted_value(truth, exercise.name, check, moved)
        return equal(trial.expected, value, trial.tol)


def _of_its_own(case: Case) -> Case:
    """Return a case for a function that may change what it is given."""
    return Case(*thawed(case.args), **thawed(case.kwargs))


def _noticed(key: str, trials: Iterable[Trial]) -> bool:
    return any(key in trial.variants() for trial in trials)


def _floats(value: object) -> object:
    """Return a value with nothing but its floating numbers left."""
    if isinstance(value, Raised):
        return value
    return [leaf for leaf in map(np.asarray, leaves(value)) if leaf.dtype.kind == "f"]


def _moved(value: object, rng: np.random.Generator, but_whole: bool = False) -> Any:
    """Move every float of a nested value by up to two ulp; with `but_whole` no whole number."""

    def moved(leaf: object) -> Any:
        if not isinstance(leaf, np.ndarray) or leaf.dtype.kind != "f":
            return leaf
        steps = rng.integers(-2, 3, leaf.shape)
        shifted = leaf + (steps * np.spacing(np.abs(leaf))).astype(leaf.dtype)
        moves = np.isfinite(leaf) & (leaf != 0)
        if but_whole:  # a column of ones stays constant
            moves &= leaf != np.round(leaf)
        return np.where(moves, shifted, leaf).astype(leaf.dtype)

    return changed(value, moved)
