"""Time as a student is charged for it: what their process computes, and sleep at a discount."""

import time
from pathlib import Path
from typing import Final

DISCOUNT: Final = 4.0
"""Seconds without work that count as one towards a limit: the machine may be short of memory."""
_SHORT: Final = 0.02  # seconds of which nobody need know who waited


class Stopwatch:
    """Seconds that a process and the judge spent together since the watch was made.

    The kernel keeps how long a process stood ready without a processor (``schedstat``): what other
    programs cost, the worker's share and the judge's. It is taken off the wall clock; where the
    kernel does not tell, nobody can. What is left is work or sleep.

    Parameters
    ----------
    pid : int
        The worker's process.
    limit : float
        Seconds it may be charged.
    """

    def __init__(self, pid: int, limit: float) -> None:
        self.limit = limit
        self._pid = pid
        self._start = time.monotonic()
        self._own = _waited(None) or 0.0
        self._before = (_waited(pid) or 0.0, _worked(pid) or 0.0)
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
        waits = self._latest[0] - self._before[0] + (_waited(None) or 0.0) - self._own
        return max(wall - waits, self.worked)

    @property
    def computed(self) -> float:
        """Processor seconds of the worker; of a short time all of it, where nobody need look."""
        wall = self.wall
        return wall if wall < _SHORT else self.worked

    def _look(self) -> None:
        """Read the kernel's figures; of a process that is gone the last ones stand."""
        waited, worked = _waited(self._pid), _worked(self._pid)
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


def _waited(pid: int | None) -> float | None:
    """Return the seconds a process (None: this thread) stood ready without a processor."""
    place = "thread-self" if pid is None else str(pid)
    try:
        _, waited, _ = Path(f"/proc/{place}/schedstat").read_text(encoding="ascii").split()
        return int(waited) / 1e9
    except (OSError, ValueError):
        return None


def _worked(pid: int) -> float | None:
    """Return the processor seconds of a process."""
    clock = (~pid << 3) | 2  # as clock_getcpuclockid(3) makes it on Linux
    try:
        return time.clock_gettime(clock)
    except (OSError, OverflowError, AttributeError):
        return None
