"""A term's habits as ``course.toml`` writes them: late policy, extensions, groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo

from autograder.course.assignment import SETTINGS, CourseError, utc
from autograder.course.late import Policy, PolicyError, duration
from autograder.values.table import Table

__all__ = ["extra_time", "read_extensions", "read_groups", "read_policy"]

Extensions = Mapping[str, timedelta | datetime]


def read_policy(term: object, own: object = None) -> Policy | None:
    """Return what late work costs: an assignment's habit over the term's; None: none is written.

    Raises
    ------
    PolicyError
        If one cannot be understood.
    """
    if term is None and own is None:
        return None
    if isinstance(own, dict) and "days" in own:
        raise PolicyError("late.days are of the whole term: write them in [late]")
    both = {**term, **own} if isinstance(own, dict) and isinstance(term, dict) else own or term
    return Policy.read(both, "late")


def read_extensions(
    tables: Sequence[Table | None], known: Collection[str], zone: tzinfo, where: str
) -> Extensions | None:
    """Return who has more time, or another date; later tables stand over earlier ones.

    Parameters
    ----------
    tables : sequence
        Of the term and of the assignment; None: not written.
    known : collection of str
        Students and groups; empty: not known.
    zone : tzinfo
    where : str

    Raises
    ------
    CourseError, PolicyError
        If a table names nobody, or something that is neither duration nor date.
    """
    if all(table is None for table in tables):
        return None
    found: dict[str, timedelta | datetime] = {}
    for table in tables:
        if not isinstance(table or {}, dict):
            raise PolicyError("extensions is a table: extensions = { ada = '2 days' }")
        for who, value in (table or {}).items():
            if known and who not in known:
                raise CourseError(f"{where}: {who!r} is no student and no group")
            until = utc(value, where, zone) if isinstance(value, date) else None
            found[who] = until or duration(value, f"extensions: {who}")
    return found


def extra_time(given: Extensions, names: Sequence[str], due: datetime | None) -> timedelta | None:
    """Return how much later than the due date the first of some names may hand in."""
    found = next((given[name] for name in names if name in given), None)
    if isinstance(found, datetime):
        return None if due is None else max(timedelta(), found - due)
    return found


def read_groups(given: object) -> dict[str, list[str]]:
    """Return the groups that hand in together, each with its students.

    Raises
    ------
    CourseError
        If it is no list for each, or a student is in two.
    """
    if not isinstance(given, dict) or not all(
        isinstance(who, list) and all(isinstance(one, str) for one in who) for who in given.values()
    ):
        raise CourseError(f'{SETTINGS}: groups: write a list for each: reds = ["ada", "bo"]')
    often = Counter(student for who in given.values() for student in set(who))
    for student, count in often.items():
        if count > 1:
            raise CourseError(f"{SETTINGS}: groups: {student!r} is in {count} of them")
        if student in given:
            raise CourseError(f"{SETTINGS}: groups: {student!r} is a group and a student")
    return {str(name): list(dict.fromkeys(who)) for name, who in given.items()}
