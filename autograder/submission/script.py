"""The cells of a percent script, as Jupytext, nbconvert and marimo write it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autograder.submission.cells import CHEAP_CODE, SubmissionCell
from autograder.submission.magics import RUNNING
from autograder.submission.marimo import is_marimo, without_wrapping

__all__ = ["split_script"]

_MARKER = re.compile(r"^# ?%%(.*)$|^# In\[[\d ]*\]:()\s*$", re.MULTILINE)
_TEXT = re.compile(r"\[(?:markdown|md|raw)\]")
_UNDER_MAGIC = re.compile(r"get_ipython\(\)\.run_cell_magic\((.*)\)\s*")
_TAGS = re.compile(r"tags\s*=\s*(\[[^\]]*\])")
_QUOTES = re.compile(  # a text that is not closed matches too: none is looked through twice
    r"#[^\n]*|\"\"\"|'''|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?", re.DOTALL
)
_ENDS = {mark: re.compile(rf"(?:\\.|[^\\])*?{mark}", re.DOTALL) for mark in ('"""', "'''")}


def split_script(text: str, name: str = "script") -> list[SubmissionCell]:
    """Split a percent script into its cells, code and markdown, in order.

    What stands before the first marker is a cell too. Markdown cells lose their comment signs;
    what follows their comment lines is code. No line is a magic here.
    """
    text = without_wrapping(text) if is_marimo(text) else text
    lines = [line.rstrip("\r") for line in text.split("\n")]
    markers = [(0, ""), *_markers(text), (len(lines) + 1, "")]
    cells: list[SubmissionCell] = []
    for (at, header), (end, _) in pairwise(markers):
        body = lines[at : end - 1]
        if _TEXT.search(header):
            length = next(
                (k for k, line in enumerate(body) if line.strip()[:1] not in ("", "#")), len(body)
            )
            words = [re.sub(r"^# ?", "", line) for line in body[:length]]
            cells += _script_cell(words, name, at + 1, "markdown", header)
            cells += _script_cell(body[length:], name, at + 1 + length, "code", header)
        else:
            cells += _script_cell(body, name, at + 1, "code", header)
    return cells


def _script_cell(
    body: Sequence[str], name: str, line: int, kind: str, header: str
) -> Iterator[SubmissionCell]:
    """Yield the cell that the lines are, if there is anything in them."""
    source = "\n".join(body)
    if source.strip("\n"):
        lead = len(source) - len(source.lstrip("\n"))
        yield SubmissionCell(_held(source.strip("\n")), name, line + lead, kind, _tags(header))


def _held(source: str) -> str:
    """Return what nbconvert made a text of in a cell that runs under a magic, else the cell."""
    call = _UNDER_MAGIC.fullmatch(source) if len(source) <= CHEAP_CODE else None
    try:
        name, _, body = ast.literal_eval(f"({call.group(1)})") if call else ("", "", "")
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return source
    return body.strip("\n") if name in RUNNING and isinstance(body, str) else source


def _tags(header: str) -> tuple[str, ...]:
    found = _TAGS.search(header)
    try:
        tags = json.loads(found.group(1)) if found else []
    except ValueError:  # not written as Jupytext writes them
        return ()
    return tuple(tag for tag in tags if isinstance(tag, str))


def _markers(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and header of each cell marker that does not stand in a text."""
    found = [(match.start(), match.group(1) or "") for match in _MARKER.finditer(text)]
    texts = list(_long_texts(text)) if found else []
    line, at = 1, 0
    for start, header in found:
        while texts and texts[0][1] <= start:
            texts.pop(0)
        if texts and texts[0][0] < start:
            continue
        line += text.count("\n", at, start)
        at = start
        yield line, header.rstrip("\r")


def _long_texts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each text in three quotes begins and ends."""
    at = 0
    while found := _QUOTES.search(text, at):
        at = found.end()
        if found.group() in _ENDS:
            end = _ENDS[found.group()].match(text, at)
            if end is None:
                return  # a text without an end: no line is sure any more
            yield found.start(), end.end()
            at = end.end()
