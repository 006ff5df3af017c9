"""The truth of float32 cases: computed in float64, with the dtypes of the worked solution."""

import numpy as np
import pytest

from autograder.topic.widened import widened

SINGLE = np.array([1, 3], np.float32)


def _asked(worked, *args, **kwargs):
    """Call a function that notes the dtypes it was given."""
    seen = []

    def truth(*args, **kwargs):
        seen.extend(a.dtype for a in [*args, *kwargs.values()] if isinstance(a, np.ndarray))
        return worked(*args, **kwargs)

    return widened({"f": truth}, {"f": worked})["f"](*args, **kwargs), seen


def test_float32_is_computed_in_float64_and_rounded_once():
    value, seen = _asked(lambda x: x / 3, SINGLE)
    assert seen == [np.float64]
    assert value.dtype == np.float32
    assert np.array_equal(value, (SINGLE.astype(float) / 3).astype(np.float32))


def test_what_the_worked_solution_gives_in_float64_stays():
    (loss, slope, count), _ = _asked(lambda x: (float(x.sum()), x * 2, x.size), SINGLE)
    assert type(loss) is float
    assert slope.dtype == np.float32
    assert count == 2


def test_numbers_of_numpy_are_rounded_too():
    value, _ = _asked(lambda *, x: {"sum": x.sum(), "flags": x > 1}, x=SINGLE)
    assert type(value["sum"]) is np.float32
    assert value["flags"].dtype == np.bool_


@pytest.mark.parametrize(
    "other", [np.ones(2), np.random.default_rng(0), abs, [SINGLE.astype(np.float64)]]
)
def test_other_floats_and_what_use_changes_are_left_to_the_function_itself(other):
    _, seen = _asked(lambda x, y: x, SINGLE, other)
    assert seen[0] == np.float32
    assert _asked(lambda x: x, np.ones(2))[1] == [np.float64]
    assert _asked(lambda n: n, 3)[1] == []


def test_an_iterator_is_the_functions_own():
    value, _ = _asked(lambda x: iter(x), SINGLE)
    assert next(value).dtype == np.float32
