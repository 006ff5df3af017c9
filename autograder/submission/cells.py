"""A submission is a list of cells, from a percent script or a notebook alike.

The files are hostile until proven otherwise: regular files only, no link followed, sizes limited
before anything is parsed, and JSON is the only format decoded here.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
_MARKER = re.compile(r"^# ?%%(.*)$")
_TAGS = re.compile(r"tags\s*=\s*(\[[^\]]*\])")
_MAGIC = re.compile(r"^\s*(%|!|\?)")
_DEFINES = re.compile(r"^(?:async\s+def|def|class)\s+([^\W\d]\w*)", re.MULTILINE)


class SubmissionError(Exception):
    """A submission that cannot be read; the message says what is wrong and what to do."""


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
        ``"code"`` or ``"markdown"``.
    tags : tuple of str
    grade_id : str or None
        nbgrader's name of the cell.
    """

    source: str
    name: str
    line: int = 1
    kind: str = "code"
    tags: tuple[str, ...] = ()
    grade_id: str | None = None

    def defines(self) -> tuple[str, ...]:
        """Names of the functions and classes whose definition starts a line here."""
        return tuple(_DEFINES.findall(self.source))


@dataclass(frozen=True)
class Submission:
    """What a student handed in: where from, and its cells of code."""

    name: str
    cells: tuple[SubmissionCell, ...]
    origin: str = ""

    @property
    def digest(self) -> str:
        """Hash of all that runs: two programs with one digest would meet the same cases.

        Comments and layout do not run, and strings are taken whole; so a module and its notebook
        have one digest. A cell that is no Python is taken as it stands.
        """
        import hashlib  # not needed for a self-check, which is to start fast

        digest = hashlib.sha256()
        for cell in self.cells:
            for kind, text in _tokens(cell.source):
                raw = text.encode("utf-8", "surrogatepass")
                digest.update(f"{kind} {len(raw)} ".encode() + raw)
        return digest.hexdigest()


def _tokens(source: str) -> list[tuple[str, str]]:
    """Return kind and text of the tokens that run; of no Python the lines as they stand."""
    import io
    import tokenize

    passed_over = {tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER, tokenize.ENCODING}
    layout = {tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE}
    try:
        found = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return [("line", line) for line in source.splitlines()]
    if any(token.type == tokenize.ERRORTOKEN for token in found):
        return [("line", line) for line in source.splitlines()]
    return [
        (tokenize.tok_name[t.type], "" if t.type in layout else t.string)
        for t in found
        if t.type not in passed_over
    ]


def split_script(text: str, name: str = "script") -> list[SubmissionCell]:
    """Split a percent script into its cells, code and markdown, in order.

    What stands before the first marker is a cell too. Markdown cells lose their comment signs.
    """
    cells: list[SubmissionCell] = []
    header, start, body = "", 1, list[str]()

    def close() -> None:
        source = "\n".join(body).strip("\n")
        lead = len(body) - len("\n".join(body).lstrip("\n").split("\n")) if source else 0
        if not source:
            return
        kind = "markdown" if "[markdown]" in header else "code"
        if kind == "markdown":
            source = "\n".join(re.sub(r"^# ?", "", line) for line in source.split("\n"))
        found = _TAGS.search(header)
        tags = tuple(json.loads(found.group(1))) if found else ()
        cells.append(SubmissionCell(source, name, start + max(lead, 0), kind, tags))

    for number, line in enumerate(text.split("\n"), 1):
        marker = _MARKER.match(line)
        if marker:
            close()
            header, start, body = marker.group(1), number + 1, []
        else:
            body.append(line.rstrip("\r"))
    close()
    return cells


def parse_notebook(text: str, name: str = "notebook") -> list[SubmissionCell]:
    """Return the cells of a notebook (nbformat 3 or 4), graded ones marked by their `grade_id`.

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
    return [
        _notebook_cell(cell, number)
        for number, cell in enumerate(listed, 1)
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown")
    ]


def _notebook_cell(cell: dict[str, Any], number: int) -> SubmissionCell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    tags = metadata.get("tags")
    grade_id = nbgrader.get("grade_id")
    return SubmissionCell(
        source=source if isinstance(source, str) else "",
        name=f"cell {number}",
        kind=str(cell.get("cell_type")),
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        grade_id=str(grade_id) if nbgrader.get("grade") and grade_id else None,
    )


def code_cells(cells: Sequence[SubmissionCell]) -> tuple[SubmissionCell, ...]:
    """Keep what runs in grading: code, without graded cells, rewards and notebook magics."""
    kept = []
    for cell in cells:
        if cell.kind != "code" or cell.grade_id or "reward" in cell.tags:
            continue
        lines = cell.source.split("\n")
        if any(_MAGIC.match(line) for line in lines):
            lines = [_plain(line) for line in lines]
            cell = SubmissionCell("\n".join(lines), cell.name, cell.line, cell.kind, cell.tags)
        kept.append(cell)
    return tuple(kept)


def _plain(line: str) -> str:
    """Blank a line of notebook magic, keeping its place (and its indentation's block) valid."""
    if not _MAGIC.match(line):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass  # {line.strip()}" if indent else ""


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes, following no link.

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
        raise SubmissionError(f"{path.name} cannot be opened: {error.strerror}") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(
                f"{path.name} is not a regular file: hand in a .py or .ipynb file"
            )
        if status.st_size > limit:
            raise SubmissionError(
                f"{path.name} has {status.st_size:,} bytes, the limit is {limit:,}: "
                "clear the notebook's outputs, or remove embedded data"
            )
        with os.fdopen(handle, "rb", closefd=False) as stream:
            return stream.read(limit + 1)[:limit]
    finally:
        os.close(handle)


def read_text(path: Path, limit: int) -> str:
    """Read UTF-8 text (a byte-order mark is dropped)."""
    raw = read_bytes(path, limit)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"{path.name} is not UTF-8 (byte {error.start + 1}): save it with that encoding"
        ) from None
    if "\0" in text:
        raise SubmissionError(f"{path.name} holds null bytes: it is not a text file")
    return text


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
    if path.suffix == ".ipynb":
        cells = parse(read_text(path, MAX_NOTEBOOK), path.name)
    elif path.suffix == ".py":
        cells = split_script(read_text(path, MAX_CODE), path.name)
    else:
        raise SubmissionError(f"{path.name} is neither a .py nor a .ipynb file")
    kept = code_cells(cells)
    if sum(len(cell.source) for cell in kept) > MAX_CODE:
        raise SubmissionError(f"{path.name} holds over {MAX_CODE:,} characters of code")
    return Submission(name or path.stem, kept, path.name)
