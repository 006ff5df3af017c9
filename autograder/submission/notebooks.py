"""The cells of a notebook, hostile until proven otherwise: JSON is the only format decoded here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from autograder.submission.cells import DEFINES, SubmissionCell, SubmissionError
from autograder.submission.magics import is_python, python_of
from autograder.values.table import Table

__all__ = ["parse_notebook"]


def parse_notebook(
    text: str, name: str = "notebook", python: Callable[[str], str] = python_of
) -> list[SubmissionCell]:
    """Return the cells of a notebook (nbformat 3 or 4), graded ones marked by their `grade_id`.

    `python` makes Python of a cell's source.

    Raises
    ------
    SubmissionError
        If the text is not a notebook.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise SubmissionError(
            f"{name} is not valid JSON (cut short?): open it in Jupyter and save it again"
        ) from None
    if not isinstance(content, dict):
        raise SubmissionError(f"{name} is not a notebook: expected a JSON object")
    listed = content.get("cells")
    if listed is None and isinstance(content.get("worksheets"), list):  # nbformat 3
        sheets = [sheet for sheet in content["worksheets"] if isinstance(sheet, dict)]
        listed = [cell for sheet in sheets for cell in sheet.get("cells") or []]
    if not isinstance(listed, list):
        raise SubmissionError(f"{name} is not a notebook: it has no list of cells")
    made = [
        _notebook_cell(cell, number, python)
        for number, cell in enumerate(listed, 1)
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown", "raw")
    ]
    version = _version(content.get("metadata"))
    return [*made, SubmissionCell(version, name, kind="python")] if version else made


def _version(metadata: object) -> str:
    """Return the version of Python that a notebook says it was run with, or ""."""
    about = metadata.get("language_info") if isinstance(metadata, dict) else None
    version = about.get("version") if isinstance(about, dict) else None
    return version if isinstance(version, str) and re.fullmatch(r"3(\.\d+){1,2}", version) else ""


def _notebook_cell(cell: Table, number: int, python: Callable[[str], str]) -> SubmissionCell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    tags = metadata.get("tags")
    grade_id = nbgrader.get("grade_id")
    graded = bool(nbgrader.get("grade") and grade_id)
    source = source if isinstance(source, str) else ""
    kind, remark = str(cell.get("cell_type")), ""
    if kind != "code" and not graded and _holds_code(source, bool(nbgrader.get("solution"))):
        kind, remark = "code", f"read as code: it was turned into {kind.capitalize()}"
    return SubmissionCell(
        source=python(source) if kind == "code" else source,
        name=f"cell {number}",
        kind="markdown" if kind == "raw" else kind,
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        grade_id=str(grade_id) if graded else None,
        remark=remark,
    )


def _holds_code(source: str, solution: bool) -> bool:
    """Tell whether a cell that is not code was: it is a solution's, or defines a function."""
    return bool(DEFINES.search(source)) and (solution or is_python(source))
