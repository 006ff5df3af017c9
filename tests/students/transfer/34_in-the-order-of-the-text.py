"""exercise: masked_words
belief: Draws belong to the chosen positions from left to right.
teacher: They are in the order of positions, which may be any.
"""

import numpy as np


def masked_words(tokens, positions, u, words, mask_id):
    positions = np.sort(positions)
    inputs = np.array(tokens)
    inputs[positions] = np.where(u < 0.8, mask_id, np.where(u < 0.9, words, tokens[positions]))
    labels = np.full_like(tokens, -100)
    labels[positions] = tokens[positions]
    return inputs, labels
