"""The options every kernel is compiled with, in one place, and where compiled code is kept.

Compiled code is kept in the user's cache folder, or in ``GRADUS_CACHE_DIR``, under a name made
only of what can change it: the text of the rooms that topics share (a topic imports no other), the
versions of Python, Numba and llvmlite, the processor, the forced tile shape. Each entry carries the
hash of its own source file too. No path and no time of change is part of it, so it is found
again after a reinstall, from a read-only installation, and in a container it was copied to. Where
the folder can be read but not written, new code goes to a temporary one.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import llvmlite.binding
import numba
from numba import prange
from numba.core.caching import CacheImpl, IndexDataCacheFile, _CacheLocator
from numba.core.ccallback import CFunc
from numba.core.sigutils import normalize_signature

__all__ = [
    "INLINE",
    "INSERTED",
    "PARALLEL",
    "SERIAL",
    "SMALL",
    "address",
    "cache_folder",
    "njit",
    "prange",
]

SERIAL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
"""One thread. `error_model="numpy"`: a division by zero gives inf or NaN, as IEEE says."""

INLINE: dict[str, Any] = {**SERIAL, "forceinline": True}
"""For a large function inside a hot loop: a loop with a call in it does not become vector code."""

INSERTED: dict[str, Any] = {**SERIAL, "inline": "always"}
"""For a few lines that several kernels share: compiled as if they stood there, not by themselves.
A function of its own costs 0.1 s, and again for each combination of types."""

PARALLEL: dict[str, Any] = {**SERIAL, "parallel": True}
"""All threads. Each job of a `prange` owns what it writes: 1 and N threads give one result."""


SMALL = 32_768
"""Elements below which starting the threads costs more than they save."""


def njit(**options: Any) -> Callable[[Any], Any]:
    """Compile as `numba.njit` does; one function may become a kernel of one thread and one of all.

    Numba looks for kept code by the function's name and line, whatever the options: without a name
    of its own, the second of the two kernels would run the first one's code.
    """

    def compiled(function: Any) -> Any:
        if options.get("parallel"):
            code, name = function.__code__, function.__name__
            copy = FunctionType(
                code, function.__globals__, name, function.__defaults__, function.__closure__
            )
            function = functools.update_wrapper(copy, function)
            function.__qualname__ += "_parallel"
        kernel = numba.njit(**options)(function)
        _keep_apart(kernel._cache)
        return kernel

    return compiled


_KEPT: list[Any] = []  # what an address points to must stay


def address(function: Callable[..., None], signature: Any) -> int:
    """Compile a function of whole numbers and pointers, or read it again; return where it is."""
    code: Any = CFunc(function, normalize_signature(signature), {}, {"error_model": "numpy"})
    code.enable_caching()
    _keep_apart(code._cache)
    code.compile()
    _KEPT.append(code)
    return int(code.address)


class _Entries(IndexDataCacheFile):  # type: ignore[misc]
    """What is kept of one kernel: an index of signatures, and a file of code for each.

    Numba counts these files. Two processes that keep different signatures at one moment count to
    the same number, and the index of the one that was slower names the other's code.
    """

    def _data_name(self, number: int) -> str:
        return str(super()._data_name(uuid.uuid4().int))


def _keep_apart(cache: Any) -> None:
    stamp = cache._impl.locator.get_source_stamp()
    cache._cache_file = _Entries(cache.cache_path, cache._impl.filename_base, stamp)


_PACKAGE = Path(__file__).resolve().parents[1]
_SHARED = ("compiler", "kernels")  # the rooms whose functions are compiled into those of others


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir()))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@functools.cache
def _fingerprint() -> str:
    """Hash all that may change compiled code without changing the file it comes from."""
    digest = hashlib.sha256()
    for room in _SHARED:
        for source in sorted((_PACKAGE / room).rglob("*.py")):
            digest.update(source.relative_to(_PACKAGE).as_posix().encode() + source.read_bytes())
    for part in (
        numba.__version__,
        llvmlite.__version__,
        sys.version,
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
        os.environ.get("GRADUS_TILE", ""),
    ):
        digest.update(part.encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of compiled kernels: named by all that can change what they do."""
    base = os.environ.get("GRADUS_CACHE_DIR")
    return (Path(base) if base else _user_folder() / "gradus") / _fingerprint()


@functools.cache
def _overflow() -> Path:
    """Return a folder of this process, for where the cache can only be read."""
    folder = tempfile.mkdtemp(prefix="gradus-cache-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@functools.cache
def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


@functools.cache
def _content(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


class _Locator(_CacheLocator):  # type: ignore[misc]
    """Tells Numba where this package's compiled code is, and of which source it is made."""

    def __init__(self, function: Any, file: str) -> None:
        self._py_file = file
        room = Path(file).resolve().relative_to(_PACKAGE).parent.parts
        self._place = "-".join([*room, str(function.__code__.co_firstlineno)])
        self._folder = cache_folder()
        if not _writable(self._folder):
            name = f"{Path(file).stem}.{function.__qualname__}-{self._place}.*"
            for made in self._folder.glob(name):
                shutil.copy(made, _overflow())
            self._folder = _overflow()

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return _content(self._py_file)

    def get_disambiguator(self) -> str:
        return self._place  # files of one name in two rooms are kept apart

    @classmethod
    def from_function(cls, function: Any, file: str) -> _Locator | None:
        """Return a locator for a kernel of this package, None for any other function."""
        return cls(function, file) if _PACKAGE in Path(file).resolve().parents else None


CacheImpl._locator_classes.insert(0, _Locator)
