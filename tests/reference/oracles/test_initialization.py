"""The reference of `initialization` against PyTorch, SciPy and published numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import numba
import numpy as np
import pytest
from scipy import special, stats

from autograder import observe
from reference import initialization as ref
from solutions.initialization.checks import SPREAD, log_of, many, sample_weights
from tests.kit.battery import topic

RNG = np.random.default_rng(31)
SHAPES = [(80, 250), (30, 12, 7, 5), (300, 40), (1, 5000), (50, 16, 9)]
ROOT = math.sqrt(2)
RULES = {
    "LeCun": (1.0, "fan_in"),
    "Glorot": (1.0, "fan_avg"),
    "He": (ROOT, "fan_in"),
    "He backward": (ROOT, "fan_out"),
}
FORMS = ["normal", "uniform"]


def test_preactivation_std_published_numbers():
    """Nielsen 2015, ch. 3: the root of 501; the lecture: 250 unit inputs give 15.811."""
    assert ref.preactivation_std(250) == pytest.approx(15.811, abs=5e-4)
    assert ref.preactivation_std(500, 1.0, 1.0) == pytest.approx(22.4, abs=0.05)
    assert special.expit(15.811) * special.expit(-15.811) == pytest.approx(1.4e-7, rel=0.05)


def test_preactivation_std_against_draws_of_numpy():
    for n, weight_std, bias_std in ((250, 1.0, 0.0), (30, 0.4, 2.0)):
        w, b = RNG.normal(0, weight_std, (40_000, n)), RNG.normal(0, 1, 40_000) * bias_std
        assert np.std(w.sum(axis=1) + b) == pytest.approx(
            ref.preactivation_std(n, weight_std, bias_std), rel=0.03
        )


@pytest.mark.parametrize("shape", [(100, 300), (7, 3), (64, 3, 7, 7), (8, 5, 9), (4, 3, 2, 5, 7)])
def test_fans_are_torchs(shape):
    init = pytest.importorskip("torch.nn.init")
    import torch

    assert ref.fans(shape) == init._calculate_fan_in_and_fan_out(torch.empty(shape))


def test_fans_count_the_connections_of_a_real_convolution():
    """An input pixel feeds, and an output pixel sums, as many numbers as torch's autograd says."""
    torch = pytest.importorskip("torch")
    layer = torch.nn.Conv2d(3, 5, (3, 2), padding=4, bias=False)
    torch.nn.init.ones_(layer.weight)
    image = torch.ones(1, 3, 11, 11, requires_grad=True)
    out = layer(image)
    assert (ref.fans((5, 3, 3, 2))[0], ref.fans((5, 3, 3, 2))[1]) == (
        int(out[0, 0, 9, 9]),
        int(torch.autograd.grad(out.sum(), image)[0][0, 0, 5, 5]),
    )


def expected_law(rule: str, form: str, shape):
    """SciPy's distribution for a rule, from the formulas of the papers."""
    area = math.prod(shape[2:])
    fan_in, fan_out = shape[1] * area, shape[0] * area
    variance = {
        "LeCun": 1 / fan_in,
        "Glorot": 2 / (fan_in + fan_out),
        "He": 2 / fan_in,
        "He backward": 2 / fan_out,
    }[rule]
    if form == "normal":
        return stats.norm(scale=math.sqrt(variance))
    return stats.uniform(-math.sqrt(3 * variance), 2 * math.sqrt(3 * variance))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rule", RULES)
def test_draws_follow_scipys_law(rule, form, shape):
    draws = np.concatenate(
        [
            ref.sample_weights(shape, np.random.default_rng(k), *RULES[rule], form).ravel()
            for k in range(3)
        ]
    )
    law = expected_law(rule, form, shape)
    assert stats.kstest(draws, law.cdf).pvalue > 1e-4
    assert np.std(draws) == pytest.approx(law.std(), rel=0.05)
    assert ref.weight_std(shape, *RULES[rule]) == pytest.approx(law.std(), rel=1e-12)
    assert ref.sample_weights(shape, np.random.default_rng(0)).shape == shape


@pytest.mark.parametrize(
    ("rule", "form", "theirs", "options"),
    [
        ("Glorot", "uniform", "xavier_uniform_", {}),
        ("Glorot", "normal", "xavier_normal_", {}),
        ("He", "uniform", "kaiming_uniform_", {"nonlinearity": "relu"}),
        ("He", "normal", "kaiming_normal_", {"nonlinearity": "relu"}),
        ("He backward", "normal", "kaiming_normal_", {"nonlinearity": "relu", "mode": "fan_out"}),
        ("LeCun", "normal", "kaiming_normal_", {"nonlinearity": "linear"}),
    ],
)
@pytest.mark.parametrize("shape", SHAPES[:3])
def test_draws_follow_torchs_law(rule, form, theirs, options, shape):
    init = pytest.importorskip("torch.nn.init")
    import torch

    generator = torch.Generator().manual_seed(5)
    other = getattr(init, theirs)(torch.empty(shape), generator=generator, **options).numpy()
    ours = ref.sample_weights(shape, np.random.default_rng(6), *RULES[rule], form)
    assert stats.ks_2samp(ours.ravel(), other.ravel()).pvalue > 1e-4


def test_weight_std_on_paper():
    for shape, rule, expected in (
        ((100, 400), "LeCun", 0.05),
        ((100, 200), "He", 0.1),
        ((100, 200), "He backward", 0.1414),
        ((100, 300), "Glorot", 0.0707),
    ):
        assert ref.weight_std(shape, *RULES[rule]) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("factor", [ROOT, 1.0, 5 / 3])
def test_predicted_growth_is_what_torch_measures(mode, factor):
    """Mean squares behind a real ReLU stack and of torch's gradient, over many drawn nets."""
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(7)
    widths = [300, 60, 220, 120]
    signals, gradients = [], []
    for _ in range(30):
        x = torch.randn(64, widths[0], generator=generator, requires_grad=True)
        h = x
        for n, m in pairwise(widths):
            w = torch.randn(m, n, generator=generator)
            h = torch.relu(h @ (w * ref.weight_std((m, n), factor, mode)).T)
        seed = torch.randn(h.shape, generator=generator)
        (back,) = torch.autograd.grad(h, x, seed)
        signals.append(float(h.detach().square().mean()))
        gradients.append(float(back.square().mean()))
    signal, gradient = ref.predicted_growth(widths, factor, mode)
    assert np.mean(signals) == pytest.approx(signal, rel=0.1)
    assert np.mean(gradients) == pytest.approx(gradient, rel=0.1)


def test_predicted_growth_on_paper():
    widths = [4, 100, 10]
    expected = {"fan_in": (1, 2.5), "fan_out": (0.4, 1), "fan_avg": (0.13986, 0.34965)}
    for mode, factors in expected.items():
        assert ref.predicted_growth(widths, ROOT, mode) == pytest.approx(factors, abs=5e-6)


def test_init_scale_is_torchs_bound_and_deviation_times_the_factor():
    init = pytest.importorskip("torch.nn.init")
    import torch

    for activation, factor in (("logistic", 1), ("tanh", 4), ("relu", 2**0.5), ("elu", 2**0.5)):
        generator = torch.Generator().manual_seed(1)
        drawn = init.xavier_uniform_(torch.empty(300, 500), gain=factor, generator=generator)
        bound = ref.init_scale(activation, 500, 300, "uniform")
        assert float(drawn.abs().max()) == pytest.approx(bound, rel=1e-4)
        assert ref.init_scale(activation, 500, 300, "normal") == pytest.approx(
            bound / 3**0.5, rel=1e-12
        )


def test_init_scale_worked_numbers():
    assert ref.init_scale("relu", 300, 100, "uniform") == pytest.approx(0.1732, abs=5e-5)
    assert ref.init_scale("relu", 300, 100, "normal") == pytest.approx(0.1, rel=1e-12)
    assert ref.init_scale("tanh", 300, 100, "uniform") == pytest.approx(0.4899, abs=5e-5)
    assert ref.init_scale("leaky_relu", 80, 80, "normal") == pytest.approx((2 / 80) ** 0.5)


def test_gain_is_torchs():
    init = pytest.importorskip("torch.nn.init")
    for ours, theirs in (
        ("linear", "linear"),
        ("logistic", "sigmoid"),
        ("tanh", "tanh"),
        ("relu", "relu"),
        ("leaky_relu", "leaky_relu"),
    ):
        assert ref.gain(ours) == pytest.approx(init.calculate_gain(theirs), rel=1e-12)
    for slope in (0.0, 0.2, 1.0):
        assert ref.gain("leaky_relu", slope) == pytest.approx(
            init.calculate_gain("leaky_relu", slope), rel=1e-12
        )


TORCH = {"linear": "Identity", "logistic": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}


@pytest.mark.parametrize("activation", sorted(TORCH))
@pytest.mark.parametrize("n", [1, 7, 600])
def test_signals_and_gradients_are_torch_autograds(activation, n):
    torch = pytest.importorskip("torch")
    sizes = (6, 9, 4, 7, 5)
    weights = [RNG.normal(size=(sizes[k + 1], sizes[k])) * 0.7 for k in range(4)]
    x, grad = RNG.normal(size=(n, 6)), RNG.normal(size=(n, 5))
    f = getattr(torch.nn, TORCH[activation])()
    h, zs, signals = torch.tensor(x, requires_grad=True), [], []
    for w in weights:
        zs.append(h @ torch.tensor(w).T)
        h = f(zs[-1])
        signals.append(float(h.detach().std(correction=0)))
    np.testing.assert_allclose(ref.signal_by_depth(x, weights, activation), signals, rtol=1e-11)
    gradients = torch.autograd.grad(h, zs, torch.tensor(grad))
    expected = [float(g.std(correction=0)) for g in gradients]
    found = ref.gradient_by_depth(x, weights, activation, grad)
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_signals_and_gradients_in_float32():
    x, w = RNG.normal(size=(4, 3)).astype(np.float32), RNG.normal(size=(3, 3)).astype(np.float32)
    assert ref.signal_by_depth(x, [w], "tanh").dtype == np.float32
    assert ref.gradient_by_depth(x, [w], "tanh", x).dtype == np.float32


def test_one_thread_and_many_give_the_same_bits():
    x, grad = RNG.normal(size=(900, 6)), RNG.normal(size=(900, 5))
    weights = [RNG.normal(size=(8, 6)), RNG.normal(size=(5, 8))]
    found = []
    before = numba.get_num_threads()
    for threads in (1, before):
        numba.set_num_threads(threads)
        found.append(ref.gradient_by_depth(x, weights, "tanh", grad))
    np.testing.assert_array_equal(*found)


def test_he_keeps_the_signal_of_relu_and_glorot_loses_half_a_layer():
    x = RNG.normal(size=(300, 256))
    for rule, factor in (("He", 1.0), ("Glorot", 2**-0.5)):
        weights = [ref.sample_weights((256, 256), RNG, *RULES[rule]) for _ in range(20)]
        signal = ref.signal_by_depth(x, weights, "relu")
        assert (signal[-1] / signal[0]) ** (1 / 19) == pytest.approx(factor, rel=0.04)
        grad = RNG.normal(size=(300, 256))
        back = ref.gradient_by_depth(x, weights, "relu", grad)
        assert (back[0] / back[-1]) ** (1 / 19) == pytest.approx(factor, rel=0.04)


def test_the_lectures_four_makes_gradients_explode_in_twenty_tanh_layers():
    x, grad = RNG.normal(size=(100, 100)), RNG.normal(size=(100, 100))
    start = [ref.sample_weights((100, 100), RNG, *RULES["Glorot"]) for _ in range(20)]
    growth = {}
    for factor in (1.0, ref.gain("tanh"), 4.0):
        back = ref.gradient_by_depth(x, [factor * w for w in start], "tanh", grad)
        growth[factor] = back[0] / back[-1]
    assert 1_000 < growth[4.0] < 20_000
    assert growth[ref.gain("tanh")] < 20


def test_equal_units_stay_equal():
    """Why all zeros and one constant do not do: the rows of the gradient are equal."""
    torch = pytest.importorskip("torch")
    first = torch.full((4, 3), 0.3, requires_grad=True)
    last = torch.full((2, 4), 0.1)
    (torch.tanh(torch.randn(5, 3) @ first.T) @ last.T).square().sum().backward()
    assert torch.equal(first.grad[0], first.grad[3])


# --- how sure the statistical checks are ---------------------------------------------------------


def deviations(law, n: int) -> dict[str, float]:
    """Standard deviations of what `observe.sample` reports of n draws with std 1 (asymptotic)."""
    kurtosis = float(law.stats("k")) + 3.0
    found = {"mean": n**-0.5, "std": math.sqrt((kurtosis - 1) / (4 * n))}
    for p in (0.05, 0.25, 0.5):  # the upper quantiles by symmetry
        found[f"quantile {p}"] = math.sqrt(p * (1 - p) / n) / float(law.pdf(law.ppf(p)))
    return found


NORMAL, UNIFORM = stats.norm(), stats.uniform(-(3**0.5), 2 * 3**0.5)
DRAWS = min(round(100_000 / math.prod(s)) * math.prod(s) for s in SHAPES)


def test_a_right_sampler_fails_with_a_probability_below_1e_minus_9():
    """Of one whole grading: ten cases, both sides random, every statistic."""
    total = 0.0
    for law in (NORMAL, UNIFORM):
        for name, sd in deviations(law, DRAWS).items():
            sides = 2 if name.startswith("quantile") and "0.5" not in name else 1
            total += sides * 2 * stats.norm.sf(SPREAD / (sd * 2**0.5))
        # the largest magnitude: below 3 with normal draws, or off by SPREAD with uniform ones
        total += math.exp(DRAWS * math.log1p(-2 * stats.norm.sf(3.0)))
        total += math.exp(DRAWS * math.log1p(-SPREAD / 3**0.5))
    assert 25 * total < 1e-9, total  # with room to spare


def test_a_width_off_by_a_tenth_is_missed_with_a_probability_below_1e_minus_9():
    for law in (NORMAL, UNIFORM):
        sd = deviations(law, DRAWS)["std"]
        for factor in (0.9, 1.1):
            missed = stats.norm.sf((abs(factor - 1) - SPREAD) / (sd * math.hypot(1, factor)))
            assert missed < 1e-9, missed


class Plain:
    """A sampler under the driver, in this process."""

    def __init__(self, draw):
        self.draw = draw

    def __call__(self, shape, seed, **options):
        return self.draw(shape, seed.generator(), **options)


def gap(first, second) -> float:
    keys = ("mean", "std", "largest", "distinct")
    return max(
        max(abs(first[key] - second[key]) for key in keys),
        float(np.max(np.abs(first["quantiles"] - second["quantiles"]))),
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_samplers_right_and_biased_in_practice(shape):
    """Six gradings: the right one stays well inside the tolerance, the biased ones outside."""
    std = math.sqrt(2 / ref.fans(shape)[0])
    wrong = {
        "a tenth too wide": lambda s, g, **_: 1.1 * std * g.standard_normal(s),
        "a tenth too narrow": lambda s, g, **_: 0.9 * std * g.standard_normal(s),
        "uniform": lambda s, g, **_: 3**0.5 * std * g.uniform(-1, 1, s),
        "shifted": lambda s, g, **_: g.normal(0.1 * std, std, s),
        "clipped": lambda s, g, **_: np.clip(std * g.standard_normal(s), -2 * std, 2 * std),
        "units alike": lambda s, g, **_: np.zeros(s) + std * g.standard_normal(s[1:]),
    }
    if shape[0] == 1:
        del wrong["units alike"]
    for trial in range(6):
        case = many(np.random.default_rng(trial), shape, ROOT)
        truth = observe.sample(Plain(ref.sample_weights), *case.args, **case.kwargs)
        other = {**case.kwargs, "seed": case.kwargs["seed"] + 10_000}
        right = observe.sample(Plain(ref.sample_weights), *case.args, **other)
        assert gap(truth, right) < 0.7 * SPREAD
        for name, draw in wrong.items():
            found = observe.sample(Plain(draw), *case.args, **case.kwargs)
            assert gap(truth, found) > SPREAD, name


def test_the_shapes_are_those_of_the_checks():
    """The figures above speak of the cases that are really drawn."""
    cases = [
        case
        for check in topic("initialization").exercise("sample_weights")
        for case in check.cases(np.random.default_rng(0))
    ]
    assert {case.args[0] for case in cases} == set(SHAPES)
    assert len(cases) == 10
    assert all(check.atol == SPREAD for check in sample_weights)


@pytest.mark.parametrize("shape", [(7, 4), (3, 2, 3, 3)])
def test_update_ratios_are_those_of_a_torch_step(shape):
    torch = pytest.importorskip("torch")
    start = torch.tensor(RNG.normal(size=shape) + 0.5)
    weights = torch.nn.Parameter(start.clone())
    (weights.sin() * torch.tensor(RNG.normal(size=shape))).sum().backward()
    torch.optim.SGD([weights], lr=0.03).step()
    taken = torch.linalg.vector_norm(weights.detach() - start) / torch.linalg.vector_norm(start)
    found = ref.update_ratios([start.numpy()], [weights.grad.numpy()], 0.03)
    np.testing.assert_allclose(found, [float(taken)], rtol=1e-12)


def torch_log(ill: int, cause: str):
    """A log of a real tanh net in torch (nearly linear: small inputs) with one ill layer."""
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(11)
    layers, width = 5, 200
    h = x = 0.05 * torch.randn(400, width, generator=generator)
    x.requires_grad_()
    outputs, weights = [x], []
    for k in range(1, layers + 1):
        w = torch.randn(width, width, generator=generator) / width**0.5
        factor = {"large": 8.0, "small": 1 / 30}.get(cause, 1.0) if k == ill else 1.0
        weights.append((factor * w).requires_grad_())
        z = h @ weights[-1].T
        if cause == "saturated" and k == ill:  # biases that push all units to their limits
            z = z + 3.0 * torch.sign(torch.randn(width, generator=generator))
            h = 0.05 * torch.tanh(z)  # a signal of the usual size
        else:
            h = z if cause in ("large", "small") else torch.tanh(z)
        outputs.append(h)
    seed = torch.randn(h.shape, generator=generator)
    grads = torch.autograd.grad(h, [*outputs, *weights], seed)
    signal = np.array([float(o.detach().std()) for o in outputs])
    gradient = np.array([float(g.std()) for g in grads[: layers + 1]])
    steps = [(w.detach().numpy(), g.numpy()) for w, g in zip(weights, grads[layers + 1 :])]
    others = [k for k in range(layers) if k + 1 != ill]
    healthy = ref.update_ratios(*map(list, zip(*steps)), 1.0)[others]
    rate = 1e-3 / float(np.median(healthy))
    ratio = ref.update_ratios(*map(list, zip(*steps)), rate)
    return signal, gradient, ratio


@pytest.mark.parametrize("ill", [1, 3, 5])
@pytest.mark.parametrize("cause", ["large", "small", "saturated"])
def test_an_ill_layer_of_a_real_net_is_found(ill, cause):
    assert ref.sick_layer(*torch_log(ill, cause)) == (ill, cause)


def test_logs_of_the_checks_are_told_as_they_were_made():
    rng = np.random.default_rng(12)
    for cause in ("large", "small", "saturated", "frozen", "hasty"):
        for ill in (1, 2, 4):
            assert ref.sick_layer(*log_of(rng, 4, ill, cause)) == (ill, cause)
    assert ref.sick_layer(*log_of(rng, 4)) == (0, "healthy")


@pytest.mark.parametrize("shape", [(7, 4), (5, 5), (3, 8)])
def test_orthogonal_weights_are_pytorchs_from_the_same_draws(shape):
    torch = pytest.importorskip("torch")
    weights = torch.empty(*shape, dtype=torch.float64)
    torch.manual_seed(5)
    torch.nn.init.orthogonal_(weights, gain=1.5)
    torch.manual_seed(5)
    draws = torch.empty(*shape, dtype=torch.float64).normal_(0, 1).numpy()
    found = ref.orthogonal_weights(draws, 1.5)
    np.testing.assert_allclose(found, weights.numpy(), atol=1e-12)
    small = found @ found.T if shape[0] < shape[1] else found.T @ found
    np.testing.assert_allclose(small, 2.25 * np.eye(min(shape)), atol=1e-12)
    assert ref.orthogonal_weights(draws.astype(np.float32)).dtype == np.float32


def test_orthogonal_weights_on_paper():
    found = ref.orthogonal_weights(np.array([[3.0, 1.0], [4.0, 3.0]]))
    np.testing.assert_allclose(found, [[0.6, -0.8], [0.8, 0.6]], atol=1e-15)


@pytest.mark.parametrize("activation", ["linear", "logistic", "tanh", "relu"])
def test_lsuv_leaves_every_layer_with_unit_variance(activation):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(6)
    x = rng.normal(size=(40, 12)) + 0.3
    weights = [rng.normal(size=shape) * 3 for shape in ((9, 12), (15, 9), (4, 15))]
    known = {
        "linear": lambda z: z,
        "logistic": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
    }
    h = torch.tensor(x)
    for w, old in zip(ref.lsuv_weights(x, weights, activation), weights, strict=True):
        z = torch.nn.functional.linear(h, torch.tensor(w))
        assert float(z.std(correction=0)) == pytest.approx(1, abs=1e-12)
        np.testing.assert_allclose(w / w[0, 0], old / old[0, 0])  # one factor for the layer
        h = known[activation](z)


def test_lsuv_on_paper():
    first, second = ref.lsuv_weights(np.array([[1.0, -1.0]]), [2 * np.eye(2)] * 2, "relu")
    np.testing.assert_allclose(first, np.eye(2))
    np.testing.assert_allclose(second, 2 * np.eye(2))


def test_residual_scale_grows_as_promised():
    """Simulated: every block adds the signal's own numbers, shuffled and with random signs."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=4000)
    square, blocks, growth = np.mean(x**2), 12, 3.0
    factor = ref.residual_scale(blocks, growth)
    for _ in range(blocks):
        x = x + factor * rng.permutation(x) * rng.choice([-1.0, 1.0], size=x.size)
    assert np.mean(x**2) / square == pytest.approx(growth, rel=0.1)
    assert ref.residual_scale(1, 2.0) == ref.residual_scale(2, 4.0) == pytest.approx(1)
    assert ref.residual_scale(100, math.e) == pytest.approx(0.1003, abs=5e-5)
    assert ref.residual_scale(7, 1.0) == 0
