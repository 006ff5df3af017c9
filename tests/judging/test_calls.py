"""What a call carries to a submission: functions that are the same have one handle."""

from __future__ import annotations

import numpy as np

from autograder.judging.calls import outgoing
from autograder.observe import Env, function
from autograder.sandbox import wire


def test_a_function_of_the_vocabulary_has_the_same_handle_in_every_call():
    a, b = np.eye(2), np.ones(2)

    def handle(value):
        return outgoing([value], {})[0].handle

    same = handle(function("quadratic_gradient", a, b))
    assert same >= wire.LASTING
    assert same == handle(function("quadratic_gradient", a.copy(), b.copy()))
    others = [
        function("quadratic", a, b),
        function("quadratic_gradient", a, 2 * b),
        function("quadratic_gradient", a.astype(np.float32), b),
        function("quadratic_gradient", a),
    ]
    assert len({same, *map(handle, others)}) == 5
    assert handle(lambda x: x) == 1  # it may answer another time in another way
    probability, ends = np.ones((1, 1, 1)), np.zeros((1, 1, 1), bool)
    table = Env("table", arrays=(probability, 0 * ends.astype(int), probability, ends, np.ones(1)))
    assert handle(table) == 1


def test_a_function_and_its_double_answer_each_for_itself():
    callbacks = {}
    pair = outgoing((function("square"), function("relu"), function("square")), callbacks)
    assert [callbacks[one.handle](None, (-3.0,), {}) for one in pair] == [9.0, 0.0, 9.0]
