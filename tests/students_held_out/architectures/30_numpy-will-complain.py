"""exercise: name_shortcut
belief: If shapes do not fit NumPy raises an error, so a sum that can be formed has the right shape.
teacher: A branch with a single map is broadcast over all channels of x without a word; compare the shapes first.
"""

import numpy as np


def name_shortcut(x, f, y):
    names = ["plain", "original", "late", "pre-activation", "dense"]
    for name in names:
        if name in ("original", "late", "pre-activation") and x.shape[1] != f.shape[1] and 1 not in (x.shape[1], f.shape[1]):
            continue
        if name == "plain":
            guess = np.where(f > 0, f, 0)
        elif name == "original":
            guess = np.where(x + f > 0, x + f, 0)
        elif name == "late":
            guess = x + np.where(f > 0, f, 0)
        elif name == "pre-activation":
            guess = x + f
        else:
            guess = np.concatenate((x, f), axis=1)
        if guess.shape != y.shape:
            continue
        worst = 0.0
        for a, b in zip(guess.ravel(), y.ravel()):
            worst = max(worst, abs(float(a) - float(b)))
        if worst <= 1e-4:
            return name
    return "unknown"
