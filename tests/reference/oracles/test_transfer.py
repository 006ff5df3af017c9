"""The reference of transfer against PyTorch, scikit-learn, SciPy, finite differences and paper."""

import itertools

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp
from sklearn.linear_model import Ridge, RidgeClassifier

from reference import transfer as ref


def rng(seed=0):
    return np.random.default_rng(seed)


def close(found, expected, dtype=np.float64):
    near = {"rtol": 2e-4, "atol": 2e-5} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(found, expected, **near)


def differences(loss, x, h=1e-6):
    found = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        found[index] = (loss(up) - loss(down)) / (2 * h)
    return found


DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


# --- taking layers over, and keeping them


def layers(seed, *sizes):
    draw = rng(seed)
    return [(draw.normal(size=(f, d)), draw.normal(size=f)) for d, f in itertools.pairwise(sizes)]


def test_a_module_takes_the_same_layers_over_as_pytorchs_state():
    torch = pytest.importorskip("torch")

    def module(net):
        parts = [torch.nn.Linear(w.shape[1], len(w), dtype=torch.float64) for w, _ in net]
        for part, (w, b) in zip(parts, net, strict=True):
            part.load_state_dict({"weight": torch.tensor(w), "bias": torch.tensor(b)})
        return torch.nn.Sequential(*parts)

    source, target = layers(1, 5, 4, 3, 2), layers(2, 5, 4, 3, 7)
    ours, misfit = ref.transfer_layers(source, target, 2)
    theirs = module(target)
    state = module(source).state_dict()
    theirs.load_state_dict({k: v for k, v in state.items() if k[0] in "01"}, strict=False)
    assert misfit is None
    for (w, b), part in zip(ours, theirs, strict=True):
        close(w, part.weight.detach())
        close(b, part.bias.detach())
    with pytest.raises(RuntimeError, match="size mismatch"):
        theirs.load_state_dict(state)
    assert ref.transfer_layers(source, target, 3)[1] == 2


def test_layers_taken_over_share_no_memory():
    source, target = layers(3, 3, 3, 3), layers(4, 3, 3, 3)
    found, _ = ref.transfer_layers(source, target, 1)
    given = [part for net in (source, target) for layer in net for part in layer]
    new = [part for layer in found for part in layer]
    assert not any(np.shares_memory(a, b) for a, b in itertools.product(new, given))


@DTYPES
def test_masked_update_is_pytorchs_sgd_without_the_gradients_of_what_is_frozen(dtype):
    torch = pytest.importorskip("torch")
    draw = rng(5)
    params = [draw.normal(size=s).astype(dtype) for s in ((3, 2), (3,), (2, 3))]
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    optimizer = torch.optim.SGD(tensors, lr=0.1, momentum=0.8, weight_decay=0.3)
    momentum = [np.zeros_like(p) for p in params]
    for frozen in ([], [1], [0, 2], []):
        grads = [draw.normal(size=p.shape).astype(dtype) for p in params]
        for number, (tensor, g) in enumerate(zip(tensors, grads, strict=True)):
            tensor.grad = None if number in frozen else torch.tensor(g)  # None is left alone
        optimizer.step()
        params, momentum = ref.masked_update(params, grads, momentum, frozen, 0.1, 0.8, 0.3)
        for tensor, p in zip(tensors, params, strict=True):
            close(p, tensor.detach(), dtype)


def test_causes_are_found_in_paths_that_pytorchs_optimizer_made():
    torch = pytest.importorskip("torch")

    def path(momentum, decay, gradient):
        theta = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([theta], lr=0.1, momentum=momentum, weight_decay=decay)
        if momentum:  # one step with a gradient, then none
            theta.grad = torch.tensor([0.3, 0.4, -1.0], dtype=torch.float64)
            optimizer.step()
        points = [theta.detach().numpy().copy()]
        for _ in range(4):
            theta.grad = torch.tensor(gradient, dtype=torch.float64)
            optimizer.step()
            points.append(theta.detach().numpy().copy())
        return np.array(points)

    none = [0.0, 0.0, 0.0]
    for args, expected in (
        ((0.7, 0.0, none), ("momentum", 0.7)),
        ((0.0, 0.2, none), ("decay", 0.2)),
        ((0.0, 0.0, [0.0, 3.0, 4.0]), ("gradient", 5.0)),
        ((0.0, 0.0, none), ("frozen", 0.0)),
    ):
        cause, evidence = ref.why_it_moved(path(*args), 0.1)
        assert (cause, pytest.approx(evidence)) == expected


def test_rates_of_howard_and_ruder():
    """Gradual unfreezing from the last layer, and each lower layer's rate divided by 2.6."""
    rates = ref.unfreeze_rates(4, 5, 0.01, 1 / 2.6)
    assert [np.count_nonzero(row) for row in rates] == [1, 2, 3, 4, 4]
    close(rates[-1][:-1] * 2.6, rates[-1][1:])


# --- features


@DTYPES
def test_frozen_features_are_pytorchs_in_evaluation(dtype):
    torch = pytest.importorskip("torch")
    draw, parts, net = rng(6), [], []
    kind = torch.float32 if dtype == np.float32 else torch.float64
    for into, out in ((4, 6), (6, 3)):
        dense, norm = torch.nn.Linear(into, out, dtype=kind), torch.nn.BatchNorm1d(out, dtype=kind)
        layer = [draw.normal(size=(out, into)), *draw.normal(size=(4, out)), draw.random(out) + 0.3]
        layer = [part.astype(dtype) for part in layer]
        names = ("weight", "bias", "running_mean", "running_var")
        dense.load_state_dict({n: torch.tensor(v) for n, v in zip(names, layer[:2], strict=False)})
        state = dict(zip(names, (layer[2], layer[3], layer[4], layer[5]), strict=True))
        norm.load_state_dict({n: torch.tensor(v) for n, v in state.items()}, strict=False)
        parts += [dense, norm, torch.nn.ReLU()]
        net.append(tuple(layer))
    x = draw.normal(size=(5, 4)).astype(dtype)
    mean, std = draw.normal(size=4).astype(dtype), (draw.random(4) + 0.5).astype(dtype)
    expected = torch.nn.Sequential(*parts).eval()(torch.tensor((x - mean) / std))
    close(ref.frozen_features(x, mean, std, net), expected.detach(), dtype)


@pytest.mark.parametrize(("n", "d"), [(20, 5), (6, 15)])
@DTYPES
def test_linear_probe_is_scikit_learns_ridge(n, d, dtype):
    draw = rng(7)
    x, labels = draw.normal(size=(n, d)) + 2, np.arange(n) % 4
    ridge = Ridge(alpha=1.7).fit(x, np.eye(4)[labels])
    weights, biases = ref.linear_probe(x.astype(dtype), labels, 4, 1.7)
    close(weights, ridge.coef_, dtype)
    close(biases, ridge.intercept_, dtype)


def test_the_other_coding_is_scikit_learns_classifier():
    """Targets of plus and minus one: twice the weights, and twice the biases less 1."""
    draw = rng(8)
    x, labels = draw.normal(size=(12, 3)), np.arange(12) % 3
    other = RidgeClassifier(alpha=0.9).fit(x, labels)
    weights, biases = ref.linear_probe(x, labels, 3, 0.9)
    close(2 * weights, other.coef_)
    close(2 * biases - 1, other.intercept_)


def test_pretraining_hands_on_pytorchs_codes():
    torch = pytest.importorskip("torch")
    seen = []

    def train(h, w, b):
        seen.append(h.copy())
        return w + 0.1 * h.mean(), b - 0.2

    x, net = rng(9).normal(size=(5, 4)), layers(10, 4, 6, 3, 2)
    trained, codes = ref.layerwise_pretrain(x, net, train)
    h = torch.tensor(x)
    for given, (w, b) in zip(seen, trained, strict=True):
        close(given, h)
        h = torch.relu(torch.nn.functional.linear(h, torch.tensor(w), torch.tensor(b)))
    close(codes, h)


# --- adapters of low rank


@pytest.mark.parametrize(("n", "d", "f", "r"), [(4, 5, 3, 2), (1, 3, 6, 1), (70, 200, 150, 8)])
@DTYPES
def test_lora_is_pytorchs_layer_with_a_product(n, d, f, r, dtype):
    torch = pytest.importorskip("torch")
    draw = rng(11)
    shapes = ((n, d), (f, d), (f,), (r, d), (f, r), (n, f))
    x, w, b, down, up, dy = (draw.normal(size=s).astype(dtype) / s[-1] ** 0.5 for s in shapes)
    x, w, b, down, up, dy = (part.astype(dtype) for part in (x, w, b, down, up, dy))
    tensors = [torch.tensor(part, requires_grad=True) for part in (x, w, b, down, up)]
    tx, tw, tb, ta, tu = tensors
    out = torch.nn.functional.linear(tx, tw, tb) + 6.0 / r * (tx @ ta.T) @ tu.T
    out.backward(torch.tensor(dy))
    y, merged, trained = ref.lora_forward(x, w, b, down, up, 6.0)
    close(y, out.detach(), dtype)
    close(x @ merged.T + b, out.detach(), dtype)
    assert trained == r * (d + f)
    found = ref.lora_backward(dy, x, w, down, up, 6.0)
    for ours, theirs in zip(found, (tx.grad, ta.grad, tu.grad), strict=True):
        close(ours, theirs, dtype)


@pytest.mark.parametrize("zero", ["down", "up", "both", "neither"])
def test_starts_are_told_from_gradients_by_autograd(zero):
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(3)

    def drawn(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    down, up = drawn(2, 4), drawn(3, 2)
    down *= zero not in ("down", "both")
    up *= zero not in ("up", "both")
    down.requires_grad_()
    up.requires_grad_()
    change = drawn(5, 4) @ down.T @ up.T
    change.backward(drawn(5, 3))
    log = (part.detach().numpy()[None] for part in (change, down.grad, up.grad))
    assert ref.lora_start(*log) == [zero]


# --- distillation


@pytest.mark.parametrize(
    ("temperature", "weight"), [(1.0, 0.5), (4.0, 0.9), (0.5, 1.0), (2.0, 0.0)]
)
@DTYPES
def test_distillation_is_pytorchs(temperature, weight, dtype):
    torch = pytest.importorskip("torch")
    nn, draw = torch.nn.functional, rng(12)
    z, v = (3 * draw.normal(size=(2, 6, 5))).astype(dtype)
    labels = draw.integers(0, 5, 6)
    scores = torch.tensor(z, requires_grad=True)
    log_q, p = nn.log_softmax(scores / temperature, 1), nn.softmax(torch.tensor(v) / temperature, 1)
    soft = nn.kl_div(log_q, p, reduction="batchmean")
    hard = nn.cross_entropy(scores, torch.tensor(labels))
    expected = (1 - weight) * hard + weight * temperature**2 * soft
    expected.backward()
    loss, dlogits = ref.distillation_loss(z, v, labels, temperature, weight)
    assert loss == pytest.approx(expected.item(), rel=1e-4 if dtype == np.float32 else 1e-10)
    close(dlogits, scores.grad, dtype)


def test_distillation_of_scores_in_the_thousands_is_scipys():
    z, v = np.array([[1000.0, 0.0, -3000.0]]), np.array([[-500.0, 700.0, 690.0]])
    log_p, log_q = (log_softmax(part / 4, axis=1) for part in (v, z))
    expected = 0.5 * 1000 + 0.5 * 16 * np.sum(np.exp(log_p) * (log_p - log_q))
    assert ref.distillation_loss(z, v, np.array([1]), 4.0, 0.5)[0] == pytest.approx(expected)


def test_hot_distillation_matches_scores():
    """Section 2.1 of the paper: at high temperature the gradient is that of centred scores."""
    z, v = rng(13).normal(size=(2, 1, 6))
    z, v = z - z.mean(), v - v.mean()
    _, found = ref.distillation_loss(z, v, np.array([0]), 1e4, 1.0)
    np.testing.assert_allclose(found, (z - v) / 6, rtol=1e-2, atol=1e-5)


# --- learning without labels


def test_masking_keeps_to_berts_shares():
    """80, 10 and 10 of a hundred, and only chosen words are asked."""
    draw, count = rng(14), 200_000
    tokens = np.full(2 * count, 7)
    positions = draw.permutation(2 * count)[:count]
    inputs, labels = ref.masked_words(tokens, positions, draw.random(count), np.full(count, 3), 1)
    shares = np.bincount(inputs[positions], minlength=8) / count
    np.testing.assert_allclose(shares[[1, 3, 7]], [0.8, 0.1, 0.1], atol=0.007)
    assert np.count_nonzero(labels != -100) == count
    assert set(labels[positions]) == {7}


def test_pairs_are_those_of_itertools():
    labels = rng(15).integers(0, 4, 40)
    expected = [p for p in itertools.combinations(range(40), 2) if labels[p[0]] == labels[p[1]]]
    np.testing.assert_array_equal(ref.same_class_pairs(labels), expected)
    assert ref.same_class_pairs(np.arange(5)).shape == (0, 2)


@pytest.mark.parametrize("n", [3, 60])
@DTYPES
def test_two_views_are_the_nt_xent_of_pytorchs_cross_entropy(n, dtype):
    torch = pytest.importorskip("torch")
    nn = torch.nn.functional
    z = rng(16).normal(size=(2 * n, 8)).astype(dtype)
    pairs = np.stack([np.arange(n), np.arange(n) + n], axis=1)
    tensor = torch.tensor(z, requires_grad=True)
    unit = nn.normalize(tensor, dim=1)
    scores = (unit @ unit.T / 0.3).masked_fill(torch.eye(2 * n, dtype=bool), -torch.inf)
    expected = nn.cross_entropy(scores, torch.tensor(np.roll(np.arange(2 * n), n)))
    expected.backward()
    loss, dz = ref.info_nce(z, pairs, 0.3)
    assert loss == pytest.approx(expected.item(), rel=1e-5 if dtype == np.float32 else 1e-10)
    close(dz, tensor.grad, dtype)


def test_many_partners_are_scipys_sums_and_finite_differences():
    z, pairs = rng(17).normal(size=(6, 3)), np.array([[0, 1], [2, 0], [1, 4], [0, 4]])

    def loss(z):
        unit = z / np.sqrt(np.sum(z * z, axis=1, keepdims=True))
        cosines, found = unit @ unit.T / 0.4, []
        for i, j in [*pairs, *pairs[:, ::-1]]:
            found.append(logsumexp(np.delete(cosines[i], i)) - cosines[i, j])
        return np.mean(found)

    value, dz = ref.info_nce(z, pairs, 0.4)
    assert value == pytest.approx(loss(z), rel=1e-12)
    np.testing.assert_allclose(dz, differences(loss, z), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(np.sum(dz * z, axis=1), 0, atol=1e-14)


def test_uniform_vectors_cost_the_logarithm_of_the_candidates():
    """With all likenesses equal, the loss is that of guessing among N - 1."""
    z = np.eye(7)
    assert ref.info_nce(z, np.array([[0, 1], [3, 5]]), 0.2)[0] == pytest.approx(np.log(6))
