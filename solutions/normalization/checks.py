"""How the chapter on normalization is judged."""

import numpy as np

from autograder.spec import Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def uneven(rng, n, *shape):
    """Return n samples whose features lie at different places and have different widths."""
    width = rng.permutation(np.linspace(0.5, 2.0, int(np.prod(shape)))).reshape(shape)
    level = rng.permutation(np.linspace(-2.0, 3.0, int(np.prod(shape)))).reshape(shape)
    return level + width * normal(rng, n, *shape)


def scales(rng, n):
    """Return factors of either sign, of different sizes, none of them near 0 or 1."""
    sizes = [*np.linspace(0.3, 0.6, n // 2), *np.linspace(1.5, 2.5, n - n // 2)]
    return rng.permutation(sizes) * np.resize([1.0, 1.0, -1.0], n)


def shifts(rng, n):
    return rng.permutation(np.linspace(0.5, 1.5, n)) * np.resize([1.0, -1.0], n)


def spreads(rng, n):
    """Return variances, different from each other and from 1."""
    return rng.permutation(np.linspace(0.2, 0.8, n)) * np.resize([1.0, 4.0], n)


def pair(x, dy, scale, shift, axes, eps, **ideas):
    """Normalize over the axes and carry dy back, as asked save for the ideas given.

    Returns the output, the gradient, and the normalized numbers. `scale` and `shift` broadcast.
    """
    count = np.prod([x.shape[a] for a in np.atleast_1d(axes)])
    mean = x.mean(axis=axes, keepdims=True)
    var = x.var(axis=axes, keepdims=True, ddof=min(ideas.get("ddof", 0), int(count) - 1))
    root = np.sqrt(var) + eps if ideas.get("outside") else np.sqrt(var + eps * ideas.get("eps", 1))
    hat = (x - mean) / root
    d = dy if ideas.get("factor") in ("before", "lost") else dy * scale
    share = ideas.get("share", 1 / count)
    flat = d.sum(axis=axes, keepdims=True) * share * ideas.get("flat", 1)
    along = (d * hat).sum(axis=axes, keepdims=True) * share * ideas.get("along", 1)
    dx = (d - flat - hat * along) / root
    if ideas.get("factor") in ("before", "twice"):
        dx = dx * scale
    kind = x.dtype
    return (hat * scale + shift).astype(kind), dx.astype(kind), hat.astype(kind)


# --- standardize ---------------------------------------------------------------------------------

standardize = Exercise("standardize", points=2)


@standardize.check(exact=True)
def worked_ruler(rng):
    """Gives -1, -1, 1, 1 and zeros, and (2, 2) for the test sample, in the worked example."""
    yield np.array([[2.0, 5.0], [2.0, 5.0], [6.0, 5.0], [6.0, 5.0]]), np.array([[8.0, 7.0]])


@standardize.check(weight=2)
def training_statistics(rng):
    """Measures both sets with mean and deviation of the training set, feature by feature."""
    train = uneven(rng, 6, 3)
    train[:, 0] *= 0.1
    yield train, uneven(rng, 4, 3) + 1.0
    yield uneven(rng, 5, 4) * 3.0, uneven(rng, 2, 4) - 2.0


@standardize.check(exact=True, atol=1e-9)
def features_that_never_change(rng):
    """Centres a feature that is constant in training and divides it by 1, and no other one."""
    train, test = uneven(rng, 4, 3), uneven(rng, 3, 3)
    train[:, 0] *= 0.1
    train[:, 1] = 2.5
    yield train, test
    yield np.full((3, 2), [-4.0, 0.0]), uneven(rng, 2, 2) + 3.0
    small = np.array([1.0, 1e-3, 1e-7])
    yield small * uneven(rng, 4, 3), small * uneven(rng, 3, 3)
    smaller = np.array([1e-9, 1e-13, 1.0])
    yield smaller * uneven(rng, 4, 3), smaller * uneven(rng, 3, 3)
    train = uneven(rng, 3, 2)
    train[:, 0] = 0.1  # its computed deviation is not quite 0
    yield train, uneven(rng, 2, 2)
    yield uneven(rng, 1, 2), uneven(rng, 3, 2)


@standardize.check(weight=2, hidden=True, exact=True, atol=1e-9)
def any_data(rng):
    """Is right for any two sets, of a single sample too."""
    yield uneven(rng, 9, 5), uneven(rng, 7, 5)
    yield uneven(rng, 2, 2) * 10.0, uneven(rng, 1, 2)
    train = uneven(rng, 5, 3)
    train[:, 0] = -0.5
    train[:, 1] *= 0.1
    yield train, uneven(rng, 1, 3)


standardize.in_other_dress(training_statistics)


def deviations(train):
    """Return the deviations of the training set; 1 where there is none."""
    std = train.std(axis=0)
    return np.where(np.ptp(train, axis=0) > 0, std, 1).astype(train.dtype)


def each_by_itself(train, test):
    return tuple((part - part.mean(axis=0)) / deviations(part) for part in (train, test))


def each_by_its_deviation(train, test):
    """Scale each set by itself, and take a computed deviation of 0 alone for no spread."""
    found = []
    for part in (train, test):
        std = part.std(axis=0)
        found.append((part - part.mean(axis=0)) / np.where(std == 0, 1, std).astype(part.dtype))
    return tuple(found)


def one_less_and_no_spread_test(train, test):
    with np.errstate(all="ignore"):
        std = np.sqrt(
            np.sum((train - train.mean(axis=0)) ** 2, axis=0) / np.float64(len(train) - 1)
        )
    std = np.where(std == 0, 1, std).astype(train.dtype)
    return (train - train.mean(axis=0)) / std, (test - train.mean(axis=0)) / std


def own_mean_only(train, test):
    std = deviations(train)
    return (train - train.mean(axis=0)) / std, (test - test.mean(axis=0)) / std


def both_together(train, test):
    both = np.concatenate([train, test])
    return tuple((part - both.mean(axis=0)) / deviations(both) for part in (train, test))


def one_ruler_for_all(train, test):
    std = train.std()
    std = std if std > 0 else std.dtype.type(1)
    return (train - train.mean()) / std, (test - train.mean()) / std


def each_sample(train, test):
    def scaled(part):
        std = part.std(axis=1, keepdims=True)
        return (part - part.mean(axis=1, keepdims=True)) / np.where(std > 0, std, 1)

    return scaled(train).astype(train.dtype), scaled(test).astype(train.dtype)


def from_zero_to_one(train, test):
    low, wide = train.min(axis=0), np.ptp(train, axis=0)
    wide = np.where(wide > 0, wide, 1).astype(train.dtype)
    return (train - low) / wide, (test - low) / wide


def small_is_constant(train, test):
    return divided_if_above(1e-3, train, test)


def tiny_is_constant(train, test):
    return divided_if_above(1e-5, train, test)


def divided_if_above(least, train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > least, std, 1).astype(train.dtype)
    return (train - mean) / std, (test - mean) / std


def constants_left_alone(train, test):
    mean = np.where(np.ptp(train, axis=0) > 0, train.mean(axis=0), 0).astype(train.dtype)
    return (train - mean) / deviations(train), (test - mean) / deviations(train)


def constants_set_to_zero(train, test):
    moves = (np.ptp(train, axis=0) > 0).astype(train.dtype)
    mean, std = train.mean(axis=0), deviations(train)
    return moves * (train - mean) / std, moves * (test - mean) / std


# --- batch_norm_forward --------------------------------------------------------------------------

batch_norm_forward = Exercise("batch_norm_forward", points=3)


def batch(rng, n, d):
    """Return a batch with scales and shifts."""
    return uneven(rng, n, d), scales(rng, d), shifts(rng, d)


@batch_norm_forward.check()
def worked_batch(rng):
    """Gives 7, 9, 11, 13, the mean 2.5 and the variance 1.25 in the worked example."""
    yield np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([3.0]), np.array([10.0]), 1.0


@batch_norm_forward.check(weight=2)
def feature_by_feature(rng):
    """Normalizes each feature over the batch, scales and shifts it."""
    yield batch(rng, 6, 4)
    yield *batch(rng, 5, 3), 0.3


@batch_norm_forward.check()
def hardly_any_spread(rng):
    """Adds epsilon to the variance, inside the root, where it matters most."""
    x, gamma, beta = batch(rng, 5, 3)
    yield 0.004 * x, gamma, beta
    yield 0.05 * x, gamma, beta, 0.04
    x[:, 1] = 2.5
    yield x, gamma, beta, 0.01


@batch_norm_forward.check(exact=True)
def batch_of_one(rng):
    """Gives the shift, and the variance 0, for a batch of one."""
    yield batch(rng, 1, 3)


@batch_norm_forward.check(weight=2, hidden=True)
def any_batch(rng):
    """Is right for any batch."""
    yield *batch(rng, 12, 5), 0.1
    yield batch(rng, 2, 3)
    yield *batch(rng, 3, 1), 0.5
    yield *batch(rng, 1, 2), 0.1
    x, gamma, beta = batch(rng, 4, 4)
    yield 0.003 * x, gamma, beta


batch_norm_forward.in_other_dress(feature_by_feature)


def of_each_sample(x, gamma, beta, eps=1e-5):
    y, _, _ = pair(x, x, gamma, beta, 1, eps)
    return y, x.mean(axis=1), x.var(axis=1)


def absolute_deviation(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)
    var = np.abs(x - mean).mean(axis=0)
    return gamma * (x - mean) / (var + eps) + beta, mean, var


# --- update_running_stats ------------------------------------------------------------------------

update_running_stats = Exercise("update_running_stats", points=3)


def memory(rng, d):
    """Return running statistics and those of a batch, no two alike."""
    return 3 * normal(rng, d) + 5.0, spreads(rng, d), normal(rng, d) - 4.0, 2.0 + spreads(rng, d)


@update_running_stats.check()
def worked_memory(rng):
    """Gives 0.25 and 1.0667 in the worked example."""
    yield np.array([0.0]), np.array([1.0]), np.array([2.5]), np.array([1.25]), 4


@update_running_stats.check(weight=2)
def leaky_averages(rng):
    """Takes the share m of the new batch, with the unbiased variance."""
    yield *memory(rng, 3), 5
    yield *memory(rng, 4), 3, 0.3
    yield *memory(rng, 2), 2, 0.75


@update_running_stats.check()
def one_value(rng):
    """Updates the mean alone if there is but one value."""
    running_mean, running_var, mean, _ = memory(rng, 3)
    yield running_mean, running_var, mean, np.zeros(3), 1
    yield running_mean, running_var, mean, np.zeros(3), 1, 0.4


@update_running_stats.check()
def nothing_or_everything(rng):
    """Keeps all of the old with m = 0, and none of it with m = 1."""
    yield *memory(rng, 2), 4, 0.0
    yield *memory(rng, 2), 4, 1.0


@update_running_stats.check(weight=2, hidden=True)
def any_memory(rng):
    """Is right for any statistics, counts and shares."""
    yield *memory(rng, 5), 32
    yield *memory(rng, 3), 2, 0.01
    yield *memory(rng, 3), 7, 0.9
    running_mean, running_var, mean, _ = memory(rng, 2)
    yield running_mean, running_var, mean, np.zeros(2), 1, 0.2


update_running_stats.in_other_dress(leaky_averages)

# --- batch_norm_inference ------------------------------------------------------------------------

batch_norm_inference = Exercise("batch_norm_inference", points=2)


def trained(rng, n, d):
    """Return inputs of a layer with scales, shifts and what it remembers."""
    return *batch(rng, n, d), normal(rng, d) + 0.5, spreads(rng, d)


@batch_norm_inference.check()
def worked_inference(rng):
    """Gives 4 for the single sample of the worked example."""
    yield (*(np.array(v) for v in ([[5.0]], [3.0], [1.0], [2.0], [8.0])), 1.0)


@batch_norm_inference.check(weight=2)
def with_what_it_remembers(rng):
    """Uses the running statistics for batches of any size, one sample among them."""
    yield trained(rng, 5, 3)
    yield *trained(rng, 1, 4), 0.2
    yield *trained(rng, 3, 2), 0.5


@batch_norm_inference.check()
def remembered_little_spread(rng):
    """Adds epsilon to the running variance, inside the root."""
    x, gamma, beta, mean, var = trained(rng, 3, 3)
    yield x, gamma, beta, mean, 2e-5 * var
    var[1] = 0.0
    yield x, gamma, beta, mean, var, 0.04


@batch_norm_inference.check(weight=2, hidden=True)
def any_inference(rng):
    """Is right for any batch and any memory."""
    yield *trained(rng, 9, 5), 0.1
    yield trained(rng, 1, 1)
    x, gamma, beta, mean, var = trained(rng, 2, 4)
    yield x, gamma, beta, mean, 1e-5 * var


batch_norm_inference.in_other_dress(with_what_it_remembers)


def by_the_batch(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return pair(x, x, gamma, beta, 0, eps)[0]


def by_the_batch_if_possible(x, gamma, beta, running_mean, running_var, eps=1e-5):
    if len(x) > 1:
        return by_the_batch(x, gamma, beta, running_mean, running_var, eps)
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta


def mean_of_the_batch(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(running_var + eps) + beta


def still_learning(x, gamma, beta, running_mean, running_var, eps=1e-5):
    mean = 0.9 * running_mean + 0.1 * x.mean(axis=0)
    var = 0.9 * running_var + 0.1 * x.var(axis=0)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def still_learning_unbiased(x, gamma, beta, running_mean, running_var, eps=1e-5):
    n = len(x)
    mean = 0.9 * running_mean + 0.1 * x.mean(axis=0)
    var = running_var if n == 1 else 0.9 * running_var + 0.1 * x.var(axis=0) * n / (n - 1)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


# --- batch_norm_backward -------------------------------------------------------------------------

batch_norm_backward = Exercise("batch_norm_backward", points=5)


def back(rng, n, d):
    """Return a gradient, a batch and scales; the gradient has a mean of its own."""
    return normal(rng, n, d) + shifts(rng, d), uneven(rng, n, d), scales(rng, d)


@batch_norm_backward.check()
def worked_gradient(rng):
    """Gives (1, -2/3, -1/3, 0), -1 and 1, and the numbers with epsilon 0, in the worked example."""
    x, dy = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([[1.0], [0.0], [0.0], [0.0]])
    yield dy, x, np.array([3.0]), 1.0
    yield dy, x, np.array([1.0]), 0.0


@batch_norm_backward.check(weight=3, observe="item")
def gradient_of_the_input(rng):
    """Carries the gradient back to the input, in all three ways."""
    yield 0, *back(rng, 5, 3)
    yield 0, *back(rng, 4, 2), 0.4


@batch_norm_backward.check()
def gradients_of_scale_and_shift(rng):
    """Adds up, over the batch, what belongs to scale and shift."""
    dy, x, gamma = back(rng, 6, 3)
    yield dy, x, gamma, 0.3


@batch_norm_backward.check(exact=True, atol=1e-12)
def gradient_of_one(rng):
    """Leaves nothing of the gradient of a batch of one, nor of a gradient that only shifts."""
    yield back(rng, 1, 3)
    x = rng.permuted([[-1.0, 2.5], [0.5, 3.0], [2.0, -1.5]], axis=0)
    yield np.tile(np.array([0.5, -2.0]), (3, 1)), x, scales(rng, 2)


@batch_norm_backward.check()
def gradient_where_nothing_varies(rng):
    """Takes epsilon into the root, where the batch hardly varies."""
    dy, x, gamma = back(rng, 4, 3)
    yield dy, 0.004 * x, gamma
    yield dy, 0.1 * x, gamma, 0.02


@batch_norm_backward.check(weight=3, hidden=True)
def any_gradient(rng):
    """Is right for any batch."""
    yield *back(rng, 9, 4), 0.1
    yield back(rng, 2, 3)
    yield *back(rng, 3, 1), 0.5
    yield *back(rng, 1, 2), 0.2
    dy, x, gamma = back(rng, 5, 2)
    yield dy, 0.003 * x, gamma


batch_norm_backward.in_other_dress(gradients_of_scale_and_shift)


def gradients_of_a_batch(dy, x, gamma, eps, **ideas):
    _, dx, hat = pair(x, dy, gamma, gamma, 0, eps, **ideas)
    return dx, np.sum(dy * hat, axis=0), np.sum(dy, axis=0)


def unbiased_back(dy, x, gamma, eps=1e-5):
    return gradients_of_a_batch(dy, x, gamma, eps, ddof=1)


def unbiased_back_throughout(dy, x, gamma, eps=1e-5):
    n = len(x)
    _, dx, hat = pair(x, dy, gamma, gamma, 0, eps, ddof=1, along=n / max(n - 1, 1))
    return dx, np.sum(dy * hat, axis=0), np.sum(dy, axis=0)


def epsilon_outside_back(dy, x, gamma, eps=1e-5):
    std = x.std(axis=0)
    root = std + eps
    hat = (x - x.mean(axis=0)) / root
    dgamma, dbeta = np.sum(dy * hat, axis=0), np.sum(dy, axis=0)
    dx = gamma / root * (dy - dbeta / len(x) - hat * dgamma / len(x))
    return dx, dgamma, dbeta


def statistics_of_rows(dy, x, gamma, eps=1e-5):
    _, dx, hat = pair(x, dy, gamma, gamma, 1, eps)
    return dx, np.sum(dy * hat, axis=0), np.sum(dy, axis=0)


# --- spatial_batch_norm --------------------------------------------------------------------------

spatial_batch_norm = Exercise(
    "spatial_batch_norm", points=4, needs=("batch_norm_forward", "batch_norm_backward")
)


def images(rng, n, c, h, w):
    """Return images whose channels, images and pixels all differ in level and width."""
    wide = rng.permutation(np.linspace(0.6, 1.8, c)).reshape(1, c, 1, 1)
    level = rng.permutation(np.linspace(-2.0, 2.0, c)).reshape(1, c, 1, 1)
    light = rng.permutation(np.linspace(-1.0, 1.0, n)).reshape(n, 1, 1, 1)
    slant = rng.permutation(np.linspace(-1.0, 1.0, h * w)).reshape(1, 1, h, w)
    return level + light + slant + wide * normal(rng, n, c, h, w)


def pictures(rng, n, c, h, w):
    """Return images, a gradient with a mean of its own, scales and shifts."""
    x = images(rng, n, c, h, w)
    dy = normal(rng, n, c, h, w) + shifts(rng, c).reshape(1, c, 1, 1)
    return x, dy, scales(rng, c), shifts(rng, c)


@spatial_batch_norm.check()
def worked_images(rng):
    """Gives the images (7, 9) and (11, 13), and the gradients of section 5, in the example."""
    x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(2, 1, 1, 2)
    dy = np.array([1.0, 0.0, 0.0, 0.0]).reshape(2, 1, 1, 2)
    yield x, dy, np.array([3.0]), np.array([10.0]), 1.0


@spatial_batch_norm.check(weight=2, observe="item")
def channel_by_channel(rng):
    """Normalizes each channel over all images and pixels."""
    yield 0, *pictures(rng, 3, 2, 1, 3)
    yield 0, *pictures(rng, 2, 3, 2, 2), 0.3


@spatial_batch_norm.check(weight=2)
def gradients_of_images(rng):
    """Carries the gradient back through the statistics of each channel."""
    yield pictures(rng, 3, 2, 2, 2)
    yield *pictures(rng, 2, 3, 1, 2), 0.4


@spatial_batch_norm.check(weight=2, hidden=True)
def any_images(rng):
    """Is right for any images, a single one among them."""
    yield *pictures(rng, 1, 3, 4, 2), 0.1
    yield pictures(rng, 4, 5, 1, 3)
    yield *pictures(rng, 3, 1, 2, 2), 0.5


spatial_batch_norm.in_other_dress(gradients_of_images)


def of_images(x, dy, gamma, beta, axes, eps, **ideas):
    """Normalize images over the axes; what comes back to scale and shift is summed as asked."""
    shape = (1, -1, 1, 1)
    y, dx, hat = pair(x, dy, gamma.reshape(shape), beta.reshape(shape), axes, eps, **ideas)
    return y, dx, np.sum(dy * hat, axis=(0, 2, 3)), np.sum(dy, axis=(0, 2, 3))


def every_pixel_by_itself(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, 0, eps)


def every_image_by_itself(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (2, 3), eps)


def all_channels_of_an_image(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (1, 2, 3), eps)


def all_channels_together(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 1, 2, 3), eps)


def channels_of_a_pixel(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, 1, eps)


def shares_of_the_batch(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, share=1 / len(x))


def sums_for_shares(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, share=1)


def constant_statistics(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, flat=0, along=0)


def constant_variance(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, along=0)


def scale_lost(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, factor="lost")


def unbiased_images(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, ddof=1)


def epsilon_outside_for_images(x, dy, gamma, beta, eps=1e-5):
    return of_images(x, dy, gamma, beta, (0, 2, 3), eps, outside=True)


def rows_without_turning(x, dy, gamma, beta, eps=1e-5):
    c = x.shape[1]
    rows, up = x.reshape(-1, c), dy.reshape(-1, c)
    y, dx, hat = pair(rows, up, gamma, beta, 0, eps)
    return y.reshape(x.shape), dx.reshape(x.shape), np.sum(up * hat, axis=0), np.sum(up, axis=0)


def not_turned_back(x, dy, gamma, beta, eps=1e-5):
    y, dx, *rest = of_images(x, dy, gamma, beta, (0, 2, 3), eps)
    return (*(a.transpose(0, 2, 3, 1).reshape(x.shape) for a in (y, dx)), *rest)


# --- fold_batch_norm -----------------------------------------------------------------------------

fold_batch_norm = Exercise("fold_batch_norm", points=3)


def convolution(rng, f, c, h, w):
    """Return filters, biases, and the layer of normalization behind them."""
    learned = scales(rng, f), shifts(rng, f)
    return normal(rng, f, c, h, w), 2.0 + normal(rng, f), *learned, normal(rng, f), spreads(rng, f)


@fold_batch_norm.check()
def worked_filter(rng):
    """Gives the filter 4 and the bias 2 in the worked example."""
    given = ([[[[2.0]]]], [1.0], [6.0], [10.0], [5.0], [8.0])
    yield (*(np.array(v) for v in given), 1.0)


@fold_batch_norm.check(weight=2)
def filters_and_biases(rng):
    """Scales every filter, and moves and scales every bias."""
    yield convolution(rng, 3, 2, 3, 2)
    yield *convolution(rng, 2, 4, 1, 3), 0.4
    yield *convolution(rng, 3, 3, 3, 3), 0.1


@fold_batch_norm.check()
def no_bias_or_no_spread(rng):
    """Makes a bias where there was none, and bears a channel that never varied."""
    w, b, gamma, beta, mean, var = convolution(rng, 3, 2, 2, 2)
    yield w, 0 * b, gamma, beta, mean, var
    var[1] = 0.0
    yield w, b, gamma, beta, mean, var
    yield w, b, gamma, beta, mean, var, 0.04


@fold_batch_norm.check(weight=2, hidden=True)
def any_convolution(rng):
    """Is right for any filters."""
    yield *convolution(rng, 5, 3, 3, 3), 0.1
    yield convolution(rng, 4, 4, 2, 2)
    yield *convolution(rng, 1, 2, 1, 1), 0.5


fold_batch_norm.in_other_dress(filters_and_biases)


def channels_for_filters(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    factor = gamma / np.sqrt(running_var + eps)
    spread = np.resize(factor, w.shape[1]).reshape(1, -1, 1, 1).astype(w.dtype)
    return w * spread, beta + factor * (b - running_mean)


def channels_where_they_fit(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    factor = gamma / np.sqrt(running_var + eps)
    fits = w.shape[1] == len(factor)
    spread = factor.reshape(1, -1, 1, 1) if fits else np.mean(factor)
    return (w * spread).astype(w.dtype), beta + factor * (b - running_mean)


def last_axis_of_filters(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    factor = gamma / np.sqrt(running_var + eps)
    spread = np.resize(factor, w.shape[3]).astype(w.dtype)
    return w * spread, beta + factor * (b - running_mean)


# --- layer_norm_forward --------------------------------------------------------------------------

layer_norm_forward = Exercise("layer_norm_forward", points=2)


def sequences(rng, n, t, d):
    """Return sequences whose samples, positions and features all differ, scales and shifts."""
    x = uneven(rng, n, t, d) + rng.permutation(np.linspace(-1.0, 2.0, n)).reshape(n, 1, 1)
    return x, scales(rng, d), shifts(rng, d)


@layer_norm_forward.check()
def worked_position(rng):
    """Gives (-1, -1, 2, 2) in the worked example."""
    gamma, beta = np.array([1.0, 3.0, 3.0, 2.0]), np.array([0.0, 0.0, 1.0, 0.0])
    yield np.array([[[1.0, 2.0, 3.0, 4.0]]]), gamma, beta, 1.0


@layer_norm_forward.check(weight=2)
def position_by_position(rng):
    """Normalizes every position of every sequence over its features."""
    yield sequences(rng, 2, 3, 5)
    yield *sequences(rng, 3, 2, 4), 0.4


@layer_norm_forward.check()
def alike_features(rng):
    """Adds epsilon inside the root, and bears positions whose features are all alike."""
    x, gamma, beta = sequences(rng, 2, 2, 3)
    yield 0.004 * x, gamma, beta
    yield 0.1 * x, gamma, beta, 0.02
    x[0, 1] = 0.5
    yield x, gamma, beta


@layer_norm_forward.check(weight=2, hidden=True)
def any_sequences(rng):
    """Is right for any sequences."""
    yield *sequences(rng, 4, 3, 6), 0.1
    yield sequences(rng, 1, 1, 3)
    yield *sequences(rng, 1, 5, 2), 0.3
    x, gamma, beta = sequences(rng, 2, 4, 4)
    yield 0.003 * x, gamma, beta


layer_norm_forward.in_other_dress(position_by_position)

# --- layer_norm_backward -------------------------------------------------------------------------

layer_norm_backward = Exercise("layer_norm_backward", points=4)


def sequences_back(rng, n, t, d):
    x, gamma, beta = sequences(rng, n, t, d)
    return normal(rng, n, t, d) + beta, x, gamma


@layer_norm_backward.check()
def worked_position_back(rng):
    """Gives the three gradients of the worked example."""
    dy, x = np.array([[[1.0, 0.0, 0.0, 0.0]]]), np.array([[[1.0, 2.0, 3.0, 4.0]]])
    yield dy, x, np.array([3.0, 1.0, 1.0, 1.0]), 1.0


@layer_norm_backward.check(weight=2, observe="item")
def gradient_of_the_features(rng):
    """Carries the gradient back to the features of each position."""
    yield 0, *sequences_back(rng, 2, 2, 3)
    yield 0, *sequences_back(rng, 1, 3, 4), 0.4


@layer_norm_backward.check()
def gradients_of_shared_numbers(rng):
    """Adds up, over all positions, what belongs to scale and shift."""
    yield *sequences_back(rng, 2, 3, 4), 0.3
    yield *sequences_back(rng, 3, 2, 3), 0.2


@layer_norm_backward.check()
def little_spread_back(rng):
    """Takes epsilon into the root, where the features hardly differ."""
    dy, x, gamma = sequences_back(rng, 2, 2, 3)
    yield dy, 0.004 * x, gamma
    yield dy, 0.1 * x, gamma, 0.02


@layer_norm_backward.check(weight=2, hidden=True)
def any_sequences_back(rng):
    """Is right for any sequences."""
    yield *sequences_back(rng, 4, 3, 6), 0.1
    yield sequences_back(rng, 1, 1, 3)
    yield *sequences_back(rng, 1, 5, 2), 0.3
    dy, x, gamma = sequences_back(rng, 2, 3, 4)
    yield dy, 0.003 * x, gamma


layer_norm_backward.in_other_dress(gradients_of_shared_numbers)


def of_sequences(dy, x, gamma, eps, axes=-1, **ideas):
    """Carry dy back to positions normalized over their features, save for the ideas given."""
    _, dx, hat = pair(x, dy, gamma, gamma, axes, eps, **ideas)
    return dx, np.sum(dy * hat, axis=(0, 1)), np.sum(dy, axis=(0, 1))


def means_over_the_samples(dy, x, gamma, eps=1e-5):
    hat = pair(x, dy, gamma, gamma, -1, eps)[2]
    root = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    d = dy * gamma
    dx = (d - d.mean(axis=(0, 1)) - hat * (d * hat).mean(axis=(0, 1))) / root
    return dx.astype(x.dtype), np.sum(dy * hat, axis=(0, 1)), np.sum(dy, axis=(0, 1))


def gradients_of_batch_norm(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, (0, 1))


def gradients_of_all_positions(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, (1, 2))


def unbiased_positions(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, ddof=1)


def epsilon_outside_positions(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, outside=True)


def gamma_before_the_bracket(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, factor="before")


def gamma_nowhere(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, factor="lost")


def gamma_in_both_places(dy, x, gamma, eps=1e-5):
    return of_sequences(dy, x, gamma, eps, factor="twice")


# --- rms_norm ------------------------------------------------------------------------------------

rms_norm = Exercise("rms_norm", points=2)


@rms_norm.check()
def worked_squares(rng):
    """Gives (1, 14), and with epsilon 11 the root 6, in the worked example."""
    yield np.array([[[1.0, 7.0]]]), np.array([5.0, 10.0]), 0.0
    yield np.array([[[1.0, 7.0]]]), np.array([5.0, 10.0]), 11.0


@rms_norm.check(weight=2)
def squares_of_positions(rng):
    """Divides each position by the root of its mean square, and centres nothing."""
    x, gamma, _ = sequences(rng, 2, 3, 4)
    yield x, gamma
    x, gamma, _ = sequences(rng, 3, 2, 5)
    yield x, gamma, 0.4


@rms_norm.check()
def small_features(rng):
    """Adds epsilon inside the root, and bears a position of zeros."""
    x, gamma, _ = sequences(rng, 2, 2, 3)
    yield 0.002 * x, gamma
    x[1, 0] = 0.0
    yield x, gamma


@rms_norm.check(weight=2, hidden=True)
def any_features(rng):
    """Is right for any sequences."""
    for (n, t, d), eps in (((4, 3, 6), 0.1), ((1, 1, 3), 1e-5), ((2, 5, 1), 0.3)):
        x, gamma, _ = sequences(rng, n, t, d)
        yield x, gamma, eps
    x, gamma, _ = sequences(rng, 2, 2, 4)
    yield 0.003 * x, gamma


rms_norm.in_other_dress(squares_of_positions)

# --- group_norm ----------------------------------------------------------------------------------

group_norm = Exercise("group_norm", points=4)


@group_norm.check()
def worked_groups(rng):
    """Gives the four answers of the worked example."""
    x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
    dy = np.array([1.0, 0.0, 0.0, 0.0]).reshape(1, 4, 1, 1)
    yield x, dy, np.array([2.0, 1.0, 1.0, 1.0]), np.zeros(4), 2, 0.75


@group_norm.check(weight=2, observe="item")
def neighbours_together(rng):
    """Normalizes neighbouring channels of an image together."""
    yield 0, *pictures(rng, 2, 6, 1, 2), 2
    yield 0, *pictures(rng, 2, 6, 2, 1), 3, 0.4


@group_norm.check()
def one_group_or_all(rng):
    """Is layer norm with one group, and instance norm with as many groups as channels."""
    yield *pictures(rng, 2, 3, 1, 2), 1
    yield *pictures(rng, 2, 3, 2, 2), 3, 0.2


@group_norm.check(weight=2)
def gradients_of_groups(rng):
    """Carries the gradient back through the statistics of each group."""
    yield *pictures(rng, 2, 6, 1, 2), 2, 0.3
    yield *pictures(rng, 2, 6, 2, 1), 3


@group_norm.check(weight=2, hidden=True)
def any_groups(rng):
    """Is right for any images and groups."""
    yield *pictures(rng, 1, 8, 2, 3), 4, 0.1
    yield *pictures(rng, 3, 4, 3, 1), 2
    yield *pictures(rng, 2, 3, 2, 2), 3
    yield *pictures(rng, 2, 2, 2, 2), 1, 0.2


group_norm.in_other_dress(gradients_of_groups)


def of_groups(x, dy, gamma, beta, groups, eps, **ideas):
    """Normalize groups of neighbouring channels, save for the ideas given."""
    n, c = x.shape[:2]
    cut = (n, groups, c // groups, *x.shape[2:])
    scale, shift = (v.reshape(1, groups, -1, 1, 1) for v in (gamma, beta))
    axes = ideas.pop("axes", (2, 3, 4))
    y, dx, hat = pair(x.reshape(cut), dy.reshape(cut), scale, shift, axes, eps, **ideas)
    hat = hat.reshape(x.shape)
    sums = np.sum(dy * hat, axis=(0, 2, 3)), np.sum(dy, axis=(0, 2, 3))
    return y.reshape(x.shape), dx.reshape(x.shape), *sums


def every_gth_channel(x, dy, gamma, beta, groups, eps=1e-5):
    c = x.shape[1]
    order = np.arange(c).reshape(-1, groups).T.ravel()
    given = x[:, order], dy[:, order], gamma[order], beta[order]
    y, dx, dgamma, dbeta = of_groups(*given, groups, eps)
    home = np.argsort(order)
    return y[:, home], dx[:, home], dgamma[home], dbeta[home]


def groups_of_that_size(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, x.shape[1] // groups, eps)


def groups_ignored(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, 1, eps)


def channels_by_themselves(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, x.shape[1], eps)


def over_all_images(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, axes=(0, 2, 3, 4))


def pixels_by_themselves(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, axes=2)


def groups_with_one_less(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, ddof=1)


def groups_epsilon_outside(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, outside=True)


def groups_gamma_before(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, factor="before")


def groups_gamma_twice(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, factor="twice")


def groups_sums_for_means(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, share=1)


def groups_shares_of_pixels(x, dy, gamma, beta, groups, eps=1e-5):
    return of_groups(x, dy, gamma, beta, groups, eps, share=1 / x[0, 0].size)


# --- which_norm ----------------------------------------------------------------------------------

which_norm = Exercise("which_norm", points=4)


def portions(y, groups):
    """Return what is normalized together, a portion in each row; with 0 groups, by channel."""
    n, c = y.shape[:2]
    return y.reshape(n * groups, -1) if groups else y.transpose(1, 0, 2, 3).reshape(c, -1)


def put_back(rows, shape, groups):
    n, c, h, w = shape
    return rows.reshape(shape) if groups else rows.reshape(c, n, h, w).transpose(1, 0, 2, 3)


def off(y, groups):
    """Return by how much the worst portion is not standardized."""
    rows = portions(y, groups)
    return max(np.abs(rows.mean(axis=1)).max(), np.abs(rows.var(axis=1) - 1).max())


def normed(rng, shape, groups, centre=True, scale=True):
    """Return images normalized in portions; no other portions, save larger ones, seem to be."""
    finer = [g for g in range(1, shape[1] + 1) if shape[1] % g == 0 and (g > groups or not groups)]
    while True:
        rows = portions(images(rng, *shape), groups)
        mean, std = rows.mean(axis=1, keepdims=True), rows.std(axis=1, keepdims=True)
        rows = (rows - mean) / np.where(scale, std, 1) + np.where(centre, 0, mean / std)
        y = put_back(rows, shape, groups)
        others = finer if centre and scale else [0, *range(1, shape[1] + 1)]
        if min((off(y, g) for g in others if not g or shape[1] % g == 0), default=1) > 0.1:
            return y


def interleaved(rng, shape):
    """Return images of which every second channel was normalized together: neighbours were not."""
    order = np.arange(shape[1]).reshape(-1, 2).T.ravel()
    while True:
        y = normed(rng, shape, 2)[:, np.argsort(order)]
        if off(y, 2) > 0.1 and off(y, 0) > 0.1:
            return y


def chequered(rng, shape):
    """Return images that layer and batch norm would both leave alone, and no finer one."""
    n, c = shape[:2]
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(c))[:, :, np.newaxis, np.newaxis]
    return np.sqrt(0.75) * normed(rng, shape, c) + 0.5 * signs


@which_norm.check(exact=True)
def worked_names(rng):
    """Names the three layers of the worked example."""
    single = np.array([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, -1.0]]).reshape(2, 2, 1, 2)
    yield single
    yield np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [1.0, -1.0]]).reshape(2, 2, 1, 2)
    yield single / 2


@which_norm.check(weight=2, exact=True)
def smallest_portions(rng):
    """Tells instance, group and layer norm apart, and counts the groups."""
    yield normed(rng, (2, 4, 2, 2), 4)
    yield normed(rng, (3, 4, 2, 3), 2)
    yield normed(rng, (2, 3, 3, 2), 1)
    yield normed(rng, (2, 6, 2, 2), 3)
    yield normed(rng, (2, 6, 2, 2), 2)
    yield normed(rng, (2, 8, 1, 3), 4)
    yield chequered(rng, (2, 2, 2, 3))


@which_norm.check(exact=True)
def whole_batches(rng):
    """Recognises batch norm, however many pixels there are."""
    yield normed(rng, (3, 2, 2, 3), 0)
    yield normed(rng, (4, 3, 1, 1), 0)


@which_norm.check(weight=2, exact=True)
def almost_normalized(rng):
    """Is not taken in by numbers only centred, only scaled, or normalized here and there."""
    yield normed(rng, (2, 4, 2, 3), 4, scale=False)
    yield normed(rng, (2, 3, 3, 2), 3, centre=False)
    y = normed(rng, (2, 4, 2, 3), 2)
    y[1] = 2 * y[1] + 0.5
    yield y
    y = normed(rng, (3, 2, 2, 2), 0)
    y[:, 1] *= 1.5
    yield y
    yield interleaved(rng, (2, 4, 2, 2))
    yield normed(rng, (2, 2, 2, 3), 2) * np.sqrt(np.reshape([0.5, 1.5], (2, 1, 1)))
    y = normed(rng, (2, 4, 2, 3), 4)
    y[0, 0], y[1, 0] = y[0, 0] + 0.4, y[1, 0] - 0.4  # their means cancel
    yield y


@which_norm.check(exact=True)
def how_exactly(rng):
    """Takes 0.0008 for a rounding, and 0.025 for a portion that was not normalized."""
    for groups in (4, 2):
        y = normed(rng, (2, 4, 2, 2), groups)
        yield y * np.sqrt(1 - 8e-4)
        yield y + 8e-4
        yield y * np.sqrt(0.975)
        yield y * np.sqrt(1.025)
        yield y + 0.025


@which_norm.check(weight=2, hidden=True, exact=True)
def any_layer(rng):
    """Is right for any layer."""
    yield normed(rng, (2, 6, 2, 2), 2)
    yield normed(rng, (2, 8, 1, 3), 4)
    yield normed(rng, (3, 2, 2, 4), 2)
    yield normed(rng, (2, 5, 2, 2), 1)
    yield normed(rng, (5, 3, 2, 2), 0)
    yield normed(rng, (2, 4, 3, 2), 1, centre=False)
    yield normed(rng, (3, 2, 3, 2), 2, scale=False)
    y = normed(rng, (2, 3, 2, 2), 3)
    y[0] = 2 * y[0] - 0.5
    yield y
    yield normed(rng, (2, 2, 3, 2), 2) * np.sqrt(np.reshape([1.4, 0.6], (1, 2, 1, 1)))


which_norm.in_other_dress(smallest_portions, keeps=False)


def named(y, order=None, fits=None, cut=portions, names=None):
    """Name the first portions of an order that fit."""
    c = y.shape[1]
    divisors = [g for g in range(c, 0, -1) if c % g == 0]
    fits = fits or (lambda rows: standardized(rows))
    for groups in order(divisors) if order else [*divisors, 0]:
        if fits(cut(y, groups)):
            if not groups:
                return "batch", 0
            return {1: "layer", c: "instance"}.get(groups, "group"), groups
    return "none", 0


def standardized(rows, ddof=0):
    """Say whether every row has mean 0 and variance 1."""
    var = rows.var(axis=1, ddof=ddof) if rows.shape[1] > ddof else np.zeros(1)
    return np.abs(rows.mean(axis=1)).max() < 5e-3 and np.abs(var - 1).max() < 5e-3


def largest_portions_first(y):
    return named(y, order=lambda divisors: [*divisors[::-1], 0])


def batch_comes_first(y):
    return named(y, order=lambda divisors: [0, *divisors])


def instance_before_layer_before_group(y):
    return named(y, order=lambda divisors: [divisors[0], 1, *divisors[1:-1], 0])


def two_groups_at_most(y):
    return named(y, order=lambda d: [g for g in [*d, 0] if g in (0, 1, 2, y.shape[1])])


def mean_is_enough(y):
    return named(y, fits=lambda rows: np.abs(rows.mean(axis=1)).max() < 5e-3)


def variance_is_enough(y):
    return named(y, fits=lambda rows: np.abs(rows.var(axis=1) - 1).max() < 5e-3)


def mean_square_is_enough(y):
    return named(y, fits=lambda rows: np.abs(np.mean(rows**2, axis=1) - 1).max() < 5e-3)


def divided_by_one_less(y):
    return named(y, fits=lambda rows: standardized(rows, 1))


def first_portion_is_enough(y):
    return named(y, fits=lambda rows: standardized(rows[:1]))


def first_image_is_enough(y):
    def cut(y, groups):
        return portions(y[:1], groups) if groups else portions(y, 0)

    return named(y, cut=cut)


def on_average(y):
    def fits(rows):
        return abs(rows.mean()) < 5e-3 and abs(rows.var(axis=1).mean() - 1) < 5e-3

    return named(y, fits=fits)


def tolerant(tolerance, y):
    def fits(rows):
        gaps = np.abs(rows.mean(axis=1)), np.abs(rows.var(axis=1) - 1)
        return max(gap.max() for gap in gaps) < tolerance

    return named(y, fits=fits)


def within_a_twentieth(y):
    return tolerant(0.05, y)


def within_a_tenth(y):
    return tolerant(0.1, y)


def equal_but_for_the_last_bits(y):
    return tolerant(2e-5, y)


def batch_before_layer(y):
    return named(y, order=lambda divisors: [*divisors[:-1], 0, 1])


def halved_again_and_again(y):
    def halves(divisors):
        found = [divisors[0]]
        while found[-1] > 1:
            found.append(1 if found[-1] % 2 else found[-1] // 2)
        return [*found, 0]

    return named(y, order=halves)


def fewest_groups_first(y):
    return named(y, order=lambda divisors: [divisors[0], *divisors[1:-1][::-1], 1, 0])


def groups_of_every_gth(y):
    def cut(y, groups):
        if not groups:
            return portions(y, 0)
        order = np.arange(y.shape[1]).reshape(-1, groups).T.ravel()
        return portions(y[:, order], groups)

    return named(y, cut=cut)


def channels_in_a_group(y):
    name, groups = named(y)
    return name, y.shape[1] // groups if groups else 0


def layer_and_instance_exchanged(y):
    name, groups = named(y)
    return {"layer": "instance", "instance": "layer"}.get(name, name), groups


def layer_and_batch_exchanged(y):
    name, groups = named(y)
    return {"layer": "batch", "batch": "layer"}.get(name, name), groups


def layer_has_no_groups(y):
    name, groups = named(y)
    return name, 0 if name == "layer" else groups


def only_groups_are_counted(y):
    name, groups = named(y)
    return name, groups if name == "group" else 0


def batch_is_one_group(y):
    name, groups = named(y)
    return name, 1 if name == "batch" else groups


# --- scaled_step ---------------------------------------------------------------------------------

scaled_step = Exercise("scaled_step", points=3)


def weights(rng, f, d):
    """Return rows of weights, and gradients perpendicular to them."""
    w = uneven(rng, f, d)
    g = normal(rng, f, d)
    return w, g - w * (np.sum(w * g, axis=1) / np.sum(w * w, axis=1))[:, np.newaxis]


def factors(rng, f):
    """Return factors below and above 1, none near it."""
    return rng.permutation(np.resize([0.4, 3.0, 1.6, 2.2, 0.6], f)) * rng.uniform(0.95, 1.05, f)


@scaled_step.check()
def worked_length(rng):
    """Gives (5.8, 8.15) and the rate 0.25 in the worked example."""
    yield np.array([[3.0, 4.0]]), np.array([[0.4, -0.3]]), np.array([2.0]), 1.0


@scaled_step.check(weight=2, observe="item")
def step_of_the_long_copy(rng):
    """Takes the step with the gradient at the scaled weights, row by row."""
    yield 0, *weights(rng, 3, 4), factors(rng, 3), 0.3
    yield 0, *weights(rng, 2, 2), factors(rng, 2), 1.7


@scaled_step.check(weight=2, observe="item")
def rate_of_the_short_copy(rng):
    """Finds the rate with which the short copy arrives at the same function."""
    yield 1, *weights(rng, 3, 4), factors(rng, 3), 0.3
    yield 1, *weights(rng, 2, 3), factors(rng, 2), 1.7


@scaled_step.check()
def copies_of_one_length(rng):
    """Makes an ordinary step if nothing is scaled, and none with the rate 0."""
    yield *weights(rng, 2, 3), np.ones(2), 0.4
    yield *weights(rng, 2, 3), factors(rng, 2), 0.0


@scaled_step.check(weight=2, hidden=True)
def any_lengths(rng):
    """Is right for any weights and factors."""
    yield *weights(rng, 5, 3), factors(rng, 5), 0.07
    yield *weights(rng, 1, 4), factors(rng, 1), 2.5
    yield *weights(rng, 4, 2), rng.uniform(0.05, 0.3, 4), 0.02


@scaled_step.check()
def both_copies(rng):
    """Returns the new weights and the rates together."""
    yield *weights(rng, 3, 3), factors(rng, 3), 0.6
    yield *weights(rng, 4, 5), factors(rng, 4), 0.2


scaled_step.in_other_dress(both_copies)


def short_copy_moves(w, gradient, c, lr):
    rates = lr / c**2
    return (w - rates[:, np.newaxis] * gradient).astype(w.dtype), rates


def renormalized(w, gradient, c, lr):
    long = c[:, np.newaxis]
    new = long * w - lr * gradient / long
    size = np.linalg.norm(long * w, axis=1, keepdims=True)
    return new * size / np.linalg.norm(new, axis=1, keepdims=True), lr / c**2


def columns_scaled(w, gradient, c, lr):
    wide = np.resize(c, w.shape[1])
    return wide * w - lr * gradient / wide, lr / c**2


def one_factor_for_all(w, gradient, c, lr):
    mean = c.mean()
    return mean * w - lr * gradient / mean, np.full_like(c, lr) / mean**2


def one_rate_for_all(w, gradient, c, lr):
    long = c[:, np.newaxis] * w
    rate = lr * np.sum(w * w) / np.sum(long * long)
    return long - lr * gradient / c[:, np.newaxis], np.full_like(c, rate)


def one_rate_of_the_mean(w, gradient, c, lr):
    long = c[:, np.newaxis]
    return long * w - lr * gradient / long, np.full_like(c, lr / c.mean() ** 2)


# --- clip_gradients ------------------------------------------------------------------------------

clip_gradients = Exercise("clip_gradients", points=4)


def of_norms(rng, *lengths):
    """Return gradients of these norms and of different shapes, no entry tiny."""
    shapes = ((2, 2), (3,), (1, 2, 2), (2, 1))
    found = []
    for length, shape in zip(lengths, shapes):
        g = rng.uniform(0.5, 1.5, shape) * rng.permuted(np.resize([1.0, -1.0], shape))
        found.append(g * length / np.sqrt(np.sum(g * g)))
    return found


@clip_gradients.check()
def worked_clipping(rng):
    """Gives the three answers of the worked example."""
    gradients = [np.array([-6.0, 8.0]), np.array([24.0])]
    for how in ("value", "norm", "global"):
        yield gradients, 6.5, how


@clip_gradients.check()
def entries_cut(rng):
    """Cuts single entries, on both sides, and no others."""
    small = 0.2 * np.array([1.0, -1.0, 2.0])
    yield [np.array([[0.5, -2.5], [3.0, -0.1]]), small], rng.uniform(0.8, 1.2), "value"
    yield of_norms(rng, 5.0, 1.0), 0.7, "value"


@clip_gradients.check(weight=2)
def each_by_its_norm(rng):
    """Shortens each gradient that is too long, keeps its direction, and leaves short ones alone."""
    yield of_norms(rng, 3.0, 0.9, 1.5), 1.2, "norm"
    yield of_norms(rng, 0.5, 8.0), 2.0, "norm"


@clip_gradients.check(weight=2)
def all_by_one_norm(rng):
    """Shortens all gradients by one factor, even where none is too long by itself."""
    yield of_norms(rng, 3.0, 0.9, 1.5), 1.2, "global"
    yield of_norms(rng, 1.5, 1.6, 1.7), 2.0, "global"


@clip_gradients.check()
def nothing_too_long(rng):
    """Changes nothing where the limit is not reached, and gives zeros for zeros."""
    for how in ("value", "norm", "global"):
        yield of_norms(rng, 1.0, 2.0), 5.0, how
    zero = [np.zeros((2, 2)), np.array([3.0, -4.0])]
    for how in ("norm", "global"):
        yield zero, 2.5, how
    yield [np.zeros(3)], 1.0, "global"


@clip_gradients.check(exact=True, atol=1e-12)
def not_finite(rng):
    """Does what the text says with entries that are not finite."""
    good, bad = np.array([3.0, -4.0]), np.array([np.inf, 0.5, -np.inf])
    lost = np.array([[0.25, np.nan]])
    yield [bad, lost, good], 2.0, "value"
    yield [good, bad], 2.5, "norm"
    yield [lost, good], 2.5, "norm"
    yield [good, bad], 2.5, "global"
    yield [lost, good], 2.5, "global"


@clip_gradients.check(weight=2, hidden=True)
def any_gradients(rng):
    """Is right for any gradients."""
    for how, limit in (("value", 0.6), ("norm", 1.3), ("global", 1.3), ("global", 3.2)):
        yield of_norms(rng, 2.0, 1.0, 0.4, 2.5), limit, how
    yield of_norms(rng, 2.0), 1.0, "global"
    bad = np.array([1.0, np.nan, -np.inf])
    for how in ("value", "norm", "global"):
        yield [np.array([[0.5, -2.0]]), bad], 1.0, how


clip_gradients.in_other_dress(all_by_one_norm)
clip_gradients.in_new_arrays(nothing_too_long)


def clipped(gradients, limit, how, **ideas):
    """Clip as asked, save for the ideas given."""
    if how == "value":
        value = ideas.get("value", lambda g: np.nan_to_num(np.clip(g, -limit, limit), nan=0.0))
        return [value(g).astype(g.dtype) for g in gradients]
    length = ideas.get("length", lambda g: np.sqrt(np.sum(g * g)))
    norms = [float(length(g)) for g in gradients]
    if how == "global":
        norms = ideas.get("together", lambda n: [float(np.sqrt(np.sum(np.square(n))))] * len(n))(
            norms
        )
    factor = ideas.get("factor", lambda n: limit / n if n > limit else 1.0)
    lost = ideas.get("lost", np.zeros_like)
    return [
        np.asarray(g * factor(n) if np.isfinite(n) else lost(g), g.dtype)
        for g, n in zip(gradients, norms)
    ]


def norm_of_each_for_global(gradients, limit, how):
    return clipped(gradients, limit, how, together=lambda norms: norms)


def global_for_norm(gradients, limit, how):
    return clipped(gradients, limit, "global" if how == "norm" else how)


def value_for_norm(gradients, limit, how):
    return clipped(gradients, limit, "value" if how == "norm" else how)


def sum_of_the_norms(gradients, limit, how):
    return clipped(gradients, limit, how, together=lambda n: [float(np.sum(n))] * len(n))


def largest_of_the_norms(gradients, limit, how):
    return clipped(gradients, limit, how, together=lambda n: [float(np.max(n))] * len(n))


def mean_of_the_norms(gradients, limit, how):
    def together(norms):
        return [float(np.sqrt(np.mean(np.square(norms))))] * len(norms)

    return clipped(gradients, limit, how, together=together)


def always_of_that_length(gradients, limit, how):
    return clipped(gradients, limit, how, factor=lambda n: limit / n if n > 0 else 1.0)


def divided_by_zero(gradients, limit, how):
    def factor(norm):
        return float(np.minimum(1.0, np.divide(limit, norm))) if norm else float("nan")

    return clipped(gradients, limit, how, factor=factor)


def direction_alone(gradients, limit, how):
    return clipped(gradients, limit, how, factor=lambda n: 1 / n if n > limit else 1.0)


def squared_norm(gradients, limit, how):
    return clipped(
        gradients,
        limit,
        how,
        length=lambda g: np.sum(g * g),
        together=lambda n: [float(np.sum(n))] * len(n),
    )


def sum_of_sizes(gradients, limit, how):
    return clipped(
        gradients,
        limit,
        how,
        length=lambda g: np.sum(np.abs(g)),
        together=lambda n: [float(np.sum(n))] * len(n),
    )


def largest_entry(gradients, limit, how):
    return clipped(
        gradients,
        limit,
        how,
        length=lambda g: np.max(np.abs(g)),
        together=lambda n: [float(np.max(n))] * len(n),
    )


def too_long_is_dropped(gradients, limit, how):
    return clipped(gradients, limit, how, factor=lambda n: 0.0 if n > limit else 1.0)


def upper_side_only(gradients, limit, how):
    def value(g):
        return np.nan_to_num(np.minimum(g, limit), nan=0.0, neginf=-limit)

    return clipped(gradients, limit, how, value=value)


def sizes_lose_their_signs(gradients, limit, how):
    def value(g):
        return np.nan_to_num(np.minimum(np.abs(g), limit), nan=0.0)

    return clipped(gradients, limit, how, value=value)


def large_entries_dropped(gradients, limit, how):
    return clipped(gradients, limit, how, value=lambda g: np.where(np.abs(g) <= limit, g, 0))


def nan_left_alone(gradients, limit, how):
    return clipped(gradients, limit, how, value=lambda g: np.clip(g, -limit, limit))


def bad_entries_to_zero(gradients, limit, how):
    cleaned = [np.where(np.isfinite(g), g, 0).astype(g.dtype) for g in gradients]
    return clipped(gradients if how == "value" else cleaned, limit, how)


def bad_left_alone(gradients, limit, how):
    return clipped(gradients, limit, how, lost=lambda g: g.copy())


def bad_not_thought_of(gradients, limit, how):
    if how == "value":
        return [np.clip(g, -limit, limit) for g in gradients]
    norms = [float(np.sqrt(np.sum(g * g))) for g in gradients]
    if how == "global":
        norms = [float(np.sqrt(np.sum(np.square(norms))))] * len(norms)
    with np.errstate(invalid="ignore"):
        return [g * (limit / n) if n > limit else g.copy() for g, n in zip(gradients, norms)]


def only_nan_is_bad(gradients, limit, how):
    with np.errstate(invalid="ignore"):
        return clipped_unless(np.isnan, gradients, limit, how)


def only_infinity_is_bad(gradients, limit, how):
    return clipped_unless(np.isinf, gradients, limit, how)


def clipped_unless(bad, gradients, limit, how):
    if how == "value":
        return clipped(gradients, limit, how)
    norms = [float(np.sqrt(np.sum(g * g))) for g in gradients]
    if how == "global":
        norms = [float(np.sqrt(np.sum(np.square(norms))))] * len(norms)
    factors = [limit / n if n > limit else 1.0 for n in norms]
    return [
        np.zeros_like(g) if bad(n) else np.asarray(g * f, g.dtype)
        for g, n, f in zip(gradients, norms, factors)
    ]


def only_the_bad_one_to_zero(gradients, limit, how):
    if how == "global":
        whole = [np.all(np.isfinite(g)) for g in gradients]
        kept = clipped([g for g, good in zip(gradients, whole) if good], limit, how)
        return [kept.pop(0) if good else np.zeros_like(g) for g, good in zip(gradients, whole)]
    return clipped(gradients, limit, how)


# --- questions -----------------------------------------------------------------------------------

forgotten_switch = Question(
    "forgotten_switch",
    points=3,
    guide="""
    Full answer, a point for each student. A measures in training mode: the answer depends on the
    company. With shuffled batches of 50 the statistics are nearly right (0.90), in sorted
    batches the batch's mean takes away the very thing that makes the class (0.28), and a single
    digit is its own mean, every layer gives its shift, and every digit gets the same answer
    (0.11: the share of one class). B measures in inference mode (three equal numbers: no
    company matters), but the running statistics are not those of the net: never updated in
    training (still 0 and 1), or with momentum read in the other sense and far too slow, or not
    saved with the weights. C measures well, but the running statistics are updated while the
    net is used: after twenty batches of zeros they are those of zeros
    (1 - 0.9^20 = 88 % of them), and other digits are normalized by them. Half: the right mode
    without the mechanism, or without the number that gives it away.
    """,
)
decay_before_the_norm = Question(
    "decay_before_the_norm",
    points=3,
    guide="""
    Full answer, a point for each. The decay cannot make the function simpler: it shortens the
    rows, and a shorter row before a batch norm is the same function. What it changes is the
    effective learning rate, rate over squared length: steps lengthen the row (the gradient is
    perpendicular), decay shortens it, and the two come to a balance at which the layer keeps
    turning at a constant rate; without decay the rows grow, the effective rate falls towards
    zero, and the layer freezes (also: a large rate heals itself). It does what it was meant for
    where no norm follows: in the last layer, and, if they are decayed at all, in scales and
    shifts. Half: says that decay still regularizes before the norm, but names the length and
    the rate.
    """,
)
what_is_internal_covariate_shift = Question(
    "what_is_internal_covariate_shift",
    points=3,
    guide="""
    Full answer, a point for each. Refuted is that a stable distribution of the layers' inputs
    is *necessary* for the gain: with more shift than without the norm, training went on nearly
    as well. Not refuted: that batch norm works, nor that it helps in other ways, nor that shift
    can hurt elsewhere; it is one experiment on some nets, and the noise there was not large
    enough to destroy the signal. Other explanations: a smoother loss and gradients that can be
    relied on further along a step, hence larger rates (their paper); the rate of every row that
    regulates itself (section 13); signals that keep their size through many layers, as the
    capstone's plain net does not; noise of the batch as a regularizer. To measure, any that
    tells two of them apart: how far the loss along the gradient follows its prediction, with
    and without the norm; the same net with the statistics frozen, or with unit-length rows and
    no norm; the gain at a batch as large as the data (no noise), or at a small rate. Half:
    repeats the original claim with the experiment as a detail.
    """,
)
