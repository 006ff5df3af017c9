"""The reference of regression against PyTorch, SciPy, scikit-learn and the chapter's numbers."""

import numpy as np
import pytest
from scipy import linalg, optimize
from sklearn import metrics
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from reference import regression as ref

X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
Y = np.array([1.0, 2.0, 2.0])
ZERO = np.zeros(2)


def data(n, d, seed=0, dtype=np.float64):
    draw = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), draw.normal(size=(n, d - 1))])
    return x.astype(dtype), draw.normal(size=n).astype(dtype), draw.normal(size=d).astype(dtype)


def close(found, expected, dtype=np.float64, **more):
    assert np.asarray(found).dtype == dtype or np.ndim(found) == 0
    tolerance = {"rtol": 2e-4, "atol": 2e-5} if dtype == np.float32 else {"rtol": 1e-10}
    np.testing.assert_allclose(found, expected, **(tolerance | more))


SHAPES = [(1, 1), (3, 2), (40, 7), (900, 90), (40_000, 3)]
BOTH = pytest.mark.parametrize("dtype", [np.float32, np.float64])


# --- the chapter's worked numbers


def test_worked_numbers_of_the_line():
    assert ref.mse(np.array([1.0, 3.0]), np.array([2.0, 5.0])) == 2.5
    close(ref.mse_gradient(X, Y, ZERO), [-10 / 3, -22 / 3])
    close(ref.gradient_descent(X, Y, ZERO, 0.1, 1)[1], [1 / 3, 11 / 15])
    close(ref.gradient_descent(X, Y, ZERO, 0.1, 1000)[-1], [2 / 3, 1 / 2])
    close(ref.normal_equation(X, Y), [2 / 3, 1 / 2])
    assert ref.mse(X @ ref.normal_equation(X, Y), Y) == pytest.approx(1 / 18)
    assert ref.max_stable_rate(X) == pytest.approx(0.1803, abs=5e-5)
    close(ref.normal_equation(np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([2.0, 4.0])), [1, 1])
    close(ref.ridge(X, Y, 1.0), [1, 1 / 3])
    close(ref.sgd_epoch(X, Y, ZERO, 0.1, np.array([2, 0, 1])), [0.192, 0.904])
    close(ref.sgd_epoch(X, Y, ZERO, 0.1, np.array([2, 0]), size=2), [0.3, 0.7])
    close(ref.sgd_epoch(X, Y, ZERO, 0.1, np.array([2, 0, 1]), size=2), [0.36, 0.82])


def test_worked_numbers_of_classes():
    loss, gradient = ref.logistic_loss(X, np.array([0.0, 0.0, 1.0]), ZERO)
    assert loss == pytest.approx(np.log(2))
    close(gradient, [1 / 6, 0], atol=1e-15)
    loss, gradient = ref.logistic_loss(np.array([[1.0, 1000.0]]), np.zeros(1), np.array([0.0, 1.0]))
    assert loss == 1000
    close(gradient, [1, 1000])
    found = ref.softmax_gradient(np.array([[1.0, 2.0]]), np.array([2]), np.zeros((3, 2)))
    close(found, [[1 / 3, 2 / 3], [1 / 3, 2 / 3], [-2 / 3, -4 / 3]])


def test_worked_numbers_before_and_after():
    close(ref.cartesian_to_polar(np.array([[-1.0, 1.0]])), [[np.sqrt(2), 0.75 * np.pi]])
    train, other = np.array([[2.0], [4.0], [6.0]]), np.array([[8.0]])
    root = np.sqrt(1.5)
    rows, new = ref.design_matrix(train, other)
    close(rows, [[1, -root], [1, 0], [1, root]], atol=1e-15)
    close(new, [[1, 2 * root]])
    close(ref.design_matrix(train, other, "min-max")[1], [[1, 1.5]])
    parts = ref.train_val_test_split(100, (0.29, 0.2), np.arange(100))
    assert [len(part) for part in parts] == [51, 29, 20]
    labels, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8])
    confusion, auc = ref.confusion_and_auc(labels, scores, 0.4)
    assert confusion.tolist() == [[1, 1], [0, 2]]
    assert auc == 0.875


# --- gradients and losses


@BOTH
@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_linear_regression_is_pytorchs(n, d, dtype):
    torch = pytest.importorskip("torch")
    x, y, theta = data(n, d, dtype=dtype)
    parameters = torch.tensor(theta, requires_grad=True)
    said = torch.tensor(x) @ parameters
    loss = torch.nn.functional.mse_loss(said, torch.tensor(y))
    loss.backward()
    loss = float(loss.detach())
    size = np.abs(parameters.grad.numpy()).max()
    close(ref.mse_gradient(x, y, theta), parameters.grad.numpy(), dtype, atol=1e-5 * size)
    assert ref.mse(x @ theta, y[:, None]) == pytest.approx(loss, rel=1e-4)
    assert ref.mse((x @ theta)[:, None], y, True) == pytest.approx(loss**0.5, rel=1e-4)


@BOTH
@pytest.mark.parametrize(("n", "d", "size"), [(20, 3, 20), (20, 3, 1), (23, 4, 5), (23, 4, 40)])
def test_sgd_is_pytorchs(n, d, size, dtype):
    torch = pytest.importorskip("torch")
    x, y, theta = data(n, d, dtype=dtype)
    order = np.random.default_rng(1).permutation(n)
    parameters = torch.nn.Parameter(torch.tensor(theta))
    descent = torch.optim.SGD([parameters], lr=0.03)
    pairs = torch.utils.data.TensorDataset(torch.tensor(x[order]), torch.tensor(y[order]))
    for rows, targets in torch.utils.data.DataLoader(pairs, batch_size=size):
        descent.zero_grad()
        torch.nn.functional.mse_loss(rows @ parameters, targets).backward()
        descent.step()
    close(ref.sgd_epoch(x, y, theta, 0.03, order, size), parameters.detach().numpy(), dtype)


@BOTH
@pytest.mark.parametrize(("n", "d"), [(12, 3), (5000, 300)])  # the little one, and the other
def test_gradient_descent_is_pytorchs(n, d, dtype):
    torch = pytest.importorskip("torch")
    x, y, theta = data(n, d, dtype=dtype)
    parameters = torch.nn.Parameter(torch.tensor(theta))
    descent = torch.optim.SGD([parameters], lr=0.05)
    path = [theta]
    for _ in range(6):
        descent.zero_grad()
        said = torch.tensor(x) @ parameters
        torch.nn.functional.mse_loss(said, torch.tensor(y)).backward()
        descent.step()
        path.append(parameters.detach().numpy().copy())
    found = ref.gradient_descent(x, y, theta, 0.05, 6)
    close(found, path, dtype, atol=2e-5 if dtype == np.float32 else 1e-12)
    assert ref.gradient_descent(x, y, theta, 0.05, 0).tolist() == [theta.tolist()]


@pytest.mark.parametrize(("n", "d"), [(30, 4), (3, 6), (1, 1)])
def test_the_border_of_rates_is_one(n, d):
    """Just below it the way to a lowest point shrinks in every step; just above it, it may grow."""
    x, _, start = data(n, d)
    border = ref.max_stable_rate(x)
    steepest = linalg.eigh(x.T @ x)[1][:, -1]
    for part, grows in ((0.99, False), (1.01, True)):
        path = ref.gradient_descent(x, np.zeros(n), start + steepest, part * border, 2000)
        assert (np.linalg.norm(x @ path[-1]) > np.linalg.norm(x @ path[0])) == grows
    assert ref.max_stable_rate(np.zeros((n, d))) == np.inf


@BOTH
@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_logistic_regression_is_pytorchs(n, d, dtype):
    torch = pytest.importorskip("torch")
    x, y, theta = data(n, d, dtype=dtype)
    labels = (y > 0).astype(dtype)
    parameters = torch.tensor(theta, requires_grad=True)
    logits = torch.tensor(x) @ parameters
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(labels))
    loss.backward()
    found, gradient = ref.logistic_loss(x, labels, theta)
    assert found == pytest.approx(float(loss.detach()), rel=1e-5)
    close(gradient, parameters.grad.numpy(), dtype)


@BOTH
def test_logistic_loss_at_a_thousand(dtype):
    x = np.array([[1000.0], [-1000.0], [1000.0], [-1000.0]], dtype)
    loss, gradient = ref.logistic_loss(x, np.array([1, 0, 0, 0], dtype), np.ones(1, dtype))
    assert loss == 250
    close(gradient, [250], dtype)


@BOTH
@pytest.mark.parametrize(("n", "d", "k"), [(1, 1, 2), (50, 5, 4), (3000, 64, 10)])
def test_softmax_regression_is_pytorchs(n, d, k, dtype):
    torch = pytest.importorskip("torch")
    x, _, _ = data(n, d, dtype=dtype)
    draw = np.random.default_rng(2)
    theta, labels = draw.normal(size=(k, d)).astype(dtype), draw.integers(0, k, size=n)
    parameters = torch.tensor(theta, requires_grad=True)
    logits = torch.tensor(x) @ parameters.T
    torch.nn.functional.cross_entropy(logits, torch.tensor(labels)).backward()
    found = ref.softmax_gradient(x, labels, theta)
    close(found, parameters.grad.numpy(), dtype, atol=1e-6 if dtype == np.float32 else 1e-12)
    close(found.sum(axis=0), np.zeros(d), dtype, atol=1e-6)
    assert np.all(np.isfinite(ref.softmax_gradient(1000 * np.sign(x), labels, np.sign(theta))))


def test_softmax_of_two_classes_is_logistic():
    x, y, theta = data(20, 3)
    labels = (y > 0).astype(int)
    both = ref.softmax_gradient(x, labels, np.stack([0 * theta, theta]))
    close(both[1], ref.logistic_loss(x, labels.astype(float), theta)[1])


# --- what is solved


@BOTH
@pytest.mark.parametrize(("n", "d", "rank"), [(20, 4, 4), (20, 6, 3), (4, 9, 4), (5, 5, 1)])
def test_normal_equation_is_scipys(n, d, rank, dtype):
    draw = np.random.default_rng(rank)
    x = draw.normal(size=(n, rank)) @ draw.normal(size=(rank, d))
    y = draw.normal(size=n)
    expected = linalg.pinv(x, rtol=1e-6) @ y
    found = ref.normal_equation(x.astype(dtype), y.astype(dtype), rcond=1e-4)
    close(found, expected, dtype, rtol=1e-3 if dtype == np.float32 else 1e-9)


def test_normal_equation_cuts_at_rcond():
    turn = linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    x = turn @ np.diag([2.0, 2e-3, 2e-7]) @ turn.T
    for rcond, kept in ((1e-5, 2), (1e-2, 1), (1e-9, 3)):
        expected = linalg.pinv(x, rtol=rcond) @ np.ones(3)
        close(ref.normal_equation(x, np.ones(3), rcond), expected, rtol=1e-6)
        assert np.linalg.matrix_rank(x, rtol=rcond) == kept
    assert ref.normal_equation(np.zeros((3, 2)), np.ones(3)).tolist() == [0, 0]


@BOTH
def test_normal_equation_is_scikit_learns(dtype):
    x, y, _ = data(50, 5)
    model = LinearRegression().fit(x[:, 1:], y)
    found = ref.normal_equation(x.astype(dtype), y.astype(dtype))
    close(found, [model.intercept_, *model.coef_], dtype)


@BOTH
@pytest.mark.parametrize("strength", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(("n", "d"), [(50, 5), (3, 6)])
def test_ridge_is_scikit_learns(n, d, strength, dtype):
    x, y, _ = data(n, d)
    y = y + 100  # an intercept that a price would move
    model = Ridge(alpha=strength, solver="svd").fit(x[:, 1:], y)
    found = ref.ridge(x.astype(dtype), y.astype(dtype), strength)
    close(found, [model.intercept_, *model.coef_], dtype, rtol=1e-3, atol=1e-3)
    close(ref.ridge(x, y, strength), [model.intercept_, *model.coef_], rtol=1e-7)


def test_ridge_is_where_its_loss_is_least():
    x, y, _ = data(8, 3)

    def price(theta):
        return np.sum((x @ theta - y) ** 2) + 2.5 * np.sum(theta[1:] ** 2)

    close(ref.ridge(x, y, 2.5), optimize.minimize(price, np.zeros(3)).x, rtol=1e-4, atol=1e-5)


def test_diagnoses():
    x, y, theta = data(6, 3)
    x[:, 1] = 0
    right = ref.mse_gradient(x, y, theta)
    sent = {
        "right": right,
        "sum": 6 * right,
        "half": x.T @ (x @ theta - y) / 6,
        "uphill": 2 * x.T @ (y - x @ theta) / 6,
        "no targets": 2 * x.T @ (x @ theta) / 6,
        "unknown": right[::-1],
    }
    for name, gradient in sent.items():
        assert ref.diagnose_gradient(x, y, theta, gradient) == name


# --- before and after


@BOTH
@pytest.mark.parametrize("n", [9, 40_000])
def test_polar_coordinates_are_complex_numbers(n, dtype):
    points = np.random.default_rng(0).normal(size=(n, 2)).astype(dtype)
    points[:5] = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]
    numbers = points[:, 0] + 1j * points[:, 1]
    close(ref.cartesian_to_polar(points), np.stack([abs(numbers), np.angle(numbers)], 1), dtype)


@BOTH
@pytest.mark.parametrize(
    ("scaling", "scaler"), [("standard", StandardScaler()), ("min-max", MinMaxScaler())]
)
def test_scaling_is_scikit_learns(scaling, scaler, dtype):
    draw = np.random.default_rng(3)
    train, other = draw.normal(5, 3, size=(12, 4)), draw.normal(5, 3, size=(7, 4))
    train[:, 2] = 4.0
    other[:, 2] = 4.0
    scaler.fit(train)
    found = ref.design_matrix(train.astype(dtype), other.astype(dtype), scaling)
    for part, rows in zip(found, (train, other), strict=True):
        assert (part[:, 0] == 1).all()
        close(part[:, 1:], scaler.transform(rows), dtype, atol=1e-5)
    moved = np.array([[1.0, 1.0, 9.0, 1.0]], dtype)
    assert ref.design_matrix(train.astype(dtype), moved, scaling)[1][0, 3] == 0


@pytest.mark.parametrize(("n", "share", "size"), [(10, 0.3, 3), (7, 0.29, 2), (1, 0.2, 0)])
def test_split_rounds(n, share, size):
    order = np.random.default_rng(n).permutation(n)
    train, validation, test = ref.train_val_test_split(n, (0.0, share), order)
    assert (len(validation), len(test)) == (0, size)
    assert [*train, *validation, *test] == order.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_confusion_and_auc_are_scikit_learns(seed):
    draw = np.random.default_rng(seed)
    labels = draw.permutation(np.arange(60) % 3 == 0).astype(int)
    scores = np.round(draw.normal(size=60), 1)
    for threshold in (-10.0, scores[3], 0.05, 10.0):
        confusion, auc = ref.confusion_and_auc(labels, scores, threshold)
        expected = metrics.confusion_matrix(labels, scores >= threshold, labels=[0, 1])
        assert confusion.tolist() == expected.tolist()
        assert auc == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-14)


def test_one_class_has_no_auc():
    confusion, auc = ref.confusion_and_auc(np.ones(3, int), np.array([0.1, 0.5, 0.9]))
    assert confusion.tolist() == [[0, 0], [1, 2]]
    assert np.isnan(auc)


# --- what is refused


ORDER = np.arange(3)
REFUSED = [
    (ref.mse, (np.ones(3), np.ones(4)), r"\(3,\), got \(4,\)"),
    (ref.mse, (np.ones((1, 3)), np.ones(3)), r"\(N,\) or \(N, 1\), got \(1, 3\)"),
    (ref.mse_gradient, (X, Y[:, None], ZERO), r"N = 3 as in x, got \(3, 1\)"),
    (ref.mse_gradient, (X, Y, np.zeros(3)), r"D = 2 as in x, got \(3,\)"),
    (ref.gradient_descent, (X.T, Y, ZERO, 0.1, 1), r"N = 2 as in x, got \(3,\)"),
    (ref.max_stable_rate, (Y,), r"x of shape \(N, D\)"),
    (ref.diagnose_gradient, (X, Y, ZERO, Y), r"D = 2 as in x, got \(3,\)"),
    (ref.normal_equation, (X, Y[:2]), r"N = 3 as in x, got \(2,\)"),
    (ref.ridge, (X, Y, 0.0), "strength as a number > 0"),
    (ref.sgd_epoch, (X, Y, ZERO, 0.1, ORDER + 1), "order < N = 3, got 3"),
    (ref.sgd_epoch, (X, Y, ZERO, 0.1, ORDER - 1), "order >= 0, got -1"),
    (ref.sgd_epoch, (X, Y, ZERO, 0.1, ORDER, 0), "size as a whole number >= 1"),
    (ref.logistic_loss, (X, Y, ZERO), "labels 0 and 1, got 2"),
    (ref.softmax_gradient, (X, ORDER, np.zeros((2, 2))), "labels < K = 2, got 2"),
    (ref.softmax_gradient, (X, ORDER, np.zeros((3, 3))), r"D = 2 as in x, got \(3, 3\)"),
    (ref.softmax_gradient, (X, ORDER[:2], np.zeros((3, 2))), r"N = 3 as in x, got \(2,\)"),
    (ref.cartesian_to_polar, (np.ones((2, 3)),), r"\(N, 2\), got \(2, 3\)"),
    (ref.design_matrix, (X, np.ones((2, 3))), r"D = 2 as in train, got \(2, 3\)"),
    (ref.design_matrix, (X, X, "robust"), "'min-max'"),
    (ref.train_val_test_split, (4, (0.1, 0.1), ORDER), "order"),
    (ref.train_val_test_split, (3, (0.7, 0.7), ORDER), "fractions from 0 to 1"),
    (ref.confusion_and_auc, (ORDER, Y), "labels < 2, got 2"),
    (ref.confusion_and_auc, (ORDER[:2], Y), r"N = 2 as in labels, got \(3,\)"),
]


@pytest.mark.parametrize(("function", "given", "said"), REFUSED)
def test_what_does_not_fit_is_refused(function, given, said):
    with pytest.raises(ValueError, match=said):
        function(*given)
