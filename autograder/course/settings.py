"""What may stand in ``course.toml``: a key that nobody reads is a slip, and is told of."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from autograder.course.assignment import SETTINGS, CourseError
from autograder.values.table import Table

__all__ = ["points_in", "points_of", "read_settings"]

_TOP = (
    *("name", "students", "sandbox", "hints", "another_way", "zone", "groups"),
    *("late", "extensions", "model", "lti", "assignments"),
)
_ASSIGNMENT = (
    *("due", "points", "drop", "exercises", "exam", "topic_questions", "questions"),
    *("late", "extensions", "column", "platform_points", "line_item"),
)
_QUESTION = ("name", "points", "text", "guide")
_TABLES = {
    "model": ("url", "name", "key"),
    "lti": ("client_id", "token_url", "members_url", "audience"),
}


def read_settings(path: Path) -> Table:
    """Return the content of a ``course.toml``; nothing where there is none.

    Raises
    ------
    CourseError
        If it cannot be read, or holds a key that nothing here reads.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{SETTINGS} cannot be read: {error}") from None
    _hold(found, _TOP, "at the top")
    for table, keys in _TABLES.items():
        _hold(found.get(table), keys, f"in [{table}]")
    sections = found.get("assignments")
    for name, section in sections.items() if isinstance(sections, dict) else ():
        where = f"[assignments.{name}]"
        _hold(section, _ASSIGNMENT, f"in {where}")
        questions = section.get("questions") if isinstance(section, dict) else None
        for question in questions if isinstance(questions, list) else ():
            _hold(question, _QUESTION, f"in [{where[:-1]}.questions]]")
    return found


def _hold(table: object, keys: Collection[str], where: str) -> None:
    """Refuse a key of a table that is none of those that are read."""
    for key in table if isinstance(table, Mapping) else ():
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            told = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(keys)}"
            raise CourseError(f"{SETTINGS}: there is no {key!r} {where}; {told}")


def points_in(given: object, where: str) -> dict[str, float]:
    """Return a table of points.

    Raises
    ------
    CourseError
        If it is no table, or one of them is no number of points.
    """
    if not isinstance(given, Mapping):
        raise CourseError(f"{SETTINGS}: {where} is a table: points = {{ exercise = 5 }}")
    return {name: points_of(value, f"{where}: {name}") for name, value in given.items()}


def points_of(value: Any, where: str) -> float:
    """Return a number of points.

    Raises
    ------
    CourseError
        If it is none, below zero, or not finite.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise CourseError(f"{SETTINGS}: {where}: write a number of points from 0: {value!r}")
    return float(value)
