"""Results are data: Report > ExerciseResult > CheckResult. Writers turn them into pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.values.table import Table

__all__ = ["CheckResult", "ExerciseResult", "Report", "points_text", "rounded"]


COMPUTING, WAITING = "computing", "waiting"
"""What something did that was ended for lack of time: see `Report.stopped`."""
WAITED = "it takes too long without computing: does it sleep or wait for something?"
"""Said of a function that was stopped by the wall clock alone."""


def rounded(points: float) -> float:
    """Round points as every writer shows them: to hundredths, halves up, never negative zero."""
    return round(points + 1e-9, 2) + 0.0


def points_text(points: float) -> str:
    """Write points without needless zeros: 2, 2.5, 0.33."""
    return f"{rounded(points):.2f}".rstrip("0").rstrip(".")


@dataclass
class CheckResult:
    """How one check ended.

    Attributes
    ----------
    name, sentence : str
    hidden : bool
    points, earned : float
    status : str
        ``"passed"``, ``"failed"`` (a value differs), ``"error"`` (an exception, a crash, a time
        limit), ``"waiting"`` (a prerequisite is missing) or ``"broken"`` (the grader failed).
    asked : str
        The call that was judged, in words.
    message : str
        What came against what was expected.
    values : str
        The same with numbers; empty for hidden checks.
    where : str
    cause : str
        The most likely cause: a convention's name or a regularity of the error.
    hint : str
    misconception : str or None
        The name of the recognised wrong variant.
    tolerance : str
    excerpt : str
        The lines of the student's own file around an exception.
    stdout : str
    explained_by : str or None
        An earlier failed check that explains this failure.
    picture : dict or None
        Arrays for a picture of the difference; public checks only.
    svg : str
        That picture, drawn.
    """

    name: str
    sentence: str
    hidden: bool
    points: float
    earned: float = 0.0
    status: str = "failed"
    asked: str = ""
    message: str = ""
    values: str = ""
    where: str = ""
    cause: str = ""
    hint: str = ""
    misconception: str | None = None
    tolerance: str = ""
    excerpt: str = ""
    stdout: str = ""
    explained_by: str | None = None
    picture: Table | None = field(default=None, repr=False)
    svg: str = field(default="", repr=False)

    @property
    def passed(self) -> bool:
        """Whether the check passed."""
        return self.status == "passed"


@dataclass
class ExerciseResult:
    """One exercise: its checks and what it earned.

    `status` is ``"passed"``, ``"failed"``, ``"todo"`` (still raises NotImplementedError),
    ``"missing"``, ``"refused"`` (a forbidden name), ``"waiting"`` or ``"broken"`` (the grader
    failed: no verdict). `warnings` are those NumPy or Python gave in the student's own lines.
    """

    name: str
    points: float
    checks: list[CheckResult] = field(default_factory=list)
    status: str = "failed"
    message: str = ""
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def earned(self) -> float:
        """Points earned, rounded."""
        return rounded(sum(check.earned for check in self.checks))

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return self.status == "passed"


@dataclass
class Report:
    """One submission, judged; `python` and `numpy` are the versions it was judged with.

    `stopped` is ``"computing"`` or ``"waiting"`` where a limit of time ended something: by what it
    computed, or by the wall clock alone.
    """

    topic: str
    student: str
    exercises: list[ExerciseResult] = field(default_factory=list)
    level: str = ""
    error: str = ""
    notes: list[str] = field(default_factory=list)
    stdout: str = ""
    seconds: float = 0.0
    official: bool = False
    python: str = ""
    numpy: str = ""
    stopped: str = ""

    @property
    def points(self) -> float:
        """Points there were to earn."""
        return rounded(sum(exercise.points for exercise in self.exercises))

    @property
    def earned(self) -> float:
        """Points earned."""
        return rounded(sum(exercise.earned for exercise in self.exercises))

    @property
    def broken(self) -> str:
        """Why this is no verdict, the grader having failed; or ""."""
        told = [exercise.message for exercise in self.exercises if exercise.status == "broken"]
        if not self.exercises:
            return self.error
        return self.error or told[0] if told else ""

    @property
    def doubtful(self) -> bool:
        """Whether a verdict stands on the wall clock alone: it is to be graded again."""
        return self.stopped == WAITING

    def __iter__(self) -> Iterator[ExerciseResult]:
        return iter(self.exercises)

    def to_dict(self) -> dict[str, object]:
        """Return plain data: what JSON, the store and the writers share."""
        exercises = [
            {
                **vars(exercise),
                "checks": [
                    {key: value for key, value in vars(check).items() if key != "picture"}
                    for check in exercise.checks
                ],
                "earned": exercise.earned,
            }
            for exercise in self.exercises
        ]
        points = {"points": self.points, "earned": self.earned}
        return {**vars(self), "exercises": exercises, **points}

    @classmethod
    def from_dict(cls, content: Table) -> Report:
        """Read what `to_dict` wrote."""
        exercises = [
            ExerciseResult(
                **{
                    **{k: v for k, v in given.items() if k != "earned"},
                    "checks": [CheckResult(**check) for check in given["checks"]],
                }
            )
            for given in content["exercises"]
        ]
        rest = {k: v for k, v in content.items() if k not in ("exercises", "points", "earned")}
        return cls(exercises=exercises, **rest)
