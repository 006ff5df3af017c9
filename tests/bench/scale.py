"""How a large class is graded: 1,000 submissions of eight topics, here or on a Dask cluster.

    python -m tests.bench.scale                        125 students, 8 topics each, --executor local
    python -m tests.bench.scale --executor dask        the same on a cluster of two workers
    python -m tests.bench.scale --students 10          a small one, to look at

All is counted from the folder of submissions to the last page: finding, judging, keeping, writing.
The students' own processor time is what the kernel says that their processes used, from when a
worker stood ready to its end: their code and what carries its arguments and results. Starting a
worker is ours. The goal: all in all at most one and a half times the students' own.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import resource
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from autograder.grading.run import gather, grade_all, write_results
from autograder.sandbox import Sandbox
from autograder.sandbox.worker import Worker
from tests.conftest import CATALOGUE, ROOT
from tests.kit.classes import make_class

TOPICS = (
    *("neurons", "convolution", "backprop", "optimizers"),
    *("q_learning", "lstm", "spatial_transformer", "regularization"),
)
OWN = "GRADUS_BENCH_OWN"  # the folder in which judges keep what their students used
GOAL = 1.5


def watch_students(folder: str) -> None:
    """Have every judge of this process keep what the students' processes used."""
    begin, end, started = Sandbox.worker, Worker.close, {}

    def worker(self: Sandbox, *args: object, **options: object) -> Worker:
        made = begin(self, *args, **options)
        started[id(made)] = made._line.usage.worked() or 0.0
        return made

    def close(self: Worker) -> None:
        before = started.pop(id(self), None)
        used = self._line.usage.worked() if before is not None else None
        if used is not None:
            with open(f"{folder}/{os.getpid()}", "a", encoding="ascii") as kept:
                kept.write(f"{used - before}\n")
        end(self)

    Sandbox.worker, Worker.close = worker, close


if OWN in os.environ:  # judges begin by importing what was started
    watch_students(os.environ[OWN])


def students_own(folder: Path) -> float:
    lines = [line for path in folder.iterdir() for line in path.read_text().split()]
    return sum(map(float, lines))


@contextlib.contextmanager
def executor_of(kind: str) -> Iterator[str]:
    """Yield ``local``, or the address of a cluster of two workers on this machine."""
    if kind == "local":
        yield kind
        return
    import distributed

    os.environ["GRADUS_ROOT"] = str(ROOT)
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield f"dask:{cluster.scheduler_address}"


def used() -> float:
    """Return the processor seconds of this process and of all that it started and that ended."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def measure(students: int, kind: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder, own = Path(scratch) / "in", Path(scratch) / "own"
        own.mkdir()
        count = make_class(folder, TOPICS, students)
        os.environ[OWN] = str(own)
        before, start = used(), time.perf_counter()
        with executor_of(kind) as executor:
            found = gather(folder, CATALOGUE)
            reports = grade_all(
                found.items, CATALOGUE, bytes(64), Path(scratch) / "kept", executor=executor
            )
            write_results(reports, Path(scratch) / "out", (), found.left_out)
        for judges in multiprocessing.active_children():  # they end by themselves
            judges.join()
        seconds, work, theirs = time.perf_counter() - start, used() - before, students_own(own)
        broken = sum(bool(report.broken) for report in reports)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ratio = work / theirs
        print(
            f"{kind}: {count} submissions of {len(TOPICS)} topics, {broken} without a verdict, "
            f"{seconds:.1f} s; {work:.1f} processor seconds, {theirs:.1f} of them the students' "
            f"own: ratio {ratio:.2f} ({'met' if ratio <= GOAL else 'MISSED'}, goal {GOAL}); "
            f"peak of this process {peak:.0f} MB",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=125)
    parser.add_argument("--executor", choices=("local", "dask"), default="local")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    measure(given.students, given.executor)


if __name__ == "__main__":
    main()
