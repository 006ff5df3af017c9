"""How wrong values follow from right ones or from arguments is told where it is so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograder.values.patterns import find_pattern
from tests.conftest import ROOT

RNG = np.random.default_rng(7)
E = RNG.uniform(0.2, 3.0, (4, 3))
SIGNED = RNG.normal(size=(4, 3))
PARAM, GRAD = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3))
BIAS = RNG.normal(size=3)
STEP = PARAM - 0.03 * GRAD
TINY = (PARAM - 1e-6 * GRAD).astype(np.float32)


def softmax(x):
    grown = np.exp(x)
    return grown / grown.sum(axis=1, keepdims=True)


def given(**inputs):
    return {"inputs": inputs}


def changed(array, by=0.01):
    made = np.array(array, dtype=float)
    made.flat[0] += by
    return made


OF_PARAM = given(param=PARAM, lr=0.03)
TOLD = [
    ("echo", STEP, PARAM, OF_PARAM, "param comes back as it was given"),
    ("change", STEP, PARAM + 0.03 * GRAD, OF_PARAM, "the change from param has the wrong sign"),
    ("change", STEP, PARAM - 0.06 * GRAD, OF_PARAM, "is 2 times too large"),
    ("change", STEP, PARAM - GRAD, OF_PARAM, "right but for the factor lr: is lr missing?"),
    ("change", STEP, PARAM - 0.0009 * GRAD, OF_PARAM, "is lr in it once too often?"),
    ("term", SIGNED + BIAS, SIGNED, given(b=BIAS), "b is missing: it is to be added"),
    ("term", SIGNED + BIAS, SIGNED + 2 * BIAS, given(b=BIAS), "b is added once too often"),
    ("product", SIGNED, SIGNED * GRAD, given(dy=GRAD), "dy is multiplied once too often"),
    ("product", SIGNED * GRAD, SIGNED, given(dy=GRAD), "a factor is missing: dy"),
    ("square", E, E**2, {}, "is a root missing?"),
    ("root", E, np.sqrt(E), {}, "is a square missing?"),
    ("inverse", E, 1 / E, {}, "1 divided by what is asked"),
    ("complement", E, 1 - E, {}, "1 minus what is asked"),
    ("exp", SIGNED, np.exp(SIGNED), {}, "is a logarithm missing?"),
    ("log", E, np.log(E), {}, "is an exp missing?"),
    ("sigmoid", SIGNED, 1 / (1 + np.exp(-SIGNED)), {}, "a sigmoid more is applied"),
    ("no sigmoid", 1 / (1 + np.exp(-SIGNED)), SIGNED, {}, "the sigmoid is missing at the end"),
    ("tanh", SIGNED, np.tanh(SIGNED), {}, "a tanh more is applied"),
    ("no tanh", np.tanh(SIGNED), SIGNED, {}, "the tanh is missing at the end"),
    ("size", SIGNED, np.abs(SIGNED), {}, "the signs are lost"),
    ("cut", SIGNED, np.maximum(SIGNED, 0), {}, "what is negative is set to zero"),
    ("uncut", np.maximum(SIGNED, 0), SIGNED, {}, "negative values are left where zero is asked"),
    ("softmax", SIGNED, softmax(SIGNED), {}, "a softmax along axis 1 more than is asked"),
    ("softmax", softmax(SIGNED), SIGNED, {}, "a softmax along axis 1 is missing"),
    ("shares", E, E / E.sum(0), {}, "a division by the sum along axis 0 more than is asked"),
    ("unit", SIGNED, SIGNED / np.linalg.norm(SIGNED, axis=1)[:, None], {}, "to length 1"),
    ("centred", SIGNED, SIGNED - SIGNED.mean(0), {}, "taking the mean off along axis 0"),
    ("summed", SIGNED, np.cumsum(SIGNED, 1), {}, "adding up from the start along axis 1"),
    ("length one", E[0], E[:1], {}, "with an axis of length 1 too much"),
    ("length one", E[:1], E[0], {}, "with an axis of length 1 too little"),
    ("empty", E, E[:, 0:-0], {}, "x[p:-p] is empty where p is 0"),
    ("table", E[0], E[0][:, None] + np.zeros(3), {}, "only its diagonal is asked"),
    ("again", E, np.tile(E[-1], (4, 1)), {}, "is one array stored each time?"),
    ("reshaped", E, E.ravel(), {}, "only the shape is not"),
    ("reduced", E.sum(0), E, {}, "you keep axis 0, over which the sum is to be taken"),
    ("reduced", E, E.mean(1), {}, "the mean is taken over axis 1 as well, which is to stay"),
    (
        "other axis",
        E.sum(0),
        E.sum(1),
        {"sizes": {4: "the length of axis 0 of dy"}},
        "along another axis; 4 is the length of axis 0 of dy",
    ),
]
ONE = np.array([0.0, 0.78, 0.0])
WHOLE = np.array([[2.0, 1.0, 3.0], [5.0, 4.0, 6.0]])
NEAR = [
    ("echo", "all its entries are one", STEP, np.ones((4, 3)), given(param=np.ones((4, 3)))),
    (
        "echo",
        "a zero and a one are so by chance",
        [0.7, 0.0],
        [1.0, 0.0],
        given(p=np.array([1.0, 0.0])),
    ),
    ("change", "rounding hides the change", TINY, TINY, given(param=PARAM.astype(np.float32))),
    ("change", "an entry departs", STEP, changed(PARAM + 0.03 * GRAD), OF_PARAM),
    ("term", "an entry departs", SIGNED + BIAS, changed(SIGNED), given(b=BIAS)),
    ("term", "a constant is any constant", SIGNED + 1, SIGNED, given(b=np.ones(3))),
    ("product", "an entry departs", SIGNED, changed(SIGNED * GRAD), given(dy=GRAD)),
    ("product", "one entry is half of it", ONE, 0.5 * ONE, given(z=np.array([-9.0, 0.5, 9.0]))),
    ("square", "whole numbers are squares by chance", WHOLE, WHOLE**2, {}),
    ("root", "an entry departs", E, changed(np.sqrt(E)), {}),
    ("inverse", "whole numbers", WHOLE, 1 / WHOLE, {}),
    ("complement", "an entry departs", E, changed(1 - E), {}),
    ("exp", "an entry departs", SIGNED, changed(np.exp(SIGNED)), {}),
    ("log", "an entry departs", E, changed(np.log(E)), {}),
    ("sigmoid", "an entry departs", SIGNED, changed(1 / (1 + np.exp(-SIGNED))), {}),
    ("no sigmoid", "an entry departs", 1 / (1 + np.exp(-SIGNED)), changed(SIGNED), {}),
    ("tanh", "an entry departs", SIGNED, changed(np.tanh(SIGNED)), {}),
    ("no tanh", "an entry departs", np.tanh(SIGNED), changed(SIGNED), {}),
    ("size", "an entry departs", SIGNED, changed(np.abs(SIGNED)), {}),
    ("cut", "three are few", SIGNED.ravel()[:3], np.maximum(SIGNED.ravel()[:3], 0), {}),
    ("uncut", "three are few", np.maximum(SIGNED.ravel()[:3], 0), SIGNED.ravel()[:3], {}),
    ("softmax", "an entry departs", SIGNED, changed(softmax(SIGNED)), {}),
    ("shares", "an entry departs", E, changed(E / E.sum(0)), {}),
    ("unit", "an entry departs", SIGNED, changed(SIGNED / np.linalg.norm(SIGNED)), {}),
    ("centred", "an entry departs", SIGNED, changed(SIGNED - SIGNED.mean(0)), {}),
    ("summed", "an entry departs", SIGNED, changed(np.cumsum(SIGNED, 1)), {}),
    ("length one", "the values differ", E[0], changed(E[:1]), {}),
    ("empty", "nothing is asked either", E[:0], E[:0, 0], {}),
    ("empty", "of one entry, one is counted too few", E[:1], E[:0], {}),
    ("table", "the diagonal is wrong", E[0], E[0][:, None] + np.ones(3), {}),
    ("again", "the last one is wrong as well", E, np.tile(E[0], (4, 1)), {}),
    ("reshaped", "the order differs", E, E.T.ravel(), {}),
    ("reduced", "the values differ", E.sum(0), changed(E), {}),
    ("other axis", "the values differ", E.sum(0), changed(E.sum(1)), {}),
]
"""The pattern that is nearly there, why it is not told, what was asked and what came."""


def found(e, a, more):
    wrong = ~np.isclose(e, a, rtol=1e-9, atol=0) if np.shape(e) == np.shape(a) else None
    return find_pattern(np.asarray(e), np.asarray(a), wrong, **more)


@pytest.mark.parametrize(("name", "e", "a", "more", "text"), TOLD)
def test_what_is_so_is_told(name, e, a, more, text):
    pattern = found(e, a, more)
    assert pattern is not None
    assert (pattern.name, text in pattern.text) == (name, True), pattern.text


@pytest.mark.parametrize(("name", "why", "e", "a", "more"), NEAR)
def test_what_is_nearly_so_is_not_told(name, why, e, a, more):
    pattern = found(e, a, more)
    assert pattern is None or pattern.name != name, f"{why}: {pattern}"


def test_each_relation_has_its_rows():
    source = (ROOT / "autograder/values/relations.py").read_text(encoding="utf-8")
    tables = r'^ {4,8}\("([a-z ]+)", "'
    names = set(re.findall(r'Pattern\(\s*"([a-z ]+)"', source))
    names |= set(re.findall(tables, source, re.MULTILINE))
    assert names == {row[0] for row in TOLD} == {row[0] for row in NEAR}


def test_a_scalar_tells_a_factor_that_was_given():
    pattern = find_pattern(np.asarray(0.7), np.asarray(0.07), np.asarray(True), inputs={"lr": 0.1})
    assert pattern is not None
    assert "10 times too small" in pattern.text  # a number everybody knows comes first
    pattern = find_pattern(
        np.asarray(0.7), np.asarray(0.021), np.asarray(True), inputs={"lr": 0.03}
    )
    assert pattern is not None
    assert "is lr in it once too often?" in pattern.text


@pytest.mark.parametrize("name", sorted({row[0] for row in TOLD} - {"change", "term", "product"}))
def test_single_precision_hides_no_relation(name):
    e, a, more = next((e, a, more) for told, e, a, more, _ in TOLD if told == name)
    inputs = {key: np.float32(value) for key, value in more.get("inputs", {}).items()}
    pattern = found(np.float32(e), np.float32(a), {**more, "inputs": inputs})
    assert pattern is not None
    assert pattern.name == name
