"""Running what is trusted under a check's driver: the reference, or a wrong variant."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import observe
from autograder.spec import Case, Check
from autograder.topic.widened import Functions
from autograder.values.compare import Raised

__all__ = ["Trusted", "size_of", "trusted_value"]

_NODE = 64  # bytes, about, of any value that is no array
_SEQUENCES = (tuple, list)


def _unheard(value: object) -> None:
    """Take no note."""


class Trusted:
    """A trusted function under a driver: the reference, or a wrong variant of the solution."""

    def __init__(
        self,
        functions: Functions,
        name: str,
        heard: Callable[[object], None] = _unheard,
    ) -> None:
        self._functions = functions
        self._name = name
        self._heard = heard

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call it with generators and environments made real."""
        value = self._call(*args, **kwargs)
        self._heard(value)
        return value

    def collect(self, *args: object, **kwargs: object) -> list[Any]:
        """Call it and list the items."""
        items = list(self._call(*args, **kwargs))
        self._heard(items)
        return items

    def peer(self, name: str) -> Trusted:
        """Return another function of the same set."""
        return Trusted(self._functions, name, self._heard)

    def _call(self, *args: object, **kwargs: object) -> Any:
        real = {key: _real(value) for key, value in kwargs.items()}
        return self._functions[self._name](*map(_real, args), **real)


def size_of(value: Any) -> int:
    """Return about how many bytes a nested value takes on its way."""
    kind = type(value)
    if kind is np.ndarray:
        return int(value.nbytes) + _NODE
    if kind is float or kind is int or value is None:
        return _NODE
    if isinstance(value, np.ndarray):
        return value.nbytes + _NODE
    if isinstance(value, _SEQUENCES):
        return _NODE + sum(map(size_of, value))
    if isinstance(value, dict):
        return _NODE + sum(map(size_of, value.values()))
    return _NODE + (len(value) if isinstance(value, str) else 0)


def _real(value: object) -> object:
    if type(value) is np.ndarray:
        return value
    if isinstance(value, observe.Seed):
        return value.generator()
    return value.make() if hasattr(value, "make") else value


def _told(error: Exception) -> str:
    """Name an exception as a submission's is named: those that are not built in are one."""
    name = type(error).__name__
    return name if hasattr(builtins, name) else "Exception"


def trusted_value(
    functions: Functions,
    name: str,
    check: Check,
    case: Case,
    raised: type[Exception] = Exception,
    heard: Callable[[object], None] = _unheard,
) -> Any:
    """Return what the check's driver sees of a trusted function, or the exception it raised."""
    try:
        with np.errstate(all="ignore"):
            run = observe.DRIVERS[check.observe]
            return run(Trusted(functions, name, heard), *case.args, **case.kwargs)
    except raised as error:
        return Raised(_told(error))
