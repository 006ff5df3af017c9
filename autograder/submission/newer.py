"""Syntax that came with a later Python: named where an older one stops at it, or will."""

from __future__ import annotations

import ast
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator
from io import StringIO

__all__ = ["OLDEST", "newer_than_here", "newer_than_oldest"]

Version = tuple[int, int]
OLDEST: Version = (3, 11)
"""The oldest Python this package runs on: a course may grade with it."""

_BY_LINE: tuple[tuple[Version, str, re.Pattern[str]], ...] = (
    ((3, 12), "a `type` statement", re.compile(r"^\s*type\s+[^\W\d]\w*\s*(?:\[.*\])?\s*=")),
    (
        (3, 12),
        "type parameters in square brackets",
        re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\["),
    ),
    ((3, 14), "a t-string", re.compile(r"(?<![\w\"'])(?:[tT][rR]?|[rR][tT])(?=[\"'])")),
    (
        (3, 14),
        "`except` with several types and no brackets",
        re.compile(r"^\s*except\*?\s+[\w.]+\s*,\s*[\w.]"),
    ),
)
_FSTRING = re.compile(r"f-string: unmatched|f-string expression part cannot include")
_QUOTED = re.compile(r"\b[fF][rR]?([\"'])[^\"']*\{[^}\"']*\1[^\"']*\1[^\"']*\1")


def newer_than_here(source: str, line: int, message: str, *, ran: str = "") -> str:
    """Say that what stopped this Python is syntax of a later one, or "".

    Parameters
    ----------
    source : str
        The cell.
    line : int
        The line of it, from 1, at which Python stopped.
    message : str
        What Python said.
    ran : str
        The version the file was last run with, where it says so.
    """
    lines = source.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    found = next(((v, what) for v, what, form in _BY_LINE if form.search(text)), None)
    if found is None and (_FSTRING.search(message) or _QUOTED.search(text)):
        found = ((3, 12), "quotes, backslashes or comments inside the braces of an f-string")
    if found is None or found[0] <= sys.version_info[:2]:
        return ""
    yours = f"yours is Python {ran}" if ran else "your Python may be that new"
    return (
        f"This is {found[1]}, new in Python {_text(found[0])}: {yours}, grading runs Python "
        f"{_text(sys.version_info[:3])}. Write it as Python {_text(sys.version_info[:2])} knows it"
    )


def newer_than_oldest(source: str) -> list[tuple[int, str]]:
    """Return line and words for syntax that the oldest Python which may grade does not know."""
    if sys.version_info[:2] <= OLDEST:
        return []
    lines = source.split("\n")
    found: dict[int, str] = {}
    for number, version, what in (*_by_grammar(source, lines), *_by_tokens(source)):
        found.setdefault(number, f"{what} is new in Python {_text(version)}")
    return sorted(found.items())


def _by_grammar(source: str, lines: list[str]) -> Iterator[tuple[int, Version, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        try:
            ast.parse(source, feature_version=OLDEST)
        except SyntaxError:
            for number, text in enumerate(lines, 1):
                yield from ((number, v, what) for v, what, form in _BY_LINE if form.search(text))


def _by_tokens(source: str) -> Iterator[tuple[int, Version, str]]:
    """Yield the f-strings whose braces hold what only a newer Python reads there."""
    open_quotes: list[str] = []
    start = getattr(tokenize, "FSTRING_START", -1)
    end = getattr(tokenize, "FSTRING_END", -1)
    middle = getattr(tokenize, "FSTRING_MIDDLE", -1)
    told = ((3, 12), "an f-string with its own quotes, a backslash or a comment in the braces")
    try:
        for token in tokenize.generate_tokens(StringIO(source).readline):
            quote = token.string.lstrip("rRbBuUfF")[:1]
            if token.type == end and open_quotes:
                open_quotes.pop()
            elif token.type in (start, tokenize.STRING):
                if quote in open_quotes or (open_quotes and "\\" in token.string):
                    yield token.start[0], *told
                if token.type == start:
                    open_quotes.append(quote)
            elif open_quotes and token.type == tokenize.COMMENT and token.type != middle:
                yield token.start[0], *told
    except (tokenize.TokenError, SyntaxError):
        return


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
