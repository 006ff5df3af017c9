"""How the exercises on convolution and pooling are judged."""

import numpy as np

from autograder import observe
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

conv1 = Exercise("conv1d", points=3, forbid=CONVOLVERS)


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


@conv1.check(needs=slides)
def pads(rng):
    """Puts the zeros of the padding on both ends."""
    yield Case(pixels(rng, 6), pixels(rng, 3), padding=1)
    yield pixels(rng, 5), pixels(rng, 4), 2, 3


@conv1.check(hidden=True)
def short_signals(rng):
    """Works where a single window fits, and for a kernel of one tap."""
    yield pixels(rng, 5), pixels(rng, 5)
    yield pixels(rng, 6), pixels(rng, 1)
    yield pixels(rng, 2), pixels(rng, 4), 3, 1


conv1.in_other_dress(strides)


def _thinned_signal(signal, kernel, stride=1, padding=0):
    thinned = np.pad(signal, padding)[::stride]
    return np.correlate(thinned, kernel, "valid") if len(thinned) >= len(kernel) else thinned[:0]


# --- output_size -------------------------------------------------------------------------------

size = Exercise("output_size", points=2)


@size.check(exact=True)
def whole_windows(rng):
    """Counts the windows without padding and with zeros on both ends."""
    yield 13, 6, 5
    yield 28, 5
    yield Case(9, 2, 3, padding=0)
    yield Case(9, 4, 2, padding=1)
    yield 11, 3, 4, 2
    yield 7, 7, 2, "valid"


@size.check(exact=True)
def same_sizes(rng):
    """With "same" the size is the input's over the stride, rounded up, for any kernel."""
    yield 13, 6, 5, "same"
    yield 12, 4, 1, "same"
    yield 12, 3, 4, "same"
    yield Case(5, 9, padding="same", stride=2)


@size.check(exact=True)
def too_large_a_kernel(rng):
    """A kernel that does not fit has no position: 0, never less."""
    yield 3, 5
    yield 2, 9, 3, 1
    yield 4, 3, 2, 0, 2


@size.check(exact=True)
def dilated_kernels(rng):
    """A dilated kernel spans more pixels than it has taps."""
    for n, k, s, p, d in ((17, 3, 1, 0, 2), (20, 4, 3, 2, 3), (9, 1, 2, 0, 5), (12, 2, 2, 1, 4)):
        yield Case(n, k, stride=s, padding=p, dilation=d)
    yield Case(15, 4, dilation=2)
    yield Case(15, 4, 2, "same", 3)


@size.check(exact=True, hidden=True)
def many_sizes(rng):
    """Agrees over many sizes, kernels, strides and paddings."""
    for _ in range(24):
        n, k = int(rng.integers(1, 40)), int(rng.integers(1, 9))
        s, p, d = int(rng.integers(1, 6)), int(rng.integers(0, 4)), int(rng.integers(1, 4))
        yield n, k, s, p, d


# --- same_padding ------------------------------------------------------------------------------

same = Exercise("same_padding", points=2)


@same.check(exact=True, weight=2)
def odd_totals(rng):
    """Splits the zeros, the extra one to the right."""
    yield 13, 6, 5
    yield 8, 4
    yield 10, 5, 2
    yield Case(5, 8, stride=1)


@same.check(exact=True)
def even_totals(rng):
    """Splits an even number of zeros equally."""
    yield 28, 5
    yield 9, 3, 2
    yield 7, 1


@same.check(exact=True)
def nothing_to_pad(rng):
    """Pads nothing, and never less than nothing, where the windows do not reach the end."""
    yield 9, 1, 4
    yield 10, 2, 3
    yield 12, 2, 6


@same.check(exact=True, hidden=True)
def many_lines(rng):
    """Agrees over many sizes, kernels and strides."""
    for _ in range(24):
        yield int(rng.integers(1, 40)), int(rng.integers(1, 10)), int(rng.integers(1, 7))
    yield int(rng.integers(4, 30)), 2 * int(rng.integers(1, 4))


# --- conv2d_forward ----------------------------------------------------------------------------


def bank(rng, maps, c, kh, kw):
    """A bank of kernels and its biases."""
    return pixels(rng, maps, c, kh, kw), pixels(rng, maps)


conv = Exercise("conv2d_forward", points=6, needs=("output_size",))


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


@conv.check(weight=1, hidden=True, needs=(stride_and_padding, dilation))
def all_together(rng):
    """Stride, padding and dilation at once."""
    yield Case(pixels(rng, 2, 2, 7, 8), *bank(rng, 3, 2, 3, 2), dilation=2, padding=1)
    yield pixels(rng, 1, 2, 9, 8), *bank(rng, 2, 2, 2, 3), 2, 2, 3
    yield Case(pixels(rng, 1, 1, 8, 10), *bank(rng, 1, 1, 3, 2), dilation=3, stride=2)


conv.in_other_dress(stride_and_padding)


@conv.check(weight=1, hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_in_the_image(rng):
    """Without a bias it is linear: twice the image, twice the maps."""
    w = pixels(rng, 2, 3, 2, 2)
    yield pixels(rng, 2, 3, 5, 4), pixels(rng, 2, 3, 5, 4), 2.0, -3.0, w, np.zeros(2), 1, 1


def _stride_for_everything(x, w, b, stride=1, padding=0, dilation=1):
    N, _, H, W = x.shape
    F, _, KH, KW = w.shape
    rows = ref.output_size(H, KH, stride, padding, dilation)
    cols = ref.output_size(W, KW, stride, padding, dilation)
    zeros = (padding, padding + stride * dilation * max(KH, KW))
    padded = np.pad(x, ((0, 0), (0, 0), zeros, zeros))
    y = np.zeros((N, F, rows, cols), dtype=x.dtype)
    for u, v in np.ndindex(KH, KW):
        down = (np.arange(rows) + u * dilation) * stride
        right = (np.arange(cols) + v * dilation) * stride
        y += np.einsum("fc,ncij->nfij", w[:, :, u, v], padded[:, :, down[:, None], right])
    return y + b[:, None, None]


def _misprint(x, w, b, stride=1, padding=0, dilation=1):
    """Read the row as i*s + u - 1, as if the taps were counted from one."""
    from solutions.convolution.chapter import conv2d_forward

    shifted = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    shifted = np.roll(shifted, (1, 1), axis=(2, 3))
    return conv2d_forward(shifted, w, b, stride, 0, dilation)


def _padding_dilated(x, w, b, stride=1, padding=0, dilation=1):
    rows = (x.shape[2] + 2 * padding - dilation * (w.shape[2] - 1) - 1) // stride + 1
    cols = (x.shape[3] + 2 * padding - dilation * (w.shape[3] - 1) - 1) // stride + 1
    zeros = (padding * dilation,) * 2
    padded = np.pad(x, ((0, 0), (0, 0), zeros, zeros))
    y = np.zeros((len(w), len(x), rows, cols), dtype=x.dtype)
    for u, v in np.ndindex(w.shape[2:]):
        down = slice(u * dilation, u * dilation + stride * rows, stride)
        right = slice(v * dilation, v * dilation + stride * cols, stride)
        y += np.tensordot(w[:, :, u, v], padded[:, :, down, right], axes=(1, 1))
    return y.transpose(1, 0, 2, 3) + b[:, None, None]


def _stride_and_dilation_exchanged(x, w, b, stride=1, padding=0, dilation=1):
    rows = (x.shape[2] + 2 * padding - dilation * (w.shape[2] - 1) - 1) // stride + 1
    cols = (x.shape[3] + 2 * padding - dilation * (w.shape[3] - 1) - 1) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((len(x), len(w), rows, cols), dtype=x.dtype)
    for i, j, u, v in np.ndindex(rows, cols, *w.shape[2:]):
        pixel = padded[:, :, i * dilation + u * stride, j * dilation + v * stride]
        y[:, :, i, j] += pixel @ w[:, :, u, v].T
    return y + b[:, None, None]


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


def _rolled(x, down, right):
    return np.roll(x, (down, right), axis=(2, 3))


def _border_repeated(x, down, right):
    H, W = x.shape[2:]
    rows = np.clip(np.arange(H) - down, 0, H - 1)
    return x[:, :, rows][:, :, :, np.clip(np.arange(W) - right, 0, W - 1)]


def _slices_of_one_sign(x, down, right):
    moved = np.zeros_like(x)
    rows = slice(None, -down) if down else slice(None)
    cols = slice(None, -right) if right else slice(None)
    moved[:, :, down:, right:] = x[:, :, rows, cols]
    return moved


# --- equivariance_gap --------------------------------------------------------------------------

RELU, SQUARE = observe.function("relu"), observe.function("square")
MAX_POOL, AVG_POOL = observe.function("block_max"), observe.function("block_mean")


def affine(scale, offset):
    """Return x -> scale * x + offset."""
    return observe.function("affine", scale, offset)


gap = Exercise("equivariance_gap", points=2)


@gap.check(weight=2)
def relu_and_pooling(rng):
    """ReLU commutes with max-pooling, not with average-pooling."""
    window = np.array([[-2.0, 4.0], [-2.0, 4.0]])[None, None]
    yield RELU, AVG_POOL, window
    yield AVG_POOL, RELU, distinct(rng, 1, 2, 4, 6)
    yield MAX_POOL, RELU, distinct(rng, 1, 2, 4, 6)


@gap.check()
def shifting(rng):
    """A shift commutes with what treats all places alike."""
    move = observe.function("translate", np.array([1, 2]))
    yield SQUARE, move, pixels(rng, 1, 1, 3, 4)
    yield MAX_POOL, observe.function("translate", np.array([2, -2])), pixels(rng, 1, 1, 4, 6)


@gap.check(hidden=True)
def order_of_two_maps(rng):
    """Measures the largest difference, whichever side it falls on."""
    yield SQUARE, affine(-1.5, 2.0), pixels(rng, 2, 3)
    yield affine(0.5, -3.0), affine(2.0, 1.0), pixels(rng, 4)
    yield affine(2.0, 1.0), affine(0.5, -3.0), pixels(rng, 4)
    yield affine(0.5, 3.0), SQUARE, pixels(rng, 2, 5)


# --- im2col ------------------------------------------------------------------------------------

columns = Exercise("im2col", points=3, needs=("output_size",))


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

image = Exercise("col2im", points=3, needs=("output_size",))


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
    rows = ref.output_size(shape[2], kernel[0], stride, padding)
    cols = ref.output_size(shape[3], kernel[1], stride, padding)
    shares = columns.reshape(*shape[:2], *kernel, rows, cols)
    return _last_window_wins(shares, shape, stride, padding)


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
        (side + 2 * p - d * (taps - 1) - 1) // s + 1 for side, taps in zip(x_shape[2:], w_shape[2:])
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


back = Exercise("conv2d_backward", points=7)


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


@back.check(needs=(kernel_gradient, image_gradient))
def taps_apart(rng):
    """The gradients of a convolution whose taps stand apart."""
    yield whole(rng, (1, 1, 6, 5), (1, 1, 2, 3), dilation=2, padding=1)


@back.check(weight=1, hidden=True, needs=taps_apart)
def dilated_gradient(rng):
    """The gradients of other dilated convolutions."""
    yield whole(rng, (2, 2, 7, 6), (2, 2, 3, 2), dilation=2)
    yield whole(rng, (1, 2, 8, 7), (3, 2, 2, 3), dilation=3, padding=2, stride=2)


back.in_other_dress(strides_and_borders)


def _image_gradient_overwritten(dy, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = ref.conv2d_backward(dy, x, w, stride, padding, dilation)
    shares = np.einsum("fcuv,nfij->ncuvij", w, dy)
    return _last_window_wins(shares, x.shape, stride, padding, dilation), dw, db


# --- max pooling -------------------------------------------------------------------------------

max_pool = Exercise("max_pool_forward", points=3, needs=("output_size",))


@max_pool.check()
def largest_of_each_window(rng):
    """Takes the largest pixel of each window, windows side by side, channel by channel."""
    table = np.array([[1.0, 3, 2, 1], [4, 2, 0, 5], [8, 0, 7, 6], [1, 1, 2, 3]])
    yield table[None, None], 2
    yield distinct(rng, 2, 2, 4, 6), 2
    yield distinct(rng, 1, 2, 6, 7), 3
    yield distinct(rng, 2, 1, 4, 4), 4


@max_pool.check()
def overlapping_windows(rng):
    """Steps by the stride where one is given; whole windows only."""
    yield distinct(rng, 1, 2, 5, 4), 2, 1
    yield Case(distinct(rng, 1, 1, 6, 8), 3, stride=2)
    yield Case(distinct(rng, 1, 1, 7, 5), 2, stride=3)


@max_pool.check()
def padding_never_wins(rng):
    """In an image of negative pixels the border does not show."""
    yield Case(-1 - np.abs(distinct(rng, 1, 2, 4, 5)), 3, stride=2, padding=1)
    yield -1 - np.abs(distinct(rng, 1, 1, 3, 4)), 2, None, 1


@max_pool.check(hidden=True)
def any_pool(rng):
    """Takes windows of any size, up to the whole image."""
    yield distinct(rng, 1, 3, 6, 5), 3, 1, 1
    yield distinct(rng, 2, 1, 4, 4), 4
    yield distinct(rng, 2, 2, 5, 6), 4, 3, 2


max_pool.in_other_dress(largest_of_each_window)


max_back = Exercise("max_pool_backward", points=4)


def pool_gradient(rng, make, x_shape, window, stride=None, padding=0):
    """Arguments of a pooling layer's backward that fit together."""
    step = window if stride is None else stride
    sides = [(side + 2 * padding - window) // step + 1 for side in x_shape[2:]]
    return pixels(rng, *x_shape[:2], *sides), make(rng, *x_shape)


@max_back.check(weight=2)
def winner_takes_it(rng):
    """Sends each window's gradient to its largest pixel."""
    yield *pool_gradient(rng, distinct, (2, 2, 4, 6), 2), 2
    yield *pool_gradient(rng, distinct, (1, 1, 7, 6), 3), 3


@max_back.check(weight=1, exact=True)
def ties_go_to_the_first(rng):
    """At a tie the first pixel in reading order takes all."""
    yield np.array([[[[3.0]]]]), np.array([[[[1.0, 7.0], [7.0, 2.0]]]]), 2
    yield pixels(rng, 1, 2, 2, 3), np.zeros((1, 2, 4, 6)), 2


@max_back.check(weight=1, needs=winner_takes_it)
def overlaps_add(rng):
    """A pixel that wins in several windows collects the sum."""
    yield Case(*pool_gradient(rng, distinct, (1, 2, 4, 5), 3, 1), 3, stride=1)
    yield *pool_gradient(rng, distinct, (1, 1, 6, 5), 3, 2), 3, 2


@max_back.check(weight=1)
def border_gets_nothing(rng):
    """Padding wins no gradient, even where all pixels are negative."""
    dy, x = pool_gradient(rng, distinct, (1, 2, 4, 5), 3, 2, 1)
    yield Case(dy, x - 20, 3, stride=2, padding=1)
    dy, x = pool_gradient(rng, distinct, (2, 1, 5, 3), 2, None, 1)
    yield Case(dy, x - 20, 2, padding=1)


@max_back.check(weight=1, hidden=True, exact=True)
def ties_among_overlaps(rng):
    """Ties in overlapping windows, borders included."""
    dy, x = pool_gradient(rng, distinct, (2, 2, 6, 5), 3, 1, 1)
    yield dy, np.sign(x), 3, 1, 1
    dy, x = pool_gradient(rng, distinct, (1, 2, 5, 6), 2, 1)
    yield dy, (x > 0).astype(float), 2, 1


max_back.in_other_dress(overlaps_add)


def _last_winner_wins(dy, x, size, stride=None, padding=0):
    step = size if stride is None else stride
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dy.shape):
        top, left = max(i * step - padding, 0), max(j * step - padding, 0)
        window = x[n, c, top : i * step - padding + size, left : j * step - padding + size]
        if window.size:
            row, col = np.unravel_index(np.argmax(window), window.shape)
            dx[n, c, top + row, left + col] = dy[n, c, i, j]
    return dx


# --- average pooling ---------------------------------------------------------------------------

avg_pool = Exercise("avg_pool_forward", points=3, needs=("output_size",))


@avg_pool.check(weight=2)
def mean_of_each_window(rng):
    """Averages each window, windows side by side, channel by channel."""
    yield pixels(rng, 2, 2, 4, 6), 2
    yield pixels(rng, 1, 2, 6, 7), 3
    black = pixels(rng, 2, 1, 4, 4)
    black[:, :, 1:3, 1] = 0
    yield black, 4


@avg_pool.check()
def stepping_windows(rng):
    """Steps by the stride where one is given; whole windows only."""
    yield pixels(rng, 1, 2, 5, 4), 2, 1
    yield Case(pixels(rng, 1, 1, 6, 8), 3, stride=2)
    yield Case(pixels(rng, 1, 1, 7, 5), 2, stride=3)


@avg_pool.check()
def border_is_not_counted(rng):
    """At the border it divides by the number of real pixels: a constant stays what it is."""
    yield Case(np.full((1, 1, 4, 3), 5.0), 3, stride=1, padding=1)
    yield pixels(rng, 1, 2, 3, 4), 2, None, 1


avg_pool.in_other_dress(stepping_windows)


@avg_pool.check(hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_average(rng):
    """It is linear in the image."""
    yield pixels(rng, 1, 2, 5, 4), pixels(rng, 1, 2, 5, 4), 2.0, -3.0, 3, 1, 1


avg_back = Exercise("avg_pool_backward", points=3)


@avg_back.check(weight=2)
def equal_shares(rng):
    """Gives every pixel of a window an equal share of its gradient."""
    yield np.full((1, 1, 1, 1), 8.0), np.zeros((1, 1, 2, 2)), 2
    yield *pool_gradient(rng, pixels, (2, 2, 4, 6), 2), 2
    yield *pool_gradient(rng, pixels, (1, 1, 7, 6), 3), 3


@avg_back.check(needs=equal_shares)
def shares_add(rng):
    """Shares from overlapping windows add up."""
    yield Case(*pool_gradient(rng, pixels, (1, 2, 4, 5), 2, 1), 2, stride=1)
    yield *pool_gradient(rng, pixels, (1, 1, 7, 5), 3, 2), 3, 2


@avg_back.check(needs=equal_shares)
def shares_at_the_border(rng):
    """At the border only real pixels share."""
    yield *pool_gradient(rng, pixels, (1, 1, 4, 3), 3, 1, 1), 3, 1, 1
    yield Case(*pool_gradient(rng, pixels, (1, 2, 3, 4), 2, None, 1), 2, padding=1)
    yield *pool_gradient(rng, pixels, (1, 2, 5, 6), 4, 3, 2), 4, 3, 2
    yield *pool_gradient(rng, pixels, (1, 1, 3, 5), 4, 1, 2), 4, 1, 2


@avg_back.check(hidden=True, observe="sum_of")
def nothing_is_lost(rng):
    """The gradient that goes in comes out: the sums agree."""
    yield np.abs(pixels(rng, 2, 1, 4, 5)) + 1, pixels(rng, 2, 1, 4, 5), 3, 1, 1


avg_back.in_other_dress(shares_add)


def _last_share_stays(dy, x, size, stride=None, padding=0):
    step = size if stride is None else stride
    H, W = x.shape[2:]
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dy.shape[2:]):
        down = slice(max(i * step - padding, 0), min(i * step - padding + size, H))
        right = slice(max(j * step - padding, 0), min(j * step - padding + size, W))
        pixels_met = max(down.stop - down.start, 0) * max(right.stop - right.start, 0)
        dx[:, :, down, right] = dy[:, :, i : i + 1, j : j + 1] / max(pixels_met, 1)
    return dx


def _median_pool(x, size, stride=None, padding=0):
    step = size if stride is None else stride
    border = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    frame = np.pad(x, border, constant_values=np.nan)
    rows = (frame.shape[2] - size) // step + 1
    cols = (frame.shape[3] - size) // step + 1
    y = np.empty((*x.shape[:2], rows, cols), dtype=x.dtype)
    for i, j in np.ndindex(rows, cols):
        top, left = i * step, j * step
        window = frame[:, :, top : top + size, left : left + size]
        y[:, :, i, j] = np.nanmedian(window, axis=(2, 3))
    return y


def _mean_of_shares(dy, x, size, stride=None, padding=0):
    step = size if stride is None else stride
    H, W = x.shape[2:]
    total = np.zeros((*x.shape[:2], H + 2 * padding, W + 2 * padding), dtype=dy.dtype)
    windows, real = np.zeros_like(total), np.zeros_like(total)
    real[:, :, padding : padding + H, padding : padding + W] = 1
    for i, j in np.ndindex(dy.shape[2:]):
        place = (..., slice(i * step, i * step + size), slice(j * step, j * step + size))
        count = real[place].sum(axis=(2, 3), keepdims=True)
        total[place] += dy[:, :, i : i + 1, j : j + 1] / count
        windows[place] += 1
    shares = total / np.maximum(windows, 1)
    return shares[:, :, padding : padding + H, padding : padding + W].copy()


# --- global_avg_pool, flatten, upsample_nearest ------------------------------------------------

global_pool = Exercise("global_avg_pool", points=1)


@global_pool.check(weight=0.5)
def one_number_per_map(rng):
    """Gives the mean of each map."""
    yield pixels(rng, 2, 3, 4, 5)
    yield pixels(rng, 3, 1, 2, 7)


@global_pool.check()
def maps_of_one_pixel(rng):
    """A map of one pixel is its own mean."""
    yield pixels(rng, 2, 3, 1, 1)


@global_pool.check(hidden=True, weight=0.5)
def any_maps(rng):
    """Takes a batch of one, and maps of any size."""
    yield pixels(rng, 1, 4, 3, 5)
    yield pixels(rng, 2, 3, 4, 5)


global_pool.in_other_dress(one_number_per_map)


flat = Exercise("flatten", points=1)


@flat.check()
def rows_of_features(rng):
    """Lays out each image as one row: channels, then rows, then columns."""
    yield np.arange(1.0, 9.0).reshape(1, 2, 2, 2)
    yield pixels(rng, 3, 2, 2, 4)


@flat.check()
def batch_of_one(rng):
    """A batch of one stays a batch."""
    yield pixels(rng, 1, 3, 2, 3)


flat.in_other_dress(rows_of_features)


@flat.check(hidden=True)
def any_batch(rng):
    """Takes images of any size and any number of them."""
    yield pixels(rng, 2, 3, 4, 2)
    yield pixels(rng, 3, 2, 3, 5)


upsample = Exercise("upsample_nearest", points=1)


@upsample.check(weight=0.5)
def blocks(rng):
    """Turns each pixel into a block."""
    yield np.array([[1.0, 2.0], [3.0, 4.0]])[None, None], 2
    yield pixels(rng, 2, 2, 2, 3), 3


@upsample.check()
def factor_one(rng):
    """With factor 1 nothing changes."""
    yield pixels(rng, 1, 2, 3, 2), 1


@upsample.check(hidden=True, weight=0.5)
def any_factor(rng):
    """Takes a batch of one, and any factor."""
    yield pixels(rng, 1, 3, 2, 4), 2
    yield pixels(rng, 2, 1, 2, 3), 4


upsample.in_other_dress(blocks)


def _bed_of_nails(x, factor):
    N, C, H, W = x.shape
    out = np.zeros((N, C, factor * H, factor * W), x.dtype)
    out[:, :, ::factor, ::factor] = x
    return out


# --- segmentation_head -------------------------------------------------------------------------

segment = Exercise("segmentation_head", points=3, needs=("upsample_nearest",))


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
    yield pixels(rng, 2, 6, 2, 3), 3, 0.5, 0.6, 1.5
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

cost = Exercise("conv_cost", points=2)


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


@cost.check(exact=True, hidden=True)
def many_layers(rng):
    """Agrees over many layers."""
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
