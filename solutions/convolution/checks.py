"""How the exercises on convolution and pooling are judged."""

import numpy as np

from autograder.spec import Case, Exercise, Question
from reference import convolution as ref

CONVOLVERS = ("np.convolve", "np.correlate")


def pixels(rng, *shape):
    """Eighths between -5 and 5, none of them zero: sums of their products are exact."""
    return rng.integers(1, 41, shape) * rng.choice([-1, 1], shape) / 8


def distinct(rng, *shape):
    """Pixels of which no two are equal, all negative and all positive ones alike likely."""
    size = int(np.prod(shape))
    return (rng.permutation(size).reshape(shape) - size // 2) / 8


# --- smooth_track ------------------------------------------------------------------------------

smooth = Exercise("smooth_track", points=3, forbid=CONVOLVERS)


@smooth.check(weight=2)
def newest_report_first(rng):
    """Gives weights[0] to the newest report and weights[a] to the one a steps older."""
    yield pixels(rng, 6, 2), np.array([4.0, 2.0, 1.0])
    yield pixels(rng, 7, 1), np.array([1.0, 0.5, 3.0, 0.25])


@smooth.check()
def standing_still(rng):
    """A drone that stands still is seen to stand still, from the first report on."""
    yield np.tile(pixels(rng, 1, 3) + 7.0, (5, 1)), np.array([2.0, 1.0, 5.0])


@smooth.check()
def short_track(rng):
    """Works for a track of fewer reports than there are weights."""
    yield pixels(rng, 3, 2), np.array([4.0, 2.0, 1.0, 8.0, 16.0])
    yield pixels(rng, 1, 2), np.array([3.0, 1.0, 2.0])


@smooth.check(hidden=True)
def more_weights_than_reports(rng):
    """Works for a track shorter than the weights, and for a single report or weight."""
    yield pixels(rng, 3, 2), rng.uniform(0.5, 2.0, 5)
    yield pixels(rng, 1, 2), rng.uniform(0.5, 2.0, 2)
    yield pixels(rng, 4, 1), np.array([2.5])


smooth.in_other_dress(newest_report_first)


def _oldest_first_at_once(positions, weights):
    smoothed = np.zeros_like(positions)
    for t in range(len(positions)):
        window = positions[max(0, t - len(weights) + 1) : t + 1]
        met = weights[: len(window)]
        smoothed[t] = met @ window / met.sum()
    return smoothed


def _newest_left_out(positions, weights):
    smoothed = np.full_like(positions, np.nan)
    for t in range(1, len(positions)):
        window = positions[max(0, t - len(weights)) : t][::-1]
        smoothed[t] = weights[: len(window)] @ window / weights[: len(window)].sum()
    return smoothed


def _wraps_around(positions, weights):
    ages = np.arange(len(weights))
    rows = [weights @ positions[t - ages] for t in range(len(positions))]
    return np.array(rows, dtype=positions.dtype) / weights.sum()


def _wraps_around_by_the_weights_there(positions, weights):
    ages = np.arange(len(weights))
    rows = [weights @ positions[t - ages] / weights[: t + 1].sum() for t in range(len(positions))]
    return np.array(rows, dtype=positions.dtype)


def _sees_the_future(positions, weights):
    steps = len(positions)
    seen, total = np.zeros_like(positions), np.zeros((steps, 1), positions.dtype)
    for age, weight in enumerate(weights[:steps]):
        seen[: steps - age] += weight * positions[age:]
        total[: steps - age] += weight
    return seen / total


def _full_windows_only(positions, weights):
    steps, taps = len(positions), min(len(weights), len(positions))
    rows = [weights[:taps] @ positions[t - taps + 1 : t + 1][::-1] for t in range(taps - 1, steps)]
    return np.array(rows, dtype=positions.dtype) / weights[:taps].sum()


def _centred_window(positions, weights):
    steps, half = len(positions), len(weights) // 2
    smooth = np.empty_like(positions)
    for t in range(steps):
        ages = [a for a in range(len(weights)) if 0 <= t - a + half < steps]
        chosen = weights[ages]
        smooth[t] = chosen @ positions[[t - a + half for a in ages]] / chosen.sum()
    return smooth


def _first_repeated(positions, weights):
    before = np.repeat(positions[:1], len(weights) - 1, axis=0)
    padded = np.concatenate([before, positions])
    windows = [padded[t : t + len(weights)][::-1] for t in range(len(positions))]
    return np.stack([weights @ window / weights.sum() for window in windows])


def _raw_start(positions, weights):
    smooth = positions.copy()
    for t in range(len(weights) - 1, len(positions)):
        window = positions[t - len(weights) + 1 : t + 1][::-1]
        smooth[t] = weights @ window / weights.sum()
    return smooth


def _recursive(positions, weights):
    smooth = positions.copy()
    for t in range(len(positions)):
        count = min(t + 1, len(weights))
        window = smooth[t - count + 1 : t + 1][::-1]
        smooth[t] = weights[:count] @ window / weights[:count].sum()
    return smooth


# --- conv1d ------------------------------------------------------------------------------------

conv1 = Exercise("conv1d", points=4, forbid=CONVOLVERS)


@conv1.check(weight=2)
def slides(rng):
    """Slides a kernel along the signal without flipping it."""
    yield np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, -1.0])
    yield pixels(rng, 9), pixels(rng, 4)


@conv1.check(needs=slides)
def strides(rng):
    """Moves by the stride, and drops what no whole window covers."""
    yield Case(pixels(rng, 10), pixels(rng, 3), stride=2)
    yield Case(pixels(rng, 12), pixels(rng, 4), stride=3)
    yield Case(pixels(rng, 13), pixels(rng, 3), stride=3)


@conv1.check(needs=slides)
def pads(rng):
    """Puts the zeros of the padding on both ends."""
    yield Case(pixels(rng, 6), pixels(rng, 3), padding=1)
    yield pixels(rng, 5), pixels(rng, 4), 2, 3


@conv1.check(needs=slides)
def taps_apart_in_time(rng):
    """Spreads the taps by the dilation."""
    yield Case(pixels(rng, 9), pixels(rng, 3), dilation=2)
    yield Case(pixels(rng, 13), pixels(rng, 3), 2, 1, dilation=3)


@conv1.check(weight=2, needs=slides)
def causal(rng):
    """With "causal" no output looks ahead: all the zeros stand in front, as many as it takes."""
    yield Case(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, -1.0]), padding="causal")
    yield Case(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, -1.0]), 1, "causal", 2)
    yield Case(pixels(rng, 9), pixels(rng, 4), padding="causal")
    yield Case(pixels(rng, 10), pixels(rng, 2), padding="causal", dilation=4)
    yield pixels(rng, 8), pixels(rng, 3), 3, "causal", 2


@conv1.check(hidden=True)
def short_signals(rng):
    """Works where a single window fits, and for a kernel of one tap."""
    yield pixels(rng, 5), pixels(rng, 5)
    yield pixels(rng, 6), pixels(rng, 1)
    yield pixels(rng, 2), pixels(rng, 4), 3, 1


@conv1.check(hidden=True)
def causal_and_short(rng):
    """Is causal where the kernel reaches back beyond the beginning, and thins out by the stride."""
    yield pixels(rng, 3), pixels(rng, 3), 1, "causal", 4
    yield pixels(rng, 11), pixels(rng, 4), 2, "causal", 2
    yield Case(pixels(rng, 6), pixels(rng, 1), padding="causal", dilation=3)


conv1.in_other_dress(strides)


def _thinned_signal(signal, kernel, stride=1, padding=0, dilation=1):
    span = dilation * (len(kernel) - 1) + 1
    ends = (span - 1, 0) if padding == "causal" else (padding, padding)
    thinned = np.pad(signal, ends)[::stride]
    return ref.conv1d(thinned, kernel, 1, 0, dilation) if len(thinned) >= span else thinned[:0]


def _seen_at_its_end(signal, kernel, stride=1, padding=0, dilation=1):
    """Cut what the causal padding would have shown first."""
    if padding != "causal":
        return ref.conv1d(signal, kernel, stride, padding, dilation)
    span = dilation * (len(kernel) - 1) + 1
    if span > len(signal):
        return signal[:0].copy()
    return ref.conv1d(signal, kernel, stride, 0, dilation)


def _chomped(signal, kernel, stride=1, padding=0, dilation=1):
    """Pad both ends and cut as many outputs off as zeros were put behind."""
    if padding != "causal":
        return ref.conv1d(signal, kernel, stride, padding, dilation)
    reach = dilation * (len(kernel) - 1)
    y = ref.conv1d(signal, kernel, stride, reach, dilation)
    return y[:-reach].copy() if reach else y


def _thinned_from_the_end(signal, kernel, stride=1, padding=0, dilation=1):
    return ref.conv1d(signal, kernel, 1, padding, dilation)[::-1][::stride][::-1].copy()


# --- place_windows -----------------------------------------------------------------------------

places = Exercise("place_windows", points=4)


@places.check(exact=True)
def whole_windows(rng):
    """Counts the windows without padding and with zeros on both ends, and tells these zeros."""
    yield 13, 6, 5
    yield 28, 5
    yield Case(9, 2, 3, padding=0)
    yield 13, 6, 5, 1
    yield Case(9, 4, 2, padding=1)
    yield 11, 3, 4, 2
    yield 7, 7, 2, "valid"


@places.check(exact=True, weight=2)
def same_with_an_odd_zero(rng):
    """With "same" there are size / stride windows, rounded up; the odd zero goes to the end."""
    yield 13, 6, 5, "same"
    yield 8, 4, 1, "same"
    yield Case(10, 5, 2, padding="same")
    yield Case(5, 8, padding="same")


@places.check(exact=True)
def same_without_one(rng):
    """Splits an even number of zeros equally, and pads nothing where the windows do not reach."""
    yield 28, 5, 1, "same"
    yield 9, 3, 2, "same"
    yield 7, 1, 1, "same"
    yield 9, 1, 4, "same"
    yield 10, 2, 3, "same"
    yield 12, 2, 6, "same"


@places.check(exact=True)
def too_large_a_kernel(rng):
    """A kernel that does not fit has no position: 0, never less."""
    yield 3, 5
    yield 2, 9, 3, 1
    yield 4, 3, 2, 0, 2


@places.check(exact=True)
def dilated_kernels(rng):
    """A dilated kernel spans more pixels than it has taps, with "same" as well."""
    for n, k, s, p, d in ((17, 3, 1, 0, 2), (20, 4, 3, 2, 3), (9, 1, 2, 0, 5), (12, 2, 2, 1, 4)):
        yield Case(n, k, stride=s, padding=p, dilation=d)
    yield Case(15, 4, dilation=2)
    yield Case(15, 4, 2, "same", 3)
    yield Case(7, 3, padding="same", dilation=2)


@places.check(exact=True, hidden=True)
def many_sizes(rng):
    """Agrees over many sizes, kernels, strides and paddings."""
    for _ in range(24):
        n, k = int(rng.integers(1, 40)), int(rng.integers(1, 9))
        s, p, d = int(rng.integers(1, 6)), int(rng.integers(0, 4)), int(rng.integers(1, 4))
        yield n, k, s, p, d
    n, s = int(rng.integers(1, 20)), int(rng.integers(2, 6))
    yield n, n + int(rng.integers(1, s)), s  # sticks out by less than a stride
    yield n, n + s + int(rng.integers(1, 6)), s


@places.check(exact=True, hidden=True)
def many_lines(rng):
    """Agrees with "same" over many sizes, kernels, strides and dilations."""
    for _ in range(24):
        n, k = int(rng.integers(1, 40)), int(rng.integers(1, 10))
        yield n, k, int(rng.integers(1, 7)), "same", int(rng.integers(1, 3))
    yield int(rng.integers(4, 30)), 2 * int(rng.integers(1, 4)), 1, "same"
    stride = int(rng.integers(2, 6))
    yield stride * int(rng.integers(2, 6)), 1, stride, "same"


# --- conv2d_forward ----------------------------------------------------------------------------


def bank(rng, maps, c, kh, kw):
    """A bank of kernels and its biases."""
    return pixels(rng, maps, c, kh, kw), pixels(rng, maps)


conv = Exercise("conv2d_forward", points=6, needs=("place_windows",))


@conv.check(weight=1)
def one_channel(rng):
    """Slides one kernel over one channel: each output is a window times the kernel."""
    rows = ("11100", "01110", "00111", "00110", "01100")
    image = np.array([[float(pixel) for pixel in row] for row in rows])[None, None]
    cross = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])[None, None]
    yield image, cross, np.zeros(1)
    yield pixels(rng, 1, 1, 4, 5), pixels(rng, 1, 1, 3, 2), np.zeros(1)


@conv.check(weight=2, needs=one_channel)
def channels_and_biases(rng):
    """Sums over the channels and adds each map's bias once."""
    yield pixels(rng, 2, 3, 4, 5), *bank(rng, 4, 3, 2, 3)


@conv.check(weight=1, needs=channels_and_biases)
def stride_and_padding(rng):
    """Steps by the stride over an image padded on all four sides."""
    yield Case(pixels(rng, 1, 2, 7, 6), *bank(rng, 3, 2, 3, 2), stride=2)
    yield Case(pixels(rng, 2, 1, 4, 3), *bank(rng, 2, 1, 3, 3), padding=1)
    yield pixels(rng, 1, 2, 5, 6), *bank(rng, 2, 2, 3, 2), 2, 1


@conv.check(weight=1, needs=channels_and_biases)
def dilation(rng):
    """Spreads the taps of the kernel by the dilation, and leaves the padding as it is."""
    yield Case(pixels(rng, 1, 2, 7, 6), *bank(rng, 2, 2, 3, 2), dilation=2)
    yield Case(pixels(rng, 1, 1, 5, 6), *bank(rng, 1, 1, 2, 3), dilation=2, padding=1)


@conv.check(weight=1, needs=stride_and_padding)
def padding_by_name(rng):
    """Pads by name along rows and columns; with "same" an odd zero stands below or to the right."""
    line = np.array([[[[1.0, 2.0, 4.0]]]]), np.array([[[[1.0, 10.0]]]]), np.zeros(1)
    yield Case(*line, padding="same")
    yield Case(pixels(rng, 1, 2, 5, 4), *bank(rng, 2, 2, 4, 3), padding="same")
    yield pixels(rng, 2, 1, 6, 7), *bank(rng, 2, 1, 3, 4), 2, "same"
    yield pixels(rng, 1, 1, 5, 6), *bank(rng, 2, 1, 3, 2), 2, "valid"


@conv.check(weight=1, hidden=True, needs=(stride_and_padding, dilation))
def all_together(rng):
    """Stride, padding and dilation at once."""
    yield pixels(rng, 1, 2, 7, 8), *bank(rng, 2, 2, 2, 3), 3, "same", 2
    yield Case(pixels(rng, 2, 2, 7, 8), *bank(rng, 3, 2, 3, 2), dilation=2, padding=1)
    yield pixels(rng, 1, 2, 9, 8), *bank(rng, 2, 2, 2, 3), 2, 2, 3
    yield Case(pixels(rng, 1, 1, 8, 10), *bank(rng, 1, 1, 3, 2), dilation=3, stride=2)


conv.in_other_dress(stride_and_padding)


@conv.check(weight=1, hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_in_the_image(rng):
    """Without a bias it is linear: twice the image, twice the maps."""
    w = pixels(rng, 2, 3, 2, 2)
    yield pixels(rng, 2, 3, 5, 4), pixels(rng, 2, 3, 5, 4), 2.0, -3.0, w, np.zeros(2), 1, 1


def frame(x, w, stride, padding, dilation):
    """Return the images with their zeros, and how many windows there are down and across."""
    sides = zip(x.shape[2:], w.shape[2:])
    found = [ref.place_windows(n, k, stride, padding, dilation) for n, k in sides]
    (rows, *down), (cols, *right) = found
    return np.pad(x, ((0, 0), (0, 0), tuple(down), tuple(right))), rows, cols


def _taps_at(x, w, b, stride, padding, dilation, place):
    """Sum what the taps meet; tap u of window i stands at ``place(i, u)``, zero outside."""
    padded, rows, cols = frame(x, w, stride, padding, dilation)
    room = (stride + 1) * (dilation + 1) * max(*x.shape[2:], *w.shape[2:])
    padded = np.pad(padded, ((0, 0), (0, 0), (0, room), (0, room)))
    y = np.zeros((len(x), len(w), rows, cols), dtype=x.dtype)
    for u, v in np.ndindex(w.shape[2:]):
        met = padded[:, :, place(np.arange(rows), u)][..., place(np.arange(cols), v)]
        y += np.einsum("fc,ncij->nfij", w[:, :, u, v], met)
    return y + b[:, None, None]


def _stride_for_everything(x, w, b, stride=1, padding=0, dilation=1):
    where = lambda i, u: (i + u * dilation) * stride
    return _taps_at(x, w, b, stride, padding, dilation, where)


def _stride_times_the_tap(x, w, b, stride=1, padding=0, dilation=1):
    return _taps_at(x, w, b, stride, padding, dilation, lambda i, u: i * dilation + u * stride)


def _misprint(x, w, b, stride=1, padding=0, dilation=1):
    """Read the row as i*s + u - 1, as if the taps were counted from one."""
    padded, _, _ = frame(x, w, stride, padding, dilation)
    return ref.conv2d_forward(np.roll(padded, (1, 1), axis=(2, 3)), w, b, stride, 0, dilation)


def _padding_dilated(x, w, b, stride=1, padding=0, dilation=1):
    if isinstance(padding, str):
        return ref.conv2d_forward(x, w, b, stride, padding, dilation)
    y = ref.conv2d_forward(x, w, b, stride, padding * dilation, dilation)
    _, rows, cols = frame(x, w, stride, padding, dilation)
    return y[:, :, :rows, :cols].copy()


def _odd_zero_first(x, w, b, stride=1, padding=0, dilation=1):
    if padding != "same":
        return ref.conv2d_forward(x, w, b, stride, padding, dilation)
    (_, above, below), (_, left, right) = (
        ref.place_windows(n, k, stride, padding, dilation) for n, k in zip(x.shape[2:], w.shape[2:])
    )
    padded = np.pad(x, ((0, 0), (0, 0), (below, above), (right, left)))
    return ref.conv2d_forward(padded, w, b, stride, 0, dilation)


def _same_by_half_the_kernel(x, w, b, stride=1, padding=0, dilation=1):
    if padding != "same":
        return ref.conv2d_forward(x, w, b, stride, padding, dilation)
    down, right = (dilation * (k // 2) for k in w.shape[2:])
    padded = np.pad(x, ((0, 0), (0, 0), (down, down), (right, right)))
    return ref.conv2d_forward(padded, w, b, stride, 0, dilation)


def _same_by_a_half(x, w, b, stride, dilation, half):
    zeros = [(half(dilation, k),) * 2 for k in w.shape[2:]]
    return ref.conv2d_forward(np.pad(x, ((0, 0), (0, 0), *zeros)), w, b, stride, 0, dilation)


def _same_by_half_the_reach(x, w, b, stride=1, padding=0, dilation=1):
    if padding != "same":
        return ref.conv2d_forward(x, w, b, stride, padding, dilation)
    return _same_by_a_half(x, w, b, stride, dilation, lambda d, k: d * (k - 1) // 2)


def _same_by_the_half_reach(x, w, b, stride=1, padding=0, dilation=1):
    if padding != "same":
        return ref.conv2d_forward(x, w, b, stride, padding, dilation)
    return _same_by_a_half(x, w, b, stride, dilation, lambda d, k: d * ((k - 1) // 2))


# --- diagnose_conv2d ---------------------------------------------------------------------------

diagnose = Exercise("diagnose_conv2d", points=4, needs=("conv2d_forward",))
ROWS = (
    "right", "flipped", "transposed", "first channel",
    "no bias", "bias per channel", "repeated border", "one-sided",
)  # fmt: skip


def beliefs(x, w, b, padding):
    """Return what each row of the table makes of a layer."""
    fill = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    aside = ((0, 0), (0, 0), (2 * padding, 0), (2 * padding, 0))
    given = {
        "right": (x, w, b, padding),
        "flipped": (x, w[..., ::-1, ::-1], b, padding),
        "transposed": (x, w.swapaxes(2, 3), b, padding),
        "first channel": (x[:, :1], w[:, :1], b, padding),
        "no bias": (x, w, 0 * b, padding),
        "bias per channel": (x, w, x.shape[1] * b, padding),
        "repeated border": (np.pad(x, fill, mode="edge"), w, b, 0),
        "one-sided": (np.pad(x, aside), w, b, 0),
    }
    return {
        name: ref.conv2d_forward(*map(np.ascontiguousarray, arrays), 1, border)
        for name, (*arrays, border) in given.items()
    }


def layer(rng, n=2, c=3, h=4, w=5, maps=2, k=3):
    """Return images and parameters of a layer with square kernels."""
    return pixels(rng, n, c, h, w), *bank(rng, maps, c, k, k)


def sent(rng, name, padding=1, **sizes):
    """Return a case in which somebody sends what this row of the table makes."""
    x, w, b = layer(rng, **sizes)
    return Case(x, w, b, padding, beliefs(x, w, b, padding)[name])


@diagnose.check(exact=True)
def who_sends_what(rng):
    """Names the three classmates of the worked example, and the one in nobody's row."""
    image = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    kernel = np.array([[[[1.0, 2.0], [0.0, 5.0]]]])
    for number in (26.0, 16.0, 28.0, 25.0, 27.0):
        yield image, kernel, np.ones(1), 0, np.full((1, 1, 1, 1), number)


@diagnose.check(weight=3, exact=True)
def each_row(rng):
    """Recognises each row of the table."""
    for name in ROWS:
        yield sent(rng, name)
    yield sent(rng, "one-sided", padding=2, n=1, c=1, h=3, w=4, k=2)
    yield sent(rng, "repeated border", padding=2, n=1, c=2, k=2)
    yield sent(rng, "bias per channel", padding=0, n=1, c=2, maps=3)
    yield sent(rng, "flipped", padding=1, n=1, c=2, k=2)  # whose sum is the right one's
    x, w, b = layer(rng)
    b = np.abs(b)
    b[0] = 0
    yield x, w, b, 1, beliefs(x, w, b, 1)["no bias"]


@diagnose.check(exact=True, notices=("share-of-the-mean",))
def first_row_that_fits(rng):
    """Names the first row where several fit: no border, one channel, kernels that are symmetric."""
    yield sent(rng, "repeated border", padding=0)
    yield sent(rng, "first channel", c=1)
    yield sent(rng, "bias per channel", c=1)
    x, w, b = layer(rng)
    w = w + w.swapaxes(2, 3)
    w[:, :, 0, 0] += 1
    yield x, w, b, 1, beliefs(x, w, b, 1)["transposed"]
    turned = w + w[..., ::-1, ::-1]
    yield x, turned, b, 1, beliefs(x, turned, b, 1)["flipped"]
    yield x, w, 0 * b, 1, beliefs(x, w, 0 * b, 1)["no bias"]
    yield 0 * x, w, 0 * b, 1, np.zeros((2, 2, 4, 5))


def bent(rng, name, share, index=-1):
    """Return a case with one entry off by a share of the largest one."""
    case = sent(rng, name)
    found = case.args[4].copy()
    found.flat[index] += share * np.abs(found).max()
    return Case(*case.args[:4], found)


@diagnose.check(weight=2, exact=True)
def nobodys_row(rng):
    """Says "unknown" where a single entry is off, or where two mistakes are made at once."""
    for name in ("right", "flipped", "no bias", "one-sided"):
        yield bent(rng, name, 0.002)
    yield bent(rng, "right", -0.002, index=0)
    x, w, b = layer(rng)
    yield x, w, b, 1, beliefs(x, w[..., ::-1, ::-1], b, 1)["transposed"]
    yield x, w, b, 1, beliefs(x, w, 0 * b, 1)["flipped"]
    yield x, w, b, 1, -beliefs(x, w, b, 1)["right"]
    yield x, w, b, 1, beliefs(x, w, b, 1)["right"][:, ::-1].copy()
    for down, right in (((2, 0), (1, 1)), ((0, 2), (0, 2))):
        framed = np.pad(x, ((0, 0), (0, 0), down, right))
        yield x, w, b, 1, ref.conv2d_forward(framed, w, b)
    mixed = x.mean(axis=1, keepdims=True)
    for channel, kernels in ((x[:, -1:], w[:, -1:]), (mixed, w[:, :1])):
        yield x, w, b, 1, beliefs(channel, kernels, b, 1)["right"]


@diagnose.check(exact=True)
def to_rounding(rng):
    """Overlooks what rounding may do: entries off by a millionth of the largest one."""
    for name in ("right", "transposed", "repeated border"):
        yield bent(rng, name, 1e-6)
    x, w, b = layer(rng)
    b = np.abs(b)
    yield x, w, b, 1, beliefs(x, w, b, 1)["no bias"] * (1 + 2e-7)
    case = sent(rng, "flipped")
    found = case.args[4].copy()
    found.flat[np.abs(found).argmin()] += 5e-6 * np.abs(found).max()
    yield Case(*case.args[:4], found)


@diagnose.check(exact=True, hidden=True, notices=("signed-error",))
def other_layers(rng):
    """Recognises the rows in layers of other sizes, and what is in none."""
    for name in ROWS:
        yield sent(rng, name, padding=2, n=1, c=2, h=5, w=4, maps=3, k=2)
        yield sent(rng, name, n=1, c=4, h=3, w=3)
    for name in ROWS:
        yield bent(rng, name, 0.002, index=1)


diagnose.in_other_dress(each_row, keeps=False)


# --- translate ---------------------------------------------------------------------------------

shift = Exercise("translate", points=2)


@shift.check(weight=2)
def moves(rng):
    """Moves the content down and right, and fills with zeros."""
    yield np.arange(1.0, 10.0).reshape(1, 1, 3, 3), 1, -1
    yield pixels(rng, 2, 1, 4, 5), 2, 1
    yield pixels(rng, 1, 2, 5, 4), 0, 3
    yield pixels(rng, 2, 1, 3, 4), 0, 0


@shift.check()
def leaves_the_frame(rng):
    """Leaves nothing when moved by more than the frame, in either direction."""
    yield pixels(rng, 1, 1, 3, 4), 4, 0
    yield pixels(rng, 1, 2, 3, 4), 1, 7
    yield pixels(rng, 1, 1, 4, 3), -6, 1


@shift.check()
def moves_back(rng):
    """Negative numbers move up and left."""
    yield pixels(rng, 1, 2, 4, 5), -1, -3
    yield pixels(rng, 1, 1, 5, 3), -2, 0


@shift.check(hidden=True)
def beyond_the_frame(rng):
    """Leaves nothing when moved by the size of the frame or more."""
    yield pixels(rng, 1, 2, 3, 4), 3, 0
    yield pixels(rng, 1, 1, 3, 4), 0, -4
    yield pixels(rng, 1, 1, 3, 5), 1, 7
    yield pixels(rng, 1, 1, 3, 4), -9, 1
    yield pixels(rng, 1, 1, 3, 4), 2, -3


shift.in_other_dress(moves)
shift.in_new_arrays(moves)


def _rolled(x, down, right):
    return np.roll(x, (down, right), axis=(2, 3))


def _border_repeated(x, down, right):
    H, W = x.shape[2:]
    rows = np.clip(np.arange(H) - down, 0, H - 1)
    return x[:, :, rows][:, :, :, np.clip(np.arange(W) - right, 0, W - 1)]


def _upper_bound_only(x, down, right):
    moved, (H, W) = np.zeros_like(x), x.shape[2:]
    for i, j in np.ndindex(H, W):
        if i - down < H and j - right < W:
            moved[:, :, i, j] = x[:, :, i - down, j - right]
    return moved


def _slices_of_one_sign(x, down, right):
    moved = np.zeros_like(x)
    rows = slice(None, -down) if down else slice(None)
    cols = slice(None, -right) if right else slice(None)
    moved[:, :, down:, right:] = x[:, :, rows, cols]
    return moved


def _rolled_and_blanked(x, down, right):
    moved = _rolled(x, down, right)
    moved[:, :, :down] = 0
    moved[..., :right] = 0
    return moved


def _rolled_and_blanked_in_front(x, down, right):
    moved = _rolled(x, down, right)
    moved[:, :, : abs(down)] = 0
    moved[..., : abs(right)] = 0
    return moved


# --- im2col ------------------------------------------------------------------------------------

columns = Exercise("im2col", points=3, needs=("place_windows",))


@columns.check()
def windows_become_columns(rng):
    """Copies each window into a column, windows row by row."""
    yield np.arange(1.0, 10.0).reshape(1, 1, 3, 3), (2, 2)
    yield pixels(rng, 2, 1, 4, 5), (3, 2)
    yield pixels(rng, 2, 2, 4, 4), (4, 4)


@columns.check(needs=windows_become_columns)
def order_of_channels(rng):
    """Down a column runs the channel first, then the kernel's rows, then its columns."""
    yield pixels(rng, 1, 3, 4, 3), (2, 3)
    yield pixels(rng, 2, 2, 3, 4), (1, 2)


@columns.check(needs=windows_become_columns)
def steps_and_borders(rng):
    """Steps by the stride over the padded image."""
    yield Case(pixels(rng, 1, 2, 5, 6), (3, 2), stride=2)
    yield pixels(rng, 1, 1, 4, 5), (2, 3), 3, 2
    yield Case(pixels(rng, 1, 1, 3, 2), (2, 2), padding=1)


@columns.check(hidden=True)
def any_windows(rng):
    """Takes windows of any shape, up to the whole image."""
    yield pixels(rng, 2, 3, 6, 5), (2, 4), 2, 1
    yield pixels(rng, 1, 2, 4, 6), (3, 3)
    yield pixels(rng, 2, 2, 4, 4), (4, 4)


columns.in_other_dress(steps_and_borders)


def _columns_by_reshape(x, kernel, stride=1, padding=0):
    (KH, KW), (N, C, H, W) = kernel, x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, cols = (H + 2 * padding - KH) // stride + 1, (W + 2 * padding - KW) // stride + 1
    windows = np.empty((N, rows, cols, C * KH * KW), dtype=x.dtype)
    for i, j in np.ndindex(rows, cols):
        top, left = i * stride, j * stride
        windows[:, i, j] = padded[:, :, top : top + KH, left : left + KW].reshape(N, -1)
    return windows.reshape(N, C * KH * KW, rows * cols)


# --- col2im ------------------------------------------------------------------------------------

image = Exercise("col2im", points=3, needs=("place_windows",))


@image.check(weight=1)
def counts_the_windows(rng):
    """Columns of ones give the number of windows over each pixel."""
    yield np.ones((1, 4, 4)), (1, 1, 3, 3), (2, 2)
    yield np.ones((1, 6, 6)), (1, 1, 4, 4), (2, 3)


@image.check(weight=2)
def adds_overlaps(rng):
    """Sends each entry back to its pixel and adds where windows overlap."""
    yield pixels(rng, 2, 12, 6), (2, 2, 4, 4), (3, 2)
    yield pixels(rng, 1, 12, 6), (1, 3, 4, 3), (2, 2)


@image.check(needs=adds_overlaps)
def gaps_and_borders(rng):
    """Leaves pixels under no window zero, and drops what fell on the padding."""
    yield Case(pixels(rng, 1, 4, 6), (1, 1, 5, 7), (2, 2), stride=2)
    yield Case(pixels(rng, 1, 6, 9), (1, 1, 3, 2), (3, 2), padding=1)
    yield pixels(rng, 1, 8, 4), (1, 2, 4, 3), (2, 2), 3, 1
    yield pixels(rng, 1, 6, 49), (1, 1, 4, 5), (2, 3), 1, 2


image.in_other_dress(gaps_and_borders)


@image.check(hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_in_the_columns(rng):
    """It is linear in the columns."""
    one, other = pixels(rng, 1, 4, 6), pixels(rng, 1, 4, 6)
    yield one, other, 3.0, -2.0, (1, 1, 3, 4), (2, 2)


def _last_window_wins(shares, shape, stride, padding, dilation=1):
    """Lay windows of shape (N, C, KH, KW, rows, cols) one after another, each over the others."""
    KH, KW, rows, cols = shares.shape[2:]
    H, W = shape[2:]
    padded = np.zeros((*shape[:2], H + 2 * padding, W + 2 * padding), dtype=shares.dtype)
    for i, j in np.ndindex(rows, cols):
        down = slice(i * stride, i * stride + dilation * (KH - 1) + 1, dilation)
        right = slice(j * stride, j * stride + dilation * (KW - 1) + 1, dilation)
        padded[:, :, down, right] = shares[..., i, j]
    return padded[:, :, padding : padding + H, padding : padding + W].copy()


def _windows_overwritten(columns, shape, kernel, stride=1, padding=0):
    rows, cols = (ref.place_windows(n, k, stride, padding)[0] for n, k in zip(shape[2:], kernel))
    shares = columns.reshape(*shape[:2], *kernel, rows, cols)
    return _last_window_wins(shares, shape, stride, padding)


def _border_folded_back(columns, shape, kernel, stride=1, padding=0):
    (H, W), zeros = shape[2:], ((0, 0), (0, 0), (padding, padding), (padding, padding))
    wide = (*shape[:2], H + 2 * padding, W + 2 * padding)
    padded = ref.col2im(np.ascontiguousarray(columns), wide, kernel, stride)
    place = np.pad(np.arange(H * W).reshape(1, 1, H, W), zeros, mode="edge").ravel()
    image = np.zeros((*shape[:2], H * W), dtype=columns.dtype)
    np.add.at(image, (..., place), padded.reshape(*shape[:2], -1))
    return image.reshape(shape)


def _largest_share(columns, shape, kernel, stride=1, padding=0):
    (KH, KW), (N, C, H, W) = kernel, shape
    rows, cols = (ref.place_windows(n, k, stride, padding)[0] for n, k in zip((H, W), kernel))
    windows = columns.reshape(N, C, KH, KW, rows, cols)
    padded = np.full((N, C, H + 2 * padding, W + 2 * padding), -np.inf, dtype=columns.dtype)
    for u, v in np.ndindex(KH, KW):
        down, right = slice(u, u + stride * rows, stride), slice(v, v + stride * cols, stride)
        padded[:, :, down, right] = np.maximum(padded[:, :, down, right], windows[:, :, u, v])
    inside = padded[:, :, padding : padding + H, padding : padding + W]
    return np.where(np.isfinite(inside), inside, 0).astype(columns.dtype)


def _averaged(columns, shape, kernel, stride=1, padding=0):
    from solutions.convolution.chapter import col2im

    total = col2im(columns, shape, kernel, stride, padding)
    count = col2im(np.ones_like(columns), shape, kernel, stride, padding)
    return total / np.maximum(count, 1)


# --- conv2d_backward ---------------------------------------------------------------------------


def gradient_case(rng, x_shape, w_shape, **geometry):
    """Arguments of `conv2d_backward` that fit together."""
    s, p, d = (geometry.get(k, v) for k, v in (("stride", 1), ("padding", 0), ("dilation", 1)))
    n, f = x_shape[0], w_shape[0]
    sides = [
        ref.place_windows(side, taps, s, p, d)[0] for side, taps in zip(x_shape[2:], w_shape[2:])
    ]
    dy = pixels(rng, n, f, *sides)
    return dy, pixels(rng, *x_shape), pixels(rng, *w_shape), geometry


def part(rng, index, *shapes, **geometry):
    """A case that looks at one of the three gradients."""
    dy, x, w, geometry = gradient_case(rng, *shapes, **geometry)
    return Case(index, dy, x, w, **geometry)


def whole(rng, *shapes, **geometry):
    """A case that looks at all three gradients."""
    dy, x, w, geometry = gradient_case(rng, *shapes, **geometry)
    return Case(dy, x, w, **geometry)


back = Exercise("conv2d_backward", points=7, needs=("place_windows",))


@back.check(weight=1, observe="item")
def bias_gradient(rng):
    """The third value, db, sums dy over the batch and all positions."""
    yield part(rng, 2, (2, 1, 4, 3), (3, 1, 2, 2))


@back.check(weight=2, observe="item")
def kernel_gradient(rng):
    """The second value, dw, sums what each weight met over batch and windows."""
    yield Case(
        1,
        np.array([[[[1.0, 10.0, 100.0]]]]),
        np.array([[[[1.0, 2.0, 3.0, 4.0]]]]),
        np.array([[[[5.0, 6.0]]]]),
    )
    yield part(rng, 1, (2, 3, 4, 5), (2, 3, 3, 2))
    yield part(rng, 1, (1, 1, 6, 4), (2, 1, 2, 3), stride=2, padding=1)


@back.check(weight=2, observe="item")
def image_gradient(rng):
    """The first value, dx, adds up what each pixel gave to the windows over it."""
    yield Case(
        0,
        np.array([[[[1.0, 10.0, 100.0]]]]),
        np.array([[[[1.0, 2.0, 3.0, 4.0]]]]),
        np.array([[[[5.0, 6.0]]]]),
    )
    yield part(rng, 0, (2, 3, 4, 5), (2, 3, 3, 2))
    yield part(rng, 0, (1, 2, 5, 4), (2, 2, 3, 3), padding=1)


@back.check(weight=1, needs=(kernel_gradient, image_gradient))
def strides_and_borders(rng):
    """Stride, padding and rows that no window reaches, all three gradients."""
    yield whole(rng, (1, 2, 6, 5), (2, 2, 3, 2), stride=2)
    yield whole(rng, (1, 1, 4, 6), (2, 1, 2, 3), stride=3, padding=1)


@back.check(needs=(kernel_gradient, image_gradient), notices=("magnitude-of-the-kernel",))
def taps_apart(rng):
    """The gradients of a convolution whose taps stand apart."""
    yield whole(rng, (1, 1, 6, 5), (1, 1, 2, 3), dilation=2, padding=1)


@back.check(needs=(kernel_gradient, image_gradient))
def borders_by_name(rng):
    """With "same" the last window may reach over the end, and what it sends there is cut off."""
    line = (1.0, 10.0, 100.0, 1000.0), (1.0, 2.0, 3.0, 4.0), (5.0, 6.0)
    dy, x, w = (np.array(values)[None, None, None] for values in line)
    yield Case(dy, x, w, padding="same")
    yield whole(rng, (1, 2, 5, 4), (2, 2, 4, 2), padding="same")
    yield whole(rng, (2, 1, 6, 7), (1, 1, 3, 4), stride=2, padding="same")
    yield whole(rng, (1, 1, 5, 6), (2, 1, 3, 2), stride=2, padding="valid")


@back.check(weight=1, hidden=True, needs=taps_apart)
def dilated_gradient(rng):
    """The gradients of other dilated convolutions."""
    yield whole(rng, (2, 2, 7, 6), (2, 2, 3, 2), dilation=2)
    yield whole(rng, (1, 2, 8, 7), (3, 2, 2, 3), dilation=3, padding=2, stride=2)
    yield whole(rng, (1, 1, 6, 8), (2, 1, 2, 4), dilation=2, padding="same")


back.in_other_dress(strides_and_borders)


def _image_gradient_overwritten(dy, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = ref.conv2d_backward(dy, x, w, stride, padding, dilation)
    shares = np.einsum("fcuv,nfij->ncuvij", w, dy)
    if not isinstance(padding, str):
        return _last_window_wins(shares, x.shape, stride, padding, dilation), dw, db
    padded, _, _ = frame(x, w, stride, padding, dilation)
    (_, above, _), (_, left, _) = (
        ref.place_windows(n, k, stride, padding, dilation) for n, k in zip(x.shape[2:], w.shape[2:])
    )
    dx = _last_window_wins(shares, padded.shape, stride, 0, dilation)
    return dx[:, :, above : above + x.shape[2], left : left + x.shape[3]].copy(), dw, db


# --- pooling -----------------------------------------------------------------------------------

pool = Exercise("pool_forward", points=5, needs=("place_windows",))
AVERAGE = {"kind": "average"}


@pool.check()
def largest_of_each_window(rng):
    """Takes the largest pixel of each window, windows side by side, channel by channel."""
    table = np.array([[1.0, 3, 2, 1], [4, 2, 0, 5], [8, 0, 7, 6], [1, 1, 2, 3]])
    yield table[None, None], 2
    yield distinct(rng, 2, 2, 4, 6), 2
    yield distinct(rng, 1, 2, 6, 7), 3
    yield distinct(rng, 2, 1, 4, 4) - 20, 4
    yield Case(distinct(rng, 1, 2, 5, 4), 2, kind="max")


@pool.check()
def mean_of_each_window(rng):
    """Averages each window, windows side by side, channel by channel."""
    yield Case(pixels(rng, 2, 2, 4, 6), 2, **AVERAGE)
    yield pixels(rng, 1, 2, 6, 7), 3, None, 0, "average"
    black = pixels(rng, 2, 1, 4, 4)
    black[:, :, 1:3, 1] = 0
    yield Case(black, 4, **AVERAGE)


@pool.check()
def overlapping_windows(rng):
    """Steps by the stride where one is given; whole windows only."""
    yield distinct(rng, 1, 2, 5, 4), 2, 1
    yield Case(distinct(rng, 1, 1, 6, 8), 3, stride=2)
    yield Case(distinct(rng, 1, 1, 7, 5) - 20, 2, stride=3)
    yield pixels(rng, 1, 2, 5, 4), 2, 1, 0, "average"
    yield Case(pixels(rng, 1, 1, 6, 8), 3, stride=2, **AVERAGE)
    yield Case(pixels(rng, 1, 1, 7, 5), 2, stride=3, **AVERAGE)


@pool.check()
def padding_never_wins(rng):
    """In an image of negative pixels the border does not show."""
    yield Case(-1 - np.abs(distinct(rng, 1, 2, 4, 5)), 3, stride=2, padding=1)
    yield -1 - np.abs(distinct(rng, 1, 1, 3, 4)), 2, None, 1


@pool.check()
def border_is_not_counted(rng):
    """At the border the mean is that of the real pixels: a constant stays what it is."""
    yield Case(np.full((1, 1, 4, 3), 5.0), 3, stride=1, padding=1, **AVERAGE)
    yield pixels(rng, 1, 2, 3, 4), 2, None, 1, "average"


@pool.check(hidden=True)
def any_pool(rng):
    """Takes windows of any size, up to the whole image."""
    yield distinct(rng, 1, 3, 6, 5) - 20, 3, 1, 1
    yield distinct(rng, 2, 1, 4, 4), 4
    yield distinct(rng, 2, 2, 5, 6), 4, 3, 2
    yield Case(pixels(rng, 2, 2, 5, 6), 4, 3, 2, **AVERAGE)
    yield Case(pixels(rng, 1, 3, 3, 3), 3, **AVERAGE)


pool.in_other_dress(overlapping_windows)


@pool.check(hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_average(rng):
    """The average is linear in the image."""
    black = pixels(rng, 1, 2, 5, 4)
    black[0, 0, 2, 1] = 0
    yield black, pixels(rng, 1, 2, 5, 4), 2.0, -3.0, 3, 1, 1, "average"


def pool_gradient(rng, make, x_shape, window, stride=None, padding=0):
    """Arguments of a pooling layer's backward that fit together."""
    step = window if stride is None else stride
    sides = [(side + 2 * padding - window) // step + 1 for side in x_shape[2:]]
    return pixels(rng, *x_shape[:2], *sides), make(rng, *x_shape)


pool_back = Exercise("pool_backward", points=6)


@pool_back.check(weight=2)
def winner_takes_it(rng):
    """Sends each window's gradient to its largest pixel."""
    yield *pool_gradient(rng, distinct, (2, 2, 4, 6), 2), 2
    yield *pool_gradient(rng, distinct, (1, 1, 7, 6), 3), 3


@pool_back.check(weight=1, exact=True)
def ties_go_to_the_first(rng):
    """At a tie the first pixel in reading order takes all."""
    yield np.array([[[[3.0]]]]), np.array([[[[1.0, 7.0], [7.0, 2.0]]]]), 2
    yield pixels(rng, 1, 2, 2, 3), np.zeros((1, 2, 4, 6)), 2


@pool_back.check(weight=2)
def equal_shares(rng):
    """An average gives every pixel of a window an equal share of its gradient."""
    yield Case(np.full((1, 1, 1, 1), 3.0), np.array([[[[1.0, 7.0], [7.0, 2.0]]]]), 2, **AVERAGE)
    yield Case(*pool_gradient(rng, pixels, (2, 2, 4, 6), 2), 2, **AVERAGE)
    yield *pool_gradient(rng, pixels, (1, 1, 7, 6), 3), 3, None, 0, "average"


@pool_back.check(weight=1, needs=winner_takes_it)
def overlaps_add(rng):
    """A pixel that wins in several windows collects the sum."""
    yield Case(*pool_gradient(rng, distinct, (1, 2, 4, 5), 3, 1), 3, stride=1)
    yield *pool_gradient(rng, distinct, (1, 1, 6, 5), 3, 2), 3, 2


@pool_back.check(weight=1)
def border_gets_nothing(rng):
    """Padding wins no gradient, even where all pixels are negative."""
    dy, x = pool_gradient(rng, distinct, (1, 2, 4, 5), 3, 2, 1)
    yield Case(dy, x - 20, 3, stride=2, padding=1)
    dy, x = pool_gradient(rng, distinct, (2, 1, 5, 3), 2, None, 1)
    yield Case(dy, x - 20, 2, padding=1)


@pool_back.check(needs=equal_shares)
def shares_add(rng):
    """Shares of an average from overlapping windows add up."""
    yield Case(*pool_gradient(rng, pixels, (1, 2, 4, 5), 2, 1), 2, stride=1, **AVERAGE)
    yield Case(*pool_gradient(rng, pixels, (1, 1, 7, 5), 3, 2), 3, 2, **AVERAGE)


@pool_back.check(needs=equal_shares)
def shares_at_the_border(rng):
    """At the border only real pixels share an average's gradient."""
    yield *pool_gradient(rng, pixels, (1, 1, 4, 3), 3, 1, 1), 3, 1, 1, "average"
    yield Case(*pool_gradient(rng, pixels, (1, 2, 3, 4), 2, None, 1), 2, padding=1, **AVERAGE)
    yield Case(*pool_gradient(rng, pixels, (1, 2, 5, 6), 4, 3, 2), 4, 3, 2, **AVERAGE)
    yield Case(*pool_gradient(rng, pixels, (1, 1, 3, 5), 4, 1, 2), 4, 1, 2, **AVERAGE)


@pool_back.check(weight=1, hidden=True, exact=True)
def ties_among_overlaps(rng):
    """Ties in overlapping windows, borders included."""
    dy, x = pool_gradient(rng, distinct, (2, 2, 6, 5), 3, 1, 1)
    signs = np.sign(x)
    signs[:, :, :2, :2] = -1
    yield dy, signs, 3, 1, 1
    dy, x = pool_gradient(rng, distinct, (1, 2, 5, 6), 2, 1)
    yield dy, (x > 0).astype(float), 2, 1


@pool_back.check(hidden=True)
def other_shares(rng):
    """Averages of other windows share their gradients as well."""
    yield Case(*pool_gradient(rng, pixels, (2, 1, 6, 5), 3, 2, 1), 3, 2, 1, **AVERAGE)
    yield Case(*pool_gradient(rng, pixels, (1, 2, 4, 4), 4), 4, **AVERAGE)


pool_back.in_other_dress(overlaps_add)


@pool_back.check(hidden=True, observe="sum_of")
def nothing_is_lost(rng):
    """The gradient that goes in comes out: the sums agree."""
    dy, x = np.abs(pixels(rng, 2, 1, 4, 5)) + 1, distinct(rng, 2, 1, 4, 5)
    yield Case(dy, x, 3, 1, 1, **AVERAGE)
    yield dy, x - 20, 3, 1, 1


def _windows(x, size, stride, padding):
    """List the real pixels of each window: where it stands in the result, its rows and columns."""
    step, (H, W) = size if stride is None else stride, x.shape[2:]
    sides = [ref.place_windows(n, size, step, padding)[0] for n in (H, W)]
    for i, j in np.ndindex(*sides):
        top, left = i * step - padding, j * step - padding
        rows = slice(max(top, 0), min(top + size, H))
        yield i, j, rows, slice(max(left, 0), min(left + size, W))


def _last_window_smaller(x, size, stride=None, padding=0, kind="max"):
    """Pool what is left over too, in windows that end with the image."""
    step, reduce = size if stride is None else stride, np.max if kind == "max" else np.mean
    rows, cols = (-(-(n + 2 * padding - size) // step) + 1 for n in x.shape[2:])
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for i, j in np.ndindex(rows, cols):
        (top, left), (high, wide) = (i * step - padding, j * step - padding), x.shape[2:]
        part = x[:, :, max(top, 0) : min(top + size, high), max(left, 0) : min(left + size, wide)]
        if part.size:
            y[:, :, i, j] = reduce(part, axis=(2, 3))
    return y


def _median_pool(x, size, stride=None, padding=0, kind="max"):
    y = ref.pool_forward(x, size, stride, padding, kind)
    for i, j, *place in _windows(x, size, stride, padding):
        if kind == "average":
            y[:, :, i, j] = np.median(x[:, :, *place], axis=(2, 3))
    return y


def _middle_of_the_range(x, size, stride=None, padding=0, kind="max"):
    y = ref.pool_forward(x, size, stride, padding, kind)
    for i, j, *place in _windows(x, size, stride, padding):
        if kind == "average":
            part = x[:, :, *place]
            y[:, :, i, j] = (part.max(axis=(2, 3)) + part.min(axis=(2, 3))) / 2
    return y


def _last_winner_wins(dy, x, size, stride=None, padding=0, kind="max"):
    dx = np.zeros_like(x)
    for i, j, rows, cols in _windows(x, size, stride, padding):
        if kind == "average":
            area = (rows.stop - rows.start) * (cols.stop - cols.start)
            dx[:, :, rows, cols] += dy[:, :, i : i + 1, j : j + 1] / area
            continue
        for n, c in np.ndindex(x.shape[:2]):
            window = x[n, c, rows, cols]
            row, col = np.unravel_index(np.argmax(window), window.shape)
            dx[n, c, rows.start + row, cols.start + col] = dy[n, c, i, j]
    return dx


def _last_share_stays(dy, x, size, stride=None, padding=0, kind="max"):
    if kind == "max":
        return ref.pool_backward(dy, x, size, stride, padding)
    dx = np.zeros_like(x)
    for i, j, rows, cols in _windows(x, size, stride, padding):
        area = (rows.stop - rows.start) * (cols.stop - cols.start)
        dx[:, :, rows, cols] = dy[:, :, i : i + 1, j : j + 1] / area
    return dx


def _mean_of_shares(dy, x, size, stride=None, padding=0, kind="max"):
    dx = ref.pool_backward(dy, x, size, stride, padding, kind)
    times = np.zeros(x.shape[2:], x.dtype)
    for _, _, rows, cols in _windows(x, size, stride, padding):
        times[rows, cols] += 1
    return dx / np.maximum(times, 1) if kind == "average" else dx


# --- grouped_conv2d ----------------------------------------------------------------------------

grouped = Exercise("grouped_conv2d", points=4, needs=("conv2d_forward",))


def groups_of(rng, x_shape, maps, kernel, groups):
    """Images, kernels as deep as a group, and biases."""
    return pixels(rng, *x_shape), *bank(rng, maps, x_shape[1] // groups, *kernel), groups


@grouped.check(weight=2)
def two_groups(rng):
    """Lets each map read the channels of its own group, groups of neighbours."""
    points = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
    w = np.array([[1.0, 10.0], [0.0, 1.0], [1.0, 10.0], [1.0, 0.0]])[:, :, None, None]
    yield points, w, np.zeros(4), 2
    yield groups_of(rng, (2, 6, 3, 4), 4, (2, 3), 2)
    yield groups_of(rng, (1, 6, 3, 3), 6, (2, 2), 3)


@grouped.check(weight=2)
def depthwise(rng):
    """With as many groups as channels each kernel sees one; a channel may have several maps."""
    points = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
    yield points, np.arange(1.0, 9.0).reshape(8, 1, 1, 1), np.zeros(8), 4
    yield groups_of(rng, (2, 3, 4, 3), 3, (3, 2), 3)
    yield groups_of(rng, (1, 2, 3, 4), 6, (2, 2), 2)


@grouped.check()
def one_group(rng):
    """With one group it is the layer as you know it."""
    yield groups_of(rng, (2, 3, 3, 4), 2, (2, 2), 1)
    yield groups_of(rng, (1, 2, 4, 3), 3, (3, 2), 1)[:3]


@grouped.check(needs=two_groups)
def strides_and_zeros(rng):
    """Steps and pads as the layer does, by number and by name."""
    yield Case(*groups_of(rng, (1, 4, 5, 6), 4, (3, 2), 2), stride=2)
    yield Case(*groups_of(rng, (1, 4, 4, 3), 2, (3, 3), 2), padding=1)
    yield *groups_of(rng, (1, 3, 6, 5), 6, (2, 4), 3), 2, "same"


@grouped.check(hidden=True)
def other_groups(rng):
    """Works for other numbers of groups, channels and maps."""
    yield groups_of(rng, (1, 8, 3, 4), 4, (2, 2), 4)
    yield *groups_of(rng, (2, 6, 4, 4), 3, (3, 2), 3), 1, 1
    yield *groups_of(rng, (1, 5, 4, 5), 10, (2, 3), 5), 2, 1


grouped.in_other_dress(strides_and_zeros)


def by_groups(x, w, b, groups, stride, padding, channels, maps):
    """Convolve the given channels with the given kernels, group by group; list the maps' numbers.

    `channels` and `maps` name those of a group, as lists of numbers.
    """
    parts, places = [], []
    for g in range(groups):
        part = x[:, channels(g)], w[maps(g)], b[maps(g)]
        parts.append(ref.conv2d_forward(*map(np.ascontiguousarray, part), 1 * stride, padding))
        places += maps(g)
    y = np.concatenate(parts, axis=1)
    return y[:, np.argsort(places)]


def _neighbours(count, groups):
    each = count // groups
    return lambda g: list(range(g * each, (g + 1) * each))


def _dealt(count, groups):
    return lambda g: list(range(g, count, groups))


def _channels_dealt_out(x, w, b, groups=1, stride=1, padding=0):
    split = _dealt(x.shape[1], groups), _neighbours(len(w), groups)
    return by_groups(x, w, b, groups, stride, padding, *split)


def _kernels_dealt_out(x, w, b, groups=1, stride=1, padding=0):
    split = _neighbours(x.shape[1], groups), _dealt(len(w), groups)
    return by_groups(x, w, b, groups, stride, padding, *split)


def _both_dealt_out(x, w, b, groups=1, stride=1, padding=0):
    split = _dealt(x.shape[1], groups), _dealt(len(w), groups)
    return by_groups(x, w, b, groups, stride, padding, *split)


def _groups_backwards(x, w, b, groups=1, stride=1, padding=0):
    last = _neighbours(x.shape[1], groups)
    split = (lambda g: last(groups - 1 - g)), _neighbours(len(w), groups)
    return by_groups(x, w, b, groups, stride, padding, *split)


def _shuffled_afterwards(x, w, b, groups=1, stride=1, padding=0):
    y = ref.grouped_conv2d(x, w, b, groups, stride, padding)
    N, F, *size = y.shape
    return y.reshape(N, groups, F // groups, *size).swapaxes(1, 2).reshape(y.shape).copy()


def _groups_summed(x, w, b, groups=1, stride=1, padding=0):
    """Let every kernel see every group, and add what it finds."""
    split = np.split(x, groups, axis=1)
    made = [ref.conv2d_forward(part.copy(), w, 0 * b, stride, padding) for part in split]
    return sum(made) + b[:, None, None]


# --- transposed_conv2d -------------------------------------------------------------------------

spread_out = Exercise("transposed_conv2d", points=4)


def spreading(rng, x_shape, maps, kernel):
    """Images, kernels (C, F, KH, KW) and biases."""
    return (
        pixels(rng, *x_shape),
        pixels(rng, x_shape[1], maps, *kernel),
        pixels(rng, maps),
    )


@spread_out.check(weight=2)
def windows_side_by_side(rng):
    """Spreads each pixel over a window of its own, summed over the channels, plus the bias."""
    yield *spreading(rng, (1, 1, 2, 3), 1, (2, 3))[:2], np.zeros(1), 3
    yield *spreading(rng, (2, 3, 2, 2), 2, (3, 2)), 3
    yield Case(*spreading(rng, (1, 2, 3, 2), 3, (2, 2)), stride=2)


@spread_out.check(weight=2)
def windows_overlap(rng):
    """Adds where windows overlap."""
    yield np.array([[[[1.0, 10.0]]]]), np.array([[[[1.0, 2.0, 3.0]]]]), np.zeros(1), 2
    yield spreading(rng, (2, 2, 3, 2), 2, (2, 3))
    yield *spreading(rng, (1, 1, 3, 4), 2, (4, 3)), 2
    yield np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)), np.zeros(1), 2


@spread_out.check(needs=windows_overlap)
def lines_cut_off(rng):
    """Cuts the padding off on all four sides."""
    yield Case(*spreading(rng, (1, 2, 3, 3), 1, (3, 4)), padding=1)
    yield *spreading(rng, (2, 1, 3, 4), 2, (4, 5)), 2, 1
    yield *spreading(rng, (1, 1, 3, 3), 1, (5, 4)), 2, 2


@spread_out.check(needs=lines_cut_off)
def lines_added(rng):
    """Has as many more rows and columns at the end as `extra` says, part of the sum."""
    yield Case(*spreading(rng, (1, 1, 2, 3), 1, (3, 3)), stride=2, padding=1, extra=1)
    yield *spreading(rng, (1, 2, 2, 2), 2, (4, 5)), 3, 2, 2
    yield Case(*spreading(rng, (1, 1, 2, 2), 1, (2, 2)), stride=3, extra=1)


@spread_out.check()
def bias_everywhere(rng):
    """Adds the bias once to every pixel, also where no window reaches."""
    yield np.zeros((1, 2, 2, 3)), pixels(rng, 2, 3, 2, 3), pixels(rng, 3), 1
    yield *spreading(rng, (1, 1, 2, 2), 2, (1, 2)), 3


@spread_out.check(hidden=True)
def other_spreads(rng):
    """Works for other kernels, strides, paddings and extras."""
    yield *spreading(rng, (1, 3, 2, 4), 2, (3, 2)), 2, 1
    yield *spreading(rng, (2, 2, 3, 2), 1, (5, 3)), 3, 1, 2
    yield *spreading(rng, (1, 2, 1, 3), 3, (2, 4)), 4, 0, 3


spread_out.in_other_dress(lines_added)


@spread_out.check(hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_spread(rng):
    """Without a bias it is linear in the image."""
    one, other = pixels(rng, 1, 2, 3, 2), pixels(rng, 1, 2, 3, 2)
    yield one, other, 2.0, -3.0, pixels(rng, 2, 2, 3, 3), np.zeros(2), 2, 1


def canvas(x, w, stride, extra):
    """Return the shares of all windows, and room for them with all lines that will be cut off."""
    high, wide = ((n - 1) * stride + k + extra for n, k in zip(x.shape[2:], w.shape[2:]))
    shares = np.einsum("ncij,cfuv->nfuvij", x, w)
    return shares, np.zeros((len(x), w.shape[1], high, wide), x.dtype)


def _cut(y, b, padding):
    """Cut the padding off and add the biases."""
    high, wide = y.shape[2:]
    return y[:, :, padding : high - padding, padding : wide - padding] + b[:, None, None]


def _last_spread_stays(x, w, b, stride=1, padding=0, extra=0):
    shares, y = canvas(x, w, stride, extra)
    return _cut(_last_window_wins(shares, y.shape, stride, 0), b, padding)


def _overlaps_averaged(x, w, b, stride=1, padding=0, extra=0):
    ones = np.ones_like(x[:1, :1]), np.ones_like(w[:1, :1])
    (shares, y), (times, _) = canvas(x, w, stride, extra), canvas(*ones, stride, extra)
    kernel, positions = w.shape[2:], x.shape[2] * x.shape[3]
    total, count = (
        ref.col2im(
            np.ascontiguousarray(a.reshape(len(a), -1, positions)),
            (*a.shape[:2], *y.shape[2:]), kernel, stride,
        )
        for a in (shares, times)
    )  # fmt: skip
    return _cut(total / np.maximum(count, 1), b, padding)


def _spread_and_bias(x, w, b, stride=1, padding=0, extra=0):
    """Add the bias with every pixel that is spread."""
    none = np.zeros_like(b)
    times = ref.transposed_conv2d(np.ones_like(x[:1, :1]), np.ones_like(w[:1, :1]), none[:1],
                                  stride, padding, extra)  # fmt: skip
    return ref.transposed_conv2d(x, w, none, stride, padding, extra) + times * b[:, None, None]


def _extra_lines_of_zeros(x, w, b, stride=1, padding=0, extra=0):
    y = ref.transposed_conv2d(x, w, np.zeros_like(b), stride, padding)
    return np.pad(y, ((0, 0), (0, 0), (0, extra), (0, extra))) + b[:, None, None]


def _extra_on_both_sides(x, w, b, stride=1, padding=0, extra=0):
    if not extra:
        return ref.transposed_conv2d(x, w, b, stride, padding)
    y = ref.transposed_conv2d(x, w, np.zeros_like(b), stride)
    y = np.pad(y, ((0, 0), (0, 0), (extra, extra), (extra, extra)))
    return _cut(y, b, padding)


def _kernel_spread_instead(x, w, b, stride=1, padding=0, extra=0):
    """Leave room between the taps, not between the windows."""
    _, y = canvas(x, w, stride, extra)
    high, wide = y.shape[2:]
    room = np.zeros((*y.shape[:2], high + stride * w.shape[2], wide + stride * w.shape[3]), x.dtype)
    for u, v in np.ndindex(w.shape[2:]):
        share = np.einsum("ncij,cf->nfij", x, w[:, :, u, v])
        r, q = u * stride, v * stride
        room[:, :, r : r + x.shape[2], q : q + x.shape[3]] += share
    return _cut(room[:, :, :high, :wide], b, padding)


def _extra_lines_first(x, w, b, stride=1, padding=0, extra=0):
    made = ref.transposed_conv2d(x, w, np.zeros_like(b), stride)
    return _cut(np.pad(made, ((0, 0), (0, 0), (extra, 0), (extra, 0))), b, padding)


def _enlarged_and_convolved(x, w, b, stride=1, padding=0, extra=0):
    """Repeat every pixel, then convolve to the size that is asked for."""
    large = x.repeat(stride, axis=2).repeat(stride, axis=3)
    _, y = canvas(x, w, stride, extra)
    high, wide = (n + k - 1 for n, k in zip(y.shape[2:], w.shape[2:]))
    KH, KW = w.shape[2:]
    room = np.zeros((*x.shape[:2], max(high, large.shape[2] + KH - 1),
                     max(wide, large.shape[3] + KW - 1)), x.dtype)  # fmt: skip
    room[:, :, KH - 1 : KH - 1 + large.shape[2], KW - 1 : KW - 1 + large.shape[3]] = large
    kernels = np.ascontiguousarray(w.swapaxes(0, 1)[..., ::-1, ::-1])
    made = ref.conv2d_forward(room, kernels, np.zeros_like(b))
    return _cut(made[:, :, : y.shape[2], : y.shape[3]], b, padding)


def _stride_ignored(x, w, b, stride=1, padding=0, extra=0):
    """Spread with stride 1, and fill the rest with nothing."""
    _, y = canvas(x, w, stride, extra)
    near = ref.transposed_conv2d(x, w, np.zeros_like(b))
    y[:, :, : near.shape[2], : near.shape[3]] = near[:, :, : y.shape[2], : y.shape[3]]
    return _cut(y, b, padding)


# --- segmentation_head -------------------------------------------------------------------------

segment = Exercise("segmentation_head", points=3)


@segment.check()
def class_of_each_pixel(rng):
    """Gives class probabilities at each pixel of the map."""
    yield np.array([[[[0.0, np.log(3.0)]]]]), np.array([[1.0], [0.0]]), np.zeros(2)
    yield pixels(rng, 2, 3, 2, 4) / 4, pixels(rng, 4, 3) / 4, pixels(rng, 4) / 4


@segment.check()
def at_the_size_of_the_image(rng):
    """Upsamples by the factor: each value becomes a block."""
    yield pixels(rng, 1, 2, 2, 3) / 4, pixels(rng, 3, 2) / 4, pixels(rng, 3) / 4, 2
    yield Case(pixels(rng, 1, 1, 3, 2) / 4, pixels(rng, 2, 1) / 4, pixels(rng, 2) / 4, factor=3)


@segment.check()
def large_scores(rng):
    """Stays finite for scores in the thousands."""
    w = np.array([[900.0, -400.0], [-700.0, 800.0], [850.0, -350.0]])
    yield np.array([[[[1.0, 2.0], [-3.0, 1.5]], [[1.0, -2.0], [0.5, 2.0]]]]), w, np.zeros(3)


@segment.check(hidden=True)
def any_head(rng):
    """Takes a batch of one, and any number of classes."""
    yield pixels(rng, 1, 3, 4, 2) / 4, pixels(rng, 5, 3) / 4, pixels(rng, 5) / 4, 2


segment.in_other_dress(class_of_each_pixel)


# --- local_response_norm -----------------------------------------------------------------------

lrn = Exercise("local_response_norm", points=3)


@lrn.check(weight=2)
def neighbouring_maps(rng):
    """Damps each map by its neighbours at the same pixel, fewer of them at the ends."""
    yield Case(np.array([3.0, 4.0, 0.0]).reshape(1, 3, 1, 1), r=3, alpha=1.0, beta=0.5, k=0.0)
    yield Case(np.array([3.0, 0.0, 4.0]).reshape(1, 3, 1, 1), r=3, alpha=1.0, beta=0.5, k=0.0)
    yield pixels(rng, 2, 6, 2, 3), 3, 0.5, 0.6, 1.5
    yield Case(pixels(rng, 1, 5, 2, 1), r=4, alpha=0.75, beta=0.4)
    yield Case(pixels(rng, 1, 7, 3, 2), r=5, alpha=0.3, beta=1.25, k=0.7)


@lrn.check()
def the_papers_constants(rng):
    """Without further arguments the constants are AlexNet's."""
    yield 40 * pixels(rng, 1, 7, 2, 2)


@lrn.check(hidden=True)
def radii(rng):
    """Works for r = 1, an even r and an r beyond the number of maps."""
    yield Case(pixels(rng, 1, 4, 2, 3), r=1, alpha=0.5)
    yield Case(pixels(rng, 1, 8, 2, 1), r=4, beta=0.4, alpha=1.5)
    yield Case(pixels(rng, 2, 3, 1, 2), r=11, k=3.0, alpha=0.25)
    yield Case(pixels(rng, 1, 1, 2, 2), alpha=2.0)


lrn.in_other_dress(neighbouring_maps)


def _within_a_map(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    half = r // 2
    H, W = x.shape[2:]
    out = np.empty_like(x)
    for i in range(H):
        for j in range(W):
            window = x[:, :, max(0, i - half) : i + half + 1, max(0, j - half) : j + half + 1]
            out[:, :, i, j] = x[:, :, i, j] * (k + alpha * (window**2).sum(axis=(2, 3))) ** -beta
    return out


def _in_place_norm(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    damped, half = x.copy(), r // 2
    for i in range(x.shape[1]):
        energy = np.sum(damped[:, max(0, i - half) : i + half + 1] ** 2, axis=1)
        damped[:, i] *= (k + alpha * energy) ** -beta
    return damped


def _wrapping_norm(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    maps, half = x.shape[1], r // 2
    near = [sorted({j % maps for j in range(i - half, i + half + 1)}) for i in range(maps)]
    energy = np.stack([np.sum(x[:, some] ** 2, axis=1) for some in near], axis=1)
    return x * (k + alpha * energy) ** -beta


# --- conv_cost ---------------------------------------------------------------------------------

cost = Exercise("conv_cost", points=3)


@cost.check(exact=True, weight=2)
def the_books_layer(rng):
    """Counts the layer of 200 maps of 150 × 100 over RGB, and two smaller ones."""
    yield (200, 150, 100), 3, (5, 5)
    yield (6, 28, 28), 1, (5, 5)
    yield (7, 9, 4), 12, (3, 2)


@cost.check(exact=True)
def other_precision(rng):
    """Counts bytes for any size of a number."""
    yield Case((4, 6, 5), 3, (2, 3), itemsize=8)
    yield (3, 7, 5), 2, (1, 4), 2


@cost.check(exact=True)
def layers_in_groups(rng):
    """Counts layers in groups: kernels are as deep as a group."""
    yield Case((64, 56, 56), 64, (3, 3), groups=64)
    yield (128, 56, 56), 64, (1, 1), 4, 1
    yield (12, 5, 7), 8, (3, 2), 4, 4
    yield Case((8, 3, 3), 4, (2, 5), groups=4)


@cost.check(exact=True, hidden=True)
def many_layers(rng):
    """Agrees over many layers."""
    for _ in range(4):
        groups, maps, channels, side, taps = (int(n) for n in rng.integers(2, 9, 5))
        yield (groups * maps, side, side + 1), groups * channels, (taps, 2), 4, groups
    for _ in range(8):
        maps, rows, cols, channels, kh, kw = (int(n) for n in rng.integers(1, 30, 6))
        yield (maps, rows, cols), channels, (kh, kw)
    yield (10, 1, 1), 84, (1, 1), 2


# --- questions, graded by a person ----------------------------------------------------------------

shared_or_not = Question(
    "shared_or_not",
    points=3,
    guide="""
    Full answer, a point for each part. More freedom fits the training data at least as well, but
    each of its weights must be learnt from what happens at one place: a stroke seen on the left
    teaches nothing for the right. With sharing, dw sums over all windows of all images: each
    image is as many examples for the kernel as it has windows, and the assumption behind it (what
    is worth detecting here is worth detecting there) is true of digits. Preferred where that
    assumption is false and there are data enough: aligned pictures, such as passport faces, where
    the eyes are always above the mouth, or spectrograms, where the vertical axis means a
    frequency. Half: "fewer parameters, less overfitting" with no reason why so few suffice.
    """,
)

checkerboard = Question(
    "checkerboard",
    points=3,
    guide="""
    Full answer, a point for each part. Without: k a multiple of s (k = s: side by side; k = 4,
    s = 2: every place gets two), since a place is met by the taps u that leave its own rest when
    divided by s, and only then are they equally many for all rests. With k = 3, s = 2 the places
    of one rest are the sum of the outer taps, those of the other the middle one: w0 + w2 = w1
    evens it out (for constant input), and nothing in the training keeps it so: every gradient
    step moves the three weights apart again. Upsampling and then a convolution with stride 1:
    every place is met by all taps, so there is no pattern to unlearn; the price: s * s times the
    pixels, so s * s times the multiplications for the same kernel, and a result that is smooth by
    nature. Half: "overlaps" only, with no condition on k and s.
    """,
)

one_wide_or_two_small = Question(
    "one_wide_or_two_small",
    points=3,
    guide="""
    Full answer, a point for each part. Cost: about 25 C^2 against 2 * 9 C^2 weights, and in the
    same ratio multiplications per pixel (28 % less for the two); but two maps to keep instead of
    one, twice the memory. The two have a non-linearity in between, so they can compute more;
    without it they are one linear map, a 5 x 5 kernel of a restricted kind: cost saved, freedom
    lost, nothing gained. First layer: one wide one has 25 * 3 * 64 = 4,800 weights, two small
    ones 9 * 3 * 64 + 9 * 64 * 64 = 38,592: there the wide one is cheaper. Half: numbers only, or
    "deeper is better" only.
    """,
)

moved_by_one = Question(
    "moved_by_one",
    points=3,
    guide="""
    Full answer. The pools (1 point): stride 2 is equivariant only to shifts by multiples of 2,
    after two pools of 4; a shift by one changes which pixels meet in a window (and zero padding
    or the frame's edge spoils the border). The head (1 point): flatten and dense give each place
    weights of its own; the maps move, the weights do not. This is the main cause: equivariance is
    not invariance. Global average (1 point): the score no longer depends on where a feature is,
    so shifts are nearly forgiven; but it forgets arrangement: 6 and 9 hold much the same strokes,
    and only features whose receptive field sees most of the digit can tell them apart. Half: only
    "the dense layer", with no word on what the average loses.
    """,
)
