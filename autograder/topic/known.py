"""The topics of a catalogue as the intake of submissions asks for them."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

from autograder.submission.look import Known
from autograder.topic.catalogue import Catalogue
from autograder.topic.chapter import ChapterError
from autograder.topic.record import RecordedSource, RecordError

__all__ = ["known"]


def known(catalogue: Catalogue, *, released: bool = False) -> Known:
    """Return the topics and their exercises: those with solutions, or those that are released.

    A topic that cannot be read has no exercise here; whoever needs it will tell.
    """

    @cache  # asked for each submission
    def exercises(name: str) -> frozenset[str]:
        with suppress(ChapterError, RecordError, OSError):
            if released or not catalogue.authored:
                recorded = RecordedSource(catalogue.record(name)).exercises
                return frozenset(exercise.name for exercise in recorded)
            return frozenset(catalogue.topic(name).chapter.parts)
        return frozenset()

    return Known(catalogue.released() if released else catalogue.names(), exercises)
