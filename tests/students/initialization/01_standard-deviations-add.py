"""exercise: preactivation_std
belief: The spread of a sum is the sum of the spreads, n times weight_std plus bias_std.
"""


def preactivation_std(n, weight_std=1.0, bias_std=0.0):
    total = 0.0
    for _ in range(n):
        total += weight_std
    total += bias_std
    return float(total)
