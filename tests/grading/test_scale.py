"""What surrounds the judges grows with the class, and no faster; reports are not held in memory."""

from __future__ import annotations

import cProfile
import gc
import tracemalloc
from collections import Counter
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import pytest

from autograder.cli import main
from autograder.grading.run import Grading, gather
from autograder.grading.surviving import surviving
from tests.bench.simulate import steps
from tests.conftest import CATALOGUE
from tests.kit.battery import topic
from tests.kit.instant import TOPICS, hand_in, instant

SIZES = (4, 8, 16)
HELD = 8 << 10  # bytes for each submission; a report in memory is ten times as many


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Take every step for three sizes; return calls and peak of memory, by step."""
    found = {}
    with pytest.MonkeyPatch.context() as patched:
        instant(patched)
        for name in TOPICS:  # loaded once, and not counted
            assert topic(name).exercises
        for size in (4, *SIZES):  # the first one loads and fills caches
            folder = tmp_path_factory.mktemp(f"class{size}")
            hand_in(folder / "in", size)
            for name, step in steps(folder / "in", folder, "local").items():
                calls, peak = counted(step)
                found.setdefault(name, {})[size] = (calls, peak)
    return found


def counted(step):
    """Return how often something was called in a step, and the peak of its memory."""
    calls = cProfile.Profile()
    gc.collect()
    tracemalloc.start()
    try:
        calls.runcall(step)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return sum(entry.callcount for entry in calls.getstats()), peak


STEPS = ("find", "grade and keep", "resume", "write results")


@pytest.mark.parametrize("step", STEPS)
def test_twice_the_class_is_twice_the_work(measured, step):
    small, middle, large = (measured[step][size][0] for size in SIZES)
    each = (middle - small) / (SIZES[1] - SIZES[0])
    assert each > 10
    assert large - middle <= 1.05 * each * (SIZES[2] - SIZES[1])


@pytest.mark.parametrize("step", STEPS)
def test_no_report_is_held_longer_than_it_is_needed(measured, step):
    _, middle, large = (measured[step][size][1] for size in SIZES)
    assert (large - middle) / (SIZES[2] - SIZES[1]) < HELD


class Deadly:
    """Stands for a pool whose process dies with every third task; counts what is handed to it."""

    def __init__(self, submitted):
        self.submitted, self.dead = submitted, False

    def submit(self, work, task):
        if self.dead:
            raise BrokenProcessPool
        self.submitted.append(task)
        future = Future()
        if task % 3 == 0:
            self.dead = True
            future.set_exception(BrokenProcessPool())
        else:
            future.set_result(work(task))
        return future


@pytest.mark.parametrize("count", [30, 300])
def test_every_death_costs_what_was_under_way_and_no_look_at_the_rest(count):
    submitted, read = [], Counter()

    class Tasks(dict):
        def items(self):
            for item in super().items():
                read[item[0]] += 1
                yield item

    @contextmanager
    def pool(jobs):
        yield Deadly(submitted)

    told = dict(surviving(pool, lambda task: task, Tasks(zip(range(count), range(count))), 2))
    assert sorted(told) == list(range(count))
    assert all(isinstance(told[n], BrokenProcessPool) == (n % 3 == 0) for n in told)
    assert set(read.values()) == {1}
    assert max(Counter(submitted).values()) <= 2  # again, alone


def test_the_terminal_lists_a_large_class_in_short(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    name = TOPICS[0]
    from autograder.report.model import ExerciseResult, Report

    points = [ExerciseResult(each.name, each.points) for each in topic(name).exercises]
    reports = [Report(name, f"s{number:04}", points) for number in range(main.LISTED + 5)]
    reports[-1].error = "it is empty"
    main.print_summary(reports)
    told = capsys.readouterr().out
    assert "it is empty" in told and "s0000" in told
    assert told.count("s0") == main.LISTED
    assert "5 more" in told


def test_judges_go_from_topic_to_topic_and_no_report_changes_its_place(tmp_path, monkeypatch):
    instant(monkeypatch)
    hand_in(tmp_path / "in", 12)  # four topics of each of three students
    items = gather(tmp_path / "in", CATALOGUE).items
    grading = Grading(items, CATALOGUE, bytes(64), tmp_path / "kept", jobs=1)
    judged = [report.topic for _, report in grading]
    assert judged == sorted(judged)
    assert [item.topic for item in items] != judged
    told = [(report.student, report.topic) for report in grading.reports]
    assert told == [(item.student, item.topic) for item in items]
