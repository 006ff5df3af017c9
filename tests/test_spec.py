"""What checks are made of: cases in other dress, and what they ask of a submission."""

import numpy as np
import pytest

from autograder.cases import backwards, by_columns, single, spread
from autograder.spec import Case, Exercise
from tests.conftest import CATALOGUE

TABLE = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize("layout", [backwards, by_columns, spread])
def test_the_same_numbers_lie_otherwise_in_memory(layout):
    given = {"w": [TABLE, (np.float64(2.5), 3, "name")], "n": np.array(1.0)}
    found = layout(given)
    assert found["n"] == 1.0
    assert found["w"][1] == (2.5, 3, "name")
    table = found["w"][0]
    assert np.array_equal(table, TABLE)
    assert table.dtype == TABLE.dtype
    assert not table.flags.c_contiguous
    assert (table.strides[-1] < 0) == (layout is backwards)
    assert table.flags.f_contiguous == (layout is by_columns)
    assert TABLE.flags.c_contiguous


def test_single_precision_leaves_whole_numbers_and_flags_alone():
    x, labels, flags, number, rate = single((TABLE, np.arange(2), TABLE > 1, np.float64(0.1), 0.1))
    assert [x.dtype, labels.dtype, flags.dtype, number.dtype] == ["f4", "i8", "?", "f4"]
    assert type(rate) is float


def dressed(**given):
    """Return an exercise whose second check asks the first in other dress."""
    exercise = Exercise("double", 1)

    @exercise.check(observe="item", exact=True)
    def values(rng):
        """Doubles."""
        for size in range(2, 6):
            yield Case(0, rng.normal(size=(2, size)), factor=2.0)

    exercise.in_other_dress(values, **given)
    return exercise


def test_in_other_dress_is_a_public_check_like_the_other_one():
    values, other = dressed(weight=3).checks
    assert (other.name, other.weight, other.hidden) == ("in_other_dress", 3, False)
    assert other.sentence == "Keeps float32, and takes arrays of any memory layout."
    assert (other.needs, other.observe, other.exact) == (("values",), "item", True)
    assert other.dtype
    taken = dressed(keeps=False).checks[1]
    assert taken.sentence == "Takes float32 and arrays of any memory layout."
    assert not taken.dtype
    assert values.cases(np.random.default_rng(1))[0].kwargs == {"factor": 2.0}


def test_in_other_dress_asks_each_case_in_float32_and_the_largest_as_it_came():
    values, other = dressed().checks
    plain = [case.args[1] for case in values.cases(np.random.default_rng(5))]
    cases = other.cases(np.random.default_rng(5))
    assert all(case.args[0] == 0 and case.kwargs == {"factor": 2.0} for case in cases)
    arrays = [case.args[1] for case in cases]
    assert [array.dtype.name for array in arrays] == ["float32"] * 4 + ["float64"]
    for array, given in zip(arrays, [*plain[::-1], plain[-1]], strict=True):
        assert np.array_equal(array, given.astype(array.dtype))
        assert not array.flags.c_contiguous
    layouts = [
        "by columns" if a.flags.f_contiguous else "backwards" if a.strides[-1] < 0 else "spread"
        for a in arrays
    ]
    assert layouts == ["spread", "backwards", "by columns", "spread", "by columns"]


def test_in_other_dress_asks_for_a_tolerance_where_the_other_check_has_one():
    exercise = Exercise("root", 1)

    @exercise.check(rtol=1e-6)
    def values(rng):
        """Takes roots."""
        yield rng.random(3)

    with pytest.raises(ValueError, match=r"root: in_other_dress\(values\) needs a tolerance"):
        exercise.in_other_dress(values)
    assert exercise.in_other_dress(values, rtol=1e-4).rtol == 1e-4


RETURNING_NO_ARRAY = {
    *("graph_depth", "parameter_count", "numerical_gradient", "place_windows"),
    *("conv_cost", "preactivation_std", "fans", "init_scale", "gain"),
    *("weight_std", "sample_weights", "predicted_growth"),
    *("fit_relu_to_rate", "decayed_rate", "residual_scale"),
    *("numerical_vjp", "whose_mistake", "selu_constants"),
    *("train_val_test_split", "confusion_and_auc"),
    *("value_iteration", "td_target", "train_q_table", "identity_regression"),
    *("robustness_curve", "grid", "diagnose"),
    *("gate", "xor_network"),
    *("numerical_hessian", "top_curvature", "cosine_cycle_lr", "branch_and_bound_1d"),
    *("noise_schedule", "trace_layers", "receptive_field", "lenet5_parameters", "explain_counts"),
    *("block_cost", "googlenet_shapes", "resnet_shapes"),
    *("causal_mask", "byte_pair_encode", "transformer_costs"),
    *("build_vocabulary", "ngram_probabilities"),
    *("why_it_moved", "unfreeze_rates", "masked_words", "same_class_pairs"),
}
"""Exercises that take no array of floats, or whose docstring promises one dtype for all."""


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_every_exercise_asks_publicly_for_the_dtype_that_it_charges_for(name):
    for exercise in CATALOGUE.topic(name).exercises:
        asked = [check for check in exercise if check.dtype or check.name == "in_other_dress"]
        public = [check for check in asked if not check.hidden]
        assert public or (not asked and exercise.name in RETURNING_NO_ARRAY), exercise.name


def test_in_new_arrays_asks_the_same_cases_of_memory_of_its_own():
    exercise = Exercise("double", 1)

    @exercise.check(exact=True, atol=0.5)
    def values(rng):
        """Doubles."""
        yield rng.normal(size=3)

    new = exercise.in_new_arrays(values, weight=2)
    assert (new.name, new.fresh, new.weight, new.hidden) == ("in_new_arrays", True, 2, False)
    assert (new.needs, new.exact, new.atol) == (("values",), True, 0.5)
    (case,) = new.cases(np.random.default_rng(1))
    assert np.array_equal(case.args[0], values.cases(np.random.default_rng(1))[0].args[0])
