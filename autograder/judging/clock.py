"""How much time a submission may take, and what of it is left."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.report.model import COMPUTING, WAITING
from autograder.sandbox.types import IDLE, Outcome

__all__ = ["Budget", "Purse"]


@dataclass(frozen=True)
class Budget:
    """Seconds one exercise, and one whole submission, may take; see `sandbox.clock`."""

    exercise: float = 10.0
    submission: float = 60.0


class Purse:
    """Counts what a submission spends, on loading and in calls; of no budget, without end."""

    def __init__(self, budget: Budget | None) -> None:
        self._budget = budget
        self._all = self._here = self._worked = 0.0
        self._patience = 1.0
        self._stopped: set[str] = set()

    def open(self, patience: float = 1.0) -> None:
        """Begin with an exercise; `patience` multiplies what it may take."""
        self._here, self._patience = 0.0, patience

    def spend(self, outcome: Outcome, *, loading: bool = False) -> None:
        """Count what a call or a cell took; loading is not the exercise's."""
        self._all += outcome.seconds
        self._worked += outcome.worked
        self._here += 0.0 if loading else outcome.seconds
        if outcome.failure and outcome.failure.kind == "timeout":
            self._stopped.add(WAITING if outcome.failure.message == IDLE else COMPUTING)

    @property
    def left(self) -> float | None:
        """Seconds that are left for the next call; None: no limit."""
        if self._budget is None:
            return None
        here = self._budget.exercise * self._patience - self._here
        return min(here, self._budget.submission - self._all)

    def used_up(self) -> str:
        """Return what is used up, in words, or ""; that something is not run for it is kept."""
        told = ""
        if self.over:
            told = "the time for the whole submission is used up"
        elif self._budget and self._here >= self._budget.exercise * self._patience:
            told = "the time for this exercise is used up"
        if told:
            self._stopped.add(WAITING if self._worked < self._all / 2 else COMPUTING)
        return told

    @property
    def stopped(self) -> str:
        """What ended something for lack of time: the report's `stopped`."""
        return WAITING if WAITING in self._stopped else next(iter(self._stopped), "")

    @property
    def over(self) -> bool:
        """Whether nothing of the submission may run any more."""
        return self._budget is not None and self._all >= self._budget.submission
