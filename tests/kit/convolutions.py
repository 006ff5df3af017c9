"""What the tests of the convolution's forms share: layers, PyTorch beside them, threads."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from reference import convolution

Array = np.ndarray[Any, Any]
Layer = tuple[int, int, int, tuple[int, int], tuple[int, int], tuple[int, int, int]]
"""Images, channels, kernels, image, window, (stride, padding, dilation)."""


def arrays(layer: Layer, dtype: Any, seed: int = 0) -> tuple[Any, ...]:
    """Return x, w, b, dy, and the options of a layer: the same whichever tests ran before."""
    n, c, f, image, window, options = layer
    rng = np.random.default_rng([seed, n, c, f, *image, *window, *options])
    shapes = (n, c, *image), (f, c, *window), (f,)
    x, w, b = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    y = convolution.conv2d_forward(x, w, b, *options)
    return x, w, b, rng.standard_normal(y.shape).astype(dtype), options


def everything(x: Array, w: Array, b: Array, dy: Array, options: Any) -> tuple[Array, ...]:
    """Return the output and the three gradients."""
    y = convolution.conv2d_forward(x, w, b, *options)
    return y, *convolution.conv2d_backward(dy, x, w, *options)


def by_pytorch(x: Array, w: Array, b: Array, dy: Array, options: Any) -> list[Array]:
    """Return the same from PyTorch, in float64."""
    torch = pytest.importorskip("torch")
    given = [torch.from_numpy(a.astype(np.float64)).requires_grad_() for a in (x, w, b)]
    y = torch.nn.functional.conv2d(*given, *options)
    slopes = torch.autograd.grad(y, given, torch.from_numpy(dy.astype(np.float64)))
    return [a.detach().numpy() for a in (y, *slopes)]


def beside_pytorch(given: tuple[Any, ...], limit: float) -> None:
    """Fail unless all is within `limit` of the largest exact value, in its own dtype."""
    for found, exact in zip(everything(*given), by_pytorch(*given), strict=True):
        assert found.dtype == given[0].dtype
        assert np.abs(found - exact).max() <= limit * np.abs(exact).max()


def on_one_and_two_threads_twice(given: tuple[Any, ...]) -> None:
    """Fail unless all runs give the same bits."""
    found, before = [], numba.get_num_threads()
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)) * 2:
            numba.set_num_threads(threads)
            found.append(everything(*given))
    finally:
        numba.set_num_threads(before)
    for others in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], others, strict=True))
