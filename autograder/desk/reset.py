"""``autograder reset TOPIC EXERCISE``: the stub comes back, and what was written is kept."""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.desk.check import add_root
from autograder.desk.kept import Kept
from autograder.desk.target import Target, TargetError, find_target
from autograder.judging.remedies import nearest
from autograder.report import terminal
from autograder.submission.cells import SubmissionError
from autograder.submission.kinds import code_kind
from autograder.submission.reading import MAX_NOTEBOOK, read_text
from autograder.topic.catalogue import Catalogue, CatalogueError
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.roots import Roots

__all__ = ["main", "reset"]


def reset(target: Target, exercise: str, *, root: Roots = None) -> str:
    """Put the stub of an exercise in the place of its function; return where the old file is.

    Raises
    ------
    TargetError
        The topic has no such exercise, or the file no such function.
    """
    names = [each.name for each in RecordedSource(target.record).exercises]
    if exercise not in names:
        like = nearest(exercise, names)
        meant = f"did you mean {like}? " if like else ""
        raise TargetError(f"{target.topic} has no exercise {exercise}: {meant}{', '.join(names)}")
    read_text(target.path, MAX_NOTEBOOK)  # or says why it cannot be read
    text = target.path.read_bytes().decode("utf-8")  # with the ends of lines as they are
    stub = _released(target, exercise, root)
    of_kind = _in_notebook if code_kind(target.path.name) == ".ipynb" else _in_text
    changed = of_kind(text, exercise, stub)
    if changed is None:
        raise TargetError(f"{target.path.name} holds no function {exercise} to reset")
    kept = Kept(target.path)
    copy = kept.copy(f"before_reset_{exercise}")
    if not copy:
        raise TargetError(f"no copy can be kept in {kept.folder}: nothing was changed")
    part = target.path.with_name(f".{target.path.name}.part")
    part.write_text(changed, encoding="utf-8", newline="")
    os.replace(part, target.path)
    kept.forget(exercise)
    return str(kept.folder / copy)


def _released(target: Target, exercise: str, root: Roots) -> str:
    """Return the stub as it was released, or "" where only the student's file is."""
    try:
        path = Catalogue.find(root).record(target.topic).with_name(f"{target.topic}.py")
        if path.resolve() == target.path.resolve():
            return ""
        text = path.read_text(encoding="utf-8")
    except (CatalogueError, OSError, UnicodeDecodeError):
        return ""
    lines = text.split("\n")
    span = _span(lines, exercise)
    found = "\n".join(lines[span[0] : span[1]]) if span else ""
    return found if "raise NotImplementedError" in found else ""


def _in_text(text: str, exercise: str, stub: str) -> str | None:
    """Return a module, or a cell, with the stub in the place of the function."""
    lines = text.replace("\r\n", "\n").split("\n")
    span = _span(lines, exercise)
    if span is None:
        return None
    new = stub.split("\n") if stub else _emptied(lines[span[0] : span[1]], exercise)
    lines[span[0] : span[1]] = new
    return ("\r\n" if "\r\n" in text else "\n").join(lines)


def _in_notebook(text: str, exercise: str, stub: str) -> str | None:
    try:
        notebook = json.loads(text.removeprefix("\ufeff"))
        for cell in reversed(notebook["cells"]):
            source = cell["source"]
            whole = source if isinstance(source, str) else "".join(source)
            changed = _in_text(whole, exercise, stub) if cell["cell_type"] == "code" else None
            if changed is not None:
                cell["source"] = changed if whole is source else changed.splitlines(keepends=True)
                return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _span(lines: Sequence[str], exercise: str) -> tuple[int, int] | None:
    """Return the lines of the last definition of a function: the first, and that after its last.

    Where its cell cannot be parsed, the function ends before the next line that begins with a word.
    """
    starts = [k for k, line in enumerate(lines) if re.match(rf"(async )?def {exercise}\b", line)]
    if not starts:
        return None
    first = starts[-1]
    end = next((k for k in range(first, len(lines)) if lines[k].startswith("# %%")), len(lines))
    try:
        node = ast.parse("\n".join(lines[first:end])).body[0]
        return first, first + (node.end_lineno or 1)
    except (SyntaxError, ValueError):
        later = (k for k in range(first + 1, end) if re.match(r"[A-Za-z_@]", lines[k]))
        end = next(later, end)
        while lines[end - 1].strip() == "" or lines[end - 1].startswith("#"):
            end -= 1
        return first, end


def _emptied(lines: Sequence[str], exercise: str) -> list[str]:
    """Return a function's head and docstring, and a body that is still to write."""
    raising = f'    raise NotImplementedError("{exercise}")'
    try:
        node = ast.parse("\n".join(lines)).body[0]
    except (SyntaxError, ValueError):
        return [*lines[:1], raising]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if node.body[0].lineno == node.lineno:  # all in one line
        node.body = ast.parse(raising.strip()).body
        return ast.unparse(node).split("\n")
    told = node.body[0] if ast.get_docstring(node) is not None else None
    head = told.end_lineno if told else node.body[0].lineno - 1
    return [*lines[:head], raising]


def main(argv: Sequence[str]) -> int:
    """Run ``autograder reset`` and return its exit code."""
    made = argparse.ArgumentParser(
        prog="autograder reset",
        description="Bring the stub of one exercise back. The file as it was is kept in a hidden "
        "folder beside it. Exit code 0: done, 2: nothing was changed.",
        allow_abbrev=False,
    )
    made.add_argument("target", help="a topic, a .py or .ipynb file, or its folder")
    made.add_argument("exercise", help="the exercise's name")
    made.add_argument("--topic", help="the topic, where the file's name does not tell")
    add_root(made)
    try:
        options = made.parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        target = find_target(options.target, root=options.root, topic=options.topic)
        copy = reset(target, options.exercise, root=options.root)
    except (TargetError, CatalogueError, SubmissionError, RecordError) as problem:
        terminal.write(sys.stderr, f"autograder: {' '.join(str(problem).split())}\n")
        return 2
    except OSError as problem:
        told = f"{problem.strerror or problem}: {problem.filename or ''}"
        terminal.write(sys.stderr, f"autograder: {told}\n")
        return 2
    terminal.write(sys.stdout, f"{options.exercise} is the stub again in {target.path}\n")
    terminal.write(sys.stdout, f"what you had  {Path(copy)}\n")
    if code_kind(target.path.name) == ".ipynb":
        terminal.write(sys.stdout, "Is the notebook open? Load it again before you save it.\n")
    return 0
