"""What a file is that is called a module or a notebook and is neither."""

from __future__ import annotations

import re

__all__ = ["mistaken"]

_CONFLICT = re.compile(rb"^\s*(?:<{7}|>{7}) ", re.MULTILINE)
_STARTS = (
    (b"PK\x03\x04", "a zip archive: hand in the file that is in it"),
    (b"%PDF", "a PDF: hand in the notebook or module itself"),
    (b"\x1f\x8b", "a compressed file: hand in the file that is in it"),
    (b"\x89PNG", "a picture: hand in the notebook or module itself"),
    (b"\xd0\xcf\x11\xe0", "an Office document: hand in the notebook or module itself"),
    (b"{\\rtf", "a text of a word processor: hand in the notebook or module itself"),
    (b"version https://git-lfs", "a pointer of Git LFS: hand in the file it points to"),
)
_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head)", re.IGNORECASE)
_NOTEBOOK = re.compile(rb'\s*\{\s*"(?:cells|metadata|nbformat|nbformat_minor|worksheets)"\s*:')
_PYTHON = re.compile(rb"^(?:import |from \w|def |class |# ?%%|@\w)", re.MULTILINE)


def mistaken(raw: bytes, name: str, *, notebook: bool) -> str:
    """Say what the bytes are if they are plainly something else, and what to do; or "".

    Parameters
    ----------
    raw : bytes
    name : str
        The file's.
    notebook : bool
        Whether the name is a notebook's.
    """
    if not raw.strip():
        return f"{name} is empty: was it saved before it was handed in?" if notebook else ""
    for start, told in _STARTS:
        if raw.startswith(start):
            return f"{name} is {told}"
    head = raw[:4096]
    if _PAGE.match(head):
        return (
            f"{name} is a web page, not the file itself: download it again "
            "(in Jupyter: File > Download)"
        )
    marked = b"<<<<<<< " in raw or b">>>>>>> " in raw  # seldom: the lines need not be tried
    conflict = _CONFLICT.search(raw) if marked else None
    if conflict and (notebook or b"\n=======" in raw):
        line = raw[: conflict.end()].count(b"\n") + 1
        return f"{name} holds marks of a merge conflict (line {line}): resolve it and save again"
    if not notebook and _NOTEBOOK.match(head):
        return f"{name} holds a notebook: let its name end in .ipynb"
    if notebook and head.lstrip()[:1] != b"{" and _PYTHON.search(head):
        return f"{name} holds a Python module: let its name end in .py"
    return ""
