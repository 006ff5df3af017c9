"""The options every kernel is compiled with, in one place, and where compiled code is kept.

Numba sees that a kernel's own file changed, but takes stale code for fresh when a helper in *another*
file did. Topics import no other topic, so the cache folder's name holds a hash of the shared files
(``_*.py``), of the versions of Numba and llvmlite and of the processor. ``GRADUS_CACHE_DIR`` moves it;
without it the user's cache folder is used.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding
import numba
from numba import njit, prange

__all__ = ["PARALLEL", "SERIAL", "SMALL", "cache_folder", "njit", "prange"]

SERIAL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
"""One thread. `error_model="numpy"`: a division by zero gives inf or NaN, as IEEE says."""

PARALLEL: dict[str, Any] = {**SERIAL, "parallel": True}
"""All threads. Each job of a `prange` owns what it writes: 1 and N threads give one result."""

SMALL = 32_768
"""Elements below which starting the threads costs more than they save."""


def cache_folder() -> Path:
    """Return the folder of compiled kernels: named by all that can change what they do."""
    base = os.environ.get("GRADUS_CACHE_DIR")
    if base:
        root = Path(base)
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "gradus"
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches" / "gradus"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gradus"
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("_*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    for part in (
        numba.__version__,
        llvmlite.__version__,
        sys.version,
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
    ):
        digest.update(part.encode())
    return root / digest.hexdigest()[:16]


def _writable(folder: Path) -> Path:
    """Return `folder` if it can be written, else one that can (a kernel must always compile)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="gradus-cache-"))


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(_writable(cache_folder()))
