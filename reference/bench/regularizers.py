"""The lines of the bench for what regularizes: penalties, dropout, mixing, augmentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from reference import regularization as ref
from reference.bench.data import RNG, Array, Peers, Tensor, floats, nn, tensors, torch
from reference.bench.measure import Call, Row

__all__ = ["augmentations", "regularizers"]


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def regularizers(large: bool) -> Iterator[Row]:
    """Penalise and bound weights, drop units and blocks, mix samples."""
    n = 1024 if large else 128
    x, dy, size = floats(n, n), floats(n, n), f"{n}x{n}"

    def penalty(w: Tensor) -> Tensor:
        value = w.abs().sum() * 0.01 + w.square().sum() * 0.02
        return value, w.sign() * 0.01 + w * 0.04, torch.zeros_like(w[:, 0])

    call: Call = partial(ref.elastic_penalty, [(x, x[:, 0].copy())], 0.02, 0.04, 1)
    yield Row("elastic penalty", size, call, _rival(penalty, x), bytes=8.0 * x.size)

    def step(w: Tensor, update: Tensor) -> Tensor:
        return torch.renorm(w * (1 - 0.01) - update, 2, 0, 1.5)

    call = partial(ref.constrained_step, x, dy, 0.1, 0.1, None, 1.5)
    yield Row("constrained step", size, call, _rival(step, x, dy), bytes=12.0 * x.size, rtol=1e-3)

    def dropped(x: Tensor, dy: Tensor, u: Tensor) -> Tensor:
        factor = (u >= 0.3) / (1 - 0.3)
        return x * factor, dy * factor

    u = RNG.random((n, n), dtype=np.float32)
    call = partial(ref.dropout, x, dy, u, 0.3)
    yield Row("dropout", size, call, _rival(dropped, x, dy, u), bytes=20.0 * x.size)
    yield from _nets(x, size)
    yield _mixed(x, size)


def _nets(x: Array, size: str) -> Iterator[Row]:
    """Run nets whose blocks or units are missing at random."""
    n = len(x)
    weights, u = [floats(n, n, scale=n**-0.5) for _ in range(2)], RNG.random((2, n))

    def blocks(h: Tensor, u: Tensor, *weights: Tensor) -> Tensor:
        for number, w in enumerate(weights, 1):
            h = h + (u[number - 1] < 1 - number / 2 * 0.5)[:, None] * torch.relu(h @ w.T)
        return h

    call: Call = partial(ref.stochastic_depth, x, weights, u, 0.5)
    peers = _rival(blocks, x, u, *weights)
    yield Row("stochastic depth", f"{size} L2", call, peers, flops=4.0 * n**3, rtol=1e-3)
    net = [(weights[0], floats(n)), (floats(10, n, scale=n**-0.5), floats(10))]
    draws = RNG.random((8, n, n), dtype=np.float32)

    def passes(x: Tensor, draws: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
        h = torch.relu(nn.linear(x, w1, b1))
        answers = nn.linear(h * (draws >= 0.3) / (1 - 0.3), w2, b2)
        return answers.mean(0), answers.var(0, correction=0)

    call = partial(ref.mc_dropout, x, net, draws, 0.3)
    peers = _rival(passes, x, draws, *net[0], *net[1])
    yield Row("mc dropout", f"{size} T8", call, peers, bytes=4.0 * draws.size, rtol=1e-3)


def _mixed(x: Array, size: str) -> Row:
    labels, order = np.arange(len(x)) % 10, RNG.permutation(len(x))
    lam = RNG.random(len(x), dtype=np.float32)

    def mixed(x: Tensor, lam: Tensor, order: Tensor, labels: Tensor) -> Tensor:
        own, targets = lam[:, None], nn.one_hot(labels, 10).float() * 0.9 + 0.01
        return torch.lerp(x[order], x, own), torch.lerp(targets[order], targets, own)

    call = partial(ref.mixup, x, labels, 10, lam, order, 0.1)
    return Row("mixup", size, call, _rival(mixed, x, lam, order, labels), bytes=12.0 * x.size)


def augmentations(large: bool) -> Iterator[Row]:
    """Move images, and change their colours."""
    n, side = (64, 64) if large else (16, 32)
    images = RNG.random((n, 3, side, side), dtype=np.float32)
    angle, zoom = RNG.uniform(-1, 1, n), RNG.uniform(0.8, 1.2, n)
    size, moved = f"{n}x3x{side}x{side}", 8.0 * images.size
    cos, sin, none = np.cos(angle) / zoom, np.sin(angle) / zoom, np.zeros(n)
    theta = np.array([[cos, sin, none], [-sin, cos, none]], np.float32).transpose(2, 0, 1).copy()

    def warp(images: Tensor, theta: Tensor) -> Tensor:
        grid = nn.affine_grid(theta, images.shape, align_corners=True)
        return nn.grid_sample(images, grid, align_corners=True)

    still = (np.zeros(n, dtype=bool), angle, np.zeros((n, 2)), zoom, (side, side))
    call: Call = partial(ref.augment_warp, images, *still)
    yield Row("augment warp", size, call, _rival(warp, images, theta), bytes=moved, rtol=1e-3)
    factors = RNG.uniform(0.7, 1.3, (4, n)).astype(np.float32)
    call = partial(ref.augment_colour, images, *factors)
    peers = _rival(_recoloured, images, *(f.reshape(n, 1, 1, 1) for f in factors))
    yield Row("augment colour", size, call, peers, bytes=moved, rtol=1e-3)


def _recoloured(
    v: Tensor, bright: Tensor, contrast: Tensor, saturation: Tensor, hue: Tensor
) -> Tensor:
    """Change colours as the chapter says, by PyTorch."""
    weights = torch.tensor(ref.GREY).view(1, 3, 1, 1)
    v = (v * bright).clamp(0, 1)
    mean = (v * weights).sum(1, keepdim=True).mean((2, 3), keepdim=True)
    v = torch.lerp(mean, v, contrast).clamp(0, 1)
    v = torch.lerp((v * weights).sum(1, keepdim=True), v, saturation).clamp(0, 1)
    top = v.amax(1, keepdim=True)
    chroma = top - v.amin(1, keepdim=True)
    red, green, blue = ((part - other) / chroma.clamp(min=1e-20) for part, other in (
        (v[:, 1:2], v[:, 2:]), (v[:, 2:], v[:, :1]), (v[:, :1], v[:, 1:2])))  # fmt: skip
    sixths = torch.where(v[:, 1:2] == top, 2 + green, 4 + blue)
    sixths = torch.where(v[:, :1] == top, red, sixths)
    k = (torch.tensor([5.0, 3.0, 1.0]).view(1, 3, 1, 1) + sixths + 6 * hue) % 6
    return top - chroma * torch.minimum(k, 4 - k).clamp(0, 1)
