"""exercise: whose_mistake
belief: "At the output" means that the formula a(1 - a) got the output, and "output formula"
that the sigmoid's derivative was taken of z(1 - z).
"""

import numpy as np


def whose_mistake(z, claimed):
    def sig(t):
        return 1.0 / (1.0 + np.exp(-t))

    a = sig(z)
    d = a * (1 - a)
    options = [
        ("right", d),
        ("at the output", z * (1 - z)),
        ("output formula", sig(a) * (1 - sig(a))),
        ("squared", d ** 2),
        ("activation", a),
        ("tanh", 1 - np.tanh(z) ** 2),
        ("sign", -d),
    ]
    errors = [np.abs(values - claimed).max() for _, values in options]
    return options[int(np.argmin(errors))][0]
