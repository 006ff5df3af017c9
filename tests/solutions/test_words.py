"""What is told of a belief is a sentence, in every topic."""

from __future__ import annotations

import re

import pytest

from autograder.judging.diagnose import Diagnosis
from autograder.judging.observation import Observation
from autograder.judging.verdict import check_result
from autograder.spec import Check, Misconception
from autograder.values.difference import Difference
from tests.conftest import CATALOGUE
from tests.kit.battery import topic

BELIEFS = [
    (name, exercise.name, belief)
    for name in CATALOGUE.names()
    for exercise in topic(name).exercises
    for belief in exercise.misconceptions
]
SINGULAR = re.compile(
    r"This is (?:the|a|an|one|half|what|other|code|plain|unit|\w+ing|\S+['’]s?)\b"
    r"|This is (?!as |by |with |from )\w*[^s\s]\b|This is \W?[^a-z\s]"
    r"|This is \w+(?:us|is|ss|as)\b"
)


def cause(belief: Misconception) -> str:
    seen = Observation(Check("check", "Checks.", None), difference=Difference("value", "wrong"))
    return check_result(seen, 1.0, Diagnosis(belief)).cause


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_convention_reads_as_a_sentence(name):
    """A noun in the singular is told as "This is ..."; all else is written as a sentence."""
    for where, exercise, belief in BELIEFS:
        if where == name and belief.convention:
            told = cause(belief)
            assert told.endswith("."), (exercise, told)
            assert not told[0].islower(), (exercise, told)
            if not belief.convention.endswith("."):
                assert SINGULAR.match(told), (exercise, told)
                assert not re.search(r"This is (?:the|a|an) \w+ (?:has|is|are|bounds) ", told), told
                assert not re.match(r"This is (?:A|An|The) ", told), told


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_hint_is_whole_sentences(name):
    for where, exercise, belief in BELIEFS:
        if where == name:
            assert re.search(r"[.?!)]$", belief.hint), (exercise, belief.name, belief.hint)
