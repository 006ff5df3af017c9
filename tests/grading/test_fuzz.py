"""Whatever is handed in: the class goes on, what is written is well formed, and no fault is ours.

``python -m tests.grading.test_fuzz FIRST_SEED MINUTES`` goes on by itself.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograder.judging.clock import Budget
from autograder.judging.grader import grade_submission
from autograder.judging.official import Judge
from autograder.report.pages import report_page
from autograder.report.writers import gradescope, junit, results_json
from autograder.sandbox import Limits
from autograder.topic.live import LiveSource
from autograder.topic.seeds import seeder
from tests.conftest import CATALOGUE
from tests.kit.battery import submission, topic
from tests.kit.fuzz_files import Fuzzer
from tests.kit.fuzz_values import OddWorker
from tests.kit.whole_way import walk, wrong_files, wrong_names
from tests.sandbox.test_machines import LINUX

pytestmark = pytest.mark.skipif(not LINUX, reason="confinement is Linux's")
TOPIC = "neurons"
HONEST = "def sigmoid_neuron(x, w, b):\n    return 1 / (1 + np.exp(-(x @ w + b)))\n"
LIMITS = Limits(seconds=0.5, load_seconds=0.5)


def wrong(judge: Judge, seed: int, entries: int) -> Iterator[str]:
    """Yield what goes wrong in a class of changed files with an honest one among them."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        given, out = Path(place, "in"), Path(place, "out")
        given.mkdir()
        (given / f"zoe_{TOPIC}.py").write_text("import numpy as np\n" + HONEST, encoding="utf-8")
        fuzzer = Fuzzer(seed, CATALOGUE.topic(TOPIC).chapter.text)
        for number in range(entries):
            fuzzer.plant(given, number)
        found, reports = walk(judge, given, out, TOPIC)
        yield from wrong_files(out)
        yield from wrong_names(given, out)
        yield from (f"our fault: {left}" for left in found.left_out if left.fault)
        for report in reports:
            if report.broken:
                yield f"{report.student}: {report.broken}"
            if not 0 <= report.earned <= report.points:
                yield f"{report.student}: {report.earned} points"
        if [report.earned for report in reports if report.student == "zoe"] != [2.0]:
            yield "the honest one has other points"


def judge() -> Judge:
    return Judge(CATALOGUE, b"s" * 64, "best", LIMITS, Budget(1.0, 3.0))


@pytest.mark.parametrize(
    ("seed", "entries"), [(1, 4), *(pytest.param(n, 12, marks=pytest.mark.slow) for n in range(9))]
)
def test_whatever_is_handed_in_the_class_goes_on(seed, entries):
    with judge() as made:
        assert list(wrong(made, seed, entries)) == []


def misjudged(seed: int, name: str, count: int) -> Iterator[str]:
    """Yield where a value that came back is no verdict, or cannot be written."""
    rng = random.Random(seed)
    authored = topic(name)
    exercises = rng.sample([exercise.name for exercise in authored.exercises], count)
    source = LiveSource(authored, seeder(b"fuzz", str(seed), name))
    given = submission(authored.chapter.text, "mallory")
    near = rng.choice([0.2, 0.9])
    report = grade_submission(source, given, lambda: OddWorker(rng, near), only=exercises)
    yield from (f"{name}: {e.name}: {e.message}" for e in report if e.status == "broken")
    report_page(report)
    json.loads(results_json([report]))
    json.loads(gradescope(report))
    ElementTree.fromstring(junit(report))


@pytest.mark.parametrize("name", CATALOGUE.names())
@pytest.mark.parametrize("seeds", [1, pytest.param(40, marks=pytest.mark.slow)])
def test_whatever_comes_back_there_is_a_verdict(name, seeds):
    for seed in range(seeds):
        assert list(misjudged(seed, name, 2)) == []


def main(seed: int, minutes: float) -> None:
    """Try one seed after the other, and print what goes wrong."""
    end = time.monotonic() + 60 * minutes
    with judge() as made:
        while time.monotonic() < end:
            for told in wrong(made, seed, 12):
                print(f"seed {seed}: {told}", flush=True)
            seed += 1
    print(f"up to seed {seed}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
