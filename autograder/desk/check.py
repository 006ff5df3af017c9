"""``autograder check``: the command, and what it prints of a verdict."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.desk.kept import Kept
from autograder.desk.ladder import ask, is_open, next_rung, veiled
from autograder.desk.selfcheck import Checked, run
from autograder.desk.stopping import interrupted, running_line
from autograder.desk.target import Target, TargetError, find_target, seen_file
from autograder.report import terminal
from autograder.report.model import Report
from autograder.spec import Question
from autograder.submission.cells import SubmissionError
from autograder.submission.look import Known
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.chapter import ChapterError
from autograder.topic.live import LiveSource
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.roots import Roots
from autograder.topic.seeds import seeder

__all__ = ["add_root", "main", "parser"]

STILL_RUNNING = 4.0  # seconds after which a check says that it is still running


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
