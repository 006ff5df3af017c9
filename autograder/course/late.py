"""A term's habits with late work: what a day costs, free days, grace, extensions.

They stand in ``course.toml``, for the term and for an assignment. A student's free days are used in
the order of the due dates, whole days at a time, until none is left; nothing of it is kept
anywhere, so a changed extension changes what follows at the next grading.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

__all__ = ["Charge", "Handed", "Policy", "PolicyError", "charges", "duration"]

_DAY = timedelta(days=1)
_UNITS = {
    **dict.fromkeys(("min", "minute", "minutes", "m"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(days=7)),
}
_KEYS = ("per_day", "of", "grace", "days", "closes")


class PolicyError(ValueError):
    """A habit that cannot be understood; the message says how it is written."""


def duration(value: object, what: str) -> timedelta:
    """Read a duration: ``"2 days"``, ``"1 day 12 h"``, ``"15 min"``, or a number of days."""
    if isinstance(value, bool):
        raise PolicyError(f"{what} is no duration such as '2 days' or '15 min'")
    if isinstance(value, int | float) and 0 <= value < 1000:
        return value * _DAY
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]+)", str(value).lower())
    left = re.sub(r"(\d+(?:\.\d+)?)\s*([a-z]+)|[\s,]|\band\b", "", str(value).lower())
    if not parts or left or any(unit not in _UNITS for _, unit in parts):
        raise PolicyError(f"{what} is no duration such as '2 days' or '15 min'")
    return sum((float(number) * _UNITS[unit] for number, unit in parts), timedelta())


@dataclass(frozen=True)
class Policy:
    """What late work costs.

    Attributes
    ----------
    steps : tuple of float
        Percent that are off in all after one day begun, two, ...; later days cost as the last.
    per_day : float
        Percent for each day begun, where there are no steps.
    of : str
        Of what: ``"points"`` (those of the assignment) or ``"score"`` (what was earned).
    grace : timedelta
        So much later is not late.
    days : int
        Days a student may be late without cost, over the term.
    closes : float
        Days after which nothing counts.
    """

    steps: tuple[float, ...] = ()
    per_day: float = 0.0
    of: str = "points"
    grace: timedelta = timedelta()
    days: int = 0
    closes: float = math.inf

    @classmethod
    def read(cls, given: object, where: str) -> Policy:
        """Read a table ``late`` of ``course.toml``.

        Raises
        ------
        PolicyError
            With the key that cannot be understood.
        """
        if not isinstance(given, Mapping):
            raise PolicyError(f"{where} is a table: late = {{ per_day = 10 }}")
        for key in given:
            if key not in _KEYS:
                raise PolicyError(f"{where}: there is no {key!r}; there are: {', '.join(_KEYS)}")
        each = given.get("per_day", 0)
        steps = tuple(_percent(step, f"{where}.per_day") for step in _listed(each))
        if list(steps) != sorted(steps):
            raise PolicyError(f"{where}.per_day: what is off in all does not grow: {list(steps)}")
        of = given.get("of", "points")
        if of not in ("points", "score"):
            raise PolicyError(f'{where}.of: choose "points" or "score"')
        days = given.get("days", 0)
        if not isinstance(days, int) or isinstance(days, bool) or days < 0:
            raise PolicyError(f"{where}.days is a number of whole days")
        grace = duration(given.get("grace", 0), f"{where}.grace")
        closes = duration(given["closes"], f"{where}.closes") / _DAY if "closes" in given else None
        single = not isinstance(each, list)
        return cls(
            () if single else steps,
            steps[0] if single else 0.0,
            of,
            grace,
            days,
            math.inf if closes is None else closes,
        )

    def days_late(self, late: timedelta) -> int:
        """Return the days begun; 0 within the grace."""
        return 0 if late <= max(self.grace, timedelta()) else math.ceil(late / _DAY)

    def off(self, late: timedelta, free: int) -> float:
        """Return the share that is taken off, `free` days being without cost."""
        if self.days_late(late) and late / _DAY > self.closes:
            return 1.0
        days = max(0, self.days_late(late) - free)
        if not days:
            return 0.0
        share = self.steps[min(days, len(self.steps)) - 1] if self.steps else days * self.per_day
        return min(1.0, share / 100)


def _percent(value: object, what: str) -> float:
    """Read a number of percent."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise PolicyError(f"{what} is a number of percent from 0 to 100")
    return float(value)


def _listed(value: object) -> list[Any]:
    if value == []:
        raise PolicyError("per_day = [] says nothing: leave it out")
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Charge:
    """How late a student was in an assignment, and what that costs.

    Attributes
    ----------
    late : timedelta
        After the student's own due date.
    days : int
        Begun.
    free : int
        Of these, without cost.
    off : float
        The share that is taken off.
    of : str
        Of ``"points"`` or ``"score"``.
    """

    late: timedelta = field(default_factory=timedelta)
    days: int = 0
    free: int = 0
    off: float = 0.0
    of: str = "points"

    def taken(self, score: float, points: float) -> float:
        """Return the points that are taken off, never more than there are."""
        return min(score, self.off * (points if self.of == "points" and self.off < 1 else score))

    def __str__(self) -> str:
        said = [f"{self.free} of {self.days} days free"] if self.free else []
        if self.off:
            said.append(f"{100 * self.off:g} % of the {self.of} off")
        return "; ".join(said)


Handed = tuple[str, datetime, datetime, Policy]
"""An assignment, when it was due for a student, when it was handed in, and its policy."""


def charges(handed: Iterable[Handed], days: int) -> dict[str, Charge]:
    """Return what a student is charged in each assignment, `days` being free over the term."""
    left, found = days, {}
    for name, due, when, policy in sorted(handed, key=lambda one: (one[1], one[0])):
        late = max(timedelta(), when - due)
        begun = policy.days_late(late)
        closed = late / _DAY > policy.closes
        free = 0 if closed else min(left, begun)
        left -= free
        found[name] = Charge(late, begun, free, policy.off(late, free), policy.of)
    return found
