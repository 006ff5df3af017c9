"""How well the self-check explains the mistakes of `tests/students` and `tests/students_held_out`.

    python -m tests.kit.diagnoses [TOPIC] [--held-out]
    python -m tests.kit.diagnoses --folder DIR [TOPIC]

The checks were sharpened on the first set; the second was written afterwards, and measures. A set
that lies elsewhere (``DIR/TOPIC/*.py``, belief and teacher's answer in the docstring) is run with
``--folder``: all that is told of each mistake is written out, at the desk and in official grading,
for a person to judge.

Each file there is one wrong function as a student wrote it, with the belief behind it in the
docstring. It is put in place of the solution's and judged with the public checks of the release, as
at the student's desk. `TOPIC/labels.toml` says which misconceptions state that belief, judged from
beliefs and hints alone.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.judging.grader import grade_submission
from autograder.report.model import ExerciseResult
from autograder.sandbox.local import LocalWorker
from autograder.submission.cells import Submission, SubmissionCell, code_cells
from autograder.topic.live import LiveSource
from autograder.topic.record import RecordedSource
from autograder.topic.seeds import seeder
from autograder.topic.trials import Source
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


def elsewhere(place: Path, name: str | None = None) -> Iterator[Mistake]:
    """Read a set whose docstrings name no exercise: it is the last one that the file defines."""
    for path in sorted(place.glob(f"{name or '*'}/*.py")):
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        parts = topic(path.parent.name).chapter.parts
        defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        known = [function for function in defined if function in parts]
        exercise = known[-1] if known else ""
        yield Mistake(path.parent.name, path.stem, exercise, ast.get_docstring(tree) or "", source)


@lru_cache(maxsize=1)  # the mistakes come topic by topic
def recorded(name: str) -> RecordedSource:
    """Return the public checks of a topic's release."""
    return RecordedSource(CATALOGUE.record(name))


def judged(mistake: Mistake, *, official: bool = False) -> ExerciseResult:
    """Judge the solution with one function mistaken."""
    authored = topic(mistake.topic)
    original = authored.chapter.parts[mistake.exercise].cell
    cells = tuple(
        SubmissionCell(mistake.source, "student.py") if cell == original else cell
        for cell in code_cells(authored.chapter.cells)
    )
    submission = Submission("student", cells, "student.py")
    source: Source = recorded(mistake.topic)
    if official:
        source = LiveSource(authored, seeder(b"measure", mistake.file))
    (result,) = grade_submission(source, submission, LocalWorker, only=[mistake.exercise]).exercises
    return result


def told(mistake: Mistake) -> Told:
    result = judged(mistake)
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


def written_out(place: Path, name: str | None) -> None:
    """Write all that is told of each mistake of a set that lies elsewhere."""
    for mistake in elsewhere(place, name):
        print(f"=== {mistake.topic}/{mistake.file} [{mistake.exercise or 'no such exercise'}]")
        print(textwrap.indent(mistake.belief, "    "))
        for official in (False, True) if mistake.exercise else ():
            result = judged(mistake, official=official)
            where = "officially" if official else "at the desk"
            print(f"  {where}: {result.earned:g} of {result.points:g} {result.message}")
            for check in result.checks:
                if not check.passed:
                    said = [check.message, check.values if not official else "", check.cause]
                    print(f"  - {check.name}: {' | '.join(text for text in said if text)}")
                    if check.misconception or check.hint:
                        print(f"    {check.misconception or 'hint'}: {check.hint}")


def main() -> int:
    if "--folder" in sys.argv:
        at = sys.argv.index("--folder") + 1
        written_out(Path(sys.argv[at]), (sys.argv[at + 1 :] or [None])[0])
        return 0
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
