"""How the optimizers are judged."""

import math

import numpy as np

from autograder.observe import function
from autograder.spec import Case, Exercise, Question

EPSILON = 1e-6  # where a tiny epsilon may stand inside or outside of the root


def normal(rng, *shape):
    return rng.normal(size=shape)


def slopes(rng, *shape):
    """Gradients that are not tiny, of either sign."""
    return rng.uniform(0.4, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def squares(rng, *shape):
    """What an average of squares may be."""
    return rng.uniform(0.3, 3.0, size=shape)


def bowl(rng, n):
    """Return the gradient of a bowl with different curvatures along tilted axes."""
    a = rng.normal(size=(n, n))
    return function("quadratic_gradient", a @ a.T / n + np.eye(n), rng.normal(size=n))


def plane(slope):
    """Return a gradient that is the same everywhere."""
    return function("quadratic_gradient", np.zeros((slope.size, slope.size)), -slope)


def strided(rng, *shape, draw=normal):
    """Return an array whose rows do not lie side by side in memory."""
    return np.asarray(draw(rng, *shape[:-1], 2 * shape[-1])[..., ::2])


def single(*arrays):
    return tuple(np.asarray(array, dtype=np.float32) for array in arrays)


# --- sgd_step -------------------------------------------------------------------------------------

sgd = Exercise("sgd_step", points=1)


@sgd.check(weight=2)
def one_step(rng):
    """Moves against the gradient by the learning rate times the slope."""
    yield Case(normal(rng, 5), normal(rng, 5), lr=0.3)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), lr=0.05)


@sgd.check()
def default_rate(rng):
    """Uses a learning rate of 0.01 when none is given."""
    yield 0.01 * normal(rng, 6), normal(rng, 6)


@sgd.check(dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    yield Case(*single(normal(rng, 2, 3, 4), normal(rng, 2, 3, 4)), lr=0.25)


@sgd.check(hidden=True, observe="descend")
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl."""
    yield Case(normal(rng, 4), None, bowl(rng, 4), 8, lr=0.1)


@sgd.check(hidden=True)
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory, and on a single number."""
    yield Case(strided(rng, 4, 3), normal(rng, 3, 4).T, lr=0.5)
    yield Case(normal(rng, 1), normal(rng, 1), lr=0.5)


sgd.misconception(
    "uphill",
    replace="param - lr * grad",
    by="param + lr * grad",
    hint="""The gradient points where the loss grows fastest. Which way does your step go? Try it
    on a parabola: is the loss smaller afterwards?""",
)
sgd.misconception(
    "unit-step",
    replace="lr * grad",
    by="lr * grad / np.linalg.norm(grad)",
    hint="""How long is your step where the slope is small, and how long where it is steep? Does
    the formula divide by the length of the gradient?""",
)
sgd.misconception(
    "sign-of-the-slope",
    replace="lr * grad",
    by="lr * np.sign(grad)",
    hint="""Your step has the same length for a slope of 0.01 and for one of 100. What does the
    formula multiply the learning rate with?""",
)
sgd.misconception(
    "shrinks-the-weights",
    replace="param - lr * grad",
    by="(1 - lr) * param - lr * grad",
    hint="""What happens to the parameters where the gradient is zero? (Making them smaller is
    weight decay, which is not asked here.)""",
)

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
    """On an even slope with beta = 0.9 it speeds up towards ten times the gradient step."""
    yield Case(np.zeros(2), np.zeros(2), plane(normal(rng, 2)), 40, lr=0.1)


@momentum.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    yield Case(*single(*normal(rng, 3, 2, 3, 4)), lr=0.25, beta=0.5)


@momentum.check(hidden=True)
def any_layout(rng):
    """Works with every lr and beta, whatever the memory layout."""
    yield Case(strided(rng, 4, 3), normal(rng, 3, 4).T, strided(rng, 4, 3), lr=0.5, beta=0.3)
    yield Case(normal(rng, 6), normal(rng, 6), normal(rng, 6), lr=0.1, beta=0.0)


def _pytorch_momentum(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity + grad
    return param - lr * velocity, velocity


def _adding_momentum(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity - lr * grad
    return param + velocity, velocity


momentum.misconception(
    "lr-outside-the-velocity",
    function=_pytorch_momentum,
    convention="PyTorch's v = βv + g, with the learning rate applied to the whole velocity",
    hint="""What unit does your velocity have, that of a gradient or that of a step? Here the
    learning rate stands inside: each push is scaled when it enters.""",
)
momentum.misconception(
    "velocity-with-the-other-sign",
    function=_adding_momentum,
    convention="Sutskever's v = βv − ηg with θ + v (2013): the velocity points along the step",
    hint="""Does the velocity you return point along the step or against it? Here it is
    subtracted.""",
)
momentum.misconception(
    "averages-instead-of-adding",
    replace="beta * velocity + lr * grad",
    by="beta * velocity + (1 - beta) * lr * grad",
    convention="the moving average v = βv + (1−β)g, as in the first half of Adam",
    hint="""On an even slope, how fast does your ball become in the end: as fast as one gradient
    step, or ten times as fast?""",
)
momentum.misconception(
    "steps-with-the-old-velocity",
    replace="velocity = beta * velocity + lr * grad\n    return param - velocity, velocity",
    by="new = beta * velocity + lr * grad\n    return param - velocity, new",
    hint="""Starting at rest, does your first step move at all? Which velocity, the one before or
    the one after this gradient, moves the parameters?""",
)
momentum.misconception(
    "velocity-not-carried",
    replace="velocity = beta * velocity + lr * grad\n    return param - velocity, velocity",
    by="new = beta * velocity + lr * grad\n    return param - new, velocity",
    hint="""The next step gets the velocity that you return. Is it the new one?""",
)
momentum.misconception(
    "no-friction",
    replace="beta * velocity",
    by="velocity",
    hint="""A ball on an even slope: does yours ever stop speeding up? Which factor should slow
    it?""",
)
momentum.misconception(
    "uphill",
    replace="return param - velocity",
    by="return param + velocity",
    hint="""The velocity gathers gradients, and those point uphill. Which way do you move?""",
)

# --- nesterov_step --------------------------------------------------------------------------------

nesterov = Exercise("nesterov_step", points=3)


@nesterov.check(weight=2)
def looks_ahead(rng):
    """Measures the slope where the velocity alone would carry it."""
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


@nesterov.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    param, velocity = single(normal(rng, 2, 3), normal(rng, 2, 3))
    yield Case(param, function("square"), velocity, lr=0.25, beta=0.5)


@nesterov.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    yield Case(strided(rng, 4, 3), function("square"), normal(rng, 3, 4).T, lr=0.1, beta=0.3)
    yield Case(normal(rng, 1), function("square"), normal(rng, 1), lr=0.1, beta=0.3)


def _pytorch_nesterov(param, gradient, velocity, lr=0.01, beta=0.9):
    slope = gradient(param)
    velocity = beta * velocity + lr * slope
    return param - (beta * velocity + lr * slope), velocity


nesterov.misconception(
    "looks-back",
    replace="param - beta * velocity",
    by="param + beta * velocity",
    convention="the look-ahead θ + βm of texts that *add* the velocity, printed beside θ − m",
    hint="""In this chapter the velocity is subtracted. If only the velocity acted, where would
    the next point be? Is that where you measured the slope?""",
)
nesterov.misconception(
    "slope-measured-here",
    replace="gradient(param - beta * velocity)",
    by="gradient(param)",
    hint="""This is plain momentum. What did Nesterov change about the place where the slope is
    measured?""",
)
nesterov.misconception(
    "looks-too-far",
    replace="gradient(param - beta * velocity)",
    by="gradient(param - velocity)",
    hint="""How much of the old velocity survives into this step? That much, and no more, is
    known beforehand.""",
)
nesterov.misconception(
    "steps-from-the-look-ahead",
    replace="return param - velocity, velocity",
    by="return param - beta * (velocity - lr * slope) / beta - velocity, velocity",
    hint="""You measured the slope ahead: good. From which point does the step start, from there
    or from where you stand? Is the old velocity used twice?""",
)
nesterov.misconception(
    "keeps-the-look-ahead-point",
    function=_pytorch_nesterov,
    convention="PyTorch's form, whose parameters are the look-ahead point itself",
    hint="""PyTorch rewrites the method so that its parameters are always the look-ahead point.
    Here they are the point itself: where is the gradient measured, and by how much do you move?""",
)
nesterov.misconception(
    "slope-forgets-the-rate",
    replace="lr * slope",
    by="slope",
    hint="""How large is your first step if the learning rate is halved?""",
)

# --- adagrad_step ---------------------------------------------------------------------------------

adagrad = Exercise("adagrad_step", points=2)


@adagrad.check(rtol=EPSILON)
def first_step(rng):
    """The first step has the length of the learning rate in every coordinate."""
    yield 0.01 * normal(rng, 5), slopes(rng, 5), np.zeros(5)
    yield Case(normal(rng, 2, 3), slopes(rng, 2, 3), np.zeros((2, 3)), lr=0.3)


@adagrad.check(weight=2, rtol=EPSILON)
def later_step(rng):
    """Adds the new squares to the old sum and divides by the root of the new sum."""
    yield 0.1 * normal(rng, 4), slopes(rng, 4), squares(rng, 4)
    yield Case(normal(rng, 3, 4), slopes(rng, 3, 4), squares(rng, 3, 4), lr=0.5)


@adagrad.check(exact=True, rtol=EPSILON)
def no_slope(rng):
    """Stays where it is, without NaN, while a coordinate has never had a slope."""
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), np.array([0.0, 0.0, 2.0])


@adagrad.check(weight=2, rtol=EPSILON, observe="descend", needs=later_step)
def even_slope(rng):
    """Takes shorter and shorter steps on an even slope."""
    yield Case(np.zeros(3), np.zeros(3), plane(slopes(rng, 3)), 6, lr=0.2)


@adagrad.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    yield Case(*single(normal(rng, 2, 3, 4), slopes(rng, 2, 3, 4), squares(rng, 2, 3, 4)), lr=0.25)


@adagrad.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    grad, s = strided(rng, 4, 3, draw=slopes), squares(rng, 3, 4).T
    yield Case(strided(rng, 4, 3), grad, s, lr=0.4)
    yield Case(normal(rng, 1), slopes(rng, 1), squares(rng, 1), lr=0.4)


_FORGET_ROOT = """Let all gradients be ten times as large: should the steps of this method
    change? Yours do. What is missing around the sum of squares?"""
_OLD_SUM = """Which sum do you divide by, the one before or the one after this gradient? What
    happens in the very first step?"""
_NO_EPSILON = """A weight that has never had a slope: what is 0/0? What is epsilon for?"""

adagrad.misconception(
    "forgets-instead-of-summing",
    replace="s + grad**2",
    by="0.9 * s + 0.1 * grad**2",
    convention="RMSProp's leaky average",
    hint="""Does AdaGrad ever forget an old gradient? Your form comes later in this chapter.""",
)
adagrad.misconception(
    "root-forgotten", replace="np.sqrt(s + eps)", by="(s + eps)", hint=_FORGET_ROOT
)
adagrad.misconception(
    "divides-by-the-old-sum",
    replace="s = s + grad**2\n    return param - lr * grad / np.sqrt(s + eps), s",
    by="new = s + grad**2\n    return param - lr * grad / np.sqrt(s + eps), new",
    hint=_OLD_SUM,
)
adagrad.misconception(
    "one-length-for-all",
    replace="s + grad**2",
    by="s + np.sum(grad**2)",
    hint="""Should a coordinate with small gradients be slowed by the steep ones? AdaGrad keeps a
    separate account for each.""",
)
adagrad.misconception(
    "sum-not-carried",
    replace="s + grad**2",
    by="grad**2",
    hint="""After a thousand steps, what does your s know of the first nine hundred?""",
)
adagrad.misconception(
    "sums-the-slopes",
    replace="s + grad**2",
    by="s + np.abs(grad)",
    hint="""What is summed: the gradients, or their squares?""",
)
adagrad.misconception("no-epsilon", replace="np.sqrt(s + eps)", by="np.sqrt(s)", hint=_NO_EPSILON)
adagrad.misconception(
    "uphill",
    replace="param - lr",
    by="param + lr",
    hint="""Each coordinate has its own step length now. Has the direction changed?""",
)

# --- rmsprop_step ---------------------------------------------------------------------------------

rmsprop = Exercise("rmsprop_step", points=2)


@rmsprop.check(rtol=EPSILON)
def first_step(rng):
    """Starts from an average of zero, with lr = 0.001 and rho = 0.9 unless they are given."""
    yield 0.01 * normal(rng, 5), slopes(rng, 5), np.zeros(5)
    yield Case(normal(rng, 2, 3), slopes(rng, 2, 3), np.zeros((2, 3)), lr=0.3, rho=0.6)


@rmsprop.check(weight=2, rtol=EPSILON)
def later_step(rng):
    """Lets the old average leak, adds the new squares and divides by the root."""
    yield 0.01 * normal(rng, 4), slopes(rng, 4), squares(rng, 4)
    yield Case(normal(rng, 3, 4), slopes(rng, 3, 4), squares(rng, 3, 4), lr=0.5, rho=0.7)


@rmsprop.check(exact=True, rtol=EPSILON)
def no_slope(rng):
    """Stays where it is, without NaN, while a coordinate has never had a slope."""
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), np.array([0.0, 0.0, 2.0])


@rmsprop.check(weight=2, rtol=EPSILON, observe="descend", needs=later_step)
def even_slope(rng):
    """On an even slope its steps settle at the learning rate."""
    yield Case(np.zeros(3), np.zeros(3), plane(slopes(rng, 3)), 8, lr=0.2, rho=0.75)


@rmsprop.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    param, grad, s = single(normal(rng, 2, 3, 4), slopes(rng, 2, 3, 4), squares(rng, 2, 3, 4))
    yield Case(param, grad, s, lr=0.25, rho=0.5)


@rmsprop.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    grad, s = strided(rng, 4, 3, draw=slopes), squares(rng, 3, 4).T
    yield Case(strided(rng, 4, 3), grad, s, lr=0.4, rho=0.8)
    yield Case(normal(rng, 1), slopes(rng, 1), squares(rng, 1), lr=0.4, rho=0.3)


rmsprop.misconception(
    "never-forgets",
    replace="rho * s + (1 - rho) * grad**2",
    by="s + grad**2",
    convention="AdaGrad's running sum",
    hint="""Can your s ever become smaller? What was wrong with AdaGrad's sum?""",
)
rmsprop.misconception(
    "leak-not-balanced",
    replace="(1 - rho) * grad**2",
    by="grad**2",
    hint="""On an even slope g, where does your s settle: at g² or at ten times that? An average
    has weights that add up to one.""",
)
rmsprop.misconception(
    "shares-exchanged",
    replace="rho * s + (1 - rho) * grad**2",
    by="(1 - rho) * s + rho * grad**2",
    hint="""With rho = 0.9, how many steps does your average look back: ten, or hardly one? Which
    share is rho?""",
)
rmsprop.misconception(
    "rho-fixed",
    replace="rho * s + (1 - rho) * grad**2",
    by="0.9 * s + 0.1 * grad**2",
    hint="""Does your average leak more slowly when rho is 0.99? Which arguments does your function
    never use?""",
)
rmsprop.misconception(
    "root-forgotten", replace="np.sqrt(s + eps)", by="(s + eps)", hint=_FORGET_ROOT
)
rmsprop.misconception(
    "averages-the-slopes",
    replace="(1 - rho) * grad**2",
    by="(1 - rho) * np.abs(grad)",
    hint="""Read the name backwards: root, mean, ... of what?""",
)
rmsprop.misconception(
    "divides-by-the-old-average",
    replace="s = rho * s + (1 - rho) * grad**2\n    return param - lr * grad / np.sqrt(s + eps), s",
    by="new = rho * s + (1 - rho) * grad**2\n    return param - lr * grad / np.sqrt(s + eps), new",
    hint=_OLD_SUM.replace("sum", "average"),
)
rmsprop.misconception(
    "average-not-carried",
    replace="s = rho * s + (1 - rho) * grad**2\n    return param - lr * grad / np.sqrt(s + eps), s",
    by="new = rho * s + (1 - rho) * grad**2\n    return param - lr * grad / np.sqrt(new + eps), s",
    hint="""The next step gets the average that you return. Is it the new one?""",
)
rmsprop.misconception("no-epsilon", replace="np.sqrt(s + eps)", by="np.sqrt(s)", hint=_NO_EPSILON)

# --- adadelta_step --------------------------------------------------------------------------------

adadelta = Exercise("adadelta_step", points=3)


def _adadelta_state(rng, *shape):
    return squares(rng, *shape), 0.01 * squares(rng, *shape)


@adadelta.check(weight=2)
def first_step(rng):
    """Starts with steps as long as the root of epsilon makes them."""
    yield 0.01 * normal(rng, 5), slopes(rng, 5), (np.zeros(5), np.zeros(5))
    rest = (np.zeros((2, 3)), np.zeros((2, 3)))
    yield Case(np.zeros((2, 3)), slopes(rng, 2, 3), rest, rho=0.7, eps=1e-3)


@adadelta.check(weight=2)
def later_step(rng):
    """Measures the step with the new average of slopes and the old average of steps."""
    yield 0.1 * normal(rng, 4), slopes(rng, 4), _adadelta_state(rng, 4)
    yield Case(normal(rng, 3, 4), slopes(rng, 3, 4), _adadelta_state(rng, 3, 4), rho=0.6, eps=0.01)


@adadelta.check(exact=True)
def no_slope(rng):
    """Stays where it is, without NaN, while there is no slope."""
    state = (np.array([0.0, 0.0, 2.0]), np.array([0.0, 0.0, 0.5]))
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), state


@adadelta.check(weight=2, observe="descend", needs=(first_step, later_step))
def rolls_down_a_bowl(rng):
    """Follows eight steps down a tilted bowl without a learning rate."""
    yield Case(2 * slopes(rng, 3), (np.zeros(3), np.zeros(3)), bowl(rng, 3), 8, rho=0.8, eps=1e-4)


@adadelta.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    param, grad = single(normal(rng, 2, 3, 4), slopes(rng, 2, 3, 4))
    yield Case(param, grad, single(*_adadelta_state(rng, 2, 3, 4)), rho=0.5, eps=0.125)


@adadelta.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (squares(rng, 3, 4).T, strided(rng, 4, 3, draw=squares))
    yield Case(strided(rng, 4, 3), strided(rng, 4, 3, draw=slopes), state, rho=0.8)
    yield Case(normal(rng, 1), slopes(rng, 1), _adadelta_state(rng, 1), rho=0.3)


_DELTA = "delta = np.sqrt(d + eps) / np.sqrt(s + eps) * grad\n"
_NEW_D = "d = rho * d + (1 - rho) * delta**2\n"


def _adadelta_new_d(param, grad, state, rho=0.95, eps=1e-6):
    s, d = state
    s = rho * s + (1 - rho) * grad**2
    delta = np.sqrt(d + eps) / np.sqrt(s + eps) * grad
    d = rho * d + (1 - rho) * delta**2
    return param - np.sqrt(d + eps) / np.sqrt(s + eps) * grad, (s, d)


adadelta.misconception(
    "epsilon-outside-the-roots",
    replace="np.sqrt(d + eps) / np.sqrt(s + eps)",
    by="(np.sqrt(d) + eps) / (np.sqrt(s) + eps)",
    convention="ε beside the roots, as in many printings of RMSProp and Adam",
    hint="""In the first step d is zero. How long is your step then: epsilon, or the root of
    epsilon? A factor of a thousand hangs on it.""",
)
adadelta.misconception(
    "roots-forgotten",
    replace="np.sqrt(d + eps) / np.sqrt(s + eps)",
    by="(d + eps) / (s + eps)",
    hint="""d and s are means of squares. What makes a length of a mean of squares? Check the
    units of your step.""",
)
adadelta.misconception(
    "ratio-upside-down",
    replace="np.sqrt(d + eps) / np.sqrt(s + eps)",
    by="np.sqrt(s + eps) / np.sqrt(d + eps)",
    hint="""Steep past slopes should shorten the step. Which of the two averages belongs below?""",
)
adadelta.misconception(
    "steps-with-the-new-d",
    function=_adadelta_new_d,
    hint="""d is an average of past steps. Can the step of now already be in it when you compute
    that step?""",
)
adadelta.misconception(
    "d-gathers-slopes",
    replace="(1 - rho) * delta**2",
    by="(1 - rho) * grad**2",
    hint="""s remembers the slopes. What is d to remember? Compare the units of d and of the
    parameters squared.""",
)
adadelta.misconception(
    "old-s",
    replace="""s = rho * s + (1 - rho) * grad**2
    delta = np.sqrt(d + eps) / np.sqrt(s + eps) * grad
""",
    by="""delta = np.sqrt(d + eps) / np.sqrt(s + eps) * grad
    s = rho * s + (1 - rho) * grad**2
""",
    hint="""In the first step s is still zero. Does this gradient belong into s before or after
    the division?""",
)
adadelta.misconception(
    "running-sums",
    replace=("rho * s + (1 - rho) * grad**2", "rho * d + (1 - rho) * delta**2"),
    by=("s + grad**2", "d + delta**2"),
    hint="""Can your averages ever become smaller? What is rho for?""",
)
adadelta.misconception(
    "d-not-carried",
    replace="return param - delta, (s, d)",
    by="return param - delta, (s, state[1])",
    hint="""Do your steps ever grow beyond the first ones? Which d do you hand on?""",
)

# --- adam_step ------------------------------------------------------------------------------------

adam = Exercise("adam_step", points=4)


@adam.check(weight=2, rtol=EPSILON)
def first_step(rng):
    """The first step has the length of the learning rate, whatever the gradient."""
    yield 0.001 * normal(rng, 5), slopes(rng, 5), (np.zeros(5), np.zeros(5), 0)
    rest = (np.zeros((2, 3)), np.zeros((2, 3)), 0)
    yield Case(normal(rng, 2, 3), slopes(rng, 2, 3), rest, lr=0.3, beta1=0.6, beta2=0.8)


@adam.check(weight=2, rtol=EPSILON)
def later_step(rng):
    """Continues from the two averages and the count of steps; stores them uncorrected."""
    yield 0.001 * normal(rng, 4), slopes(rng, 4), (normal(rng, 4), squares(rng, 4), 6)
    state = (normal(rng, 3, 4), squares(rng, 3, 4), 2)
    yield Case(normal(rng, 3, 4), slopes(rng, 3, 4), state, lr=0.5, beta1=0.7, beta2=0.9)


@adam.check(exact=True, rtol=EPSILON)
def no_slope(rng):
    """Stays where it is, without NaN, while a coordinate has never had a slope."""
    state = (np.array([0.0, 0.0, 0.4]), np.array([0.0, 0.0, 2.0]), 3)
    yield normal(rng, 3), np.array([0.0, 1.5, 0.0]), state


@adam.check(weight=2, rtol=EPSILON, observe="descend", needs=(first_step, later_step))
def even_slope(rng):
    """On an even slope every step is as long as the learning rate, from the first one on."""
    rest = (np.zeros(3), np.zeros(3), 0)
    yield Case(np.zeros(3), rest, plane(slopes(rng, 3)), 8, lr=0.2, beta1=0.8)


@adam.check(rtol=EPSILON, observe="descend", needs=(first_step, later_step))
def rolls_down_a_bowl(rng):
    """Follows six steps down a tilted bowl."""
    state = (np.zeros(3), np.zeros(3), 0)
    yield Case(3 + squares(rng, 3), state, bowl(rng, 3), 6, lr=0.05, beta2=0.9)


@adam.check(hidden=True, exact=True, rtol=EPSILON)
def epsilon_bounds_the_step(rng):
    """Divides by epsilon alone where there has been no slope (epsilon 1: inside = outside)."""
    state = (normal(rng, 4), np.zeros(4), 500)  # so late that the corrections are 1
    yield Case(normal(rng, 4), np.zeros(4), state, lr=0.5, beta1=0.8, beta2=0.9, eps=1.0)


@adam.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    param, grad = single(normal(rng, 2, 3, 4), slopes(rng, 2, 3, 4))
    state = (*single(normal(rng, 2, 3, 4), squares(rng, 2, 3, 4)), 4)
    yield Case(param, grad, state, lr=0.25, beta1=0.5, beta2=0.75)


@adam.check(hidden=True, rtol=EPSILON)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (normal(rng, 3, 4).T, strided(rng, 4, 3, draw=squares), 9)
    yield Case(strided(rng, 4, 3), strided(rng, 4, 3, draw=slopes), state, lr=0.4, beta1=0.2)
    yield Case(normal(rng, 1), slopes(rng, 1), (normal(rng, 1), squares(rng, 1), 1), lr=0.1)


adam.misconception(
    "no-bias-correction",
    replace=("m_hat = m / (1 - beta1**t)", "s_hat = s / (1 - beta2**t)"),
    by=("m_hat = m", "s_hat = s"),
    hint="""Both averages start at zero. After one step with a constant gradient g, is m equal to
    g? How long is your first step, compared with the learning rate?""",
)
adam.misconception(
    "only-m-corrected",
    replace="s_hat = s / (1 - beta2**t)",
    by="s_hat = s",
    hint="""m is corrected. Does s not start at zero too?""",
)
adam.misconception(
    "only-s-corrected",
    replace="m_hat = m / (1 - beta1**t)",
    by="m_hat = m",
    hint="""s is corrected. Does m not start at zero too?""",
)
adam.misconception(
    "correction-compounds",
    replace=(
        "m_hat = m / (1 - beta1**t)",
        "s_hat = s / (1 - beta2**t)",
        "lr * m_hat",
        "sqrt(s_hat)",
    ),
    by=("m = m / (1 - beta1**t)", "s = s / (1 - beta2**t)", "lr * m", "sqrt(s)"),
    hint="""Is the corrected average what you store? Then the next step corrects it once more.
    What is to be remembered, and what is for this step only?""",
)
adam.misconception(
    "t-from-zero",
    replace="    t = t + 1\n",
    by="",
    hint="""The state holds how many steps were made *before*. What is t in the very first step,
    and what is 1 − β⁰? Does the state you return count on?""",
)
adam.misconception(
    "t-counted-after-the-step",
    replace=("    t = t + 1\n", "(m, s, t)"),
    by=("", "(m, s, t + 1)"),
    hint="""In the first step your correction divides by 1 − β⁰ = 0. When is t counted up, before
    or after it is used?""",
)
adam.misconception(
    "corrects-with-the-old-count",
    replace=("1 - beta1**t", "1 - beta2**t"),
    by=("1 - beta1 ** max(t - 1, 1)", "1 - beta2 ** max(t - 1, 1)"),
    hint="""On an even slope g the corrected m is g in every step. Yours is in the first step. Is
    it in the second? How many gradients has m gathered by then?""",
)
adam.misconception(
    "count-not-carried",
    replace="+ eps), (m, s, t)",
    by="+ eps), (m, s, state[2])",
    hint="""Every step of yours believes to be the first. Which t do you hand on?""",
)
adam.misconception(
    "root-forgotten", replace="np.sqrt(s_hat) + eps", by="s_hat + eps", hint=_FORGET_ROOT
)
adam.misconception(
    "betas-exchanged",
    replace=(
        "beta1 * m + (1 - beta1) * grad\n",
        "beta2 * s + (1 - beta2) * grad**2",
        "m / (1 - beta1**t)",
        "s / (1 - beta2**t)",
    ),
    by=(
        "beta2 * m + (1 - beta2) * grad\n",
        "beta1 * s + (1 - beta1) * grad**2",
        "m / (1 - beta2**t)",
        "s / (1 - beta1**t)",
    ),
    hint="""Which of the two averages looks back ten steps and which a thousand?""",
)
adam.misconception(
    "s-averages-m",
    replace="(1 - beta2) * grad**2",
    by="(1 - beta2) * m**2",
    hint="""If the gradient jumps between +1 and −1, m is near zero. Should s be, too? Whose
    squares does it average?""",
)
adam.misconception(
    "no-epsilon",
    replace="(np.sqrt(s_hat) + eps)",
    by="np.sqrt(s_hat)",
    hint=_NO_EPSILON,
)
adam.misconception(
    "correction-of-the-first-step-only",
    replace=("(1 - beta1**t)", "(1 - beta2**t)"),
    by=("(1 - beta1)", "(1 - beta2)"),
    hint="""By how much is m too small after a hundred steps? Does your correction fade away with
    t?""",
)

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


@svrg.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 weights and answers in float32."""
    x, y, w = single(normal(rng, 4, 3), normal(rng, 4), normal(rng, 3))
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


svrg.misconception(
    "exact-gradient-recomputed",
    function=_svrg_fresh_full,
    hint="""At which weights is the exact gradient taken: at the snapshot or where you are now?
    How often per epoch may it be computed, if SVRG is to be cheap?""",
)
svrg.misconception(
    "snapshot-moves-along",
    function=_svrg_moving_snapshot,
    hint="""If the snapshot follows every step, the first two terms cancel and plain gradient
    descent is left. When is the snapshot taken?""",
)
svrg.misconception(
    "plain-sgd",
    replace="(gradient(i, w) - slopes[i] + full)",
    by="gradient(i, w)",
    hint="""This is stochastic gradient descent. Which two terms take the noise out?""",
)
svrg.misconception(
    "frozen-gradient",
    replace="(gradient(i, w) - slopes[i] + full)",
    by="full",
    hint="""You walk along the slope of the snapshot all epoch long. How do you learn that the
    slope has changed since?""",
)
svrg.misconception(
    "sum-instead-of-mean",
    replace="full = sum(slopes) / n",
    by="full = sum(slopes)",
    hint="""With twice the data, all copied, should the exact gradient be twice as large? The
    loss is a mean over the samples.""",
)
svrg.misconception(
    "mean-over-the-coordinates",
    replace="full = sum(slopes) / n",
    by="full = np.mean(slopes)",
    hint="""Which shape has your exact gradient: one number, or one for each weight? Over which
    axis is the mean?""",
)
svrg.misconception(
    "signs-exchanged",
    replace="gradient(i, w) - slopes[i] + full",
    by="gradient(i, w) + slopes[i] - full",
    hint="""At the snapshot the bracket must be the exact gradient. Put w equal to the snapshot:
    what is left of yours?""",
)
svrg.misconception(
    "order-ignored",
    replace="for i in order:",
    by="for i in range(len(order)):",
    hint="""Which sample comes first: number 0, or the one that the order names first?""",
)
svrg.misconception(
    "mean-over-the-order",
    replace=("for i in range(n)]", "/ n\n", "slopes[i]"),
    by=("for i in order]", "/ len(order)\n", "gradient(i, param)"),
    hint="""Is a sample that this epoch's order leaves out part of the loss? The exact gradient
    is taken over all n.""",
)

# --- dual_averaging_step --------------------------------------------------------------------------

dual = Exercise("dual_averaging_step", points=3)


@dual.check(weight=2)
def first_step(rng):
    """Shrinks the first gradient by l1 and walks against it."""
    yield normal(rng, 5), normal(rng, 5), (np.zeros(5), 0)
    grad = slopes(rng, 2, 3) * np.array([0.1, 1.0, 2.0])
    yield Case(normal(rng, 2, 3), grad, (np.zeros((2, 3)), 0), l1=0.3, gamma=2.5)


@dual.check(weight=2)
def later_step(rng):
    """Averages over all gradients so far and walks further the more there were."""
    yield normal(rng, 4), normal(rng, 4), (normal(rng, 4), 5)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), (normal(rng, 3, 4), 2), l1=0.2, gamma=0.4)


@dual.check(exact=True)
def exact_zeros(rng):
    """Gives exactly zero while the mean slope is no larger than l1, and at l1 itself."""
    mean = np.array([0.25, -0.5, 0.5, 0.75, -1.0, 0.0])
    yield Case(normal(rng, 6), mean.copy(), (mean, 1), l1=0.5, gamma=2.0)
    yield Case(normal(rng, 3), np.array([0.5, -0.25, 0.0]), (np.zeros(3), 0), l1=0.5)


@dual.check(weight=2, observe="descend", needs=(first_step, later_step))
def rolls_down_a_bowl(rng):
    """Follows eight steps on a tilted bowl, its mean and its count carried along."""
    yield Case(np.zeros(3), (np.zeros(3), 0), bowl(rng, 3), 8, l1=0.05, gamma=3.0)


@dual.check(dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    param, grad, mean = single(*normal(rng, 3, 2, 3, 4))
    yield Case(param, grad, (mean, 4), l1=0.25, gamma=0.5)


@dual.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (normal(rng, 3, 4).T, 8)
    yield Case(strided(rng, 4, 3), strided(rng, 4, 3), state, l1=0.1, gamma=1.5)
    yield Case(normal(rng, 1), slopes(rng, 1), (slopes(rng, 1), 3), l1=0.05, gamma=1.5)


_MEAN = "mean = (t - 1) / t * mean + grad / t"
_SHRUNK = "np.sign(mean) * np.maximum(np.abs(mean) - l1, 0)"

dual.misconception(
    "sum-instead-of-mean",
    replace=_MEAN,
    by="mean = mean + grad",
    hint="""On an even slope, does your mean stay the same or does it grow with every step? What
    would a threshold l1 mean then?""",
)
dual.misconception(
    "leaky-average",
    replace=_MEAN,
    by="mean = 0.9 * mean + 0.1 * grad",
    hint="""Should the first gradient count less than the latest? Here all gradients so far weigh
    the same.""",
)
dual.misconception(
    "cut-instead-of-shrunk",
    replace=_SHRUNK,
    by="np.where(np.abs(mean) > l1, mean, 0)",
    convention="the hard threshold: small values to zero, large ones left alone",
    hint="""Just above the threshold, does your weight start at zero or does it jump? The
    minimiser of a parabola plus λ|w| does not jump.""",
)
dual.misconception(
    "threshold-after-the-scaling",
    replace=(_SHRUNK, "-math.sqrt(t) / gamma * shrunk"),
    by=(
        "-math.sqrt(t) / gamma * mean",
        "np.sign(shrunk) * np.maximum(np.abs(shrunk) - l1, 0)",
    ),
    hint="""With what do you compare l1: with the mean slope, or with the scaled weight? If a small
    slope stays the same for ever, should its weight stay at zero for ever, too?""",
)
dual.misconception(
    "sign-lost",
    replace=_SHRUNK,
    by="np.maximum(np.abs(mean) - l1, 0)",
    hint="""Which sign have your weights where the mean slope is negative?""",
)
dual.misconception(
    "threshold-on-one-side",
    replace=_SHRUNK,
    by="np.maximum(mean - l1, 0)",
    hint="""What becomes of a clearly negative mean slope?""",
)
dual.misconception(
    "uphill",
    replace="-math.sqrt(t)",
    by="math.sqrt(t)",
    hint="""The mean slope points uphill. Which sign has the weight that minimises its product
    with the slope?""",
)
dual.misconception(
    "no-growth-with-t",
    replace="-math.sqrt(t) / gamma",
    by="-1 / gamma",
    hint="""The parabola fades as 1/√t. On an even slope, do your weights move at all after the
    first step?""",
)
dual.misconception(
    "grows-with-t-itself",
    replace="math.sqrt(t)",
    by="t",
    hint="""How does the parabola fade, as 1/t or as 1/√t?""",
)
dual.misconception(
    "walks-from-the-old-point",
    replace="return -math.sqrt(t)",
    by="return param - math.sqrt(t)",
    hint="""Does the old point occur on the right of the formula? RDA recomputes the point from
    the whole history.""",
)
dual.misconception(
    "t-from-zero",
    replace=("    t = t + 1\n", "(t - 1) / t * mean + grad / t", "(mean, t)"),
    by=("", "(t * mean + grad) / (t + 1)", "(mean, t + 1)"),
    hint="""Which t stands under your root in the very first step? Does that step move?""",
)

# --- ftrl_step ------------------------------------------------------------------------------------

ftrl = Exercise("ftrl_step", points=4)


def _ftrl_state(rng, *shape):
    return slopes(rng, *shape), squares(rng, *shape)


@ftrl.check(weight=2)
def first_step(rng):
    """Starts from rest, with alpha = 0.1, beta = 1 and no penalty unless they are given."""
    yield np.zeros(5), slopes(rng, 5), (np.zeros(5), np.zeros(5))
    rest = (np.zeros((2, 3)), np.zeros((2, 3)))
    yield Case(np.zeros((2, 3)), slopes(rng, 2, 3), rest, alpha=0.5, beta=0.3, l1=0.2, l2=0.7)


@ftrl.check(weight=3)
def later_step(rng):
    """Takes the pulls towards the old points off the gradients and solves for the new point."""
    yield normal(rng, 4), slopes(rng, 4), _ftrl_state(rng, 4)
    hyper = {"alpha": 0.7, "beta": 0.5, "l1": 0.25, "l2": 1.5}
    yield Case(normal(rng, 3, 4), slopes(rng, 3, 4), _ftrl_state(rng, 3, 4), **hyper)


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
    yield Case(np.zeros(3), rest, plane(slopes(rng, 3)), 6, alpha=0.2, beta=1e-9)


@ftrl.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 arrays of any shape and answers in float32."""
    param, grad = single(normal(rng, 2, 3, 4), slopes(rng, 2, 3, 4))
    state = single(*_ftrl_state(rng, 2, 3, 4))
    yield Case(param, grad, state, alpha=0.5, beta=0.25, l1=0.125, l2=0.5)


@ftrl.check(hidden=True)
def any_layout(rng):
    """Works whatever the memory layout, and on a single number."""
    state = (normal(rng, 3, 4).T, strided(rng, 4, 3, draw=squares))
    yield Case(strided(rng, 4, 3), strided(rng, 4, 3), state, alpha=0.3, l1=0.4)
    yield Case(normal(rng, 1), slopes(rng, 1), _ftrl_state(rng, 1), beta=2.0, l2=0.3)


_Z = "np.sign(z) * np.maximum(np.abs(z) - l1, 0)"

ftrl.misconception(
    "no-proximal-pull",
    replace="z + grad - sigma * param",
    by="z + grad",
    hint="""Your z is the plain sum of the gradients. The parabolas are centred on the past
    points: what do they take off?""",
)
ftrl.misconception(
    "pull-with-the-wrong-sign",
    replace="grad - sigma * param",
    by="grad + sigma * param",
    hint="""The parabola ½σ(w − w₀)² has a term linear in w. Which sign does it have?""",
)
ftrl.misconception(
    "n-updated-too-early",
    replace="""sigma = (np.sqrt(n + grad**2) - np.sqrt(n)) / alpha
    z = z + grad - sigma * param
    n = n + grad**2
""",
    by="""n = n + grad**2
    sigma = (np.sqrt(n + grad**2) - np.sqrt(n)) / alpha
    z = z + grad - sigma * param
""",
    hint="""σ is how much √n grows through *this* gradient. Has n already been updated when you
    compute it?""",
)


def _ftrl_old_n(param, grad, state, alpha=0.1, beta=1.0, l1=0.0, l2=0.0):
    z, n = state
    sigma = (np.sqrt(n + grad**2) - np.sqrt(n)) / alpha
    z = z + grad - sigma * param
    shrunk = np.sign(z) * np.maximum(np.abs(z) - l1, 0)
    return -shrunk / ((beta + np.sqrt(n)) / alpha + l2), (z, n + grad**2)


ftrl.misconception(
    "divides-by-the-old-n",
    function=_ftrl_old_n,
    hint="""Which n stands in the last line, the one before or the one after this gradient?""",
)
ftrl.misconception(
    "sigma-without-alpha",
    replace="(np.sqrt(n + grad**2) - np.sqrt(n)) / alpha",
    by="np.sqrt(n + grad**2) - np.sqrt(n)",
    hint="""With half the learning rate the parabolas are twice as stiff. Where does your σ know
    the learning rate from?""",
)
ftrl.misconception(
    "cut-instead-of-shrunk",
    replace=_Z,
    by="np.where(np.abs(z) > l1, z, 0)",
    convention="the hard threshold: small values to zero, large ones left alone",
    hint="""Just above the threshold, does your weight start at zero or does it jump?""",
)
ftrl.misconception(
    "penalty-on-the-wrong-side",
    replace="/ alpha + l2)",
    by="/ alpha - l2)",
    hint="""An l2 penalty makes weights smaller. Does yours?""",
)
ftrl.misconception(
    "l2-inside-the-rate",
    replace="((beta + np.sqrt(n)) / alpha + l2)",
    by="((beta + np.sqrt(n) + l2) / alpha)",
    hint="""Is the l2 penalty divided by the learning rate as well? Look at the brackets of the
    last line.""",
)
ftrl.misconception(
    "beta-forgotten",
    replace="(beta + np.sqrt(n))",
    by="np.sqrt(n)",
    hint="""What slows the very first steps, when n is still small?""",
)
ftrl.misconception(
    "uphill",
    replace="return -shrunk",
    by="return shrunk",
    hint="""z gathers slopes, which point uphill. Which sign has the weight?""",
)
ftrl.misconception(
    "root-forgotten",
    replace="(beta + np.sqrt(n))",
    by="(beta + n)",
    hint="""n is a sum of squares. What do you take of it before you divide?""",
)

# --- piecewise_constant ---------------------------------------------------------------------------

piecewise = Exercise("piecewise_constant", points=2)


@piecewise.check(weight=2, exact=True)
def between_boundaries(rng):
    """Gives the value of the stretch that the step lies in."""
    values = rng.uniform(0.01, 1.0, 4)
    for t in (0, 3, 8, 40):
        yield t, [2, 7, 30], [float(value) for value in values]


@piecewise.check(exact=True)
def at_a_boundary(rng):
    """The new value holds at the boundary itself."""
    values = [float(value) for value in rng.uniform(0.01, 1.0, 3)]
    for t in (5, 15, 4.5, 14):
        yield t, [5, 15], values


@piecewise.check(hidden=True, exact=True)
def few_boundaries(rng):
    """Works with one boundary and with none."""
    first, second = (float(value) for value in rng.uniform(0.01, 1.0, 2))
    for t in (0, 9, 10, 11):
        yield t, [10], [first, second]
    yield 3, [], [first]


@piecewise.check(hidden=True, exact=True)
def rising_values(rng):
    """Does not care whether the values fall or rise (a warm-up rises)."""
    values = sorted(float(value) for value in rng.uniform(0.01, 1.0, 5))
    for t in (0, 2, 6, 19, 50):
        yield t, [1, 4, 9, 20], values


def _cumulative(t, boundaries, values):
    rate = values[0]
    for boundary, factor in zip(boundaries, values[1:]):
        if t >= boundary:
            rate = rate * factor
    return rate


piecewise.misconception(
    "old-value-at-the-boundary",
    replace="if t >= boundary",
    by="if t > boundary",
    convention="Keras' PiecewiseConstantDecay, where the old value still holds at the boundary",
    hint="""Which rate does step t = 5 use if 5 is a boundary? The docstring says where the `<=`
    stands.""",
)
piecewise.misconception(
    "values-as-factors",
    function=_cumulative,
    convention="a multiplicative schedule, as PyTorch's MultiStepLR with its gamma",
    hint="""Are the values rates, or factors that a rate is multiplied with?""",
)


def _open_end(t, boundaries, values):
    for boundary, value in zip(boundaries, values):
        if t < boundary:
            return value
    return None


piecewise.misconception(
    "nothing-after-the-last-boundary",
    function=_open_end,
    hint="""What does your function return for a step beyond the last boundary?""",
)
piecewise.misconception(
    "one-stretch-late",
    replace="values[len(passed)]",
    by="values[max(len(passed) - 1, 0)]",
    hint="""There is one value more than there are boundaries. How many boundaries has a step
    passed that uses the second value?""",
)
piecewise.misconception(
    "counts-the-boundaries-ahead",
    replace="if t >= boundary",
    by="if t < boundary",
    hint="""Before the first boundary, which value do you use: the first or the last?""",
)

# --- exponential_decay ----------------------------------------------------------------------------

exponential = Exercise("exponential_decay", points=1)


@exponential.check(weight=2)
def falls_smoothly(rng):
    """Falls smoothly between the powers of ten."""
    for t in (1, 7, 33):
        yield t, float(rng.uniform(0.1, 1.0)), float(rng.uniform(10, 50))
    yield Case(t=4, lr0=0.5, r=30)


@exponential.check(exact=True)
def powers_of_ten(rng):
    """Starts at lr0 and is a tenth after r steps, a hundredth after 2r."""
    lr0 = float(rng.uniform(0.1, 1.0))
    for t in (0, 20, 40):
        yield t, lr0, 20


@exponential.check(hidden=True)
def any_step(rng):
    """Works for steps that are not whole and for a short or a long r."""
    yield float(rng.uniform(1, 9)), 0.3, 2.5
    yield float(rng.uniform(100, 900)), 2.0, 400


exponential.misconception(
    "base-e",
    replace="10 ** (-t / r)",
    by="math.exp(-t / r)",
    convention="η₀·e^(−t/r), the base e of physics and of Keras' and PyTorch's examples",
    hint="""After r steps, is the rate a tenth, or 0.37 of what it was?""",
)
exponential.misconception(
    "grows",
    replace="(-t / r)",
    by="(t / r)",
    hint="""Is your rate larger or smaller after a hundred steps?""",
)
exponential.misconception(
    "in-stairs",
    replace="-t / r",
    by="-(t // r)",
    convention="the staircase option of Keras' ExponentialDecay",
    hint="""Does your rate change between t = 1 and t = r − 1? It is to fall smoothly.""",
)
exponential.misconception(
    "base-two",
    replace="10 ** (-t / r)",
    by="2 ** (-t / r)",
    hint="""r is the time for a fall to a tenth. Yours is the time for a fall to a half. What is
    the base?""",
)
exponential.misconception(
    "linear-fall",
    replace="10 ** (-t / r)",
    by="(1 - 0.9 * t / r)",
    hint="""Does your rate ever become negative? A fall by the same *factor* in equal times is
    asked.""",
)

# --- power_decay ----------------------------------------------------------------------------------

power = Exercise("power_decay", points=1)


@power.check(weight=2)
def harmonic(rng):
    """With c = 1, the default, it halves after r steps and is a third after 2r."""
    lr0 = float(rng.uniform(0.1, 1.0))
    for t in (0, 1, 10, 20, 35):
        yield t, lr0, 10


@power.check()
def other_powers(rng):
    """Takes any power c."""
    for c in (0.5, 2.0):
        yield Case(7, float(rng.uniform(0.1, 1.0)), float(rng.uniform(3, 30)), c=c)


@power.check(hidden=True)
def any_step(rng):
    """Works for steps that are not whole and for every r and c; c = 0 changes nothing."""
    for c in (float(rng.uniform(0.3, 0.9)), float(rng.uniform(1.2, 3.0)), 0.0):
        yield float(rng.uniform(1, 90)), 0.4, float(rng.uniform(2, 40)), c


power.misconception(
    "one-forgotten",
    replace="(1 + t / r)",
    by="(max(t, 1) / r)",
    hint="""Is the rate of the first step lr0? What does the 1 in the bracket do?""",
)
power.misconception(
    "grows",
    replace="** (-c)",
    by="** c",
    hint="""Is your rate larger or smaller after a hundred steps?""",
)


def _power_inside(t, lr0, r, c=1.0):
    return lr0 / (1 + (t / r) ** c)


power.misconception(
    "power-inside",
    function=_power_inside,
    hint="""What is raised to the power: t/r, or the whole bracket?""",
)
power.misconception(
    "factor-for-power",
    replace="lr0 * (1 + t / r) ** (-c)",
    by="lr0 / (1 + c * t / r)",
    hint="""With c = 2, is the rate after r steps a quarter of the first one, or a third? Does c
    multiply, or is it a power?""",
)
power.misconception(
    "ratio-upside-down",
    replace="t / r",
    by="r / (t + 1)",
    hint="""Does your rate fall faster for a small or for a large r? r is the time of the first
    halving.""",
)
power.misconception(
    "rate-inside-the-power",
    replace="lr0 * (1 + t / r) ** (-c)",
    by="(lr0 * (1 + t / r)) ** (-c)",
    hint="""Powers bind tighter than products. Is lr0 to be raised to the power, too?""",
)

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


@performance.check(weight=2, exact=True)
def seldom_checked(rng):
    """Looks only at every N-th error, and never at the others."""
    yield Case(validation(rng, 41), 0.4, every=3, patience=2)
    noisy = np.array([9, 5, 1, 9, 6, 2, 9, 5, 1, 9, 4, 3, 9, 5, 0, 9, 9.0])
    yield Case(noisy, 0.25, every=2, patience=2, factor=5.0)


@performance.check(hidden=True, exact=True)
def long_plateau(rng):
    """Divides again and again on a plateau, after every `patience` failures."""
    plateau = np.full(int(rng.integers(17, 22)), 2.5)
    yield Case(plateau, 1.0, patience=3, factor=2.0)
    yield Case(plateau, 1.0, every=2, patience=4, factor=3.0)


@performance.check(hidden=True, exact=True)
def fresh_curves(rng):
    """Follows other validation curves, checked more or less often."""
    yield Case(validation(rng, 50), 0.1, every=4, patience=1, factor=3.0)
    yield Case(validation(rng, 45), 0.3, every=1, patience=4)
    yield Case(validation(rng, 3), 0.3, every=5)


@performance.check(hidden=True, dtype=True, exact=True)
def keeps_float32(rng):
    """Answers in the dtype of the errors, whatever their layout."""
    yield Case(validation(rng, 20).astype(np.float32), 0.5, patience=1, factor=2.0)
    yield Case(validation(rng, 40)[::2], 0.5, patience=2, factor=2.0)


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


performance.misconception(
    "one-failure-more",
    replace="if failures == patience:",
    by="if failures > patience:",
    convention="PyTorch's ReduceLROnPlateau, which waits for patience + 1 failures",
    hint="""With patience 1, after how many failures is the rate divided?""",
)
performance.misconception(
    "equal-is-progress",
    replace="if error < best:",
    by="if error <= best:",
    hint="""The error stays exactly the same for a hundred checks. Has it fallen?""",
)
performance.misconception(
    "against-the-last-check",
    function=_against_the_last,
    hint="""The error goes 4, 6, 5: is the 5 progress? With which earlier error is it compared?""",
)
performance.misconception(
    "every-step-checked",
    replace="if (t + 1) % every == 0:",
    by="if True:",
    hint="""How often is the validation error measured? Which entries of `errors` may you not
    see?""",
)
performance.misconception(
    "checked-too-early",
    function=_checked_at_multiples,
    hint="""After how many steps is the first check: none, or `every`? errors[0] is the error
    after the *first* step.""",
)
performance.misconception(
    "count-not-restarted",
    replace="lr, failures = lr / factor, 0",
    by="lr = lr / factor",
    hint="""After a division, how many failures does the next one take? Does your count begin
    again?""",
)
performance.misconception(
    "failures-not-in-a-row",
    replace="best, failures = error, 0",
    by="best = error",
    hint="""A success comes between two failures. Are these two in a row?""",
)
performance.misconception(
    "rate-of-this-step-changed",
    replace=("        rates[t] = lr\n", "lr, failures = lr / factor, 0\n"),
    by=("", "lr, failures = lr / factor, 0\n        rates[t] = lr\n"),
    hint="""The error is measured *after* the step. Can it still change the rate that the step
    was made with?""",
)
performance.misconception(
    "lowest-forgotten",
    function=_best_forgotten,
    hint="""After a division, must the error fall below the lowest of all checks, or does the
    record begin again?""",
)


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
