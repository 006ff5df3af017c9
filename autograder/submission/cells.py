"""A submission is a list of cells, from a percent script or a notebook alike.

The files are hostile until proven otherwise: regular files only, no link followed, sizes limited
before anything is parsed, and JSON is the only format decoded here.
"""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import stat
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from autograder.submission.bindings import bindings, statements
from autograder.submission.encoding import DecodingError, decoded
from autograder.submission.kinds import code_kind
from autograder.submission.magics import RUNNING, is_python, python_of
from autograder.submission.marimo import is_marimo, without_wrapping
from autograder.submission.mistaken import mistaken

__all__ = [
    "Submission",
    "SubmissionCell",
    "SubmissionError",
    "parse_notebook",
    "read_bytes",
    "read_submission",
    "split_script",
]

MAX_NOTEBOOK = 20 << 20
MAX_CODE = 256 << 10
MAX_VALUES = 1_500_000  # in a notebook: each takes some sixty bytes when it is read
CHEAP_CODE = 48 << 10  # characters of a cell; parsing takes up to a kilobyte for each
_MARKER = re.compile(r"^# ?%%(.*)$|^# In\[[\d ]*\]:()\s*$", re.MULTILINE)
_TEXT = re.compile(r"\[(?:markdown|md|raw)\]")
_UNDER_MAGIC = re.compile(r"get_ipython\(\)\.run_cell_magic\((.*)\)\s*")
_TAGS = re.compile(r"tags\s*=\s*(\[[^\]]*\])")
_QUOTES = re.compile(  # a text that is not closed matches too: none is looked through twice
    r"#[^\n]*|\"\"\"|'''|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?", re.DOTALL
)
_ENDS = {mark: re.compile(rf"(?:\\.|[^\\])*?{mark}", re.DOTALL) for mark in ('"""', "'''")}
_DEFINES = re.compile(r"^(?:async\s+def|def|class)\s+([^\W\d]\w*)", re.MULTILINE)


class SubmissionError(Exception):
    """A submission that cannot be read; the message says what is wrong and what to do.

    Parameters
    ----------
    message : str
    fault : bool
        Whether that is ours (the file may not be opened): then there is no verdict on it.
    stopped : str
        What its reader did when it was ended for lack of time; "" otherwise.
    """

    def __init__(self, message: str, *, fault: bool = False, stopped: str = "") -> None:
        super().__init__(message)
        self.fault, self.stopped = fault, stopped


@dataclass(frozen=True)
class SubmissionCell:
    """One cell of code.

    Attributes
    ----------
    source : str
    name : str
        For messages: the file's name, or ``cell 7`` of a notebook.
    line : int
        Line of the file (or of the cell) at which the source begins, from 1.
    kind : str
        ``"code"`` or ``"markdown"``; ``"python"``: the version a notebook says it ran with.
    tags : tuple of str
    grade_id : str or None
        nbgrader's name of the cell.
    remark : str
        What the student should know of how the cell was read.
    """

    source: str
    name: str
    line: int = 1
    kind: str = "code"
    tags: tuple[str, ...] = ()
    grade_id: str | None = None
    remark: str = ""

    def defines(self) -> tuple[str, ...]:
        """Names of the functions and classes defined here, inside blocks and conditions too."""
        return _defined(self.source)

    def binds(self) -> frozenset[str]:
        """Names that get a value here, in whatever way."""
        return _bound(self.source)


@lru_cache(maxsize=1)  # asked for one cell again and again; a second large tree costs memory
def parsed(source: str) -> ast.Module | None:
    """Parse code quietly; None if it cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(512)
def _defined(source: str) -> tuple[str, ...]:
    tree = parsed(source) if len(source) <= CHEAP_CODE else None
    if tree is None:
        return tuple(_DEFINES.findall(source))
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return tuple(part.name for part in statements(tree.body) if isinstance(part, scopes))


@lru_cache(512)
def _bound(source: str) -> frozenset[str]:
    tree = parsed(source) if len(source) <= CHEAP_CODE else None
    return frozenset(_DEFINES.findall(source) if tree is None else bindings(tree.body))


@dataclass(frozen=True)
class Submission:
    """What a student handed in: its cells of code, where from, and the Python it was run with."""

    name: str
    cells: tuple[SubmissionCell, ...]
    origin: str = ""
    python: str = ""

    @property
    def remarks(self) -> list[str]:
        """What the student should know of how the file was read."""
        return [f"{cell.name}: {cell.remark}" for cell in self.cells if cell.remark]

    @property
    def digest(self) -> str:
        """Hash of all that runs: two programs with one digest would meet the same cases.

        The text of the cells as it stands: code can read in which line and column it lies, so
        comments and layout can hold a table. What the file is called, and what lies between its
        cells, no program is told where it is graded; so a module and its notebook have one digest.
        """
        import hashlib  # not needed for a self-check, which is to start fast

        digest = hashlib.sha256()
        for cell in self.cells:
            raw = cell.source.encode("utf-8", "surrogatepass")
            digest.update(f"{len(raw)} ".encode() + raw)
        return digest.hexdigest()


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


def parse_notebook(
    text: str, name: str = "notebook", python: Callable[[str], str] = python_of
) -> list[SubmissionCell]:
    """Return the cells of a notebook (nbformat 3 or 4), graded ones marked by their `grade_id`.

    `python` makes Python of a cell's source.

    Raises
    ------
    SubmissionError
        If the text is not a notebook.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise SubmissionError(
            f"{name} is not valid JSON (cut short?): open it in Jupyter and save it again"
        ) from None
    if not isinstance(content, dict):
        raise SubmissionError(f"{name} is not a notebook: expected a JSON object")
    listed = content.get("cells")
    if listed is None and isinstance(content.get("worksheets"), list):  # nbformat 3
        sheets = [sheet for sheet in content["worksheets"] if isinstance(sheet, dict)]
        listed = [cell for sheet in sheets for cell in sheet.get("cells") or []]
    if not isinstance(listed, list):
        raise SubmissionError(f"{name} is not a notebook: it has no list of cells")
    made = [
        _notebook_cell(cell, number, python)
        for number, cell in enumerate(listed, 1)
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown", "raw")
    ]
    version = _version(content.get("metadata"))
    return [*made, SubmissionCell(version, name, kind="python")] if version else made


def _version(metadata: object) -> str:
    """Return the version of Python that a notebook says it was run with, or ""."""
    about = metadata.get("language_info") if isinstance(metadata, dict) else None
    version = about.get("version") if isinstance(about, dict) else None
    return version if isinstance(version, str) and re.fullmatch(r"3(\.\d+){1,2}", version) else ""


def _notebook_cell(
    cell: dict[str, Any], number: int, python: Callable[[str], str]
) -> SubmissionCell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    tags = metadata.get("tags")
    grade_id = nbgrader.get("grade_id")
    graded = bool(nbgrader.get("grade") and grade_id)
    source = source if isinstance(source, str) else ""
    kind, remark = str(cell.get("cell_type")), ""
    if kind != "code" and not graded and _holds_code(source, bool(nbgrader.get("solution"))):
        kind, remark = "code", f"read as code: it was turned into {kind.capitalize()}"
    return SubmissionCell(
        source=python(source) if kind == "code" else source,
        name=f"cell {number}",
        kind="markdown" if kind == "raw" else kind,
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        grade_id=str(grade_id) if graded else None,
        remark=remark,
    )


def _holds_code(source: str, solution: bool) -> bool:
    """Tell whether a cell that is not code was: it is a solution's, or defines a function."""
    return bool(_DEFINES.search(source)) and (solution or is_python(source))


def code_cells(cells: Sequence[SubmissionCell]) -> tuple[SubmissionCell, ...]:
    """Keep what runs in grading: code, without graded cells and rewards."""
    return tuple(
        cell
        for cell in cells
        if cell.kind == "code" and not cell.grade_id and "reward" not in cell.tags
    )


def read_bytes(path: Path, limit: int, *, whole: bool = True) -> bytes:
    """Read a regular file of at most `limit` bytes, following no link; or its beginning.

    Raises
    ------
    SubmissionError
        If the file is missing, a link, a device or too large.
    """
    flags = os.O_RDONLY
    for extra in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"):
        flags |= getattr(os, extra, 0)
    try:
        if path.is_symlink():
            raise SubmissionError(f"{path.name} is a link: hand in the file itself")
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise SubmissionError(
                f"{path.name} is not a regular file: hand in a .py or .ipynb file"
            )
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise SubmissionError(f"{path.name} does not exist") from None
    except OSError as error:
        raise SubmissionError(
            f"{path.name} cannot be opened: {error.strerror}", fault=error.errno != errno.ELOOP
        ) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(
                f"{path.name} is not a regular file: hand in a .py or .ipynb file"
            )
        if whole and status.st_size > limit:
            raise SubmissionError(
                f"{path.name} has {status.st_size:,} bytes, the limit is {limit:,}: "
                "clear the notebook's outputs, or remove embedded data"
            )
        with os.fdopen(handle, "rb", closefd=False) as stream:
            return stream.read(limit)
    finally:
        os.close(handle)


def read_text(path: Path, limit: int) -> str:
    """Read the text of a module or a notebook."""
    try:
        notebook = code_kind(path.name) == ".ipynb"
        raw = read_bytes(path, limit)
        if told := mistaken(raw, path.name, notebook=notebook):
            raise SubmissionError(told)
        if notebook and sum(map(raw.count, (b",", b"[", b"{"))) > MAX_VALUES:
            raise SubmissionError(
                f"{path.name} holds over {MAX_VALUES:,} values: clear its outputs (plots that "
                "carry their data?)"
            )
        return decoded(raw, path.name, notebook=notebook)
    except DecodingError as error:
        raise SubmissionError(str(error)) from None


def read_submission(
    path: str | Path,
    name: str | None = None,
    parse: Callable[[str, str], list[SubmissionCell]] = parse_notebook,
) -> Submission:
    """Read a ``.py`` or ``.ipynb`` file into its cells of code.

    Parameters
    ----------
    path : str or Path
    name : str, optional
        The student; the file's stem by default.
    parse : callable
        Reads a notebook's text; official grading passes one that does so in a confined process.

    Raises
    ------
    SubmissionError
        If the file cannot be read as a submission; the message says why.
    """
    path = Path(path)
    kind = code_kind(path.name)
    if kind == ".ipynb":
        cells = parse(read_text(path, MAX_NOTEBOOK), path.name)
    elif kind == ".py":
        cells = split_script(read_text(path, MAX_CODE), path.name)
    else:
        raise SubmissionError(f"{path.name} is neither a .py nor a .ipynb file")
    kept = code_cells(cells)
    if sum(len(cell.source) for cell in kept) > MAX_CODE:
        raise SubmissionError(f"{path.name} holds over {MAX_CODE:,} characters of code")
    python = next((cell.source for cell in cells if cell.kind == "python"), "")
    return Submission(name or path.stem, kept, path.name, python)
