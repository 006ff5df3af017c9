# mypy: allow-untyped-defs
"""Kernels of the chapter on the perceptron: threshold units, their rules, and what they can tell.

Learning goes sample by sample, each from the weights that the one before has left, and so runs in
one thread. Whether a line exists is found by the perceptron itself where the margin is not tiny,
and decided by a linear programme where it does not come to an end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import matmul
from reference.kernels.vector import like

__all__ = [
    "adaline_update",
    "averaged_perceptron",
    "count_separable",
    "gate",
    "linearly_separable",
    "mistake_bound",
    "multiclass_perceptron_update",
    "perceptron_fit",
    "perceptron_update",
    "predict",
    "read_log",
    "whose_update",
    "xor_network",
]

Array = NDArray[Any]

PATIENCE = 10_000
"""Mistakes after which a linear programme is asked."""
POSITIVE = 1e-6
"""The margin, of samples of length 1, above which a linear programme is believed."""

# --- units and gates ------------------------------------------------------------------------------


def _decide(z, threshold, at_zero, out):
    """Write the answer of each unit; a sample per job."""
    for n in prange(len(z)):
        for k in range(z.shape[1]):
            if z[n, k] > threshold[k]:
                out[n, k] = 1
            else:
                out[n, k] = at_zero if z[n, k] == threshold[k] else 0


_decide_serial = njit(**SERIAL)(_decide)
_decide_parallel = njit(**PARALLEL)(_decide)


@contract("x (N, D), w (K, D), threshold (K), at_zero real -> x")
def predict(x: Array, w: Array, threshold: Array, at_zero: float = 1.0) -> Array:
    """See `solutions.perceptron.chapter.predict`."""
    z = matmul(x, w, np.empty((len(x), len(w)), x.dtype), turn_b=True)
    out = np.empty_like(z)
    run = _decide_serial if z.size < SMALL else _decide_parallel
    run(z, threshold, x.dtype.type(at_zero), out)
    return out


@contract("name 'AND' | 'OR' | 'NAND' | 'NOR' | 'MAJORITY' | 'NOT', d int >= 1")
def gate(name: str, d: int = 2) -> tuple[Array, float]:
    """See `solutions.perceptron.chapter.gate`."""
    if name == "NOT":
        if d != 1:
            raise ValueError(f"expected d = 1 for 'NOT', got {d}")
        return np.array([-1.0]), -0.5
    opposite = {"NAND": "AND", "NOR": "OR"}
    if name in opposite:
        w, threshold = gate(opposite[name], d)
        return -w, -threshold
    silent = {"AND": d - 1, "OR": 0, "MAJORITY": d // 2}[
        name
    ]  # the most inputs that do not suffice
    return np.full(d, 2.0), 2.0 * silent + 1.0


@contract("d int >= 2")
def xor_network(d: int = 2) -> list[tuple[Array, Array]]:
    """See `solutions.perceptron.chapter.xor_network`."""
    hidden, top = np.ones((d, d)), np.ones((1, d))
    top[0, 1::2] = -1.0  # with k inputs on, the first k hidden units fire: their sum is k mod 2
    return [(hidden, np.arange(d) + 0.5), (top, np.array([0.5]))]


# --- learning -------------------------------------------------------------------------------------


@njit(**SERIAL)
def _net(w, x):
    """Return the sum of a unit, bias first."""
    z = w[0]
    for i in range(x.size):
        z += w[i + 1] * x[i]
    return z


@njit(**SERIAL)
def _move(w, x, step):
    """Add a multiple of a padded sample to the weights, in place."""
    w[0] += step
    for i in range(x.size):
        w[i + 1] += step * x[i]


@njit(**SERIAL)
def _correct(w, x, target, lr):
    """Learn from one sample in place; return whether it was a mistake."""
    output = 1 if _net(w, x) >= 0 else 0
    if output == target:
        return False
    _move(w, x, lr if output < target else -lr)
    return True


@contract("w (D+1), x (D), target int >= 0 <= 1, lr real -> w")
def perceptron_update(w: Array, x: Array, target: int, lr: float) -> Array:
    """See `solutions.perceptron.chapter.perceptron_update`."""
    new = w.copy()
    _correct(new, x, target, w.dtype.type(lr))
    return new


@contract("w (D+1), x (D), target real, lr real -> w")
def adaline_update(w: Array, x: Array, target: float, lr: float) -> Array:
    """See `solutions.perceptron.chapter.adaline_update`."""
    new, kind = w.copy(), w.dtype.type
    _move(new, x, kind(lr) * (kind(target) - _net(w, x)))
    return new


@njit(**SERIAL)
def _fit(x, y, order, one, w, log):
    """Train in place until an epoch is clean; return how many epochs were made."""
    for epoch in range(log.size):
        log[epoch] = 0
        for n in order:
            if _correct(w, x[n], y[n], one):
                log[epoch] += 1
        if log[epoch] == 0:
            return epoch + 1
    return log.size


@contract("x (N, D), y int (N) >= 0 <= 1, order int (N) >= 0 < N, max_epochs int >= 1 -> x")
def perceptron_fit(x: Array, y: Array, order: Array, max_epochs: int) -> tuple[Array, Array]:
    """See `solutions.perceptron.chapter.perceptron_fit`."""
    w, log = np.zeros(x.shape[1] + 1, x.dtype), np.empty(max_epochs, np.int64)
    epochs = _fit(x, y, order, x.dtype.type(1), w, log)
    return w, log[:epochs].copy()


@njit(**SERIAL)
def _follow(x, y, order, epochs, one, w, mean):
    """Train in place; leave the average of the weights after each sample in `mean`."""
    for _ in range(epochs):
        for n in order:
            _correct(w, x[n], y[n], one)
            for i in range(w.size):
                mean[i] += w[i]
    for i in range(w.size):
        mean[i] /= like(one, epochs * order.size)


@contract("x (N, D), y int (N) >= 0 <= 1, order int (N) >= 0 < N, epochs int >= 1 -> x", "N >= 1")
def averaged_perceptron(x: Array, y: Array, order: Array, epochs: int) -> Array:
    """See `solutions.perceptron.chapter.averaged_perceptron`."""
    w = np.zeros(x.shape[1] + 1, x.dtype)
    mean = np.zeros_like(w)
    _follow(x, y, order, epochs, x.dtype.type(1), w, mean)
    return mean


@njit(**SERIAL)
def _rank(w, x):
    """Return the first of the classes whose sum is largest."""
    best, most = 0, _net(w[0], x)
    for k in range(1, len(w)):
        z = _net(w[k], x)
        if z > most:
            best, most = k, z
    return best


@contract("w (K, D+1), x (D), label int >= 0 < K -> w")
def multiclass_perceptron_update(w: Array, x: Array, label: int) -> Array:
    """See `solutions.perceptron.chapter.multiclass_perceptron_update`."""
    new, one = w.copy(), w.dtype.type(1)
    winner = _rank(w, x)
    if winner != label:
        _move(new[label], x, one)
        _move(new[winner], x, -one)
    return new


# --- what the theorem says ------------------------------------------------------------------------


@njit(**SERIAL)
def _extremes(w, x, y):
    """Return the smallest signed sum and the largest squared length of the padded samples."""
    least, largest = math.inf, 0.0
    for n in range(len(x)):
        z, squares = _net(w, x[n]), 1.0
        for i in range(x.shape[1]):
            squares += x[n, i] * x[n, i]
        least = min(least, z if y[n] == 1 else -z)
        largest = max(largest, squares)
    return least, largest


@contract("w double (D+1), x double (N, D), y int (N) >= 0 <= 1", "N >= 1")
def mistake_bound(w: Array, x: Array, y: Array) -> tuple[float, float, float]:
    """See `solutions.perceptron.chapter.mistake_bound`."""
    least, largest = _extremes(w, x, y)
    length = math.sqrt(float(w @ w))
    if length == 0:
        raise ValueError("expected weights that are not all zero")
    bound = largest * length**2 / least**2 if least > 0 else math.inf
    return least / length, math.sqrt(largest), bound


@contract("x double (N, D), mistakes int (E) >= 0, margin real > 0", "N >= 1", "E >= 1")
def read_log(x: Array, mistakes: Array, margin: float) -> tuple[str, float]:
    """See `solutions.perceptron.chapter.read_log`."""
    if mistakes.min() == 0:
        return "separable", 0.0
    nothing = np.zeros(x.shape[1] + 1)
    _, largest = _extremes(nothing, x, np.ones(len(x), np.int64))
    left = largest / margin**2 - int(mistakes.sum())
    return ("not separable", 0.0) if left < 0 else ("undecided", left)


# --- whose rule -----------------------------------------------------------------------------------


@njit(**SERIAL)
def _directions(path, x, y, rule, out):
    """Write what a rule adds to the weights for each sample, at the rate 1."""
    out[:] = 0
    for n in range(len(x)):
        z = _net(path[0] if rule == 5 else path[n], x[n])
        learned = y[n] - (1.0 if z >= 0 else 0.0)
        if rule == 1:
            learned = -learned
        elif rule == 3:
            learned = 2.0 * y[n] - 1.0
        elif rule == 4:
            learned = y[n] - z
        row = out[len(x) - 1] if rule == 5 else out[n]
        for j in range(x.shape[1]):
            row[1 + j] += learned * x[n, j]
        if rule != 2:
            row[0] += learned


_RULES = ("perceptron", "reversed", "no-bias", "hebb", "adaline", "batch")


@contract("path double (T+1, D+1), x double (T, D), y int (T) >= 0 <= 1", "T >= 1")
def whose_update(path: Array, x: Array, y: Array) -> tuple[str, float]:
    """See `solutions.perceptron.chapter.whose_update`."""
    steps, directions = np.diff(path, axis=0), np.empty((len(x), path.shape[1]))
    found, least = ("perceptron", 0.0), math.inf
    for rule, name in enumerate(_RULES):
        _directions(path, x, y, rule, directions)
        squares = float(np.sum(directions * directions))
        lr = float(np.sum(directions * steps)) / squares if squares > 0 else 0.0
        gap = float(np.sum((steps - lr * directions) ** 2))
        if lr > 0 and gap < least:
            found, least = (name, lr), gap
    return found


# --- separability ---------------------------------------------------------------------------------


@njit(**SERIAL)
def _parted(sides, patience, w):
    """Look for weights with a positive sum for every row, in place; return whether there are."""
    w[:] = 0
    for _ in range(patience + 1):
        wrong = -1
        for n in range(len(sides)):
            z = 0.0
            for i in range(w.size):
                z += w[i] * sides[n, i]
            if not z > 0:
                wrong = n
                break
        if wrong < 0:
            return True
        for i in range(w.size):
            w[i] += sides[wrong, i]
    return False


def _programme(sides: Array) -> bool:
    """Decide by a linear programme whether the greatest margin of weights in a cube is positive."""
    from scipy.optimize import linprog

    n, d = sides.shape
    cost = np.zeros(d + 1)
    cost[d] = -1.0
    found = linprog(
        cost,
        A_ub=np.column_stack([-sides, np.ones(n)]),
        b_ub=np.zeros(n),
        bounds=[(-1, 1)] * d + [(None, 1)],
    )
    return bool(found.x[d] > POSITIVE)


def _separable(padded: Array, signs: Array) -> bool:
    sides = padded * signs[:, np.newaxis]
    return bool(_parted(sides, PATIENCE, np.empty(sides.shape[1]))) or _programme(sides)


def _padded(x: Array) -> Array:
    """Return the samples with a 1 in front, each scaled to the length 1."""
    padded = np.column_stack([np.ones(len(x)), x])
    return np.asarray(padded / np.linalg.norm(padded, axis=1, keepdims=True))


@contract("x double (N, D), y int (N) >= 0 <= 1", "N >= 1")
def linearly_separable(x: Array, y: Array) -> bool:
    """See `solutions.perceptron.chapter.linearly_separable`."""
    return _separable(_padded(x), 2.0 * y - 1.0)


@contract("x double (N, D)", "N >= 1", "N <= 16")
def count_separable(x: Array) -> int:
    """See `solutions.perceptron.chapter.count_separable`."""
    padded, points = _padded(x), np.arange(len(x))
    ways = range(2 ** (len(x) - 1))  # the last point is 0: the opposite of each way counts as well
    return 2 * sum(_separable(padded, 2.0 * (way >> points & 1) - 1.0) for way in ways)
