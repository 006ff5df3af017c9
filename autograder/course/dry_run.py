"""A rehearsal of a grading: all that it would change is told, and nothing of the course is written.

It works on a copy of the gradebook. The verdicts are kept apart, and the next grading takes over
those that still hold, so that nothing is judged twice.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from autograder.course.assignment import CourseError
from autograder.course.course import Course

__all__ = ["adopt", "rehearsing", "trial_store"]

_SQLITE = "sqlite:///"


@contextmanager
def rehearsing(course: Course) -> Iterator[Course]:
    """Yield the course with a gradebook that may be written: a copy that is thrown away.

    Raises
    ------
    CourseError
        If the gradebook is kept where no copy can be made.
    """
    address = str(course.directory.db_url)
    if not address.startswith(_SQLITE):
        raise CourseError("--dry-run needs a gradebook in a file (sqlite), to make a copy of it")
    copy = course.private / "rehearsal.db"
    copy.unlink(missing_ok=True)
    try:
        source = f"{Path(address.removeprefix(_SQLITE)).absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(source, uri=True)) as read,
            closing(sqlite3.connect(copy)) as written,
        ):
            read.backup(written)
    except sqlite3.Error as error:
        raise CourseError(f"the gradebook cannot be read ({error})") from None
    try:
        yield replace(course, gradebook_at=f"{_SQLITE}{copy}")
    finally:
        copy.unlink(missing_ok=True)


def trial_store(course: Course) -> Path:
    """Return where a rehearsal keeps its verdicts, with those that are there already."""
    kept, store = course.private / "results", course.private / "trial"
    for path in kept.rglob("*.json"):
        place = store / path.relative_to(kept)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, place)
            except OSError:
                shutil.copyfile(path, place)
    return store


def adopt(course: Course) -> None:
    """Take over what a rehearsal judged; a grading judges again what no longer holds."""
    kept, store = course.private / "results", course.private / "trial"
    for path in store.rglob("*.json"):
        place = kept / path.relative_to(store)
        if not place.exists() or not path.samefile(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)
    shutil.rmtree(store, ignore_errors=True)
