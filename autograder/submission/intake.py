"""What was handed in: which file is whose and of which topic, what is left out and why.

This is decided here and nowhere else: for the desk, for a folder of submissions, for a course, for
Gradescope. Nothing is left out in silence, and no item costs another: whatever goes wrong while one
is found ends that one, with its text.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.submission.choice import Chosen, apart, choose
from autograder.submission.files import Entry, Files
from autograder.submission.item import Intake, LeftOut
from autograder.submission.kinds import junk
from autograder.submission.look import SEARCHED, Known, Seen, look
from autograder.submission.names import plain_stem, shown, told_by, topics_in

__all__ = ["NOTHING", "of_class", "of_student"]

LOOKED = 64 << 20  # bytes of one student's files that are looked at to tell which counts
NOTHING = "no .py or .ipynb file was handed in"
HELPER = "defines no exercise of any topic: a helper file, or of another course?"


def of_class(folder: Path, known: Known, topic: str = "", unpacked: Path | None = None) -> Intake:
    """Find what a class handed in: one file, zip or folder for each student.

    Parameters
    ----------
    folder : Path
    known : Known
    topic : str
        The assignment; by default each file tells.
    unpacked : Path, optional
        Where zips are unpacked; without it they are named.
    """
    finder = _Finder(known, topic, unpacked)
    for student, entries in _grouped(folder, known, finder.found):
        finder.student(student, entries)
    return finder.intake()


def of_student(
    student: str, folder: Path, known: Known, topic: str = "", unpacked: Path | None = None
) -> Intake:
    """Find what one student handed in: see `of_class`."""
    finder = _Finder(known, topic, unpacked)
    finder.student(student, [Entry(folder, folder, "")])
    return finder.intake()


def _grouped(folder: Path, known: Known, found: Intake) -> Iterator[tuple[str, Sequence[Entry]]]:
    """Yield each student's entries, with "" for a file whose name is to tell; platform's first."""
    by_platform: dict[str, list[Entry]] = defaultdict(list)
    others: list[tuple[str, Sequence[Entry]]] = []
    for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        place, is_folder = shown(path.name), path.is_dir()
        unwanted = junk((path.name, "x") if is_folder else (path.name,))
        told = told_by(path.name, known.names)
        if unwanted:
            found.left_out.append(LeftOut(place, unwanted))
        elif told.student:
            root = path if is_folder else folder
            by_platform[told.student].append(Entry(path, root, place, told.title, told.attempt))
        else:
            entry = Entry(path, path if is_folder else folder, place)
            others.append((place if is_folder else "", [entry]))
    yield from by_platform.items()
    yield from others


class _Finder:
    """Finds the items of one student after the other."""

    def __init__(self, known: Known, topic: str, unpacked: Path | None) -> None:
        self._known = known.only([topic]) if topic else known
        self._topic = topic
        self._files = Files(unpacked)
        self._chosen: list[Chosen] = []
        self._looked = 0
        self.found = Intake()

    def intake(self) -> Intake:
        """Return all that was found."""
        items, left = apart(self._chosen)
        self.found.items += items
        self.found.left_out += left
        return self.found

    def student(self, student: str, entries: Sequence[Entry]) -> None:
        """Find the items of one student; whatever goes wrong is told."""
        left: list[LeftOut] = []
        chosen: list[Chosen] = []
        self._looked = 0
        try:
            files = list(self._files.below(entries, left))
            seen = [self._look(file) for file in files]
            student = student or self._owner(entries[0].place, seen)
            chosen = list(self._decided(student, seen, left))
        except Exception as error:
            told = (error.strerror if isinstance(error, OSError) else "") or error
            reason = f"cannot be read ({type(error).__name__}): {told}"
            left.append(LeftOut(entries[0].place or student, reason, fault=True))
        if not chosen:
            student = student or plain_stem(entries[0].place)
            left = _all_there_is(student, left)
        self._chosen += chosen
        self.found.left_out += left

    def _owner(self, name: str, seen: Iterable[Seen]) -> str:
        """Return whose a file in the class's own folder is: its name without the topic."""
        stem = plain_stem(name)
        rests = topics_in(stem, self._known.names)
        topic = next((one.topic for one in seen if one.topic in rests), next(iter(rests), ""))
        return rests.get(topic) or stem

    def _look(self, file: Entry) -> Seen:
        """Look at a file, unless a student handed in so many that it takes the class's time."""
        size = file.path.lstat().st_size
        self._looked += size if size <= SEARCHED else 0  # a larger one is not opened
        if self._looked > LOOKED:
            told = f"over {LOOKED >> 20} MB of code and notebooks were handed in: not looked at"
            return Seen(file.path, file.place, problem=told)
        return look(file.path, self._known, file.name, file.root, file.place, file.attempt)

    def _decided(self, student: str, seen: Sequence[Seen], left: list[LeftOut]) -> Iterator[Chosen]:
        """Choose one file of each topic; name the others."""
        by_topic: dict[str, list[Seen]] = defaultdict(list)
        for one in seen:
            topic = one.topic or (self._topic if len(seen) == 1 else "")
            if topic:
                by_topic[topic].append(one)
            else:
                left.append(LeftOut(one.place, one.problem or HELPER, fault=one.fault))
        for topic, several in sorted(by_topic.items()):
            chosen, others = choose(student, topic, several)
            yield chosen
            left += others


def _all_there_is(student: str, left: Sequence[LeftOut]) -> list[LeftOut]:
    """Tell whose nothing is graded; no topic is charged for it."""
    named = [replace(one, student=student) for one in left]
    return named or [LeftOut(student, NOTHING, student)]
