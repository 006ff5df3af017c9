"""Seeded random shapes against PyTorch: sizes nobody chose, both dtypes, values and gradients."""

from __future__ import annotations

import numpy as np
import pytest

from reference import activations, backprop, convolution, lstm, spatial_transformer

torch = pytest.importorskip("torch")
functional = torch.nn.functional

DRAWS = range(24)
DTYPES = [(np.float32, 3e-5), (np.float64, 1e-12)]


def of(draw: int, dtype) -> np.random.Generator:
    return np.random.default_rng([draw, np.dtype(dtype).itemsize])


def size(rng, least: int, most: int) -> int:
    return int(rng.integers(least, most + 1))


def leaf(array) -> torch.Tensor:
    return torch.from_numpy(np.array(array)).requires_grad_(True)


def near(found, expected, rtol) -> None:
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else expected
    found = np.asarray(found)
    assert found.shape == expected.shape
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * scale)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("draw", DRAWS)
def test_convolution(draw, dtype, rtol):
    rng = of(draw, dtype)
    n, c, f = size(rng, 1, 4), size(rng, 1, 20), size(rng, 1, 20)
    kh, kw, stride, dilation = (size(rng, 1, most) for most in (5, 5, 3, 3))
    padding = size(rng, 0, 4)
    h = size(rng, max(1, dilation * (kh - 1) + 1 - 2 * padding), 18)
    w_ = size(rng, max(1, dilation * (kw - 1) + 1 - 2 * padding), 18)
    x, w = (
        rng.normal(size=(n, c, h, w_)).astype(dtype),
        rng.normal(size=(f, c, kh, kw)).astype(dtype),
    )
    b = rng.normal(size=f).astype(dtype)
    tx, tw, tb = leaf(x), leaf(w), leaf(b)
    y = functional.conv2d(tx, tw, tb, stride=stride, padding=padding, dilation=dilation)
    near(convolution.conv2d_forward(x, w, b, stride, padding, dilation), y, rtol)
    dy = rng.normal(size=y.shape).astype(dtype)
    y.backward(torch.from_numpy(dy))
    found = convolution.conv2d_backward(dy, x, w, stride, padding, dilation)
    for one, other in zip(found, (tx.grad, tw.grad, tb.grad), strict=True):
        near(one, other, rtol)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("draw", DRAWS)
def test_pooling(draw, dtype, rtol):
    rng = of(draw + 100, dtype)
    window, stride = size(rng, 1, 5), size(rng, 1, 4)
    padding = size(rng, 0, window // 2)
    shape = (size(rng, 1, 3), size(rng, 1, 7), *(size(rng, window, 19) for _ in range(2)))
    x = rng.normal(size=shape).astype(dtype)
    given = (window, stride, padding)
    for ours, back, theirs, more in (
        (convolution.max_pool_forward, convolution.max_pool_backward, functional.max_pool2d, {}),
        (
            convolution.avg_pool_forward,
            convolution.avg_pool_backward,
            functional.avg_pool2d,
            {"count_include_pad": False},
        ),
    ):
        tx = leaf(x)
        y = theirs(tx, *given, **more)
        near(ours(x, *given), y, rtol)
        dy = rng.normal(size=y.shape).astype(dtype)
        y.backward(torch.from_numpy(dy))
        near(back(dy, x, *given), tx.grad, rtol)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("draw", DRAWS)
def test_dense_layers_and_losses(draw, dtype, rtol):
    rng = of(draw + 200, dtype)
    n, d, k = size(rng, 1, 70), size(rng, 1, 90), size(rng, 2, 40)
    x, w, b = (rng.normal(size=s).astype(dtype) for s in ((n, d), (k, d), (k,)))
    tx, tw, tb = leaf(x), leaf(w), leaf(b)
    y = functional.linear(tx, tw, tb)
    near(backprop.dense_forward(x, w, b), y, rtol)
    dy = rng.normal(size=(n, k)).astype(dtype)
    y.backward(torch.from_numpy(dy))
    for one, other in zip(
        backprop.dense_backward(dy, x, w), (tx.grad, tw.grad, tb.grad), strict=True
    ):
        near(one, other, rtol)
    spread = 10 ** rng.uniform(-2, 3)
    logits, labels = (spread * rng.normal(size=(n, k))).astype(dtype), rng.integers(0, k, n)
    tz = leaf(logits)
    loss = functional.cross_entropy(tz, torch.from_numpy(labels))
    loss.backward()
    found, gradient = backprop.cross_entropy(logits, labels)
    assert found == pytest.approx(loss.item(), rel=10 * rtol, abs=rtol)
    near(gradient, tz.grad, rtol)
    logits, targets = logits[:, 0], rng.uniform(size=n).astype(dtype)
    tz = leaf(logits)
    loss = functional.binary_cross_entropy_with_logits(tz, torch.from_numpy(targets))
    loss.backward()
    found, gradient = backprop.elementwise_loss(logits, targets, "binary")
    assert found == pytest.approx(loss.item(), rel=10 * rtol, abs=rtol)
    near(gradient, tz.grad, rtol)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("draw", DRAWS)
def test_a_layer_of_lstm_cells(draw, dtype, rtol):
    """Its gates stand in the order f, i, candidate, o; PyTorch's in i, f, candidate, o."""
    rng = of(draw + 300, dtype)
    t, n, d, h = (size(rng, 1, most) for most in (9, 6, 12, 14))
    x, h0, c0 = (rng.normal(size=s).astype(dtype) for s in ((t, n, d), (n, h), (n, h)))
    w, b = (rng.normal(size=s).astype(dtype) / 2 for s in ((4 * h, h + d), (4 * h,)))
    w, b = w.astype(dtype), b.astype(dtype)
    order = np.r_[h : 2 * h, :h, 2 * h : 4 * h]
    cell = torch.nn.LSTM(d, h, dtype=torch.from_numpy(x).dtype)
    with torch.no_grad():
        cell.weight_hh_l0.copy_(torch.from_numpy(w[order, :h].copy()))
        cell.weight_ih_l0.copy_(torch.from_numpy(w[order, h:].copy()))
        cell.bias_ih_l0.copy_(torch.from_numpy(b[order].copy()))
        cell.bias_hh_l0.zero_()
    tx, th, tc = leaf(x), leaf(h0[None]), leaf(c0[None])
    hs, _ = cell(tx, (th, tc))
    near(lstm.lstm_forward(x, h0, c0, w, b)[0], hs, rtol)
    dhs = rng.normal(size=hs.shape).astype(dtype)
    hs.backward(torch.from_numpy(dhs))
    dx, dh0, dc0, dw, db = lstm.lstm_backward(x, h0, c0, w, b, dhs)
    for one, other in ((dx, tx.grad), (dh0, th.grad[0]), (dc0, tc.grad[0])):
        near(one, other, 3 * rtol)
    near(dw[order, :h], cell.weight_hh_l0.grad, 3 * rtol)
    near(dw[order, h:], cell.weight_ih_l0.grad, 3 * rtol)
    near(db[order], cell.bias_ih_l0.grad, 3 * rtol)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("draw", DRAWS)
def test_the_sampler(draw, dtype, rtol):
    rng = of(draw + 400, dtype)
    n, c, h, w = (size(rng, least, most) for least, most in ((1, 3), (1, 5), (2, 14), (2, 14)))
    r, s = size(rng, 2, 12), size(rng, 2, 12)
    image = rng.normal(size=(n, c, h, w)).astype(dtype)
    theta = rng.normal(size=(n, 2, 3)).astype(dtype)
    grid = functional.affine_grid(torch.from_numpy(theta), (n, c, r, s), align_corners=True)
    near(spatial_transformer.affine_grid(theta, (r, s)), grid, rtol)
    places = rng.uniform(-1.4, 1.4, size=(n, r, s, 2)).astype(dtype)
    ti, tg = leaf(image), leaf(places)
    v = functional.grid_sample(ti, tg, align_corners=True)
    near(spatial_transformer.bilinear_sample(image, places), v, 20 * rtol)
    dv = rng.normal(size=v.shape).astype(dtype)
    v.backward(torch.from_numpy(dv))
    dimage, dgrid = spatial_transformer.bilinear_sample_backward(dv, image, places)
    near(dimage, ti.grad, 20 * rtol)
    near(dgrid, tg.grad, 20 * rtol)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("draw", DRAWS)
def test_softmax_along_any_axis(draw, dtype, rtol):
    rng = of(draw + 500, dtype)
    shape = tuple(size(rng, 1, 9) for _ in range(size(rng, 1, 4)))
    axis = int(rng.integers(-len(shape), len(shape)))
    temperature = float(rng.uniform(0.1, 5))
    z = (10 ** rng.uniform(-1, 3) * rng.normal(size=shape)).astype(dtype)
    dy = rng.normal(size=shape).astype(dtype)
    for log, theirs in ((False, torch.softmax), (True, torch.log_softmax)):
        tz = leaf(z)
        y = theirs(tz / temperature, axis)
        y.backward(torch.from_numpy(dy))
        near(activations.softmax(z, axis, temperature, log), y, 10 * rtol)
        near(activations.softmax_backward(dy, z, axis, temperature, log), tz.grad, 20 * rtol)
