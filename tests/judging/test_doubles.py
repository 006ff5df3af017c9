"""Two beliefs at once are named where the solution is at hand, and only if nothing departs."""

from __future__ import annotations

import pytest

from autograder.judging.grader import grade_submission
from autograder.sandbox.local import LocalWorker
from autograder.spec import Exercise, Misconception
from autograder.topic.doubles import FREQUENT, doubles
from autograder.topic.record import RecordedSource
from tests.conftest import CATALOGUE
from tests.kit.battery import live, replaced, submission

SWAPPED_AND_NOT_COUNTED = """
def ema_update(average, param, t, decay=0.999):
    share = min(decay, (1 + t) / (10 + t))
    return (1 - share) * average + share * param, t
"""
MEANS = """
def dense_backward(dy, x, w):
    return dy @ w / len(x), dy.T @ x, dy.mean(axis=0)
"""
MEANS_AND_A_SLIP = """
def dense_backward(dy, x, w):
    return dy @ w / len(x) + 0.01, dy.T @ x, dy.mean(axis=0)
"""


def named(topic, exercise, cell):
    result = live(topic, replaced(topic, exercise, cell), only=[exercise]).exercises[0]
    return {check.misconception for check in result.checks if not check.passed}


@pytest.mark.parametrize(
    ("topic", "exercise", "cell", "told"),
    [
        ("optimizers", "ema_update", SWAPPED_AND_NOT_COUNTED, "shares-exchanged + count-not-ret"),
        ("backprop", "dense_backward", MEANS, "bias-gradient-averaged + dx-averaged"),
    ],
)
def test_two_beliefs_at_once_are_named_together(topic, exercise, cell, told):
    (name,) = named(topic, exercise, cell)
    assert name.startswith(told)


def test_what_departs_from_a_pair_is_not_named_by_it():
    told = named("backprop", "dense_backward", MEANS_AND_A_SLIP)
    assert not any(name and "+" in name for name in told)


def test_at_the_desk_nothing_is_said_of_pairs():
    """A record holds what each belief gives, not what each pair gives: it would not fit."""
    given = submission(replaced("optimizers", "ema_update", SWAPPED_AND_NOT_COUNTED))
    source = RecordedSource(CATALOGUE.record("optimizers"))
    (result,) = grade_submission(source, given, LocalWorker, only=["ema_update"]).exercises
    assert not any("+" in (check.misconception or "") for check in result.checks)


def test_only_edits_go_together_and_not_two_forms_of_one_belief():
    edit = {"replace": ("a",), "by": ("b",)}
    forms = [Misconception("twice", "Twice?", key="twice (2)", **edit)]
    beliefs = [
        Misconception("twice", "Twice?", forms=forms, **edit),
        Misconception("half", "Half?", convention="half of it", **edit),
        Misconception("whole", "Whole?", function=abs),
    ]
    pairs = doubles(Exercise("scale", 1, misconceptions=beliefs))
    assert [pair.key for pair in pairs] == ["twice + half", "twice (2) + half"]
    assert pairs[0].hint == "Two things meet here. Twice? And: Half?"
    assert pairs[0].convention == "This is half of it."


def test_no_more_than_the_frequent_are_paired():
    beliefs = [
        Misconception(f"belief-{n}", "Why?", replace=("a",), by=("b",)) for n in range(FREQUENT + 9)
    ]
    assert (
        len(doubles(Exercise("scale", 1, misconceptions=beliefs))) == FREQUENT * (FREQUENT - 1) / 2
    )
