"""Convolution with channels side by side: beside PyTorch, its other form, and what is no number."""

from __future__ import annotations

import numpy as np
import pytest

from reference.compiler.emit import NAME
from reference.kernels import channels
from tests.kit.convolutions import (
    arrays,
    beside_pytorch,
    everything,
    on_one_and_two_threads_twice,
)

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


def given(name, dtype):
    x, w, b, dy, options = arrays(LAYERS[name], dtype)
    work = dy.size * w[0].size
    many = w.shape[2:] != (1, 1)
    assert channels.pays(len(w), w, work) == channels.pays(w.shape[1], w, work) == many
    assert channels.slopes_pay(dy, work) or NAME != "avx512"  # shorter vectors fill more lines
    return x, w, b, dy, options


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_results_and_gradients_are_those_of_pytorch(name, dtype):
    beside_pytorch(given(name, dtype), 2e-6 if dtype == np.float32 else 4e-15)


@pytest.mark.parametrize("name", ["stepping", "apart", "single pixels"])
def test_one_and_two_threads_and_two_runs_give_the_same_bits(name):
    on_one_and_two_threads_twice(given(name, np.float32))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["plain", "apart and stepping", "pixels that no window sees"])
def test_what_is_no_number_reaches_what_it_reaches_by_the_other_form(name, bad, monkeypatch):
    x, w, b, dy, options = given(name, np.float64)
    x[1, 2, 4, 5] = bad
    dy[0, 5, 2, 0] = bad
    found = everything(x, w, b, dy, options)
    monkeypatch.setattr(channels, "_pays", lambda *_: False)
    for one, other in zip(found, everything(x, w, b, dy, options), strict=True):
        assert np.array_equal(np.isnan(one), np.isnan(other))
        assert np.array_equal(np.isinf(one), np.isinf(other))
        assert np.allclose(one, other, rtol=1e-12, atol=1e-12, equal_nan=True)


def test_arrays_that_cannot_be_written_serve_as_well():
    layer = given("plain", np.float32)
    expected = everything(*layer)
    for array in layer[:-1]:
        array.flags.writeable = False
    for found, same in zip(everything(*layer), expected, strict=True):
        assert np.array_equal(found, same)
