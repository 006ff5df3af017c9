"""Pooling's vector code: every window, every width, every instruction set; equal on all threads."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from reference import convolution
from reference.compiler import emit
from tests.conftest import printed

RNG = np.random.default_rng(31)

POOLED = """
import numpy as np
from reference import convolution

rng = np.random.default_rng(3)
for dtype in (np.float32, np.float64):
    for H, W in ((2, 2), (5, 7), (9, 16), (12, 33), (6, 70)):
        x = np.round(3 * rng.standard_normal((2, 3, H, W))).astype(dtype)
        for size, step, padding in ((2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 1), (5, 4, 2)):
            if min(H, W) + 2 * padding < size:
                continue
            sides = ((0, 0), (0, 0), (padding, padding), (padding, padding))
            numbers = np.pad(x.astype(float), sides, constant_values=np.nan)
            windows = np.lib.stride_tricks.sliding_window_view(numbers, (size, size), (2, 3))
            windows = windows[:, :, ::step, ::step]
            rows, columns = windows.shape[2:4]
            windows = windows.reshape(2, 3, rows, columns, -1)
            first = np.nanargmax(windows, -1)
            line = np.arange(rows)[:, None] * step - padding + first // size
            column = np.arange(columns) * step - padding + first % size
            best, where = convolution.max_pool_with_indices(x, size, step, padding)
            assert np.array_equal(best, np.nanmax(windows, -1))
            assert np.array_equal(best, convolution.max_pool_forward(x, size, step, padding))
            assert np.array_equal(where, line * W + column)
            mean = convolution.avg_pool_forward(x, size, step, padding)
            np.testing.assert_allclose(mean, np.nanmean(windows, -1), rtol=2e-6, atol=2e-6)
print("done")
"""


OTHERS = [name for name in emit.TILES if name != emit.NAME]


@pytest.mark.parametrize(
    "name", [emit.NAME, OTHERS[0], *(pytest.param(n, marks=pytest.mark.slow) for n in OTHERS[1:])]
)  # as in test_gemm: this machine's own and another one in every run
def test_every_window_is_pooled_right_with_every_instruction_set(name):
    assert printed(POOLED, GRADUS_TILE=name) == "done\n"


@pytest.mark.parametrize("options", [(2, 2, 0), (3, 2, 1), (4, 3, 2)])
def test_one_and_two_threads_pool_the_same(options):
    x = RNG.standard_normal((4, 9, 40, 37)).astype(np.float32)
    dy = RNG.standard_normal(convolution.max_pool_forward(x, *options).shape).astype(np.float32)

    def everything():
        best, where = convolution.max_pool_with_indices(x, *options)
        mean = convolution.avg_pool_forward(x, *options)
        sent = convolution.max_pool_backward_at(dy, where, x.shape[2:])
        spread = convolution.avg_pool_backward(dy, x, *options)
        return best, where, mean, sent, spread, convolution.max_pool_backward(dy, x, *options)

    found, before = [], numba.get_num_threads()
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            found.append(everything())
    finally:
        numba.set_num_threads(before)
    for one, two in zip(*found, strict=True):
        assert np.array_equal(one, two)


def test_a_number_that_is_none_is_in_the_result_and_gets_no_slope():
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    x[0, 0, 4, 4] = np.nan
    y, where = convolution.max_pool_with_indices(x, 3, 2)
    assert np.isnan(y[0, 0, 1, 1]) and not np.isnan(y[0, 0, :, 0]).any()
    assert where[0, 0].tolist() == [[12, 14], [22, 23]]


def test_a_window_larger_than_the_image_is_refused():
    for pool in (
        convolution.max_pool_with_indices,
        convolution.max_pool_forward,
        convolution.avg_pool_forward,
    ):
        with pytest.raises(ValueError, match="H = 2, size = 3"):
            pool(np.ones((2, 3, 2, 2)), 3, 1)


@pytest.mark.parametrize("shape", [(0, 3, 4, 4), (2, 0, 4, 4)])
def test_no_image_and_no_map_give_no_result(shape):
    x, none = np.ones(shape), (*shape[:2], 2, 2)
    y, where = convolution.max_pool_with_indices(x, 3, 1)
    assert y.shape == where.shape == convolution.max_pool_forward(x, 3, 1).shape == none
    assert convolution.avg_pool_forward(x, 3, 1).shape == none
    for dx in (
        convolution.max_pool_backward(y, x, 3, 1),
        convolution.max_pool_backward_at(y, where, shape[2:]),
        convolution.avg_pool_backward(y, x, 3, 1),
    ):
        assert dx.shape == shape and not dx.any()
    assert convolution.global_avg_pool(x).shape == shape[:2]
