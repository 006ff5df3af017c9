# mypy: allow-untyped-defs
"""Attention in blocks: no array of all pairs of positions is ever made.

Scores of a block stand with the keys downwards and the queries side by side. So the softmax, which
runs over the keys, is a loop over rows that takes many queries at a time, and every product is an
`outer` of the tables of `gemm`: nothing is copied but the block's queries, turned.

Arrays lie as ``(N, T, heads, width)`` or as ``(N, heads, T, width)``: a place is given by three
strides, of sample, head and position. Heads that share a group of keys read the same ones.

Forward, some queries of a head are a job; backward, all of a group's heads are: each job owns what
it writes and goes through the blocks in order, so 1 and N threads give the same bits.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import INSERTED, PARALLEL, SERIAL, njit, prange
from reference.kernels.gemm import LITTLE, dot, outer, steps, tiles
from reference.kernels.move import turn
from reference.kernels.vector import exp_normal, larger, largest, like, log
from reference.kernels.vector import total as whole

__all__ = ["CAUSAL", "EVERYWHERE", "MASKED", "attend", "attend_back", "by_head", "by_position"]

Array = NDArray[Any]
Strides = tuple[int, int, int]

QUERIES, KEYS = 64, 96
"""Of a block: its scores, the queries and the keys stay in the second cache."""

FEW = 8
"""Queries of a block, at most, that stand below one another, the keys side by side."""

EVERYWHERE, CAUSAL, MASKED = range(3)
"""Who may look where: all, those before and oneself (the queries are the last positions), a mask.
"""


def by_head(x: Array) -> Strides:
    """Return the strides of sample, head and position of x, of shape (N, H, T, D)."""
    _, heads, length, width = x.shape
    return heads * length * width, length * width, width


def by_position(x: Array, width: int) -> Strides:
    """Return the same where x has the shape (N, T, H*D): heads side by side, of that width."""
    return x.shape[1] * x.shape[2], width, x.shape[2]


@njit(**INSERTED)
def _weight(x, least):
    """Return exp(x), and 0 below `least`: to make numbers too small for their type is slow."""
    found = exp_normal(x if x > least else least)  # NaN too: it must not become an integer
    found = like(x, 0) if x < least else found
    return found if x == x else x


@njit(**SERIAL)
def _hide(scores, count, wide, mode, mask, first, key, place):
    """Set what is hidden in a block to -inf; `place` is the position of its first query."""
    nothing = like(scores[0], -np.inf)
    for r in range(count):
        row = scores[r * wide : (r + 1) * wide]
        if mode == CAUSAL:
            row[: max(0, key + r - place)] = nothing
        elif mode == MASKED:
            for i in range(wide):
                if not mask[first + i, key + r]:
                    row[i] = nothing


@njit(**SERIAL)
def _turned(source, at, apart, count, width, factor, target):
    """Write `count` lines of a `width`, times a factor, side by side."""
    turn(target, 0, count, source, at, apart, count, width)
    for i in range(count * width):
        target[i] *= factor


@njit(**SERIAL)
def _queries(tile, first, wide, q, k, v, at, apart, tables, sizes, how, mask, out, logs):
    """Attend from `wide` queries of one head, from `first` on: see `attend`.

    `at` are the starts of q, k, v and out; `apart` the strides of their positions, of which
    `tables` are the tables; `logs` takes the logarithm of the sum of each query, of a head's own.
    """
    length, seen, deep, broad = sizes[0], sizes[1], sizes[2], sizes[3]
    mode, factor, least = how
    rows, singles, values = tables
    place, most = seen - length + first, min(KEYS, seen)
    turned = np.empty(deep * wide, q.dtype)
    _turned(q, at[0] + first * apart[0], apart[0], wide, deep, factor, turned)
    scores = np.empty(most * wide, q.dtype)
    found, total = np.zeros(broad * wide, q.dtype), np.zeros(wide, q.dtype)
    top, less, anchor = np.empty(wide, q.dtype), np.empty(wide, q.dtype), np.empty(wide, q.dtype)
    zero, nothing = like(q[0], 0), like(q[0], -np.inf)
    for i in range(wide):
        top[i] = nothing
    across = steps(max(most, deep, broad), wide)
    end = min(seen, place + wide) if mode == CAUSAL else seen
    for key in range(0, end, KEYS):
        count = min(KEYS, end - key)
        block, line = k[at[1] + key * apart[1] :], across[:count]
        # fmt: off
        outer(tile, block, rows[:count], singles[:deep], turned, across[:deep], wide,
              scores, line, False)
        # fmt: on
        if mode == MASKED or (mode == CAUSAL and key + count > place + 1):
            _hide(scores, count, wide, mode, mask, first, key, place)
        for i in range(wide):
            less[i] = top[i]
        for r in range(count):
            row = scores[r * wide : (r + 1) * wide]
            for i in range(wide):
                top[i] = larger(top[i], row[i])
        for i in range(wide):
            anchor[i] = top[i] if top[i] != nothing else zero
            less[i] = _weight(less[i] - anchor[i], least)
            total[i] *= less[i]
        for r in range(count):
            row = scores[r * wide : (r + 1) * wide]
            for i in range(wide):
                row[i] = _weight(row[i] - anchor[i], least)
            for i in range(wide):
                total[i] += row[i]
        if key > 0:
            for e in range(broad):
                line = found[e * wide : (e + 1) * wide]
                for i in range(wide):
                    line[i] *= less[i]
        block, line = v[at[2] + key * apart[2] :], across[:count]
        # fmt: off
        outer(tile, block, singles[:broad], values[:count], scores, line, wide,
              found, across[:broad], True)
        # fmt: on
    for i in range(wide):
        less[i] = like(q[0], 1) / total[i] if total[i] != zero else zero
        logs[first + i] = top[i] + log(total[i]) if total[i] != zero else like(q[0], np.inf)
    for e in range(broad):
        line = found[e * wide : (e + 1) * wide]
        for i in range(wide):
            line[i] *= less[i]
    turn(out, at[3] + first * apart[3], apart[3], found, 0, wide, broad, wide)


@njit(**SERIAL)
def _few_queries(tile, first, wide, q, k, v, at, apart, tables, sizes, how, mask, out, logs):
    """Do what `_queries` does, with the keys side by side: few queries would not fill a vector."""
    length, seen, deep, broad = sizes[0], sizes[1], sizes[2], sizes[3]
    mode, factor, least = how
    rows, singles, values = tables
    place, most = seen - length + first, min(KEYS, seen)
    asked, scores = np.empty(wide * deep, q.dtype), np.empty(wide * most, q.dtype)
    found, top, total = np.zeros(wide * broad, q.dtype), np.empty(wide, q.dtype), np.zeros(wide)
    zero, nothing = like(q[0], 0), like(q[0], -np.inf)
    for i in range(wide):
        top[i] = nothing
        start = at[0] + (first + i) * apart[0]
        for d in range(deep):
            asked[i * deep + d] = q[start + d] * factor
    lines, down, across = steps(wide, deep), steps(wide, most), steps(wide, broad)
    end = min(seen, place + wide) if mode == CAUSAL else seen
    for key in range(0, end, KEYS):
        count = min(KEYS, end - key)
        block = k[at[1] + key * apart[1] :]
        # fmt: off
        dot(tile, asked, lines, lines[:1], block, rows[:count], lines[:1], deep,
            scores, down, False)
        # fmt: on
        for i in range(wide):
            row = scores[i * most : i * most + count]
            if mode == CAUSAL:
                row[max(0, place + i + 1 - key) :] = nothing
            elif mode == MASKED:
                for r in range(count):
                    if not mask[first + i, key + r]:
                        row[r] = nothing
            new = larger(top[i], largest(row))
            anchor = new if new != nothing else zero
            less, top[i] = _weight(top[i] - anchor, least), new
            for r in range(count):
                row[r] = _weight(row[r] - anchor, least)
            total[i] = total[i] * less + whole(row)
            if key > 0:
                line = found[i * broad : (i + 1) * broad]
                for e in range(broad):
                    line[e] *= less
        block = v[at[2] + key * apart[2] :]
        # fmt: off
        outer(tile, scores, down, singles[:count], block, values[:count], broad,
              found, across, True)
        # fmt: on
    for i in range(wide):
        mass = like(q[0], total[i])
        less = like(mass, 1) / mass if mass != zero else zero
        logs[first + i] = top[i] + log(mass) if mass != zero else like(mass, np.inf)
        start = at[3] + (first + i) * apart[3]
        for e in range(broad):
            out[start + e] = found[i * broad + e] * less


@njit(**SERIAL)
def _starts(strides, n, h, g):
    """Return where sample n has head h, and of the second and third array the group g."""
    at = np.empty(len(strides), np.int64)
    for i in range(len(strides)):
        at[i] = n * strides[i, 0] + (g if i in (1, 2) else h) * strides[i, 1]
    return at


def _forward(tile, blocks, heads, share, q, k, v, strides, sizes, how, mask, out, logs):
    apart, seen = strides[:, 2], sizes[1]
    most, wide = min(KEYS, seen), max(min(KEYS, seen), sizes[2], sizes[3])
    tables = steps(most, apart[1]), steps(wide, 1), steps(most, apart[2])
    for job in prange(len(logs) * blocks):
        n, h, block = job // blocks // heads, job // blocks % heads, job % blocks
        at, first = _starts(strides, n, h, h // share), block * QUERIES
        some = min(QUERIES, sizes[0] - first)
        own = logs[job // blocks]
        # fmt: off
        if some <= FEW:
            _few_queries(tile, first, some, q, k, v, at, apart, tables, sizes, how, mask, out, own)
        else:
            _queries(tile, first, some, q, k, v, at, apart, tables, sizes, how, mask, out, own)
        # fmt: on


_forward_serial = njit(**SERIAL)(_forward)
_forward_parallel = njit(**PARALLEL)(_forward)


@functools.cache
def _least(dtype: Any) -> Any:
    """Return the number below which an exponential is not a normal number any more."""
    return np.log(np.finfo(dtype).tiny) + dtype.type(1)


def attend(
    q: Array,
    k: Array,
    v: Array,
    strides: tuple[Strides, ...],
    shape: tuple[int, int, int, int, int, int, int],
    mode: int,
    mask: Array,
    out: Array,
) -> Array:
    """Write what each query finds into `out`, and return the logarithms of the softmax' sums.

    `strides` are those of q, k, v and out; `shape` is samples, heads, groups, queries, keys, and
    the widths of keys and values. A query that sees nothing finds zeros, and its logarithm is inf.
    """
    samples, heads, groups, *sizes = shape
    length, seen, deep, broad = sizes
    logs = np.empty((samples * heads, length), q.dtype)
    if logs.size == 0 or broad == 0:
        return logs
    factor = q.dtype.type(1 / math.sqrt(deep))
    blocks = (length + QUERIES - 1) // QUERIES
    flat = (q.reshape(-1), k.reshape(-1), v.reshape(-1))
    small = logs.size * seen * (deep + broad) < LITTLE
    (_forward_serial if small else _forward_parallel)(
        tiles(q.dtype), blocks, heads, heads // groups, *flat, np.array(strides), np.array(sizes),
        (mode, factor, _least(q.dtype)), mask, out.reshape(-1), logs,
    )  # fmt: skip
    return logs


@njit(**INSERTED)
def _slopes(p, ds, count, wide, level, down, factor, least):
    """Turn scores into weights, and what comes down to these into what comes down to the scores."""
    for r in range(count):
        row, slope = p[r * wide : (r + 1) * wide], ds[r * wide : (r + 1) * wide]
        for i in range(wide):
            row[i] = _weight(row[i] - level[i], least)
            slope[i] = row[i] * (slope[i] - down[i]) * factor


@njit(**SERIAL)
def _head_back(
    tile, q, k, v, dout, out, at, apart, sizes, mode, mask, factor, least, logs, dq, dk, dv
):
    """Go back through one head: see `attend_back`. dq is written, dk and dv are added to.

    `at` and `apart` are of q, k, v, dout and out; dq, dk and dv lie as q, k and v do.
    """
    length, seen, deep, broad = sizes[0], sizes[1], sizes[2], sizes[3]
    kind = q.dtype
    turned, turned_up = np.empty(deep * length, kind), np.empty(broad * length, kind)
    _turned(q, at[0], apart[0], length, deep, factor, turned)
    _turned(dout, at[3], apart[3], length, broad, like(q[0], 1), turned_up)
    slant = np.zeros(length, kind)
    for i in range(length):
        up, there = at[3] + i * apart[3], at[4] + i * apart[4]
        for e in range(broad):
            slant[i] += dout[up + e] * out[there + e]
        start = at[0] + i * apart[0]
        for d in range(deep):
            dq[start + d] = like(q[0], 0)
    most, widest = min(KEYS, seen), min(QUERIES, length)
    p, ds = np.empty(most * widest, kind), np.empty(most * widest, kind)
    every = max(most, widest, deep, broad)
    singles, by_length = steps(every, 1), steps(max(deep, broad), length)
    k_rows, v_rows = steps(most, apart[1]), steps(most, apart[2])
    q_rows, up_rows = steps(widest, apart[0]), steps(widest, apart[3])
    for key in range(0, seen, KEYS):
        count = min(KEYS, seen - key)
        keys, values = k[at[1] + key * apart[1] :], v[at[2] + key * apart[2] :]
        dkeys, dvalues = dk[at[1] + key * apart[1] :], dv[at[2] + key * apart[2] :]
        start = 0
        if mode == CAUSAL:
            start = max(0, key - (seen - length)) // QUERIES * QUERIES
        # fmt: off
        for first in range(start, length, QUERIES):
            wide = min(QUERIES, length - first)
            place = seen - length + first
            across = steps(count, wide)
            outer(tile, keys, k_rows[:count], singles[:deep], turned[first:],
                  by_length[:deep], wide, p, across, False)
            if mode == MASKED or (mode == CAUSAL and key + count > place + 1):
                _hide(p, count, wide, mode, mask, first, key, place)
            outer(tile, values, v_rows[:count], singles[:broad], turned_up[first:],
                  by_length[:broad], wide, ds, across, False)
            level, down = logs[first : first + wide], slant[first : first + wide]
            _slopes(p, ds, count, wide, level, down, factor, least)
            ups, asked = dout[at[3] + first * apart[3] :], q[at[0] + first * apart[0] :]
            outer(tile, p, across, singles[:wide], ups, up_rows[:wide], broad,
                  dvalues, v_rows[:count], True)
            outer(tile, ds, across, singles[:wide], asked, q_rows[:wide], deep,
                  dkeys, k_rows[:count], True)
            answers = dq[at[0] + first * apart[0] :]
            outer(tile, ds, singles[:wide], across, keys, k_rows[:count], deep,
                  answers, q_rows[:wide], True)
        # fmt: on


def _backward(
    tile,
    heads,
    share,
    q,
    k,
    v,
    dout,
    out,
    strides,
    sizes,
    mode,
    mask,
    factor,
    least,
    logs,
    dq,
    dk,
    dv,
):
    groups = heads // share
    for job in prange(len(logs) // share):
        n, g = job // groups, job % groups
        for h in range(g * share, (g + 1) * share):
            at = _starts(strides, n, h, g)
            _head_back(
                tile, q, k, v, dout, out, at, strides[:, 2], sizes, mode, mask, factor, least,
                logs[n * heads + h], dq, dk, dv,
            )  # fmt: skip


_backward_serial = njit(**SERIAL)(_backward)
_backward_parallel = njit(**PARALLEL)(_backward)


def attend_back(
    q: Array,
    k: Array,
    v: Array,
    dout: Array,
    out: Array,
    strides: tuple[Strides, ...],
    shape: tuple[int, int, int, int, int, int, int],
    mode: int,
    mask: Array,
    logs: Array,
) -> tuple[Array, Array, Array]:
    """Return the gradients of q, k and v; `out` and `logs` are what `attend` gave.

    `strides` are those of q, k, v, dout and out. The gradients lie as q, k and v do.
    """
    _, heads, groups, *sizes = shape
    _, seen, deep, broad = sizes
    dq, dk, dv = np.empty_like(q), np.zeros_like(k), np.zeros_like(v)
    if logs.size == 0 or broad == 0:
        return np.zeros_like(q), dk, dv
    factor = q.dtype.type(1 / math.sqrt(deep))
    flat = tuple(part.reshape(-1) for part in (q, k, v, dout, out))
    small = logs.size * seen * (deep + broad) < LITTLE // 4
    (_backward_serial if small else _backward_parallel)(
        tiles(q.dtype), heads, heads // groups, *flat, np.array(strides), np.array(sizes),
        mode, mask, factor, _least(q.dtype), logs, dq.reshape(-1), dk.reshape(-1), dv.reshape(-1),
    )  # fmt: skip
    return dq, dk, dv
