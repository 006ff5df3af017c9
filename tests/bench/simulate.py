"""What surrounds the judges, for classes of up to 100,000 submissions: an instant judge.

    python -m tests.bench.simulate                       1,000, 10,000 and 100,000 submissions
    python -m tests.bench.simulate --counts 500 1000     others
    python -m tests.bench.simulate --executor dask       sent through a cluster of two workers

For each step: processor seconds, the exponent of its growth since the last size (1 is linear), and
by how much the process grew at its peak, in all and for each submission. The submissions are real
files (names of a few), every report is written, read back and made a page. Pages take most of the
time: ``--without-pages`` leaves the results out.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grading.run import gather, grade_all, write_results
from tests.bench.scale import executor_of
from tests.conftest import CATALOGUE
from tests.kit.battery import topic
from tests.kit.instant import TOPICS, hand_in, instant
from tests.kit.memory import Peak


def steps(folder: Path, out: Path, executor: str) -> dict[str, Callable[[], object]]:
    """Return the steps of a grading by name, to be taken in this order."""
    kept: dict[str, object] = {}

    def find() -> None:
        kept["items"] = gather(folder, CATALOGUE).items

    def grade(resume: bool) -> None:
        kept["reports"] = grade_all(
            kept["items"], CATALOGUE, bytes(64), out / "kept", executor=executor, resume=resume
        )

    return {
        "find": find,
        "grade and keep": lambda: grade(resume=False),
        "resume": lambda: grade(resume=True),
        "write results": lambda: write_results(kept["reports"], out / "out"),
    }


def simulate(count: int, executor: str, before: dict[str, tuple[int, float]], left: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in"
        hand_in(folder, count)
        for name, step in steps(folder, Path(scratch), executor).items():
            if name == left:
                continue
            peak, start = Peak(), time.process_time()
            step()
            seconds = time.process_time() - start
            growth = peak.growth / 1024
            told = ""
            if name in before:
                less, took = before[name]
                told = f", exponent {math.log(seconds / took) / math.log(count / less):.2f}"
            before[name] = (count, seconds)
            print(
                f"{count:7} {name:15} {seconds:8.1f} s{told}; {growth / 1024:7.1f} MB more at its "
                f"peak, {growth / count:.2f} KB a submission",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--executor", choices=("local", "dask"), default="local")
    parser.add_argument("--without-pages", action="store_true")
    given = parser.parse_args()
    left = "write results" if given.without_pages else ""
    warnings.simplefilter("ignore")
    with pytest.MonkeyPatch.context() as patched, executor_of(given.executor) as executor:
        instant(patched)
        for name in TOPICS:  # loaded once, whatever the size
            assert topic(name).exercises
        before: dict[str, tuple[int, float]] = {}
        for count in given.counts:
            simulate(count, executor, before, left)


if __name__ == "__main__":
    main()
