"""The feedback page of one submission: the gradebook's points, every check, a grader's comments.

The page stands alone: it loads nothing, and it holds no hidden value, no path and no other student.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.course.notebooks import KEY
from autograder.report.model import ExerciseResult, Report, points_text
from autograder.report.summary import main_causes
from autograder.report.templating import page_environment
from autograder.topic.chapter import GUIDE
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.report.figure import Drawn

__all__ = ["feedback_page", "without_guide"]


@dataclass(frozen=True)
class GradedPart:
    """One graded part of an assignment."""

    name: str
    score: float
    points: float
    exercise: ExerciseResult | None = None
    code: str = ""
    question: str = ""
    answer: str = ""
    comment: str = ""
    waiting: bool = False

    @property
    def total(self) -> str:
        """Its points in words."""
        if not self.points:
            return "does not count"
        if self.waiting and not self.score:
            return f"not yet graded, of {points_text(self.points)} points"
        again = ", to be graded again" if self.waiting else ""
        return f"{points_text(self.score)} of {points_text(self.points)} points{again}"

    @property
    def right(self) -> bool:
        """Whether it has all its points."""
        return not self.waiting and self.score >= self.points - 0.005

    @property
    def by_hand(self) -> bool:
        """Whether the gradebook says something else than the verdict."""
        return self.exercise is not None and abs(self.score - self.exercise.earned) > 0.005


def feedback_page(notebook: NotebookNode, about: Table, figure: Drawn | None = None) -> str:
    """Return the page of an autograded notebook in which nbgrader wrote scores and comments.

    `about` is what nbgrader knows of it; under ``"waiting"``, if there, the names of the cells that
    a person has yet to grade, under ``"no_verdict"`` whether the grader failed, under ``"name"``
    the student's, and under ``"handed_in"`` when that was, in words.
    """
    report = Report.from_dict(json.loads(notebook.metadata[KEY]))
    texts = (c.source.strip() for c in notebook.cells if c.cell_type == "markdown")
    first = next((text for text in texts if text.startswith("# ")), "").split("\n")[0]
    parts = list(_parts(notebook, report, about.get("waiting", ())))
    return str(
        page_environment()
        .get_template("feedback.html")
        .render(
            title=first.lstrip("# ") or about["notebook"],
            student=about.get("name") or about["student"],
            score=about["score"],
            max_score=about["max_score"],
            penalty=about["late_penalty"],
            no_verdict=about.get("no_verdict", False),
            handed_in=about.get("handed_in", ""),
            causes=main_causes(
                part.exercise for part in parts if part.exercise and not part.by_hand
            ),
            report=report,
            parts=parts,
            figure=figure,
        )
    )


def _parts(
    notebook: NotebookNode, report: Report, waiting: Collection[str]
) -> Iterator[GradedPart]:
    results = {exercise.name: exercise for exercise in report}
    graded = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    named = {about["grade_id"]: cell for cell, about in graded if "grade_id" in about}
    for cell, about in graded:
        if not about.get("grade") and not about.get("task"):
            continue
        name, score, points = about["grade_id"], about.get("score") or 0.0, about["points"]
        if name in results:
            solution = named.get(f"{name}-solution")
            code = solution.source if solution else ""
            comment = solution.metadata.nbgrader.get("comment") if solution else ""
            yield GradedPart(name, score, points, results[name], code, comment=_said(comment))
        else:
            asked = named.get(f"{name}-question")
            yield GradedPart(
                name,
                score,
                points,
                question=_asked(asked.source) if asked else "",
                answer=cell.source,
                comment=_said(about.get("comment")),
                waiting=name in waiting,
            )


def _asked(source: str) -> str:
    """Return a question without its heading, its instruction and the guide for graders."""
    return without_guide(source).strip().partition("\n")[2].rpartition("\n\n*")[0].strip()


def without_guide(source: str) -> str:
    """Return a text up to where the guide for graders begins."""
    return source.split(f"BEGIN {GUIDE}")[0].removesuffix("<!-- ") if GUIDE in source else source


def _said(comment: str | None) -> str:
    return comment or ""
