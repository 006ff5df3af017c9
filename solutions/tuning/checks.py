"""How the chapter on tuning is judged."""

import itertools
import math

import numpy as np

from autograder.observe import function
from autograder.spec import Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


# --- initial_loss --------------------------------------------------------------------------------

initial_loss = Exercise("initial_loss", points=2)


def shares(rng, k, empty=()):
    """Return shares of k classes, clearly different ones, some of them 0."""
    parts = rng.permutation(np.arange(1.0, k + 1)) + rng.uniform(0, 0.5, k)
    parts[list(empty)] = 0.0
    return parts / parts.sum()


@initial_loss.check(rtol=1e-7)
def worked_losses(rng):
    """Gives 1.386 and 1.040 in the worked example."""
    yield np.array([0.5, 0.25, 0.25, 0.0])


@initial_loss.check(rtol=1e-7)
def equal_classes(rng):
    """Cannot do better than to know nothing if all classes are equally frequent."""
    for k in (2, 10):
        yield np.full(k, 1 / k)


@initial_loss.check(weight=2, rtol=1e-7)
def unequal_classes(rng):
    """Is right for classes of unequal size, some of them empty."""
    yield shares(rng, 3)
    yield shares(rng, 6)
    yield shares(rng, 7, (0, 3))


@initial_loss.check(weight=2, hidden=True, rtol=1e-7)
def any_shares(rng):
    """Is right for any shares."""
    yield shares(rng, 12)
    yield shares(rng, 5, (4,))
    yield shares(rng, 2)


initial_loss.in_other_dress(unequal_classes, keeps=False, rtol=1e-4)


def zero_times_infinity(shares):
    with np.errstate(all="ignore"):
        return float(np.log(len(shares))), float(-np.sum(shares * np.log(shares)))


def one_coin_per_class(shares):
    seen = shares[(shares > 0) & (shares < 1)].astype(float)
    rest = 1 - seen
    constant = -np.sum(seen * np.log(seen) + rest * np.log(rest))
    return float(len(shares) * np.log(2)), float(constant)


def gain_for_loss(shares):
    seen = shares[shares > 0].astype(float)
    fresh = float(np.log(len(shares)))
    return fresh, float(fresh + np.sum(seen * np.log(seen)))


# --- grid ----------------------------------------------------------------------------------------

grid = Exercise("grid", points=2)


@grid.check(exact=True)
def worked_grid(rng):
    """Gives the four settings of the worked example, in their order."""
    yield {"lr": [0.1, 0.01], "batch": [32, 64]}


@grid.check(weight=2, exact=True)
def odometer(rng):
    """Goes through all combinations of three names, the last one fastest."""
    yield {"width": [64, 16, 32], "act": ["relu", "tanh"], "lr": [0.01, 0.1, 0.001]}
    yield {"lr": [0.5, 0.25], "hidden": [3], "decay": [1.0, 0.0]}
    yield {"seed": [4, 2, 7]}
    yield {"width": [8, 4, 8], "lr": [0.5]}  # what is given twice is tried twice


@grid.check(exact=True)
def nothing_to_try(rng):
    """Has one empty setting without names, and none if a name has no values."""
    yield {}
    yield {"lr": [], "batch": [32, 64]}
    yield {"lr": [0.1, 0.2], "batch": []}


@grid.check(weight=2, hidden=True, exact=True)
def any_grid(rng):
    """Is right for any lists."""
    yield {name: rng.permutation(9)[: 2 + n].tolist() for n, name in enumerate("cab")}
    yield {"p": [0.5, 0.1], "kind": ["max", "mean", "none"], "k": [5], "b": [2, 1]}


def first_name_fastest(space):
    names = list(space)
    turned = itertools.product(*(space[name] for name in reversed(names)))
    return [dict(zip(names, reversed(values))) for values in turned]


def one_at_a_time(space):
    if not all(space.values()):
        return []
    first = {name: values[0] for name, values in space.items()}
    others = ({**first, name: v} for name, values in space.items() for v in values[1:])
    return [first, *others]


def one_dict_for_all(space):
    setting, settings = {}, []
    for values in itertools.product(*space.values()):
        setting.update(zip(space, values))
        settings.append(setting)
    return settings


def one_name_per_setting(space):
    return [{name: value} for name, values in space.items() for value in values]


def columns_for_settings(space):
    rows = list(itertools.product(*space.values()))
    return {name: [row[i] for row in rows] for i, name in enumerate(space)}


def empty_list_skipped(space):
    space = {name: values for name, values in space.items() if values}
    return [dict(zip(space, values)) for values in itertools.product(*space.values())]


# --- random_search -------------------------------------------------------------------------------

random_search = Exercise("random_search", points=3)


def logs(*flags):
    return np.array(flags, dtype=bool)


@random_search.check()
def worked_draws(rng):
    """Gives (0.25, 0.001) and (0.5, 0.01) in the worked example."""
    box = np.array([[0.0, 1e-4], [1.0, 1.0]])
    yield np.array([[0.25, 0.25], [0.5, 0.5]]), box, logs(0, 1)


@random_search.check()
def even_draws(rng):
    """Draws a parameter of the plain scale evenly between its ends, whatever their signs."""
    yield rng.random((4, 2)), np.array([[-2.0, 0.5], [3.0, 0.75]]), logs(0, 0)
    yield rng.uniform(0.1, 0.9, (3, 1)), np.array([[4.0], [32.0]]), logs(0)


@random_search.check(weight=2)
def each_its_scale(rng):
    """Draws every parameter on its own scale."""
    box = np.array([[1e-5, 0.1, 16.0, 0.5], [1e-1, 0.8, 512.0, 3.0]])
    yield rng.random((5, 4)), box, logs(1, 0, 1, 0)
    yield rng.uniform(0.2, 0.8, (3, 2)), np.array([[2.0, 1.0], [40.0, 9.0]]), logs(1, 1)


@random_search.check()
def ends_of_the_box(rng):
    """Begins at the low end, u = 0, and comes close to the high end as u nears 1."""
    box = np.array([[1e-3, -1.0, 2.0], [10.0, 1.0, 8.0]])
    yield np.array([[0.0] * 3, [1 - 2.0**-20] * 3]), box, logs(1, 0, 0)


@random_search.check(weight=2, hidden=True)
def any_box(rng):
    """Is right in any box."""
    low = rng.uniform(0.01, 0.1, 3)
    yield rng.random((6, 3)), np.stack([low, low * rng.uniform(50, 500, 3)]), logs(0, 1, 1)
    yield rng.random((1, 2)), np.array([[1e-7, -5.0], [1e-2, -1.0]]), logs(1, 0)


random_search.in_other_dress(each_its_scale)


def in_box(u, box, log, to, back):
    """Draw log parameters between to(low) and to(high), and take them back."""
    low, high = (np.where(log, end, 1).astype(float) for end in box)
    drawn = back(to(low) + (to(high) - to(low)) * u)
    return np.where(log, drawn, box[0] + (box[1] - box[0]) * u).astype(u.dtype)


def decimal_there_natural_back(u, box, log):
    return in_box(u, box, log, np.log10, np.exp)


def natural_there_decimal_back(u, box, log):
    with np.errstate(over="ignore"):
        return in_box(u, box, log, np.log, lambda s: 10.0**s)


def bent(bend):
    """Return the search that stretches a bent draw evenly."""

    def search(u, box, log):
        v = np.where(log, bend(u.astype(float)), u)
        return (box[0] + (box[1] - box[0]) * v).astype(u.dtype)

    return search


logarithm_of_the_draw = bent(lambda u: np.log2(1 + u))
power_of_the_draw = bent(lambda u: (10**u - 1) / 9)
exponential_of_the_draw = bent(lambda u: np.expm1(u) / np.expm1(1.0))


def whole_powers_of_ten(u, box, log):
    return in_box(u, box, log, np.log10, lambda s: 10.0 ** np.rint(s))


def even_in_the_inverse(u, box, log):
    return in_box(u, box, log, lambda x: 1 / x, lambda s: 1 / s)


def box_taken_for_exponents(u, box, log):
    with np.errstate(over="ignore"):
        even = box[0] + (box[1] - box[0]) * u
        return np.where(log, np.exp(even), even).astype(u.dtype)


def positive_means_log(u, box, log):
    log = box[0] > 0
    low, high = np.where(log, box, 1)
    return np.where(log, low * (high / low) ** u, box[0] + (box[1] - box[0]) * u).astype(u.dtype)


def all_if_one(u, box, log):
    with np.errstate(all="ignore"):
        a, b = np.log(box.astype(float)) if log.any() else box
        drawn = a + (b - a) * u
        return (np.exp(drawn) if log.any() else drawn).astype(u.dtype)


def all_if_one_by_the_ratio(u, box, log):
    with np.errstate(all="ignore"):
        low, high = box
        drawn = low * (high / low) ** u if log.any() else low + (high - low) * u
        return drawn.astype(u.dtype)


def flags_inverted(u, box, log):
    log = ~log
    with np.errstate(all="ignore"):
        drawn = box[0] * (box[1] / box[0]) ** u
    return np.where(log, drawn, box[0] + (box[1] - box[0]) * u).astype(u.dtype)


# --- lr_range_test -------------------------------------------------------------------------------

lr_range_test = Exercise("lr_range_test", points=4)


def a_run(rng, tail=(), gaps=None):
    """Return rates and losses: wide steps before the fall, narrow ones in it, then `tail`."""
    gaps = [1.6] * 4 + [0.45] * 6 + [0.8] * 2 if gaps is None else gaps
    x = np.concatenate([[0.0], np.cumsum(gaps)])
    losses = 2.4 - 1.9 / (1 + np.exp(-(x - x[7] - rng.uniform(-0.05, 0.05)) / 1.5))
    losses = np.concatenate([losses, tail])
    more = x[-1] + 0.5 * np.arange(1, len(tail) + 1)
    return rng.uniform(1, 5) * 1e-5 * np.exp(np.concatenate([x, more])), losses


def steps(rng, *losses):
    """Return losses of a short run at rates that grow by the same factor."""
    return rng.uniform(1, 9) * 1e-4 * 10.0 ** np.arange(len(losses)), np.array(losses, float)


@lr_range_test.check()
def worked_range(rng):
    """Gives 0.1 and 0.3 in the worked example."""
    yield np.array([0.001, 0.01, 0.1, 0.3, 1.0]), np.array([2.3, 2.2, 1.6, 1.2, 6.0])


@lr_range_test.check(weight=2)
def steepest_by_the_logarithm(rng):
    """Finds the steepest descent by the logarithm of the rate, with steps of unequal length."""
    yield a_run(rng)
    yield a_run(rng, (0.6, 0.8, 1.1))
    yield steps(rng, 2.0, 1.9, 1.6, 0.9, 0.8, 0.8)
    yield steps(rng, 2.0, 1.9, 1.2, 0.9, 0.8, 0.85)


@lr_range_test.check(exact=True)
def ends_have_no_derivative(rng):
    """Uses inner steps only, takes the first of equals, lets 4 times the smallest loss pass."""
    yield steps(rng, 4.0, 3.0, 2.75, 2.5, 2.25)
    yield steps(rng, 4.0, 3.9, 3.85, 3.7, 2.5)
    yield 2.0 ** np.arange(-2.0, 3.0), np.full(5, 2.5)  # even to the last digit
    yield steps(rng, 2.0, 1.5, 1.0, 4.0, 0.5, 0.5)


@lr_range_test.check(weight=2)
def explosion(rng):
    """Throws away the step at which the run explodes, and all that comes after it."""
    yield a_run(rng, (0.7, 12.0, 1.0, 0.2, 0.1))
    yield a_run(rng, (1.0, 2.0, 3.4, 0.3, 0.2))
    yield a_run(rng, (0.6, np.nan, 0.5, 0.1))
    yield a_run(rng, (0.8, np.inf, np.nan, 0.01))
    yield steps(rng, 2.0, 1.5, 1.0, 3.75, 3.5, 1.0, 0.9, 4.0, 0.1)
    yield steps(rng, 2.0, 1.8, 1.7, 2.1, 1.0, 0.9, 0.9, 3.7)


NOISY = (
    (2.39, 2.62, 1.78, 1.76, 2.07, 2.22, 1.88, 2.47, 1.65, 1.51, 1.12, 0.92, 0.71, 0.78, 0.66, 0.57,
     3.0, 0.5, 1.0, 30.0, 0.1),
    (1.78, 2.6, 2.58, 2.54, 2.25, 1.63, 1.53, 1.41, 2.18, 1.59, 0.92, 1.35, 1.16, 0.59, 0.72, 0.74,
     2.5, 3.0, 0.5, 30.0, 0.1),
    (2.63, 2.14, 2.13, 2.11, 2.53, 2.01, 1.91, 1.47, 1.56, 1.11, 1.35, 0.91, 1.12, 0.83, 0.69, 0.85,
     2.5, 0.5, 3.0, 30.0, 0.1),
)  # fmt: skip
"""Logs in which every wrong way to smooth reads another rate."""


@lr_range_test.check(weight=2)
def smoothed_losses(rng):
    """Smooths noisy losses first, with the correction of the start."""
    for beta, log in ((0.7, NOISY[0]), (0.8, NOISY[1])):
        rates, losses = steps(rng, *log)
        yield rates, losses * rng.uniform(2.4, 3.0), beta
    rates, losses = a_run(rng, (0.5, np.nan, 0.2))
    yield rates, losses * np.resize([1.0, 1.25, 0.8], len(losses)), 0.9


@lr_range_test.check(weight=2, hidden=True)
def any_run(rng):
    """Reads any run."""
    yield a_run(rng, (0.9, 12.0, 0.3, 0.1), [1.4] * 4 + [0.5] * 4 + [0.7] * 3)
    rates, losses = steps(rng, *NOISY[2])
    yield rates, losses * rng.uniform(2.4, 3.0), 0.7
    yield steps(rng, 2.5, 2.4, 1.7, 1.3, 1.25, np.nan)
    yield steps(rng, 2.2, 2.1, 1.8, 1.0, 0.9, 0.9, 12.0)


lr_range_test.in_other_dress(steepest_by_the_logarithm, keeps=False)


def read_range(
    rates,
    losses,
    beta=0.0,
    *,
    smooth=None,
    bad=lambda s, t: s[t] > 4 * min(s[: t + 1]),
    slope=lambda s, x, r: (s[2:] - s[:-2]) / (x[2:] - x[:-2]),
    place=lambda d, s: 1 + int(np.argmin(d)),
    largest=lambda end, n: end - 1,
):
    """Read a range test in other ways."""
    rates = np.asarray(rates, float)
    s = averaged(losses, beta) if smooth is None else smooth(losses, beta)
    end = next((t for t in range(len(s)) if not np.isfinite(s[t]) or bad(s, t)), len(s))
    r, part = rates[:end], np.array(s[:end])
    at = place(slope(part, np.log(r), r), part)
    return float(rates[at]), float(rates[largest(end, len(s))])


def averaged(losses, beta, corrected=True, start=0.0):
    average, out = start, []
    for t, loss in enumerate(np.asarray(losses, float).tolist()):
        average = beta * average + (1 - beta) * loss
        out.append(average / (1 - beta ** (t + 1)) if corrected else average)
    return out


def smallest_loss(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, place=lambda d, s: int(np.argmin(s)))


def tenth_of_the_minimum(rates, losses, beta=0.0):
    least, largest = smallest_loss(rates, losses, beta)
    return least / 10, largest


def by_the_rate_itself(rates, losses, beta=0.0):
    def slope(s, x, r):
        return (s[2:] - s[:-2]) / (r[2:] - r[:-2])

    return read_range(rates, losses, beta, slope=slope)


def by_the_step(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, slope=lambda s, x, r: s[2:] - s[:-2])


def to_the_next_step(rates, losses, beta=0.0):
    def slope(s, x, r):
        return np.diff(s) / np.diff(x)

    return read_range(rates, losses, beta, slope=slope, place=lambda d, s: int(np.argmin(d)))


def from_the_last_step(rates, losses, beta=0.0):
    def slope(s, x, r):
        return np.diff(s) / np.diff(x)

    return read_range(rates, losses, beta, slope=slope)


def one_place_too_early(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, place=lambda d, s: int(np.argmin(d)))


def gradient_of_numpy(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, slope=lambda s, x, r: np.gradient(s, x)[1:-1])


def ends_count_too(rates, losses, beta=0.0):
    def slope(s, x, r):
        ends = (s[1] - s[0]) / (x[1] - x[0]), (s[-1] - s[-2]) / (x[-1] - x[-2])
        return np.array([ends[0], *((s[2:] - s[:-2]) / (x[2:] - x[:-2])), ends[1]])

    return read_range(rates, losses, beta, slope=slope, place=lambda d, s: int(np.argmin(d)))


def steepest_of_both_directions(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, place=lambda d, s: 1 + int(np.argmax(np.abs(d))))


def steepest_ascent(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, place=lambda d, s: 1 + int(np.argmax(d)))


def last_of_equals(rates, losses, beta=0.0):
    return read_range(
        rates, losses, beta, place=lambda d, s: len(d) - int(np.argmin(np.round(d[::-1], 9)))
    )


def of_the_loss_as_logarithm(rates, losses, beta=0.0):
    def slope(s, x, r):
        return np.log(s[2:] / s[:-2]) / (x[2:] - x[:-2])

    return read_range(rates, losses, beta, slope=slope)


def explosion_not_cut(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, bad=lambda s, t: False)


def first_rise_is_the_end(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, bad=lambda s, t: t > 2 and s[t] > s[t - 1])


def compared_with_the_first(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, bad=lambda s, t: s[t] > 4 * s[0])


def compared_with_the_one_before(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, bad=lambda s, t: t > 0 and s[t] > 4 * s[t - 1])


def above_the_start_is_the_end(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, bad=lambda s, t: s[t] > s[0])


def exploding_rate_counted(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, largest=lambda end, n: min(end, n - 1))


def largest_of_all(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, largest=lambda end, n: n - 1)


def not_smoothed(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, smooth=lambda losses, beta: averaged(losses, 0.0))


def start_not_corrected(rates, losses, beta=0.0):
    return read_range(rates, losses, beta, smooth=lambda s, b: averaged(s, b, corrected=False))


def starts_at_the_first_loss(rates, losses, beta=0.0):
    def smooth(losses, beta):
        return averaged(losses, beta, corrected=False, start=float(losses[0]))

    return read_range(rates, losses, beta, smooth=smooth)


def new_loss_has_beta(rates, losses, beta=0.0):
    def smooth(losses, beta):
        return averaged(losses, 1 - beta) if beta else averaged(losses, 0.0)

    return read_range(rates, losses, beta, smooth=smooth)


def largest_at_the_smallest_loss(rates, losses, beta=0.0):
    return read_range(rates, losses, beta)[0], smallest_loss(rates, losses, beta)[0]


def last_of_the_smallest_losses(rates, losses, beta=0.0):
    def last(d, s):
        return len(s) - 1 - int(np.argmin(s[::-1]))

    return read_range(rates, losses, beta)[0], read_range(rates, losses, beta, place=last)[0]


def largest_at_the_smallest_raw_loss(rates, losses, beta=0.0):
    def least(d, s):
        return int(np.argmin(losses[: len(s)]))

    return read_range(rates, losses, beta)[0], read_range(rates, losses, beta, place=least)[0]


def largest_before_the_first_rise(rates, losses, beta=0.0):
    def before(d, s):
        return next((t for t in range(len(s) - 1) if s[t + 1] > s[t]), len(s) - 1)

    return read_range(rates, losses, beta)[0], read_range(rates, losses, beta, place=before)[0]


def explosion_of_the_raw_loss(rates, losses, beta=0.0):
    raw = np.asarray(losses, float)

    def bad(s, t):
        return not np.isfinite(raw[t]) or raw[t] > 4 * raw[: t + 1].min()

    return read_range(rates, losses, beta, bad=bad)


# --- coarse_to_fine ------------------------------------------------------------------------------

coarse_to_fine = Exercise("coarse_to_fine", points=4)

WIDE = np.array([[1e-12, -1e6], [1e12, 1e6]])


def at(box, log, *places):
    """Return the setting at these places of a box, from 0 to 1 on each parameter's own scale."""
    low, high = box
    place = np.array(places)
    ratio = np.where(log, high, 1) / np.where(log, low, 1)
    inside = np.where(log, low * ratio**place, low + (high - low) * place)
    return np.where(place == 0, low, np.where(place == 1, high, inside))


@coarse_to_fine.check()
def worked_box(rng):
    """Gives the boxes from 0.05 to 5 and from 0 to 0.24, and the edges +1 and -1, of the text."""
    box, limits = np.array([[1e-4, 0.0], [1.0, 0.8]]), np.array([[1e-6, 0.0], [10.0, 0.9]])
    yield np.array([0.5, 0.04]), box, limits, logs(1, 0), 0.5


@coarse_to_fine.check(weight=2)
def around_the_best(rng):
    """Draws the box around a best setting in the middle, each parameter on its own scale."""
    box, log = np.array([[1e-4, 2.0], [1e-1, 6.0]]), logs(1, 0)
    yield at(box, log, *rng.uniform(0.35, 0.65, 2)), box, WIDE, log, 0.4
    box = np.array([[8.0, 0.1, 0.5], [512.0, 0.7, 40.0]])
    wide, log = np.array([[1e-6, -9.0, 1e-6], [1e6, 9.0, 1e6]]), logs(1, 0, 1)
    yield at(box, log, *rng.uniform(0.35, 0.65, 3)), box, wide, log, rng.uniform(0.2, 0.3)


@coarse_to_fine.check(weight=2)
def beyond_the_edge(rng):
    """Reaches beyond the old box where the best lies at its edge, and says at which."""
    box = np.array([[1e-5, 1.0, 1e-2, -1.0, 2.0], [1e-2, 5.0, 1.0, 1.0, 64.0]])
    log = logs(1, 0, 1, 0, 1)
    wide = np.array([[1e-9, -99.0, 1e-9, -99.0, 1e-3], [1e9, 99.0, 1e9, 99.0, 1e5]])
    yield at(box, log, 0.95, 0.04, 0.06, 0.97, 0.87), box, wide, log, 0.5
    yield at(box, log, 0.13, 0.85, 1.0, 0.15, 0.0), box, wide, log, 0.6
    yield at(box, log, 0.095, 0.905, 0.105, 0.895, 0.5), box, wide, log, 0.5


@coarse_to_fine.check()
def within_the_limits(rng):
    """Cuts the new box at the limits, and only what sticks out of them."""
    box, log = np.array([[0.1, 0.01, 0.2], [0.9, 1.0, 0.8]]), logs(0, 1, 0)
    limits = np.array([[0.0, 0.005, 0.15], [1.0, 1.0, 0.9]])
    yield at(box, log, 0.92, 0.95, 0.2), box, limits, log, 0.5
    yield at(box, log, 0.05, 0.02, 0.85), box, limits, log, 0.8


@coarse_to_fine.check(weight=2, hidden=True)
def any_boxes(rng):
    """Is right for any box."""
    low = rng.uniform(0.01, 0.1, 4)
    box, log = np.stack([low, low * rng.uniform(40, 90, 4)]), logs(1, 0, 1, 0)
    limits = np.stack([low * [0.5, 0.0, 0.9, 0.4], box[1] * [1.2, 2.0, 3.0, 1.05]])
    yield at(box, log, 0.03, 0.5, 0.96, 0.8), box, limits, log, 0.3
    yield at(box, log, 0.6, 0.93, 0.3, 0.07), box, limits, log, 0.7


coarse_to_fine.in_other_dress(within_the_limits)


def new_box(
    best,
    box,
    limits,
    log,
    factor,
    *,
    own=None,
    reach=lambda length, factor: factor * length / 2,
    cut=lambda new, limits, box: np.clip(new, limits[0], limits[1]),
    told=None,
    centre=None,
):
    """Draw the new box in other ways."""
    flag = log if own is None else own(log)

    def to(x):
        return np.where(flag, np.log(np.where(flag, x, 1)), x)

    (low, high), middle = to(box), to(best)
    half = reach(high - low, factor)
    middle_of_new = middle if centre is None else centre(low, high, middle)
    ends = np.stack([middle_of_new - half, middle_of_new + half])
    new = np.where(flag, np.exp(np.where(flag, ends, 0)), ends)
    place = (middle - low) / (high - low)
    edge = (place > 0.9).astype(int) - (place < 0.1)
    if told is not None:
        edge = np.asarray(told(edge, place, best, box, new, limits)).astype(int)
    return cut(new, limits, box).astype(box.dtype), edge


def linear_for_all(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, own=np.zeros_like)


def edge_on_the_plain_scale(best, box, limits, log, factor):
    def told(edge, place, best, box, new, limits):
        place = (best - box[0]) / (box[1] - box[0])
        return (place > 0.9).astype(int) - (place < 0.1)

    return new_box(best, box, limits, log, factor, told=told)


def kept_in_the_old_box(best, box, limits, log, factor):
    def cut(new, limits, box):
        return np.clip(np.clip(new, limits[0], limits[1]), box[0], box[1])

    return new_box(best, box, limits, log, factor, cut=cut)


def limits_forgotten(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, cut=lambda new, limits, box: new)


def moved_instead_of_cut(best, box, limits, log, factor):
    def to(x):
        return np.where(log, np.log(np.where(log, x, 1)), x)

    (low, high), (least, most), middle = to(box), to(limits), to(best)
    half = factor * (high - low) / 2
    ends = np.stack([middle - half, middle + half])
    ends = ends + np.maximum(least - ends[0], 0) - np.maximum(ends[1] - most, 0)
    new = np.where(log, np.exp(np.where(log, ends, 0)), ends)
    edge = new_box(best, box, limits, log, factor)[1]
    return new.astype(box.dtype), edge


def factor_to_each_side(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, reach=lambda length, f: f * length)


def divided_by_the_factor(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, reach=lambda length, f: length / f / 2)


def shortened_by_the_factor(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, reach=lambda length, f: (1 - f) * length / 2)


def times_and_divided_by_the_factor(best, box, limits, log, factor):
    edge = new_box(best, box, limits, log, factor)[1]
    size = np.abs(best) * (1 - factor)
    new = np.stack([np.where(log, best * factor, best - size), best + size])
    new[1] = np.where(log, best / factor, new[1])
    return np.clip(new, limits[0], limits[1]).astype(box.dtype), edge


def times_and_divided_everywhere(best, box, limits, log, factor):
    edge = new_box(best, box, limits, log, factor)[1]
    new = np.stack([best * factor, best / factor])
    return np.clip(new, limits[0], limits[1]).astype(box.dtype), edge


def centred_in_the_old_box(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, centre=lambda low, high, m: (low + high) / 2)


def decimal_length_natural_box(best, box, limits, log, factor):
    def to(x):
        return np.where(log, np.log10(np.where(log, x, 1)), x)

    (low, high), middle = to(box), to(best)
    half = factor * (high - low) / 2
    ends = np.stack([best * np.exp(-half), best * np.exp(half)])
    new = np.where(log, ends, np.stack([middle - half, middle + half]))
    edge = new_box(best, box, limits, log, factor)[1]
    return np.clip(new, limits[0], limits[1]).astype(box.dtype), edge


def edge_must_be_touched(best, box, limits, log, factor):
    def told(edge, place, best, box, new, limits):
        return (best == box[1]).astype(int) - (best == box[0])

    return new_box(best, box, limits, log, factor, told=told)


def edge_of_the_limits(best, box, limits, log, factor):
    def told(edge, place, best, box, new, limits):
        return (new[1] > limits[1]).astype(int) - (new[0] < limits[0])

    return new_box(best, box, limits, log, factor, told=told)


def edge_where_the_box_sticks_out(best, box, limits, log, factor):
    def told(edge, place, best, box, new, limits):
        return (new[1] > box[1]).astype(int) - (new[0] < box[0])

    return new_box(best, box, limits, log, factor, told=told)


def signs_exchanged(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, told=lambda edge, *rest: -edge)


def only_told_whether(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, told=lambda edge, *rest: np.abs(edge))


def a_twentieth_on_each_side(best, box, limits, log, factor):
    def told(edge, place, *rest):
        return (place > 0.95).astype(int) - (place < 0.05)

    return new_box(best, box, limits, log, factor, told=told)


def upper_edge_only(best, box, limits, log, factor):
    return new_box(best, box, limits, log, factor, told=lambda edge, *rest: np.maximum(edge, 0))


# --- successive_halving --------------------------------------------------------------------------

successive_halving = Exercise("successive_halving", points=4)


def curves(rng, c, t):
    """Return losses that fall, cross each other, and now and then rise again."""
    fall = np.exp(-np.outer(rng.uniform(0.05, 0.8, c), np.arange(t)))
    return rng.uniform(0.2, 1.0, (c, 1)) + fall + rng.uniform(0.0, 0.5, (c, t))


@successive_halving.check(exact=True)
def worked_rungs(rng):
    """Keeps 1 and 2, then 2, and trains 6 epochs in the worked example."""
    rows = [[0.9, 0.8, 0.5, 0.2], [0.5, 0.45, 0.45, 0.45], [0.6, 0.4, 0.3, 0.3]]
    yield np.array([*rows, [1.0, 0.9, 0.9, 0.9]]), 1, 2


@successive_halving.check(weight=2)
def several_rungs(rng):
    """Compares all at equal budgets, on every rung."""
    yield curves(rng, 9, 9), 1, 3
    yield curves(rng, 8, 12), 2, 2
    yield late_bloomer(rng), 1, 2


def late_bloomer(rng):
    """Return eight curves whose order is turned round at every rung."""
    order = rng.permutation(8).astype(float)
    noise = rng.uniform(0, 0.2, (8, 8))
    early, late = 3 * order, 7 - order
    ranks = [early, early, late, late, order, order, late, late]
    return 1.0 + np.stack(ranks, axis=1) + noise


@successive_halving.check(weight=2)
def odd_numbers(rng):
    """Keeps n // eta, at least one, and stops when the curves are too short for the next rung."""
    yield curves(rng, 7, 8), 1, 2
    yield curves(rng, 11, 5), 1, 2
    yield curves(rng, 2, 3), 3, 3
    yield curves(rng, 10, 9), 3, 4
    yield curves(rng, 12, 8), 2, 2
    yield late_bloomer(rng)[:, :5], 1, 2


@successive_halving.check(exact=True)
def diverged_and_equal(rng):
    """Puts diverged runs last, and the lower number first among equals."""
    some = curves(rng, 6, 4)
    some[[0, 3], 1:] = np.nan
    some[1, 0], some[[0, 3, 5], 0] = 5.0, [0.01, 0.02, 0.03]
    yield some, 1, 2
    yield np.array([[2.0, 1.0, 1.0], [1.0, 0.5, 0.5], [1.0, 0.5, 0.25], [1.0, 0.25, 1.0]]), 1, 2
    lost = curves(rng, 5, 3)
    lost[:4] = np.nan
    yield lost, 2, 2


@successive_halving.check(exact=True)
def infinities(rng):
    """An infinite loss is a number, and better than NaN; so is one of 1e300."""
    some = curves(rng, 6, 4)
    some[[0, 2, 3]] = np.nan
    some[[1, 5]] = [[np.inf], [1e300]]
    yield some, 1, 2
    yield some[[0, 1, 2, 3]], 1, 2
    yield np.where(np.isinf(some), 1e12, some)[[0, 1, 2, 3]], 2, 2


@successive_halving.check(weight=2, hidden=True)
def any_curves(rng):
    """Is right for any curves."""
    yield curves(rng, 13, 20), 2, 3
    yield curves(rng, 6, 7), 1, 2
    some = curves(rng, 16, 9)
    some[:3, 2:] = np.nan
    some[:3, :2] = 0.01 * rng.uniform(1, 2, (3, 2))
    yield some, 1, 2
    yield late_bloomer(rng), 1, 2


successive_halving.in_other_dress(several_rungs, keeps=False)


def halved(
    losses,
    first,
    eta,
    *,
    keep=lambda n, eta: max(1, n // eta),
    look=lambda losses, left, goal: losses[left, goal - 1],
    rank=lambda column: np.argsort(column, kind="stable"),
    listed=np.sort,
    cost=lambda n, goal, done: n * (goal - done),
    grown=lambda goal, first, eta: goal * eta,
    more=lambda left, goal, T: len(left) > 1 and goal <= T,
):
    """Halve in other ways."""
    left, done, goal, rungs, epochs = np.arange(len(losses)), 0, first, [], 0
    while more(left, goal, losses.shape[1]) and len(rungs) < 40:
        epochs += int(cost(len(left), goal, done))
        column = look(losses, left, goal)
        left = np.sort(left)[rank(column)[: keep(len(left), eta)]]
        rungs.append(listed(left))
        left = np.sort(left)
        done, goal = goal, grown(goal, first, eta)
    return rungs, epochs


def rounded_up(losses, first, eta):
    return halved(losses, first, eta, keep=lambda n, eta: -(-n // eta))


def rounded_up_with_infinities(losses, first, eta):
    """Round up, and take infinity for NaN."""
    numbers = np.where(np.isnan(losses), np.inf, losses)
    return halved(numbers, first, eta, keep=lambda n, eta: -(-n // eta))


def rounded(losses, first, eta):
    return halved(losses, first, eta, keep=lambda n, eta: max(1, math.floor(n / eta + 0.5)))


def one_in_eta_drops(losses, first, eta):
    return halved(losses, first, eta, keep=lambda n, eta: max(1, n - max(1, n // eta)))


def always_half(losses, first, eta):
    return halved(losses, first, eta, keep=lambda n, eta: max(1, n // 2))


def none_may_be_left(losses, first, eta):
    return halved(losses, first, eta, keep=lambda n, eta: n // eta)


def starts_over(losses, first, eta):
    return halved(losses, first, eta, cost=lambda n, goal, done: n * goal)


def survivors_pay(losses, first, eta):
    rungs, _ = halved(losses, first, eta)
    goals = [first * eta**k for k in range(len(rungs))]
    counts = [len(left) for left in rungs]
    return rungs, sum(n * (g - d) for n, g, d in zip(counts, goals, [0, *goals]))


def epochs_of_the_curves(losses, first, eta):
    rungs, _ = halved(losses, first, eta)
    return rungs, losses.size


def epochs_of_one(losses, first, eta):
    return halved(losses, first, eta, cost=lambda n, goal, done: goal - done)


def one_column_too_late(losses, first, eta):
    def look(losses, left, goal):
        return losses[left, min(goal, losses.shape[1] - 1)]

    return halved(losses, first, eta, look=look)


def column_of_the_epoch(losses, first, eta):
    """Stop where the table has no column of that number."""

    def look(losses, left, goal):
        return losses[left, goal]

    def more(left, goal, T):
        return len(left) > 1 and goal < T

    return halved(losses, first, eta, look=look, more=more)


def final_loss_known(losses, first, eta):
    return halved(losses, first, eta, look=lambda losses, left, goal: losses[left, -1])


def first_rung_decides(losses, first, eta):
    return halved(losses, first, eta, look=lambda losses, left, goal: losses[left, first - 1])


def best_so_far(losses, first, eta):
    def look(losses, left, goal):
        return np.fmin.reduce(losses[left, :goal], axis=1)

    return halved(losses, first, eta, look=look)


def best_so_far_unless_diverged(losses, first, eta):
    def look(losses, left, goal):
        return losses[left, :goal].min(axis=1)  # NaN stays NaN

    return halved(losses, first, eta, look=look)


def mean_so_far(losses, first, eta):
    return halved(
        losses, first, eta, look=lambda losses, left, goal: losses[left, :goal].mean(axis=1)
    )


def worst_stay(losses, first, eta):
    return halved(losses, first, eta, rank=lambda column: np.argsort(-column, kind="stable"))


def diverged_stay(losses, first, eta):
    def look(losses, left, goal):
        return np.nan_to_num(losses[left, goal - 1], nan=-np.inf)

    return halved(losses, first, eta, look=look)


def higher_number_first(losses, first, eta):
    def rank(column):
        return np.lexsort((-np.arange(len(column)), np.nan_to_num(column, nan=np.inf)))

    return halved(losses, first, eta, rank=rank)


def best_first(losses, first, eta):
    return halved(losses, first, eta, listed=lambda left: left)


def budget_grows_by_addition(losses, first, eta):
    return halved(losses, first, eta, grown=lambda goal, first, eta: goal + first)


def budget_doubles(losses, first, eta):
    return halved(losses, first, eta, grown=lambda goal, first, eta: goal * 2)


def last_epoch_not_used(losses, first, eta):
    def more(left, goal, T):
        return len(left) > 1 and (goal < T or first == T)

    return halved(losses, first, eta, more=more)


def those_who_drop(losses, first, eta):
    rungs, epochs = halved(losses, first, eta)
    alive = [np.arange(len(losses)), *rungs]
    return [np.setdiff1d(a, b) for a, b in itertools.pairwise(alive)], epochs


def goes_on_alone(losses, first, eta):
    return halved(losses, first, eta, more=lambda left, goal, T: goal <= T)


# --- k_fold --------------------------------------------------------------------------------------

k_fold = Exercise("k_fold", points=3)


def order_of(rng, n):
    """Return an order that is neither sorted nor its own inverse."""
    while True:
        order = rng.permutation(n)
        if not np.array_equal(order[order], np.arange(n)):
            return order


@k_fold.check(exact=True)
def worked_folds(rng):
    """Gives the two folds of the worked example."""
    yield 5, 2, np.array([4, 2, 0, 1, 3])


@k_fold.check(exact=True)
def equal_folds(rng):
    """Cuts equal folds where k divides n."""
    yield 6, 3, order_of(rng, 6)
    yield 8, 2, order_of(rng, 8)


@k_fold.check(weight=2, exact=True)
def unequal_folds(rng):
    """Gives one sample more to the first folds where k does not divide n."""
    yield 11, 4, order_of(rng, 11)
    yield 8, 3, order_of(rng, 8)
    yield 7, 5, order_of(rng, 7)


@k_fold.check(exact=True)
def one_left_out(rng):
    """Holds out one sample at a time where k = n."""
    yield 5, 5, order_of(rng, 5)


@k_fold.check(weight=2, hidden=True, exact=True)
def any_folds(rng):
    """Is right for any n and k."""
    for n, k in ((13, 5), (9, 3), (10, 4)):
        yield n, k, order_of(rng, n)


k_fold.in_other_dress(unequal_folds, keeps=False)


def pieces(n, k, order):
    ends = np.cumsum([n // k + (fold < n % k) for fold in range(k)])
    return np.split(order, ends[:-1])


def rest(parts, i):
    return np.concatenate([part for j, part in enumerate(parts) if j != i])


def cut_at(order, ends):
    starts = [0, *ends[:-1]]
    return [
        (np.concatenate([order[:a], order[b:]]), order[a:b].copy()) for a, b in zip(starts, ends)
    ]


def last_fold_takes_the_rest(n, k, order):
    return cut_at(order, [n // k * (i + 1) for i in range(k - 1)] + [n])


def last_folds_are_larger(n, k, order):
    return cut_at(order, np.cumsum([n // k + (i >= k - n % k) for i in range(k)]).tolist())


def rest_dropped(n, k, order):
    folds = cut_at(order, [n // k * (i + 1) for i in range(k)])
    return [(train[: n // k * k - len(held)], held) for train, held in folds]


def rest_never_held_out(n, k, order):
    return cut_at(order, [n // k * (i + 1) for i in range(k)])


def size_rounded_up(n, k, order):
    return cut_at(order, [min(-(-n // k) * (i + 1), n) for i in range(k)])


def ends_rounded(n, k, order):
    return cut_at(order, [round(n * (i + 1) / k) for i in range(k)])


def every_kth_sample(n, k, order):
    place = np.arange(n) % k
    return [(order[place != i], order[place == i]) for i in range(k)]


def order_ignored(n, k, order):
    parts = pieces(n, k, np.arange(n))
    return [(rest(parts, i), parts[i]) for i in range(k)]


def places_for_samples(n, k, order):
    inverse = np.argsort(order)
    parts = pieces(n, k, inverse)
    return [(rest(parts, i), parts[i]) for i in range(k)]


def sorted_training(n, k, order):
    parts = pieces(n, k, order)
    return [(np.sort(rest(parts, i)), parts[i]) for i in range(k)]


def both_sorted(n, k, order):
    parts = pieces(n, k, order)
    return [(np.sort(rest(parts, i)), np.sort(parts[i])) for i in range(k)]


def held_out_first(n, k, order):
    parts = pieces(n, k, order)
    return [(parts[i], rest(parts, i)) for i in range(k)]


def trained_on_everything(n, k, order):
    return [(order.copy(), part) for part in pieces(n, k, order)]


def one_sample_in_two_folds(n, k, order):
    parts = cut_at(order, np.cumsum([len(p) for p in pieces(n, k, order)]).tolist())
    ends = np.cumsum([0, *(len(held) for _, held in parts)])
    return [(train, order[a : b + 1]) for (train, _), a, b in zip(parts, ends, ends[1:])]


def only_the_past(n, k, order):
    parts = pieces(n, k, order)
    return [(np.concatenate(parts[:i] or [order[:0]]), parts[i]) for i in range(k)]


def next_fold_only(n, k, order):
    parts = pieces(n, k, order)
    return [(parts[(i + 1) % k], parts[i]) for i in range(k)]


def masks_for_numbers(n, k, order):
    folds = [np.isin(np.arange(n), part) for part in pieces(n, k, order)]
    return [(~held, held) for held in folds]


def only_the_held_out(n, k, order):
    return pieces(n, k, order)


# --- cross_validate ------------------------------------------------------------------------------

cross_validate = Exercise("cross_validate", points=4)


def table(rng, n, d, first=1.0):
    """Return columns of different places and sizes, and targets that depend on them.

    The first column is `first` times as large, in another unit.
    """
    x = normal(rng, n, d) * 3.0 ** np.arange(d) + rng.uniform(-5, 5, d)
    y = x @ rng.uniform(0.5, 1.5, d) + normal(rng, n)
    x[:, 0] *= first
    return x, y


def folds_of(rng, n, k):
    order = order_of(rng, n)
    return cut_at(order, np.cumsum([n // k + (i < n % k) for i in range(k)]).tolist())


def ridge(price):
    return function("ridge_fit", np.array(price))


def error(power=2.0):
    return function("linear_error", np.array(power))


@cross_validate.check(weight=2, rtol=1e-8)
def training_rows_alone(rng):
    """Scales in each fold by its training rows alone, fits there, scores on the held-out rows."""
    x, y = table(rng, 12, 2, 0.02)
    yield x, y, folds_of(rng, 12, 3), ridge(2.0), error()
    x, y = table(rng, 10, 3, 0.02)
    yield x, y, folds_of(rng, 10, 5), ridge(0.5), error(1.0)


@cross_validate.check(rtol=1e-8, notices=("epsilon-in-the-deviation (3)",))
def folds_of_unequal_size(rng):
    """Counts each fold the same, however many samples it has."""
    x, y = table(rng, 11, 2, 0.02)
    order = order_of(rng, 11)
    folds = [(order[5:], order[:5]), (np.roll(order, -5)[2:], order[5:7]), (order[:7], order[7:])]
    yield x, y, folds, ridge(1.0), error()
    x, y = table(rng, 9, 1, 0.02)
    yield x, y, folds_of(rng, 9, 2), ridge(3.0), error()


@cross_validate.check(rtol=1e-8, exact=True)
def constant_columns(rng):
    """Makes a column 0 that is constant in the training rows, in the held-out rows too."""
    x, y = table(rng, 8, 3, 0.02)
    x[:, 1] = 2.0
    x[5, 1] = 7.0
    order = np.array([2, 5, 0, 7, 1, 3, 6, 4])
    folds = cut_at(order, [2, 4, 6, 8])
    yield x, y, folds, ridge(1.0), error()
    yield x, y, folds, function("neighbours_fit"), function("neighbours_error", np.array(1.0))


@cross_validate.check(rtol=1e-8, exact=True)
def constant_but_for_rounding(rng):
    """Makes a column 0 that is constant, even if rounding leaves a trace of a deviation."""
    x, y = table(rng, 8, 3, 0.02)
    traces = [v for v in np.arange(1, 100) / 100 if np.full((6, 3), v).std(axis=0)[1] > 0]
    x[:, 1] = rng.choice(traces)
    x[5, 1] = 7.0
    yield x, y, cut_at(np.array([2, 5, 0, 7, 1, 3, 6, 4]), [2, 4, 6, 8]), ridge(1.0), error()


@cross_validate.check(weight=2, hidden=True, rtol=1e-8)
def any_data(rng):
    """Is right for any data."""
    x, y = table(rng, 14, 3, 0.02)
    yield x, y, folds_of(rng, 14, 4), ridge(5.0), error()
    x, y = table(rng, 7, 2, 0.02)
    yield x, y, folds_of(rng, 7, 7), ridge(0.3), error(1.0)


@cross_validate.check(rtol=1e-8)
def tiny_columns(rng):
    """Standardises a column of tiny numbers as any other, if they differ."""
    x, y = table(rng, 10, 2, 0.02)
    for unit in (1e-7, 1e-13):
        yield x * [unit, 1.0], y, folds_of(rng, 10, 3), ridge(1.0), error()


cross_validate.in_other_dress(training_rows_alone, keeps=False, rtol=1e-3)


def standard(rows, by, ddof=0):
    constant = np.ptp(by, axis=0) == 0
    std = by.std(axis=0, ddof=ddof)
    return np.where(constant, 0, (rows - by.mean(axis=0)) / np.where(constant, 1, std))


def validated(
    x,
    y,
    folds,
    fit,
    score,
    *,
    scale=lambda x, train, held: (standard(x[train], x[train]), standard(x[held], x[train])),
    scored=lambda score, model, a, b, y, train, held: score(model, b, y[held]),
    told=None,
):
    """Cross-validate in other ways."""
    scores = []
    for train, held in folds:
        a, b = scale(x, train, held)
        model = fit(a, y[train])
        scores.append(float(scored(score, model, a, b, y, train, held)))
    if told is not None:
        return told(np.array(scores), folds)
    return float(np.mean(scores)), float(np.std(scores, ddof=1) / np.sqrt(len(scores)))


def scaled_before_the_split(x, y, folds, fit, score):
    z = standard(x, x)
    return validated(x, y, folds, fit, score, scale=lambda x, train, held: (z[train], z[held]))


def held_out_rows_by_their_own(x, y, folds, fit, score):
    def scale(x, train, held):
        return standard(x[train], x[train]), standard(x[held], x[held])

    return validated(x, y, folds, fit, score, scale=scale)


def held_out_rows_not_scaled(x, y, folds, fit, score):
    return validated(
        x,
        y,
        folds,
        fit,
        score,
        scale=lambda x, train, held: (standard(x[train], x[train]), x[held]),
    )


def not_scaled(x, y, folds, fit, score):
    return validated(x, y, folds, fit, score, scale=lambda x, train, held: (x[train], x[held]))


def only_centred(x, y, folds, fit, score):
    def scale(x, train, held):
        mean = x[train].mean(axis=0)
        return x[train] - mean, x[held] - mean

    return validated(x, y, folds, fit, score, scale=scale)


def not_centred(x, y, folds, fit, score):
    def scale(x, train, held):
        std = x[train].std(axis=0)
        return tuple(np.where(std == 0, 0, x[rows] / np.where(std == 0, 1, std))
                     for rows in (train, held))  # fmt: skip

    return validated(x, y, folds, fit, score, scale=scale)


def treated(constant, tiny=0.0):
    """Return the validation that does something else with columns constant in training."""

    def scale(x, train, held):
        mean, std = x[train].mean(axis=0), x[train].std(axis=0)
        same = np.ptp(x[train], axis=0) == 0
        below = np.where(same & (tiny == 0), 1, std + tiny)
        return tuple(
            np.where(same, constant(x[rows], mean, below), (x[rows] - mean) / below)
            for rows in (train, held)
        )

    def validate(x, y, folds, fit, score):
        return validated(x, y, folds, fit, score, scale=scale)

    return validate


def deviation_of_exactly_zero(x, y, folds, fit, score):
    """Take a column for constant if its deviation is 0 to the last digit."""

    def scale(x, train, held):
        mean, std = x[train].mean(axis=0), x[train].std(axis=0)
        safe = np.where(std == 0, 1, std)
        return tuple(np.where(std == 0, 0, (x[rows] - mean) / safe) for rows in (train, held))

    return validated(x, y, folds, fit, score, scale=scale)


constant_only_centred = treated(lambda rows, mean, below: rows - mean)
constant_as_it_was = treated(lambda rows, mean, below: rows)
tiny_denominator = treated(lambda rows, mean, below: (rows - mean) / below, 1e-8)
tinier_denominator = treated(lambda rows, mean, below: (rows - mean) / below, 1e-12)


def scaled_by_one_less(x, y, folds, fit, score):
    def scale(x, train, held):
        return standard(x[train], x[train], 1), standard(x[held], x[train], 1)

    return validated(x, y, folds, fit, score, scale=scale)


def scaled_by_the_range(x, y, folds, fit, score):
    def scale(x, train, held):
        low, span = x[train].min(axis=0), np.ptp(x[train], axis=0)
        safe = np.where(span == 0, 1, span)
        return tuple(np.where(span == 0, 0, (x[rows] - low) / safe) for rows in (train, held))

    return validated(x, y, folds, fit, score, scale=scale)


def nothing_over_nothing(x, y, folds, fit, score):
    def scale(x, train, held):
        with np.errstate(all="ignore"):
            mean, std = x[train].mean(axis=0), x[train].std(axis=0)
            return tuple(np.divide(x[rows] - mean, std) for rows in (train, held))

    return validated(x, y, folds, fit, score, scale=scale)


def scored_on_the_training_rows(x, y, folds, fit, score):
    def scored(score, model, a, b, y, train, held):
        return score(model, a, y[train])

    return validated(x, y, folds, fit, score, scored=scored)


def scored_on_everything(x, y, folds, fit, score):
    def scored(score, model, a, b, y, train, held):
        rows = np.concatenate([train, held])
        return score(model, np.concatenate([a, b]), y[rows])

    return validated(x, y, folds, fit, score, scored=scored)


def parts_exchanged(x, y, folds, fit, score):
    return validated(x, y, [(held, train) for train, held in folds], fit, score)


def fitted_on_everything(x, y, folds, fit, score):
    scores = []
    for train, held in folds:
        rows = np.concatenate([train, held])
        model = fit(standard(x[rows], x[train]), y[rows])
        scores.append(float(score(model, standard(x[held], x[train]), y[held])))
    return float(np.mean(scores)), float(np.std(scores, ddof=1) / np.sqrt(len(scores)))


def standard_deviation(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.mean()), float(s.std(ddof=1))

    return validated(x, y, folds, fit, score, told=told)


def divided_by_k(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.mean()), float(s.std() / np.sqrt(len(s)))

    return validated(x, y, folds, fit, score, told=told)


def root_of_k_forgotten(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.mean()), float(s.std(ddof=1) / len(s))

    return validated(x, y, folds, fit, score, told=told)


def root_of_k_less_one(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.mean()), float(s.std(ddof=1) / np.sqrt(len(s) - 1))

    return validated(x, y, folds, fit, score, told=told)


def variance_of_the_mean(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.mean()), float(s.var(ddof=1) / len(s))

    return validated(x, y, folds, fit, score, told=told)


def root_of_the_samples(x, y, folds, fit, score):
    def told(s, folds):
        n = sum(len(held) for _, held in folds)
        return float(s.mean()), float(s.std(ddof=1) / np.sqrt(n))

    return validated(x, y, folds, fit, score, told=told)


def weighted_by_the_fold(x, y, folds, fit, score):
    def told(s, folds):
        sizes = np.array([len(held) for _, held in folds])
        mean = float(np.sum(s * sizes) / sizes.sum())
        return mean, float(s.std(ddof=1) / np.sqrt(len(s)))

    return validated(x, y, folds, fit, score, told=told)


def best_fold(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.min()), float(s.std(ddof=1) / np.sqrt(len(s)))

    return validated(x, y, folds, fit, score, told=told)


def median_fold(x, y, folds, fit, score):
    def told(s, folds):
        return float(np.median(s)), float(s.std(ddof=1) / np.sqrt(len(s)))

    return validated(x, y, folds, fit, score, told=told)


def sum_of_folds(x, y, folds, fit, score):
    def told(s, folds):
        return float(s.sum()), float(s.std(ddof=1) / np.sqrt(len(s)))

    return validated(x, y, folds, fit, score, told=told)


# --- what_leaked ---------------------------------------------------------------------------------

what_leaked = Exercise("what_leaked", points=3)


def scaled_pair(train, test, way):
    both = np.concatenate([train, test])
    one, two = {"train": (train, train), "together": (both, both), "apart": (train, test)}[way]
    return train, test, standard(train, one), standard(test, two)


def two_parts(rng, n, m, d):
    """Return rows whose columns lie elsewhere in the two parts, far from 0, the first constant."""
    train, test = normal(rng, n, d), normal(rng, m, d) * 1.5 + rng.uniform(0.8, 1.5, d)
    train, test = 3 * train + 30, 3 * test + 30
    train[:, 0] = test[:, 0] = 2.0
    return train, test


WAYS = ("train", "together", "apart")


@what_leaked.check(exact=True)
def worked_leak(rng):
    """Recognises the three ways of the worked example, and the row that is known."""
    train, test = np.array([[0.0], [2.0]]), np.array([[4.0]])
    for way in WAYS:
        yield scaled_pair(train, test, way)
    yield scaled_pair(train, np.array([[2.0], [5.0]]), "train")


@what_leaked.check(weight=2, exact=True)
def whose_statistics(rng):
    """Tells whose statistics were used, also where the first columns say nothing."""
    for way in WAYS:
        yield scaled_pair(*two_parts(rng, 6, 4, 3), way)
    train, test = two_parts(rng, 5, 5, 4)
    test[:, 1] = train[:, 1]
    yield scaled_pair(train, test, "apart")
    train, test = two_parts(rng, 4, 4, 3)
    yield scaled_pair(train, 2 * train.mean(axis=0) - train + np.array([0, 0, 3.0]), "together")


@what_leaked.check(weight=2, exact=True)
def known_rows(rng):
    """Counts the test rows that stand in the training set, in any place and however often."""
    train, test = two_parts(rng, 6, 5, 3)
    test[1], test[3], test[4] = train[4], train[4], train[0]
    train[2], train[5], test[2, 1] = train[4], train[4], train[1, 1]
    for way in WAYS:
        yield scaled_pair(train, test, way)
    train, test = two_parts(rng, 4, 6, 3)
    test[2] = train[2]
    test[0, 1], test[0, 2] = train[0, 1], train[1, 2]
    yield scaled_pair(train, test, "train")


@what_leaked.check(exact=True)
def columns_that_cancel(rng):
    """Looks at each column by itself: two may cancel in the mean over everything."""
    train, test = two_parts(rng, 5, 4, 3)
    train[:, 0], test[:, 0] = 80 - train[:, 1], 80 - test[:, 1]
    for way in WAYS:
        yield scaled_pair(train[:, :2], test[:, :2], way)


@what_leaked.check(exact=True)
def constant_in_training_alone(rng):
    """Listens to a column that is constant in training, where all others say nothing."""
    train, test = two_parts(rng, 5, 5, 3)
    test[:, 1:] = train[::-1, 1:]
    test[:, 0] = 2.0 + np.arange(1, 6)
    for way in WAYS:
        yield scaled_pair(train, test, way)


@what_leaked.check(weight=2, hidden=True, exact=True)
def any_leak(rng):
    """Is right for any rows."""
    for number, way in enumerate(WAYS):
        train, test = two_parts(rng, 7 + number, 5, 2 + number)
        test[:number] = train[-1]
        test[4, 1] = train[3, 1]
        yield scaled_pair(train, test, way)


@what_leaked.check(exact=True)
def nearly_known_rows(rng):
    """Does not take a row for known that differs in a late digit."""
    train, test = two_parts(rng, 5, 5, 3)
    test[1], test[2], test[4] = train[3], train[0], train[2]
    test[2, 1] += 2.0**-20
    test[4, 2] += 2.0**-40
    yield scaled_pair(train, test, "train")


what_leaked.in_other_dress(whose_statistics, keeps=False)


def found_leak(train, test, train_scaled, test_scaled, *, name=None, count=None):
    """Find leaks in other ways."""
    gaps = {}
    for way in WAYS:
        _, _, one, two = scaled_pair(train, test, way)
        gaps[way] = max(np.abs(one - train_scaled).max(), np.abs(two - test_scaled).max())
    right = min(gaps, key=gaps.get)
    same = (test[:, np.newaxis] == train).all(axis=2)
    found = right if name is None else name(right, train, test, train_scaled, test_scaled)
    return found, int(same.any(axis=1).sum() if count is None else count(same, train, test))


def training_mean_is_enough(*given):
    def name(right, *given):
        return "together" if right == "together" else "train"

    return found_leak(*given, name=name)


def test_mean_is_enough(*given):
    def name(right, *given):
        return "apart" if right == "apart" else "train"

    return found_leak(*given, name=name)


def first_column_is_enough(train, test, train_scaled, test_scaled):
    first = (part[:, :1] for part in (train, test, train_scaled, test_scaled))
    return (
        found_leak(*first)[0],
        found_leak(train, test, train_scaled, test_scaled)[1],
    )


def together_and_apart_exchanged(*given):
    other = {"together": "apart", "apart": "together", "train": "train"}
    return found_leak(*given, name=lambda right, *given: other[right])


def train_and_apart_exchanged(*given):
    other = {"train": "apart", "apart": "train", "together": "together"}
    return found_leak(*given, name=lambda right, *given: other[right])


def by_the_overall_mean(*given):
    def name(right, train, test, train_scaled, test_scaled):
        if abs(train_scaled.mean()) > 1e-3:
            return "together"
        return "apart" if abs(test_scaled.mean()) < 1e-3 else "train"

    return found_leak(*given, name=name)


def constant_columns_left_out(train, test, train_scaled, test_scaled):
    varies = np.ptp(train, axis=0) > 0
    parts = [part[:, varies] for part in (train, test, train_scaled, test_scaled)]
    same = (test[:, np.newaxis] == train).all(axis=2)
    for way in ("train", "together"):
        _, _, one, two = scaled_pair(parts[0], parts[1], way)
        if np.allclose(one, parts[2], atol=1e-5) and np.allclose(two, parts[3], atol=1e-5):
            return way, int(same.any(axis=1).sum())
    return "apart", int(same.any(axis=1).sum())


def deviation_alone(*given):
    def name(right, train, test, train_scaled, test_scaled):
        if np.all(np.abs(train_scaled.std(axis=0)[1:] - 1) < 1e-3):
            return "apart" if np.all(np.abs(test_scaled.std(axis=0)[1:] - 1) < 1e-3) else "train"
        return "together"

    return found_leak(*given, name=name)


def training_rows_counted(*given):
    return found_leak(*given, count=lambda same, *given: same.any(axis=0).sum())


def pairs_counted(*given):
    return found_leak(*given, count=lambda same, *given: same.sum())


def kinds_counted(*given):
    def count(same, train, test):
        return len({tuple(row) for row in test[same.any(axis=1)].tolist()})

    return found_leak(*given, count=count)


def same_place_only(*given):
    def count(same, train, test):
        n = min(len(train), len(test))
        return (train[:n] == test[:n]).all(axis=1).sum()

    return found_leak(*given, count=count)


def one_number_is_enough(*given):
    def count(same, train, test):
        return (test[:, np.newaxis] == train).any(axis=2).any(axis=1).sum()

    return found_leak(*given, count=count)


def each_number_somewhere(*given):
    def count(same, train, test):
        columns = (test[:, np.newaxis] == train).any(axis=1)
        return columns.all(axis=1).sum()

    return found_leak(*given, count=count)


def compared_after_scaling(train, test, train_scaled, test_scaled):
    name = found_leak(train, test, train_scaled, test_scaled)[0]
    gaps = np.abs(test_scaled[:, np.newaxis] - train_scaled).max(axis=2)
    return name, int((gaps < 1e-6).any(axis=1).sum())


def only_whether(*given):
    return found_leak(*given, count=lambda same, *given: same.any())


def rows_that_are_new(*given):
    return found_leak(*given, count=lambda same, *given: (~same.any(axis=1)).sum())


# --- diagnose ------------------------------------------------------------------------------------

diagnose = Exercise("diagnose", points=2)


@diagnose.check(exact=True)
def worked_cases(rng):
    """Gives the five verdicts of the worked example."""
    yield from ((1.0, 11.0), (15.0, 16.0), (15.0, 30.0), (0.5, 1.0))
    yield 15.0, 16.0, 15.0


@diagnose.check(weight=2)
def above_what_is_possible(rng):
    """Measures the bias from the Bayes error, the variance from the training error."""
    for train, dev, bayes in ((9.0, 10.0, 8.5), (12.0, 20.0, 11.0), (10.0, 11.0, 4.0)):
        more = rng.uniform(0, 0.4, 3)
        yield train + more[0], dev + more[1] + 0.4, bayes + more[2] / 2
    yield 20.0 + rng.uniform(0, 1), 40.0, 10.0 + rng.uniform(0, 1)


@diagnose.check(exact=True)
def exactly_at_the_tolerance(rng):
    """Calls a gap high only if it is more than the tolerance."""
    yield 2.0, 9.0
    yield 5.0, 7.0
    yield 4.0, 6.0, 2.0
    yield 3.0, 8.0, 1.0, 1.5
    yield 6.0, 7.0, 0.0, 7.0


@diagnose.check(exact=True)
def negative_gaps(rng):
    """Never takes a negative gap for a high one."""
    yield 1.0, 9.0, 8.0
    yield 15.0, 6.0
    yield 1.0, 2.0, 6.0


@diagnose.check(weight=2, hidden=True)
def any_errors(rng):
    """Is right for any errors."""
    for bias, variance in itertools.product((0.5, 6.0), (0.5, 9.0)):
        bayes, more = rng.uniform(0, 10), rng.uniform(0, 0.5, 2)
        train = bayes + bias + more[0]
        yield train, train + variance + more[1], bayes, rng.uniform(2, 4)


def verdict_of(bias, variance, tolerance, high=lambda gap, limit: gap > limit):
    names = {
        (False, False): ("neither", "nothing"),
        (False, True): ("high variance", "more data"),
        (True, False): ("high bias", "larger model"),
        (True, True): ("both", "larger model"),
    }
    return bias, variance, *names[bool(high(bias, tolerance)), bool(high(variance, tolerance))]


def gap_of_sizes(train, dev, bayes=0.0, tolerance=2.0):
    return verdict_of(abs(train - bayes), abs(dev - train), tolerance)


def sizes_decide(train, dev, bayes=0.0, tolerance=2.0):
    return verdict_of(train - bayes, dev - train, tolerance, lambda gap, limit: abs(gap) > limit)


def relative_to_the_error(train, dev, bayes=0.0, tolerance=2.0):
    def high(gap, limit):
        return gap > limit / 100 * max(train, 1e-9)

    return verdict_of(train - bayes, dev - train, tolerance, high)


def tolerance_shared(train, dev, bayes=0.0, tolerance=2.0):
    bias, variance = train - bayes, dev - train
    if bias + variance <= tolerance:
        return bias, variance, "neither", "nothing"
    return verdict_of(bias, variance, tolerance)


def larger_one_only(train, dev, bayes=0.0, tolerance=2.0):
    bias, variance = train - bayes, dev - train
    found = verdict_of(bias, variance, tolerance)
    if found[2] == "both":
        name = ("high bias", "larger model") if bias > variance else ("high variance", "more data")
        return bias, variance, *name
    return found


def negative_is_nothing(train, dev, bayes=0.0, tolerance=2.0):
    return verdict_of(max(train - bayes, 0.0), max(dev - train, 0.0), tolerance)


# --- learning_curve ------------------------------------------------------------------------------

learning_curve = Exercise("learning_curve", points=4)


def orders_of(rng, r, n):
    return np.array([order_of(rng, n) for _ in range(r)])


def halves(rng, n, m, d):
    x, y = table(rng, n + m, d)
    return x[:n], y[:n], x[n:], y[n:]


@learning_curve.check(rtol=1e-8)
def one_order(rng):
    """Fits to the first samples of an order, and scores on them and on the whole dev set."""
    yield *halves(rng, 6, 4, 2), [2, 4], orders_of(rng, 1, 6), ridge(1.0), error()
    yield *halves(rng, 5, 7, 1), [1, 5], orders_of(rng, 1, 5), ridge(0.5), error(1.0)


@learning_curve.check(weight=2, rtol=1e-8)
def several_orders(rng):
    """Averages over the orders, for every size."""
    yield *halves(rng, 8, 5, 2), [3, 5, 8], orders_of(rng, 3, 8), ridge(1.0), error()
    yield *halves(rng, 7, 3, 2), [6, 2], orders_of(rng, 4, 7), ridge(2.0), error()


@learning_curve.check(weight=2, hidden=True, rtol=1e-8)
def any_curve(rng):
    """Is right for any data."""
    yield *halves(rng, 10, 6, 3), [2, 4, 7, 10], orders_of(rng, 2, 10), ridge(0.7), error()
    yield *halves(rng, 6, 9, 1), [3], orders_of(rng, 5, 6), ridge(1.5), error(1.0)


learning_curve.in_other_dress(several_orders, keeps=False, rtol=1e-3)


def grown(
    x,
    y,
    x_dev,
    y_dev,
    sizes,
    orders,
    fit,
    score,
    *,
    part=lambda order, size, sizes: order[:size],
    seen=None,
    unseen=None,
    mean=lambda s: s.mean(axis=2),
    scale=None,
):
    """Draw learning curves in other ways."""
    scores = np.zeros((2, len(sizes), len(orders)))
    for i, size in enumerate(sizes):
        for j, order in enumerate(orders):
            rows = part(order, size, sizes)
            a, b = (x[rows], x_dev) if scale is None else scale(x[rows], x_dev)
            model = fit(a, y[rows])
            on = (a, y[rows]) if seen is None else seen(x, y, order, size)
            off = (b, y_dev) if unseen is None else unseen(x, y, x_dev, y_dev, order, size)
            scores[:, i, j] = score(model, *on), score(model, *off)
    train, dev = mean(scores)
    return train, dev


def training_score_on_everything(*given):
    return grown(*given, seen=lambda x, y, order, size: (x, y))


def dev_set_cut_too(*given):
    def unseen(x, y, x_dev, y_dev, order, size):
        return x_dev[:size], y_dev[:size]

    return grown(*given, unseen=unseen)


def rest_of_training_as_dev(*given):
    def unseen(x, y, x_dev, y_dev, order, size):
        rows = order[size:] if size < len(order) else order
        return x[rows], y[rows]

    return grown(*given, unseen=unseen)


def orders_ignored(*given):
    return grown(*given, part=lambda order, size, sizes: np.arange(size))


def last_samples(*given):
    return grown(*given, part=lambda order, size, sizes: order[len(order) - size :])


def only_what_was_added(*given):
    def part(order, size, sizes):
        smaller = [s for s in sizes if s < size]
        return order[max(smaller, default=0) : size]

    return grown(*given, part=part)


def added_since_the_last(*given):
    """Take what came in since the size before it in the list; a smaller one begins anew."""

    def part(order, size, sizes):
        begin = ([0, *sizes])[sizes.index(size)]
        return order[begin:size] if size > begin else order[:size]

    return grown(*given, part=part)


def between_two_sizes(*given):
    def part(order, size, sizes):
        begin = ([0, *sizes])[sizes.index(size)]
        return order[min(begin, size) : max(begin, size)]

    return grown(*given, part=part)


def ranks_for_order(*given):
    return grown(*given, part=lambda order, size, sizes: np.argsort(order)[:size])


def always_everything(*given):
    return grown(*given, part=lambda order, size, sizes: order)


def one_order_is_enough(*given):
    return grown(*given, mean=lambda s: s[:, :, 0])


def last_order_counts(*given):
    return grown(*given, mean=lambda s: s[:, :, -1])


def summed_over_orders(*given):
    return grown(*given, mean=lambda s: s.sum(axis=2))


def best_order(*given):
    return grown(*given, mean=lambda s: s.min(axis=2))


def best_by(curve, pick):
    """Return the curves of one order for each size, chosen by its score on one of the sets."""

    def mean(s):
        order = pick(s[curve], axis=1)
        return s[:, np.arange(s.shape[1]), order]

    return lambda *given: grown(*given, mean=mean)


best_order_by_the_training_score = best_by(0, np.argmin)
best_order_by_the_dev_score = best_by(1, np.argmin)
largest_dev_score = best_by(1, np.argmax)


def largest_score(*given):
    return grown(*given, mean=lambda s: s.max(axis=2))


def median_order(*given):
    return grown(*given, mean=lambda s: np.median(s, axis=2))


def curves_exchanged(*given):
    return grown(*given)[::-1]


def sizes_sorted(*given):
    given = list(given)
    given[4] = sorted(given[4])
    return grown(*given)


def scaled_first(*given):
    def scale(a, b):
        return standard(a, a), standard(b, a)

    return grown(*given, scale=scale)


def gap_for_dev(*given):
    train, dev = grown(*given)
    return train, dev - train


def fitted_to_the_dev_set(x, y, x_dev, y_dev, sizes, orders, fit, score):
    scores = np.zeros((2, len(sizes), len(orders)))
    for i, size in enumerate(sizes):
        for j, order in enumerate(orders):
            rows = order[:size]
            scores[0, i, j] = score(fit(x[rows], y[rows]), x[rows], y[rows])
            scores[1, i, j] = score(fit(x_dev, y_dev), x_dev, y_dev)
    return scores[0].mean(axis=1), scores[1].mean(axis=1)


# --- accuracy_interval ---------------------------------------------------------------------------

accuracy_interval = Exercise("accuracy_interval", points=2)


def answers(rng, right, n, classes=10):
    """Return predictions of which so many are right, and labels."""
    labels = rng.integers(0, classes, n)
    wrong = rng.permutation(n)[right:]
    predicted = labels.copy()
    predicted[wrong] = (labels[wrong] + rng.integers(1, classes, len(wrong))) % classes
    return predicted, labels


@accuracy_interval.check()
def worked_interval(rng):
    """Gives 0.9694 with the standard error 0.0091, 0.9515 to 0.9872, in the worked example."""
    yield answers(rng, 348, 359)


@accuracy_interval.check(weight=2)
def inside(rng):
    """Is right in the middle of the range, for few samples and many, and for another z."""
    yield answers(rng, 30, 50)
    yield answers(rng, 120, 400, 4)
    yield *answers(rng, 12, 20), 1.0
    yield *answers(rng, 70, 90), 2.576


@accuracy_interval.check()
def at_the_ends(rng):
    """Cuts the interval at 0 and 1, and has no width where all are right or all wrong."""
    yield answers(rng, 19, 20)
    yield answers(rng, 1, 12)
    yield answers(rng, 9, 9)
    yield answers(rng, 0, 7)


@accuracy_interval.check(weight=2, hidden=True)
def any_answers(rng):
    """Is right for any answers."""
    yield answers(rng, 61, 80)
    yield *answers(rng, 14, 15), 2.5
    yield answers(rng, 1, 1)


accuracy_interval.in_other_dress(inside, keeps=False)


def interval(predicted, labels, z, *, p=None, error=None, ends=None):
    """State accuracy, error and ends in other ways."""
    n = len(labels)
    share = float(np.mean(predicted == labels)) if p is None else p
    spread = math.sqrt(share * (1 - share) / n) if error is None else error(share, n)
    low, high = (share - z * spread, share + z * spread) if ends is None else ends(share, n, spread)
    return share, spread, max(low, 0.0), min(high, 1.0)


def wilson(predicted, labels, z=1.96):
    def ends(p, n, spread):
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return middle - half, middle + half

    return interval(predicted, labels, z, ends=ends)


def plus_four(predicted, labels, z=1.96):
    def ends(p, n, spread):
        total = n + z * z
        middle = (p * n + z * z / 2) / total
        half = z * math.sqrt(middle * (1 - middle) / total)
        return middle - half, middle + half

    return interval(predicted, labels, z, ends=ends)


def one_sample_less(predicted, labels, z=1.96):
    return interval(predicted, labels, z, error=lambda p, n: math.sqrt(p * (1 - p) / max(n - 1, 1)))


def worst_case(predicted, labels, z=1.96):
    return interval(predicted, labels, z, error=lambda p, n: math.sqrt(0.25 / n))


def not_by_n(predicted, labels, z=1.96):
    return interval(predicted, labels, z, error=lambda p, n: math.sqrt(p * (1 - p)))


def n_outside_the_root(predicted, labels, z=1.96):
    return interval(predicted, labels, z, error=lambda p, n: math.sqrt(p * (1 - p)) / n)


def variance_for_error(predicted, labels, z=1.96):
    return interval(predicted, labels, z, error=lambda p, n: p * (1 - p) / n)


def poisson(predicted, labels, z=1.96):
    return interval(predicted, labels, z, error=lambda p, n: math.sqrt(p / n))


def error_with_z(predicted, labels, z=1.96):
    p, spread, low, high = interval(predicted, labels, z)
    return p, z * spread, low, high


def half_on_each_side(predicted, labels, z=1.96):
    def ends(p, n, spread):
        return p - z * spread / 2, p + z * spread / 2

    return interval(predicted, labels, z, ends=ends)


def fixed_z(predicted, labels, z=1.96):
    def ends(p, n, spread):
        return p - 1.96 * spread, p + 1.96 * spread

    return interval(predicted, labels, z, ends=ends)


def z_forgotten(predicted, labels, z=1.96):
    return interval(predicted, labels, z, ends=lambda p, n, spread: (p - spread, p + spread))


def not_cut(predicted, labels, z=1.96):
    p, spread = interval(predicted, labels, z)[:2]
    return p, spread, p - z * spread, p + z * spread


def cut_above_only(predicted, labels, z=1.96):
    p, spread, _, high = interval(predicted, labels, z)
    return p, spread, p - z * spread, high


def error_rate(predicted, labels, z=1.96):
    return interval(predicted, labels, z, p=float(np.mean(predicted != labels)))


def in_percent(predicted, labels, z=1.96):
    return tuple(100 * value for value in interval(predicted, labels, z))


def count_for_share(predicted, labels, z=1.96):
    _, spread, low, high = interval(predicted, labels, z)
    return float(np.sum(predicted == labels)), spread, low, high


def spread_of_the_labels(predicted, labels, z=1.96):
    return interval(
        predicted, labels, z, error=lambda p, n: float(np.std(predicted - labels)) / math.sqrt(n)
    )


def moved_inside(predicted, labels, z=1.96):
    p, spread, *_ = interval(predicted, labels, z)
    low, high = p - z * spread, p + z * spread
    low, high = (low - max(high - 1, 0), min(high, 1.0)) if high > 1 else (low, high)
    low, high = (0.0, high - low) if low < 0 else (low, high)
    return p, spread, low, high


# --- honest_report -------------------------------------------------------------------------------


def two_standard_errors(predicted, labels, z=2.0):
    p = float(np.mean(predicted == labels))
    error = math.sqrt(p * (1 - p) / len(labels))
    return p, error, max(p - z * error, 0.0), min(p + z * error, 1.0)


honest_report = Exercise("honest_report", points=3)


def errors(rng, c, s):
    """Return validation and test errors of c > 8 settings: each wrong way chooses another one."""
    validation = rng.uniform(8, 9, (c, s))
    test = validation + rng.uniform(0.5, 1.5, (c, s))
    best, lucky, flattered, first, steady, typical, quiet, bounded, both = rng.permutation(c)[:9]
    validation[best] = rng.permutation(np.linspace(4.2, 5.9, s)) + rng.uniform(0, 0.02)
    test[best] = 7 + rng.uniform(0, 1, s)
    validation[lucky, s - 1] = 1.5 + rng.uniform(0, 0.5)
    test[flattered] = 2.5 + rng.uniform(0, 0.7, s)
    validation[first] = 8.5
    validation[first, 0] = 3.0
    validation[steady] = 5.4 + rng.uniform(0, 0.005, s)
    validation[typical] = 4.6 + rng.uniform(0, 0.02, s)
    validation[typical, s // 2] = 9.0
    validation[quiet] = 8.7
    validation[bounded] = rng.permutation(np.linspace(5.0, 5.38, s))
    validation[both] = 6.5 + rng.uniform(-0.1, 0.1, s)
    test[both] = 3.8 + rng.uniform(0, 0.2, s)
    return validation, test


@honest_report.check()
def worked_report(rng):
    """Chooses setting 1 and reports 3.5, with an optimism of 1.5, in the worked example."""
    validation = np.array([[1.0, 5.0], [2.0, 2.0], [3.0, 4.0]])
    yield validation, np.array([[4.0, 6.0], [3.0, 4.0], [2.0, 3.0]])


@honest_report.check(weight=2)
def chosen_and_reported(rng):
    """Chooses by the mean validation error, and reports the test error of what was chosen."""
    yield errors(rng, 10, 4)
    yield errors(rng, 9, 3)
    validation, test = errors(rng, 9, 5)
    yield validation, validation - 1 - rng.uniform(0, 0.5, test.shape)


@honest_report.check(exact=True)
def equal_settings(rng):
    """Takes the first of equal ones."""
    yield (
        np.array([[4.0, 4.0], [2.0, 3.0], [3.0, 2.0]]),
        np.array([[5.0, 6.0], [4.0, 3.0], [1.0, 2.0]]),
    )
    yield np.array([[2.5], [1.5], [1.5]]), np.array([[2.0], [4.0], [3.0]])
    close = 2.0 + np.array([[2.0**-32], [0.0], [2.0**-45]])
    yield close, np.array([[2.0], [4.0], [3.0]])
    yield 2.0 + np.array([[2.0**-45], [0.0]]), np.array([[2.0], [4.0]])


@honest_report.check(weight=2)
def diverged_settings(rng):
    """Never chooses a setting of which a start diverged."""
    for place in (0, 2):
        validation, test = errors(rng, 9, 3)
        sick = int(np.argmax(validation.mean(axis=1)))
        validation[sick] = test[sick] = 0.5
        validation[sick, place] = test[sick, place] = np.nan
        yield validation, test
    validation, test = errors(rng, 9, 2)
    validation = np.concatenate([np.full((1, 2), np.nan), validation])
    yield validation, np.concatenate([np.full((1, 2), np.nan), test])


@honest_report.check(weight=2, hidden=True)
def any_search(rng):
    """Is right for any search."""
    validation, test = errors(rng, 11, 5)
    worst = int(np.argmax(validation.mean(axis=1)))
    validation[worst, 1] = test[worst, 1] = np.nan
    yield validation, test
    yield errors(rng, 9, 2)


honest_report.in_other_dress(chosen_and_reported, keeps=False)


def reported(validation, test, *, judged=None, estimate=None, optimism=None, last=False):
    """Choose and report in other ways."""
    means = validation.mean(axis=1) if judged is None else judged(validation, test)
    means = np.where(np.isnan(means), np.inf, means)
    chosen = len(means) - 1 - int(np.argmin(means[::-1])) if last else int(np.argmin(means))
    shown = float(test[chosen].mean()) if estimate is None else estimate(chosen)
    won = float(shown - validation[chosen].mean()) if optimism is None else optimism(chosen, shown)
    return chosen, float(shown), float(won)


def chosen_on_the_test_set(validation, test):
    return reported(validation, test, judged=lambda v, t: t.mean(axis=1))


def chosen_by_both(validation, test):
    return reported(validation, test, judged=lambda v, t: v.mean(axis=1) + t.mean(axis=1))


def luckiest_start(validation, test):
    return reported(validation, test, judged=lambda v, t: np.min(v, axis=1))


def luckiest_start_that_ended(validation, test):
    return reported(validation, test, judged=lambda v, t: np.fmin.reduce(v, axis=1))


def luckiest_start_as_a_run(validation, test):
    v = np.where(np.isnan(validation), np.inf, validation)
    chosen, start = np.unravel_index(int(np.argmin(v)), v.shape)
    estimate = float(test[chosen, start])
    return int(chosen), estimate, estimate - float(v[chosen, start])


def first_start_only(validation, test):
    return reported(validation, test, judged=lambda v, t: v[:, 0])


def first_start_unless_one_diverged(validation, test):
    return reported(validation, test, judged=lambda v, t: v[:, 0] + 0 * v.sum(axis=1))


def median_start(validation, test):
    return reported(validation, test, judged=lambda v, t: np.median(v, axis=1))


def worst_start(validation, test):
    return reported(validation, test, judged=lambda v, t: v.max(axis=1))


def steadiest(validation, test):
    return reported(validation, test, judged=lambda v, t: v.std(axis=1))


def mean_and_deviation(validation, test):
    return reported(validation, test, judged=lambda v, t: v.mean(axis=1) + 2 * v.std(axis=1))


def largest_mean(validation, test):
    return reported(validation, test, judged=lambda v, t: -v.mean(axis=1))


def validation_reported(validation, test):
    chosen = reported(validation, test)[0]
    mean = float(validation[chosen].mean())
    return chosen, mean, float(test[chosen].mean()) - mean


def best_test_start(validation, test):
    return reported(validation, test, estimate=lambda c: test[c].min())


def test_of_the_best_start(validation, test):
    return reported(validation, test, estimate=lambda c: test[c, int(np.argmin(validation[c]))])


def smallest_test_error(validation, test):
    means = np.nan_to_num(test.mean(axis=1), nan=np.inf)
    return reported(validation, test, estimate=lambda c: means.min())


def mean_of_all_settings(validation, test):
    return reported(validation, test, estimate=lambda c: np.nanmean(test))


def middle_of_both(validation, test):
    return reported(
        validation, test, estimate=lambda c: (test[c].mean() + validation[c].mean()) / 2
    )


def optimism_turned_round(validation, test):
    chosen, estimate, optimism = reported(validation, test)
    return chosen, estimate, -optimism


def optimism_as_a_ratio(validation, test):
    return reported(validation, test, optimism=lambda c, shown: shown / validation[c].mean())


def optimism_never_negative(validation, test):
    chosen, estimate, optimism = reported(validation, test)
    return chosen, estimate, abs(optimism)


def optimism_from_the_best_start(validation, test):
    return reported(validation, test, optimism=lambda c, shown: shown - validation[c].min())


def diverged_starts_skipped(validation, test):
    healthy = (row[~np.isnan(row)] for row in validation)
    means = np.array([row.mean() if row.size else np.inf for row in healthy])
    chosen = int(np.argmin(means))
    estimate = float(np.nanmean(test[chosen]))
    return chosen, estimate, estimate - float(means[chosen])


def diverged_starts_skipped_until_none_is_left(validation, test):
    healthy = (row[~np.isnan(row)] for row in validation)
    means = np.array([row.mean() if row.size else np.nan for row in healthy])
    chosen = int(np.argmin(means))
    rest = test[chosen][~np.isnan(test[chosen])]
    estimate = float(rest.mean()) if rest.size else np.nan
    return chosen, estimate, estimate - float(means[chosen])


def diverged_is_smallest(validation, test):
    means = validation.mean(axis=1)
    chosen = int(np.argmin(means))
    estimate = float(test[chosen].mean())
    return chosen, estimate, estimate - float(means[chosen])


def diverged_counts_as_zero(validation, test):
    v, t = np.nan_to_num(validation), np.nan_to_num(test)
    return reported(v, t)


def last_of_the_equal(validation, test):
    return reported(validation, test, last=True)


# --- questions -----------------------------------------------------------------------------------

why_not_the_grid = Question(
    "why_not_the_grid",
    points=3,
    guide="""
    Full answer, a point for each. Counts: a full grid over six names has 64 = 2^6 settings with
    two values each, so it sees two values of each that matters and four combinations of the two,
    sixteen times each; random search sees 64 values of each and 64 combinations of the two. When
    a grid: few (one or two) parameters, all known to matter; values that are not numbers (kinds
    of activation); results that are to be read as a table, or to be repeated exactly;
    low-discrepancy draws as a middle way are a bonus. Halving: it judges by early losses, and a
    setting with a long warm-up looks bad early though it may end best; so do small rates, strong
    regularizers and large nets; remedy: first rung longer than the warm-up, several brackets
    (Hyperband), or express the schedule relative to the budget, which then means that rungs
    cannot simply train on. Half: says that random is better without counting.
    """,
)

three_numbers = Question(
    "three_numbers",
    points=3,
    guide="""
    Full answer, a point for each. Neither is an estimate: 98.9 % is the maximum of 300 noisy
    numbers (with a standard error of about half a point each, the luckiest of many equal settings
    lies one to one and a half points above its true value), and the test set chose when to stop,
    which makes it a second validation set; expect less than 98.6 % on new data, by less than the
    first gap since one choice among some dozen epochs flatters less than one among 300 settings.
    Chance: the standard error at 98.6 % of 500 is 0.53 points, of a difference of two nets 0.74
    if they were judged on different samples (on the same ones less: the errors coincide), so two
    nets may be 1.5 points apart by chance. Better: stop by validation too, keep the test set for
    one look at the end; or cross-validate on 800 and test on 200; several starts; report the
    interval. Half: says overfitting to the validation set without saying in which direction, or
    without a number.
    """,
)

is_it_better = Question(
    "is_it_better",
    points=3,
    guide="""
    Full answer, a point for each. Better: yes, the five test errors of the chosen setting (about
    2 to 3 %) all lie far below the five of the first guess (about 8 %), several times the spread
    of the starts; the interval of one net (about 1 to 4 or 5 %) is about other test digits
    instead of other starts, and does not reach the first guess either; between the best settings
    of the three rounds, however, neither tells a difference. Validation: usually too good by some
    tenths of a point (optimism in the table), since it chose; cross-validation of the chosen
    setting uses the same 1,438 digits from which that setting was chosen, four fifths of each
    fold's training rows and the old validation set among its folds, so it is a little flattered
    too, but its scatter is told. Again: a box changed because of the test error makes the test
    set a validation set; the new test error would be flattered as well, and only new data could
    say by how much. Half: one of the three with its reason.
    """,
)
