"""Self-check: run what is meant against the recorded public checks, and say how it went.

It needs NumPy, this package and the released topics; neither solutions nor reference, and nothing
that takes long to import. It runs on every platform.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.desk.kept import Kept
from autograder.desk.ladder import NO_CHECKS, ask, is_open, next_rung, sober, veiled
from autograder.desk.stopping import interrupted, running_line
from autograder.desk.target import Target, TargetError, find_target, seen_file, shortened
from autograder.judging.clock import Budget
from autograder.judging.grader import Grader
from autograder.judging.observation import Observation
from autograder.judging.remedies import nearest
from autograder.judging.workers import AnyWorker
from autograder.report import terminal
from autograder.report.model import Report
from autograder.sandbox.local import LocalWorker
from autograder.spec import Question
from autograder.submission.cells import Submission, SubmissionError, read_submission
from autograder.submission.locate import Definition, defined, definition
from autograder.submission.look import Known
from autograder.submission.newer import OLDEST, newer_than_oldest
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.chapter import ChapterError
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.roots import Roots
from autograder.topic.seeds import seeder
from autograder.topic.trials import LiveSource, Source

__all__ = [
    "Checked",
    "DeskWorker",
    "add_root",
    "case",
    "judge",
    "main",
    "parser",
    "run",
]

STILL_RUNNING = 4.0  # seconds after which a check says that it is still running


@dataclass
class Checked:
    """A file, judged.

    Attributes
    ----------
    target : Target
    submission : Submission
    source : Source
    report : Report
    observations : dict
        What was seen of each exercise, for `--explain`.
    """

    target: Target
    submission: Submission
    source: Source
    report: Report
    observations: dict[str, list[Observation]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything asked for is right."""
        return all(exercise.passed for exercise in self.report)


class DeskWorker(LocalWorker):
    """Runs a file's functions at the student's own desk: warnings are heard."""

    warn = "default"


def run(
    target: Target, only: Sequence[str] | None = None, *, source: Source | None = None
) -> Checked:
    """Judge the target's exercises (all, or those named).

    Raises
    ------
    TargetError
        If an exercise is unknown, or the file holds none of the topic's.
    SubmissionError, RecordError
        If the file or the record cannot be read.
    """
    source = source or RecordedSource(target.record)
    submission = read_submission(target.path)
    names = [exercise.name for exercise in source.exercises]
    for name in only or ():
        if name not in names:
            like = nearest(name, names)
            meant = f"did you mean {like}? " if like else ""
            raise TargetError(
                f"{target.topic} has no exercise {shortened(name)}: {meant}"
                f"The exercises are: {', '.join(names)}"
            )
    if not defined(submission) & set(names):
        raise TargetError(_nothing_of(target, submission))
    return judge(target, submission, source, DeskWorker, only)


def _nothing_of(target: Target, submission: Submission) -> str:
    name = target.path.name
    if not submission.cells:
        return f"{name} is empty: `autograder start {target.topic} FOLDER` makes a fresh one"
    return (
        f"{name} defines no exercise of {target.topic}: is it the file of another topic? "
        "(--topic says which)"
    )


def judge(
    target: Target,
    submission: Submission,
    source: Source,
    fork: Callable[[], AnyWorker],
    only: Sequence[str] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Checked:
    """Judge a submission; its warnings are gathered instead of printed.

    `names` gives the cell behind each file name that Python knows; by default they are the same.
    Without a `budget` time has no limit. In an exam nothing is told but what passed.

    Raises
    ------
    RecordError
        In an exam in which nothing is checked.
    """
    exam = source.exam if isinstance(source, RecordedSource) else ""
    if exam == NO_CHECKS:
        raise RecordError(
            f"{target.topic} is an exam: nothing is checked before it is handed in; "
            f"autograder submit {target.topic} writes the file"
        )
    grader = Grader(source, submission, fork, budget=budget, keep=True)
    with _warnings_of(names or {cell.name: cell.name for cell in submission.cells}) as warned:
        report = grader.grade(only)
    report.notes += _too_new(submission)
    _attach(report, submission, warned)
    if exam:
        return Checked(target, submission, source, sober(report))
    return Checked(target, submission, source, report, grader.observations)


def _too_new(submission: Submission) -> list[str]:
    """Say where a file is written in a later Python than grading may run."""
    here, oldest = ".".join(map(str, sys.version_info[:3])), ".".join(map(str, OLDEST))
    return [
        f"line {cell.line + line - 1} of {cell.name}: {what}: you run Python {here}, and grading "
        f"may run Python {oldest}"
        for cell in submission.cells
        for line, what in newer_than_oldest(cell.source)
    ][:5]


Warned = dict[tuple[str, int], str]


@contextmanager
def _warnings_of(names: Mapping[str, str]) -> Iterator[Warned]:
    """Gather the warnings raised in the submission's own lines."""
    warned: Warned = {}

    def note(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        if filename in names and len(warned) < 50:
            warned.setdefault((names[filename], lineno), str(message)[:200])

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = note
        yield warned


def _attach(report: Report, submission: Submission, warned: Warned) -> None:
    """Tell each exercise that is not right the warnings that arose in its own function."""
    for exercise in report:
        found = None if exercise.passed else definition(submission, exercise.name)
        if found is None:
            continue
        lines = [
            f"line {line}: {text}"
            for (cell, line), text in warned.items()
            if cell == found.cell.name and found.line <= line <= found.end
        ]
        exercise.warnings = [*_global_luck(found), *lines][:3]


def _global_luck(found: Definition) -> Iterator[str]:
    """Point at draws from NumPy's global generator: nobody can repeat them, no check either."""
    for node in ast.walk(found.node):
        if not isinstance(node, ast.Attribute):
            continue
        text = ast.unparse(node)
        if text.startswith("np.random.") and text[10:11].islower() and text[10:] != "default_rng":
            line = found.cell.line + node.lineno - 1
            yield f"line {line}: {text} draws numbers of its own; use those that are given"


def case(topic: str, exercise: str, check: str, number: int = 1) -> tuple[Any, dict[str, Any]]:
    """Return the arguments of a recorded case: ``args, kwargs = case("lstm", "lstm_step", ...)``.

    Parameters
    ----------
    topic, exercise, check : str
        As `autograder check --explain` names them.
    number : int
        The case, from 1.
    """
    source = RecordedSource(Catalogue.find().record(topic))
    asked = next(e for e in source.exercises if e.name == exercise)
    trial = source.trials(asked, next(c for c in asked if c.name == check))[number - 1]
    return trial.case.args, trial.case.kwargs


# --- the command ---------------------------------------------------------------------------------


def add_root(made: argparse.ArgumentParser) -> None:
    """Let a command take ``--root``, once or several times."""
    told = "where the topics are (default: found); several: yours beside ours"
    made.add_argument("--root", action="append", metavar="FOLDER", help=told)


def parser(command: str = "check") -> argparse.ArgumentParser:
    """Return the parser of `check` (and of `watch`, which takes fewer options)."""
    made = argparse.ArgumentParser(
        prog=f"autograder {command}",
        description="Self-check: points for each exercise, and for a mistake what was asked, what "
        "came, where, the likely cause and a hint. Exit code 0: all right, 1: not yet, 2: usage.",
        allow_abbrev=False,
    )
    made.add_argument(
        "target", nargs="?", help="a topic, a .py or .ipynb file, or its folder (default: here)"
    )
    made.add_argument(
        "--exercise", "-e", action="append", metavar="NAME", help="only this one (repeatable)"
    )
    made.add_argument("--topic", help="the topic, where the file's name does not tell")
    add_root(made)
    if command == "check":
        made.add_argument("--all", action="store_true", help="every exercise with all its checks")
        made.add_argument("--json", action="store_true", help="for programs")
        made.add_argument(
            "--hint", action="store_true", help="ask: the cause first, the hint when asked again"
        )
        made.add_argument(
            "--explain", action="store_true", help="the smallest case that shows it, with numbers"
        )
        made.add_argument(
            "--speed", action="store_true", help="compare with the fast core, where it is installed"
        )
        made.add_argument(
            "--another", action="store_true", help="what is right, written in another way"
        )
        made.add_argument(
            "--live", action="store_true", help="fresh cases (needs an instructor's checkout)"
        )
        made.add_argument("--plain", action="store_true", help="no colour, no signs, plain words")
    return made


def main(argv: Sequence[str]) -> int:
    """Run ``autograder check`` and return its exit code."""
    try:
        options = parser().parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    look = terminal.look_of(sys.stdout, plain=options.plain)
    try:
        target = find_target(options.target, root=options.root, topic=options.topic)
        with _still_running(target):
            source = _live(target, options.root) if options.live else None
            checked = run(target, options.exercise, source=source)
    except KeyboardInterrupt as stopped:
        terminal.write(sys.stderr, interrupted(stopped) + "\n")
        return 130
    except (TargetError, CatalogueError, SubmissionError, RecordError, ChapterError) as problem:
        return _unusable(str(problem), options.json)
    except OSError as problem:
        return _unusable(f"{problem.strerror or problem}: {problem.filename or ''}", options.json)
    terminal.write(sys.stdout, _answer(checked, options, look))
    if not options.json:
        terminal.write(sys.stdout, _onward(checked, options, look))
    return 0 if checked.passed else 1


def _onward(checked: Checked, options: argparse.Namespace, look: terminal.Look) -> str:
    """Remember what passed, and say what there is after it."""
    path = checked.target.path
    kept = Kept(path)
    kept.note(checked.report)
    if not checked.passed:
        return ""
    from autograder.desk.onward import beyond, celebration, next_exercise

    if options.exercise:
        following = next_exercise(checked.source.exercises, options.exercise, kept)
        again = _again(checked, options)
        more = "" if options.another else _another(checked, options.exercise, again)
        if not following:
            return f"{more}Every exercise has passed here once. All together: {again}\n"
        return f"{more}Next: {following}: {again} --exercise {following}\n"
    told = beyond(path, checked.target.topic, _questions(checked), _shown(path), look)
    if path.suffix == ".py" and sys.stdout.isatty() and kept.once("figure"):
        terminal.write(sys.stdout, "\nDrawing the figure from your functions ...\n")
        picture = celebration(path)
        told = f"Here it is: {picture}\n{told}" if picture else told
    return told


def _another(checked: Checked, named: Sequence[str], again: str) -> str:
    """Say how to see what passed in another way, where the release has one."""
    from autograder.desk.another_way import ways_of

    if not set(named) & set(ways_of(checked)):
        return ""
    return f"Another way to write it: {again} --exercise {named[0]} --another\n"


def _questions(checked: Checked) -> Sequence[Question]:
    return checked.source.questions if isinstance(checked.source, RecordedSource) else ()


def _unusable(message: str, as_json: bool) -> int:
    line = " ".join(message.split())
    if as_json:
        terminal.write(sys.stdout, json.dumps({"error": line}) + "\n")
    else:
        terminal.write(sys.stderr, f"autograder: {line}\n")
    return 2


def _answer(checked: Checked, options: argparse.Namespace, look: terminal.Look) -> str:
    if options.json:
        content = checked.report.to_dict()
        content["file"] = str(checked.target.path)
        content["passed"] = checked.passed
        return json.dumps(content, indent=1) + "\n"
    report, more = _ladder(checked, options)
    text = terminal.verdict(
        report,
        look,
        title=getattr(checked.source, "title", ""),
        file=_shown(checked.target.path),
        note=_note(checked),
        focus=bool(options.exercise),
        more=_again(checked, options),
        ask=more,
        whole=options.all,
    )
    if options.explain:
        from autograder.desk.explain import explain

        text += explain(checked, look)
    if options.speed:
        from autograder.desk.speed import compare_speed

        text += compare_speed(checked, look)
    if options.another:
        from autograder.desk.another_way import another_way

        text += another_way(checked, look)
    return text


def _note(checked: Checked) -> str:
    """Say why this topic or this file, where a student may have meant another."""
    other, topic = checked.target.other, checked.target.topic
    exercises = frozenset(exercise.name for exercise in checked.source.exercises)
    if other and seen_file(other, Known([topic], lambda name: exercises)).written:
        return f"{other.name} beside it is another version; name it to check it"
    return checked.target.note


def _ladder(checked: Checked, options: argparse.Namespace) -> tuple[Report, str]:
    """Return the report with what was asked for, and the option that tells more."""
    kept = Kept(checked.target.path)
    _, wanted = terminal.following(checked.report)
    if isinstance(checked.source, RecordedSource) and checked.source.exam:
        return checked.report, ""
    if wanted is None or is_open(checked.target.record):
        return checked.report, "--explain"
    named = [each for each in checked.report if each.name in (options.exercise or [wanted.name])]
    for exercise in named if options.hint else ():
        ask(exercise, kept)
    option = next_rung(wanted, kept)
    return (checked.report if options.explain else veiled(checked.report, kept)), option


def _again(checked: Checked, options: argparse.Namespace) -> str:
    """Return the command that checks the same file from here."""
    words = ["autograder", "check", terminal.quoted(terminal.clean(_shown(checked.target.path)))]
    for name, given in (("--topic", options.topic), ("--root", options.root)):
        for one in [given] if isinstance(given, str) else given or ():
            words += [name, terminal.quoted(terminal.clean(one))]
    return " ".join(words)


def _shown(path: Path) -> str:
    """Return the path as the student would write it."""
    try:
        return os.path.relpath(path) if not os.path.relpath(path).startswith("..") else str(path)
    except ValueError:  # another drive
        return str(path)


def _live(target: Target, root: Roots) -> LiveSource:
    """Draw fresh cases, hidden checks too; only where the topic's checks are."""
    authored = Catalogue.find(root).topic(target.topic)
    return LiveSource(authored, seeder(os.urandom(16), "live"))


@contextmanager
def _still_running(target: Target) -> Iterator[None]:
    """After a while, say that it is the student's code that is still running."""

    def say() -> None:
        place = running_line()
        where = f", in line {place[0]}" if place else ""
        told = f"{target.path.name} is still running{where}; Ctrl-C stops it\n"
        terminal.write(sys.stderr, told)

    timer = threading.Timer(STILL_RUNNING, say)
    timer.daemon = True
    with suppress(RuntimeError):  # in a browser no thread can start
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
