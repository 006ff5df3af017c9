"""What every topic must hold, found out without pytest; for each finding what to do about it."""

from __future__ import annotations

import copy
import inspect
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from types import ModuleType
from typing import Any

import numpy as np

from autograder.authoring.contract import broken_promises, described
from autograder.build.derive import trial_build
from autograder.build.notebooks import BuildError, drawn_picture, instructor_notebook
from autograder.judging.diagnose import diagnose
from autograder.judging.grader import grade_submission
from autograder.judging.observation import Observation
from autograder.report.model import ExerciseResult, Report
from autograder.sandbox.local import LocalWorker
from autograder.spec import Check, Exercise, Misconception
from autograder.submission.cells import Submission, SubmissionCell, code_cells
from autograder.submission.notebooks import parse_notebook
from autograder.submission.script import split_script
from autograder.topic.catalogue import AuthoredTopic, CatalogueError
from autograder.topic.chapter import ChapterError
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from autograder.topic.trials import Trial
from autograder.topic.trusted import trusted_value
from autograder.topic.widened import widened
from autograder.values.compare import Raised, compare, equal
from autograder.values.difference import Difference
from autograder.values.nested import alike

__all__ = ["STUDENTS", "CachedSource", "Finding", "findings", "same_bits"]

STUDENTS = ("ada", "bo")


@dataclass(frozen=True)
class Finding:
    """Something that does not hold, and what to do.

    Attributes
    ----------
    where : str
        The exercise, with the check or belief.
    what : str
    todo : str
    """

    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n    {self.todo}"


def findings(
    topic: AuthoredTopic,
    source: Callable[[str], CachedSource] | None = None,
    release: bool = True,
    named: Sequence[str] = STUDENTS,
) -> Iterator[tuple[str, list[Finding]]]:
    """Yield what does not hold of a topic, by the parts of the battery, the cheapest first.

    Parameters
    ----------
    topic : AuthoredTopic
    source : callable, optional
        Returns the cases of a student (of `STUDENTS`), where they are drawn already.
    release : bool
        Whether to look at what a release holds, too: to draw the figure and to derive the topic.
    named : sequence of str
        The students on whose cases each belief is to be noticed and named.
    """
    desk = _Desk(topic, source or cache(partial(CachedSource.of, topic)), named)
    for title, part in {**_PARTS, **(_RELEASE if release else {})}.items():
        found: list[Finding] = []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # wrong variants average nothing
                found += part(desk)
        except (CatalogueError, ChapterError):
            raise
        except Exception as error:  # the author's own code
            what = f"{type(error).__name__}: {error}"
            found.append(Finding(title, what, "the topic's own code raises that: mend it first"))
        yield title, found


@dataclass
class CachedSource(LiveSource):
    """A source that draws the trials of a check once, and so computes each variant once."""

    _drawn: dict[tuple[str, str], list[Trial]] = field(default_factory=dict, repr=False)

    def trials(self, exercise: Exercise, check: Check) -> list[Trial]:
        """Return the trials of one check, drawn when first asked for."""
        key = exercise.name, check.name
        if key not in self._drawn:
            drawn = super().trials(exercise, check)
            self._drawn[key] = [replace(one, variants=cache(one.variants)) for one in drawn]
        return self._drawn[key]

    @classmethod
    def of(cls, topic: AuthoredTopic, student: str) -> CachedSource:
        """Return the cases that the battery draws for a student."""
        return cls(topic, seeder(b"battery", student, topic.name))


@dataclass
class _Desk:
    """A topic with the cases of some students."""

    topic: AuthoredTopic
    source: Callable[[str], CachedSource]
    named: Sequence[str] = STUDENTS

    def graded(self, text: str, student: str) -> Report:
        return self.judged(split_script(text, f"{student}.py"), student)

    def judged(self, found: list[SubmissionCell], student: str) -> Report:
        submission = Submission(student, code_cells(found), f"{student}.py")
        return grade_submission(self.source(student), submission, LocalWorker)


def _complete(desk: _Desk) -> Iterator[Finding]:
    topic = desk.topic
    for exercise in topic.exercises:
        name = exercise.name
        hidden = [check.hidden for check in exercise]
        if len(hidden) < 3 or all(hidden) or not any(hidden):
            yield Finding(
                name,
                f"it has {len(hidden)} checks, {sum(hidden)} of them hidden",
                "ask at least three facts of different kinds, at least one hidden and one public",
            )
        for check in exercise:
            if not check.sentence.endswith("."):
                yield Finding(
                    f"{name}/{check.name}", "no full sentence", "end its docstring with ."
                )
        if not exercise.misconceptions:
            yield Finding(name, "no belief", "write into misconceptions.md what students believe")
        for belief in exercise.misconceptions:
            if not belief.hint:
                yield Finding(f"{name}/{belief.name}", "no hint", "ask what a teacher would ask")
        docstring = topic.chapter.parts[name].docstring
        for section in ("Parameters", "Returns"):
            if f"{section}\n---" not in docstring and "Yields\n---" not in docstring:
                yield Finding(
                    name, f"its docstring has no {section}", "say shapes and dtypes there"
                )


def _signatures(desk: _Desk) -> Iterator[Finding]:
    topic = desk.topic
    for exercise in topic.exercises:
        given = [
            inspect.signature(getattr(module, exercise.name, lambda: None))
            for module in (topic.solution, topic.reference)
        ]
        said = [[(p.name, p.default) for p in each.parameters.values()] for each in given]
        if said[0] != said[1]:
            todo = f"give reference.{topic.name}.{exercise.name} the chapter's names and defaults"
            yield Finding(exercise.name, "solution and reference differ in their signature", todo)


def _agreement(desk: _Desk) -> Iterator[Finding]:
    """Hold the solution against the reference; neither changes an argument, nor raises."""
    topic, source = desk.topic, desk.source(STUDENTS[0])
    for exercise in topic.exercises:
        for check in exercise:
            told = map(
                partial(_disagreement, topic, exercise, check), source.trials(exercise, check)
            )
            first = next(filter(None, told), None)
            if first:
                yield Finding(f"{exercise.name}/{check.name}", *first)


def _disagreement(
    topic: AuthoredTopic, exercise: Exercise, check: Check, trial: Trial
) -> tuple[str, str] | None:
    if isinstance(trial.expected, Raised):
        return f"the reference raises {trial.expected.type_name}", "draw a case that fits it"
    before = copy.deepcopy((trial.case.args, trial.case.kwargs))
    found = trusted_value(vars(topic.solution), exercise.name, check, trial.case)
    truth = widened(topic.truth(exercise.name), vars(topic.solution))
    again = trusted_value(truth, exercise.name, check, trial.case)
    gap = compare(trial.expected, found, trial.tol)
    if gap:
        what = f"solution and reference differ: {gap.text} {gap.values}".rstrip()
        return what, "one of the two is wrong: find out which by hand"
    if not same_bits(trial.expected, again):
        return "the reference gives other bits when asked again", "which state does it keep?"
    if not same_bits(before, (trial.case.args, trial.case.kwargs)):
        return "an argument is changed", "work on a copy"
    return None


def same_bits(left: object, right: object) -> bool:
    """Whether two nested values have the same bits; what is no value counts as the same."""
    return alike(left, right, _same_leaf)


def _same_leaf(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray | np.generic | float):
        one, other = np.asarray(left), np.asarray(right)
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
    return bool(left == right) if isinstance(left, str | int | bool | None) else True


def _solution(desk: _Desk) -> Iterator[Finding]:
    for student in STUDENTS:
        for result in desk.graded(desk.topic.chapter.text, student):
            if not result.passed:
                yield Finding(
                    result.name, f"the solution loses points: {_first(result)}", "mend it"
                )


def _first(result: ExerciseResult) -> str:
    told = [f"{c.name}: {c.message} {c.values}" for c in result.checks if not c.passed]
    return " ".join((told or [result.message])[0].split())


def _stub(desk: _Desk) -> Iterator[Finding]:
    for result in desk.graded(desk.topic.chapter.without_solutions(), STUDENTS[0]):
        if result.status != "todo":
            todo = "a stub earns nothing and is still to write: is its region the whole body?"
            yield Finding(result.name, f"the stub ends as {result.status}", todo)


def _beliefs(desk: _Desk) -> Iterator[Finding]:
    """Every belief loses points publicly, is recognised as itself, and looks like no other."""
    for student in desk.named:
        source = desk.source(student)
        for exercise in desk.topic.exercises:
            seen = [(check, source.trials(exercise, check)) for check in exercise]
            trials = [trial for _, some in seen for trial in some]
            values = [trial.variants() for trial in trials]
            yield from _unseen(exercise, seen, student)
            if student == desk.named[0]:
                yield from _alike(exercise, trials, values)
            for belief in exercise.variants:
                yield from _misnamed(exercise, seen, belief)


def _unseen(exercise: Exercise, seen: Any, student: str) -> Iterator[Finding]:
    public = [t.variants() for check, some in seen if not check.hidden for t in some]
    for belief in exercise.variants:
        if not any(belief.key in value for value in public):
            yield Finding(
                f"{exercise.name}/{belief.key}",
                f"no public check notices it (cases of {student})",
                "add a case that holds the edge it is about, never by chance",
            )


def _alike(
    exercise: Exercise, trials: list[Trial], values: list[Mapping[str, Any]]
) -> Iterator[Finding]:
    beliefs = exercise.variants
    for position, one in enumerate(beliefs):
        for other in beliefs[:position]:
            if other.name != one.name and all(
                equal(v.get(one.key, t.expected), v.get(other.key, t.expected), t.tol)
                for t, v in zip(trials, values, strict=True)
            ):
                yield Finding(
                    f"{exercise.name}/{one.key}",
                    f"no check tells it from {other.key}",
                    "add a case on which the two differ, or make one belief of them",
                )


def _misnamed(exercise: Exercise, seen: Any, belief: Misconception) -> Iterator[Finding]:
    """Diagnose the belief's own values as if a student had returned them."""
    observations = []
    for check, trials in seen:
        outputs = [trial.variants().get(belief.key, trial.expected) for trial in trials]
        wrong = any(not equal(t.expected, o, t.tol) for t, o in zip(trials, outputs, strict=True))
        gap = Difference("value", "") if wrong else None
        observations.append(Observation(check, trials, outputs, gap))
    named = {found.belief.name for found in diagnose(exercise, observations).values()}
    returned = any(
        not isinstance(o, Raised) for seen in observations if not seen.passed for o in seen.outputs
    )
    if returned and named != {belief.name}:
        told = " and ".join(sorted(named)) or "nothing"
        todo = "add a case on which it gives another value than what it is taken for"
        yield Finding(f"{exercise.name}/{belief.key}", f"it is taken for {told}", todo)


def _docstrings(desk: _Desk) -> Iterator[Finding]:
    topic, source = desk.topic, desk.source(STUDENTS[0])
    for exercise in topic.exercises:
        name = exercise.name
        told = described(topic.chapter.parts[name].docstring)
        there = set(inspect.signature(getattr(topic.solution, name)).parameters)
        if told != there:
            what = f"its docstring describes {_names(told)}, its parameters are {_names(there)}"
            yield Finding(name, what, "describe each under Parameters, as `name : what it is`")
        for wrong in broken_promises(topic, name, source):
            todo = "write the shape that comes, or draw cases that have the shape it says"
            yield Finding(name, wrong, todo)


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _figure(desk: _Desk) -> Iterator[Finding]:
    """Draw with the solution, and as far as it goes with the stub."""
    topic = desk.topic
    if not topic.draws:
        return
    try:
        drawn_picture(topic, topic.solution)
    except BuildError as error:
        yield Finding("figure", str(error), "mend it: a release shows it early in the chapter")
        return
    stub = ModuleType(topic.name)
    exec(topic.chapter.without_solutions(), vars(stub))  # the author's own code
    try:
        drawn_picture(topic, stub)
    except BuildError as error:
        if not isinstance(error.__cause__, NotImplementedError):
            todo = (
                "with nothing written yet it draws what is there, or lets NotImplementedError out"
            )
            yield Finding("figure", f"with the stub: {error}", todo)


def _notebook(desk: _Desk) -> Iterator[Finding]:
    """Grade the notebook with the solution in it, as it would be handed in."""
    text = json.dumps(instructor_notebook(desk.topic))
    for result in desk.judged(parse_notebook(text), STUDENTS[0]):
        if not result.passed:
            what = f"the notebook with the solution loses points: {_first(result)}"
            yield Finding(result.name, what, "does its cell lean on one that stands below it?")


def _built(desk: _Desk) -> Iterator[Finding]:
    try:
        trial_build(desk.topic)
    except BuildError as error:
        yield Finding(desk.topic.name, str(error), "autograder build would stop at this: mend it")


_PARTS: dict[str, Callable[[_Desk], Iterator[Finding]]] = {
    "complete": _complete,
    "signatures": _signatures,
    "solution and reference agree": _agreement,
    "the solution keeps full marks": _solution,
    "the stub is still to write": _stub,
    "docstrings tell the truth": _docstrings,
    "beliefs are noticed and named": _beliefs,
}
"""The parts of the battery, by what they find out."""
_RELEASE: dict[str, Callable[[_Desk], Iterator[Finding]]] = {
    "the figure is drawn": _figure,
    "the notebook keeps full marks": _notebook,
    "it can be built": _built,
}
"""Further parts: what a release holds."""
