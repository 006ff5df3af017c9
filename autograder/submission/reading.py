"""Reading a file that was handed in: hostile until proven otherwise.

Regular files only, no link followed, sizes limited before anything is parsed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from autograder.submission.cells import Submission, SubmissionCell, SubmissionError, code_cells
from autograder.submission.encoding import DecodingError, decoded
from autograder.submission.kinds import code_kind
from autograder.submission.mistaken import mistaken
from autograder.submission.notebooks import parse_notebook
from autograder.submission.script import split_script

__all__ = ["MAX_CODE", "MAX_NOTEBOOK", "read_bytes", "read_submission", "read_text"]

MAX_NOTEBOOK = 20 << 20
MAX_CODE = 256 << 10
MAX_VALUES = 1_500_000  # in a notebook: each takes some sixty bytes when it is read


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
