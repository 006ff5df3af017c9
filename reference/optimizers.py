"""Optimizer steps in one pass over memory each, and the schedules.

Each step has a serial kernel over a stretch of up to four flat arrays, reading like the formula,
and a parallel twin that gives every job its own stretch: 1 and N threads give the same bits.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference._jit import PARALLEL, SERIAL, SMALL, njit, prange

__all__ = [
    "adadelta_step",
    "adagrad_step",
    "adam_step",
    "dual_averaging_step",
    "exponential_decay",
    "ftrl_step",
    "momentum_step",
    "nesterov_step",
    "performance_schedule",
    "piecewise_constant",
    "power_decay",
    "rmsprop_step",
    "sgd_step",
    "svrg_epoch",
]

Array = NDArray[Any]

_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)

STRETCH = 16_384
"""Elements that one job of a parallel kernel covers."""


@functools.lru_cache(maxsize=256)
def _numbers(dtype: np.dtype[Any], values: tuple[float, ...]) -> Array:
    return np.array(values, dtype)


def _elementwise(
    kernel: tuple[Any, Any], inputs: Sequence[Array], outputs: int, hyper: tuple[float, ...]
) -> list[Array]:
    """Run a (serial, parallel) kernel over two to four equal shapes; return the arrays it fills."""
    first = np.asarray(inputs[0])
    dtype, shape = _SINGLE if first.dtype == _SINGLE else _DOUBLE, first.shape
    given = [np.ascontiguousarray(x, dtype).reshape(-1) for x in inputs]
    given += given[:1] * (4 - len(given))  # a kernel does not look at those it has no name for
    made = np.empty((outputs, first.size), dtype)
    if first.size < SMALL:
        kernel[0](*given, made, _numbers(dtype, hyper), 0, first.size)
    else:
        kernel[1](*given, made, _numbers(dtype, hyper))
    return list(made) if len(shape) == 1 else [x.reshape(shape) for x in made]


# --- gradient descent and momentum ---------------------------------------------------------------


@njit(**SERIAL)
def _sgd(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    out = made[0][start:stop]
    lr = hyper[0]
    for i in range(stop - start):
        out[i] = param[i] - lr * grad[i]


@njit(**PARALLEL)
def _sgd_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _sgd(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def sgd_step(param: Array, grad: Array, lr: float = 0.01) -> Array:
    """See `solutions.optimizers.chapter.sgd_step`."""
    return _elementwise((_sgd, _sgd_parallel), (param, grad), 1, (lr,))[0]


@njit(**SERIAL)
def _momentum(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    velocity = c[start:stop]
    out = made[0][start:stop]
    new_velocity = made[1][start:stop]
    lr, beta = hyper[0], hyper[1]
    for i in range(stop - start):
        v = beta * velocity[i] + lr * grad[i]
        new_velocity[i] = v
        out[i] = param[i] - v


@njit(**PARALLEL)
def _momentum_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _momentum(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def momentum_step(
    param: Array, grad: Array, velocity: Array, lr: float = 0.01, beta: float = 0.9
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.momentum_step`."""
    inputs = (param, grad, velocity)
    out, velocity = _elementwise((_momentum, _momentum_parallel), inputs, 2, (lr, beta))
    return out, velocity


def nesterov_step(
    param: Array,
    gradient: Callable[[Array], Array],
    velocity: Array,
    lr: float = 0.01,
    beta: float = 0.9,
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.nesterov_step`."""
    ahead = sgd_step(param, velocity, beta)
    return momentum_step(param, gradient(ahead), velocity, lr, beta)


# --- a step length for each coordinate -----------------------------------------------------------


@njit(**SERIAL)
def _adagrad(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    s = c[start:stop]
    out = made[0][start:stop]
    new_s = made[1][start:stop]
    lr, eps = hyper[0], hyper[1]
    for i in range(stop - start):
        total = s[i] + grad[i] * grad[i]
        new_s[i] = total
        out[i] = param[i] - lr * grad[i] / np.sqrt(total + eps)


@njit(**PARALLEL)
def _adagrad_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _adagrad(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def adagrad_step(
    param: Array, grad: Array, s: Array, lr: float = 0.01, eps: float = 1e-8
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.adagrad_step`."""
    out, s = _elementwise((_adagrad, _adagrad_parallel), (param, grad, s), 2, (lr, eps))
    return out, s


@njit(**SERIAL)
def _rmsprop(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    s = c[start:stop]
    out = made[0][start:stop]
    new_s = made[1][start:stop]
    lr, rho, fresh, eps = hyper[0], hyper[1], hyper[2], hyper[3]
    for i in range(stop - start):
        average = rho * s[i] + fresh * (grad[i] * grad[i])
        new_s[i] = average
        out[i] = param[i] - lr * grad[i] / np.sqrt(average + eps)


@njit(**PARALLEL)
def _rmsprop_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _rmsprop(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def rmsprop_step(
    param: Array,
    grad: Array,
    s: Array,
    lr: float = 0.001,
    rho: float = 0.9,
    eps: float = 1e-8,
) -> tuple[Array, Array]:
    """See `solutions.optimizers.chapter.rmsprop_step`."""
    hyper = (lr, rho, 1.0 - rho, eps)
    out, s = _elementwise((_rmsprop, _rmsprop_parallel), (param, grad, s), 2, hyper)
    return out, s


@njit(**SERIAL)
def _adadelta(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    s = c[start:stop]
    d = d[start:stop]
    out = made[0][start:stop]
    new_s = made[1][start:stop]
    new_d = made[2][start:stop]
    rho, fresh, eps = hyper[0], hyper[1], hyper[2]
    for i in range(stop - start):
        squares = rho * s[i] + fresh * (grad[i] * grad[i])
        step = np.sqrt(d[i] + eps) / np.sqrt(squares + eps) * grad[i]
        new_s[i] = squares
        new_d[i] = rho * d[i] + fresh * (step * step)
        out[i] = param[i] - step


@njit(**PARALLEL)
def _adadelta_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _adadelta(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def adadelta_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array],
    rho: float = 0.95,
    eps: float = 1e-6,
) -> tuple[Array, tuple[Array, Array]]:
    """See `solutions.optimizers.chapter.adadelta_step`."""
    inputs, hyper = (param, grad, *state), (rho, 1.0 - rho, eps)
    out, s, d = _elementwise((_adadelta, _adadelta_parallel), inputs, 3, hyper)
    return out, (s, d)


@njit(**SERIAL)
def _adam(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    m = c[start:stop]
    s = d[start:stop]
    out = made[0][start:stop]
    new_m = made[1][start:stop]
    new_s = made[2][start:stop]
    lr, beta1, fresh1, beta2 = hyper[0], hyper[1], hyper[2], hyper[3]
    fresh2, grow1, grow2, eps = hyper[4], hyper[5], hyper[6], hyper[7]
    for i in range(stop - start):
        mean = beta1 * m[i] + fresh1 * grad[i]
        square = beta2 * s[i] + fresh2 * (grad[i] * grad[i])
        new_m[i] = mean
        new_s[i] = square
        out[i] = param[i] - lr * (mean * grow1) / (np.sqrt(square * grow2) + eps)


@njit(**PARALLEL)
def _adam_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _adam(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def adam_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array, int],
    lr: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, tuple[Array, Array, int]]:
    """See `solutions.optimizers.chapter.adam_step`."""
    m, s, t = state
    t = int(t) + 1
    grow1, grow2 = 1.0 / (1.0 - beta1**t), 1.0 / (1.0 - beta2**t)
    hyper = (lr, beta1, 1.0 - beta1, beta2, 1.0 - beta2, grow1, grow2, eps)
    out, m, s = _elementwise((_adam, _adam_parallel), (param, grad, m, s), 3, hyper)
    return out, (m, s, t)


# --- less noise, more zeros ----------------------------------------------------------------------


def svrg_epoch(
    param: Array,
    gradient: Callable[[int, Array], Array],
    n: int,
    order: Sequence[int],
    lr: float = 0.01,
) -> Array:
    """See `solutions.optimizers.chapter.svrg_epoch`."""
    at_snapshot = np.stack([np.asarray(gradient(i, param)) for i in range(n)])
    full = at_snapshot.mean(axis=0)
    point = param
    for i in np.asarray(order).tolist():
        correction = full - at_snapshot[i]
        point = sgd_step(point, gradient(i, point) + correction, lr)
    return point


@njit(**SERIAL)
def _dual_averaging(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    grad = a[start:stop]
    mean = b[start:stop]
    out = made[0][start:stop]
    new_mean = made[1][start:stop]
    share, l1, scale = hyper[0], hyper[1], hyper[2]
    for i in range(stop - start):
        average = mean[i] + share * (grad[i] - mean[i])
        new_mean[i] = average
        if average > l1:
            out[i] = -scale * (average - l1)
        elif average < -l1:
            out[i] = -scale * (average + l1)
        else:
            out[i] = 0.0


@njit(**PARALLEL)
def _dual_averaging_parallel(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array
) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _dual_averaging(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def dual_averaging_step(
    param: Array,
    grad: Array,
    state: tuple[Array, int],
    l1: float = 0.01,
    gamma: float = 1.0,
) -> tuple[Array, tuple[Array, int]]:
    """See `solutions.optimizers.chapter.dual_averaging_step`."""
    mean, t = state[0], int(state[1]) + 1
    hyper = (1.0 / t, l1, float(np.sqrt(t)) / gamma)
    inputs = (grad, mean)
    out, mean = _elementwise((_dual_averaging, _dual_averaging_parallel), inputs, 2, hyper)
    return out, (mean, t)


@njit(**SERIAL)
def _ftrl(
    a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array, start: int, stop: int
) -> None:
    param = a[start:stop]
    grad = b[start:stop]
    z = c[start:stop]
    n = d[start:stop]
    out = made[0][start:stop]
    new_z = made[1][start:stop]
    new_n = made[2][start:stop]
    alpha, beta, l1, l2 = hyper[0], hyper[1], hyper[2], hyper[3]
    for i in range(stop - start):
        squares = n[i] + grad[i] * grad[i]
        root = np.sqrt(squares)
        pull = z[i] + grad[i] - (root - np.sqrt(n[i])) / alpha * param[i]
        new_z[i] = pull
        new_n[i] = squares
        stiffness = (beta + root) / alpha + l2
        if pull > l1:
            out[i] = (l1 - pull) / stiffness
        elif pull < -l1:
            out[i] = (-l1 - pull) / stiffness
        else:
            out[i] = 0.0


@njit(**PARALLEL)
def _ftrl_parallel(a: Array, b: Array, c: Array, d: Array, made: Array, hyper: Array) -> None:
    size = a.size
    for job in prange((size + STRETCH - 1) // STRETCH):
        _ftrl(a, b, c, d, made, hyper, job * STRETCH, min((job + 1) * STRETCH, size))


def ftrl_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array],
    alpha: float = 0.1,
    beta: float = 1.0,
    l1: float = 0.0,
    l2: float = 0.0,
) -> tuple[Array, tuple[Array, Array]]:
    """See `solutions.optimizers.chapter.ftrl_step`."""
    inputs, hyper = (param, grad, *state), (alpha, beta, l1, l2)
    out, z, n = _elementwise((_ftrl, _ftrl_parallel), inputs, 3, hyper)
    return out, (z, n)


# --- schedules -----------------------------------------------------------------------------------


def piecewise_constant(t: float, boundaries: Sequence[float], values: Sequence[float]) -> float:
    """See `solutions.optimizers.chapter.piecewise_constant`."""
    return float(values[bisect_right(list(boundaries), t)])


def exponential_decay(t: float, lr0: float, r: float) -> float:
    """See `solutions.optimizers.chapter.exponential_decay`."""
    return float(lr0 * np.exp(-np.log(10.0) * t / r))


def power_decay(t: float, lr0: float, r: float, c: float = 1.0) -> float:
    """See `solutions.optimizers.chapter.power_decay`."""
    return float(lr0 / (1.0 + t / r) ** c)


@njit(**SERIAL)
def _performance(
    errors: Array, rates: Array, lr: float, every: int, patience: int, factor: float
) -> None:
    best, failures, until = np.inf, 0, every
    for t in range(errors.size):
        rates[t] = lr
        until -= 1
        if until > 0:
            continue
        until = every
        failures = 0 if errors[t] < best else failures + 1
        best = min(best, errors[t])
        if failures == patience:
            lr /= factor
            failures = 0


def performance_schedule(
    errors: Array, lr0: float, every: int = 1, patience: int = 2, factor: float = 10.0
) -> Array:
    """See `solutions.optimizers.chapter.performance_schedule`."""
    seen = np.ascontiguousarray(errors)
    rates = np.empty_like(seen)
    _performance(seen, rates, float(lr0), every, patience, float(factor))
    return rates
