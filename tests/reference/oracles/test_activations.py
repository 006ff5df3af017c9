"""The reference of activations against PyTorch, its autograd, SciPy, quadrature and the papers."""

import itertools
import math
import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, log_ndtr, log_softmax, softmax

from reference import activations as ref

CURVES = [
    ("hard_unit", ("piecewise_linear",), lambda f, z: f.hardtanh(z, -0.5, 0.5) + 0.5),
    ("squash", ("sigmoid",), lambda f, z: f.sigmoid(z)),
    ("squash", ("tanh",), lambda f, z: f.tanh(z)),
    ("rectifier", ("leaky", 0.0), lambda f, z: f.relu(z)),
    ("rectifier", ("leaky", 0.2), lambda f, z: f.leaky_relu(z, 0.2)),
    ("rectifier", ("leaky", (0.125, 0.375)), lambda f, z: f.rrelu(z, 0.125, 0.375, training=False)),
    ("rectifier", ("elu", 0.7), lambda f, z: f.elu(z, 0.7)),
    ("smooth_unit", ("softplus",), lambda f, z: f.softplus(z, threshold=1e9)),
    ("smooth_unit", ("silu",), lambda f, z: f.silu(z)),
    ("smooth_unit", ("gelu",), lambda f, z: f.gelu(z)),
]


def rng(seed=0):
    return np.random.default_rng(seed)


def tolerance(dtype):
    if dtype == np.float32:
        return {"rtol": 2e-5, "atol": 2e-6}
    return {"rtol": 1e-12, "atol": 1e-13}


@pytest.mark.parametrize("size", [1, 37, 40_001])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "options", "theirs"), CURVES)
def test_curves_and_derivatives_are_pytorchs(name, options, theirs, dtype, size):
    torch = pytest.importorskip("torch")
    z = (3 * rng(size).normal(size=size)).astype(dtype)
    tensor = torch.tensor(z, requires_grad=True)
    expected = theirs(torch.nn.functional, tensor)
    expected.sum().backward()
    a, da = getattr(ref, name)(z, *options)
    assert a.dtype == da.dtype == dtype
    np.testing.assert_allclose(a, expected.detach().numpy(), **tolerance(dtype))
    np.testing.assert_allclose(da, tensor.grad.numpy(), **tolerance(dtype))


@pytest.mark.parametrize(("name", "options", "theirs"), CURVES)
def test_derivatives_at_kinks_are_pytorchs(name, options, theirs):
    torch = pytest.importorskip("torch")
    z = np.array([-0.5, 0.0, 0.5])
    tensor = torch.tensor(z, requires_grad=True)
    theirs(torch.nn.functional, tensor).sum().backward()
    np.testing.assert_allclose(getattr(ref, name)(z, *options)[1], tensor.grad.numpy(), rtol=1e-12)


def test_switches_are_pytorchs():
    torch = pytest.importorskip("torch")
    z = np.array([-2.0, -0.0, 0.0, 1e-300, 3.0])
    step, through = ref.hard_unit(z, "step")
    np.testing.assert_array_equal(step, torch.heaviside(torch.tensor(z), torch.ones(5).double()))
    np.testing.assert_array_equal(ref.hard_unit(z, "sign")[0], torch.sign(torch.tensor(z)))
    np.testing.assert_array_equal(through, np.ones(5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "options", "theirs"), CURVES)
def test_curves_are_finite_far_out(name, options, theirs, dtype):
    a, da = getattr(ref, name)(np.array([-1000, 1000], dtype), *options)
    assert np.isfinite(a).all() and np.isfinite(da).all()


@pytest.mark.parametrize("far", [25.0, 40.0, 300.0])
def test_small_derivatives_keep_their_digits(far):
    both = np.array([-far, far])
    np.testing.assert_allclose(ref.squash(both, "sigmoid")[1], math.exp(-far), rtol=1e-10)
    np.testing.assert_allclose(ref.squash(both, "tanh")[1], 4 * math.exp(-2 * far), rtol=1e-10)
    np.testing.assert_allclose(ref.smooth_unit(-both[1:], "softplus")[0], math.exp(-far), rtol=1e-9)
    single = ref.squash(np.array([40], np.float32), "sigmoid")[1]
    np.testing.assert_allclose(single, math.exp(-40), rtol=1e-6)


def test_gelu_keeps_its_digits_in_the_tail():
    z = np.linspace(-30, -1, 50)
    np.testing.assert_allclose(ref.smooth_unit(z, "gelu")[0], z * np.exp(log_ndtr(z)), rtol=1e-12)


def test_published_values():
    gelu, silu = ref.smooth_unit(np.ones(1), "gelu")[0], ref.smooth_unit(np.ones(1), "silu")[0]
    assert gelu[0] == pytest.approx(0.8413, abs=5e-5)
    assert silu[0] == pytest.approx(0.7311, abs=5e-5)
    assert ref.squash(np.zeros(1), "sigmoid")[1][0] == 0.25
    assert ref.squash(np.zeros(1), "tanh")[1][0] == 1.0


def test_alphas_of_their_own_are_pytorchs():
    torch = pytest.importorskip("torch")
    z, dy, alpha = rng(1).normal(size=(7, 4)), rng(2).normal(size=(7, 4)), rng(3).uniform(size=4)
    tensors = [torch.tensor(array, requires_grad=True) for array in (z, alpha)]
    expected = torch.nn.functional.prelu(*tensors)
    expected.backward(torch.tensor(dy))
    np.testing.assert_allclose(ref.rectifier(z, "leaky", alpha)[0], expected.detach(), rtol=1e-14)
    for found, tensor in zip(ref.prelu_backward(dy, z, alpha), tensors, strict=True):
        np.testing.assert_allclose(found, tensor.grad, rtol=1e-12)


@pytest.mark.parametrize("shape", [(1, 3), (300, 200)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_prelu_backward_of_any_size(shape, dtype):
    z, dy = rng(4).normal(size=shape).astype(dtype), rng(5).normal(size=shape).astype(dtype)
    alpha = rng(6).uniform(size=shape[1]).astype(dtype)
    dz, dalpha = ref.prelu_backward(dy, z, alpha)
    assert dz.dtype == dalpha.dtype == dtype
    np.testing.assert_allclose(dz, np.where(z > 0, dy, alpha * dy), rtol=1e-6)
    votes = np.where(z > 0, 0, dy * z).sum(axis=0, dtype=np.float64)
    np.testing.assert_allclose(
        dalpha, votes, rtol=1e-4, atol=1e-4 if dtype == np.float32 else 1e-10
    )


def test_collapsed_layers_are_the_stack():
    torch = pytest.importorskip("torch")
    sizes = [3, 5, 2, 4]
    layers = [torch.nn.Linear(d, f).double() for d, f in itertools.pairwise(sizes)]
    x = torch.tensor(rng(7).normal(size=(6, 3)))
    pairs = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in layers]
    w, b = ref.collapse_linear(pairs)
    np.testing.assert_allclose(
        x.numpy() @ w.T + b, torch.nn.Sequential(*layers)(x).detach(), rtol=1e-12
    )
    w, b = ref.collapse_linear(
        [
            (np.array([[1.0, 2], [0, 1]]), np.array([1.0, 0])),
            (np.array([[1.0, -1]]), np.array([3.0])),
        ]
    )
    assert w.tolist() == [[1, 1]] and b.tolist() == [4]


def test_dead_units_by_counting_zeros_of_pytorchs_relu():
    torch = pytest.importorskip("torch")
    x, w, b = rng(8).normal(size=(40, 3)), rng(9).normal(size=(25, 3)), 4 * rng(10).normal(size=25)
    answers = torch.relu(torch.nn.functional.linear(*(torch.tensor(a) for a in (x, w, b))))
    dead = (answers == 0).all(dim=0).double().mean().item()
    straight = (answers > 0).all(dim=0).double().mean().item()
    assert 0 < dead < 1 and 0 < straight < 1
    assert ref.dead_fraction(x, w, b) == pytest.approx((dead, straight))
    on_paper = ref.dead_fraction(
        np.array([[1.0], [2], [3]]), np.ones((3, 1)), np.array([-3.0, 0, -2])
    )
    assert on_paper == pytest.approx((1 / 3, 1 / 3))


def test_selu_constants_are_the_papers():
    torch = pytest.importorskip("torch")
    alpha, scale = ref.selu_constants(1.0)
    assert alpha == pytest.approx(1.6732632423543772, rel=1e-13)
    assert scale == pytest.approx(1.0507009873554805, rel=1e-13)
    z = rng(11).normal(size=50)
    expected = torch.nn.functional.selu(torch.tensor(z)).numpy()
    np.testing.assert_allclose(scale * ref.rectifier(z, "elu", alpha)[0], expected, rtol=1e-12)


@pytest.mark.parametrize("variance", [0.1, 1.0, 4.0])
def test_selu_constants_keep_mean_and_variance_by_quadrature(variance):
    alpha, scale = ref.selu_constants(variance)

    def moment(power):
        def integrand(t):
            z = t * math.sqrt(variance)
            unit = scale * (z if z > 0 else alpha * math.expm1(z))
            return unit**power * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)

        return sum(quad(integrand, *part, epsabs=1e-12)[0] for part in ((-12, 0), (0, 12)))

    assert moment(1) == pytest.approx(0, abs=1e-10)
    assert moment(2) == pytest.approx(variance, rel=1e-10)


@pytest.mark.parametrize(("n", "d", "f"), [(1, 2, 3), (5, 3, 4), (150, 40, 300)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_swiglu_backward_is_autograds(n, d, f, dtype):
    torch = pytest.importorskip("torch")
    draw = rng(12)
    shapes = ((n, f), (n, d), (f, d), (f, d))
    dy, x, w, v = (draw.normal(size=shape).astype(dtype) for shape in shapes)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, w, v)]
    linear = torch.nn.functional.linear
    y = torch.nn.functional.silu(linear(*tensors[:2])) * linear(tensors[0], tensors[2])
    y.backward(torch.tensor(dy))
    for found, tensor in zip(ref.swiglu_backward(dy, x, w, v), tensors, strict=True):
        assert found.dtype == dtype
        close = (
            {"rtol": 1e-3, "atol": 1e-2} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-10}
        )
        np.testing.assert_allclose(found, tensor.grad, **close)


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_maxout_is_pytorchs_max(pieces):
    torch = pytest.importorskip("torch")
    x, w, b = (
        rng(13).normal(size=(6, 3)),
        rng(14).normal(size=(pieces, 4, 3)),
        rng(15).normal(size=(pieces, 4)),
    )
    z = torch.einsum("nd,pfd->pnf", torch.tensor(x), torch.tensor(w)) + torch.tensor(b)[:, None]
    expected = z.max(dim=0)
    y, piece = ref.maxout(x, w, b)
    np.testing.assert_allclose(y, expected.values, rtol=1e-12)
    np.testing.assert_array_equal(piece, expected.indices)
    tied = ref.maxout(np.zeros((1, 3)), np.concatenate([w, w]), np.concatenate([b, b]))[1]
    assert (tied < pieces).all()


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_softmax_is_scipys(axis, log, scale):
    z, temperature = scale * rng(16).normal(size=(4, 3, 5)), 0.7
    theirs = (log_softmax if log else softmax)(z / temperature, axis=axis)
    found = ref.softmax(z, axis, temperature, log)
    np.testing.assert_allclose(found, theirs, rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("shape", [(4, 3), (300, 200)])
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_backward_is_autograds(shape, log, dtype):
    torch = pytest.importorskip("torch")
    z, dy = rng(17).normal(size=shape).astype(dtype), rng(18).normal(size=shape).astype(dtype)
    tensor = torch.tensor(z, requires_grad=True)
    run = torch.log_softmax if log else torch.softmax
    y = run(tensor / 0.5, dim=0)
    y.backward(torch.tensor(dy))
    found = ref.softmax_backward(dy, z, axis=0, temperature=0.5, log=log)
    assert found.dtype == dtype
    close = {"rtol": 1e-4, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-11}
    np.testing.assert_allclose(found, tensor.grad, **close)
    np.testing.assert_allclose(ref.softmax(z, 0, 0.5, log), y.detach(), **close)


def test_masked_scores_get_no_probability():
    z = np.array([[0.0, -np.inf, 1.0]])
    np.testing.assert_allclose(ref.softmax(z), softmax(z, axis=1))
    assert ref.softmax(z, log=True)[0, 1] == -np.inf


def test_brute_force_finds_autograds_product():
    torch = pytest.importorskip("torch")
    x, dy = rng(19).normal(size=(3, 2)), rng(20).normal(size=4)

    def theirs(t):
        flat = t.reshape(-1)
        return torch.stack([flat[0] * flat[5], flat[1] ** 3, flat[2:].prod(), flat.sum().sin()])

    tensor = torch.tensor(x, requires_grad=True)
    theirs(tensor).backward(torch.tensor(dy))
    found = ref.numerical_vjp(lambda t: theirs(torch.tensor(t)).numpy(), x, dy)
    np.testing.assert_allclose(found, tensor.grad, rtol=1e-7, atol=1e-8)
    assert ref.numerical_vjp(lambda t: t**2, np.array([1.0, 3]), np.array([1.0, 10]), 0.1) == (
        pytest.approx([2, 60])
    )


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("right", lambda z: expit(z) * expit(-z)),
        ("at the output", lambda z: expit(expit(z)) * expit(-expit(z))),
        ("output formula", lambda z: z * (1 - z)),
        ("squared", lambda z: (expit(z) * expit(-z)) ** 2),
        ("activation", expit),
        ("tanh", lambda z: np.cosh(z) ** -2.0),
        ("sign", lambda z: -expit(z) * expit(-z)),
    ],
)
def test_suspects_are_recognised_by_scipys_sigmoid(name, story):
    z = np.array([0.659046, -1.5, 2.0, 3.5])
    assert ref.whose_mistake(z, np.round(story(z), 6)) == name


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda a: ref.rectifier(a(3, 2), "leaky", a(3)), "z of shape (3, 2), got (3,)"),
        (lambda a: ref.numerical_vjp(np.sum, a(2), a(2)), "dy of shape () as f(x), got (2,)"),
        (lambda a: ref.softmax(a(2, 3), 2), "axis"),
    ],
)
def test_what_does_not_fit_is_refused(call, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        call(lambda *shape: np.ones(shape))
