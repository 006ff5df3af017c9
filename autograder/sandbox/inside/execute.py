"""Run the cells of one submission and call its functions, whoever is asking.

Used inside a confined worker and by the in-process self-check alike: both see the same failures.
"""

import __future__

import ast
import builtins
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Final

import numpy as np

from autograder.sandbox.inside.inert import Missing, importer
from autograder.sandbox.inside.shell import NOBODY_STEPS, finish, surroundings
from autograder.sandbox.types import MESSAGE, Cell, Failure
from autograder.sandbox.wire import (
    OUTPUTS,
    Callback,
    GeneratorSeed,
    WireError,
    WrongType,
    arrays_in,
    type_name,
)
from autograder.submission.bindings import bindings

NAME: Final = "submission"
BUILTIN_ERRORS: Final = frozenset(
    name
    for name, item in vars(builtins).items()
    if isinstance(item, type) and issubclass(item, BaseException)
)
_FUTURE: Final = __future__.annotations.compiler_flag  # the one that is not yet the rule
_AWAIT: Final = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_ELSEWHERE: Final = (ImportError, OSError, EOFError)
"""What a statement may fail with that runs at a desk: then its names are missing, no more."""
_KINDS: Final[dict[type[BaseException], str]] = {
    MemoryError: "memory",
    NotImplementedError: "not-implemented",
}
Asker = Callable[[int, "str | None", tuple[object, ...], dict[str, object]], object]


class Proxy:
    """Stands for a function or an object that lives with the judge."""

    def __init__(self, ask: Asker, item: Callback, prefix: str = "") -> None:
        self._ask = ask
        self._item = item
        self._prefix = prefix

    def __call__(self, *args: object, **kwargs: object) -> Any:
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


class Namespace:
    """The namespace of one submission: cells run in it, calls read from it.

    Without walls around it, `importing` keeps its imports to those that grading has.
    """

    def __init__(self, ask: Asker, importing: Callable[..., object] | None = None) -> None:
        self.module = types.ModuleType(NAME)
        self.space = self.module.__dict__
        self.ask = ask
        self.space["__builtins__"] = surroundings(self.space, self.piece, importing or importer())
        self.files: set[str] = set()
        self.cell = Cell("")
        self.future = 0

    def run(self, cell: Cell) -> Failure | None:
        """Compile and execute one cell; return why it failed, or what of it was left out."""
        sys.modules[NAME] = self.module  # dataclasses and typing look the defining module up
        self.files.add(cell.name)
        self.cell = cell
        self.space.setdefault("__file__", cell.name)
        try:
            left_out = self.execute("\n" * (cell.line - 1) + cell.source, cell.name)
        except BaseException as error:
            return self.explain(error)
        return left_out

    def execute(self, source: str, name: str) -> Failure | None:
        """Execute source statement by statement where it must be.

        A statement that fails for want of a module or a file, which the student's desk may have,
        is left out and the rest goes on; the first of these failures is returned.
        """
        whole = "__name__" not in source  # no block to be looked into: compiled in half the time
        waiting = None if whole else self._statements(source, name)
        left_out: Failure | None = None
        while True:
            code = self._compiled(source if waiting is None else waiting, name)
            try:
                self._evaluate(code)
                return left_out
            except _ELSEWHERE as error:
                if waiting is None:
                    waiting = self._statements(source, name)
                failed = self._failed(waiting, error, code)
                if failed is None:
                    raise
                left_out = left_out or replace(self.explain(error), kind="left-out")
                self._make_do(waiting[failed], error, name)
                waiting = waiting[failed + 1 :]

    def _statements(self, source: str, name: str) -> list[ast.stmt]:
        tree = compile(source, name, "exec", self._flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        assert isinstance(tree, ast.Module)
        return list(_prepared(tree.body, self.space))

    @property
    def _flags(self) -> int:
        return self.future | _AWAIT

    def _compiled(self, body: list[ast.stmt] | str, name: str, more: int = 0) -> types.CodeType:
        module = body if isinstance(body, str) else ast.Module(body, [])
        code: types.CodeType = compile(module, name, "exec", self._flags | more, dont_inherit=True)
        self.future |= code.co_flags & _FUTURE & ~more
        return code

    def _evaluate(self, code: types.CodeType) -> object:
        value = eval(code, self.space)
        return finish(value) if code.co_flags & inspect.CO_COROUTINE else value

    def _failed(
        self, body: list[ast.stmt], error: BaseException, code: types.CodeType
    ) -> int | None:
        """Return the number of the statement that raised the error."""
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code is not code:
            trace = trace.tb_next
        line = trace.tb_lineno if trace else 0
        places = (
            k for k, part in enumerate(body) if _first(part) <= line <= (part.end_lineno or 0)
        )
        return next(places, None)

    def _make_do(self, part: ast.stmt, error: BaseException, name: str) -> None:
        """Bind what a statement was to bind to something that tells why it is not there."""
        missing = error if isinstance(error, ImportError) else ImportError(*error.args)
        if isinstance(part, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            try:  # only an annotation may have asked for the module
                self._evaluate(self._compiled([part], name, _FUTURE))
                return
            except _ELSEWHERE:
                pass
        for bound in bindings([part]):
            self.space.setdefault(bound, Missing(missing))

    def piece(self, source: str) -> object:
        """Run a piece of source that a magic holds; return its value if it is an expression."""
        lead = "\n" * (self.cell.line - 1)
        try:
            code = compile(lead + source.strip(), self.cell.name, "eval", self._flags)
        except SyntaxError:
            self.execute(lead + source, self.cell.name)
            return None
        return self._evaluate(code)

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

    def special(self, item: GeneratorSeed | Callback) -> object:
        """Make what a `GeneratorSeed` or a `Callback` stands for."""
        if isinstance(item, GeneratorSeed):
            return np.random.Generator(np.random.PCG64(item.value))
        return Proxy(self.ask, item)

    def call(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], *, collect: bool
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
            if name == "BdbQuit":  # pdb found nobody to ask
                message = NOBODY_STEPS
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


def _first(part: object) -> Any:
    """Return the line a statement begins at, its decorators included."""
    return min(item.lineno for item in [part, *getattr(part, "decorator_list", ())])


def _prepared(body: list[ast.stmt], space: dict[str, object]) -> Iterator[ast.stmt]:
    """Yield the statements; of an ``if __name__ == "__main__"`` block what it defines, too.

    The block itself does not run, but in a notebook its functions are there for all that follows.
    What is defined outside of it counts.
    """
    outside = {*space, *bindings(part for part in body if not _is_main(part))}
    for part in body:
        if isinstance(part, ast.Import):  # of several, those that are there count
            yield from (ast.copy_location(ast.Import([item]), part) for item in part.names)
            continue
        yield part
        if isinstance(part, ast.If) and _is_main(part):
            for inner in part.body:
                if _defines(inner) and not outside & set(bindings([inner])):
                    yield inner


def _is_main(part: ast.stmt) -> bool:
    if not isinstance(part, ast.If) or not isinstance(part.test, ast.Compare):
        return False
    sides = {ast.unparse(side) for side in (part.test.left, *part.test.comparators)}
    return sides == {"__name__", "'__main__'"} and isinstance(part.test.ops[0], ast.Eq)


def _defines(part: ast.stmt) -> bool:
    """Tell whether a statement only defines: it runs no function of anybody's."""
    if isinstance(part, ast.Assign | ast.AnnAssign):
        return not any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(part))
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return isinstance(part, defining)


def _collected(value: object) -> list[object]:
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

    def __init__(self, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
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
