# mypy: allow-untyped-defs
"""Kernels of the chapter on activations: each pass returns the activation and its derivative.

A curve is a rule of `reference.kernels.elementwise`: it finds z in row 0 and leaves the activation
there and the derivative in row 1. Rows of scores belong to one job each; sums over a batch are
taken in the order of the samples: 1 and N threads give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import INSERTED, PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.elementwise import code_of, in_stretches, rows, whole
from reference.kernels.gemm import matmul
from reference.kernels.move import put
from reference.kernels.vector import exp, expm1, largest, like, log, normal, tanh, total, weight

__all__ = [
    "collapse_linear",
    "dead_fraction",
    "hard_unit",
    "maxout",
    "numerical_vjp",
    "prelu_backward",
    "rectifier",
    "selu_constants",
    "smooth_unit",
    "softmax",
    "softmax_backward",
    "squash",
    "swiglu_backward",
    "whose_mistake",
]

Array = NDArray[Any]
Rule = Callable[..., None]

BLOCK = 64
"""Columns whose sums over a batch one job takes."""

# --- curves ---------------------------------------------------------------------------------------


def _pair(rule: Rule, z: Array, second: Any = None) -> tuple[Array, Array]:
    """Apply a rule to z; return rows 0 and 1. `second` is what row 1 holds before."""
    memory = np.empty((2, *z.shape), z.dtype)
    memory[0] = z
    if second is not None:
        memory[1] = second
    flat = memory.reshape(2, -1)
    alone = z.size < SMALL or numba.get_num_threads() == 1
    (whole if alone else in_stretches)(code_of(rule, flat.dtype), flat, np.zeros(1))
    return memory[0], memory[1]


def _step(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        z[i] = one if z[i] >= zero else zero
        slope[i] = one


def _sign(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        z[i] = (one if z[i] > zero else zero) - (one if z[i] < zero else zero)
        slope[i] = one


def _ramp(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    zero, half, one = z.dtype.type(0), z.dtype.type(0.5), z.dtype.type(1)
    for i in range(size):
        slope[i] = one if abs(z[i]) < half else zero
        height = z[i] + half
        height = height if height > zero else zero
        z[i] = height if height < one else one


def _sigmoid(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        small = exp(-abs(z[i]))  # in (0, 1]: it cannot overflow
        share = one / (one + small)
        slope[i] = small * share * share
        z[i] = share if z[i] >= zero else small * share


def _tanh(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    one, two, four = z.dtype.type(1), z.dtype.type(2), z.dtype.type(4)
    for i in range(size):
        small = exp(-two * abs(z[i]))
        share = one / (one + small)
        slope[i] = four * small * share * share
        z[i] = tanh(z[i])


def _leaky(size, stride, numbers, memory):
    z, alpha, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        leak = one if z[i] > zero else alpha[i]
        z[i] *= leak
        alpha[i] = leak


def _elu(size, stride, numbers, memory):
    z, alpha, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        x, steepness = z[i], alpha[i]
        below = x if x < zero else zero
        z[i] = x if x > zero else steepness * expm1(below)
        alpha[i] = one if x > zero else steepness * exp(below)


def _softplus(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        x = z[i]
        small = exp(-abs(x))
        mass = one + small
        share = one / mass
        rest = log(mass) + (small - (mass - one)) * share  # rounding took it from mass
        z[i] = (x if x > zero else zero) + rest
        slope[i] = share if x >= zero else small * share


def _silu(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for i in range(size):
        x = z[i]
        small = exp(-abs(x))
        share = one / (one + small)
        gate = share if x >= zero else small * share
        z[i] = x * gate
        slope[i] = gate + x * (small * share * share)


def _gelu(size, stride, numbers, memory):
    z, slope, _, _ = rows(memory, stride, size)
    height = z.dtype.type(0.3989422804014327)  # 1 / sqrt(2 pi)
    for i in range(size):
        x = z[i]
        bell, gate = normal(x)
        z[i] = x * gate
        slope[i] = gate + x * (height * bell)


_HARD: dict[str, Rule] = {"step": _step, "sign": _sign, "piecewise_linear": _ramp}
_SQUASHED: dict[str, Rule] = {"sigmoid": _sigmoid, "tanh": _tanh}
_BENT: dict[str, Rule] = {"leaky": _leaky, "elu": _elu}
_SMOOTH: dict[str, Rule] = {"softplus": _softplus, "silu": _silu, "gelu": _gelu}


@contract("z (...), kind 'step' | 'sign' | 'piecewise_linear' -> z")
def hard_unit(z: Array, kind: str) -> tuple[Array, Array]:
    """See `solutions.activations.chapter.hard_unit`."""
    return _pair(_HARD[kind], z)


@contract("z (...), kind 'sigmoid' | 'tanh' -> z")
def squash(z: Array, kind: str) -> tuple[Array, Array]:
    """See `solutions.activations.chapter.squash`."""
    return _pair(_SQUASHED[kind], z)


def _check_fit(shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Refuse slopes that NumPy would not spread over z."""
    if len(shape) > len(wanted) or any(
        own not in (1, length)
        for own, length in zip(shape, wanted[len(wanted) - len(shape) :], strict=True)
    ):
        raise ValueError(f"expected alpha that fits z of shape {wanted}, got {shape}")


@contract("z (...), kind 'leaky' | 'elu', alpha any -> z")
def rectifier(
    z: Array, kind: str = "leaky", alpha: float | Array | tuple[float, float] = 0.01
) -> tuple[Array, Array]:
    """See `solutions.activations.chapter.rectifier`."""
    if isinstance(alpha, tuple):
        low, high = alpha
        alpha = (low + high) / 2
    if not isinstance(alpha, int | float):
        _check_fit(np.shape(alpha), z.shape)
    return _pair(_BENT[kind], z, alpha)


@contract("z (...), kind 'softplus' | 'silu' | 'gelu' -> z")
def smooth_unit(z: Array, kind: str) -> tuple[Array, Array]:
    """See `solutions.activations.chapter.smooth_unit`."""
    return _pair(_SMOOTH[kind], z)


# --- layers ---------------------------------------------------------------------------------------


@contract("layers list(tuple((D', D), (D')))", "len(layers) >= 1")
def collapse_linear(layers: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """See `solutions.activations.chapter.collapse_linear`."""
    w, b = (array.copy() for array in layers[0])
    for upper, bias in layers[1:]:
        b = bias + matmul(upper, b[:, np.newaxis], np.empty((len(bias), 1), w.dtype))[:, 0]
        w = matmul(upper, w, np.empty((len(bias), w.shape[1]), w.dtype))
    return w, b


def _column_sums(terms: Array, sums: Array) -> None:
    """Compute ``sums[...] = terms.sum(0)``, in the order of the rows; a block of columns a job."""
    for job in prange((sums.size + BLOCK - 1) // BLOCK):
        first, last = job * BLOCK, min((job + 1) * BLOCK, sums.size)
        block = np.zeros(BLOCK, terms.dtype)
        for n in range(len(terms)):
            row = terms[n, first:last]
            for j in range(row.size):
                block[j] += row[j]
        put(sums[first:last], block[: last - first])


_column_sums_serial = njit(**SERIAL)(_column_sums)
_column_sums_parallel = njit(**PARALLEL)(_column_sums)


def _vote(size, stride, numbers, memory):
    """Replace z by its gradient and alpha by what the sample adds to alpha's; row 2 is dy."""
    z, alpha, dy, _ = rows(memory, stride, size)
    zero = z.dtype.type(0)
    for i in range(size):
        x, through = z[i], dy[i]
        z[i] = through if x > zero else through * alpha[i]
        alpha[i] = zero if x > zero else through * x


@contract("dy (N, F), z (N, F), alpha (F) -> z")
def prelu_backward(dy: Array, z: Array, alpha: Array) -> tuple[Array, Array]:
    """See `solutions.activations.chapter.prelu_backward`."""
    memory = np.empty((3, *z.shape), z.dtype)
    memory[0], memory[1], memory[2] = z, alpha, dy
    flat = memory.reshape(3, -1)
    alone = z.size < SMALL or numba.get_num_threads() == 1
    (whole if alone else in_stretches)(code_of(_vote, flat.dtype), flat, np.zeros(1))
    sums = np.empty(z.shape[1], flat.dtype)
    (_column_sums_serial if alone else _column_sums_parallel)(memory[1], sums)
    return memory[0], sums


def _layer(x: Array, w: Array, b: Array) -> Array:
    z = np.empty((len(x), len(w)), x.dtype)
    z[:] = b
    return matmul(x, w, z, turn_b=True, add=True)


@contract("x (N, D), w (F, D), b (F)", "N >= 1", "F >= 1")
def dead_fraction(x: Array, w: Array, b: Array) -> tuple[float, float]:
    """See `solutions.activations.chapter.dead_fraction`."""
    fired = np.count_nonzero(_layer(x, w, b) > 0, axis=0)
    return float(np.mean(fired == 0)), float(np.mean(fired == len(x)))


def _gate(size, stride, numbers, memory):
    """Replace the gate's and the message's sums by their gradients; row 2 is dy."""
    gate, message, dy, _ = rows(memory, stride, size)
    zero, one = gate.dtype.type(0), gate.dtype.type(1)
    for i in range(size):
        x, said, through = gate[i], message[i], dy[i]
        small = exp(-abs(x))
        share = one / (one + small)
        opened = share if x >= zero else small * share
        gate[i] = through * said * (opened + x * (small * share * share))
        message[i] = through * (x * opened)


@contract("dy (N, F), x (N, D), w (F, D), v (F, D) -> x")
def swiglu_backward(dy: Array, x: Array, w: Array, v: Array) -> tuple[Array, Array, Array]:
    """See `solutions.activations.chapter.swiglu_backward`."""
    memory = np.empty((3, len(x), len(w)), x.dtype)
    matmul(x, w, memory[0], turn_b=True)
    matmul(x, v, memory[1], turn_b=True)
    memory[2] = dy
    flat = memory.reshape(3, -1)
    alone = dy.size < SMALL or numba.get_num_threads() == 1
    (whole if alone else in_stretches)(code_of(_gate, flat.dtype), flat, np.zeros(1))
    dgate, dmessage = memory[0], memory[1]
    dx = matmul(dgate, w, np.empty_like(x))
    matmul(dmessage, v, dx, add=True)
    dw, dv = np.empty_like(w), np.empty_like(v)
    return dx, matmul(dgate, x, dw, turn_a=True), matmul(dmessage, x, dv, turn_a=True)


@njit(**SERIAL)
def _overtake(z, number, best, piece):
    """Keep what is larger, and whose it was."""
    for i in range(z.size):
        larger = z[i] > best[i]
        best[i] = z[i] if larger else best[i]
        piece[i] = number if larger else piece[i]


@contract("x (N, D), w (P, F, D), b (P, F)", "P >= 1")
def maxout(x: Array, w: Array, b: Array) -> tuple[Array, NDArray[np.integer]]:
    """See `solutions.activations.chapter.maxout`."""
    best = _layer(x, w[0], b[0])
    piece = np.zeros(best.shape, np.int64)
    for number in range(1, len(w)):
        z = _layer(x, w[number], b[number])
        _overtake(z.reshape(-1), number, best.reshape(-1), piece.reshape(-1))
    return best, piece


# --- softmax --------------------------------------------------------------------------------------


ROOM = 4096
"""Scores that one job takes, at least a row of them: what stands beside them is made once."""


@njit(**SERIAL)
def _softmax_row(scores, cold, log_wanted, out):
    """Write the softmax of a row of scores, or the logarithm of it."""
    top = largest(scores)
    for k in range(scores.size):
        out[k] = weight((scores[k] - top) * cold)
    mass = total(out) + (top - top) * cold  # NaN if a score is, or infinite
    if log_wanted:
        lost = log(mass)
        for k in range(scores.size):
            out[k] = (scores[k] - top) * cold - lost
    else:
        share = like(mass, 1) / mass
        for k in range(scores.size):
            out[k] *= share


@njit(**INSERTED)
def _some_rows(scores):
    """Return how many rows a job takes, and how many jobs there are."""
    some = max(1, ROOM // scores.shape[1])
    return some, (len(scores) + some - 1) // some


def _softmax(scores, cold, log_wanted, out):
    some, jobs = _some_rows(scores)
    for job in prange(jobs):
        for n in range(job * some, min((job + 1) * some, len(scores))):
            _softmax_row(scores[n], cold, log_wanted, out[n])


_softmax_serial = njit(**SERIAL)(_softmax)
_softmax_parallel = njit(**PARALLEL)(_softmax)


def _last(array: Array, axis: int) -> Array:
    """Return the array with an axis moved to the end, in order; itself where that is the last."""
    if axis in (-1, array.ndim - 1):
        return array
    return np.ascontiguousarray(np.moveaxis(array, axis, -1))


def _as_rows(array: Array) -> Array:
    return array.reshape(-1, array.shape[-1])


def _placed(array: Array, axis: int) -> Array:
    """Undo `_last`."""
    if axis in (-1, array.ndim - 1):
        return array
    return np.ascontiguousarray(np.moveaxis(array, -1, axis))


@contract("z (...), axis int, temperature real > 0, log flag -> z", "-z.ndim <= axis < z.ndim")
def softmax(z: Array, axis: int = -1, temperature: float = 1.0, log: bool = False) -> Array:
    """See `solutions.activations.chapter.softmax`."""
    scores = _last(z, axis)
    out = np.empty_like(scores)
    run = _softmax_serial if z.size < SMALL else _softmax_parallel
    run(_as_rows(scores), z.dtype.type(1 / temperature), bool(log), _as_rows(out))
    return _placed(out, axis)


@njit(**SERIAL)
def _back_row(dy, cold, log_wanted, weighed, p):
    """Replace a row's softmax by the gradient of its scores; `weighed` is room for a row."""
    if log_wanted:
        whole = total(dy)
        for k in range(dy.size):
            p[k] = (dy[k] - p[k] * whole) * cold
    else:
        for k in range(dy.size):
            weighed[k] = p[k] * dy[k]
        mean = total(weighed)
        for k in range(dy.size):
            p[k] = p[k] * (dy[k] - mean) * cold


def _back(scores, dy, cold, log_wanted, out):
    some, jobs = _some_rows(scores)
    for job in prange(jobs):
        weighed = np.empty(scores.shape[1], scores.dtype)
        for n in range(job * some, min((job + 1) * some, len(scores))):
            _softmax_row(scores[n], cold, False, out[n])
            _back_row(dy[n], cold, log_wanted, weighed, out[n])


_back_serial = njit(**SERIAL)(_back)
_back_parallel = njit(**PARALLEL)(_back)


@contract(
    "dy (*S), z (*S), axis int, temperature real > 0, log flag -> z", "-z.ndim <= axis < z.ndim"
)
def softmax_backward(
    dy: Array, z: Array, axis: int = -1, temperature: float = 1.0, log: bool = False
) -> Array:
    """See `solutions.activations.chapter.softmax_backward`."""
    scores, slopes = _last(z, axis), _last(dy, axis)
    out = np.empty_like(scores)
    run = _back_serial if z.size < SMALL else _back_parallel
    given = _as_rows(scores), _as_rows(slopes), z.dtype.type(1 / temperature), bool(log)
    run(*given, _as_rows(out))
    return _placed(out, axis)


# --- checking and deriving ------------------------------------------------------------------------


@contract("f call, x double (*S), dy double (...), h real > 0")
def numerical_vjp(f: Callable[[Array], Array], x: Array, dy: Array, h: float = 1e-5) -> Array:
    """See `solutions.activations.chapter.numerical_vjp`."""
    gradient = np.empty(x.size)
    for i in range(x.size):
        ends = []
        for nudged in (x.flat[i] + h, x.flat[i] - h):
            moved = x.copy()
            moved.flat[i] = nudged
            ends.append(np.asarray(f(moved), np.float64))
        if ends[0].shape != dy.shape:
            raise ValueError(f"expected dy of shape {ends[0].shape} as f(x), got {dy.shape}")
        gradient[i] = np.sum(dy * (ends[0] - ends[1])) / (2.0 * h)
    return gradient.reshape(x.shape)


@contract("z (N), claimed (N)", "N >= 1")
def whose_mistake(z: Array, claimed: Array) -> str:
    """See `solutions.activations.chapter.whose_mistake`."""
    a, slope = squash(z, "sigmoid")
    stories = {
        "right": slope,
        "at the output": squash(a, "sigmoid")[1],
        "output formula": z - z * z,
        "squared": slope * slope,
        "activation": a,
        "tanh": squash(z, "tanh")[1],
        "sign": -slope,
    }
    gaps = {name: float(np.max(np.abs(story - claimed))) for name, story in stories.items()}
    return min(gaps, key=gaps.__getitem__)


@contract("variance real > 0")
def selu_constants(variance: float) -> tuple[float, float]:
    """See `solutions.activations.chapter.selu_constants`."""
    deviation = math.sqrt(variance)

    def left(k: int) -> float:
        """Return the mean of exp(k z) over the left half: E[exp(k z); z < 0]."""
        return math.exp(k * k * variance / 2) * math.erfc(k * deviation / math.sqrt(2)) / 2

    alpha = deviation / math.sqrt(2 * math.pi) / (0.5 - left(1))
    square = variance / 2 + alpha**2 * (left(2) - 2 * left(1) + 0.5)
    return alpha, math.sqrt(variance / square)
