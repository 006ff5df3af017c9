# mypy: allow-untyped-defs
"""Nets by their shapes and counts, and the blocks they are built of, forward and backward.

Shapes and counts are whole numbers, in plain Python. The blocks are convolutions and pools of
`kernels` with what stands between them done in place: a ReLU, a sum, a gate. A job owns a stretch
of numbers or a map, so 1 and N threads give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.conv2d import conv2d_backward, conv2d_forward
from reference.kernels.gemm import matmul
from reference.kernels.pooling import global_avg_pool, max_pool_backward, max_pool_forward
from reference.kernels.vector import relu, sigmoid

__all__ = [
    "block_cost",
    "explain_counts",
    "googlenet_shapes",
    "inception_backward",
    "inception_forward",
    "lenet5_parameters",
    "name_shortcut",
    "patchify",
    "receptive_field",
    "residual_backward",
    "residual_forward",
    "resnet_shapes",
    "squeeze_excite",
    "trace_layers",
]

Array = NDArray[Any]
Shape = tuple[int, ...]
Layers = Sequence[tuple[Any, ...]]


# --- shapes and counts ----------------------------------------------------------------------------


def _numbers(what: str, numbers: Sequence[Any], *least: int) -> list[int]:
    """Return whole numbers, so many as there are lower bounds."""
    whole = all(
        isinstance(n, int | np.integer) and not isinstance(n, bool | np.bool_) for n in numbers
    )
    if len(numbers) != len(least) or not whole or any(n < low for n, low in zip(numbers, least)):
        bounds = ", ".join(f">= {low}" for low in least)
        raise ValueError(f"expected {what} with whole numbers {bounds}, got {(*numbers,)}")
    return [int(n) for n in numbers]


def _windows(size: int, kernel: int, stride: int, padding: int) -> int:
    if size + 2 * padding < kernel:
        raise ValueError(f"expected a window of at most {size + 2 * padding} pixels, got {kernel}")
    return (size + 2 * padding - kernel) // stride + 1


def _layer(layer: Any, shape: Shape) -> tuple[Shape, int]:
    """Return the shape behind a layer, and how many numbers it learns."""
    if not isinstance(layer, tuple | list) or not layer:
        raise TypeError(f"expected a layer as a tuple, got {layer!r}")
    kind, *given = layer
    if kind == "dense":
        (units,) = _numbers("('dense', units)", given, 1)
        return (units,), units * math.prod(shape) + units
    if kind not in ("conv", "pool"):
        raise ValueError(f"expected a layer as 'conv', 'pool' or 'dense', got {kind!r}")
    if len(shape) != 3:
        raise ValueError(f"expected only dense layers behind a dense one, got {kind!r}")
    if kind == "pool":
        window = _numbers("('pool', kernel, stride, padding)", given, 1, 1, 0)
        return (shape[0], *(_windows(size, *window) for size in shape[1:])), 0
    maps, *window = _numbers("('conv', maps, kernel, stride, padding)", given, 1, 1, 1, 0)
    weights = maps * shape[0] * window[0] * window[0]
    return (maps, *(_windows(size, *window) for size in shape[1:])), weights + maps


@contract("layers any, shape ints(C, H, W) >= 1")
def trace_layers(layers: Layers, shape: Shape) -> tuple[list[Shape], list[int]]:
    """See `solutions.architectures.chapter.trace_layers`."""
    if not isinstance(layers, tuple | list):
        raise TypeError(f"expected layers as a list of tuples, got {type(layers).__name__}")
    shapes, counts = [tuple(shape)], list[int]()
    for layer in layers:
        after, count = _layer(layer, shapes[-1])
        shapes.append(after)
        counts.append(count)
    return shapes[1:], counts


@contract("layers list(tuple(int >= 1, int >= 1))")
def receptive_field(layers: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """See `solutions.architectures.chapter.receptive_field`."""
    fields, jumps = [1], [1]
    for kernel, stride in layers:
        fields.append(fields[-1] + (kernel - 1) * jumps[-1])
        jumps.append(jumps[-1] * stride)
    return fields[1:], jumps[1:]


@contract("table bool (S, F), kernel int >= 1, units ints(D, E) >= 1")
def lenet5_parameters(
    table: Array, kernel: int = 5, units: tuple[int, int] = (120, 84)
) -> list[int]:
    """See `solutions.architectures.chapter.lenet5_parameters`."""
    (first, second), area = table.shape, kernel * kernel
    links = int(np.count_nonzero(table))
    return [
        first * area + first,
        first + first,
        links * area + second,
        second + second,
        units[0] * second * area + units[0],
        units[1] * units[0] + units[1],
        0,
    ]


def _guesses(layer: Any, before: Shape, after: Shape, right: int) -> dict[str, int]:
    """Return what each explanation gives, in the order in which they are tried."""
    maps, guesses = after[0], {"right": right}
    if layer[0] == "pool":
        return guesses | {"trained": 2 * maps}
    guesses["no biases"] = right - maps
    if layer[0] == "dense":
        return guesses | ({"not flattened": maps * before[0] + maps} if before[1:] else {})
    window = layer[2] * layer[2]
    guesses["bias per pixel"] = right - maps + math.prod(after)
    guesses["one channel"] = maps * window + maps
    return guesses | (
        {} if before[0] % 2 else {"two groups": maps * window * before[0] // 2 + maps}
    )


@contract("layers any, shape ints(C, H, W) >= 1, counts any")
def explain_counts(layers: Layers, shape: Shape, counts: Sequence[int]) -> list[str]:
    """See `solutions.architectures.chapter.explain_counts`."""
    shapes, right = trace_layers(layers, shape)
    if len(counts) != len(right):
        raise ValueError(f"expected {len(right)} counts, one for each layer, got {len(counts)}")
    found = []
    for number, reported in enumerate(counts):
        before = shapes[number - 1] if number else tuple(shape)
        guesses = _guesses(layers[number], before, shapes[number], right[number])
        found.append(next((w for w, guess in guesses.items() if guess == reported), "unknown"))
    return found


@contract(
    "kind 'full' | 'reduced' | 'bottleneck' | 'separable' | 'grouped', shape ints(C, H, W) >= 1, "
    "maps int >= 1, kernel int >= 1, stride int >= 1, inner int >= 1"
)
def block_cost(
    kind: str, shape: Shape, maps: int, kernel: int = 3, stride: int = 1, inner: int = 1
) -> tuple[int, int]:
    """See `solutions.architectures.chapter.block_cost`."""
    channels, rows, columns = shape
    if kind == "grouped" and (channels % inner or maps % inner):
        raise ValueError(f"expected groups that divide {channels} and {maps}, got {inner}")
    every, kept = rows * columns, -(-rows // stride) * -(-columns // stride)
    area, first, last = kernel * kernel, 0, 0
    if kind in ("reduced", "bottleneck"):
        first, channels = channels * inner, inner
    if kind == "bottleneck":
        last, maps = inner * maps, inner
    if kind == "separable":
        last, maps = channels * maps, 1
    middle = channels * maps * area // (inner if kind == "grouped" else 1)
    return first + middle + last, first * every + (middle + last) * kept


_STEM: Layers = (
    ("conv", 64, 7, 2, 3),
    ("pool", 3, 2, 1),
    ("conv", 64, 1, 1, 0),
    ("conv", 192, 3, 1, 1),
    ("pool", 3, 2, 1),
)


@contract("modules any, side int >= 1, classes int >= 1")
def googlenet_shapes(
    modules: Sequence[Any], side: int = 224, classes: int = 1000
) -> tuple[list[Shape], int]:
    """See `solutions.architectures.chapter.googlenet_shapes`."""
    shapes, counts = trace_layers(_STEM, (3, side, side))
    total = sum(counts)
    for module in modules:
        before = shapes[-1]
        if isinstance(module, str):
            if module != "pool":
                raise ValueError(f"expected a module as six numbers or 'pool', got {module!r}")
            shapes.append(_layer(("pool", 3, 2, 1), before)[0])
            continue
        one, low3, three, low5, five, last = _numbers("a module", module, 1, 1, 1, 1, 1, 1)
        paths: list[tuple[Shape, Layers]] = [
            (before, [("conv", one + low3 + low5 + last, 1, 1, 0)]),
            ((low3, *before[1:]), [("conv", three, 3, 1, 1)]),
            ((low5, *before[1:]), [("conv", five, 5, 1, 2)]),
        ]
        total += sum(_layer(layer, start)[1] for start, (layer,) in paths)
        shapes.append((one + three + five + last, *before[1:]))
    maps = shapes[-1][0]
    return [*shapes, (maps,), (classes,)], total + maps * classes + classes


@contract("blocks ints >= 1, bottleneck flag, side int >= 1, classes int >= 1")
def resnet_shapes(
    blocks: Sequence[int], bottleneck: bool, side: int = 224, classes: int = 1000
) -> tuple[list[Shape], int, int]:
    """See `solutions.architectures.chapter.resnet_shapes`."""
    shapes = trace_layers([("conv", 64, 7, 2, 3), ("pool", 3, 2, 1)], (3, side, side))[0]
    learned = 64 * (3 * 49 + 2)
    for stage, count in enumerate(blocks):
        narrow, (below, rows, columns) = 64 << stage, shapes[-1]
        wide = 4 * narrow if bottleneck else narrow
        step = 2 if stage else 1
        for number in range(count):
            if bottleneck:
                learned += narrow * (below + 2 + 9 * narrow + 2) + wide * (narrow + 2)
            else:
                learned += narrow * (9 * below + 2 + 9 * narrow + 2)
            if below != wide or (step == 2 and number == 0):
                learned += wide * (below + 2)
            below = wide
        shapes.append((below, -(-rows // step), -(-columns // step)))
    maps = shapes[-1][0]
    depth = 2 + (3 if bottleneck else 2) * sum(blocks)
    return [*shapes, (maps,), (classes,)], learned + maps * classes + classes, depth


# --- between the layers, in place -----------------------------------------------------------------


def _rectify(y):
    """Set ``y = max(y, 0)``."""
    for i in prange(y.size):
        y[i] = relu(y[i])


def _join(y, other):
    """Set ``y = max(y + other, 0)``."""
    for i in prange(y.size):
        y[i] = relu(y[i] + other[i])


def _stop(dy, y):
    """Stop the gradients of units that are off."""
    for i in prange(dy.size):
        dy[i] = dy[i] if y[i] > 0 else 0


def _add(y, other):
    """Add another array."""
    for i in prange(y.size):
        y[i] += other[i]


_PASSES = {
    each: (njit(**SERIAL)(each), njit(**PARALLEL)(each)) for each in (_rectify, _join, _stop, _add)
}


def _pass(rule: Any, y: Array, *others: Array) -> Array:
    """Run one of these passes over all numbers of `y`, which is C-ordered, and return it."""
    _PASSES[rule][y.size >= SMALL](y.reshape(-1), *(other.reshape(-1) for other in others))
    return y


def _conv(x: Array, w: Array, stride: int = 1, padding: int = 0) -> Array:
    return conv2d_forward(x, w, np.zeros(len(w), x.dtype), stride, padding)


def _back(dy: Array, x: Array, w: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Array]:
    dx, dw, _ = conv2d_backward(dy, x, w, stride, padding)
    return dx, dw


# --- inception ------------------------------------------------------------------------------------

_KERNELS = (
    "one (A, C, 1, 1), reduce3 (P, C, 1, 1), three (B, P, 3, 3), reduce5 (Q, C, 1, 1), "
    "five (D, Q, 5, 5), project (E, C, 1, 1) -> x"
)


def _paths(
    x: Array, one: Array, reduce3: Array, three: Array, reduce5: Array, five: Array, project: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return what is behind the inner ReLUs, the pool's output, and the output of the block.

    The three windows of one pixel that read x are one convolution.
    """
    P, A = len(reduce3), len(one)
    B, D = len(three), len(five)
    below = _pass(_rectify, _conv(x, np.concatenate([one, reduce3, reduce5])))
    small3, small5 = below[:, A : A + P].copy(), below[:, A + P :].copy()
    pooled = max_pool_forward(x, 3, 1, 1)
    y = np.empty((len(x), A + B + D + len(project), *x.shape[2:]), x.dtype)
    y[:, :A] = below[:, :A]
    y[:, A : A + B] = _pass(_rectify, _conv(small3, three, 1, 1))
    y[:, A + B : A + B + D] = _pass(_rectify, _conv(small5, five, 1, 2))
    y[:, A + B + D :] = _pass(_rectify, _conv(pooled, project))
    return small3, small5, pooled, y, below


@contract("x (N, C, H, W), " + _KERNELS, "min(A, B, C, D, E, P, Q, H, W) >= 1")
def inception_forward(
    x: Array,
    one: Array,
    reduce3: Array,
    three: Array,
    reduce5: Array,
    five: Array,
    project: Array,
) -> Array:
    """See `solutions.architectures.chapter.inception_forward`."""
    return _paths(x, one, reduce3, three, reduce5, five, project)[3]


@contract(
    "dy (N, A+B+D+E, H, W), x (N, C, H, W), " + _KERNELS, "min(A, B, C, D, E, P, Q, H, W) >= 1"
)
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
    """See `solutions.architectures.chapter.inception_backward`."""
    small3, small5, pooled, y, below = _paths(x, one, reduce3, three, reduce5, five, project)
    A, B, D, P = len(one), len(three), len(five), len(reduce3)
    d = _pass(_stop, dy.copy(), y)
    d3, dthree = _back(d[:, A : A + B].copy(), small3, three, 1, 1)
    d5, dfive = _back(d[:, A + B : A + B + D].copy(), small5, five, 1, 2)
    dpool, dproject = _back(d[:, A + B + D :].copy(), pooled, project)
    inner = np.concatenate([d[:, :A], d3, d5], axis=1)
    dx, dinner = _back(_pass(_stop, inner, below), x, np.concatenate([one, reduce3, reduce5]))
    _pass(_add, dx, max_pool_backward(dpool, x, 3, 1, 1))
    dreduce3, dreduce5 = dinner[A : A + P].copy(), dinner[A + P :].copy()
    return dx, dinner[:A].copy(), dreduce3, dthree, dreduce5, dfive, dproject


# --- residual -------------------------------------------------------------------------------------

_IN = "x (N, C, H, W), w1 (F, C, 3, 3), w2 (F, F, 3, 3), "
_OUT = "dy (N, F, fit(H, 1, stride, 0), fit(W, 1, stride, 0)), "
_REST = _IN + "projection (F, C, 1, 1)?, stride int >= 1 -> x"
_SIZES = "min(C, F, H, W) >= 1"
_FITS = "projection is not None or (C == F and stride == 1)"


def _shortcut(x: Array, projection: Array | None, stride: int) -> Array:
    return x if projection is None else _conv(x, projection, stride)


def _block(x: Array, w1: Array, w2: Array, stride: int, shortcut: Array) -> tuple[Array, Array]:
    """Return what is behind the first ReLU, and the output."""
    hidden = _pass(_rectify, _conv(x, w1, stride, 1))
    return hidden, _pass(_join, _conv(hidden, w2, 1, 1), shortcut)


def _block_back(
    dy: Array, x: Array, w1: Array, w2: Array, stride: int, shortcut: Array
) -> tuple[Array, Array, Array, Array]:
    """Return the gradient behind the last ReLU, and those of x (without shortcut), w1 and w2."""
    hidden, y = _block(x, w1, w2, stride, shortcut)
    d = _pass(_stop, dy.copy(), y)
    dhidden, dw2 = _back(d, hidden, w2, 1, 1)
    return d, *_back(_pass(_stop, dhidden, hidden), x, w1, stride, 1), dw2


@contract(_REST, _SIZES, _FITS)
def residual_forward(
    x: Array, w1: Array, w2: Array, projection: Array | None = None, stride: int = 1
) -> Array:
    """See `solutions.architectures.chapter.residual_forward`."""
    return _block(x, w1, w2, stride, _shortcut(x, projection, stride))[1]


@contract(_OUT + _REST, _SIZES, _FITS)
def residual_backward(
    dy: Array,
    x: Array,
    w1: Array,
    w2: Array,
    projection: Array | None = None,
    stride: int = 1,
) -> tuple[Array, Array, Array, Array | None]:
    """See `solutions.architectures.chapter.residual_backward`."""
    shortcut = _shortcut(x, projection, stride)
    d, dx, dw1, dw2 = _block_back(dy, x, w1, w2, stride, shortcut)
    through, dprojection = (d, None) if projection is None else _back(d, x, projection, stride)
    return _pass(_add, dx, through), dw1, dw2, dprojection


@contract("x (N, C, H, W), f (N, F, H, W), y (N, G, H, W)")
def name_shortcut(x: Array, f: Array, y: Array) -> str:
    """See `solutions.architectures.chapter.name_shortcut`."""

    def near(guess: Array) -> bool:
        return guess.shape == y.shape and not np.any(~(np.abs(guess - y) <= 1e-4))

    above = np.maximum(f, 0)
    if near(above):
        return "plain"
    if x.shape == f.shape:
        names = ("original", "late", "pre-activation")
        for name, guess in zip(names, (np.maximum(x + f, 0), x + above, x + f)):
            if near(guess):
                return name
    return "dense" if near(np.concatenate([x, f], axis=1)) else "unknown"


# --- gates and patches ----------------------------------------------------------------------------


@njit(**SERIAL)
def _gates(z, out):
    for i in range(z.size):
        out[i] = sigmoid(z[i])


def _scale_maps(maps, gates, out):
    """Multiply each map by its number."""
    for n in prange(len(maps)):
        gate, row, into = gates[n], maps[n], out[n]
        for i in range(row.size):
            into[i] = row[i] * gate


_scale_maps_serial = njit(**SERIAL)(_scale_maps)
_scale_maps_parallel = njit(**PARALLEL)(_scale_maps)


@contract("x (N, C, H, W), w1 (R, C), b1 (R), w2 (C, R), b2 (C) -> x", "H * W >= 1")
def squeeze_excite(x: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, Array]:
    """See `solutions.architectures.chapter.squeeze_excite`."""
    middle = np.tile(b1, (len(x), 1))
    _pass(_rectify, matmul(global_avg_pool(x), w1, middle, turn_b=True, add=True))
    z = np.tile(b2, (len(x), 1))
    matmul(middle, w2, z, turn_b=True, add=True)
    gates, y = np.empty_like(z), np.empty_like(x)
    _gates(z.reshape(-1), gates.reshape(-1))
    maps = gates.size, x.shape[2] * x.shape[3]
    run = _scale_maps_serial if x.size < SMALL else _scale_maps_parallel
    run(x.reshape(maps), gates.reshape(-1), y.reshape(maps))
    return y, gates


@contract("images kept (N, C, H, W), size int >= 1", "size <= H", "size <= W")
def patchify(images: Array, size: int) -> Array:
    """See `solutions.architectures.chapter.patchify`."""
    N, C, H, W = images.shape
    down, across = H // size, W // size
    out = np.empty((N, down, across, C, size, size), images.dtype)
    for i in range(down):
        lines = images[:, :, i * size : (i + 1) * size, : across * size]
        out[:, i] = lines.reshape(N, C, size, across, size).transpose(0, 3, 1, 2, 4)
    return out.reshape(N, down * across, C * size * size)
