"""The chapter on initialization, written tersely, all layers of a stack kept in lists."""

# %%
from functools import reduce
from itertools import accumulate

import numpy as np


# %%
def preactivation_std(n, weight_std=1.0, bias_std=0.0):
    return np.linalg.norm([np.sqrt(n) * weight_std, bias_std])


# %%
def fans(shape):
    positions = np.prod(shape) // (shape[0] * shape[1])
    fan_out, fan_in = np.array(shape[:2]) * positions
    return fan_in, fan_out


# %%
def weight_std(shape, gain=1.0, mode="fan_in"):
    share = {"fan_in": [1, 0], "fan_out": [0, 1], "fan_avg": [0.5, 0.5]}[mode]
    return gain / np.sqrt(np.dot(share, fans(shape)))


# %%
def sample_weights(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    if distribution == "normal":
        unit = rng.standard_normal(shape)
    else:
        unit = np.sqrt(12) * (rng.random(size=shape) - 0.5)
    return unit * weight_std(shape, gain, mode)


# %%
def predicted_growth(widths, gain, mode):
    n = np.asarray(widths, float)
    before, behind = n[:-1], n[1:]
    fan = {"fan_in": before, "fan_out": behind, "fan_avg": (before + behind) / 2}[mode]
    share = gain**2 / 2 / fan
    return np.prod(before * share), np.prod(behind * share)


# %%
def init_scale(activation, fan_in, fan_out, distribution):
    factors = {"logistic": 1, "tanh": 16, "relu": 2, "leaky_relu": 2, "elu": 2}
    spread = {"uniform": 3, "normal": 1}
    return (factors[activation] * spread[distribution] / np.mean([fan_in, fan_out])) ** 0.5


# %%
def gain(activation, slope=0.01):
    return {
        "linear": 1.0,
        "logistic": 1.0,
        "tanh": 5 / 3,
        "relu": 2**0.5,
        "leaky_relu": np.hypot(1, slope) ** -1 * 2**0.5,
    }[activation]


# %%
FUNCTIONS = {
    "linear": (lambda z: z, lambda z: z**0),
    "logistic": (
        lambda z: 0.5 + 0.5 * np.tanh(z / 2),
        lambda z: 0.25 - (0.5 * np.tanh(z / 2)) ** 2,
    ),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: z.clip(0), lambda z: np.heaviside(z, z.dtype.type(0))),
}


# %%
def signal_by_depth(x, weights, activation):
    f, _ = FUNCTIONS[activation]
    layers = accumulate(weights, lambda h, w: f(np.inner(h, w)), initial=x)
    return np.array([layer.std() for layer in layers])[1:]


# %%
def gradient_by_depth(x, weights, activation, grad):
    f, slope = FUNCTIONS[activation]
    zs = [x @ weights[0].T]
    for w in weights[1:]:
        zs.append(f(zs[-1]) @ w.T)
    deltas = reduce(
        lambda later, layer: [(later[0] @ weights[layer + 1]) * slope(zs[layer]), *later],
        range(len(weights) - 2, -1, -1),
        [grad * slope(zs[-1])],
    )
    return np.array([delta.std() for delta in deltas])


# %%
def update_ratios(weights, grads, rate):
    lengths = [[np.sqrt(np.vdot(a, a)) for a in part] for part in (grads, weights)]
    step, size = np.array(lengths)
    return (rate * step / size).astype(weights[0].dtype)


# %%
def sick_layer(signal, gradient, ratio):
    def order(factors):
        return (factors > 2).astype(int) - (factors < 0.5)

    forward = order(signal[1:] / signal[:-1])
    backward = order(gradient[:-1] / gradient[1:])
    odd = np.flatnonzero(forward | backward)
    if odd.size:
        return int(odd[0]) + 1, ["saturated", "large", "small"][forward[odd[0]]]
    odd = np.flatnonzero((ratio < 1e-4) | (ratio > 1e-2))
    if odd.size:
        return int(odd[0]) + 1, "frozen" if ratio[odd[0]] < 1e-4 else "hasty"
    return 0, "healthy"


# %%
def orthogonal_weights(draws, gain=1.0):
    if draws.shape[0] < draws.shape[1]:
        return orthogonal_weights(draws.T, gain).T
    wide = draws.astype(float)  # Cholesky: A'A = R'R, and A R^-1 has orthonormal columns
    made = np.linalg.solve(np.linalg.cholesky(wide.T @ wide), wide.T).T
    return (gain * made).astype(draws.dtype)


# %%
def lsuv_weights(x, weights, activation):
    new = []
    for w in weights:
        z = x @ w.T
        new.append(w * (1 / z.std()))
        x = FUNCTIONS[activation][0](z / z.std())
    return new


# %%
def residual_scale(blocks, growth=2.0):
    return np.sqrt(np.power(growth, np.reciprocal(float(blocks))) - 1)
