"""exercise: sick_layer
belief: The factor of the gradient is computed like that of the signal, behind the layer over in front of it.
"""

import numpy as np


def sick_layer(signal, gradient, ratio):
    s = signal[1:] / signal[:-1]
    g = gradient[1:] / gradient[:-1]
    tests = [
        ("large", (s > 2) & (g > 2)),
        ("small", (s < 0.5) & (g < 0.5)),
        ("saturated", (s >= 0.5) & (s <= 2) & (g < 0.5)),
    ]
    normal = np.all((s >= 0.5) & (s <= 2) & (g >= 0.5) & (g <= 2))
    if normal:
        tests = [("frozen", ratio < 1e-4), ("hasty", ratio > 1e-2)]
    for name, hit in tests:
        if hit.any():
            return int(np.argmax(hit)) + 1, name
    return 0, "healthy"
