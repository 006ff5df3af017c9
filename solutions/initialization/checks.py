"""How the chapter on initialization is judged.

`sample_weights` is judged by the statistics of 100,000 of its draws, divided by the standard
deviation that is asked, against those of the reference's own draws. At the tolerance `SPREAD` a
right sampler fails with a probability below 1e-9, and one whose width is off by a tenth passes with
a probability below 1e-9 (`tests/reference/oracles/test_initialization.py` shows both).
"""

from itertools import pairwise

import numpy as np

from autograder.cases import spread
from autograder.spec import Case, Exercise, Question

SPREAD = 0.07


# --- one neuron, many inputs ---------------------------------------------------------------------

preactivation_std = Exercise("preactivation_std", points=2)


@preactivation_std.check(weight=2)
def grows_like_the_root(rng):
    """Is 15.811 for 250 unit inputs with N(0, 1) weights, and grows like the root of n."""
    yield 250
    yield int(rng.integers(10, 90))
    yield int(rng.integers(1000, 9000))


@preactivation_std.check(weight=2)
def takes_the_spreads(rng):
    """Uses the standard deviations of weights and bias."""
    yield int(rng.integers(20, 200)), rng.uniform(0.1, 0.6)
    yield Case(int(rng.integers(5, 50)), weight_std=rng.uniform(0.2, 3.0), bias_std=2.5)
    yield Case(500, bias_std=1.0)


@preactivation_std.check()
def special_widths(rng):
    """Is the bias alone without inputs, and 1 for n weights of variance 1/n."""
    yield 0, 1.0, 0.75
    yield 400, 0.05
    yield 1


@preactivation_std.check(hidden=True)
def any_spreads(rng):
    """Is right for any sizes and spreads."""
    for _ in range(4):
        yield int(rng.integers(1, 5000)), rng.uniform(0.01, 2.0), rng.uniform(0.0, 5.0)
    yield int(rng.integers(2, 50)), 1.7


# --- fan-in and fan-out --------------------------------------------------------------------------

fans = Exercise("fans", points=3)


@fans.check()
def dense_fans(rng):
    """Gives (in, out) for a dense layer of shape (out, in)."""
    yield ((100, 300),)
    yield ((7, 3),)


@fans.check(weight=2)
def convolution_fans(rng):
    """Counts the kernel's positions in both fans of a convolution."""
    yield ((64, 3, 7, 7),)
    yield ((6, 5, 3, 2),)
    yield ((int(rng.integers(8, 20)), int(rng.integers(2, 7)), 4, 3),)


@fans.check()
def other_kernels(rng):
    """Takes kernels with one or three axes, and kernels of one pixel."""
    yield ((8, 5, 9),)
    yield ((4, 3, 2, 5, 7),)
    yield ((12, 10, 1, 1),)


@fans.check(weight=2, hidden=True)
def any_fans(rng):
    """Is right for any shape."""
    for axes in (0, 1, 2, 3, 2):
        low, middle, high = (int(k) for k in np.cumsum(rng.integers(1, 6, 3)) + 1)
        yield ((high, middle, *(int(k) for k in rng.permutation([low, 3, 5])[:axes])),)
        yield ((middle, high, *(int(k) for k in rng.permutation([low, 3, 5])[:axes])),)


def fans_of_keras(shape):
    area = int(np.prod(shape[:-2]))
    return shape[-2] * area, shape[-1] * area


# --- what an activation lets through -------------------------------------------------------------

gain = Exercise("gain", points=2)


@gain.check(weight=2)
def fixed_gains(rng):
    """Gives 1 for linear and logistic units, 5/3 for tanh and the root of 2 for ReLU."""
    yield from ("linear", "logistic", "tanh", "relu")


@gain.check(weight=2)
def leaky_gain(rng):
    """Makes up for what a leaky ReLU lets through, for the default slope and others."""
    yield "leaky_relu"
    yield "leaky_relu", 0.2
    yield Case("leaky_relu", slope=rng.uniform(0.3, 0.9))


@gain.check()
def leaky_limits(rng):
    """Is ReLU's gain at slope 0 and 1 at slope 1; the other activations ignore the slope."""
    yield "leaky_relu", 0.0
    yield "leaky_relu", 1.0
    yield "tanh", 0.4
    yield "relu", 0.4


@gain.check(hidden=True)
def any_gain(rng):
    """Is right for every activation and slope."""
    for activation in ("linear", "logistic", "tanh", "relu", "leaky_relu", "leaky_relu"):
        yield activation, rng.uniform(0.05, 1.5)


# --- the spread of the weights --------------------------------------------------------------------

weight_std = Exercise("weight_std", points=4, needs=("fans",))


def layer(rng, *window):
    """Return the shape of a layer with two different fans."""
    few, many = int(rng.integers(3, 30)), int(rng.integers(40, 200))
    return (*((few, many) if rng.random() < 0.5 else (many, few)), *window)


@weight_std.check(weight=2)
def keeps_the_signal(rng):
    """Keeps the signal: LeCun's rule with a gain of 1, He's with the root of 2."""
    yield ((100, 400),)
    yield (100, 200), np.sqrt(2)
    yield layer(rng), rng.uniform(0.5, 2.5), "fan_in"


@weight_std.check(weight=2)
def keeps_the_gradient(rng):
    """Keeps the gradient, with the fan-out."""
    yield (100, 200), np.sqrt(2), "fan_out"
    yield Case(layer(rng), mode="fan_out")


@weight_std.check(weight=2)
def takes_the_middle(rng):
    """Takes the mean of the two fans: Glorot's rule."""
    yield Case((100, 300), mode="fan_avg")
    yield Case((10, 25), mode="fan_avg")
    yield layer(rng), rng.uniform(0.5, 2.5), "fan_avg"


@weight_std.check()
def of_convolutions(rng):
    """Counts a convolution's window in both fans."""
    for mode in ("fan_in", "fan_out", "fan_avg"):
        yield layer(rng, 3, 2), 1.0, mode


@weight_std.check(weight=2, hidden=True, notices=("integer-mean",))
def any_layer(rng):
    """Is right for every layer, gain and mode."""
    for mode in ("fan_in", "fan_out", "fan_avg"):
        yield layer(rng), rng.uniform(0.3, 3.0), mode
        yield layer(rng, 5), rng.uniform(0.3, 3.0), mode


# --- the draws ------------------------------------------------------------------------------------

sample_weights = Exercise("sample_weights", points=6, needs=("fans", "weight_std"))


def many(rng, shape, gain=1.0, mode="fan_in", distribution="normal"):
    """Return the case of some 100,000 draws of weights with this shape, and their spread."""
    fan_in, fan_out = plain_fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    return Case(
        shape,
        gain=gain,
        mode=mode,
        distribution=distribution,
        seed=int(rng.integers(1 << 31)),
        scale=gain / np.sqrt(fan),
        repeats=round(100_000 / int(np.prod(shape))),
    )


def plain_fans(shape):
    area = int(np.prod(shape[2:]))
    return shape[1] * area, shape[0] * area


@sample_weights.check(weight=3, observe="sample", atol=SPREAD, exact=True)
def normal_draws(rng):
    """Draws from the normal distribution with the right shape, mean, spread and form."""
    yield many(rng, (80, 250))
    yield many(rng, (80, 250), np.sqrt(2), "fan_in")


@sample_weights.check(weight=3, observe="sample", atol=SPREAD, exact=True)
def uniform_draws(rng):
    """Draws from the uniform distribution with the right shape, mean, spread and form."""
    yield many(rng, (80, 250), 1.0, "fan_avg", "uniform")
    yield many(rng, (80, 250), np.sqrt(2), "fan_in", "uniform")


@sample_weights.check(weight=2, observe="sample", atol=SPREAD, exact=True)
def convolution(rng):
    """Draws the weights of a convolution with the spread that its fans ask for."""
    yield many(rng, (30, 12, 7, 5), np.sqrt(2), "fan_out", "normal")
    yield many(rng, (30, 12, 7, 5), np.sqrt(2), "fan_in", "uniform")


@sample_weights.check(weight=3, hidden=True, observe="sample", atol=SPREAD, exact=True)
def other_layers(rng):
    """Is right for layers that widen, for one unit and for other kernels, in every mode."""
    yield many(rng, (300, 40), np.sqrt(2), "fan_in", "normal")
    yield many(rng, (300, 40), 5 / 3, "fan_avg", "normal")
    yield many(rng, (1, 5000), 1.0, "fan_in", "uniform")
    yield many(rng, (50, 16, 9), np.sqrt(2), "fan_out", "uniform")


def drawn_again(std, shape, rng):
    """Draw what lies beyond two standard deviations again."""
    z = rng.standard_normal(shape)
    while np.any(beyond := np.abs(z) > 2):
        z[beyond] = rng.standard_normal(int(beyond.sum()))
    return std * z


def _std(shape, gain, mode):
    fan_in, fan_out = plain_fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    return gain / np.sqrt(fan)


def _uniform(shape, rng, gain, mode):
    return _std(shape, gain, mode) * rng.uniform(-np.sqrt(3), np.sqrt(3), shape)


def truncated(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    """Draw as Keras does: cut at two standard deviations, widened to keep the variance."""
    if distribution == "uniform":
        return _uniform(shape, rng, gain, mode)
    return drawn_again(_std(shape, gain, mode) / 0.87962566103423978, shape, rng)


def drawn_again_only(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    """Draw again what lies beyond two standard deviations, and widen nothing."""
    if distribution == "uniform":
        return _uniform(shape, rng, gain, mode)
    return drawn_again(_std(shape, gain, mode), shape, rng)


def clipped(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    """Put what lies beyond two standard deviations onto them."""
    if distribution == "uniform":
        return _uniform(shape, rng, gain, mode)
    return _std(shape, gain, mode) * np.clip(rng.standard_normal(shape), -2, 2)


def _drawn(std, shape, rng, distribution):
    if distribution == "uniform":
        return std * rng.uniform(-np.sqrt(3), np.sqrt(3), shape)
    return rng.normal(0.0, std, shape)


def _glorot_if_uniform(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    mode = "fan_avg" if distribution == "uniform" else mode
    return _drawn(_std(shape, gain, mode), shape, rng, distribution)


def _he_if_normal(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    if distribution == "normal":
        gain, mode = np.sqrt(2), "fan_in"
    return _drawn(_std(shape, gain, mode), shape, rng, distribution)


# --- through the whole stack ----------------------------------------------------------------------

growth = Exercise("predicted_growth", points=3, needs=("fans", "weight_std"))


def uneven(rng, layers):
    """Return widths that differ from layer to layer."""
    return [int(k) for k in rng.permutation(np.arange(2, 2 + 3 * layers + 3, 3))[: layers + 1]]


@growth.check()
def on_paper(rng):
    """Gives 1 and 2.5 for the widths 4, 100, 10 by fan-in, 0.4 and 1 by fan-out."""
    for mode in ("fan_in", "fan_out", "fan_avg"):
        yield [4, 100, 10], float(np.sqrt(2)), mode


@growth.check(weight=2)
def by_both_rules(rng):
    """Keeps the size in one direction; in the other the outermost widths decide."""
    for mode in ("fan_in", "fan_out"):
        yield uneven(rng, 4), float(np.sqrt(2)), mode
        yield uneven(rng, 1), float(np.sqrt(2)), mode


@growth.check(weight=2)
def with_other_gains(rng):
    """Knows what becomes of a ReLU stack whose weights were drawn with another gain."""
    yield [9, 9, 9, 9], 1.0, "fan_avg"
    yield uneven(rng, 3), float(rng.uniform(0.6, 1.3)), "fan_avg"
    yield uneven(rng, 3), 5 / 3, "fan_in"


@growth.check(weight=2, hidden=True)
def any_stack(rng):
    """Is right for every stack, gain and mode."""
    for mode in ("fan_in", "fan_out", "fan_avg"):
        yield uneven(rng, 5), float(rng.uniform(0.8, 1.8)), mode
        yield uneven(rng, 2), float(rng.uniform(0.8, 1.8)), mode


# --- the table of the textbooks ------------------------------------------------------------------

init_scale = Exercise("init_scale", points=3)


@init_scale.check(weight=2)
def logistic_and_relu(rng):
    """Gives bound and standard deviation for logistic units and for ReLU."""
    yield "relu", 300, 100, "uniform"
    yield "relu", 300, 100, "normal"
    yield "logistic", int(rng.integers(20, 90)), int(rng.integers(200, 400)), "uniform"
    yield "logistic", int(rng.integers(200, 400)), int(rng.integers(20, 90)), "normal"


@init_scale.check(weight=2)
def four_times_for_tanh(rng):
    """Gives four times the width for tanh."""
    yield "tanh", 300, 100, "uniform"
    yield "tanh", 300, 100, "normal"
    yield "tanh", int(rng.integers(20, 90)), int(rng.integers(200, 400)), "normal"


@init_scale.check()
def relatives_of_relu(rng):
    """Treats leaky ReLU and ELU as ReLU."""
    for activation in ("leaky_relu", "elu"):
        for distribution in ("uniform", "normal"):
            yield activation, int(rng.integers(3, 60)), int(rng.integers(100, 300)), distribution


@init_scale.check(weight=2, hidden=True)
def whole_table(rng):
    """Is right in every line and column of the table."""
    for activation in ("logistic", "tanh", "relu", "leaky_relu", "elu"):
        for distribution in ("uniform", "normal"):
            fan_in, fan_out = (int(k) for k in rng.integers(2, 900, 2))
            yield activation, fan_in, fan_out, distribution


# --- the signal by depth -------------------------------------------------------------------------

signal_by_depth = Exercise("signal_by_depth", points=4)


def stack(rng, n, sizes, scale=1.3):
    """Return a batch and the weights of a stack with these widths, from the input on."""
    shapes = [(sizes[k + 1], sizes[k]) for k in range(len(sizes) - 1)]
    weights = [scale * rng.normal(size=s) / np.sqrt(s[1]) for s in shapes]
    return rng.normal(size=(n, sizes[0])) + 0.3, weights


@signal_by_depth.check()
def linear_stack(rng):
    """Gives the spread of each layer of a linear stack."""
    yield *stack(rng, 6, (4, 5, 3)), "linear"
    yield np.array([[1.0, -1.0]]), [2 * np.eye(2)], "linear"


@signal_by_depth.check(weight=2)
def curved_stacks(rng):
    """Gives the spread behind logistic, tanh and ReLU units."""
    for activation in ("logistic", "tanh", "relu"):
        yield *stack(rng, 5, (4, 6, 3, 5)), activation


@signal_by_depth.check(weight=2)
def square_stack(rng):
    """Follows a deep stack of layers of equal width."""
    for activation in ("tanh", "relu"):
        yield *stack(rng, 7, (5,) * 7, scale=1.6), activation


@signal_by_depth.check()
def single_layer_or_sample(rng):
    """Takes a single layer and a single sample."""
    yield *stack(rng, 4, (3, 5)), "relu"
    yield *stack(rng, 1, (4, 6, 7)), "tanh"


@signal_by_depth.check(weight=2, hidden=True)
def wide_stacks(rng):
    """Is right for wider and deeper stacks, in any layout."""
    for activation in ("linear", "logistic", "tanh", "relu"):
        x, weights = stack(rng, 20, (9, 14, 12, 16, 11, 6))
        yield spread(x), [spread(w) for w in weights], activation


signal_by_depth.in_other_dress(curved_stacks)


# --- the gradient by depth -----------------------------------------------------------------------

gradient_by_depth = Exercise("gradient_by_depth", points=5)


def taught(rng, n, sizes, activation, scale=1.3):
    """Return a batch, a stack, its activation, and a gradient at its end."""
    x, weights = stack(rng, n, sizes, scale)
    return x, weights, activation, rng.normal(size=(n, sizes[-1])) - 0.2


@gradient_by_depth.check()
def last_layer(rng):
    """Multiplies the gradient by the derivative of the last layer's own activation."""
    for activation in ("linear", "logistic", "tanh", "relu"):
        yield taught(rng, 5, (4, 6), activation)
    yield np.array([[1.0, -1.0]]), [np.eye(2)], "relu", np.array([[3.0, 5.0]])


@gradient_by_depth.check(weight=3, needs=last_layer)
def back_through_the_stack(rng):
    """Carries the gradient back through layers of different widths, first layer first."""
    for activation in ("linear", "logistic", "tanh", "relu"):
        yield taught(rng, 6, (4, 7, 5, 3), activation)


@gradient_by_depth.check(weight=2, needs=last_layer)
def back_through_a_square_stack(rng):
    """Carries the gradient back through a deep stack of layers of equal width."""
    for activation in ("tanh", "relu"):
        yield taught(rng, 7, (5,) * 6, activation, scale=1.6)


@gradient_by_depth.check()
def gradient_of_one_sample(rng):
    """Takes a single sample."""
    yield taught(rng, 1, (3, 6, 5), "tanh")


@gradient_by_depth.check(weight=2, hidden=True)
def back_through_wide_stacks(rng):
    """Is right for wider and deeper stacks, in any layout."""
    for activation in ("linear", "logistic", "tanh", "relu"):
        x, weights, _, grad = taught(rng, 20, (9, 14, 12, 16, 11, 6), activation)
        yield spread(x), [spread(w) for w in weights], activation, spread(grad)


gradient_by_depth.in_other_dress(back_through_the_stack)


# --- update against weight ------------------------------------------------------------------------

ratios = Exercise("update_ratios", points=2)


def training_step(rng, *shapes):
    """Return weights and gradients of these shapes, of different sizes in each layer."""
    sizes = 10.0 ** rng.uniform(-2, 1, (len(shapes), 2))
    pairs = [(rng.normal(size=s) * a, rng.normal(size=s) * b) for s, (a, b) in zip(shapes, sizes)]
    return [w for w, _ in pairs], [g for _, g in pairs]


@ratios.check()
def on_paper(rng):
    """Gives 0.002 for the weights (3, 4), the gradient (0.6, -0.8) and a rate of 0.01."""
    yield [np.array([[3.0, 4.0]])], [np.array([[0.6, -0.8]])], 0.01


@ratios.check(weight=2)
def one_for_each_layer(rng):
    """Gives one ratio for each layer, of any shape, its mean not zero."""
    yield *training_step(rng, (4, 3), (5, 4), (2, 5)), float(rng.uniform(0.01, 0.1))
    weights, grads = training_step(rng, (3, 2, 3, 3), (4, 6))
    yield [w + 2.0 for w in weights], [g - 1.0 for g in grads], float(rng.uniform(0.5, 1.5))


ratios.in_other_dress(one_for_each_layer)


@ratios.check(hidden=True)
def any_layers(rng):
    """Is right for one layer, for many, and for a layer without gradient."""
    yield *training_step(rng, (6, 7)), 0.3
    weights, grads = training_step(rng, (3, 4), (4, 3), (3, 5), (1, 3))
    grads[1] = np.zeros_like(grads[1])
    yield weights, grads, float(rng.uniform(0.001, 0.01))


# --- which layer is ill? --------------------------------------------------------------------------

sick = Exercise("sick_layer", points=5)

CAUSES = ("large", "small", "saturated", "frozen", "hasty")


def log_of(rng, layers, ill=0, cause="healthy", frozen=1e-6, drift=None):
    """Return the log of a stack in which one layer is ill, as the chain rule makes it.

    The update of a layer goes with the signal in front of it and the gradient behind it, over the
    size of its weights; so large weights enlarge the ratios of all the other layers. With a `drift`
    each layer multiplies by that much, still in order, and all of them together do not look so.
    """
    forward, backward = rng.uniform(0.8, 1.25, (2, layers))
    if drift:
        forward[:], backward[:] = drift, drift
    size = np.ones(layers)
    if cause in ("large", "small"):
        size[ill - 1] = 30.0 if cause == "large" else 1 / 30
        forward[ill - 1] *= size[ill - 1]
        backward[ill - 1] *= size[ill - 1]
    let_through = np.ones(layers)
    if cause == "saturated":
        backward[ill - 1] *= 0.02
        let_through[ill - 1] = 0.02
    signal = np.cumprod(np.concatenate([rng.uniform(0.8, 1.2, 1), forward]))
    back = np.cumprod(np.concatenate([rng.uniform(0.005, 0.02, 1), backward[::-1]]))
    gradient = back[::-1].copy()
    ratio = signal[:-1] * gradient[1:] * let_through / size
    if cause in ("large", "small", "saturated"):
        ratio *= 0.001 / (signal[0] * gradient[-1])
    else:
        ratio = 0.001 * rng.uniform(0.4, 2.5, layers)
    if cause == "frozen":
        ratio[ill - 1] = frozen
    if cause == "hasty":
        ratio[ill - 1] = rng.uniform(0.05, 0.3)
    return signal, gradient, ratio


@sick.check(exact=True)
def on_paper(rng):
    """Finds the large weights of the example, although the ratios point elsewhere."""
    yield (
        np.array([1.0, 0.9, 27.0, 28.0]),
        np.array([0.33, 0.30, 0.01, 0.01]),
        np.array([0.03, 0.00003, 0.04]),
    )


@sick.check(weight=2, exact=True)
def signal_and_gradient(rng):
    """Tells weights too large, weights too small and saturated units, and where."""
    for cause in ("large", "small", "saturated"):
        layers = int(rng.integers(4, 8))
        yield log_of(rng, layers, int(rng.integers(2, layers)), cause)
        yield log_of(rng, 5, 1, cause)
        yield log_of(rng, 6, 6, cause, drift=1.2)
    signal, *rest = log_of(rng, 5, 3, "saturated")
    yield 0.3 * signal, *rest


@sick.check(weight=2, exact=True)
def ratios_alone(rng):
    """Tells a layer that is not updated and one that is updated too fast; or finds none ill."""
    for cause in ("frozen", "hasty"):
        layers = int(rng.integers(4, 8))
        yield log_of(rng, layers, int(rng.integers(1, layers + 1)), cause)
        yield log_of(rng, 4, 4, cause, frozen=0.0)
    yield log_of(rng, 6)
    yield log_of(rng, 8, drift=1.2)


sick.in_other_dress(signal_and_gradient, keeps=False)


def _mild(ill, s, g, r=1e-3):
    """Return a log of five layers that are all just in order, but for one."""
    layers = 5
    forward, backward, ratio = np.ones(layers), np.ones(layers), np.full(layers, 1e-3)
    others = np.arange(layers) != ill - 1
    forward[others] = [0.53, 1.9, 1.9, 1.0]
    backward[others] = [1.9, 0.53, 1.0, 1.9]
    forward[ill - 1], backward[ill - 1], ratio[ill - 1] = s, g, r
    signal = np.cumprod(np.concatenate([[1.0], forward]))
    gradient = np.cumprod(np.concatenate([[0.01], backward[::-1]]))[::-1].copy()
    return signal, gradient, ratio


@sick.check(weight=2, exact=True)
def near_the_limits(rng):
    """Keeps to the limits, which themselves are in order."""
    yield _mild(3, 12.0, 12.0)
    yield _mild(2, 0.08, 0.08)
    yield _mild(2, 2.1, 2.1)
    yield _mild(4, 0.48, 0.48)
    yield _mild(3, 0.53, 0.48)
    yield _mild(3, 1.9, 0.48)
    yield np.array([1.0, 2.0, 1.0]), np.array([0.5, 0.25, 0.5]), np.array([1e-2, 1e-4])
    yield np.array([1.0, 2.0, 4.0]), np.array([2.0, 1.0, 0.5]), np.array([1e-3, 1e-3])
    yield np.array([1.0, 0.5, 0.25]), np.array([0.25, 0.5, 1.0]), np.array([1e-3, 1e-3])
    yield np.array([1.0, 0.5, 0.5]), np.array([0.25, 1.0, 1.0]), np.array([1e-3, 1e-3])
    for last in (1.05e-2, 0.95e-2, 1.05e-4, 0.95e-4):
        yield _mild(1, 1.0, 1.0, last)


@sick.check(weight=3, hidden=True, exact=True)
def any_log(rng):
    """Is right for every log."""
    for cause in CAUSES:
        layers = int(rng.integers(2, 12))
        yield log_of(rng, layers, int(rng.integers(1, layers + 1)), cause)
    yield log_of(rng, 1, 1, "large")
    yield log_of(rng, 9)
    yield log_of(rng, 9, drift=1.2)


def _both_strictly(forward, backward, ratio):
    """Go through the layers, each illness with all that is said of it."""
    for layer, (s, g) in enumerate(zip(forward, backward), 1):
        if s > 2 and g > 2:
            return layer, "large"
        if s < 0.5 and g < 0.5:
            return layer, "small"
        if 0.5 <= s <= 2 and g < 0.5:
            return layer, "saturated"
    for layer, r in enumerate(ratio, 1):
        if r < 1e-4 or r > 1e-2:
            return layer, "frozen" if r < 1e-4 else "hasty"
    return 0, "healthy"


def _by_cause(s, g, ratio):
    """Go through the illnesses, each in all layers."""
    tests = [
        ("large", (s > 2) & (g > 2)),
        ("small", (s < 0.5) & (g < 0.5)),
        ("saturated", (s >= 0.5) & (s <= 2) & (g < 0.5)),
    ]
    if np.all((s >= 0.5) & (s <= 2) & (g >= 0.5) & (g <= 2)):
        tests = [("frozen", ratio < 1e-4), ("hasty", ratio > 1e-2)]
    for name, hit in tests:
        if hit.any():
            return int(np.argmax(hit)) + 1, name
    return 0, "healthy"


def _gradient_forward_by_cause(signal, gradient, ratio):
    return _by_cause(signal[1:] / signal[:-1], gradient[1:] / gradient[:-1], ratio)


def _signal_backward_strictly(signal, gradient, ratio):
    return _both_strictly(signal[:-1] / signal[1:], gradient[:-1] / gradient[1:], ratio)


def _signal_backward_by_cause(signal, gradient, ratio):
    return _by_cause(signal[:-1] / signal[1:], gradient[:-1] / gradient[1:], ratio)


def _differences_strictly(signal, gradient, ratio):
    return _both_strictly(signal[1:] - signal[:-1], gradient[:-1] - gradient[1:], ratio)


def _ratios_in_one_loop(signal, gradient, ratio):
    for k, r in enumerate(ratio):
        found = _both_strictly(
            signal[k + 1 : k + 2] / signal[k], gradient[k] / gradient[k + 1 : k + 2], [r]
        )
        if found[0]:
            return k + 1, found[1]
    return 0, "healthy"


# --- orthogonal weights ---------------------------------------------------------------------------


def draws(rng, rows, columns):
    """Normal draws, heavier on the diagonal, so that no column is nearly a mixture of others.

    The first is the heaviest of all, and negative.
    """
    entries = rng.normal(size=(rows, columns)) + 3 * np.eye(rows, columns)
    entries[0, 0] = -1 - np.abs(entries).max()
    return entries


orthogonal = Exercise("orthogonal_weights", points=3)


@orthogonal.check()
def worked_example(rng):
    """Makes (0.6, 0.8) and (-0.8, 0.6) of the columns (3, 4) and (1, 3)."""
    yield (np.array([[3.0, 1.0], [4.0, 3.0]]),)


@orthogonal.check(weight=2)
def columns(rng):
    """Makes the columns orthonormal, in order, where there are no more of them than rows."""
    yield (draws(rng, 6, 3),)
    yield (draws(rng, 4, 4),)


@orthogonal.check(weight=2)
def rows(rng):
    """Makes the rows orthonormal where they are fewer than the columns."""
    yield (draws(rng, 3, 5),)
    yield (draws(rng, 1, 4),)


@orthogonal.check()
def takes_a_gain(rng):
    """Multiplies by the gain."""
    yield Case(draws(rng, 4, 3), gain=5 / 3)
    yield draws(rng, 2, 4), float(rng.uniform(0.3, 0.8))


orthogonal.in_other_dress(takes_a_gain)


@orthogonal.check(hidden=True)
def other_shapes(rng):
    """Is right for other shapes and gains, and for columns that start downwards."""
    yield draws(rng, 9, 7), 1.5
    yield (draws(rng, 4, 8),)
    yield (-draws(rng, 5, 5),)


def _normalised(draws, gain=1.0):
    axis = 0 if draws.shape[0] >= draws.shape[1] else 1
    return gain * draws / np.linalg.norm(draws, axis=axis, keepdims=True)


def _nearest(draws, gain=1.0):
    u, _, vt = np.linalg.svd(draws, full_matrices=False)
    return gain * (u @ vt)


def _of_the_singular_values(draws, gain=1.0):
    u, _, v = np.linalg.svd(draws, full_matrices=False)
    return gain * (u if u.shape == draws.shape else v)


def _cleaned_with_raw_columns(draws, gain=1.0):
    columns = draws if draws.shape[0] >= draws.shape[1] else draws.T
    q = columns.copy()
    for k in range(columns.shape[1]):
        for j in range(k):
            raw = columns[:, j]
            q[:, k] -= (raw @ columns[:, k]) / (raw @ raw) * raw
    q = gain * q / np.linalg.norm(q, axis=0)
    return (q if draws.shape[0] >= draws.shape[1] else q.T).astype(draws.dtype)


def _gain_inside_the_loop(draws, gain=1.0):
    if draws.shape[0] < draws.shape[1]:
        return _gain_inside_the_loop(draws.T, gain).T
    columns = []
    for column in draws.T:
        for q in columns:
            column = column - (q @ column) * q
        columns.append(gain * column / np.linalg.norm(column))
    return np.stack(columns, axis=1).astype(draws.dtype)


def _last_column_first(draws, gain=1.0):
    if draws.shape[0] < draws.shape[1]:
        return _last_column_first(draws.T, gain).T
    q, r = np.linalg.qr(draws[:, ::-1])
    return (gain * (q * np.sign(np.diag(r)))[:, ::-1]).astype(draws.dtype)


# --- LSUV -----------------------------------------------------------------------------------------

lsuv = Exercise("lsuv_weights", points=3)


def dice_stack(rng, *sizes, width=1.0):
    """Return a batch and the weights of a stack, all of one width of the dice."""
    x = rng.normal(size=(6, sizes[0])) + 0.2
    return x, [width * rng.normal(size=(b, a)) for a, b in pairwise(sizes)]


@lsuv.check()
def worked_example(rng):
    """Mends the first of two equal layers and finds the second in order."""
    yield np.array([[1.0, -1.0]]), [2 * np.eye(2), 2 * np.eye(2)], "relu"
    yield np.array([[1.0, -1.0]]), [1.04 * np.eye(2)], "relu"


@lsuv.check()
def one_layer(rng):
    """Divides the weights of a layer by the standard deviation of its pre-activations."""
    yield *dice_stack(rng, 5, 4, width=4.0), "tanh"
    yield *dice_stack(rng, 3, 6, width=4.0), "linear"


@lsuv.check(weight=2, needs=one_layer)
def layer_by_layer(rng):
    """Measures each layer behind the mended ones, for every activation."""
    for activation in ("relu", "tanh", "logistic", "linear"):
        yield *dice_stack(rng, 4, 5, 3, 6, width=20.0), activation


lsuv.in_other_dress(layer_by_layer)


@lsuv.check(weight=2, hidden=True)
def deeper_stacks(rng):
    """Mends deeper stacks, of layers much too wide or too narrow."""
    x, weights = dice_stack(rng, 6, 7, 5, 8, 4, 6)
    scales = rng.permutation(np.array([0.01, 0.3, 1.0, 20.0, 300.0]))
    yield x, [scale * w for scale, w in zip(scales, weights)], "relu"
    yield x, [scale * w for scale, w in zip(scales, weights)], "tanh"


# --- residual nets --------------------------------------------------------------------------------

residual = Exercise("residual_scale", points=2)


@residual.check()
def worked_examples(rng):
    """Is 1 for one block that doubles and for two that quadruple, 0.1003 for a hundred and e."""
    yield 1, 2.0
    yield 2, 4.0
    yield 100, np.e


@residual.check(weight=2)
def any_growth(rng):
    """Is right for every number of blocks and every growth, which is 2 unless it is given."""
    for blocks in (1, 3, 12, int(rng.integers(20, 60))):
        yield blocks, float(rng.uniform(1.5, 9.0))
    yield int(rng.integers(4, 30))


@residual.check(exact=True)
def nothing_grows(rng):
    """Is 0 where nothing is to grow."""
    yield int(rng.integers(1, 40)), 1.0


@residual.check(hidden=True)
def many_blocks(rng):
    """Is right for few and for very many blocks."""
    yield 1000, float(rng.uniform(2, 30))
    yield Case(2, growth=float(rng.uniform(1.1, 3)))


# --- questions, graded by a person ----------------------------------------------------------------

which_start_breaks_twins = Question(
    "which_start_breaks_twins",
    points=3,
    guide="""
    Full answer, a point for each. (a) never: same inputs, same outputs, same gradient coming
    back, same step, for ever one unit copied. (b) yes, slowly: hidden units answer differently
    (and switch on at different inputs), so their outgoing weights get different gradients, and
    from then on their incoming ones too; at first they all look in the same direction. (c) yes:
    in the first step the hidden layer gets no gradient (it comes back through zeros), but the
    second matrix gets delta times h, different for each unit; from the second step on everything
    learns. Zeros are harmful only where units would stay equal. Half: "weights must be random"
    for all three; who says that (c) never learns has followed the gradient for one step only.
    """,
)

hourglass = Question(
    "hourglass",
    points=3,
    guide="""
    Full answer. He (1 point): forward factor fan_in * (2/fan_in) / 2 = 1 always; backward
    fan_out/fan_in: 1/100 and 100 in turn, which cancel over a pair, so nothing grows with depth.
    Glorot times root 2 (1 point): forward 2 in/(in + out): 1.98 and 0.0198, so 0.04 for each
    pair; backward the same by symmetry: both fade exponentially, the middle of two wishes serves
    neither when widths alternate. Conclusion (1 point): He's; the product of the backward factors
    telescopes to the ratio of the outermost widths, so keeping the signal already keeps the
    gradient up to a constant. Half: right conclusion from the formulae without the factors over a
    pair.
    """,
)

ten_times_as_long = Question(
    "ten_times_as_long",
    points=3,
    guide="""
    Full answer, a point for each part. Glorot: signal and gradient shrink by root 2 per layer, to a
    thousandth over twenty layers: small, not zero, and pointing the right way. It stands on a
    plateau, weights slowly grow, and the larger they are the faster; given time it learns (two runs
    of ours: 21 and 20 % after 30 passes, 45 and 39 % after 50, 96 and 77 % after 120). N(0, 1):
    each layer multiplies by about 7 (the root of 100/2), so the scores reach 10^16 and the softmax
    is saturated, and the gradient of every weight matrix is about 7^19, some 10^16: what multiplied
    the signal before it times what multiplies the gradient behind it. One step of 0.01 times that
    destroys the weights (overflow, dead units), and nothing is left that time could improve.
    10^-17: the step has to be a small part of weights of size 1, so the rate must undo the 10^16
    (57 and 58 % of the digits are then right after a dozen passes). Half: "more time helps" or
    "does not" without figures.
    """,
)
