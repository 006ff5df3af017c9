"""How fast a course is graded, against stock ``nbgrader autograde`` on the same submissions.

    python -m tests.bench.course                 three topics one after the other, both ways
    python -m tests.bench.course --topics lstm --count 60 --stock 10
    python -m tests.bench.course --grow 200 1000 ours alone: how time and memory grow

Stock means nbgrader's own `Execute`: a kernel per notebook, which runs every cell, one after the
other: its time grows with the class by the same for each, so it grades only the first of those that
we grade (``--stock``). Both start with an empty result cache and warm compile caches, with the same
secret, and must give the same scores on what both graded. Processor seconds stand beside the clock,
and how much of ours the students' own processes used (as in `tests.bench.scale`): they tell more on
a busy machine.
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

from autograder.cli.main import app
from autograder.course.course import Course
from autograder.course.source import release
from autograder.course.start import init
from autograder.demo.sample_class import mixture
from tests.bench.scale import OWN, students_own
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


def ours(course: Course) -> tuple[float, float, float]:
    """Return the seconds of ``autograder course grade``, its peak in MB, the students' seconds."""
    with tempfile.TemporaryDirectory() as own:
        before = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tests.bench.course", "--grade", str(course.folder)],
            check=True,
            capture_output=True,
            env={**os.environ, OWN: own},
        )
        seconds = time.perf_counter() - before
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return seconds, peak, students_own(Path(own))


def stock(course: Course, topic: str) -> float:
    before = time.perf_counter()
    done = nbgrader(course, "autograde", topic)
    assert done.returncode == 0, done.stderr[-3000:]
    return time.perf_counter() - before


def compare(topic: str, count: int, few: int, rounds: int) -> None:
    """Grade `count` submissions our way and the first `few` of them the stock way, in turn."""
    with tempfile.TemporaryDirectory() as scratch:
        base = course_in(Path(scratch), [topic])
        for number in range(count):
            submit(base, f"s{number:03}", READABLE[number % len(READABLE)], topic)
        ours(copy(base, Path(scratch) / "warm"))
        each: dict[str, list[float]] = {"ours": [], "stock": []}
        work: dict[str, list[float]] = {"ours": [], "stock": []}
        graded = {}
        for number in range(rounds):
            for way in random.sample(sorted(each), 2):
                course = copy(base, Path(scratch) / f"{way}{number}", stock=way == "stock")
                for left in range(few if way == "stock" else count, count):
                    shutil.rmtree(course.place("submitted", f"s{left:03}", topic).parent)
                there, spent = (few if way == "stock" else count), processor()
                own = 0.0
                if way == "stock":
                    seconds = stock(course, topic)
                else:
                    seconds, _, own = ours(course)
                spent = processor() - spent
                each[way].append(seconds / there)
                work[way].append(spent / there)
                graded[way] = scores(course, topic)
                told = (
                    f", {spent / own:.2f} times the {own:.1f} of the students' own" if own else ""
                )
                print(
                    f"{topic}: {way:5} {there} submissions in {seconds:.2f} s, {spent:.1f} "
                    f"processor seconds{told}",
                    flush=True,
                )
        different = {
            (student, exercise): (graded["ours"][student][exercise], score)
            for student, found in graded["stock"].items()
            for exercise, score in found.items()
            if graded["ours"][student][exercise] != score
        }
        compared = sum(len(found) for found in graded["stock"].values())
        factor, less = (
            statistics.median(found["stock"]) / statistics.median(found["ours"])
            for found in (each, work)
        )
        each_took = 1000 * statistics.median(work["ours"])
        print(
            f"{topic}: {factor:.1f} times the throughput, {less:.1f} times less processor time for "
            f"each ({each_took:.0f} ms); of {compared} scores that both gave, different: "
            f"{different or 'none'}",
            flush=True,
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
            seconds, memory, _ = ours(course)
            each, work = 1000 * seconds / count, 1000 * (processor() - spent) / count
            print(
                f"{', '.join(topics)}: {count:5} submissions in {seconds:7.1f} s, {each:6.1f} ms "
                f"each ({work:.1f} of a processor), peak {memory:5.0f} MB a process",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", nargs="+", default=["neurons", "optimizers", "convolution"])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--stock", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--grow", type=int, nargs="*")
    parser.add_argument("--grade", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.grade:
        app(["course", "grade", given.grade])
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    if given.grow:
        grow(given.topics, given.grow)
    for topic in given.topics if not given.grow else ():
        compare(topic, given.count, given.stock, given.rounds)


if __name__ == "__main__":
    main()
