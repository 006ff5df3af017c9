"""How much time a submission may take, and what of it is left."""

from __future__ import annotations

from dataclasses import dataclass

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
        self._all = self._here = 0.0
        self._patience = 1.0

    def open(self, patience: float = 1.0) -> None:
        """Begin with an exercise; `patience` multiplies what it may take."""
        self._here, self._patience = 0.0, patience

    def spend(self, seconds: float, *, loading: bool = False) -> None:
        """Count some seconds; those of loading are not the exercise's."""
        self._all += seconds
        self._here += 0.0 if loading else seconds

    @property
    def left(self) -> float | None:
        """Seconds that are left for the next call; None: no limit."""
        if self._budget is None:
            return None
        here = self._budget.exercise * self._patience - self._here
        return min(here, self._budget.submission - self._all)

    @property
    def empty(self) -> str:
        """What is used up, in words, or ""."""
        if self._budget is None:
            return ""
        if self._all >= self._budget.submission:
            return "the time for the whole submission is used up"
        if self._here >= self._budget.exercise * self._patience:
            return "the time for this exercise is used up"
        return ""

    @property
    def over(self) -> bool:
        """Whether nothing of the submission may run any more."""
        return self._budget is not None and self._all >= self._budget.submission
