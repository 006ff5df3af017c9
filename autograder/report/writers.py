"""Writing results: JSON, CSV, JUnit XML and Gradescope's format. Equal results give equal bytes.

Text that came from a student is escaped for the place it is shown in; times stand in a file of
their own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from autograder.report.model import CheckResult, Report, points_text
from autograder.submission.item import LeftOut

__all__ = ["gradescope", "junit", "results_csv", "results_json", "results_pieces", "times_json"]


def _lasting(content: object) -> object:
    """Leave out times (they change) and pictures (they are in the pages)."""
    if isinstance(content, dict):
        return {k: _lasting(v) for k, v in content.items() if k not in ("seconds", "svg")}
    return [_lasting(item) for item in content] if isinstance(content, list) else content


def results_json(reports: Iterable[Report], left_out: Sequence[LeftOut] = ()) -> str:
    """Return all reports as JSON, without times, and what is not graded, with the reason."""
    return "".join(results_pieces(reports, left_out))


def results_pieces(reports: Iterable[Report], left_out: Sequence[LeftOut] = ()) -> Iterator[str]:
    """Yield the same in pieces, a report at a time: a large class is not held in memory."""
    left = _indented([vars(one) for one in left_out], 1)
    yield f'{{\n "format": 1,\n "not_graded": {left},\n "reports": ['
    between = "\n  "
    for report in reports:
        yield between + _indented(_lasting(report.to_dict()), 2)
        between = ",\n  "
    yield "]\n}\n" if between == "\n  " else "\n ]\n}\n"


def _indented(content: object, depth: int) -> str:
    """Return a part of a JSON text that stands so deep in it."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return text.replace("\n", "\n" + " " * depth)


def times_json(reports: Iterable[Report]) -> Iterator[str]:
    """Yield, in pieces, the seconds each exercise took, by topic and student."""
    between = "{\n "
    for report in reports:
        times = {exercise.name: round(exercise.seconds, 4) for exercise in report}
        name = json.dumps(f"{report.topic}/{report.student}", ensure_ascii=False)
        yield f"{between}{name}: {_indented({'total': round(report.seconds, 4), **times}, 1)}"
        between = ",\n "
    yield "{}\n" if between == "{\n " else "\n}\n"


def cell(text: object) -> str:
    """Return text that no spreadsheet takes for a formula."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return (
        f"'{shown}" if shown.startswith(("=", "+", "-", "@")) and not _is_number(shown) else shown
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def results_csv(reports: Iterable[Report]) -> Iterator[str]:
    """Yield one line for each exercise of each submission."""
    heads = ("student", "topic", "exercise", "earned", "points", "status", "misconceptions", "note")
    yield _line(heads)
    for report in reports:
        for exercise in report:
            beliefs = sorted({c.misconception for c in exercise.checks if c.misconception})
            yield _line(
                (
                    report.student,
                    report.topic,
                    exercise.name,
                    "" if exercise.status == "broken" else points_text(exercise.earned),
                    points_text(exercise.points),
                    exercise.status,
                    " ".join(beliefs),
                    report.error or exercise.message,
                )
            )


def _line(row: Iterable[object]) -> str:
    """Return a line of a table, in which nothing is a formula."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow([cell(value) for value in row])
    return stream.getvalue()


def explanation(check: CheckResult) -> str:
    """Return what is said about a check, in one text: what came, where, cause, hint."""
    parts = [check.message]
    if check.where:
        parts.append(check.where)
    text = ", ".join(part for part in parts if part)
    for more in (check.values, check.cause, check.hint):
        if more:
            text += ("" if not text or text.endswith((".", "?", "!")) else ".") + f" {more}"
    return text.strip()


def _xml(text: str) -> str:
    """Drop what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or " " <= c < "\ud800" or _high(c))


def _high(c: str) -> bool:
    return c >= "\ue000" and c not in "\ufffe\uffff"


def junit(report: Report, score: float | None = None, points: float | None = None) -> str:
    """Return a JUnit XML test suite: one case per check, its sentence as the name."""
    earned, there = _total(report, score, points)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    checks = [(exercise, check) for exercise in report for check in exercise.checks]
    errors = sum(check.status == "broken" for _, check in checks)
    failures = sum(not check.passed for _, check in checks) - errors
    lines.append(
        f'<testsuite name={quoteattr(report.topic)} tests="{len(checks)}" failures="{failures}"'
        f' errors="{errors}">'
    )
    if not report.broken:
        lines.append("  <properties>")
        lines.append(f'    <property name="score" value="{points_text(earned)}"/>')
        lines.append(f'    <property name="points" value="{points_text(there)}"/>')
        lines.append("  </properties>")
    for exercise, check in checks:
        name, where = quoteattr(_xml(check.sentence)), quoteattr(f"{report.topic}.{exercise.name}")
        if check.passed:
            lines.append(f"  <testcase classname={where} name={name}/>")
        elif check.status == "broken":
            said = _xml(exercise.message)
            lines.append(f"  <testcase classname={where} name={name}>")
            lines.append(f"    <error message={quoteattr(said)}>{escape(said)}</error>")
            lines.append("  </testcase>")
        else:
            said = _xml(explanation(check) or exercise.message)
            lines.append(f"  <testcase classname={where} name={name}>")
            lines.append(f"    <failure message={quoteattr(said)}>{escape(said)}</failure>")
            lines.append("  </testcase>")
    return "\n".join([*lines, "</testsuite>"]) + "\n"


def _total(report: Report, score: float | None, points: float | None) -> tuple[float, float]:
    """Return a total that was settled elsewhere (late penalties), or the report's own."""
    return (
        report.earned if score is None else score,
        report.points if points is None else points,
    )


def gradescope(
    report: Report,
    score: float | None = None,
    points: float | None = None,
    seen: str = "visible",
) -> str:
    """Return Gradescope's ``results.json``: hidden checks show after the due date only.

    `score` and `points` are the total where a course settled it; `seen` is when the rest shows.
    """
    earned, there = _total(report, score, points)
    tests = [
        {
            "name": f"{exercise.name}: {check.sentence}",
            "score": round(check.earned, 4),
            "max_score": round(check.points, 4),
            "status": "passed" if check.passed else "failed",
            "output": "" if check.passed else explanation(check) or exercise.message,
            "output_format": "text",
            "visibility": "after_due_date" if check.hidden else seen,
        }
        for exercise in report
        for check in exercise.checks
    ]
    told = f"{points_text(earned)} of {points_text(there)} points"
    output = report.error or told
    if earned < report.earned:
        output += f", {points_text(report.earned - earned)} taken off for handing in late"
    content = {
        "score": earned,
        "output": "\n".join([output, *report.notes]),
        "output_format": "text",
        "visibility": seen,
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
