"""Walking nested values: what is a leaf, what is kept, and what is alike."""

import numpy as np
import pytest

from autograder.values.nested import alike, changed, count_numbers, each_item, leaves

ARRAY = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (3, [3]),
        (None, [None]),
        ("text", ["text"]),
        ((1, [2, {"a": 3, "b": (4,)}]), [1, 2, 3, 4]),
        ([], []),
        ({}, []),
        ({"b": 1, "a": 2}, [1, 2]),
        ({1, 2}, [{1, 2}]),
    ],
)
def test_leaves_come_in_their_order(value, found):
    assert list(leaves(value)) == found


def test_an_array_is_a_leaf():
    assert [leaf is ARRAY for leaf in leaves([ARRAY, (ARRAY,)])] == [True, True]


@pytest.mark.parametrize(
    ("value", "count"),
    [(ARRAY, 6), ((ARRAY, 1, [None]), 8), ({"x": ARRAY[:1], "y": "text"}, 4), (np.float32(1), 1)],
)
def test_numbers_are_counted(value, count):
    assert count_numbers(value) == count


def test_change_reaches_each_leaf_and_keeps_what_holds_them():
    value = (1, [2, {"a": 3}], ())
    assert changed(value, lambda leaf: -leaf) == (-1, [-2, {"a": -3}], ())
    assert changed(4, lambda leaf: -leaf) == -4
    assert each_item(value, lambda item: type(item).__name__) == ("int", "list", "tuple")
    assert each_item({"a": (1,)}, len) == {"a": 1}
    assert each_item(4, len) == 4


@pytest.mark.parametrize(
    ("left", "right", "is_alike"),
    [
        ((1, 2), [1, 2], True),
        ((1, 2), (1, 2, 3), False),
        ((1, 2), (1, 3), False),
        ({"a": [1]}, {"a": (1,)}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, [1], False),
        (1, [1], False),
        ([[]], [{}], False),
        ([], (), True),
    ],
)
def test_alike_is_the_same_nesting_and_the_same_leaves(left, right, is_alike):
    assert alike(left, right, lambda a, b: a == b) is is_alike
    assert alike(right, left, lambda a, b: a == b) is is_alike
