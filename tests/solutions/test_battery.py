"""One battery over the catalogue: a new exercise is tested by existing."""

from __future__ import annotations

import inspect
from functools import partial

import pytest

from autograder.authoring.battery import STUDENTS, findings
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import drawn, live, replaced, submission, topic

TOPICS = CATALOGUE.names()
EXERCISES = [(name, part) for name in TOPICS for part in topic(name).chapter.parts]
WRONG = [
    pytest.param(name, exercise.name, wrong.key, marks=pytest.mark.slow if number else ())
    for name in TOPICS
    for exercise in topic(name).exercises
    for number, wrong in enumerate(exercise.variants)
]
"""Of each exercise one belief walks the whole way; the battery looks at the values of all."""


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
def test_the_authors_battery_finds_nothing(name):
    """What `autograder topic check` looks at: solution, stub, reference, beliefs, docstrings.

    Figures are drawn by `test_rewards`, notebooks derived by `autograder build --check`. That the
    second student's checks notice the same beliefs is held by `test_luck`.
    """
    assert not found_for(name, STUDENTS[:1])


@pytest.mark.slow
@pytest.mark.parametrize("name", TOPICS)
def test_beliefs_are_named_on_the_cases_of_another_student_too(name):
    assert not found_for(name, STUDENTS[1:])


def found_for(name, named):
    parts = findings(topic(name), partial(drawn, name), release=False, named=named)
    return [f"{title}: {finding}" for title, all_ in parts for finding in all_]


@pytest.mark.parametrize(
    ("name", "style"),
    [
        (path.parent.parent.name, path.stem)
        for path in sorted((ROOT / "solutions").glob("*/alternatives/*.py"))
    ],
)
def test_other_right_solutions_earn_full_marks(name, style):
    text = (ROOT / f"solutions/{name}/alternatives/{style}.py").read_text(encoding="utf-8")
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
    leaning = {other.name for other in topic(name).exercises if exercise in other.needs}
    text = replaced(name, exercise, f"def {signature}:\n    return None\n")
    report = live(name, text, only={exercise} | leaning)
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
def test_rules_hold_for_the_solution(name):
    given = submission(topic(name).chapter.text)
    assert given.cells
    assert topic(name).title != name
