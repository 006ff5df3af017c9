"""The lines of the bench for blocks of convolutions: residual, inception, squeeze and excite.

Each side has the inputs alone, forward and backward: what the way back needs is computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from reference import architectures as ref
from reference.bench.data import Array, Peers, Tensor, aten, floats, nn, tensors, torch
from reference.bench.measure import Call, Row

__all__ = ["blocks"]


def _rivals(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return PyTorch on the arrays as they are, and with the channels last."""
    if not torch:
        return {}
    plain = tensors(*arrays)
    last = [t.to(memory_format=torch.channels_last) if t.ndim == 4 else t for t in plain]
    return {"torch": partial(call, *plain), "torch channels_last": partial(call, *last)}


def _back(dy: Tensor, x: Tensor, w: Tensor, padding: int) -> tuple[Tensor, Tensor]:
    """Carry a gradient back through a convolution without biases."""
    fixed = None, [1, 1], [padding] * 2, [1, 1], False, [0, 0], 1, [True, True, False]
    dx, dw, _ = aten.convolution_backward(dy, x, w, *fixed)
    return dx, dw


def _residual(x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    hidden = nn.conv2d(x, w1, None, 1, 1).relu_()
    return nn.conv2d(hidden, w2, None, 1, 1).add_(x).relu_()


def _residual_back(dy: Tensor, x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    hidden = nn.conv2d(x, w1, None, 1, 1).relu_()
    y = nn.conv2d(hidden, w2, None, 1, 1).add_(x).relu_()
    d = aten.threshold_backward(dy, y, 0)
    dhidden, dw2 = _back(d, hidden, w2, 1)
    dx, dw1 = _back(aten.threshold_backward(dhidden, hidden, 0), x, w1, 1)
    return dx.add_(d), dw1, dw2


def _residual_alone(dy: Array, x: Array, w1: Array, w2: Array) -> Tensor:
    return ref.residual_backward(dy, x, w1, w2)[:3]


def _inception(
    x: Tensor, one: Tensor, low3: Tensor, three: Tensor, low5: Tensor, five: Tensor, last: Tensor
) -> Tensor:
    small3, small5 = nn.conv2d(x, low3).relu_(), nn.conv2d(x, low5).relu_()
    pooled = nn.max_pool2d(x, 3, 1, 1)
    paths = nn.conv2d(x, one), nn.conv2d(small3, three, padding=1)
    return torch.cat(
        [*paths, nn.conv2d(small5, five, padding=2), nn.conv2d(pooled, last)], 1
    ).relu_()


def _inception_back(
    dy: Tensor,
    x: Tensor,
    one: Tensor,
    low3: Tensor,
    three: Tensor,
    low5: Tensor,
    five: Tensor,
    last: Tensor,
) -> Tensor:
    small3, small5 = nn.conv2d(x, low3).relu_(), nn.conv2d(x, low5).relu_()
    pooled, places = aten.max_pool2d_with_indices(x, [3, 3], [1, 1], [1, 1])
    paths = nn.conv2d(x, one), nn.conv2d(small3, three, padding=1)
    y = torch.cat([*paths, nn.conv2d(small5, five, padding=2), nn.conv2d(pooled, last)], 1).relu_()
    parts = [len(one), len(three), len(five), len(last)]
    d1, d3, d5, dp = aten.threshold_backward(dy, y, 0).split(parts, 1)
    dx, done = _back(d1, x, one, 0)
    dsmall3, dthree = _back(d3, small3, three, 1)
    dsmall5, dfive = _back(d5, small5, five, 2)
    dpooled, dlast = _back(dp, pooled, last, 0)
    through3, dlow3 = _back(aten.threshold_backward(dsmall3, small3, 0), x, low3, 0)
    through5, dlow5 = _back(aten.threshold_backward(dsmall5, small5, 0), x, low5, 0)
    window = [3, 3], [1, 1], [1, 1], [1, 1], False, places
    dx = dx + through3 + through5 + aten.max_pool2d_with_indices_backward(dpooled, x, *window)
    return dx, done, dlow3, dthree, dlow5, dfive, dlast


def _excite(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    middle = nn.linear(x.mean((2, 3)), w1, b1).relu_()
    gates = nn.linear(middle, w2, b2).sigmoid_()
    return x * gates[:, :, None, None], gates


def blocks(large: bool) -> Iterator[Row]:
    """Compute whole blocks, forward and backward."""
    for n, c, side in ((16, 64, 28), (8, 128, 14)) if large else ((50, 8, 4), (32, 16, 8)):
        x, dy = floats(n, c, side, side), floats(n, c, side, side)
        w1, w2 = (floats(c, c, 3, 3, scale=(9 * c) ** -0.5) for _ in range(2))
        size, work = f"{n}x{c}x{side}^2", 4.0 * 9 * c * x.size
        call: Call = partial(ref.residual_forward, x, w1, w2)
        yield Row("residual", size, call, _rivals(_residual, x, w1, w2), flops=work, rtol=1e-3)
        call = partial(_residual_alone, dy, x, w1, w2)
        peers = _rivals(_residual_back, dy, x, w1, w2)
        yield Row("residual back", size, call, peers, flops=3 * work, rtol=1e-3)
    yield from _inceptions(large)
    n, c, side = (32, 256, 14) if large else (8, 32, 8)
    x, r = floats(n, c, side, side), c // 16
    rest = floats(r, c, scale=c**-0.5), floats(r), floats(c, r), floats(c)
    call = partial(ref.squeeze_excite, x, *rest)
    peers, moved = _rivals(_excite, x, *rest), 12.0 * x.size
    yield Row("squeeze excite", f"{n}x{c}x{side}^2", call, peers, bytes=moved, rtol=1e-3)


def _inceptions(large: bool) -> Iterator[Row]:
    """Compute GoogLeNet's block (3a), and one for a classroom."""
    n, c, side, a, p, b, q, d, e = (
        (8, 192, 28, 64, 96, 128, 16, 32, 32) if large else (16, 16, 8, 8, 8, 16, 4, 8, 8)
    )
    sizes = (a, c, 1), (p, c, 1), (b, p, 3), (q, c, 1), (d, q, 5), (e, c, 1)
    x, dy = floats(n, c, side, side), floats(n, a + b + d + e, side, side)
    kernels = [floats(f, g, k, k, scale=(g * k * k) ** -0.5) for f, g, k in sizes]
    size, work = f"{n}x{c}x{side}^2", 2.0 * n * side * side * sum(w.size for w in kernels)
    call: Call = partial(ref.inception_forward, x, *kernels)
    yield Row("inception", size, call, _rivals(_inception, x, *kernels), flops=work, rtol=1e-3)
    call = partial(ref.inception_backward, dy, x, *kernels)
    peers = _rivals(_inception_back, dy, x, *kernels)
    yield Row("inception back", size, call, peers, flops=3 * work, rtol=1e-3)
