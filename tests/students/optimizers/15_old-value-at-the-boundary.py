"""exercise: decayed_rate
belief: At the boundary itself the old rate still holds, as in Keras.
"""

import math


def decayed_rate(t, lr0, r, kind="exponential", c=1.0, warmup=0, boundaries=(), values=()):
    if t < warmup:
        return lr0 * (t + 1) / warmup
    t -= warmup
    if kind == "stairs":
        rates = [lr0, *values]
        for k in range(len(boundaries)):
            if t <= boundaries[k]:
                return float(rates[k])
        return float(rates[-1])
    if kind == "cosine":
        return lr0 * 0.5 * (1.0 + math.cos(math.pi * min(t / r, 1.0)))
    return lr0 * ((1.0 + t / r) ** -c if kind == "power" else 0.1 ** (t / r))
