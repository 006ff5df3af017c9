"""The lines of the bench for energy models: conditionals, contrastive divergence, autoencoders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from reference import energy_models as ref
from reference.bench.data import RNG, Array, Peers, Tensor, floats, tensors, torch
from reference.bench.measure import Call, Row

__all__ = ["energies"]


def _uniform(*shape: int) -> Array:
    return RNG.random(shape, dtype="float32")


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def _on(u: Tensor, z: Tensor) -> Tensor:
    return (u < torch.sigmoid_(z)).to(z.dtype)


def _conditionals(x: Tensor, h: Tensor, w: Tensor, b: Tensor, d: Tensor) -> Tensor:
    return torch.sigmoid_(torch.addmm(d, x, w)), torch.sigmoid_(torch.addmm(b, h, w.T))


def _step(
    x: Tensor, chain: Tensor, p: Tensor, w: Tensor, b: Tensor, d: Tensor, lr: float
) -> Tensor:
    """Return a machine after the data with probabilities p, and the chains."""
    q = torch.sigmoid_(torch.addmm(d, chain, w))
    moved = torch.addmm(w, x.T, p, alpha=lr / len(x))
    moved.addmm_(chain.T, q, alpha=-lr / len(chain))
    visible = torch.add(b, x.mean(0) - chain.mean(0), alpha=lr)
    return moved, visible, torch.add(d, p.mean(0) - q.mean(0), alpha=lr)


def _cd1(x: Tensor, w: Tensor, b: Tensor, d: Tensor, u_h: Tensor, u_x: Tensor) -> Tensor:
    p = torch.sigmoid_(torch.addmm(d, x, w))
    h = (u_h < p).to(x.dtype)
    return _step(x, _on(u_x, torch.addmm(b, h, w.T)), p, w, b, d, 0.1)


def _persistent(
    x: Tensor, chain: Tensor, w: Tensor, b: Tensor, d: Tensor, u_h: Tensor, u_x: Tensor
) -> Tensor:
    for to_hidden, to_visible in zip(u_h, u_x, strict=True):
        h = _on(to_hidden, torch.addmm(d, chain, w))
        chain = _on(to_visible, torch.addmm(b, h, w.T))
    p = torch.sigmoid_(torch.addmm(d, x, w))
    return *_step(x, chain, p, w, b, d, 0.1), chain


def _autoencoder(x: Tensor, target: Tensor, w: Tensor, b: Tensor, d: Tensor) -> Tensor:
    h = torch.sigmoid_(torch.addmm(b, x, w.T))
    y = torch.sigmoid_(torch.addmm(d, h, w))
    gap = y - target
    loss = torch.dot(gap.view(-1), gap.view(-1)) / (2 * len(x))
    dz2 = torch.ops.aten.sigmoid_backward(gap.div_(len(x)), y)
    dz1 = torch.ops.aten.sigmoid_backward(dz2 @ w.T, h)
    dw = torch.addmm(dz1.T @ x, h.T, dz2)
    return loss.item(), dw, dz1.sum(0), dz2.sum(0)


def energies(large: bool) -> Iterator[Row]:
    """Take the steps of a restricted Boltzmann machine, and the gradients of an autoencoder."""
    for n, v, h in (
        ((128, 784, 512), (512, 784, 1000)) if large else ((20, 64, 100), (64, 256, 128))
    ):
        x, hidden = _uniform(n, v), _uniform(n, h)
        w, b, d = floats(v, h, scale=v**-0.5), floats(v, scale=0.1), floats(h, scale=0.1)
        u_h, u_x, size = _uniform(n, h), _uniform(n, v), f"{n}x{v}-{h}"
        work = 2.0 * n * v * h
        call: Call = partial(ref.rbm_conditionals, x, hidden, w, b, d)
        peers = _rival(_conditionals, x, hidden, w, b, d)
        yield Row("rbm conditionals", size, call, peers, flops=2 * work, rtol=1e-3)
        call = partial(ref.cd1_update, x, w, b, d, u_h, u_x, 0.1)
        peers = _rival(_cd1, x, w, b, d, u_h, u_x)
        yield Row("rbm cd-1", size, call, peers, flops=5 * work, rtol=1e-3)
        chain = (_uniform(n, v) < 0.5).astype("float32")
        call = partial(ref.persistent_cd_update, x, chain, w, b, d, u_h[None], u_x[None], 0.1)
        peers = _rival(_persistent, x, chain, w, b, d, u_h[None], u_x[None])
        yield Row("rbm persistent", size, call, peers, flops=6 * work, rtol=1e-3)
        turned, target = w.T.copy(), _uniform(n, v)
        call = partial(_tied, x, target, turned, d, b)
        peers = _rival(_autoencoder, x, target, turned, d, b)
        yield Row("autoencoder both", size, call, peers, flops=5 * work, rtol=1e-3)


def _tied(*arrays: Array) -> Tensor:
    return ref.autoencoder_backward(*arrays)[:4]
