"""What leaves the course for students: nothing hidden in it, and the package they install."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from autograder.course.course import Course, CourseError
from autograder.topic.chapter import BEGIN, GUIDE

__all__ = ["check_release", "write_wheel"]

NEVER = (BEGIN, "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "grade(", GUIDE)


def check_release(course: Course, assignment: str) -> None:
    """Look once more for what students must not see.

    Raises
    ------
    CourseError
        If a released file holds a solution, a hidden test, a grader's guide or the secret.
    """
    place = course.place("release", ".", assignment)
    for path in place.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            told = [text for text in NEVER if text.encode() in content and path.suffix == ".ipynb"]
            if told or course.secret in content:
                shutil.rmtree(place)
                raise CourseError(
                    f"release/{assignment}/{path.name} would give away {told or 'the secret'}: "
                    "it was removed; look at its source"
                )


def write_wheel(course: Course, with_reference: bool = False) -> str:
    """Build the package students install, beside the released notebooks; return what was done."""
    project = course.catalogue.root
    if not (project / "pyproject.toml").exists():
        return "no package was built: the topics are not in a checkout of the project"
    target = course.folder / course.step("release")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        built = sorted(Path(folder).glob("*.whl"))
        if done.returncode or not built:
            return "no package was built: pip install hatchling, then release again"
        wheel = target / built[0].name
        target.mkdir(exist_ok=True)
        shutil.copyfile(built[0], wheel)
    if with_reference:
        core = (project / "reference").rglob("*")
        _add(wheel, project, sorted(path for path in core if path.suffix in (".py", ".typed")))
    return f"release/{wheel.name}"


def _add(wheel: Path, project: Path, modules: list[Path]) -> None:
    """Put modules of a project into its wheel, and into the wheel's list of files."""
    with zipfile.ZipFile(wheel) as archive:
        content = {info: archive.read(info) for info in archive.infolist()}
    rows = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in modules:
            name, data = path.relative_to(project).as_posix(), path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}\n")
            archive.writestr(name, data)
        for info, data in content.items():
            listed = info.filename.endswith(".dist-info/RECORD")
            archive.writestr(info, "".join(rows).encode() + data if listed else data)
