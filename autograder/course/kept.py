"""What a course keeps of a grading beside the gradebook: who has no verdict, what counted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

from autograder.course.course import Course
from autograder.submission.item import Item, LeftOut
from autograder.values.table import Table

__all__ = ["keep_what_came", "keep_without_verdict", "what_came", "without_verdict"]


def without_verdict(course: Course) -> dict[str, dict[str, str]]:
    """Return who has no verdict and why, by assignment."""
    return _read(course, "no_verdict.json")


def keep_without_verdict(course: Course, assignment: str, who: Mapping[str, str]) -> None:
    """Keep who has no verdict in an assignment; nobody, if all went well."""
    kept = {name: told for name, told in without_verdict(course).items() if name != assignment}
    if who:
        kept[assignment] = dict(who)
    if kept or (course.private / "no_verdict.json").exists():
        _write(course, "no_verdict.json", kept)


def what_came(course: Course) -> dict[str, Table]:
    """Return what was ``graded`` and what was ``not_graded``, by assignment."""
    return _read(course, "handed_in.json")


def keep_what_came(
    course: Course, assignment: str, items: Sequence[Item], left_out: Sequence[LeftOut]
) -> None:
    """Keep which files of an assignment were graded, and which were not and why."""
    graded = [
        [item.topic, item.student, os.path.relpath(item.path, course.folder)]
        for item in items
        if not item.problem
    ]
    found = {"graded": graded, "not_graded": [vars(left) for left in left_out]}
    _write(course, "handed_in.json", {**what_came(course), assignment: found})


def _read(course: Course, name: str) -> dict[str, Table]:
    try:
        return dict(json.loads((course.private / name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _write(course: Course, name: str, content: object) -> None:
    text = json.dumps(content, indent=1, sort_keys=True)
    (course.private / name).write_bytes(text.encode("utf-8", "backslashreplace"))
