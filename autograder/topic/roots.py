"""The roots: folders with topics. One, or ours and an instructor's own beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "PACKAGE",
    "RECORD",
    "CatalogueError",
    "Roots",
    "assignments_of",
    "authored_in",
    "find_roots",
]

PACKAGE = Path(__file__).resolve().parent.parent
RECORD = "public_checks.npz"
ENVIRONMENT = "GRADUS_ROOT"

Roots = str | Path | Sequence[str | Path] | None
"""What ``--root`` may give: one root, several, or none."""


class CatalogueError(Exception):
    """A root or a topic that is not there; the message says what to do."""


def find_roots(given: Roots = None) -> tuple[Path, ...]:
    """Return the roots in which topics are looked for.

    In this order: `given`; ``GRADUS_ROOT``, a list as ``PATH`` is one; what is found: the nearest
    folder above the working directory with ``solutions``, the checkout or release that holds this
    package, the topics installed with it. An empty entry of a list is what is found.

    Raises
    ------
    CatalogueError
        One of them is no folder or holds no topics.
    """
    told = os.environ.get(ENVIRONMENT, "")
    if given is None or given == () or given == []:
        wanted: Sequence[str | Path] = told.split(os.pathsep) if told else [""]
        option = ENVIRONMENT
    else:
        wanted = [given] if isinstance(given, str | Path) else given
        option = "--root"
    roots = [_root(one, option) if str(one) else _found() for one in wanted]
    return tuple(dict.fromkeys(roots))


def _root(given: str | Path, option: str) -> Path:
    root = Path(given).expanduser().resolve()
    if not root.is_dir():
        raise CatalogueError(f"the root {given} is not a folder: check {option}")
    inner = (root / "solutions", root / "assignments")
    if not (any(folder.is_dir() for folder in inner) or _has_topics(root, RECORD)):
        raise CatalogueError(
            f"the root {given} holds no topics, neither solutions/ nor assignments/: check {option}"
        )
    return root


def _found() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _has_topics(folder / "solutions", "checks.py"):
            return folder
    beside = PACKAGE.parent
    if (beside / "solutions").is_dir() or _has_topics(beside / "assignments", RECORD):
        return beside
    return PACKAGE / "_assignments"


def _has_topics(folder: Path, file: str) -> bool:
    return folder.is_dir() and any(folder.glob(f"*/{file}"))


def authored_in(root: Path) -> list[str]:
    """Return the topics of a root that have their solutions there."""
    return [path.parent.name for path in root.glob("solutions/*/checks.py")]


def assignments_of(root: Path) -> Path:
    """Return the folder of a root's released topics."""
    inner = root / "assignments"
    return inner if inner.is_dir() else root
