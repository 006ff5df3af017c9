"""What `course.toml` says about an assignment: due date, points, questions, a term's habits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from autograder.course.late import Policy
from autograder.spec import Question
from autograder.topic.catalogue import AuthoredTopic

__all__ = [
    "SETTINGS",
    "Assignment",
    "CourseError",
    "due_text",
    "names_in",
    "utc",
    "zone_named",
    "zone_of",
]


SETTINGS = "course.toml"


class CourseError(Exception):
    """A course that cannot be worked on; the message says what to do."""


@dataclass(frozen=True)
class Assignment:
    """What ``course.toml`` says about one assignment.

    Attributes
    ----------
    name : str
    due : datetime or None
        In UTC, without saying so, as nbgrader keeps it.
    zone : tzinfo
        Of the due date as it is written there.
    points : dict of float
        Points by exercise or question, where they are not the topic's.
    topic_questions : sequence of str or None
        The topic's questions to ask; None: all.
    questions : sequence of Question
        Questions of the course's own.
    late : Policy or None
        What late work costs; None: what nbgrader's plugin says.
    extensions : mapping or None
        More time, or another date, by student or group; None: none stands in ``course.toml``.
    exercises : tuple of str
        Of the topic's exercises those that are set; (): all.
    drop : tuple of str
        Exercises and questions that count for nobody any more; `points` has them with 0.
    exam : str
        ``"public"``: students see the public checks without hints; ``"none"``: no check.
    """

    name: str
    due: datetime | None = None
    zone: tzinfo = UTC
    points: Mapping[str, float] = field(default_factory=dict)
    topic_questions: Sequence[str] | None = None
    questions: Sequence[Question] = ()
    late: Policy | None = None
    extensions: Mapping[str, timedelta | datetime] | None = None
    exercises: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    exam: str = ""

    def all_points(self, topic: AuthoredTopic) -> dict[str, float]:
        """Return the points of every exercise and question, by name."""
        exercises = {exercise.name: exercise.points for exercise in topic.exercises}
        questions = {question.name: question.points for question in self.asked(topic)}
        return exercises | questions | dict(self.points)

    def _closed(self, topic: AuthoredTopic) -> None:
        """Hold that the exercises that are set are there, with all that they build on."""
        there = list(topic.whole.parts)
        for name in self.exercises:
            if name not in there:
                raise CourseError(
                    f"{SETTINGS}: {self.name}: exercises: there is no {name!r}; there are: "
                    f"{', '.join(there)}"
                )
        for exercise in topic.exercises if self.exercises else ():
            for need in exercise.needs:
                if need not in self.exercises:
                    raise CourseError(
                        f"{SETTINGS}: {self.name}: exercises: {exercise.name} builds on {need}: "
                        "add it"
                    )

    def asked(self, topic: AuthoredTopic) -> list[Question]:
        """Return the questions to ask: the topic's that are wanted, then the course's own.

        Raises
        ------
        CourseError
            If ``course.toml`` names something that is not there, or a name twice.
        """
        self._closed(topic)
        known = {question.name: question for question in topic.questions}
        kept = list(known) if self.topic_questions is None else self.topic_questions
        exercises = list(topic.chapter.parts)
        names = exercises + [*known] + [question.name for question in self.questions]
        for name in (*kept, *self.points):
            there = known if name in kept else names
            if name not in there:
                raise CourseError(
                    f"{SETTINGS}: {self.name}: there is no {name!r}; there are: {', '.join(there)}"
                )
        for name in names:
            if names.count(name) > 1:
                raise CourseError(
                    f"{SETTINGS}: {self.name}: {name!r} is taken: give the question another name"
                )
        return [known[name] for name in known if name in kept] + list(self.questions)


def names_in(value: object, what: str) -> tuple[str, ...]:
    """Return a list of names of ``course.toml``.

    Raises
    ------
    CourseError
        If it is none.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise CourseError(f'{SETTINGS}: {what}: write a list of names: ["one", "another"]')
    return tuple(dict.fromkeys(value))


def zone_of(due: object, usual: tzinfo = UTC) -> tzinfo:
    """Return the zone in which a due date is written; the course's where none is."""
    due = datetime.fromisoformat(due) if isinstance(due, str) else due
    return (due.tzinfo if isinstance(due, datetime) else None) or usual


def zone_named(name: object) -> tzinfo:
    """Return the zone of a course, UTC if it names none.

    Raises
    ------
    CourseError
        If there is no such zone.
    """
    from zoneinfo import ZoneInfo

    if name is None:
        return UTC
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise CourseError(
            f"{SETTINGS}: zone: there is no {str(name)!r}: write a name such as Europe/Berlin"
        ) from None


def due_text(assignment: Assignment) -> str:
    """Say until when to hand in, in the zone of `course.toml`."""
    assert assignment.due is not None
    due = assignment.due.replace(tzinfo=UTC).astimezone(assignment.zone)
    return f"**Hand in by {due:%A, %d %B %Y, %H:%M}** ({due.tzname()})."


def utc(value: object, what: str, usual: tzinfo = UTC) -> datetime | None:
    """Return a due date as nbgrader keeps it: in UTC, without saying so."""
    if value is None:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):  # the whole of that day
        value = datetime(value.year, value.month, value.day, 23, 59, 59)
    if isinstance(value, datetime):
        placed = value if value.tzinfo else value.replace(tzinfo=usual)
        return placed.astimezone(UTC).replace(tzinfo=None)
    raise CourseError(f"{what} is not a date such as 2026-10-30T23:59:00+01:00")
