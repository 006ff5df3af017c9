"""Moving numbers: every edge of a square, and nothing written beside it."""

from __future__ import annotations

import numpy as np
import pytest

from reference.kernels.move import add_lines, copy_lines, turn


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (16, 16), (3, 40), (33, 7), (17, 31), (32, 8)])
def test_a_transpose_inside_larger_arrays_touches_nothing_else(dtype, shape):
    rows, columns = shape
    source = np.random.default_rng(2).standard_normal((rows + 2, columns + 5)).astype(dtype)
    target = np.full((columns + 1, rows + 4), -1.0, dtype)
    expected = target.copy()
    expected[:columns, 3 : 3 + rows] = source[1 : 1 + rows, 2 : 2 + columns].T
    across, apart = target.shape[1], source.shape[1]
    turn(target.reshape(-1), 3, across, source.reshape(-1), apart + 2, apart, rows, columns)
    assert np.array_equal(target, expected)


def test_a_transpose_keeps_what_is_no_number():
    source = np.array([[np.nan, 1.0, -0.0], [np.inf, -np.inf, 5e-324]])
    target = np.zeros((3, 2))
    turn(target.reshape(-1), 0, 2, source.reshape(-1), 0, 3, 2, 3)
    assert target.tobytes() == source.T.tobytes()


@pytest.mark.parametrize("count", [0, 1, 15, 16, 50])
def test_lines_are_copied_and_no_more(count):
    source, target = np.arange(256.0), np.zeros((3, 60))
    copy_lines(target, 3, 60, source, 5, 70, 3, count, 0.5)
    for i in range(3):
        assert np.array_equal(target[i, 3 : 3 + count], np.arange(count) + 5.5 + 70 * i)
    assert not target[:, :3].any()
    assert not target[:, 3 + count :].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [0, 1, 7, 15, 16, 50])
def test_lines_are_added_and_no_more(count, dtype):
    source, target = np.arange(256.0, dtype=dtype), np.ones((3, 60), dtype)
    add_lines(target, 3, 60, source, 5, 70, 3, count)
    for i in range(3):
        assert np.array_equal(target[i, 3 : 3 + count], np.arange(count) + 6.0 + 70 * i)
    assert (target[:, :3] == 1).all()
    assert (target[:, 3 + count :] == 1).all()


def test_lines_that_follow_each_other_are_added_one_by_one():
    source, target = np.arange(60.0), np.ones(60)
    add_lines(target, 0, 10, source, 0, 10, 6, 10)
    assert np.array_equal(target, source + 1)
