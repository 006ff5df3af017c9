"""What a wrong array looks like is told where it is so, once, and not where it could not differ."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograder.values import regular
from autograder.values.patterns import find_pattern, ordinal
from tests.conftest import ROOT

FOUR = np.array([1.5, 2.0, 4.25, 8.0])
BLOCK = np.arange(1.0, 25.0).reshape(2, 3, 4) ** 1.5
GRID = np.arange(1.0, 17.0).reshape(4, 4) ** 1.5
IMAGE = GRID.reshape(1, 1, 4, 4)
NCHW = ("N", "C", "H", "W")


def changed(array, *places, by=None):
    """Return a copy that is wrong at some places, by amounts that are no pattern of their own."""
    made = np.array(array, dtype=float)
    for number, place in enumerate(places):
        made[place] += by if by is not None else 0.37 + 0.11 * number**2
    return made


def bordered(image):
    """Return a copy of which only the border is wrong."""
    made = image + np.random.default_rng(0).uniform(1, 2, image.shape)
    made[..., 1:-1, 1:-1] = image[..., 1:-1, 1:-1]
    return made


def found(e, a, axes=(), sizes=None):
    e, a = np.asarray(e), np.asarray(a)
    wrong = None
    if e.shape == a.shape and e.dtype.kind != "U":
        wrong = ~np.isclose(e, a, rtol=1e-9, atol=0, equal_nan=True)
    return find_pattern(e, a, wrong, axes, sizes or {})


E3 = [1.5, 2.5, 3.5]
SINGLE = FOUR.astype(np.float32), FOUR.astype(np.float32) * np.float32(1 + 2e-7)
OF_X = {"sizes": {5: "the length of x"}}
TOLD = [
    ("zeros", [1.0, 2.0], [0.0, 0.0], {}, "every value you return is zero"),
    ("constant", [1.0, 2.0, 4.0], [3.0, 3.0, 3.0], {}, "every value you return is the same"),
    ("factor", FOUR, -FOUR, {}, "the sign is flipped everywhere"),
    ("factor", FOUR, 2 * FOUR, {}, "everything is 2 times too large"),
    ("factor", FOUR, FOUR / 10, {}, "everything is 10 times too small"),
    ("factor", FOUR * 1e-200, FOUR * 2e-200, {}, "everything is 2 times too large"),
    ("factor", FOUR * 1e200, FOUR * 2e200, {}, "everything is 2 times too large"),
    ("factor", FOUR, -2 * FOUR, {}, "everything is 2 times too large and has the wrong sign"),
    ("factor", FOUR, np.sqrt(0.5) * FOUR, {}, "everything is √2 times too small"),
    ("factor", E3, 3 * np.array(E3), {}, "3 times too large: is that the number of values?"),
    ("factor", FOUR, 5 * FOUR, OF_X, "is that the length of x?"),
    ("factor", FOUR, FOUR / 5, OF_X, "5 times too small: is that the length of x?"),
    ("factor", FOUR, 1.7 * FOUR, {}, "everything is 1.7 times what it should be"),
    ("factor", 3.5, 7.0, {}, "everything is 2 times too large"),
    ("tiny", FOUR, FOUR + 1e-8, {}, "an epsilon?"),
    ("tiny", FOUR, FOUR.astype(np.float32) + FOUR * 0 + 1e-9, {}, "or float32 is on the way"),
    ("tiny", np.array(3.5), np.array(3.5 + 2e-8), {}, "an epsilon?"),
    ("offset", FOUR, FOUR + 3.0, {}, "everything is off by the same amount"),
    ("transposed", BLOCK[0], BLOCK[0].T, {}, "this is the transpose of what is asked"),
    ("transposed", GRID, GRID.T, {}, "this is the transpose of what is asked"),
    ("axes", BLOCK, BLOCK.transpose(0, 2, 1), {}, "axes 1 and 2 are mixed up"),
    ("axes", BLOCK, BLOCK.transpose(2, 0, 1), {}, "axes 0, 1 and 2 are mixed up"),
    ("reversed", FOUR, FOUR[::-1], {}, "the order along axis 0 is reversed"),
    ("reversed", FOUR, FOUR[::-1], {"axes": ("T",)}, "the order along the axis T is reversed"),
    ("permuted", FOUR, FOUR[[1, 0, 3, 2]], {}, "the right values stand in the wrong places"),
    ("shifted", FOUR, [0.3, *FOUR[:-1]], {}, "the values come one step late along axis 0"),
    ("shifted", FOUR, [*FOUR[1:], 0.3], {}, "the values come one step early along axis 0"),
    ("place", FOUR, changed(FOUR, 0), {}, "only the first entry is wrong"),
    ("place", FOUR, changed(FOUR, -1), {}, "only the last entry is wrong"),
    ("place", FOUR, changed(FOUR, 2), {}, "only the 3rd entry is wrong"),
    ("place", GRID, changed(GRID, (1, 0), (1, 2)), {}, "only the 2nd entry along axis 0 is wrong"),
    (
        "place",
        BLOCK,
        changed(BLOCK, (0, 0, 3), (1, 1, 3)),
        {"axes": ("N", "C", "T")},
        "only the last entry along the axis T is wrong",
    ),
    ("place", GRID, changed(GRID, 1, 2, 3), {}, "only the first entry along axis 0 is right"),
    ("border", IMAGE, bordered(IMAGE), {"axes": NCHW}, "only the border is wrong"),
    ("border", GRID, bordered(GRID), {"axes": ("OH", "OW")}, "only the border is wrong"),
    (
        "stuck",
        [*FOUR, 16.5, 33.0],
        [1.5, 0.5, 4.25, 0.5, 16.5, 0.5],
        {},
        "you return 0.5 wherever it is wrong",
    ),
    (
        "some",
        [*FOUR, 16.5, 33.0],
        [-1.5, -2.0, 4.25, -8.0, 16.5, 33.0],
        {},
        "the wrong values have the wrong sign, the others are right",
    ),
    (
        "some",
        [*FOUR, 16.5, 33.0],
        [3.0, 4.0, 4.25, 16.0, 16.5, 33.0],
        {},
        "the wrong values are 2 times too large, the others are right",
    ),
    (
        "some",
        [1.5e-200, 2e-200, 4.25e-200, 8e-200],
        [3e-200, 4e-200, 4.25e-200, 16e-200],
        {},
        "the wrong values are 2 times too large, the others are right",
    ),
]

TWO_ROWS, THREE_ROWS = GRID[:2], GRID[:3]
NEAR = [
    ("tiny", "so is rounding in single precision", *SINGLE, {}),
    ("tiny", "an epsilon is smaller", FOUR, FOUR + 1e-3 * np.arange(4.0) ** 2, {}),
    ("zeros", "one number says nothing of many", [3.5], [0.0], {}),
    ("constant", "so is what is asked", [5.0, 5.0, 5.0], [3.0, 3.0, 3.0], {}),
    ("constant", "two values are the same by chance", [1.0, 2.5], [3.0, 3.0], {}),
    ("factor", "one entry departs from it", FOUR, changed(2 * FOUR, 3, by=0.01), {}),
    ("factor", "one number is a multiple of any other", [1.5, 0.0], [3.0, 0.0], {}),
    ("factor", "small whole numbers are multiples by chance", 3.0, 6.0, {}),
    ("factor", "a single index is one by chance", [2], [1], {}),
    ("factor", "whole numbers of an odd ratio are so by chance", [1, 2, 4], [5, 10, 20], {}),
    ("factor", "the odd ratio of two values is chance", [1.5, 2.5], [2.55, 4.25], {}),
    ("factor", "a constant is a multiple of any other", [2.5] * 4, [4.1] * 4, {}),
    ("factor", "there is no ratio to infinity", [1.5, np.inf, 2.0], [3.0, np.inf, 4.1], {}),
    ("offset", "three values are few", [1.0, 2.0, 4.5], [4.0, 5.0, 7.5], {}),
    ("offset", "one entry departs from it", FOUR, changed(FOUR + 3, 3, by=0.01), {}),
    ("offset", "a constant is off by one amount always", [2.0] * 4, [9.0] * 4, {}),
    ("transposed", "only the shape is", BLOCK[0], BLOCK[1].T, {}),
    ("axes", "only the shape is", BLOCK, BLOCK[::-1].transpose(0, 2, 1) * 1.01, {}),
    ("reversed", "two values only change places", [1.5, 4.0], [4.0, 1.5], {}),
    ("reversed", "an entry departs from it", FOUR, changed(FOUR[::-1], 0, by=0.1), {}),
    ("reversed", "so does one of four by chance", [0.0, 0, 0, 1], [1.0, 0, 0, 0], {}),
    ("permuted", "one of four stands somewhere", [0.0, 0, 0, 1], [0.0, 1, 0, 0], {}),
    ("permuted", "two values only change places", [1.5, 4.0], [4.0, 1.5], {}),
    ("permuted", "an entry is new", FOUR, [2.0, 1.5, 8.0, 4.0], {}),
    ("shifted", "three values are few", E3, [0.3, 1.5, 2.5], {}),
    ("shifted", "late, but all the same", [1.0, 1.0, 1.0, 5.0], [9.0, 1.0, 1.0, 1.0], {}),
    ("shifted", "early, but all the same", [5.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 9.0], {}),
    ("place", "what is right is all zero", [0.0, 0.0, 0.0, 8.0], [0.0, 0.0, 0.0, 8.9], {}),
    ("place", "one entry of a table has no line", GRID, changed(GRID, (1, 2)), {}),
    ("place", "of two rows one", TWO_ROWS, changed(TWO_ROWS, (0, 1), (0, 2)), {}),
    ("place", "of three rows the first is right", THREE_ROWS, changed(THREE_ROWS, 1, 2), {}),
    ("border", "these axes are no image", GRID, bordered(GRID), {"axes": ("N", "D")}),
    ("border", "the inside is zero anyway", IMAGE * 0, bordered(IMAGE * 0), {"axes": NCHW}),
    ("border", "the inside is wrong as well", IMAGE, bordered(IMAGE) + 0.1, {"axes": NCHW}),
    ("factor", "no number is so large", FOUR * 1e-300, FOUR * 1e300, {}),
    ("some", "no number is so large", [*(FOUR * 1e-300), 1.5], [*(FOUR * 1e300), 1.5], {}),
    ("stuck", "two are few", [*FOUR, 16.5], [1.5, 0.5, 4.25, 0.5, 16.5], {}),
    ("some", "two are few", [*FOUR, 16.5], [-1.5, -2.0, 4.25, 8.0, 16.5], {}),
    ("some", "one departs", [*FOUR, 16.5, 33.0], [-1.5, -2.0, 4.25, -8.1, 16.5, 33.0], {}),
    ("stuck", "they differ", [*FOUR, 16.5, 33.0], [1.5, 0.5, 4.25, 0.5, 16.5, 0.6], {}),
]
"""The pattern that is nearly there, why it is not told, what was asked and what came."""


def ids(rows):
    return [f"{row[0]}-{number}" for number, row in enumerate(rows)]


@pytest.mark.parametrize(("name", "e", "a", "more", "text"), TOLD, ids=ids(TOLD))
def test_what_is_so_is_told(name, e, a, more, text):
    pattern = found(e, a, **more)
    assert pattern is not None
    assert (pattern.name, text in pattern.text) == (name, True), pattern.text


@pytest.mark.parametrize(("name", "why", "e", "a", "more"), NEAR, ids=ids(NEAR))
def test_what_is_nearly_so_or_could_not_be_otherwise_is_not_told(name, why, e, a, more):
    pattern = found(e, a, **more)
    assert pattern is None or pattern.name != name, f"{why}: {pattern}"


def test_each_pattern_has_its_rows():
    source = (ROOT / "autograder/values/patterns.py").read_text(encoding="utf-8")
    names = set(re.findall(r'Pattern\("(\w+)"', source))
    assert names == {row[0] for row in TOLD} == {row[0] for row in NEAR}


def test_a_small_size_is_not_taken_for_a_length():
    pattern = found(FOUR, 2 * FOUR, sizes={2: "the length of x"})
    assert pattern is not None
    assert pattern.text == "everything is 2 times too large"


@pytest.mark.parametrize("name", sorted({row[0] for row in TOLD} - {"tiny"}))
def test_single_precision_hides_no_pattern(name):
    e, a, more = next((e, a, more) for told, e, a, more, _ in TOLD if told == name)
    pattern = found(np.asarray(e, np.float32), np.asarray(a, np.float32), **more)
    assert pattern is not None
    assert pattern.name == name


@pytest.mark.parametrize(
    ("e", "a"),
    [
        (FOUR, FOUR * 1j),
        (np.array(["a", "b"]), np.array(["b", "a"])),
        (FOUR, FOUR[:3]),
        (np.ones((0, 3)), np.ones((3, 0))),
    ],
    ids=["complex", "text", "lengths", "empty"],
)
def test_what_holds_no_regularity_names_none_and_raises_nothing(e, a):
    assert found(e, a) is None


def test_a_departure_beyond_rounding_is_a_departure():
    near = found(FOUR, FOUR * 2 * (1 + regular.RTOL / 10))
    beyond = found(FOUR, changed(FOUR * 2, 1, by=FOUR.max() * regular.RTOL * 10))
    assert near is not None
    assert near.name == "factor"
    assert beyond is None


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")]
    + [(21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th"), (113, "113th")],
)
def test_ordinals(number, text):
    assert ordinal(number) == text
