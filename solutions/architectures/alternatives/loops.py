"""The chapter on architectures, written with plain Python loops, pixel by pixel."""

# %%
import math

import numpy as np


# %%
def pixel(image, c, i, j):
    """Return a pixel; outside there are zeros."""
    _, rows, columns = image.shape
    return float(image[c, i, j]) if 0 <= i < rows and 0 <= j < columns else 0.0


def layer(x, w, stride, padding):
    """Convolve images with kernels, one product after the other."""
    n, c, h, wide = x.shape
    f, _, k, _ = w.shape
    rows, columns = (h + 2 * padding - k) // stride + 1, (wide + 2 * padding - k) // stride + 1
    y = np.zeros((n, f, rows, columns))
    for s in range(n):
        for m in range(f):
            for i in range(rows):
                for j in range(columns):
                    y[s, m, i, j] = math.fsum(
                        float(w[m, d, u, v])
                        * pixel(x[s], d, i * stride + u - padding, j * stride + v - padding)
                        for d in range(c)
                        for u in range(k)
                        for v in range(k)
                    )
    return y


def layer_back(dy, x, w, stride, padding):
    """Return what comes back to images and kernels."""
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    k = w.shape[2]
    for s, m, i, j in np.ndindex(*dy.shape):
        for d in range(x.shape[1]):
            for u in range(k):
                for v in range(k):
                    a, b = i * stride + u - padding, j * stride + v - padding
                    if 0 <= a < x.shape[2] and 0 <= b < x.shape[3]:
                        dx[s, d, a, b] += float(dy[s, m, i, j]) * float(w[m, d, u, v])
                        dw[m, d, u, v] += float(dy[s, m, i, j]) * float(x[s, d, a, b])
    return dx, dw


def neighbours(h, w, i, j):
    return [
        (a, b)
        for a in range(max(i - 1, 0), min(i + 2, h))
        for b in range(max(j - 1, 0), min(j + 2, w))
    ]


def pooled(x):
    y = np.zeros(x.shape)
    for s, c, i, j in np.ndindex(*x.shape):
        y[s, c, i, j] = max(float(x[s, c, a, b]) for a, b in neighbours(*x.shape[2:], i, j))
    return y


def pooled_back(dy, x):
    dx = np.zeros(x.shape)
    for s, c, i, j in np.ndindex(*x.shape):
        place = max(neighbours(*x.shape[2:], i, j), key=lambda at: x[s, c, at[0], at[1]])
        dx[s, c, place[0], place[1]] += float(dy[s, c, i, j])
    return dx


def positive(a):
    out = np.zeros(a.shape)
    for index in np.ndindex(*a.shape):
        out[index] = a[index] if a[index] > 0 else 0.0
    return out


# %%
def trace_layers(layers, shape):
    here = list(shape)
    shapes, counts = [], []
    for layer_ in layers:
        if layer_[0] == "dense":
            inputs = 1
            for length in here:
                inputs *= length
            counts.append(layer_[1] * inputs + layer_[1])
            here = [layer_[1]]
        else:
            kernel, stride, padding = layer_[-3], layer_[-2], layer_[-1]
            sizes = []
            for length in here[1:]:
                places, start = 0, 0
                while start + kernel <= length + 2 * padding:
                    places += 1
                    start += stride
                sizes.append(places)
            if layer_[0] == "conv":
                counts.append(layer_[1] * here[0] * kernel * kernel + layer_[1])
                here = [layer_[1], *sizes]
            else:
                counts.append(0)
                here = [here[0], *sizes]
        shapes.append(tuple(here))
    return shapes, counts


# %%
def receptive_field(layers):
    fields, jumps = [], []
    for count in range(1, len(layers) + 1):
        left = right = 0  # a unit behind layer `count`, followed down to the input
        apart = 1
        for kernel, stride in layers[:count][::-1]:
            left, right = left * stride, right * stride + kernel - 1
            apart *= stride
        fields.append(right - left + 1)
        jumps.append(apart)
    return fields, jumps


# %%
def lenet5_parameters(table, kernel=5, units=(120, 84)):
    c1 = s2 = c3 = s4 = 0
    for _ in range(table.shape[0]):
        c1 += kernel * kernel + 1
        s2 += 2
    for f in range(table.shape[1]):
        c3 += 1
        s4 += 2
        for s in range(table.shape[0]):
            if table[s, f]:
                c3 += kernel * kernel
    c5 = units[0] * table.shape[1] * kernel * kernel + units[0]
    return [c1, s2, c3, s4, c5, units[1] * units[0] + units[1], 0]


# %%
def explain_counts(layers, shape, counts):
    words, below = [], shape
    shapes, _ = trace_layers(layers, shape)
    for layer_, behind, count in zip(layers, shapes, counts):
        words.append(explain_one(layer_, below, behind, count))
        below = behind
    return words


def explain_one(layer_, below, behind, count):
    kind = layer_[0]
    if kind == "pool":
        if count == 0:
            return "right"
        return "trained" if count == 2 * below[0] else "unknown"
    if kind == "dense":
        units, inputs = layer_[1], int(np.prod(below))
        if count == units * inputs + units:
            return "right"
        if count == units * inputs:
            return "no biases"
        if len(below) == 3 and count == units * below[0] + units:
            return "not flattened"
        return "unknown"
    maps, area = layer_[1], layer_[2] ** 2
    weights = maps * below[0] * area
    if count == weights + maps:
        return "right"
    if count == weights:
        return "no biases"
    if count == weights + maps * behind[1] * behind[2]:
        return "bias per pixel"
    if count == maps * area + maps:
        return "one channel"
    if below[0] % 2 == 0 and count == maps * (below[0] // 2) * area + maps:
        return "two groups"
    return "unknown"


# %%
def block_cost(kind, shape, maps, kernel=3, stride=1, inner=1):
    c, h, w = shape
    big = h * w
    small = len(range(0, h, stride)) * len(range(0, w, stride))
    if kind == "full":
        return c * maps * kernel**2, c * maps * kernel**2 * small
    if kind == "grouped":
        each = (c // inner) * (maps // inner) * kernel**2
        return inner * each, inner * each * small
    if kind == "separable":
        weights = c * kernel**2 + c * maps
        return weights, weights * small
    first = c * inner
    if kind == "reduced":
        second = inner * maps * kernel**2
        return first + second, first * big + second * small
    second, third = inner * inner * kernel**2, inner * maps
    return first + second + third, first * big + second * small + third * small


# %%
def inception_forward(x, one, reduce3, three, reduce5, five, project):
    paths = [
        layer(x, one, 1, 0),
        layer(positive(layer(x, reduce3, 1, 0)), three, 1, 1),
        layer(positive(layer(x, reduce5, 1, 0)), five, 1, 2),
        layer(pooled(x), project, 1, 0),
    ]
    y = np.zeros((len(x), sum(p.shape[1] for p in paths), *x.shape[2:]), x.dtype)
    at = 0
    for path in paths:
        for c in range(path.shape[1]):
            y[:, at] = positive(path[:, c])
            at += 1
    return y


# %%
def inception_backward(dy, x, one, reduce3, three, reduce5, five, project):
    middle3, middle5, top = layer(x, reduce3, 1, 0), layer(x, reduce5, 1, 0), pooled(x)
    reads = [(x, one, 0), (positive(middle3), three, 1), (positive(middle5), five, 2)]
    reads.append((top, project, 0))
    downs, kernels, at = [], [], 0
    for seen, w, padding in reads:
        z = layer(seen, w, 1, padding)
        d = np.array(dy[:, at : at + len(w)], float)
        at += len(w)
        for index in np.ndindex(*z.shape):
            if not z[index] > 0:
                d[index] = 0.0
        down, dw = layer_back(d, seen, w, 1, padding)
        downs.append(down)
        kernels.append(dw)
    dx = downs[0] + pooled_back(downs[3], x)
    reduced = []
    for down, middle, w in ((downs[1], middle3, reduce3), (downs[2], middle5, reduce5)):
        for index in np.ndindex(*middle.shape):
            if not middle[index] > 0:
                down[index] = 0.0
        through, dw = layer_back(down, x, w, 1, 0)
        dx = dx + through
        reduced.append(dw)
    found = dx, kernels[0], reduced[0], kernels[1], reduced[1], kernels[2], kernels[3]
    return tuple(a.astype(x.dtype) for a in found)


# %%
def googlenet_shapes(modules, side=224, classes=1000):
    def halved(n):
        return (n + 1) // 2

    a = halved(side)
    b = halved(a)
    c = halved(b)
    shapes = [(64, a, a), (64, b, b), (64, b, b), (192, b, b), (192, c, c)]
    total = 64 * (3 * 49 + 1) + 64 * (64 + 1) + 192 * (64 * 9 + 1)
    channels, here = 192, c
    for module in modules:
        if isinstance(module, str):
            here = halved(here)
        else:
            for maps, reads in (
                (module[0], channels),
                (module[1], channels),
                (module[2], 9 * module[1]),
                (module[3], channels),
                (module[4], 25 * module[3]),
                (module[5], channels),
            ):
                total += maps * reads + maps
            channels = module[0] + module[2] + module[4] + module[5]
        shapes.append((channels, here, here))
    shapes.append((channels,))
    shapes.append((classes,))
    return shapes, total + channels * classes + classes


# %%
def residual_forward(x, w1, w2, projection=None, stride=1):
    y = layer(positive(layer(x, w1, stride, 1)), w2, 1, 1)
    past = x if projection is None else layer(x, projection, stride, 0)
    for index in np.ndindex(*y.shape):
        y[index] = max(0.0, y[index] + float(past[index]))
    return y.astype(x.dtype)


# %%
def residual_backward(dy, x, w1, w2, projection=None, stride=1):
    z = layer(x, w1, stride, 1)
    middle = positive(z)
    end = layer(middle, w2, 1, 1)
    past = x if projection is None else layer(x, projection, stride, 0)
    d = np.zeros(end.shape)
    for index in np.ndindex(*end.shape):
        if end[index] + float(past[index]) > 0:
            d[index] = dy[index]
    dmiddle, dw2 = layer_back(d, middle, w2, 1, 1)
    for index in np.ndindex(*z.shape):
        if not z[index] > 0:
            dmiddle[index] = 0.0
    dx, dw1 = layer_back(dmiddle, x, w1, stride, 1)
    kind = x.dtype
    if projection is None:
        return (dx + d).astype(kind), dw1.astype(kind), dw2.astype(kind), None
    other, dp = layer_back(d, x, projection, stride, 0)
    return (dx + other).astype(kind), dw1.astype(kind), dw2.astype(kind), dp.astype(kind)


# %%
def name_shortcut(x, f, y):
    def all_near(values):
        return all(abs(float(a) - b) <= 1e-4 for a, b in zip(y.flat, values))

    pairs = []
    if x.shape == f.shape == y.shape:
        pairs = [(float(a), float(b)) for a, b in zip(x.flat, f.flat)]
    if f.shape == y.shape and all_near([max(float(b), 0.0) for b in f.flat]):
        return "plain"
    if pairs:
        if all_near([max(a + b, 0.0) for a, b in pairs]):
            return "original"
        if all_near([a + max(b, 0.0) for a, b in pairs]):
            return "late"
        if all_near([a + b for a, b in pairs]):
            return "pre-activation"
    channels = x.shape[1]
    if y.shape == (x.shape[0], channels + f.shape[1], *x.shape[2:]):
        whole = np.zeros(y.shape)
        for c in range(y.shape[1]):
            whole[:, c] = x[:, c] if c < channels else f[:, c - channels]
        if all_near([float(v) for v in whole.flat]):
            return "dense"
    return "unknown"


# %%
def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    here = (side + 1) // 2
    shapes = [(64, here, here)]
    here = (here + 1) // 2
    shapes.append((64, here, here))
    total, depth, channels, width = 64 * 147 + 128, 2, 64, 64
    for stage, count in enumerate(blocks):
        out = 4 * width if bottleneck else width
        for number in range(count):
            strided = stage > 0 and number == 0
            if strided:
                here = (here + 1) // 2
            if bottleneck:
                layers = [(channels, width, 1), (width, width, 3), (width, out, 1)]
            else:
                layers = [(channels, width, 3), (width, out, 3)]
            depth += len(layers)
            if strided or channels != out:
                layers.append((channels, out, 1))
            for below, maps, k in layers:
                total += below * maps * k * k
                total += 2 * maps
            channels = out
        shapes.append((channels, here, here))
        width *= 2
    shapes += [(channels,), (classes,)]
    return shapes, total + channels * classes + classes, depth


# %%
def squeeze_excite(x, w1, b1, w2, b2):
    n, c, h, w = x.shape
    y, gates = np.empty_like(x), np.empty((n, c), x.dtype)
    for s in range(n):
        means = [math.fsum(float(v) for v in x[s, d].flat) / (h * w) for d in range(c)]
        middle = []
        for r in range(len(b1)):
            z = float(b1[r]) + math.fsum(float(w1[r, d]) * means[d] for d in range(c))
            middle.append(max(z, 0.0))
        for d in range(c):
            z = float(b2[d]) + math.fsum(float(w2[d, r]) * m for r, m in enumerate(middle))
            gate = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
            gates[s, d] = gate
            y[s, d] = x[s, d] * gates[s, d]
    return [y, gates]


# %%
def patchify(images, size):
    vectors = []
    for image in images:
        rows = []
        for top in range(0, image.shape[1] - size + 1, size):
            for left in range(0, image.shape[2] - size + 1, size):
                rows.append(image[:, top : top + size, left : left + size].ravel())
        vectors.append(rows)
    return np.array(vectors)
