"""A right submission that spells everything out in loops."""

# %%
import math

import numpy as np


# %%
def collapse_linear(layers):
    inputs = layers[0][0].shape[1]

    def through(x):
        for w, b in layers:
            out = []
            for f in range(len(b)):
                total = b[f]
                for d in range(len(x)):
                    total = total + w[f, d] * x[d]
                out.append(total)
            x = out
        return x

    dtype = layers[0][0].dtype
    rest = through(np.zeros(inputs, dtype))
    columns = []
    for d in range(inputs):
        unit = np.zeros(inputs, dtype)
        unit[d] = 1
        columns.append([a - c for a, c in zip(through(unit), rest)])
    return np.array(columns, dtype).T, np.array(rest, dtype)


# %%
def each(z, curve):
    """Apply a function of numbers that returns a pair."""
    a, da = np.empty_like(z), np.empty_like(z)
    for i in np.ndindex(z.shape):
        a[i], da[i] = curve(float(z[i]))
    return a, da


def hard_unit(z, kind):
    def step(t):
        return (1 if t >= 0 else 0), 1

    def sign(t):
        return (t > 0) - (t < 0), 1

    def ramp(t):
        if t <= -0.5:
            return 0, 0
        return (1, 0) if t >= 0.5 else (t + 0.5, 1)

    return each(z, {"step": step, "sign": sign, "piecewise_linear": ramp}[kind])


# %%
def sigma(t):
    return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))


def squash(z, kind):
    if kind == "sigmoid":
        return each(z, lambda t: (sigma(t), sigma(t) * sigma(-t)))
    return each(z, lambda t: (math.tanh(t), 4 * sigma(2 * t) * sigma(-2 * t)))


# %%
def numerical_vjp(f, x, dy, h=1e-5):
    gradient, point = np.zeros(x.shape), x.copy()
    for i in np.ndindex(x.shape):
        kept = point[i]
        point[i] = kept + h
        up = np.asarray(f(point.copy()))
        point[i] = kept - h
        down = np.asarray(f(point.copy()))
        point[i] = kept
        for j in np.ndindex(up.shape):
            gradient[i] += dy[j] * (up[j] - down[j]) / (h + h)
    return gradient


# %%
def whose_mistake(z, claimed):
    def slope(t):
        return sigma(t) * sigma(-t)

    suspects = [
        ("tanh", lambda t: 4 * slope(2 * t)),
        ("sign", lambda t: -slope(t)),
        ("squared", lambda t: slope(t) ** 2),
        ("activation", sigma),
        ("output formula", lambda t: t - t * t),
        ("at the output", lambda t: slope(sigma(t))),
        ("right", slope),
    ]
    for name, formula in suspects:
        if all(abs(formula(float(t)) - c) < 2e-6 for t, c in zip(z, claimed)):
            return name
    raise AssertionError("nobody fits")


# %%
def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = sum(alpha) / 2
    alpha = np.broadcast_to(np.asarray(alpha, dtype=z.dtype), z.shape)
    a, da = np.empty_like(z), np.empty_like(z)
    for i in np.ndindex(z.shape):
        t, leak = float(z[i]), float(alpha[i])
        if t > 0:
            a[i], da[i] = t, 1
        elif kind == "leaky":
            a[i], da[i] = leak * t, leak
        else:
            a[i], da[i] = leak * math.expm1(t), leak * math.exp(t)
    return a, da


# %%
def prelu_backward(dy, z, alpha):
    dz, dalpha = np.empty_like(z), np.zeros_like(z[0])
    for n in range(z.shape[0]):
        for f in range(z.shape[1]):
            if z[n, f] > 0:
                dz[n, f] = dy[n, f]
            else:
                dz[n, f] = alpha[f] * dy[n, f]
                dalpha[f] += z[n, f] * dy[n, f]
    return dz, dalpha


# %%
def dead_fraction(x, w, b):
    dead = straight = 0
    for weights, bias in zip(w, b):
        fired = 0
        for sample in x:
            total = bias
            for value, weight in zip(sample, weights):
                total += value * weight
            fired += bool(total > 0)
        dead += fired == 0
        straight += fired == len(x)
    return dead / len(w), straight / len(w)


# %%
def selu_constants(variance):
    """Integrate numerically, with Simpson's rule over the left half."""
    deviation, steps = math.sqrt(variance), 4000
    low, value = -40 * deviation, [0.0, 0.0]
    width = -low / steps
    for k in range(steps + 1):
        t = low + k * width
        density = math.exp(-t * t / (2 * variance)) / math.sqrt(2 * math.pi * variance)
        share = width / 3 * (1 if k in (0, steps) else 4 if k % 2 else 2)
        value[0] += share * math.expm1(t) * density
        value[1] += share * math.expm1(t) ** 2 * density
    alpha = -deviation / math.sqrt(2 * math.pi) / value[0]
    return alpha, math.sqrt(variance / (variance / 2 + alpha**2 * value[1]))


# %%
def smooth_unit(z, kind):
    def softplus(t):
        return max(t, 0) + math.log1p(math.exp(-abs(t))), sigma(t)

    def silu(t):
        return t * sigma(t), sigma(t) * (1 + t * sigma(-t))

    def gelu(t):
        gate = math.erfc(-t / math.sqrt(2)) / 2
        return t * gate, gate + t * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)

    return each(z, {"softplus": softplus, "silu": silu, "gelu": gelu}[kind])


# %%
def swiglu_backward(dy, x, w, v):
    dx, dw, dv = np.zeros_like(x), np.zeros_like(w), np.zeros_like(v)
    for n in range(len(x)):
        for f in range(len(w)):
            gate = message = 0.0
            for d in range(x.shape[1]):
                gate += float(x[n, d]) * float(w[f, d])
                message += float(x[n, d]) * float(v[f, d])
            s = sigma(gate)
            dgate = float(dy[n, f]) * message * s * (1 + gate * (1 - s))
            dmessage = float(dy[n, f]) * gate * s
            for d in range(x.shape[1]):
                dx[n, d] += dgate * w[f, d] + dmessage * v[f, d]
                dw[f, d] += dgate * x[n, d]
                dv[f, d] += dmessage * x[n, d]
    return dx, dw, dv


# %%
def maxout(x, w, b):
    y = np.empty((len(x), w.shape[1]), x.dtype)
    piece = np.empty(y.shape, int)
    for n, f in np.ndindex(y.shape):
        sums = [
            b[p, f] + sum(x[n, d] * w[p, f, d] for d in range(x.shape[1])) for p in range(len(w))
        ]
        piece[n, f] = sums.index(max(sums))
        y[n, f] = max(sums)
    return y, piece


# %%
def softmax(z, axis=-1, temperature=1.0, log=False):
    out = np.moveaxis(np.empty(z.shape, z.dtype), axis, -1)
    scores = np.moveaxis(z, axis, -1)
    for i in np.ndindex(scores.shape[:-1]):
        top = max(float(s) for s in scores[i])
        lifted = [(float(s) - top) / temperature for s in scores[i]]
        mass = math.fsum(math.exp(s) for s in lifted)
        for k, s in enumerate(lifted):
            out[i][k] = s - math.log(mass) if log else math.exp(s) / mass
    return np.moveaxis(out, -1, axis)


# %%
def softmax_backward(dy, z, axis=-1, temperature=1.0, log=False):
    p = np.moveaxis(softmax(z, axis, temperature), axis, -1)
    dy = np.moveaxis(dy, axis, -1)
    dz = np.zeros_like(p)
    for i in np.ndindex(p.shape[:-1]):
        for k in range(p.shape[-1]):
            for j in range(p.shape[-1]):
                if log:
                    dz[i][j] += dy[i][k] * ((k == j) - p[i][j]) / temperature
                else:
                    dz[i][j] += dy[i][k] * p[i][k] * ((k == j) - p[i][j]) / temperature
    return np.moveaxis(dz, -1, axis)
