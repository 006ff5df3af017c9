"""What the commands share: arguments, where topics are, and a failure in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.judging.official import GradeError
from autograder.report.console import err, printable
from autograder.sandbox.types import SandboxUnavailable

__all__ = ["Folder", "Name", "Names", "Root", "fail", "handed_in", "one_line"]

Root = Annotated[
    list[Path] | None,
    typer.Option(help="Where the topics are (else found); several: yours beside ours."),
]

Folder = Annotated[Path, typer.Argument(help="The course's folder.")]
Name = Annotated[str, typer.Argument(help="The assignment.")]
Names = Annotated[list[str] | None, typer.Argument(help="Assignments (default: all).")]


def fail(message: object) -> typer.Exit:
    """Print one line that says what is wrong and what to do; the exit code is 2."""
    err.print(f"autograder: {printable(message)}", soft_wrap=True)
    return typer.Exit(2)


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an expected failure into one line and exit code 2."""
    try:
        yield
    except (CourseError, GradeError, SandboxUnavailable) as error:
        raise fail(error) from None
    except OSError as error:
        raise fail(f"{error.filename or 'a file'}: {error.strerror}") from None


def handed_in(course: Course) -> list[str]:
    """Return the assignments of a course of which something was handed in."""
    step = course.step("submitted")
    pattern = course.place("submitted", "*", "{}").relative_to(course.folder).as_posix()
    found = [n for n in course.names() if any(course.folder.glob(pattern.format(n)))]
    if not found:
        raise CourseError(f"nothing was handed in: {step}/STUDENT/ASSIGNMENT holds no submission")
    return found
