"""Kernels of the chapter on initialization: widths, samplers, and signals measured by depth.

The samplers draw from NumPy's own generators; the measurements push one sample at a time through
the whole stack, its layers side by side in one row, so that threads can share out the samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference._jit import PARALLEL, SERIAL, SMALL, njit, prange

Array = NDArray[Any]

CODES = {"linear": 0, "logistic": 1, "tanh": 2, "relu": 3}


def preactivation_std(n: int, weight_std: float = 1.0, bias_std: float = 0.0) -> float:
    """See `solutions.initialization.chapter.preactivation_std`."""
    return math.hypot(math.sqrt(n) * weight_std, bias_std)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """See `solutions.initialization.chapter.fans`."""
    units, inputs, *window = shape
    return inputs * math.prod(window), units * math.prod(window)


def _normal(variance: float, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    return np.asarray(math.sqrt(variance) * rng.standard_normal(shape))


def _uniform(variance: float, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    return np.asarray(math.sqrt(12.0 * variance) * (rng.random(shape) - 0.5))


def lecun_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """See `solutions.initialization.chapter.lecun_normal`."""
    return _normal(1.0 / fans(shape)[0], shape, rng)


def glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """See `solutions.initialization.chapter.glorot_uniform`."""
    return _uniform(2.0 / sum(fans(shape)), shape, rng)


def glorot_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """See `solutions.initialization.chapter.glorot_normal`."""
    return _normal(2.0 / sum(fans(shape)), shape, rng)


def he_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """See `solutions.initialization.chapter.he_normal`."""
    return _normal(2.0 / fans(shape)[0], shape, rng)


def he_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """See `solutions.initialization.chapter.he_uniform`."""
    return _uniform(2.0 / fans(shape)[0], shape, rng)


def init_scale(activation: str, fan_in: int, fan_out: int, distribution: str) -> float:
    """See `solutions.initialization.chapter.init_scale`."""
    squared = {"logistic": 1.0, "tanh": 16.0, "relu": 2.0, "leaky_relu": 2.0, "elu": 2.0}
    spread = {"uniform": 3.0, "normal": 1.0}
    return math.sqrt(squared[activation] * spread[distribution] * 2.0 / (fan_in + fan_out))


def gain(activation: str, slope: float = 0.01) -> float:
    """See `solutions.initialization.chapter.gain`."""
    kept = {"linear": 1.0, "logistic": 1.0, "tanh": 9.0 / 25.0, "relu": 0.5}
    kept["leaky_relu"] = 0.5 + 0.5 * slope * slope
    return 1.0 / math.sqrt(kept[activation])


@njit(**SERIAL)
def _activation(z, code):  # type: ignore[no-untyped-def]
    if code == 1:
        return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))
    if code == 2:
        return math.tanh(z)
    return max(z, 0.0) if code == 3 else z


@njit(**SERIAL)
def _slope(z, code):  # type: ignore[no-untyped-def]
    if code == 1:
        small = math.exp(-abs(z))
        return small / (1 + small) ** 2
    if code == 2:
        return 1 - math.tanh(z) ** 2
    return 1.0 if code == 0 or z > 0 else 0.0


@njit(**SERIAL)
def _forward(x, flat, sizes, starts, places, code, z, h):  # type: ignore[no-untyped-def]
    """Push one sample through the stack; layer l stands in z and h from places[l] on."""
    for layer in range(1, sizes.size):
        fan_in, before = sizes[layer - 1], places[layer - 1]
        for o in range(sizes[layer]):
            row = starts[layer - 1] + o * fan_in
            total = 0.0
            for i in range(fan_in):
                total += flat[row + i] * (x[i] if layer == 1 else h[before + i])
            z[places[layer] + o] = total
            h[places[layer] + o] = _activation(total, code)


@njit(**SERIAL)
def _backward(grad, flat, sizes, starts, places, code, z, delta):  # type: ignore[no-untyped-def]
    """Pull the gradient of one sample back to the pre-activations of every layer."""
    last = sizes.size - 1
    for o in range(sizes[last]):
        delta[places[last] + o] = grad[o] * _slope(z[places[last] + o], code)
    for layer in range(last - 1, 0, -1):
        for i in range(sizes[layer]):
            total = 0.0
            for o in range(sizes[layer + 1]):
                total += delta[places[layer + 1] + o] * flat[starts[layer] + o * sizes[layer] + i]
            delta[places[layer] + i] = total * _slope(z[places[layer] + i], code)


@njit(**SERIAL)
def _sample(n, x, grad, flat, sizes, starts, places, code, back, out):  # type: ignore[no-untyped-def]
    z = np.empty(out.shape[1], out.dtype)
    h = np.empty(out.shape[1], out.dtype)
    _forward(x[n], flat, sizes, starts, places, code, z, h)
    if back:
        _backward(grad[n], flat, sizes, starts, places, code, z, out[n])
    else:
        out[n] = h


@njit(**SERIAL)
def _serial(x, grad, flat, sizes, starts, places, code, back, out):  # type: ignore[no-untyped-def]
    for n in range(x.shape[0]):
        _sample(n, x, grad, flat, sizes, starts, places, code, back, out)


@njit(**PARALLEL)
def _parallel(x, grad, flat, sizes, starts, places, code, back, out):  # type: ignore[no-untyped-def]
    for n in prange(x.shape[0]):
        _sample(n, x, grad, flat, sizes, starts, places, code, back, out)


def _measure(x: Array, weights: Sequence[Array], activation: str, grad: Array, back: bool) -> Array:
    dtype = np.result_type(x, *weights, np.float32)
    flat = np.concatenate([np.asarray(w, dtype).ravel() for w in weights])
    sizes = np.array([x.shape[1], *(len(w) for w in weights)], np.int64)
    starts = np.cumsum([0, *(w.size for w in weights)])
    places = np.cumsum([0, 0, *sizes[1:]])
    out = np.empty((len(x), int(places[-1])), dtype)
    x, grad = np.ascontiguousarray(x, dtype), np.ascontiguousarray(grad, dtype)
    run = _serial if flat.size * len(x) < SMALL else _parallel
    run(x, grad, flat, sizes, starts, places, CODES[activation], back, out)
    return np.array([np.std(layer) for layer in np.split(out, places[2:-1], axis=1)], dtype)


def signal_by_depth(x: Array, weights: Sequence[Array], activation: str) -> Array:
    """See `solutions.initialization.chapter.signal_by_depth`."""
    return _measure(x, weights, activation, x[:, :0], False)


def gradient_by_depth(x: Array, weights: Sequence[Array], activation: str, grad: Array) -> Array:
    """See `solutions.initialization.chapter.gradient_by_depth`."""
    return _measure(x, weights, activation, grad, True)
