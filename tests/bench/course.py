"""How fast a course is graded, against stock ``nbgrader autograde`` on the same submissions.

    python -m tests.bench.course                 20 submissions, both ways, interleaved
    python -m tests.bench.course --topics neurons optimizers convolution   20 of each
    python -m tests.bench.course --grow 200 1000 ours alone: how time and memory grow

Stock means nbgrader's own `Execute`: a kernel per notebook, which runs every cell. Both start with
an empty result cache and warm compile caches, grade the same files with the same secret, and must
give the same scores. Processor seconds stand beside the clock: they tell more on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.course.course import Course
from autograder.course.source import release
from autograder.course.start import init
from autograder.demo.sample_class import mixture
from tests.conftest import CATALOGUE
from tests.kit.courses import nbgrader, quietly, scores, submit

READABLE = ("right", "mistakes", "half", "mistakes")  # what a kernel survives, too


def course_in(folder: Path, topics: Sequence[str]) -> Course:
    course, _ = init(folder / "course", CATALOGUE, topics, "Bench")
    for topic in topics:
        quietly(release, course, topic)
    return course


def copy(course: Course, folder: Path, *, stock: bool = False) -> Course:
    shutil.copytree(course.folder, folder)
    if stock:
        config = folder / "nbgrader_config.py"
        text = config.read_text().replace(
            "autograder.nbgrader_plugin.Judge", "nbgrader.preprocessors.Execute"
        )
        config.write_text(text + "c.Execute.timeout = 120\n")
    return Course.open(folder)


def ours(course: Course) -> tuple[float, float]:
    """Return the seconds ``autograder course grade`` takes, and its peak memory in MB."""
    before = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "autograder", "course", "grade", str(course.folder)],
        check=True,
        capture_output=True,
    )
    seconds = time.perf_counter() - before
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def stock(course: Course, topics: Sequence[str]) -> float:
    before = time.perf_counter()
    for topic in topics:
        done = nbgrader(course, "autograde", topic)
        assert done.returncode == 0, done.stderr[-3000:]
    return time.perf_counter() - before


def compare(topics: Sequence[str], count: int, rounds: int) -> None:
    """Grade the same submissions both ways, interleaved in random order."""
    name = ", ".join(topics)
    with tempfile.TemporaryDirectory() as scratch:
        base = course_in(Path(scratch), topics)
        for topic in topics:
            for number in range(count):
                submit(base, f"s{number:03}", READABLE[number % len(READABLE)], topic)
        ours(copy(base, Path(scratch) / "warm"))
        times: dict[str, list[float]] = {"ours": [], "stock": []}
        graded = {}
        for number in range(rounds):
            for way in random.sample(sorted(times), 2):
                course = copy(base, Path(scratch) / f"{way}{number}", stock=way == "stock")
                spent = processor()
                seconds = stock(course, topics) if way == "stock" else ours(course)[0]
                times[way].append(seconds)
                graded[way] = {topic: scores(course, topic) for topic in topics}
                print(
                    f"{name}: {way:5} {len(topics) * count} submissions in {seconds:8.2f} s "
                    f"({processor() - spent:.1f} processor seconds)",
                    flush=True,
                )
        different = {
            (topic, student, exercise): (graded["ours"][topic][student][exercise], score)
            for topic in topics
            for student, found in graded["stock"][topic].items()
            for exercise, score in found.items()
            if graded["ours"][topic][student][exercise] != score
        }
        factor = statistics.median(times["stock"]) / statistics.median(times["ours"])
        print(
            f"{name}: {factor:.1f} times the throughput; scores that differ: {different or 'none'}"
        )


def processor() -> float:
    """Return the processor seconds of all processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def grow(topics: Sequence[str], counts: Sequence[int]) -> None:
    """Grade classes of several sizes, everything in them."""
    for count in counts:
        with tempfile.TemporaryDirectory() as scratch:
            course = course_in(Path(scratch), topics)
            for number in range(count):
                topic = topics[number % len(topics)]
                submit(course, f"s{number:04}", mixture(number), topic)
            spent = processor()
            seconds, memory = ours(course)
            each, work = 1000 * seconds / count, 1000 * (processor() - spent) / count
            print(
                f"{', '.join(topics)}: {count:5} submissions in {seconds:7.1f} s, {each:6.1f} ms "
                f"each ({work:.1f} of a processor), peak {memory:5.0f} MB a process",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", nargs="+", default=["neurons"])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--grow", type=int, nargs="*")
    given = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    if given.grow:
        grow(given.topics, given.grow)
    else:
        compare(given.topics, given.count, given.rounds)


if __name__ == "__main__":
    main()
