"""The verdict in a notebook: HTML that says in words what its colours say."""

from __future__ import annotations

from html import escape

from autograder.desk.selfcheck import Checked
from autograder.report import terminal
from autograder.report.model import CheckResult, ExerciseResult, Report, points_text
from autograder.report.pictures import difference_svg
from autograder.report.telling import STATUSES, fields, repetition

__all__ = ["card", "html", "warned_card"]

_CARD = (
    "border-left:4px solid {colour};padding:0.2em 0 0.2em 0.9em;margin:0.3em 0;"
    "max-width:46em;line-height:1.45"
)
_COLOURS = {"passed": "#2a8a3e", "todo": "#888", "waiting": "#888"}


def card(content: str, status: str = "failed") -> str:
    """Frame a verdict; the bar's colour only repeats what the words say."""
    colour = _COLOURS.get(status, "#c4541b")
    return f'<div class="gradus" style="{_CARD.format(colour=colour)}">{content}</div>'


def html(checked: Checked, *, focus: bool) -> str:
    """Return the verdict of a report as HTML."""
    report = checked.report
    if focus and len(report.exercises) == 1:
        return _exercise(report.exercises[0])
    rows = "".join(
        f"<tr><td>{STATUSES[e.status].sign}</td><td><code>{escape(e.name)}</code></td>"
        f'<td style="text-align:right">{points_text(e.earned)}/{points_text(e.points)}</td>'
        f"<td>{escape(e.message if e.status == 'waiting' else STATUSES[e.status].word)}</td></tr>"
        for e in report
    )
    status = "passed" if checked.passed else "todo"
    return card(f"<table>{rows}</table><p>{escape(_next(report))}</p>", status)


def _next(report: Report) -> str:
    points = f"{points_text(report.earned)} of {points_text(report.points)} points."
    verb, exercise = terminal.following(report)
    return f"{points} Next: {verb} {exercise.name}." if exercise else f"{points} All done."


def _exercise(exercise: ExerciseResult) -> str:
    told = STATUSES[exercise.status]
    points = f"{points_text(exercise.earned)} of {points_text(exercise.points)} points"
    parts = [
        f"<div><b>{told.sign} <code>{escape(exercise.name)}</code></b>: "
        f"{told.word}, {points}</div>",
        _said(exercise.message if exercise.status not in ("todo",) else ""),
    ]
    if exercise.status not in ("todo", "waiting", "missing", "refused"):
        before: list[CheckResult] = []
        for check in exercise.checks:
            parts.append(_check(check, before))
            before += [] if check.passed else [check]
        parts += [_said(f"Warned: {text}") for text in exercise.warnings if not exercise.passed]
    return card("".join(parts), exercise.status)


def warned_card(text: str) -> str:
    """Frame a warning."""
    return card(f"<div>{escape(terminal.clean(text))}</div>")


def _said(text: str) -> str:
    return f"<div>{escape(terminal.clean(text))}</div>" if text else ""


def _check(check: CheckResult, before: list[CheckResult]) -> str:
    head = f"<div>{STATUSES[check.status].sign} {escape(check.sentence)}</div>"
    if check.passed:
        return head
    inner = "".join(_fields(check, before))
    return f'{head}<div style="margin:0.2em 0 0.5em 1.4em">{inner}</div>'


def _fields(check: CheckResult, before: list[CheckResult]) -> list[str]:
    repeats = repetition(check, before)
    if repeats == "same":
        return [_said(f"The same: {check.message}")]
    if repeats == "follows":
        return [_said("Follows from the one above.")]
    brief = repeats == "cause"
    parts = [
        f"<pre>{escape(terminal.clean(text))}</pre>" if label == "excerpt" else _row(label, text)
        for label, text in fields(check, brief=brief)
    ]
    if brief:
        return parts
    if check.picture:
        parts.append(f"<div>{difference_svg(**check.picture)}</div>")
    if check.stdout.strip():
        text = escape(terminal.clean(check.stdout[:2000]))
        parts.append(
            f"<details><summary>What your code printed</summary><pre>{text}</pre></details>"
        )
    return parts


def _row(label: str, text: str) -> str:
    head = f"<b>{label.capitalize()}:</b> " if label else ""
    return f"<div>{head}{escape(terminal.clean(text))}</div>"
