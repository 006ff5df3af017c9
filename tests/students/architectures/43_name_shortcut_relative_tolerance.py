"""exercise: name_shortcut
belief: Numbers are the same if np.allclose says so; for large numbers a relative tolerance is
only natural.
"""

import numpy as np


def name_shortcut(x, f, y):
    relu = lambda a: np.maximum(a, 0)
    candidates = [("plain", lambda: relu(f))]
    if x.shape == f.shape:
        candidates += [
            ("original", lambda: relu(x + f)),
            ("late", lambda: x + relu(f)),
            ("pre-activation", lambda: x + f),
        ]
    candidates.append(("dense", lambda: np.concatenate([x, f], axis=1)))
    for name, make in candidates:
        out = make()
        if out.shape == y.shape and np.allclose(out, y, atol=1e-4, rtol=1e-4):
            return name
    return "unknown"
