"""What a student handed in for an assignment of a course: found, named, and read for display."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course.course import Course
from autograder.course.notebooks import link_in, links_below
from autograder.submission.cells import SubmissionError
from autograder.submission.intake import NOTHING, of_student
from autograder.submission.item import Intake, Item, LeftOut
from autograder.submission.kinds import PLAIN, code_kind
from autograder.submission.reading import MAX_CODE, MAX_NOTEBOOK, read_text
from autograder.submission.script import split_script
from autograder.values.table import Table

__all__ = ["HandedIn", "content", "handed_in"]

_NOT_TOLD = (PLAIN, NOTHING)  # data goes with the notebook; an empty folder is told once


@dataclass
class HandedIn:
    """What was handed in for an assignment.

    Attributes
    ----------
    items : list of Item
        One for each student and notebook.
    remarks : list of str
        What an instructor should know, one line each.
    left_out : list of LeftOut
        What is not graded, and why.
    """

    items: list[Item] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def handed_in(course: Course, student: str, place: Path, notebooks: Sequence[str]) -> HandedIn:
    """Return what a student handed in: an item for each notebook of the assignment."""
    topics = course.known.only(notebooks)
    alone = notebooks[0] if len(notebooks) == 1 else ""
    found = of_student(student, place, topics, alone, course.private / "unpacked")
    by_topic = {item.topic: item for item in found.items}
    items: list[Item] = []
    remarks: list[str] = []
    for name in notebooks:
        asked = place / f"{name}.ipynb"
        item = by_topic.get(name)
        if item is None:
            items.append(_missing(student, name, asked, found))
        elif item.path == asked:
            items.append(item)
        else:
            problem = link_in(item.path, course.folder) if place in item.path.parents else ""
            told = f"{item.path.name} is graded: {asked.name} was asked for"
            notes = (told, *item.notes)
            items.append(replace(item, notes=notes, problem=problem or item.problem))
        remarks += items[-1].notes
    left_out = [
        replace(left, place=f"{student}/{left.place}", student="")
        for left in found.left_out
        if left.reason not in _NOT_TOLD
    ]
    remarks += [str(left) for left in found.left_out if left.reason not in _NOT_TOLD]
    remarks += [f"{path} is a link: not copied" for path in links_below(place)]
    return HandedIn(items, list(dict.fromkeys(remarks)), left_out)


def _missing(student: str, name: str, asked: Path, found: Intake) -> Item:
    """Say that a notebook is not there, and what is."""
    faults = [left for left in found.left_out if left.fault]
    there = [left.place for left in found.left_out if left.reason not in _NOT_TOLD][:6]
    more = f"; there is {', '.join(there)}" if there else ""
    problem = str(faults[0]) if faults else f"{asked.name} was not handed in{more}"
    return Item(student, name, asked, problem, fault=bool(faults))


# --- for display ---------------------------------------------------------------------------------


def content(path: Path, asked: Path) -> Table:
    """Return what was graded as a notebook, of any version.

    Where a module was graded, the answers to questions come from the notebook beside it.
    """
    try:
        if code_kind(path.name) != ".ipynb":
            return _of_script(path, asked)
        return _of_notebook(path)
    except (SubmissionError, ValueError, AttributeError, KeyError, RecursionError):
        return {}  # it was replaced since it was judged: the verdict stands alone


def _of_notebook(path: Path) -> Table:
    read: Table = json.loads(read_text(path, MAX_NOTEBOOK))
    if read.get("nbformat") == 4:
        return read
    import nbformat

    today: Table = nbformat.convert(nbformat.reader.reads(json.dumps(read)), 4)
    return today


def _of_script(path: Path, asked: Path) -> Table:
    cells = [
        {"cell_type": cell.kind, "metadata": {}, "source": cell.source}
        for cell in split_script(read_text(path, MAX_CODE), path.name)
    ]
    try:
        beside = _of_notebook(asked)["cells"]
    except (SubmissionError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
        beside = []
    return {"cells": [*beside, *cells]}
