"""What is graded, one file of one student for one topic, and what is not, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Intake", "Item", "LeftOut"]


@dataclass(frozen=True)
class Item:
    """One file to grade.

    Attributes
    ----------
    student, topic : str
    path : Path
    problem : str
        Why there is nothing to grade in it; "" if there is.
    only : tuple of str or None
        The exercises to grade; all by default.
    notes : tuple of str
        What the report is to say: which of several files was taken.
    fault : bool
        Whether the problem is ours (a file that may not be read): then there is no verdict.
    """

    student: str
    topic: str
    path: Path
    problem: str = ""
    only: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    fault: bool = False


@dataclass(frozen=True)
class LeftOut:
    """Something that was found and is not graded.

    Attributes
    ----------
    place : str
        Where it is, as it can be shown.
    reason : str
    student : str
        Whose it is, where that is known and nothing else of the student's is graded.
    fault : bool
        Whether the reason is ours, not the student's.
    """

    place: str
    reason: str
    student: str = ""
    fault: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass
class Intake:
    """All that was found: what is graded, and what is not."""

    items: list[Item] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, other: Intake) -> None:
        """Take in what was found elsewhere."""
        self.items += other.items
        self.left_out += other.left_out

    def leave(self, left: Iterable[LeftOut]) -> None:
        """Note what is not graded."""
        self.left_out += left
