"""The chapter on architectures, with einsum over shifted images, and tables of layers."""

# %%
from itertools import accumulate
from math import ceil, prod

import numpy as np


# %%
def shifted(x, k, stride, padding, fill=0):
    """Return x seen through each tap of a window: (k, k, N, C, rows, columns)."""
    n, c, h, w = x.shape
    wide = np.full((n, c, h + 2 * padding, w + 2 * padding), fill, x.dtype)
    wide[:, :, padding : padding + h, padding : padding + w] = x
    rows, columns = ((size + 2 * padding - k) // stride + 1 for size in (h, w))
    return np.array(
        [
            [
                wide[:, :, u : u + rows * stride : stride, v : v + columns * stride : stride][
                    :, :, :rows, :columns
                ]
                for v in range(k)
            ]
            for u in range(k)
        ]
    )


def conv(x, w, stride=1):
    k = w.shape[-1]
    return np.einsum("uvncij,fcuv->nfij", shifted(x, k, stride, k // 2), w)


def conv_kernels(dy, x, k, stride=1):
    return np.einsum("nfij,uvncij->fcuv", dy, shifted(x, k, stride, k // 2))


def conv_images(dy, w, shape, stride=1):
    n, _, rows, columns = dy.shape
    spread = np.zeros((n, dy.shape[1], shape[2], shape[3]), dy.dtype)
    spread[:, :, : rows * stride : stride, : columns * stride : stride] = dy
    return conv(spread, np.swapaxes(w, 0, 1)[:, :, ::-1, ::-1])


# %%
def trace_layers(layers, shape):
    def step(state, layer):
        before, _ = state
        match layer:
            case ("dense", units):
                return (units,), (prod(before) + 1) * units
            case ("conv", maps, k, s, p):
                sides = tuple(1 + (n - k + 2 * p) // s for n in before[1:])
                return (maps, *sides), (before[0] * k * k + 1) * maps
            case ("pool", k, s, p):
                return (before[0], *(1 + (n - k + 2 * p) // s for n in before[1:])), 0

    states = list(accumulate(layers, step, initial=(tuple(shape), 0)))[1:]
    return [state[0] for state in states], [state[1] for state in states]


# %%
def receptive_field(layers):
    kernels, strides = np.array(layers, dtype=int).reshape(-1, 2).T
    jumps = np.cumprod(strides)
    before = np.concatenate([[1], jumps[:-1]])
    return (1 + np.cumsum((kernels - 1) * before)).tolist(), jumps.tolist()


# %%
def lenet5_parameters(table, kernel=5, units=(120, 84)):
    t = np.asarray(table).astype(int)
    reads = np.array([1, 0, 0, 0, 0, 0, 0])
    s, f = t.shape
    maps = [s, s, f, f, units[0], units[1]]
    per_map = [kernel**2, 1, 0, 1, f * kernel**2, units[0]]
    counts = [m * (r + 1) for m, r in zip(maps, per_map)]
    counts[2] += int(t.sum()) * kernel**2
    return [int(n) for n in counts] + [int(reads[-1])]


# %%
def explain_counts(layers, shape, counts):
    shapes, right = trace_layers(layers, shape)
    words = []
    for layer, (c, *rest), (f, *sides), count, true in zip(
        layers, [shape, *shapes], shapes, counts, right
    ):
        bare = true - f
        tries = [("right", true)]
        if layer[0] == "pool":
            tries += [("trained", f + f)]
        if layer[0] != "pool":
            tries += [("no biases", bare)]
        if layer[0] == "conv":
            tries += [("bias per pixel", bare + f * prod(sides)), ("one channel", bare // c + f)]
            tries += [("two groups", bare // 2 + f)] if c % 2 == 0 else []
        if layer[0] == "dense" and rest:
            tries += [("not flattened", f * c + f)]
        fits = [word for word, value in tries if value == count]
        words.append([*fits, "unknown"][0])
    return words


# %%
def block_cost(kind, shape, maps, kernel=3, stride=1, inner=1):
    c, h, w = shape
    big, small, k2 = h * w, ceil(h / stride) * ceil(w / stride), kernel * kernel
    table = {
        "full": ([c * maps * k2], [small]),
        "reduced": ([c * inner, inner * maps * k2], [big, small]),
        "bottleneck": ([c * inner, inner * inner * k2, inner * maps], [big, small, small]),
        "separable": ([c * k2, c * maps], [small, small]),
        "grouped": ([c // inner * maps * k2], [small]),
    }
    weights, uses = table[kind]
    return sum(weights), int(np.dot(weights, uses))


# %%
def relu(a):
    return a * (a > 0)


def inception_forward(x, one, reduce3, three, reduce5, five, project):
    top = shifted(x, 3, 1, 1, -np.inf).max((0, 1))
    return np.hstack(
        [
            relu(conv(x, one)),
            relu(conv(relu(conv(x, reduce3)), three)),
            relu(conv(relu(conv(x, reduce5)), five)),
            relu(conv(top, project)),
        ]
    )


# %%
def inception_backward(dy, x, one, reduce3, three, reduce5, five, project):
    z3, z5 = conv(x, reduce3), conv(x, reduce5)
    seen = shifted(x, 3, 1, 1, -np.inf)
    top = seen.max((0, 1))
    open_ = inception_forward(x, one, reduce3, three, reduce5, five, project) > 0
    ends = list(accumulate(map(len, (one, three, five))))
    d1, d3, d5, dp = np.split(np.where(open_, dy, 0).astype(x.dtype), ends, axis=1)
    e3 = conv_images(d3, three, z3.shape) * (z3 > 0)
    e5 = conv_images(d5, five, z5.shape) * (z5 > 0)
    ep = conv_images(dp, project, x.shape)
    h, w = x.shape[2:]
    room = np.zeros((*x.shape[:2], h + 2, w + 2), x.dtype)
    for u in range(3):
        for v in range(3):
            room[:, :, u : u + h, v : v + w] += np.where(seen[u, v] == top, ep, 0)
    dx = room[:, :, 1:-1, 1:-1] + conv_images(d1, one, x.shape)
    dx = dx + conv_images(e3, reduce3, x.shape) + conv_images(e5, reduce5, x.shape)
    return [
        dx,
        conv_kernels(d1, x, 1),
        conv_kernels(e3, x, 1),
        conv_kernels(d3, relu(z3), 3),
        conv_kernels(e5, x, 1),
        conv_kernels(d5, relu(z5), 5),
        conv_kernels(dp, top, 1),
    ]


# %%
def googlenet_shapes(modules, side=224, classes=1000):
    layers = [("conv", 64, 7, 2, 3), ("pool", 3, 2, 1), ("conv", 64, 1, 1, 0)]
    layers += [("conv", 192, 3, 1, 1), ("pool", 3, 2, 1)]
    shapes, counts = trace_layers(layers, (3, side, side))
    counts = list(counts)
    for module in modules:
        if module == "pool":
            shapes = shapes + trace_layers([("pool", 3, 2, 1)], shapes[-1])[0]
            continue
        a, p, b, q, d, e = module
        sides = shapes[-1][1:]
        counts += trace_layers([("conv", a + p + q + e, 1, 1, 0)], shapes[-1])[1]
        counts += trace_layers([("conv", b, 3, 1, 1)], (p, *sides))[1]
        counts += trace_layers([("conv", d, 5, 1, 2)], (q, *sides))[1]
        shapes = [*shapes, (a + b + d + e, *sides)]
    top = shapes[-1][0]
    ends, last = trace_layers([("dense", classes)], (top, 1, 1))
    return [*shapes, (top,), *ends], sum(counts) + last[0]


# %%
def residual_forward(x, w1, w2, projection=None, stride=1):
    branch = conv(relu(conv(x, w1, stride)), w2)
    return relu(branch + (conv(x, projection, stride) if projection is not None else x))


# %%
def residual_backward(dy, x, w1, w2, projection=None, stride=1):
    z = conv(x, w1, stride)
    d = np.where(residual_forward(x, w1, w2, projection, stride) > 0, dy, 0).astype(x.dtype)
    e = conv_images(d, w2, d.shape) * (z > 0)
    dx = conv_images(e, w1, x.shape, stride)
    dp = None
    if projection is None:
        dx = dx + d
    else:
        dp = conv_kernels(d, x, 1, stride)
        dx = dx + conv_images(d, projection, x.shape, stride)
    return dx, conv_kernels(e, x, 3, stride), conv_kernels(d, relu(z), 3), dp


# %%
def name_shortcut(x, f, y):
    guesses = [
        ("plain", lambda: f.clip(0)),
        ("original", lambda: (x + f).clip(0)),
        ("late", lambda: x + f.clip(0)),
        ("pre-activation", lambda: x + f),
        ("dense", lambda: np.hstack([x, f])),
    ]
    for name, make in guesses:
        if x.shape != f.shape and name in ("original", "late", "pre-activation"):
            continue
        made = make()
        if made.shape == y.shape and np.abs(made - y).max() <= 1e-4:
            return name
    return "unknown"


# %%
def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    def norm_conv(c, f, k):
        return c * f * k * k + 2 * f

    widths = 64 * 2 ** np.arange(len(blocks))
    outs = widths * (4 if bottleneck else 1)
    total, c = norm_conv(3, 64, 7), 64
    for stage, (m, out, count) in enumerate(zip(widths.tolist(), outs.tolist(), blocks)):
        inner = 0
        if bottleneck:
            inner = norm_conv(m, m, 3) + norm_conv(m, out, 1)
            total += norm_conv(c, m, 1) + (count - 1) * norm_conv(out, m, 1) + count * inner
        else:
            inner = norm_conv(m, m, 3)
            total += norm_conv(c, m, 3) + (count - 1) * norm_conv(m, m, 3) + count * inner
        if stage or c != out:
            total += norm_conv(c, out, 1)
        c = out
    n = ceil(ceil(side / 2) / 2)
    sides = [ceil(n / 2**stage) for stage in range(len(blocks))]
    shapes = [(64, ceil(side / 2), ceil(side / 2)), (64, n, n)]
    shapes += [(out, s, s) for out, s in zip(outs.tolist(), sides)]
    depth = 2 + sum(blocks) * (2 + bool(bottleneck))
    return [*shapes, (c,), (classes,)], total + (c + 1) * classes, depth


# %%
def squeeze_excite(x, w1, b1, w2, b2):
    summary = np.einsum("ncij->nc", x) / np.float32(x[0, 0].size)
    middle = np.maximum(np.einsum("rc,nc->nr", w1, summary) + b1, 0)
    z = np.einsum("cr,nr->nc", w2, middle) + b2
    gates = ((1 + np.tanh(z / 2)) / 2).astype(x.dtype)
    return np.einsum("nc,ncij->ncij", gates, x), gates


# %%
def patchify(images, size):
    seen = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(2, 3))
    seen = seen[:, :, ::size, ::size]
    n, c, rows, columns = seen.shape[:4]
    return np.einsum("ncijuv->nijcuv", seen).reshape(n, rows * columns, c * size * size)
