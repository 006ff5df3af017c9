"""exercise: transformer_costs
belief: Groups share what is stored in the cache; the projections to keys and values stay D × D.
"""

import numpy as np


def transformer_costs(vocabulary, context, width, layers, heads, groups, hidden):
    V, C, D, L, F = vocabulary, context, width, layers, hidden
    matrices = 4 * D * D + 2 * D * F
    block = matrices + 4 * D + F + D + 4 * D
    parameters = V * D + C * D + L * block + 2 * D
    cache = 4 * L * C * (D // heads) * groups
    flops = 2 * (L * (matrices + 2 * C * D) + V * D)
    return parameters, cache, flops
