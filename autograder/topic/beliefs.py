"""The beliefs of a topic: ``misconceptions.md``, a text to read, print, correct and translate.

A heading for each exercise, and below it its beliefs::

    ## bilinear_sample

    - **xy-swapped** `px, py =` → `py, px =`
      grid[..., 0] is x. Does x move along rows or along columns?
    - **half-pixel** as `half_pixel`
      *align_corners=False, as in OpenCV*
      Where does the centre of the first pixel lie: at -1, or half a pixel further in?

A belief is a name; the ways to hold it, with ``or`` between them; the name of the convention in
italics, if it is one; and the hint. A way is one or more edits of the solution, ``(`old` → `new`)``
or a fenced diff of whole lines, or the name of a wrong function in ``checks.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from autograder.spec import Exercise, Misconception
from autograder.topic.chapter import Chapter, ChapterError
from autograder.values.nested import Value

__all__ = ["MISCONCEPTIONS", "Belief", "declare", "read"]

MISCONCEPTIONS = "misconceptions.md"

_HEADING = re.compile(r"## +`?(\w+)`?\s*")
_NAME = re.compile(r"- \*\*([^*\s]+)\*\*\s*")
_SPAN = r"(?P<{0}_ticks>`+)(?P<{0}>[^\n]*?[^`\n])(?P={0}_ticks)(?!`)"
_EDIT = re.compile(
    rf"{_SPAN.format('old')}\s*(?:→|->)\s*(?:{_SPAN.format('new')}|nothing\b)(?:\s*,)?\s*"
)
_DIFF = re.compile(r"```diff\n(?P<diff>.*?)^```[ \t]*(?:\n|\Z)\s*", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"as `(\w+)`\s*")
_OR = re.compile(r"or\s+(?=`|as `)")
_CONVENTION = re.compile(r"\*(?![\s*])(.+?)(?<!\s)\*(?:\n\s*|\Z)", re.DOTALL)
_MISREAD = re.compile(r"```|`\s*(?:→|->)|\A(?:or|as) `")


@dataclass(frozen=True)
class Way:
    """One way to hold a belief: edits of the solution, or a wrong function of ``checks.py``."""

    replace: tuple[str, ...]
    by: tuple[str, ...]
    function: str
    line: int = field(repr=False)


@dataclass(frozen=True)
class Belief:
    """A belief as it is written; its `repr` holds all that a verdict depends on, and no layout."""

    name: str
    ways: tuple[Way, ...]
    convention: str | None
    hint: str
    line: int = field(repr=False)


def read(path: Path, exercises: Collection[str]) -> dict[str, list[Belief]]:
    """Read the beliefs of each exercise; a file that is not there holds none.

    Raises
    ------
    ChapterError
        If a line cannot be understood; the message names file and line.
    """
    found: dict[str, list[Belief]] = {name: [] for name in exercises}
    for exercise, line, item in _items(path, exercises) if path.exists() else ():
        belief = _belief(path, line, item)
        if any(belief.name == other.name for other in found[exercise]):
            raise _mistake(path, line, f"{exercise}: two beliefs are called {belief.name}")
        found[exercise].append(belief)
    return found


def _items(path: Path, exercises: Collection[str]) -> Iterator[tuple[str, int, str]]:
    """Yield exercise, first line and text of each belief.

    What stands above the first exercise is for people alone.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith(("- ", "## "))]
    exercise, headings = "", dict[str, int]()
    for start, end in pairwise([*starts, len(lines)]):
        if lines[start].startswith("## "):
            exercise = _heading(path, start + 1, lines[start], exercises)
            first = headings.setdefault(exercise, start + 1)
            if first != start + 1:
                raise _mistake(path, start + 1, f"{exercise} has a heading in line {first} already")
        for number, line in enumerate(lines[start + 1 : end], start=start + 2):
            if exercise and line.strip() and not line.startswith("  "):
                raise _mistake(
                    path, number, "expected `- **name**`, or a line indented by two spaces"
                )
        if exercise and lines[start].startswith("- "):
            text = "\n".join([lines[start], *(line[2:] for line in lines[start + 1 : end])])
            yield exercise, start + 1, text


def _heading(path: Path, number: int, line: str, exercises: Collection[str]) -> str:
    found = _HEADING.fullmatch(line)
    if not found or found[1] not in exercises:
        raise _mistake(path, number, f"no exercise {line[2:].strip()} in the chapter")
    return found[1]


def _belief(path: Path, start: int, text: str) -> Belief:
    """Read one belief: name, ways, convention, hint."""
    named = _NAME.match(text)
    if not named:
        raise _mistake(path, start, "a belief begins with its name: `- **name**`")
    way, position = _way(path, text, named.end(), start)
    ways = [way]
    while found := _OR.match(text, position):
        way, position = _way(path, text, found.end(), start)
        ways.append(way)
    convention = _CONVENTION.match(text, position)
    hint = text[convention.end() if convention else position :]
    if _MISREAD.search(hint):
        line = start + text.count("\n", 0, position)
        raise _mistake(path, line, f"{named[1]}: expected `old` → `new` before the hint")
    if not hint.strip():
        raise _mistake(path, start, f"{named[1]} has no hint")
    said = _one_line(convention[1]) if convention else None
    return Belief(named[1], tuple(ways), said, _one_line(hint), start)


def _way(path: Path, text: str, position: int, start: int) -> tuple[Way, int]:
    """Read a function's name or edits from `position` on; return also where they end."""
    line = start + text.count("\n", 0, position)
    if function := _FUNCTION.match(text, position):
        return Way((), (), function[1], line), function.end()
    edits: list[tuple[str, str]] = []
    while found := _EDIT.match(text, position) or _DIFF.match(text, position):
        diff = found.groupdict().get("diff")
        edits.append((found["old"], found["new"] or "") if diff is None else _sides(diff))
        position = found.end()
    if not edits or not all(old for old, _ in edits):
        raise _mistake(
            path, line, "expected `old` → `new`, a ```diff block with a - line, or as `function`"
        )
    old, new = zip(*edits, strict=True)
    return Way(old, new, "", line), position


def declare(
    exercise: Exercise,
    beliefs: Iterable[Belief],
    path: Path,
    chapter: Chapter,
    functions: Mapping[str, object],
) -> Exercise:
    """Return the exercise with its beliefs as wrong variants.

    Raises
    ------
    ChapterError
        If an edit does not stand exactly once in the solution, breaks its grammar, or a function
        is not in ``checks.py``; the message names file and line. If a check is to notice a belief
        that is not there.
    """
    found = [_variant(exercise.name, belief, path, chapter, functions) for belief in beliefs]
    declared = replace(exercise, misconceptions=found)
    keys = {variant.key for variant in declared.variants}
    for check in declared:
        if unknown := sorted({*check.notices} - keys):
            where = f"{path.parent.name}/checks.py: {exercise.name}/{check.name}"
            raise ChapterError(
                f"{where} is to notice {unknown[0]}, which is no belief in {path.name}"
            )
    return declared


def _variant(
    exercise: str,
    belief: Belief,
    path: Path,
    chapter: Chapter,
    functions: Mapping[str, object],
) -> Misconception:
    """Return a belief as a wrong variant, and its further ways as the variant's forms."""
    made: list[Misconception] = []
    for number, way in enumerate(belief.ways, start=1):
        try:
            function = _function(way, functions) if way.function else None
            ast.parse(chapter.variant(exercise, way.replace, way.by))
        except ChapterError as error:
            raise _mistake(path, way.line, f"{belief.name}: {error}") from None
        except SyntaxError as error:
            raise _mistake(path, way.line, f"{belief.name}: no Python: {error.msg}") from None
        texts = belief.name, belief.hint, belief.convention
        key = belief.name if number == 1 else f"{belief.name} ({number})"
        made.append(Misconception(*texts, way.replace, way.by, function, key=key))
    first, *forms = made
    return replace(first, forms=forms)


def _function(way: Way, functions: Mapping[str, object]) -> Callable[..., Value]:
    found = functions.get(way.function)
    if not callable(found):
        raise ChapterError(f"checks.py has no function {way.function}")
    return found


def _sides(diff: str) -> tuple[str, str]:
    """Return the old and the new lines of a diff."""
    lines = [(row[:1], row[1:] + "\n") for row in diff.splitlines()]
    return (
        "".join(row for sign, row in lines if sign != "+"),
        "".join(row for sign, row in lines if sign != "-"),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _mistake(path: Path, line: int, message: str) -> ChapterError:
    return ChapterError(f"{path.parent.name}/{path.name}, line {line}: {message}")
