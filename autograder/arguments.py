"""Arguments that are not arrays: a generator's seed, a function of a closed vocabulary, a world.

A release records them as names and arrays, so they mean the same wherever a call runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.values.nested import Array

__all__ = ["FUNCTIONS", "Env", "Function", "Seed", "TableWorld", "function"]


@dataclass(frozen=True)
class Seed:
    """A fresh ``numpy.random.Generator`` (PCG64) with this seed, wherever the call runs."""

    value: int

    def generator(self) -> np.random.Generator:
        """Return the generator."""
        return np.random.Generator(np.random.PCG64(self.value))


@dataclass(frozen=True)
class Function:
    """A callable argument: a name of `FUNCTIONS` and the arrays it closes over."""

    name: str
    arrays: tuple[object, ...] = ()

    def __call__(self, *args: object) -> Any:
        """Call the named function on its arrays and `args`."""
        return FUNCTIONS[self.name](*self.arrays, *args)


def function(name: str, *arrays: object) -> Function:
    """Return a callable of the closed vocabulary, such as ``function("quadratic", a, b)``."""
    if name not in FUNCTIONS:
        raise ValueError(f"{name} is not in the vocabulary: {', '.join(sorted(FUNCTIONS))}")
    return Function(name, arrays)


@dataclass(frozen=True)
class Env:
    """A Gymnasium environment by id; it lives on the judge's side, the student gets a proxy.

    ``Env("table", arrays=...)`` is a `TableWorld`, which needs NumPy only.
    """

    name: str
    kwargs: tuple[tuple[str, Any], ...] = ()
    max_steps: int | None = None
    arrays: tuple[Any, ...] = ()

    def make(self) -> object:
        """Make the environment (needs Gymnasium, unless it is a table)."""
        if self.name == "table":
            probability, next_state, reward, terminated, start = self.arrays
            return TableWorld(probability, next_state, reward, terminated, start, self.max_steps)
        import gymnasium

        return gymnasium.make(self.name, max_episode_steps=self.max_steps, **dict(self.kwargs))


class TableWorld:
    """A world given by its transition table, with Gymnasium's interface.

    Parameters
    ----------
    probability, next_state, reward, terminated : ndarray of shape (S, A, K)
        Outcome k of action a in state s.
    start : ndarray of shape (S,)
        Probability of each first state.
    max_steps : int or None
        Steps after which an episode is truncated.
    """

    def __init__(
        self,
        probability: Array,
        next_state: Array,
        reward: Array,
        terminated: Array,
        start: Array,
        max_steps: int | None,
    ) -> None:
        self._table = (np.cumsum(probability, axis=2), next_state, reward, terminated)
        self._start = np.cumsum(start)
        self._limit = max_steps
        self._luck = np.random.default_rng(1)
        self._state: int | None = None
        self._steps = 0
        self.observation_space = SimpleNamespace(n=probability.shape[0])
        self.action_space = SimpleNamespace(n=probability.shape[1])

    def _draw(self, cumulative: Array) -> int:
        return int(np.searchsorted(cumulative[:-1], self._luck.random(), side="right"))

    def reset(self, *, seed: int | None = None) -> tuple[int, dict[str, object]]:
        """Begin an episode; a seed restarts the world's luck."""
        if seed is not None:
            self._luck = np.random.default_rng(seed)
        self._state, self._steps = self._draw(self._start), 0
        return self._state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, object]]:
        """Take one step; like Gymnasium, go on if asked to after an end."""
        count = self.action_space.n
        if self._state is None:
            raise ValueError("expected reset() before the first step()")
        if not isinstance(action, int | np.integer) or not 0 <= action < count:
            raise ValueError(f"expected an action from 0 to {count - 1}")
        cumulative, next_state, reward, terminated = self._table
        entry = (self._state, int(action), self._draw(cumulative[self._state, action]))
        self._state, self._steps = int(next_state[entry]), self._steps + 1
        truncated = self._limit is not None and self._steps >= self._limit
        return self._state, float(reward[entry]), bool(terminated[entry]), truncated, {}


def _quadratic(a: Array, b: Array, x: Array) -> object:
    return 0.5 * x @ a @ x - b @ x


def _quadratic_gradient(a: Array, b: Array, x: Array) -> Array:
    gradient: Array = 0.5 * (a + a.T) @ x - b
    return gradient


def _rosenbrock(x: Array) -> object:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def _rosenbrock_gradient(x: Array) -> Array:
    gradient = np.zeros_like(x)
    gradient[:-1] += -400.0 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2.0 * (1.0 - x[:-1])
    gradient[1:] += 200.0 * (x[1:] - x[:-1] ** 2)
    return gradient


def _saddle(x: Array) -> object:
    return 0.5 * (x[0] ** 2 - x[1] ** 2)


def _saddle_gradient(x: Array) -> Array:
    gradient = np.zeros_like(x)
    gradient[0], gradient[1] = x[0], -x[1]
    return gradient


def _double_well(x: Array) -> object:
    return 0.25 * np.sum((x * x - 1.0) ** 2)


def _double_well_gradient(x: Array) -> Array:
    return x * x * x - x


def _waves(a: Array, w: Array, c: Array, x: Array) -> object:
    """Return the height of a bowl with waves on it; not a number a thousand away from the origin.

    So ends the loss of a training that has flown off.
    """
    height = 0.5 * x @ a @ x + c @ np.cos(w @ x)
    return height if np.max(np.abs(x)) < 1000.0 else np.nan


def _waves_gradient(a: Array, w: Array, c: Array, x: Array) -> Array:
    gradient: Array = 0.5 * (a + a.T) @ x - (c * np.sin(w @ x)) @ w
    return gradient


def _sine(w: Array, x: Array) -> object:
    return np.sum(np.sin(w * x))


def _linear(w: Array, x: Array) -> object:
    return np.sum(w * x)


def _least_squares(features: Array, targets: Array, i: int, w: Array) -> Array:
    gradient: Array = features[i] * (features[i] @ w - targets[i])
    return gradient


def _ridge_fit(price: float, x: Array, y: Array) -> Array:
    rows = np.concatenate([np.ones((len(x), 1)), np.asarray(x, float)], axis=1)
    with np.errstate(all="ignore"):  # a mistake may hand over NaN
        square = rows.T @ rows + float(price) * np.eye(rows.shape[1])
        weights: Array = np.linalg.solve(square, rows.T @ np.asarray(y, float))
    return weights


def _linear_error(power: float, weights: Array, x: Array, y: Array) -> object:
    with np.errstate(all="ignore"):
        gap = weights[0] + np.asarray(x, float) @ weights[1:] - y
        return float(np.mean(np.abs(gap) ** float(power)))


def _neighbours_fit(x: Array, y: Array) -> tuple[Array, Array]:
    return x, y


def _neighbours_error(power: float, model: tuple[Array, Array], x: Array, y: Array) -> object:
    """Answer with the mean of what is remembered, the nearer the more it counts."""
    rows, answers = (np.asarray(part, float) for part in model)
    with np.errstate(all="ignore"):
        apart = np.sum((np.asarray(x, float)[:, np.newaxis] - rows) ** 2, axis=2)
        near = 1 / (1 + apart)
        gap = near @ answers / near.sum(axis=1) - y
        return float(np.mean(np.abs(gap) ** float(power)))


def _hebb(rate: float, x: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """Train a layer of ReLUs without labels: weights grow by what unit and input do together."""
    with np.errstate(all="ignore"):  # a mistake may hand over NaN
        code = np.maximum(x @ w.T + b, 0)
        grown = w + rate * (code.T @ x) / len(x), b + rate * code.mean(axis=0)
    return grown


def _translate(shift: Array, x: Array) -> Array:
    moved: Array = np.roll(x, tuple(int(s) for s in shift), axis=(-2, -1))
    return moved


def _blocks(x: Array) -> Array:
    """View the last two axes, of even lengths, as 2 × 2 blocks: (..., H/2, 2, W/2, 2)."""
    *lead, rows, columns = x.shape
    return x.reshape(*lead, rows // 2, 2, columns // 2, 2)


FUNCTIONS: dict[str, Callable[..., object]] = {
    "quadratic": _quadratic,
    "quadratic_gradient": _quadratic_gradient,
    "rosenbrock": _rosenbrock,
    "rosenbrock_gradient": _rosenbrock_gradient,
    "saddle": _saddle,
    "saddle_gradient": _saddle_gradient,
    "double_well": _double_well,
    "double_well_gradient": _double_well_gradient,
    "waves": _waves,
    "waves_gradient": _waves_gradient,
    "sine": _sine,
    "linear": _linear,
    "least_squares_gradient": _least_squares,
    "ridge_fit": _ridge_fit,
    "linear_error": _linear_error,
    "neighbours_fit": _neighbours_fit,
    "neighbours_error": _neighbours_error,
    "hebb": _hebb,
    "translate": _translate,
    "relu": lambda x: np.maximum(x, 0),
    "square": lambda x: x * x,
    "affine": lambda a, b, x: a * x + b,
    "block_max": lambda x: _blocks(x).max(axis=(-3, -1)),
    "block_mean": lambda x: _blocks(x).mean(axis=(-3, -1)),
}
"""Callable arguments, by name: the arrays they close over come first, then the call's own."""
