"""Fast convolution: beside the direct one, its error, bits, odd shapes, and what is no number."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from autograder.topic.catalogue import Catalogue
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from reference import convolution
from reference.compiler.emit import NAME
from reference.kernels import conv2d, winograd, winograd_tiles
from tests.conftest import ROOT

RNG = np.random.default_rng(5)
BY_CHANNELS = [
    (2, 32, 32, 9, 12, 1),
    (3, 70, 33, 8, 7, 0),
    (2, 64, 80, 5, 33, 2),
    (9, 33, 64, 3, 5, 1),
]
BY_TILES = [
    (2, 8, 16, 17, 33, 1),
    (1, 9, 13, 40, 18, 0),
    (11, 16, 8, 32, 32, 1),
    (2, 35, 63, 31, 19, 2),
    (1, 10, 9, 5, 200, 1),
]
SHAPES = BY_CHANNELS + BY_TILES

pytestmark = pytest.mark.skipif(NAME == "plain", reason="without vectors all is direct")


def layer(n, c, f, h, w, padding):
    """Return the float32 arrays of a layer, and the gradient of its output."""
    shapes = (n, c, h, w), (f, c, 3, 3), (f,), (n, f, h + 2 * padding - 2, w + 2 * padding - 2)
    return [RNG.standard_normal(shape).astype(np.float32) for shape in shapes]


def everything(x, w, b, dy, padding):
    """Return the output and the three gradients."""
    y = convolution.conv2d_forward(x, w, b, 1, padding)
    return y, *convolution.conv2d_backward(dy, x, w, 1, padding)


@pytest.fixture
def direct(monkeypatch):
    """Return `everything`, by the definition."""

    def call(*given):
        with monkeypatch.context() as patch:
            patch.setattr(conv2d, "_fast", lambda *_: None)
            return everything(*given)

    return call


def exactly(direct, arrays, padding):
    """Return everything in float64, by the definition: PyTorch's, or ours without it."""
    doubles = [a.astype(np.float64) for a in arrays]
    try:
        import torch
    except ImportError:
        return direct(*doubles, padding)
    x, w, b, dy = map(torch.from_numpy, doubles)
    given = [a.requires_grad_() for a in (x, w, b)]
    y = torch.nn.functional.conv2d(*given, 1, padding)
    found = y, *torch.autograd.grad(y, given, dy)
    return [tensor.detach().numpy() for tensor in found]


@pytest.mark.parametrize(
    "dtype", [np.float32, pytest.param(np.float64, marks=pytest.mark.slow)]
)  # from one text: every run compiles one
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_used_and_as_near_to_float64_as_its_docs_say(shape, dtype, direct):
    *arrays, padding = *(a.astype(dtype) for a in layer(*shape)), shape[-1]
    for maps in arrays[0], arrays[-1]:
        form = conv2d._fast(maps, arrays[1], 1, padding, 1)
        assert form is (winograd_tiles if shape in BY_TILES else winograd) or (
            form and NAME != "avx512"  # shorter vectors: more maps are large enough
        )
    limit = 1e-6 if dtype == np.float32 else 4e-15
    exact = exactly(direct, arrays, padding)
    for found, truth in zip(everything(*arrays, padding), exact, strict=True):
        assert found.dtype == dtype
        assert np.abs(found - truth).max() <= limit * np.abs(truth).max()


@pytest.mark.parametrize("shape", [BY_CHANNELS[1], BY_TILES[2], BY_TILES[3]])
def test_one_and_two_threads_and_two_runs_give_the_same_bits(shape):
    *arrays, before = *layer(*shape), numba.get_num_threads()
    found = []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)) * 2:
        numba.set_num_threads(threads)
        found.append(everything(*arrays, shape[-1]))
    numba.set_num_threads(before)
    for others in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], others, strict=True))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize(
    "shape", [(2, 32, 34, 9, 12, 1), (2, 9, 12, 18, 29, 1), (2, 8, 9, 20, 28, 0)]
)
def test_what_is_no_number_reaches_what_it_reaches_directly(shape, bad, direct):
    x, w, b, dy = layer(*shape)
    padding = shape[-1]
    clean = everything(x, w, b, dy, padding)
    x[1, 2, 4, x.shape[3] - 1] = bad
    dy[0, 5, dy.shape[2] - 1, 0] = bad
    fast = everything(x, w, b, dy, padding)
    for one, other in zip(fast, direct(x, w, b, dy, padding), strict=True):
        assert np.array_equal(np.isnan(one), np.isnan(other))
        assert np.array_equal(np.isinf(one), np.isinf(other))
    assert np.array_equal(fast[0][0], clean[0][0])  # the other image is untouched
    assert not np.isfinite(fast[0][1]).all()


def test_what_lies_beside_a_row_of_tiles_is_left_out():
    """A map of 17 tiles across: the last vector of a row reads and writes far beyond it."""
    x, w, b, _ = layer(1, 8, 8, 30, 34, 1)
    one, other = (np.full_like(x, fill, shape=(3, *x.shape[1:])) for fill in (0, np.inf))
    one[1], other[1] = x[0], x[0]
    found = [convolution.conv2d_forward(maps, w, b, 1, 1)[1] for maps in (one, other)]
    assert np.array_equal(*found)


def test_small_layers_strides_and_other_windows_stay_direct():
    maps, w = np.ones((2, 64, 9, 9), np.float32), np.ones((64, 64, 3, 3), np.float32)
    assert winograd.pays(maps, w, 1, 1, 1)
    assert winograd.pays(maps.astype(np.float64), w, 1, 1, 1)
    assert not winograd.pays(maps, w, 2, 1, 1)
    assert not winograd.pays(maps, w, 1, 1, 2)
    assert not winograd.pays(maps, w[:, :31], 1, 1, 1)
    assert not winograd.pays(maps, w[..., :2], 1, 1, 1)
    assert not winograd.pays(maps[:1, :, :5, :5], w, 1, 1, 1)
    maps, w = np.ones((2, 16, 32, 32), np.float32), np.ones((16, 16, 3, 3), np.float32)
    assert winograd_tiles.pays(maps, w, 1, 1, 1)
    assert not winograd_tiles.pays(maps, w, 2, 1, 1)
    assert not winograd_tiles.pays(maps, w[:7], 1, 1, 1)
    assert not winograd_tiles.pays(np.ones((64, 16, 7, 8), np.float32), w, 1, 1, 1)
    assert not winograd_tiles.pays(maps[:1, :8, :16, :16], w[:8, :8], 1, 1, 1)
    assert not winograd_tiles.pays(maps, np.ones((64, 16, 3, 3), np.float32), 1, 1, 1)


def test_no_exercise_is_graded_by_it(monkeypatch):
    for form in winograd, winograd_tiles:
        monkeypatch.setattr(form, "_convolve", None)
        monkeypatch.setattr(form, "_slopes", None)
    topic = Catalogue(ROOT).topic("convolution")
    source = LiveSource(topic, seeder(b"direct", topic.name))
    trials = [source.trials(exercise, check) for exercise in topic.exercises for check in exercise]
    assert len(trials) > 20
    for form, channels in (winograd, 32), (winograd_tiles, 8):
        with pytest.raises(TypeError, match="NoneType"):
            form.slopes(*np.ones((2, 1, channels, 3, 3), np.float32), 1)
