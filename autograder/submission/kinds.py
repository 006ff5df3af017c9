"""Which files may be a submission, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

__all__ = ["ARCHIVES", "CODE", "PLAIN", "code_kind", "junk", "other_kind"]

CODE = (".ipynb", ".py")
PLAIN = "not a .py or .ipynb file"
ARCHIVES = (".zip",)
_RENAMED = re.compile(
    r"\.(py|ipynb)(?:\s*\(\d+\)|-\d+)?\.(?:txt|json)$", re.IGNORECASE
)  # as browsers save what they take for a text
_FOLDERS = {
    "__macosx": "made by macOS, no submission",
    ".ipynb_checkpoints": "a checkpoint that Jupyter keeps, no submission",
    "__pycache__": "made by Python, no submission",
    "node_modules": "not the student's",
    "site-packages": "not the student's",
    "_assignments": "comes with the release",
}
_FILES = {
    "conftest.py": "comes with the release, no submission",
    "public_checks.npz": "comes with the release, no submission",
    "thumbs.db": "made by Windows, no submission",
    "desktop.ini": "made by Windows, no submission",
}
_ENDINGS = {
    (".htm", ".html", ".mhtml", ".webarchive"): (
        "a web page: the notebook itself is asked for (File > Download)"
    ),
    (".pdf", ".docx", ".doc", ".odt", ".rtf", ".pages"): (
        "a document: the .py or .ipynb file itself is asked for"
    ),
    (".md", ".markdown", ".rst", ".tex"): "a text: the .py or .ipynb file itself is asked for",
    (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"): (
        "an archive that is not opened: a .zip, .py or .ipynb file is asked for"
    ),
    (".pyc", ".pyo"): "compiled Python: the .py file itself is asked for",
}


def code_kind(name: str) -> str:
    """Return ``".py"`` or ``".ipynb"``, as the name tells, also below a browser's ending; or ""."""
    suffix = PurePath(name).suffix.lower()
    if suffix in CODE:
        return suffix
    found = _RENAMED.search(name)
    return f".{found[1]}".lower() if found else ""


def junk(parts: Sequence[str]) -> str:
    """Return why a file at this path cannot be a submission, whatever it holds; or ""."""
    for part in parts[:-1]:
        told = _FOLDERS.get(part.lower())
        if told or (part.startswith(".") and part not in (".", "..")):
            return told or "in a hidden folder"
    name = parts[-1].lower()
    if name.endswith(".receipt.json"):
        return "the receipt of autograder submit"
    if name.startswith("._"):
        return "made by macOS, no submission"
    return _FILES.get(name) or ("a hidden file" if name.startswith(".") else "")


def other_kind(name: str) -> str:
    """Say what a file is that is neither a module nor a notebook, and what to do."""
    path = PurePath(name)
    inner = PurePath(path.stem).suffix.lower()
    if inner in CODE:
        return f"its name must end in {inner}: rename it to {path.stem}"
    if path.suffix.lower() == ".json":
        return f"if it is a notebook, rename it to {path.stem}.ipynb"
    for endings, told in _ENDINGS.items():
        if path.suffix.lower() in endings:
            return told
    return PLAIN
