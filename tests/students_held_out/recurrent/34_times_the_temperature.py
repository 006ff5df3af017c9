"""exercise: generate
belief: The logits are multiplied by the temperature: the hotter, the more the differences count.
"""

import numpy as np


def generate(first, steps, model, temperature, rng):
    E, U, W, bias, V, c = model
    idx, h, text = first, 0, []
    for _ in range(steps):
        h = np.tanh(E[idx] @ U.T + (h @ W.T if text else 0) + bias)
        o = h @ V.T + c
        if temperature > 0:
            # the Gumbel trick: argmax of logits + noise is a draw from the softmax
            o = o * temperature + rng.gumbel(size=o.shape)
        idx = np.argmax(o, axis=-1)
        text.append(idx)
    return np.stack(text)
