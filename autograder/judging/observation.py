"""One check, tried: what was asked, what came back, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.sandbox.types import Failure
from autograder.spec import Check
from autograder.topic.trials import Trial
from autograder.values.difference import Difference

__all__ = ["Observation"]


@dataclass
class Observation:
    """One check, tried: its trials, what came back, and the first thing that is wrong."""

    check: Check
    trials: list[Trial] = field(default_factory=list)
    outputs: list[object] = field(default_factory=list)
    difference: Difference | None = None
    failure: Failure | None = None
    modified: str = ""
    shared: bool = False
    stdout: str = ""
    seconds: float = 0.0
    skipped: str = ""
    asked: str = ""
    picture: dict[str, object] | None = None
    failed_at: int | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        wrong = self.difference or self.failure or self.modified or self.shared
        return not (wrong or self.skipped)

    @property
    def mild(self) -> bool:
        """Whether all values are right, and only an argument's memory was changed or shared."""
        return bool(self.modified or self.shared) and not (self.difference or self.failure)
