"""Hyperparameters: searches and their boxes, halving, folds, gaps, intervals.

Each job of several threads owns the rows it writes: 1 and N threads give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.vector import exp

__all__ = [
    "accuracy_interval",
    "coarse_to_fine",
    "cross_validate",
    "diagnose",
    "grid",
    "honest_report",
    "initial_loss",
    "k_fold",
    "learning_curve",
    "lr_range_test",
    "random_search",
    "successive_halving",
    "what_leaked",
]

Array = NDArray[Any]
Folds = list[tuple[Array, Array]]


@contract("shares double (K)", "K >= 1")
def initial_loss(shares: Array) -> tuple[float, float]:
    """See `solutions.tuning.chapter.initial_loss`."""
    terms = [-share * math.log(share) for share in shares.tolist() if share > 0]
    return math.log(len(shares)), math.fsum(terms)


# --- where to look --------------------------------------------------------------------------------


@contract("space any")
def grid(space: dict[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """See `solutions.tuning.chapter.grid`."""
    if not isinstance(space, dict):
        raise TypeError(f"expected space as a dict of lists, got {type(space).__name__}")
    counts = [len(values) for values in space.values()]
    settings = []
    for number in range(math.prod(counts)):
        setting, rest = {}, number
        for name, values in reversed(space.items()):
            rest, place = divmod(rest, len(values))
            setting[name] = values[place]
        settings.append({name: setting[name] for name in space})
    return settings


def _draw(u: Array, start: Array, length: Array, log: Array, out: Array) -> None:
    """Fill settings, a row per job; starts and lengths are on each parameter's own scale."""
    for n in prange(len(u)):
        for d in range(u.shape[1]):
            place = start[d] + length[d] * u[n, d]
            out[n, d] = exp(place) if log[d] else place


_draw_serial = njit(**SERIAL)(_draw)
_draw_parallel = njit(**PARALLEL)(_draw)


def _own(x: Array, log: Array) -> Array:
    """Return values on each parameter's own scale."""
    if np.any(x[..., log] <= 0):
        raise ValueError("expected positive values of a parameter on a log scale")
    out = x.astype(np.float64)
    out[..., log] = np.log(out[..., log])
    return out


@contract("u (N, D), box (2, D), log bool (D) -> u")
def random_search(u: Array, box: Array, log: NDArray[np.bool_]) -> Array:
    """See `solutions.tuning.chapter.random_search`."""
    low, high = _own(box, log)
    start, length = low.astype(u.dtype), (high - low).astype(u.dtype)
    out = np.empty_like(u)
    run = _draw_serial if u.size < SMALL else _draw_parallel
    run(u, start, length, log, out)
    return out


@contract(
    "best (D), box (2, D), limits (2, D), log bool (D), factor real > 0 < 1 -> box",
)
def coarse_to_fine(
    best: Array, box: Array, limits: Array, log: NDArray[np.bool_], factor: float
) -> tuple[Array, Array]:
    """See `solutions.tuning.chapter.coarse_to_fine`."""
    (low, high), middle = _own(box, log), _own(best, log)
    reach = (high - low) * (factor / 2)
    new = np.stack([middle - reach, middle + reach])
    new[:, log] = np.exp(new[:, log])
    tenth = (high - low) / 10
    edge = np.zeros(len(best), np.int64)
    edge[middle - low < tenth] = -1
    edge[high - middle < tenth] = 1
    return np.minimum(np.maximum(new, limits[0]), limits[1]).astype(box.dtype), edge


# --- when to give up ------------------------------------------------------------------------------


def _smoothed(losses: list[float], beta: float) -> list[float]:
    """Return the corrected moving average up to where the run explodes."""
    smooth: list[float] = []
    average, weight, lowest = 0.0, 0.0, math.inf
    for loss in losses:
        average += (1 - beta) * (loss - average)
        weight += (1 - beta) * (1 - weight)
        value = average / weight
        lowest = min(lowest, value)
        if not value <= 4 * lowest or math.isinf(value):
            break
        smooth.append(value)
    return smooth


@contract("rates double (T), losses double (T), beta real >= 0 < 1", "T >= 3")
def lr_range_test(rates: Array, losses: Array, beta: float = 0.0) -> tuple[float, float]:
    """See `solutions.tuning.chapter.lr_range_test`."""
    if not (rates[0] > 0 and np.all(np.diff(rates) > 0)):
        raise ValueError("expected rates that are positive and grow")
    smooth = _smoothed(losses.tolist(), float(beta))
    if len(smooth) < 3:
        raise ValueError(f"expected three steps before the explosion, got {len(smooth)}")
    falls = [
        (smooth[t + 1] - smooth[t - 1]) / math.log(rates[t + 1] / rates[t - 1])
        for t in range(1, len(smooth) - 1)
    ]
    return float(rates[1 + falls.index(min(falls))]), float(rates[len(smooth) - 1])


@contract("losses double (C, T), first int >= 1 <= T, eta int >= 2", "C >= 2")
def successive_halving(losses: Array, first: int, eta: int) -> tuple[list[Array], int]:
    """See `solutions.tuning.chapter.successive_halving`."""
    left: list[int] = list(range(len(losses)))
    rungs, epochs, trained, goal = [], 0, 0, first
    while len(left) > 1 and goal <= losses.shape[1]:
        epochs += len(left) * (goal - trained)
        column = losses[:, goal - 1].tolist()
        ranks = [(True, 0.0) if math.isnan(loss) else (False, loss) for loss in column]
        ranked = sorted(left, key=ranks.__getitem__)
        left = sorted(ranked[: max(1, len(left) // eta)])
        rungs.append(np.array(left))
        trained, goal = goal, goal * eta
    return rungs, epochs


# --- what the numbers say -------------------------------------------------------------------------


@contract("n int >= 2, k int >= 2, order int (n) >= 0 < n", "k <= n")
def k_fold(n: int, k: int, order: NDArray[np.integer]) -> Folds:
    """See `solutions.tuning.chapter.k_fold`."""
    folds = []
    for fold in range(k):
        start = fold * (n // k) + min(fold, n % k)
        end = (fold + 1) * (n // k) + min(fold + 1, n % k)
        folds.append((np.delete(order, np.s_[start:end]), order[start:end].copy()))
    return folds


def _standard(rows: Array, by: Array) -> Array:
    """Standardise columns by the statistics of other rows; constant columns become 0."""
    if not len(by):
        return np.zeros(rows.shape)
    mean, std = by.mean(axis=0, dtype=np.float64), by.std(axis=0, dtype=np.float64)
    varies = by.max(axis=0) > by.min(axis=0)
    scaled = np.zeros(rows.shape)
    np.divide(rows - mean, std, out=scaled, where=varies & (std > 0))
    return scaled


Fit = Callable[[Array, Array], Any]
Score = Callable[[Any, Array, Array], Any]


@contract(
    "x (N, D), y kept (N), folds list(tuple(int (A'), int (B'))), fit call, score call",
    "len(folds) >= 2",
)
def cross_validate(x: Array, y: Array, folds: Folds, fit: Fit, score: Score) -> tuple[float, float]:
    """See `solutions.tuning.chapter.cross_validate`."""
    scores = []
    for train, held in folds:
        if any(np.any((rows < 0) | (rows >= len(x))) for rows in (train, held)):
            raise ValueError(f"expected samples from 0 to {len(x) - 1} in folds")
        fitted, unseen = (_standard(x[rows], x[train]).astype(x.dtype) for rows in (train, held))
        scores.append(float(score(fit(fitted, y[train]), unseen, y[held])))
    mean = math.fsum(scores) / len(scores)
    squares = math.fsum((value - mean) ** 2 for value in scores)
    return mean, math.sqrt(squares / (len(scores) - 1) / len(scores))


@contract(
    "train double (N, D), test double (M, D), train_scaled double (N, D), "
    "test_scaled double (M, D)",
    "N >= 1",
    "M >= 1",
    "D >= 1",
)
def what_leaked(
    train: Array, test: Array, train_scaled: Array, test_scaled: Array
) -> tuple[str, int]:
    """See `solutions.tuning.chapter.what_leaked`."""
    both = np.concatenate([train, test])
    ways = {"train": (train, train), "together": (both, both), "apart": (train, test)}
    gaps = {
        name: max(
            float(np.abs(_standard(train, one) - train_scaled).max()),
            float(np.abs(_standard(test, two) - test_scaled).max()),
        )
        for name, (one, two) in ways.items()
    }
    known = {row.tobytes() for row in train + 0.0}  # -0 and 0 are one number
    shared = sum(row.tobytes() in known for row in test + 0.0)
    return min(gaps, key=gaps.__getitem__), shared


@contract("train real, dev real, bayes real, tolerance real")
def diagnose(
    train: float, dev: float, bayes: float = 0.0, tolerance: float = 2.0
) -> tuple[float, float, str, str]:
    """See `solutions.tuning.chapter.diagnose`."""
    bias, variance = train - bayes, dev - train
    verdicts = {
        (False, False): ("neither", "nothing"),
        (False, True): ("high variance", "more data"),
        (True, False): ("high bias", "larger model"),
        (True, True): ("both", "larger model"),
    }
    return bias, variance, *verdicts[bool(bias > tolerance), bool(variance > tolerance)]


@contract(
    "x (N, D), y kept (N), x_dev (M, D), y_dev kept (M), sizes ints >= 1 <= N, "
    "orders int (R, N) >= 0 < N, fit call, score call",
    "R >= 1",
)
def learning_curve(
    x: Array,
    y: Array,
    x_dev: Array,
    y_dev: Array,
    sizes: list[int],
    orders: NDArray[np.integer],
    fit: Fit,
    score: Score,
) -> tuple[Array, Array]:
    """See `solutions.tuning.chapter.learning_curve`."""
    train, dev = np.zeros(len(sizes)), np.zeros(len(sizes))
    for row, size in enumerate(sizes):
        for part in orders[:, :size]:
            model = fit(x[part], y[part])
            train[row] += float(score(model, x[part], y[part]))
            dev[row] += float(score(model, x_dev, y_dev))
    return train / len(orders), dev / len(orders)


# --- what to believe ------------------------------------------------------------------------------


@contract("predicted int (N), labels int (N), z real >= 0", "N >= 1")
def accuracy_interval(
    predicted: NDArray[np.integer], labels: NDArray[np.integer], z: float = 1.96
) -> tuple[float, float, float, float]:
    """See `solutions.tuning.chapter.accuracy_interval`."""
    n, right = len(labels), int(np.count_nonzero(predicted == labels))
    accuracy, error = right / n, math.sqrt(right * (n - right) / n) / n
    return accuracy, error, max(0.0, accuracy - z * error), min(1.0, accuracy + z * error)


@contract("validation double (C, S), test double (C, S)", "C >= 1", "S >= 1")
def honest_report(validation: Array, test: Array) -> tuple[int, float, float]:
    """See `solutions.tuning.chapter.honest_report`."""
    means = validation.sum(axis=1) / validation.shape[1]
    if np.isnan(means).all():
        raise ValueError("expected a setting of which no start diverged, got none")
    chosen = int(np.argmin(np.where(np.isnan(means), np.inf, means)))
    estimate = float(test[chosen].sum()) / test.shape[1]
    return chosen, estimate, estimate - float(means[chosen])
