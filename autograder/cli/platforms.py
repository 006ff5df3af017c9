"""``autograder course collect``, ``return`` and ``lti``: a course and the platform beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.shared import Folder, Name, Names, handed_in, one_line
from autograder.course.course import Course
from autograder.report.console import err, out, printable

__all__ = ["collect", "give_back", "lti"]


def collect(
    folder: Folder,
    archive: Annotated[Path, typer.Argument(help="The zip that Canvas or Moodle gives.")],
    assignment: Annotated[str, typer.Option(help="Which assignment's submissions it holds.")],
    roster: Annotated[
        Path | None, typer.Option(help="The platform's gradebook or grading worksheet.")
    ] = None,
) -> None:
    """Bring a platform's submissions into the course: names, late, handed in again, unknown."""
    from autograder.course.lock import alone
    from autograder.institution.collect import bring_in

    with one_line():
        course = Course.open(folder)
        with alone(course, "collect"):
            done = bring_in(course, archive, assignment, roster)
    for line in done.lines():
        out.print(printable(line), soft_wrap=True)
    faults = list(done.faults())
    for line in faults:
        err.print(printable(line), soft_wrap=True)
    out.print(
        f"{printable(assignment)}: {len(done.taken)} new, {len(done.same)} as before, "
        f"{len(done.late)} late, {len(done.unknown)} unknown, {len(done.nothing)} handed in nothing"
    )
    raise typer.Exit(1 if faults else 0)


def give_back(
    folder: Folder,
    assignment: Name,
    to: Annotated[Path | None, typer.Option(help="The zip (default: beside the course).")] = None,
) -> None:
    """Zip the feedback pages as the platform that was collected from takes them back."""
    from autograder.institution.collect import feedback_zip

    with one_line():
        course = Course.open(folder)
        target = to or course.folder / f"{assignment}-feedback.zip"
        count, without = feedback_zip(course, assignment, target)
    for who in without:
        err.print(f"no page: {printable(who)}", soft_wrap=True)
    out.print(f"{count} pages: {printable(target)}", soft_wrap=True)
    raise typer.Exit(1 if without else 0)


def lti(
    folder: Folder,
    assignments: Names = None,
    key: Annotated[
        bool, typer.Option("--key", help="Print the public key to register, and send nothing.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Send what did not change too.")] = False,
) -> None:
    """Push grades to a learning platform by LTI 1.3 (Assignment and Grade Services)."""
    import json

    from autograder.course.lock import alone
    from autograder.course.scores import course_scores
    from autograder.institution.lti import public_keys, push

    wrong: list[str] = []
    with one_line():
        course = Course.open(folder)
        if key:
            out.print_json(json.dumps(public_keys(course)))
            raise typer.Exit
        with alone(course, "lti"):
            for name in assignments or handed_in(course):
                course.assignment(name)
                done = push(course, name, course_scores(course, [name]), every=every)
                out.print(f"{printable(name)}: {len(done.sent)} sent, {len(done.same)} as before")
                wrong += [f"{name}: the platform does not know {who}" for who in done.unknown]
                wrong += [f"{name}: {line}" for line in done.failed]
    for line in wrong:
        err.print(printable(line), soft_wrap=True)
    raise typer.Exit(1 if wrong else 0)
