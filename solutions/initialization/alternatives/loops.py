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
def normal(std, shape, rng):
    weights = np.empty(shape)
    for unit in range(shape[0]):
        weights[unit] = rng.normal(scale=std, size=shape[1:])
    return weights


def uniform(a, shape, rng):
    count = math.prod(shape)
    return np.array([a * (2 * u - 1) for u in rng.random(count).tolist()]).reshape(shape)


# %%
def lecun_normal(shape, rng):
    fan_in, _fan_out = fans(shape)
    return normal(fan_in**-0.5, shape, rng)


# %%
def glorot_uniform(shape, rng):
    fan_in, fan_out = fans(shape)
    return uniform(math.sqrt(6) / math.sqrt(fan_in + fan_out), shape, rng)


# %%
def glorot_normal(shape, rng):
    fan_in, fan_out = fans(shape)
    return normal(math.sqrt(2 / (fan_in + fan_out)), shape, rng)


# %%
def he_normal(shape, rng):
    fan_in, _fan_out = fans(shape)
    return normal(math.sqrt(2 / fan_in), shape, rng)


# %%
def he_uniform(shape, rng):
    fan_in, _fan_out = fans(shape)
    return uniform(math.sqrt(3) * math.sqrt(2 / fan_in), shape, rng)


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
