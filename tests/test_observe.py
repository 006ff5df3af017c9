"""The drivers that compare what threshold units answer, and a call with the same call again."""

import numpy as np
import pytest

from autograder.observe import DRIVERS

fires = DRIVERS["fires"]
TABLE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = [(np.ones((2, 2)), np.array([0.5, 1.5])), (np.array([[1.0, -1.0]]), np.array([0.5]))]


@pytest.mark.parametrize("weights", [[1, 1], np.full(2, 1.0), np.ones((1, 2)), (7.0, 7.0)])
def test_any_weights_of_an_or_answer_alike(weights):
    threshold = np.max(weights) / 2
    assert fires(lambda: (weights, threshold), TABLE, 1.0, (1,)).tolist() == [[0], [1], [1], [1]]


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_a_unit_on_its_threshold_says_what_it_is_told_to(at_zero):
    answers = fires(lambda: ([1.0, 1.0], 2.0), TABLE, at_zero, (1,))
    assert answers.tolist() == [[0], [0], [0], [at_zero]]


def test_layers_feed_each_other_and_arguments_are_handed_on():
    asked = []
    answers = fires(lambda *a, **k: asked.append((a, k)) or XOR, TABLE, 0.0, (2, 1), 2, deep=True)
    assert answers.tolist() == [[0], [1], [1], [0]]
    assert asked == [((2,), {"deep": True})]


@pytest.mark.parametrize(
    ("layers", "widths"),
    [
        (XOR, (1, 1)),  # more hidden units than are allowed
        (XOR[:1], (2, 1)),  # a layer is missing
        ([*XOR, XOR[1]], (2, 1)),
        ([XOR[0], XOR[0]], (2, 2, 1)),
        (([1.0, 1.0, 1.0], 0.5), (1,)),  # weights for three inputs
        (([1.0, 1.0], [0.5, 0.5]), (1,)),  # two thresholds for one unit
        (([[1.0], [1.0]], 0.5), (1,)),
        (("ab", 0.5), (1,)),
        (5.0, (1,)),
        (([XOR[0], (np.zeros((0, 2)), np.zeros(0))]), (2, 1)),
    ],
)
def test_what_is_no_such_net_is_refused(layers, widths):
    with pytest.raises((ValueError, TypeError)):
        fires(lambda: layers, TABLE, 1.0, widths)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_borne_without_a_word(weight):
    assert fires(lambda: ([weight, 1.0], 0.5), TABLE, 1.0, (1,))[0] == 0


def test_what_is_drawn_is_not_given_again():
    again, draws = DRIVERS["again"], np.random.default_rng(3)
    assert again(lambda x: (x, [np.nan, -x]), np.ones(2)) == "the same"
    assert again(lambda x: (x, draws.uniform(size=2)), np.ones(2)) == "something else"
    assert again(lambda x, scale: scale * x, np.ones(2), scale=2.0) == "the same"
