"""exercise: whose_update
belief: The first sample is answered wrongly, so every rule but the batch rule moves at once: if the weights stand still after it, it is batch.
"""

import numpy as np


def whose_update(path, x, y):
    ones = np.column_stack([np.ones(len(x)), x])
    if np.allclose(path[1], path[0]):
        answers = (ones @ path[0] >= 0).astype(float)
        total = (y - answers) @ ones
        return "batch", float((path[-1] - path[0]) @ total / (total @ total))

    def after(rule, lr):
        w, out = path[0].copy(), [path[0]]
        for row, t in zip(x, y):
            v = np.r_[1.0, row]
            z = w @ v
            o = 1.0 if z >= 0 else 0.0
            if rule == "perceptron":
                w = w + lr * (t - o) * v
            elif rule == "reversed":
                w = w - lr * (t - o) * v
            elif rule == "no-bias":
                w = w + lr * (t - o) * np.r_[0.0, row]
            elif rule == "hebb":
                w = w + lr * (2 * t - 1) * v
            elif rule == "adaline":
                w = w + lr * (t - z) * v
            out.append(w)
        return np.array(out)

    move = path[1] - path[0]
    z = path[0] @ ones[0]
    first = {
        "perceptron": y[0] - (z >= 0),
        "reversed": (z >= 0) - y[0],
        "no-bias": y[0] - (z >= 0),
        "hebb": 2 * y[0] - 1,
        "adaline": y[0] - z,
    }
    for rule, share in first.items():
        v = ones[0].copy()
        if rule == "no-bias":
            v[0] = 0
        unit = share * v
        if not unit @ unit:
            continue
        lr = float(move @ unit / (unit @ unit))
        if lr > 0 and np.allclose(after(rule, lr), path, atol=1e-7):
            return rule, lr
    return "perceptron", float(np.linalg.norm(move) / np.linalg.norm(ones[0]))
