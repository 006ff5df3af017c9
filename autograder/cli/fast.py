"""The commands that a student types many times a day: started before anything heavy is imported.

What a student types many times a day starts before anything heavy is imported; the rest is in
`autograder.cli.main`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

__all__ = ["FAST", "fast", "main"]

FAST = {
    "check": "Self-check a topic, a stub module or a notebook.",
    "submit": "Make the file to hand in, and say what will be graded.",
    "watch": "Check the same again at each save.",
    "reset": "Bring the stub of one exercise back; what was written is kept.",
    "progress": "Show the topics, what is done, and the points.",
}
"""The commands that need neither typer nor rich."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in FAST:
        code = fast(given[0], given[1:])
        if argv is None:
            _leave(code)
        sys.exit(code)
    if given in (["--version"], ["-V"], ["version"]):
        from autograder.version import __version__

        print(f"autograder {__version__} (gradus-dl), Python {sys.version.split()[0]}")
        sys.exit(0)
    from autograder.cli.main import main as slow

    if given[:1] == ["help"]:
        given = [*given[1:], "--help"]
    sys.exit(slow(given))


def fast(command: str, argv: Sequence[str]) -> int:
    """Run one of the commands in `FAST` and return its exit code."""
    module = importlib.import_module(f"autograder.desk.{command}")
    run: Callable[[Sequence[str]], int] = module.main
    try:
        if command == "watch":  # it goes on after what is stopped
            return run(argv)
        from autograder.desk.stopping import ending_on_ctrl_c

        with ending_on_ctrl_c():
            return run(argv)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _leave(code: int) -> NoReturn:
    """End at once: nothing is left to do, and taking the interpreter down takes its time."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
