"""Time as a student is charged for it: what their process used or slept, not what it waited for."""

import time
from pathlib import Path
from typing import Final

_FAIR: Final = 4.0
"""Where the kernel does not tell who waited for a processor: wall seconds that count as one."""
_SHORT: Final = 0.02  # seconds of which nobody need know who waited


class Stopwatch:
    """Seconds that a process and the judge spent together since the watch was made.

    The kernel keeps how long a process stood ready without a processor (``schedstat``). That is
    what other programs cost, the worker's share and the judge's, and it is taken off the wall
    clock; sleep and work count in full. Where the kernel does not tell, a worker is charged its
    processor time, or a part of the wall clock if that is more.

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
        self._waits = (_waited(pid), _waited(None))
        self._work = _worked(pid)

    @property
    def wall(self) -> float:
        """Seconds of the wall clock."""
        return time.monotonic() - self._start

    @property
    def worked(self) -> float:
        """Processor seconds of the worker, 0 where nobody tells."""
        return max(_worked(self._pid) - self._work, 0.0)

    @property
    def spent(self) -> float:
        """Seconds that count."""
        wall = self.wall
        if wall < _SHORT:
            return wall
        before, now = self._waits, (_waited(self._pid), _waited(None))
        waits = [b - a for a, b in zip(before, now, strict=True) if a is not None and b is not None]
        if len(waits) == len(before):
            return max(wall - sum(waits), 0.0)
        return max(self.worked, wall / _FAIR)

    @property
    def left(self) -> float:
        """Seconds until the limit can be reached at the earliest; not positive: it is reached."""
        left = self.limit - self.wall
        return left if left > 0 else self.limit - self.spent


def _waited(pid: int | None) -> float | None:
    """Return the seconds a process (None: this thread) stood ready without a processor."""
    place = "thread-self" if pid is None else str(pid)
    try:
        _, waited, _ = Path(f"/proc/{place}/schedstat").read_text(encoding="ascii").split()
        return int(waited) / 1e9
    except (OSError, ValueError):
        return None


def _worked(pid: int) -> float:
    """Return the processor seconds of a process, 0 where nobody tells."""
    clock = (~pid << 3) | 2  # as clock_getcpuclockid(3) makes it on Linux
    try:
        return time.clock_gettime(clock)
    except (OSError, OverflowError, AttributeError):
        return 0.0
