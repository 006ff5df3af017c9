"""The vector mathematics: its error in units in the last place, its edges, its machine code."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numba import njit

from reference.kernels import vector

ULP = {"exp": 1.1, "expm1": 2.3, "log": 1.0, "sigmoid": 2.5, "tanh": 2.5, "sin": 2.5}
TRUTH = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "sin": np.sin,
}
RANGE = {
    "exp": {"f": (-103, 88.7), "d": (-744, 709.7)},
    "expm1": {"f": (-50, 88.7), "d": (-50, 709.7)},
    "log": {"f": (0, 4), "d": (0, 4)},
    "sigmoid": {"f": (-88, 20), "d": (-700, 40)},
    "tanh": {"f": (-12, 12), "d": (-22, 22)},
    "sin": {"f": (-1e4, 1e4), "d": (-1e4, 1e4)},
}
EDGES = [
    0.0,
    -0.0,
    np.inf,
    -np.inf,
    np.nan,
    1e-45,
    -1e-45,
    1e-320,
    88.8,
    -104.5,
    710.0,
    -746.0,
    1.0,
]


@cache
def mapped(name):
    function = getattr(vector, name)

    @njit
    def over(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    def run(x):
        out = np.empty_like(x)
        over(x, out)
        return out

    return run, over


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("name", ULP)
def test_error_stays_below_what_the_table_says_and_the_loop_is_vector_code(name, letter):
    run, over = mapped(name)
    rng = np.random.default_rng(1)
    low, high = RANGE[name][letter]
    positive = np.exp(rng.uniform(-80, 80, 100_000))  # log: many magnitudes; the others: near 0
    x = np.concatenate(
        [
            rng.uniform(low, high, 300_000),
            rng.uniform(-1, 1, 100_000) if name != "log" else positive,
            np.exp(rng.uniform(-60, 1, 100_000)),
        ]
    ).astype(letter)
    truth = TRUTH[name](x.astype(np.longdouble))
    unit = np.spacing(np.abs(truth.astype(letter))).astype(np.longdouble)
    assert np.max(np.abs(run(x) - truth) / unit) <= ULP[name]
    assert run(x).dtype == x.dtype
    (assembly,) = [
        text for types, text in over.inspect_asm().items() if types[0].dtype.name == x.dtype.name
    ]
    operation = "ps" if letter == "f" else "pd"
    assert any(line.split()[0].endswith(operation) for line in assembly.split("\n") if line.split())


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("name", ULP)
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_edges(name, letter):
    x = np.array(EDGES).astype(letter)
    run, _ = mapped(name)
    truth = TRUTH[name](x.astype(np.longdouble)).astype(letter)
    if name == "sigmoid":  # exp(-x) overflows: 0 stands for what is below the normal numbers
        truth[truth < np.finfo(letter).tiny] = 0
    np.testing.assert_allclose(run(x), truth, rtol=1e-6, atol=0)
    assert np.array_equal(np.signbit(run(x[:2])), np.signbit(truth[:2]))


def test_relu_keeps_nan():
    run, _ = mapped("relu")
    assert np.array_equal(run(np.array([-1.0, 2.0, np.nan])), [0.0, 2.0, np.nan], equal_nan=True)


@pytest.mark.parametrize(("letter", "low"), [("f", -12), ("d", -36)])
def test_the_normal_distribution_keeps_its_digits_in_the_tail(letter, low):
    mp = pytest.importorskip("mpmath").mp
    x = np.random.default_rng(2).uniform(low, 9, 2000).astype(letter)
    found = both(x)
    with mp.workdps(30):
        exact = [mp.mpf(float(t)) for t in x]
        truth = [mp.exp(-t * t / 2) for t in exact], [mp.ncdf(t) for t in exact]
        for values, right in zip(found, truth, strict=True):
            units = np.spacing(np.array([float(t) for t in right], letter)).astype(float)
            gaps = [abs(mp.mpf(float(v)) - t) for v, t in zip(values, right, strict=True)]
            assert max(float(gap / unit) for gap, unit in zip(gaps, units, strict=True)) <= 3.8


@pytest.mark.parametrize("letter", ["f", "d"])
def test_edges_of_the_normal_distribution(letter):
    bell, below = both(np.array([0, -0.0, np.inf, -np.inf, 1e3, -1e3, np.nan], letter))
    np.testing.assert_array_equal(bell, [1, 1, 0, 0, 0, 0, np.nan])
    np.testing.assert_array_equal(below, [0.5, 0.5, 1, 0, 1, 0, np.nan])


normal = vector.normal


@njit
def normal_over(x, bell, below):
    for i in range(x.size):
        bell[i], below[i] = normal(x[i])


def both(x):
    found = np.empty_like(x), np.empty_like(x)
    normal_over(x, *found)
    return found


@pytest.mark.parametrize(("letter", "low", "high"), [("f", -87.0, 88.0), ("d", -708.0, 709.0)])
def test_an_exponential_that_is_a_normal_number_has_the_bits_of_any(letter, low, high):
    x = np.random.default_rng(2).uniform(low, high, 100_000).astype(letter)
    np.testing.assert_array_equal(mapped("exp_normal")[0](x), mapped("exp")[0](x))


@pytest.mark.parametrize(("letter", "low"), [("f", -86.0), ("d", -707.0)])
def test_a_weight_has_the_bits_of_an_exponential_until_it_is_nothing(letter, low):
    x = np.append(np.random.default_rng(3).uniform(low, 0.0, 100_000), [low, 0.0]).astype(letter)
    np.testing.assert_array_equal(mapped("weight")[0](x), mapped("exp")[0](x))
    beyond = np.array([low - 1, 10 * low, -np.inf], letter)
    np.testing.assert_array_equal(mapped("weight")[0](beyond), 0)


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("size", [1, 10, 63, 64, 65, 200])
def test_the_largest_of_a_row_is_found_wherever_it_stands_and_nan_wins(letter, size):
    row = np.random.default_rng(size).standard_normal(size).astype(letter)
    assert vector.largest(row) == row.max()
    assert vector.largest(np.full(size, -np.inf, letter)) == -np.inf
    for place in {0, size // 2, size - 1}:
        other = row.copy()
        other[place] = 9
        assert vector.largest(other) == 9
        other[place] = np.nan
        assert np.isnan(vector.largest(other))
