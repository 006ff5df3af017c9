"""The judge: runs drivers over a submission's functions and compares what comes back.

It never runs student code itself: a *worker* does, in this process for a self-check
(`autograder.sandbox.local`), behind walls for official grading (`autograder.sandbox`). What the
worker says is data; only what the judge compares earns points.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from autograder import observe
from autograder.judging.calls import Judged, StudentFailure, outgoing
from autograder.judging.clock import Budget, Purse
from autograder.judging.diagnose import diagnose
from autograder.judging.draws import in_own_terms
from autograder.judging.observation import Observation
from autograder.judging.prerequisites import Stand, follows, leans_on
from autograder.judging.remedies import nearest, remedy
from autograder.judging.verdict import (
    check_result,
    describe,
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
from autograder.submission.cells import Submission, SubmissionCell
from autograder.submission.locate import cell_at, defined, definition, definitions, excerpt
from autograder.submission.newer import newer_than_here
from autograder.submission.outline import Outline
from autograder.submission.rules import forbidden
from autograder.submission.signature import (
    call_text,
    mismatch,
    parameters,
    plain_signature,
    way_text,
)
from autograder.topic.trials import Source, Trial, size_of
from autograder.values.compare import Raised, Words, compare

__all__ = ["Grader", "grade_submission"]

_Call = tuple[str, tuple[Any, ...], dict[str, Any]]
_ROOM = 64 << 10  # bytes
MANY = 20  # cells that do not run of which is told why
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
        self._outline = Outline(self.submission)
        self._failed: set[str] = set()
        self._served: frozenset[str] = frozenset()
        self._provided: set[int] = set()
        self._calls: list[_Call] = []
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
            self._note_cells(report)
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

    def _note_cells(self, report: Report) -> None:
        report.notes += self.submission.remarks[: MANY // 2]
        for cell, outcome in zip(self.submission.cells, self._workers.loaded, strict=False):
            report.stdout = (report.stdout + outcome.stdout)[:2000]
            if outcome.failure and len(report.notes) == MANY:
                report.notes.append("More cells do not run; those named come first.")
            elif outcome.failure and len(report.notes) < MANY:
                report.notes.append(self._broken(cell, outcome.failure))

    def _broken(self, cell: SubmissionCell, failure: Failure) -> str:
        """Say why a cell does not run, where, and what to do; the lines of the file follow."""
        source = cell_at(self.submission, failure.cell, failure.line)
        hint = self._newer(cell, failure) or remedy(
            failure.type_name, failure.message, source.source if source else ""
        )
        lines = excerpt(self.submission, failure.cell, failure.line)
        names = f" (it defines {', '.join(cell.defines())})" if cell.defines() else ""
        if failure.kind == "left-out":
            names = ": that statement is left out, and only what uses it is lost"
        told = f"{describe(failure, public=True)}{names}"
        told = told if failure.line else f"{cell.name}: {told}"
        return "\n".join(part for part in (told, lines, hint) if part)

    def _newer(self, cell: SubmissionCell, failure: Failure) -> str:
        """Say that a cell is written in a later Python than this one, or ""."""
        if failure.type_name != "SyntaxError" or not failure.line:
            return ""
        line = failure.line - cell.line + 1
        ran = self.submission.python
        return newer_than_here(cell.source, line, failure.message, ran=ran)

    def _exercise(self, exercise: Exercise) -> ExerciseResult:
        """Judge one exercise; a fault of the grader's own is told as such, never as a mistake."""
        start = time.perf_counter()
        try:
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
            self._locate(check, observation)
            result.checks.append(check)
        say_once(result.checks)
        mark_explained(exercise, result, {o.check.name for o in observations if o.only_modified})
        if all(check.passed for check in result.checks) and result.checks:
            result.status = "passed"
        elif not blocked and untouched(observations):
            result.status, result.message = self._unwritten(exercise.name)
        elif not result.message and not result.passed:
            result.message = self._signature(exercise)
        return result

    def _unwritten(self, name: str) -> tuple[str, str]:
        """Say that a function is still to write, or that its stub stands below what was written."""
        places = [found.place for found in definitions(self.submission, name)]
        if len(places) < 2:
            return "todo", "still to write"
        return "failed", (
            f"{name} is defined {len(places)} times, and the last one counts: it is the stub in "
            f"{places[-1]}, below yours in {places[-2]}. Delete the stub"
        )

    def _locate(self, check: CheckResult, seen: Observation) -> None:
        """Show the student's own line where an exception arose, and a remedy."""
        failure = seen.failure
        if failure is None:
            return
        check.excerpt = excerpt(self.submission, failure.cell, failure.line)
        if not check.hidden and not check.hint and failure.kind == "exception":
            cell = cell_at(self.submission, failure.cell, failure.line)
            line = failure.line - cell.line + 1 if cell and failure.line else 0
            source = cell.source if cell else ""
            check.hint = remedy(failure.type_name, failure.message, source, line)

    def _signature(self, exercise: Exercise) -> str:
        """Say how the function's `def` line departs from what is asked, or ""."""
        found = definition(self.submission, exercise.name)
        if found is None:
            return ""
        asked = self.source.signature(exercise)
        wrong = mismatch(asked, parameters(found.node.args))
        if not wrong:
            return ""
        return f"{found.place}: {exercise.name} {wrong}; asked is def {plain_signature(asked)}"

    def _blocked(self, exercise: Exercise, result: ExerciseResult) -> str:
        """Return why no check of the exercise can run, or ""."""
        if self._purse.over:
            result.message = f"not run: {self._purse.used_up()}"
            return result.message
        names = self.submission_rules(exercise)
        if names:
            result.status = "refused"
            result.message = f"This exercise is to be written without {names}."
            return result.message
        if exercise.name not in self._workers.get().names():
            result.status = "missing"
            result.message = self._why_missing(exercise.name)
            return result.message
        return ""

    def submission_rules(self, exercise: Exercise) -> str:
        """Return the forbidden names the submission uses for this exercise, with lines, or ""."""
        return ", ".join(map(str, forbidden(self.submission, exercise)))

    def _why_missing(self, name: str) -> str:
        for cell, outcome in zip(self.submission.cells, self._workers.loaded, strict=False):
            if name in cell.binds() and outcome.failure:
                told = f"its cell does not run: {describe(outcome.failure, public=True)}"
                newer = self._newer(cell, outcome.failure)
                return f"{told}. {newer}" if newer else told
        told = f"there is no function {name} in {self.submission.origin or 'the submission'}"
        asked = {exercise.name for exercise in self.source.exercises}
        like = nearest(name, defined(self.submission) - asked)
        if like:
            return f"{told}; is {like} meant? Call it {name}"
        return f"{told}: its `def` line must stand at the left margin"

    def _in_order(self, names: Iterable[str]) -> list[str]:
        wanted = set(names)
        return [e.name for e in self.source.exercises if e.name in wanted]

    def _tried(self, exercise: Exercise) -> list[Observation]:
        """Try the checks: in fresh processes, and in none that live on, where others are served."""
        if self._served:
            self._workers.close()
            self._provided.clear()
        try:
            return list(self._observe(exercise))
        finally:
            if self._served:
                self._workers.close()

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
        words = Words(
            tuple(self.source.returns(exercise)),
            tuple(self.source.symbols(exercise)),
            observe.STEPS.get(check.observe, ""),
        )
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
                given = self._given(exercise, check, trial)
                told = replace(words, sizes=_sizes(given), inputs=given)
                observation.difference = compare(trial.expected, value, trial.tol, told)
            if observation.difference and check.observe == "sample":
                scale = float(trial.case.kwargs.get("scale", 1.0))
                observation.difference = in_own_terms(
                    observation.difference, trial.expected, value, scale
                )
            if observation.failed_at is None and not observation.passed:
                observation.failed_at = number
                observation.picture = run_picture(check, trial.expected, value)
                observation.asked = self._asked(observation, trial.expected)
            if observation.failure and observation.failure.kind in FATAL:
                break
        observation.seconds = time.perf_counter() - start
        return observation

    def _given(self, exercise: Exercise, check: Check, trial: Trial) -> dict[str, Any]:
        """Return the arguments of a case by name, where the case is one call."""
        if check.observe != "call":
            return {}
        asked = [p.name for p in parameters(self.source.signature(exercise))]
        return {**dict(zip(asked, trial.case.args, strict=False)), **trial.case.kwargs}

    def _asked(self, observation: Observation, expected: Any) -> str:
        """Put into words what was asked: the call that went wrong, or the first of several."""
        if not self._calls:
            return ""
        wrong = self._wrong_call(observation, expected)
        name, args, kwargs = self._calls[wrong or 0]
        known = {exercise.name: exercise for exercise in self.source.exercises}
        signature = self.source.signature(known[name]) if name in known else f"{name}()"
        text = call_text(signature, args, kwargs)
        if wrong is not None and len(self._calls) > 1:
            return f"call {wrong + 1} of {len(self._calls)}: {text}"
        return way_text(observation.check.observe, len(self._calls), text)

    def _wrong_call(self, observation: Observation, expected: Any) -> int | None:
        """Return the number of the call that went wrong, where that is known."""
        if observation.failure:
            return len(self._calls) - 1
        item = observation.difference.item if observation.difference else None
        if item is None or not isinstance(expected, list):
            return None
        given = len(expected) - len(self._calls)  # 1: the path begins with what was given
        return item - given if given in (0, 1) and item >= given else None

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
        worker = self._workers.get(observation.check.hidden)
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
            worker.provide(served, partial(self._answer, served, closed))

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


def _sizes(given: Mapping[str, Any]) -> dict[int, str]:
    """Return the lengths at hand in a call, each with a name."""
    found: dict[int, str] = {}
    for name, value in given.items():
        for axis, size in enumerate(getattr(value, "shape", ())):
            place = f"axis {axis} of {name}" if value.ndim > 1 else name
            found.setdefault(size, f"the length of {place}")
    return found


def _room(size: int, given: Any) -> int:
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
