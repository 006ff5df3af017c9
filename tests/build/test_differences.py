"""When two records count as the same: what depends on the machine is no difference."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.build.differences import _RIGHT, _same_wrong
from autograder.values.compare import Noise
from autograder.values.tolerance import tolerance

VALUE = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (VALUE, VALUE + 1e-13, True),
        (VALUE, VALUE + 1e-3, False),
        (VALUE, Noise(), True),
        (Noise(), Noise(), True),
        (Noise(), _RIGHT, True),  # rounding fell so that the wrong variant was right
        (VALUE, _RIGHT, False),
        (_RIGHT, _RIGHT, True),
    ],
)
def test_rounding_has_no_digits_and_may_be_right_by_chance(one, other, same):
    tol = tolerance(VALUE, (VALUE,))
    assert _same_wrong(one, other, tol) == same
    assert _same_wrong(other, one, tol) == same
