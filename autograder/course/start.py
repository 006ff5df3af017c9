"""Making a course: the files of a new one, or what an old one lacks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from autograder.course.assignment import SETTINGS, CourseError
from autograder.course.course import CONFIG, PRIVATE, Course
from autograder.course.source import refresh_source
from autograder.judging.official import load_secret
from autograder.report.templating import fill_text
from autograder.topic.catalogue import Catalogue

__all__ = ["init"]


_TEMPLATES = Path(__file__).parent / "templates"


def init(
    folder: Path, catalogue: Catalogue, topics: Sequence[str] = (), name: str = ""
) -> tuple[Course, list[Path]]:
    """Make a course, or add what is missing to one; nothing is overwritten.

    Returns
    -------
    Course
    list of Path
        The files written.
    """
    chosen = [catalogue.topic(topic).name for topic in topics or catalogue.names()]
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file: name a folder")
    (folder / PRIVATE).mkdir(parents=True, exist_ok=True)
    (folder / PRIVATE).chmod(0o700)
    name = name or folder.name
    written = []
    for target, text in (
        (
            folder / CONFIG,
            fill_text(_TEMPLATES / "nbgrader_config.py.txt", course=json.dumps(_identifier(name))),
        ),
        (
            folder / SETTINGS,
            fill_text(_TEMPLATES / "course.toml.txt", name=json.dumps(name), topics=chosen),
        ),
        (folder / "students.csv", "id,first_name,last_name,email\n"),
        (folder / ".gitignore", f"{PRIVATE}/\ngradebook.db\nsubmitted/\nautograded/\nfeedback/\n"),
        (folder / PRIVATE / "root", "".join(f"{root}\n" for root in catalogue.roots)),
    ):
        if not target.exists():
            target.write_text(text, encoding="utf-8", newline="\n")
            written.append(target)
    load_secret(folder / PRIVATE / "secret")
    course = Course.open(folder)
    unknown = sorted(set(chosen) - set(course.catalogue.names()))
    if unknown:
        raise CourseError(
            f"this course has no topic {unknown[0]}: add its root to {PRIVATE}/root, one a line"
        )
    for topic in chosen:
        target = folder / "source" / topic / f"{topic}.ipynb"
        if not target.exists() and refresh_source(course, topic):
            written.append(target)
    for step in ("release", "submitted"):
        (folder / step).mkdir(exist_ok=True)
    return course, written


def _identifier(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-").lower()
    return kept or "course"
