"""The files that are followed: whether one was saved, and whether the save is over."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from autograder.desk.target import Target
from autograder.submission.kinds import code_kind

__all__ = ["FileStamp", "Followed", "stamp"]

SETTLE = 0.03  # a save is over when the file has kept its size for so long
FileStamp = tuple[int, int]


def stamp(path: Path) -> FileStamp | None:
    """Return what changes with each save; None while the file is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


class Followed:
    """The file that is checked and, where it is followed too, the other format beside it."""

    def __init__(self, target: Target, both: bool) -> None:
        self.target = target
        kind = code_kind(target.path.name)
        other = target.path.with_suffix(".ipynb" if kind == ".py" else ".py")
        self.paths = [target.path, *([other] if both else [])]
        self.seen: dict[Path, FileStamp | None] = {
            path: None if path == target.path else stamp(path) for path in self.paths
        }

    def changed(self) -> bool:
        """Tell whether one of the files is another than when it was seen last."""
        return any(stamp(path) not in (None, seen) for path, seen in self.seen.items())

    def gone(self) -> bool:
        """Tell whether the file that was checked is no longer there, and no other was saved."""
        return stamp(self.target.path) is None and not self.changed()

    def settled(self) -> bool:
        """Take up a save that is over: its file is the target from now on."""
        for path, seen in self.seen.items():
            now = stamp(path)
            if now is not None and now != seen:
                time.sleep(SETTLE)
                if stamp(path) == now:
                    self.seen[path] = now
                    self.target = replace(self.target, path=path)
                    return True
        return False
