# mypy: allow-untyped-defs
"""Linear, logistic and softmax regression, and what is done to data before and after them.

The matrix products are those of `reference.kernels.gemm`, the losses of `reference.kernels.losses`:
1 and N threads give the same bits. What is solved in one piece is solved in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import LITTLE, matmul, product, products
from reference.kernels.losses import (
    binary_parallel,
    binary_serial,
    entropy_parallel,
    entropy_serial,
    squares_parallel,
    squares_serial,
)

__all__ = [
    "cartesian_to_polar",
    "confusion_and_auc",
    "design_matrix",
    "diagnose_gradient",
    "gradient_descent",
    "logistic_loss",
    "max_stable_rate",
    "mse",
    "mse_gradient",
    "normal_equation",
    "ridge",
    "sgd_epoch",
    "softmax_gradient",
    "train_val_test_split",
]

Array = NDArray[Any]


# --- linear regression ----------------------------------------------------------------------------


@contract("prediction (...), target (...), root flag")
def mse(prediction: Array, target: Array, root: bool = False) -> float:
    """See `solutions.regression.chapter.mse`."""
    for array in (prediction, target):
        if array.ndim not in (1, 2) or array.shape[1:] not in ((), (1,)) or array.size == 0:
            raise ValueError(f"expected an array of shape (N,) or (N, 1), got {array.shape}")
    if prediction.size != target.size:
        raise ValueError(f"expected targets of shape {prediction.shape}, got {target.shape}")
    said, true = prediction.reshape(-1), target.reshape(-1)
    run = squares_serial if said.size < SMALL else squares_parallel
    mean = float(run(said, true, np.empty_like(said))) / said.size
    return float(np.sqrt(mean)) if root else mean


def _logits(x: Array, theta: Array) -> Array:
    """Return ``x @ theta.T``."""
    return matmul(x, theta, np.empty((len(x), len(theta)), x.dtype), turn_b=True)


def _spread(misses: Array, x: Array) -> Array:
    """Return ``misses @ x``: each sample's miss, times its inputs, summed."""
    pull: Array = matmul(misses[np.newaxis], x, np.empty((1, x.shape[1]), x.dtype))[0]
    return pull


@njit(**SERIAL)
def _pull(code: Any, x: Array, y: Array, theta: Array, pace: Any) -> Array:
    """Return ``pace * (x @ theta - y) @ x`` at once: a call from Python costs more than a product.

    theta is a row, and so is what is returned.
    """
    misses, pull = np.empty((len(x), 1), x.dtype), np.empty((1, x.shape[1]), x.dtype)
    product(code, x, theta, misses, False, True, False)
    for n in range(len(x)):
        misses[n, 0] = pace * (misses[n, 0] - y[n])
    product(code, misses.reshape(1, -1), x, pull, False, False, False)
    return pull


ROWS, JOBS = 128, 32
"""Rows whose misses are found and spread at once, while they are in the caches; jobs at most."""

COLUMNS = 64
"""Of a block of ``x.T @ x``."""


def _steps(code, logistic, x, y, theta, share, losses, pulls):
    """Fill for some rows a job the loss (logistic only) and the pull, ``misses @ x``."""
    row = theta.reshape(1, -1)
    for job in prange(len(losses)):
        first, last = job * len(x) // len(losses), (job + 1) * len(x) // len(losses)
        losses[job], pulls[job] = 0.0, 0.0
        for start in range(first, last, ROWS):
            some, true = x[start : min(last, start + ROWS)], y[start : min(last, start + ROWS)]
            misses, pull = np.empty((len(some), 1), x.dtype), np.empty((1, theta.size), x.dtype)
            product(code, some, row, misses, False, True, False)
            flat = misses.reshape(-1)
            if logistic:
                z = flat.copy()
                losses[job] += binary_serial(z, true, share, flat)
            else:
                for n in range(flat.size):
                    flat[n] = share * (flat[n] - true[n])
            product(code, misses.reshape(1, -1), some, pull, False, False, False)
            for j in range(theta.size):
                pulls[job, j] += pull[0, j]


_steps_parallel = njit(**PARALLEL)(_steps)


def _step(logistic: bool, x: Array, y: Array, theta: Array, share: float) -> tuple[float, Array]:
    """Return the loss of many rows (logistic only) and its gradient, with one look at x."""
    jobs = max(1, min(JOBS, len(x) // ROWS))
    losses, pulls = np.empty(jobs), np.empty((jobs, theta.size))
    given = products(x.dtype), logistic, x, y, theta, x.dtype.type(share)
    _steps_parallel(*given, losses, pulls)
    return float(losses.sum()), pulls.sum(axis=0).astype(theta.dtype, copy=False)


@contract("x (N, D), y (N), theta (D) -> theta", "N >= 1")
def mse_gradient(x: Array, y: Array, theta: Array) -> Array:
    """See `solutions.regression.chapter.mse_gradient`."""
    if x.size < LITTLE:
        pace = x.dtype.type(2 / len(x))
        little: Array = _pull(products(x.dtype), x, y, theta[np.newaxis], pace)[0]
        return little
    return _step(False, x, y, theta, 2 / len(x))[1]


@njit(**SERIAL)
def _path(code: Any, x: Array, y: Array, path: Array, pace: Any) -> None:
    """Fill the path from its first row on; `pace` is 2 lr / N."""
    for t in range(len(path) - 1):
        pull = _pull(code, x, y, path[t : t + 1], pace)
        for j in range(x.shape[1]):
            path[t + 1, j] = path[t, j] - pull[0, j]


@contract("x (N, D), y (N), theta (D), lr real, steps int >= 0 -> theta", "N >= 1")
def gradient_descent(x: Array, y: Array, theta: Array, lr: float, steps: int) -> Array:
    """See `solutions.regression.chapter.gradient_descent`."""
    path = np.empty((steps + 1, theta.size), theta.dtype)
    path[0] = theta
    if x.size < LITTLE:
        _path(products(x.dtype), x, y, path, x.dtype.type(2 * lr / len(x)))
        return path
    for t in range(steps):
        path[t + 1] = path[t] - x.dtype.type(lr) * mse_gradient(x, y, path[t])
    return path


def _gram(x: Array) -> Array:
    """Return ``x.T @ x``: blocks of columns that lie close together, each pair of them once."""
    width = x.shape[1]
    starts, out = range(0, width, COLUMNS), np.empty((width, width))
    if len(starts) <= 1:
        return matmul(x, x, out, turn_a=True)
    parts = [np.ascontiguousarray(x[:, start : start + COLUMNS]) for start in starts]
    for i, left in zip(starts, parts, strict=True):
        for j, right in zip(starts[i // COLUMNS :], parts[i // COLUMNS :], strict=True):
            block = np.empty((left.shape[1], right.shape[1]))
            matmul(left, right, block, turn_a=True)
            out[i : i + len(block), j : j + block.shape[1]] = block
            out[j : j + block.shape[1], i : i + len(block)] = block.T
    return out


@contract("x double (N, D)", "N >= 1")
def max_stable_rate(x: Array) -> float:
    """See `solutions.regression.chapter.max_stable_rate`."""
    gram = _gram(
        x if x.shape[1] <= len(x) else np.ascontiguousarray(x.T)
    )  # both have the largest eigenvalue
    largest = float(np.linalg.eigvalsh(gram)[-1]) if np.any(x) else 0.0
    return len(x) / largest if largest > 0 else float("inf")


@contract("x (N, D), y (N), theta (D), found (D)", "N >= 1")
def diagnose_gradient(x: Array, y: Array, theta: Array, found: Array) -> str:
    """See `solutions.regression.chapter.diagnose_gradient`."""
    right = mse_gradient(x, y, theta)
    blind = mse_gradient(x, 0 * y, theta)
    factors = {"right": 1.0, "sum": float(len(y)), "half": 0.5, "uphill": -1.0}
    told = {name: factor * right for name, factor in factors.items()} | {"no targets": blind}
    for name, value in told.items():
        if np.allclose(found, value, rtol=0, atol=1e-6 * np.max(np.abs(value))):
            return name
    return "unknown"


@contract("x double (N, D), y double (N), rcond real >= 0 -> x", "N >= 1")
def normal_equation(x: Array, y: Array, rcond: float = 1e-6) -> Array:
    """See `solutions.regression.chapter.normal_equation`."""
    theta: Array = np.linalg.lstsq(x, y, rcond=rcond)[0]
    return theta


@contract("x double (N, D), y double (N), strength real > 0 -> x", "N >= 1")
def ridge(x: Array, y: Array, strength: float) -> Array:
    """See `solutions.regression.chapter.ridge`."""
    gram = _gram(x)
    gram.flat[len(gram) + 1 :: len(gram) + 1] += strength
    theta: Array = np.linalg.solve(gram, _spread(y, x))
    return theta


@njit(**SERIAL)
def _epoch(x: Array, y: Array, theta: Array, order: Array, size: int, paces: Any) -> None:
    """Update theta in place; `paces` are 2 lr / size and that of the last, short batch."""
    pull = np.empty_like(theta)
    for first in range(0, order.size, size):
        batch = order[first : first + size]
        pull[:] = 0
        for n in batch:
            miss = -y[n]
            for j in range(theta.size):
                miss += x[n, j] * theta[j]
            for j in range(theta.size):
                pull[j] += miss * x[n, j]
        pace = paces[0] if batch.size == size else paces[1]
        for j in range(theta.size):
            theta[j] -= pace * pull[j]


@contract("x (N, D), y (N), theta (D), lr real, order int (M) >= 0 < N, size int >= 1 -> theta")
def sgd_epoch(
    x: Array, y: Array, theta: Array, lr: float, order: NDArray[np.integer], size: int = 1
) -> Array:
    """See `solutions.regression.chapter.sgd_epoch`."""
    new, number = theta.copy(), theta.dtype.type
    paces = number(2 * lr / size), number(2 * lr / max(order.size % size, 1))
    _epoch(x, y, new, order, size, paces)
    return new


# --- classes --------------------------------------------------------------------------------------


@contract("x (N, D), y (N), theta (D) -> theta", "N >= 1")
def logistic_loss(x: Array, y: Array, theta: Array) -> tuple[float, Array]:
    """See `solutions.regression.chapter.logistic_loss`."""
    if not np.all((y == 0) | (y == 1)):
        raise ValueError(f"expected labels 0 and 1, got {y[(y != 0) & (y != 1)][0]}")
    if x.size >= LITTLE:
        loss, pull = _step(True, x, y, theta, 1 / len(x))
        return loss / len(x), pull
    z, misses = _logits(x, theta[np.newaxis])[:, 0], np.empty_like(y)
    run = binary_serial if z.size < SMALL else binary_parallel
    loss = float(run(z, y, z.dtype.type(1 / z.size), misses)) / z.size
    return loss, _spread(misses, x)


@contract("x (N, D), labels int (N) >= 0 < K, theta (K, D) -> theta", "N >= 1")
def softmax_gradient(x: Array, labels: NDArray[np.integer], theta: Array) -> Array:
    """See `solutions.regression.chapter.softmax_gradient`."""
    z = _logits(x, theta)
    misses = np.empty_like(z)
    run = entropy_serial if z.size < SMALL else entropy_parallel
    run(z, labels, z.dtype.type(1 / len(z)), misses)
    return matmul(misses, x, np.empty_like(theta), turn_a=True)


# --- before and after -----------------------------------------------------------------------------


def _polar(points: Array, out: Array) -> None:
    for n in prange(len(points)):
        out[n, 0] = np.hypot(points[n, 0], points[n, 1])
        out[n, 1] = np.arctan2(points[n, 1], points[n, 0])


_polar_serial = njit(**SERIAL)(_polar)
_polar_parallel = njit(**PARALLEL)(_polar)


@contract("points (N, 2) -> points")
def cartesian_to_polar(points: Array) -> Array:
    """See `solutions.regression.chapter.cartesian_to_polar`."""
    out = np.empty_like(points)
    run = _polar_serial if points.size < SMALL else _polar_parallel
    run(points, out)
    return out


@contract(
    "train double (N, D), other double (M, D), scaling 'standard' | 'min-max' -> train", "N >= 1"
)
def design_matrix(train: Array, other: Array, scaling: str = "standard") -> tuple[Array, Array]:
    """See `solutions.regression.chapter.design_matrix`."""
    low, high = train.min(axis=0), train.max(axis=0)
    shift, scale = low, high - low
    if scaling == "standard":
        shift, scale = train.mean(axis=0), train.std(axis=0)
    scale = np.where(high > low, scale, np.inf)  # what does not vary becomes 0

    def design(rows: Array) -> Array:
        return np.concatenate([np.ones((len(rows), 1)), (rows - shift) / scale], axis=1)

    return design(train), design(other)


@contract("n int >= 0, fractions tuple(real >= 0, real >= 0), order int (M)", "len(order) == n")
def train_val_test_split(
    n: int, fractions: tuple[float, float], order: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]:
    """See `solutions.regression.chapter.train_val_test_split`."""
    validation, test = (round(fraction * n) for fraction in fractions)
    if min(validation, test) < 0 or validation + test > n:
        raise ValueError(f"expected fractions from 0 to 1 in sum, got {fractions}")
    train, validation_part, test_part = np.split(order, [n - validation - test, n - test])
    return train, validation_part, test_part


@contract("labels int (N) >= 0 < 2, scores (N), threshold real")
def confusion_and_auc(
    labels: NDArray[np.integer], scores: Array, threshold: float = 0.5
) -> tuple[NDArray[np.integer], float]:
    """See `solutions.regression.chapter.confusion_and_auc`."""
    called = np.asarray(scores >= threshold, dtype=np.int64)
    confusion = np.bincount(2 * labels + called, minlength=4).reshape(2, 2)
    below, ahead = np.sort(scores[labels == 0]), scores[labels == 1]
    if below.size == 0 or ahead.size == 0:
        return confusion, float("nan")
    beaten = np.searchsorted(below, ahead, side="left").sum()
    beaten_or_tied = np.searchsorted(below, ahead, side="right").sum()
    return confusion, float(beaten + beaten_or_tied) / (2.0 * below.size * ahead.size)
