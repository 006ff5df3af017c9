"""When something was handed in: read from `timestamp.txt`, and never guessed in silence.

nbgrader writes a date, a time and a zone. What platforms and people write has no zone, one that is
known by an abbreviation, or another order of day and month: what was understood is told.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from autograder.course.course import Course
from autograder.course.notebooks import link_in

__all__ = ["TIMESTAMP", "Stamp", "handed_in_at", "read_stamp"]

TIMESTAMP = "timestamp.txt"
LONGEST_TIME = 200  # characters that a time may have
_HOURS = {
    **{"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2},
    **{"EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12},
    **{"NZDT": 13, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"AKST": -9, "AKDT": -8, "HST": -10, "BST": 1, "CST": -6, "AST": -4, "IST": 5.5},
}
_SEVERAL = ("BST", "CST", "AST", "IST")  # zones of several countries share these
_ZONE = re.compile(
    r"(?P<time>.*?)\s*(?P<zone>Z|(?!(?:AM|PM)\b)[A-Z]{3,5}|[A-Z]\w+(?:/[\w+-]+)+|"
    r"(?:UTC|GMT)?[+-]\d\d:?\d\d)",
    re.IGNORECASE,
)
_NO_ZONE = "it names no zone"
_DATE = re.compile(r"\D*?\b(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b")
_MONTHS = (  # German, French, Spanish, Italian, Dutch, Portuguese; without accents
    "january januar janner jan janvier enero gennaio januari janeiro",
    "february februar feb fevrier febrero febbraio februari fevereiro",
    "march marz mar mrz mars marzo maart marco",
    "april apr avril abril aprile",
    "may mai mayo maggio mei maio",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august aug aout agosto augustus",
    "september sept sep septembre septiembre setiembre settembre setembro",
    "october oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dezember dez decembre diciembre dicembre dezembro",
)
_ENGLISH = {word: names.split()[0] for names in _MONTHS for word in names.split()[1:]}
_WITHOUT = (  # days, and what stands between date and time
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miercoles jueves viernes sabado domingo "
    "lunedi martedi mercoledi giovedi venerdi sabato domenica "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "segunda terca quarta quinta sexta feira de um uhr"
)
_LEFT_OUT = frozenset(_WITHOUT.split())


@dataclass(frozen=True)
class Stamp:
    """A time in UTC (None if it is not known), and what had to be assumed."""

    when: datetime | None = None
    doubt: str = ""


def read_stamp(text: str, usual: tzinfo = UTC) -> Stamp:
    """Read a time; `usual` is the zone of one that names none.

    A time that can be read in two ways, or not at all, is none.
    """
    text = " ".join(text.split())
    if not text:
        return Stamp(None, "the file is empty: taken as in time")
    shown = f"{text[:40]!r}"
    if len(text) > LONGEST_TIME:
        return Stamp(None, f"{shown}... is no time: taken as in time")
    if re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?", text):
        seconds = float(text) / (1000 if len(text.split(".")[0]) == 13 else 1)
        when = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        return Stamp(when, f"{shown} is taken as seconds since 1970: {_utc(when)}")
    try:
        return _placed(datetime.fromisoformat(text), None, "", usual, shown)
    except ValueError:
        pass
    text = _in_english(text)
    split = _ZONE.fullmatch(text)
    time, zone = (split["time"], split["zone"]) if split else (text, "")
    parsed = _parsed(time)
    if isinstance(parsed, str):
        return Stamp(None, f"{shown} {parsed}: taken as in time")
    place, doubt = _zone(zone)
    return _placed(parsed, place, doubt, usual, shown)


def _in_english(text: str) -> str:
    """Return a time with the names of days left out, and those of months in English."""
    parts = re.split(r"([^\W\d_]+)", unicodedata.normalize("NFC", text))
    words = [_bare(word) for word in parts[1::2]]
    for at, word in enumerate(words):
        parts[2 * at + 1] = "" if word in _LEFT_OUT else _ENGLISH.get(word, parts[2 * at + 1])
    return " ".join("".join(parts).split()).lstrip("-,. ")


def _bare(word: str) -> str:
    """Return a word in small letters without accents."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _parsed(text: str) -> datetime | str:
    """Return date and time, or why there are none."""
    from dateutil import parser

    day_first = True
    date = _DATE.match(text)
    if date and date[2] != ".":
        first, second = int(date[1]), int(date[3])
        if first != second and max(first, second) <= 12:
            return "can be read in two ways (day and month)"
        day_first = second <= 12
    year_first = re.match(r"\s*\d{4}\b", text) is not None
    try:
        one, two = (
            parser.parse(text, default=default, dayfirst=day_first and not year_first)
            for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))
        )
    except (ValueError, OverflowError, TypeError):
        return "cannot be read"
    same: bool = one.replace(tzinfo=None) == two.replace(tzinfo=None)
    return datetime.fromisoformat(one.isoformat()) if same else "has no full date"


def _zone(name: str) -> tuple[tzinfo | None, str]:
    """Return a zone by its name, and what had to be assumed of it."""
    from zoneinfo import ZoneInfo

    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)", name, re.IGNORECASE)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)), ""
    short = name.upper()
    if short in _HOURS:
        hours = _HOURS[short]
        doubt = f"{short} is taken as UTC{hours:+g} h" if short in _SEVERAL else ""
        return timezone(timedelta(hours=hours)), doubt
    try:
        return (ZoneInfo(name), "") if name else (None, _NO_ZONE)
    except (KeyError, ValueError, OSError):
        return None, f"the zone {name} is not known"


def _placed(when: datetime, zone: tzinfo | None, doubt: str, usual: tzinfo, shown: str) -> Stamp:
    """Return the time in UTC; where it names no zone, as one of the usual zone."""
    if when.tzinfo is None and zone is None:
        doubt = f"{doubt or _NO_ZONE}, taken as the due date's"
    when = when if when.tzinfo else when.replace(tzinfo=zone or usual)
    if when.utcoffset() != when.replace(fold=1).utcoffset():
        doubt = "that hour is there twice, taken as the first"
    known = when.astimezone(UTC).replace(tzinfo=None)
    return Stamp(known, f"{shown}: {doubt}: {_utc(known)}" if doubt else "")


def _utc(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"


# --- of a course ---------------------------------------------------------------------------------


def handed_in_at(
    course: Course, assignment: str, student: str, zone: tzinfo | None = None
) -> Stamp:
    """Return when a student handed in; without a file nothing is known, and nothing is doubtful.

    `zone` is the assignment's, where it is known.
    """
    path = course.place("submitted", student, assignment) / TIMESTAMP
    try:
        refused = link_in(path, course.folder)
        if refused or not path.is_file():
            return Stamp(None, refused)
        text = path.read_text(encoding="utf-8-sig", errors="replace")[: 2 * LONGEST_TIME]
        stamp = read_stamp(text, zone or course.assignment(assignment).zone)
        told = "zone" in course.settings and _NO_ZONE in stamp.doubt  # then nothing is guessed
        return Stamp(stamp.when) if told else stamp
    except (OSError, OverflowError, ValueError) as error:
        return Stamp(None, f"{TIMESTAMP} cannot be read ({error}): taken as in time")
