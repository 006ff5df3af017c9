"""How backpropagation is judged."""

import numpy as np

from autograder.cases import single, spread
from autograder.observe import function
from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def network(rng, *sizes):
    """Return layers of these sizes, with weights of the usual scale and biases that matter."""
    layers = []
    for k in range(len(sizes) - 1):
        scale = sizes[k] ** -0.5
        layers.append((scale * normal(rng, sizes[k + 1], sizes[k]), normal(rng, sizes[k + 1])))
    return layers


# --- parameter_count ------------------------------------------------------------------------------

count = Exercise("parameter_count", points=1)


@count.check(weight=2, exact=True)
def known_networks(rng):
    """Counts the classic 784-300-100-10 network, and one hidden layer."""
    yield ([784, 300, 100, 10],)
    yield ([int(rng.integers(3, 9)), 7, 2],)


@count.check(exact=True)
def small_networks(rng):
    """Counts one layer of weights, and none at all."""
    yield ([5, 3],)
    yield ([4],)


@count.check(hidden=True, exact=True)
def any_network(rng):
    """Counts networks of any depth and width."""
    for layers in (3, 4, 6):
        yield ([int(size) for size in rng.integers(1, 60, size=layers)],)


# --- dense_forward --------------------------------------------------------------------------------

forward = Exercise("dense_forward", points=1)


@forward.check(weight=2)
def a_batch(rng):
    """Computes all outputs of a batch, each with its bias."""
    yield normal(rng, 5, 4), normal(rng, 3, 4), normal(rng, 3)
    yield normal(rng, 2, 3), normal(rng, 6, 3), normal(rng, 6)


@forward.check()
def a_single_sample(rng):
    """Works on a batch of one and on a single output; square weights are not transposed."""
    yield normal(rng, 1, 4), normal(rng, 2, 4), normal(rng, 2)
    yield normal(rng, 3, 2), normal(rng, 1, 2), normal(rng, 1)
    yield normal(rng, 4, 4), normal(rng, 4, 4), normal(rng, 4)


forward.in_other_dress(a_batch)


@forward.check(hidden=True)
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory."""
    yield spread(normal(rng, 4, 3)), normal(rng, 3, 5).T, spread(normal(rng, 5))
    yield normal(rng, 7, 6).T, spread(normal(rng, 3, 7)), normal(rng, 3)


# --- numerical_gradient ---------------------------------------------------------------------------

numerical = Exercise("numerical_gradient", points=3)
NOISE = {"rtol": 1e-7, "atol": 1e-8}  # rounding, divided by h, against 1e-5 of a one-sided slope


@numerical.check(weight=2, **NOISE)
def curved_functions(rng):
    """Finds the gradients of curved functions, with h = 1e-5 unless it is given."""
    a = normal(rng, 3, 3)
    yield function("quadratic", a @ a.T + np.eye(3), normal(rng, 3)), normal(rng, 3)
    yield function("rosenbrock"), rng.uniform(-1, 1, size=4)


@numerical.check(weight=2, **NOISE)
def large_steps(rng):
    """Goes h up and h down, and divides by the whole way, also when h is large."""
    x = normal(rng, 3, 2)
    x[0] = rng.uniform(1.2, 2, size=2)
    yield Case(function("sine", rng.uniform(1, 2, size=(3, 2))), x, h=0.5)
    yield function("rosenbrock"), rng.uniform(-1, 1, size=2), 0.1


@numerical.check(needs=curved_functions, **NOISE)
def any_shape(rng):
    """Works on arrays of any shape, whatever their layout in memory."""
    w = rng.uniform(1, 2, size=(2, 3, 2))
    yield function("sine", w), normal(rng, 2, 3, 2)
    yield Case(function("sine", w[0, :1, 0]), rng.uniform(-3, -2, size=1), h=0.1)
    yield function("sine", rng.uniform(1, 2, size=(2, 5))), normal(rng, 5, 2).T


@numerical.check(hidden=True, notices=("relative-step",), **NOISE)
def fresh_points(rng):
    """Works at other points, in any layout."""
    yield function("sine", rng.uniform(1, 3, size=(4, 3))), spread(normal(rng, 4, 3)), 1e-4
    yield function("sine", rng.uniform(1, 3, size=(2, 5))), normal(rng, 5, 2).T, 0.2
    yield function("rosenbrock"), rng.uniform(-1, 1, size=5)


@numerical.check(hidden=True, rtol=1e-6, atol=1e-7)
def straight_lines(rng):
    """Is exact, but for rounding, on a straight line, however large h is."""
    w = normal(rng, 3, 4)
    yield function("linear", w), normal(rng, 3, 4), 1.0
    yield function("linear", w), normal(rng, 3, 4)


def _all_at_once(f, x, h=1e-5):
    return np.full_like(x, (f(x + h) - f(x - h)) / (2 * h))


def _never_undone(f, x, h=1e-5):
    gradient, point = np.zeros_like(x), x.copy()
    for index in np.ndindex(x.shape):
        point[index] += h
        up = f(point)
        point[index] -= 2 * h
        gradient[index] = (up - f(point)) / (2 * h)
    return gradient


def _first_axis_only(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        nudge = np.zeros_like(x)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


def _copy_filled(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    flat = gradient.ravel()
    for k, index in enumerate(np.ndindex(x.shape)):
        nudge = np.zeros_like(x)
        nudge[index] = h
        flat[k] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


# --- relative_error -------------------------------------------------------------------------------

relative = Exercise("relative_error", points=2)


@relative.check(weight=2)
def the_worst_entry(rng):
    """Reports the worst entry, relative to the larger of the two numbers."""
    a = rng.uniform(0.5, 2, size=(3, 4)) * rng.choice([-1.0, 1.0], size=(3, 4))
    yield a, a * (1 + 0.05 * normal(rng, 3, 4))
    yield np.array([1.0, 2.0, 100.0]), np.array([1.1, 2.0, 100.1])
    yield np.array([-0.11, 0.2, 10.01]), np.array([-0.1, 0.2, 10.0])


@relative.check(weight=2, exact=True)
def zeros(rng):
    """Two zeros agree; a zero against anything else is an error of 1."""
    yield np.array([0.0, 1.0, 4.0]), np.array([0.0, 1.25, 4.0])
    yield np.array([0.0, 3.0]), np.array([1e-9, 3.0])
    yield np.array([0.0, 3.0]), np.array([1e-30, 3.0])
    yield np.array([2.0, 3.0]), np.array([0.0, 3.0])
    yield np.array([0.0, 3.0]), np.array([2.0, 3.0])
    yield np.zeros((2, 2)), np.zeros((2, 2))


@relative.check()
def other_signs(rng):
    """Opposite signs give an error of up to 2, whichever of the two comes first."""
    a = rng.uniform(0.5, 2, size=5)
    yield a, -0.5 * a
    yield np.array([-3.0]), np.array([2.0])


@relative.check(hidden=True)
def tiny_and_huge(rng):
    """Finds a tiny gradient that is all wrong beside huge ones that are right."""
    a = 10.0 ** rng.uniform(-8, 8, size=6)
    b = a * (1 + 0.01 * rng.uniform(0.1, 1, size=6))
    b[0] = 10.0 ** rng.uniform(-11, -9)
    a[0] = -2 * b[0]
    yield a, b
    yield b, a
    yield a * np.array([1, -1, 1, -1, 1, -1]), spread(normal(rng, 6))


relative.in_other_dress(the_worst_entry, keeps=False)


# --- gradient_verdicts ----------------------------------------------------------------------------

verdicts = Exercise("gradient_verdicts", points=4, needs=("relative_error",))
SIZES = {"loss": 2.0, "h": 0.01, "eps": 1e-6, "rtol": 1e-5, "tiny": 1e-6}  # as worked by hand
COARSE = {"loss": 2.0, "h": 0.25, "eps": 1e-3, "rtol": 1e-3, "tiny": 1e-4}  # float32 holds these


def entry(claimed, up, down):
    """Return what is claimed of an entry, and the slopes upward and downward."""
    return claimed, up, down


def sign(rng):
    return rng.choice([-1.0, 1.0])


def right(rng, given):
    """Return an entry of a curved loss, whose central difference is right."""
    slope, bend = sign(rng) * rng.uniform(0.5, 1), sign(rng) * rng.uniform(0.2, 0.4)
    return entry(slope * (1 + 0.2 * sign(rng) * given["rtol"]), slope + bend, slope - bend)


def both_tiny(rng, given):
    claimed, central = given["tiny"] * rng.uniform(0.6, 0.8, 2) * rng.permutation([-1.0, 1.0])
    bend = rng.uniform(0.2, 0.4)
    return entry(claimed, central + bend, central - bend)


def rounding(rng, given, share=None):
    """Return an entry that is off by a share of what rounding may do."""
    slope, bend = sign(rng) * rng.uniform(0.5, 1), sign(rng) * rng.uniform(0.2, 0.4)
    share = rng.uniform(0.6, 0.8) if share is None else share
    off = sign(rng) * share * given["eps"] * abs(given["loss"]) / given["h"]
    return entry(slope + off, slope + bend, slope - bend)


def kink(rng, given, side=None):
    """Return an entry whose claimed slope is that of one side."""
    slope = sign(rng) * rng.uniform(0.5, 1)
    sides = np.array([slope, slope * sign(rng) * rng.uniform(0.2, 0.4)])
    up, down = sides[rng.permutation(2)]
    side = rng.integers(2) if side is None else side
    own, other = (up, down) if side == 0 else (down, up)
    claimed = own + 0.2 * given["rtol"] * abs(own) * np.sign(own - other)  # not between the two
    return entry(claimed, up, down)


def wrong(rng, given, factor=None):
    """Return an entry of a curved loss whose claimed slope is a multiple of the right one."""
    slope, bend = sign(rng) * rng.uniform(0.5, 1), rng.uniform(0.04, 0.1)
    factor = rng.choice([-1.0, 0.5, 2.0]) if factor is None else factor
    return entry(factor * slope, slope + bend, slope - bend)


def told(entries, given):
    """Return the case of these entries."""
    claimed, up, down = np.array(entries).T
    above, below = given["loss"] + given["h"] * up, given["loss"] - given["h"] * down
    return Case(claimed, above, below, **given)


def any_entries(rng, given):
    """Return the case of two entries of each kind, in any order."""
    entries = [
        *(right(rng, given), right(rng, given), both_tiny(rng, given), both_tiny(rng, given)),
        *(rounding(rng, given), rounding(rng, given), kink(rng, given, 0), kink(rng, given, 1)),
        *(wrong(rng, given, -1.0), wrong(rng, given, rng.choice([0.5, 2.0]))),
    ]
    return told([entries[k] for k in rng.permutation(len(entries))], given)


@verdicts.check(exact=True)
def worked_example(rng):
    """Reads the check that was read by hand."""
    claimed = np.array([3, 0, 0.5, 1, 2])
    above = np.array([2.0305, 2.00000001, 2.005003, 2.01, 2.01])
    below = np.array([1.9705, 2, 1.995, 1.998, 1.99])
    yield Case(claimed, above, below, **SIZES)


@verdicts.check(weight=2, exact=True)
def each_verdict(rng):
    """Gives each verdict, in gradients of several entries."""
    yield any_entries(rng, COARSE)
    for kind in (right, rounding, wrong):
        yield told([kind(rng, COARSE), kind(rng, COARSE)], COARSE)
    yield told([kink(rng, COARSE, side) for side in (0, 1)], COARSE)


@verdicts.check(weight=2, exact=True)
def right_or_wrong(rng):
    """Is strict: "wrong" at 1 % off, for the other sign, and where one of the two is tiny."""
    yield told([wrong(rng, SIZES, factor) for factor in (-1.0, 1.01, 0.99, 0.0, 0.5)], SIZES)
    tiny = SIZES["tiny"]
    slope = rng.uniform(0.5, 1)
    yield told(
        [
            entry(0.3 * tiny, slope + 0.1, slope - 0.1),  # the claimed one is tiny
            entry(slope, 0.3 * tiny + 0.1, 0.3 * tiny - 0.1),  # the other one is
            entry(-slope * 1.5, slope, slope * 0.3),  # at a kink, and wrong all the same
        ],
        SIZES,
    )
    # a difference that is tiny between two numbers that are not, and small ones that disagree
    given = SIZES | {"eps": 1e-12, "rtol": 1e-6, "tiny": 1e-3}
    yield told([entry(slope + 4e-4, slope + 0.1, slope - 0.1)], given)
    given = SIZES | {"eps": 1e-12, "rtol": 1e-3}
    small = rng.uniform(2e-4, 3e-4)
    yield told([entry(2 * small, small + 0.1, small - 0.1)], given)


@verdicts.check(weight=2, exact=True)
def what_rounding_may_do(rng):
    """Knows how far rounding reaches: it grows with the loss, of either sign, and as h shrinks."""
    for loss, h, eps in ((2.0, 0.01, 1e-6), (-30.0, 0.1, 1e-6), (0.25, 0.001, 1e-6)):
        given = SIZES | {"loss": loss, "h": h, "eps": eps}
        yield told([rounding(rng, given, share) for share in (0.7, 1.4, 0.8, 2.5)], given)


@verdicts.check(weight=2, exact=True)
def at_a_kink(rng):
    """Tells a kink by the side that is claimed: up or down, not what lies between."""
    yield told([kink(rng, SIZES, side) for side in (0, 1, 1, 0)], SIZES)
    slope = sign(rng) * rng.uniform(0.5, 1)
    yield told(
        [
            entry(0.0, slope, 0.0),  # a unit that is off, and on a little further up
            entry(slope, slope, 0.0),
            entry(0.0, 0.0, slope),
            entry(slope / 2, slope, 0.0),  # the mean of the two sides is the central difference
            entry(0.7 * slope, slope, 0.0),  # between the sides
            entry(0.3 * slope, 0.0, slope),
        ],
        COARSE | {"eps": 1e-6},
    )


@verdicts.check(weight=2, exact=True)
def first_row_that_fits(rng):
    """Names the first row where several fit."""
    off = 1.4 * SIZES["eps"] * SIZES["loss"] / SIZES["h"]  # half of it, from the central one
    slope = rng.uniform(0.5, 1)
    yield told(
        [
            entry(0.0, 0.0, 0.0),  # right, tiny, within rounding, and equal to both sides
            entry(slope, slope, slope),  # right, and equal to both sides
            entry(slope, slope, slope + off),  # within rounding, and equal to a side
            entry(slope + off, slope, slope + off),
        ],
        SIZES,
    )
    yield told([both_tiny(rng, SIZES)], SIZES | {"eps": 1e-12})  # rounding does not reach
    yield told([both_tiny(rng, SIZES)], SIZES | {"eps": 1e-4})  # it does
    tiny = SIZES["tiny"]
    yield told([entry(0.5 * tiny, 0.5 * tiny, -0.1 * tiny)], SIZES)  # tiny, and equal to a side
    yield told([entry(0.5 * tiny, 0.5 * tiny + 0.1, 0.5 * tiny - 0.1)], SIZES | {"rtol": 0.1})


@verdicts.check(exact=True)
def usual_sizes(rng):
    """Takes h = 1e-5, float64's rounding, rtol = 1e-5 and tiny = 1e-9 unless others are given."""
    given = {"loss": 2.0, "h": 1e-5, "eps": 2.2e-16, "rtol": 1e-5, "tiny": 1e-9}
    entries = [right(rng, given), wrong(rng, given, 1.0002), kink(rng, given), wrong(rng, given)]
    case = told([*entries, entry(1e-10, 0.1, -0.1), entry(1e-8, 0.1, -0.1)], given)
    yield Case(*case.args, 2.0)
    yield Case(*case.args, 2.0, eps=1.2e-7)
    single = given | {"eps": 1.2e-7, "loss": 2.3}
    case = told([rounding(rng, single), rounding(rng, single, 1.5), right(rng, single)], single)
    yield Case(*case.args, 2.3, eps=1.2e-7)


verdicts.in_other_dress(each_verdict, keeps=False)


@verdicts.check(weight=2, exact=True, hidden=True)
def other_checks(rng):
    """Reads other checks."""
    for loss, h in ((2.0, 0.01), (-0.7, 0.01), (5.0, 0.02)):
        given = SIZES | {"loss": loss, "h": h}
        yield any_entries(rng, given)
        factors = (-1.0, 1.01, 0.98, 0.0)
        yield told([wrong(rng, given, factor) for factor in factors], given)
        shares = (0.7, 1.4, 0.8, 2.5)
        yield told([rounding(rng, given, share) for share in shares], given)


def _kink_wherever_sides_differ(
    claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9
):
    verdicts = []
    for own, up, down in zip(claimed, above, below):
        central, ahead, behind = (up - down) / (2 * h), (up - loss) / h, (loss - down) / h
        if abs(own - central) <= rtol * max(abs(own), abs(central)):
            verdicts.append("right")
        elif max(abs(own), abs(central)) <= tiny:
            verdicts.append("both tiny")
        elif abs(own - central) <= eps * abs(loss) / h:
            verdicts.append("rounding")
        elif abs(ahead - behind) > rtol * max(abs(ahead), abs(behind)):
            verdicts.append("kink")
        else:
            verdicts.append("wrong")
    return verdicts


def _sides_looked_at_first(claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9):
    found = _kink_wherever_sides_differ(claimed, above, below, loss, h, eps, rtol, tiny)
    ahead, behind = (above - loss) / h, (loss - below) / h
    differ = np.abs(ahead - behind) > rtol * np.maximum(np.abs(ahead), np.abs(behind))
    return ["kink" if far else verdict for far, verdict in zip(differ, found)]


def _far(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.divide(np.abs(a - b), size, out=np.zeros_like(size), where=size > 0)


def _by_entry(right_all, kinks, claimed, central, bound, tiny):
    found = []
    for own, other, kinked in zip(claimed, central, kinks):
        if right_all:
            found.append("right")
        elif max(abs(own), abs(other)) <= tiny:
            found.append("both tiny")
        elif abs(own - other) <= bound:
            found.append("rounding")
        else:
            found.append("kink" if kinked else "wrong")
    return found


def _right_by_the_worst(claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9):
    ahead, behind, central = (above - loss) / h, (loss - below) / h, (above - below) / (2 * h)
    kinks = (_far(claimed, ahead) <= rtol) | (_far(claimed, behind) <= rtol)
    right_all = np.max(_far(claimed, central)) <= rtol
    return _by_entry(right_all, kinks, claimed, central, eps * abs(loss) / h, tiny)


def _right_by_lengths(claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9):
    ahead, behind, central = (above - loss) / h, (loss - below) / h, (above - below) / (2 * h)
    kinks = (_far(claimed, ahead) <= rtol) | (_far(claimed, behind) <= rtol)
    both = np.linalg.norm(claimed) + np.linalg.norm(central)
    right_all = np.linalg.norm(claimed - central) <= rtol * both
    return _by_entry(right_all, kinks, claimed, central, eps * abs(loss) / h, tiny)


def _kinks_by_the_worst(claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9):
    ahead, behind, central = (above - loss) / h, (loss - below) / h, (above - below) / (2 * h)
    kinked = min(np.max(_far(claimed, ahead)), np.max(_far(claimed, behind))) <= rtol
    right_all = np.max(_far(claimed, central)) <= rtol
    kinks = [kinked] * len(claimed)
    return _by_entry(right_all, kinks, claimed, central, eps * abs(loss) / h, tiny)


# --- dense_backward -------------------------------------------------------------------------------

backward = Exercise("dense_backward", points=3)


@backward.check(weight=3)
def a_batch(rng):
    """Finds the three gradients for a batch, those of weights and biases summed over it."""
    yield normal(rng, 5, 3), normal(rng, 5, 4), normal(rng, 3, 4)
    yield normal(rng, 4, 2), normal(rng, 4, 6), normal(rng, 2, 6)


@backward.check()
def a_single_sample(rng):
    """Works on a batch of one; square weights are not transposed."""
    yield normal(rng, 1, 3), normal(rng, 1, 2), normal(rng, 3, 2)
    yield normal(rng, 4, 4), normal(rng, 4, 4), normal(rng, 4, 4)


@backward.check(observe="linear", needs=a_batch, atol=1e-10, rtol=0.0)
def linear_in_dy(rng):
    """Answers in proportion: the gradients of a sum of losses are the sums of the gradients."""
    a, b = (float(value) for value in rng.uniform(0.5, 2, 2))
    yield normal(rng, 3, 2), normal(rng, 3, 2), a, b, normal(rng, 3, 4), normal(rng, 2, 4)


backward.in_other_dress(a_batch)


@backward.check(hidden=True)
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory."""
    yield spread(normal(rng, 4, 3)), normal(rng, 5, 4).T, spread(normal(rng, 3, 5))
    yield normal(rng, 3, 7).T, spread(normal(rng, 7, 2)), normal(rng, 2, 3).T


# --- negative_log_likelihood ----------------------------------------------------------------------

likelihood = Exercise("negative_log_likelihood", points=2)


def beliefs(rng, n, k):
    return rng.dirichlet(np.full(k, 2.0), size=n)


def judged(rng, labels, k, kind=int):
    """Return beliefs and labels; the first sample's true class is all but ruled out."""
    p = beliefs(rng, len(labels), k)
    p[0] = np.insert(0.999 * beliefs(rng, 1, k - 1)[0], labels[0], 0.001)
    return p, np.array(labels, dtype=kind)


@likelihood.check()
def a_batch(rng):
    """Adds up what each sample's true class costs."""
    yield judged(rng, rng.permutation([0, 1, 2, 2, 1]), 3)
    yield judged(rng, rng.permutation([5, 0, 3]), 6)


@likelihood.check()
def a_single_sample(rng):
    """Works on one sample; a model that was sure and right pays nothing."""
    yield judged(rng, [2], 4)
    yield np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([1, 0])


@likelihood.check(exact=True)
def sure_and_wrong(rng):
    """Gives infinity for a true class of probability zero."""
    yield np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([0, 0])


@likelihood.check()
def many_samples(rng):
    """Does not underflow where the product of the probabilities would."""
    yield 0.02 + 0.01 * beliefs(rng, 300, 3), rng.integers(0, 3, size=300)


likelihood.in_other_dress(a_batch, keeps=False)


@likelihood.check(hidden=True)
def other_inputs(rng):
    """Takes float32 and any layout."""
    yield single(beliefs(rng, 4, 5)), np.array([4, 1, 0, 3])
    p, labels = judged(rng, [1, 0, 0, 1, 1, 0], 2, np.int32)
    yield np.asfortranarray(p), labels


# --- cross_entropy --------------------------------------------------------------------------------

entropy = Exercise("cross_entropy", points=4)


def scored(rng, labels, k, spread=1.0):
    """Return logits and labels; the first sample's true class is all but ruled out."""
    logits = spread * normal(rng, len(labels), k)
    logits[0, labels[0]] = logits[0].max() - 8
    return logits, np.array(labels)


@entropy.check(weight=2)
def loss_and_gradient(rng):
    """Returns the mean loss and the gradient, belief minus truth, over N."""
    yield scored(rng, rng.permutation([0, 1, 2, 2, 0]), 3)
    yield scored(rng, rng.permutation([5, 2, 0, 3]), 6, spread=3)


@entropy.check()
def a_single_sample(rng):
    """Works on a batch of one, as in the worked example."""
    yield normal(rng, 1, 4), np.array([2])
    yield np.array([[0.0, np.log(3.0)]]), np.array([0])


@entropy.check()
def the_loss_at_the_start(rng):
    """Costs ln K where all scores are zero, as before a net has learnt: K = 2, 5 and 10."""
    for k in (2, 5, 10):
        yield np.zeros((3, k)), np.array([0, k - 1, k // 2])


@entropy.check(weight=2)
def large_logits(rng):
    """Stays finite for logits of size 1000, right or wrong."""
    rows = rng.permuted(np.tile([-1.5, 0.25, 1.0], (4, 1)), axis=1)
    yield (
        1000 * rows + normal(rng, 4, 3),
        np.append(rows[:2].argmin(axis=1), rows[2:].argmax(axis=1)),
    )
    yield normal(rng, 2, 4) + np.array([[1000.0], [-1000.0]]), np.array([3, 0])
    apart = np.array([[1000.0, -1000.0, 0.0], [-2000.0, -2001.0, 800.0]])
    yield apart + normal(rng, 2, 3), np.array([0, 2])


@entropy.check()
def ruled_out(rng):
    """A class whose logit is minus infinity counts for nothing and has no gradient."""
    yield np.array([[0.0, np.log(3.0), -np.inf]]), np.array([0])
    logits, labels = scored(rng, np.array([2, 0, 1]), 4)
    logits[0, 1] = logits[1, 2] = logits[1, 3] = -np.inf
    yield logits, labels


@entropy.check(hidden=True)
def fresh_batches(rng):
    """Works for other batches, also in float32 and in any layout."""
    yield normal(rng, 3, 7).T, rng.integers(0, 3, size=7)
    logits, labels = scored(rng, rng.integers(0, 3, size=4), 3)
    yield spread(logits), labels.astype(np.int32)
    yield single(normal(rng, 6, 4)), rng.integers(0, 4, size=6)


entropy.in_other_dress(loss_and_gradient)


def _softmax(z, axis=1):
    p = np.exp(z - z.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def _scored(log_p, p, labels, n):
    """Put the parts of a cross-entropy together."""
    rows = np.arange(len(labels))
    grad = p.copy()
    grad[rows, labels] -= 1
    return -log_p[rows, labels].sum() / n, grad / n


def _softmax_twice(logits, labels):
    p = _softmax(_softmax(logits))
    return _scored(np.log(p), p, labels, len(labels))


def _over_the_batch(logits, labels):
    p = _softmax(logits, axis=0)
    return _scored(np.log(p), p, labels, len(labels))


def _unstable(logits, labels):
    p = np.exp(logits)
    p = p / p.sum(axis=1, keepdims=True)
    return _scored(np.log(p), p, labels, len(labels))


def _largest_of_all(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum(axis=1, keepdims=True)
    return _scored(np.log(p), p, labels, len(labels))


def _largest_of_all_in_logarithms(logits, labels):
    shifted = logits - logits.max()
    grown = np.exp(shifted)
    p = grown / grown.sum(axis=1, keepdims=True)
    return _scored(shifted - np.log(grown.sum(axis=1, keepdims=True)), p, labels, len(labels))


def _late_logarithm(logits, labels):
    p = _softmax(logits)
    return _scored(np.log(p), p, labels, len(labels))


def _late_with_one_hot(logits, labels):
    p = _softmax(logits)
    truth = np.eye(p.shape[1])[labels]
    with np.errstate(all="ignore"):
        loss = -np.sum(truth * np.log(p)) / len(labels)
    return loss, ((p - truth) / len(labels)).astype(logits.dtype)


def _each_class_by_itself(logits, labels):
    p = _softmax(logits)
    truth = np.eye(p.shape[1])[labels]
    with np.errstate(all="ignore"):
        losses = np.log(np.where(truth > 0, p, 1 - p))
    return -np.sum(losses) / len(labels), ((p - truth) / len(labels)).astype(logits.dtype)


def _one_hot_times_logarithm(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    truth = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
    with np.errstate(invalid="ignore"):
        loss = -np.sum(truth * log_p) / len(labels)
    return loss, (np.exp(log_p) - truth) / len(labels)


def _one_hot_times_logits(logits, labels):
    top = logits.max(axis=1, keepdims=True)
    lse = top + np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    truth = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
    with np.errstate(invalid="ignore"):
        scores = np.sum(truth * logits, axis=1)
    return np.mean(lse[:, 0] - scores), (np.exp(logits - lse) - truth) / len(labels)


# --- elementwise_loss -----------------------------------------------------------------------------

losses = Exercise("elementwise_loss", points=4)


@losses.check(weight=2)
def squares(rng):
    """Returns half the sum of the squared errors, and the errors as its gradient."""
    yield normal(rng, 4, 3), normal(rng, 4, 3), "squares"
    yield normal(rng, 2, 5), normal(rng, 2, 5), "squares"


@losses.check(exact=True)
def squares_of_whole_numbers(rng):
    """Squares: works on one sample with one output; a perfect prediction costs nothing."""
    yield np.array([[2.0, 0.0]]), np.array([[1.0, 3.0]]), "squares"
    yield np.array([[float(rng.integers(5, 9))]]), np.array([[3.0]]), "squares"
    perfect = normal(rng, 3, 2)
    yield perfect, perfect.copy(), "squares"


@losses.check(weight=2)
def yes_or_no(rng):
    """Binary: returns the mean loss and the gradient, belief minus truth, over N."""
    yield normal(rng, 5), np.array([0.0, 1.0, 1.0, 0.0, 1.0]), "binary"
    yield 3 * normal(rng, 3), np.array([1.0, 0.0, 0.0]), "binary"


@losses.check()
def uncertain_targets(rng):
    """Binary: takes targets between 0 and 1."""
    yield normal(rng, 6), rng.uniform(size=6), "binary"
    yield normal(rng, 1), rng.uniform(size=1), "binary"


@losses.check(weight=2)
def large_logits(rng):
    """Binary: stays finite for logits of size 1000, right or wrong."""
    logits = np.array([1000.0, -1000.0, 800.0, -900.0, 2.5])
    yield logits, np.array([1.0, 1.0, 0.0, 0.0, 1.0]), "binary"
    yield np.array([40.0, -40.0]), np.array([0.0, 1.0]), "binary"


@losses.check()
def any_shape(rng):
    """Works on arrays of any shape: one sum, or one mean, over all entries."""
    yield normal(rng, 4), normal(rng, 4), "squares"
    yield rng.uniform(-1, 1, (3, 4)), rng.uniform(size=(3, 4)), "binary"
    yield Case(normal(rng, 2, 3, 2), rng.uniform(size=(2, 3, 2)), kind="squares")


losses.in_other_dress(any_shape)


@losses.check(hidden=True)
def fresh_squares(rng):
    """Squares: works on arrays that do not lie side by side in memory."""
    yield spread(normal(rng, 6, 2)), normal(rng, 2, 6).T, "squares"


@losses.check(hidden=True)
def fresh_answers(rng):
    """Binary: works for other batches, also in float32 and in any layout."""
    yield spread(normal(rng, 7)), rng.uniform(size=7), "binary"
    yield *single((normal(rng, 4, 2), rng.uniform(size=(4, 2)))), "binary"


def _binary_unstable(output, target, kind):
    if kind == "squares":
        return 0.5 * np.sum((output - target) ** 2), output - target
    p = 1 / (1 + np.exp(-output))
    losses = -(target * np.log(p) + (1 - target) * np.log(1 - p))
    return losses.mean(), (p - target) / output.size


def _sigmoid_twice(output, target, kind):
    if kind == "squares":
        return 0.5 * np.sum((output - target) ** 2), output - target
    p = np.exp(-np.logaddexp(0, -output))
    losses = np.logaddexp(0, p) - target * p
    return losses.mean(), (np.exp(-np.logaddexp(0, -p)) - target) / output.size


# --- mlp_forward ----------------------------------------------------------------------------------

network_forward = Exercise("mlp_forward", points=2, needs=("dense_forward",))
LECTURE = [
    (np.array([[0.8, 0.6], [0.2, 0.9], [0.7, 0.1]]), np.zeros(3)),
    (np.array([[0.2, 0.8, 0.5]]), np.zeros(1)),
]


@network_forward.check()
def the_lectures_network(rng):
    """Computes the network that was worked by hand: 0.80, 0.75, 0.69 and 1.1056."""
    yield np.ones((1, 2)), LECTURE, "sigmoid"


@network_forward.check(weight=2)
def every_layer(rng):
    """Returns every layer's output, for each activation; ReLU unless another one is named."""
    yield normal(rng, 5, 4), network(rng, 4, 6, 3)
    yield normal(rng, 3, 2), network(rng, 2, 5, 4, 3), "tanh"
    yield Case(normal(rng, 4, 3), network(rng, 3, 4, 2), activation="sigmoid")


@network_forward.check(needs=every_layer)
def one_layer(rng):
    """A single layer has no activation."""
    yield normal(rng, 4, 3), network(rng, 3, 5), "relu"
    yield normal(rng, 1, 2), network(rng, 2, 2), "tanh"


@network_forward.check(hidden=True)
def deeper_networks(rng):
    """Works for deeper networks, layers of equal width and every layout."""
    yield spread(normal(rng, 6, 3)), network(rng, 3, 3, 3, 3, 3), "sigmoid"
    yield normal(rng, 4, 5).T, network(rng, 4, 4, 4, 2), "relu"


network_forward.in_other_dress(every_layer)


# --- mlp_backward ---------------------------------------------------------------------------------

network_backward = Exercise("mlp_backward", points=4, needs=("mlp_forward", "dense_backward"))


@network_backward.check(weight=2)
def two_layers(rng):
    """Finds all gradients of a network with one hidden layer; ReLU unless another one is named."""
    yield normal(rng, 5, 3), normal(rng, 5, 4), network(rng, 4, 6, 3)
    yield Case(normal(rng, 3, 2), normal(rng, 3, 5), network(rng, 5, 4, 2), activation="tanh")


@network_backward.check(weight=3, needs=two_layers)
def deep_networks(rng):
    """Finds all gradients of deeper networks, for each activation."""
    yield normal(rng, 4, 2), normal(rng, 4, 3), network(rng, 3, 5, 6, 4, 2), "sigmoid"
    yield normal(rng, 6, 3), normal(rng, 6, 2), network(rng, 2, 4, 4, 4, 3), "tanh"
    yield normal(rng, 5, 3), normal(rng, 5, 3), network(rng, 3, 3, 3, 3), "relu"


@network_backward.check()
def one_layer(rng):
    """A single layer has no activation, so its gradients are those of the dense layer."""
    yield normal(rng, 4, 2), normal(rng, 4, 3), network(rng, 3, 2), "sigmoid"


@network_backward.check(hidden=True)
def fresh_networks(rng):
    """Works for other networks, a batch of one and every layout."""
    yield normal(rng, 1, 4), normal(rng, 1, 4), network(rng, 4, 4, 4, 4), "sigmoid"
    yield spread(normal(rng, 6, 2)), normal(rng, 3, 6).T, network(rng, 3, 7, 5, 2), "tanh"
    yield normal(rng, 7, 2), spread(normal(rng, 7, 4)), network(rng, 4, 8, 6, 2), "relu"


network_backward.in_other_dress(two_layers)


def _bias_before_the_slope(dout, x, layers, activation="relu"):
    inputs = [x]
    for w, b in layers[:-1]:
        inputs.append(_activate(inputs[-1] @ w.T + b, activation))
    grads = []
    for k in reversed(range(len(layers))):
        bias = dout.sum(axis=0)
        if k < len(layers) - 1:
            dout = dout * _slope(inputs[k + 1], activation)
        grads.insert(0, (dout.T @ inputs[k], bias))
        dout = dout @ layers[k][0]
    return dout, grads


def _activate(z, name):
    if name == "relu":
        return np.maximum(z, 0)
    return np.tanh(z) if name == "tanh" else 1 / (1 + np.exp(-z))


def _slope(a, name):
    if name == "relu":
        return (a > 0).astype(a.dtype)
    return 1 - a**2 if name == "tanh" else a * (1 - a)


# --- graph_depth ----------------------------------------------------------------------------------

depth = Exercise("graph_depth", points=2)
SIGMA = [("w", "mul"), ("x", "mul"), ("mul", "add"), ("b", "add"), ("add", "sigma")]


@depth.check(exact=True)
def one_neuron(rng):
    """Finds the longest path of one neuron's graph, its arrows given in any order."""
    yield SIGMA
    yield SIGMA[::-1]
    yield [SIGMA[k] for k in rng.permutation(5)]


@depth.check(exact=True)
def smallest_graphs(rng):
    """Counts edges: one arrow makes a path of 1, no arrow one of 0."""
    yield []
    yield [("x", "y")]
    yield [(int(rng.integers(5, 9)), 3), (1, 2)]


@depth.check(weight=2, exact=True)
def many_paths(rng):
    """Prefers a long detour to a short cut; arrows that fork or stand twice add nothing."""
    yield [(0, 5), (0, 1), (1, 2), (2, 5), (5, 6), (0, 6)]
    yield [("x", name) for name in "abcde"] + [("a", "y"), ("y", "loss")]
    yield [("a", "b"), ("b", "c"), ("c", "d"), ("p", "q"), ("q", "d"), ("p", "d")]
    yield [("y", "loss"), ("x", "mul"), ("x", "mul"), ("mul", "y")]
    yield [("a", "b"), ("b", "c"), ("a", "d")]


def _random_graph(rng, n, share):
    names = rng.permutation(n)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if rng.uniform() < share]
    return [(int(names[i]), int(names[j])) for i, j in pairs]


@depth.check(weight=2, hidden=True, exact=True, notices=("one-end-only",))
def larger_graphs(rng):
    """Works on graphs of any shape, numbered in any order."""
    for n, share in ((8, 0.3), (9, 0.5), (12, 0.2)):
        yield _random_graph(rng, n, share)
    names, short_cuts = rng.permutation(6).tolist(), [(0, 4), (1, 4)]
    arrows = [*short_cuts, (1, 2), (2, 3), (3, 4), (4, 5)]
    yield [(names[i], names[j]) for i, j in arrows]


@depth.check(hidden=True, exact=True)
def arrows_twice(rng):
    """A value used twice in one place (x times x) does not make the path longer."""
    yield [("x", "mul"), ("x", "mul"), ("mul", "y")]
    yield [("b", "c"), ("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("c", "d")]


def _shortest(edges):
    targets = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    starts = set(targets) - {target for _, target in edges}

    def walk(node):
        return min((1 + walk(target) for target in targets.get(node, [])), default=0)

    return max((walk(node) for node in starts), default=0)


def _levels(edges):
    level = {}
    for source, target in edges:
        level[target] = max(level.get(target, 0), level.get(source, 0) + 1)
    return max(level.values(), default=0)


def _from_the_first(edges):
    targets = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)

    def longest(node):
        return max((1 + longest(target) for target in targets.get(node, [])), default=0)

    return longest(edges[0][0]) if edges else 0


def _first_visit(edges):
    targets, ends = {}, {target for _, target in edges}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    level = {source: 0 for source, _ in edges if source not in ends}
    queue = list(level)
    for node in queue:
        for target in targets.get(node, []):
            if target not in level:
                level[target] = level[node] + 1
                queue.append(target)
    return max(level.values(), default=0)


def _waits_for_both(edges):
    targets, waits = {}, {}
    for source, target in edges:
        targets.setdefault(source, set()).add(target)
        waits[target] = waits.get(target, 0) + 1
    level = {node: 0 for edge in edges for node in edge}
    ready = [node for node in level if node not in waits]
    while ready:
        node = ready.pop()
        for target in targets.get(node, ()):
            level[target] = max(level[target], level[node] + 1)
            waits[target] -= 1
            if waits[target] == 0:
                ready.append(target)
    return max(level.values(), default=0)


def _visited_once(edges):
    targets, level = {}, {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)

    def visit(node, steps):
        if node not in level:
            level[node] = steps
            for target in targets.get(node, []):
                visit(target, steps + 1)

    ends = {target for _, target in edges}
    for node in targets:
        if node not in ends:
            visit(node, 0)
    return max(level.values(), default=0)


def _two_passes(edges):
    level = {}
    for source, target in [*edges, *edges]:
        level[target] = max(level.get(target, 0), level.get(source, 0) + 1)
    return max(level.values(), default=0)


def _sorted_once(edges):
    return _levels(sorted(edges, key=str))


def _to_the_last(edges):
    sources = {}
    for source, target in edges:
        sources.setdefault(target, []).append(source)

    def longest(node):
        return max((1 + longest(source) for source in sources.get(node, [])), default=0)

    return longest(edges[-1][1]) if edges else 0


# --- tape_backward --------------------------------------------------------------------------------

tape = Exercise("tape_backward", points=4)


def program(rng, n, length, used=("add", "mul", "tanh")):
    """Return a tape of random operations on one of the last four values, and a sum of them."""
    entries = []
    for k in range(length):
        op = str(rng.choice(used))
        i, j = (int(place) for place in rng.integers(max(n + k - 4, 0), n + k, size=2))
        entries.append((op, i, j) if op in ("add", "mul") else (op, i))
    last = n + length - 1
    return [*entries, ("add", last, 0), *(("add", last + k, k) for k in range(1, n))]


@tape.check()
def worked_example(rng):
    """Differentiates xy + x: the shares of a value that is used twice add up."""
    yield np.array([2.0, 3.0]), [("mul", 0, 1), ("add", 2, 0)]
    yield rng.uniform(0.5, 2.0, 2), [("mul", 0, 1), ("add", 2, 0)]


@tape.check()
def single_operations(rng):
    """Knows the derivative of each operation."""
    x = rng.uniform(0.3, 1.2, 2) * np.array([1, -1])
    for entry in (("add", 0, 1), ("mul", 0, 1), ("mul", 1, 0), ("tanh", 0), ("exp", 1)):
        yield x, [entry]


@tape.check(weight=2)
def chains(rng):
    """Multiplies along a chain of operations."""
    x = rng.uniform(0.3, 1.0, 2)
    yield x, [("tanh", 0), ("exp", 2), ("mul", 3, 1), ("tanh", 4)]
    yield x, [("mul", 0, 1), ("exp", 2), ("tanh", 3), ("mul", 4, 1), ("add", 5, 0)]


@tape.check(weight=2)
def used_twice(rng):
    """Adds up what comes back to a value from several places, and from one place twice."""
    x = rng.uniform(0.4, 1.1, 1)
    yield x, [("mul", 0, 0)]
    yield x, [("add", 0, 0), ("mul", 1, 1), ("mul", 2, 1)]
    both = [("tanh", 0), ("mul", 2, 1), ("exp", 2), ("mul", 3, 4), ("add", 5, 2)]
    yield rng.uniform(0.4, 1.1, 2), both


@tape.check()
def not_on_the_way(rng):
    """Gives 0 to an input that the result does not depend on; unused entries change nothing."""
    x = rng.uniform(0.4, 1.1, 3)
    yield x, [("mul", 0, 1), ("exp", 2), ("tanh", 3), ("add", 3, 0)]


tape.in_other_dress(not_on_the_way)


@tape.check(weight=2, hidden=True, notices=("same-place-not-added",))
def longer_programs(rng):
    """Differentiates longer programs, whose values are used over and over."""
    yield rng.uniform(-0.8, 0.8, 3), program(rng, 3, 9)
    yield rng.uniform(-0.8, 0.8, 2), program(rng, 2, 8, ("mul", "tanh"))
    steps = [("exp", 0), ("mul", 4, 1), ("tanh", 5), ("mul", 6, 6), ("add", 7, 4), ("mul", 8, 3)]
    yield rng.uniform(0.2, 0.8, 4), [*steps, ("exp", 9), ("mul", 10, 2), ("add", 11, 6)]


def _depth_first(inputs, tape):
    """Send the gradient of a value on each time it is touched, however often it is used."""
    values, n = list(inputs), len(inputs)
    for op, *args in tape:
        a, b = values[args[0]], values[args[-1]]
        if op in ("add", "mul"):
            values.append(a + b if op == "add" else a * b)
        else:
            values.append(np.tanh(a) if op == "tanh" else np.exp(a))
    grads = np.zeros(len(values))
    grads[-1] = 1.0

    def visit(place):
        if place < n:
            return
        op, *args = tape[place - n]
        a, b, out = values[args[0]], values[args[-1]], values[place]
        partials = {"add": (1, 1), "mul": (b, a), "tanh": (1 - out**2,), "exp": (out,)}[op]
        for i, partial in zip(args, partials):
            grads[i] += grads[place] * partial
            visit(i)

    visit(len(values) - 1)
    return grads[:n].astype(inputs.dtype)


# --- sigmoid_mlp_update ---------------------------------------------------------------------------

standard = Exercise("sigmoid_mlp_update", points=5)


def sample(rng, d, q, k):
    """Return v, gamma, w, theta, x and y of one training step."""
    return (
        normal(rng, q, d),
        normal(rng, q),
        normal(rng, k, q),
        normal(rng, k),
        normal(rng, d),
        rng.uniform(size=k),
    )


@standard.check(weight=3)
def one_sample(rng):
    """Changes weights and thresholds after one sample; lr = 0.1 unless it is given."""
    yield sample(rng, 4, 3, 2)
    yield Case(*sample(rng, 2, 5, 3), lr=2.0)


@standard.check()
def single_units(rng):
    """Learns with a single unit in each layer, as in the worked example."""
    one, zero = np.ones((1, 1)), np.zeros(1)
    yield one, zero, one, zero, np.ones(1), np.ones(1), 1.0
    yield Case(*sample(rng, 1, 1, 1), lr=0.7)


@standard.check(weight=2)
def square_layers(rng):
    """Keeps the weights' axes apart when all layers are equally wide."""
    yield Case(*sample(rng, 3, 3, 3), lr=1.5)


@standard.check(weight=2, observe="iterate", needs=one_sample)
def five_steps(rng):
    """Approaches the target over five steps on the same sample."""
    v, gamma, w, theta, x, y = sample(rng, 3, 4, 2)
    yield Case((v, gamma, w, theta), 5, x, y, lr=3.0)


standard.in_other_dress(one_sample)


@standard.check(hidden=True)
def fresh_networks(rng):
    """Works for other networks, hard targets and every layout."""
    v, gamma, _, theta, x, _ = sample(rng, 3, 4, 2)
    yield Case(
        np.asfortranarray(v), gamma, spread(normal(rng, 2, 4)), theta, x, np.array([0.0, 1.0]), 0.8
    )
    yield Case(*sample(rng, 6, 2, 1), lr=4.0)


def _new_w_first(v, gamma, w, theta, x, y, lr=0.1):
    b = 1 / (1 + np.exp(gamma - v @ x))
    y_hat = 1 / (1 + np.exp(theta - w @ b))
    g = y_hat * (1 - y_hat) * (y - y_hat)
    w = w + lr * np.outer(g, b)
    e = b * (1 - b) * (w.T @ g)
    return v + lr * np.outer(e, x), gamma - lr * e, w, theta - lr * g


def _thresholds_added(v, gamma, w, theta, x, y, lr=0.1):
    b = 1 / (1 + np.exp(-gamma - v @ x))
    y_hat = 1 / (1 + np.exp(-theta - w @ b))
    g = y_hat * (1 - y_hat) * (y - y_hat)
    e = b * (1 - b) * (w.T @ g)
    return v + lr * np.outer(e, x), gamma + lr * e, w + lr * np.outer(g, b), theta + lr * g


# --- vanishing_factor -----------------------------------------------------------------------------

vanishing = Exercise("vanishing_factor", points=2)


def outputs(rng, n):
    return rng.uniform(0.1, 0.9, size=n)


@vanishing.check()
def short_chains(rng):
    """Multiplies one factor per layer: weight times the sigmoid's derivative."""
    yield 2 * normal(rng, 3), outputs(rng, 3)
    yield np.array([2.0, -1.0]), np.array([0.5, 0.8])


@vanishing.check()
def at_most_a_quarter(rng):
    """With weights of 1 and outputs of one half, each layer leaves a quarter."""
    for layers in (1, 2, 10):
        yield np.ones(layers), np.full(layers, 0.5)


@vanishing.check(exact=True)
def no_layers(rng):
    """Is 1 for an empty chain and 0 behind a unit that is switched off for good."""
    yield np.zeros(0), np.zeros(0)
    yield np.array([2.0, 3.0]), np.array([0.5, 1.0])


vanishing.in_other_dress(short_chains, keeps=False)


@vanishing.check(hidden=True)
def long_chains(rng):
    """Works for longer chains, in single precision and in any layout."""
    weights = 4 * normal(rng, 12)
    weights[0] *= -np.sign(np.prod(weights))
    yield weights, outputs(rng, 12)
    yield single((2 * normal(rng, 5), outputs(rng, 5)))
    yield spread(normal(rng, 6)), outputs(rng, 12)[::2]


# --- scaled_update --------------------------------------------------------------------------------

scaling = Exercise("scaled_update", points=3)
SINGLE = {"rtol": 1e-6}  # half precision keeps 11 binary digits; the step may be made in float32


def slopes(rng, n, size=1.0):
    """Return gradients of about this size."""
    return size * rng.uniform(0.5, 2, n) * rng.choice([-1.0, 1.0], n)


@scaling.check(**SINGLE)
def worked_example(rng):
    """Takes the three steps that were worked by hand."""
    yield np.zeros(1), 1024.0, 2, np.array([2.0**-26]), 2.0, 3
    yield np.array([-(2.0**-25)]), 2048.0, 0, np.array([40.0]), 2.0, 3
    yield np.array([-(2.0**-25)]), 1024.0, 0, np.array([40.0]), 2.0, 3


@scaling.check(weight=2, **SINGLE)
def good_steps(rng):
    """Steps by the gradient divided by the scale again; lr = 0.1 and window = 2000 unless given."""
    yield normal(rng, 4), 1024.0, 7, slopes(rng, 4)
    yield Case(normal(rng, 3), 256.0, 0, slopes(rng, 3), lr=0.5, window=9)
    yield Case(normal(rng, 3), 8.0, 1998, slopes(rng, 3))
    yield Case(normal(rng, 3), 8.0, 1999, slopes(rng, 3))


@scaling.check(weight=2, **SINGLE)
def tiny_gradients(rng):
    """Saves gradients of 1e-8 by a scale of 65536; with a scale of 1 they are 0."""
    w = 1e-6 * normal(rng, 4)
    for scale in (65536.0, 1.0):
        yield Case(w, scale, 3, slopes(rng, 4, 1e-8), lr=100.0)
    mixed = np.concatenate([slopes(rng, 2, 1e-8), slopes(rng, 2, 1e-7)])
    yield Case(np.zeros(4), 1024.0, 3, mixed, lr=100.0)
    yield Case(np.zeros(2), 1.0, 0, np.array([2.0**-25, 2.0**-23]), lr=1.0)


@scaling.check(weight=2, **SINGLE)
def lost_steps(rng):
    """Loses the step where one entry is too large, infinite or NaN: half the scale, count 0."""
    for place, value in ((1, 100.0), (0, -100.0), (2, np.inf), (3, np.nan), (1, -np.inf)):
        gradient = slopes(rng, 4)
        gradient[place] = value
        yield Case(normal(rng, 4), 1024.0, 5, gradient, window=8)
    yield Case(normal(rng, 3), 4096.0, 7, slopes(rng, 3, 100.0), window=8)
    yield Case(normal(rng, 2), 1.0, 0, np.array([1.0, 7e4]))


@scaling.check(weight=2, **SINGLE)
def when_it_doubles(rng):
    """Doubles the scale when the count reaches the window, for the next step, and counts anew."""
    for good, window in ((3, 4), (2, 4), (0, 4), (0, 1), (0, 2), (1, 2)):
        yield Case(normal(rng, 3), 512.0, good, slopes(rng, 3), window=window)
    yield Case(normal(rng, 2), 1024.0, 3, np.array([40.0, -1.0]), window=4)
    yield Case(normal(rng, 2), 65536.0, 3, slopes(rng, 2, 0.1), window=4)


@scaling.check(weight=2, observe="iterate", needs=good_steps, **SINGLE)
def ten_steps(rng):
    """Finds its scale in ten steps: it grows till a step is lost."""
    gradient = rng.uniform(1.1, 1.8, 3) * rng.permutation([1.0, -1.0, 1.0])
    yield Case((normal(rng, 3), 16384.0, 0), 10, gradient, window=2)


scaling.in_other_dress(good_steps, rtol=1e-5)


@scaling.check(weight=2, hidden=True, **SINGLE)
def other_steps(rng):
    """Takes other steps, good and lost, in both precisions."""
    for good, window in ((5, 6), (4, 6), (0, 1)):
        w, gradient = normal(rng, 5), slopes(rng, 5)
        yield Case(w, 2048.0, good, gradient, lr=0.3, window=window)
        yield Case(single(w), 128.0, good, single(gradient), lr=0.3, window=window)
        for value in (1e3, np.inf, np.nan):
            gradient[good % 5] = value
            yield Case(w, 2048.0, good, gradient.copy(), lr=0.3, window=window)
    yield Case(np.zeros(3), 4096.0, 0, slopes(rng, 3, 1e-8), lr=100.0, window=5)
    yield Case(np.zeros(3), 4.0, 0, slopes(rng, 3, 2e-9), lr=100.0, window=5)


def _entries_left_out(w, scale, good, gradient, lr=0.1, window=2000):
    with np.errstate(over="ignore"):
        scaled = (scale * gradient).astype(np.float16)
    fits = np.isfinite(scaled)
    w = w - lr * (np.where(fits, scaled, 0).astype(w.dtype) / scale)
    if not np.all(fits):
        return w, scale / 2, 0
    good = good + 1
    return (w, 2 * scale, 0) if good == window else (w, scale, good)


def _doubled_at_the_start(w, scale, good, gradient, lr=0.1, window=2000):
    with np.errstate(over="ignore"):
        scaled = (scale * gradient).astype(np.float16)
    if not np.all(np.isfinite(scaled)):
        return w, scale / 2, 0
    if good == window:
        scale, good = 2 * scale, 0
    return w - lr * (scaled.astype(w.dtype) / scale), scale, good + 1


def _doubled_before_it_rounds(w, scale, good, gradient, lr=0.1, window=2000):
    if good == window:
        scale, good = 2 * scale, 0
    with np.errstate(over="ignore"):
        scaled = (scale * gradient).astype(np.float16)
    if not np.all(np.isfinite(scaled)):
        return w, scale / 2, 0
    return w - lr * (scaled.astype(w.dtype) / scale), scale, good + 1


def _tried_again(w, scale, good, gradient, lr=0.1, window=2000):
    while np.all(np.isfinite(gradient)):
        with np.errstate(over="ignore"):
            scaled = (scale * gradient).astype(np.float16)
        if np.all(np.isfinite(scaled)):
            w, good = w - lr * (scaled.astype(w.dtype) / scale), good + 1
            return (w, 2 * scale, 0) if good == window else (w, scale, good)
        scale, good = scale / 2, 0
    return w, scale / 2, 0


# --- questions, graded by a person ----------------------------------------------------------------

divided_twice = Question(
    "divided_twice",
    points=2,
    guide="""
    Full answer: the 1/N comes in twice, so weights and biases get a gradient N times too small
    (while dx is right, so the factor is the same in all layers) (1 point). All parameters are
    scaled alike: the direction is right, it is plain descent with the rate divided by N, slow but
    working, and Adam hides even that; numerical_gradient with relative_error shows a ratio of N
    at once (1 point). A backward function answers for its layer alone: whether the loss is a mean
    or a sum comes in with dy. Half: "the gradient is too small" without saying why it still
    learns.
    """,
)

three_rescues = Question(
    "three_rescues",
    points=3,
    guide="""
    Full answer, a point for each. (a) 4 a (1 - a) is 1 only at a = 1/2; weights of 4 make net
    inputs four times as large, units saturate, a (1 - a) goes to 0, and the product vanishes all
    the same; where units stay in the middle it is at best 1. (b) not repaired: the factor depends
    on the input and on the present weights and changes by orders of magnitude in training, so a
    fixed compensation is far too large as soon as the units come alive; it also amplifies noise.
    (It is right that the direction is not lost: per-parameter step lengths as in Adam do help
    some.) (c) takes the cause away: derivative exactly 1 along active paths, so no systematic
    shrinking; what is left is the product of the weights (needs the right width of start, else it
    vanishes or explodes) and units that are off for every sample pass nothing. Half: verdicts
    without reasons.
    """,
)

confidently_wrong = Question(
    "confidently_wrong",
    points=3,
    guide="""
    Full answer, a point for each part. Cross-entropy: p - 1, nearly -1, the full pull. Squared
    error: the gradient by the probabilities is about -1 at the true and +1 at the wrong class,
    but then comes the softmax, whose derivatives p (1 - p) and -p q (q: the wrong class) are
    both about 0.0001 in size: together -0.0002 (without the half -0.0004; -0.0001 if the rest
    is spread evenly over many classes), next to no pull where the mistake is greatest. Who
    counts the true class alone and says 0.0001 has the idea: full marks. The logarithm of the
    cross-entropy has the derivative 1/p, which cancels that factor. A net that is sure and wrong
    sits on a plateau; from small weights, where all p are near 1/K, both losses pull. Better:
    wrong labels; the squared error gives up on samples that it finds absurd, so a few false
    labels cannot dominate, the cross-entropy pays any price for them. Half: "cross-entropy is
    for classification", or plateau without the factor p.
    """,
)
