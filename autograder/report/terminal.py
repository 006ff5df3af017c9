"""The verdict in the terminal: plain text that reads well aloud, coloured where that is welcome.

Nothing is said by colour alone, nothing needs a wide window, and no control character of a
student's output reaches the terminal.
"""

from __future__ import annotations

import os
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from autograder.report.model import CheckResult, ExerciseResult, Report, points_text
from autograder.report.telling import STATUSES, fields, repetition

__all__ = [
    "Look",
    "bar",
    "clean",
    "exercise_text",
    "failure",
    "following",
    "look_of",
    "mark",
    "notes",
    "quoted",
    "summary",
    "verdict",
    "write",
]

WIDEST = 100
PRINTED = 8  # lines of a student's own output that are shown
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_PLAIN = {"✓": "ok", "✗": "no", "·": "-", "!": "!", "│": "|", "█": "#", "░": ".", "─": "-"}


@dataclass(frozen=True)
class Look:
    """How to write: colour or not, signs or words, how wide."""

    colour: bool = False
    signs: bool = True
    width: int = 80

    def paint(self, text: str, colour: str) -> str:
        """Colour a text, where colour is welcome."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.colour and text else text

    def sign(self, sign: str) -> str:
        """Return a sign, or the word for it."""
        return sign if self.signs else _PLAIN[sign]

    def field(self, label: str, text: str, indent: int) -> str:
        """Write a labelled text, its lines hanging below its first."""
        label = label and f"{label}:"
        lead, hang = f"{' ' * indent}{label:<9}", " " * (indent + 9)
        if self.width < 56:
            lead, hang = f"{' ' * indent}{label} ", " " * (indent + 2)
        lines = textwrap.wrap(
            clean(text), self.width, initial_indent=lead, subsequent_indent=hang
        ) or [lead.rstrip()]
        if label:
            lines[0] = lines[0].replace(label, self.paint(label, "cyan"), 1)
        return "\n".join(lines)

    def wrap(self, text: str, indent: int, hang: int | None = None) -> str:
        """Wrap a text at an indentation."""
        deeper = " " * (indent if hang is None else hang)
        return textwrap.fill(
            text, self.width, initial_indent=" " * indent, subsequent_indent=deeper
        )


def look_of(stream: TextIO, *, plain: bool = False) -> Look:
    """Find out how to write to a stream."""
    told = os.environ
    terminal = stream.isatty()
    colour = terminal and told.get("TERM") != "dumb"
    if told.get("FORCE_COLOR") or told.get("CLICOLOR_FORCE", "0") != "0":
        colour = True
    if told.get("NO_COLOR") or plain:
        colour = False
    if colour and os.name == "nt":
        os.system("")  # has the Windows console understand colours
    return Look(colour, not plain and _writes(stream, "✓✗·│█░─"), _width(stream, terminal))


def _writes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _width(stream: TextIO, terminal: bool) -> int:
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return max(24, min(WIDEST, int(given)))
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if terminal else 80
    except (OSError, ValueError):
        columns = 80
    return max(24, min(WIDEST, columns or 80))


def write(stream: TextIO, text: str) -> None:
    """Write a text, with ``?`` for what the stream's encoding lacks."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def clean(text: str) -> str:
    """Return a text without control characters (a student's output may hold any)."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "�" if c == "\ufffd" else "?" for c in text
    )


def quoted(text: str) -> str:
    """Return a word as a shell takes it."""
    if os.name == "nt":
        return f'"{text}"' if set(text) & set(" &()^;,'") else text
    return shlex.quote(text)


# --- the verdict ---------------------------------------------------------------------------------


def verdict(
    report: Report,
    style: Look,
    *,
    title: str = "",
    file: str = "",
    note: str = "",
    focus: bool = False,
    more: str = "",
    ask: str = "--explain",
    whole: bool = False,
) -> str:
    """Write a report so that it fits a screen: what to do next comes last, and in full.

    Parameters
    ----------
    report : Report
    style : Look
    title, file : str
        For the head.
    note : str
        Said below the head.
    focus : bool
        Every failure in full.
    more : str
        The command that checks the same again; `ask` is its option that tells more.
    ask : str
    whole : bool
        Every exercise with all its checks.
    """
    head = f"{report.topic}: {title}" if title else report.topic
    parts = [style.paint(style.wrap(head, 0), "bold")]
    parts.append(style.paint(style.wrap(f"{file}{f' ({note})' if note else ''}", 0), "dim"))
    parts += notes(report, style)
    if report.stdout.strip():
        parts.append(_printed(report.stdout, style, 2))
    parts.append("")
    if focus or whole:
        parts += [exercise_text(exercise, report, style, focus) for exercise in report]
    else:
        parts += _screen(report, style)
    parts += ["", summary(report, style, more, ask)]
    return "\n".join(parts) + "\n"


def _screen(report: Report, style: Look) -> Iterator[str]:
    """Yield the names of what is alike, then what is wrong, then the one to go on with."""
    for status in ("passed", "todo"):
        names = [exercise.name for exercise in report if exercise.status == status]
        if names:
            how = STATUSES[status]
            lead = f"{style.sign(how.sign)} {how.task:<9} "
            hang = len(lead) if style.width >= 56 else 2
            yield style.paint(style.wrap(lead + ", ".join(names), 0, hang), how.colour)
    _, wanted = following(report)
    for exercise in report:
        if exercise.status == "waiting":
            yield exercise_text(exercise, report, style)
        elif exercise.status not in ("passed", "todo") and exercise is not wanted:
            yield _brief(exercise, style)
    if wanted is not None and wanted.status != "todo":
        yield exercise_text(wanted, report, style, whole=False)


def _brief(exercise: ExerciseResult, style: Look) -> str:
    """Write what is wrong with an exercise in a sentence."""
    how = STATUSES[exercise.status]
    failed = next((check for check in exercise.checks if not check.passed), None)
    told = clean(exercise.message or (failed.sentence if failed else ""))
    points = f"{points_text(exercise.earned)}/{points_text(exercise.points)}"
    head = f"{style.sign(how.sign)} {exercise.name}"
    text = style.wrap(f"{head}  {points}  {how.task}: {told}", 0, 4)
    return text.replace(head, style.paint(head, how.colour), 1)


def notes(report: Report, style: Look) -> list[str]:
    """Write what the report notes of cells that do not run."""
    return [_broken_cell(note, style) for note in report.notes]


def mark(exercise: ExerciseResult, style: Look) -> str:
    """Write an exercise as its sign and name."""
    return f"{style.sign(STATUSES[exercise.status].sign)} {exercise.name}"


def _broken_cell(note: str, style: Look) -> str:
    told, *lines = note.split("\n")
    code = [line for line in lines if " | " in line]
    hints = [line for line in lines if " | " not in line]
    text = ["", style.field("broken", told, 2)]
    text += [_code(line, style, 11) for line in code]
    text += [style.field("hint", hint, 2) for hint in hints]
    return "\n".join(text)


def _code(line: str, style: Look, indent: int) -> str:
    lead = " " * (indent if style.width >= 56 else 4)
    line = clean(f"{lead}{line}")
    line = (
        line
        if len(line) <= style.width
        else line[: style.width - 1] + ("…" if style.signs else ">")
    )
    return style.paint(line, "bold") if line.lstrip().startswith("> ") else style.paint(line, "dim")


def exercise_text(
    exercise: ExerciseResult,
    report: Report,
    style: Look,
    focus: bool = False,
    *,
    whole: bool = True,
) -> str:
    """Write one exercise: a line, its checks (or how many of them pass), and what is wrong."""
    told = STATUSES[exercise.status]
    points = f"{points_text(exercise.earned)}/{points_text(exercise.points)}"
    wide = max([len(other.name) for other in report], default=0)
    said = exercise.message if exercise.status == "waiting" else told.task
    lead = f"{style.sign(told.sign)} "
    line = f"{lead}{exercise.name:<{wide}}  {points:>7}  {clean(said)}"
    if len(line) > style.width:
        line = style.wrap(f"{lead}{exercise.name} {points} {clean(said)}", 0, len(lead))
    lines = [style.paint(line, told.colour)]
    if exercise.status in ("todo", "waiting"):
        return lines[0]
    if exercise.message:
        lines.append(style.field("note", exercise.message, 4))
    if exercise.status in ("missing", "refused"):
        return "\n".join(lines)
    before: list[CheckResult] = []
    passed = [check for check in exercise.checks if check.passed]
    if passed and not whole:
        many = f"{style.sign('✓')} {len(passed)} of {len(exercise.checks)} checks pass"
        lines.append(style.paint(style.wrap(many, 4, 6), "green"))
    for check in exercise.checks:
        if check.passed and not whole:
            continue
        lines.append(check_text(check, style, before, focus))
        before += [] if check.passed else [check]
    if exercise.warnings and not exercise.passed:
        lines += [style.field("warned", text, 6) for text in exercise.warnings]
    return "\n".join(lines)


def check_text(
    check: CheckResult, style: Look, before: Sequence[CheckResult] = (), focus: bool = False
) -> str:
    """Write one check: its sentence, and if it failed what is wrong.

    Of a failure that repeats one of those `before`, or follows from it, only that is said.
    """
    told = STATUSES[check.status]
    mark = style.sign(told.sign)
    hidden = " (hidden)" if check.hidden else ""
    head = style.wrap(f"{mark} {check.sentence}{hidden}", 4, 5 + len(mark))
    head = head.replace(mark, style.paint(mark, told.colour), 1)
    if check.passed:
        return head
    repeats = repetition(check, before)
    if repeats == "same":
        return "\n".join([head, style.wrap(f"the same: {clean(check.message)}", 6)])
    if repeats == "follows" and not focus:
        return "\n".join([head, style.wrap("follows from the one above", 6)])
    return "\n".join([head, *failure(check, style, brief=repeats == "cause" and not focus)])


def failure(
    check: CheckResult, style: Look, *, brief: bool = False, indent: int = 6
) -> Iterator[str]:
    """Yield what was asked, what came, where, the cause, a hint, the tolerance, the output."""
    for label, text in fields(check, brief=brief):
        if label == "excerpt":
            yield from (_code(line, style, indent + 9) for line in text.split("\n"))
        else:
            yield style.field(label, text, indent)
    if check.stdout.strip() and not brief:
        yield _printed(check.stdout, style, indent)


def _printed(text: str, style: Look, indent: int) -> str:
    """Show what the student's code printed: the first lines, and how many more."""
    rows = clean(text).rstrip("\n").split("\n")
    bar = style.sign("│")
    room = max(10, style.width - indent - 3)
    shown = [f"{' ' * indent}{bar} {row[:room]}" for row in rows[:PRINTED]]
    if len(rows) > PRINTED:
        shown.append(style.wrap(f"{bar} ... {len(rows) - PRINTED} more lines", indent))
    return "\n".join([style.field("printed", "", indent), *shown])


def bar(report: Report, style: Look, width: int = 24) -> str:
    """Draw how many exercises are done."""
    total = len(report.exercises)
    done = sum(exercise.passed for exercise in report)
    filled = round(width * done / total) if total else 0
    drawn = style.sign("█") * filled + style.sign("░") * (width - filled)
    return f"{drawn} {done} of {total} exercises"


def summary(report: Report, style: Look, more: str = "", ask: str = "--explain") -> str:
    """Write the last lines: points, what is left, what to do next and how to see more."""
    counts: dict[str, int] = {}
    for exercise in report:
        word = STATUSES[exercise.status].task
        counts[word] = counts.get(word, 0) + 1
    listed = ", ".join(f"{count} {word}" for word, count in counts.items())
    points = f"{points_text(report.earned)} of {points_text(report.points)} points"
    lines = [style.paint(style.wrap(f"{points}: {listed}", 0), "bold")]
    verb, wanted = following(report)
    if wanted is None:
        if not all(exercise.passed for exercise in report):
            told = "Some checks could not be run, which is not your mistake: tell your instructor."
            lines.append(style.wrap(told, 0))
        elif not report.official:
            told = "All public checks pass. Grading adds hidden ones, on other cases."
            lines.append(style.wrap(told, 0))
        return "\n".join(lines)
    lines.append(style.wrap(f"Next: {verb} {wanted.name}", 0))
    if wanted.status == "failed" and more and ask:
        lines.append(f"More: {more} --exercise {wanted.name} {ask}")
    return "\n".join(lines)


def following(report: Report) -> tuple[str, ExerciseResult | None]:
    """Say what to do next: the first exercise that is not right and waits for nothing."""
    for statuses, verb in ((("failed", "missing", "refused"), "fix"), (("todo",), "write")):
        for exercise in report:
            if exercise.status in statuses:
                return verb, exercise
    return "", None
