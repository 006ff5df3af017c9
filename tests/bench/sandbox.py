"""What confinement costs: ``python -m tests.bench.sandbox [--rounds N]``.

A submission is a fork, loading four cells, eight calls and the end of the worker. It is timed with
the layers off (a bare process) and on, in one run, turn by turn in random order; then two judges at
once grade for a few seconds; then a worker's private memory is read. On a busy machine look at the
processor time: what two idle cores could do follows from it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from autograder.sandbox import Cell, Sandbox
from autograder.sandbox.worker import Worker

OVERHEAD_MS = 5.0
PER_SECOND = 100.0
PRIVATE_MB = 6.0
JUDGES = 2

CELLS = [
    Cell("import numpy as np", "cell 1"),
    Cell("def dense(x, w):\n    return np.maximum(x @ w, 0)", "cell 2"),
    Cell("def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()", "cell 3"),
    Cell("def steps(n):\n    for k in range(n):\n        yield k * k", "cell 4"),
]
RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(20, 30)), RNG.normal(size=(30, 10))


def grade(sandbox: Sandbox) -> Worker:
    """Run one small submission; return its closed worker."""
    with sandbox.worker() as worker:
        assert all(outcome.failure is None for outcome in worker.load(CELLS))
        for _ in range(3):
            assert worker.call("dense", (X, W), {}).failure is None
            assert worker.call("softmax", (X,), {}).failure is None
        for _ in range(2):
            assert len(worker.call("steps", (5,), {}, collect=True).value) == 5
    return worker


def timed(sandbox: Sandbox) -> float:
    start = time.perf_counter()
    grade(sandbox)
    return 1e3 * (time.perf_counter() - start)


def overhead(rounds: int) -> dict[str, float | str]:
    """Time submissions with the layers off and on, in random order, in milliseconds."""
    with Sandbox("process") as off, Sandbox("best") as on:
        samples: dict[Sandbox, list[float]] = {off: [], on: []}
        for _ in range(rounds):
            for sandbox in random.sample((off, on), 2):
                samples[sandbox].append(timed(sandbox))
        middle = {sandbox: statistics.median(times) for sandbox, times in samples.items()}
        pairs = zip(samples[on], samples[off], strict=True)
        return {
            "level": on.level,
            "off_ms": middle[off],
            "on_ms": middle[on],
            "overhead_ms": statistics.median(a - b for a, b in pairs),
            "least_off_ms": min(samples[off]),
            "least_on_ms": min(samples[on]),
        }


def processor_time(rounds: int) -> float:
    """Return the processor time of a submission, judge and worker together, in milliseconds."""
    with Sandbox("best") as sandbox:
        grade(sandbox)
        start = _used(sandbox)
        for _ in range(rounds):
            grade(sandbox)
        return 1e3 * (_used(sandbox) - start) / rounds


def _used(sandbox: Sandbox) -> float:
    """Add up the processor seconds of this process and of the sandbox, dead workers included."""
    ticks = 0
    for pid in _session(sandbox):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def throughput(seconds: float) -> float:
    """Have two judges grade at once; return submissions a second."""
    command = [sys.executable, "-m", "tests.bench.sandbox", "--judge", str(seconds)]
    judges = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(JUDGES)]
    return sum(float(judge.communicate()[0]) for judge in judges)


def judge(seconds: float) -> float:
    with Sandbox("best") as sandbox:
        grade(sandbox)
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            grade(sandbox)
            count += 1
        return count / (time.perf_counter() - start)


def private_memory() -> float:
    """Return the largest private memory of a worker that has worked, in megabytes."""
    with Sandbox("best") as sandbox:
        before = _session(sandbox)
        with sandbox.worker() as worker:
            worker.load(CELLS)
            worker.call("dense", (X, W), {})
            (pid,) = _session(sandbox) - before
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            private = [int(line.split()[1]) for line in rollup if line.startswith("Private_")]
            return sum(private) / 1024


def _session(sandbox: Sandbox) -> set[int]:
    leader = str(sandbox._zygote.process.pid)
    rows = subprocess.run(["ps", "-o", "pid=", "-s", leader], capture_output=True, text=True)
    return {int(pid) for pid in rows.stdout.split()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--judge", type=float)
    options = parser.parse_args()
    if options.judge:
        print(judge(options.judge))
        return
    found = overhead(options.rounds)
    found["cpu_ms"] = processor_time(options.rounds)
    found["per_second_if_idle"] = 1e3 * JUDGES / found["cpu_ms"]
    found["per_second"] = throughput(options.seconds)
    found["private_mb"] = private_memory()
    found["load"] = os.getloadavg()[0]
    print(json.dumps(found, indent=2))
    for name, limit, good in (
        ("overhead_ms", OVERHEAD_MS, found["overhead_ms"] <= OVERHEAD_MS),
        ("per_second", PER_SECOND, found["per_second"] >= PER_SECOND),
        ("private_mb", PRIVATE_MB, found["private_mb"] <= PRIVATE_MB),
    ):
        print(f"{'met   ' if good else 'MISSED'} {name}: {found[name]:.2f} (goal {limit:g})")


if __name__ == "__main__":
    main()
