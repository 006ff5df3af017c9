"""Processes that die cost what killed them, and nobody else."""

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import pytest

from autograder.grading.surviving import one_alone, surviving


def pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context("spawn"))


def doubled(task: object) -> object:
    """Die on "deadly"; on a path once, and leave a file there; raise on None; double the rest."""
    if task == "deadly":
        os._exit(1)
    if isinstance(task, Path):
        if not task.exists():
            task.touch()
            os._exit(1)
        return "survived"
    if task is None:
        raise ValueError("nothing")
    return 2 * task


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_death_costs_its_own_task_alone(tmp_path, jobs):
    once = 12  # far from the other, with which it would be tried again before its own first time
    tasks = dict(enumerate([1, "deadly", 2, None, *range(3, 11), tmp_path / "once"]))
    told = list(surviving(pool, doubled, tasks, jobs))
    assert sorted(number for number, _ in told) == list(tasks)
    found = dict(told)
    assert isinstance(found[1], BrokenProcessPool)
    assert isinstance(found[3], ValueError)
    assert found[once] == "survived"
    rest = {n: task for n, task in tasks.items() if n not in (1, 3, once)}
    assert {n: found[n] for n in rest} == {n: 2 * task for n, task in rest.items()}


def test_no_task_starts_no_process():
    assert list(surviving(pool, doubled, {}, 2)) == []


def test_one_alone_tells_what_became_of_it():
    assert one_alone(pool, doubled, 4) == 8
    assert isinstance(one_alone(pool, doubled, "deadly"), BrokenProcessPool)
    assert isinstance(one_alone(pool, doubled, None), ValueError)
