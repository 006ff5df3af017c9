"""Answers of students that no longer stand where the gradebook looks for them.

Some editors drop the metadata of cells, and some students write below the cell that is meant for
the answer. What follows a question, and was not released, is its answer: a person is to read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from autograder.topic.chapter import ANSWER_ROOM

__all__ = ["NotebookCell", "answers_below", "heading", "plain", "text_of"]

NotebookCell: TypeAlias = Mapping[str, Any]
"""A cell of a notebook, as it was read: however damaged."""
LOST = "*(The cell of this answer is not in the notebook that was handed in: look through it.)*"
_ASKED = re.compile(r"\s*#{1,6}\s*Question\s+`([^`\n]+)`")


def text_of(cell: NotebookCell) -> str:
    """Return the source of a cell, however it is kept."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source or "")


def plain(text: str) -> str:
    """Return a text without the layout that editors change."""
    return " ".join(text.split())


def heading(text: str) -> str:
    """Return the heading that a text begins with, without its number; "" if there is none."""
    first = text.strip().split("\n", 1)[0]
    return plain(re.sub(r"^(#+)\s*[\d.]*\s", r"\1 ", first)) if first.startswith("#") else ""


def answers_below(
    cells: Sequence[NotebookCell],
    names: Sequence[str],
    wanted: Iterable[str],
    released: frozenset[str],
) -> dict[str, str]:
    """Return what was written below each question, outside the cells that are known by name.

    Parameters
    ----------
    cells : sequence of mapping
    names : sequence of str
        The name by which each cell is known; "" for others.
    wanted : iterable of str
        The names of the answers.
    released : frozenset of str
        The plain texts of the released notebook's cells, and of their headings.

    Returns
    -------
    dict
        By name; "" where the question stands there and nothing was written.
    """
    asked = {f"{name}-question": name for name in wanted}
    found: dict[str, list[str]] = {}
    current = ""
    for cell, name in zip(cells, names, strict=True):
        text = text_of(cell)
        told = _ASKED.match(text)
        question = asked.get(name) or (told[1] if told and f"{told[1]}-question" in asked else "")
        if question:
            current = question
            found.setdefault(current, [])
        elif name and name != current:
            current = ""
        elif current and not name and text.strip():
            if _placeholder(text):
                continue
            if _of_chapter(text, released):
                current = ""
            else:
                found[current].append(text)
    return {name: "\n\n".join(texts) for name, texts in found.items()}


def _placeholder(text: str) -> bool:
    return plain(text) == ANSWER_ROOM


def _of_chapter(text: str, released: frozenset[str]) -> bool:
    """Tell the chapter's own cells: as released, under a heading of its, or a function."""
    known = plain(text) in released or (heading(text) and heading(text) in released)
    return bool(known) or re.search(r"^(?:async\s+)?def\s", text, re.MULTILINE) is not None
