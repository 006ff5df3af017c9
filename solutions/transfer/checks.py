"""How the chapter on transfer is judged."""

from itertools import pairwise

import numpy as np

from autograder.observe import function
from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def away(rng, *shape):
    """Return numbers of either sign that are not small."""
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def net(rng, *sizes):
    """Return weights and biases of a net with so many units in each layer, inputs first."""
    return [(away(rng, out, into), away(rng, out)) for into, out in pairwise(sizes)]


# --- transfer_layers ------------------------------------------------------------------------------

transfer = Exercise("transfer_layers", points=3)


@transfer.check()
def worked_nets(rng):
    """Takes one layer over in the worked example; of two, it names layer 1 and takes none."""
    for n in (1, 2):
        yield net(rng, 4, 3, 2, 5), net(rng, 4, 3, 6, 7), n


@transfer.check(weight=2)
def layers_that_fit(rng):
    """Takes the n layers next to the input, and leaves the target as deep as it was."""
    yield net(rng, 3, 3, 3, 3), net(rng, 3, 3, 3, 3), 2
    yield net(rng, 3, 4, 4, 4, 2), net(rng, 3, 4, 4), 1
    yield net(rng, 5, 4, 3), net(rng, 5, 4, 4, 3, 2), 1
    yield net(rng, 2, 2, 2, 2, 2), net(rng, 2, 2, 2, 2), 2


@transfer.check(weight=2)
def layers_that_do_not_fit(rng):
    """Names the first layer whose shape differs, in whatever way, and then takes none at all."""
    yield net(rng, 4, 3, 2), net(rng, 5, 3, 2), 2  # as many units, not as many inputs
    yield net(rng, 4, 3, 6, 2), net(rng, 4, 3, 2, 6), 3  # two that do not fit
    yield net(rng, 2, 6, 3), net(rng, 2, 6, 1), 2  # it would broadcast
    yield net(rng, 3, 4, 3), net(rng, 3, 4, 5), 2  # it could be sliced
    yield net(rng, 2, 3, 4), net(rng, 3, 2, 6), 2  # as many numbers
    yield net(rng, 3, 3, 2, 4, 4), net(rng, 3, 3, 5, 4, 4), 4  # one after it fits again
    bare = net(rng, 3, 4, 2)
    yield net(rng, 3, 4, 2), [bare[0], (bare[1][0], np.zeros(0))], 2  # one has no biases
    yield [bare[0], (bare[1][0], np.zeros(0))], net(rng, 3, 4, 2), 2
    yield net(rng, 3, 4, 4, 2), net(rng, 3, 4, 4, 5), 3  # the last of several


@transfer.check()
def none_and_all(rng):
    """Takes no layer if n is 0 or one does not fit, and all of them if all fit."""
    yield net(rng, 4, 3, 2), net(rng, 4, 3, 2), 0
    yield net(rng, 4, 3, 2), net(rng, 4, 3, 5), 2
    bare = [[(w, np.zeros(0)) for w, _ in net(rng, 3, 4, 2)] for _ in range(2)]
    yield *bare, 2
    yield net(rng, 3, 4), net(rng, 5, 2), 0
    yield net(rng, 4, 3, 2), net(rng, 4, 3, 2), 2
    yield net(rng, 2, 3, 2, 4), net(rng, 2, 3, 2), 2


@transfer.check(weight=2, hidden=True)
def any_nets(rng):
    """Is right for any two nets."""
    yield net(rng, 6, 5, 4, 3, 2), net(rng, 6, 5, 4, 3, 7), 3
    yield net(rng, 3, 3, 3, 3, 3), net(rng, 3, 3, 3, 4, 3), 4
    yield net(rng, 3, 3, 3, 3), net(rng, 3, 3, 3, 3), 1
    yield net(rng, 4, 6, 3), net(rng, 6, 4, 3), 1
    yield net(rng, 1, 1), net(rng, 1, 1), 1


@transfer.check(dtype=True)
def in_other_dress(rng):
    """Gives the dtype of the target's layers, and takes arrays of any memory layout."""
    low = [tuple(part.astype(np.float32) for part in layer) for layer in net(rng, 4, 3, 2)]
    yield net(rng, 4, 3, 5), low, 1
    yield low, net(rng, 4, 3, 2), 2
    yield net(rng, 4, 3, 2), [low[0], net(rng, 3, 2)[0]], 2
    mixed = [(w, b.astype(np.float32)) for w, b in net(rng, 4, 3, 2)]
    yield net(rng, 4, 3, 2), mixed, 2
    turned = [(np.asfortranarray(w), b[::-1]) for w, b in net(rng, 4, 3, 2)]
    yield turned, net(rng, 4, 3, 3), 1
    yield net(rng, 4, 3, 3), turned, 1


transfer.in_new_arrays(none_and_all)


def _copies(layers):
    return [(w.copy(), b.copy()) for w, b in layers]


def _misfits(source, target, n):
    pairs = list(zip(source, target))[:n]
    return [
        k for k, (old, new) in enumerate(pairs) if any(a.shape != b.shape for a, b in zip(old, new))
    ]


def _in_dtype(old, new):
    return tuple(a.astype(b.dtype) for a, b in zip(old, new))


def counted_from_the_top(source, target, n):
    bad = [k for k in range(1, n + 1) if source[-k][0].shape != target[-k][0].shape]
    if bad:
        return _copies(target), len(target) - bad[0]
    keep = len(target) - n
    taken = [_in_dtype(a, b) for a, b in zip(source[len(source) - n :], target[keep:])]
    return _copies(target[:keep]) + taken, None


def misfits_left_out(source, target, n):
    bad, layers = _misfits(source, target, n), _copies(target)
    for k in range(n):
        if k not in bad:
            layers[k] = _in_dtype(source[k], target[k])
    return layers, bad[0] if bad else None


def weights_compared_alone(source, target, n):
    pairs = list(zip(source, target))[:n]
    bad = [k for k, (old, new) in enumerate(pairs) if old[0].shape != new[0].shape]
    if bad:
        return _copies(target), bad[0]
    return [_in_dtype(a, b) for a, b in pairs] + _copies(target[n:]), None


def last_misfit(source, target, n):
    bad = _misfits(source, target, n)
    if bad:
        return _copies(target), bad[-1]
    return [_in_dtype(a, b) for a, b in zip(source[:n], target)] + _copies(target[n:]), None


def not_compared(source, target, n):
    return _copies(source[:n]) + _copies(target[n:]), None


def sliced_in(source, target, n):
    bad, layers = _misfits(source, target, n), _copies(target)
    for (w, b), (old_w, old_b) in zip(layers[:n], source):
        rows, columns = min(len(w), len(old_w)), min(w.shape[1], old_w.shape[1])
        w[:rows, :columns] = old_w[:rows, :columns]
        b[:rows] = old_b[:rows]
    return layers, bad[0] if bad else None


def whole_target_on_top(source, target, n):
    bad = _misfits(source, target, n)
    if bad:
        return _copies(target), bad[0]
    return _copies(source[:n]) + _copies(target), None


def rest_of_the_source(source, target, n):
    bad = _misfits(source, target, n)
    if bad:
        return _copies(target), bad[0]
    taken = [_in_dtype(a, b) for a, b in zip(source[:n], target)]
    return taken + _copies(source[n:]), None


def source_and_target_exchanged(source, target, n):
    bad = _misfits(source, target, n)
    if bad:
        return _copies(source), bad[0]
    return _copies(target[:n]) + _copies(source[n:]), None


# --- masked_update --------------------------------------------------------------------------------

masked = Exercise("masked_update", points=4)


def parameters(rng, *shapes):
    """Return parameters of these shapes, gradients and momenta; none of their numbers is small."""
    return tuple([away(rng, *shape) for shape in shapes] for _ in range(3))


@masked.check()
def worked_step(rng):
    """Gives 0.76 and 2.4 in the worked example, and 1 and 2 if the parameter is frozen."""
    for frozen in ([], [0]):
        yield [np.array([1.0])], [np.array([0.5])], [np.array([2.0])], frozen, 0.1, 0.9, 0.1


@masked.check(weight=2)
def what_trains(rng):
    """Steps by momentum, gradient and decay where nothing is frozen."""
    yield *parameters(rng, (3, 2), (3,)), [], 0.1
    yield Case(*parameters(rng, (2, 2), (2,), (4,)), [], 0.05, decay=0.3)
    yield *parameters(rng, (5,)), [], 0.2, 0.5, 0.1
    yield *parameters(rng, (2, 3)), [], 0.3, 0.0, 0.2


@masked.check(weight=2)
def what_is_frozen(rng):
    """Leaves frozen parameters and their momenta alone, whatever the decay, and trains the rest."""
    yield *parameters(rng, (3, 2), (3,), (2, 3), (2,)), [0, 1], 0.1, 0.9, 0.2
    yield *parameters(rng, (2, 2), (2,), (3,)), [1], 0.2, 0.5, 0.0
    yield *parameters(rng, (2,), (2,), (2,), (2,)), [3, 0], 0.1, 0.8, 0.3
    yield *parameters(rng, (2, 3), (2,)), [1, 0], 0.1, 0.9, 0.1


@masked.check(exact=True)
def gradients_that_are_not_numbers(rng):
    """Takes no notice of what the gradient of a frozen parameter is, NaN or infinite."""
    params, grads, momentum = parameters(rng, (2,), (3,), (2, 2))
    grads[1][:] = np.nan
    grads[2][0] = np.inf
    yield params, grads, momentum, [1, 2], 0.1, 0.9, 0.1


@masked.check(weight=2, hidden=True)
def any_step(rng):
    """Is right for any parameters, frozen or not."""
    yield *parameters(rng, (4, 3), (4,), (2, 4), (2,)), [2, 0], 0.3, 0.7, 0.05
    yield *parameters(rng, (2, 2, 2), (1,)), [0], 0.1, 0.9, 0.4
    yield *parameters(rng, (3,), (3,)), [], 0.15, 0.6, 0.2
    yield *parameters(rng, (3,), (2,), (2,), (2,), (2,)), [1, 3], 0.15, 0.6, 0.2


masked.in_other_dress(what_is_frozen)


def _steps(params, grads, momentum, frozen, train, still):
    """Step with one rule for what trains and another one for what does not."""
    moved, kept = [], []
    for k, parts in enumerate(zip(params, grads, momentum)):
        theta, m = (still if k in frozen else train)(*parts)
        moved.append(theta)
        kept.append(m)
    return moved, kept


def _freezing(still, params, grads, momentum, frozen, lr, beta, decay):
    """Step rightly what trains, and what is frozen by `still`."""

    def train(theta, g, m):
        m = beta * m + g + decay * theta
        return theta - lr * m, m

    return _steps(params, grads, momentum, frozen, train, still)


def gradient_zeroed(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta - lr * (beta * m + decay * theta), beta * m + decay * theta)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def momentum_runs_on(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta - lr * beta * m, beta * m)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def momentum_fades(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta, beta * m)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def momentum_fades_and_decays(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta, beta * m + decay * theta)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def momentum_gathers(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta, beta * m + g + decay * theta)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def momentum_emptied(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta, np.zeros_like(m))
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def old_momentum_still_steps(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta - lr * m, m)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def decay_still_pulls(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta - lr * decay * theta, m)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def frozen_set_to_zero(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (np.zeros_like(theta), np.zeros_like(m))
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def frozen_without_momentum(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = lambda theta, g, m: (theta - lr * (g + decay * theta), m)
    return _freezing(still, params, grads, momentum, frozen, lr, beta, decay)


def times_a_mask(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    moved, kept = [], []
    for k, (theta, g, m) in enumerate(zip(params, grads, momentum)):
        mask = np.array(k not in frozen, theta.dtype)
        new = beta * m + g + decay * theta
        kept.append(mask * new + (1 - mask) * m)
        moved.append(theta - mask * lr * new)
    return moved, kept


def old_momentum_steps(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    def train(theta, g, m):
        return theta - lr * m, beta * m + g + decay * theta

    return _steps(params, grads, momentum, frozen, train, lambda theta, g, m: (theta, m))


def one_momentum_for_all(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    """Freeze by numbers, but lose the place: the rest is matched with the first gradients."""
    moved, kept, used = list(params), list(momentum), 0
    for k in range(len(params)):
        if k not in frozen:
            g = grads[used] if grads[used].shape == params[k].shape else grads[k]
            kept[k] = beta * momentum[k] + g + decay * params[k]
            moved[k] = params[k] - lr * kept[k]
            used += 1
    return moved, kept


# --- why_it_moved ---------------------------------------------------------------------------------

why = Exercise("why_it_moved", points=4)


def steady(rng, d, steps, lr):
    """Return a path of plain steps with one gradient."""
    move = lr * away(rng, d)
    return away(rng, d) - move * np.arange(steps + 1)[:, np.newaxis], lr


def running_on(rng, d, steps, lr, beta):
    """Return a path that the momentum of before drives, past the origin: the weights grow.

    All but the first do: it shrinks, as if it decayed.
    """
    start = away(rng, d)
    move = -np.abs(away(rng, d)) * np.sign(start)
    turned = start[:2] @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    move[:2] = 0.5 * np.sign(turned[0] * start[0]) * turned
    return _run_on(start, move, steps, lr, beta), lr


def running_inward(rng, d, steps, lr, beta):
    """Return a path of momentum on which every weight shrinks, each by a share of its own."""
    start = away(rng, d)
    return _run_on(start, start * rng.permutation(np.linspace(0.4, 1.0, d)), steps, lr, beta), lr


def running_beside(rng, d, steps, lr, beta, by=0.004):
    """Return a path of momentum that leads almost to the origin, and misses it."""
    start = away(rng, d)
    beside = away(rng, d)
    beside -= start * (beside @ start) / (start @ start)
    beside *= by * np.linalg.norm(start) / np.linalg.norm(beside)
    return _run_on(start, 0.3 * (start + beside), steps, lr, beta), lr


def _run_on(start, move, steps, lr, beta):
    gone = np.cumsum(np.r_[0.0, beta ** np.arange(1, steps + 1)])
    return start - lr * gone[:, np.newaxis] * move


def fading(rng, d, steps, lr, decay):
    """Return a path that weight decay drives."""
    return away(rng, d) * (1 - lr * decay) ** np.arange(steps + 1)[:, np.newaxis], lr


@why.check()
def worked_paths(rng):
    """Names momentum 0.5, decay 0.5 and a gradient of length 2 in the worked example."""
    for path in (
        [[4.0, 2.0], [3.0, 2.5], [2.5, 2.75]],
        [[4.0, 2.0], [3.0, 1.5], [2.25, 1.125]],
        [[4.0, 2.0], [3.0, 2.0], [2.0, 2.0]],
    ):
        yield np.array(path), 0.5


@why.check(weight=2)
def momenta(rng):
    """Recognises momentum by moves that shrink and do not point to the origin."""
    yield running_on(rng, 3, 5, 0.1, rng.uniform(0.6, 0.8))
    yield running_on(rng, 2, 2, 0.3, rng.uniform(0.85, 0.95))
    yield running_on(rng, 4, 3, 0.5, rng.uniform(0.2, 0.4))
    yield running_inward(rng, 3, 4, 0.1, rng.uniform(0.6, 0.8))
    yield running_beside(rng, 3, 3, 0.1, rng.uniform(0.6, 0.8))
    yield running_on(rng, 3, 3, 0.1, 0.995)
    yield running_on(rng, 3, 3, 0.1, 0.9985)
    yield running_on(rng, 3, 2, 0.1, 0.04)
    yield running_beside(rng, 3, 3, 0.1, rng.uniform(0.6, 0.8), 0.0018)


@why.check(weight=2, rtol=1e-9, notices=("equal-within-a-few-thousandths",))
def decays(rng):
    """Recognises decay by a share of the weights that is lost in each step."""
    yield fading(rng, 3, 5, 0.1, rng.uniform(0.5, 0.9))
    yield fading(rng, 2, 2, 0.5, rng.uniform(0.7, 0.9))
    yield fading(rng, 5, 4, 0.2, rng.uniform(0.01, 0.02))
    path, lr = fading(rng, 4, 3, 0.1, rng.uniform(0.5, 0.9))
    yield path * np.array([1.0, 0.0, 1.0, 1.0]), lr  # what is 0 stays 0
    yield fading(rng, 3, 3, 0.1, 3.0)


@why.check(weight=2)
def gradients(rng):
    """Recognises a gradient by moves that stay the same, wherever they point."""
    yield steady(rng, 3, 4, 0.1)
    yield steady(rng, 2, 2, 0.4)
    start = away(rng, 3)
    yield start * (1 - 0.1 * np.arange(5)[:, np.newaxis]), 0.2  # to the origin, and not by decay
    yield np.array([[1.0, 2.0], [1.0, 1.5], [1.0, 1.0], [1.0, 0.5]]), 0.25


@why.check(exact=True)
def still(rng):
    """Says that what did not move was frozen."""
    yield np.tile(np.array([0.5, -1.25, 2.0]), (4, 1)), 0.1


@why.check(
    rtol=1e-5,
    notices=(
        *[f"equal-to-the-last-bit{way}" for way in ("", " (2)", " (4)")],
        "more-than-six-digits",
        "more-than-six-digits (3)",
    ),
)
def small_moves(rng):
    """Does not take for frozen what moved by very little."""
    start = away(rng, 3)
    yield start - 1e-7 * np.arange(4)[:, np.newaxis] * away(rng, 3), 1e-4
    yield running_on(rng, 3, 3, 1e-9, 0.75)
    path, lr = running_on(rng, 3, 3, 0.1, 0.7)
    yield 1e-20 * path, lr


@why.check(
    rtol=1e-5,
    notices=(
        "smaller-weights-mean-decay (6)",
        "smaller-weights-mean-decay (7)",
        "nearly-along-the-weights (3)",
    ),
)
def equal_to_six_digits(rng):
    """Takes moves for equal that are equal to six digits."""
    for path, lr in (steady(rng, 3, 4, 0.1), fading(rng, 3, 4, 0.1, 0.8)):
        off = 3e-7 * np.linalg.norm(path[1] - path[0]) * rng.choice([-1.0, 1.0], path.shape)
        yield path + off, lr


@why.check(weight=2, hidden=True, notices=("equal-to-the-last-bit (2)",))
def any_path(rng):
    """Is right for any path."""
    yield running_on(rng, 5, 6, 0.05, rng.uniform(0.5, 0.9))
    yield running_inward(rng, 2, 3, 0.2, rng.uniform(0.3, 0.6))
    yield fading(rng, 4, 6, 0.05, rng.uniform(1.0, 3.0))
    yield steady(rng, 5, 6, 0.02)


@why.check()
def any_layout(rng):
    """Takes paths that do not lie side by side in memory."""
    for path, lr in (running_on(rng, 4, 4, 0.1, 0.7), fading(rng, 4, 4, 0.1, 0.8)):
        yield np.asfortranarray(path), lr
        yield np.repeat(path, 2, axis=1)[:, ::2], lr


def _causes(path):
    moves = np.diff(path, axis=0)
    first, second, start = moves[0], moves[1], path[0]
    kept = float(first @ second / (first @ first)) if first.any() else 1.0
    lost = float(-(first @ start) / (start @ start))
    same = bool(np.linalg.norm(second - first) < 1e-4 * np.linalg.norm(first))
    home = np.linalg.norm(first + lost * start) < 1e-4 * np.linalg.norm(first)
    return first, kept, lost, same, home


def to_the_origin_is_decay(path, lr):
    first, kept, lost, same, home = _causes(path)
    if not first.any():
        return "frozen", 0.0
    if home:
        return "decay", lost / lr
    return ("gradient", float(np.linalg.norm(first) / lr)) if same else ("momentum", kept)


def by_the_ends(path, lr):
    """Compare the first and the last move only: the ratio is a power of what is asked."""
    first, _, _, same, home = _causes(path)
    ratio = float(first @ (path[-1] - path[-2]) / (first @ first)) if first.any() else 1.0
    if not first.any():
        return "frozen", 0.0
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    return ("decay", (1 - ratio) / lr) if home else ("momentum", ratio)


def nothing_is_a_gradient_of_zero(path, lr):
    first, kept, lost, same, home = _causes(path)
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    return ("decay", lost / lr) if home else ("momentum", kept)


def nearly_still_is_frozen(path, lr):
    first, kept, lost, same, home = _causes(path)
    if np.allclose(path, path[0]):
        return "frozen", 0.0
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    return ("decay", lost / lr) if home else ("momentum", kept)


def _decay_where(smaller, share, path, lr):
    """Tell decay from momentum by whether the weights become smaller."""
    first, kept, _, same, _ = _causes(path)
    if not first.any():
        return "frozen", 0.0
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    return ("decay", float(share) / lr) if smaller else ("momentum", kept)


def shorter_is_decay(path, lr):
    lengths = np.linalg.norm(path, axis=1)
    return _decay_where(np.all(np.diff(lengths) < 0), 1 - lengths[1] / lengths[0], path, lr)


def shorter_is_decay_along_the_weights(path, lr):
    lengths = np.linalg.norm(path, axis=1)
    return _decay_where(np.all(np.diff(lengths) < 0), _causes(path)[2], path, lr)


def shorter_is_decay_by_the_moves(path, lr):
    sizes = np.linalg.norm(np.diff(path, axis=0), axis=1)
    share = 1 - np.mean(sizes[1:] / sizes[:-1]) if sizes.all() else 0.0
    return _decay_where(np.all(np.diff(np.linalg.norm(path, axis=1)) < 0), share, path, lr)


def all_smaller_is_decay(path, lr):
    smaller = np.all(np.diff(np.abs(path), axis=0) < 0)
    return _decay_where(smaller, 1 - path[1, 0] / path[0, 0], path, lr)


def all_smaller_is_decay_along_the_weights(path, lr):
    smaller = np.all(np.diff(np.abs(path), axis=0) < 0)
    return _decay_where(smaller, _causes(path)[2], path, lr)


def _smaller_at_first(path):
    return np.all(np.abs(path[1]) <= np.abs(path[0]))


def first_step_inward_is_decay(path, lr):
    sizes = np.linalg.norm(np.diff(path, axis=0), axis=1)
    share = 1 - sizes[1] / sizes[0] if sizes[0] else 0.0
    return _decay_where(_smaller_at_first(path), share, path, lr)


def first_step_inward_is_decay_by_the_weights(path, lr):
    share = 1 - np.linalg.norm(path[1]) / np.linalg.norm(path[0])
    return _decay_where(_smaller_at_first(path), share, path, lr)


def all_smaller_is_decay_by_the_moves(path, lr):
    sizes = np.linalg.norm(np.diff(path, axis=0), axis=1)
    share = 1 - sizes[1] / sizes[0] if sizes[0] else 0.0
    return _decay_where(np.all(np.diff(np.abs(path), axis=0) < 0), share, path, lr)


def _decay_by_the_cosine(least, path, lr):
    first, kept, lost, same, _ = _causes(path)
    if not first.any():
        return "frozen", 0.0
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    cosine = abs(first @ path[0]) / (np.linalg.norm(first) * np.linalg.norm(path[0]))
    return ("decay", lost / lr) if cosine > least else ("momentum", kept)


def nearly_along_the_weights(path, lr):
    return _decay_by_the_cosine(0.99, path, lr)


def almost_along_the_weights(path, lr):
    return _decay_by_the_cosine(0.9999, path, lr)


def nearly_along_the_weights_by_the_moves(path, lr):
    cause, evidence = nearly_along_the_weights(path, lr)
    if cause == "decay":
        sizes = np.linalg.norm(np.diff(path, axis=0), axis=1)
        evidence = float(1 - sizes[1] / sizes[0]) / lr
    return cause, evidence


def lengths_within_a_percent(path, lr):
    first, kept, lost, _, home = _causes(path)
    if not first.any():
        return "frozen", 0.0
    sizes = np.linalg.norm(np.diff(path, axis=0), axis=1)
    if abs(sizes[1] / sizes[0] - 1) < 0.01:
        return "gradient", float(sizes[0] / lr)
    return ("decay", lost / lr) if home else ("momentum", kept)


def ratios_of_the_weights(path, lr):
    first, kept, _, same, _ = _causes(path)
    if not first.any():
        return "frozen", 0.0
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    with np.errstate(all="ignore"):
        ratios = path[1] / path[0]
    if np.max(ratios) - np.min(ratios) < 1e-5:
        return "decay", float(1 - ratios[0]) / lr
    return "momentum", kept


def exact_ratios_of_the_weights(path, lr):
    first, kept, lost, same, home = _causes(path)
    if not first.any():
        return "frozen", 0.0
    if same:
        return "gradient", float(np.linalg.norm(first) / lr)
    return ("decay", lost / lr) if home and path[0].all() else ("momentum", kept)


def one_coordinate(path, lr):
    """Look at the first coordinate only: it always shrinks towards or away from zero."""
    first, second = path[1, 0] - path[0, 0], path[2, 0] - path[1, 0]
    if first == 0:
        return "frozen", 0.0
    if abs(second / first - 1) < 1e-4:
        return "gradient", float(abs(first) / lr)
    if first * path[0, 0] < 0:
        return "decay", float(-first / path[0, 0] / lr)
    return "momentum", float(second / first)


# --- unfreeze_rates -------------------------------------------------------------------------------

unfreeze = Exercise("unfreeze_rates", points=3)


@unfreeze.check()
def worked_schedule(rng):
    """Gives the four rows of the worked example, and those of one layer every two epochs."""
    yield 3, 4, 0.1, 0.5
    yield 3, 4, 0.1, 0.5, 2


@unfreeze.check(weight=2)
def one_more_each_epoch(rng):
    """Thaws from the top down, with rates that fall off towards the input."""
    yield 4, 6, 0.2, rng.uniform(0.3, 0.6)
    yield 5, 3, 1.0, rng.uniform(0.6, 0.9)
    yield 2, 5, 0.05, 1 / 2.6


@unfreeze.check(weight=2)
def one_more_every_few(rng):
    """Waits as many epochs for each further layer as it is told."""
    yield 3, 8, 0.1, rng.uniform(0.3, 0.7), 3
    yield 4, 7, 0.3, rng.uniform(0.3, 0.7), 2
    yield Case(2, 5, 0.1, 0.4, every=10)


@unfreeze.check()
def small_schedules(rng):
    """Is right for one layer, for one epoch, and for rates that do not fall, or fall to zero."""
    yield 1, 3, 0.1, 0.5
    yield 4, 1, 0.1, 0.5
    yield 3, 4, 0.2, 1.0
    yield 3, 4, 0.2, 1
    yield 3, 4, 2.0, 1.5
    yield 3, 4, 0.5, 0.0


@unfreeze.check(weight=2, hidden=True)
def any_schedule(rng):
    """Is right for any schedule."""
    yield 6, 9, rng.uniform(0.01, 0.5), rng.uniform(0.2, 0.9)
    yield 5, 12, rng.uniform(0.01, 0.5), rng.uniform(0.2, 0.9), 4
    yield 3, 2, rng.uniform(0.01, 0.5), rng.uniform(1.1, 1.5), 1


def _thawed(layers, epochs, every):
    depth = np.arange(layers)[::-1]
    return depth, depth <= np.arange(epochs)[:, np.newaxis] // every


def bottom_thaws_first(layers, epochs, base, factor, every=1):
    depth, training = _thawed(layers, epochs, every)
    return np.where(training[:, ::-1], base * float(factor) ** depth, 0.0)


def fades_over_the_epochs(layers, epochs, base, factor, every=1):
    _, training = _thawed(layers, epochs, every)
    return np.where(training, base * float(factor) ** np.arange(epochs)[:, np.newaxis], 0.0)


def newest_at_the_base_rate(layers, epochs, base, factor, every=1):
    depth, training = _thawed(layers, epochs, every)
    newest = np.minimum(np.arange(epochs) // every, layers - 1)[:, np.newaxis]
    power = np.where(training, newest - depth, 0)
    return np.where(training, base * float(factor) ** power, 0.0)


def falls_with_age(layers, epochs, base, factor, every=1):
    """Fade each layer's rate with the epochs since it began to train, top and bottom alike."""
    depth, training = _thawed(layers, epochs, every)
    age = np.maximum(np.arange(epochs)[:, np.newaxis] - depth * every, 0)
    return np.where(training, base * float(factor) ** age, 0.0)


# --- frozen_features ------------------------------------------------------------------------------

features = Exercise("frozen_features", points=3)


def normed(rng, *sizes):
    """Return layers with normalization, whose stored numbers fit no batch."""
    return [
        (
            away(rng, out, into),
            away(rng, out),
            rng.uniform(0.5, 1.5, out),
            away(rng, out),
            2.0 * normal(rng, out),
            rng.uniform(0.5, 3.0, out),
        )
        for into, out in pairwise(sizes)
    ]


def scaling(rng, d):
    return normal(rng, d), rng.uniform(2.0, 6.0, d)


@features.check()
def worked_layer(rng):
    """Gives 5 in the worked example."""
    layer = ([[1.0, 2.0]], [1.0], [3.0], [-1.0], [5.0], [4.0])
    layers = [tuple(np.array(part) for part in layer)]
    yield np.array([[5.0, 7.0]]), np.array([1.0, 4.0]), np.array([2.0, 0.0]), layers, 0.0


@features.check(weight=2)
def what_layers_see(rng):
    """Uses the numbers that were measured on the source, in one layer or in several."""
    yield normal(rng, 6, 4), *scaling(rng, 4), normed(rng, 4, 5), 1e-5
    yield 2.0 + normal(rng, 5, 3), *scaling(rng, 3), normed(rng, 3, 6, 4), 0.3
    yield Case(3.0 * normal(rng, 7, 4), *scaling(rng, 4), normed(rng, 4, 4, 4, 4), eps=0.5)
    layers = [(w, b, -gamma, *rest) for w, b, gamma, *rest in normed(rng, 4, 6)]
    yield 100.0 * normal(rng, 5, 4), *scaling(rng, 4), layers


@features.check()
def one_alone(rng):
    """Gives an image the same features alone as among others."""
    x, scale, layers = normal(rng, 4, 3), scaling(rng, 3), normed(rng, 3, 8)
    yield x, *scale, layers
    yield x[1:2], *scale, layers
    yield x[2:], *scale, layers


@features.check(weight=2, notices=("capped-at-six",))
def features_that_never_changed(rng):
    """Only centres what was constant in the source, and scales the rest."""
    mean, std = scaling(rng, 4)
    std[[0, 2]] = 0.0
    yield 1.0 + mean + away(rng, 5, 4), mean, std, normed(rng, 4, 6), 0.1
    yield 1.0 + mean + away(rng, 3, 4), mean, np.zeros(4), normed(rng, 4, 6)
    small = np.array([1e-3, 0.0, 1e-10])
    yield away(rng, 4, 3) * np.array([1e-3, 1.0, 1e-10]), np.zeros(3), small, normed(rng, 3, 5)
    yield away(rng, 4, 1), np.array([0.5]), np.zeros(1), normed(rng, 1, 4)


@features.check()
def without_layers(rng):
    """Returns the scaled inputs where there is no layer."""
    yield normal(rng, 4, 3), *scaling(rng, 3), []


@features.check(weight=2, hidden=True, notices=("capped-at-six", "inputs-clipped"))
def any_layers(rng):
    """Is right for any inputs and layers."""
    mean, std = scaling(rng, 5)
    std[1] = 0.0
    yield 2.0 * normal(rng, 8, 5), mean, std, normed(rng, 5, 7, 3), 0.2
    yield normal(rng, 1, 2), *scaling(rng, 2), normed(rng, 2, 6, 6)
    mean, std = scaling(rng, 3)
    std[2] = 0.0
    yield normal(rng, 9, 3), mean, std, normed(rng, 3, 9), 0.0


features.in_other_dress(what_layers_see, notices=("eps-for-a-zero-deviation (2)",))


def _scaled(x, mean, std):
    return (x - mean) / np.where(std == 0, std + 1, std)


def _through(h, layers, eps, relu=None):
    for number, (w, b, gamma, beta, mean, var) in enumerate(layers):
        h = gamma * (h @ w.T + b - mean) / np.sqrt(var + eps) + beta
        h = h if relu and not relu(number, len(layers)) else np.maximum(h, 0)
    return h


def scaled_by_its_own(x, mean, std, layers, eps=1e-5):
    own = x.std(axis=0)
    return _through(_scaled(x, x.mean(axis=0), own), layers, eps)


def normalized_by_its_own(x, mean, std, layers, eps=1e-5):
    h = _scaled(x, mean, std)
    for w, b, gamma, beta, _, _ in layers:
        z = h @ w.T + b
        z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + eps)
        h = np.maximum(gamma * z + beta, 0)
    return h


def statistics_moved_along(x, mean, std, layers, eps=1e-5):
    h = _scaled(x, mean, std)
    for w, b, gamma, beta, running_mean, running_var in layers:
        z = h @ w.T + b
        middle = 0.9 * running_mean + 0.1 * z.mean(axis=0)
        var = 0.9 * running_var + 0.1 * z.var(axis=0)
        h = np.maximum(gamma * (z - middle) / np.sqrt(var + eps) + beta, 0)
    return h


def constant_made_zero(x, mean, std, layers, eps=1e-5):
    return _through(np.where(std == 0, 0, _scaled(x, mean, std)).astype(x.dtype), layers, eps)


def constant_left_alone(x, mean, std, layers, eps=1e-5):
    return _through(np.where(std == 0, x, _scaled(x, mean, std)), layers, eps)


def last_without_relu(x, mean, std, layers, eps=1e-5):
    return _through(_scaled(x, mean, std), layers, eps, lambda k, count: k < count - 1)


def first_layer_only(x, mean, std, layers, eps=1e-5):
    return _through(_scaled(x, mean, std), layers[:1], eps)


def relu_before_normalization(x, mean, std, layers, eps=1e-5):
    h = _scaled(x, mean, std)
    for w, b, gamma, beta, middle, var in layers:
        h = gamma * (np.maximum(h @ w.T + b, 0) - middle) / np.sqrt(var + eps) + beta
    return h


def layer_normalized(x, mean, std, layers, eps=1e-5):
    h = _scaled(x, mean, std)
    for w, b, gamma, beta, _, _ in layers:
        z = h @ w.T + b
        z = (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + eps)
        h = np.maximum(gamma * z + beta, 0)
    return h


# --- linear_probe ---------------------------------------------------------------------------------

probe = Exercise("linear_probe", points=3)


def samples(rng, n, d, classes):
    """Return features that are not centred, and labels among which each class occurs."""
    labels = rng.permutation(np.arange(n) % classes)
    return 1.0 + rng.uniform(0.5, 1.5, d) * normal(rng, n, d) + away(rng, d), labels, classes


@probe.check()
def worked_probe(rng):
    """Gives the weights -0.25 and 0.25 and the biases 1 and 0 in the worked example."""
    yield np.array([[1.0], [3.0]]), np.array([0, 1]), 2, 2.0


@probe.check(weight=2)
def probes(rng):
    """Finds the minimum for penalties of several sizes."""
    yield *samples(rng, 12, 3, 3), 0.5
    yield *samples(rng, 9, 4, 2), 5.0
    yield *samples(rng, 20, 5, 4), 40.0


@probe.check(weight=2, atol=1e-9)
def more_features_than_samples(rng):
    """Is right with few samples, and with a single one."""
    yield *samples(rng, 5, 8, 2), 1.5
    yield *samples(rng, 3, 6, 3), 0.3
    yield away(rng, 1, 3), np.array([1]), 2, 1.0


@probe.check(atol=1e-9)
def classes_that_do_not_occur(rng):
    """Has weights and biases for classes that no sample belongs to: zeros."""
    x, labels, _ = samples(rng, 8, 3, 2)
    yield x, labels, 4, 0.8
    yield x, 2 * labels, 3, 0.8


@probe.check(weight=2, hidden=True, atol=1e-9, notices=("penalty-held-up",))
def any_probe(rng):
    """Is right for any features."""
    yield *samples(rng, 15, 6, 5), rng.uniform(0.2, 3.0)
    yield *samples(rng, 6, 10, 3), rng.uniform(0.5, 2.0)
    x, labels, _ = samples(rng, 10, 2, 3)
    yield x, labels + 1, 5, rng.uniform(5.0, 20.0)


probe.in_other_dress(probes, rtol=1e-3, atol=1e-4)


def _ridge(x, t, lam):
    return np.linalg.solve(x.T @ x + lam * np.eye(x.shape[1], dtype=x.dtype), x.T @ t).T


def biases_penalised(features, labels, classes, lam):
    t = np.eye(classes, dtype=features.dtype)[labels]
    wide = np.concatenate([features, np.ones((len(features), 1), features.dtype)], axis=1)
    found = _ridge(wide, t, lam)
    return found[:, :-1], found[:, -1]


def through_the_origin(features, labels, classes, lam):
    t = np.eye(classes, dtype=features.dtype)[labels]
    return _ridge(features, t, lam), np.zeros(classes, features.dtype)


def biases_after_the_fact(features, labels, classes, lam):
    """Fit the weights through the origin, and then the biases to what is left."""
    t = np.eye(classes, dtype=features.dtype)[labels]
    weights = _ridge(features, t, lam)
    return weights, (t - features @ weights.T).mean(axis=0)


def no_penalty(features, labels, classes, lam):
    t = np.eye(classes, dtype=features.dtype)[labels]
    middle, shares = features.mean(axis=0), t.mean(axis=0)
    weights = (np.linalg.pinv(features - middle) @ (t - shares)).T.astype(features.dtype)
    return weights, shares - weights @ middle


def features_standardized(features, labels, classes, lam):
    t = np.eye(classes, dtype=features.dtype)[labels]
    std = features.std(axis=0)
    std = np.where(std == 0, 1, std).astype(features.dtype)
    z = (features - features.mean(axis=0)) / std
    return _ridge(z, t, lam), t.mean(axis=0)


def classes_by_rank(features, labels, classes, lam):
    """Number the classes by their rank among those that occur."""
    ranks = np.unique(labels, return_inverse=True)[1]
    t = np.eye(classes, dtype=features.dtype)[ranks]
    middle, shares = features.mean(axis=0), t.mean(axis=0)
    weights = _ridge(features - middle, t - shares, lam)
    return weights, shares - weights @ middle


def classes_from_the_labels(features, labels, classes, lam):
    kinds, labels = np.unique(labels, return_inverse=True)
    t = np.eye(len(kinds), dtype=features.dtype)[labels]
    middle, shares = features.mean(axis=0), t.mean(axis=0)
    weights = _ridge(features - middle, t - shares, lam)
    return weights, shares - weights @ middle


# --- layerwise_pretrain ---------------------------------------------------------------------------

greedy = Exercise("layerwise_pretrain", points=3)


def stack(rng, *sizes):
    """Return layers whose units fire for about half of the inputs, and whose biases matter."""
    return [
        (away(rng, out, into) / np.sqrt(into), rng.uniform(0.3, 0.6, out))
        for into, out in pairwise(sizes)
    ]


@greedy.check()
def worked_stack(rng):
    """Gives layers of 1.5 and 9, and the codes 21 and 3, in the worked example."""
    layers = [(np.array([[1.0]]), np.zeros(1)), (np.array([[3.0]]), np.zeros(1))]
    yield np.array([[1.0], [-1.0]]), layers, function("hebb", 1.0)


@greedy.check(weight=2, notices=("last-layer-linear",))
def layers_of_one_width(rng):
    """Trains each layer on the codes of the trained ones below it."""
    yield normal(rng, 6, 4), stack(rng, 4, 4, 4), function("hebb", 0.5)
    yield normal(rng, 8, 3), stack(rng, 3, 3, 3, 3), function("hebb", 0.3)


@greedy.check(weight=2, notices=("last-layer-linear",))
def layers_of_any_width(rng):
    """Is right for layers that widen and narrow, and for a single one."""
    yield normal(rng, 7, 5), stack(rng, 5, 8, 3), function("hebb", 0.2)
    yield normal(rng, 5, 3), stack(rng, 3, 6), function("hebb", 0.7)
    yield normal(rng, 1, 4), stack(rng, 4, 3, 6), function("hebb", 0.4)


@greedy.check()
def no_layers(rng):
    """Returns the inputs as they are where there is nothing to train."""
    yield normal(rng, 4, 3), [], function("hebb", 0.5)


@greedy.check(weight=2, hidden=True, notices=("last-layer-linear",))
def any_stack(rng):
    """Is right for any layers and any rate of learning."""
    yield normal(rng, 9, 6), stack(rng, 6, 5, 4, 3), function("hebb", 0.3)
    yield normal(rng, 6, 4), stack(rng, 4, 4, 4), function("hebb", 0.9)


greedy.in_other_dress(layers_of_any_width, keeps=False)


def _code(h, w, b):
    return np.maximum(h @ w.T + b, 0)


def codes_before_training(x, layers, train):
    h, trained = x, []
    for w, b in layers:
        trained.append(tuple(train(h, w, b)))
        h = _code(h, w, b)
    return trained, h


def trained_on_untrained_codes(x, layers, train):
    """Train on the codes of the fresh layers; the codes in the end are of the trained ones."""
    h, trained = x, []
    for w, b in layers:
        trained.append(tuple(train(h, w, b)))
        h = _code(h, w, b)
    h = x
    for w, b in trained:
        h = _code(h, w, b)
    return trained, h


def untrained_codes_handed_on(x, layers, train):
    """Train on codes of the fresh layer below; return the last layer's trained codes of these."""
    h, codes, trained = x, x, []
    for w, b in layers:
        trained.append(tuple(train(h, w, b)))
        codes, h = _code(h, *trained[-1]), _code(h, w, b)
    return trained, codes


def relu_at_the_end(x, layers, train):
    h, trained = x, []
    for number, (w, b) in enumerate(layers, 1):
        w, b = train(h, w, b)
        trained.append((w, b))
        h = _code(h, w, b) if number == len(layers) else h @ w.T + b
    return trained, h


def last_layer_linear(x, layers, train):
    h, trained = x, []
    for number, (w, b) in enumerate(layers, 1):
        w, b = train(h, w, b)
        trained.append((w, b))
        h = _code(h, w, b) if number < len(layers) else h @ w.T + b
    return trained, h


def last_layer_not_trained(x, layers, train):
    h, trained = x, []
    for number, (w, b) in enumerate(layers):
        if number < len(layers) - 1:
            w, b = train(h, w, b)
        trained.append((w, b))
        h = _code(h, w, b)
    return trained, h


def first_layer_alone(x, layers, train):
    h, trained = x, []
    for number, (w, b) in enumerate(layers):
        if number == 0:
            w, b = train(h, w, b)
        trained.append((w, b))
        h = _code(h, w, b)
    return trained, h


def trained_twice(x, layers, train):
    h, trained = x, []
    for w, b in layers:
        w, b = train(h, *train(h, w, b))
        trained.append((w, b))
        h = _code(h, w, b)
    return trained, h


def inputs_of_the_last(x, layers, train):
    h, below, trained = x, x, []
    for w, b in layers:
        w, b = train(h, w, b)
        trained.append((w, b))
        below, h = h, _code(h, w, b)
    return trained, below


def codes_restored(x, layers, train):
    """Hand on what a layer restores of its inputs instead of its code."""
    h, trained = x, []
    for w, b in layers:
        w, b = train(h, w, b) if h.shape[1] == w.shape[1] else (w, b)
        trained.append((w, b))
        h = _code(h, w, b) @ w
    return trained, h


# --- lora_forward ---------------------------------------------------------------------------------

lora = Exercise("lora_forward", points=3)


def adapter(rng, d, f, r):
    """Return frozen weights and biases and the two matrices of an adapter."""
    return away(rng, f, d), away(rng, f), away(rng, r, d), away(rng, f, r)


@lora.check()
def worked_adapter(rng):
    """Gives (3, 14), the merged weights and 8 in the worked example."""
    down, up = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])
    yield np.array([[1.0, 2.0]]), np.eye(2), np.zeros(2), down, up, 4.0


@lora.check(weight=2)
def both_paths(rng):
    """Adds the narrow path to the layer, scaled by alpha over r; merges the two; counts."""
    yield normal(rng, 4, 5), *adapter(rng, 5, 3, 2), 6.0
    yield normal(rng, 3, 4), *adapter(rng, 4, 6, 3), 1.5
    yield normal(rng, 2, 3), *adapter(rng, 3, 3, 3), 4.0


@lora.check(weight=2)
def narrow_and_fresh(rng):
    """Is right for rank one, for alpha equal to the rank, and changes nothing while B is zero."""
    yield normal(rng, 3, 4), *adapter(rng, 4, 2, 1), 2.5
    yield normal(rng, 3, 3), *adapter(rng, 3, 5, 2), 2.0
    yield normal(rng, 3, 3), *adapter(rng, 3, 4, 2), -3.0
    w, b, down, _ = adapter(rng, 4, 3, 2)
    yield normal(rng, 2, 4), w, b, down, np.zeros((3, 2)), 8.0


@lora.check(weight=2, hidden=True)
def any_adapter(rng):
    """Is right for any layer and any rank."""
    yield normal(rng, 5, 7), *adapter(rng, 7, 4, 3), 10.0
    yield normal(rng, 1, 2), *adapter(rng, 2, 5, 4), 0.7
    yield normal(rng, 4, 4), *adapter(rng, 4, 4, 4), -2.0


lora.in_other_dress(both_paths)


def _lora(x, w, b, down, up, scale, merge=None, count=None):
    merge = scale if merge is None else merge
    y = x @ w.T + b + scale * (x @ down.T @ up.T)
    return y, w + merge * (up @ down), down.size + up.size if count is None else count


def relu_inside(x, w, b, down, up, alpha):
    scale = alpha / len(down)
    y = x @ w.T + b + scale * (np.maximum(x @ down.T, 0) @ up.T)
    return y, w + scale * (up @ down), down.size + up.size


def adapter_left_out(x, w, b, down, up, alpha):
    _, merged, count = _lora(x, w, b, down, up, alpha / len(down))
    return x @ w.T + b, merged, count


def biases_pass_the_adapter(x, w, b, down, up, alpha):
    y, merged, count = _lora(x, w, b, down, up, alpha / len(down))
    return y + alpha / len(down) * b, merged, count


# --- lora_backward --------------------------------------------------------------------------------

lora_back = Exercise("lora_backward", points=4)


@lora_back.check()
def worked_gradients(rng):
    """Gives the three gradients of the worked example."""
    down, up = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])
    yield np.array([[1.0, 0.0]]), np.array([[1.0, 2.0]]), np.eye(2), down, up, 4.0


def behind(rng, n, d, f, r):
    """Return a gradient, inputs, frozen weights and the two matrices."""
    w, _, down, up = adapter(rng, d, f, r)
    return normal(rng, n, f), normal(rng, n, d), w, down, up


@lora_back.check(weight=2)
def gradients_of_both_paths(rng):
    """Sends the gradient back through both paths, and sums those of A and B over the batch."""
    yield *behind(rng, 4, 5, 3, 2), 6.0
    yield *behind(rng, 3, 4, 6, 3), 1.5
    yield *behind(rng, 5, 3, 3, 3), 4.0


@lora_back.check(weight=2)
def fresh_and_narrow(rng):
    """Gives A no gradient while B is zero, and B none while A is; is right for rank one."""
    dy, x, w, down, up = behind(rng, 3, 4, 3, 2)
    yield dy, x, w, down, np.zeros_like(up), 6.0
    yield dy, x, w, np.zeros_like(down), up, 6.0
    yield *behind(rng, 2, 3, 4, 1), 2.5
    yield *behind(rng, 3, 3, 4, 2), -3.0


@lora_back.check(weight=2, hidden=True)
def any_gradients(rng):
    """Is right for any layer, rank and batch."""
    yield *behind(rng, 6, 7, 4, 3), 10.0
    yield *behind(rng, 1, 2, 5, 4), 0.7
    yield *behind(rng, 4, 4, 4, 4), -2.0


lora_back.in_other_dress(gradients_of_both_paths)

# --- lora_start -----------------------------------------------------------------------------------

start = Exercise("lora_start", points=3)
WORDS = ("down", "up", "both", "neither")


def log_of(rng, zeros, size=1.0, n=3, d=4, f=5, r=2):
    """Return the log of the first step of adapters of which these matrices began at zero."""
    change, d_down, d_up = [], [], []
    for zero in zeros:
        down, up = size * away(rng, r, d), size * away(rng, f, r)
        down *= zero not in ("down", "both")
        up *= zero not in ("up", "both")
        x, dy = normal(rng, n, d), normal(rng, n, f)
        change.append(x @ down.T @ up.T)
        d_down.append((dy @ up).T @ x)
        d_up.append(dy.T @ (x @ down.T))
    return np.array(change) + 0.0, np.array(d_down) + 0.0, np.array(d_up) + 0.0


@start.check()
def worked_starts(rng):
    """Names B in the first log of the worked example, and both matrices in the second."""
    one, none = np.array([[[2.0, -1.0]]]), np.zeros((1, 1, 2))
    yield none, none, one.reshape(1, 2, 1)
    yield none, none, np.zeros((1, 2, 1))


@start.check(weight=2)
def single_layers(rng):
    """Tells the four kinds of start apart."""
    for word in WORDS:
        yield log_of(rng, [word])


@start.check(weight=2)
def several_layers(rng):
    """Judges every layer by itself, in order."""
    yield log_of(rng, ["up", "down", "neither", "both", "up"])
    yield log_of(rng, ["neither", "up"], n=2, d=3, f=2, r=1)
    yield log_of(rng, ["both", "down", "down"])
    yield tuple(-np.abs(part) for part in log_of(rng, ["neither", "down"], d=2))


@start.check()
def small_starts(rng):
    """Takes zero for zero and nothing else: small numbers are not zero."""
    for size in (3e-10, 1e-25):  # below what is often taken for zero, and far below
        yield log_of(rng, ["neither", "up", "down"], size=size)
    yield tuple(1e-200 * part for part in log_of(rng, ["neither", "up", "down"]))
    change, d_down, d_up = log_of(rng, ["neither"], n=1, f=3)
    yield -np.abs(change), -np.abs(d_down), -np.abs(d_up)
    change, d_down, d_up = log_of(rng, ["down", "up"], n=1, f=3)
    yield change, -np.abs(d_down), -np.abs(d_up)


@start.check(weight=2, hidden=True)
def any_log(rng):
    """Is right for any log."""
    yield log_of(rng, list(rng.permutation(WORDS)), n=1, d=2, f=3, r=2)
    yield log_of(rng, [*rng.permutation(WORDS), "up"], size=3e-10, n=4, d=3, f=2, r=1)
    yield tuple(-np.abs(part) for part in log_of(rng, ["up", "neither"], n=2))


start.in_other_dress(several_layers, keeps=False)


def _judged(change, d_down, d_up, judge):
    return [judge(c.any(), a.any(), b.any()) for c, a, b in zip(change, d_down, d_up)]


def own_gradient_tells(change, d_down, d_up):
    """Take a matrix for zero if its own gradient is."""

    def judge(c, a, b):
        return "neither" if a and b else "both" if not a and not b else "up" if a else "down"

    return _judged(change, d_down, d_up, judge)


def unchanged_means_up(change, d_down, d_up):
    return _judged(change, d_down, d_up, lambda c, a, b: "neither" if c else "up")


def unchanged_means_both(change, d_down, d_up):
    return _judged(change, d_down, d_up, lambda c, a, b: "neither" if c else "both")


def _nearly_zero(limit, change, d_down, d_up):
    def judge(c, a, b):
        return "neither" if c else "up" if b else "down" if a else "both"

    layers = zip(change, d_down, d_up)
    return [judge(*(np.max(np.abs(part)) > limit for part in layer)) for layer in layers]


def nearly_zero_is_zero(change, d_down, d_up):
    return _nearly_zero(1e-8, change, d_down, d_up)


def hardly_anything_is_zero(change, d_down, d_up):
    return _nearly_zero(1e-12, change, d_down, d_up)


def _nearly_zero_gradients(limit, d_down, d_up):
    """Look at the gradients alone, and take small ones for zero."""
    words = {(True, True): "both", (False, True): "down", (True, False): "up"}
    still = [tuple(np.max(np.abs(part)) <= limit for part in pair) for pair in zip(d_down, d_up)]
    return [words.get(pair, "neither") for pair in still]


def nearly_zero_gradients(change, d_down, d_up):
    return _nearly_zero_gradients(1e-8, d_down, d_up)


def hardly_any_gradient(change, d_down, d_up):
    return _nearly_zero_gradients(1e-12, d_down, d_up)


def positive_only(change, d_down, d_up):
    def judge(c, a, b):
        return "neither" if c else "up" if b else "down" if a else "both"

    layers = zip(change, d_down, d_up)
    return [judge(*(part.max() > 0 for part in layer)) for layer in layers]


def all_layers_alike(change, d_down, d_up):
    c, a, b = change.any(), d_down.any(), d_up.any()
    word = "neither" if c else "up" if b else "down" if a else "both"
    return [word] * len(change)


def first_layer_for_all(change, d_down, d_up):
    c, a, b = change[0].any(), d_down[0].any(), d_up[0].any()
    word = "neither" if c else "up" if b else "down" if a else "both"
    return [word] * len(change)


def no_gradient_is_neither(change, d_down, d_up):
    def judge(c, a, b):
        return "neither" if c or not (a or b) else "up" if b else "down"

    return _judged(change, d_down, d_up, judge)


def what_learns(change, d_down, d_up):
    """Name what has a gradient: what will move, and not what was zero."""

    def judge(c, a, b):
        return "both" if a and b else "down" if a else "up" if b else "neither"

    return _judged(change, d_down, d_up, judge)


# --- distillation_loss ----------------------------------------------------------------------------

distil = Exercise("distillation_loss", points=4)


def scored(rng, n, k, spread=1.5):
    """Return scores of a student and of a teacher, and labels."""
    return spread * normal(rng, n, k), spread * normal(rng, n, k), rng.integers(0, k, n)


@distil.check()
def worked_loss(rng):
    """Gives the loss 0.6082 and the gradient (-0.5, 0.5) in the worked example."""
    teacher = np.array([[2 * np.log(3), 0.0]])
    yield np.zeros((1, 2)), teacher, np.array([0]), 2.0, 0.5


@distil.check(weight=2)
def soft_targets(rng):
    """Follows the teacher at any temperature where only the soft term counts."""
    yield *scored(rng, 4, 3), 3.0, 1.0
    yield *scored(rng, 3, 5), 1.0, 1.0
    yield *scored(rng, 2, 4), 0.6, 1.0


@distil.check(weight=2, notices=("never-quite-impossible (3)",))
def mixed_targets(rng):
    """Mixes the label's term, at temperature 1, with the soft one."""
    yield *scored(rng, 5, 3), 2.5, 0.3
    yield *scored(rng, 3, 4), 4.0, 0.8
    yield *scored(rng, 4, 2), 2.0, 0.0


@distil.check(weight=2)
def large_scores(rng):
    """Neither overflows nor becomes NaN where scores are in the thousands."""
    yield (
        np.array([[1000.0, 0.0, -1000.0]]),
        np.array([[900.0, 950.0, 0.0]]),
        np.array([0]),
        5.0,
        0.7,
    )
    yield np.array([[0.0, 3000.0]]), np.array([[2000.0, 0.0]]), np.array([0]), 1.0, 0.5
    yield 1000.0 + normal(rng, 2, 3), -1000.0 + normal(rng, 2, 3), np.array([2, 1]), 2.0, 0.4
    apart = np.array([[4000.0], [-4000.0]])
    yield apart + normal(rng, 2, 3), normal(rng, 2, 3) - apart, np.array([0, 1]), 1.0, 0.4


@distil.check(weight=2, hidden=True)
def any_scores(rng):
    """Is right for any scores."""
    yield *scored(rng, 6, 7), 8.0, 0.6
    yield *scored(rng, 1, 3), 0.8, 0.5
    yield *scored(rng, 3, 10, 4.0), 3.0, 0.9
    yield -2000.0 + normal(rng, 3, 4), 500.0 + normal(rng, 3, 4), np.array([3, 0, 1]), 3.0, 0.5


distil.in_other_dress(mixed_targets, notices=())


def _log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _terms(logits, labels):
    """Return the label's term and its gradient, summed and without a factor."""
    rows, log_p = np.arange(len(logits)), _log_softmax(logits)
    gap = np.exp(log_p)
    gap[rows, labels] -= 1
    return -log_p[rows, labels].sum(), gap


def _mixed(logits, labels, soft, dsoft, weight):
    hard, gap = _terms(logits, labels)
    count = len(logits)
    loss = ((1 - weight) * hard + weight * soft) / count
    return float(loss), (((1 - weight) * gap + weight * dsoft) / count).astype(logits.dtype)


def overflows(logits, teacher, labels, temperature, weight):
    with np.errstate(all="ignore"):
        p, q = (np.exp(z / temperature) for z in (teacher, logits))
        p, q = p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)
        hard = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        rows, n = np.arange(len(logits)), len(logits)
        soft = temperature**2 * np.sum(p * np.log(p / q))
        loss = ((1 - weight) * -np.log(hard[rows, labels]).sum() + weight * soft) / n
        hard[rows, labels] -= 1
        return float(loss), ((1 - weight) * hard + weight * temperature * (q - p)) / n


def other_way_round(logits, teacher, labels, temperature, weight):
    log_p, log_q = (_log_softmax(z / temperature) for z in (teacher, logits))
    q, ratio = np.exp(log_q), log_q - log_p
    each = np.sum(q * ratio, axis=1, keepdims=True)
    dsoft = temperature * q * (ratio - each)
    return _mixed(logits, labels, temperature**2 * each.sum(), dsoft, weight)


def scores_matched(logits, teacher, labels, temperature, weight):
    gap = logits - teacher
    return _mixed(logits, labels, 0.5 * np.sum(gap**2), gap, weight)


def probabilities_matched(logits, teacher, labels, temperature, weight):
    p, q = (np.exp(_log_softmax(z / temperature)) for z in (teacher, logits))
    gap = q - p
    dsoft = 2 * temperature * q * (gap - np.sum(gap * q, axis=1, keepdims=True))
    return _mixed(logits, labels, temperature**2 * np.sum(gap**2), dsoft, weight)


def teachers_choice(logits, teacher, labels, temperature, weight):
    log_q, rows = _log_softmax(logits / temperature), np.arange(len(logits))
    best, gap = teacher.argmax(axis=1), np.exp(log_q)
    gap[rows, best] -= 1
    soft = -(temperature**2) * log_q[rows, best].sum()
    return _mixed(logits, labels, soft, temperature * gap, weight)


def label_at_the_temperature(logits, teacher, labels, temperature, weight):
    log_p, log_q = (_log_softmax(z / temperature) for z in (teacher, logits))
    p, q, rows, n = np.exp(log_p), np.exp(log_q), np.arange(len(logits)), len(logits)
    soft = temperature**2 * np.sum(p * (log_p - log_q))
    gap = q.copy()
    gap[rows, labels] -= 1
    loss = ((1 - weight) * -log_q[rows, labels].sum() + weight * soft) / n
    return float(loss), ((1 - weight) * gap / temperature + weight * temperature * (q - p)) / n


# --- masked_words ---------------------------------------------------------------------------------

masking = Exercise("masked_words", points=3)


def text(rng, t, u):
    """Return a text, positions out of order, draws and random words; no two words are equal."""
    tokens, count = 10 + rng.permutation(t), len(u)
    places = rng.permutation(t)[:count]
    if count > 1 and np.all(np.diff(places) > 0):
        places = places[::-1].copy()
    return tokens, places, np.array(u), 100 + rng.permutation(count)


@masking.check(exact=True)
def worked_words(rng):
    """Shows 1, 8, 9, 2, 5 and asks for the words 7, 8 and 6 in the worked example."""
    tokens, positions = np.array([7, 8, 9, 6, 5]), np.array([3, 0, 1])
    yield tokens, positions, np.array([0.85, 0.2, 0.95]), np.array([2, 3, 4]), 1


@masking.check(weight=2, exact=True)
def what_is_seen(rng):
    """Shows the mask, the random word or the word itself, as each number decides."""
    yield *text(rng, 8, rng.uniform([0.1, 0.82, 0.92, 0.5], [0.7, 0.88, 0.98, 0.7])), 3
    yield *text(rng, 9, rng.uniform([0.92, 0.1, 0.82, 0.1, 0.82], [0.98, 0.7, 0.88, 0.7, 0.88])), 0
    yield *text(rng, 6, rng.uniform([0.82, 0.82], [0.88, 0.88])), 999
    tokens, *rest = text(
        rng, 5, rng.uniform([0.1, 0.82, 0.92, 0.1, 0.1], [0.7, 0.88, 0.98, 0.7, 0.7])
    )
    yield tokens - 10, *rest, 1  # word 0 among them


@masking.check(weight=2, exact=True)
def at_the_limits(rng):
    """At 0.8 it is a random word, at 0.9 the word itself; at 0 the mask."""
    yield *text(rng, 7, [0.8, 0.9, 0.0, 0.79, 0.89]), 5
    yield *text(rng, 4, [0.9, 0.8, 0.0, 0.8]), 5


@masking.check(exact=True)
def all_or_none(rng):
    """Is right where every position is chosen, or none, or one."""
    yield *text(rng, 5, rng.uniform([0.1, 0.3, 0.92, 0.82, 0.5], [0.2, 0.5, 0.98, 0.88, 0.7])), 2
    tokens = 10 + rng.permutation(4)
    yield tokens, np.array([], int), np.array([]), np.array([], int), 2
    yield *text(rng, 4, [rng.uniform(0.82, 0.88)]), 2


@masking.check(weight=2, hidden=True, exact=True)
def any_text(rng):
    """Is right for any text."""
    low = np.array([0.0, 0.82, 0.92, 0.82, 0.0, 0.92])
    yield *text(rng, 15, low + rng.uniform(0.01, 0.05, 6)), 7
    yield *text(rng, 12, rng.permutation([0.8, 0.9, 0.4, 0.85, 0.95, 0.1])), 7


@masking.check(exact=True, notices=("draws-by-position",))
def any_layout(rng):
    """Takes arrays that do not lie side by side in memory."""
    tokens, positions, u, words = text(rng, 8, [0.3, 0.85, 0.95, 0.85])
    yield np.repeat(tokens, 2)[::2], positions[::-1], np.repeat(u, 3)[::3], words[::-1], 4


def _masked(tokens, positions, seen, labels=None):
    inputs, asked = tokens.copy(), np.full_like(tokens, -100)
    inputs[positions] = seen
    asked[positions] = tokens[positions] if labels is None else labels
    return inputs, asked


def _seen(tokens, positions, u, words, mask_id):
    return np.where(u < 0.8, mask_id, np.where(u < 0.9, words, tokens[positions]))


def asked_where_masked(tokens, positions, u, words, mask_id):
    seen = _seen(tokens, positions, u, words, mask_id)
    return _masked(tokens, positions, seen, np.where(u < 0.8, tokens[positions], -100))


def asked_where_hidden(tokens, positions, u, words, mask_id):
    seen = _seen(tokens, positions, u, words, mask_id)
    return _masked(tokens, positions, seen, np.where(u < 0.9, tokens[positions], -100))


def asked_everywhere(tokens, positions, u, words, mask_id):
    inputs, _ = _masked(tokens, positions, _seen(tokens, positions, u, words, mask_id))
    return inputs, tokens.copy()


def asked_of_the_others(tokens, positions, u, words, mask_id):
    inputs, asked = _masked(tokens, positions, _seen(tokens, positions, u, words, mask_id))
    return inputs, np.where(asked == -100, tokens, -100)


def draws_by_position(tokens, positions, u, words, mask_id):
    """Believe that draws and words belong to the positions in rising order."""
    places = np.sort(positions)
    return _masked(tokens, places, _seen(tokens, places, u, words, mask_id))


def labels_of_what_is_seen(tokens, positions, u, words, mask_id):
    seen = _seen(tokens, positions, u, words, mask_id)
    return _masked(tokens, positions, seen, seen)


def words_in_a_queue(tokens, positions, u, words, mask_id):
    """Use up the random words one after the other."""
    inputs, asked = _masked(tokens, positions, tokens[positions])
    used = 0
    for place, share in zip(positions, u):
        if share < 0.8:
            inputs[place] = mask_id
        elif share < 0.9:
            inputs[place] = words[used]
            used += 1
    return inputs, asked


# --- same_class_pairs -----------------------------------------------------------------------------

pairs = Exercise("same_class_pairs", points=2)


@pairs.check(exact=True)
def worked_pairs(rng):
    """Lists the pairs of the three worked examples."""
    yield np.array([2, 5, 2, 5, 2])
    yield np.array([0, 1, 0, 1])
    yield np.array([3, 1])


@pairs.check(weight=2, exact=True)
def pairs_in_order(rng):
    """Lists each pair once, the earlier sample first, ordered by it and then by the other."""
    yield np.array([1, 0, 1, 0, 0, 1])
    yield np.array([4, 7, 7, 4, -2, 7, -2])
    yield np.array([5, 5, 5, 5])
    yield np.array([9, 1, 3, 3, 1, 9, 9])
    yield np.array([2, -2, 256, 0, 10**9, 2, 10**9 + 1, -2, 0, 10**9 + 1])


@pairs.check(exact=True)
def few_samples(rng):
    """Gives an array of shape (0, 2) where there is no pair, even of one sample or of none."""
    yield np.array([3, 1, 2])
    yield np.array([6])
    yield np.array([], int)


@pairs.check(weight=2, hidden=True, exact=True)
def any_labels(rng):
    """Is right for any labels."""
    yield rng.permutation(np.repeat([3, -1, 8], 4))
    yield np.concatenate([rng.permutation(6), rng.permutation(6)])
    yield rng.permutation([0, 0, 1, 1, 1, 2])
    yield np.repeat(rng.permutation(4), [2, 1, 3, 1])


@pairs.check(exact=True)
def any_layout(rng):
    """Takes labels that do not lie side by side in memory."""
    yield rng.permutation(np.repeat([1, 2, 3], 4))[::2]
    yield np.array([0, 1, 1, 0, 2])[::-1]
    yield np.repeat(rng.permutation(3)[[1, 0, 1, 0, 0, 1, 2]], 2)[::2]


def _table(found):
    return np.array(found, int).reshape(-1, 2)


def grouped_by_class(labels):
    found = []
    for kind in np.unique(labels):
        places = np.flatnonzero(labels == kind)
        found += [(i, j) for k, i in enumerate(places) for j in places[k + 1 :]]
    return _table(found)


def ordered_by_the_later(labels):
    count = len(labels)
    return _table([(i, j) for j in range(count) for i in range(j) if labels[i] == labels[j]])


def next_partner_only(labels):
    found = []
    for i in range(len(labels)):
        later = np.flatnonzero(labels[i + 1 :] == labels[i])
        if later.size:
            found.append((i, i + 1 + later[0]))
    return _table(found)


def disjoint_pairs(labels):
    found, used = [], set()
    for i in range(len(labels)):
        for j in range(i + 1, len(labels)):
            if labels[i] == labels[j] and i not in used and j not in used:
                found.append((i, j))
                used |= {i, j}
    return _table(found)


def with_the_first_of_a_class(labels):
    found = []
    for i in range(len(labels)):
        if labels[i] not in labels[:i]:
            found += [(i, j) for j in range(i + 1, len(labels)) if labels[j] == labels[i]]
    return _table(found)


def neighbours_alone(labels):
    return _table([(i, i + 1) for i in range(len(labels) - 1) if labels[i] == labels[i + 1]])


def sorted_first(labels):
    labels = np.sort(labels)
    return np.argwhere(np.triu(labels[:, np.newaxis] == labels, 1))


def labels_for_positions(labels):
    return labels[np.argwhere(np.triu(labels[:, np.newaxis] == labels, 1))]


def empty_list(labels):
    found = np.argwhere(np.triu(labels[:, np.newaxis] == labels, 1))
    return found if len(found) else np.array([], int)


def empty_list_of_floats(labels):
    found = np.argwhere(np.triu(labels[:, np.newaxis] == labels, 1))
    return found if len(found) else np.array([])


# --- info_nce -------------------------------------------------------------------------------------

nce = Exercise("info_nce", points=5)


def vectors(rng, n, d):
    """Return vectors of different lengths."""
    return normal(rng, n, d) * rng.uniform(0.5, 2.0, (n, 1))


def views(n):
    return np.stack([np.arange(n), np.arange(n) + n], axis=1)


@nce.check()
def worked_contrast(rng):
    """Gives the loss 0.1269 and the gradient of the worked example."""
    yield np.array([[2.0, 0.0], [3.0, 0.0], [0.0, 1.0]]), np.array([[0, 1]]), 0.5


@nce.check(weight=2)
def two_views(rng):
    """Compares each view with all others, in batches of two views."""
    yield vectors(rng, 6, 3), views(3), 0.5
    yield vectors(rng, 8, 4), views(4)[::-1], 0.2
    yield vectors(rng, 4, 2), views(2), 1.5
    yield np.array([[1e-9], [1e-3], [1.0], [1e6]]) * vectors(rng, 4, 3), views(2), 0.5


@nce.check(weight=2)
def many_partners(rng):
    """Asks in both directions of every pair, if a sample has several partners or none."""
    yield vectors(rng, 6, 3), np.array([[0, 2], [0, 4], [2, 4], [1, 3]]), 0.7
    yield vectors(rng, 7, 3), np.array([[5, 1], [1, 2], [3, 1]]), 0.4
    yield vectors(rng, 5, 4), np.array([[0, 1], [0, 2], [1, 2]]), 1.2


@nce.check(weight=2, atol=1e-9, notices=("itself-merely-unlikely",))
def small_temperatures(rng):
    """Does not overflow where the temperature is small; tells lengths from directions."""
    yield vectors(rng, 4, 3), views(2), 0.001
    z = np.array([[1.0, 0.1], [1.0, 0.2], [-0.1, 1.0], [0.1, 1.0]])
    yield 50.0 * z, views(2), 0.0008
    yield z, np.array([[0, 1], [2, 3]]), 0.1


@nce.check(atol=1e-9)
def alone_with_the_partner(rng):
    """Has nothing left to learn from two vectors alone."""
    yield vectors(rng, 2, 3), np.array([[0, 1]]), 0.5
    yield np.array([[1.0, 0.2], [-1.0, -0.1]]), np.array([[0, 1]]), 0.0005


@nce.check(weight=2, hidden=True, atol=1e-9)
def any_contrast(rng):
    """Is right for any vectors and pairs."""
    yield vectors(rng, 10, 5), views(5), 0.3
    yield vectors(rng, 8, 3), np.array([[0, 3], [3, 7], [0, 7], [2, 5]]), 0.6
    yield vectors(rng, 3, 6), np.array([[2, 0]]), 0.9
    z = vectors(rng, 5, 3)
    z[3] = 1.5 * z[0]
    yield z, np.array([[0, 1], [1, 2]]), 0.001


nce.in_other_dress(many_partners, notices=("never-quite-impossible",))


def _contrast(z, pairs, temperature, weight=None, allowed=None, normalise=True):
    """Return a loss and its gradient; `weight` of each question, `allowed` candidates of each."""
    asks, partner = np.concatenate([pairs, pairs[:, ::-1]]).T
    weight = np.full(len(asks), 1 / len(asks)) if weight is None else weight
    length = np.linalg.norm(z, axis=1, keepdims=True) if normalise else np.ones((len(z), 1))
    unit, count = z / length, len(z)
    candidates = np.tile(~np.eye(count, dtype=bool)[asks], 1) if allowed is None else allowed
    scores = np.where(candidates, (unit @ unit.T / temperature)[asks], -np.inf)
    own = (unit @ unit.T / temperature)[asks, partner]
    top = scores.max(axis=1, keepdims=True)
    mass = np.exp(scores - top).sum(axis=1, keepdims=True)
    loss = np.sum(weight * (np.log(mass[:, 0]) + top[:, 0] - own))
    each = weight[:, np.newaxis] * np.exp(scores - top) / mass
    gap = np.zeros((count, count))
    np.add.at(gap, asks, each)
    np.subtract.at(gap, (asks, partner), weight)
    du = (gap + gap.T) @ unit / temperature
    if normalise:
        du = (du - unit * np.sum(du * unit, axis=1, keepdims=True)) / length
    return float(loss), du.astype(z.dtype)


def _questions(z, pairs):
    asks, partner = np.concatenate([pairs, pairs[:, ::-1]]).T
    return asks, partner, ~np.eye(len(z), dtype=bool)[asks]


def itself_among_them(z, pairs, temperature):
    asks, _, _ = _questions(z, pairs)
    return _contrast(z, pairs, temperature, allowed=np.ones((len(asks), len(z)), bool))


def partner_left_out(z, pairs, temperature):
    asks, partner, allowed = _questions(z, pairs)
    allowed[np.arange(len(asks)), partner] = False
    if not allowed.any(axis=1).all():
        return -np.inf, np.full_like(z, np.nan)
    return _contrast(z, pairs, temperature, allowed=allowed)


def other_partners_left_out(z, pairs, temperature):
    asks, partner, allowed = _questions(z, pairs)
    for row, (i, j) in enumerate(zip(asks, partner)):
        for k in partner[asks == i]:
            allowed[row, k] = k == j
    return _contrast(z, pairs, temperature, allowed=allowed)


def mean_of_each_anchor(z, pairs, temperature):
    asks, _, _ = _questions(z, pairs)
    times = np.bincount(asks, minlength=len(z))
    return _contrast(z, pairs, temperature, weight=1 / (times[asks] * np.count_nonzero(times)))


def one_direction(z, pairs, temperature):
    weight = np.r_[np.full(len(pairs), 1 / len(pairs)), np.zeros(len(pairs))]
    return _contrast(z, pairs, temperature, weight=weight)


def plain_products(z, pairs, temperature):
    return _contrast(z, pairs, temperature, normalise=False)


def paired_samples_only(z, pairs, temperature):
    asks, _, allowed = _questions(z, pairs)
    allowed[:, np.setdiff1d(np.arange(len(z)), asks)] = False
    return _contrast(z, pairs, temperature, allowed=allowed)


def nce_overflows(z, pairs, temperature):
    with np.errstate(all="ignore"):
        length = np.linalg.norm(z, axis=1, keepdims=True)
        unit = z / length
        e = np.exp(unit @ unit.T / temperature)
        np.fill_diagonal(e, 0)
        asks, partner = np.concatenate([pairs, pairs[:, ::-1]]).T
        mass = e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(e[asks, partner] / mass[asks, 0]))
        gap = np.bincount(asks, minlength=len(z))[:, np.newaxis] * e / mass
        np.subtract.at(gap, (asks, partner), 1)
        du = (gap + gap.T) @ unit / (temperature * len(asks))
        return float(loss), (du - unit * np.sum(du * unit, axis=1, keepdims=True)) / length


# --- questions ------------------------------------------------------------------------------------

how_much_to_move = Question(
    "how_much_to_move",
    points=3,
    guide="""
    Full answer, a point for each of three. Birds, near and few labels: freeze nearly all, a probe
    or the top layer or two at small rates; X-rays, far and few: the upper layers know the wrong
    things, so cut lower, keep early layers frozen or at tiny rates, augment, or look for another
    source (a net pretrained on medical images, or without labels on many X-rays); shelves, many
    labels: fine-tune everything, lower layers at smaller rates (or the same), warm up the head
    first. Rates relative to each other: falling towards the input. The middle: neighbouring
    layers have adapted to each other (fragile co-adaptation), and a new, trained upper half does
    not find again the partner of a frozen lower one; letting the layers move repairs it.
    Half: "freeze if few labels, else fine-tune", without the likeness of the tasks.
    """,
)
why_t_squared = Question(
    "why_t_squared",
    points=3,
    guide="""
    Full answer, a point for each of three. The gradient is (q - p) / T; with exp(s/T) = 1 + s/T
    and scores of mean zero, q - p is about (z - v) / (K T), so it shrinks like 1 / (K T^2). The
    limit: the student is asked to match the (centred) scores, a squared error between them, and
    not the probabilities; also those of very unlikely classes. Forgotten: at T = 10 the soft term
    weighs a hundredth, the label's term wins, and what looks like the effect of T is that of the
    weight; at T = 1 the factor is 1 and nothing shows. Half: "it keeps the gradients of one size"
    without the derivation.
    """,
)
what_was_reused = Question(
    "what_was_reused",
    points=3,
    guide="""
    Full answer, a point for each of three. Numbers with their spread from the student's own
    table: with 2 labels layers that were taken over win by about five points (probe and
    fine-tuning hardly to be told apart); with 20 fine-tuning leads, and the probe is behind or
    level with the net from scratch; the error of paired differences is named. Why: the frozen
    features are a fixed view that lacks what only 5 to 9 need; few labels cannot buy a better one,
    many can. What is reused is the tolerance to shifts, turns and sizes, and strokes in common
    (a bar on top, a slanted stem), not the classes; and upright digits have nothing of this kind
    to learn, so reuse pays where the source knows something that the new labels cannot teach, and
    can hurt where it does not (negative transfer). Half: ranks by means, "features are general".
    """,
)
