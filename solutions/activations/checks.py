"""How the exercises on activations are judged."""

import math

import numpy as np

from autograder.observe import function
from autograder.spec import Case, Exercise, Question
from solutions.activations import chapter


def between(rng, *shape, low=-4.0, high=4.0):
    """Numbers on a grid of sixty-fourths, off 0 and off the halves."""
    steps = rng.integers(round(64 * low), round(64 * high), shape)
    return (steps + 0.5) / 64


def both_sides(rng, *shape, reach=4.0):
    """Numbers as `between`, of which the first is negative and the second positive."""
    z = between(rng, *shape, low=-reach, high=reach)
    z.flat[0], z.flat[1] = -abs(z.flat[0]), abs(z.flat[1])
    return z


def normal(rng, *shape):
    return rng.normal(size=shape)


# --- collapse_linear ------------------------------------------------------------------------------

collapse = Exercise("collapse_linear", points=2)


def stack(rng, *sizes):
    """Layers of these sizes, from the input on."""
    return [
        (normal(rng, sizes[k + 1], sizes[k]), normal(rng, sizes[k + 1]))
        for k in range(len(sizes) - 1)
    ]


@collapse.check(weight=2, notices=("activation-between",))
def two_layers(rng):
    """Makes one layer of two."""
    w1, b1 = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, 0.0])
    yield ([(w1, b1), (np.array([[1.0, -1.0]]), np.array([3.0]))],)
    yield (stack(rng, 3, 5, 2),)


@collapse.check(weight=2)
def deeper_stacks(rng):
    """Makes one layer of many, of any sizes."""
    yield (stack(rng, 2, 4, 3, 5),)
    yield (stack(rng, 3, 1, 4, 2, 6),)


@collapse.check()
def square_layers(rng):
    """Keeps the order of layers that are all square."""
    yield (stack(rng, 3, 3, 3, 3),)


@collapse.check()
def a_single_layer(rng):
    """A single layer stays what it is."""
    yield (stack(rng, 3, 2),)


@collapse.check(hidden=True)
def any_stack(rng):
    """Works on stacks of any depth and width."""
    for depth in (2, 3, 5):
        yield (stack(rng, *(int(n) for n in rng.integers(1, 6, depth + 1))),)


collapse.in_other_dress(two_layers)


def bias_through_one_layer(layers):
    """Only the last two biases are in the answer."""
    w, b = layers[0]
    for k, (upper, bias) in enumerate(layers[1:]):
        w, b = upper @ w, upper @ layers[k][1] + bias
    return w.copy(), b.copy()


# --- hard_unit ------------------------------------------------------------------------------------

hard = Exercise("hard_unit", points=3)
HARD = ("step", "sign", "piecewise_linear")


@hard.check(weight=2, observe="item")
def switches(rng):
    """The step gives 0 and 1, the sign -1 and 1."""
    yield 0, both_sides(rng, 6), "step"
    yield 0, both_sides(rng, 2, 4), "sign"


@hard.check(observe="item", exact=True)
def switches_at_zero(rng):
    """At exactly 0 the step has fired and the sign is 0."""
    z = np.array([-2.0, -0.5, 0.0, 0.25, 0.5])
    tiny = np.array([-(2.0**-40), 0.0, 2.0**-40])
    for kind in ("step", "sign"):
        yield 0, z, kind
        yield 0, tiny, kind


@hard.check(weight=2, observe="item")
def ramp(rng):
    """The piecewise linear unit climbs from 0 to 1 around 0."""
    yield 0, np.array([-2.0, -0.5, 0.0, 0.25, 0.5]), "piecewise_linear"
    yield 0, np.concatenate([between(rng, 4, low=-0.5, high=0.5), [-3.0, 2.0]]), "piecewise_linear"


@hard.check(weight=2, observe="item")
def straight_through(rng):
    """Lets the gradient through the step and the sign as if they were the identity."""
    for kind in ("step", "sign"):
        yield 1, np.array([[-3.0, -0.25], [0.0, 2.0]]), kind


@hard.check(observe="item", exact=True)
def derivative_of_the_ramp(rng):
    """The ramp has the derivative 1 inside, 0 outside and 0 at its ends."""
    yield 1, np.array([-2.0, -0.5, -0.46875, 0.0, 0.46875, 0.5, 3.0]), "piecewise_linear"
    hair = 2.0**-40
    ends = np.array([-0.5 - hair, -0.5 + hair, 0.5 - hair, 0.5 + hair])
    yield 1, ends, "piecewise_linear"


@hard.check(hidden=True)
def any_shape(rng):
    """Works on arrays of any shape, of either sign."""
    for kind in HARD:
        yield between(rng, 2, 3, 2), kind
        for edge in (-0.5, 0.0, 0.5):
            yield np.array([[edge]]), kind


@hard.check()
def both_answers(rng):
    """Returns the activation first and the derivative second, as floats in the shape of z."""
    for kind in HARD:
        z = both_sides(rng, 3, 2, reach=1.0)
        z.flat[:3] = rng.permutation([-0.9, 0.2, 0.9])
        yield z, kind


hard.in_other_dress(both_answers)

# --- squash ---------------------------------------------------------------------------------------

squash = Exercise("squash", points=4)


@squash.check(weight=2, observe="item")
def sigmoid_curve(rng):
    """Computes the sigmoid."""
    yield 0, np.array([0.0, math.log(3.0)]), "sigmoid"
    yield 0, both_sides(rng, 3, 4), "sigmoid"


@squash.check(observe="item")
def tanh_curve(rng):
    """Computes the hyperbolic tangent."""
    yield 0, np.array([0.0, math.log(2.0)]), "tanh"
    yield 0, both_sides(rng, 3, 4), "tanh"


@squash.check(weight=2, observe="item")
def derivative_of_the_sigmoid(rng):
    """Computes the derivative of the sigmoid at z."""
    yield 1, np.array([0.0, math.log(3.0)]), "sigmoid"
    yield 1, both_sides(rng, 3, 4), "sigmoid"


@squash.check(weight=2, observe="item")
def derivative_of_tanh(rng):
    """Computes the derivative of the hyperbolic tangent at z."""
    yield 1, np.array([0.0, math.log(2.0)]), "tanh"
    yield 1, both_sides(rng, 3, 4), "tanh"


@squash.check()
def huge_numbers(rng):
    """Stays finite at plus and minus 1000."""
    for kind in ("sigmoid", "tanh"):
        yield np.array([-1000.0, 0.75, -1.25, 1000.0]), kind


@squash.check(observe="item")
def digits_far_out(rng):
    """The derivative far out is small, not 0, and the same on both sides."""
    yield 1, np.array([-40.0]), "sigmoid"
    yield 1, np.array([40.0]), "sigmoid"
    yield 1, np.array([[25.0]]), "tanh"
    yield 1, np.array([[-25.0], [-30.0]]), "tanh"
    for z in (-80.0, 80.0, 300.0):
        yield 1, np.array([z]), "sigmoid"


@squash.check(hidden=True, observe="item", notices=("exponents-cut-too-early",))
def more_digits_far_out(rng):
    """The derivative keeps its digits at other places far out, too."""
    far = float(rng.integers(45, 60))
    yield 1, np.array([far]), "sigmoid"
    yield 1, np.array([-far]), "tanh"
    yield 1, np.array([far]), "tanh"


@squash.check(hidden=True)
def any_numbers(rng):
    """Works on arrays of any shape."""
    for kind in ("sigmoid", "tanh"):
        yield between(rng, 2, 3, 2), kind
        yield np.array([rng.uniform(40.0, 44.0)]), kind


@squash.check()
def both_answers(rng):
    """Returns the activation first and the derivative second."""
    for kind in ("sigmoid", "tanh"):
        yield both_sides(rng, 2, 1, 3), kind


squash.in_other_dress(both_answers)


def _naive(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_overflows(z, kind):
    """Both from a quotient of infinities."""
    if kind == "tanh":
        return np.tanh(z), 1 - np.tanh(z) ** 2
    a = np.exp(z) / (np.exp(z) + 1)
    return a, a * (1 - a)


def exponentials_as_written(z, kind):
    """The formulas of the text, and their derivatives in exponentials."""
    small, large = np.exp(-z), np.exp(z)
    if kind == "tanh":
        return (large - small) / (large + small), 4 / (large + small) ** 2
    return 1 / (1 + small), small / (1 + small) ** 2


def exponentials_and_outputs(z, kind):
    """The formulas of the text, and their derivatives from the outputs."""
    a, _ = exponentials_as_written(z, kind)
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def digits_lost(z, kind):
    """Both derivatives from the rounded activation."""
    a = np.tanh(z) if kind == "tanh" else _naive(z)
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def digits_lost_on_both_sides(z, kind):
    """The sigmoid by a tangent, both derivatives from the rounded activation."""
    a = np.tanh(z) if kind == "tanh" else 0.5 * (1 + np.tanh(0.5 * z))
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def digits_of_the_sigmoid_lost(z, kind):
    """The sigmoid by a tangent, its derivative from the rounded activation."""
    return digits_lost_on_both_sides(z, kind) if kind == "sigmoid" else chapter.squash(z, kind)


def at_the_output(z, kind):
    """Both derivatives, taken at the activation."""
    a, _ = chapter.squash(z, kind)
    return a, chapter.squash(a, kind)[1]


def sigmoid_at_the_output(z, kind):
    """The derivative of the sigmoid, taken at the activation."""
    return at_the_output(z, kind) if kind == "sigmoid" else chapter.squash(z, kind)


def output_formulas(z, kind):
    """Both formulas for the output, given the input."""
    a, _ = chapter.squash(z, kind)
    return a, 1 - z**2 if kind == "tanh" else z * (1 - z)


def output_formula_of_sigmoid(z, kind):
    """The sigmoid's formula for the output, given the input."""
    return output_formulas(z, kind) if kind == "sigmoid" else chapter.squash(z, kind)


def output_formula_of_tanh(z, kind):
    """The tangent's formula for the output, given the input."""
    return output_formulas(z, kind) if kind == "tanh" else chapter.squash(z, kind)


def half_tangent(z, kind):
    """The tangent as 2 sigmoid(z) - 1, its derivative from that."""
    a, da = chapter.squash(z, "sigmoid")
    return (2 * a - 1, 1 - (2 * a - 1) ** 2) if kind == "tanh" else (a, da)


def half_tangent_all(z, kind):
    """The tangent as 2 sigmoid(z) - 1, its derivative that of this."""
    a, da = chapter.squash(z, "sigmoid")
    return (2 * a - 1, 2 * da) if kind == "tanh" else (a, da)


# --- numerical_vjp --------------------------------------------------------------------------------

brute = Exercise("numerical_vjp", points=3)
NEAR = {"rtol": 1e-7, "atol": 1e-7}


@brute.check(weight=2, notices=("largest-output-only",), **NEAR)
def derivative_of_a_curve(rng):
    """Weighs the derivative of each output with its dy, by differences from both sides."""
    yield function("square"), np.array([1.0, 3.0]), np.array([1.0, 10.0]), 0.1
    yield function("square"), normal(rng, 2, 3), normal(rng, 2, 3), 0.1


@brute.check(weight=2, **NEAR)
def outputs_that_see_other_inputs(rng):
    """Collects what each input does to every output, also where it moves to another place."""
    yield function("translate", np.array([1, 0])), normal(rng, 3, 2), normal(rng, 3, 2)
    a = normal(rng, 3, 3)
    yield function("rosenbrock_gradient"), normal(rng, 3), normal(rng, 3)
    yield function("quadratic_gradient", a, normal(rng, 3)), normal(rng, 3), normal(rng, 3)


@brute.check(rtol=1e-5, atol=1e-6)
def nudged_by_h(rng):
    """Nudges each input by h itself, be it large or 0: the differences of a bent curve show it."""
    x = np.array([0.0, 20.0, -0.5])
    yield function("rosenbrock_gradient"), x, np.array([1.0, -2.0, 3.0]), 0.25
    yield function("rosenbrock_gradient"), x / 4, np.array([2.0, 1.0, -1.0]), 0.5


@brute.check(notices=("largest-output-only", "one-sided", "one-sided-from-below"), **NEAR)
def fewer_outputs_than_inputs(rng):
    """Returns one number per input, also where there are fewer outputs."""
    yield function("block_mean"), normal(rng, 4, 2), normal(rng, 2, 1)
    yield function("sine", normal(rng, 3)), normal(rng, 3), np.array(2.0)


@brute.check(hidden=True, **NEAR)
def any_function(rng):
    """Works for other functions, steps and layouts."""
    wide = normal(rng, 4, 8)[:, ::2]
    yield function("block_mean"), wide, normal(rng, 2, 2), 0.01
    yield function("square"), normal(rng, 1), normal(rng, 1), 0.3
    yield Case(function("translate", np.array([1, 2])), wide, normal(rng, 4, 4), h=1e-4)


def all_at_once(f, x, dy, h=1e-5):
    """Every input nudged together."""
    return dy * (f(x + h) - f(x - h)) / (2 * h)


def all_at_once_where_it_fits(f, x, dy, h=1e-5):
    """Every input nudged together; where the shapes differ, the sum for each."""
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return dy * slope if slope.shape == x.shape else np.full(x.shape, np.sum(dy * slope))


def all_at_once_added_up(f, x, dy, h=1e-5):
    """Every input nudged together, the sum for each."""
    return np.full(x.shape, np.sum(dy * (f(x + h) - f(x - h))) / (2 * h))


def forward_mode(f, x, dy, h=1e-5):
    """The derivative along dy."""
    return (f(x + h * dy) - f(x - h * dy)) / (2 * h)


def nudges_stay(f, x, dy, h=1e-5):
    """Two copies, one nudged up and one down entry by entry, neither put back."""
    gradient, up, down = np.zeros(x.shape), x.copy(), x.copy()
    for index in np.ndindex(x.shape):
        up[index] += h
        down[index] -= h
        gradient[index] = np.sum(dy * (f(up) - f(down))) / (2 * h)
    return gradient


def nudges_pile_up(f, x, dy, h=1e-5):
    """Each entry nudged, none put back."""
    gradient, moved = np.zeros(x.shape), x.copy()
    for index in np.ndindex(x.shape):
        moved[index] += h
        up = f(moved)
        moved[index] -= 2 * h
        gradient[index] = np.sum(dy * (up - f(moved))) / (2 * h)
    return gradient


def first_that_fits(otherwise, **tolerances):
    """Return who takes the first story that `np.allclose` accepts, and else one that is left."""

    def told(z, claimed):
        names = (name for name in SUSPECTS if np.allclose(claimed, story(name, z), **tolerances))
        return next(names, otherwise)

    return told


default_tolerances = first_that_fits("sign")
default_tolerances_or_right = first_that_fits("right")
hundred_thousandth_forgiven = first_that_fits("sign", rtol=0, atol=1e-5)


# --- whose_mistake --------------------------------------------------------------------------------

detective = Exercise("whose_mistake", points=3, needs=("squash",))
TWINS = 0.65905093885169747
"""Near here the sigmoid gives its own argument. "Right" is 0.224704, and "at the output" rounds to
the same: at this place the innocent fits better than who did it."""


def story(name, z):
    """What the suspect returned at z, as printed."""
    a = 1 / (1 + np.exp(-z))
    out = 1 / (1 + np.exp(-a))
    told = {
        "right": a * (1 - a),
        "at the output": out * (1 - out),
        "output formula": z * (1 - z),
        "squared": (a * (1 - a)) ** 2,
        "activation": a,
        "tanh": 1 - np.tanh(z) ** 2,
        "sign": -a * (1 - a),
    }
    return told[name]


def witnesses(rng, first, name):
    """Return places and what was printed there; only at the first it may fit to the last digit."""
    z = np.concatenate([between(rng, 40), [-1.7, 2.3, 1.0203, -3.9017]])
    z = z[np.abs(np.round(story(name, z), 6) - story(name, z)) > 5e-8]
    z = np.concatenate([[first], z[-8:]])
    return z, np.round(story(name, z), 6)


def to_the_right(name):
    """Return places of which the farthest is positive."""
    z = np.array([0.3, -1.7, 2.3, 3.9017])
    return z, np.round(story(name, z), 6)


def neighbours(name):
    """Return places at all of which two suspects agree to two digits, and to no more."""
    z = TWINS + np.array([-0.2, -0.1, 0.1, 0.2])
    return z, np.round(story(name, z), 6)


def far_left(rng, name):
    """Return places where the activation is nearly its derivative, and what was printed."""
    z = np.concatenate([[-3.1, -3.9], rng.uniform(-3.8, -3.2, 3)])
    return z, np.round(story(name, z), 6)


@detective.check(weight=2, exact=True, notices=("story-of-the-activation",))
def honest_and_wrong(rng):
    """Tells the right derivative from the one taken at the output and the one taken twice."""
    for name in ("right", "at the output", "squared"):
        yield witnesses(rng, 0.0, name)
    yield far_left(rng, "squared")


@detective.check(weight=2, exact=True)
def other_suspects(rng):
    """Recognises the activation itself, the output's formula, tanh and a turned sign."""
    for name in ("activation", "output formula", "tanh", "sign"):
        yield witnesses(rng, 1.0, name)
    yield to_the_right("output formula")


@detective.check(
    exact=True, notices=("story-of-the-activation", "one-witness (3)", "default-tolerances")
)
def twins(rng):
    """Trusts neither a single place, where two suspects tell the same story, nor two digits."""
    for name in ("right", "at the output"):
        z, claimed = witnesses(rng, TWINS, name)
        yield z, claimed
        yield z[::-1].copy(), claimed[::-1].copy()
    yield neighbours("at the output")


@detective.check(exact=True)
def all_six_digits(rng):
    """Tells stories apart that differ in the fourth, fifth or sixth digit only."""
    z = TWINS + np.array([-0.0015, -0.0008, 0.0012, 0.0015])
    for name in ("right", "at the output"):
        yield z, np.round(story(name, z), 6)
    z = np.array([-3.9, -3.7, -3.6])
    for name in ("right", "activation"):
        yield z, np.round(story(name, z), 6)
    z = TWINS + np.array([-0.0001, 0.00004, 0.00009])
    for name in ("right", "at the output"):
        yield z, np.round(story(name, z), 6)


@detective.check(exact=True)
def sizes_and_signs(rng):
    """Compares the numbers, and neither signs, nor sizes, nor shapes alone."""
    z = np.array([-2.5, -1.2, 1.7, 3.1])  # z (1 - z) is negative everywhere
    for name in ("output formula", "sign"):
        yield z, np.round(story(name, z), 6)
    z = np.array([-3.2, -1.8, 2.4])  # even that of tanh is below a quarter
    for name in ("tanh", "right"):
        yield z, np.round(story(name, z), 6)
    z = np.array([-2.0, 0.0, 2.0])  # all even functions have one shape
    for name in ("right", "at the output", "squared", "tanh", "sign"):
        yield z, np.round(story(name, z), 6)


@detective.check(hidden=True, exact=True)
def every_suspect(rng):
    """Recognises each suspect at other places."""
    for name in ("right", "at the output", "output formula", "squared", "activation", "tanh"):
        yield witnesses(rng, TWINS, name)
    yield neighbours("at the output")
    yield neighbours("right")
    yield to_the_right("output formula")
    yield far_left(rng, "squared")


def _exact(z, claimed, otherwise):
    a, da = chapter.squash(z, "sigmoid")
    stories = {"right": da, "squared": da**2, "activation": a, "sign": -da}
    return next((n for n in stories if np.array_equal(stories[n], claimed)), otherwise)


def exact_or_right(z, claimed):
    """Nothing agrees to the last digit; the rest is right."""
    return _exact(z, claimed, "right")


def first_rough_match(z, claimed):
    """Two digits agree: that is the culprit."""
    names = ("right", "at the output", "output formula", "squared", "activation", "tanh")
    return next((n for n in names if np.allclose(story(n, z), claimed, atol=0.02)), "sign")


def exact_or_sign(z, claimed):
    """Nothing agrees to the last digit; the last of the list is left."""
    return _exact(z, claimed, "sign")


def exact_or_unknown(z, claimed):
    """Nothing agrees to the last digit."""
    return _exact(z, claimed, "unknown")


def _nearest_story(z, claimed, names):
    return min(names, key=lambda name: np.max(np.abs(story(name, z) - claimed)))


SUSPECTS = ("right", "at the output", "output formula", "squared", "activation", "tanh", "sign")


def three_digits_suffice(z, claimed):
    """Three digits agree: that is the culprit."""
    return _first_within(1e-3, z, claimed)


def four_digits_suffice(z, claimed):
    """Four digits agree: that is the culprit."""
    return _first_within(1e-4, z, claimed)


def _first_within(gap, z, claimed):
    fits = (name for name in SUSPECTS if np.max(np.abs(story(name, z) - claimed)) < gap)
    return next(fits, "right")


def shapes_correlated(z, claimed):
    """The story with the largest correlation, of equal ones the first."""
    best, found = -2.0, "right"
    for name in SUSPECTS:
        alike = np.corrcoef(story(name, z), claimed)[0, 1]
        if alike > best + 1e-6:
            best, found = alike, name
    return found


def all_negative_means_sign(z, claimed):
    """Nothing but negative numbers is a turned sign, and some of them the output's formula."""
    if np.any(claimed < 0):
        return "sign" if np.all(claimed < 0) else "output formula"
    return _nearest_story(z, claimed, SUSPECTS)


def tanh_is_above_a_quarter(z, claimed):
    """It can only be tanh where something is above a quarter."""
    high = np.max(claimed) > 0.25 + 1e-6
    return _nearest_story(z, claimed, [name for name in SUSPECTS if high or name != "tanh"])


def witness_next_to_zero(z, claimed):
    """Compare what was claimed next to 0 with what each suspect says at 0."""
    at = np.argmin(np.abs(z))
    return _nearest_story(np.zeros(1), claimed[at : at + 1], SUSPECTS)


def first_witness_roughly(z, claimed):
    """Take the first story that fits at the first place, roughly."""
    fits = (name for name in SUSPECTS if abs(story(name, z[:1])[0] - claimed[0]) < 1e-5)
    return next(fits, "right")


def negative_means_sign(z, claimed):
    """A negative number is a turned sign."""
    return "sign" if np.any(claimed < 0) else _nearest_story(z, claimed, SUSPECTS)


def size_decides(z, claimed):
    """Where nothing is negative and nothing above a quarter, it is right."""
    if np.all(claimed >= 0) and np.max(claimed) <= 0.25:
        return "right"
    return _nearest_story(z, claimed, SUSPECTS)


def exact_or_none(z, claimed):
    """Nothing agrees to the last digit."""
    return _exact(z, claimed, None)


# --- rectifier ------------------------------------------------------------------------------------


def alpha_along_the_first_axis(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = (alpha[0] + alpha[1]) / 2
    if np.ndim(alpha) == 1 and len(alpha) == len(z):
        alpha = np.reshape(alpha, (-1,) + (1,) * (z.ndim - 1))
    below = np.minimum(z, 0)
    left = alpha * (np.expm1(below) if kind == "elu" else below)
    steep = alpha * (np.exp(below) if kind == "elu" else np.ones_like(z))
    return np.where(z > 0, z, left).astype(z.dtype), np.where(z > 0, 1, steep).astype(z.dtype)


bent = Exercise("rectifier", points=4)


@bent.check(weight=2, observe="item")
def leaky_hinges(rng):
    """Passes what is positive, and alpha times the rest: ReLU and its leaky forms."""
    for alpha in (0.1, 0.0, 0.2):
        yield 0, both_sides(rng, 3, 2), "leaky", alpha
    yield 0, both_sides(rng, 5)


@bent.check(observe="item")
def steep_leaks(rng):
    """Works for an alpha above 1, and for a negative one."""
    yield 0, np.array([-2.0, 0.0, 3.0]), "leaky", 2.0
    yield 0, both_sides(rng, 4), "leaky", -0.5


@bent.check(weight=2, observe="item")
def elu_curve(rng):
    """Computes ELU, which settles at minus alpha."""
    yield 0, np.array([-2.0, 0.0, 3.0]), "elu", 1.0
    yield 0, both_sides(rng, 3, 2), "elu", 0.5


@bent.check(weight=2, observe="item")
def derivatives(rng):
    """Computes the derivatives of both."""
    yield 1, both_sides(rng, 3, 2), "leaky", 0.1
    yield 1, both_sides(rng, 4), "elu", 0.5
    yield 1, both_sides(rng, 4), "elu", 1.5


@bent.check(observe="item", exact=True)
def derivatives_at_zero(rng):
    """At exactly 0 the derivative is that of the left piece."""
    for kind, alpha in (("leaky", 0.25), ("leaky", 0.0), ("elu", 1.0), ("elu", 0.5)):
        yield 1, np.array([0.0, 1.0, 0.0]), kind, alpha
    tiny = 2.0**-40
    for kind in ("leaky", "elu"):
        yield 1, np.array([tiny, 0.0]), kind, np.array([0.25, 0.5])
        yield 1, np.array([-tiny, tiny]), kind, 0.25


@bent.check(notices=("alpha-at-most-one",))
def an_alpha_of_its_own(rng):
    """Takes one alpha per unit or one per number."""
    yield both_sides(rng, 3, 4), "leaky", between(rng, 4, low=0, high=1)
    yield both_sides(rng, 2, 3), "leaky", between(rng, 2, 3, low=0, high=1)
    yield both_sides(rng, 3, 2), "elu", between(rng, 2, low=0, high=2)
    yield both_sides(rng, 3, 3), "leaky", between(rng, 3, low=0, high=1)
    yield both_sides(rng, 2, 3, 4), "leaky", between(rng, 3, 4, low=0, high=1)
    yield both_sides(rng, 4), "elu", 0.0


@bent.check(observe="again", exact=True)
def nothing_is_drawn(rng):
    """Draws nothing when it is tested: the same numbers give the same again."""
    yield both_sides(rng, 3, 4), "leaky", (0.125, 0.375)


@bent.check()
def tested_at_random(rng):
    """A randomised ReLU that is tested takes the middle of its two limits."""
    yield both_sides(rng, 3, 2), "leaky", (0.125, 0.375)
    yield both_sides(rng, 2, 2), "leaky", (0.0, 1.0)


@bent.check()
def huge_numbers(rng):
    """Stays finite at plus and minus 1000."""
    for kind in ("leaky", "elu"):
        yield np.array([-1000.0, -0.75, -1.25, 1000.0]), kind, 0.5


@bent.check(hidden=True)
def any_numbers(rng):
    """Works on arrays of any shape, with any alpha."""
    for kind in ("leaky", "elu"):
        yield both_sides(rng, 2, 3, 2), kind, float(between(rng, low=1.2, high=3))
        yield -abs(between(rng, 1, 3)), kind, between(rng, 3, low=0, high=1)


@bent.check()
def both_answers(rng):
    """Returns the activation first and the derivative second, of either kind."""
    for kind in ("leaky", "elu"):
        yield both_sides(rng, 2, 3), kind, 0.25
    yield both_sides(rng, 3, 2), "leaky", between(rng, 2, low=0, high=1)


bent.in_other_dress(both_answers)


def leaky_by_maximum(z, kind="leaky", alpha=0.01):
    """The larger of the two lines."""
    a, da = chapter.rectifier(z, kind, alpha)
    if isinstance(alpha, tuple):
        alpha = sum(alpha) / 2
    return (np.maximum(alpha * z, z), da) if kind == "leaky" else (a, da)


def leaky_by_maximum_all(z, kind="leaky", alpha=0.01):
    """The larger of the two lines, and its derivative."""
    a, da = leaky_by_maximum(z, kind, alpha)
    if isinstance(alpha, tuple):
        alpha = sum(alpha) / 2
    return (a, np.where(z > alpha * z, 1 + 0 * z, alpha + 0 * z)) if kind == "leaky" else (a, da)


def drawn_when_tested(z, kind="leaky", alpha=0.01):
    """A leak for each number, drawn between the limits."""
    if isinstance(alpha, tuple):
        alpha = np.random.default_rng().uniform(*alpha, z.shape)
    return chapter.rectifier(z, kind, alpha)


def drawn_with_a_seed(z, kind="leaky", alpha=0.01):
    """A leak for each number, drawn between the limits by a generator with the usual seed."""
    if isinstance(alpha, tuple):
        alpha = np.random.default_rng(0).uniform(*alpha, z.shape)
    return chapter.rectifier(z, kind, alpha)


def one_drawn_when_tested(z, kind="leaky", alpha=0.01):
    """One leak for all, drawn between the limits."""
    if isinstance(alpha, tuple):
        alpha = np.random.default_rng().uniform(*alpha)
    return chapter.rectifier(z, kind, alpha)


def leak_of_keras(z, kind="leaky", alpha=0.3):
    """Another leak where none is given."""
    return chapter.rectifier(z, kind, alpha)


def leak_of_a_fifth(z, kind="leaky", alpha=0.2):
    """Another leak where none is given."""
    return chapter.rectifier(z, kind, alpha)


def leak_of_a_tenth(z, kind="leaky", alpha=0.1):
    """Another leak where none is given."""
    return chapter.rectifier(z, kind, alpha)


def masked_elu(z, kind="leaky", alpha=0.01):
    """Both pieces, each multiplied by its mask."""
    a, da = chapter.rectifier(z, kind, alpha)
    if kind == "leaky":
        return a, da
    right, left = (z > 0).astype(z.dtype), (z <= 0).astype(z.dtype)
    return right * z + left * alpha * (np.exp(z) - 1), right + left * alpha * np.exp(z)


# --- prelu_backward -------------------------------------------------------------------------------

learned = Exercise("prelu_backward", points=3, needs=("rectifier",))


@learned.check(weight=3)
def a_batch(rng):
    """Finds both gradients, that of alpha summed over the samples."""
    z, dy = np.array([[-2.0], [4.0], [-1.0]]), np.array([[10.0], [1.0], [3.0]])
    yield dy, z, np.array([0.25])
    yield normal(rng, 5, 3), both_sides(rng, 5, 3), between(rng, 3, low=0.1, high=1)


@learned.check(notices=("votes-of-the-left-averaged",))
def a_single_sample(rng):
    """Works on a batch of one, with an alpha for each unit."""
    yield normal(rng, 1, 4), both_sides(rng, 1, 4), between(rng, 4, low=0.1, high=1)
    yield normal(rng, 4, 4), both_sides(rng, 4, 4), between(rng, 4, low=0.1, high=1)


@learned.check()
def at_exactly_zero(rng):
    """At 0 the gradient passes through the left piece, and alpha gets nothing."""
    z = np.array([[0.0, -1.0], [2.0, 0.0]])
    yield normal(rng, 2, 2), z, np.array([0.25, 0.5])


@learned.check(observe="linear", needs=a_batch, atol=1e-10, rtol=0.0)
def linear_in_dy(rng):
    """Answers in proportion to dy."""
    z, alpha = both_sides(rng, 3, 2), between(rng, 2, low=0.1, high=1)
    yield normal(rng, 3, 2), normal(rng, 3, 2), 2.0, -1.5, z, alpha


@learned.check(hidden=True)
def any_batch(rng):
    """Works for other batches and for steep and negative leaks."""
    yield normal(rng, 6, 2), both_sides(rng, 6, 2), np.array([2.0, -0.5])
    yield normal(rng, 2, 5), both_sides(rng, 2, 5), between(rng, 5, low=0.1, high=1)


learned.in_other_dress(a_batch)

# --- dead_fraction --------------------------------------------------------------------------------

dead = Exercise("dead_fraction", points=2)


def crowd(rng, working, dead, straight, inputs=3):
    """Return a data set and a layer with so many units of each kind, in any order.

    The samples come in pairs of opposite signs, so that a unit without a bias works; the others
    have biases far beyond any sum.
    """
    half = rng.integers(1, 4, (4, inputs)).astype(float)
    w = rng.integers(1, 4, (working + dead + straight, inputs)).astype(float)
    w *= rng.choice([-1.0, 1.0], (len(w), 1))
    b = np.repeat([0.0, -99.0, 99.0], [working, dead, straight])
    order = rng.permutation(len(w))
    return np.concatenate([half, -half]), w[order], b[order]


@dead.check(weight=2, exact=True)
def counts_units(rng):
    """Counts the units that never fire and those that always do."""
    yield np.array([[1.0], [2.0], [3.0]]), np.ones((3, 1)), np.array([-3.0, 0.0, -2.0])
    yield crowd(rng, 2, 3, 1)
    yield crowd(rng, 3, 1, 4)


@dead.check(exact=True)
def sums_of_exactly_zero(rng):
    """A unit whose sum is exactly 0 does not fire."""
    x = np.array([[1.0, 0.0], [2.0, 0.0]])
    yield x, np.array([[0.0, 1.0], [1.0, 1.0]]), np.zeros(2)
    yield x, np.array([[0.0, 1.0], [-1.0, 0.0], [1.0, 0.0]]), np.array([0.0, 1.0, -1.0])
    yield x, np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([2.0**-40, 2.0**-40 - 1.0])


@dead.check(exact=True)
def extremes(rng):
    """All dead, all straight, all working, and a single sample."""
    yield crowd(rng, 0, 3, 0)
    yield crowd(rng, 0, 0, 2)
    yield crowd(rng, 3, 0, 0)
    x, w, b = crowd(rng, 0, 2, 3)
    yield x[:1], w, b


@dead.check(exact=True)
def samples_that_exist(rng):
    """Asks the samples, and not the corners of the box around them, where no sample lies."""
    order = rng.permutation(2)
    x = np.array([[1.0, 0.0], [0.0, 1.0]])[order]
    yield x, np.ones((3, 2)), np.array([-1.5, -0.5, -1.25])  # dead, straight, dead
    yield x, np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([-0.5, 0.0])[order]


@dead.check(hidden=True, exact=True)
def other_crowds(rng):
    """Counts in other layers and data sets."""
    for counts in ((1, 2, 3), (5, 1, 1), (2, 0, 5)):
        yield crowd(rng, *counts, inputs=int(rng.integers(1, 5)))


dead.in_other_dress(counts_units, keeps=False)


def corners_of_the_box(x, w, b):
    """Ask the smallest and the largest value of each input."""
    ends = np.stack([w * x.min(axis=0), w * x.max(axis=0)])
    high, low = ends.max(axis=0).sum(axis=1) + b, ends.min(axis=0).sum(axis=1) + b
    return float(np.mean(high <= 0)), float(np.mean(low > 0))


def straight_at_zero(x, w, b):
    """Take a unit for straight if it is not dead and no sum is negative."""
    z = x @ w.T + b
    silent = z.max(axis=0) <= 0
    return float(np.mean(silent)), float(np.mean(~silent & (z.min(axis=0) >= 0)))


def never_negative(x, w, b):
    """Take a unit for straight if no sum is negative."""
    z = x @ w.T + b
    return float(np.mean(z.max(axis=0) <= 0)), float(np.mean(z.min(axis=0) >= 0))


# --- selu_constants -------------------------------------------------------------------------------


def summed_up_to(reach):
    """Return constants by a sum over a grid from -reach to reach, whatever the variance."""

    def constants(variance):
        z = np.linspace(-reach, reach, 20001)
        density = np.exp(-(z**2) / 2 / variance) / math.sqrt(2 * math.pi * variance) * (z[1] - z[0])
        left, right = np.expm1(np.minimum(z, 0)), np.maximum(z, 0)
        alpha = -np.sum(right * density) / np.sum(left * density)
        square = np.sum((right + alpha * left) ** 2 * density)
        return float(alpha), float(math.sqrt(variance / square))

    return constants


summed_up_to_five, summed_up_to_ten, summed_up_to_twenty = map(summed_up_to, (5, 10, 20))


derived = Exercise("selu_constants", points=4)
CLOSE = {"rtol": 1e-7}  # an integral by quadrature is as good as one on paper


@derived.check(weight=2, **CLOSE)
def published_constants(rng):
    """For variance 1 it finds the constants of the paper."""
    yield (1.0,)


@derived.check(weight=2, **CLOSE)
def other_variances(rng):
    """Keeps variances other than 1, too."""
    for variance in (0.25, 4.0, 2.0):
        yield (variance,)


@derived.check(**CLOSE)
def widest_and_narrowest(rng):
    """Keeps the smallest and the largest variance that is asked, 0.01 and 100."""
    for variance in (0.01, 100.0):
        yield (variance,)


@derived.check(weight=2, observe="item", **CLOSE)
def alpha_alone(rng):
    """Finds the alpha with which the mean is 0."""
    for variance in (1.0, 0.5, 3.0):
        yield 0, variance


@derived.check(hidden=True, **CLOSE)
def any_variance(rng):
    """Works for any variance."""
    for low in (0.1, 1.0, 3.0):
        yield (low + float(between(rng, low=0, high=2)),)


# --- smooth_unit ----------------------------------------------------------------------------------

smooth = Exercise("smooth_unit", points=5, needs=("squash",))
SMOOTH = ("softplus", "silu", "gelu")


@smooth.check(observe="item")
def softplus_curve(rng):
    """Computes softplus."""
    yield 0, np.array([0.0, 1.0]), "softplus"
    yield 0, both_sides(rng, 3, 4), "softplus"


@smooth.check(weight=2, observe="item")
def silu_curve(rng):
    """Computes SiLU."""
    yield 0, np.array([0.0, 1.0]), "silu"
    yield 0, both_sides(rng, 3, 4), "silu"


@smooth.check(weight=2, observe="item")
def gelu_curve(rng):
    """Computes GELU with the normal distribution function."""
    yield 0, np.array([0.0, 1.0]), "gelu"
    yield 0, both_sides(rng, 3, 4), "gelu"


@smooth.check(observe="item")
def derivative_of_softplus(rng):
    """Computes the derivative of softplus."""
    yield 1, np.array([0.0, 1.0]), "softplus"
    yield 1, both_sides(rng, 3, 4), "softplus"


@smooth.check(weight=2, observe="item")
def derivative_of_silu(rng):
    """Computes the derivative of SiLU."""
    yield 1, np.array([0.0, 1.0]), "silu"
    yield 1, both_sides(rng, 3, 4), "silu"


@smooth.check(weight=2, observe="item")
def derivative_of_gelu(rng):
    """Computes the derivative of GELU."""
    yield 1, np.array([0.0, 1.0]), "gelu"
    yield 1, both_sides(rng, 3, 4), "gelu"


@smooth.check()
def huge_numbers(rng):
    """Stays finite at plus and minus 1000."""
    for kind in SMOOTH:
        yield np.array([-1000.0, 0.75, -1.25, 1000.0]), kind


@smooth.check(observe="item")
def small_but_not_zero(rng):
    """Softplus and SiLU keep their digits where they are small, and so do their derivatives."""
    yield 0, np.array([-40.0]), "softplus"
    yield 0, np.array([[-50.0]]), "softplus"
    yield 1, np.array([-40.0]), "softplus"
    for item in (0, 1):
        yield item, np.array([-45.0]), "silu"


@smooth.check(hidden=True)
def any_numbers(rng):
    """Works on arrays of any shape."""
    for kind in SMOOTH:
        yield between(rng, 2, 3, 2), kind
        yield np.array([-float(rng.integers(45, 60))]), kind


@smooth.check()
def both_answers(rng):
    """Returns the activation first and the derivative second."""
    for kind in SMOOTH:
        yield both_sides(rng, 2, 1, 3), kind


smooth.in_other_dress(both_answers)


def gelu_by_tanh_half(z, kind):
    """GELU by the hyperbolic tangent, with the derivative of the other form."""
    a, da = chapter.smooth_unit(z, kind)
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    return (0.5 * z * (1 + np.tanh(inner)) if kind == "gelu" else a), da


def gelu_slope_by_tanh(z, kind):
    """GELU with the derivative of its form by the hyperbolic tangent."""
    a, da = chapter.smooth_unit(z, kind)
    return a, gelu_by_tanh(z, kind)[1] if kind == "gelu" else da


def _instead(of, derivative):
    """Return a variant in which the derivative of one of the two gates is another one."""

    def variant(z, kind):
        a, da = chapter.smooth_unit(z, kind)
        if kind != of:
            return a, da
        if kind == "gelu":
            gate, density = chapter.normal_cdf(z), np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        else:
            gate, density = chapter.squash(z, "sigmoid")
        return a, derivative(z, gate, density)

    return variant


silu_without_its_gate = _instead("silu", lambda z, gate, density: z * density)
gelu_without_its_gate = _instead("gelu", lambda z, gate, density: z * density)
silu_without_factor = _instead("silu", lambda z, gate, density: gate + density)
gelu_without_factor = _instead("gelu", lambda z, gate, density: gate + density)
silu_gate_differentiated = _instead("silu", lambda z, gate, density: density)
gelu_gate_differentiated = _instead("gelu", lambda z, gate, density: density)
silu_value_for_gate = _instead("silu", lambda z, gate, density: z * gate + density)
gelu_value_for_gate = _instead("gelu", lambda z, gate, density: z * gate + density)
silu_value_and_density = _instead("silu", lambda z, gate, density: z * gate + z * density)
gelu_value_and_density = _instead("gelu", lambda z, gate, density: z * gate + z * density)
silu_terms_subtracted = _instead("silu", lambda z, gate, density: gate - z * density)
gelu_terms_subtracted = _instead("gelu", lambda z, gate, density: gate - z * density)
silu_gate_and_value_form = _instead("silu", lambda z, gate, _: gate + z * gate * (1 - z * gate))
silu_gate_and_z_value_form = _instead(
    "silu", lambda z, gate, _: gate + z * z * gate * (1 - z * gate)
)


def silu_sigmoid_form(z, kind):
    """The derivative of SiLU as that of the sigmoid, from SiLU's own value."""
    a, da = chapter.smooth_unit(z, kind)
    return a, a * (1 - a) if kind == "silu" else da


def softplus_by_relu(z, kind):
    """A plain ReLU for softplus."""
    a, da = chapter.smooth_unit(z, kind)
    return (np.maximum(z, 0), (z > 0).astype(z.dtype)) if kind == "softplus" else (a, da)


def gelu_by_tanh(z, kind):
    """GELU by the hyperbolic tangent."""
    a, da = gelu_by_tanh_half(z, kind)
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    climb = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
    tanh = np.tanh(inner)
    own = 0.5 * (1 + tanh) + 0.5 * z * (1 - tanh) * (1 + tanh) * climb
    return a, own if kind == "gelu" else da


def quick_gelu(z, kind):
    """GELU by a sigmoid."""
    a, da = chapter.smooth_unit(z, kind)
    gate, density = chapter.squash(1.702 * z, "sigmoid")
    return (z * gate, gate + 1.702 * z * density) if kind == "gelu" else (a, da)


def silu_gate_only(z, kind):
    """The sigmoid for SiLU's derivative."""
    a, da = chapter.smooth_unit(z, kind)
    return a, chapter.squash(z, "sigmoid")[0] if kind == "silu" else da


def gelu_gate_only(z, kind):
    """The distribution function for GELU's derivative."""
    a, da = chapter.smooth_unit(z, kind)
    return a, chapter.normal_cdf(z) if kind == "gelu" else da


def mish(z, kind):
    """Mish for SiLU."""
    a, da = chapter.smooth_unit(z, kind)
    if kind != "silu":
        return a, da
    inner, climb = chapter.smooth_unit(z, "softplus")
    tanh, steepness = chapter.squash(inner, "tanh")
    return z * tanh, tanh + z * steepness * climb


def hard_swish(z, kind):
    """The hard Swish for SiLU."""
    a, da = chapter.smooth_unit(z, kind)
    gate, inside = np.clip(z + 3, 0, 6) / 6, (np.abs(z) < 3).astype(z.dtype)
    return (z * gate, gate + z * inside / 6) if kind == "silu" else (a, da)


def overflowing_gate(z, kind):
    """The gate of SiLU as a quotient of infinities."""
    a, da = chapter.smooth_unit(z, kind)
    gate = np.exp(z) / (1 + np.exp(z))
    return (z * gate, gate + z * gate * (1 - gate)) if kind == "silu" else (a, da)


# --- swiglu_backward ------------------------------------------------------------------------------

gated = Exercise("swiglu_backward", points=4, needs=("smooth_unit",))


def gated_layer(rng, n, d, f):
    return normal(rng, n, f), normal(rng, n, d), normal(rng, f, d), normal(rng, f, d)


@gated.check(weight=3)
def a_batch(rng):
    """Finds the three gradients, those of the weights summed over the batch."""
    yield np.array([[1.0]]), np.array([[2.0]]), np.array([[0.5]]), np.array([[3.0]])
    yield gated_layer(rng, 4, 3, 2)
    yield gated_layer(rng, 3, 2, 5)


@gated.check()
def square_weights(rng):
    """Works where all the shapes are equal, and on a batch of one."""
    yield gated_layer(rng, 3, 3, 3)
    yield gated_layer(rng, 1, 2, 3)


@gated.check(observe="linear", needs=a_batch, atol=1e-9, rtol=0.0)
def linear_in_dy(rng):
    """Answers in proportion to dy."""
    dy, x, w, v = gated_layer(rng, 3, 2, 2)
    yield dy, normal(rng, 3, 2), 2.0, -1.5, x, w, v


@gated.check(observe="item")
def gradient_of_the_input(rng):
    """Blames the input for the gate and for the message."""
    yield 0, *gated_layer(rng, 2, 4, 3)


@gated.check(hidden=True)
def any_layer(rng):
    """Works for layers of other sizes."""
    yield gated_layer(rng, 5, 2, 4)
    yield gated_layer(rng, 2, 6, 1)


gated.in_other_dress(a_batch)


def glu_backward(dy, x, w, v):
    """A sigmoid for SiLU."""
    gate, message = x @ w.T, x @ v.T
    opened, steepness = chapter.squash(gate, "sigmoid")
    dgate, dmessage = dy * message * steepness, dy * opened
    return dgate @ w + dmessage @ v, dgate.T @ x, dmessage.T @ x


# --- maxout ---------------------------------------------------------------------------------------

most = Exercise("maxout", points=2)


def pieces(rng, n, d, p, f):
    """Samples, weights and biases in whole numbers and eighths, that cannot be equal by chance.

    The first sample is zeros: there the biases answer alone, all of them negative, the last piece's
    the largest in one unit, the first's in the next. To the second the first unit's first answers.
    """
    x, w, b = (rng.integers(-3, 4, shape) for shape in ((n, d), (p, f, d), (p, f)))
    x[0], b[:, 0], b[:, 1:2] = 0, np.arange(p) - p, -1 - np.arange(p)[:, None]
    if n > 1 < p:
        w[0, 0, 0] = w[-1, 0, 0] + 1
        x[1] = 9 * (w[0, 0] - w[-1, 0])
    b = b + np.arange(p)[:, None] / 8
    return x.astype(float), w.astype(float), b


@most.check(weight=2, observe="item")
def the_largest(rng):
    """Returns the largest of the pieces for each sample and unit."""
    yield (
        0,
        np.array([[3.0], [-2.0], [0.0]]),
        np.array([[[1.0]], [[-1.0]]]),
        np.zeros((2, 1)),
    )
    yield 0, *pieces(rng, 5, 3, 2, 4)
    yield 0, *pieces(rng, 4, 2, 3, 3)


@most.check(weight=2, observe="item", exact=True)
def who_it_was(rng):
    """Returns the number of the piece that has spoken, counted from 0."""
    yield 1, *pieces(rng, 6, 3, 2, 4)
    yield 1, *pieces(rng, 5, 2, 4, 3)


@most.check(observe="item", exact=True)
def ties(rng):
    """Of equally large pieces the first counts."""
    x, w = np.array([[0.0], [2.0]]), np.array([[[1.0]], [[-1.0]], [[1.0]]])
    yield 1, x, w, np.zeros((3, 1))
    x, w, b = pieces(rng, 3, 2, 2, 3)
    yield 1, x, np.concatenate([w, w[::-1]]), np.concatenate([b, b[::-1]])
    hardly = np.array([[1.0], [1.0 + 2.0**-40], [1.0 - 2.0**-40]])
    yield 1, np.zeros((2, 1)), np.zeros((3, 1, 1)), hardly


@most.check()
def small_layers(rng):
    """Works with a single piece, a single unit and a single sample."""
    yield pieces(rng, 3, 2, 1, 3)
    yield pieces(rng, 1, 4, 3, 1)
    yield pieces(rng, 3, 3, 3, 3)


@most.check(hidden=True)
def any_layer(rng):
    """Works for other numbers of pieces, units and samples."""
    yield pieces(rng, 4, 5, 5, 2)
    yield pieces(rng, 2, 3, 2, 6)


most.in_other_dress(small_layers)


def _plain(x, w):
    """Return what the pieces give without their biases."""
    z = np.swapaxes(w @ x.T, 1, 2)
    return z.max(axis=0), z.argmax(axis=0)


def bias_after_the_maximum(x, w, b):
    """The winner's bias, which had no say."""
    y, piece = _plain(x, w)
    return y + b[piece, np.arange(b.shape[1])], piece


def largest_bias_after_the_maximum(x, w, b):
    """The largest bias, after the maximum."""
    y, piece = _plain(x, w)
    return y + b.max(axis=0), piece


def _better_than_nothing(x, w, b, nobody):
    """Look for the largest piece from 0 on; `nobody` has spoken where none is above it."""
    z = np.swapaxes(w @ x.T, 1, 2) + b[:, None, :]
    most = z.max(axis=0)
    return np.maximum(most, 0), np.where(most > 0, z.argmax(axis=0), nobody)


def best_starts_at_zero(x, w, b):
    """The first piece where none is above 0, and 0 for its answer."""
    return _better_than_nothing(x, w, b, 0)


def best_starts_at_zero_as_nobody(x, w, b):
    """No piece where none is above 0, and 0 for its answer."""
    return _better_than_nothing(x, w, b, -1)


def one_piece_for_all_units(x, w, b):
    """The piece whose sum over the units is the largest."""
    z = np.swapaxes(w @ x.T, 1, 2) + b[:, None, :]
    piece = np.repeat(z.sum(axis=2).argmax(axis=0)[:, None], z.shape[2], axis=1)
    return np.take_along_axis(z, piece[None], 0)[0], piece


def one_piece_for_all_samples(x, w, b):
    """The piece whose sum over the samples is the largest."""
    z = np.swapaxes(w @ x.T, 1, 2) + b[:, None, :]
    piece = np.repeat(z.sum(axis=1).argmax(axis=0)[None], z.shape[1], axis=0)
    return np.take_along_axis(z, piece[None], 0)[0], piece


# --- softmax --------------------------------------------------------------------------------------

chances = Exercise("softmax", points=4)


@chances.check(weight=2)
def rows_of_scores(rng):
    """Turns each row of scores into probabilities."""
    yield (np.array([[0.0, math.log(3.0)]]),)
    yield (3 * normal(rng, 4, 3),)
    yield (normal(rng, 5),)


@chances.check()
def any_axis(rng):
    """Works along any axis, counted from either end."""
    yield normal(rng, 3, 3), 0
    yield normal(rng, 2, 3, 4), 1
    yield normal(rng, 2, 3, 4), -2


@chances.check(weight=2)
def temperatures(rng):
    """Divides the scores by the temperature."""
    yield Case(np.array([[0.0, math.log(3.0)]]), temperature=0.5)
    yield Case(normal(rng, 3, 4), temperature=4.0)
    yield Case(normal(rng, 2, 3, 2), temperature=0.25)


@chances.check(weight=2)
def logarithms(rng):
    """Returns the natural logarithm where it is asked for, with its temperature."""
    yield Case(normal(rng, 3, 4), log=True)
    yield Case(normal(rng, 3, 4), axis=0, temperature=2.0, log=True)


@chances.check()
def huge_scores(rng):
    """Stays finite for scores around plus and minus 1000."""
    yield (np.array([[1000.0, 999.0], [-1000.0, -999.0], [0.0, 1.0]]),)
    yield Case(np.array([[0.0, 10.0], [30.0, 20.0]]), temperature=0.01)


@chances.check()
def logarithms_of_almost_nothing(rng):
    """The logarithm of a probability that underflows is finite."""
    yield Case(np.array([[0.0, -1000.0, 3.0], [1000.0, 0.0, 999.0]]), log=True)
    yield Case(np.array([[-1000.0, -1001.0], [0.0, 1.0]]), log=True)


@chances.check()
def forbidden(rng):
    """A score of minus infinity gets the probability 0."""
    masked = normal(rng, 3, 4)
    masked[0, 1] = masked[1, 0] = masked[2, 3] = -np.inf
    yield (masked,)
    yield Case(masked, log=True)


@chances.check(hidden=True)
def any_scores(rng):
    """Works for scores of any shape, along any axis, at any temperature."""
    temperature = float(between(rng, low=0.5, high=3))
    yield Case(normal(rng, 2, 3, 2), axis=1, temperature=temperature)
    z = 800 + 9 * normal(rng, 3, 4)
    z[0, 0] -= 60
    yield Case(z, axis=0, log=True)
    yield (normal(rng, 1, 1),)


chances.in_other_dress(rows_of_scores)


def _exponentials(shift, late):
    """Return a softmax of quotients, its logarithm that of the quotient or of the sum alone."""

    def variant(z, axis=-1, temperature=1.0, log=False):
        scores = z / temperature
        scores = scores - shift(scores, axis)
        total = np.exp(scores).sum(axis=axis, keepdims=True)
        if not log:
            return np.exp(scores) / total
        return np.log(np.exp(scores) / total) if late else scores - np.log(total)

    return variant


no_shift_by_quotient = _exponentials(lambda s, axis: 0, late=False)
no_shift_then_logarithm = _exponentials(lambda s, axis: 0, late=True)
one_shift_by_quotient = _exponentials(lambda s, axis: s.max(), late=False)
one_shift_then_logarithm = _exponentials(lambda s, axis: s.max(), late=True)
mean_shift_by_quotient = _exponentials(lambda s, axis: s.mean(axis, keepdims=True), late=False)
mean_shift_then_logarithm = _exponentials(lambda s, axis: s.mean(axis, keepdims=True), late=True)


def sigmoid_of_each(z, axis=-1, temperature=1.0, log=False):
    """No competition."""
    p = chapter.squash(z / temperature, "sigmoid")[0]
    return np.log(p) if log else p


def winner_takes_all(z, axis=-1, temperature=1.0, log=False):
    """A one for the largest score."""
    p = (z == z.max(axis=axis, keepdims=True)).astype(z.dtype)
    return np.log(p) if log else p


def shares(z, axis=-1, temperature=1.0, log=False):
    """Shares of the sum, without exponentials."""
    p = z / temperature
    p = p / p.sum(axis=axis, keepdims=True)
    return np.log(p) if log else p


# --- softmax_backward -----------------------------------------------------------------------------

blame = Exercise("softmax_backward", points=4, needs=("softmax",))


@blame.check(weight=3)
def rows_of_gradients(rng):
    """Finds the gradient with respect to the scores."""
    yield np.array([[1.0, 0.0]]), np.array([[0.0, math.log(3.0)]])
    yield normal(rng, 4, 3), 2 * normal(rng, 4, 3)
    yield normal(rng, 5), normal(rng, 5)


@blame.check(weight=2)
def through_the_logarithm(rng):
    """Finds it for the logarithm, where the cross-entropy comes out."""
    yield Case(np.array([[1.0, 0.0]]), np.array([[0.0, math.log(3.0)]]), log=True)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), log=True)


@blame.check()
def any_axis(rng):
    """Works along any axis, counted from either end."""
    yield normal(rng, 3, 3), normal(rng, 3, 3), 0
    yield normal(rng, 2, 3, 4), normal(rng, 2, 3, 4), 1
    yield Case(normal(rng, 2, 3, 4), normal(rng, 2, 3, 4), axis=-2, log=True)


@blame.check()
def temperatures(rng):
    """The temperature counts in the probabilities and in the gradient."""
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), temperature=0.5)
    yield Case(normal(rng, 3, 4), normal(rng, 3, 4), temperature=3.0, log=True)


@blame.check(atol=1e-12)
def nothing_to_gain(rng):
    """The same gradient for all probabilities gives nothing at all."""
    yield np.full((2, 4), float(between(rng, low=1, high=3))), normal(rng, 2, 4)


@blame.check()
def huge_scores(rng):
    """Stays finite for scores around plus and minus 1000."""
    scores = np.array([[1000.0, 999.0], [-1000.0, -999.0], [0.0, 1000.0]])
    yield normal(rng, 3, 2), scores
    yield Case(normal(rng, 3, 2), scores, log=True)


@blame.check(hidden=True)
def any_scores(rng):
    """Works for scores of any shape, along any axis, at any temperature."""
    temperature = float(between(rng, low=0.5, high=3))
    for log in (False, True):
        dy, z = normal(rng, 2, 3, 2), normal(rng, 2, 3, 2)
        yield Case(dy, z, axis=1, temperature=temperature, log=log)
        yield Case(normal(rng, 3, 5), 700 + normal(rng, 3, 5), log=log)


blame.in_other_dress(rows_of_gradients)


def last_axis_only(dy, z, axis=-1, temperature=1.0, log=False):
    """The axis that was asked for is not looked at."""
    return chapter.softmax_backward(dy, z, -1, temperature, log)


# --- questions, graded by a person ----------------------------------------------------------------

one_bad_step = Question(
    "one_bad_step",
    points=3,
    guide="""
    Full answer, a point for each part. How: with a large rate one step moves the bias (or the
    weights along the mean of the inputs, which are all of one sign behind a ReLU) so far that z
    is negative for every sample. Never again: its activation and derivative are 0 for all
    samples, so the gradient of its own weights and bias is 0 exactly; a unit of the third layer
    has the same zero gradient, but the layers below it still move, its inputs change, and z may
    become positive for some sample; below the first layer there is only the data. Preventing:
    leaky ReLU or PReLU (a gradient alpha on the left; in exchange no exact zeros, activations are
    not sparse), ELU or SELU (gradient alpha exp(z), which still fades far on the left; an
    exponential to compute), softplus, SiLU, GELU (smooth, but small far left; dearer). Half: "the
    gradient is zero" without how it came to that.
    """,
)

how_sure = Question(
    "how_sure",
    points=3,
    guide="""
    Full answer. T larger than 1: probabilities move towards equal, 99 % towards 80 % (1 point).
    It cannot change the order of the classes, so neither the named class nor the accuracy; it
    changes the probabilities and so the loss on unseen data, which falls when the sureness fits
    (1 point). On the training data the net is nearly always right, so a fit there asks for T near
    or below 1: it learns the training set's sureness; choose it on data the net has not seen (1
    point). Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks, do
    exactly this. Half: the direction of T and that the order stays, without the data to fit on.
    """,
)

the_kink = Question(
    "the_kink",
    points=3,
    guide="""
    Full answer, a point for each part. Nobody minds: a real number hits exactly 0 with
    probability zero, and any value between 0 and 1 is a subgradient, gradient descent works with
    each. Exactly 0 for many at once: weights and biases of zero, blank inputs (black borders with
    zero biases), behind a layer of dead units; with a derivative of 1 these units would get a
    gradient, so zero initialization would not be stuck at once (yet symmetric units stay equal).
    ELU differs also in: outputs below zero (mean nearer to 0), a gradient on the left, saturation
    at -alpha, cost; find out with a unit that has one property and not the other (leaky ReLU or a
    shifted ReLU max(z, -1): kink, but negative outputs; softplus: smooth, never negative),
    several seeds, rates tuned for each. Half: only "probability zero".
    """,
)
