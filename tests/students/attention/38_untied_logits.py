"""exercise: transformer_costs
belief: The output layer is a dense map of its own, so V x D counts twice in the parameters.
"""

import numpy as np


def transformer_costs(
    vocabulary: int, context: int, width: int, layers: int, heads: int, groups: int, hidden: int
) -> tuple[int, int, int]:
    V, C, D, L, H, G, F = vocabulary, context, width, layers, heads, groups, hidden
    R = D * G // H
    dense = 2 * D * D + 2 * D * R + 2 * D * F
    biases = 2 * D + 2 * R + F + D
    parameters = 2 * V * D + C * D + L * (dense + biases + 4 * D) + 2 * D
    cache = 2 * 2 * L * C * R
    flops = 2 * (L * (dense + 2 * C * D) + V * D)
    return parameters, cache, flops
