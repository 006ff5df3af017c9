"""What is graded: one file of one student for one topic."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Item"]


@dataclass(frozen=True)
class Item:
    """One file to grade."""

    student: str
    topic: str
    path: Path
    problem: str = ""
    only: tuple[str, ...] | None = None
