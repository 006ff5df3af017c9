"""The docstring is the contract: every shape it names is the shape that comes."""

from __future__ import annotations

import inspect

import pytest

from autograder.authoring.battery import STUDENTS
from autograder.authoring.contract import broken_promises, described
from tests.kit.battery import drawn, topic
from tests.solutions.test_battery import EXERCISES


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_shapes_in_the_docstring_are_true(name, exercise):
    assert list(broken_promises(topic(name), exercise, drawn(name, STUDENTS[0]))) == []


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_every_parameter_is_described(name, exercise):
    authored = topic(name)
    parameters = inspect.signature(getattr(authored.solution, exercise)).parameters
    assert described(authored.chapter.parts[exercise].docstring) == set(parameters)
