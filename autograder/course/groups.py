"""Groups that hand in together: what one of them handed in is everybody's.

What counts for a group is what was handed in last, by any of its students or under the group's own
name. It is copied to the others, so that every tool of nbgrader's finds it with each of them. What
a student had handed in before is not lost: it is set aside in ``.gradus``, and that is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from autograder.course.course import Course
from autograder.course.notebooks import link_in
from autograder.course.times import handed_in_at
from autograder.grading.files import write_whole

__all__ = ["set_aside", "share"]

Copies = dict[str, dict[str, str]]


def share(course: Course, assignment: str, *, pretend: bool = False) -> list[str]:
    """Give each group's latest work to all of its students; return what was done, a line each.

    With `pretend` nothing is written.
    """
    kept = _copies(course)
    copies = dict(kept.get(assignment, {}))
    told: list[str] = []
    for group, students in course.groups.items():
        told += _group(course, assignment, group, students, copies, pretend)
    if not pretend and copies != kept.get(assignment, {}):
        write_whole(_log(course), json.dumps({**kept, assignment: copies}, indent=1))
    return told


def _group(
    course: Course,
    assignment: str,
    group: str,
    students: list[str],
    copies: dict[str, str],
    pretend: bool,
) -> list[str]:
    places = {who: course.place("submitted", who, assignment) for who in (group, *students)}
    digests = {who: _digest(place, course) for who, place in places.items()}
    own = [who for who in places if digests[who] and copies.get(who) != digests[who]]
    if not own:
        return []
    latest = max(own, key=lambda who: _when(course, assignment, who))
    told = []
    for who in (*students, group):
        if who == latest or digests[who] == digests[latest]:
            copies.pop(who, None) if who == latest else copies.update({who: digests[who]})
            continue
        if who in own:
            told.append(f"{who}: handed in before {latest}, for the group {group}: set aside")
            if not pretend:
                set_aside(course, assignment, who)
        if who == group:
            continue
        told.append(f"{who}: gets what {latest} handed in for the group {group}")
        if not pretend:
            _copy(places[latest], places[who])
            copies[who] = digests[latest]
    if latest == group and not pretend:  # it is no student: its work stands with each of them
        set_aside(course, assignment, group)
    return told


def _when(course: Course, assignment: str, who: str) -> datetime:
    return handed_in_at(course, assignment, who).when or datetime.min


def _digest(place: Path, course: Course) -> str:
    """Hash a folder's files; "" if there are none, or it is reached by a link."""
    if link_in(place, course.folder) or not place.is_dir():
        return ""
    digest, some = hashlib.sha256(), False
    for path in _files(place):
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").digest()
        digest.update(os.fsencode(path.relative_to(place)) + b"\0" + content)
        some = True
    return digest.hexdigest() if some else ""


def _files(place: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(place):
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for path in _files(source):
        place = part / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


def set_aside(course: Course, assignment: str, student: str) -> Path:
    """Take what a student handed in out of the way; return where it is now."""
    base = course.private / "set_aside" / assignment
    number = 1
    while (target := base / f"{student}-{number}").exists():
        number += 1
    target.parent.mkdir(parents=True, exist_ok=True)
    given = course.place("submitted", student, assignment)
    shutil.move(given, target)
    if not any(given.parent.iterdir()):
        given.parent.rmdir()
    return target


def _log(course: Course) -> Path:
    return course.private / "shared.json"


def _copies(course: Course) -> Copies:
    try:
        found: Copies = json.loads(_log(course).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
