"""The verdict in a notebook: HTML that says in words what its colours say."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from autograder.desk.explain import numbers, smallest_case
from autograder.desk.ladder import is_open
from autograder.desk.selfcheck import Checked
from autograder.report import terminal
from autograder.report.model import CheckResult, ExerciseResult, Report, points_text
from autograder.report.pictures import difference_svg
from autograder.report.telling import STATUSES, fields, repetition

__all__ = ["card", "html", "warned_card"]

_NUMBERS, _COLUMNS = 60, 10
"""Numbers of an array that is shown as a table, and of one of its rows."""
_CARD = (
    "border-left:4px solid {colour};padding:0.2em 0 0.2em 0.9em;margin:0.3em 0;"
    "max-width:46em;line-height:1.45"
)
_COLOURS = {"passed": "#2a8a3e", "todo": "#888", "waiting": "#888"}


def card(content: str, status: str = "failed") -> str:
    """Frame a verdict; the bar's colour only repeats what the words say."""
    colour = _COLOURS.get(status, "#c4541b")
    return f'<div class="gradus" style="{_CARD.format(colour=colour)}">{content}</div>'


def html(checked: Checked, *, focus: bool, explain: bool = False) -> str:
    """Return the verdict of a report as HTML.

    Of one exercise cause, hint and smallest case are rungs that open one after the other, without
    a script, so in every front end; `explain` opens the last at once.
    """
    report = checked.report
    if focus and len(report.exercises) == 1:
        (exercise,) = report.exercises
        steps = not explain and not is_open(checked.target.record)
        return _exercise(exercise, steps, _smallest(checked, exercise, explain))
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


def _smallest(checked: Checked, exercise: ExerciseResult, opened: bool) -> str:
    """Return the smallest case that shows the mistake: inputs as tables, and the call to copy."""
    case = smallest_case(checked, exercise.name) if exercise.status == "failed" else None
    if case is None:
        return ""
    code = escape("\n".join(case.code))
    rows = "".join(_value(name, value) for name, value in [*case.given, *case.results])
    return _rung(
        "The smallest case that shows it, with its numbers",
        f"{_said(case.sentence)}{rows}<div><b>To try it yourself:</b></div><pre>{code}</pre>",
        opened,
    )


def _value(name: str, value: Any) -> str:
    """Show a value: an array that is small and flat enough as a table, else its text."""
    head = f"<div><b><code>{escape(name)}</code></b></div>"
    small = isinstance(value, np.ndarray) and value.ndim in (1, 2) and 0 < value.size <= _NUMBERS
    if not small or value.shape[-1] > _COLUMNS:
        return f"{head}<pre>{escape(terminal.clean(numbers(value)))}</pre>"
    rows = "".join(
        "<tr>" + "".join(f"<td>{_number(item)}</td>" for item in row) + "</tr>"
        for row in np.atleast_2d(value).tolist()
    )
    kind = escape(f"{value.dtype} {value.shape}")
    return f"{head}<table>{rows}</table><div><small>{kind}</small></div>"


def _number(item: object) -> str:
    return f"{item:.6g}" if isinstance(item, float) else escape(terminal.clean(str(item)))


def _rung(label: str, content: str, opened: bool = False) -> str:
    state = " open" if opened else ""
    return f"<details{state}><summary>{escape(label)}</summary>{content}</details>"


def _exercise(exercise: ExerciseResult, steps: bool, smallest: str) -> str:
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
            parts.append(_check(check, before, steps))
            before += [] if check.passed else [check]
        parts += [_said(f"Warned: {text}") for text in exercise.warnings if not exercise.passed]
    return card("".join([*parts, smallest]), exercise.status)


def warned_card(text: str) -> str:
    """Frame a warning."""
    return card(f"<div>{escape(terminal.clean(text))}</div>")


def _said(text: str) -> str:
    return f"<div>{escape(terminal.clean(text))}</div>" if text else ""


def _check(check: CheckResult, before: list[CheckResult], steps: bool) -> str:
    head = f"<div>{STATUSES[check.status].sign} {escape(check.sentence)}</div>"
    if check.passed:
        return head
    inner = "".join(_fields(check, before, steps))
    return f'{head}<div style="margin:0.2em 0 0.5em 1.4em">{inner}</div>'


def _fields(check: CheckResult, before: list[CheckResult], steps: bool) -> list[str]:
    repeats = repetition(check, before)
    if repeats == "same":
        return [_said(f"The same: {check.message}")]
    if repeats == "follows":
        return [_said("Follows from the one above.")]
    brief = repeats == "cause"
    told = dict(fields(check, brief=brief))
    asked = [label for label in ("hint", "cause") if label in told and check.status == "failed"]
    later = ""
    for label in asked if steps else ():  # the last rung first: it stands inside of the others
        later = _rung(f"Ask for the {label}", _row(label, told.pop(label)) + later)
    parts = [
        f"<pre>{escape(terminal.clean(text))}</pre>" if label == "excerpt" else _row(label, text)
        for label, text in told.items()
    ] + ([later] if later else [])
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
