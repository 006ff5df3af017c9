"""Loss landscapes against PyTorch's Hessians, SciPy's solvers and closed forms."""

import math

import numpy as np
import pytest
from scipy import linalg, optimize

from autograder.observe import function
from reference import landscapes as ref

RNG = np.random.default_rng(3)
PARTS = np.diag([0.3, 0.5, 0.4]), RNG.normal(size=(3, 3)), np.array([1.2, 0.8, 0.6])
WAVES, WAVES_GRADIENT = function("waves", *PARTS), function("waves_gradient", *PARTS)
WELL, WELL_GRADIENT = function("double_well"), function("double_well_gradient")


def torch_waves(torch):
    a, w, c = map(torch.tensor, PARTS)
    return lambda x: 0.5 * x @ a @ x + c @ torch.cos(w @ x)


def symmetric(d, seed=0):
    a = np.random.default_rng(seed).normal(size=(d, d))
    return a + a.T


@pytest.mark.parametrize(
    ("loss", "gradient", "d"), [(WAVES, WAVES_GRADIENT, 3), (WELL, WELL_GRADIENT, 4)]
)
def test_the_vocabularys_gradients_are_those_of_its_losses(loss, gradient, d):
    for seed in range(5):
        x = np.random.default_rng(seed).normal(size=d)
        np.testing.assert_allclose(
            optimize.approx_fprime(x, loss, 1e-7), gradient(x), rtol=1e-5, atol=1e-5
        )


def test_a_loss_that_flew_off_is_no_number():
    assert math.isnan(WAVES(np.array([0.0, -1000.0, 0.0])))
    assert math.isfinite(WAVES(np.array([0.0, -999.0, 0.0])))


def test_hessian_is_pytorchs():
    torch = pytest.importorskip("torch")
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=3)
        theirs = torch.autograd.functional.hessian(torch_waves(torch), torch.tensor(x)).numpy()
        np.testing.assert_allclose(
            ref.numerical_hessian(WAVES_GRADIENT, x, 1e-4), theirs, atol=1e-7
        )


def test_hessian_of_rosenbrock_is_scipys():
    x = np.array([0.7, -0.4, 1.3, 0.2])
    ours = ref.numerical_hessian(function("rosenbrock_gradient"), x, 1e-5)
    np.testing.assert_allclose(ours, optimize.rosen_hess(x), rtol=1e-6, atol=1e-5)
    np.testing.assert_array_equal(ours, ours.T)


def test_power_iteration_ends_at_scipys_eigenvalue_of_greatest_magnitude():
    torch = pytest.importorskip("torch")
    x = np.array([0.3, -0.8, 0.5])
    theirs = torch.autograd.functional.hessian(torch_waves(torch), torch.tensor(x)).numpy()
    values, vectors = linalg.eigh(theirs)
    k = np.argmax(np.abs(values))
    curvature, direction = ref.top_curvature(WAVES_GRADIENT, x, np.ones(3), 300)
    assert curvature == pytest.approx(values[k], rel=1e-5)
    assert abs(direction @ vectors[:, k]) == pytest.approx(1.0, abs=1e-6)


def test_one_product_is_pytorchs_hessian_vector_product():
    torch = pytest.importorskip("torch")
    x, v = np.array([0.3, -0.8, 0.5]), np.array([0.6, 0.0, -0.8])
    loss = torch_waves(torch)
    product = torch.autograd.functional.hvp(loss, torch.tensor(x), torch.tensor(v))[1].numpy()
    curvature, direction = ref.top_curvature(WAVES_GRADIENT, x, 5 * v, 0)
    np.testing.assert_allclose(direction, v, atol=1e-15)
    assert curvature == pytest.approx(v @ product, abs=1e-7)
    _, once = ref.top_curvature(WAVES_GRADIENT, x, 5 * v, 1)
    np.testing.assert_allclose(once, product / np.linalg.norm(product), atol=1e-7)


def test_kinds_follow_from_scipys_eigenvalues():
    for seed in range(40):
        matrix = symmetric(3, seed) + np.diag([1.5, 1.5, 1.5]) * (seed % 3 - 1)
        values, vectors = linalg.eigh(matrix)
        kind, escape = ref.classify_critical_point(matrix)
        wanted = "minimum" if values[0] > 0 else "maximum" if values[-1] < 0 else "saddle"
        assert kind == wanted
        if values[0] < 0:
            assert abs(escape @ vectors[:, 0]) == pytest.approx(1.0)
            assert escape @ matrix @ escape == pytest.approx(values[0])
            assert escape[np.argmax(np.abs(escape))] > 0
        else:
            np.testing.assert_array_equal(escape, 0)


def test_saddle_free_uses_the_root_of_the_square_and_plain_the_solution():
    matrix, grad, x = symmetric(4), np.arange(1.0, 5.0), np.ones(4)
    size = np.real(linalg.sqrtm(matrix @ matrix))
    for damping in (0.0, 0.7):
        damped = damping * np.eye(4)
        np.testing.assert_allclose(
            ref.newton_step(x, grad, matrix, True, damping), x - linalg.solve(size + damped, grad)
        )
        np.testing.assert_allclose(
            ref.newton_step(x, grad, matrix, False, damping),
            x - linalg.solve(matrix + damped, grad),
        )


def test_the_best_rate_is_that_which_scipy_finds():
    curvatures, lr = np.array([0.4, 3.1, 1.7]), 0.15
    path = (
        np.array([2.0, -3.0, 1.0])
        + np.array([1.0, 2.0, -1.0]) * (1 - lr * curvatures) ** np.arange(4)[:, np.newaxis]
    )
    kappa, best, factor = ref.bowl_from_path(path, lr)
    found = optimize.minimize_scalar(
        lambda rate: np.abs(1 - rate * curvatures).max(), bounds=(0, 2), method="bounded"
    )
    assert kappa == pytest.approx(np.linalg.cond(np.diag(curvatures)))
    assert best == pytest.approx(found.x, abs=1e-4)
    assert factor == pytest.approx(found.fun, abs=1e-4)
    assert factor == pytest.approx((kappa - 1) / (kappa + 1))


def test_quadratics_violate_by_their_closed_form():
    a = symmetric(3)
    f = function("quadratic", a, np.ones(3))
    x, y, alpha = RNG.normal(size=3), RNG.normal(size=3), np.linspace(0, 1, 7)
    wanted = -0.5 * alpha * (1 - alpha) * ((x - y) @ a @ (x - y))
    np.testing.assert_allclose(ref.convexity_violation(f, x, y, alpha), wanted, atol=1e-13)


def test_programs_are_refuted_exactly_where_an_eigenvalue_is_negative():
    """A quadratic's violation in closed form: its second difference along the way."""
    points, alpha = 3 * np.random.default_rng(1).normal(size=(12, 2)), np.array([0.3, 0.5])
    for seed in range(8):
        rng = np.random.default_rng(seed)
        matrices = [symmetric(2, 10 * seed + k) + np.eye(2) * rng.uniform(0, 4) for k in range(3)]
        height = lambda x, bowls=matrices: np.array([0.5 * x @ a @ x for a in bowls])
        heights = np.array([height(x) for x in points]).T
        ways = alpha[:, None] * points[:, None, None] + (1 - alpha[:, None]) * points[None, :, None]
        between = np.apply_along_axis(height, -1, ways).transpose(3, 0, 1, 2)
        away = points[:, None] - points[None]
        bend = np.array([np.einsum("ijd,de,ije->ij", away, a, away) for a in matrices])
        violation = np.triu(-0.5 * bend, 1) * 0.25  # largest at the share 0.5
        found = ref.refute_convex_program(heights, between, 0, alpha)
        guilty = np.flatnonzero(violation.max(axis=(1, 2)) > 1e-9)
        if not guilty.size:
            assert found is None
            continue
        i, j = np.unravel_index(violation[guilty[0]].argmax(), (12, 12))
        assert found == (guilty[0], i, j, 0.5)
        assert np.linalg.eigvalsh(matrices[found[0]])[0] < 0
        flat = ref.refute_convex_program(heights, between, 2, alpha)
        assert flat[0] == (0 if guilty[0] == 0 else 1)  # no bend passes as an equality


def test_perturbed_descent_without_flat_places_is_sgd_of_pytorch():
    torch = pytest.importorskip("torch")
    x = np.array([1.4, -0.7, 0.2])
    theta = torch.tensor(x, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=0.1)
    theirs, loss = [x], torch_waves(torch)
    for _ in range(6):
        optimizer.zero_grad()
        loss(theta).backward()
        optimizer.step()
        theirs.append(theta.detach().numpy().copy())
    noise = np.full((6, 3), 1e3)
    ours = ref.perturbed_gradient_descent(x, WAVES_GRADIENT, noise, 0.1, 0.0)
    np.testing.assert_allclose(ours, theirs, atol=1e-13)


def test_a_push_leaves_the_saddle_that_plain_descent_ends_in():
    start, rng = np.array([0.7, 0.0, 0.0]), np.random.default_rng(0)
    still = ref.perturbed_gradient_descent(start, WELL_GRADIENT, np.zeros((300, 3)), 0.1, 0.01)
    noise = 1e-4 * rng.normal(size=(300, 3))
    moved = ref.perturbed_gradient_descent(start, WELL_GRADIENT, noise, 0.1, 0.01)
    np.testing.assert_allclose(still[-1], [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(np.abs(moved[-1]), 1, atol=0.01)


def test_restarts_find_what_scipys_global_search_finds():
    starts = 4 * np.random.default_rng(5).normal(size=(60, 3))
    best, value, found = ref.random_restarts(WAVES, WAVES_GRADIENT, starts, 0.1, 400)
    theirs = optimize.dual_annealing(WAVES, [(-8, 8)] * 3, rng=0, maxiter=200)
    assert value == pytest.approx(theirs.fun, abs=1e-6)
    assert value == pytest.approx(WAVES(best))
    assert 1 <= found <= 60


def test_restarts_of_which_none_ends_with_a_number_are_refused():
    with pytest.raises(ValueError, match="one run at least"):
        ref.random_restarts(WAVES, WAVES_GRADIENT, np.full((2, 3), 2000.0), 0.0, 1)


@pytest.mark.parametrize(("total", "cycles"), [(12, 3), (7, 2), (9, 6), (5, 5)])
def test_rates_are_pytorchs_cosine_annealing_with_warm_restarts(total, cycles):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    length = math.ceil(total / cycles)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=length)
    theirs = []
    for _ in range(total):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    rates, snapshots = ref.cosine_cycle_lr(total, cycles, 0.3)
    np.testing.assert_allclose(rates, theirs, rtol=1e-12)
    ends = [t for t in range(1, total + 1) if t % length == 0 or t == total]
    assert snapshots.tolist() == ends


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [5, 4000])
def test_votes_and_mean_weights_are_pytorchs(dtype, n):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    x = rng.normal(size=(n, 7)).astype(dtype)
    nets, models = [], []
    for _ in range(3):
        model = torch.nn.Sequential(
            torch.nn.Linear(7, 12), torch.nn.ReLU(), torch.nn.Linear(12, 10)
        ).to(getattr(torch, np.dtype(dtype).name))
        models.append(model)
        parts = [p.detach().numpy() for p in model.parameters()]
        nets.append([(parts[0], parts[1]), (parts[2], parts[3])])
    swa = torch.optim.swa_utils.AveragedModel(models[0])
    for model in models:
        swa.update_parameters(model)
    given = torch.tensor(x)
    with torch.no_grad():
        votes = torch.stack([m(given).softmax(1) for m in models]).mean(0).numpy()
        mean = swa(given).softmax(1).numpy()
    tol = 1e-12 if dtype == np.float64 else 1e-5
    ensemble, averaged = ref.average_two_ways(x, nets)
    assert ensemble.dtype == averaged.dtype == dtype
    np.testing.assert_allclose(ensemble, votes, rtol=tol, atol=tol)
    np.testing.assert_allclose(averaged, mean, rtol=tol, atol=tol)


def test_no_nets_at_all_are_refused():
    with pytest.raises(ValueError, match="one net at least"):
        ref.average_two_ways(np.ones((2, 3)), [])


def test_sam_takes_pytorchs_gradient_at_the_worst_neighbour():
    torch = pytest.importorskip("torch")
    w = RNG.normal(size=(2, 3))
    at = torch.tensor(w, requires_grad=True)
    well = lambda v: 0.25 * ((v**2 - 1) ** 2).sum()
    (g,) = torch.autograd.grad(well(at), at)
    there = (at + 0.3 * g / g.norm()).detach().requires_grad_(True)
    (g,) = torch.autograd.grad(well(there), there)
    ours = ref.sam_step(w, WELL_GRADIENT, 0.2, 0.3)
    np.testing.assert_allclose(ours, (at - 0.2 * g).detach().numpy(), rtol=1e-13)


def test_alternating_without_penalty_ends_at_the_best_rank():
    """Eckart and Young: the loss that is left is the sum of the other squared singular values."""
    x = np.random.default_rng(4).normal(size=(8, 6))
    h = np.random.default_rng(5).normal(size=(2, 6))
    w, h, losses = ref.alternating_minimisation(x, h, 400)
    assert losses[-1] == pytest.approx(np.sum(linalg.svdvals(x)[2:] ** 2), rel=1e-8)
    assert np.all(np.diff(losses) <= 1e-12)
    np.testing.assert_allclose(np.sum((x - w @ h) ** 2), losses[-1])


def test_alternating_with_a_penalty_ends_where_scipy_finds_no_way_down():
    x, h = (
        np.random.default_rng(4).normal(size=(5, 4)),
        np.random.default_rng(5).normal(size=(2, 4)),
    )

    def loss(flat):
        w, h = flat[:10].reshape(5, 2), flat[10:].reshape(2, 4)
        return np.sum((x - w @ h) ** 2) + 0.3 * np.sum(flat**2)

    w, h, losses = ref.alternating_minimisation(x, h, 500, 0.3)
    flat = np.concatenate([w.ravel(), h.ravel()])
    assert loss(flat) == pytest.approx(losses[-1])
    assert optimize.minimize(loss, flat).fun == pytest.approx(losses[-1], rel=1e-7)
    first = ref.alternating_minimisation(x, np.eye(2, 4), 1, 0.3)[0]
    ridge = np.linalg.lstsq(
        np.vstack([np.eye(4, 2), math.sqrt(0.3) * np.eye(2)]),
        np.vstack([x.T, np.zeros((2, 5))]),
        rcond=None,
    )[0]
    np.testing.assert_allclose(first, ridge.T)


def test_certified_minima_are_scipys_and_bounds_hold():
    f = lambda x: math.sin(3 * x) + 0.6 * math.sin(7.3 * x + 1) + 0.08 * (x - 1) ** 2
    seen = []

    def noted(x):
        seen.append(x)
        return f(x)

    x, value, bound = ref.branch_and_bound_1d(noted, -4.0, 4.0, 8.3, 0.01)
    theirs = optimize.shgo(lambda x: f(x[0]), [(-4.0, 4.0)], n=200, sampling_method="sobol")
    assert value == f(x) == min(map(f, seen))
    assert bound <= theirs.fun <= value <= bound + 0.01
    assert len(seen) < 8.3 * 8 / 0.02  # a grid that proves as much
