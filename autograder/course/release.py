"""What leaves the course for students: nothing hidden in it, and the package they install."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.desk import desk_files
from autograder.course.source import derived
from autograder.topic.chapter import BEGIN, GUIDE
from autograder.topic.roots import PACKAGE, RECORD, assignments_of

__all__ = ["build_wheel", "check_release", "check_source", "refuse_own", "write_wheel"]

NEVER = (BEGIN, "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "grade(", GUIDE)


def check_source(course: Course, assignment: str) -> None:
    """Refuse graded cells that nothing here would run: they would be zero for everyone.

    Raises
    ------
    CourseError
        If a topic's notebook holds tests of the instructor's own.
    """
    for path in sorted(course.place("source", ".", assignment).glob("*.ipynb")):
        if path.stem not in course.catalogue.names() or _written_anew(course, assignment, path):
            continue
        refuse_own(course, path.stem, _tests(path), f"source/{assignment}/{path.name}")


def _written_anew(course: Course, assignment: str, path: Path) -> bool:
    """Whether releasing writes the notebook as the course wants it today."""
    return path.stem == assignment and derived(course, assignment)


def refuse_own(course: Course, topic: str, tests: Sequence[str], where: str) -> None:
    """Refuse cells that are graded by running them and are no exercises of the topic."""
    found = course.catalogue.topic(topic)
    known = found.chapter.parts
    left = [name for name in tests if name in found.whole.parts and name not in known]
    if left:
        raise CourseError(
            f"{where} asks for {', '.join(left)}, which exercises in course.toml leaves out: "
            "release again, or, once it was handed in, take it out with drop"
        )
    own = [name for name in tests if name not in known]
    if own:
        raise CourseError(
            f"{where}: {', '.join(own)}: nobody would run graded cells of your own. Make each a "
            "manually graded answer, or write the exercise in a topic of your own (autograder "
            "topic new); then release again"
        )


def _tests(path: Path) -> list[str]:
    """Return the names of a notebook's cells that are graded by running them."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        abouts = [c["metadata"].get("nbgrader", {}) for c in cells if c["cell_type"] == "code"]
        return [str(a["grade_id"]) for a in abouts if a.get("grade") and not a.get("solution")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(f"{path.name} is no notebook of nbgrader's: {error!r}") from None


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
    roots = course.catalogue.roots
    with tempfile.TemporaryDirectory() as folder:
        built = build_wheel(roots, Path(folder))
        if isinstance(built, str):
            return built
        wheel = course.folder / course.step("release") / built.name
        wheel.parent.mkdir(exist_ok=True)
        shutil.copyfile(built, wheel)
    project = _checkout(roots)
    parts = dict(part for root in roots if root != project for part in _topics_of(root))
    for root in (project, *roots) if with_reference and project else ():
        for path in (root / "reference").rglob("*"):
            if path.suffix in (".py", ".typed"):
                parts.setdefault(path.relative_to(root).as_posix(), path)
    parts |= desk_files(course)
    if parts:
        _add(wheel, parts)
    return f"release/{wheel.name}"


def build_wheel(roots: Iterable[Path], folder: Path) -> Path | str:
    """Build the package with our topics into a folder; return the wheel, or why there is none."""
    project = _checkout(roots)
    if project is None:
        return "no package was built: the topics are not in a checkout of the project"
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    built = sorted(folder.glob("*.whl"))
    if done.returncode or not built:
        return "no package was built: pip install hatchling, then try again"
    return built[0]


def _checkout(roots: Iterable[Path]) -> Path | None:
    """Return the checkout of the project among the roots, else the one this runs from."""
    return next(filter(_project, (*roots, PACKAGE.parent)), None)


def _project(root: Path) -> bool:
    """Whether a root is a checkout of this project, from which the package can be built."""
    return (root / "pyproject.toml").is_file() and (root / "autograder").is_dir()


def _topics_of(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the released files of a root of one's own, by their places in the package."""
    folder = assignments_of(root)
    for record in folder.glob(f"*/{RECORD}"):
        for path in record.parent.iterdir():
            if path.is_file():
                yield f"autograder/_assignments/{path.relative_to(folder).as_posix()}", path


def _add(wheel: Path, parts: Mapping[str, Path]) -> None:
    """Put files into a wheel, by their places there, and into its list of files."""
    with zipfile.ZipFile(wheel) as archive:
        listed_files = [info for info in archive.infolist() if info.filename not in parts]
        content = {info: archive.read(info) for info in listed_files}
    rows = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(parts.items()):
            data = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(data)}\n")
            archive.writestr(name, data)
        for info, data in content.items():
            if info.filename.endswith(".dist-info/RECORD"):
                kept = [
                    line
                    for line in data.decode().splitlines(keepends=True)
                    if line.split(",")[0] not in parts
                ]
                data = "".join([*rows, *kept]).encode()
            archive.writestr(info, data)
