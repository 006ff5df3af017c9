"""The chapter on initialization, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def preactivation_std(n, weight_std=1.0, bias_std=0.0):
    variance = bias_std * bias_std
    for _ in range(n):
        variance += weight_std * weight_std
    return math.sqrt(variance)


# %%
def fans(shape):
    area = 1
    for side in shape[2:]:
        area *= side
    return (shape[1] * area, shape[0] * area)


# %%
def weight_std(shape, gain=1.0, mode="fan_in"):
    fan_in, fan_out = fans(shape)
    if mode == "fan_out":
        return gain * fan_out**-0.5
    if mode == "fan_avg":
        return gain * math.sqrt(2 / (fan_in + fan_out))
    return gain * fan_in**-0.5


# %%
def sample_weights(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    std = weight_std(shape, gain, mode)
    if distribution == "uniform":
        count = math.prod(shape)
        a = math.sqrt(3) * std
        return np.array([a * (2 * u - 1) for u in rng.random(count).tolist()]).reshape(shape)
    weights = np.empty(shape)
    for unit in range(shape[0]):
        weights[unit] = rng.normal(scale=std, size=shape[1:])
    return weights


# %%
def predicted_growth(widths, gain, mode):
    factors = []
    for n, m in zip(widths, widths[1:]):  # noqa: RUF007
        fan = {"fan_in": n, "fan_out": m, "fan_avg": (n + m) / 2}[mode]
        factors.append((n * gain * gain / (2 * fan), m * gain * gain / (2 * fan)))
    return math.prod(f for f, _ in factors), math.prod(b for _, b in factors)


# %%
def init_scale(activation, fan_in, fan_out, distribution):
    if distribution == "uniform":
        width = math.sqrt(6 / (fan_in + fan_out))
    else:
        width = math.sqrt(2 / (fan_in + fan_out))
    if activation == "tanh":
        return 4 * width
    if activation in ("relu", "leaky_relu", "elu"):
        return math.sqrt(2) * width
    return width


# %%
def gain(activation, slope=0.01):
    if activation in ("linear", "logistic"):
        return 1
    if activation == "tanh":
        return 5 / 3
    if activation == "relu":
        slope = 0
    return math.sqrt(2 / (1 + slope * slope))


# %%
def activate(z, activation):
    if activation == "logistic":
        return 1 / (1 + np.exp(-z))
    if activation == "tanh":
        return np.tanh(z)
    if activation == "relu":
        return np.where(z > 0, z, np.zeros_like(z))
    return z


# %%
def spread(values):
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))


# %%
def signal_by_depth(x, weights, activation):
    stds = []
    h = x.tolist()
    for w in weights:
        layer = []
        for sample in h:
            sums = [sum(a * b for a, b in zip(sample, row)) for row in w.tolist()]
            layer.append(activate(np.array(sums), activation).tolist())
        h = layer
        stds.append(spread([value for sample in h for value in sample]))
    return np.array(stds, dtype=x.dtype)


# %%
def gradient_by_depth(x, weights, activation, grad):
    inputs = [x.astype(float)]
    for w in weights:
        inputs.append(activate(inputs[-1] @ w.T.astype(float), activation))
    stds = [0.0] * len(weights)
    back = grad.astype(float)
    for layer in range(len(weights) - 1, -1, -1):
        h = inputs[layer + 1]
        slope = {
            "linear": np.ones_like(h),
            "logistic": h * (1 - h),
            "tanh": 1 - h * h,
            "relu": (h > 0) * 1.0,
        }[activation]
        delta = back * slope
        stds[layer] = spread(delta.ravel().tolist())
        back = np.zeros((len(x), weights[layer].shape[1]))
        for n in range(len(x)):
            for o in range(weights[layer].shape[0]):
                back[n] += delta[n, o] * weights[layer][o]
    return np.array(stds).astype(x.dtype)


# %%
def update_ratios(weights, grads, rate):
    out = []
    for w, g in zip(weights, grads):
        squares_w = math.fsum(float(v) ** 2 for v in w.ravel())
        squares_g = math.fsum((rate * float(v)) ** 2 for v in g.ravel())
        out.append(math.sqrt(squares_g / squares_w))
    return np.array(out).astype(weights[0].dtype)


# %%
def sick_layer(signal, gradient, ratio):
    layers = range(1, len(signal))
    for k in layers:
        up, back = signal[k] / signal[k - 1], gradient[k - 1] / gradient[k]
        if 0.5 <= up <= 2 and 0.5 <= back <= 2:
            continue
        if 0.5 <= up <= 2:
            return k, "saturated"
        return k, "large" if up > 2 else "small"
    for k in layers:
        if ratio[k - 1] < 1e-4:
            return k, "frozen"
        if ratio[k - 1] > 1e-2:
            return k, "hasty"
    return 0, "healthy"


# %%
def orthogonal_weights(draws, gain=1.0):
    high = draws.shape[0] >= draws.shape[1]
    vectors = (draws.T if high else draws).astype(float)
    done = []
    for v in vectors:
        for _ in range(2):
            for u in done:
                v = v - np.sum(v * u) * u
        done.append(v / math.sqrt(np.sum(v * v)))
    made = np.array(done)
    return (gain * (made.T if high else made)).astype(draws.dtype)


# %%
def lsuv_weights(x, weights, activation):
    new, h = [], x.astype(float)
    for w in weights:
        sums = np.array([[float(np.sum(row * sample)) for row in w] for sample in h])
        width = spread(sums.ravel().tolist())
        new.append((w / width).astype(x.dtype))
        h = activate(sums / width, activation)
    return new


# %%
def residual_scale(blocks, growth=2.0):
    per_block = math.exp(math.log(growth) / blocks)
    return math.sqrt(max(per_block - 1.0, 0.0))
