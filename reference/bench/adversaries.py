"""The lines of the bench for adversarial nets and diffusion: losses, steps, leashes, noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

import numpy as np

from reference import adversarial as ref
from reference.bench.data import RNG, Array, Peers, Tensor, floats, nn, tensors, torch
from reference.bench.measure import Call, Row

__all__ = ["adversaries"]


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def adversaries(large: bool) -> Iterator[Row]:
    """Score real samples and fakes, move both players, keep a critic on its leash, take noise out.

    PyTorch writes losses out with their gradients where that is quicker than autograd.
    """
    n, d, h = (4096, 64, 256) if large else (128, 16, 64)
    yield from _scores(100 * n)
    yield _game(n // 4, d, h)
    yield from _leashes(n // 4, d, h)
    yield from _noise(n, d, h)


def _scores(n: int) -> Iterator[Row]:
    real, fake = floats(n, scale=3.0), floats(n, scale=3.0)

    def expert(real: Tensor, fake: Tensor) -> Tensor:
        loss = nn.softplus(-real).mean() + nn.softplus(fake).mean()
        return loss, torch.sigmoid(-real) / -len(real), torch.sigmoid(fake) / len(fake)

    call: Call = partial(ref.discriminator_loss, real, fake)
    yield Row("discriminator loss", f"{n}", call, _rival(expert, real, fake), bytes=16.0 * n)

    def hinge(real: Tensor, fake: Tensor) -> Tensor:
        short, over = 1 - real, 1 + fake
        loss = torch.relu(short).mean() + torch.relu(over).mean()
        return loss, -fake.mean(), (short > 0) / -len(real), (over > 0) / len(fake)

    call = partial(ref.critic_losses, real, fake, "hinge")
    yield Row("hinge critic", f"{n}", call, _rival(hinge, real, fake), bytes=16.0 * n, rtol=1e-3)


def _net(*sizes: int) -> list[tuple[Array, Array]]:
    return [(floats(out, size, scale=size**-0.5), floats(out)) for size, out in pairwise(sizes)]


def _ahead(layers: Tensor, x: Tensor) -> list[Tensor]:
    """Return what each layer is shown, and the output, by PyTorch."""
    seen = [x]
    for number, (w, b) in enumerate(layers, 1):
        z = torch.addmm(b, seen[-1], w.T)
        seen.append(nn.leaky_relu(z, 0.2) if number < len(layers) else z)
    return seen


def _back(layers: Tensor, seen: Tensor, dy: Tensor, inside: bool) -> Tensor:
    """Return the gradients by the layers, or (`inside`) by the input, by PyTorch."""
    grads = []
    for k in range(len(layers) - 1, -1, -1):
        if not inside:
            grads.append((dy.T @ seen[k], dy.sum(0)))
        if k or inside:
            dy = dy @ layers[k][0]
        if k:
            dy = torch.where(seen[k] > 0, dy, 0.2 * dy)
    return dy if inside else grads[::-1]


def _down(layers: Tensor, grads: Tensor) -> Tensor:
    return [
        (torch.add(w, dw, alpha=-0.1), torch.add(b, db, alpha=-0.1))
        for (w, b), (dw, db) in zip(layers, grads, strict=True)
    ]


def _game(n: int, d: int, h: int) -> Row:
    generator, discriminator = _net(16, h, h, d), _net(d, h, h, 1)
    real, z_d, z_g = floats(n, d), floats(n, 16), floats(n, 16)
    nets = [[tuple(tensors(*layer)) for layer in part] for part in (generator, discriminator)]

    def step(real: Tensor, z_d: Tensor, z_g: Tensor) -> Tensor:
        g, e = nets
        seen = _ahead(e, torch.cat([real, _ahead(g, z_d)[-1]]))
        r, f = seen[-1][:n], seen[-1][n:]
        d_loss = nn.softplus(-r).mean() + nn.softplus(f).mean()
        dy = torch.cat([torch.sigmoid(-r) / -n, torch.sigmoid(f) / n])
        e = _down(e, _back(e, seen, dy, inside=False))
        made = _ahead(g, z_g)
        seen = _ahead(e, made[-1])
        dx = _back(e, seen, torch.sigmoid(-seen[-1]) / -n, inside=True)
        g = _down(g, _back(g, made, dx, inside=False))
        return g, e, d_loss, nn.softplus(-seen[-1]).mean()

    call = partial(ref.gan_step, generator, discriminator, real, z_d, z_g, 0.1, 0.1)
    work = 2.0 * n * (16 * h + h * h + h * d) * 4 + 2.0 * n * (d * h + h * h) * 8
    return Row("gan step", f"{n}x{d} H{h}", call, _rival(step, real, z_d, z_g), work, rtol=1e-3)


def _leashes(n: int, d: int, h: int) -> Iterator[Row]:
    w, b, v = floats(h, d, scale=d**-0.5), floats(h), floats(h)
    real, fake, u = floats(n, d), floats(n, d), RNG.random(n, dtype=np.float32)

    def penalty(w: Tensor, b: Tensor, v: Tensor, real: Tensor, fake: Tensor, u: Tensor) -> Tensor:
        x = torch.lerp(fake, real, u[:, None])
        act = torch.tanh(torch.addmm(b, x, w.T))
        slope = v * (1 - act * act)
        g = slope @ w
        length = g.norm(dim=1)
        dg = (2 * (length - 1) / length / n)[:, None] * g
        across = dg @ w.T
        da = -2 * act * slope * across
        dv = ((1 - act * act) * across).sum(0)
        return ((length - 1) ** 2).mean(), slope.T @ dg + da.T @ x, da.sum(0), dv

    given = w, b, v, real, fake, u
    call: Call = partial(ref.gradient_penalty, *given)
    size, work = f"{n}x{d} H{h}", 10.0 * n * d * h
    yield Row("gradient penalty", size, call, _rival(penalty, *given), work, rtol=1e-3)

    weights, start = floats(2 * h, h, 3, 3), floats(2 * h)

    def normed(w: Tensor, u: Tensor) -> Tensor:
        m = w.view(len(w), -1)
        v = nn.normalize(m.T @ u, dim=0)
        u = m @ v
        sigma = u.norm()
        return w / sigma, sigma, u / sigma

    call = partial(ref.spectral_norm, weights, start)
    peers = _rival(normed, weights, start)
    moved = 16.0 * weights.size
    yield Row("spectral norm", f"{2 * h}x{h}x3x3", call, peers, bytes=moved, rtol=1e-3)


def _noise(n: int, d: int, h: int) -> Iterator[Row]:
    layers, x0, noise = _net(d + 2, h, h, d), floats(n, d), floats(n, d)
    beta, left = (part.astype(np.float32) for part in ref.noise_schedule(100, "cosine"))
    t = RNG.integers(100, size=n)
    net = [tuple(tensors(*layer)) for layer in layers]

    def denoise(x0: Tensor, t: Tensor, noise: Tensor, left: Tensor) -> Tensor:
        share = left[t][:, None]
        kept, come = share.sqrt(), (1 - share).sqrt()
        noisy = kept * x0 + come * noise
        seen = _ahead(net, torch.cat([noisy, kept, come], dim=1))
        gap = seen[-1] - noise
        grads = _back(net, seen, gap * (2 / gap.numel()), inside=False)
        return noisy, gap.square().mean(), grads

    call: Call = partial(ref.denoising_loss, layers, x0, t, noise, left)
    peers = _rival(denoise, x0, t, noise, left)
    work = 2.0 * n * (d * h * 2 + h * h) * 3
    yield Row("denoising loss", f"{n}x{d} H{h}", call, peers, work, rtol=1e-3)

    def back(x: Tensor, guess: Tensor, noise: Tensor) -> Tensor:
        kept = np.cumprod(1 - beta.astype(np.float64))
        alpha, gone, before = 1 - float(beta[50]), 1 - kept[50], 1 - kept[49]
        part = float(beta[50]) / gone**0.5
        mean = torch.add(x, guess, alpha=-part).div_(alpha**0.5)
        return mean.add_(noise, alpha=float((beta[50] * before / gone) ** 0.5))

    x, guess = floats(10 * n, d), floats(10 * n, d)
    fresh = floats(10 * n, d)
    call = partial(ref.ddpm_step, x, 50, guess, fresh, beta)
    moved = 16.0 * x.size
    yield Row("ddpm step", f"{10 * n}x{d}", call, _rival(back, x, guess, fresh), bytes=moved)
