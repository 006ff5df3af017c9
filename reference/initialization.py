# mypy: allow-untyped-defs
"""Kernels of the chapter on initialization: widths, draws, and signals measured by depth.

Weights are drawn from NumPy's own generators; the measurements push a batch through the whole
stack, by the core's product of matrices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import SERIAL, njit
from reference.contracts import contract
from reference.kernels.gemm import matmul
from reference.kernels.vector import exp, larger, like, sigmoid, tanh, total

__all__ = [
    "fans",
    "gain",
    "gradient_by_depth",
    "init_scale",
    "lsuv_weights",
    "orthogonal_weights",
    "preactivation_std",
    "predicted_growth",
    "residual_scale",
    "sample_weights",
    "sick_layer",
    "signal_by_depth",
    "update_ratios",
    "weight_std",
]

Array = NDArray[Any]

CODES = {"linear": 0, "logistic": 1, "tanh": 2, "relu": 3}


@contract("n int >= 0, weight_std real >= 0, bias_std real >= 0")
def preactivation_std(n: int, weight_std: float = 1.0, bias_std: float = 0.0) -> float:
    """See `solutions.initialization.chapter.preactivation_std`."""
    return math.hypot(math.sqrt(n) * weight_std, bias_std)


@contract("shape ints >= 1", "len(shape) >= 2")
def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """See `solutions.initialization.chapter.fans`."""
    units, inputs, *window = shape
    return inputs * math.prod(window), units * math.prod(window)


def _fan(shape: tuple[int, ...], mode: str) -> float:
    """Return the fan that a mode takes."""
    fan_in, fan_out = fans(shape)
    return {"fan_in": fan_in, "fan_out": fan_out}.get(mode, 0.5 * (fan_in + fan_out))


MODES = "mode 'fan_in' | 'fan_out' | 'fan_avg'"


@contract(f"shape ints >= 1, gain real, {MODES}", "len(shape) >= 2")
def weight_std(shape: tuple[int, ...], gain: float = 1.0, mode: str = "fan_in") -> float:
    """See `solutions.initialization.chapter.weight_std`."""
    return gain * math.sqrt(1.0 / _fan(shape, mode))


@contract(
    f"shape ints >= 1, rng rng, gain real, {MODES}, distribution 'normal' | 'uniform'",
    "len(shape) >= 2",
)
def sample_weights(
    shape: tuple[int, ...],
    rng: np.random.Generator,
    gain: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "normal",
) -> Array:
    """See `solutions.initialization.chapter.sample_weights`."""
    variance = gain * gain / _fan(shape, mode)
    if distribution == "normal":
        return np.asarray(math.sqrt(variance) * rng.standard_normal(shape))
    return np.asarray(math.sqrt(12.0 * variance) * (rng.random(shape) - 0.5))


@contract(f"widths ints >= 1, gain real, {MODES}", "len(widths) >= 2")
def predicted_growth(widths: Sequence[int], gain: float, mode: str) -> tuple[float, float]:
    """See `solutions.initialization.chapter.predicted_growth`."""
    signal, gradient = 1.0, 1.0
    for before, behind in pairwise(widths):
        share = 0.5 * gain * gain / _fan((behind, before), mode)
        signal, gradient = signal * before * share, gradient * behind * share
    return signal, gradient


@contract(
    "activation 'logistic' | 'tanh' | 'relu' | 'leaky_relu' | 'elu', fan_in int >= 1, "
    "fan_out int >= 1, distribution 'uniform' | 'normal'",
)
def init_scale(activation: str, fan_in: int, fan_out: int, distribution: str) -> float:
    """See `solutions.initialization.chapter.init_scale`."""
    squared = {"logistic": 1.0, "tanh": 16.0, "relu": 2.0, "leaky_relu": 2.0, "elu": 2.0}
    spread = {"uniform": 3.0, "normal": 1.0}
    return math.sqrt(squared[activation] * spread[distribution] * 2.0 / (fan_in + fan_out))


@contract("activation 'linear' | 'logistic' | 'tanh' | 'relu' | 'leaky_relu', slope real")
def gain(activation: str, slope: float = 0.01) -> float:
    """See `solutions.initialization.chapter.gain`."""
    kept = {"linear": 1.0, "logistic": 1.0, "tanh": 9.0 / 25.0, "relu": 0.5}
    kept["leaky_relu"] = 0.5 + 0.5 * slope * slope
    return 1.0 / math.sqrt(kept[activation])


@njit(**SERIAL)
def _activations(z, code, h):
    """See `solutions.initialization.chapter.activate`."""
    if code == 1:
        for i in range(z.size):
            h[i] = sigmoid(z[i])
    elif code == 2:
        for i in range(z.size):
            h[i] = tanh(z[i])
    else:
        for i in range(z.size):
            h[i] = larger(z[i], like(z[i], 0)) if code == 3 else z[i]


@njit(**SERIAL)
def _slopes(z, code, delta):
    """Multiply `delta` by the slope of the activation at z."""
    for i in range(z.size):
        one = like(z[i], 1)
        if code == 1:  # small / (1 + small)**2, which no large z spoils
            small = exp(-abs(z[i]))
            delta[i] *= small / ((one + small) * (one + small))
        elif code == 2:
            delta[i] *= one - tanh(z[i]) * tanh(z[i])
        elif code == 3 and not z[i] > 0:
            delta[i] = 0


@njit(**SERIAL)
def _std(z):
    """Return the standard deviation, summed in float64."""
    away = z.astype(np.float64)
    mean = total(away) / z.size
    for i in range(z.size):
        away[i] = (away[i] - mean) * (away[i] - mean)
    return np.sqrt(total(away) / z.size)


def _forward(x: Array, weights: Sequence[Array], activation: str) -> tuple[list[Array], Array]:
    """Return the pre-activations z of every layer, and the standard deviations of the outputs."""
    zs, stds = [], np.empty(len(weights), x.dtype)
    for layer, w in enumerate(weights):
        zs.append(matmul(x, w, np.empty((len(x), len(w)), x.dtype), turn_b=True))
        x = np.empty_like(zs[-1])
        _activations(zs[-1].reshape(-1), CODES[activation], x.reshape(-1))
        stds[layer] = _std(x.reshape(-1))
    return zs, stds


@contract(
    "x (N, D), weights list((D', D)), activation 'linear' | 'logistic' | 'tanh' | 'relu' -> x",
    "N >= 1",
)
def signal_by_depth(x: Array, weights: Sequence[Array], activation: str) -> Array:
    """See `solutions.initialization.chapter.signal_by_depth`."""
    return _forward(x, weights, activation)[1]


@contract(
    "x (N, D), weights list((D', D)), activation 'linear' | 'logistic' | 'tanh' | 'relu', "
    "grad (N, K) -> x",
    "N >= 1",
    "len(weights) >= 1",
    "grad.shape[1] == weights[-1].shape[0]",
)
def gradient_by_depth(x: Array, weights: Sequence[Array], activation: str, grad: Array) -> Array:
    """See `solutions.initialization.chapter.gradient_by_depth`."""
    zs, stds = _forward(x, weights, activation)
    delta = grad.copy()
    for layer in reversed(range(len(weights))):
        _slopes(zs[layer].reshape(-1), CODES[activation], delta.reshape(-1))
        stds[layer] = _std(delta.reshape(-1))
        if layer > 0:
            delta = matmul(delta, weights[layer], np.empty_like(zs[layer - 1]))
    return stds


@njit(**SERIAL)
def _length(a):
    """Return the root of the sum of squares, summed in float64."""
    squares = a.astype(np.float64)
    for i in range(squares.size):
        squares[i] *= squares[i]
    return np.sqrt(total(squares))


@contract(
    "weights list((...)), grads list((...)), rate real",
    "shapes(weights) == shapes(grads)",
    "len(weights) >= 1",
)
def update_ratios(weights: Sequence[Array], grads: Sequence[Array], rate: float) -> Array:
    """See `solutions.initialization.chapter.update_ratios`."""
    ratios = [
        rate * _length(g.reshape(-1)) / _length(w.reshape(-1))
        for w, g in zip(weights, grads, strict=True)
    ]
    return np.array(ratios, dtype=weights[0].dtype)


def _order(factor: float) -> int:
    """Tell whether a factor is below one half, in order, or above two."""
    return int(factor > 2.0) - int(factor < 0.5)


@contract("signal (P), gradient (P), ratio (L)", "P == L + 1")
def sick_layer(signal: Array, gradient: Array, ratio: Array) -> tuple[int, str]:
    """See `solutions.initialization.chapter.sick_layer`."""
    causes = {(1, 1): "large", (-1, -1): "small", (0, -1): "saturated"}
    for layer in range(1, len(signal)):
        found = (
            _order(signal[layer] / signal[layer - 1]),
            _order(gradient[layer - 1] / gradient[layer]),
        )
        if found in causes:
            return layer, causes[found]
    for layer, share in enumerate(ratio.tolist(), 1):
        if not 1e-4 <= share <= 1e-2:
            return layer, "frozen" if share < 1e-4 else "hasty"
    return 0, "healthy"


@njit(**SERIAL)
def _orthonormal(rows):
    """Make rows orthonormal in order, in place; twice, for what rounding leaves."""
    for i in range(len(rows)):
        for _ in range(2):
            for j in range(i):
                along = 0.0
                for k in range(rows.shape[1]):
                    along += rows[i, k] * rows[j, k]
                for k in range(rows.shape[1]):
                    rows[i, k] -= along * rows[j, k]
        length = 0.0
        for k in range(rows.shape[1]):
            length += rows[i, k] * rows[i, k]
        for k in range(rows.shape[1]):
            rows[i, k] /= np.sqrt(length)


@contract("draws (F, D), gain real -> draws")
def orthogonal_weights(draws: Array, gain: float = 1.0) -> Array:
    """See `solutions.initialization.chapter.orthogonal_weights`."""
    high = draws.shape[0] >= draws.shape[1]
    rows = np.array(draws.T if high else draws, dtype=np.float64, order="C")
    _orthonormal(rows)
    return np.ascontiguousarray(gain * (rows.T if high else rows), dtype=draws.dtype)


@contract(
    "x (N, D), weights list((D', D)), activation 'linear' | 'logistic' | 'tanh' | 'relu' -> x",
    "N >= 1",
)
def lsuv_weights(x: Array, weights: Sequence[Array], activation: str) -> list[Array]:
    """See `solutions.initialization.chapter.lsuv_weights`."""
    mended: list[Array] = []
    for w in weights:
        z = matmul(x, w, np.empty((len(x), len(w)), x.dtype), turn_b=True)
        width = z.dtype.type(_std(z.reshape(-1)))
        mended.append(w / width)
        x = np.empty_like(z)
        _activations((z / width).reshape(-1), CODES[activation], x.reshape(-1))
    return mended


@contract("blocks int >= 1, growth real >= 1")
def residual_scale(blocks: int, growth: float = 2.0) -> float:
    """See `solutions.initialization.chapter.residual_scale`."""
    return math.sqrt(math.expm1(math.log(growth) / blocks))
