"""Files of results: named so that they lead nowhere else, and there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from autograder.judging.official import GradeError

__all__ = ["safe_name", "write_whole"]


def safe_name(text: str) -> str:
    """Return `text` as a file name: letters, digits, ``._-`` and nothing that leads elsewhere."""
    name = re.sub(r"[^\w.-]+", "_", text, flags=re.UNICODE).strip(".") or "student"
    if name == text and len(name) <= 80:
        return name
    return f"{name[:60]}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


def write_whole(path: Path, text: str | Iterable[str]) -> None:
    """Write a file, from pieces if it is long, so that it is there whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as stream:
            for piece in (text,) if isinstance(text, str) else text:
                stream.write(piece.encode("utf-8", "backslashreplace"))  # of a lone surrogate
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise GradeError(f"{path} cannot be written: {error.strerror}") from None
