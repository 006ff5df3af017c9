"""How well the self-check explains the mistakes of `tests/students` and `tests/students_held_out`.

    python -m tests.kit.diagnoses [TOPIC] [--held-out]

The checks were sharpened on the first set; the second was written afterwards, and measures.

Each file there is one wrong function as a student wrote it, with the belief behind it in the
docstring. It is put in place of the solution's and judged with the public checks of the release, as
at the student's desk. `TOPIC/labels.toml` says which misconceptions state that belief, judged from
beliefs and hints alone.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.judging.grader import grade_submission
from autograder.sandbox.local import LocalWorker
from autograder.submission.cells import Submission, SubmissionCell, code_cells
from autograder.topic.record import RecordedSource
from tests.conftest import CATALOGUE
from tests.kit.battery import topic

SETS = ("students", "students_held_out")


@dataclass(frozen=True)
class Mistake:
    topic: str
    file: str
    exercise: str
    belief: str
    source: str


@dataclass(frozen=True)
class Told:
    """What the student is told: beliefs named, regularities of the error, points kept."""

    named: frozenset[str]
    causes: frozenset[str]
    full_marks: bool


def folder(which: str) -> Path:
    return Path(__file__).parent.parent / which


def mistakes(which: str, name: str | None = None) -> Iterator[Mistake]:
    for path in sorted(folder(which).glob(f"{name or '*'}/*.py")):
        source = path.read_text(encoding="utf-8")
        head = re.match(r'"""exercise: (\w+)\s+belief: (.*?)\s*"""', source, re.DOTALL)
        assert head, f"{path}: the docstring names exercise and belief"
        belief = " ".join(head[2].split())
        yield Mistake(path.parent.name, path.stem, head[1], belief, source)


def told(mistake: Mistake) -> Told:
    authored = topic(mistake.topic)
    original = authored.chapter.parts[mistake.exercise].cell
    cells = tuple(
        SubmissionCell(mistake.source, "student.py") if cell == original else cell
        for cell in code_cells(authored.chapter.cells)
    )
    source = RecordedSource(CATALOGUE.record(mistake.topic))
    submission = Submission("student", cells, "student.py")
    (result,) = grade_submission(source, submission, LocalWorker, only=[mistake.exercise]).exercises
    failed = [check for check in result.checks if not check.passed]
    said = {check.cause for check in failed if not check.misconception}
    said |= {check.message for check in failed if "changes an array" in check.message}
    return Told(
        frozenset(check.misconception for check in failed if check.misconception),
        frozenset(text for text in (*said, result.message) if text),
        not failed,
    )


def labels(which: str) -> dict[str, list[str]]:
    """Return, by "topic/file", the misconceptions (or words of a cause) that state the belief."""
    return {
        f"{path.parent.name}/{file}": right
        for path in folder(which).glob("*/labels.toml")
        for file, right in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


def verdict(mistake: Mistake, seen: Told, right: list[str]) -> str:
    """Return "right", "none", "wrong" or "unnoticed"."""
    if seen.full_marks:
        return "unnoticed"
    if seen.named:
        return "right" if seen.named <= set(right) else "wrong"
    return "right" if any(label in cause for label in right for cause in seen.causes) else "none"


def main() -> int:
    names = [name for name in sys.argv[1:] if name != "--held-out"]
    which = SETS["--held-out" in sys.argv]
    known, counts = labels(which), Counter[str]()
    for mistake in mistakes(which, names[0] if names else None):
        seen = told(mistake)
        found = verdict(mistake, seen, known.get(f"{mistake.topic}/{mistake.file}", []))
        counts[found] += 1
        print(f"{found:9} {mistake.topic}/{mistake.file} [{mistake.exercise}]")
        print(f"          {mistake.belief}")
        print(f"          told: {', '.join(sorted(seen.named | seen.causes)) or '-'}")
    print(dict(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
