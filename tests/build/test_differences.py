"""Records made on two kinds of machines: rounding is no difference, another value is one."""

from functools import partial

import numpy as np
import pytest

from autograder.build.differences import difference
from autograder.sandbox import wire
from autograder.topic.record import _CAPS, RecordedSource, write_record
from autograder.values.nested import changed
from tests.conftest import CATALOGUE

KEPT = CATALOGUE.record("transfer")


def shifted(value, by):
    return value + by if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


@pytest.mark.parametrize(("by", "lines"), [(0.0, 0), (3e-16, 0), (1e-6, 1)])
def test_wrong_values_differ_by_more_than_the_rounding_of_what_is_asked(tmp_path, by, lines):
    """A gradient of 0 that came out as 3e-16 elsewhere is 0 beside one of 0.5."""
    source = RecordedSource(KEPT)
    trials = {
        exercise.name: wire.decode(source._members[f"trials_{exercise.name}"], _CAPS)
        for exercise in source.exercises
    }
    (trial,) = trials["distillation_loss"]["worked_loss"]
    variants = changed(wire.decode(trial["variants"], _CAPS), partial(shifted, by=by))
    trial["variants"] = np.frombuffer(wire.encode(variants, _CAPS), np.uint8)
    made = tmp_path / KEPT.name
    write_record(made, {"texts": source.texts, "trials": trials})
    assert len(difference(made, KEPT)) == lines
