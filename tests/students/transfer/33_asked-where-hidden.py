"""exercise: masked_words
belief: Only words that the net cannot see are asked for.
teacher: All chosen positions are asked, also where the word itself is seen; or no mask would mean that it is right.
"""

import numpy as np


def masked_words(tokens, positions, u, words, mask_id):
    inputs = tokens.copy()
    labels = np.full(tokens.shape, -100, dtype=tokens.dtype)
    for place, number, word in zip(positions, u, words):
        if number < 0.9:
            labels[place] = tokens[place]
        if number < 0.8:
            inputs[place] = mask_id
        elif number < 0.9:
            inputs[place] = word
    return inputs, labels
