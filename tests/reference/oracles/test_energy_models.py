"""Energy models against enumeration, PyTorch, scikit-learn, SciPy and closed forms."""

import itertools

import numpy as np
import pytest
from scipy import special, stats
from sklearn.decomposition import PCA
from sklearn.neural_network import BernoulliRBM

from reference import energy_models as ref

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def close(found, expected, dtype=np.float64):
    near = {"rtol": 3e-4, "atol": 3e-5} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-11}
    np.testing.assert_allclose(found, expected, **near)


def machine(seed, v, h, dtype=np.float64):
    rng = np.random.default_rng(seed)
    parts = rng.normal(size=(v, h)), rng.normal(size=v), rng.normal(size=h)
    return [part.astype(dtype) for part in parts]


def states(n):
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def energies(w, b, d):
    """Return the energies of all states, one by one."""
    return np.array(
        [[-sum(w[i, j] * x[i] * h[j] for i in range(len(b)) for j in range(len(d)))
          - sum(b * x) - sum(d * h) for h in states(len(d))] for x in states(len(b))]
    )  # fmt: skip


# --- restricted Boltzmann machines


@DTYPES
def test_energies_are_those_of_the_states_one_by_one(dtype):
    w, b, d = machine(0, 3, 2, dtype)
    x, h = np.repeat(states(3), 4, axis=0), np.tile(states(2), (8, 1))
    found = ref.rbm_energy(x.astype(dtype), h.astype(dtype), w, b, d)
    assert found.dtype == dtype
    close(found, energies(w, b, d).ravel(), dtype)


@pytest.mark.parametrize(("v", "h"), [(3, 2), (1, 4), (5, 3)])
def test_the_joint_is_the_softmax_of_all_energies(v, h):
    parts = machine(1, v, h)
    joint, log_z = ref.rbm_joint(*parts)
    minus = -energies(*parts)
    close(joint, special.softmax(minus.ravel()).reshape(minus.shape))
    close(log_z, special.logsumexp(minus))


def test_the_joint_survives_energies_of_a_thousand():
    w, b, d = machine(2, 3, 2)
    joint, log_z = ref.rbm_joint(w, b + 900, d - 1000)
    close(log_z, special.logsumexp(-energies(w, b + 900, d - 1000)))
    close(joint.sum(), 1.0)


def test_a_machine_comes_back_from_its_joint():
    parts = machine(3, 4, 3)
    for found, true in zip(ref.rbm_from_joint(ref.rbm_joint(*parts)[0]), parts, strict=True):
        close(found, true)


def test_a_table_that_is_none_of_a_machine_is_refused():
    with pytest.raises(
        ValueError, match=r"expected joint of shape \(2\*\*V, 2\*\*H\), got \(3, 4\)"
    ):
        ref.rbm_from_joint(np.full((3, 4), 1 / 12))
    with pytest.raises(ValueError, match="expected 24 units at most, got 20 \\+ 5"):
        ref.rbm_joint(np.zeros((20, 5)), np.zeros(20), np.zeros(5))


def test_conditionals_and_free_energies_are_those_of_the_joint():
    w, b, d = machine(4, 4, 3)
    joint, log_z = ref.rbm_joint(w, b, d)
    x, h = states(4), states(3)
    p_h, _ = ref.rbm_conditionals(x, np.zeros((16, 3)), w, b, d)
    _, p_x = ref.rbm_conditionals(np.zeros((8, 4)), h, w, b, d)
    close(p_h, joint @ h / joint.sum(axis=1, keepdims=True))
    close(p_x, joint.T @ x / joint.sum(axis=0)[:, None])
    close(np.exp(-ref.rbm_free_energy(x, w, b, d) - log_z), joint.sum(axis=1))


@DTYPES
def test_free_energies_are_scikit_learns(dtype):
    w, b, d = machine(5, 6, 40, dtype)
    x = np.random.default_rng(6).random((9, 6)).astype(dtype)
    theirs = BernoulliRBM(40)
    theirs.components_, theirs.intercept_visible_, theirs.intercept_hidden_ = w.T, b, d
    close(ref.rbm_free_energy(x, w, b, d), theirs._free_energy(x), dtype)
    close(ref.rbm_conditionals(x, np.zeros((9, 40)), w, b, d)[0], theirs.transform(x), dtype)


def test_free_energies_of_thousands_are_finite():
    w, b, d = machine(7, 3, 2)
    for far in (3000.0, -3000.0):
        found = ref.rbm_free_energy(np.ones((1, 3)), w, b, d + far)
        close(found, -b.sum() - np.logaddexp(0, w.sum(axis=0) + d + far).sum())


def test_the_exact_gradient_is_pytorchs():
    """Data phase minus model phase, with the model's own probabilities."""
    torch = pytest.importorskip("torch")
    w, b, d = machine(8, 4, 3)
    x = np.random.default_rng(9).integers(0, 2, (7, 4)).astype(float)
    tw, tb, td = (torch.tensor(part, requires_grad=True) for part in (w, b, d))

    def minus_free(images):
        return images @ tb + torch.nn.functional.softplus(images @ tw + td).sum(1)

    everything = torch.tensor(states(4))
    loss = minus_free(torch.tensor(x)).mean() - torch.logsumexp(minus_free(everything), 0)
    loss.backward()
    marginal = ref.rbm_joint(w, b, d)[0].sum(axis=1)
    p, _ = ref.rbm_conditionals(x, np.zeros((7, 3)), w, b, d)
    q, _ = ref.rbm_conditionals(states(4), np.zeros((16, 3)), w, b, d)
    close(x.T @ p / 7 - (states(4) * marginal[:, None]).T @ q, tw.grad.numpy())
    close(x.mean(axis=0) - marginal @ states(4), tb.grad.numpy())
    close(p.mean(axis=0) - marginal @ q, td.grad.numpy())


# --- learning


@DTYPES
def test_one_step_is_written_out_in_pytorch(dtype):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(10)
    parts = machine(11, 7, 5, dtype)
    x, u_h, u_x = (rng.random(shape).astype(dtype) for shape in ((9, 7), (9, 5), (9, 7)))
    w, b, d = (torch.tensor(part, dtype=torch.float64) for part in parts)
    tx, th, tu = (torch.tensor(part, dtype=torch.float64) for part in (x, u_h, u_x))
    p = torch.sigmoid(tx @ w + d)
    fantasy = (tu < torch.sigmoid((th < p).double() @ w.T + b)).double()
    q = torch.sigmoid(fantasy @ w + d)
    expected = (
        w + 0.3 * (torch.einsum("ni,nj->ij", tx, p) - torch.einsum("ni,nj->ij", fantasy, q)) / 9,
        b + 0.3 * (tx - fantasy).mean(0),
        d + 0.3 * (p - q).mean(0),
    )
    for found, true in zip(ref.cd1_update(x, *parts, u_h, u_x, 0.3), expected, strict=True):
        assert found.dtype == dtype
        close(found, true.numpy(), dtype)


def test_chains_from_the_data_take_the_step_of_contrastive_divergence():
    rng = np.random.default_rng(12)
    parts = machine(13, 6, 4)
    x, u_h, u_x = rng.random((8, 6)), rng.random((8, 4)), rng.random((8, 6))
    one = ref.cd1_update(x, *parts, u_h, u_x, 0.2)
    *other, _ = ref.persistent_cd_update(x, x, *parts, u_h[None], u_x[None], 0.2)
    for a, b in zip(one, other, strict=True):
        close(a, b)


def test_long_chains_reach_the_model():
    """After 60 steps, 4,000 chains visit states as often as their probabilities say."""
    rng = np.random.default_rng(14)
    w, b, d = machine(15, 3, 2)
    chain, x = np.zeros((4_000, 3)), np.zeros((1, 3))
    for _ in range(60):
        draws = rng.random((1, 4_000, 2)), rng.random((1, 4_000, 3))
        *_, chain = ref.persistent_cd_update(x, chain, w, b, d, *draws, 0.0)
    counts = np.bincount((chain @ [4, 2, 1]).astype(int), minlength=8)
    expected = ref.rbm_joint(w, b, d)[0].sum(axis=1) * 4_000
    assert stats.chisquare(counts, expected).pvalue > 1e-9


def test_an_expected_update_at_the_model_itself_is_zero():
    """Data drawn from the model, chains that are at the model: on average nothing is learned."""
    w, b, d = machine(16, 3, 2)
    marginal = ref.rbm_joint(w, b, d)[0].sum(axis=1)
    rng, count = np.random.default_rng(17), 200_000
    x = states(3)[rng.choice(8, count, p=marginal)]
    draws = rng.random((count, 2)), rng.random((count, 3))
    moved = ref.cd1_update(x, w, b, d, *draws, 1.0)
    for old, new in zip((w, b, d), moved, strict=True):
        assert np.abs(new - old).max() < 7 * 1.5 / np.sqrt(count)


@pytest.mark.parametrize("name", ref.RULES)
def test_each_rule_is_recognised(name):
    rng = np.random.default_rng(18)
    w, b, d = machine(19, 6, 5)
    x, u_h, u_x = rng.random((40, 6)), rng.random((40, 5)), rng.random((40, 6))
    p, _ = ref.rbm_conditionals(x, np.zeros((40, 5)), w, b, d)
    h = (u_h < p) * 1.0
    drives = p if name == "unsampled" else h
    _, back = ref.rbm_conditionals(x, drives, w, b, d)
    fantasy = (u_x < back) * 1.0
    q, _ = ref.rbm_conditionals(fantasy, h, w, b, d)
    positive = h if name == "sampled" else p
    scale = {"reversed": -0.5, "summed": 0.5 * 40}.get(name, 0.5)
    bias = 0.0 if name == "frozen" else scale
    after = (
        w + scale * (x.T @ positive - fantasy.T @ q) / 40,
        b + bias * (x - fantasy).mean(axis=0),
        d + bias * (positive - q).mean(axis=0),
    )
    assert ref.diagnose_update(x, (w, b, d), after, u_h, u_x, 0.5) == name
    assert ref.diagnose_update(x, (w, b, d + 0.1), after, u_h, u_x, 0.5) == "unknown"


def test_a_stack_is_trained_from_below():
    rng = np.random.default_rng(20)
    x, batches = rng.random((6, 5)), np.array([[0, 1, 2], [5, 3, 0]])
    layers = [machine(21, 5, 4), machine(22, 4, 3)]
    draws = [(rng.random((2, 3, h)), rng.random((2, 3, v))) for v, h in ((5, 4), (4, 3))]
    trained, top = ref.dbn_pretrain(x, layers, batches, draws, 0.3)
    data = x
    for start, found, (u_h, u_x) in zip(layers, trained, draws, strict=True):
        for rows, *u in zip(batches, u_h, u_x, strict=True):
            start = ref.cd1_update(data[rows], *start, *u, 0.3)
        for a, b in zip(found, start, strict=True):
            close(a, b)
        data = special.expit(data @ found[0] + found[2])
    close(top, data)


# --- codes


@DTYPES
@pytest.mark.parametrize("shape", [(30, 6), (5, 9)])
def test_the_projector_is_scikit_learns(shape, dtype):
    x = np.random.default_rng(23).normal(2.0, np.arange(1, shape[1] + 1), shape).astype(dtype)
    mean, projector, variances = ref.pca(x, 3)
    theirs = PCA(3, svd_solver="full").fit(x.astype(float))
    close(mean, theirs.mean_, dtype)
    close(projector, theirs.components_.T @ theirs.components_, dtype)
    close(variances, theirs.explained_variance_ * (len(x) - 1) / len(x), dtype)


@DTYPES
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("shape", [(5, 7, 3), (300, 130, 60)])
def test_an_autoencoders_gradients_are_pytorchs(shape, tied, dtype):
    torch = pytest.importorskip("torch")
    rng, (n, v, h) = np.random.default_rng(24), shape
    x, target = rng.random((n, v)), rng.random((n, v))
    parts = [0.3 * rng.normal(size=size) for size in ((h, v), h, v, (v, h))]
    x, target, *parts = (part.astype(dtype) for part in (x, target, *parts))
    w, b, d, w2 = (torch.tensor(part, requires_grad=True) for part in parts)
    code = torch.sigmoid(torch.tensor(x) @ w.T + b)
    y = torch.sigmoid(code @ (w if tied else w2.T) + d)
    loss = (y - torch.tensor(target)).square().sum() / (2 * n)
    loss.backward()
    found = ref.autoencoder_backward(x, target, *parts[:3], None if tied else parts[3])
    close(found[0], loss.item(), dtype)
    for gradient, leaf in zip(found[1:], (w, b, d, w2), strict=True):
        if leaf.grad is None:
            assert gradient is None
            continue
        assert gradient.dtype == dtype
        close(gradient, leaf.grad.numpy(), dtype)


def test_weights_of_a_decoder_that_do_not_fit_are_refused():
    x = np.ones((2, 3))
    with pytest.raises(
        ValueError, match=r"expected w2 of shape \(V, H\) or None with V = 3 .*, got \(2, 3\)"
    ):
        ref.autoencoder_backward(x, x, np.ones((2, 3)), np.ones(2), np.ones(3), np.ones((2, 3)))


def test_the_penalty_is_scipys_kl_and_its_gradient_pytorchs():
    torch = pytest.importorskip("torch")
    h = np.random.default_rng(25).uniform(0.05, 0.95, (6, 4))
    penalty, dh = ref.sparse_penalty(h, 0.1)
    close(penalty, sum(stats.entropy([0.1, 0.9], [m, 1 - m]) for m in h.mean(axis=0)))
    codes = torch.tensor(h, requires_grad=True)
    wanted = torch.distributions.Bernoulli(torch.tensor(0.1, dtype=torch.float64))
    found = torch.distributions.Bernoulli(codes.mean(0))
    torch.distributions.kl_divergence(wanted, found).sum().backward()
    close(dh, codes.grad.numpy())


# --- a memory, and a bound


def test_a_hopfield_nets_energies_are_those_of_its_states_and_never_rise():
    rng = np.random.default_rng(26)
    patterns, start = rng.choice([-1.0, 1.0], (5, 30)), rng.choice([-1.0, 1.0], 30)
    order = rng.integers(0, 30, 200)
    state, energies_found = ref.hopfield_recall(patterns, start, order)
    w = (patterns.T @ patterns - 5 * np.eye(30)) / 30
    assert (np.diff(energies_found) <= 1e-12).all()
    close(energies_found[[0, -1]], [-0.5 * s @ w @ s for s in (start, state)])


def test_one_pattern_is_always_recalled():
    rng = np.random.default_rng(27)
    pattern = rng.choice([-1.0, 1.0], 21)
    start = np.where(np.arange(21) < 8, -pattern, pattern)
    state, _ = ref.hopfield_recall(pattern[None], start, np.arange(21))
    np.testing.assert_array_equal(state, pattern)


@DTYPES
def test_the_bound_and_its_gradients_are_pytorchs(dtype):
    torch = pytest.importorskip("torch")
    rng, (n, size, k, draws) = np.random.default_rng(28), (4, 5, 3, 6)
    shapes = (n, size), (n, k), (n, k), (size, k), size, (draws, n, k)
    arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    x, mu, log_var, w, b, eps = (torch.tensor(part, requires_grad=True) for part in arrays)
    q = torch.distributions.Normal(mu, torch.exp(log_var / 2))
    z = mu + torch.exp(log_var / 2) * eps
    likely = torch.distributions.Normal(z @ w.T + b, torch.ones((), dtype=x.dtype)).log_prob(x)
    prior = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    parts = likely.sum(-1).mean(), torch.distributions.kl_divergence(q, prior).sum(-1).mean()
    (parts[0] - parts[1]).backward()
    found = ref.vae_elbo(*arrays)
    close(found[:2], [part.item() for part in parts], dtype)
    close(found[2], mu.grad.numpy(), dtype)
    close(found[3], log_var.grad.numpy(), dtype)


def test_the_bound_touches_the_likelihood_at_the_posterior_and_nowhere_else():
    """With a linear decoder p(x) is known: normal, with covariance W W^T + 1."""
    rng = np.random.default_rng(29)
    w, b, x = rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=(1, 4))
    w = np.linalg.svd(w, full_matrices=False)[0] * [1.5, 0.4]  # the posterior has no correlations
    true = stats.multivariate_normal(b, w @ w.T + np.eye(4)).logpdf(x[0])
    variance = 1 / (1 + np.square(w).sum(axis=0))
    mu, log_var = ((x - b) @ w) * variance, np.log(variance)[None]
    eps = rng.normal(size=(200_000, 1, 2))
    eps = np.concatenate([eps, -eps])

    def bound(mean, spread):
        reconstruction, kl, *_ = ref.vae_elbo(x, mean, spread, w, b, eps)
        return reconstruction - kl

    assert abs(bound(mu, log_var) - true) < 0.02
    for mean, spread in ((mu + 0.5, log_var), (mu, log_var + 1.0), (0 * mu, 0 * log_var)):
        assert bound(mean, spread) < true - 0.02
    *_, dmu, dlog_var = ref.vae_elbo(x, mu, log_var, w, b, eps)
    assert max(np.abs(dmu).max(), np.abs(dlog_var).max()) < 0.02
