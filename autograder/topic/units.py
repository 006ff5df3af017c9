"""Where a topic stands in the course: the line below its chapter's title, read from the stub."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.topic.catalogue import Catalogue

__all__ = ["LAST", "Place", "in_order", "place_of"]

_LINE = re.compile(r"^# \*Chapter (\d+) · (Unit .+)\*$", re.MULTILINE)
_HEAD = 2000  # characters in which the line stands, if it is there


@dataclass(frozen=True, order=True)
class Place:
    """A chapter's number and the unit it belongs to."""

    chapter: int
    unit: str


LAST = Place(10**6, "Further topics")
"""Where topics stand whose chapters do not say: an instructor's own, say."""


def place_of(catalogue: Catalogue, topic: str) -> Place:
    """Return where a released topic stands."""
    stub = catalogue.record(topic).with_name(f"{topic}.py")
    try:
        with stub.open(encoding="utf-8") as stream:
            found = _LINE.search(stream.read(_HEAD))
    except (OSError, UnicodeDecodeError):
        return LAST
    return Place(int(found[1]), found[2]) if found else LAST


def in_order(catalogue: Catalogue) -> dict[str, Place]:
    """Return the released topics in the course's order, and where each stands."""
    places = {name: place_of(catalogue, name) for name in catalogue.released()}
    return dict(sorted(places.items(), key=lambda item: (item[1], item[0])))
