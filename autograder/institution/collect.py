"""What Canvas and Moodle hand out for an assignment, brought into a course, and feedback back.

Both give a zip for the class. Canvas puts name, number, file number and LATE into each file's name
(``roejane_LATE_12347_6789014_optimizers.ipynb``), Moodle a folder for each student
(``Ada Lovelace_1234567_assignsubmission_file``); zips may lie in it. Who is meant is told by the
course's list of students, and by the gradebook or grading worksheet that the platform exported.

The zip of feedback is named as both take it back: Moodle (Upload multiple feedback files in a zip)
tells students by the name and number at the start, Canvas (Upload Submissions) by the numbers. What
is uploaded there was not tried against a running Canvas or Moodle.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.groups import set_aside
from autograder.course.notebooks import link_in
from autograder.course.penalty import Penalties
from autograder.course.times import TIMESTAMP, handed_in_at, read_stamp
from autograder.grading.files import write_whole
from autograder.grading.run import gather
from autograder.institution.who import Students, identifier_column
from autograder.submission.item import Item, LeftOut
from autograder.submission.kinds import code_kind
from autograder.submission.names import told_by
from autograder.submission.sheet import Sheet, SheetError

__all__ = ["Collected", "bring_in", "feedback_zip"]

_LATE = re.compile(r"[^_]+_LATE_\d+_")
_MODIFIED = re.compile(  # of the submission, not of its grade
    r"(last modified|zuletzt geändert|dernière modification|última modificación|ultima modifica|"
    r"laatst gewijzigd|última modificação)(?! \((?:grade|bewertung|note|évaluation|calificación|"
    r"valutazione|cijfer|beoordeling|nota)).*",
    re.IGNORECASE,
)
_WHO = ("SIS User ID", "SIS Login ID", "Email address", "E-Mail-Adresse", "ID number", "ID-Nummer")
_NAMES = ("Student", "Full name", "Vollständiger Name", "Nom complet", "Nombre completo")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class Collected:
    """What was brought in, and what was not.

    Attributes
    ----------
    taken : dict
        The file of each student that is new or another.
    again : list of str
        Who had handed in something else before; it is set aside.
    same : list of str
        Whose work is there already.
    late : list of str
        Who came after the due date, or whom the platform marks late where no time is known.
    came : dict of datetime
        When those came whose time is known, in UTC.
    unknown : list of str
        Whom the platform knows and the course does not.
    nothing : list of str
        Who is in the course and handed in nothing.
    other : list of str
        What holds another topic.
    left_out : list of LeftOut
        What is no submission, and why.
    doubts : list of str
        Times that could not be read.
    """

    taken: dict[str, Path] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    came: dict[str, datetime] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Say what an instructor should know, a line each."""
        yield from (f"handed in again: {who}: the earlier is set aside" for who in self.again)
        for who in self.late:
            if who in self.came:
                yield f"late: {who}: {self.came[who]:%Y-%m-%d %H:%M} UTC"
            else:
                yield f"late, says the platform: {who}{self._untimed(who)}"
        yield from (f"nothing handed in: {who}" for who in self.nothing)
        yield from (f"left out: {left}" for left in self.left_out)
        yield from self.doubts

    def _untimed(self, who: str) -> str:
        """Say that a late one costs nothing while nobody says when it came."""
        place = self.taken[who].parent if who in self.taken else None
        if place is None or (place / TIMESTAMP).exists():
            return ""
        return f": write when into submitted/{who}/{place.name}/{TIMESTAMP}"

    def faults(self) -> Iterator[str]:
        """Say what somebody has to look at, a line each."""
        yield from (f"unknown: {who}" for who in self.unknown)
        yield from (f"another topic: {told}" for told in self.other)


def bring_in(
    course: Course, archive: Path, assignment: str, roster: Path | None = None
) -> Collected:
    """Bring what a platform handed out for an assignment into ``submitted/``.

    Parameters
    ----------
    course : Course
    archive : Path
        The zip, or a folder that it was unpacked into.
    assignment : str
    roster : Path, optional
        The gradebook (Canvas) or grading worksheet (Moodle) of the same course.

    Raises
    ------
    CourseError, GradeError
        If there is no such assignment, or the zip or the roster cannot be read.
    """
    course.assignment(assignment)
    if not archive.exists():
        raise CourseError(f"{archive} does not exist: download the submissions' zip again")
    found = gather(archive, course.catalogue, unpacked=course.private / "unpacked")
    people, due = _People(course, roster), Penalties(course)
    done = Collected(left_out=[left for left in found.left_out if left.reason])
    by_student: dict[str, list[Item]] = {}
    for item in found.items:
        by_student.setdefault(item.student, []).append(item)
    names: dict[str, str] = {}
    for platform, items in by_student.items():
        student = people.find(platform)
        wanted = next((item for item in items if item.topic == assignment), None)
        if not student:
            done.unknown.append(platform)
        elif wanted is None:
            topics = ", ".join(sorted({item.topic for item in items}))
            done.other.append(f"{student}: {topics}, not {assignment}")
            names[student] = items[0].path.name
        else:
            names[student] = _original(wanted, platform)
            _bring(course, assignment, student, wanted, done)
            _stamp(course, assignment, student, people.when(platform), done)
            came = handed_in_at(course, assignment, student).when
            until = due.due(assignment, student)
            if came and until:
                done.came[student] = came
            if came > until if came and until else _LATE.match(names[student]):
                done.late.append(student)
    step = course.place("submitted", "*", assignment)
    there = {path.parent.name for path in course.folder.glob(str(step.relative_to(course.folder)))}
    done.nothing = [who for who in people.all if who not in names and who not in there]
    _keep(course, assignment, names)
    return done


def _original(item: Item, platform: str) -> str:
    """Return the name that the platform gave the file, or the student's folder."""
    for part in (item.path.name, *(parent.name for parent in item.path.parents)):
        if told_by(part).student == platform:
            return part
    return item.path.name


def _bring(course: Course, assignment: str, student: str, item: Item, done: Collected) -> None:
    place = course.place("submitted", student, assignment)
    refused = link_in(place, course.folder)
    if refused:
        raise CourseError(f"submitted/{student}: {refused}")
    target = place / f"{item.topic}{code_kind(item.path.name) or item.path.suffix}"
    content = item.path.read_bytes()
    if target.exists() and target.read_bytes() == content:
        done.same.append(student)
        return
    if place.exists() and any(place.iterdir()):
        set_aside(course, assignment, student)
        done.again.append(student)
    place.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    done.taken[student] = target


def _stamp(course: Course, assignment: str, student: str, when: str, done: Collected) -> None:
    """Write when a student handed in, if the platform says so: for what is there already, too."""
    if not when.strip() or when.strip() == "-":
        return
    stamp = read_stamp(when, course.assignment(assignment).zone)
    if stamp.when is None:
        done.doubts.append(f"{student}: {stamp.doubt}")
        return
    path = course.place("submitted", student, assignment) / TIMESTAMP
    refused = link_in(path, course.folder)
    if refused:
        raise CourseError(f"submitted/{student}: {refused}")
    path.write_text(f"{stamp.when:%Y-%m-%d %H:%M:%S} UTC\n")


class _People:
    """The course's students, by the names under which a platform knows them."""

    def __init__(self, course: Course, roster: Path | None) -> None:
        self._rows = course.students()
        self.all = [row["id"] for row in self._rows]
        self._found = {key: row["id"] for row in self._rows for key in _keys(row)}
        often = [key for row in self._rows for key in _keys(row)]
        for key in {key for key in often if often.count(key) > 1}:
            self._found.pop(key)  # two students have that name: it tells nobody
        self._times: dict[str, str] = {}
        if roster is not None:
            self._read(roster)

    def _read(self, roster: Path) -> None:
        """Learn the platform's numbers of students, and when they handed in."""
        try:
            sheet = Sheet.load(roster)
        except (SheetError, OSError) as error:
            raise CourseError(f"{roster.name}: {getattr(error, 'strerror', '') or error}") from None
        number = identifier_column(sheet.rows)
        number = sheet.column("ID") if number is None else number
        texts = [at for at in map(sheet.column, (*_WHO, *_NAMES)) if at is not None]
        heads = [head.strip() for head in sheet.heads]
        time = next((at for at, head in enumerate(heads) if _MODIFIED.fullmatch(head)), None)
        if number is None or not texts:
            raise CourseError(
                f"{roster.name} is neither a gradebook of Canvas nor a grading worksheet of Moodle"
            )
        for row in sheet.rows[1:]:
            digits = re.search(r"(\d+)$", row[number].strip())
            who = next(filter(None, (self._named(row[at]) for at in texts)), "")
            if digits and who:
                self._found[digits[1]] = who
                self._times[who] = row[time] if time is not None else ""

    def _named(self, text: str) -> str:
        return self._found.get(_letters(text), "") or self._found.get(_folded(text), "")

    def find(self, platform: str) -> str:
        """Return the student whom the platform calls so, or ""; all are known to no list."""
        if not self._rows:
            return platform
        who, _, number = platform.rpartition("_")
        if number.isdigit() and number in self._found:
            return self._found[number]
        known = self._named(who if number.isdigit() else platform) or self._named(platform)
        return known or Students(self.all).find(platform, "")

    def when(self, platform: str) -> str:
        """Return when the platform says a student handed in; "" if it does not."""
        return self._times.get(self.find(platform), "")


def _keys(row: Mapping[str, str]) -> set[str]:
    first, last = row.get("first_name", ""), row.get("last_name", "")
    email = row.get("email", "")
    texts = [row["id"], email, email.split("@")[0]]
    texts += [f"{first}{last}", f"{last}{first}"] if first and last else []
    return {key for text in texts for key in (_folded(text), _letters(text)) if key}


def _folded(text: str) -> str:
    return text.strip().casefold()


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


# --- and back -------------------------------------------------------------------------------------


def _log(course: Course) -> Path:
    return course.private / "collected.json"


def _keep(course: Course, assignment: str, names: Mapping[str, str]) -> None:
    kept = _kept(course)
    kept[assignment] = {**kept.get(assignment, {}), **names}
    write_whole(_log(course), json.dumps(kept, indent=1, sort_keys=True))


def _kept(course: Course) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads(_log(course).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def feedback_zip(course: Course, assignment: str, to: Path) -> tuple[int, list[str]]:
    """Write the feedback pages as the platform takes them back; return how many, and who has none.

    Raises
    ------
    CourseError
        If nothing was collected from a platform, or no page was written yet.
    """
    names = _kept(course).get(assignment, {})
    if not names:
        raise CourseError(
            f"{assignment}: nothing was collected: autograder course collect takes a platform's zip"
        )
    pages = {who: sorted(course.place("feedback", who, assignment).glob("*.html")) for who in names}
    if not any(pages.values()):
        raise CourseError(f"{assignment} has no page yet: run autograder course feedback")
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for who, name in sorted(names.items()):
            for page in pages[who]:
                entry = zipfile.ZipInfo(_returned(name, page.name), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, page.read_bytes())
    shutil.move(part, to)
    return sum(map(bool, pages.values())), _without(pages)


def _without(pages: Mapping[str, Sequence[Path]]) -> list[str]:
    return sorted(who for who, there in pages.items() if not there)


def _returned(name: str, page: str) -> str:
    """Return the name under which a platform takes a page back."""
    moodle = re.match(r"(.+_\d+_assignsubmission_file)", name)
    if moodle:
        return f"{moodle[1]}_{page}"
    canvas = re.match(r"([^_]+_(?:LATE_)?\d+_\d+_)", name)
    return f"{canvas[1]}{page}" if canvas else page
