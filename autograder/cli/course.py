"""``autograder course``: an nbgrader course from an empty folder to exported grades.

Each command does with nbgrader's Python interface what nbgrader's own command does; either can be
used at any step.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from autograder.cli.platforms import collect, give_back, lti
from autograder.cli.shared import Folder, Names, Root, handed_in, one_line
from autograder.course.course import Course
from autograder.report.console import err, out, printable
from autograder.report.model import points_text
from autograder.topic.catalogue import Catalogue

if TYPE_CHECKING:
    from autograder.course.grade import GradedAssignment
    from autograder.course.scores import Marks

course_app = typer.Typer(name="course", no_args_is_help=True)


@course_app.callback()
def start_fast() -> None:
    """Run a course with nbgrader: from a folder to grades."""
    # what nbgrader stands on would compile a grammar of web addresses, longer than all the rest
    # takes to start, for a test of notebooks that nobody asks for; without it, it does without
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@course_app.command("init")
def init_course(
    folder: Folder,
    topic: Annotated[list[str] | None, typer.Option(help="A topic (default: all).")] = None,
    name: Annotated[str, typer.Option(help="The course's name (default: the folder's).")] = "",
    root: Root = None,
) -> None:
    """Make a course, or add topics to one; nothing is overwritten."""
    from autograder.course.start import init

    with one_line():
        course, written = init(folder, Catalogue.find(root), topic or (), name)
        for path in written:
            out.print(f"new      {printable(str(path.relative_to(course.folder)))}")
    out.print(f"Next: edit course.toml, then run: autograder course release {printable(folder)}")


@course_app.command()
def release(
    folder: Folder,
    assignments: Names = None,
    wheel: Annotated[bool, typer.Option(help="Put the students' package beside it.")] = True,
    with_reference: Annotated[
        bool, typer.Option("--with-reference", help="Hand out the fast reference too.")
    ] = False,
) -> None:
    """Make the student notebooks, and the package students install."""
    from autograder.course.lock import alone
    from autograder.course.release import check_release, check_source, write_wheel
    from autograder.course.source import release, to_release

    with one_line():
        course = Course.open(folder)
        with alone(course, "release"):
            for name in assignments or to_release(course):
                check_source(course, name)
                for remark in release(course, name):
                    out.print(printable(remark))
                check_release(course, name)
                out.print(f"release/{printable(name)}")
            if wheel:
                out.print(printable(write_wheel(course, with_reference)))


@course_app.command()
def grade(
    folder: Folder,
    assignments: Names = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Judge processes.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Keep verdicts that still hold, or none.")
    ] = True,
    executor: Annotated[str, typer.Option(help="local, or dask:ADDRESS of a cluster.")] = "local",
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")
    ] = False,
) -> None:
    """Grade what was handed in, in parallel; every verdict is kept as soon as it is there."""
    from autograder.course.grade import grade_assignments
    from autograder.course.lock import alone
    from autograder.report.progress_bar import progress_bar

    with one_line():
        course = Course.open(folder)
        names = assignments or handed_in(course)
        with alone(course, "grade"), progress_bar("grading", 0) as step:
            outcomes = grade_assignments(
                course, names, jobs=jobs, resume=resume, executor=executor, dry=dry, progress=step
            )
        for name, outcome in outcomes.items():
            _tell(name, outcome, dry)
        broken = [line for outcome in outcomes.values() for line in outcome.broken]
        for line in broken:
            err.print(printable(line), soft_wrap=True)
    raise typer.Exit(1 if broken else 0)


def _tell(name: str, outcome: GradedAssignment, dry: bool) -> None:
    for remark in outcome.remarks:
        out.print(printable(remark), soft_wrap=True)
    for late in outcome.late:
        out.print(printable(late), soft_wrap=True)
    for change in (*outcome.by_hand, *outcome.changes):
        out.print(printable(str(change)), soft_wrap=True)
    out.print(f"{printable(name)}: {outcome.told}{'; nothing was written' if dry else ''}")


@course_app.command()
def feedback(
    folder: Folder,
    assignments: Names = None,
    figures: Annotated[
        bool, typer.Option(help="Draw each chapter's figure from the students' functions.")
    ] = True,
    jobs: Annotated[int | None, typer.Option(min=1, help="Drawing processes.")] = None,
) -> None:
    """Write the feedback pages, with the gradebook's points and the graders' comments."""
    from autograder.course.feedback import draw_figures, write_feedback
    from autograder.course.lock import alone
    from autograder.report.progress_bar import progress_bar

    with one_line():
        course = Course.open(folder)
        with alone(course, "feedback"):
            for name in assignments or handed_in(course):
                if figures:
                    with progress_bar("drawing", 0) as step:
                        drawn = draw_figures(course, name, jobs=jobs, progress=step)
                    there = sum(bool(figure.picture) for figure in drawn)
                    out.print(f"{printable(name)}: {there} of {len(drawn)} figures")
                count = write_feedback(course, name)
                out.print(f"{printable(name)}: {count} pages in feedback/STUDENT/{printable(name)}")


course_app.command()(collect)
course_app.command("return")(give_back)
course_app.command()(lti)


@course_app.command()
def export(
    folder: Folder,
    to: Annotated[Path | None, typer.Option(help="The file (default: grades.csv there).")] = None,
) -> None:
    """Export the grades as CSV, as nbgrader does."""
    from autograder.course.export import write_csv

    with one_line():
        course = Course.open(folder)
        target = to or course.folder / "grades.csv"
        failed = write_csv(course, target)
    out.print(printable(target))
    for line in failed:
        err.print(printable(f"no grade: {line}"), soft_wrap=True)
    raise typer.Exit(1 if failed else 0)


@course_app.command("log")
def show_log(
    folder: Folder,
    student: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    assignment: Annotated[str | None, typer.Option(help="Only this one.")] = None,
) -> None:
    """List every score that changed, with its reason: code, checks, points, late, hand."""
    from autograder.course.ledger import Ledger, logged
    from autograder.course.scores import course_scores

    with one_line():
        course = Course.open(folder)
        if assignment is not None:
            course.assignment(assignment)
        now = course_scores(course)
        new = [
            change
            for name in course.names()
            for change in Ledger(course, name).by_hand(m for m in now if m.assignment == name)
        ]
        found = [
            change
            for change in (*logged(course), *new)
            if student in (None, change.student) and assignment in (None, change.assignment)
        ]
    for change in found:
        told = f"{change.at[:16].replace('T', ' ')} {change.assignment}: {change}"
        out.print(printable(told), soft_wrap=True)
    if not found:
        out.print("no score changed")


@course_app.command("regrades")
def show_regrades(
    folder: Folder,
    every: Annotated[bool, typer.Option("--all", help="Those that are answered too.")] = False,
) -> None:
    """List the requests of regrades.csv that are open, with what the exercise has now."""
    from autograder.course.regrades import regrades

    with one_line():
        found = regrades(Course.open(folder))
    wrong = [request for request in found if request.problem]
    for request in found:
        if not request.problem and (every or request.open):
            said = f"; answered: {request.answer}" if request.answer else ""
            out.print(printable(f"{request}{said}"), soft_wrap=True)
    for request in wrong:
        err.print(printable(str(request)), soft_wrap=True)
    out.print(f"{sum(request.open for request in found)} open of {len(found)}")
    raise typer.Exit(1 if wrong else 0)


@course_app.command()
def read(
    folder: Folder,
    assignment: Annotated[str, typer.Argument(help="Whose question.")],
    question: Annotated[str, typer.Argument(help="Its name.")],
    to: Annotated[Path | None, typer.Option("--out", help="Default: QUESTION.csv here.")] = None,
    take: Annotated[
        Path | None, typer.Option(help="The table, filled in: its points and comments count.")
    ] = None,
    suggest: Annotated[
        bool, typer.Option(help="Suggestions of the model that course.toml names; none counts.")
    ] = False,
) -> None:
    """Read one question across all students in a table, and take the points given there."""
    from autograder.course.language_model import model_of
    from autograder.course.lock import alone
    from autograder.course.reading import find_question, give_points, suggested, write_table

    with one_line():
        course = Course.open(folder)
        found = find_question(course, assignment, question)
        if take is not None:
            with alone(course, "read"):
                count, left = give_points(course, found, take)
            for line in left:
                err.print(printable(line), soft_wrap=True)
            out.print(f"{count} answers have new points; {len(left)} lines were left out")
            raise typer.Exit(1 if left else 0)
        if suggest:
            ask = model_of(course.settings)
            found = suggested(found, ask, lambda line: err.print(printable(line), soft_wrap=True))
        target = to or Path(f"{question}.csv")
        write_table(found, target)
    waiting = sum(answer.points is None for answer in found.answers)
    out.print(f"{printable(target)}: {len(found.answers)} answers, {waiting} to be graded")


_STATUS = ("assignment", "due (UTC)", "released", "handed in", "graded", "by hand", "mean")


@course_app.command()
def status(folder: Folder) -> None:
    """Say how far each assignment is."""
    from autograder.course.scores import course_scores

    with one_line():
        course = Course.open(folder)
        table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
        for title in _STATUS:  # the longest of all, four thousand students: 80 columns
            table.add_column(title.replace(" ", "\n") if "(" not in title else title, no_wrap=True)
        marks = course_scores(course)
        for name in course.names():
            of_it = [one for one in marks if one.assignment == name]
            table.add_row(*(printable(text) for text in _status(course, name, of_it)))
        told = [line for name in course.names() for line in _times(course, name)]
    out.print(table)
    for line in told:
        out.print(printable(line), soft_wrap=True)


def _times(course: Course, name: str) -> list[str]:
    """Say who was late, which times had to be interpreted, and where there is no verdict."""
    from autograder.course.kept import without_verdict
    from autograder.course.penalty import late_list

    late, doubts = late_list(course, name)
    failed = without_verdict(course).get(name, {})
    lines = [
        *map(str, late),
        *doubts,
        *(f"{who}: no verdict: {why}" for who, why in failed.items()),
    ]
    return [f"{name}: {line}" for line in lines]


def _status(course: Course, name: str, marks: Sequence[Marks]) -> tuple[str, ...]:
    from autograder.course.scores import mean

    pattern = course.place("submitted", "*", name).relative_to(course.folder).as_posix()
    waiting = sum(bool(one.waiting) for one in marks)
    total = f"{points_text(mean(marks))} of {points_text(marks[0].points)}" if marks else ""
    due = course.assignment(name).due
    return (
        name,
        due.isoformat(" ", "minutes") if due else "",
        "yes" if any(course.place("release", ".", name).glob("*.ipynb")) else "no",
        str(len(list(course.folder.glob(pattern)))),
        str(len(marks)),
        str(waiting) if waiting else "",
        total,
    )
