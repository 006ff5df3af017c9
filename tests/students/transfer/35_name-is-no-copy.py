"""exercise: masked_words
belief: inputs = tokens makes a second array that can be changed.
teacher: It is a second name for the same array: the text is overwritten, and the labels are read from what is left.
"""

import numpy as np


def masked_words(tokens, positions, u, words, mask_id):
    inputs = tokens
    inputs[positions] = np.where(u < 0.8, mask_id, np.where(u < 0.9, words, tokens[positions]))
    labels = np.full_like(tokens, -100)
    labels[positions] = tokens[positions]
    return inputs, labels
