"""The reference of tuning against scikit-learn, SciPy, NumPy, PyTorch and simulation."""

import math

import numba
import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold, ParameterGrid, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from reference import tuning as ref


def rng(seed=0):
    return np.random.default_rng(seed)


# --- before and while searching


@pytest.mark.parametrize("shares", [[0.5, 0.25, 0.25, 0.0], [0.1] * 10, [0.9, 0.1], [1.0]])
def test_constant_answer_costs_scipys_entropy(shares):
    fresh, constant = ref.initial_loss(np.array(shares))
    assert constant == pytest.approx(stats.entropy(shares), abs=1e-14)
    assert fresh == pytest.approx(stats.entropy(np.full(len(shares), 1 / len(shares))), abs=1e-14)


def test_a_fresh_net_begins_at_pytorchs_cross_entropy_of_equal_scores():
    torch = pytest.importorskip("torch")
    labels = torch.tensor([0, 0, 0, 1, 2, 2, 2, 2])
    loss = torch.nn.functional.cross_entropy(torch.zeros(8, 4, dtype=torch.float64), labels)
    shares = np.bincount(labels.numpy(), minlength=4) / 8
    fresh, constant = ref.initial_loss(shares)
    assert fresh == pytest.approx(loss.item(), rel=1e-12)
    scores = torch.log(torch.tensor(shares) + 1e-300).expand(8, 4)
    best = torch.nn.functional.cross_entropy(scores, labels)
    assert constant == pytest.approx(best.item(), rel=1e-12)


def test_no_constant_answer_is_better():
    shares = np.array([0.6, 0.3, 0.1])
    answers = rng(1).dirichlet(np.ones(3), 2000)
    assert np.all(-np.log(answers) @ shares >= ref.initial_loss(shares)[1])


@pytest.mark.parametrize("space", [{"a": [3, 1, 2], "b": ["x", "y"]}, {"a": [1]}, {}])
def test_grid_is_scikit_learns_where_names_are_sorted(space):
    assert ref.grid(space) == list(ParameterGrid(space))


def test_grid_keeps_the_order_of_names_and_has_nothing_without_values():
    assert ref.grid({"a": [], "b": [1]}) == []
    names = [list(setting) for setting in ref.grid({"lr": [1, 2], "batch": [3]})]
    assert names == [["lr", "batch"]] * 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_draws_are_scipys_quantiles(dtype):
    u = rng(2).random((50, 3)).astype(dtype)
    box = np.array([[1e-5, -3.0, 8.0], [1e-1, 2.0, 512.0]]).astype(dtype)
    found = ref.random_search(u, box, np.array([True, False, True]))
    ways = (stats.loguniform(*box[:, 0]), stats.uniform(-3, 5), stats.loguniform(*box[:, 2]))
    expected = np.stack([way.ppf(u[:, d].astype(float)) for d, way in enumerate(ways)], axis=1)
    assert found.dtype == dtype
    rtol = 5e-6 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)


def test_large_searches_have_the_same_bits_on_one_thread_and_on_many():
    u, box = rng(3).random((40_000, 2)), np.array([[1e-4, 0.0], [1.0, 1.0]])
    log, threads = np.array([True, False]), numba.get_num_threads()
    many = ref.random_search(u, box, log)
    numba.set_num_threads(1)
    try:
        one = ref.random_search(u, box, log)
    finally:
        numba.set_num_threads(threads)
    np.testing.assert_array_equal(many, one)
    few = ref.random_search(u[:100].copy(), box, log)
    np.testing.assert_array_equal(many[:100], few)


@pytest.mark.parametrize("box", [[[0.0], [1.0]], [[-1.0], [1.0]]])
def test_a_log_scale_needs_positive_ends(box):
    with pytest.raises(ValueError, match="positive"):
        ref.random_search(np.full((1, 1), 0.5), np.array(box), np.array([True]))


def test_range_test_finds_where_numpys_gradient_is_steepest():
    x = np.linspace(np.log(1e-4), np.log(10), 60)
    losses = 2.3 - 2 / (1 + np.exp(-(x + 3) / 0.7))
    steepest, largest = ref.lr_range_test(np.exp(x), losses)
    inner = np.gradient(losses, x)[1:-1]
    assert steepest == pytest.approx(np.exp(x[1 + np.argmin(inner)]), rel=1e-12)
    assert np.log(steepest) == pytest.approx(-3, abs=x[1] - x[0])
    assert largest == pytest.approx(10, rel=1e-12)


def test_smoothing_is_pandas_kind_of_weighted_mean():
    """The corrected average is the mean with the weights beta ** age."""
    losses = 2 + 0.1 * rng(4).normal(size=30)
    smooth = ref._smoothed(losses.tolist(), 0.8)
    for t in (0, 7, 29):
        weights = 0.8 ** np.arange(t, -1, -1.0)
        assert smooth[t] == pytest.approx(np.average(losses[: t + 1], weights=weights), rel=1e-12)


def test_a_run_that_explodes_at_once_is_refused():
    with pytest.raises(ValueError, match="three steps"):
        ref.lr_range_test(np.array([1.0, 2.0, 3.0]), np.array([1.0, np.nan, 1.0]))


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.97])
def test_new_box_holds_the_middle_quantiles_of_the_old_scale(place):
    """Around the place of the best, the box covers half of SciPy's log-uniform distribution."""
    old = stats.loguniform(1e-4, 10)
    best, wide = np.array([old.ppf(place)]), np.array([[1e-99], [1e99]])
    box = np.array([[1e-4], [10.0]])
    new, edge = ref.coarse_to_fine(best, box, wide, np.array([True]), 0.5)
    length = math.log(10 / 1e-4)
    assert math.log(new[1, 0] / new[0, 0]) == pytest.approx(length / 2, rel=1e-12)
    assert math.sqrt(new[0, 0] * new[1, 0]) == pytest.approx(best[0], rel=1e-12)
    assert edge[0] == (place > 0.9) - (place < 0.1)


def test_halving_keeps_what_scipys_ranks_say():
    losses = rng(5).random((27, 9))
    rungs, epochs = ref.successive_halving(losses, 1, 3)
    left, counts = np.arange(27), [27]
    for rung, goal in zip(rungs, (1, 3, 9), strict=True):
        ranks = stats.rankdata(losses[left, goal - 1])
        left = left[ranks <= len(left) // 3]
        np.testing.assert_array_equal(rung, left)
        counts.append(len(left))
    assert counts == [27, 9, 3, 1]
    assert epochs == 27 * 1 + 9 * 2 + 3 * 6


def test_halving_finds_the_best_of_curves_that_never_cross():
    level = rng(6).permutation(40)
    losses = level[:, np.newaxis] + np.exp(-np.arange(16.0))
    for eta in (2, 3, 4):
        assert int(np.argmin(level)) in ref.successive_halving(losses, 1, eta)[0][-1]


# --- what the numbers say


@pytest.mark.parametrize(("n", "k"), [(10, 5), (11, 4), (7, 7), (359, 10), (5, 2)])
def test_folds_are_scikit_learns(n, k):
    order = rng(n).permutation(n)
    theirs = KFold(k).split(np.zeros(n))
    for (train, held), (their_train, their_held) in zip(ref.k_fold(n, k, order), theirs):
        np.testing.assert_array_equal(train, order[their_train])
        np.testing.assert_array_equal(held, order[their_held])


def _ridge(x, y):
    return Ridge(alpha=2.0).fit(x, y)


def _squares(model, x, y):
    return mean_squared_error(y, model.predict(x))


def test_cross_validation_is_scikit_learns_pipeline():
    x, y = rng(7).normal(size=(23, 3)) * [1, 10, 0.1] + [5, 0, -3], rng(8).normal(size=23)
    folds = ref.k_fold(23, 5, np.arange(23))
    mean, error = ref.cross_validate(x, y, folds, _ridge, _squares)
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=2.0))
    theirs = -cross_val_score(pipeline, x, y, cv=KFold(5), scoring="neg_mean_squared_error")
    assert mean == pytest.approx(theirs.mean(), rel=1e-10)
    assert error == pytest.approx(stats.sem(theirs), rel=1e-10)


def test_constant_columns_are_nothing_in_both_parts():
    x, seen = np.array([[1.0, 2.0], [3.0, 2.0], [5.0, 2.0], [6.0, 9.0]]), []

    def fit(a, y):
        seen.append(a)

    def score(model, b, y):
        seen.append(b)
        return 0.0

    folds = [(np.array([0, 1, 2]), np.array([3])), (np.array([1, 2, 3]), np.array([0]))]
    ref.cross_validate(x, np.zeros(4), folds, fit, score)
    scaler = StandardScaler().fit(x[:3, :1])
    np.testing.assert_allclose(seen[0][:, :1], scaler.transform(x[:3, :1]))
    np.testing.assert_allclose(seen[1][:, :1], scaler.transform(x[3:, :1]))
    assert not seen[0][:, 1].any()
    assert not seen[1][:, 1].any()


@pytest.mark.parametrize("way", ["train", "together", "apart"])
def test_leaks_are_scikit_learns_scalers(way):
    train, test = rng(9).normal(size=(8, 3)), rng(10).normal(size=(5, 3)) + 0.5
    test[2] = train[6]
    both = np.concatenate([train, test])
    one, two = {"train": (train, train), "together": (both, both), "apart": (train, test)}[way]
    scaled = [StandardScaler().fit(a).transform(b) for a, b in ((one, train), (two, test))]
    assert ref.what_leaked(train, test, *scaled) == (way, 1)


def test_zero_has_no_sign_when_rows_are_compared():
    train, test = np.array([[0.0, 1.0], [2.0, 5.0]]), np.array([[-0.0, 1.0]])
    assert ref.what_leaked(train, test, train * 0, test * 0)[1] == 1


def test_diagnosis_of_the_text():
    assert ref.diagnose(1, 11)[2:] == ("high variance", "more data")
    assert ref.diagnose(15, 16)[2:] == ("high bias", "larger model")
    assert ref.diagnose(15, 30)[2:] == ("both", "larger model")
    assert ref.diagnose(0.5, 1)[2:] == ("neither", "nothing")
    assert ref.diagnose(15, 16, 15)[2:] == ("neither", "nothing")


def test_learning_curves_are_scikit_learns_fits():
    x, y = rng(11).normal(size=(20, 2)), rng(12).normal(size=20)
    x_dev, y_dev = rng(13).normal(size=(9, 2)), rng(14).normal(size=9)
    orders = np.stack([rng(seed).permutation(20) for seed in range(3)])
    train, dev = ref.learning_curve(x, y, x_dev, y_dev, [4, 20], orders, _ridge, _squares)
    for i, size in enumerate((4, 20)):
        fits = [(_ridge(x[o[:size]], y[o[:size]]), o[:size]) for o in orders]
        assert train[i] == pytest.approx(np.mean([_squares(m, x[p], y[p]) for m, p in fits]))
        assert dev[i] == pytest.approx(np.mean([_squares(m, x_dev, y_dev) for m, _ in fits]))


# --- what to believe


def test_error_of_an_accuracy_is_scipys_binomial():
    labels = np.arange(359) % 10
    predicted = labels.copy()
    predicted[:11] += 1
    accuracy, error, low, high = ref.accuracy_interval(predicted, labels)
    assert accuracy == 348 / 359
    assert error == pytest.approx(stats.binom(359, 348 / 359).std() / 359, rel=1e-12)
    assert (low, high) == pytest.approx((0.9515, 0.9872), abs=5e-5)


def test_nineteen_of_twenty_intervals_hold_the_truth():
    draws = rng(15).random((4000, 200)) < 0.8
    hits = 0
    for row in draws:
        _, _, low, high = ref.accuracy_interval(row.astype(int), np.ones(200, dtype=int))
        hits += low <= 0.8 <= high
    assert hits / 4000 == pytest.approx(0.95, abs=0.02)


def test_best_of_many_equal_settings_flatters_itself():
    """All settings are equally good: the report is right in the mean, the validation error not."""
    truth, estimates, optimisms = 10.0, [], []
    for seed in range(500):
        draw = rng(seed)
        validation, test = truth + draw.normal(size=(2, 30, 3))
        _, estimate, optimism = ref.honest_report(validation, test)
        estimates.append(estimate)
        optimisms.append(optimism)
    assert np.mean(estimates) == pytest.approx(truth, abs=0.1)
    expected = 2.0428 / math.sqrt(3)  # the mean of the largest of 30 normal numbers is 2.0428
    assert np.mean(optimisms) == pytest.approx(expected, abs=0.1)


def test_diverged_settings_are_passed_over():
    validation = np.array([[1.0, np.nan], [3.0, 3.0], [2.0, 5.0]])
    assert ref.honest_report(validation, validation + 1) == (1, 4.0, 1.0)
    with pytest.raises(ValueError, match="diverged"):
        ref.honest_report(np.full((2, 2), np.nan), np.ones((2, 2)))
