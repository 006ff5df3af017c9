"""exercise: transformer_costs
belief: The layer to the logits is a matrix of V x D, and it counts among the parameters besides the embedding.
"""

import numpy as np


def transformer_costs(vocabulary, context, width, layers, heads, groups, hidden):
    V, C, D, L, F = vocabulary, context, width, layers, hidden
    KV = D * groups // heads
    attention = (D * D + D) + 2 * (D * KV + KV) + (D * D + D)
    mlp = (D * F + F) + (F * D + D)
    norms = 2 * (2 * D)
    parameters = V * D + C * D + L * (attention + mlp + norms) + 2 * D + V * D
    cache = 2 * 2 * L * C * KV
    flops = L * (2 * (2 * D * D + 2 * D * KV + 2 * D * F) + 2 * 2 * C * D) + 2 * V * D
    return parameters, cache, flops
