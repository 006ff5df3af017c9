# mypy: allow-untyped-defs
"""Kernels of the chapter on neurons, from McCulloch-Pitts to surrogate gradients.

Populations are cut into blocks of columns; a block is simulated from the first step to the last by
one job, its state in the cache, so that threads never wait for each other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import INLINE, INSERTED, PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import LITTLE, matmul, product, products
from reference.kernels.vector import exp, expm1, like, sigmoid, total

__all__ = [
    "diagnose_trace",
    "fit_relu_to_rate",
    "hebbian_update",
    "hh_derivative",
    "hh_gates",
    "hh_simulate",
    "leaky_backward",
    "leaky_forward",
    "lif_rate",
    "lif_simulate",
    "lif_step",
    "mcculloch_pitts",
    "poisson_spikes",
    "robustness_curve",
    "sigmoid_neuron",
    "stdp_update",
]

Array = NDArray[Any]

BLOCK = 128
"""Neurons a job simulates: many enough to hide the loop's cost, few enough to stay in cache."""


def _weighted_sums(x, w, out):
    """Compute ``out = x @ w``; `BLOCK` samples per job."""
    for job in prange((out.size + BLOCK - 1) // BLOCK):
        terms = np.empty_like(w)
        rows, sums = x[job * BLOCK : (job + 1) * BLOCK], out[job * BLOCK : (job + 1) * BLOCK]
        for n in range(sums.size):
            row = rows[n]
            for i in range(w.size):
                terms[i] = row[i] * w[i]
            sums[n] = total(terms)


_weighted_serial = njit(**SERIAL)(_weighted_sums)
_weighted_parallel = njit(**PARALLEL)(_weighted_sums)


def _weighted(x: Array, w: Array) -> Array:
    """Return ``x @ w``."""
    out = np.empty(len(x), x.dtype)
    run = _weighted_serial if x.size < 4 * SMALL else _weighted_parallel
    run(x, w, out)
    return out


@contract("x (N, D), w (D), threshold real -> x")
def mcculloch_pitts(x: Array, w: Array, threshold: float) -> Array:
    """See `solutions.neurons.chapter.mcculloch_pitts`."""
    return np.where(_weighted(x, w) < threshold, 0, 1).astype(x.dtype)


@njit(**SERIAL)
def _logistic(z, b):
    """Replace each z by 1 / (1 + exp(-z - b))."""
    for n in range(z.size):
        net = z[n] + b
        small = exp(-abs(net))  # in (0, 1]: it cannot overflow
        z[n] = (like(net, 1) if net >= 0 else small) / (like(net, 1) + small)


@contract("x (N, D), w (D), b real -> x")
def sigmoid_neuron(x: Array, w: Array, b: float) -> Array:
    """See `solutions.neurons.chapter.sigmoid_neuron`."""
    z = _weighted(x, w)
    _logistic(z, x.dtype.type(b))
    return z


@njit(**SERIAL)
def _lif_advance(lo, hi, v, wait, current, p, hold, spiked):
    """Step the neurons lo ... hi-1 in place; `p` is dt/tau, R, rest, reset, threshold."""
    for n in range(lo, hi):
        spiked[n] = False
        if wait[n] > 0:
            wait[n] -= 1
            continue
        v[n] += p[0] * (p[2] - v[n] + p[1] * current[n])
        if v[n] >= p[4]:
            spiked[n] = True
            v[n] = p[3]
            wait[n] = hold


@njit(**SERIAL)
def _lif_block(lo, hi, current, p, hold, v, wait, trace, spikes):
    for t in range(current.shape[0]):
        _lif_advance(lo, hi, v, wait, current[t], p, hold, spikes[t])
        for n in range(lo, hi):
            trace[t, n] = v[n]


@njit(**PARALLEL)
def _lif_blocks(current, p, hold, v, wait, trace, spikes, block):
    n = current.shape[1]
    for job in prange((n + block - 1) // block):
        lo = job * block
        _lif_block(lo, min(n, lo + block), current, p, hold, v, wait, trace, spikes)


def _lif_constants(
    dtype: Any,
    dt: float,
    tau: float,
    resistance: float,
    v_rest: float,
    v_reset: float,
    v_th: float,
) -> Array:
    return np.array([dt / tau, resistance, v_rest, v_reset, v_th], dtype)


@contract(
    "v (N), wait int (N) >= 0, current (N), dt real > 0, tau real > 0, resistance real, "
    "v_rest real, v_reset real, v_th real, t_ref real >= 0 -> v",
)
def lif_step(
    v: Array,
    wait: Array,
    current: Array,
    dt: float,
    tau: float = 10.0,
    resistance: float = 10.0,
    v_rest: float = -65.0,
    v_reset: float = -70.0,
    v_th: float = -50.0,
    t_ref: float = 2.0,
) -> tuple[Array, Array, Array]:
    """See `solutions.neurons.chapter.lif_step`."""
    v, wait = v.copy(), wait.copy()
    spiked = np.empty(len(v), np.bool_)
    p = _lif_constants(v.dtype, dt, tau, resistance, v_rest, v_reset, v_th)
    _lif_advance(0, len(v), v, wait, current, p, round(t_ref / dt), spiked)
    return v, wait, spiked


@contract(
    "current (T, N), dt real > 0, tau real > 0, resistance real, v_rest real, "
    "v_reset real, v_th real, t_ref real >= 0",
)
def lif_simulate(
    current: Array,
    dt: float,
    tau: float = 10.0,
    resistance: float = 10.0,
    v_rest: float = -65.0,
    v_reset: float = -70.0,
    v_th: float = -50.0,
    t_ref: float = 2.0,
) -> tuple[Array, Array]:
    """See `solutions.neurons.chapter.lif_simulate`."""
    n = current.shape[1]
    v, wait = np.full(n, v_rest, current.dtype), np.zeros(n, np.int64)
    trace, spikes = np.empty_like(current), np.empty(current.shape, np.bool_)
    p = _lif_constants(current.dtype, dt, tau, resistance, v_rest, v_reset, v_th)
    hold = round(t_ref / dt)
    if current.size < SMALL:
        _lif_block(0, n, current, p, hold, v, wait, trace, spikes)
    else:
        _lif_blocks(current, p, hold, v, wait, trace, spikes, BLOCK)
    return trace, spikes


@contract("current (T, N), v (T, N), spikes bool (T, N), dt real > 0, tol real >= 0")
def diagnose_trace(current: Array, v: Array, spikes: Array, dt: float, tol: float = 1e-3) -> str:
    """See `solutions.neurons.chapter.diagnose_trace`."""
    trace, fired = lif_simulate(current, dt)
    early = np.concatenate([np.full_like(trace[:1], -65.0), trace[:-1]])
    suspects: tuple[tuple[str, tuple[Array, Array]], ...] = (
        ("right", (trace, fired)),
        ("reset to rest", lif_simulate(current, dt, v_reset=-65.0)),
        ("never deaf", lif_simulate(current, dt, t_ref=0.0)),
        ("truncated", lif_simulate(current, dt, t_ref=int(2.0 / dt) * dt)),
        ("no resistance", lif_simulate(current, dt, resistance=1.0)),
        ("one early", (early, fired)),
    )
    for name, (potentials, events) in suspects:
        if np.array_equal(events, spikes) and np.all(np.abs(potentials - v) <= tol):
            return name
    return "unknown"


@njit(**SERIAL)
def _lif_rate(target, tau, v_reset, v_th, t_ref, out):
    for k in range(target.size):
        out[k] = 0
        if target[k] > v_th:
            rise = tau * math.log((target[k] - v_reset) / (target[k] - v_th))
            out[k] = 1000 / (t_ref + rise)


@contract(
    "current (K), tau real > 0, resistance real, v_rest real, v_reset real, v_th real, "
    "t_ref real >= 0",
)
def lif_rate(
    current: Array,
    tau: float = 10.0,
    resistance: float = 10.0,
    v_rest: float = -65.0,
    v_reset: float = -70.0,
    v_th: float = -50.0,
    t_ref: float = 2.0,
) -> Array:
    """See `solutions.neurons.chapter.lif_rate`."""
    out = np.empty_like(current)
    _lif_rate(v_rest + resistance * current, tau, v_reset, v_th, t_ref, out)
    return out


@njit(**INSERTED)
def _line(x, y):
    """Return the slope of the best line through the points, and where it is zero."""
    mean_x = mean_y = sxx = sxy = 0.0
    for j in range(x.size):
        mean_x += x[j] / x.size
        mean_y += y[j] / x.size
    for j in range(x.size):
        sxx += (x[j] - mean_x) ** 2
        sxy += (x[j] - mean_x) * (y[j] - mean_y)
    return sxy / sxx, mean_x - mean_y * sxx / sxy


@njit(**INSERTED)
def _relu_error(threshold, x, y):
    """Return gain and squared error of the best ReLU with this threshold."""
    ay = aa = error = 0.0
    for k in range(x.size):
        a = max(x[k] - threshold, 0.0)
        ay += a * y[k]
        aa += a * a
    gain = ay / aa
    for k in range(x.size):
        error += (y[k] - gain * max(x[k] - threshold, 0.0)) ** 2
    return gain, error


@njit(**SERIAL)
def _fit_relu(x, y):
    """Try the line through the points from k on, for every k; `x` is ascending."""
    best_gain, best_threshold, least = 0.0, x[x.size - 1], 0.0
    for k in range(y.size):
        least += y[k] * y[k]
    for k in range(x.size - 1):
        slope, threshold = _line(x[k:], y[k:])
        if slope > 0:
            gain, error = _relu_error(threshold, x, y)
            if error < least:
                best_gain, best_threshold, least = gain, threshold, error
    return best_gain, best_threshold


@contract("currents double (K), rates double (K)", "K >= 2")
def fit_relu_to_rate(currents: Array, rates: Array) -> tuple[float, float]:
    """See `solutions.neurons.chapter.fit_relu_to_rate`."""
    order = np.argsort(currents, kind="stable")
    gain, threshold = _fit_relu(currents[order], rates[order])
    return float(gain), float(threshold)


@njit(**INLINE)
def _ramp(x):
    """Return x / (1 - exp(-x)), 1 at 0; `expm1` keeps all digits nearby."""
    return x / -expm1(-x) if x != 0 else like(x, 1)


@njit(**INLINE)
def _alpha_beta(v):
    """Return alpha and beta of m, of h and of n at one potential."""
    u = v + like(v, 65)
    return (
        _ramp((v + like(v, 40)) * like(v, 1 / 10)),
        like(v, 4) * exp(u * like(v, -1 / 18)),
        like(v, 0.07) * exp(u * like(v, -1 / 20)),
        sigmoid((v + like(v, 35)) * like(v, 1 / 10)),
        like(v, 0.1) * _ramp((v + like(v, 55)) * like(v, 1 / 10)),
        like(v, 0.125) * exp(u * like(v, -1 / 80)),
    )


@njit(**SERIAL)
def _hh_gates(v, steady, tau):
    for n in range(v.size):
        rates = _alpha_beta(v[n])
        for gate in range(3):
            both = rates[2 * gate] + rates[2 * gate + 1]
            steady[gate, n] = rates[2 * gate] / both
            tau[gate, n] = 1 / both


@contract("v (N)")
def hh_gates(v: Array) -> tuple[Array, Array]:
    """See `solutions.neurons.chapter.hh_gates`."""
    steady, tau = np.empty((3, v.size), v.dtype), np.empty((3, v.size), v.dtype)
    _hh_gates(v, steady, tau)
    return steady, tau


@njit(**INLINE)
def _hh_slope(v, m, h, n, current):
    """Return the derivative of one membrane's state."""
    a_m, b_m, a_h, b_h, a_n, b_n = _alpha_beta(v)
    sodium = like(v, 120) * (m * m * m) * h * (like(v, 50) - v)
    potassium = like(v, 36) * (n * n) * (n * n) * (like(v, -77) - v)
    leak = like(v, 0.3) * (like(v, -54.387) - v)
    into = current + (sodium + potassium + leak)
    return into, a_m - (a_m + b_m) * m, a_h - (a_h + b_h) * h, a_n - (a_n + b_n) * n


@njit(**SERIAL)
def _hh_derivative(state, current, out):
    for n in range(current.size):
        slope = _hh_slope(state[0, n], state[1, n], state[2, n], state[3, n], current[n])
        for row in range(4):
            out[row, n] = slope[row]


@contract("state (4, N), current (N) -> state")
def hh_derivative(state: Array, current: Array) -> Array:
    """See `solutions.neurons.chapter.hh_derivative`."""
    out = np.empty_like(state)
    _hh_derivative(state, current, out)
    return out


@njit(**SERIAL)
def _hh_block(lo, hi, current, stages, state, out):
    """Simulate the membranes lo ... hi-1 with the classical Runge-Kutta weights.

    `room` holds all rows at distances that are known when this is compiled: else the loop could not
    become vector code, because what it writes might be what it reads next.
    """
    size, room = hi - lo, np.empty(13 * BLOCK, state.dtype)
    now, after, probe = room[: 4 * BLOCK], room[4 * BLOCK : 8 * BLOCK], room[8 * BLOCK :]
    for row in range(4):
        for k in range(size):
            now[row * BLOCK + k] = state[row, lo + k]
    for t in range(current.shape[0]):
        for k in range(4 * BLOCK):
            after[k] = probe[k] = now[k]
        for k in range(size):
            probe[k + 4 * BLOCK] = current[t, lo + k]
        for stage in range(4):
            weight, reach = stages[stage, 0], stages[stage, 1]
            for k in range(size):
                m, h, n = k + BLOCK, k + 2 * BLOCK, k + 3 * BLOCK
                a = _hh_slope(probe[k], probe[m], probe[h], probe[n], probe[k + 4 * BLOCK])
                after[k] += weight * a[0]
                after[m] += weight * a[1]
                after[h] += weight * a[2]
                after[n] += weight * a[3]
                probe[k] = now[k] + reach * a[0]
                probe[m] = now[m] + reach * a[1]
                probe[h] = now[h] + reach * a[2]
                probe[n] = now[n] + reach * a[3]
        for k in range(4 * BLOCK):
            now[k] = after[k]
        for row in range(4):
            for k in range(size):
                out[t, row, lo + k] = now[row * BLOCK + k]


@njit(**PARALLEL)
def _hh_parallel(current, stages, state, out):
    for job in prange((current.shape[1] + BLOCK - 1) // BLOCK):
        lo = job * BLOCK
        _hh_block(lo, min(lo + BLOCK, current.shape[1]), current, stages, state, out)


@contract("current (T, N), dt real > 0, v0 real")
def hh_simulate(current: Array, dt: float, v0: float = -65.0) -> Array:
    """See `solutions.neurons.chapter.hh_simulate`."""
    v = np.full(current.shape[1], v0, current.dtype)
    state = np.stack([v, *hh_gates(v)[0]])
    out = np.empty((current.shape[0], 4, current.shape[1]), current.dtype)
    stages = np.array([[1 / 6, 1 / 2], [1 / 3, 1 / 2], [1 / 3, 1], [1 / 6, 0]]) * dt
    rest = current, stages.astype(current.dtype), state, out
    if current.size < SMALL // 16:
        for lo in range(0, len(v), BLOCK):
            _hh_block(lo, min(lo + BLOCK, len(v)), *rest)
    else:
        _hh_parallel(*rest)
    return out


@njit(**SERIAL)
def _grow_little(code, w, pre, post, rate):
    """See `_grow`: one call, where the steps around a product would cost more than the product."""
    new = w.copy()
    product(code, post * w.dtype.type(rate), pre, new, True, False, True)
    return new


def _grow(w: Array, pre: Array, post: Array, rate: float) -> Array:
    """Return the weights plus the Hebbian sum, `rate` times."""
    if post.size * pre.shape[1] < LITTLE:
        return np.asarray(_grow_little(products(w.dtype), w, pre, post, rate))
    return matmul(post * w.dtype.type(rate), pre, w.copy(), turn_a=True, add=True)


@contract("w (O, D), pre (N, D), post (N, O), lr real, rule 'hebb' | 'oja' -> w", "N >= 1")
def hebbian_update(w: Array, pre: Array, post: Array, lr: float, rule: str = "hebb") -> Array:
    """See `solutions.neurons.chapter.hebbian_update`."""
    rate = lr / len(pre)
    if rule == "oja":
        forgotten = w.dtype.type(rate) * np.einsum("no,no->o", post, post)
        w = w * (1 - forgotten)[:, None]
    return _grow(w, pre, post, rate)


@njit(**SERIAL)
def _poisson(rates, scale, uniforms, spikes):
    for k in range(rates.size):
        spikes[k] = uniforms[k] < -expm1(rates[k] * scale)


@contract("rates (T, N) >= 0, dt real > 0, uniforms (T, N)")
def poisson_spikes(rates: Array, dt: float, uniforms: Array) -> Array:
    """See `solutions.neurons.chapter.poisson_spikes`."""
    spikes = np.empty(rates.shape, np.bool_)
    _poisson(rates.reshape(-1), rates.dtype.type(-dt / 1000), uniforms.reshape(-1), spikes.ravel())
    return spikes


@njit(**INLINE)
def _between(x, low, high):
    return low if x < low else (high if x > high else x)


@njit(**SERIAL)
def _stdp_row(w, pre, post, x, p):
    """Change the weights of one receiver; `x` are the senders' decayed traces at each step.

    `p` is growth, loss, the receiver's decay per step, upper bound.
    """
    y = like(w[0], 0)
    for t in range(post.size):
        y *= p[2]
        for i in range(w.size):
            if post[t] or pre[t, i]:
                grown = w[i] + (p[0] * x[t, i] if post[t] else like(y, 0))
                left = grown - (p[1] * y if pre[t, i] else like(y, 0))
                w[i] = _between(left, like(y, 0), p[3])
        if post[t]:
            y += like(y, 1)


@njit(**SERIAL)
def _traces(pre, decay, x):
    """Fill row t with the senders' traces at step t, before its own spikes."""
    for t in range(1, len(pre)):
        for i in range(pre.shape[1]):
            x[t, i] = decay * (x[t - 1, i] + (like(decay, 1) if pre[t - 1, i] else like(decay, 0)))


def _stdp_rows(w, pre, post, x, p):
    for o in prange(len(w)):
        _stdp_row(w[o], pre, post[o], x, p)


_stdp_serial = njit(**SERIAL)(_stdp_rows)
_stdp_parallel = njit(**PARALLEL)(_stdp_rows)


@contract(
    "w (O, D), pre bool (T, D), post bool (T, O), dt real > 0, a_plus real, a_minus real, "
    "tau_plus real > 0, tau_minus real > 0, w_max real >= 0 -> w",
)
def stdp_update(
    w: Array,
    pre: Array,
    post: Array,
    dt: float,
    a_plus: float = 0.01,
    a_minus: float = 0.012,
    tau_plus: float = 20.0,
    tau_minus: float = 20.0,
    w_max: float = 1.0,
) -> Array:
    """See `solutions.neurons.chapter.stdp_update`."""
    w = w.copy()
    if w.size:
        x = np.zeros(pre.shape, w.dtype)
        _traces(pre, w.dtype.type(math.exp(-dt / tau_plus)), x)
        p = np.array([a_plus, a_minus, math.exp(-dt / tau_minus), w_max], w.dtype)
        run = _stdp_serial if w.size * len(pre) < SMALL else _stdp_parallel
        run(w, pre, np.ascontiguousarray(post.T), x, p)
    return w


@njit(**SERIAL)
def _leaky_block(lo, hi, current, beta, threshold, keep, left, u, spikes):
    """Run the neurons lo ... hi-1; a spike leaves `keep` times what lies above the threshold."""
    for t in range(current.shape[0]):
        for n in range(lo, hi):
            now = beta * left[n] + current[t, n]
            fires = now >= threshold
            u[t, n] = now
            spikes[t, n] = like(now, 1) if fires else like(now, 0)
            left[n] = keep * (now - threshold) if fires else now


def _leaky_blocks(current, beta, threshold, keep, left, u, spikes, block):
    n = current.shape[1]
    for job in prange((n + block - 1) // block):
        lo = job * block
        _leaky_block(lo, min(n, lo + block), current, beta, threshold, keep, left, u, spikes)


_leaky_serial = njit(**SERIAL)(_leaky_blocks)
_leaky_parallel = njit(**PARALLEL)(_leaky_blocks)


@contract("current (T, N), beta real, threshold real, reset 'subtract' | 'zero'")
def leaky_forward(
    current: Array, beta: float, threshold: float = 1.0, reset: str = "subtract"
) -> tuple[Array, Array]:
    """See `solutions.neurons.chapter.leaky_forward`."""
    u, spikes = np.empty_like(current), np.empty_like(current)
    left = np.zeros(current.shape[1], current.dtype)
    numbers = np.array([beta, threshold, reset == "subtract"], current.dtype)
    run = _leaky_serial if current.size < SMALL else _leaky_parallel
    run(current, *numbers, left, u, spikes, BLOCK)
    return u, spikes


@njit(**SERIAL)
def _leaky_back_block(lo, hi, d_spikes, u, beta, threshold, slope, out):
    last = len(u) - 1
    for t in range(last, -1, -1):
        for n in range(lo, hi):
            blunt = like(slope, 1) + slope * abs(u[t, n] - threshold)
            later = beta * out[t + 1, n] if t < last else like(beta, 0)
            out[t, n] = d_spikes[t, n] / (blunt * blunt) + later


def _leaky_back_blocks(d_spikes, u, beta, threshold, slope, out, block):
    n = u.shape[1]
    for job in prange((n + block - 1) // block):
        lo = job * block
        _leaky_back_block(lo, min(n, lo + block), d_spikes, u, beta, threshold, slope, out)


_leaky_back_serial = njit(**SERIAL)(_leaky_back_blocks)
_leaky_back_parallel = njit(**PARALLEL)(_leaky_back_blocks)


@contract("d_spikes (T, N), u (T, N), beta real, threshold real, slope real >= 0 -> u")
def leaky_backward(
    d_spikes: Array, u: Array, beta: float, threshold: float = 1.0, slope: float = 25.0
) -> Array:
    """See `solutions.neurons.chapter.leaky_backward`."""
    out = np.empty_like(u)
    run = _leaky_back_serial if u.size < SMALL else _leaky_back_parallel
    run(d_spikes, u, *np.array([beta, threshold, slope], u.dtype), out, BLOCK)
    return out


def _lesion(w: Array, fraction: float, order: Array) -> Array:
    """Return the weights with the first ones of the order set to zero."""
    alive = np.ones(w.size, dtype=np.bool_)
    alive[order[: round(float(fraction) * w.size)]] = False
    return np.where(alive.reshape(w.shape), w, w.dtype.type(0))


@contract(
    "w (K, D), x (N, D), labels int (N), fractions double (F) > -1e-6 < 1 + 1e-6, orders int (S, "
    "K*D) >= 0 < K*D",
    "N >= 1",
    "K >= 1",
    "S >= 1",
)
def robustness_curve(w: Array, x: Array, labels: Array, fractions: Array, orders: Array) -> Array:
    """See `solutions.neurons.chapter.robustness_curve`."""
    scores, right = np.empty((len(x), len(w)), w.dtype), np.zeros(len(fractions))
    for i, fraction in enumerate(fractions):
        for order in orders:
            matmul(x, _lesion(w, fraction, order), scores, turn_b=True)
            right[i] += np.count_nonzero(scores.argmax(axis=1) == labels)
    return right / (len(x) * len(orders))
