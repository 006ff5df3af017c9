"""Time as a student is charged for it: what their process computes, and sleep at a discount."""

import contextlib
import os
import threading
import time
from typing import Final

DISCOUNT: Final = 4.0
"""Seconds without work that count as one towards a limit: the machine may be short of memory."""
_SHORT: Final = 0.02  # seconds of which nobody need know who waited


class Usage:
    """What the kernel keeps of a process's time: looked up often, so its file is held open.

    Parameters
    ----------
    pid : int
        The process, as seen from here.
    """

    def __init__(self, pid: int) -> None:
        self._clock = (~pid << 3) | 2  # as clock_getcpuclockid(3) makes it on Linux
        self._file = _schedule(str(pid))

    def waited(self) -> float | None:
        """Return the seconds it stood ready without a processor; None where nobody tells."""
        return _waited(self._file)

    def worked(self) -> float | None:
        """Return its processor seconds."""
        try:
            return time.clock_gettime(self._clock)
        except (OSError, OverflowError, AttributeError):
            return None

    def close(self) -> None:
        """Close the file: nothing is told any more of how long it waited."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Stopwatch:
    """Seconds that a process and the judge spent together since the watch was made.

    The kernel keeps how long a process stood ready without a processor (``schedstat``): what other
    programs cost, the worker's share and the judge's. It is taken off the wall clock; where the
    kernel does not tell, nobody can. What is left is work or sleep.

    Parameters
    ----------
    usage : Usage
        The worker's.
    limit : float
        Seconds it may be charged.
    """

    def __init__(self, usage: Usage, limit: float) -> None:
        self.limit = limit
        self._usage = usage
        self._start = time.monotonic()
        self._own = _own_wait()
        self._before = (usage.waited() or 0.0, usage.worked() or 0.0)
        self._latest = self._before

    @property
    def wall(self) -> float:
        """Seconds of the wall clock."""
        return time.monotonic() - self._start

    @property
    def worked(self) -> float:
        """Processor seconds of the worker, 0 where nobody tells."""
        self._look()
        return self._latest[1] - self._before[1]

    @property
    def spent(self) -> float:
        """Seconds of work and of sleep."""
        wall = self.wall
        if wall < _SHORT:
            return wall
        self._look()
        waits = self._latest[0] - self._before[0] + _own_wait() - self._own
        return max(wall - waits, self.worked)

    @property
    def computed(self) -> float:
        """Processor seconds of the worker; of a short time all of it, where nobody need look."""
        wall = self.wall
        return wall if wall < _SHORT else self.worked

    def _look(self) -> None:
        """Read the kernel's figures; of a process that is gone the last ones stand."""
        waited, worked = self._usage.waited(), self._usage.worked()
        if waited is not None or worked is not None:
            self._latest = (waited or self._latest[0], worked or self._latest[1])

    @property
    def charged(self) -> float:
        """Seconds that count towards the limit: work in full, sleep at a discount."""
        work = self.worked
        return work + max(self.spent - work, 0.0) / DISCOUNT

    @property
    def left(self) -> float:
        """Seconds until the limit can be reached at the earliest; not positive: it is reached."""
        left = self.limit - self.wall
        return left if left > 0 else self.limit - self.charged


class _Own(threading.local):
    """The file of the thread that asks, and the process it was opened in."""

    pid = 0
    file = -1


_own = _Own()


def _own_wait() -> float:
    """Return the seconds that this thread stood ready without a processor."""
    if _own.pid != os.getpid():  # the first time, or forked since
        _own.pid, _own.file = os.getpid(), _schedule("thread-self")
    return _waited(_own.file) or 0.0


def _schedule(place: str) -> int:
    """Open what the kernel keeps of a process's waiting; -1 where it does not."""
    with contextlib.suppress(OSError):
        return os.open(f"/proc/{place}/schedstat", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    return -1


def _waited(file: int) -> float | None:
    try:
        return int(os.pread(file, 96, 0).split()[1]) / 1e9
    except (OSError, ValueError, IndexError, AttributeError):
        return None
