"""LSTM, its variants and the GRU: the kernels behind `solutions.lstm.chapter`.

The weights are copied once into panels, in the order in which every step reads them. A step is the
products with h and x and then the cell; the gradients of the weights and the inputs are one product
for the whole sequence. A sequence is independent of the others in its batch: one job takes some
samples from the first step to the last.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from reference._emit import BYTES
from reference._gemm import VECTORS, _packed, matmul, outer, tiles, turned
from reference._jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference._vector import sigmoid, tanh

__all__ = [
    "candidate",
    "cell_update",
    "forget_bias_init",
    "forget_gate",
    "gru_backward",
    "gru_step",
    "input_gate",
    "lstm_backward",
    "lstm_coupled_step",
    "lstm_forward",
    "lstm_peephole_step",
    "lstm_slopes",
    "lstm_step",
    "lstm_step_backward",
    "lstm_tape",
    "output_gate",
]

Array = NDArray[Any]

FORGET, INPUT, CANDIDATE, OUTPUT = range(4)


def _common(*arrays: Array) -> tuple[Array, ...]:
    """Return the arrays contiguous and in one floating dtype."""
    dtype = np.result_type(np.float32, *arrays)
    return tuple(np.ascontiguousarray(array, dtype=dtype) for array in arrays)


@njit(**SERIAL)
def _affine(h, x, wt, b, out):  # type: ignore[no-untyped-def]
    """Fill out = [h, x] W + b for one sample, with W of shape (H+D, rows)."""
    out[:] = b
    for k in range(h.size):
        for j in range(out.size):
            out[j] += h[k] * wt[k, j]
    for k in range(x.size):
        for j in range(out.size):
            out[j] += x[k] * wt[h.size + k, j]


@njit(**SERIAL)
def _back(da, w, dh, dx):  # type: ignore[no-untyped-def]
    """Add da W to [dh, dx] for one sample."""
    for j in range(da.size):
        for k in range(dh.size):
            dh[k] += da[j] * w[j, k]
        for k in range(dx.size):
            dx[k] += da[j] * w[j, dh.size + k]


# --- gates ---------------------------------------------------------------------------------------


@njit(**SERIAL)
def _gate(x, h, wt, b, squash, out):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.forget_gate` (squash) and `candidate` (not squash)."""
    for n in range(x.shape[0]):
        _affine(h[n], x[n], wt, b, out[n])
        for j in range(out.shape[1]):
            out[n, j] = sigmoid(out[n, j]) if squash else tanh(out[n, j])


def _block(x: Array, h: Array, w: Array, b: Array, block: int) -> Array:
    x, h, w, b = _common(x, h, w, b)
    rows = slice(block * h.shape[1], (block + 1) * h.shape[1])
    out = np.empty_like(h)
    _gate(x, h, np.ascontiguousarray(w[rows].T), b[rows], block != CANDIDATE, out)
    return out


def forget_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.forget_gate`."""
    return _block(x, h, w, b, FORGET)


def input_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.input_gate`."""
    return _block(x, h, w, b, INPUT)


def candidate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.candidate`."""
    return _block(x, h, w, b, CANDIDATE)


def output_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.output_gate`."""
    return _block(x, h, w, b, OUTPUT)


def cell_update(c: Array, f: Array, i: Array, g: Array) -> Array:
    """See `solutions.lstm.chapter.cell_update`."""
    new = np.multiply(i, g)
    new += np.multiply(f, c)
    return new


def forget_bias_init(hidden: int, value: float = 1.0) -> Array:
    """See `solutions.lstm.chapter.forget_bias_init`."""
    return np.repeat([float(value), 0.0, 0.0, 0.0], hidden)


# --- the LSTM over a sequence --------------------------------------------------------------------


@njit(**SERIAL)
def _cell(a, b, c, c_new, h_new):  # type: ignore[no-untyped-def]
    """Turn one sample's sums without bias, in `a`, into gates, and c into the next c and h."""
    hidden = c.size
    f, i, g, o = a[:hidden], a[hidden : 2 * hidden], a[2 * hidden : 3 * hidden], a[3 * hidden :]
    for j in range(4 * hidden):
        a[j] += b[j]
    for j in range(2 * hidden):  # f and i
        a[j] = sigmoid(a[j])
    for j in range(hidden):
        g[j] = tanh(g[j])
    for j in range(hidden):
        o[j] = sigmoid(o[j])
    for j in range(hidden):
        c_new[j] = f[j] * c[j] + i[j] * g[j]
    for j in range(hidden):
        h_new[j] = o[j] * tanh(c_new[j])


DEPTH = 512
"""Terms of a sum taken at a time: so much of a panel and of the samples stays in the cache."""


@njit(**SERIAL)
def _product(tile, a, rows, first, terms, panels, columns, out, places, add):  # type: ignore[no-untyped-def]
    """Compute ``out (+)= a @ w`` for `terms` rows of w from `first` on, w in panels of columns."""
    wide = panels.shape[2]
    along, down = np.arange(terms), np.arange(first, first + terms) * wide
    for p in range(panels.shape[0]):
        width, panel, there = min(wide, columns - p * wide), panels[p].reshape(-1), out[p * wide :]
        for k in range(0, terms, DEPTH):
            some, starts = along[k : k + DEPTH], down[k : k + DEPTH]
            outer(tile, a, rows, some, panel, starts, width, there, places, add or k > 0)


@njit(**SERIAL)
def _lstm_samples(tile, first, last, x, h0, c0, panels, b, gates, hs, cs):  # type: ignore[no-untyped-def]
    """Run the samples first ... last-1. `gates` keeps the gates of every step."""
    (length, _, inputs), hidden = x.shape, h0.shape[1]
    samples = np.arange(first, last)
    by_h, by_x, places = samples * hidden, samples * inputs, samples * b.size
    for t in range(length):
        h, now = (h0 if t == 0 else hs[t - 1]).reshape(-1), x[t].reshape(-1)
        sums = gates[t].reshape(-1)
        _product(tile, h, by_h, 0, hidden, panels, b.size, sums, places, False)
        _product(tile, now, by_x, hidden, inputs, panels, b.size, sums, places, True)
        for n in range(first, last):
            _cell(gates[t, n], b, c0[n] if t == 0 else cs[t - 1, n], cs[t, n], hs[t, n])


@njit(**PARALLEL)
def _lstm_run_parallel(tile, jobs, x, h0, c0, panels, b, gates, hs, cs):  # type: ignore[no-untyped-def]
    """See `_lstm_samples`; some samples per job, from the first step to the last."""
    batch = h0.shape[0]
    for job in prange(jobs):
        first, last = job * batch // jobs, (job + 1) * batch // jobs
        _lstm_samples(tile, first, last, x, h0, c0, panels, b, gates, hs, cs)


def lstm_tape(x: Array, h0: Array, c0: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    """Return the gates of each step beside what `lstm_forward` returns; all of one dtype."""
    (length, batch, _), hidden = x.shape, h0.shape[1]
    gates = np.empty((length, batch, 4 * hidden), x.dtype)
    hs = np.empty((length, *h0.shape), x.dtype)
    cs = np.empty_like(hs)
    panels = _packed(turned(w), VECTORS * BYTES // x.itemsize)
    tile, rest = tiles(x.dtype), (x, h0, c0, panels, b, gates, hs, cs)
    if length * batch * w.size < 16 * SMALL:
        _lstm_samples(tile, 0, batch, *rest)
    else:
        _lstm_run_parallel(tile, min(batch, numba.get_num_threads()), *rest)
    return gates, hs, cs


def lstm_forward(x: Array, h0: Array, c0: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_forward`."""
    _, hs, cs = lstm_tape(*_common(x, h0, c0, w, b))
    return hs, cs


def lstm_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_step`."""
    hs, cs = lstm_forward(np.asarray(x)[None], h, c, w, b)
    return hs[0], cs[0]


@njit(**SERIAL)
def _cell_back(a, c, c_new, dh, dc):  # type: ignore[no-untyped-def]
    """Turn the gates of one sample into the gradients of their sums, dc into that of the old c."""
    hidden = c.size
    f, i, g, o = a[:hidden], a[hidden : 2 * hidden], a[2 * hidden : 3 * hidden], a[3 * hidden :]
    one = a.dtype.type(1)
    for j in range(hidden):
        shown = tanh(c_new[j])
        into = dc[j] + dh[j] * o[j] * (one - shown * shown)
        o[j] = dh[j] * shown * o[j] * (one - o[j])
        dc[j] = into * f[j]
        f[j] = into * c[j] * f[j] * (one - f[j])
        by_i = into * g[j] * i[j] * (one - i[j])
        g[j] = into * i[j] * (one - g[j] * g[j])
        i[j] = by_i


@njit(**SERIAL)
def _samples_back(tile, first, last, c0, cs, panels, gates, dhs, dc, dh):  # type: ignore[no-untyped-def]
    """Go back through the samples first ... last-1: `gates` become the gradients of the sums."""
    hidden = c0.shape[1]
    row = np.arange(first, last) * hidden
    for t in range(cs.shape[0] - 1, -1, -1):
        for n in range(first, last):
            slope = dh[n]
            for j in range(hidden):
                slope[j] += dhs[t, n, j]
            _cell_back(gates[t, n], c0[n] if t == 0 else cs[t - 1, n], cs[t, n], slope, dc[n])
        sums, below = gates[t].reshape(-1), dh.reshape(-1)
        _product(tile, sums, 4 * row, 0, 4 * hidden, panels, hidden, below, row, False)


@njit(**PARALLEL)
def _back_parallel(tile, jobs, c0, cs, panels, gates, dhs, dc, dh):  # type: ignore[no-untyped-def]
    """See `_samples_back`; some samples per job."""
    batch = c0.shape[0]
    for job in prange(jobs):
        first, last = job * batch // jobs, (job + 1) * batch // jobs
        _samples_back(tile, first, last, c0, cs, panels, gates, dhs, dc, dh)


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
    gates, hs, cs = tape
    (length, batch, _), hidden = x.shape, h0.shape[1]
    dh, dw = np.zeros_like(h0), np.empty_like(w)
    panels = _packed(np.ascontiguousarray(w[:, :hidden]), VECTORS * BYTES // x.itemsize)
    rest = c0, cs, panels, gates, dhs, dc, dh
    if length * batch * w.size < 16 * SMALL:
        _samples_back(tiles(x.dtype), 0, batch, *rest)
    else:
        _back_parallel(tiles(x.dtype), min(batch, numba.get_num_threads()), *rest)
    sums = gates.reshape(-1, 4 * hidden)
    seen = np.concatenate([np.concatenate([h0[None], hs[:-1]]), x], axis=2)
    matmul(sums, seen.reshape(len(sums), -1), dw, turn_a=True)
    return sums, dh, dc, dw, np.add.reduce(sums, axis=0)


def _lstm_gradients(
    x: Array, h0: Array, c0: Array, w: Array, b: Array, dhs: Array, dc: Array
) -> tuple[Array, Array, Array, Array, Array]:
    tape = lstm_tape(x, h0, c0, w, b)
    sums, dh, dc, dw, db = lstm_slopes(tape, x, h0, c0, w, dhs, dc)
    into, dx = np.ascontiguousarray(w[:, h0.shape[1] :]), np.empty_like(x)
    matmul(sums, into, dx.reshape(len(sums), -1))
    return dx, dh, dc, dw, db


def lstm_backward(
    x: Array, h0: Array, c0: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.lstm.chapter.lstm_backward`."""
    x, h0, c0, w, b, dhs = _common(x, h0, c0, w, b, dhs)
    return _lstm_gradients(x, h0, c0, w, b, dhs, np.zeros_like(c0))


def lstm_step_backward(
    x: Array, h: Array, c: Array, w: Array, b: Array, dh: Array, dc: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.lstm.chapter.lstm_step_backward`."""
    x, h, c, w, b, dh, dc = _common(x, h, c, w, b, dh, dc)
    dx, dh_old, dc_old, dw, db = _lstm_gradients(x[None], h, c, w, b, dh[None], dc.copy())
    return dx[0], dh_old, dc_old, dw, db


# --- relatives -----------------------------------------------------------------------------------


@njit(**SERIAL)
def _peephole(x, h, c, wt, b, p, h_new, c_new):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.lstm_peephole_step`."""
    hidden = h.shape[1]
    a = np.empty_like(b)
    for n in range(x.shape[0]):
        _affine(h[n], x[n], wt, b, a)
        for j in range(hidden):
            f = sigmoid(a[j] + p[0, j] * c[n, j])
            i = sigmoid(a[hidden + j] + p[1, j] * c[n, j])
            c_new[n, j] = f * c[n, j] + i * tanh(a[2 * hidden + j])
            o = sigmoid(a[3 * hidden + j] + p[2, j] * c_new[n, j])
            h_new[n, j] = o * tanh(c_new[n, j])


def lstm_peephole_step(
    x: Array, h: Array, c: Array, w: Array, b: Array, p: Array
) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_peephole_step`."""
    x, h, c, w, b, p = _common(x, h, c, w, b, p)
    h_new, c_new = np.empty_like(h), np.empty_like(c)
    _peephole(x, h, c, np.ascontiguousarray(w.T), b, p, h_new, c_new)
    return h_new, c_new


@njit(**SERIAL)
def _coupled(x, h, c, wt, b, h_new, c_new):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.lstm_coupled_step`."""
    hidden = h.shape[1]
    a = np.empty_like(b)
    for n in range(x.shape[0]):
        _affine(h[n], x[n], wt, b, a)
        for j in range(hidden):
            written = tanh(a[hidden + j])
            c_new[n, j] = written + sigmoid(a[j]) * (c[n, j] - written)
            h_new[n, j] = sigmoid(a[2 * hidden + j]) * tanh(c_new[n, j])


def lstm_coupled_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_coupled_step`."""
    x, h, c, w, b = _common(x, h, c, w, b)
    h_new, c_new = np.empty_like(h), np.empty_like(c)
    _coupled(x, h, c, np.ascontiguousarray(w.T), b, h_new, c_new)
    return h_new, c_new


# --- the gated recurrent unit --------------------------------------------------------------------


@njit(**SERIAL)
def _gru(x, h, wt, wgt, b, gates, kept, h_new):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.gru_step`. `gates` keeps z, r, candidate; `kept` r * h."""
    hidden = h.shape[1]
    for n in range(x.shape[0]):
        z, r, g = (
            gates[n, :hidden],
            gates[n, hidden : 2 * hidden],
            gates[n, 2 * hidden :],
        )
        _affine(h[n], x[n], wt, b[: 2 * hidden], gates[n, : 2 * hidden])
        for j in range(hidden):
            z[j] = sigmoid(z[j])
            r[j] = sigmoid(r[j])
            kept[n, j] = r[j] * h[n, j]
        _affine(kept[n], x[n], wgt, b[2 * hidden :], g)
        for j in range(hidden):
            g[j] = tanh(g[j])
            h_new[n, j] = h[n, j] + z[j] * (g[j] - h[n, j])


def _gru_run(x: Array, h: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    hidden = h.shape[1]
    gates = np.empty((len(h), 3 * hidden), h.dtype)
    kept, h_new = np.empty_like(h), np.empty_like(h)
    wt = np.ascontiguousarray(w[: 2 * hidden].T)
    wgt = np.ascontiguousarray(w[2 * hidden :].T)
    _gru(x, h, wt, wgt, b, gates, kept, h_new)
    return gates, kept, h_new


def gru_step(x: Array, h: Array, w: Array, b: Array) -> Array:
    """See `solutions.lstm.chapter.gru_step`."""
    return _gru_run(*_common(x, h, w, b))[2]


@njit(**SERIAL)
def _gru_back(x, h, w, gates, kept, dh, dx, dh_old, dw, db):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.gru_backward`."""
    hidden = h.shape[1]
    da = np.empty_like(db)
    through_reset = np.empty_like(h[0])
    for n in range(x.shape[0]):
        for j in range(hidden):
            z, g = gates[n, j], gates[n, 2 * hidden + j]
            da[j] = dh[n, j] * (g - h[n, j]) * z * (1 - z)
            da[2 * hidden + j] = dh[n, j] * z * (1 - g * g)
        through_reset[:] = 0
        _back(da[2 * hidden :], w[2 * hidden :], through_reset, dx[n])
        for j in range(hidden):
            z, r = gates[n, j], gates[n, hidden + j]
            da[hidden + j] = through_reset[j] * h[n, j] * r * (1 - r)
            dh_old[n, j] = dh[n, j] * (1 - z) + through_reset[j] * r
        _back(da[: 2 * hidden], w[: 2 * hidden], dh_old[n], dx[n])
        for row in range(3 * hidden):
            seen = h[n] if row < 2 * hidden else kept[n]
            db[row] += da[row]
            for k in range(hidden):
                dw[row, k] += da[row] * seen[k]
            for k in range(x.shape[1]):
                dw[row, hidden + k] += da[row] * x[n, k]


def gru_backward(
    x: Array, h: Array, w: Array, b: Array, dh: Array
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.lstm.chapter.gru_backward`."""
    x, h, w, b, dh = _common(x, h, w, b, dh)
    gates, kept, _ = _gru_run(x, h, w, b)
    dx, dh_old, dw, db = (np.zeros_like(array) for array in (x, h, w, b))
    _gru_back(x, h, w, gates, kept, dh, dx, dh_old, dw, db)
    return dx, dh_old, dw, db
