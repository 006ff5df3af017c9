"""How much memory something takes at its peak, whatever was taken before it."""

from __future__ import annotations

import contextlib
import gc
import re
from pathlib import Path


class Peak:
    """Measures from now on: the kernel is told to forget the peak there was."""

    def __init__(self) -> None:
        gc.collect()
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._before = _status("VmRSS")

    @property
    def growth(self) -> int:
        """Bytes by which the peak since then lies above what there was."""
        return max(_status("VmHWM") - self._before, 0)


def _status(name: str) -> int:
    text = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace")
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    assert found is not None
    return int(found[1]) << 10
