"""The grades of a course as nbgrader's CSV, but no zero where there is no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.course.course import Course

__all__ = ["write_csv"]


def write_csv(course: Course, to: Path, assignments: Sequence[str] = ()) -> list[str]:
    """Write the grades; return who has none because the grader failed, one line each."""
    from nbgrader.plugins import CsvExportPlugin

    exporter = CsvExportPlugin(config=course.config)
    exporter.to = str(to.resolve())
    exporter.assignment = list(assignments)
    with course.gradebook() as gradebook:
        exporter.export(gradebook)
    failed = course.failed()
    if failed:
        lines = to.read_text(encoding="utf-8").splitlines()
        emptied = [_emptied(line, failed) for line in lines]
        to.write_text("\n".join(emptied) + "\n", encoding="utf-8")
    return [
        f"{student}: {assignment}: {why}"
        for assignment, students in failed.items()
        for student, why in students.items()
        if not assignments or assignment in assignments
    ]


def _emptied(line: str, failed: dict[str, dict[str, str]]) -> str:
    """Empty the scores of a line that has no verdict (nbgrader quotes nothing)."""
    fields = line.split(",")
    if fields[3] not in failed.get(fields[0], ()):
        return line
    head, *_, points = line.rsplit(",", 4)
    return f"{head},,,,{points}"
