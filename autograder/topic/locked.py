"""Texts that open only to whoever has the answer: locked with what a right function returns.

The key is made of a function's results for inputs whose results stand nowhere: a recorded case,
nudged. A function that is right to a few digits opens it, whatever way it is written; who has no
right function has nothing to open it with.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from autograder.spec import Case
from autograder.values.nested import Array, changed, leaves

__all__ = ["WAYS", "LockError", "key_of", "locked", "marks", "nudged", "opened"]

WAYS = "another_way.json"
"""The file of a released topic with the locked other ways to write its exercises."""
ENTRIES = 48
"""Numbers that make a key, at most."""
FEWEST = 8
"""Different values among them, at least: fewer could be guessed."""
FINENESS = 1e4
"""Steps in the largest number of a result: what a key knows of a number."""
_MARGIN = 0.1  # of a step: no number of a key lies nearer to where rounding decides
_SWING = 0.03


class LockError(ValueError):
    """What was given does not open it."""


def nudged(case: Case) -> Case:
    """Return a case with each floating number moved by up to three hundredths of itself."""
    return Case(*changed(case.args, _moved), **changed(case.kwargs, _moved))


def _moved(value: object) -> object:
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value
    swing = 1 + _SWING * np.sin(1.0 + np.arange(value.size)).reshape(value.shape)
    return (value * swing).astype(value.dtype)


def _numbers(result: object) -> Array:
    """Return the numbers of a result, in a row; none where something in it is no number."""
    parts = []
    for leaf in leaves(result):
        array = np.asarray(leaf)
        if array.dtype.kind not in "fiub":
            return np.zeros(0)
        parts.append(array.ravel().astype(float))
    return np.concatenate(parts) if parts else np.zeros(0)


def marks(result: object, known: object) -> Mapping[str, object] | None:
    """Return which numbers of a right result make the key; None where they make a poor one.

    `known` is what stands in the record: a result that does not differ from it locks nothing.
    """
    numbers, before = _numbers(result), _numbers(known)
    if not numbers.size or not np.isfinite(numbers).all():
        return None
    largest = float(np.abs(numbers).max())
    step = (
        2.0 ** np.floor(np.log2(largest / FINENESS)) if largest else 0.0
    )  # the same on any machine
    if not step or (before.shape == numbers.shape and np.allclose(before, numbers, rtol=1e-3)):
        return None
    away = np.abs(numbers / step - np.floor(numbers / step) - 0.5)
    firm = np.flatnonzero(away > _MARGIN)[:ENTRIES]
    if len(set(np.round(numbers[firm] / step))) < FEWEST:
        return None
    return {"size": numbers.size, "step": step, "entries": firm.tolist()}


def key_of(result: object, made: Mapping[str, object]) -> bytes:
    """Return the key that a result makes.

    Raises
    ------
    LockError
        It has another number of numbers, or some that are none.
    """
    numbers = _numbers(result)
    entries, step = made["entries"], made["step"]
    if numbers.size != made["size"] or not isinstance(entries, Sequence):
        raise LockError("another number of numbers")
    chosen = numbers[list(entries)] / step
    if not np.isfinite(chosen).all():
        raise LockError("not finite")
    return hashlib.sha256(repr([int(k) for k in np.round(chosen)]).encode()).digest()


def locked(text: str, key: bytes) -> str:
    """Return a text that `opened` gives back with the same key."""
    packed = zlib.compress(text.encode(), 9)
    return base64.b64encode(_tag(packed, key) + _mixed(packed, key)).decode()


def opened(text: str, key: bytes) -> str:
    """Give a locked text back.

    Raises
    ------
    LockError
        The key is another one.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise LockError("damaged") from None
    packed = _mixed(data[16:], key)
    if not hmac.compare_digest(data[:16], _tag(packed, key)):
        raise LockError("another key")
    return zlib.decompress(packed).decode()


def _tag(packed: bytes, key: bytes) -> bytes:
    return hmac.digest(key, packed, "sha256")[:16]


def _mixed(data: bytes, key: bytes) -> bytes:
    """Add the key's own stream: what is mixed twice is what it was."""
    stream = hashlib.shake_256(b"text" + key).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream))
