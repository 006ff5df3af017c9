"""Wrong values that are rounding, blown up, are told from those that are always the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder.spec import Misconception
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from tests.conftest import CATALOGUE

NOISE = [
    ("regression", "normal_equation", "where_zero_begins", "always-invertible"),
    ("regression", "normal_equation", "shortest_of_many", "small-values-raised"),
]
VALUES = [
    ("regression", "ridge", "least_price", "columns-scaled-first"),  # a constant column stays one
    ("recurrent", "generate", "equal_scores", "texts-as-rows"),  # ties are decisions
    ("transfer", "distillation_loss", "worked_loss", "roles-exchanged"),  # a zero is a zero
]


def noise(topic: str, exercise: str, check: str, belief: str) -> list[bool]:
    source = LiveSource(CATALOGUE.topic(topic), seeder(b"public", topic), hidden=False)
    asked = next(each for each in source.exercises if each.name == exercise)
    trials = source.trials(asked, next(each for each in asked if each.name == check))
    return [trial.noisy(belief) for trial in trials if belief in trial.variants()]


@pytest.mark.parametrize("case", NOISE)
def test_what_no_two_machines_agree_on_is_noise(case):
    assert any(noise(*case))


@pytest.mark.parametrize("case", VALUES)
def test_what_is_always_the_same_is_none(case):
    found = noise(*case)
    assert not any(found)
    assert found


def test_who_asks_for_noise_leaves_the_case_as_it_is():
    """A belief that writes into its arguments must not change what is recorded."""

    def emptied(x, w, b):
        x[...] = 0.0
        return x @ w.T + b

    source = LiveSource(CATALOGUE.topic("backprop"), seeder(b"public", "backprop"), hidden=False)
    asked = next(each for each in source.exercises if each.name == "dense_forward")
    asked = replace(asked, misconceptions=[Misconception("emptied", "", function=emptied)])
    for trial in source.trials(asked, asked.checks[0]):
        before = np.array(trial.case.args[0])
        trial.noisy("emptied")
        assert np.array_equal(trial.case.args[0], before)
