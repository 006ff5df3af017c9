"""How the chapter on the perceptron is judged."""

import functools
import inspect
import itertools
import math

import numpy as np

from autograder.cases import single
from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def padded(x):
    return np.concatenate([np.ones((*x.shape[:-1], 1)), x], axis=-1)


def quarters(rng, *shape):
    """Return numbers whose sums and products are exact, none of them 0."""
    return rng.integers(1, 9, shape) / 4 * rng.choice([-1.0, 1.0], shape)


# --- predict -------------------------------------------------------------------------------------

predict = Exercise("predict", points=2)


@predict.check(exact=True)
def worked_units(rng):
    """Answers for the two festival goers, by each convention (1 unless another is given)."""
    x = np.array([[1.0, 1.0, 0.0]])
    w, threshold = np.array([[3.0, 1.0, 5.0], [2.0, 6.0, 1.0]]), np.array([4.0, 9.0])
    yield x, w, threshold
    for at_zero in (0.0, 0.5, 1.0):
        yield x, w, threshold, at_zero


@predict.check(notices=("threshold-forgotten", "sum-compared-with-zero"))
def either_side(rng):
    """Says 0 below the threshold and 1 above it, for each sample and each unit."""
    for n, k, d in ((5, 3, 4), (4, 2, 3)):
        w = normal(rng, k, d)
        yield normal(rng, n, d), w, np.array([0.7, -0.9, 0.4])[:k]


@predict.check(weight=2, exact=True)
def on_the_threshold(rng):
    """Says what it is told to where the sum equals the threshold, and nowhere else."""
    for at_zero in (0.0, 0.5, 1.0):
        x, w = quarters(rng, 3, 4), quarters(rng, 3, 4)
        sums = x @ w.T
        threshold = np.diag(sums).copy()  # each unit stands on it for one sample at least
        yield Case(x, w, threshold, at_zero=at_zero)
    small = 2.0**-30
    yield Case(np.array([[small], [0.0], [-small]]), np.ones((1, 1)), np.zeros(1), at_zero=0.5)
    tiny = 2.0**-60
    yield Case(np.array([[tiny], [0.0], [-tiny]]), np.ones((1, 1)), np.zeros(1), at_zero=0.5)


@predict.check(weight=2, hidden=True, exact=True)
def any_layer(rng):
    """Is right for any number of samples, inputs and units."""
    for n, k, d, at_zero in ((6, 2, 3, 0.5), (1, 5, 2, 0.0), (7, 1, 1, 1.0)):
        x, w = quarters(rng, n, d), quarters(rng, k, d)
        yield x, w, (x @ w.T)[rng.integers(0, n, k), np.arange(k)], at_zero


@predict.check(
    dtype=True,
    exact=True,
    notices=("threshold-added", "threshold-forgotten", "sum-compared-with-zero"),
)
def in_the_dtype_of_x(rng):
    """Answers in the dtype of x, whatever the weights have."""
    x, w = quarters(rng, 3, 2), quarters(rng, 2, 2)
    yield single(x), w, np.array([0.125, -0.375])


predict.in_other_dress(on_the_threshold)


def rounded_to_zero(x, w, threshold, at_zero=1.0):
    z = x @ w.T - threshold
    return np.where(np.isclose(z, 0), at_zero, np.where(z > 0, 1.0, 0.0)).astype(x.dtype)


def zero_if_not_given(x, w, threshold, at_zero=0.0):
    z = x @ w.T - threshold
    return np.where(z == 0, at_zero, np.where(z > 0, 1.0, 0.0)).astype(x.dtype)


def a_half_if_not_given(x, w, threshold, at_zero=0.5):
    return zero_if_not_given(x, w, threshold, at_zero)


def rounded_finely(x, w, threshold, at_zero=1.0):
    z = x @ w.T - threshold
    near = np.abs(z) < 1e-12
    return np.where(near, at_zero, np.where(z > 0, 1.0, 0.0)).astype(x.dtype)


# --- gate ----------------------------------------------------------------------------------------

gate = Exercise("gate", points=3)


def table(d):
    """Return all inputs of zeros and ones, in the order of a truth table."""
    return np.array(list(itertools.product((0.0, 1.0), repeat=d)))


@gate.check(weight=2, exact=True, observe="fires")
def two_inputs(rng):
    """Has the truth tables of AND, OR, NAND and NOR of two inputs, and of NOT (step(0) = 1)."""
    for name in ("AND", "OR", "NAND", "NOR"):
        yield table(2), 1.0, (1,), name
    yield table(1), 1.0, (1,), "NOT", 1


@gate.check(weight=2, exact=True, observe="fires")
def more_inputs(rng):
    """Has the truth tables of more inputs, MAJORITY among them: a tie is no majority."""
    for name, d in (("AND", 3), ("OR", 4), ("NAND", 4), ("NOR", 3), ("MAJORITY", 3)):
        yield table(d), 1.0, (1,), name, d
    yield table(4), 1.0, (1,), "MAJORITY", 4
    yield table(5), 1.0, (1,), "MAJORITY", 5


@gate.check(exact=True, observe="fires")
def one_input_or_two(rng):
    """Has the truth tables with a single input, and MAJORITY's of two: more than half are both."""
    for name in ("AND", "OR", "NAND", "NOR", "MAJORITY"):
        yield table(1), 1.0, (1,), name, 1
    yield table(2), 1.0, (1,), "MAJORITY", 2


@gate.check(weight=2, exact=True, observe="fires")
def whatever_the_step(rng):
    """Keeps its truth table where a unit on its threshold says 0 or ½: no sum lies on it."""
    for at_zero in (0.0, 0.5):
        for name in ("AND", "OR", "NAND", "NOR", "MAJORITY"):
            yield table(3), at_zero, (1,), name, 3
        yield table(2), at_zero, (1,), "AND", 2
        yield table(4), at_zero, (1,), "MAJORITY", 4
        yield table(1), at_zero, (1,), "NOT", 1


@gate.check(weight=2, hidden=True, exact=True, observe="fires")
def any_gate(rng):
    """Is right for every gate, any number of inputs and each convention."""
    for at_zero in (0.0, 0.5, 1.0):
        for name in ("AND", "OR", "NAND", "NOR", "MAJORITY"):
            for d in (1, 5, 6):
                yield table(d), at_zero, (1,), name, d
        yield table(1), at_zero, (1,), "NOT", 1


def right_gate(name, d=2):
    least = {"AND": d, "NAND": d, "OR": 1, "NOR": 1, "MAJORITY": d // 2 + 1, "NOT": 1}[name]
    sign = -1.0 if name.startswith("N") else 1.0
    return sign * np.ones(d), sign * (least - 0.5)


def and_on_the_edge(name, d=2):
    return (np.ones(d), float(d)) if name == "AND" else right_gate(name, d)


def all_on_the_edge(name, d=2):
    w, threshold = right_gate(name, d)
    return w, threshold + 0.5


def edge_where_negated(name, d=2):
    """Turn gates around by the signs alone: NAND and NOR then fire on the edge."""
    least = {"AND": d, "NAND": d, "OR": 1, "NOR": 1, "MAJORITY": d // 2 + 1, "NOT": 1}[name]
    sign = -1.0 if name.startswith("N") else 1.0
    return sign * np.ones(d), sign * float(least)


def and_below_the_edge(name, d=2):
    return (np.ones(d), d - 1.0) if name == "AND" else right_gate(name, d)


def and_below_the_edge_turned(name, d=2):
    """Take for NAND the weights and the threshold of that AND, turned."""
    sign = {"AND": 1.0, "NAND": -1.0}.get(name)
    return (sign * np.ones(d), sign * (d - 1.0)) if sign else right_gate(name, d)


def all_below_the_edge(name, d=2):
    w, threshold = right_gate(name, d)
    return w, threshold - 0.5


def or_at_zero(name, d=2):
    return (np.ones(d), 0.0) if name == "OR" else right_gate(name, d)


def and_and_or_below_the_edge(name, d=2):
    return or_at_zero(name, d) if name == "OR" else and_below_the_edge(name, d)


def not_at_zero(name, d=2):
    return (-np.ones(1), 0.0) if name == "NOT" else right_gate(name, d)


def majority_at_half(name, d=2):
    return (np.ones(d), d / 2) if name == "MAJORITY" else right_gate(name, d)


def majority_of_the_larger_half(name, d=2):
    return (np.ones(d), (d + 1) // 2 - 0.5) if name == "MAJORITY" else right_gate(name, d)


def two_are_a_majority(name, d=2):
    return (np.ones(d), 1.5) if name == "MAJORITY" else right_gate(name, d)


def only_weights_turned(name, d=2):
    w, threshold = right_gate(name, d)
    return w, abs(threshold)


def only_the_threshold_turned(name, d=2):
    w, threshold = right_gate(name, d)
    return np.abs(w), threshold


def only_weights_of_opposites_turned(name, d=2):
    return right_gate(name, d) if name == "NOT" else only_weights_turned(name, d)


def only_the_threshold_of_opposites_turned(name, d=2):
    return right_gate(name, d) if name == "NOT" else only_the_threshold_turned(name, d)


def nand_of_two_nots(name, d=2):
    return right_gate({"NAND": "NOR", "NOR": "NAND"}.get(name, name), d)


def two_inputs_at_least(name, d=2):
    """Ask an AND for two ones where there is one input, and a NAND too."""
    w, threshold = right_gate(name, d)
    return (
        (w, threshold + np.sign(threshold))
        if name in ("AND", "NAND") and d == 1
        else (w, threshold)
    )


def two_inputs_for_and(name, d=2):
    return (two_inputs_at_least if name == "AND" else right_gate)(name, d)


def two_inputs_for_nand(name, d=2):
    return (two_inputs_at_least if name == "NAND" else right_gate)(name, d)


def two_ones_at_least(name, d=2):
    """Ask a majority for two ones where there is one input."""
    return right_gate(name, d) if name != "MAJORITY" or d > 1 else (np.ones(1), 1.5)


def minus_for_silence(name, d=2):
    """Choose the threshold for inputs of -1 and +1."""
    w, threshold = right_gate(name, d)
    return w, 2 * threshold - w.sum()


# --- perceptron_update ---------------------------------------------------------------------------

perceptron_update = Exercise("perceptron_update", points=2)


def met(rng, d, output):
    """Return weights and a sample for which the unit says `output`, and clearly."""
    while True:
        w, x = normal(rng, d + 1), normal(rng, d) + rng.choice([-0.7, 0.7], d)
        z = w @ padded(x)
        if (z > 0) == output and abs(z) > 0.4:
            return w, x


def outvoted(rng, d):
    """Return weights and a sample whose bias decides against the inputs."""
    w, x = met(rng, d, 1)
    while w[1:] @ x * np.sign(w[1]) < 0.4:  # w[1] in place of the bias does not decide
        w, x = met(rng, d, 1)
    w[0] = -1.8 * (w[1:] @ x)
    return w, x, int(w @ padded(x) > 0)


def overruled(rng, d):
    """Return weights and a sample that fires, not by far, though the bias is against it."""
    w, x, _ = outvoted(rng, d)
    w[0] = -0.5 * (w[1:] @ x)
    return 0.6 / (w @ padded(x)) * w, x


@perceptron_update.check(exact=True)
def worked_steps(rng):
    """Follows the two steps of the worked example."""
    yield np.zeros(3), np.array([2.0, -1.0]), 0, 0.5
    yield np.array([-0.5, -1.0, 0.5]), np.array([1.0, 1.0]), 1, 0.5


@perceptron_update.check(weight=2)
def corrects_mistakes(rng):
    """Moves the weights, the bias among them, so that the sum comes nearer to the right side."""
    for d, output in ((3, 0), (4, 1), (2, 0), (2, 1)):
        yield *met(rng, d, output), 1 - output, rng.uniform(0.1, 0.8)
    w, x, output = outvoted(rng, 3)
    yield w, x, 1 - output, 0.4
    yield *overruled(rng, 3), 0, 0.4
    yield *met(rng, 3, 1), 0, 2.5


@perceptron_update.check(notices=("bias-last",))
def leaves_the_right_alone(rng):
    """Changes nothing after a right answer."""
    for d, output in ((3, 1), (2, 0)):
        yield *met(rng, d, output), output, 0.7
    yield *outvoted(rng, 2), 0.7
    yield *overruled(rng, 2), 1, 0.7


@perceptron_update.check(exact=True)
def a_sum_of_zero(rng):
    """Fires where the sum is exactly 0."""
    w, x = np.array([-1.0, 2.0, 0.5]), np.array([0.25, 1.0])
    for target in (0, 1):
        yield w, x, target, 0.5
        yield np.zeros(4), quarters(rng, 3), target, 1.0


@perceptron_update.check(exact=True)
def hardly_below_zero(rng):
    """Keeps silent where the sum is below 0, by however little."""
    for little in (2.0**-32, 2.0**-60):
        for target in (0, 1):
            yield np.array([0.0, 1.0, 0.0]), np.array([-little, 1.0]), target, 0.5


@perceptron_update.check(dtype=True)
def in_the_dtype_of_w(rng):
    """Returns the weights in the dtype of w, whatever the sample has."""
    w, x = met(rng, 3, 0)
    yield single(w), x, 1, 0.25


@perceptron_update.check(weight=2, hidden=True)
def any_sample(rng):
    """Is right for any sample."""
    for d, output, target in ((5, 1, 0), (1, 0, 1), (4, 1, 1), (6, 0, 0), (3, 0, 1)):
        yield *met(rng, d, output), target, rng.uniform(0.01, 2.0)
    w, x, output = outvoted(rng, 4)
    yield w, x, 1 - output, rng.uniform(0.01, 2.0)
    yield *overruled(rng, 4), 0, rng.uniform(0.01, 2.0)


perceptron_update.in_other_dress(corrects_mistakes)


def plus_and_minus_one(w, x, target, lr):
    output = 1 if w @ padded(x) >= 0 else -1
    return w + (lr * ((2 * target - 1) - output) * padded(x)).astype(w.dtype)


def output_alone_minus_one(w, x, target, lr):
    output = 1 if w @ padded(x) >= 0 else -1
    return w + (lr * (target - output) * padded(x)).astype(w.dtype)


def bias_stands_last(w, x, target, lr):
    ones = np.append(x, x.dtype.type(1.0))
    return w + (lr * (target - int(w @ ones >= 0)) * ones).astype(w.dtype)


def first_weight_is_a_threshold(w, x, target, lr):
    output = int(w[1:] @ x - w[0] >= 0)
    step = lr * (target - output)
    return w + (step * np.append(-1.0, x)).astype(w.dtype)


def sample_of_length_one(w, x, target, lr):
    step = lr * (target - int(w @ padded(x) >= 0))
    ones = padded(x)
    return w + (step * ones / np.linalg.norm(ones)).astype(w.dtype)


# --- perceptron_fit ------------------------------------------------------------------------------

perceptron_fit = Exercise("perceptron_fit", points=4, needs=("perceptron_update",))

CORNERS = table(2)
AND, XOR = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 0])


def parted(rng, n, d, least=0.6):
    """Return samples of quarters with a gap between the classes, both of them, in any order."""
    while True:
        w = quarters(rng, d + 1)
        x = quarters(rng, 8 * n, d)
        z = padded(x) @ w
        x = x[np.abs(z) > least * np.linalg.norm(w)][:n]
        y = (padded(x) @ w > 0).astype(int)
        if len(x) == n and 2 <= y.sum() <= n - 2:
            return x, y


def trained(x, y, order, epochs):
    """Return the mistakes of each epoch of a right training."""
    w, log = np.zeros(x.shape[1] + 1), []
    while len(log) < epochs and 0 not in log:
        log.append(0)
        for n in order:
            error = y[n] - int(w @ padded(x[n]) >= 0)
            log[-1] += abs(error)
            w = w + error * padded(x[n])
    return log


def lessons(rng, n, d, least, most=40):
    """Return a training that converges after at least so many epochs."""
    while True:
        x, y = parted(rng, n, d, 0.3)
        order = rng.permutation(n)
        log = trained(x, y, order, most)
        if least <= len(log) < most:
            return x, y, order


@perceptron_fit.check(exact=True)
def worked_and(rng):
    """Learns the AND of the text: mistakes 2, 3, 3, 2, 1, 0."""
    yield CORNERS, AND, np.arange(4), 100


@perceptron_fit.check(
    weight=3, exact=True, notices=("zero-is-always-a-mistake", "order-applied-again")
)
def until_it_is_clean(rng):
    """Learns from one sample after the other, in the given order, until an epoch is clean."""
    for n, d, least in ((8, 2, 4), (10, 3, 3), (7, 2, 5)):
        yield *lessons(rng, n, d, least), 60


@perceptron_fit.check(exact=True)
def cut_short(rng):
    """Stops after `max_epochs` where it must: XOR never ends."""
    yield CORNERS, XOR, np.array([2, 0, 3, 1]), 7
    x, y, order = lessons(rng, 9, 2, 4)
    yield x, y, order, 2
    yield x, y, order, 1


@perceptron_fit.check(exact=True)
def one_class(rng):
    """Is at its end after one epoch if all targets are 1, since a sum of 0 fires."""
    yield quarters(rng, 5, 2), np.ones(5, int), np.arange(5), 10
    x = rng.permutation(np.arange(1.0, 11.0)).reshape(5, 2) / 4  # the first sample teaches it all
    yield x, np.zeros(5, int), np.array([2, 0, 4, 1, 3]), 50


@perceptron_fit.check(weight=2, hidden=True, exact=True, notices=("best-epoch-returned",))
def any_training(rng):
    """Is right for any samples, any order and any number of epochs."""
    yield *lessons(rng, 12, 3, 3), 100
    yield *lessons(rng, 8, 1, 3), 100
    yield quarters(rng, 10, 2), np.resize([0, 1], 10), rng.permutation(10), 9
    x, y, order = lessons(rng, 10, 2, 4)
    yield x, y, order, len(trained(x, y, order, 100))


perceptron_fit.in_other_dress(until_it_is_clean)


def fitted(x, y, order, max_epochs, *, zero_is_wrong=False, strict=False, bias=1.0, sign=1.0):
    """Train as asked, but for one thing; return all weights and the mistakes of each epoch."""
    w, log, seen = np.zeros(x.shape[1] + 1, x.dtype), [], []
    while len(log) < max_epochs and 0 not in log:
        log.append(0)
        for n in order:
            z = w[0] + w[1:] @ x[n]
            output = int(z > 0 if strict else z >= 0)
            if output != y[n] or (zero_is_wrong and z == 0):
                log[-1] += 1
                w = w.copy()
                w[0] += sign * (2 * y[n] - 1) * bias
                w[1:] += sign * (2 * y[n] - 1) * x[n]
            seen.append(w)
    return w, np.array(log), seen


def zero_is_always_a_mistake(x, y, order, max_epochs):
    return fitted(x, y, order, max_epochs, zero_is_wrong=True)[:2]


def silent_at_zero(x, y, order, max_epochs):
    return fitted(x, y, order, max_epochs, strict=True)[:2]


def bias_never_learns(x, y, order, max_epochs):
    return fitted(x, y, order, max_epochs, bias=0.0)[:2]


def learns_the_wrong_way(x, y, order, max_epochs):
    return fitted(x, y, order, max_epochs, sign=-1.0)[:2]


def rate_of_a_tenth(x, y, order, max_epochs):
    w, log, _ = fitted(x, y, order, max_epochs)
    return (0.1 * w).astype(x.dtype), log


def every_sample_moves(x, y, order, max_epochs):
    w, log = np.zeros(x.shape[1] + 1, x.dtype), []
    while len(log) < max_epochs and 0 not in log:
        log.append(0)
        for n in order:
            log[-1] += int(w[0] + w[1:] @ x[n] >= 0) != y[n]
            w = (w + (2 * y[n] - 1) * padded(x[n])).astype(x.dtype)
    return w, np.array(log)


def all_at_once(x, y, order, max_epochs):
    ones, w, log = padded(x), np.zeros(x.shape[1] + 1), []
    while len(log) < max_epochs and 0 not in log:
        error = y - (ones @ w >= 0)
        log.append(int(np.count_nonzero(error)))
        w = w + error @ ones
    return w.astype(x.dtype), np.array(log)


def goes_on_to_the_end(x, y, order, max_epochs):
    w, log, _ = fitted(x, y, order, max_epochs)
    return w, np.append(log, np.zeros(max_epochs - len(log), int))


def counted_at_the_end_of_the_epoch(x, y, order, max_epochs):
    w, log = np.zeros(x.shape[1] + 1, x.dtype), []
    while len(log) < max_epochs and 0 not in log:
        w = fitted_once(w, x, y, order)
        log.append(int(np.count_nonzero((padded(x) @ w >= 0) != y)))
    return w, np.array(log)


def fitted_once(w, x, y, order):
    for n in order:
        error = y[n] - int(w[0] + w[1:] @ x[n] >= 0)
        w = (w + error * padded(x[n])).astype(x.dtype)
    return w


def averaged_at_the_end(x, y, order, max_epochs):
    _, log, seen = fitted(x, y, order, max_epochs)
    return np.mean(seen, axis=0).astype(x.dtype), log


def best_epoch_kept(x, y, order, max_epochs):
    _, log, seen = fitted(x, y, order, max_epochs)
    return seen[(int(np.argmin(log)) + 1) * len(order) - 1], log


def order_by_rank(x, y, order, max_epochs):
    return fitted(x, y, np.argsort(order), max_epochs)[:2]


def order_of_x_alone(x, y, order, max_epochs):
    return fitted(x[order], y, np.arange(len(order)), max_epochs)[:2]


def order_of_y_alone(x, y, order, max_epochs):
    return fitted(x, y[order], np.arange(len(order)), max_epochs)[:2]


def visited_in_turn(order, epochs):
    """Return the order of each epoch where the rows are put in order again and again."""
    rows = order
    for _ in range(epochs):
        yield rows
        rows = rows[order]


def order_upon_order(x, y, order, max_epochs):
    w, log = np.zeros(x.shape[1] + 1, x.dtype), []
    for rows in visited_in_turn(order, max_epochs):
        log.append(0)
        for n in rows:
            log[-1] += int(w[0] + w[1:] @ x[n] >= 0) != y[n]
            w = fitted_once(w, x, y, [n])
        if log[-1] == 0:
            break
    return w, np.array(log)


def stops_when_it_gets_worse(x, y, order, max_epochs):
    for epochs in range(1, max_epochs + 1):
        w, log, _ = fitted(x, y, order, epochs)
        if log[-1] == 0 or (len(log) > 1 and log[-1] >= log[-2]):
            break
    return w, log


# --- adaline_update ------------------------------------------------------------------------------

adaline_update = Exercise("adaline_update", points=2)


@adaline_update.check(exact=True, rtol=1e-12)
def worked_adaline(rng):
    """Gives (0.35, 0.7) in the worked example."""
    yield np.array([0.5, 1.0]), np.array([2.0]), 1.0, 0.1


@adaline_update.check(weight=2)
def one_step(rng):
    """Makes one step by the error of the sum, on whichever side of the threshold it lies."""
    for d, output, target in ((3, 0, 1.0), (2, 1, 1.0), (4, 1, 0.0), (3, 0, -1.0)):
        yield *met(rng, d, output), target, rng.uniform(0.02, 0.3)
    yield np.array([0.1, 0.4, -0.2]), np.array([0.5, 0.25]), 1.0, 0.2
    for target in (0.4, 1.7, -2.25):
        yield *met(rng, 3, 0), target, 0.1


@adaline_update.check(dtype=True)
def in_the_dtype_of_w(rng):
    """Returns the weights in the dtype of w, whatever the sample has."""
    w, x = met(rng, 3, 0)
    yield single(w), x, 1.0, 0.25


@adaline_update.check(observe="fold", notices=("only-on-mistakes",))
def several_samples(rng):
    """Follows six samples, each from the weights that the one before has left."""
    rows = [(normal(rng, 3), float(k % 2), 0.1) for k in range(6)]
    yield normal(rng, 4), rows


@adaline_update.check(exact=True, atol=1e-12)
def content_at_last(rng):
    """Stays where it is if the sum is exactly the target."""
    yield np.array([0.5, 1.0, -2.0]), np.array([1.5, 0.5]), 1.0, 0.3
    yield np.array([0.0, 1.0, 0.25]), np.array([0.75, 1.0]), 1.0, 0.3


@adaline_update.check(
    weight=2,
    hidden=True,
    notices=("only-on-mistakes", "targets-of-zero-and-one (5)", "targets-of-zero-and-one (6)"),
)
def any_step(rng):
    """Is right for any sample and any target."""
    for d, output in ((1, 0), (5, 1), (6, 0)):
        yield *met(rng, d, output), rng.uniform(-2.0, 2.0), rng.uniform(0.01, 0.5)


adaline_update.in_other_dress(one_step)


def logistic(z):
    return 1 / (1 + math.exp(-z))


def adaline(change):
    """Return the rule with another error."""

    def update(w, x, target, lr):
        error = change(target, w[0] + w[1:] @ x)
        return w + (lr * error * padded(x)).astype(w.dtype)

    return update


error_of_the_output = adaline(lambda t, z: t - (z >= 0))
only_on_mistakes = adaline(lambda t, z: (t - z) * ((z >= 0) != (t > 0)))
hinge_loss = adaline(lambda t, z: (2 * t - 1) * ((2 * t - 1) * z < 1))
sign_of_the_error = adaline(lambda t, z: np.sign(t - z))
squared_error = adaline(lambda t, z: (t - z) ** 2)
threshold_at_half = adaline(lambda t, z: t - (z >= 0.5))
sigmoid_of_the_sum = adaline(lambda t, z: t - logistic(z))
sigmoid_delta_rule = adaline(lambda t, z: (t - logistic(z)) * logistic(z) * logistic(-z))
tanh_delta_rule = adaline(lambda t, z: (t - math.tanh(z)) * (1 - math.tanh(z) ** 2))


def normalised_step(w, x, target, lr):
    ones = padded(x)
    return w + (lr * (target - w @ ones) / (ones @ ones) * ones).astype(w.dtype)


def bias_last_in_adaline(w, x, target, lr):
    ones = np.append(x, x.dtype.type(1.0))
    return w + (lr * (target - w @ ones) * ones).astype(w.dtype)


# --- whose_update --------------------------------------------------------------------------------

whose_update = Exercise("whose_update", points=3)


def rule_path(name, lr, w, x, y):
    """Return the weights before and after each sample, and which samples were mistakes."""
    path, wrong = [w], []
    for row, target in zip(padded(x), y):
        z = path[-1] @ row
        error = target - int(z >= 0)
        wrong.append(error != 0)
        factor = {"reversed": -error, "hebb": 2 * target - 1, "adaline": target - z}
        step = lr * factor.get(name, error) * row
        if name == "no-bias":
            step = step * (np.arange(len(row)) > 0)
        path.append(path[-1] if name == "batch" else path[-1] + step)
    if name == "batch":
        errors = y - (padded(x) @ w >= 0)
        path[-1] = path[-1] + lr * errors @ padded(x)
    return np.array(path), np.array(wrong)


def traced(rng, name, lr, t, d, target, start=None):
    """Return a path as the docstring promises it, the first sample of the given target."""
    while True:
        w = normal(rng, d + 1) if start is None else start
        x, y = normal(rng, t, d), rng.integers(0, 2, t)
        y[0] = target
        path, wrong = rule_path(name, lr, w, x, y)
        sums = [np.sum(padded(x) * path[:-1], axis=1), padded(x) @ path[0]]
        near = np.abs(sums)[np.nonzero(sums)]  # from zero weights some are exactly 0, and fire
        clear = near.size == 0 or near.min() > 0.1
        both = len(set(y[wrong])) == 2 or not w.any()
        told = both and not misread(path[:-1], x)
        if wrong[0] and wrong[1:].any() and not wrong.all() and clear and told:
            return path, x, y


def misread(w, x):
    """Whether sums taken otherwise tell the same answers."""
    right = np.sum(padded(x) * w, axis=1) >= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        others = x * w[:, 1:], padded(x), w, padded(x) / w
        sums = [np.sum(terms, axis=1) for terms in others]
    return w[0].any() and any(np.array_equal(right, other >= 0) for other in sums)


@whose_update.check(weight=2)
def rosenblatts_rule(rng):
    """Recognises the perceptron's rule, and the one that goes the wrong way."""
    path = np.array([[-1.0, 1.0], [-1.5, -0.5], [-1.5, -0.5], [-1.0, 0.5]])
    yield path, np.array([[3.0], [1.0], [2.0]]), np.array([0, 0, 1])
    yield traced(rng, "perceptron", rng.uniform(0.1, 0.4), 6, 3, 1)
    yield traced(rng, "reversed", rng.uniform(0.1, 0.4), 5, 2, 0)
    yield traced(rng, "perceptron", 1.0, 5, 2, 0)


@whose_update.check(weight=2)
def kept_and_moved(rng):
    """Recognises a bias that never learns, and weights that move after right answers too."""
    yield traced(rng, "no-bias", rng.uniform(0.1, 0.4), 6, 2, 0)
    yield traced(rng, "hebb", rng.uniform(0.1, 0.4), 5, 3, 1)
    path = np.array([[-1.0, 1.0], [-1.5, -0.5], [-2.0, -1.0], [-1.5, -0.5]])
    yield path, np.array([[3.0], [1.0], [1.0]]), np.array([0, 0, 1])


@whose_update.check(weight=2, notices=("batch-by-its-bias",))
def distance_and_batch(rng):
    """Recognises Adaline, and one step for all samples together."""
    path = np.array([[-1.0, 1.0], [-1.5, -0.5], [-1.0, 0.0], [-0.5, 0.5]])
    yield path, np.array([[3.0], [1.0], [1.0]]), np.array([0, 0, 1])
    yield traced(rng, "adaline", rng.uniform(0.05, 0.2), 6, 3, 1)
    yield traced(rng, "batch", rng.uniform(0.1, 0.4), 5, 2, 0)
    yield traced(rng, "batch", rng.uniform(0.1, 0.4), 6, 3, 1)


@whose_update.check(exact=True)
def from_zero_weights(rng):
    """Knows that a unit fires where its sum is exactly 0, as from zero weights."""
    for name in ("perceptron", "hebb", "batch"):
        yield traced(rng, name, 0.5, 6, 2, 0, start=np.zeros(3))
    x, y = np.array([[1.0, 0.5], [-1.0, 0.0], [0.5, 2.0]]), np.array([0, 1, 1])
    # the second sample fires at 0, and rightly
    yield rule_path("perceptron", 0.5, np.zeros(3), x, y)[0], x, y


@whose_update.check(exact=True)
def wrong_and_still(rng):
    """Knows Adaline where the first answer is wrong and nothing moves: the sum is the target."""
    x, y = np.array([[1.0, -1.0], [2.0, 0.5], [-1.0, 2.0], [0.5, 2.0]]), np.array([0, 1, 0, 1])
    start = np.array([0.0, 0.5, 0.5])  # the first sum is 0, and fires
    yield rule_path("adaline", 0.25, start, x, y)[0], x, y


@whose_update.check(exact=True)
def misses_that_cancel(rng):
    """Reads the rate off all weights of a batch: its bias stays if as many miss as fire falsely."""
    x, y = np.array([[1.0, 0.5], [2.0, -1.0], [-1.0, -2.0]]), np.array([0, 1, 1])
    rate = rng.uniform(0.1, 0.4)
    yield rule_path("batch", rate, np.array([0.5, 1.0, 0.5]), x, y)[0], x, y


@whose_update.check(weight=2, hidden=True, notices=("bias-of-the-end", "batch-by-its-bias"))
def any_path(rng):
    """Names the rule and its rate for any path."""
    for name in ("perceptron", "reversed", "no-bias", "hebb", "adaline", "batch"):
        d, target, lr = int(rng.integers(1, 5)), int(rng.integers(0, 2)), rng.uniform(0.05, 0.3)
        path, x, y = traced(rng, name, lr, 7, d, target)
        while name in ("perceptron", "batch") and abs(path[-1, 0] - path[0, 0]) > 1e-9:
            path, x, y = traced(rng, name, lr, 7, d, target)  # until its bias comes back
        yield path, x, y


whose_update.in_other_dress(rosenblatts_rule, keeps=False)


def right_rule(path, x, y, only=None):
    """Return the rule that fits best, or the best of some."""
    found, least = ("none", 0.0), math.inf
    ones, steps = padded(x), np.diff(path, axis=0)
    z = np.sum(ones * path[:-1], axis=1)
    error = y - (z >= 0)
    factors = {"perceptron": error, "reversed": -error, "no-bias": error}
    factors |= {"hebb": 2 * y - 1, "adaline": y - z, "batch": error * 0}
    for name, factor in factors.items():
        ways = factor[:, np.newaxis] * ones
        if name == "no-bias":
            ways[:, 0] = 0
        if name == "batch":
            ways[-1] = (y - (ones @ path[0] >= 0)) @ ones
        lr = np.sum(steps * ways) / np.sum(ways**2)
        gap = np.sum((steps - lr * ways) ** 2)
        if lr > 0 and gap < least and (only is None or name in only):
            found, least = (name, float(lr)), gap
    return found


def first_step_only(path, x, y):
    """Judge by the first step alone, in the table's order."""
    ones = padded(x[0])
    z = path[0] @ ones
    error, step = y[0] - int(z >= 0), path[1] - path[0]
    factors = {"perceptron": error, "reversed": -error, "hebb": 2 * y[0] - 1, "adaline": y[0] - z}
    for name, factor in factors.items():
        lr = step @ ones / (ones @ ones) / factor
        if lr > 0 and np.allclose(step, lr * factor * ones):
            return name, float(lr)
    return right_rule(path, x, y)


def still_is_a_batch(path, x, y):
    """Take weights that the first sample leaves alone for those of a batch."""
    if np.any(path[1] != path[0]):
        return right_rule(path, x, y)
    total = (y - (padded(x) @ path[0] >= 0)) @ padded(x)
    return "batch", float((path[-1] - path[0]) @ total / (total @ total))


def bias_of_the_end(path, x, y):
    """Take a bias that ends where it began for one that was never learned."""
    name, lr = right_rule(path, x, y)
    came_back = name != "batch" and abs(path[-1, 0] - path[0, 0]) < 1e-9
    if not came_back:
        return name, lr
    ones, steps = padded(x), np.diff(path, axis=0)[:, 1:]
    ways = (y - (np.sum(ones * path[:-1], axis=1) >= 0))[:, np.newaxis] * x
    return "no-bias", float(np.sum(steps * ways) / np.sum(ways**2))


def batch_by_its_bias(path, x, y):
    """Divide what a batch does to the bias by the sum of the errors."""
    name, lr = right_rule(path, x, y)
    if name != "batch":
        return name, lr
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.float64(np.sum(y - (padded(x) @ path[0] >= 0)))
        return name, float((path[-1, 0] - path[0, 0]) / errors)


def every_unit_silent_at_zero(path, x, y):
    """Let every unit be silent at a sum of 0, and take the rule of the smallest gap."""
    ones, steps = padded(x), np.diff(path, axis=0)
    z = np.sum(ones * path[:-1], axis=1)
    error = y - (z > 0)
    factors = {"perceptron": error, "reversed": -error, "no-bias": error}
    factors |= {"hebb": 2 * y - 1, "adaline": y - z, "batch": error * 0}
    found, least = ("perceptron", 0.0), math.inf
    for name, factor in factors.items():
        ways = factor[:, np.newaxis] * ones
        if name == "no-bias":
            ways[:, 0] = 0
        if name == "batch":
            ways[-1] = (y - (ones @ path[0] > 0)) @ ones
        size = np.sum(ways**2)
        lr = np.sum(steps * ways) / size if size else 0.0
        gap = np.max(np.abs(steps - lr * ways))
        if lr > 0 and gap < least:
            found, least = (name, float(lr)), gap
    return found


def replaced(**names):
    """Return the right answer with some names taken for others."""

    def told(path, x, y):
        name, lr = right_rule(path, x, y)
        return names.get(name.replace("-", "_"), name), lr

    return told


hebb_is_the_perceptron = replaced(hebb="perceptron")
adaline_is_the_perceptron = replaced(adaline="perceptron")
no_bias_is_the_perceptron = replaced(no_bias="perceptron")
batch_is_the_perceptron = replaced(batch="perceptron")
perceptron_is_reversed = replaced(perceptron="reversed", reversed="perceptron")
hebb_for_adaline = replaced(adaline="hebb", hebb="adaline")


def no_sign_of_the_rate(path, x, y):
    name, lr = right_rule(path, x, y)
    return ("perceptron", -lr) if name == "reversed" else (name, lr)


def rate_by_length(path, x, y):
    """Take the length of the first step for the rate."""
    name, _ = right_rule(path, x, y)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return name, float(steps[steps > 0][0])


def rate_by_two_lengths(path, x, y):
    """Divide the length of the first step by that of its sample, whatever the rule."""
    name, lr = right_rule(path, x, y)
    if name == "batch":
        return name, lr
    return name, float(np.linalg.norm(path[1] - path[0]) / np.linalg.norm(padded(x)[0]))


def rate_from_the_bias(path, x, y):
    """Take what the first move does to the bias for the rate."""
    name, _ = right_rule(path, x, y)
    moved = np.abs(np.diff(path[:, 0]))
    return name, float(moved[np.argmax(moved > 0)])


def rate_from_the_bias_if_it_moves(path, x, y):
    name, lr = right_rule(path, x, y)
    return rate_from_the_bias(path, x, y) if np.any(np.diff(path[:, 0])) else (name, lr)


def batch_mean(path, x, y):
    name, lr = right_rule(path, x, y)
    return name, lr * len(x) if name == "batch" else lr


def by_lengths(path, x, y):
    """Compare how far the weights move at each sample, and forget in which direction."""
    ones, moved = padded(x), np.linalg.norm(np.diff(path, axis=0), axis=1)
    z = np.sum(ones * path[:-1], axis=1)
    error = (y - (z >= 0))[:, np.newaxis] * ones
    whole = np.zeros_like(ones)
    whole[-1] = (y - (ones @ path[0] >= 0)) @ ones
    rules = {
        "perceptron": error,
        "reversed": -error,
        "no-bias": error * (np.arange(ones.shape[1]) > 0),
        "hebb": ones,
        "adaline": (y - z)[:, np.newaxis] * ones,
        "batch": whole,
    }
    found, least = ("perceptron", 0.0), math.inf
    for name, ways in rules.items():
        far = np.linalg.norm(ways, axis=1)
        if far.any():
            lr = float(moved @ far / (far @ far))
            gap = np.max(np.abs(moved - lr * far)) / moved.max()
            if gap < least - 1e-3:
                found, least = (name, lr), gap
    return found


def targets_of_one(path, x, y):
    """Believe in targets of -1 and +1: an error is twice as large."""
    name, lr = right_rule(path, x, y)
    return name, lr / 2 if name in ("perceptron", "reversed", "no-bias", "batch") else lr


def strictly_above(path, x, y):
    """Let a unit be silent at a sum of 0."""
    z = padded(x) @ path[0]
    if z[0] != 0 or np.any(path[0]):
        return right_rule(path, x, y)
    return right_rule(path[1:], x[1:], y[1:], ("perceptron", "reversed", "no-bias", "hebb"))


def output_of_the_weights_after(path, x, y):
    """Take outputs from the weights that a sample leaves, not from those it meets."""
    shifted = np.concatenate([path[1:], path[-1:]])
    ones, steps = padded(x), np.diff(path, axis=0)
    z = np.sum(ones * shifted[:-1], axis=1)
    error = y - (z >= 0)
    best, least = ("perceptron", 0.0), math.inf
    factors = {"perceptron": error, "reversed": -error, "hebb": 2 * y - 1, "adaline": y - z}
    for name, factor in factors.items():
        ways = factor[:, np.newaxis] * ones
        size = np.sum(ways**2)
        lr = np.sum(steps * ways) / size if size else 0.0
        gap = np.sum((steps - lr * ways) ** 2)
        if lr > 0 and gap < least:
            best, least = (name, float(lr)), gap
    return best


# --- averaged_perceptron -------------------------------------------------------------------------

averaged_perceptron = Exercise("averaged_perceptron", points=3, needs=("perceptron_update",))


@averaged_perceptron.check(exact=True, rtol=1e-12)
def worked_average(rng):
    """Gives (-3/4, 1/4, 1/4) after one epoch of the AND, as in the text."""
    yield CORNERS, AND, np.arange(4), 1


@averaged_perceptron.check(weight=2, exact=True, rtol=1e-12)
def all_opinions(rng):
    """Averages over all samples of all epochs, in the given order."""
    yield CORNERS, XOR, np.array([2, 0, 3, 1]), 3
    for n, d, epochs in ((6, 2, 2), (7, 3, 4)):
        x, y, order = lessons(rng, n, d, epochs + 1)
        yield x, y, order, epochs


@averaged_perceptron.check(weight=2, exact=True, rtol=1e-12)
def after_the_last_mistake(rng):
    """Goes on counting when nothing changes any more."""
    x, y, order = lessons(rng, 6, 2, 2)
    yield x, y, order, len(trained(x, y, order, 50)) + 3
    yield CORNERS, AND, np.array([3, 1, 0, 2]), 12


@averaged_perceptron.check(weight=2, hidden=True, exact=True, rtol=1e-12)
def any_average(rng):
    """Is right for any samples, any order and any number of epochs."""
    yield *lessons(rng, 8, 2, 3), 9
    yield quarters(rng, 9, 3), np.resize([1, 0], 9), rng.permutation(9), 5
    yield *lessons(rng, 7, 1, 4), 3


averaged_perceptron.in_other_dress(all_opinions, rtol=2e-5)


def followed(x, y, order, epochs, **kwargs):
    """Return the weights after each sample, a training of exactly so many epochs."""
    w, _, seen = fitted(x, y, order, 1, **kwargs)
    for _ in range(epochs - 1):
        for n in order:
            z = w[0] + w[1:] @ x[n]
            output = int(z > 0 if kwargs.get("strict") else z >= 0)
            if output != y[n] or (kwargs.get("zero_is_wrong") and z == 0):
                w = w.copy()
                w[0] += (2 * y[n] - 1) * kwargs.get("bias", 1.0)
                w[1:] += (2 * y[n] - 1) * x[n]
            seen.append(w)
    return np.array(seen, dtype=float)


def average(pick, **kwargs):
    """Return an average over some of the weights."""

    def averaged(x, y, order, epochs):
        seen = followed(x, y, order, epochs, **kwargs)
        return np.mean(pick(seen, len(order), epochs), axis=0).astype(x.dtype)

    return averaged


def _changed(seen, n, epochs):
    before = np.concatenate([np.zeros((1, seen.shape[1])), seen[:-1]])
    moved = np.any(seen != before, axis=1)
    return seen[moved]


def _until_clean(seen, n, epochs):
    before = np.concatenate([np.zeros((1, seen.shape[1])), seen[:-1]])
    moved = np.any(seen != before, axis=1).reshape(epochs, n).any(axis=1)
    last = epochs if moved.all() else int(np.argmin(moved)) + 1
    return seen[: last * n]


def _with_start(seen, n, epochs):
    return np.concatenate([np.zeros((1, seen.shape[1])), seen])


last_epoch_alone = average(lambda seen, n, epochs: seen[-n:])
changes_alone = average(_changed)
ends_of_epochs = average(lambda seen, n, epochs: seen[n - 1 :: n])
start_counted = average(_with_start)
before_each_sample = average(lambda s, n, e: _with_start(s, n, e)[:-1])
last_weights = average(lambda seen, n, epochs: seen[-1:])
first_epoch_left_out = average(lambda seen, n, epochs: seen[n:] if epochs > 1 else seen)
ends_when_clean = average(_until_clean)
silent_at_zero_averaged = average(lambda seen, n, epochs: seen, strict=True)
zero_wrong_averaged = average(lambda seen, n, epochs: seen, zero_is_wrong=True)
no_bias_averaged = average(lambda seen, n, epochs: seen, bias=0.0)
middle_of_the_weights = average(lambda s, n, e: np.median(s, axis=0, keepdims=True))
halfway_to_the_last = average(lambda s, n, e: s[len(s) // 2 :])


def running_mean_of_means(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1)
    for seen in followed(x, y, order, epochs):
        w = (w + seen) / 2
    return w.astype(x.dtype)


def averaged_order_of_x_alone(x, y, order, epochs):
    seen = followed(x[order], y, np.arange(len(order)), epochs)
    return np.mean(seen, axis=0).astype(x.dtype)


def averaged_order_upon_order(x, y, order, epochs):
    w, total = np.zeros(x.shape[1] + 1, x.dtype), np.zeros(x.shape[1] + 1)
    for rows in visited_in_turn(order, epochs):
        for n in rows:
            w = fitted_once(w, x, y, [n])
            total += w
    return (total / (epochs * len(order))).astype(x.dtype)


def learns_from_the_average(x, y, order, epochs):
    w, total, count = np.zeros(x.shape[1] + 1), np.zeros(x.shape[1] + 1), 0
    for _ in range(epochs):
        for n in order:
            mean = total / max(count, 1)
            w = w + (y[n] - int(mean @ padded(x[n]) >= 0)) * padded(x[n])
            total, count = total + w, count + 1
    return (total / count).astype(x.dtype)


# --- multiclass_perceptron_update ----------------------------------------------------------------

multiclass_perceptron_update = Exercise("multiclass_perceptron_update", points=3)


def contest(rng, k, d, winner):
    """Return rows of weights and a sample whose sums are far apart, the winner's the largest."""
    while True:
        w, x = normal(rng, k, d + 1), normal(rng, d)
        sums = w @ padded(x)
        ordered = np.sort(sums)
        if np.argmax(sums) == winner and np.diff(ordered).min() > 0.1:
            return w, x


@multiclass_perceptron_update.check(exact=True)
def worked_classes(rng):
    """Moves rows 2 and 0, and for the other label nothing, as in the worked example."""
    yield np.zeros((3, 3)), np.array([1.0, 2.0]), 2
    yield np.zeros((3, 3)), np.array([1.0, 2.0]), 0


@multiclass_perceptron_update.check(
    weight=2, notices=("all-above-go-down", "largest-size-wins", "bias-not-in-the-sum")
)
def moves_two_rows(rng):
    """Adds the sample to the right row, takes it from the winner's, and leaves the others."""
    for k, d, winner, label in ((4, 3, 0, 2), (5, 2, 3, 1), (4, 2, 2, 3)):
        yield *contest(rng, k, d, winner), label


def narrow(rng, d, biases, sums):
    """Return weights with these biases, and a sample that gives these sums without them."""
    w, x = normal(rng, len(sums), d), normal(rng, d)
    w += np.outer(np.array(sums) - w @ x, x / (x @ x))
    return np.column_stack([biases, w]), x


@multiclass_perceptron_update.check(
    notices=("each-class-for-itself", "largest-size-wins", "bias-last")
)
def right_class_wins(rng):
    """Changes nothing if the right class wins."""
    yield *contest(rng, 4, 3, 2), 2
    yield *contest(rng, 3, 2, 0), 0
    yield *narrow(rng, 3, [0.0, 1.05, 0.0], [1.0, 0.0, -1.0]), 1
    yield *narrow(rng, 3, [1.0, 0.0, 0.0], [0.0, 1.05, 0.0]), 1


@multiclass_perceptron_update.check(weight=2, exact=True)
def equal_sums(rng):
    """Lets the first of equal sums win, whichever is right."""
    x = quarters(rng, 2)
    row = quarters(rng, 3)
    low = row - 4 * padded(x)
    for label in (1, 3, 0):
        yield np.stack([low, row, low, row]), x, label
    hardly = np.array([[1.0, 0.0, 0.0], [1.0, 2.0**-32, 0.0], [0.0, 0.0, 0.0]])
    yield hardly, np.array([1.0, 2.0]), 0  # the second is larger, by however little


WITH_ANY_CLASSES = (
    *("all-above-go-down", *(f"all-above-go-down ({k})" for k in (2, 3, 4))),
    *("largest-size-wins", "bias-not-in-the-sum"),
)


@multiclass_perceptron_update.check(weight=2, hidden=True, notices=WITH_ANY_CLASSES)
def any_classes(rng):
    """Is right for any number of classes."""
    for k, d, winner, label in ((2, 4, 1, 0), (6, 3, 4, 5), (3, 1, 1, 1), (5, 5, 0, 4)):
        yield *contest(rng, k, d, winner), label


@multiclass_perceptron_update.check(
    dtype=True,
    notices=(
        "all-above-go-down",
        "all-above-go-down (2)",
        "all-above-go-down (3)",
        "all-above-go-down (4)",
        "all-above-go-down (5)",
        "all-above-go-down (6)",
        "all-above-go-down (7)",
        "each-class-for-itself",
        "largest-size-wins",
    ),
)
def in_the_dtype_of_w(rng):
    """Returns the weights in the dtype of w, whatever the sample has."""
    w, x = contest(rng, 3, 2, 1)
    yield single(w), x, 2


multiclass_perceptron_update.in_other_dress(moves_two_rows)


def classes(weights):
    """Return a rule that adds to each row a multiple of the sample; `weights` gives them."""

    def update(w, x, label):
        sums = w @ padded(x).astype(w.dtype)
        factors = np.asarray(weights(sums, label), float)
        return w + (factors[:, np.newaxis] * padded(x)).astype(w.dtype)

    return update


def _hot(k, size):
    return (np.arange(size) == k) * 1.0


def _right_alone(sums, label):
    return _hot(label, sums.size) * (np.argmax(sums) != label)


def _winner_alone(sums, label):
    return -_hot(np.argmax(sums), sums.size) * (np.argmax(sums) != label)


def _all_others_down(sums, label):
    down = np.where(np.arange(sums.size) == label, 1.0, -1.0)
    return down * (np.argmax(sums) != label)


def _others_share(sums, label):
    down = np.where(np.arange(sums.size) == label, 1.0, -1.0 / (sums.size - 1))
    return down * (np.argmax(sums) != label)


def _all_above(sums, label):
    above = sums > sums[label]
    return np.where(np.arange(sums.size) == label, above.any(), -1.0 * above)


def _all_as_high(sums, label):
    rivals = (sums >= sums[label]) & (np.arange(sums.size) != label)
    return np.where(np.arange(sums.size) == label, rivals.any(), -1.0 * rivals)


def _all_above_one_by_one(sums, label):
    above = sums > sums[label]
    return np.where(np.arange(sums.size) == label, above.sum(), -1.0 * above)


def _all_as_high_one_by_one(sums, label):
    rivals = (sums >= sums[label]) & (np.arange(sums.size) != label)
    return np.where(np.arange(sums.size) == label, rivals.sum(), -1.0 * rivals)


def _offenders(sums, label):
    return _all_as_high(sums, label) * (np.argmax(sums) != label)


def _offenders_one_by_one(sums, label):
    return _all_as_high_one_by_one(sums, label) * (np.argmax(sums) != label)


def _offenders_and_the_winner(sums, label):
    rivals = (sums > sums[label]) | _hot(np.argmax(sums), sums.size).astype(bool)
    rivals &= np.argmax(sums) != label
    return np.where(np.arange(sums.size) == label, rivals.any(), -1.0 * rivals)


def _nearly_equal(sums, label):
    first = np.flatnonzero(np.isclose(sums, sums.max()))[0]
    return _hot(label, sums.size) - _hot(first, sums.size)


def _last_of_equal(sums, label):
    winner = sums.size - 1 - np.argmax(sums[::-1])
    return _hot(label, sums.size) - _hot(winner, sums.size)


def _tie_is_a_mistake(sums, label):
    others = np.where(np.arange(sums.size) == label, -np.inf, sums)
    rival = np.argmax(others)
    wrong = sums[rival] >= sums[label]
    return (_hot(label, sums.size) - _hot(rival, sums.size)) * wrong


def _tie_is_right(sums, label):
    wrong = sums.max() > sums[label]
    return (_hot(label, sums.size) - _hot(np.argmax(sums), sums.size)) * wrong


def _each_class_for_itself(sums, label):
    return _hot(label, sums.size) - (sums >= 0)


def _largest_size(sums, label):
    winner = np.argmax(np.abs(sums))
    return _hot(label, sums.size) - _hot(winner, sums.size)


def _always(sums, label):
    rival = np.argmax(np.where(np.arange(sums.size) == label, -np.inf, sums))
    return _hot(label, sums.size) - _hot(rival, sums.size)


def _smallest_wins(sums, label):
    return _hot(label, sums.size) - _hot(np.argmin(sums), sums.size)


def _softmax(sums, label):
    e = np.exp(sums - sums.max())
    return _hot(label, sums.size) - e / e.sum()


right_row_alone = classes(_right_alone)
winner_row_alone = classes(_winner_alone)
all_others_down = classes(_all_others_down)
others_share = classes(_others_share)
all_above = classes(_all_above)
all_as_high = classes(_all_as_high)
all_above_one_by_one = classes(_all_above_one_by_one)
all_as_high_one_by_one = classes(_all_as_high_one_by_one)
offenders = classes(_offenders)
offenders_one_by_one = classes(_offenders_one_by_one)
offenders_and_the_winner = classes(_offenders_and_the_winner)
nearly_equal = classes(_nearly_equal)
last_of_equal = classes(_last_of_equal)
tie_is_a_mistake = classes(_tie_is_a_mistake)
tie_is_right = classes(_tie_is_right)
each_class_for_itself = classes(_each_class_for_itself)
largest_size = classes(_largest_size)
always_moves = classes(_always)
smallest_wins = classes(_smallest_wins)
softmax_step = classes(_softmax)


def bias_of_classes_stays(w, x, label):
    new = w.copy()
    winner = int(np.argmax(w @ padded(x).astype(w.dtype)))
    if winner != label:
        new[label, 1:] += x
        new[winner, 1:] -= x
    return new


# --- mistake_bound -------------------------------------------------------------------------------

mistake_bound = Exercise("mistake_bound", points=3)


def gap(rng, n, d):
    """Return weights of no round length, samples on their right sides, and targets; all clear."""
    while True:
        w = normal(rng, d + 1) * rng.uniform(1.5, 3.0)
        w[0] = rng.choice([-1.0, 1.0]) * rng.uniform(0.8, 1.6)
        x = 1.5 * normal(rng, 6 * n, d)
        x = x[np.abs(padded(x) @ w) > 0.3 * np.linalg.norm(w)][:n]
        y = (padded(x) @ w > 0).astype(int)
        sums = np.abs(padded(x) @ w)
        nearest, farthest = np.argmin(sums), np.argmax(np.sum(x**2, axis=1))
        if len(x) == n and 1 < y.sum() < n - 1 and y[nearest] == 0 and nearest != farthest:
            return w, x, y


@mistake_bound.check()
def worked_bound(rng):
    """Gives 0.2425, 1.732 and 51 for the AND of the text."""
    yield np.array([-1.5, 1.0, 1.0]), CORNERS, AND


@mistake_bound.check(weight=2)
def a_line_that_parts(rng):
    """Is right for weights of any length that separate the classes, the bias included."""
    for n, d in ((6, 2), (8, 3)):
        yield gap(rng, n, d)
    w, x, y = gap(rng, 7, 2)
    yield -w, x, 1 - y


@mistake_bound.check(weight=2)
def a_line_that_does_not(rng):
    """Has a negative margin and no bound if one sample lies on the wrong side."""
    for d, label in ((2, 1), (3, 0)):
        w, x, y = gap(rng, 7, d)
        y[rng.choice(np.flatnonzero(y == label))] ^= 1
        yield w, x, y
    w, x, y = gap(rng, 6, 2)
    yield -w, x, y


@mistake_bound.check(exact=True, rtol=1e-12)
def a_sample_on_the_line(rng):
    """Has a margin of 0 and no bound if a sample lies on the line."""
    yield np.array([-1.0, 2.0, 0.5]), np.array([[0.25, 1.0], [2.0, 0.0]]), np.array([1, 1])
    yield np.array([2.0, 0.0, -1.0]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 0])


@mistake_bound.check(weight=2, hidden=True)
def any_data(rng):
    """Is right for any data."""
    yield gap(rng, 10, 4)
    yield gap(rng, 6, 1)
    w, x, y = gap(rng, 9, 3)
    yield -w, x, 1 - y
    yield w, x, rng.permutation(y)


mistake_bound.in_other_dress(a_line_that_parts, keeps=False)


def bounded(*, bias_in_norm=True, bias_in_radius=True, root=False, over=None, sides=None):
    """Return the answer with one thing otherwise."""

    def told(w, x, y):
        ones = padded(x)
        signed = (sides or (lambda y, z: (2 * y - 1) * z))(y, ones @ w)
        length = np.linalg.norm(w if bias_in_norm else w[1:])
        margin = float((over or np.min)(signed) / length)
        radius = float(np.max(np.linalg.norm(ones if bias_in_radius else x, axis=1)))
        ratio = radius / margin if margin > 0 else math.inf
        return margin, radius, ratio if root else ratio**2

    return told


margin_without_bias = bounded(bias_in_norm=False)
radius_without_bias = bounded(bias_in_radius=False)
bias_nowhere = bounded(bias_in_norm=False, bias_in_radius=False)
not_squared = bounded(root=True)
mean_margin = bounded(over=np.mean)
largest_margin = bounded(over=np.max)


def sign_of_any(w, x, y):
    """Take the smallest distance, with a minus if any sample lies on the wrong side."""
    margin, radius, _ = unsigned_margin(w, x, y)
    if np.any((padded(x) @ w >= 0) != y):
        margin = -margin
    return margin, radius, (radius / margin) ** 2 if margin > 0 else math.inf


unsigned_margin = bounded(sides=lambda y, z: np.abs(z))
zeros_and_ones = bounded(sides=lambda y, z: y * z)
only_the_ones = bounded(sides=lambda y, z: np.where(y == 1, z, np.inf))


# --- read_log ------------------------------------------------------------------------------------

read_log = Exercise("read_log", points=3)


CROSS = np.array([[1.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [0.0, -1.0]])
"""The largest value of each input, but no sample has both."""


def spots(rng, n, d):
    """Return samples, the largest neither the first nor the last, none of them near the origin."""
    x = rng.permuted(np.linspace(0.6, 1.4, n * d)).reshape(n, d) * rng.choice([-1.0, 1.0], (n, d))
    x[n // 2] *= 2.0
    return x


def log_of(rng, total, epochs):
    """Return mistakes of so many epochs, none of them clean, that add up to `total`."""
    log = np.full(epochs, total // epochs)
    log[: total % epochs] += 1
    step = (
        rng.integers(1, 2 + (total // epochs - 1) // 2, epochs // 2) if total >= 2 * epochs else 0
    )
    log[: 2 * (epochs // 2) : 2] += step
    log[1 : 2 * (epochs // 2) : 2] -= step
    return log


def bound_of(x, margin):
    return (1 + np.max(np.sum(x**2, axis=1))) / margin**2


@read_log.check(exact=True, rtol=1e-12)
def worked_logs(rng):
    """Tells the three logs of the worked example apart."""
    x = np.array([[1.0, 1.0], [2.0, 2.0], [0.0, 1.0]])
    for log in ([3, 2, 0], [10, 12, 14], [10, 12, 15]):
        yield x, np.array(log), 0.5


@read_log.check(exact=True, rtol=1e-12)
def largest_of_those_that_exist(rng):
    """Takes R from a sample that exists, where each input is largest in another one."""
    for log in ([4, 3, 5], [9, 8, 6]):  # 20 are allowed; 36 in the corner of the box
        yield CROSS * rng.choice([-1.0, 1.0]), np.array(log), 0.5


@read_log.check(weight=2, notices=("corner-of-the-box",))
def still_open(rng):
    """Says how many mistakes are left while nothing is proven."""
    for n, d, share, epochs in ((6, 2, 0.4, 4), (5, 3, 0.9, 6), (7, 2, 0.06, 1)):
        x, margin = spots(rng, n, d), rng.uniform(0.2, 0.3)
        yield x, log_of(rng, int(share * bound_of(x, margin)), epochs), margin
    x = spots(rng, 6, 2)
    yield x, np.array([4, 3, 2, 1]), 0.25  # it falls: that is no proof
    yield x, np.array([5, 5, 5]), 0.3  # it does not fall: neither is that


@read_log.check(weight=2, notices=("corner-of-the-box",))
def proven(rng):
    """Recognises that there is a line, and that there is none."""
    x, margin = spots(rng, 6, 2), rng.uniform(0.4, 0.5)
    many = int(1.2 * bound_of(x, margin))
    yield x, log_of(rng, many, 8), margin
    yield x, np.append(log_of(rng, many // 3, 4), 0), margin
    yield x, np.array([0]), margin
    x = spots(rng, 5, 3)
    few = int(bound_of(x, 0.5)) + 1  # one more than the bound
    yield x, log_of(rng, few, 9), 0.5
    yield x, np.append(log_of(rng, few - 2, 9), 1), 0.5


@read_log.check(weight=2, hidden=True, notices=("corner-of-the-box",))
def any_log(rng):
    """Is right for any log."""
    for n, d, share in ((5, 1, 0.97), (8, 3, 1.05), (6, 4, 0.5), (4, 2, 1.6)):
        x, margin = spots(rng, n, d), rng.uniform(0.3, 0.5)
        log = log_of(rng, int(share * bound_of(x, margin)) + (share > 1), 5)
        yield x, log, margin
        yield x, np.append(log[:2], 0), margin  # within the bound, as it is where a line exists
    x, margin = spots(rng, 6, 2), rng.uniform(0.3, 0.5)
    yield x, log_of(rng, int(bound_of(x, margin)), 5), margin  # less than one is left


read_log.in_other_dress(still_open, keeps=False)


def judged(*, bound=None, used=np.sum, left=None, over=None):
    """Return the verdict with another bound, another count, or another rest."""

    def told(x, mistakes, margin):
        most = (bound or bound_of)(x, margin)
        if mistakes[-1] == 0:
            return "separable", 0.0
        count = used(mistakes)
        if over(count, most) if over else count > most:
            return "not separable", 0.0
        return "undecided", float(left(most, mistakes) if left else most - count)

    return told


def _largest(x):
    return np.max(np.sum(x**2, axis=1))


radius_of_x_alone = judged(bound=lambda x, g: _largest(x) / g**2)
ratio_not_squared = judged(bound=lambda x, g: math.sqrt(1 + _largest(x)) / g)
margin_not_squared = judged(bound=lambda x, g: (1 + _largest(x)) / g)
radius_not_squared = judged(bound=lambda x, g: math.sqrt(1 + _largest(x)) / g**2)
first_sample_for_all = judged(bound=lambda x, g: (1 + np.sum(x[0] ** 2)) / g**2)
mean_length = judged(bound=lambda x, g: (1 + np.mean(np.sum(x**2, axis=1))) / g**2)
corner_of_the_box = judged(bound=lambda x, g: (1 + np.sum(np.max(x**2, axis=0))) / g**2)
largest_entry = judged(bound=lambda x, g: (1 + np.max(np.abs(x))) ** 2 / g**2)
epochs_counted = judged(used=len)
last_epoch_counted = judged(used=lambda m: m[-1])
largest_epoch_counted = judged(used=np.max)
bound_is_too_much = judged(over=lambda count, most: count >= most)
bound_for_the_rest = judged(left=lambda most, m: most)
rest_in_epochs = judged(left=lambda most, m: (most - np.sum(m)) / np.mean(m))


def clean_or_never(x, mistakes, margin):
    return ("separable", 0.0) if mistakes[-1] == 0 else ("not separable", 0.0)


def falling_is_separable(x, mistakes, margin):
    verdict, left = judged()(x, mistakes, margin)
    falls = len(mistakes) > 2 and np.all(np.diff(mistakes) < 0)
    return ("separable", 0.0) if verdict == "undecided" and falls else (verdict, left)


def standing_is_not_separable(x, mistakes, margin):
    verdict, left = judged()(x, mistakes, margin)
    stands = len(mistakes) > 2 and np.all(np.diff(mistakes) == 0)
    return ("not separable", 0.0) if verdict == "undecided" and stands else (verdict, left)


def one_is_as_good_as_none(x, mistakes, margin):
    verdict, left = judged()(x, mistakes, margin)
    return ("separable", 0.0) if mistakes[-1] <= 1 else (verdict, left)


def rest_told_without_a_line(x, mistakes, margin):
    verdict, _ = judged()(x, mistakes, margin)
    left = float(bound_of(x, margin) - np.sum(mistakes))
    return verdict, left if verdict != "separable" else 0.0


def rest_told_with_a_line(x, mistakes, margin):
    verdict, _ = judged()(x, mistakes, margin)
    left = float(bound_of(x, margin) - np.sum(mistakes))
    return verdict, left if verdict != "not separable" else 0.0


def rest_told_of_all(x, mistakes, margin):
    verdict, _ = judged()(x, mistakes, margin)
    return verdict, float(bound_of(x, margin) - np.sum(mistakes))


# --- xor_network ---------------------------------------------------------------------------------

xor_network = Exercise("xor_network", points=3)


@xor_network.check(weight=2, exact=True, observe="fires")
def exclusive_or(rng):
    """Is the XOR of two inputs, by two hidden units (step(0) = 1)."""
    yield table(2), 1.0, (2, 1)
    yield table(2), 1.0, (2, 1), 2


@xor_network.check(exact=True, observe="fires")
def xor_whatever_the_step(rng):
    """Keeps its truth table where a unit on its threshold says 0 or ½."""
    for at_zero in (0.0, 0.5):
        yield table(2), at_zero, (2, 1), 2
        yield table(3), at_zero, (3, 1), 3


@xor_network.check(weight=2, exact=True, observe="fires")
def odd_of_more(rng):
    """Says 1 where an odd number of three or four inputs is 1, with as many hidden units."""
    yield table(3), 1.0, (3, 1), 3
    yield table(4), 1.0, (4, 1), 4


@xor_network.check(weight=2, hidden=True, exact=True, observe="fires")
def any_parity(rng):
    """Is right for any number of inputs, by each convention."""
    for d, at_zero in ((5, 0.0), (6, 1.0), (7, 0.5), (3, 1.0)):
        yield table(d), at_zero, (d, 1), d


def counters(d, below=0.5):
    """Return hidden units that count: the k-th fires if at least k inputs are 1."""
    return np.ones((d, d)), np.arange(1, d + 1) - below


def signs(d):
    return np.where(np.arange(d) % 2 == 0, 1.0, -1.0)[np.newaxis]


def hidden_on_the_edge(d=2):
    return [counters(d, 0.0), (signs(d), np.array([0.5]))]


def hidden_on_the_lower_edge(d=2):
    return [counters(d, -1.0), (signs(d), np.array([0.5]))]


def output_on_the_edge(d=2):
    return [counters(d), (signs(d), np.array([1.0]))]


def everything_on_the_edge(d=2):
    return [counters(d, 0.0), (signs(d), np.array([1.0]))]


def exactly_one(d=2):
    w = -np.ones((1, d))
    w[0, 0] = 1.0
    return [counters(d), (w, np.array([0.5]))]


def at_least_one(d=2):
    return [counters(d), (np.ones((1, d)), np.array([0.5]))]


def not_all_and_not_none(d=2):
    w = np.zeros((1, d))
    w[0, 0], w[0, -1] = 1.0, -1.0
    return [counters(d), (w, np.array([0.5]))]


def all_of_them(d=2):
    return [counters(d), (np.ones((1, d)), np.array([d - 0.5]))]


def thresholds_as_biases(d=2):
    (w, bars), (top, bar) = counters(d), (signs(d), np.array([0.5]))
    return [(w, -bars), (top, -bar)]


def even_not_odd(d=2):
    return [counters(d), (-signs(d), np.array([-0.5]))]


def signs_begin_with_minus(d=2):
    return [counters(d), (-signs(d), np.array([0.5]))]


def one_hidden_threshold(d=2):
    return [(np.ones((d, d)), np.full(d, 0.5)), (signs(d), np.array([0.5]))]


def a_unit_for_each_input(d=2):
    return [(np.eye(d), np.full(d, 0.5)), (signs(d), np.array([0.5]))]


def always_for_two(d=2):
    w = np.zeros((2, d))
    w[:, :2] = 1.0
    return [(w, np.array([0.5, 1.5])), (np.array([[1.0, -1.0]]), np.array([0.5]))]


def last_unit_forgotten(d=2):
    w = signs(d)
    w[0, -1] = 0.0
    return [counters(d), (w, np.array([0.5]))]


# --- linearly_separable --------------------------------------------------------------------------

linearly_separable = Exercise("linearly_separable", points=4)

LINE = np.arange(-3.0, 4.0)[:, np.newaxis]
SPOTS = np.array([[1.0, 0], [-1, -1], [2, -2], [2, 1], [0, 0], [-2, 1], [1, 2]])
"""No three on a line; every line between them has a bound below 600."""


def turned(rng, x, y):
    """Ask the same with samples in another order, axes exchanged and mirrored, classes renamed."""
    order, axes = rng.permutation(len(x)), rng.permutation(x.shape[1])
    mirrored = x[:, axes] * rng.choice([-1.0, 1.0], x.shape[1])
    return mirrored[order], (1 - y if rng.integers(0, 2) else y)[order]


def two(zeros, ones):
    """Return samples of two classes and their targets."""
    return np.array([*zeros, *ones], float), np.repeat([0, 1], [len(zeros), len(ones)])


PARTED = (
    two([(0, 0), (0, 1), (1, 0)], [(2, 1), (2, 2), (1, 3)]),
    two([(-3,), (-2,)], [(-1,)]),  # no line through the origin
    two([(1, 0), (2, 1), (3, 2)], [(0, 1), (1, 2), (2, 3)]),  # along the diagonal
    two([(0,)], [(1,), (8,), (9,), (9,)]),  # the middle between the means is not between them
    two([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], [(1, 1, 1)]),
    (LINE, (LINE[:, 0] > 2.5).astype(int)),  # a narrow gap far out
    (SPOTS, np.array([0, 0, 1, 1, 0, 0, 1])),
    two([(-3,)], [(3,)]),  # one step, and both are right
)
TILTED = two([(0, 0), (6, 1), (6, 1), (6, 1)], [(0, 1), (0, 1), (0, 1), (6, 2)])
"""Parted by a line along the row, though the means differ most in the other direction."""
LONG = (SPOTS + 1)[[2, 0, 5, 1, 4, 3, 6]], np.array([1, 0, 0, 0, 0, 1, 0])
"""In this order a perceptron needs 36 epochs."""
LONGER = (
    np.array(
        [[3.0, -3, 2], [-3, 2, 2], [1, 0, 0], [3, -2, 3], [0, -3, -2], [2, 2, -1], [-1, 2, 3]]
    ),
    np.array([1, 1, 1, 0, 1, 1, 1]),
)
"""A bound of 589: in this order a perceptron needs 61 epochs, or 235 steps by the first mistake."""
MIXED = (
    two([(0, 0), (1, 1)], [(0, 1), (1, 0)]),
    two([(0, 0), (3, 0), (0, 3)], [(1, 1)]),
    two([(-2, 0), (2, 0)], [(0, 1), (0, -1), (1, -2)]),
    two([(-3,), (-2,), (-1,), (2,)], [(0,), (1,), (3,)]),
    two([(0, 0), (1, 0), (2, 0), (3, 3)], [(0, 2), (1, 2), (2, 2), (3, -1)]),
)
TOUCHING = (
    two([(0, 0), (1, 1)], [(1, 1), (2, 2)]),
    two([(0, 0), (2, 2)], [(1, 1), (3, 0)]),
    two([(0, 0), (2, 0), (0, 2)], [(1, 1), (2, 2)]),
    two([(0,), (1,)], [(1,), (2,), (3,)]),
)


@linearly_separable.check(exact=True)
def worked_line(rng):
    """Decides the examples of the text: 0, 1, 1 and 0, 1, 0 on a line, and one sample twice."""
    x = np.array([[1.0], [2.0], [3.0]])
    yield x, np.array([0, 1, 1])
    yield x, np.array([0, 1, 0])
    yield np.array([[2.0, 1.0], [2.0, 1.0]]), np.array([0, 1])


@linearly_separable.check(weight=2, exact=True)
def a_line_exists(rng):
    """Finds that there is a line, however the samples lie and however narrow the gap is."""
    for question in PARTED:
        yield turned(rng, *question)
    yield turned(rng, *TILTED)
    yield LONG
    yield LONGER


@linearly_separable.check(weight=2, exact=True)
def no_line_exists(rng):
    """Finds that there is none, and comes to an end."""
    for question in MIXED:
        yield turned(rng, *question)


@linearly_separable.check(exact=True)
def classes_that_touch(rng):
    """Does not take classes for separable that touch in a point."""
    for question in TOUCHING:
        yield turned(rng, *question)


@linearly_separable.check(exact=True)
def a_single_class(rng):
    """Takes a single class for separable, or a single sample."""
    yield SPOTS[:5], np.ones(5, int)
    yield -LINE[:4], np.zeros(4, int)
    yield np.array([[0.0, 2.0]]), np.array([int(rng.integers(0, 2))])


@linearly_separable.check(weight=2, hidden=True, exact=True)
def any_question(rng):
    """Decides any small question."""
    yield turned(rng, LINE, (LINE[:, 0] < -1.5).astype(int))
    yield SPOTS[[6, 0, 2, 3, 1, 4, 5]], np.array([0, 1, 0, 0, 1, 1, 1])
    yield turned(rng, SPOTS, np.array([1, 0, 0, 0, 1, 1, 0]))
    yield turned(rng, SPOTS, np.array([0, 0, 0, 0, 1, 0, 0]))
    yield turned(rng, *two([(1, 1), (1, 2)], [(2, 1), (3, 3)]))
    yield turned(rng, *two([(0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1)], [(1, 1, 1), (1, 0, 0)]))
    yield turned(rng, *two([(1, 2), (2, 1)], [(1, 2), (3, 3)]))
    yield turned(rng, *two([(-4, 1)], [(4, -1)]))


linearly_separable.in_other_dress(a_line_exists, keeps=False)


def sides_of(x, y):
    return (2 * y - 1)[:, np.newaxis] * padded(x)


def rule(x, y, steps=601):
    """Return weights that separate, or None."""
    sides = sides_of(x, y)
    return _ruled(sides.tobytes(), sides.shape, steps)


@functools.lru_cache(maxsize=4096)  # the beliefs ask of the same points again and again
def _ruled(raw, shape, steps):
    sides = np.frombuffer(raw).reshape(shape)
    w = np.zeros(shape[1])
    for _ in range(steps):
        sums = sides @ w
        first = (sums <= 0).argmax()
        if sums[first] > 0:
            return w
        w = w + sides[first]
    return None


def single_class_is_not(x, y):
    return len(set(y.tolist())) == 2 and rule(x, y) is not None


def means_decide(x, y):
    if len(set(y.tolist())) < 2:
        return True
    low, high = x[y == 0].mean(axis=0), x[y == 1].mean(axis=0)
    z = (x - (low + high) / 2) @ (high - low)
    return bool(np.all((z > 1e-9) == y) and not np.allclose(low, high))


def direction_of_the_means_decides(x, y):
    if len(set(y.tolist())) < 2:
        return True
    low, high = x[y == 0], x[y == 1]
    direction = high.mean(axis=0) - low.mean(axis=0)
    return bool(np.min(high @ direction) > np.max(low @ direction) + 1e-9)


def least_squares_decides(x, y):
    w = np.linalg.lstsq(padded(x), 2.0 * y - 1.0, rcond=None)[0]
    return bool(np.all(sides_of(x, y) @ w > 1e-9))


def mistakes_must_fall(x, y):
    """Give up at the first epoch with more mistakes than the one before."""
    sides, before = sides_of(x, y), len(x) + 1
    w = np.zeros(sides.shape[1])
    for _ in range(700):
        wrong = 0
        for side in sides:
            if side @ w <= 0:
                w, wrong = w + side, wrong + 1
        if wrong == 0 or wrong > before:
            return wrong == 0
        before = wrong
    return False


def one_feature_decides(x, y):
    low, high = x[y == 0], x[y == 1]
    if not len(low) or not len(high):
        return True
    above, below = low.min(axis=0) > high.max(axis=0), low.max(axis=0) < high.min(axis=0)
    return bool(np.any(above | below))


def boxes_decide(x, y):
    """No sample lies in the box around the other class."""

    def inside(points, others):
        return np.any(np.all((points >= others.min(0)) & (points <= others.max(0)), axis=1))

    low, high = x[y == 0], x[y == 1]
    if not len(low) or not len(high):
        return True
    return not (inside(low, high) or inside(high, low))


def between_decides(x, y):
    """No sample lies on a segment between two of the other class (or on one of them)."""
    for place, target in zip(x, y):
        others = x[y != target]
        for a, b in itertools.combinations_with_replacement(others, 2):
            direct = np.linalg.norm(a - b)
            if np.isclose(np.linalg.norm(a - place) + np.linalg.norm(place - b), direct):
                return False
    return True


def one_mistake_is_fine(x, y):
    if rule(x, y) is not None:
        return True
    return any(rule(np.delete(x, n, 0), np.delete(y, n)) is not None for n in range(len(y)))


def doubles_are_dropped(x, y):
    rows = [tuple(row) for row in x.tolist()]
    sides = {row: {int(t) for r, t in zip(rows, y) if r == row} for row in rows}
    kept = [n for n, row in enumerate(rows) if len(sides[row]) == 1]
    return not kept or rule(x[kept], y[kept]) is not None


def means_differ(x, y):
    if len(set(y.tolist())) < 2:
        return True
    return not np.allclose(x[y == 0].mean(axis=0), x[y == 1].mean(axis=0))


def epochs_tell(epochs):
    """Return the answer after so many epochs of the perceptron."""

    def told(x, y):
        w = np.zeros(x.shape[1] + 1)
        for _ in range(epochs):
            for row, target in zip(padded(x), y):
                w = w + (target - int(w @ row >= 0)) * row
        return bool(np.all((padded(x) @ w >= 0) == y))

    return told


one_epoch_tells, five_epochs_tell = map(epochs_tell, (1, 5))
ten_epochs_tell, twenty_epochs_tell = map(epochs_tell, (10, 19))  # the twentieth is clean


def xor_is_the_only_one(x, y):
    """Believe that only XOR's four corners cannot be separated."""
    return not (len(x) == 4 and np.array_equal(np.sort(y), [0, 0, 1, 1]) and rule(x, y) is None)


# --- count_separable -----------------------------------------------------------------------------

count_separable = Exercise("count_separable", points=3, needs=("linearly_separable",))


def mirrored(rng, points):
    """Return the points in another order, axes exchanged and mirrored."""
    x = np.array(points, float)
    return turned(rng, x, np.zeros(len(x), int))[0]


@count_separable.check(exact=True)
def worked_counts(rng):
    """Counts 6 for three points on a line, 8 for a triangle, 14 for a square."""
    yield np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    yield np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 1.0]])
    yield CORNERS.copy()


@count_separable.check(weight=2, exact=True)
def general_position(rng):
    """Is right for points in general position, in one, two and three dimensions."""
    yield mirrored(rng, SPOTS[:5])
    yield mirrored(rng, [[-2], [0], [1], [2]])
    yield mirrored(rng, [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    yield mirrored(rng, [[2, 1]])


@count_separable.check(weight=2, exact=True)
def special_position(rng):
    """Is right where three points lie on a line, or two in one place."""
    yield mirrored(rng, [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]])
    yield mirrored(rng, [[-1, -1], [1, 1], [-1, 1], [1, -1], [0, 0]])
    yield mirrored(rng, [[0, 0], [1, 0], [0, 1], [1, 1], [1, 1]])
    yield mirrored(rng, [[0, 1], [0, 1]])


@count_separable.check(weight=2, hidden=True, exact=True)
def any_points(rng):
    """Counts for any points."""
    yield mirrored(rng, SPOTS)
    yield mirrored(rng, LINE[:6])
    yield mirrored(rng, [[0, 0], [1, 1], [2, 2], [0, 2]])
    yield mirrored(rng, [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1], [1, 0, 0]])


count_separable.in_other_dress(special_position, keeps=False)


def counted(test=None, ways=None):
    """Count with another test, or over other ways."""

    def count(x):
        targets = ways(len(x)) if ways else itertools.product((0, 1), repeat=len(x))
        asked = test or (lambda x, y: rule(x, y) is not None)
        return sum(bool(asked(x, np.array(way))) for way in targets)

    return count


def _not_constant(n):
    return (way for way in itertools.product((0, 1), repeat=n) if len(set(way)) == 2)


def _first_is_zero(n):
    return (way for way in itertools.product((0, 1), repeat=n) if way[0] == 0)


def _halves(n):
    return (way for way in itertools.product((0, 1), repeat=n) if 2 * sum(way) <= n)


def _ordered(n):
    return itertools.combinations_with_replacement((0, 1), n)


def _origin(x, y):
    sides = (2.0 * y - 1)[:, np.newaxis] * x
    return _ruled(sides.tobytes(), sides.shape, 601) is not None


def covers_formula(x):
    n, d = x.shape
    return 2 * sum(math.comb(n - 1, i) for i in range(d + 1))


def covers_formula_by_rank(x):
    """Count by the theorem in as many dimensions as the points span."""
    return _cover(len(x), np.linalg.matrix_rank(x - x[0]))


def covers_formula_of_places(x):
    """Count by the theorem those places that differ."""
    places = np.unique(x, axis=0)
    return _cover(len(places), np.linalg.matrix_rank(places - places[0]))


def _cover(n, d):
    return 2 * sum(math.comb(n - 1, i) for i in range(int(d) + 1))


def all_ways(x):
    return 2 ** len(x)


def those_without_a_line(x):
    return 2 ** len(x) - counted()(x)


def all_but_two(x):
    return 2 ** len(x) - (2 if len(x) > 3 else 0)


def share_of_the_ways(x):
    return counted()(x) / 2 ** len(x)


constants_left_out = counted(ways=_not_constant)
opposites_once = counted(ways=_first_is_zero)
at_most_half_ones = counted(ways=_halves)
number_of_ones = counted(ways=_ordered)
through_the_origin = counted(test=_origin)
single_feature = counted(test=one_feature_decides)
by_the_means = counted(test=means_decide)
by_least_squares = counted(test=least_squares_decides)
too_early = counted(test=lambda x, y: rule(x, y, 8) is not None)


for _name, _made in list(vars().items()):
    if inspect.isfunction(_made):
        _made.__name__ = _name  # wrong functions made by a function are told apart by their names

# --- questions -----------------------------------------------------------------------------------

does_the_rate_matter = Question(
    "does_the_rate_matter",
    points=3,
    guide="""
    Full answer, a point for each. From zero weights: all three runs make the same mistakes on the
    same samples and end in the same epoch; their weights are multiples of each other (1 : 0.1 :
    0.001), since the output depends on the sign of the sum only, and every weight is the rate times
    a sum of samples. There is no best rate; the boundary is the same. From small random weights:
    the rate matters as the ratio of a step to the start: with a tiny rate many mistakes are needed
    to overcome the start, with a large one it is forgotten; where the classes can be separated it
    still converges at any rate. Adaline: the rate matters really: the error is a distance, too
    large a rate diverges (beyond 2 / largest eigenvalue of the inputs' second moments), too small a
    one is slow, and one that does not fall keeps the weights dancing about the least-squares
    solution. Half: says that scaling does not change a sign without following it through the run.
    """,
)
which_line_does_it_find = Question(
    "which_line_does_it_find",
    points=3,
    guide="""
    Full answer, a point for each. No: it stops at the first weights without a mistake, and these
    often pass close to a sample; the margin is in the proof alone (a support vector machine looks
    for the largest). After the first clean epoch no update is made, so nothing improves; another
    order gives another line and another number of mistakes, all within the bound. The bound knows
    R and the margin, not the number of samples: twice as many samples from the same region need no
    more mistakes unless some of them lie farther out or nearer to the line (in fact more samples
    make the best margin smaller or leave it). Each epoch takes longer, of course. Half: the right
    yes and no without the reasons.
    """,
)
what_averaging_buys = Question(
    "what_averaging_buys",
    points=3,
    guide="""
    Full answer, a point for each. The last weights depend on which mistakes came last: each update
    moves them by a whole sample. The average is over hundreds of weights, so single updates cancel,
    and weights that survived long count most. It cannot mend what all the weights have in common: a
    start from zero that is far from the goal, long in the average with few epochs (in cm the bias
    has to travel far, by steps of 1, and all early weights are wrong in the same way), or a line
    that does not suit the classes. Centring: R becomes much smaller while the margin (bias as a
    coordinate) grows, since the line then needs a small bias, so the bound and the mistakes fall;
    where nothing is separable the same holds for the size of the wobble against the weights. Half:
    "averaging reduces noise" without saying of what.
    """,
)
