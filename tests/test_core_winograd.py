"""Fast convolution: beside the direct one, its error, bits, odd shapes, and what is no number."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from autograder.catalogue import Catalogue
from autograder.source import LiveSource, seeder
from reference import _winograd, convolution
from tests.conftest import ROOT

RNG = np.random.default_rng(5)
SHAPES = [(2, 32, 32, 9, 12, 1), (3, 70, 33, 8, 7, 0), (2, 64, 80, 5, 33, 2), (9, 33, 64, 3, 5, 1)]


def layer(n, c, f, h, w, padding):
    """Return the float32 arrays of a layer, and the gradient of its output."""
    shapes = (n, c, h, w), (f, c, 3, 3), (f,), (n, f, h + 2 * padding - 2, w + 2 * padding - 2)
    return [RNG.standard_normal(shape).astype(np.float32) for shape in shapes]


def everything(x, w, b, dy, padding):
    """Return the output and the three gradients."""
    y = convolution.conv2d_forward(x, w, b, 1, padding)
    return y, *convolution.conv2d_backward(dy, x, w, 1, padding)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_used_and_as_near_to_float64_as_its_docs_say(shape, dtype, monkeypatch):
    *arrays, padding = *(a.astype(dtype) for a in layer(*shape)), shape[-1]
    assert _winograd.pays(arrays[0], arrays[1], 1, padding, 1)
    fast = everything(*arrays, padding)
    monkeypatch.setattr(_winograd, "FEWEST", 1000)
    exact = everything(*(a.astype(np.float64) for a in arrays), padding)
    limit = 1e-6 if dtype == np.float32 else 4e-15
    for found, truth in zip(fast, exact, strict=True):
        assert found.dtype == dtype
        assert np.abs(found - truth).max() <= limit * np.abs(truth).max()


def test_one_and_two_threads_and_two_runs_give_the_same_bits():
    *arrays, before = *layer(*SHAPES[1]), numba.get_num_threads()
    found = []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)) * 2:
        numba.set_num_threads(threads)
        found.append(everything(*arrays, 0))
    numba.set_num_threads(before)
    for others in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], others, strict=True))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_reaches_what_it_reaches_directly(bad, monkeypatch):
    x, w, b, dy = layer(2, 32, 34, 9, 12, 1)
    clean = everything(x, w, b, dy, 1)
    x[1, 2, 4, 11] = bad
    dy[0, 5, 8, 0] = bad
    fast = everything(x, w, b, dy, 1)
    monkeypatch.setattr(_winograd, "FEWEST", 1000)
    for one, other in zip(fast, everything(x, w, b, dy, 1), strict=True):
        assert np.array_equal(np.isnan(one), np.isnan(other))
        assert np.array_equal(np.isinf(one), np.isinf(other))
    assert np.array_equal(fast[0][0], clean[0][0])  # the other image is untouched
    assert not np.isfinite(fast[0][1]).all()


def test_small_layers_strides_and_other_windows_stay_direct():
    maps, w = np.ones((2, 64, 9, 9), np.float32), np.ones((64, 64, 3, 3), np.float32)
    assert _winograd.pays(maps, w, 1, 1, 1)
    assert _winograd.pays(maps.astype(np.float64), w, 1, 1, 1)
    assert not _winograd.pays(maps, w, 2, 1, 1)
    assert not _winograd.pays(maps, w, 1, 1, 2)
    assert not _winograd.pays(maps, w[:, :31], 1, 1, 1)
    assert not _winograd.pays(maps, w[..., :2], 1, 1, 1)
    assert not _winograd.pays(maps[:1, :, :5, :5], w, 1, 1, 1)


def test_no_exercise_is_graded_by_it(monkeypatch):
    monkeypatch.setattr(_winograd, "_convolve", None)
    monkeypatch.setattr(_winograd, "_slopes", None)
    topic = Catalogue(ROOT).topic("convolution")
    source = LiveSource(topic, seeder(b"direct", topic.name))
    trials = [source.trials(exercise, check) for exercise in topic.exercises for check in exercise]
    assert len(trials) > 20
    with pytest.raises(TypeError, match="NoneType"):
        _winograd.slopes(*np.ones((2, 1, 32, 3, 3), np.float32), 1)
