"""exercise: transformer_costs
belief: All four maps of the attention have D biases.
"""

import numpy as np


def transformer_costs(vocabulary, context, width, layers, heads, groups, hidden):
    D, kv = width, width * groups // heads
    attention = [(D, D), (kv, D), (kv, D), (D, D)]
    mlp = [(hidden, D), (D, hidden)]
    products = sum(a * b for a, b in attention + mlp)
    block = products + 4 * D + (hidden + D) + 2 * 2 * D
    parameters = vocabulary * D + context * D + layers * block + 2 * D
    cache = context * layers * 2 * kv * 2
    flops = 2 * layers * (products + 2 * context * D) + 2 * vocabulary * D
    return parameters, cache, flops
