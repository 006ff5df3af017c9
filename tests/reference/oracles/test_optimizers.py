"""The reference optimizers against PyTorch's, the problems they claim to solve, and paper."""

import math

import numpy as np
import pytest
from scipy.linalg import polar
from scipy.optimize import minimize_scalar

from reference import optimizers as ref
from solutions.optimizers import chapter

SHAPE, STEPS = (5, 7), 12
CURVATURE = np.linspace(0.3, 3.0, 35).reshape(SHAPE)


def slope(theta):
    """Gradient of a bowl with one curvature per coordinate, with its bottom at 0.5."""
    return CURVATURE * (theta - 0.5)


def start(dtype=np.float64):
    return np.random.default_rng(1).normal(size=SHAPE).astype(dtype)


def torch_path(make, look_ahead=None):
    """Return the path of a PyTorch optimizer on the same bowl."""
    torch = pytest.importorskip("torch")
    theta = torch.tensor(start(), requires_grad=True)
    optimizer = make(torch.optim)([theta])
    path = []
    for _ in range(STEPS):
        theta.grad = torch.tensor(slope(theta.detach().numpy()))
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return path


def our_path(step, state, **hyper):
    theta, path = start(), []
    for _ in range(STEPS):
        theta, state = step(theta, slope(theta), state, **hyper)
        path.append(theta)
    return path


def rest():
    return np.zeros(SHAPE)


def assert_paths(ours, theirs, rtol=1e-12):
    assert len(ours) == len(theirs) == STEPS
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)


def test_sgd_is_pytorchs():
    theta, ours = start(), []
    for _ in range(STEPS):
        theta = ref.sgd_step(theta, slope(theta), 0.1)
        ours.append(theta)
    assert_paths(ours, torch_path(lambda o: lambda p: o.SGD(p, lr=0.1)))


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_momentum_is_pytorchs_for_a_constant_rate(beta):
    ours = our_path(ref.momentum_step, rest(), lr=0.1, beta=beta)
    assert_paths(ours, torch_path(lambda o: lambda p: o.SGD(p, lr=0.1, momentum=beta)))


def test_nesterov_at_the_look_ahead_point_is_pytorchs():
    theta, velocity, ours = start(), rest(), []
    for _ in range(STEPS):
        theta, velocity = ref.nesterov_step(theta, slope, velocity, lr=0.1, beta=0.8)
        ours.append(theta - 0.8 * velocity)
    make = lambda o: lambda p: o.SGD(p, lr=0.1, momentum=0.8, nesterov=True)
    assert_paths(ours, torch_path(make))


def test_adagrad_is_pytorchs():
    ours = our_path(ref.adagrad_step, rest(), lr=0.2, eps=1e-14)
    assert_paths(ours, torch_path(lambda o: lambda p: o.Adagrad(p, lr=0.2, eps=1e-14)), 1e-9)


def test_rmsprop_is_pytorchs():
    ours = our_path(ref.rmsprop_step, rest(), lr=0.02, rho=0.8, eps=1e-14)
    make = lambda o: lambda p: o.RMSprop(p, lr=0.02, alpha=0.8, eps=1e-14)
    assert_paths(ours, torch_path(make), 1e-9)


def test_adadelta_is_pytorchs():
    ours = our_path(ref.adadelta_step, (rest(), rest()), rho=0.9, eps=1e-4)
    assert_paths(ours, torch_path(lambda o: lambda p: o.Adadelta(p, rho=0.9, eps=1e-4, lr=1.0)))


def test_adam_is_pytorchs():
    hyper = {"lr": 0.05, "eps": 1e-3}
    ours = our_path(ref.adam_step, (rest(), rest(), 0), beta1=0.8, beta2=0.95, **hyper)
    assert_paths(ours, torch_path(lambda o: lambda p: o.Adam(p, betas=(0.8, 0.95), **hyper)))


def test_large_and_small_arrays_take_the_same_step():
    """The parallel kernels (large) against the serial ones, element by element."""
    rng = np.random.default_rng(2)
    a, b, c, d = rng.uniform(0.1, 1.0, size=(4, 40_001))
    calls = {
        "sgd": lambda p, g, s, d: (ref.sgd_step(p, g, 0.1),),
        "momentum": lambda p, g, s, d: ref.momentum_step(p, g, s, 0.1, 0.8),
        "adagrad": lambda p, g, s, d: ref.adagrad_step(p, g, s, 0.1),
        "rmsprop": lambda p, g, s, d: ref.rmsprop_step(p, g, s, 0.1),
        "adadelta": lambda p, g, s, d: ref.adadelta_step(p, g, (s, d))[1],
        "adam": lambda p, g, s, d: ref.adam_step(p, g, (d, s, 3), 0.1)[1][:2],
        "rda": lambda p, g, s, d: ref.dual_averaging_step(p, g, (s, 3), 0.4)[:1],
        "ftrl": lambda p, g, s, d: ref.ftrl_step(p, g, (s, d), l1=0.6)[:1],
    }
    for name, step in calls.items():
        large = step(a, b, c, d)
        for lo in (0, 20_000):
            hi = lo + 20_001
            small = step(a[lo:hi], b[lo:hi], c[lo:hi], d[lo:hi])
            for x, y in zip(large, small, strict=True):
                np.testing.assert_array_equal(x[lo:hi], y, err_msg=name)


# --- in place: a whole model by one call ----------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [33, 50_001])
def test_a_model_in_place_follows_the_pure_steps_bit_by_bit(dtype, size):
    """Odd sizes, so that parameters do not fill their lines; large ones take the parallel path."""
    rng = np.random.default_rng(9)
    model = {name: rng.normal(size=shape).astype(dtype) for name, shape in
             (("w", (size, 3)), ("b", (size,)), ("c", ()))}  # fmt: skip
    zeros = {name: np.zeros_like(value) for name, value in model.items()}
    steps = {
        "sgd": lambda p, g, s: (ref.sgd_step(p, g, 0.1), s),
        "momentum": lambda p, g, s: ref.momentum_step(p, g, s, 0.1),
        "adagrad": lambda p, g, s: ref.adagrad_step(p, g, s, 0.1),
        "rmsprop": lambda p, g, s: ref.rmsprop_step(p, g, s, 0.1),
        "adadelta": lambda p, g, s: ref.adadelta_step(p, g, s, 0.1),
        "adam": lambda p, g, s: ref.adam_step(p, g, s, 0.1),
        "dual averaging": lambda p, g, s: ref.dual_averaging_step(p, g, s, 0.1),
        "ftrl": lambda p, g, s: ref.ftrl_step(p, g, s, 0.1),
    }
    first = {"adadelta": lambda z: (z, z), "adam": lambda z: (z, z, 0), "ftrl": lambda z: (z, z),
             "dual averaging": lambda z: (z, 0)}  # fmt: skip
    for rule, step in steps.items():
        number = {"adadelta": "rho", "dual averaging": "l1", "ftrl": "alpha"}.get(rule, "lr")
        optimizer = ref.Optimizer(rule, model, **{number: 0.5})
        optimizer.set(**{number: 0.1})
        params = dict(model)
        states = {name: first.get(rule, lambda z: z)(zero) for name, zero in zeros.items()}
        for _ in range(3):
            for name, value in params.items():
                grad = rng.normal(size=value.shape).astype(dtype)
                optimizer.slopes[name][...] = grad
                params[name], states[name] = step(value, grad, states[name])
            optimizer.step()
        for name, value in params.items():
            np.testing.assert_array_equal(optimizer.parameters[name], value, err_msg=rule)
            assert optimizer.parameters[name].ctypes.data % 64 == 0
            assert optimizer.parameters[name].dtype == dtype


def test_an_optimizer_leaves_the_given_arrays_alone():
    given = np.ones(5)
    optimizer = ref.Optimizer("sgd", {"w": given})
    optimizer.slopes["w"][...] = 1
    optimizer.step()
    assert (given == 1).all()
    assert (optimizer.parameters["w"] == 1 - 0.01).all()


def test_a_slope_that_is_no_number_reaches_its_parameter_only():
    for rule in ref.RULES:
        optimizer = ref.Optimizer(rule, {"w": np.ones(40, np.float32)})
        optimizer.slopes["w"][7] = np.nan
        optimizer.step()
        bad = ~np.isfinite(optimizer.parameters["w"])
        assert bad[7] or rule in ("dual averaging", "ftrl"), rule
        assert bad.sum() <= 1, rule


def test_terminal_velocity_is_ten_gradient_steps():
    theta, velocity = np.zeros(1), np.zeros(1)
    for _ in range(400):
        theta, velocity = ref.momentum_step(theta, np.ones(1), velocity, lr=0.1, beta=0.9)
    assert velocity[0] == pytest.approx(10 * 0.1, rel=1e-12)


def test_adams_first_step_has_the_length_of_the_rate():
    grad = np.array([3.0, -1e-3, 250.0])
    theta, (m, s, t) = ref.adam_step(np.zeros(3), grad, (np.zeros(3), np.zeros(3), 0), lr=0.01)
    np.testing.assert_allclose(theta, -0.01 * np.sign(grad), rtol=1e-4)
    np.testing.assert_allclose(m, 0.1 * grad)
    np.testing.assert_allclose(s, 0.001 * grad**2)
    assert t == 1


def test_adadeltas_epsilon_makes_a_thousandfold_difference():
    step = -ref.adadelta_step(np.zeros(1), np.ones(1), (np.zeros(1), np.zeros(1)))[0][0]
    outside = 1e-6 / (math.sqrt(0.05) + 1e-6)
    assert step == pytest.approx(0.00447, rel=1e-3)
    assert step / outside == pytest.approx(1000, rel=1e-3)


# --- SVRG: no library ships it; held to what it promises ------------------------------------------


def least_squares(rng, n=8, d=3):
    x, y = rng.normal(size=(n, d)), rng.normal(size=n)
    return x, y, lambda i, w: x[i] * (x[i] @ w - y[i])


def test_svrg_converges_to_the_least_squares_solution_at_a_constant_rate():
    rng = np.random.default_rng(3)
    x, y, gradient = least_squares(rng)
    w = np.zeros(3)
    for _ in range(300):
        w = ref.svrg_epoch(w, gradient, 8, rng.integers(0, 8, size=16), lr=0.05)
    np.testing.assert_allclose(w, np.linalg.lstsq(x, y, rcond=None)[0], atol=1e-10)


def test_svrgs_mean_step_is_the_full_gradient_step():
    rng = np.random.default_rng(4)
    x, y, gradient = least_squares(rng)
    w = rng.normal(size=3)
    after = ref.svrg_epoch(w, gradient, 8, [2], lr=0.1)
    ends = [ref.svrg_epoch(w, gradient, 8, [2, i], lr=0.1) for i in range(8)]
    full = x.T @ (x @ after - y) / 8
    np.testing.assert_allclose(np.mean(ends, axis=0), after - 0.1 * full, rtol=1e-12)


def test_svrg_on_paper():
    centres = np.array([1.0, 3.0])
    gradient = lambda i, w: w - centres[i]
    assert ref.svrg_epoch(np.zeros(1), gradient, 2, [0], lr=0.5) == pytest.approx(1.0)
    assert ref.svrg_epoch(np.zeros(1), gradient, 2, [0, 1], lr=0.5) == pytest.approx(1.5)


# --- dual averaging and FTRL: the minimisers of their published objectives ------------------------


def minimiser(objective):
    found = minimize_scalar(
        objective, bounds=(-20.0, 20.0), method="bounded", options={"xatol": 1e-11}
    )
    return found.x


@pytest.mark.parametrize("l1", [0.0, 0.2, 5.0])
def test_dual_averaging_minimises_xiaos_objective(l1):
    rng = np.random.default_rng(5)
    grads, gamma = rng.normal(size=6), 1.7
    state = (np.zeros(1), 0)
    for t, grad in enumerate(grads, start=1):
        w, state = ref.dual_averaging_step(np.zeros(1), np.array([grad]), state, l1, gamma)
        mean = np.mean(grads[:t])
        expected = minimiser(
            lambda v, mean=mean, t=t: mean * v + l1 * abs(v) + gamma / (2 * math.sqrt(t)) * v * v
        )
        assert w[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.3, 0.0), (0.3, 2.0), (9.0, 0.1)])
def test_ftrl_minimises_mcmahans_objective(l1, l2):
    rng = np.random.default_rng(6)
    grads, alpha, beta = rng.normal(size=6), 0.4, 0.7
    w, state = np.zeros(1), (np.zeros(1), np.zeros(1))
    seen, points, pulls = [], [], []
    for grad in grads:
        before, after = sum(g * g for g in seen), sum(g * g for g in [*seen, grad])
        pulls.append((math.sqrt(after) - math.sqrt(before)) / alpha)
        points.append(w[0])
        seen.append(grad)
        w, state = ref.ftrl_step(w, np.array([grad]), state, alpha, beta, l1, l2)

        def objective(v):
            prox = sum(p * (v - x) ** 2 for p, x in zip(pulls, points, strict=True)) / 2
            return sum(seen) * v + prox + l1 * abs(v) + (l2 + beta / alpha) / 2 * v * v

        assert w[0] == pytest.approx(minimiser(objective), abs=1e-6)


def test_ftrl_without_penalties_is_adagrad():
    theta, state = np.zeros(SHAPE), (rest(), rest())
    other, s = np.zeros(SHAPE), rest()
    for _ in range(STEPS):
        theta, state = ref.ftrl_step(theta, slope(theta), state, alpha=0.3, beta=0.0)
        other, s = ref.adagrad_step(other, slope(other), s, lr=0.3, eps=0.0)
        np.testing.assert_allclose(theta, other, rtol=1e-9, atol=1e-12)


def test_the_sparse_steps_on_paper():
    w, state = ref.dual_averaging_step(np.zeros(2), np.array([0.5, -0.05]), (np.zeros(2), 0), 0.1)
    np.testing.assert_allclose(w, [-0.4, 0.0], rtol=1e-12)
    w, _ = ref.dual_averaging_step(w, np.array([0.1, 0.05]), state, 0.1)
    np.testing.assert_allclose(w, [-0.2 * math.sqrt(2), 0.0], rtol=1e-12)
    rested = (np.zeros(1), np.zeros(1))
    w, (z, n) = ref.ftrl_step(np.zeros(1), np.array([2.0]), rested, 0.1, 1.0, 0.5)
    assert (w[0], z[0], n[0]) == pytest.approx((-0.05, 2.0, 4.0))


# --- schedules ------------------------------------------------------------------------------------


def torch_rates(make, steps, errors=None):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule, rates = make(torch.optim.lr_scheduler, optimizer), []
    for t in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*([] if errors is None else [errors[t]]))
    return rates


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("sgd", lambda o: lambda p: o.SGD(p, lr=0.05)),
        ("momentum", lambda o: lambda p: o.SGD(p, lr=0.05, momentum=0.9)),
        ("adagrad", lambda o: lambda p: o.Adagrad(p, lr=0.05, eps=1e-10)),
        ("rmsprop", lambda o: lambda p: o.RMSprop(p, lr=0.05, alpha=0.9)),
        ("adam", lambda o: lambda p: o.Adam(p, lr=0.05)),
        ("adamw", lambda o: lambda p: o.AdamW(p, lr=0.05, weight_decay=0.3)),
        ("decay in the gradient", lambda o: lambda p: o.Adam(p, lr=0.05, weight_decay=0.3)),
        ("unknown", lambda o: lambda p: o.Adam(p, lr=0.05, betas=(0.8, 0.999))),
        ("unknown", lambda o: lambda p: o.SGD(p, lr=0.04)),
    ],
)
def test_which_optimizer_names_pytorchs(name, make):
    path = np.array([start(), *torch_path(make)]).reshape(STEPS + 1, -1)
    gradient = lambda theta: slope(theta.reshape(SHAPE)).ravel()
    assert ref.which_optimizer(path, gradient, 0.05, 0.3) == name
    assert ref.which_optimizer(path.astype(np.float32), gradient, 0.05, 0.3) == name
    path[-1, 0] += 0.001
    assert ref.which_optimizer(path, gradient, 0.05, 0.3) == "unknown"


def test_which_optimizer_knows_pytorchs_nesterov_by_where_it_looks_from():
    """PyTorch keeps the look-ahead point; the velocity that led there leads back."""
    torch = pytest.importorskip("torch")
    theta = torch.tensor(start().ravel(), requires_grad=True)
    gradient = lambda x: slope(x.reshape(SHAPE)).ravel()
    optimizer, path = torch.optim.SGD([theta], lr=0.05, momentum=0.9, nesterov=True), [start()]
    for _ in range(STEPS):
        theta.grad = torch.tensor(gradient(theta.detach().numpy()))
        optimizer.step()
        ahead = 0.9 * 0.05 * optimizer.state[theta]["momentum_buffer"].numpy()
        path.append((theta.detach().numpy() + ahead).reshape(SHAPE))
    path = np.array(path).reshape(STEPS + 1, -1)
    assert ref.which_optimizer(path, gradient, 0.05) == "nesterov"


def test_which_optimizer_names_the_first_row_that_fits_and_no_number_fits_none():
    gradient = lambda theta: theta
    one = np.array([[1.0], [0.9]])
    assert ref.which_optimizer(one, gradient, 0.1) == "sgd"
    assert ref.which_optimizer(np.array([[1.0], [0.89]]), gradient, 0.1, 0.1) == "adamw"
    assert ref.which_optimizer(np.array([[1.0], [0.89]]), gradient, 0.1, 0.1, 0.02) == "sgd"
    still = np.zeros((4, 2))
    assert ref.which_optimizer(still, gradient, 0.1) == "sgd"
    for wrong in (np.nan, np.inf):
        assert ref.which_optimizer(np.array([[1.0], [wrong]]), gradient, 0.1) == "unknown"


def test_which_optimizer_of_the_worked_numbers():
    for first, second, name in (
        (0.9, 0.81, "sgd"),
        (0.9, 0.72, "momentum"),
        (0.9, 0.729, "nesterov"),
        (0.9, 0.8331, "adagrad"),
        (0.6838, 0.4989, "rmsprop"),
        (0.9, 0.8004, "adam"),
        (0.89, 0.7816, "adamw"),
        (0.6838, 0.2702, "no correction"),
        (0.9, 0.5, "unknown"),
    ):
        path = np.array([[1.0], [first], [second]])
        assert ref.which_optimizer(path, lambda theta: theta, 0.1, 0.1, 1e-4) == name


def test_stairs_are_multi_step():
    theirs = torch_rates(lambda s, o: s.MultiStepLR(o, [3, 5, 9], gamma=0.5), 14)
    told = {"boundaries": [3, 5, 9], "values": [0.05, 0.025, 0.0125]}
    ours = [ref.decayed_rate(t, 0.1, 1.0, "stairs", **told) for t in range(14)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert ref.decayed_rate(7, 0.3, 1.0, "stairs") == 0.3
    assert ref.decayed_rate(8, 0.1, 1.0, "stairs", warmup=4, **told) == 0.05
    assert ref.decayed_rate(2, 0.1, 1.0, "stairs", warmup=4, **told) == pytest.approx(0.075)


def test_exponential_decay_is_exponential():
    theirs = torch_rates(lambda s, o: s.ExponentialLR(o, gamma=10 ** (-1 / 20)), 30)
    np.testing.assert_allclose([ref.decayed_rate(t, 0.1, 20) for t in range(30)], theirs)
    assert ref.decayed_rate(10, 0.1, 20) == pytest.approx(0.0316, abs=1e-4)


def test_power_decay_solves_its_differential_equation():
    """No library has this form; d(log rate)/dt = -c/(r + t) and the first values define it."""
    h, r, c = 1e-5, 7.0, 1.5
    for t in (0.5, 3.0, 40.0):
        up, down = (math.log(ref.decayed_rate(t + d, 0.1, r, "power", c)) for d in (h, -h))
        assert (up - down) / (2 * h) == pytest.approx(-c / (r + t), rel=1e-6)
    values = [ref.decayed_rate(t, 0.1, 20, "power") for t in (0, 20, 40)]
    np.testing.assert_allclose(values, [0.1, 0.05, 0.1 / 3], rtol=1e-12)


def test_cosine_is_annealing_until_it_comes_to_rest():
    theirs = torch_rates(lambda s, o: s.CosineAnnealingLR(o, T_max=20), 21)
    ours = [ref.decayed_rate(t, 0.1, 20, "cosine") for t in range(21)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-16)
    assert ref.decayed_rate(5, 0.1, 20, "cosine") == pytest.approx(0.0854, abs=1e-4)
    assert ref.decayed_rate(20, 0.1, 20, "cosine") == ref.decayed_rate(31, 0.1, 20, "cosine") == 0


def test_warm_up_is_a_linear_rate_and_then_the_schedule():
    def make(s, o):
        climb = s.LinearLR(o, start_factor=1 / 4, end_factor=1.0, total_iters=3)
        return s.SequentialLR(o, [climb, s.CosineAnnealingLR(o, T_max=20)], milestones=[4])

    theirs = torch_rates(make, 24)
    ours = [ref.decayed_rate(t, 0.1, 20, "cosine", warmup=4) for t in range(24)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    np.testing.assert_allclose(ours[:5], [0.025, 0.05, 0.075, 0.1, 0.1])


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_performance_schedule_is_reduce_on_plateau_with_its_patience_less_one(patience):
    errors = np.round(np.random.default_rng(7).uniform(size=60) * np.linspace(8, 2, 60))
    make = lambda s, o: s.ReduceLROnPlateau(
        o, factor=0.25, patience=patience - 1, threshold=0.0, eps=0.0
    )
    theirs = torch_rates(make, 60, list(errors))
    ours = ref.performance_schedule(errors, 0.1, 1, patience, 4.0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert len(set(theirs)) > 3


def test_performance_schedule_sees_every_nth_error_only():
    rng = np.random.default_rng(8)
    errors = rng.integers(0, 9, size=41).astype(float)
    seen = ref.performance_schedule(errors[2::3], 0.1, 1, 2, 10.0)
    ours = ref.performance_schedule(errors, 0.1, 3, 2, 10.0)
    np.testing.assert_array_equal(ours[:39], np.repeat(seen, 3))


def test_performance_schedule_on_paper():
    rates = ref.performance_schedule(np.array([5, 4, 4, 4.5, 4.2, 3]), 0.1)
    np.testing.assert_allclose(rates, [0.1, 0.1, 0.1, 0.1, 0.01, 0.01], rtol=1e-12)


# --- AdamW, parts of a batch, an average of the weights -------------------------------------------


def test_adamw_is_pytorchs():
    hyper = {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-8, "weight_decay": 0.3}
    ours = our_path(
        ref.adamw_step, (rest(), rest(), 0), lr=0.05, beta1=0.8, beta2=0.95, weight_decay=0.3
    )
    assert_paths(ours, torch_path(lambda o: lambda p: o.AdamW(p, **hyper)))


def test_adamw_on_paper():
    """Decoupled, the first step leads to 0.89; with the penalty in the gradient to 0.90."""
    fresh = (np.zeros(1), np.zeros(1), 0)
    step, _ = ref.adamw_step(np.ones(1), np.ones(1), fresh, lr=0.1, weight_decay=0.1)
    assert step[0] == pytest.approx(0.89, abs=1e-8)
    step, _ = ref.adam_step(np.ones(1), np.ones(1) + 0.1 * np.ones(1), fresh, lr=0.1)
    assert step[0] == pytest.approx(0.90, abs=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_accumulated_gradients_are_those_of_the_whole_batch(dtype):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(9)
    x, y = (torch.tensor(rng.normal(size=shape)) for shape in ((20, 4), (20,)))
    sizes = np.array([8, 8, 0, 3, 1])

    def gradient(rows):
        w = torch.full((4,), 0.5, dtype=torch.float64, requires_grad=True)
        ((x[rows] @ w - y[rows]) ** 2).mean().backward()
        return w.grad.numpy()

    ends = np.cumsum(sizes)
    parts = [
        gradient(slice(end - n, end)) if n else np.full(4, 7.0)
        for n, end in zip(sizes, ends, strict=True)
    ]
    found = ref.accumulated_gradient(np.array(parts, dtype), sizes)
    assert found.dtype == dtype
    np.testing.assert_allclose(
        found, gradient(slice(None)), rtol=1e-5 if dtype == np.float32 else 1e-12
    )
    np.testing.assert_allclose(ref.accumulated_gradient(np.array([[2.0], [6.0]]), [3, 1]), [3.0])


def test_ema_is_pytorchs_once_it_has_grown_up():
    torch = pytest.importorskip("torch")
    from torch.optim.swa_utils import get_ema_multi_avg_fn

    rng = np.random.default_rng(10)
    average, param = rng.normal(size=SHAPE), rng.normal(size=SHAPE)
    theirs = torch.tensor(average)
    get_ema_multi_avg_fn(0.9)([theirs], [torch.tensor(param)], 5)
    ours, t = ref.ema_update(average, param, 100, decay=0.9)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12)
    assert t == 101


def test_ema_on_paper():
    average, t = ref.ema_update(np.ones(1), np.full(1, 2.0), 0)
    assert (average[0], t) == (pytest.approx(1.9), 1)
    average, _ = ref.ema_update(np.zeros(1), np.ones(1), 90)
    assert average[0] == pytest.approx(0.09)
    single, _ = ref.ema_update(np.ones(3, np.float32), np.zeros(3, np.float32), 4)
    assert single.dtype == np.float32


def test_lion_of_the_worked_numbers_and_in_the_free_race():
    """The chapter's optional rule: what its text says is left after a hundred steps."""
    theta, m = chapter.lion_step(np.array([1.0]), np.array([-1.0]), np.array([0.5]), 0.1)
    np.testing.assert_allclose((theta[0], m[0]), (0.9, 0.485))
    theta, _ = chapter.lion_step(np.ones(1), np.ones(1), np.zeros(1), 0.1, fade=0.5)
    np.testing.assert_allclose(theta, 0.85)

    def left(rate):
        p, m = np.array([-1.3, 1.0]), np.zeros(2)
        for t in range(100):
            bend = p[1] - p[0] ** 2
            slopes = np.array([-40 * p[0] * bend - 2 * (1 - p[0]), 20 * bend])
            p, m = chapter.lion_step(p, slopes, m, rate(t))
        return 10 * (p[1] - p[0] ** 2) ** 2 + (1 - p[0]) ** 2

    assert left(lambda t: 0.07 * (1 - t / 100)) == pytest.approx(0.0042, abs=5e-5)
    assert left(lambda t: 0.07) == pytest.approx(0.10, abs=5e-3)


def test_muon_of_the_worked_numbers_and_of_the_decomposition():
    """SciPy's polar factor is what many rounds come to; few make the singular values alike."""
    for rounds, expected in ((1, (0.944, 0.792)), (2, (0.995, 0.940))):
        found = chapter.orthogonalised(np.diag([0.8, 0.6]), rounds)
        np.testing.assert_allclose(found, np.diag(expected), atol=5e-4)
    grad = np.random.default_rng(3).normal(size=(4, 6))
    np.testing.assert_allclose(chapter.orthogonalised(grad, 40), polar(grad)[0], atol=1e-9)
    theta, velocity = chapter.muon_step(np.zeros((4, 6)), grad, grad, rate=0.5, keep=0.9)
    np.testing.assert_allclose(velocity, 1.9 * grad)
    assert np.sum(theta * grad) < 0
    np.testing.assert_allclose(theta, -0.5 * chapter.orthogonalised(grad), atol=1e-12)
    still, _ = chapter.muon_step(np.ones((2, 2)), np.zeros((2, 2)), np.zeros((2, 2)))
    np.testing.assert_array_equal(still, np.ones((2, 2)))
