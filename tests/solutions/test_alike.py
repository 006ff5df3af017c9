"""Beliefs that look alike at the desk: a public check tells any two of an exercise apart."""

from __future__ import annotations

import pytest

from autograder.authoring.alike import all_trials, inseparable, taken_for_one
from autograder.authoring.battery import STUDENTS
from autograder.spec import Check, Exercise, Misconception
from tests.conftest import CATALOGUE
from tests.judging.test_diagnose import Case, Tolerance, Trial
from tests.kit.battery import drawn, topic

HIDDEN_ALONE = {
    ("regression", "diagnose_gradient", "sum-over-the-columns", "divided-by-n-once-more"),
    ("tuning", "successive_halving", "rounded-to-the-nearest", "rounded-up"),
}
"""Told apart by hidden checks alone: the public ones are the chapter's own small examples."""


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_public_check_tells_any_two_beliefs_apart(name):
    source = drawn(name, STUDENTS[0])
    pairs = {
        (name, exercise.name, *pair)
        for exercise in topic(name).exercises
        for pair in inseparable(exercise, all_trials(source, exercise, public=True), public=True)
    }
    assert pairs <= HIDDEN_ALONE


class Fixed:
    """A source whose trials are given."""

    def __init__(self, trials):
        self._trials = trials

    def trials(self, exercise, check):
        return self._trials[check.name]


def test_what_a_check_cannot_tell_apart_is_listed():
    beliefs = [Misconception(name, "Why?") for name in ("sum", "total", "largest")]
    checks = [Check("one", "One.", None), Check("many", "Many.", None, hidden=True)]
    exercise = Exercise("mean", 1, checks=checks, misconceptions=beliefs)

    def trial(**values):
        return Trial(Case(1.0), 2.0, Tolerance(1e-9, 0.0, ""), lambda: values)

    source = Fixed({"one": [trial(sum=4.0, total=4.0, largest=3.0)], "many": [trial(sum=5.0)]})
    one, many = all_trials(source, exercise)
    assert taken_for_one(exercise, one) == [["sum", "total"]]
    assert taken_for_one(exercise, many) == []
    assert list(inseparable(exercise, [one, many], public=True)) == [("total", "sum")]
    assert list(inseparable(exercise, [one, many], public=False)) == []
