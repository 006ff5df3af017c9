"""An example worked by hand tells apart the conventions that its section warns of."""

from __future__ import annotations

import re

import pytest

from autograder.authoring.battery import STUDENTS
from tests.conftest import CATALOGUE
from tests.kit.battery import drawn, topic

ONE_CELL = "of one cell without a bias the product is the same before and after the reset"
ALIKE = {
    ("lstm", "gru_step", "reset-after-the-product"): ONE_CELL,
    ("optimizers", "adamw_step", "all-fade-alike"): "its weight is 1, where |w| is w",
    ("q_learning", "value_iteration", "sweep-in-place"): "both orders end at the same table",
}
"""Conventions that an example gives the same values as the one asked, each with the reason."""
WORKED = re.compile("worked_example|by_hand|the_lectures_network|the_books_layer")


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_an_example_by_hand_tells_conventions_apart(name):
    source, alike = drawn(name, STUDENTS[0]), set()
    for exercise in topic(name).exercises:
        worked = [check for check in exercise if WORKED.search(check.name)]
        values = [t.variants() for check in worked for t in source.trials(exercise, check)]
        for belief in exercise.misconceptions if values else ():
            forms = (belief, *belief.forms)
            if belief.convention and not any(f.key in value for value in values for f in forms):
                alike.add((name, exercise.name, belief.name))
    assert alike == {key for key in ALIKE if key[0] == name}
