# mypy: allow-untyped-defs
"""LSTM, its variants and the GRU: the kernels behind `solutions.lstm.chapter`.

The weights are copied once into panels, in the order in which every step reads them. A step is the
products with h and x and then the cell; the gradients of the weights and the inputs are one product
for the whole sequence. A sequence is independent of the others in its batch: one job takes some
samples from the first step to the last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import INSERTED, PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import by_panels, matmul, paneled, steps, tiles
from reference.kernels.move import put
from reference.kernels.vector import sigmoid, tanh

__all__ = [
    "chrono_bias",
    "clip_together",
    "deep_lstm",
    "forget_bias_init",
    "forget_gate",
    "gru_backward",
    "gru_step",
    "lstm_backward",
    "lstm_coupled_step",
    "lstm_forward",
    "lstm_gates",
    "lstm_peephole_step",
    "lstm_slopes",
    "lstm_step",
    "lstm_step_backward",
    "lstm_tape",
    "lstm_windows",
    "memory_weights",
    "which_layout",
]

Array = NDArray[Any]

UNMASKED = np.empty((0, 0), np.bool_)


def _sums(x: Array, h: Array, w: Array) -> tuple[Array, Array]:
    """Return [h, x] and the gates' sums of it, without bias."""
    seen = np.concatenate([h, x], axis=1)
    return seen, matmul(seen, w, np.empty((len(h), len(w)), h.dtype), turn_b=True)


# --- gates ---------------------------------------------------------------------------------------


@njit(**SERIAL)
def _squash(a, b, first, last):
    """Turn sums without bias into gates; those in columns first ... last-1 are candidates."""
    for n in range(a.shape[0]):
        row, g, o = a[n], a[n, first:last], a[n, last:]
        for j in range(b.size):
            row[j] += b[j]
        for j in range(first):
            row[j] = sigmoid(row[j])
        for j in range(g.size):
            g[j] = tanh(g[j])
        for j in range(o.size):
            o[j] = sigmoid(o[j])


@contract("x (N, D), h (N, H), w (4*H, H+D), b (4*H)")
def forget_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.forget_gate`."""
    hidden = h.shape[1]
    _, gate = _sums(x, h, w[:hidden])
    _squash(gate, b[:hidden], 0, 0)
    return gate


@contract("x (N, D), h (N, H), w (4*H, H+D), b (4*H)")
def lstm_gates(x: Array, h: Array, w: Array, b: Array) -> tuple[Array, ...]:
    """See `solutions.lstm.chapter.lstm_gates`."""
    hidden = h.shape[1]
    _, gates = _sums(x, h, w)
    _squash(gates, b, 2 * hidden, 3 * hidden)
    return tuple(part.copy() for part in np.split(gates, 4, axis=1))


@contract("hidden int >= 1, value real")
def forget_bias_init(hidden: int, value: float = 1.0) -> Array:
    """See `solutions.lstm.chapter.forget_bias_init`."""
    return np.repeat([float(value), 0.0, 0.0, 0.0], hidden)


@contract("horizons (H) > 1")
def chrono_bias(horizons: Array) -> Array:
    """See `solutions.lstm.chapter.chrono_bias`."""
    keep = np.log(horizons - 1)
    return np.concatenate([keep, -keep, np.zeros(2 * len(keep), keep.dtype)])


# --- the LSTM over a sequence --------------------------------------------------------------------


@njit(**INSERTED)
def _quarters(row):
    """Return the blocks f, i, g and o of a row."""
    hidden = row.size // 4
    return row[:hidden], row[hidden : 2 * hidden], row[2 * hidden : 3 * hidden], row[3 * hidden :]


@njit(**SERIAL)
def _cells(a, b, c, c_new, h_new):
    """Turn sums without bias, in `a`, into gates, and c into the next c and h."""
    hidden = c.shape[1]
    _squash(a, b, 2 * hidden, 3 * hidden)
    for n in range(a.shape[0]):
        old, new, shown = c[n], c_new[n], h_new[n]
        f, i, g, o = _quarters(a[n])
        for j in range(hidden):
            new[j] = f[j] * old[j] + i[j] * g[j]
        for j in range(hidden):
            shown[j] = o[j] * tanh(new[j])


@njit(**SERIAL)
def _stand_still(real, first, last, h, c, h_new, c_new):
    """Hand on the states of the samples whose step is no real one."""
    for n in range(first, last):
        if not real[n]:
            put(h_new[n], h[n])
            put(c_new[n], c[n])


@njit(**SERIAL)
def _lstm_samples(tile, first, last, mask, x, h0, c0, panels, b, gates, hs, cs):
    """Run the samples first ... last-1. `gates` keeps those of every step, or has room for one."""
    (length, _, inputs), hidden = x.shape, h0.shape[1]
    along = steps(max(hidden, inputs), 1)
    by_h, by_x = steps(last, hidden)[first:], steps(last, inputs)[first:]
    places = steps(last, b.size)[first:]
    from_h, from_x = along[:hidden], along[:inputs]
    for t in range(length):
        before = h0 if t == 0 else hs[t - 1]
        h, now = before.reshape(-1), x[t].reshape(-1)
        gate = gates[t % gates.shape[0]]
        sums = gate.reshape(-1)
        by_panels(tile, h, by_h, from_h, panels, 0, b.size, sums, places, False)
        by_panels(tile, now, by_x, from_x, panels, hidden, b.size, sums, places, True)
        old = c0 if t == 0 else cs[t - 1]
        _cells(gate[first:last], b, old[first:last], cs[t, first:last], hs[t, first:last])
        if mask.size:
            _stand_still(mask[t], first, last, before, old, hs[t], cs[t])


@njit(**PARALLEL)
def _lstm_run_parallel(tile, jobs, mask, x, h0, c0, panels, b, gates, hs, cs):
    """See `_lstm_samples`; some samples per job, from the first step to the last."""
    batch = h0.shape[0]
    for job in prange(jobs):
        first, last = job * batch // jobs, (job + 1) * batch // jobs
        _lstm_samples(tile, first, last, mask, x, h0, c0, panels, b, gates, hs, cs)


def _real(mask: Any, x: Array) -> Array:
    """Return the truth values of a mask, or none at all where there is no mask."""
    if mask is None:
        return UNMASKED
    found = np.asarray(mask)
    if found.dtype.kind not in "biu":
        raise TypeError(f"expected mask of shape (T, N) as truth values, got {found.dtype}")
    if found.shape != x.shape[:2]:
        raise ValueError(f"expected mask of shape (T, N) = {x.shape[:2]}, got {found.shape}")
    return np.ascontiguousarray(found, np.bool_)


def _lstm_run(
    kept: int, x: Array, h0: Array, c0: Array, w: Array, b: Array, mask: Array = UNMASKED
) -> tuple[Array, Array, Array]:
    """Return the gates of the last `kept` steps, and the states; all of one dtype."""
    length, batch, _ = x.shape
    gates = np.empty((kept, batch, len(w)), x.dtype)
    hs = np.empty((length, *h0.shape), x.dtype)
    cs = np.empty_like(hs)
    tile, rest = tiles(x.dtype), (mask, x, h0, c0, paneled(w, len(w), True), b, gates, hs, cs)
    if length * batch * w.size < 16 * SMALL:
        _lstm_samples(tile, 0, batch, *rest)
    else:
        _lstm_run_parallel(tile, min(batch, numba.get_num_threads()), *rest)
    return gates, hs, cs


@contract("x (T, N, D), h0 (N, H), c0 (N, H), w (4*H, H+D), b (4*H)", "T >= 1")
def lstm_tape(x: Array, h0: Array, c0: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    """Return the gates of each step beside what `lstm_forward` returns; all of one dtype."""
    return _lstm_run(len(x), x, h0, c0, w, b)


@contract("x (T, N, D), h0 (N, H), c0 (N, H), w (4*H, H+D), b (4*H), mask any", "T >= 1")
def lstm_forward(
    x: Array, h0: Array, c0: Array, w: Array, b: Array, mask: Array | None = None
) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_forward`."""
    # One step's gates stay in the cache.
    _, hs, cs = _lstm_run(1, x, h0, c0, w, b, _real(mask, x))
    return hs, cs


@contract("x (N, D), h (N, H), c (N, H), w (4*H, H+D), b (4*H)")
def lstm_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_step`."""
    h_new, c_new = np.empty_like(h), np.empty_like(c)
    _cells(_sums(x, h, w)[1], b, c, c_new, h_new)
    return h_new, c_new


@njit(**SERIAL)
def _cells_back(a, c, c_new, dh, dc):
    """Turn the gates into the gradients of their sums, and dc into that of the old c."""
    one = a.dtype.type(1)
    for n in range(a.shape[0]):
        old, new, slope, carried = c[n], c_new[n], dh[n], dc[n]
        f, i, g, o = _quarters(a[n])
        for j in range(old.size):
            shown = tanh(new[j])
            into = carried[j] + slope[j] * o[j] * (one - shown * shown)
            o[j] = slope[j] * shown * o[j] * (one - o[j])
            carried[j] = into * f[j]
            f[j] = into * old[j] * f[j] * (one - f[j])
            by_i = into * g[j] * i[j] * (one - i[j])
            g[j] = into * i[j] * (one - g[j] * g[j])
            i[j] = by_i


@njit(**SERIAL)
def _samples_back(tile, first, last, mask, c0, cs, panels, gates, dhs, dc, dh):
    """Go back through the samples first ... last-1: `gates` become the gradients of the sums."""
    past = np.empty((2, *dh.shape), dh.dtype) if mask.size else np.empty((2, 0, 0), dh.dtype)
    hidden = c0.shape[1]
    by_sums, by_h = steps(last, 4 * hidden)[first:], steps(last, hidden)[first:]
    along = steps(4 * hidden, 1)
    for t in range(cs.shape[0] - 1, -1, -1):
        for n in range(first, last):
            for j in range(hidden):
                dh[n, j] += dhs[t, n, j]
        if mask.size:
            for n in range(first, last):
                put(past[0, n], dh[n])
                put(past[1, n], dc[n])
        old, new, slope = c0 if t == 0 else cs[t - 1], cs[t, first:last], dh[first:last]
        _cells_back(gates[t, first:last], old[first:last], new, slope, dc[first:last])
        sums, below = gates[t].reshape(-1), dh.reshape(-1)
        by_panels(tile, sums, by_sums, along, panels, 0, hidden, below, by_h, False)
        if mask.size:
            _stand_still(mask[t], first, last, past[0], past[1], dh, dc)
            for n in range(first, last):
                if not mask[t, n]:
                    gates[t, n] = 0


@njit(**PARALLEL)
def _back_parallel(tile, jobs, mask, c0, cs, panels, gates, dhs, dc, dh):
    """See `_samples_back`; some samples per job."""
    batch = c0.shape[0]
    for job in prange(jobs):
        first, last = job * batch // jobs, (job + 1) * batch // jobs
        _samples_back(tile, first, last, mask, c0, cs, panels, gates, dhs, dc, dh)


@contract(
    "tape tuple((T, N, 4*H), (T, N, H), (T, N, H)), x (T, N, D), h0 (N, H), c0 (N, H), "
    "w (4*H, H+D), dhs (T, N, H), dc (N, H)",
)
def lstm_slopes(
    tape: tuple[Array, Array, Array],
    x: Array,
    h0: Array,
    c0: Array,
    w: Array,
    dhs: Array,
    dc: Array,
) -> tuple[Array, Array, Array, Array, Array]:
    """Go back along what `lstm_tape` returned, and use it up; `dc` is the last cell's gradient.

    Returns the gradients of the gates' sums, a row per step and sample, and of h0, c0, w and b.
    """
    return _slopes(tape, x, h0, c0, w, dhs, dc, UNMASKED)


def _slopes(
    tape: tuple[Array, Array, Array],
    x: Array,
    h0: Array,
    c0: Array,
    w: Array,
    dhs: Array,
    dc: Array,
    mask: Array,
) -> tuple[Array, Array, Array, Array, Array]:
    gates, hs, cs = tape
    (length, batch, _), hidden = x.shape, h0.shape[1]
    dh, dc, dw = np.zeros_like(h0), dc.copy(), np.empty_like(w)
    rest = mask, c0, cs, paneled(w, hidden), gates, dhs, dc, dh
    if length * batch * w.size < 16 * SMALL:
        _samples_back(tiles(x.dtype), 0, batch, *rest)
    else:
        _back_parallel(tiles(x.dtype), min(batch, numba.get_num_threads()), *rest)
    sums = gates.reshape(length * batch, 4 * hidden)
    seen = np.concatenate([np.concatenate([h0[None], hs[:-1]]), x], axis=2)
    matmul(sums, seen.reshape(len(sums), seen.shape[2]), dw, turn_a=True)
    return sums, dh, dc, dw, np.add.reduce(sums, axis=0)


def _back(
    x: Array, h0: Array, c0: Array, w: Array, b: Array, dhs: Array, real: Array
) -> tuple[tuple[Array, ...], Array, Array]:
    """Return the five gradients of a run, and its last states."""
    tape = _lstm_run(len(x), x, h0, c0, w, b, real)
    sums, dh, dc, dw, db = _slopes(tape, x, h0, c0, w, dhs, np.zeros_like(c0), real)
    into, dx = np.ascontiguousarray(w[:, h0.shape[1] :]), np.empty_like(x)
    matmul(sums, into, dx.reshape(len(sums), x.shape[2]))
    return (dx, dh, dc, dw, db), tape[1][-1], tape[2][-1]


_RUN = "x (T, N, D), h0 (N, H), c0 (N, H), w (4*H, H+D), b (4*H), dhs (T, N, H)"


@contract(f"{_RUN}, mask any", "T >= 1")
def lstm_backward(
    x: Array,
    h0: Array,
    c0: Array,
    w: Array,
    b: Array,
    dhs: Array,
    mask: Array | None = None,
) -> tuple[Array, ...]:
    """See `solutions.lstm.chapter.lstm_backward`."""
    return _back(x, h0, c0, w, b, dhs, _real(mask, x))[0]


@contract(f"{_RUN}, k int >= 1, mask any", "T >= 1")
def lstm_windows(
    x: Array,
    h0: Array,
    c0: Array,
    w: Array,
    b: Array,
    dhs: Array,
    k: int,
    mask: Array | None = None,
) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.lstm.chapter.lstm_windows`."""
    h, c, dx, real = h0, c0, np.empty_like(x), _real(mask, x)
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for first in range(0, len(x), k):
        part = slice(first, first + k)
        found, h, c = _back(x[part], h, c, w, b, dhs[part], real[part])
        dx[part] = found[0]
        dw += found[3]
        db += found[4]
    return dx, dw, db, h.copy(), c.copy()


@contract("x (T, N, D), layers any, mask any -> x", "T >= 1")
def deep_lstm(x: Array, layers: Any, mask: Array | None = None) -> Array:
    """See `solutions.lstm.chapter.deep_lstm`."""
    real, kind = None if mask is None else _real(mask, x), x.dtype
    if not isinstance(layers, Sequence) or not layers:
        raise ValueError("expected layers as a list of lists of (w, b), one layer at least")
    for readers in layers:
        if not isinstance(readers, Sequence) or len(readers) not in (1, 2):
            raise ValueError("expected each layer as a list of one or two (w, b)")
        found = []
        for way, reader in zip((1, -1), readers, strict=False):
            if not isinstance(reader, Sequence) or len(reader) != 2:
                raise ValueError("expected each reader as a tuple (w, b)")
            w, b = reader
            zeros = np.zeros((x.shape[1], np.size(b) // 4), x.dtype)
            turned = None if real is None else real[::way]
            found.append(lstm_forward(x[::way], zeros, zeros, w, b, turned)[0][::way])
        x = np.concatenate(found, axis=2)
    return x.astype(kind, copy=False)  # the layers may be in another


def _parted(joined: Array, hidden: int) -> tuple[Array, Array]:
    """Return what belongs to h and what belongs to x, each in an array of its own."""
    return joined[:, :hidden].copy(), joined[:, hidden:].copy()


@contract("x (N, D), h (N, H), c (N, H), w (4*H, H+D), b (4*H), dh (N, H), dc (N, H)")
def lstm_step_backward(
    x: Array, h: Array, c: Array, w: Array, b: Array, dh: Array, dc: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.lstm.chapter.lstm_step_backward`."""
    seen, sums = _sums(x, h, w)
    c_new, dc = np.empty_like(c), dc.copy()
    _cells(sums, b, c, c_new, np.empty_like(h))
    _cells_back(sums, c, c_new, dh, dc)
    dh_old, dx = _parted(matmul(sums, w, np.empty_like(seen)), h.shape[1])
    dw = matmul(sums, seen, np.empty_like(w), turn_a=True)
    return dx, dh_old, dc, dw, np.add.reduce(sums, axis=0)


# --- what a cell holds, whose weights these are, how long gradients are ---------------------------


@contract("f (T, N, H), i (T, N, H) -> f", "T >= 1")
def memory_weights(f: Array, i: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.memory_weights`."""
    kept = np.multiply.accumulate(f[::-1], axis=0)[::-1]
    steps = i.copy()
    steps[:-1] *= kept[1:]
    return kept[0].copy(), steps


@contract(
    "x double (N, D), h double (N, H), c double (N, H), w double (4*H, H+D), b double (4*H), "
    "h_new double (N, H), c_new double (N, H)",
    "N >= 1",
    "H >= 1",
)
def which_layout(
    x: Array, h: Array, c: Array, w: Array, b: Array, h_new: Array, c_new: Array
) -> str:
    """See `solutions.lstm.chapter.which_layout`."""
    for front, parts in (("hx", (h, x)), ("xh", (x, h))):
        sums = np.concatenate(parts, axis=1) @ w.T + b
        gates, values = np.split(0.5 + 0.5 * np.tanh(0.5 * sums), 4, axis=1), np.split(sums, 4, 1)
        for order in permutations("fgio"):
            f, g, i, o = (order.index(letter) for letter in "fgio")
            cell = gates[f] * c + gates[i] * np.tanh(values[g])
            gaps = cell - c_new, gates[o] * np.tanh(cell) - h_new
            if all(np.abs(gap).max() <= 1e-3 for gap in gaps):
                return f"{front} {''.join(order)}"
    return "unknown"


@contract("gradients list((...)), limit real > 0")
def clip_together(gradients: list[Array], limit: float) -> tuple[list[Array], float]:
    """See `solutions.lstm.chapter.clip_together`."""
    square = math.fsum(float(np.sum(np.square(g, dtype=float))) for g in gradients)
    if not math.isfinite(square):
        return [np.zeros_like(g) for g in gradients], math.sqrt(square)
    factor = limit / max(limit, math.sqrt(square))
    return [g * factor for g in gradients], math.sqrt(square)


# --- relatives -----------------------------------------------------------------------------------


@njit(**SERIAL)
def _peephole(a, b, c, p, h_new, c_new):
    """See `solutions.lstm.chapter.lstm_peephole_step`; `a` holds the sums without bias."""
    hidden = c.shape[1]
    for n in range(a.shape[0]):
        old, new, shown = c[n], c_new[n], h_new[n]
        f, i, g, o = _quarters(a[n])
        for j in range(b.size):
            a[n, j] += b[j]
        for j in range(hidden):
            f[j] = sigmoid(f[j] + p[0, j] * old[j])
        for j in range(hidden):
            i[j] = sigmoid(i[j] + p[1, j] * old[j])
        for j in range(hidden):
            new[j] = f[j] * old[j] + i[j] * tanh(g[j])
        for j in range(hidden):
            shown[j] = sigmoid(o[j] + p[2, j] * new[j]) * tanh(new[j])


@contract("x (N, D), h (N, H), c (N, H), w (4*H, H+D), b (4*H), p (3, H)")
def lstm_peephole_step(
    x: Array, h: Array, c: Array, w: Array, b: Array, p: Array
) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_peephole_step`."""
    h_new, c_new = np.empty_like(h), np.empty_like(c)
    _peephole(_sums(x, h, w)[1], b, c, p, h_new, c_new)
    return h_new, c_new


@njit(**SERIAL)
def _coupled(a, b, c, h_new, c_new):
    """See `solutions.lstm.chapter.lstm_coupled_step`; `a` holds the sums without bias."""
    hidden = c.shape[1]
    _squash(a, b, hidden, 2 * hidden)
    for n in range(a.shape[0]):
        f, g, o = a[n, :hidden], a[n, hidden : 2 * hidden], a[n, 2 * hidden :]
        old, new, shown = c[n], c_new[n], h_new[n]
        for j in range(hidden):
            new[j] = g[j] + f[j] * (old[j] - g[j])
        for j in range(hidden):
            shown[j] = o[j] * tanh(new[j])


@contract("x (N, D), h (N, H), c (N, H), w (3*H, H+D), b (3*H)")
def lstm_coupled_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_coupled_step`."""
    h_new, c_new = np.empty_like(h), np.empty_like(c)
    _coupled(_sums(x, h, w)[1], b, c, h_new, c_new)
    return h_new, c_new


# --- the gated recurrent unit --------------------------------------------------------------------


def _gru_gates(x: Array, h: Array, w: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """Return [h, x] and the gates z and r; [r * h, x] and the candidate."""
    hidden = h.shape[1]
    seen, zr = _sums(x, h, w[: 2 * hidden])
    _squash(zr, b[: 2 * hidden], 0, 0)
    kept = seen.copy()
    kept[:, :hidden] *= zr[:, hidden:]
    g = matmul(kept, w[2 * hidden :], np.empty_like(h), turn_b=True)
    _squash(g, b[2 * hidden :], 0, hidden)
    return seen, zr, kept, g


@contract("x (N, D), h (N, H), w (3*H, H+D), b (3*H)")
def gru_step(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.gru_step`."""
    _, zr, _, g = _gru_gates(x, h, w, b)
    g -= h
    g *= zr[:, : h.shape[1]]
    g += h
    return g


@contract("x (N, D), h (N, H), w (3*H, H+D), b (3*H), dh (N, H)")
def gru_backward(
    x: Array, h: Array, w: Array, b: Array, dh: Array
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.lstm.chapter.gru_backward`."""
    hidden = h.shape[1]
    seen, zr, kept, g = _gru_gates(x, h, w, b)
    z, r = zr[:, :hidden], zr[:, hidden:]
    dg = dh * z
    dh_old = dh - dg
    z[...] = dg * (g - h) * (1 - z)  # from here on, the gradients of the gates' sums
    g[...] = dg * (1 - g * g)
    dseen = matmul(g, w[2 * hidden :], np.empty_like(seen))
    by_kept = dseen[:, :hidden]
    by_kept *= r
    r[...] = by_kept * h * (1 - r)
    by_kept += dh_old
    matmul(zr, w[: 2 * hidden], dseen, add=True)
    dw = np.empty_like(w)
    matmul(zr, seen, dw[: 2 * hidden], turn_a=True)
    matmul(g, kept, dw[2 * hidden :], turn_a=True)
    dh_old, dx = _parted(dseen, hidden)
    return dx, dh_old, dw, np.concatenate([np.add.reduce(zr, axis=0), np.add.reduce(g, axis=0)])
