"""Kernels of all threads in forked processes and from many Python threads, layer by layer."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

BEFORE = """
import multiprocessing, os, threading
import numba, numpy as np
from reference import backprop

x = np.random.default_rng(0).normal(size=(300, 400))
work = lambda _=0: backprop.elementwise_loss(x, x * x, 'squares')[0]
"""
FORK = """
expected = work()
child = os.fork()
if child == 0:
    os._exit(0 if work() == expected else 3)
assert os.waitpid(child, 0)[1] == 0
assert work() == expected
"""
POOL = """
expected = work()
def again(_): return work()
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map_async(again, range(4)).get(timeout=100) == [expected] * 4
"""
FRESH = """
child = os.fork()  # nothing has used threads yet: the child may
if child == 0:
    work()
    from reference.compiler.guarded import _Process
    os._exit(3 if _Process.lost else 0)
assert os.waitpid(child, 0)[1] == 0
"""
THREADS = """
found = []
many = [threading.Thread(target=lambda: found.extend(work() for _ in range(40))) for _ in range(4)]
for thread in many: thread.start()
for thread in many: thread.join()
assert found == [work()] * 160
"""


def missing(layer: str) -> bool:
    code = f"import numba.np.ufunc.{layer}pool"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return done.returncode != 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("what", ["FORK", "POOL", "FRESH", "THREADS"])
@pytest.mark.parametrize("layer", ["omp", "workqueue", "tbb"])
def test_processes_and_threads(layer, what):
    if layer != "workqueue" and missing(layer):
        pytest.skip(f"{layer} is not installed")
    env = {**os.environ, "NUMBA_THREADING_LAYER": layer, "NUMBA_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BEFORE + globals()[what]],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
