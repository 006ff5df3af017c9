"""The lines of the bench for attention, its gradient, heads, the block, and what feeds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from reference import attention as ref
from reference.bench.data import RNG, Array, Peers, Tensor, floats, nn, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.rivals import by_jax, jax

__all__ = ["heads"]


def _rival(call: Callable[..., Tensor], *arrays: Array) -> Peers:
    """Return a peer that calls PyTorch on the arrays as tensors."""
    return {"torch": partial(call, *tensors(*arrays))} if torch else {}


def _gradients(forward: Callable[..., Tensor], count: int) -> Callable[..., Tensor]:
    """Return a function of the arrays and dout: forward, and back to the first `count` arrays."""

    def both(*given: Tensor) -> Tensor:
        *arrays, dout = given
        leaves = [a.detach().requires_grad_() for a in arrays[:count]]
        return torch.autograd.grad(forward(*leaves, *arrays[count:]), leaves, dout)

    return both


def heads(large: bool) -> Iterator[Row]:
    """Attend: all pairs, causal, forward and with gradients; a block, positions, a loss."""
    yield from _products(large)
    yield from _blocks(large)
    yield from _ends(large)


def _by_jax(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """Return what JAX attends; it has the heads behind the positions."""
    turned = (part.swapaxes(1, 2) for part in (q, k, v))
    return jax.nn.dot_product_attention(*turned, is_causal=causal).swapaxes(1, 2)


_attended = {causal: partial(_by_jax, causal=causal) for causal in (False, True)}


def _products(large: bool) -> Iterator[Row]:
    shapes = ((2, 8, 512, 64), (1, 8, 2048, 64)) if large else ((4, 4, 32, 16), (8, 8, 128, 32))
    for shape in shapes:
        q, k, v, dout = (floats(*shape) for _ in range(4))
        n, h, t, d = shape
        size, work = "x".join(map(str, shape)), 4.0 * n * h * t * t * d
        for causal in (False, True):
            share = 0.5 if causal else 1.0
            attend = partial(nn.scaled_dot_product_attention, is_causal=causal) if torch else None
            given = (q, k, v)
            ours: Tensor = ref.causal_attention if causal else ref.scaled_dot_product_attention
            back: Tensor = ref.causal_attention_backward if causal else ref.attention_backward
            name = "causal attention" if causal else "attention"
            call: Call = partial(ours, *given)
            theirs = (_rival(attend, *given) if attend else {}) | by_jax(_attended[causal], *given)
            yield Row(name, size, call, theirs, flops=work * share, rtol=1e-3)
            call = partial(back, *given, dout)
            peers = _rival(_gradients(attend, 3), *given, dout) if attend else {}
            yield Row(f"{name} both", size, call, peers, flops=3.5 * work * share, rtol=1e-3)


def _blocks(large: bool) -> Iterator[Row]:
    n, t, d, h = (4, 256, 256, 8) if large else (8, 48, 48, 4)
    x, dy, f = floats(n, t, d), floats(n, t, d), 4 * d
    maps = [floats(d, d, scale=d**-0.5) for _ in range(4)]
    mlp = [floats(f, d, scale=d**-0.5), floats(f), floats(d, f, scale=f**-0.5), floats(d)]
    scale = [np.ones(d, np.float32), floats(d)]
    weights = (*scale, *maps, *(part.copy() for part in scale), *mlp)
    mask, size = ref.causal_mask(t, t), f"{n}x{t}x{d}"
    work = 2.0 * n * t * (4 * d * d + 2 * d * f + 2 * t * d)

    def forward(x: Tensor, *weights: Tensor) -> Tensor:
        g1, s1, wq, wk, wv, wo, g2, s2, w1, b1, w2, b2 = weights
        seen = nn.layer_norm(x, (d,), g1, s1)
        q, k, v = (
            nn.linear(seen, w).reshape(n, t, h, d // h).transpose(1, 2) for w in (wq, wk, wv)
        )
        found = nn.scaled_dot_product_attention(q, k, v, is_causal=True)
        middle = x + nn.linear(found.transpose(1, 2).reshape(n, t, d), wo)
        inner = nn.linear(nn.layer_norm(middle, (d,), g2, s2), w1, b1)
        return middle + nn.linear(nn.gelu(inner, approximate="tanh"), w2, b2)

    call: Call = partial(ref.transformer_block, x, weights, h, mask)
    peers = _rival(forward, x, *weights)
    yield Row("transformer block", size, call, peers, flops=work, rtol=1e-3)

    def ours() -> Tensor:
        dx, gradients = ref.block_backward(x, weights, h, dy, mask)
        return dx, *gradients

    peers = _rival(_gradients(forward, 13), x, *weights, dy)
    yield Row("transformer block both", size, ours, peers, flops=3 * work, rtol=2e-3)


def _ends(large: bool) -> Iterator[Row]:
    n, h, t, d = (2, 8, 512, 64) if large else (4, 4, 32, 16)
    x, places = floats(n, h, t, d), np.arange(t)

    def turned(x: Tensor) -> Tensor:
        rates = 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
        angle = torch.arange(t)[:, None] * rates
        pairs = torch.view_as_complex(x.reshape(n, h, t, d // 2, 2))
        rotation = torch.polar(torch.ones_like(angle), angle).to(torch.complex64)
        return torch.view_as_real(pairs * rotation).reshape(n, h, t, d)

    call: Call = partial(ref.rotary_positions, x, places)
    size = f"{n}x{h}x{t}x{d}"
    yield Row("rotary positions", size, call, _rival(turned, x), bytes=8.0 * x.size, rtol=1e-3)
    rows, size_v = (2048, 1000) if large else (192, 40)
    logits = floats(8, rows // 8, size_v)
    tokens = RNG.integers(0, size_v, logits.shape[:2])

    def scored(logits: Tensor, tokens: Tensor) -> Tensor:
        given = logits.detach().requires_grad_()
        flat = given[:, :-1].reshape(-1, size_v)
        loss = nn.cross_entropy(flat, tokens[:, 1:].reshape(-1))
        return loss.detach(), torch.autograd.grad(loss, given)[0]

    call = partial(ref.next_token_loss, logits, tokens)
    yield Row("next token loss", f"{rows}x{size_v}", call, _rival(scored, logits, tokens),
              bytes=8.0 * logits.size, rtol=1e-3)  # fmt: skip
    g, s = (8, 1024) if large else (4, 64)
    width = d
    kept = floats(n, g, s, width), floats(n, g, s, width)
    one, full = floats(n, h * width), h * width
    maps = [floats(full, full, scale=full**-0.5) for _ in range(4)]

    def step(one: Tensor, keys: Tensor, values: Tensor, *maps: Tensor) -> Tensor:
        rates = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
        rotation = torch.polar(torch.ones_like(rates), s * rates).to(torch.complex64)
        q, k, v = (nn.linear(one, w).reshape(n, h, 1, width) for w in maps[:3])
        q, k = (
            torch.view_as_real(
                torch.view_as_complex(part.reshape(n, h, 1, width // 2, 2)) * rotation
            ).reshape(n, h, 1, width)
            for part in (q, k)
        )
        keys, values = torch.cat([keys, k], 2), torch.cat([values, v], 2)
        found = nn.scaled_dot_product_attention(q, keys, values)
        return nn.linear(found.reshape(n, full), maps[3]), keys, values

    given: Tensor = (one, *kept, *maps, h)
    call = partial(ref.kv_cache_step, *given)
    moved = 16.0 * kept[0].size + 16.0 * full * full
    yield Row("cache step", f"{n}x{g}x{s}x{width}", call, _rival(step, one, *kept, *maps),
              bytes=moved, rtol=1e-3)  # fmt: skip
