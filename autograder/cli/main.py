"""The command line of instructors and authors (typer); `check` and `watch` start without it."""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core
from rich.table import Table

from autograder.cli.course import course_app
from autograder.cli.fast import FAST, fast
from autograder.cli.institution import export, gradescope, site, stats, workflow
from autograder.cli.shared import Root, fail
from autograder.cli.topic import topic_app
from autograder.report.console import err, out, printable
from autograder.report.model import Report, points_text
from autograder.report.terminal import Look, clean, look_of, quoted, write
from autograder.submission.item import LeftOut
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.chapter import ChapterError
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.units import LAST, in_order

PANELS = {
    "For students": ("list", "start", "check", "watch", "progress", "reset", "submit"),
    "For instructors": (
        *("course", "grade", "stats", "export", "gradescope", "workflow", "site", "demo"),
    ),
    "For authors": ("topic", "build", "doctor"),
}
"""The commands in the order of people."""


class _InOrder(typer.core.TyperGroup):
    """Lists the commands as `PANELS` has them."""

    def list_commands(self, ctx: object) -> list[str]:
        """Return the commands' names, each in its panel."""
        panels = {name: panel for panel, names in PANELS.items() for name in names}
        for name, command in self.commands.items():
            command.rich_help_panel = panels.get(name)  # type: ignore[attr-defined]
        listed = [name for name in panels if name in self.commands]
        return listed + [name for name in self.commands if name not in panels]


app = typer.Typer(
    name="autograder",
    cls=_InOrder,
    help="Graded steps in deep learning: check, grade, explain.",
    epilog="autograder help COMMAND says more on one of them, autograder --version which this is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(course_app, name="course")
app.add_typer(topic_app, name="topic")


@app.command("list")
def list_topics(
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the topics by unit, in the order of the course."""
    catalogue = Catalogue.find(root)
    rows = []
    for name, place in in_order(catalogue).items():
        source = RecordedSource(catalogue.record(name))
        rows.append(
            {
                "topic": name,
                "title": source.title,
                "chapter": place.chapter if place != LAST else None,
                "unit": place.unit,
                "points": sum(exercise.points for exercise in source.exercises),
                "checks": sum(len(exercise.checks) for exercise in source.exercises),
                "misconceptions": sum(len(e.misconceptions) for e in source.exercises),
                "exercises": [exercise.name for exercise in source.exercises],
                "questions": [question.name for question in source.questions],
                "points_by_hand": sum(question.points for question in source.questions),
            }
        )
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    look = look_of(sys.stdout)
    for line in _listed(rows, look):
        write(sys.stdout, f"{line}\n")


def _listed(rows: Sequence[Mapping[str, Any]], look: Look) -> Iterator[str]:
    """Yield the lines of `list`: no name is cut, no line is wider than the terminal."""
    if not rows:
        yield "no topics found: run it in the release's folder, or give --root"
        return
    unit, wide = "", max(len(row["topic"]) for row in rows)
    yield look.paint(f"  {'':<{wide}}  exercises  points", "dim")
    for row in rows:
        if row["unit"] != unit:
            unit = row["unit"]
            yield f"\n{look.paint(look.wrap(unit, 0), 'bold')}"
        exercises, points = len(row["exercises"]), points_text(row["points"])
        lead = f"  {row['topic']:<{wide}}  {exercises:>9}  {points:>6}  "
        hang = len(lead) if look.width >= 72 else 4
        yield look.wrap(f"{lead}{clean(row['title'])}", 0, hang)
    yield f"\nBegin: autograder start {rows[0]['topic']}"


@app.command()
def start(
    topic: Annotated[str, typer.Argument(help="The topic's name.")],
    folder: Annotated[Path, typer.Argument(help="Where to put it.")] = Path(),
    root: Root = None,
) -> None:
    """Put a topic's stub module and notebook where you work; nothing is overwritten."""
    source = Catalogue.find(root).record(topic).parent
    if folder.exists() and not folder.is_dir():
        raise fail(f"{folder} is a file: name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".py", ".ipynb"):
        target = folder / f"{topic}{suffix}"
        if target.exists():
            out.print(f"kept     {printable(target)} (it is there already)")
        else:
            shutil.copyfile(source / f"{topic}{suffix}", target)
            out.print(f"new      {printable(target)}")
    words = ["autograder", "check", *_found_again(topic, folder, root)]
    told = f"Next: write in {topic}.py or {topic}.ipynb, then run: {' '.join(map(quoted, words))}"
    out.print(printable(told), soft_wrap=True)


def _found_again(topic: str, folder: Path, roots: Sequence[Path] | None) -> list[str]:
    """Return the words by which `check` finds, from here, what was started."""
    place = folder.resolve()
    lone = not any(
        (place / f"{name}{suffix}").exists()
        for name in Catalogue.find(roots).released()
        for suffix in (".py", ".ipynb")
        if name != topic
    )
    if place in (Path.cwd(), Path.cwd() / topic):
        words = [topic]
    else:
        words = [str(folder), *([] if lone else ["--topic", topic])]
    return words + [word for root in roots or () for word in ("--root", str(root))]


@app.command()
def build(
    topics: Annotated[list[str] | None, typer.Argument(help="Topics (default: all).")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; exit 1 if different.")
    ] = False,
    root: Root = None,
) -> None:
    """Derive assignments/ from solutions/."""
    from autograder.build.derive import build as derive
    from autograder.build.derive import differences
    from autograder.build.notebooks import BuildError

    catalogue = Catalogue.find(root)
    try:
        if check:
            found = differences(catalogue, topics or ())
            for difference in found:
                typer.echo(difference.rstrip("\n"))
            if found:
                err.print("assignments/ is out of date: run autograder build and commit the result")
                raise typer.Exit(1)
            out.print("assignments/ is up to date")
        else:
            changed = derive(catalogue, topics or ())
            for path in changed:
                ours = catalogue.root in path.parents
                told = path.relative_to(catalogue.root) if ours else path
                out.print(f"written  {printable(told)}", soft_wrap=True)
            out.print(f"{len(changed)} files changed")
    except (BuildError, ChapterError) as error:
        raise fail(error) from None


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="A folder: one file or folder a student.")],
    to: Annotated[Path, typer.Option("--out", help="Where the results go.")],
    assignment: Annotated[
        str | None, typer.Option(help="The topic (else told by each file).")
    ] = None,
    secret: Annotated[Path | None, typer.Option(help="The file of the course's secret.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Judge processes.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep results that still hold.")] = False,
    sandbox: Annotated[str, typer.Option(help="strict, best or process.")] = "best",
    executor: Annotated[str, typer.Option(help="local, or dask:ADDRESS of a cluster.")] = "local",
    figures: Annotated[
        bool, typer.Option("--figures", help="Draw each chapter's figure from their functions.")
    ] = False,
    root: Root = None,
) -> None:
    """Grade a folder of submissions officially: hidden, personal cases, confined workers."""
    from autograder.grading.figures import draw_all
    from autograder.grading.run import gather, grade_all, keep_places, write_results
    from autograder.judging.official import GradeError, load_secret
    from autograder.report.progress_bar import progress_bar
    from autograder.sandbox import SandboxUnavailable

    if sandbox not in ("strict", "best", "process"):
        raise fail(f"--sandbox {sandbox}: choose strict, best or process")
    catalogue = Catalogue.find(root)
    try:
        to.mkdir(parents=True, exist_ok=True)
        found = gather(submissions, catalogue, assignment, to / ".gradus" / "unpacked")
        items = found.items
        key = load_secret(secret or to / ".gradus" / "secret")
        with progress_bar("grading", len(items)) as step:
            reports = grade_all(
                items,
                catalogue,
                key,
                to / ".gradus" / "reports",
                sandbox=sandbox,
                jobs=jobs,
                resume=resume,
                executor=executor,
                progress=step,
            )
        keep_places(items, to)
        with progress_bar("drawing", 0) as step:
            place = to / ".gradus" / "figures"
            chosen = items if figures else ()
            drawn = draw_all(chosen, catalogue, place, sandbox=sandbox, jobs=jobs, progress=step)
        write_results(reports, to, drawn, found.left_out)
    except (GradeError, SandboxUnavailable, ChapterError) as error:
        raise fail(error) from None
    except OSError as error:
        raise fail(f"{error.filename or to}: {error.strerror}") from None
    raise typer.Exit(_tell(reports, found.left_out, to))


def _tell(reports: Sequence[Report], left_out: Sequence[LeftOut], to: Path) -> int:
    """Say how a class was graded; return the exit code."""
    print_summary(reports)
    not_graded(left_out)
    level = f"Confinement: level {reports[0].level}. " if reports else ""
    out.print(f"{level}Pages: {printable(str(to / 'index.html'))}", soft_wrap=True)
    failed = [
        f"{report.student}: {report.topic}: {report.broken}" for report in reports if report.broken
    ]
    failed += [str(left) for left in left_out if left.fault]
    for report in reports:
        if report.doubtful:
            told = f"to be graded again: {report.student}: {report.topic}: {report.notes[0]}"
            err.print(printable(told), soft_wrap=True)
    for line in failed:
        err.print(f"no verdict: {printable(line)}", soft_wrap=True)
    return 1 if failed else 0


def not_graded(left_out: Sequence[LeftOut], most: int = 40) -> None:
    """Print what is not graded, and why; what concerns a student's only files first."""
    for left in sorted(left_out, key=lambda left: not left.student)[:most]:
        out.print(f"not graded: {printable(str(left))}", soft_wrap=True)
    if len(left_out) > most:
        out.print(f"not graded: {len(left_out) - most} more, all in results.json and index.html")


LISTED = 500  # lines of the summary; the page lists everybody


def print_summary(reports: Sequence[Report]) -> None:
    """Print who got what; of a large class first those of whom there is something to note."""
    noted: list[tuple[str, ...]] = []
    plain: list[tuple[str, ...]] = []
    for report in reports:
        row = _row(report)
        rows = noted if row[-1] else plain
        if len(rows) < LISTED:
            rows.append(row)
    table = Table("student", "topic", "points", "note")
    shown = sorted(noted + plain[: max(0, LISTED - len(noted))])
    for row in shown:
        table.add_row(*row)
    out.print(table)
    if len(reports) > len(shown):
        out.print(f"{len(reports) - len(shown)} more stand in index.html")


def _row(report: Report) -> tuple[str, ...]:
    note = report.error or ", ".join(
        f"{exercise.name}: {exercise.status}"
        for exercise in report
        if exercise.status not in ("passed", "failed")
    )
    points = f"{points_text(report.earned)} / {points_text(report.points)}"
    points = "no verdict" if report.broken else points
    note = note if len(note) < 70 else note[:67] + "..."
    return printable(report.student), report.topic, points, printable(note)


@app.command()
def doctor(
    warm: Annotated[bool, typer.Option("--warm", help="Compile now what grading uses.")] = False,
    root: Root = None,
) -> None:
    """Say what this machine can confine, where compiled kernels are kept, and the versions."""
    from autograder.cli.doctor import lines
    from autograder.cli.doctor import warm as compile_all

    for line in lines():
        typer.echo(line)
    if warm:
        for line in compile_all(Catalogue.find(root)):
            typer.echo(line)


@app.command()
def demo(
    to: Annotated[Path | None, typer.Option("--out", help="Where to put the course.")] = None,
) -> None:
    """Grade a sample class end to end through nbgrader and say where the pages are."""
    from autograder.demo.demo import run_demo

    raise typer.Exit(run_demo(to))


for _command in (stats, export, gradescope, workflow, site):
    app.command()(_command)


def _forward(name: str, text: str) -> None:
    """List a command that `autograder.cli.fast` starts without typer."""

    @app.command(name, help=text, context_settings=_PASS_ON, add_help_option=False)
    def run(context: typer.Context) -> None:
        raise typer.Exit(fast(name, context.args))


_PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}
for _name, _text in FAST.items():
    _forward(_name, _text)


def _settle() -> None:
    """Give a user without a home an empty one while this runs: Jupyter's parts stop without."""
    if os.path.expanduser("~") == "~":
        home = os.environ["HOME"] = tempfile.mkdtemp(prefix="home-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; every expected error is one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a student's text may hold what cannot be written
            stream.reconfigure(errors="backslashreplace")
    _settle()
    try:
        code = app(argv, prog_name="autograder", standalone_mode=False)
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (CatalogueError, ChapterError, RecordError) as error:
        err.print(f"autograder: {printable(error)}", soft_wrap=True)
        return 2
    except typer.Abort:
        err.print("stopped")
        return 130
    except Exception as error:
        if hasattr(error, "format_message"):  # click's usage errors
            err.print(f"autograder: {printable(error.format_message())}", soft_wrap=True)
            return 2
        raise
    return code if isinstance(code, int) else 0
