"""How the optimizers are judged."""

import math

import numpy as np

from autograder.cases import backwards, by_columns, single, spread
from autograder.observe import function
from autograder.spec import Case, Exercise, Question
from solutions.optimizers import chapter

EPSILON = 1e-6  # where a tiny epsilon may stand inside or outside of the root


def normal(rng, *shape):
    return rng.normal(size=shape)


def gradients(rng, *shape):
    """Gradients that are not tiny, of either sign."""
    return rng.uniform(0.4, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def squares(rng, *shape):
    """What an average of squares may be."""
    return rng.uniform(0.3, 3.0, size=shape)


def bowl(rng, n):
    """Return the gradient of a bowl with different curvatures along tilted axes.

    At zero its first entry is negative.
    """
    a, tilt = rng.normal(size=(n, n)), gradients(rng, n)
    tilt[0] = rng.uniform(0.4, 0.9)
    return function("quadratic_gradient", a @ a.T / n + np.eye(n), tilt)


def plane(grad):
    """Return a gradient that is the same everywhere."""
    return function("quadratic_gradient", np.zeros((grad.size, grad.size)), -grad)


# --- sgd_step -------------------------------------------------------------------------------------

sgd = Exercise("sgd_step", points=1)


@sgd.check(weight=2)
def one_step(rng):
    """Moves against the gradient, by the learning rate times its size."""
    yield Case(normal(rng, 5), normal(rng, 5), lr=0.3)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), lr=0.05)
    yield Case(normal(rng, 3), 0.2 * gradients(rng, 3), lr=0.3)


@sgd.check(notices=("clipped-step",))
def default_rate(rng):
    """Uses a learning rate of 0.01 when none is given."""
    yield 0.01 * normal(rng, 6), normal(rng, 6)


sgd.in_other_dress(one_step)


@sgd.check(hidden=True, observe="descend", notices=("clipped-step",))
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl."""
    yield Case(normal(rng, 4), None, bowl(rng, 4), 8, lr=0.1)


@sgd.check(hidden=True, notices=("clipped-step",))
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory, and on a single number."""
    yield Case(spread(normal(rng, 4, 3)), normal(rng, 3, 4).T, lr=0.5)
    yield Case(normal(rng, 1), normal(rng, 1), lr=0.5)


# --- momentum_step --------------------------------------------------------------------------------

momentum = Exercise("momentum_step", points=2)


@momentum.check()
def starts_from_rest(rng):
    """Makes a plain gradient step when the velocity is zero, with lr = 0.01 unless it is given."""
    yield normal(rng, 5), normal(rng, 5), np.zeros(5)
    yield Case(normal(rng, 2, 3), normal(rng, 2, 3), np.zeros((2, 3)), lr=0.2)


@momentum.check(weight=2)
def carries_velocity(rng):
    """Adds the old velocity, slowed by beta, to the new gradient step."""
    yield 0.1 * normal(rng, 4), normal(rng, 4), normal(rng, 4)
    yield Case(normal(rng, 4, 2), normal(rng, 4, 2), normal(rng, 4, 2), lr=0.3, beta=0.7)


@momentum.check(weight=2, observe="descend", needs=carries_velocity)
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl, its velocity carried from step to step."""
    yield Case(normal(rng, 3), np.zeros(3), bowl(rng, 3), 8, lr=0.05, beta=0.8)


@momentum.check(observe="descend", needs=carries_velocity)
def terminal_velocity(rng):
    """Under a constant gradient, beta = 0.9, it speeds up towards ten times the gradient step."""
    yield Case(np.zeros(2), np.zeros(2), plane(normal(rng, 2)), 40, lr=0.1)


momentum.in_other_dress(carries_velocity)


@momentum.check(hidden=True)
def any_layout(rng):
    """Works with every lr and beta, whatever the memory layout."""
    yield Case(
        spread(normal(rng, 4, 3)), normal(rng, 3, 4).T, spread(normal(rng, 4, 3)), lr=0.5, beta=0.3
    )
    yield Case(normal(rng, 6), normal(rng, 6), normal(rng, 6), lr=0.1, beta=0.0)


def _pytorch_momentum(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity + grad
    return param - lr * velocity, velocity


def _adding_momentum(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity - lr * grad
    return param + velocity, velocity


# --- nesterov_step --------------------------------------------------------------------------------

nesterov = Exercise("nesterov_step", points=3)


@nesterov.check(weight=2)
def looks_ahead(rng):
    """Measures the gradient where the velocity alone would carry it."""
    yield 0.1 * normal(rng, 4), bowl(rng, 4), normal(rng, 4)
    yield Case(normal(rng, 3), bowl(rng, 3), normal(rng, 3), lr=0.2, beta=0.6)


@nesterov.check()
def starts_from_rest(rng):
    """Makes a plain gradient step when the velocity is zero."""
    yield normal(rng, 3), bowl(rng, 3), np.zeros(3)
    yield Case(normal(rng, 2), function("rosenbrock_gradient"), np.zeros(2), lr=0.001)


@nesterov.check(weight=2, observe="descend_on", needs=looks_ahead)
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl, its velocity carried from step to step."""
    yield Case(normal(rng, 3), bowl(rng, 3), np.zeros(3), 8, lr=0.05, beta=0.8)


@nesterov.check(hidden=True, observe="descend_on")
def rosenbrocks_valley(rng):
    """Follows five steps through Rosenbrock's curved ravine, with lr and beta as they come."""
    valley = function("rosenbrock_gradient")
    yield Case(rng.uniform(-0.5, 0.5, 3), valley, np.zeros(3), 5, lr=0.001, beta=0.95)
    yield Case(rng.uniform(-0.5, 0.5, 2), valley, 0.01 * normal(rng, 2), 3, lr=0.002)


@nesterov.check(dtype=True)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    param, velocity = normal(rng, 2, 2, 3)
    for dress in (lambda x: spread(single(x)), by_columns, backwards):
        yield Case(dress(param), function("square"), dress(velocity), lr=0.25, beta=0.5)


@nesterov.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    yield Case(spread(normal(rng, 4, 3)), function("square"), normal(rng, 3, 4).T, lr=0.1, beta=0.3)
    yield Case(normal(rng, 1), function("square"), normal(rng, 1), lr=0.1, beta=0.3)


def _pytorch_nesterov(param, gradient, velocity, lr=0.01, beta=0.9):
    grad = gradient(param)
    velocity = beta * velocity + lr * grad
    return param - (beta * velocity + lr * grad), velocity


# --- adagrad_step ---------------------------------------------------------------------------------

adagrad = Exercise("adagrad_step", points=2)


@adagrad.check(rtol=EPSILON)
def first_step(rng):
    """The first step has the length of the learning rate in every coordinate."""
    yield 0.01 * normal(rng, 5), gradients(rng, 5), np.zeros(5)
    yield Case(normal(rng, 2, 3), gradients(rng, 2, 3), np.zeros((2, 3)), lr=0.3)


@adagrad.check(weight=2, rtol=EPSILON)
def later_step(rng):
    """Adds the new squares to the old sum and divides by the root of the new sum."""
    yield 0.1 * normal(rng, 4), gradients(rng, 4), squares(rng, 4)
    yield Case(normal(rng, 3, 4), gradients(rng, 3, 4), squares(rng, 3, 4), lr=0.5)


@adagrad.check(exact=True, rtol=EPSILON)
def no_gradient(rng):
    """Stays where it is, without NaN, while a gradient has always been zero."""
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), np.array([0.0, 0.0, 2.0])


@adagrad.check(
    weight=2, rtol=EPSILON, observe="descend", needs=later_step, notices=("always-downwards",)
)
def even_gradient(rng):
    """Takes shorter and shorter steps under a constant gradient."""
    yield Case(np.zeros(3), np.zeros(3), plane(gradients(rng, 3)), 6, lr=0.2)


@adagrad.check(exact=True, rtol=EPSILON)
def takes_its_epsilon(rng):
    """Divides by epsilon alone where gradients are tiny (epsilon 1: inside = outside)."""
    yield Case(np.zeros(4), 1e-8 * gradients(rng, 4), np.zeros(4), lr=0.5, eps=1.0)


adagrad.in_other_dress(later_step, rtol=1e-4)


@adagrad.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    grad, s = spread(gradients(rng, 4, 3)), squares(rng, 3, 4).T
    yield Case(spread(normal(rng, 4, 3)), grad, s, lr=0.4)
    yield Case(normal(rng, 1), gradients(rng, 1), squares(rng, 1), lr=0.4)


# --- rmsprop_step ---------------------------------------------------------------------------------

rmsprop = Exercise("rmsprop_step", points=2)


@rmsprop.check(rtol=EPSILON)
def first_step(rng):
    """Starts from an average of zero, with lr = 0.001 and rho = 0.9 unless they are given."""
    yield 0.01 * normal(rng, 5), gradients(rng, 5), np.zeros(5)
    yield Case(normal(rng, 2, 3), gradients(rng, 2, 3), np.zeros((2, 3)), lr=0.3, rho=0.6)


@rmsprop.check(weight=2, rtol=EPSILON)
def later_step(rng):
    """Lets the old average leak, adds the new squares and divides by the root."""
    yield 0.01 * normal(rng, 4), gradients(rng, 4), squares(rng, 4)
    yield Case(normal(rng, 3, 4), gradients(rng, 3, 4), squares(rng, 3, 4), lr=0.5, rho=0.7)


@rmsprop.check(exact=True, rtol=EPSILON)
def no_gradient(rng):
    """Stays where it is, without NaN, while a gradient has always been zero."""
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), np.array([0.0, 0.0, 2.0])


@rmsprop.check(weight=2, rtol=EPSILON, observe="descend", needs=later_step)
def even_gradient(rng):
    """Under a constant gradient its steps settle at the learning rate."""
    yield Case(np.zeros(3), np.zeros(3), plane(gradients(rng, 3)), 8, lr=0.2, rho=0.75)


@rmsprop.check(exact=True, rtol=EPSILON, notices=("always-downwards",))
def takes_its_epsilon(rng):
    """Divides by epsilon alone where gradients are tiny (epsilon 1: inside = outside)."""
    yield Case(np.zeros(4), 1e-8 * gradients(rng, 4), np.zeros(4), lr=0.5, eps=1.0)


rmsprop.in_other_dress(later_step, rtol=1e-4)


@rmsprop.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    grad, s = spread(gradients(rng, 4, 3)), squares(rng, 3, 4).T
    yield Case(spread(normal(rng, 4, 3)), grad, s, lr=0.4, rho=0.8)
    yield Case(normal(rng, 1), gradients(rng, 1), squares(rng, 1), lr=0.4, rho=0.3)


def _rms_without_eps(param, grad, s, lr=0.001, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * grad**2
    root = np.sqrt(s)
    return (param - lr * grad / np.where(root == 0, 1, root)).astype(param.dtype), s


# --- adadelta_step --------------------------------------------------------------------------------

adadelta = Exercise("adadelta_step", points=3)


def _adadelta_state(rng, *shape):
    return squares(rng, *shape), 0.01 * squares(rng, *shape)


@adadelta.check(weight=2)
def first_step(rng):
    """Starts with steps as long as the root of epsilon makes them."""
    yield 0.01 * normal(rng, 5), gradients(rng, 5), (np.zeros(5), np.zeros(5))
    rest = (np.zeros((2, 3)), np.zeros((2, 3)))
    yield Case(np.zeros((2, 3)), gradients(rng, 2, 3), rest, rho=0.7, eps=1e-3)


@adadelta.check(weight=2)
def later_step(rng):
    """Measures the step with the new average of gradients and the old average of steps."""
    yield 0.1 * normal(rng, 4), gradients(rng, 4), _adadelta_state(rng, 4)
    yield Case(
        normal(rng, 3, 4), gradients(rng, 3, 4), _adadelta_state(rng, 3, 4), rho=0.6, eps=0.01
    )


@adadelta.check(exact=True)
def no_gradient(rng):
    """Stays where it is, without NaN, while the gradient is zero."""
    state = (np.array([0.0, 0.0, 2.0]), np.array([0.0, 0.0, 0.5]))
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), state


@adadelta.check(weight=2, observe="descend", needs=(first_step, later_step))
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl without a learning rate."""
    yield Case(
        2 * gradients(rng, 3), (np.zeros(3), np.zeros(3)), bowl(rng, 3), 8, rho=0.8, eps=1e-4
    )


adadelta.in_other_dress(later_step)


@adadelta.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (squares(rng, 3, 4).T, spread(squares(rng, 4, 3)))
    yield Case(spread(normal(rng, 4, 3)), spread(gradients(rng, 4, 3)), state, rho=0.8)
    yield Case(normal(rng, 1), gradients(rng, 1), _adadelta_state(rng, 1), rho=0.3)


def _adadelta_new_d(param, grad, state, rho=0.95, eps=1e-6):
    s, d = state
    s = rho * s + (1 - rho) * grad**2
    delta = np.sqrt(d + eps) / np.sqrt(s + eps) * grad
    d = rho * d + (1 - rho) * delta**2
    return param - np.sqrt(d + eps) / np.sqrt(s + eps) * grad, (s, d)


# --- adam_step ------------------------------------------------------------------------------------

adam = Exercise("adam_step", points=4)


@adam.check(weight=2, rtol=EPSILON)
def first_step(rng):
    """The first step has the length of the learning rate, whatever the gradient."""
    yield 0.001 * normal(rng, 5), gradients(rng, 5), (np.zeros(5), np.zeros(5), 0)
    rest = (np.zeros((2, 3)), np.zeros((2, 3)), 0)
    yield Case(normal(rng, 2, 3), gradients(rng, 2, 3), rest, lr=0.3, beta1=0.6, beta2=0.8)


@adam.check(weight=2, rtol=EPSILON)
def later_step(rng):
    """Continues from the two averages and the count of steps; stores them uncorrected."""
    yield 0.001 * normal(rng, 4), gradients(rng, 4), (normal(rng, 4), squares(rng, 4), 6)
    state = (normal(rng, 3, 4), squares(rng, 3, 4), 2)
    yield Case(normal(rng, 3, 4), gradients(rng, 3, 4), state, lr=0.5, beta1=0.7, beta2=0.9)


@adam.check(exact=True, rtol=EPSILON)
def no_gradient(rng):
    """Stays where it is, without NaN, while a gradient has always been zero."""
    state = (np.array([0.0, 0.0, 0.4]), np.array([0.0, 0.0, 2.0]), 3)
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), state


@adam.check(weight=2, rtol=EPSILON, observe="descend", needs=(first_step, later_step))
def even_gradient(rng):
    """Under a constant gradient every step, the first too, is as long as the learning rate."""
    rest = (np.zeros(3), np.zeros(3), 0)
    yield Case(np.zeros(3), rest, plane(gradients(rng, 3)), 8, lr=0.2, beta1=0.8)


@adam.check(rtol=EPSILON, observe="descend", needs=(first_step, later_step))
def rolls_down_a_bowl(rng):
    """Follows six steps down a tilted bowl."""
    state = (np.zeros(3), np.zeros(3), 0)
    yield Case(3 + squares(rng, 3), state, bowl(rng, 3), 6, lr=0.05, beta2=0.9)
    state = (normal(rng, 3), 1e4 * squares(rng, 3), 5)  # squares that shrink
    yield Case(3 + squares(rng, 3), state, bowl(rng, 3), 6, lr=0.5, beta2=0.9)


@adam.check(hidden=True, exact=True, rtol=EPSILON)
def epsilon_bounds_the_step(rng):
    """Divides by epsilon alone where the gradient has been zero (epsilon 1: inside = outside)."""
    state = (normal(rng, 4), np.zeros(4), 500)  # so late that the corrections are 1
    yield Case(normal(rng, 4), np.zeros(4), state, lr=0.5, beta1=0.8, beta2=0.9, eps=1.0)


@adam.check(exact=True, rtol=EPSILON)
def takes_its_epsilon(rng):
    """Divides by epsilon alone where gradients are tiny (epsilon 1: inside = outside)."""
    state = (1e-8 * gradients(rng, 4), np.zeros(4), 500)  # so late that the corrections are 1
    yield Case(np.zeros(4), 1e-8 * gradients(rng, 4), state, lr=0.5, beta1=0.8, beta2=0.9, eps=1.0)


adam.in_other_dress(later_step, rtol=1e-4)


@adam.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (normal(rng, 3, 4).T, spread(squares(rng, 4, 3)), 9)
    yield Case(spread(normal(rng, 4, 3)), spread(gradients(rng, 4, 3)), state, lr=0.4, beta1=0.2)
    yield Case(normal(rng, 1), gradients(rng, 1), (normal(rng, 1), squares(rng, 1), 1), lr=0.1)


def _adamax(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, largest, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    largest = np.maximum(beta2 * largest, np.abs(grad))
    return param - lr / (1 - beta1**t) * m / (largest + eps), (m, largest, t)


# --- adamw_step -----------------------------------------------------------------------------------

adamw = Exercise("adamw_step", points=3)


def fresh(*shape):
    """Return Adam's state before the first step."""
    return np.zeros(shape), np.zeros(shape), 0


@adamw.check(rtol=EPSILON)
def worked_example(rng):
    """With rate and decay 0.1 the first step leads from 1 to 0.89, with any positive gradient."""
    yield Case(np.ones(3), rng.uniform(0.5, 5.0, 3), fresh(3), lr=0.1, weight_decay=0.1)


@adamw.check(weight=2, rtol=EPSILON)
def one_step(rng):
    """Fades the old weights beside Adam's step, of which the decay is no part."""
    yield 3 * normal(rng, 5), gradients(rng, 5), fresh(5)
    state = (normal(rng, 3, 4), squares(rng, 3, 4), 6)
    hyper = {"lr": 0.3, "beta1": 0.7, "beta2": 0.9, "weight_decay": 0.5}
    yield Case(2 * normal(rng, 3, 4), gradients(rng, 3, 4), state, **hyper)


@adamw.check(exact=True)
def without_gradients(rng):
    """Where the gradient was always zero, the weights lose lr * weight_decay of themselves."""
    param = rng.uniform(1.0, 4.0, 4)
    yield Case(param, np.zeros(4), fresh(4), lr=0.5, weight_decay=0.25)


@adamw.check(weight=2, observe="descend", needs=one_step, rtol=EPSILON)
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl, its state carried from step to step."""
    hyper = {"lr": 0.1, "beta1": 0.6, "beta2": 0.8, "weight_decay": 0.4}
    yield Case(2 * gradients(rng, 3), fresh(3), bowl(rng, 3), 8, **hyper)


@adamw.check(exact=True, rtol=EPSILON)
def hands_on_its_settings(rng):
    """Hands on all its settings to Adam (epsilon 1 and tiny gradients: inside = outside)."""
    state = (1e-8 * gradients(rng, 4), np.zeros(4), 500)  # so late that the corrections are 1
    hyper = {"lr": 0.5, "beta1": 0.8, "beta2": 0.9, "eps": 1.0, "weight_decay": 0.0}
    yield Case(np.zeros(4), 1e-8 * gradients(rng, 4), state, **hyper)


adamw.in_other_dress(one_step, rtol=1e-4)


@adamw.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number; without decay it is Adam."""
    state = (normal(rng, 3, 4).T, spread(squares(rng, 4, 3)), 2)
    hyper = {"lr": 0.4, "weight_decay": 0.7}
    yield Case(backwards(normal(rng, 4, 3)), spread(gradients(rng, 4, 3)), state, **hyper)
    yield Case(normal(rng, 1), gradients(rng, 1), fresh(1), lr=0.2, weight_decay=0.0)


def _adam_with_penalty(
    param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    m, s, t = state
    grad = grad + weight_decay * param
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    step = m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return param - lr * step, (m, s, t)


def _both_penalties(
    param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    moved, state = _adam_with_penalty(param, grad, state, lr, beta1, beta2, eps, weight_decay)
    return moved - lr * weight_decay * param, state


# --- which_optimizer ------------------------------------------------------------------------------

whose = Exercise(
    "which_optimizer",
    points=4,
    # not nesterov_step: it takes a function, which nobody can be asked about in its place
    needs=(
        "sgd_step",
        "momentum_step",
        "adagrad_step",
        "rmsprop_step",
        "adam_step",
        "adamw_step",
    ),
)

SUSPECTS = (
    *("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"),
    *("no correction", "decay in the gradient"),
)


def walk(name, start, gradient, steps, lr, decay=0.01, keep=0.9, inside=False):
    """Return the path of a suspect; `keep` is what momentum and RMSProp keep.

    Epsilon stands outside of the roots, or inside.
    """
    x, v, m, s = start, 0.0, 0.0, 0.0
    points = [start]
    for t in range(1, steps + 1):
        g = gradient(x - keep * v if name == "nesterov" else x)
        g = g + decay * x * (name == "decay in the gradient")
        step = v = keep * v + lr * g
        if name == "sgd":
            step = lr * g
        elif name in ("adagrad", "rmsprop"):
            s = s + g**2 if name == "adagrad" else keep * s + (1 - keep) * g**2
            step = lr * g / _root(s, inside)
        elif name not in ("momentum", "nesterov"):
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            full = (1, 1) if name == "no correction" else (1 - 0.9**t, 1 - 0.999**t)
            step = lr * m / full[0] / _root(s / full[1], inside)
            step = step + lr * decay * x * (name == "adamw")
        x = x - step
        points.append(x)
    return np.array(points)


def _root(s, inside):
    return np.sqrt(s + 1e-8) if inside else np.sqrt(s) + 1e-8


def hill(rng, n, steps, lr=0.2, decay=0.4):
    """Draw a gradient and a start from which all suspects walk quite different paths.

    None of the gradients is so tiny that it mattered where an epsilon stands.
    """
    while True:
        gradient, start = bowl(rng, n), gradients(rng, n)
        told = start, gradient, steps, lr, decay
        paths = {name: walk(name, *told) for name in SUSPECTS}
        rows = list(paths.values())
        apart = min(np.abs(a - b).max() for k, a in enumerate(rows) for b in rows[:k])
        unsure = max(np.abs(walk(name, *told, inside=True) - paths[name]).max() for name in paths)
        if apart > 0.012 and unsure < 1e-5:
            return gradient, paths


def _leaky(m, s, g):
    return 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2


def like_adam(start, gradient, steps, lr, average=_leaky, corrected=(False, False), penalty=None):
    """Return the path of a program that is Adam but for its averages, corrections or gradients."""
    x, m, s, points = start, 0.0, 0.0, [start]
    for t in range(1, steps + 1):
        m, s = average(m, s, gradient(x) + (penalty(x) if penalty else 0.0))
        full = np.where(corrected, (1 - 0.9**t, 1 - 0.999**t), 1.0)
        x = x - lr * m / full[0] / _root(s / full[1], inside=False)
        points.append(x)
    return np.array(points)


def nearly_suspects(start, gradient, steps, lr, decay):
    """Return the paths of programs that miss one of the last two rows by one thing."""
    told = start, gradient, steps, lr
    averages = (
        lambda m, s, g: (g, _leaky(m, s, g)[1]),
        lambda m, s, g: (0.9 * m + g, _leaky(m, s, g)[1]),
        lambda m, s, g: (0.999 * m + 0.001 * g, 0.9 * s + 0.1 * g**2),
        lambda m, s, g: (0.9 * m + 0.1 * g, 0.9 * s + 0.1 * g**2),
        lambda m, s, g: (mean := 0.9 * m + 0.1 * g, _leaky(m, s, mean)[1]),
    )
    penalties = (
        lambda x: -decay * x,
        lambda x: decay * np.sign(x),
        lambda x: 2 * decay * x,
        lambda x: lr * decay * x,
    )
    return [
        *(like_adam(*told, corrected=one) for one in ((True, False), (False, True))),
        *(like_adam(*told, average=average) for average in averages),
        *(like_adam(*told, corrected=(True, True), penalty=penalty) for penalty in penalties),
    ]


def either_side(lr):
    """Yield paths that lie above that of plain descent, and below."""
    hillside = function("quadratic_gradient", np.eye(1), np.zeros(1))
    for name in ("adagrad", "nesterov"):
        yield Case(walk(name, np.full(1, 2.0), hillside, 5, lr), hillside, lr)


def a_point_off_far_from_zero():
    """Return a path of plain descent whose third point is off, and its gradient."""
    path = 8 * 0.9 ** np.arange(5.0)[:, None]
    path[2] += 3e-4
    return path, function("quadratic_gradient", np.eye(1), np.zeros(1))


@whose.check(weight=2, exact=True)
def the_nine_walkers(rng):
    """Tells the nine suspects of the table apart."""
    gradient, paths = hill(rng, 3, 8)
    for path in paths.values():
        yield Case(path, gradient, 0.2, weight_decay=0.4)
    hillside = function("quadratic_gradient", np.eye(1), np.zeros(1))
    for name, lr in (("adam", 0.001), ("adagrad", 0.01)):
        yield Case(walk(name, np.full(1, 4.0), hillside, 6, lr), hillside, lr)
    slope = function("quadratic_gradient", np.zeros((1, 1)), np.full(1, -10.9995))
    yield Case(walk("sgd", np.full(1, 1.1), slope, 3, 0.1), slope, 0.1)  # by zero: 5e-5


@whose.check(exact=True)
def walkers_by_hand(rng):
    """Gives the example worked by hand; where two rows agree it is the first of them."""
    gradient = function("quadratic_gradient", np.eye(1), np.zeros(1))
    for first, second in (
        *((0.9, 0.81), (0.9, 0.72), (0.9, 0.729), (0.9, 0.8331), (0.6838, 0.4989)),
        *((0.9, 0.8004), (0.89, 0.7816), (0.6838, 0.2702), (0.8, 0.64)),
    ):
        path = np.array([[1.0], [first], [second]])
        yield Case(path, gradient, 0.1, weight_decay=0.1, tol=1e-3)
    yield Case(np.array([[1.0], [0.9]]), gradient, 0.1)
    yield Case(np.array([[1.0], [0.6838]]), gradient, 0.1, tol=1e-3)
    yield Case(np.array([[1.0], [0.891]]), gradient, 0.1, weight_decay=0.1, tol=0.03)
    gradient, paths = hill(rng, 2, 6)
    yield Case(paths["adam"], gradient, 0.2, weight_decay=0.0)


@whose.check(exact=True)
def no_walker(rng):
    """Says "unknown" to others: a single wrong coordinate, other rates, a memory from before."""
    gradient, paths = hill(rng, 3, 8)
    given = {"lr": 0.2, "weight_decay": 0.4}
    for place, gap in (
        *(((8, 1), 2e-4), ((4, 0), -2e-4), ((1, 2), 2e-4), ((2, 1), 2e-3), ((3, 0), -1.0)),
    ):
        off = paths["sgd"].copy()
        off[place] += gap
        yield Case(off, gradient, **given)
    for name, told in (
        ("sgd", {"lr": 0.16}),
        ("momentum", {"lr": 0.2, "keep": 0.5}),
        ("rmsprop", {"lr": 0.2, "keep": 0.5}),
        ("adamw", {"lr": 0.2, "decay": 0.2}),
        ("decay in the gradient", {"lr": 0.2, "decay": 0.2}),
    ):
        yield Case(walk(name, paths["sgd"][0], gradient, 8, **told), gradient, **given)
    for name in ("momentum", "adagrad", "adam"):
        yield Case(paths[name][3:], gradient, **given)
    yield Case(*a_point_off_far_from_zero(), 0.1)
    turns = np.concatenate([paths["momentum"][:5], paths["adam"][5:]])
    yield Case(turns, gradient, **given)


@whose.check(exact=True)
def nearly_a_suspect(rng):
    """Says "unknown" to Adam with one correction of two, with other averages, or another decay."""
    while True:
        gradient, paths = hill(rng, 3, 8)
        near = nearly_suspects(paths["sgd"][0], gradient, 8, 0.2, 0.4)
        rows = [*paths.values(), *near]
        if min(np.abs(a - b).max() for k, a in enumerate(rows) for b in rows[:k]) > 0.012:
            break
    for path in near:
        yield Case(path, gradient, 0.2, weight_decay=0.4)
    hillside = function("quadratic_gradient", np.eye(1), np.zeros(1))
    for one in ((True, False), (False, True)):  # far below all suspects, and above
        yield Case(like_adam(np.ones(1), hillside, 6, 0.01, corrected=one), hillside, 0.01)


@whose.check(exact=True)
def tolerance_of_paths(rng):
    """Forgives as much as `tol` says, 1e-4 if nothing is said."""
    gradient, paths = hill(rng, 2, 6)
    noise = np.ones((7, 2))
    noise[0], noise[2::2] = 0.0, -1.0
    for name in ("sgd", "nesterov", "adamw"):
        yield Case(paths[name] + 8e-5 * noise, gradient, 0.2, weight_decay=0.4)
        yield Case(paths[name] + 4e-3 * noise, gradient, 0.2, weight_decay=0.4, tol=4.5e-3)
        yield Case(paths[name] - 8e-5 * noise, gradient, 0.2, weight_decay=0.4, tol=1e-5)
    for slope, lr, second, third in (
        *((1.0, 0.1, 0.9, 0.81), (4.0, 0.2, 0.2, 0.04), (15.0, 0.1, -0.5, 0.25)),
    ):
        hillside = function("quadratic_gradient", slope * np.eye(1), np.zeros(1))
        for side in (-9e-5, 9e-5):
            yield Case(np.array([[1.0], [second + 9e-5], [third + side]]), hillside, lr)
    yield from either_side(0.1)
    yield Case(*a_point_off_far_from_zero(), 0.1)
    flat = function("quadratic_gradient", np.zeros((1, 1)), -np.ones(1))
    yield Case(np.array([[1.0], [0.75]]), flat, 0.5, tol=0.25)


@whose.check(exact=True)
def usual_decay_of_paths(rng):
    """Takes the decay for 0.01 if nothing else is said."""
    gradient = function("quadratic_gradient", np.diag([1.0, 3.0]), np.array([0.5, -1.0]))
    for name in ("adamw", "adam", "decay in the gradient"):
        yield Case(walk(name, np.array([0.9, -0.8]), gradient, 9, 0.2), gradient, 0.2)


@whose.check(weight=2, hidden=True, exact=True)
def other_hills(rng):
    """Tells the suspects apart on other hills, after more steps, and in arrays with gaps."""
    gradient, paths = hill(rng, 5, 12, 0.1, 0.5)
    for path in paths.values():
        yield Case(spread(path), gradient, 0.1, weight_decay=0.5)
    yield Case(paths["adam"][::-1].copy(), gradient, 0.1, weight_decay=0.5)
    yield from either_side(0.05)


whose.in_other_dress(the_nine_walkers, keeps=False, notices=("tolerance-of-its-own (2)",))


def _walkers_by(choose, tread=walk):
    """Return who chooses by the gaps of all suspects to the path; `tread` makes their paths."""

    def choice(path, gradient, lr, weight_decay=0.01, tol=1e-4):
        gaps = {}
        for name in SUSPECTS:
            own = tread(name, path[0], gradient, len(path) - 1, lr, weight_decay)
            gaps[name] = np.abs(own - path)
        return choose(gaps, tol)

    return choice


def _fitting_walkers(gaps, tol):
    return [name for name, gap in gaps.items() if np.all(gap <= tol)]


def _first_walker(gaps, tol):
    return [*_fitting_walkers(gaps, tol), "unknown"][0]


def _only_walker(gaps, tol):
    fitting = _fitting_walkers(gaps, tol)
    return fitting[0] if len(fitting) == 1 else "unknown"


_unknown_if_several = _walkers_by(_only_walker)
_nearest_walker = _walkers_by(lambda gaps, tol: min(gaps, key=lambda name: gaps[name].sum()))
_nearest_walker_by_the_largest_gap = _walkers_by(
    lambda gaps, tol: min(gaps, key=lambda name: gaps[name].max())
)
_last_walker_that_fits = _walkers_by(
    lambda gaps, tol: ["unknown", *_fitting_walkers(gaps, tol)][-1]
)
_nearest_of_the_walkers_that_fit = _walkers_by(
    lambda gaps, tol: min(
        _fitting_walkers(gaps, tol), key=lambda name: round(gaps[name].max(), 9), default="unknown"
    )
)


def _without(corrected):
    """Return who leaves out one correction of the two in "no correction"."""

    def tread(name, start, gradient, steps, lr, decay):
        if name == "no correction":
            return like_adam(start, gradient, steps, lr, corrected=corrected)
        return walk(name, start, gradient, steps, lr, decay)

    return _walkers_by(_first_walker, tread)


_second_uncorrected, _first_uncorrected = _without((True, False)), _without((False, True))


def _starts_where_the_last_one_stands(path, gradient, lr, weight_decay=0.01, tol=1e-4):
    """Walk in the array of the first point, which is another one for the next suspect."""
    start = path[0]
    for name in SUSPECTS:
        own = walk(name, start, gradient, len(path) - 1, lr, weight_decay)
        off = np.max(np.abs(own[1:] - path[1:]), axis=1) > tol
        if not off.any():
            return name
        start = own[1 + int(np.argmax(off))]
    return "unknown"


def _slopes_of_the_record(path, gradient, lr, weight_decay=0.01, tol=1e-4):
    """Let every suspect walk its own path by the gradients of the recorded points."""
    gaps = {}
    for name in SUSPECTS:
        if name == "nesterov":  # which asks elsewhere
            own = walk(name, path[0], gradient, len(path) - 1, lr)
        else:
            recorded = iter([gradient(point) for point in path])
            step_by_step = lambda _, recorded=recorded: next(recorded)
            own = walk(name, path[0], step_by_step, len(path) - 1, lr, weight_decay)
        gaps[name] = np.abs(own - path)
    return _first_walker(gaps, tol)


# --- svrg_epoch -----------------------------------------------------------------------------------

svrg = Exercise("svrg_epoch", points=4)


def samples(rng, n, d):
    """Return the gradient of the i-th squared error: a different curvature for each sample."""
    return function("least_squares_gradient", rng.normal(size=(n, d)), rng.normal(size=n))


@svrg.check(weight=2)
def one_epoch(rng):
    """Visits every sample once, in the order given."""
    yield Case(normal(rng, 3), samples(rng, 6, 3), 6, rng.permutation(6), lr=0.1)
    yield normal(rng, 2), samples(rng, 4, 2), 4, rng.permutation(4)


@svrg.check()
def first_visit(rng):
    """The first visit is a step along the exact gradient, whichever sample it is."""
    yield Case(normal(rng, 3), samples(rng, 5, 3), 5, np.array([3]), lr=0.2)


@svrg.check(needs=one_epoch)
def some_samples_twice(rng):
    """Follows an order that leaves samples out and visits others twice."""
    yield Case(normal(rng, 3), samples(rng, 5, 3), 5, np.array([4, 1, 1, 4, 0, 4, 2]), lr=0.1)
    yield Case(normal(rng, 2), samples(rng, 7, 2), 7, np.array([6, 0, 3]), lr=0.15)


@svrg.check(hidden=True, observe="iterate")
def three_epochs(rng):
    """Takes a fresh snapshot at the start of each epoch."""
    yield Case(normal(rng, 2), 3, samples(rng, 5, 2), 5, rng.permutation(5), lr=0.08)


@svrg.check(dtype=True, notices=("order-ignored",))
def keeps_float32(rng):
    """Takes float32 weights and answers in float32."""
    x, y, w = single((normal(rng, 4, 3), normal(rng, 4), normal(rng, 3)))
    yield Case(w, function("least_squares_gradient", x, y), 4, rng.permutation(4), lr=0.125)


def _svrg_fresh_full(param, gradient, n, order, lr=0.01):
    w = param
    for i in order:
        full = sum(gradient(j, w) for j in range(n)) / n
        w = w - lr * (gradient(i, w) - gradient(i, param) + full)
    return w


def _svrg_moving_snapshot(param, gradient, n, order, lr=0.01):
    w = param
    for _ in order:
        w = w - lr * sum(gradient(j, w) for j in range(n)) / n
    return w


def _snapshot_one_step_behind(param, gradient, n, order, lr=0.01):
    full = sum(gradient(i, param) for i in range(n)) / n
    before = w = param
    for i in order:
        before, w = w, w - lr * (gradient(i, w) - gradient(i, before) + full)
    return w


def _average_of_the_path(param, gradient, n, order, lr=0.01):
    grads = [gradient(i, param) for i in range(n)]
    full, w, path = sum(grads) / n, param, []
    for i in order:
        w = w - lr * (gradient(i, w) - grads[i] + full)
        path.append(w)
    return sum(path) / len(path) if path else w


# --- dual_averaging_step --------------------------------------------------------------------------

dual = Exercise("dual_averaging_step", points=3)


@dual.check(weight=2)
def first_step(rng):
    """Shrinks the first gradient by l1 and walks against it."""
    yield normal(rng, 5), normal(rng, 5), (np.zeros(5), 0)
    grad = gradients(rng, 2, 3) * np.array([0.1, 1.0, 2.0])
    yield Case(normal(rng, 2, 3), grad, (np.zeros((2, 3)), 0), l1=0.3, gamma=2.5)


@dual.check(weight=2)
def later_step(rng):
    """Averages over all gradients so far and walks further the more there were."""
    yield normal(rng, 4), normal(rng, 4), (normal(rng, 4), 5)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), (normal(rng, 3, 4), 2), l1=0.2, gamma=0.4)


@dual.check(exact=True)
def exact_zeros(rng):
    """Gives exactly zero while the mean gradient is no larger than l1, and at l1 itself."""
    mean = np.array([0.25, -0.5, 0.5, 0.75, -1.0, 0.0])
    yield Case(normal(rng, 6), mean.copy(), (mean, 1), l1=0.5, gamma=2.0)
    yield Case(normal(rng, 3), np.array([0.5, -0.25, 0.0]), (np.zeros(3), 0), l1=0.5)


@dual.check(
    weight=2,
    observe="descend",
    needs=(first_step, later_step),
    notices=("sign-lost", "threshold-on-one-side"),
)
def rolls_down_a_bowl(rng):
    """Follows eight steps on a tilted bowl, its mean and its count carried along."""
    yield Case(np.zeros(3), (np.zeros(3), 0), bowl(rng, 3), 8, l1=0.05, gamma=3.0)


dual.in_other_dress(later_step, notices=("shrunk-past-zero",))


@dual.check(hidden=True, notices=("shrunk-past-zero",))
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (normal(rng, 3, 4).T, 8)
    yield Case(spread(normal(rng, 4, 3)), spread(normal(rng, 4, 3)), state, l1=0.1, gamma=1.5)
    yield Case(normal(rng, 1), gradients(rng, 1), (gradients(rng, 1), 3), l1=0.05, gamma=1.5)


# --- ftrl_step ------------------------------------------------------------------------------------

ftrl = Exercise("ftrl_step", points=4)


def _ftrl_state(rng, *shape):
    return gradients(rng, *shape), squares(rng, *shape)


@ftrl.check(weight=2)
def first_step(rng):
    """Starts from rest, with alpha = 0.1, beta = 1 and no penalty unless they are given."""
    yield np.zeros(5), gradients(rng, 5), (np.zeros(5), np.zeros(5))
    rest = (np.zeros((2, 3)), np.zeros((2, 3)))
    yield Case(np.zeros((2, 3)), gradients(rng, 2, 3), rest, alpha=0.5, beta=0.3, l1=0.2, l2=0.7)


@ftrl.check(weight=3, notices=("shrunk-past-zero",))
def later_step(rng):
    """Takes the pulls towards the old points off the gradients and solves for the new point."""
    yield normal(rng, 4), gradients(rng, 4), _ftrl_state(rng, 4)
    hyper = {"alpha": 0.7, "beta": 0.5, "l1": 0.25, "l2": 1.5}
    yield Case(normal(rng, 3, 4), gradients(rng, 3, 4), _ftrl_state(rng, 3, 4), **hyper)


@ftrl.check(exact=True)
def exact_zeros(rng):
    """Gives exactly zero while z is no larger than l1, and at l1 itself."""
    z = np.array([0.25, -0.5, 0.5, 0.75, -1.0, 0.0])
    yield Case(np.zeros(6), np.full(6, 0.25), (z, np.full(6, 0.5)), l1=0.75)
    yield Case(np.zeros(3), np.array([0.5, -0.25, 0.0]), (np.zeros(3), np.zeros(3)), l1=0.5)


@ftrl.check(weight=2, observe="descend", needs=(first_step, later_step))
def rolls_down_a_bowl(rng):
    """Follows eight steps on a tilted bowl."""
    rest = (np.zeros(3), np.zeros(3))
    yield Case(np.zeros(3), rest, bowl(rng, 3), 8, alpha=0.4, l1=0.05, l2=0.1)


@ftrl.check(observe="descend", needs=(first_step, later_step))
def adagrad_in_disguise(rng):
    """Without penalties and with beta near 0 it walks as AdaGrad does."""
    rest = (np.zeros(3), np.zeros(3))
    grad = np.append(gradients(rng, 2), rng.uniform(-0.9, -0.4))
    yield Case(np.zeros(3), rest, plane(grad), 6, alpha=0.2, beta=1e-9)


ftrl.in_other_dress(later_step, notices=("shrunk-past-zero",))


@ftrl.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (normal(rng, 3, 4).T, spread(squares(rng, 4, 3)))
    yield Case(spread(normal(rng, 4, 3)), spread(normal(rng, 4, 3)), state, alpha=0.3, l1=0.4)
    yield Case(normal(rng, 1), gradients(rng, 1), _ftrl_state(rng, 1), beta=2.0, l2=0.3)


def _ftrl_old_n(param, grad, state, alpha=0.1, beta=1.0, l1=0.0, l2=0.0):
    z, n = state
    sigma = (np.sqrt(n + grad**2) - np.sqrt(n)) / alpha
    z = z + grad - sigma * param
    shrunk = np.sign(z) * np.maximum(np.abs(z) - l1, 0)
    return -shrunk / ((beta + np.sqrt(n)) / alpha + l2), (z, n + grad**2)


# --- decayed_rate ---------------------------------------------------------------------------------

decayed = Exercise("decayed_rate", points=6)


@decayed.check()
def exponential(rng):
    """Exponential, the default: starts at lr0, is a tenth after each r steps, whatever c is."""
    for t in (0, 1, 7, 20, 33, 40):
        yield t, float(rng.uniform(0.1, 1.0)), 20
    yield Case(t=4, lr0=0.5, r=30)
    yield Case(t=9, lr0=0.5, r=30, c=2.0)


@decayed.check()
def power(rng):
    """Power: a half after r steps and a third after 2r with c = 1, the default; any other c."""
    for t in (0, 1, 10, 20, 35):
        yield t, float(rng.uniform(0.1, 1.0)), 10, "power"
    for c in (0.5, 2.0):
        yield Case(7, float(rng.uniform(0.1, 1.0)), float(rng.uniform(3, 30)), "power", c=c)


@decayed.check()
def cosine(rng):
    """Cosine: slow at first, a half at r / 2, and zero from r steps on."""
    for t in (0, 2, 5, 10, 17, 20, 23, 31, 40):
        yield Case(t, float(rng.uniform(0.1, 1.0)), 20, kind="cosine")


def stairs(t, boundaries, rates, **more):
    first, *values = (float(rate) for rate in rates)
    return Case(t, first, 10, "stairs", boundaries=boundaries, values=values, **more)


@decayed.check(weight=2, exact=True)
def between_boundaries(rng):
    """Stairs: gives the value of the stretch that the step lies in."""
    rates = rng.uniform(0.01, 1.0, 4)
    rates[1:3].sort()  # they do not fall all the way
    for t in (0, 3, 8, 40):
        yield stairs(t, [2, 7, 30], rates)


@decayed.check(exact=True, notices=("values-sorted", "values-sorted (2)"))
def at_a_boundary(rng):
    """Stairs: the new value holds at the boundary itself."""
    rates = rng.uniform(0.01, 1.0, 3)
    for t in (5, 15, 4.5, 14):
        yield stairs(t, [5, 15], rates)


@decayed.check(weight=2)
def warm_up(rng):
    """Climbs evenly during the warm-up; the first step is not lost, and the last has all of lr0."""
    lr0 = float(rng.uniform(0.1, 1.0))
    for t in (0, 1, 2, 3):
        yield Case(t, lr0, 12, "cosine", warmup=4)
    for kind in ("exponential", "power"):
        yield Case(int(rng.integers(0, 7)), lr0, 9, kind, warmup=8)


@decayed.check(weight=2, needs=(exponential, power, cosine, between_boundaries, warm_up))
def after_the_warm_up(rng):
    """Begins the schedule at its beginning when the warm-up is over."""
    for kind in ("exponential", "power", "cosine"):
        for t in (5, 6, 11):
            yield Case(t, float(rng.uniform(0.1, 1.0)), 10, kind, warmup=5)
    for t in (1, 4, 6, 8, 12):
        yield stairs(t, [2, 7], np.sort(rng.uniform(0.1, 1.0, 3)), warmup=5)


@decayed.check(hidden=True, exact=True)
def few_boundaries(rng):
    """Stairs: works with one boundary and with none."""
    rates = np.sort(rng.uniform(0.01, 1.0, 2))
    for t in (0, 9, 10, 11):
        yield stairs(t, [10], rates)
    yield stairs(3, [], rates[:1])


@decayed.check(hidden=True, exact=True)
def rising_values(rng):
    """Stairs: does not care whether the values fall or rise (a warm-up rises)."""
    rates = np.sort(rng.uniform(0.01, 1.0, 5))
    for t in (0, 2, 6, 19, 50):
        yield stairs(t, [1, 4, 9, 20], rates)


@decayed.check(hidden=True)
def any_step(rng):
    """Works for steps that are not whole, for a short or a long r, and for every c."""
    yield float(rng.uniform(3, 9)), 0.3, 2.5
    yield float(rng.uniform(100, 900)), 2.0, 400
    for c in (float(rng.uniform(0.3, 0.9)), float(rng.uniform(1.2, 3.0)), 0.0):
        yield float(rng.uniform(1, 90)), 0.4, float(rng.uniform(2, 40)), "power", c
    yield float(rng.uniform(1, 29)), 0.7, 30, "cosine"


@decayed.check(hidden=True)
def other_warm_ups(rng):
    """Follows each schedule through a warm-up of another length, and a while after."""
    for kind in ("exponential", "power", "cosine"):
        for t in (int(rng.integers(0, 13)), int(rng.integers(14, 30)), 60):
            yield Case(t, 0.8, 31, kind, c=1.5, warmup=13)


def _otherwise(kinds):
    """Return who computes some kinds by functions of their own, and the others as asked."""

    def rate(t, lr0, r, kind="exponential", c=1.0, warmup=0, boundaries=(), values=()):
        if t >= warmup and kind in kinds:
            return kinds[kind](t - warmup, lr0, r, c, boundaries, values)
        return chapter.decayed_rate(t, lr0, r, kind, c, warmup, boundaries, values)

    return rate


def _factors(s, lr0, r, c, boundaries, values):
    passed = [value for boundary, value in zip(boundaries, values) if s >= boundary]
    return lr0 * math.prod(passed)


def _until(s, lr0, r, c, boundaries, values):
    for boundary, rate in zip(boundaries, [lr0, *values]):
        if s < boundary:
            return rate
    return None


_power_inside = _otherwise({"power": lambda s, lr0, r, c, *_: lr0 / (1 + (s / r) ** c)})
_cumulative = _otherwise({"stairs": _factors})
_open_end = _otherwise({"stairs": _until})


# --- performance_schedule -------------------------------------------------------------------------

performance = Exercise("performance_schedule", points=3)


def validation(rng, steps):
    """Return an error that falls, rests, rises and falls, in exact quarters."""
    trend = np.concatenate(
        [np.linspace(40, 20, steps // 2), np.linspace(20, 8, steps - steps // 2)]
    )
    return np.round(trend + rng.integers(-6, 7, size=steps)) / 4


@performance.check(exact=True)
def worked_example(rng):
    """Divides after the second failure in a row, from the next step on."""
    yield np.array([5, 4, 4, 4.5, 4.25, 3]), 0.1
    yield np.array([5.0, 4.0, 3.0, 2.0, 1.0]), float(rng.uniform(0.1, 1))


@performance.check(weight=2, exact=True)
def every_step_checked(rng):
    """Compares with the lowest error so far; an equal one is a failure; the count begins anew."""
    yield Case(np.array([4, 6, 5, 4.5, 4, 3, 3, 3, 3, 3, 2, 2.5, 1.75, 1.75, 2]), 0.5, patience=3)
    yield Case(validation(rng, 30), 0.2, patience=2, factor=4.0)
    yield Case(validation(rng, 12), 0.8, 1, 1, 2.0)
    little = np.array([4.0, 3.99999, 3.99998, 3.99997, 3.99996])
    yield Case(little, 0.5, patience=2)


@performance.check(weight=2, exact=True)
def seldom_checked(rng):
    """Looks only at every N-th error, and never at the others."""
    yield Case(validation(rng, 41), 0.4, every=3, patience=2)
    noisy = np.array([9, 5, 1, 9, 6, 2, 9, 5, 1, 9, 4, 3, 9, 2, 0, 9, 9.0])
    yield Case(noisy, 0.25, every=2, patience=2, factor=5.0)


@performance.check(hidden=True, exact=True)
def long_plateau(rng):
    """Divides again and again on a plateau, after every `patience` failures."""
    plateau = np.full(int(rng.integers(17, 22)), 2.5)
    yield Case(plateau, 1.0, patience=3, factor=2.0)
    yield Case(plateau, 1.0, every=2, patience=4, factor=3.0)


@performance.check(hidden=True, exact=True, notices=("lowest-replaced",))
def fresh_curves(rng):
    """Follows other validation curves, checked more or less often."""
    yield Case(validation(rng, 50), 0.1, every=4, patience=1, factor=3.0)
    yield Case(validation(rng, 45), 0.3, every=1, patience=4)
    yield Case(validation(rng, 3), 0.3, every=5)
    scale = float(rng.integers(2, 6))
    errors = np.array([6, 7, 5, 5.5, 6, 5.25, 5, 4, 4, 4, 4, 4, 4, 4, 3, 3.5, 3.25, 2])
    yield Case(scale * errors, 0.6, patience=3, factor=5.0)


performance.in_other_dress(every_step_checked)


def _performance(errors, lr0, every, patience, factor, *, style):
    """One body for the beliefs about what counts and when."""
    rates = np.empty_like(errors)
    lr, best, failures = lr0, math.inf, 0
    for t, error in enumerate(errors):
        rates[t] = lr
        if (t + (style != "checked-at-multiples")) % every == 0:
            if error < best:
                best, failures = error, 0
            else:
                failures += 1
                best = error if style == "last" else best
            if failures == patience:
                lr, failures = lr / factor, 0
                best = math.inf if style == "best-forgotten" else best
    return rates


def _against_the_last(errors, lr0, every=1, patience=2, factor=10.0):
    return _performance(errors, lr0, every, patience, factor, style="last")


def _best_forgotten(errors, lr0, every=1, patience=2, factor=10.0):
    return _performance(errors, lr0, every, patience, factor, style="best-forgotten")


def _checked_at_multiples(errors, lr0, every=1, patience=2, factor=10.0):
    return _performance(errors, lr0, every, patience, factor, style="checked-at-multiples")


def _mean_of_the_interval(errors, lr0, every=1, patience=2, factor=10.0):
    seen = errors.astype(float)
    for end in range(every, len(errors) + 1, every):
        seen[end - 1] = errors[end - every : end].mean()
    return _solved(seen, lr0, every, patience, factor).astype(errors.dtype)


def _solved(errors, lr0, every, patience, factor):
    rates, lr, best, failures = np.empty(len(errors)), lr0, np.inf, 0
    for t, error in enumerate(errors):
        rates[t] = lr
        if (t + 1) % every == 0:
            best, failures = (error, 0) if error < best else (best, failures + 1)
            if failures == patience:
                lr, failures = lr / factor, 0
    return rates


# --- accumulated_gradient -------------------------------------------------------------------------

accumulated = Exercise("accumulated_gradient", points=2)


@accumulated.check()
def worked_example(rng):
    """Three samples with the gradient 2 and one with the gradient 6 make 3."""
    yield np.array([[2.0], [6.0]]), np.array([3, 1])


@accumulated.check()
def equal_parts(rng):
    """Parts of one size: the mean of their gradients."""
    yield normal(rng, 4, 3), np.full(4, 8)


@accumulated.check(weight=2)
def unequal_parts(rng):
    """Parts of different sizes: every *sample* counts the same."""
    yield normal(rng, 3, 5), np.array([32, 32, 7])
    yield normal(rng, 4, 2), rng.permutation(np.array([1, 5, 20, 60]))


@accumulated.check()
def parts_without_samples(rng):
    """A part without a sample changes nothing."""
    yield normal(rng, 4, 3), np.array([6, 0, 2, 0])
    yield normal(rng, 2, 3), np.array([0, 9])


accumulated.in_other_dress(unequal_parts)


@accumulated.check(hidden=True)
def other_parts(rng):
    """Puts other parts together, a single one, too."""
    yield normal(rng, 7, 4), rng.permutation(np.array([0, 1, 2, 3, 40, 41, 300]))
    yield normal(rng, 1, 4), np.array([5])


# --- ema_update -----------------------------------------------------------------------------------

ema = Exercise("ema_update", points=2)


@ema.check()
def young(rng):
    """Keeps a tenth at the first update and more with each; counts the updates."""
    yield normal(rng, 4), normal(rng, 4), 0
    yield normal(rng, 2, 3), normal(rng, 2, 3), 5


@ema.check(weight=2)
def grown_up(rng):
    """Keeps no more than `decay`, 0.999 unless it is given, however many updates there were."""
    yield Case(normal(rng, 4), normal(rng, 4), 50, decay=0.6)
    yield Case(normal(rng, 3, 2), normal(rng, 3, 2), 30, decay=0.9)
    yield normal(rng, 5), normal(rng, 5), 200_000


@ema.check()
def where_the_two_meet(rng):
    """Takes the smaller one of the two shares on both sides of the point where they meet."""
    for t in (7, 8, 9):
        yield Case(normal(rng, 3), normal(rng, 3), t, decay=0.5)


ema.in_other_dress(grown_up)


@ema.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, for young and old averages."""
    for t in (2, 40):
        yield Case(spread(normal(rng, 4, 3)), normal(rng, 3, 4).T, t, decay=0.8)
    yield normal(rng, 1), normal(rng, 1), 89


# --- questions, graded by a person ----------------------------------------------------------------

turned_ravine = Question(
    "turned_ravine",
    points=3,
    guide="""
    Full answer, a point for each part. Plain descent: the steep direction demands eta <
    2/lambda_max, and at that rate the error along the floor shrinks per step only by about 1 -
    2/40: dozens of steps for what one could do; a larger eta diverges across. Momentum: a sum of
    gradient vectors, the same in every coordinate system; across the signs alternate and cancel,
    along they add up, turned or not. AdaGrad: one scale per *coordinate*; after the turn both
    coordinates contain the steep direction, their sums of squares are nearly equal, so it divides
    both by the same number: plain descent with a shrinking rate. Half: "adaptive methods depend
    on the axes" with no reason.
    """,
)

two_young_averages = Question(
    "two_young_averages",
    points=3,
    guide="""
    Full answer: m is too small by 1 - b1^t and sqrt(s) by sqrt(1 - b2^t), so the step is wrong by
    the factor (1 - b1^t) / sqrt(1 - b2^t) (1 point). With 0.9 and 0.999: too long, 3.2 times at t
    = 1, up to 6.6 times around t = 12 as m fills first, still 3.2 times at t = 100 and 1.26 times
    at t = 1000; about 1/(1 - b2) steps in all (1 point). With equal betas it is sqrt(1 - b^t) <
    1: too short, and over after 1/(1 - b) steps (1 point). Half: "s is slower, so the steps are
    too long" without the root or without a duration. Both roots matter: who forgets the root
    concludes that equal betas cancel exactly.
    """,
)

two_cures_for_noise = Question(
    "two_cures_for_noise",
    points=3,
    guide="""
    Full answer, a point for each part. Falling rate: the single gradients are not zero at the
    minimum, the noise stays; the smaller rate averages over more samples and shrinks what it
    does; costs nothing per step, but progress slows down as well (the rates must still add up to
    infinity). SVRG: the noise itself goes to 0, since both w and the snapshot approach the
    minimum and the first two terms cancel; costs two gradients per sample, and a full gradient
    and a copy of the weights per epoch. Deep net: the snapshot's gradient is a good stand-in only
    while w is near it and the sample is the same; with random shifts the sample is never seen
    again (f_i is not a fixed function, the sum not finite) and w moves far in an epoch. Half:
    only "SVRG has less variance".
    """,
)
