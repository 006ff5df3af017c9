"""exercise: decayed_rate
belief: c is the speed of the decay, so it multiplies t / r inside the denominator.
"""

import math


def decayed_rate(t, lr0, r, kind="exponential", c=1.0, warmup=0, boundaries=(), values=()):
    if t < warmup:
        return lr0 * (t + 1) / warmup
    step = t - warmup
    if kind == "exponential":
        return lr0 * 0.1 ** (step / r)
    if kind == "power":
        decay_rate = c / r
        return lr0 / (1.0 + decay_rate * step)
    if kind == "stairs":
        return [lr0, *values][sum(step >= b for b in boundaries)]
    return lr0 * 0.5 * (1.0 + math.cos(math.pi * min(step, r) / r))
