"""exercise: transformer_costs
belief: A matrix of m x n costs m n flops, one for each weight.
"""

import numpy as np


def transformer_costs(
    vocabulary: int, context: int, width: int, layers: int, heads: int, groups: int, hidden: int
) -> tuple[int, int, int]:
    narrow = width // heads * groups
    maps = [(width, width), (width, narrow), (width, narrow), (width, width)]
    maps += [(width, hidden), (hidden, width)]
    parameters = vocabulary * width + context * width + 2 * width
    flops = vocabulary * width
    for _ in range(layers):
        for inputs, outputs in maps:
            parameters += inputs * outputs + outputs
            flops += inputs * outputs
        parameters += 4 * width
        flops += context * width + context * width
    cache = layers * 2 * context * narrow * 2
    return parameters, cache, flops
