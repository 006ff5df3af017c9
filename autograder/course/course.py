"""A course: a plain nbgrader course with one small file on top.

``course.toml`` names the course, its students, and for each assignment the due date and points.
nbgrader's own tools work in the folder at every step. What is ours stands in ``.gradus``: the
secret that the personal cases are drawn from, and the results. Neither is ever copied to a release.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.assignment import (
    SETTINGS,
    Assignment,
    CourseError,
    names_in,
    utc,
    zone_named,
    zone_of,
)
from autograder.course.habits import extra_time, read_extensions, read_groups, read_policy
from autograder.course.late import PolicyError
from autograder.course.lean import import_nbgrader
from autograder.course.settings import points_in, points_of, read_settings
from autograder.desk.ladder import EXAM, NO_CHECKS
from autograder.judging.official import load_secret
from autograder.spec import Question
from autograder.submission.look import Known
from autograder.submission.sheet import Sheet, SheetError
from autograder.topic.catalogue import Catalogue
from autograder.topic.known import known
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

__all__ = ["CONFIG", "PRIVATE", "Course", "last_error", "tools_on_path"]

CONFIG, PRIVATE = "nbgrader_config.py", ".gradus"


@dataclass(frozen=True)
class Course:
    """A course in a folder.

    Parameters
    ----------
    folder : Path
    gradebook_at : str
        The address of another gradebook than the configuration's (a rehearsal has a copy).
    """

    folder: Path
    gradebook_at: str = ""

    @classmethod
    def open(cls, folder: str | Path) -> Course:
        """Return the course in `folder`.

        Raises
        ------
        CourseError
            If `folder` is no course made by `init`.
        """
        course = cls(Path(folder).resolve())
        if not (course.folder / CONFIG).exists() or not course.private.is_dir():
            raise CourseError(
                f"{folder} is not a course: run autograder course init {folder} first"
            )
        return course

    @classmethod
    def around(cls, place: Path) -> Course:
        """Return the course that `place` is in."""
        for folder in (place, *place.parents):
            if (folder / PRIVATE / "secret").exists():
                return cls.open(folder)
        raise CourseError(f"{place} is not inside a course")

    @property
    def private(self) -> Path:
        """The folder of the secret and the results."""
        return self.folder / PRIVATE

    @property
    def figures(self) -> Path:
        """The folder of the figures drawn from students' functions; it may be removed."""
        return self.private / "figures"

    @cached_property
    def secret(self) -> bytes:
        """The secret the personal cases are drawn from."""
        return load_secret(self.private / "secret")

    @cached_property
    def catalogue(self) -> Catalogue:
        """The topics: those the course was made from, while they are there."""
        kept = self.private / "root"
        lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
        found = Catalogue.find([root for root in map(Path, lines) if root.is_dir()])
        sections = {name: self._entry(name) for name in self.sections}
        parts = {
            name: names_in(entry["exercises"], f"{name}: exercises")
            for name, entry in sections.items()
            if entry.get("exercises")
        }
        return replace(found, parts=tuple(parts.items()))

    @cached_property
    def settings(self) -> Table:
        """The content of ``course.toml``."""
        return read_settings(self.folder / SETTINGS)

    @property
    def sandbox(self) -> str:
        """The confinement asked for."""
        return str(self.settings.get("sandbox", "best"))

    def names(self) -> list[str]:
        """Return the assignments: those of ``course.toml`` and those with a source folder."""
        listed = list(self.sections)
        found = sorted(p.name for p in (self.folder / "source").glob("*") if p.is_dir())
        return listed + [name for name in found if name not in listed]

    def assignment(self, name: str) -> Assignment:
        """Return what is known about one assignment."""
        if name not in self.names():
            raise CourseError(
                f"there is no assignment {name!r} here; there are: {', '.join(self.names())}"
            )
        entry = self._entry(name)
        questions, wanted = entry.get("questions", []), entry.get("topic_questions")
        drop = names_in(entry.get("drop", []), f"{name}: drop")
        try:
            return Assignment(
                name,
                utc(entry.get("due"), f"{SETTINGS}: {name}: due", self.zone),
                zone_of(entry.get("due"), self.zone),
                points_in(entry.get("points", {}), f"{name}: points") | dict.fromkeys(drop, 0.0),
                None if wanted is None else [str(name) for name in wanted],
                [
                    Question(q["name"], _of_question(q, name), q.get("guide", ""), q["text"])
                    for q in questions
                ],
                read_policy(self.settings.get("late"), entry.get("late")),
                read_extensions(
                    [self.settings.get("extensions"), entry.get("extensions")],
                    self._people,
                    self.zone,
                    f"{SETTINGS}: {name}: extensions",
                ),
                names_in(entry.get("exercises", []), f"{name}: exercises"),
                drop,
                _exam(entry.get("exam", ""), name),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CourseError(f"{SETTINGS}: {name}: {error}") from None

    def _entry(self, name: str) -> Table:
        """Return the section of an assignment."""
        entry = self.sections.get(name, {})
        if not isinstance(entry, dict):
            raise CourseError(f"{SETTINGS}: write [assignments.{name}] and its settings below it")
        return entry

    @property
    def columns(self) -> dict[str, str]:
        """What assignments are called on the platform, where it is not by their names here."""
        found = {name: self._entry(name).get("column") for name in self.sections}
        for name, column in found.items():
            if column is not None and not (isinstance(column, str) and column.strip()):
                raise CourseError(f'{SETTINGS}: {name}: column: write a name: "Homework 1"')
        return {name: column for name, column in found.items() if column}

    @property
    def platform_points(self) -> dict[str, float]:
        """The points the platform counts for assignments, where it is said."""
        found = {name: self._entry(name).get("platform_points") for name in self.sections}
        return {
            name: points_of(value, f"{name}: platform_points")
            for name, value in found.items()
            if value is not None
        }

    @property
    def sections(self) -> Table:
        """The sections of all assignments."""
        sections = self.settings.get("assignments", {})
        if not isinstance(sections, dict):
            raise CourseError(f"{SETTINGS}: write [assignments.NAME] for each assignment")
        return sections

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of due dates and times that name none."""
        return zone_named(self.settings.get("zone"))

    @cached_property
    def _people(self) -> set[str]:
        """Students and groups; nobody if there is no list of students."""
        students = {row["id"] for row in self.students()}
        return students | self.groups.keys() if students else set()

    @property
    def free_days(self) -> int:
        """The days a student may be late over the term without cost."""
        try:
            policy = read_policy(self.settings.get("late"))
        except PolicyError as error:
            raise CourseError(f"{SETTINGS}: {error}") from None
        return policy.days if policy else 0

    def extension(self, assignment: Assignment, student: str) -> timedelta | None:
        """Return how much later than the due date a student may hand in, if there is anything."""
        names = [student, *(name for name, who in self.groups.items() if student in who)]
        return extra_time(assignment.extensions or {}, names, assignment.due)

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The groups that hand in together, each with its students."""
        return read_groups(self.settings.get("groups", {}))

    def students(self) -> list[dict[str, str]]:
        """Return the rows of the students' table (columns id, first_name, last_name, email)."""
        path = self.folder / str(self.settings.get("students", "students.csv"))
        if not path.exists():
            return []
        try:
            sheet = Sheet.load(path)
        except SheetError as error:
            raise CourseError(str(error)) from None
        if len(sheet.rows) > 1 and sheet.column("id") is None:
            raise CourseError(f"{path.name} needs a column `id` in its first line")
        rows = sheet.records(("id", "first_name", "last_name", "email"))
        return [{k: text for k, text in row.items() if text} for row in rows if row.get("id")]

    @cached_property
    def known(self) -> Known:
        """The course's topics as the intake of submissions asks for them."""
        return known(self.catalogue)

    def step(self, name: str) -> str:
        """Return what this course calls a step: ``source``, ``release``, ``submitted``, ..."""
        return str(self.config.CourseDirectory.get(f"{name}_directory", name))

    def place(self, step: str, student: str, assignment: str) -> Path:
        """Return a folder of the course, as nbgrader names it (which takes long to import)."""
        usual = "{nbgrader_step}/{student_id}/{assignment_id}"
        structure = str(self.config.CourseDirectory.get("directory_structure", usual))
        parts = structure.format(
            nbgrader_step=self.step(step), student_id=student, assignment_id=assignment
        )
        return self.folder / parts

    @cached_property
    def config(self) -> Config:
        """The configuration of nbgrader, with this folder as its root."""
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader(CONFIG, path=str(self.folder)).load_config()
        config.CourseDirectory.root = str(self.folder)
        if self.gradebook_at:
            config.CourseDirectory.db_url = self.gradebook_at
        return config

    @cached_property
    def directory(self) -> CourseDirectory:
        """The folder as nbgrader sees it."""
        import_nbgrader()
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    def convert(self, step: str, assignment: str) -> None:
        """Let nbgrader make a step for an assignment: ``GenerateAssignment``, ``GenerateFeedback``.

        Raises
        ------
        CourseError
            With the last thing that nbgrader said.
        """
        import_nbgrader()
        from nbgrader import converters
        from nbgrader.utils import capture_log, temp_attrs

        with tools_on_path(), temp_attrs(self.directory, assignment_id=assignment):
            converter = getattr(converters, step)(coursedir=self.directory, config=self.config)
            converter.force = True
            result = capture_log(converter)
        if not result["success"]:
            raise CourseError(f"{assignment}: nbgrader's {step} failed: {last_error(result)}")

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook."""
        import_nbgrader()
        from nbgrader.api import Gradebook

        with tools_on_path(), Gradebook(self.directory.db_url, self.directory.course_id) as opened:
            yield opened


def _of_question(question: Table, name: str) -> float:
    return points_of(question["points"], f"{name}: {question['name']}: points")


def _exam(value: object, name: str) -> str:
    if value not in ("", EXAM, NO_CHECKS):
        raise CourseError(
            f'{SETTINGS}: {name}: exam: choose "{EXAM}" (public checks, no hints) or "{NO_CHECKS}"'
        )
    return str(value)


@contextmanager
def tools_on_path() -> Iterator[None]:
    """Let nbgrader find the command it starts (alembic); keep the working directory."""
    before, here = os.environ.get("PATH", ""), Path.cwd()
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
        os.chdir(here)


def last_error(result: Table) -> str:
    """Return the last line that tells something, of what nbgrader's interface reports."""
    text = (result.get("error") or "") + "\n" + (result.get("log") or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line or "ERROR" in line]
    return (told or lines or ["no reason given"])[-1]
