"""What keeps a submission from being judged, and what its author is told of it.

Cells that do not run, functions that are missing or still to write, other arguments than asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.judging.observation import Observation
from autograder.judging.remedies import nearest, remedy
from autograder.judging.verdict import describe
from autograder.judging.workers import Workers
from autograder.report.model import CheckResult, Report
from autograder.sandbox.types import Failure
from autograder.spec import Exercise
from autograder.submission.cells import Submission, SubmissionCell
from autograder.submission.locate import cell_at, defined, definition, definitions, excerpt
from autograder.submission.newer import newer_than_here
from autograder.submission.rules import forbidden
from autograder.submission.signature import mismatch, parameters, plain_signature
from autograder.topic.trials import Source

__all__ = ["Hindrances"]

MANY = 20  # cells that do not run of which is told why


@dataclass(frozen=True)
class Hindrances:
    """Looks at a submission for what keeps its functions from being tried.

    Parameters
    ----------
    source : Source
    submission : Submission
    workers : Workers
        They know which cells did not run.
    """

    source: Source
    submission: Submission
    workers: Workers

    def note_cells(self, report: Report) -> None:
        """Note how the file was read, and which of its cells do not run."""
        report.notes += self.submission.remarks[: MANY // 2]
        for cell, outcome in zip(self.submission.cells, self.workers.loaded, strict=False):
            report.stdout = (report.stdout + outcome.stdout)[:2000]
            if outcome.failure and len(report.notes) == MANY:
                report.notes.append("More cells do not run; those named come first.")
            elif outcome.failure and len(report.notes) < MANY:
                report.notes.append(self._broken(cell, outcome.failure))

    def _broken(self, cell: SubmissionCell, failure: Failure) -> str:
        """Say why a cell does not run, where, and what to do; the lines of the file follow."""
        source = cell_at(self.submission, failure.cell, failure.line)
        hint = self._newer(cell, failure) or remedy(
            failure.type_name, failure.message, source.source if source else ""
        )
        lines = excerpt(self.submission, failure.cell, failure.line)
        names = f" (it defines {', '.join(cell.defines())})" if cell.defines() else ""
        if failure.kind == "left-out":
            names = ": that statement is left out, and only what uses it is lost"
        told = f"{describe(failure, public=True)}{names}"
        told = told if failure.line else f"{cell.name}: {told}"
        return "\n".join(part for part in (told, lines, hint) if part)

    def _newer(self, cell: SubmissionCell, failure: Failure) -> str:
        """Say that a cell is written in a later Python than this one, or ""."""
        if failure.type_name != "SyntaxError" or not failure.line:
            return ""
        line = failure.line - cell.line + 1
        ran = self.submission.python
        return newer_than_here(cell.source, line, failure.message, ran=ran)

    def unwritten(self, name: str) -> tuple[str, str]:
        """Say that a function is still to write, or that its stub stands below what was written."""
        places = [found.place for found in definitions(self.submission, name)]
        if len(places) < 2:
            return "todo", "still to write"
        return "failed", (
            f"{name} is defined {len(places)} times, and the last one counts: it is the stub in "
            f"{places[-1]}, below yours in {places[-2]}. Delete the stub"
        )

    def locate(self, check: CheckResult, seen: Observation) -> None:
        """Show the student's own line where an exception arose, and a remedy."""
        failure = seen.failure
        if failure is None:
            return
        check.excerpt = excerpt(self.submission, failure.cell, failure.line)
        if not check.hidden and not check.hint and failure.kind == "exception":
            cell = cell_at(self.submission, failure.cell, failure.line)
            line = failure.line - cell.line + 1 if cell and failure.line else 0
            source = cell.source if cell else ""
            check.hint = remedy(failure.type_name, failure.message, source, line)

    def signature(self, exercise: Exercise) -> str:
        """Say how the function's `def` line departs from what is asked, or ""."""
        found = definition(self.submission, exercise.name)
        if found is None:
            return ""
        asked = self.source.signature(exercise)
        wrong = mismatch(asked, parameters(found.node.args))
        if not wrong:
            return ""
        return f"{found.place}: {exercise.name} {wrong}; asked is def {plain_signature(asked)}"

    def rules(self, exercise: Exercise) -> str:
        """Return the forbidden names the submission uses for this exercise, with lines, or ""."""
        return ", ".join(map(str, forbidden(self.submission, exercise)))

    def missing(self, name: str) -> str:
        """Say why there is no function of that name."""
        for cell, outcome in zip(self.submission.cells, self.workers.loaded, strict=False):
            if name in cell.binds() and outcome.failure:
                told = f"its cell does not run: {describe(outcome.failure, public=True)}"
                newer = self._newer(cell, outcome.failure)
                return f"{told}. {newer}" if newer else told
        told = f"there is no function {name} in {self.submission.origin or 'the submission'}"
        asked = {exercise.name for exercise in self.source.exercises}
        like = nearest(name, defined(self.submission) - asked)
        if like:
            return f"{told}; is {like} meant? Call it {name}"
        return f"{told}: its `def` line must stand at the left margin"
