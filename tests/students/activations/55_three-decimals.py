"""exercise: whose_mistake
belief: Agreement to a thousandth is agreement; the first suspect that agrees is the one.
"""

import numpy as np


def whose_mistake(z, claimed):
    a = 1 / (1 + np.exp(-z))
    b = 1 / (1 + np.exp(-a))
    suspects = [
        ("right", a * (1 - a)),
        ("at the output", b * (1 - b)),
        ("output formula", z * (1 - z)),
        ("squared", (a * (1 - a)) ** 2),
        ("activation", a),
        ("tanh", 1 - np.tanh(z) ** 2),
        ("sign", -a * (1 - a)),
    ]
    for name, values in suspects:
        if np.all(np.abs(values - claimed) < 1e-3):
            return name
    return "right"
