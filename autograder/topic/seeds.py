"""The seeds of personal cases: HMAC(secret; student, topic, code, exercise, check)."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["seeder", "student_key"]


def seeder(secret: bytes, *identity: str) -> Callable[[str, str], int]:
    """Return the seeds of one submission's cases: HMAC(secret; identity, exercise, check)."""
    import hashlib  # not needed for a self-check, which is to start fast
    import hmac

    def seed(exercise: str, check: str) -> int:
        message = "\x1f".join([*identity, exercise, check]).encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.new(secret, message, hashlib.sha256).digest()[:16], "big")

    return seed


def student_key(secret: bytes, student: str, topic: str) -> bytes:
    """Return the key of one student's cases in one topic: it can be given away, the secret not."""
    import hashlib
    import hmac

    message = f"{student}\x1f{topic}".encode("utf-8", "surrogatepass")
    return hmac.new(secret, message, hashlib.sha256).digest()
