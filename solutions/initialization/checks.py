"""How the chapter on initialization is judged.

A sampler is judged by the statistics of 100,000 of its draws, divided by the standard deviation
that is asked, against those of the reference's own draws. At the tolerance `SPREAD` a right sampler
fails with a probability below 1e-9, and one whose width is off by a tenth passes with a probability
below 1e-9 (`tests/oracles/test_initialization.py` shows both).
"""

import numpy as np

from autograder.spec import Case, Exercise, Question

SPREAD = 0.07


def strided(a):
    """Return an equal array that is not contiguous."""
    return np.repeat(a, 2, axis=-1)[..., ::2]


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


ROOT = "np.sqrt(n * weight_std**2 + bias_std**2)"

preactivation_std.misconception(
    "variance-for-standard-deviation",
    replace=ROOT,
    by="(n * weight_std**2 + bias_std**2)",
    hint="For 250 inputs you give the variance. What is asked?",
)
preactivation_std.misconception(
    "standard-deviations-add",
    replace=ROOT,
    by="(n * weight_std + bias_std)",
    hint="What adds up when independent random numbers are summed: their standard deviations or "
    "their variances?",
)
preactivation_std.misconception(
    "weight-spread-not-squared",
    replace="n * weight_std**2",
    by="n * weight_std",
    hint="Double the weights. By how much should the spread of their sum grow?",
)
preactivation_std.misconception(
    "bias-outside-the-root",
    replace=ROOT,
    by="np.sqrt(n) * weight_std + bias_std",
    hint="The bias is one more independent term of the sum. Where does its variance belong?",
)
preactivation_std.misconception(
    "bias-forgotten",
    replace=" + bias_std**2",
    by="",
    hint="500 inputs and a bias: is the answer the root of 500 or of 501?",
)
preactivation_std.misconception(
    "a-bias-for-every-input",
    replace="n * weight_std**2 + bias_std**2",
    by="n * (weight_std**2 + bias_std**2)",
    hint="How many biases has a neuron with 500 inputs?",
)
preactivation_std.misconception(
    "bias-is-one-more-input",
    replace="n * weight_std**2 + bias_std**2",
    by="(n + 1) * weight_std**2",
    hint="Is the bias drawn with the spread of the weights, or with its own?",
)
preactivation_std.misconception(
    "bias-not-squared",
    replace=" + bias_std**2",
    by=" + bias_std",
    hint="Under the root stand variances. Is what you add for the bias one?",
)
preactivation_std.misconception(
    "scale-forgotten",
    replace="n * weight_std**2 +",
    by="n +",
    hint="Change weight_std. What changes in your answer?",
)
preactivation_std.misconception(
    "mean-instead-of-sum",
    replace=ROOT,
    by="np.sqrt(weight_std**2 / max(n, 1) + bias_std**2)",
    hint="Does a neuron add its inputs or average them? Does your spread grow or shrink with n?",
)

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


fans.misconception(
    "fans-exchanged",
    replace="shape[1] * area, shape[0] * area",
    by="shape[0] * area, shape[1] * area",
    hint="Weights have the shape (out, in). Over how many inputs does one unit sum?",
)
fans.misconception(
    "kernel-area-forgotten",
    replace="shape[1] * area, shape[0] * area",
    by="shape[1], shape[0]",
    hint="How many numbers does one output pixel of a 7×7 convolution over 3 channels look at?",
)
fans.misconception(
    "area-in-fan-in-only",
    replace="shape[0] * area",
    by="shape[0]",
    hint="How many output pixels look at one input pixel? One per filter, or one per filter and "
    "position of the kernel?",
)
fans.misconception(
    "last-axis-left-out",
    replace="shape[0] * area",
    by="int(np.prod(shape[:-1]))",
    hint="Which axis of the shape counts the inputs? Is it always the last one?",
)
fans.misconception(
    "area-in-fan-out-only",
    replace="shape[1] * area, shape[0] * area",
    by="shape[1], shape[0] * area",
    hint="How many numbers does one output pixel of a 7×7 convolution over 3 channels look at?",
)
fans.misconception(
    "both-are-all-weights",
    replace="shape[1] * area, shape[0] * area",
    by="int(np.prod(shape)), int(np.prod(shape))",
    hint="You count all the weights of the layer. How many of them belong to one unit?",
)
fans.misconception(
    "square-kernels-only",
    replace="np.prod(shape[2:])",
    by="np.prod(shape[2:3]) ** len(shape[2:])",
    hint="Try a kernel of 3×2. How many positions has it?",
)
fans.misconception(
    "kernel-sides-added",
    replace="np.prod(shape[2:])",
    by="max(np.sum(shape[2:]), 1)",
    hint="How many positions has a kernel of 7×7: 14 or 49?",
)
fans.misconception(
    "channels-last",
    function=fans_of_keras,
    hint="Which axes of the shape hold filters and channels in this course: the first two or the "
    "last two?",
    convention="the order (KH, KW, in, out) of TensorFlow and Keras; here (out, in, KH, KW)",
)

# --- the samplers --------------------------------------------------------------------------------


def many(rng, shape, std):
    """Return the case of some 100,000 draws of weights with this shape, and their spread."""
    size = int(np.prod(shape))
    return Case(shape, seed=int(rng.integers(1 << 31)), scale=std, repeats=round(100_000 / size))


def declare_sampler(exercise, variance):
    """Declare the checks that all samplers share; `variance` is a function of the two fans."""

    @exercise.check(weight=3, observe="sample", atol=SPREAD, exact=True)
    def dense_layer(rng):
        """Draws the weights of a dense layer with the right shape, mean, spread and form."""
        yield many(rng, (80, 250), np.sqrt(variance(250, 80)))

    @exercise.check(weight=2, observe="sample", atol=SPREAD, exact=True)
    def convolution(rng):
        """Draws the weights of a convolution with the spread that its fans ask for."""
        yield many(rng, (30, 12, 7, 5), np.sqrt(variance(12 * 35, 30 * 35)))

    @exercise.check(weight=2, hidden=True, observe="sample", atol=SPREAD, exact=True)
    def other_layers(rng):
        """Is right for layers that widen, for one unit and for other kernels."""
        yield many(rng, (300, 40), np.sqrt(variance(40, 300)))
        yield many(rng, (1, 5000), np.sqrt(variance(5000, 1)))
        yield many(rng, (50, 16, 9), np.sqrt(variance(16 * 9, 50 * 9)))


def declare_common_mistakes(exercise, draw):
    """Declare the mistakes that all samplers share; `draw` is the method of the generator."""
    call = f"return rng.{draw}("
    exercise.misconception(
        "a-generator-of-its-own",
        replace=call,
        by=f"return np.random.default_rng(0).{draw}(",
        hint="You are given a generator. What happens to the layers of a net if each of them "
        "starts its own with the same seed?",
    )
    exercise.misconception(
        "the-global-generator",
        replace=call,
        by=f"return np.random.{draw}(",
        hint="Run your net again with the same seed. Are its weights the same? Whose dice did you "
        "throw: those you were given, or NumPy's own?",
    )
    exercise.misconception(
        "all-zero",
        replace=call,
        by=f"return np.zeros(shape) * rng.{draw}(",
        hint="All your weights are zero. What do the units of a layer learn that all start alike?",
    )
    exercise.misconception(
        "one-draw-for-all",
        replace=(call, ", shape)"),
        by=(f"return np.zeros(shape) + rng.{draw}(", ")"),
        hint="All your weights have the same value. What will ever make two units of a layer "
        "different?",
    )
    exercise.misconception(
        "every-unit-alike",
        replace=(call, ", shape)"),
        by=(f"return np.zeros(shape) + rng.{draw}(", ", shape[1:])"),
        hint="Your units differ in nothing: each row is a copy of the first. Do their gradients "
        "differ, then?",
    )


def drawn_again(variance, shape, rng):
    """Draw what lies beyond two standard deviations again."""
    z = rng.standard_normal(shape)
    while np.any(beyond := np.abs(z) > 2):
        z[beyond] = rng.standard_normal(int(beyond.sum()))
    return np.sqrt(variance) * z


def truncated(variance, shape, rng):
    """Draw as Keras does: cut at two standard deviations, widened to keep the variance."""
    return drawn_again(variance / 0.87962566103423978**2, shape, rng)


def clipped(variance, shape, rng):
    """Put what lies beyond two standard deviations onto them."""
    return np.sqrt(variance) * np.clip(rng.standard_normal(shape), -2, 2)


def plain_fans(shape):
    area = int(np.prod(shape[2:]))
    return shape[1] * area, shape[0] * area


VARIANCE = "The generator's second argument is a standard deviation. What did you give it?"
TRUNCATED = "Your draws never leave two standard deviations. Is the asked distribution truncated?"
SHAPE_ONLY = (
    "In a convolution, how many numbers does one unit sum? Do the kernel's positions count?"
)

lecun_normal = Exercise("lecun_normal", points=2, needs=("fans",))
declare_sampler(lecun_normal, lambda fan_in, fan_out: 1 / fan_in)
declare_common_mistakes(lecun_normal, "normal")


def lecun_truncated(shape, rng):
    return truncated(1 / plain_fans(shape)[0], shape, rng)


def lecun_drawn_again(shape, rng):
    return drawn_again(1 / plain_fans(shape)[0], shape, rng)


def lecun_clipped(shape, rng):
    return clipped(1 / plain_fans(shape)[0], shape, rng)


lecun_normal.misconception(
    "variance-for-standard-deviation",
    replace="np.sqrt(1.0 / fan_in)",
    by="1.0 / fan_in",
    hint=VARIANCE,
)
lecun_normal.misconception(
    "fan-out",
    replace="fan_in, _ = fans",
    by="_, fan_in = fans",
    hint="Which fan counts the terms of a unit's sum?",
)
lecun_normal.misconception(
    "unit-variance",
    replace="np.sqrt(1.0 / fan_in)",
    by="1.0",
    hint="Your weights have the variance 1 however many inputs there are. What did section 1 say "
    "about 250 of them?",
)
lecun_normal.misconception(
    "uniform-for-normal",
    replace="rng.normal(0.0, np.sqrt(1.0 / fan_in), shape)",
    by="rng.uniform(-1, 1, shape) * np.sqrt(3.0 / fan_in)",
    hint="The spread of your draws is right. Which form of distribution is asked?",
)
lecun_normal.misconception(
    "he-for-lecun",
    replace="1.0 / fan_in",
    by="2.0 / fan_in",
    hint="Is half of the signal lost in the units this rule was made for?",
    convention="He's rule for ReLU, with variance 2 / fan_in; LeCun's has 1 / fan_in",
)
lecun_normal.misconception(
    "glorot-for-lecun",
    replace="1.0 / fan_in",
    by="2.0 / sum(fans(shape))",
    hint="Does this rule look at the way back, too?",
    convention="Glorot's rule, with variance 2 / (fan_in + fan_out); LeCun's has 1 / fan_in",
)
lecun_normal.misconception(
    "kernel-area-forgotten",
    replace="1.0 / fan_in",
    by="1.0 / shape[1]",
    hint=SHAPE_ONLY,
)
lecun_normal.misconception(
    "all-weights-counted",
    replace="1.0 / fan_in",
    by="1.0 / np.prod(shape)",
    hint="You count all the weights of the layer. How many of them belong to one unit?",
)
lecun_normal.misconception(
    "truncated",
    function=lecun_truncated,
    hint=TRUNCATED,
    convention="Keras' LecunNormal, a normal distribution truncated at two standard deviations; "
    "here the plain one",
).also(function=lecun_drawn_again).also(function=lecun_clipped)

glorot_uniform = Exercise("glorot_uniform", points=3, needs=("fans",))
declare_sampler(glorot_uniform, lambda fan_in, fan_out: 2 / (fan_in + fan_out))
declare_common_mistakes(glorot_uniform, "uniform")

glorot_uniform.misconception(
    "root-forgotten",
    replace="np.sqrt(6.0 / (fan_in + fan_out))",
    by="6.0 / (fan_in + fan_out)",
    hint="Is your bound the square of something? Compare it with the worked number 0.1225.",
)
glorot_uniform.misconception(
    "standard-deviation-as-bound",
    replace="6.0 /",
    by="2.0 /",
    hint="You took the standard deviation for the bound. Which variance has a uniform distribution "
    "on (-a, a)?",
)
glorot_uniform.misconception(
    "root-of-the-numerator-only",
    replace="np.sqrt(6.0 / (fan_in + fan_out))",
    by="np.sqrt(6.0) / (fan_in + fan_out)",
    hint="Four times as many inputs: should your weights be half as wide, or a quarter?",
)
glorot_uniform.misconception(
    "twelfth-of-the-half-width",
    replace="6.0 /",
    by="24.0 /",
    hint="A twelfth of the square of what is the variance of a uniform distribution: of its whole "
    "width, or of the distance from 0 to its edge?",
)
glorot_uniform.misconception(
    "bound-as-width",
    replace="rng.uniform(-a, a, shape)",
    by="rng.uniform(-a / 2, a / 2, shape)",
    hint="Is a the whole width of the distribution, or the distance from 0 to its edge?",
)
glorot_uniform.misconception(
    "positive-only",
    replace="rng.uniform(-a, a, shape)",
    by="rng.uniform(0, a, shape)",
    hint="What is the mean of your weights? Can any of them inhibit?",
)
glorot_uniform.misconception(
    "he-for-glorot",
    replace="(fan_in + fan_out)",
    by="fan_in",
    hint="Which fans enter Glorot's compromise?",
    convention="He's uniform bound sqrt(6 / fan_in); Glorot's has fan_in + fan_out",
)
glorot_uniform.misconception(
    "lecun-for-glorot",
    replace="6.0 / (fan_in + fan_out)",
    by="3.0 / fan_in",
    hint="Does your rule care about the way back, too? Which fan is missing?",
    convention="LeCun's uniform bound sqrt(3 / fan_in); Glorot's has both fans",
)
glorot_uniform.misconception(
    "mean-of-the-fans",
    replace="(fan_in + fan_out)",
    by="((fan_in + fan_out) / 2)",
    hint="Does the 6 belong to the sum of the fans or to their mean?",
)
glorot_uniform.misconception(
    "half-of-the-variance",
    replace="6.0 /",
    by="3.0 /",
    hint="A layer with as many inputs as outputs: is your variance one over their number?",
)
glorot_uniform.misconception(
    "kernel-area-forgotten",
    replace="(fan_in + fan_out)",
    by="(shape[0] + shape[1])",
    hint=SHAPE_ONLY,
)
glorot_uniform.misconception(
    "normal-for-uniform",
    replace="rng.uniform(-a, a, shape)",
    by="rng.normal(0, a / np.sqrt(3), shape)",
    hint="The spread of your draws is right. Which form of distribution is asked?",
)

glorot_normal = Exercise("glorot_normal", points=2, needs=("fans",))
declare_sampler(glorot_normal, lambda fan_in, fan_out: 2 / (fan_in + fan_out))
declare_common_mistakes(glorot_normal, "normal")


def glorot_truncated(shape, rng):
    return truncated(2 / sum(plain_fans(shape)), shape, rng)


def glorot_drawn_again(shape, rng):
    return drawn_again(2 / sum(plain_fans(shape)), shape, rng)


def glorot_clipped(shape, rng):
    return clipped(2 / sum(plain_fans(shape)), shape, rng)


glorot_normal.misconception(
    "variance-for-standard-deviation",
    replace="np.sqrt(2.0 / sum(fans(shape)))",
    by="2.0 / sum(fans(shape))",
    hint=VARIANCE,
)
glorot_normal.misconception(
    "bound-as-standard-deviation",
    replace="2.0 /",
    by="6.0 /",
    hint="You took the bound of the uniform distribution for a standard deviation. By which factor "
    "do the two differ?",
)
glorot_normal.misconception(
    "root-of-the-numerator-only",
    replace="np.sqrt(2.0 / sum(fans(shape)))",
    by="np.sqrt(2.0) / sum(fans(shape))",
    hint="Four times as many inputs: should your weights be half as wide, or a quarter?",
)
glorot_normal.misconception(
    "he-for-glorot",
    replace="sum(fans(shape))",
    by="fans(shape)[0]",
    hint="Which fans enter Glorot's compromise?",
    convention="He's rule, with variance 2 / fan_in; Glorot's has fan_in + fan_out",
)
glorot_normal.misconception(
    "lecun-for-glorot",
    replace="2.0 / sum(fans(shape))",
    by="1.0 / fans(shape)[0]",
    hint="Does your rule care about the way back, too?",
    convention="LeCun's rule, with variance 1 / fan_in; Glorot's has both fans",
)
glorot_normal.misconception(
    "mean-of-the-fans",
    replace="2.0 / sum(fans(shape))",
    by="4.0 / sum(fans(shape))",
    hint="Does the 2 belong to the sum of the fans or to their mean?",
)
glorot_normal.misconception(
    "one-over-the-sum",
    replace="2.0 / sum(fans(shape))",
    by="1.0 / sum(fans(shape))",
    hint="A layer with as many inputs as outputs: is your variance one over their number?",
)
glorot_normal.misconception(
    "kernel-area-forgotten",
    replace="sum(fans(shape))",
    by="sum(shape[:2])",
    hint=SHAPE_ONLY,
)
glorot_normal.misconception(
    "uniform-for-normal",
    replace="rng.normal(0.0, np.sqrt(2.0 / sum(fans(shape))), shape)",
    by="rng.uniform(-1, 1, shape) * np.sqrt(6.0 / sum(fans(shape)))",
    hint="The spread of your draws is right. Which form of distribution is asked?",
)
glorot_normal.misconception(
    "truncated",
    function=glorot_truncated,
    hint=TRUNCATED,
    convention="Keras' GlorotNormal, a normal distribution truncated at two standard deviations; "
    "here the plain one",
).also(function=glorot_drawn_again).also(function=glorot_clipped)

he_normal = Exercise("he_normal", points=3, needs=("fans",))
declare_sampler(he_normal, lambda fan_in, fan_out: 2 / fan_in)
declare_common_mistakes(he_normal, "normal")


def he_truncated(shape, rng):
    return truncated(2 / plain_fans(shape)[0], shape, rng)


def he_drawn_again(shape, rng):
    return drawn_again(2 / plain_fans(shape)[0], shape, rng)


def he_clipped(shape, rng):
    return clipped(2 / plain_fans(shape)[0], shape, rng)


he_normal.misconception(
    "variance-for-standard-deviation",
    replace="np.sqrt(2.0 / fans(shape)[0])",
    by="2.0 / fans(shape)[0]",
    hint=VARIANCE,
)
he_normal.misconception(
    "fan-out",
    replace="fans(shape)[0]",
    by="fans(shape)[1]",
    hint="Which direction does the text preserve: forward (fan-in) or backward (fan-out)?",
    convention="the fan-out form (PyTorch's mode='fan_out', usual for ResNets); here fan_in",
)
he_normal.misconception(
    "lecun-for-he",
    replace="2.0 /",
    by="1.0 /",
    hint="What does ReLU do to half of its inputs, and how do you make up for it?",
    convention="LeCun's rule, with variance 1 / fan_in; He's doubles it for ReLU",
)
he_normal.misconception(
    "glorot-for-he",
    replace="fans(shape)[0]",
    by="sum(fans(shape))",
    hint="Does He's rule average the two fans?",
    convention="Glorot's rule, with variance 2 / (fan_in + fan_out); He's has 2 / fan_in",
)
he_normal.misconception(
    "bound-as-standard-deviation",
    replace="2.0 /",
    by="6.0 /",
    hint="You took the bound of the uniform distribution for a standard deviation. By which factor "
    "do the two differ?",
)
he_normal.misconception(
    "root-of-the-numerator-only",
    replace="np.sqrt(2.0 / fans(shape)[0])",
    by="np.sqrt(2.0) / fans(shape)[0]",
    hint="Four times as many inputs: should your weights be half as wide, or a quarter?",
)
he_normal.misconception(
    "uniform-for-normal",
    replace="rng.normal(0.0, np.sqrt(2.0 / fans(shape)[0]), shape)",
    by="rng.uniform(-1, 1, shape) * np.sqrt(6.0 / fans(shape)[0])",
    hint="The spread of your draws is right. Which form of distribution is asked?",
)
he_normal.misconception(
    "kernel-area-forgotten",
    replace="fans(shape)[0]",
    by="shape[1]",
    hint=SHAPE_ONLY,
)
he_normal.misconception(
    "all-weights-counted",
    replace="2.0 / fans(shape)[0]",
    by="2.0 / np.prod(shape)",
    hint="You count all the weights of the layer. How many of them belong to one unit?",
)
he_normal.misconception(
    "truncated",
    function=he_truncated,
    hint=TRUNCATED,
    convention="Keras' HeNormal, a normal distribution truncated at two standard deviations; here "
    "the plain one",
).also(function=he_drawn_again).also(function=he_clipped)

he_uniform = Exercise("he_uniform", points=2, needs=("fans",))
declare_sampler(he_uniform, lambda fan_in, fan_out: 2 / fan_in)
declare_common_mistakes(he_uniform, "uniform")

he_uniform.misconception(
    "standard-deviation-as-bound",
    replace="6.0 /",
    by="2.0 /",
    hint="You took the standard deviation for the bound. Which variance has a uniform distribution "
    "on (-a, a)?",
)
he_uniform.misconception(
    "root-of-the-numerator-only",
    replace="np.sqrt(6.0 / fans(shape)[0])",
    by="np.sqrt(6.0) / fans(shape)[0]",
    hint="Four times as many inputs: should your weights be half as wide, or a quarter?",
)
he_uniform.misconception(
    "twelfth-of-the-half-width",
    replace="6.0 /",
    by="24.0 /",
    hint="A twelfth of the square of what is the variance of a uniform distribution: of its whole "
    "width, or of the distance from 0 to its edge?",
)
he_uniform.misconception(
    "root-forgotten",
    replace="np.sqrt(6.0 / fans(shape)[0])",
    by="6.0 / fans(shape)[0]",
    hint="Is your bound the square of something? Compare it with the worked number 0.1732.",
)
he_uniform.misconception(
    "fan-out",
    replace="fans(shape)[0]",
    by="fans(shape)[1]",
    hint="Which direction does the text preserve: forward (fan-in) or backward (fan-out)?",
    convention="the fan-out form (PyTorch's mode='fan_out'); here fan_in",
)
he_uniform.misconception(
    "glorot-for-he",
    replace="fans(shape)[0]",
    by="sum(fans(shape))",
    hint="Does He's rule average the two fans?",
    convention="Glorot's uniform bound sqrt(6 / (fan_in + fan_out)); He's has fan_in alone",
)
he_uniform.misconception(
    "lecun-for-he",
    replace="6.0 /",
    by="3.0 /",
    hint="What does ReLU do to half of its inputs, and how do you make up for it?",
    convention="LeCun's uniform bound sqrt(3 / fan_in); He's doubles the variance for ReLU",
)
he_uniform.misconception(
    "pytorch-linear-default",
    replace="6.0 /",
    by="1.0 /",
    hint="Which variance do your weights have? Compare it with 2 / fan_in.",
    convention="the default of torch.nn.Linear, uniform within 1 / sqrt(fan_in) (kaiming_uniform_ "
    "with a = sqrt(5)); here He's variance 2 / fan_in",
)
he_uniform.misconception(
    "positive-only",
    replace="rng.uniform(-a, a, shape)",
    by="rng.uniform(0, a, shape)",
    hint="What is the mean of your weights? Can any of them inhibit?",
)
he_uniform.misconception(
    "kernel-area-forgotten",
    replace="fans(shape)[0]",
    by="shape[1]",
    hint=SHAPE_ONLY,
)
he_uniform.misconception(
    "normal-for-uniform",
    replace="rng.uniform(-a, a, shape)",
    by="rng.normal(0, a / np.sqrt(3), shape)",
    hint="The spread of your draws is right. Which form of distribution is asked?",
)
he_uniform.misconception(
    "bound-as-width",
    replace="rng.uniform(-a, a, shape)",
    by="rng.uniform(-a / 2, a / 2, shape)",
    hint="Is a the whole width of the distribution, or the distance from 0 to its edge?",
)

# --- the table of the lecture --------------------------------------------------------------------

init_scale = Exercise("init_scale", points=4)


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


init_scale.misconception(
    "root-forgotten",
    replace="np.sqrt(numerator / (fan_in + fan_out))",
    by="numerator / (fan_in + fan_out)",
    hint="Is your width the square of something? Compare it with the worked number 0.1 for ReLU.",
)
init_scale.misconception(
    "bound-and-deviation-exchanged",
    replace='== "uniform"',
    by='!= "uniform"',
    hint="Which is larger: the bound of a uniform distribution or its standard deviation?",
)
init_scale.misconception(
    "one-width-for-both",
    replace='6.0 if distribution == "uniform" else 2.0',
    by="2.0",
    hint="A uniform distribution on (-a, a) has the standard deviation a over the root of 3. Can "
    "the two columns be equal?",
)
init_scale.misconception(
    "logistic-and-tanh-exchanged",
    replace='{"logistic": 1.0, "tanh": 4.0}',
    by='{"logistic": 4.0, "tanh": 1.0}',
    hint="Which line of the lecture's table has the factor 4?",
    convention="the older Theano tutorial has 4 for the logistic function and 1 for tanh; the "
    "lecture's table has it the other way round",
)
init_scale.misconception(
    "gain-of-current-practice",
    replace='"tanh": 4.0',
    by='"tanh": 5.0 / 3.0',
    hint="Which table is asked here, the lecture's or the one of section 9?",
    convention="PyTorch's gain 5/3 for tanh, which section 9 asks for; the lecture's table has 4",
)
init_scale.misconception(
    "two-for-relu",
    replace="np.sqrt(2.0)",
    by="2.0",
    hint="ReLU needs twice the variance. By how much does the standard deviation grow then?",
)
init_scale.misconception(
    "relu-like-the-logistic",
    replace="np.sqrt(2.0))",
    by="1.0)",
    hint="ReLU lets half of its inputs through. Does its line of the table make up for that?",
)
init_scale.misconception(
    "factor-under-the-root",
    replace="factor * np.sqrt(numerator",
    by="np.sqrt(factor * numerator",
    hint="Does the factor multiply the width or the variance?",
)
init_scale.misconception(
    "fan-in-only",
    replace="(fan_in + fan_out)",
    by="fan_in",
    hint="Exchange the two fans. Should your width change?",
)
init_scale.misconception(
    "fan-in-for-relu",
    replace="(fan_in + fan_out)",
    by="(factor**2 * fan_in if activation.endswith('lu') else fan_in + fan_out)",
    hint="You took another rule for the ReLU. Does the table count its fans otherwise than those "
    "of the other activations?",
    convention="He's rule, with the fan-in alone; the lecture's table has both fans and the root "
    "of 2",
).also(
    replace="(fan_in + fan_out)",
    by="(fan_in if activation.endswith('lu') else fan_in + fan_out)",
)
init_scale.misconception(
    "mean-of-the-fans",
    replace="(fan_in + fan_out)",
    by="((fan_in + fan_out) / 2)",
    hint="Do 6 and 2 belong to the sum of the fans or to their mean?",
)
init_scale.misconception(
    "relatives-forgotten",
    replace='"tanh": 4.0}.get(activation, np.sqrt(2.0))',
    by='"tanh": 4.0, "relu": np.sqrt(2.0)}.get(activation, 1.0)',
    hint="In which line of the table do leaky ReLU and ELU stand?",
).also(
    replace='"tanh": 4.0}.get(activation, np.sqrt(2.0))',
    by='"tanh": 4.0, "elu": 1.0}.get(activation, np.sqrt(2.0))',
).also(
    replace='"tanh": 4.0}.get(activation, np.sqrt(2.0))',
    by='"tanh": 4.0, "leaky_relu": 1.0}.get(activation, np.sqrt(2.0))',
)

# --- current practice ----------------------------------------------------------------------------

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


gain.misconception(
    "tanh-four",
    replace="5.0 / 3.0",
    by="4.0",
    hint="Which table is asked here: the lecture's, or the one of current practice?",
    convention="the lecture's table has 4 for tanh; current practice, asked here, 5/3",
)
gain.misconception(
    "tanh-one",
    replace="5.0 / 3.0",
    by="1.0",
    hint="tanh is flatter than a straight line everywhere but at 0. Does it need no help?",
    convention="gain 1 for tanh, as in Glorot and Bengio's paper and in Keras; here PyTorch's 5/3",
)
gain.misconception(
    "four-for-the-logistic",
    replace="return 1.0",
    by='return 4.0 if activation == "logistic" else 1.0',
    hint="Which table is asked here, and what does it say of the logistic function?",
)
gain.misconception(
    "slope-not-squared",
    replace="slope**2",
    by="slope",
    hint="The gain makes up for a mean *square*. What does a factor `slope` do to a square?",
)
gain.misconception(
    "root-forgotten-for-the-leaky",
    replace="np.sqrt(2.0 / (1.0 + slope**2))",
    by="2.0 / (1.0 + slope**2)",
    hint="With slope 0 a leaky ReLU is a ReLU. Is your gain for it that of the ReLU?",
)
gain.misconception(
    "slope-for-all",
    replace="float(np.sqrt(2.0))",
    by="float(np.sqrt(2.0 / (1.0 + slope**2)))",
    hint="Which of the activations has a slope to choose?",
)
gain.misconception(
    "slope-ignored",
    replace="(1.0 + slope**2)",
    by="1.0",
    hint="What is the gain of a leaky ReLU with slope 1, which is no ReLU at all but the identity?",
)
gain.misconception(
    "variance-for-gain",
    replace=("np.sqrt(2.0)", "np.sqrt(2.0 / (1.0 + slope**2))"),
    by=("2.0", "2.0 / (1.0 + slope**2)"),
    hint="Do you give the factor on the variance or on the standard deviation?",
)
gain.misconception(
    "what-is-lost-for-what-is-needed",
    replace=("5.0 / 3.0", "np.sqrt(2.0)", "np.sqrt(2.0 / (1.0 + slope**2))"),
    by=("3.0 / 5.0", "np.sqrt(0.5)", "np.sqrt((1.0 + slope**2) / 2.0)"),
    hint="ReLU loses half of the mean square. Should the weights be larger or smaller then?",
)
gain.misconception(
    "leaky-loses-more",
    replace="1.0 + slope**2",
    by="1.0 - slope**2",
    hint="Does a leaky ReLU let more through than ReLU or less? Which of the two needs larger "
    "weights?",
)

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
        yield strided(x), [strided(w) for w in weights], activation


@signal_by_depth.check(hidden=True, dtype=True)
def signal_float32(rng):
    """Gives float32 for float32."""
    x, weights = stack(rng, 8, (5, 7, 4))
    yield x.astype(np.float32), [w.astype(np.float32) for w in weights], "tanh"


signal_by_depth.misconception(
    "weights-transposed",
    replace="x @ w.T",
    by="x @ w",
    hint="Weights have the shape (out, in). Which axis meets the inputs?",
    convention="weights of shape (in, out), as in Keras; here (out, in)",
)
signal_by_depth.misconception(
    "before-the-activation",
    replace="x = activate(x @ w.T, activation)\n        stds.append(np.std(x))",
    by="x = x @ w.T\n        stds.append(np.std(x))\n        x = activate(x, activation)",
    hint="Do you measure what goes into the activation or what comes out of it?",
)
signal_by_depth.misconception(
    "no-activation",
    replace="activate(x @ w.T, activation)",
    by="x @ w.T",
    hint="Does your result depend on the activation at all?",
)
signal_by_depth.misconception(
    "activation-not-passed-on",
    replace="x = activate(x @ w.T, activation)\n        stds.append(np.std(x))",
    by="x = x @ w.T\n        stds.append(np.std(activate(x, activation)))",
    hint="What does the second layer read: the sums of the first, or what its units made of them?",
)
signal_by_depth.misconception(
    "input-counted-as-a-layer",
    replace="stds = []",
    by="stds = [np.std(x)]",
    hint="How many numbers are asked for L layers? Is the input one of them?",
)
signal_by_depth.misconception(
    "variance-for-standard-deviation",
    replace="np.std(x)",
    by="np.var(x)",
    hint="Variance or standard deviation: which one has the unit of the signal?",
)
signal_by_depth.misconception(
    "root-mean-square",
    replace="np.std(x)",
    by="np.sqrt(np.mean(x**2))",
    hint="Behind a ReLU the mean is not zero. Around which value does a standard deviation "
    "measure?",
    convention="the root mean square, which He et al. keep constant; here the standard deviation",
)
signal_by_depth.misconception(
    "unbiased",
    replace="np.std(x)",
    by="np.std(x, ddof=1)",
    hint="By what does np.std divide: the number of values, or one less?",
    convention="the unbiased estimate (divided by n - 1, the default of torch.std); here np.std's",
)
signal_by_depth.misconception(
    "mean-over-units",
    replace="np.std(x)",
    by="np.mean(np.std(x, axis=0))",
    hint="Do you take one standard deviation over samples and units together, or one per unit?",
)
signal_by_depth.misconception(
    "one-per-sample",
    replace="np.std(x)",
    by="np.mean(np.std(x, axis=1))",
    hint="Do you take one standard deviation over samples and units together, or one per sample?",
)
signal_by_depth.misconception(
    "mean-absolute-value",
    replace="np.std(x)",
    by="np.mean(np.abs(x))",
    hint="Is the mean size of the values their standard deviation?",
)
signal_by_depth.misconception(
    "without-the-last-layer",
    replace="return np.array(stds)",
    by="return np.array(stds[:-1])",
    hint="How many numbers are asked for L layers?",
)

# --- the gradient by depth -----------------------------------------------------------------------

gradient_by_depth = Exercise("gradient_by_depth", points=5)


def taught(rng, n, sizes, activation, scale=1.3):
    """Return a batch, a stack, its activation, and a gradient at its end."""
    x, weights = stack(rng, n, sizes, scale)
    return x, weights, activation, rng.normal(size=(n, sizes[-1])) - 0.2


@gradient_by_depth.check()
def last_layer(rng):
    """Multiplies the gradient by the slope of the last layer's own activation."""
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
        yield strided(x), [strided(w) for w in weights], activation, strided(grad)


@gradient_by_depth.check(hidden=True, dtype=True)
def gradient_float32(rng):
    """Gives float32 for float32."""
    x, weights, activation, grad = taught(rng, 8, (5, 7, 4), "tanh")
    small = [w.astype(np.float32) for w in weights]
    yield x.astype(np.float32), small, activation, grad.astype(np.float32)


SLOPES = "slopes.append(slope_at(z, activation))\n        x = activate(z, activation)"

gradient_by_depth.misconception(
    "slopes-forgotten",
    replace="grad * slope",
    by="grad",
    hint="What does a saturated unit let through on the way back? Where is that in your code?",
)
gradient_by_depth.misconception(
    "slope-at-the-output",
    replace=SLOPES,
    by="x = activate(z, activation)\n        slopes.append(slope_at(x, activation))",
    hint="At which point is f' taken: at what goes into the activation or at what comes out?",
)
gradient_by_depth.misconception(
    "last-layer-first",
    replace="stds[::-1]",
    by="stds",
    hint="Back-propagation begins at the end. Which layer does the docstring want first?",
)
gradient_by_depth.misconception(
    "slopes-of-the-wrong-layer",
    replace="reversed(slopes)",
    by="slopes",
    hint="On the way back, which layer's slopes come first?",
)
gradient_by_depth.misconception(
    "before-the-slope",
    replace="np.std(delta)",
    by="np.std(grad)",
    hint="With respect to what is the gradient asked: the layer's pre-activations or its outputs?",
    convention="gradients with respect to the activations h; here with respect to z",
)
gradient_by_depth.misconception(
    "weights-transposed",
    replace="delta @ w",
    by="delta @ w.T",
    hint="Forward you multiply by the transpose. Which axis of w meets the outputs on the way "
    "back?",
)
gradient_by_depth.misconception(
    "last-slope-forgotten",
    replace="    for w, slope in zip",
    by="    slopes[-1] = np.ones_like(slopes[-1])\n    for w, slope in zip",
    hint="The given gradient belongs to the output *after* the last activation. What does that "
    "activation do to it?",
)
gradient_by_depth.misconception(
    "gradient-variance",
    replace="np.std(delta)",
    by="np.var(delta)",
    hint="Variance or standard deviation?",
)
gradient_by_depth.misconception(
    "gradient-root-mean-square",
    replace="np.std(delta)",
    by="np.sqrt(np.mean(delta**2))",
    hint="Around which value does a standard deviation measure?",
    convention="the root mean square; here the standard deviation",
)
gradient_by_depth.misconception(
    "gradient-unbiased",
    replace="np.std(delta)",
    by="np.std(delta, ddof=1)",
    hint="By what does np.std divide: the number of values, or one less?",
    convention="the unbiased estimate (divided by n - 1, the default of torch.std); here np.std's",
)
gradient_by_depth.misconception(
    "averaged-over-the-batch",
    replace="np.std(delta)",
    by="np.std(delta) / len(delta)",
    hint="The gradient you were given may be a mean over the batch already. Who asked you to "
    "divide?",
)
gradient_by_depth.misconception(
    "gradient-mean-over-units",
    replace="np.std(delta)",
    by="np.mean(np.std(delta, axis=0))",
    hint="Do you take one standard deviation over samples and units together, or one per unit?",
)
gradient_by_depth.misconception(
    "gradient-at-the-inputs",
    replace="stds.append(np.std(delta))\n        grad = delta @ w",
    by="grad = delta @ w\n        stds.append(np.std(grad))",
    hint="With respect to what is the gradient asked: the layer's own pre-activations, or what it "
    "reads?",
)


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
    Full answer, a point for each part. Glorot: signal and gradient shrink by root 2 per layer, to
    a thousandth over twenty layers: small, not zero, and pointing the right way. It stands on a
    plateau, weights slowly grow, and the larger they are the faster; given time it learns (a run
    of ours: below 30 % for 50 passes, 96 % after 120). N(0, 1): each layer multiplies by about 7
    (the root of 100/2), so the scores reach 10^16 and the softmax is saturated, and the gradient
    of every weight matrix is about 7^19, some 10^16: what multiplied the signal before it times
    what multiplies the gradient behind it. One step of 0.01 times that destroys the weights
    (overflow, dead units), and nothing is left that time could improve. 10^-17: the step has to
    be a small part of weights of size 1, so the rate must undo the 10^16 (about half of the
    digits are then right after a dozen passes). Half: "more time helps" or "does not" without
    figures.
    """,
)
