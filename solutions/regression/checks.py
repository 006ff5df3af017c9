"""How linear and logistic regression are judged."""

import numpy as np

from autograder.spec import Case, Exercise, Question

LINE = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
TARGETS = np.array([1.0, 2.0, 2.0])


def table(rng, n, d):
    """Rows whose first column is the ones; the others are of different size."""
    x = rng.normal(size=(n, d)) * np.linspace(0.5, 1.5, d) + 0.3
    x[:, 0] = 1
    return x


def problem(rng, n, d):
    """Return x, y and a theta that is far from the best one."""
    return table(rng, n, d), rng.normal(size=n) + 1.5, rng.normal(size=d) - 1.0


def whole(rng, n, d):
    """Return x, y and theta of small whole numbers: every sum of products is exact."""
    x = rng.integers(-4, 5, size=(n, d)).astype(float)
    x[:, 0] = 1
    return x, rng.integers(3, 9, size=n).astype(float), rng.integers(-3, 4, size=d).astype(float)


def apart(array):
    """Return an array of the same values that do not lie side by side in memory."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def single(*arrays):
    return tuple(np.asarray(array, dtype=np.float32) for array in arrays)


# --- mse ------------------------------------------------------------------------------------------

error = Exercise("mse", points=2)


@error.check(weight=2)
def squares_are_averaged(rng):
    """Averages the squared misses: 2.5 for the predictions 1 and 3 of the targets 2 and 5."""
    yield np.array([1.0, 3.0]), np.array([2.0, 5.0])
    yield rng.normal(size=7), rng.normal(size=7) + 1.0


@error.check()
def root_of_the_mean(rng):
    """With root=True returns the root of the mean."""
    yield Case(np.array([1.0, 3.0]), np.array([2.0, 5.0]), root=True)
    yield Case(rng.normal(size=6), rng.normal(size=6) + 2.0, root=True)


@error.check()
def columns(rng):
    """Takes a column of shape (N, 1) for either array, or for both."""
    yield rng.normal(size=5), rng.normal(size=(5, 1)) + 1.0
    yield rng.normal(size=(4, 1)), rng.normal(size=4) + 1.0
    yield Case(rng.normal(size=(3, 1)), rng.normal(size=(3, 1)) + 1.0, root=True)


error.in_other_dress(squares_are_averaged, keeps=False)


@error.check(hidden=True)
def one_and_many(rng):
    """Works for one sample and for many, with and without the root."""
    yield rng.normal(size=1), rng.normal(size=1) + 3.0
    yield Case(rng.normal(size=1) - 3.0, rng.normal(size=(1, 1)) + 3.0, root=True)
    yield Case(rng.normal(size=300), rng.normal(size=(300, 1)) + 1.0, root=True)


# --- mse_gradient ---------------------------------------------------------------------------------

slope = Exercise("mse_gradient", points=3)


@slope.check()
def by_hand(rng):
    """Gives the chapter's number, and that of the same data with each sample twice."""
    yield LINE, TARGETS, np.zeros(2)
    yield np.repeat(LINE, 2, axis=0), np.repeat(TARGETS, 2), np.zeros(2)


@slope.check(weight=2)
def anywhere(rng):
    """Averages each miss times its inputs, twice, wherever theta is."""
    yield problem(rng, 9, 4)
    yield problem(rng, 4, 6)
    yield problem(rng, 5, 1)
    yield problem(rng, 1, 3)


@slope.check(exact=True, notices=("targets-left-out",))
def zero_at_a_perfect_fit(rng):
    """Is zero where every prediction is right."""
    x, _, theta = whole(rng, 6, 3)
    yield x, x @ theta, theta


slope.in_other_dress(anywhere)


@slope.check(hidden=True)
def one_and_many(rng):
    """Works for one sample, one column and many samples."""
    yield problem(rng, 1, 3)
    yield problem(rng, 5, 1)
    yield problem(rng, 120, 2)


# --- gradient_descent -----------------------------------------------------------------------------

descent = Exercise("gradient_descent", points=3, needs=("mse_gradient",))


@descent.check()
def begins_at_the_start(rng):
    """The path begins at the start: with 0 steps it is nothing else, with 1 step two points."""
    yield *problem(rng, 5, 3), 0.1, 0
    yield LINE, TARGETS, np.zeros(2), 0.1, 1


@descent.check(weight=2, notices=("steps-cut",))
def follows_the_gradient(rng):
    """Each point is the one before it minus the rate times the gradient there."""
    yield *problem(rng, 8, 3), 0.05, 5
    yield Case(*problem(rng, 5, 2), lr=0.2, steps=3)


@descent.check(observe="at", rtol=1e-8, notices=("steps-cut",))
def comes_to_rest(rng):
    """Comes near the best line, (5/3, 1/2) for the example with inputs -1, 0 and 1."""
    yield np.array([-1]), LINE - [0.0, 2.0], TARGETS, rng.normal(size=2), 0.7, 12


@descent.check()
def at_any_rate(rng):
    """Follows a rate that runs away as well, and a gradient that is next to nothing."""
    yield *problem(rng, 6, 4), 0.9, 4
    x, y, theta = problem(rng, 6, 3)
    yield x, 1e-9 * y, 1e-9 * theta, 0.05, 3


@descent.check(dtype=True)
def in_the_dtype_of_theta(rng):
    """Returns the path in the dtype of theta, whatever the data have."""
    x, y, theta = problem(rng, 6, 3)
    yield x, y, *single(theta), 0.05, 2


descent.in_other_dress(follows_the_gradient, notices=("steps-cut",))


@descent.check(hidden=True)
def any_rate(rng):
    """Follows any rate, also one that runs away, with one sample or many."""
    yield *problem(rng, 6, 4), 0.9, 4
    yield *problem(rng, 1, 2), 0.02, 6
    yield *problem(rng, 50, 3), 0.01, 2


# --- max_stable_rate ------------------------------------------------------------------------------

border = Exercise("max_stable_rate", points=3)
BARELY = ("power-method-from-ones", "power-method-from-ones (2)")


@border.check(weight=2, rtol=1e-7, notices=BARELY)
def border_of_the_example(rng):
    """Gives the border of the example, 0.1803, and of other tables."""
    yield LINE
    yield table(rng, 9, 3)


@border.check(rtol=1e-7, notices=BARELY)
def inputs_ten_times_as_large(rng):
    """Ten times larger inputs allow a hundredth of the rate; each sample twice, the same."""
    x = table(rng, 6, 3)
    yield 10 * x
    yield np.concatenate([x, x])
    yield 1e-8 * x


@border.check(rtol=1e-7, notices=BARELY)
def fewer_samples_than_columns(rng):
    """Works with fewer samples than columns, with one sample and with one column."""
    yield table(rng, 3, 5)
    yield table(rng, 1, 4)
    yield rng.normal(size=(6, 1)) + 2.0


@border.check(rtol=1e-7)
def whichever_is_steepest(rng):
    """Finds the steepest direction wherever it lies, and if another is nearly as steep."""
    yield np.array([[3.0, -3.0], [1.0, 1.0]])
    yield np.diag([1.0, 3.0])
    yield turned(rng, 6, [1.0, 0.99, 0.5])


@border.check(exact=True)
def nothing_moves(rng):
    """Is infinite where all of x is 0."""
    yield np.zeros((4, 2))


border.in_other_dress(border_of_the_example, keeps=False, rtol=1e-4, notices=BARELY)


@border.check(hidden=True, rtol=1e-7, notices=BARELY)
def any_table(rng):
    """Works for any table."""
    yield 0.01 * table(rng, 30, 4)
    yield 5 * table(rng, 4, 9)
    yield table(rng, 2, 2)


# --- diagnose_gradient ----------------------------------------------------------------------------

diagnose = Exercise("diagnose_gradient", points=3, needs=("mse_gradient",))


def told_apart(rng, n, d, silent=(), quiet=()):
    """Return numbers of which every mistake makes another gradient, bit by bit.

    n is a power of two above 4; the columns `silent` of x are 0, and the columns `quiet` so small
    that their entries of the gradient are next to nothing. The others are whole.
    """
    while True:
        x, y, theta = whole(rng, n, d)
        x[:, list(silent)] = 0
        x[:, list(quiet)] /= 4096
        theta[list(quiet)] *= 4096
        gradients = list(sent(x, y, theta).values())
        sizes = np.abs(np.delete(gradients[0], list(silent)))
        different = len(np.unique(gradients, axis=0)) == len(gradients)
        if (
            different
            and len(np.unique(sizes)) == sizes.size
            and by_no_accident(x, y, theta, silent)
        ):
            return x, y, theta


def by_no_accident(x, y, theta, silent):
    """Whether no quotient is 0/0, no sum next to nothing, no projection or sign a mistake's."""
    known = sent(x, y, theta)
    right, others = known["right"], known["no targets"]
    heard = np.delete([right, others], list(silent), axis=1)
    sums = np.array([known[name].sum() for name in LISTED])
    sizes = np.array([np.abs(known[name]).max() for name in LISTED])
    share = others @ right / (right @ right)
    gaps = [np.abs(known[name] - others).max() for name in LISTED[:4]]
    return (
        heard.all()
        and np.all(gaps > np.maximum(sizes[:4], sizes[4]) / 20)
        and not np.array_equal(np.sign(others), -np.sign(right))
        and np.all(np.abs(sums) > sizes / 10)
        and len(np.unique(sums)) == len(sums)
        and share not in (1, len(y), 0.5, -1)
    )


def sent(x, y, theta):
    """Return what the five mistakes give, and some that are in no list."""
    miss, n = x @ theta - y, len(y)
    right = 2 * x.T @ miss / n
    one_off, lopsided, sideways, crooked = right.copy(), right.copy(), right.copy(), -right
    one_off[-1] *= -1
    crooked[-1] *= 3
    lopsided[-2:] *= [1.5, 0.5]
    sideways[:2] += [right[1], -right[0]]
    return {
        "right": right,
        "sum": 2 * x.T @ miss,
        "half": x.T @ miss / n,
        "uphill": -right,
        "no targets": 2 * x.T @ (x @ theta) / n,
        "backwards": right[::-1].copy(),
        "one sign": one_off,
        "half of the sum": x.T @ miss,
        "twice": 2 * right,
        "lopsided": lopsided,
        "sideways": sideways,
        "crooked": crooked,
    }


LISTED = ("right", "sum", "half", "uphill", "no targets")


@diagnose.check(weight=2, exact=True)
def the_five_answers(rng):
    """Tells the five apart."""
    x, y, theta = told_apart(rng, 8, 3)
    for name in LISTED:
        yield x, y, theta, sent(x, y, theta)[name]


@diagnose.check(exact=True)
def in_no_list(rng):
    """Says "unknown" to other mistakes: swapped entries, one wrong sign, other factors."""
    x, y, theta = told_apart(rng, 8, 3)
    for name, gradient in sent(x, y, theta).items():
        if name not in LISTED:
            yield x, y, theta, gradient


@diagnose.check(exact=True)
def zeros_in_the_gradient(rng):
    """Is not confused by entries that are 0, in front or in the middle."""
    for column, names in ((0, (*LISTED, "sideways")), (2, ("sum", "no targets", "crooked"))):
        x, y, theta = told_apart(rng, 8, 4, [column])
        for name in names:
            yield x, y, theta, sent(x, y, theta)[name]


@diagnose.check(exact=True)
def rounded_numbers(rng):
    """Forgives rounding: numbers that are off by less than a ten-millionth of the largest."""
    x, y, theta = told_apart(rng, 8, 3, quiet=[0])
    for name in ("right", "sum", "no targets"):
        gradient = sent(x, y, theta)[name]
        yield x, y, theta, gradient + 5e-8 * np.max(np.abs(gradient)) * np.array([1, -1, 1])
    x, y, theta = told_apart(rng, 8, 3, [1])
    gradient = sent(x, y, theta)["half"]
    yield x, y, theta, gradient + 5e-8 * np.max(np.abs(gradient)) * np.array([0, 1, 0])
    for unit in (1e-3, 1e3):  # far below any absolute tolerance, and far above
        gradient = sent(x, unit * y, unit * theta)["sum"]
        yield x, unit * y, unit * theta, gradient * (1 + 3e-8)


@diagnose.check(exact=True, notices=("one-entry-suffices",))
def a_millionth(rng):
    """Measures by a mistake's own largest entry: half a millionth is forgiven, no 30 millionths."""
    x, y, theta = told_apart(rng, 8, 3)
    known = sent(x, y, theta)
    yield x, y, theta, known["sum"] * (1 + 5e-7)
    for name in LISTED:
        yield x, y, theta, known[name] * (1 + 3e-5)
    x, y, theta = told_apart(rng, 256, 3)
    yield x, y, theta, sent(x, y, theta)["right"] * 256 / 255


@diagnose.check(
    exact=True,
    notices=(
        "entry-by-entry-quotients (2)",
        "sums-compared",
        "zeros-skipped",
        "tolerance-of-the-true-gradient",
        "floor-of-allclose",
        "too-long-is-the-sum",
    ),
)
def the_farthest_entry(rng):
    """Measures the entry furthest off: two millionths are too much, 0.8 everywhere are not."""
    x, y, theta = told_apart(rng, 8, 3)
    known = sent(x, y, theta)
    for name in ("right", "half"):
        millionth = 1e-6 * np.max(np.abs(known[name]))
        yield x, y, theta, known[name] + millionth * np.array([0.0, 0.0, 2.0])
        yield x, y, theta, known[name] + millionth * np.array([0.0, -2.0, 0.0])
        yield x, y, theta, known[name] + millionth * np.array([4.0, 0.0, 0.0])
        yield x, y, theta, known[name] + millionth * np.array([0.8, -0.8, 0.8])


@diagnose.check(exact=True)
def tiny_numbers(rng):
    """Tells them apart as well where all numbers are tiny."""
    x, y, theta = told_apart(rng, 8, 3)
    for name, gradient in sent(x, y, theta).items():
        if name in (*LISTED, "twice"):
            yield x, y / 2**40, theta / 2**40, gradient / 2**40


diagnose.in_other_dress(the_five_answers, keeps=False)


@diagnose.check(hidden=True, exact=True)
def any_sender(rng):
    """Names every sender on other data, zeros and rounding included."""
    x, y, theta = told_apart(rng, 16, 4, [1])
    for gradient in sent(x, y, theta).values():
        yield x, y, theta, gradient * (1 + 3e-8)
    x, y, theta = told_apart(rng, 8, 2)
    for gradient in sent(x, y, theta).values():
        yield x, y, theta, gradient


# --- normal_equation ------------------------------------------------------------------------------

normal = Exercise("normal_equation", points=3, forbid=("np.linalg.lstsq", "np.linalg.pinv"))


def turned(rng, n, sigma):
    """Return a table with these singular values."""
    return turned_and_heard(rng, n, sigma)[0]


def turned_and_heard(rng, n, sigma):
    """Return a table with these singular values, and targets in which each direction has a say."""
    d = len(sigma)
    u = np.linalg.qr(rng.normal(size=(n, d)))[0]
    v = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return u @ np.diag(sigma) @ v, u @ (rng.choice([-1.0, 1.0], d) * rng.uniform(1, 2, d))


@normal.check(weight=2, rtol=1e-6)
def best_line(rng):
    """Finds the best theta where there is one."""
    yield LINE, TARGETS
    x, y, _ = problem(rng, 9, 3)
    yield x, y
    yield 2e-4 * x, y


@normal.check(weight=2, rtol=1e-6)
def shortest_of_many(rng):
    """Of many best thetas returns the shortest: dependent columns, more columns than rows."""
    yield np.array([[0.5, 0.5], [1.5, 1.5]]), np.array([1.0, 3.0])
    x = table(rng, 7, 3)
    yield np.column_stack([x, 2 * x[:, 1]]), rng.normal(size=7)
    a, b = rng.choice([-4.0, -2.0, 2.0, 4.0], size=2)
    yield np.array([[a, 0.0, a], [0.0, b, b]]), np.array([3.0, -1.0])
    yield turned_and_heard(rng, 6, [1.0, 0.01, 0.0])


@normal.check(rtol=1e-5)
def where_zero_begins(rng):
    """A singular value of x counts as zero up to rcond times the largest, and not above."""
    for size in (1.0, 1e4, 1e-4):
        x, y = turned_and_heard(rng, 6, [1.0, 0.5, 1e-3, 1e-9])
        yield Case(size * x, y, rcond=1e-5)
    yield turned_and_heard(rng, 5, [1.0, 1e-4, 1e-8])


@normal.check(rtol=1e-5)
def another_border(rng):
    """With rcond = 0.01 a thousandth of the largest singular value counts as zero."""
    yield Case(*turned_and_heard(rng, 5, [1.0, 0.5, 1e-3]), rcond=0.01)


@normal.check(exact=True)
def nothing_to_learn_from(rng):
    """Is zero where all of x is 0."""
    yield np.zeros((4, 3)), rng.normal(size=4)


normal.in_other_dress(best_line, rtol=1e-3)


@normal.check(hidden=True, rtol=1e-6)
def any_rank(rng):
    """Works for every rank and shape."""
    x = rng.normal(size=(8, 2)) @ rng.normal(size=(2, 5))
    yield x, rng.normal(size=8)
    x = rng.normal(size=(4, 3)) @ rng.normal(size=(3, 6))
    yield x, rng.normal(size=4)
    yield turned_and_heard(rng, 7, [3.0, 1.0, 0.01, 0.0])
    yield problem(rng, 1, 3)[:2]
    yield problem(rng, 40, 4)[:2]


# --- ridge ----------------------------------------------------------------------------------------

priced = Exercise("ridge", points=3)


@priced.check(weight=2, rtol=1e-8)
def least_price(rng):
    """Finds the theta of the lowest price: (1, 1/3) for the example and lambda = 1."""
    yield LINE, TARGETS, 1.0
    yield Case(*problem(rng, 9, 4)[:2], strength=2.5)


@priced.check(rtol=1e-8)
def free_intercept(rng):
    """Targets raised by 50 raise the intercept by 50, and change nothing else."""
    x, y, _ = problem(rng, 8, 3)
    yield x, y + 50.0, 3.0


@priced.check(rtol=1e-8, notices=("intercept-pays-a-little",))
def whatever_the_rank(rng):
    """Has one answer with more columns than rows, two equal ones, and nothing but the ones."""
    yield *problem(rng, 3, 5)[:2], 0.7
    x, y, _ = problem(rng, 6, 3)
    yield np.column_stack([x, x[:, 2]]), y, 0.5
    yield *problem(rng, 5, 1)[:2], 4.0


priced.in_other_dress(least_price, rtol=1e-3)


@priced.check(hidden=True, rtol=1e-8)
def any_strength(rng):
    """Works for small and large prices, and with nothing but an intercept."""
    yield *problem(rng, 10, 4)[:2], 0.1
    yield *problem(rng, 10, 3)[:2], 100.0
    yield *problem(rng, 5, 1)[:2], 4.0


# --- sgd_epoch ------------------------------------------------------------------------------------

epoch = Exercise("sgd_epoch", points=3, needs=("mse_gradient",))


@epoch.check(weight=2)
def one_at_a_time(rng):
    """Steps after each sample, in the given order."""
    yield LINE, TARGETS, np.zeros(2), 0.1, np.array([2, 0, 1])
    yield *problem(rng, 6, 3), 0.05, np.array([3, 0, 5, 1, 4, 2])


@epoch.check()
def in_batches(rng):
    """Steps after each batch, by the mean over its samples."""
    yield Case(*problem(rng, 8, 3), lr=0.1, order=np.array([3, 0, 5, 1, 7, 4, 2, 6]), size=4)


@epoch.check(weight=2)
def short_batch_is_kept(rng):
    """Keeps a last batch that is short, by the mean over what it holds, even if it is alone."""
    yield Case(LINE, TARGETS, np.zeros(2), 0.1, np.array([2, 0, 1]), size=2)
    yield Case(*problem(rng, 7, 3), 0.1, np.array([6, 2, 0, 5, 1, 4, 3]), size=3)
    yield Case(*problem(rng, 4, 2), 0.1, np.array([3, 1, 2, 0]), size=10)


@epoch.check()
def not_every_sample(rng):
    """Uses the samples that are in the order, and those that are there twice twice."""
    yield Case(*problem(rng, 8, 3), 0.05, np.array([7, 2, 2, 5, 0]))
    yield Case(*problem(rng, 8, 3), 0.1, np.array([1, 6, 6, 3, 1]), size=3)
    yield Case(*problem(rng, 3, 2), 0.1, np.array([2, 0, 1, 1, 0, 0, 2]), size=5)


@epoch.check(dtype=True)
def in_the_dtype_of_theta(rng):
    """Returns the parameters in the dtype of theta, whatever the data have."""
    x, y, theta = problem(rng, 4, 3)
    yield *single(x, y), theta, 0.05, np.array([2, 0, 3])


epoch.in_other_dress(one_at_a_time)


@epoch.check(hidden=True)
def any_epoch(rng):
    """Works for every size of batches, orders, and a single sample."""
    yield Case(*problem(rng, 11, 3), 0.1, rng.permutation(11), size=4)
    yield Case(*problem(rng, 5, 2), 0.05, np.array([4, 4, 0]), size=2)
    yield Case(*problem(rng, 1, 2), 0.2, np.array([0]))


# --- logistic_loss --------------------------------------------------------------------------------

logistic = Exercise("logistic_loss", points=4)


def labelled(rng, n, d):
    """Return x, labels of both kinds, and theta."""
    x, _, theta = problem(rng, n, d)
    labels = np.arange(n) % 3 == 1
    return x, rng.permutation(labels).astype(float), theta


@logistic.check(observe="item", weight=2, exact=True)
def mean_surprise(rng):
    """The loss is the mean surprise: ln 2 for all samples at theta = 0."""
    yield 0, LINE, np.array([0.0, 0.0, 1.0]), np.zeros(2)
    yield 0, *labelled(rng, 7, 3)
    yield 0, *single(*labelled(rng, 5, 2))


@logistic.check(observe="item", weight=2, exact=True)
def gradient_of_the_mean(rng):
    """The gradient is that of this loss: (1/6, 0) for the example."""
    yield 1, np.repeat(LINE, 2, axis=0), np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0]), np.ones(2)
    yield 1, *labelled(rng, 8, 3)


@logistic.check(exact=True)
def a_thousand(rng):
    """Is right at logits of 1000 and -1000, whichever label is true."""
    x = np.column_stack([np.ones(4), [1000.0, 1000.0, -1000.0, -1000.0]])
    yield x, np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0])
    yield x[1:2], np.zeros(1), np.array([0.0, 1.0])
    yield x[:1], np.ones(1), np.array([0.0, 1.0])


logistic.in_other_dress(gradient_of_the_mean)


@logistic.check(hidden=True, exact=True)
def any_labels(rng):
    """Works for one sample, for one class, for many samples and at large logits."""
    yield labelled(rng, 1, 2)
    x, _, theta = problem(rng, 5, 3)
    yield x, np.ones(5), theta
    yield labelled(rng, 60, 4)
    x, y, _ = labelled(rng, 6, 2)
    x[:2, 1] = 3.0, -3.0
    yield x, y, np.array([0.0, 400.0])


# --- softmax_gradient -----------------------------------------------------------------------------

softmax = Exercise("softmax_gradient", points=4)


def classes(rng, n, d, k):
    """Return x, labels (the last class among them, the first twice as often), and theta."""
    x, _, _ = problem(rng, n, d)
    labels = rng.permutation(np.minimum(np.arange(n) % (k + 1), k - 1))
    return x, labels, rng.normal(size=(k, d)) + 0.2


@softmax.check()
def guessing(rng):
    """At theta = 0 every class has the same chance."""
    yield np.array([[1.0, 2.0]]), np.array([2]), np.zeros((3, 2))
    x, labels, theta = classes(rng, 6, 3, 4)
    yield x, labels, 0 * theta


@softmax.check(weight=2)
def pull_of_each_class(rng):
    """Each row is the gradient of the mean loss by the parameters of that class."""
    yield classes(rng, 9, 3, 4)
    yield classes(rng, 8, 4, 2)


@softmax.check(exact=True)
def a_thousand(rng):
    """Is right at logits of 1000 and -1000."""
    x = np.array([[1.0, 1000.0], [1.0, -1000.0], [1.0, 0.5]])
    theta = np.array([[0.0, 1.0], [0.0, -1.0], [0.0, 0.0]])
    yield x, np.array([0, 0, 2]), theta
    yield x[:1], np.array([1]), theta
    yield x[:2], np.array([1, 0]), np.array([[0.0, 1.0], [0.0, 0.999], [0.0, -1.0]])


@softmax.check()
def a_class_that_does_not_occur(rng):
    """Has a row for a class that does not occur, and works for one sample."""
    x, labels, theta = classes(rng, 6, 3, 3)
    yield x, labels, np.concatenate([theta, rng.normal(size=(2, 3))])
    yield classes(rng, 1, 2, 3)


softmax.in_other_dress(pull_of_each_class)


@softmax.check(hidden=True)
def any_classes(rng):
    """Works for any number of samples and classes, and at large logits."""
    yield classes(rng, 40, 5, 6)
    x, labels, theta = classes(rng, 5, 3, 3)
    x[:2, 1] = 1000.0, -1000.0
    theta[:, 1] = rng.permutation([1.0, 0.999, -1.0])
    yield x, labels, theta
    yield classes(rng, 3, 2, 7)


# --- cartesian_to_polar ---------------------------------------------------------------------------

polar = Exercise("cartesian_to_polar", points=2)


def around(rng, n):
    """Return n points in each quadrant, none near an axis or a diagonal."""
    turn = rng.uniform(0.15, 0.6, size=(4, n)) + np.pi / 2 * np.arange(4)[:, None]
    radius = rng.uniform(1.2, 3.0, size=(4, n))
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1).reshape(-1, 2)


@polar.check(weight=2)
def every_quadrant(rng):
    """Gives distance and angle in all four quadrants."""
    yield around(rng, 2)
    yield np.array([[-1.0, 1.0]])


@polar.check(exact=True)
def on_the_axes(rng):
    """Gives the right angles on the axes, pi on the left one, and 0 at the origin."""
    yield np.array([[2.0, 0.0], [0.0, 0.5], [-3.0, 0.0], [0.0, -1.5]])
    yield np.array([[1.0, 2.0], [0.0, 0.0], [-2.0, -1.0]])


@polar.check(exact=True)
def next_to_the_origin(rng):
    """Gives the angle of a point that is not the origin, however near it lies."""
    yield np.array([[-3e-7, 4e-7], [0.0, 0.0], [0.0, -1e-7]])
    yield np.array([[3e-12, 4e-12], [-1e-12, 0.0]])


polar.in_other_dress(every_quadrant)


@polar.check(hidden=True, exact=True)
def near_and_far(rng):
    """Works near the origin, far away, on the axes, and for a single point."""
    yield 1e-6 * around(rng, 1)
    yield np.concatenate([1e6 * around(rng, 1), [[-4.0, 0.0], [0.0, 0.0], [0.0, -2.0]]])
    yield around(rng, 1)[2:3]


# --- design_matrix --------------------------------------------------------------------------------

design = Exercise("design_matrix", points=4)


def measured(rng, n, d, shift=0.0):
    """Return rows whose columns have different means and sizes, the first a small one."""
    rows = (rng.normal(size=(n, d)) + shift) * np.linspace(0.5, 3.0, d) + np.linspace(2.0, -1.0, d)
    rows[:, 0] /= 1000
    return rows


@design.check(weight=2)
def standard(rng):
    """Standardises every column by the training rows, ones in front; this is the default."""
    yield np.array([[2.0], [4.0], [6.0]]), np.array([[8.0]])
    yield measured(rng, 7, 3), measured(rng, 4, 3, shift=1.0)


@design.check(weight=2)
def min_max(rng):
    """With "min-max" takes training columns to [0, 1], and the other rows as far as they go."""
    yield Case(np.array([[2.0], [4.0], [6.0]]), np.array([[8.0]]), scaling="min-max")
    yield Case(measured(rng, 6, 3), measured(rng, 5, 3, shift=2.0), scaling="min-max")


@design.check(exact=True, notices=("new-rows-clipped",))
def constant_columns(rng):
    """A column that is constant in the training rows becomes 0, whatever the other rows hold."""
    for scaling in ("standard", "min-max"):
        train, other = measured(rng, 4, 3), measured(rng, 3, 3)
        train[:, 1] = 4.0
        other[:, 1] = [4.0, 9.0, -2.0]
        yield train, other, scaling
        train, other = measured(rng, 3, 2), measured(rng, 3, 2)
        train[:, 0] = 0.1  # its computed deviation is not quite 0
        yield train, other, scaling
    yield measured(rng, 1, 2), measured(rng, 3, 2)


@design.check(exact=True)
def tiny_columns(rng):
    """A column of tiny numbers that differ is scaled as any other."""
    for scaling in ("standard", "min-max"):
        yield 1e-9 * measured(rng, 5, 2), 1e-9 * measured(rng, 3, 2), scaling
        yield 1e-13 * measured(rng, 5, 2), 1e-13 * measured(rng, 3, 2), scaling


@design.check(dtype=True, notices=("epsilon", "epsilon-in-the-scale"))
def in_the_dtype_of_train(rng):
    """Returns both in the dtype of the training rows, whatever the other rows have."""
    train, other = measured(rng, 5, 2), measured(rng, 3, 2)
    yield *single(train), other
    yield train, *single(other)


@design.check()
def a_single_row(rng):
    """The other rows may be a single one, or as many as the training rows."""
    for scaling in ("standard", "min-max"):
        yield measured(rng, 6, 2), measured(rng, 1, 2, shift=0.5), scaling
        yield measured(rng, 4, 2), measured(rng, 4, 2, shift=0.5), scaling


design.in_other_dress(standard)


@design.check(hidden=True, exact=True)
def any_rows(rng):
    """Works for many rows, for two, and for columns that do not vary."""
    train, other = measured(rng, 40, 4), measured(rng, 9, 4, shift=-1.0)
    train[:, 3] = -2.0
    for scaling in ("standard", "min-max"):
        yield train, other, scaling
        yield measured(rng, 2, 3), measured(rng, 2, 3), scaling


# --- train_val_test_split -------------------------------------------------------------------------

split = Exercise("train_val_test_split", points=2)


@split.check(weight=2, exact=True)
def sizes_and_places(rng):
    """Training first, then validation, then the test; the fractions are of the whole."""
    yield 20, (0.1, 0.25), rng.permutation(20)
    yield 10, (0.3, 0.2), np.array([3, 1, 4, 0, 5, 9, 2, 6, 8, 7])


@split.check(exact=True)
def sizes_are_rounded(rng):
    """Rounds to the nearest whole number, up and down: 0.29 of 100 is 29."""
    yield 100, (0.29, 0.2), rng.permutation(100)
    yield 10, (0.26, 0.36), rng.permutation(10)
    yield 10, (0.24, 0.34), rng.permutation(10)


@split.check(exact=True)
def nothing_for_one(rng):
    """Leaves out validation or the test where its fraction is 0, or training if nothing is left."""
    yield 8, (0.0, 0.25), rng.permutation(8)
    yield 8, (0.5, 0.0), rng.permutation(8)
    yield 6, (0.0, 0.0), rng.permutation(6)
    yield 8, (0.5, 0.5), rng.permutation(8)


@split.check(exact=True)
def any_order(rng):
    """Takes the indices as they come, in any memory layout."""
    yield 9, (0.3, 0.2), apart(np.arange(9)[::-1])
    yield 12, (0.25, 0.25), np.arange(12)


@split.check(hidden=True, exact=True, notices=("cuts-cut-off",))
def any_sizes(rng):
    """Works for every number of samples and all fractions."""
    for n in (7, 31, 60):
        count = rng.integers(1, n // 3, size=2)
        above, below = rng.uniform(0.1, 0.35, size=2)
        yield n, (float((count[0] + above) / n), float((count[1] - below) / n)), rng.permutation(n)
    yield 200, (0.29, 0.145), rng.permutation(200)


# --- confusion_and_auc ----------------------------------------------------------------------------

judge = Exercise("confusion_and_auc", points=4)


def scored(rng, n):
    """Return labels and scores in eighths, of which several are equal across the classes.

    Of either class one has the score 0.375, and one the highest.
    """
    labels = rng.permutation(np.arange(n) % 3 == 0).astype(np.int64)
    scores = rng.integers(0, 6, size=n) / 8 + labels / 8
    for label in (0, 1):
        scores[np.flatnonzero(labels == label)[:2]] = 0.375, 0.875
    return labels, scores


@judge.check(observe="item", weight=2, exact=True)
def four_counts(rng):
    """Counts truths by row and verdicts by column, at the threshold given."""
    yield 0, np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8]), 0.4
    yield 0, np.array([1, 0, 0, 1, 0, 0, 1]), np.array([0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6]), 0.45


@judge.check(observe="item", exact=True)
def at_the_threshold(rng):
    """A score at the threshold is called positive; without a threshold that is 0.5."""
    yield 0, np.array([0, 1, 0, 1, 1]), np.array([0.5, 0.5, 0.25, 0.75, 0.25])
    yield Case(0, np.array([1, 0, 0, 1]), np.array([-1.0, -2.0, 3.0, -2.0]), threshold=-2.0)
    close = 0.5 + np.array([-1.0, 0.0, 1.0, -1.0]) * 2.0**-40
    yield 0, np.array([0, 1, 0, 1]), close, 0.5


@judge.check(observe="item", weight=2, exact=True)
def share_of_pairs(rng):
    """The AUC is the share of pairs that are the right way round: 0.875 for the example."""
    yield 1, np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8])
    yield 1, np.array([1, 0, 1, 0, 0]), np.array([3.0, -1.0, 0.5, 2.0, -4.0])
    yield 1, np.array([1, 0]), np.array([0.25, 0.75])


@judge.check(observe="item", exact=True)
def far_apart_and_close(rng):
    """Sees the order of scores that lie close together, however far away another is."""
    yield 1, np.array([1, 0, 0, 1, 0]), np.array([0.5, 0.25, 0.125, 0.375, 2.0**30])
    yield 1, np.array([1, 0, 0, 1]), np.array([0.5 + 2.0**-45, 0.5, 0.25, 0.125])
    yield 1, np.array([0, 1, 0, 1, 0]), np.array([0.25, 0.5, -(2.0**30), 0.375, 0.125])


@judge.check(observe="item", exact=True)
def ties_count_half(rng):
    """Ties count half, wherever they stand in the list; all equal is a guess, 0.5."""
    # in ascending order, which no way of sorting changes: ranks of equal scores are those of places
    yield 1, np.array([0, 1, 1, 0, 0]), np.array([0.25, 0.25, 0.5, 0.5, 0.5])
    yield 1, np.array([1, 0, 0, 1, 1]), np.array([0.25, 0.25, 0.5, 0.5, 0.5])
    yield 1, np.array([0, 1, 0, 1, 1]), np.full(5, 0.75)


@judge.check(exact=True)
def a_class_without_samples(rng):
    """Counts on where a class has no sample, but its AUC is NaN."""
    yield np.ones(3, dtype=np.int64), np.array([0.25, 0.5, 1.0])
    yield np.zeros(2, dtype=np.int64), np.array([0.25, 0.75])


RANKED_OTHERWISE = (
    "positives-first-by-verdict",
    "ties-by-place",
    "ties-by-place (2)",
    "negatives-ahead",
    "auc-of-verdicts",
    "accuracy-for-auc",
    "never-below-a-half",
    "average-precision",
)


@judge.check(exact=True, notices=RANKED_OTHERWISE)
def other_dress(rng):
    """Takes float32 and any memory layout."""
    labels, scores = scored(rng, 9)
    ascending = np.argsort(scores, kind="stable")
    labels, scores = labels[ascending], scores[ascending]
    yield labels, np.asarray(scores, dtype=np.float32), 0.375
    yield apart(1 - labels), apart(scores), 0.875


@judge.check(hidden=True, exact=True, notices=RANKED_OTHERWISE)
def any_scores(rng):
    """Works for many samples, with ties, at any threshold."""
    yield *scored(rng, 30), 0.375
    yield *scored(rng, 12), 2.0
    labels, scores = scored(rng, 20)
    yield 1 - labels, 100 * scores - 50, -12.5


# --- wrong functions, for beliefs that no edit of the solution holds ------------------------------


def _parameter_after_parameter(x, y, theta, lr, steps):
    path, theta = [theta.copy()], theta.copy()
    for _ in range(steps):
        for j in range(len(theta)):
            theta[j] -= lr * 2 * x[:, j] @ (x @ theta - y) / len(y)
        path.append(theta.copy())
    return np.array(path)


def _fastest_rate(x):
    curvatures = np.linalg.eigvalsh(2 * x.T @ x / len(x))
    with np.errstate(divide="ignore"):
        return float(2 / (curvatures[-1] + curvatures[0]))


def _power_method(steps, quotient=False):
    """Return the border by so many multiplications of a vector of ones with the Hessian."""

    def border_by_ones(x):
        hessian, v = 2 * x.T @ x / len(x), np.ones(x.shape[1])
        for _ in range(steps):
            v = hessian @ v
            if not v.any():
                return np.inf
            v = v / np.linalg.norm(v)
        if not hessian.any():
            return np.inf
        return float(2 / (v @ hessian @ v if quotient else np.linalg.norm(hessian @ v)))

    return border_by_ones


_ten_multiplications = _power_method(10)
_ten_and_a_quotient = _power_method(10, quotient=True)
_hundred_multiplications = _power_method(100)


def _nearest_mistake(x, y, theta, found):
    known = sent(x, y, theta)
    return min(LISTED, key=lambda name: np.linalg.norm(found - known[name]))


def _mean_ratio(x, y, theta, found):
    known = sent(x, y, theta)
    for name in LISTED:
        if abs(np.mean(found / known[name]) - 1) <= 1e-6:
            return name
    return "unknown"


def _inverse(x, y, rcond=1e-6):
    return np.linalg.inv(x.T @ x) @ x.T @ y


def _solved(x, y, rcond=1e-6):
    return np.linalg.solve(x.T @ x, x.T @ y)


def _cut_on_squares(x, y, rcond=1e-6):
    return np.linalg.pinv(x.T @ x, rcond=rcond) @ x.T @ y


def _little_on_the_diagonal(x, y, rcond=1e-6):
    return np.linalg.solve(x.T @ x + 1e-8 * np.eye(x.shape[1], dtype=x.dtype), x.T @ y)


def _rcond_on_the_diagonal(x, y, rcond=1e-6):
    return np.linalg.solve(x.T @ x + rcond * np.eye(x.shape[1], dtype=x.dtype), x.T @ y)


def _basic_solution(x, y, rcond=1e-6):
    kept = []
    for j in range(x.shape[1]):
        if np.linalg.matrix_rank(x[:, [*kept, j]], rtol=rcond) > len(kept):
            kept.append(j)
    theta = np.zeros(x.shape[1], x.dtype)
    theta[kept] = np.linalg.lstsq(x[:, kept], y, rcond=rcond)[0]
    return theta


def _least_squares_shrunk(x, y, strength):
    theta = np.linalg.lstsq(x, y, rcond=1e-6)[0]
    return np.append(theta[:1], theta[1:] / (1 + strength))


def _targets_centred(x, y, strength):
    rows, mean = x[:, 1:], np.mean(y)
    gram = rows.T @ rows + strength * np.eye(rows.shape[1], dtype=x.dtype)
    return np.append(mean, np.linalg.solve(gram, rows.T @ (y - mean))).astype(x.dtype)


def _columns_scaled_first(x, y, strength):
    spread = np.where(x.std(axis=0) > 0, x.std(axis=0), 1).astype(x.dtype)
    mean = np.where(x.std(axis=0) > 0, x.mean(axis=0), 0).astype(x.dtype)
    z = (x - mean) / spread
    price = strength * np.eye(x.shape[1], dtype=x.dtype)
    price[0, 0] = 0
    return np.linalg.solve(z.T @ z + price, z.T @ y)


def _covariance_for_the_hessian(x):
    rows = x - x.mean(axis=0)
    steepest = 2 * np.linalg.norm(rows, 2) ** 2 / max(len(x) - 1, 1)
    return float(2 / steepest) if steepest > 0 else np.inf


def _condition_number(x):
    curvatures = np.linalg.eigvalsh(2 * x.T @ x / len(x))
    kept = curvatures[curvatures > 1e-9 * curvatures[-1]]
    return float(kept[-1] / kept[0]) if kept.size else np.inf


def _named(quotient, x, y, theta, found):
    """Return the mistake with this factor; without the targets it is none of the factors."""
    factors = {"right": 1, "sum": len(y), "half": 0.5, "uphill": -1}
    for name, factor in factors.items():
        if np.allclose(quotient, factor, rtol=1e-6):
            return name
    alike = np.allclose(found, sent(x, y, theta)["no targets"], rtol=1e-6)
    return "no targets" if alike else "unknown"


def _quotients_by_the_right_one(x, y, theta, found):
    with np.errstate(divide="ignore", invalid="ignore"):
        return _named(found / sent(x, y, theta)["right"], x, y, theta, found)


def _quotients_by_allclose(x, y, theta, found):
    known = sent(x, y, theta)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, blind = found / known["right"], found / known["no targets"]
    for name, factor in (("right", 1), ("sum", len(y)), ("half", 0.5), ("uphill", -1)):
        if np.allclose(ratio, factor):
            return name
    return "no targets" if np.allclose(blind, 1) else "unknown"


def _quotient_of_the_first(x, y, theta, found):
    with np.errstate(divide="ignore", invalid="ignore"):
        return _named((found / sent(x, y, theta)["right"])[0], x, y, theta, found)


def _along_the_gradient(x, y, theta, found):
    right = sent(x, y, theta)["right"]
    return _named(found @ right / (right @ right), x, y, theta, found)


def _zeros_skipped(x, y, theta, found):
    right = sent(x, y, theta)["right"]
    some = right != 0
    return _named(found[some] / right[some], x, y, theta, found)


def _zeros_masked(x, y, theta, found):
    known = sent(x, y, theta)
    some = known["right"] != 0
    for name in LISTED:
        value = known[name][some]
        if np.max(np.abs(found[some] - value)) <= 1e-6 * np.max(np.abs(value)):
            return name
    return "unknown"


def _by_the_true_one(x, y, theta, found):
    known = sent(x, y, theta)
    for name in LISTED:
        if np.max(np.abs(found - known[name])) <= 1e-6 * np.max(np.abs(known["right"])):
            return name
    return "unknown"


def _listed(x, y, theta, found, names=LISTED):
    known = sent(x, y, theta)
    for name in names:
        if np.max(np.abs(found - known[name])) <= 1e-6 * np.max(np.abs(known[name])):
            return name
    return "unknown"


def _too_long_or_too_short(x, y, theta, found):
    right = sent(x, y, theta)["right"]
    factor = found @ right / (right @ right)
    if np.max(np.abs(found - factor * right)) > 1e-6 * abs(factor) * np.max(np.abs(right)):
        return _listed(x, y, theta, found)
    if abs(factor - 1) > 1e-6 and factor > 0:
        return "sum" if factor > 1 else "half"
    return _listed(x, y, theta, found)


def _all_signs_turned(x, y, theta, found):
    name = _listed(x, y, theta, found, ("right",))
    if name == "right":
        return name
    right = sent(x, y, theta)["right"]
    turned_round = np.array_equal(np.sign(found), -np.sign(right))
    return "uphill" if turned_round else _listed(x, y, theta, found)


def _nearest(x, y, theta, found, distance):
    known = sent(x, y, theta)
    return min(LISTED, key=lambda name: distance(found - known[name], known[name]))


def _nearest_by_the_largest(x, y, theta, found):
    return _nearest(x, y, theta, found, lambda off, value: np.max(np.abs(off)))


def _nearest_by_the_sum(x, y, theta, found):
    return _nearest(x, y, theta, found, lambda off, value: np.sum(np.abs(off)))


def _nearest_in_proportion(x, y, theta, found):
    return _nearest(
        x, y, theta, found, lambda off, value: np.linalg.norm(off) / np.linalg.norm(value)
    )


def _directions_compared(x, y, theta, found):
    known = sent(x, y, theta)
    for name in LISTED:
        cosine = found @ known[name] / np.linalg.norm(found) / np.linalg.norm(known[name])
        if cosine >= 1 - 1e-6:
            return name
    return "unknown"


def _sign_of_the_product(x, y, theta, found):
    known = sent(x, y, theta)
    for name in ("right", "sum", "half", "no targets"):
        if np.max(np.abs(found - known[name])) <= 1e-6 * np.max(np.abs(known[name])):
            return name
    return "uphill" if found @ known["right"] < 0 else "unknown"


def _two_formulas(x, y, rcond=1e-6):
    if len(x) < x.shape[1]:
        return x.T @ np.linalg.inv(x @ x.T) @ y
    return np.linalg.inv(x.T @ x) @ x.T @ y


def _zeros_where_singular(x, y, rcond=1e-6):
    if np.linalg.matrix_rank(x, rtol=rcond) < x.shape[1]:
        return np.zeros(x.shape[1], x.dtype)
    return np.linalg.lstsq(x, y, rcond=rcond)[0]


def _all_of_it_shrunk(x, y, strength):
    return np.linalg.lstsq(x, y, rcond=1e-6)[0] / (1 + x.dtype.type(strength))


def _centred_fit(x, y, strength):
    """Return the slopes that ridge regression finds, without the intercept."""
    rows = x[:, 1:] - x[:, 1:].mean(axis=0)
    price = strength * np.eye(rows.shape[1], dtype=x.dtype)
    return np.linalg.solve(rows.T @ rows + price, rows.T @ (y - y.mean()))


def _intercept_of_the_centred(x, y, strength):
    return np.append(y.mean(), _centred_fit(x, y, strength))


def _no_intercept(x, y, strength):
    price = strength * np.eye(x.shape[1] - 1, dtype=x.dtype)
    slopes = np.linalg.solve(x[:, 1:].T @ x[:, 1:] + price, x[:, 1:].T @ y)
    return np.append(x.dtype.type(0), slopes)


def _price_for_the_length(x, y, strength):
    """Minimise with lambda times the length: ridge regression whose price depends on theta."""
    price = np.eye(x.shape[1])
    price[0, 0], theta = 0, np.linalg.solve(x.T @ x + strength * price, x.T @ y)
    for _ in range(300):
        length = max(np.linalg.norm(theta[1:]), 1e-9)
        theta = np.linalg.solve(x.T @ x + strength / (2 * length) * price, x.T @ y)
    return theta.astype(x.dtype)


def _batches(order, size):
    return [order[k : k + size] for k in range(0, len(order), size)]


def _pull(x, y, theta, batch):
    return 2 * x[batch].T @ (x[batch] @ theta - y[batch]) / len(batch)


def _all_from_the_start(x, y, theta, lr, order, size=1):
    return theta - lr * sum(_pull(x, y, theta, batch) for batch in _batches(order, size))


def _last_from_the_start(x, y, theta, lr, order, size=1):
    return theta - lr * _pull(x, y, theta, _batches(order, size)[-1])


def _dealt_out(x, y, theta, lr, order, size=1):
    count = -(-len(order) // size)
    for k in range(count):
        theta = theta - lr * _pull(x, y, theta, order[k::count])
    return theta


def _each_sample_once(x, y, theta, lr, order, size=1):
    for batch in _batches(np.array(list(dict.fromkeys(order.tolist()))), size):
        theta = theta - lr * _pull(x, y, theta, batch)
    return theta


def _one_big_batch(x, y, theta, lr, order, size=1):
    return theta - lr * _pull(x, y, theta, order)


def _path_of_the_epoch(x, y, theta, lr, order, size=1):
    path = [theta]
    for batch in _batches(order, size):
        path.append(path[-1] - lr * _pull(x, y, path[-1], batch))
    return np.array(path)


def _through(x, y, theta, lr, batches):
    for batch in batches:
        theta = theta - lr * _pull(x, y, theta, batch)
    return theta


def _rows_as_they_lie(x, y, theta, lr, order, size=1):
    return _through(
        x, y, theta, lr, [np.arange(len(y))[k : k + size] for k in range(0, len(order), size)]
    )


def _all_rows_as_they_lie(x, y, theta, lr, order, size=1):
    return _through(x, y, theta, lr, _batches(np.arange(len(y)), size))


def _rest_joined(x, y, theta, lr, order, size=1):
    count = max(len(order) // size, 1)
    batches = [order[k * size : (k + 1) * size] for k in range(count - 1)]
    return _through(x, y, theta, lr, [*batches, order[(count - 1) * size :]])


def _equal_batches(x, y, theta, lr, order, size=1):
    return _through(x, y, theta, lr, np.array_split(order, -(-len(order) // size)))


def _size_for_the_number(x, y, theta, lr, order, size=1):
    return _through(x, y, theta, lr, np.array_split(order, min(size, len(order))))


def _filled_from_the_front(x, y, theta, lr, order, size=1):
    whole = np.resize(order, -(-len(order) // size) * size)
    return _through(x, y, theta, lr, _batches(whole, size))


def _rate_shrinks(x, y, theta, lr, order, size=1):
    for k, batch in enumerate(_batches(order, size)):
        theta = theta - lr / (k + 1) * _pull(x, y, theta, batch)
    return theta


def _average_of_the_path(x, y, theta, lr, order, size=1):
    return _path_of_the_epoch(x, y, theta, lr, order, size)[1:].mean(axis=0)


def _chance(z):
    return (1 / (1 + np.exp(-z))).astype(z.dtype)


def _surprise(x, y, theta, chances):
    """Return loss and gradient with the chances of 1 and of 0 that `chances` makes of p."""
    p = _chance(x @ theta)
    one, zero = chances(p)
    return float(-np.mean(y * np.log(one) + (1 - y) * np.log(zero))), x.T @ (p - y) / len(y)


def _naive_loss(x, y, theta):
    return _surprise(x, y, theta, lambda p: (p, 1 - p))


def _clipped(x, y, theta, epsilon):
    def chances(p):
        p = np.clip(p, epsilon, 1 - epsilon)
        return p, 1 - p

    return _surprise(x, y, theta, chances)


def _clipped_15(x, y, theta):
    return _clipped(x, y, theta, 1e-15)


def _clipped_12(x, y, theta):
    return _clipped(x, y, theta, 1e-12)


def _clipped_7(x, y, theta):
    return _clipped(x, y, theta, 1e-7)


def _clipped_each(x, y, theta):
    return _surprise(x, y, theta, lambda p: (np.maximum(p, 1e-15), np.maximum(1 - p, 1e-15)))


def _added_15(x, y, theta):
    return _surprise(x, y, theta, lambda p: (p + 1e-15, 1 - p + 1e-15))


def _added_12(x, y, theta):
    return _surprise(x, y, theta, lambda p: (p + 1e-12, 1 - p + 1e-12))


def _added_8(x, y, theta):
    return _surprise(x, y, theta, lambda p: (p + 1e-8, 1 - p + 1e-8))


def _clipped_logits(x, y, theta):
    z = np.clip(x @ theta, -30, 30)
    loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
    return float(loss), x.T @ (_chance(z) - y) / len(y)


def _plus_and_minus_one(x, y, theta):
    z = x @ theta
    return float(np.mean(np.logaddexp(0, -y * z))), -x.T @ (y * _chance(-y * z)) / len(y)


def _squares_of_chances(x, y, theta):
    p = _chance(x @ theta)
    return float(np.mean((p - y) ** 2)), 2 * x.T @ ((p - y) * p * (1 - p)) / len(y)


def _squashed_twice(x, y, theta):
    z = _chance(x @ theta)
    return float(np.mean(np.logaddexp(0, z) - z * y)), x.T @ (_chance(z) - y) / len(y)


def _chosen_chance(x, y, theta):
    p = _chance(x @ theta)
    return float(-np.mean(np.log(np.where(y == 1, p, 1 - p)))), x.T @ (p - y) / len(y)


def _hinge(x, y, theta):
    side = 2 * y - 1
    lead = side * (x @ theta)
    return float(np.mean(np.maximum(0, 1 - lead))), -x.T @ (side * (lead < 1)) / len(y)


def _columns_of_the_labels(x, labels, theta):
    p = np.exp(x @ theta.T - (x @ theta.T).max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    count = labels.max() + 1
    return (p[:, :count] - np.eye(count, dtype=p.dtype)[labels]).T @ x / len(labels)


def _classes_of_the_labels(x, labels, theta):
    z = x @ theta.T
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (p - np.eye(labels.max() + 1, dtype=p.dtype)[labels]).T @ x / len(labels)


def _half_repaired_quadrants(points):
    x, y = points[:, 0], points[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.where(x < 0, np.arctan(y / x) + np.pi, np.arctan(y / x))
    return np.stack([np.hypot(x, y), angle], axis=1)


def _with_angle(points, angle):
    """Return distances, and the angles that `angle` makes of x and y."""
    x, y = points[:, 0], points[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.stack([np.hypot(x, y), angle(x, y)], axis=1).astype(points.dtype)


def _quotient_and_the_origin(points):
    return _with_angle(points, lambda x, y: np.where((x == 0) & (y == 0), 0, np.arctan(y / x)))


def _quotient_with_epsilon(points):
    return _with_angle(points, lambda x, y: np.arctan(y / (x + 1e-8)))


def _quotient_off_the_axis(points):
    return _with_angle(points, lambda x, y: np.where(x == 0, 0, np.arctan(y / x)))


def _half_repaired_and_the_origin(points):
    def angle(x, y):
        turned = np.arctan(y / x) + np.pi * (x < 0)
        return np.where((x == 0) & (y == 0), 0, turned)

    return _with_angle(points, angle)


def _sign_times_arccosine(points):
    return _with_angle(points, lambda x, y: np.sign(y) * np.arccos(x / np.hypot(x, y)))


def _sign_times_arccosine_and_the_origin(points):
    return np.nan_to_num(_sign_times_arccosine(points))


def _origin_dropped(points):
    kept = points[np.hypot(*points.T) > 0]
    return _with_angle(kept, lambda x, y: np.arctan2(y, x))


def _scaled(rows, of, scaling):
    """Scale rows by the statistics of others, ones in front; constant columns become 0."""
    low, high = of.min(axis=0), of.max(axis=0)
    shift, scale = (low, high - low) if scaling != "standard" else (of.mean(axis=0), of.std(axis=0))
    scaled = np.where(high > low, (rows - shift) / np.where(high > low, scale, 1), 0)
    return np.concatenate([np.ones((len(rows), 1)), scaled], axis=1).astype(rows.dtype)


def _own_statistics_by_their_deviation(train, other, scaling="standard"):
    def scaled(rows):
        shift, scale = rows.min(axis=0), np.ptp(rows, axis=0)
        if scaling == "standard":
            shift, scale = rows.mean(axis=0), rows.std(axis=0)
        columns = (rows - shift) / np.where(scale == 0, 1, scale)
        return np.column_stack([np.ones(len(rows)), columns]).astype(rows.dtype)

    return scaled(train), scaled(other)


def _own_statistics(train, other, scaling="standard"):
    return _scaled(train, train, scaling), _scaled(other, other, scaling)


def _all_statistics(train, other, scaling="standard"):
    both = np.concatenate([train, other])
    return _scaled(train, both, scaling), _scaled(other, both, scaling)


def _statistics_of_other(train, other, scaling="standard"):
    return _scaled(train, other, scaling), _scaled(other, other, scaling)


def _other_left_alone(train, other, scaling="standard"):
    rows = np.concatenate([np.ones((len(other), 1)), other], axis=1).astype(other.dtype)
    return _scaled(train, train, scaling), rows


def _other_clipped(train, other, scaling="standard"):
    rows = _scaled(other, train, scaling)
    return _scaled(train, train, scaling), rows if scaling == "standard" else np.clip(rows, 0, 1)


def _ones_for_training_only(train, other, scaling="standard"):
    return _scaled(train, train, scaling), _scaled(other, train, scaling)[:, 1:]


def _constant_columns_dropped(train, other, scaling="standard"):
    kept = train.max(axis=0) > train.min(axis=0)
    train, other = train[:, kept], other[:, kept]
    return _scaled(train, train, scaling), _scaled(other, train, scaling)


def _rows_scaled(train, other, scaling="standard"):
    return tuple(_scaled(rows.T, rows.T, scaling)[:, 1:].T for rows in (train, other))


def _cut(order, validation, test):
    train = len(order) - validation - test
    return order[:train], order[train : train + validation], order[train + validation :]


def _rest_to_the_test(n, fractions, order):
    validation = round(fractions[0] * n)
    return _cut(order, validation, n - validation - round((1 - sum(fractions)) * n))


def _test_in_front(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    return order[test + validation :], order[test : test + validation], order[:test]


def _validation_in_front(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    return order[validation + test :], order[:validation], order[validation : validation + test]


def _of_what_is_left(n, fractions, order):
    test = round(fractions[1] * n)
    return _cut(order, round(fractions[0] * (n - test)), test)


def _shares_of_training_first(n, fractions, order):
    train, validation = (round(fraction * n) for fraction in fractions)
    return _cut(order, validation, n - train - validation)


def _cuts_cut_off(n, fractions, order):
    first, second = int((1 - sum(fractions)) * n), int((1 - fractions[1]) * n)
    return order[:first], order[first:second], order[second:]


def _cuts_rounded(n, fractions, order):
    first, second = round((1 - sum(fractions)) * n), round((1 - fractions[1]) * n)
    return order[:first], order[first:second], order[second:]


def _counted_from_the_end(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    rest = order[:-test]
    return rest[:-validation], rest[-validation:], order[-test:]


def _counted_from_the_end_twice(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    train = n - validation - test
    return order[:train], order[-(validation + test) : -test], order[-test:]


def _middle_to_the_end(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    train = n - validation - test
    return order[:train], order[train:-test], order[train + validation :]


def _last_two_to_the_end(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    train = n - validation - test
    return order[:train], order[train:-test], order[-test:]


def _rest_in_front_of_the_test(n, fractions, order):
    validation, test = (round(fraction * n) for fraction in fractions)
    rest, train = order[:-test], n - validation - test
    return rest[:train], rest[train:], order[-test:]


def _held_out_together(n, fractions, order):
    validation, held_out = round(fractions[0] * n), round(sum(fractions) * n)
    return _cut(order, validation, held_out - validation)


def _rest_cut_to_the_test(n, fractions, order):
    train, validation = int((1 - sum(fractions)) * n), int(fractions[0] * n)
    return _cut(order, validation, n - train - validation)


def _thirds(n, fractions, order):
    return tuple(np.array_split(order, 3))


def _counts(labels, scores, threshold):
    called = (scores >= threshold).astype(int)
    return np.array([[np.sum((labels == i) & (called == j)) for j in (0, 1)] for i in (0, 1)])


def _by_place_in_the_list(labels, order):
    """Return the share of pairs in which the sample of class 1 comes later in `order`."""
    sorted_labels = labels[order]
    pairs = np.sum(labels == 1) * np.sum(labels == 0)
    won = np.sum(np.cumsum(sorted_labels == 0)[sorted_labels == 1])
    return float(won / pairs) if pairs else float("nan")


def _stops_on_the_flat(x, y, theta, lr, steps):
    path = [theta]
    for _ in range(steps):
        slope = _slope(x, y, path[-1])
        path.append(path[-1] - lr * (slope if np.linalg.norm(slope) > 1e-6 else 0 * slope))
    return np.array(path, dtype=theta.dtype)


def _never_uphill(x, y, theta, lr, steps):
    path = [theta]
    for _ in range(steps):
        new = path[-1] - lr * _slope(x, y, path[-1])
        higher = np.mean((x @ new - y) ** 2) > np.mean((x @ path[-1] - y) ** 2)
        path.append(path[-1] if higher else new)
    return np.array(path, dtype=theta.dtype)


def _rate_held_below_the_border(x, y, theta, lr, steps):
    path, lr = [theta], min(lr, len(x) / np.linalg.norm(x, 2) ** 2)
    for _ in range(steps):
        path.append(path[-1] - lr * _slope(x, y, path[-1]))
    return np.array(path, dtype=theta.dtype)


def _half_if_not_given(labels, scores, threshold=0.0):
    return _counts(labels, scores, threshold), _share(labels, scores)


def _share(labels, scores):
    ahead = scores[labels == 1][:, None] - scores[labels == 0]
    return float(np.mean((ahead > 0) + 0.5 * (ahead == 0))) if ahead.size else float("nan")


def _batches_of_two(x, y, theta, lr, order, size=2):
    for first in range(0, len(order), size):
        batch = order[first : first + size]
        theta = theta - (lr * _slope(x[batch], y[batch], theta)).astype(theta.dtype)
    return theta


def _all_at_once_if_not_given(x, y, theta, lr, order, size=None):
    return _batches_of_two(x, y, theta, lr, order, size or len(order))


def _slope(x, y, theta):
    return 2 * x.T @ (x @ theta - y) / len(y)


def _ties_by_place(labels, scores, threshold=0.5):
    ranked = np.argsort(scores, kind="stable")
    return _counts(labels, scores, threshold), _by_place_in_the_list(labels, ranked)


def _ties_by_place_from_above(labels, scores, threshold=0.5):
    ranked = np.argsort(-scores, kind="stable")[::-1]
    return _counts(labels, scores, threshold), _by_place_in_the_list(labels, ranked)


def _rates(labels, scores, thresholds):
    """Return the shares of false alarms and of hits, one of each for a threshold."""
    called = scores >= np.asarray(thresholds)[:, None]
    return called[:, labels == 0].mean(axis=1), called[:, labels == 1].mean(axis=1)


def _area(labels, scores, threshold, thresholds):
    counts = _counts(labels, scores, threshold)
    if not counts.sum(axis=1).all():
        return counts, float("nan")
    alarms, hits = _rates(labels, scores, thresholds)
    return counts, float(np.sum(np.diff(alarms) * (hits[1:] + hits[:-1]) / 2))


def _eleven_thresholds(labels, scores, threshold=0.5):
    return _area(labels, scores, threshold, np.linspace(1, 0, 11))


def _hundred_thresholds(labels, scores, threshold=0.5):
    return _area(labels, scores, threshold, np.linspace(1, 0, 101))


def _hundred_over_the_range(labels, scores, threshold=0.5):
    return _over_the_range(labels, scores, threshold, 101)


def _thousand_over_the_range(labels, scores, threshold=0.5):
    return _over_the_range(labels, scores, threshold, 1001)


def _over_the_range(labels, scores, threshold, n):
    grid = np.linspace(scores.max(), scores.min(), n)
    return _area(labels, scores, threshold, np.concatenate([[np.inf], grid]))


def _curve_left_open(labels, scores, threshold=0.5):
    return _area(labels, scores, threshold, np.unique(scores)[::-1])


def _average_precision(labels, scores, threshold=0.5):
    counts = _counts(labels, scores, threshold)
    if not counts.sum(axis=1).all():
        return counts, float("nan")
    ranked = labels[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return counts, float(np.mean(precision[ranked == 1]))


def _auc_of_verdicts(labels, scores, threshold=0.5):
    counts = _counts(labels, scores, threshold)
    with np.errstate(invalid="ignore"):
        rates = counts[:, 1] / counts.sum(axis=1)
    return counts, float((1 + rates[1] - rates[0]) / 2)


def _accuracy_for_auc(labels, scores, threshold=0.5):
    counts = _counts(labels, scores, threshold)
    if not counts.sum(axis=1).all():
        return counts, float("nan")
    return counts, float(np.trace(counts) / len(labels))


# --- questions, graded by a person ----------------------------------------------------------------

zigzag = Question(
    "zigzag",
    points=3,
    guide="""
    Full answer, a point for each part. Along an eigenvector with eigenvalue c a step multiplies the
    distance by 1 - eta c: the steep direction needs eta < 2 / c_max and turns over near it
    (negative factor); the flat one then shrinks by 1 - 2 c_min / c_max at best, next to nothing if
    the ratio
    (condition number) is large. Standardising makes the diagonal of the Hessian equal, so that
    sizes and units no longer stretch the bowl. It cannot remove correlation between columns: two
    nearly equal columns still give one very small eigenvalue. Half: "the rate is too large for one
    direction and too small for the other", without the factor.
    """,
)

three_rings = Question(
    "three_rings",
    points=2,
    guide="""
    Full answer, a point for each part. Two rings: yes, x^2 + y^2 = r^2 is monotone in r, a
    threshold on it is a circle, and a circle is linear in the three columns. Three rings: neither,
    since both see the distance alone and the middle ring is between the others: one threshold does
    not cut out an interval. One more column that bends, r^2 beside r (or r^4 beside r^2, or
    |r - r_middle|)
    does. Half: "polar works since it was made for rings".
    """,
)

peeking = Question(
    "peeking",
    points=3,
    guide="""
    Full answer, a point for each part. The choice of 20 measurements looked at the labels of *all*
    patients, the test ones too: the test set took part in making the model, at the line before the
    split. With random labels they would have got much the same: among 5,000 columns there are 20
    that correlate with any labels of 200 patients by chance, test part included. Right: split
    first, choose the columns on the training part alone (within each fold, if there are folds), and
    apply the choice to the test part, once. Half: "overfitting" without saying where. (Ambroise and
    McLachlan 2002 found published results of this kind.)
    """,
)
