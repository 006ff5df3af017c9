"""How a function is observed: a closed, topic-free vocabulary of drivers.

A driver is ``driver(f, *args, **kwargs) -> value``. The same driver runs on the student's function,
on the reference and on each wrong variant, and its *values* are compared: a property (linearity, a
conserved sum) is a driver too. A release records a check as the driver's name plus the arrays of
its cases, so a student's copy needs neither the generator of the cases nor the solution.

`f(*args)` calls the function; `f.collect(*args)` calls it and lists the iterator it returns;
`f.peer(name)` is another function of the same submission. What it is handed besides arrays stands
in `autograder.arguments`, and checks import it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from autograder.arguments import FUNCTIONS, Env, Function, Seed, TableWorld, function
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

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it."""

    def collect(self, *args: object, **kwargs: object) -> list[Any]:
        """Call it and list the items of the iterator it returns."""

    def peer(self, name: str) -> Observed:
        """Return another function of the same submission."""


DRIVERS: dict[str, Callable[..., object]] = {}
"""The drivers, by name."""
STEPS = {"iterate": "step", "fold": "step", "scan": "step", "each": "call"}
"""What one item of a driver's list is, where a student would say so."""


def driver(run: Callable[..., object]) -> Callable[..., object]:
    """Add a driver to the vocabulary."""
    DRIVERS[run.__name__] = run
    return run


@driver
def call(f: Observed, *args: object, **kwargs: object) -> Any:
    """Call the function once."""
    return f(*args, **kwargs)


@driver
def collect(f: Observed, *args: object, **kwargs: object) -> list[Any]:
    """Call the function once and list the iterator it returns."""
    return f.collect(*args, **kwargs)


@driver
def at(f: Observed, index: Array, *args: object, **kwargs: object) -> Any:
    """Return the entries `index` of the result: only they are asked for."""
    return np.asarray(f(*args, **kwargs))[index]


@driver
def item(f: Observed, number: int, *args: object, **kwargs: object) -> Any:
    """Call the function once and look at one of the values it returns."""
    return f(*args, **kwargs)[number]


@driver
def again(f: Observed, *args: object, **kwargs: object) -> str:
    """Call the function twice with the same arguments and say whether it gave the same."""
    one, other = (_bits(f(*args, **kwargs)) for _ in range(2))
    return "the same" if one == other else "something else"


def _bits(value: object) -> object:
    """Return what a value is made of, to the last bit: NaN is itself here."""
    if isinstance(value, tuple | list):
        return [_bits(item) for item in value]
    array = np.asarray(value)
    return array.dtype.str, array.shape, array.tobytes()


@driver
def iterate(
    f: Observed, state: object, steps: int, *args: object, **kwargs: object
) -> list[object]:
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
def each(f: Observed, *columns: Sequence[object], **kwargs: object) -> list[Any]:
    """Call the function once for each row of the columns; list the results."""
    return [f(*row, **kwargs) for row in zip(*columns, strict=True)]


@driver
def fold(
    f: Observed, state: object, rows: Sequence[Sequence[object]], **kwargs: object
) -> list[object]:
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
    state: object,
    gradient: Callable[[Array], Array],
    steps: int,
    **hyper: object,
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
    state: object,
    steps: int,
    **hyper: object,
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
def scan(
    f: Observed, state: object, inputs: Sequence[object], *args: object, **kwargs: object
) -> list[object]:
    """Run ``state = f(x, *state, *args)`` over the inputs; list every state."""
    states = []
    for x in inputs:
        parts = tuple(state) if isinstance(state, tuple | list) else (state,)
        state = f(x, *parts, *args, **kwargs)
        states.append(state)
    return states


@driver
def linear(
    f: Observed, x: Array, y: Array, a: float, b: float, *args: object, **kwargs: object
) -> object:
    """Return f(ax + by) − a f(x) − b f(y), which is zero for a linear function."""
    mixed = f(a * x + b * y, *args, **kwargs)
    return _combine(mixed, f(x, *args, **kwargs), f(y, *args, **kwargs), a, b)


def _combine(mixed: Any, fx: Any, fy: Any, a: float, b: float) -> object:
    if isinstance(mixed, tuple | list):
        return [_combine(*parts, a, b) for parts in zip(mixed, fx, fy, strict=True)]
    arrays = [np.asarray(mixed), np.asarray(fx), np.asarray(fy)]
    if len({array.shape for array in arrays}) != 1:  # broadcasting hostile shapes fills the memory
        raise ValueError("expected one shape for inputs of one shape")
    return arrays[0] - a * arrays[1] - b * arrays[2]


@driver
def fires(
    f: Observed, x: Array, at_zero: float, widths: Sequence[int], *args: object, **kwargs: object
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
def sum_of(f: Observed, *args: object, **kwargs: object) -> Any:
    """Return the sum of the result: what a conservation law speaks of."""
    return np.sum(f(*args, **kwargs))


@driver
def sample(
    f: Observed, *args: object, seed: int, scale: float = 1.0, repeats: int = 1, **kwargs: object
) -> dict[str, object]:
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
