"""What a case is judged by: the truth about it, what each belief would give, and who tells them.

A source gives *trials*: a case, the expected value, the tolerance, and what each wrong variant
gives. They are drawn live with the reference (`topic.live`) or recorded in a release
(`topic.record`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from autograder.spec import Case, Check, Exercise, Misconception
from autograder.values.compare import equal
from autograder.values.tolerance import Tolerance

__all__ = ["Source", "Trial", "Variants"]


@dataclass
class Trial:
    """One case with the truth about it.

    Attributes
    ----------
    case : Case
    expected : object
        The driver's value with the reference, or `Raised`.
    tol : Tolerance
    variants : callable
        Returns the driver's value with each wrong variant, by name, where it differs from the
        truth.
    size : int or None
        Bytes of the largest single value the reference returned on the way; None: not known.
    settled : callable
        Whether a wrong variant, by name, gives the same when called again: unseeded draws do not.
    noisy : callable
        Whether what a wrong variant gives, by name, is rounding, blown up (a singular matrix,
        inverted): it is another value each time that the inputs move by a few ulp.
    """

    case: Case
    expected: object
    tol: Tolerance
    variants: Callable[[], Mapping[str, object]] = field(default=dict, repr=False)
    size: int | None = None
    settled: Callable[[str], bool] = field(default=lambda name: True, repr=False)
    noisy: Callable[[str], bool] = field(default=lambda name: False, repr=False)


class Variants(Mapping[str, object]):
    """What each wrong variant gives, by name, where it differs from the truth; computed when asked.

    Some variants take long, and most are ruled out by the first value that is looked at. `known`
    holds what was computed already, and is added to.
    """

    def __init__(
        self,
        beliefs: Iterable[Misconception],
        compute: Callable[[Misconception], object],
        expected: object,
        tol: Tolerance,
        known: dict[str, tuple[bool, object]] | None = None,
    ) -> None:
        self._beliefs = {belief.key: belief for belief in beliefs}
        self._compute, self._truth = compute, (expected, tol)
        self._known = {} if known is None else known

    def _look(self, name: str) -> tuple[bool, object]:
        if name not in self._known:
            value = self._compute(self._beliefs[name])
            expected, tol = self._truth
            self._known[name] = (not equal(expected, value, tol), value)
        return self._known[name]

    def double(self, belief: Misconception) -> Misconception:
        """Take up two beliefs at once, whose value is computed when asked for."""
        return self._beliefs.setdefault(belief.key, belief)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._beliefs and self._look(name)[0]

    def __getitem__(self, name: str) -> object:
        if name not in self:
            raise KeyError(name)
        return self._look(name)[1]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._beliefs if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Source(Protocol):
    """Gives the exercises of a topic and the trials of their checks."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises in the chapter's order."""

    def symbols(self, exercise: Exercise) -> list[str]:
        """Return the shapes its docstring promises for what it returns."""

    def returns(self, exercise: Exercise) -> list[str]:
        """Return the names its docstring gives to the values returned."""

    def signature(self, exercise: Exercise) -> str:
        """Return its signature."""

    def trials(self, exercise: Exercise, check: Check) -> list[Trial]:
        """Return the trials of one check."""
