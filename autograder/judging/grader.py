"""The judge: runs drivers over a submission's functions and compares what comes back.

It never runs student code itself: a *worker* does, in this process for a self-check
(`autograder.sandbox.local`), behind walls for official grading (`autograder.sandbox`). What the
worker says is data; only what the judge compares earns points.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder import observe
from autograder.judging.asked import CallMade, asked_text, given, lengths
from autograder.judging.calls import Judged, StudentFailure, outgoing
from autograder.judging.clock import Budget, Purse
from autograder.judging.diagnose import diagnose
from autograder.judging.draws import in_own_terms
from autograder.judging.hindrances import Hindrances
from autograder.judging.observation import Observation
from autograder.judging.prerequisites import Stand, follows, leans_on
from autograder.judging.verdict import (
    check_result,
    mark_explained,
    run_picture,
    say_once,
    shares,
    untouched,
    unusable,
)
from autograder.judging.workers import FATAL, AnyWorker, Workers
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.sandbox.types import Failure
from autograder.spec import Check, Exercise
from autograder.submission.cells import Submission
from autograder.submission.outline import outline
from autograder.submission.signature import parameters
from autograder.topic.trials import Source, Trial
from autograder.topic.trusted import size_of
from autograder.values.compare import Raised, Words, compare, equal
from autograder.values.difference import Difference

__all__ = ["Grader", "grade_submission"]

_ROOM = 64 << 10  # bytes
SERVING = 4.0
"""Times longer a call may take that asks the judge for a prerequisite, maybe very often."""


@dataclass
class Grader:
    """Grades one submission.

    Parameters
    ----------
    source : Source
        Exercises, checks and trials.
    submission : Submission
    fork : callable
        Returns a new worker.
    stand : Stand or None
        Answers for exercises whose own version failed; None: exercises that need them wait.
    budget : Budget or None
        None: no limit (self-check).
    keep : bool
        Keep what was seen, in `observations`.
    """

    source: Source
    submission: Submission
    fork: Callable[[], AnyWorker]
    stand: Stand | None = None
    budget: Budget | None = None
    keep: bool = False

    def __post_init__(self) -> None:
        self._purse = Purse(self.budget)
        self._workers = Workers(self.submission, self.fork, self._purse)
        self._hindrances = Hindrances(self.source, self.submission, self._workers)
        self._outline = outline(self.submission)
        self._failed: set[str] = set()
        self._served: frozenset[str] = frozenset()
        self._provided: set[int] = set()
        self._calls: list[CallMade] = []
        self.observations: dict[str, list[Observation]] = {}

    # --- grading ------------------------------------------------------------------------------

    def grade(self, only: Iterable[str] | None = None) -> Report:
        """Judge the exercises (all, or those named) and return the report."""
        wanted = None if only is None else set(only)
        needed = self._needed(wanted or ())
        start = time.perf_counter()
        report = Report(self.source.topic, self.submission.name)
        report.python, report.numpy = ".".join(map(str, sys.version_info[:3])), np.__version__
        try:
            self._hindrances.note_cells(report)
            for exercise in self.source.exercises:
                if wanted is None or exercise.name in wanted | needed:
                    result = self._exercise(exercise)
                    if not result.passed:
                        self._failed.add(exercise.name)
                    if wanted is None or exercise.name in wanted:
                        report.exercises.append(result)
                        report.notes += self._told_served(exercise)
        finally:
            self._workers.close()
        report.stopped = self._purse.stopped
        report.seconds = time.perf_counter() - start
        return report

    def _needed(self, names: Iterable[str]) -> set[str]:
        """Return the exercises that those named lean on, directly or through others."""
        known = {exercise.name: exercise for exercise in self.source.exercises}
        found: set[str] = set()
        waiting = [name for name in names if name in known]
        while waiting:
            leans = leans_on(known[waiting.pop()], self.source.exercises, self._outline)
            waiting += leans - found
            found |= leans
        return found

    def _told_served(self, exercise: Exercise) -> list[str]:
        if not self._served:
            return []
        names = " and ".join(sorted(self._served))
        return [f"{exercise.name} was tried with the worked solution's {names}: yours fails."]

    def _exercise(self, exercise: Exercise) -> ExerciseResult:
        """Judge one exercise; a fault of the grader's own is told as such, never as a mistake."""
        start = time.perf_counter()
        try:
            with np.errstate(all="ignore"):  # a mistake may hand over anything
                result = self._judged(exercise)
        except Exception as error:
            result = ExerciseResult(exercise.name, exercise.points, status="broken")
            result.message = (
                f"The grader failed ({type(error).__name__}: {error}); this is not your mistake."
            )
            result.checks = [
                CheckResult(c.name, c.sentence, c.hidden, p, status="broken")
                for c, p in zip(exercise, shares(exercise), strict=True)
            ]
        result.seconds = time.perf_counter() - start
        return result

    def _judged(self, exercise: Exercise) -> ExerciseResult:
        result = ExerciseResult(exercise.name, exercise.points)
        lacking: set[str] = set()
        if self._failed:  # else nobody need know what leans on what
            lacking = leans_on(exercise, self.source.exercises, self._outline) & self._failed
        self._served = frozenset(lacking) if self.stand is not None else frozenset()
        blocked = self._blocked(exercise, result)
        observations = [] if blocked else self._tried(exercise)
        waits = lacking & self._outline.uses(exercise.name) if self.stand is None else set()
        if waits and not blocked and not all(seen.passed for seen in observations):
            result.status = "waiting"
            result.message = blocked = f"waiting for {', '.join(self._in_order(waits))}"
        if blocked:
            observations = [Observation(check, skipped=blocked) for check in exercise]
        if self.keep:
            self.observations[exercise.name] = observations
        named = diagnose(exercise, [seen for seen in observations if seen.trials])
        for observation, points in zip(observations, shares(exercise), strict=True):
            check = check_result(observation, points, named.get(observation.check.name))
            self._hindrances.locate(check, observation)
            result.checks.append(check)
        say_once(result.checks)
        mark_explained(exercise, result, {o.check.name for o in observations if o.mild})
        if all(check.passed for check in result.checks) and result.checks:
            result.status = "passed"
        elif not blocked and untouched(observations):
            result.status, result.message = self._hindrances.unwritten(exercise.name)
        elif not result.message and not result.passed:
            result.message = self._hindrances.signature(exercise)
        return result

    def _blocked(self, exercise: Exercise, result: ExerciseResult) -> str:
        """Return why no check of the exercise can run, or ""."""
        if self._purse.over:
            result.message = f"not run: {self._purse.used_up()}"
            return result.message
        names = self._hindrances.rules(exercise)
        if names:
            result.status = "refused"
            result.message = f"This exercise is to be written without {names}."
            return result.message
        if exercise.name not in self._workers.get().names():
            result.status = "missing"
            result.message = self._hindrances.missing(exercise.name)
            return result.message
        return ""

    def _in_order(self, names: Iterable[str]) -> list[str]:
        wanted = set(names)
        return [e.name for e in self.source.exercises if e.name in wanted]

    def _tried(self, exercise: Exercise) -> list[Observation]:
        """Try the checks: in fresh processes, and in none that live on, where others are served."""
        if self._served:
            self._workers.afresh()
            self._provided.clear()
        try:
            return list(self._observe(exercise))
        finally:
            if self._served:
                self._workers.afresh()

    def _observe(self, exercise: Exercise) -> Iterable[Observation]:
        self._purse.open(SERVING if self._served else 1.0)
        stop = ""
        for check in exercise:
            if not stop and (told := self._purse.used_up()):
                stop = f"not run: {told}"
            if stop:
                yield Observation(check, skipped=stop)
                continue
            observation = self._run(exercise, check)
            if observation.failure and observation.failure.kind in FATAL:
                stop = "not run: an earlier check ended the process"
                if observation.failure.kind == "timeout":
                    stop = "not run: an earlier check took too long"
            yield observation

    def _run(self, exercise: Exercise, check: Check) -> Observation:
        observation = Observation(check, trials=self.source.trials(exercise, check))
        start = time.perf_counter()
        drive = observe.DRIVERS[check.observe]
        for number, trial in enumerate(observation.trials):
            judged = Judged(self, exercise, observation, trial.size)
            self._calls = []
            try:
                value = drive(judged, *trial.case.args, **trial.case.kwargs)
            except StudentFailure as stopped:
                value = Raised(stopped.failure.type_name)
                expected = isinstance(trial.expected, Raised) and trial.expected == value
                if not expected and observation.failure is None:
                    observation.failure = stopped.failure
            except Exception as error:  # a driver choked on what the student returned
                value = Raised(type(error).__name__)
                if observation.difference is None:
                    observation.difference = unusable(error)
            observation.outputs.append(value)
            if observation.difference is None and not isinstance(value, Raised):
                observation.difference = self._difference(exercise, check, trial, value)
            if observation.difference and check.observe == "sample":
                scale = float(trial.case.kwargs.get("scale", 1.0))
                observation.difference = in_own_terms(
                    observation.difference, trial.expected, value, scale
                )
            if observation.failed_at is None and not observation.passed:
                observation.failed_at = number
                observation.picture = run_picture(check, trial.expected, value)
                observation.asked = asked_text(
                    self.source, self._calls, observation, trial.expected
                )
            if observation.failure and observation.failure.kind in FATAL:
                break
        observation.seconds = time.perf_counter() - start
        return observation

    def _difference(
        self, exercise: Exercise, check: Check, trial: Trial, value: Any
    ) -> Difference | None:
        """Compare; what to call the parts of a value is looked up where something is wrong."""
        if equal(trial.expected, value, trial.tol):
            return None
        named = given(self.source, exercise, check, trial)
        words = Words(
            tuple(self.source.returns(exercise)),
            tuple(self.source.symbols(exercise)),
            observe.STEPS.get(check.observe, ""),
            lengths(named),
            named,
        )
        return compare(trial.expected, value, trial.tol, words)

    # --- one call -----------------------------------------------------------------------------

    def call(
        self,
        exercise: Exercise,
        observation: Observation,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        collect: bool,
        size: int | None = None,
    ) -> Any:
        """Call a function of the submission; raise `StudentFailure` if it gives no value."""
        self._calls.append((name, args, kwargs))
        if told := self._purse.used_up():
            raise StudentFailure(Failure("timeout", message=told))
        worker = self._workers.to_call(observation.check.hidden)
        callbacks: dict[int, Callable[..., object]] = {}
        sent_args = tuple(outgoing(value, callbacks) for value in args)
        sent_kwargs = {key: outgoing(value, callbacks) for key, value in kwargs.items()}
        self._provide(worker, exercise, name, sent_args, sent_kwargs, bool(callbacks))
        outcome = worker.call(
            name,
            sent_args,
            sent_kwargs,
            collect=collect,
            callbacks=callbacks,
            seconds=self._seconds(worker),
            output=None if size is None else _room(size, (args, kwargs)),
        )
        self._purse.spend(outcome)
        if outcome.modified and not observation.modified:
            observation.modified = self._names_of(name, outcome.modified, len(args), kwargs)
        observation.shared |= observation.check.fresh and outcome.aliased
        if outcome.stdout and len(observation.stdout) < 2000:
            observation.stdout += outcome.stdout[:2000]
        if outcome.failure:
            raise StudentFailure(outcome.failure)
        return outcome.value

    def _seconds(self, worker: Any) -> float | None:
        """Return how long the next call may take."""
        left = self._purse.left
        if left is None:
            return None
        one: float = worker.limits.seconds * (SERVING if self._served else 1.0)
        return min(one, left)

    def _provide(
        self,
        worker: AnyWorker,
        exercise: Exercise,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        asks: bool,
    ) -> None:
        """Serve the prerequisites that failed, for the call that comes."""
        if self.stand is None or not self._served:
            return
        closed = follows(exercise)
        if closed and not asks:
            self.stand.rehearse(name, args, kwargs, sorted(self._served))
        if id(worker) in self._provided:
            return
        self._provided.add(id(worker))
        for served in sorted(self._served):
            worker.provide(served, partial(self._answer, served, closed), lasting=not closed)

    def _answer(self, name: str, rehearsed: bool, question: Any) -> Any:
        assert self.stand is not None
        return self.stand.answer(name, question, rehearsed)

    def _names_of(
        self, name: str, positions: Iterable[int], count: int, kwargs: Mapping[str, Any]
    ) -> str:
        """Name the arguments at `positions` of a call; keywords follow the positional ones."""
        known = [e for e in self.source.exercises if e.name == name]
        asked = [p.name for p in parameters(self.source.signature(known[0]))] if known else []
        names = [asked[k] if k < len(asked) else f"argument {k + 1}" for k in range(count)]
        names += list(kwargs)
        return " and ".join(names[k] for k in positions if k < len(names)) or "an argument"


def _room(size: int, given: object) -> int:
    """Return how many bytes a result, or what a callback is given, may take: well above the right.

    A right answer in other types can take eight times as much (64-bit integers for booleans).
    """
    return _ROOM + 8 * max(size, size_of(given))


def grade_submission(
    source: Source,
    submission: Submission,
    fork: Callable[[], AnyWorker],
    *,
    stand: Stand | None = None,
    budget: Budget | None = None,
    only: Iterable[str] | None = None,
) -> Report:
    """Grade one submission; see `Grader`."""
    return Grader(source, submission, fork, stand, budget).grade(only)
