"""Fair comparison of contenders: outputs compared first, then timed in turns, in random order.

Other programs disturb: of the samples of a contender those count from which the system took a
processor least often.
"""

from __future__ import annotations

import contextlib
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

resource: Any = None
with contextlib.suppress(ModuleNotFoundError):  # not on Windows
    import resource

__all__ = ["Call", "Measured", "Row", "arrays", "measure"]

Call = Callable[[], object]

MOMENT = 2e-3
"""Seconds that one sample of a contender lasts at least."""

PATIENCE = 4.0
"""Seconds that a contender may take in all; the slow ones get fewer rounds, three at least."""

REST = 5e-3
"""Seconds until the threads of the contender before have gone to sleep: one pool at a time."""


@dataclass(frozen=True)
class Row:
    """One line of the bench: our kernel and its peers, ready to run, on the same data."""

    name: str
    size: str
    ours: Call
    peers: Mapping[str, Call]
    flops: float = 0.0  # of one call, for its share of the peak; those of float64 count double
    bytes: float = 0.0  # moved at least, for its share of the bandwidth
    goal: float = 1.0
    rtol: float = 1e-4  # against the largest value; 0: outputs are not comparable
    compiled: Mapping[str, Callable[[], Call]] | None = None
    """Make the peers "torch compile ..."; None: PyTorch's first peer as it stands, compiled."""


@dataclass(frozen=True)
class Measured:
    """What came out: seconds a call (medians), and the ratio to the best mode of PyTorch."""

    row: Row
    seconds: dict[str, float]
    ratio: float
    low: float  # quartiles of the ratio over all pairs of samples
    high: float
    best: str

    @property
    def rival(self) -> str:
        """Whom the ratio is to: "torch", or who else has the operation."""
        return self.best.split()[0]


def arrays(value: object) -> Iterator[NDArray[Any]]:
    """Yield the arrays in an output: NumPy's, PyTorch's, numbers, or tuples of them."""
    if isinstance(value, tuple | list):
        for part in value:
            yield from arrays(part)
    elif value is not None:
        array = np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)
        yield array.astype(np.float64) if array.dtype == np.bool_ else array


def _compare(row: Row) -> None:
    """Fail unless every contender gives what we give.

    One entry of 100,000 may differ: the sum before a ReLU is rounded to one side of zero or other.
    """
    mine = [a.copy() for a in arrays(row.ours())]
    for name, peer in row.peers.items():
        theirs = list(arrays(peer()))
        for a, b in zip(mine, theirs, strict=True):
            scale = max(float(np.max(np.abs(a), initial=0.0)), 1e-30)
            gaps = np.abs(a - b.reshape(a.shape)) / scale
            if np.count_nonzero(~(gaps <= row.rtol)) > a.size // 100_000:
                gap = float(np.max(gaps))
                raise AssertionError(f"{row.name} {row.size}: {name} differs by {gap:.1e}")


def _sample(call: Call, repeats: int, threads: int) -> tuple[float, int]:
    """Return the seconds of one call, and how often a processor was taken from it meanwhile.

    The call is in the state that a loop of such calls is in. With one thread the clock is the
    process's processor time: what else runs on the machine does not count, and what a pool of one
    thread does in a thread of its own does. With more it is the wall's.
    """
    clock = time.process_time if threads == 1 else time.perf_counter
    if threads > 1:
        time.sleep(REST)
    inside = call.mode() if isinstance(call, _Inference) else contextlib.nullcontext()
    call = call.call if isinstance(call, _Inference) else call
    with inside:
        if repeats > 1:
            call()  # the contender before left its own data in the caches
        taken = _taken()
        start = clock()
        for _ in range(repeats):
            call()
        seconds = (clock() - start) / repeats
    return seconds, _taken() - taken


def _taken() -> int:
    """Return how often the system took a processor from this process, 0 where it does not tell."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else 0


def _quiet(samples: Sequence[tuple[float, int]]) -> list[float]:
    """Return the times of the samples that were disturbed least: half of them, or more."""
    allowed = sorted(taken for _, taken in samples)[len(samples) // 2]
    return [seconds for seconds, taken in samples if taken <= allowed]


def _without_gradients(name: str, call: Call) -> Call:
    """Let PyTorch leave out what only gradients need, where it can: it is faster then.

    A loop of calls enters that state once; entering it for each would count against PyTorch.
    """
    if not name.startswith("torch"):
        return call
    from reference.bench.data import torch

    try:
        with torch.inference_mode():
            call()
    except RuntimeError:  # it takes gradients itself
        return call
    return _Inference(call, torch.inference_mode)


@dataclass(frozen=True)
class _Inference:
    """A call that is to be timed in PyTorch's inference mode."""

    call: Call
    mode: Callable[[], contextlib.AbstractContextManager[object]]

    def __call__(self) -> object:
        """Call once, in that mode."""
        with self.mode():
            return self.call()


def measure(row: Row, rounds: int, threads: int, rng: random.Random) -> Measured:
    """Compare the outputs of all contenders, then time each in turns."""
    contenders = {"ours": row.ours, **row.peers}
    if row.rtol:
        _compare(row)
    contenders = {name: _without_gradients(name, call) for name, call in contenders.items()}
    repeats, turns = {}, {}
    for name, call in contenders.items():
        call()
        seconds = max(_sample(call, 2, threads)[0], 1e-7)
        repeats[name] = max(1, round(MOMENT / seconds))
        turns[name] = min(rounds, max(3, int(PATIENCE / max(seconds, MOMENT))))
    samples: dict[str, list[tuple[float, int]]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name in rng.sample(list(contenders), len(contenders)):
            if turn < turns[name]:
                samples[name].append(_sample(contenders[name], repeats[name], threads))
    quiet = {name: _quiet(taken) for name, taken in samples.items()}
    middle = {name: statistics.median(times) for name, times in quiet.items()}
    rivals = [name for name in row.peers if name.startswith("torch")] or list(row.peers)
    best = min(rivals, key=middle.__getitem__)
    ratios = sorted(theirs / ours for ours in quiet["ours"] for theirs in quiet[best])
    quarter = len(ratios) // 4
    return Measured(
        row, middle, statistics.median(ratios), ratios[quarter], ratios[-1 - quarter], best
    )
