"""What the names of files and folders say: whose it is, of which topic, which attempt.

Canvas and Moodle put the student, a number of theirs and the file's own name into one; browsers,
editors and file managers add the mark of a copy. A topic is cut off a name at its ends only, at a
separator: in the middle it may be part of somebody's name.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.submission.kinds import code_kind

__all__ = ["Named", "plain_stem", "shown", "told_by", "topics_in"]

_CANVAS = re.compile(r"(?P<who>[^_]+)_(?:LATE_)?(?P<number>\d+)_(?P<file>\d+)_(?P<title>.+)")
_MOODLE = re.compile(
    r"(?P<who>.+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<title>.*)|\..*)?", re.IGNORECASE
)
_COPIED = re.compile(
    r"(?:\s*\(\d+\)|[\s_-]*(?:copy|kopie|copie|copia|kopia|kopi)[\s_-]*(?:\(?\d+\)?)?|~)$",
    re.IGNORECASE,
)
_COPY_OF = re.compile(r"^(?:copy of|kopie von|copie de|copia de)\s+", re.IGNORECASE)
_ATTEMPT = re.compile(r"-(\d{1,3})$")
_SEPARATORS = r"[\W_]+"


def shown(name: str) -> str:
    """Return a name as it can be written anywhere: composed, undecodable bytes spelled out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace") if _undecodable(name) else name
    return unicodedata.normalize("NFC", text)


def _undecodable(name: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in name)


@dataclass(frozen=True)
class Named:
    """What a name says.

    Attributes
    ----------
    student : str
        As the platform tells students apart: ``roejane_12347``; "" if the name is of no platform.
    title : str
        The file's own name.
    attempt : int
        Which of a student's attempts (Canvas numbers them).
    """

    student: str
    title: str
    attempt: tuple[int, int] = (0, 0)


def told_by(name: str, topics: Sequence[str] = ()) -> Named:
    """Read the name that a platform gave a file or folder."""
    name = shown(name)
    moodle = _MOODLE.fullmatch(name)
    if moodle:
        return Named(f"{moodle['who']}_{moodle['number']}", moodle["title"] or "")
    canvas = _CANVAS.fullmatch(name)
    if canvas and not topics_in(canvas["who"], topics):
        stem, _, suffix = canvas["title"].rpartition(".")
        again = _ATTEMPT.search(stem)
        title = f"{_ATTEMPT.sub('', stem)}.{suffix}" if stem else canvas["title"]
        attempt = (int(again[1]) if again else 0, int(canvas["file"]))
        return Named(f"{canvas['who']}_{canvas['number']}", title, attempt)
    return Named("", name)


def plain_stem(name: str) -> str:
    """Return a file's name without its ending and the marks of a copy."""
    stem = shown(name)
    if code_kind(stem) and stem.lower().endswith((".txt", ".json")):
        stem = stem.rpartition(".")[0]
        stem = re.sub(r"(?:\s*\(\d+\)|-\d+)$", "", stem)
    for ending in (".py", ".ipynb", ".zip"):
        if stem.lower().endswith(ending):
            stem = stem[: -len(ending)]
    stem = _COPY_OF.sub("", stem)
    while _COPIED.search(stem) and _COPIED.sub("", stem):
        stem = _COPIED.sub("", stem)
    return stem.strip() or shown(name)


def topics_in(stem: str, topics: Sequence[str]) -> dict[str, str]:
    """Return the topics that stand at an end of a name, each with what is left of the name."""
    found: dict[str, str] = {}
    for topic in topics:
        words = r"[\W_]*".join(map(re.escape, topic.split("_")))
        for pattern in (rf"{_SEPARATORS}{words}[\W_]*$", rf"^{words}{_SEPARATORS}", rf"^{words}$"):
            match = re.search(pattern, stem, re.IGNORECASE)
            if match:
                found.setdefault(topic, (stem[: match.start()] + stem[match.end() :]).strip())
    return found
