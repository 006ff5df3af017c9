"""The loop of a confined worker. Its process is the student's: nothing it says is trusted."""

import ast
import contextlib
import io
import os
import random
import sys
from typing import TYPE_CHECKING, Any, Final

from autograder.sandbox import frames, wire
from autograder.sandbox.inside.execute import Namespace, Watch
from autograder.sandbox.inside.rehearsal import Rehearsal, refused
from autograder.sandbox.inside.withheld import Withheld
from autograder.sandbox.types import Cell, Failure, Limits
from autograder.submission.cells import SubmissionCell
from autograder.submission.notebooks import parse_notebook

if TYPE_CHECKING:
    from autograder.values.nested import Array

CHANNEL: Final = 3
_ROOM: Final = 4 << 20  # bytes of questions and answers that are kept


class _Output(io.TextIOBase):
    """Writes to a descriptor at once, and drops in silence what does not fit."""

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            os.write(self._descriptor, text.encode("utf-8", "replace"))
        return len(text)


def _about(cell: SubmissionCell) -> tuple[str, int, str, tuple[str, ...], str | None, str]:
    return cell.name, cell.line, cell.kind, cell.tags, cell.grade_id, cell.remark


class Student:
    """Answers the judge's messages until the channel closes."""

    def __init__(self, nonce: bytes, limits: Limits) -> None:
        self.nonce = nonce
        self.number = 0
        self.caps = wire.Caps(limits.output)
        self.submission = Namespace(self.ask, __import__)  # the gate is closed already
        self.withheld = Withheld({})
        self.rehearsal = Rehearsal({}, ())
        self.lasting: set[int] = set()
        self.answers: dict[bytes, bytearray] = {}
        self.kept = 0

    def serve(self) -> None:
        """Read messages and act on them."""
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(), _Output(1), _Output(2)
        random.seed(0)
        self.send(frames.READY, b"")
        while True:
            kind, payload = self.receive()
            if kind == frames.LOAD:
                self.load(*payload)
            elif kind == frames.PARSE:
                self.parse(*payload)
            elif kind == frames.NOTEBOOK:
                self.read_notebook(*payload)
            elif kind == frames.PROVIDE:
                self.provide(*payload)
            elif kind == frames.WITHHOLD:
                self.withheld = Withheld(*payload)
                self.send(frames.DONE, wire.encode(None))
            elif kind == frames.CALL:
                self.call(*payload)
            elif kind == frames.APPLY:
                self.apply(*payload)
            elif kind == frames.REHEARSE:
                self.rehearse(*payload)
            else:
                os._exit(2)

    def load(self, cells: list[tuple[str, str, int]]) -> None:
        """Run the cells, saying after each how it went."""
        for cell in cells:
            self.say(self.submission.run(Cell(*cell)))
        self.send(frames.LOADED, wire.encode(sorted(self.submission.names())))

    def parse(self, cells: list[tuple[str, str, int]]) -> None:
        """Parse the cells, saying after each whether it can be done."""
        for source, *_ in cells:
            failure = None
            try:
                ast.parse(source)
            except (SyntaxError, ValueError, RecursionError):
                pass  # cheap to find out, for the judge too
            except MemoryError as error:
                failure = self.submission.explain(error)
            self.say(failure)

    def read_notebook(self, raw: "Array", name: str) -> None:
        """Send the cells of a notebook, the text of all but the code left out."""
        try:
            found = [
                ("" if cell.kind == "markdown" else cell.source, *_about(cell))
                for cell in parse_notebook(raw.tobytes().decode(), name)
            ]
            self.send(frames.DONE, wire.encode(found))
        except BaseException as error:
            self.say(self.submission.explain(error))

    def provide(self, name: str, handle: int, lasting: bool) -> None:
        """Bind a global to a function of the judge's; a `lasting` one answers the same again."""
        self.submission.provide(name, handle)
        if lasting:
            self.lasting.add(handle)
        self.send(frames.DONE, wire.encode(None))

    def call(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], collect: bool
    ) -> None:
        """Call one function and send what it returns."""
        watch = Watch(args, kwargs)
        value = self.withheld.run(
            name, lambda: self.submission.call(name, args, kwargs, collect=collect)
        )
        if not isinstance(value, Failure):
            try:
                message = wire.encode((value, (), False), self.caps)  # now known to be plain data
                facts = (watch.modified(), watch.aliased(value))
                if facts != ((), False):
                    message = wire.encode((value, *facts), self.caps)
            except BaseException as error:
                value = self.submission.explain(error)
            else:
                self.send(frames.DONE, message)
                return
        self.say(value)

    def rehearse(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], helpers: list[str]
    ) -> None:
        """Call one function and remember what it asked of others."""
        self.rehearsal = Rehearsal(self.submission.space, helpers)
        self.rehearsal.run(lambda: self.submission.call(name, args, kwargs, collect=False))
        self.say(None)

    def apply(self, name: str, question: "Array", rehearsed: bool) -> None:
        """Call one function with the arguments in another worker's question."""
        try:
            _, _, args, kwargs = wire.decode(question, self.caps)
            value = self.answer(name, args, kwargs, rehearsed)
            answer = b"" if isinstance(value, Failure) else wire.encode(value, self.caps)
        except BaseException as error:
            value = self.submission.explain(error)
        if isinstance(value, Failure):
            self.say(value)
        else:
            self.send(frames.DONE, answer)

    def answer(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], rehearsed: bool
    ) -> object:
        """Return what a function gives, if its docstring promises that; see `rehearsal`."""
        reason = refused(self.submission.space[name], args, kwargs)
        if reason:
            raise ValueError(reason)
        if rehearsed:
            return self.rehearsal.answer(name, args, kwargs)
        return self.submission.call(name, args, kwargs, collect=False)

    def say(self, failure: Failure | None) -> None:
        """Send a failure, or that there was none."""
        if failure is None:
            self.send(frames.DONE, wire.encode(None))
        else:
            content = (failure.kind, failure.type_name, failure.line, failure.cell, failure.message)
            self.send(frames.FAILED, wire.encode(content))

    def ask(
        self, handle: int, method: str | None, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> object:
        """Have the judge call a function of its own."""
        question = wire.encode((handle, method, args, kwargs), self.caps)
        if question in self.answers:
            return self.decoded(self.answers[question].copy())
        self.send(frames.ASK, question)
        kind, payload = self.message()
        if kind == frames.REFUSAL:
            raise ValueError(self.decoded(payload))
        if handle >= wire.LASTING or handle in self.lasting:
            self.keep(question, payload.copy())
        return self.decoded(payload)

    def keep(self, question: bytes, answer: bytearray) -> None:
        """Keep an answer for when the same is asked again."""
        self.kept += len(question) + len(answer)
        if self.kept > _ROOM:
            self.answers.clear()
            self.kept = 0
        self.answers[question] = answer

    def send(self, kind: int, payload: bytes) -> None:
        """Write one message."""
        header = frames.Header(self.nonce, self.number, kind, len(payload))
        rest = memoryview(header.pack() + payload)
        while rest:
            rest = rest[os.write(CHANNEL, rest) :]

    def receive(self) -> tuple[int, Any]:
        """Read one message and what is in it."""
        kind, payload = self.message()
        return kind, self.decoded(payload)

    def message(self) -> tuple[int, bytearray]:
        """Read one message; end with the channel."""
        header = frames.read_header(bytes(self.exactly(frames.HEADER.size)))
        self.number = header.number
        return header.kind, self.exactly(header.length)

    def decoded(self, payload: bytearray) -> Any:
        """Return what a message holds; its arrays may be written to."""
        return wire.decode(payload, special=self.submission.special)

    def exactly(self, size: int) -> bytearray:
        """Read so many bytes."""
        data = bytearray(size)
        rest = memoryview(data)
        while rest:
            count = os.readv(CHANNEL, [rest])
            if not count:
                os._exit(0)
            rest = rest[count:]
        return data
