"""The processes that hold one submission: one that meets public cases, one that meets hidden ones.

What a process has seen it can print or put into an exception's text. One that has seen a hidden
case is never asked a public check again, so nothing that reaches the student knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from autograder.judging.clock import Purse
from autograder.sandbox.types import Cell, Failure, Outcome
from autograder.spec import Exercise
from autograder.submission.cells import Submission

__all__ = ["FATAL", "AnyWorker", "Workers", "doing_without"]

FATAL = frozenset({"timeout", "crash", "memory", "protocol", "output-too-big"})
_NEVER_RUN = Outcome(failure=Failure("timeout"))


class AnyWorker(Protocol):
    """What runs a submission's functions."""

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""

    def load(self, cells: Sequence[Cell], seconds: float | None = None) -> list[Outcome]:
        """Run the cells one by one."""

    def call(
        self,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        *,
        collect: bool = False,
        callbacks: Mapping[int, Callable[..., object]] = {},
        seconds: float | None = None,
        output: int | None = None,
    ) -> Outcome:
        """Call a function."""

    def provide(self, name: str, relay: Callable[[Any], object], lasting: bool = False) -> None:
        """Have a function of the submission answered from the judge's side, in bytes."""

    def names(self) -> frozenset[str]:
        """Return the callables defined."""

    def close(self) -> None:
        """End it."""


def doing_without(worker: Any, exercises: Iterable[Exercise]) -> Any:
    """Return a new worker in which exercises do without what they are to be written without."""
    rules = {exercise.name: exercise.forbid for exercise in exercises if exercise.forbid}
    if rules:
        worker.withhold(rules)
    return worker


class Workers:
    """The processes of one submission, forked when they are needed.

    Parameters
    ----------
    submission : Submission
    fork : callable
        Returns a new worker.
    purse : Purse
        Pays for loading.
    """

    def __init__(self, submission: Submission, fork: Callable[[], AnyWorker], purse: Purse) -> None:
        self._cells = [Cell(cell.source, cell.name, cell.line) for cell in submission.cells]
        self._fork, self._purse = fork, purse
        self._fatal: dict[int, Outcome] = {}
        self._alive: dict[bool, AnyWorker] = {}
        self._called: set[bool] = set()
        self._loaded: list[Outcome] | None = None

    def get(self, hidden: bool = False) -> AnyWorker:
        """Return a live worker with the submission loaded; a cell that kills it is left out."""
        worker = self._alive.get(hidden)
        if worker is None or not (worker.alive or self._purse.over):
            self._drop(hidden)
            worker = self._alive[hidden] = self._load(hidden)
        return worker

    def to_call(self, hidden: bool) -> AnyWorker:
        """Return the same, for a call: it is as it was loaded no more."""
        worker = self.get(hidden)
        self._called.add(hidden)
        return worker

    @property
    def loaded(self) -> list[Outcome]:
        """How each cell went, when the submission was loaded first."""
        if self._loaded is None:
            self.get()
        return self._loaded or []

    def afresh(self) -> None:
        """End those in which something was called: what comes next begins afresh."""
        for hidden in tuple(self._called):
            self._drop(hidden)

    def close(self) -> None:
        """End them."""
        for hidden in tuple(self._alive):
            self._drop(hidden)

    def _drop(self, hidden: bool) -> None:
        self._called.discard(hidden)
        if hidden in self._alive:
            self._alive.pop(hidden).close()

    def _load(self, hidden: bool) -> AnyWorker:
        cells = self._cells
        while True:
            worker = self._fork()
            kept = [k for k in range(len(cells)) if k not in self._fatal]
            try:
                given = worker.load([cells[k] for k in kept], self._purse.left)
            except BaseException:
                worker.close()
                raise
            loaded = dict(zip(kept, given, strict=False))
            for outcome in given:
                self._purse.spend(outcome, loading=True)
            if self._loaded is None or not hidden:
                self._loaded = [
                    self._fatal.get(k) or loaded.get(k) or _NEVER_RUN for k in range(len(cells))
                ]
            killers = [k for k, o in loaded.items() if o.failure and o.failure.kind in FATAL]
            if worker.alive or not killers or self._purse.over:
                return worker
            worker.close()
            self._fatal[killers[0]] = loaded[killers[0]]
