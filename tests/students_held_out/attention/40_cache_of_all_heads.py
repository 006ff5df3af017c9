"""exercise: transformer_costs
belief: The cache holds a key and a value of the full width for each position, whatever the number of groups.
"""

import numpy as np


def transformer_costs(vocabulary, context, width, layers, heads, groups, hidden):
    head_width = width // heads
    kv_width = head_width * groups
    # ---- parameters
    per_layer = 0
    for n_in, n_out in [(width, width), (width, kv_width), (width, kv_width), (width, width),
                        (width, hidden), (hidden, width)]:
        per_layer += n_in * n_out + n_out
    per_layer += 2 * width + 2 * width
    parameters = vocabulary * width
    parameters += context * width
    parameters += layers * per_layer
    parameters += 2 * width
    # ---- cache, in bytes
    numbers = 0
    for layer in range(layers):
        numbers += context * width  # keys
        numbers += context * width  # values
    cache = 2 * numbers
    # ---- flops of the last token
    macs = 0
    for layer in range(layers):
        macs += width * width + width * kv_width + width * kv_width + width * width
        macs += width * hidden + hidden * width
        macs += heads * context * head_width      # scores
        macs += heads * context * head_width      # weighted sum
    macs += vocabulary * width
    return parameters, cache, 2 * macs
