"""The chapter on regularization, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def bias_variance(predictions, truth, noise=0.0):
    fits, points = predictions.shape
    bias = variance = 0.0
    for n in range(points):
        column = [float(predictions[r, n]) for r in range(fits)]
        mean = math.fsum(column) / fits
        bias += (mean - float(truth[n])) ** 2 / points
        variance += math.fsum((value - mean) ** 2 for value in column) / fits / points
    return bias, variance, math.fsum([bias, variance, noise])


# %%
def elastic_penalty(layers, l1, l2, m):
    penalty = 0.0
    gradients = []
    for w, b in layers:
        dw = np.zeros_like(w)
        for index, value in np.ndenumerate(w):
            penalty += (l1 * abs(float(value)) + l2 * float(value) ** 2) / (2 * m)
            side = (value > 0) * 1 - (value < 0) * 1
            dw[index] = l1 * side / (2 * m) + l2 * float(value) / m
        gradients.append([dw, 0 * b])
    return penalty, gradients


# %%
def which_penalty(path, lr):
    rows = [[abs(float(v)) for v in row] for row in path]
    k = rows[0].index(max(rows[0]))
    first = rows[0][k] - rows[1][k]
    second = rows[1][k] - rows[2][k]
    if first < 1e-5 * rows[0][k]:
        return ("none", 0)
    if abs(second) < 1e-3 * first:
        return ("max-norm", math.sqrt(sum(v * v for v in rows[1])))
    factors = [after / before for before, after in zip(rows[0], rows[1])]
    if max(factors) - min(factors) < 1e-3 * (1 - max(factors)):
        return ("l2", (1 - factors[k]) / lr)
    return ("l1", first / lr)


# %%
def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = np.zeros_like(w)
    for row in range(w.shape[0]):
        for column in range(w.shape[1]):
            if mask is None or mask[row, column]:
                value = float(w[row, column])
                new[row, column] = value - float(update[row, column]) - lr * decay * value
        length = math.sqrt(sum(float(v) ** 2 for v in new[row]))
        if length > r:
            for column in range(w.shape[1]):
                new[row, column] *= r / length
    return new


# %%
def magnitude_prune(weights, sparsity):
    places = []
    for layer, w in enumerate(weights):
        for position, value in enumerate(np.asarray(w).ravel().tolist()):
            places.append((abs(value), layer, position))
    masks = [np.ones(w.size, dtype=bool) for w in weights]
    for _, layer, position in sorted(places)[: round(sparsity * len(places))]:
        masks[layer][position] = False
    return [mask.reshape(w.shape) for mask, w in zip(masks, weights)]


# %%
def dropout(x, dy, u, p, training=True):
    y, dx = np.zeros_like(x), np.zeros_like(dy)
    for index in np.ndindex(*x.shape):
        if not training:
            y[index], dx[index] = x[index], dy[index]
        elif u[index] >= p:
            y[index] = float(x[index]) / (1 - p)
            dx[index] = float(dy[index]) / (1 - p)
    return y, dx


# %%
def dropout_fault(x, train, test):
    count, columns = x.shape
    holes = [[j for j in range(columns) if train[i, j] == 0] for i in range(count)]
    p = sum(len(row) for row in holes) / (count * columns)
    if any(test[i, j] == 0 for i in range(count) for j in range(columns)):
        return "left-on", p
    if all(row == holes[0] for row in holes):
        return "one-mask", p
    i, j = next((i, j) for i in range(count) for j in range(columns) if train[i, j] != 0)
    scaled = abs(float(train[i, j] / x[i, j]) - 1) > 1e-3
    shrunk = abs(float(test[0, 0] / x[0, 0]) - 1) > 1e-3
    if scaled and shrunk:
        return "scaled-twice", p
    if scaled:
        return "inverted", p
    return ("original", p) if shrunk else ("never-scaled", p)


# %%
def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    passes = []
    for draws in u:
        answers = np.zeros((len(x), len(w2)), dtype=x.dtype)
        for n in range(len(x)):
            hidden = []
            for k in range(len(w1)):
                z = sum(float(a) * float(c) for a, c in zip(x[n], w1[k])) + float(b1[k])
                hidden.append(max(z, 0.0) / (1 - p) if draws[n, k] >= p else 0.0)
            for k in range(len(w2)):
                answers[n, k] = sum(a * float(c) for a, c in zip(hidden, w2[k])) + float(b2[k])
        passes.append(answers)
    mean = sum(passes) / x.dtype.type(len(passes))
    variance = sum((answers - mean) ** 2 for answers in passes) / x.dtype.type(len(passes))
    return mean, variance


# %%
def stochastic_depth(x, weights, u, p_last, training=True):
    depth = len(weights)
    out = np.zeros_like(x)
    for n in range(len(x)):
        h = [float(v) for v in x[n]]
        for block in range(1, depth + 1):
            stays = 1.0 - block * (1.0 - p_last) / depth
            share = stays
            if training:
                share = 1.0 if u[block - 1, n] < stays else 0.0
            w = weights[block - 1]
            f = [max(sum(float(c) * v for c, v in zip(row, h)), 0.0) for row in w]
            h = [v + share * g for v, g in zip(h, f)]
        out[n] = h
    return out


# %%
def early_stopping(val_losses, patience):
    losses = [float(v) for v in val_losses]
    for stop in range(len(losses)):
        smallest = min(losses[: stop + 1])
        best = losses.index(smallest)
        if stop - best >= patience:
            return (stop, best)
    return (len(losses) - 1, losses.index(min(losses)))


# %%
def mixup(x, labels, classes, lam, order, eps=0.0):
    mixed = np.empty_like(x)
    targets = np.zeros((len(x), classes), dtype=x.dtype)
    for n in range(len(x)):
        own, partner = float(lam[n]), int(order[n])
        mixed[n] = x.dtype.type(own) * x[n] + x.dtype.type(1 - own) * x[partner]
        for k in range(classes):
            mine = (1 - eps) * (labels[n] == k) + eps / classes
            theirs = (1 - eps) * (labels[partner] == k) + eps / classes
            targets[n, k] = own * mine + (1 - own) * theirs
    return mixed, targets


# %%
def augment_warp(images, flip, angle, shift, zoom, size):
    count, channels, high, wide = images.shape
    out = np.zeros((count, channels, *size), dtype=images.dtype)
    for n in range(count):
        cos, sin = math.cos(angle[n]), math.sin(angle[n])
        for i in range(size[0]):
            for j in range(size[1]):
                a = j - (size[1] - 1) / 2 - float(shift[n, 0])
                b = i - (size[0] - 1) / 2 - float(shift[n, 1])
                across = (a * cos + b * sin) / float(zoom[n])
                down = (b * cos - a * sin) / float(zoom[n])
                x = (wide - 1) / 2 + (-across if flip[n] else across)
                y = (high - 1) / 2 + down
                for c in range(channels):
                    total = 0.0
                    for row in range(high):
                        for column in range(wide):
                            weight = max(0.0, 1 - abs(x - column)) * max(0.0, 1 - abs(y - row))
                            total += weight * float(images[n, c, row, column])
                    out[n, c, i, j] = total
    return out


# %%
def cut(value):
    return min(max(value, 0.0), 1.0)


def grey(pixel):
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]


def move_hue(pixel, turns):
    top, low = max(pixel), min(pixel)
    if top == low:
        return pixel
    red, green, blue = pixel
    if top == red:
        sixths = (green - blue) / (top - low)
    elif top == green:
        sixths = 2 + (blue - red) / (top - low)
    else:
        sixths = 4 + (red - green) / (top - low)
    sixths += 6 * turns
    moved = []
    for n in (5, 3, 1):
        k = math.fmod(n + sixths, 6)
        k = k + 6 if k < 0 else k
        moved.append(top - (top - low) * max(0.0, min(k, 4 - k, 1)))
    return moved


def augment_colour(images, brightness, contrast, saturation, hue):
    out = np.empty_like(images)
    for n in range(len(images)):
        pixels = images[n].reshape(3, -1).T.astype(float).tolist()
        pixels = [[cut(float(brightness[n]) * v) for v in pixel] for pixel in pixels]
        mean = math.fsum(grey(pixel) for pixel in pixels) / len(pixels)
        c, s = float(contrast[n]), float(saturation[n])
        pixels = [[cut(c * v + (1 - c) * mean) for v in pixel] for pixel in pixels]
        pixels = [[cut(s * v + (1 - s) * grey(pixel)) for v in pixel] for pixel in pixels]
        pixels = [move_hue(pixel, float(hue[n])) for pixel in pixels]
        out[n] = np.array(pixels).T.reshape(images.shape[1:])
    return out


# %%
def fgsm(x, labels, w, b, eps):
    out = np.empty_like(x)
    for n in range(len(x)):
        z = [sum(float(v) * float(c) for v, c in zip(x[n], row)) + float(k) for row, k in zip(w, b)]
        top = max(z)
        e = [math.exp(v - top) for v in z]
        gaps = [v / sum(e) for v in e]
        gaps[int(labels[n])] = 0.0
        gaps[int(labels[n])] = -sum(gaps)
        for d in range(x.shape[1]):
            slope = sum(gap * float(w[k, d]) for k, gap in enumerate(gaps))
            step = eps if slope > 0 else (-eps if slope < 0 else 0.0)
            out[n, d] = min(max(float(x[n, d]) + step, 0.0), 1.0)
    return out
