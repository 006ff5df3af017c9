"""The notebook that carries a verdict through nbgrader: repaired first, then filled.

What is graded is the file the student handed in. The notebook that nbgrader passes from step to
step is rebuilt from it so that nothing in it can stop nbgrader: every cell is made anew, the graded
cells are those of the gradebook, each once, and all text can be written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.answers import LOST, NotebookCell, answers_below, heading, plain, text_of
from autograder.course.harmless import harmless
from autograder.course.links import link_questions
from autograder.report.model import ExerciseResult, Report, points_text
from autograder.report.pages import exercise_fragment
from autograder.report.writers import explanation
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.api import Notebook

__all__ = ["TrueCell", "Truth", "fill", "link_in", "links_below", "repair", "scaled"]

KEY = "gradus"  # where the verdict stands in a notebook's metadata
_ATTACHED = re.compile(r"attachment:([^)\s\"'<>]*)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class TrueCell:
    """A cell as the gradebook knows it."""

    name: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float

    @property
    def metadata(self) -> Table:
        """Its nbgrader metadata."""
        about: Table = {
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
        }
        if self.grade or self.task:
            about["points"] = self.points
        return about


@dataclass(frozen=True)
class Truth:
    """A notebook as the gradebook knows it: its kernel and its cells by name.

    `texts` are the plain texts of all cells that were released.
    """

    kernelspec: Table = field(default_factory=dict)
    cells: Mapping[str, TrueCell] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()

    @property
    def answers(self) -> list[str]:
        """The names of the cells that a person grades."""
        return [name for name, cell in self.cells.items() if cell.grade and cell.solution]

    @classmethod
    def read(cls, notebook: Notebook, released: Path | None = None) -> Truth:
        """Read one of the gradebook's notebooks, and the file that was `released`."""
        points = {c.name: float(c.max_score) for c in (*notebook.grade_cells, *notebook.task_cells)}
        graded = {cell.name for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name for cell in notebook.task_cells}
        cells = {
            cell.name: TrueCell(
                cell.name,
                cell.cell_type,
                cell.source,
                cell.checksum,
                bool(cell.locked),
                cell.name in graded,
                cell.name in solutions,
                cell.name in tasks,
                points.get(cell.name, 0.0),
            )
            for cell in notebook.source_cells
        }
        texts = _texts(released) if released else frozenset[str]()
        return cls(json.loads(notebook.kernelspec or "{}"), cells, texts)


def _texts(released: Path) -> frozenset[str]:
    try:
        cells = json.loads(released.read_text(encoding="utf-8"))["cells"]
        texts = [text_of(cell) for cell in cells]
        heads = {heading(text) for text in texts} - {""}
        return frozenset(heads) | {plain(text) for text in texts}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return frozenset()


def repair(notebook: object, truth: Truth, refused: str = "") -> Table:
    """Return the notebook rebuilt so that nbgrader can take it through every step.

    Parameters
    ----------
    notebook : mapping
        What was read, however damaged.
    truth : Truth
    refused : str
        Why nothing of it may be shown (it came over a link); "" otherwise.
    """
    listed = notebook.get("cells") if isinstance(notebook, Mapping) else None
    listed = listed if isinstance(listed, list | tuple) else []
    given = [cell for cell in listed if isinstance(cell, Mapping)]
    kept = [] if refused else [_name_of(cell, truth) for cell in given]
    last = {name: position for position, name in enumerate(kept) if name}
    moved = _moved(given, kept, last, truth) if kept else {}
    cells, ids = [], set[str]()
    for position, (cell, name) in enumerate(zip(given, kept, strict=False)):
        true = truth.cells[name] if name and last[name] == position else None
        if true and name in moved:
            cell = {**cell, "source": moved[name]}
        own = bool(true) or plain(text_of(cell)) not in truth.texts  # else as it was released
        cells.append(_rebuilt(cell, true, position, ids, harmless if own else str))
    for name, true in truth.cells.items():
        if name not in last and (true.grade or true.task):
            cell = {"source": moved[name]} if name in moved else {}
            cells.append(_rebuilt(cell, true, len(cells), ids, harmless))
    metadata = {"kernelspec": dict(truth.kernelspec), "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _moved(
    given: Sequence[NotebookCell],
    names: Sequence[str],
    last: Mapping[str, int],
    truth: Truth,
) -> dict[str, str]:
    """Return the answers that stand elsewhere than in their cell, by its name."""
    below = answers_below(given, names, truth.answers, truth.texts)
    moved = {}
    for name in truth.answers:
        cell = given[last[name]] if name in last else {}
        if plain(text_of(cell)) not in ("", plain(truth.cells[name].source)):
            continue  # it is where it belongs
        if below.get(name) or (name not in last and name not in below):
            moved[name] = below.get(name) or LOST
    return moved


def _name_of(cell: NotebookCell, truth: Truth) -> str:
    """Return the graded cell this one claims to be, or ""."""
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    name = about.get("grade_id") if isinstance(about, Mapping) else None
    return name if isinstance(name, str) and name in truth.cells else ""


def _rebuilt(
    cell: NotebookCell,
    true: TrueCell | None,
    position: int,
    ids: set[str],
    shown: Callable[[str], str],
) -> Table:
    """Return a cell made anew; its words are those that `shown` returns."""
    kind = true.cell_type if true else cell.get("cell_type")
    kind = kind if kind in ("code", "markdown") else "raw"
    source = text_of(cell)
    if true and (true.locked or not cell):
        source = true.source
    elif kind != "code":
        source = shown(source)
    name = cell.get("id")
    if not (isinstance(name, str) and _ID.fullmatch(name)) or name in ids:
        name = f"cell-{position}"
        while name in ids:
            name += "-"
    ids.add(name)
    made: Table = {"cell_type": kind, "id": name, "metadata": {}, "source": _text(source)}
    if true:
        made["metadata"] = {"deletable": False, "nbgrader": true.metadata}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    if kind == "markdown":
        pictures = _pictures(cell.get("attachments"))
        made |= {"attachments": pictures} if pictures else {}
        made["source"] = _ATTACHED.sub(
            lambda found: found[0] if found[1] in pictures else f"missing:{found[1]}",
            made["source"],
        )
    return made


def _pictures(given: object) -> dict[str, dict[str, str]]:
    """Return the pictures pasted into a cell: a page that looks for a missing one fails whole."""
    if not isinstance(given, Mapping):
        return {}
    return {
        str(name): {kind: data for kind, data in held.items() if kind in _IMAGES}
        for name, held in given.items()
        if isinstance(held, Mapping)
        and any(kind in _IMAGES for kind in held)
        and all(isinstance(data, str) and _BASE64.fullmatch(data) for data in held.values())
    }


def _text(text: str) -> str:
    """Return `text` with what UTF-8 cannot hold replaced (a lone surrogate stops a writer)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def fill(notebook: NotebookNode, report: Report) -> None:
    """Put the verdict into the graded cells, in place; nothing else keeps an output.

    Links to what a person grades come first, see `link_questions`.

    The score is the first and only ``execute_result``, as the plain text of a float between zero
    and the cell's points: what nbgrader reads. There is never an error and never a word on stderr.

    Raises
    ------
    ValueError
        If a cell is graded for which the topic has no exercise: no verdict, and no zero.
    """
    results = {exercise.name: exercise for exercise in report}
    shown = Report(report.topic, report.student, level=report.level, error=report.error)
    shown.notes = report.notes
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"] = []
        about = cell["metadata"].get("nbgrader", {})
        if not about.get("grade") or about.get("solution"):
            continue
        points = float(about["points"])
        result = results.get(about["grade_id"])
        if result is None:
            raise ValueError(
                f"the graded cell {about['grade_id']} is no exercise of {report.topic}: not judged"
            )
        result = replace(scaled(result, points), seconds=0.0)
        shown.exercises.append(result)
        cell["execution_count"] = 1
        cell["outputs"] = _outputs(shown, result, points)
    # as one text: as nested metadata, writing it would take longer than all the cells
    notebook["metadata"][KEY] = _text(json.dumps(shown.to_dict(), ensure_ascii=False))
    link_questions(notebook)


def _outputs(report: Report, result: ExerciseResult, points: float) -> list[Table]:
    from nbformat import from_dict

    score = min(result.earned, points) if result.earned > 0 else 0.0  # nan is not above zero
    verdict = {
        "text/html": _text(exercise_fragment(report, result.name)),
        "text/plain": _text(in_words(result)),
    }
    shown = {"output_type": "display_data", "data": verdict, "metadata": {}}
    scored = {"output_type": "execute_result", "data": {"text/plain": repr(float(score))}}
    return list(from_dict([shown, {**scored, "metadata": {}, "execution_count": 1}]))


def in_words(result: ExerciseResult) -> str:
    """Return the verdict on one exercise as text."""
    lines = [f"{result.name}: {points_text(result.earned)} of {points_text(result.points)} points"]
    lines += [result.message] if result.message else []
    for check in result.checks:
        lines.append(f"[{check.status}] {check.sentence}")
        if not check.passed and not check.explained_by:
            lines.append(f"    {explanation(check)}")
    return "\n".join(lines)


def scaled(result: ExerciseResult, points: float) -> ExerciseResult:
    """Return the result with the points this course gives for the exercise."""
    if result.points == points or not result.points:
        return result
    factor = points / result.points
    content = Report("", "", [result]).to_dict()
    made = Report.from_dict(content).exercises[0]
    made.points = points
    for check in made.checks:
        check.points, check.earned = check.points * factor, check.earned * factor
    return made


# --- links ---------------------------------------------------------------------------------------


def link_in(path: Path, root: Path) -> str:
    """Return why `path`, below `root`, may not be followed, or ""."""
    step = root
    for part in path.relative_to(root).parts:
        step = step / part
        if step.is_symlink():
            return f"{step.name} is a link: hand in the file itself"
    return ""


def links_below(folder: Path) -> Iterator[Path]:
    """Yield what is neither a regular file nor a folder below `folder`, relative to it."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                yield path.relative_to(folder)
