"""What the machine can do, measured: products a second, and bytes copied a second."""

from __future__ import annotations

import bisect
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reference.bench.measure import Row
from reference.kernels.gemm import matmul, outer, steps, tiles

Array = NDArray[np.float64]

__all__ = ["Limits", "compile_seconds", "limits"]

_MOVED = [1 << 18, 1 << 21, 1 << 24, 1 << 27]
"""Bytes read and written by one copy: as much as a second cache, a third, the memory hold."""


@dataclass(frozen=True)
class Limits:
    """The two roofs of the roofline, for a number of threads."""

    threads: int
    gflops: float  # float32 products and sums, in billions a second, from the first cache
    sgemm_gflops: float  # of a whole product of matrices, 1024 x 1024: the best of ours and NumPy's
    copy_gbytes: dict[int, float]  # by the bytes that one copy moves

    def share(self, row: Row, seconds: float) -> float | None:
        """Return how near a line comes to what bounds it; None where nothing is known."""
        sizes = sorted(self.copy_gbytes)
        held = sizes[min(bisect.bisect_left(sizes, row.bytes), len(sizes) - 1)]
        need = max(row.flops / self.gflops, row.bytes / self.copy_gbytes[held]) / 1e9
        return need / seconds if need else None


def limits(threads: int) -> Limits:
    """Measure, each figure at its best of several turns."""
    with ThreadPoolExecutor(threads) as pool:

        def seconds(call: Callable[[int], object], turns: int) -> float:
            """Return the shortest time in which every thread has made the call."""
            found = []
            for _ in range(turns):
                start = time.perf_counter()
                list(pool.map(call, range(threads)))
                found.append(time.perf_counter() - start)
            return min(found)

        copies = {}
        for moved in _MOVED:
            pairs = [np.zeros((2, moved // 16 // threads)) for _ in range(threads)]
            repeats = max(1, (1 << 24) // moved)

            def copy(thread: int, pairs: list[Array] = pairs, repeats: int = repeats) -> None:
                for _ in range(repeats):
                    np.copyto(pairs[thread][1], pairs[thread][0])

            copies[moved] = moved * repeats / seconds(copy, 20) / 1e9
    return Limits(threads, threads * _peak(), _sgemm(threads), copies)


def _peak() -> float:
    """Return what one thread does where nothing waits for memory: our tile, on a small product."""
    a, b, c = (np.ones(size, np.float32) for size in (96 * 256, 64 * 256, 96 * 64))
    tile, row, al = tiles(np.dtype(np.float32)), steps(96, 256), steps(256, 1)
    bl, places = steps(256, 64), steps(96, 64)
    seconds = []
    for _ in range(50):
        start = time.thread_time()
        for _ in range(20):
            outer(tile, a, row, al, b, bl, 64, c, places, False)
        seconds.append(time.thread_time() - start)
    return 20 * 2 * 96 * 64 * 256 / min(seconds) / 1e9


def _sgemm(threads: int) -> float:
    n, clock = 1024, time.thread_time if threads == 1 else time.perf_counter
    a, out = np.ones((n, n), np.float32), np.empty((n, n), np.float32)
    seconds = []
    for call in (partial(matmul, a, a, out), partial(np.matmul, a, a, out=out)):
        for _ in range(5):
            start = clock()
            call()
            seconds.append(clock() - start)
    return 2 * n**3 / min(seconds) / 1e9


_COLD = """
import sys, time
from pathlib import Path
from autograder.topic.catalogue import Catalogue
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
name = sys.argv[1]
topic = Catalogue(Path(sys.argv[2])).topic(name)
source = LiveSource(topic, seeder(b"warm", name))
start = time.perf_counter()
for exercise in topic.exercises:
    for check in exercise:
        source.trials(exercise, check)
print(time.perf_counter() - start)
"""


def compile_seconds() -> Iterator[tuple[str, float, float]]:
    """Yield, per topic, the seconds of the first calls with an empty cache, and with a full one."""
    from autograder.topic.catalogue import Catalogue

    root = Path(__file__).resolve().parents[2]
    for name in Catalogue(root).names():
        with tempfile.TemporaryDirectory() as cache:
            run = partial(
                subprocess.run,
                [sys.executable, "-c", _COLD, name, str(root)],
                env={**os.environ, "GRADUS_CACHE_DIR": cache},
                cwd=root,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            cold, warm = (float(run().stdout) for _ in range(2))
        yield name, cold, warm
