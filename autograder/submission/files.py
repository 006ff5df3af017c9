"""The files below what a student handed in: modules and notebooks, those in zips too."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.submission.item import LeftOut
from autograder.submission.kinds import ARCHIVES, code_kind, junk, other_kind
from autograder.submission.names import shown

__all__ = ["TOTAL", "Entry", "Files"]

MOST_FILES = 5_000  # files that one student may hand in
NESTED_ZIPS = 2  # zips in zips
TOTAL = 64 << 20  # bytes taken out of the zips of one student


@dataclass(frozen=True)
class Entry:
    """A file or folder, and what is known of where it came from.

    Attributes
    ----------
    path, root : Path
        `root` is the folder below which the names of folders may tell something.
    place : str
        Where it is, as it can be shown.
    title : str
        The name it had before a platform changed it.
    attempt : tuple of int
        The platform's number.
    """

    path: Path
    root: Path
    place: str
    title: str = ""
    attempt: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """Its own name."""
        return self.title or self.path.name


class Files:
    """Lists what may be a submission; the rest is left out with a reason.

    Parameters
    ----------
    unpacked : Path, optional
        Where zips are unpacked; without it they are named.
    """

    def __init__(self, unpacked: Path | None) -> None:
        self._unpacked = unpacked
        self._room = 0

    def below(
        self, entries: Iterable[Entry], left: list[LeftOut], depth: int = 0
    ) -> Iterator[Entry]:
        """Yield the modules and notebooks; add the rest to `left`."""
        if not depth:
            self._room = TOTAL  # for all the zips of one student, and those in them
        for entry in entries:
            if entry.path.is_dir() and not entry.path.is_symlink():
                yield from self.below(_inside(entry, left), left, depth)
            elif entry.path.suffix.lower() in ARCHIVES or self._hides_zip(entry):
                yield from self._opened(entry, left, depth)
            elif code_kind(entry.name):
                yield entry
            else:
                left.append(LeftOut(entry.place, other_kind(entry.name)))

    def _hides_zip(self, entry: Entry) -> bool:
        """Tell whether it is called a module or a notebook and is a zip of one."""
        from autograder.submission.archives import is_zip

        return bool(code_kind(entry.name)) and self._unpacked is not None and is_zip(entry.path)

    def _opened(self, entry: Entry, left: list[LeftOut], depth: int) -> Iterator[Entry]:
        """Yield the files in a zip, unpacked."""
        from autograder.submission.archives import ArchiveError, folder_for, unpack

        if self._unpacked is None or depth >= NESTED_ZIPS:
            reason = "a zip that is not opened here: unpack it, or hand in the file itself"
            left.append(LeftOut(entry.place, reason))
            return
        into = folder_for(entry.path, self._unpacked)
        try:
            refused, taken = unpack(entry.path, into, self._room)
        except ArchiveError as error:
            left.append(LeftOut(entry.place, str(error)))
            return
        self._room -= taken
        left += [replace(one, place=f"{entry.place}/{one.place}") for one in refused]
        yield from self.below([replace(entry, path=into, root=into)], left, depth + 1)


def _wanted(entry: Entry, folder: Path, names: list[str], left: list[LeftOut]) -> list[str]:
    """Return the folders to look into; the others are left out whole."""
    kept = []
    for name in names:
        inner = Path(folder, name).relative_to(entry.path)
        unwanted = junk((*inner.parts, "x"))
        if unwanted:
            left.append(LeftOut(f"{shown(str(Path(entry.place, inner)))}/", unwanted))
        else:
            kept.append(name)
    return kept


def _inside(entry: Entry, left: list[LeftOut]) -> Iterator[Entry]:
    """Yield the files in a folder, at any depth; no link is followed."""

    def refuse(error: OSError) -> None:
        place = shown(str(error.filename or entry.place))
        left.append(LeftOut(place, f"cannot be read: {error.strerror}", fault=True))

    count = 0
    for folder, folders, names in os.walk(entry.path, onerror=refuse):
        folders[:] = _wanted(entry, Path(folder), sorted(folders), left)
        for name in sorted(
            [*names, *(name for name in folders if Path(folder, name).is_symlink())]
        ):
            path = Path(folder, name)
            inner = path.relative_to(entry.path)
            place = shown(str(Path(entry.place, inner)))
            unwanted = junk(inner.parts)
            count += 1
            if count > MOST_FILES:
                left.append(
                    LeftOut(entry.place, f"holds over {MOST_FILES:,} files: not searched further")
                )
                return
            if unwanted:
                left.append(LeftOut(place, unwanted))
            else:
                yield replace(entry, path=path, place=place, title="")
