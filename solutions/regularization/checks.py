"""How the chapter on regularization is judged."""

from itertools import pairwise

import numpy as np

from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


# --- bias_variance -------------------------------------------------------------------------------

bias_variance = Exercise("bias_variance", points=2)


def quarters(rng, *shape):
    """Return numbers whose sums and squares are exact."""
    return rng.integers(1, 9, shape) / 4 * rng.choice([-1.0, 1.0], shape)


@bias_variance.check()
def worked_terms(rng):
    """Gives 2.5, 0.5 and 3.5 for the two fits of the text."""
    yield np.array([[1.0, 3.0], [3.0, 3.0]]), np.array([0.0, 2.0]), 0.5


@bias_variance.check(weight=2)
def splits_the_error(rng):
    """Splits the error of several fits at several points, without noise unless it is given."""
    yield normal(rng, 5, 3) + 1.5, normal(rng, 3)
    yield normal(rng, 3, 6) - 2.0, normal(rng, 6), rng.uniform(0.2, 0.9)


@bias_variance.check(exact=True, atol=1e-12)
def special_fits(rng):
    """Finds no variance in a single fit, no bias in fits that are right in the mean."""
    yield quarters(rng, 1, 4), quarters(rng, 4), 0.25
    away = quarters(rng, 2, 3)
    truth = np.array([0.5, -1.0, 2.0])
    yield truth + np.concatenate([away, -away]), truth


@bias_variance.check(weight=2, hidden=True)
def any_fits(rng):
    """Is right for any number of fits and points."""
    for r, n in ((2, 7), (6, 4), (9, 1)):
        yield normal(rng, r, n) + normal(rng, n), normal(rng, n), rng.uniform(0.1, 2.0)


bias_variance.in_other_dress(splits_the_error, keeps=False)

# --- elastic_penalty -----------------------------------------------------------------------------

elastic_penalty = Exercise("elastic_penalty", points=3)


def net(rng, *sizes):
    """Return layers of a net; in each, one weight is zero and the biases are not small."""
    layers = []
    for d, f in pairwise(sizes):
        w = normal(rng, f, d)
        w[f - 1, 0] = 0.0
        layers.append((w, 1.0 + np.abs(normal(rng, f))))
    return layers


@elastic_penalty.check()
def worked_penalty(rng):
    """Gives 9, (4, -2, 0) and no gradient for the bias in the worked example."""
    yield [(np.array([[3.0, -1.0, 0.0]]), np.array([5.0]))], 4.0, 2.0, 2


@elastic_penalty.check()
def l1_alone(rng):
    """Pulls every weight of every layer with the same force, and a weight of zero not at all."""
    yield net(rng, 3, 4, 2), rng.uniform(0.5, 2.0), 0.0, 5
    yield net(rng, 4, 3), 1.5, 0.0, 1
    yield [(np.array([[1e-9, -1e-12, 0.0]]), np.array([1.0]))], 2.0, 0.0, 1


@elastic_penalty.check()
def l2_alone(rng):
    """Pulls in proportion to the weight."""
    yield net(rng, 3, 4, 2), 0.0, rng.uniform(0.5, 2.0), 7
    yield net(rng, 2, 3), 0.0, 3.0, 1


@elastic_penalty.check(weight=2)
def both_penalties(rng):
    """Adds both, over all layers, and leaves the biases free."""
    yield net(rng, 4, 3, 2), rng.uniform(0.5, 2.0), rng.uniform(2.0, 4.0), 10
    yield net(rng, 2, 2, 2, 2), 1.0, 0.5, 3


@elastic_penalty.check(weight=2, hidden=True, notices=("tiny-is-zero (2)",))
def any_net(rng):
    """Is right for any net."""
    yield net(rng, 5, 4, 3, 2), rng.uniform(0.1, 1.0), rng.uniform(0.1, 1.0), 20
    yield net(rng, 1, 2), rng.uniform(1.0, 3.0), rng.uniform(0.1, 1.0), 2
    yield net(rng, 3, 3), 0.0, 0.0, 4


elastic_penalty.in_other_dress(both_penalties, notices=("tiny-is-zero (2)",))


def every_layer_divided_again(layers, l1, l2, m):
    penalty, gradients = 0.0, []
    for w, b in layers:
        share = 2 * m * w.size
        penalty += float(l1 * np.sum(np.abs(w)) + l2 * np.sum(w**2)) / share
        gradients.append(((l1 * np.sign(w) / 2 + l2 * w) / (m * w.size), np.zeros_like(b)))
    return penalty, gradients


def root_of_the_squares(layers, l1, l2, m):
    penalty, gradients = 0.0, []
    for w, b in layers:
        length = np.sqrt(np.sum(w**2))
        penalty += float(l1 * np.sum(np.abs(w)) + l2 * length) / (2 * m)
        gradients.append(((l1 * np.sign(w) + l2 * w / length) / (2 * m), np.zeros_like(b)))
    return penalty, gradients


def length_of_the_whole_net_alone(layers, l1, l2, m):
    """The root in the penalty, the gradient of the square."""
    sizes = sum(np.sum(np.abs(w)) for w, _ in layers)
    length = np.sqrt(sum(np.sum(w**2) for w, _ in layers))
    gradients = [((l1 * np.sign(w) / 2 + l2 * w) / m, np.zeros_like(b)) for w, b in layers]
    return float(l1 * sizes + l2 * length) / (2 * m), gradients


def length_of_the_whole_net(layers, l1, l2, m):
    length = np.sqrt(sum(np.sum(w**2) for w, _ in layers))
    penalty, _ = length_of_the_whole_net_alone(layers, l1, l2, m)
    gradients = [
        ((l1 * np.sign(w) + l2 * w / length) / (2 * m), np.zeros_like(b)) for w, b in layers
    ]
    return penalty, gradients


def share_of_one_strength(layers, l1, l2, m):
    penalty, gradients = 0.0, []
    for w, b in layers:
        penalty += float(l1 * l2 * np.sum(np.abs(w)) + l1 * (1 - l2) * np.sum(w**2)) / (2 * m)
        pull = (l1 * l2 * np.sign(w) / 2 + l1 * (1 - l2) * w) / m
        gradients.append((pull, np.zeros_like(b)))
    return penalty, gradients


# --- which_penalty -------------------------------------------------------------------------------

which_penalty = Exercise("which_penalty", points=3)


def start(rng, d=4):
    """Return weights of either sign, of clearly different sizes, the largest anywhere."""
    sizes = np.linspace(1.0, 3.0, d) + rng.uniform(0.0, 0.3, d)
    return rng.permutation(sizes) * rng.permutation(np.resize([1.0, -1.0], d))


def l1_path(w, lr, strength, steps):
    path = [w]
    for _ in range(steps):
        path.append(np.sign(path[-1]) * np.maximum(np.abs(path[-1]) - lr * strength, 0))
    return np.array(path)


def l2_path(w, lr, strength, steps):
    return w * (1 - lr * strength) ** np.arange(steps + 1)[:, np.newaxis]


def norm_path(w, r, steps):
    return np.array([w, *[w * r / np.linalg.norm(w)] * steps])


def with_a_small_one(w, size):
    """Replace the smallest weight: one step of L1 takes all of it."""
    w = w.copy()
    w[np.argmin(np.abs(w))] = size
    return w


@which_penalty.check(weight=2)
def footprints_of_l1(rng):
    """Recognises L1, even where a small weight reaches zero at once or all do in the end."""
    yield np.array([[4.0, -1.0, 0.05], [3.8, -0.8, 0.0], [3.6, -0.6, 0.0]]), 0.1
    yield l1_path(start(rng), 0.2, rng.uniform(1.0, 2.0), 4), 0.2
    yield l1_path(with_a_small_one(start(rng, 3), 0.02), 0.1, rng.uniform(2.0, 3.0), 20), 0.1
    strength = rng.uniform(2.0, 4.0)
    yield l1_path(np.array([-0.7, 1.6]) * 0.5 * strength, 0.5, strength, 3), 0.5
    yield l1_path(np.array([2.5, 2.0]), 0.1, strength, 2), 0.1


@which_penalty.check(weight=2)
def footprints_of_l2(rng):
    """Recognises L2, weak or strong."""
    yield np.array([[4.0, -1.0], [3.2, -0.8], [2.56, -0.64]]), 0.1
    yield l2_path(start(rng), 0.05, rng.uniform(0.5, 2.0), 5), 0.05
    yield l2_path(start(rng, 3), 0.5, rng.uniform(1.0, 1.6), 3), 0.5


@which_penalty.check()
def footprints_of_max_norm(rng):
    """Recognises max-norm by its single step, and nothing at all by none."""
    yield np.array([[4.0, -3.0], [3.2, -2.4], [3.2, -2.4]]), 0.1
    yield norm_path(start(rng), rng.uniform(1.0, 2.0), 3), 0.1
    yield np.array([start(rng, 3)] * 4), 0.2


@which_penalty.check(exact=True, rtol=1e-6)
def faint_footprints(rng):
    """Recognises rules that move the weights by a ten-thousandth."""
    for w in (start(rng, 3), start(rng, 2)):
        yield l1_path(w, 0.01, 0.01, 2), 0.01
        yield l2_path(w, 0.01, 0.01, 2), 0.01
        yield norm_path(w, 0.9998 * np.linalg.norm(w), 2), 0.01


@which_penalty.check(weight=2, hidden=True)
def any_footprints(rng):
    """Names the regularizer and its strength for any weights."""
    lr = rng.uniform(0.05, 0.2)
    yield l1_path(with_a_small_one(start(rng, 5), -0.01), lr, rng.uniform(1.0, 4.0), 6), lr
    yield l2_path(start(rng, 2), lr, rng.uniform(1.0, 4.0), 2), lr
    yield norm_path(start(rng, 3), rng.uniform(0.5, 2.0), 2), lr
    yield l1_path(start(rng, 2), lr, rng.uniform(0.5, 2.0), 2), lr
    yield np.array([start(rng, 2)] * 3), lr
    w = start(rng)
    w[0] = 0.01
    yield l1_path(w, lr, rng.uniform(1.1, 1.4) / lr, 4), lr


which_penalty.in_other_dress(footprints_of_l2, keeps=False)


def judged_by_first_weight(path, lr):
    lost = np.abs(path[:-1, 0]) - np.abs(path[1:, 0])
    share = (np.abs(path[0]) - np.abs(path[1])) / np.abs(path[0])
    if np.allclose(path[0], path[1]):
        return "none", 0.0
    if np.allclose(path[1], path[2]):
        return "max-norm", float(np.linalg.norm(path[1]))
    if np.allclose(share, share[0], rtol=1e-4):
        return "l2", float(share[0] / lr)
    return "l1", float(lost[0] / lr)


def one_weight_decides(path, lr):
    w = path[:, 0]
    first, second = w[1] - w[0], w[2] - w[1]
    if abs(first) <= 1e-6 * abs(w[0]):
        return "none", 0.0
    if abs(second) <= 1e-4 * abs(first):
        return "max-norm", float(np.linalg.norm(path[1]))
    if abs(first - second) <= 1e-6 * abs(first):
        return "l1", float(abs(first) / lr)
    return "l2", float(-first / w[0] / lr)


def hardly_moved_is_none(path, lr):
    if np.all(np.abs(path[-1] - path[0]) <= 1e-3 * (1 + np.abs(path[0]))):
        return "none", 0.0
    return right_footprints(path, lr)


def moved_by_less_than_a_thousandth(path, lr):
    if np.all(np.abs(path[1] - path[0]) <= 1e-3):
        return "none", 0.0
    return right_footprints(path, lr)


def hardly_moved_again_is_max_norm(path, lr):
    name, strength = right_footprints(path, lr)
    if name != "none" and np.all(np.abs(path[2] - path[1]) <= 1e-3):
        return "max-norm", float(np.linalg.norm(path[1]))
    return name, strength


def equal_to_nine_digits(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l2" and np.ptp(path[1] / path[0]) > 1e-9:
        return "l1", float(np.max(np.abs(path[0] - path[1])) / lr)
    return name, strength


def averaged_loss(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1":
        strength = float(np.mean(np.abs(path[0]) - np.abs(path[1])) / lr)
    return name, strength


def averaged_over_steps(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1":
        lost = np.abs(path[0]).max() - np.abs(path[-1]).max()
        strength = float(lost / (len(path) - 1) / lr)
    return name, strength


def right_footprints(path, lr):
    size = np.abs(path)
    k = int(np.argmax(size[0]))
    lost = size[:-1, k] - size[1:, k]
    share = (size[0] - size[1]) / size[0]
    if lost[0] <= 1e-6 * size[0, k]:
        return "none", 0.0
    if lost[1] <= 1e-4 * lost[0]:
        return "max-norm", float(np.linalg.norm(path[1]))
    if np.ptp(share) <= 1e-4 * share[k]:
        return "l2", float(share[k] / lr)
    return "l1", float(lost[0] / lr)


def decay_as_a_factor(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, 1 - strength * lr) if name == "l2" else (name, strength)


def logarithmic_decay(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, -float(np.log1p(-strength * lr)) / lr) if name == "l2" else (name, strength)


def half_for_the_square(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, strength / 2) if name == "l2" else (name, strength)


def rate_forgotten(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, strength * lr) if name in ("l1", "l2") else (name, strength)


def length_before(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, float(np.linalg.norm(path[0]))) if name == "max-norm" else (name, strength)


def share_of_max_norm(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "max-norm":
        strength = float(np.linalg.norm(path[1]) / np.linalg.norm(path[0]))
    return name, strength


def largest_entry(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, float(np.abs(path[1]).max())) if name == "max-norm" else (name, strength)


def max_norm_for_l2(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "max-norm":
        return "l2", float((1 - np.abs(path[1, 0] / path[0, 0])) / lr)
    return name, strength


def relative_to_what_is_left(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l2":
        k = int(np.argmax(np.abs(path[0])))
        strength = float((path[0, k] / path[1, k] - 1) / lr)
    return name, strength


def any_shrinking_is_l2(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1":
        k = int(np.argmax(np.abs(path[0])))
        return "l2", float((1 - path[1, k] / path[0, k]) / lr)
    return name, strength


def names_exchanged(path, lr):
    name, strength = right_footprints(path, lr)
    return {"l1": "l2", "l2": "l1"}.get(name, name), strength


def lengths_compared(path, lr):
    """Judge by the lengths alone: a loss that stays the same is L1."""
    length = np.linalg.norm(path, axis=1)
    lost = length[:-1] - length[1:]
    if lost[0] <= 1e-6 * length[0]:
        return "none", 0.0
    if lost[1] <= 1e-4 * lost[0]:
        return "max-norm", float(length[1])
    if abs(lost[1] - lost[0]) <= 1e-6 * lost[0]:
        return "l1", float(lost[0] / lr)
    return "l2", float(lost[0] / length[0] / lr)


def l1_by_its_zeros(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1" and np.all(path[1:] != 0):
        k = int(np.argmax(np.abs(path[0])))
        return "l2", float((1 - path[1, k] / path[0, k]) / lr)
    return name, strength


def smallest_loss(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1":
        strength = float(np.min(np.abs(path[0]) - np.abs(path[1])) / lr)
    return name, strength


def sum_of_the_losses(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1":
        strength = float(np.sum(np.abs(path[0]) - np.abs(path[1])) / lr)
    return name, strength


def last_step_only(path, lr):
    name, strength = right_footprints(path, lr)
    if name == "l1":
        strength = float(np.max(np.abs(path[-2]) - np.abs(path[-1])) / lr)
    return name, strength


def squared_length(path, lr):
    name, strength = right_footprints(path, lr)
    return (name, strength**2) if name == "max-norm" else (name, strength)


# --- constrained_step ----------------------------------------------------------------------------

constrained_step = Exercise("constrained_step", points=3)


def rows_of_length(rng, *lengths, d=3):
    """Return rows with the given lengths; none of them has two equal or tiny entries."""
    w = rng.uniform(0.5, 1.5, (len(lengths), d)) * rng.choice([-1.0, 1.0], (len(lengths), d))
    return w / np.linalg.norm(w, axis=1, keepdims=True) * np.reshape(lengths, (-1, 1))


def holes(rng, rows, columns):
    """Return a mask with some of both in every row."""
    mask = np.tile(np.arange(columns) % 2 == 0, (rows, 1))
    return rng.permuted(mask, axis=1)


@constrained_step.check()
def worked_step(rng):
    """Gives (2.6, -1.8), (2.6, 0) and (2, 0) in the worked example."""
    w, update, mask = np.array([[4.0, -2.0]]), np.array([[1.0, 0.0]]), np.array([[True, False]])
    yield w, update, 0.5, 0.2
    yield w, update, 0.5, 0.2, mask
    yield w, update, 0.5, 0.2, mask, 2.0


@constrained_step.check(weight=2)
def decays_beside_the_step(rng):
    """Takes the decay from the old weights, beside the step and with the rate."""
    yield normal(rng, 3, 4), normal(rng, 3, 4), 0.3, rng.uniform(0.2, 0.6)
    yield normal(rng, 2, 2), normal(rng, 2, 2), 0.1


@constrained_step.check()
def holds_pruned_weights(rng):
    """Keeps pruned weights at zero, whatever the update would make of them."""
    mask = holes(rng, 3, 4)
    yield Case(normal(rng, 3, 4) * mask, normal(rng, 3, 4), 0.2, mask=mask)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), 0.2, decay=0.5, mask=mask)


@constrained_step.check(weight=2)
def bounds_the_rows(rng):
    """Shortens rows that are too long to r, and leaves short rows and rows of zeros alone."""
    r = rng.uniform(0.8, 1.2)
    w = rows_of_length(rng, 3.0 * r, 0.5 * r, 0.0, 1.5 * r)
    yield Case(w, np.zeros_like(w), 0.1, r=r)
    w = rows_of_length(rng, 1.6, 1.8, 5.0, d=4)
    yield Case(w, np.zeros_like(w), 0.1, r=2.0)


@constrained_step.check(weight=2, hidden=True)
def all_together(rng):
    """Does all of it, in the order of the text."""
    for r in (0.7, 1.5):
        w, mask = rows_of_length(rng, 3.0, 2.0, 0.3, 2.5, d=5), holes(rng, 4, 5)
        yield w * mask, 0.3 * normal(rng, 4, 5), 0.5, 0.4, mask, r
    w = rows_of_length(rng, 3.0, 0.0, 1.7)
    yield w, 0.0 * w, 0.2, 0.1, None, 2.0
    w = rows_of_length(rng, 0.9, 0.8)
    yield w, 0.0 * w, 0.2, 0.1, None, 0.6


@constrained_step.check()
def order_of_things(rng):
    """Prunes before it measures the rows."""
    w, mask = rows_of_length(rng, 3.0, 2.5, d=5), holes(rng, 2, 5)
    yield w, 0.1 * normal(rng, 2, 5), 0.1, 0.3, mask, 1.0


constrained_step.in_other_dress(order_of_things)


def decay_of_the_new_weights(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = (w - update) * (1 - lr * decay)
    if mask is not None:
        new = np.where(mask, new, 0)
    length = np.linalg.norm(new, axis=1, keepdims=True)
    return new * np.where(length > r, r / np.maximum(length, 1e-30), 1)


def norm_before_mask(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = w - update - lr * decay * w
    length = np.linalg.norm(new, axis=1, keepdims=True)
    new = new * np.where(length > r, r / np.maximum(length, 1e-30), 1)
    return new if mask is None else np.where(mask, new, 0)


def only_the_update_is_masked(w, update, lr, decay=0.0, mask=None, r=np.inf):
    kept = 1 if mask is None else mask
    new = w - update * kept - lr * decay * w
    length = np.linalg.norm(new, axis=1, keepdims=True)
    return new * np.where(length > r, r / np.maximum(length, 1e-30), 1)


def old_weights_are_masked(w, update, lr, decay=0.0, mask=None, r=np.inf):
    old = w if mask is None else np.where(mask, w, 0)
    new = old - update - lr * decay * old
    length = np.linalg.norm(new, axis=1, keepdims=True)
    return new * np.where(length > r, r / np.maximum(length, 1e-30), 1)


def update_bounded(w, update, lr, decay=0.0, mask=None, r=np.inf):
    length = np.linalg.norm(update, axis=1, keepdims=True)
    update = update * np.where(length > r, r / np.maximum(length, 1e-30), 1)
    new = w - update - lr * decay * w
    return new if mask is None else np.where(mask, new, 0)


def long_rows_dropped(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = w - update - lr * decay * w
    if mask is not None:
        new = np.where(mask, new, 0)
    return new * (np.linalg.norm(new, axis=1, keepdims=True) <= r)


def mask_by_rows(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = w - update - lr * decay * w
    if mask is not None:
        new = np.where(mask.all(axis=1, keepdims=True), new, 0)
    length = np.linalg.norm(new, axis=1, keepdims=True)
    return new * np.where(length > r, r / np.maximum(length, 1e-30), 1)


# --- magnitude_prune -----------------------------------------------------------------------------

magnitude_prune = Exercise("magnitude_prune", points=2)


def sizes(rng, *shape, low=0.5, high=1.5):
    """Return weights of either sign, none alike."""
    n = int(np.prod(shape))
    values = rng.permutation(np.linspace(low, high, n)) * np.resize([1.0, -1.0, -1.0], n)
    return values.reshape(shape)


@magnitude_prune.check(exact=True)
def worked_masks(rng):
    """Prunes three, and the first of two equal ones, in the worked example."""
    weights = [np.array([0.5, -0.1]), np.array([2.0, 0.1, -3.0, 0.2])]
    yield weights, 0.5
    yield weights, 1 / 6


@magnitude_prune.check(weight=2, exact=True)
def all_layers_together(rng):
    """Compares weights over all layers, whatever their signs and shapes."""
    yield [sizes(rng, 3, 4), sizes(rng, 2, 3, low=0.05, high=0.55)], 0.4
    yield [sizes(rng, 2, 3, low=1.0, high=3.0), sizes(rng, 2, 2, 3), sizes(rng, 4)], 0.6


@magnitude_prune.check(exact=True)
def first_of_equal_ones(rng):
    """Prunes the first of equal magnitudes, over rows and layers."""
    signs = rng.choice([-1.0, 1.0], (2, 3, 4))
    yield [signs[0], signs[1]], 0.375
    yield [np.array([[2.0, -1.0], [1.0, 1.0]]), np.array([-1.0, 2.0, 1.0])], 3 / 7
    yield [np.array([2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0])], 3 / 9
    yield [np.array([1.0 + 2.0**-40, 1.0, 1.0 + 2.0**-30, 1.0])], 0.25  # hardly larger


@magnitude_prune.check(exact=True)
def counts_are_rounded(rng):
    """Rounds the number of weights to prune, and prunes none or all where that is asked."""
    yield [sizes(rng, 10, 10)], 0.29
    yield [sizes(rng, 3, 4), sizes(rng, 3)], 0.58
    yield [sizes(rng, 2, 3), sizes(rng, 2)], 0.0
    yield [sizes(rng, 2, 3), sizes(rng, 2)], 1.0


@magnitude_prune.check(weight=2, hidden=True, exact=True)
def any_weights(rng):
    """Is right for any layers, shares and ties."""
    yield [sizes(rng, 4, 3), sizes(rng, 5, low=0.2, high=0.9), sizes(rng, 2, 2, 2, 2)], 0.55
    yield [rng.integers(-2, 3, (4, 5)).astype(float), rng.integers(-2, 3, 7).astype(float)], 0.48
    yield [np.zeros((2, 3)), np.ones(4)], 0.4
    yield [sizes(rng, 5, 5), sizes(rng, 25)], 0.58


magnitude_prune.in_other_dress(all_layers_together)


def layer_by_layer(weights, sparsity):
    masks = []
    for w in weights:
        order = np.argsort(np.abs(w).ravel(), kind="stable")
        mask = np.ones(w.size, dtype=bool)
        mask[order[: round(sparsity * w.size)]] = False
        masks.append(mask.reshape(w.shape))
    return masks


def below_the_threshold(weights, sparsity):
    every = np.sort(np.concatenate([np.abs(w).ravel() for w in weights]))
    count = round(sparsity * every.size)
    return [np.abs(w) > every[count - 1] if count else np.ones(w.shape, bool) for w in weights]


def from_the_threshold(weights, sparsity):
    every = np.sort(np.concatenate([np.abs(w).ravel() for w in weights]))
    count = round(sparsity * every.size)
    return [
        np.abs(w) >= every[count] if count < every.size else np.zeros(w.shape, bool)
        for w in weights
    ]


def quantile_threshold(weights, sparsity):
    every = np.concatenate([np.abs(w).ravel() for w in weights])
    return [np.abs(w) > np.quantile(every, sparsity) for w in weights]


def last_of_equal_ones(weights, sparsity):
    every = np.concatenate([np.abs(w).ravel() for w in weights])
    kept = np.ones(every.size, dtype=bool)
    order = every.size - 1 - np.argsort(every[::-1], kind="stable")
    kept[order[: round(sparsity * every.size)]] = False
    ends = np.cumsum([w.size for w in weights])[:-1]
    return [part.reshape(w.shape) for part, w in zip(np.split(kept, ends), weights)]


def weights_for_masks(weights, sparsity):
    every = np.concatenate([np.abs(w).ravel() for w in weights])
    kept = np.ones(every.size, dtype=bool)
    kept[np.argsort(every, kind="stable")[: round(sparsity * every.size)]] = False
    ends = np.cumsum([w.size for w in weights])[:-1]
    return [part.reshape(w.shape) * w for part, w in zip(np.split(kept, ends), weights)]


def share_of_the_largest(weights, sparsity):
    largest = max(np.abs(w).max() for w in weights)
    return [np.abs(w) > sparsity * largest for w in weights]


def kept_by(values, weights, count):
    """Return masks that prune so many weights, those of the smallest values."""
    kept = np.ones(values.size, dtype=bool)
    kept[np.argsort(values, kind="stable")[:count]] = False
    ends = np.cumsum([w.size for w in weights])[:-1]
    return [part.reshape(w.shape) for part, w in zip(np.split(kept, ends), weights)]


def count_in_every_layer(weights, sparsity):
    count = round(sparsity * sum(w.size for w in weights) / len(weights))
    return [kept_by(np.abs(w).ravel(), [w], count)[0] for w in weights]


def relative_to_the_layer(weights, sparsity):
    shares = [np.abs(w).ravel() / max(np.abs(w).mean(), 1e-30) for w in weights]
    count = round(sparsity * sum(w.size for w in weights))
    return kept_by(np.concatenate(shares), weights, count)


def whole_rows(weights, sparsity):
    masks = []
    for w in weights:
        length = np.linalg.norm(w.reshape(len(w), -1), axis=1)
        rows = kept_by(length, [length], round(sparsity * len(w)))[0]
        masks.append(np.ones(w.shape, bool) & rows.reshape(-1, *[1] * (w.ndim - 1)))
    return masks


# --- dropout -------------------------------------------------------------------------------------

dropout = Exercise("dropout", points=3)


def draws(rng, *shape, p):
    """Return uniform draws; at least one is dropped, one kept and one exactly p."""
    u = rng.uniform(0.0, 1.0, int(np.prod(shape)))
    u[:3] = p * 0.5, (1 + p) / 2, p
    return rng.permutation(u).reshape(shape)


@dropout.check(exact=True)
def worked_dropout(rng):
    """Gives (4, 0, 12) and the gradient (4, 0, 4) in the worked example."""
    yield np.array([1.0, 2.0, 3.0]), np.ones(3), np.array([0.8, 0.2, 0.75]), 0.75


@dropout.check(weight=2, exact=True)
def drops_and_scales(rng):
    """Drops and scales what goes forward, and the gradient through the same holes."""
    yield normal(rng, 4, 5), normal(rng, 4, 5), draws(rng, 4, 5, p=0.25), 0.25
    yield normal(rng, 3, 4), normal(rng, 3, 4), draws(rng, 3, 4, p=0.625), 0.625


@dropout.check()
def test_time(rng):
    """Lets everything pass unchanged at test time."""
    for p in (0.4, 1.0):
        x, dy = normal(rng, 3, 4), normal(rng, 3, 4)
        yield Case(x, dy, rng.random((3, 4)), p, training=False)


@dropout.check()
def nothing_and_everything(rng):
    """Drops nothing with p = 0 and everything with p = 1."""
    yield normal(rng, 2, 3), normal(rng, 2, 3), rng.random((2, 3)), 0.0
    yield normal(rng, 2, 3), normal(rng, 2, 3), rng.random((2, 3)), 1.0


@dropout.check(weight=2, hidden=True, exact=True)
def any_shape(rng):
    """Is right for activations of any shape."""
    shape = (2, 3, 2, 2)
    yield normal(rng, *shape), normal(rng, *shape), draws(rng, *shape, p=0.375), 0.375
    yield normal(rng, 6), normal(rng, 6), draws(rng, 6, p=0.875), 0.875
    yield normal(rng, 1, 7), normal(rng, 1, 7), draws(rng, 1, 7, p=0.5), 0.5
    yield Case(normal(rng, 5), normal(rng, 5), rng.random(5), 0.9, training=False)
    yield normal(rng, 5), normal(rng, 5), rng.random(5), 1.0


dropout.in_other_dress(drops_and_scales)
dropout.in_new_arrays(test_time)


def one_mask_for_the_batch(x, dy, u, p, training=True):
    if not training or p == 0:
        return x.copy(), dy.copy()
    factor = np.where(u[:1] >= p, 0.0 if p == 1 else 1 / (1 - p), 0) if u.ndim > 1 else None
    if factor is None:
        factor = np.where(u >= p, 0.0 if p == 1 else 1 / (1 - p), 0)
    return x * factor, dy * factor


def scaled_at_test_time(x, dy, u, p, training=True):
    if not training:
        return x * (1 - p), dy * (1 - p)
    mask = u >= p
    return x * mask, dy * mask


def scaled_twice(x, dy, u, p, training=True):
    if not training:
        return x * (1 - p), dy * (1 - p)
    factor = np.where(u >= p, 0.0 if p == 1 else 1 / (1 - p), 0)
    return x * factor, dy * factor


def a_new_mask_in_the_backward(x, dy, u, p, training=True):
    if not training or p == 0:
        return x.copy(), dy.copy()
    scale = 0.0 if p == 1 else 1 / (1 - p)
    other = np.random.default_rng(0).random(x.shape)
    return x * np.where(u >= p, scale, 0), dy * np.where(other >= p, scale, 0)


def scaled_by_the_count(x, dy, u, p, training=True):
    if not training or p == 0:
        return x.copy(), dy.copy()
    mask = u >= p
    share = mask.mean()
    return (x * mask / share, dy * mask / share) if share else (x * 0, dy * 0)


# --- dropout_fault -------------------------------------------------------------------------------

dropout_fault = Exercise("dropout_fault", points=3)
KINDS = ("inverted", "original", "never-scaled", "scaled-twice", "left-on", "one-mask")


def some_holes(rng, n, d, p):
    """Return a mask that drops exactly the share p, and another share in the first row."""
    mask = np.ones(n * d)
    mask[: round(p * n * d)] = 0.0
    mask = rng.permutation(mask).reshape(n, d)
    while mask[0].sum() * n == mask.sum():
        mask = rng.permuted(mask.ravel()).reshape(n, d)
    return mask


def suspect(rng, kind, p, n=4, d=10):
    """Return a batch and what a layer of this kind makes of it."""
    x = rng.uniform(0.8, 1.6, (n, d)) * rng.choice([-1.0, 1.0], (n, d))
    mask = some_holes(rng, n, d, p)
    if kind == "one-mask":
        mask = np.tile(rng.permutation(np.arange(d) >= round(p * d)), (n, 1)).astype(float)
    train = x * mask / (1.0 if kind in ("original", "never-scaled") else 1 - p)
    test = x * (1 - p) if kind in ("original", "scaled-twice") else x
    if kind == "left-on":
        test = x * some_holes(rng, n, d, p) / (1 - p)
    return x, train, test


def uneven(rng, kind, p):
    """Return a batch whose mean misleads: the layer drops what is large, or what is small."""
    mask = some_holes(rng, 4, 10, p)
    large = mask == (1.0 if kind in ("original", "never-scaled") else 0.0)
    x = rng.uniform(0.8, 1.6, mask.shape) * np.where(large, 8.0, 1.0)
    train = x * mask / (1.0 if kind in ("original", "never-scaled") else 1 - p)
    return x, train, x * (1 - p) if kind in ("original", "scaled-twice") else x


def nearly_one_mask(rng, odd=2, n=4, d=10, p=0.4):
    """Return inverted dropout with the same holes in all rows but one, and as many in that one."""
    row = (rng.permutation(d) >= round(p * d)).astype(float)
    mask = np.tile(row, (n, 1))
    while np.all(mask[odd] == row):
        mask[odd] = rng.permutation(row)
    x = rng.uniform(0.8, 1.6, (n, d)) * rng.choice([-1.0, 1.0], (n, d))
    return x, x * mask / (1 - p), x


@dropout_fault.check()
def two_right_ones(rng):
    """Knows the two right ways: scaled in training, or scaled at test time."""
    yield suspect(rng, "inverted", 0.3)
    yield suspect(rng, "original", 0.2)


@dropout_fault.check(weight=2)
def wrong_scale(rng):
    """Finds a layer that is never scaled, and one that is scaled twice."""
    yield suspect(rng, "never-scaled", 0.4)
    yield suspect(rng, "scaled-twice", 0.2)
    yield suspect(rng, "never-scaled", 0.2)


@dropout_fault.check(weight=2)
def wrong_mask(rng):
    """Finds dropout that is left on at test time, and one mask for all samples."""
    yield suspect(rng, "left-on", 0.3)
    yield suspect(rng, "one-mask", 0.4)


@dropout_fault.check(weight=2)
def led_astray(rng):
    """Looks at every entry and every row: the largest may be dropped, and some rows be alike."""
    for kind in ("inverted", "original", "never-scaled", "scaled-twice"):
        yield uneven(rng, kind, 0.3)
    yield nearly_one_mask(rng)
    yield nearly_one_mask(rng, odd=0)
    yield nearly_one_mask(rng, odd=3)


@dropout_fault.check()
def as_many_holes(rng):
    """Compares places, not numbers: as many holes in all samples, and other numbers in some."""
    for kind in ("inverted", "never-scaled"):
        mask = np.array([np.roll(np.arange(8) > 1, 2 * n) for n in range(4)])
        x = rng.uniform(0.8, 1.6, mask.shape) * rng.choice([-1.0, 1.0], mask.shape)
        yield x, x * mask / (0.75 if kind == "inverted" else 1.0), x
    mask = np.array([np.arange(8) > 1, np.arange(8) > 0, np.arange(8) > 1, np.arange(8) > 2])
    yield x, x * mask / 0.75, x


@dropout_fault.check(exact=True, rtol=1e-9, atol=1e-9)
def small_p(rng):
    """Tells the scales apart where hardly anything is dropped."""
    for kind in ("inverted", "original", "never-scaled", "scaled-twice"):
        yield suspect(rng, kind, 0.005, n=2, d=100)


@dropout_fault.check(weight=2, hidden=True)
def any_suspect(rng):
    """Names any of the six, for any p."""
    yield uneven(rng, "inverted", 0.4)
    yield uneven(rng, "original", 0.2)
    for odd in (0, 1, 4):
        yield nearly_one_mask(rng, odd, n=5)
    for kind in KINDS:
        yield suspect(rng, kind, float(rng.choice([0.1, 0.3, 0.6, 0.8])), n=3)


dropout_fault.in_other_dress(two_right_ones, keeps=False)


def named(x, train, test):
    """Name the six rightly."""
    p = float(np.mean(train == 0))
    kept = train != 0
    if np.any(test == 0):
        return "left-on", p
    if np.all(kept == kept[0]):
        return "one-mask", p
    scaled = np.abs(train[kept] / x[kept]).mean() > 1 + p / 2
    shrunk = np.abs(test / x).mean() < 1 - p / 2
    table = {(0, 0): "never-scaled", (0, 1): "original", (1, 0): "inverted"}
    return table.get((int(scaled), int(shrunk)), "scaled-twice"), p


def keeping_for_dropping(x, train, test):
    name, p = named(x, train, test)
    return name, 1 - p


def seen_in_training_only(x, train, test):
    name, p = named(x, train, test)
    return {"original": "never-scaled", "scaled-twice": "inverted", "left-on": "inverted"}.get(
        name, name
    ), p


def rows_not_compared(x, train, test):
    name, p = named(x, train, test)
    return {"one-mask": "inverted"}.get(name, name), p


def only_inverted_is_right(x, train, test):
    name, p = named(x, train, test)
    return {"original": "never-scaled"}.get(name, name), p


def test_time_not_searched_for_holes(x, train, test):
    name, p = named(x, train, test)
    return {"left-on": "inverted"}.get(name, name), p


def scaled_means_original(x, train, test):
    name, p = named(x, train, test)
    return {"original": "inverted", "inverted": "original"}.get(name, name), p


def twice_for_once(x, train, test):
    name, p = named(x, train, test)
    return {"scaled-twice": "original"}.get(name, name), p


def p_from_the_scale_alone(x, train, test):
    name, p = named(x, train, test)
    return (name, 0.0) if name in ("never-scaled", "original") else (name, p)


def p_of_the_first_sample(x, train, test):
    name, _ = named(x, train, test)
    return name, float(np.mean(train[0] == 0))


def p_from_the_test(x, train, test):
    return named(x, train, test)[0], float(np.mean(test == 0))


def holes_counted(x, train, test):
    return named(x, train, test)[0], float(np.sum(train == 0))


def p_of_the_scale(x, train, test):
    """Take one over the scale for p."""
    name, _ = named(x, train, test)
    kept = train != 0
    return name, float(np.mean(x[kept] / train[kept]))


def all_scaled_is_inverted(x, train, test):
    name, p = named(x, train, test)
    return {"scaled-twice": "inverted"}.get(name, name), p


def told_by(x, train, test, scaled, alike):
    """Name the six by these signs of scaling in training and of one mask."""
    p = float(np.mean(train == 0))
    if np.any(test == 0):
        return "left-on", p
    shrunk = not np.allclose(test, x)
    if not scaled:
        return ("original" if shrunk else "never-scaled"), p
    if shrunk:
        return "scaled-twice", p
    return ("one-mask" if alike else "inverted"), p


def near_enough(tolerance, x, train, test):
    """Take for equal what differs by this share."""
    kept = train != 0
    scaled = np.any(np.abs(train - x)[kept] > tolerance * np.abs(x)[kept])
    seen = np.where(np.abs(test - x) > tolerance * np.abs(x), test, x)
    return told_by(x, train, seen, scaled, alike_by(train, slice(None)))


def equal_within_five_percent(x, train, test):
    return near_enough(0.05, x, train, test)


def equal_within_a_percent(x, train, test):
    return near_enough(0.01, x, train, test)


def nearer_in_the_mean(x, train, p):
    size, seen = np.abs(x).mean(), np.abs(train).mean()
    return abs(seen - size) < abs(seen - (1 - p) * size)


def scale_from_the_means(x, train, test):
    scaled = nearer_in_the_mean(x, train, float(np.mean(train == 0)))
    return told_by(x, train, test, scaled, np.all((train == 0) == (train[0] == 0)))


def both_scales_from_the_means(x, train, test):
    """Take test time by its mean too."""
    p = float(np.mean(train == 0))
    scaled = nearer_in_the_mean(x, train, p)
    shrunk = np.abs(test).mean() < (1 - p / 2) * np.abs(x).mean()
    seen = x * 0.5 if shrunk else x
    return told_by(x, train, np.where(test == 0, 0, seen), scaled, alike_by(train, slice(None)))


def alike_by(train, rows):
    holes = (train == 0)[rows]
    return bool(np.all(holes == holes[0]))


def scaled_by_entries(x, train):
    kept = train != 0
    return not np.allclose(train[kept], x[kept])


def first_two_rows_compared(x, train, test):
    return told_by(x, train, test, scaled_by_entries(x, train), alike_by(train, slice(2)))


def last_two_rows_compared(x, train, test):
    return told_by(x, train, test, scaled_by_entries(x, train), alike_by(train, slice(-2, None)))


def ends_compared(x, train, test):
    return told_by(x, train, test, scaled_by_entries(x, train), alike_by(train, [0, -1]))


def any_two_rows_alike(x, train, test):
    holes = train == 0
    alike = len(np.unique(holes, axis=0)) < len(holes)
    return told_by(x, train, test, scaled_by_entries(x, train), alike)


def holes_counted_by_row(x, train, test):
    """Compare how many holes the rows have, not where."""
    counts = np.sum(train == 0, axis=1)
    return told_by(x, train, test, scaled_by_entries(x, train), np.all(counts == counts[0]))


# --- mc_dropout ----------------------------------------------------------------------------------

mc_dropout = Exercise("mc_dropout", points=3, needs=("dropout",))


def small_net(rng, d, h, k):
    return [(normal(rng, h, d), 0.3 * normal(rng, h)), (normal(rng, k, h), 1.0 + normal(rng, k))]


@mc_dropout.check()
def worked_passes(rng):
    """Gives the mean 5 and the variance 1 in the worked example."""
    layers = [(np.eye(2), np.zeros(2)), (np.array([[3.0, 1.0]]), np.zeros(1))]
    yield np.array([[1.0, 2.0]]), layers, np.array([[[0.9, 0.1]], [[0.2, 0.6]]]), 0.5


@mc_dropout.check(weight=3)
def mean_and_variance(rng):
    """Takes mean and variance over passes with holes of their own."""
    yield normal(rng, 3, 4), small_net(rng, 4, 6, 2), rng.random((5, 3, 6)), 0.4
    yield normal(rng, 4, 2), small_net(rng, 2, 7, 3), rng.random((8, 4, 7)), 0.25


@mc_dropout.check(
    rtol=1e-9,
    atol=1e-12,
    notices=("relu-at-the-end", "one-row-for-all-samples", "never-scaled"),
)
def no_doubt(rng):
    """Has no variance where there is one pass, or where nothing is dropped."""
    yield normal(rng, 2, 3), small_net(rng, 3, 5, 2), rng.random((1, 2, 5)), 0.5
    yield normal(rng, 2, 3), small_net(rng, 3, 5, 2), rng.random((3, 2, 5)), 0.0


@mc_dropout.check(weight=2, hidden=True)
def any_passes(rng):
    """Is right for any net, batch and number of passes."""
    yield normal(rng, 5, 3), small_net(rng, 3, 8, 1), rng.random((12, 5, 8)), 0.3
    yield normal(rng, 1, 2), small_net(rng, 2, 6, 4), rng.random((2, 1, 6)), 0.7


mc_dropout.in_other_dress(mean_and_variance)


def passes_of(x, layers, u, p, place="hidden"):
    """Return the outputs of all passes, with dropout in a wrong place."""
    (w1, b1), (w2, b2) = layers
    outputs = []
    for each in u:
        z = x @ w1.T + b1
        keep = (each >= p) / (1 - p)
        h = np.maximum(z, 0) if place == "hidden" else z
        outputs.append(h * keep @ w2.T + b2)
    return np.array(outputs)


def spread_over_samples(x, layers, u, p):
    outputs = passes_of(x, layers, u, p)
    return outputs.mean(axis=0), np.tile(outputs.mean(axis=0).var(axis=0), (len(x), 1))


def one_mask_for_all_passes(x, layers, u, p):
    outputs = passes_of(x, layers, np.repeat(u[:1], len(u), axis=0), p)
    return outputs.mean(axis=0), outputs.var(axis=0)


def activations_averaged_first(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.maximum(x @ w1.T + b1, 0) * ((u >= p) / (1 - p)).mean(axis=0)
    mean = h @ w2.T + b2
    return mean, np.zeros_like(mean)


def net_without_dropout_as_mean(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    outputs = passes_of(x, layers, u, p)
    return np.maximum(x @ w1.T + b1, 0) @ w2.T + b2, outputs.var(axis=0)


def softmax_of_the_outputs(x, layers, u, p):
    outputs = passes_of(x, layers, u, p)
    e = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    e /= e.sum(axis=-1, keepdims=True)
    return e.mean(axis=0), e.var(axis=0)


def with_hidden(x, layers, u, p, hidden):
    """Return the outputs of all passes, with the hidden units that `hidden` makes of each mask."""
    (w1, b1), (w2, b2) = layers
    kept = (u >= p) / (1 - p)
    return np.array([hidden(x @ w1.T, b1, keep) @ w2.T + b2 for keep in kept])


def dropped_before_the_bias(x, layers, u, p):
    outputs = with_hidden(x, layers, u, p, lambda z, b, keep: np.maximum(z * keep + b, 0))
    return outputs.mean(axis=0), outputs.var(axis=0)


def dropped_inputs_of_the_relu(x, layers, u, p):
    """Keep the sums of dropped units and lose their biases."""
    outputs = with_hidden(x, layers, u, p, lambda z, b, keep: np.maximum(z + b * keep, 0))
    return outputs.mean(axis=0), outputs.var(axis=0)


def variance_of_the_hidden(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.maximum(x @ w1.T + b1, 0) * (u >= p) / (1 - p)
    return h.mean(axis=0) @ w2.T + b2, h.var(axis=0) @ (w2**2).T


def variance_of_the_hidden_through_w(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.maximum(x @ w1.T + b1, 0) * (u >= p) / (1 - p)
    return h.mean(axis=0) @ w2.T + b2, h.var(axis=0) @ w2.T


def outputs_scaled_after(x, layers, u, p):
    """Scale the whole output, its bias too, for what was dropped below it."""
    (w1, b1), (w2, b2) = layers
    h = np.maximum(x @ w1.T + b1, 0)
    outputs = np.array([(h * (each >= p) @ w2.T + b2) / (1 - p) for each in u])
    return outputs.mean(axis=0), outputs.var(axis=0)


def one_row_of_draws(x, layers, u, p):
    outputs = passes_of(x, layers, np.repeat(u[:, :1], len(x), axis=1), p)
    return outputs.mean(axis=0), outputs.var(axis=0)


# --- stochastic_depth ----------------------------------------------------------------------------

stochastic_depth = Exercise("stochastic_depth", points=3)


def blocks(rng, count, d):
    return [0.7 * normal(rng, d, d) for _ in range(count)]


def fates(rng, count, n, p_last):
    """Return draws close to the probabilities: all of sample 0 survive by a hair, 1 is skipped.

    Of a fourth and later ones, the last is skipped at first and survives in the end.
    """
    stay = 1 - np.arange(1, count + 1) / count * (1 - p_last)
    u = rng.random((count, n))
    u[:, 0] = stay - 0.03
    u[:, 1] = np.minimum(stay + 0.03, 0.999)
    u[0, -1], u[-1, -1] = 0.995, 0.01
    u[0, 2], u[-1, 2] = 0.01, 0.995
    return u


@stochastic_depth.check()
def worked_depth(rng):
    """Gives 8 in training and 10.5 at test time in the worked example."""
    ones = [np.ones((1, 1)), np.ones((1, 1))]
    yield np.array([[4.0]]), ones, np.array([[0.7], [0.7]]), 0.5
    yield Case(np.array([[4.0]]), ones, np.array([[0.7], [0.7]]), 0.5, training=False)


@stochastic_depth.check(weight=2, notices=("stops-at-the-first-skip",))
def blocks_are_skipped(rng):
    """Skips blocks in training, later ones more often, for each sample by its own draws."""
    yield normal(rng, 5, 3), blocks(rng, 4, 3), fates(rng, 4, 5, 0.4), 0.4
    yield normal(rng, 4, 2), blocks(rng, 3, 2), fates(rng, 3, 4, 0.5), 0.5


@stochastic_depth.check(weight=2)
def all_are_there_at_test_time(rng):
    """Weights every block with its probability at test time, and none in training."""
    yield Case(normal(rng, 3, 4), blocks(rng, 3, 4), rng.random((3, 3)), 0.4, training=False)
    yield Case(normal(rng, 2, 3), blocks(rng, 5, 3), rng.random((5, 2)), 0.2, training=False)


@stochastic_depth.check(notices=("skipped-share",))
def always_and_never(rng):
    """Keeps all blocks with p_L = 1, and never the last with p_L = 0."""
    yield normal(rng, 2, 3), blocks(rng, 3, 3), rng.random((3, 2)), 1.0
    seen = [np.abs(w) for w in blocks(rng, 1, 3)]
    yield np.abs(normal(rng, 2, 3)), seen, np.array([[0.0, 0.6]]), 0.0


@stochastic_depth.check(
    weight=2,
    hidden=True,
    notices=("stops-at-the-first-skip", "not-weighted-at-test-time", "always-training"),
)
def any_depth(rng):
    """Is right for any depth and probability."""
    yield normal(rng, 6, 4), blocks(rng, 6, 4), fates(rng, 6, 6, 0.3), 0.3
    yield Case(normal(rng, 1, 3), blocks(rng, 2, 3), rng.random((2, 1)), 0.7, training=False)
    yield normal(rng, 3, 3), blocks(rng, 2, 3), fates(rng, 2, 3, 0.6), 0.6


stochastic_depth.in_other_dress(blocks_are_skipped)


def stops_at_the_first_skip(x, weights, u, p_last, training=True):
    h, alive = x.copy(), np.ones((len(x), 1))
    for number, (w, draws) in enumerate(zip(weights, u), 1):
        p = 1 - number / len(weights) * (1 - p_last)
        alive = alive * (draws[:, np.newaxis] < p) if training else alive * 0 + p
        h = h + alive * np.maximum(h @ w.T, 0)
    return h


def identity_weighted_at_test_time(x, weights, u, p_last, training=True):
    h = x.copy()
    for number, (w, draws) in enumerate(zip(weights, u), 1):
        p = 1 - number / len(weights) * (1 - p_last)
        f = np.maximum(h @ w.T, 0)
        h = h + (draws[:, np.newaxis] < p) * f if training else p * (h + f)
    return h


def survival_of_all_before(x, weights, u, p_last, training=True):
    h, q = x.copy(), 1.0
    for number, (w, draws) in enumerate(zip(weights, u), 1):
        q *= 1 - number / len(weights) * (1 - p_last)
        h = h + (draws[:, np.newaxis] < q if training else q) * np.maximum(h @ w.T, 0)
    return h


# --- early_stopping ------------------------------------------------------------------------------

early_stopping = Exercise("early_stopping", points=2)


@early_stopping.check(exact=True)
def worked_stop(rng):
    """Stops at epochs 3 and 7 in the worked example."""
    losses = np.array([5.0, 4.0, 4.0, 6.0, 3.0, 9.0, 9.0, 9.0])
    yield losses, 2
    yield losses, 3


@early_stopping.check(weight=2, exact=True)
def patience_counts_in_a_row(rng):
    """Counts epochs in a row without a new smallest loss, and begins anew after one."""
    yield np.array([8.0, 9.0, 7.0, 8.0, 9.0, 6.0, 6.5, 5.0, 7.0, 6.0, 8.0, 4.0]), 3
    yield np.array([6.0, 5.0, 7.0, 6.0, 5.5, 6.0, 4.0, 3.0]), 4
    yield np.array([3.0, 5.0, 4.5, 4.0, 3.5, 2.0]), 3
    yield np.array([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0, 3.0]), 1


@early_stopping.check(exact=True)
def equal_is_no_progress(rng):
    """Takes an equal loss for no progress, and the first of equal ones as the best."""
    yield np.array([4.0, 2.0, 2.0, 2.0, 2.0, 1.0]), 3
    yield np.array([4.0, 3.0, 5.0, 3.0, 5.0, 3.0]), 6
    yield np.array([2.0, 2.0, 2.0]), 2


@early_stopping.check(exact=True)
def however_little(rng):
    """Counts as progress what is smaller by however little, and losses below 0 as well."""
    for little in (2.0**-14, 2.0**-24, 2.0**-45):
        yield 1.0 - little * np.array([0.0, -1.0, 1.0, 0.0, 2.0, 3.0, 0.0, 0.0, 0.0]), 2
    yield np.array([1.0, -1.0, -2.0, -1.5, -3.0, -2.5, -2.0, -4.0]), 2


@early_stopping.check(exact=True)
def to_the_end(rng):
    """Ends at the last epoch where patience is never lost."""
    yield np.array([5.0, 4.0, 3.0, 2.0]), 2
    yield np.array([5.0, 3.0, 4.0, 4.5]), 3
    yield np.array([1.5]), 1


@early_stopping.check(weight=2, hidden=True, exact=True)
def any_losses(rng):
    """Is right for any losses and any patience."""
    for patience in (1, 2, 3, 4, 5, 2, 3):
        falling = np.linspace(9, 3, 16)
        yield np.round(falling + rng.integers(-2, 3, 16)), patience
    scale = rng.integers(2, 9)
    yield scale * np.array([8.0, 9.0, 7.0, 8.0, 8.5, 6.0, 6.5, 5.0, 6.0, 5.5, 7.0, 4.0]), 3
    yield scale * np.array([5.0, 3.0, 4.0, 3.0, 3.5]), 4
    yield scale * np.array([4.0, 4.0, 5.0, 4.5]), 5


early_stopping.in_other_dress(patience_counts_in_a_row)


def compared_with_the_epoch_before(val_losses, patience):
    waited = 0
    for epoch in range(1, len(val_losses)):
        waited = 0 if val_losses[epoch] < val_losses[epoch - 1] else waited + 1
        if waited == patience:
            return epoch, int(np.argmin(val_losses[: epoch + 1]))
    return len(val_losses) - 1, int(np.argmin(val_losses))


def not_in_a_row(val_losses, patience):
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            return epoch, best
    return len(val_losses) - 1, best


def best_of_all(val_losses, patience):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch - best == patience:
            return epoch, int(np.argmin(val_losses))
    return len(val_losses) - 1, best


def stops_before_the_last_straw(val_losses, patience):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch - best == patience:
            return epoch - 1, best
    return len(val_losses) - 1, best


def worse_in_all(val_losses, patience):
    """Count failures and never begin again; the failures of an epoch are against the best."""
    best, failures = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[best]:
            best, failures = epoch, max(failures - 1, 0)
        else:
            failures += 1
        if failures == patience:
            return epoch, best
    return len(val_losses) - 1, best


def rise_counts_only(val_losses, patience):
    """Count only epochs that are worse than the one before, until there is a new best."""
    best, failures = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[best]:
            best, failures = epoch, 0
        elif val_losses[epoch] > val_losses[epoch - 1]:
            failures += 1
        if failures == patience:
            return epoch, best
    return len(val_losses) - 1, best


# --- mixup ---------------------------------------------------------------------------------------


def sizes_of_the_losses(val_losses, patience):
    best, sizes = 0, np.abs(val_losses)
    for epoch in range(len(sizes)):
        best = epoch if sizes[epoch] < sizes[best] else best
        if epoch - best == patience:
            return epoch, best
    return len(sizes) - 1, best


mixup = Exercise("mixup", points=3)


def partners(rng, n):
    """Return partners: nobody's own, nobody's partner's partner, not all the one before."""
    around = rng.permutation(n)
    order = np.empty(n, dtype=int)
    order[around] = np.roll(around, -1)
    return partners(rng, n) if np.all(order == np.roll(np.arange(n), 1)) else order


def labels_of(rng, n, classes):
    """Return labels without the last class, the first two different."""
    labels = rng.integers(0, classes - 1, n)
    labels[:2] = rng.permutation([0, 1])
    return labels


def shares(rng, n):
    """Return weights of either half, none near it."""
    return rng.permutation(np.resize([0.2, 0.9, 0.65], n) + rng.uniform(-0.1, 0.1, n))


@mixup.check()
def smoothing_alone(rng):
    """Gives the right class 0.925 and the others 0.025 for eps = 0.1 and four classes."""
    ones = np.ones(3)
    yield normal(rng, 3, 2), np.array([0, 2, 1]), 4, ones, np.array([1, 2, 0]), 0.1
    yield normal(rng, 3, 2), labels_of(rng, 3, 5), 5, ones, np.array([1, 2, 0]), 0.3


@mixup.check(weight=2)
def mixing_alone(rng):
    """Mixes inputs and targets of every sample with its own share."""
    yield normal(rng, 4, 3), labels_of(rng, 4, 3), 3, shares(rng, 4), partners(rng, 4)
    yield normal(rng, 5, 2), labels_of(rng, 5, 6), 6, shares(rng, 5), partners(rng, 5)


@mixup.check()
def images_too(rng):
    """Mixes images as it mixes vectors."""
    yield normal(rng, 3, 2, 3, 3), labels_of(rng, 3, 3), 3, shares(rng, 3), partners(rng, 3)
    yield normal(rng, 4, 4, 2), labels_of(rng, 4, 3), 3, shares(rng, 4), partners(rng, 4)


@mixup.check(weight=2)
def both_at_once(rng):
    """Smooths once and mixes what is smoothed; the targets of a sample sum to 1."""
    yield normal(rng, 4, 3), labels_of(rng, 4, 4), 4, shares(rng, 4), partners(rng, 4), 0.2
    yield np.eye(2), np.array([0, 2]), 4, np.array([0.7, 1.0]), np.array([1, 0]), 0.1


@mixup.check(weight=2, hidden=True)
def any_batch(rng):
    """Is right for any batch."""
    yield normal(rng, 6, 2, 2), labels_of(rng, 6, 5), 5, shares(rng, 6), partners(rng, 6), 0.15
    alike = np.array([1, 1, 0])
    yield normal(rng, 3, 3), alike, 3, np.array([0.0, 1.0, 0.4]), np.array([1, 2, 2]), 0.4
    yield normal(rng, 3, 4), labels_of(rng, 3, 2), 2, shares(rng, 3), partners(rng, 3)


mixup.in_other_dress(both_at_once)


def smoothed_again(x, labels, classes, lam, order, eps=0.0):
    targets = (1 - eps) * np.eye(classes)[labels] + eps / classes
    own = lam.reshape(-1, *[1] * (x.ndim - 1))
    mixed = lam[:, np.newaxis] * targets + (1 - lam[:, np.newaxis]) * targets[order]
    return own * x + (1 - own) * x[order], (1 - eps) * mixed + eps / classes


def _mixed(a, own, rest, order):
    """Mix along the first axis with weights for oneself and for the partner."""
    shape = (-1, *[1] * (a.ndim - 1))
    return own.reshape(shape) * a + rest.reshape(shape) * a[order]


def _targets(x, labels, classes, eps):
    return (np.eye(classes)[labels] * (1 - eps) + eps / classes).astype(x.dtype)


def partner_has_its_own_share(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)
    rest = (1 - lam)[order]
    return _mixed(x, lam, rest, order), _mixed(targets, lam, rest, order)


def partner_has_its_own_share_in_the_targets(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)
    return _mixed(x, lam, 1 - lam, order), _mixed(targets, lam, (1 - lam)[order], order)


def mixed_in_place(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)
    return _one_by_one(x, lam, order), _one_by_one(targets, lam, order)


def inputs_mixed_in_place(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)
    return _one_by_one(x, lam, order), _mixed(targets, lam, 1 - lam, order)


def _one_by_one(a, lam, order):
    """Mix each row with its partner in the array that is being built."""
    a = a.copy()
    for n, (own, partner) in enumerate(zip(lam, order)):
        a[n] = own * a[n] + (1 - own) * a[partner]
    return a


def share_of_the_partner(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)[order]
    return _mixed(x, lam, 1 - lam, order), _mixed(targets, lam, 1 - lam, order)


def shares_with_one_new_axis(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)
    own = lam[:, np.newaxis]
    return own * x + (1 - own) * x[order], _mixed(targets, lam, 1 - lam, order)


def shares_on_the_last_axis(x, labels, classes, lam, order, eps=0.0):
    targets, lam = _targets(x, labels, classes, eps), lam.astype(x.dtype)
    return lam * x + (1 - lam) * x[order], _mixed(targets, lam, 1 - lam, order)


# --- augment_warp --------------------------------------------------------------------------------

augment_warp = Exercise("augment_warp", points=5)


def still(n, size, **moves):
    """Return the arguments after the images: nothing moves, save what is given."""
    rest = {
        "flip": np.zeros(n, dtype=bool),
        "angle": np.zeros(n),
        "shift": np.zeros((n, 2)),
        "zoom": np.ones(n),
    }
    return *(rest | moves).values(), size


def pictures(rng, n=2, c=1, h=4, w=5):
    return rng.uniform(0.2, 1.0, (n, c, h, w))


@augment_warp.check()
def worked_row(rng):
    """Gives the three rows of the worked example."""
    row = np.array([[[[1.0, 2.0, 4.0]]]])
    yield row, *still(1, (1, 3), shift=np.array([[0.5, 0.0]]))
    yield row, *still(1, (1, 3), flip=np.array([True]), shift=np.array([[1.0, 0.0]]))
    yield row, *still(1, (1, 3), zoom=np.array([2.0]))


@augment_warp.check(weight=2, exact=True)
def shifts_and_mirrors(rng):
    """Shifts to the right and downward with zeros behind, and exchanges left and right."""
    yield pictures(rng), *still(2, (4, 5), shift=np.array([[1.0, 2.0], [-0.75, 0.25]]))
    yield pictures(rng, c=2), *still(2, (4, 5), flip=np.array([True, False]))
    yield pictures(rng, n=1), *still(1, (4, 5), shift=np.array([[9.0, -1.0]]))


@augment_warp.check(weight=2)
def turns(rng):
    """Turns clockwise about the centre, every image by its own angle."""
    yield pictures(rng), *still(2, (4, 5), angle=np.array([0.4, -1.1]))
    yield pictures(rng, n=1, w=4), *still(1, (4, 4), angle=np.array([np.pi / 2]))


@augment_warp.check(weight=2)
def crops_and_resizes(rng):
    """Enlarges and makes smaller, into outputs of any size."""
    yield pictures(rng), *still(2, (4, 5), zoom=np.array([1.7, 0.6]))
    yield pictures(rng, n=1, h=5, w=6), *still(1, (3, 2), shift=np.array([[0.5, -0.5]]))
    yield pictures(rng, n=1, h=3, w=3), *still(1, (6, 5), zoom=np.array([1.8]))


@augment_warp.check(weight=2)
def one_after_another(rng):
    """Mirrors, enlarges, turns and shifts, in this order."""
    flip, zoom = np.array([True, False]), np.array([1.4, 0.8])
    shift = np.array([[0.7, -0.4], [-0.3, 1.1]])
    yield pictures(rng), flip, np.array([0.5, -0.3]), shift, zoom, (4, 5)


@augment_warp.check(weight=3, hidden=True)
def any_warp(rng):
    """Is right for any moves."""
    for n, c, size in ((2, 3, (4, 5)), (3, 1, (5, 3))):
        flip = rng.permutation(np.arange(n) % 2 == 0)
        angle, zoom = rng.uniform(-2.0, 2.0, n), rng.uniform(0.7, 1.8, n)
        yield pictures(rng, n, c), flip, angle, rng.uniform(-1.5, 1.5, (n, 2)), zoom, size
    shift = rng.uniform(0.3, 0.8, (2, 2)) * np.array([[1.0], [-1.0]])
    yield pictures(rng), *still(2, (4, 5), shift=shift)


augment_warp.in_other_dress(one_after_another)


def border_repeated(images, flip, angle, shift, zoom, size):
    return read_at(images, *places(images, flip, angle, shift, zoom, size), border="repeat")


def wrapped_around(images, flip, angle, shift, zoom, size):
    return read_at(images, *places(images, flip, angle, shift, zoom, size), border="wrap")


def outside_by_position(images, flip, angle, shift, zoom, size):
    return read_at(images, *places(images, flip, angle, shift, zoom, size), border="cut")


def nearest_pixel(images, flip, angle, shift, zoom, size):
    x, y = places(images, flip, angle, shift, zoom, size)
    return read_at(images, np.floor(x + 0.5), np.floor(y + 0.5))


def pixels_moved_forward(images, flip, angle, shift, zoom, size):
    sign = np.where(flip, -1.0, 1.0)
    return read_at(images, *places(images, flip, -angle * sign, -shift, 1 / zoom, size))


def mirrored_last(images, flip, angle, shift, zoom, size):
    sign = np.where(flip, -1.0, 1.0)
    moved = np.stack([shift[:, 0] * sign, shift[:, 1]], axis=1)
    return read_at(images, *places(images, flip, angle * sign, moved, zoom, size))


def shifted_first(images, flip, angle, shift, zoom, size):
    x, y = places(images, flip, angle, np.zeros_like(shift), zoom, size)
    sign = np.where(flip, -1.0, 1.0)[:, np.newaxis, np.newaxis]
    dx, dy = (shift[:, k, np.newaxis, np.newaxis] for k in (0, 1))
    return read_at(images, x - sign * dx, y - dy)


def corner_as_centre(images, flip, angle, shift, zoom, size):
    W = images.shape[3]
    a = np.arange(size[1]) - shift[:, 0, np.newaxis, np.newaxis]
    b = np.arange(size[0])[:, np.newaxis] - shift[:, 1, np.newaxis, np.newaxis]
    cos, sin, z = (v[:, np.newaxis, np.newaxis] for v in (np.cos(angle), np.sin(angle), zoom))
    x = (a * cos + b * sin) / z
    return read_at(
        images,
        np.where(flip[:, np.newaxis, np.newaxis], W - 1 - x, x),
        (b * cos - a * sin) / z,
    )


def half_sizes_as_centre(images, flip, angle, shift, zoom, size):
    H, W = images.shape[2:]
    a = np.arange(size[1]) - size[1] / 2 - shift[:, 0, np.newaxis, np.newaxis]
    b = np.arange(size[0])[:, np.newaxis] - size[0] / 2 - shift[:, 1, np.newaxis, np.newaxis]
    cos, sin, z = (v[:, np.newaxis, np.newaxis] for v in (np.cos(angle), np.sin(angle), zoom))
    sign = np.where(flip, -1.0, 1.0)[:, np.newaxis, np.newaxis]
    return read_at(images, W / 2 + sign * (a * cos + b * sin) / z, H / 2 + (b * cos - a * sin) / z)


def places(images, flip, angle, shift, zoom, size):
    """Return where each output pixel is read from."""
    H, W = images.shape[2:]
    a = np.arange(size[1]) - (size[1] - 1) / 2 - shift[:, 0, np.newaxis, np.newaxis]
    b = np.arange(size[0])[:, np.newaxis] - (size[0] - 1) / 2 - shift[:, 1, np.newaxis, np.newaxis]
    cos, sin, z = (v[:, np.newaxis, np.newaxis] for v in (np.cos(angle), np.sin(angle), zoom))
    sign = np.where(flip, -1.0, 1.0)[:, np.newaxis, np.newaxis]
    return (W - 1) / 2 + sign * (a * cos + b * sin) / z, (H - 1) / 2 + (b * cos - a * sin) / z


def read_at(images, x, y, border="zero"):
    """Read bilinearly, with one or another idea of what lies outside."""
    H, W = images.shape[2:]
    if border == "repeat":
        x, y = np.clip(x, 0, W - 1), np.clip(y, 0, H - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    out = np.zeros((*images.shape[:2], *x.shape[1:]))
    sample = np.arange(len(images))[:, np.newaxis, np.newaxis]
    for row in (top, top + 1):
        for column in (left, left + 1):
            inside = (row >= 0) & (row < H) & (column >= 0) & (column < W) | (border == "wrap")
            if border == "cut":
                inside &= (x >= 0) & (x <= W - 1) & (y >= 0) & (y <= H - 1)
            weight = np.where(inside, (1 - np.abs(x - column)) * (1 - np.abs(y - row)), 0)
            seen = images[sample, :, row % H, column % W]
            out += (weight[..., np.newaxis] * seen).transpose(0, 3, 1, 2)
    return out


def mirror_turns_the_angle(images, flip, angle, shift, zoom, size):
    sign = np.where(flip, -1.0, 1.0)
    return read_at(images, *places(images, flip, angle * sign, shift, zoom, size))


def stretched_to_the_size(images, flip, angle, shift, zoom, size):
    x, y = places(images, flip, angle, shift, zoom, size)
    H, W = images.shape[2:]
    x = (W - 1) / 2 + (x - (W - 1) / 2) * W / size[1]
    return read_at(images, x, (H - 1) / 2 + (y - (H - 1) / 2) * H / size[0])


# --- augment_colour ------------------------------------------------------------------------------

augment_colour = Exercise("augment_colour", points=4)


def colours(rng, n=2, h=2, w=3):
    """Return images in which every channel is the largest somewhere; one pixel is grey."""
    images = rng.uniform(0.1, 0.7, (n, 3, h, w))
    for k in range(3):
        images[:, k, 0, k] = 0.8
        images[:, (k + 1) % 3, 0, k] = 0.25
    images[:, :, -1, -1] = 0.5
    return images


def as_it_is(n, **factors):
    """Return the four factors: nothing changes, save what is given."""
    rest = {name: np.ones(n) for name in ("brightness", "contrast", "saturation")}
    return tuple((rest | {"hue": np.zeros(n)} | factors).values())


@augment_colour.check()
def worked_pixels(rng):
    """Gives the colours of the worked example."""
    image = np.array([[0.8, 0.4], [0.4, 0.4], [0.2, 0.4]]).reshape(1, 3, 1, 2)
    yield image, *as_it_is(1, brightness=np.array([2.0]))
    yield image, *as_it_is(1, contrast=np.array([0.5]))
    yield image, *as_it_is(1, saturation=np.array([0.0]))
    yield image, *as_it_is(1, hue=np.array([1 / 3]))


@augment_colour.check(weight=2)
def brightness_and_contrast(rng):
    """Multiplies, moves towards the mean grey of each image or away from it, and cuts."""
    yield colours(rng), *as_it_is(2, brightness=np.array([1.6, 0.5]))
    yield colours(rng), *as_it_is(2, contrast=np.array([0.4, 2.2]))
    yield colours(rng), *as_it_is(2, brightness=np.array([1.4, 0.7]), contrast=np.array([0.3, 2.0]))


@augment_colour.check()
def saturation_of_pixels(rng):
    """Moves every pixel towards its own grey, or away from it."""
    yield colours(rng), *as_it_is(2, saturation=np.array([0.3, 1.8]))


@augment_colour.check(weight=2)
def hue_of_pixels(rng):
    """Turns the colour circle either way, by any amount, and leaves grey alone."""
    yield colours(rng), *as_it_is(2, hue=np.array([0.1, -0.15]))
    yield colours(rng), *as_it_is(2, hue=np.array([0.45, 1.25]))
    ties = np.array([[0.6, 0.6, 0.2], [0.6, 0.2, 0.6], [0.2, 0.6, 0.6]]).reshape(1, 3, 1, 3)
    yield ties, *as_it_is(1, hue=np.array([0.2]))


@augment_colour.check(weight=2)
def four_in_order(rng):
    """Makes the four steps in their order, cutting after each of the first three."""
    yield (
        colours(rng),
        np.array([1.5, 0.8]),
        np.array([1.6, 0.7]),
        np.array([1.7, 0.5]),
        np.array([0.2, -0.1]),
    )


@augment_colour.check(weight=3, hidden=True)
def any_colours(rng):
    """Is right for any factors."""
    for low, high in ([0.4, 1.8], [[1.5, 0.7], [1.8, 1.1]]):
        n = np.size(low)
        yield colours(rng, n), *rng.uniform(low, high, (3, n)), rng.uniform(-0.5, 0.5, n)


augment_colour.in_other_dress(four_in_order)


def recoloured(images, brightness, contrast, saturation, hue, **ideas):
    """Do it as asked, save for the ideas given."""
    weights = np.array(ideas.get("grey", [0.299, 0.587, 0.114]))
    b, c, s, h = (f.reshape(-1, 1, 1, 1) for f in (brightness, contrast, saturation, hue))
    cut = (lambda v: v) if ideas.get("uncut") else (lambda v: np.clip(v, 0, 1))

    def grey(v):
        return np.tensordot(v, weights, (1, 0))[:, np.newaxis]

    def middle(v):
        return ideas.get("middle", lambda v: grey(v).mean(axis=(2, 3), keepdims=True))(v)

    steps = {
        "b": lambda v: cut(b * v),
        "c": lambda v: cut(c * v + (1 - c) * middle(v)),
        "s": lambda v: cut(s * v + (1 - s) * grey(v)),
        "h": lambda v: turned(v, h),
    }
    v = images
    for step in ideas.get("order", "bcsh"):
        v = steps[step](v)
    return np.clip(v, 0, 1) if ideas.get("uncut") else v


def turned(v, h):
    """Move the hue on by h turns."""
    red, green, blue = v[:, 0], v[:, 1], v[:, 2]
    top = v.max(axis=1)
    chroma = top - v.min(axis=1)
    safe = np.where(chroma > 0, chroma, 1)
    angle = np.where(
        top == red,
        (green - blue) / safe,
        np.where(top == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    k = (np.array([5, 3, 1]).reshape(1, 3, 1, 1) + angle[:, np.newaxis] + 6 * h) % 6
    share = np.clip(np.minimum(k, 4 - k), 0, 1)
    return top[:, np.newaxis] - chroma[:, np.newaxis] * share


def mean_of_the_channels(images, brightness, contrast, saturation, hue):
    return recoloured(images, brightness, contrast, saturation, hue, grey=[1 / 3] * 3)


def grey_of_televisions_today(images, brightness, contrast, saturation, hue):
    weights = [0.2126, 0.7152, 0.0722]
    return recoloured(images, brightness, contrast, saturation, hue, grey=weights)


def blue_first(images, brightness, contrast, saturation, hue):
    weights = [0.114, 0.587, 0.299]
    return recoloured(images, brightness, contrast, saturation, hue, grey=weights)


def contrast_about_one_half(images, brightness, contrast, saturation, hue):
    return recoloured(images, brightness, contrast, saturation, hue, middle=lambda v: 0.5)


def contrast_by_channel(images, brightness, contrast, saturation, hue):
    def middle(v):
        return v.mean(axis=(2, 3), keepdims=True)

    return recoloured(images, brightness, contrast, saturation, hue, middle=middle)


def contrast_of_the_batch(images, brightness, contrast, saturation, hue):
    def middle(v):
        return np.tensordot(v, [0.299, 0.587, 0.114], (1, 0)).mean()

    return recoloured(images, brightness, contrast, saturation, hue, middle=middle)


def contrast_of_the_original(images, brightness, contrast, saturation, hue):
    first = np.tensordot(images, [0.299, 0.587, 0.114], (1, 0))[:, np.newaxis]
    mean = first.mean(axis=(2, 3), keepdims=True)
    return recoloured(images, brightness, contrast, saturation, hue, middle=lambda v: mean)


def contrast_about_all_numbers(images, brightness, contrast, saturation, hue):
    def middle(v):
        return v.mean(axis=(1, 2, 3), keepdims=True)

    return recoloured(images, brightness, contrast, saturation, hue, middle=middle)


def cut_before_the_hue(images, brightness, contrast, saturation, hue):
    """Make the first three steps uncut, cut once, and move the hue."""
    none = np.zeros_like(hue)
    return turned(
        cut_at_the_end(images, brightness, contrast, saturation, none), hue.reshape(-1, 1, 1, 1)
    )


def cut_at_the_end(images, brightness, contrast, saturation, hue):
    return recoloured(images, brightness, contrast, saturation, hue, uncut=True)


def hue_first(images, brightness, contrast, saturation, hue):
    return recoloured(images, brightness, contrast, saturation, hue, order="hbcs")


def contrast_first(images, brightness, contrast, saturation, hue):
    return recoloured(images, brightness, contrast, saturation, hue, order="cbsh")


def saturation_before_contrast(images, brightness, contrast, saturation, hue):
    return recoloured(images, brightness, contrast, saturation, hue, order="bsch")


def recoloured_by(images, brightness, contrast, saturation, hue, grey):
    """Do it as asked, with a grey that is no weighted sum."""
    b, c, s, h = (f.reshape(-1, 1, 1, 1) for f in (brightness, contrast, saturation, hue))
    v = np.clip(b * images, 0, 1)
    v = np.clip(c * v + (1 - c) * grey(v).mean(axis=(2, 3), keepdims=True), 0, 1)
    return turned(np.clip(s * v + (1 - s) * grey(v), 0, 1), h)


def grey_by_lightness(images, brightness, contrast, saturation, hue):
    def grey(v):
        return (v.max(axis=1, keepdims=True) + v.min(axis=1, keepdims=True)) / 2

    return recoloured_by(images, brightness, contrast, saturation, hue, grey)


def grey_by_value(images, brightness, contrast, saturation, hue):
    def grey(v):
        return v.max(axis=1, keepdims=True)

    return recoloured_by(images, brightness, contrast, saturation, hue, grey)


def channels_rolled(images, brightness, contrast, saturation, hue):
    """Move the channels on by thirds of a turn, to the nearest."""
    v = recoloured(images, brightness, contrast, saturation, 0 * hue)
    return np.array([np.roll(v[n], int(np.round(3 * turn)), axis=0) for n, turn in enumerate(hue)])


# --- fgsm ----------------------------------------------------------------------------------------

fgsm = Exercise("fgsm", points=3)


def classifier(rng, k, d):
    """Return weights whose last pixel has no influence, and biases."""
    w = 2 / np.sqrt(d) * normal(rng, k, d)
    w[:, -1] = 0.0
    return w, normal(rng, k)


def inside(rng, n, d):
    return rng.uniform(0.3, 0.7, (n, d))


@fgsm.check()
def worked_attack(rng):
    """Gives (0.4, 0.6, 0.5) in the worked example."""
    w = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    yield np.full((1, 3), 0.5), np.array([0]), w, np.zeros(2), 0.1


@fgsm.check(weight=2, notices=("bias-forgotten", "most-likely-wrong-class"))
def moves_every_pixel(rng):
    """Moves every pixel that has an influence by eps, in the direction of the loss."""
    yield inside(rng, 4, 18), np.array([0, 1, 2, 1]), *classifier(rng, 3, 18), 0.05
    yield inside(rng, 3, 15), np.array([3, 0, 2]), *classifier(rng, 4, 15), 0.2


@fgsm.check(
    notices=(
        "bias-forgotten",
        "most-likely-wrong-class",
        "only-those-that-are-right",
        "squared-loss",
    )
)
def stays_among_pixels(rng):
    """Does not leave the interval from 0 to 1."""
    x = rng.permuted(np.tile([0.0, 1.0, 0.02, 0.97, 0.5, 0.0], (4, 4)), axis=1)
    x[0, -1] = 0.5
    yield x, np.array([0, 1, 0, 2]), *classifier(rng, 3, 24), 0.1


@fgsm.check(notices=("bias-forgotten",))
def any_scores(rng):
    """Takes scores as large as a thousand."""
    w, _ = classifier(rng, 3, 4)  # large for no right class: its gradient rounds to 0
    yield inside(rng, 3, 4), np.array([1, 1, 2]), w, np.array([1000.0, 0.0, 0.5]), 0.1
    w[:, 0] = 2000.0, 1900.0, 2100.0  # only the middle sample, whose first pixel is not 0, sees it
    w[:, 1] = 0.0, 1.0, -3.0  # the first sample's gradient follows -3, its best wrong class has 1
    x = inside(rng, 3, 4)
    x[:, 0], x[0, 1:] = (0.0, 0.5, 0.0), 0.1
    yield x, np.array([0, 1, 2]), w, np.array([0.1, 0.0, -0.2]), 0.1


@fgsm.check(weight=2, hidden=True, notices=("bias-forgotten", "most-likely-wrong-class"))
def any_attack(rng):
    """Is right for any classifier."""
    yield rng.random((5, 60)), rng.integers(0, 5, 5), *classifier(rng, 5, 60), 0.07
    yield inside(rng, 3, 40), np.array([1, 0, 2]), *classifier(rng, 3, 40), 0.3
    yield inside(rng, 2, 3), np.array([1, 0]), *classifier(rng, 2, 3), 0.3
    w, _ = classifier(rng, 3, 4)
    yield inside(rng, 3, 4), np.array([0, 1, 0]), w, np.array([0.0, -800.0, 900.0]), 0.1


@fgsm.check(exact=True)
def sure_samples(rng):
    """Follows the other classes where the chance of the right one rounds to 1."""
    w = np.array([[3.0, -3.0, 1.0, 0.0], [1.0, -1.0, 2.0, 0.0], [2.0, -2.0, 3.0, 0.0]])
    yield inside(rng, 2, 4), np.array([0, 0]), w, np.array([60.0, 0.0, 1.0]), 0.1
    yield inside(rng, 2, 4), np.array([2, 1]), w[[1, 2, 0]], np.array([0.0, 1.0, 55.0]), 0.125


fgsm.in_other_dress(moves_every_pixel)


def blame(x, labels, w, b):
    """Return the gradient of the cross-entropy with respect to the inputs."""
    z = x @ w.T + b
    chance = np.exp(z - z.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    chance[np.arange(len(x)), labels] -= 1
    return chance @ w


def along_the_gradient(x, labels, w, b, eps):
    return np.clip(x + eps * blame(x, labels, w, b), 0, 1)


def of_unit_length(x, labels, w, b, eps):
    g = blame(x, labels, w, b)
    size = np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-30)
    return np.clip(x + eps * g / size, 0, 1)


def away_from_the_label_alone(x, labels, w, b, eps):
    return np.clip(x - eps * np.sign(w[labels]), 0, 1)


def towards_the_answer(x, labels, w, b, eps):
    best = (x @ w.T + b).argmax(axis=1)
    return np.clip(x + eps * np.sign(w[best] - w[labels]), 0, 1)


def largest_pixel_only(x, labels, w, b, eps):
    g = blame(x, labels, w, b)
    out = x.copy()
    rows, best = np.arange(len(x)), np.abs(g).argmax(axis=1)
    out[rows, best] += eps * np.sign(g[rows, best])
    return np.clip(out, 0, 1)


def zero_counts_as_up(x, labels, w, b, eps):
    g = blame(x, labels, w, b)
    return np.clip(x + eps * np.where(g >= 0, 1, -1), 0, 1)


def zero_counts_as_down(x, labels, w, b, eps):
    g = blame(x, labels, w, b)
    return np.clip(x + eps * np.where(g > 0, 1, -1), 0, 1)


def rescaled_into_range(x, labels, w, b, eps):
    out = x + eps * np.sign(blame(x, labels, w, b))
    low, high = out.min(), out.max()
    return (out - low) / (high - low)


def one_direction_for_all(x, labels, w, b, eps):
    return np.clip(x + eps * np.sign(blame(x, labels, w, b).mean(axis=0)), 0, 1)


def towards_the_best_wrong(x, labels, w, b, eps):
    z = x @ w.T + b
    z[np.arange(len(x)), labels] = -np.inf
    return np.clip(x + eps * np.sign(w[z.argmax(axis=1)] - w[labels]), 0, 1)


def only_right_ones_attacked(x, labels, w, b, eps):
    right = (x @ w.T + b).argmax(axis=1) == labels
    return np.clip(x + eps * right[:, np.newaxis] * np.sign(blame(x, labels, w, b)), 0, 1)


def eps_shared_out(x, labels, w, b, eps):
    return np.clip(x + eps / x.shape[1] * np.sign(blame(x, labels, w, b)), 0, 1)


def gradient_of_the_squares(x, labels, w, b, eps):
    away = x @ w.T + b - np.eye(len(w), dtype=x.dtype)[labels]
    return np.clip(x + eps * np.sign(away @ w), 0, 1)


# --- questions -----------------------------------------------------------------------------------

where_does_dropout_stand = Question(
    "where_does_dropout_stand",
    points=3,
    guide="""
    Full answer, a point for each. On the outputs: a class whose score is dropped gets the score
    0, whatever the net thinks; half of the time the right class is hit, the others are doubled,
    and no weight can make that good: training loss stays high and noisy, validation loss
    (without dropout) lies far below it but is poor too. On the pixels with p = 0.5: it is
    augmentation by noise, legal but strong; information is lost before anything has been
    computed from it; both losses high, training above validation (the usual rate for inputs is
    0.2 or less). Left on when measuring: nothing is wrong with the net; the training loss is
    that of the crippled net and lies above the validation loss, which is often taken for a
    miracle; measured in test mode it lies below. Half: says which is bad without the curves, or
    takes the third one for a fault of training.
    """,
)
which_augmentation_lies = Question(
    "which_augmentation_lies",
    points=3,
    guide="""
    Full answer, a point for each part. The table: mirroring is false for digits (most of them
    become no digit, a 2 or a 5 something like an S or Z) and for the side of the lung (the
    label would have to change with it), right for cats; 15° is right everywhere; 180° makes a 6
    of a 9, is unnatural for cats and false for the lung; colours are right for cats, idle for
    grey images (brightness and contrast help there). Validation data: they stand for what will
    come, and that is not augmented; the score becomes noisy and pessimistic, depends on the
    draw, and no longer answers the question that choices are made by. Test-time augmentation:
    the mean of several predictions has less variance, usually a small gain for as many times
    the cost; all its choices are made on validation data. Half: the table without the label of
    the lung, or no reason for the second.
    """,
)
what_the_table_says = Question(
    "what_the_table_says",
    points=3,
    guide="""
    Full answer, a point for each. Gains named with their scatter: typically augmentation with
    dropout, augmentation and dropout some points above plain and beyond the standard deviation
    of the runs; early stopping, mixup or L2 within it, depending on the draw. First in the mean
    is not enough: of eight equal methods one is always first; five runs give a standard error
    of about scatter over root five, and the starts are shared, so differences of pairs say more
    than two means. The grid: whoever may choose from more settings fits the validation set
    better by luck, so the maximum over a larger grid is biased upward; here all have six
    settings (plain: six rates), the choice is made on 200 digits and the report on 1,447 others
    with new starts, so the luck of the choice does not reach the table. Half: ranks methods by
    their means alone.
    """,
)
