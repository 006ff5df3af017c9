"""Helpers of the battery: grade a text as an official submission, in this process."""

from __future__ import annotations

import functools

import numpy as np

from autograder.judging.grader import grade
from autograder.report.model import Report
from autograder.sandbox import wire
from autograder.sandbox.local import LocalWorker
from autograder.submission.cells import Submission, code_cells, split_script
from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.trials import LiveSource, seeder
from tests.conftest import CATALOGUE


@functools.cache
def topic(name: str) -> AuthoredTopic:
    return CATALOGUE.topic(name)


def submission(text: str, name: str = "student") -> Submission:
    return Submission(name, code_cells(split_script(text, f"{name}.py")), f"{name}.py")


def serving(authored: AuthoredTopic):
    """Answer for failed prerequisites here, where official grading has a worker do it."""

    def serve(name: str, question: np.ndarray) -> np.ndarray:
        _, _, args, kwargs = wire.decode(bytearray(question), wire.OUTPUTS)
        answer = vars(authored.solution)[name](*args, **kwargs)
        return np.frombuffer(wire.encode(answer, wire.OUTPUTS), np.uint8)

    return serve


def live(name: str, text: str, only=None, secret: bytes = b"battery", student="student") -> Report:
    """Grade `text` with hidden checks and fresh cases, as official grading does."""
    authored = topic(name)
    given = submission(text, student)
    source = LiveSource(authored, seeder(secret, student, name))
    return grade(source, given, LocalWorker, serve=serving(authored), only=only)


def replaced(name: str, exercise: str, cell: str) -> str:
    """Return the solution's text with one exercise's cell replaced."""
    chapter = topic(name).chapter
    return chapter.text.replace(chapter.parts[exercise].cell.source, cell)
