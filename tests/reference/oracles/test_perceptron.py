"""The reference of the perceptron against scikit-learn, PyTorch, SciPy, brute force and OEIS."""

import contextlib
import itertools
import math
import warnings

import numpy as np
import pytest
from scipy.optimize import linprog, nnls
from scipy.special import expit

from reference import perceptron as ref

linear_model = pytest.importorskip("sklearn.linear_model")


def rng(seed=0):
    return np.random.default_rng(seed)


def padded(x):
    return np.column_stack([np.ones(len(x)), x])


def cube(d):
    return np.array(list(itertools.product((0.0, 1.0), repeat=d)))


@contextlib.contextmanager
def quiet():
    """Scikit-learn warns that a training of so many epochs has not converged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def overlapping(seed, n=30, d=3):
    """Return two classes that no plane separates, a zero first: scikit-learn errs at zero, too."""
    draw = rng(seed)
    y = draw.integers(0, 2, n)
    y[0] = 0
    return draw.normal(size=(n, d)) + 0.7 * y[:, np.newaxis], y


# --- units


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_units_answer_as_numpys_heaviside(at_zero, dtype):
    x = rng(1).integers(-3, 4, (40, 5)).astype(dtype)
    w = rng(2).integers(-2, 3, (7, 5)).astype(dtype)
    threshold = rng(3).integers(-4, 5, 7).astype(dtype)
    found = ref.predict(x, w, threshold, at_zero)
    expected = np.heaviside(np.einsum("ni,ki->nk", x, w) - threshold, at_zero)
    assert found.dtype == dtype
    assert np.any((expected != 0) & (expected != 1)) == (at_zero == 0.5)
    np.testing.assert_array_equal(found, expected)


def test_festival_of_the_text():
    x, w = np.array([[1.0, 1.0, 0.0]]), np.array([[3.0, 1.0, 5.0], [2.0, 6.0, 1.0]])
    assert (x @ w.T).tolist() == [[4.0, 8.0]]
    assert ref.predict(x, w, np.array([4.0, 9.0]), 0.5).tolist() == [[0.5, 0.0]]
    assert expit(0.3 + 0.6) == pytest.approx(0.711, abs=5e-4)


TRUTH = {
    "AND": all,
    "OR": any,
    "NAND": lambda row: not all(row),
    "NOR": lambda row: not any(row),
    "MAJORITY": lambda row: 2 * sum(row) > len(row),
}


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("d", range(1, 8))
def test_gates_have_the_truth_tables_of_pythons_own_words(d, at_zero):
    for name, truth in {**TRUTH, **({"NOT": lambda row: not row[0]} if d == 1 else {})}.items():
        w, threshold = ref.gate(name, d)
        answers = ref.predict(cube(d), w[np.newaxis], np.array([threshold]), at_zero)
        assert answers[:, 0].tolist() == [float(truth(row)) for row in cube(d).tolist()], name


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("d", range(2, 9))
def test_parity_is_that_of_bitwise_xor(d, at_zero):
    (w, thresholds), (top, last) = ref.xor_network(d)
    assert w.shape == (d, d)
    hidden = ref.predict(cube(d), w, thresholds, at_zero)
    answers = ref.predict(hidden, top, last, at_zero)
    assert answers[:, 0].tolist() == np.bitwise_xor.reduce(cube(d).astype(int), axis=1).tolist()


# --- learning


@pytest.mark.parametrize("seed", range(5))
def test_training_is_scikit_learns(seed):
    """The same weights after the same epochs, in the given order and without shuffling."""
    x, y = overlapping(seed)
    order = np.append(0, 1 + rng(seed).permutation(len(x) - 1))
    for epochs in (1, 2, 7):
        rival = linear_model.Perceptron(max_iter=epochs, tol=None, shuffle=False, eta0=1.0)
        with quiet():
            rival.fit(x[order], y[order])
        w, log = ref.perceptron_fit(x, y, order, epochs)
        assert len(log) == epochs
        np.testing.assert_allclose(w, np.append(rival.intercept_, rival.coef_[0]), rtol=1e-10)


def test_one_step_is_scikit_learns_partial_fit():
    for seed in range(20):
        draw = rng(seed)
        x, w, target = draw.normal(size=4), draw.normal(size=5), seed % 2
        rival = linear_model.SGDClassifier(
            loss="perceptron", penalty=None, learning_rate="constant", eta0=0.3, shuffle=False
        )
        rival.partial_fit(np.zeros((2, 4)), [0, 1], classes=[0, 1])
        rival.coef_, rival.intercept_ = w[np.newaxis, 1:].copy(), w[:1].copy()
        rival.partial_fit(x[np.newaxis], [target])
        expected = np.append(rival.intercept_, rival.coef_[0])
        np.testing.assert_allclose(ref.perceptron_update(w, x, target, 0.3), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adaline_descends_pytorchs_gradient(dtype):
    torch = pytest.importorskip("torch")
    draw = rng(4)
    for target in (0.0, 1.0, -0.7):
        w, x = draw.normal(size=6).astype(dtype), draw.normal(size=5).astype(dtype)
        parameter = torch.tensor(w, requires_grad=True)
        z = parameter[0] + parameter[1:] @ torch.tensor(x)
        (0.5 * (target - z) ** 2).backward()
        expected = w - dtype(0.2) * parameter.grad.numpy()
        found = ref.adaline_update(w, x, target, 0.2)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_average_is_scikit_learns_averaged_sgd(seed):
    x, y = overlapping(seed, 20, 2)
    for epochs in (1, 4):
        rival = linear_model.SGDClassifier(
            loss="perceptron", penalty=None, learning_rate="constant", eta0=1.0, average=True,
            max_iter=epochs, tol=None, shuffle=False,
        )  # fmt: skip
        with quiet():
            rival.fit(x, y)
        expected = np.append(rival.intercept_, rival.coef_[0])
        found = ref.averaged_perceptron(x, y, np.arange(20), epochs)
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_multiclass_step_descends_pytorchs_gradient_of_the_gap():
    """Away from ties, the step goes against the gradient of the winner's sum less the right one."""
    torch = pytest.importorskip("torch")
    for seed in range(20):
        draw = rng(seed)
        w, x, label = draw.normal(size=(5, 4)), draw.normal(size=3), seed % 5
        parameter = torch.tensor(w, requires_grad=True)
        sums = parameter @ torch.tensor(np.append(1.0, x))
        (sums.max() - sums[label]).backward()
        found = ref.multiclass_perceptron_update(w, x, label)
        np.testing.assert_allclose(found, w - parameter.grad.numpy(), atol=1e-14)


def test_first_of_equal_classes_wins():
    x = np.array([1.0, 2.0])
    found = ref.multiclass_perceptron_update(np.zeros((3, 3)), x, 2)
    assert found.tolist() == [[-1.0, -1.0, -2.0], [0.0, 0.0, 0.0], [1.0, 1.0, 2.0]]
    assert not ref.multiclass_perceptron_update(np.zeros((3, 3)), x, 0).any()


def test_rate_only_scales_what_begins_at_zero():
    x, y = overlapping(6)
    w, small = np.zeros(4), np.zeros(4)
    for row, target in zip(x, y, strict=True):
        w = ref.perceptron_update(w, row, target, 1.0)
        small = ref.perceptron_update(small, row, target, 0.25)
        np.testing.assert_array_equal(small, 0.25 * w)


# --- the theorem


def best_line(x, y):
    """Return the weights of largest margin, by SciPy's least squares without negatives, or None."""
    sides = (2 * y - 1)[:, np.newaxis] * padded(x)
    system = np.vstack([sides.T, np.ones(len(x))])
    goal = np.zeros(len(system))
    goal[-1] = 1.0
    shares, rest = nnls(system, goal)
    if rest < 1e-9:
        return None
    residual = system @ shares - goal
    return -residual[:-1] / residual[-1]


def test_and_of_the_text():
    y = np.array([0, 0, 0, 1])
    w, log = ref.perceptron_fit(cube(2), y, np.arange(4), 100)
    assert (w.tolist(), log.tolist()) == ([-3.0, 2.0, 1.0], [2, 3, 3, 2, 1, 0])
    margin, radius, bound = ref.mistake_bound(np.array([-1.5, 1.0, 1.0]), cube(2), y)
    assert margin == pytest.approx(0.2425, abs=5e-5)
    assert radius == pytest.approx(math.sqrt(3))
    assert bound == pytest.approx(51)
    mean = ref.averaged_perceptron(cube(2), y, np.arange(4), 1)
    assert mean.tolist() == [-0.75, 0.25, 0.25]


def test_no_training_makes_more_mistakes_than_the_best_line_allows():
    for seed in range(30):
        draw = rng(seed)
        x, w = draw.normal(size=(25, 3)), draw.normal(size=4)
        y = (padded(x) @ w > 0).astype(int)
        best = best_line(x, y)
        if best is None:
            continue
        margin, _, bound = ref.mistake_bound(best, x, y)
        assert ref.mistake_bound(w, x, y)[0] <= margin * (1 + 1e-9)
        _, log = ref.perceptron_fit(x, y, draw.permutation(25), 1_000_000)
        assert log[-1] == 0
        assert log.sum() <= bound
        assert ref.read_log(x, log, margin) == ("separable", 0.0)
        if len(log) > 1:
            verdict, left = ref.read_log(x, log[:-1], margin)
            assert verdict == "undecided"
            assert left == pytest.approx(bound - log.sum(), rel=1e-9, abs=1e-6)


def test_xor_is_proven_to_have_no_line():
    _, log = ref.perceptron_fit(cube(2), np.array([0, 1, 1, 0]), np.arange(4), 40)
    verdicts = [ref.read_log(cube(2), log[: n + 1], 0.2425)[0] for n in range(40)]
    assert verdicts == sorted(verdicts, key=["undecided", "not separable"].index)
    assert set(verdicts) == {"undecided", "not separable"}


# --- whose rule


@pytest.mark.parametrize("seed", range(4))
def test_rules_are_recognised_from_paths_of_scikit_learn_and_pytorch(seed):
    torch = pytest.importorskip("torch")
    x, y = overlapping(seed, 12, 2)
    rival = linear_model.SGDClassifier(
        loss="perceptron", penalty=None, learning_rate="constant", eta0=0.3
    )
    rival.partial_fit(np.zeros((2, 2)), [0, 1], classes=[0, 1])
    rival.coef_, rival.intercept_ = np.array([[0.2, -0.4]]), np.array([0.3])
    weight = torch.nn.Parameter(torch.tensor([0.3, 0.2, -0.4], dtype=torch.float64))
    optimizer = torch.optim.SGD([weight], lr=0.05)
    paths = ([np.array([0.3, 0.2, -0.4])], [np.array([0.3, 0.2, -0.4])])
    for row, target in zip(x, y, strict=True):
        rival.partial_fit(row[np.newaxis], [target])
        paths[0].append(np.append(rival.intercept_, rival.coef_[0]))
        optimizer.zero_grad()
        (0.5 * (weight @ torch.tensor(np.append(1.0, row)) - target) ** 2).backward()
        optimizer.step()
        paths[1].append(weight.detach().numpy().copy())
    for path, name, lr in zip(paths, ("perceptron", "adaline"), (0.3, 0.05), strict=True):
        found = ref.whose_update(np.array(path), x, y)
        assert found == (name, pytest.approx(lr, rel=1e-9))


# --- separability


def programme(x, y):
    """Decide by SciPy: do weights with s * z >= 1 exist?"""
    sides = (2 * y - 1)[:, np.newaxis] * padded(x)
    bounds = [(None, None)] * sides.shape[1]
    found = linprog(np.zeros(len(bounds)), A_ub=-sides, b_ub=-np.ones(len(x)), bounds=bounds)
    return found.status == 0


def test_line_exists_where_a_linear_programme_finds_one():
    draw = rng(9)
    seen = set()
    for _ in range(200):
        n, d = draw.integers(2, 9), draw.integers(1, 4)
        x, y = draw.integers(-2, 3, (n, d)).astype(float), draw.integers(0, 2, n)
        found = ref.linearly_separable(x, y)
        assert found == programme(x, y), (x, y)
        seen.add(found)
    assert seen == {True, False}


def test_classes_that_touch_have_no_line():
    x = np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 1.0], [3.0, 0.0]])
    assert not ref.linearly_separable(x, np.array([0, 0, 1, 1]))
    assert ref.linearly_separable(x + np.array([[0], [0], [1e-3], [0]]) * [1, -1], [0, 0, 1, 1])
    assert ref.linearly_separable(x, np.ones(4, int))


@pytest.mark.parametrize(("d", "count"), [(1, 4), (2, 14), (3, 104)])
def test_threshold_functions_are_those_of_oeis_a000609(d, count):
    assert ref.count_separable(cube(d)) == count


@pytest.mark.parametrize(("n", "d"), [(1, 1), (5, 1), (4, 2), (6, 2), (6, 3)])
def test_points_in_general_position_count_as_cover_says(n, d):
    x = rng(n + d).normal(size=(n, d))
    assert ref.count_separable(x) == 2 * sum(math.comb(n - 1, i) for i in range(d + 1))


def test_counts_of_the_text():
    assert ref.count_separable(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])) == 6
    assert ref.count_separable(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 1.0]])) == 8
