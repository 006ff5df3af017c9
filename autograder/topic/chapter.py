"""Reading a chapter: its cells, its solution regions, and the contract in each docstring."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from autograder.sandbox.imports import SENTENCE
from autograder.submission.cells import SubmissionCell
from autograder.submission.script import split_script

__all__ = [
    "BEGIN",
    "END",
    "GUIDE",
    "MANNER",
    "Chapter",
    "ChapterError",
    "asked",
    "returned",
    "shapes",
]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
ANSWER_ROOM = "YOUR ANSWER HERE"  # nbgrader's words for the room where an answer goes
GUIDE = "MARK SCHEME"  # nbgrader's name for what it takes out of a release and shows to graders
MANNER = (
    f"**How your functions are judged.** A file {SENTENCE}. Grading runs the file afresh, from top "
    "to bottom: what only a running notebook remembers, or a file beside it holds, is not there. A "
    "function leaves the arrays it is given as they are, unless its text says otherwise."
)
"""What every chapter says at its start, for the module and the notebook alike."""
_FIRST_CELL = re.compile(r"\A(?:# %%.*\n)?(?:#(?! ?%%).*\n)*\n*", re.MULTILINE)
_REGION = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}[ \t]*$", re.MULTILINE | re.DOTALL)
_ASKED = re.compile(r"### Question `([\w-]+)`\n+")
_QUESTION_CELL = re.compile(
    r"^# %% \[markdown\]\n# ### Question `.*\n(?:#(?! %%).*\n)*", re.MULTILINE
)


class ChapterError(Exception):
    """An authored file that breaks a rule of its room; the message names file and rule."""


@dataclass(frozen=True)
class Part:
    """One exercise's cell in a chapter."""

    name: str
    cell: SubmissionCell
    region: str
    docstring: str
    signature: str


@dataclass(frozen=True)
class Chapter:
    """A topic's `chapter.py`, read."""

    topic: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Chapter:
        """Read the chapter at `path`; the same text gives the same chapter, taken apart once."""
        return _chapter(path.parent.name, path.read_text(encoding="utf-8"))

    @cached_property
    def cells(self) -> list[SubmissionCell]:
        """All cells, markdown and code, in order."""
        return split_script(self.text, f"{self.topic}/chapter.py")

    @cached_property
    def title(self) -> str:
        """The first heading."""
        found = re.search(r"^#\s+(.+)$", self.cells[0].source, re.MULTILINE)
        return found.group(1).strip() if found else self.topic

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The exercises in order of appearance, by name."""
        parts: dict[str, Part] = {}
        for cell in self.cells:
            if cell.kind == "code" and BEGIN in cell.source:
                part = _part(cell)
                parts[part.name] = part
        return parts

    @cached_property
    def questions(self) -> dict[str, str]:
        """What is asked in words, by the question's name, in order of appearance."""
        cells = [cell for cell in self.cells if cell.kind == "markdown" and asked(cell.source)]
        return {asked(cell.source): _ASKED.sub("", cell.source, count=1) for cell in cells}

    def only(self, names: Collection[str]) -> Chapter:
        """Return the chapter without the cells of all other exercises, and what cannot do without.

        A figure or capstone that calls an exercise that is left out, however far, is left out too;
        the text stays.
        """
        gone = self.parts.keys() - set(names)
        lines = self.text.splitlines(keepends=True)
        out = {cell.line for cell in self._without(gone)}
        kept: list[str] = []
        ends = [cell.line for cell in self.cells[1:]] + [len(lines) + 2]
        start = 0
        for cell, end in zip(self.cells, ends, strict=True):
            stop = _mark_above(lines, end)
            kept += [] if cell.line in out else lines[start:stop]
            start = stop
        return Chapter(self.topic, "".join(kept))

    def _without(self, gone: Collection[str]) -> Iterator[SubmissionCell]:
        """Yield the cells that define what is gone, or are a reward that uses it."""
        lost = set(gone)
        code = [cell for cell in self.cells if cell.kind == "code"]
        names = {cell.line: _names_in(cell.source) for cell in code}
        grown = True
        while grown:
            new = {
                made
                for cell in code
                for made in cell.defines()
                if made not in self.parts and names[cell.line] & lost
            }
            grown = not new <= lost
            lost |= new
        rewards = {"figure", "capstone"} & lost
        for cell in code:
            main = cell.source.startswith("if __name__") and rewards
            if set(cell.defines()) & (set(gone) | rewards) or main:
                yield cell

    def without_solutions(self) -> str:
        """Return the text for students.

        Each region is replaced by ``raise NotImplementedError``, below each question there is room
        for the answer, and below the first cell stands how the functions are judged.
        """
        pieces, position = [], 0
        names = iter(self.parts)
        for region in _REGION.finditer(self.text):
            pieces.append(self.text[position : region.start()])
            pieces.append(f'{region.group(1)}raise NotImplementedError("{next(names)}")')
            position = region.end()
        text = "".join([*pieces, self.text[position:]])
        lines = textwrap.wrap(MANNER, 96, break_on_hyphens=False)
        manner = "".join(f"# {line}\n" for line in lines)
        text = _FIRST_CELL.sub(lambda cell: f"{cell[0]}# %% [markdown]\n{manner}\n", text, count=1)
        return _QUESTION_CELL.sub(
            lambda cell: f"{cell[0]}\n# %% [markdown]\n# {ANSWER_ROOM}\n", text
        )

    def variant(self, name: str, replace: Iterable[str], by: Iterable[str]) -> str:
        """Return the cell of exercise `name` with texts of its region replaced.

        Raises
        ------
        ChapterError
            If a text does not stand exactly once in the region.
        """
        part = self.parts[name]
        region = part.region
        for old, new in zip(replace, by, strict=True):
            if region.count(old) != 1:
                raise ChapterError(
                    f"{old!r} stands {region.count(old)} times in the solution of {name}, "
                    "expected once"
                )
            region = region.replace(old, new)
        return part.cell.source.replace(part.region, region)


def _names_in(source: str) -> set[str]:
    """Return all names that a cell uses."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def _mark_above(lines: list[str], line: int) -> int:
    """Return the number of the line that begins the cell whose content begins in `line`."""
    at = line - 1
    while at > 0 and at <= len(lines) and not lines[at - 1].startswith("# %%"):
        at -= 1
    return at - 1 if 0 < at <= len(lines) else len(lines)


@lru_cache(maxsize=64)
def _chapter(topic: str, text: str) -> Chapter:
    return Chapter(topic, text)


def asked(source: str) -> str:
    """Return the name of the question that a markdown cell asks, or ""."""
    found = _ASKED.match(source)
    return found[1] if found else ""


def _part(cell: SubmissionCell) -> Part:
    tree = ast.parse(cell.source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    regions = _REGION.findall(cell.source)
    if len(functions) != 1 or len(regions) != 1 or len(tree.body) != 1:
        raise ChapterError(
            f"{cell.name}, line {cell.line}: an exercise's cell holds one function with one region"
        )
    node = functions[0]
    return Part(
        name=node.name,
        cell=cell,
        region=regions[0][1],
        docstring=ast.get_docstring(node) or "",
        signature=f"{node.name}({ast.unparse(node.args)})",
    )


_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_SHAPE = re.compile(r"ndarray of shape \(([^)]*)\)")


def shapes(docstring: str, section: str = "Returns") -> list[str]:
    """Return the shapes a section of a numpydoc docstring promises, such as ``"N, C, H, W"``."""
    pieces = _SECTION.split(docstring)
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if title.strip() == section:
            return [found.strip().rstrip(",") for found in _SHAPE.findall(body)]
    return []


_RETURNED = re.compile(r"^(\w+) : ", re.MULTILINE)


def returned(docstring: str) -> list[str]:
    """Return the names a numpydoc docstring gives to the values returned, in order."""
    pieces = _SECTION.split(docstring)
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if title.strip() == "Returns":
            return list(_RETURNED.findall(body))
    return []
