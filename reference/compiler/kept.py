"""Where compiled code is kept, so that a process need not compile what another has compiled.

It is the user's cache folder, or ``GRADUS_CACHE_DIR``, under a name made only of what can change
the code: the text of the rooms that topics share (a topic imports no other), the versions of
Python, Numba and llvmlite, the processor, the forced tile shape. Each entry carries the hash of its
own source file too. No path and no time of change is part of it, so it is found again after a
reinstall, from a read-only installation, and in a container it was copied to. Where the folder can
be read but not written, or there is none, new code goes to a temporary one. Each file ends with a
hash of itself: one that is damaged is made anew.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding
import numba
from numba.core.caching import CacheImpl, IndexDataCacheFile, _CacheLocator
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["Kernel", "by_turns", "cache_folder", "keep_apart"]


class _Entries(IndexDataCacheFile):  # type: ignore[misc]
    """What is kept of one kernel: an index of signatures, and a file of code for each.

    Numba counts these files. Two processes that keep different signatures at one moment count to
    the same number, and the index of the one that was slower names the other's code.
    """

    def _data_name(self, number: int) -> str:
        return str(super()._data_name(uuid.uuid4().int))

    def save(self, key: Any, data: Any) -> None:
        """Keep code; without room for it, it works all the same."""
        with contextlib.suppress(OSError):
            super().save(key, data)

    def _load_index(self) -> dict[Any, str]:
        try:
            return dict(super()._load_index())
        except Exception:  # whatever a damaged file makes of itself
            return {}

    def _save_data(self, name: str, data: Any) -> None:
        code = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(code + hashlib.sha256(code).digest())

    def _load_data(self, name: str) -> Any:
        data = Path(self._data_path(name)).read_bytes()
        code, digest = data[:-_DIGEST], data[-_DIGEST:]
        if hashlib.sha256(code).digest() != digest:
            raise OSError(f"{name} is damaged")  # then it is compiled as if it were not there
        return pickle.loads(code)


def keep_apart(cache: Any) -> None:
    """Have a kernel's cache name and check its files as `_Entries` does."""
    stamp = cache._impl.locator.get_source_stamp()
    cache._cache_file = _Entries(cache.cache_path, cache._impl.filename_base, stamp)


@contextlib.contextmanager
def by_turns(cache: Any, signature: Any) -> Iterator[None]:
    """Have one process compile what several want at once; the others wait, and find it kept.

    A place in a file is locked, as processes own locks: they end with the process, and are not
    handed on by a fork. Whoever waits too long goes on without.
    """
    wanted = f"{cache._impl.filename_base} {signature}"
    place = int.from_bytes(hashlib.sha256(wanted.encode()).digest()[:5], "big")
    with global_compiler_lock:  # first, as other threads hold it while they wait here
        register = _register(cache.cache_path)
        if register is None or not _taken(register, place):
            yield
            return
        try:
            yield
        finally:
            fcntl.lockf(register, fcntl.LOCK_UN, 1, place)


@functools.cache
def _register(folder: str) -> int | None:
    """Open the file whose places are locked; to close it would give up every lock."""
    if fcntl is None:
        return None
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        return os.open(Path(folder) / "turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        return None


def _taken(register: int, place: int) -> bool:
    """Lock a place, or give up: after `PATIENCE` seconds, or where nothing can be locked."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.lockf(register, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            return True
        except (BlockingIOError, PermissionError):
            time.sleep(0.01)
        except OSError:
            return False
    return False


class Kernel(CPUDispatcher):  # type: ignore[misc]
    """A kernel that is compiled by one process at a time."""

    def compile(self, sig: Any) -> Any:
        """Compile for a signature, or read what is kept."""
        with by_turns(self._cache, sig):
            return super().compile(sig)


PATIENCE = 20.0
"""Seconds that a process waits for what another compiles: more than any kernel takes."""

_DIGEST = hashlib.sha256().digest_size
_PACKAGE = Path(__file__).resolve().parents[1]
_SHARED = ("compiler", "kernels")  # the rooms whose functions are compiled into those of others


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir()))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _base() -> Path:
    """Return the folder above; a temporary one for a user who has no home."""
    given = os.environ.get("GRADUS_CACHE_DIR")
    if given:
        return Path(given)
    try:
        return _user_folder() / "gradus"
    except RuntimeError:
        return _overflow()


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
    return _base() / _fingerprint()


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
