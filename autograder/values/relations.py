"""How wrong values follow from the right ones, or from what the function was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from autograder.values.nested import Array
from autograder.values.regular import Pattern, multiple, near, times, varies

__all__ = ["find_relation", "find_sum"]

_EPS = {4: 2.0**-23, 2: 2.0**-10}


def find_relation(
    expected: Array, actual: Array, inputs: Mapping[str, object], sizes: Mapping[int, str]
) -> Pattern | None:
    """Return how wrong values follow from the right ones or from the arguments, or None.

    Parameters
    ----------
    expected, actual : ndarray
        Of one shape.
    inputs : mapping of str to object
        The arguments of the call by name.
    sizes : mapping of int to str
        Lengths at hand in the call, each with its name.
    """
    e, a = expected.astype(np.float64), actual.astype(np.float64)
    if not e.size or not np.all(np.isfinite(e)) or not np.all(np.isfinite(a)):
        return None
    slack = 16 * _EPS.get(expected.dtype.itemsize, 2.0**-52)
    with np.errstate(all="ignore"):
        found = _stored_again(e, a) or _echo(e, a, inputs) or _change(e, a, inputs, sizes, slack)
        return found or _term(e, a, inputs, slack) or _function(e, a) or _whole(e, a)


def find_sum(expected: Array, actual: Array, sizes: Mapping[int, str]) -> Pattern | None:
    """Return how values of another shape follow from the right ones, or None."""
    if expected.dtype.kind not in "fiu" or actual.dtype.kind not in "fiu":
        return None
    e, a = expected.astype(np.float64), actual.astype(np.float64)
    if e.size and not a.size and all(n > 1 for n, m in zip(e.shape, a.shape) if not m):
        return Pattern(
            "empty", "an axis has length 0 (one way to that: x[p:-p] is empty where p is 0)"
        )
    if e.ndim == 1 and e.size > 1 and a.shape == 2 * e.shape and near(e, np.diagonal(a)):
        told = "a column and a row meet, and make a table: only its diagonal is asked"
        return Pattern("table", told)
    if e.size and e.size == a.size and near(e.ravel(), a.ravel()):
        if [n for n in e.shape if n != 1] == [n for n in a.shape if n != 1]:
            more = "too much" if a.ndim > e.ndim else "too little"
            return Pattern("length one", f"the values are right, with an axis of length 1 {more}")
        return Pattern("reshaped", "the values are right and in order: only the shape is not")
    if a.ndim == e.ndim + 1:
        return _reduced(a, e, "you keep axis {0}, over which {1} is to be taken")
    if a.ndim == e.ndim - 1:
        return _reduced(e, a, "{1} is taken over axis {0} as well, which is to stay")
    same = e.ndim == a.ndim == 1 and e.size > 1 and a.size > 1
    if same and varies(e) and abs(e.sum() - a.sum()) <= 1e-6 * np.abs(e).max():
        named = sizes.get(int(a.size), "")
        told = f"; {a.size} is {named}" if named else ""
        return Pattern("other axis", f"the right numbers are added up along another axis{told}")
    return None


def _reduced(large: Array, small: Array, text: str) -> Pattern | None:
    if not varies(large) or not large.size:
        return None
    for axis in range(large.ndim):
        for reduce, name in (
            (np.sum, "the sum"),
            (np.mean, "the mean"),
            (np.max, "the maximum"),
        ):
            if large.shape[axis] > 1 and near(np.asarray(reduce(large, axis=axis)), small):
                return Pattern("reduced", text.format(axis, name))
    return None


def _arrays(e: Array, inputs: Mapping[str, object]) -> Iterator[tuple[str, Array]]:
    """Yield the arguments that have the shape of what is asked."""
    for name, value in inputs.items():
        x = np.asarray(value) if isinstance(value, np.ndarray | np.generic | float) else None
        if x is not None and x.dtype.kind == "f" and x.shape == e.shape and np.isfinite(x).all():
            yield name, x.astype(np.float64)


def _echo(e: Array, a: Array, inputs: Mapping[str, object]) -> Pattern | None:
    for name, x in _arrays(e, inputs):
        chance = x.size < 4 and np.all(x == np.round(x))  # a few zeros and ones
        if (e.ndim == 0 or varies(x)) and np.any(x) and not chance and np.array_equal(x, a):
            return Pattern("echo", f"{name} comes back as it was given")
    return None


def _change(
    e: Array, a: Array, inputs: Mapping[str, object], sizes: Mapping[int, str], slack: float
) -> Pattern | None:
    """Say that the change from an argument is a multiple of the right one."""
    if e.size < 2:
        return None
    rates = _rates(inputs)
    for name, x in _arrays(e, inputs):
        asked, came = e - x, a - x
        rounding = slack * float(np.max(np.abs(x)))
        size = float(np.max(np.abs(asked)))
        if np.count_nonzero(np.abs(asked) > 1e4 * rounding) < 2:
            continue
        ratio = multiple(asked, came)
        gap = max(abs(ratio), 1.0) * rounding
        if ratio == 0.0 or not near(ratio * asked, came, gap):
            continue
        if abs(ratio + 1) <= 1e-6 + rounding / size:
            return Pattern("change", f"the change from {name} has the wrong sign")
        told = times(ratio, sizes, rates) if rounding < 1e-7 * size else ""
        if told:
            return Pattern("change", f"the change from {name} is {told}")
    return None


def _stored_again(e: Array, a: Array) -> Pattern | None:
    """Say that every entry along the first axis is the last one: one array, stored many times."""
    if e.ndim < 2 or len(e) < 3 or not varies(e[:, 0]) or not near(e[-1], a[-1]):
        return None
    if not np.all(a == a[-1]) or np.all(e == e[-1]):
        return None
    return Pattern(
        "again", "every step holds the last one's values: is one array stored each time?"
    )


def _rates(inputs: Mapping[str, object]) -> dict[str, float]:
    """Return the plain numbers among the arguments."""
    return {
        name: float(value)
        for name, value in inputs.items()
        if isinstance(value, float | np.floating) and not isinstance(value, bool)
    }


def _term(e: Array, a: Array, inputs: Mapping[str, object], slack: float) -> Pattern | None:
    """Say that an argument is missing from a sum or a product, or in it once too often."""
    if e.size < 3:
        return None
    gap, rounding = a - e, slack * float(max(np.max(np.abs(e)), np.max(np.abs(a))))
    for name, value in inputs.items():
        x = np.asarray(value) if isinstance(value, np.ndarray) else None
        if x is None or x.dtype.kind != "f" or not 0 < x.ndim <= e.ndim:
            continue
        x = x.astype(np.float64)
        if x.shape != e.shape[e.ndim - x.ndim :] or not varies(x) or np.count_nonzero(x) < 2:
            continue
        wide = np.broadcast_to(x, e.shape)
        if float(np.max(np.abs(x))) > 1e4 * rounding:
            if near(-wide, gap, rounding):
                return Pattern("term", f"{name} is missing: it is to be added")
            if near(wide, gap, rounding):
                return Pattern("term", f"{name} is added once too often")
        if not varies(wide[e != 0]):
            continue  # of one factor any ratio may be made
        if near(e * wide, a):
            return Pattern("product", f"{name} is multiplied once too often")
        if near(e, a * wide):
            return Pattern("product", f"a factor is missing: {name}")
    return None


def _function(e: Array, a: Array) -> Pattern | None:
    """Say that a well-known function stands between what came and what is asked."""
    plain = bool(np.all(e == np.round(e)))
    if plain or len(np.unique(e)) < min(e.size, 3) or e.size == 0:
        return None
    for name, text, function in (
        ("square", "these are squares of what is asked: is a root missing?", np.square),
        ("inverse", "this is 1 divided by what is asked", np.reciprocal),
        ("complement", "this is 1 minus what is asked", lambda x: 1.0 - x),
        ("exp", "this is exp of what is asked: is a logarithm missing?", np.exp),
        ("sigmoid", "a sigmoid more is applied than is asked", _sigmoid),
        ("tanh", "a tanh more is applied than is asked", np.tanh),
        ("size", "the signs are lost: this is the absolute value of what is asked", np.abs),
    ):
        if near(function(e), a):
            return Pattern(name, text)
    for name, text, function in (
        ("root", "this is the root of what is asked: is a square missing?", np.square),
        ("log", "this is the logarithm of what is asked: is an exp missing?", np.exp),
        ("no sigmoid", "the sigmoid is missing at the end", _sigmoid),
        ("no tanh", "the tanh is missing at the end", np.tanh),
    ):
        if near(e, function(a)):
            return Pattern(name, text)
    if e.size > 3 and near(np.maximum(e, 0.0), a):
        return Pattern("cut", "what is negative is set to zero, which is not asked")
    if e.size > 3 and near(e, np.maximum(a, 0.0)):
        return Pattern("uncut", "negative values are left where zero is asked")
    return None


def _sigmoid(x: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def _softmax(x: Array, axis: int) -> Array:
    grown = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return np.asarray(grown / grown.sum(axis=axis, keepdims=True))


def _shares(x: Array, axis: int) -> Array:
    return np.asarray(x / x.sum(axis=axis, keepdims=True))


def _unit(x: Array, axis: int) -> Array:
    return np.asarray(x / np.sqrt(np.square(x).sum(axis=axis, keepdims=True)))


def _centred(x: Array, axis: int) -> Array:
    return np.asarray(x - x.mean(axis=axis, keepdims=True))


def _summed(x: Array, axis: int) -> Array:
    return np.asarray(np.cumsum(x, axis=axis))


_ALONG = (
    ("softmax", "a softmax along axis {0}", _softmax),
    ("shares", "a division by the sum along axis {0}", _shares),
    ("unit", "scaling to length 1 along axis {0}", _unit),
    ("centred", "taking the mean off along axis {0}", _centred),
    ("summed", "adding up from the start along axis {0}", _summed),
)


def _whole(e: Array, a: Array) -> Pattern | None:
    """Say that something is done along an axis that is not asked, or is asked and not done."""
    if len(np.unique(np.round(e, 9))) < 4 or len(np.unique(np.round(a, 9))) < 4:
        return None  # few values are anything by chance
    for axis in range(e.ndim):
        if e.shape[axis] < 2:
            continue
        for name, told, function in _ALONG:
            if near(function(e, axis), a):
                return Pattern(name, f"there is {told.format(axis)} more than is asked")
            if near(e, function(a, axis)):
                return Pattern(name, f"{told.format(axis)} is missing")
    return None
