# mypy: allow-untyped-defs
"""Attention, a transformer block forward and backward, byte pairs: behind `solutions.attention`.

Attention itself is in `kernels.attention`, in blocks; projections are products, and heads are told
apart by where they lie: nothing is split, repeated or set side by side in memory.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.attention import (
    CAUSAL,
    EVERYWHERE,
    MASKED,
    attend,
    attend_back,
    by_head,
    by_position,
)
from reference.kernels.gemm import matmul
from reference.kernels.norms import by_rows, row_gradients
from reference.kernels.vector import exp, like, tanh
from reference.kernels.vector import sin as sine

__all__ = [
    "attention_backward",
    "block_backward",
    "byte_pair_encode",
    "causal_attention",
    "causal_attention_backward",
    "causal_mask",
    "kv_cache_step",
    "multi_head_attention",
    "multi_head_backward",
    "next_token_loss",
    "online_softmax",
    "rotary_positions",
    "scaled_dot_product_attention",
    "transformer_block",
    "transformer_costs",
    "which_attention",
]

Array = NDArray[Any]

EPS = 1e-5
"""What layer norm adds to the variance."""

NO_MASK = np.zeros((0, 0), bool)


def _mode(mask: Any, length: int, seen: int) -> tuple[int, Array]:
    """Return how the kernels are told of a mask, and the mask; None: everywhere."""
    if mask is None:
        return EVERYWHERE, NO_MASK
    given = np.asarray(mask)
    if given.dtype.kind not in "biuf" or isinstance(mask, np.ma.MaskedArray):
        raise TypeError(f"expected mask of truth values, got {given.dtype}")
    if given.shape != (length, seen):
        wanted = f"(T, S) with T = {length} as in the queries, S = {seen} as in the keys"
        raise ValueError(f"expected mask of shape {wanted}, got {given.shape}")
    if not np.isin(given, (0, 1)).all():
        raise ValueError("expected truth values, got other numbers than 0 and 1")
    return MASKED, np.array(given, bool, order="C")


# --- attention in heads ---------------------------------------------------------------------------


def _attention(q: Array, k: Array, v: Array, mode: int, mask: Array) -> tuple[Array, Array]:
    """Return what the queries find, and the logarithms that the way back needs."""
    out = np.empty((*q.shape[:3], v.shape[3]), q.dtype)
    strides = by_head(q), by_head(k), by_head(v), by_head(out)
    shape = (*q.shape[:2], k.shape[1], q.shape[2], k.shape[2], q.shape[3], v.shape[3])
    return out, attend(q, k, v, strides, shape, mode, mask, out)


def _attention_back(
    q: Array, k: Array, v: Array, dout: Array, mode: int, mask: Array
) -> tuple[Array, Array, Array]:
    out, logs = _attention(q, k, v, mode, mask)
    strides = by_head(q), by_head(k), by_head(v), by_head(dout), by_head(out)
    shape = (*q.shape[:2], k.shape[1], q.shape[2], k.shape[2], q.shape[3], v.shape[3])
    return attend_back(q, k, v, dout, out, strides, shape, mode, mask, logs)


@contract(
    "q (N, H, T, D), k (N, H, S, D), v (N, H, S, E), mask any -> q", "S >= 1", "D >= 1", "H >= 1"
)
def scaled_dot_product_attention(q: Array, k: Array, v: Array, mask: Any = None) -> Array:
    """See `solutions.attention.chapter.scaled_dot_product_attention`."""
    return _attention(q, k, v, *_mode(mask, q.shape[2], k.shape[2]))[0]


@contract("q (N, H, T, D), k (N, H, S, D), v (N, H, S, E)", "S >= T", "S >= 1", "D >= 1", "H >= 1")
def causal_attention(q: Array, k: Array, v: Array) -> Array:
    """Attend with the mask ``causal_mask(T, S)``, which is nowhere made."""
    return _attention(q, k, v, CAUSAL, NO_MASK)[0]


@contract(
    "q (N, H, T, D), k (N, H, S, D), v (N, H, S, E), dout (N, H, T, E), mask any -> q",
    "S >= 1",
    "D >= 1",
    "H >= 1",
)
def attention_backward(
    q: Array, k: Array, v: Array, dout: Array, mask: Any = None
) -> tuple[Array, Array, Array]:
    """See `solutions.attention.chapter.attention_backward`."""
    return _attention_back(q, k, v, dout, *_mode(mask, q.shape[2], k.shape[2]))


@contract(
    "q (N, H, T, D), k (N, H, S, D), v (N, H, S, E), dout (N, H, T, E)",
    "S >= T",
    "S >= 1",
    "D >= 1",
    "H >= 1",
)
def causal_attention_backward(
    q: Array, k: Array, v: Array, dout: Array
) -> tuple[Array, Array, Array]:
    """Carry a gradient back through `causal_attention`."""
    return _attention_back(q, k, v, dout, CAUSAL, NO_MASK)


@contract("queries int >= 0, keys int >= 0, window int? >= 1", "keys >= queries")
def causal_mask(queries: int, keys: int, window: int | None = None) -> NDArray[np.bool_]:
    """See `solutions.attention.chapter.causal_mask`."""
    seen = np.tri(queries, keys, keys - queries, dtype=bool)
    if window is not None:
        seen &= ~np.tri(queries, keys, keys - queries - window, dtype=bool)
    return seen


@contract("weights double (H, T, T)", "H >= 1", "T >= 3")
def which_attention(weights: Array) -> str:
    """See `solutions.attention.chapter.which_attention`."""
    corners = weights[0, 0, -1] > 0, weights[0, -1, 0] > 0, weights[0, -1, -1] > 0
    early = {
        (True, True): "no mask",
        (True, False): "mask turned round",
    }.get(corners[:2])
    if early or not corners[2]:
        return early or "mask hides itself"
    rows, columns = weights.sum(axis=2), weights.sum(axis=1)
    heads = weights.sum(axis=0)[np.tri(weights.shape[1], dtype=bool)]
    sums = {"right": rows, "softmax over queries": columns, "softmax over heads": heads}
    found = (name for name, each in sums.items() if np.abs(each - 1).max() < 2e-3)
    return next(found, "mask after softmax")


# --- the softmax in one pass ----------------------------------------------------------------------


@njit(**SERIAL)
def _online(top, total, scores, factor, p):
    """Fill the new maxima and sums, the factor of what was, and the weights of the block."""
    nothing, zero = like(scores[0, 0], -np.inf), like(scores[0, 0], 0)
    for i in range(len(top)):
        before, new = top[i], top[i]
        for j in range(scores.shape[1]):
            new = scores[i, j] if scores[i, j] > new or scores[i, j] != scores[i, j] else new
        anchor = new if new != nothing else zero
        factor[i] = exp(before - anchor)
        sums = total[i] * factor[i]
        for j in range(scores.shape[1]):
            p[i, j] = exp(scores[i, j] - anchor)
            sums += p[i, j]
        top[i], total[i] = new, sums


@contract("top (T), total (T), out (T, E), scores (T, B), v (B, E) -> scores", "B >= 1")
def online_softmax(
    top: Array, total: Array, out: Array, scores: Array, v: Array
) -> tuple[Array, Array, Array]:
    """See `solutions.attention.chapter.online_softmax`."""
    top, total, factor, p = top.copy(), total.copy(), np.empty_like(top), np.empty_like(scores)
    _online(top, total, scores, factor, p)
    found = out * factor[:, np.newaxis]
    return top, total, matmul(p, v, found, add=True) if found.size else found


# --- several heads --------------------------------------------------------------------------------


def _dense(x: Array, w: Array) -> Array:
    """Return x w.T along the last axis."""
    y = np.empty((*x.shape[:-1], len(w)), x.dtype)
    matmul(x.reshape(-1, x.shape[-1]), w, y.reshape(-1, len(w)), turn_b=True)
    return y


def _dense_back(dy: Array, x: Array, w: Array) -> tuple[Array, Array]:
    """Return the gradients of x and w."""
    dx, dw, rows = np.empty_like(x), np.empty_like(w), dy.reshape(-1, len(w))
    matmul(rows, w, dx.reshape(-1, x.shape[-1]))
    return dx, matmul(rows, x.reshape(-1, x.shape[-1]), dw, turn_a=True)


_HEADS = (
    "P >= 1",
    "R >= 1",
    "P % heads == 0",
    "R % (P // heads) == 0",
    "heads % (R // (P // heads)) == 0",
)


def _multi_head(
    x: Array, context: Array, wq: Array, wk: Array, wv: Array, heads: int, mode: int, mask: Array
) -> tuple[Any, ...]:
    """Return queries, keys, values, what the heads find side by side, its logarithms, the shape."""
    q, k, v = _dense(x, wq), _dense(context, wk), _dense(context, wv)
    width, found = len(wq) // heads, np.empty_like(q)
    strides = tuple(by_position(part, width) for part in (q, k, v, found))
    shape = len(x), heads, len(wk) // width, x.shape[1], context.shape[1], width, width
    return q, k, v, found, attend(q, k, v, strides, shape, mode, mask, found), shape


def _multi_head_back(
    tape: tuple[Any, ...],
    given: tuple[Array, ...],
    dout: Array,
    mode: int,
    mask: Array,
) -> tuple[Array, ...]:
    q, k, v, found, logs, shape = tape
    x, context, wq, wk, wv, wo = given
    dfound, dwo = _dense_back(dout, found, wo)
    strides = tuple(by_position(part, shape[-1]) for part in (q, k, v, dfound, found))
    dq, dk, dv = attend_back(q, k, v, dfound, found, strides, shape, mode, mask, logs)
    dx, dwq = _dense_back(dq, x, wq)
    dcontext, dwk = _dense_back(dk, context, wk)
    by_values, dwv = _dense_back(dv, context, wv)
    dcontext += by_values
    return dx, dcontext, dwq, dwk, dwv, dwo


@contract(
    "x (N, T, D), context (N, S, C), wq (P, D), wk (R, C), wv (R, C), wo (O, P), heads int >= 1, "
    "mask any -> x",
    "S >= 1",
    *_HEADS,
)
def multi_head_attention(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    mask: Any = None,
) -> Array:
    """See `solutions.attention.chapter.multi_head_attention`."""
    how = _mode(mask, x.shape[1], context.shape[1])
    return _dense(_multi_head(x, context, wq, wk, wv, heads, *how)[3], wo)


@contract(
    "x (N, T, D), context (N, S, C), wq (P, D), wk (R, C), wv (R, C), wo (O, P), heads int >= 1, "
    "dout (N, T, O), mask any -> x",
    "S >= 1",
    *_HEADS,
)
def multi_head_backward(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    dout: Array,
    mask: Any = None,
) -> tuple[Array, ...]:
    """See `solutions.attention.chapter.multi_head_backward`."""
    how = _mode(mask, x.shape[1], context.shape[1])
    tape = _multi_head(x, context, wq, wk, wv, heads, *how)
    return _multi_head_back(tape, (x, context, wq, wk, wv, wo), dout, *how)


# --- positions, and the cache ---------------------------------------------------------------------


def _turn_pairs(x, cos, sin, y):
    length, half = cos.shape
    for row in prange(x.size // max(1, 2 * half)):
        start, t = 2 * half * row, row % length
        across, up, left = cos[t], sin[t], x[start : start + 2 * half]
        out = y[start : start + 2 * half]
        for i in range(half):
            out[2 * i] = left[2 * i] * across[i] - left[2 * i + 1] * up[i]
            out[2 * i + 1] = left[2 * i] * up[i] + left[2 * i + 1] * across[i]


_turn_pairs_serial = njit(**SERIAL)(_turn_pairs)
_turn_pairs_parallel = njit(**PARALLEL)(_turn_pairs)


@njit(**SERIAL)
def _directions(angle, quarter, cos, sin):
    """Fill cosines and sines in float32: in float64 the digits lost on the way do not count."""
    for i in range(angle.size):
        cos[i], sin[i] = sine(angle[i] + quarter), sine(angle[i])


SINE_TO = 1e4
"""Angles up to which the sine of `kernels.vector` keeps its digits."""


def _rotate(x: Array, positions: Array, base: float) -> Array:
    """Turn pairs of neighbours in the last axis of x, of shape (..., T, D)."""
    width, y = x.shape[-1], np.empty_like(x)
    angle = positions[:, np.newaxis] * float(base) ** (np.arange(0, width, 2) / -max(width, 1))
    if x.dtype == np.float32 and angle.max(initial=0.0) < SINE_TO:
        cos, sin = np.empty((2, *angle.shape), x.dtype)
        _directions(angle.reshape(-1), math.pi / 2, cos.reshape(-1), sin.reshape(-1))
    else:
        cos, sin = (f(angle).astype(x.dtype, copy=False) for f in (np.cos, np.sin))
    run = _turn_pairs_serial if x.size < SMALL else _turn_pairs_parallel
    run(x.reshape(-1), cos, sin, y.reshape(-1))
    return y


@contract("x (N, H, T, D), positions int (T) >= 0, base real > 0 -> x", "D % 2 == 0")
def rotary_positions(x: Array, positions: Array, base: float = 10000.0) -> Array:
    """See `solutions.attention.chapter.rotary_positions`."""
    return _rotate(x, positions, base)


@contract(
    "x (N, D), keys (N, G, S, K), values (N, G, S, K), wq (heads*K, D), wk (G*K, D), wv (G*K, D), "
    "wo (O, heads*K), heads int >= 1, base real > 0 -> x",
    "G >= 1",
    "K >= 1",
    "K % 2 == 0",
    "heads % G == 0",
)
def kv_cache_step(
    x: Array,
    keys: Array,
    values: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    base: float = 10000.0,
) -> tuple[Array, Array, Array]:
    """See `solutions.attention.chapter.kv_cache_step`."""
    samples, groups, past, width = keys.shape
    place = np.array([past])
    q = _rotate(_dense(x, wq).reshape(samples, heads, 1, width), place, base)
    k = _rotate(_dense(x, wk).reshape(samples, groups, 1, width), place, base)
    keys = np.concatenate([keys, k], axis=2)
    values = np.concatenate([values, _dense(x, wv).reshape(k.shape)], axis=2)
    found = _attention(q, keys, values, EVERYWHERE, NO_MASK)[0]
    return _dense(found.reshape(samples, heads * width), wo), keys, values


# --- the block ------------------------------------------------------------------------------------

_WEIGHTS = (
    "weights tuple((D), (D), (P, D), (R, D), (R, D), (D, P), (D), (D), (F, D), (F), (D, F), (D))"
)


def _gelu(z, b, y):
    """Add the bias to z, and write the GELU of it."""
    for n in prange(len(z)):
        row, out = z[n], y[n]
        root, cube = like(b[0], math.sqrt(2 / math.pi)), like(b[0], 0.044715)
        half, one = like(b[0], 0.5), like(b[0], 1)
        for j in range(row.size):
            x = row[j] + b[j]
            row[j] = x
            out[j] = half * x * (one + tanh(root * (x + cube * x * x * x)))


_gelu_serial = njit(**SERIAL)(_gelu)
_gelu_parallel = njit(**PARALLEL)(_gelu)


def _gelu_back(z, dy):
    """Multiply dy by the derivative of the GELU at z."""
    for n in prange(len(z)):
        row, slope = z[n], dy[n]
        root, cube = like(z[0, 0], math.sqrt(2 / math.pi)), like(z[0, 0], 0.044715)
        half, one = like(z[0, 0], 0.5), like(z[0, 0], 1)
        thrice = like(z[0, 0], 3 * 0.044715)
        for j in range(row.size):
            x = row[j]
            t = tanh(root * (x + cube * x * x * x))
            inner = root * (one + thrice * x * x)
            slope[j] *= half * (one + t) + half * x * (one - t * t) * inner


_gelu_back_serial = njit(**SERIAL)(_gelu_back)
_gelu_back_parallel = njit(**PARALLEL)(_gelu_back)


def _halfway(
    x: Array, weights: tuple[Array, ...], heads: int, mode: int, mask: Array
) -> tuple[Any, ...]:
    """Return all that a block computes until its last dense map."""
    gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, _, _ = weights
    seen = by_rows(x, gamma1, beta1, True, EPS)
    tape = _multi_head(seen, seen, wq, wk, wv, heads, mode, mask)
    h = _dense(tape[3], wo)
    h += x
    into = by_rows(h, gamma2, beta2, True, EPS)
    z = _dense(into, w1)
    active, width = np.empty_like(z), len(w1)
    if z.size:
        run = _gelu_serial if z.size < SMALL else _gelu_parallel
        run(z.reshape(-1, width), b1, active.reshape(-1, width))
    return seen, tape, h, into, z, active


@contract(f"x (N, T, D), {_WEIGHTS}, heads int >= 1, mask any -> x", "T >= 1", "D >= 1", *_HEADS)
def transformer_block(x: Array, weights: tuple[Array, ...], heads: int, mask: Any = None) -> Array:
    """See `solutions.attention.chapter.transformer_block`."""
    _, _, h, _, _, active = _halfway(x, weights, heads, *_mode(mask, x.shape[1], x.shape[1]))
    y = _dense(active, weights[-2])
    y += weights[-1]
    y += h
    return y


@contract(
    f"x (N, T, D), {_WEIGHTS}, heads int >= 1, dy (N, T, D), mask any -> x",
    "T >= 1",
    "D >= 1",
    *_HEADS,
)
def block_backward(
    x: Array, weights: tuple[Array, ...], heads: int, dy: Array, mask: Any = None
) -> tuple[Array, tuple[Array, ...]]:
    """See `solutions.attention.chapter.block_backward`."""
    gamma1, _, wq, wk, wv, wo, gamma2, _, w1, _, w2, _ = weights
    how = _mode(mask, x.shape[1], x.shape[1])
    seen, tape, h, into, z, active = _halfway(x, weights, heads, *how)
    dz, dw2 = _dense_back(dy, active, w2)
    if z.size:
        run = _gelu_back_serial if z.size < SMALL else _gelu_back_parallel
        run(z.reshape(-1, len(w1)), dz.reshape(-1, len(w1)))
    dinto, dw1 = _dense_back(dz, into, w1)
    dh, dgamma2, dbeta2 = row_gradients(dinto, h, gamma2, EPS)
    dh += dy
    parts = _multi_head_back(tape, (seen, seen, wq, wk, wv, wo), dh, *how)
    dx, dgamma1, dbeta1 = row_gradients(parts[0] + parts[1], x, gamma1, EPS)
    dx += dh
    sums = (np.add.reduce(part, axis=(0, 1)) for part in (dz, dy))
    db1, db2 = sums
    return dx, (dgamma1, dbeta1, *parts[2:], dgamma2, dbeta2, dw1, db1, dw2, db2)


# --- tokens, and their loss -----------------------------------------------------------------------


def _pairs(tokens: Array) -> Array:
    """Return a number for each pair of neighbours; -1 where it overlaps an equal one before it."""
    first, second = tokens[:-1], tokens[1:]
    place = np.arange(len(first))
    start = np.maximum.accumulate(np.where(np.append(True, first[1:] != first[:-1]), place, 0))
    numbers = first * (1 << 31) + second
    numbers[(first == second) & ((place - start) % 2 == 1)] = -1
    return numbers


def _merged(tokens: Array, pair: int, new: int) -> Array:
    """Replace a pair, by its number, everywhere by one new token."""
    places = np.flatnonzero(_pairs(tokens) == pair) if len(tokens) > 1 else np.array([], int)
    tokens = tokens.copy()
    tokens[places] = new
    return np.delete(tokens, places + 1)


@contract("train int (L) >= 0 <= 255, count int >= 0, text int (J) >= 0 <= 255")
def byte_pair_encode(train: Array, count: int, text: Array) -> tuple[Array, Array]:
    """See `solutions.attention.chapter.byte_pair_encode`."""
    merges: list[int] = []
    while len(merges) < count and len(train) > 1:
        numbers = _pairs(train)
        found, first, often = np.unique(numbers, return_index=True, return_counts=True)
        often[found < 0] = 0
        if often.max() < 2:
            break
        merges.append(int(numbers[first[often == often.max()].min()]))
        train = _merged(train, merges[-1], 255 + len(merges))
        text = _merged(text, merges[-1], 255 + len(merges))
    table = np.array(merges, int)
    return np.stack([table >> 31, table & ((1 << 31) - 1)], axis=1), text.copy()


@contract("logits (N, T, V), tokens int (N, T) >= -1 < V", "V >= 1")
def next_token_loss(logits: Array, tokens: Array) -> tuple[float, Array]:
    """See `solutions.attention.chapter.next_token_loss`."""
    dlogits, labels = np.zeros_like(logits), tokens[:, 1:]
    counted = labels >= 0
    count = int(counted.sum())
    if count == 0:
        return 0.0, dlogits
    z = logits[:, :-1][counted]
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=1, keepdims=True)
    each = np.arange(count), labels[counted]
    loss = np.log(total[:, 0], dtype=float) - z[each]
    p /= total
    p[each] -= 1
    p /= count
    dlogits[:, :-1][counted] = p
    return float(loss.sum() / count), dlogits


@contract(
    "vocabulary int >= 1, context int >= 1, width int >= 1, layers int >= 0, heads int >= 1, "
    "groups int >= 1, hidden int >= 0",
    "width % heads == 0",
    "heads % groups == 0",
)
def transformer_costs(
    vocabulary: int, context: int, width: int, layers: int, heads: int, groups: int, hidden: int
) -> tuple[int, int, int]:
    """See `solutions.attention.chapter.transformer_costs`."""
    shared = width // heads * groups
    attention = [(width, width), (width, shared), (width, shared), (width, width)]
    maps = [*attention, (width, hidden), (hidden, width)]
    products = sum(a * b for a, b in maps)
    block = products + sum(b for _, b in maps) + 2 * (2 * width)
    parameters = vocabulary * width + context * width + layers * block + 2 * width
    cache = layers * 2 * context * shared * 2
    flops = layers * 2 * (products + 2 * context * width) + 2 * vocabulary * width
    return parameters, cache, flops
