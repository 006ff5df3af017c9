"""One battery over the catalogue: a new exercise is tested by existing."""

from __future__ import annotations

import copy
import inspect

import numpy as np
import pytest

from autograder.topic.trials import LiveSource, seeder, trusted_value
from autograder.values.compare import Raised, equal
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import live, replaced, submission, topic

TOPICS = CATALOGUE.names()
EXERCISES = [(name, part) for name in TOPICS for part in topic(name).chapter.parts]
WRONG = [
    (name, exercise.name, wrong.key)
    for name in TOPICS
    for exercise in topic(name).exercises
    for wrong in exercise.variants
]


def describe(report) -> str:
    lines = []
    for exercise in report:
        if not exercise.passed:
            lines.append(f"{exercise.name}: {exercise.status} {exercise.message}")
            lines += [
                f"   {c.name}: "
                + " | ".join([c.status, c.message, c.values, c.cause, str(c.misconception)])
                for c in exercise.checks
                if not c.passed
            ]
    return "\n".join([*report.notes, *lines])


@pytest.mark.parametrize("name", TOPICS)
@pytest.mark.parametrize("student", ["ada", "bo"])
def test_solution_earns_full_marks(name, student):
    report = live(name, topic(name).chapter.text, student=student)
    assert report.earned == report.points, describe(report)


@pytest.mark.parametrize("name", TOPICS)
def test_stub_earns_nothing_and_is_still_to_write(name):
    report = live(name, topic(name).chapter.without_solutions())
    assert {exercise.status for exercise in report} == {"todo"}, describe(report)
    assert report.earned == 0


@pytest.mark.parametrize(
    ("name", "style"),
    [
        (path.stem.rsplit("_", 1)[0], path.stem.rsplit("_", 1)[1])
        for path in sorted((ROOT / "tests/alternatives").glob("*_*.py"))
    ],
)
def test_other_right_solutions_earn_full_marks(name, style):
    text = (ROOT / f"tests/alternatives/{name}_{style}.py").read_text(encoding="utf-8")
    report = live(name, text)
    assert report.earned == report.points, describe(report)


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        (name, needed)
        for name in TOPICS
        for needed in topic(name).chapter.parts
        if any(needed in exercise.needs for exercise in topic(name).exercises)
    ],
)
def test_a_failed_prerequisite_costs_only_its_own_points(name, exercise):
    signature = topic(name).chapter.parts[exercise].signature
    report = live(name, replaced(name, exercise, f"def {signature}:\n    return None\n"))
    assert [result.name for result in report if not result.passed] == [exercise], describe(report)


@pytest.mark.parametrize(("name", "exercise", "wrong"), WRONG)
def test_misconception_loses_points_and_is_recognised(name, exercise, wrong):
    authored = topic(name)
    spec = authored.exercise(exercise)
    belief = next(variant for variant in spec.variants if variant.key == wrong)
    if belief.function is not None:
        cell = _as_cell(belief.function, exercise)
    else:
        cell = authored.chapter.variant(exercise, belief.replace, belief.by)
    result = live(name, replaced(name, exercise, cell), only=[exercise]).exercises[0]
    assert result.earned < result.points, f"{wrong} keeps full marks"
    named = {check.misconception for check in result.checks if not check.passed}
    assert belief.name in named, f"{wrong} is taken for {named}"
    assert named <= {belief.name, None}, f"{wrong} is also taken for {named}"


def _as_cell(function, exercise: str) -> str:
    """Write a variant given as a function as a student's cell."""
    module = inspect.getmodule(function)
    return (
        f"import importlib\n{exercise} = importlib.import_module({module.__name__!r})"
        f".{function.__name__}\ndef _unused(): pass\n"
    )


@pytest.mark.parametrize("name", TOPICS)
def test_no_two_misconceptions_look_alike(name):
    authored = topic(name)
    source = LiveSource(authored, seeder(b"alike", name))
    for exercise in authored.exercises:
        seen = {}
        trials = [trial for check in exercise for trial in source.trials(exercise, check)]
        values = [trial.variants() for trial in trials]
        for wrong in exercise.variants:
            outputs = [value.get(wrong.key, Ellipsis) for value in values]
            for other, theirs in seen.items():
                same = all(
                    (a is Ellipsis) == (b is Ellipsis) and (a is Ellipsis or equal(a, b, trial.tol))
                    for a, b, trial in zip(outputs, theirs, trials, strict=True)
                )
                assert not same, f"{exercise.name}: {wrong.key} cannot be told from {other}"
            seen[wrong.key] = outputs


@pytest.mark.parametrize("name", TOPICS)
@pytest.mark.parametrize("student", ["ada", "bo"])
def test_every_belief_fails_a_public_check(name, student):
    """What costs points officially can be seen at the desk."""
    source = LiveSource(topic(name), seeder(b"public", student, name), hidden=False)
    for exercise in topic(name).exercises:
        public = [check for check in exercise if not check.hidden]
        values = [t.variants() for check in public for t in source.trials(exercise, check)]
        unseen = [w.key for w in exercise.variants if not any(w.key in value for value in values)]
        assert not unseen, f"{exercise.name}: no public check notices {', '.join(unseen)}"


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_solution_agrees_with_reference_and_leaves_inputs_alone(name, exercise):
    authored = topic(name)
    spec = authored.exercise(exercise)
    source = LiveSource(authored, seeder(b"agreement", name))
    for check in spec:
        for trial in source.trials(spec, check):
            assert not isinstance(trial.expected, Raised), f"{check.name}: the reference raises"
            before = copy.deepcopy((trial.case.args, trial.case.kwargs))
            found = trusted_value(vars(authored.solution), exercise, check, trial.case)
            again = trusted_value(authored.truth(exercise), exercise, check, trial.case)
            assert not isinstance(trial.expected, Raised), f"{check.name}: a case that fits no one"
            assert equal(trial.expected, found, trial.tol), (check.name, trial.expected, found)
            assert _same_bits(trial.expected, again), f"{check.name}: the reference is not pure"
            assert _same_bits(before, (trial.case.args, trial.case.kwargs)), "inputs modified"


def _same_bits(a, b) -> bool:
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same_bits(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(_same_bits(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray | np.generic | float):
        return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)
    return a == b if isinstance(a, str | int | bool | Raised | type(None)) else True


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_exercise_is_complete(name, exercise):
    """At least three checks of which one is hidden and one public; hints that are questions."""
    spec = topic(name).exercise(exercise)
    assert len(spec.checks) >= 3
    assert any(check.hidden for check in spec)
    assert any(not check.hidden for check in spec)
    assert spec.points > 0
    for check in spec:
        assert check.sentence.endswith("."), check.name
    for wrong in spec.misconceptions:
        assert wrong.hint, wrong.name
    docstring = topic(name).chapter.parts[exercise].docstring
    assert "Parameters\n---" in docstring or "()" in topic(name).chapter.parts[exercise].signature
    assert "Returns\n---" in docstring or "Yields\n---" in docstring
    solution = inspect.signature(getattr(topic(name).solution, exercise))
    reference = inspect.signature(getattr(topic(name).reference, exercise))
    assert list(solution.parameters) == list(reference.parameters)
    assert [p.default for p in solution.parameters.values()] == [
        p.default for p in reference.parameters.values()
    ]


@pytest.mark.parametrize("name", TOPICS)
def test_rules_hold_for_the_solution(name):
    given = submission(topic(name).chapter.text)
    assert given.cells
    assert topic(name).title != name
