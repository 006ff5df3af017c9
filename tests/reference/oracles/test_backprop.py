"""The reference of backpropagation against PyTorch's autograd, brute force and the lecture."""

import itertools
import math

import numpy as np
import pytest
from scipy.special import expit, logsumexp
from scipy.stats import norm
from sklearn.metrics import log_loss

from reference import backprop as ref


def rng(seed=0):
    return np.random.default_rng(seed)


def network(sizes, seed=1):
    draw = rng(seed)
    return [(draw.normal(size=(f, d)), draw.normal(size=f)) for d, f in itertools.pairwise(sizes)]


# --- graphs and counts


@pytest.mark.parametrize("seed", range(6))
def test_graph_depth_is_the_last_power_of_the_adjacency_matrix(seed):
    """The entries of A to the k count the paths of k edges; beyond the longest there are none."""
    n = 9
    adjacency = np.triu(rng(seed).uniform(size=(n, n)) < 0.25, 1).astype(int)
    names = rng(seed + 100).permutation(n)
    edges = [(int(names[i]), int(names[j])) for i, j in np.argwhere(adjacency)]
    depth, power = 0, adjacency
    while power.any():
        depth, power = depth + 1, power @ adjacency
    assert ref.graph_depth(edges) == depth


def test_graph_depth_of_the_handout():
    edges = [("w", "mul"), ("x", "mul"), ("mul", "add"), ("b", "add"), ("add", "sigma")]
    assert ref.graph_depth(edges) == 3
    assert ref.graph_depth([]) == 0


@pytest.mark.parametrize("sizes", [[784, 300, 100, 10], [3, 5], [2, 7, 1, 4]])
def test_parameter_count_is_pytorchs(sizes):
    nn = pytest.importorskip("torch").nn
    layers = [nn.Linear(d, f) for d, f in itertools.pairwise(sizes)]
    assert ref.parameter_count(sizes) == sum(p.numel() for p in nn.Sequential(*layers).parameters())


def test_parameter_count_of_the_lecture():
    assert ref.parameter_count([784, 300, 100, 10]) == 266_610
    d, q, units = 5, 7, 3
    assert ref.parameter_count([d, q, units]) == (units * q + d * q) + (units + q)
    assert ref.parameter_count([4]) == 0


# --- the dense layer


@pytest.mark.parametrize(("n", "d", "f"), [(1, 3, 2), (6, 5, 4), (70, 40, 30)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dense_layer_is_pytorchs(n, d, f, dtype):
    torch = pytest.importorskip("torch")
    draw = rng(n)
    shapes = ((n, d), (f, d), (f,), (n, f))
    x, w, b, dy = (draw.normal(size=shape).astype(dtype) for shape in shapes)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, w, b)]
    y = torch.nn.functional.linear(*tensors)
    y.backward(torch.tensor(dy))
    tolerance = {"rtol": 1e-4, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-11}
    found = ref.dense_forward(x, w, b)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, y.detach().numpy(), **tolerance)
    for slope, tensor in zip(ref.dense_backward(dy, x, w), tensors, strict=True):
        assert slope.dtype == dtype
        np.testing.assert_allclose(slope, tensor.grad.numpy(), **tolerance)


def test_dense_layer_on_paper():
    x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [3.0, 1.0], [0.0, -1.0]])
    y = ref.dense_forward(x, w, np.array([0.0, 0.0, 10.0]))
    np.testing.assert_array_equal(y, [[1, 5, 8]])
    dx, dw, db = ref.dense_backward(np.array([[1.0, 0.0, 2.0]]), x, w)
    np.testing.assert_array_equal(dx, [[1, -2]])
    np.testing.assert_array_equal(dw, [[1, 2], [0, 0], [2, 4]])
    np.testing.assert_array_equal(db, [1, 0, 2])


# --- losses


def test_mse_is_half_pytorchs_sum():
    torch = pytest.importorskip("torch")
    prediction = torch.tensor(rng(2).normal(size=(5, 3)), requires_grad=True)
    target = torch.tensor(rng(3).normal(size=(5, 3)))
    loss = torch.nn.functional.mse_loss(prediction, target, reduction="sum") / 2
    loss.backward()
    found, slope = ref.elementwise_loss(prediction.detach().numpy(), target.numpy(), "squares")
    assert found == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(slope, prediction.grad.numpy(), rtol=1e-12)


def test_squared_error_is_the_gaussian_likelihood():
    prediction, target = rng(4).normal(size=(2, 6, 2))
    constant = 6 * math.log(2 * math.pi)
    nll = -norm.logpdf(target, loc=prediction).sum()
    assert ref.elementwise_loss(prediction, target, "squares")[0] + constant == pytest.approx(
        nll, rel=1e-12
    )


def test_negative_log_likelihood_is_scikit_learns():
    p = rng(5).dirichlet(np.ones(4), size=9)
    labels = np.array([0, 1, 2, 3, 3, 2, 1, 0, 2])
    expected = log_loss(labels, p, normalize=False)
    assert ref.negative_log_likelihood(p, labels) == pytest.approx(expected, rel=1e-12)
    half = np.array([[0.5, 0.5], [0.25, 0.75]])
    assert ref.negative_log_likelihood(half, np.array([0, 0])) == pytest.approx(math.log(8))
    assert ref.negative_log_likelihood(np.array([[0.0, 1.0]]), np.array([0])) == math.inf


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
@pytest.mark.parametrize("n", [1, 7, 9000])
def test_cross_entropy_is_pytorchs(n, scale):
    torch = pytest.importorskip("torch")
    logits = torch.tensor(scale * rng(6).normal(size=(n, 5)), requires_grad=True)
    labels = torch.tensor(rng(7).integers(0, 5, size=n))
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    found, slope = ref.cross_entropy(logits.detach().numpy(), labels.numpy())
    assert found == pytest.approx(loss.item(), rel=1e-12, abs=1e-300)
    np.testing.assert_allclose(slope, logits.grad.numpy(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_cross_entropy_is_scipys_where_logits_are_far_apart_or_minus_infinity(dtype, rtol):
    logits = rng(20).normal(size=(9, 6)) * 3
    logits[1] += 1000
    logits[2] -= 1000
    logits[3, 2] = 800
    logits[4, 1:] = -np.inf
    logits[5, ::2] = -np.inf
    logits, labels = logits.astype(dtype), np.array([4, 0, 5, 1, 0, 3, 2, 2, 0])
    found, slope = ref.cross_entropy(logits, labels)
    expected = np.mean(logsumexp(logits, axis=1) - logits[np.arange(9), labels])
    assert found == pytest.approx(expected, rel=rtol)
    assert slope.dtype == dtype
    assert not np.any(slope[np.isneginf(logits)])
    np.testing.assert_allclose(slope.sum(axis=1), 0, atol=rtol)


def test_cross_entropy_on_paper():
    loss, slope = ref.cross_entropy(np.array([[0.0, math.log(3)]]), np.array([0]))
    assert loss == pytest.approx(math.log(4))
    np.testing.assert_allclose(slope, [[-0.75, 0.75]], rtol=1e-14)
    assert ref.cross_entropy(np.zeros((1, 10)), np.array([3]))[0] == pytest.approx(2.303, abs=1e-3)
    ruled_out = np.array([[0.0, math.log(3), -np.inf]])
    loss, slope = ref.cross_entropy(ruled_out, np.array([0]))
    assert loss == pytest.approx(math.log(4))
    np.testing.assert_allclose(slope, [[-0.75, 0.75, 0]], rtol=1e-14)


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_binary_cross_entropy_is_pytorchs(scale):
    torch = pytest.importorskip("torch")
    logits = torch.tensor(scale * rng(8).normal(size=11), requires_grad=True)
    targets = torch.tensor(rng(9).uniform(size=11))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
    loss.backward()
    found, slope = ref.elementwise_loss(logits.detach().numpy(), targets.numpy(), "binary")
    assert found == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(slope, logits.grad.numpy(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("n", [11, 40_001])
def test_binary_cross_entropy_in_float32_stays_close_to_float64(n):
    z, t = (4 * rng(8).normal(size=n)).astype(np.float32), rng(9).uniform(size=n).astype(np.float32)
    found, slope = ref.elementwise_loss(z, t, "binary")
    expected, exact = ref.elementwise_loss(z.astype(np.float64), t.astype(np.float64), "binary")
    assert slope.dtype == np.float32
    assert found == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(slope, exact, rtol=1e-5, atol=1e-6 / n)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_binary_cross_entropy_of_sure_answers_keeps_its_digits(dtype, rtol):
    """A loss far below the rounding of 1 is that of its exponential."""
    for z in (-12.0, -20.0, -40.0, -80.0):
        found, slope = ref.elementwise_loss(np.full(20, z, dtype), np.zeros(20, dtype), "binary")
        assert found == pytest.approx(np.log1p(np.exp(z)), rel=rtol)
        np.testing.assert_allclose(slope, 1 / (1 + np.exp(-z)) / 20, rtol=2 * rtol)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_lets_nan_and_infinities_through(dtype):
    z = np.zeros(40, dtype)
    z[[3, 20]] = np.nan, -np.inf
    loss, slope = ref.elementwise_loss(z, np.full(40, 0.5, dtype), "binary")
    assert np.isnan(loss)
    assert list(np.flatnonzero(np.isnan(slope))) == [3]
    assert slope[20] == pytest.approx(-0.5 / 40)
    assert ref.elementwise_loss(z[10:], np.full(30, 0.5, dtype), "binary")[0] == np.inf


# --- checking gradients


def test_numerical_gradient_finds_known_slopes():
    x = rng(10).normal(size=(3, 4))
    found = ref.numerical_gradient(lambda t: np.sum(np.sin(t) * np.exp(t)), x)
    expected = (np.sin(x) + np.cos(x)) * np.exp(x)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8)


def test_numerical_gradient_is_central():
    slope = ref.numerical_gradient(lambda t: np.sum(t**3), np.ones(1), h=0.1)
    assert slope[0] == pytest.approx(3.01, rel=1e-12)  # 3 + h squared; one-sided: 3.31


def test_relative_error_on_paper():
    """No library has the worst entry's error; its parts follow from the definition."""
    a, b = np.array([1.0, 0.0, 100.0]), np.array([1.1, 0.0, 100.0])
    assert ref.relative_error(a, b) == pytest.approx(0.1 / 1.1)
    assert ref.relative_error(a, a) == 0
    assert ref.relative_error(np.zeros(2), np.array([0.0, 1e-12])) == 1
    assert ref.relative_error(np.array([[3.0]]), np.array([[-3.0]])) == 2


# --- networks


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("sizes", [[4, 3], [4, 6, 3], [4, 5, 6, 5, 3]])
def test_network_is_pytorchs(sizes, activation):
    torch = pytest.importorskip("torch")
    layers, x, dout = network(sizes), rng(11).normal(size=(7, 4)), rng(12).normal(size=(7, 3))
    tensors = [[torch.tensor(a, requires_grad=True) for a in pair] for pair in layers]
    start = torch.tensor(x, requires_grad=True)
    outputs, value = [], start
    for k, (w, b) in enumerate(tensors):
        value = torch.nn.functional.linear(value, w, b)
        if k < len(tensors) - 1:
            value = getattr(torch, activation)(value)
        outputs.append(value)
    value.backward(torch.tensor(dout))
    for found, expected in zip(ref.mlp_forward(x, layers, activation), outputs, strict=True):
        np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    dx, slopes = ref.mlp_backward(dout, x, layers, activation)
    np.testing.assert_allclose(dx, start.grad.numpy(), rtol=1e-9, atol=1e-11)
    for pair, tensor in zip(slopes, tensors, strict=True):
        for found, expected in zip(pair, tensor, strict=True):
            np.testing.assert_allclose(found, expected.grad.numpy(), rtol=1e-9, atol=1e-11)


def test_the_lectures_network_on_paper():
    hidden = np.array([[0.8, 0.6], [0.2, 0.9], [0.7, 0.1]])
    layers = [(hidden, np.zeros(3)), (np.array([[0.2, 0.8, 0.5]]), np.zeros(1))]
    h, net = ref.mlp_forward(np.array([[1.0, 1.0]]), layers, "sigmoid")
    np.testing.assert_allclose(h[0], [0.80, 0.75, 0.69], atol=0.005)
    assert net[0, 0] == pytest.approx(1.1056, abs=5e-5)
    assert expit(net[0, 0]) == pytest.approx(0.75, abs=0.005)


def test_standard_backpropagation_is_gradient_descent_by_autograd():
    torch = pytest.importorskip("torch")
    draw = rng(13)
    shapes = ((4, 3), (4,), (2, 4), (2,))
    old = [draw.normal(size=shape) for shape in shapes]
    x, y = draw.normal(size=3), draw.uniform(size=2)
    v, gamma, w, theta = (torch.tensor(a, requires_grad=True) for a in old)
    b = torch.sigmoid(v @ torch.tensor(x) - gamma)
    answer = torch.sigmoid(w @ b - theta)
    (0.5 * torch.sum((answer - torch.tensor(y)) ** 2)).backward()
    found = ref.sigmoid_mlp_update(*old, x, y, lr=0.7)
    for new, tensor in zip(found, (v, gamma, w, theta), strict=True):
        expected = tensor.detach().numpy() - 0.7 * tensor.grad.numpy()
        np.testing.assert_allclose(new, expected, rtol=1e-12)


def test_standard_backpropagation_on_paper():
    one, zero = np.ones((1, 1)), np.zeros(1)
    v, gamma, w, theta = ref.sigmoid_mlp_update(one, zero, one, zero, one[0], one[0], lr=1.0)
    np.testing.assert_allclose([w[0, 0], v[0, 0]], [1.0521, 1.0140], atol=1e-4)
    np.testing.assert_allclose([theta[0], gamma[0]], [-0.0713, -0.0140], atol=1e-4)


def test_vanishing_factor_is_the_derivative_of_the_chain():
    torch = pytest.importorskip("torch")
    weights, biases = 3 * rng(14).normal(size=(2, 6))
    start = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    value, outputs = start, []
    for w, b in zip(weights, biases, strict=True):
        value = torch.sigmoid(w * value + b)
        outputs.append(value.item())
    value.backward()
    found = ref.vanishing_factor(weights, np.array(outputs))
    assert found == pytest.approx(start.grad.item(), rel=1e-10)
    assert ref.vanishing_factor(np.array([2.0, -1.0]), np.array([0.5, 0.8])) == pytest.approx(-0.08)


def checked(f, x, h=1e-5):
    """Return the losses with each entry moved up, with each moved down, and at the point."""
    moves = h * np.eye(x.size, dtype=x.dtype)
    up, down = (np.array([f(x + side * move) for move in moves]) for side in (1, -1))
    return up, down, float(f(x))


def torch_check(f, x):
    """Return what `torch.autograd.gradcheck` says of a function, and its gradient."""
    torch = pytest.importorskip("torch")
    point = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(f(point), point)
    return torch.autograd.gradcheck(f, point, eps=1e-5, raise_exception=False), slope.numpy()


@pytest.mark.parametrize("seed", range(5))
def test_verdicts_agree_with_gradcheck_on_smooth_functions(seed):
    torch = pytest.importorskip("torch")
    w, x = rng(seed).normal(size=(3, 6)), rng(seed + 50).normal(size=6)
    w[:, 4] = 0  # the loss does not depend on this entry
    fine, slope = torch_check(lambda t: torch.tanh(torch.tensor(w) @ t).sum(), x)
    up, down, loss = checked(lambda t: np.tanh(w @ t).sum(), x)
    found = ref.gradient_verdicts(slope, up, down, loss)
    assert fine
    assert set(found) == {"right"}
    assert ref.gradient_verdicts(slope + 3e-10, up, down, loss)[4] == "both tiny"


def cubes(factor):
    """Return a torch function, the sum of cubes, whose backward pass is off by a factor."""
    torch = pytest.importorskip("torch")

    class Cubes(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):
            ctx.save_for_backward(t)
            return (t**3).sum()

        @staticmethod
        def backward(ctx, grad):
            return grad * factor * 3 * ctx.saved_tensors[0] ** 2

    return Cubes.apply


@pytest.mark.parametrize("factor", [0.5, -1.0, 1.02])
def test_verdicts_agree_with_gradcheck_on_wrong_gradients(factor):
    x = rng(3).uniform(0.5, 1.5, size=4)
    fine, slope = torch_check(cubes(factor), x)
    assert not fine
    assert ref.gradient_verdicts(slope, *checked(lambda t: np.sum(t**3), x)) == ["wrong"] * 4


@pytest.mark.parametrize("away", [4e-6, -4e-6])
def test_gradcheck_fails_at_a_kink_and_the_verdict_says_why(away):
    torch = pytest.importorskip("torch")
    x = np.array([1.0, away, -1.0])
    fine, slope = torch_check(lambda t: torch.relu(t).sum(), x)
    assert not fine
    found = ref.gradient_verdicts(slope, *checked(lambda t: np.maximum(t, 0).sum(), x))
    assert found == ["right", "kink", "right"]


def test_gradients_of_losses_in_float32_cannot_be_told():
    """The same gradient, in float64 and with losses as a net in float32 computes them."""
    w, x = rng(4).normal(size=(3, 5)), rng(5).normal(size=5)
    slope = np.tanh(w @ x)
    slope = (1 - slope**2) @ w
    assert (
        ref.gradient_verdicts(slope, *checked(lambda t: 3 + np.tanh(w @ t).sum(), x))
        == ["right"] * 5
    )
    eps = float(np.finfo(np.float32).eps)
    losses = checked(lambda t: np.float32(3 + np.tanh(w @ t).sum()), x)
    found = ref.gradient_verdicts(slope, *losses, eps=eps)
    assert set(found) <= {"rounding", "right"}
    assert "rounding" in found
    assert "rounding" not in ref.gradient_verdicts(slope, *losses)


def test_verdicts_on_paper():
    claimed = np.array([3, 0, 0.5, 1, 2])
    above = np.array([2.0305, 2.00000001, 2.005003, 2.01, 2.01])
    below = np.array([1.9705, 2, 1.995, 1.998, 1.99])
    found = ref.gradient_verdicts(claimed, above, below, 2.0, 0.01, 1e-6, 1e-5, 1e-6)
    assert found == ["right", "both tiny", "rounding", "kink", "wrong"]


# --- half precision


@pytest.mark.parametrize("window", [1, 3, 8])
@pytest.mark.parametrize("seed", range(3))
def test_scaled_update_is_pytorchs_grad_scaler(seed, window):
    torch = pytest.importorskip("torch")
    draw = rng(seed)
    w = draw.normal(size=5).astype(np.float32)
    scale, good = 2.0**12, 0
    weights = torch.nn.Parameter(torch.tensor(w))
    descent = torch.optim.SGD([weights], lr=0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=scale, growth_interval=window)
    scaler.scale(torch.zeros(()))  # made at its first use
    for step in range(60):
        gradient = (10.0 ** draw.uniform(-9, 1.5, size=5)).astype(np.float32)
        if step % 17 == 5:
            gradient[step % 5] = (np.nan, np.inf, 1e6)[step % 3]
        half = (torch.tensor(gradient) * scaler.get_scale()).half()
        weights.grad = half.float()
        scaler.step(descent)
        scaler.update()
        w, scale, good = ref.scaled_update(w, scale, good, gradient, 0.5, window)
        assert (scale, good) == (scaler.get_scale(), scaler.state_dict()["_growth_tracker"])
        np.testing.assert_allclose(w, weights.detach().numpy(), rtol=1e-6, atol=1e-7)


def test_half_precision_is_numpys():
    """Every size from below the smallest number to beyond the largest, and ties."""
    values = np.concatenate(
        [
            10.0 ** rng(8).uniform(-9, 5, 4000),
            2.0**-24 * np.arange(0, 12, 0.5),
            2048 + np.arange(0, 9, 0.5),
            [65503.9, 65504.0, 65519.9, 65520.0],
        ]
    )
    for value in (*values, *-values):
        w, scale, _ = ref.scaled_update(np.zeros(1), 1.0, 0, np.array([value]), lr=-1.0)
        with np.errstate(over="ignore"):
            expected = np.float16(value)
        assert (scale == 0.5) == np.isinf(expected)
        assert w[0] == (0 if np.isinf(expected) else expected)


def test_scaled_update_on_paper():
    w, scale, good = ref.scaled_update(np.zeros(1), 1024.0, 2, np.array([2.0**-26]), 2.0, 3)
    assert (w[0], scale, good) == (-(2.0**-25), 2048.0, 0)
    assert np.float16(2.0**-26) == 0
    w, scale, good = ref.scaled_update(w, scale, good, np.array([40.0]), 2.0, 3)
    assert (w[0], scale, good) == (-(2.0**-25), 1024.0, 0)
    w, scale, good = ref.scaled_update(w, scale, good, np.array([40.0]), 2.0, 3)
    assert (w[0], scale, good) == (pytest.approx(-80), 1024.0, 1)


# --- a tape


def random_tape(seed, n, length):
    """Return a tape whose entries read any earlier values, some of them again and again."""
    draw, tape = rng(seed), []
    for k in range(length):
        op = str(draw.choice(["add", "mul", "tanh"]))
        places = [int(i) for i in draw.integers(0, n + k, size=1 if op == "tanh" else 2)]
        tape.append((op, *places))
    return [*tape, ("exp", n + length - 1), ("mul", n + length, n + length)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(4))
def test_tape_is_pytorchs_autograd(seed, dtype):
    torch = pytest.importorskip("torch")
    x, tape = rng(30 + seed).uniform(-0.7, 0.7, size=5).astype(dtype), random_tape(seed, 5, 12)
    leaf = torch.tensor(x, requires_grad=True)
    values = list(leaf)
    known = {"add": torch.add, "mul": torch.mul, "tanh": torch.tanh, "exp": torch.exp}
    for op, *places in tape:
        values.append(known[op](*(values[i] for i in places)))
    values[-1].backward()
    found = ref.tape_backward(x, tape)
    assert found.dtype == dtype
    np.testing.assert_allclose(
        found, leaf.grad.numpy(), rtol=1e-4 if dtype == np.float32 else 1e-12, atol=1e-7
    )


def test_tape_on_paper_and_what_it_refuses():
    x = np.array([2.0, 3.0])
    np.testing.assert_array_equal(ref.tape_backward(x, [("mul", 0, 1), ("add", 2, 0)]), [4, 2])
    np.testing.assert_array_equal(ref.tape_backward(x, []), [0, 1])
    with pytest.raises(ValueError, match="entry 1 of the tape is no operation"):
        ref.tape_backward(x, [("mul", 0, 1), ("sub", 2, 0)])
    with pytest.raises(ValueError, match="entry 0 of the tape reads a value that is made later"):
        ref.tape_backward(x, [("mul", 0, 2)])
