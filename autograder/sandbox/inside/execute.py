"""Run the cells of one submission and call its functions, whoever is asking.

Used inside a confined worker and by the in-process self-check alike: both see the same failures.
"""

import __future__

import builtins
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final

import numpy as np

from autograder.sandbox.types import MESSAGE, Cell, Failure
from autograder.sandbox.wire import (
    OUTPUTS,
    Callback,
    Seed,
    WireError,
    WrongType,
    arrays_in,
    type_name,
)

NAME: Final = "submission"
BUILTIN_ERRORS: Final = frozenset(
    name
    for name, item in vars(builtins).items()
    if isinstance(item, type) and issubclass(item, BaseException)
)
_FUTURE: Final = __future__.annotations.compiler_flag  # the one that is not yet the rule
_KINDS: Final[dict[type[BaseException], str]] = {
    MemoryError: "memory",
    NotImplementedError: "not-implemented",
}
Asker = Callable[[int, "str | None", tuple[Any, ...], dict[str, Any]], Any]


class Proxy:
    """Stands for a function or an object that lives with the judge."""

    def __init__(self, ask: Asker, item: Callback, prefix: str = "") -> None:
        self._ask = ask
        self._item = item
        self._prefix = prefix

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Have the judge call it."""
        return self._ask(self._item.handle, self._prefix[:-1] or None, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute, or make a proxy of a method or of a nested object."""
        path = self._prefix + name
        if path in self._item.attributes:
            return self._item.attributes[path]
        known = (*self._item.methods, *self._item.attributes)
        if path in known or any(other.startswith(path + ".") for other in known):
            return Proxy(self._ask, self._item, path + ".")
        raise AttributeError(
            f"no attribute {name!r} here; there are: {', '.join(sorted(known)) or 'none'}"
        )

    def __repr__(self) -> str:
        """Say what it is without asking the judge."""
        return "<a function of the exercise>"


class Submission:
    """The namespace of one submission: cells run in it, calls read from it."""

    def __init__(self, ask: Asker) -> None:
        self.module = types.ModuleType(NAME)
        self.space = self.module.__dict__
        self.ask = ask
        self.files: set[str] = set()
        self.future = 0

    def run(self, cell: Cell) -> Failure | None:
        """Compile and execute one cell; return why it failed, if it did."""
        sys.modules[NAME] = self.module  # dataclasses and typing look the defining module up
        self.files.add(cell.name)
        try:
            source = "\n" * (cell.line - 1) + cell.source
            code = compile(source, cell.name, "exec", self.future, dont_inherit=True)
            self.future |= code.co_flags & _FUTURE
            exec(code, self.space)
        except BaseException as error:
            return self.explain(error)
        return None

    def names(self) -> frozenset[str]:
        """Return the names of the callables defined so far."""
        return frozenset(
            name
            for name, item in list(self.space.items())
            if type(name) is str
            and name.isidentifier()
            and not name.startswith("__")
            and callable(item)
        )

    def provide(self, name: str, handle: int) -> None:
        """Bind a global to a function of the judge's."""
        self.space[name] = Proxy(self.ask, Callback(handle))

    def special(self, item: Seed | Callback) -> object:
        """Make what a `Seed` or a `Callback` stands for."""
        if isinstance(item, Seed):
            return np.random.Generator(np.random.PCG64(item.value))
        return Proxy(self.ask, item)

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, collect: bool
    ) -> object:
        """Call a function of the submission; return its value or its `Failure`."""
        function = self.space.get(name)
        if not callable(function):
            return Failure("missing")
        try:
            value = function(*args, **kwargs)
            return _collected(value) if collect else value
        except BaseException as error:
            return self.explain(error)

    def explain(self, error: BaseException) -> Failure:
        """Turn an exception into data, without letting its own methods do harm."""
        kinds = (kind for base, kind in _KINDS.items() if issubclass(type(error), base))
        kind = next(kinds, "exception")
        if isinstance(error, WireError):
            kind = "wrong-type" if isinstance(error, WrongType) else "output-too-big"
        name = type_name(error)
        try:
            message = str(error)[:MESSAGE].encode("utf-8", "replace").decode()
        except BaseException:
            message = ""
        line, cell = self.locate(error)
        return Failure(kind, name if name in BUILTIN_ERRORS else "Exception", line, cell, message)

    def locate(self, error: BaseException) -> tuple[int | None, str | None]:
        """Return the innermost line of the submission in a traceback, and its cell."""
        place: tuple[int | None, str | None] = (None, None)
        trace = error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file in self.files:
                place = (trace.tb_lineno, file)
            trace = trace.tb_next
        if (
            isinstance(error, SyntaxError)
            and type(error.lineno) is int
            and error.filename in self.files
        ):
            place = (error.lineno, error.filename)
        return place


def _collected(value: Any) -> list[Any]:
    if not isinstance(value, Iterator):
        if not isinstance(value, Iterable) or isinstance(value, np.ndarray):
            raise WrongType(f"{type_name(value)} where an iterator was expected")
        value = iter(value)
    items = list(islice(value, OUTPUTS.nodes))
    if len(items) == OUTPUTS.nodes:
        raise WireError("the iterator does not end")
    return items


class Watch:
    """Remember the arrays of a call, to tell afterwards whether they were changed or returned."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.arrays = [
            (position, array, array.tobytes())
            for position, value in enumerate((*args, *kwargs.values()))
            for array in arrays_in(value)
        ]

    def modified(self) -> tuple[int, ...]:
        """Return the positions of the arguments that hold other bytes than before."""
        return tuple(
            sorted(
                {position for position, array, before in self.arrays if array.tobytes() != before}
            )
        )

    def aliased(self, value: object) -> bool:
        """Tell whether an array in `value` overlaps an argument's memory."""
        return any(
            np.may_share_memory(result, array)
            for result in arrays_in(value)
            for _, array, _ in self.arrays
        )
