"""exercise: decayed_rate
belief: An exponential decay has the base e, so r is the time in which the rate falls to 1/e.
"""

import math


def decayed_rate(t, lr0, r, kind="exponential", c=1.0, warmup=0, boundaries=(), values=()):
    if t < warmup:
        return lr0 * (t + 1) / warmup
    step = t - warmup
    if kind == "exponential":
        k = 1.0 / r
        return lr0 * math.exp(-k * step)
    if kind == "power":
        return lr0 / (1.0 + step / r) ** c
    if kind == "stairs":
        return [lr0, *values][sum(step >= b for b in boundaries)]
    return lr0 * 0.5 * (1.0 + math.cos(math.pi * min(step, r) / r))
