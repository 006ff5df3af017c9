"""The lines of the bench for reuse: adapters of low rank, distillation, contrastive pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from reference import transfer as ref
from reference.bench.data import Array, Peers, Tensor, floats, nn, tensors, torch
from reference.bench.measure import Call, Row

__all__ = ["transfers"]


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def transfers(large: bool) -> Iterator[Row]:
    """Adapters forward and backward; losses with their gradients."""
    yield from _adapters(large)
    yield _distilled(large)
    yield _contrast(large)


def _adapters(large: bool) -> Iterator[Row]:
    n, d, f, r = (256, 1024, 1024, 8) if large else (32, 64, 64, 4)
    x, dy, b = floats(n, d), floats(n, f), floats(f)
    w, down, up = (floats(*s, scale=s[1] ** -0.5) for s in ((f, d), (r, d), (f, r)))
    scale, size = 16.0 / r, f"{n}x{d}x{f} r{r}"

    def forward(x: Tensor, w: Tensor, b: Tensor, down: Tensor, up: Tensor) -> Tensor:
        y = torch.addmm(torch.addmm(b, x, w.T), x @ down.T, up.T, alpha=scale)
        return y, torch.addmm(w, up, down, alpha=scale), down.numel() + up.numel()

    flops = 2.0 * (n * d * f + r * (n * d + n * f + d * f))
    call: Call = partial(ref.lora_forward, x, w, b, down, up, 16.0)
    yield Row(
        "lora forward", size, call, _rival(forward, x, w, b, down, up), flops=flops, rtol=1e-3
    )

    def backward(dy: Tensor, x: Tensor, w: Tensor, down: Tensor, up: Tensor) -> Tensor:
        narrow = (dy @ up).mul_(scale)
        dx = torch.addmm(dy @ w, narrow, down)
        return dx, narrow.T @ x, dy.T @ (x @ down.T).mul_(scale)

    flops = 2.0 * (n * d * f + r * (3 * n * d + 2 * n * f))
    call = partial(ref.lora_backward, dy, x, w, down, up, 16.0)
    peers = _rival(backward, dy, x, w, down, up)
    yield Row("lora backward", size, call, peers, flops=flops, rtol=1e-3)


def _distilled(large: bool) -> Row:
    n, k, t, share = *((1024, 1000) if large else (64, 10)), 4.0, 0.7
    z, v, labels = floats(n, k), floats(n, k), np.arange(n) % k

    def distilled(z: Tensor, v: Tensor, labels: Tensor) -> Tensor:
        p, log_q, hard = nn.softmax(v / t, 1), nn.log_softmax(z / t, 1), nn.log_softmax(z, 1)
        soft = nn.kl_div(log_q, p, reduction="batchmean")
        loss = (1 - share) * nn.nll_loss(hard, labels) + share * t * t * soft
        gap = hard.exp()
        gap[torch.arange(n), labels] -= 1
        gap.mul_((1 - share) / n)
        return loss, gap.add_(log_q.exp_().sub_(p), alpha=share * t / n)

    call: Call = partial(ref.distillation_loss, z, v, labels, t, share)
    peers = _rival(distilled, z, v, labels)
    return Row("distillation", f"{n}x{k}", call, peers, bytes=12.0 * z.size, rtol=1e-3)


def _contrast(large: bool) -> Row:
    n, d, t = (1024, 128, 0.2) if large else (64, 32, 0.2)
    z, places = floats(n, d), np.arange(n // 2)
    pairs, partner = np.stack([places, places + n // 2], axis=1), np.roll(np.arange(n), n // 2)

    def contrast(z: Tensor, partner: Tensor) -> Tensor:
        length = torch.linalg.vector_norm(z, dim=1, keepdim=True)
        unit = z / length
        log_p = nn.log_softmax((unit @ unit.T).div_(t).fill_diagonal_(-torch.inf), 1)
        loss = nn.nll_loss(log_p, partner)
        gap = log_p.exp_()
        gap[torch.arange(n), partner] -= 1
        du = torch.addmm(gap @ unit, gap.T, unit).div_(t * n)
        return loss, du.sub_(unit * (du * unit).sum(1, keepdim=True)).div_(length)

    call: Call = partial(ref.info_nce, z, pairs, t)
    flops = 6.0 * n * n * d
    return Row("info nce", f"{n}x{d}", call, _rival(contrast, z, partner), flops=flops, rtol=1e-3)
