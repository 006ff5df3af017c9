"""A check that is to notice a belief draws its cases again until they give it away."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from autograder.spec import Exercise, Misconception
from autograder.topic.live import REDRAWS, LiveSource
from tests.conftest import CATALOGUE


def _above(x, w, threshold):
    return (x @ w > threshold).astype(x.dtype)


def _negated(x, w, threshold):
    return (x @ w < threshold).astype(x.dtype)


def unit(threshold, notices):
    """Return an exercise whose one check meets a tie in about every third draw at threshold 1."""
    exercise = Exercise("mcculloch_pitts", 1)
    exercise.misconceptions = [
        Misconception("strictly-above", "Which?", function=_above),
        Misconception("below", "Which?", function=_negated),
    ]

    @exercise.check(exact=True, notices=notices)
    def some_sum(rng):
        """Fires."""
        yield rng.integers(0, 2, (1, 2)).astype(float), np.ones(2), threshold

    return exercise


def drawn(exercise, seed):
    source = LiveSource(CATALOGUE.topic("neurons"), lambda *_: seed)
    return source.trials(exercise, exercise.checks[0])


def noticed(exercise, key, students=40):
    return [key in drawn(exercise, seed)[0].variants() for seed in range(students)]


def test_without_it_the_verdict_is_luck():
    assert 0 < sum(noticed(unit(1, ()), "strictly-above")) < 40


def test_with_it_every_student_meets_the_edge():
    exercise = unit(1, ("strictly-above", "below"))
    assert all(noticed(exercise, "strictly-above"))
    assert all(noticed(exercise, "below"))


def test_the_same_seed_gives_the_same_cases():
    exercise = unit(1, ("strictly-above",))
    one, other = (drawn(exercise, 7)[0].case.args for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_what_no_draw_shows_is_the_checks_fault():
    with pytest.raises(RuntimeError, match=f"of {REDRAWS} draws none notices strictly-above"):
        drawn(unit(0.5, ("below", "strictly-above")), 1)


def test_other_dress_is_to_notice_the_same_unless_said_otherwise():
    exercise = unit(1, ("below",))
    assert exercise.in_other_dress(exercise.checks[0]).notices == ("below",)
    exercise = unit(1, ("below",))
    assert exercise.in_other_dress(exercise.checks[0], notices=()).notices == ()


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_no_check_needs_many_draws(name):
    topic = CATALOGUE.topic(name)
    for exercise in topic.exercises:
        for check in exercise:
            if check.notices:
                assert _draws(topic, exercise, check) < 8, f"{exercise.name}/{check.name}"


def _draws(topic, exercise, check, students=6):
    """Return how many draws the cases of one student take, on average."""
    calls = count()
    generate = check.generate

    def counted(rng):
        next(calls)
        return generate(rng)

    check.generate = counted
    try:
        for seed in range(students):
            LiveSource(topic, lambda *_, seed=seed: seed).trials(exercise, check)
    finally:
        check.generate = generate
    return next(calls) / students
