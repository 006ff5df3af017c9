"""Opening a zip that was handed in: code only, within limits, and nothing outside its folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from autograder.submission.cells import SubmissionError
from autograder.submission.item import LeftOut
from autograder.submission.kinds import ARCHIVES, code_kind, junk, other_kind
from autograder.submission.names import shown
from autograder.submission.reading import MAX_NOTEBOOK, read_bytes

__all__ = ["ArchiveError", "folder_for", "is_zip", "unpack"]

MEMBERS = 20_000


def is_zip(path: Path) -> bool:
    """Tell whether a file holds a zip, whatever it is called; one that cannot be read does not."""
    try:
        return read_bytes(path, 4, whole=False) == b"PK\x03\x04"
    except SubmissionError:
        return False  # whoever reads it will say why


class ArchiveError(Exception):
    """An archive that is not opened; the message says why."""


def folder_for(archive: Path, below: Path) -> Path:
    """Return the folder an archive is unpacked in: the same one each time, empty."""
    name = hashlib.sha256(os.fsencode(archive.resolve())).hexdigest()[:16]
    shutil.rmtree(below / name, ignore_errors=True)
    return below / name


def unpack(archive: Path, into: Path, total: int) -> tuple[list[LeftOut], int]:
    """Take the code out of a zip; return what was left in it, and how many bytes were taken.

    Parameters
    ----------
    archive : Path
    into : Path
        An empty or new folder.
    total : int
        Bytes that may be taken out.

    Raises
    ------
    ArchiveError
        If it cannot be opened or holds too much.
    """
    into.mkdir(parents=True, exist_ok=True)
    if archive.is_symlink() or not archive.is_file():
        raise ArchiveError("a link, or no regular file: hand in the file itself")
    left: list[LeftOut] = []
    try:
        with zipfile.ZipFile(archive) as opened:
            return left, _taken(opened, into, total, left)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError) as error:
        raise ArchiveError(f"the archive is damaged ({error}): hand in the file itself") from None
    except (RuntimeError, NotImplementedError) as error:  # a password, a rare compression
        raise ArchiveError(f"the archive cannot be opened ({error})") from None


def _taken(opened: zipfile.ZipFile, into: Path, total: int, left: list[LeftOut]) -> int:
    members = opened.infolist()
    if len(members) > MEMBERS:
        raise ArchiveError(f"the archive holds {len(members):,} files, the limit is {MEMBERS:,}")
    taken = 0
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if member.filename.endswith("/"):
            continue
        reason = _refused(member, path)
        if reason:
            left.append(LeftOut(shown(str(path)), reason))
            continue
        content = _content(opened, member)
        taken += len(content)
        if taken > total:
            raise ArchiveError("the archive holds more code than may be taken out of one")
        try:
            target = _place(into, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except (OSError, ValueError) as error:  # a name that is too long, a file for a folder
            told = getattr(error, "strerror", "") or error
            left.append(LeftOut(shown(str(path)), f"cannot be unpacked: {told}"))
    return taken


def _place(into: Path, path: PurePosixPath) -> Path:
    """Return where a member goes; the second of one name goes beside the first, not over it."""
    target, times = into.joinpath(*path.parts), 1
    while os.path.lexists(target):
        times += 1
        target = into.joinpath(f"({times})", *path.parts)
    return target


def _refused(member: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Return why a member stays in the archive, or ""."""
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its name leads out of the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link: hand in the file itself"
    if member.file_size > MAX_NOTEBOOK:
        return f"has {member.file_size:,} bytes, the limit is {MAX_NOTEBOOK:,}"
    unwanted = junk(path.parts)
    if unwanted or code_kind(path.name) or path.suffix.lower() in ARCHIVES:
        return unwanted
    return other_kind(path.name)


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member, whatever size its header claims."""
    with opened.open(member) as stream:
        content = stream.read(MAX_NOTEBOOK + 1)
    if len(content) > MAX_NOTEBOOK:
        raise ArchiveError("the archive holds more than it says")
    return content
