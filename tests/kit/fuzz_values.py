"""Values as no function should return them: odd ones, and right ones changed a little."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np

from autograder.sandbox import Failure, Outcome, wire
from autograder.sandbox.local import LocalWorker

DTYPES = "?bBhHiIqQefdFD"
NUMBERS = (True, None, 0, -1, 10**400, -(1 << 64), 1 << 5000, -0.0, 1e308, 5e-324)
NUMBERS += (float("nan"), float("inf"), complex(float("nan"), 1), complex(0, float("inf")))
TEXTS = (
    "",
    "x" * 5000,
    "<script>alert(1)</script>",
    "\x00\x1b[31m",
    "]]>",
    "\u202e",
    "=1+1",
    "nan",
)
KINDS = ("exception", "wrong-type", "memory", "crash", "timeout", "not-implemented", "left-out")
NAMES = ("ValueError", "NameError", "TypeError", "Exception", "KeyError", "SyntaxError")


class OddWorker(LocalWorker):
    """Runs a right submission, and brings back something else than it returned.

    Parameters
    ----------
    rng : random.Random
    near : float
        How often what is brought back is what was returned, changed.
    """

    def __init__(self, rng: random.Random, near: float) -> None:
        super().__init__()
        self.rng, self.near = rng, near

    def call(self, name: str, args: Any, kwargs: Any, **options: Any) -> Outcome:
        """Call the function, and say something else."""
        if self.rng.random() < 0.03:
            return Outcome(failure=self._failure())
        outcome = super().call(name, args, kwargs, **options)
        if outcome.failure or self.rng.random() < 0.4:
            return outcome
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            near = self.rng.random() < self.near
            value = self.changed(outcome.value) if near else self.value()
        try:
            value = wire.decode(bytearray(wire.encode(value)), wire.Caps(64 << 20))
        except wire.WireError as error:
            return Outcome(failure=Failure("wrong-type", message=str(error)))
        return Outcome(value, modified=self.rng.choice([(), (), (0,), (0, 1)]))

    def _failure(self) -> Failure:
        letters = "ab'\"() <>\x1b\x00=,:0123456789\n."
        text = "".join(self.rng.choices(letters, k=self.rng.randrange(300)))
        line, cell = self.rng.choice([None, 1, 5, 10**6]), self.rng.choice([None, "m.py", "zz"])
        return Failure(self.rng.choice(KINDS), self.rng.choice(NAMES), line, cell, text)

    def value(self, depth: int = 0) -> Any:
        """Return anything that can cross the wall."""
        kind = self.rng.randrange(6 if depth < 3 else 3)
        if kind == 0:
            return self.rng.choice((*NUMBERS, *TEXTS))
        if kind in (1, 2):
            return self._array()
        items = [self.value(depth + 1) for _ in range(self.rng.choice([0, 1, 2, 3, 7]))]
        if kind == 3:
            return items
        if kind == 4:
            return tuple(items)
        return {self.rng.choice(["a", 0, 1.5, None, "W", ""]): item for item in items}

    def _array(self) -> Any:
        shape = [self.rng.choice([0, 1, 2, 3, 5]) for _ in range(self.rng.randrange(5))]
        dtype = np.dtype(self.rng.choice(DTYPES))
        size = int(np.prod(shape, dtype=int)) * dtype.itemsize
        raw = np.frombuffer(self.rng.randbytes(size), np.uint8)
        if dtype.kind == "b":
            return (raw > 100).reshape(shape)
        return raw.view(dtype).reshape(shape) if size else np.zeros(shape, dtype)

    def changed(self, value: Any) -> Any:
        """Return a right value with a mistake in it."""
        if isinstance(value, np.ndarray):
            return self._bent(value)
        if isinstance(value, tuple | list) and value and self.rng.random() < 0.9:
            items = list(value)
            at = self.rng.randrange(len(items))
            items[at] = self.changed(items[at])
            ways = (items, items, items[::-1], items[:-1])
            return type(value)(self.rng.choice(ways)) if type(value) in (tuple, list) else items
        if isinstance(value, dict) and value:
            key = self.rng.choice(list(value))
            return value | {key: self.changed(value[key])}
        if isinstance(value, bool | int | float) and self.rng.random() < 0.6:
            return self.rng.choice([value + 1, -value, float(value), str(value), [value]])
        return self.value()

    def _bent(self, value: Any) -> Any:
        spoiled = value.astype(np.result_type(value.dtype, np.float32))
        if spoiled.size:
            place = self.rng.randrange(spoiled.size)
            spoiled.flat[place] = self.rng.choice([np.nan, np.inf, 0, 1e30])
        numbers = value.astype(np.int64) if value.dtype.kind == "b" else value
        ways = (value.T, value.astype(self.rng.choice(DTYPES)), value[..., None], value.tolist())
        ways += (value[:0] if value.ndim else value, -numbers, numbers * 2, numbers + 1, spoiled)
        ways += (
            np.flip(value),
            np.roll(value, 1),
            np.stack([value, value]) if value.ndim < 7 else 0,
        )
        return self.rng.choice(ways)
