"""Draws that are kept: what one submission met, and the next one that meets it need not wait for.

Kept is what depends on the seed alone: the cases, the truth about them, and what wrong variants
give. Nothing of it can be changed: the arrays are read-only, and wrong variants get copies.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from autograder import observe
from autograder.topic.trials import Trial
from autograder.topic.widened import Functions
from autograder.values.nested import changed, leaves

__all__ = ["Draws", "Key", "frozen", "keepable", "thawed"]

ROOM = 96 << 20  # bytes
COMPILED = 512
_PLAIN = (np.generic, complex, float, int, str, observe.Seed, type(None))
_HOLDING = (observe.Function, observe.Env)
_Kept = TypeVar("_Kept")

Key = tuple[str, str, str, int]
"""Topic, exercise, check and seed."""


class Draws:
    """What a judge keeps of draws, so many bytes of it: what was asked for last.

    Parameters
    ----------
    room : int
        Bytes. What is added to a draw later counts too.

    Attributes
    ----------
    size : int
        Bytes that are kept, about.
    compiled : dict
        Wrong variants by topic, exercise and belief, as many as `COMPILED`.
    """

    def __init__(self, room: int = ROOM) -> None:
        self.room, self.size = room, 0
        self._kept: OrderedDict[Key, list[Trial]] = OrderedDict()
        self._sizes: dict[Key, int] = {}
        self._compiled: OrderedDict[tuple[str, str, str], Functions]
        self._compiled = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> list[Trial] | None:
        """Return the trials of a draw that is kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        return None

    def keep(self, key: Key, trials: list[Trial], size: int) -> None:
        """Keep the trials of a draw; what was not asked for for longest goes."""
        self._kept[key] = trials
        self._sizes[key] = size
        self.size += size
        while self.size > self.room and self._kept:
            old, _ = self._kept.popitem(last=False)
            self.size -= self._sizes.pop(old)

    def grow(self, key: Key, size: int) -> None:
        """Count what was added to a draw; if it is kept no more, nothing."""
        if key in self._sizes:
            self._sizes[key] += size
            self.size += size

    def variant(self, key: tuple[str, str, str], make: Callable[[], Functions]) -> Functions:
        """Return a wrong variant among right functions, made once as long as it is kept."""
        if key in self._compiled:
            self._compiled.move_to_end(key)
        else:
            self._compiled[key] = make()
            if len(self._compiled) > COMPILED:
                self._compiled.popitem(last=False)
        return self._compiled[key]


def keepable(value: object) -> bool:
    """Whether a nested value gives the same however often it is used: no generator."""
    return all(map(_plain, leaves(value)))


def _plain(leaf: object) -> bool:
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "biufc"
    if isinstance(leaf, _PLAIN):
        return True
    return isinstance(leaf, _HOLDING) and keepable(leaf.arrays)


def frozen(value: _Kept) -> _Kept:
    """Return a nested value whose arrays can no longer be written to: the same arrays."""
    for leaf in leaves(value):
        if isinstance(leaf, np.ndarray):
            leaf.flags.writeable = False
        elif isinstance(leaf, _HOLDING):
            frozen(leaf.arrays)
    return value


def thawed(value: _Kept) -> _Kept:
    """Return a nested value with copies of its arrays, which lie in memory as they did."""
    return changed(value, _thawed)


def _thawed(leaf: object) -> object:
    if isinstance(leaf, _HOLDING):
        return replace(leaf, arrays=thawed(leaf.arrays))
    if not isinstance(leaf, np.ndarray):
        return leaf
    if leaf.flags.forc or not leaf.size:
        return leaf.copy("K")
    ends = [(length - 1) * stride for length, stride in zip(leaf.shape, leaf.strides, strict=True)]
    start, end = -sum(min(0, end) for end in ends), sum(max(0, end) for end in ends)
    room = np.empty(start + end + leaf.itemsize, np.uint8)
    copy = np.ndarray(leaf.shape, leaf.dtype, room.data, start, leaf.strides)
    copy[...] = leaf
    return copy
