"""A right submission that spells everything out in loops."""

# %%
import math

import numpy as np


# %%
def graph_depth(edges):
    depth = {}
    for _ in range(len(edges) + 1):  # relax the arrows until nothing moves
        for source, target in edges:
            depth[target] = max(depth.get(target, 0), depth.get(source, 0) + 1)
    return max(depth.values()) if depth else 0


# %%
def parameter_count(sizes):
    total = 0
    for k in range(1, len(sizes)):
        total += sizes[k] * sizes[k - 1]
        total += sizes[k]
    return total


# %%
def dense_forward(x, w, b):
    y = np.empty((x.shape[0], w.shape[0]), dtype=x.dtype)
    for n in range(x.shape[0]):
        for f in range(w.shape[0]):
            total = b[f]
            for d in range(x.shape[1]):
                total += x[n, d] * w[f, d]
            y[n, f] = total
    return y


# %%
def dense_backward(dy, x, w):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(w[:, 0])
    for n in range(x.shape[0]):
        for f in range(w.shape[0]):
            db[f] += dy[n, f]
            for d in range(x.shape[1]):
                dw[f, d] += dy[n, f] * x[n, d]
                dx[n, d] += dy[n, f] * w[f, d]
    return [dx, dw, db]


# %%
def negative_log_likelihood(probabilities, labels):
    total = 0.0
    for row, label in zip(probabilities, labels):
        total += math.inf if row[label] == 0 else -math.log(row[label])
    return total


# %%
def cross_entropy(logits, labels):
    n = len(labels)
    loss, grad = 0.0, np.zeros_like(logits)
    for i in range(n):
        top = max(logits[i])
        total = sum(math.exp(z - top) for z in logits[i])
        loss += math.log(total) + top - logits[i, labels[i]]
        for k in range(logits.shape[1]):
            grad[i, k] = (math.exp(logits[i, k] - top) / total - (k == labels[i])) / n
    return loss / n, grad


# %%
def elementwise_loss(output, target, kind):
    loss, grad = 0.0, np.empty_like(output)
    for i in np.ndindex(output.shape):
        z, t = float(output[i]), float(target[i])
        if kind == "squares":
            loss += (z - t) ** 2 / 2
            grad[i] = output[i] - target[i]
        else:
            small = math.exp(-abs(z))
            loss += max(z, 0.0) - t * z + math.log1p(small)
            p = 1 / (1 + small) if z >= 0 else small / (1 + small)
            grad[i] = (p - t) / output.size
    return loss if kind == "squares" else loss / output.size, grad


# %%
def numerical_gradient(f, x, h=1e-5):
    gradient, point = np.zeros(x.shape), x.copy()
    for i in np.ndindex(x.shape):
        kept = point[i]
        point[i] = kept + h
        up = f(point)
        point[i] = kept - h
        down = f(point)
        point[i] = kept
        gradient[i] = (up - down) / h / 2
    return gradient


# %%
def relative_error(a, b):
    worst = 0.0
    for i in np.ndindex(a.shape):
        if a[i] != b[i]:
            worst = max(worst, abs(a[i] - b[i]) / max(abs(a[i]), abs(b[i])))
    return worst


# %%
def gradient_verdicts(claimed, above, below, loss, h=1e-5, eps=2.2e-16, rtol=1e-5, tiny=1e-9):
    def near(a, b):
        if a == b:
            return True
        return abs(a - b) / max(abs(a), abs(b)) <= rtol

    found = []
    for i in range(len(claimed)):
        g, up, down = float(claimed[i]), float(above[i]), float(below[i])
        sides = [(up - loss) / h, (loss - down) / h]
        middle = sum(sides) / 2
        verdict = "wrong"
        if near(g, sides[0]) or near(g, sides[1]):
            verdict = "kink"
        if abs(g - middle) * h <= eps * abs(loss):
            verdict = "rounding"
        if abs(g) <= tiny and abs(middle) <= tiny:
            verdict = "both tiny"
        if near(g, middle):
            verdict = "right"
        found.append(verdict)
    return found


# %%
def activate(z, name):
    if name == "relu":
        return np.maximum(z, 0)
    return np.tanh(z) if name == "tanh" else 1 / (1 + np.exp(-z))


def activation_slope(a, name):
    if name == "relu":
        return (a > 0).astype(a.dtype)
    return 1 - a**2 if name == "tanh" else a * (1 - a)


# %%
def mlp_forward(x, layers, activation="relu"):
    outputs, last = [], len(layers) - 1
    for k in range(len(layers)):
        below = x if k == 0 else outputs[k - 1]
        z = dense_forward(below, layers[k][0], layers[k][1])
        if k < last:
            z = activate(z, activation)
        outputs.append(z)
    return outputs


# %%
def mlp_backward(dout, x, layers, activation="relu"):
    outputs = mlp_forward(x, layers, activation)
    grads = [None] * len(layers)
    k = len(layers) - 1
    while k >= 0:
        below = outputs[k - 1] if k > 0 else x
        if k < len(layers) - 1:
            dout = dout * activation_slope(outputs[k], activation)
        dout, dw, db = dense_backward(dout, below, layers[k][0])
        grads[k] = [dw, db]
        k -= 1
    return dout, grads


# %%
def sigmoid_mlp_update(v, gamma, w, theta, x, y, lr=0.1):
    hidden, inputs, answers = len(gamma), len(x), len(y)
    v, gamma, w, theta = v.copy(), gamma.copy(), w.copy(), theta.copy()
    b, e, g = np.zeros_like(gamma), np.zeros_like(gamma), np.zeros_like(theta)
    for h in range(hidden):
        net = sum(v[h, i] * x[i] for i in range(inputs)) - gamma[h]
        b[h] = 1 / (1 + math.exp(-net))
    for j in range(answers):
        net = sum(w[j, h] * b[h] for h in range(hidden)) - theta[j]
        out = 1 / (1 + math.exp(-net))
        g[j] = out * (1 - out) * (y[j] - out)
    for h in range(hidden):
        e[h] = b[h] * (1 - b[h]) * sum(w[j, h] * g[j] for j in range(answers))
    for j in range(answers):
        for h in range(hidden):
            w[j, h] += lr * g[j] * b[h]
        theta[j] -= lr * g[j]
    for h in range(hidden):
        for i in range(inputs):
            v[h, i] += lr * e[h] * x[i]
        gamma[h] -= lr * e[h]
    return v, gamma, w, theta


# %%
def vanishing_factor(weights, activations):
    factor = 1.0
    for w, a in zip(weights, activations):
        factor = factor * w * a * (1 - a)
    return factor


# %%
def tape_backward(inputs, tape):
    n = len(inputs)
    value, local = [float(x) for x in inputs], []  # local: what each entry passes to whom
    for op, *places in tape:
        args = [value[i] for i in places]
        if op == "add":
            value.append(args[0] + args[1])
            local.append([(places[0], 1.0), (places[1], 1.0)])
        elif op == "mul":
            value.append(args[0] * args[1])
            local.append([(places[0], args[1]), (places[1], args[0])])
        elif op == "tanh":
            value.append(math.tanh(args[0]))
            local.append([(places[0], 1 / math.cosh(args[0]) ** 2)])
        else:
            value.append(math.exp(args[0]))
            local.append([(places[0], value[-1])])
    blame = {n + len(tape) - 1: 1.0}
    for k in range(len(tape) - 1, -1, -1):
        for place, derivative in local[k]:
            blame[place] = blame.get(place, 0.0) + blame.get(n + k, 0.0) * derivative
    return np.array([blame.get(i, 0.0) for i in range(n)], dtype=inputs.dtype)


# %%
def scaled_update(w, scale, good, gradient, lr=0.1, window=2000):
    new = w.copy()
    for i in range(len(w)):
        with np.errstate(over="ignore"):
            back = np.float16(scale * gradient[i])
        if np.isnan(back) or np.isinf(back):
            return w.copy(), 0.5 * scale, 0
        new[i] = w[i] - lr * float(back) / scale
    if good + 1 >= window:
        return new, scale * 2, 0
    return new, scale, good + 1
