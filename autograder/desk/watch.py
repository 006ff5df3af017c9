"""``autograder watch TOPIC``: the same check again at each save, and the next thing to do.

A save while a check is still running (an endless loop, say) starts it afresh. It looks at the
file's time and size many times a second; nothing has to be installed for it, on any platform.
"""

from __future__ import annotations

import _thread
import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.desk.selfcheck import Checked, Target, TargetError, find_target, parser, run
from autograder.desk.stopping import ending_on_ctrl_c, interrupted
from autograder.report import terminal
from autograder.report.model import Report, points_text
from autograder.submission.cells import SubmissionError
from autograder.topic.catalogue import CatalogueError
from autograder.topic.record import RecordedSource, RecordError

__all__ = ["FileStamp", "main", "screen", "stamp", "watch"]

PAUSE = 0.05  # seconds between two looks at the file
SETTLE = 0.03  # a save is over when the file has kept its size for so long
CLEAR = "\x1b[2J\x1b[3J\x1b[H"

FileStamp = tuple[int, int]


def stamp(path: Path) -> FileStamp | None:
    """Return what changes with each save; None while the file is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


class _Interrupter:
    """While a check runs, ends it if the file is saved again."""

    def __init__(self, path: Path, seen: FileStamp | None) -> None:
        self.path, self.seen = path, seen
        self.saved = False
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._done.wait(PAUSE):
            now = stamp(self.path)
            if now is not None and now != self.seen:
                with self._lock:
                    if not self._done.is_set():
                        self.saved = True
                        _thread.interrupt_main()
                return

    def restart(self) -> None:
        """Begin the whole command afresh, where the code that is to end does not."""
        if self.saved and os.name == "posix":
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    def __enter__(self) -> _Interrupter:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._done.set()


def watch(
    target: Target,
    only: Sequence[str] | None,
    show: Callable[[str], None],
    look: terminal.Look,
    *,
    rounds: int | None = None,
) -> None:
    """Check at each save until interrupted (or `rounds` times) and show each screen."""
    source = RecordedSource(target.record)
    seen: FileStamp | None = None
    count = 0
    while rounds is None or count < rounds:
        seen = _next_save(target.path, seen)
        text = _round(target, only, source, look, seen)
        if text is not None:
            show(text)
            count += 1


def _next_save(path: Path, seen: FileStamp | None) -> FileStamp:
    """Wait for a save to be over and return its stamp."""
    while True:
        now = stamp(path)
        if now is not None and now != seen:
            time.sleep(SETTLE)
            if stamp(path) == now:
                return now
        else:
            time.sleep(PAUSE)


def _round(
    target: Target,
    only: Sequence[str] | None,
    source: RecordedSource,
    look: terminal.Look,
    seen: FileStamp,
) -> str | None:
    """Check once; None if a new save ended the check."""
    start = time.perf_counter()
    interrupter = _Interrupter(target.path, seen)
    try:
        with interrupter, ending_on_ctrl_c(interrupter.restart):
            checked = run(target, only, source=source)
    except KeyboardInterrupt:
        if interrupter.saved:
            return None
        raise
    except (TargetError, SubmissionError, RecordError) as problem:
        return f"{target.topic}: {problem}\n\nWaiting for the next save of {target.path.name}.\n"
    return screen(checked, look, time.perf_counter() - start)


def screen(checked: Checked, look: terminal.Look, seconds: float = 0.0) -> str:
    """Write one screen: the way so far, and the next thing to do in full."""
    report, target = checked.report, checked.target
    points = f"{points_text(report.earned)} of {points_text(report.points)} points"
    head = f"{report.topic}  {terminal.bar(report, look, min(24, look.width // 3))}  {points}"
    lines = [look.paint(look.wrap(head, 0), "bold"), ""]
    if report.notes:
        lines += [*terminal.notes(report, look), ""]
    lines += [_line(report, look), ""]
    verb, wanted = terminal.following(report)
    if wanted is None:
        told = "All public checks pass. Grading adds hidden ones."
        if not all(exercise.passed for exercise in report):
            told = "Some checks could not be run, which is not your mistake: tell your instructor."
        lines.append(look.wrap(told, 0))
    elif wanted.status == "todo":
        lines.append(look.wrap(f"Next: {verb} {wanted.name}{_where(checked, wanted.name)}", 0))
        lines += [look.wrap(f"{look.sign('·')} {c.sentence}", 4, 6) for c in wanted.checks]
    else:
        lines.append(terminal.exercise_text(wanted, report, look, whole=False))
    told = f"Checked at {time.strftime('%H:%M:%S')} in {seconds:.2f} s. "
    told += f"Watching {target.path.name}; Ctrl-C ends."
    return "\n".join([*lines, "", look.paint(look.wrap(told, 0), "dim")]) + "\n"


def _line(report: Report, look: terminal.Look) -> str:
    """Write the state of all exercises in as few lines as they need."""
    glued = (terminal.mark(exercise, look).replace(" ", "\u00a0") for exercise in report)
    return look.wrap("  ".join(glued), 0).replace("\u00a0", " ")


def _where(checked: Checked, name: str) -> str:
    from autograder.submission.locate import definition

    found = definition(checked.submission, name)
    return f" ({found.place})" if found else ""


def main(argv: Sequence[str]) -> int:
    """Run ``autograder watch`` and return its exit code."""
    try:
        options: argparse.Namespace = parser("watch").parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    look = terminal.look_of(sys.stdout)
    clear = CLEAR if sys.stdout.isatty() and look.colour else ""

    def show(text: str) -> None:
        terminal.write(sys.stdout, f"{clear}{text}" if clear else f"{text}\n")

    try:
        target = find_target(options.target, root=options.root, topic=options.topic)
        watch(target, options.exercise, show, look)
    except KeyboardInterrupt as stopped:
        told = interrupted(stopped) if stopped.args else ""
        terminal.write(sys.stdout, f"\n{told}\n" if told else "\n")
        return 0
    except (TargetError, CatalogueError, SubmissionError, RecordError) as problem:
        terminal.write(sys.stderr, f"autograder: {' '.join(str(problem).split())}\n")
        return 2
    return 0
