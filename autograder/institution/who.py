"""Who a line of a roster is: the names under which a platform and a submission know one student.

The surest way first: the very name, whatever its capitals and its spelling in Unicode; the part
before the @; the platform's number; at last the person's name, where nobody else has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from autograder.submission.names import shown

__all__ = ["PEOPLE", "Students", "identifier_column"]

NUMBERED = ("id", "identifier")
PEOPLE = ("full name", "vollständiger name", "nom complet", "nombre completo")


class Students:
    """The students that are looked for, by each name they may have."""

    def __init__(self, students: Iterable[str]) -> None:
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for student in students:
            self._add(student)

    def _add(self, student: str) -> None:
        whole = _folded(shown(student))
        self._by["name", _folded(whole)].add(student)
        if "@" in whole:
            self._by["login", _folded(whole.split("@")[0])].add(student)
        who, _, number = whole.rpartition("_")
        if who and number.isdigit():
            self._by["number", number].add(student)
            self._by["person", _letters(who)].add(student)
        else:
            self._by["person", _letters(whole)].add(student)

    def find(self, text: str, head: str) -> str:
        """Return the student whom a cell in the column `head` means, or ""."""
        plain = _folded(text)
        keys = [("name", plain), ("name", plain.split("@")[0])]
        if "@" not in plain:
            keys.append(("login", plain))
        if head.casefold() in NUMBERED:
            number = re.search(r"(\d+)$", plain)
            keys += [("number", number[1])] if number else []
        if head.casefold() in ("student", *PEOPLE):
            keys += [("person", _letters(plain))] if _letters(plain) else []
        for key in keys:
            found = self._by.get(key, set())
            if len(found) == 1:
                return next(iter(found))
        return ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _letters(text: str) -> str:
    """Return the letters of a name in order of its parts: `Roe, Jane` as Canvas writes it."""
    return "".join(letter for letter in _folded(text) if letter.isalnum())


def identifier_column(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the column of Moodle's participants (`Participant 123`, in any language)."""
    for at in range(len(rows[0]) if rows else 0):
        cells = [row[at] for row in rows[1:] if row[at]]
        if cells and all(re.fullmatch(r"[^\W\d_][^\d@,;]*\d{2,}", cell) for cell in cells):
            return at
    return None
