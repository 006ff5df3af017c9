"""What floats an exercise takes or gives it is asked for in float32 too, publicly.

Read from the recorded public checks: a function that loses the dtype is told so at the desk, and
not by hidden points alone.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from autograder.topic.record import RecordedSource
from autograder.values.compare import Raised
from autograder.values.nested import leaves
from tests.conftest import CATALOGUE
from tests.kit.battery import topic

FLOAT64 = "its docstring asks for float64: differences of nearby values leave float32 no digits"
NOTHING_IN = "no floats go in whose dtype could be kept"
NO_ARRAY_OUT = "no array comes out: a word, plain numbers, or whole numbers"
ANY_WEIGHTS = "any weights that fire right are right, and no array goes in"
EXCEPT = {
    "activations/numerical_vjp": FLOAT64,
    "activations/whose_mistake": NO_ARRAY_OUT,
    "adversarial/noise_schedule": NOTHING_IN,
    "backprop/numerical_gradient": FLOAT64,
    "initialization/sample_weights": NOTHING_IN,
    "landscapes/cosine_cycle_lr": NOTHING_IN,
    "landscapes/numerical_hessian": FLOAT64,
    "landscapes/top_curvature": FLOAT64,
    "neurons/fit_relu_to_rate": NO_ARRAY_OUT,
    "perceptron/gate": ANY_WEIGHTS,
    "perceptron/xor_network": ANY_WEIGHTS,
    "q_learning/train_q_table": "its docstring promises float64; what goes in is draws and rates",
    "recurrent/ngram_probabilities": NOTHING_IN,
    "spatial_transformer/identity_regression": NOTHING_IN,
    "transfer/masked_words": NO_ARRAY_OUT,
    "transfer/unfreeze_rates": NOTHING_IN,
    "transfer/why_it_moved": NO_ARRAY_OUT,
}
"""Exercises with arrays of floats and no public case in float32, and why."""
UNCOMPARED = {
    "energy_models/hopfield_recall": "of the state it is promised, of the energies it is not, and "
    "a check compares the dtypes of both or of neither",
}
"""Exercises that promise a dtype which no public check compares, and why."""
PROMISES = ("dtype of", "dtypes of", "same dtype")


@cache
def asked(name: str) -> dict[str, tuple[set[str], bool]]:
    """Return for each exercise the dtypes of its arrays of floats, and whether one is to be kept.

    To be kept: a public check that compares dtypes has a case in float32.
    """
    source = RecordedSource(CATALOGUE.record(name))
    found = {}
    for exercise in source.exercises:
        dtypes, kept = set[str](), False
        for check in exercise:
            for trial in source.trials(exercise, check):
                given = floats((trial.case.args, trial.case.kwargs))
                dtypes |= given
                if not isinstance(trial.expected, Raised):
                    dtypes |= floats(trial.expected)
                kept |= trial.tol.dtype and "float32" in given
        found[exercise.name] = dtypes, kept
    return found


def floats(value) -> set[str]:
    """Return the dtypes of the arrays of floats in a nested value."""
    arrays = (leaf for leaf in leaves(value) if isinstance(leaf, np.ndarray))
    return {array.dtype.name for array in arrays if array.dtype.kind == "f"}


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_floats_are_asked_for_in_float32_in_public(name):
    bare = {each for each, (dtypes, _) in asked(name).items() if dtypes and "float32" not in dtypes}
    told = {key.split("/")[1] for key in EXCEPT if key.split("/")[0] == name}
    assert bare - told == set(), "no public case in float32: declare in_other_dress"
    assert told - bare == set(), "they need no exception"


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_dtype_that_a_docstring_promises_is_compared_in_public(name):
    parts = topic(name).chapter.parts
    promised = {
        each
        for each in asked(name)
        if any(text in " ".join(parts[each].docstring.split()) for text in PROMISES)
    }
    bare = {f"{name}/{each}" for each in promised if not asked(name)[each][1]}
    assert bare == {key for key in UNCOMPARED if key.split("/")[0] == name}


def test_exceptions_promise_no_dtype_but_float64():
    for key in EXCEPT:
        name, exercise = key.split("/")
        docstring = " ".join(topic(name).chapter.parts[exercise].docstring.split())
        assert not any(text in docstring for text in PROMISES), key
        assert ("float64" in docstring) or EXCEPT[key] != FLOAT64, key
