"""exercise: whose_update
belief: A rule is recognised by how far it moves the weights at each sample, the lengths of the steps in proportion to the rule's.
"""

import numpy as np


def whose_update(path, x, y):
    t_count = len(x)
    xt = np.hstack([np.ones((t_count, 1)), x])
    z = np.sum(path[:-1] * xt, axis=1)
    out = (z >= 0).astype(float)
    miss = (y - out)[:, None] * xt
    rules = {
        "perceptron": miss,
        "reversed": -miss,
        "no-bias": miss * np.r_[0.0, np.ones(x.shape[1])],
        "hebb": (2.0 * y - 1)[:, None] * xt,
        "adaline": (y - z)[:, None] * xt,
    }
    whole = np.zeros_like(xt)
    whole[-1] = ((y - (xt @ path[0] >= 0))[:, None] * xt).sum(axis=0)
    rules["batch"] = whole

    moved = np.linalg.norm(np.diff(path, axis=0), axis=1)
    errors, rates = {}, {}
    for name, steps in rules.items():
        lengths = np.linalg.norm(steps, axis=1)
        if not lengths.any():
            continue
        rates[name] = float(moved @ lengths / (lengths @ lengths))
        errors[name] = np.max(np.abs(moved - rates[name] * lengths))
    for name in errors:
        if errors[name] <= 1e-6 * moved.max():
            return name, rates[name]
    best = min(errors, key=errors.get)
    return best, rates[best]
