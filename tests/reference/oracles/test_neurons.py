"""The reference of `neurons` against SciPy, scikit-learn, PyTorch and published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize, signal, special, stats

from reference import neurons as ref

RNG = np.random.default_rng(20)
V_REST, V_RESET, V_TH, TAU, R, T_REF = -65.0, -70.0, -50.0, 10.0, 10.0, 2.0


def test_mcculloch_pitts_is_numpys_heaviside_step():
    x, w = RNG.normal(size=(50, 7)), RNG.normal(size=7)
    np.testing.assert_array_equal(
        ref.mcculloch_pitts(x, w, 0.3), np.heaviside(np.dot(x, w) - 0.3, 1.0)
    )


@pytest.mark.parametrize(("threshold", "gate"), [(2.0, np.logical_and), (1.0, np.logical_or)])
def test_mcculloch_pitts_makes_gates(threshold, gate):
    """McCulloch and Pitts 1943, figure 1: two synapses needed for AND, one for OR."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    np.testing.assert_array_equal(
        ref.mcculloch_pitts(x, np.ones(2), threshold), gate(x[:, 0], x[:, 1])
    )


def test_decision_by_weights():
    """The worked number of the text: inputs 1, 1, 0 with weights 3, 1, 5 sum to 4."""
    x, w = np.array([[1.0, 1.0, 0.0]]), np.array([3.0, 1.0, 5.0])
    assert ref.mcculloch_pitts(x, w, 4.0) == 1.0
    assert ref.mcculloch_pitts(x, w, 4.5) == 0.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_neuron_is_scipys_expit(dtype):
    x, w = (60 * RNG.normal(size=(200, 3))).astype(dtype), np.array([1, -2, 0.5], dtype)
    found = ref.sigmoid_neuron(x, w, 0.25)
    assert found.dtype == dtype
    rtol = 1e-4 if dtype == np.float32 else 1e-13
    np.testing.assert_allclose(found, special.expit(x @ w + dtype(0.25)), rtol=rtol, atol=1e-38)


def test_sigmoid_neuron_answers_small_changes_smallly_and_a_threshold_unit_flips():
    x, w = np.array([[1.0, 0.0, 1.0]]), np.array([0.3, 0.8, 0.6])
    moved = w + np.array([0.01, 0.0, 0.0])
    assert ref.sigmoid_neuron(x, w, 0.0)[0] == pytest.approx(0.711, abs=5e-4)
    change = ref.sigmoid_neuron(x, moved, 0.0) - ref.sigmoid_neuron(x, w, 0.0)
    assert 0 < change[0] <= 0.25 * 0.01 + 1e-12  # the sigmoid's slope is at most 1/4
    assert ref.mcculloch_pitts(x, w, 0.905) != ref.mcculloch_pitts(x, moved, 0.905)


def membrane(current):
    return lambda t, v: (-(v - V_REST) + R * current) / TAU


def test_lif_step_is_first_order_accurate_towards_scipys_solution():
    v0, current = np.array([-68.0, -60.0, -55.0]), np.array([0.4, 1.2, -0.7])
    exact = integrate.solve_ivp(membrane(current), (0, 4), v0, rtol=1e-11, atol=1e-11).y[:, -1]
    errors = []
    for steps in (100, 200):
        v, wait = v0, np.zeros(3, np.int64)
        for _ in range(steps):
            v, wait, spiked = ref.lif_step(v, wait, current, 4 / steps)
            assert not spiked.any()
        errors.append(np.abs(v - exact).max())
    assert errors[1] < 0.02
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.02)


def test_lif_simulate_finds_the_spike_times_of_scipys_event_detection():
    def crossing(t, v):
        return v[0] - V_TH

    crossing.terminal, crossing.direction = True, 1
    current, t, v, times = 2.7, 0.0, V_REST, []
    while True:
        run = integrate.solve_ivp(
            membrane(current), (t, 200.0), [v], events=crossing, rtol=1e-10, atol=1e-10
        )
        if not len(run.t_events[0]):
            break
        times.append(run.t_events[0][0])
        t, v = times[-1] + T_REF, V_RESET
    dt = 1e-3
    spikes = ref.lif_simulate(np.full((200_000, 1), current), dt)[1][:, 0]
    found = dt * (np.flatnonzero(spikes) + 1)
    assert len(found) == len(times)
    np.testing.assert_allclose(found, times, atol=0.05)


def test_lif_rate_is_the_inverse_of_scipys_interspike_interval():
    def distance(t, current):
        end = V_REST + R * current
        return end + (V_RESET - end) * np.exp(-t / TAU) - V_TH

    for current in (1.55, 2.0, 3.3, 9.0):
        climb = optimize.brentq(distance, 0.0, 500.0, args=(current,), xtol=1e-13)
        found = ref.lif_rate(np.array([current]))[0]
        assert found == pytest.approx(1000 / (T_REF + climb), rel=1e-10)


def test_lif_rate_worked_number_limits_and_simulation():
    rates = ref.lif_rate(np.array([1.5, 1.4, -2.0, 2.0, 1e9]))
    np.testing.assert_array_equal(rates[:3], 0.0)
    assert rates[3] == pytest.approx(1000 / (2 + 10 * np.log(5)), rel=1e-14)
    assert rates[3] == pytest.approx(55.3, abs=0.05)
    assert rates[4] == pytest.approx(500.0)
    currents = np.array([1.8, 2.6, 4.0])
    counted = ref.lif_simulate(np.tile(currents, (100_000, 1)), 0.02)[1].sum(axis=0) / 2.0
    np.testing.assert_allclose(counted, ref.lif_rate(currents), atol=0.8)


def test_lif_refractory_period_of_the_text():
    spikes = ref.lif_simulate(np.full((11, 1), 200.0), 1.0)[1]
    assert np.flatnonzero(spikes).tolist() == [0, 3, 6, 9]


def relu_error(threshold, x, y):
    a = np.maximum(0, x - threshold)
    return np.sum((y - a * (a @ y) / max(a @ a, 1e-300)) ** 2)


@pytest.mark.parametrize("case", range(6))
def test_fit_relu_is_the_global_minimum_scipy_finds(case):
    rng = np.random.default_rng(case)
    x = np.sort(rng.uniform(0, 4, 15))
    y = np.maximum(0, ref.lif_rate(x) + (ref.lif_rate(x) > 0) * rng.normal(scale=case, size=15))
    gain, threshold = ref.fit_relu_to_rate(x, y)
    grid = np.linspace(-6, x[-2], 20_001)
    rough = grid[np.argmin([relu_error(t, x, y) for t in grid])]
    fine = optimize.minimize_scalar(
        relu_error,
        bounds=(rough - 1e-3, rough + 1e-3),
        args=(x, y),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert threshold == pytest.approx(fine.x, abs=1e-5)
    a = np.maximum(0, x - threshold)
    assert gain == pytest.approx(np.linalg.lstsq(a[:, None], y, rcond=None)[0][0], rel=1e-10)


def test_fit_relu_lands_below_the_rheobase_and_knows_silence():
    currents = np.linspace(0, 4, 81)
    threshold = ref.fit_relu_to_rate(currents, ref.lif_rate(currents))[1]
    assert 0.5 < threshold < (V_TH - V_REST) / R
    assert ref.fit_relu_to_rate(np.array([1.0, 0.2]), np.zeros(2)) == (0.0, 1.0)
    assert ref.fit_relu_to_rate(np.arange(4.0), np.array([0.0, 0, 10, 20])) == pytest.approx(
        (10.0, 1.0)
    )


def test_hh_gates_published_numbers():
    """Hodgkin and Huxley 1952, eqs. 12, 13, 20, 21, 23, 24 at V = 0 (rest), worked by hand."""
    steady, tau = ref.hh_gates(np.array([-65.0]))
    assert (steady / tau)[:, 0] == pytest.approx([0.2236, 0.07, 0.0582], abs=5e-5)
    assert ((1 - steady) / tau)[:, 0] == pytest.approx([4.0, 0.0474, 0.125], abs=5e-5)


def test_hh_gates_against_exprel_of_scipy():
    """SciPy's exprel(x) = (e^x − 1)/x is exact through zero: x/(1 − e^(−x)) = 1/exprel(−x)."""
    v = np.concatenate([RNG.uniform(-120, 90, 50), [-40, -55], [-40 + 1e-9, -55 - 1e-7]])
    steady, tau = ref.hh_gates(v)
    alpha_m, alpha_h, alpha_n = steady / tau
    beta_m, beta_h, beta_n = 1 / tau - steady / tau
    np.testing.assert_allclose(alpha_m, 1 / special.exprel(-(v + 40) / 10), rtol=1e-12)
    np.testing.assert_allclose(alpha_n, 0.1 / special.exprel(-(v + 55) / 10), rtol=1e-12)
    np.testing.assert_allclose(beta_h, special.expit((v + 35) / 10), rtol=1e-9)
    near = np.abs(v + 50) < 40  # where alpha does not drown what is left of beta
    np.testing.assert_allclose(np.log(beta_m / 4)[near] * -18, (v + 65)[near], atol=1e-9)
    np.testing.assert_allclose(np.log(alpha_h / 0.07) * -20, v + 65, atol=1e-9)
    np.testing.assert_allclose(np.log(beta_n / 0.125) * -80, v + 65, atol=1e-9)
    np.testing.assert_allclose([alpha_m[50], alpha_n[51]], [1.0, 0.1], rtol=1e-15)


def test_hh_gates_settle_where_scipys_solver_stops():
    def relax(t, x, alpha, beta):
        return alpha * (1 - x) - beta * x

    for v in (-80.0, -65.0, -55.0, -40.0, 0.0):
        u = v + 65
        alpha = [1 / special.exprel(-(v + 40) / 10), 0.07 * np.exp(-u / 20)]
        alpha = np.array([*alpha, 0.1 / special.exprel(-(v + 55) / 10)])
        beta = np.array([4 * np.exp(-u / 18), special.expit((v + 35) / 10), np.exp(-u / 80) / 8])
        run = integrate.solve_ivp(
            relax,
            (0, 500),
            [0.3] * 3,
            args=(alpha, beta),
            rtol=1e-10,
            atol=1e-12,
            dense_output=True,
        )
        steady, tau = ref.hh_gates(np.array([v]))
        np.testing.assert_allclose(steady[:, 0], run.y[:, -1], atol=1e-7)
        for gate in range(3):  # after one time constant 1/e of the way is left
            left = run.sol(tau[gate, 0])[gate] - steady[gate, 0]
            np.testing.assert_allclose(left, (0.3 - steady[gate, 0]) / np.e, atol=1e-7)


def test_hh_rest_is_published():
    """Resting potential −64.996 mV and gates .0529, .5961, .3177 of this parameter set."""
    gates = [float(x[0]) for x in ref.hh_gates(np.array([-65.0]))[0]]
    assert gates == pytest.approx([0.0529, 0.5961, 0.3177], abs=5e-5)
    rest = optimize.fsolve(
        lambda s: ref.hh_derivative(s[:, None], np.zeros(1))[:, 0], [-65.0, *gates]
    )
    assert rest[0] == pytest.approx(-64.996, abs=5e-4)


def test_hh_derivative_by_kirchhoff_in_torch():
    """The voltage slope is minus the gradient of the membrane's co-content, by autograd."""
    torch = pytest.importorskip("torch")
    state = np.stack([RNG.uniform(-90, 40, 8), *RNG.uniform(0, 1, (3, 8))])
    current = RNG.normal(scale=10, size=8)
    found = ref.hh_derivative(state, current)
    v = torch.tensor(state[0], requires_grad=True)
    m, h, n = torch.tensor(state[1:])
    content = (
        60 * m.pow(3) * h * (v - 50) ** 2
        + 18 * n.pow(4) * (v + 77) ** 2
        + 0.15 * (v + 54.387) ** 2
        - torch.tensor(current) * v
    )
    content.sum().backward()
    np.testing.assert_allclose(found[0], -v.grad.numpy(), rtol=1e-12)
    settled, tau = ref.hh_gates(state[0])
    np.testing.assert_allclose(found[1:], (settled - state[1:]) / tau, rtol=1e-10, atol=1e-13)


def hh_right_hand_side(t, state, current):
    return ref.hh_derivative(state[:, None], np.array([current]))[:, 0]


def test_hh_simulate_follows_scipys_solution_and_is_of_order_four():
    start = [-65.0, *(float(x[0]) for x in ref.hh_gates(np.array([-65.0]))[0])]
    exact = integrate.solve_ivp(
        hh_right_hand_side, (0, 8), start, method="DOP853", args=(12.0,), rtol=1e-12, atol=1e-12
    ).y[:, -1]
    errors = []
    for steps in (400, 800):
        states = ref.hh_simulate(np.full((steps, 1), 12.0), 8 / steps)
        errors.append(np.abs(states[-1, :, 0] - exact).max())
    assert errors[1] < 1e-5
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4.0, abs=0.25)


def test_hh_simulate_fires_as_in_the_laboratory():
    """Silent at 2, repetitive at 10 µA/cm² (near 70 Hz), and one rebound after inhibition."""
    v = ref.hh_simulate(np.tile([2.0, 10.0], (20_000, 1)), 0.01)[:, 0]
    counts = ((v[1:] > 0) & (v[:-1] <= 0)).sum(axis=0)
    assert counts.tolist() == [0, 14]
    pulse = np.zeros((6000, 1))
    pulse[1000:3000] = -6.0
    v = ref.hh_simulate(pulse, 0.01)[:, 0, 0]
    assert v[:3000].max() < -40
    assert np.flatnonzero((v[1:] > 0) & (v[:-1] <= 0)).size == 1


def test_hebbian_update_is_torchs_gradient_of_the_mean_squared_activity():
    torch = pytest.importorskip("torch")
    w = torch.tensor(RNG.normal(size=(3, 5)), requires_grad=True)
    pre = torch.tensor(RNG.normal(size=(9, 5)))
    post = pre @ w.T
    (0.5 * (post**2).sum() / len(pre)).backward()
    found = ref.hebbian_update(w.detach().numpy(), pre.numpy(), post.detach().numpy(), 0.2)
    np.testing.assert_allclose(found, (w + 0.2 * w.grad).detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 13, 5), (33, 70, 17), (128, 100, 90)])
def test_hebbian_update_of_few_weights_and_of_many(dtype, rtol, shape):
    """In one call or by the product of matrices; what is no number stays with its own inputs."""
    samples, inputs, units = shape
    w, pre, post = (
        RNG.normal(size=size).astype(dtype)
        for size in ((units, inputs), (samples, inputs), (samples, units))
    )
    kept = w.copy()
    found = ref.hebbian_update(w, pre, post, 0.3)
    assert found.dtype == dtype
    assert np.array_equal(w, kept)
    expected = w + 0.3 * post.astype(float).T @ pre.astype(float) / samples
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)
    pre[-1, -1] = np.nan
    lost = np.isnan(ref.hebbian_update(w, pre, post, 0.3))
    assert lost[:, -1].all()
    assert not lost[:, :-1].any()


def test_oja_update_finds_scikit_learns_first_component():
    decomposition = pytest.importorskip("sklearn.decomposition")
    rng = np.random.default_rng(8)  # of its own: of wider data the steps would be too long
    x = rng.normal(size=(500, 4)) @ np.diag([3.0, 1.5, 1.0, 0.4]) @ rng.normal(size=(4, 4))
    x -= x.mean(axis=0)
    w = rng.normal(size=(1, 4)) * 0.1
    for _ in range(4000):
        w = ref.hebbian_update(w, x, x @ w.T, 0.01, "oja")
    component = decomposition.PCA(1).fit(x).components_
    assert np.linalg.norm(w) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(np.abs(w @ component.T), 1.0, atol=1e-6)


def oja(w, x, lr):
    return ref.hebbian_update(w, x, x @ w.T, lr, "oja")


def test_oja_update_is_a_first_order_normalised_hebb():
    """Oja 1982, eq. 3: for unit weights, Hebb followed by normalisation, up to order lr²."""
    x = RNG.normal(size=(20, 5))
    w = RNG.normal(size=(1, 5))
    w /= np.linalg.norm(w)
    gaps = []
    for lr in (1e-3, 5e-4):
        hebb = ref.hebbian_update(w, x, x @ w.T, lr)
        gaps.append(np.abs(oja(w, x, lr) - hebb / np.linalg.norm(hebb)).max())
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.05)


def test_robustness_curve_damages_as_torchs_custom_pruning_mask():
    prune = pytest.importorskip("torch.nn.utils.prune")
    import torch

    layer = torch.nn.Linear(6, 4, bias=False, dtype=torch.float64)
    w, order = layer.weight.detach().numpy().copy(), RNG.permutation(24)
    mask = torch.ones(24)
    mask[order[:7]] = 0  # round(0.3 * 24)
    prune.custom_from_mask(layer, "weight", mask.reshape(4, 6))
    x = torch.tensor(RNG.normal(size=(90, 6)))
    guess = layer(x).argmax(dim=1).numpy()
    labels = np.where(RNG.random(90) < 0.7, guess, 3 - guess)
    found = ref.robustness_curve(w, x.numpy(), labels, np.array([0.3]), order[np.newaxis])
    assert found[0] == pytest.approx(np.mean(guess == labels), abs=1e-15)


def test_robustness_curve_is_scikit_learns_accuracy():
    metrics = pytest.importorskip("sklearn.metrics")
    w, x = RNG.normal(size=(4, 6)), RNG.normal(size=(60, 6))
    labels = np.argmax(x @ w.T + 0.5 * RNG.normal(size=(60, 4)), axis=1)
    orders = np.array([RNG.permutation(24) for _ in range(3)])
    fractions = np.array([0.0, 0.3, 0.7, 1.0])
    expected = []
    for fraction in fractions:
        scores = []
        for order in orders:
            alive = np.ones(24)
            alive[order[: round(fraction * 24)]] = 0
            scores.append(
                metrics.accuracy_score(labels, np.argmax(x @ (w * alive.reshape(4, 6)).T, axis=1))
            )
        expected.append(np.mean(scores))
    np.testing.assert_allclose(ref.robustness_curve(w, x, labels, fractions, orders), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_serial_and_parallel_paths_give_the_same_bits(dtype):
    """Large inputs take the threads; the same numbers in pieces do not."""
    current = RNG.uniform(0, 10, (150, 400)).astype(dtype)
    whole = ref.lif_simulate(current, 0.3)
    pieces = [ref.lif_simulate(current[:, k : k + 100], 0.3) for k in range(0, 400, 100)]
    for k in range(2):
        np.testing.assert_array_equal(whole[k], np.concatenate([p[k] for p in pieces], axis=1))
    states = ref.hh_simulate(current, 0.02)
    halves = [ref.hh_simulate(current[:, k : k + 10], 0.02) for k in range(0, 400, 10)]
    np.testing.assert_array_equal(states, np.concatenate(halves, axis=2))
    w, pre = RNG.normal(size=(40, 30)).astype(dtype), RNG.normal(size=(50, 30)).astype(dtype)
    post = RNG.normal(size=(50, 40)).astype(dtype)
    rows = [
        ref.hebbian_update(w[o : o + 1], pre, post[:, o : o + 1], 0.1, "oja") for o in range(40)
    ]
    eps = 50 * np.finfo(dtype).eps  # the sum over 50 samples may take another order for one output
    np.testing.assert_allclose(
        ref.hebbian_update(w, pre, post, 0.1, "oja"), np.concatenate(rows), rtol=0, atol=eps
    )
    reps = np.tile(current, (20, 1)) / 5
    whole = *ref.leaky_forward(reps, 0.9), ref.leaky_backward(reps, reps[::-1].copy(), 0.9)
    cuts = [reps[:, k : k + 8] for k in range(0, 400, 8)]
    parts = [(*ref.leaky_forward(c, 0.9), ref.leaky_backward(c, c[::-1].copy(), 0.9)) for c in cuts]
    for k in range(3):
        np.testing.assert_array_equal(whole[k], np.concatenate([p[k] for p in parts], axis=1))
    w, before, after = (
        RNG.random((40, 30)).astype(dtype),
        current[:, :30] > 8,
        current[:, 40:80] > 7,
    )
    rows = [ref.stdp_update(w[o : o + 1], before, after[:, o : o + 1], 2.0) for o in range(40)]
    np.testing.assert_array_equal(ref.stdp_update(w, before, after, 2.0), np.concatenate(rows))


def test_diagnose_trace_names_what_was_simulated():
    current = RNG.uniform(0, 30, (200, 3))
    told = {"reset to rest": {"v_reset": V_REST}, "never deaf": {"t_ref": 0.0}}
    told |= {"right": {}, "truncated": {"t_ref": 1.8}, "no resistance": {"resistance": 1.0}}
    for name, some in told.items():
        assert ref.diagnose_trace(current, *ref.lif_simulate(current, 0.3, **some), 0.3) == name
    wrong = ref.lif_simulate(current, 0.3, tau=11.0)
    assert ref.diagnose_trace(current, *wrong, 0.3) == "unknown"


def test_poisson_spikes_are_scipys_poisson_counts_above_zero():
    """A count drawn by inverting SciPy's distribution function is above 0 exactly there."""
    rates, u = RNG.uniform(0, 900, (300, 20)), RNG.random((300, 20))
    counts = stats.poisson.ppf(1 - u, rates * 3.0 / 1000)
    np.testing.assert_array_equal(ref.poisson_spikes(rates, 3.0, u), counts > 0)


def test_stdp_update_is_the_sum_of_all_pairs():
    """Song, Miller and Abbott 2000: the window over all pairs, far from the bounds."""
    pre, post = RNG.random((80, 4)) < 0.2, RNG.random((80, 3)) < 0.2
    expected = np.full((3, 4), 5.0)
    for o in range(3):
        for i in range(4):
            lags = 2.0 * np.subtract.outer(np.flatnonzero(post[:, o]), np.flatnonzero(pre[:, i]))
            expected[o, i] += np.sum(0.03 * np.exp(-lags[lags > 0] / 15))
            expected[o, i] -= np.sum(0.02 * np.exp(lags[lags < 0] / 25))
    found = ref.stdp_update(np.full((3, 4), 5.0), pre, post, 2.0, 0.03, 0.02, 15.0, 25.0, 10.0)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_stdp_traces_are_scipys_linear_filter():
    """The senders' traces are a first-order recursive filter, read by one spike at the end."""
    pre, post = RNG.random((50, 6)) < 0.3, np.zeros((50, 1), dtype=bool)
    post[-1] = True
    decay = np.exp(-1 / 12)
    trace = signal.lfilter([0, decay], [1, -decay], pre.astype(float), axis=0)[-1]
    found = ref.stdp_update(np.zeros((1, 6)), pre, post, 1.0, 0.01, 0.0, 12.0)
    np.testing.assert_allclose(found[0], 0.01 * trace, rtol=1e-12)


def test_leaky_forward_below_the_threshold_is_scipys_linear_filter():
    current = RNG.normal(size=(60, 5))
    u, spikes = ref.leaky_forward(current, 0.85, 1e9)
    np.testing.assert_allclose(u, signal.lfilter([1], [1, -0.85], current, axis=0), rtol=1e-11)
    assert not spikes.any()


def test_a_soft_reset_without_a_leak_pays_out_the_whole_part_of_what_came_in():
    current = RNG.integers(0, 9, (200, 7)) / 8  # below the threshold: at most one spike a step
    spikes = ref.leaky_forward(np.minimum(current, 0.875), 1.0)[1]
    paid_in = np.cumsum(np.minimum(current, 0.875), axis=0)
    np.testing.assert_array_equal(np.cumsum(spikes, axis=0), np.floor(paid_in))
    hard = ref.leaky_forward(np.full((8, 1), 0.75), 1.0, 1.0, "zero")[1].sum()
    assert (hard, ref.leaky_forward(np.full((8, 1), 0.75), 1.0)[1].sum()) == (4, 6)


def test_leaky_backward_is_torchs_gradient_with_a_detached_reset():
    torch = pytest.importorskip("torch")
    current = torch.tensor(RNG.uniform(-0.2, 1.2, (30, 4)), requires_grad=True)
    left, rows, outs = torch.zeros(4, dtype=torch.float64), [], []
    for now in current:
        u = 0.8 * left + now
        z = u - 1.0
        outs.append(z / (1 + 6 * z.abs()))  # differentiated as the fast sigmoid
        left = u - (z >= 0).to(u.dtype)  # the comparison carries no gradient
        rows.append(u.detach())
    g = torch.tensor(RNG.normal(size=(30, 4)))
    (torch.stack(outs) * g).sum().backward()
    u = torch.stack(rows).numpy()
    mine, spikes = ref.leaky_forward(current.detach().numpy(), 0.8)
    np.testing.assert_allclose(mine, u, rtol=1e-12)
    assert 20 < spikes.sum() < 100
    found = ref.leaky_backward(g.numpy(), u, 0.8, slope=6.0)
    np.testing.assert_allclose(found, current.grad.numpy(), rtol=1e-10, atol=1e-14)
