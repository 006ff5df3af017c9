"""Ctrl-C ends a command, whatever the student's code makes of it; and where that code is by now."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from autograder.report import terminal
from autograder.sandbox.local import running_at

__all__ = ["PATIENCE", "ending_on_ctrl_c", "interrupt", "interrupted", "running_line"]

PATIENCE = 1.0  # seconds that code which catches KeyboardInterrupt is given to end


def running_line() -> tuple[int, str] | None:
    """Return the line of the student's that the main thread is in, and its cell."""
    return running_at(sys._current_frames().get(threading.main_thread().ident or 0))


def interrupted(stopped: BaseException) -> str:
    """Say in which line of the student's the program was when it was stopped."""
    if len(stopped.args) != 2:
        return "Stopped."
    line, cell = stopped.args
    return f"Stopped in line {line} of {cell}. Does the loop there end?"


def interrupt() -> None:
    """Interrupt the main thread as Ctrl-C does, in the midst of a sleep too."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


@contextmanager
def ending_on_ctrl_c(first: Callable[[], None] = lambda: None) -> Iterator[None]:
    """End at Ctrl-C: by an exception, and by force where the student's code catches that.

    `first` is called before it comes to force.
    """
    forced: list[threading.Timer] = []

    def force() -> None:
        first()
        told = interrupted(KeyboardInterrupt(*(running_line() or ())))
        terminal.write(sys.__stderr__ or sys.stderr, f"\n{told}\n")
        os._exit(130)

    def stop(number: int, frame: FrameType | None) -> None:
        if forced:
            force()
        forced.append(threading.Timer(PATIENCE, force))
        forced[0].daemon = True
        forced[0].start()
        raise KeyboardInterrupt(*(running_at(frame) or ()))

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for timer in forced:
            timer.cancel()
