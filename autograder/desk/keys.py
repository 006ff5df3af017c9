"""Single keys at a terminal, while a program does something else; no keys where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Keys", "listening"]

Pressed = Callable[[], str]


def _nothing() -> str:
    return ""


@dataclass
class Keys:
    """Keys of a terminal.

    Attributes
    ----------
    pressed : callable
        Returns the key that was pressed since it was last called, or ``""``; never waits.
    restore : callable
        Puts the terminal back as it was.
    """

    pressed: Pressed = _nothing
    restore: Callable[[], object] = _nothing


@contextmanager
def listening() -> Iterator[Keys]:
    """Hear keys without Return; the terminal is as it was afterwards.

    Ctrl-C stays an interrupt.
    """
    if not sys.stdin or not sys.stdin.isatty():
        yield Keys()
        return
    try:
        import select
        import termios
        import tty
    except ImportError:
        yield Keys(_of_windows())
        return
    terminal = sys.stdin.fileno()

    def pressed() -> str:
        ready, _, _ = select.select([terminal], [], [], 0)
        return os.read(terminal, 1).decode("ascii", "ignore") if ready else ""

    try:
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
    except termios.error:
        yield Keys()
        return
    keys = Keys(pressed, lambda: termios.tcsetattr(terminal, termios.TCSADRAIN, before))
    try:
        yield keys
    finally:
        keys.restore()


def _of_windows() -> Pressed:
    try:
        import msvcrt
    except ImportError:
        return _nothing

    def pressed() -> str:
        hit: Callable[[], bool] = getattr(msvcrt, "kbhit", bool)
        read: Callable[[], str] = getattr(msvcrt, "getwch", str)
        return read() if hit() else ""

    return pressed
