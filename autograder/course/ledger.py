"""Every score that changed, and why: a log that only grows, and what the next change is told from.

``.gradus/scores.jsonl`` has a line for each: the code is another, the checks are, the points are,
it was handed in later, a person changed it by hand. What everybody had last stands beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.course.scores import Marks
from autograder.grading.files import write_whole
from autograder.report.model import points_text, rounded
from autograder.submission.item import Item
from autograder.topic.catalogue import CatalogueError
from autograder.topic.chapter import ChapterError
from autograder.topic.fingerprint import fingerprints
from autograder.values.table import Table

__all__ = ["Change", "Ledger", "logged"]

_CODE, _CHECKS, _POINTS, _LATE, _HAND, _AGAIN = (
    "code",
    "checks",
    "points",
    "late",
    "hand",
    "judged again",
)
_PENALTY = "handed in late"
_LOG = "scores.jsonl"


@dataclass(frozen=True)
class Change:
    """A score that is another now, and the reasons."""

    student: str
    exercise: str
    old: float
    new: float
    reason: str = ""
    assignment: str = ""
    at: str = ""

    def __str__(self) -> str:
        old, new = points_text(self.old), points_text(self.new)
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.student}: {self.exercise}: {old} -> {new}{why}"


def _plain(marks: Marks) -> Table:
    """Return what is kept of a student's marks: by notebook the penalty and each cell."""
    return {
        name: {
            "penalty": sheet.penalty,
            "cells": {part.name: [part.score, part.points, part.judged] for part in sheet.parts},
        }
        for name, sheet in marks.notebooks.items()
    }


@dataclass
class Ledger:
    """What everybody in an assignment had last.

    Parameters
    ----------
    course : Course
    assignment : str
    """

    course: Course
    assignment: str
    _kept: Table = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            self._kept = json.loads(self._place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._kept = {"prints": {}, "students": {}}

    @property
    def _place(self) -> Path:
        return self.course.private / "ledger" / f"{self.assignment}.json"

    def by_hand(self, now: Iterable[Marks]) -> list[Change]:
        """Return what changed since it was last written here: by hand, or for being late."""
        found: list[Change] = []
        for marks in now:
            before = self._kept["students"].get(marks.student, {}).get("marks", {})
            found += self._changes(marks, before, lambda old, new: [_HAND])
        return found

    def judged(
        self, before: Iterable[Marks], after: Iterable[Marks], items: Sequence[Item]
    ) -> list[Change]:
        """Return what a grading changed, each with its reasons."""
        known = {marks.student: _plain(marks) for marks in before}
        codes = self._codes(items)
        prints = self._prints(items)
        found: list[Change] = []
        for marks in after:
            kept = self._kept["students"].get(marks.student, {})
            old = known.get(marks.student) or kept.get("marks", {})
            same_code = kept.get("code") == codes.get(marks.student)

            def why(old: list[Any], new: list[Any], same: bool = same_code) -> list[str]:
                return _reasons(old, new, same, prints == self._kept["prints"])

            found += self._changes(marks, old, why)
        return found

    def _changes(self, marks: Marks, before: Table, why: Any) -> Iterator[Change]:
        for name, sheet in _plain(marks).items():
            old = before.get(name)
            if old is None:
                continue  # nothing was there before: that is no change
            for cell, new in sheet["cells"].items():
                was = old["cells"].get(cell)
                if was is not None and rounded(was[0]) != rounded(new[0]):
                    yield self._change(marks, cell, was[0], new[0], why(was, new))
            if rounded(old["penalty"]) != rounded(sheet["penalty"]):
                # what came late was taken off before: here it is of other points
                reason = _LATE if _total(old) == _total(sheet) else _POINTS
                yield self._change(marks, _PENALTY, -old["penalty"], -sheet["penalty"], [reason])

    def _change(self, marks: Marks, cell: str, old: float, new: float, why: list[str]) -> Change:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        told = ", ".join(why)
        return Change(marks.student, cell, old + 0.0, new + 0.0, told, self.assignment, at)

    def write(
        self, marks: Iterable[Marks], changes: Sequence[Change], items: Sequence[Item] | None = None
    ) -> None:
        """Keep what everybody has now, and log what changed."""
        codes = self._codes(items or ())
        for one in marks:
            entry = self._kept["students"].setdefault(one.student, {})
            entry["marks"] = _plain(one)
            if items is not None:
                entry["code"] = codes.get(one.student, {})
        if items is not None:
            self._kept["prints"] = self._prints(items)
        if changes:
            with (self.course.private / _LOG).open("a", encoding="utf-8") as stream:
                for change in changes:
                    stream.write(json.dumps(asdict(change), ensure_ascii=True) + "\n")
        self._place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._place, json.dumps(self._kept, sort_keys=True))

    def _codes(self, items: Iterable[Item]) -> dict[str, dict[str, str]]:
        """Return a hash of what each student handed in, by student and topic."""
        found: dict[str, dict[str, str]] = {}
        for item in items:
            found.setdefault(item.student, {})[item.topic] = item.problem or _hash(item.path)
        return found

    def _prints(self, items: Iterable[Item]) -> dict[str, dict[str, str]]:
        found = {}
        for name in sorted({item.topic for item in items}):
            with suppress(ChapterError, CatalogueError, OSError, SyntaxError, ValueError):
                found[name] = fingerprints(self.course.catalogue.topic(name))
        return found


def _total(sheet: Table) -> float:
    """Return the points of a notebook, as `_plain` keeps it."""
    return rounded(sum(points for _, points, _ in sheet["cells"].values()))


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _reasons(old: list[Any], new: list[Any], same_code: bool, same_checks: bool) -> list[str]:
    """Return why a cell's score is another; each cell is ``[score, points, judged]``."""
    reasons = []
    share_before = (old[2] or 0.0) / old[1] if old[1] else None
    share_now = (new[2] or 0.0) / new[1] if new[1] else None
    judged = share_before is not None and share_now is not None
    if judged and abs((share_before or 0.0) - (share_now or 0.0)) > 1e-6:
        reasons += [] if same_code else [_CODE]
        reasons += [] if same_checks else [_CHECKS]
    if rounded(old[1]) != rounded(new[1]):
        reasons.append(_POINTS)
    return reasons or [_AGAIN]


def logged(course: Course) -> list[Change]:
    """Return all changes that were logged, the oldest first."""
    found = []
    try:
        lines = (course.private / _LOG).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            found.append(Change(**json.loads(line)))
        except (ValueError, TypeError):
            continue  # a line that was cut off
    return found
