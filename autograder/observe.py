"""How a function is observed: a closed, topic-free vocabulary of drivers and arguments.

A driver is ``driver(f, *args, **kwargs) -> value``. The same driver runs on the student's function,
on the reference and on each wrong variant, and its *values* are compared: a property (linearity, a
conserved sum) is a driver too. A release records a check as the driver's name plus the arrays of
its cases, so a student's copy needs neither the generator of the cases nor the solution.

`f(*args)` calls the function; `f.collect(*args)` calls it and lists the iterator it returns;
`f.peer(name)` is another function of the same submission.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np

from autograder.values.nested import Array

__all__ = [
    "DRIVERS",
    "FUNCTIONS",
    "Env",
    "Function",
    "Observed",
    "Seed",
    "TableWorld",
    "driver",
    "function",
]


class Observed(Protocol):
    """The function under judgement, wherever it runs."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""

    def collect(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Call it and list the items of the iterator it returns."""

    def peer(self, name: str) -> Observed:
        """Return another function of the same submission."""


# --- arguments that are not arrays -------------------------------------------------------------


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
    arrays: tuple[Any, ...] = ()

    def __call__(self, *args: Any) -> Any:
        """Call the named function on its arrays and `args`."""
        return FUNCTIONS[self.name](*self.arrays, *args)


def function(name: str, *arrays: Any) -> Function:
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

    def make(self) -> Any:
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

    def reset(self, *, seed: int | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode; a seed restarts the world's luck."""
        if seed is not None:
            self._luck = np.random.default_rng(seed)
        self._state, self._steps = self._draw(self._start), 0
        return self._state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
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


def _quadratic(a: Array, b: Array, x: Array) -> Any:
    return 0.5 * x @ a @ x - b @ x


def _quadratic_gradient(a: Array, b: Array, x: Array) -> Array:
    gradient: Array = 0.5 * (a + a.T) @ x - b
    return gradient


def _rosenbrock(x: Array) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def _rosenbrock_gradient(x: Array) -> Array:
    gradient = np.zeros_like(x)
    gradient[:-1] += -400.0 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2.0 * (1.0 - x[:-1])
    gradient[1:] += 200.0 * (x[1:] - x[:-1] ** 2)
    return gradient


def _saddle(x: Array) -> Any:
    return 0.5 * (x[0] ** 2 - x[1] ** 2)


def _saddle_gradient(x: Array) -> Array:
    gradient = np.zeros_like(x)
    gradient[0], gradient[1] = x[0], -x[1]
    return gradient


def _double_well(x: Array) -> Any:
    return 0.25 * np.sum((x * x - 1.0) ** 2)


def _double_well_gradient(x: Array) -> Array:
    return x * x * x - x


def _waves(a: Array, w: Array, c: Array, x: Array) -> Any:
    """Return the height of a bowl with waves on it; not a number a thousand away from the origin.

    So ends the loss of a training that has flown off.
    """
    height = 0.5 * x @ a @ x + c @ np.cos(w @ x)
    return height if np.max(np.abs(x)) < 1000.0 else np.nan


def _waves_gradient(a: Array, w: Array, c: Array, x: Array) -> Array:
    gradient: Array = 0.5 * (a + a.T) @ x - (c * np.sin(w @ x)) @ w
    return gradient


def _sine(w: Array, x: Array) -> Any:
    return np.sum(np.sin(w * x))


def _linear(w: Array, x: Array) -> Any:
    return np.sum(w * x)


def _least_squares(features: Array, targets: Array, i: int, w: Array) -> Array:
    gradient: Array = features[i] * (features[i] @ w - targets[i])
    return gradient


def _ridge_fit(price: Any, x: Array, y: Array) -> Array:
    rows = np.concatenate([np.ones((len(x), 1)), np.asarray(x, float)], axis=1)
    with np.errstate(all="ignore"):  # a mistake may hand over NaN
        square = rows.T @ rows + float(price) * np.eye(rows.shape[1])
        weights: Array = np.linalg.solve(square, rows.T @ np.asarray(y, float))
    return weights


def _linear_error(power: Any, weights: Array, x: Array, y: Array) -> Any:
    with np.errstate(all="ignore"):
        gap = weights[0] + np.asarray(x, float) @ weights[1:] - y
        return float(np.mean(np.abs(gap) ** float(power)))


def _neighbours_fit(x: Array, y: Array) -> tuple[Array, Array]:
    return x, y


def _neighbours_error(power: Any, model: tuple[Array, Array], x: Array, y: Array) -> Any:
    """Answer with the mean of what is remembered, the nearer the more it counts."""
    rows, answers = (np.asarray(part, float) for part in model)
    with np.errstate(all="ignore"):
        apart = np.sum((np.asarray(x, float)[:, np.newaxis] - rows) ** 2, axis=2)
        near = 1 / (1 + apart)
        gap = near @ answers / near.sum(axis=1) - y
        return float(np.mean(np.abs(gap) ** float(power)))


def _hebb(rate: Any, x: Array, w: Array, b: Array) -> tuple[Array, Array]:
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


FUNCTIONS: dict[str, Callable[..., Any]] = {
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


# --- drivers -----------------------------------------------------------------------------------

DRIVERS: dict[str, Callable[..., Any]] = {}
"""The drivers, by name."""
STEPS = {"iterate": "step", "fold": "step", "scan": "step", "each": "call"}
"""What one item of a driver's list is, where a student would say so."""


def driver(run: Callable[..., Any]) -> Callable[..., Any]:
    """Add a driver to the vocabulary."""
    DRIVERS[run.__name__] = run
    return run


@driver
def call(f: Observed, *args: Any, **kwargs: Any) -> Any:
    """Call the function once."""
    return f(*args, **kwargs)


@driver
def collect(f: Observed, *args: Any, **kwargs: Any) -> list[Any]:
    """Call the function once and list the iterator it returns."""
    return f.collect(*args, **kwargs)


@driver
def at(f: Observed, index: Array, *args: Any, **kwargs: Any) -> Any:
    """Return the entries `index` of the result: only they are asked for."""
    return np.asarray(f(*args, **kwargs))[index]


@driver
def item(f: Observed, number: int, *args: Any, **kwargs: Any) -> Any:
    """Call the function once and look at one of the values it returns."""
    return f(*args, **kwargs)[number]


@driver
def again(f: Observed, *args: Any, **kwargs: Any) -> str:
    """Call the function twice with the same arguments and say whether it gave the same."""
    one, other = (_bits(f(*args, **kwargs)) for _ in range(2))
    return "the same" if one == other else "something else"


def _bits(value: Any) -> Any:
    """Return what a value is made of, to the last bit: NaN is itself here."""
    if isinstance(value, tuple | list):
        return [_bits(item) for item in value]
    array = np.asarray(value)
    return array.dtype.str, array.shape, array.tobytes()


@driver
def iterate(f: Observed, state: Any, steps: int, *args: Any, **kwargs: Any) -> list[Any]:
    """Feed the function's result back as its first argument(s); list every state."""
    states = []
    for _ in range(steps):
        state = (
            f(*state, *args, **kwargs) if isinstance(state, tuple) else f(state, *args, **kwargs)
        )
        state = tuple(state) if isinstance(state, list) else state
        states.append(state)
    return states


@driver
def each(f: Observed, *columns: Sequence[Any], **kwargs: Any) -> list[Any]:
    """Call the function once for each row of the columns; list the results."""
    return [f(*row, **kwargs) for row in zip(*columns, strict=True)]


@driver
def fold(f: Observed, state: Any, rows: Sequence[Sequence[Any]], **kwargs: Any) -> list[Any]:
    """Run ``state = f(state, *row)`` over the rows; list every state."""
    states = []
    for row in rows:
        state = f(state, *row, **kwargs)
        states.append(state)
    return states


@driver
def descend(
    f: Observed,
    theta: Array,
    state: Any,
    gradient: Callable[[Array], Array],
    steps: int,
    **hyper: Any,
) -> Any:
    """Run ``theta, state = f(theta, gradient(theta), state, **hyper)``; return the path of theta.

    With ``state=None`` the function has no state: ``theta = f(theta, gradient, **hyper)``.
    """
    path = [theta]
    for _ in range(steps):
        slope = gradient(np.asarray(theta))
        if state is None:
            theta = f(theta, slope, **hyper)
        else:
            theta, state = f(theta, slope, state, **hyper)
        path.append(theta)
    return path


@driver
def descend_on(
    f: Observed,
    theta: Array,
    gradient: Callable[..., Array],
    state: Any,
    steps: int,
    **hyper: Any,
) -> Any:
    """Run ``theta, state = f(theta, gradient, state, **hyper)``; return the path of theta.

    As `descend`, but the function is handed the gradient itself and chooses where to measure it.
    """
    path = [theta]
    for _ in range(steps):
        theta, state = f(theta, gradient, state, **hyper)
        path.append(theta)
    return path


@driver
def scan(f: Observed, state: Any, inputs: Sequence[Any], *args: Any, **kwargs: Any) -> list[Any]:
    """Run ``state = f(x, *state, *args)`` over the inputs; list every state."""
    states = []
    for x in inputs:
        parts = tuple(state) if isinstance(state, tuple | list) else (state,)
        state = f(x, *parts, *args, **kwargs)
        states.append(state)
    return states


@driver
def linear(f: Observed, x: Array, y: Array, a: float, b: float, *args: Any, **kwargs: Any) -> Any:
    """Return f(ax + by) − a f(x) − b f(y), which is zero for a linear function."""
    mixed = f(a * x + b * y, *args, **kwargs)
    return _combine(mixed, f(x, *args, **kwargs), f(y, *args, **kwargs), a, b)


def _combine(mixed: Any, fx: Any, fy: Any, a: float, b: float) -> Any:
    if isinstance(mixed, tuple | list):
        return [_combine(*parts, a, b) for parts in zip(mixed, fx, fy, strict=True)]
    arrays = [np.asarray(mixed), np.asarray(fx), np.asarray(fy)]
    if len({array.shape for array in arrays}) != 1:  # broadcasting hostile shapes fills the memory
        raise ValueError("expected one shape for inputs of one shape")
    return arrays[0] - a * arrays[1] - b * arrays[2]


@driver
def fires(
    f: Observed, x: Array, at_zero: float, widths: Sequence[int], *args: Any, **kwargs: Any
) -> Any:
    """Return what threshold units answer to the rows of x; the function gives their weights.

    It returns ``(weights, threshold)`` of one layer, or a list of such pairs where `widths` names
    several layers: how many units each may have at most, the last one exactly. A unit answers 1
    where its weighted sum is above its threshold, `at_zero` on it, and 0 below. Any weights with
    the right answers are alike: a truth table is compared, never the weights.
    """
    value = f(*args, **kwargs)
    layers = [value] if len(widths) == 1 else value
    answers = np.asarray(x, float)
    for (weights, threshold), width in zip(layers, widths, strict=True):
        w = np.atleast_2d(np.asarray(weights, float))
        bars = np.asarray(threshold, float).reshape(-1)
        if w.shape != (bars.size, answers.shape[1]) or bars.size > width:
            raise ValueError(f"expected at most {width} units with {answers.shape[1]} weights each")
        with np.errstate(all="ignore"):  # weights may be anything: infinite, not a number
            z = np.matmul(answers, w.T) - bars
        answers = np.where(z > 0, 1.0, np.where(z == 0, at_zero, 0.0))
    if answers.shape[1] != widths[-1]:
        raise ValueError(f"expected {widths[-1]} units in the last layer")
    return answers


@driver
def sum_of(f: Observed, *args: Any, **kwargs: Any) -> Any:
    """Return the sum of the result: what a conservation law speaks of."""
    return np.sum(f(*args, **kwargs))


@driver
def sample(
    f: Observed, *args: Any, seed: int, scale: float = 1.0, repeats: int = 1, **kwargs: Any
) -> dict[str, Any]:
    """Describe the draws of ``f(*args, rng, **kwargs)``, divided by `scale` (their std).

    The draws of `repeats` seeds are pooled. Besides mean, standard deviation, the quantiles at 5,
    25, 50, 75 and 95 % and the largest magnitude (counted up to 3, where unbounded draws always
    come), it tells the shape of one result, the share of distinct values, and whether an equal
    seed repeats the draws and another one changes them: a sampler draws from the generator it is
    given.
    """
    results = [np.asarray(f(*args, Seed(seed + k), **kwargs), float) for k in range(repeats)]
    draws = np.concatenate([result.ravel() for result in results])
    again = np.asarray(f(*args, Seed(seed), **kwargs), float).ravel()
    other = np.asarray(f(*args, Seed(seed + repeats), **kwargs), float).ravel()
    first = draws[: again.size]
    scaled = np.sort(draws) / scale
    places = np.rint(np.multiply([0.05, 0.25, 0.5, 0.75, 0.95], draws.size - 1)).astype(int)
    return {
        "shape": results[0].shape,
        "mean": float(np.mean(scaled)),
        "std": float(np.std(scaled)),
        "quantiles": scaled[places],
        "largest": min(float(np.max(np.abs(scaled))), 3.0),
        "distinct": (1 + np.count_nonzero(np.diff(scaled))) / draws.size,
        "same seed repeats": bool(np.array_equal(first, again)),
        "another seed differs": not bool(np.array_equal(again, other)),
    }
