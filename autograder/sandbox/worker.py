"""A worker seen from the judge, who believes nothing it says and ends it when it misbehaves."""

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Final

import numpy as np

from autograder.sandbox import frames, wire
from autograder.sandbox.clock import Stopwatch
from autograder.sandbox.inside.execute import BUILTIN_ERRORS
from autograder.sandbox.line import Gone, Line
from autograder.sandbox.types import (
    FAILURE_KINDS,
    MESSAGE,
    CallbackFunction,
    Cell,
    Failure,
    Outcome,
)
from autograder.sandbox.wire import Bytes
from autograder.submission.cells import SubmissionCell, SubmissionError

Relay = Callable[[Bytes], Bytes]
"""Answers a question; raises ValueError, whose text the student may read, if there is no answer."""


class Worker:
    """One confined process that holds one submission; `alive` until it misbehaves."""

    def __init__(self, line: Line) -> None:
        self.limits = line.limits
        self._line = line
        self._names: frozenset[str] = frozenset()
        self._files: dict[str, tuple[str, int]] = {}
        self._relays: dict[int | None, Relay] = {}

    @property
    def alive(self) -> bool:
        """Whether it keeps to the rules still."""
        return self._line.alive

    @property
    def pid(self) -> int:
        """Its number, as the zygote sees it."""
        return self._line.pid

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the worker and everything in it, and wait until it is gone."""
        self._line.close()

    def names(self) -> frozenset[str]:
        """Return the names of the callables the submission defines, as the worker says."""
        return self._names

    def load(self, cells: Sequence[Cell], seconds: float | None = None) -> list[Outcome]:
        """Run the cells one by one in one namespace; a failing one does not stop the others.

        A cell that ends the process has that failure; those after it were not run: ``"refused"``.
        All cells share the time of `Limits.load_seconds`, or of `seconds`.
        """
        watch = self._line.watch(self.limits.load_seconds if seconds is None else seconds)
        outcomes = self._each(frames.LOAD, cells, watch)
        try:
            if self.alive:
                _, payload = self._line.receive(watch, {frames.LOADED: frames.SMALL})
                self._names = self._checked_names(payload)
        except Gone as gone:  # after the last cell, which then is to blame
            outcomes[-1:] = [replace(last, failure=gone.failure) for last in outcomes[-1:]]
        unheard = Failure("refused", message="not run: an earlier cell ended the process")
        return outcomes + [Outcome(None, unheard)] * (len(cells) - len(outcomes))

    def parse(self, cells: Sequence[Cell]) -> list[Outcome]:
        """Parse the cells without running them, up to the first one that ends the process."""
        return self._each(frames.PARSE, cells, self._line.watch(self.limits.load_seconds))

    def parse_notebook(self, text: str, name: str) -> list[SubmissionCell]:
        """Parse a notebook in the worker; see `Sandbox.parse_notebook`."""
        watch = self._line.watch(self.limits.seconds)
        raw = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
        try:
            self._line.request(frames.NOTEBOOK, (raw, _sendable(name, "?")), watch)
            kind, payload = self._line.receive(
                watch, {frames.DONE: _CELLS.size, frames.FAILED: frames.SMALL}
            )
            if kind == frames.DONE:
                return _checked_cells(wire.decode(payload, _CELLS))
            failure = self._failure(payload)
        except Gone as gone:
            failure = gone.failure
        except (ValueError, TypeError):
            failure = self._line.violated().failure
        reason = f"{name} is too large to be read: clear its outputs and hand it in again"
        if failure.kind == "wrong-type":
            reason = f"{name} holds text that is not valid Unicode: save it again"
        elif failure.kind == "exception" and failure.message:
            reason = failure.message
        stopped = "" if failure.kind != "timeout" else failure.message
        raise SubmissionError(reason, stopped=stopped)

    def _each(self, kind: int, cells: Sequence[Cell], watch: Stopwatch) -> list[Outcome]:
        """Have each cell treated in turn; stop where the worker ends."""
        outcomes: list[Outcome] = []
        content = []
        for number, cell in enumerate(cells, len(self._files) + 1):
            # what a file is called and where a cell lies in it would be read by the program: a
            # second copy of it, elsewhere, would be another program with the same cases
            self._files[f"cell {number}"] = cell.name, cell.line - 1
            content.append((_sendable(cell.source, "\0"), f"cell {number}", 1))
        try:
            self._line.request(kind, (content,), watch)
            for _ in cells:
                answer, payload = self._line.receive(watch, _SMALL_REPLIES)
                failure = self._failure(payload) if answer == frames.FAILED else None
                outcomes.append(self._since(outcomes, watch, failure))
        except Gone as gone:
            outcomes.append(self._since(outcomes, watch, gone.failure))
        return outcomes

    def _since(
        self, outcomes: Sequence[Outcome], watch: Stopwatch, failure: Failure | None
    ) -> Outcome:
        """Return how a cell ended, with the time since the last one."""
        spent = watch.spent - sum(outcome.seconds for outcome in outcomes)
        worked = watch.computed - sum(outcome.worked for outcome in outcomes)
        return Outcome(None, failure, spent, self._line.new_output(), worked=worked)

    def provide(self, name: str, relay: Relay, lasting: bool = False) -> None:
        """Have calls of a global of the submission answered from elsewhere, from now on.

        Questions and answers pass the judge unread. What is `lasting` is answered the same way
        again: the worker need not ask twice.
        """
        handle = _RELAYED + len(self._relays)
        self._relays[handle] = relay
        self._tell(frames.PROVIDE, (name, handle, lasting))

    def withhold(self, rules: Mapping[str, Sequence[str]]) -> None:
        """Keep library functions back from exercises that do without; before anything is loaded."""
        self._tell(frames.WITHHOLD, ({name: list(names) for name, names in rules.items()},))

    def _tell(self, kind: int, content: tuple[object, ...]) -> None:
        """Give the worker something that it only acknowledges."""
        watch = self._line.watch(self.limits.seconds)
        with contextlib.suppress(Gone):
            self._line.request(kind, content, watch)
            self._line.receive(watch, _SMALL_REPLIES)

    def call(
        self,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        *,
        collect: bool = False,
        callbacks: Mapping[int, CallbackFunction] = {},
        seconds: float | None = None,
        output: int | None = None,
    ) -> Outcome:
        """Call one function of the submission.

        With `collect`, the iterator it returns is made a list. The time that callbacks take in the
        judge counts too. `seconds` stands in place of the limit's, `output` bounds the bytes of a
        result or of a callback's arguments where less than the limit's can be right.
        """
        watch = self._line.watch(self.limits.seconds if seconds is None else seconds)
        room = min(self.limits.output, self.limits.output if output is None else output)
        replies = {frames.DONE: room, frames.ASK: room, frames.FAILED: frames.SMALL}
        value: object = None
        modified: tuple[int, ...] = ()
        aliased = False
        failure: Failure | None = None
        try:
            self._line.request(frames.CALL, (name, args, kwargs, collect), watch)
            kind, payload = self._line.receive(watch, replies)
            while kind == frames.ASK:
                self._answer(payload, callbacks, watch)
                kind, payload = self._line.receive(watch, replies)
            if kind == frames.FAILED:
                failure = self._failure(payload)
            else:
                value, modified, aliased = self._result(payload, len(args) + len(kwargs))
        except Gone as gone:
            failure = gone.failure
        spent, computed = watch.spent, watch.computed
        return Outcome(value, failure, spent, self._line.new_output(), modified, aliased, computed)

    def rehearse(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], helpers: Sequence[str]
    ) -> None:
        """Call one function and remember what it asked of others; see `apply`."""
        self._tell(frames.REHEARSE, (name, args, kwargs, list(helpers)))

    def apply(self, name: str, question: Bytes, rehearsed: bool = False) -> Bytes:
        """Call one function with the arguments of another worker's question; return the answer.

        Both stay as they were written: what one process sends is read by the other alone. Only a
        call as the function's docstring promises is answered; with `rehearsed`, only one that came
        up in the last rehearsal.

        Raises
        ------
        ValueError
            There is no answer.
        """
        watch = self._line.watch(self.limits.seconds)
        replies = {frames.DONE: self.limits.output, frames.FAILED: frames.SMALL}
        try:
            self._line.request(frames.APPLY, (name, question, rehearsed), watch)
            kind, payload = self._line.receive(watch, replies)
            if kind == frames.DONE:
                return payload
            failure = self._failure(payload)
        except Gone as gone:
            failure = gone.failure
        told = failure.message or failure.type_name  # our own worked solution's words
        raise ValueError(f"{name} cannot take that ({told})")

    def _answer(
        self, payload: Bytes, callbacks: Mapping[int, CallbackFunction], watch: Stopwatch
    ) -> None:
        """Run a callback on hostile arguments: whatever it raises is the student's failure."""
        relay = self._relays.get(wire.handle_of(payload))
        kind = frames.ANSWER
        try:
            if relay:
                message = relay(payload).tobytes()
            else:
                handle, method, args, kwargs = self._question(payload)
                message = wire.encode(callbacks[handle](method, args, kwargs))
        except Exception as error:
            text = (
                str(error)[:MESSAGE] if type(error) is ValueError else "the arguments were refused"
            )
            message = wire.encode(text.encode("utf-8", "replace").decode())
            kind = frames.REFUSAL
        self._line.send(kind, message, watch)

    def _question(self, payload: Bytes) -> Any:
        question = self._line.decoded(payload, self.limits.output)
        if not _is_question(question):
            raise self._line.violated()
        return question

    def _result(self, payload: Bytes, count: int) -> tuple[object, tuple[int, ...], bool]:
        content = self._line.decoded(payload, self.limits.output)
        if type(content) is tuple and len(content) == 3:
            value, modified, aliased = content
            known = type(modified) is tuple and all(
                type(position) is int and 0 <= position < count for position in modified
            )
            if known and type(aliased) is bool:
                return value, modified, aliased
        raise self._line.violated()

    def _failure(self, payload: Bytes) -> Failure:
        """Read a failure: each part is one of those it may be, or the worker is out."""
        content = self._line.decoded(payload, frames.SMALL)
        if not (type(content) is tuple and len(content) == 5):
            raise self._line.violated()
        kind, name, line, cell, message = content
        if not (type(kind) is str and type(name) is str and type(message) is str):
            raise self._line.violated()
        if kind not in FAILURE_KINDS - {"timeout", "crash", "protocol", "refused"}:
            raise self._line.violated()
        if not (type(line) is int and 0 < line < 1 << 24):
            line = None
        cell, above = self._files.get(cell, (None, 0)) if type(cell) is str else (None, 0)
        name = name if name in BUILTIN_ERRORS else "Exception"
        return Failure(kind, name, line and line + above, cell, message[:MESSAGE])

    def _checked_names(self, payload: Bytes) -> frozenset[str]:
        content = self._line.decoded(payload, frames.SMALL)
        if type(content) is not list or not all(type(name) is str for name in content):
            raise self._line.violated()
        return frozenset(name for name in content if len(name) <= 200 and name.isidentifier())


_RELAYED: Final = 1 << 20  # handles of what others answer begin here
_SMALL_REPLIES: Final = {frames.DONE: frames.SMALL, frames.FAILED: frames.SMALL}


_CELLS: Final = wire.Caps(size=32 << 20, text=1 << 20)


def _checked_cells(content: Any) -> list[SubmissionCell]:
    """Build cells from what a reader sent.

    Raises
    ------
    TypeError
        It is not a list of cells.
    """
    cells = []
    for source, name, line, kind, tags, grade_id, remark in content:
        cell = SubmissionCell(source, name, line, kind, tags, grade_id, remark)
        texts = (source, name, kind, grade_id or "", remark, *tags)
        if not (type(line) is int and type(tags) is tuple and all(type(t) is str for t in texts)):
            raise TypeError("not a cell")
        cells.append(cell)
    return cells


def _sendable(text: str, instead: str) -> str:
    """Replace what UTF-8 cannot hold; a null byte in a source makes it fail to compile, too."""
    return re.sub("[\ud800-\udfff]", instead, text)


def _is_question(content: object) -> bool:
    if not (type(content) is tuple and len(content) == 4):
        return False
    handle, method, args, kwargs = content
    return (
        type(handle) is int
        and (method is None or type(method) is str)
        and type(args) is tuple
        and type(kwargs) is dict
        and all(type(key) is str for key in kwargs)
    )
