# %% [markdown]
# # Architectures: from LeNet-5 to residual nets
#
# *Chapter 14 · Unit IV: convolutional networks*
#
# You have the bricks: convolution, pooling, dense layers. This chapter is about houses. Five of
# them changed what people build, and each one answers a question that the one before had left
# open:
#
# ```text
#   1998  LeNet-5     7 layers        60,000   can a net read digits from the pixels?
#   2012  AlexNet     8           62,378,344   and photographs, a thousand kinds of them?
#   2014  VGG-16     16          138,357,544   what do small windows do, many of them in a row?
#   2014  GoogLeNet  22            6,998,552   the same for a twentieth of the weights?
#   2015  ResNet-50  50           25,557,032   why do deeper nets become worse, and need they?
# ```
#
# The last column but one counts what is learned. You will find these numbers to the last digit: a
# count that is right to the digit means that you know the net, and a count that is off tells
# *which* layer you had misunderstood. Then you build the two blocks that today's nets are made of,
# inception and residual, forward and backward, and train a net of forty-two layers.

# %% [markdown]
# **How your functions are judged.** A file may import NumPy and the standard library. Drawing
# (matplotlib) and progress bars (tqdm) do nothing while it is graded, files, programs and the
# network are out of reach, and a function that uses any other module (scipy, pandas, torch) gets
# no points. Grading runs the file afresh, from top to bottom: what only a running notebook
# remembers, or a file beside it holds, is not there. A function leaves the arrays it is given as
# they are, unless its text says otherwise.

# %%
import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

# %% [markdown]
# ## 1 Shapes and counts
#
# A net is read from its input: one shape goes into a layer, another one comes out. Three kinds of
# layers suffice for the first three nets:
#
# ```text
#   ("conv", maps, kernel, stride, padding)   (C, H, W) → (maps, H', W')   with biases
#   ("pool", kernel, stride, padding)         (C, H, W) → (C, H', W')      nothing to learn
#   ("dense", units)                          anything  → (units,)         with biases
# ```
#
# Windows are square, and only windows that lie wholly within the padded image count: what is left
# over at the right and at the bottom is not looked at,
#
# $$ H' = \left\lfloor \frac{H + 2\,\text{padding} - \text{kernel}}{\text{stride}} \right\rfloor
#    + 1 $$
#
# A map of a convolution reads *all* channels below it and has one bias, shared by all its pixels.
# A unit of a dense layer reads all numbers there are: maps are made one long vector first.
#
# **By hand.** One channel of 6 × 6 pixels. `("conv", 2, 3, 1, 0)` gives (2, 4, 4) and has
# 2 · (9 + 1) = 20 parameters. `("pool", 3, 2, 0)` gives (2, 1, 1): a second window would end beyond
# the border. `("dense", 3)` gives (3,) and has 3 · (2 + 1) = 9. (A library that rounds up would
# have 2 × 2 pixels after the pool, and 27 parameters behind.)


# %%
def trace_layers(
    layers: list[tuple], shape: tuple[int, int, int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    """Follow a shape through the layers of a net, and count what each of them learns.

    Parameters
    ----------
    layers : list of tuple
        ("conv", maps, kernel, stride, padding), ("pool", kernel, stride, padding) or
        ("dense", units). Behind the first dense layer there are only dense layers.
    shape : tuple of int
        Channels, rows and columns of the input; it need not be square.

    Returns
    -------
    shapes : list of tuple of int
        The shape behind each layer: (maps, rows, columns), or (units,).
    counts : list of int
        How many numbers each layer learns, weights and biases.
    """
    raise NotImplementedError("trace_layers")


# %% [markdown]
# Two of the five nets are nothing but such a list. AlexNet is often drawn with images of 224
# pixels; with a window of 11 and a stride of 4 that only comes out at the 55 of the paper if two
# pixels of padding are put around it. Without padding 227 pixels are needed, and that is how it is
# written here. (The famous drawing has two towers, one for each of two graphics cards, and some of
# its layers read only the half of the maps that lay on their own card. Here every map reads all.)
#
# ```python
# shapes, counts = trace_layers(ALEXNET, (3, 227, 227))
# sum(counts)                                              # 62,378,344
# shapes, counts = trace_layers(vgg([2, 2, 3, 3, 3]), (3, 224, 224))
# sum(counts)                                              # 138,357,544
# ```

# %%
ALEXNET = [
    ("conv", 96, 11, 4, 0),
    ("pool", 3, 2, 0),
    ("conv", 256, 5, 1, 2),
    ("pool", 3, 2, 0),
    ("conv", 384, 3, 1, 1),
    ("conv", 384, 3, 1, 1),
    ("conv", 256, 3, 1, 1),
    ("pool", 3, 2, 0),
    ("dense", 4096),
    ("dense", 4096),
    ("dense", 1000),
]


def vgg(repeats: list[int]) -> list[tuple]:
    """Return the layers of a VGG net: so many convolutions of 3 × 3 before each of five pools.

    [2, 2, 3, 3, 3] is VGG-16, [2, 2, 4, 4, 4] is VGG-19.
    """
    layers: list[tuple] = []
    for maps, several in zip((64, 128, 256, 512, 512), repeats):
        layers += [("conv", maps, 3, 1, 1)] * several + [("pool", 2, 2, 0)]
    return [*layers, ("dense", 4096), ("dense", 4096), ("dense", 1000)]


# %% [markdown]
# ## 2 How far a unit sees
#
# VGG replaces one window of 7 × 7 by three of 3 × 3 in a row. A pixel behind them depends on the
# same 7 × 7 pixels of the input: that is its *receptive field*. Beside it goes the *jump*: how many
# pixels of the input lie between two neighbouring pixels of a map.
#
# Before the first layer a pixel sees itself, and neighbours are one pixel apart. A layer with a
# window of k pixels adds k − 1 steps between neighbours *of its input* to what is seen; only then
# its own stride s makes the jump larger, for those that come after. Padding changes nothing: it
# moves the field, and does not widen it.
#
# **By hand.** A convolution (3, 1), a pool (2, 2), a convolution (3, 1), each written as window and
# stride: fields 3, 4, 8, jumps 1, 2, 2. (Who multiplies a layer's own stride in finds 3, 5, 9.)


# %%
def receptive_field(layers: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Find how many pixels of the input, in a line, a unit behind each layer depends on.

    Parameters
    ----------
    layers : list of tuple of int
        Window and stride of each layer, convolution or pool, from the input on.

    Returns
    -------
    fields : list of int
        Size of the receptive field behind each layer.
    jumps : list of int
        Pixels of the input between neighbouring units behind each layer.

    References
    ----------
    Araujo, Norris and Sim 2019, Computing receptive fields of convolutional neural networks.
    """
    raise NotImplementedError("receptive_field")


# %% [markdown]
# Run this file now, or `figure()` in the notebook: the first two panels show AlexNet and VGG-16
# layer by layer, from your two functions.
#
# ## 3 LeNet-5, by the paper
#
# The net that came to read several million bank checks a day has some parts that nobody builds any
# more, and each is worth a look:
#
# ```text
#   input   1 @ 32 × 32   (28 × 28 with two pixels of border)
#   C1      6 @ 28 × 28   convolution 5 × 5
#   S2      6 @ 14 × 14   pool 2 × 2, with a coefficient and a bias for each map; tanh
#   C3     16 @ 10 × 10   convolution 5 × 5, but a map reads only some of the six
#   S4     16 @  5 × 5    pool, as S2
#   C5    120 @  1 × 1    convolution 5 × 5 over all 16 maps
#   F6     84             dense
#   output 10             distances to ten drawn characters, 7 × 12 = 84 pixels each
# ```
#
# *The pools learn*: the mean of four pixels is multiplied by a coefficient, a bias is added, and a
# tanh follows. (The paper adds the four; then the coefficient is a quarter of this one.) *C3 is
# sparse*: which of the six maps are read by which of the sixteen stands in a table, so that
# different maps must learn different things, and to save time. A map of C3 has a window of its own
# for each map that it reads, and one bias. *The output does not learn*: for each class, a small
# picture of the character was drawn by hand, with pixels +1 and −1, and the output is the squared
# distance of F6 to it,
#
# $$ y_k = \sum_j (f_j - c_{kj})^2, $$
#
# so that the *smallest* output wins. In the smallest example, $f = (1, -1)$ and codes $(1, 1)$ and
# $(1, -1)$: distances 4 and 0, the second class. The 840 pixels of the codes are weights, but fixed
# ones, and are not counted.
#
# **By hand.** Two maps in S2, three in C3, of which the first reads the first, the second reads the
# second, and the third reads both; windows of 2 × 2, then 4 and 3 units. C1: 2 · (4 + 1) = 10. S2:
# 4. C3: 4 windows of 4 weights and 3 biases, 19. S4: 6. C5: 4 · (3 · 4 + 1) = 52. F6: 3 · (4 + 1) =
# 15. Output: 0. (With a full table C3 would have 27.) Of the real net: 156, 12, **1,516**, 32,
# 48,120, 10,164, 0, together **60,000**.


# %%
C3_TABLE = np.array(
    [
        [mark == "X" for mark in row]
        for row in (
            "X...XXX..XXXX.XX",
            "XX...XXX..XXXX.X",
            "XXX...XXX..X.XXX",
            ".XXX..XXXX..X.XX",
            "..XXX..XXXX.XX.X",
            "...XXX..XXXX.XXX",
        )
    ]
)
"""Table I of the paper: the row is a map of S2, the column a map of C3 that reads it."""


# %%
def lenet5_parameters(
    table: Array, kernel: int = 5, units: tuple[int, int] = (120, 84)
) -> list[int]:
    """Count what each layer of LeNet-5 learns: C1, S2, C3, S4, C5, F6 and the output.

    Parameters
    ----------
    table : ndarray of shape (S, F)
        Truth values: whether map f of C3 reads map s of S2. There are S maps in C1 and S2, and F
        in C3 and S4. The input has one channel.
    kernel : int
        Rows and columns of every window of a convolution. C5 reads all maps of S4, and its window
        covers them whole.
    units : tuple of int
        Maps of C5, and units of F6.

    Returns
    -------
    list of int
        Seven numbers; that of the output is 0, since its weights are fixed.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition,
    section II.B.
    """
    raise NotImplementedError("lenet5_parameters")


# %% [markdown]
# ## 4 Whose count is it?
#
# Counts in papers, blogs and lecture notes disagree, and each wrong number has a reason. You are
# given a net, and what somebody has reported for each of its layers; find out what they did. Of
# these explanations, in this order, the first one that gives exactly the reported number:
#
# ```text
#   "right"           any layer    as in section 1
#   "trained"         pool         a coefficient and a bias for each map, as in LeNet-5
#   "no biases"       conv, dense  weights only
#   "bias per pixel"  conv         each pixel of each map has a bias of its own
#   "one channel"     conv         a map reads one channel, not all of them
#   "two groups"      conv         a map reads half of the channels (if their number is even)
#   "not flattened"   dense        a unit reads one number of each map (where maps come in)
#   "unknown"         any layer    none of these
# ```
#
# **By hand.** The net of the first section, on two channels of 6 × 6: 2 · (2 · 9 + 1) = 38, 0, 9.
# Reported are 36, 4, 6: "no biases", "trained", "no biases". Reported are 68, 1, 9: "bias per
# pixel" (36 + 32), "unknown", "right" (and not "not flattened", which would be 9 as well). Reported
# are 20, 0, 0: "one channel" ("two groups" says the same, and stands further down), "right",
# "unknown". For the second convolution of AlexNet papers have 307,456 where you have 614,656.


# %%
def explain_counts(
    layers: list[tuple], shape: tuple[int, int, int], counts: list[int]
) -> list[str]:
    """Find out how somebody has counted the parameters of each layer.

    Parameters
    ----------
    layers : list of tuple
        As in `trace_layers`.
    shape : tuple of int
        Channels, rows and columns of the input.
    counts : list of int
        What was reported for each layer.

    Returns
    -------
    list of str
        The explanation for each layer: the first one of the table above that fits.
    """
    raise NotImplementedError("explain_counts")


# %% [markdown]
# ### Question `where_the_weights_are`
#
# Here are AlexNet's layers, with their weights and the multiplications that one image costs:
#
# ```text
#               weights       multiplications
#   conv 1        34,848        105,415,200
#   conv 2       614,400        447,897,600
#   conv 3-5   3,096,576        523,321,344
#   dense 1   37,748,736         37,748,736
#   dense 2   16,777,216         16,777,216
#   dense 3    4,096,000          4,096,000
# ```
#
# A friend wants the net on a phone: it is too slow, and its file is too large. Which layers would
# you change for the one, which for the other, and why are they not the same? GoogLeNet and ResNet
# put a *global average* in the place of the first two dense layers: one number for each map, its
# mean, and one dense layer from these to the classes. What does that save, what does it lose, and
# what else does it make possible for images of another size?

# %% [markdown]
# YOUR ANSWER HERE


# %% [markdown]
# ## 5 What a block costs
#
# Three ideas make convolutions cheap, and all are the same thought: a window of K × K over C
# channels mixes *places* and *channels* at once; do one after the other. Let the block turn C
# channels into F:
#
# ```text
#   "full"        K × K, C → F
#   "reduced"     1 × 1, C → R         then  K × K, R → F                           (inception)
#   "bottleneck"  1 × 1, C → R         then  K × K, R → R   then  1 × 1, R → F      (ResNet-50)
#   "separable"   K × K, C → C, each channel by itself   then  1 × 1, C → F         (MobileNet)
#   "grouped"     K × K, C → F in R groups: a map reads the C / R channels of its group alone
# ```
#
# No biases here. Padding is such that a layer with stride s turns H rows into $\lceil H/s \rceil$
# ("same"); the stride stands in the K × K layer. What is counted are weights, and multiplications
# for one image: a weight is used once for each pixel of *the output of its own layer*. (Papers
# count in FLOPs: a multiplication and an addition are two, or one, as the authors like.)
#
# **By hand.** 8 channels of 4 × 4 pixels, 8 maps, K = 3, stride 2, so 2 × 2 pixels come out. Full:
# 576 weights, 2,304 multiplications. Bottleneck with R = 2: 16 + 36 + 16 = 68 weights and 16 · 16 +
# 36 · 4 + 16 · 4 = 464. (The first paper on ResNets has the stride in the first 1 × 1: then it is
# 272, for it throws three quarters of the pixels away unseen.) Reduced, R = 2: 160 weights, 832
# multiplications. Separable: 72 + 64 = 136 and 544. Grouped with R = 2: 288 and 1,152.


# %%
def block_cost(
    kind: str,
    shape: tuple[int, int, int],
    maps: int,
    kernel: int = 3,
    stride: int = 1,
    inner: int = 1,
) -> tuple[int, int]:
    """Count weights and multiplications of a block of convolutions.

    Parameters
    ----------
    kind : {"full", "reduced", "bottleneck", "separable", "grouped"}
        See the table above.
    shape : tuple of int
        Channels, rows and columns of the input; it need not be square.
    maps : int
        Channels of the output.
    kernel : int
        Rows and columns of the large window.
    stride : int
        Stride of the layer with the large window.
    inner : int
        Channels in the middle of "reduced" and "bottleneck", number of groups of "grouped" (it
        divides channels and maps); without meaning for the others.

    Returns
    -------
    weights : int
        How many weights the block has.
    multiplications : int
        How many multiplications one image costs.

    References
    ----------
    Howard et al. 2017, MobileNets. He, Zhang, Ren and Sun 2016, Deep residual learning for image
    recognition, figure 5.
    """
    raise NotImplementedError("block_cost")


# %% [markdown]
# ## 6 An inception block
#
# Which window is the right one, 1 × 1, 3 × 3 or 5 × 5? GoogLeNet takes all of them, side by side on
# the same input, and hands their maps on together. Before the large windows a 1 × 1 makes few
# channels of many, and a fourth path takes the largest number of each 3 × 3 neighbourhood:
#
# ```text
#                 ┌── 1 × 1 ───────────────────────────┐
#                 ├── 1 × 1 (reduce3) ── 3 × 3 (three) ┤
#            x ───┤                                    ├── one behind the other, along the channels
#                 ├── 1 × 1 (reduce5) ── 5 × 5 (five) ─┤
#                 └── max pool 3 × 3 ── 1 × 1 (project)┘
# ```
#
# Every convolution is followed by a ReLU, the inner ones too. Nothing changes the size of the
# image: windows of 3 have one pixel of padding, those of 5 have two, and the pool has stride 1 and
# one pixel of padding that never is the largest. There are no biases (batch norm brings its own,
# and is left out here).
#
# Convolution and pool are those of the chapter before; they are given, forward and backward, and
# you may use them in what follows or write your own.
#
# **By hand.** A single pixel with one channel, 2. Kernels: one = 3, reduce3 = 1, the middle of
# three = −1, reduce5 = −1, the middle of five = 4, project = 0.5. The paths give 6, ReLU(−2) = 0,
# 4 · ReLU(−2) = 0, and 1: the four channels (6, 0, 0, 1). The pixel −2 gives ReLU(−6) = 0, 0, 4 ·
# ReLU(2) = 8, and ReLU(−1) = 0: (0, 0, 8, 0). (Without the inner ReLUs that would be (0, 2, 8, 0).)


# %%
def windows_of(x: Array, size: int, stride: int, padding: int, fill: float = 0.0) -> Array:
    """Return all windows of images, of shape (N, C, H', W', size, size)."""
    N, C, H, W = x.shape
    room = np.full((N, C, H + 2 * padding, W + 2 * padding), fill, x.dtype)
    room[:, :, padding : padding + H, padding : padding + W] = x
    seen = np.lib.stride_tricks.sliding_window_view(room, (size, size), axis=(2, 3))
    return seen[:, :, ::stride, ::stride]


def convolve(x: Array, w: Array, stride: int = 1, padding: int = 0) -> Array:
    """Convolve images (N, C, H, W) with kernels (F, C, K, K), without biases."""
    seen = windows_of(x, w.shape[2], stride, padding)
    return np.moveaxis(np.tensordot(seen, w, ((1, 4, 5), (1, 2, 3))), 3, 1)


def convolve_backward(
    dy: Array, x: Array, w: Array, stride: int = 1, padding: int = 0
) -> tuple[Array, Array]:
    """Return the gradients of `convolve` with respect to its images and its kernels."""
    N, C, H, W = x.shape
    K = w.shape[2]
    dw = np.tensordot(dy, windows_of(x, K, stride, padding), ((0, 2, 3), (0, 2, 3)))
    shares = np.tensordot(w, dy, (0, 1)).transpose(3, 0, 1, 2, 4, 5)
    room = np.zeros((N, C, H + 2 * padding, W + 2 * padding), x.dtype)
    for u in range(K):
        for v in range(K):
            rows = slice(u, u + stride * dy.shape[2], stride)
            columns = slice(v, v + stride * dy.shape[3], stride)
            room[:, :, rows, columns] += shares[:, :, u, v]
    return room[:, :, padding : padding + H, padding : padding + W], dw


def max_pool3(x: Array) -> Array:
    """Return the largest number of each 3 × 3 neighbourhood, stride 1; the size stays."""
    return windows_of(x, 3, 1, 1, -np.inf).max(axis=(4, 5))


def max_pool3_backward(dy: Array, x: Array) -> Array:
    """Return the gradient of `max_pool3`: all of it goes to the first of the largest numbers."""
    N, C, H, W = x.shape
    place = windows_of(x, 3, 1, 1, -np.inf).reshape(N, C, H, W, 9).argmax(axis=4)
    n, c, i, j = np.indices(x.shape)
    dx = np.zeros(x.shape, x.dtype)
    np.add.at(dx, (n, c, i + place // 3 - 1, j + place % 3 - 1), dy)
    return dx


# %%
def inception_forward(
    x: Array,
    one: Array,
    reduce3: Array,
    three: Array,
    reduce5: Array,
    five: Array,
    project: Array,
) -> Array:
    """Compute an inception block: four paths side by side.

    The maps of the paths stand behind each other in the order 1 × 1, 3 × 3, 5 × 5, pool.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        Images.
    one : ndarray of shape (A, C, 1, 1)
        Kernels of the first path.
    reduce3 : ndarray of shape (P, C, 1, 1)
        What makes few channels of many, before the windows of 3.
    three : ndarray of shape (B, P, 3, 3)
        Kernels with windows of 3.
    reduce5 : ndarray of shape (Q, C, 1, 1)
        The same before the windows of 5.
    five : ndarray of shape (D, Q, 5, 5)
        Kernels with windows of 5.
    project : ndarray of shape (E, C, 1, 1)
        Kernels behind the pool.

    Returns
    -------
    ndarray of shape (N, A+B+D+E, H, W)
        In the dtype of `x`.

    References
    ----------
    Szegedy et al. 2015, Going deeper with convolutions, figure 2.
    """
    raise NotImplementedError("inception_forward")


# %% [markdown]
# ## 7 An inception block, backward
#
# What was put together is cut apart again, at the same places: each path gets the channels of the
# gradient that are its own, and carries them back through its ReLUs and convolutions. All four
# paths began at the same x; a number that is used four times gets a gradient from each use, and
# they *add up*. The gradient of a ReLU is 1 where its input is above 0, and 0 elsewhere.
#
# As soon as there is a way back, there is the tool that tells whether to believe it. It nudges
# every entry by $\pm h$; keep it at hand for the rest of the chapter. It is given, not graded:
#
# ```python
# rng = np.random.default_rng(0)
# sizes = (2, 3, 1, 1), (2, 3, 1, 1), (2, 2, 3, 3), (1, 3, 1, 1), (2, 1, 5, 5), (1, 3, 1, 1)
# x, kernels = rng.normal(size=(2, 3, 4, 4)), [rng.normal(size=size) for size in sizes]
# dy = rng.normal(size=(2, 7, 4, 4))
# gradient_error(lambda x: np.sum(dy * inception_forward(x, *kernels)), x,
#                inception_backward(dy, x, *kernels)[0])                     # about 1e-10
# ```
#
# **By hand.** The pixel 2 of the section before, with its kernels: (6, 0, 0, 1) came out, so only
# the first and the last path were open. For dy = (1, 1, 1, 1): dx = 3 + 0.5 = 3.5, the gradient of
# `one` is 2, that of `project` is 2, and all others are zero.


# %%
def gradient_error(f, x: Array, gradient: Array, h: float = 1e-5) -> float:
    """Return the largest gap between a gradient of f at x and central differences.

    Relative to the largest entry of the two: 1e-10 or so for a right gradient, 1e-2 for a wrong
    one.
    """
    measured = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x, float), np.array(x, float)
        up[index] += h
        down[index] -= h
        measured[index] = (f(up) - f(down)) / (2 * h)
    size = max(float(np.abs(measured).max()), float(np.abs(gradient).max()), 1e-12)
    return float(np.abs(measured - gradient).max()) / size


# %%
def inception_backward(
    dy: Array,
    x: Array,
    one: Array,
    reduce3: Array,
    three: Array,
    reduce5: Array,
    five: Array,
    project: Array,
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    """Carry a gradient back through an inception block.

    Parameters
    ----------
    dy : ndarray of shape (N, A+B+D+E, H, W)
        Gradient of the loss with respect to the output.
    x : ndarray of shape (N, C, H, W)
        The images of the forward pass.
    one : ndarray of shape (A, C, 1, 1)
        Kernels, as in `inception_forward`.
    reduce3 : ndarray of shape (P, C, 1, 1)
    three : ndarray of shape (B, P, 3, 3)
    reduce5 : ndarray of shape (Q, C, 1, 1)
    five : ndarray of shape (D, Q, 5, 5)
    project : ndarray of shape (E, C, 1, 1)

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
        Gradient with respect to the images.
    done : ndarray of shape (A, C, 1, 1)
        Gradient with respect to `one`; then those of the other kernels, in their order.
    dreduce3 : ndarray of shape (P, C, 1, 1)
    dthree : ndarray of shape (B, P, 3, 3)
    dreduce5 : ndarray of shape (Q, C, 1, 1)
    dfive : ndarray of shape (D, Q, 5, 5)
    dproject : ndarray of shape (E, C, 1, 1)
        All in the dtype of `x`.
    """
    raise NotImplementedError("inception_backward")


# %% [markdown]
# ## 8 GoogLeNet
#
# Nine such blocks behind a short stem, two pools between them, a global average, one dense layer.
# Now count it. Here every convolution, inside a block too, has a bias for each of its maps, and
# windows of 5 are windows of 5. (PyTorch's well-known copy has 3 × 3 in their place, and batch norm
# instead of the biases: it counts 6,624,904.)
#
# A block is written as six numbers, in the order of the paper's table: maps of `one`, `reduce3`,
# `three`, `reduce5`, `five`, `project`. `"pool"` is a max pool `("pool", 3, 2, 1)`.
#
# **By hand.** One block (4, 2, 3, 1, 2, 1), images of 32 × 32, ten classes. Behind the stem: (192,
# 4, 4), and 9,472 + 4,160 + 110,784 = 124,416 parameters. The block gives 4 + 3 + 2 + 1 = 10 maps
# and has 772 + 386 + 57 + 193 + 52 + 193 = 1,653. Behind it a mean for each map, (10,), and
# 10 · 11 = 110. Together 126,179.

# %%
STEM = [
    ("conv", 64, 7, 2, 3),
    ("pool", 3, 2, 1),
    ("conv", 64, 1, 1, 0),
    ("conv", 192, 3, 1, 1),
    ("pool", 3, 2, 1),
]

GOOGLENET: list = [
    (64, 96, 128, 16, 32, 32),
    (128, 128, 192, 32, 96, 64),
    "pool",
    (192, 96, 208, 16, 48, 64),
    (160, 112, 224, 24, 64, 64),
    (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128),
    "pool",
    (256, 160, 320, 32, 128, 128),
    (384, 192, 384, 48, 128, 128),
]
"""Table 1 of the paper, from inception (3a) to (5b)."""


# %%
def googlenet_shapes(
    modules: list, side: int = 224, classes: int = 1000
) -> tuple[list[tuple[int, ...]], int]:
    """Follow a shape through GoogLeNet, without its auxiliary heads, and count its parameters.

    Parameters
    ----------
    modules : list of tuple of int or str
        What stands behind the stem: six numbers for an inception block, or "pool". `GOOGLENET` is
        the list of the paper.
    side : int
        Rows and columns of the images, which have three channels.
    classes : int
        Units of the dense layer at the end.

    Returns
    -------
    shapes : list of tuple of int
        The shape behind each of the five layers of `STEM`, behind each module, behind the global
        average (a single number), and behind the dense layer.
    parameters : int
        How many numbers the whole net learns, biases among them.

    References
    ----------
    Szegedy et al. 2015, Going deeper with convolutions, table 1.
    """
    raise NotImplementedError("googlenet_shapes")


# %% [markdown]
# ## 9 A residual block
#
# With more layers a net can do all that it could before: let the new ones do nothing. Yet plain
# nets of 56 layers were *worse* than those of 20, on the training set too. So "nothing" is hard to
# learn for a stack of layers with ReLUs, and the residual block makes it the easiest thing there
# is: its two convolutions only learn what to *add* to what came in,
#
# $$ y = \text{ReLU}\bigl(\text{shortcut}(x) + w_2 * \text{ReLU}(w_1 * x)\bigr) $$
#
# The shortcut is x itself. Where the block changes the number of channels or, by a stride, the size
# of the image, x does not fit any more, and a 1 × 1 convolution with the same stride, the
# *projection*, takes its place. The stride stands in the first convolution of the two. Both have
# windows of 3 and one pixel of padding; there are no biases.
#
# Two relatives to tell apart. In the *pre-activation* block of a year later the ReLUs stand before
# the convolutions, and nothing behind the sum: $y = x + w_2 * \text{ReLU}(w_1 * \text{ReLU}(x))$.
# And the paper's option A has no projection: it takes every stride-th pixel and fills up with
# channels of zeros.
#
# **By hand.** Two samples of a single pixel, 2 and −2; the middle of $w_1$ is 1, that of $w_2$ is
# −0.5. The branch gives −1 and 0, the sums are 1 and −2, and y = (1, 0). (Pre-activation: (1, −2).
# The shortcut added behind the second ReLU: (2, −2).) With projection 3: sums 5 and −6, y = (5, 0).
# (Option A would leave 1 and 0.)


# %%
def residual_forward(
    x: Array, w1: Array, w2: Array, projection: Array | None = None, stride: int = 1
) -> Array:
    """Compute a residual block of two convolutions.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        Images.
    w1 : ndarray of shape (F, C, 3, 3)
        Kernels of the first convolution.
    w2 : ndarray of shape (F, F, 3, 3)
        Kernels of the second convolution.
    projection : ndarray of shape (F, C, 1, 1), or None
        Kernels of the shortcut. None: the shortcut is x itself; then F = C and the stride is 1.
    stride : int
        Stride of the first convolution and of the projection.

    Returns
    -------
    ndarray of shape (N, F, OH, OW)
        In the dtype of `x`.

    References
    ----------
    He, Zhang, Ren and Sun 2016, Deep residual learning for image recognition, eqs. 1 and 2.
    """
    raise NotImplementedError("residual_forward")


# %% [markdown]
# ## 10 A residual block, backward
#
# The whole point of the block stands in its way back. Behind the last ReLU the gradient comes to a
# sum, and a sum hands it on to *both* sides unchanged: one copy goes through the two convolutions,
# where it may shrink; the other goes straight to x. Over twenty blocks the product of Jacobians
# becomes a product of (identity + something), and the identity survives.
#
# **By hand.** The first pixel of the section before: x = 2, the middles 1 and −0.5, y = 1. For dy =
# 1: dx = 1 + 1 · (−0.5) = 0.5. The middle of dw1 is −0.5 · 2 = −1, that of dw2 is 2. (Without the
# shortcut, dx = −0.5.) With projection 3: dx = 3 − 0.5 = 2.5, and its gradient is 2.


# %%
def residual_backward(
    dy: Array,
    x: Array,
    w1: Array,
    w2: Array,
    projection: Array | None = None,
    stride: int = 1,
) -> tuple[Array, Array, Array, Array | None]:
    """Carry a gradient back through a residual block.

    Parameters
    ----------
    dy : ndarray of shape (N, F, OH, OW)
        Gradient of the loss with respect to the output.
    x : ndarray of shape (N, C, H, W)
        The images of the forward pass.
    w1 : ndarray of shape (F, C, 3, 3)
        Kernels of the first convolution.
    w2 : ndarray of shape (F, F, 3, 3)
        Kernels of the second convolution.
    projection : ndarray of shape (F, C, 1, 1), or None
        Kernels of the shortcut; None: the shortcut is x itself.
    stride : int
        Stride of the first convolution and of the projection.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
        Gradient with respect to the images.
    dw1 : ndarray of shape (F, C, 3, 3)
        Gradient with respect to `w1`.
    dw2 : ndarray of shape (F, F, 3, 3)
        Gradient with respect to `w2`.
    dprojection : ndarray of shape (F, C, 1, 1), or None
        Gradient with respect to the projection; None if there is none. All in the dtype of `x`.
    """
    raise NotImplementedError("residual_backward")


# %% [markdown]
# ## 11 Which shortcut is it?
#
# Somebody's block is a black box, but you may look at three arrays: what came in, x; what its
# branch of convolutions gave, f (no ReLU behind it yet); and what came out, y. One of these, and if
# more than one fits, the first:
#
# ```text
#   "plain"            y = ReLU(f)          no shortcut at all
#   "original"         y = ReLU(x + f)      section 9
#   "late"             y = x + ReLU(f)      added behind the second ReLU
#   "pre-activation"   y = x + f            nothing behind the sum
#   "dense"            y = [x, f]           not added: put behind each other, along the channels
#   "unknown"          none of these
# ```
#
# The last but one is the block of DenseNet, where every layer reads the maps of all layers before
# it: with $k_0$ channels at first and a growth of k, there are $k_0 + \ell k$ behind $\ell$ layers.
# U-Net does the same over a long distance: it puts the maps of the way down beside those of the way
# up. Two numbers are the same here if they differ by at most $10^{-4}$, however large they are. A
# name fits only if the shapes do: nothing is added where f has other channels than x, and then only
# "plain", which does not ask for x, and "dense" are left.
#
# **By hand.** x = (2, −2) and f = (−3, 1) in two samples of a single pixel. y = (0, 1) is "plain",
# (0, 0) "original", (2, −1) "late", (−1, −1) "pre-activation", (0, 0.5) "unknown".


# %%
def name_shortcut(x: Array, f: Array, y: Array) -> str:
    """Find out from its arrays how a block joins its input and its branch.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        What came into the block.
    f : ndarray of shape (N, F, H, W)
        What its branch gave.
    y : ndarray of shape (N, G, H, W)
        What came out of the block. F and G need not be C.

    Returns
    -------
    str
        The first name of the table above that fits; "unknown" if none does.

    References
    ----------
    He, Zhang, Ren and Sun 2016, Identity mappings in deep residual networks. Huang, Liu, van der
    Maaten and Weinberger 2017, Densely connected convolutional networks.
    """
    raise NotImplementedError("name_shortcut")


# %% [markdown]
# ### Question `degradation`
#
# He and his colleagues trained plain nets of 20 and of 56 layers on the same images. The deeper one
# had the larger error on the test set, and the larger error on the *training* set. A fellow student
# says: "overfitting". What in these numbers contradicts them? The deeper net can compute everything
# that the shallower one computes; how, and why does training not find that? What does the residual
# block change about it, and what does setting $w_2$ to zero at the start add to that?

# %% [markdown]
# YOUR ANSWER HERE


# %% [markdown]
# ## 12 Residual nets
#
# All five of the paper are one plan. A stem: a convolution `("conv", 64, 7, 2, 3)` and a max pool
# `("pool", 3, 2, 1)`. Then stages; stage k (from 0) has blocks of width $m = 64 \cdot 2^k$, and the
# first block of each stage but the first one has stride 2. Then a global average and a dense layer
# with biases.
#
# * A *basic* block has two convolutions of 3 × 3, both with m maps.
# * A *bottleneck* has 1 × 1 to m maps, 3 × 3 to m, and 1 × 1 to **4 m**.
#
# A convolution has no biases; behind each one stands a batch norm, with a scale and a shift for
# each of its maps (its running statistics are not learned, and not counted). A block has a
# projection, 1 × 1 with a batch norm of its own, **only if** its output has another shape than its
# input. The 18, 34, 50, 101 and 152 in the names count the layers with weights, convolutions and
# dense, on the longest way: projections do not lie on it.
#
# **By hand.** Blocks (1, 1), basic, images of 32 × 32, ten classes. Shapes: (64, 16, 16), (64, 8,
# 8), (64, 8, 8), (128, 4, 4), (128,), (10,). Parameters: stem 9,408 + 128; first block 2 · (36,864
# + 128), no projection; second block 73,728 + 256 + 147,456 + 256 and a projection of 8,192 + 256;
# dense 1,290. Together 314,954, and 6 layers. ResNet-50 is (3, 4, 6, 3) with bottlenecks:
# 25,557,032. (Who counts the running statistics too has 316,106 and 25,610,152; with a bias for
# each convolution besides, as Keras has it, 316,682 and 25,636,712.)


# %%
def resnet_shapes(
    blocks: list[int], bottleneck: bool, side: int = 224, classes: int = 1000
) -> tuple[list[tuple[int, ...]], int, int]:
    """Follow a shape through a residual net, count its parameters and its layers.

    Parameters
    ----------
    blocks : list of int
        How many blocks each stage has, one or more.
    bottleneck : bool
        Whether the blocks are bottlenecks; else they are basic ones.
    side : int
        Rows and columns of the images, which have three channels.
    classes : int
        Units of the dense layer at the end.

    Returns
    -------
    shapes : list of tuple of int
        The shape behind the convolution of the stem, its pool, each stage, the global average, and
        the dense layer.
    parameters : int
        How many numbers the whole net learns.
    depth : int
        The number in the net's name.

    References
    ----------
    He, Zhang, Ren and Sun 2016, Deep residual learning for image recognition, table 1.
    """
    raise NotImplementedError("resnet_shapes")


# %% [markdown]
# ## 13 Squeeze and excite
#
# Are all channels of a map needed for this image? A *squeeze-and-excite* block lets the image
# decide. The mean of each channel over all its pixels is a summary of C numbers; two small dense
# layers, a ReLU between them, turn it into a number for each channel; a sigmoid makes that a gate
# between 0 and 1, and each channel is multiplied by its gate:
#
# $$ g = \sigma\bigl(W_2\, \text{ReLU}(W_1 \bar x + b_1) + b_2\bigr), \qquad
#    y_{ncij} = g_{nc}\, x_{ncij} $$
#
# The middle layer is narrow, R numbers for C channels. A gate must stay a number even for scores of
# $\pm 1000$. (Nets for phones replace the sigmoid by a "hard" one, $\min(\max(z + 3, 0), 6)/6$.)
#
# **By hand.** One image with two channels of 1 × 2 pixels, (1, 3) and (0, −4): means 2 and −2. With
# $W_1 = (1, 0.5)$ and $b_1 = 0$ the middle is ReLU(2 − 1) = 1; with $W_2 = (\ln 3, -\ln 3)$ and
# $b_2 = 0$ the gates are 0.75 and 0.25, and the channels become (0.75, 2.25) and (0, −1). (Hard
# gates would be 0.683 and 0.317.)


# %%
def squeeze_excite(x: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, Array]:
    """Multiply each channel of each image by a gate that the image itself decides.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        Images.
    w1 : ndarray of shape (R, C)
        Weights of the first dense layer.
    b1 : ndarray of shape (R,)
        Its biases.
    w2 : ndarray of shape (C, R)
        Weights of the second dense layer.
    b2 : ndarray of shape (C,)
        Its biases.

    Returns
    -------
    y : ndarray of shape (N, C, H, W)
        The gated images.
    gates : ndarray of shape (N, C)
        The gates. Both in the dtype of `x`.

    References
    ----------
    Hu, Shen and Sun 2018, Squeeze-and-excitation networks.
    """
    raise NotImplementedError("squeeze_excite")


# %% [markdown]
# ## 14 Images as sentences
#
# A last architecture has no convolution any more, but for one: the *vision transformer* cuts an
# image into square patches, writes each as a vector, and reads the row of vectors as if they were
# the words of a sentence. (What it does with words is the business of a later chapter.) Multiplying
# each vector by a matrix of D rows is a convolution with D maps, whose window and stride are the
# size of a patch: to make that true to the letter, a vector holds its numbers in the order of a
# convolution's kernel, (channel, row, column).
#
# Patches are read line by line, from the top left. Rows and columns at the end that fill no patch
# are left out.
#
# **By hand.** Two channels of 2 × 5 pixels, the first 1 to 10, the second 11 to 20, line by line;
# patches of size 2. There are two, and the last column is left out: (1, 2, 6, 7, 11, 12, 16, 17)
# and (3, 4, 8, 9, 13, 14, 18, 19). (With the channel last, as in much code for transformers, the
# first would begin with 1, 11, 2, 12.)


# %%
def patchify(images: Array, size: int) -> Array:
    """Cut images into patches and write each of them as a vector.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W)
        Images; H and W are at least `size`, and need not be multiples of it.
    size : int
        Rows and columns of a patch, P.

    Returns
    -------
    ndarray of shape (N, T, C*P*P)
        The T patches of each image, in the dtype of `images`; entry (c * P + i) * P + j of a vector
        is row i, column j of the patch in channel c.

    References
    ----------
    Dosovitskiy et al. 2021, An image is worth 16x16 words.
    """
    raise NotImplementedError("patchify")


# %% [markdown]
# ### Question `whose_error`
#
# Errors on ImageNet are *top-5*: an answer counts as wrong if the true class is not among the five
# with the highest scores. The usual table reads: AlexNet 15.3 % (2012), GoogLeNet 6.7 % (2014),
# ResNet 3.57 % (2015). The 15.3 % is an average of several nets, two of which had seen a larger
# set of images before; a single AlexNet had 18.2 % on the validation set. GoogLeNet is seven nets,
# each looking at 144 cut-outs of every image; ResNet is six nets of different depths. Which of the
# differences in the table may you put down to the architecture? Name the comparison that you would
# make instead, and two things that it must hold equal. Why five answers and not one?

# %% [markdown]
# YOUR ANSWER HERE


# %% [markdown]
# ## 15 Pictures
#
# `figure()` draws what your functions can say so far.


# %%
def figure():
    """Draw shapes, fields, where the weights are, costs, gradients by depth, and patches."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["shapes", "fields", "weights"], ["costs", "gradients", "patches"]],
        figsize=(15, 8.5),
        layout="constrained",
    )
    panels = {
        "shapes": draw_shapes,
        "fields": draw_fields,
        "weights": draw_weights,
        "costs": draw_costs,
        "gradients": draw_gradients,
        "patches": draw_patches,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def draw_shapes(ax):
    """Draw layers as bars. To see: images become small, maps many; dense layers have no image.

    A bar's height is the side of its maps, its colour how many there are.
    """
    from matplotlib import colormaps

    nets = {
        "AlexNet": trace_layers(ALEXNET, (3, 227, 227))[0],
        "VGG-16": trace_layers(vgg([2, 2, 3, 3, 3]), (3, 224, 224))[0],
    }
    colours = colormaps["viridis_r"]
    for row, (name, shapes) in enumerate(nets.items()):
        level = (0, -200)[row]
        for place, shape in enumerate(shapes):
            side = shape[1] if len(shape) == 3 else 4
            colour = colours(np.log2(shape[0] / 64) / 6)
            ax.bar(place, side, bottom=level - side / 2, width=0.85, color=colour)
            if place in (0, 7, len(shapes) - 1):
                words, edge = " × ".join(map(str, shape)), "left" if place == 0 else "center"
                high = level + side / 2 + 6
                ax.text(place - 0.4 * (place == 0), high, words, ha=edge, va="bottom", size=8)
        ax.text(20.5, level + 50, name, ha="right")
    ax.plot([-1, -1], [-256, -144], color="k", lw=1.5)
    ax.text(-1.3, -200, "112 pixels", rotation=90, ha="right", va="center")
    ax.set(title="Layer by layer: height is the side, dark is many maps", xlabel="layer")
    ax.set(ylim=(-320, 80), xlim=(-3, 21), yticks=[])
    ax.spines["left"].set_visible(False)


def draw_fields(ax):
    """Draw receptive fields. To see: pools make them grow; VGG ends nearly at the whole image."""
    for name, layers, colour in (
        ("AlexNet", ALEXNET[:8], "#d62728"),
        ("VGG-16", vgg([2, 2, 3, 3, 3])[:18], "#1f77b4"),
    ):
        fields, _ = receptive_field([(layer[-3], layer[-2]) for layer in layers])
        places = np.arange(1, len(fields) + 1)
        ax.plot(places, fields, "-", color=colour, label=name)
        pools = [k for k, layer in enumerate(layers) if layer[0] == "pool"]
        ax.plot(places[pools], np.array(fields)[pools], "s", ms=7, color=colour)
    ax.plot([], [], "s", color="#888888", label="a pool")
    ax.axhline(224, color="#888888", lw=0.8, ls="--")
    ax.text(1, 226, "the whole image", va="bottom", color="#888888")
    ax.set(title="How far a unit sees", xlabel="layer", ylabel="receptive field (pixels)")
    ax.set(ylim=(0, 250), xticks=range(0, 19, 3))
    ax.legend(frameon=False, loc="lower right")


def draw_weights(ax):
    """Draw parameters of five nets. To see: the early ones have nearly all in dense layers."""
    rows = {}
    lenet = lenet5_parameters(C3_TABLE)
    rows["LeNet-5"] = sum(lenet[:5]), sum(lenet[5:])
    for name, layers, shape in (
        ("AlexNet", ALEXNET, (3, 227, 227)),
        ("VGG-16", vgg([2, 2, 3, 3, 3]), (3, 224, 224)),
    ):
        counts = trace_layers(layers, shape)[1]
        rows[name] = sum(counts[:-3]), sum(counts[-3:])
    rows["GoogLeNet"] = googlenet_shapes(GOOGLENET)[1] - 1_025_000, 1_025_000
    rows["ResNet-50"] = resnet_shapes([3, 4, 6, 3], True)[1] - 2_049_000, 2_049_000
    for row, (conv, dense) in enumerate(rows.values()):
        ax.barh(row, conv / 1e6, color="#1f77b4", label="convolutions" if row == 0 else None)
        ax.barh(
            row, dense / 1e6, left=conv / 1e6, color="#d62728", label="dense" if row == 0 else None
        )
        ax.text((conv + dense) / 1e6 + 2, row, f"{conv + dense:,}", va="center")
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    ax.set(title="Where the weights are", xlabel="parameters (millions)", xlim=(0, 190))
    ax.legend(frameon=False, loc="upper right")


def draw_costs(ax):
    """Draw what a block costs. To see: weights and multiplications fall alike with stride 1."""
    kinds = {"full": 1, "grouped": 4, "reduced": 64, "bottleneck": 64, "separable": 1}
    whole = block_cost("full", (256, 14, 14), 256)
    for stride, colour, shift in ((1, "#1f77b4", -0.2), (2, "#ff7f0e", 0.2)):
        shares = []
        for kind, inner in kinds.items():
            shares.append(
                100 * block_cost(kind, (256, 14, 14), 256, 3, stride, inner)[1] / whole[1]
            )
        places = np.arange(len(kinds)) + shift
        ax.bar(places, shares, width=0.4, color=colour, label=f"multiplications, stride {stride}")
        for place, share in zip(places, shares):
            ax.text(place, share + 1, f"{share:.1f}", ha="center", size=8)
    words = [
        f"{kind}\n{block_cost(kind, (256, 14, 14), 256, 3, 1, r)[0]:,}" for kind, r in kinds.items()
    ]
    ax.set_xticks(range(len(kinds)), words, size=9)
    ax.set(title="3 × 3, 256 to 256 channels, 14 × 14 pixels", xlabel="block, and its weights")
    ax.set(ylabel="% of the full one with stride 1")
    ax.legend(frameon=False, loc="upper right")


def draw_gradients(ax, blocks=40, maps=8):
    """Draw gradients by depth. To see: past the branch they arrive, through it alone they fade."""
    rng = np.random.default_rng(0)
    x = np.maximum(rng.normal(size=(8, maps, 6, 6)), 0)
    none = np.zeros((maps, maps, 1, 1))
    for name, shortcut, end, colour in (
        ("plain", none, 1.0, "#d62728"),
        ("residual, second weights × 0.1", None, 0.1, "#2ca02c"),
        ("residual, second weights 0", None, 0.0, "#1f77b4"),
    ):
        draw = np.random.default_rng(1)
        kernels, seen = [], [x]
        for _ in range(blocks):
            w1, w2 = np.sqrt(2 / (9 * maps)) * draw.normal(size=(2, maps, maps, 3, 3))
            kernels.append((w1, end * w2))
            seen.append(residual_forward(seen[-1], *kernels[-1], shortcut))
        d = np.random.default_rng(2).normal(size=seen[-1].shape)
        norms = [np.linalg.norm(d)]
        for (w1, w2), inputs in zip(kernels[::-1], seen[-2::-1]):
            d = residual_backward(d, inputs, w1, w2, shortcut)[0]
            norms.append(np.linalg.norm(d))
        places = np.arange(blocks, -1, -1)
        ax.semilogy(places, np.array(norms) / norms[0], color=colour, label=name)
    ax.set(title="What of a gradient arrives at a block", xlabel="block, counted from the input")
    ax.set(ylabel="norm of the gradient, as a share")
    ax.legend(frameon=False, loc="lower right")


def draw_patches(ax, size=40):
    """Draw the patches of a photograph, apart. To see: they come line by line, like words."""
    from autograder.data import photo

    picture = photo()[:400, :600].transpose(2, 0, 1)[np.newaxis]
    patches = patchify(picture, size)[0].reshape(-1, 3, size, size).transpose(0, 2, 3, 1)
    across = 600 // size
    wide = np.ones((400 // size * (size + 6), across * (size + 6), 3))
    for number, patch in enumerate(patches):
        row, column = (place * (size + 6) for place in divmod(number, across))
        wide[row : row + size, column : column + size] = patch
        if number in (0, 1, across - 1, across, len(patches) - 1):
            ax.text(column + size / 2, row + size / 2, f"{number}", color="w", ha="center",
                    va="center", weight="bold")  # fmt: skip
    ax.imshow(wide)
    ax.set(title=f"A photograph as a sentence of {len(patches)} words", xticks=[], yticks=[])
    ax.set(xlabel=f"patches of {size} × {size} pixels, {3 * size * size} numbers each")
    ax.spines[:].set_visible(False)


# %% [markdown]
# ## 16 Capstone: twenty blocks, with a shortcut and without
#
# A net of 42 layers reads digits of 8 × 8 pixels: a first convolution with stride 2, twenty blocks
# of section 9 with eight maps, a global average, a dense layer. Three nets are trained:
#
# * `residual`: the second kernels of each block begin at zero, so that the whole net begins as its
#   stem and its head;
# * `plain`: its twin without shortcuts, made of the same function with a projection of zeros. With
#   zeros for second kernels it would be dead; so it gets the best start one can give it: the
#   kernels are drawn by He's rule and then scaled, layer by layer, until the mean square of every
#   layer's output is 1 on a hundred digits;
# * `wide`: five residual blocks of sixteen maps. 5 · 2 · 16 · 16 · 9 = 20 · 2 · 8 · 8 · 9 = 23,040:
#   as many weights in the blocks, at a quarter of the depth.
#
# All of them learn from 700 digits by gradient descent with momentum 0.9 and gradients clipped to
# length 1. Each chooses its rate from the same three by its mean accuracy on 438 validation digits,
# over two starts of a third of the time; then it trains from three new starts, and is measured on
# 359 digits that nobody has looked at.
#
# The target: the residual net beats its plain twin by at least 30 points in the mean, and by more
# than twice the standard error of the difference. Before you run it: will the plain net, with its
# careful start, learn anything at all? And which wins at equal weights, deep or wide?
#
# The result is yours to keep. Change one thing (the zeros at the start, pre-activation, a
# squeeze-and-excite in each block), and compare.


# %%
MAPS_AND_BLOCKS = {"residual": (8, 20), "plain": (8, 20), "wide": (16, 5)}
LEARNING_RATES = (0.05, 0.1, 0.2)


def start_net(kind, x, rng):
    """Draw the kernels of a net: the stem, two for each block, and the dense layer with biases."""
    maps, blocks = MAPS_AND_BLOCKS[kind]
    net = [draw_kernels(rng, maps, 1)]
    for _ in range(blocks):
        net += [draw_kernels(rng, maps, maps), draw_kernels(rng, maps, maps)]
        if kind != "plain":
            net[-1][:] = 0
    if kind == "plain":
        a = np.maximum(convolve(x[:100], net[0], 2, 1), 0)
        for w in net[1:]:
            w /= np.sqrt(np.mean(convolve(a, w, 1, 1) ** 2))
            a = np.maximum(convolve(a, w, 1, 1), 0)
    head = rng.normal(size=(10, maps)) / np.sqrt(maps)
    return [*net, head.astype(np.float32), np.zeros(10, np.float32)]


def draw_kernels(rng, maps, channels):
    """Draw kernels with windows of 3 by He's rule."""
    scale = np.sqrt(2 / (9 * channels))
    return (scale * rng.normal(size=(maps, channels, 3, 3))).astype(np.float32)


def scores_of(net, x, kind):
    """Return the inputs of each block and the output of the last, and the scores."""
    stem, *kernels, head, bias = net
    seen = [np.maximum(convolve(x, stem, 2, 1), 0)]
    for w1, w2 in zip(kernels[::2], kernels[1::2]):
        seen.append(residual_forward(seen[-1], w1, w2, shortcut_of(kind, w1)))
    return seen, seen[-1].mean(axis=(2, 3)) @ head.T + bias


def shortcut_of(kind, w1):
    """Return a projection of zeros for a plain net: it lets nothing past the branch."""
    return np.zeros((len(w1), len(w1), 1, 1), np.float32) if kind == "plain" else None


def net_gradients(net, x, y, kind):
    """Return the mean cross-entropy, and its gradients in the order of the net's arrays."""
    stem, *kernels, head, _ = net
    seen, scores = scores_of(net, x, kind)
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = float(-np.mean(np.log(chance[rows, y] + 1e-30)))
    chance[rows, y] -= 1
    chance /= np.float32(len(y))
    found = [chance.sum(axis=0), chance.T @ seen[-1].mean(axis=(2, 3))]
    shares = (chance @ head) / np.float32(seen[-1][0, 0].size)
    d = np.broadcast_to(shares[:, :, np.newaxis, np.newaxis], seen[-1].shape)
    for w1, w2, inputs in zip(kernels[-2::-2], kernels[::-2], seen[-2::-1]):
        d, dw1, dw2, _ = residual_backward(d, inputs, w1, w2, shortcut_of(kind, w1))
        found += [dw2, dw1]
    return loss, [*found, convolve_backward(d * (seen[0] > 0), x, stem, 2, 1)[1]][::-1]


def train(kind, x, y, rate, seed, epochs, batch=50):
    """Train a net from a start of its own; return it and the loss of every step."""
    rng = np.random.default_rng(seed)
    net = start_net(kind, x, rng)
    speed, losses = [np.zeros_like(part) for part in net], []
    with np.errstate(all="ignore"):  # too large a rate ends in infinities: it loses, that is all
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x) - batch + 1, batch):
                part = order[start : start + batch]
                loss, found = net_gradients(net, x[part], y[part], kind)
                losses.append(loss)
                size = np.sqrt(sum(float(np.sum(g * g)) for g in found))
                for w, v, g in zip(net, speed, found):
                    v *= np.float32(0.9)
                    v += np.float32(1 / max(size, 1)) * g
                    w -= np.float32(rate) * v
    return net, losses


def top_k_error(net, x, y, kind, k=1):
    """Return the share of images whose class is not among the k with the highest scores."""
    with np.errstate(all="ignore"):
        scores = scores_of(net, x, kind)[1]
    first = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return float(np.mean(~np.any(first == y[:, np.newaxis], axis=1)))


def capstone():
    """Train twenty residual blocks, their plain twin, and a wider net with as many weights."""
    from autograder.data import digits
    from autograder.rewards import track

    data = digits(images=True)
    middle, width = data["x_train"].mean(), data["x_train"].std()
    x, x_test = (((data[k] - middle) / width).astype(np.float32) for k in ("x_train", "x_test"))
    y, y_test = data["y_train"], data["y_test"]
    results, curves, more = {}, {}, {}
    for kind, say in track(list(MAPS_AND_BLOCKS), "three nets"):
        means = []
        for rate in LEARNING_RATES:
            nets = [train(kind, x[:700], y[:700], rate, seed, 2)[0] for seed in (100, 101)]
            means.append(np.mean([top_k_error(net, x[1000:], y[1000:], kind) for net in nets]))
        rate = LEARNING_RATES[int(np.argmin(means))]
        runs = [train(kind, x[:700], y[:700], rate, seed, 6) for seed in range(3)]
        results[kind] = [1 - top_k_error(net, x_test, y_test, kind) for net, _ in runs]
        curves[f"{kind}, rate {rate:g}"] = [losses for _, losses in runs]
        second = [top_k_error(net, x_test, y_test, kind, 2) for net, _ in runs]
        more[f"{kind}: top-2 error"] = float(np.mean(second))
        say(**{kind: float(np.mean(results[kind]))})
    deep, plain = np.array(results["residual"]), np.array(results["plain"])
    gain = float(deep.mean() - plain.mean())
    error = float(np.sqrt((deep.var() + plain.var()) / (len(deep) - 1)))
    return {
        **{f"{kind}: accuracy": float(np.mean(runs)) for kind, runs in results.items()},
        **more,
        "gain of the shortcut": gain,
        "standard error of the gain": error,
        "target_reached": bool(gain >= 0.3 and gain > 2 * error),
        "figure": draw_capstone(curves, results),
    }


def draw_capstone(curves, results):
    """Draw losses and accuracies. To see: the plain twin hardly moves; wide learns faster yet."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(14, 4.8), layout="constrained")
    colours = {"residual": "#1f77b4", "plain": "#d62728", "wide": "#2ca02c"}
    for name, runs in curves.items():
        colour = colours[name.split(",")[0]]
        left.plot(np.transpose(runs), color=colour, lw=0.6, alpha=0.4)
        left.plot(np.mean(runs, axis=0), color=colour, lw=2, label=name)
    left.axhline(np.log(10), color="#888888", lw=0.8, ls="--", label="guessing")
    left.set(title="Three starts each, and their mean", xlabel="step", ylabel="loss of the batch")
    left.set(ylim=(0, 3))
    left.legend(frameon=False, loc="lower left")
    for row, (kind, runs) in enumerate(results.items()):
        right.plot(100 * np.array(runs), [row] * len(runs), "o", color=colours[kind], alpha=0.6)
        right.plot(100 * np.mean(runs), row, "|", ms=22, mew=2.5, color="k")
    right.set_yticks(range(len(results)), ["20 blocks", "20 blocks, plain", "5 wide blocks"])
    right.set(title="Digits that nobody has looked at", xlabel="right (%)", xlim=(0, 100))
    right.invert_yaxis()
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
