"""The direct convolution: beside PyTorch for all kinds of layers, its bits, what is no number."""

from __future__ import annotations

import numpy as np
import pytest

from reference import convolution
from tests.kit.convolutions import arrays, beside_pytorch, on_one_and_two_threads_twice

LAYERS = {  # images, channels, kernels, image, window, (stride, padding, dilation)
    "one channel": (5, 1, 6, (28, 28), (5, 5), (1, 2, 1)),
    "no border": (3, 6, 16, (14, 13), (5, 4), (1, 0, 1)),
    "a border wider than the window": (2, 3, 4, (9, 17), (3, 2), (1, 3, 1)),
    "a flat window": (2, 3, 4, (9, 17), (1, 3), (1, 1, 2)),
    "a high window": (2, 5, 4, (19, 7), (3, 1), (1, 0, 2)),
    "single pixels": (2, 5, 4, (9, 7), (1, 1), (1, 0, 1)),
    "single pixels and a border": (2, 5, 4, (9, 7), (1, 1), (1, 2, 1)),
    "far apart": (1, 2, 3, (30, 90), (3, 3), (1, 9, 3)),
    "several bands": (2, 7, 5, (120, 200), (3, 4), (1, 1, 1)),
    "a window as large as the image": (3, 2, 5, (6, 8), (6, 8), (1, 0, 1)),
    "stepping": (3, 3, 5, (13, 18), (3, 4), (2, 1, 1)),
    "stepping far": (2, 3, 5, (23, 18), (3, 2), (3, 2, 2)),
}


def given(name, dtype):
    return arrays(LAYERS[name], dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_results_and_gradients_are_those_of_pytorch(name, dtype):
    beside_pytorch(given(name, dtype), 2e-5 if dtype == np.float32 else 3e-14)


@pytest.mark.parametrize("name", ["several bands", "one channel", "stepping"])
def test_one_and_two_threads_and_two_runs_give_the_same_bits(name):
    on_one_and_two_threads_twice(given(name, np.float32))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", LAYERS)
def test_a_slope_that_is_no_number_reaches_only_the_pixels_its_window_saw(name, bad):
    _, w, _, dy, options = given(name, np.float64)
    x = np.zeros((LAYERS[name][0], w.shape[1], *LAYERS[name][3]))
    i, j = dy.shape[2] // 2, dy.shape[3] - 1
    dy[0, 1, i, j] = bad
    mark = np.zeros_like(dy)
    mark[0, 1, i, j] = 1
    (seen, *_), (found, *_) = (
        convolution.conv2d_backward(slopes, x, np.abs(w), *options) for slopes in (mark, dy)
    )
    assert np.array_equal(np.isfinite(found), seen == 0)
