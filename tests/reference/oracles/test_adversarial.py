"""Adversarial nets and diffusion against PyTorch, SciPy, NumPy's SVD and closed forms."""

import math
import warnings
from itertools import pairwise

import numpy as np
import pytest
from scipy import linalg, optimize, spatial, special, stats

from reference import adversarial as ref


def drawn(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def heap(seed, k, empty=()):
    sand = np.random.default_rng(seed).random(k)
    sand[list(empty)] = 0
    return sand / sand.sum()


def net(seed, *sizes):
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(n, m)), rng.normal(size=n)) for m, n in pairwise(sizes)]


# --- distributions --------------------------------------------------------------------------------


def test_no_discriminator_that_scipy_finds_earns_more():
    p, q = heap(0, 5), heap(1, 5)
    d, value = ref.optimal_discriminator(p, q)

    def loss(scores):
        return float(p @ np.logaddexp(0, -scores) + q @ np.logaddexp(0, scores))

    found = optimize.minimize(loss, np.zeros(5), tol=1e-12)
    assert value == pytest.approx(-found.fun, abs=1e-9)
    np.testing.assert_allclose(d, special.expit(found.x), atol=1e-4)


def test_what_the_best_discriminator_earns_is_scipys_jensen_shannon():
    for seed in range(5):
        p, q = heap(seed, 7, [0, 2]), heap(seed + 9, 7, [2, 5])
        theirs = spatial.distance.jensenshannon(p, q) ** 2
        js, _ = ref.js_and_earth_mover(p, q, 1.0)
        assert js == pytest.approx(theirs, rel=1e-12)
        assert ref.optimal_discriminator(p, q)[1] == pytest.approx(2 * theirs - 2 * math.log(2))


def test_earth_movers_distance_is_scipys_and_no_plan_is_cheaper():
    for seed in range(3):
        p, q, places = heap(seed, 5), heap(seed + 9, 5, [1]), 0.7 * np.arange(5)
        distance = ref.js_and_earth_mover(p, q, 0.7)[1]
        assert distance == pytest.approx(stats.wasserstein_distance(places, places, p, q))
        cost = np.abs(places[:, np.newaxis] - places).ravel()
        sums = np.vstack([np.kron(np.eye(5), np.ones(5)), np.kron(np.ones(5), np.eye(5))])
        plan = optimize.linprog(cost, A_eq=sums, b_eq=np.concatenate([p, q]))
        assert distance == pytest.approx(plan.fun, rel=1e-9)


# --- losses ---------------------------------------------------------------------------------------

FAR = np.array([1000.0, -1000.0, 40.0, -40.0, 0.0, 3.0, -0.2])


def torch_losses(real, fake):
    torch = pytest.importorskip("torch")
    r, f = (torch.tensor(s, requires_grad=True) for s in (real, fake))
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    return torch, r, f, bce


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_from_scores_are_pytorchs_up_to_a_thousand(dtype):
    real, fake = FAR.astype(dtype), FAR[::-1][:5].astype(dtype)
    torch, r, f, bce = torch_losses(real, fake)
    theirs = bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))
    theirs.backward()
    rtol = 1e-5 if dtype is np.float32 else 1e-12
    loss, dreal, dfake = ref.discriminator_loss(real, fake)
    assert loss == pytest.approx(theirs.item(), rel=rtol)
    atol = 1e-7 if dtype is np.float32 else 1e-15
    np.testing.assert_allclose(dreal, r.grad.numpy(), rtol=rtol, atol=atol)
    np.testing.assert_allclose(dfake, f.grad.numpy(), rtol=rtol, atol=atol)
    for saturating in (False, True):
        f.grad = None
        theirs = -bce(f, torch.zeros_like(f)) if saturating else bce(f, torch.ones_like(f))
        theirs.backward()
        loss, down = ref.generator_loss(fake, saturating)
        assert loss == pytest.approx(theirs.item(), rel=rtol)
        np.testing.assert_allclose(down, f.grad.numpy(), rtol=rtol, atol=atol)
        assert down.dtype == dtype


def test_the_ends_are_exact():
    loss, dreal, dfake = ref.discriminator_loss(np.array([1000.0]), np.array([-1000.0]))
    assert (loss, dreal[0], dfake[0]) == (0, 0, 0)
    loss, dreal, dfake = ref.discriminator_loss(np.array([-1000.0]), np.array([1000.0]))
    assert (loss, dreal[0], dfake[0]) == (2000, -1, 1)
    assert ref.generator_loss(np.array([-1000.0])) == (1000, np.array([-1.0]))
    loss, down = ref.generator_loss(np.array([-1000.0]), True)
    assert (abs(loss), abs(down[0])) == (0, 0)
    _, tiny, _ = ref.discriminator_loss(np.array([50.0]), np.zeros(1))
    assert tiny[0] == pytest.approx(-math.exp(-50), rel=1e-12)  # not the 0 of 1 - 1


@pytest.mark.parametrize("kind", ["wasserstein", "hinge"])
def test_critics_losses_are_autograds(kind):
    real, fake = 2 * drawn(0, 6), 2 * drawn(1, 4)
    torch, r, f, _ = torch_losses(real, fake)
    relu = torch.nn.functional.relu
    loss = relu(1 - r).mean() + relu(1 + f).mean() if kind == "hinge" else f.mean() - r.mean()
    loss.backward()
    critic, generator, dreal, dfake = ref.critic_losses(real, fake, kind)
    assert critic == pytest.approx(loss.item(), rel=1e-12)
    assert generator == pytest.approx(-fake.mean(), rel=1e-12)
    np.testing.assert_allclose(dreal, r.grad.numpy(), atol=1e-15)
    np.testing.assert_allclose(dfake, f.grad.numpy(), atol=1e-15)


# --- steps ----------------------------------------------------------------------------------------


class Pair:
    """Two numbers trained by PyTorch, as the rules of the table say."""

    def __init__(self, torch, theta, psi, real, lr):
        self.torch, self.real, self.lr = torch, real, lr
        self.theta, self.psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
        self.before = theta

    def expert(self, fake, swapped=False):
        soft = self.torch.nn.functional.softplus
        sign = 1 if swapped else -1
        return soft(sign * self.psi * self.real) + soft(-sign * self.psi * fake)

    def forger(self, psi, saturating=False):
        soft = self.torch.nn.functional.softplus
        return -soft(psi * self.theta) if saturating else soft(-psi * self.theta)

    def step(self, rule):
        grad, start = self.torch.autograd.grad, self.theta.item()
        old = self.psi.detach().clone()
        fake = self.before if rule == "stale" else start
        down = grad(self.expert(fake, rule == "swapped"), self.psi)[0]
        self.psi.data -= self.lr * down
        psi = old if rule == "simultaneous" else self.psi
        loss = self.forger(psi, rule == "saturating")
        down = grad(loss, self.theta, retain_graph=True)[0]
        if rule == "attached":
            self.psi.data -= self.lr * grad(loss, self.psi)[0]
        self.theta.data -= self.lr * down
        self.before = start
        return self.theta.item(), self.psi.item()


@pytest.mark.parametrize(
    "rule", ["alternating", "simultaneous", "saturating", "swapped", "attached", "stale"]
)
def test_rules_are_those_that_autograd_follows(rule):
    torch = pytest.importorskip("torch")
    pair = Pair(torch, 0.5, 1.0, 2.0, 0.4)
    path = np.array([(0.5, 1.0), *(pair.step(rule) for _ in range(6))])
    assert ref.name_the_rule(path, 2.0, 0.4, 1e-6) == rule
    path[4, 0] += 0.01
    assert ref.name_the_rule(path, 2.0, 0.4) == "none"


def torch_net(torch, layers):
    linear = []
    for w, b in layers:
        part = torch.nn.Linear(*w.shape[::-1]).to(torch.from_numpy(w).dtype)
        part.weight.data, part.bias.data = torch.from_numpy(w.copy()), torch.from_numpy(b.copy())
        linear += [part, torch.nn.LeakyReLU(0.2)]
    return torch.nn.Sequential(*linear[:-1])


def test_a_step_of_the_game_is_pytorchs_and_its_second_half_leaves_the_discriminator():
    torch = pytest.importorskip("torch")
    layers = net(0, 2, 6, 3), net(1, 3, 7, 5, 1)
    real, z_d, z_g = drawn(2, 5, 3), drawn(3, 4, 2), drawn(4, 6, 2)
    g, d = (torch_net(torch, part) for part in layers)
    ours = ref.gan_step(*layers, real, z_d, z_g, 0.3, 0.2)
    soft = torch.nn.functional.softplus
    for player, rate in ((d, 0.3), (g, 0.2)):
        rule = torch.optim.SGD(player.parameters(), lr=rate)
        rule.zero_grad()
        if player is d:
            fakes = g(torch.from_numpy(z_d)).detach()
            loss = soft(-d(torch.from_numpy(real))).mean() + soft(d(fakes)).mean()
        else:
            loss = soft(-d(g(torch.from_numpy(z_g)))).mean()
        assert ours[2 if player is d else 3] == pytest.approx(loss.item(), rel=1e-12)
        loss.backward()
        rule.step()
    for found, player in zip(ours[:2], (g, d), strict=True):
        theirs = [part.detach().numpy() for part in player.parameters()]
        for mine, other in zip([a for layer in found for a in layer], theirs, strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-10, atol=1e-12)


def test_no_step_of_the_generator_moves_the_discriminator_by_one_bit():
    generator, discriminator = net(0, 2, 6, 3), net(1, 3, 7, 1)
    real, z = drawn(2, 5, 3), drawn(3, 4, 2)
    moved = [
        ref.gan_step(generator, discriminator, real, z, z + 1, 0.3, rate)[1] for rate in (0, 5.0)
    ]
    for one, other in zip(*moved, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    still = ref.gan_step(generator, discriminator, real, z, z + 1, 0.0, 0.5)[1]
    for one, other in zip(still, discriminator, strict=True):
        np.testing.assert_array_equal(one[0], other[0])


def test_another_net_is_refused_with_both_sizes():
    generator, discriminator, x, z = net(0, 2, 3), net(1, 3, 1), drawn(0, 4, 3), drawn(1, 4, 2)
    with pytest.raises(ValueError, match="generator from 2 to 3 numbers, got one from 4 to 3"):
        ref.gan_step(net(0, 4, 3), discriminator, x, z, z, 0.1, 0.1)
    with pytest.raises(ValueError, match="discriminator from 3 to 1 numbers, got one from 3 to 2"):
        ref.gan_step(generator, net(1, 3, 2), x, z, z, 0.1, 0.1)


# --- leashes --------------------------------------------------------------------------------------


def test_gradient_penalty_is_twice_autograds():
    torch = pytest.importorskip("torch")
    given = drawn(0, 5, 3), drawn(1, 5), drawn(2, 5), drawn(3, 4, 3), drawn(4, 4, 3)
    u = np.random.default_rng(5).random(4)
    w, b, v, real, fake = (torch.tensor(a, requires_grad=True) for a in given)
    share = torch.tensor(u)[:, None]
    x = (share * real + (1 - share) * fake).detach().requires_grad_()
    score = torch.tanh(x @ w.T + b) @ v
    (g,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    loss = ((g.norm(dim=1) - 1) ** 2).mean()
    loss.backward()
    penalty, *grads = ref.gradient_penalty(*given, u)
    assert penalty == pytest.approx(loss.item(), rel=1e-12)
    for ours, theirs in zip(grads, (w, b, v), strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-13)


def test_gradient_penalty_is_that_of_finite_differences():
    given = [drawn(0, 4, 2), drawn(1, 4), drawn(2, 4)]
    rest = drawn(3, 3, 2), drawn(4, 3, 2), np.array([0.0, 0.4, 1.0])
    grads = ref.gradient_penalty(*given, *rest)[1:]
    for k, grad in enumerate(grads):
        shape = given[k].shape

        def paid(flat, k=k, shape=shape):
            parts = [flat.reshape(shape) if i == k else part for i, part in enumerate(given)]
            return ref.gradient_penalty(*parts, *rest)[0]

        found = optimize.approx_fprime(given[k].ravel(), paid, 1e-7)
        np.testing.assert_allclose(found, grad.ravel(), rtol=1e-4, atol=1e-5)


def test_a_flat_critic_pays_one_and_learns_nothing():
    penalty, *grads = ref.gradient_penalty(
        drawn(0, 3, 2), drawn(1, 3), np.zeros(3), drawn(2, 4, 2), drawn(3, 4, 2), np.full(4, 0.5)
    )
    assert penalty == 1
    for grad in grads:
        np.testing.assert_array_equal(grad, 0)


@pytest.mark.parametrize("shape", [(6, 4), (3, 9), (5, 2, 3, 3)])
def test_spectral_norm_ends_at_numpys_largest_singular_value(shape):
    w = drawn(0, *shape)
    top = np.linalg.svd(w.reshape(len(w), -1), compute_uv=False)[0]
    normalised, sigma, u = ref.spectral_norm(w, np.ones(len(w)), 500)
    assert sigma == pytest.approx(top, rel=1e-6)
    assert np.linalg.norm(normalised.reshape(len(w), -1), 2) == pytest.approx(1, rel=1e-6)
    assert np.linalg.norm(u) == pytest.approx(1)


def test_steps_of_power_iteration_are_pytorchs():
    torch = pytest.importorskip("torch")
    w, u = drawn(0, 4, 3, 2, 2), drawn(1, 4)
    conv = torch.nn.Conv2d(3, 4, 2).double()
    conv.weight.data = torch.from_numpy(w.copy())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the newer one begins with v
        conv = torch.nn.utils.spectral_norm(conv, n_power_iterations=3)
    conv.weight_u.copy_(torch.nn.functional.normalize(torch.from_numpy(u), dim=0))
    conv.train()
    conv(torch.zeros(1, 3, 2, 2, dtype=torch.float64))
    normalised, _, kept = ref.spectral_norm(w, u, 3)
    np.testing.assert_allclose(normalised, conv.weight.detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(kept, conv.weight_u.numpy(), rtol=1e-10)


# --- what came out --------------------------------------------------------------------------------


def test_frechet_distance_is_that_by_scipys_root():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        clouds = [rng.normal(size=(30, 6)) @ rng.normal(size=(6, 6)) for _ in range(2)]
        (m1, c1), (m2, c2) = ((x.mean(axis=0), np.cov(x.T)) for x in clouds)
        root = np.real(linalg.sqrtm(c1 @ c2))
        theirs = np.sum((m1 - m2) ** 2) + np.trace(c1 + c2 - 2 * root)
        assert ref.frechet_distance(m1, c1, m2, c2) == pytest.approx(theirs, rel=1e-7)
        assert ref.frechet_distance(m1, c1, m1, c1) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_singular_clouds_is_the_limit_of_others():
    rng = np.random.default_rng(0)
    thin = [rng.normal(size=(7, 2)) for _ in range(2)]
    c1, c2 = (a @ a.T for a in thin)
    m1, m2, little = rng.normal(size=7), rng.normal(size=7), 1e-10 * np.eye(7)
    root = np.real(linalg.sqrtm((c1 + little) @ (c2 + little)))
    theirs = np.sum((m1 - m2) ** 2) + np.trace(c1 + c2 - 2 * root)
    assert ref.frechet_distance(m1, c1, m2, c2) == pytest.approx(theirs, abs=1e-3)


def test_modes_are_those_of_scipys_tree():
    rng = np.random.default_rng(0)
    samples, centres = rng.normal(size=(400, 3)), rng.normal(size=(9, 3))
    gaps, whose = spatial.KDTree(centres).query(samples)
    counts = np.bincount(whose[gaps <= 0.7], minlength=9)
    modes, share = ref.mode_count(samples, centres, 0.7, 12)
    assert (modes, share) == (np.sum(counts >= 12), np.mean(gaps <= 0.7))


# --- diffusion ------------------------------------------------------------------------------------


def test_schedules_are_the_published_ones():
    """Ho et al. 2020: 1e-4 to 0.02 in 1000 steps; Nichol and Dhariwal 2021: eq. 17, clipped."""
    beta, left = ref.noise_schedule(1000)
    np.testing.assert_allclose(beta, np.linspace(1e-4, 0.02, 1000), rtol=1e-12)
    assert left[-1] == pytest.approx(4.04e-5, rel=1e-2)  # nearly nothing is left, as they say
    beta, left = ref.noise_schedule(50, "cosine")
    shares = [math.cos((t / 50 + 0.008) / 1.008 * math.pi / 2) ** 2 for t in range(51)]
    for t in range(50):
        assert beta[t] == pytest.approx(min(1 - shares[t + 1] / shares[t], 0.999), rel=1e-9)
    np.testing.assert_allclose(left[:-1], np.array(shares[1:-1]) / shares[0], rtol=1e-9)


def test_the_closed_form_is_the_walk():
    """Step by step, moments come out as those of the one step with alpha bar."""
    beta, left = ref.noise_schedule(30)
    mean, variance = 1.0, 0.0
    for t in range(30):
        mean, variance = mean * math.sqrt(1 - beta[t]), variance * (1 - beta[t]) + beta[t]
        x0 = np.ones((1, 1))
        layers = [(np.zeros((1, 3)), np.zeros(1))]
        clean = ref.denoising_loss(layers, x0, np.array([t]), 0 * x0, left)[0]
        noise = ref.denoising_loss(layers, 0 * x0, np.array([t]), x0, left)[0]
        assert clean.item() == pytest.approx(mean)
        assert noise.item() == pytest.approx(math.sqrt(variance))


def test_denoising_loss_and_gradients_are_pytorchs():
    torch = pytest.importorskip("torch")
    layers, x0, noise = net(0, 5, 7, 6, 3), drawn(1, 8, 3), drawn(2, 8, 3)
    left = ref.noise_schedule(12, "cosine")[1]
    t = np.arange(8) + 3
    model = torch_net(torch, layers)
    share = torch.from_numpy(left[t])[:, None]
    parts = share.sqrt() * torch.from_numpy(x0) + (1 - share).sqrt() * torch.from_numpy(noise)
    guess = model(torch.cat([parts, share.sqrt(), (1 - share).sqrt()], dim=1))
    theirs = torch.nn.functional.mse_loss(guess, torch.from_numpy(noise))
    theirs.backward()
    noisy, loss, grads = ref.denoising_loss(layers, x0, t, noise, left)
    np.testing.assert_allclose(noisy, parts.numpy(), rtol=1e-12)
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    for ours, other in zip([a for g in grads for a in g], model.parameters(), strict=True):
        np.testing.assert_allclose(ours, other.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_steps_back_are_the_posterior_by_bayes():
    """Of x[t-1], given x[t] and the data: a product of two Gaussians, worked out by precisions."""
    beta, left = ref.noise_schedule(20)
    x0, x, rng = 0.7, -0.4, np.random.default_rng(0)
    for t in (1, 5, 19):
        alpha, before = 1 - beta[t], left[t - 1]
        precision = alpha / beta[t] + 1 / (1 - before)
        mean = (math.sqrt(alpha) / beta[t] * x + math.sqrt(before) / (1 - before) * x0) / precision
        eps = (x - math.sqrt(left[t]) * x0) / math.sqrt(1 - left[t])
        z = rng.normal()
        given = (np.array([[value]]) for value in (x, eps, z))
        at, predicted, noise = given
        found = ref.ddpm_step(at, t, predicted, noise, beta)
        assert found.item() == pytest.approx(mean + z / math.sqrt(precision), rel=1e-9)


def test_walking_back_with_the_true_noise_finds_a_gaussian_again():
    """For Gaussian data the best guess of the noise is known: samples have its mean and spread."""
    beta, left = ref.noise_schedule(400, "cosine")
    mean, spread = 1.5, 0.6
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8_000, 1))
    for t in range(399, -1, -1):
        variance = left[t] * spread**2 + 1 - left[t]
        guess = math.sqrt(1 - left[t]) * (x - math.sqrt(left[t]) * mean) / variance
        x = ref.ddpm_step(x, t, guess, rng.normal(size=x.shape), beta)
    assert x.mean() == pytest.approx(mean, abs=0.04)
    assert x.std() == pytest.approx(spread, rel=0.04)
