"""What the desk remembers of a file, in a hidden folder beside it: passes, and a copy at each.

Nothing is graded by it and nothing leaves the machine; where it cannot be written, nothing is kept.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.report.model import Report
from autograder.values.table import Table

__all__ = ["Kept"]

FOLDER = Path(".gradus") / "desk"


class Kept:
    """What is remembered of one file.

    Parameters
    ----------
    path : Path
        The student's file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.resolve().parent / FOLDER / path.name
        self._content: Table = {}
        with suppress(OSError, ValueError):
            read = json.loads((self.folder / "kept.json").read_text(encoding="utf-8"))
            self._content = read if isinstance(read, dict) else {}

    @property
    def passed(self) -> dict[str, str]:
        """The exercises that have passed, with the name of the copy made then."""
        found = self._content.get("passed")
        return dict(found) if isinstance(found, dict) else {}

    def note(self, report: Report) -> list[str]:
        """Keep a copy of the file if an exercise has passed for the first time; return which."""
        before = self.passed
        new = [each.name for each in report if each.passed and each.name not in before]
        if new:
            copy = self.copy(new[0])
            self._write(passed=before | dict.fromkeys(new, copy))
        return new

    def forget(self, exercise: str) -> None:
        """Let the next pass of an exercise be a first one."""
        self._write(passed={k: v for k, v in self.passed.items() if k != exercise})

    def once(self, what: str) -> bool:
        """Tell whether this is asked for the first time."""
        first = what not in self._content.get("once", [])
        if first:
            self._write(once=[*self._content.get("once", []), what])
        return first

    def asked(self, exercise: str, about: str) -> int:
        """Return how often was asked about a mistake; another mistake begins afresh."""
        found = self._content.get("asked", {}).get(exercise, [])
        return sum(1 for each in found if each == about)

    def ask(self, exercise: str, about: str) -> None:
        """Note that somebody asked."""
        asked = dict(self._content.get("asked", {}))
        asked[exercise] = [*asked.get(exercise, []), about]
        self._write(asked=asked)

    def copy(self, label: str) -> str:
        """Copy the file as it is now; return the copy's name, numbered in order."""
        with suppress(OSError):
            self._make()
            number = 1 + sum(1 for found in self.folder.iterdir() if found.name[:2].isdigit())
            name = f"{number:02d}_{label}{self.path.suffix}"
            (self.folder / name).write_bytes(self.path.read_bytes())
            return name
        return ""

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        ignore = self.folder.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")

    def _write(self, **changed: Any) -> None:
        self._content |= changed
        with suppress(OSError):
            self._make()
            text = json.dumps(self._content, indent=1)
            (self.folder / "kept.json").write_text(text, encoding="utf-8")
