"""Time the core against PyTorch (or NumPy): ``python -m reference.bench``.

Every contender works on the same data, in one process, with the same number of threads; outputs are
compared before anything is timed; contenders take turns in random order. The ratio of a line is the
time of PyTorch's best mode divided by ours: above 1 we are ahead. The machine's own limits are
measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

__all__ = ["main", "run"]

_MALLOC = {"MALLOC_TRIM_THRESHOLD_": str(1 << 34), "MALLOC_MMAP_THRESHOLD_": str(1 << 34)}
"""Freed memory is kept and used again, by us and by PyTorch alike: no page faults are timed."""


def limits(threads: int) -> dict[str, float]:
    """Measure what the machine can do: float32 products a second, and bytes copied a second."""
    import numpy as np

    from reference._gemm import steps, tiles, outer  # isort: skip

    clock = time.thread_time if threads == 1 else time.perf_counter
    a, c, table = np.ones(96 * 256, np.float32), np.ones(96 * 64, np.float32), steps(256)
    b = np.ones(64 * 256, np.float32)
    tile = tiles(np.dtype(np.float32))
    seconds = []
    for _ in range(50):
        start = time.thread_time()
        for _ in range(20):
            outer(tile, a, steps(96, 256), table, b, steps(256, 64), 64, c, steps(96, 64), False)
        seconds.append(time.thread_time() - start)
    peak = threads * 20 * 2 * 96 * 64 * 256 / min(seconds)
    source = np.ones(1 << 23)
    target = source.copy()
    copies = []
    for _ in range(10):
        start = clock()
        np.copyto(target, source)
        copies.append(clock() - start)
    return {"gflops": peak / 1e9, "copy_gbytes": 2 * source.nbytes / min(copies) / 1e9}


def compile_seconds() -> Iterator[tuple[str, float, float]]:
    """Yield, per topic, the seconds of the first calls with an empty cache, and with a full one."""
    import tempfile

    from autograder.catalogue import Catalogue

    code = (
        "import sys, time; from pathlib import Path\n"
        "from autograder.catalogue import Catalogue\n"
        "from autograder.source import LiveSource, seeder\n"
        "name = sys.argv[1]; topic = Catalogue(Path(sys.argv[2])).topic(name)\n"
        "source = LiveSource(topic, seeder(b'warm', name)); start = time.perf_counter()\n"
        "for exercise in topic.exercises:\n"
        "    for check in exercise: source.trials(exercise, check)\n"
        "print(time.perf_counter() - start)"
    )
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    from pathlib import Path

    for name in Catalogue(Path(root)).names():
        with tempfile.TemporaryDirectory() as cache:
            seconds = [
                float(
                    subprocess.run(
                        [sys.executable, "-c", code, name, root],
                        env={**os.environ, "GRADUS_CACHE_DIR": cache},
                        cwd=root,
                        capture_output=True,
                        text=True,
                        check=True,
                    ).stdout
                )
                for _ in range(2)
            ]
        yield name, seconds[0], seconds[1]


def run(sizes: str, only: str, threads: int, rounds: int) -> Iterator[dict[str, Any]]:
    """Yield the measured lines as dictionaries, as they come."""
    import numba

    from reference.bench_data import torch
    from reference.bench_measure import measure
    from reference.bench_rows import ROWS

    numba.set_num_threads(threads)
    if torch:
        torch.set_num_threads(threads)
    rng = random.Random(0)
    can = limits(threads)
    yield {"limits": can}
    for group in ROWS:
        for large in {"small": (False,), "large": (True,)}.get(sizes, (False, True)):
            for row in group(large):
                if only not in f"{group.__name__} {row.name} {row.size}":
                    continue
                found = measure(row, rounds, threads, rng)
                ours = found.seconds["ours"]
                share = max(row.flops / ours / can["gflops"], row.bytes / ours / can["copy_gbytes"])
                yield {
                    "name": row.name,
                    "size": row.size,
                    "large": large,
                    "threads": threads,
                    "ratio": found.ratio,
                    "low": found.low,
                    "high": found.high,
                    "goal": row.goal,
                    "best": found.best,
                    "microseconds": {k: 1e6 * v for k, v in found.seconds.items()},
                    "roofline": share / 1e9,
                }


def _line(row: dict[str, Any]) -> str:
    short = " " if row["ratio"] >= row["goal"] else "<"
    return (
        f"{row['name']:<24} {row['size']:<24} {row['microseconds']['ours']:>10.1f} us"
        f" {row['ratio']:>7.2f} [{row['low']:.2f}, {row['high']:.2f}] {short} {row['goal']:g}"
        f"  {row['roofline']:>4.0%}  {row['best']}"
    )


def main(argv: list[str] | None = None) -> int:
    """Run the bench and print it."""
    parser = argparse.ArgumentParser(prog="reference.bench", description=__doc__)
    parser.add_argument("--sizes", choices=("small", "large", "all"), default="all")
    parser.add_argument("--only", default="", help="a part of the name or size of a line")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--compile", action="store_true", help="compile time per topic, no lines")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if given.compile:
        for name, cold, warm in compile_seconds():
            print(f"{name:<24} cold {cold:6.1f} s   warm {warm:5.2f} s", flush=True)
        return 0
    rows = []
    for row in run(given.sizes, given.only, given.threads, given.rounds):
        rows.append(row)
        if "limits" in row and not given.json:
            peak, copy = row["limits"]["gflops"], row["limits"]["copy_gbytes"]
            print(f"{given.threads} thread(s): {peak:.0f} GFLOP/s float32, copy {copy:.1f} GB/s")
            print("name, size, ours, ratio [quartiles], < short of goal, roofline, best peer")
        elif not given.json:
            print(_line(row), flush=True)
    found = [row for row in rows if "ratio" in row]
    if given.json:
        print(json.dumps({"limits": rows[0]["limits"], "rows": found}))
    elif found:
        mean = math.exp(sum(math.log(row["ratio"]) for row in found) / len(found))
        short = sum(row["ratio"] < row["goal"] for row in found)
        print(f"geometric mean {mean:.2f}; {short} of {len(found)} lines short of their goal")
    return 0


if __name__ == "__main__":
    if not all(os.environ.get(name) for name in _MALLOC):  # read by malloc at the start only
        os.execve(sys.executable, [sys.executable, "-m", "reference.bench", *sys.argv[1:]],
                  {**os.environ, **_MALLOC})  # fmt: skip
    sys.exit(main())
