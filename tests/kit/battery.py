"""Helpers of the battery: grade a text as an official submission, in this process."""

from __future__ import annotations

import functools

import numpy as np

from autograder.authoring.battery import STUDENTS, CachedSource
from autograder.judging.grader import grade_submission
from autograder.report.model import Report
from autograder.sandbox import wire
from autograder.sandbox.inside.rehearsal import Rehearsal, refused
from autograder.sandbox.local import LocalWorker
from autograder.submission.cells import Submission, code_cells
from autograder.submission.script import split_script
from autograder.topic.catalogue import AuthoredTopic
from tests.conftest import CATALOGUE


@functools.cache
def topic(name: str) -> AuthoredTopic:
    return CATALOGUE.topic(name)


@functools.lru_cache(maxsize=2)  # one topic's: its tests come in turn (tests/conftest.py)
def drawn(name: str, student: str) -> CachedSource:
    """Return a topic's cases for a student, drawn once for all tests that look at them."""
    return CachedSource.of(topic(name), student)


def submission(text: str, name: str = "student") -> Submission:
    return Submission(name, code_cells(split_script(text, f"{name}.py")), f"{name}.py")


class Stand:
    """Answers for failed prerequisites here, where official grading has a worker do it."""

    def __init__(self, authored: AuthoredTopic) -> None:
        self._space = vars(authored.solution)

    def rehearse(self, name, args, kwargs, helpers):
        self._rehearsal = Rehearsal(self._space, helpers)
        self._rehearsal.run(lambda: self._space[name](*args, **kwargs))

    def answer(self, name: str, question: np.ndarray, rehearsed: bool) -> np.ndarray:
        _, _, args, kwargs = wire.decode(bytearray(question), wire.OUTPUTS)
        reason = refused(self._space[name], args, kwargs)
        if reason:
            raise ValueError(reason)
        if rehearsed:
            answer = self._rehearsal.answer(name, args, kwargs)
        else:
            answer = self._space[name](*args, **kwargs)
        return np.frombuffer(wire.encode(answer, wire.OUTPUTS), np.uint8)


def live(name: str, text: str, only=None) -> Report:
    """Grade `text` with hidden checks on a student's cases, as official grading does."""
    source, given = drawn(name, STUDENTS[0]), submission(text, STUDENTS[0])
    return grade_submission(source, given, LocalWorker, stand=Stand(topic(name)), only=only)


def replaced(name: str, exercise: str, cell: str) -> str:
    """Return the solution's text with one exercise's cell replaced."""
    chapter = topic(name).chapter
    return chapter.text.replace(chapter.parts[exercise].cell.source, cell)
