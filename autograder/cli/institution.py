"""Commands for those who run a course: the class report, gradebooks, Gradescope, GitHub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from autograder.cli.shared import Root, fail, one_line
from autograder.judging.official import GradeError
from autograder.report.console import err, out, printable
from autograder.topic.catalogue import Catalogue

GradedPlace = Annotated[
    Path, typer.Argument(help="What autograder grade --out wrote, or a graded course.")
]
Topic = Annotated[str, typer.Argument(help="The topic's name.")]
SECRET = Path(".gradus") / "secret"


def stats(
    results: GradedPlace,
    to: Annotated[Path | None, typer.Option("--out", help="A folder (default: there).")] = None,
    alike: Annotated[
        float, typer.Option(min=0.1, max=1.0, help="Shared code that is worth a look.")
    ] = 0.8,
    root: Root = None,
) -> None:
    """Report on the class: hard exercises, misconceptions, who is alike; HTML and CSV."""
    from autograder.institution.class_report import write_stats
    from autograder.institution.results import load
    from autograder.institution.similar import solution_cells
    from autograder.institution.stats import all_stats
    from autograder.submission.cells import Submission, code_cells
    from autograder.submission.script import split_script
    from autograder.topic.catalogue import CatalogueError
    from autograder.topic.units import in_order

    def stub(topic: str) -> dict[str, str]:
        chapter = catalogue.topic(topic).chapter
        cells = code_cells(split_script(chapter.without_solutions()))
        return solution_cells(Submission("stub", cells), list(chapter.parts))

    with one_line():
        catalogue = Catalogue.find(root)
        found = load(results)
        try:
            told = all_stats(found, stub, alike)
        except CatalogueError as error:
            raise GradeError(str(error)) from None
        place = to or (results / ".gradus" if found.course else results)
        units = {topic: where.unit for topic, where in in_order(catalogue).items()}
        told.sort(key=lambda entry: [*units].index(entry.topic) if entry.topic in units else 999)
        written = write_stats(told, place, found.not_graded, units)
    for entry in told:
        table = Table("students", "exercise", "misconception", title=entry.topic)
        for belief in entry.beliefs[:10]:
            table.add_row(str(len(belief.students)), belief.exercise, belief.name)
        out.print(table)
        out.print(f"mean {entry.mean:.1f} of {entry.points:g}, {len(entry.pairs)} pairs alike")
    for path in written:
        out.print(printable(path), soft_wrap=True)


def export(
    results: GradedPlace,
    kind: Annotated[
        str, typer.Option("--format", help="canvas, moodle, junit, gradescope or nbgrader.")
    ],
    to: Annotated[
        Path | None, typer.Option("--out", help="A file; a folder for junit and gradescope.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="The gradebook Canvas or Moodle exported, to fill in.")
    ] = None,
    assignment: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="ASSIGNMENT=NAME of the roster's column (repeatable).")
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Convert to the points the platform counts.")
    ] = False,
    new_column: Annotated[
        bool, typer.Option("--new-column", help="Canvas: make the columns that are not there.")
    ] = False,
) -> None:
    """Write grades as other systems import them."""
    from autograder.institution.exports import EACH, FORMATS, Platform
    from autograder.institution.exports import export as write
    from autograder.institution.results import load

    with one_line():
        if kind not in FORMATS:
            raise GradeError(f"--format {kind}: choose one of {', '.join(FORMATS)}")
        target = to or results / (kind if kind in EACH else f"{kind}.csv")
        found = load(results)
        named, noted = dict(found.columns), list[str]()
        for one in column or ():
            name, _, head = one.partition("=")
            if not (name and head):
                raise GradeError(f"--column {one}: write ASSIGNMENT=NAME")
            named[name] = head
        there = Platform(named, scale, found.platform_points, new_column, noted.append)
        written, missing = write(found, kind, target, roster, assignment, there)
    for line in found.ungraded():
        err.print(f"no grade: {printable(line)}", soft_wrap=True)
    for line in noted:
        err.print(printable(line), soft_wrap=True)
    for student in missing:
        err.print(f"not in {printable(roster)}: {printable(student)}", soft_wrap=True)
    told = written[0] if len(written) == 1 else f"{len(written)} files in {target}"
    out.print(printable(str(told)), soft_wrap=True)
    raise typer.Exit(1 if missing or found.ungraded() else 0)


def gradescope(
    topic: Topic,
    to: Annotated[Path | None, typer.Option("--out", help="Default: beside the secret.")] = None,
    secret: Annotated[Path, typer.Option(help="The file of the course's secret.")] = SECRET,
    sandbox: Annotated[str, typer.Option(help="strict, best or process.")] = "best",
    root: Root = None,
) -> None:
    """Make the autograder zip that Gradescope takes; it holds solutions: for instructors only."""
    from autograder.institution.gradescope import of_course, write_zip

    with one_line():
        authored = Catalogue.find(root).topic(topic)
        target = to or secret.with_name(f"{topic}-gradescope.zip")
        write_zip(authored, secret, target, sandbox, of_course(secret, topic))
    out.print(f"{printable(target)} (solutions and the secret are in it)", soft_wrap=True)


def site(
    to: Annotated[Path, typer.Argument(help="Where the pages go.")],
    lite: Annotated[
        bool, typer.Option("--lite", help="With notebooks that run in the browser (JupyterLite).")
    ] = False,
    root: Root = None,
) -> None:
    """Write the chapters as pages to read on any device: no solution is on them."""
    from autograder.institution.lite import LiteError, write_lite
    from autograder.institution.site import SiteError, write_site

    catalogue = Catalogue.find(root)
    try:
        topics = write_site(catalogue, to, lite)
        if lite:
            write_lite(catalogue, to)
    except (SiteError, LiteError, OSError) as error:
        raise fail(error) from None
    out.print(f"{len(topics)} chapters: {printable(str(to / 'index.html'))}", soft_wrap=True)


def workflow(
    topic: Topic,
    to: Annotated[Path, typer.Option("--out", help="The repository.")] = Path(),
    classroom: Annotated[
        str | None,
        typer.Option("--classroom50", help="A classroom of Classroom 50: write its autograder.py."),
    ] = None,
    root: Root = None,
) -> None:
    """Write what checks a topic at every push: a GitHub Actions workflow, or for Classroom 50."""
    from autograder.grading.files import write_whole
    from autograder.institution.classroom import autograder_script
    from autograder.institution.workflow import workflow as text

    Catalogue.find(root).record(topic)
    target, made = to / ".github" / "workflows" / f"check-{topic}.yml", text(topic)
    if classroom is not None:
        target = to / classroom / "autograders" / topic / "autograder.py"
        made = autograder_script(topic)
    with one_line():
        if classroom is not None and not re.fullmatch(r"[\w-]+", classroom):
            raise GradeError(f"--classroom50 {classroom}: give the classroom's short name")
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, made)
    out.print(printable(target), soft_wrap=True)
