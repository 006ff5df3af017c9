"""Exercises that a failed one holds up: what leans on what, and who answers in its place.

An early mistake is not to cascade: where an exercise leans on one that failed, the worked solution
answers for that one, while this exercise runs and no longer, and the report says so. What is served
must not give anything away: only calls as the docstring promises are answered, and an exercise
whose answer follows from what is served (a backward pass from its forward) gets only the very calls
that the worked solution makes on the same case. See `sandbox.inside.rehearsal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from autograder.sandbox.types import Cell
from autograder.spec import Exercise
from autograder.submission.outline import Outline
from autograder.topic.catalogue import AuthoredTopic

__all__ = ["Stand", "WorkedSolution", "follows", "leans_on", "prerequisites"]

_ROOM = 8 << 20  # bytes of questions and answers that are kept
_DERIVED = re.compile(r"backward|grad|derivative|jacobian|hessian|bptt|inverse")


class Stand(Protocol):
    """Who answers for exercises that failed, in bytes."""

    def rehearse(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], helpers: Sequence[str]
    ) -> None:
        """Find out what the worked solution asks of its helpers on a case."""

    def answer(self, name: str, question: object, rehearsed: bool) -> Any:
        """Answer a worker's question; raise ValueError if there is no answer."""


def follows(exercise: Exercise) -> bool:
    """Whether the answer asked for could be read off what the exercise leans on."""
    return bool(_DERIVED.search(exercise.name))


def prerequisites(exercises: Iterable[Exercise], names: Iterable[str]) -> set[str]:
    """Return the exercises that those named are declared to need, directly or through others."""
    needs = {exercise.name: exercise.needs for exercise in exercises}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        new = set(needs.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def leans_on(exercise: Exercise, exercises: Sequence[Exercise], outline: Outline) -> set[str]:
    """Return the earlier exercises that one needs, as declared or as its own code shows."""
    names = [other.name for other in exercises]
    earlier = set(names[: names.index(exercise.name)])
    return earlier & (prerequisites(exercises, [exercise.name]) | outline.uses(exercise.name))


class WorkedSolution:
    """Answers with the worked solution, in a worker of its own.

    It runs behind the same walls: what a student's code passes to it may be hostile to the judge.
    A question that was asked before has the answer it had, but for rehearsed calls: checks ask the
    same ones again and again.
    As a context manager it ends that worker.
    """

    def __init__(self, topic: AuthoredTopic, fork: Callable[[], Any]) -> None:
        self._topic, self._fork = topic, fork
        self._made: Any = None
        self._answers: dict[tuple[str, bytes], Any] = {}
        self._size = 0

    def __enter__(self) -> WorkedSolution:
        return self

    def __exit__(self, *error: object) -> None:
        if self._made is not None:
            self._made.close()

    @property
    def _worker(self) -> Any:
        if self._made is None or not self._made.alive:
            if self._made is not None:
                self._made.close()
            self._made = self._fork()
            cells = [cell for cell in self._topic.whole.cells if cell.kind == "code"]
            self._made.load([Cell(c.source, c.name, c.line) for c in cells])
        return self._made

    def rehearse(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], helpers: Sequence[str]
    ) -> None:
        """Find out what the worked solution asks of its helpers on a case."""
        self._worker.rehearse(name, args, dict(kwargs), helpers)

    def answer(self, name: str, question: Any, rehearsed: bool) -> Any:
        """Answer a worker's question; both stay bytes."""
        if rehearsed:  # the answer depends on the case, and what others asked is not told
            return self._worker.apply(name, question, rehearsed)
        key = name, question.tobytes()
        if key not in self._answers:
            answer = self._worker.apply(name, question, rehearsed)
            self._size += len(key[1]) + len(answer)
            if self._size > _ROOM:
                self._answers.clear()
                self._size = len(key[1]) + len(answer)
            self._answers[key] = answer
        return self._answers[key]
