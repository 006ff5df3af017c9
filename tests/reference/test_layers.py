"""Layers at sizes that take the parallel paths: bits, error of float32, NaN where it belongs."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from reference import backprop, convolution, lstm, neurons, spatial_transformer

RNG = np.random.default_rng(11)
CONV = RNG.standard_normal((4, 8, 30, 31)), RNG.standard_normal((16, 8, 3, 3)), np.ones(16)
SEQUENCE = (RNG.standard_normal((12, 16, 40)), RNG.standard_normal((16, 48)),
            RNG.standard_normal((16, 48)), 0.1 * RNG.standard_normal((192, 88)),
            RNG.standard_normal(192))  # fmt: skip

MASK = RNG.random((12, 16)) < 0.7
LOOK = RNG.standard_normal((4, 8, 30, 31)), 1.2 * RNG.uniform(-1, 1, (4, 37, 41, 2))
SLOPES = RNG.standard_normal((4, 16, 15, 16))
SEEN = RNG.standard_normal((4, 8, 37, 41))
PULLS = RNG.standard_normal((12, 16, 48))
STATE = (RNG.standard_normal((99, 40)), *RNG.standard_normal((2, 99, 48)))
WEIGHTS, GATES = SEQUENCE[3:], (SEQUENCE[3][:144], SEQUENCE[4][:144])
PEEP, TUGS = RNG.standard_normal((3, 48)), RNG.standard_normal((2, 99, 48))

WORK = {
    "conv forward": lambda cast: convolution.conv2d_forward(*map(cast, CONV), 1, 1),
    "conv backward": lambda cast: convolution.conv2d_backward(
        cast(SLOPES), *map(cast, CONV[:2]), 2, 1
    ),
    "max pool": lambda cast: convolution.max_pool_forward(cast(CONV[0]), 2),
    "norm": lambda cast: convolution.local_response_norm(cast(CONV[0])),
    "lstm forward": lambda cast: lstm.lstm_forward(*map(cast, SEQUENCE)),
    "lstm backward": lambda cast: lstm.lstm_backward(*map(cast, SEQUENCE), cast(PULLS)),
    "lstm with a mask": lambda cast: lstm.lstm_forward(*map(cast, SEQUENCE), MASK),
    "lstm backward with a mask": lambda cast: lstm.lstm_backward(
        *map(cast, SEQUENCE), cast(PULLS), MASK
    ),
    "lstm windows": lambda cast: lstm.lstm_windows(*map(cast, SEQUENCE), cast(PULLS), 5, MASK),
    "lstm both ways": lambda cast: lstm.deep_lstm(
        cast(SEQUENCE[0]), [[tuple(map(cast, SEQUENCE[3:]))] * 2], MASK
    ),
    "lstm step": lambda cast: lstm.lstm_step(*map(cast, (*STATE, *WEIGHTS))),
    "lstm step backward": lambda cast: lstm.lstm_step_backward(
        *map(cast, (*STATE, *WEIGHTS, *TUGS))
    ),
    "peephole step": lambda cast: lstm.lstm_peephole_step(*map(cast, (*STATE, *WEIGHTS, PEEP))),
    "coupled step": lambda cast: lstm.lstm_coupled_step(*map(cast, (*STATE, *GATES))),
    "gru step": lambda cast: lstm.gru_step(*map(cast, (*STATE[:2], *GATES))),
    "gru step backward": lambda cast: lstm.gru_backward(*map(cast, (*STATE[:2], *GATES, TUGS[0]))),
    "sampler": lambda cast: spatial_transformer.bilinear_sample(*map(cast, LOOK)),
    "sampler backward": lambda cast: spatial_transformer.bilinear_sample_backward(
        cast(SEEN), *map(cast, LOOK)
    ),
    "dense": lambda cast: backprop.dense_forward(
        cast(CONV[0].reshape(992, -1)), cast(CONV[0].reshape(992, -1)[:77]), cast(np.ones(77))
    ),
    "sigmoid neuron": lambda cast: neurons.sigmoid_neuron(
        cast(np.resize(CONV[0], (300, 500))), cast(np.resize(CONV[1], 500)), 0.1
    ),
    "cross-entropy": lambda cast: backprop.cross_entropy(
        cast(CONV[0].reshape(992, -1)), np.arange(992) % 30
    ),
}


def flat(value) -> np.ndarray:
    parts = value if isinstance(value, tuple) else (value,)
    return np.concatenate([np.ravel(part) for part in parts])


@pytest.mark.parametrize("name", WORK)
def test_any_number_of_threads_and_any_run_give_the_same_bits(name):
    before, found = numba.get_num_threads(), []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)) * 2:
        numba.set_num_threads(threads)
        found.append(flat(WORK[name](np.float32)))
    numba.set_num_threads(before)
    assert all(np.array_equal(found[0], other) for other in found[1:])


@pytest.mark.parametrize("name", WORK)
def test_float32_is_within_its_error_of_float64(name):
    exact, single = flat(WORK[name](np.float64)), flat(WORK[name](np.float32))
    assert np.abs(single - exact).max() <= 2e-5 * np.abs(exact).max()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_pixel_that_is_no_number_reaches_its_windows_only(bad):
    x, w, b = (a.copy() for a in CONV)
    clean = convolution.conv2d_forward(x, w, b, 1, 1)
    x[1, 2, 10, 30] = bad
    seen = convolution.conv2d_forward(x, w, b, 1, 1)
    touched = np.zeros(seen.shape, bool)
    touched[1, :, 9:12, 29:31] = True
    assert not np.isfinite(seen[touched]).any()
    assert np.allclose(seen[~touched], clean[~touched], rtol=1e-12, atol=1e-12)
    others = [0, 2, 3]  # the image itself is convolved by the definition then
    assert np.array_equal(seen[others], clean[others])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_corner_that_is_no_number_reaches_only_the_taps_that_see_it(bad):
    x, w, _ = (a.copy() for a in CONV)
    x[0, 5, 0, 0] = bad
    dy = RNG.standard_normal((4, 16, 28, 29))
    _, dw, _ = convolution.conv2d_backward(dy, x, w)
    assert not np.isfinite(dw[:, 5, 0, 0]).any()
    dw[:, 5, 0, 0] = 0
    assert np.isfinite(dw).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("setting", [(1, 0, 1), (1, 1, 1), (2, 1, 1), (2, 2, 2)])
def test_a_weight_that_is_no_number_reaches_only_the_pixels_it_sees(bad, setting):
    torch = pytest.importorskip("torch")
    stride, padding, dilation = setting
    x, w = RNG.standard_normal((2, 3, 9, 8)), RNG.standard_normal((4, 3, 3, 2))
    dy = np.ones_like(convolution.conv2d_forward(x, w, np.zeros(4), *setting))
    w[2, 1, 0, 1] = bad
    dx, _, _ = convolution.conv2d_backward(dy, x, w, *setting)
    one = np.zeros_like(w)
    one[2, 1, 0, 1] = 1
    given = (torch.from_numpy(a) for a in (dy, one))
    seen = torch.nn.grad.conv2d_input(x.shape, *reversed(list(given)), stride, padding, dilation)
    finite = np.where(np.isfinite(w), w, 0)
    given = (torch.from_numpy(a) for a in (finite, dy))
    rest = torch.nn.grad.conv2d_input(x.shape, *given, stride, padding, dilation).numpy()
    touched = seen.numpy() != 0
    assert touched.any()
    assert not np.isfinite(dx[touched]).any()
    assert np.allclose(dx[~touched], rest[~touched], rtol=1e-12, atol=1e-12)


def first_largest(dy, x, size=2, stride=2, padding=0):
    """Return the gradient of max pooling, window by window, and the winners' numbers."""
    dx, winners = np.zeros_like(x), np.zeros(dy.shape, int)
    for n, c, i, j in np.ndindex(*dy.shape):
        lines, columns = (
            range(max(at * stride - padding, 0), min(at * stride - padding + size, limit))
            for at, limit in ((i, x.shape[2]), (j, x.shape[3]))
        )
        window = [(u, v) for u in lines for v in columns]
        pixels = np.array([x[n, c][place] for place in window])
        best = window[np.argmax(np.where(np.isnan(pixels), -np.inf, pixels))]
        dx[n, c][best] += dy[n, c, i, j]
        winners[n, c, i, j] = best[0] * x.shape[3] + best[1]
    return dx, winners


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("setting", [(3, 2, 1), (3, 1, 0), (2, 1, 1), (2, 3, 0), (4, 2, 2)])
@pytest.mark.parametrize("size", [(4, 4), (9, 6), (28, 31)])
def test_slopes_go_to_the_first_largest_pixel_of_any_window(dtype, setting, size):
    x = np.round(2 * RNG.standard_normal((2, 2, *size))).astype(dtype)
    x[RNG.random(x.shape) < 0.2] = -np.inf  # as the border is
    x[RNG.random(x.shape) < 0.2] = np.nan
    y, indices = convolution.max_pool_with_indices(x, *setting)
    assert np.array_equal(y, convolution.max_pool_forward(x, *setting), equal_nan=True)
    dy = RNG.standard_normal(y.shape).astype(dtype)
    dx, winners = first_largest(dy, x, *setting)
    assert np.array_equal(indices, winners)
    found = convolution.max_pool_backward(dy, x, *setting)
    np.testing.assert_allclose(found, dx, rtol=0, atol=1e-6)
    assert np.array_equal(found, convolution.max_pool_backward_at(dy, indices, x.shape[2:]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [(2, 2), (7, 9), (28, 28), (5, 67), (32, 33)])
def test_slopes_go_to_the_first_largest_pixel_of_pairs_of_lines(dtype, size):
    x = np.round(2 * RNG.standard_normal((3, 2, *size))).astype(dtype)  # with many equal pixels
    x[RNG.random(x.shape) < 0.1] = np.nan
    dy = RNG.standard_normal((3, 2, size[0] // 2, size[1] // 2)).astype(dtype)
    found = convolution.max_pool_backward(dy, x, 2)
    assert np.array_equal(found, first_largest(dy, x)[0])


@pytest.mark.parametrize("place", [-1, 20, -(2**31)])
def test_an_index_outside_its_map_is_refused(place):
    y, indices = convolution.max_pool_with_indices(np.ones((2, 3, 4, 5)), 2)
    indices[1, 2, 0, 1] = place
    with pytest.raises(ValueError, match="outside its map of 4 x 5"):
        convolution.max_pool_backward_at(y, indices, (4, 5))
    with pytest.raises(
        ValueError, match=r"expected indices of shape \(N, C, OH, OW\) with N = 1 as in dy"
    ):
        convolution.max_pool_backward_at(y[:1], indices, (4, 5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(8, 64, 32), (3, 5, 1), (64, 256, 100), (600, 128, 70)])
def test_a_dense_layer_takes_arrays_however_they_lie_and_leaves_them_alone(dtype, shape):
    n, d, o = shape
    x, w, b, dy = (RNG.standard_normal(s).astype(dtype) for s in ((n, d), (o, d), o, (n, o)))
    truth = [dy @ w, dy.T @ x, dy.sum(0), x @ w.T + b]
    forms = {
        "as they are": lambda a: a.copy(),
        "by columns": np.asfortranarray,
        "every other": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
        "swapped bytes": lambda a: a.astype(a.dtype.newbyteorder()),
    }
    if dtype == np.float32:  # for these, kernels are compiled once more
        forms["read only"] = lambda a: np.frombuffer(a.tobytes(), dtype).reshape(a.shape)
    for form in forms.values():
        given = [form(a) for a in (x, w, b, dy)]
        before = [a.copy() for a in given]
        found = [*backprop.dense_backward(given[3], *given[:2]), backprop.dense_forward(*given[:3])]
        for mine, theirs in zip(found, truth, strict=True):
            bound = 2 * np.finfo(dtype).eps * d**0.5 * np.abs(theirs).max()
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=bound)
        assert all(map(np.array_equal, given, before))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("options", [(3, 2, 1), (3, 1, 1), (2, 1, 0), (5, 3, 2), (3, 4, 0)])
def test_any_windows_pool_as_pytorch_pools_them(dtype, options):
    torch = pytest.importorskip("torch")
    x = RNG.standard_normal((3, 2, 13, 41)).astype(dtype)
    given = torch.from_numpy(x.copy()).requires_grad_()
    y = torch.nn.functional.avg_pool2d(given, *options, count_include_pad=False)
    dy = RNG.standard_normal(tuple(y.shape)).astype(dtype)
    dx = torch.autograd.grad(y, given, torch.from_numpy(dy))[0].numpy()
    close = {"rtol": 0, "atol": 4e-6 if dtype == np.float32 else 1e-14}
    assert np.allclose(convolution.avg_pool_forward(x, *options), y.detach().numpy(), **close)
    assert np.allclose(convolution.avg_pool_backward(dy, x, *options), dx, **close)
    x[0, 1, 3, 2:5], x[1, 0, 12, 40], x[2, 1, 7] = np.nan, np.nan, -np.inf
    best = torch.nn.functional.max_pool2d(torch.from_numpy(x), *options).numpy()
    assert np.array_equal(convolution.max_pool_forward(x, *options), best, equal_nan=True)
    mean = torch.nn.functional.avg_pool2d(torch.from_numpy(x), *options, count_include_pad=False)
    found = convolution.avg_pool_forward(x, *options)
    assert np.allclose(found, mean.numpy(), equal_nan=True, **close)
