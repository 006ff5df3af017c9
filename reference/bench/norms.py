"""The lines of the bench for what normalizes: batch, layer, RMS and group norm, and clipping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from reference import normalization as ref
from reference.bench.data import Array, Peers, Tensor, aten, floats, nn, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.rivals import by_jax, by_onnx, jax

__all__ = ["norms"]

EPS = 1e-5
ALL = [True, True, True]


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def _normal(x: Tensor, axes: Tensor) -> Tensor:
    """Return x in JAX, standardized along axes."""
    away = x - x.mean(axes, keepdims=True)
    return away * jax.lax.rsqrt((away * away).mean(axes, keepdims=True) + EPS)


def _batch_by_jax(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return _normal(x, 0) * gamma + beta, x.mean(0), x.var(0)


def _layer_by_jax(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return _normal(x, -1) * gamma + beta


def _rms_by_jax(x: Tensor, gamma: Tensor) -> Tensor:
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + EPS) * gamma


def _planes_by_jax(x: Tensor, dy: Tensor, gamma: Tensor, beta: Tensor, groups: int) -> Tensor:
    n, c, h, w = x.shape

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        cut = x.reshape(n, groups, -1) if groups else x
        hat = _normal(cut, -1 if groups else (0, 2, 3)).reshape(n, c, h, w)
        return hat * gamma[:, None, None] + beta[:, None, None]

    y, back = jax.vjp(forward, x, gamma, beta)
    return y, *back(dy)


def _back_by_jax(forward: Tensor, dy: Tensor, x: Tensor, gamma: Tensor) -> Tensor:
    return jax.vjp(lambda x, gamma, beta: forward(x, gamma, beta), x, gamma, gamma)[1](dy)


def norms(large: bool) -> Iterator[Row]:
    """Normalize forward and backward, from the inputs alone: statistics are part of the work."""
    yield from _batches(large)
    yield from _sequences(large)
    yield from _images(large)
    n = 1024 if large else 128
    gradients = [floats(n, n), floats(n), floats(n // 2, n)]

    def clipped(*given: Tensor) -> Tensor:
        made = [g.clone() for g in given]
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(made)))
        torch._foreach_mul_(made, torch.clamp(1.0 / norm, max=1.0))
        return made

    call: Call = partial(ref.clip_gradients, gradients, 1.0, "global")
    moved = 12.0 * sum(g.size for g in gradients)
    yield Row("clip gradients", f"{n}", call, _rival(clipped, *gradients), bytes=moved, rtol=1e-3)


def _batches(large: bool) -> Iterator[Row]:
    for n, d in ((512, 1024), (4096, 256)) if large else ((32, 64), (128, 256)):
        x, dy, gamma, beta = floats(n, d), floats(n, d), floats(d), floats(d)

        def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
            y, mean, turned = aten.native_batch_norm(x, gamma, beta, None, None, True, 0.1, EPS)
            return y, mean, turned**-2 - EPS

        def backward(dy: Tensor, x: Tensor, gamma: Tensor) -> Tensor:
            var, mean = torch.var_mean(x, 0, correction=0)
            saved = mean, torch.rsqrt(var + EPS)
            return aten.native_batch_norm_backward(dy, x, gamma, None, None, *saved, True, EPS, ALL)

        size = f"{n}x{d}"
        call: Call = partial(ref.batch_norm_forward, x, gamma, beta)
        peers = _rival(forward, x, gamma, beta) | by_jax(_batch_by_jax, x, gamma, beta)
        yield Row("batch norm", size, call, peers, bytes=12.0 * x.size, rtol=1e-3)
        call = partial(ref.batch_norm_backward, dy, x, gamma)
        first = partial(_back_by_jax, lambda *given: _batch_by_jax(*given)[0])
        peers = _rival(backward, dy, x, gamma) | by_jax(first, dy, x, gamma)
        yield Row("batch norm back", size, call, peers, bytes=24.0 * x.size, rtol=1e-3)


def _sequences(large: bool) -> Iterator[Row]:
    for shape in ((32, 128, 512), (8, 256, 1024)) if large else ((4, 16, 64), (8, 32, 256)):
        x, dy, d = floats(*shape), floats(*shape), shape[-1]
        gamma, beta = floats(d), floats(d)

        def forward(x: Tensor, gamma: Tensor, beta: Tensor, d: int = d) -> Tensor:
            return aten.native_layer_norm(x, (d,), gamma, beta, EPS)[0]

        def backward(dy: Tensor, x: Tensor, gamma: Tensor, beta: Tensor, d: int = d) -> Tensor:
            var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
            saved = mean, torch.rsqrt(var + EPS)
            return aten.native_layer_norm_backward(dy, x, (d,), *saved, gamma, beta, ALL)

        def rms(x: Tensor, gamma: Tensor, d: int = d) -> Tensor:
            return nn.rms_norm(x, (d,), gamma, EPS)

        size, moved = "x".join(map(str, shape)), 4.0 * x.size
        call: Call = partial(ref.layer_norm_forward, x, gamma, beta)
        peers = _rival(forward, x, gamma, beta) | by_jax(_layer_by_jax, x, gamma, beta)
        peers |= by_onnx("LayerNormalization", x, gamma, beta, epsilon=EPS)
        yield Row("layer norm", size, call, peers, bytes=2 * moved, rtol=1e-3)
        call = partial(ref.layer_norm_backward, dy, x, gamma)
        peers = _rival(backward, dy, x, gamma, beta)
        peers |= by_jax(partial(_back_by_jax, _layer_by_jax), dy, x, gamma)
        yield Row("layer norm back", size, call, peers, bytes=3 * moved, rtol=1e-3)
        call = partial(ref.rms_norm, x, gamma)
        peers = _rival(rms, x, gamma) | by_jax(_rms_by_jax, x, gamma)
        yield Row("rms norm", size, call, peers, bytes=2 * moved, rtol=1e-3)


def _images(large: bool) -> Iterator[Row]:
    n, c, side, groups = (32, 64, 32, 16) if large else (4, 16, 12, 4)
    x, dy = floats(n, c, side, side), floats(n, c, side, side)
    gamma, beta, size = floats(c), floats(c), f"{n}x{c}x{side}x{side}"

    def batch(x: Tensor, dy: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        y, *saved = aten.native_batch_norm(x, gamma, beta, None, None, True, 0.1, EPS)
        back = aten.native_batch_norm_backward(dy, x, gamma, None, None, *saved, True, EPS, ALL)
        return y, *back

    def grouped(x: Tensor, dy: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        y, *saved = aten.native_group_norm(x, gamma, beta, n, c, side * side, groups, EPS)
        back = aten.native_group_norm_backward(dy, x, *saved, gamma, n, c, side * side, groups, ALL)
        return y, *back

    arrays, moved = (x, dy, gamma, beta), 28.0 * x.size
    call: Call = partial(ref.spatial_batch_norm, *arrays)
    peers = _rival(batch, *arrays) | by_jax(partial(_planes_by_jax, groups=0), *arrays)
    yield Row("batch norm 2d both", size, call, peers, bytes=moved, rtol=1e-3)
    call = partial(ref.group_norm, *arrays, groups)
    peers = _rival(grouped, *arrays) | by_jax(partial(_planes_by_jax, groups=groups), *arrays)
    yield Row("group norm both", size, call, peers, bytes=moved, rtol=1e-3)
