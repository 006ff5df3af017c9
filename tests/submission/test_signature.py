"""How a `def` line departs from what is asked, and what a call was, in words."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from autograder import observe
from autograder.submission.signature import (
    call_text,
    mismatch,
    parameters,
    plain_signature,
    value_text,
    way_text,
)

ASKED = "f(x, w, stride=1)"
DEPARTS = [
    ("f(x, w, stride=1)", ""),
    ("f(x, w, stride=2)", ""),  # another default is a value, not a signature
    ("f(x, w, stride=1, *, fast=False)", ""),
    ("f(x, w, *, stride=1)", ""),
    ("f(x, w, /, stride=1)", ""),
    ("f(x: Array, w: Array, stride: int = 1) -> Array", ""),
    ("f(*args, **kwargs)", ""),
    ("f(x, *rest)", ""),
    ("f(x, **named)", ""),
    ("f(x, stride=1)", "lacks the parameter w"),
    ("f(stride=1)", "lacks the parameters x and w"),
    ("f()", "lacks the parameters x, w and stride"),
    ("f(x, w, b, stride=1)", "asks for b that nobody gives"),
    ("f(x, w, b, c, stride=1)", "asks for b and c that nobody gives"),
    ("f(image, w, stride=1)", "lacks the parameter x and asks for image that nobody gives"),
    ("f(w, x, stride=1)", "has its parameters in another order"),
    ("f(x, w, stride)", "lacks the default stride=1"),
    ("f(w, x, stride)", "has its parameters in another order and lacks the default stride=1"),
    ("f(x, w)", "lacks the parameter stride"),
]


@pytest.mark.parametrize(("given", "said"), DEPARTS)
def test_a_signature_is_told_where_it_can_matter(given, said):
    function = ast.parse(f"def {given}: pass" if "->" not in given else f"def {given}: ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert mismatch(ASKED, parameters(function.args)) == said


def test_parameters_are_written_as_in_the_def_line():
    given = "f(a, /, b, c=1, *rest, d, e='x', **more)"
    written = list(map(str, parameters(given)))
    assert written == ["a", "b", "c=1", "*rest", "d", "e='x'", "**more"]
    assert [p.kind for p in parameters(given)] == ["", "", "", "*", "keyword", "keyword", "**"]
    assert plain_signature("f(x: Array, w: Array, stride: int = 1)") == ASKED


VALUES = [
    (np.array([1.0, 2.5]), "[1, 2.5]"),
    (np.array([1, 2]), "[1, 2]"),
    (np.array([1.0, 2.0], np.float32), "[1, 2] (float32)"),
    (np.array([[1.0, 2.0], [3.0, 4.0]]), "[[1, 2], [3, 4]]"),
    (np.array([True, False]), "[True, False]"),
    (np.arange(6.0), "[0, 1, 2, 3, 4, 5]"),
    (np.arange(7.0), "float64 array (7,)"),
    (np.ones((1, 1, 2)), "float64 array (1, 1, 2)"),
    (np.ones((0, 3)), "float64 array (0, 3)"),
    (np.float64(1 / 3), "0.3333"),
    (1 / 3, "0.3333"),
    (np.int64(3), "3"),
    (12345.678, "1.235e+04"),
    (None, "None"),
    (True, "True"),
    ("same", "'same'"),
    ((1, 2), "(1, 2)"),
    ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, 6]"),
    ([1, 2, 3, 4, 5, 6, 7], "[1, 2, 3, … 4 more]"),
    ([np.ones(9)] * 4, "[" + ", ".join(["float64 array (9,)"] * 4) + "]"),
    ([np.ones(9)] * 5, "[float64 array (9,), float64 array (9,), … 3 more]"),
    ({"lr": 0.1}, "{'lr': 0.1}"),
    (observe.Seed(3), "np.random.default_rng(3)"),
    (observe.Function("no_such_name"), "a function (no such name)"),
    (observe.Env("CartPole-v1"), "an environment (CartPole-v1)"),
    (lambda x: x, "a function"),
]


@pytest.mark.parametrize(("value", "text"), VALUES, ids=[row[1][:30] for row in VALUES])
def test_values_are_written_briefly(value, text):
    assert value_text(value) == text


CALLS = [
    ((1, 2), {}, "f(x=1, w=2)"),
    ((1,), {"stride": 2}, "f(x=1, stride=2)"),
    ((1, 2, 3, 4), {}, "f(x=1, w=2, stride=3, 4)"),
    ((), {}, "f()"),
    ((np.ones((3, 4)),), {"w": [0.5]}, "f(x=float64 array (3, 4), w=[0.5])"),
]


@pytest.mark.parametrize(("args", "kwargs", "text"), CALLS)
def test_a_call_names_its_arguments(args, kwargs, text):
    assert call_text(ASKED, args, kwargs) == text


WAYS = [
    ("call", 1, "f(x)"),
    ("call", 3, "3 calls; the first: f(x)"),
    ("collect", 1, "the items of f(x)"),
    ("iterate", 5, "5 calls, each on what the one before gave; the first: f(x)"),
    ("descend", 5, "5 steps downhill, each from where the one before ended; the first: f(x)"),
    ("linear", 3, "f(ax + by) − a·f(x) − b·f(y), which should vanish; the first call: f(x)"),
    ("sample", 9, "statistics of many draws; the first call: f(x)"),
    ("a driver of tomorrow", 1, "f(x)"),
]


@pytest.mark.parametrize(("driver", "count", "text"), WAYS)
def test_how_a_driver_called_is_said(driver, count, text):
    assert way_text(driver, count, "f(x)") == text
