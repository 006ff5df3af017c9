"""How the exercises on convolution and pooling are judged."""

import numpy as np

from autograder import observe
from autograder.spec import Case, Exercise, Question
from reference import convolution as ref

CONVOLVERS = ("np.convolve", "np.correlate")


def pixels(rng, *shape, dtype=np.float64):
    """Eighths between -5 and 5: sums of their products are exact."""
    return (rng.integers(-40, 41, shape) / 8).astype(dtype)


def distinct(rng, *shape, dtype=np.float64):
    """Pixels of which no two are equal, all negative and all positive ones alike likely."""
    size = int(np.prod(shape))
    return ((rng.permutation(size).reshape(shape) - size // 2) / 8).astype(dtype)


def spread(array):
    """Return the same values, two steps apart in memory."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


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


@smooth.check(hidden=True, dtype=True, needs=newest_report_first)
def float32_track(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(rng.normal(size=(8, 3)).astype(np.float32)), np.array([3, 2, 1], np.float32)
    yield rng.normal(size=(9, 2)).T.copy().T, spread(rng.uniform(0.5, 2.0, 4))


def _oldest_first_at_once(positions, weights):
    smoothed = np.zeros_like(positions)
    for t in range(len(positions)):
        window = positions[max(0, t - len(weights) + 1) : t + 1]
        met = weights[: len(window)]
        smoothed[t] = met @ window / met.sum()
    return smoothed


smooth.misconception(
    "oldest-first",
    replace="enumerate(weights[:steps])",
    by="enumerate(weights[::-1][:steps])",
    hint="Which report does weights[0] belong to: the newest of the window or the oldest?",
).also(function=_oldest_first_at_once)
smooth.misconception(
    "never-divided",
    replace="return smooth / total",
    by="return smooth",
    hint="If all reports are equal the average is that value. What does yours give when the weights"
    " sum to 7?",
)
smooth.misconception(
    "start-divided-by-all-weights",
    replace="smooth / total",
    by="smooth / weights.sum()",
    hint="At t = 0 there is one report. Which weights took part in that sum, and which did you"
    " divide by?",
)


def _sees_the_future(positions, weights):
    steps = len(positions)
    seen, total = np.zeros_like(positions), np.zeros((steps, 1), positions.dtype)
    for age, weight in enumerate(weights[:steps]):
        seen[: steps - age] += weight * positions[age:]
        total[: steps - age] += weight
    return seen / total


smooth.misconception(
    "sees-the-future",
    function=_sees_the_future,
    hint="A report of age a was made at time t - a. Does your index go back in time or forward?",
)


def _full_windows_only(positions, weights):
    steps, taps = len(positions), min(len(weights), len(positions))
    rows = [weights[:taps] @ positions[t - taps + 1 : t + 1][::-1] for t in range(taps - 1, steps)]
    return np.array(rows, dtype=positions.dtype) / weights[:taps].sum()


smooth.misconception(
    "full-windows-only",
    function=_full_windows_only,
    hint="How many positions go in, and how many come out? What should stand at t = 0?",
)

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


@conv1.check(hidden=True, dtype=True)
def float32_signal(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    signal, kernel = rng.normal(size=12), rng.normal(size=4)
    yield spread(signal.astype(np.float32)), kernel.astype(np.float32), 2, 1
    yield signal[::-1], spread(kernel)


conv1.misconception(
    "kernel-flipped",
    replace="kernel[u] *",
    by="kernel[-1 - u] *",
    convention="the mathematicians' convolution (`np.convolve`); here the kernel is not flipped",
    hint="For (1, 2, 3, 4) and the kernel (1, 0, -1) the first value is 1*1 - 1*3. Which of your"
    " taps met which sample?",
)
conv1.misconception(
    "last-window-lost",
    replace="// stride + 1",
    by="// stride",
    hint="A kernel as long as the signal fits exactly once. How many windows do you count there?",
)
conv1.misconception(
    "stride-forgotten-between-windows",
    replace=("(len(padded) - len(kernel)) // stride + 1", "u : u + stride * length : stride"),
    by=("len(padded) - len(kernel) + 1", "u : u + length"),
    hint="By how many samples does the window move from y[0] to y[1] when the stride is 2?",
)
conv1.misconception(
    "padding-in-front-only",
    replace="np.pad(signal, padding)",
    by="np.pad(signal, (padding, 0))",
    hint="How many zeros stand before the first sample, and how many behind the last?",
)
conv1.misconception(
    "padding-shared-between-the-ends",
    replace="np.pad(signal, padding)",
    by="np.pad(signal, (padding // 2, padding - padding // 2))",
    hint="Is `padding` the number of zeros at each end, or at both ends together?",
)
conv1.misconception(
    "stride-spreads-the-kernel",
    replace=("(len(padded) - len(kernel))", "u : u + stride * length : stride"),
    by=("(len(padded) - stride * (len(kernel) - 1) - 1)", "stride * u : stride * u + length"),
    hint="Which of the two indices does the stride multiply: the window's or the tap's?",
)

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


size.misconception(
    "fence-post",
    replace="// stride + 1, 0)",
    by="// stride, 0)",
    hint="In a line as long as the kernel there is one window, and it cannot move. What do you"
    " count?",
)
size.misconception(
    "rounded-up",
    replace="(size + 2 * zeros - span) // stride + 1",
    by="-(-(size + 2 * zeros - span) // stride) + 1",
    convention="pooling layers with `ceil_mode`; here a window that is not whole does not count",
    hint="Is a last window that sticks out of the padded line counted?",
)
size.misconception(
    "padding-once",
    replace="2 * zeros",
    by="zeros",
    hint="The padding is a number per end. How many ends has a line?",
)
size.misconception(
    "same-keeps-the-size",
    replace="-(-size // stride)",
    by="size",
    hint="SAME gives the same size at stride 1. How many windows are there at stride 2?",
)
size.misconception(
    "same-rounded-down",
    replace="-(-size // stride)",
    by="size // stride",
    hint="Width 13, stride 5: does SAME leave the last three pixels unseen, or does it pad for one"
    " more window?",
)
size.misconception(
    "same-is-half-the-kernel",
    replace="return -(-size // stride)",
    by="return (size + 2 * (kernel // 2) - kernel) // stride + 1",
    convention="padding by half the kernel on each side, which is SAME for odd kernels only",
    hint="What does your SAME give for a kernel of 4 taps at stride 1? Should it depend on the"
    " kernel at all?",
)
size.misconception(
    "dilation-stretches-the-last-tap-too",
    replace="dilation * (kernel - 1) + 1",
    by="dilation * kernel",
    hint="Draw two taps with dilation 4. How many pixels from the first to the last, both counted?",
)
size.misconception(
    "dilation-counts-the-holes",
    replace="dilation * (kernel - 1) + 1",
    by="kernel + (kernel - 1) * (dilation if dilation > 1 else 0)",
    hint="With dilation 1 the taps are neighbours. How many holes are between two taps with "
    "dilation 1, and how many with dilation 2?",
).also(
    replace="dilation * (kernel - 1) + 1",
    by="kernel + (kernel - 1) * dilation",
)
size.misconception(
    "negative-count",
    replace="max((size + 2 * zeros - span) // stride + 1, 0)",
    by="(size + 2 * zeros - span) // stride + 1",
    hint="Can there be minus one window?",
)

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


same.misconception(
    "extra-zero-left",
    replace="before = total // 2",
    by="before = (total + 1) // 2",
    hint="Three zeros cannot be halved. On which end does the convention asked for put the third?",
)
same.misconception(
    "both-ends-rounded-up",
    replace="return before, total - before",
    by="return (total + 1) // 2, (total + 1) // 2",
    convention="Caffe's symmetric padding: as many zeros on both ends",
    hint="Do your two numbers add up to the total?",
)
same.misconception(
    "stride-forgotten",
    replace="total = max((windows - 1) * stride + kernel - size, 0)",
    by="total = kernel - 1",
    convention='PyTorch\'s padding="same", which exists for stride 1 only',
    hint="kernel - 1 zeros are right for stride 1. Where does the last window end at stride 5?",
)
same.misconception(
    "fewer-than-none",
    replace="max((windows - 1) * stride + kernel - size, 0)",
    by="(windows - 1) * stride + kernel - size",
    hint="Width 9, one tap, stride 4: can a border be cut off by padding?",
)
same.misconception(
    "windows-rounded-down",
    replace="-(-size // stride)",
    by="size // stride",
    hint="How many windows are to fit into 13 pixels at stride 5: 2 or 3?",
)

# --- conv2d_forward ----------------------------------------------------------------------------


def bank(rng, maps, c, kh, kw, dtype=np.float64):
    """A bank of kernels and its biases."""
    return pixels(rng, maps, c, kh, kw, dtype=dtype), pixels(rng, maps, dtype=dtype)


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
    """Spreads the taps of the kernel by the dilation."""
    yield Case(pixels(rng, 1, 2, 7, 6), *bank(rng, 2, 2, 3, 2), dilation=2)


@conv.check(weight=1, hidden=True, needs=(stride_and_padding, dilation))
def all_together(rng):
    """Stride, padding and dilation at once."""
    yield Case(pixels(rng, 2, 2, 7, 8), *bank(rng, 3, 2, 3, 2), dilation=2, padding=1)
    yield pixels(rng, 1, 2, 9, 8), *bank(rng, 2, 2, 2, 3), 2, 2, 3
    yield Case(pixels(rng, 1, 1, 8, 10), *bank(rng, 1, 1, 3, 2), dilation=3, stride=2)


@conv.check(weight=1, hidden=True, dtype=True)
def float32_batches(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    x, (w, b) = rng.normal(size=(1, 3, 8, 7)), bank(rng, 2, 3, 3, 4)
    yield x.astype(np.float32), w.astype(np.float32), b.astype(np.float32), 3, 2
    yield spread(x), np.asfortranarray(w), b
    yield x.swapaxes(2, 3), w, spread(b)


@conv.check(weight=1, hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_in_the_image(rng):
    """Without a bias it is linear: twice the image, twice the maps."""
    w = pixels(rng, 2, 3, 2, 2)
    yield pixels(rng, 2, 3, 5, 4), pixels(rng, 2, 3, 5, 4), 2.0, -3.0, w, np.zeros(2), 1, 1


conv.misconception(
    "kernel-flipped",
    replace="w[:, :, u, v]",
    by="w[:, :, -1 - u, -1 - v]",
    convention="the convolution of the mathematics books (`scipy.signal.convolve2d`); a layer's is"
    " the cross-correlation",
    hint="Which weight meets the upper left pixel of the window: the kernel's upper left or its"
    " lower right?",
)
conv.misconception(
    "kernel-transposed",
    replace="zeros = (padding, padding)",
    by="w = w.swapaxes(2, 3)\n    zeros = (padding, padding)",
    hint="w is (F, C, KH, KW). Which of its last two axes runs down the image?",
)
conv.misconception(
    "channels-not-summed",
    replace="np.tensordot(w[:, :, u, v], met, axes=(1, 1))",
    by="w[:, 0, u, v][:, None, None, None] * met[:, 0]",
    hint="An RGB pixel has three numbers and the kernel three layers of weights. Do all of them"
    " reach the output?",
)
conv.misconception(
    "channels-averaged",
    replace="np.tensordot(w[:, :, u, v], met, axes=(1, 1))",
    by="np.tensordot(w[:, :, u, v], met, axes=(1, 1)) / x.shape[1]",
    hint="Does the formula sum over the channels or average them?",
)
conv.misconception(
    "bias-forgotten",
    replace=" + b[:, None, None]",
    by="",
    hint="What does a map show where the image is all zero?",
)
conv.misconception(
    "bias-at-every-tap",
    replace=("axes=(1, 1))", " + b[:, None, None]"),
    by=("axes=(1, 1)) + b[:, None, None, None]", ""),
    hint="How often is the bias added to one output? How often does the formula say?",
)
conv.misconception(
    "bias-for-every-channel",
    replace="+ b[:, None, None]",
    by="+ x.shape[1] * b[:, None, None]",
    hint="Set all pixels to zero. What does your map show for one channel, and what for three? Has "
    "the kernel a bias for each of its layers, or one for all?",
)


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


conv.misconception(
    "stride-multiplies-the-tap",
    replace=(
        "rows = output_size(x.shape[2], w.shape[2], stride, padding, dilation)",
        "cols = output_size(x.shape[3], w.shape[3], stride, padding, dilation)",
        "top : top + stride * rows : stride, left : left + stride * cols : stride",
    ),
    by=(
        "rows = output_size(x.shape[2], w.shape[2], 1, padding, stride)",
        "cols = output_size(x.shape[3], w.shape[3], 1, padding, stride)",
        "u * stride : u * stride + rows, v * stride : v * stride + cols",
    ),
    convention="a dilated convolution: u·s where i·s + u is meant",
    hint="Is the stride the step from window to window, or from tap to tap within a window?",
).also(function=_stride_for_everything)
conv.misconception(
    "stride-and-padding-swapped",
    replace="zeros = (padding, padding)",
    by="stride, padding = padding, stride\n    zeros = (padding, padding)",
    hint="With stride 2 and padding 1: how many zeros did you add, and how far did you step?",
)
conv.misconception(
    "padding-above-and-left-only",
    replace="zeros = (padding, padding)",
    by="zeros = (2 * padding, 0)",
    hint="The zeros go on all four sides. What is the value of the last output, where window and"
    " border overlap?",
)
conv.misconception(
    "border-repeated",
    replace="np.pad(x, ((0, 0), (0, 0), zeros, zeros))",
    by='np.pad(x, ((0, 0), (0, 0), zeros, zeros), mode="edge")',
    hint="What stands in the border that padding adds: zeros, or copies of the nearest pixel?",
)


def _misprint(x, w, b, stride=1, padding=0, dilation=1):
    """Read the row as i*s + u - 1, as if the taps were counted from one."""
    from solutions.convolution.chapter import conv2d_forward

    shifted = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    shifted = np.roll(shifted, (1, 1), axis=(2, 3))
    return conv2d_forward(shifted, w, b, stride, 0, dilation)


conv.misconception(
    "taps-counted-from-one",
    function=_misprint,
    hint="Which pixel does the first tap of the first window meet? If you took the index from a"
    " page that has an f - 1 in it: that is a misprint.",
)
conv.misconception(
    "dilation-forgotten",
    replace=(
        "rows = output_size(x.shape[2], w.shape[2], stride, padding, dilation)",
        "cols = output_size(x.shape[3], w.shape[3], stride, padding, dilation)",
        "top, left = u * dilation, v * dilation",
    ),
    by=(
        "rows = output_size(x.shape[2], w.shape[2], stride, padding)",
        "cols = output_size(x.shape[3], w.shape[3], stride, padding)",
        "top, left = u, v",
    ),
    hint="How far apart are two neighbouring taps when the dilation is 2?",
)

# --- translate ---------------------------------------------------------------------------------

shift = Exercise("translate", points=2)


@shift.check(weight=2)
def moves(rng):
    """Moves the content down and right, and fills with zeros."""
    yield np.arange(1.0, 10.0).reshape(1, 1, 3, 3), 1, -1
    yield pixels(rng, 2, 1, 4, 5), 2, 1
    yield pixels(rng, 1, 2, 5, 4), 0, 3


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


@shift.check(hidden=True, dtype=True)
def float32_image(rng):
    """Keeps float32, takes any memory layout, and a shift by nothing is a copy."""
    yield spread(pixels(rng, 1, 3, 4, 6, dtype=np.float32)), -1, 2
    yield pixels(rng, 2, 1, 3, 4), 0, 0
    yield pixels(rng, 1, 2, 6, 5).swapaxes(2, 3), 3, 1


def _rolled(x, down, right):
    return np.roll(x, (down, right), axis=(2, 3))


def _border_repeated(x, down, right):
    H, W = x.shape[2:]
    rows = np.clip(np.arange(H) - down, 0, H - 1)
    return x[:, :, rows][:, :, :, np.clip(np.arange(W) - right, 0, W - 1)]


shift.misconception(
    "wraps-around",
    function=_rolled,
    hint="What comes in at the edge that the image leaves: zeros, or the other side of the image?",
)
shift.misconception(
    "border-repeated",
    function=_border_repeated,
    hint="Is a pixel outside the frame zero, or a copy of its nearest neighbour?",
)
shift.misconception(
    "wrong-direction",
    replace="H - down : 2 * H - down, W - right : 2 * W - right",
    by="H + down : 2 * H + down, W + right : 2 * W + right",
    hint="After a shift down by 1, which row of the input stands in row 1 of the output: row 0"
    " or row 2?",
)
shift.misconception(
    "rows-and-columns-swapped",
    replace=(
        "down = min(max(down, -H), H)",
        "right = min(max(right, -W), W)",
    ),
    by=(
        "down, right = right, down\n    down = min(max(down, -H), H)",
        "right = min(max(right, -W), W)",
    ),
    hint="Down changes the row index. Which axis of (N, C, H, W) is that?",
)

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


gap.misconception(
    "signed-difference",
    replace="np.max(np.abs(f(g(x)) - g(f(x))))",
    by="np.max(f(g(x)) - g(f(x)))",
    hint="Can a gap be negative? What if g(f(x)) is the larger one everywhere?",
)
gap.misconception(
    "mean-difference",
    replace="np.max(",
    by="np.mean(",
    hint="One wrong pixel in a large image: does your gap still see it?",
)
gap.misconception(
    "summed-difference",
    replace="np.max(",
    by="np.sum(",
    hint="Should the gap grow when the same image is put into the batch twice?",
)
gap.misconception(
    "invariance",
    replace="f(g(x)) - g(f(x))",
    by="f(g(x)) - f(x)",
    convention="invariance, f(g(x)) = f(x): a different property",
    hint="If the cat moves, should the map stay as it was, or move too? Which of the two do you"
    " compare with?",
)

# --- im2col ------------------------------------------------------------------------------------

columns = Exercise("im2col", points=3, needs=("output_size",))


@columns.check(weight=2)
def windows_become_columns(rng):
    """Copies each window into a column, windows row by row."""
    yield np.arange(1.0, 10.0).reshape(1, 1, 3, 3), (2, 2)
    yield pixels(rng, 2, 1, 4, 5), (3, 2)


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


@columns.check(hidden=True, dtype=True)
def float32_columns(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(pixels(rng, 2, 3, 6, 5, dtype=np.float32)), (2, 4), 2, 1
    yield pixels(rng, 1, 2, 6, 4).swapaxes(2, 3), (3, 3)
    yield np.asfortranarray(pixels(rng, 2, 2, 4, 4)), (4, 4)


columns.misconception(
    "channels-last",
    replace="return columns.reshape(",
    by="return columns.transpose(0, 2, 3, 1, 4, 5).reshape(",
    convention="channels last, the layout of TensorFlow's patches",
    hint="Compare with w.reshape(F, -1): which index of w changes slowest?",
)
columns.misconception(
    "windows-as-rows",
    replace="return columns.reshape(N, C * KH * KW, rows * cols)",
    by="return columns.reshape(N, C * KH * KW, rows * cols).swapaxes(1, 2)",
    hint="Is a window a column of the result or a row?",
)
columns.misconception(
    "windows-column-by-column",
    replace="return columns.reshape(",
    by="return columns.swapaxes(4, 5).reshape(",
    hint="Which window is the second: the one to the right of the first, or the one below it?",
)
columns.misconception(
    "taps-column-by-column",
    replace="return columns.reshape(",
    by="return columns.swapaxes(2, 3).reshape(",
    hint="In which order do the pixels of one window stand in its column?",
)
columns.misconception(
    "padding-forgotten",
    replace=(
        "zeros = (padding, padding)",
        "rows = output_size(H, KH, stride, padding)",
        "cols = output_size(W, KW, stride, padding)",
    ),
    by=(
        "zeros = (0, 0)",
        "rows = output_size(H, KH, stride)",
        "cols = output_size(W, KW, stride)",
    ),
    hint="Are there windows that start outside the image?",
)

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


@image.check(hidden=True, dtype=True)
def float32_image_back(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(pixels(rng, 2, 12, 16, dtype=np.float32)), (2, 2, 7, 6), (3, 2), 2, 1
    yield pixels(rng, 1, 8, 8).swapaxes(1, 2), (1, 4, 3, 4), (2, 1), 1, 0
    yield pixels(rng, 1, 6, 49), (1, 1, 4, 5), (2, 3), 1, 2


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


image.misconception(
    "overwritten",
    replace=": v + stride * cols : stride] += windows[",
    by=": v + stride * cols : stride] = windows[",
    hint="Four windows cover the centre pixel. Whose value is left there at the end, and what"
    " should be?",
).also(function=_windows_overwritten)


def _averaged(columns, shape, kernel, stride=1, padding=0):
    from solutions.convolution.chapter import col2im

    total = col2im(columns, shape, kernel, stride, padding)
    count = col2im(np.ones_like(columns), shape, kernel, stride, padding)
    return total / np.maximum(count, 1)


image.misconception(
    "averaged",
    function=_averaged,
    hint="This is the transpose of im2col, not its inverse: what is a pixel's gradient if it was"
    " copied four times?",
)
image.misconception(
    "border-not-cropped",
    replace="return padded[:, :, padding : padding + H, padding : padding + W].copy()",
    by="return padded",
    hint="What shape has the image before padding? Does the result have it?",
)
image.misconception(
    "cropped-at-the-end-only",
    replace="return padded[:, :, padding : padding + H, padding : padding + W].copy()",
    by="return padded[:, :, :H, :W].copy()",
    hint="Where in the padded image does pixel (0, 0) of the image lie?",
)
image.misconception(
    "channels-last",
    replace="windows = columns.reshape(N, C, KH, KW, rows, cols)",
    by="windows = columns.reshape(N, KH, KW, C, rows, cols).transpose(0, 3, 1, 2, 4, 5)",
    convention="channels last, the layout of TensorFlow's patches",
    hint="In which order did im2col stack channel, kernel row and kernel column?",
)
image.misconception(
    "windows-column-by-column",
    replace="windows = columns.reshape(N, C, KH, KW, rows, cols)",
    by="windows = columns.reshape(N, C, KH, KW, cols, rows).swapaxes(4, 5)",
    hint="Which window is the second column: the one to the right of the first, or the one below?",
)

# --- conv2d_backward ---------------------------------------------------------------------------


def gradient_case(rng, x_shape, w_shape, dtype=np.float64, **geometry):
    """Arguments of `conv2d_backward` that fit together."""
    s, p, d = (geometry.get(k, v) for k, v in (("stride", 1), ("padding", 0), ("dilation", 1)))
    n, f = x_shape[0], w_shape[0]
    sides = [
        (side + 2 * p - d * (taps - 1) - 1) // s + 1 for side, taps in zip(x_shape[2:], w_shape[2:])
    ]
    dy = pixels(rng, n, f, *sides, dtype=dtype)
    return dy, pixels(rng, *x_shape, dtype=dtype), pixels(rng, *w_shape, dtype=dtype), geometry


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


@back.check(weight=1, hidden=True, needs=(kernel_gradient, image_gradient))
def dilated_gradient(rng):
    """The gradients of a dilated convolution."""
    yield whole(rng, (2, 2, 7, 6), (2, 2, 3, 2), dilation=2)
    yield whole(rng, (1, 2, 8, 7), (3, 2, 2, 3), dilation=3, padding=2, stride=2)


@back.check(weight=1, hidden=True, dtype=True)
def float32_gradients(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    yield whole(rng, (1, 3, 6, 7), (2, 3, 3, 3), dtype=np.float32, padding=1, stride=2)
    dy, x, w, _ = gradient_case(rng, (2, 2, 5, 4), (3, 2, 2, 3))
    yield spread(dy), np.asfortranarray(x), spread(w)


back.misconception(
    "averaged-over-the-batch",
    replace=(
        "axes=((0, 2, 3),) * 2)",
        "return dx, dw, dy.sum(axis=(0, 2, 3))",
    ),
    by=(
        "axes=((0, 2, 3),) * 2) / len(x)",
        "return dx, dw, dy.sum(axis=(0, 2, 3)) / len(x)",
    ),
    hint="If the loss averages over the batch, dy already carries the 1/N. Are you dividing again?",
)
back.misconception(
    "bias-gradient-averaged",
    replace="dy.sum(axis=(0, 2, 3))",
    by="dy.mean(axis=(0, 2, 3))",
    hint="The bias moves every output of its map by the same amount. Do their gradients add up or"
    " average?",
)
back.misconception(
    "bias-gradient-per-image",
    replace="dy.sum(axis=(0, 2, 3))",
    by="dy.sum(axis=(2, 3))",
    hint="There is one bias per map for the whole batch. What shape must its gradient have?",
)
back.misconception(
    "image-gradient-with-flipped-kernel",
    replace="share = np.tensordot(w[:, :, u, v], dy, axes=(0, 1))",
    by="share = np.tensordot(w[:, :, -1 - u, -1 - v], dy, axes=(0, 1))",
    hint="Scattering w times dy into the windows already flips. Have you flipped the kernel once"
    " more?",
)
back.misconception(
    "kernel-gradient-flipped",
    replace="dw[:, :, u, v] = ",
    by="dw[:, :, -1 - u, -1 - v] = ",
    hint="Which weight met the upper left pixel of the window in the forward pass?",
)


def _image_gradient_overwritten(dy, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = ref.conv2d_backward(dy, x, w, stride, padding, dilation)
    shares = np.einsum("fcuv,nfij->ncuvij", w, dy)
    return _last_window_wins(shares, x.shape, stride, padding, dilation), dw, db


back.misconception(
    "overlaps-overwritten",
    replace="dpadded[:, :, down, right] += share",
    by="dpadded[:, :, down, right] = share",
    hint="A pixel under several windows gave something to each. Which of their gradients are left"
    " in the end?",
).also(function=_image_gradient_overwritten)
back.misconception(
    "border-not-cropped",
    replace="dx = dpadded[:, :, padding : padding + H, padding : padding + W].copy()",
    by="dx = dpadded",
    hint="The zeros of the padding were not inputs. What shape has x?",
)
back.misconception(
    "cropped-at-the-end-only",
    replace="dx = dpadded[:, :, padding : padding + H, padding : padding + W].copy()",
    by="dx = dpadded[:, :, :H, :W].copy()",
    hint="Where in the padded gradient does pixel (0, 0) of the image lie?",
)
back.misconception(
    "padding-forgotten-in-kernel-gradient",
    replace="np.tensordot(dy, padded[:, :, down, right],",
    by="np.tensordot(dy, np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))"
    "[:, :, down, right],",
    hint="In the forward, did the weights meet the image or the padded image?",
)
back.misconception(
    "maps-of-one-kernel-only",
    replace="share = np.tensordot(w[:, :, u, v], dy, axes=(0, 1))",
    by="share = np.einsum('c,nij->cnij', w[0, :, u, v], dy[:, 0])",
    hint="A pixel is read by every kernel. Over which index is the sum in dx?",
)
back.misconception(
    "gradients-in-another-order",
    replace="return dx, dw, dy.sum(axis=(0, 2, 3))",
    by="return dw, dx, dy.sum(axis=(0, 2, 3))",
    hint="In which order does the docstring list what is returned?",
)

# --- max pooling -------------------------------------------------------------------------------

max_pool = Exercise("max_pool_forward", points=3, needs=("output_size",))


@max_pool.check(weight=2)
def largest_of_each_window(rng):
    """Takes the largest pixel of each window, windows side by side, channel by channel."""
    table = np.array([[1.0, 3, 2, 1], [4, 2, 0, 5], [8, 0, 7, 6], [1, 1, 2, 3]])
    yield table[None, None], 2
    yield distinct(rng, 2, 2, 4, 6), 2
    yield distinct(rng, 1, 2, 6, 7), 3


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


@max_pool.check(hidden=True, dtype=True)
def float32_maps(rng):
    """Keeps float32, takes any memory layout and a window as large as the image."""
    yield spread(distinct(rng, 1, 3, 6, 5, dtype=np.float32)), 3, 1, 1
    yield distinct(rng, 2, 1, 4, 4).swapaxes(2, 3), 4
    yield np.asfortranarray(distinct(rng, 2, 2, 5, 6)), 4, 3, 2


max_pool.misconception(
    "border-of-zeros",
    replace="np.pad(x, ((0, 0), (0, 0), zeros, zeros), constant_values=-np.inf)",
    by="np.pad(x, ((0, 0), (0, 0), zeros, zeros))",
    hint="If every pixel is negative, who wins in a window on the border? Is it a pixel?",
)
max_pool.misconception(
    "stride-ignored",
    replace="step = size if stride is None else stride",
    by="step = size",
    hint="How far apart are two windows when a stride is given?",
)
max_pool.misconception(
    "stride-one-by-default",
    replace="step = size if stride is None else stride",
    by="step = 1 if stride is None else stride",
    hint="What is the stride when none is given? 2 × 2 pooling keeps a quarter of the pixels: does"
    " yours?",
)
max_pool.misconception(
    "average",
    replace=(
        "constant_values=-np.inf)",
        "-np.inf, dtype",
        "y = np.maximum(y, padded[:, :, u : u + step * rows : step, v : v + step * cols : step])",
    ),
    by=(
        "constant_values=0.0)",
        "0.0, dtype",
        "y += padded[:, :, u : u + step * rows : step, v : v + step * cols : step] / size**2",
    ),
    hint="Max-pooling keeps one of the pixels of the window. Is your value one of them?",
)
max_pool.misconception(
    "across-channels",
    replace="return y",
    by="return np.broadcast_to(y.max(axis=1, keepdims=True), y.shape).copy()",
    hint="A pooling layer treats each channel on its own. Do two channels of your result differ?",
)
max_pool.misconception(
    "starts-at-zero",
    replace="y = np.full((*x.shape[:2], rows, cols), -np.inf, dtype=x.dtype)",
    by="y = np.full((*x.shape[:2], rows, cols), 0, dtype=x.dtype)",
    hint="What is the maximum of a window of negative pixels? What did your running maximum start"
    " from?",
)

max_back = Exercise("max_pool_backward", points=4)


def pool_gradient(rng, make, x_shape, window, stride=None, padding=0, dtype=np.float64):
    """Arguments of a pooling layer's backward that fit together."""
    step = window if stride is None else stride
    sides = [(side + 2 * padding - window) // step + 1 for side in x_shape[2:]]
    return pixels(rng, *x_shape[:2], *sides, dtype=dtype), make(rng, *x_shape, dtype=dtype)


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


@max_back.check(weight=1, hidden=True, dtype=True)
def float32_winners(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    dy, x = pool_gradient(rng, distinct, (1, 3, 6, 5), 3, 2, 1, dtype=np.float32)
    yield spread(dy), spread(x), 3, 2, 1
    dy, x = pool_gradient(rng, distinct, (1, 2, 4, 4), 2)
    yield np.asfortranarray(dy), np.asfortranarray(x), 2


max_back.misconception(
    "every-tied-pixel",
    replace=(
        "winner = np.argmax([padded[:, :, down, right] for down, right in places], axis=0)",
        "for index, (down, right) in enumerate(places):",
        "np.where(winner == index, dy, 0)",
    ),
    by=(
        "best = np.max([padded[:, :, down, right] for down, right in places], axis=0)",
        "for down, right in places:",
        "np.where(padded[:, :, down, right] == best, dy, 0)",
    ),
    hint="In a window of equal pixels, how much gradient leaves in all? How much came in?",
)
max_back.misconception(
    "shared-among-the-tied",
    replace=(
        "winner = np.argmax([padded[:, :, down, right] for down, right in places], axis=0)",
        "for index, (down, right) in enumerate(places):",
        "np.where(winner == index, dy, 0)",
    ),
    by=(
        "found = np.array([padded[:, :, down, right] for down, right in places])\n"
        "    best, tied = found.max(axis=0), (found == found.max(axis=0)).sum(axis=0)",
        "for down, right in places:",
        "np.where(padded[:, :, down, right] == best, dy / tied, 0)",
    ),
    convention="a fair share for every tied pixel; here the first takes all, as in PyTorch",
    hint="The docstring names the convention at a tie. Who gets the gradient?",
)
max_back.misconception(
    "last-of-the-tied",
    replace=(
        "winner = np.argmax([padded[:, :, down, right] for down, right in places], axis=0)",
        "winner == index",
    ),
    by=(
        "winner = np.argmax([padded[:, :, down, right] for down, right in places[::-1]], axis=0)",
        "len(places) - 1 - winner == index",
    ),
    hint="Two pixels tie. Did you replace the winner by one that is equal, or only by one that is"
    " larger?",
)
max_back.misconception(
    "every-pixel",
    replace="np.where(winner == index, dy, 0)",
    by="dy",
    hint="Move a pixel that is not the maximum a little. Does the output change?",
)


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


max_back.misconception(
    "overlaps-overwritten",
    replace="dpadded[:, :, down, right] += np.where(winner == index, dy, 0)",
    by="spot = dpadded[:, :, down, right]\n        spot[winner == index] = dy[winner == index]",
    hint="One pixel wins in two windows. Which gradient is left: the sum, or the last one?",
).also(function=_last_winner_wins)
max_back.misconception(
    "border-of-zeros",
    replace="np.pad(x, ((0, 0), (0, 0), zeros, zeros), constant_values=-np.inf)",
    by="np.pad(x, ((0, 0), (0, 0), zeros, zeros))",
    hint="All pixels are negative and the border is zero: who wins, and who gets its gradient?",
)
max_back.misconception(
    "times-the-winning-pixel",
    replace="np.where(winner == index, dy, 0)",
    by="np.where(winner == index, dy * padded[:, :, down, right], 0)",
    hint="What is the derivative of the maximum with respect to the largest input: the input"
    " itself, or one?",
)

# --- average pooling ---------------------------------------------------------------------------

avg_pool = Exercise("avg_pool_forward", points=3, needs=("output_size",))


@avg_pool.check(weight=2)
def mean_of_each_window(rng):
    """Averages each window, windows side by side, channel by channel."""
    yield pixels(rng, 2, 2, 4, 6), 2
    yield pixels(rng, 1, 2, 6, 7), 3


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


@avg_pool.check(hidden=True, dtype=True)
def float32_means(rng):
    """Keeps float32, takes any memory layout and a window as large as the image."""
    yield spread(pixels(rng, 1, 3, 6, 5, dtype=np.float32)), 3, 1, 1
    yield pixels(rng, 2, 1, 4, 4).swapaxes(2, 3), 4
    yield np.asfortranarray(pixels(rng, 2, 2, 5, 6)), 4, 3, 2


@avg_pool.check(hidden=True, observe="linear", atol=1e-9, exact=True)
def linear_average(rng):
    """It is linear in the image."""
    yield pixels(rng, 1, 2, 5, 4), pixels(rng, 1, 2, 5, 4), 2.0, -3.0, 3, 1, 1


avg_pool.misconception(
    "border-counted",
    replace="return total / count",
    by="return total / size**2",
    convention="PyTorch's default, count_include_pad=True",
    hint="What is the average of an image of fives at its corner? How many pixels did you divide"
    " by, and how many of them exist?",
)
avg_pool.misconception(
    "sum",
    replace="return total / count",
    by="return total",
    hint="Does the average of equal pixels equal the pixel?",
)
avg_pool.misconception(
    "stride-ignored",
    replace="step = size if stride is None else stride",
    by="step = size",
    hint="How far apart are two windows when a stride is given?",
)
avg_pool.misconception(
    "stride-one-by-default",
    replace="step = size if stride is None else stride",
    by="step = 1 if stride is None else stride",
    hint="What is the stride when none is given?",
)
avg_pool.misconception(
    "divided-by-the-side",
    replace="return total / count",
    by="return total / size",
    hint="How many pixels has a window of side 3?",
)

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


@avg_back.check(hidden=True, observe="sum_of")
def nothing_is_lost(rng):
    """The gradient that goes in comes out: the sums agree."""
    yield np.abs(pixels(rng, 2, 1, 4, 5)) + 1, pixels(rng, 2, 1, 4, 5), 3, 1, 1


@avg_back.check(hidden=True, dtype=True)
def float32_shares(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    dy, x = pool_gradient(rng, pixels, (1, 3, 6, 5), 3, 2, 1, dtype=np.float32)
    yield spread(dy), spread(x), 3, 2, 1
    dy, x = pool_gradient(rng, pixels, (1, 2, 5, 6), 4, 3, 2)
    yield np.asfortranarray(dy), np.asfortranarray(x), 4, 3, 2
    yield *pool_gradient(rng, pixels, (1, 1, 3, 5), 4, 1, 2), 4, 1, 2


avg_back.misconception(
    "border-counted",
    replace="share = dy / sum(real[place] for place in places)",
    by="share = dy / size**2",
    convention="PyTorch's default, count_include_pad=True",
    hint="By how many pixels did the forward divide at the border? Does the gradient that comes out"
    " sum to what went in?",
)
avg_back.misconception(
    "not-divided",
    replace="share = dy / sum(real[place] for place in places)",
    by="share = dy",
    hint="One pixel rises by 1. By how much does the average of four rise?",
)


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


avg_back.misconception(
    "overlaps-overwritten",
    replace="dpadded[:, :, down, right] += share",
    by="dpadded[:, :, down, right] = share",
    hint="A pixel under two windows: does it keep both shares?",
).also(function=_last_share_stays)
avg_back.misconception(
    "to-the-largest-pixel",
    replace=(
        "for down, right in places:",
        "dpadded[:, :, down, right] += share",
    ),
    by=(
        "seen = np.pad(x, ((0, 0), (0, 0)) + ((padding, padding),) * 2,"
        " constant_values=-np.inf)\n"
        "    best = np.max([seen[:, :, a, b] for a, b in places], axis=0)\n"
        "    for down, right in places:",
        "dpadded[:, :, down, right] += dy * (seen[:, :, down, right] == best)",
    ),
    hint="Which pixels of the window move its average: the largest, or all?",
)

# --- global_avg_pool, flatten, upsample_nearest ------------------------------------------------

global_pool = Exercise("global_avg_pool", points=1)


@global_pool.check()
def one_number_per_map(rng):
    """Gives the mean of each map."""
    yield pixels(rng, 2, 3, 4, 5)
    yield pixels(rng, 3, 1, 2, 7)


@global_pool.check()
def maps_of_one_pixel(rng):
    """A map of one pixel is its own mean."""
    yield pixels(rng, 2, 3, 1, 1)


@global_pool.check(hidden=True, dtype=True)
def float32_global(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    yield spread(pixels(rng, 1, 4, 3, 5, dtype=np.float32))
    yield pixels(rng, 2, 3, 5, 4).transpose(0, 1, 3, 2)


global_pool.misconception(
    "sum",
    replace="x.mean(",
    by="x.sum(",
    hint="Should the result depend on the size of the image?",
)
global_pool.misconception(
    "over-the-channels",
    replace="axis=(2, 3)",
    by="axis=(1, 2)",
    hint="(N, C, H, W) becomes (N, C). Over which axes is the mean, then?",
)
global_pool.misconception(
    "reshape-taken-for-transpose",
    replace="x.mean(axis=(2, 3))",
    by="x.reshape(len(x), -1, x.shape[1]).mean(axis=1)",
    hint="reshape leaves all numbers in their order and only draws the borders anew. In the memory "
    "of (N, C, H, W), what follows a pixel: its next channel, or the next pixel of its map?",
)
global_pool.misconception(
    "maximum",
    replace="x.mean(",
    by="x.max(",
    convention="global max-pooling",
    hint="Is it the mean of the map that is asked for, or its largest value?",
)
global_pool.misconception(
    "axes-kept",
    replace="axis=(2, 3)",
    by="axis=(2, 3), keepdims=True",
    convention="PyTorch's AdaptiveAvgPool2d(1), which keeps two axes of length one",
    hint="The result has two axes. How many has yours?",
)

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


@flat.check()
def other_layouts(rng):
    """Follows the indices, whatever the order of the numbers in memory."""
    yield np.asfortranarray(pixels(rng, 2, 3, 2, 4))
    yield pixels(rng, 3, 2, 4, 2).transpose(0, 3, 1, 2)


@flat.check(hidden=True, dtype=True)
def any_layout(rng):
    """Follows the indices, not the layout in memory, and keeps float32."""
    yield np.asfortranarray(pixels(rng, 2, 3, 4, 2))
    yield spread(pixels(rng, 2, 2, 3, 5, dtype=np.float32))
    yield pixels(rng, 2, 4, 3, 2).transpose(0, 3, 1, 2)


flat.misconception(
    "batch-flattened-too",
    replace="x.reshape(len(x), -1)",
    by="x.reshape(-1)",
    hint="Two images are two samples. How many rows does a dense layer expect?",
)
flat.misconception(
    "channels-last",
    replace="x.reshape(len(x), -1)",
    by="x.transpose(0, 2, 3, 1).reshape(len(x), -1)",
    convention="Keras' channels-last layout",
    hint="Which pixel stands second in the row: the next column of channel 0, or channel 1?",
)
flat.misconception(
    "fortran-order",
    replace="x.reshape(len(x), -1)",
    by='x.reshape(len(x), -1, order="F")',
    hint="Which index changes fastest along the row: the column or the channel?",
)
flat.misconception(
    "memory-order",
    replace="x.reshape(len(x), -1)",
    by='x.reshape(len(x), -1, order="A")',
    hint="Two arrays are equal, but lie differently in memory. May your rows differ? What does the "
    "letter in order= decide?",
)

upsample = Exercise("upsample_nearest", points=1)


@upsample.check()
def blocks(rng):
    """Turns each pixel into a block."""
    yield np.array([[1.0, 2.0], [3.0, 4.0]])[None, None], 2
    yield pixels(rng, 2, 2, 2, 3), 3


@upsample.check()
def factor_one(rng):
    """With factor 1 nothing changes."""
    yield pixels(rng, 1, 2, 3, 2), 1


@upsample.check(hidden=True, dtype=True)
def float32_blocks(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    yield spread(pixels(rng, 1, 3, 2, 4, dtype=np.float32)), 2
    yield pixels(rng, 2, 1, 3, 2).swapaxes(2, 3), 4


def _bed_of_nails(x, factor):
    N, C, H, W = x.shape
    out = np.zeros((N, C, factor * H, factor * W), x.dtype)
    out[:, :, ::factor, ::factor] = x
    return out


upsample.misconception(
    "tiled",
    replace="x.repeat(factor, axis=2).repeat(factor, axis=3)",
    by="np.tile(x, (1, 1, factor, factor))",
    hint="Is each pixel repeated, or the whole image?",
)
upsample.misconception(
    "rows-only",
    replace=".repeat(factor, axis=3)",
    by="",
    hint="A block has two sides. Along which axes have you repeated?",
)
upsample.misconception(
    "bed-of-nails",
    function=_bed_of_nails,
    convention="unpooling with zeros, the 'bed of nails'",
    hint="What stands between two pixels of the small map: zeros, or copies?",
)

# --- segmentation_head -------------------------------------------------------------------------

segment = Exercise("segmentation_head", points=3, needs=("upsample_nearest",))


@segment.check(weight=2)
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


@segment.check(hidden=True, dtype=True)
def float32_probabilities(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    x, w, b = pixels(rng, 1, 3, 4, 2) / 4, pixels(rng, 5, 3) / 4, pixels(rng, 5) / 4
    yield spread(x.astype(np.float32)), w.astype(np.float32), b.astype(np.float32), 2
    yield x.swapaxes(2, 3), np.asfortranarray(w), spread(b)


segment.misconception(
    "overflows",
    replace="np.exp(scores - scores.max(axis=1, keepdims=True))",
    by="np.exp(scores)",
    hint="What is exp(1000) in floating point? Which constant may you subtract from all scores of a"
    " pixel without changing the quotient?",
)
segment.misconception(
    "softmax-over-the-pixels",
    replace=("scores.max(axis=1, keepdims=True)", "growth.sum(axis=1, keepdims=True)"),
    by=("scores.max(axis=(2, 3), keepdims=True)", "growth.sum(axis=(2, 3), keepdims=True)"),
    hint="Which numbers should sum to one: the classes at one pixel, or the pixels of one class?",
)
segment.misconception(
    "softmax-over-everything",
    replace="growth.sum(axis=1, keepdims=True)",
    by="growth.sum()",
    hint="Take one pixel and add its class probabilities. Is it one?",
)
segment.misconception(
    "softmax-over-the-last-axis",
    replace=("scores.max(axis=1, keepdims=True)", "growth.sum(axis=1, keepdims=True)"),
    by=("scores.max(axis=-1, keepdims=True)", "growth.sum(axis=-1, keepdims=True)"),
    hint="Which axis of (N, K, H, W) counts the classes? In a dense layer's (N, K) it is the last "
    "one; is it here?",
)
segment.misconception(
    "largest-of-the-whole-batch",
    replace="scores.max(axis=1, keepdims=True)",
    by="scores.max()",
    hint="One pixel has scores near 2000, another near -2000. Which number do you subtract from "
    "the scores of the second, and what is left of its exponentials?",
)
segment.misconception(
    "scores-not-probabilities",
    replace="return growth / growth.sum(axis=1, keepdims=True)",
    by="return scores",
    hint="Can a probability be negative?",
)
segment.misconception(
    "bias-forgotten",
    replace=" + b[:, None, None]",
    by="",
    hint="What are the scores where all features are zero?",
)
segment.misconception(
    "factor-ignored",
    replace="scores = upsample_nearest(scores, factor)",
    by="scores = scores.copy()",
    hint="How many pixels has the image, and how many answers do you give?",
)

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


@lrn.check(hidden=True, dtype=True)
def float32_responses(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    yield Case(spread(pixels(rng, 1, 5, 3, 2, dtype=np.float32)), alpha=0.1)
    yield Case(pixels(rng, 2, 3, 2, 6).swapaxes(1, 3), r=3, alpha=0.2)


lrn.misconception(
    "alpha-averaged",
    replace="alpha * np.sum(",
    by="alpha / r * np.sum(",
    convention="PyTorch's and Caffe's layer, which divides alpha by the window's length; the paper"
    " does not",
    hint="Does alpha multiply the sum of squares or their mean? Compare with the paper's formula.",
)
lrn.misconception(
    "r-maps-on-each-side",
    replace="half = r // 2",
    by="half = r",
    convention="TensorFlow's depth_radius, which counts the maps on one side",
    hint="With r = 5, how many maps take part besides the map itself?",
)
lrn.misconception(
    "last-neighbour-lost",
    replace="first : last + 1",
    by="first:last",
    hint="The sum includes its upper end. Does your slice?",
)
lrn.misconception(
    "not-squared",
    replace="x[:, first : last + 1] ** 2",
    by="x[:, first : last + 1]",
    hint="May a negative activity make the damping smaller?",
)
lrn.misconception(
    "amplified",
    replace="damping**-beta",
    by="damping**beta",
    hint="A strongly active neighbour should make the response smaller. Does it?",
)


def _within_a_map(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    half = r // 2
    H, W = x.shape[2:]
    out = np.empty_like(x)
    for i in range(H):
        for j in range(W):
            window = x[:, :, max(0, i - half) : i + half + 1, max(0, j - half) : j + half + 1]
            out[:, :, i, j] = x[:, :, i, j] * (k + alpha * (window**2).sum(axis=(2, 3))) ** -beta
    return out


lrn.misconception(
    "neighbouring-pixels",
    function=_within_a_map,
    convention="Caffe's WITHIN_CHANNEL region",
    hint="Are the neighbours other pixels of the same map, or other maps at the same pixel?",
)
lrn.misconception(
    "itself-left-out",
    replace="np.sum(x[:, first : last + 1] ** 2, axis=1)",
    by="(np.sum(x[:, first : last + 1] ** 2, axis=1) - x[:, i] ** 2)",
    hint="Does j run over i as well?",
)

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


cost.misconception(
    "bias-forgotten",
    replace="F * (fan_in + 1)",
    by="F * fan_in",
    hint="75 weights per map and then? 200 maps make 15,200 parameters, not 15,000.",
)
cost.misconception(
    "bias-for-every-output",
    replace="F * (fan_in + 1)",
    by="F * fan_in + outputs",
    hint="All outputs of one map share the kernel. Do they share the bias?",
)
cost.misconception(
    "dense-weights",
    replace="F * (fan_in + 1)",
    by="outputs * (fan_in + 1)",
    convention="an unshared ('locally connected') layer",
    hint="Does each output have weights of its own?",
)
cost.misconception(
    "channels-forgotten",
    replace="in_channels * kernel[0] * kernel[1]",
    by="kernel[0] * kernel[1]",
    hint="A 5 × 5 kernel over RGB: how many weights has it?",
)
cost.misconception(
    "bits",
    replace="outputs * itemsize",
    by="outputs * itemsize * 8",
    hint="Did you count bits or bytes?",
)
cost.misconception(
    "additions-counted-too",
    replace="outputs * fan_in",
    by="2 * outputs * fan_in",
    convention="floating-point operations (FLOPs), two per multiply-add",
    hint="Are multiplications asked for, or multiplications and additions?",
)


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
