# mypy: allow-untyped-defs
"""Loss landscapes: convexity, curvature, ways out of saddles, averages of nets, certified minima.

What is given as a function is called in plain Python, once for each value that is needed; nets
that vote run on the core's product of matrices, a row of scores per job.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import matmul
from reference.kernels.vector import exp, largest, total

__all__ = [
    "alternating_minimisation",
    "average_two_ways",
    "bowl_from_path",
    "branch_and_bound_1d",
    "classify_critical_point",
    "convexity_violation",
    "cosine_cycle_lr",
    "newton_step",
    "numerical_hessian",
    "perturbed_gradient_descent",
    "random_restarts",
    "refute_convex_program",
    "sam_step",
    "top_curvature",
]

Array = NDArray[Any]
Loss = Callable[[Array], float]
Gradient = Callable[[Array], Array]
Layers = list[tuple[Array, Array]]


# --- convexity ------------------------------------------------------------------------------------


@contract("f call, x (D), y (D), alpha (K)")
def convexity_violation(f: Loss, x: Array, y: Array, alpha: Array) -> Array:
    """See `solutions.landscapes.chapter.convexity_violation`."""
    at_x, at_y = float(f(x)), float(f(y))
    points = (share * x + (1 - share) * y for share in alpha)
    curve = np.array([float(f(point)) for point in points], np.float64)
    return np.asarray(curve - (alpha * at_x + (1 - alpha) * at_y))


@njit(**SERIAL)
def _refuted(heights, between, one_sided, alpha, tol):
    """Return function, pair, place of the share of the first function refuted; -1: none is."""
    for number in range(len(heights)):
        worst, found = tol, (-1, -1, -1, -1)
        for i in range(heights.shape[1]):
            for j in range(i + 1, heights.shape[1]):
                for k in range(alpha.size):
                    chord = alpha[k] * heights[number, i] + (1 - alpha[k]) * heights[number, j]
                    above = between[number, i, j, k] - chord
                    if number >= one_sided:
                        above = abs(above)
                    if above > worst:
                        worst, found = above, (number, i, j, k)
        if found[0] >= 0:
            return found
    return (-1, -1, -1, -1)


@contract(
    "heights double (F, N), between double (F, N, N, K), equalities int >= 0 < F, "
    "alpha double (K), tol real >= 0"
)
def refute_convex_program(
    heights: Array, between: Array, equalities: int, alpha: Array, tol: float = 1e-9
) -> tuple[int, int, int, float] | None:
    """See `solutions.landscapes.chapter.refute_convex_program`."""
    number, i, j, k = _refuted(heights, between, len(heights) - equalities, alpha, float(tol))
    return None if number < 0 else (int(number), int(i), int(j), float(alpha[k]))


# --- curvature ------------------------------------------------------------------------------------


def _product(gradient: Gradient, x: Array, v: Array, h: float) -> Array:
    """Return the Hessian's product with v, by central differences."""
    ahead, behind = np.asarray(gradient(x + h * v)), np.asarray(gradient(x - h * v))
    return np.asarray((ahead - behind) / (2 * h))


@contract("gradient call, x double (D), h real > 0")
def numerical_hessian(gradient: Gradient, x: Array, h: float = 1e-4) -> Array:
    """See `solutions.landscapes.chapter.numerical_hessian`."""
    raw = np.empty((x.size, x.size))
    for row, axis in zip(raw, np.eye(x.size), strict=True):
        row[:] = _product(gradient, x, axis, h)
    return (raw + raw.T) / 2


@contract("hessian (D, D), tol real >= 0 -> hessian", "D >= 1")
def classify_critical_point(hessian: Array, tol: float = 1e-6) -> tuple[str, Array]:
    """See `solutions.landscapes.chapter.classify_critical_point`."""
    values, vectors = np.linalg.eigh(hessian)
    up, down = bool(values[-1] > tol), bool(values[0] < -tol)
    flat = np.count_nonzero(np.abs(values) <= tol) > 0
    plain = "degenerate" if flat else "minimum" if up else "maximum"
    escape = vectors[:, 0] * np.sign(vectors[np.argmax(np.abs(vectors[:, 0])), 0])
    return "saddle" if up and down else plain, escape if down else np.zeros_like(values)


@contract("gradient call, x double (D), v double (D), steps int >= 0, h real > 0", "D >= 1")
def top_curvature(
    gradient: Gradient, x: Array, v: Array, steps: int, h: float = 1e-4
) -> tuple[float, Array]:
    """See `solutions.landscapes.chapter.top_curvature`."""
    direction = v / math.sqrt(float(v @ v))
    bent = _product(gradient, x, direction, h)
    for _ in range(steps):
        length = math.sqrt(float(bent @ bent))
        if length == 0:
            break
        direction = bent / length
        bent = _product(gradient, x, direction, h)
    return float(direction @ bent), direction


@contract("path double (T, D), lr real > 0", "T >= 3", "D >= 1")
def bowl_from_path(path: Array, lr: float) -> tuple[float, float, float]:
    """See `solutions.landscapes.chapter.bowl_from_path`."""
    first, second = path[1] - path[0], path[2] - path[1]
    curvatures = (first - second) / (first * lr)
    low, high = float(curvatures.min()), float(curvatures.max())
    best = 2 / (low + high)
    return high / low, best, best * high - 1


# --- steps ----------------------------------------------------------------------------------------


@contract("x (D), grad (D), hessian (D, D), saddle_free flag, damping real -> x", "D >= 1")
def newton_step(
    x: Array, grad: Array, hessian: Array, saddle_free: bool = False, damping: float = 0.0
) -> Array:
    """See `solutions.landscapes.chapter.newton_step`."""
    values, vectors = np.linalg.eigh(hessian)
    bend = (np.abs(values) if saddle_free else values) + x.dtype.type(damping)
    return np.asarray(x - vectors @ ((grad @ vectors) / bend))


@contract("x (D), gradient call, noise (T, D), lr real, flat real -> x")
def perturbed_gradient_descent(
    x: Array, gradient: Gradient, noise: Array, lr: float, flat: float
) -> Array:
    """See `solutions.landscapes.chapter.perturbed_gradient_descent`."""
    path = np.empty((len(noise) + 1, x.size), x.dtype)
    path[0] = x
    for t, push in enumerate(noise):
        here = path[t].copy()
        downhill = np.asarray(gradient(here))
        if math.sqrt(float(downhill @ downhill)) < flat:
            here += push
            downhill = np.asarray(gradient(here))
        path[t + 1] = here - lr * downhill
    return path


@contract(
    "f call, gradient call, starts (R, D), lr real, steps int >= 0, tol real >= 0 -> starts",
    "R >= 1",
)
def random_restarts(
    f: Loss, gradient: Gradient, starts: Array, lr: float, steps: int, tol: float = 1e-6
) -> tuple[Array, float, int]:
    """See `solutions.landscapes.chapter.random_restarts`."""
    ends = starts.copy()
    for end in ends:
        for _ in range(steps):
            end -= lr * np.asarray(gradient(end.copy()))
    values = [float(f(end.copy())) for end in ends]
    known = [value for value in values if not math.isnan(value)]
    if not known:
        raise ValueError("expected one run at least to end with a loss that is a number")
    value = min(known)
    found = sum(other <= value + tol for other in known)
    return ends[values.index(value)].copy(), value, found


@contract("param (*S), gradient call, lr real, rho real -> param")
def sam_step(param: Array, gradient: Gradient, lr: float = 0.1, rho: float = 0.05) -> Array:
    """See `solutions.landscapes.chapter.sam_step`."""
    uphill = np.asarray(gradient(param.copy()))
    length = math.sqrt(float(np.square(uphill).sum()))
    neighbour = param + (rho / length if length > 0 else 0.0) * uphill
    return np.asarray(param - lr * np.asarray(gradient(neighbour)))


# --- several nets ---------------------------------------------------------------------------------


@contract("total int >= 1, cycles int >= 1, lr0 real", "cycles <= total")
def cosine_cycle_lr(
    total: int, cycles: int, lr0: float = 0.1
) -> tuple[Array, NDArray[np.integer[Any]]]:
    """See `solutions.landscapes.chapter.cosine_cycle_lr`."""
    length = (total + cycles - 1) // cycles
    places = np.arange(total) % length
    ends = np.append(np.arange(length, total, length), total)
    return lr0 * np.square(np.cos(np.pi / 2 * places / length)), ends


@njit(**SERIAL)
def _vote(scores: Array, share: Any, votes: Array) -> None:
    """Add a share of the softmax of a row of scores to a row of votes."""
    top = largest(scores)
    for k in range(scores.size):
        scores[k] = exp(scores[k] - top)
    scale = share / total(scores)
    for k in range(scores.size):
        votes[k] += scores[k] * scale


def _count(scores, share, votes):
    for n in prange(len(scores)):
        _vote(scores[n], share, votes[n])


_count_serial = njit(**SERIAL)(_count)
_count_parallel = njit(**PARALLEL)(_count)


def _answer(x: Array, net: Sequence[Sequence[Array]], share: float, votes: Array) -> None:
    """Add what a net answers, times a share, to the votes."""
    (w1, b1), (w2, b2) = net
    hidden = matmul(x, w1, np.empty((len(x), len(w1)), x.dtype), turn_b=True)
    hidden += b1
    np.maximum(hidden, 0, out=hidden)
    scores = matmul(hidden, w2, np.empty_like(votes), turn_b=True)
    scores += b2
    run = _count_serial if scores.size < SMALL else _count_parallel
    run(scores, x.dtype.type(share), votes)


@contract("x (N, D), nets list(tuple(tuple((H, D), (H)), tuple((K, H), (K)))) -> x")
def average_two_ways(x: Array, nets: list[Layers]) -> tuple[Array, Array]:
    """See `solutions.landscapes.chapter.average_two_ways`."""
    if not nets or not len(nets[0][1][1]):
        raise ValueError("expected one net at least, and nets of one class at least")
    ensemble = np.zeros((len(x), len(nets[0][1][1])), x.dtype)
    averaged = np.zeros_like(ensemble)
    for net in nets:
        _answer(x, net, 1 / len(nets), ensemble)
    mean = [[_mean(parts) for parts in zip(*layers, strict=True)]
            for layers in zip(*nets, strict=True)]  # fmt: skip
    _answer(x, mean, 1.0, averaged)
    return ensemble, averaged


def _mean(arrays: Sequence[Array]) -> Array:
    whole = np.zeros_like(arrays[0])
    for array in arrays:
        whole += array
    return np.asarray(whole / whole.dtype.type(len(arrays)))


# --- halves and bounds ----------------------------------------------------------------------------


def _ridge(a: Array, b: Array, lam: float) -> Array:
    """Return the z of smallest ``|a z - b|^2 + lam |z|^2``."""
    gram = a.T @ a + a.dtype.type(lam) * np.eye(a.shape[1], dtype=a.dtype)
    return np.asarray(np.linalg.solve(gram, a.T @ b))


@contract("x (N, D), h (K, D), steps int >= 1, lam real >= 0 -> x", "K >= 1", "K <= D", "K <= N")
def alternating_minimisation(
    x: Array, h: Array, steps: int, lam: float = 0.0
) -> tuple[Array, Array, Array]:
    """See `solutions.landscapes.chapter.alternating_minimisation`."""
    losses = np.empty(steps, x.dtype)
    w = np.empty((len(x), len(h)), x.dtype)
    for step in range(steps):
        w = _ridge(h.T, x.T, lam).T
        h = _ridge(w, x, lam)
        squares = [float(np.square(part).sum()) for part in (x - w @ h, w, h)]
        losses[step] = squares[0] + lam * (squares[1] + squares[2])
    return np.ascontiguousarray(w), h, losses


@contract("f call, lo real, hi real, lipschitz real >= 0, tol real > 0", "lo <= hi")
def branch_and_bound_1d(
    f: Callable[[float], float], lo: float, hi: float, lipschitz: float, tol: float
) -> tuple[float, float, float]:
    """See `solutions.landscapes.chapter.branch_and_bound_1d`."""
    best, value, heap = lo, math.inf, list[tuple[float, float, float, float]]()
    opened = [(lo, hi)]
    while True:
        for left, right in opened:
            middle = (left + right) / 2
            height = float(f(middle))
            heapq.heappush(heap, (height - lipschitz * (right - left) / 2, left, middle, right))
            if height < value:
                best, value = middle, height
        bound, left, middle, right = heap[0]
        if value - bound <= tol or not left < middle < right:  # narrower than rounding: enough
            return best, value, bound
        heapq.heappop(heap)
        opened = [(left, middle), (middle, right)]
