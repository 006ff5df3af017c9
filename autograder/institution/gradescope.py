"""Gradescope: the zip to upload, and what runs in its container.

The zip holds the engine, one topic with its solution and reference, and the course's secret: it is
for the instructor's upload and nobody else. Where the secret is a course's, the zip grades by its
points, and as its exercises, `drop` and `exam` say; late work is Gradescope's. Gradescope runs
``setup.sh`` once, when it builds the image, and ``run_autograder`` for each submission.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import stat
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.notebooks import scaled
from autograder.desk.ladder import EXAM, NO_CHECKS
from autograder.grading.files import write_whole
from autograder.grading.pool import settled
from autograder.judging.official import GradeError, Judge, load_secret
from autograder.report.model import Report
from autograder.report.writers import gradescope
from autograder.sandbox.types import SandboxUnavailable
from autograder.submission.intake import NOTHING, of_student
from autograder.submission.item import Item
from autograder.submission.kinds import PLAIN
from autograder.topic import beliefs
from autograder.topic.catalogue import AuthoredTopic, Catalogue
from autograder.topic.known import known
from autograder.topic.roots import PACKAGE
from autograder.values.table import Table

if TYPE_CHECKING:
    from autograder.course.assignment import Assignment

__all__ = ["main", "of_course", "write_zip"]

ROOT = "AUTOGRADER_ROOT"
ZIP_SETTINGS = "gradescope.json"
PACKAGES = ("numpy", "numba", "scipy", "gymnasium")
EPOCH = (1980, 1, 1, 0, 0, 0)
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once: Python and the packages that grading needs.
set -euo pipefail
here="${AUTOGRADER_ROOT:-/autograder}"

newest() {
  for python in python3.13 python3.12 python3.11 python3; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then echo "$python"; return; fi
  done
}

if [ -z "$(newest)" ]; then
  apt-get update
  for version in 3.12 3.11; do
    apt-get install -y "python$version" "python$version-venv" && break
  done
fi
python="$(newest)"
if [ -z "$python" ]; then
  echo "This image has no Python 3.11: choose Ubuntu 22.04 or newer" >&2
  exit 1
fi
"$python" -m venv "$here/venv"
"$here/venv/bin/pip" install --quiet -r "$here/source/requirements.txt"
cd "$here/source" && "$here/venv/bin/python" -m autograder.gradescope --warm
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission; it writes results/results.json.
set -euo pipefail
here="${AUTOGRADER_ROOT:-/autograder}"
python="${AUTOGRADER_PYTHON:-$here/venv/bin/python}"
cd "$here/source" && exec "$python" -m autograder.gradescope
"""


def of_course(secret: Path, topic: str) -> Assignment | None:
    """Return what the course that a secret lies in says of a topic; None if it lies in none.

    Raises
    ------
    CourseError
        If its ``course.toml`` cannot be understood.
    """
    from autograder.course.course import CONFIG, PRIVATE, Course

    place = secret.resolve().parent
    if place.name != PRIVATE or not (place.parent / CONFIG).exists():
        return None
    course = Course.open(place.parent)
    return course.assignment(topic) if topic in course.names() else None


def write_zip(
    topic: AuthoredTopic,
    secret: Path,
    target: Path,
    sandbox: str = "best",
    assignment: Assignment | None = None,
) -> Path:
    """Write the autograder's zip of one topic; equal content gives equal bytes.

    Parameters
    ----------
    topic : AuthoredTopic
    secret : Path
        The file of the course's secret; made if it is not there.
    target : Path
    sandbox : str
        The confinement to ask for.
    assignment : Assignment, optional
        What the course says of the topic.

    Raises
    ------
    CourseError
        If the course names exercises that the topic does not have.
    """
    settings: Table = {"topic": topic.name, "sandbox": sandbox}
    if assignment is not None:
        asked = AuthoredTopic(topic.name, topic.root, assignment.exercises or None)
        assignment.asked(asked)  # refuses names that are not there
        settings["course"] = {
            "points": dict(assignment.points),
            "exercises": list(assignment.exercises),
            "drop": list(assignment.drop),
            "exam": assignment.exam,
        }
    needed = [f"{name}=={version}" for name in PACKAGES if (version := _version(name))]
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    part.touch(mode=0o600)  # never over a file that others may read: the secret is in it
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", SETUP.encode(), 0o755)
        _add(archive, "run_autograder", RUN.encode(), 0o755)
        _add(archive, "requirements.txt", ("\n".join(needed) + "\n").encode())
        _add(archive, ZIP_SETTINGS, json.dumps(settings).encode())
        _add(archive, "secret", load_secret(secret), 0o600)
        for name, path in sorted(_sources(topic).items()):
            _add(archive, name, path.read_bytes())
    os.replace(part, target)
    return target


def _sources(topic: AuthoredTopic) -> dict[str, Path]:
    """Return what grades the topic, by its place in the zip: engine, core, and the topic's own."""
    found: dict[str, Path] = {}
    engine, own = PACKAGE.parent, topic.root
    for root, part in ((engine, "autograder"), (engine, "reference"), (own, "reference")):
        for path in (root / part).rglob("*.py"):
            if "_assignments" not in path.parts:
                found[path.relative_to(root).as_posix()] = path
    beside = [topic.folder / beliefs.MISCONCEPTIONS, *(own / "solutions").glob("*.py")]
    for path in [*topic.folder.glob("*.py"), *beside]:
        found[path.relative_to(own).as_posix()] = path
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = (stat.S_IFREG | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


# --- in Gradescope's container -------------------------------------------------------------------


def main(argv: list[str] | None = None) -> int:
    """Grade the submission Gradescope put there; the exit code tells whether that went well.

    Where the grader itself fails nothing is written: Gradescope then says so and gives no score.
    """
    place = Path(os.environ.get(ROOT, "/autograder"))
    source = place / "source"
    given = sys.argv[1:] if argv is None else argv
    try:
        settings = json.loads((source / ZIP_SETTINGS).read_text(encoding="utf-8"))
        topic, course = settings["topic"], settings.get("course", {})
        exercises = tuple(course.get("exercises", ()))
        catalogue = Catalogue(source, parts=((topic, exercises),) if exercises else ())
        with Judge(catalogue, load_secret(source / "secret"), settings["sandbox"]) as judge:
            if "--warm" in given:
                return _warm(judge, topic)
            report = as_the_course(grade_there(judge, topic, place), course)
    except (GradeError, SandboxUnavailable, OSError, ValueError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    broken = [exercise for exercise in report if exercise.status == "broken"]
    if broken:
        print(f"autograder: {broken[0].name}: {broken[0].message}", file=sys.stderr)
        return 1
    results = place / "results"
    results.mkdir(parents=True, exist_ok=True)
    seen = "after_due_date" if course.get("exam") == NO_CHECKS else "visible"
    write_whole(results / "results.json", gradescope(report, seen=seen))
    return 0


def as_the_course(report: Report, course: Table) -> Report:
    """Return a report with a course's points: without what it dropped, or hints in an exam."""
    points, drop = course.get("points", {}), course.get("drop", ())
    report.exercises = [
        scaled(exercise, points.get(exercise.name, exercise.points))
        for exercise in report.exercises
        if exercise.name not in drop
    ]
    if course.get("exam") == EXAM:
        for check in (check for exercise in report for check in exercise.checks):
            check.cause = check.hint = ""
    return report


def _warm(judge: Judge, topic: str) -> int:
    """Compile the kernels and try the walls, so that the first submission does not wait."""
    report = judge.grade_file(judge.topic(topic).folder / "chapter.py", topic, "solution")
    print(f"{topic}: {report.earned:g} of {report.points:g} points, level {report.level}")
    return 0 if report.earned == report.points else 1


def grade_there(judge: Judge, topic: str, place: Path) -> Report:
    """Grade the file in ``submission`` that counts; the report says what is not graded, and why."""
    folder, name = place / "submission", student(place / "submission_metadata.json")
    with tempfile.TemporaryDirectory(prefix="submission-") as unpacked:
        found = of_student(name, folder, known(judge.catalogue), topic, Path(unpacked))
        faults = [left for left in found.left_out if left.fault]
        problem = str(faults[0]) if faults else NOTHING
        missing = Item(name, topic, folder, problem, fault=bool(faults))
        item = found.items[0] if found.items else missing
        report = settled(judge, item)
    left = [f"not graded: {one}" for one in found.left_out if one.reason not in (PLAIN, NOTHING)]
    report.notes += [*item.notes, *left]
    return report


def student(metadata: Path) -> str:
    """Return who handed in: the e-mail addresses of a group, joined."""
    content: Table = json.loads(metadata.read_text(encoding="utf-8"))
    users = content.get("users") or []
    return "+".join(sorted(str(user.get("email") or user.get("id")) for user in users)) or "student"


if __name__ == "__main__":
    sys.exit(main())
