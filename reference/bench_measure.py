"""Fair comparison of contenders: outputs compared first, then timed in turns, in random order."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Measured", "Row", "arrays", "measure"]

MOMENT = 2e-3
"""Seconds that one sample of the fastest contender lasts at least."""


@dataclass(frozen=True)
class Row:
    """One line of the bench: our kernel and its peers, ready to run, on the same data."""

    name: str
    size: str
    ours: Callable[[], Any]
    peers: dict[str, Callable[[], Any]]
    flops: float = 0.0  # of one call, for its share of the peak
    bytes: float = 0.0  # moved at least, for its share of the bandwidth
    goal: float = 1.0
    rtol: float = 1e-4  # against the largest value; 0: outputs are not comparable


@dataclass(frozen=True)
class Measured:
    """What came out: seconds a call (medians), and the ratio to the best PyTorch mode."""

    row: Row
    seconds: dict[str, float]
    ratio: float
    low: float  # quartiles of the ratio over the rounds
    high: float
    best: str
    notes: list[str] = field(default_factory=list)


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the arrays in an output: NumPy's, PyTorch's, numbers, or tuples of them."""
    if isinstance(value, tuple | list):
        for part in value:
            yield from arrays(part)
    elif value is not None:
        yield np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


def _compare(row: Row) -> None:
    """Fail unless every contender gives what we give."""
    mine = [a.copy() for a in arrays(row.ours())]
    for name, peer in row.peers.items():
        theirs = list(arrays(peer()))
        for a, b in zip(mine, theirs, strict=True):
            scale = max(float(np.max(np.abs(a), initial=0.0)), 1e-30)
            gap = float(np.max(np.abs(a - b.reshape(a.shape)), initial=0.0)) / scale
            if gap > row.rtol:
                raise AssertionError(f"{row.name} {row.size}: {name} differs by {gap:.1e}")


def _sample(call: Callable[[], Any], repeats: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def measure(row: Row, rounds: int, threads: int, rng: random.Random) -> Measured:
    """Time every contender of a row `rounds` times, in turns.

    With one thread the clock is the thread's own processor time: what else runs on the machine does
    not count. With more it is the wall's.
    """
    clock = time.thread_time if threads == 1 else time.perf_counter
    contenders = {"ours": row.ours, **row.peers}
    if row.rtol:
        _compare(row)
    repeats = {}
    for name, call in contenders.items():
        call()
        call()
        repeats[name] = max(1, round(MOMENT / max(_sample(call, 1, clock), 1e-7)))
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in rng.sample(list(contenders), len(contenders)):
            samples[name].append(_sample(contenders[name], repeats[name], clock))
    seconds = {name: statistics.median(times) for name, times in samples.items()}
    rivals = [name for name in row.peers if name.startswith("torch")] or list(row.peers)
    best = min(rivals, key=seconds.__getitem__)
    ratios = sorted(b / a for a, b in zip(samples["ours"], samples[best], strict=True))
    quarter = len(ratios) // 4
    middle = statistics.median(ratios)
    return Measured(row, seconds, middle, ratios[quarter], ratios[-1 - quarter], best)
