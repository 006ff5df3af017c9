"""What differs is found in order: structure, shape, dtype kind, values; and told in words."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.values.compare import Noise, Raised, Words, compare, equal
from autograder.values.tolerance import Tolerance, tolerance

TOL = Tolerance(1e-9, 0.0, "for this test")
EXACT = Tolerance(1e-9, 0.0, "for this test", dtype=True)
ONE = Tolerance(0.0, 1.0, "for this test")
A = np.array([1.5, 2.5, 1000.0])
I = np.array([1, 2, 3])  # noqa: E741
X23, X32 = np.ones((2, 3)), np.ones((3, 2))
NONE = "None (is a `return` missing?)"

RIGHT = [
    ("the same", A, A.copy(), TOL),
    ("a list for a tuple", (1.0, 2.0), [1.0, 2.0], TOL),
    ("a stacked array for a sequence", [A, A], np.stack([A, A]), TOL),
    ("within the tolerance of the largest value", A, A + 0.9e-6, TOL),
    ("unsigned integers for signed", I, I.astype(np.uint8), TOL),
    ("a whole number for a float", 2.0, 2, TOL),
    ("a whole float for an integer", 2, 2.0, TOL),
    ("one for true", np.bool_(True), 1, TOL),
    ("single for double precision", A.astype(np.float32), A.astype(np.float32) * 1.0, EXACT),
    ("NaN where NaN is asked", np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), TOL),
    ("the same infinity", np.array([np.inf, 1.0]), np.array([np.inf, 1.0]), TOL),
    ("integers within one, where one is allowed", I, I + 1, ONE),
    ("nothing for nothing", None, None, TOL),
    ("a word", "same", "same", TOL),
    ("a dict in another order", {"w": A, "b": I}, {"b": I, "w": A}, TOL),
    ("the exception asked for", Raised("ValueError"), Raised("ValueError"), TOL),
    ("no rows", np.ones((0, 3)), np.ones((0, 3)), TOL),
    ("a Python float has no dtype to keep", np.float32(1.0), 1.0, EXACT),
]

WRONG = [
    # structure
    ("structure", (A, A), (A, A, A), TOL, "expected 2 items, got 3"),
    ("structure", A, list(A), TOL, "got a list of 3: np.array(...) makes an array of it"),
    ("structure", A, None, TOL, f"expected an array of shape (3,), got {NONE}"),
    ("structure", None, 1.0, TOL, "expected None, got a number"),
    ("structure", (A, A), A, TOL, "expected a tuple of 2, got an array of shape (3,)"),
    ("structure", "same", 1.0, TOL, "expected text, got a number"),
    ("structure", {"w": A, "b": A}, {"w": A}, TOL, "the keys w, b; missing: b"),
    ("structure", {"w": A}, {"w": A, "v": A}, TOL, "not asked for: v"),
    ("structure", {"w": A}, A, TOL, "expected a dict with keys w"),
    ("structure", Raised("ValueError"), 1.0, TOL, "expected ValueError to be raised, a value"),
    ("structure", Raised("ValueError"), Raised("KeyError"), TOL, "raised, got KeyError"),
    ("structure", 1.0, Raised("KeyError"), TOL, "KeyError was raised"),
    # shape, before dtype and values
    ("shape", X23, X32, TOL, "expected shape (2, 3), got (3, 2)"),
    ("shape", X23, X32.astype(int), TOL, "expected shape (2, 3), got (3, 2)"),
    ("shape", 1.0, np.array([1.0]), TOL, "expected a number, got an array of shape (1,)"),
    ("shape", A, 1.0, TOL, "expected shape (3,), got a single number"),
    ("shape", A, A[:, None], TOL, "expected shape (3,), got (3, 1)"),
    # dtype kind, before values
    ("dtype", A, I, TOL, "expected float values, got integer values"),
    ("dtype", I, I * 1.0, TOL, "expected integer values, got float values"),
    ("dtype", I > 1, (I > 1) * 1, TOL, "expected bool values, got integer values"),
    ("dtype", 2, 2.5, TOL, "expected integer values, got float values"),
    ("dtype", 1, True, TOL, "expected integer values, got bool values"),
    ("dtype", A, A + 0j, TOL, "expected float values, got complex values"),
    ("dtype", A.astype(np.float32), A, EXACT, "expected dtype float32, got float64"),
    ("dtype", np.float32(1.0), np.float64(1.0), EXACT, "expected dtype float32, got float64"),
    # values
    ("value", A, A + 1.1e-6, TOL, "all values are wrong: off by 1.1e-09 of the largest value"),
    ("value", A, A + [0, 0, 1.0], TOL, "1 of 3 values are wrong"),
    ("value", A, A + [0, np.nan, 0], TOL, "1 of 3 values are wrong: there are NaNs"),
    ("value", A, A + [0, np.inf, 0], TOL, "1 of 3 values are wrong: there are infinities"),
    ("value", np.array([np.inf, 1.0]), np.array([-np.inf, 1.0]), TOL, "1 of 2 values are wrong"),
    ("value", np.array([np.nan, 1.0]), np.array([0.0, 1.0]), TOL, "1 of 2 values are wrong"),
    ("value", I, I + [0, 0, 2], ONE, "1 of 3 values are wrong"),
    ("value", I, I + [0, 0, 1], TOL, "1 of 3 values are wrong"),
    ("value", I > 1, I > 2, ONE, "1 of 3 values are wrong"),
    ("value", 2.0, 3.0, TOL, "the number is wrong"),
    ("value", "same", "other", TOL, "another word was expected"),
]


@pytest.mark.parametrize(("what", "e", "a", "tol"), RIGHT, ids=[row[0] for row in RIGHT])
def test_what_is_right_is_right(what, e, a, tol):
    assert compare(e, a, tol) is None
    assert equal(e, a, tol)


@pytest.mark.parametrize(
    ("kind", "e", "a", "tol", "text"), WRONG, ids=[f"{r[0]}-{k}" for k, r in enumerate(WRONG)]
)
def test_what_is_wrong_is_told_by_its_kind(kind, e, a, tol, text):
    found = compare(e, a, tol)
    assert found is not None
    assert (found.kind, text in found.text) == (kind, True), found.text
    assert not equal(e, a, tol)


@pytest.mark.parametrize(("kind", "e", "a", "tol", "text"), [r for r in WRONG if r[0] == "value"])
def test_the_text_of_a_wrong_value_holds_no_expected_value(kind, e, a, tol, text):
    found = compare(e, a, tol)
    assert found is not None
    assert "expected" in found.values
    assert "1000" not in found.text + found.where


CHAIN = Words(step="step")
PAIR = Words(names=("y", "cache"))
WORDS = [
    ((A, A), (A, A + 1), PAIR, "the returned cache: all values are wrong", "(y is right)"),
    ((A, A), (A + 1, A + 1), PAIR, "the returned y: all values are wrong", "wrong"),
    ((A, A), (A, A + 1), Words(), "the second of the 2 items: all values are wrong", ""),
    ([A, A], [A, A + 1], CHAIN, "step 2: all values are wrong", ""),
    ((A, A), (A, A + 1), CHAIN, "the second of the 2 items", ""),
    ([1.0] * 9, [1.0] * 8 + [2.0], Words(), "the 9th of the 9 items: the number is wrong", ""),
    ([1.0] * 9, [1.0] * 8 + [2.0], Words(step="draw"), "draw 9: the number is wrong", ""),
    (
        [(A, A), (A, A)],
        [(A, A), (A, A + 1)],
        Words(names=("h", "c"), step="step"),
        "c of step 2: all values are wrong",
        "(h is right)",
    ),
    ({"w": A, "b": I}, {"w": A, "b": I + 1}, Words(), "the entry 'b': all values are wrong", ""),
    ({"w": (A, A)}, {"w": (A, A + 1)}, Words(), "second of the 2 items of the entry 'w'", ""),
    (X23, X32, Words(symbols=("N, D",)), "expected shape (N, D) = (2, 3), got (3, 2)", ""),
    (X23, X32, Words(symbols=("N, C, D",)), "expected shape (2, 3), got (3, 2)", ""),
    (
        (X23, A),
        (X23, A[:2]),
        Words(names=("y", "cache"), symbols=("N, D", "T")),
        "the returned cache: expected shape (T) = (3,), got (2,)",
        "(y is right)",
    ),
    (
        (A, A),
        (A, None),
        PAIR,
        f"the returned cache: expected an array of shape (3,), got {NONE}",
        "",
    ),
]


@pytest.mark.parametrize(("e", "a", "words", "text", "more"), WORDS)
def test_parts_are_called_what_the_docstring_calls_them(e, a, words, text, more):
    found = compare(e, a, TOL, words)
    assert found is not None
    assert text in found.text
    assert more in found.text


def test_of_several_values_the_number_of_the_wrong_one_is_kept():
    found = compare([A, A, A], [A, A, A + 1], TOL, CHAIN)
    assert found is not None
    assert found.item == 2
    assert compare(A, A + 1, TOL).item is None


def test_first_and_worst_place_are_told_once_where_they_are_one():
    two = compare(A, A + [0.5, 0.0, 9.0], TOL)
    assert two.where == "first at index [0], worst at [2]"
    assert two.values == "at [0] expected 1.5, got 2; worst at [2]: expected 1000, got 1009"
    one = compare(A, A + [0.0, 9.0, 0.0], TOL)
    assert (one.where, one.values) == ("first at index [1]", "at [1] expected 2.5, got 11.5")


DIGITS = [
    (2.0, 3.0, "expected 2, got 3"),
    (0.1234567, 0.5, "expected 0.123457, got 0.5"),
    (1.0, 1.000000001, "expected 1, got 1.000000001"),
    (1e6, 1e6 + 0.25, "expected 1000000, got 1000000.2"),
    (1e-12, 1.0000001e-12, "expected 1e-12, got 1.0000001e-12"),
    (0.1, np.nextafter(0.1, 1), "expected 0.10000000000000001, got 0.10000000000000002"),
    (-1.0000002, -1.0000001, "expected -1.0000002, got -1.0000001"),
    (3.0000001, 3, "expected 3.0000001, got 3"),
    (3, 4, "expected 3, got 4"),
    (np.nan, 1.0, "expected nan, got 1"),
    (1.0, np.inf, "expected 1, got inf"),
    (1 + 1j, 1 + 1.0000001j, "expected (1+1j), got (1+1.0000001j)"),
    (True, False, "expected True, got False"),
]


@pytest.mark.parametrize(("e", "a", "text"), DIGITS)
def test_two_numbers_have_as_many_digits_as_tell_them_apart(e, a, text):
    found = compare(e, a, Tolerance(0.0, 1e-300, "for this test"))
    assert found is not None
    assert found.values == text


def test_numbers_one_bit_apart_never_look_alike():
    rng = np.random.default_rng(0)
    for e in rng.normal(size=200) * 10.0 ** rng.integers(-20, 20, 200):
        found = compare(float(e), float(np.nextafter(e, 9e99)), Tolerance(0.0, 1e-300, ""))
        asked, came = found.values.removeprefix("expected ").split(", got ")
        assert asked != came
        assert float(asked) != float(came)


TOLERANCES = [
    (np.ones(1), (), 4096 * 2.0**-52, "float64"),
    (np.ones(100), (), 4096 * 2.0**-52 * 10, "float64, sums of up to 100 terms"),
    (np.ones(4), np.ones((20, 20)), 4096 * 2.0**-52 * 20, "float64, sums of up to 400 terms"),
    (np.ones(4, np.float32), (), 64 * 2.0**-23 * 2, "float32, sums of up to 4 terms"),
    (np.ones(4), np.ones(9, np.float32), 64 * 2.0**-23 * 3, "float32, sums of up to 9 terms"),
    ({"w": [np.ones(25)]}, (), 4096 * 2.0**-52 * 5, "float64, sums of up to 25 terms"),
    (1.0, (), 4096 * 2.0**-52, "float64"),
    (np.ones(0), (), 4096 * 2.0**-52, "float64"),
]


@pytest.mark.parametrize(("e", "inputs", "rtol", "reason"), TOLERANCES)
def test_the_tolerance_follows_from_precision_and_size(e, inputs, rtol, reason):
    derived = tolerance(e, inputs)
    assert derived.rtol == pytest.approx(rtol, rel=1e-12)
    assert derived.reason == reason
    assert reason in str(derived)


def test_a_tolerance_that_is_set_is_kept_and_said():
    assert str(tolerance(A, atol=0.5)) == "5.0e-01 (set for this check)"
    assert str(tolerance(A, rtol=1e-3)) == "1.0e-03 of the largest value (set for this check)"
    assert str(tolerance(A, rtol=0.0)) == "none: exact values asked"
    assert tolerance(A, dtype=True).dtype


def test_noise_is_no_value_and_agrees_with_nothing():
    tol = tolerance(1.0, ())
    for other in (1.0, np.ones(3), Raised("ValueError"), Noise()):
        assert not equal(Noise(), other, tol)
        assert not equal(other, Noise(), tol)
