"""How the chapter on adversarial nets and diffusion is judged."""

from itertools import pairwise

import numpy as np

from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def away(rng, *shape):
    """Return numbers of either sign that are not small."""
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def heap(rng, k, empty=()):
    """Return k probabilities, zero at the places that are to be empty."""
    sand = rng.uniform(0.2, 1.0, k)
    sand[list(empty)] = 0
    return sand / sand.sum()


def net(rng, *sizes):
    """Return the layers of a net whose outputs are about as large as its inputs."""
    return [(normal(rng, n, m) / np.sqrt(m), 0.5 * away(rng, n)) for m, n in pairwise(sizes)]


# --- optimal_discriminator ------------------------------------------------------------------------

optimal = Exercise("optimal_discriminator", points=2)


@optimal.check(rtol=1e-6, atol=1e-9)
def worked_example(rng):
    """Gives (2/3, 0) and -0.9548 in the worked example, and -1.3863 against perfect fakes."""
    yield np.array([1.0, 0.0]), np.array([0.5, 0.5])
    yield np.array([0.25, 0.75]), np.array([0.25, 0.75])


@optimal.check(weight=2, rtol=1e-6, atol=1e-9)
def seen_on_both_sides(rng):
    """Knows the best answer for each thing that is seen among real ones and fakes."""
    yield heap(rng, 5), heap(rng, 5)
    yield heap(rng, 2), heap(rng, 2)


@optimal.check(rtol=1e-6, atol=1e-9)
def seen_on_one_side_or_never(rng):
    """Is sure of what is seen on one side only, and says one half of what is never seen."""
    yield heap(rng, 6, [1, 3, 5]), heap(rng, 6, [0, 3, 5])
    yield heap(rng, 4, [0, 1]), heap(rng, 4, [2, 3])
    yield np.array([1e-12, 2e-4, 0.9998, 0.0]), np.array([3e-12, 0.9999, 1e-4, 0.0])


@optimal.check(weight=2, hidden=True, rtol=1e-6, atol=1e-9)
def any_two(rng):
    """Is right for any two distributions."""
    yield heap(rng, 7, [2]), heap(rng, 7, [4])
    yield heap(rng, 5, [0, 4]), heap(rng, 5, [0])
    yield heap(rng, 1), heap(rng, 1)


optimal.in_other_dress(seen_on_both_sides, rtol=1e-4, atol=1e-6)


def _value(p, q, d):
    real = np.sum(p * np.log(np.where(p > 0, d, 1)))
    return float(real + np.sum(q * np.log(np.where(q > 0, 1 - d, 1))))


def _best(p, q):
    seen = p + q
    d = np.where(seen > 0, p / np.where(seen > 0, seen, 1), 0.5)
    return d, _value(p, q, d)


def share_of_the_fakes(p, q):
    d, value = _best(p, q)
    return 1 - d, value


def hard_decision(p, q):
    d = np.where(p == q, 0.5, np.where(p > q, 1.0, 0.0))
    return d, _best(p, q)[1]


def hard_decision_throughout(p, q):
    d, _ = hard_decision(p, q)
    with np.errstate(divide="ignore"):
        return d, _value(p, q, d)


def ratio_of_the_two(p, q):
    return p / np.where(q > 0, q, 1), _best(p, q)[1]


def score_for_the_probability(p, q):
    with np.errstate(all="ignore"):
        return np.log(p) - np.log(q), _best(p, q)[1]


def small_number_below(p, q):
    return p / (p + q + 1e-12), _best(p, q)[1]


def weighted_by_p_alone(p, q):
    d = _best(p, q)[0]
    return d, float(np.sum(p * (np.log(np.where(p > 0, d, 1)) + np.log(np.where(d < 1, 1 - d, 1)))))


# --- js_and_earth_mover ---------------------------------------------------------------------------

distances = Exercise("js_and_earth_mover", points=3)


@distances.check(rtol=1e-6, atol=1e-9)
def worked_example(rng):
    """Gives 0.2158 and 1.5, 0.6931 and 3, 0.6931 and 9, 0.6931 and 3 in the worked example."""
    first = np.eye(4)[0]
    yield np.array([1.0, 0.0]), np.array([0.5, 0.5]), 3.0
    yield first, np.eye(4)[1], 3.0
    yield first, np.eye(4)[3], 3.0
    yield np.array([0.5, 0.0, 0.5]), np.array([0.0, 1.0, 0.0]), 3.0


def both_ways(rng, k):
    """Return two heaps between which sand goes in both directions, more in one than the other."""
    while True:
        p, q = heap(rng, k), heap(rng, k)
        crossing = np.cumsum(p - q)[:-1]
        if min(crossing.max(), -crossing.min()) > 0.03 and abs(crossing.sum()) > 0.05:
            return p, q


@distances.check(weight=2, rtol=1e-6, atol=1e-9)
def two_heaps(rng):
    """Measures two heaps of sand that overlap."""
    yield *both_ways(rng, 6), rng.uniform(0.3, 0.6)
    yield heap(rng, 5, [0]), heap(rng, 5, [2, 4]), rng.uniform(1.5, 3.0)
    yield np.array([5e-4, 0.9995]), np.array([0.9998, 2e-4]), 1.5


@distances.check(weight=2, rtol=1e-6, atol=1e-9)
def nothing_in_common(rng):
    """Tells heaps that have nothing in common apart by distance, however near or far they are."""
    yield heap(rng, 7, [3, 4, 5, 6]), heap(rng, 7, [0, 1, 2, 3]), rng.uniform(0.3, 0.6)
    yield heap(rng, 6, [1, 3, 4]), heap(rng, 6, [0, 2, 5]), rng.uniform(1.5, 3.0)  # to and fro


@distances.check(atol=1e-9)
def nothing_to_do(rng):
    """Is zero for equal heaps."""
    same = heap(rng, 5, [1])
    yield same, same.copy(), 2.0


@distances.check(weight=2, hidden=True, rtol=1e-6, atol=1e-9)
def any_two(rng):
    """Is right for any two heaps."""
    yield heap(rng, 9, [2, 3]), heap(rng, 9, [3, 8]), rng.uniform(0.3, 0.6)
    yield *both_ways(rng, 4), rng.uniform(1.5, 3.0)
    yield np.eye(5)[1], heap(rng, 5), 0.25


distances.in_other_dress(two_heaps, keeps=False, rtol=1e-4, atol=1e-6)


def _js(p, q):
    m = (p + q) / 2
    return float(
        sum(np.sum(r * np.log(np.where(r > 0, r / np.where(m > 0, m, 1), 1))) / 2 for r in (p, q))
    )


def _moved(p, q, width):
    return float(width * np.sum(np.abs(np.cumsum(p - q))))


def kl_to_the_other(p, q, width):
    ways = ((p, q), (q, p))
    with np.errstate(all="ignore"):
        kl = [np.nansum(np.where(a > 0, a * np.log(a / b), 0)) for a, b in ways]
    return float(sum(kl)) / 2, _moved(p, q, width)


def distances_squared(p, q, width):
    """Move the sand by its order, which is cheapest for any cost that grows faster and faster."""
    cost, left, need = 0.0, list(map(float, p)), list(map(float, q))
    i = j = 0
    while i < len(left) and j < len(need):
        mass = min(left[i], need[j])
        cost += mass * (width * (i - j)) ** 2
        left[i], need[j] = left[i] - mass, need[j] - mass
        i, j = i + (left[i] <= 1e-12), j + (need[j] <= 1e-12)
    return _js(p, q), cost


def from_top_to_top(p, q, width):
    return _js(p, q), float(width * abs(int(np.argmax(p)) - int(np.argmax(q))))


# --- discriminator_loss ---------------------------------------------------------------------------

discriminator = Exercise("discriminator_loss", points=3)
FAR = np.array([1000.0, -1000.0, 0.0])


@discriminator.check(rtol=1e-6)
def worked_example(rng):
    """Gives 0.7233 and 1000.4100, and the gradients, in the worked example."""
    yield np.array([0.0, 2.0]), np.array([-1.0])
    yield np.array([0.0, 2.0]), np.array([1000.0])


@discriminator.check(weight=2, rtol=1e-6)
def two_batches(rng):
    """Adds the means over two batches, which need not be of one size."""
    yield 2.0 * away(rng, 5), 2.0 * away(rng, 3)
    yield away(rng, 2), away(rng, 4)


@discriminator.check(weight=2, rtol=1e-6)
def far_scores(rng):
    """Is exact for scores of 1000, right ones and wrong ones."""
    yield FAR, np.array([-1000.0, 0.0])
    yield np.array([1000.0]), FAR
    yield np.array([-1000.0, 1.0]), np.array([1000.0])
    yield np.array([-5000.0, 1.0]), np.array([4000.0, 2.0])


@discriminator.check(weight=2, hidden=True, rtol=1e-6)
def any_batches(rng):
    """Is right for any scores and sizes."""
    yield 3.0 * away(rng, 6), 3.0 * away(rng, 4)
    yield away(rng, 1), away(rng, 3)
    yield np.array([800.0, -800.0, 0.5]), np.array([900.0, -2.0, -900.0, 3.0])


discriminator.in_other_dress(two_batches, rtol=1e-4)


def _softplus(z):
    return np.logaddexp(np.zeros((), z.dtype), z)


def _sigmoid(z):
    return np.exp(-_softplus(-z))


def _expert(real, fake):
    loss = np.mean(_softplus(-real)) + np.mean(_softplus(fake))
    return float(loss), -_sigmoid(-real) / len(real), _sigmoid(fake) / len(fake)


def labels_swapped(real, fake):
    loss = np.mean(_softplus(real)) + np.mean(_softplus(-fake))
    return float(loss), _sigmoid(real) / len(real), -_sigmoid(-fake) / len(fake)


def one_mean_over_all(real, fake):
    n = len(real) + len(fake)
    loss = (np.sum(_softplus(-real)) + np.sum(_softplus(fake))) / n
    return float(loss), -_sigmoid(-real) / n, _sigmoid(fake) / n


def sums_for_means(real, fake):
    loss = np.sum(_softplus(-real)) + np.sum(_softplus(fake))
    return float(loss), -_sigmoid(-real), _sigmoid(fake)


def _by_logarithms(real, fake, log):
    with np.errstate(all="ignore"):
        p, q = 1 / (1 + np.exp(-real)), 1 / (1 + np.exp(-fake))
        loss = -np.mean(log(p)) - np.mean(log(1 - q))
    return float(loss), (p - 1) / len(real), q / len(fake)


def through_the_probabilities(real, fake):
    return _by_logarithms(real, fake, np.log)


def _clipping(least):
    """Return a loss whose probabilities are at least so large."""
    return lambda real, fake: _by_logarithms(real, fake, lambda p: np.log(np.maximum(p, least)))


clipped_7, clipped_8, clipped_10 = map(_clipping, (1e-7, 1e-8, 1e-10))
clipped_12, clipped_15 = map(_clipping, (1e-12, 1e-15))
clipped_tiny = _clipping(np.finfo(float).tiny)


def logarithms_clamped(real, fake):
    return _by_logarithms(real, fake, lambda p: np.maximum(np.log(p), -100))


def sigma_overflows(real, fake):
    with np.errstate(all="ignore"):
        slopes = np.exp(-real) / (1 + np.exp(-real)), np.exp(fake) / (1 + np.exp(fake))
    return _expert(real, fake)[0], -slopes[0] / len(real), slopes[1] / len(fake)


def everything_overflows(real, fake):
    with np.errstate(all="ignore"):
        loss = np.mean(np.log(1 + np.exp(-real))) + np.mean(np.log(1 + np.exp(fake)))
    return float(loss), *sigma_overflows(real, fake)[1:]


def _bounded(most):
    """Return a loss whose scores are at most so large."""
    return lambda real, fake: _expert(np.clip(real, -most, most), np.clip(fake, -most, most))


bounded_20, bounded_30, bounded_50, bounded_100, bounded_500, bounded_700 = map(
    _bounded, (20, 30, 50, 100, 500, 700)
)


def gradient_by_the_probability(real, fake):
    with np.errstate(all="ignore"):
        p, q = _sigmoid(real), _sigmoid(fake)
        return _expert(real, fake)[0], -1 / p / len(real), 1 / (1 - q) / len(fake)


def slope_of_sigma_twice(real, fake):
    loss, dreal, dfake = _expert(real, fake)
    slopes = [_sigmoid(z) * _sigmoid(-z) for z in (real, fake)]
    return loss, dreal * slopes[0], dfake * slopes[1]


def least_squares(real, fake):
    loss = np.mean((real - 1) ** 2) + np.mean(fake**2)
    return float(loss), 2 * (real - 1) / len(real), 2 * fake / len(fake)


def hinge_for_logistic(real, fake):
    loss = np.mean(np.maximum(0, 1 - real)) + np.mean(np.maximum(0, 1 + fake))
    return float(loss), -(real < 1) / len(real), (fake > -1) / len(fake)


def means_of_scores(real, fake):
    ones = np.ones_like(real), np.ones_like(fake)
    return float(np.mean(fake) - np.mean(real)), -ones[0] / len(real), ones[1] / len(fake)


def smoothed_labels(real, fake):
    loss = np.mean(0.9 * _softplus(-real) + 0.1 * _softplus(real)) + np.mean(_softplus(fake))
    return float(loss), (_sigmoid(real) - 0.9) / len(real), _sigmoid(fake) / len(fake)


# --- generator_loss -------------------------------------------------------------------------------

generator = Exercise("generator_loss", points=3)


@generator.check(rtol=1e-6)
def worked_example(rng):
    """Gives 2.3556, and -0.3556 for the minimax loss, with their gradients; then 1000 and 0."""
    for scores in (np.array([-4.0, 0.0]), np.array([-1000.0])):
        yield (scores,)
        yield scores, True


@generator.check(weight=2, rtol=1e-6)
def without_saturating(rng):
    """Is the non-saturating loss unless told otherwise."""
    yield (2.0 * away(rng, 4),)
    yield Case(away(rng, 3), saturating=False)


@generator.check(weight=2, rtol=1e-6)
def with_saturating(rng):
    """Is the minimax loss where that is asked."""
    yield Case(2.0 * away(rng, 4), saturating=True)
    yield away(rng, 3), True


@generator.check(weight=2, rtol=1e-6)
def far_scores(rng):
    """Is exact for scores of 1000, of either sign, in both losses."""
    yield (FAR,)
    yield FAR, True
    yield (5 * FAR,)
    yield 4 * FAR, True


@generator.check(weight=2, hidden=True, rtol=1e-6)
def any_scores(rng):
    """Is right for any scores."""
    yield (3.0 * away(rng, 6),)
    yield 3.0 * away(rng, 5), True
    yield (np.array([700.0, -900.0, 0.3, -2.0]),)
    yield np.array([700.0, -900.0, 0.3, -2.0]), True
    yield (away(rng, 1),)


@generator.check(dtype=True, rtol=1e-4)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout, for both losses."""
    scores = 2.0 * away(rng, 6)
    for saturating in (False, True):
        yield scores.astype(np.float32), saturating
        yield scores[::2], saturating
        yield scores[::-1], saturating


def _forger(fake, saturating):
    if saturating:
        return -float(np.mean(_softplus(fake))), -_sigmoid(fake) / len(fake)
    return float(np.mean(_softplus(-fake))), -_sigmoid(-fake) / len(fake)


def labelled_as_fakes(fake, saturating=False):
    loss, dfake = _forger(fake, True)
    return (loss, dfake) if saturating else (-loss, -dfake)


def both_turned_round(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return -loss, -dfake


def generator_uphill(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss, -dfake


def gradient_of_the_other(fake, saturating=False):
    return _forger(fake, saturating)[0], _forger(fake, not saturating)[1]


def minimax_gradient_for_both(fake, saturating=False):
    return _forger(fake, saturating)[0], _forger(fake, True)[1]


def other_gradient_for_both(fake, saturating=False):
    return _forger(fake, saturating)[0], _forger(fake, False)[1]


def generator_sums(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss * len(fake), dfake * len(fake)


def generator_gradient_of_a_sum(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss, dfake * len(fake)


def _forged_by_logarithms(fake, saturating, log):
    with np.errstate(all="ignore"):
        q = 1 / (1 + np.exp(-fake))
        if saturating:
            return float(np.mean(log(1 - q))), -q / len(fake)
        return -float(np.mean(log(q))), (q - 1) / len(fake)


def generator_through_the_probabilities(fake, saturating=False):
    return _forged_by_logarithms(fake, saturating, np.log)


def _forged_clipping(least):
    """Return a loss whose probabilities are at least so large."""

    def clipped(fake, saturating=False):
        return _forged_by_logarithms(fake, saturating, lambda p: np.log(np.maximum(p, least)))

    return clipped


forged_7, forged_8, forged_10 = map(_forged_clipping, (1e-7, 1e-8, 1e-10))
forged_12, forged_15 = map(_forged_clipping, (1e-12, 1e-15))
forged_tiny = _forged_clipping(np.finfo(float).tiny)


def forged_clamped(fake, saturating=False):
    return _forged_by_logarithms(fake, saturating, lambda p: np.maximum(np.log(p), -100))


def forged_sigma_overflows(fake, saturating=False):
    with np.errstate(all="ignore"):
        e = np.exp(fake if saturating else -fake)
        return _forger(fake, saturating)[0], -e / (1 + e) / len(fake)


def forged_everything_overflows(fake, saturating=False):
    with np.errstate(all="ignore"):
        soft = float(np.mean(np.log(1 + np.exp(fake if saturating else -fake))))
    return -soft if saturating else soft, forged_sigma_overflows(fake, saturating)[1]


def _forged_bounded(most):
    """Return a loss whose scores are at most so large."""

    def bounded(fake, saturating=False):
        return _forger(np.clip(fake, -most, most), saturating)

    return bounded


forged_b20, forged_b30, forged_b50, forged_b100, forged_b500, forged_b700 = map(
    _forged_bounded, (20, 30, 50, 100, 500, 700)
)


def generator_halved(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss / 2, dfake / 2


def generator_base_two(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss / np.log(2), dfake


def generator_gradient_by_the_probability(fake, saturating=False):
    loss, _ = _forger(fake, saturating)
    with np.errstate(all="ignore"):
        q = _sigmoid(fake)
        return loss, -1 / (1 - q if saturating else q) / len(fake)


def generator_slope_twice(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss, dfake * _sigmoid(fake) * _sigmoid(-fake)


def generator_mean_gradient(fake, saturating=False):
    loss, dfake = _forger(fake, saturating)
    return loss, float(np.sum(dfake))


def generator_mean_of_scores(fake, saturating=False):
    return -float(np.mean(fake)), -np.ones_like(fake) / len(fake)


def generator_least_squares(fake, saturating=False):
    return float(np.mean((fake - 1) ** 2)), 2 * (fake - 1) / len(fake)


def logarithm_of_the_mean(fake, saturating=False):
    with np.errstate(all="ignore"):
        q = np.mean(_sigmoid(fake))
        loss = np.log(1 - q) if saturating else -np.log(q)
    return float(loss), _forger(fake, saturating)[1]


# --- name_the_rule --------------------------------------------------------------------------------

rule_of = Exercise("name_the_rule", points=4)
RULES = "alternating", "simultaneous", "saturating", "swapped", "attached", "stale"


def _sigma(s):
    return 1 / (1 + np.exp(-s))


def _seen(psi, fake, real, sign=1):
    """Return the gradient of the discriminator's loss; sign -1: with its labels exchanged."""
    return sign * (fake * _sigma(sign * psi * fake) - real * _sigma(-sign * psi * real))


def _step(rule, theta, psi, before, real, lr):
    fake = before if rule == "stale" else theta
    half = psi - lr * _seen(psi, fake, real, -1 if rule == "swapped" else 1)
    told = psi if rule == "simultaneous" else half
    pull = _sigma(told * theta) if rule == "saturating" else _sigma(-told * theta)
    return theta + lr * told * pull, half + lr * theta * pull if rule == "attached" else half


# What programs do that are broken in still other ways; each is also somebody's idea of a rule.


def _first(rule, theta, psi, before, real, lr):
    """Move the generator first."""
    if rule == "simultaneous":
        return _step(rule, theta, psi, before, real, lr)
    pull = _sigma(psi * theta) if rule == "saturating" else _sigma(-psi * theta)
    new = theta + lr * psi * pull
    return new, _step(rule, new, psi, before, real, lr)[1]


def _rising(rule, theta, psi, before, real, lr):
    """Move the discriminator up its loss."""
    return _halved(rule, theta, psi, before, real, lr, -1.0)


def _halved(rule, theta, psi, before, real, lr, share=0.5):
    """Halve the discriminator's loss."""
    fake = before if rule == "stale" else theta
    half = psi - share * lr * _seen(psi, fake, real, -1 if rule == "swapped" else 1)
    told = psi if rule == "simultaneous" else half
    pull = _sigma(told * theta) if rule == "saturating" else _sigma(-told * theta)
    return theta + lr * told * pull, half + lr * theta * pull if rule == "attached" else half


def _fleeing(rule, theta, *rest):
    """Move the generator up its loss."""
    new, after = _step(rule, theta, *rest)
    return 2 * theta - new, after


def _turned(rule, theta, *rest):
    """Move the generator up the minimax loss."""
    return (_fleeing if rule == "saturating" else _step)(rule, theta, *rest)


def _swapped_twice(rule, theta, psi, before, real, lr):
    """Exchange the labels in the generator's loss too."""
    new, after = _step(rule, theta, psi, before, real, lr)
    return (theta - lr * after * _sigma(after * theta) if rule == "swapped" else new), after


def _swapped_half(rule, theta, psi, before, real, lr):
    """Exchange the labels of the fakes alone."""
    if rule != "swapped":
        return _step(rule, theta, psi, before, real, lr)
    half = psi + lr * (real * _sigma(-psi * real) + theta * _sigma(-psi * theta))
    return theta + lr * half * _sigma(-half * theta), half


def _attached(rule, theta, psi, before, real, lr, pull):
    """Let the generator's half of the step move psi by a pull of one's own."""
    if rule != "attached":
        return _step(rule, theta, psi, before, real, lr)
    new, half = _step("alternating", theta, psi, before, real, lr)
    return new, half + lr * pull(theta, new, psi, half)


def _attached_old(*given):
    return _attached(*given, lambda theta, new, psi, half: theta * _sigma(-psi * theta))


def _attached_new(*given):
    return _attached(*given, lambda theta, new, psi, half: new * _sigma(-half * new))


def _attached_down(*given):
    return _attached(*given, lambda theta, new, psi, half: -theta * _sigma(-half * theta))


def _stale_forger(rule, theta, psi, before, real, lr):
    """Let the generator, not the discriminator, look at the fake of the step before."""
    if rule != "stale":
        return _step(rule, theta, psi, before, real, lr)
    _, half = _step("alternating", theta, psi, before, real, lr)
    return theta + lr * half * _sigma(-half * before), half


def _stale_both(rule, theta, psi, before, real, lr):
    """Let both players look at the fake of the step before."""
    if rule != "stale":
        return _step(rule, theta, psi, before, real, lr)
    _, half = _step(rule, theta, psi, before, real, lr)
    return theta + lr * half * _sigma(-half * before), half


def _attached_expert(*given):
    """Let psi be moved along its own loss once more."""
    return _attached(*given, lambda theta, new, psi, half: -_seen(half, new, given[4]))


def _straight(rule, theta, psi, before, real, lr):
    """Train a Wasserstein critic."""
    fake = before if rule == "stale" else theta
    half = psi + lr * (real - fake) * (-1 if rule == "swapped" else 1)
    told = psi if rule == "simultaneous" else half
    return theta + lr * told, half + lr * theta * (rule == "attached")


BROKEN = (
    (_first, "alternating"),
    (_rising, "alternating"),
    (_halved, "alternating"),
    (_fleeing, "alternating"),
    (_turned, "saturating"),
    (_swapped_twice, "swapped"),
    (_swapped_half, "swapped"),
    (_attached_old, "attached"),
    (_attached_new, "attached"),
    (_attached_down, "attached"),
    (_stale_forger, "stale"),
    (_stale_both, "stale"),
    (_attached_expert, "attached"),
    (_straight, "alternating"),
)


def follow(rules, theta, psi, real, lr, step=_step):
    """Return the path of one rule after the other, a step each."""
    path = [(theta, psi)]
    for t, rule in enumerate(rules):
        path.append(step(rule, *path[-1], path[max(t - 1, 0)][0], real, lr))
    return np.array(path)


def start(rng):
    """Return a start, a place of the data and a rate at which all rules part at once."""
    theta, psi = rng.uniform(0.4, 0.8), rng.uniform(0.7, 1.2)
    return theta, psi, rng.uniform(1.6, 2.4), rng.uniform(0.35, 0.55)


def trained(rng, rule, steps=5, step=_step):
    """Return the arguments for a path of one rule."""
    theta, psi, real, lr = start(rng)
    return follow([rule] * steps, theta, psi, real, lr, step), real, lr


@rule_of.check(exact=True)
def worked_example(rng):
    """Names the rules of the worked example, whose first steps are given there."""
    for rule in RULES:
        yield follow([rule] * 3, 0.5, 1.0, 2.0, 0.5), 2.0, 0.5


def slowly(rng):
    """Return the arguments for a path that is near another rule's, but not within the limit."""
    theta, psi, real, _ = start(rng)
    return follow(["saturating"] * 3, theta, psi, real, 0.01), real, 0.01


@rule_of.check(weight=2, exact=True)
def right_rules(rng):
    """Tells alternating from simultaneous steps, and the one loss from the other."""
    for rule in RULES[:3]:
        yield trained(rng, rule)
    yield slowly(rng)


@rule_of.check(weight=2, exact=True)
def broken_rules(rng):
    """Knows labels that are swapped, a discriminator that is moved along, and stale fakes."""
    for rule in RULES[3:]:
        yield trained(rng, rule)
        yield trained(rng, rule, steps=2)


def stumbling(rng, column):
    """Return the arguments for a path of stale fakes whose very first step is off."""
    theta, psi, real, lr = start(rng)
    path = [np.array([theta, psi]), follow(["stale"], theta, psi, real, lr)[1]]
    path[1][column] += 0.05
    for _ in range(4):
        path.append(np.array(_step("stale", *path[-1], path[-2][0], real, lr)))
    return np.array(path), real, lr


@rule_of.check(weight=2, exact=True)
def no_rule(rng):
    """Says "none" where one row fits no rule, or where each row fits another one."""
    for row, column, rule in ((-1, 1, "alternating"), (-1, 0, "simultaneous"), (0, 0, "attached")):
        path, real, lr = trained(rng, rule)
        path[row, column] += 0.05
        yield path, real, lr
    theta, psi, real, lr = start(rng)
    yield follow(["simultaneous", "saturating", "swapped"], theta, psi, real, lr), real, lr
    yield follow(["alternating", "alternating", "attached"], theta, psi, real, lr), real, lr
    for column in range(2):
        yield stumbling(rng, column)


@rule_of.check(weight=2, exact=True, notices=("tolerance-of-ones-own",))
def other_programs(rng):
    """Says "none" of programs that are broken in other ways than those of the table."""
    for step, rule in BROKEN:
        yield trained(rng, rule, step=step)
    theta, psi, real, lr = start(rng)
    late = [follow([rule] * 5, theta, psi, real, lr) for rule in ("stale", "alternating")]
    yield np.concatenate([late[0][:2], late[1][3:]]), real, lr


@rule_of.check(exact=True)
def several_fit(rng):
    """Names the first rule of the table where several fit."""
    theta, psi, real, _ = start(rng)
    yield np.array([[theta, psi]] * 4), real, 0.0
    yield *trained(rng, "stale"), 5.0


def drifting(rng, rule, steps=6):
    """Return a path whose rows fit the row before each, while together they drift away."""
    theta, psi, real, lr = start(rng)
    path = [(theta, psi)]
    for t in range(steps):
        found = _step(rule, *path[-1], path[max(t - 1, 0)][0], real, lr)
        path.append(tuple(number + 9e-4 for number in found))
    return np.array(path), real, lr, 1e-3


@rule_of.check(
    exact=True,
    notices=("last-step-decides", "attached-after-the-generator", "attached-before-the-generator"),
)
def rounded_paths(rng):
    """Allows for rounding up to the tolerance, and for no more."""
    for rule in ("alternating", "attached"):
        path, real, lr = trained(rng, rule)
        path[1::2] += 3e-3
        yield path, real, lr, 1e-2
        yield path, real, lr
    path, real, lr = trained(rng, "alternating")
    path[-1, 1] += 0.03
    yield path, real, lr, 1e-2
    path, real, lr = trained(rng, "alternating")
    path[1::2] += 3e-5
    yield path, real, lr  # the tolerance that is the default
    yield np.array([[500.0, 1.0], [500.0, 1.0], [500.00015, 1.0]]), 2.0, 0.0
    yield np.array([[0.5, 1.0], [0.75, 1.0], [0.75, 1.0]]), 2.0, 0.0, 0.25
    for rule in ("alternating", "stale"):
        yield drifting(rng, rule)


@rule_of.check(weight=2, hidden=True, exact=True)
def any_path(rng):
    """Is right for any path."""
    for rule in RULES:
        yield trained(rng, rule, steps=int(rng.integers(3, 8)))
    yield slowly(rng)
    path, real, lr = trained(rng, "stale", steps=6)
    path[3, 0] += 0.05
    yield path, real, lr
    path, real, lr = trained(rng, "saturating")
    path[1:] += 3e-3
    yield path, real, lr, 1e-2
    for step, rule in BROKEN[::3]:
        yield trained(rng, rule, steps=3, step=step)


rule_of.in_other_dress(right_rules, keeps=False)


def _named(path, real, lr, tol, step, before=lambda t: max(t - 1, 0)):
    for rule in RULES:
        rows = range(len(path) - 1)
        found = [step(rule, *path[t], path[before(t), 0], real, lr) for t in rows]
        if np.all(np.abs(np.array(found) - path[1:]) <= tol):
            return rule
    return "none"


def run_from_the_first_row(path, real, lr, tol=1e-4):
    for rule in RULES:
        theta, psi = path[0]
        free = follow([rule] * (len(path) - 1), theta, psi, real, lr)
        if np.all(np.abs(free - path) <= tol):
            return rule
    return "none"


def nearest_rule(path, real, lr, tol=1e-4):
    off = []
    for rule in RULES:
        rows = range(len(path) - 1)
        found = [_step(rule, *path[t], path[max(t - 1, 0), 0], real, lr) for t in rows]
        off.append(np.abs(np.array(found) - path[1:]).max())
    return RULES[int(np.argmin(off))]


def generator_first(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _first)


def saturating_turned_round(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _turned)


def swapped_for_both(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _swapped_twice)


def swapped_fakes_alone(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _swapped_half)


def attached_at_the_old_place(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _attached_old)


def attached_after_the_generator(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _attached_new)


def stale_by_two(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _step, lambda t: max(t - 2, 0))


def stale_for_the_generator(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _stale_forger)


def stale_for_both(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _stale_both)


def attached_along_its_own_loss(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _attached_expert)


def _gaps_of_rules(path, real, lr):
    """Return for each rule by how much each row is off, in each number."""
    rows = range(len(path) - 1)
    made = lambda rule: [_step(rule, *path[t], path[max(t - 1, 0), 0], real, lr) for t in rows]
    return {rule: np.abs(np.array(made(rule)) - path[1:]) for rule in RULES}


def _first_within(gaps, tol):
    return next((rule for rule, gap in gaps.items() if np.all(gap <= tol)), "none")


def stale_first_step_free(path, real, lr, tol=1e-4):
    gaps = _gaps_of_rules(path, real, lr)
    return _first_within(gaps | {"stale": gaps["stale"][1:]}, tol)


def psi_tells_broken_rules(path, real, lr, tol=1e-4):
    gaps = _gaps_of_rules(path, real, lr)
    return _first_within(gaps | {rule: gaps[rule][:, 1] for rule in RULES[3:]}, tol)


def nearest_that_fits(path, real, lr, tol=1e-4):
    gaps = _gaps_of_rules(path, real, lr)
    nearest = min(RULES, key=lambda rule: gaps[rule].max())
    return _first_within({nearest: gaps[nearest]}, tol)


def most_frequent_name(path, real, lr, tol=1e-4):
    gaps = _gaps_of_rules(path, real, lr)
    votes = {rule: np.sum(np.all(gap <= tol, axis=1)) for rule, gap in gaps.items()}
    if votes["stale"] == len(path) - 1 > votes["alternating"]:
        return "stale"
    best = max(RULES, key=votes.get)
    return best if votes[best] else "none"


def _attached_first(rule, theta, psi, before, real, lr):
    """Move psi along the generator's loss first, then tell theta by it."""
    if rule != "attached":
        return _step(rule, theta, psi, before, real, lr)
    _, after = _step(rule, theta, psi, before, real, lr)
    return theta + lr * after * _sigma(-after * theta), after


def attached_before_the_generator(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _attached_first)


def _climbing(rule, theta, psi, before, real, lr):
    """Let psi climb its loss where the labels are exchanged."""
    if rule != "swapped":
        return _step(rule, theta, psi, before, real, lr)
    half = psi + lr * _seen(psi, theta, real)
    return theta + lr * half * _sigma(-half * theta), half


def swapped_is_ascent(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _climbing)


def without_sigmoid(path, real, lr, tol=1e-4):
    return _named(path, real, lr, tol, _straight)


# --- gan_step -------------------------------------------------------------------------------------

game = Exercise("gan_step", points=5, needs=("discriminator_loss", "generator_loss"))


def table(rng, z=2, d=3, hidden=4, batches=(5, 4, 6)):
    """Return nets, real samples and noise for a step."""
    n, m, k = batches
    nets = net(rng, z, hidden, d), net(rng, d, hidden + 1, 1)
    return *nets, 1.0 + away(rng, n, d), away(rng, m, z), away(rng, k, z)


@game.check()
def worked_example(rng):
    """Makes the step of the worked example."""
    generator = [(np.array([[1.0]]), np.array([0.5]))]
    discriminator = [(np.array([[1.0]]), np.array([0.0]))]
    real, z = np.array([[2.0]]), np.array([[0.0]])
    yield generator, discriminator, real, z, z - 1.0, 0.5, 0.4


@game.check(weight=2)
def discriminators_half(rng):
    """Trains the discriminator alone where the generator's rate is zero."""
    yield *table(rng), 0.3, 0.0
    yield *table(rng, batches=(2, 5, 3)), 0.5, 0.0


@game.check(weight=2)
def generators_half(rng):
    """Leaves the discriminator where it is where its own rate is zero."""
    yield *table(rng), 0.0, 0.3
    yield *table(rng, z=3, d=2), 0.0, 0.5


@game.check(weight=3)
def whole_step(rng):
    """Trains both, the generator by the new discriminator and with fresh fakes."""
    yield *table(rng), 0.8, 0.5
    yield *table(rng, batches=(3, 3, 3)), 0.6, 0.9


@game.check(weight=3, hidden=True)
def any_step(rng):
    """Is right for nets and batches of any size."""
    yield *table(rng, z=1, d=2, hidden=6), 0.7, 0.4
    yield *table(rng, batches=(1, 2, 1)), 0.5, 0.5
    *_, real, z_d, z_g = table(rng, z=3, d=4)
    yield net(rng, 3, 5, 4, 4), net(rng, 4, 1), real, z_d, z_g, 0.4, 0.6
    yield *table(rng), 0.0, 0.3


game.in_other_dress(whole_step, rtol=1e-3)


def _run(layers, x):
    """Return the input of each layer, and the output."""
    seen = [x]
    for number, (w, b) in enumerate(layers, 1):
        z = seen[-1] @ w.T + b
        seen.append(z if number == len(layers) else np.where(z > 0, z, 0.2 * z))
    return seen


def _back(layers, x, dy):
    """Return the gradients by the input and by the layers."""
    seen, grads = _run(layers, x), []
    for k in range(len(layers) - 1, -1, -1):
        grads.append((dy.T @ seen[k], dy.sum(axis=0)))
        dy = dy @ layers[k][0]
        dy = np.where(seen[k] > 0, dy, 0.2 * dy) if k else dy
    return dy, grads[::-1]


def _down(layers, grads, lr):
    return [(w - lr * dw, b - lr * db) for (w, b), (dw, db) in zip(layers, grads)]


def _expert_grads(generator, discriminator, real, z, loss=_expert):
    """Return the discriminator's loss, its gradients, and the gradient by the fakes."""
    shown = np.concatenate([real, _run(generator, z)[-1]])
    scores, n = _run(discriminator, shown)[-1][:, 0], len(real)
    d_loss, dreal, dfake = loss(scores[:n], scores[n:])
    dx, grads = _back(discriminator, shown, np.concatenate([dreal, dfake])[:, np.newaxis])
    return d_loss, grads, dx[n:]


def _forger_grads(generator, discriminator, z, loss=_forger, road=None):
    """Return the generator's loss, its gradients, and those by the discriminator."""
    fresh = _run(generator, z)[-1]
    g_loss, dfresh = loss(_run(discriminator, fresh)[-1][:, 0], False)
    dx, others = _back(road or discriminator, fresh, dfresh[:, np.newaxis])
    return g_loss, _back(generator, z, dx)[1], others


def by_the_old_discriminator(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    d_loss, d_grads, _ = _expert_grads(generator, discriminator, real, z_d)
    g_loss, g_grads, _ = _forger_grads(generator, discriminator, z_g)
    return _down(generator, g_grads, lr_g), _down(discriminator, d_grads, lr_d), d_loss, g_loss


def detach_forgotten(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    d_loss, d_grads, _ = _expert_grads(generator, discriminator, real, z_d)
    discriminator = _down(discriminator, d_grads, lr_d)
    g_loss, g_grads, others = _forger_grads(generator, discriminator, z_g)
    return _down(generator, g_grads, lr_g), _down(discriminator, others, lr_g), d_loss, g_loss


def detach_forgotten_too(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    d_loss, d_grads, _ = _expert_grads(generator, discriminator, real, z_d)
    discriminator = _down(discriminator, d_grads, lr_d)
    g_loss, g_grads, others = _forger_grads(generator, discriminator, z_g)
    return _down(generator, g_grads, lr_g), _down(discriminator, others, lr_d), d_loss, g_loss


def generator_moves_in_both_halves(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    d_loss, d_grads, dx = _expert_grads(generator, discriminator, real, z_d)
    discriminator = _down(discriminator, d_grads, lr_d)
    generator = _down(generator, _back(generator, z_d, dx)[1], lr_d)
    g_loss, g_grads, _ = _forger_grads(generator, discriminator, z_g)
    return _down(generator, g_grads, lr_g), discriminator, d_loss, g_loss


def game_generator_first(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    g_loss, g_grads, _ = _forger_grads(generator, discriminator, z_g)
    generator = _down(generator, g_grads, lr_g)
    d_loss, d_grads, _ = _expert_grads(generator, discriminator, real, z_d)
    return generator, _down(discriminator, d_grads, lr_d), d_loss, g_loss


def _game(generator, discriminator, real, z_d, z_g, lr_d, lr_g, expert=_expert, forger=_forger):
    d_loss, d_grads, _ = _expert_grads(generator, discriminator, real, z_d, expert)
    discriminator = _down(discriminator, d_grads, lr_d)
    g_loss, g_grads, _ = _forger_grads(generator, discriminator, z_g, forger)
    return _down(generator, g_grads, lr_g), discriminator, d_loss, g_loss


def wants_to_be_caught(*given):
    return _game(*given, forger=labelled_as_fakes)


def game_labels_swapped(*given):
    return _game(*given, expert=labels_swapped)


def game_halved(*given):
    return _game(*given, expert=lambda *scores: tuple(part / 2 for part in _expert(*scores)))


def game_one_mean(*given):
    return _game(*given, expert=one_mean_over_all)


def game_sums(*given):
    def forger(fake, saturating):
        return tuple(part * len(fake) for part in _forger(fake, saturating))

    return _game(*given, sums_for_means, forger)


def generators_loss_by_the_old(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    new, other, d_loss, _ = _game(generator, discriminator, real, z_d, z_g, lr_d, lr_g)
    return new, other, d_loss, _forger_grads(generator, discriminator, z_g)[0]


def game_real_only(*given):
    def loss(real, fake):
        return float(np.mean(_softplus(-real))), _expert(real, fake)[1], 0 * fake

    return _game(*given, expert=loss)


def game_fakes_only(*given):
    def loss(real, fake):
        return float(np.mean(_softplus(fake))), 0 * real, _expert(real, fake)[2]

    return _game(*given, expert=loss)


def only_the_last_layer(generator, discriminator, *rest):
    new, other, *losses = _game(generator, discriminator, *rest)
    return [*generator[:-1], new[-1]], [*discriminator[:-1], other[-1]], *losses


def two_steps(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    fakes = _run(generator, z_d)[-1]
    losses = []
    for shown, sign in ((real, -1), (fakes, 1)):
        z = _run(discriminator, shown)[-1]
        losses.append(float(np.mean(_softplus(sign * z))))
        grads = _back(discriminator, shown, sign * _sigmoid(sign * z) / len(z))[1]
        discriminator = _down(discriminator, grads, lr_d)
    g_loss, g_grads, _ = _forger_grads(generator, discriminator, z_g)
    return _down(generator, g_grads, lr_g), discriminator, sum(losses), g_loss


def loss_after_the_step(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    new, other, _, g_loss = _game(generator, discriminator, real, z_d, z_g, lr_d, lr_g)
    return new, other, _expert_grads(generator, other, real, z_d)[0], g_loss


def generators_loss_after(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    new, other, d_loss, _ = _game(generator, discriminator, real, z_d, z_g, lr_d, lr_g)
    return new, other, d_loss, _forger_grads(new, other, z_g)[0]


def players_exchanged(*given):
    new, other, *losses = _game(*given)
    return other, new, *losses


def discriminator_handed_back(generator, discriminator, *rest):
    new, _, *losses = _game(generator, discriminator, *rest)
    return new, discriminator, *losses


def no_road_back(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    _, other, d_loss, g_loss = _game(generator, discriminator, real, z_d, z_g, lr_d, lr_g)
    fresh = _run(generator, z_g)[-1]
    dscore = _forger(_run(other, fresh)[-1][:, 0], False)[1]
    grads = _back(generator, z_g, np.repeat(dscore[:, np.newaxis], fresh.shape[1], axis=1))[1]
    return _down(generator, grads, lr_g), other, d_loss, g_loss


def old_road(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    d_loss, d_grads, _ = _expert_grads(generator, discriminator, real, z_d)
    new = _down(discriminator, d_grads, lr_d)
    g_loss, g_grads, _ = _forger_grads(generator, new, z_g, road=discriminator)
    return _down(generator, g_grads, lr_g), new, d_loss, g_loss


# --- mode_count -----------------------------------------------------------------------------------

modes = Exercise("mode_count", points=2)


def ring(k=6, size=4.0):
    """Return the middles of k modes in a ring."""
    angles = 2 * np.pi * np.arange(k) / k
    return size * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def around(rng, centres, counts, reach=0.9, lost=0):
    """Return so many samples near each centre, none on the rim of 1, and some near none."""
    steps = rng.uniform(0.1, reach, (sum(counts), 1)) * np.array([[0.6, 0.8]])
    near = np.repeat(centres, counts, axis=0) + steps
    return rng.permutation(np.concatenate([near, np.full((lost, 2), 9.0) + away(rng, lost, 2)]))


@modes.check(exact=True)
def worked_example(rng):
    """Finds 2 modes and 1 mode in the worked example, with the share 0.75."""
    centres = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    samples = np.array([[0.0, 1.0], [0.6, 0.6], [4.5, 0.0], [4.8, 0.8]])
    yield samples, centres, 1.0
    yield samples, centres, 1.0, 2


@modes.check(weight=2)
def some_found(rng):
    """Counts the modes found by enough samples, and the share of all samples near one."""
    yield around(rng, ring(), [5, 0, 3, 1, 0, 4], lost=3), ring(), 1.0, 3
    yield around(rng, ring(), [2, 1, 1, 2, 1, 1], lost=2), ring(), 1.0
    yield around(rng, ring(), [0, 0, 8, 0, 0, 0], lost=0), ring(), 1.0, 2


@modes.check(weight=2)
def other_radii(rng):
    """Measures distances by Euclid, for a small radius and for a large one."""
    way = np.array([[0.6, 0.8]])
    for radius in (0.5, 3.0):
        centres = ring(size=10 * radius)
        reach = rng.uniform([0.8, 0.8, 0.8, 1.1, 1.1, 1.1], [0.95, 0.95, 0.95, 1.2, 1.2, 1.2])
        yield centres[[0, 0, 1, 2, 2, 3]] + radius * reach[:, np.newaxis] * way, centres, radius


@modes.check(exact=True)
def all_lost(rng):
    """Finds nothing where no sample is near."""
    yield np.full((4, 2), 7.0), ring(), 1.0


@modes.check(weight=2, exact=True)
def circles_that_overlap(rng):
    """Lets a sample belong to one centre only, the nearest."""
    line = np.array([[0.0, 0.0], [1.0, 0.0], [2.5, 0.0]])
    samples = np.array([[0.3, 0.0], [0.2, 0.1], [0.1, 0.6]]) + rng.uniform(0, 0.1, (3, 2))
    yield samples, line, 2.0
    yield np.concatenate([samples, samples + [[0.6, 0.0]]]), line, 2.0, 3
    yield np.array([[0.5, 0.5], [0.5, 0.0], [0.2, 0.0]]), line, 2.0


@modes.check(weight=2, hidden=True, notices=("city-blocks",))
def any_samples(rng):
    """Is right for any samples and centres."""
    yield around(rng, ring(8), [3, 0, 1, 2, 5, 0, 0, 2], lost=4), ring(8), 1.0, 2
    close = np.array([[0.0, 0.0], [1.2, 0.0]])
    yield np.array([[0.4, 0.2], [0.3, 0.0], [5.0, 5.0]]), close, 1.5
    cube = 3.0 * np.eye(3)
    yield np.repeat(cube, 2, axis=0) + rng.uniform(-0.3, 0.3, (6, 3)), cube, 1.0, 2


modes.in_other_dress(some_found, keeps=False)


def _gaps(samples, centres):
    return np.linalg.norm(samples[:, np.newaxis] - centres, axis=2)


def _counted(samples, centres, radius):
    gaps = _gaps(samples, centres)
    near = gaps.min(axis=1) <= radius
    return np.bincount(gaps.argmin(axis=1)[near], minlength=len(centres)), near


def every_circle_counts(samples, centres, radius, least=1):
    inside = _gaps(samples, centres) <= radius
    return int(np.sum(inside.sum(axis=0) >= least)), float(np.mean(inside.any(axis=1)))


def first_circle_takes_it(samples, centres, radius, least=1):
    inside = _gaps(samples, centres) <= radius
    near = inside.any(axis=1)
    counts = np.bincount(inside.argmax(axis=1)[near], minlength=len(centres))
    return int(np.sum(counts >= least)), float(np.mean(near))


def last_of_equals(samples, centres, radius, least=1):
    return right_count(samples, centres[::-1], radius, least)


def right_count(samples, centres, radius, least=1):
    counts, near = _counted(samples, centres, radius)
    return int(np.sum(counts >= least)), float(np.mean(near))


def radius_for_the_share_only(samples, centres, radius, least=1):
    counts, _ = _counted(samples, centres, np.inf)
    return int(np.sum(counts >= least)), right_count(samples, centres, radius)[1]


def fraction_of_modes(samples, centres, radius, least=1):
    modes, share = right_count(samples, centres, radius, least)
    return modes / len(centres), share


def mean_of_the_cluster(samples, centres, radius, least=1):
    whose = _gaps(samples, centres).argmin(axis=1)
    modes = 0
    for k, centre in enumerate(centres):
        own = samples[whose == k]
        modes += len(own) >= least and np.linalg.norm(own.mean(axis=0) - centre) <= radius
    return int(modes), right_count(samples, centres, radius)[1]


def returned_in_the_other_order(samples, centres, radius, least=1):
    return right_count(samples, centres, radius, least)[::-1]


# --- critic_losses --------------------------------------------------------------------------------

critics = Exercise("critic_losses", points=3)


def scores(rng, n, m):
    """Return scores of real samples and fakes, on both sides of the hinge's corners."""
    real = np.concatenate([[2.0, 0.2], rng.uniform(-1.5, 0.8, n)])
    fake = np.concatenate([[-2.0, -0.3], rng.uniform(-0.8, 1.5, m)])
    return rng.permutation(real), rng.permutation(fake)


@critics.check(exact=True)
def worked_example(rng):
    """Gives -2.25, 1.0833 and 0.5, and the gradients, in the worked example."""
    real, fake = np.array([0.5, 3.0]), np.array([-2.0, 0.0, 0.5])
    yield real, fake
    yield real, fake, "hinge"
    yield np.array([1.0]), np.array([-1.0]), "hinge"


@critics.check(weight=2)
def wasserstein(rng):
    """Compares means of scores, unless told otherwise."""
    yield scores(rng, 3, 1)
    yield *scores(rng, 1, 4), "wasserstein"


@critics.check(weight=2)
def hinge(rng):
    """Is content with real scores above 1 and fakes below -1."""
    yield Case(*scores(rng, 3, 1), kind="hinge")
    yield *scores(rng, 0, 4), "hinge"


@critics.check(exact=True)
def at_the_corner(rng):
    """Asks for nothing at the hinge's corners."""
    yield np.array([1.0, 0.5, -1.0]), np.array([-1.0, 1.0]), "hinge"


@critics.check(weight=2, hidden=True, exact=True)
def any_batches(rng):
    """Is right for any scores."""
    for kind in ("wasserstein", "hinge"):
        yield *scores(rng, 4, 2), kind
        yield np.array([0.3]), rng.uniform(-0.5, 0.5, 2), kind
        yield np.array([1.0, 3.0, 0.1]), np.array([-1.0, -4.0]), kind


@critics.check(dtype=True, rtol=1e-4)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout, for both losses."""
    real, fake = scores(rng, 4, 2)
    for kind in ("wasserstein", "hinge"):
        yield real.astype(np.float32), fake.astype(np.float32), kind
        yield real[::2], fake[::-1], kind


def _critic(real, fake, kind):
    if kind == "wasserstein":
        return means_of_scores(real, fake)
    loss = np.mean(np.maximum(0, 1 - real)) + np.mean(np.maximum(0, 1 + fake))
    dreal, dfake = -(real < 1).astype(real.dtype), (fake > -1).astype(fake.dtype)
    return float(loss), dreal / len(real), dfake / len(fake)


def _with(critic, fake):
    loss, dreal, dfake = critic
    return loss, -float(np.mean(fake)), dreal, dfake


def critic_turned_round(real, fake, kind="wasserstein"):
    loss, dreal, dfake = _critic(real, fake, kind)
    sign = -1 if kind == "wasserstein" else 1
    return _with((sign * loss, sign * dreal, sign * dfake), fake)


def hinge_for_the_generator(real, fake, kind="wasserstein"):
    loss, generator, *gradients = _with(_critic(real, fake, kind), fake)
    return (
        loss,
        float(np.mean(np.maximum(0, 1 - fake))) if kind == "hinge" else generator,
        *gradients,
    )


def logits_after_all(real, fake, kind="wasserstein"):
    loss, dreal, dfake = _expert(real, fake)
    return loss, _forger(fake, False)[0], dreal, dfake


def critic_sums(real, fake, kind="wasserstein"):
    _, dreal, dfake = _critic(real, fake, kind)
    if kind == "wasserstein":
        loss = np.sum(fake) - np.sum(real)
    else:
        loss = np.sum(np.maximum(0, 1 - real)) + np.sum(np.maximum(0, 1 + fake))
    return float(loss), -float(np.sum(fake)), dreal * len(real), dfake * len(fake)


def critic_halved(real, fake, kind="wasserstein"):
    loss, dreal, dfake = _critic(real, fake, kind)
    return _with((loss / 2, dreal / 2, dfake / 2), fake)


def critic_one_mean(real, fake, kind="wasserstein"):
    n, m = len(real), len(fake)
    sums, _, dreal, dfake = critic_sums(real, fake, kind)
    return _with((sums / (n + m), dreal / (n + m), dfake / (n + m)), fake)


def hinge_turned_round(real, fake, kind="wasserstein"):
    if kind == "wasserstein":
        return _with(_critic(real, fake, kind), fake)
    loss = np.mean(np.maximum(0, 1 + real)) + np.mean(np.maximum(0, 1 - fake))
    dreal, dfake = (real > -1).astype(real.dtype), -(fake < 1).astype(fake.dtype)
    return _with((float(loss), dreal / len(real), dfake / len(fake)), fake)


def hinge_squared(real, fake, kind="wasserstein"):
    if kind == "wasserstein":
        return _with(_critic(real, fake, kind), fake)
    short, over = np.maximum(0, 1 - real), np.maximum(0, 1 + fake)
    loss = np.mean(short**2) + np.mean(over**2)
    return _with((float(loss), -2 * short / len(real), 2 * over / len(fake)), fake)


def mean_over_violators(real, fake, kind="wasserstein"):
    loss, dreal, dfake = _critic(real, fake, kind)
    if kind == "hinge":
        short, over = (np.maximum(0, 1 + side) for side in (-real, fake))
        loss = float(sum(side[side > 0].mean() for side in (short, over) if np.any(side > 0)))
        dreal = dreal * len(real) / max(np.sum(short > 0), 1)
        dfake = dfake * len(fake) / max(np.sum(over > 0), 1)
    return _with((loss, dreal, dfake), fake)


def loss_over_violators(real, fake, kind="wasserstein"):
    loss, generator, *_ = mean_over_violators(real, fake, kind)
    return loss, generator, *_critic(real, fake, kind)[1:]


def half_at_the_corner(real, fake, kind="wasserstein"):
    loss, dreal, dfake = _critic(real, fake, kind)
    if kind == "hinge":
        dreal = dreal - 0.5 * (real == 1) / len(real)
        dfake = dfake + 0.5 * (fake == -1) / len(fake)
    return _with((loss, dreal, dfake), fake)


def critic_uphill(real, fake, kind="wasserstein"):
    loss, dreal, dfake = _critic(real, fake, kind)
    return _with((loss, -dreal, -dfake), fake)


def gradient_of_the_generator(real, fake, kind="wasserstein"):
    loss, dreal, _ = _critic(real, fake, kind)
    return _with((loss, dreal, -np.ones_like(fake) / len(fake)), fake)


def scores_clipped(real, fake, kind="wasserstein"):
    clipped = np.clip(real, -0.01, 0.01), np.clip(fake, -0.01, 0.01)
    return _with(_critic(*clipped, kind), clipped[1])


def the_gap_for_the_loss(real, fake, kind="wasserstein"):
    _, dreal, dfake = _critic(real, fake, kind)
    return _with((float(np.mean(real) - np.mean(fake)), dreal, dfake), fake)


# --- gradient_penalty -----------------------------------------------------------------------------

penalty = Exercise("gradient_penalty", points=5)


def critic(rng, h, d, n, scale=1.0):
    """Return a critic's weights, and pairs with a share for each; no gradient is nearly zero."""
    while True:
        w, b, v = away(rng, h, d), 0.5 * away(rng, h), scale * away(rng, h)
        real, fake, u = away(rng, n, d), 2.0 + away(rng, n, d), rng.uniform(0.1, 0.4, n)
        slopes = v * (1 - np.tanh(_places(real, fake, u) @ w.T + b) ** 2)
        if np.linalg.norm(slopes @ w, axis=1).min() > 0.01 * scale:
            return w, b, v, real, fake, u


def short_gradients(rng):
    """Return a critic and pairs with gradients much shorter than 1, but not nearly zero."""
    w, b, v, real, fake, u = critic(rng, 1, 1, 2, scale=0.02)
    return w, b, v, 0.1 * real, 0.1 * fake, u


@penalty.check(rtol=1e-6)
def worked_example(rng):
    """Gives 1.8478 and 1.4234, and the gradients, in the worked example."""
    weights = np.array([[2.0]]), np.array([-1.0]), np.array([1.5])
    real, fake = np.array([[1.0], [3.0]]), np.array([[0.0], [3.0]])
    yield *weights, real[:1], fake[:1], np.array([0.25])
    yield *weights, real, fake, np.array([0.25, 0.5])


@penalty.check(weight=3, rtol=1e-6)
def several_places(rng):
    """Pays for every place by the length of its own gradient."""
    yield critic(rng, 4, 3, 5)
    yield critic(rng, 3, 2, 4, scale=0.3)
    yield short_gradients(rng)


@penalty.check(weight=2, rtol=1e-6)
def one_unit(rng):
    """Is right for a critic of one hidden unit, and for one place."""
    yield critic(rng, 1, 2, 3)
    yield critic(rng, 2, 1, 1)
    yield short_gradients(rng)


@penalty.check(rtol=1e-6)
def at_the_ends(rng):
    """Measures at the real sample for a share of 1, at the fake for 0."""
    *weights, real, fake, _ = critic(rng, 3, 2, 2)
    yield *weights, 0.3 * real, 0.3 * fake, np.array([1.0, 0.0])
    *weights, _ = short_gradients(rng)
    yield *weights, np.array([1.0, 0.0])


@penalty.check(rtol=1e-5)
def flat_critic(rng):
    """Pays 1 for a gradient of zero, and has no NaN among its gradients."""
    w, b, v, *pairs = critic(rng, 3, 2, 4)
    yield w, b, 0 * v, *pairs


@penalty.check(weight=3, hidden=True, rtol=1e-6)
def any_critic(rng):
    """Is right for any critic and places."""
    yield critic(rng, 5, 4, 3)
    yield critic(rng, 2, 3, 6, scale=0.4)
    yield critic(rng, 1, 1, 2)
    w, b, v, *pairs = critic(rng, 2, 2, 3)
    yield 0 * w, b, v, *pairs


penalty.in_other_dress(several_places, rtol=1e-3)


def _places(real, fake, u):
    return u[:, np.newaxis] * real + (1 - u[:, np.newaxis]) * fake


def _bent(w, b, v, x, pay):
    """Return a penalty and its gradients; `pay` gives the sum and the gradient by g."""
    h = np.tanh(x @ w.T + b)
    bend = 1 - h**2
    value, dg = pay((v * bend) @ w)
    across = dg @ w.T
    da = -2 * v * across * h * bend
    dw = (v * bend).T @ dg + da.T @ x
    return float(value), dw, da.sum(axis=0), (bend * across).sum(axis=0)


def _paid(cost, slope):
    """Pay for each length; `slope` is the derivative of the cost."""

    def pay(g):
        length = np.linalg.norm(g, axis=1)
        pull = slope(length) / np.where(length > 0, length, 1) / len(g)
        return np.mean(cost(length)), pull[:, np.newaxis] * g

    return pay


_TWO_SIDED = _paid(lambda n: (n - 1) ** 2, lambda n: 2 * (n - 1))


def one_sided(w, b, v, real, fake, u):
    pay = _paid(lambda n: np.maximum(n - 1, 0) ** 2, lambda n: 2 * np.maximum(n - 1, 0))
    return _bent(w, b, v, _places(real, fake, u), pay)


def centred_at_zero(w, b, v, real, fake, u):
    return _bent(w, b, v, _places(real, fake, u), _paid(lambda n: n**2, lambda n: 2 * n))


def squared_length(w, b, v, real, fake, u):
    pay = _paid(lambda n: (n**2 - 1) ** 2, lambda n: 4 * n * (n**2 - 1))
    return _bent(w, b, v, _places(real, fake, u), pay)


def size_of_the_departure(w, b, v, real, fake, u):
    pay = _paid(lambda n: np.abs(n - 1), lambda n: np.sign(n - 1))
    return _bent(w, b, v, _places(real, fake, u), pay)


def _times(factor, w, b, v, real, fake, u):
    given = _bent(w, b, v, _places(real, fake, u), _TWO_SIDED)
    return tuple(factor * part for part in given)


def penalty_halved(*given):
    return _times(0.5, *given)


def tenfold(*given):
    return _times(10.0, *given)


def sum_for_the_mean(*given):
    return _times(float(len(given[3])), *given)


def small_number_below_the_root(w, b, v, real, fake, u):
    def pay(g):
        length = np.sqrt(np.sum(g**2, axis=1) + 1e-8)
        return np.mean((length - 1) ** 2), (2 * (length - 1) / length / len(g))[:, np.newaxis] * g

    return _bent(w, b, v, _places(real, fake, u), pay)


def one_length_for_all(w, b, v, real, fake, u):
    def pay(g):
        length = np.sqrt(np.sum(g**2))
        return (length - 1) ** 2, 2 * (length - 1) / (length if length > 0 else 1) * g

    return _bent(w, b, v, _places(real, fake, u), pay)


def gradient_of_the_mean_score(w, b, v, real, fake, u):
    def pay(g):
        value, dg = _TWO_SIDED(g / len(g))
        return value, dg / len(g)

    return _bent(w, b, v, _places(real, fake, u), pay)


def score_for_the_gradient(w, b, v, real, fake, u):
    x = _places(real, fake, u)
    h = np.tanh(x @ w.T + b)
    off = h @ v - 1
    da = 2 * off[:, np.newaxis] / len(x) * v * (1 - h**2)
    return float(np.mean(off**2)), da.T @ x, da.sum(axis=0), 2 * off @ h / len(x)


def gradient_by_the_weights(w, b, v, real, fake, u):
    x = _places(real, fake, u)
    h = np.tanh(x @ w.T + b)
    slope = v * (1 - h**2)
    squares = np.sum(h**2, axis=1) + np.sum(slope**2, axis=1) * (1 + np.sum(x**2, axis=1))
    rest = _bent(w, b, v, x, _TWO_SIDED)[1:]
    return float(np.mean((np.sqrt(squares) - 1) ** 2)), *rest


# --- spectral_norm --------------------------------------------------------------------------------

spectral = Exercise("spectral_norm", points=3)


@spectral.check()
def worked_example(rng):
    """Gives 5 after one step of the worked example, 6.6717 after two, and 0.5 for a tenth."""
    matrix, u = np.array([[3.0, 0.0], [4.0, 5.0]]), np.array([1.0, 0.0])
    yield matrix, u
    yield matrix, u, 2
    yield matrix / 10, u


@spectral.check(weight=2, notices=("stops-when-settled",))
def matrices(rng):
    """Estimates the largest singular value of a wide and a tall matrix, step by step."""
    yield away(rng, 3, 5), away(rng, 3), 1
    yield away(rng, 5, 2), away(rng, 5), 3


@spectral.check(weight=2)
def kernels(rng):
    """Takes the kernel of a convolution as a matrix with a row for each output."""
    yield away(rng, 4, 3, 2, 2), away(rng, 4), 2
    yield away(rng, 2, 3, 3), away(rng, 2)


@spectral.check()
def any_length(rng):
    """Goes on from a vector of any length."""
    yield away(rng, 3, 4), 25.0 * away(rng, 3), 1
    yield 0.01 * away(rng, 2, 3), 0.1 * away(rng, 2), 2
    yield 1e-9 * away(rng, 3, 3), 1e-9 * away(rng, 3), 2


@spectral.check()
def slow_steps(rng):
    """Takes as many steps as are asked, even where each changes little."""
    left, right = (np.linalg.qr(away(rng, size, 2))[0] for size in (4, 3))
    for steps in (6, 20):
        yield left * np.array([2.0, 1.9]) @ right.T, left @ np.array([0.6, 0.8]), steps


@spectral.check(weight=2, hidden=True, notices=("stops-when-settled",))
def any_weights(rng):
    """Is right for any weights."""
    yield away(rng, 6, 4), away(rng, 6), 4
    yield away(rng, 3, 2, 3, 1), 5.0 * away(rng, 3), 2
    yield away(rng, 1, 5), away(rng, 1), 1
    yield away(rng, 4, 1), away(rng, 4), 1


spectral.in_other_dress(matrices, rtol=1e-3, notices=("one-product-more", "stops-when-settled"))


def _normed(x):
    return x / np.linalg.norm(x)


def _iterated(w, u, steps):
    matrix = w.reshape(len(w), -1)
    for _ in range(steps):
        before, v = u, _normed(matrix.T @ u)
        u = _normed(matrix @ v)
    return matrix, before, v, u


def _over(w, u, steps, norm):
    """Divide by a norm of the matrix; u is kept as it should be."""
    matrix, _, _, new = _iterated(w, u, steps)
    sigma = norm(matrix)
    return w / sigma, float(sigma), new


def frobenius(w, u, steps=1):
    return _over(w, u, steps, np.linalg.norm)


def largest_column(w, u, steps=1):
    return _over(w, u, steps, lambda m: np.linalg.norm(m, axis=0).max())


def largest_entry(w, u, steps=1):
    return _over(w, u, steps, lambda m: np.abs(m).max())


def largest_row_sum(w, u, steps=1):
    return _over(w, u, steps, lambda m: np.abs(m).sum(axis=1).max())


def exact_value(w, u, steps=1):
    return _over(w, u, steps, lambda m: np.linalg.norm(m, 2))


def exact_throughout(w, u, steps=1):
    """Return the singular value and its vector, on the side of the u that was given."""
    matrix = w.reshape(len(w), -1)
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    first = left[:, 0] if left[:, 0] @ u >= 0 else -left[:, 0]
    return w / values[0], float(values[0]), first


def exact_with_the_old_u(w, u, steps=1):
    sigma = np.linalg.norm(w.reshape(len(w), -1), 2)
    return w / sigma, float(sigma), u.copy()


def starts_anew(w, u, steps=1):
    return _divided(w, *_iterated(w, np.ones_like(u), steps))


def _divided(w, matrix, _, v, u):
    sigma = u @ matrix @ v
    return w / sigma, float(sigma), u


def stops_when_settled(w, u, steps=1):
    """Save the steps that are left once sigma changes by less than a hundredth."""
    last = np.inf
    for taken in range(1, steps + 1):
        normalised, sigma, new = _divided(w, *_iterated(w, u, taken))
        if abs(sigma - last) < 0.01 * sigma:
            break
        last = sigma
    return normalised, sigma, new


def sigma_with_the_old_u(w, u, steps=1):
    matrix, before, v, new = _iterated(w, u, steps)
    sigma = _normed(before) @ matrix @ v
    return w / sigma, float(sigma), new


def length_of_the_first_product(w, u, steps=1):
    matrix = w.reshape(len(w), -1)
    for _ in range(steps):
        sigma = np.linalg.norm(matrix.T @ u)
        u = _normed(matrix @ _normed(matrix.T @ u))
    return w / sigma, float(sigma), u


def one_product_more(w, u, steps=1):
    matrix, *_, new = _iterated(w, u, steps)
    sigma = np.linalg.norm(matrix.T @ new)
    return w / sigma, float(sigma), new


def one_long_row(w, u, steps=1):
    normalised, sigma, new = _divided(w, *_iterated(w, u, steps))
    return normalised.ravel(), sigma, new


def rows_and_columns_exchanged(w, u, steps=1):
    """Keep the last axis as the columns, and begin with as many rows as that leaves."""
    matrix = w.reshape(-1, w.shape[-1]) if w.ndim > 2 else w
    start = np.resize(u, len(matrix)) if w.ndim > 2 else u
    _, sigma, new = _divided(matrix, *_iterated(matrix, start, steps))
    return w / sigma, sigma, new


def outputs_last(w, u, steps=1):
    matrix = w.reshape(-1, len(w)).T
    _, sigma, new = _divided(matrix, *_iterated(matrix, u, steps))
    return w / sigma, sigma, new


def taps_summed(w, u, steps=1):
    matrix = w.sum(axis=tuple(range(2, w.ndim))) if w.ndim > 2 else w
    _, sigma, new = _divided(matrix, *_iterated(matrix, u, steps))
    return w / sigma, sigma, new


def u_not_of_length_one(w, u, steps=1):
    matrix, _, v, new = _iterated(w, u, steps)
    sigma = new @ matrix @ v
    return w / sigma, float(sigma), matrix @ v


def old_u_kept_at_length_one(w, u, steps=1):
    normalised, sigma, kept = old_u_kept(w, u, steps)
    return normalised, sigma, kept / np.linalg.norm(kept)


def old_u_kept(w, u, steps=1):
    normalised, sigma, _ = _divided(w, *_iterated(w, u, steps))
    return normalised, sigma, u.copy()


def scaled_by_the_sum(w, u, steps=1):
    matrix = w.reshape(len(w), -1)
    for _ in range(steps):
        v = matrix.T @ u
        v = v / np.abs(v).sum()
        u = matrix @ v
        u = u / np.abs(u).sum()
    sigma = u @ matrix @ v
    return w / sigma, float(sigma), u


def mean_of_the_stretches(w, u, steps=1):
    return _over(w, u, steps, lambda m: np.linalg.svd(m, compute_uv=False).mean())


def u_averaged(w, u, steps=1):
    matrix = w.reshape(len(w), -1)
    u = _normed(u)
    for _ in range(steps):
        v = _normed(matrix.T @ u)
        u = _normed((u + _normed(matrix @ v)) / 2)
    sigma = u @ matrix @ v
    return w / sigma, float(sigma), u


# --- frechet_distance -----------------------------------------------------------------------------

frechet = Exercise("frechet_distance", points=3)


def spread(rng, d):
    """Return a covariance that is narrow one way and wide the others, far from diagonal."""
    q = np.linalg.qr(normal(rng, d, d))[0]
    matrix = (q * np.append(rng.uniform(0.1, 0.2), rng.uniform(0.5, 4.0, d - 1))) @ q.T
    return (matrix + matrix.T) / 2


@frechet.check()
def worked_example(rng):
    """Gives 0.7712 in the worked example, and 25 more if the means are (3, 4) apart."""
    first, second = np.diag([4.0, 1.0]), np.array([[2.0, 1.0], [1.0, 2.0]])
    yield np.zeros(2), first, np.zeros(2), second
    yield np.array([3.0, 0.0]), first, np.array([0.0, 4.0]), second


@frechet.check(weight=2)
def two_clouds(rng):
    """Measures clouds in any position."""
    yield normal(rng, 3), spread(rng, 3), normal(rng, 3), spread(rng, 3)
    yield away(rng, 5), spread(rng, 5), np.zeros(5), spread(rng, 5)


@frechet.check(atol=1e-6)
def same_cloud(rng):
    """Is zero for a cloud and itself."""
    mean, cov = normal(rng, 4), spread(rng, 4)
    yield mean, cov, mean.copy(), cov.copy()


@frechet.check(weight=2, atol=1e-4)
def singular_clouds(rng):
    """Takes covariances of fewer samples than features, and gives a real number."""
    for _ in range(4):
        thin = normal(rng, 8, 2), normal(rng, 8, 2)
        yield normal(rng, 8), thin[0] @ thin[0].T, normal(rng, 8), thin[1] @ thin[1].T
    yield np.zeros(2), np.diag([1.0, 0.0]), np.zeros(2), np.diag([0.0, 1.0])


@frechet.check(weight=2, hidden=True, atol=1e-4)
def any_clouds(rng):
    """Is right for any two clouds."""
    yield normal(rng, 4), spread(rng, 4), normal(rng, 4), spread(rng, 4)
    yield normal(rng, 1), spread(rng, 1), normal(rng, 1), spread(rng, 1)
    for _ in range(2):
        thin = normal(rng, 8, 2)
        yield normal(rng, 8), thin @ thin.T, normal(rng, 8), spread(rng, 8)


frechet.in_other_dress(two_clouds, keeps=False, rtol=1e-3, notices=("product-of-the-roots",))


def _apart(mean1, cov1, mean2, cov2, overlap):
    gap = np.sum((mean1 - mean2) ** 2)
    return float(gap + np.trace(cov1) + np.trace(cov2) - 2 * overlap)


def _root(cov):
    values, vectors = np.linalg.eigh(cov)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def roots_of_the_entries(mean1, cov1, mean2, cov2):
    roots = np.sqrt(np.maximum(cov1 @ cov2, 0))
    return _apart(mean1, cov1, mean2, cov2, np.trace(roots))


def product_of_the_spreads(mean1, cov1, mean2, cov2):
    values = [np.maximum(np.linalg.eigvalsh(cov), 0) for cov in (cov1, cov2)]
    return _apart(mean1, cov1, mean2, cov2, np.sum(np.sqrt(values[0] * values[1])))


def variances_only(mean1, cov1, mean2, cov2):
    overlap = np.sum(np.sqrt(np.diag(cov1) * np.diag(cov2)))
    return _apart(mean1, cov1, mean2, cov2, overlap)


def root_of_the_trace(mean1, cov1, mean2, cov2):
    return _apart(mean1, cov1, mean2, cov2, np.sqrt(np.trace(cov1 @ cov2)))


def root_forgotten(mean1, cov1, mean2, cov2):
    return _apart(mean1, cov1, mean2, cov2, np.trace(cov1 @ cov2))


def root_of_the_sum(mean1, cov1, mean2, cov2):
    return _apart(mean1, cov1, mean2, cov2, np.trace(_root(cov1 + cov2)))


def gap_of_the_covariances(mean1, cov1, mean2, cov2):
    return float(np.sum((mean1 - mean2) ** 2) + np.sum((cov1 - cov2) ** 2))


def rounding_not_expected(mean1, cov1, mean2, cov2):
    root = _root(cov1)
    with np.errstate(all="ignore"):
        overlap = np.sum(np.sqrt(np.linalg.eigvalsh(root @ cov2 @ root)))
    return _apart(mean1, cov1, mean2, cov2, overlap)


def determinants(mean1, cov1, mean2, cov2):
    product = max(np.linalg.det(cov1) * np.linalg.det(cov2), 0)
    return _apart(mean1, cov1, mean2, cov2, np.sqrt(product))


def kullback_leibler(mean1, cov1, mean2, cov2):
    with np.errstate(all="ignore"):
        inverse = np.linalg.pinv(cov2)
        gap = mean2 - mean1
        logs = np.log(np.linalg.det(cov2)) - np.log(np.linalg.det(cov1))
        value = np.trace(inverse @ cov1) - len(gap) + gap @ inverse @ gap + logs
    return float(value / 2)


def product_of_the_roots(mean1, cov1, mean2, cov2):
    return _apart(mean1, cov1, mean2, cov2, np.trace(_root(cov1) @ _root(cov2)))


def largest_value_only(mean1, cov1, mean2, cov2):
    root = _root(cov1)
    top = max(np.linalg.eigvalsh(root @ cov2 @ root)[-1], 0)
    return _apart(mean1, cov1, mean2, cov2, np.sqrt(top))


# --- noise_schedule -------------------------------------------------------------------------------

schedule = Exercise("noise_schedule", points=2)


@schedule.check()
def worked_example(rng):
    """Gives the schedules of the worked example."""
    yield 4, "cosine"
    yield 40, "linear"
    yield 4, "linear"


@schedule.check(weight=2)
def linear(rng):
    """Lets the noise grow in equal steps, unless told otherwise."""
    yield (30,)
    yield int(rng.integers(22, 29)), "linear"


@schedule.check(weight=2)
def cosine(rng):
    """Makes noise to fit what is to be left of the data."""
    yield 10, "cosine"
    yield Case(int(rng.integers(12, 20)), kind="cosine")


@schedule.check(weight=2)
def too_much_noise(rng):
    """Lets no step bring in more than 0.999, and counts what is left with that."""
    yield 8, "linear"
    yield 5, "cosine"


@schedule.check(weight=2, hidden=True)
def any_schedule(rng):
    """Is right for any number of steps."""
    steps = int(rng.integers(60, 90))
    yield (steps,)
    yield steps, "cosine"
    yield 2, "linear"
    yield 2, "cosine"
    yield int(rng.integers(6, 16)), "linear"


def _phi(steps):
    return np.cos((np.arange(steps + 1) / steps + 0.008) / 1.008 * np.pi / 2) ** 2


def _raw(steps, kind):
    if kind == "linear":
        return np.linspace(0.1 / steps, 20 / steps, steps)
    return 1 - _phi(steps)[1:] / _phi(steps)[:-1]


def _capped(beta):
    beta = np.minimum(beta, 0.999)
    return beta, np.cumprod(1 - beta)


def not_scaled(steps, kind="linear"):
    return _capped(np.linspace(1e-4, 0.02, steps) if kind == "linear" else _raw(steps, kind))


def scaled_at_one_end(steps, kind="linear"):
    return _capped(np.linspace(1e-4, 20 / steps, steps) if kind == "linear" else _raw(steps, kind))


def scaled_at_the_other_end(steps, kind="linear"):
    return _capped(np.linspace(0.1 / steps, 0.02, steps) if kind == "linear" else _raw(steps, kind))


def capped_if_cosine(steps, kind="linear"):
    raw = _raw(steps, kind)
    return (raw, np.cumprod(1 - raw)) if kind == "linear" else _capped(raw)


def capped_if_linear(steps, kind="linear"):
    raw = _raw(steps, kind)
    return (raw, np.cumprod(1 - raw)) if kind == "cosine" else _capped(raw)


def backwards_in_time(steps, kind="linear"):
    beta, _ = _capped(_raw(steps, kind))
    return beta[::-1].copy(), np.cumprod(1 - beta[::-1])


def equal_steps_of_the_root(steps, kind="linear"):
    if kind == "cosine":
        return _capped(_raw(steps, kind))
    return _capped(np.linspace(np.sqrt(0.1 / steps), np.sqrt(20 / steps), steps) ** 2)


def equal_ratios(steps, kind="linear"):
    if kind == "cosine":
        return _capped(_raw(steps, kind))
    return _capped(np.geomspace(0.1 / steps, 20 / steps, steps))


def left_before_the_cap(steps, kind="linear"):
    raw = _raw(steps, kind)
    return np.minimum(raw, 0.999), np.cumprod(1 - raw)


def left_as_drawn(steps, kind="linear"):
    beta, left = _capped(_raw(steps, kind))
    return beta, left if kind == "linear" else _phi(steps)[1:] / _phi(steps)[0]


def one_step_early(steps, kind="linear"):
    if kind == "linear":
        return _capped(_raw(steps, kind))
    left = _phi(steps)[:-1] / _phi(steps)[0]
    return _capped(1 - left / np.append(1.0, left[:-1]))


# --- denoising_loss -------------------------------------------------------------------------------

denoising = Exercise("denoising_loss", points=4)


def shares(rng, steps):
    """Return what is left of the data after each step."""
    return np.cumprod(1 - rng.uniform(0.1, 0.4, steps))


def drowned(rng, n, d, steps, *hidden):
    """Return a net, data and noise, with steps of which no two neighbours are equal."""
    t = (np.arange(n) + int(rng.integers(steps))) % steps
    layers = net(rng, d + 2, *hidden, d)
    return layers, away(rng, n, d), t, away(rng, n, d), shares(rng, steps)


@denoising.check(rtol=1e-9, atol=1e-9)
def worked_example(rng):
    """Gives 1.7889, 0.4669 and 1.3666 in the worked example, and 2.1816 for the later step."""
    layers = [(np.array([[1.0, 1.0, 0.0]]), np.zeros(1))]
    left, one = np.array([0.8, 0.4]), np.array([[1.0]])
    yield layers, one, np.array([0]), 2 * one, left
    yield layers, one, np.array([1]), 2 * one, left
    wide = [(np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0]]), np.zeros(2))]
    yield wide, np.array([[1.0, 0.0]]), np.array([0]), np.array([[2.0, 0.0]]), left


@denoising.check(weight=2)
def one_layer(rng):
    """Trains a net of one layer on samples that are in noise up to different depths."""
    yield drowned(rng, 5, 2, 4)
    yield drowned(rng, 3, 1, 3)


@denoising.check(weight=2)
def several_layers(rng):
    """Trains a net of several layers."""
    yield drowned(rng, 3, 2, 3, 4, 3)
    yield drowned(rng, 4, 1, 4, 3)


@denoising.check()
def first_and_last_step(rng):
    """Knows the first step as 0, and the last one."""
    layers, x0, _, noise, left = drowned(rng, 2, 2, 4, 3)
    yield layers, x0, np.array([0, 3]), noise, left
    yield layers, x0, np.array([3, 3]), noise, left


@denoising.check(weight=2, hidden=True)
def any_batch(rng):
    """Is right for any net, data and steps."""
    yield drowned(rng, 7, 4, 6, 5)
    yield drowned(rng, 1, 1, 2)
    yield drowned(rng, 5, 2, 9, 4, 4)


denoising.in_other_dress(several_layers, rtol=1e-3)


def _guessed(layers, x0, noise, noisy, told):
    """Return what is asked for a sample made otherwise, and told otherwise."""
    inputs = np.concatenate([noisy, *told], axis=1)
    gap = _run(layers, inputs)[-1] - noise
    return noisy, float(np.mean(gap**2)), _back(layers, inputs, 2 * gap / gap.size)[1]


def _by_share(layers, x0, noise, share):
    left, come = np.sqrt(share)[:, np.newaxis], np.sqrt(1 - share)[:, np.newaxis]
    return _guessed(layers, x0, noise, left * x0 + come * noise, [left, come])


def no_roots_in_the_sample(layers, x0, t, noise, alpha_bar):
    share = alpha_bar[t][:, np.newaxis]
    noisy = share * x0 + (1 - share) * noise
    return _guessed(layers, x0, noise, noisy, [np.sqrt(share), np.sqrt(1 - share)])


def one_depth_for_all(layers, x0, t, noise, alpha_bar):
    return _by_share(layers, x0, noise, np.full(len(x0), alpha_bar[t[0]], x0.dtype))


def before_the_first_is_the_last(layers, x0, t, noise, alpha_bar):
    return _by_share(layers, x0, noise, alpha_bar[t - 1])


def one_step_late(layers, x0, t, noise, alpha_bar):
    return _by_share(layers, x0, noise, alpha_bar[np.minimum(t + 1, len(alpha_bar) - 1)])


def alpha_for_alpha_bar(layers, x0, t, noise, alpha_bar):
    before = np.append(np.ones(1, alpha_bar.dtype), alpha_bar[:-1])
    return _by_share(layers, x0, noise, (alpha_bar / before)[t])


def multiplied_once_more(layers, x0, t, noise, alpha_bar):
    return _by_share(layers, x0, noise, np.cumprod(alpha_bar)[t])


def _told_the_time(layers, x0, t, noise, alpha_bar, times):
    left, come = np.sqrt(alpha_bar[t])[:, np.newaxis], np.sqrt(1 - alpha_bar[t])[:, np.newaxis]
    told = [np.asarray(time, x0.dtype)[:, np.newaxis] for time in times]
    return _guessed(layers, x0, noise, left * x0 + come * noise, told)


def time_told(layers, x0, t, noise, alpha_bar):
    share = t / len(alpha_bar)
    return _told_the_time(layers, x0, t, noise, alpha_bar, [share, 1 - share])


def time_told_twice(layers, x0, t, noise, alpha_bar):
    return _told_the_time(layers, x0, t, noise, alpha_bar, [t, t])


def gradient_by_the_input(layers, x0, t, noise, alpha_bar):
    noisy, loss, _ = _by_share(layers, x0, noise, alpha_bar[t])
    left, come = np.sqrt(alpha_bar[t])[:, np.newaxis], np.sqrt(1 - alpha_bar[t])[:, np.newaxis]
    inputs = np.concatenate([noisy, left, come], axis=1)
    gap = _run(layers, inputs)[-1] - noise
    return noisy, loss, _back(layers, inputs, 2 * gap / gap.size)[0]


# --- ddpm_step ------------------------------------------------------------------------------------

backward = Exercise("ddpm_step", points=3)


def noisy(rng, n, d, t, steps):
    """Return the arguments of a step back."""
    return away(rng, n, d), t, away(rng, n, d), away(rng, n, d), rng.uniform(0.1, 0.5, steps)


@backward.check()
def worked_example(rng):
    """Gives 1.3660 and 0.8680 in the worked example."""
    one, beta = np.array([[1.0]]), np.array([0.2, 0.5])
    yield one, 1, 0.5 * one, one, beta
    yield one, 0, 0.5 * one, one, beta


@backward.check(weight=2)
def in_the_middle(rng):
    """Takes a step back, neither the first nor the last one."""
    yield noisy(rng, 4, 2, 2, 5)
    yield noisy(rng, 3, 3, 1, 4)


@backward.check()
def out_of_the_noise(rng):
    """Adds no noise when the last of it is taken out."""
    yield noisy(rng, 3, 2, 0, 4)


@backward.check()
def out_of_pure_noise(rng):
    """Begins at the last step."""
    yield noisy(rng, 3, 2, 4, 5)


@backward.check(weight=2, hidden=True)
def any_step(rng):
    """Is right for any step."""
    yield noisy(rng, 5, 3, 3, 7)
    yield noisy(rng, 1, 1, 1, 2)
    yield noisy(rng, 2, 4, 5, 6)
    yield noisy(rng, 2, 2, 0, 3)


backward.in_other_dress(in_the_middle)


def _walked(x, t, predicted, noise, beta, sigma, size=None):
    """Take the step back, with another sigma or another beta."""
    size = beta[t] if size is None else size
    gone = 1 - np.cumprod(1 - beta)[t]
    mean = (x - size / np.sqrt(gone) * predicted) / np.sqrt(1 - size)
    return (mean + sigma * noise).astype(x.dtype)


def _sigma_of(t, beta, size=None):
    size = beta[t] if size is None else size
    left = np.cumprod(1 - beta)
    return np.sqrt(size * (1 - left[t - 1]) / (1 - left[t])) if t else 0.0


def beta_for_the_variance(x, t, predicted, noise, beta):
    return _walked(x, t, predicted, noise, beta, np.sqrt(beta[t]) if t else 0.0)


def beta_at_every_step(x, t, predicted, noise, beta):
    return _walked(x, t, predicted, noise, beta, np.sqrt(beta[t]))


def no_noise_at_all(x, t, predicted, noise, beta):
    return _walked(x, t, predicted, noise, beta, 0.0)


def _clean(x, t, predicted, beta):
    left = np.cumprod(1 - beta)[t]
    return (x - np.sqrt(1 - left) * predicted) / np.sqrt(left)


def straight_to_the_data(x, t, predicted, noise, beta):
    return _clean(x, t, predicted, beta)


def ddim(x, t, predicted, noise, beta):
    before = np.cumprod(1 - beta)[t - 1] if t else 1.0
    guess = _clean(x, t, predicted, beta)
    return (np.sqrt(before) * guess + np.sqrt(1 - before) * predicted).astype(x.dtype)


def x_alone_stretched(x, t, predicted, noise, beta):
    part = beta[t] / np.sqrt(1 - np.cumprod(1 - beta)[t]) * predicted
    return (x / np.sqrt(1 - beta[t]) - part + _sigma_of(t, beta) * noise).astype(x.dtype)


def noise_stretched_too(x, t, predicted, noise, beta):
    sigma = _sigma_of(t, beta) / np.sqrt(1 - beta[t])
    return _walked(x, t, predicted, noise, beta, sigma)


def without_its_own_factor(x, t, predicted, noise, beta):
    left = np.append(1.0, np.cumprod(1 - beta))
    gone, before = 1 - left[t], 1 - left[max(t - 1, 0)]
    with np.errstate(all="ignore"):
        mean = (x - beta[t] / np.sqrt(gone) * predicted) / np.sqrt(1 - beta[t])
        return (mean + np.sqrt(beta[t] * before / gone) * noise).astype(x.dtype)


def beta_of_the_step_before(x, t, predicted, noise, beta):
    size = beta[max(t - 1, 0)]
    return _walked(x, t, predicted, noise, beta, _sigma_of(t, beta, size), size)


def counted_from_one(x, t, predicted, noise, beta):
    t = max(t - 1, 0)
    return _walked(x, t, predicted, noise, beta, _sigma_of(t, beta))


def adding_noise(x, t, predicted, noise, beta):
    return np.sqrt(1 - beta[t]) * x + np.sqrt(beta[t]) * noise


# --- questions ------------------------------------------------------------------------------------

low_loss = Question(
    "low_loss",
    points=3,
    guide="""
    Full answer, a point for each. The generator's loss is measured by the discriminator of the
    moment: it falls while fakes get worse if the discriminator forgets or is too weak (a small
    one, a collapsed generator that found its blind spot), and rises while fakes get better if the
    discriminator gets better faster. At perfect fakes and the best discriminator all scores are 0:
    the discriminator's loss (sum of two means) is 2 ln 2 = 1.386, the non-saturating generator's
    ln 2 = 0.693; but a discriminator that has learned nothing stands there as well. Instead: look
    at samples, count modes, a distance between real and fake features on held-out data, several
    seeds. Half: says only that the losses depend on each other.
    """,
)
a_gap_to_read = Question(
    "a_gap_to_read",
    points=3,
    guide="""
    Full answer, a point for each. Disjoint supports: the best discriminator says 1 on real samples
    and 0 on fakes, constant around each, so its gradient by the fakes is zero in the ideal; JS is
    ln 2 whatever the distance. With a net whose scores are finite, minimax gradients vanish by the
    factor sigma(f), non-saturating ones keep a factor near 1 in front of the score's gradient; the
    Wasserstein critic's gradient is of length 1 wherever fakes are. The leash: without a bound the
    critic's gap grows without end by scaling (means of scores), while logits are bounded by the
    logarithm's saturation in what they gain. Reading: with the leash the gap estimates a distance
    that goes to zero as the distributions meet; the discriminator's loss estimates JS, which is
    flat, and goes to 0 as soon as it can separate at all. Half: only "JS saturates".
    """,
)
ring_compared = Question(
    "ring_compared",
    points=3,
    guide="""
    Full answer, a point for each. Numbers with their spread over starts from the student's own
    table for modes and share, for each method. The two numbers together: the GAN's samples are
    the sharper ones or miss modes, diffusion finds all modes at the price of samples between them;
    a method may win one number and lose the other. What is fair and what is not: same budget of
    steps and nets of about one size, rates from one grid by validation starts, but diffusion needs
    T passes for each sample where a GAN needs one; and a ring of two dimensions says little about
    pictures. Half: names a winner by one number.
    """,
)
