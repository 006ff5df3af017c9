"""How the chapter on recurrent nets and language models is judged."""

from collections import Counter

import numpy as np

from autograder.observe import Seed
from autograder.spec import Case, Exercise, Question
from solutions.recurrent import chapter

# --- cases ----------------------------------------------------------------------------------------


def net(rng, d, hidden):
    """Return u, w and b of a net that is neither linear nor saturated."""
    return (
        0.7 * rng.normal(size=(hidden, d)),
        0.9 * rng.normal(size=(hidden, hidden)) / np.sqrt(hidden),
        0.5 * rng.normal(size=hidden),
    )


def problem(rng, steps, n, d, hidden):
    """Return x, h0, u, w and b."""
    return rng.normal(size=(steps, n, d)), 0.6 * rng.normal(size=(n, hidden)), *net(rng, d, hidden)


def with_loss(rng, steps, n, d, hidden, scale=1.0):
    """Return the same, and the gradient by each state."""
    return *problem(rng, steps, n, d, hidden), scale * rng.normal(size=(steps, n, hidden))


def line(*values):
    """Return one sequence of single numbers."""
    return np.array(values, float).reshape(-1, 1, 1)


def by_hand():
    """Return h0, u, w and b of the chapter's example."""
    return np.array([[0.5]]), np.array([[0.5]]), np.array([[2.0]]), np.array([-1.0])


def begins(rng, steps, n):
    """Return where texts begin: in each sequence once at least, never all at one step."""
    starts = np.zeros((steps, n), bool)
    for column in range(n):
        starts[1 + column % (steps - 1), column] = True
        starts[1 + rng.integers(steps - 1), column] = True
    starts[starts.all(axis=1), 0] = n == 1
    return starts


# --- rnn_forward ----------------------------------------------------------------------------------

forward = Exercise("rnn_forward", points=3)


@forward.check()
def worked_example(rng):
    """Gives 0.4621 and 0.4005 in the worked example, and -0.4621 where a text starts."""
    yield line(1, 1), *by_hand()
    yield line(1, 1), *by_hand(), np.array([[False], [True]])


@forward.check(weight=2)
def every_state(rng):
    """Returns the states after every step of every sequence."""
    yield problem(rng, 5, 2, 3, 4)
    yield problem(rng, 3, 4, 2, 5)


@forward.check(weight=2)
def texts_begin(rng):
    """Forgets what was carried where a text begins, in that sequence alone, at step 1 too."""
    yield *problem(rng, 6, 3, 2, 4), begins(rng, 6, 3)
    starts = begins(rng, 5, 2)
    starts[0] = True, False
    yield Case(*problem(rng, 5, 2, 3, 3), starts=starts)
    x, h0, *rest = problem(rng, 3, 2, 3, 3)
    h0[0] = np.nan
    yield x, h0, *rest, np.array([[True, False], [False, False], [False, True]])


@forward.check()
def time_is_the_first_axis(rng):
    """Runs along the first axis, even where the batch is as large as the sequence is long."""
    yield problem(rng, 4, 4, 3, 2)


@forward.check(weight=2, hidden=True)
def any_sequence(rng):
    """Is right for one step, one sequence, one unit, many steps, and for texts of one step."""
    yield problem(rng, 1, 3, 2, 4)
    yield problem(rng, 25, 1, 1, 3)
    yield *problem(rng, 7, 2, 3, 1), begins(rng, 7, 2)
    yield *problem(rng, 4, 3, 2, 3), np.ones((4, 3), bool)


forward.in_other_dress(every_state)


def _steps(x, h0, u, w, b, starts=None, fresh=None):
    h, states = h0, []
    for t in range(len(x)):
        if starts is not None:
            h = fresh(h, starts, t)
        h = np.tanh(x[t] @ u.T + h @ w.T + b)
        states.append(h)
    return np.stack(states)


def reset_a_step_late(x, h0, u, w, b, starts=None):
    def fresh(h, starts, t):
        return np.where(starts[t - 1][:, np.newaxis], 0, h) if t else h

    return _steps(x, h0, u, w, b, starts, fresh)


def reset_hides_the_first_word(x, h0, u, w, b, starts=None):
    h, states = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ u.T + h @ w.T + b)
        if starts is not None:
            h = np.where(starts[t][:, np.newaxis], 0, h)
        states.append(h)
    return np.stack(states)


def batch_first(x, h0, u, w, b, starts=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        if starts is not None:
            h = np.where(starts.T[t][:, np.newaxis], 0, h)
        h = np.tanh(x[:, t] @ u.T + h @ w.T + b)
        states.append(h)
    return np.stack(states, axis=1)


# --- deep_rnn -------------------------------------------------------------------------------------

deep = Exercise("deep_rnn", points=3, needs=("rnn_forward",))


def layer(rng, d, *hidden):
    """Return a layer with one or two readers."""
    return [net(rng, d, h) for h in hidden]


@deep.check()
def worked_example(rng):
    """Gives the four states of the worked example."""
    yield line(1, 0), [[by_hand()[1:]] * 2]


@deep.check(weight=2)
def both_ways(rng):
    """Puts the states of both readers of a layer side by side, step by step."""
    yield rng.normal(size=(5, 2, 3)), [layer(rng, 3, 4, 4)]
    yield rng.normal(size=(4, 3, 2)), [layer(rng, 2, 3, 3)]


@deep.check(weight=2)
def several_layers(rng):
    """Lets each layer read the states of the one below, in one direction or in both."""
    yield rng.normal(size=(4, 2, 3)), [layer(rng, 3, 3), layer(rng, 3, 3)]
    yield rng.normal(size=(4, 3, 3)), [layer(rng, 3, 3), layer(rng, 3, 3), layer(rng, 3, 3)]
    yield rng.normal(size=(3, 2, 4)), [layer(rng, 4, 2, 2), layer(rng, 4, 2, 2)]
    yield rng.normal(size=(4, 3, 2)), [layer(rng, 2, 3, 5), layer(rng, 8, 4)]
    yield rng.normal(size=(3, 2, 3)), [layer(rng, 3, 4), layer(rng, 4, 2, 3)]


@deep.check(weight=2, hidden=True)
def any_stack(rng):
    """Is right for readers of different widths, mixed layers, one step and one sequence."""
    yield rng.normal(size=(6, 3, 2)), [layer(rng, 2, 3, 5), layer(rng, 8, 4)]
    yield rng.normal(size=(1, 2, 3)), [layer(rng, 3, 2, 2), layer(rng, 4, 3, 3)]
    yield rng.normal(size=(7, 1, 1)), [layer(rng, 1, 3), layer(rng, 3, 2, 2)]


deep.in_other_dress(both_ways)


def _stacked(x, layers, read):
    for one in layers:
        x = read(x, one)
    return x


def _states(x, direction, h0=None):
    u, w, b = direction
    return chapter.rnn_forward(x, np.zeros((x.shape[1], len(w))) if h0 is None else h0, u, w, b)


def _both(x, one, join):
    states = [_states(x, one[0])]
    if len(one) > 1:
        states.append(_states(x[::-1], one[1])[::-1])
    return join(states)


def directions_added(x, layers):
    return _stacked(x, layers, lambda x, one: _both(x, one, sum))


def directions_averaged(x, layers):
    return _stacked(x, layers, lambda x, one: _both(x, one, lambda hs: np.mean(hs, axis=0)))


def directions_interleaved(x, layers):
    def join(states):
        return np.stack(states, axis=3).reshape(*states[0].shape[:2], -1)

    return _stacked(x, layers, lambda x, one: _both(x, one, join))


def one_set_of_weights(x, layers):
    return _stacked(
        x, layers, lambda x, one: _both(x, [one[0]] * len(one), lambda hs: np.concatenate(hs, 2))
    )


def every_layer_reads_x(x, layers):
    return _stacked(None, layers, lambda _, one: _both(x, one, lambda hs: np.concatenate(hs, 2)))


def last_state_handed_up(x, layers):
    h0 = None
    for one in layers:
        states, last = [], []
        for k, direction in enumerate(one):
            h = _states(x[::-1] if k else x, direction, None if h0 is None else h0[k])
            last.append(h[-1])
            states.append(h[::-1] if k else h)
        x, h0 = np.concatenate(states, axis=2), last
    return x


def second_reader_goes_on(x, layers):
    for one in layers:
        states = [_states(x, one[0])]
        if len(one) > 1:
            states.append(_states(x[::-1], one[1], states[0][-1])[::-1])
        x = np.concatenate(states, axis=2)
    return x


def own_step_not_read(x, layers):
    for one in layers:
        states = [_states(x, one[0])]
        if len(one) > 1:
            turned = _states(x[::-1], one[1])
            states.append(np.concatenate([np.zeros_like(turned[:1]), turned[:-1]])[::-1])
        x = np.concatenate(states, axis=2)
    return x


def layers_added(x, layers):
    total = 0
    for one in layers:
        x = _both(x, one, lambda hs: np.concatenate(hs, 2))
        total = total + x
    return total


# --- rnn_backward ---------------------------------------------------------------------------------

back = Exercise("rnn_backward", points=5, needs=("rnn_forward",))
CALM = 0.05
"""A scale of losses at which no gradient meets what clips it; one check asks about the others."""


@back.check()
def worked_example(rng):
    """Gives 1.0483 for W and 2.6412 for the first state in the worked example."""
    yield line(1, 1), *by_hand(), line(0, 1)


@back.check(weight=2)
def through_time(rng):
    """Sends the gradients of all states back to x, h0, u, w and b."""
    yield with_loss(rng, 4, 2, 3, 5, CALM)
    yield with_loss(rng, 3, 4, 2, 3, CALM)


@back.check()
def loss_on_the_last_state(rng):
    """Reaches the first input and h0 from a loss on the last state, however large it is."""
    *given, dhs = with_loss(rng, 5, 2, 3, 4)
    dhs[:-1] = 0
    yield *given, dhs
    yield *given, 200 * dhs  # cut off by nothing: far above the 5 of a famous program


@back.check()
def loss_on_the_first_state(rng):
    """Gives later inputs no gradient where the loss sees the first state only."""
    *given, dhs = with_loss(rng, 4, 3, 2, 4, CALM)
    dhs[1:] = 0
    yield *given, dhs


@back.check(weight=2, hidden=True)
def any_loss(rng):
    """Is right for one step, one sequence, one unit, and many steps."""
    yield with_loss(rng, 1, 3, 2, 4, CALM)
    yield with_loss(rng, 12, 1, 3, 2, CALM)
    yield with_loss(rng, 3, 5, 1, 1, CALM)


back.in_other_dress(through_time)


# --- truncated_bptt -------------------------------------------------------------------------------

truncated = Exercise("truncated_bptt", points=3, needs=("rnn_forward", "rnn_backward"))


@truncated.check()
def worked_example(rng):
    """Gives 0.3663 for W in the worked example, and carries 0.2922 on."""
    yield line(1, 1, 1), *by_hand(), line(0, 0, 1), 2


@truncated.check(weight=2)
def windows_follow_each_other(rng):
    """Adds up the gradients of windows, of which the last one may be shorter."""
    yield *with_loss(rng, 7, 2, 3, 4), 3
    yield *with_loss(rng, 8, 3, 2, 3), 3


@truncated.check()
def even_windows(rng):
    """Carries the state over the borders of windows that come out even, of one step too."""
    yield *with_loss(rng, 6, 2, 2, 4), 2
    yield *with_loss(rng, 5, 2, 3, 3), 1
    yield *with_loss(rng, 16, 1, 2, 3), 8


@truncated.check()
def one_window(rng):
    """Is plain backpropagation through time where k is as large as the sequence, or larger."""
    yield *with_loss(rng, 4, 2, 3, 3), 4
    yield Case(*with_loss(rng, 3, 2, 3, 4), k=10)


@truncated.check(weight=2, hidden=True)
def any_window(rng):
    """Is right for windows of one step, one sequence, and many windows."""
    yield *with_loss(rng, 5, 3, 2, 4), 1
    yield *with_loss(rng, 13, 1, 2, 3), 4
    yield *with_loss(rng, 9, 2, 1, 2), 2


truncated.in_other_dress(windows_follow_each_other)


def _windowed(x, h0, u, w, b, dhs, borders):
    h, total = h0, [np.zeros_like(part) for part in (u, w, b)]
    for first, last in borders:
        found = chapter.rnn_backward(x[first:last], h, u, w, b, dhs[first:last])[2:]
        total = [a + part for a, part in zip(total, found)]
        h = chapter.rnn_forward(x[first:last], h, u, w, b)[-1]
    return *total, h


def not_cut(x, h0, u, w, b, dhs, k):
    return _windowed(x, h0, u, w, b, dhs, [(0, len(x))])


def each_loss_goes_back_k_steps(x, h0, u, w, b, dhs, k):
    hs = chapter.rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs])
    total = [np.zeros_like(part) for part in (u, w, b)]
    for t in range(len(x)):
        first = max(0, t - k + 1)
        some = np.zeros_like(dhs[first : t + 1])
        some[-1] = dhs[t]
        found = chapter.rnn_backward(x[first : t + 1], before[first], u, w, b, some)[2:]
        total = [a + part for a, part in zip(total, found)]
    return *total, hs[-1]


def k_counts_windows(x, h0, u, w, b, dhs, k):
    parts = [part for part in np.array_split(np.arange(len(x)), min(k, len(x))) if part.size]
    return _windowed(x, h0, u, w, b, dhs, [(part[0], part[-1] + 1) for part in parts])


def loss_at_the_ends_of_windows(x, h0, u, w, b, dhs, k):
    some = np.zeros_like(dhs)
    ends = [*range(k - 1, len(x), k), len(x) - 1]
    some[ends] = dhs[ends]
    borders = [(first, min(first + k, len(x))) for first in range(0, len(x), k)]
    return _windowed(x, h0, u, w, b, some, borders)


def state_before_the_last_window(x, h0, u, w, b, dhs, k):
    borders = [(first, min(first + k, len(x))) for first in range(0, len(x), k)]
    *total, _ = _windowed(x, h0, u, w, b, dhs, borders)
    last = borders[-1][0]
    h = chapter.rnn_forward(x[:last], h0, u, w, b)[-1] if last else h0
    return *total, h


def mean_over_windows(x, h0, u, w, b, dhs, k):
    borders = [(first, min(first + k, len(x))) for first in range(0, len(x), k)]
    *total, h = _windowed(x, h0, u, w, b, dhs, borders)
    return *(part / len(borders) for part in total), h


def last_window_alone(x, h0, u, w, b, dhs, k):
    last = range(0, len(x), k)[-1]
    h = chapter.rnn_forward(x[:last], h0, u, w, b)[-1] if last else h0
    return _windowed(x[last:], h, u, w, b, dhs[last:], [(0, k)])


def short_rest_dropped(x, h0, u, w, b, dhs, k):
    k = min(k, len(x))
    borders = [(first, first + k) for first in range(0, len(x) - k + 1, k)]
    return _windowed(x, h0, u, w, b, dhs, borders)


def short_rest_only_read(x, h0, u, w, b, dhs, k):
    full = len(x) - len(x) % k
    *total, _ = _windowed(x, h0, u, w, b, dhs, [(i, i + k) for i in range(0, full, k)])
    return *total, chapter.rnn_forward(x, h0, u, w, b)[-1]


def short_rest_joined(x, h0, u, w, b, dhs, k):
    borders = [(i, i + k) for i in range(0, max(len(x) - len(x) % k, 1), k)]
    borders[-1] = borders[-1][0], len(x)
    return _windowed(x, h0, u, w, b, dhs, borders)


def two_steps_at_least(x, h0, u, w, b, dhs, k):
    return chapter.truncated_bptt(x, h0, u, w, b, dhs, max(k, 2))


# --- bptt_gradient_norms --------------------------------------------------------------------------

norms = Exercise("bptt_gradient_norms", points=4)


def with_values(rng, values):
    """Return a matrix with these singular values."""
    turns = [np.linalg.qr(rng.normal(size=(len(values), len(values))))[0] for _ in range(2)]
    return turns[0] @ np.diag(values) @ turns[1].T


def of_fate(rng, hidden, fate):
    """Return a matrix of this fate, clear of every edge, that no transpose or symmetry hides.

    If it can explode, then along a positive eigenvalue too.
    """
    ranges = {"vanishes": (0.4, 0.85), "can explode": (1.4, 1.95), "undecided": (0.3, 1.6)}
    while True:
        w = with_values(rng, rng.uniform(*ranges[fate], hidden))
        values = np.linalg.eigvals(w)
        stretch, radius = np.linalg.norm(w, 2), np.abs(values).max()
        within = {
            "vanishes": stretch < 0.9,
            "can explode": values.real.max() > 1.15,
            "undecided": stretch > 1.2 and radius < 0.85,
        }
        if within[fate] and stretch > 1.05 * radius:
            return w


def states(rng, steps, hidden):
    """Return states, none of them near zero or saturated."""
    return rng.uniform(0.15, 0.8, (steps, hidden)) * rng.choice([-1.0, 1.0], (steps, hidden))


@norms.check()
def worked_example(rng):
    """Gives 1, 2, 0 and the bounds 1, 2, 4 in the worked example, and 1, 1.5, 0 for 0.5."""
    w = np.array([[0.0, 2.0], [0.0, 0.0]])
    yield np.zeros((3, 2)), w
    yield np.full((3, 2), 0.5), w


@norms.check(weight=2, notices=("fate-by-another-norm", "fate-by-another-norm (2)"))
def jacobians_in_order(rng):
    """Multiplies the Jacobians of the steps in their order, back from the last state."""
    yield states(rng, 5, 3), of_fate(rng, 3, "vanishes")
    yield states(rng, 4, 4), of_fate(rng, 4, "can explode")


@norms.check(weight=2)
def three_fates(rng):
    """Proves vanishing by singular values, and the chance to explode by eigenvalues."""
    for fate in ("vanishes", "can explode", "undecided"):
        yield states(rng, 3, 3), of_fate(rng, 3, fate)
    yield states(rng, 3, 2), np.array([[0.6, 1.4], [-1.4, 0.6]])
    yield states(rng, 3, 2), np.array([[-1.5, 0.2], [0.0, 0.3]])
    yield np.full((4, 2), 0.9), np.array([[1.4, 0.5], [0.0, 0.3]])
    yield states(rng, 3, 1), np.array([[1.0]])
    yield states(rng, 4, 1), np.array([[-1.0]])
    yield states(rng, 3, 1), np.array([[-1.3]])
    yield states(rng, 1, 2), np.array([[0.2, 0.5], [0.0, 1.4]])
    for edge in (0.99999, 1.00001):
        yield states(rng, 3, 2), np.array([[0.5, 0.0], [0.0, edge]])
        yield states(rng, 3, 2), np.array([[0.5, 0.0], [edge, 0.0]])
        yield states(rng, 3, 2), np.array([[edge, 0.5], [0.0, 0.3]])
    yield states(rng, 3, 2), np.array([[1.2, 1.2], [-1.2, -1.0]])
    yield states(rng, 3, 2), np.array([[0.7, 0.0], [0.3, 2.0]])


@norms.check(
    weight=2,
    hidden=True,
    notices=("eigenvalues-of-a-symmetric-matrix", "eigenvalues-of-a-symmetric-matrix (2)"),
)
def any_states(rng):
    """Is right for any states, one step and one unit too."""
    yield states(rng, 1, 3), of_fate(rng, 3, "undecided")
    yield states(rng, 6, 1), np.array([[1.3]])
    yield states(rng, 8, 3), of_fate(rng, 3, "undecided")
    yield states(rng, 5, 2), np.array([[0.3, 0.9], [-0.9, 0.3]])
    yield np.full((3, 3), 0.1), of_fate(rng, 3, "can explode")


norms.in_other_dress(
    jacobians_in_order, keeps=False, notices=("fate-by-another-norm", "fate-by-another-norm (2)")
)


def _factors(hs, w):
    return [(1 - h**2)[:, None] * w for h in hs]


def _fate(w):
    stretch, radius = np.linalg.norm(w, 2), np.abs(np.linalg.eigvals(w)).max()
    fate = "vanishes" if stretch < 1 else "can explode" if radius > 1 else "undecided"
    return stretch, fate


def begins_one_step_back(hs, w):
    jacobian, found = np.eye(len(w)), []
    for factor in _factors(hs[::-1], w):
        jacobian = jacobian @ factor
        found.append(np.linalg.norm(jacobian, 2))
    stretch, fate = _fate(w)
    return np.array(found), stretch ** np.arange(1, len(hs) + 1), fate


def norms_multiplied(hs, w):
    found = [1.0, *(np.linalg.norm(factor, 2) for factor in _factors(hs[:0:-1], w))]
    stretch, fate = _fate(w)
    return np.cumprod(found), stretch ** np.arange(len(hs)), fate


def eigenvalues_of_the_product(hs, w):
    jacobian, found = np.eye(len(w)), [1.0]
    for factor in _factors(hs[:0:-1], w):
        jacobian = jacobian @ factor
        found.append(np.abs(np.linalg.eigvals(jacobian)).max())
    stretch, fate = _fate(w)
    return np.array(found), stretch ** np.arange(len(hs)), fate


def judged_by_what_was_measured(hs, w):
    found, bounds, _ = chapter.bptt_gradient_norms(hs, w)
    last = found[-1]
    return found, bounds, "vanishes" if last < 1 else "can explode" if last > 1 else "undecided"


# --- diagnose_bptt --------------------------------------------------------------------------------

suspect = Exercise("diagnose_bptt", points=4, needs=("rnn_forward",))


def returned(x, h0, u, w, b, dhs, fault):
    """Return the gradient by w of a backward pass with this fault."""
    hs = np.asarray(chapter_states(x, h0, u, w, b))
    before = np.concatenate([h0[None], hs[:-1]])
    dh, total = np.zeros_like(h0), np.zeros_like(w)
    for t in reversed(range(len(x))):
        da = dhs[t] + (0 if fault == "no past" else dh)
        da = da if fault == "no tanh" else da * (1 - hs[t] ** 2)
        dh = da @ (w.T if fault == "turned" else w)
        share = da.T @ (hs[t] if fault == "new state" else before[t])
        total = share if fault == "not accumulated" else total + share
    return total


def chapter_states(x, h0, u, w, b):
    """Return the states of a run."""
    h, found = h0, []
    for now in x:
        h = np.tanh(now @ u.T + h @ w.T + b)
        found.append(h)
    return found


FAULTS = ("right", "not accumulated", "no past", "no tanh", "turned", "new state")


def faulty(rng, fault, *sizes, noise=0.0, scale=1.0):
    """Return a case with this fault; `noise` in shares of the largest entry, all up or down.

    No entry is nearly zero. The suspects are apart, and the fault from the others also by the mean,
    by the length and in each entry. With noise, one entry is small enough for the noise to be more
    than 0.0001 of it, and the whole is longer than its largest entry by a third at least.
    """
    while True:
        *given, dhs = with_loss(rng, *sizes, scale)
        found = {name: returned(*given, dhs, name) for name in FAULTS}
        gaps = [
            np.abs(found[a] - found[b]).max() / np.abs(found[b]).max()
            for a in FAULTS
            for b in FAULTS
            if a != b
        ]
        dw = found[fault]
        others = [found[name] for name in FAULTS if name != fault]
        shares = np.abs(dw) / np.abs(dw).max()
        uneven = not noise or (shares.min() < 0.18 and np.linalg.norm(shares) > 1.35)
        if min(gaps) > 0.02 and shares.min() > 0.03 and uneven and _clear(dw, others):
            break
    sign = rng.choice([-1.0, 1.0], dw.shape)
    return *given, dhs, dw + noise * np.abs(dw).max() * sign


def _clear(dw, others):
    """Tell whether a gradient differs from all others in every respect that may be compared."""
    return all(
        min(
            abs(np.mean(dw) - np.mean(other)),
            abs(np.linalg.norm(dw) - np.linalg.norm(other)),
            np.abs(dw - other).min(),
        )
        > 1e-3 * np.linalg.norm(other)
        for other in others
    )


def of_another_size(rng, above):
    """Return a case in which a suspect is larger than what is right, or smaller; the noise tells.

    It fits by the suspect's own largest entry where that is the larger, and does not where it is
    the smaller; by the entries of what is right it would be the other way round.
    """
    fault = "no tanh" if above > 1 else "no past"
    while True:
        *given, dw = faulty(rng, fault, 3, 2, 2, 3, noise=9e-5 if above > 1 else 1.2e-4)
        size = np.abs(dw).max() / np.abs(returned(*given, "right")).max()
        if size > above > 1 or size < above < 1:
            return *given, dw


@suspect.check()
def worked_example(rng):
    """Names the faults of the worked example by its numbers."""
    for dw in (1.0483, 0.66031, 0.388, 1.46212, 0.94654, 2.0):
        yield line(1, 1), *by_hand(), line(0, 1), np.array([[dw]])


@suspect.check(weight=2, exact=True)
def six_suspects(rng):
    """Tells the six suspects apart."""
    for fault in FAULTS:
        yield faulty(rng, fault, 4, 2, 3, 3)


@suspect.check(weight=2, exact=True, notices=("largest-with-its-sign",))
def within_the_tolerance(rng):
    """Allows for rounding, in shares of the largest entry, and names no suspect beyond it."""
    yield faulty(rng, "no past", 3, 2, 2, 3, noise=9.6e-5)
    for above in (1.6, 0.6):
        yield of_another_size(rng, above)
    yield faulty(rng, "turned", 3, 2, 2, 3, noise=4e-5, scale=1000.0)
    yield faulty(rng, "right", 3, 2, 2, 3, noise=1e-3)
    yield faulty(rng, "right", 3, 2, 2, 3, noise=1e-3, scale=1e-3)
    yield faulty(rng, "right", 3, 2, 2, 3, noise=1e-3, scale=1e-6)
    yield faulty(rng, "new state", 3, 2, 2, 3, noise=3e-4)
    *given, dw = faulty(rng, "no tanh", 3, 2, 2, 3)
    yield *given, -dw
    *given, dw = faulty(rng, "right", 3, 2, 2, 3)
    yield *given, dw[::-1].copy()
    *given, dw = faulty(rng, "no tanh", 3, 2, 2, 3)
    dw[0, 1] += 0.5 * np.abs(dw).max()
    yield *given, dw
    *given, dw = faulty(rng, "right", 3, 2, 2, 3, noise=1e-12)
    dw[0, 1] += 1.2e-4 * np.abs(dw).max()
    yield *given, dw


def one_step(rng, fault):
    """Return a case with a single step and this fault; the two that can be told apart there are."""
    while True:
        *given, dhs = with_loss(rng, 1, 3, 2, 3)
        found = [returned(*given, dhs, name) for name in ("right", "no tanh", "new state")]
        if all(_clear(a, [b]) for a in found for b in found if a is not b):
            return *given, dhs, returned(*given, dhs, fault)


def no_past_is_nearer(rng):
    """Return a case that "right" fits, but "no past" better: later steps hardly matter.

    The largest entry is about 1, and a turned W would fit as well as W.
    """
    while True:
        *given, dhs = with_loss(rng, 3, 2, 2, 3)
        dhs[1:] *= 1e-3
        right, fault = (returned(*given, dhs, name) for name in ("right", "no past"))
        dhs[1:] *= 5e-5 * np.abs(right).max() / np.abs(right - fault).max()
        dhs /= np.abs(returned(*given, dhs, "right")).max()
        fault, turned = (returned(*given, dhs, name) for name in ("no past", "turned"))
        if 2e-5 < np.abs(turned - fault).max() < 8e-5:
            return *given, dhs, fault


def turned_is_nearer(rng):
    """Return a case that "right" fits, but "turned" better: W is nearly symmetric.

    The largest entry is about 1.
    """
    x, h0, u, w, b, dhs = with_loss(rng, 3, 2, 2, 3)
    even, odd = (w + w.T) / 2, 1e-4 * (w - w.T)
    for _ in range(3):
        given = x, h0, u, even + odd, b, dhs
        right, fault = (returned(*given, name) for name in ("right", "turned"))
        odd = odd * 5e-5 * np.abs(right).max() / np.abs(right - fault).max()
        dhs = dhs / np.abs(right).max()
    given = x, h0, u, even + odd, b, dhs
    return *given, returned(*given, "turned")


@suspect.check(weight=2, exact=True, notices=("largest-with-its-sign",))
def first_that_fits(rng):
    """Names the first that fits, with one unit or one step too, even if a later one is nearer."""
    *given, dhs = with_loss(rng, 3, 2, 2, 1)
    yield *given, dhs, returned(*given, dhs, "turned")
    *given, dhs = with_loss(rng, 1, 3, 2, 3)
    yield *given, dhs, returned(*given, dhs, "no past")
    x, h0, *rest = with_loss(rng, 1, 2, 2, 3)
    yield x, 0 * h0, *rest, np.zeros((3, 3))
    yield one_step(rng, "no tanh")
    yield one_step(rng, "new state")
    yield no_past_is_nearer(rng)
    yield turned_is_nearer(rng)


@suspect.check(weight=2, hidden=True, exact=True, notices=("largest-with-its-sign",))
def any_fault(rng):
    """Names any fault, or none, in any sizes."""
    for fault, sizes in zip(FAULTS, ((6, 1, 2, 2), (2, 3, 1, 4), (5, 2, 2, 2)) * 2):
        yield faulty(rng, fault, *sizes, noise=2e-5, scale=1000.0 if fault == "right" else 1.0)
    *given, dhs, dw = faulty(rng, "turned", 3, 2, 2, 3)
    yield *given, dhs, dw.T.copy() + 1.0


suspect.in_other_dress(six_suspects, keeps=False)


def _suspects(x, h0, u, w, b, dhs):
    return {fault: returned(x, h0, u, w, b, dhs, fault) for fault in FAULTS}


def nearest_is_named(x, h0, u, w, b, dhs, dw):
    found = _suspects(x, h0, u, w, b, dhs)
    return min(found, key=lambda name: np.abs(found[name] - dw).max())


def last_share_is_left(x, h0, u, w, b, dhs, dw):
    found = _suspects(x, h0, u, w, b, dhs)
    found["not accumulated"] = found["right"] - returned(x, h0, u, w, b, 0 * dhs, "right")
    hs = chapter_states(x, h0, u, w, b)
    before = hs[-2] if len(hs) > 1 else h0
    found["not accumulated"] = (dhs[-1] * (1 - hs[-1] ** 2)).T @ before
    return _first(found, dw)


def _first(found, dw, size=lambda due: np.abs(due).max()):
    for name, due in found.items():
        if np.abs(dw - due).max() <= 1e-4 * size(due):
            return name
    return "unknown"


def by_the_mean(x, h0, u, w, b, dhs, dw):
    for name, due in _suspects(x, h0, u, w, b, dhs).items():
        if abs(np.mean(dw) - np.mean(due)) <= 1e-4 * np.abs(due).max():
            return name
    return "unknown"


def entry_by_entry(x, h0, u, w, b, dhs, dw):
    for name, due in _suspects(x, h0, u, w, b, dhs).items():
        if np.all(np.abs(dw - due) <= 1e-4 * np.abs(due)):
            return name
    return "unknown"


def length_of_the_gap(x, h0, u, w, b, dhs, dw):
    for name, due in _suspects(x, h0, u, w, b, dhs).items():
        if np.linalg.norm(dw - due) <= 1e-4 * np.linalg.norm(due):
            return name
    return "unknown"


def mean_of_the_gap(x, h0, u, w, b, dhs, dw):
    for name, due in _suspects(x, h0, u, w, b, dhs).items():
        if np.abs(dw - due).mean() <= 1e-4 * np.abs(due).max():
            return name
    return "unknown"


def nearest_that_fits(x, h0, u, w, b, dhs, dw):
    found = _suspects(x, h0, u, w, b, dhs)
    tiny = np.finfo(float).tiny
    gaps = {
        name: np.abs(dw - due).max() / max(np.abs(due).max(), tiny) for name, due in found.items()
    }
    nearest = min(gaps, key=gaps.get)
    return nearest if gaps[nearest] <= 1e-4 else "unknown"


def one_step_tells_nothing(x, h0, u, w, b, dhs, dw):
    found = _suspects(x, h0, u, w, b, dhs)
    return _first(found if len(x) > 1 else {"right": found["right"]}, dw)


def last_that_fits(x, h0, u, w, b, dhs, dw):
    return _first(dict(reversed(_suspects(x, h0, u, w, b, dhs).items())), dw)


def compared_by_size(x, h0, u, w, b, dhs, dw):
    found = _suspects(x, h0, u, w, b, dhs)
    return _first({name: np.abs(due) for name, due in found.items()}, np.abs(dw))


def judged_by_length(x, h0, u, w, b, dhs, dw):
    for name, due in _suspects(x, h0, u, w, b, dhs).items():
        if abs(np.linalg.norm(dw) - np.linalg.norm(due)) <= 1e-4 * np.linalg.norm(due):
            return name
    return "unknown"


# --- build_vocabulary -----------------------------------------------------------------------------

vocabulary = Exercise("build_vocabulary", points=2)


@vocabulary.check(exact=True)
def worked_example(rng):
    """Gives the vocabulary and the numbers of the worked example."""
    yield ["the", "cat", "saw", "a", "dog", "and", "the", "dog", "saw", "the", "bird"], 4


@vocabulary.check(weight=2, exact=True)
def by_count(rng):
    """Sorts words by how often they occur, and of equals the first to appear comes first."""
    yield ["z", "y", "z", "a", "b", "a", "y", "x", "y", "c", "b", "c", "y", "w"], 6
    yield ["no", "fish", "is", "no", "fish", "but", "a", "fish", "is", "not", "a", "bird"], 5
    yield ["it", "was", "It", "was", "it", "and", "THE", "the"], 4


@vocabulary.check(exact=True)
def enough_room(rng):
    """Ends with the unknown word even if there is room for all, or for nothing else."""
    yield ["b", "a", "b", "c"], 10
    yield ["b", "a", "b"], 1
    yield ["a"], 5
    yield ["b", "a", "b", "c"], 4
    yield ["b", "a", "b", "c"], 3


@vocabulary.check(weight=2, hidden=True, exact=True)
def any_text(rng):
    """Is right for any text, and for a vocabulary of the unknown word alone."""
    words = np.array(["ox", "eel", "ant", "bee", "cow", "Ant", "elk"])
    yield [str(word) for word in words[rng.integers(0, 7, 30)]], 5
    yield ["ox", "ant", "ox", "eel", "ant", "Ant", "Ant", "bee", "cow", "bee"], 4
    yield ["c", "b", "a", "b", "c", "c"], 1
    yield ["a"], 2


def _sorted_words(words, size, key):
    kept = sorted(dict.fromkeys(words), key=key)[: max(size - 1, 0)]
    place = {word: k for k, word in enumerate(kept)}
    return [*kept, "<unk>"], np.array([place.get(word, len(kept)) for word in words])


def ties_in_alphabetical_order(words, size):
    counts = Counter(words)
    return _sorted_words(words, size, lambda word: (-counts[word], word))


def ties_by_last_appearance(words, size):
    counts = Counter(words)
    return _sorted_words(
        words, size, lambda word: (-counts[word], -(len(words) - words[::-1].index(word)))
    )


def latest_newcomer_first(words, size):
    counts = Counter(words)
    return _sorted_words(words, size, lambda word: (-counts[word], -words.index(word)))


def alphabetical(words, size):
    counts = Counter(words)
    kept = sorted(word for word, _ in counts.most_common(size - 1))
    place = {word: k for k, word in enumerate(kept)}
    return [*kept, "<unk>"], np.array([place.get(word, len(kept)) for word in words])


def by_appearance(words, size):
    return _sorted_words(words, size, words.index)


def rarest_first(words, size):
    counts = Counter(words)
    return _sorted_words(words, size, lambda word: counts[word])


def unknown_first(words, size):
    found, numbers = chapter.build_vocabulary(words, size)
    return ["<unk>", *found[:-1]], np.where(numbers == len(found) - 1, 0, numbers + 1)


def unknown_by_its_count(words, size):
    found, numbers = chapter.build_vocabulary(words, size)
    counts = np.bincount(numbers, minlength=len(found))
    order = np.argsort(-counts, kind="stable")
    return [found[k] for k in order], np.argsort(order)[numbers]


def case_does_not_matter(words, size):
    return chapter.build_vocabulary([word.lower() for word in words], size)


def only_if_needed(words, size):
    found, numbers = chapter.build_vocabulary(words, size)
    return (found if len(found) - 1 in numbers else found[:-1]), numbers


def room_for_all_without_unknown(words, size):
    found = [word for word, _ in Counter(words).most_common()]
    if len(found) > size:
        return chapter.build_vocabulary(words, size)
    return found, np.array([found.index(word) for word in words])


def counts_as_numbers(words, size):
    found, _ = chapter.build_vocabulary(words, size)
    counts = Counter(words)
    return found, np.array([counts[word] if word in found else 0 for word in words])


def rare_words_keep_numbers(words, size):
    everything = [word for word, _ in Counter(words).most_common()]
    return chapter.build_vocabulary(words, size)[0], np.array([everything.index(w) for w in words])


# --- embed_backward -------------------------------------------------------------------------------

embedding = Exercise("embed_backward", points=2)


def looked_up(rng, steps, n, e, size):
    """Return numbers, with repetitions, padding, word 0 and the last one; and gradients."""
    numbers = rng.integers(0, size, (steps, n))
    places = rng.permutation(steps * n)
    flat = numbers.reshape(-1)
    flat[places[:2]], flat[places[2:5]], flat[places[5]] = -1, 0, size - 1
    return numbers, rng.normal(size=(steps, n, e)), size


@embedding.check()
def worked_example(rng):
    """Gives 10, 0, 101 in the worked example."""
    yield np.array([2, 0, 2, -1]).reshape(-1, 1), line(1, 10, 100, 1000), 3


@embedding.check(weight=2)
def repeated_words(rng):
    """Adds up what all places of a word contribute, within a text and across the batch."""
    yield looked_up(rng, 5, 3, 4, 6)
    yield looked_up(rng, 4, 4, 2, 5)
    yield np.full((3, 2), 1), rng.normal(size=(3, 2, 3)), 4


@embedding.check(notices=("once-in-each-text",))
def padding_concerns_no_row(rng):
    """Gives padding to no row, whatever its gradient is."""
    numbers, dy, size = looked_up(rng, 4, 3, 3, 5)
    dy[numbers < 0] = 1e6
    yield numbers, dy, size
    numbers, dy, size = looked_up(rng, 3, 3, 2, 5)
    dy[numbers < 0] = np.nan
    yield numbers, dy, size
    yield np.full((2, 3), -1), rng.normal(size=(2, 3, 2)), 3


@embedding.check(weight=2, hidden=True)
def any_text(rng):
    """Is right for one word, one column, and rows that were never looked up."""
    yield np.array([[2]]), rng.normal(size=(1, 1, 3)), 7
    yield looked_up(rng, 9, 1, 1, 3)
    yield looked_up(rng, 3, 5, 4, 20)


embedding.in_other_dress(repeated_words)


def _summed(numbers, dy, size, share):
    gradient = np.zeros((size, dy.shape[2]), dy.dtype)
    for t, n in np.ndindex(*numbers.shape):
        if numbers[t, n] >= 0:
            gradient[numbers[t, n]] += share(t, n) * dy[t, n]
    return gradient


def once_in_each_text(numbers, dy, size):
    def share(t, n):
        return float(numbers[t, n] not in numbers[t + 1 :, n])

    return _summed(numbers, dy, size, share)


def first_place_only(numbers, dy, size):
    flat = list(numbers.ravel())

    def share(t, n):
        return float(flat.index(numbers[t, n]) == t * numbers.shape[1] + n)

    return _summed(numbers, dy, size, share)


def mean_over_places_of_the_word(numbers, dy, size):
    counts = Counter(numbers.ravel().tolist())
    return _summed(numbers, dy, size, lambda t, n: 1 / counts[int(numbers[t, n])])


def padding_in_the_first_row(numbers, dy, size):
    return _summed(np.maximum(numbers, 0), dy, size, lambda t, n: 1.0)


def counted_not_summed(numbers, dy, size):
    return _summed(numbers, np.ones_like(dy), size, lambda t, n: 1.0)


# --- sequence_cross_entropy -----------------------------------------------------------------------

entropy = Exercise("sequence_cross_entropy", points=4)


def scored(rng, steps, n, k, scale=1.5):
    """Return logits and targets of texts of different lengths, word 0 and the last one among them.

    The texts have lengths that differ, so that no mean over texts is the mean over words.
    """
    logits = scale * rng.normal(size=(steps, n, k))
    targets = rng.integers(0, k, (steps, n))
    targets[0, 0], targets[0, -1] = 0, k - 1
    for column in range(n):
        targets[steps - column :, column] = -1
    return logits, targets


@entropy.check()
def worked_example(rng):
    """Gives 1.0397 and 2.8284 in the worked example, beside padding too."""
    logits = np.log(np.array([[[0.5, 0.5]], [[0.25, 0.75]]]))
    yield logits, np.array([[0], [0]])
    yield np.concatenate([logits, logits[:1] + 1.0]), np.array([[0], [0], [-1]])


@entropy.check(weight=2)
def mean_over_words(rng):
    """Is the mean over all words, long texts counting for more, and so is its gradient."""
    yield scored(rng, 4, 2, 3)
    yield scored(rng, 5, 3, 4)
    yield scored(rng, 3, 3, 5)


@entropy.check()
def without_padding(rng):
    """Is right where all texts have one length."""
    logits, targets = scored(rng, 4, 3, 3)
    yield logits, np.where(targets < 0, 1, targets)


@entropy.check(rtol=1e-9, atol=1e-12)
def far_out(rng):
    """Stays finite and exact for scores in the hundreds and thousands."""
    logits, targets = scored(rng, 3, 2, 4)
    logits[0, 0, :2] = -3.0, 3.0
    targets[:2] = np.argmax(logits[:2], axis=2)
    targets[2, 0] = np.argsort(logits[2, 0])[-2]
    yield 300.0 * logits + 900.0, targets
    unlikely = np.array([[[100.0, 0.0, 3.0]], [[0.0, 1.0, 2.0]]])
    yield unlikely, np.array([[1], [0]])
    apart = np.array([[[400.0, 0.0, 3.0], [-3000.0, -3001.0, -3002.0]]])
    yield apart, np.array([[1, 2]])


@entropy.check(weight=2, hidden=True, notices=("kept-from-zero (2)", "kept-from-zero (3)"))
def any_texts(rng):
    """Is right for one text, one word, many words, and padding anywhere."""
    yield scored(rng, 6, 1, 2)
    yield scored(rng, 1, 1, 5)
    logits, targets = scored(rng, 4, 3, 3)
    targets[0, 1] = -1
    yield logits, targets
    yield scored(rng, 3, 2, 30, scale=40.0)


entropy.in_other_dress(mean_over_words)


def _logs(logits, axis=2):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _came(logits, targets):
    return (np.arange(logits.shape[2]) == targets[..., None]) & (targets >= 0)[..., None]


def _weighted(logits, targets, weights, axis=2):
    logs, came = _logs(logits, axis), _came(logits, targets)
    loss = float(-(logs * came * weights[..., None]).sum())
    gradient = (np.exp(logs) - came) * weights[..., None]
    return loss, float(np.exp(loss)), gradient


def mean_of_the_texts_means(logits, targets):
    real = targets >= 0
    counts = np.maximum(real.sum(axis=0), 1)
    return _weighted(logits, targets, real / counts / real.any(axis=0).sum())


def mean_of_the_steps_means(logits, targets):
    real = targets >= 0
    counts = np.maximum(real.sum(axis=1, keepdims=True), 1)
    return _weighted(logits, targets, real / counts / real.any(axis=1).sum())


def summed_over_each_text(logits, targets):
    return _weighted(logits, targets, (targets >= 0) / targets.shape[1])


def padding_is_the_last_word(logits, targets):
    full = np.where(targets < 0, logits.shape[2] - 1, targets)
    return _weighted(logits, full, np.full(targets.shape, 1 / targets.size))


def padding_is_the_first_word(logits, targets):
    full = np.maximum(targets, 0)
    return _weighted(logits, full, np.full(targets.shape, 1 / targets.size))


def word_zero_is_padding(logits, targets):
    real = targets > 0
    return _weighted(logits, np.where(real, targets, -1), real / max(real.sum(), 1))


def softmax_over_time(logits, targets):
    real = targets >= 0
    return _weighted(logits, targets, real / real.sum(), axis=0)


def softmax_over_the_batch(logits, targets):
    real = targets >= 0
    return _weighted(logits, targets, real / real.sum(), axis=1)


def softmax_twice(logits, targets):
    real = targets >= 0
    return _weighted(np.exp(_logs(logits)), targets, real / real.sum())


def mean_of_perplexities(logits, targets):
    loss, _, gradient = chapter.sequence_cross_entropy(logits, targets)
    return loss, float(np.mean(np.exp(-_logs(logits)[_came(logits, targets)]))), gradient


def one_over_the_mean_probability(logits, targets):
    loss, _, gradient = chapter.sequence_cross_entropy(logits, targets)
    return loss, float(1 / np.mean(np.exp(_logs(logits)[_came(logits, targets)]))), gradient


def perplexity_of_the_distribution(logits, targets):
    loss, _, gradient = chapter.sequence_cross_entropy(logits, targets)
    logs, real = _logs(logits), targets >= 0
    entropies = -(np.exp(logs) * logs).sum(axis=2)
    return loss, float(np.exp(entropies[real].mean())), gradient


def kept_from_zero(logits, targets):
    loss, _, gradient = chapter.sequence_cross_entropy(logits, targets)
    p = np.exp(_logs(logits)[_came(logits, targets)])
    loss = float(-np.mean(np.log(np.maximum(p, 1e-9))))
    return loss, float(np.exp(loss)), gradient


# --- ngram_probabilities --------------------------------------------------------------------------

ngram = Exercise("ngram_probabilities", points=3)


def told(rng, length, size):
    """Return a text in which every word occurs, and whose last word occurred before."""
    tokens = rng.integers(0, size, length)
    tokens[:size] = rng.permutation(size)
    tokens[-1] = tokens[0]
    return tokens


@ngram.check()
def worked_example(rng):
    """Gives the three rows of the worked example."""
    yield np.array([0, 1, 0, 2, 0, 1]), 3, 2, 1.0


@ngram.check(weight=2)
def pairs_and_triples(rng):
    """Counts what follows each context, of one word or of two, in the order of the text."""
    yield told(rng, 20, 4), 4, 2, 0.5
    yield told(rng, 25, 3), 3, 3, 0.1
    yield np.array([0, 1, 0, 1, 0, 2, 2, 0, 1, 1]), 3, 2, 0.25
    yield told(rng, 20, 4), 4, 2, 0.003
    yield told(rng, 14, 2), 2, 4, 0.5


@ngram.check()
def never_seen(rng):
    """Gives a context that never occurred the same share for every word."""
    yield np.array([0, 1, 0, 1, 0]), 4, 2, 0.5
    yield Case(np.array([2, 2, 2]), size=3, n=3, k=2.0)


@ngram.check()
def without_a_context(rng):
    """Gives the words' own shares for n = 1."""
    yield told(rng, 12, 4), 4, 1, 0.5


@ngram.check(weight=2, hidden=True)
def any_text(rng):
    """Is right for any n, any k, and texts of n words."""
    yield told(rng, 30, 5), 5, 2, 0.03
    yield told(rng, 15, 2), 2, 4, 0.3
    yield np.array([1, 0, 2]), 3, 3, 0.7
    yield told(rng, 9, 3), 3, 1, 2.0


def _counts(tokens, size, n):
    counts = np.zeros((size,) * n)
    for first in range(len(tokens) - n + 1):
        counts[tuple(tokens[first : first + n])] += 1
    return counts


def added_once_to_the_total(tokens, size, n, k):
    counts = _counts(tokens, size, n)
    return (counts + k) / (counts.sum(axis=-1, keepdims=True) + k)


def total_without_k(tokens, size, n, k):
    counts = _counts(tokens, size, n)
    with np.errstate(all="ignore"):
        return (counts + k) / counts.sum(axis=-1, keepdims=True)


def added_where_nothing_was_seen(tokens, size, n, k):
    counts = _counts(tokens, size, n)
    counts[counts == 0] = k
    return counts / counts.sum(axis=-1, keepdims=True)


def last_context_counted(tokens, size, n, k):
    counts = _counts(tokens, size, n)
    totals = counts.sum(axis=-1, keepdims=True)
    totals[tuple(tokens[len(tokens) - n + 1 :])] += 1
    return (counts + k) / (totals + k * size)


def every_word_a_context(tokens, size, n, k):
    return (chapter.ngram_probabilities if n == 1 else last_context_counted)(tokens, size, n, k)


def the_text_is_a_ring(tokens, size, n, k):
    ring = np.concatenate([tokens, tokens[: n - 1]])
    counts = _counts(ring, size, n) + k
    return counts / counts.sum(axis=-1, keepdims=True)


def mixed_with_an_even_share(tokens, size, n, k):
    counts = _counts(tokens, size, n)
    total = counts.sum(axis=-1, keepdims=True)
    p = np.where(total > 0, counts / np.maximum(total, 1), 1 / size)
    return (p + k) / (1 + k * size)


# --- sample_next ----------------------------------------------------------------------------------

sampling = Exercise("sample_next", points=4)


def rows(rng, n, k, scale=1.2):
    """Return logits, n rows of k words, none like another."""
    return scale * rng.normal(size=(n, k))


def all_over(rng, n):
    """Return numbers from all over the range from 0 to 1."""
    return rng.permutation((np.arange(n) + rng.uniform(0.2, 0.8, n)) / n)


@sampling.check(exact=True)
def worked_example(rng):
    """Chooses 2, 2, 1, 2 and 3 in the worked example, and 1 at temperature 0."""
    logits, u = np.log(np.array([[0.125, 0.5, 0.25, 0.125]])), np.array([0.85])
    yield logits, 1.0, u
    yield logits, 1.0, u, 2
    yield logits, 1.0, u, 0, 0.4
    yield logits, 1.0, u, 0, 0.8
    yield logits, 2.0, u
    yield logits, 0.0, u


@sampling.check(weight=2)
def by_lot(rng):
    """Chooses by the stretch that u falls into, at any temperature and among many words."""
    logits = np.tile(rows(rng, 2, 5), (10, 1))
    for temperature in (1.0, 0.4, 2.5, 20.0):
        yield logits, temperature, all_over(rng, 20)
    yield 0.02 * logits, 0.01, all_over(rng, 20)
    yield np.zeros((4, 4)), 1.0, np.array([0.0, 0.25, 0.5, 0.75])
    yield np.tile(rows(rng, 1, 120, 0.3), (20, 1)), 1.0, all_over(rng, 20)


@sampling.check(exact=True)
def the_likeliest(rng):
    """Takes the likeliest at temperature 0, of several the first, whatever u and the knobs are."""
    logits = np.array([[1.0, 3.0, 3.0, 2.0], [5.0, -1.0, 5.0, 5.0], [0.0, 0.0, 0.0, 0.5]])
    yield logits, 0.0, np.array([0.1, 0.9, 0.2])
    yield logits, 0, np.array([0.9, 0.9, 0.9]), 2, 0.9
    yield 1000 * logits, 0.0, np.array([0.5, 0.5, 0.0])


@sampling.check(weight=2, notices=("temperature-of-the-root",))
def top_k(rng):
    """Keeps the k likeliest words and scales what is left, of equals the lower numbers."""
    logits = np.tile(rows(rng, 2, 6), (20, 1))
    yield logits, 1.0, all_over(rng, 40), 3
    yield Case(logits, 0.7, all_over(rng, 40), top_k=1)
    yield logits, 2.0, all_over(rng, 40), 50


@sampling.check(exact=True)
def top_k_of_equals(rng):
    """Keeps k words and no more where several are equally likely, those with lower numbers."""
    ties = np.tile(np.array([[0.0, 1.0, 0.0, 2.0, 1.0, 1.0]]), (15, 1))
    yield ties, 1.0, all_over(rng, 15), 3
    yield ties, 0.5, all_over(rng, 15), 5
    yield ties[:2], 1.0, np.array([0.0, 0.0]), 4


@sampling.check(weight=2, notices=("temperature-of-the-root",))
def top_p(rng):
    """Keeps the likeliest words until they sum to p, of equals the lower numbers first."""
    shares = np.log(np.array([[0.07, 0.41, 0.19, 0.33], [0.55, 0.05, 0.28, 0.12]]))
    logits = np.tile(shares, (20, 1))
    for p in (0.3, 0.6, 0.85, 0.99):
        yield Case(logits, 1.0, all_over(rng, 40), top_p=p)
    yield Case(logits, 0.5, all_over(rng, 40), top_p=0.6)
    yield Case(logits, 2.0, all_over(rng, 40), top_p=0.6)
    yield Case(logits, 1.0, all_over(rng, 40), top_p=0.02)
    for p in (0.5, 0.75, 0.7):
        yield Case(np.zeros((12, 4)), 1.0, all_over(rng, 12), top_p=p)


@sampling.check(notices=("temperature-of-the-root", "temperature-held-down"))
def in_this_order(rng):
    """Applies temperature, top-k and top-p in this order, and scales after each cut."""
    shares = np.log(np.array([[0.1, 0.31, 0.12, 0.22, 0.25]]))
    logits = np.tile(shares, (40, 1))
    yield logits, 1.0, all_over(rng, 40), 3, 0.6
    yield logits, 1.0, all_over(rng, 40), 2, 0.5
    yield logits, 3.0, all_over(rng, 40), 4, 0.7


@sampling.check(
    weight=2,
    hidden=True,
    notices=(
        "temperature-of-the-root",
        "temperature-after-the-cut",
        "top-p-before-top-k",
        "top-p-alone",
    ),
)
def any_knobs(rng):
    """Is right for any knobs, for scores in the thousands, one word and one text."""
    logits = np.tile(rows(rng, 3, 7), (20, 1))
    yield logits, 0.8, all_over(rng, 60), 4, 0.77
    yield logits, 1.7, all_over(rng, 60), 0, 0.52
    yield 1000.0 + logits, 1.0, all_over(rng, 60)
    yield 2000.0 * np.sign(logits) + logits, 1.0, all_over(rng, 60), 5
    yield np.array([[3.0]]), 1.0, np.array([0.4]), 1, 0.3


@sampling.check(notices=("temperature-of-the-root", "place-among-those-left"))
def far_out(rng):
    """Stays right for scores in the thousands."""
    logits = np.tile(rows(rng, 2, 4), (20, 1))
    yield 2000.0 + logits, 1.0, all_over(rng, 40)
    yield logits - 6000.0, 2.0, all_over(rng, 40), 3
    wide = np.tile(2000.0 * np.array([[1.0, -1.0, 1.0, 1.0], [-1.0, 1.0, -1.0, 1.0]]), (20, 1))
    yield wide + logits, 1.0, all_over(rng, 40)
    yield logits + np.tile([[3000.0], [-3000.0]], (20, 1)), 1.0, all_over(rng, 40)


sampling.in_other_dress(top_k, keeps=False)


def _chances(logits, temperature):
    z = (logits - logits.max(axis=1, keepdims=True)) / temperature
    p = np.exp(np.asarray(z, float))
    return p / p.sum(axis=1, keepdims=True)


def _ranked(row):
    return np.argsort(-row, kind="stable")


def _only(p, keep):
    """Zero all but the words of `keep` in one row; scale."""
    cut = np.zeros_like(p)
    cut[keep] = p[keep]
    return cut / cut.sum()


def _nucleus(p, top_p, enough=lambda above, here, top_p: above >= top_p):
    order, keep, above = _ranked(p), [], 0.0
    for word in order:
        if keep and enough(above, p[word], top_p):
            break
        keep.append(word)
        above += p[word]
    return _only(p, keep)


def _lot(p, u):
    ends = np.cumsum(p)
    return int(np.argmax(ends > u * ends[-1]))


def _each(logits, temperature, u, choose):
    if temperature == 0:
        return np.argmax(logits, axis=1)
    p = _chances(logits, temperature)
    return np.array([choose(row, p[n], u[n]) for n, row in enumerate(logits)])


def _k(row, p, top_k):
    return _only(p, _ranked(row)[:top_k]) if top_k else p


def _p(p, top_p, **how):
    return _nucleus(p, top_p, **how) if top_p < 1 else p


def last_of_the_likeliest(logits, temperature, u, top_k=0, top_p=1.0):
    if temperature == 0:
        return logits.shape[1] - 1 - np.argmax(logits[:, ::-1], axis=1)
    return chapter.sample_next(logits, temperature, u, top_k, top_p)


def temperature_after_the_cut(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        cold = _p(_k(row, _chances(row[None], 1.0)[0], top_k), top_p)
        return _lot(np.where(cold > 0, p, 0), u)

    return _each(logits, temperature, u, choose)


def top_p_before_top_k(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _p(p, top_p)
        return _lot(_k(p, p, min(top_k, np.count_nonzero(p))), u)

    return _each(logits, temperature, u, choose)


def reaching_word_left_out(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _k(row, p, top_k)
        return _lot(_p(p, top_p, enough=lambda above, here, top_p: above + here > top_p), u)

    return _each(logits, temperature, u, choose)


def one_word_too_many(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _k(row, p, top_k)
        if top_p < 1:
            order = _ranked(p)
            p = _only(p, order[: int(np.argmax(np.cumsum(p[order]) >= top_p)) + 2])
        return _lot(p, u)

    return _each(logits, temperature, u, choose)


def each_word_above_p(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _k(row, p, top_k)
        keep = np.flatnonzero(p >= top_p) if top_p < 1 else np.arange(len(p))
        return _lot(_only(p, keep if keep.size else [int(np.argmax(p))]), u)

    return _each(logits, temperature, u, choose)


def share_of_the_vocabulary(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _k(row, p, top_k)
        if top_p < 1:
            p = _only(p, _ranked(p)[: max(1, int(np.ceil(top_p * len(p))))])
        return _lot(p, u)

    return _each(logits, temperature, u, choose)


def stretches_by_rank(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _p(_k(row, p, top_k), top_p)
        order = _ranked(p)
        return order[_lot(p[order], u)]

    return _each(logits, temperature, u, choose)


def rank_for_the_word(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _p(_k(row, p, top_k), top_p)
        return _lot(p[_ranked(p)], u)

    return _each(logits, temperature, u, choose)


def place_among_those_left(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _p(_k(row, p, top_k), top_p)
        return _lot(p[p > 0], u)

    return _each(logits, temperature, u, choose)


def not_scaled_after_the_cuts(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        cut = np.where(_p(_k(row, p, top_k), top_p) > 0, p, 0)
        ends = np.cumsum(cut)
        return int(min(np.searchsorted(ends, u, side="right"), len(p) - 1))

    return _each(logits, temperature, u, choose)


def all_equals_stay(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        if top_k:
            bar = np.sort(row)[::-1][min(top_k, len(row)) - 1]
            p = _only(p, np.flatnonzero(row >= bar))
        return _lot(_p(p, top_p), u)

    return _each(logits, temperature, u, choose)


def higher_numbers_stay(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        order = np.argsort(row, kind="stable")[::-1]
        p = _only(p, order[:top_k]) if top_k else p
        return _lot(_p(p, top_p), u)

    return _each(logits, temperature, u, choose)


def unlikeliest_stay(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _only(p, _ranked(row)[-top_k:]) if top_k else p
        return _lot(_p(p, top_p), u)

    return _each(logits, temperature, u, choose)


def cut_scores_set_to_zero(logits, temperature, u, top_k=0, top_p=1.0):
    def choose(row, p, u):
        p = _p(_k(row, p, top_k), top_p)
        z = np.where(p > 0, row / temperature, 0.0)
        return _lot(np.exp(z - z.max()), u)

    return _each(logits, temperature, u, choose)


def knobs_ignored(logits, temperature, u, top_k=0, top_p=1.0):
    return chapter.sample_next(logits, temperature, u)


def fifty_by_default(logits, temperature, u, top_k=50, top_p=1.0):
    return chapter.sample_next(logits, temperature, u, top_k, top_p)


def one_u_for_all(logits, temperature, u, top_k=0, top_p=1.0):
    return chapter.sample_next(logits, temperature, np.full(len(u), u[0]), top_k, top_p)


# --- generate -------------------------------------------------------------------------------------

writing = Exercise("generate", points=4, needs=("rnn_forward", "sample_next"))
SPREAD = 0.12
"""How far 6,000 draws may be off, in their spread: the means of two such sets, by 6.5 errors."""


def writer(rng, words, e, hidden):
    """Return a language model whose choices depend on words and states."""
    u, w, b = net(rng, e, hidden)
    table, v = 1.5 * rng.normal(size=(words, e)), 2.0 * rng.normal(size=(words, hidden))
    return table, u, 1.3 * w, b, v, rng.normal(size=words)


def chain(scores):
    """Return a model for which word i is followed by words with the scores of column i."""
    words = len(scores)
    eye = np.eye(words)
    middle = scores.sum(axis=1) / 2
    model = 40.0 * eye, eye, np.zeros((words, words)), np.full(words, -20.0), scores / 2
    return *model, middle


def seeded(rng):
    return int(rng.integers(1 << 31))


SHARES = np.array([0.16, 0.24, 0.2, 0.23, 0.17])


@writing.check(weight=2, notices=("state-not-carried", "backwards"))
def the_likeliest_text(rng):
    """Reads what it wrote and carries its state, at temperature 0 or near it."""
    yield np.arange(8), 6, writer(rng, 8, 3, 4), 0.0, seeded_generator(rng)
    yield np.array([2, 0]), 5, writer(rng, 4, 2, 3), 0.0, seeded_generator(rng)
    yield np.array([1, 3, 0]), 5, writer(rng, 4, 3, 5), 1e-5, seeded_generator(rng)


def seeded_generator(rng):
    return Seed(seeded(rng))


@writing.check(weight=2, observe="sample", atol=SPREAD, exact=True)
def by_lot(rng):
    """Draws each word with its probability, each text for itself, from the generator given."""
    scores = np.tile(np.log(SHARES)[:, None], (1, 5))
    yield Case(np.zeros(6000, int), 1, chain(scores), 1.0, seed=seeded(rng), scale=1.35)


@writing.check(weight=2, observe="sample", atol=SPREAD, exact=True)
def at_a_temperature(rng):
    """Divides the scores by the temperature before it draws."""
    scores = np.tile(np.log(SHARES)[:, None], (1, 5))
    yield Case(np.zeros(6000, int), 1, chain(0.5 * scores), 0.5, seed=seeded(rng), scale=1.35)
    steep = np.log(np.array([0.15, 0.43, 0.02, 0.25, 0.15]))
    yield Case(np.zeros(6000, int), 1, chain(2.0 * np.tile(steep[:, None], (1, 5))), 2.0,
               seed=seeded(rng), scale=1.35)  # fmt: skip


@writing.check(weight=1, observe="sample", atol=SPREAD, exact=True)
def afresh_at_each_step(rng):
    """Draws afresh at each step, from what the word before makes likely."""
    yield Case(np.zeros(3000, int), 2, chain(wheel()), 1.0, seed=seeded(rng), scale=1.25)


def wheel():
    """Return scores of a chain in which low numbers lead to word 1 and high ones to word 2.

    From there, high numbers lead to 4 and to 1: whoever draws once for both steps hardly meets 4.
    """
    p = np.full((5, 5), 1e-9)
    p[[1, 2], 0] = 0.45, 0.55
    p[[0, 4], 1] = 0.4, 0.6
    p[[0, 1], 2] = 0.4, 0.6
    p[0, 3:] = 1.0
    return np.log(p)


@writing.check(weight=2, hidden=True, notices=("state-not-carried", "bias-forgotten"))
def any_model(rng):
    """Is right for one text, one step, and the first of equal scores at temperature 0."""
    yield np.arange(7), 8, writer(rng, 7, 3, 5), 0.0, seeded_generator(rng)
    yield np.array([1]), 8, writer(rng, 6, 2, 3), 0.0, seeded_generator(rng)
    yield np.array([0, 2, 1]), 1, writer(rng, 3, 4, 2), 0.0, seeded_generator(rng)
    yield np.array([0, 1]), 3, chain(np.zeros((3, 3))), 0.0, seeded_generator(rng)


@writing.check(weight=1)
def equal_scores(rng):
    """Takes the first of equal scores at temperature 0."""
    scores = np.array([[0.0, 1.0, 0.0], [2.0, 1.0, 0.0], [2.0, 0.0, 0.0]])
    yield np.array([0, 1, 2]), 3, chain(scores), 0.0, seeded_generator(rng)


@writing.check(weight=2, hidden=True, observe="sample", atol=SPREAD, exact=True)
def any_lot(rng):
    """Draws by lot from another model at another temperature."""
    scores = np.tile(np.log(SHARES[::-1])[:, None], (1, 5))
    yield Case(np.full(6000, 2), 1, chain(1.5 * scores), 1.5, seed=seeded(rng), scale=1.35)


writing.in_other_dress(the_likeliest_text, keeps=False)


def _write(first, steps, model, choose, rng):
    table, u, w, b, v, c = model
    h, word, written = np.zeros((len(first), len(w))), first, []
    for _ in range(steps):
        h = chapter.rnn_forward(table[word][None], h, u, w, b)[0]
        word = choose(h @ v.T + c, rng)
        written.append(word)
    return np.stack(written)


def one_draw_for_all_texts(first, steps, model, temperature, rng):
    def choose(logits, rng):
        return chapter.sample_next(logits, temperature, np.full(len(first), rng.random()))

    return _write(first, steps, model, choose, rng)


def one_draw_for_all_steps(first, steps, model, temperature, rng):
    u = rng.random(len(first))
    return _write(
        first, steps, model, lambda logits, _: chapter.sample_next(logits, temperature, u), rng
    )


def seed_of_its_own(first, steps, model, temperature, rng):
    return chapter.generate(first, steps, model, temperature, np.random.default_rng(0))


def luck_of_its_own(first, steps, model, temperature, rng):
    return chapter.generate(first, steps, model, temperature, np.random.default_rng())


def all_words_alike(first, steps, model, temperature, rng):
    def choose(logits, rng):
        if temperature == 0:
            return np.argmax(logits, axis=1)
        return rng.integers(0, logits.shape[1], len(logits))

    return _write(first, steps, model, choose, rng)


def always_the_likeliest(first, steps, model, temperature, rng):
    return _write(first, steps, model, lambda logits, _: np.argmax(logits, axis=1), rng)


def first_word_read_twice(first, steps, model, temperature, rng):
    table, u, w, b, v, c = model
    h = chapter.rnn_forward(table[first][None], np.zeros((len(first), len(w))), u, w, b)[0]
    word, written = first, []
    for _ in range(steps):
        h = chapter.rnn_forward(table[word][None], h, u, w, b)[0]
        word = chapter.sample_next(h @ v.T + c, temperature, rng.random(len(first)))
        written.append(word)
    return np.stack(written)


def with_the_first_words(first, steps, model, temperature, rng):
    return np.concatenate([first[None], chapter.generate(first, steps, model, temperature, rng)])


def first_words_counted(first, steps, model, temperature, rng):
    return with_the_first_words(first, steps, model, temperature, rng)[:-1]


# --- encoder_decoder ------------------------------------------------------------------------------

translation = Exercise("encoder_decoder", points=4, needs=("rnn_forward",))


def languages(rng, words, e, hidden, k, f):
    """Return encoder and decoder."""
    encoder = 1.2 * rng.normal(size=(words, e)), *net(rng, e, hidden)
    above = 1.5 * rng.normal(size=(k, hidden)), rng.normal(size=k)
    return encoder, (1.2 * rng.normal(size=(k, f)), *net(rng, f, hidden), *above)


def sources(rng, steps, n, words):
    """Return sources of different lengths, the longest of `steps` words, its first one word 0."""
    source = rng.integers(0, words, (steps, n))
    source[0, 0] = 0
    for column in range(n):
        source[steps - column % steps :, column] = -1
    return source


def texts(rng, steps, n, k):
    """Return targets in which neighbours differ."""
    first = rng.integers(0, k, n)
    return (first + np.cumsum(rng.integers(1, k, (steps, n)), axis=0)) % k


@translation.check()
def worked_example(rng):
    """Gives -0.9583 and -0.9842 in the worked example, and reads sources in their order."""
    table, one = np.array([[0.0], [1.0]]), by_hand()[1:]
    encoder, decoder = (table, *one), (table, *one, np.array([[1.0], [0.0]]), np.zeros(2))
    yield np.array([[1], [-1]]), np.array([[1], [0]]), 0, encoder, decoder
    turned = *decoder[:4], -decoder[4], decoder[5]
    yield np.array([[1], [0]]), np.array([[1], [0]]), 0, encoder, turned


@translation.check(weight=2)
def teacher_forcing(rng):
    """Lets the decoder read the start symbol, then each target one step late."""
    yield rng.integers(0, 5, (3, 2)), texts(rng, 4, 2, 4), 1, *languages(rng, 5, 3, 4, 4, 2)
    yield rng.integers(0, 4, (4, 3)), texts(rng, 5, 3, 4), 3, *languages(rng, 4, 3, 4, 4, 3)


@translation.check(weight=2)
def sources_of_different_length(rng):
    """Does not read padding, even if a source is nothing else: the state stays as it is."""
    yield sources(rng, 4, 3, 5), texts(rng, 3, 3, 4), 2, *languages(rng, 5, 2, 3, 4, 3)
    yield sources(rng, 3, 2, 4), texts(rng, 2, 2, 3), 1, *languages(rng, 4, 3, 5, 3, 3)
    source = sources(rng, 3, 3, 4)
    source[:, 1] = -1
    yield source, texts(rng, 1, 3, 5), 4, *languages(rng, 4, 3, 2, 5, 2)


@translation.check(weight=2, hidden=True)
def any_pair(rng):
    """Is right for one word, one pair, and a source that is all padding."""
    yield np.array([[2]]), np.array([[1]]), 0, *languages(rng, 3, 2, 3, 2, 2)
    source = sources(rng, 3, 3, 4)
    source[:, 1] = -1
    yield source, texts(rng, 4, 3, 5), 4, *languages(rng, 4, 3, 2, 5, 2)
    yield sources(rng, 6, 1, 3), texts(rng, 6, 1, 3), 1, *languages(rng, 3, 1, 4, 3, 1)


translation.in_other_dress(sources_of_different_length)


def _read(source, encoder):
    table, u, w, b = encoder
    h = np.zeros((source.shape[1], len(w)), table.dtype)
    found = [h]
    for word in source:
        new = np.tanh(table[word] @ u.T + h @ w.T + b)
        h = np.where((word >= 0)[:, None], new, h)
        found.append(h)
    return found


def _say(h, seen, decoder):
    table, u, w, b, v, c = decoder
    found = []
    for word in seen:
        h = np.tanh(table[word] @ u.T + h @ w.T + b)
        found.append(h @ v.T + c)
    return np.stack(found)


def _shifted(target, start):
    return np.concatenate([np.full((1, target.shape[1]), start), target[:-1]])


def reads_its_own_words(source, target, start, encoder, decoder):
    table, u, w, b, v, c = decoder
    h, word, found = _read(source, encoder)[-1], np.full(target.shape[1], start), []
    for _ in target:
        h = np.tanh(table[word] @ u.T + h @ w.T + b)
        found.append(h @ v.T + c)
        word = np.argmax(found[-1], axis=1)
    return np.stack(found)


def padding_is_word_zero(source, target, start, encoder, decoder):
    return chapter.encoder_decoder(np.maximum(source, 0), target, start, encoder, decoder)


def padding_reads_zeros(source, target, start, encoder, decoder):
    table, *rest = encoder
    longer = np.concatenate([table, np.zeros_like(table[:1])])
    read = np.where(source < 0, len(table), source)
    return chapter.encoder_decoder(read, target, start, (longer, *rest), decoder)


def first_word_always_read(source, target, start, encoder, decoder):
    table = encoder[0]
    read = source.copy()
    read[0] = source[0] % len(table)
    return chapter.encoder_decoder(read, target, start, encoder, decoder)


def all_stop_at_the_shortest(source, target, start, encoder, decoder):
    shortest = source[(source >= 0).all(axis=1)]
    return chapter.encoder_decoder(shortest, target, start, encoder, decoder)


def start_and_then_the_target(source, target, start, encoder, decoder):
    seen = np.concatenate([np.full((1, target.shape[1]), start), target])
    return _say(_read(source, encoder)[-1], seen, decoder)[1:]


def no_start_symbol(source, target, start, encoder, decoder):
    _, _, w, b, v, c = decoder
    h = np.tanh(_read(source, encoder)[-1] @ w.T + b)
    rest = [_say(h, target[:-1], decoder)] if len(target) > 1 else []
    return np.concatenate([(h @ v.T + c)[None], *rest])


def state_says_the_first_word(source, target, start, encoder, decoder):
    h, v, c = _read(source, encoder)[-1], decoder[4], decoder[5]
    said = _say(h, _shifted(target, start), decoder)
    return np.concatenate([(h @ v.T + c)[None], said[:-1]])


def mean_of_the_encoders_states(source, target, start, encoder, decoder):
    found = np.mean(_read(source, encoder)[1:], axis=0)
    return _say(found, _shifted(target, start), decoder)


def state_shown_at_every_step(source, target, start, encoder, decoder):
    table, u, w, b, v, c = decoder
    context, found = _read(source, encoder)[-1], []
    h = context
    for word in _shifted(target, start):
        h = np.tanh(table[word] @ u.T + h @ w.T + b + context)
        found.append(h @ v.T + c)
    return np.stack(found)


def state_afresh_at_every_step(source, target, start, encoder, decoder):
    h = _read(source, encoder)[-1]
    return np.concatenate([_say(h, word[None], decoder) for word in _shifted(target, start)])


def probabilities_returned(source, target, start, encoder, decoder):
    return _chances_of(chapter.encoder_decoder(source, target, start, encoder, decoder))


def _chances_of(logits):
    e = np.exp(logits - logits.max(axis=2, keepdims=True))
    return e / e.sum(axis=2, keepdims=True)


# --- forecast_split -------------------------------------------------------------------------------

forecast = Exercise("forecast_split", points=3)


def series(rng, length):
    """Return a walk with steps that are never small."""
    return np.cumsum(rng.uniform(0.3, 1.2, length) * rng.choice([-1.0, 1.0], length))


@forecast.check()
def worked_example(rng):
    """Gives one training sample, two test samples and 22.0907 in the worked example."""
    yield np.arange(8.0) ** 2, 3, 2, 2


@forecast.check(weight=2)
def one_step_ahead(rng):
    """Slides the window over the series, and keeps the last samples for the test."""
    yield series(rng, 14), 3, 1, 4
    yield series(rng, 12), 5, 1, 2


@forecast.check(weight=2)
def several_steps_ahead(rng):
    """Trains on no target that is later than the moment of the first forecast."""
    yield series(rng, 20), 4, 3, 5
    yield Case(series(rng, 18), width=2, horizon=4, test=3)


@forecast.check(weight=2, hidden=True)
def any_series(rng):
    """Is right for windows of one value, one test sample and one that trains."""
    yield series(rng, 10), 1, 1, 3
    yield series(rng, 12), 1, 3, 1
    yield series(rng, 30), 6, 2, 10
    yield series(rng, 9), 3, 2, 3


forecast.in_other_dress(several_steps_ahead)


def _samples(series, width, horizon):
    count = len(series) - width - horizon + 1
    x = np.stack([series[i : i + width] for i in range(count)])
    return x, series[width + horizon - 1 :]


def _rms(gap):
    return float(np.sqrt(np.mean(gap**2)))


def drawn_at_random(series, width, horizon, test):
    x, y = _samples(series, width, horizon)
    order = np.random.default_rng(0).permutation(len(x))
    held, rest = order[:test], order[test:]
    return x[rest], y[rest], x[held], y[held], _rms(x[held, -1] - y[held])


def first_samples_are_the_test(series, width, horizon, test):
    x, y = _samples(series, width, horizon)
    cut = test + horizon - 1
    return x[cut:], y[cut:], x[:test], y[:test], _rms(x[:test, -1] - y[:test])


def inputs_kept_apart_too(series, width, horizon, test):
    x, y = _samples(series, width, horizon)
    first = len(x) - test
    known = max(first - (width + horizon - 1), 0)
    return x[:known], y[:known], x[first:], y[first:], _rms(x[first:, -1] - y[first:])


def horizon_from_the_first_input(series, width, horizon, test):
    count = len(series) - width - horizon + 1
    x = np.stack([series[i : i + width] for i in range(count)])
    y = series[horizon : horizon + count]
    first = count - test
    known = first - (horizon - 1)
    return x[:known], y[:known], x[first:], y[first:], _rms(x[first:, -1] - y[first:])


def one_step_too_far_throughout(series, width, horizon, test):
    x, y = _samples(series, width, horizon + 1)
    first = len(x) - test
    known = max(first - horizon, 0)
    return x[:known], y[:known], x[first:], y[first:], _rms(x[first:, -1] - y[first:])


def one_step_too_far(series, width, horizon, test):
    x, y = _samples(series, width, horizon + 1)
    first = len(x) - test
    known = first - (horizon - 1)
    return x[:known], y[:known], x[first:], y[first:], _rms(x[first:, -1] - y[first:])


def always_the_next_value(series, width, horizon, test):
    x, y = _samples(series, width, 1)
    first = len(x) - test
    return x[:first], y[:first], x[first:], y[first:], _rms(x[first:, -1] - y[first:])


def windows_side_by_side(series, width, horizon, test):
    x, y = _samples(series, width, horizon)
    x, y = x[::width], y[::width]
    test = min(test, len(x) - 1)
    first = len(x) - test
    return x[:first], y[:first], x[first:], y[first:], _rms(x[first:, -1] - y[first:])


def all_steps_up_to_the_horizon(series, width, horizon, test):
    x, y = _samples(series, width, horizon)
    y = np.stack([series[width + i : width + i + horizon] for i in range(len(x))])
    first = len(x) - test
    known = first - (horizon - 1)
    naive = _rms(x[first:, -1] - y[first:, -1])
    return x[:known], y[:known], x[first:], y[first:], naive


def test_moved_instead(series, width, horizon, test):
    x, y = _samples(series, width, horizon)
    known, first = len(x) - test, len(x) - test + horizon - 1
    naive = _rms(x[first:, -1] - y[first:]) if first < len(x) else 0.0
    return x[:known], y[:known], x[first:], y[first:], naive


# --- questions, graded by a person ----------------------------------------------------------------

too_good = Question(
    "too_good",
    points=3,
    guide="""
    Full answer, a point for each part. What it learned: at step t the reader from the end has seen
    letter t + 1 (it *is* the target): it copies its own input one step back. Why unseen: in the
    held-out text the next letters are there as well; the leak is in the task, not in the split; in
    writing there is no next letter yet, what it leans on is missing. Honest where the whole
    sequence is there before an answer is asked and the answer is no part of the input: tags,
    mood, a source to be translated (rows many to one, many to many in step with labels that are
    not the inputs; the encoder); not where the target is a later input. Half: "it sees the
    future" without saying why the held-out text hides it.
    """,
)

which_cure = Question(
    "which_cure",
    points=3,
    guide="""
    Full answer, a point for each net. (a) sigma < 1: vanishes for certain, 0.8^60 is 1e-6;
    clipping and windows do not help (windows of 20 cut what is left), an orthogonal start or an
    LSTM does. (b) can explode: clip the norm; windows bound it as well. (c) W keeps lengths, but
    D = 1 - h^2 is near 0: vanishes all the same; an orthogonal start does not help, an LSTM
    (whose cell passes no tanh on its way), or smaller inputs and weights, do. Half: right names
    without the factor that decides.
    """,
)

letters_or_words = Question(
    "letters_or_words",
    points=2,
    guide="""
    Full answer: per word the letters' model has 3.1^5.5 = 504, or per letter the words' model has
    70^(1/5.5) = 2.17: the words' model would be better (1 point). But its unknown word is easy to
    hit: whatever is rare counts as one word and is never spelled, so its number is too good; one
    compares on the same text with the same vocabulary, or charges the spelling. On the training
    text a model that learned by heart has a perplexity near 1 (1 point). Half: the power without
    the unknown word.
    """,
)
