"""``autograder watch TOPIC``: the same check again at each save, and the next thing to do.

A save while a check is still running (an endless loop, say) starts it afresh, and until it ends the
screen says in which line it is. Both formats are followed: whichever is saved is checked. It looks
at the files' time and size many times a second; nothing has to be installed, on any platform.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from autograder.desk.check import parser
from autograder.desk.kept import Kept
from autograder.desk.keys import Keys, listening
from autograder.desk.ladder import ask, is_open, veiled
from autograder.desk.one_screen import screen
from autograder.desk.saves import Followed
from autograder.desk.selfcheck import Checked, run
from autograder.desk.stopping import (
    PATIENCE,
    ending_on_ctrl_c,
    interrupt,
    interrupted,
    running_line,
)
from autograder.desk.target import Target, TargetError, find_target
from autograder.report import terminal
from autograder.report.model import ExerciseResult
from autograder.submission.cells import SubmissionError
from autograder.submission.kinds import code_kind
from autograder.topic.catalogue import CatalogueError
from autograder.topic.record import RecordedSource, RecordError

__all__ = ["Quit", "Screen", "main", "watch"]

PAUSE = 0.05  # seconds between two looks at the files
LONG = 0.6  # seconds after which a check says that it is running, and in which line
CLEAR = "\x1b[2J\x1b[3J\x1b[H"
KEYS = "keys: h hint  e explain  n next  f figure  r reset  q quit"


@dataclass
class Screen:
    """Where `watch` shows what it has to say.

    Attributes
    ----------
    show : callable
        Shows a whole screen.
    running : callable
        Shows, in place of a verdict that no longer holds, what is running.
    look : Look
    keys : Keys
    """

    show: Callable[[str], None]
    look: terminal.Look
    running: Callable[[str], None] = lambda text: None
    keys: Keys = field(default_factory=Keys)


class Quit(Exception):
    """The student wants to end."""


class _Interrupter:
    """While a check runs, says where it is, and ends it at a new save or the key q."""

    def __init__(self, files: Followed, screen: Screen) -> None:
        self.files, self.screen = files, screen
        self.saved = self.quit = False
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        start = told = time.monotonic()
        while not self._done.wait(PAUSE):
            self.saved = self.files.changed()
            self.quit = self.screen.keys.pressed() == "q"
            if self.saved or self.quit:
                with self._lock:
                    if not self._done.is_set():
                        interrupt()
                if not self._done.wait(2 * PATIENCE):
                    self.restart()
                return
            now = time.monotonic()
            if now - told > LONG:
                told = now
                self._say(now - start)

    def _say(self, seconds: float) -> None:
        place = running_line()
        where = f", line {place[0]}" if place else ""
        name = self.files.target.path.name
        with self._lock:
            if not self._done.is_set():
                self.screen.running(f"{name}: running{where} ({seconds:.0f} s)")

    def restart(self) -> None:
        """Begin the whole command afresh, where the code that is to end does not."""
        self.screen.keys.restore()
        if self.saved and os.name == "posix":
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        if self.quit:
            os._exit(0)

    def __enter__(self) -> _Interrupter:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._done.set()


def watch(
    target: Target,
    only: Sequence[str] | None,
    screen: Screen,
    *,
    both: bool = True,
    rounds: int | None = None,
) -> None:
    """Check at each save until interrupted (or `rounds` times) and show each screen.

    Parameters
    ----------
    target : Target
    only : sequence of str or None
        The exercises to check.
    screen : Screen
    both : bool
        Whether the other format beside the target is followed, too.
    rounds : int or None
        For tests: how many screens are shown.
    """
    files = Followed(target, both)
    source = RecordedSource(target.record)
    count, last = 0, None
    while rounds is None or count < rounds:
        if not _wait(files, last, screen):
            screen.show(f"{files.target.path.name} is gone. Waiting until it is there again.\n")
            count += 1
            files.seen[files.target.path] = None  # if the very same comes back, it is checked
            while files.gone():
                if screen.keys.pressed() == "q":
                    raise Quit
                time.sleep(PAUSE)
            continue
        told = _round(files, only, source, screen)
        if told is not None:
            text, last = told
            screen.show(text)
            count += 1


def _wait(files: Followed, last: _Desk | None, screen: Screen) -> bool:
    """Wait for a save to be over and answer keys; False if there is no file any more."""
    missing = 0
    while not files.settled():
        missing = missing + 1 if files.gone() else 0
        if missing * PAUSE > 0.5:  # an editor that saves takes it away for a moment
            return False
        key = screen.keys.pressed()
        if key == "q":
            raise Quit
        answer = last.answer(key) if key and last else ""
        if answer:
            screen.show(answer)
        time.sleep(PAUSE)
    return True


def _round(
    files: Followed, only: Sequence[str] | None, source: RecordedSource, screen: Screen
) -> tuple[str, _Desk | None] | None:
    """Check once; None if a new save ended the check."""
    start = time.perf_counter()
    interrupter = _Interrupter(files, screen)
    target = files.target
    try:
        with interrupter, ending_on_ctrl_c(interrupter.restart):
            checked = run(target, only, source=source)
    except KeyboardInterrupt:
        if interrupter.saved:
            return None
        if interrupter.quit:
            raise Quit from None
        raise
    except (TargetError, SubmissionError, RecordError) as problem:
        waiting = f"Waiting for the next save of {target.path.name}.\n"
        return f"{target.topic}: {problem}\n\n{waiting}", None
    Kept(target.path).note(checked.report)
    desk = _Desk(checked, screen.look, time.perf_counter() - start)
    return desk.text(), desk


class _Desk:
    """The last check, and what the keys ask of it."""

    def __init__(self, checked: Checked, look: terminal.Look, seconds: float) -> None:
        self.checked, self.look, self.seconds = checked, look, seconds
        self.kept = Kept(checked.target.path)
        self.at = 0  # how many of the exercises to do are passed over
        self.sure = ""

    @property
    def wanted(self) -> ExerciseResult | None:
        """The exercise on the screen."""
        _, first = terminal.following(self.checked.report)
        if first is None:
            return None
        open_ = [each for each in self.checked.report if each.status not in ("passed", "broken")]
        return open_[(open_.index(first) + self.at) % len(open_)]

    def text(self) -> str:
        """Return the screen."""
        checked, chosen = self.checked, self.wanted if self.at else None
        if not is_open(checked.target.record):
            checked = replace(checked, report=veiled(checked.report, self.kept))
            same = (each for each in checked.report if chosen and each.name == chosen.name)
            chosen = next(same, None)
        return screen(checked, self.look, self.seconds, chosen)

    def answer(self, key: str) -> str:
        """Return the screen that a key asks for; "" for no such key."""
        sure, self.sure = self.sure, ""
        if key == "n":
            self.at += 1
            return self.text()
        if key == "h" and self.wanted:
            ask(self.wanted, self.kept)
            return self.text()
        if key == "e":
            return self._explained()
        if key == "f":
            return self._figure()
        if key == "r" and self.wanted:
            return self._reset(sure)
        return ""

    def _explained(self) -> str:
        from autograder.desk.explain import explain

        if self.wanted is None or self.wanted.status == "todo":
            return f"{self.text()}\nNothing to explain: no check has failed.\n"
        only = run(self.checked.target, [self.wanted.name], source=self.checked.source)
        return f"{self.text()}\n{explain(only, self.look)}"

    def _figure(self) -> str:
        from autograder.desk.onward import celebration

        path = self.checked.target.path
        if code_kind(path.name) != ".py":
            return f"{self.text()}\nThe notebook draws its figure itself: show(figure)\n"
        picture = celebration(path)
        told = f"The figure: {picture}" if picture else f"Not yet: python {path.name} says why."
        return f"{self.text()}\n{told}\n"

    def _reset(self, sure: str) -> str:
        from autograder.desk.reset import reset

        assert self.wanted is not None
        name = self.wanted.name
        if sure != name:
            self.sure = name
            return f"{self.text()}\nr again brings the stub of {name} back (yours is kept).\n"
        try:
            return f"{self.text()}\nThe stub is back; yours: {reset(self.checked.target, name)}\n"
        except (TargetError, SubmissionError, OSError) as problem:
            return f"{self.text()}\n{problem}\n"


def _on(look: terminal.Look, keys: Keys, live: bool) -> Screen:
    """Return the screen on a terminal, or on a file that only grows."""
    out = sys.stdout  # a check that runs has its own
    clear = CLEAR if live else ""

    def show(text: str) -> None:
        told = f"{look.paint(KEYS, 'dim')}\n" if live else "\n"
        terminal.write(out, f"{clear}{text}{told}")

    def running(text: str) -> None:
        if live:
            terminal.write(out, f"{clear}{text}\n\nA save starts it afresh; q or Ctrl-C ends.\n")

    return Screen(show, look, running, keys)


def main(argv: Sequence[str]) -> int:
    """Run ``autograder watch`` and return its exit code."""
    try:
        options: argparse.Namespace = parser("watch").parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    look = terminal.look_of(sys.stdout)
    live = sys.stdout.isatty() and look.colour
    both = not code_kind(options.target or "")
    try:
        target = find_target(options.target, root=options.root, topic=options.topic)
        with listening() as keys:
            watch(target, options.exercise, _on(look, keys, live), both=both)
    except Quit:
        return 0
    except KeyboardInterrupt as stopped:
        told = interrupted(stopped) if stopped.args else ""
        terminal.write(sys.stdout, f"\n{told}\n" if told else "\n")
        return 0
    except (TargetError, CatalogueError, SubmissionError, RecordError) as problem:
        terminal.write(sys.stderr, f"autograder: {' '.join(str(problem).split())}\n")
        return 2
    return 0
