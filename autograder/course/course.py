"""A course: a plain nbgrader course with one small file on top.

``course.toml`` names the course, its students, and for each assignment the due date and points.
nbgrader's own tools work in the folder at every step. What is ours stands in ``.gradus``: the
secret that the personal cases are drawn from, and the results. Neither is ever copied to a release.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.course.assignment import (
    SETTINGS,
    Assignment,
    CourseError,
    due_text,
    names_in,
    utc,
    zone_named,
    zone_of,
)
from autograder.course.habits import extra_time, read_extensions, read_groups, read_policy
from autograder.course.late import PolicyError
from autograder.desk.ladder import EXAM, NO_CHECKS
from autograder.judging.official import load_secret
from autograder.spec import Question
from autograder.submission.item import Item, LeftOut
from autograder.submission.sheet import Sheet, SheetError
from autograder.topic.catalogue import AuthoredTopic, Catalogue

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
        sections = {name: self._entry(name) for name in self._sections}
        parts = {
            name: names_in(entry["exercises"], f"{name}: exercises")
            for name, entry in sections.items()
            if entry.get("exercises")
        }
        return replace(found, parts=tuple(parts.items()))

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The content of ``course.toml``."""
        path = self.folder / SETTINGS
        try:
            return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CourseError(f"{SETTINGS} cannot be read: {error}") from None

    @property
    def sandbox(self) -> str:
        """The confinement asked for."""
        return str(self.settings.get("sandbox", "best"))

    def names(self) -> list[str]:
        """Return the assignments: those of ``course.toml`` and those with a source folder."""
        listed = list(self._sections)
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
                {key: float(value) for key, value in entry.get("points", {}).items()}
                | dict.fromkeys(drop, 0.0),
                None if wanted is None else [str(name) for name in wanted],
                [
                    Question(q["name"], float(q["points"]), q.get("guide", ""), q["text"])
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

    def _entry(self, name: str) -> dict[str, Any]:
        """Return the section of an assignment."""
        entry = self._sections.get(name, {})
        if not isinstance(entry, dict):
            raise CourseError(f"{SETTINGS}: write [assignments.{name}] and its settings below it")
        return entry

    @property
    def columns(self) -> dict[str, str]:
        """What assignments are called on the platform, where it is not by their names here."""
        found = {name: self._entry(name).get("column") for name in self._sections}
        for name, column in found.items():
            if column is not None and not (isinstance(column, str) and column.strip()):
                raise CourseError(f'{SETTINGS}: {name}: column: write a name: "Homework 1"')
        return {name: column for name, column in found.items() if column}

    @property
    def _sections(self) -> dict[str, Any]:
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
    def config(self) -> Any:
        """The configuration of nbgrader, with this folder as its root."""
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader(CONFIG, path=str(self.folder)).load_config()
        config.CourseDirectory.root = str(self.folder)
        if self.gradebook_at:
            config.CourseDirectory.db_url = self.gradebook_at
        return config

    @cached_property
    def directory(self) -> Any:
        """The folder as nbgrader sees it."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    def convert(self, step: str, assignment: str) -> None:
        """Let nbgrader make a step for an assignment: ``GenerateAssignment``, ``GenerateFeedback``.

        Raises
        ------
        CourseError
            With the last thing that nbgrader said.
        """
        from nbgrader import converters
        from nbgrader.utils import capture_log, temp_attrs

        with tools_on_path(), temp_attrs(self.directory, assignment_id=assignment):
            converter = getattr(converters, step)(coursedir=self.directory, config=self.config)
            converter.force = True
            result = capture_log(converter)
        if not result["success"]:
            raise CourseError(f"{assignment}: nbgrader's {step} failed: {last_error(result)}")

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        """Open the gradebook."""
        from nbgrader.api import Gradebook

        with tools_on_path(), Gradebook(self.directory.db_url, self.directory.course_id) as opened:
            yield opened

    # --- where the grader failed ---------------------------------------------------------------

    def failed(self) -> dict[str, dict[str, str]]:
        """Return who has no verdict and why, by assignment."""
        try:
            kept: dict[str, dict[str, str]] = json.loads(self._failed.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept

    def keep_failed(self, assignment: str, failed: Mapping[str, str]) -> None:
        """Keep who has no verdict in an assignment; nobody, if all went well."""
        kept = {name: told for name, told in self.failed().items() if name != assignment}
        if failed:
            kept[assignment] = dict(failed)
        if kept or self._failed.exists():
            text = json.dumps(kept, indent=1, sort_keys=True)
            self._failed.write_bytes(text.encode("utf-8", "backslashreplace"))

    @property
    def _failed(self) -> Path:
        return self.private / "no_verdict.json"

    # --- what was handed in --------------------------------------------------------------------

    def handed_in(self) -> dict[str, dict[str, Any]]:
        """Return what was ``graded`` and what was ``not_graded``, by assignment."""
        try:
            kept: dict[str, dict[str, Any]] = json.loads(self._handed_in.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept

    def keep_handed_in(
        self, assignment: str, items: Sequence[Item], left_out: Sequence[LeftOut]
    ) -> None:
        """Keep which files of an assignment were graded, and which were not and why."""
        graded = [
            [item.topic, item.student, os.path.relpath(item.path, self.folder)]
            for item in items
            if not item.problem
        ]
        found = {"graded": graded, "not_graded": [vars(left) for left in left_out]}
        text = json.dumps({**self.handed_in(), assignment: found}, indent=1, sort_keys=True)
        self._handed_in.write_bytes(text.encode("utf-8", "backslashreplace"))

    @property
    def _handed_in(self) -> Path:
        return self.private / "handed_in.json"

    # --- from the topics to the source and the release ----------------------------------------

    def refresh_source(self, name: str) -> bool:
        """Write an assignment's instructor notebook, unless it was edited by hand.

        Returns
        -------
        bool
            Whether the notebook is the derived one.
        """
        target = self._source(name)
        if (target.exists() and not self.derived(name)) or name not in self.catalogue.names():
            return False
        import nbformat

        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = self.source_notebook(self.catalogue.topic(name), self.assignment(name))
        target.write_text(nbformat.writes(notebook), encoding="utf-8", newline="\n")
        written = {**self._written(), name: _digest(target)}
        log = self.private / "sources.json"
        log.write_text(json.dumps(written, indent=1, sort_keys=True))
        return True

    def derived(self, name: str) -> bool:
        """Whether an assignment's instructor notebook is as it was written here."""
        target = self._source(name)
        return target.exists() and self._written().get(name) == _digest(target)

    def to_release(self) -> list[str]:
        """Return the assignments without those whose section left ``course.toml``."""
        listed = self._sections
        return [name for name in self.names() if name in listed or not self.derived(name)]

    def _source(self, name: str) -> Path:
        return self.folder / "source" / name / f"{name}.ipynb"

    def _written(self) -> dict[str, str]:
        log = self.private / "sources.json"
        written: dict[str, str] = json.loads(log.read_text()) if log.exists() else {}
        return written

    def source_notebook(self, topic: AuthoredTopic, assignment: Assignment) -> Any:
        """Return the instructor's notebook with this course's points and questions."""
        from autograder.build.notebooks import instructor_notebook, text_cell

        asked = assignment.asked(topic)
        notebook = instructor_notebook(topic, points=assignment.points, questions=asked)
        if assignment.due is not None:
            notebook.cells.insert(2, text_cell("due-date", due_text(assignment)))
        return notebook

    def release(self, name: str) -> list[str]:
        """Make the student version of an assignment with nbgrader; return remarks."""
        assignment, remarks = self.assignment(name), []
        if not self.refresh_source(name):
            remarks.append(f"source/{name} was edited by hand: it is released as it is")
        self.convert("GenerateAssignment", name)
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(name, duedate=assignment.due)
            self.enrol(gradebook)
        return remarks

    def enrol(self, gradebook: Any) -> None:
        """Bring the students' table into the gradebook."""
        for row in self.students():
            details = {k: v for k, v in row.items() if k != "id"}
            gradebook.update_or_create_student(row["id"], **details)


def _exam(value: Any, name: str) -> str:
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


def last_error(result: Mapping[str, Any]) -> str:
    """Return the last line that tells something, of what nbgrader's interface reports."""
    text = (result.get("error") or "") + "\n" + (result.get("log") or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line or "ERROR" in line]
    return (told or lines or ["no reason given"])[-1]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
