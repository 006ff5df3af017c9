"""How the chapter on energy models is judged."""

from itertools import pairwise

import numpy as np

from autograder.spec import Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def away(rng, *shape):
    """Return numbers of either sign that are not small."""
    return rng.uniform(0.4, 1.4, shape) * rng.choice([-1.0, 1.0], shape)


def bits(rng, *shape):
    """Return zeros and ones; each row and each column has both, where there is room for them."""
    while True:
        drawn = (rng.random(shape) < 0.5).astype(float)
        lines = [(drawn, -1), (drawn, -2)]
        if all(len(shape) < 2 or shape[axis] < 3 or _both(part, axis) for part, axis in lines):
            return drawn


def _both(part, axis):
    mean = part.mean(axis=axis)
    return bool(((mean > 0) & (mean < 1)).all())


def grey(rng, *shape):
    """Return numbers between 0 and 1, away from both."""
    return rng.uniform(0.1, 0.9, shape)


def machine(rng, v, h):
    """Return weights and biases, none of them small."""
    return away(rng, v, h), away(rng, v), away(rng, h)


def _logistic(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def _softplus(z):
    return np.logaddexp(0, z)


def _states(n):
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


SOME = np.array([[1.0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]])
EVEN = np.array([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0.25, 0.5, 0.25], [0.5, 0.5, 0.25]])
OTHER = np.array([[0.0, 1, 0], [1, 1, 1], [0, 0, 1], [0, 1, 1]])
THREE = np.array([[1.0], [0.0], [1.0]])
NO_B, NO_D = np.zeros(3), np.zeros(1)
B, D = np.array([0.5, 0.0, -1.0]), np.array([2.0])
ONE_O_ONE = np.array([[1.0, 0.0, 1.0]])

# --- rbm_energy -----------------------------------------------------------------------------------

energy = Exercise("rbm_energy", points=2)


@energy.check()
def worked_example(rng):
    """Gives -2 and 0 without biases, -3.5 and 0.5 with them, in the worked example."""
    states = np.repeat(ONE_O_ONE, 2, axis=0), np.array([[1.0], [0.0]])
    yield *states, THREE, NO_B, NO_D
    yield *states, THREE, B, D


@energy.check(weight=2)
def whole_energies(rng):
    """Adds up weights and both biases for each state of a batch."""
    yield bits(rng, 5, 4), bits(rng, 5, 3), *machine(rng, 4, 3)
    yield bits(rng, 3, 3), bits(rng, 3, 3), *machine(rng, 3, 3)
    yield np.ones((2, 3)), np.ones((2, 2)), *machine(rng, 3, 2)


@energy.check()
def one_part_alone(rng):
    """Is right where only the weights, or one of the two biases, are not zero."""
    x, h = np.ones((2, 3)), np.ones((2, 2))
    w, b, d = machine(rng, 3, 2)
    yield x, h, w, 0 * b, 0 * d
    yield x, h, 0 * w, b, 0 * d
    yield x, h, 0 * w, 0 * b, d


@energy.check()
def between_zero_and_one(rng):
    """Takes units between 0 and 1 as they are."""
    yield grey(rng, 4, 3), grey(rng, 4, 2), *machine(rng, 3, 2)


@energy.check(weight=2, hidden=True)
def any_states(rng):
    """Is right for any states of any machine."""
    yield bits(rng, 6, 5), bits(rng, 6, 4), *machine(rng, 5, 4)
    yield grey(rng, 1, 2), grey(rng, 1, 2), *machine(rng, 2, 2)
    yield grey(rng, 3, 1), grey(rng, 3, 1), *machine(rng, 1, 1)


energy.in_other_dress(whole_energies)


def every_pair_of_rows(x, h, w, b, d):
    return -x @ w @ h.T - (x @ b)[:, None] - h @ d


def whole_batch_in_one_number(x, h, w, b, d):
    return np.array(-np.sum((x @ w) * h) - np.sum(x @ b) - np.sum(h @ d))


def units_of_plus_and_minus_one(x, h, w, b, d):
    x, h = 2 * x - 1, 2 * h - 1
    return -np.sum((x @ w) * h, axis=1) - x @ b - h @ d


# --- rbm_joint ------------------------------------------------------------------------------------

joint = Exercise("rbm_joint", points=3)


@joint.check()
def worked_example(rng):
    """Gives 0.2073 for state (101, 1) and 3.5738 for log Z in the worked example."""
    yield THREE, NO_B, NO_D
    yield THREE, B, D


@joint.check(weight=2)
def small_machines(rng):
    """Lists all states of both layers, in the order of binary numbers."""
    yield machine(rng, 2, 3)
    yield machine(rng, 3, 2)
    yield machine(rng, 2, 2)


@joint.check()
def huge_energies(rng):
    """Neither overflows nor loses everything where energies are in the hundreds, of either sign."""
    w, b, d = machine(rng, 2, 2)
    yield w, b + 800.0, d + 780.0
    yield w, b - 800.0, d - 900.0
    yield 500.0 * np.ones((2, 2)), b, d


@joint.check()
def one_unit_each(rng):
    """Is right for a machine of one unit in each layer."""
    w, b, d = machine(rng, 1, 1)
    yield w, np.abs(b), d


@joint.check(weight=2, hidden=True)
def any_machine(rng):
    """Is right for any small machine."""
    yield machine(rng, 4, 3)
    yield machine(rng, 1, 4)
    w, b, d = machine(rng, 3, 1)
    yield w, b + 800.0, d - 850.0


joint.in_other_dress(small_machines, rtol=1e-4)


def _table(w, b, d):
    x, h = _states(len(b)).astype(w.dtype), _states(len(d)).astype(w.dtype)
    return x @ w @ h.T + (x @ b)[:, None] + h @ d


def _shares(minus, axis=None):
    top = minus.max()
    weights = np.exp(minus - top)
    return weights, weights.sum(axis=axis, keepdims=axis is not None), float(top)


def given_the_visible(w, b, d):
    minus = _table(w, b, d)
    _, mass, top = _shares(minus)
    each = np.exp(minus - minus.max(axis=1, keepdims=True))
    return each / each.sum(axis=1, keepdims=True), float(top + np.log(mass))


def given_the_hidden(w, b, d):
    minus = _table(w, b, d)
    _, mass, top = _shares(minus)
    each = np.exp(minus - minus.max(axis=0))
    return each / each.sum(axis=0), float(top + np.log(mass))


def visible_states_alone(w, b, d):
    """Z over x only: the energies of visible states with hidden units off."""
    minus = _table(w, b, d)
    top = minus.max()
    mass = np.exp(minus[:, 0] - top).sum()
    return np.exp(minus - top) / mass, float(top + np.log(mass))


def mean_for_the_sum(w, b, d):
    weights, mass, top = _shares(_table(w, b, d))
    return weights / mass, float(top + np.log(weights.mean()))


def layers_apart(w, b, d):
    """As if the layers did not depend on each other: the product of both marginals."""
    weights, mass, top = _shares(_table(w, b, d))
    p = weights / mass
    return np.outer(p.sum(axis=1), p.sum(axis=0)).astype(w.dtype), float(top + np.log(mass))


def logarithm_to_base_two(w, b, d):
    weights, mass, top = _shares(_table(w, b, d))
    return weights / mass, float((top + np.log(mass)) / np.log(2))


# --- rbm_from_joint -------------------------------------------------------------------------------

from_joint = Exercise("rbm_from_joint", points=3)


def probabilities(w, b, d):
    """Return the joint probabilities of a machine."""
    weights, mass, _ = _shares(_table(w, b, d))
    return weights / mass


@from_joint.check()
def worked_example(rng):
    """Gives b = 1.0986, d = 0.6931, w = -0.4055, and the machine of section 1 back, by hand."""
    yield np.array([[0.1, 0.2], [0.3, 0.4]])
    yield probabilities(THREE, B, D)


@from_joint.check(weight=2)
def both_layers(rng):
    """Reads off weights and biases of machines with several units in each layer."""
    yield probabilities(*machine(rng, 2, 3))
    yield probabilities(*machine(rng, 3, 2))
    yield probabilities(*machine(rng, 2, 2))


@from_joint.check()
def one_unit_in_a_layer(rng):
    """Is right where one of the layers has a single unit."""
    yield probabilities(*machine(rng, 3, 1))
    yield probabilities(*machine(rng, 1, 3))
    yield np.array([[1e-40, 1e-20], [1e-10, 1.0]])


@from_joint.check(weight=2, hidden=True)
def any_table(rng):
    """Is right for any table of probabilities."""
    yield probabilities(*machine(rng, 4, 2))
    yield probabilities(*machine(rng, 3, 3))
    yield probabilities(*machine(rng, 1, 1))


from_joint.in_other_dress(both_layers, rtol=1e-3)


def _sizes(p):
    return [length.bit_length() - 1 for length in p.shape]


def _singles(p):
    return [2 ** np.arange(size)[::-1] for size in _sizes(p)]


def fitted_on_average(joint):
    """Biases from the marginal odds of a unit, weights from the pairs' odds."""
    x, h = (_states(size).astype(joint.dtype) for size in _sizes(joint))
    odds = lambda p: np.log(p / (1 - p))
    b, d = odds(joint.sum(axis=1) @ x), odds(joint.sum(axis=0) @ h)
    logs = np.log(joint) - np.log(joint[0, 0])
    rows, columns = _singles(joint)
    w = logs[np.ix_(rows, columns)] - logs[rows, :1] - logs[:1, columns]
    return w, b, d


def weights_from_marginal_pairs(joint):
    """Weights from the odds of a pair, with all other units summed out."""
    x, h = (_states(size).astype(joint.dtype) for size in _sizes(joint))
    logs = np.log(joint) - np.log(joint[0, 0])
    rows, columns = _singles(joint)
    on, off_h, off_x = x.T @ joint @ h, x.T @ joint @ (1 - h), (1 - x).T @ joint @ h
    w = np.log(on) + np.log((1 - x).T @ joint @ (1 - h)) - np.log(off_h) - np.log(off_x)
    return w, logs[rows, 0], logs[0, columns]


def weights_from_covariance(joint):
    x, h = (_states(size).astype(joint.dtype) for size in _sizes(joint))
    logs = np.log(joint) - np.log(joint[0, 0])
    rows, columns = _singles(joint)
    mean_x, mean_h = joint.sum(axis=1) @ x, joint.sum(axis=0) @ h
    return x.T @ joint @ h - np.outer(mean_x, mean_h), logs[rows, 0], logs[0, columns]


def hidden_units_summed_out(joint):
    """Biases of the visible units from p(x), those of the hidden ones from p(h)."""
    rows, columns = _singles(joint)
    logs = np.log(joint) - np.log(joint[0, 0])
    p, q = np.log(joint.sum(axis=1)), np.log(joint.sum(axis=0))
    b, d = p[rows] - p[0], q[columns] - q[0]
    return logs[np.ix_(rows, columns)] - logs[rows, :1] - logs[:1, columns], b, d


def all_units_on(joint):
    """Compare with the state of all units on, as if the rest cancelled in the same way."""
    logs = np.log(joint)
    full = [length - 1 for length in joint.shape]
    rows, columns = _singles(joint)
    rows, columns = full[0] - rows, full[1] - columns
    b, d = logs[-1, -1] - logs[rows, -1], logs[-1, -1] - logs[-1, columns]
    w = logs[-1, -1] - logs[rows, -1][:, None] - logs[-1, columns] + logs[np.ix_(rows, columns)]
    return w, b, d


# --- rbm_conditionals -----------------------------------------------------------------------------

conditionals = Exercise("rbm_conditionals", points=3)


@conditionals.check()
def worked_example(rng):
    """Gives 0.8808 and 0.7311, 0.5, 0.7311; with biases 0.9820 and 0.8176, 0.5, 0.5."""
    yield ONE_O_ONE, np.ones((1, 1)), THREE, NO_B, NO_D
    yield ONE_O_ONE, np.ones((1, 1)), THREE, B, D


@conditionals.check(weight=2)
def both_directions(rng):
    """Gives each layer the other's view of it, for each row of a batch."""
    yield bits(rng, 5, 4), bits(rng, 5, 3), *machine(rng, 4, 3)
    yield bits(rng, 4, 3), bits(rng, 4, 3), *machine(rng, 3, 3)


@conditionals.check()
def probabilities_as_inputs(rng):
    """Takes units between 0 and 1 as they are."""
    yield grey(rng, 3, 4), grey(rng, 3, 2), *machine(rng, 4, 2)


@conditionals.check(atol=1e-12)
def huge_weights(rng):
    """Saturates without NaN where weights are in the thousands."""
    w = np.array([[2000.0, -3000.0], [1000.0, 900.0]])
    yield np.ones((2, 2)), np.ones((2, 2)), w, np.array([1.0, -1900.0]), np.array([0.0, 2100.5])
    yield np.eye(2), np.eye(2), -w, np.zeros(2), np.zeros(2)


@conditionals.check(weight=2, hidden=True)
def any_layers(rng):
    """Is right for any machine and batch."""
    yield bits(rng, 6, 3), grey(rng, 6, 5), *machine(rng, 3, 5)
    yield grey(rng, 1, 2), grey(rng, 1, 2), *machine(rng, 2, 2)
    _, b, d = machine(rng, 4, 2)
    yield np.ones((2, 4)), np.ones((2, 2)), np.full((4, 2), 900.0), b, d


conditionals.in_other_dress(both_directions)


def softmax_over_the_layer(x, h, w, b, d):
    def shares(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return shares(x @ w + d), shares(h @ w.T + b)


def naive_exponential(x, h, w, b, d):
    with np.errstate(all="ignore"):
        p_h, p_x = np.exp(x @ w + d), np.exp(h @ w.T + b)
        return p_h / (1 + p_h), p_x / (1 + p_x)


# --- rbm_free_energy ------------------------------------------------------------------------------

free_energy = Exercise("rbm_free_energy", points=3)


@free_energy.check()
def worked_example(rng):
    """Gives -2.1269, and -3.5181 with biases, in the worked example."""
    yield ONE_O_ONE, THREE, NO_B, NO_D
    yield ONE_O_ONE, THREE, B, D


@free_energy.check(weight=2)
def small_layers(rng):
    """Holds all hidden states at once, for each row of a batch."""
    yield bits(rng, 5, 4), *machine(rng, 4, 3)
    yield bits(rng, 3, 3), *machine(rng, 3, 3)
    yield grey(rng, 4, 3), *machine(rng, 3, 2)
    w, b, d = machine(rng, 3, 2)
    yield grey(rng, 3, 3), w, b, d + np.array([18.0, -18.0])


@free_energy.check()
def many_hidden_units(rng):
    """Needs no list of hidden states: of 70 units there are more than can be listed."""
    w, b, d = machine(rng, 3, 70)
    yield grey(rng, 2, 3), 0.3 * w, b, d


@free_energy.check()
def huge_energies(rng):
    """Stays finite where energies are in the thousands, of either sign."""
    w, b, d = machine(rng, 3, 2)
    yield np.ones((1, 3)), w, b, d + 2000.0
    yield np.ones((1, 3)), w, b, d - 2000.0
    yield np.ones((2, 3)), w, b, np.array([1500.0, -1200.0])


@free_energy.check(weight=2, hidden=True)
def any_images(rng):
    """Is right for any images and machine."""
    yield bits(rng, 6, 5), *machine(rng, 5, 4)
    yield grey(rng, 1, 2), *machine(rng, 2, 1)
    w, b, d = machine(rng, 4, 90)
    yield bits(rng, 3, 4), 0.3 * w, b, d
    yield np.ones((1, 3)), 900.0 * np.ones((3, 2)), *machine(rng, 3, 2)[1:]


free_energy.in_other_dress(small_layers)


def _free(x, w, b, d, each):
    return -(x @ b) - np.sum(each(x @ w + d), axis=1)


def logarithm_of_sigmoid(x, w, b, d):
    return _free(x, w, b, d, lambda z: -_softplus(-z))


def expected_energy(x, w, b, d):
    return _free(x, w, b, d, lambda z: z * _logistic(z))


def best_hidden_state(x, w, b, d):
    return _free(x, w, b, d, lambda z: np.maximum(z, 0))


def hidden_units_all_on(x, w, b, d):
    return _free(x, w, b, d, lambda z: z)


def naive_softplus(x, w, b, d):
    with np.errstate(all="ignore"):
        return _free(x, w, b, d, lambda z: np.log(1 + np.exp(z)))


def of_the_mean_image(x, w, b, d):
    return np.full(len(x), _free(x.mean(axis=0, keepdims=True), w, b, d, _softplus)[0], x.dtype)


# --- cd1_update -----------------------------------------------------------------------------------

cd1 = Exercise("cd1_update", points=4)


def off(rng, p, other=None):
    """Return draws that are not near the probabilities.

    With others: a third of the draws, one at least, tells the two apart, wherever they differ.
    """
    u = rng.random(p.shape)
    near = np.abs(u - p) < 0.02
    u = np.where(near, (p + 0.3 + 0.4 * u) % 1.0, u)
    if other is not None:
        apart = np.abs(p - other)
        wide = apart >= min(0.03, 0.9 * apart.max())
        chosen = wide & ((rng.random(p.shape) < 0.35) | (apart == apart.max()))
        u = np.where(chosen, (p + other) / 2, u)
    return u


def step_draws(rng, x, w, b, d):
    """Return draws for one step of a chain: samples and probabilities reconstruct differently."""
    p = _logistic(x @ w + d)
    u_h = off(rng, p)
    h = (u_h < p).astype(float)
    return u_h, off(rng, _logistic(h @ w.T + b), _logistic(p @ w.T + b))


def lesson(rng, n, v, h, *, between=False):
    """Return a batch, a machine and draws for one update."""
    x = grey(rng, n, v) if between else bits(rng, n, v)
    w, b, d = machine(rng, v, h)
    return x, w, b, d, *step_draws(rng, x, w, b, d)


WORKED = ONE_O_ONE, THREE, NO_B, NO_D, np.array([[0.5]]), np.array([[0.9, 0.2, 0.72]])


@cd1.check()
def worked_example(rng):
    """Gives W, b and d of the worked example."""
    yield *WORKED, 0.1


@cd1.check(weight=2)
def batches(rng):
    """Learns from each image of a batch: means over the batch."""
    yield *lesson(rng, 8, 5, 4), 0.3
    yield *lesson(rng, 7, 4, 4), 1.5


@cd1.check()
def grey_images(rng):
    """Takes data between 0 and 1 as they are, and its reconstructions are binary all the same."""
    yield *lesson(rng, 6, 5, 3, between=True), 0.4


@cd1.check(exact=True)
def draws_on_the_edge(rng):
    """Turns a unit on if its draw is smaller than its probability, and not if it is equal."""
    x, half, none = SOME.copy(), np.full((4, 3), 0.5), np.zeros(3)
    yield x, np.zeros((3, 3)), none, none, half, EVEN.copy(), 1.0
    far = np.full(3, -1000.0)
    yield x, 2000.0 * np.eye(3), far, far, half, np.full((4, 3), 0.75), 1.0
    one, even = np.ones((2, 1)), np.full((2, 1), 0.5)  # the hidden draw decides about the image
    yield one, 2 * one[:1], -one[0], -2 * one[0], even, even, 1.0


@cd1.check(weight=2, hidden=True)
def any_batch(rng):
    """Is right for any batch, machine, draws and rate."""
    yield *lesson(rng, 9, 6, 3), 0.7
    yield *lesson(rng, 1, 6, 5), 0.2
    yield *lesson(rng, 6, 4, 5, between=True), 2.0


cd1.in_other_dress(batches)


def _phases(x, w, b, d, u_h, u_x):
    p = _logistic(x @ w + d)
    h = (u_h < p).astype(w.dtype)
    fantasy = (u_x < _logistic(h @ w.T + b)).astype(w.dtype)
    return p, h, fantasy, _logistic(fantasy @ w + d)


def _stepped(x, p, fantasy, q, w, b, d, lr):
    step = lr / len(x)
    return (
        w + step * (x.T @ p - fantasy.T @ q),
        b + step * np.sum(x - fantasy, axis=0),
        d + step * np.sum(p - q, axis=0),
    )


def reconstruction_not_sampled(x, w, b, d, u_h, u_x, lr):
    p = _logistic(x @ w + d)
    h = (u_h < p).astype(w.dtype)
    back = _logistic(h @ w.T + b)
    return _stepped(x, p, back, _logistic(back @ w + d), w, b, d, lr)


def nothing_sampled(x, w, b, d, u_h, u_x, lr):
    p = _logistic(x @ w + d)
    back = _logistic(p @ w.T + b)
    return _stepped(x, p, back, _logistic(back @ w + d), w, b, d, lr)


def one_image_after_another(x, w, b, d, u_h, u_x, lr):
    for n in range(len(x)):
        some = x[n : n + 1], u_h[n : n + 1], u_x[n : n + 1]
        p, _, fantasy, q = _phases(some[0], w, b, d, *some[1:])
        w, b, d = _stepped(some[0], p, fantasy, q, w, b, d, lr)
    return w, b, d


def means_before_products(x, w, b, d, u_h, u_x, lr):
    p, _, fantasy, q = _phases(x, w, b, d, u_h, u_x)
    mean = lambda part: part.mean(axis=0)
    return (
        w + lr * (np.outer(mean(x), mean(p)) - np.outer(mean(fantasy), mean(q))),
        b + lr * mean(x - fantasy),
        d + lr * mean(p - q),
    )


def weights_learned_first(x, w, b, d, u_h, u_x, lr):
    """The negative phase already sees weights that the positive phase has changed."""
    p = _logistic(x @ w + d)
    h = (u_h < p).astype(w.dtype)
    step = lr / len(x)
    w, b, d = w + step * x.T @ p, b + step * x.sum(axis=0), d + step * p.sum(axis=0)
    fantasy = (u_x < _logistic(h @ w.T + b)).astype(w.dtype)
    q = _logistic(fantasy @ w + d)
    return w - step * fantasy.T @ q, b - step * fantasy.sum(axis=0), d - step * q.sum(axis=0)


def means_over_everything(x, w, b, d, u_h, u_x, lr):
    p, _, fantasy, q = _phases(x, w, b, d, u_h, u_x)
    moved = x.T @ p - fantasy.T @ q
    return w + lr * moved / len(x), b + lr * np.mean(x - fantasy), d + lr * np.mean(p - q)


# --- persistent_cd_update -------------------------------------------------------------------------

persistent = Exercise("persistent_cd_update", points=4)


def chain_draws(rng, chain, w, b, d, steps):
    """Return draws for several steps of some chains, none near its probability."""
    found = []
    for _ in range(steps):
        u_h, u_x = step_draws(rng, chain, w, b, d)
        h = (u_h < _logistic(chain @ w + d)).astype(float)
        chain = (u_x < _logistic(h @ w.T + b)).astype(float)
        found.append((u_h, u_x))
    return [np.array(part) for part in zip(*found)]


def walk(rng, n, m, v, h, steps, scale=1.0):
    """Return a batch, chains elsewhere, a machine and draws; strong weights keep chains apart."""
    x, chain, (w, *others) = bits(rng, n, v), bits(rng, m, v), machine(rng, v, h)
    parts = scale * w, *others
    return x, chain, *parts, *chain_draws(rng, chain, *parts, steps)


@persistent.check()
def worked_example(rng):
    """Gives W, b and d of the worked example, and the chain at 110."""
    draws = np.array([[[0.8]]]), np.array([[[0.4, 0.3, 0.6]]])
    yield ONE_O_ONE, np.array([[0.0, 1.0, 1.0]]), THREE, NO_B, NO_D, *draws, 0.1


@persistent.check(weight=2)
def chains_of_their_own(rng):
    """Moves the chains on from where they were, however many they are."""
    yield *walk(rng, 6, 9, 5, 4, 1), 0.3
    yield *walk(rng, 8, 5, 4, 4, 1), 1.2


@persistent.check(weight=2, notices=("no-hidden-bias-in-the-chain",))
def several_steps(rng):
    """Takes as many steps as there are draws, all on the machine before the update."""
    yield *walk(rng, 5, 12, 5, 3, 3, 3.0), 0.4
    yield *walk(rng, 7, 12, 4, 5, 2, 2.0), 0.8


@persistent.check(notices=("every-step-from-the-start",))
def from_the_data(rng):
    """Is CD-k where the chains begin at the data, be they between 0 and 1."""
    for between, steps in ((False, 2), (True, 1)):
        x = grey(rng, 6, 5) if between else bits(rng, 6, 5)
        parts = machine(rng, 5, 3)
        yield x, x.copy(), *parts, *chain_draws(rng, x, *parts, steps), 0.5


@persistent.check(exact=True)
def draws_on_the_edge(rng):
    """Turns a unit on if its draw is smaller than its probability, and not if it is equal."""
    x, chain, half, none = SOME.copy(), OTHER.copy(), np.full((1, 4, 3), 0.5), np.zeros(3)
    yield x, chain, np.zeros((3, 3)), none, none, half, EVEN[np.newaxis].copy(), 1.0
    far, high = np.full(3, -1000.0), np.full((1, 4, 3), 0.75)
    yield x, chain, 2000.0 * np.eye(3), far, far, half, high, 1.0
    one, even = np.ones((2, 1)), np.full((1, 2, 1), 0.5)  # the hidden draw decides
    yield one, one.copy(), 2 * one[:1], -one[0], -2 * one[0], even, even.copy(), 1.0


@persistent.check(weight=2, hidden=True, notices=("no-hidden-bias-in-the-chain",))
def any_chains(rng):
    """Is right for any batch, chains, number of steps and rate."""
    yield *walk(rng, 4, 8, 6, 4, 4, 4.0), 0.6
    yield *walk(rng, 1, 5, 6, 3, 1), 0.3
    yield *walk(rng, 7, 1, 6, 5, 2), 1.5


persistent.in_other_dress(chains_of_their_own)


def _moved(chain, w, b, d, u_h, u_x):
    for to_hidden, to_visible in zip(u_h, u_x):
        h = (to_hidden < _logistic(chain @ w + d)).astype(w.dtype)
        chain = (to_visible < _logistic(h @ w.T + b)).astype(w.dtype)
    return chain


def _two_means(x, p, chain, q, w, b, d, lr):
    return (
        w + lr * (x.T @ p / len(x) - chain.T @ q / len(chain)),
        b + lr * (x.mean(axis=0) - chain.mean(axis=0)),
        d + lr * (p.mean(axis=0) - q.mean(axis=0)),
    )


def _with_chain(x, w, b, d, moved, lr):
    p, q = _logistic(x @ w + d), _logistic(moved @ w + d)
    return _two_means(x, p, moved, q, w, b, d, lr)


def restarted_at_the_data(x, chain, w, b, d, u_h, u_x, lr):
    start = np.resize(x, chain.shape).astype(w.dtype)
    moved = _moved(start, w, b, d, u_h, u_x)
    return *_with_chain(x, w, b, d, moved, lr), moved


def data_returned_as_the_chain(x, chain, w, b, d, u_h, u_x, lr):
    moved = _moved(chain, w, b, d, u_h, u_x)
    return *_with_chain(x, w, b, d, moved, lr), x.copy()


def data_learned_before_the_chain_runs(x, chain, w, b, d, u_h, u_x, lr):
    p = _logistic(x @ w + d)
    w = w + lr * x.T @ p / len(x)
    b, d = b + lr * x.mean(axis=0), d + lr * p.mean(axis=0)
    moved = _moved(chain, w, b, d, u_h, u_x)
    q = _logistic(moved @ w + d)
    w = w - lr * moved.T @ q / len(moved)
    return w, b - lr * moved.mean(axis=0), d - lr * q.mean(axis=0), moved


def chain_of_probabilities(x, chain, w, b, d, u_h, u_x, lr):
    moved = chain
    for to_hidden in u_h:
        h = (to_hidden < _logistic(moved @ w + d)).astype(w.dtype)
        moved = _logistic(h @ w.T + b)
    return *_with_chain(x, w, b, d, moved, lr), moved


def last_step_not_sampled(x, chain, w, b, d, u_h, u_x, lr):
    moved = _moved(chain, w, b, d, u_h[:-1], u_x[:-1])
    h = (u_h[-1] < _logistic(moved @ w + d)).astype(w.dtype)
    moved = _logistic(h @ w.T + b)
    return *_with_chain(x, w, b, d, moved, lr), moved


def each_step_learns(x, chain, w, b, d, u_h, u_x, lr):
    for k in range(len(u_h)):
        chain = _moved(chain, w, b, d, u_h[k : k + 1], u_x[k : k + 1])
        w, b, d = _with_chain(x, w, b, d, chain, lr)
    return w, b, d, chain


def chain_after_the_update(x, chain, w, b, d, u_h, u_x, lr):
    """Learn from where the chains were, then move them with the new machine."""
    w, b, d = _with_chain(x, w, b, d, chain, lr)
    return w, b, d, _moved(chain, w, b, d, u_h, u_x)


def learned_before_it_moved(x, chain, w, b, d, u_h, u_x, lr):
    moved = _moved(chain, w, b, d, u_h, u_x)
    return *_with_chain(x, w, b, d, chain, lr), moved


def same_draws_in_every_step(x, chain, w, b, d, u_h, u_x, lr):
    first = [u_h[0]] * len(u_h), [u_x[0]] * len(u_x)
    moved = _moved(chain, w, b, d, *first)
    return *_with_chain(x, w, b, d, moved, lr), moved


def probabilities_of_the_last_sample(x, chain, w, b, d, u_h, u_x, lr):
    """The hidden units that drove the last reconstruction enter the negative products."""
    before = _moved(chain, w, b, d, u_h[:-1], u_x[:-1])
    drives = _logistic(before @ w + d)
    h = (u_h[-1] < drives).astype(w.dtype)
    moved = (u_x[-1] < _logistic(h @ w.T + b)).astype(w.dtype)
    return *_two_means(x, _logistic(x @ w + d), moved, drives, w, b, d, lr), moved


def samples_of_the_last_step(x, chain, w, b, d, u_h, u_x, lr):
    before = _moved(chain, w, b, d, u_h[:-1], u_x[:-1])
    h = (u_h[-1] < _logistic(before @ w + d)).astype(w.dtype)
    moved = (u_x[-1] < _logistic(h @ w.T + b)).astype(w.dtype)
    return *_two_means(x, _logistic(x @ w + d), moved, h, w, b, d, lr), moved


# --- diagnose_update ------------------------------------------------------------------------------

diagnose = Exercise("diagnose_update", points=4)
NAMES = ("right", "reversed", "frozen", "summed", "sampled", "unsampled")


def _changes(x, w, b, d, u_h, u_x, lr):
    """Return the changes that each rule makes."""
    p, h, fantasy, q = _phases(x, w, b, d, u_h, u_x)
    zero = [0 * w, 0 * b, 0 * d]
    right = _stepped(x, p, fantasy, q, *zero, lr)
    other = (u_x < _logistic(p @ w.T + b)).astype(w.dtype)
    return {
        "right": right,
        "reversed": [-part for part in right],
        "frozen": [right[0], *zero[1:]],
        "summed": [len(x) * part for part in right],
        "sampled": _stepped(x, h, fantasy, q, *zero, lr),
        "unsampled": _stepped(x, p, other, _logistic(other @ w + d), *zero, lr),
    }


def _half_sampled(x, w, b, d, u_h, u_x, lr):
    changes = _changes(x, w, b, d, u_h, u_x, lr)
    return changes["sampled"][0], *changes["right"][1:]


def _twice_sampled(x, w, b, d, u_h, u_x, lr):
    _, h, fantasy, q = _phases(x, w, b, d, u_h, u_x)
    return _stepped(x, h, fantasy, (u_h < q).astype(w.dtype), 0 * w, 0 * b, 0 * d, lr)


def _half_reversed(x, w, b, d, u_h, u_x, lr):
    changes = _changes(x, w, b, d, u_h, u_x, lr)["right"]
    return -changes[0], *changes[1:]


def _all_frozen(x, w, b, d, u_h, u_x, lr):
    return 0 * w, 0 * b, 0 * d


def _mean_field(x, w, b, d, u_h, u_x, lr):
    p = _logistic(x @ w + d)
    back = _logistic(p @ w.T + b)
    return _stepped(x, p, back, _logistic(back @ w + d), 0 * w, 0 * b, 0 * d, lr)


def _half_a_phase(x, w, b, d, u_h, u_x, lr):
    changes = _changes(x, w, b, d, u_h, u_x, lr)["right"]
    return x.T @ _logistic(x @ w + d) * lr / len(x), *changes[1:]


RELATIVES = (
    _half_sampled, _twice_sampled, _half_reversed, _all_frozen, _mean_field, _half_a_phase
)  # fmt: skip


def recorded(rng, name, n=6, v=5, h=4, lr=0.5, bent=None, by=0.0):
    """Return a recorded update of a known rule; `bent`: a part of which one entry is off."""
    x, w, b, d, u_h, u_x = lesson(rng, n, v, h)
    change = _changes(x, w, b, d, u_h, u_x, lr)[name]
    after = [old + part for old, part in zip((w, b, d), change)]
    if bent is not None:
        after[bent].flat[-1] += by
    return x, (w, b, d), tuple(after), u_h, u_x, lr


def even_record(name, bent=None, by=0.0):
    """Return a recorded update of a machine of zeros: draws on the edge, exact numbers."""
    x, w, b, d = SOME.copy(), np.zeros((3, 2)), np.zeros(3), np.zeros(2)
    u_h = np.array([[0.5, 0.25], [0.5, 0.75], [0.25, 0.5], [0.5, 0.5]])
    u_x = EVEN.copy()
    after = [part + 0.0 for part in _changes(x, w, b, d, u_h, u_x, 1.0)[name]]
    if bent is not None:
        after[bent].flat[-1] += by
    return x, (w, b, d), tuple(after), u_h, u_x, 1.0


def far_record():
    """Return a recorded update of biases in the hundreds, one of which is off by 0.002."""
    x, (w, b, d), _, *draws = even_record("right")
    far = np.array([0.0, 0.0, 400.0])
    draws[1][:, 2] = 0.5  # on in any case
    after = [part + 0.0 for part in _changes(x, w, b + far, d, *draws)["right"]]
    after[1] = after[1] + far
    after[1][2] += 0.002
    return x, (w, b + far, d), tuple(after), *draws


@diagnose.check(exact=True)
def worked_example(rng):
    """Names the three programs of the worked example."""
    x, w, b, d, u_h, u_x = WORKED
    records = (
        ([0.9119, 0.0731, 0.9850], [-0.1, 0.1, 0.0], -0.0150),
        ([1.0881, -0.0731, 1.0150], [0.0, 0.0, 0.0], 0.0),
        ([1.1, -0.0731, 1.0269], [0.1, -0.1, 0.0], 0.0269),
        ([1.0881, -0.0731, 1.0150], [0.1, -0.1, 0.0], 0.0150),
    )
    for new_w, new_b, new_d in records:
        after = np.array(new_w)[:, None], np.array(new_b), np.array([new_d])
        yield x, (w, b, d), after, u_h, u_x, 0.1


@diagnose.check(weight=3, exact=True)
def each_rule(rng):
    """Recognises each row of the table."""
    for name in NAMES:
        yield recorded(rng, name)
    yield recorded(rng, "sampled", v=4, h=4)
    yield recorded(rng, "right", lr=1.0)


@diagnose.check(exact=True, notices=("projection-tells",))
def none_of_them(rng):
    """Says "unknown" where a single entry of W, b or d does not agree."""
    for bent in range(3):
        yield recorded(rng, "right", bent=bent, by=0.01)
    yield recorded(rng, "reversed", bent=1, by=-0.01)
    yield recorded(rng, "sampled", bent=2, by=0.01)


@diagnose.check(weight=2, exact=True)
def near_relatives(rng):
    """Says "unknown" of programs that are like a row of the table in part only."""
    for relative in RELATIVES:
        x, w, b, d, u_h, u_x = lesson(rng, 6, 5, 4)
        change = relative(x, w, b, d, u_h, u_x, 0.5)
        after = tuple(old + part for old, part in zip((w, b, d), change))
        yield x, (w, b, d), after, u_h, u_x, 0.5


@diagnose.check(exact=True)
def draws_on_the_edge(rng):
    """Knows that a unit whose draw equals its probability is off; in a machine of zeros, too."""
    for name in ("right", "frozen", "sampled"):
        yield even_record(name)
    yield even_record("frozen", bent=1, by=0.25)
    yield even_record("frozen", bent=2, by=0.25)


@diagnose.check(exact=True)
def first_of_several(rng):
    """Names the first row where several agree: a batch of one, a rate of zero."""
    x, w, b, d, *draws = WORKED
    after = [old + part for old, part in zip((w, b, d), _changes(*WORKED, 0.1)["summed"])]
    yield x, (w, b, d), tuple(after), *draws, 0.1
    yield recorded(rng, "unsampled", lr=0.0)
    yield *recorded(rng, "sampled"), 5.0


@diagnose.check(exact=True)
def within_the_tolerance(rng):
    """Lets an entry differ by the tolerance that is given, 0.0001 by default, and by no more."""
    for by, name in ((0.00008, "right"), (-0.00008, "frozen"), (0.00015, "summed")):
        yield recorded(rng, name, bent=0, by=by)
    yield *recorded(rng, "right", bent=1, by=0.05), 0.06
    yield *recorded(rng, "right", bent=1, by=-0.05), 0.04
    yield *even_record("right", bent=0, by=0.125), 0.125
    yield far_record()


@diagnose.check(weight=2, hidden=True, exact=True)
def any_record(rng):
    """Is right for any recorded update."""
    for name in NAMES:
        yield recorded(rng, name, n=7, v=6, h=3, lr=1.5)
    yield recorded(rng, "frozen", bent=0, by=0.02)
    yield *recorded(rng, "unsampled", bent=0, by=0.004), 0.01
    yield even_record("sampled")
    yield even_record("frozen")


@diagnose.check(exact=True)
def in_other_dress(rng):
    """Takes float32 and arrays of any memory layout."""
    x, before, after, u_h, u_x, lr = recorded(rng, "sampled")
    single = lambda part: part.astype(np.float32)
    both = [tuple(single(part) for part in parts) for parts in (before, after)]
    yield single(x), *both, single(u_h), single(u_x), lr
    turned = [tuple(np.asfortranarray(part) for part in parts) for parts in (before, after)]
    yield np.asfortranarray(x), *turned, np.asfortranarray(u_h), np.asfortranarray(u_x), lr


def _named(x, before, after, u_h, u_x, lr, fits, order=NAMES, change=None):
    changes = _changes(x, *before, u_h, u_x, lr)
    changes |= change(changes, x, before, u_h, u_x, lr) if change else {}
    for name in order:
        gaps = [np.abs(old + part - new) for old, part, new in zip(before, changes[name], after)]
        if fits(gaps):
            return name
    return "unknown"


def weights_alone_compared(x, before, after, u_h, u_x, lr, tol=1e-4):
    return _named(x, before, after, u_h, u_x, lr, lambda gaps: gaps[0].max() <= tol)


def biases_not_needed(x, before, after, u_h, u_x, lr, tol=1e-4):
    return _named(x, before, after, u_h, u_x, lr, lambda gaps: max(map(np.max, gaps[:2])) <= tol)


def biases_only_for_frozen(x, before, after, u_h, u_x, lr, tol=1e-4):
    """Name the rule by the weights; look at the biases only to see whether they were frozen."""
    named = weights_alone_compared(x, before, after, u_h, u_x, lr, tol)
    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    whole = _named(x, before, after, u_h, u_x, lr, fits, ["right", "frozen"])
    return whole if named == "right" and whole == "frozen" else named


def frozen_first(x, before, after, u_h, u_x, lr, tol=1e-4):
    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, ["frozen", *NAMES])


def tolerance_of_the_gradient(x, before, after, u_h, u_x, lr, tol=1e-4):
    if lr == 0:
        return "unknown"
    fits = lambda gaps: max(map(np.max, gaps)) <= tol * lr
    return _named(x, before, after, u_h, u_x, lr, fits)


def projection_tells(x, before, after, u_h, u_x, lr, tol=1e-4):
    """Ask how much of the right change is in the recorded one."""
    changes = _changes(x, *before, u_h, u_x, lr)
    flat = lambda parts: np.concatenate([np.ravel(part) for part in parts])
    want = flat(changes["right"])
    got = flat([new - old for new, old in zip(after, before)])
    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    whole = lambda *names: _named(x, before, after, u_h, u_x, lr, fits, names)
    if not want @ want:
        return whole("right", "sampled", "unsampled")
    share = (got @ want) / (want @ want)
    for name, size in (("right", 1), ("reversed", -1)):
        if abs(share - size) <= tol:
            return name
    if whole("frozen") == "frozen":
        return "frozen"
    return "summed" if abs(share - len(x)) <= tol else whole("sampled", "unsampled")


def one_part_suffices(x, before, after, u_h, u_x, lr, tol=1e-4):
    return _named(x, before, after, u_h, u_x, lr, lambda gaps: min(map(np.max, gaps)) <= tol)


def gaps_on_average(x, before, after, u_h, u_x, lr, tol=1e-4):
    return _named(x, before, after, u_h, u_x, lr, lambda gaps: max(map(np.mean, gaps)) <= tol)


def relative_tolerance(x, before, after, u_h, u_x, lr, tol=1e-4):
    """As np.allclose has it: the tolerance grows with the entry."""
    changes = _changes(x, *before, u_h, u_x, lr)
    for name in NAMES:
        parts = zip(before, changes[name], after)
        if all(np.allclose(old + part, new, atol=tol) for old, part, new in parts):
            return name
    return "unknown"


def last_that_agrees(x, before, after, u_h, u_x, lr, tol=1e-4):
    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, NAMES[::-1])


def always_the_nearest(x, before, after, u_h, u_x, lr, tol=1e-4):
    changes = _changes(x, *before, u_h, u_x, lr)
    gap = lambda name: max(
        np.abs(old + part - new).max() for old, part, new in zip(before, changes[name], after)
    )
    return min(NAMES, key=gap)


def nearest_within_the_tolerance(x, before, after, u_h, u_x, lr, tol=1e-4):
    name = always_the_nearest(x, before, after, u_h, u_x, lr)
    return _named(
        x, before, after, u_h, u_x, lr, lambda gaps: max(map(np.max, gaps)) <= tol, [name]
    )


def sampled_in_both_phases(x, before, after, u_h, u_x, lr, tol=1e-4):
    def change(changes, x, before, u_h, u_x, lr):
        w, b, d = before
        _, h, fantasy, q = _phases(x, w, b, d, u_h, u_x)
        again = (u_h < q).astype(w.dtype)
        return {"sampled": _stepped(x, h, fantasy, again, 0 * w, 0 * b, 0 * d, lr)}

    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, change=change)


def sampled_in_weights_alone(x, before, after, u_h, u_x, lr, tol=1e-4):
    def change(changes, x, before, u_h, u_x, lr):
        return {"sampled": (changes["sampled"][0], *changes["right"][1:])}

    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, change=change)


def weights_reversed_alone(x, before, after, u_h, u_x, lr, tol=1e-4):
    def change(changes, x, before, u_h, u_x, lr):
        return {"reversed": (-changes["right"][0], *changes["right"][1:])}

    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, change=change)


def everything_frozen(x, before, after, u_h, u_x, lr, tol=1e-4):
    def change(changes, x, before, u_h, u_x, lr):
        return {"frozen": [0 * part for part in changes["right"]]}

    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, change=change)


def mean_field_throughout(x, before, after, u_h, u_x, lr, tol=1e-4):
    def change(changes, x, before, u_h, u_x, lr):
        w, b, d = before
        p = _logistic(x @ w + d)
        back = _logistic(p @ w.T + b)
        q = _logistic(back @ w + d)
        return {"unsampled": _stepped(x, p, back, q, 0 * w, 0 * b, 0 * d, lr)}

    fits = lambda gaps: max(map(np.max, gaps)) <= tol
    return _named(x, before, after, u_h, u_x, lr, fits, change=change)


# --- dbn_pretrain ---------------------------------------------------------------------------------

pretrain = Exercise("dbn_pretrain", points=4, needs=("cd1_update",))


def stack(rng, n, sizes, updates, batch, *, rate=0.5):
    """Return data, a stack of machines, minibatches and draws that are near no probability.

    Every minibatch but the first leaves rows out, and the first of them comes up twice.
    """
    x = bits(rng, n, sizes[0])
    batches = np.array([rng.permutation(n)[:batch] for _ in range(updates)])
    layers, uniforms, data = [], [], x
    for v, h in pairwise(sizes):
        start = w, b, d = machine(rng, v, h)
        draws = []
        for rows in batches:
            given = data[rows]
            draws.append(step_draws(rng, given, w, b, d))
            p, _, fantasy, q = _phases(given, w, b, d, *draws[-1])
            w, b, d = _stepped(given, p, fantasy, q, w, b, d, rate)
        layers.append(start)
        uniforms.append(tuple(np.array(part) for part in zip(*draws)))
        data = _logistic(data @ w + d)
    return x, layers, batches, uniforms, rate


@pretrain.check()
def worked_example(rng):
    """Gives both machines of the worked example, and 0.4707 on top."""
    zero = np.zeros((1, 1)), np.zeros(1), np.zeros(1)
    draws = [tuple(np.full((1, 1, 1), u) for u in pair) for pair in ((0.3, 0.7), (0.6, 0.2))]
    yield np.ones((1, 1)), [zero, zero], np.array([[0]]), draws, 1.0


@pretrain.check(weight=2)
def two_machines(rng):
    """Trains the second machine on what the first one, trained, makes of the data."""
    yield stack(rng, 8, (5, 4, 3), 2, 6)
    yield stack(rng, 7, (4, 4, 4), 3, 5)


@pretrain.check()
def one_machine(rng):
    """Trains a single machine, minibatch after minibatch."""
    yield stack(rng, 8, (5, 4), 3, 4)


@pretrain.check()
def without_an_update(rng):
    """Only sends the data up where there is no minibatch."""
    x, layers, _, uniforms, rate = stack(rng, 5, (4, 3, 2), 1, 3)
    none = [tuple(part[:0] for part in pair) for pair in uniforms]
    yield x, layers, np.zeros((0, 3), int), none, rate


@pretrain.check(weight=2, hidden=True)
def any_stack(rng):
    """Is right for any stack, minibatches, draws and rate."""
    yield stack(rng, 9, (6, 4, 5, 3), 2, 7)
    yield stack(rng, 6, (5, 3), 4, 3, rate=1.0)
    yield stack(rng, 5, (5, 6, 2), 1, 5, rate=0.2)


pretrain.in_other_dress(two_machines, keeps=False)


def _stacked(x, layers, batches, uniforms, lr, up=None, top=None):
    trained = []
    for level, ((w, b, d), draws) in enumerate(zip(layers, uniforms)):
        start = w, b, d
        for rows, u_h, u_x in zip(batches, *draws):
            p, _, fantasy, q = _phases(x[rows], w, b, d, u_h, u_x)
            w, b, d = _stepped(x[rows], p, fantasy, q, w, b, d, lr)
        trained.append((w, b, d))
        last = level == len(layers) - 1
        send = top if last and top else up
        plain = _logistic(x @ w + d)
        x = send(x, plain, (w, b, d), start, draws) if send else plain
    return trained, x


def samples_sent_up(x, layers, batches, uniforms, lr):
    def up(x, plain, now, start, draws):
        u = np.resize(draws[0], plain.shape) if draws[0].size else 0.5
        return (u < plain).astype(x.dtype)

    return _stacked(x, layers, batches, uniforms, lr, up, lambda x, plain, *others: plain)


def rounded_sent_up(x, layers, batches, uniforms, lr):
    up = lambda x, plain, *others: (plain > 0.5).astype(x.dtype)
    return _stacked(x, layers, batches, uniforms, lr, up)


def sent_up_before_training(x, layers, batches, uniforms, lr):
    up = lambda x, plain, now, start, draws: _logistic(x @ start[0] + start[2])
    return _stacked(x, layers, batches, uniforms, lr, up)


def rounded_sent_up_but_the_last(x, layers, batches, uniforms, lr):
    up = lambda x, plain, *others: (plain > 0.5).astype(x.dtype)
    return _stacked(x, layers, batches, uniforms, lr, up, lambda x, plain, *others: plain)


def sent_up_before_training_but_the_last(x, layers, batches, uniforms, lr):
    up = lambda x, plain, now, start, draws: _logistic(x @ start[0] + start[2])
    return _stacked(x, layers, batches, uniforms, lr, up, lambda x, plain, *others: plain)


def scores_sent_up(x, layers, batches, uniforms, lr):
    up = lambda x, plain, now, start, draws: x @ now[0] + now[2]
    return _stacked(x, layers, batches, uniforms, lr, up)


def all_layers_at_once(x, layers, batches, uniforms, lr):
    """Each minibatch is sent through the whole stack as it is by then."""
    layers = [tuple(layer) for layer in layers]
    for step, rows in enumerate(batches):
        data = x[rows]
        for level, (w, b, d) in enumerate(layers):
            u_h, u_x = (part[step] for part in uniforms[level])
            p, _, fantasy, q = _phases(data, w, b, d, u_h, u_x)
            layers[level] = w, b, d = _stepped(data, p, fantasy, q, w, b, d, lr)
            data = _logistic(data @ w + d)
    for w, _, d in layers:
        x = _logistic(x @ w + d)
    return layers, x


def reconstructions_sent_up(x, layers, batches, uniforms, lr):
    """The hidden probabilities of a reconstruction, not of the data, go up."""

    def up(x, plain, now, start, draws):
        w, b, d = now
        return _logistic(_logistic(plain @ w.T + b) @ w + d)

    return _stacked(x, layers, batches, uniforms, lr, up)


def starts_afresh_each_time(x, layers, batches, uniforms, lr):
    """Each update begins at the machine as it was given; the last one stays."""
    trained = []
    for start, draws in zip(layers, uniforms):
        w, b, d = start
        for rows, u_h, u_x in zip(batches, *draws):
            p, _, fantasy, q = _phases(x[rows], *start, u_h, u_x)
            w, b, d = _stepped(x[rows], p, fantasy, q, *start, lr)
        trained.append((w, b, d))
        x = _logistic(x @ w + d)
    return trained, x


def top_below_the_last(x, layers, batches, uniforms, lr):
    return _stacked(x, layers, batches, uniforms, lr, None, lambda x, plain, *others: x)


def top_of_the_last_minibatch(x, layers, batches, uniforms, lr):
    trained, top = _stacked(x, layers, batches, uniforms, lr)
    return trained, top[batches[-1]] if len(batches) else top


def top_is_sampled(x, layers, batches, uniforms, lr):
    top = lambda x, plain, *others: (plain > 0.5).astype(x.dtype)
    return _stacked(x, layers, batches, uniforms, lr, None, top)


# --- pca ------------------------------------------------------------------------------------------

components = Exercise("pca", points=3)


def cloud(rng, n, d, spreads):
    """Return points whose variances, divided by n, are the squares of the spreads."""
    scores = normal(rng, n, len(spreads))
    scores = np.linalg.qr(scores - scores.mean(axis=0))[0] * np.sqrt(n)
    axes = np.linalg.qr(normal(rng, d, len(spreads)))[0]
    return (scores * np.array(spreads)) @ axes.T + 2.0 * away(rng, d)


@components.check()
def worked_example(rng):
    """Gives mean, projector and variance of the worked example."""
    yield np.array([[0.0, 1.0], [4.0, 1.0], [2.0, 0.0], [2.0, 2.0]]), 1


def along_the_axes(d):
    """Return points that vary along the axes, most along the last."""
    sizes = np.diag(np.arange(1.0, d + 1))
    return np.concatenate([sizes, -sizes]) + 2.0


@components.check(weight=2)
def some_components(rng):
    """Finds the subspace in which the data vary most, and by how much, wherever their mean is."""
    yield cloud(rng, 9, 4, (3.0, 2.0, 1.0, 0.5)), 2
    yield cloud(rng, 7, 3, (2.0, 1.0, 0.4)), 1
    yield cloud(rng, 12, 5, (4.0, 2.5, 1.5, 0.8, 0.3)), 3
    yield along_the_axes(2), 1


@components.check(notices=("eigenvalues-unsorted",))
def fewer_points_than_dimensions(rng):
    """Works with fewer points than dimensions."""
    yield cloud(rng, 4, 7, (3.0, 1.5, 0.6)), 2
    yield cloud(rng, 3, 5, (2.0, 1.0)), 2


@components.check()
def all_directions(rng):
    """Projects onto everything the data vary in, if k allows it."""
    yield cloud(rng, 8, 3, (2.0, 1.0, 0.5)), 3
    yield along_the_axes(3), 3


@components.check(weight=2, hidden=True)
def any_points(rng):
    """Is right for any points and k."""
    yield cloud(rng, 15, 6, (5.0, 3.0, 2.0, 1.0, 0.5, 0.2)), 4
    yield cloud(rng, 5, 8, (4.0, 2.0, 1.0, 0.5)), 1
    yield cloud(rng, 6, 2, (1.5, 0.5)), 1
    yield along_the_axes(5), 2


components.in_other_dress(some_components, rtol=1e-3, atol=1e-4)


def _axes(x, k):
    mean = x.mean(axis=0)
    _, sizes, axes = np.linalg.svd(x - mean, full_matrices=False)
    return mean, sizes, axes[:k]


def each_column_scaled(x, k):
    mean = x.mean(axis=0)
    spread = x.std(axis=0)
    _, sizes, axes = np.linalg.svd((x - mean) / spread, full_matrices=False)
    return mean, axes[:k].T @ axes[:k], sizes[:k] ** 2 / len(x)


def smallest_variances(x, k):
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    return mean, vectors[:, :k] @ vectors[:, :k].T, values[:k]


def eigenvalues_unsorted(x, k):
    mean = x.mean(axis=0)
    values, axes = np.linalg.eig((x - mean).T @ (x - mean) / len(x))
    axes = axes.real[:, :k]
    return mean, axes @ axes.T, values.real[:k].copy()


def ascending_order(x, k):
    mean, sizes, axes = _axes(x, k)
    return mean, axes.T @ axes, (sizes[:k] ** 2 / len(x))[::-1].copy()


def rows_of_eigenvectors(x, k):
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    axes = vectors[::-1][:k]
    return mean, axes.T @ axes, values[::-1][:k].copy()


def columns_of_what_svd_returns(x, k):
    mean = x.mean(axis=0)
    _, sizes, turned = np.linalg.svd(x - mean, full_matrices=True)
    return mean, turned[:, :k] @ turned[:, :k].T, sizes[:k] ** 2 / len(x)


def centred_by_the_grand_mean(x, k):
    _, sizes, axes = np.linalg.svd(x - x.mean(), full_matrices=False)
    return x.mean(axis=0), axes[:k].T @ axes[:k], sizes[:k] ** 2 / len(x)


def columns_of_greatest_variance(x, k):
    variances = x.var(axis=0)
    best = np.argsort(-variances)[:k]
    keep = np.isin(np.arange(x.shape[1]), best).astype(x.dtype)
    return x.mean(axis=0), np.diag(keep), variances[best]


def projector_of_the_rest(x, k):
    mean, sizes, axes = _axes(x, k)
    rest = np.eye(x.shape[1], dtype=x.dtype) - axes.T @ axes
    return mean, rest, sizes[:k] ** 2 / len(x)


def shares_of_variance(x, k):
    mean, sizes, axes = _axes(x, k)
    return mean, axes.T @ axes, sizes[:k] ** 2 / np.sum(sizes**2)


# --- autoencoder_backward -------------------------------------------------------------------------

autoencoder = Exercise("autoencoder_backward", points=5)


def coder(rng, v, h):
    """Return weights of an encoder, its biases, and those of the decoder."""
    return away(rng, h, v), away(rng, h), away(rng, v)


@autoencoder.check()
def worked_example(rng):
    """Gives the loss and the gradients of the worked example, tied and untied."""
    x, w = np.array([[1.0, 0.0]]), np.array([[1.0, -1.0]])
    yield x, x.copy(), w, np.zeros(1), np.zeros(2)
    yield x, x.copy(), w, np.zeros(1), np.zeros(2), np.array([[1.0], [-1.0]])


@autoencoder.check(weight=2)
def tied_weights(rng):
    """Adds up both paths where the weights are tied."""
    x = grey(rng, 4, 5)
    yield x, x.copy(), *coder(rng, 5, 3)
    x = grey(rng, 3, 4)
    yield x, x.copy(), *coder(rng, 4, 4)


@autoencoder.check(weight=2)
def untied_weights(rng):
    """Keeps the two gradients apart where the decoder has weights of its own."""
    x = grey(rng, 4, 5)
    yield x, x.copy(), *coder(rng, 5, 3), away(rng, 5, 3)
    x = grey(rng, 5, 3)
    yield x, x.copy(), *coder(rng, 3, 3), away(rng, 3, 3)


@autoencoder.check()
def noise_on_the_input(rng):
    """Asks for the target, which need not be what went in."""
    clean = grey(rng, 4, 5)
    yield clean * bits(rng, 4, 5), clean, *coder(rng, 5, 2)
    yield clean * bits(rng, 4, 5), clean, *coder(rng, 5, 2), away(rng, 5, 2)


@autoencoder.check(weight=2, hidden=True)
def any_net(rng):
    """Is right for any net and batch."""
    x = grey(rng, 6, 3)
    yield x, grey(rng, 6, 3), *coder(rng, 3, 5)
    yield x, grey(rng, 6, 3), *coder(rng, 3, 5), away(rng, 3, 5)
    yield grey(rng, 1, 4), grey(rng, 1, 4), *coder(rng, 4, 2)
    yield grey(rng, 1, 4), grey(rng, 1, 4), *coder(rng, 4, 2), away(rng, 4, 2)


autoencoder.in_other_dress(untied_weights)


def _coded(x, w, b, d, w2):
    back = w.T if w2 is None else w2
    h = _logistic(x @ w.T + b)
    return back, h, _logistic(h @ back.T + d)


def _coder_gradients(x, h, dz1, dz2, loss, w2):
    dw, dw2 = dz1.T @ x, dz2.T @ h
    if w2 is None:
        return float(loss), dw + dw2.T, dz1.sum(axis=0), dz2.sum(axis=0), None
    return float(loss), dw, dz1.sum(axis=0), dz2.sum(axis=0), dw2


def linear_output(x, target, w, b, d, w2=None):
    back = w.T if w2 is None else w2
    h = _logistic(x @ w.T + b)
    gap = h @ back.T + d - target
    dz2 = gap / len(x)
    dz1 = dz2 @ back * h * (1 - h)
    return _coder_gradients(x, h, dz1, dz2, np.sum(gap**2) / (2 * len(x)), w2)


def cross_entropy_loss(x, target, w, b, d, w2=None):
    back, h, y = _coded(x, w, b, d, w2)
    dz2 = (y - target) / len(x)
    dz1 = dz2 @ back * h * (1 - h)
    loss = -np.sum(target * np.log(y) + (1 - target) * np.log(1 - y)) / len(x)
    return _coder_gradients(x, h, dz1, dz2, loss, w2)


# --- sparse_penalty -------------------------------------------------------------------------------

sparse = Exercise("sparse_penalty", points=3)


@sparse.check()
def worked_example(rng):
    """Gives 0.0939 and twice 0.4688 in the worked example."""
    yield np.array([[0.1], [0.3]])
    yield np.array([[0.1], [0.3]]), 0.05


@sparse.check(weight=2)
def several_units(rng):
    """Adds up the penalties of all units, and gives each entry its share of the gradient."""
    yield grey(rng, 4, 3), 0.1
    yield grey(rng, 6, 2), 0.3
    yield grey(rng, 3, 5), 0.7


@sparse.check(atol=1e-12)
def as_wanted(rng):
    """Charges nothing where the mean is as wanted, be the entries as they may."""
    spread = rng.uniform(0.05, 0.2, 3)
    yield np.stack([0.25 - spread, 0.25 + spread]), 0.25


@sparse.check()
def hardly_ever_on(rng):
    """Is right for units that are nearly always off, or nearly always on."""
    yield np.array([[1e-5, 1 - 1e-4], [3e-5, 1 - 3e-4]]), 0.1
    yield np.array([[1e-12, 0.5], [3e-12, 0.25]]), 0.1


@sparse.check(weight=2, hidden=True)
def any_codes(rng):
    """Is right for any codes and any wanted activity."""
    yield grey(rng, 7, 4), 0.02
    yield grey(rng, 1, 3), 0.2
    yield grey(rng, 5, 6), 0.6


sparse.in_other_dress(several_units)


def _penalised(h, mean, rho, slope, each=np.sum):
    terms = rho * np.log(rho / mean) + (1 - rho) * np.log((1 - rho) / (1 - mean))
    return float(each(terms)), np.broadcast_to(slope, h.shape).astype(h.dtype)


def every_entry_by_itself(h, rho=0.05):
    terms = rho * np.log(rho / h) + (1 - rho) * np.log((1 - rho) / (1 - h))
    return float(np.sum(terms) / len(h)), ((1 - rho) / (1 - h) - rho / h) / len(h)


def one_mean_of_all(h, rho=0.05):
    mean = h.mean()
    slope = ((1 - rho) / (1 - mean) - rho / mean) / h.size
    return _penalised(h, mean, rho, slope)


def mean_over_the_code(h, rho=0.05):
    mean = h.mean(axis=1, keepdims=True)
    slope = ((1 - rho) / (1 - mean) - rho / mean) / h.shape[1]
    return _penalised(h, mean, rho, slope)


def squared_distance(h, rho=0.05):
    mean = h.mean(axis=0)
    dh = np.broadcast_to(2 * (mean - rho) / len(h), h.shape).astype(h.dtype)
    return float(np.sum((mean - rho) ** 2)), dh


# --- hopfield_recall ------------------------------------------------------------------------------

hopfield = Exercise("hopfield_recall", points=4)


def signs(rng, *shape):
    return rng.choice([-1.0, 1.0], shape)


def falls(patterns, start, order):
    """Return how often a state turns on its way."""
    w = patterns.T @ patterns
    np.fill_diagonal(w, 0)
    state, turns = start.copy(), 0
    for unit in order:
        field = w[unit] @ state
        turns += bool(field * state[unit] < 0)
        state[unit] = np.sign(field) or state[unit]
    return turns


def memory(rng, p, d, visits, turns=2):
    """Return patterns, a start and an order in which so many units turn at least.

    An odd number of patterns of even length: no field is ever zero.
    """
    while True:
        patterns, start = signs(rng, p, d), signs(rng, d)
        order = np.concatenate([rng.permutation(d) for _ in range(-(-visits // d))])[:visits]
        if falls(patterns, start, order) >= turns:
            return patterns, start, order


@hopfield.check(exact=True)
def worked_example(rng):
    """Falls from 0 to -1.5, and leaves units as they are where their field is zero, by hand."""
    yield np.array([[1.0, -1, 1, 1]]), np.array([-1.0, -1, 1, 1]), np.array([0])
    yield np.array([[1.0, -1, 1, 1]]), np.array([-1.0, 1, 1, 1]), np.array([0, 2])
    yield np.ones((1, 5)), np.array([-1.0, 1, 1, -1, -1]), np.array([0])
    yield np.ones((1, 5)), np.array([1.0, 1, 1, -1, -1]), np.array([0])


@hopfield.check(weight=2)
def several_memories(rng):
    """Visits the units in order, each with the state as it is by then, and notes the energies."""
    yield memory(rng, 3, 6, 12)
    yield memory(rng, 5, 8, 16, 3)
    yield memory(rng, 1, 10, 10, 4)


SEVERAL = np.array(
    [[1.0, -1, -1, -1, -1, 1, -1, -1], [-1, 1, 1, 1, 1, -1, 1, -1], [1, -1, -1, 1, -1, 1, -1, -1]]
)
START = np.array([1.0, -1, 1, 1, 1, -1, -1, 1])


@hopfield.check()
def order_as_given(rng):
    """Visits units several times, or never, as the order says."""
    yield SEVERAL, START, np.array([5, 2, 5, 0, 2])
    yield SEVERAL, START, np.array([7])
    yield SEVERAL, START, np.array([], int)


@hopfield.check(exact=True)
def fields_of_zero(rng):
    """Leaves a unit as it was where its field is exactly zero."""
    patterns = np.array([[1.0, 1, 1, 1], [1.0, 1, 1, -1]])
    for start in ([1.0, 1, -1, 1], [-1.0, 1, -1, -1], [-1.0, -1, 1, 1]):
        yield patterns, np.array(start), np.array([0, 3])
    yield np.ones((1, 5)), np.array([-1.0, 1, -1, 1, -1]), np.array([0, 4, 1])


@hopfield.check(weight=2, hidden=True)
def any_memory(rng):
    """Is right for any memories, start and order."""
    yield memory(rng, 3, 12, 20, 4)
    yield memory(rng, 7, 10, 25, 3)
    patterns, start, order = memory(rng, 1, 4, 6, 1)
    yield patterns, start, order
    patterns = np.array([[1.0, 1, -1, 1], [1.0, -1, -1, 1]])
    yield patterns, np.array([-1.0, -1, -1, 1]), np.array([1, 0])


hopfield.in_other_dress(several_memories, keeps=False)


def _hebb(patterns, diagonal=False):
    w = patterns.T @ patterns
    if not diagonal:
        np.fill_diagonal(w, 0)
    return w


def all_units_at_once(patterns, start, order):
    """Every field is computed from the start."""
    w, state = _hebb(patterns), start.copy()
    energies = [start @ w @ start]
    for unit in order:
        field = w[unit] @ start
        state[unit] = np.sign(field) or state[unit]
        energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))


def whole_state_at_each_visit(patterns, start, order):
    w, state = _hebb(patterns), start.copy()
    energies = [start @ w @ start]
    for _ in order:
        field = w @ state
        state = np.where(field == 0, state, np.sign(field))
        energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))


def nearest_pattern(patterns, start, order):
    """Recall as if the memory looked up the most similar pattern."""
    w, state = _hebb(patterns), start.copy()
    best = patterns[np.argmax(patterns @ start)]
    energies = [start @ w @ start]
    for unit in order:
        state[unit] = best[unit]
        energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))


def stops_when_nothing_turns(patterns, start, order):
    w, state = _hebb(patterns), start.copy()
    energies = [start @ w @ start]
    for unit in order:
        old = state[unit]
        state[unit] = np.sign(w[unit] @ state) or state[unit]
        if state[unit] == old:
            break
        energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))


def energies_of_turns_only(patterns, start, order):
    w, state = _hebb(patterns), start.copy()
    energies = [start @ w @ start]
    for unit in order:
        old = state[unit]
        state[unit] = np.sign(w[unit] @ state) or state[unit]
        if state[unit] != old:
            energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))


def energy_before_the_visit(patterns, start, order):
    w, state = _hebb(patterns), start.copy()
    energies = [start @ w @ start]
    for unit in order:
        energies.append(state @ w @ state)
        state[unit] = np.sign(w[unit] @ state) or state[unit]
    return state, np.array(energies, start.dtype) / (-2 * len(start))


def units_of_zero_and_one(patterns, start, order):
    w = _hebb(patterns)
    state = start.copy()
    energies = [start @ w @ start]
    for unit in order:
        field = w[unit] @ state
        state[unit] = 1.0 if field > 0 else 0.0 if field < 0 else state[unit]
        energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))


# --- vae_elbo -------------------------------------------------------------------------------------

elbo = Exercise("vae_elbo", points=5)


def bound(rng, n, d, k, draws):
    """Return images, an encoder's answers, a decoder and draws."""
    parts = away(rng, n, d), away(rng, n, k), away(rng, n, k), away(rng, d, k), away(rng, d)
    return *parts, away(rng, draws, n, k)


@elbo.check()
def worked_example(rng):
    """Gives -0.9989, 0.4431, 0.3 and 0.295 in the worked example."""
    one = np.ones((1, 1))
    yield one, 0.5 * one, np.log(0.25) * one, 2 * one, np.zeros(1), np.full((1, 1, 1), -0.4)


@elbo.check(weight=2)
def one_draw(rng):
    """Averages over images, and adds up pixels and codes."""
    yield bound(rng, 4, 5, 2, 1)
    yield bound(rng, 3, 3, 3, 1)


@elbo.check(weight=2)
def several_draws(rng):
    """Averages over draws."""
    yield bound(rng, 4, 3, 2, 5)
    yield bound(rng, 3, 4, 3, 3)


@elbo.check()
def no_spread_in_the_draws(rng):
    """Is right where all draws are zero, and where the encoder says what the prior says."""
    x, mu, log_var, w, b, eps = bound(rng, 3, 4, 2, 2)
    yield x, mu, log_var, w, b, 0 * eps
    yield x, 0 * mu, 0 * log_var, w, b, eps
    yield x, mu, 6 * log_var, w, b, eps  # variances from thousandths to thousands


@elbo.check(weight=2, hidden=True)
def any_encoder(rng):
    """Is right for any images, encoder, decoder and draws."""
    yield bound(rng, 5, 6, 3, 4)
    yield bound(rng, 1, 2, 4, 3)
    yield bound(rng, 6, 1, 1, 2)


elbo.in_other_dress(several_draws)


def _bounded(x, mu, log_var, w, b, eps, sigma=None):
    sigma = np.exp(log_var / 2) if sigma is None else sigma
    gap = x - ((mu + sigma * eps) @ w.T + b)
    reconstruction = -np.sum(gap**2, axis=2).mean() / 2 - x.shape[1] * np.log(2 * np.pi) / 2
    kl = np.sum(mu**2 + sigma**2 - np.log(sigma**2) - 1, axis=1).mean() / 2
    dz = gap @ w
    spread = (dz * eps).mean(axis=0) * sigma
    return float(reconstruction), float(kl), dz.mean(axis=0), spread, sigma


def codes_without_noise(x, mu, log_var, w, b, eps):
    """The decoder is given the mean alone."""
    reconstruction, kl, dz, _, sigma = _bounded(x, mu, log_var, w, b, 0 * eps)
    return reconstruction, kl, (dz - mu) / len(x), (1 - sigma**2) / (2 * len(x))


def draws_hide_the_variance(x, mu, log_var, w, b, eps):
    reconstruction, kl, dz, _, sigma = _bounded(x, mu, log_var, w, b, eps)
    return reconstruction, kl, (dz - mu) / len(x), (1 - sigma**2) / (2 * len(x))


def gradient_for_sigma(x, mu, log_var, w, b, eps):
    reconstruction, kl, dz, spread, sigma = _bounded(x, mu, log_var, w, b, eps)
    dsigma = (spread / sigma - sigma + 1 / sigma) / len(x)
    return reconstruction, kl, (dz - mu) / len(x), dsigma


def gradient_for_the_variance(x, mu, log_var, w, b, eps):
    reconstruction, kl, dz, spread, sigma = _bounded(x, mu, log_var, w, b, eps)
    dvariance = (spread - sigma**2 + 1) / (2 * len(x)) / sigma**2
    return reconstruction, kl, (dz - mu) / len(x), dvariance


def log_var_is_log_sigma(x, mu, log_var, w, b, eps):
    sigma = np.exp(log_var)
    reconstruction, kl, dz, spread, _ = _bounded(x, mu, log_var, w, b, eps, sigma)
    return reconstruction, kl, (dz - mu) / len(x), (spread - sigma**2 + 1) / len(x)


def reversed_kl(x, mu, log_var, w, b, eps):
    reconstruction, _, dz, spread, sigma = _bounded(x, mu, log_var, w, b, eps)
    terms = (1 + mu**2) / sigma**2 + log_var - 1
    kl = float(np.sum(terms, axis=1).mean() / 2)
    dlog_var = (spread + (1 + mu**2) / sigma**2 - 1) / (2 * len(x))
    return reconstruction, kl, (dz - mu / sigma**2) / len(x), dlog_var


def kl_from_the_draws(x, mu, log_var, w, b, eps):
    reconstruction, _, dz, spread, sigma = _bounded(x, mu, log_var, w, b, eps)
    z = mu + sigma * eps
    kl = float(np.sum(z**2 - eps**2 - log_var, axis=2).mean() / 2)
    return reconstruction, kl, (dz - mu) / len(x), (spread - sigma**2 + 1) / (2 * len(x))


# --- questions ------------------------------------------------------------------------------------

two_phases = Question(
    "two_phases",
    points=3,
    guide="""
    Full answer, a point for each. The two parts: the first lowers the (free) energy of the data,
    the second, from Z, raises that of whatever the model itself finds likely, each in proportion
    to its probability; at rest both balance. Without the second every energy near the data sinks
    without end: weights and biases grow, everything becomes as good as on, nothing is told apart.
    Why it is hard: it is an expectation over the model, a sum over all 2^(V+H) states, or samples
    of a chain that must have forgotten its start. The classmate: no. A one-step reconstruction
    stays near the data whatever the model does elsewhere; the error may fall while likelihood
    falls (weights that grow make chains that do not move: a small error); valleys far from the
    data are never seen. Half: says that it is only a proxy, without how it fails.
    """,
)
subspace_or_axes = Question(
    "subspace_or_axes",
    points=3,
    guide="""
    Full answer, a point for each. Training did not fail: the product of decoder and encoder, the
    projector onto a plane, is the same in both runs and equals PCA's. The loss depends on that
    product alone: for any invertible 2 x 2 matrix A, decoder times A and A inverse times encoder
    give the same output, so axes, their lengths, angles and order are free. (Penalising weights,
    or training one unit after another, would fix more.) With sigmoid units the code is bent and
    bounded: no invertible matrix can be moved through the nonlinearity, only units may be
    renumbered (and, for an odd nonlinearity, turned round); the result is no longer a plane in
    general; but with small weights sigmoids work in their linear range and come near PCA again.
    Half: says only that the subspace is the same.
    """,
)
what_the_unnamed_digits_gave = Question(
    "what_the_unnamed_digits_gave",
    points=3,
    guide="""
    Full answer, a point for each of three. Numbers with errors, from the student's own table: the
    gain over the same net from random weights, as paired differences over six starts, for each
    count of names; larger with few names, smaller with 200. The net without hidden layers: a deep
    net from random weights may be *worse* than none at all with so few names, and a gain over a
    bad opponent proves little; with enough names pretrained must beat the shallow one to be worth
    its cost. The colleague: an opponent that was not tuned; rate and scale must be chosen for
    each method from equally large grids, on data that are not the test. Why less remains: with
    many names the labels themselves fix the features; good scales, ReLU and normalization let deep
    nets train from random weights, the trouble that pretraining was invented for. Half: reports
    means without errors.
    """,
)
