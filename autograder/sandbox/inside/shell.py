"""What surrounds a notebook's code in its kernel: there in grading too, and inert."""

import builtins
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from autograder.sandbox.inside.inert import Nothing
from autograder.submission.magics import RUNNING

Run = Callable[[str], object]
NOBODY_STEPS: Final = "nobody steps through a debugger here"

_PYLAB: Final = """
import numpy, matplotlib
import numpy as np
from numpy import *
from numpy import fft, linalg, random
from matplotlib import pylab, mlab, pyplot
from matplotlib import pyplot as plt
"""


def surroundings(
    space: dict[str, object], run: Run, importing: Callable[..., object]
) -> dict[str, object]:
    """Return the builtins of a submission: Python's, and what a notebook has besides.

    Parameters
    ----------
    space : dict
        The submission's namespace.
    run : callable
        Runs a piece of source in it.
    importing : callable
        What an import statement calls.
    """
    shell = Shell(space, run)
    return {
        **vars(builtins),
        "__import__": importing,
        "get_ipython": lambda: shell,
        "input": _nobody,
        "breakpoint": _stop_here,
        **dict.fromkeys(("display", "help", "exit", "quit", "clear_output"), _nothing),
        **dict.fromkeys(("check", "show", "grade"), _nothing),  # the notebook's own
        **{"In": [""], "Out": Nothing(), "_": "", "__": "", "___": "", "_ih": [""], "_i": ""},
        **{"_oh": Nothing(), "_dh": [""], "_ii": "", "_iii": ""},
    }


def _nothing(*args: object, **kwargs: object) -> None:
    """Do nothing."""


def _nobody(*args: object) -> str:
    raise EOFError("nobody answers input() in grading")


def _stop_here(*args: object, **kwargs: object) -> object:
    """Stop where a debugger was put in Python's place, as an editor does; else say what to do."""
    if sys.breakpointhook is not sys.__breakpointhook__:
        return sys.breakpointhook(*args, **kwargs)
    return nobody_steps()


def nobody_steps(*args: object, **kwargs: object) -> object:
    """Refuse to wait for somebody who steps through the code."""
    raise RuntimeError(NOBODY_STEPS)


class Shell(Nothing):
    """IPython's shell: runs what a magic runs in the notebook's namespace, and nothing else."""

    def __init__(self, space: dict[str, object], run: Run) -> None:
        self.user_ns = self.user_global_ns = space
        self._run = run

    def run_line_magic(self, name: str, line: str = "", *args: object, **kwargs: object) -> object:
        """Run the statement after ``%time``, fill the namespace for ``%pylab``."""
        if name in RUNNING and line.strip():
            return self._run(line)
        if name == "pylab":
            self._run(_PYLAB)
        if name == "run":
            raise FileNotFoundError(f"%run {line}: grading has the file handed in alone")
        return Nothing()

    def run_cell_magic(self, name: str, line: str = "", body: str = "") -> object:
        """Run the rest of the cell for ``%%time`` and the like."""
        if name == "capture" and line.partition(" ")[0].isidentifier():
            self.user_ns[line.partition(" ")[0]] = Nothing()
        return self._run(body) if name in RUNNING else Nothing()

    def magic(self, text: str) -> object:
        """Run a line magic given as one text."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def run_cell(self, source: str, *args: object, **kwargs: object) -> object:
        """Run a cell."""
        return self._run(source)

    ex = ev = run_cell


def finish(work: Coroutine[object, object, object]) -> object:
    """Run a coroutine to its end, as a notebook does with what its cells await.

    The event loop waits for nothing but the time: walls forbid the sockets of the usual one.
    """
    import asyncio  # few submissions need it, and a self-check is to start fast

    class Waiting:
        def select(self, seconds: float | None) -> list[Any]:
            time.sleep(0.01 if seconds is None else max(seconds, 0.0))
            return []

    class Loop(asyncio.BaseEventLoop):
        _selector = Waiting()

        def _process_events(self, events: list[object]) -> None:
            """Nothing happens but time."""

        def _write_to_self(self) -> None:
            """Nobody else is there to be woken."""

    around = asyncio.events._get_running_loop()  # a notebook's kernel lives in one
    asyncio.events._set_running_loop(None)
    loop = Loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
        asyncio.events._set_running_loop(around)
