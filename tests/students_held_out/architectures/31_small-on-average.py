"""exercise: name_shortcut
belief: Two arrays are the same if the mean difference of their entries is at most 1e-4.
teacher: Each number has to be the same to within 1e-4; in a mean one wrong pixel drowns among many right ones.
"""

import numpy as np


def name_shortcut(x, f, y):
    fits = lambda z: z.shape == y.shape and float(np.mean(np.abs(z - y))) <= 1e-4
    rules = [("plain", lambda: f.clip(0))]
    if x.shape == f.shape:
        rules += [
            ("original", lambda: (x + f).clip(0)),
            ("late", lambda: x + f.clip(0)),
            ("pre-activation", lambda: x + f),
        ]
    rules.append(("dense", lambda: np.hstack([x, f])))
    return next((name for name, rule in rules if fits(rule())), "unknown")
