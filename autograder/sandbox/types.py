"""What the judge and a worker say to each other, as plain data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CallbackFunction = Callable[["str | None", tuple[object, ...], dict[str, object]], object]
"""A method's name (or None), arguments and keyword arguments of what the judge is asked."""
FAILURE_KINDS: Final = frozenset(
    {
        "exception",
        "left-out",
        "timeout",
        "crash",
        "memory",
        "wrong-type",
        "missing",
        "not-implemented",
        "protocol",
        "output-too-big",
        "refused",
    }
)
IDLE: Final = "it waits"
"""The message of a timeout in which the process used hardly any processor time."""
BUSY: Final = "it computes"
"""The message of any other timeout."""
MESSAGE: Final = 300  # characters of a student's exception text that are kept


class SandboxUnavailable(RuntimeError):
    """The machine cannot confine student code as asked; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one worker may use.

    Parameters
    ----------
    seconds : float
        Time of one call, see `sandbox.clock`.
    load_seconds : float
        Time of loading all cells.
    memory : int
        Bytes of address space beyond what a worker starts with.
    output : int
        Bytes of one returned value.
    stdout : int
        Bytes of printed text kept over a worker's life.
    """

    seconds: float = 5.0
    load_seconds: float = 5.0
    memory: int = 1 << 30
    output: int = 64 << 20
    stdout: int = 64 << 10


@dataclass(frozen=True)
class Cell:
    """One piece of a submission: its source, the file it is reported as, its first line there."""

    source: str
    name: str = "submission"
    line: int = 1


@dataclass(frozen=True)
class Failure:
    """Why there is no value.

    Parameters
    ----------
    kind : str
        One of `FAILURE_KINDS`.
    type_name : str
        Class name of a builtin exception, else ``"Exception"``.
    line : int or None
        Line in the student's file.
    cell : str or None
        Name of the cell that line is in.
    message : str
        The student's own text, capped: it may be hostile and may carry inputs out.
    """

    kind: str
    type_name: str = "Exception"
    line: int | None = None
    cell: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Outcome:
    """How one cell or one call ended.

    Parameters
    ----------
    value : object
        What was returned; None where `failure` is set.
    failure : Failure or None
        Why there is no value.
    seconds : float
        Time as the judge counts it, see `sandbox.clock`.
    stdout : str
        What was printed, capped.
    modified : tuple of int
        Positions of arguments whose arrays were changed in place, as the worker says; keyword
        arguments follow the positional ones in order.
    aliased : bool
        Whether the value shares memory with an argument, as the worker says.
    worked : float
        Processor seconds among `seconds`.
    """

    value: object = None
    failure: Failure | None = None
    seconds: float = 0.0
    stdout: str = ""
    modified: tuple[int, ...] = ()
    aliased: bool = False
    worked: float = 0.0
