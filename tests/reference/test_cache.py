"""Compiled kernels are found again: after a reinstall, read-only, copied; never when stale."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from reference.compiler import jit
from reference.compiler.kept import _Entries
from reference.kernels.gemm import steps, tiles
from tests.conftest import ROOT
from tests.kit.forked import Forked

KERNEL = """
from reference.compiler.jit import SERIAL, njit
from reference.kernels.helper import constant

@njit(**SERIAL)
def kernel(x):
    return x + constant()
"""
HELPER = """
from reference.compiler.jit import SERIAL, njit

@njit(**SERIAL)
def constant():
    return {value}
"""
RUN = "from reference.topic import kernel; print(kernel(1), sum(kernel.stats.cache_hits.values()))"


@pytest.fixture
def package(tmp_path):
    """Return a small package with the core's own `compiler`, and where it keeps compiled code."""
    return install(tmp_path / "one"), tmp_path / "cache"


def install(folder, value=2):
    source = folder / "reference"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "reference/compiler", source / "compiler", ignore=ignored)
    (source / "kernels").mkdir()
    (source / "kernels/__init__.py").write_text("")
    (source / "__init__.py").write_text("")
    (source / "topic.py").write_text(KERNEL)
    (source / "kernels/helper.py").write_text(HELPER.format(value=value))
    return folder


forked = Forked(
    "import sys, numba; sys.dont_write_bytecode = True; numba.njit(lambda x: x + 1)(1)",
    OPENBLAS_NUM_THREADS="1",
)
"""Numba is ready there; of the package that is in the folder nothing is imported yet."""


def run(folder, cache):
    """Return the kernel's answer, and how often it came from the cache, in a fresh process."""
    done = forked(RUN, folder, {**os.environ, "GRADUS_CACHE_DIR": str(cache)})
    assert done.returncode == 0, done.stderr
    value, hits = map(int, done.stdout.split())
    return value, hits


def test_found_again_in_the_next_process_and_after_a_reinstall_elsewhere(package, tmp_path):
    folder, cache = package
    assert run(folder, cache) == (3, 0)
    assert run(folder, cache) == (3, 1)
    again = install(tmp_path / "two")
    for file in (again / "reference").rglob("*"):
        os.utime(file, (1, 1))  # another path, another time of change, the same text
    assert run(again, cache) == (3, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="nothing to lock there")
def test_processes_that_want_the_same_kernel_compile_it_once(package):
    folder, cache = package
    env = {**os.environ, "GRADUS_CACHE_DIR": str(cache)}
    both = [
        subprocess.Popen([sys.executable, "-c", RUN], cwd=folder, env=env, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = sorted(one.communicate(timeout=120)[0].split() for one in both)
    assert said == [[b"3", b"0"], [b"3", b"1"]]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing to lock there")
def test_a_kernel_is_not_waited_for_without_end(package):
    """A process that stands still with a lock, as one that was stopped, holds up no other."""
    folder, cache = package
    code = (
        "import fcntl, os; from reference.compiler import kept; kept.PATIENCE = 0.2\n"
        "where = kept.cache_folder(); where.mkdir(parents=True)\n"
        "file = os.open(where / 'turns', os.O_RDWR | os.O_CREAT)\n"
        "fcntl.lockf(file, fcntl.LOCK_EX)\n"
        "if os.fork() == 0:\n"
        "    from reference.topic import kernel; print(kernel(1), flush=True); os._exit(0)\n"
        "os.wait()"
    )
    env = {**os.environ, "GRADUS_CACHE_DIR": str(cache)}
    done = forked(code, folder, env)
    assert done.stdout.split() == ["3"], done.stderr


def test_found_in_a_copied_cache(package, tmp_path):
    folder, cache = package
    run(folder, cache)
    shutil.copytree(cache, tmp_path / "copied")
    assert run(folder, tmp_path / "copied") == (3, 1)


def test_an_edit_of_a_shared_file_or_of_the_kernel_is_never_missed(package, tmp_path):
    folder, cache = package
    run(folder, cache)
    assert run(install(tmp_path / "edited", value=5), cache) == (6, 0)
    (folder / "reference/topic.py").write_text(KERNEL.replace("x + ", "2 * x + "))
    assert run(folder, cache) == (4, 0)


def test_without_a_folder_to_write_a_kernel_compiles_all_the_same(package, tmp_path):
    """A file in the place of the folder stands for one that cannot be made."""
    folder, cache = package
    cache.write_text("not a folder")
    assert run(folder, cache) == (3, 0)


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("left", [0, 7, -1])
def test_a_damaged_file_is_made_anew(package, suffix, left):
    """An index or code that was cut short, as by a full disk, broke every call."""
    folder, cache = package
    run(folder, cache)
    (file,) = cache.rglob(f"topic.*.{suffix}")
    file.write_bytes(file.read_bytes()[:left])
    assert run(folder, cache) == (3, 0)
    assert run(folder, cache) == (3, 1)


def test_changed_code_is_not_run(package):
    folder, cache = package
    run(folder, cache)
    (file,) = cache.rglob("topic.*.nbc")
    code = bytearray(file.read_bytes())
    code[len(code) // 2] ^= 1
    file.write_bytes(code)
    assert run(folder, cache) == (3, 0)


def test_a_user_without_a_home_has_a_temporary_cache(package):
    folder, _ = package
    code = (
        "import pathlib\n"
        "def none(cls): raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.home = classmethod(none)\n"
        "from reference.topic import kernel; print(kernel(1))"
    )
    kept = {"GRADUS_CACHE_DIR", "HOME", "XDG_CACHE_HOME"}
    env = {name: value for name, value in os.environ.items() if name not in kept}
    done = forked(code, folder, env)
    assert done.stdout.split() == ["3"], done.stderr


def test_a_read_only_cache_is_copied_from(package, tmp_path):
    folder, cache = package
    run(folder, cache)
    before = sorted(path.name for path in cache.rglob("*"))
    code = (
        "from reference.compiler import kept; kept._writable = lambda folder: False\n"
        "from reference.topic import kernel; print(kernel(1), kernel(1.5), "
        "sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))"
    )
    done = forked(code, folder, {**os.environ, "GRADUS_CACHE_DIR": str(cache)})
    assert done.stdout.split() == ["3", "3.5", "1", "1"], done.stderr
    assert sorted(path.name for path in cache.rglob("*")) == before


def test_two_kernels_of_one_function_are_kept_apart():
    """Numba names what it keeps by function and line: a pair would run the code of its first."""
    made, pairs = {}, 0
    for file in (ROOT / "reference").rglob("*.py"):
        if file.name.startswith("__"):
            continue
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for kernel in vars(importlib.import_module(module)).values():
            if isinstance(kernel, CPUDispatcher):
                options, code = kernel.targetoptions, kernel.py_func.__code__
                assert made.setdefault(kernel._cache._impl.filename_base, options) == options
                pairs += made.get(code, options) != options
                made[code] = options
    assert pairs


PAIR = """
import numpy as np
from reference.compiler.jit import PARALLEL, SERIAL, njit, prange

def double(x):
    for i in prange(x.size):
        x[i] *= 2

one, many = njit(**SERIAL)(double), njit(**PARALLEL)(double)
for kernel in (one, many):
    kernel(np.ones(3))
"""


def test_each_of_a_pair_finds_its_own_code(package, tmp_path, monkeypatch):
    folder, cache = package
    (folder / "reference/topic.py").write_text(PAIR)
    hits = "print(*(sum(k.stats.cache_hits.values()) for k in (topic.one, topic.many)))"
    monkeypatch.setitem(globals(), "RUN", f"from reference import topic; {hits}")
    assert run(folder, cache) == (0, 0)
    assert run(folder, cache) == (1, 1)


class _Slow(_Entries):
    """Keeps something of another process between its own index and its own code."""

    between = None

    def _save_index(self, overloads):
        super()._save_index(overloads)
        self.between()


class _Early(_Entries):
    """Has read the index before the other process wrote it."""

    def _load_index(self):
        return {}


def test_processes_that_keep_code_at_one_moment_do_not_mix_it_up(tmp_path):
    place = (str(tmp_path), "kernel", "stamp")
    one, two = _Slow(*place), _Early(*place)
    one.between = lambda: two.save("float32", "code of two")
    one.save("float64", "code of one")
    found = _Entries(*place)
    assert found.load("float32") == "code of two"
    assert found.load("float64") in (None, "code of one")
    tiles(np.float32)
    for kept in (steps, *jit._KEPT):
        assert type(kept._cache._cache_file) is _Entries
