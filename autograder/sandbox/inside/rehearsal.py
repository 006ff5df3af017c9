"""What a worked solution answers for others: only what its docstring promises, or what came up.

A function that is served in place of a failed one must not become an oracle: derivatives along the
complex numbers, or differences of neighbouring points, would give its backward pass away. So calls
are held to the docstring, and where the answer asked for follows from the function served, only the
very calls are answered that the worked solution makes on the same case.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np

_SHAPE: Final = re.compile(r"^\s*([\w, ]+?) : ndarray of shape \(([\w, ]+)\)\s*$", re.MULTILINE)
_CLOSE: Final = 1e-6
"""Relative distance within which two calls are one: the answer is that of the call rehearsed."""
_Function = Callable[..., object]
_Call = tuple[tuple[object, ...], object]


class Rehearsal:
    """The calls that a function made of some others, with what came back.

    Parameters
    ----------
    space : dict
        The namespace in which the function finds the others.
    names : iterable of str
        The others.
    """

    def __init__(self, space: dict[str, Any], names: Iterable[str]) -> None:
        self._space = space
        self._real: dict[str, _Function] = {n: space[n] for n in names if callable(space.get(n))}
        self._calls: dict[str, list[_Call]] = {name: [] for name in self._real}

    def run(self, function: Callable[[], object]) -> Any:
        """Run it with the others under observation."""
        self._space.update({name: self._heard(name) for name in self._real})
        try:
            return function()
        finally:
            self._space.update(self._real)

    def _heard(self, name: str) -> _Function:
        def heard(*args: object, **kwargs: object) -> object:
            values = arguments_of(self._real[name], args, kwargs)
            result = self._real[name](*args, **kwargs)
            self._calls[name].append((values, result))
            return result

        return heard

    def answer(self, name: str, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Any:
        """Return what came back from the same call, the nearest where several are that near.

        Raises
        ------
        ValueError
            It did not come up.
        """
        if name in self._real:
            values = arguments_of(self._real[name], args, kwargs)
            near = [call for call in self._calls[name] if same(call[0], values)]
            if near:
                return min(near, key=lambda call: distance(call[0], values))[1]
        raise ValueError("only calls on this case's own values are answered here")


def arguments_of(
    function: _Function, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> tuple[object, ...]:
    """Return the arguments of a call in the order of the signature, defaults included."""
    try:
        given = _signature(function).bind(*args, **kwargs)
    except TypeError as error:
        raise ValueError(str(error)) from None
    given.apply_defaults()
    return tuple(given.arguments.values())


@lru_cache(64)  # one function may be asked thousands of times
def _signature(function: _Function) -> inspect.Signature:
    return inspect.signature(function)


def same(known: Any, given: Any) -> bool:
    """Tell whether two nested values are equal up to rounding."""
    if isinstance(known, tuple | list) and isinstance(given, tuple | list):
        return len(known) == len(given) and all(map(same, known, given))
    if isinstance(known, dict) and isinstance(given, dict):
        return known.keys() == given.keys() and all(same(known[k], given[k]) for k in known)
    if isinstance(known, str) or isinstance(given, str) or known is None or given is None:
        return type(known) is type(given) and bool(known == given)
    if not (np.shape(known) == np.shape(given) and _real(known) and _real(given)):
        return False
    scale = float(np.max(np.abs(known), initial=0.0))
    return bool(np.allclose(known, given, rtol=_CLOSE, atol=_CLOSE * scale, equal_nan=True))


def distance(known: Any, given: Any) -> float:
    """Return the largest difference between two values that are the `same`."""
    if isinstance(known, dict):
        return max((distance(known[key], given[key]) for key in known), default=0.0)
    if isinstance(known, tuple | list):
        return max((distance(*pair) for pair in zip(known, given, strict=True)), default=0.0)
    if isinstance(known, str) or known is None:
        return 0.0
    with np.errstate(invalid="ignore"):  # the same infinity on both sides
        apart = np.abs(np.subtract(known, given, dtype=np.float64))
    return float(np.max(apart, initial=0.0, where=np.isfinite(apart)))


def _real(value: object) -> bool:
    return np.asarray(value).dtype.kind in "biuf"


def refused(function: _Function, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """Say why a call is not one that the docstring promises to answer, or ""."""
    values = arguments_of(function, args, kwargs)
    if not _of_reals(values):
        return "it is asked for real numbers"
    names = list(_signature(function).parameters)
    sizes: dict[str, int] = {}
    for name, symbols in _promised(function.__doc__ or ""):
        value = values[names.index(name)] if name in names else None
        if isinstance(value, np.ndarray) and not _fits(value.shape, symbols, sizes):
            return f"expected {name} of shape ({', '.join(symbols)}), got {value.shape}"
    return ""


def _of_reals(value: object) -> bool:
    if isinstance(value, tuple | list):
        return all(map(_of_reals, value))
    if isinstance(value, dict):
        return all(map(_of_reals, value.values()))
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biuf"
    return not isinstance(value, complex)


@lru_cache(64)
def _promised(docstring: str) -> list[tuple[str, list[str]]]:
    head = docstring.split("Returns\n")[0]
    return [
        (name.strip(), [symbol.strip() for symbol in shape.split(",") if symbol.strip()])
        for listed, shape in _SHAPE.findall(head)
        for name in listed.split(",")
    ]


def _fits(shape: tuple[int, ...], symbols: list[str], sizes: dict[str, int]) -> bool:
    if len(shape) != len(symbols):
        return False
    for length, symbol in zip(shape, symbols, strict=True):
        known = int(symbol) if symbol.isdigit() else sizes.setdefault(symbol, length)
        if known != length and (symbol.isidentifier() or symbol.isdigit()):
            return False
    return True
