"""The same wrong code gets the same verdicts, whoever hands it in.

The cases of each student are drawn afresh. What each belief gives on them, and a sample of mutants,
is compared with the truth in this process; a check is to fail for all of them or for none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.alike import all_trials, failed_by
from autograder.authoring.battery import STUDENTS, CachedSource
from autograder.spec import Misconception
from autograder.topic.seeds import seeder
from tests.conftest import CATALOGUE
from tests.kit.battery import drawn, topic
from tests.kit.mutation import mutants

MANY = 30


def differing(exercises, sources):
    """Yield exercise, belief and check where some students fail and others pass."""
    for exercise in exercises:
        asked = [all_trials(source, exercise) for source in sources]
        for belief in exercise.variants:
            failed = [failed_by(belief, some) for some in asked]
            for check in sorted(frozenset.union(*failed) - frozenset.intersection(*failed)):
                share = np.mean([check in names for names in failed])
                yield exercise.name, belief.key, check, float(share)


def told(exercises, sources):
    return [
        f"{exercise}/{belief}: {check} fails for {share:.0%}"
        for exercise, belief, check, share in differing(exercises, sources)
    ]


def mutated(name):
    """Return the exercises with a sample of mutants in place of their beliefs.

    Left out are functions with a ``while``: of their mutants some do not end.
    """
    rng = np.random.default_rng(17)
    for exercise in topic(name).exercises:
        found = mutants(name, exercise.name)
        if any("while " in mutant.source for mutant in found):
            continue
        chosen = sorted(rng.permutation(len(found))[:SAMPLE])
        others = [_as_belief(name, found[k]) for k in chosen]
        yield replace(exercise, misconceptions=[*_noticed(exercise), *others])


def _noticed(exercise):
    """Return the beliefs that a check is to notice: without them it draws no cases."""
    keys = {key for check in exercise for key in check.notices}
    return [replace(belief, forms=[]) for belief in exercise.variants if belief.key in keys]


def _as_belief(name, mutant):
    function = topic(name).compile(mutant.exercise, mutant.source, mutant.key)
    return Misconception(mutant.key, "", function=function)


SAMPLE = 5
"""Mutants of an exercise that thirty students hand in."""
MUTANTS_MAY_DIFFER = 12
"""How many of their verdicts may differ in a topic, and fewer in time."""


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_few_students_meet_the_same_verdicts(name):
    found = told(topic(name).exercises, [drawn(name, student) for student in STUDENTS])
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOGUE.names())
def test_thirty_students_meet_the_same_verdicts(name):
    found = told(topic(name).exercises, thirty(name))
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOGUE.names())
def test_thirty_students_meet_the_same_verdicts_on_mutants(name):
    found = [line for line in told(mutated(name), thirty(name)) if " | " in line]
    assert len(found) <= MUTANTS_MAY_DIFFER, found


def thirty(name):
    students = (f"student {k}" for k in range(MANY))
    return [CachedSource(topic(name), seeder(b"luck", k, name)) for k in students]
