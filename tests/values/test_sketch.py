"""A sketch of a value is alike to what is equal, and to nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.values.compare import Raised, equal
from autograder.values.sketch import Sketch, sketched
from autograder.values.tolerance import Tolerance, tolerance

RNG = np.random.default_rng(7)
BIG = RNG.normal(size=(5, 7))
NESTED = {"h": BIG, "steps": [(RNG.normal(size=9), 3), (RNG.normal(size=4), 4)], "name": "x"}
TOL = tolerance(BIG, BIG)


def _kept(value: object) -> Sketch:
    found = sketched(value)
    assert isinstance(found, Sketch)
    return found


@pytest.mark.parametrize(
    "value",
    [
        BIG,
        BIG.astype(np.float32),
        np.arange(40),
        BIG > 0,
        (BIG, 1.5),
        [BIG, BIG],
        NESTED,
        [0.5] * 20,
        np.zeros((3, 4)),
    ],
    ids=["float64", "float32", "whole", "bool", "pair", "list", "nested", "numbers", "zeros"],
)
def test_equal_values_are_alike(value: object) -> None:
    kept = _kept(value)
    assert equal(kept, value, TOL)
    assert equal(value, kept, TOL)
    assert equal(kept, kept, TOL)


@pytest.mark.parametrize(
    "other",
    [
        BIG + 1e-9,
        BIG.T,
        BIG[::-1],
        -BIG,
        np.where(np.arange(35).reshape(5, 7) == 17, BIG + 1e-8, BIG),
        BIG[:, [1, 0, 2, 3, 4, 5, 6]],
        np.where(BIG.max() == BIG, np.nan, BIG),
        np.where(BIG.max() == BIG, np.inf, BIG),
        BIG > 0,
        BIG[:4],
        (BIG,),
        [BIG, BIG],
        None,
        "text",
        1.0,
        Raised("ValueError"),
    ],
    ids=[
        "shifted", "transposed", "reversed", "negative", "one entry", "columns", "nan", "inf",
        "bool", "shorter", "tuple", "twice", "none", "text", "number", "raised",
    ],
)  # fmt: skip
def test_other_values_are_not(other: object) -> None:
    assert not equal(_kept(BIG), other, TOL)
    assert not equal(other, _kept(BIG), TOL)


def test_rounding_is_within_the_tolerance_and_a_little_more_is_not() -> None:
    moved = BIG + TOL.rtol * np.abs(BIG).max() * RNG.uniform(-1, 1, BIG.shape)
    assert equal(_kept(BIG), moved, TOL)
    assert not equal(_kept(BIG), BIG + 100 * TOL.rtol * np.abs(BIG).max(), TOL)


def test_a_difference_of_one_epsilon_in_an_optimizer_is_seen() -> None:
    grad = RNG.normal(size=50)
    inside, outside = grad / np.sqrt(grad**2 + 1e-8), grad / (np.sqrt(grad**2) + 1e-8)
    assert not equal(_kept(inside), outside, tolerance(inside, grad))


def test_the_dtype_counts_where_it_is_asked() -> None:
    exact = Tolerance(TOL.rtol, TOL.atol, "", dtype=True)
    single = np.ones((3, 4), np.float32)
    assert equal(_kept(np.ones((3, 4))), single, TOL)
    assert not equal(_kept(np.ones((3, 4))), single, exact)
    assert equal(_kept(single), single, exact)


def test_whole_numbers_are_equal_or_not() -> None:
    loose = Tolerance(0.1, 0.0, "")
    counts = np.arange(40)
    other = counts.copy()
    other[20] += 1
    assert not equal(_kept(counts), other, loose)


@pytest.mark.parametrize(
    "value",
    [1.0, np.ones(3), None, "word", (1, 2.0), Raised("ValueError"), np.full(20, np.nan),
     np.full(20, 1e200), np.array(["a"] * 20), []],
)  # fmt: skip
def test_what_is_small_or_wild_or_no_number_is_kept(value: object) -> None:
    assert sketched(value) is value


def test_it_survives_being_packed() -> None:
    for value in (BIG, np.arange(40), NESTED):
        kept = _kept(value)
        again = Sketch.unpacked(kept.packed())
        assert equal(again, value, TOL)
        assert kept.packed().nbytes <= 32
