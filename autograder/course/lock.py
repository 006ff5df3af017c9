"""One command at a time works on a course; the next one is told who does."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from autograder.course.assignment import CourseError
from autograder.course.course import Course

__all__ = ["alone"]

try:
    import fcntl
except ImportError:  # not a Unix: nothing here grades officially
    fcntl: object = None  # type: ignore[no-redef]


@contextmanager
def alone(course: Course, command: str) -> Iterator[None]:
    """Hold the course for a command that writes; the system lets it go when the process ends.

    Raises
    ------
    CourseError
        If another command holds it (by whom and since when), or the course cannot be written.
    """
    path = course.private / "lock"
    try:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CourseError(
            f"{course.folder.name} cannot be written ({error.strerror}): work on a copy of yours"
        ) from None
    try:
        _take(held)
        os.truncate(held, 0)
        os.pwrite(held, _about(command).encode("utf-8", "replace"), 0)
        yield
    finally:
        os.close(held)


def _take(held: int) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(held, 500, 0).decode("utf-8", "replace").strip() or "another command"
        raise CourseError(
            f"{holder} works on this course: run the same command again when it has ended"
        ) from None
    except OSError:  # a file system without locks
        return


def _about(command: str) -> str:
    user = "somebody"
    with suppress(OSError, KeyError, ImportError):
        user = getpass.getuser()
    since = datetime.now().astimezone().strftime("%H:%M %Z on %d %B")
    place = f"process {os.getpid()} on {socket.gethostname()}"
    return f"autograder course {command} ({user}, {place}, since {since})"
