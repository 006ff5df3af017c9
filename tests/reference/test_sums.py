"""Sums in a fixed number of strands: the same bits wherever, however often and by whom."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from reference import backprop, convolution, initialization, q_learning
from reference.compiler.emit import NAME, TILES
from reference.kernels.vector import STRANDS, STRETCH, total
from tests.conftest import printed

SIZES = [1, 2, 63, 64, 65, 127, 128, 1000, STRETCH - 1, STRETCH, STRETCH + 1, 3 * STRETCH, 70_001]


def row(n, letter, seed=0):
    return (3 * np.random.default_rng(seed + n).normal(size=n)).astype(letter)


def in_strands(numbers):
    """Sum as `total` says it does, by NumPy's additions of whole arrays."""
    lines = np.zeros((-(-max(numbers.size, 1) // STRANDS), STRANDS), numbers.dtype)
    lines.reshape(-1)[: numbers.size] = numbers
    sums = np.zeros(STRANDS, numbers.dtype)
    for line in lines:
        sums = sums + line
    while sums.size > 1:
        sums = sums[: sums.size // 2] + sums[sums.size // 2 :]
    return sums[0]


@pytest.mark.parametrize("letter", ["f", "d"])
def test_a_total_is_what_its_strands_give_to_the_last_bit(letter):
    for n in (0, *range(1, 200), *SIZES):
        numbers = row(n, letter)
        assert total(numbers) == in_strands(numbers), n


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("n", [5, 64, 100, 1000])
def test_a_total_reads_all_numbers_and_none_beside_them(n, letter):
    around = np.full(n + 128, np.nan, letter)
    numbers = around[64:-64]
    for place in range(n):
        numbers[:] = 0
        numbers[place] = 2
        assert total(numbers) == 2
    for special in (np.nan, np.inf, -np.inf):
        numbers[:] = 1
        numbers[-1] = special
        assert np.array_equal(total(numbers), special, equal_nan=True)
    numbers[0] = np.inf
    assert np.isnan(total(numbers))  # inf - inf


def test_a_total_takes_a_row_with_gaps():
    numbers = row(600, "d")
    assert total(numbers[::3]) == total(numbers[::3].copy())


PRINT = """
import numpy as np
from reference.kernels.vector import total
for letter in "fd":
    for n in (1, 63, 64, 200, 1000):
        print(float(total((3 * np.random.default_rng(n).normal(size=n)).astype(letter))).hex())
"""


NARROWER = {"avx512": ("avx2", "sse"), "avx2": ("sse",)}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param((), id="the widest and none"),
        pytest.param(NARROWER.get(NAME, ()), id="all", marks=pytest.mark.slow),
    ],
)
def test_a_total_has_the_same_bits_by_every_instruction_set(names):
    """One vector of 64 strands is some registers here and others there, or a loop."""
    found = set()
    for name in ("plain", NAME, *names):
        assert name in TILES
        found.add(printed(PRINT, GRADUS_TILE=name))
    assert len(found) == 1
    assert found.pop().count("\n") == 10


# --- the losses -----------------------------------------------------------------------------------


def _spread(y, t):
    weights = [np.eye(1, dtype=y.dtype)]
    columns = y.reshape(-1, 1), weights, "tanh"
    signal = initialization.signal_by_depth(*columns)
    return *signal, *initialization.gradient_by_depth(*columns, t.reshape(-1, 1))


LOSSES = {
    "huber": lambda y, t: (q_learning.huber_loss(y, t)[0],),
    "binary cross-entropy": lambda y, t: (backprop.elementwise_loss(y, t, "binary")[0],),
    "mean squared error": lambda y, t: (backprop.elementwise_loss(y, t, "squares")[0],),
    "standard deviation": _spread,
    "global average": lambda y, t: convolution.global_avg_pool(np.stack([y, t])[None, :, None])[0],
    "cross-entropy": lambda y, t: (backprop.cross_entropy(np.stack([y, t]), np.zeros(2, int))[0],),
}


def bits(loss, y, t):
    """Return the loss as text without rounding; the inputs must stay as they are."""
    before = y.copy(), t.copy()
    found = tuple(float(number).hex() for number in LOSSES[loss](y, t))
    assert np.array_equal(before, (y, t))
    return found


def shifted(numbers, by):
    """Return the numbers at another place: `by` elements from where an array begins."""
    room = np.empty(numbers.size + by, numbers.dtype)
    room[by:] = numbers
    return room[by:]


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_has_the_same_bits_wherever_its_inputs_lie_and_whoever_sums(loss, letter):
    before = numba.get_num_threads()
    most = min(2, numba.config.NUMBA_NUM_THREADS)
    for n in SIZES:
        y, t = row(n, letter), row(n, letter, seed=1)
        expected = bits(loss, y, t)
        try:
            for threads in (1, most, most):
                numba.set_num_threads(threads)
                for left, right in ((0, 0), (1, 0), (0, 1), (1, 1), (3, 7), (16, 5)):
                    assert bits(loss, shifted(y, left), shifted(t, right)) == expected, n
        finally:
            numba.set_num_threads(before)


KERNELS = {
    "huber": (q_learning, "_huber"),
    "binary cross-entropy": (backprop, "binary"),
    "mean squared error": (backprop, "squares"),
}


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("loss", KERNELS)
def test_a_loss_is_the_same_in_one_thread_in_all_and_in_plain_python(loss, letter, monkeypatch):
    module, name = KERNELS[loss]
    serial, parallel = (getattr(module, f"{name}_{how}") for how in ("serial", "parallel"))
    rtol = 1e-6 if letter == "f" else 1e-14
    for n in (1, 65, STRETCH - 1, STRETCH, STRETCH + 1, 2 * STRETCH + 3):
        y, t = row(n, letter), row(n, letter, seed=1)
        monkeypatch.setattr(module, "SMALL", n + 1)
        monkeypatch.setattr(module, f"{name}_serial", serial)
        expected = bits(loss, y, t)
        monkeypatch.setattr(module, f"{name}_serial", parallel)
        assert bits(loss, y, t) == expected
        monkeypatch.setattr(module, f"{name}_serial", serial.py_func)
        (plain,) = bits(loss, y, t)
        assert float.fromhex(plain) == pytest.approx(float.fromhex(expected[0]), rel=rtol)


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("n", [2 * STRETCH + 3, 70_001])
def test_losses_are_those_of_float64(n, letter):
    y, t = row(n, letter), row(n, letter, seed=1)
    a, b = y.astype(np.longdouble), t.astype(np.longdouble)
    size = abs(a - b)
    truth = {
        "huber": np.where(size < 1, size**2 / 2, size - 0.5).mean(),
        "binary cross-entropy": (np.logaddexp(0, a) - a * b).mean(),
        "mean squared error": ((a - b) ** 2).sum() / 2,
    }
    for loss, expected in truth.items():
        found = LOSSES[loss](y, t)[0]
        assert found == pytest.approx(float(expected), rel=1e-6 if letter == "f" else 1e-13), loss


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("loss", ["huber", "binary cross-entropy", "mean squared error"])
def test_nan_and_infinity_reach_the_loss_from_every_stretch(loss, letter):
    n = 2 * STRETCH + 3
    for place in (0, STRETCH - 1, STRETCH, n - 1):
        for special, expected in ((np.nan, np.nan), (np.inf, np.inf)):
            y = np.full(n, 0.5, letter)
            y[place] = special
            (found,) = LOSSES[loss](y, np.full(n, -1, letter))
            assert np.array_equal(found, expected, equal_nan=True)


@pytest.mark.parametrize("loss", ["huber", "binary cross-entropy", "mean squared error"])
def test_targets_of_another_shape_are_refused(loss):
    with pytest.raises(ValueError, match=r"expected targets? of shape .*3.* got \(2,\)"):
        LOSSES[loss](np.zeros(3), np.zeros(2))


@pytest.mark.parametrize("letter", ["f", "d"])
@pytest.mark.parametrize("n", [1, 15, 64, 40_001])
def test_a_standard_deviation_is_summed_in_float64(n, letter):
    z = (1000 + row(n, letter)).astype(letter)  # a mean of 1000 costs digits
    assert initialization._std(z) == pytest.approx(np.std(z.astype(np.longdouble)), rel=1e-10)
    z[n // 2] = np.nan
    assert np.isnan(initialization._std(z))
