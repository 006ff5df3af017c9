"""exercise: masked_words
belief: inputs = tokens makes an array for the net's inputs.
teacher: It is only a second name: the masks are written into the text itself, and the labels read after that are masks. Make a copy.
"""

import numpy as np


def masked_words(tokens, positions, u, words, mask_id):
    inputs = tokens
    labels = np.full(tokens.shape, -100, dtype=tokens.dtype)
    labels[positions] = tokens[positions]
    inputs[positions] = np.select([u < 0.8, u < 0.9], [mask_id, words], tokens[positions])
    return inputs, labels
