"""Work over processes of which one may die: what was under way then is tried again, each alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

__all__ = ["one_alone", "surviving"]

AHEAD_OF_EACH = 2  # tasks that are handed to a process before it has done the last
Given = TypeVar("Given")
Result = TypeVar("Result")
Pool = Callable[[int], ProcessPoolExecutor]
"""Starts so many processes."""


def surviving(
    pool: Pool, work: Callable[[Given], Result], tasks: Mapping[int, Given], jobs: int
) -> Iterator[tuple[int, Result | Exception]]:
    """Yield what comes of each task, or the exception; `BrokenProcessPool` where it died twice."""
    queue, died = iter(tasks.items()), True
    while died:
        suspects: list[int] = []
        for number, found in _until_one_dies(pool, work, queue, jobs):
            if isinstance(found, BrokenProcessPool):
                suspects.append(number)
            else:
                yield number, found
        for number in sorted(suspects):
            yield number, one_alone(pool, work, tasks[number])
        died = bool(suspects)  # what was not yet begun is left in the queue


def _until_one_dies(
    pool: Pool, work: Callable[[Given], Result], queue: Iterator[tuple[int, Given]], jobs: int
) -> Iterator[tuple[int, Result | Exception]]:
    """Yield as above; with the first death, all that were under way with it, and then end."""
    under_way: dict[Future[Result], int] = {}
    with pool(jobs) as started:
        dead: BrokenProcessPool | None = None
        while dead is None:
            for number, task in islice(queue, AHEAD_OF_EACH * jobs - len(under_way)):
                try:
                    under_way[started.submit(work, task)] = number
                except BrokenProcessPool as error:  # it died between two tasks
                    dead = error
                    yield number, error
                    break
            if not under_way:
                break
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                number, outcome = under_way.pop(future), _told(future)
                if isinstance(outcome, BrokenProcessPool):
                    dead = outcome
                yield number, outcome
    if dead is not None:
        yield from ((number, dead) for number in under_way.values())


def one_alone(pool: Pool, work: Callable[[Given], Result], task: Given) -> Result | Exception:
    """Return what comes of one task in a process of its own, or the exception."""
    with pool(1) as started:
        return _told(started.submit(work, task))


def _told(future: Future[Result]) -> Result | Exception:
    try:
        return future.result()
    except Exception as error:
        return error
