"""The notebooks of a topic: the instructor's, and the student's that nbgrader makes of it."""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograder.report.model import points_text
from autograder.spec import Exercise, Question
from autograder.topic.catalogue import AuthoredTopic, CatalogueError
from autograder.topic.chapter import BEGIN, GUIDE, MANNER, ChapterError, asked
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "BuildError",
    "authors_code",
    "drawn_picture",
    "instructor_notebook",
    "student_notebooks",
    "text_cell",
]

_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PICTURE = "picture"
_MAIN = 'if __name__ == "__main__":'


class BuildError(Exception):
    """A topic that cannot be derived; the message says which rule it breaks."""


@contextmanager
def authors_code(topic: AuthoredTopic, what: str) -> Iterator[None]:
    """Tell in one line what the author's own code raises, and where in it.

    Of NumPy's warnings nothing is told: wrong variants divide by zero and average nothing.

    Raises
    ------
    BuildError
        It raised something.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    except (BuildError, CatalogueError, ChapterError):
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f for f in frames if Path(f.filename).is_relative_to(topic.root)]
        where = f" in line {ours[-1].lineno} of {Path(ours[-1].filename).name}" if ours else ""
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise BuildError(f"{topic.name}: {what} raises {said}{where}") from error


def instructor_notebook(
    topic: AuthoredTopic,
    picture: str = "",
    points: Mapping[str, float] | None = None,
    questions: Sequence[Question] | None = None,
) -> NotebookNode:
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
    picture = (picture or _kept_picture(topic)) if topic.draws else ""
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


def _picture_cell(picture: str) -> Table:
    words = "What your functions will draw at the end of this chapter"
    cell = _cell("markdown", PICTURE, f"![{words}](attachment:figure.png)\n\n*{words}.*")
    cell["attachments"] = {"figure.png": {"image/png": picture}}
    return cell


def _picture(topic: AuthoredTopic) -> str:
    """Return the released picture while the chapter's text outside solutions is as released."""
    stub = topic.root / "assignments" / topic.name / f"{topic.name}.py"
    same = stub.exists() and stub.read_text(encoding="utf-8") == topic.chapter.without_solutions()
    return (_kept_picture(topic) if same else "") or drawn_picture(topic, topic.solution)


def _kept_picture(topic: AuthoredTopic) -> str:
    """Return the picture in the notebook that was released last, or ""."""
    path = topic.root / "assignments" / topic.name / f"{topic.name}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        held = next(cell["attachments"] for cell in cells if cell["id"] == PICTURE)
        return str(held["figure.png"]["image/png"])
    except (OSError, ValueError, KeyError, StopIteration):
        return ""


def drawn_picture(topic: AuthoredTopic, chapter: ModuleType) -> str:
    """Draw the figure of a chapter, as a module; "" for a chapter without one.

    Raises
    ------
    BuildError
        The chapter's code raised something.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from autograder.report.figure import figure_png

    draw = getattr(chapter, "figure", lambda: None)
    try:
        with authors_code(topic, "figure()"):
            figure: Any = draw()
            if not hasattr(figure, "savefig"):
                return ""
            picture = figure_png(figure, 60, 64)
    finally:
        pyplot.close("all")
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


def _question_cells(question: Question) -> list[Table]:
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


def text_cell(name: str, text: str) -> NotebookNode:
    """Return a cell of text for a notebook."""
    import nbformat

    return nbformat.from_dict(_cell("markdown", name, text))


def _cell(kind: str, name: str, source: str) -> Table:
    cell: Table = {"cell_type": kind, "id": name[:64], "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _code(name: str, source: str, **about: bool) -> Table:
    cell = _cell("code", name, source)
    cell["metadata"]["nbgrader"] = _about(name, **about)
    return cell


def _about(
    name: str, *, solution: bool = False, grade: bool = False, locked: bool = False
) -> Table:
    return {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _grade_cell(name: str, points: float) -> Table:
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
            with authors_code(topic, "its code"):
                notebook = instructor_notebook(topic, _picture(topic))
            nbformat.write(notebook, source / f"{topic.name}.ipynb")
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
