"""One screen of `watch`: the way so far, and the next thing to do."""

from __future__ import annotations

import time

from autograder.desk.selfcheck import Checked
from autograder.report import terminal
from autograder.report.model import ExerciseResult, Report, points_text
from autograder.topic.record import RecordedSource

__all__ = ["screen"]


def screen(
    checked: Checked,
    look: terminal.Look,
    seconds: float = 0.0,
    chosen: ExerciseResult | None = None,
) -> str:
    """Write one screen: the way so far, and the next thing to do (or the one chosen) in full."""
    report, target = checked.report, checked.target
    points = f"{points_text(report.earned)} of {points_text(report.points)} points"
    head = f"{report.topic}  {terminal.bar(report, look, min(24, look.width // 3))}  {points}"
    lines = [look.paint(look.wrap(head, 0), "bold"), ""]
    if report.notes:
        lines += [*terminal.notes(report, look), ""]
    lines += [_line(report, look), ""]
    verb, wanted = terminal.following(report)
    if chosen is not None:
        verb, wanted = "write" if chosen.status == "todo" else "fix", chosen
    if wanted is None:
        lines.append(_ended(checked, look))
    elif wanted.status == "todo":
        lines.append(look.wrap(f"Next: {verb} {wanted.name}{_where(checked, wanted.name)}", 0))
        lines += [look.wrap(f"{look.sign('·')} {c.sentence}", 4, 6) for c in wanted.checks]
    else:
        lines.append(terminal.exercise_text(wanted, report, look, whole=False))
    told = f"Checked at {time.strftime('%H:%M:%S')} in {seconds:.2f} s. "
    told += f"Watching {target.path.name}; Ctrl-C ends."
    return "\n".join([*lines, "", look.paint(look.wrap(told, 0), "dim")]) + "\n"


def _ended(checked: Checked, look: terminal.Look) -> str:
    """Say what there is where nothing is left to do."""
    if not checked.passed:
        told = "Some checks could not be run, which is not your mistake: tell your instructor."
        return look.wrap(told, 0)
    from autograder.desk.onward import beyond

    told = look.wrap("All public checks pass. Grading adds hidden ones.", 0)
    target, source = checked.target, checked.source
    questions = source.questions if isinstance(source, RecordedSource) else ()
    there = beyond(target.path, target.topic, questions, target.path.name, look)
    return f"{told}\n{there}".rstrip("\n")


def _line(report: Report, look: terminal.Look) -> str:
    """Write the state of all exercises in as few lines as they need."""
    glued = (terminal.mark(exercise, look).replace(" ", "\u00a0") for exercise in report)
    return look.wrap("  ".join(glued), 0).replace("\u00a0", " ")


def _where(checked: Checked, name: str) -> str:
    from autograder.submission.locate import definition

    found = definition(checked.submission, name)
    return f" ({found.place})" if found else ""
