"""A right submission in other words: einsum, scipy's way of writing the losses, recursion."""

# %%
from functools import cache

import numpy as np


# %%
def graph_depth(edges):
    arrows = tuple(edges)

    @cache
    def before(node):
        return max([before(a) + 1 for a, b in arrows if b == node], default=0)

    return max([before(b) for _, b in arrows], default=0)


# %%
def parameter_count(sizes):
    sizes = np.array(sizes)
    return np.sum(sizes[1:] * (1 + sizes[:-1]))


# %%
def dense_forward(x, w, b):
    return np.einsum("nd,fd->nf", x, w) + b[None, :]


# %%
def dense_backward(dy, x, w):
    dw = np.einsum("nf,nd->fd", dy, x)
    return np.einsum("nf,fd->nd", dy, w), dw, np.einsum("nf->f", dy)


# %%
def negative_log_likelihood(probabilities, labels):
    hot = np.eye(probabilities.shape[1], dtype=bool)[labels]
    return np.log(1 / probabilities[hot]).sum()


# %%
def cross_entropy(logits, labels):
    hot = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
    norm = np.logaddexp.reduce(logits, axis=1)
    loss = np.mean(norm - np.take_along_axis(logits, labels[:, None], axis=1)[:, 0])
    return float(loss), (np.exp(logits - norm[:, None]) - hot) / logits.shape[0]


# %%
def elementwise_loss(output, target, kind):
    if kind == "binary":
        loss = np.mean(target * np.logaddexp(0, -output) + (1 - target) * np.logaddexp(0, output))
        return loss, ((1 + np.tanh(output / 2)) / 2 - target) / output.size
    slope = output - target
    return np.linalg.norm(slope) ** 2 / 2, slope


# %%
def numerical_gradient(f, x, h=1e-5):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + step) - f(x - step)) / (2 * h) for step in steps]
    return np.reshape(slopes, x.shape)


# %%
def relative_error(a, b):
    size = np.maximum(abs(a), abs(b))
    return np.divide(abs(a - b), size, out=np.zeros_like(size), where=size > 0).max()


# %%
def gradient_verdicts(claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9):
    claimed, above, below = (a.astype(float) for a in (claimed, above, below))
    central = (above - below) / h / 2
    gap = abs(claimed - central)

    def close(other):
        return abs(claimed - other) <= rtol * np.maximum(abs(claimed), abs(other))

    found = np.where(close((above - loss) / h) | close((loss - below) / h), "kink", "wrong")
    found = np.where(gap <= eps * abs(loss) / h, "rounding", found)
    found = np.where(np.maximum(abs(claimed), abs(central)) <= tiny, "both tiny", found)
    return list(map(str, np.where(close(central), "right", found)))


# %%
ACTIVATIONS = {
    "relu": (lambda z: z * (z > 0), lambda a: np.sign(a)),
    "tanh": (np.tanh, lambda a: (1 - a) * (1 + a)),
    "sigmoid": (lambda z: (1 + np.tanh(z / 2)) / 2, lambda a: a - a * a),
}


# %%
def mlp_forward(x, layers, activation="relu"):
    act = ACTIVATIONS[activation][0]
    *hidden, (w, b) = layers
    outputs = [x]
    for pair in hidden:
        outputs.append(act(dense_forward(outputs[-1], *pair)))
    return (*outputs[1:], dense_forward(outputs[-1], w, b))


# %%
def mlp_backward(dout, x, layers, activation="relu"):
    (w, b), above = layers[0], layers[1:]
    if not above:
        dx, dw, db = dense_backward(dout, x, w)
        return dx, [(dw, db)]
    act, slope = ACTIVATIONS[activation]
    a = act(dense_forward(x, w, b))
    da, slopes = mlp_backward(dout, a, above, activation)
    dx, dw, db = dense_backward(da * slope(a), x, w)
    return dx, [(dw, db), *slopes]


# %%
def sigmoid_mlp_update(v, gamma, w, theta, x, y, lr=0.1):
    def sigmoid(z):
        return np.where(z > 0, 1 / (1 + np.exp(-abs(z))), 1 - 1 / (1 + np.exp(-abs(z))))

    b = sigmoid(v.dot(x) - gamma).astype(v.dtype)
    out = sigmoid(w.dot(b) - theta).astype(v.dtype)
    g = lr * (y - out) * (out - out**2)
    e = (b - b**2) * g.dot(w)
    return v + e[:, None] * x, gamma - e, w + g[:, None] * b, theta - g


# %%
def vanishing_factor(weights, activations):
    return float(np.multiply.reduce(weights) * np.multiply.reduce(activations - activations**2))


# %%
def tape_backward(inputs, tape):
    """Forward mode: carry the gradient by all inputs along with every value."""
    values = [float(x) for x in inputs]
    tangents = list(np.eye(len(inputs)))
    for op, i, *rest in tape:
        if op == "add":
            values.append(values[i] + values[rest[0]])
            tangents.append(tangents[i] + tangents[rest[0]])
        elif op == "mul":
            tangents.append(tangents[i] * values[rest[0]] + values[i] * tangents[rest[0]])
            values.append(values[i] * values[rest[0]])
        elif op == "tanh":
            values.append(np.tanh(values[i]))
            tangents.append(tangents[i] * (1 - values[-1] ** 2))
        else:
            values.append(np.exp(values[i]))
            tangents.append(tangents[i] * values[-1])
    return tangents[-1].astype(inputs.dtype)


# %%
def scaled_update(w, scale, good, gradient, lr=0.1, window=2000):
    with np.errstate(over="ignore", invalid="ignore"):
        back = np.float16(gradient * scale).astype(np.float32)
        fine = bool(np.isfinite(back.sum()))
    step = np.where(fine, np.nan_to_num(back) / scale, 0)
    good = (good + 1) % window if fine else 0
    factor = (2 if good == 0 else 1) if fine else 0.5
    return (w - lr * step).astype(w.dtype), scale * factor, good
