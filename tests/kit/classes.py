"""Large classes for measurements: right, wrong, half done and untouched submissions, all different.

Right ones are the authors' alternatives (loops, vectorised, ...), wrong ones hold one to four
mistakes of `tests/students`. Who hands in what follows from a number: each class comes out again.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence
from pathlib import Path

from autograder.build.alternatives import alternatives
from tests.kit.battery import topic
from tests.kit.diagnoses import mistakes

KINDS = ("right", "wrong", "wrong", "half", "right", "wrong", "stub", "wrong")
"""What one student after the other hands in: half of a class has mistakes in it."""


def make_class(folder: Path, topics: Sequence[str], students: int) -> int:
    """Write everybody's submission to every topic into `folder`; return how many there are."""
    for number in range(students):
        for place, name in enumerate(topics):
            text = handed_in(name, KINDS[(number + place) % len(KINDS)], number)
            path = folder / f"s{number:05}" / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return students * len(topics)


def handed_in(name: str, kind: str, number: int) -> str:
    """Return what a student hands in; its first line makes it one of its own."""
    rng = random.Random(f"{name} {number}")
    chapter = topic(name).chapter
    text = chapter.text
    if kind == "right":
        text = rng.choice(_right(name))
    elif kind == "stub":
        text = chapter.without_solutions()
    elif kind == "wrong":
        for mistake in rng.sample(_wrong(name), min(len(_wrong(name)), rng.randint(1, 4))):
            text = text.replace(chapter.parts[mistake.exercise].cell.source, mistake.source)
    elif kind == "half":
        parts = list(chapter.parts.values())
        for part in parts[len(parts) // 2 :]:
            text = text.replace(part.region, "    raise NotImplementedError\n")
    return f"# student {number}\n{text}"


@functools.cache
def _right(name: str) -> list[str]:
    ways = alternatives(topic(name)).values()
    return [path.read_text(encoding="utf-8") for path in ways] + [topic(name).chapter.text]


@functools.cache
def _wrong(name: str) -> list:
    return list(mistakes("students", name))
