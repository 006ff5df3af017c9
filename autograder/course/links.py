"""Links to what a person grades, at the top of the page that formgrader shows of a submission.

They stand in the autograded notebook itself: formgrader shows it whatever it was configured with,
and its page of a long chapter is 20 screens high.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from autograder.report.model import points_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["link_questions"]

_CELL = "by-hand"
# formgrader's bar covers the top of the window: the field of the score comes to its middle, with
# the question above and the answer below
_STYLE = "<style>input.score { scroll-margin-top: 50vh; }</style>"


def link_questions(notebook: NotebookNode) -> None:
    """Put a cell with a link to each answer that a person grades first, in place."""
    links = list(_links(notebook["cells"]))
    if not links:
        return
    text = f"{_STYLE}\n\n**Graded by a person:** {' · '.join(links)}"
    notebook["cells"].insert(0, _cell(_free(notebook["cells"]), text))


def _links(cells: Iterable[NotebookNode]) -> Iterator[str]:
    """Yield a link to each score's field, which formgrader calls by the cell's name."""
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("task") or (about.get("grade") and about.get("solution")):
            points = points_text(float(about["points"]))
            name = about["grade_id"]
            yield f'<a href="#{name}">{name}</a> ({points})'


def _free(cells: Iterable[NotebookNode]) -> str:
    """Return an id that no cell has."""
    taken, name = {cell.get("id") for cell in cells}, _CELL
    while name in taken:
        name += "-"
    return name


def _cell(name: str, text: str) -> NotebookNode:
    from nbformat import from_dict

    return from_dict({"cell_type": "markdown", "id": name, "metadata": {}, "source": text})
