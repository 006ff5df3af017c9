"""Kernels of all threads where threads are not safe: in a forked process, and from many threads.

Threads do not survive a fork. What uses them in the child waits for ever, or is ended by OpenMP; so
there a kernel of one thread does the same work, with the same bits. Numba's own thread pool
(``workqueue``, where neither OpenMP nor TBB is found) ends the process when two Python threads
enter it; there they take turns.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import numba
from numba.np.ufunc import parallel

from reference.compiler.kept import Kernel

__all__ = ["guard"]


class _Process:
    """What is known of the threads of this process."""

    lost = False  # they stayed behind in the parent
    shared = False  # several Python threads may use them at once
    turn = threading.Lock()


def _in_child() -> None:
    _Process.lost = _Process.lost or parallel._is_initialized
    _Process.turn = threading.Lock()  # its holder may have stayed behind


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


class _Guarded(Kernel):
    """A kernel of all threads, which knows where it must not use them."""

    _alone: Callable[[], Any]
    _twin: Any = None

    def __call__(self, *args: Any) -> Any:
        """Run with all threads, or with one."""
        if _Process.lost:
            self._twin = self._twin or self._alone()
            return self._twin(*args)
        if _Process.shared:
            return super().__call__(*args)
        with _Process.turn:
            result = super().__call__(*args)
            _Process.shared = numba.threading_layer() != "workqueue"
        return result


def guard(kernel: Any, alone: Callable[[], Any]) -> None:
    """Have a kernel of all threads guarded; `alone` makes the one of one thread."""
    kernel.__class__ = _Guarded
    kernel._alone = alone
