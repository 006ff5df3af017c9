"""The same wrong code gets the same verdicts, whoever hands it in.

The cases of each student are drawn afresh. What each belief gives on them is compared with the
truth in this process; a check is to fail for all of them or for none.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.authoring.alike import all_trials, failed_by
from autograder.authoring.battery import STUDENTS, CachedSource
from autograder.topic.seeds import seeder
from tests.conftest import CATALOGUE
from tests.kit.battery import drawn, topic

MANY = 30


def differing(name, sources):
    """Yield exercise, belief and check where some students fail and others pass."""
    for exercise in topic(name).exercises:
        asked = [all_trials(source, exercise) for source in sources]
        for belief in exercise.variants:
            failed = [failed_by(belief, some) for some in asked]
            for check in sorted(frozenset.union(*failed) - frozenset.intersection(*failed)):
                share = np.mean([check in names for names in failed])
                yield exercise.name, belief.key, check, float(share)


def told(name, sources):
    return [
        f"{exercise}/{belief}: {check} fails for {share:.0%}"
        for exercise, belief, check, share in differing(name, sources)
    ]


MAY_DIFFER = {
    "activations": 8,
    "backprop": 19,
    "convolution": 13,
    "lstm": 2,
    "neurons": 19,
    "initialization": 8,
    "q_learning": 40,
    "optimizers": 11,
    "regression": 24,
    "regularization": 22,
    "spatial_transformer": 1,
    "tuning": 10,
}
"""How many verdicts still differ among thirty students: at most so many, and fewer in time."""
NEW = 20
"""How many may differ in a topic that is not listed yet."""


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_few_students_meet_the_same_verdicts(name):
    found = told(name, [drawn(name, student) for student in STUDENTS])
    assert len(found) <= MAY_DIFFER.get(name, NEW), found


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOGUE.names())
def test_thirty_students_meet_the_same_verdicts(name):
    students = (f"student {k}" for k in range(MANY))
    found = told(name, [CachedSource(topic(name), seeder(b"luck", k, name)) for k in students])
    assert len(found) <= MAY_DIFFER.get(name, NEW), found
