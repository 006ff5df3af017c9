"""The lines of the bench for matrices, dense layers, convolution and pooling."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from reference import backprop, convolution
from reference.bench.data import RNG, Array, Peers, Tensor, aten, floats, nn, plain, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.rivals import by_jax, by_onnx, jax
from reference.kernels.gemm import matmul

__all__ = ["conv", "cross_entropy", "dense", "gemm", "pool"]


# --- matrices and dense layers --------------------------------------------------------------------


def gemm(large: bool) -> Iterator[Row]:
    """Multiply square matrices."""
    for n in (256, 512, 1024) if large else (64, 128):
        a, b, out = floats(n, n), floats(n, n), np.empty((n, n), np.float32)
        other = out.copy()
        peers: Peers = {"numpy": partial(np.matmul, a, b, out=other)}
        if torch:
            ta, tb, to = tensors(a, b, np.empty_like(out))
            peers["torch"] = partial(torch.mm, ta, tb, out=to)
        peers |= by_onnx("MatMul", a, b) | by_jax(lambda a, b: a @ b, a, b)
        goal = 1.05 if n >= 256 else 1.0
        yield Row("gemm", f"{n}^3", partial(matmul, a, b, out), peers, flops=2.0 * n**3, goal=goal)
    yield from _skinny(large)


def _skinny(large: bool) -> Iterator[Row]:
    """Multiply where one side is short: few rows, few columns, few terms."""
    long, short = (1024, 16) if large else (256, 4)
    for m, k, n in (short, long, long), (long, long, short), (long, short, long):
        a, b, out = floats(m, k), floats(k, n), np.empty((m, n), np.float32)
        peers: Peers = {"numpy": partial(np.matmul, a, b, out=out.copy())}
        if torch:
            ta, tb, to = tensors(a, b, np.empty_like(out))
            peers["torch"] = partial(torch.mm, ta, tb, out=to)
        peers |= by_onnx("MatMul", a, b) | by_jax(lambda a, b: a @ b, a, b)
        yield Row("gemm", f"{m}x{k}x{n}", partial(matmul, a, b, out), peers, flops=2.0 * m * k * n)


def dense(large: bool) -> Iterator[Row]:
    """Apply a dense layer, forward and backward."""
    sizes = [(128, 784, 300), (256, 1024, 1024)] if large else [(8, 64, 32), (32, 784, 256)]
    for n, d, o in sizes if large else [(1, 784, 300), *sizes, (64, 256, 100)]:
        x, w, b, dy = floats(n, d), floats(o, d, scale=d**-0.5), floats(o), floats(n, o)
        forward: Peers = {"numpy": partial(lambda x, w, b: x @ w.T + b, x, w, b)}
        backward: Peers = {"numpy": partial(lambda x, w, g: (g @ w, g.T @ x, g.sum(0)), x, w, dy)}
        if torch:
            tx, tw, tb, tdy = tensors(x, w, b, dy)
            forward["torch"] = partial(nn.linear, tx, tw, tb)
            backward["torch"] = partial(lambda x, w, g: (g @ w, g.T @ x, g.sum(0)), tx, tw, tdy)
        forward |= by_onnx("Gemm", x, w, b, transB=1) | by_jax(lambda x, w, b: x @ w.T + b, x, w, b)
        backward |= by_jax(lambda x, w, g: (g @ w, g.T @ x, g.sum(0)), x, w, dy)
        size = f"{n}x{d}->{o}"
        work = 2.0 * n * d * o
        call = partial(backprop.dense_forward, x, w, b)
        back = partial(backprop.dense_backward, dy, x, w)
        goal = 0.95 if large else 1.0
        yield Row("dense forward", size, call, forward, flops=work, goal=goal)
        yield Row("dense backward", size, back, backward, flops=2 * work, goal=goal)


def _mean_loss(z: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy, as JAX differentiates it."""
    logs = jax.nn.log_softmax(z)
    return -jax.numpy.take_along_axis(logs, labels[:, None], 1).mean()


def cross_entropy(large: bool) -> Iterator[Row]:
    """Take the loss of a classifier and its gradient."""
    for n, k in [(1024, 1000), (512, 32_000)] if large else [(32, 10), (64, 100)]:
        z, labels = floats(n, k), RNG.integers(0, k, n)

        def plain(z: Array = z, labels: Array = labels, n: int = n) -> Tensor:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            loss = -np.log(p[np.arange(n), labels]).mean()
            p[np.arange(n), labels] -= 1
            return loss, p / n

        peers: Peers = {"numpy": plain}
        if torch:
            tz, tl = tensors(z, labels)

            def by_grad(z: Tensor = tz, labels: Tensor = tl) -> Tensor:
                z = z.detach().requires_grad_()
                loss = torch.nn.functional.cross_entropy(z, labels)
                return loss, torch.autograd.grad(loss, z)[0]

            def by_hand(z: Tensor = tz, labels: Tensor = tl, n: int = n) -> Tensor:
                logs = torch.log_softmax(z, 1)
                slope = logs.exp()
                slope[torch.arange(n), labels] -= 1
                return torch.nn.functional.nll_loss(logs, labels), slope / n

            peers |= {"torch by hand": by_hand, "torch autograd": by_grad}
        peers |= by_jax(jax and jax.value_and_grad(_mean_loss), z, labels)
        call = partial(backprop.cross_entropy, z, labels)
        yield Row("cross-entropy", f"{n}x{k}", call, peers, bytes=8.0 * z.size)


# --- convolution and pooling ----------------------------------------------------------------------

_SMALL_CONVS = [(1, 16, 16, 32, 3, 1, 1), (32, 1, 6, 28, 5, 1, 2), (32, 6, 16, 14, 5, 1, 0),
                (16, 16, 16, 32, 3, 1, 1), (8, 8, 16, 16, 3, 2, 1)]  # fmt: skip
_LARGE_CONVS = [(16, 64, 64, 56, 3, 1, 1), (16, 128, 128, 28, 3, 1, 1), (8, 64, 128, 56, 3, 2, 1),
                (8, 256, 256, 14, 1, 1, 0), (8, 3, 64, 112, 7, 2, 3)]  # fmt: skip


def conv(large: bool) -> Iterator[Row]:
    """Convolve forward and backward, small images in both precisions."""
    for dtype in (np.float32,) if large else (np.float32, np.float64):
        for shape in _LARGE_CONVS if large else _SMALL_CONVS:
            yield from _conv(large, dtype, *shape)


def _convolved(x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
    """Return what JAX makes of a convolution."""
    y = jax.lax.conv_general_dilated(x, w, [stride] * 2, [(padding, padding)] * 2)
    return y + b[:, None, None]


def _conv(
    large: bool, dtype: Tensor, n: int, c: int, f: int, side: int, k: int, stride: int, padding: int
) -> Iterator[Row]:
    x, w = floats(n, c, side, side, dtype=dtype), floats(f, c, k, k, dtype=dtype)
    b, options = floats(f, dtype=dtype), (stride, padding)
    y = convolution.conv2d_forward(x, w, b, *options)
    dy = floats(*y.shape, dtype=dtype)
    forward: Peers = {}
    backward: Peers = {}
    if torch:
        conv2d, last = torch.nn.functional.conv2d, torch.channels_last
        gradients = aten.convolution_backward
        given = tensors(x, w, b, dy)
        fixed = [f], [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, [True] * 3
        for mode in ("torch", "torch channels_last"):
            tx, tw, tb, tdy = given
            if mode != "torch":
                tx, tw, tdy = (t.to(memory_format=last) for t in (tx, tw, tdy))
            forward[mode] = partial(conv2d, tx, tw, tb, stride, padding)
            backward[mode] = partial(gradients, tdy, tx, tw, *fixed)
    windows: dict[str, Any] = {"strides": [stride] * 2, "pads": [padding] * 4}
    forward |= by_onnx("Conv", x, w, b, **windows)
    if jax:
        run = partial(_convolved, stride=stride, padding=padding)
        forward |= by_jax(run, x, w, b)
        backward |= by_jax(lambda x, w, b, dy: jax.vjp(run, x, w, b)[1](dy), x, w, b, dy)
    double = dtype == np.float64
    goal = 3.0 if double else 1.0 if not large else 1.4 if k == 3 and stride == 1 else 0.95
    size = f"{n}x{c}x{side}^2->{f} k{k}s{stride}" + (" f64" if double else "")
    work = (4.0 if double else 2.0) * y.size * w[0].size
    rtol = 1e-3
    call = partial(convolution.conv2d_forward, x, w, b, *options)
    yield Row("conv forward", size, call, forward, flops=work, goal=goal, rtol=rtol)
    back = partial(convolution.conv2d_backward, dy, x, w, *options)
    yield Row("conv backward", size, back, backward, flops=2 * work, goal=goal, rtol=rtol)


def relatives(large: bool) -> Iterator[Row]:
    """Convolve in groups, and back to a larger image."""
    n, c, side = (16, 64, 56) if large else (8, 16, 16)
    x, b, size = floats(n, c, side, side), floats(c), f"{n}x{c}x{side}^2"
    for groups in (c, 4):
        w = floats(c, c // groups, 3, 3)
        rivals = {}
        if torch:
            conv2d = torch.nn.functional.conv2d
            rivals["torch"] = partial(conv2d, *tensors(x, w, b), 1, 1, 1, groups)
        call = partial(convolution.grouped_conv2d, x, w, b, groups, 1, 1)
        name = "depthwise conv" if groups == c else "grouped conv"
        work = 2.0 * x.size * w[0].size
        yield Row(name, f"{size} g{groups}", call, rivals, flops=work, bytes=8.0 * x.size)
    w = floats(c, c, 4, 4)
    rivals = {}
    if torch:
        rivals["torch"] = partial(nn.conv_transpose2d, *tensors(x, w, b), 2, 1)
    call = partial(convolution.transposed_conv2d, x, w, b, 2, 1)
    work = 2.0 * x.size * w[0].size
    yield Row("transposed conv", f"{size} k4s2", call, rivals, flops=work, rtol=1e-3)


def pool(large: bool) -> Iterator[Row]:
    """Pool and normalise maps."""
    for shape in [(32, 64, 56, 56)] if large else [(32, 6, 28, 28), (8, 16, 16, 16)]:
        x = floats(*shape)
        size, moved = "x".join(map(str, shape)), 4.0 * x.size * 1.25
        dy = floats(*shape[:2], shape[2] // 2, shape[3] // 2)
        rivals: dict[str, Peers] = {
            name: {} for name in ("max", "avg", "max'", "avg'", "global", "lrn")
        }
        if torch:
            tx, tdy = tensors(x, dy)
            _, where = nn.max_pool2d(tx, 2, return_indices=True)
            two = [2, 2], [2, 2], [0, 0]
            rivals["max"]["torch"] = partial(nn.max_pool2d, tx, 2)
            rivals["avg"]["torch"] = partial(nn.avg_pool2d, tx, 2)
            rivals["global"]["torch"] = partial(torch.mean, tx, (2, 3))
            rivals["lrn"]["torch"] = partial(nn.local_response_norm, tx, 5, 0.0005, 0.75, 2.0)
            rivals["max'"]["torch"] = partial(
                aten.max_pool2d_with_indices_backward, tdy, tx, *two, [1, 1], False, where
            )
            rivals["avg'"]["torch"] = partial(
                aten.avg_pool2d_backward, tdy, tx, *two, False, True, None
            )
        rivals["max"] |= plain(partial(convolution.pool_forward, x, 2))
        rivals["avg"] |= plain(partial(convolution.pool_forward, x, 2, kind="average"))
        rivals["max'"] |= plain(partial(convolution.pool_backward, dy, x, 2))
        rivals["avg'"] |= plain(partial(convolution.pool_backward, dy, x, 2, kind="average"))
        twice: dict[str, Any] = {"kernel_shape": [2, 2], "strides": [2, 2]}
        rivals["max"] |= by_onnx("MaxPool", x, **twice)
        rivals["avg"] |= by_onnx("AveragePool", x, **twice)
        rivals["global"] |= by_onnx("GlobalAveragePool", x) | by_jax(lambda x: x.mean((2, 3)), x)
        rivals["lrn"] |= by_onnx("LRN", x, size=5, alpha=0.0005, beta=0.75, bias=2.0)
        ours: dict[str, tuple[str, Call]] = {
            "max": ("max pool", partial(convolution.max_pool_forward, x, 2)),
            "avg": ("average pool", partial(convolution.avg_pool_forward, x, 2)),
            "max'": ("max pool backward", partial(convolution.max_pool_backward, dy, x, 2)),
            "avg'": (
                "average pool backward",
                partial(convolution.avg_pool_backward, dy, x, 2),
            ),
            "global": ("global average pool", partial(convolution.global_avg_pool, x)),
            "lrn": ("local response norm", partial(convolution.local_response_norm, x)),
        }
        for key, (name, call) in ours.items():
            yield Row(name, size, call, rivals[key], bytes=moved)
        yield from _overlapping(x, size)


def _overlapping(x: Array, size: str) -> Iterator[Row]:
    """Pool with windows of 3 x 3, 2 pixels apart and over the border, as residual networks do."""
    options, size = (3, 2, 1), f"{size} k3s2"
    y = convolution.avg_pool_forward(x, *options)
    dy = floats(*y.shape)
    best: Peers = {}
    mean: Peers = {}
    back: Peers = {}
    found: Peers = {}
    sent: Peers = {}
    both: Peers = {}
    if torch:
        tx, tdy = tensors(x, dy)
        best["torch"] = partial(nn.max_pool2d, tx, *options)
        mean["torch"] = partial(nn.avg_pool2d, tx, *options, count_include_pad=False)
        sides = [[option] * 2 for option in options]
        back["torch"] = partial(aten.avg_pool2d_backward, tdy, tx, *sides, False, False, None)
        find = partial(nn.max_pool2d, tx, *options, return_indices=True)
        send = partial(aten.max_pool2d_with_indices_backward, tdy, tx, *sides, [1, 1], False)
        found["torch"], sent["torch"] = find, partial(send, find()[1])
        both["torch"] = lambda: send(find()[1])
    best |= plain(partial(convolution.pool_forward, x, *options))
    mean |= plain(partial(convolution.pool_forward, x, *options, "average"))
    back |= plain(partial(convolution.pool_backward, dy, x, *options, "average"))
    both |= plain(partial(convolution.pool_backward, dy, x, *options))
    moved = 4.0 * (x.size + y.size)
    call = partial(convolution.max_pool_forward, x, *options)
    yield Row("max pool", size, call, best, bytes=moved)
    call = partial(convolution.avg_pool_forward, x, *options)
    yield Row("average pool", size, call, mean, bytes=moved)
    call = partial(convolution.avg_pool_backward, dy, x, *options)
    yield Row("average pool backward", size, call, back, bytes=moved)
    both_outputs = partial(convolution.max_pool_with_indices, x, *options)
    yield Row("max pool with indices", size, both_outputs, found, bytes=moved + 4.0 * y.size)
    where = both_outputs()[1]
    call = partial(convolution.max_pool_backward_at, dy, where, x.shape[2:])
    yield Row("max pool backward at", size, call, sent, bytes=moved + 4.0 * y.size)
    call = partial(convolution.max_pool_backward, dy, x, *options)  # indices are not given
    yield Row("max pool backward", size, call, both, bytes=moved)
