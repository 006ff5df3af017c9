"""Deriving `assignments/` from `solutions/`: stubs, student notebooks, recorded public checks.

Derivation is deterministic: no time, no version, cell ids from names. The student notebook is what
nbgrader's own `generate_assignment` makes of the instructor's, so it is exactly what students get.
"""

from __future__ import annotations

import base64
import difflib
import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.report.model import points_text
from autograder.sandbox import wire
from autograder.spec import Exercise, Question
from autograder.topic.catalogue import RECORD, AuthoredTopic, Catalogue
from autograder.topic.chapter import BEGIN, GUIDE, MANNER, asked
from autograder.topic.record import RecordedSource, RecordError, record_topic, write_record
from autograder.topic.trials import LiveSource, seeder
from autograder.values.compare import equal, tolerance

__all__ = [
    "BuildError",
    "build",
    "differences",
    "instructor_notebook",
    "student_notebooks",
    "text_cell",
]

SIZE_LIMIT = 300_000
_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PICTURE = "picture"
_MAIN = 'if __name__ == "__main__":'

CONFTEST = '''"""Lets `pytest` run this topic's public checks."""

from autograder.pytest_plugin import pytest_collect_file  # noqa: F401
'''


class BuildError(Exception):
    """A topic that cannot be derived; the message says which rule it breaks."""


# --- notebooks -----------------------------------------------------------------------------------


def instructor_notebook(
    topic: AuthoredTopic,
    picture: str = "",
    points: Mapping[str, float] | None = None,
    questions: Sequence[Question] | None = None,
) -> Any:
    """Return the notebook for nbgrader's ``source/``: solutions, and a grade cell per exercise.

    Parameters
    ----------
    topic : AuthoredTopic
    picture : str
        The chapter's figure, shown early (PNG in base64); by default the one that the released
        notebook holds.
    points : mapping, optional
        Points by name, where they are not the topic's.
    questions : sequence of Question, optional
        Those to ask (default: the topic's). What the chapter does not ask comes at the end.
    """
    picture = picture or _kept_picture(topic)
    given = points or {}
    exercises = {
        exercise.name: replace(exercise, points=given.get(exercise.name, exercise.points))
        for exercise in topic.exercises
    }
    wanted = {
        question.name: replace(question, points=given.get(question.name, question.points))
        for question in (topic.questions if questions is None else questions)
    }
    cells = [_code("setup", f"%load_ext autograder\n%topic {topic.name}", locked=True)]
    for number, cell in enumerate(topic.chapter.cells):
        if asked(cell.source):
            question = wanted.pop(asked(cell.source), None)
            cells += _question_cells(question) if question else []
        elif cell.kind == "markdown":
            cells.append(_cell("markdown", f"text-{number}", cell.source))
            if number == 0:
                cells += [_picture_cell(picture)] if picture else []
                cells.append(_cell("markdown", "manner", MANNER))
        elif BEGIN in cell.source:
            name = next(n for n, part in topic.chapter.parts.items() if part.cell is cell)
            cells.append(_cell("markdown", f"{name}-sign", _signpost(name, exercises)))
            cells.append(_code(f"{name}-solution", cell.source, solution=True))
            cells.append(_grade_cell(name, exercises[name].points))
        elif not cell.source.startswith(_MAIN):
            cells.append(_cell("code", f"code-{number}", cell.source))
            for reward in set(cell.defines()) & {"figure", "capstone"}:
                shown = _cell("code", f"show-{reward}", f"show({reward})")
                shown["metadata"]["tags"] = ["reward"]
                cells.append(shown)
    for question in wanted.values():
        cells += _question_cells(question)
    import nbformat

    notebook = nbformat.from_dict(
        {"cells": cells, "metadata": _KERNEL, "nbformat": 4, "nbformat_minor": 5}
    )
    nbformat.validate(notebook)
    return notebook


def _picture_cell(picture: str) -> dict[str, Any]:
    words = "What your functions will draw at the end of this chapter"
    cell = _cell("markdown", PICTURE, f"![{words}](attachment:figure.png)\n\n*{words}.*")
    cell["attachments"] = {"figure.png": {"image/png": picture}}
    return cell


def _picture(topic: AuthoredTopic) -> str:
    """Return the released picture while the chapter's text outside solutions is as released."""
    stub = topic.root / "assignments" / topic.name / f"{topic.name}.py"
    same = stub.exists() and stub.read_text(encoding="utf-8") == topic.chapter.without_solutions()
    return (_kept_picture(topic) if same else "") or _drawn_picture(topic)


def _kept_picture(topic: AuthoredTopic) -> str:
    """Return the picture in the notebook that was released last, or ""."""
    path = topic.root / "assignments" / topic.name / f"{topic.name}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        held = next(cell["attachments"] for cell in cells if cell["id"] == PICTURE)
        return str(held["figure.png"]["image/png"])
    except (OSError, ValueError, KeyError, StopIteration):
        return ""


def _drawn_picture(topic: AuthoredTopic) -> str:
    """Draw the chapter's figure with the worked solution; "" for a chapter without one."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from autograder.report.figure import figure_png

    figure: Any = getattr(topic.solution, "figure", lambda: None)()
    if not hasattr(figure, "savefig"):
        return ""
    picture = figure_png(figure, 60, 64)
    pyplot.close(figure)
    return base64.b64encode(picture).decode()


def _signpost(name: str, exercises: Mapping[str, Exercise]) -> str:
    """Return the line above an exercise: points, what it builds on, links back and on."""
    names = list(exercises)
    place = names.index(name)
    points = _points(exercises[name].points)
    needs = ", ".join(_link(other) for other in exercises[name].needs)
    ways = [f"builds on {needs}"] if needs else []
    ways += [f"before: {_link(names[place - 1])}"] if place else []
    ways += [f"next: {_link(names[place + 1])}"] if place + 1 < len(names) else []
    told = " · ".join([f"exercise {place + 1} of {len(names)}", points, *ways])
    return f'<a id="to-{name}"></a>**`{name}`** · {told}'


def _link(name: str) -> str:
    """Return a link to an exercise; its bare name is the id of formgrader's field for the score."""
    return f"[{name}](#to-{name})"


def _points(points: float) -> str:
    return f"{points_text(points)} point{'' if points == 1 else 's'}"


def _question_cells(question: Question) -> list[dict[str, Any]]:
    """Return what is asked, with the guide that only graders see, and the room for the answer.

    nbgrader takes a mark scheme out of the release and puts it back when it reads a submission, so
    that graders have the guide above the answer in formgrader.
    """
    name = question.name
    text = (
        f"### Question `{name}`\n\n{question.text.strip()}\n\n"
        f"*{_points(question.points)}, given by a person who reads your answer. Write it into the "
        "next cell, in three to eight sentences.*"
    )
    if question.guide:
        guide = " ".join(question.guide.split())
        text += (
            f"\n\n<!-- BEGIN {GUIDE} -->\n\n> **For graders only.** {guide}\n\n<!-- END {GUIDE} -->"
        )
    shown, room = _cell("markdown", f"{name}-question", text), _cell("markdown", name, "")
    shown["metadata"]["nbgrader"] = _about(f"{name}-question", locked=True)
    room["metadata"]["nbgrader"] = _about(name, solution=True, grade=True)
    room["metadata"]["nbgrader"]["points"] = question.points
    return [shown, room]


def text_cell(name: str, text: str) -> Any:
    """Return a cell of text for a notebook."""
    import nbformat

    return nbformat.from_dict(_cell("markdown", name, text))


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name[:64], "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _code(name: str, source: str, **about: bool) -> dict[str, Any]:
    cell = _cell("code", name, source)
    cell["metadata"]["nbgrader"] = _about(name, **about)
    return cell


def _about(
    name: str, *, solution: bool = False, grade: bool = False, locked: bool = False
) -> dict[str, Any]:
    return {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _grade_cell(name: str, points: float) -> dict[str, Any]:
    source = f'check("{name}")\n### BEGIN HIDDEN TESTS\ngrade("{name}")\n### END HIDDEN TESTS'
    cell = _code(name, source, grade=True, locked=True)
    cell["metadata"]["nbgrader"]["points"] = points
    return cell


def student_notebooks(topics: Sequence[AuthoredTopic]) -> dict[str, str]:
    """Return the text of each topic's student notebook, as nbgrader's generator makes it."""
    import nbformat
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    with tempfile.TemporaryDirectory() as folder, _quiet(Path(folder)):
        course = Path(folder)
        for topic in topics:
            source = course / "source" / topic.name
            source.mkdir(parents=True)
            nbformat.write(
                instructor_notebook(topic, _picture(topic)), source / f"{topic.name}.ipynb"
            )
        config = Config()
        config.CourseDirectory.root = str(course)
        config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
        config.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
        config.ClearMarkScheme.enforce_metadata = False  # the guide of a question is in a text cell
        config.GenerateAssignment.log_level = logging.ERROR
        api = NbGraderAPI(config=config)
        made = {}
        for topic in topics:
            result = api.generate_assignment(topic.name)
            if not result["success"]:
                raise BuildError(f"{topic.name}: nbgrader cannot generate it:\n{result['error']}")
            path = course / "release" / topic.name / f"{topic.name}.ipynb"
            made[topic.name] = path.read_text(encoding="utf-8")
        return made


@contextmanager
def _quiet(folder: Path) -> Iterator[None]:
    """Work in `folder`, with nbgrader's log kept down (its tools write where they are called).

    nbgrader runs `alembic` as a program: the folder of this interpreter's scripts is on the path.
    """
    before, level = Path.cwd(), logging.root.manager.disable
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    os.chdir(folder)
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(level)
        os.chdir(before)
        os.environ["PATH"] = path


# --- the derived files ---------------------------------------------------------------------------


def _derive(topics: Sequence[AuthoredTopic], folder: Path) -> None:
    """Write everything derived from `topics` below `folder`."""
    for topic in topics:
        _announced(topic)
    notebooks = student_notebooks(topics)
    for topic in topics:
        place = folder / topic.name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{topic.name}.py").write_text(
            topic.chapter.without_solutions(), encoding="utf-8", newline="\n"
        )
        (place / f"{topic.name}.ipynb").write_text(
            notebooks[topic.name], encoding="utf-8", newline="\n"
        )
        (place / "conftest.py").write_text(CONFTEST, encoding="utf-8", newline="\n")
        source = LiveSource(topic, seeder(b"public", topic.name), hidden=False)
        write_record(place / RECORD, record_topic(source))
        size = (place / RECORD).stat().st_size
        if size > SIZE_LIMIT:
            raise BuildError(
                f"{topic.name}: the recorded checks take {size:,} bytes, the limit is "
                f"{SIZE_LIMIT:,}: use smaller arrays in the public checks"
            )


def _announced(topic: AuthoredTopic) -> None:
    """Hold that the text above an exercise names what it is to be written without.

    Raises
    ------
    BuildError
        It does not.
    """
    forbidden = {exercise.name: exercise.forbid for exercise in topic.exercises}
    above = ""
    for cell in topic.chapter.cells:
        above += cell.source if cell.kind == "markdown" else ""
        for name in set(cell.defines()) & set(topic.chapter.parts):
            unsaid = [word for word in forbidden[name] if f"`{word}`" not in above]
            if unsaid:
                raise BuildError(
                    f"{topic.name}: {name} is to be written without {', '.join(unsaid)}, and the "
                    "text above it does not say so: name them there, between backticks"
                )
            above = ""


def topic_table(topics: Iterable[AuthoredTopic]) -> str:
    """Return the README's table of topics."""
    rows = [
        "| topic | exercises | points | questions | points by hand | checks | misconceptions |",
        "|---|---|---|---|---|---|---|",
    ]
    for topic in topics:
        checks = sum(len(exercise.checks) for exercise in topic.exercises)
        beliefs = sum(len(exercise.misconceptions) for exercise in topic.exercises)
        points = sum(exercise.points for exercise in topic.exercises)
        by_hand = sum(question.points for question in topic.questions)
        rows.append(
            f"| `{topic.name}` {topic.title} | {len(topic.exercises)} | {points:g} "
            f"| {len(topic.questions)} | {by_hand:g} | {checks} | {beliefs} |"
        )
    return "\n".join(rows) + "\n"


_TABLE = re.compile(r"(<!-- topics -->\n).*?(<!-- /topics -->)", re.DOTALL)


def _readme(catalogue: Catalogue, topics: Sequence[AuthoredTopic]) -> tuple[Path, str] | None:
    path = catalogue.root / "README.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if "<!-- topics -->" not in text or len(topics) < len(catalogue.names()):
        return None
    return path, _TABLE.sub(lambda found: found[1] + topic_table(topics) + found[2], text)


def build(catalogue: Catalogue, names: Sequence[str] = ()) -> list[Path]:
    """Derive the topics (all by default), each into its own root; return the files that changed."""
    return [path for part, chosen in _by_root(catalogue, names) for path in _build(part, chosen)]


def _by_root(
    catalogue: Catalogue, names: Sequence[str]
) -> Iterator[tuple[Catalogue, Sequence[str]]]:
    """Yield each root that is concerned, with those of the topics that are there."""
    where = {name: catalogue.topic(name).root for name in names or catalogue.names()}
    for part in catalogue.apart():
        chosen = [name for name in names if where[name] == part.root]
        if part.authored and (chosen or not names):
            yield part, chosen


def _build(catalogue: Catalogue, names: Sequence[str]) -> list[Path]:
    topics = [catalogue.topic(name) for name in names or catalogue.names()]
    with tempfile.TemporaryDirectory() as folder:
        _derive(topics, Path(folder))
        changed = []
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                target = catalogue.root / "assignments" / path.relative_to(folder)
                if _difference(path, target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(path.read_bytes())
                    changed.append(target)
    changed += _remove_strays(catalogue, names)
    table = _readme(catalogue, topics)
    if table and table[0].read_text(encoding="utf-8") != table[1]:
        table[0].write_text(table[1], encoding="utf-8", newline="\n")
        changed.append(table[0])
    return changed


def _remove_strays(catalogue: Catalogue, names: Sequence[str]) -> list[Path]:
    """Remove what a topic that is no longer there left behind."""
    strays = [] if names else _strays(catalogue)
    for path in strays:
        path.unlink()
    return strays


def _strays(catalogue: Catalogue) -> list[Path]:
    known = set(catalogue.names())
    return [
        path
        for path in sorted((catalogue.root / "assignments").glob("*/*"))
        if path.is_file() and path.parent.name not in known
    ]


def differences(catalogue: Catalogue, names: Sequence[str] = ()) -> list[str]:
    """Return how `assignments/` differs from what would be derived: readable diffs."""
    parts = _by_root(catalogue, names)
    return [found for part, chosen in parts for found in _differences(part, chosen)]


def _differences(catalogue: Catalogue, names: Sequence[str]) -> list[str]:
    topics = [catalogue.topic(name) for name in names or catalogue.names()]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        _derive(topics, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                inner = path.relative_to(folder)
                found += _difference(path, catalogue.root / "assignments" / inner)
    if not names:
        found += [
            f"{path.relative_to(catalogue.root)}: no topic in solutions/ gives this file"
            for path in _strays(catalogue)
        ]
    table = _readme(catalogue, topics)
    if table and table[0].read_text(encoding="utf-8") != table[1]:
        found.append("README.md: the table of topics is out of date")
    return found


def _difference(made: Path, kept: Path) -> list[str]:
    name = f"assignments/{kept.parent.name}/{kept.name}"
    if not kept.exists():
        return [f"{name}: missing"]
    if made.suffix == ".npz":
        try:
            return _record_difference(made, kept, name)
        except (RecordError, wire.WireError, KeyError, TypeError):
            return [f"{name}: written in another format"]
    old, new = (_compared(path).splitlines(True) for path in (kept, made))
    diff = "".join(difflib.unified_diff(old, new, name, f"{name} (derived)", n=2))
    return [diff] if diff else []


def _compared(path: Path) -> str:
    """Return the text that is compared: pictures differ with the version that drew them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    try:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            cell.pop("attachments", None)
    except (ValueError, KeyError, AttributeError):
        return text
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _record_difference(made: Path, kept: Path, name: str) -> list[str]:
    """Compare two records: texts exactly, values within the tolerance of their checks."""
    new, old = RecordedSource(made), RecordedSource(kept)
    if new.texts != old.texts:
        before, after = (
            json.dumps(source.texts, indent=1, sort_keys=True, ensure_ascii=False).splitlines(True)
            for source in (old, new)
        )
        return ["".join(difflib.unified_diff(before, after, name, f"{name} (derived)", n=2))]
    for exercise in new.exercises:
        for check in exercise:
            pairs = [source.trials(exercise, check) for source in (new, old)]
            if len(pairs[0]) != len(pairs[1]):
                return [f"{name}: {exercise.name}: {check.name}: another number of cases"]
            for left, right in zip(*pairs, strict=True):
                same = equal(left.expected, right.expected, left.tol)
                inputs = (left.case.args, left.case.kwargs), (right.case.args, right.case.kwargs)
                same = same and _equal_inputs(*inputs)
                ours, theirs = left.variants(), right.variants()
                same = same and ours.keys() == theirs.keys()
                same = same and all(equal(ours[k], theirs[k], left.tol) for k in ours)
                if not same:
                    return [f"{name}: {exercise.name}: {check.name}: recorded values differ"]
    return []


def _equal_inputs(left: Any, right: Any) -> bool:
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(map(_equal_inputs, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_equal_inputs(left[k], right[k]) for k in left)
    if callable(left) or hasattr(left, "make"):
        return type(left) is type(right) and _equal_inputs(
            tuple(vars(left).values()), tuple(vars(right).values())
        )
    if left is None or right is None:
        return left is right
    return equal(left, right, tolerance(left, right))
