"""How the chapter on neurons is judged."""

import numpy as np

from autograder.cases import single, spread
from autograder.spec import Case, Exercise, Question
from reference import neurons as ref

# --- the McCulloch-Pitts neuron ------------------------------------------------------------------

mcculloch_pitts = Exercise("mcculloch_pitts", points=2)


def votes(rng, n, d):
    """Inputs and weights whose sums scatter on both sides of a threshold."""
    return rng.normal(size=(n, d)), rng.normal(size=d)


@mcculloch_pitts.check(weight=2)
def fires_above(rng):
    """Fires where the weighted sum is above the threshold, for thresholds of either sign."""
    yield *votes(rng, 40, 5), 0.6
    yield *votes(rng, 30, 4), -0.8


@mcculloch_pitts.check(exact=True)
def fires_at_equality(rng):
    """Fires where the sum *equals* the threshold (small whole numbers, so the sums are exact)."""
    x = rng.integers(0, 3, (60, 3)).astype(float)
    x[0] = 0.0, 0.0, 2.0  # as far below zero as the threshold is above it
    yield x, np.array([1.0, 2.0, -1.0]), 2.0
    yield np.array([[1.0, 1.0, 0.0]]), np.array([3.0, 1.0, 5.0]), 4.0


@mcculloch_pitts.check(exact=True)
def computes_logic(rng):
    """Is an AND gate at threshold 2 and an OR gate at threshold 1; one weight of -1 makes NOT."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    w = np.ones(2)
    yield x, w, 2.0
    yield x, w, 1.0
    yield np.array([[0.0], [1.0]]), np.array([-1.0]), 0.0


@mcculloch_pitts.check(hidden=True)
def other_layouts(rng):
    """Takes a single sample, a single input and arrays that are not contiguous."""
    x, w = votes(rng, 25, 6)
    w[:3], x[:2] = (-0.1, 1.0, 0.2), 0.0  # inhibited and still above, excited and still below
    x[0, :2] = x[1, 2] = 1.0
    yield spread(x), spread(w), 0.3
    yield x[:1], w, -0.2
    yield x[:, :1], w[:1], 0.1


mcculloch_pitts.in_other_dress(fires_above)


def mcp_absolute_inhibition(x, w, threshold):
    vetoed = ((x > 0) & (w < 0)).any(axis=1)
    return ((x @ w >= threshold) & ~vetoed).astype(x.dtype)


def mcp_veto_of_any_sign(x, w, threshold):
    vetoed = ((x != 0) & (w < 0)).any(axis=1)
    return ((x @ w >= threshold) & ~vetoed).astype(x.dtype)


# --- the sigmoid neuron --------------------------------------------------------------------------

sigmoid_neuron = Exercise("sigmoid_neuron", points=2)


@sigmoid_neuron.check(weight=2)
def answers_in_degrees(rng):
    """Is the logistic sigmoid of the weighted sum plus the bias."""
    yield *votes(rng, 9, 4), 0.7
    yield *votes(rng, 5, 3), -1.2


@sigmoid_neuron.check()
def sigmoid_by_hand(rng):
    """Gives the example worked by hand: 0.711, and 0.5 with a bias of -0.9."""
    for b in (0.0, -0.9):
        yield np.array([[1.0, 0.0, 1.0]]), np.array([0.3, 0.8, 0.6]), b


@sigmoid_neuron.check()
def saturates(rng):
    """Runs into 0 and 1 for sums of large magnitude."""
    yield rng.choice([-1.0, 1.0], (8, 2)) * rng.uniform(20, 60, (8, 2)), np.array([1.0, 0.5]), 3.0
    yield np.array([[900.0], [-900.0], [0.5]]), np.ones(1), float(rng.uniform(0.5, 3))


@sigmoid_neuron.check()
def undecided(rng):
    """Answers one half to a sum of zero: silence in, or the bias cancelling the sum."""
    yield np.zeros((3, 4)), rng.normal(size=4), 0.0
    yield np.array([[2.0, 1.0], [0.5, 4.0]]), np.array([1.0, 0.5]), -2.5


@sigmoid_neuron.check(hidden=True)
def sigmoid_layouts(rng):
    """Takes a single sample, a single input and arrays that are not contiguous."""
    x, w = votes(rng, 7, 6)
    yield spread(x), spread(w), 0.4
    yield x[:1], w, -0.3
    yield x[:, :1], w[:1], 1.5


sigmoid_neuron.in_other_dress(answers_in_degrees)


def _sigmoid_by_two_exponentials(x, w, b):
    with np.errstate(all="ignore"):
        grown = np.exp(x @ w + b)
        return grown / (1 + grown)


# --- one step of integrate-and-fire --------------------------------------------------------------

lif_step = Exercise("lif_step", points=4)

UNUSUAL = dict(tau=17.0, resistance=6.0, v_rest=-61.0, v_reset=-74.5, v_th=-47.0, t_ref=3.1)


def quiet(rng, n):
    """Potentials well below the threshold."""
    return rng.uniform(-69.0, -56.0, n)


def near(rng, n):
    """Potentials of which, under some 10 nA and dt = 0.5, about half fire."""
    return rng.uniform(-60.0, -52.0, n)


def idle(n):
    """Return the `wait` of neurons that are not refractory."""
    return np.zeros(n, dtype=np.int64)


@lif_step.check(weight=2)
def charges_and_leaks(rng):
    """Makes the Euler step: the current charges, the leak pulls to rest (no spikes)."""
    yield quiet(rng, 7), idle(7), rng.uniform(-1.0, 2.0, 7), 0.1
    yield quiet(rng, 5), idle(5), np.zeros(5), 0.7
    yield np.array([-65.0]), idle(1), np.array([2.0]), 0.1


@lif_step.check(weight=2, needs=charges_and_leaks)
def fires_and_resets(rng):
    """Fires when the new potential is above the threshold, resets it and starts to wait."""
    yield near(rng, 12), idle(12), rng.uniform(6.0, 14.0, 12), 0.5
    yield near(rng, 9), idle(9), rng.uniform(20.0, 40.0, 9), 0.23
    yield np.array([-44.0, -47.5, -64.0]), idle(3), np.array([3.0, 2.0, 1.0]), 0.2  # above already


@lif_step.check(weight=2, needs=charges_and_leaks)
def is_deaf_while_it_waits(rng):
    """Leaves a refractory neuron where it is, whatever drives it, and counts its wait down."""
    wait = np.array([0, 1, 2, 5, 0, 3, 1, 0])
    v, current = near(rng, 8), rng.uniform(10.0, 30.0, 8)
    v[0], current[0] = -62.0, 2.0  # free to move, and far from firing
    v[4], current[4] = -51.0, 30.0  # free, and fires
    yield v, wait, current, 0.5
    yield np.array([-40.0, -70.0, 10.0]), np.array([2, 1, 4]), np.array([1.0, 500.0, 0.0]), 0.1


@lif_step.check(needs=fires_and_resets, exact=True)
def fires_at_equality_of_potential(rng):
    """Fires where the new potential *equals* the threshold (powers of two, so it is exact)."""
    v, current = np.array([-52.0, -52.0, -52.0]), np.array([6.0, 5.9375, 6.0625])
    yield Case(v, idle(3), current, 1.0, tau=4.0, resistance=2.0, v_rest=-56.0)


@lif_step.check(needs=fires_and_resets)
def rounds_the_refractory_period(rng):
    """Waits round(t_ref / dt) steps after a spike: 0.3 / 0.1 are three; a t_ref of 0 is none."""
    for dt, t_ref in ((0.1, 0.3), (0.1, 0.7), (0.5, 1.3), (0.5, 1.2), (0.25, 0.0), (3.0, 2.0)):
        yield Case(near(rng, 4), idle(4), np.array([900.0, 0.0, 800.0, 0.1]), dt, t_ref=t_ref)


@lif_step.check(weight=2, needs=(fires_and_resets, is_deaf_while_it_waits))
def takes_its_parameters(rng):
    """Uses every parameter it is given, by name or by position."""
    wait = np.array([0, 2, 0, 0, 1, 0, 0])
    v, drive = rng.uniform(-58.0, -48.5, 7), rng.uniform(10.0, 60.0, 7)
    v[[1, 4]], drive[[1, 4]] = -48.5, 60.0  # these would fire if they were not deaf
    yield Case(v, wait, drive, 0.3, **UNUSUAL)
    yield near(rng, 6), idle(6), rng.uniform(5.0, 25.0, 6), 0.4, 8.0, 9.0, -58.0, -71.0, -51.0, 1.0


@lif_step.check(weight=2, hidden=True)
def a_mixed_population(rng):
    """Handles a population in which some rest, some fire and some wait."""
    yield near(rng, 30), rng.integers(0, 3, 30), rng.uniform(-5.0, 30.0, 30), 0.35
    yield spread(near(rng, 11)), rng.integers(0, 2, 11), spread(rng.uniform(0, 30, 11)), 0.2
    yield near(rng, 1), idle(1), rng.uniform(20.0, 30.0, 1), 0.9


lif_step.in_other_dress(fires_and_resets)


# --- a simulation --------------------------------------------------------------------------------

lif_simulate = Exercise("lif_simulate", points=3, needs=("lif_step",))


def drives(rng, steps, n, low=0.0, high=12.0):
    """Currents that change in every step."""
    return rng.uniform(low, high, (steps, n))


@lif_simulate.check(weight=2)
def subthreshold(rng):
    """Follows the potential from rest under changing currents too weak for a spike."""
    yield drives(rng, 12, 3, -1.0, 1.5), 0.4
    yield np.zeros((4, 2)), 0.5


@lif_simulate.check(weight=3, needs=subthreshold)
def spikes(rng):
    """Records potentials and spikes of a population, row t after step t."""
    yield drives(rng, 50, 3), 0.5
    yield drives(rng, 24, 2, 0.0, 40.0), 0.3


@lif_simulate.check(needs=spikes, exact=True)
def regular_firing(rng):
    """Fires at steps 0, 3, 6, ... under an overwhelming current with two refractory steps."""
    yield np.full((11, 1), 200.0), 1.0


@lif_simulate.check(weight=2, needs=spikes)
def passes_parameters_on(rng):
    """Uses every parameter it is given, by name or by position."""
    yield Case(drives(rng, 40, 2, 0.0, 20.0), 0.6, **UNUSUAL)
    yield drives(rng, 20, 2, 0.0, 20.0), 0.4, 8.0, 9.0, -58.0, -71.0, -51.0, 1.0


@lif_simulate.check(weight=2, hidden=True)
def long_simulation(rng):
    """Stays right over hundreds of steps and for any layout."""
    yield drives(rng, 400, 6), 0.25
    yield spread(drives(rng, 60, 4)), 0.5
    yield drives(rng, 1, 5, 0.0, 60.0), 0.5


lif_simulate.in_other_dress(spikes, rtol=1e-4)


def _shared_wait(
    current,
    dt,
    tau=10.0,
    resistance=10.0,
    v_rest=-65.0,
    v_reset=-70.0,
    v_th=-50.0,
    t_ref=2.0,
):
    steps, n = current.shape
    v, wait = np.full(n, v_rest, dtype=current.dtype), np.zeros(n, dtype=np.int64)
    trace = np.empty((steps, n), dtype=current.dtype)
    spikes = np.empty((steps, n), dtype=np.bool_)
    for t in range(steps):
        v, wait, spikes[t] = ref.lif_step(
            v, wait, current[t], dt, tau, resistance, v_rest, v_reset, v_th, t_ref
        )
        trace[t], wait = v, np.full(n, wait.max())
    return trace, spikes


# --- what is wrong with this simulator? ----------------------------------------------------------

diagnose_trace = Exercise("diagnose_trace", points=4, needs=("lif_simulate",))

MISTAKES = {
    "right": {},
    "reset to rest": {"v_reset": -65.0},
    "never deaf": {"t_ref": 0.0},
    "truncated": {"t_ref": 1.8},  # six steps of 0.3 ms instead of seven
    "no resistance": {"resistance": 1.0},
}


def recordings(rng, steps, n):
    """Return currents in steps of 0.3 ms, and what each listed program and some others record.

    No potential comes near the threshold, so that rounding moves no spike; all records differ,
    and where the spikes are the same, they do so in either direction.
    """
    while True:
        current = rng.uniform(0.0, 30.0, (steps, n))
        current[-8:] = 500.0  # all have fired, so that the end alone tells nothing
        runs = {name: ref.lif_simulate(current, 0.3, **told) for name, told in MISTAKES.items()}
        certain = all(
            np.array_equal(ref.lif_simulate(current, 0.3, v_th=-50 + d, **told)[1], runs[name][1])
            for name, told in MISTAKES.items()
            for d in (-0.02, 0.02)
        )
        v, spikes = runs["right"]
        early = np.concatenate([np.full((1, n), -65.0), v[:-1]])
        runs["one early"] = early, spikes
        traces = [potentials for potentials, _ in runs.values()]
        apart = min(np.abs(a - b).max() for k, a in enumerate(traces) for b in traces[:k])
        above = any(
            np.array_equal(own, other) and (b - a).max() <= 1
            for k, (a, own) in enumerate(runs.values())
            for b, other in list(runs.values())[:k]
        )
        if certain and apart > 1 and not above and spikes.sum(axis=0).min() > 1:
            return current, runs


@diagnose_trace.check(weight=2, exact=True)
def the_six_answers(rng):
    """Tells the six programs of the table apart."""
    current, runs = recordings(rng, 32, 2)
    for v, spikes in runs.values():
        yield current, v, spikes, 0.3


@diagnose_trace.check(exact=True)
def diagnosis_by_hand(rng):
    """Gives the example worked by hand; where two rows agree it is the first of them."""
    current = np.full((4, 1), 200.0)
    every, first = np.ones((4, 1), dtype=bool), np.array([[True], [False], [False], [True]])
    yield current, np.full((4, 1), -70.0), first, 1.0
    yield current, np.full((4, 1), -65.0), first, 1.0
    yield current, np.full((4, 1), -70.0), every, 1.0
    yield current, np.array([[-65.0], [-70.0], [-70.0], [-70.0]]), first, 1.0
    yield np.zeros((5, 2)), np.full((5, 2), -65.0), np.zeros((5, 2), dtype=bool), 0.3


@diagnose_trace.check(exact=True)
def in_no_list(rng):
    """Says "unknown" to others: a lost spike, one wrong potential, no leak, everything late."""
    current, runs = recordings(rng, 32, 2)
    v, spikes = runs["right"]
    lost = spikes.copy()
    lost[tuple(np.argwhere(spikes)[-1])] = False
    yield current, v, lost, 0.3
    for place, gap in (((20, 1), 0.02), ((12, 0), 0.02), ((31, 1), 0.02), ((22, 0), 0.004)):
        off = v.copy()
        off[place] += gap
        yield current, off, spikes, 0.3
        yield current, v - (off - v), spikes, 0.3
    yield current, *ref.lif_simulate(current, 0.3, tau=1e9, resistance=1e9), 0.3
    yield current, np.concatenate([v[1:], v[-1:]]), spikes, 0.3
    early, _ = runs["one early"]
    yield current, early, np.concatenate([np.zeros((1, 2), dtype=bool), spikes[:-1]]), 0.3
    yield current, np.concatenate([v[:1], v[:-1]]), spikes, 0.3
    kick = np.zeros((8, 1))
    kick[0] = 200.0
    v, spikes = ref.lif_simulate(kick, 0.5)
    yield kick, np.roll(v, 1, axis=0), spikes, 0.5
    yield kick, np.concatenate([v[:1], v[:-1]]), spikes, 0.5
    steady = np.full((9, 1), 200.0)
    yield steady, *ref.lif_simulate(steady, 0.5, t_ref=1.5), 0.5


@diagnose_trace.check(exact=True)
def uses_its_tolerance(rng):
    """Forgives as much as `tol` says, a thousandth of a millivolt if nothing is said."""
    current, runs = recordings(rng, 32, 2)
    noise = rng.choice([-1.0, 1.0], current.shape)
    for name in ("right", "truncated", "one early"):
        v, spikes = runs[name]
        yield current, v + 5e-4 * noise, spikes, 0.3
        yield Case(current, v + 0.05 * noise, spikes, 0.3, tol=0.1)
        yield Case(current, v + 5e-4 * noise, spikes, 0.3, tol=1e-4)


@diagnose_trace.check(weight=2, hidden=True, exact=True)
def other_recordings(rng):
    """Tells the six apart, and others from them, for more neurons and other layouts."""
    current, runs = recordings(rng, 50, 4)
    for v, spikes in runs.values():
        yield spread(current), spread(v), spikes, 0.3
    v, spikes = runs["right"]
    yield current, v, np.roll(spikes, 1, axis=0), 0.3
    yield current, np.roll(v, 1, axis=1), np.roll(spikes, 1, axis=1), 0.3


diagnose_trace.in_other_dress(the_six_answers, keeps=False, notices=("bit-by-bit",))


def _nearest_record(current, v, spikes, dt, tol=1e-3):
    runs = _suspects(current, dt)
    gaps = {name: np.abs(potentials - v).sum() for name, (potentials, _) in runs.items()}
    return min(gaps, key=lambda name: gaps[name])


def _nearest_by(gap):
    """Return who names the nearest record, by a gap of their own."""

    def nearest(current, v, spikes, dt, tol=1e-3):
        runs = _suspects(current, dt)
        gaps = [gap(own - v, np.array_equal(fired, spikes)) for own, fired in runs.values()]
        return list(runs)[int(np.argmin(gaps))]

    return nearest


_nearest_with_spikes = _nearest_by(lambda d, same: np.abs(d).max() + 1000 * (not same))
_nearest_by_the_largest_gap = _nearest_by(lambda d, same: np.abs(d).max())
_nearest_by_squares = _nearest_by(lambda d, same: np.sum(d**2))


def _suspects(current, dt):
    runs = {}
    for name, told in MISTAKES.items():
        truncated = {"t_ref": int(2.0 / dt) * dt} if name == "truncated" else told
        runs[name] = ref.lif_simulate(current, dt, **truncated)
    v, spikes = runs["right"]
    runs["one early"] = np.concatenate([np.full_like(v[:1], -65.0), v[:-1]]), spikes
    return runs


def _last_row_that_fits(current, v, spikes, dt, tol=1e-3):
    found = "unknown"
    for name, (potentials, events) in _suspects(current, dt).items():
        if np.array_equal(events, spikes) and np.all(np.abs(potentials - v) <= tol):
            found = name
    return found


# --- the f-I curve -------------------------------------------------------------------------------

lif_rate = Exercise("lif_rate", points=3)


@lif_rate.check(weight=2)
def closed_form(rng):
    """Gives the rate in Hz above the rheobase."""
    yield rng.uniform(1.6, 6.0, 9)
    yield np.array([2.0])


@lif_rate.check(needs=closed_form, exact=True)
def silent_up_to_the_rheobase(rng):
    """Is zero below and at the rheobase, and for negative currents, without NaN."""
    yield np.array([1.5, 0.0, -3.0, 1.49, 1.0, 2.5, -0.5, 0.3])


@lif_rate.check(needs=closed_form)
def saturates_at_the_refractory_limit(rng):
    """Approaches 1000 / t_ref for enormous currents; without refractory period it has no limit."""
    yield rng.uniform(50.0, 5000.0, 6)
    yield Case(rng.uniform(2.0, 50.0, 5), t_ref=0.0)


@lif_rate.check(weight=2, needs=closed_form)
def rate_parameters(rng):
    """Uses every parameter it is given, by name or by position."""
    yield Case(np.append(rng.uniform(0.5, 9.0, 9), 1.0), **UNUSUAL)
    yield rng.uniform(0.2, 4.0, 8), 8.0, 9.0, -58.0, -71.0, -51.0, 1.0


@lif_rate.check(weight=2, hidden=True)
def whole_curve(rng):
    """Is right along the whole curve, silent part included, for any layout."""
    yield spread(rng.uniform(-1.0, 8.0, 25))
    yield Case(rng.uniform(0.0, 4.0, 13), v_reset=-65.0, tau=25.0)
    yield rng.uniform(1.6, 3.0, 1)


lif_rate.in_other_dress(closed_form)


def rate_nan_below_rheobase(
    current, tau=10.0, resistance=10.0, v_rest=-65.0, v_reset=-70.0, v_th=-50.0, t_ref=2.0
):
    target = resistance * current + v_rest
    with np.errstate(all="ignore"):
        rise = tau * np.log((target - v_reset) / (target - v_th))
        return 1000.0 / (t_ref + rise)


# --- the ReLU that fits --------------------------------------------------------------------------

fit_relu = Exercise("fit_relu_to_rate", points=4)


def measured(rng, k=14, low=0.0, high=4.0, noise=0.0):
    """Currents in random order and the rates of a default neuron."""
    currents = np.linspace(low, high, k) + rng.uniform(-0.05, 0.05, k)
    rates = ref.lif_rate(currents)
    rates = np.where(rates > 0, np.maximum(rates + noise * rng.normal(size=k), 1.0), 0.0)
    order = rng.permutation(k)
    return currents[order], rates[order]


@fit_relu.check(weight=2, rtol=1e-6, notices=("currents-not-sorted",))
def finds_a_relu(rng):
    """Finds gain and threshold of points that lie on a ReLU, given in any order."""
    yield np.arange(4.0), np.array([0.0, 0.0, 10.0, 20.0])
    for first in (0.6, 2.3):
        x = rng.permutation(np.linspace(0.0, 4.0, 11))
        yield x, rng.uniform(20.0, 60.0) * np.maximum(0.0, x - first)


@fit_relu.check(weight=3, rtol=1e-6, needs=finds_a_relu)
def fits_a_neuron(rng):
    """Fits the f-I curve of an integrate-and-fire neuron: the threshold is below the rheobase."""
    yield measured(rng)
    yield measured(rng, k=9, high=2.6)


@fit_relu.check(weight=2, rtol=1e-6, needs=finds_a_relu)
def fits_noisy_rates(rng):
    """Fits noisy measurements, repeated ones too."""
    yield measured(rng, k=17, noise=6.0)
    x, y = measured(rng, k=8, noise=3.0)
    top = int(np.argmax(x))
    yield np.append(x, x[top]), np.append(y, y[top] + 2.5)


@fit_relu.check(rtol=1e-6, exact=True)
def a_silent_neuron(rng):
    """Gives gain 0 and the largest current as threshold for a neuron that never fires."""
    yield rng.permutation(np.linspace(-1.0, 1.4, 7)), np.zeros(7)


@fit_relu.check(rtol=1e-6, needs=finds_a_relu, notices=("absolute-misses",))
def a_neuron_that_always_fires(rng):
    """Finds a threshold below all currents, negative perhaps, when every point is on the slope."""
    x = np.sort(rng.uniform(1.0, 5.0, 6))
    yield x, 40.0 + 12.0 * x + rng.normal(size=6)
    yield np.array([3.0, 1.0]), np.array([9.0, 5.0])


@fit_relu.check(weight=2, hidden=True, rtol=1e-6, notices=("absolute-misses",))
def fits_other_curves(rng):
    """Fits other curves, over any part of the axis."""
    x, y = measured(rng, k=25, low=-1.0, high=8.0, noise=4.0)
    yield x, y
    yield 0.1 * x, 0.001 * y
    x = np.sort(rng.uniform(-3.0, 3.0, 12))
    yield spread(x), spread(np.logaddexp(0.0, 3.0 * x) * 7.0)
    yield np.arange(6.0), np.array([0.0, 0.0, 3.0, 0.0, 30.0, 64.0]) + rng.uniform(0, 0.2, 6)


def relu_through_firing_points(currents, rates):
    x, y = currents.astype(float), rates.astype(float)
    if not rates.any():
        return 0.0, float(x.max())
    x, y = x[rates > 0], y[rates > 0]
    gain = np.cov(x, y, bias=True)[0, 1] / np.var(x)
    return float(gain), float(x.mean() - y.mean() / gain)


def relu_line_through_all(currents, rates):
    x, y = currents.astype(float), rates.astype(float)
    if not rates.any():
        return 0.0, float(x.max())
    gain = np.cov(x, y, bias=True)[0, 1] / np.var(x)
    return float(gain), float(x.mean() - y.mean() / gain)


def relu_groups_by_position(currents, rates):
    if not rates.any():
        return 0.0, float(currents.max())
    best = np.inf, 0.0, float(currents.max())
    for k in range(len(currents) - 1):
        dx = currents[k:] - currents[k:].mean()
        if dx @ rates[k:] > 0:
            threshold = currents[k:].mean() - rates[k:].mean() * (dx @ dx) / (dx @ rates[k:])
            a = np.maximum(0, currents - threshold)
            gain = a @ rates / (a @ a)
            best = min(best, (np.sum((rates - gain * a) ** 2), gain, threshold))
    return float(best[1]), float(best[2])


def relu_cornered_at(threshold, x, y):
    a = np.maximum(0, x - threshold)
    return float(a @ y / (a @ a)), float(threshold)


def relu_first_spike(currents, rates):
    if not rates.any():
        return 0.0, float(currents.max())
    return relu_cornered_at(currents[rates > 0].min(), currents, rates)


def relu_last_silence(currents, rates):
    if not rates.any():
        return 0.0, float(currents.max())
    silent = currents[rates == 0]
    return relu_cornered_at(silent.max() if silent.size else currents.min(), currents, rates)


def _threshold_on_a_current(currents, rates):
    if not rates.any():
        return 0.0, float(currents.max())
    best = (np.inf, 0.0, 0.0)
    for threshold in np.unique(currents)[:-1]:
        a = np.maximum(0, currents - threshold)
        gain = (a @ rates) / (a @ a)
        error = np.sum((rates - gain * a) ** 2)
        if error < best[0]:
            best = (error, float(gain), float(threshold))
    return best[1:]


def _grid_of(count):
    """Return who tries `count` thresholds between the smallest and the largest current."""

    def fit(currents, rates):
        if not rates.any():
            return 0.0, float(currents.max())
        fits = [
            relu_cornered_at(corner, currents, rates)
            for corner in np.linspace(currents.min(), currents.max(), count)[:-1]
        ]
        misses = [np.sum((rates - g * np.maximum(0, currents - c)) ** 2) for g, c in fits]
        return fits[int(np.argmin(misses))]

    return fit


_grid_of_a_hundred, _grid_of_two_hundred = _grid_of(101), _grid_of(201)
_grid_of_a_thousand = _grid_of(1001)


def _line_from_first_to_last_spike(currents, rates):
    if not rates.any():
        return 0.0, float(currents.max())
    order = np.argsort(currents, kind="stable")
    x, y = currents[order][rates[order] > 0], rates[order][rates[order] > 0]
    gain = (y[-1] - y[0]) / (x[-1] - x[0])
    return float(gain), float(x[0] - y[0] / gain)


def _judged_by_its_own_group(currents, rates):
    if not rates.any():
        return 0.0, float(currents.max())
    best, answer = np.inf, (0.0, float(currents.max()))
    for start in np.unique(currents)[:-1]:
        x, y = currents[currents >= start], rates[currents >= start]
        gain = (x - x.mean()) @ y / np.sum((x - x.mean()) ** 2)
        offset = y.mean() - gain * x.mean()
        error = np.sum((y - gain * x - offset) ** 2)
        if gain > 0 and error < best:
            best, answer = error, (float(gain), float(-offset / gain))
    return answer


# --- Hodgkin-Huxley: the gates -------------------------------------------------------------------

hh_gates = Exercise("hh_gates", points=4)


def potentials(rng, n, low=-90.0, high=45.0):
    """Potentials, none within two millivolts of a singularity."""
    v = rng.uniform(low, high, n)
    for singular in (-40.0, -55.0):
        v = np.where(np.abs(v - singular) < 2, v + 5, v)
    return v


@hh_gates.check(weight=3)
def along_the_axis(rng):
    """Gives steady states and time constants, in the docstring's order, at ordinary potentials."""
    yield potentials(rng, 11)


@hh_gates.check()
def gates_by_hand(rng):
    """Gives the example worked by hand: m, h and n at -65 mV."""
    yield np.array([-65.0])


@hh_gates.check(weight=2, exact=True)
def at_the_singularities(rng):
    """Takes the limits 1 and 0.1 at -40 and -55 mV, where the formulas read 0/0."""
    yield np.array([-40.0, -55.0, -65.0, -35.0, -55.0])
    yield np.array([-55.0])


@hh_gates.check(exact=True, rtol=1e-6)
def beside_the_singularities(rng):
    """Is right beside the singularities, a millionth of a millivolt away or a tenth of one."""
    step = 10.0 ** rng.uniform(-7.0, -5.0, 4)
    yield np.concatenate([-40.0 + step, -55.0 - step])
    step = np.array([0.4, 0.04, 0.004, 0.0004]) * rng.uniform(0.8, 1.0, 4)
    yield np.concatenate([-40.0 + step, -55.0 - step])


@hh_gates.check(weight=2, hidden=True)
def far_from_rest(rng):
    """Is right far from rest, for one potential or many, for any layout."""
    yield potentials(rng, 20, -130.0, 110.0)
    yield spread(potentials(rng, 9))
    yield potentials(rng, 1)


hh_gates.in_other_dress(at_the_singularities)


def _gates_at_rest_minus_60(v):
    return ref.hh_gates(v - 5)


def _gates_at_rest_minus_70(v):
    return ref.hh_gates(v + 5)


def gates_unguarded(v):
    with np.errstate(all="ignore"):
        alpha_m = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10))
        alpha_n = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10))
    steady, tau = ref.hh_gates(v)
    alpha = np.stack([alpha_m, steady[1] / tau[1], alpha_n])
    beta = (1 - steady) / tau
    return alpha / (alpha + beta), 1 / (alpha + beta)


def gates_counted_from_rest(v):
    return ref.hh_gates(v - 65)


def gates_of_1952(v):
    return ref.hh_gates(-v - 65)


# --- the four equations --------------------------------------------------------------------------

hh_derivative = Exercise("hh_derivative", points=3, needs=("hh_gates",))


def membranes(rng, n):
    """States with potentials and open fractions of every kind."""
    return np.stack([potentials(rng, n), *rng.uniform(0.05, 0.95, (3, n))])


@hh_derivative.check(weight=3)
def slopes(rng):
    """Gives the four derivatives for membranes in any state."""
    yield membranes(rng, 7), rng.uniform(-10.0, 20.0, 7)
    yield membranes(rng, 1), np.zeros(1)


@hh_derivative.check()
def one_current_at_a_time(rng):
    """Has one ionic current where the other gates are shut or their ion is at its potential."""
    yield np.array([[-65.0], [0.0], [0.0], [0.0]]), np.zeros(1)
    yield np.array([[-54.387], [0.7], [0.6], [0.0]]), np.zeros(1)
    yield np.array([[-54.387], [0.7], [0.0], [0.8]]), np.zeros(1)
    yield np.array([[50.0, -77.0], [0.4, 0.3], [0.3, 0.6], [0.5, 0.9]]), np.array([0.0, 2.5])


@hh_derivative.check(exact=True)
def gates_move(rng):
    """Opens shut gates at rate alpha and shuts open ones at rate beta, at -40 and -55 mV too."""
    state = np.array([[-40.0, -55.0, -65.0, -10.0], [0.0, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1.0]])
    yield state, np.array([100.0, 0.0, -30.0, 5.0])


@hh_derivative.check(weight=2, hidden=True)
def many_membranes(rng):
    """Handles many membranes at once, in any layout."""
    yield membranes(rng, 23), rng.uniform(-20.0, 40.0, 23)
    yield spread(membranes(rng, 6)), spread(rng.uniform(-5.0, 5.0, 6))


hh_derivative.in_other_dress(gates_move)


# --- Runge-Kutta ---------------------------------------------------------------------------------

hh_simulate = Exercise("hh_simulate", points=3, needs=("hh_derivative", "hh_gates"))


@hh_simulate.check(weight=3, rtol=1e-8)
def a_spike(rng):
    """Follows a spike under a current that changes in every step."""
    yield rng.uniform(5.0, 40.0, (36, 2)), 0.07, -55.0


@hh_simulate.check(rtol=1e-8)
def one_step(rng):
    """Makes one large Runge-Kutta step from rest."""
    yield rng.uniform(10.0, 40.0, (1, 3)), 0.2


@hh_simulate.check(rtol=1e-8)
def stays_at_rest(rng):
    """Stays near rest without current, starting at -65 mV unless told otherwise."""
    yield np.zeros((6, 1)), 0.1
    yield Case(np.zeros((6, 2)), dt=0.05, v0=-64.996)


@hh_simulate.check(weight=2, hidden=True, rtol=1e-6)
def a_train_of_spikes(rng):
    """Fires again and again under a steady current, and not under a weak one."""
    yield np.tile(rng.uniform([1.0, 9.0, 15.0], [2.0, 12.0, 20.0]), (360, 1)), 0.07


@hh_simulate.check(hidden=True, rtol=1e-8)
def other_starts(rng):
    """Starts anywhere, for any layout."""
    for v0 in (-80.0, -40.0, -55.0):
        yield spread(rng.uniform(-5.0, 20.0, (20, 2))), 0.03, v0


hh_simulate.in_other_dress(one_step, rtol=1e-4)


def hh_three_eighths(current, dt, v0=-65.0):
    v = np.full(current.shape[1], v0, dtype=current.dtype)
    state = np.stack([v, *ref.hh_gates(v)[0]])
    states = []
    for i in current:
        k1 = ref.hh_derivative(state, i)
        k2 = ref.hh_derivative(state + dt * k1 / 3, i)
        k3 = ref.hh_derivative(state + dt * (k2 - k1 / 3), i)
        k4 = ref.hh_derivative(state + dt * (k1 - k2 + k3), i)
        state = state + dt / 8 * (k1 + 3 * k2 + 3 * k3 + k4)
        states.append(state)
    return np.array(states)


def hh_heun(current, dt, v0=-65.0):
    v = np.full(current.shape[1], v0, dtype=current.dtype)
    state = np.stack([v, *ref.hh_gates(v)[0]])
    states = []
    for i in current:
        k1 = ref.hh_derivative(state, i)
        k2 = ref.hh_derivative(state + dt * k1, i)
        state = state + dt / 2 * (k1 + k2)
        states.append(state)
    return np.array(states)


def _gates_by_euler(current, dt, v0=-65.0):
    steps, n = current.shape
    v = np.full(n, v0, dtype=current.dtype)
    state = np.stack([v, *ref.hh_gates(v)[0]])
    states = np.empty((steps, 4, n), dtype=current.dtype)
    for t in range(steps):
        k1 = ref.hh_derivative(state, current[t])
        k2 = ref.hh_derivative(state + dt / 2 * k1, current[t])
        k3 = ref.hh_derivative(state + dt / 2 * k2, current[t])
        k4 = ref.hh_derivative(state + dt * k3, current[t])
        moved = state + dt * k1
        moved[0] = state[0] + dt / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        states[t] = state = moved
    return states


# --- Poisson spikes ------------------------------------------------------------------------------

poisson_spikes = Exercise("poisson_spikes", points=2)


def dice(rng, steps, n, high):
    """Rates up to `high`, and draws that decide one way at one half of them, roughly."""
    rates = rng.uniform(0.1 * high, high, (steps, n))
    return rates, rng.random((steps, n))


@poisson_spikes.check(weight=2)
def throws_the_dice(rng):
    """Fires where the draw is below the probability of at least one spike."""
    rates, uniforms = dice(rng, 14, 6, 500.0)
    yield rates, 3.0, uniforms
    rates, uniforms = dice(rng, 9, 11, 4000.0)
    yield rates, 0.5, uniforms


@poisson_spikes.check(exact=True)
def poisson_by_hand(rng):
    """Gives the example worked by hand: 200 Hz in 5 ms, 20 Hz in 1 ms."""
    yield np.full((1, 3), 200.0), 5.0, np.array([[0.6, 0.64, 0.35]])
    yield np.full((2, 1), 20.0), 1.0, np.array([[0.0197], [0.0199]])


@poisson_spikes.check(exact=True)
def silent_and_certain(rng):
    """Never fires at a rate of 0, whatever the draw, and always at an enormous one."""
    yield (
        np.array([[0.0, 1e5, 0.0], [2e5, 0.0, 0.0]]),
        2.0,
        np.array([[0.0, 0.99, 0.5], [0.9, 0, 1e-9]]),
    )


@poisson_spikes.check()
def a_rate_for_each_moment(rng):
    """Takes the rate of each neuron at each step, and a draw for each."""
    rates = rng.permuted(np.array([0.0, 3000.0] * 20).reshape(8, 5), axis=0)
    yield rates, 1.0, rng.uniform(0.3, 0.7, (8, 5))
    rates, uniforms = np.linspace(40.0, 900.0, 40).reshape(20, 2), rng.random((20, 2))
    uniforms[0] = 1.3e-3 * rates[0]  # a little too much for so low a rate
    chance = -np.expm1(-1e-3 * rates)
    uniforms[1:3] = 1.05 * chance[1], 0.95 * chance[2]
    yield rates, 1.0, uniforms


@poisson_spikes.check(weight=2, hidden=True)
def longer_trains(rng):
    """Is right for longer trains, one neuron, any layout."""
    rates, uniforms = dice(rng, 120, 7, 700.0)
    yield rates, 2.0, uniforms
    yield spread(rates[:20]), 1.0, spread(uniforms[:20])
    yield rates[:, :1], 4.0, uniforms[:, :1]


poisson_spikes.in_other_dress(throws_the_dice)


def _one_die_a_step(rates, dt, uniforms):
    return ref.poisson_spikes(rates, dt, np.repeat(uniforms[:, :1], rates.shape[1], axis=1))


def _fires_like_a_clock(rates, dt, uniforms):
    phase = np.cumsum(rates * dt / 1000, axis=0)
    return np.floor(phase) > np.floor(phase - rates * dt / 1000)


# --- Hebb and Oja --------------------------------------------------------------------------------

hebbian_update = Exercise("hebbian_update", points=3)


def synapses(rng, n, o, d):
    """Weights, activities before and activities after."""
    return rng.normal(size=(o, d)), rng.normal(size=(n, d)), 0.5 + rng.normal(size=(n, o))


@hebbian_update.check(weight=2)
def fires_together(rng):
    """Adds the learning rate times the mean product of the activities, by Hebb's rule."""
    yield *synapses(rng, 6, 3, 5), 0.3, "hebb"
    yield *synapses(rng, 4, 2, 3), 1.7


@hebbian_update.check(weight=2)
def grows_and_forgets(rng):
    """Adds growth and subtracts the forgetting, each output neuron by itself, by Oja's rule."""
    w, pre, post = synapses(rng, 6, 3, 5)
    w[0, 0] = 9.0  # nothing bounds a weight
    yield w, pre, post, 0.1, "oja"
    yield Case(*synapses(rng, 5, 2, 3), 1.1, rule="oja")


@hebbian_update.check()
def both_by_hand(rng):
    """Gives the two examples worked by hand."""
    pre, post = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[1.0], [3.0]])
    yield np.zeros((1, 2)), pre, post, 0.1, "hebb"
    yield np.eye(2), np.array([[0.6, 0.8]]), np.array([[0.6, 0.8]]), 0.5, "oja"


@hebbian_update.check()
def silence_teaches_nothing(rng):
    """Leaves the synapses of a silent neuron alone, by either rule; learns from one moment."""
    w, pre, post = synapses(rng, 5, 3, 4)
    post[:, 2] = 0.0
    yield w, pre, post, 0.8, "oja"
    pre[:, 1] = 0.0
    yield w, pre, post, 0.8, "hebb"
    for rule in ("hebb", "oja"):
        yield *synapses(rng, 1, 4, 3), 0.2, rule


@hebbian_update.check(notices=("bounded",))
def settles_on_the_principal_component(rng):
    """Leaves a weight vector alone that is the first principal component, of length one (Oja)."""
    pre = rng.normal(size=(12, 3)) @ np.diag([2.0, 1.0, 0.5])
    w = np.linalg.eigh(pre.T @ pre)[1][:, -1:].T.copy()
    yield w, pre, pre @ w.T, 0.2, "oja"
    yield 3.0 * w, pre, pre @ (3.0 * w).T, 0.02, "oja"


@hebbian_update.check(weight=2, hidden=True)
def larger_batches(rng):
    """Averages over larger batches, for any layout, by either rule."""
    for rule in ("hebb", "oja"):
        yield *synapses(rng, 40, 6, 9), 0.05, rule
        w, pre, post = synapses(rng, 7, 2, 8)
        yield spread(w), spread(pre), spread(post), 0.4, rule


hebbian_update.in_other_dress(grows_and_forgets)


def hebb_covariance(w, pre, post, lr, rule="hebb"):
    return ref.hebbian_update(w, pre - pre.mean(axis=0), post - post.mean(axis=0), lr, rule)


def hebb_bounded(w, pre, post, lr, rule="hebb"):
    return np.clip(ref.hebbian_update(w, pre, post, lr, rule), -1, 1)


def hebb_of_length_one(w, pre, post, lr, rule="hebb"):
    w = ref.hebbian_update(w, pre, post, lr)
    return w / np.sqrt(np.sum(w**2, axis=1, keepdims=True))


def oja_measured_again(w, pre, post, lr, rule="hebb"):
    return ref.hebbian_update(w, pre, pre @ w.T, lr, rule)


def oja_subspace(w, pre, post, lr, rule="hebb"):
    forgotten = post.T @ post @ w / len(pre)
    return w + lr * (post.T @ pre / len(pre) - (forgotten if rule == "oja" else 0))


def oja_sanger(w, pre, post, lr, rule="hebb"):
    forgotten = np.tril(post.T @ post) @ w / len(pre)
    return w + lr * (post.T @ pre / len(pre) - (forgotten if rule == "oja" else 0))


def _online(share):
    """Return the rules with the weights changed after each sample."""

    def update(w, pre, post, lr, rule="hebb"):
        step = lr / len(pre) if share else lr
        for some in range(len(pre)):
            w = ref.hebbian_update(w, pre[some : some + 1], post[some : some + 1], step, rule)
        return w

    return update


_oja_online, _oja_online_full_steps = _online(True), _online(False)


# --- spike-timing-dependent plasticity -----------------------------------------------------------

stdp_update = Exercise("stdp_update", points=4)

UNLIKE = dict(a_plus=0.02, a_minus=0.015, tau_plus=13.0, tau_minus=31.0)


def trains(rng, steps, o, d, often=0.3):
    """Weights in the middle of their range, and spikes of all neurons on both sides."""
    w = rng.uniform(0.3, 0.7, (o, d))
    return w, rng.random((steps, d)) < often, rng.random((steps, o)) < often


def spiking(steps, *when):
    """Return the spikes of neurons that fire in the given steps."""
    spikes = np.zeros((steps, len(when)), dtype=bool)
    for n, moments in enumerate(when):
        spikes[list(moments), n] = True
    return spikes


@stdp_update.check()
def stdp_by_hand(rng):
    """Gives the examples worked by hand: the sender first, the receiver first, both at once."""
    w, amounts = np.full((1, 1), 0.5), dict(a_plus=0.1, a_minus=0.12)
    yield Case(w, spiking(3, [0, 1]), spiking(3, [2]), 10.0, **amounts)
    yield Case(w, spiking(3, [2]), spiking(3, [0, 1]), 10.0, **amounts)
    yield Case(w, spiking(2, [0, 1]), spiking(2, [0, 1]), 10.0, **amounts)


@stdp_update.check(weight=2)
def one_pair(rng):
    """Grows if the sender was first and shrinks if the receiver was, the less the longer ago."""
    near, far = rng.integers(1, 4), rng.integers(6, 10)
    w = rng.uniform(0.4, 0.6, (1, 3))
    senders = spiking(12, [0], [near], [far])
    yield Case(w, senders, spiking(12, [11]), 2.5, **UNLIKE)
    yield Case(w, senders, spiking(12, [0]), 1.5, **UNLIKE)
    yield w[:, :1], spiking(6, [1]), spiking(6, [4]), 1.0


@stdp_update.check(weight=3, needs=one_pair)
def whole_trains(rng):
    """Counts every pair of two trains, for each synapse by itself."""
    yield Case(*trains(rng, 16, 2, 3), 3.0, a_plus=0.02, a_minus=0.03)
    yield Case(*trains(rng, 12, 3, 2), 5.0, a_plus=0.03, a_minus=0.02, tau_plus=9.0, tau_minus=40.0)


@stdp_update.check(exact=True)
def one_step_counts_for_nothing(rng):
    """Does not pair spikes of one step; silence on one side changes nothing."""
    w = rng.uniform(0.4, 0.6, (2, 2))
    yield w, spiking(3, [1], [1]), spiking(3, [1], [1]), 2.0
    yield w, spiking(5, [0, 2], [1, 3]), spiking(5, [], []), 2.0
    yield w, np.zeros((0, 2), dtype=bool), np.zeros((0, 2), dtype=bool), 2.0


@stdp_update.check(weight=2, needs=one_pair)
def stays_within_its_bounds(rng):
    """Is cut off at 0 and at w_max, in every step anew."""
    w = np.array([[0.9, 0.1, 0.5], [0.15, 0.85, 0.6]])
    pre, post = spiking(8, [0, 4], [3, 7], [1, 6]), spiking(8, [2, 6], [1, 5])
    yield Case(w, pre, post, 2.0, a_plus=0.6, a_minus=0.5)
    yield Case(0.4 * w, pre, post, 2.0, a_plus=0.5, a_minus=0.6, w_max=0.4)
    yield Case(2.0 * w, pre, post, 2.0, a_plus=0.5, a_minus=0.6, w_max=2.0)


@stdp_update.check(needs=one_pair)
def stdp_parameters(rng):
    """Uses every parameter it is given, by name or by position."""
    yield *trains(rng, 10, 2, 2), 2.0, 0.02, 0.015, 8.0, 25.0, 0.9
    yield Case(*trains(rng, 10, 2, 3), 0.7, **UNLIKE)


@stdp_update.check(
    weight=2,
    hidden=True,
    notices=("bound-of-one", "clipped-twice-a-step", "clipped-twice-a-step (2)"),
)
def larger_populations(rng):
    """Is right for larger populations and longer trains, for any layout."""
    yield Case(*trains(rng, 60, 5, 7, 0.2), 1.0, a_plus=0.03, a_minus=0.03)
    w, pre, post = trains(rng, 25, 4, 6)
    yield Case(spread(w), spread(pre), spread(post), 4.0, **UNLIKE)
    yield Case(*trains(rng, 30, 1, 4), 2.0, a_plus=0.6, a_minus=0.3, w_max=0.8)


stdp_update.in_other_dress(whole_trains)


def _stdp(kind):
    """Return the rule in another convention."""

    def update(
        w, pre, post, dt, a_plus=0.01, a_minus=0.012, tau_plus=20.0, tau_minus=20.0, w_max=1.0
    ):
        x, y = np.zeros_like(w[0]), np.zeros_like(w[:, 0])
        for t in range(len(pre)):
            x, y = x * np.exp(-dt / tau_plus), y * np.exp(-dt / tau_minus)
            read_x, read_y = x, y
            if kind in ("own step", "pre first"):
                read_x = x + pre[t]
            if kind == "own step":
                read_y = y + post[t]
            growth = a_plus * np.outer(post[t], read_x)
            loss = a_minus * np.outer(read_y, pre[t])
            if kind == "soft bounds":
                growth, loss = (w_max - w) * growth, w * loss
            w = np.clip(w + growth - loss, 0.0, w_max).astype(w.dtype)
            if kind == "pairs once":
                x, y = x * (not post[t].any()), y * (not pre[t].any())
            x, y = x + pre[t], y + post[t]
        return w

    return update


_own_step_counts, _senders_first = _stdp("own step"), _stdp("pre first")
_soft_bounds, _pairs_once = _stdp("soft bounds"), _stdp("pairs once")


def _cut_off_at_the_end(
    w, pre, post, dt, a_plus=0.01, a_minus=0.012, tau_plus=20.0, tau_minus=20.0, w_max=1.0
):
    shift = 1e3
    free = ref.stdp_update(
        w.astype(float) + shift, pre, post, dt, a_plus, a_minus, tau_plus, tau_minus, 2 * shift
    )
    return np.clip(free - shift, 0.0, w_max).astype(w.dtype)


# --- the spiking neuron of deep learning ---------------------------------------------------------

leaky_forward = Exercise("leaky_forward", points=3)


@leaky_forward.check(exact=True)
def both_resets_by_hand(rng):
    """Gives the example worked by hand, with either reset."""
    current = np.array([[1.2], [0.2], [0.9], [-0.5], [1.0]])
    yield current, 0.5, 1.0, "subtract"
    yield current, 0.5, 1.0, "zero"


@leaky_forward.check(weight=2)
def resets_softly(rng):
    """Lowers the potential by the threshold after a spike, before the leak."""
    yield rng.uniform(0.0, 1.4, (12, 2)), 0.8
    current = rng.uniform(0.3, 2.5, (8, 2))
    current[0] = 0.8  # between this threshold and 1
    yield current, 0.6, 0.7, "subtract"


@leaky_forward.check(weight=2)
def resets_hard(rng):
    """Starts from 0 after a spike where `reset` says so."""
    yield Case(rng.uniform(0.0, 1.4, (12, 2)), 0.8, reset="zero")
    current = rng.uniform(0.3, 2.5, (8, 2))
    current[0] = 0.8
    yield current, 0.6, 0.7, "zero"


@leaky_forward.check(exact=True)
def fires_where_the_threshold_is_reached(rng):
    """Fires where the potential *equals* the threshold; 0.75 a step without a leak gives 6 or 4."""
    current = np.array([[0.5, 1.0], [0.75, 0.25], [0.0, 1.0], [1.0, 0.5]])
    for reset in ("subtract", "zero"):
        yield current, 0.5, 1.0, reset
        yield np.full((8, 1), 0.75), 1.0, 1.0, reset


@leaky_forward.check()
def falls_below_zero(rng):
    """Follows currents of either sign below 0, without a spike there."""
    current = rng.uniform(-2.5, 0.5, (9, 2))
    current[0] = 1.5
    yield current, 0.9
    yield rng.uniform(-3.0, -0.5, (5, 2)), 0.7, 1.0, "zero"


@leaky_forward.check(notices=("everybody-resets",))
def leaks_as_told(rng):
    """Takes any leak and threshold: all is forgotten at 0, nothing at 1."""
    for beta in (0.0, 1.0, 0.35):
        yield rng.uniform(0.1, 1.3, (8, 2)), beta, 1.6
    yield Case(rng.uniform(0.1, 1.3, (8, 2)), beta=0.9, threshold=0.45)


@leaky_forward.check(weight=2, hidden=True)
def longer_runs(rng):
    """Is right for longer runs of larger populations, for any layout."""
    for reset in ("subtract", "zero"):
        current = rng.uniform(-0.5, 1.2, (80, 6))
        current[[5, 40]] = [[5.0], [-8.0]]
        yield current, 0.92, 1.3, reset
        yield spread(rng.uniform(0.0, 1.5, (20, 3))), 0.7, 1.0, reset
    yield rng.uniform(0.5, 1.5, (1, 4)), 0.8


leaky_forward.in_other_dress(resets_softly)


def _all_reset_together(current, beta, threshold=1.0, reset="subtract"):
    u, spikes = np.empty_like(current), np.empty_like(current)
    left = np.zeros_like(current[0])
    for t, now in enumerate(current):
        u[t] = beta * left + now
        spikes[t] = u[t] >= threshold
        one = spikes[t].max()
        left = u[t] - threshold * one if reset == "subtract" else u[t] * (1 - one)
    return u, spikes


# --- the surrogate gradient ----------------------------------------------------------------------

leaky_backward = Exercise("leaky_backward", points=4)


def fired(rng, steps, n, beta=0.8):
    """Gradients, and potentials of neurons of which some fire."""
    u, _ = ref.leaky_forward(rng.uniform(-0.2, 1.2, (steps, n)), beta)
    return rng.normal(size=(steps, n)), u


@leaky_backward.check()
def gradient_by_hand(rng):
    """Gives the example worked by hand."""
    yield Case(np.ones((3, 1)), np.array([[1.2], [0.3], [1.05]]), 0.5, slope=10.0)


@leaky_backward.check()
def through_one_spike(rng):
    """Gives a single step the derivative of the fast sigmoid, on either side of the threshold."""
    yield rng.normal(size=(1, 6)), np.array([[-0.5, 0.4, 0.97, 1.0, 1.1, 2.2]]), 0.9
    yield rng.normal(size=(1, 4)), np.array([[-1.4, 0.3, 0.5, 0.9]]), 0.9, 0.4, 3.0


@leaky_backward.check(weight=2)
def through_time(rng):
    """Carries the gradient of the last spike back to the first current."""
    g, u = fired(rng, 7, 3)
    g[:-1] = 0.0
    yield Case(g, u, 0.8, slope=4.0)
    g, u = fired(rng, 5, 2)
    yield Case(g, u, 0.0, slope=4.0)


@leaky_backward.check(weight=3, needs=(through_one_spike, through_time))
def through_spikes_and_time(rng):
    """Adds up what each spike and the next potential send back."""
    g, u = fired(rng, 9, 2)
    yield Case(g, u, 0.8, slope=5.0)
    g, u = fired(rng, 6, 3)
    yield g, u, 0.95


@leaky_backward.check()
def surrogate_parameters(rng):
    """Uses every parameter it is given, by name or by position."""
    g, u = fired(rng, 8, 2)
    yield g, u, 0.6, 0.5, 7.0
    yield Case(g, u, beta=0.7, threshold=1.8, slope=0.5)
    yield Case(g, u, 1.0, slope=0.0)


@leaky_backward.check(weight=2, hidden=True)
def longer_histories(rng):
    """Is right over longer runs of larger populations, for any layout."""
    g, u = fired(rng, 60, 5)
    yield Case(g, u, 0.9, slope=8.0)
    g, u = fired(rng, 12, 4)
    yield Case(spread(g), spread(u), 0.7, threshold=0.8)


leaky_backward.in_other_dress(through_spikes_and_time)


# --- the robustness curve ------------------------------------------------------------------------

robustness_curve = Exercise("robustness_curve", points=3)


def readout(rng, n, k, d, s, noise=0.15):
    """Return a readout, samples it mostly classifies right, and s orders of destruction."""
    w, x = rng.normal(size=(k, d)), rng.normal(size=(n, d))
    labels = np.argmax(x @ w.T, axis=1)
    labels = np.where(rng.random(n) < noise, rng.integers(0, k, n), labels)
    x[0], labels[0] = 0.0, 0  # all scores tie: the first class
    return w, x, labels, np.array([rng.permutation(k * d) for _ in range(s)])


@robustness_curve.check(weight=3)
def degrades(rng):
    """Gives the mean accuracy over several lesions for each fraction."""
    w, x, labels, orders = readout(rng, 90, 4, 6, 3)
    yield w, x, labels, np.array([0.0, 0.2, 0.45, 0.7, 0.9]), orders
    w, x, labels, orders = readout(rng, 23, 3, 7, 2)
    yield w, x, labels, np.array([0.6, 0.1, 0.3]), orders
    w, x, labels, order = one_vote_each(rng, 20)
    yield w, x, labels, np.array([0.33, 0.44]), order[np.newaxis]


@robustness_curve.check(exact=True)
def curve_by_hand(rng):
    """Damages the example worked by hand at positions 4 and 0, counted row by row."""
    w, order = np.arange(1.0, 7.0).reshape(2, 3), np.array([[4, 0, 3, 1, 5, 2]])
    x, labels = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, -1.0]]), np.array([1, 1, 1])
    yield w, x, labels, np.array([0.0, 0.2, 0.4, 0.5, 0.7]), order
    yield w, x, 1 - labels, np.array([0.4]), order


def one_vote_each(rng, d):
    """Return a readout in which each lost weight at the head of the order costs one sample."""
    labels = rng.integers(0, 2, d)
    w = np.full((2, d), 0.5)
    w[labels, np.arange(d)] = 1.0
    right = rng.permutation(labels * d + np.arange(d))
    rest = rng.permutation(np.setdiff1d(np.arange(2 * d), right))
    return w, np.eye(d), labels, np.concatenate([right, rest])


@robustness_curve.check(exact=True)
def rounds_the_count(rng):
    """Destroys as many weights as the share says, rounded: 0.29 of 100 are 29, 0.007 are one."""
    w, x, labels, order = one_vote_each(rng, 50)
    yield w, x, labels, np.array([0.29, 0.07, 0.007, 0.003, 0.426]), order[np.newaxis]


@robustness_curve.check(needs=degrades, notices=("magnitude-of-the-score", "one-class-damaged"))
def intact_and_destroyed(rng):
    """Starts at the intact accuracy; with everything gone the answer is always class 0."""
    w, x, labels, orders = readout(rng, 29, 5, 4, 2, noise=0.4)
    labels[labels == 4] = 1  # fewer of the last class than of class 0
    labels[:3] = 0
    yield w, x, labels, np.array([0.0, 1.0]), orders


@robustness_curve.check(needs=degrades)
def lesions_do_not_add_up(rng):
    """Damages the intact weights anew for each fraction, also when the fractions shrink."""
    w, x, labels, orders = readout(rng, 90, 4, 5, 3)
    yield w, x, labels, np.array([0.9, 0.6, 0.32, 0.0]), orders
    w, x, labels, order = one_vote_each(rng, 20)
    yield w, x, labels, np.array([0.44, 0.33]), order[np.newaxis]


@robustness_curve.check(weight=2, hidden=True)
def larger_readouts(rng):
    """Is right for larger readouts, one order, one fraction, any layout."""
    w, x, labels, orders = readout(rng, 80, 6, 11, 5)
    yield spread(w), spread(x), labels, np.array([0.0, 0.13, 0.37, 0.61, 0.83]), orders
    w, x, labels, orders = readout(rng, 26, 3, 9, 1)
    yield w, x, labels, np.array([0.4]), orders


@robustness_curve.check()
def robustness_float32(rng):
    """Takes float32."""
    w, x, labels, orders = readout(rng, 120, 4, 6, 2)
    yield *single((w, x)), labels, np.array([0.0, 0.3, 0.7]), orders
    w, x, labels, order = one_vote_each(rng, 20)
    yield *single((w, x)), labels, np.array([0.33, 0.44]), order[np.newaxis]


def _lesion(w, fraction, order):
    damaged = w.copy()
    damaged.flat[order[: round(float(fraction) * w.size)]] = 0
    return damaged


def _curve_after(damage):
    """Return the robustness curve with another kind of damage."""

    def curve(w, x, labels, fractions, orders):
        kept = [
            [np.mean(np.argmax(x @ damage(w, f, o).T, axis=1) == labels) for o in orders]
            for f in fractions
        ]
        return np.mean(np.array(kept), axis=1)

    return curve


@_curve_after
def lesion_whole_neurons(w, fraction, order):
    damaged = w.copy()
    rows = order[order < len(w)]
    damaged[rows[: round(fraction * len(w))]] = 0
    return damaged


@_curve_after
def lesion_smallest(w, fraction, order):
    damaged = w.copy()
    damaged.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return damaged


def _inputs_damaged(w, x, labels, fractions, orders):
    kept = [
        [np.mean(np.argmax(_lesion(x, f, o[o < x.size]) @ w.T, axis=1) == labels) for o in orders]
        for f in fractions
    ]
    return np.mean(np.array(kept), axis=1)


def robustness_accumulating(w, x, labels, fractions, orders):
    accuracy = np.zeros(len(fractions))
    for i, fraction in enumerate(fractions):
        for order in orders:
            w = _lesion(w, fraction, order)
            accuracy[i] += np.mean(np.argmax(x @ w.T, axis=1) == labels)
    return accuracy / len(orders)


def _copied_once_a_fraction(w, x, labels, fractions, orders):
    accuracy = np.zeros(len(fractions))
    for i, fraction in enumerate(fractions):
        damaged = w
        for order in orders:
            damaged = _lesion(damaged, fraction, order)
            accuracy[i] += np.mean(np.argmax(x @ damaged.T, axis=1) == labels)
    return accuracy / len(orders)


def robustness_of_the_ensemble(w, x, labels, fractions, orders):
    accuracy = np.zeros(len(fractions))
    for i, fraction in enumerate(fractions):
        mean = np.mean([_lesion(w, fraction, order) for order in orders], axis=0)
        accuracy[i] = np.mean(np.argmax(x @ mean.T, axis=1) == labels)
    return accuracy


def _curve_of(summary):
    def curve(w, x, labels, fractions, orders):
        kept = [
            [np.mean(np.argmax(x @ _lesion(w, f, o).T, axis=1) == labels) for o in orders]
            for f in fractions
        ]
        return summary(np.array(kept), axis=1)

    return curve


_best_case, _median_lesion = _curve_of(np.max), _curve_of(np.median)


def _mean_over_fractions(w, x, labels, fractions, orders):
    kept = [
        [np.mean(np.argmax(x @ _lesion(w, f, o).T, axis=1) == labels) for o in orders]
        for f in fractions
    ]
    return np.mean(kept, axis=0)


# --- questions, graded by a person ----------------------------------------------------------------

steep_sigmoid = Question(
    "steep_sigmoid",
    points=2,
    guide="""
    Full answer: the gradient is 100 times s'(100 z) times the input, and s' is practically 0
    unless |z| is below 0.05 or so. For nearly all samples, wrong ones too, it says nothing (a
    plateau), and in the narrow band around the boundary it is huge (up to 25 times the input), so
    that a small step overshoots and flips the answer: the old flaw of the threshold is back. A
    derivative must not only exist but be of useful size over the range where the data lie. Half
    (1 point): only "it saturates, the gradient is 0", without the band of huge values, or without
    what that means for learning. Nothing: "it is differentiable, so it learns".
    """,
)

other_brakes = Question(
    "other_brakes",
    points=3,
    guide="""
    Full answer, a point for each part. (a) settles, and on the same direction: multiply by (1 +
    eta C) and normalise is the power method for C; Oja's rule is this to first order in eta. (b)
    does not settle: a constant does not grow with the weights, so Hebb's growth, which is
    proportional to w, still runs away once w is large, and a small w is pushed through 0 to the
    other sign; there is no stable length. Its *direction* does become the first principal
    component, or its opposite: w - w* grows by the factors 1 + eta lambda around the unstable
    fixed point w* = c C^-1 1 / eta, the largest lambda wins, and the constant no longer counts
    once w is long. "It runs away, in the right direction" and "it does not settle, so no
    direction to speak of" both earn the point; that the direction becomes a wrong one (that of
    the constant, say) does not. Locality: Oja's needs x, y and the synapse's own w, all present;
    (b) is local as well, but useless; (a) needs the length of the whole row, that is all other
    synapses of the neuron. Half: only locality; or "(a) keeps the length at 1" without a word on
    the direction.
    """,
)

time_to_listen = Question(
    "time_to_listen",
    points=3,
    guide="""
    Full answer, a point for each part. One neuron: a count is an integer, so in 100 ms rates are
    known in steps of 10 Hz (an error of up to one spike, 1/T), silent before its first spike; the
    error falls like 1/T. Population: neurons with different gains, biases and favourite pictures
    round differently, so their errors largely cancel in the weighted sum of the readout. ReLU: it
    gives the rate itself, a real number, at once: time, the waiting for spikes and their
    graininess are gone (also spike timing, refractoriness, saturation at 1000 / t_ref). Half:
    "more time, more spikes, more information" with no reason for the size of the error.
    """,
)
