"""Which cases a submission meets: one of `DRAWS` draws of each check, and the seeds of the draws.

Both come from the course's secret by HMAC: the draws from the topic alone, the choice among them
from student, topic and code, for each check by itself. So a judge that has drawn a draw once need
not do it again for the next submission that meets it; no submission chooses, and none is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["DRAWS", "CaseKeys", "case_keys", "chooser", "seeder"]

DRAWS = 32
"""Draws of each check in a course. Whoever hands in again meets one of his old ones by 1 in 32."""


@dataclass(frozen=True)
class CaseKeys:
    """What decides about the cases of one student in one topic: given away in the secret's stead.

    Attributes
    ----------
    student : bytes
        Chooses among the draws.
    draws : bytes
        Seeds them; of all students of the course alike.
    """

    student: bytes = field(repr=False)
    draws: bytes = field(repr=False)


def case_keys(secret: bytes, student: str, topic: str) -> CaseKeys:
    """Return the keys of one student in one topic."""
    return CaseKeys(_hashed(secret, student, topic), _hashed(secret, "draws of", "a topic", topic))


def chooser(keys: CaseKeys, *identity: str) -> Callable[[str, str], int]:
    """Return the seeds of one submission's cases: those of the draws that are chosen for it."""
    choose, seed = seeder(keys.student, *identity), seeder(keys.draws)

    def chosen(exercise: str, check: str) -> int:
        number = choose(exercise, check) % DRAWS
        return seed(exercise, f"{check}\x1f{number}")

    return chosen


def seeder(secret: bytes, *identity: str) -> Callable[[str, str], int]:
    """Return seeds without end: HMAC(secret; identity, exercise, check)."""

    def seed(exercise: str, check: str) -> int:
        return int.from_bytes(_hashed(secret, *identity, exercise, check)[:16], "big")

    return seed


def _hashed(secret: bytes, *parts: str) -> bytes:
    import hashlib  # not needed for a self-check, which is to start fast
    import hmac

    message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.digest(secret, message, hashlib.sha256().name)
