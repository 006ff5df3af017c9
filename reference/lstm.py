"""LSTM, its variants and the GRU: the kernels behind `solutions.lstm.chapter`.

A sequence is independent of the others in its batch, so one sample's whole run is one job; a
gradient of a weight is a sum over time and batch, so one row of the weights is one job. All inner
loops run along a row of contiguous memory (the forward pass takes the weights transposed for that).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference._jit import PARALLEL, SERIAL, SMALL, njit, prange

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
    "lstm_step",
    "lstm_step_backward",
    "output_gate",
]

Array = NDArray[Any]

FORGET, INPUT, CANDIDATE, OUTPUT = range(4)


def _common(*arrays: Array) -> tuple[Array, ...]:
    """Return the arrays contiguous and in one floating dtype."""
    dtype = np.result_type(np.float32, *arrays)
    return tuple(np.ascontiguousarray(array, dtype=dtype) for array in arrays)


@njit(**SERIAL)
def _sigmoid(z):  # type: ignore[no-untyped-def]
    """1 / (1 + exp(-z)), with the exponential of a negative number only."""
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    grown = math.exp(z)
    return grown / (1 + grown)


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
            out[n, j] = _sigmoid(out[n, j]) if squash else math.tanh(out[n, j])


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
def _lstm_sample(x, h0, c0, wt, b, gates, hs, cs):  # type: ignore[no-untyped-def]
    """One sample's run. `gates` keeps f, i, g, o of every step for the backward pass."""
    hidden = h0.size
    for t in range(x.shape[0]):
        h, c = (h0, c0) if t == 0 else (hs[t - 1], cs[t - 1])
        a = gates[t]
        _affine(h, x[t], wt, b, a)
        for j in range(hidden):
            a[j] = _sigmoid(a[j])
            a[hidden + j] = _sigmoid(a[hidden + j])
            a[2 * hidden + j] = math.tanh(a[2 * hidden + j])
            a[3 * hidden + j] = _sigmoid(a[3 * hidden + j])
            cs[t, j] = a[j] * c[j] + a[hidden + j] * a[2 * hidden + j]
            hs[t, j] = a[3 * hidden + j] * math.tanh(cs[t, j])


@njit(**SERIAL)
def _lstm_run(x, h0, c0, wt, b, gates, hs, cs):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.lstm_forward`; sample by sample."""
    for n in range(x.shape[1]):
        _lstm_sample(x[:, n], h0[n], c0[n], wt, b, gates[:, n], hs[:, n], cs[:, n])


@njit(**PARALLEL)
def _lstm_run_parallel(x, h0, c0, wt, b, gates, hs, cs):  # type: ignore[no-untyped-def]
    """See `_lstm_run`; one sample per job."""
    for n in prange(x.shape[1]):
        _lstm_sample(x[:, n], h0[n], c0[n], wt, b, gates[:, n], hs[:, n], cs[:, n])


def _lstm(x: Array, h0: Array, c0: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    steps, batch, _ = x.shape
    gates = np.empty((steps, batch, 4 * h0.shape[1]), x.dtype)
    hs = np.empty((steps, *h0.shape), x.dtype)
    cs = np.empty_like(hs)
    run = _lstm_run if steps * batch * w.size < SMALL else _lstm_run_parallel
    run(x, h0, c0, np.ascontiguousarray(w.T), b, gates, hs, cs)
    return gates, hs, cs


def lstm_forward(x: Array, h0: Array, c0: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_forward`."""
    _, hs, cs = _lstm(*_common(x, h0, c0, w, b))
    return hs, cs


def lstm_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """See `solutions.lstm.chapter.lstm_step`."""
    hs, cs = lstm_forward(np.asarray(x)[None], h, c, w, b)
    return hs[0], cs[0]


@njit(**SERIAL)
def _lstm_sample_backward(w, c0, cs, gates, dhs, dc, dh, dx):  # type: ignore[no-untyped-def]
    """One sample's way back: `gates` turns into the gradients of the four sums; dh, dc follow."""
    hidden = c0.size
    for t in range(cs.shape[0] - 1, -1, -1):
        c = c0 if t == 0 else cs[t - 1]
        a = gates[t]
        for j in range(hidden):
            f, i, g, o = a[j], a[hidden + j], a[2 * hidden + j], a[3 * hidden + j]
            shown = math.tanh(cs[t, j])
            into_h = dhs[t, j] + dh[j]
            into_c = dc[j] + into_h * o * (1 - shown * shown)
            a[j] = into_c * c[j] * f * (1 - f)
            a[hidden + j] = into_c * g * i * (1 - i)
            a[2 * hidden + j] = into_c * i * (1 - g * g)
            a[3 * hidden + j] = into_h * shown * o * (1 - o)
            dc[j] = into_c * f
            dh[j] = 0
        _back(a, w, dh, dx[t])


@njit(**SERIAL)
def _weight_row(da, x, h0, hs, row, dw):  # type: ignore[no-untyped-def]
    """Sum da[..., row] [h, x] over time and batch into dw; return the bias's gradient."""
    hidden = h0.shape[1]
    total = da[0, 0, row] * 0
    for t in range(x.shape[0]):
        for n in range(x.shape[1]):
            slope = da[t, n, row]
            h = h0[n] if t == 0 else hs[t - 1, n]
            total += slope
            for k in range(hidden):
                dw[k] += slope * h[k]
            for k in range(x.shape[2]):
                dw[hidden + k] += slope * x[t, n, k]
    return total


@njit(**SERIAL)
def _lstm_back(x, h0, c0, w, hs, cs, gates, dhs, dc, dh, dx, dw, db):  # type: ignore[no-untyped-def]
    """See `solutions.lstm.chapter.lstm_backward`."""
    for n in range(x.shape[1]):
        _lstm_sample_backward(w, c0[n], cs[:, n], gates[:, n], dhs[:, n], dc[n], dh[n], dx[:, n])
    for row in range(w.shape[0]):
        db[row] = _weight_row(gates, x, h0, hs, row, dw[row])


@njit(**PARALLEL)
def _lstm_back_parallel(x, h0, c0, w, hs, cs, gates, dhs, dc, dh, dx, dw, db):  # type: ignore[no-untyped-def]
    """See `_lstm_back`; one sample per job, then one row of the weights per job."""
    for n in prange(x.shape[1]):
        _lstm_sample_backward(w, c0[n], cs[:, n], gates[:, n], dhs[:, n], dc[n], dh[n], dx[:, n])
    for row in prange(w.shape[0]):
        db[row] = _weight_row(gates, x, h0, hs, row, dw[row])


def _lstm_gradients(
    x: Array, h0: Array, c0: Array, w: Array, b: Array, dhs: Array, dc: Array
) -> tuple[Array, Array, Array, Array, Array]:
    gates, hs, cs = _lstm(x, h0, c0, w, b)
    dx, dh, dw, db = (np.zeros_like(array) for array in (x, h0, w, b))
    back = _lstm_back if x.shape[0] * x.shape[1] * w.size < SMALL else _lstm_back_parallel
    back(x, h0, c0, w, hs, cs, gates, dhs, dc, dh, dx, dw, db)
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
            f = _sigmoid(a[j] + p[0, j] * c[n, j])
            i = _sigmoid(a[hidden + j] + p[1, j] * c[n, j])
            c_new[n, j] = f * c[n, j] + i * math.tanh(a[2 * hidden + j])
            o = _sigmoid(a[3 * hidden + j] + p[2, j] * c_new[n, j])
            h_new[n, j] = o * math.tanh(c_new[n, j])


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
            written = math.tanh(a[hidden + j])
            c_new[n, j] = written + _sigmoid(a[j]) * (c[n, j] - written)
            h_new[n, j] = _sigmoid(a[2 * hidden + j]) * math.tanh(c_new[n, j])


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
            z[j] = _sigmoid(z[j])
            r[j] = _sigmoid(r[j])
            kept[n, j] = r[j] * h[n, j]
        _affine(kept[n], x[n], wgt, b[2 * hidden :], g)
        for j in range(hidden):
            g[j] = math.tanh(g[j])
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
