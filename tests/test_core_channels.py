"""Convolution with channels side by side: beside PyTorch, its other form, and what is no number."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from reference import _channels, convolution
from reference._emit import NAME

RNG = np.random.default_rng(8)
LAYERS = {  # images, channels, kernels, image, window, (stride, padding, dilation)
    "plain": (3, 16, 32, (11, 13), (3, 3), (1, 1, 1)),
    "stepping": (2, 16, 48, (12, 9), (5, 3), (2, 2, 1)),
    "apart": (3, 31, 30, (10, 17), (3, 2), (1, 0, 2)),
    "apart and stepping": (3, 32, 48, (14, 15), (3, 2), (2, 1, 3)),
    "long lines": (5, 16, 16, (9, 300), (2, 2), (3, 1, 1)),
    "one image": (1, 64, 16, (20, 21), (4, 4), (2, 3, 1)),
    "a wide border": (2, 16, 16, (22, 22), (2, 2), (1, 3, 1)),
    "pixels that no window sees": (6, 16, 32, (30, 31), (2, 2), (4, 0, 1)),
    "single pixels": (5, 32, 48, (12, 13), (1, 1), (1, 0, 1)),
    "single pixels, stepping": (5, 64, 48, (16, 17), (1, 1), (2, 0, 1)),
}


def arrays(name, dtype):
    n, c, f, image, window, options = LAYERS[name]
    x, w, b = (
        RNG.standard_normal(shape).astype(dtype) for shape in ((n, c, *image), (f, c, *window), f)
    )
    dy = RNG.standard_normal(convolution.conv2d_forward(x, w, b, *options).shape).astype(dtype)
    work = dy.size * w[0].size
    assert _channels.pays(f, w, work) == _channels.pays(c, w, work) == (window != (1, 1))
    assert _channels.slopes_pay(dy, work) or NAME != "avx512"  # shorter vectors fill more lines
    return x, w, b, dy, options


def everything(x, w, b, dy, options):
    """Return the output and the three gradients."""
    y = convolution.conv2d_forward(x, w, b, *options)
    return y, *convolution.conv2d_backward(dy, x, w, *options)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_results_and_gradients_are_those_of_pytorch(name, dtype):
    torch = pytest.importorskip("torch")
    x, w, b, dy, options = arrays(name, dtype)
    tx, tw, tb = (torch.from_numpy(a.astype(np.float64)).requires_grad_() for a in (x, w, b))
    y = torch.nn.functional.conv2d(tx, tw, tb, *options)
    expected = y, *torch.autograd.grad(y, (tx, tw, tb), torch.from_numpy(dy.astype(np.float64)))
    limit = 1e-6 if dtype == np.float32 else 4e-15
    for found, truth in zip(everything(x, w, b, dy, options), expected, strict=True):
        exact = truth.detach().numpy()
        assert found.dtype == dtype
        assert np.abs(found - exact).max() <= limit * np.abs(exact).max()


@pytest.mark.parametrize("name", ["stepping", "apart", "single pixels"])
def test_one_and_two_threads_and_two_runs_give_the_same_bits(name):
    given, before = arrays(name, np.float32), numba.get_num_threads()
    found = []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)) * 2:
        numba.set_num_threads(threads)
        found.append(everything(*given))
    numba.set_num_threads(before)
    for others in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], others, strict=True))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["plain", "apart and stepping", "pixels that no window sees"])
def test_what_is_no_number_reaches_what_it_reaches_by_the_other_form(name, bad, monkeypatch):
    x, w, b, dy, options = arrays(name, np.float64)
    x[1, 2, 4, 5] = bad
    dy[0, 5, 2, 0] = bad
    found = everything(x, w, b, dy, options)
    monkeypatch.setattr(_channels, "_pays", lambda *_: False)
    for one, other in zip(found, everything(x, w, b, dy, options), strict=True):
        assert np.array_equal(np.isnan(one), np.isnan(other))
        assert np.array_equal(np.isinf(one), np.isinf(other))
        assert np.allclose(one, other, rtol=1e-12, atol=1e-12, equal_nan=True)


def test_arrays_that_cannot_be_written_serve_as_well():
    given = arrays("plain", np.float32)
    expected = everything(*given)
    for array in given[:-1]:
        array.flags.writeable = False
    for found, same in zip(everything(*given), expected, strict=True):
        assert np.array_equal(found, same)
