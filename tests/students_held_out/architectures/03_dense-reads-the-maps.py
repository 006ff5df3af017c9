"""exercise: trace_layers
belief: A dense layer reads one number of each map, so its inputs are the channels.
teacher: A unit reads all numbers there are: the maps are flattened first, channels times rows times columns.
"""

import numpy as np


def trace_layers(layers, shape):
    # Keras-like summary()
    conv_out = lambda n, k, s, p: int(np.floor((n + 2 * p - k) / s)) + 1
    summary, current = [], tuple(shape)
    for layer in layers:
        if layer[0] == "dense":
            fan_in = int(np.prod(current[:1]))
            n_params, current = (fan_in + 1) * layer[1], (layer[1],)
        else:
            k, s, p = layer[-3:]
            filters = layer[1] if layer[0] == "conv" else current[0]
            n_params = (k * k * current[0] + 1) * filters if layer[0] == "conv" else 0
            current = (filters, *(conv_out(n, k, s, p) for n in current[1:]))
        summary.append((current, n_params))
    return [s for s, _ in summary], [n for _, n in summary]
