"""What there is after a pass: the next exercise, and at a topic's end all that is beyond it."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.desk.kept import Kept
from autograder.report.model import points_text
from autograder.report.terminal import Look, clean, quoted
from autograder.spec import Exercise, Question
from autograder.submission.cells import SubmissionError, parsed
from autograder.submission.kinds import code_kind
from autograder.submission.reading import MAX_NOTEBOOK, read_text
from autograder.submission.script import split_script

__all__ = ["beyond", "celebration", "next_exercise"]

_DRAW = "import sys; from autograder.desk.rewards import draw_beside; draw_beside(sys.argv[1])"
_LONGEST = 160  # characters of a target that are shown


def next_exercise(exercises: Sequence[Exercise], named: Sequence[str], kept: Kept) -> str:
    """Return the first exercise after those `named` that has not passed yet; "" after the last."""
    names = [exercise.name for exercise in exercises]
    at = max(names.index(name) for name in named) + 1
    done = {*kept.passed, *named}
    return next((name for name in names[at:] + names[:at] if name not in done), "")


def beyond(path: Path, topic: str, questions: Sequence[Question], shown: str, look: Look) -> str:
    """Say what else a topic has, after its last check.

    Parameters
    ----------
    path : Path
        The student's file; `shown` is how it is written in a command.
    topic : str
    questions : sequence of Question
    shown : str
    look : Look
    """
    lines = "\n".join(
        look.wrap(f"{label:<{11}}{clean(text)}", 2, 13 if look.width >= 56 else 4)
        for label, text in _lines(path, topic, questions, quoted(shown))
    )
    return f"\nWhat else there is:\n{lines}\n"


def _lines(
    path: Path, topic: str, questions: Sequence[Question], file: str
) -> Iterator[tuple[str, str]]:
    notebook = code_kind(path.name) == ".ipynb"
    if questions:
        points = points_text(sum(question.points for question in questions))
        where = "" if notebook else f" in {topic}.ipynb"
        names = ", ".join(question.name for question in questions)
        yield "questions", f"{names}: answer in words{where}; a person reads them ({points} points)"
    how = "in the notebook" if notebook else f"python {file}"
    rewards = _rewards(path)
    if "figure" in rewards:
        call = "show(figure) " if notebook else ""
        yield "figure", f"{call}{how}: drawn from your functions"
    if "capstone" in rewards:
        call = "show(capstone) " if notebook else ""
        yield "capstone", f"{call}{how}: {_told(rewards['capstone'])}"
    yield "hand in", f"autograder submit {file}"


def _rewards(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the figure and the capstone as the file defines them (a notebook's are assumed)."""
    if code_kind(path.name) == ".ipynb":
        empty = ast.parse("def figure(): pass\ndef capstone(): pass").body
        return {part.name: part for part in empty if isinstance(part, ast.FunctionDef)}
    try:
        cells = split_script(read_text(path, MAX_NOTEBOOK), path.name)
    except (OSError, SubmissionError):
        return {}
    ends = ("def figure(", "def capstone(")
    trees = (parsed(cell.source) for cell in cells if any(end in cell.source for end in ends))
    return {
        part.name: part
        for tree in trees
        for part in (tree.body if tree else ())
        if isinstance(part, ast.FunctionDef) and part.name in ("figure", "capstone")
    }


def _told(capstone: ast.FunctionDef) -> str:
    """Say what a capstone does and what it is to reach, in its own words."""
    does = (ast.get_docstring(capstone) or "what your functions can do").split("\n")[0].rstrip(".")
    for node in ast.walk(capstone):
        for key, value in zip(node.keys, node.values) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == "target_reached":
                wrapped = isinstance(value, ast.Call) and value.args
                target = ast.unparse(value.args[0] if wrapped else value)  # type: ignore[attr-defined]
                if len(target) <= _LONGEST:
                    return f"{does}. Target: {target}"
    return does


def celebration(path: Path) -> str:
    """Draw the figure from the student's functions into a picture beside the file; "" if it fails.

    In a process of its own: the check has said what it had to say.
    """
    import subprocess  # few checks come to it

    command = [sys.executable, "-P", "-c", _DRAW, str(path)]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "MPLBACKEND": "agg"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    picture = path.with_suffix(".png")
    return "" if done.returncode or not picture.is_file() else str(picture)
