"""Numbers that others published for operators of the same name.

The examples are those of the Open Neural Network Exchange's pages on its operators Conv, MaxPool,
AveragePool, GlobalAveragePool, Gemm, LRN and GridSample.
"""

from __future__ import annotations

import numpy as np
import pytest

from reference import backprop, convolution, spatial_transformer

ONES = np.ones((1, 1, 3, 3))
NONE = np.zeros(1)


def counting(*shape):
    return np.arange(np.prod(shape), dtype=float).reshape(shape)


CONV = {
    "basic, with padding": (
        counting(1, 1, 5, 5),
        {"padding": 1},
        [
            [12, 21, 27, 33, 24],
            [33, 54, 63, 72, 51],
            [63, 99, 108, 117, 81],
            [93, 144, 153, 162, 111],
            [72, 111, 117, 123, 84],
        ],
    ),
    "basic, without padding": (
        counting(1, 1, 5, 5),
        {},
        [[54, 63, 72], [99, 108, 117], [144, 153, 162]],
    ),
    "strides, with padding": (
        counting(1, 1, 7, 5),
        {"stride": 2, "padding": 1},
        [[12, 27, 24], [63, 108, 81], [123, 198, 141], [112, 177, 124]],
    ),
    "strides, without padding": (
        counting(1, 1, 7, 5),
        {"stride": 2},
        [[54, 72], [144, 162], [234, 252]],
    ),
    "auto_pad = SAME_LOWER": (
        counting(1, 1, 5, 5),
        {"stride": 2, "padding": 1},
        [[12, 27, 24], [63, 108, 81], [72, 117, 84]],
    ),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CONV)
def test_conv(name, dtype):
    x, options, expected = CONV[name]
    found = convolution.conv2d_forward(
        x.astype(dtype), ONES.astype(dtype), NONE.astype(dtype), **options
    )
    np.testing.assert_array_equal(found[0, 0], expected)


FIVE = 1 + counting(1, 1, 5, 5)


def test_max_pool_precomputed():
    """maxpool_2d_precomputed_pads and _strides; the border never wins."""
    padded = [
        [13, 14, 15, 15, 15],
        [18, 19, 20, 20, 20],
        [23, 24, 25, 25, 25],
        [23, 24, 25, 25, 25],
        [23, 24, 25, 25, 25],
    ]
    np.testing.assert_array_equal(convolution.max_pool_forward(FIVE, 5, 1, 2)[0, 0], padded)
    found = convolution.max_pool_forward(FIVE, 2, 2)[0, 0]
    np.testing.assert_array_equal(found, [[7, 9], [17, 19]])


def test_max_pool_gives_the_indices_of_the_page():
    """maxpool_with_argmax_2d_precomputed_pads: indices into one flattened image."""
    y, where = convolution.max_pool_with_indices(FIVE, 5, 1, 2)
    rows = [[12, 13, 14, 14, 14], [17, 18, 19, 19, 19], *[[22, 23, 24, 24, 24]] * 3]
    np.testing.assert_array_equal(where[0, 0], rows)
    np.testing.assert_array_equal(FIVE.reshape(-1)[where[0, 0]], y[0, 0])


def test_average_pool_precomputed():
    """averagepool_2d_precomputed_pads (the border is not counted) and _strides."""
    padded = [
        [7, 7.5, 8, 8.5, 9],
        [9.5, 10, 10.5, 11, 11.5],
        [12, 12.5, 13, 13.5, 14],
        [14.5, 15, 15.5, 16, 16.5],
        [17, 17.5, 18, 18.5, 19],
    ]
    np.testing.assert_allclose(convolution.avg_pool_forward(FIVE, 5, 1, 2)[0, 0], padded)
    np.testing.assert_allclose(convolution.avg_pool_forward(FIVE, 2, 2)[0, 0], [[4, 6], [14, 16]])


def test_global_average_pool_precomputed():
    x = 1 + counting(1, 1, 3, 3)
    np.testing.assert_allclose(convolution.global_avg_pool(x), [[5.0]])


def test_gemm_with_the_second_matrix_turned():
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(2, 4)), rng.normal(size=(3, 4)), rng.normal(size=3)
    np.testing.assert_allclose(backprop.dense_forward(a, b, c), np.einsum("ij,kj->ik", a, b) + c)


def test_lrn_sums_squares_over_channels_and_divides_alpha_by_the_window():
    """The page's formula, with its default beta and bias; ours takes alpha undivided."""
    rng = np.random.default_rng(1)
    x, window, alpha = rng.normal(size=(5, 5, 5, 5)), 3, 2e-4
    square = np.zeros_like(x)
    for channel in range(5):
        around = slice(max(0, channel - 1), min(5, channel + 2))
        square[:, channel] = (x[:, around] ** 2).sum(axis=1)
    expected = x / (0.5 + alpha / window * square) ** 0.75
    found = convolution.local_response_norm(x, window, alpha / window, 0.75, 0.5)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_grid_sample_aligned_to_corners():
    """gridsample_aligncorners_true: bilinear, zeros outside."""
    image = counting(1, 1, 3, 2)
    row = [[-1, -1], [-0.5, -0.5], [-0.2, -0.2], [0, 0], [0.2, 0.2], [0.5, 0.5]]
    grid = np.array([[row[:3], row[3:]]], dtype=float)
    expected = [[0, 1.25, 2.0], [2.5, 3.0, 3.75]]
    np.testing.assert_allclose(spatial_transformer.bilinear_sample(image, grid)[0, 0], expected)
    corners = np.array([[[[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]]]])
    found = spatial_transformer.nearest_sample(image, corners)[0, 0]
    np.testing.assert_array_equal(found, [[5, 4, 1]])
