"""A case that is explained calls its values by the student's own names, whatever drives it."""

from __future__ import annotations

import pytest

from autograder.desk.explain import Shown, _named
from autograder.judging.observation import Observation
from autograder.topic.record import RecordedSource
from tests.conftest import CATALOGUE


def named(source, exercise, check):
    for number, _ in enumerate(trials := source.trials(exercise, check)):
        shown = Shown(Observation(check, trials, []), number, None)
        yield [name for name, _ in _named(shown, source.signature(exercise))]


@pytest.mark.parametrize("topic", CATALOGUE.released())
def test_every_value_of_every_case_has_a_name(topic):
    source = RecordedSource(CATALOGUE.record(topic))
    for exercise in source.exercises:
        for check in exercise:
            for names in named(source, exercise, check):
                assert all(name.isidentifier() for name in names), (exercise.name, check.name)


@pytest.mark.parametrize(
    ("topic", "exercise", "check", "names"),
    [
        ("backprop", "dense_backward", "linear_in_dy", ["x", "y", "a", "b", "x", "w"]),
        ("backprop", "sigmoid_mlp_update", "five_steps", ["state", "steps", "x", "y", "lr"]),
        ("lstm", "lstm_step", "several_steps", ["state", "inputs", "w", "b"]),
        ("q_learning", "epsilon_greedy", "explores", ["q_row", "epsilon", "u", "u_action"]),
    ],
)
def test_what_a_driver_hands_on_has_the_functions_own_names(topic, exercise, check, names):
    source = RecordedSource(CATALOGUE.record(topic))
    asked = next(e for e in source.exercises if e.name == exercise)
    assert next(named(source, asked, next(c for c in asked if c.name == check))) == names
