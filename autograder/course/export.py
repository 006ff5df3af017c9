"""The grades of a course as nbgrader's CSV, but no zero where there is no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.course.course import Course
from autograder.course.kept import without_verdict
from autograder.course.scores import scores_in

__all__ = ["write_csv", "write_rows"]


def write_csv(course: Course, to: Path, assignments: Sequence[str] = ()) -> list[str]:
    """Write the grades; return who has none because the grader failed, one line each."""
    with course.gradebook() as gradebook:
        return write_rows(gradebook, course, to, assignments)


def write_rows(
    gradebook: object,
    course: Course,
    to: Path,
    assignments: Sequence[str] = (),
    students: Sequence[str] = (),
) -> list[str]:
    """Write the grades in a gradebook (all, or of those named); return who has none, as above."""
    from nbgrader.plugins import CsvExportPlugin

    scores_in(gradebook, course, assignments or None)  # penalties follow points given by hand
    exporter = CsvExportPlugin(config=course.config)
    exporter.to = str(to.resolve())
    exporter.assignment, exporter.student = list(assignments), list(students)
    exporter.export(gradebook)
    failed = without_verdict(course)
    if failed:
        lines = to.read_text(encoding="utf-8").splitlines()
        emptied = [_emptied(line, failed) for line in lines]
        to.write_text("\n".join(emptied) + "\n", encoding="utf-8")
    return [
        f"{student}: {assignment}: {why}"
        for assignment, there in failed.items()
        for student, why in there.items()
        if (not assignments or assignment in assignments) and (not students or student in students)
    ]


def _emptied(line: str, failed: dict[str, dict[str, str]]) -> str:
    """Empty the scores of a line that has no verdict (nbgrader quotes nothing)."""
    fields = line.split(",")
    if fields[3] not in failed.get(fields[0], ()):
        return line
    head, *_, points = line.rsplit(",", 4)
    return f"{head},,,,{points}"
