"""Linear, logistic and softmax regression, and what is done to data before and after them.

The matrix products are those of `reference.kernels.gemm`, the losses of `reference.kernels.losses`:
1 and N threads give the same bits. What is solved in one piece is solved in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
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


# --- what is taken --------------------------------------------------------------------------------


def _precision(array: Any) -> Any:
    return np.float32 if getattr(array, "dtype", None) == np.float32 else np.float64


def _ordered(*given: Any) -> list[Array]:
    """Return contiguous arrays in the first one's precision."""
    return [np.ascontiguousarray(array, dtype=_precision(given[0])) for array in given]


def _expect(name: str, array: Array, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape:
        raise ValueError(f"expected {name} of shape {shape}, got {np.shape(array)}")


def _samples(x: Array, **others: Array) -> None:
    """Refuse what has not one number for each row of x; theta has one for each column."""
    if np.ndim(x) != 2 or len(x) == 0:
        raise ValueError(f"expected x of shape (N, D) with N at least 1, got {np.shape(x)}")
    for name, array in others.items():
        _expect(name, array, (x.shape[name == "theta"],))


def _indices(name: str, given: Any, count: int) -> NDArray[np.int64]:
    """Return whole numbers from 0 to count - 1, or say which is none."""
    found = np.ascontiguousarray(given)
    if found.ndim != 1 or not np.issubdtype(found.dtype, np.integer):
        raise ValueError(
            f"expected {name} of shape (N,) and integers, got {found.shape}, {found.dtype}"
        )
    if found.size and not 0 <= found.min() <= found.max() < count:
        wrong = found.min() if found.min() < 0 else found.max()
        raise ValueError(f"expected {name} from 0 to {count - 1}, got {wrong}")
    return found.astype(np.int64)


# --- linear regression ----------------------------------------------------------------------------


def mse(prediction: Array, target: Array, root: bool = False) -> float:
    """See `solutions.regression.chapter.mse`."""
    for array in (prediction, target):
        if array.ndim not in (1, 2) or array.shape[1:] not in ((), (1,)) or array.size == 0:
            raise ValueError(f"expected an array of shape (N,) or (N, 1), got {array.shape}")
    if prediction.size != target.size:
        raise ValueError(f"expected targets of shape {prediction.shape}, got {target.shape}")
    said, true = (array.reshape(-1) for array in _ordered(prediction, target))
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


def mse_gradient(x: Array, y: Array, theta: Array) -> Array:
    """See `solutions.regression.chapter.mse_gradient`."""
    _samples(x, y=y, theta=theta)
    x, y, theta = _ordered(x, y, theta)
    if x.size < LITTLE:
        pace = x.dtype.type(2 / len(x))
        little: Array = _pull(products(x.dtype), x, y, theta[np.newaxis], pace)[0]
        return little
    misses = _logits(x, theta[np.newaxis])[:, 0] - y
    return _spread(misses * x.dtype.type(2 / len(x)), x)


@njit(**SERIAL)
def _path(code: Any, x: Array, y: Array, path: Array, pace: Any) -> None:
    """Fill the path from its first row on; `pace` is 2 lr / N."""
    for t in range(len(path) - 1):
        pull = _pull(code, x, y, path[t : t + 1], pace)
        for j in range(x.shape[1]):
            path[t + 1, j] = path[t, j] - pull[0, j]


def gradient_descent(x: Array, y: Array, theta: Array, lr: float, steps: int) -> Array:
    """See `solutions.regression.chapter.gradient_descent`."""
    _samples(x, y=y, theta=theta)
    x, y, theta = _ordered(x, y, theta)
    path = np.empty((steps + 1, theta.size), theta.dtype)
    path[0] = theta
    if x.size < LITTLE:
        _path(products(x.dtype), x, y, path, x.dtype.type(2 * lr / len(x)))
        return path
    for t in range(steps):
        path[t + 1] = path[t] - x.dtype.type(lr) * mse_gradient(x, y, path[t])
    return path


def _gram(x: Array) -> Array:
    """Return ``x.T @ x``, in float64."""
    x = np.ascontiguousarray(x, dtype=np.float64)
    return matmul(x, x, np.empty((x.shape[1], x.shape[1])), turn_a=True)


def max_stable_rate(x: Array) -> float:
    """See `solutions.regression.chapter.max_stable_rate`."""
    _samples(x)
    gram = _gram(x if x.shape[1] <= len(x) else x.T)  # both have the largest eigenvalue
    largest = float(np.linalg.eigvalsh(gram)[-1]) if np.any(x) else 0.0
    return len(x) / largest if largest > 0 else float("inf")


def diagnose_gradient(x: Array, y: Array, theta: Array, found: Array) -> str:
    """See `solutions.regression.chapter.diagnose_gradient`."""
    _samples(x, y=y, theta=theta)
    _expect("found", found, theta.shape)
    right = mse_gradient(x, y, theta)
    blind = mse_gradient(x, 0 * y, theta)
    factors = {"right": 1.0, "sum": float(len(y)), "half": 0.5, "uphill": -1.0}
    told = {name: factor * right for name, factor in factors.items()} | {"no targets": blind}
    for name, value in told.items():
        if np.allclose(found, value, rtol=0, atol=1e-6 * np.max(np.abs(value))):
            return name
    return "unknown"


def normal_equation(x: Array, y: Array, rcond: float = 1e-6) -> Array:
    """See `solutions.regression.chapter.normal_equation`."""
    _samples(x, y=y)
    whole = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    theta = np.linalg.lstsq(*whole, rcond=rcond)[0]
    return np.asarray(theta, dtype=_precision(x))


def ridge(x: Array, y: Array, strength: float) -> Array:
    """See `solutions.regression.chapter.ridge`."""
    _samples(x, y=y)
    if not strength > 0:
        raise ValueError(f"expected a strength above 0, got {strength}")
    gram = _gram(x)
    gram.flat[len(gram) + 1 :: len(gram) + 1] += strength
    rows, targets = _ordered(np.asarray(x, dtype=np.float64), y)
    return np.asarray(np.linalg.solve(gram, _spread(targets, rows)), dtype=_precision(x))


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


def sgd_epoch(
    x: Array, y: Array, theta: Array, lr: float, order: NDArray[np.integer], size: int = 1
) -> Array:
    """See `solutions.regression.chapter.sgd_epoch`."""
    _samples(x, y=y, theta=theta)
    if size < 1:
        raise ValueError(f"expected a size of at least 1, got {size}")
    order = _indices("order", order, len(x))
    x, y, theta = _ordered(x, y, theta)
    new, number = theta.copy(), theta.dtype.type
    paces = number(2 * lr / size), number(2 * lr / max(order.size % size, 1))
    _epoch(x, y, new, order, size, paces)
    return new


# --- classes --------------------------------------------------------------------------------------


def logistic_loss(x: Array, y: Array, theta: Array) -> tuple[float, Array]:
    """See `solutions.regression.chapter.logistic_loss`."""
    _samples(x, y=y, theta=theta)
    x, y, theta = _ordered(x, y, theta)
    if not np.all((y == 0) | (y == 1)):
        raise ValueError(f"expected labels 0 and 1, got {y[(y != 0) & (y != 1)][0]}")
    z, misses = _logits(x, theta[np.newaxis])[:, 0], np.empty_like(y)
    run = binary_serial if z.size < SMALL else binary_parallel
    loss = float(run(z, y, z.dtype.type(1 / z.size), misses)) / z.size
    return loss, _spread(misses, x)


def softmax_gradient(x: Array, labels: NDArray[np.integer], theta: Array) -> Array:
    """See `solutions.regression.chapter.softmax_gradient`."""
    _samples(x)
    if np.ndim(theta) != 2 or theta.shape[1] != x.shape[1]:
        raise ValueError(f"expected theta of shape (K, {x.shape[1]}), got {np.shape(theta)}")
    _expect("labels", labels, (len(x),))
    labels = _indices("labels", labels, len(theta))
    x, theta = _ordered(x, theta)
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


def cartesian_to_polar(points: Array) -> Array:
    """See `solutions.regression.chapter.cartesian_to_polar`."""
    if np.ndim(points) != 2 or points.shape[1] != 2:
        raise ValueError(f"expected points of shape (N, 2), got {np.shape(points)}")
    (points,) = _ordered(points)
    out = np.empty_like(points)
    run = _polar_serial if points.size < SMALL else _polar_parallel
    run(points, out)
    return out


def design_matrix(train: Array, other: Array, scaling: str = "standard") -> tuple[Array, Array]:
    """See `solutions.regression.chapter.design_matrix`."""
    _samples(train)
    if np.ndim(other) != 2 or other.shape[1] != train.shape[1]:
        wanted = f"(M, {train.shape[1]})"
        raise ValueError(f"expected other of shape {wanted}, got {np.shape(other)}")
    rows = np.asarray(train, dtype=np.float64)
    low, high = rows.min(axis=0), rows.max(axis=0)
    if scaling == "standard":
        shift, scale = rows.mean(axis=0), rows.std(axis=0)
    elif scaling == "min-max":
        shift, scale = low, high - low
    else:
        raise ValueError(f'expected scaling "standard" or "min-max", got {scaling!r}')
    scale = np.where(high > low, scale, np.inf)  # what does not vary becomes 0

    def design(given: Array) -> Array:
        out = np.ones((len(given), 1 + len(scale)), _precision(train))
        out[:, 1:] = (given - shift) / scale
        return out

    return design(train), design(other)


def train_val_test_split(
    n: int, fractions: tuple[float, float], order: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]:
    """See `solutions.regression.chapter.train_val_test_split`."""
    _expect("order", order, (n,))
    validation, test = (round(fraction * n) for fraction in fractions)
    if min(validation, test) < 0 or validation + test > n:
        raise ValueError(f"expected fractions from 0 to 1 in sum, got {fractions}")
    train, validation_part, test_part = np.split(order, [n - validation - test, n - test])
    return train, validation_part, test_part


def confusion_and_auc(
    labels: NDArray[np.integer], scores: Array, threshold: float = 0.5
) -> tuple[NDArray[np.integer], float]:
    """See `solutions.regression.chapter.confusion_and_auc`."""
    labels = _indices("labels", labels, 2)
    _expect("scores", scores, labels.shape)
    called = np.asarray(scores >= threshold, dtype=np.int64)
    confusion = np.bincount(2 * labels + called, minlength=4).reshape(2, 2)
    below, ahead = np.sort(scores[labels == 0]), scores[labels == 1]
    if below.size == 0 or ahead.size == 0:
        return confusion, float("nan")
    beaten = np.searchsorted(below, ahead, side="left").sum()
    beaten_or_tied = np.searchsorted(below, ahead, side="right").sum()
    return confusion, float(beaten + beaten_or_tied) / (2.0 * below.size * ahead.size)
