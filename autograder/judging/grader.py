"""The judge: runs drivers over a submission's functions and compares what comes back.

It never runs student code itself: a *worker* does, in this process for a self-check
(`autograder.sandbox.local`), behind walls for official grading (`autograder.sandbox`). What the
worker says is data; only what the judge compares earns points.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from autograder import observe
from autograder.judging.diagnose import diagnose
from autograder.judging.observation import Observation
from autograder.judging.remedies import nearest, remedy
from autograder.report.model import CheckResult, ExerciseResult, Report
from autograder.sandbox import wire
from autograder.sandbox.types import Cell, Failure, Outcome
from autograder.spec import Check, Exercise
from autograder.submission.cells import Submission, SubmissionCell
from autograder.submission.locate import cell_at, defined, definition, excerpt, uses
from autograder.submission.rules import forbidden
from autograder.submission.signature import (
    call_text,
    mismatch,
    parameters,
    plain_signature,
    way_text,
)
from autograder.topic.trials import Source
from autograder.values.compare import Difference, Raised, compare

__all__ = ["Budget", "Grader", "Worker", "describe", "grade", "outgoing"]

_FATAL = frozenset({"timeout", "crash", "memory", "protocol", "output-too-big"})
_MATMUL = re.compile(r"matmul: Input operand .*\(size (\d+) is different from (\d+)\)")
_Call = tuple[str, tuple[Any, ...], dict[str, Any]]
_NEVER_RUN = Outcome(failure=Failure("timeout"))
SERVING = 4.0
"""Times longer a call may take that asks the judge for a prerequisite, maybe very often."""


class Worker(Protocol):
    """What runs a submission's functions."""

    alive: bool

    def load(self, cells: Any) -> list[Outcome]:
        """Run the cells one by one."""

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        collect: bool = False,
        callbacks: Mapping[int, Callable[..., object]] = {},
        patience: float = 1.0,
    ) -> Outcome:
        """Call a function."""

    def provide(self, name: str, relay: Callable[[Any], Any]) -> None:
        """Have a function of the submission answered from the judge's side, in bytes."""

    def names(self) -> frozenset[str]:
        """Return the callables defined."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True)
class Budget:
    """Wall-clock seconds one exercise, and one whole submission, may take."""

    exercise: float = 10.0
    submission: float = 60.0


class StudentFailure(Exception):
    """Raised inside a driver when the student's function gives no value."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


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
    serve : callable or None
        ``serve(name, question)`` answers for an exercise whose own version failed, both in bytes;
        None: exercises that need it wait.
    budget : Budget or None
        None: no limit (self-check).
    keep : bool
        Keep what was seen, in `observations`.
    """

    source: Source
    submission: Submission
    fork: Callable[[], Worker]
    serve: Callable[[str, Any], Any] | None = None
    budget: Budget | None = None
    keep: bool = False

    def __post_init__(self) -> None:
        self._worker: Worker | None = None
        self._loaded: list[Outcome] = []
        self._fatal: dict[int, Outcome] = {}
        self._provided: set[str] = set()
        self._failed: set[str] = set()
        self._spent = 0.0
        self._calls: list[_Call] = []
        self.observations: dict[str, list[Observation]] = {}

    # --- the worker ---------------------------------------------------------------------------

    def worker(self) -> Worker:
        """Return a live worker with the submission loaded; a cell that kills it is left out."""
        if self._worker is not None and self._worker.alive:
            return self._worker
        cells = [Cell(cell.source, cell.name, cell.line) for cell in self.submission.cells]
        while True:
            self.close()
            self._worker, self._provided = self.fork(), set()
            kept = [k for k in range(len(cells)) if k not in self._fatal]
            start = time.perf_counter()
            loaded = dict(zip(kept, self._worker.load([cells[k] for k in kept]), strict=False))
            self._spent += time.perf_counter() - start
            self._loaded = [
                self._fatal.get(k) or loaded.get(k) or _NEVER_RUN for k in range(len(cells))
            ]
            killers = [k for k, o in loaded.items() if o.failure and o.failure.kind in _FATAL]
            if self._worker.alive or not killers or self._late():
                return self._worker
            self._fatal[killers[0]] = loaded[killers[0]]

    def _late(self) -> bool:
        return self.budget is not None and self._spent > self.budget.submission

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    # --- grading ------------------------------------------------------------------------------

    def grade(self, only: Iterable[str] | None = None) -> Report:
        """Judge the exercises (all, or those named) and return the report."""
        wanted = None if only is None else set(only)
        needed = self._prerequisites(wanted or ())
        start = time.perf_counter()
        report = Report(self.source.topic, self.submission.name)
        try:
            self._note_cells(report)
            for exercise in self.source.exercises:
                if wanted is None or exercise.name in wanted | needed:
                    result = self._exercise(exercise)
                    if not result.passed:
                        self._failed.add(exercise.name)
                    if wanted is None or exercise.name in wanted:
                        report.exercises.append(result)
        finally:
            self.close()
        report.seconds = time.perf_counter() - start
        return report

    def _prerequisites(self, names: Iterable[str]) -> set[str]:
        """Return the exercises that those named need, directly or through others."""
        needs = {exercise.name: exercise.needs for exercise in self.source.exercises}
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            new = set(needs.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return found

    def _note_cells(self, report: Report) -> None:
        self.worker()
        for cell, outcome in zip(self.submission.cells, self._loaded, strict=False):
            report.stdout = (report.stdout + outcome.stdout)[:2000]
            if outcome.failure:
                report.notes.append(self._broken(cell, outcome.failure))

    def _broken(self, cell: SubmissionCell, failure: Failure) -> str:
        """Say why a cell does not run, where, and what to do; the lines of the file follow."""
        source = cell_at(self.submission, failure.cell, failure.line)
        hint = remedy(failure.type_name, failure.message, source.source if source else "")
        lines = excerpt(self.submission, failure.cell, failure.line)
        names = f" (it defines {', '.join(cell.defines())})" if cell.defines() else ""
        told = f"{describe(failure, public=True)}{names}"
        told = told if failure.line else f"{cell.name}: {told}"
        return "\n".join(part for part in (told, lines, hint) if part)

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
                for c, p in zip(exercise, _points(exercise, self.source), strict=True)
            ]
        result.seconds = time.perf_counter() - start
        return result

    def _judged(self, exercise: Exercise) -> ExerciseResult:
        result = ExerciseResult(exercise.name, exercise.points)
        blocked = self._blocked(exercise, result)
        observations = [
            Observation(check, skipped=blocked) if blocked else None for check in exercise
        ]
        if not blocked:
            observations = list(self._observe(exercise))
        if self.keep:
            self.observations[exercise.name] = [o for o in observations if o]
        named = diagnose(exercise, [o for o in observations if o and o.trials])
        shares = _points(exercise, self.source)
        for observation, points in zip(observations, shares, strict=True):
            assert observation is not None
            wrong = named.get(observation.check.name)
            check = _result(exercise, observation, points, wrong)
            self._locate(check, observation)
            result.checks.append(check)
        _fold(exercise, result, {o.check.name for o in observations if o and o.only_modified})
        if all(check.passed for check in result.checks) and result.checks:
            result.status = "passed"
        elif not blocked and _untouched(observations):
            result.status, result.message = "todo", "still to write"
        elif not result.message and not result.passed:
            result.message = self._signature(exercise)
        return result

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
        worker = self.worker()
        names = self.submission_rules(exercise)
        if names:
            result.status = "refused"
            result.message = f"This exercise is to be written without {names}."
            return result.message
        if exercise.name not in worker.names():
            result.status = "missing"
            result.message = self._why_missing(exercise.name)
            return result.message
        lacking = [name for name in exercise.needs if name in self._failed]
        if lacking and self.serve is None:  # what does not call them need not wait for them
            called = uses(self.submission, exercise.name)
            lacking = [name for name in lacking if name in called]
        if lacking and self.serve is None:
            result.status = "waiting"
            result.message = f"waiting for {', '.join(lacking)}"
            return result.message
        return ""

    def submission_rules(self, exercise: Exercise) -> str:
        """Return the forbidden names the submission uses for this exercise, listed, or ""."""
        return ", ".join(forbidden(self.submission, exercise))

    def _why_missing(self, name: str) -> str:
        for cell, outcome in zip(self.submission.cells, self._loaded, strict=False):
            if name in cell.defines() and outcome.failure:
                return f"its cell does not run: {describe(outcome.failure, public=True)}"
        told = f"there is no function {name} in {self.submission.origin or 'the submission'}"
        asked = {exercise.name for exercise in self.source.exercises}
        like = nearest(name, defined(self.submission) - asked)
        if like:
            return f"{told}; is {like} meant? Call it {name}"
        return f"{told}: its `def` line must stand at the left margin"

    def _observe(self, exercise: Exercise) -> Iterable[Observation]:
        served = self.serve and self._prerequisites([exercise.name]) & self._failed
        patience = SERVING if served else 1.0
        spent, stop = 0.0, ""  # what the judge needs to draw its cases is not the student's time
        for check in exercise:
            if not stop and self._late():
                stop = "not run: the time for the whole submission is used up"
            elif not stop and self.budget and spent > self.budget.exercise * patience:
                stop = "not run: the time for this exercise is used up"
            if stop:
                yield Observation(check, skipped=stop)
                continue
            observation = self._run(exercise, check)
            self._spent += observation.seconds
            spent += observation.seconds
            if observation.failure and observation.failure.kind in _FATAL:
                stop = "not run: an earlier check ended the process"
                if observation.failure.kind == "timeout":
                    stop = "not run: an earlier check took too long"
            yield observation

    def _run(self, exercise: Exercise, check: Check) -> Observation:
        observation = Observation(check, trials=self.source.trials(exercise, check))
        start = time.perf_counter()
        drive = observe.DRIVERS[check.observe]
        symbols = self.source.symbols(exercise)
        names = self.source.returns(exercise) if check.observe == "call" else []
        for number, trial in enumerate(observation.trials):
            judged = Judged(self, exercise, observation)
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
                    observation.difference = _unusable(error)
            observation.outputs.append(value)
            if observation.difference is None and not isinstance(value, Raised):
                observation.difference = compare(trial.expected, value, trial.tol, symbols, names)
            if observation.failed_at is None and not observation.passed:
                observation.failed_at = number
                observation.picture = _picture(check, trial.expected, value)
                observation.asked = self._asked(observation, trial.expected)
            if observation.failure and observation.failure.kind in _FATAL:
                break
        observation.seconds = time.perf_counter() - start
        return observation

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
    ) -> Any:
        """Call a function of the submission; raise `StudentFailure` if it gives no value."""
        worker = self.worker()
        self._calls.append((name, args, kwargs))
        callbacks: dict[int, Callable[..., object]] = {}
        patience = SERVING if self._provide(worker, exercise) else 1.0
        sent_args = tuple(outgoing(value, callbacks) for value in args)
        sent_kwargs = {key: outgoing(value, callbacks) for key, value in kwargs.items()}
        outcome = worker.call(
            name, sent_args, sent_kwargs, collect=collect, callbacks=callbacks, patience=patience
        )
        if outcome.modified and not observation.modified:
            observation.modified = self._names_of(name, outcome.modified, len(args), kwargs)
        if outcome.stdout and len(observation.stdout) < 2000:
            observation.stdout += outcome.stdout[:2000]
        if outcome.failure:
            raise StudentFailure(outcome.failure)
        return outcome.value

    def _names_of(
        self, name: str, positions: Iterable[int], count: int, kwargs: Mapping[str, Any]
    ) -> str:
        """Name the arguments at `positions` of a call; keywords follow the positional ones."""
        known = [e for e in self.source.exercises if e.name == name]
        asked = [p.name for p in parameters(self.source.signature(known[0]))] if known else []
        names = [asked[k] if k < len(asked) else f"argument {k + 1}" for k in range(count)]
        names += list(kwargs)
        return " and ".join(names[k] for k in positions if k < len(names)) or "an argument"

    def _provide(self, worker: Worker, exercise: Exercise) -> bool:
        """Serve the prerequisites that failed, and say whether any are."""
        if self.serve is None:
            return False
        for name in sorted(self._prerequisites([exercise.name]) & self._failed - self._provided):
            worker.provide(name, partial(self.serve, name))
            self._provided.add(name)
        return bool(self._provided)


class Judged:
    """The student's function under a driver."""

    def __init__(
        self,
        grader: Grader,
        exercise: Exercise,
        observation: Observation,
        name: str | None = None,
    ) -> None:
        self._parts = (grader, exercise, observation)
        self._name = name or exercise.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the worker."""
        grader, exercise, observation = self._parts
        return grader.call(exercise, observation, self._name, args, kwargs, False)

    def collect(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the worker and list the items of the iterator it returns."""
        grader, exercise, observation = self._parts
        return grader.call(exercise, observation, self._name, args, kwargs, True)

    def peer(self, name: str) -> Judged:
        """Return another function of the same submission."""
        return Judged(*self._parts, name)


def outgoing(value: Any, callbacks: dict[int, Callable[..., object]]) -> Any:
    """Replace functions and environments by handles, generators by seeds drawn from them."""
    if isinstance(value, observe.Seed):
        return wire.Seed(value.value)
    if type(value).__name__ == "Generator" and isinstance(value, np.random.Generator):  # loads late
        return wire.Seed(int(value.integers(1 << 62)))
    if isinstance(value, observe.Env):
        return _world(value.make(), callbacks)
    if hasattr(value, "reset") and hasattr(value, "step"):
        return _world(value, callbacks)
    if callable(value):
        handle = len(callbacks) + 1
        callbacks[handle] = _answering(value)
        return wire.Callback(handle)
    if isinstance(value, tuple | list):
        return type(value)(outgoing(item, callbacks) for item in value)
    if isinstance(value, dict):
        return {key: outgoing(item, callbacks) for key, item in value.items()}
    return value


def _answering(function: Callable[..., Any]) -> Callable[..., object]:
    def answer(method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise ValueError(f"the function you were given cannot take that: {error}") from None

    return answer


def _world(world: Any, callbacks: dict[int, Callable[..., object]]) -> wire.Callback:
    """Offer an environment: its sizes as attributes, `reset` and `step` as methods."""

    def answer(method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        try:
            if method == "reset":
                state, _ = world.reset(**{k: kwargs[k] for k in kwargs if k == "seed"})
                return state, {}
            if method == "step":
                (action,) = args or tuple(kwargs.values())
                action = int(action)
                if not 0 <= action < int(world.action_space.n):
                    raise ValueError(f"actions are 0 to {int(world.action_space.n) - 1}")
                state, reward, terminated, truncated, _ = world.step(action)
                return state, float(reward), bool(terminated), bool(truncated), {}
        except Exception as error:
            raise ValueError(f"{method}(): {error}") from None
        raise ValueError(f"{method} is not available: use reset() and step(action)")

    handle = len(callbacks) + 1
    callbacks[handle] = answer
    attributes: dict[str, Any] = {"action_space.n": int(world.action_space.n)}
    if hasattr(world.observation_space, "n"):
        attributes["observation_space.n"] = int(world.observation_space.n)
    return wire.Callback(handle, ("reset", "step"), attributes)


# --- from observations to results ----------------------------------------------------------------


def _points(exercise: Exercise, source: Source) -> list[float]:
    """Return the points of each check present: its weight's share of the exercise's points."""
    total = sum(check.weight for check in exercise)
    return [exercise.points * check.weight / total for check in exercise]


def _unusable(error: Exception) -> Difference:
    text = "what came back cannot be used as the docstring says"
    if isinstance(error, ValueError | TypeError) and "unpack" in str(error):
        text = "expected several values to be returned, as the docstring lists them"
    return Difference("structure", text)


def describe(failure: Failure, *, public: bool) -> str:
    """Say why there is no value. Of a hidden check only the exception's type and line are told."""
    place = f" in line {failure.line}" if failure.line else ""
    place += f" of {failure.cell}" if failure.line and failure.cell else ""
    if failure.kind == "exception":
        message = re.sub(r" \([^()]*, line \d+\)$", "", failure.message)
        message = _MATMUL.sub(r"the axes that @ joins have lengths \2 and \1", message)
        text = f": {message}" if public and message else ""
        return f"{failure.type_name}{place}{text}"
    told = {
        "timeout": "it takes too long: is there a loop that does not end?",
        "crash": "the process ended in the middle of the call",
        "memory": "it needs more memory than a submission may use",
        "wrong-type": "the result is not plain data",
        "missing": "the function is not there",
        "not-implemented": f"still to write{place}",
        "protocol": "the process broke off the conversation with the grader",
        "output-too-big": "the result is far too large",
        "refused": "this is not allowed in a submission",
    }[failure.kind]
    if failure.kind == "wrong-type" and failure.message:
        told = f"{told}: {failure.message[:80]}" if public else told
    return told


def _result(exercise: Exercise, seen: Observation, points: float, wrong: Any) -> CheckResult:
    check, public = seen.check, not seen.check.hidden
    result = CheckResult(check.name, check.sentence, check.hidden, points)
    result.stdout = seen.stdout if public else ""
    if seen.trials and (seen.difference is None or _measured(seen.difference)):
        result.tolerance = str(seen.trials[seen.failed_at or 0].tol)
    if public and not seen.passed:
        cases = len(seen.trials)
        many = f" (case {(seen.failed_at or 0) + 1} of {cases})" if cases > 1 else ""
        result.asked = seen.asked and seen.asked + many
    if seen.passed:
        result.status, result.earned = "passed", points
        return result
    if seen.skipped:
        result.status, result.message = "waiting", seen.skipped
    elif seen.failure:
        result.status, result.message = "error", describe(seen.failure, public=public)
    elif seen.difference:
        _explain(result, seen.difference, public)
        if result.picture and seen.picture:
            result.picture = seen.picture
    else:
        result.message = f"the function changes an array it was given: {seen.modified}"
        result.hint = (
            "-=, +=, *= and x[...] = ... write into the caller's array. Build a new one, or work "
            "on a copy: the caller still needs the old one."
        )
    if wrong is not None:
        result.misconception, result.hint = wrong.name, wrong.hint
        result.cause = f"This is {wrong.convention}." if wrong.convention else result.cause
    return result


def _picture(check: Check, expected: Any, actual: Any) -> dict[str, Any] | None:
    """Stack what a chain of calls gave, for a picture of the whole run, if it is one."""
    path = "path" if check.observe.startswith("descend") else ""
    if not isinstance(expected, list | tuple) or not isinstance(actual, list | tuple):
        return None
    if len(expected) < 3 or len(expected) != len(actual):
        return None
    items = [
        np.asarray(item) for item in (*expected, *actual) if not isinstance(item, tuple | list)
    ]
    if len(items) < 2 * len(expected) or len({item.shape for item in items}) != 1:
        return None
    if items[0].ndim > 1 or any(item.dtype.kind not in "fiub" for item in items):
        return None
    half = len(expected)
    return {"expected": np.stack(items[:half]), "actual": np.stack(items[half:]), "kind": path}


def _measured(difference: Difference) -> bool:
    """Whether a tolerance has a say in the difference."""
    return difference.expected is None or difference.expected.dtype.kind in "fc"


def _explain(result: CheckResult, difference: Difference, public: bool) -> None:
    result.message, result.where = difference.text, difference.where
    if public:
        result.values = difference.values
        if difference.expected is not None and difference.kind == "value":
            result.picture = {"expected": difference.expected, "actual": difference.actual}
    if difference.pattern:
        result.cause = f"It looks as if {difference.pattern.text}."


def _fold(exercise: Exercise, result: ExerciseResult, mild: set[str]) -> None:
    """Let a failure that an earlier one explains say so, instead of repeating it.

    A check in `mild` had the right values and changed an argument: that explains no wrong value.
    """
    failed = {check.name for check in result.checks if not check.passed}
    for check, spec in zip(result.checks, exercise, strict=True):
        if not check.passed:
            reasons = failed if check.name in mild else failed - mild
            check.explained_by = next((name for name in spec.needs if name in reasons), None)


def _untouched(observations: Iterable[Observation | None]) -> bool:
    kinds = {o.failure.kind if o and o.failure else "" for o in observations if o}
    return kinds == {"not-implemented"}


def grade(
    source: Source,
    submission: Submission,
    fork: Callable[[], Worker],
    *,
    serve: Callable[[str, Any], Any] | None = None,
    budget: Budget | None = None,
    only: Iterable[str] | None = None,
) -> Report:
    """Grade one submission; see `Grader`."""
    return Grader(source, submission, fork, serve, budget).grade(only)
