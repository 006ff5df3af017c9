"""Call a submission's functions in this very process, for self-check: no limits, no protection.

It needs the standard library and NumPy, on any platform. Values go through the same wire as in
official grading, so inputs cannot be damaged and a result of the wrong type is named the same way.
"""

import contextlib
import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any, Literal

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.inside.execute import NAME, Namespace, Watch
from autograder.sandbox.inside.shell import nobody_steps
from autograder.sandbox.types import CallbackFunction, Cell, Failure, Limits, Outcome

_AS_ALWAYS: dict[str, Any] = {
    **dict.fromkeys(("divide", "over", "invalid"), "warn"),
    "under": "ignore",
}
"""How NumPy takes errors in a student's lines, whatever holds around the call."""


class LocalWorker:
    """A worker without walls: the same methods as `autograder.sandbox.Worker`.

    `warn` says what becomes of warnings in a call: ``"ignore"`` or ``"default"`` (they are shown).
    """

    warn: Literal["ignore", "default"] = "ignore"

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.alive = True
        self._callbacks: Mapping[int, CallbackFunction] = {}
        self._submission = Namespace(self._ask)

    def __enter__(self) -> "LocalWorker":
        """Use as a context manager, like the confined worker."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing behind."""
        self.close()

    def close(self) -> None:
        """Refuse further calls."""
        self.alive = False

    def load(self, cells: Sequence[Cell], seconds: float | None = None) -> list[Outcome]:
        """Run the cells one by one in one namespace; a failing one does not stop the others."""
        outcomes = []
        for cell in cells:
            printed = _Printed(self.limits.stdout)
            start = time.perf_counter()
            with _alone(printed):
                failure = self._submission.run(cell)
            _reraise_interrupt(failure)
            outcomes.append(Outcome(None, failure, time.perf_counter() - start, printed.getvalue()))
        return outcomes

    def names(self) -> frozenset[str]:
        """Return the names of the callables the submission defines."""
        return self._submission.names()

    def provide(self, name: str, relay: Callable[[Any], Any], lasting: bool = False) -> None:
        """Have calls of a global of the submission answered from elsewhere, from now on."""

        def ask(*args: Any, **kwargs: Any) -> object:
            question = wire.encode((0, None, args, kwargs), wire.OUTPUTS)
            answer = bytearray(relay(np.frombuffer(question, np.uint8)))
            return wire.decode(answer, special=self._submission.special)

        self._submission.space[name] = ask

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        collect: bool = False,
        callbacks: Mapping[int, CallbackFunction] = {},
        seconds: float | None = None,
        output: int | None = None,
    ) -> Outcome:
        """Call one function on copies of the arguments."""
        self._callbacks = callbacks
        args, kwargs = wire.decode(
            bytearray(wire.encode((args, kwargs))), special=self._submission.special
        )
        watch = Watch(args, kwargs)
        printed = _Printed(self.limits.stdout)
        start = time.perf_counter()
        with _alone(printed), warnings.catch_warnings(), np.errstate(**_AS_ALWAYS):
            warnings.simplefilter(self.warn)  # the caller's filters must not make them failures
            value = self._submission.call(name, args, kwargs, collect=collect)
        taken = time.perf_counter() - start
        result = value if isinstance(value, Failure) else self._returned(value)
        failure = result if isinstance(result, Failure) else None
        _reraise_interrupt(failure)
        aliased = failure is None and watch.aliased(value)
        result = None if failure else result
        return Outcome(result, failure, taken, printed.getvalue(), watch.modified(), aliased)

    def _returned(self, value: object) -> object:
        caps = wire.Caps(self.limits.output)
        try:
            return wire.decode(bytearray(wire.encode(value, caps)), caps)
        except wire.WireError as error:
            return self._submission.explain(error)

    def _ask(
        self, handle: int, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        args, kwargs = wire.decode(
            bytearray(wire.encode((args, kwargs), wire.OUTPUTS)), wire.OUTPUTS
        )
        answer = wire.encode(self._callbacks[handle](method, args, kwargs))
        return wire.decode(bytearray(answer), special=self._submission.special)


@contextlib.contextmanager
def _alone(printed: "_Printed") -> Iterator[None]:
    """Keep what is printed; whoever asks a question meets the end of the input, never a prompt.

    A debugger that an editor or a test runner has put in the place of Python's stays.
    """
    stdin, hook = sys.stdin, sys.breakpointhook
    sys.stdin = io.StringIO()
    if hook is sys.__breakpointhook__:
        sys.breakpointhook = nobody_steps
    try:
        with contextlib.redirect_stdout(printed):
            yield
    finally:
        sys.stdin, sys.breakpointhook = stdin, hook


def running_at(frame: FrameType | None) -> tuple[int, str] | None:
    """Return the innermost line of a submission that is running at a frame, and its cell."""
    while frame is not None:
        if frame.f_globals.get("__name__") == NAME:
            return frame.f_lineno, frame.f_code.co_filename
        frame = frame.f_back
    return None


class _Printed(io.StringIO):
    """Keeps the first `room` characters and drops the rest in silence."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, text: str) -> int:
        kept = text[: self.room]
        self.room -= len(kept)
        super().write(kept)
        return len(text)


def _reraise_interrupt(failure: Failure | None) -> None:
    """Let Ctrl-C stop a self-check: at the student's own desk it is the student who presses it."""
    if failure is not None and failure.type_name == "KeyboardInterrupt":
        raise KeyboardInterrupt(*((failure.line, failure.cell) if failure.line else ()))
