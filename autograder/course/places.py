"""Into nbgrader's places: a student's autograded folder, made beside it and put there whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.answers import text_of
from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.intake import content
from autograder.course.notebooks import Truth, fill, link_in, links_below, repair
from autograder.grading.files import write_whole
from autograder.judging.official import GradeError
from autograder.report.model import Report
from autograder.submission.item import Item
from autograder.submission.reading import MAX_NOTEBOOK
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["answers_as_before", "carried", "clear_verdict", "prepare", "put_in_place"]


def carried(item: Item, report: Report, truths: dict[str, Truth], asked: Path) -> NotebookNode:
    """Return the autograded notebook of one submission; `asked` is where it is looked for."""
    from nbformat import from_dict

    given: object = {}
    if not report.error:
        given = content(item.path, asked)
    notebook = repair(given, truths[item.topic], report.error)
    fill(notebook, report)
    return from_dict(notebook)


def answers_as_before(
    course: Course, assignment: str, student: str, made: Table
) -> dict[str, list[str]]:
    """Return, by notebook, the answers that stand word for word where a grader read them.

    Points that changed elsewhere, or other code, are no reason to read them again.
    """
    place = course.place("autograded", student, assignment)
    found = {}
    for name, notebook in made.items():
        before = _answers(_cells(place / f"{name}.ipynb"))
        now = _answers(notebook["cells"])
        found[name] = [answer for answer, text in now.items() if before.get(answer) == text]
    return found


def _cells(path: Path) -> list[Table]:
    try:
        cells: list[Table] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return cells
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _answers(cells: list[Table]) -> dict[str, tuple[str, float]]:
    """Return text and points of the cells that a person grades, by name."""
    found = {}
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade") and about.get("solution"):
            found[about["grade_id"]] = (text_of(cell), float(about["points"]))
    return found


def prepare(
    course: Course, assignment: str, student: str, made: Table, *, pretend: bool = False
) -> bool:
    """Write a submission's autograded folder beside its place; return whether anything is new.

    With `pretend` nothing is written.
    """
    from nbformat.v4 import writes

    target = course.place("autograded", student, assignment)
    given = course.place("submitted", student, assignment)
    texts = {
        f"{name}.ipynb": (writes(notebook).rstrip("\n") + "\n").encode()
        for name, notebook in made.items()
    }
    if all(_same(target / name, text) for name, text in texts.items()):
        return False
    if pretend:
        return True
    part = _part(target)
    with _writing(target, course):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, text in texts.items():
            (part / name).write_bytes(text)
        for file in _other_files(course, given, assignment):
            (part / file[1]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file[0], part / file[1])
        for path in part.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o444)
    return True


def put_in_place(course: Course, target: Path) -> None:
    """Put a folder that was prepared in its place."""
    old = target.with_name(f".{target.name}.old")
    with _writing(target, course):
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        _part(target).rename(target)
        shutil.rmtree(old, ignore_errors=True)


def clear_verdict(course: Course, assignment: str, student: str, why: str) -> None:
    """Say in a student's autograded notebooks that there is no verdict, where an older one stands.

    The notebooks stay: a person may be grading the answers in them.
    """
    target = course.place("autograded", student, assignment)
    for path in target.glob("*.ipynb"):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for cell in notebook["cells"]:
            if cell.get("outputs"):
                cell["outputs"] = [_told(f"There is no verdict: {why}. Grade again.")]
        with suppress(OSError, GradeError):  # only to be looked at: the gradebook says it too
            write_whole(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
            path.chmod(0o444)


def _told(text: str) -> Table:
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


@contextmanager
def _writing(target: Path, course: Course) -> Iterator[None]:
    """Tell of a folder that cannot be written, and leave nothing half done."""
    try:
        yield
    except OSError as error:
        shutil.rmtree(_part(target), ignore_errors=True)
        raise CourseError(
            f"{target.relative_to(course.folder)} cannot be written: {error.strerror}; what was "
            "graded is kept: run the same command again"
        ) from None


def _same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _other_files(course: Course, given: Path, assignment: str) -> Iterator[tuple[Path, Path]]:
    """Yield the files that go with the notebook: the student's, then the instructor's own."""
    from nbgrader.utils import find_all_files

    ignored = [*course.directory.ignore, "*.ipynb"]
    source = course.place("source", ".", assignment)
    if not link_in(given, course.folder):
        links = set(links_below(given))
        for name in find_all_files(str(given), ignored):
            file = Path(name).relative_to(given)
            if file not in links and Path(name).stat().st_size <= MAX_NOTEBOOK:
                yield given / file, file
    for name in find_all_files(str(source), ignored):
        yield Path(name), Path(name).relative_to(source)
